//! What needs the director, numbered: a number is told with what it stands for, and never
//! stands for anything else. So nobody approves what came while they typed.

use super::tell::lines;
use crate::model::{
    Agent, AgentId, Ask, Fingerprint, HoldReason, Item, Millis, Reason, Request, RequestId, Sign,
    Stage, Urgency, Whom,
};

/// One thing that needs the director.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// Its number.
    pub number: u32,
    /// What it is.
    pub item: Item,
    /// What was told of a request: an approval names it.
    pub shown: Option<Fingerprint>,
}

impl Need {
    /// One of this number, as it is told now.
    pub(super) fn of(number: u32, item: Item, stage: &Stage) -> Self {
        let request = request(&item, stage);
        Self { number, item, shown: request.map(|(_, it)| it.fingerprint) }
    }

    /// The agent it is about, and what that one asks.
    pub fn asked<'a>(&self, stage: &'a Stage) -> Option<(&'a Agent, &'a Request)> {
        request(&self.item, stage)
    }

    /// Who asks for exactly the same.
    fn alike(&self, stage: &Stage) -> Vec<(AgentId, RequestId)> {
        let Some((agent, request)) = self.asked(stage) else { return Vec::new() };
        stage.alike(agent.id, request.id)
    }

    /// It in full, with how it is answered.
    pub(super) fn told(&self, stage: &Stage, is_replay: bool) -> Vec<String> {
        let (key, number) = (self.item.key, self.number);
        let name = stage.name_of(key.whom);
        let mut told = vec![format!("need {number}: {name} {}", key.reason)];
        told.extend(lines("  ", &self.words(stage)));
        let answers = self.answers(stage);
        if !answers.is_empty() && !is_replay {
            told.push(format!("  answer with: {answers}"));
        }
        told
    }

    /// It in a line, and how long it has waited.
    pub(super) fn brief(&self, stage: &Stage, now: Millis) -> String {
        let key = self.item.key;
        let (name, since) = (stage.name_of(key.whom), now.since(self.item.since));
        format!("need {}: {name} {}, for {since}", self.number, key.reason)
    }

    /// What is asked, or what is wrong.
    fn words(&self, stage: &Stage) -> String {
        if let Some((_, request)) = self.asked(stage) {
            return request.ask.told();
        }
        match self.item.key.whom {
            Whom::Agent(id) => {
                let Some(agent) = stage.agent(id) else { return String::new() };
                match self.item.key.reason {
                    Reason::Drift => agent.drifts().map(Sign::sentence).unwrap_or_default(),
                    Reason::Conflict => {
                        let conflict = agent.taking.conflicted.as_ref();
                        conflict.map(|it| format!("with {}", it.into)).unwrap_or_default()
                    }
                    Reason::ProofFailed => {
                        let wrong = agent.findings().filter_map(|(it, found)| {
                            let why = found?.as_ref().err()?;
                            Some(format!("{it}: {why}"))
                        });
                        wrong.collect::<Vec<_>>().join("\n")
                    }
                    _ => agent.holds.last().map(|it| it.note.clone()).unwrap_or_default(),
                }
            }
            Whom::Step(play, place) => {
                let step = stage.play(play).and_then(|it| it.steps.get(place));
                let failed = step.and_then(|it| it.parts.iter().find_map(|it| it.failure.as_ref()));
                failed.map(|(_, why)| why.clone()).unwrap_or_default()
            }
            Whom::Limit(told) => {
                stage.nearing_told(told).map(|it| it.words(stage)).unwrap_or_default()
            }
        }
    }

    /// What is typed to answer it.
    fn answers(&self, stage: &Stage) -> String {
        let n = self.number;
        let name = stage.name_of(self.item.key.whom);
        match self.asked(stage).map(|(_, it)| &it.ask) {
            Some(Ask::Approval { .. }) if !self.alike(stage).is_empty() => {
                let others = match self.alike(stage).len() {
                    1 => "1 other asks the same".to_owned(),
                    more => format!("{more} others ask the same"),
                };
                return format!(
                    "approve {n}, always {n}, or deny {n} WHY; {others}: approve equal {n}, or \
                     deny equal {n} WHY"
                );
            }
            Some(Ask::Approval { .. }) => {
                return format!("approve {n}, always {n}, or deny {n} WHY");
            }
            Some(Ask::Question { blanks, .. }) if !blanks.is_empty() => {
                return format!("answer {n}, then line by line; or deny {n} WHY");
            }
            Some(Ask::Question { options, .. }) if !options.is_empty() => {
                return format!("answer {n} NUMBER, answer {n} TEXT, or deny {n} WHY");
            }
            Some(Ask::Question { .. }) => return format!("answer {n} TEXT, or deny {n} WHY"),
            Some(Ask::Budget { .. }) => {
                return format!("raise {n} DOLLARS, finish {n}, or stop {name}");
            }
            Some(Ask::Drift { .. }) => {
                return format!("approve {n} (it goes on), answer {n} TEXT, or stop {name}");
            }
            None => {}
        }
        match self.item.key.reason {
            Reason::Gate => format!("approve {n} (the gate opens), or skip {n}"),
            Reason::StepFailed => format!("again {n}, or skip {n}"),
            Reason::Held(HoldReason::Watch) => format!("approve {n} (it goes on), or stop {name}"),
            Reason::Drift | Reason::ProofFailed | Reason::Provider | Reason::Conflict => {
                format!("say {name} TEXT, or stop {name}")
            }
            Reason::Held(_) => format!("resume {name}, or stop {name}"),
            _ => String::new(),
        }
    }
}

/// Whether it is told as a need: an end is told as one already.
pub(super) fn is_told(item: &Item) -> bool {
    item.key.reason.urgency() != Urgency::Ended
}

fn request<'a>(item: &Item, stage: &'a Stage) -> Option<(&'a Agent, &'a Request)> {
    let agent = stage.agent(item.agent()?)?;
    Some((agent, agent.request(item.request?)?))
}
