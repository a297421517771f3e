//! May it? What a program asks leave for, judged by our policy, or by the
//! director in the words of our cards.

use crate::{
    model::{Agent, Answer, Ask, CallId, Report, RequestId},
    text::{reason_with_hidden, reveal},
    tools::policy::{Access, Confinement, Policy, Verdict},
};

/// What our policy says to a request, at once.
#[derive(Debug, PartialEq)]
pub enum Ruling {
    /// It may.
    Allow,
    /// It may not; the reason is for the model.
    Deny(String),
    /// The director decides. To be said; the answer comes to [`Permits::hear`].
    Ask(Report),
}

/// What the director says to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It may.
    Allow,
    /// It may not; the reason is for the model, and may be empty.
    Deny(String),
    /// An answer in words.
    Said(String),
    /// Nobody needs an answer any more.
    Withdrawn,
}

/// The requests of one run. `K` is what the program needs to be answered: its
/// own number of the request, and whatever else.
#[derive(Debug)]
pub struct Permits<K> {
    policy: Policy,
    confinement: Confinement,
    last: RequestId,
    /// What was allowed for good: tool and what was shown.
    allowed: Vec<(String, String)>,
    open: Vec<Open<K>>,
}

#[derive(Debug)]
struct Open<K> {
    request: RequestId,
    key: K,
    /// What an approval for good would allow; a question has none.
    rule: Option<(String, String)>,
}

impl<K> Permits<K> {
    /// The requests of an agent under this policy, whose program is confined
    /// like this.
    pub fn new(policy: Policy, confinement: Confinement, agent: &Agent) -> Self {
        let (last, allowed) = (agent.last_request, agent.allowed.clone());
        Self { policy, confinement, last, allowed, open: Vec::new() }
    }

    /// Judges what a tool call wants to do, all of it: the strictest verdict
    /// holds. `shown` is what the director reads, in full, where that is more
    /// than the accesses themselves.
    pub fn judge(
        &mut self,
        key: K,
        (call, tool): (CallId, &str),
        accesses: &[Access],
        shown: Option<String>,
    ) -> Ruling {
        let mut reasons = Vec::new();
        let mut texts = Vec::new();
        for access in accesses {
            match self.policy.judge(access, self.confinement) {
                Verdict::Allow => {}
                Verdict::Deny { why } => return Ruling::Deny(why),
                Verdict::Ask { why, shown, .. } => {
                    reasons.push(why);
                    texts.push(shown);
                }
            }
        }
        if reasons.is_empty() {
            return Ruling::Allow;
        }
        let whole = shown.unwrap_or_else(|| texts.join("\n"));
        let shown = reveal(&whole);
        let rule = (tool.to_owned(), shown.clone());
        if self.allowed.contains(&rule) {
            return Ruling::Allow;
        }
        reasons.dedup();
        let request = self.open(key, Some(rule));
        let reason = reason_with_hidden(&reasons.join("; "), &whole);
        let ask = Ask::Approval { call: Some(call), tool: tool.to_owned(), shown, reason };
        Ruling::Ask(Report::Asked { request, ask })
    }

    /// Puts a question to the director.
    pub fn question(
        &mut self,
        key: K,
        call: Option<CallId>,
        text: &str,
        options: &[String],
    ) -> Report {
        let request = self.open(key, None);
        let options = options.iter().map(|it| reveal(it)).collect();
        let ask = Ask::question(call, reveal(text), options);
        Report::Asked { request, ask }
    }

    fn open(&mut self, key: K, rule: Option<(String, String)>) -> RequestId {
        self.last = RequestId(self.last.0.saturating_add(1));
        self.open.push(Open { request: self.last, key, rule });
        self.last
    }

    /// Takes the director's answer: whom to tell, and what. None where the
    /// request is not open any more.
    pub fn hear(&mut self, request: RequestId, answer: Answer) -> Option<(K, Decision)> {
        let place = self.open.iter().position(|it| it.request == request)?;
        let Open { key, rule, .. } = self.open.remove(place);
        let decision = match answer {
            Answer::Approved => Decision::Allow,
            Answer::Always => {
                self.allowed.extend(rule);
                Decision::Allow
            }
            Answer::Denied { why } => Decision::Deny(why),
            Answer::Said { text } => Decision::Said(text),
            Answer::Withdrawn => Decision::Withdrawn,
        };
        Some((key, decision))
    }

    /// Forgets the requests that the program does not want answered any more:
    /// their numbers, for the director to be told.
    pub fn withdraw(&mut self, is_meant: impl Fn(&K) -> bool) -> Vec<RequestId> {
        let (gone, open) =
            std::mem::take(&mut self.open).into_iter().partition(|it| is_meant(&it.key));
        self.open = open;
        let gone: Vec<Open<K>> = gone;
        gone.into_iter().map(|it| it.request).collect()
    }

    /// Whether any request waits for the director.
    pub const fn is_open(&self) -> bool {
        !self.open.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::Casting, tools::policy::Mode};

    fn permits(mode: Mode) -> Permits<u32> {
        let policy = Policy { mode, ..Policy::default() };
        let mut stage = crate::model::Stage::default();
        let agent = crate::model::AgentId(1);
        let (casting, by) = (Box::new(Casting::default()), crate::model::Author::Director);
        stage.apply(&crate::model::Record {
            seq: crate::model::Seq(1),
            at: crate::model::Millis(1),
            event: crate::model::Event::AgentAdded { agent, casting, by },
        });
        Permits::new(policy, Confinement::Open, stage.agent(agent).unwrap())
    }

    fn run(command: &str) -> [Access; 1] {
        [Access::Run { command: command.to_owned() }]
    }

    #[test]
    fn what_was_allowed_for_good_is_not_asked_again_and_nothing_else_is() {
        let mut permits = permits(Mode::Ask);
        let call = (CallId(1), "Bash");
        let Ruling::Ask(Report::Asked { request, .. }) =
            permits.judge(7, call, &run("touch a"), None)
        else {
            panic!("it is asked about");
        };
        assert_eq!(permits.hear(request, Answer::Always), Some((7, Decision::Allow)));
        assert_eq!(permits.judge(8, call, &run("touch a"), None), Ruling::Allow);
        assert!(matches!(permits.judge(9, call, &run("touch b"), None), Ruling::Ask(_)));
        assert!(matches!(
            permits.judge(9, (CallId(2), "Other"), &run("touch a"), None),
            Ruling::Ask(_)
        ));
    }

    #[test]
    fn a_mode_that_only_reads_denies_without_asking() {
        let mut permits = permits(Mode::Plan);
        let write = [Access::Write { path: "a".into() }];
        assert!(matches!(permits.judge(1, (CallId(1), "Edit"), &write, None), Ruling::Deny(_)));
        assert!(!permits.is_open());
    }

    #[test]
    fn a_withdrawn_request_is_answered_to_nobody() {
        let mut permits = permits(Mode::Ask);
        let Ruling::Ask(Report::Asked { request, .. }) =
            permits.judge(7, (CallId(1), "Bash"), &run("touch a"), None)
        else {
            panic!("it is asked about");
        };
        assert_eq!(permits.withdraw(|key| *key == 7), [request]);
        assert_eq!(permits.hear(request, Answer::Approved), None);
    }
}
