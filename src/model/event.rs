//! The facts. Past tense, because they have happened.

mod about;

use super::{
    AgentId, Answer, Ask, AttentionEvent, Author, Boundary, BudgetEvent, CallId, Casting, Changed,
    Conflict, Cost, DriftEvent, FileChange, HoldReason, Keys, Limits, Millis, Money, Outcome,
    PlanStep, PlayId, ProofEvent, Quota, RedirectId, RequestId, Sandbox, Seq, Tint, Tree, Turn,
    Usage, Version, Way, play::PlayEvent,
};
use serde::{Deserialize, Serialize};

/// Bumped when an older reader would misread a newer journal.
pub const FORMAT: u32 = 1;

/// The first line of every journal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Header {
    /// See [`FORMAT`].
    pub auteur: u32,
    /// The session's id: a time-ordered UUID.
    pub session: String,
    /// Wall time at which the session opened, RFC 3339. For people, not for the fold.
    pub opened: String,
    /// The folder the session works on.
    pub project: String,
    /// Who opened it: a user's name.
    pub by: String,
    /// The version of the program that wrote it.
    pub program: String,
}

/// One line of the journal: a fact, its place and its time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Place in the journal.
    pub seq: Seq,
    /// Time since the session opened.
    pub at: Millis,
    /// What happened.
    pub event: Event,
}

/// Why a model stopped writing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    /// It had said what it wanted to say.
    #[default]
    End,
    /// It wants tools to run.
    Tools,
    /// It reached the output limit.
    Length,
    /// It declined.
    Refusal,
    /// The vendor's own word.
    Other(String),
}

/// How much a notice matters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Good to know.
    #[default]
    Note,
    /// Something is off.
    Warning,
    /// Something failed.
    Trouble,
}

/// Something that happened in the session.
///
/// A variant is never renamed or given a new meaning: journals outlive us. New
/// knowledge is a new variant, or a new field with `#[serde(default)]`. Foreign
/// text in it is sanitised already.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the fields are named after their types")]
pub enum Event {
    // The session.
    /// The session opened, for the first time.
    SessionOpened { title: String, limits: Limits },
    /// A later run of the program took the session up again.
    SessionResumed { wall: String, by: String },
    /// The run ended in good order.
    SessionClosed { why: String },
    /// Something the director should know that belongs to no agent.
    NoticeRaised { level: Level, text: String },

    // An agent's life.
    /// An agent was cast and waits for its start.
    AgentAdded { agent: AgentId, casting: Box<Casting>, by: Author },
    /// It is another take of an agent: it begins where that one's turn began.
    Retaken {
        agent: AgentId,
        /// The one that it goes back to, and its name.
        of: AgentId,
        name: String,
        /// The first turn that is taken anew.
        turn: Turn,
        /// Up to and with this turn, its model knows what was said and done.
        kept: Turn,
        /// What differs.
        changed: Vec<Changed>,
        /// What is said to it there; empty where that is its brief, or nothing.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        message: String,
        /// Turns before `turn` that it knows nothing of, because they were undone: the
        /// first and the last of each stretch.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        without: Vec<(Turn, Turn)>,
        by: Author,
    },
    /// It went back in place: its turns after `to`, up to and with `from`, are undone.
    Rewound {
        agent: AgentId,
        to: Turn,
        from: Turn,
        /// The commit that its folder is to hold again; none where its files stay.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        files: Option<String>,
        by: Author,
    },
    /// What was undone last, up to and with this turn, is done again.
    RewindUndone {
        agent: AgentId,
        to: Turn,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        files: Option<String>,
        by: Author,
    },
    /// Its folder holds what it was to hold again; this commit holds what it held before.
    FilesPut { agent: AgentId, was: String },
    /// Of all takes of its brief it is the best, or is not any more.
    TakeMarked { agent: AgentId, is_best: bool, by: Author },
    /// Its engine was started, for the first time or again.
    AgentStarting { agent: AgentId, run: u32 },
    /// Its engine is up.
    AgentStarted { agent: AgentId },
    /// Its processes are held by this sandbox in this run, or by none.
    Confined { agent: AgentId, sandbox: Sandbox },
    /// It came to a step boundary and asked to go on.
    BoundaryReached { agent: AgentId, boundary: Boundary },
    /// It runs in a session of its engine's own program, which a later run can
    /// take up again.
    Linked {
        agent: AgentId,
        /// The program and its version, as it says itself.
        program: String,
        /// The model that plays it, as the program says; empty where it says none.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        model: String,
        /// What the program calls its session.
        session: String,
    },
    /// Its program calls the place in its session where this turn was over like this;
    /// another take can begin there.
    PlaceNamed { agent: AgentId, turn: Turn, place: String },
    /// Its program said something that this version does not know.
    Strange { agent: AgentId, name: String, message: Box<serde_json::Value> },
    /// What is done before its engine can come up.
    Preparing { agent: AgentId, what: String },
    /// The folder it works in is there, made now or found again.
    WorkspaceMade { agent: AgentId, tree: Box<Tree> },
    /// What its folder held after a turn that changed something is kept.
    Checkpointed {
        agent: AgentId,
        turn: Turn,
        /// The commit that holds it.
        commit: String,
        /// What differs from the checkpoint before it, or from the base.
        files: Vec<FileChange>,
        /// How many more files do.
        #[serde(default, skip_serializing_if = "is_none")]
        more: u32,
        /// How these files differ from what they were when the work began; one that is
        /// not named is as it was. None where that is what `files` tells.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        in_all: Option<Vec<FileChange>>,
    },
    /// The director has looked at what it changed, up to this checkpoint.
    ChangesSeen { agent: AgentId, commit: String, by: Author },
    /// Somebody wants to take over what it made; `words` are a message or a path.
    TakeAsked { agent: AgentId, way: Way, words: String, by: Author },
    /// What it made was taken over.
    WorkTaken {
        agent: AgentId,
        way: Way,
        /// The commit that holds it; of a hand-back, the one it conflicts with.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        commit: String,
        /// The branch, or the file, that it went into.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        into: String,
        /// What was done, in a sentence.
        about: String,
    },
    /// It could not be taken over; nothing has changed.
    WorkNotTaken {
        agent: AgentId,
        way: Way,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        into: String,
        /// The commit that branch stands on.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        onto: String,
        /// Where the two sides don't go together.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        conflicts: Vec<Conflict>,
        why: String,
    },
    /// It works no more.
    AgentEnded { agent: AgentId, outcome: Outcome },
    /// An agent that was over was taken up again.
    AgentReopened { agent: AgentId, by: Author },
    /// The director looked at an agent that had ended.
    AgentSeen { agent: AgentId },

