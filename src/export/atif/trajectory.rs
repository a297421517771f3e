//! The steps of one agent.

use super::Clock;
use crate::{
    export::wash::Wash,
    model::{CallId, Cost, Event, Money, Record, Turn, Usage},
};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// One agent's steps so far.
#[derive(Debug, Default)]
pub(super) struct Trajectory {
    steps: Vec<Step>,
    /// In which step a call was made, and what it is called there.
    calls: BTreeMap<CallId, (usize, String)>,
    names: BTreeSet<String>,
    /// The step that its model is making, and of which turn.
    open: Option<(usize, Turn)>,
}

/// One step.
#[derive(Debug, Default)]
struct Step {
    source: &'static str,
    at: Option<String>,
    message: String,
    thought: String,
    model: String,
    calls: Vec<Value>,
    results: Vec<Value>,
    spent: Option<(Usage, Cost)>,
    extra: Map<String, Value>,
}

impl Trajectory {
    pub(super) fn take(&mut self, record: &Record, clock: &Clock, wash: &Wash) {
        let at = clock.at(record.at);
        match &record.event {
            Event::AgentAdded { casting, .. } => {
                if !casting.instructions.is_empty() {
                    self.say("system", at.clone(), wash.text(&casting.instructions));
                }
                self.say("user", at.clone(), wash.text(&casting.brief));
                let said = casting.take.as_deref().map_or("", |it| it.message.as_str());
                if !said.is_empty() {
                    self.say("user", at, wash.text(said));
                }
            }
            Event::InstructionsEdited { version, text, by, .. } => {
                let step = self.say("system", at, wash.text(text));
                step.extra.insert("instructions_version".into(), json!(version));
                step.extra.insert("by".into(), by.to_string().into());
            }
            Event::RedirectDelivered { text, .. } => {
                self.say("user", at, wash.text(text));
            }
            Event::Compacted { summary, .. } => {
                let step = self.say("system", at, wash.text(summary));
                step.extra.insert("compaction".into(), true.into());
            }
            Event::TurnStarted { turn, model, .. } => self.begin(*turn, at, wash.text(model)),
            // A program says which model plays it when its first turn has begun.
            Event::Linked { model, .. } if self.open.is_some() => {
                let step = self.step(None);
                if step.model.is_empty() {
                    step.model = wash.text(model);
                }
            }
            Event::Said { text, .. } => self.step(at).message.push_str(text),
            Event::Thought { text, .. } => self.step(at).thought.push_str(text),
            Event::ToolCalled { .. } => self.call(&record.event, at, wash),
            Event::ToolEnded { .. } => self.result(record, wash),
            Event::TurnEnded { turn, usage, cost, .. } => self.end(*turn, *usage, *cost),
            Event::TurnCut { turn, why, usage, cost, .. } => {
                self.end(*turn, *usage, *cost);
                if let Some(step) = self.last_of(*turn) {
                    step.extra.insert("cut".into(), wash.text(why).into());
                }
            }
            _ => {}
        }
    }

    /// A step that is whole.
    fn say(&mut self, source: &'static str, at: Option<String>, message: String) -> &mut Step {
        let place = self.steps.len();
        self.steps.push(Step { source, at, message, ..Step::default() });
        &mut self.steps[place]
    }

    /// A model call begins; one that is made again goes on in the same step.
    fn begin(&mut self, turn: Turn, at: Option<String>, model: String) {
        if self.open.is_none_or(|(_, it)| it != turn) {
            let place = self.steps.len();
            self.steps.push(Step { source: "agent", at, ..Step::default() });
            self.open = Some((place, turn));
        }
        self.step(None).model = model;
    }

    /// The step that is being made; a program may speak before it tells of a turn.
    fn step(&mut self, at: Option<String>) -> &mut Step {
        let next = self.steps.len();
        let (place, _) = *self.open.get_or_insert((next, Turn(0)));
        if place == next {
            self.steps.push(Step { source: "agent", at, ..Step::default() });
        }
        &mut self.steps[place]
    }

    fn last_of(&mut self, turn: Turn) -> Option<&mut Step> {
        let (place, _) = self.open.filter(|(_, it)| *it == turn)?;
        self.steps.get_mut(place)
    }

    fn end(&mut self, turn: Turn, usage: Usage, cost: Cost) {
        if let Some(step) = self.last_of(turn) {
            let (used, spent) = step.spent.get_or_insert_default();
            *used += usage;
            *spent += cost;
        }
    }

    fn call(&mut self, event: &Event, at: Option<String>, wash: &Wash) {
        let Event::ToolCalled { call, id, tool, title, input, .. } = event else { return };
        let id = wash.text(id);
        // The vendor's may be missing, or be told twice.
        let is_fit = !id.is_empty() && self.names.insert(id.clone());
        let id = if is_fit { id } else { format!("call-{call}") };
        self.names.insert(id.clone());
        let arguments = match wash.value(input) {
            Value::Object(fields) => Value::Object(fields),
            Value::Null => json!({}),
            other => json!({ "input": other }),
        };
        self.step(at).calls.push(json!({
            "tool_call_id": id,
            "function_name": wash.text(tool),
            "arguments": arguments,
            "extra": { "title": wash.text(title) },
        }));
        let place = self.open.map_or(0, |(place, _)| place);
        self.calls.insert(*call, (place, id));
    }

