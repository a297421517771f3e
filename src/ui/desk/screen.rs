//! What of the stage is in sight, and how far it is scrolled.

use super::Beside;
use crate::{
    model::{AgentId, Fingerprint, ItemKey, Log, PlayId, RequestId, Seq, Turn},
    ui::keys::Act,
};
use std::collections::BTreeSet;

/// What fills the screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Screen {
    /// The grid of panes.
    #[default]
    Stage,
    /// The focused agent alone, with its tabs.
    Zoom,
    /// The cast: the roles that an agent can have.
    Cast,
    /// The agents of an audition, side by side.
    Audition,
    /// What two of them changed, side by side.
    Diffs,
    /// Two that are held against each other, turn by turn.
    Versus,
    /// A script as it is played: its steps, and what goes from hand to hand.
    Script,
    /// All that needs the director.
    Inbox,
    /// Former sessions, and what was said, run and changed in them.
    Past,
    /// What was spent, and when.
    Ledger,
}

impl Screen {
    /// The screens that have a name in the header, in its order.
    pub const NAMED: [Self; 6] =
        [Self::Stage, Self::Cast, Self::Script, Self::Inbox, Self::Past, Self::Ledger];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stage | Self::Zoom | Self::Audition | Self::Diffs | Self::Versus => "Stage",
            Self::Cast => "Cast",
            Self::Script => "Script",
            Self::Inbox => "Inbox",
            Self::Past => "History",
            Self::Ledger => "Ledger",
        }
    }

    /// The act that goes there.
    pub const fn act(self) -> Act {
        match self {
            Self::Stage | Self::Zoom => Act::ToStage,
            Self::Audition => Act::Compare,
            Self::Diffs => Act::SeeChanges,
            Self::Versus => Act::Versus,
            Self::Cast => Act::ToCast,
            Self::Script => Act::ToScript,
            Self::Inbox => Act::ToInbox,
            Self::Past => Act::ToPast,
            Self::Ledger => Act::ToLedger,
        }
    }

    /// Whether those of an audition are held against each other there.
    pub const fn compares(self) -> bool {
        matches!(self, Self::Audition | Self::Diffs)
    }

    /// Whether agents are looked at there.
    pub const fn is_of_stage(self) -> bool {
        matches!(self, Self::Stage | Self::Zoom)
    }
}

/// What is looked at of one agent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tab {
    /// What it said and did.
    #[default]
    Log,
    /// Its brief, and its instructions with all versions and their differences.
    Brief,
    /// The tools it used.
    Tools,
    /// What it changed, file by file.
    Changes,
    /// What it used and what that cost.
    Cost,
    /// The events behind all that.
    Events,
}

impl Tab {
    /// All of them, as they stand side by side.
    pub const ALL: [Self; 6] =
        [Self::Log, Self::Brief, Self::Tools, Self::Changes, Self::Cost, Self::Events];

    /// The tab so many places further, going round.
    #[must_use]
    pub fn turned(self, places: isize) -> Self {
        let count = Self::ALL.len().cast_signed();
        let here = Self::ALL.iter().position(|it| *it == self).unwrap_or(0).cast_signed();
        let there = (here + places).rem_euclid(count).unsigned_abs();
        Self::ALL.get(there).copied().unwrap_or_default()
    }

    /// Whether it grows at its end, so that its end is looked at first.
    pub const fn grows(self) -> bool {
        matches!(self, Self::Log | Self::Events)
    }
}

/// How far a text is scrolled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scroll {
    /// At its end, and staying there as it grows.
    #[default]
    Follow,
    /// So many lines back from its end.
    Back(usize),
    /// At this entry: where a search found something. The picture says how many
    /// lines back that is (see [`Shown::back`]).
    At(Seq),
}

/// How panes are laid out on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GridShape {
    /// Panes side by side.
    pub columns: usize,
    /// Panes one above the other.
    pub rows: usize,
}

impl Default for GridShape {
    fn default() -> Self {
        Self { columns: 1, rows: 1 }
    }
}

impl GridShape {
    /// How many panes a page has; at least one.
    pub const fn per_page(self) -> usize {
        let panes = self.columns.saturating_mul(self.rows);
        if panes == 0 { 1 } else { panes }
    }
}

/// What the last picture showed: how far scrolling can go, and what the director
/// can have read. The view tells it to the desk after each frame.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// The shape of the grid.
    pub grid: GridShape,
    /// The edges that keys move.
    pub edges: Vec<Beside>,
    /// Lines of text on the sheet of a tab, or in a pane: what a page is.
    pub lines: usize,
    /// How far the log stood back from its end, in lines.
    pub back: usize,
    /// The turn that the first line in sight of a log belongs to.
    pub turn: Option<Turn>,
    /// How many lines could be scrolled at most: from the start of a sheet, or
    /// back from the end of a log. None where the view does not know.
    pub most: Option<usize>,
    /// The terminal that was shown alone, and the room there was for it.
    pub terminal: Option<(AgentId, (u16, u16))>,
    /// The first row of the changes in sight.
    pub top: usize,
    /// Requests whose last line was on the screen.
    pub requests: BTreeSet<(AgentId, RequestId)>,
    /// The request that had the keys, if its last line was on the screen: what
    /// can be approved now.
    pub ready: Option<(AgentId, RequestId, Fingerprint)>,
    /// Who was counted beside it, as they ask the same.
    pub equal: Vec<(AgentId, RequestId)>,
    /// The step of a script that was marked: which play's, and its place there.
    pub step: Option<(PlayId, usize)>,
    /// What was marked of what needs the director.
    pub item: Option<ItemKey>,
    /// The last line of the difference that a question shows was on the screen.
    pub is_change_read: bool,
    /// The first line of it below what was in sight, counted from 0.
    pub change_end: usize,
    /// How far back panes stood that are looked back in, in lines.
    pub peeks: Vec<(AgentId, usize)>,
    /// How many lines the focused request has beyond what fits.
    pub request_most: usize,
    /// How many lines of the focused request were in sight at once.
    pub request_lines: usize,
    /// That request, and its first line below what was in sight, counted from 0.
    pub request_end: Option<(AgentId, RequestId, usize)>,
}

/// A stretch of one agent's log, read from the journal: more than the stage keeps.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Whose.
    pub agent: AgentId,
    /// What it says.
    pub log: Log,
    /// Where its first record begins in the journal, in bytes.
    pub first: u64,
    /// Where its last record ends in the journal, in bytes.
    pub last: u64,
    /// Nothing of this agent stands before it.
    pub at_start: bool,
    /// It reaches the latest record, and grows with each new one.
    pub at_end: bool,
    /// The last record of any agent that it knows of.
    pub through: Seq,
}

/// A stretch of an agent's log that the desk would like to have read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadWish {
    /// Whose log.
    pub agent: AgentId,
    /// Which stretch.
    pub anchor: Anchor,
}

/// Where a stretch of a log lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// It begins with the agent's first record.
    Start,
    /// It ends with the agent's latest record.
    End,
    /// Half of it stands before this place in the journal, half behind: so
    /// scrolling goes on without a jump.
    Around(u64),
    /// It is all of it.
    Whole,
}

/// What is searched for in a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// The words; upper and lower case are the same unless one is upper.
    pub text: String,
    /// The entries that hold it, oldest first.
    pub matches: Vec<Seq>,
    /// Which of them is looked at.
    pub current: usize,
}

/// Where the first screen leads, beside a new agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Elsewhere {
    /// To the session that was left here.
    Session,
    /// To the demo: scripted agents, for who has no model yet.
    Demo,
}
