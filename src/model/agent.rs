//! One agent, as the facts so far describe it.

use super::{
    Activity, AgentId, Author, Bid, Boundary, CallId, Casting, Checkpoint, Cost, Drift, EngineKind,
    Going, Hold, HoldReason, Kin, Link, Log, Millis, Money, Proof, Redirect, RedirectId, Refused,
    Request, RequestId, Sandbox, Seq, Status, Taking, Tint, Trail, Tree, Turn, Usage, Version,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// Everything the screen may want to know about one agent.
///
/// It stands in memory as it stands here: what nearly every event looks at comes
/// first, so that a thousand agents that speak in turn don't fetch all of each.
#[derive(Debug, Clone, PartialEq)]
#[repr(C)]
pub struct Agent {
    /// Its number.
    pub id: AgentId,
    /// How often its engine was started; tells old reports from new ones.
    pub run: u32,
    /// Since when it is doing that, or is over.
    pub since: Millis,
    /// Where it is in its life.
    pub life: Life,
    /// What it is doing.
    pub activity: Activity,
    /// Its model's service refuses its call.
    pub refused: Option<Refused>,
    /// When its engine first came up.
    pub started: Option<Millis>,
    /// Since when it has been held or waiting, if it is now.
    pub held_since: Option<Millis>,
    /// Stopped in the middle of something since then.
    pub frozen: Option<Millis>,
    /// Every reason that holds it.
    pub holds: Vec<Hold>,
    /// Until then it goes on although its service grants nothing: it was told to.
    pub past_quota: Option<Millis>,
    /// What it waits for, oldest first.
    pub requests: Vec<Request>,
    /// Tool calls that run, with their titles, oldest first.
    pub tools_running: Vec<(CallId, String)>,
    /// A model call is out.
    pub calling: bool,
    /// Who has told it to end in good order, while it has not ended yet.
    pub stopping: Option<Author>,
    /// It ended and nobody has looked yet.
    pub unseen: bool,
    /// It may take this many steps although it is held.
    pub steps: u32,
    /// Its latest turn.
    pub turn: Turn,
    /// The boundaries it stands at, asking to go on.
    pub boundaries: Vec<Boundary>,
    /// The end of its log; the journal has the rest.
    pub log: Log,
    /// What is set aside for the model call that is out.
    pub reserved: Money,
    /// What it has spent.
    pub spent: Cost,
    /// The tokens it has used.
    pub usage: Usage,
    /// The prompt of its latest model call in tokens: how full its window is.
    pub context: u64,
    /// Tool calls that were asked for and have not ended.
    pub tools_open: BTreeMap<CallId, OpenTool>,
    /// Tools it used.
    pub tools: BTreeMap<String, ToolTally>,
    /// How it was cast. Brief, model and budget are kept as they are now.
    pub casting: Casting,
    /// What it was called before, the latest last.
    pub formerly: Vec<String>,
    /// The colour of its name.
    pub tint: Option<Tint>,
    /// When it was cast.
    pub added: Millis,
    /// How long it was held or waited, up to `held_since`.
    pub held: Millis,
    /// All versions of its instructions, oldest first; never empty.
    pub instructions: Vec<Instructions>,
    /// Its redirects, oldest first.
    pub redirects: Vec<Redirect>,
    /// The highest number of a tool call so far.
    pub last_call: CallId,
    /// The highest request number so far.
    pub last_request: RequestId,
    /// Files it changed.
    pub files: BTreeMap<String, FileTally>,
    /// The folder it works in, once there is one.
    pub tree: Option<Arc<Tree>>,
    /// How that folder differs from what it was when the work began, by file, as it was
    /// kept last. Of a turn that changed hundreds, only the first are told.
    pub differs: BTreeMap<String, Lines>,
    /// What was kept of that folder, oldest first.
    pub checkpoints: Vec<Checkpoint>,
    /// The checkpoint up to which the director has looked at what it changed.
    pub seen_changes: Option<String>,
    /// How taking over its work stands.
    pub taking: Taking,
    /// What holds its processes, as its latest run found it.
    pub sandbox: Option<Sandbox>,
    /// What its program calls the session it runs in.
    pub link: Option<Link>,
    /// What its program calls the places in its session where turns were over, oldest
    /// first.
    pub places: Vec<(Turn, String)>,
    /// What of its turns is undone.
    pub going: Going,
    /// It is marked as the best take of its brief.
    pub is_best: bool,
    /// Messages of its program that this version does not know.
    pub strange: u32,
    /// What the director allowed it for good: tool and what was shown, exactly.
    pub allowed: Vec<(String, String)>,
    /// The size of its terminal, in columns and rows; means nothing where it has none.
    pub terminal: (u16, u16),
    /// Its latest reported result.
    pub report: Option<String>,
    /// Who belongs to it.
    pub kin: Kin,
    /// Why what it last wanted to hand in was not taken, until something was.
    pub misfit: Option<String>,
    /// The last record about it, and when that was.
    pub heard: (Seq, Millis),
    /// What it has done lately.
    pub trail: Arc<Trail>,
    /// How it stands with its watches.
    pub drift: Arc<Drift>,
    /// What its checks have found.
    pub proof: Arc<Proof>,
    /// Its program works with a login that has a plan, as that says: what it cost is what a
    /// key would have paid.
    pub on_login: bool,
}

/// Where an agent is in its life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Life {
    /// Cast, not started.
    Queued,
    /// Its engine is coming up.
    Starting,
    /// Its engine is up.
    Working,
    /// It works no more.
    Over(Outcome),
}