    fn result(&mut self, record: &Record, wash: &Wash) {
        let Event::ToolEnded { call, ok, text, bytes, changes, note, .. } = &record.event else {
            return;
        };
        let Some((step, id)) = self.called(*call) else { return };
        let changes: Vec<_> = changes
            .iter()
            .map(|it| {
                let path = wash.text(&it.path);
                json!({ "path": path, "added": it.added, "removed": it.removed })
            })
            .collect();
        let mut extra = json!({ "ok": ok, "bytes": bytes });
        if !changes.is_empty() {
            extra["changes"] = changes.into();
        }
        if !note.is_empty() {
            extra["note"] = wash.text(note).into();
        }
        let told = step.results.iter_mut().find(|it| it["source_call_id"] == id.as_str());
        let result = json!({ "source_call_id": id, "content": wash.text(text), "extra": extra });
        match told {
            Some(told) => *told = result,
            None => step.results.push(result),
        }
    }

    fn called(&mut self, call: CallId) -> Option<(&mut Step, String)> {
        let (place, id) = self.calls.get(&call)?.clone();
        Some((self.steps.get_mut(place)?, id))
    }

    /// Says that a call has set another agent to work.
    pub(super) fn refer(&mut self, call: CallId, trajectory: &str) {
        let reference = json!({ "trajectory_id": trajectory });
        let Some((step, id)) = self.called(call) else {
            // Its call was not told: what is inside is named all the same.
            let step = self.say("system", None, format!("sets {trajectory} to work"));
            return step.results.push(json!({ "subagent_trajectory_ref": [reference] }));
        };
        let known = step.results.iter().position(|it| it["source_call_id"] == id.as_str());
        let place = known.unwrap_or(step.results.len());
        if known.is_none() {
            step.results.push(json!({ "source_call_id": id }));
        }
        let references = &mut step.results[place]["subagent_trajectory_ref"];
        match references.as_array_mut() {
            Some(all) => all.push(reference),
            None => *references = json!([reference]),
        }
    }

    /// Its steps, numbered. There is always one. What came bit by bit is washed as a whole.
    pub(super) fn steps(self, wash: &Wash) -> Value {
        let mut steps = self.steps;
        if steps.is_empty() {
            steps.push(Step { source: "system", ..Step::default() });
        }
        let told = (1_u64..).zip(steps).map(|(nth, mut step)| {
            step.message = wash.text(&step.message);
            step.thought = wash.text(&step.thought);
            step.told(nth)
        });
        told.collect()
    }
}

impl Step {
    fn told(self, nth: u64) -> Value {
        let mut told = json!({ "step_id": nth, "source": self.source, "message": self.message });
        if let Some(at) = self.at {
            told["timestamp"] = at.into();
        }
        for (name, text) in [("model_name", self.model), ("reasoning_content", self.thought)] {
            if !text.is_empty() {
                told[name] = text.into();
            }
        }
        if !self.calls.is_empty() {
            told["tool_calls"] = self.calls.into();
        }
        if !self.results.is_empty() {
            told["observation"] = json!({ "results": self.results });
        }
        if let Some((usage, cost)) = self.spent {
            told["metrics"] = metrics(&usage, &cost);
        }
        if !self.extra.is_empty() {
            told["extra"] = self.extra.into();
        }
        told
    }
}

fn metrics(usage: &Usage, cost: &Cost) -> Value {
    let mut told = json!({
        "prompt_tokens": usage.prompt(),
        "completion_tokens": usage.output,
        "cached_tokens": usage.cache_read,
        "extra": {
            "cache_write_tokens": usage.cache_write_5m + usage.cache_write_1h,
            "reasoning_tokens": usage.reasoning,
        },
    });
    // What nobody can price is not free.
    if cost.unpriced == 0 {
        told["cost_usd"] = json!(dollars(cost.known));
    }
    told
}

#[expect(clippy::cast_precision_loss, reason = "the format knows no exact amounts")]
pub(super) fn dollars(money: Money) -> f64 {
    money.0 as f64 / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_whose_name_comes_twice_is_told_apart() {
        let (clock, wash) = (Clock(None), Wash::new(crate::journal::Redactor::default()));
        let mut trajectory = Trajectory::default();
        for call in [1, 2] {
            let (call, agent) = (CallId(call), crate::model::AgentId(1));
            let event = Event::ToolCalled {
                agent,
                call,
                id: "same".into(),
                tool: "shell".into(),
                title: "ls".into(),
                input: Box::new("ls".into()),
                seal: None,
            };
            let at = crate::model::Millis(1);
            trajectory.take(&Record { seq: crate::model::Seq(1), at, event }, &clock, &wash);
        }
        let steps = trajectory.steps(&wash);
        assert_eq!(steps[0]["tool_calls"][0]["tool_call_id"], "same");
        assert_eq!(steps[0]["tool_calls"][1]["tool_call_id"], "call-2");
        assert_eq!(steps[0]["tool_calls"][1]["arguments"], json!({ "input": "ls" }));
    }
}