    // Its turns.
    /// A model call was granted; `reserved` is set aside for it.
    TurnStarted {
        agent: AgentId,
        turn: Turn,
        version: Version,
        model: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reserved: Option<Money>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        again: bool,
    },
    /// The model thought aloud: a chunk.
    Thought { agent: AgentId, text: String },
    /// The model spoke: a chunk.
    Said { agent: AgentId, text: String },
    /// The vendor's opaque proof of the thinking so far; goes back to it as it is.
    Sealed { agent: AgentId, seal: serde_json::Value },
    /// It has set out to do this, step by step; where no tool call of it says so.
    Planned { agent: AgentId, steps: Vec<PlanStep> },
    /// The model asked for a tool.
    ToolCalled {
        agent: AgentId,
        call: CallId,
        /// The vendor's id of the call.
        id: String,
        tool: String,
        /// One line for the pane.
        title: String,
        /// The arguments as the model gave them; a string when they were no JSON.
        /// In a box, as all that is big and rare: each chunk of an answer is moved
        /// about in the room of the biggest event.
        input: Box<serde_json::Value>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seal: Option<Box<serde_json::Value>>,
    },
    /// A model call ended well; its reservation is settled.
    TurnEnded { agent: AgentId, turn: Turn, stop: Stop, usage: Usage, cost: Cost },
    /// So many tokens are in the model's window now, where the usage of the turn does
    /// not tell: it was of several calls; and so many it holds, where its program says so.
    WindowSeen {
        agent: AgentId,
        tokens: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        size: Option<u64>,
    },
    /// Something about it that its log should tell, and that is no other event.
    Noted { agent: AgentId, level: Level, text: String },
    /// A model call was cut or failed; what it used is settled all the same.
    TurnCut { agent: AgentId, turn: Turn, why: String, usage: Usage, cost: Cost },
    /// The failed call will be made again.
    RetryScheduled { agent: AgentId, attempt: u32, most: u32, wait: Millis, why: String },
    /// The conversation was made shorter, to fit the model's window.
    Compacted {
        agent: AgentId,
        /// Takes the place of all turns up to and with `upto`.
        summary: String,
        upto: Turn,
        usage: Usage,
        cost: Cost,
    },

    // Its tools.
    /// A tool call was granted and runs.
    ToolStarted { agent: AgentId, call: CallId },
    /// It printed something: a chunk.
    ToolPrinted { agent: AgentId, call: CallId, text: String },
    /// It ended; `text` is what the model is told.
    ToolEnded {
        agent: AgentId,
        call: CallId,
        ok: bool,
        text: String,
        /// The true size of its output in bytes.
        #[serde(default)]
        bytes: u64,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        changes: Vec<FileChange>,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        note: String,
    },