/// How an agent ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It reached the end of its brief.
    Succeeded {
        /// What it says about it; may be empty.
        summary: String,
    },
    /// It could not go on.
    Failed {
        /// Why.
        why: String,
    },
    /// Somebody ended it.
    Stopped {
        /// Who.
        by: Author,
    },
}

/// One version of an agent's instructions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instructions {
    /// Which.
    pub version: Version,
    /// What they say.
    pub text: Arc<str>,
    /// Who wrote them.
    pub by: Author,
    /// When they were saved.
    pub at: Millis,
    /// The first turn that worked under them.
    pub effective: Option<Turn>,
}

/// How many lines of a file differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lines {
    /// Lines added.
    pub added: u32,
    /// Lines removed.
    pub removed: u32,
}

/// What an agent did to one file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FileTally {
    /// How often it changed it.
    pub changes: u32,
    /// Lines added, summed.
    pub added: u32,
    /// Lines removed, summed.
    pub removed: u32,
    /// When it last did.
    pub last: Millis,
}

/// A tool call that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenTool {
    /// The tool's name.
    pub tool: String,
    /// What it is to do, in one line.
    pub title: String,
}

/// How an agent used one tool.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ToolTally {
    /// How often.
    pub calls: u32,
    /// How often it failed.
    pub failures: u32,
    /// Bytes of output, summed.
    pub bytes: u64,
}

impl Agent {
    /// Calls that the next run finds as they were: asked for by a turn that had
    /// ended, and not begun, or only waiting for others. Programs of others keep no
    /// count of theirs.
    pub fn calls_left(&self) -> BTreeMap<CallId, OpenTool> {
        if self.calling || self.casting.engine != EngineKind::Native {
            return BTreeMap::new();
        }
        let has_begun = |call: &CallId| self.tools_at_work().any(|(it, _)| it == call);
        let left = self.tools_open.iter().filter(|(call, _)| !has_begun(call));
        left.map(|(call, open)| (*call, open.clone())).collect()
    }

    /// Tool calls that run and do something themselves, with their titles, oldest first:
    /// not those that only wait for what others do.
    pub fn tools_at_work(&self) -> impl Iterator<Item = &(CallId, String)> {
        let is_native = self.casting.engine == EngineKind::Native;
        self.tools_running.iter().filter(move |(call, _)| {
            let open = self.tools_open.get(call).filter(|_| is_native);
            open.is_none_or(|it| !Bid::TOOLS.contains(&it.tool.as_str()))
        })
    }

    /// Whether no tool of it does anything.
    pub(super) fn is_at_rest(&self) -> bool {
        self.tools_running.is_empty() || self.tools_at_work().next().is_none()
    }

    /// What a cut model call had asked for is not wanted any more.
    pub(super) fn forget_wishes(&mut self) {
        let Self { tools_open, tools_running, tools, .. } = self;
        tools_open.retain(|open, OpenTool { tool, .. }| {
            let stays = tools_running.iter().any(|(call, _)| call == open);
            if !stays && let Some(tally) = tools.get_mut(tool) {
                tally.calls = tally.calls.saturating_sub(1);
            }
            stays
        });
        tools.retain(|_, tally| tally.calls > 0);
    }

    /// How it stands, in one word.
    pub fn status(&self) -> Status {
        match &self.life {
            Life::Over(Outcome::Succeeded { .. }) => Status::Succeeded,
            Life::Over(Outcome::Failed { .. }) => Status::Failed,
            Life::Over(Outcome::Stopped { .. }) => Status::Stopped,
            _ if self.is_held() && self.is_still() => Status::Paused,
            _ if self.is_held() => Status::Pausing,
            Life::Queued => Status::Queued,
            Life::Starting => Status::Starting,
            Life::Working if self.is_waiting() => Status::Waiting,
            Life::Working => Status::Running,
        }
    }

    /// Whether any reason holds it.
    pub fn is_held(&self) -> bool {
        !self.holds.is_empty()
    }

    /// Whether that reason holds it.
    pub fn is_held_for(&self, reason: HoldReason) -> bool {
        self.holds.iter().any(|hold| hold.reason == reason)
    }

    /// Whether nothing of it is in flight, or what is in flight is frozen.
    pub fn is_still(&self) -> bool {
        let is_at_rest = !self.calling && self.is_at_rest();
        // A command in a terminal is never at a boundary: it moves until it is frozen.
        self.frozen.is_some() || (is_at_rest && !(self.freezes_to_pause() && self.is_on()))
    }

    /// Whether all that it could do depends on an answer.
    pub fn is_waiting(&self) -> bool {
        !self.requests.is_empty() && self.is_still()
    }

    /// Whether it works no more.
    pub const fn is_over(&self) -> bool {
        matches!(self.life, Life::Over(_))
    }

