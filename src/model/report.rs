//! What an engine tells the supervisor about its agent.

use super::{
    Ask, Bid, Boundary, CallId, Conflict, Cost, Event, FileChange, Level, Millis, Outcome,
    PlanStep, Quota, RedirectId, RequestId, Sandbox, Stop, Tree, Turn, Usage, Way,
};

/// An agent's own words. Most become the event of the same name.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each mirrors an event")]
pub enum Report {
    /// What holds its processes; said before anything else.
    Confined(Sandbox),
    Started,
    /// Its engine can't come up before that is done.
    Preparing(String),
    /// The folder it works in is there.
    WorkspaceMade(Box<Tree>),
    /// What its folder held after a turn is kept. True of it even when it is over.
    Checkpointed {
        turn: Turn,
        commit: String,
        files: Vec<FileChange>,
        more: u32,
        in_all: Option<Vec<FileChange>>,
    },
    /// It can't be kept, and why. True of it even when it is over.
    NotKept(String),
    /// What it made was taken over. Said of it, and true even when it is over.
    WorkTaken {
        way: Way,
        commit: String,
        into: String,
        about: String,
    },
    /// It could not be taken over.
    WorkNotTaken {
        way: Way,
        into: String,
        onto: String,
        conflicts: Vec<Conflict>,
        why: String,
    },
    /// It runs in this session of its program's own.
    Linked {
        program: String,
        session: String,
        model: String,
    },
    /// Its folder holds what it was to hold again; this commit holds what it held.
    FilesPut(String),
    /// The service that it calls has told how much may still be asked.
    QuotaTold(Box<Quota>),
    Planned(Vec<PlanStep>),
    /// Its program calls the place where that turn was over like this.
    PlaceNamed(Turn, String),
    /// Its program said something that is not known.
    Strange {
        name: String,
        message: Box<serde_json::Value>,
    },
    /// The program has made its next model call by itself; nobody was asked.
    TurnTaken,
    /// The program has started the tool call by itself.
    ToolTaken(CallId),
    /// The model has seen the message, or sees it with the turn that runs.
    Delivered(RedirectId),
    /// "I stand at a boundary; may I?"
    Reached(Boundary),
    Thought(String),
    Said(String),
    Sealed(serde_json::Value),
    ToolCalled {
        call: CallId,
        id: String,
        tool: String,
        title: String,
        input: Box<serde_json::Value>,
        seal: Option<Box<serde_json::Value>>,
    },
    TurnEnded {
        turn: Turn,
        stop: Stop,
        usage: Usage,
        cost: Cost,
    },
    /// So many tokens are in the model's window now, where the turn's usage does not tell;
    /// and so many it holds, where the program says so.
    WindowSeen {
        tokens: u64,
        size: Option<u64>,
    },
    TurnCut {
        turn: Turn,
        why: String,
        usage: Usage,
        cost: Cost,
    },
    Retrying {
        attempt: u32,
        most: u32,
        wait: Millis,
        why: String,
    },
    Compacted {
        summary: String,
        upto: Turn,
        usage: Usage,
        cost: Cost,
    },
    ToolPrinted {
        call: CallId,
        text: String,
    },
    ToolEnded {
        call: CallId,
        ok: bool,
        text: String,
        bytes: u64,
        changes: Vec<FileChange>,
        note: String,
    },
    /// The command printed to its terminal, as it came.
    TerminalPrinted(String),
    Asked {
        request: RequestId,
        ask: Ask,
    },
    /// It does not need an answer to that request any more.
    Withdrawn(RequestId),
    Reported {
        summary: String,
        result: Box<serde_json::Value>,
    },
    /// With this call it asks others to do something.
    Bids(CallId, Bid),
    Frozen(String),
    Interrupted(String),
    Noticed(Level, String),
    /// The same, of itself: it stands in its log.
    Noted(Level, String),
    /// Its log tells that, of itself or of one that works for it: for who is only
    /// watched. The numbers of agents are those of the log.
    Seen(Box<Event>),
    Ended(Outcome),
}