    // Its terminal.
    /// A command printed to its terminal: a chunk, control sequences and all. It
    /// is for an emulator alone. What was no UTF-8 is U+FFFD, as on any screen.
    TerminalPrinted { agent: AgentId, text: String },
    /// Its terminal has another size.
    TerminalResized { agent: AgentId, columns: u16, rows: u16 },
    /// Somebody typed into its terminal. What it was may be a password, and is in
    /// no journal.
    Typed {
        agent: AgentId,
        bytes: u64,
        by: Author,
        #[serde(skip)]
        keys: Keys,
    },

    // What it asks and passes on.
    /// It asked the director for something and waits.
    Asked { agent: AgentId, request: RequestId, ask: Ask },
    /// The director answered.
    Answered { agent: AgentId, request: RequestId, answer: Answer, by: Author },
    /// It reported a result.
    Reported { agent: AgentId, summary: String, result: Box<serde_json::Value> },
    /// It passed work to another role.
    HandedOff {
        agent: AgentId,
        to: String,
        note: String,
        /// The call that did so: with it, all of its own work goes there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<CallId>,
        /// What goes with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<Box<serde_json::Value>>,
    },
    /// A call of it waits for others to end.
    Awaits { agent: AgentId, call: CallId, whom: Vec<AgentId> },
    /// What a call of it has asked of others came to this.
    Returned { agent: AgentId, call: CallId, ok: bool, text: String },

    // Directions.
    /// A reason to hold it was placed.
    HoldPlaced {
        agent: AgentId,
        reason: HoldReason,
        by: Author,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        note: String,
    },
    /// A reason to hold it was lifted.
    HoldLifted { agent: AgentId, reason: HoldReason, by: Author },
    /// It may take one step, then it is held again.
    StepAllowed { agent: AgentId, by: Author },
    /// The director wants what is in flight stopped where it is.
    FreezeAsked { agent: AgentId, by: Author },
    /// It is stopped; what was cut is said.
    Frozen { agent: AgentId, what: String },
    /// It goes on from where it was frozen.
    Thawed { agent: AgentId },
    /// The director wants what is in flight cut.
    InterruptAsked { agent: AgentId, by: Author },
    /// It was cut; what it was is said.
    Interrupted { agent: AgentId, what: String },
    /// The director wants the agent to end.
    StopAsked { agent: AgentId, by: Author },
    /// A message was written to it and queued.
    RedirectWritten { agent: AgentId, redirect: RedirectId, text: String, by: Author },
    /// A queued message was changed.
    RedirectEdited { agent: AgentId, redirect: RedirectId, text: String, by: Author },
    /// A queued message was taken back.
    RedirectTakenBack { agent: AgentId, redirect: RedirectId, by: Author },
    /// It was passed on to a program that makes its model calls by itself, and
    /// can't be edited or taken back any more.
    RedirectSent { agent: AgentId, redirect: RedirectId, text: String },
    /// The model sees it in this turn. Holds the text again: an event is complete.
    RedirectDelivered { agent: AgentId, redirect: RedirectId, turn: Turn, text: String },
    /// It can't be delivered any more.
    RedirectFailed { agent: AgentId, redirect: RedirectId, why: String },
    /// A new version of its instructions was saved, effective from its next turn.
    InstructionsEdited { agent: AgentId, version: Version, text: String, by: Author },
    /// The brief was changed before it was sent.
    BriefEdited { agent: AgentId, text: String, by: Author },
    /// Its next turns call another model.
    ModelChanged { agent: AgentId, provider: String, model: String, by: Author },
    /// It is called something else from now on.
    AgentRenamed { agent: AgentId, name: String, by: Author },
    /// Its name is drawn in this colour from now on.
    AgentTinted { agent: AgentId, tint: Option<Tint>, by: Author },
    /// It may spend more, or less.
    BudgetChanged { agent: AgentId, budget: Option<Money>, by: Author },

    /// All agents together may spend more, or less.
    SessionBudgetChanged { budget: Option<Money>, by: Author },

    /// The service that it calls has told how much may still be asked.
    QuotaTold { agent: AgentId, quota: Box<Quota> },

    /// Something happened to a limit that is no agent's alone.
    Budgeted { event: Box<BudgetEvent> },

    /// Something happened between it and its watches.
    Drifted { agent: AgentId, event: Box<DriftEvent> },
    /// Something about the checks of what it made.
    Proved { agent: AgentId, event: Box<ProofEvent> },

    /// The director has said when to be reminded of something.
    Attended { event: Box<AttentionEvent> },

    // Scripts.
    /// Something happened in a run of a script.
    Play { play: PlayId, event: Box<PlayEvent> },

    // What a reader found, never written.
    /// A line of the journal that this program can't read: damage, or an event
    /// of a newer program.
    #[serde(skip)]
    Unreadable {
        /// The event's name, where there is one: then it is merely unknown.
        name: Option<String>,
        bytes: u64,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_none(count: &u32) -> bool {
    *count == 0
}