    /// Whether it runs elsewhere, and is only looked at here.
    pub const fn is_watched(&self) -> bool {
        matches!(self.casting.engine, EngineKind::Watched)
    }

    /// Whether anybody here would wait for it: it is ours, and not over.
    pub const fn is_awaited(&self) -> bool {
        !self.is_over() && !self.is_watched()
    }

    /// Whether its engine is up or coming up.
    pub const fn is_on(&self) -> bool {
        matches!(self.life, Life::Starting | Life::Working)
    }

    /// Whether the director should look: a request, an unseen end, a hold that
    /// is not the director's own.
    pub fn needs_director(&self) -> bool {
        // Who runs elsewhere has a director there.
        if self.is_watched() {
            return false;
        }
        if self.is_over() {
            // What becomes of a part of a script is looked at there; of one that works
            // for another, by that one; of what was handed off, when it is done.
            let is_anothers = self.casting.assignment.is_some()
                || self.works_for_another()
                || self.judges().is_some();
            let is_known = self.unseen && !self.is_being_proven();
            return is_known && !is_anothers && self.hands_off().is_none();
        }
        !self.requests.is_empty()
            || self.holds.iter().any(|hold| {
                matches!(hold.reason, HoldReason::Budget | HoldReason::Watch | HoldReason::Gate)
            })
    }

    /// How it ended, if it did.
    pub const fn outcome(&self) -> Option<&Outcome> {
        match &self.life {
            Life::Over(outcome) => Some(outcome),
            _ => None,
        }
    }

    /// What it, or the program, says about its end; empty before it.
    pub fn last_words(&self) -> String {
        match self.outcome() {
            Some(Outcome::Succeeded { summary }) => summary.clone(),
            Some(Outcome::Failed { why }) => why.clone(),
            Some(Outcome::Stopped { by }) => format!("stopped by {by}"),
            None => String::new(),
        }
    }

    /// The instructions that its next turn works under.
    pub fn current_instructions(&self) -> Option<&Instructions> {
        self.instructions.last()
    }

    /// An open request by its number.
    pub fn request(&self, id: RequestId) -> Option<&Request> {
        self.requests.iter().find(|it| it.id == id)
    }

    /// Redirects that wait for the next boundary.
    pub fn queued(&self) -> impl Iterator<Item = &Redirect> {
        self.redirects.iter().filter(|it| it.delivery == super::Delivery::Queued)
    }

    /// Redirects that the model has not seen and still may.
    pub fn pending(&self) -> impl Iterator<Item = &Redirect> {
        use super::Delivery::{Queued, Sent};
        self.redirects.iter().filter(|it| matches!(it.delivery, Queued | Sent))
    }

    /// Whether its program makes model calls by itself: then a hold, a message or
    /// a budget has to be brought to it while it is under way.
    pub fn is_self_driven(&self) -> bool {
        self.casting.capabilities.pause == super::PauseGrain::Turn
    }

    /// Whether the only way to hold it is to stop its processes.
    pub fn freezes_to_pause(&self) -> bool {
        self.casting.capabilities.pause == super::PauseGrain::Freeze
    }

    /// Another agent like this one, with this brief, that begins with a copy of its
    /// conversation and works as it does now.
    pub fn forked(&self, brief: String) -> Casting {
        let now = self.current_instructions().map(|it| it.text.to_string());
        Casting {
            name: self.casting.role.clone(),
            brief,
            audition: String::new(),
            origin: None,
            take: None,
            instructions: now.unwrap_or_default(),
            fork: self.link.as_ref().map(|it| it.session.clone()).unwrap_or_default(),
            // While it is at work, something may have cost that nobody has told.
            fork_cost: self.session_cost().filter(|_| self.is_over() && self.spent.unpriced == 0),
            ..self.casting.clone()
        }
    }

    /// What its program's session is known to have cost so far, with what it began
    /// as a copy of; none where that is not known.
    pub fn session_cost(&self) -> Option<Money> {
        let is_new = self.casting.fork.is_empty();
        let before = if is_new { Some(Money(0)) } else { self.casting.fork_cost };
        before.map(|before| before + self.spent.known)
    }

    /// Whether the director allowed exactly this for good.
    pub fn may_always(&self, tool: &str, shown: &str) -> bool {
        self.allowed.iter().any(|(its, what)| its == tool && what == shown)
    }

    /// The redirect of that number.
    pub fn redirect(&self, id: RedirectId) -> Option<&Redirect> {
        self.redirects.iter().find(|it| it.id == id)
    }

    /// Since when it has waited for its start, while it does: since it was cast, or given work
    /// again.
    pub fn queued_since(&self) -> Millis {
        self.held_since.unwrap_or(self.added)
    }

    /// How long it has been at work, without the time it was held or waited.
    pub fn worked(&self, now: Millis) -> Millis {
        let Some(started) = self.started else { return Millis(0) };
        let end = if self.is_over() { self.since } else { now };
        let held = self.held.plus(self.held_since.map_or(Millis(0), |since| end.since(since)));
        Millis(end.since(started).0.saturating_sub(held.0))
    }
}
