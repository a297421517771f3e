//! Where the director looks, and what a key does there.
//!
//! Pure: no clock, no disk, no task. A key becomes an [`Act`](super::keys::Act);
//! the desk carries it out by itself, or names a
//! [`Command`](crate::model::Command). Not in the journal: another director, or
//! the same one tomorrow, looks at something else.

mod able;
mod act;
mod agents_form;
mod answer;
mod arrange;
mod audition;
mod axis;
mod cast;
mod changes;
mod choose;
mod command;
mod contend;
mod copy_search;
mod copying;
mod detach;
mod dialog;
mod direct;
mod done;
mod draft_form;
mod editor;
mod equal;
mod evidence;
mod field;
mod find;
mod health;
mod heed;
mod help;
mod inbox;
mod keep_change;
mod label;
mod landmarks;
mod ledger;
mod library;
mod limits;
mod look;
mod mark;
mod marked;
pub mod money;
mod nearby;
mod order;
mod pair;
mod pair_rows;
mod palette;
mod past;
mod places;
mod playhead;
mod plays;
mod press;
mod prove;
mod rank;
mod retake_form;
mod rewind;
mod rewrite;
mod rewrite_script;
mod role_form;
mod said;
mod screen;
mod screens;
mod script_form;
mod script_task;
mod scroll;
mod seek;
mod settable;
mod settings;
mod settle;
mod setup;
mod sheet;
mod sizes;
mod status_line;
mod take;
mod themes;
mod trial;
mod typing;
mod undo;
mod vain;
mod versus;
mod wheel;
mod write;

#[cfg(test)]
mod tests;

pub use able::inability;
pub use agents_form::{FormField, NewAgent, RoleOffer};
pub use axis::Axis;
pub use cast::CastList;
pub use changes::{Changes, Span, turns};
pub use command::{CommandLine, act_called};
pub use copying::{CopyLine, Copying};
pub use detach::Detach;
pub use dialog::{
    Change, Choice, Deed, Dialog, Help, Prompt, PromptPurpose, Question, Redirects,
    RedirectsPurpose,
};
pub use direct::is_all_held;
pub use done::Done;
pub use draft_form::{DraftForm, DraftOrigin};
pub use editor::{DraftKey, Editor, Purpose, StepPlace};
pub use evidence::{SignRow, SignSeen};
pub use field::Field;
pub use health::Health;
pub use inbox::{Inbox, REST};
pub use landmarks::Sought;
pub use ledger::{LedgerDesk, LedgerView};
pub use library::{Plot, ScriptList, ScriptOffer};
pub use limits::LimitList;
pub use marked::{many, names};
pub use nearby::{Nearby, Offer};
pub use order::Order;
pub use pair::{Pair, all_of};
pub use pair_rows::PairRow;
pub use palette::{Goal, PaletteItem, PaletteList};
pub use past::{Past, PastAnswer, PastLine, PastTask, Recalled};
pub use places::Named;
pub use playhead::{Mark, Marker, Pace, Play, Playhead, Towards};
pub use plays::Plays;
pub use retake_form::{RetakeForm, RetakePart, Retaking};
pub use rewrite::role_of;
pub use role_form::{RoleAnswer, RoleForm, RoleTask};
pub use said::Said;
pub use screen::{
    Anchor, Elsewhere, GridShape, ReadWish, Reading, Screen, Scroll, Search, Shown, Tab,
};
pub use script_form::{InputAnswer, InputField, ScriptForm};
pub use script_task::{ScriptAnswer, ScriptTask, Wanted};
pub use settings::{Furnishing, SettingsFault, SettingsLine};
pub use setup::{Setup, SetupEnd, SetupKey, SetupProgram};
pub use sheet::{DiffWish, Diffed, Sheet, SheetNote, SheetRow};
pub use sizes::{Beside, Edge, Shares, Side};
pub use status_line::StatusLine;
pub use themes::{AUTO, ThemeAnswer, ThemeList, ThemeOffer, ThemeTask, Wearing};
pub use trial::Trial;
pub use versus::{Contender, Versus, VersusAnswer, VersusPart, VersusPatch, VersusTask};
pub use wheel::{Peek, Under, WHEEL};

