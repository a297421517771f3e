//! Where a replay stands. The player moves it; the desk only names wishes.

use super::Axis;
use crate::{
    journal::{Bookmark, Sample},
    model::{AgentId, Millis, Seq},
};
use std::{fmt, sync::Arc};

/// Where a replay stands and how it moves.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Playhead {
    /// The last record that is applied.
    pub seq: Seq,
    /// The last record there is.
    pub last_seq: Seq,
    /// The session's time at the head.
    pub at: Millis,
    /// How long the session lasted.
    pub duration: Millis,
    /// How fast it plays.
    pub pace: Pace,
    /// It plays; else it stands still.
    pub is_playing: bool,
    /// How much of the journal is indexed, from 0 to 1.
    pub indexed: f32,
    /// The log is still being read: there may be more.
    pub is_growing: bool,
    /// It is on its way to this record.
    pub aim: Option<Seq>,
    /// It was to go to this record, which there is not.
    pub missed: Option<Seq>,
    /// What the timeline marks, oldest first.
    pub markers: Arc<[Marker]>,
    /// What the director has marked, in order.
    pub bookmarks: Arc<[Bookmark]>,
    /// The axis of the timeline.
    pub axis: Axis,
    /// What it had cost and how full windows were, from turn to turn.
    pub curve: Arc<[Sample]>,
    /// A stretch without events that is being shortened: how long it was.
    pub shortened: Option<Millis>,
}

/// Something worth finding on the timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marker {
    /// When.
    pub at: Millis,
    /// Which record.
    pub seq: Seq,
    /// Whose.
    pub agent: Option<AgentId>,
    /// What.
    pub kind: Mark,
}

/// What a marker stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// Somebody directed an agent.
    Direction,
    /// Something failed.
    Trouble,
    /// An agent asked, or was answered.
    Request,
    /// An agent ended.
    End,
    /// Work went from one to another.
    HandOff,
    /// Files were changed.
    Change,
    /// The director has marked it.
    Bookmark,
}

/// How fast a replay plays, against the time of the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pace {
    /// So many quarters of the session's own speed.
    Quarters(u16),
    /// As fast as it can be read and drawn.
    Full,
}

/// What a key wants of the player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Play {
    /// Play, or stand still.
    Toggle,
    /// So many events on, or back: of this agent, or of any.
    Events(i64, Option<AgentId>),
    /// So many turns on, or back: of this agent, or of any.
    Turns(i64, Option<AgentId>),
    /// To this many tenths of the session's time.
    Tenth(u8),
    /// To this many thousandths of the session's time: a click on the timeline.
    Thousandth(u16),
    /// To this event, standing still there.
    Event(Seq),
    /// To the beginning.
    Start,
    /// To the end.
    End,
    /// To this record.
    To(Seq),
    /// A place is marked, with a note that may be empty.
    Bookmark(Bookmark),
    /// The mark at this record is taken away.
    Unmark(Seq),
    /// Twice as fast as it plays when it hears this.
    Faster,
    /// Half as fast.
    Slower,
    /// At this pace.
    Pace(Pace),
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Towards {
    /// Towards the end.
    End,
    /// Towards the beginning.
    Start,
}

impl Default for Pace {
    fn default() -> Self {
        Self::Quarters(4)
    }
}

impl Pace {
    /// The slowest: a quarter.
    pub const SLOWEST: Self = Self::Quarters(1);
    /// The fastest that still keeps time: 64 times.
    pub const FASTEST: Self = Self::Quarters(256);

    /// Twice as fast, up to 64x; then as fast as possible.
    #[must_use]
    pub fn faster(self) -> Self {
        match self {
            Self::Quarters(quarters) if quarters < 256 => Self::Quarters(quarters.max(1) * 2),
            Self::Quarters(_) | Self::Full => Self::Full,
        }
    }

    /// Half as fast, down to 0.25x.
    #[must_use]
    pub fn slower(self) -> Self {
        match self {
            Self::Full => Self::FASTEST,
            Self::Quarters(quarters) => Self::Quarters((quarters / 2).max(1)),
        }
    }

    /// How much of the session's time passes in so much real time; none where
    /// the clock does not matter.
    pub fn span(self, real: Millis) -> Option<Millis> {
        match self {
            Self::Full => None,
            Self::Quarters(quarters) => Some(Millis(real.0.saturating_mul(quarters.into()) / 4)),
        }
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.pad("max"),
            Self::Quarters(1) => f.pad("0.25x"),
            Self::Quarters(2) => f.pad("0.5x"),
            Self::Quarters(quarters) => f.pad(&format!("{}x", quarters / 4)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_doubles_from_a_quarter_to_64_times_and_then_knows_no_clock() {
        let up: Vec<_> = std::iter::successors(Some(Pace::SLOWEST), |it| {
            (*it != Pace::Full).then(|| it.faster())
        })
        .collect();
        let told: Vec<_> = up.iter().map(ToString::to_string).collect();
        let all = ["0.25x", "0.5x", "1x", "2x", "4x", "8x", "16x", "32x", "64x", "max"];
        assert_eq!(told, all);
        let down: Vec<_> = up.windows(2).map(|pair| pair[1].slower()).collect();
        assert_eq!(down, up[..up.len() - 1]);
    }
}
