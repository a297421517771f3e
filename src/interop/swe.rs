//! Trajectories of SWE-agent (`.traj`) and of mini-swe-agent: one JSON value, without
//! times. The history holds the whole conversation; an old demonstration holds it alone.

use super::{
    desk::Desk,
    fields::{count as tokens, dollars, items, maybe, parsed, text, words},
    scribe::{Outcome, Scribe},
    teller::Scribed,
};
use crate::{
    model::{EngineKind, Level, Stop, Usage},
    text::one_line,
};
use serde_json::{Value, json};

/// A trajectory.
#[derive(Debug)]
pub(super) struct SweAgent {
    scribe: Scribe,
    model: String,
    /// The calls that have no result yet, where results don't name them.
    open: Vec<String>,
    calls: u64,
    has_begun: bool,
}

impl SweAgent {
    pub(super) fn new(desk: &mut Desk, file: usize) -> Self {
        let scribe = Scribe::new(desk, file, EngineKind::Acp, "swe-agent");
        Self { scribe, model: String::new(), open: Vec::new(), calls: 0, has_begun: false }
    }

    fn message(&mut self, desk: &mut Desk, message: &Value) {
        let role = text(&message["role"]);
        let kind = maybe(&message["message_type"]).unwrap_or(role);
        self.scribe.note_record(desk, kind, super::fields::when(&message["extra"]));
        // A demonstration that was shown to the model is not its own work.
        let is_shown = message["is_demo"].as_bool() == Some(true);
        let said = words(&message["content"]);
        match role {
            _ if is_shown => self.scribe.note(desk, Level::Note, &said),
            "system" | "exit" => self.scribe.note(desk, Level::Note, &said),
            "assistant" => self.answer(desk, message, &said),
            "tool" => {
                let ids = items(&message["tool_call_ids"]).first();
                let id = ids.and_then(Value::as_str).or_else(|| maybe(&message["tool_call_id"]));
                let id = id.map(str::to_owned).or_else(|| self.open.first().cloned());
                self.result(desk, &id.unwrap_or_default(), &said);
            }
            "user" => match self.open.first().cloned() {
                // Without calls of its own, an agent's action is answered by its user.
                Some(id) => self.result(desk, &id, &said),
                None => self.hear(desk, &said),
            },
            _ => self.scribe.strange(desk, kind, message),
        }
    }

    /// What is said before the task is told to be done is a part of it.
    fn hear(&mut self, desk: &mut Desk, said: &str) {
        self.has_begun = true;
        self.scribe.hear(desk, said);
    }

    fn answer(&mut self, desk: &mut Desk, message: &Value, said: &str) {
        let told = &message["extra"]["response"];
        let own = self.model.clone();
        let model = maybe(&told["model"]).unwrap_or(&own);
        let id = self.scribe.answer(desk, text(&told["id"]), model);
        self.scribe.think(desk, text(&message["reasoning_content"]));
        self.scribe.say(desk, said);
        if let Some(usage) = usage(&told["usage"]) {
            self.scribe.used(desk, (&id, model), usage);
        }
        let calls = items(&message["tool_calls"]);
        self.scribe.stops(Stop::Tools);
        for call in calls {
            let id = text(&call["id"]);
            let name = maybe(&call["function"]["name"]).unwrap_or("?");
            self.open.push(id.to_owned());
            self.scribe.call(desk, (id, name), &parsed(&call["function"]["arguments"]));
        }
        let action = maybe(&message["action"]).map(str::to_owned);
        let action = action.or_else(|| fenced(said)).filter(|_| calls.is_empty());
        let Some(action) = action else { return };
        self.calls += 1;
        let id = format!("action {}", self.calls);
        self.open.push(id.clone());
        self.scribe.call(desk, (&id, "bash"), &json!({ "command": action.trim() }));
    }

    fn result(&mut self, desk: &mut Desk, id: &str, said: &str) {
        self.open.retain(|it| it != id);
        let code = said.split_once("<returncode>").and_then(|it| it.1.split_once('<'));
        let ok = code.is_none_or(|it| it.0.trim() == "0");
        self.scribe.end_call(desk, id, Outcome::of(ok, said));
    }

    /// How it came out, and what it says of its cost.
    fn ends(&mut self, desk: &mut Desk, info: &Value) {
        let stats = &info["model_stats"];
        let (sent, received) = (tokens(&stats["tokens_sent"]), tokens(&stats["tokens_received"]));
        if sent + received > 0 && self.scribe.tally.models.is_empty() {
            let usage = Usage { input: sent, output: received, ..Usage::default() };
            let model = self.model.clone();
            self.scribe.used(desk, ("model_stats", &model), usage);
        }
        let costs = [&stats["instance_cost"], &stats["total_cost"]];
        let cost = costs.into_iter().filter_map(dollars).find(|it| it.0 > 0);
        self.scribe.tally.reported = cost;
        if let Some(how) = maybe(&info["exit_status"]) {
            // It is over: what it called last has no result any more.
            for id in std::mem::take(&mut self.open) {
                self.scribe.end_untold(desk, &id);
            }
            self.scribe.on(|it| it.end_turn(desk));
            self.scribe.note(desk, Level::Note, &format!("exit status: {}", one_line(how, 80)));
        }
        self.scribe.note(desk, Level::Note, text(&info["submission"]));
    }
}

impl Scribed for SweAgent {
    fn read(&mut self, desk: &mut Desk, record: &Value) {
        let info = &record["info"];
        let config = &info["config"]["model"];
        let names = [&config["model_name"], &record["replay_config"]["agent"]["model"]["name"]];
        let model = names.into_iter().find_map(maybe).unwrap_or_default();
        model.clone_into(&mut self.model);
        let version = ["swe_agent_version", "mini_version"].iter().find_map(|it| maybe(&info[*it]));
        let program = format!("SWE-agent {}", version.unwrap_or_default());
        self.scribe.on(|it| it.is_in(program.trim(), "", ""));
        let places = [&record["history"], &record["messages"]];
        let history = places.into_iter().map(items).find(|it| !it.is_empty()).unwrap_or_default();
        for it in history {
            self.message(desk, it);
        }
        self.ends(desk, info);
    }

    fn scribe(&mut self) -> &mut Scribe {
        &mut self.scribe
    }
}

/// The one block of code that an answer without calls runs.
fn fenced(said: &str) -> Option<String> {
    let (_, rest) = said.split_once("```")?;
    let (_, code) = rest.split_once('\n')?;
    Some(code.split_once("```")?.0.to_owned()).filter(|it| !it.trim().is_empty())
}

fn usage(told: &Value) -> Option<Usage> {
    let of = |name: &str| tokens(&told[name]);
    let cached = tokens(&told["prompt_tokens_details"]["cached_tokens"]);
    let usage = Usage {
        input: of("prompt_tokens").saturating_sub(cached),
        cache_read: cached,
        output: of("completion_tokens"),
        reasoning: tokens(&told["completion_tokens_details"]["reasoning_tokens"]),
        ..Usage::default()
    };
    (usage.total() > 0).then_some(usage)
}

/// Whether a value is a trajectory.
pub(super) fn is_one(value: &Value) -> bool {
    let first = items(&value["history"]).first();
    let is_history = first.is_some_and(|it| it["role"].is_string() && it["agent"].is_string());
    let is_mini = value["trajectory_format"].is_string() && value["messages"].is_array();
    is_history || is_mini
}
