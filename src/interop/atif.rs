//! Harbor's Agent Trajectory Interchange Format, versions 1.0 to 1.8: one JSON value, its
//! sub-agents embedded in it.

use super::{
    desk::Desk,
    fields::{count as tokens, dollars, items, maybe, moment, text, words},
    scribe::{Outcome, Scribe},
    teller::Scribed,
};
use crate::model::{EngineKind, Level, Money, Stop, Usage};
use serde_json::Value;

/// So deep sub-agents may be embedded.
const DEPTH: usize = 16;

/// A trajectory.
#[derive(Debug)]
pub(super) struct Atif {
    scribe: Scribe,
    steps: u64,
    cost: Option<Money>,
}

impl Atif {
    pub(super) fn new(_: &mut Desk, file: usize) -> Self {
        Self { scribe: Scribe::of_many(file, EngineKind::Acp), steps: 0, cost: None }
    }

    /// A trajectory, and those within it.
    fn trajectory(&mut self, desk: &mut Desk, (key, it): (&str, &Value), depth: usize) {
        let agent = &it["agent"];
        let name = maybe(&agent["name"]).unwrap_or("agent").to_owned();
        self.scribe.enter(desk, key, &name);
        let program = format!("{name} {}", text(&agent["version"]));
        let session = maybe(&it["session_id"]).unwrap_or_else(|| text(&it["trajectory_id"]));
        self.scribe.on(|it| it.is_in(program.trim(), session, ""));
        let model = text(&agent["model_name"]).to_owned();
        for step in items(&it["steps"]) {
            self.scribe.enter(desk, key, &name);
            self.step(desk, step, &model);
            if depth > 0 {
                self.within(desk, (step, &it["subagent_trajectories"]), depth - 1);
            }
        }
        self.scribe.enter(desk, key, &name);
        self.scribe.note(desk, Level::Note, text(&it["notes"]));
        self.scribe.on(|it| it.finish(desk));
    }

    /// The sub-agents that a step has set to work, as far as they are embedded.
    fn within(&mut self, desk: &mut Desk, (step, all): (&Value, &Value), depth: usize) {
        for result in items(&step["observation"]["results"]) {
            for reference in items(&result["subagent_trajectory_ref"]) {
                let wanted = text(&reference["trajectory_id"]);
                let found = items(all).iter().find(|it| text(&it["trajectory_id"]) == wanted);
                let Some(found) = found.filter(|_| !wanted.is_empty()) else { continue };
                let name = maybe(&found["agent"]["name"]).unwrap_or("sub-agent");
                if self.scribe.enter(desk, wanted, name) {
                    self.scribe.works_for(desk, text(&result["source_call_id"]));
                    self.trajectory(desk, (wanted, found), depth);
                }
            }
        }
    }

    fn step(&mut self, desk: &mut Desk, step: &Value, model: &str) {
        let source = text(&step["source"]);
        self.scribe.note_record(desk, source, moment(&step["timestamp"]));
        self.steps += 1;
        let said = words(&step["message"]);
        // What was done before, in another trajectory.
        let is_copied = step["is_copied_context"].as_bool() == Some(true);
        match source {
            "user" if !is_copied => self.scribe.hear(desk, &said),
            "agent" => self.answer(desk, step, (model, &said, is_copied)),
            _ => self.scribe.note(desk, Level::Note, &said),
        }
        for result in items(&step["observation"]["results"]) {
            let content = words(&result["content"]);
            match maybe(&result["source_call_id"]) {
                Some(id) => self.scribe.end_call(desk, id, Outcome::of(true, content)),
                None => self.scribe.note(desk, Level::Note, &content),
            }
        }
    }

    fn answer(
        &mut self,
        desk: &mut Desk,
        step: &Value,
        (model, said, is_copied): (&str, &str, bool),
    ) {
        let model = maybe(&step["model_name"]).unwrap_or(model);
        let id = format!("step {}", self.steps);
        self.scribe.answer(desk, &id, model);
        self.scribe.think(desk, text(&step["reasoning_content"]));
        self.scribe.say(desk, said);
        let metrics = &step["metrics"];
        let usage = usage(metrics);
        let has_called = step["llm_call_count"].as_u64() != Some(0);
        if usage.total() > 0 && has_called && !is_copied {
            self.scribe.used(desk, (&id, model), usage);
            let cost = dollars(&metrics["cost_usd"]).unwrap_or_default();
            self.cost = Some(Money(self.cost.unwrap_or_default().0 + cost.0)).filter(|it| it.0 > 0);
        } else if is_copied || !has_called {
            // It cost nothing here.
            self.scribe.used(desk, (&id, model), Usage::default());
        }
        let calls = items(&step["tool_calls"]);
        self.scribe.stops(if calls.is_empty() { Stop::End } else { Stop::Tools });
        for call in calls {
            let of = (text(&call["tool_call_id"]), text(&call["function_name"]));
            self.scribe.call(desk, of, &call["arguments"]);
        }
    }
}

impl Scribed for Atif {
    fn read(&mut self, desk: &mut Desk, record: &Value) {
        self.trajectory(desk, ("", record), DEPTH);
        let told = dollars(&record["final_metrics"]["total_cost_usd"]);
        self.scribe.tally.reported = told.or(self.cost);
    }

    fn scribe(&mut self) -> &mut Scribe {
        &mut self.scribe
    }
}

fn usage(told: &Value) -> Usage {
    let of = |name: &str| tokens(&told[name]);
    let cached = of("cached_tokens");
    Usage {
        input: of("prompt_tokens").saturating_sub(cached),
        cache_read: cached,
        output: of("completion_tokens"),
        ..Usage::default()
    }
}

/// Whether a value is a trajectory.
pub(super) fn is_one(value: &Value) -> bool {
    text(&value["schema_version"]).starts_with("ATIF") && value["steps"].is_array()
}
