//! Where the director looks, and what a key does there.
//!
//! Pure: no clock, no disk, no task. A key becomes an [`Act`](super::keys::Act);
//! the desk carries it out by itself, or names a
//! [`Command`](crate::model::Command). Not in the journal: another director, or
//! the same one tomorrow, looks at something else.

mod agents_form;
mod dialog;
mod done;
mod editor;
mod field;
mod palette;
mod playhead;
mod screen;
mod status_line;

pub use agents_form::{FormField, NewAgent, RoleOffer};
pub use dialog::{
    Change, Choice, Deed, Dialog, Help, Prompt, PromptPurpose, Question, Redirects,
    RedirectsPurpose,
};
pub use done::Done;
pub use editor::{DraftKey, Editor, Purpose};
pub use field::Field;
pub use palette::{Goal, PaletteItem, PaletteList};
pub use playhead::{Mark, Marker, Pace, Play, Playhead, Towards};
pub use screen::{Anchor, GridShape, ReadWish, Reading, Screen, Scroll, Search, Shown, Tab};
pub use status_line::StatusLine;

use crate::model::{AgentId, Millis, RequestId, Version};
use std::collections::{BTreeMap, BTreeSet};

/// The director's side of the screen. The view reads all of it.
#[derive(Debug, Clone, Default)]
pub struct Desk {
    /// The agent that has the keys.
    pub focus: Option<AgentId>,
    /// What fills the screen.
    pub screen: Screen,
    /// What is looked at of the focused agent when it has the screen.
    pub tab: Tab,
    /// Which page of the grid is in sight, counted from 0.
    pub page: usize,
    /// Whether the list of agents stands beside the grid.
    pub roster: bool,
    /// How far the log of the focused agent is scrolled.
    pub scroll: Scroll,
    /// How many lines of another tab's sheet are scrolled away at the top.
    pub sheet: usize,
    /// Only agents that fit this are shown; empty for all.
    pub filter: String,
    /// What is searched for in the log.
    pub search: Option<Search>,
    /// What stands over the stage and wants an answer.
    pub dialog: Option<Dialog>,
    /// The editor over the stage. A dialog may stand over it.
    pub editor: Option<Editor>,
    /// What was typed and not sent.
    pub drafts: BTreeMap<DraftKey, String>,
    /// What the bottom line has to say.
    pub status: Option<StatusLine>,
    /// More of the focused agent's log than the stage keeps.
    pub reading: Option<Reading>,
    /// Where the replay stands; none in a live session.
    pub playhead: Option<Playhead>,
    /// The request that the keys go to.
    pub request: Option<(AgentId, RequestId)>,
    /// How many lines of it are scrolled away at the top.
    pub request_scroll: usize,
    /// The version of the instructions whose text is shown; none for the latest.
    pub version: Option<Version>,
    /// Whether long tool calls in the log are shown whole.
    pub unfolded: bool,
    /// What to try next: the demo's line above the footer.
    pub hint: Option<String>,
    /// The roles that a new agent can be cast in.
    pub roles: Vec<RoleOffer>,
    /// What the last picture showed.
    pub shown: Shown,
    /// Requests whose end has been on the screen.
    seen: BTreeSet<(AgentId, RequestId)>,
    /// Since when the focused agent has been looked at.
    focused_at: Millis,
}
