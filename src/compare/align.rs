//! Which step of one stands beside which of the other.

use super::{
    Step,
    likeness::{SAME, likeness},
};

/// Two steps that are so alike at least do nearly the same.
const ALIKE: u32 = 55;

/// One row: a step of each, or of one of them alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The place of the step among those of each.
    pub steps: [Option<usize>; 2],
    /// How much of it is the same.
    pub sameness: Sameness,
}

/// How much of a row is the same on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sameness {
    /// Only one of them has such a step.
    Alone,
    /// Each does something else.
    Different,
    /// They do nearly the same.
    Alike,
    /// The same is done, and something else comes of it.
    OtherResults,
    /// The same is done and comes of it; only what is said of it differs.
    OtherWords,
    /// All of it.
    Same,
}

impl Row {
    /// The same row, seen from the other side.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        let [one, other] = self.steps;
        Self { steps: [other, one], ..self }
    }
}

/// Puts the steps of two beside each other: first what is the same, to where they part;
/// then so that as much as can be stands beside what is like it (Needleman and Wunsch,
/// 1970, without a price for a gap).
///
/// The same two give the same rows whichever comes first.
pub fn align(one: &[Step], other: &[Step]) -> Vec<Row> {
    let same = one.iter().zip(other).take_while(|(one, other)| one.key == other.key).count();
    let mut rows: Vec<Row> = (0..same).map(|it| row(one, other, [Some(it), Some(it)])).collect();
    let (mine, its) = (one.get(same..).unwrap_or_default(), other.get(same..).unwrap_or_default());
    // Where two ways are as good, which is taken must not depend on who comes first.
    let is_first = mine.iter().map(|it| it.key).le(its.iter().map(|it| it.key));
    let mut pairs = if is_first { pairs(mine, its) } else { pairs(its, mine) };
    if !is_first {
        for pair in &mut pairs {
            pair.reverse();
        }
    }
    let shifted = pairs.into_iter().map(|it| it.map(|it| it.map(|it| it + same)));
    rows.extend(shifted.map(|it| row(one, other, it)));
    rows
}

fn row(one: &[Step], other: &[Step], steps: [Option<usize>; 2]) -> Row {
    let [mine, its] = steps;
    let mine = mine.and_then(|it| one.get(it));
    let its = its.and_then(|it| other.get(it));
    let sameness = match mine.zip(its) {
        None => Sameness::Alone,
        Some((mine, its)) if mine.key == its.key => Sameness::Same,
        Some((mine, its)) if mine.results == its.results => Sameness::OtherWords,
        Some((mine, its)) if mine.deeds == its.deeds => Sameness::OtherResults,
        Some((mine, its)) if likeness(mine, its) >= Some(ALIKE) => Sameness::Alike,
        Some(_) => Sameness::Different,
    };
    Row { steps, sameness }
}

/// How much two steps beside each other are worth: those that are like each other far
/// more than those that only stand in the same place, which is still more than nothing.
fn worth(one: &Step, other: &Step) -> Option<u32> {
    likeness(one, other).map(|it| it * it / 10 + 1)
}

/// Where the best way leads on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    Both,
    One,
    Other,
}

/// The places that stand beside each other so that all of it is worth most.
fn pairs(one: &[Step], other: &[Step]) -> Vec<[Option<usize>; 2]> {
    let wide = other.len() + 1;
    let mut ways = vec![From::Other; (one.len() + 1) * wide];
    let mut best = vec![0_u64; wide];
    for (down, mine) in one.iter().enumerate() {
        let mut beside = 0;
        for (across, its) in std::iter::once(None).chain(other.iter().map(Some)).enumerate() {
            let above = best.get(across).copied().unwrap_or(0);
            let (mut value, mut way) = (above, From::One);
            if let Some(its) = its {
                let left = across.checked_sub(1).and_then(|it| best.get(it)).copied().unwrap_or(0);
                if left > value {
                    (value, way) = (left, From::Other);
                }
                if let Some(worth) = worth(mine, its)
                    && beside + u64::from(worth) > value
                {
                    (value, way) = (beside + u64::from(worth), From::Both);
                }
            }
            beside = above;
            if let Some(place) = best.get_mut(across) {
                *place = value;
            }
            if let Some(place) = ways.get_mut((down + 1) * wide + across) {
                *place = way;
            }
        }
    }
    walk_back(&ways, wide, [one.len(), other.len()])
}

fn walk_back(
    ways: &[From],
    wide: usize,
    [mut down, mut across]: [usize; 2],
) -> Vec<[Option<usize>; 2]> {
    let mut pairs = Vec::with_capacity(down.max(across));
    while down > 0 || across > 0 {
        let way = ways.get(down * wide + across).copied().unwrap_or(From::Other);
        let way = if across == 0 { From::One } else { way };
        let of_one = way != From::Other && down > 0;
        let of_other = way != From::One || down == 0;
        down -= usize::from(of_one);
        across -= usize::from(of_other);
        pairs.push([of_one.then_some(down), of_other.then_some(across)]);
    }
    pairs.reverse();
    pairs
}

const _: () = assert!(ALIKE < SAME, "what is the same is alike");
