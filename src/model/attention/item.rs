//! One thing that needs the director.

use crate::model::{AgentId, HoldReason, Millis, PlayId, RequestId, Seq, Stage};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt};

/// Who needs the director.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whom {
    /// An agent.
    Agent(AgentId),
    /// A step of a script, by its play and its place in that.
    Step(PlayId, usize),
    /// Those who spend of a budget, by the record that has told of it.
    Limit(Seq),
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// It asks whether it may.
    Approval,
    /// It asks a question.
    Question,
    /// Its next call would break a budget.
    Budget,
    /// Something else than the director holds it.
    Held(HoldReason),
    /// The step waits at its gate.
    Gate,
    /// The step has failed, and waits for what becomes of it.
    StepFailed,
    /// What it made does not go together with what it was to go into.
    Conflict,
    /// A watch holds it, as it may be drifting, and asks what becomes of it.
    DriftAsked,
    /// A watch has seen that it may be drifting.
    Drift,
    /// It says that it is done, and its checks say that it is not.
    ProofFailed,
    /// Its model can't be reached, for long.
    Provider,
    /// A budget is nearly used up.
    NearBudget,
    /// It failed, and nobody has looked.
    Failed,
    /// It is done, and nobody has looked.
    Finished,
}

/// How much a reason presses. What presses more comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    /// Somebody can't go on without the director.
    Blocked,
    /// Something is wrong and may get better by itself.
    Trouble,
    /// Somebody is done and waits to be looked at.
    Ended,
}

/// What tells an item from every other, also from the next one of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ItemKey {
    /// Who.
    pub whom: Whom,
    /// Why.
    pub reason: Reason,
    /// Which: the number of the request, the run that ended, the time of anything else.
    pub nth: u64,
}

/// One thing that needs the director.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// What tells it from others.
    pub key: ItemKey,
    /// Since when.
    pub since: Millis,
    /// What it asks, if it does.
    pub request: Option<RequestId>,
    /// How many agents and steps can't go on before it is seen to, itself among them.
    pub blocks: u32,
    /// Until then the director does not want to hear of it.
    pub rests: Option<Millis>,
}

impl Reason {
    /// All words that [`Self::word`] has.
    pub const WORDS: [&str; 14] = [
        "approval",
        "question",
        "budget",
        "held",
        "gate",
        "step-failed",
        "conflict",
        "drift-asked",
        "drift",
        "check-failed",
        "provider",
        "near-budget",
        "failed",
        "finished",
    ];

    /// Its kind, in a word for programs and settings.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Approval => "approval",
            Self::Question => "question",
            Self::Budget => "budget",
            Self::Held(_) => "held",
            Self::Gate => "gate",
            Self::StepFailed => "step-failed",
            Self::Conflict => "conflict",
            Self::DriftAsked => "drift-asked",
            Self::Drift => "drift",
            Self::ProofFailed => "check-failed",
            Self::Provider => "provider",
            Self::NearBudget => "near-budget",
            Self::Failed => "failed",
            Self::Finished => "finished",
        }
    }

    /// How much it presses.
    pub const fn urgency(self) -> Urgency {
        match self {
            Self::Approval
            | Self::Question
            | Self::Budget
            | Self::Held(_)
            | Self::Gate
            | Self::StepFailed
            | Self::DriftAsked => Urgency::Blocked,
            Self::Conflict
            | Self::Drift
            | Self::ProofFailed
            | Self::Provider
            | Self::NearBudget => Urgency::Trouble,
            Self::Failed | Self::Finished => Urgency::Ended,
        }
    }

    /// Whether nothing is wrong and nobody waits: somebody has ended, and was not looked at.
    pub const fn is_new_end(self) -> bool {
        matches!(self, Self::Finished)
    }
}

/// As said of the agent or the step: `scout asks for approval`.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Approval => f.write_str("asks for approval"),
            Self::Question => f.write_str("asks a question"),
            Self::Budget => f.write_str("reached its budget"),
            Self::Held(reason) => write!(f, "held by {reason}"),
            Self::Gate => f.write_str("waits at its gate"),
            Self::StepFailed => f.write_str("failed: what now?"),
            Self::Conflict => f.write_str("its work conflicts"),
            Self::DriftAsked => f.write_str("drifts: what now?"),
            Self::Drift => f.write_str("may be drifting"),
            Self::ProofFailed => f.write_str("is done, and a check fails"),
            Self::Provider => f.write_str("can't reach its model"),
            Self::NearBudget => f.write_str("is near its budget"),
            Self::Failed => f.write_str("failed"),
            Self::Finished => f.write_str("is done"),
        }
    }
}

impl Stage {
    /// What somebody is called; a question mark where nobody is there.
    pub fn name_of(&self, whom: Whom) -> Cow<'_, str> {
        let name = match whom {
            Whom::Agent(agent) => self.agent(agent).map(|it| &it.casting.name),
            Whom::Step(play, place) => {
                self.play(play).and_then(|it| it.step(place)).map(|it| &it.name)
            }
            Whom::Limit(told) => {
                return self
                    .nearing_told(told)
                    .map_or("?".into(), |it| self.purse_name(&it.whose).into());
            }
        };
        name.map_or("?", String::as_str).into()
    }
}

impl Item {
    /// The agent it is about, if it is about one.
    pub const fn agent(&self) -> Option<AgentId> {
        match self.key.whom {
            Whom::Agent(agent) => Some(agent),
            Whom::Step(..) | Whom::Limit(_) => None,
        }
    }

    /// Whether the director does not want to hear of it now.
    pub fn is_resting(&self, now: Millis) -> bool {
        self.rests.is_some_and(|until| now < until)
    }
}
