//! One look for all who ask the very same: exactly those that were counted beside it on the
//! screen, each answered by a command of its own.

use super::{Desk, Dialog, Done, Field, Prompt, PromptPurpose};
use crate::model::{AgentId, Answer, Ask, Command, Level, Millis, RequestId, Scope, Stage};

/// Why nobody is answered, and how loud that is told.
type Wrong = (Level, &'static str);

impl Desk {
    /// Approves what has the keys, and all that the last picture has counted beside it as
    /// the same, if they still are.
    pub(super) fn approve_equal(&mut self, stage: &Stage, now: Millis) -> Done {
        let others = match self.counted_equal(stage) {
            Ok(it) => it,
            Err((level, why)) => return self.say(level, why, now),
        };
        match self.approve(Scope::Once, stage, now) {
            Done::Send(mut commands) => {
                commands.extend(others.into_iter().filter_map(|(agent, request)| {
                    let asked = stage.agent(agent)?.request(request)?;
                    Some(asked.approved(agent, Scope::Once))
                }));
                let count = commands.len();
                self.say(Level::Note, format!("approved for {count} who asked the same"), now);
                Done::Send(commands)
            }
            // It was not read yet.
            done => done,
        }
    }

    /// Asks why what has the keys is denied, and all that asks the same.
    pub(super) fn deny_equal(&mut self, stage: &Stage, now: Millis) -> Done {
        let mut all = match self.counted_equal(stage) {
            Ok(it) => it,
            Err((level, why)) => return self.say(level, why, now),
        };
        all.extend(self.request);
        self.dialog = Some(Dialog::Prompt(Prompt {
            title: format!("deny all {} that ask the same", all.len()),
            purpose: PromptPurpose::DenyEqual(all),
            hint: "why, for the agents; may stay empty".to_owned(),
            field: Field::default(),
            fault: None,
        }));
        Done::Redraw
    }

    /// Who was counted beside the request that has the keys, and still asks the same.
    fn counted_equal(&self, stage: &Stage) -> Result<Vec<(AgentId, RequestId)>, Wrong> {
        let asked = self.focused_request(stage).filter(|it| matches!(it.ask, Ask::Approval { .. }));
        let Some(((agent, request), _)) = self.request.zip(asked) else {
            let why = "choose what an agent asks leave for; then those who ask the same are told";
            return Err((Level::Note, why));
        };
        let alike = stage.alike(agent, request);
        if alike.is_empty() {
            return Err((Level::Note, "nobody else asks the same"));
        }
        let shown = &self.shown.equal;
        let counted: Vec<_> = alike.into_iter().filter(|it| shown.contains(it)).collect();
        if counted.is_empty() {
            return Err((Level::Warning, "now you see how many ask the same; press it again"));
        }
        Ok(counted)
    }

    /// Denies all of these.
    pub(super) fn deny_all(
        &mut self,
        all: &[(AgentId, RequestId)],
        why: &str,
        now: Millis,
    ) -> Done {
        let answer = |(agent, request): &(AgentId, RequestId)| {
            let answer = Answer::Denied { why: why.to_owned() };
            Command::Answer { agent: *agent, request: *request, answer }
        };
        self.say(Level::Note, format!("denied for {} who asked the same", all.len()), now);
        Done::Send(all.iter().map(answer).collect())
    }
}
