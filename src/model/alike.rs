//! Who asks leave for the very same thing: one look may answer them all.

use super::{Agent, AgentId, Ask, EngineKind, EntryKind, Request, RequestId, Stage};
use serde_json::Value;

impl Stage {
    /// The other requests that ask for exactly what this one asks for: the same call of the
    /// same tool, byte for byte, for the same reasons, by the same kind of engine, held by
    /// the same sandbox, in a worktree as it is or in none as it is. Where anything of that
    /// is not known in full, nobody asks the same.
    pub fn alike(&self, agent: AgentId, request: RequestId) -> Vec<(AgentId, RequestId)> {
        let asked = self.agent(agent).and_then(|it| Some((it, it.request(request)?)));
        let Some((this, asked)) = asked else { return Vec::new() };
        let Some(call) = called(this, asked) else { return Vec::new() };
        let is_same = |(other, it): &(&Agent, &Request)| {
            it.fingerprint == asked.fingerprint
                && (other.id, it.id) != (agent, request)
                && is_held_alike(this, other)
                && called(other, it) == Some(call)
        };
        let open = self.agents().flat_map(|it| it.requests.iter().map(move |asked| (it, asked)));
        open.filter(is_same).map(|(other, it)| (other.id, it.id)).collect()
    }
}

/// The call that waits for leave, as the model made it: its tool and its whole input.
fn called<'a>(agent: &'a Agent, request: &Request) -> Option<(&'a str, &'a Value)> {
    let Ask::Approval { call: Some(call), .. } = request.ask else { return None };
    let (tool, input) = agent.log.entries().rev().find_map(|it| match &it.kind {
        EntryKind::Tool { call: made, tool, input, .. } if *made == call => {
            Some((tool.as_str(), &**input))
        }
        _ => None,
    })?;
    let whole = agent.log.keeps_whole(input) && !input.is_null();
    whole.then_some((tool, input))
}

/// Whether what one does reaches as far as what the other does.
fn is_held_alike(one: &Agent, other: &Agent) -> bool {
    let reach = |it: &Agent| it.sandbox.as_ref().map(|it| (it.how, it.network.clone()));
    // Of ours, that is only the service that its model is called at.
    let program = |it: &Agent| {
        let is_ours = it.casting.engine == EngineKind::Native;
        (!is_ours).then(|| it.casting.provider.clone())
    };
    one.casting.engine == other.casting.engine
        && program(one) == program(other)
        && one.tree.is_some() == other.tree.is_some()
        && reach(one) == reach(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Author, CallId, Casting, Enclosure, Event, Millis, Network, Record, Sandbox,
    };
    use serde_json::json;

    const FIRST: RequestId = RequestId(1);

    struct Story(Stage);

    impl Story {
        fn tell(&mut self, event: Event) {
            let seq = self.0.last().next();
            self.0.apply(&Record { seq, at: Millis(seq.0), event });
        }

        /// One more that asks leave for this call.
        fn asks(&mut self, engine: EngineKind, input: &Value, shown: &str) -> AgentId {
            let agent = self.0.next_agent();
            let (by, call, tool) = (Author::Director, CallId(1), "shell".to_owned());
            let casting = Box::new(Casting { engine, ..Casting::default() });
            let (id, title, seal) = (String::new(), "make".to_owned(), None);
            let input = Box::new(input.clone());
            let called =
                Event::ToolCalled { agent, call, id, tool: tool.clone(), title, input, seal };
            let (shown, reason) = (shown.to_owned(), "not allowed".to_owned());
            let ask = Ask::Approval { call: Some(call), tool, shown, reason };
            self.tell(Event::AgentAdded { agent, casting, by });
            self.tell(called);
            self.tell(Event::Asked { agent, request: FIRST, ask });
            agent
        }

        fn ours(&mut self, command: &str) -> AgentId {
            self.asks(EngineKind::Native, &json!({ "command": command }), command)
        }
    }

    fn story() -> Story {
        Story(Stage::default())
    }

    #[test]
    fn those_who_ask_for_the_same_call_ask_the_same() {
        let mut story = story();
        let [one, _, three] = ["make", "make all", "make"].map(|it| story.ours(it));
        assert_eq!(story.0.alike(one, FIRST), [(three, FIRST)]);
        assert_eq!(story.0.alike(three, FIRST), [(one, FIRST)]);
    }

    #[test]
    fn what_only_looks_the_same_is_not() {
        let mut story = story();
        let shown = "make<U+200B>";
        let seen = story.asks(EngineKind::Native, &json!({ "command": "make\u{200b}" }), shown);
        story.asks(EngineKind::Native, &json!({ "command": shown }), shown);
        story.asks(EngineKind::Claude, &json!({ "command": "make\u{200b}" }), shown);
        assert_eq!(story.0.alike(seen, FIRST), []);
    }

    #[test]
    fn a_call_that_is_not_known_in_full_is_nobodys_same() {
        let mut story = story();
        let long = "x".repeat(4000);
        let [one, _] = [&long, &long].map(|it| story.ours(it));
        assert_eq!(story.0.alike(one, FIRST), []);
    }

    #[test]
    fn who_is_held_otherwise_asks_for_something_else() {
        let mut story = story();
        let [one, two] = ["make", "make"].map(|it| story.ours(it));
        let (how, network) = (Enclosure::Bubblewrap, Network::Off);
        let sandbox = Sandbox { how, network, why: String::new() };
        story.tell(Event::Confined { agent: two, sandbox });
        assert_eq!(story.0.alike(one, FIRST), []);
    }
}
