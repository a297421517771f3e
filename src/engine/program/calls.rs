//! Tool calls by the program's own names and by ours.

use crate::model::{Agent, CallId};
use std::collections::HashMap;

/// The tool calls of one run. A program's names are foreign and may repeat
/// after a restart; our numbers never do.
#[derive(Debug, Default)]
pub struct Calls {
    last: CallId,
    open: HashMap<String, CallId>,
}

impl Calls {
    /// Goes on counting where the agent's former run ended.
    pub fn of(agent: &Agent) -> Self {
        Self { last: agent.last_call, open: HashMap::new() }
    }

    /// The number of a call that the program names for the first time, or again.
    pub fn begin(&mut self, name: &str) -> CallId {
        if let Some(call) = self.open.get(name) {
            return *call;
        }
        self.last = CallId(self.last.0.saturating_add(1));
        self.open.insert(name.to_owned(), self.last);
        self.last
    }

    /// The number of a call that is open.
    pub fn find(&self, name: &str) -> Option<CallId> {
        self.open.get(name).copied()
    }

    /// Closes a call: its number, if it was open.
    pub fn end(&mut self, name: &str) -> Option<CallId> {
        self.open.remove(name)
    }

    /// Closes all that are open: their names and numbers.
    pub fn drain(&mut self) -> Vec<(String, CallId)> {
        let mut all: Vec<_> = self.open.drain().collect();
        all.sort_by_key(|(_, call)| *call);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_comes_again_after_its_end_is_another_call() {
        let mut calls = Calls::default();
        let first = calls.begin("x");
        assert_eq!(calls.begin("x"), first);
        assert_eq!(calls.end("x"), Some(first));
        assert_eq!((calls.find("x"), calls.end("x")), (None, None));
        assert_eq!(calls.begin("x"), CallId(2));
        assert_eq!(calls.drain(), [("x".to_owned(), CallId(2))]);
    }
}