use super::keys::{Chord, Keymap};
use crate::casting::Tracks;
use crate::config::{Arrangement, Rewriting, Settable, StageLayout};
use crate::model::{Agent, AgentId, Level, Millis, RequestId, Stage, Version, Whom};
use crate::text::terminal::Modes;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The director's side of the screen. The view reads all of it.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent, and shown as such")]
pub struct Desk {
    /// The agent that has the keys.
    pub focus: Option<AgentId>,
    /// What fills the screen.
    pub screen: Screen,
    /// What of the stage was looked at when another screen was gone to.
    left: Screen,
    /// Where one agent alone was gone to from: the stage, or a comparison.
    zoomed_from: Screen,
    /// How the cast is looked at.
    pub cast: CastList,
    /// How many lines of a comparison are scrolled away at the top.
    pub audition_scroll: usize,
    /// Which play is looked at, and how.
    pub plays: Plays,
    /// How the scripts there are are looked at.
    pub scripts: ScriptList,
    /// How what needs the director is looked at.
    pub inbox: Inbox,
    /// How former sessions are looked at.
    pub past: Past,
    /// How the program itself does, while that is shown.
    pub health: Option<Health>,
    /// How what was spent is looked at.
    pub ledger: LedgerDesk,
    /// What the screen wears.
    pub wearing: Wearing,
    /// Its signs are ASCII alone.
    pub is_plain: bool,
    /// As little as can be moves on it.
    pub is_calm: bool,
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
    /// How the changes of the focused agent are looked at.
    pub changes: Changes,
    /// How what two of an audition changed is looked at.
    pub pair: Pair,
    /// How two that are held against each other are looked at.
    pub versus: Versus,
    /// How panes are laid out on the stage.
    pub layout: StageLayout,
    /// In which order agents stand there.
    pub order: Order,
    /// Those that stand first, whatever the order.
    pub pinned: BTreeSet<AgentId>,
    /// Those that what the director does on the stage goes to, if there are any.
    pub marked: BTreeSet<AgentId>,
    /// The one of them that was marked last: from there to another all can be marked.
    marked_last: Option<AgentId>,
    /// Those that are to be pinned once they are there.
    pins_awaited: BTreeSet<String>,
    /// How the stage is arranged under names.
    pub arrangements: BTreeMap<String, Arrangement>,
    /// The name of how it is arranged now, where it has one.
    arranged: Option<String>,
    /// How much of the stage parts of it take.
    pub shares: Shares,
    /// The edge that the mouse holds.
    held_edge: Option<Edge>,
    /// Only agents that fit this are shown; empty for all.
    pub filter: String,
    /// What is searched for in the log.
    pub search: Option<Search>,
    /// What stands over the stage and wants an answer.
    pub dialog: Option<Dialog>,
    /// The editor over the stage. A dialog may stand over it.
    pub editor: Option<Editor>,
    /// What the command line was told, the last at the end.
    commands: Vec<String>,
    /// What was typed and not sent.
    pub drafts: BTreeMap<DraftKey, String>,
    /// What was typed of other takes, and did not begin.
    retakes: BTreeMap<AgentId, RetakeForm>,
    /// What becomes of other takes in a replay.
    pub retaking: Retaking,
    /// What was typed of roles and not written.
    role_drafts: BTreeMap<String, String>,
    /// What was typed of what scripts are given, and did not begin.
    script_drafts: BTreeMap<String, ScriptForm>,
    /// What was typed of scripts and not written, by their files.
    script_texts: BTreeMap<String, String>,
    /// The script being read, while something is asked about it.
    held_draft: Option<Box<DraftForm>>,
    /// The role being edited, while it is shown what that would change.
    held_form: Option<Box<RoleForm>>,
    /// That change.
    rewriting: Option<Rewriting>,
    /// What the bottom line has to say.
    pub status: Option<StatusLine>,
    /// What is wrong with files of settings, until it is mended.
    pub faults: Vec<SettingsFault>,
    /// What can be set; empty where that is not known yet.
    settable: Vec<Settable>,
    /// What was set here: that files say so is nothing new.
    set_here: BTreeSet<String>,
    /// More of the focused agent's log than the stage keeps.
    pub reading: Option<Reading>,
    /// Where the replay stands; none in a live session.
    pub playhead: Option<Playhead>,
    /// What the director has called this session since, in place of its title.
    pub called: Option<String>,
    /// These are agents of other programs, whose logs are followed.
    pub is_watch: bool,
    /// What is looked for in the replay.
    pub sought: Sought,
    /// The request that the keys go to.
    pub request: Option<(AgentId, RequestId)>,
    /// How many lines of it are scrolled away at the top.
    pub request_scroll: usize,
    /// The version of the instructions whose text is shown; none for the latest.
    pub version: Option<Version>,
    /// Whether long tool calls in the log are shown whole.
    pub unfolded: bool,
    /// A session can be taken up from the first screen, which says which.
    pub can_take_up: bool,
    /// The demo can be seen from the first screen: no model can be reached.
    pub can_rehearse: bool,
    /// What the director has chosen on the first screen: this session, on which
    /// nobody is, makes room for it.
    pub leaves_for: Option<Elsewhere>,
    /// What to try next: the demo's line above the footer.
    pub hint: Option<String>,
    /// The roles that a new agent can be cast in.
    pub roles: Vec<RoleOffer>,
    /// How they have done in former sessions of this project.
    pub tracks: Tracks,
    /// The providers that a model can be named of; empty where nobody checks.
    pub providers: Vec<String>,
    /// What the last picture showed.
    pub shown: Shown,
    /// Panes that are looked back in where they stand.
    pub peeks: BTreeMap<AgentId, Peek>,
    /// Which keys mean what: for the keys, the help, the footer and the palette.
    pub keymap: Arc<Keymap>,
    /// Those that files said when they were read last.
    keymap_of_files: Arc<Keymap>,
    /// The keys go to the terminal that is looked at.
    pub is_typing: bool,
    /// How that terminal wants them.
    pub modes: Modes,
    /// The director has chosen to leave; the session is being closed.
    pub is_leaving: bool,
    /// Whether the session goes on without this screen.
    pub detach: Detach,
    /// The director has left the session at work.
    pub detaches: bool,
    /// There is no session any more, whoever ended it.
    pub is_over: bool,
    /// Keys pressed so far that may become an act with the next one.
    pub pressed: Vec<Chord>,
    /// Whether what the project brings may count, where that is asked.
    pub trial: Option<Trial>,
    /// The guide of a first start, while it is open and once it was.
    pub setup: Option<Box<Setup>>,
    /// Text was pasted since the last picture: what came with it is no key.
    was_pasted: bool,
    /// Who is looked at as soon as it is on stage.
    pub expects: Option<AgentId>,
    /// The terminal has said that the director looks elsewhere.
    is_away: bool,
    /// They have come back since the last picture.
    is_back: bool,
    /// It was opened from the screen of another session, and leads back there.
    pub is_recalled: bool,
    /// What is to be found in its log then.
    pub seeks: Option<String>,
    /// Who was looked at last because somebody has to be.
    settled_on: Option<AgentId>,
    /// Who is followed in a replay, and is not there yet at the head.
    away: Option<AgentId>,
    /// Since when the focused agent has been looked at.
    focused_at: Millis,
    /// Whose log is being read as a whole, to be copied.
    copies_log: Option<AgentId>,
    /// Whom the key for the next that needs the director has led to last.
    led_to: Option<Whom>,
    /// The ended agent that was said to be looked at.
    looked: Option<AgentId>,
    /// The sign of drift that was looked at last.
    evidence_met: Option<(AgentId, u32)>,
    /// All agents were asked to pause: how many are held is being told.
    is_pausing_all: bool,
    /// What was sent and is not a fact yet: kept, should it be refused.
    sent: Option<(DraftKey, String)>,
    /// A stretch of the log that was scrolled to and is not loaded.
    beyond: Option<Anchor>,
    /// The size that a terminal was last asked to have.
    fitted: Option<(AgentId, (u16, u16))>,
    /// A search that goes on in it.
    seeking: Option<seek::Seek>,
}

impl Desk {
    /// A desk with these keys and these roles to cast.
    pub fn new(keymap: Arc<Keymap>, roles: Vec<RoleOffer>) -> Self {
        let keymap_of_files = keymap.clone();
        Self { roles, keymap, keymap_of_files, ..Self::default() }
    }

    /// The agent that has the keys.
    pub fn focused<'a>(&self, stage: &'a Stage) -> Option<&'a Agent> {
        self.focus.and_then(|agent| stage.agent(agent))
    }

    /// Whether there is nobody to direct: in a replay, and where agents of other
    /// programs are watched.
    pub const fn is_replay(&self) -> bool {
        self.playhead.is_some() || self.is_watch
    }

    /// Why there is nobody to direct.
    pub const fn nobody(&self) -> &'static str {
        if self.is_watch {
            "these agents are watched: another program directs them"
        } else {
            "this is a replay: there is nobody to direct"
        }
    }

    /// Puts words into the bottom line, until the next key.
    pub fn say(&mut self, level: Level, text: impl Into<String>, at: Millis) -> Done {
        self.status = Some(StatusLine { level, text: text.into(), at });
        Done::Redraw
    }
}
