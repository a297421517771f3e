//! Sub-agents: each runs inside a tool call of the agent's, its parent, and
//! waits at the same hooks.

use crate::model::CallId;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// An answer to a hook that waits until nothing holds the agent.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Held {
    /// The hook's number.
    pub(super) number: String,
    pub(super) answer: Value,
    /// It lets a tool run.
    pub(super) is_tool: bool,
}

/// The sub-agents that are under way.
#[derive(Debug, Default)]
pub(super) struct Aides {
    all: BTreeMap<String, Aide>,
    /// By the program's name of a tool call, the agent's own call that it is a
    /// part of: a sub-agent may have sub-agents.
    roots: HashMap<String, CallId>,
}

#[derive(Debug, Default)]
struct Aide {
    parent: CallId,
    /// Its tools that run.
    running: usize,
    /// Requests of it that wait for the director.
    asking: usize,
    held: Vec<Held>,
}

impl Aides {
    /// Notes that a call may start sub-agents, as a part of this call.
    pub(super) fn root(&mut self, name: &str, call: CallId) {
        self.roots.insert(name.to_owned(), call);
    }

    /// The agent's own call that this one is a part of.
    pub(super) fn root_of(&self, name: &str) -> Option<CallId> {
        self.roots.get(name).copied()
    }

    /// A sub-agent begins inside the call of this name.
    pub(super) fn begin(&mut self, aide: &str, name: &str) {
        if let Some(parent) = self.root_of(name) {
            self.all.entry(aide.to_owned()).or_default().parent = parent;
        }
    }

    /// The call that a sub-agent is a part of.
    pub(super) fn parent(&self, aide: &str) -> Option<CallId> {
        self.all.get(aide).map(|it| it.parent)
    }

    /// It waits for the director.
    pub(super) fn ask(&mut self, aide: &str) {
        self.change(aide, |it| it.asking += 1);
    }

    /// It has its answer.
    pub(super) fn heard(&mut self, aide: &str) {
        self.change(aide, |it| it.asking = it.asking.saturating_sub(1));
    }

    /// A hook of it is held.
    pub(super) fn hold(&mut self, aide: &str, held: Held) {
        self.change(aide, |it| it.held.push(held));
    }

    /// A tool of it runs.
    pub(super) fn runs(&mut self, aide: &str) {
        self.change(aide, |it| it.running += 1);
    }

    /// A tool of it has ended.
    pub(super) fn ran(&mut self, aide: &str) {
        self.change(aide, |it| it.running = it.running.saturating_sub(1));
    }

    fn change(&mut self, aide: &str, change: impl FnOnce(&mut Aide)) {
        if let Some(aide) = self.all.get_mut(aide) {
            change(aide);
        }
    }

    /// Whether there are sub-agents in this call, and all of them stand at a
    /// hook with nothing of theirs under way.
    pub(super) fn are_still(&self, call: CallId) -> bool {
        let mut of_call = self.all.values().filter(|it| it.parent == call).peekable();
        let stands = |it: &Aide| it.running == 0 && (it.asking > 0 || !it.held.is_empty());
        of_call.peek().is_some() && of_call.all(stands)
    }

    /// Lets go of everything that was held.
    pub(super) fn release(&mut self) -> Vec<Held> {
        let mut all = Vec::new();
        for aide in self.all.values_mut() {
            aide.running += aide.held.iter().filter(|it| it.is_tool).count();
            all.append(&mut aide.held);
        }
        all
    }

    /// A hook needs no answer any more.
    pub(super) fn cancel(&mut self, number: &str) {
        self.all.values_mut().for_each(|it| it.held.retain(|held| held.number != number));
    }

    /// The call is over, and all of its sub-agents with it.
    pub(super) fn end(&mut self, call: CallId) {
        self.all.retain(|_, it| it.parent != call);
        self.roots.retain(|_, it| *it != call);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(number: &str, is_tool: bool) -> Held {
        Held { number: number.to_owned(), answer: Value::Null, is_tool }
    }

    #[test]
    fn a_call_stands_still_when_all_of_its_sub_agents_do() {
        let (mut aides, call) = (Aides::default(), CallId(3));
        aides.root("toolu_a", call);
        aides.begin("one", "toolu_a");
        aides.root("toolu_b", aides.parent("one").unwrap());
        aides.begin("two", "toolu_b");
        aides.hold("one", held("1", true));
        assert!(!aides.are_still(call), "the other is under way");
        aides.runs("two");
        aides.ask("two");
        assert!(!aides.are_still(call), "a tool of the other runs");
        aides.ran("two");
        assert!(aides.are_still(call));
        assert_eq!(aides.release(), [held("1", true)]);
        assert!(!aides.are_still(call), "what was held runs now");
        aides.end(call);
        assert_eq!((aides.parent("two"), aides.root_of("toolu_b")), (None, None));
    }
}
