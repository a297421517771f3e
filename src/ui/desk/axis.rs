//! The axis of a timeline: the session's time, of whose idle stretches only a moment is
//! left.

use crate::model::Millis;
use std::sync::Arc;

/// What is left of a stretch in which nothing happens: as long as the player plays of it.
const LEFT: Millis = Millis(1000);

/// Session time to what is drawn of it, and back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Axis {
    /// The idle stretches in order, and how much of the axis lies before each.
    gaps: Arc<[(Millis, Millis, Millis)]>,
    /// How long the session lasted.
    duration: Millis,
}

impl Axis {
    /// The axis of a session that lasted so long, with these idle stretches, in order:
    /// from when, to when.
    pub fn new(gaps: &[(Millis, Millis)], duration: Millis) -> Self {
        let mut cut = 0;
        let gaps = gaps.iter().map(|(from, to)| {
            let before = Millis(from.0.saturating_sub(cut));
            cut += to.since(*from).0.saturating_sub(LEFT.0);
            (*from, *to, before)
        });
        Self { gaps: gaps.collect(), duration }
    }

    /// How long it is.
    pub fn length(&self) -> Millis {
        self.place(self.duration)
    }

    /// Where a time lies on it.
    pub fn place(&self, at: Millis) -> Millis {
        let at = at.min(self.duration);
        let past = self.gaps.partition_point(|(from, ..)| *from < at);
        let Some((from, to, before)) = past.checked_sub(1).and_then(|it| self.gaps.get(it)) else {
            return at;
        };
        let idle = at.min(*to).since(*from).0;
        let whole = to.since(*from).0.max(1);
        let within = if whole > LEFT.0 { idle * LEFT.0 / whole } else { idle };
        Millis(before.0 + within + at.since(*to).0)
    }

    /// The time that lies at a place of it.
    pub fn time(&self, place: Millis) -> Millis {
        let past = self.gaps.partition_point(|(_, _, before)| *before < place);
        let Some((from, to, before)) = past.checked_sub(1).and_then(|it| self.gaps.get(it)) else {
            return place.min(self.duration);
        };
        let (whole, inside) = (to.since(*from).0, place.since(*before).0);
        let time = if inside < LEFT.0.min(whole) {
            from.0 + inside * whole / LEFT.0.min(whole).max(1)
        } else {
            to.0 + (inside - LEFT.0.min(whole))
        };
        Millis(time).min(self.duration)
    }

    /// The places at which an idle stretch of at least this length lies.
    pub fn idle(&self, least: Millis) -> impl Iterator<Item = Millis> {
        let is_long = move |it: &&(Millis, Millis, Millis)| it.1.since(it.0) >= least;
        self.gaps.iter().filter(is_long).map(|(_, _, before)| Millis(before.0 + LEFT.0 / 2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_idle_hour_is_a_second_on_the_axis() {
        let axis = Axis::new(&[(Millis(10_000), Millis(3_610_000))], Millis(3_620_000));
        assert_eq!(axis.length(), Millis(21_000));
        let places = [0, 10_000, 1_810_000, 3_610_000, 3_615_000, 9_999_999];
        let places = places.map(|it| axis.place(Millis(it)).0);
        assert_eq!(places, [0, 10_000, 10_500, 11_000, 16_000, 21_000]);
        assert_eq!(axis.time(Millis(16_000)), Millis(3_615_000));
        assert_eq!(axis.idle(Millis(60_000)).collect::<Vec<_>>(), [Millis(10_500)]);
        assert_eq!(Axis::new(&[], Millis(50)).place(Millis(20)), Millis(20));
    }

    #[test]
    fn each_idle_stretch_is_cut_and_those_behind_it_move_up() {
        let gaps = [(Millis(1_000), Millis(61_000)), (Millis(62_000), Millis(122_000))];
        let axis = Axis::new(&gaps, Millis(123_000));
        assert_eq!(axis.length(), Millis(5_000));
        assert_eq!(axis.place(Millis(61_500)), Millis(2_500));
        assert_eq!(axis.time(Millis(4_500)), Millis(122_500));
    }

    proptest! {
        #[test]
        fn the_order_of_times_is_kept_and_the_way_back_is_the_same(
            lengths in prop::collection::vec((1u64..20_000, 5_001u64..5_000_000), 0..12),
            mut times in prop::collection::vec(0u64..90_000_000, 2..12),
        ) {
            let (mut gaps, mut at) = (Vec::new(), 0);
            for (busy, idle) in lengths {
                gaps.push((Millis(at + busy), Millis(at + busy + idle)));
                at += busy + idle;
            }
            let axis = Axis::new(&gaps, Millis(at + 1_000));
            times.sort_unstable();
            let places: Vec<u64> = times.iter().map(|it| axis.place(Millis(*it)).0).collect();
            prop_assert!(places.windows(2).all(|it| it[0] <= it[1]), "{places:?}");
            for time in times.iter().map(|it| Millis(*it).min(axis.duration)) {
                let back = axis.time(axis.place(time));
                // Within an idle stretch a moment stands for many.
                let is_near = back.0.abs_diff(time.0) <= 5_001;
                let is_idle = gaps.iter().any(|(from, to)| *from <= time && time <= *to);
                prop_assert!(back == time || (is_idle && is_near), "{time:?} {back:?}");
            }
        }
    }
}
