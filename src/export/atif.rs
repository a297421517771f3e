//! ATIF, the trajectories of Harbor, version 1.8: what an agent was told, what it said
//! and called, and what came back, in steps.
//! Source: <https://pypi.org/project/atif/1.8.0/>, whose models forbid other fields.
//!
//! Agents that another has set to work are trajectories inside of that one's. Where
//! several stand beside each other, the session is a trajectory of its own, whose steps
//! cast them.

mod trajectory;

use super::{Recording, wash::Wash};
use crate::{
    model::{Agent, AgentId, Bond, Millis, Stage},
    text,
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{self, Write},
};
use trajectory::Trajectory;

const VERSION: &str = "ATIF-v1.8";

/// Writes a session.
///
/// # Errors
/// When it can't be written.
pub fn atif(recording: &Recording, out: &mut impl Write) -> io::Result<()> {
    let mut all = All {
        stage: Stage::new(recording.header()).without_logs().without_trails(),
        wash: recording.wash(),
        agents: BTreeMap::new(),
    };
    for (_, record) in recording.records() {
        all.stage.apply(&record);
        if let Some(agent) = record.event.agent() {
            let clock = Clock::of(&all.stage);
            all.agents.entry(agent).or_default().take(&record, &clock, &all.wash);
        }
    }
    text::json::write_pretty(out, &all.told())?;
    out.write_all(b"\n")
}

/// What a time of the session is on a clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock(Option<jiff::Timestamp>);

impl Clock {
    /// The clock of a session; it tells no time where nobody knows when that opened.
    pub(super) fn of(stage: &Stage) -> Self {
        Self(stage.header().opened.parse().ok())
    }

    pub(super) fn at(self, at: Millis) -> Option<String> {
        let span = jiff::SignedDuration::from_millis(i64::try_from(at.0).ok()?);
        Some(self.0?.checked_add(span).ok()?.to_string())
    }
}

/// All trajectories of a session.
struct All {
    stage: Stage,
    wash: Wash,
    agents: BTreeMap<AgentId, Trajectory>,
}

impl All {
    fn told(&mut self) -> Value {
        let heads: Vec<AgentId> = self
            .agents
            .keys()
            .copied()
            .filter(|id| self.parent(*id).is_none_or(|it| !self.agents.contains_key(&it)))
            .collect();
        match heads.as_slice() {
            [one] => self.tell(*one),
            several => self.session(several),
        }
    }

    /// The agent that has set this one to work.
    fn parent(&self, id: AgentId) -> Option<AgentId> {
        let agent = self.stage.agent(id)?;
        let origin = agent.casting.origin.as_ref().filter(|it| it.bond == Bond::Child)?;
        (origin.agent < id).then_some(origin.agent)
    }

    /// The trajectory of an agent, with those it has set to work inside.
    fn tell(&mut self, id: AgentId) -> Value {
        let children: Vec<AgentId> =
            self.agents.keys().copied().filter(|it| self.parent(*it) == Some(id)).collect();
        let mut trajectory = self.agents.remove(&id).unwrap_or_default();
        let mut inside = Vec::new();
        for child in children {
            let call = self.stage.agent(child).and_then(|it| it.casting.origin.clone());
            if let Some(origin) = call {
                trajectory.refer(origin.call, &name(child));
            }
            inside.push(self.tell(child));
        }
        let mut told = match self.stage.agent(id) {
            Some(agent) => self.about(agent),
            None => json!({}),
        };
        told["schema_version"] = VERSION.into();
        told["trajectory_id"] = name(id).into();
        told["steps"] = trajectory.steps(&self.wash);
        if !inside.is_empty() {
            told["subagent_trajectories"] = inside.into();
        }
        told
    }

    /// What stands beside the steps of an agent.
    fn about(&self, agent: &Agent) -> Value {
        let (wash, casting) = (&self.wash, &agent.casting);
        let program = agent.link.as_ref().map(|it| wash.text(&it.program));
        let usage = agent.usage;
        let mut metrics = json!({
            "total_prompt_tokens": usage.prompt(),
            "total_completion_tokens": usage.output,
            "total_cached_tokens": usage.cache_read,
            "extra": { "unpriced_calls": agent.spent.unpriced, "reasoning_tokens": usage.reasoning },
        });
        if agent.spent.unpriced == 0 {
            metrics["total_cost_usd"] = json!(trajectory::dollars(agent.spent.known));
        }
        let mut about = json!({
            "session_id": wash.text(&self.stage.header().session),
            "agent": {
                "name": wash.text(&casting.name),
                "version": wash.text(&self.stage.header().program),
                "extra": {
                    "engine": casting.engine.to_string(),
                    "program": program,
                    "provider": wash.text(&casting.provider),
                    "role": wash.text(&casting.role),
                },
            },
            "final_metrics": metrics,
            "extra": {
                "outcome": agent.status().to_string(),
                "last_words": wash.text(&agent.last_words()),
            },
        });
        if !agent.model().is_empty() {
            about["agent"]["model_name"] = wash.text(agent.model()).into();
        }
        about
    }

    /// A session of agents that stand beside each other.
    fn session(&mut self, heads: &[AgentId]) -> Value {
        let stage = &self.stage;
        let title = if stage.title().is_empty() { "a session" } else { stage.title() };
        let clock = Clock::of(stage);
        let mut steps = vec![json!({
            "step_id": 1,
            "source": "user",
            "message": self.wash.text(title),
        })];
        for (id, nth) in heads.iter().zip(2..) {
            let Some(agent) = stage.agent(*id) else { continue };
            let words = format!("casts {}: {}", agent.casting.name, agent.casting.brief);
            let mut step = json!({
                "step_id": nth,
                "source": "agent",
                "llm_call_count": 0,
                "message": self.wash.text(&words),
                "observation": { "results": [{
                    "content": self.wash.text(&agent.last_words()),
                    "subagent_trajectory_ref": [{ "trajectory_id": name(*id) }],
                }] },
            });
            if let Some(at) = clock.at(agent.added) {
                step["timestamp"] = at.into();
            }
            steps.push(step);
        }
        let header = stage.header().clone();
        let inside: Vec<_> = heads.iter().map(|it| self.tell(*it)).collect();
        let mut told = json!({
            "schema_version": VERSION,
            "session_id": self.wash.text(&header.session),
            "agent": { "name": "auteur", "version": self.wash.text(&header.program) },
            "steps": steps,
        });
        if !inside.is_empty() {
            told["subagent_trajectories"] = inside.into();
        }
        told
    }
}

/// What the trajectory of an agent is called in its file.
fn name(id: AgentId) -> String {
    format!("agent-{id}")
}
