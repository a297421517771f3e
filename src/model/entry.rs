//! One entry of an agent's log: what a person reads in one piece.

use super::{Author, CallId, FileChange, Level, Millis, RedirectId, RequestId, Seq, Turn};

/// One thing an agent said or did, or that was done to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The record that opened it.
    pub seq: Seq,
    /// When.
    pub at: Millis,
    /// The turn it belongs to.
    pub turn: Turn,
    /// What.
    pub kind: EntryKind,
}

/// What an entry tells.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the fields say it")]
pub enum EntryKind {
    /// The task it was given.
    Brief(String),
    /// The model spoke, in markdown; `cut` when the call did not end well.
    Said { text: String, cut: bool },
    /// The model thought.
    Thought { text: String },
    /// A tool call, from the wish to the result.
    Tool {
        call: CallId,
        tool: String,
        title: String,
        /// As the model gave it: the one foreign value here that is not made
        /// safe, since it goes back to the model. Whoever shows it reveals it.
        input: Box<serde_json::Value>,
        state: ToolState,
        output: String,
        bytes: u64,
        changes: Vec<FileChange>,
        note: String,
    },
    /// Something the director, or another author, did.
    Direction { by: Author, text: String },
    /// A message to the agent, and how far it has come.
    Redirect { redirect: RedirectId, by: Author, text: String, state: String },
    /// A question or an approval, and its answer.
    Request { request: RequestId, text: String, answer: Option<String> },
    /// The agent's own result.
    Report { text: String },
    /// It passed work on.
    HandOff { to: String, note: String },
    /// The program has something to say about it: retries, cuts, compaction, gaps.
    Note { level: Level, text: String },
    /// A model call failed and is made again: the last of a row of failures.
    Retry { text: String, why: String },
    /// It ended.
    End { text: String, ok: bool },
}

/// How far a tool call has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToolState {
    /// Wished for; not granted yet.
    Called,
    /// Runs since then.
    Running(Millis),
    /// Ended well or badly, after this long.
    Ended {
        /// Whether it ended well.
        ok: bool,
        /// How long it ran.
        took: Millis,
    },
    /// Gone with the model call that wished for it.
    Dropped,
}
