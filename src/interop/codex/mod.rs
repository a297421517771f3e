//! Codex's rollouts: `~/.codex/sessions/YYYY/MM/DD/rollout-….jsonl`.
//!
//! What is said and done is told by the items of the conversation; the program's
//! events tell most of it a second time, and are told only where they know more. Its
//! counts of tokens are totals of the thread: what one has more than the one before it
//! is what a call has used. The rollout of a fork begins with that of its parent, whose
//! calls were paid there.

mod items;
mod patch;
mod printed;

use super::{
    actor::{Actor, Ended},
    bill::{Told, minus},
    desk::Desk,
    fields::{count as tokens, mark, maybe, text, time},
    tally::{Tally, count},
    teller::Teller,
};
use crate::{
    engine::codex_windows,
    llm::{Billed, Tier},
    model::{EngineKind, FileChange, Level, Stop, Usage},
};
use items::Item;
use jiff::{SignedDuration, Timestamp};
pub(super) use printed::{Printed, is_printed};
use serde_json::Value;
use std::{collections::HashMap, slice};

/// What is written at once is written within this time.
const MOMENT: SignedDuration = SignedDuration::from_millis(500);
/// So many patches may be under way.
const PATCHES: usize = 1000;

/// Events that tell what an item tells as well, or nothing of the conversation.
const QUIET: [&str; 36] = [
    "agent_message",
    "agent_message_delta",
    "agent_reasoning",
    "agent_reasoning_raw_content",
    "agent_reasoning_section_break",
    "codex/event/raw_item",
    "collab_agent_spawn_end",
    "collab_waiting_end",
    "context_compacted",
    "entered_review_mode",
    "exec_command_begin",
    "exec_command_end",
    "exited_review_mode",
    "guardian_assessment",
    "item_completed",
    "item_started",
    "mcp_tool_call_begin",
    "mcp_tool_call_end",
    "patch_apply_begin",
    "patch_apply_end",
    "plan_update",
    "session_configured",
    "sub_agent_activity",
    "task_complete",
    "task_started",
    "thread_goal_updated",
    "thread_name_updated",
    "thread_rolled_back",
    "thread_settings_applied",
    "token_count",
    "turn.started",
    "turn_diff",
    "user_message",
    "view_image_tool_call",
    "web_search_begin",
    "web_search_end",
];

/// A rollout, record by record.
#[derive(Debug)]
pub(super) struct Codex {
    file: usize,
    tally: Tally,
    actor: Actor,
    model: String,
    /// The total of the thread, as it was told last.
    total: Usage,
    /// What its turns used, where they tell it one by one.
    turned: Usage,
    /// How many model calls were counted, how many answers begun, and how many tool
    /// calls the service has seen to.
    counted: u64,
    begun: u64,
    served: u64,
    /// When the thread itself began, where its rollout begins with its parent's.
    forked: Option<Timestamp>,
    /// When its rollout began to be written; its parent's is written there at once.
    copied: Option<Timestamp>,
    /// How much of its login's quota is used, window by window, as it was told last.
    quota: Vec<Option<u16>>,
    has_meta: bool,
    /// What was read last is of its parent.
    has_copied: bool,
    /// The file changes that calls of tools will make, by call.
    patches: HashMap<String, Vec<FileChange>>,
}

impl Teller for Codex {
    fn take(&mut self, desk: &mut Desk, record: &Value) {
        self.tally.records += 1;
        desk.at(time(record));
        let name = text(&record["type"]);
        // The oldest rollouts hold bare items.
        let is_bare = !record["payload"].is_object();
        let payload = if is_bare { record } else { &record["payload"] };
        let kind = if is_bare { "" } else { text(&payload["type"]) };
        let full = if kind.is_empty() { name.to_owned() } else { format!("{name}/{kind}") };
        count(&mut self.tally.kinds, if full.is_empty() { "session_meta" } else { &full });
        // What its parent has done is counted there.
        let before = self.is_copied(record).then(|| self.tally.clone());
        match name {
            "session_meta" | "" => self.begin(record, payload),
            "turn_context" => self.take_context(payload),
            "response_item" => self.item(desk, payload, &full),
            "event_msg" => self.event(desk, record, payload),
            "compacted" => {
                self.tally.compactions += 1;
                self.actor.compact(desk, "Codex made its conversation shorter".to_owned());
                self.actor.end_compaction(desk, maybe(&payload["message"]));
            }
            "token_usage_record" => self.see_total(desk, record, &payload["thread_token_usage"]),
            "world_state" | "inter_agent_communication_metadata" => {}
            "inter_agent_communication" => {
                let words = payload.to_string();
                self.actor.note(desk, Level::Note, &words);
            }
            _ if is_bare && !matches!(items::read(payload), Item::Strange) => {
                self.item(desk, payload, &full);
            }
            _ => self.strange(desk, &full, payload),
        }
        match before {
            Some(before) => {
                let Tally { calls, results, errors, .. } = before;
                (self.tally.calls, self.tally.results, self.tally.errors) =
                    (calls, results, errors);
                self.has_copied = true;
            }
            None if std::mem::take(&mut self.has_copied) => {
                let text = "up to here it is what its parent has said and done";
                self.actor.note(desk, Level::Note, text);
            }
            None => {}
        }
    }

    fn actors(&mut self) -> &mut [Actor] {
        slice::from_mut(&mut self.actor)
    }

    fn tally(&mut self) -> &mut Tally {
        &mut self.tally
    }

    fn settle(&mut self) {
        if self.counted == 0 && self.begun > 0 {
            // Nothing is told of any tokens: nobody knows what that cost.
            self.actor.owe("untold");
        }
    }
}

impl Codex {
    pub(super) fn new(desk: &mut Desk, file: usize) -> Self {
        let mut actor = Actor::new(desk, EngineKind::Codex, "codex");
        actor.is_counted_apart();
        let (model, total) = (String::new(), Usage::default());
        let (tally, forked, copied) = (Tally::default(), None, None);
        Self {
            file,
            tally,
            actor,
            model,
            total,
            turned: Usage::default(),
            counted: 0,
            begun: 0,
            served: 0,
            forked,
            copied,
            quota: Vec::new(),
            has_meta: false,
            has_copied: false,
            patches: HashMap::new(),
        }
    }

    fn strange(&mut self, desk: &mut Desk, name: &str, payload: &Value) {
        self.tally.unknown += 1;
        self.actor.strange(desk, name, payload.clone());
    }

    fn begin(&mut self, record: &Value, payload: &Value) {
        if std::mem::replace(&mut self.has_meta, true) {
            // A second one is its parent's: what that has done follows, written at once.
            self.copied = self.forked.and(time(record));
            return;
        }
        let program = maybe(&payload["cli_version"]).map(|it| format!("Codex {it}"));
        let program = program.unwrap_or_else(|| "Codex".to_owned());
        self.actor.is_in(&program, text(&payload["id"]), text(&payload["cwd"]));
        let parents = ["forked_from_id", "parent_thread_id"];
        if parents.iter().any(|it| payload[*it].is_string()) {
            self.forked = time(payload).or_else(|| time(record));
        }
    }

    /// Whether a record is of its parent: by its own time, or, where that was told anew,
    /// because it was written in the moment in which the rollout began.
    fn is_copied(&self, record: &Value) -> bool {
        let Some(at) = time(record) else { return false };
        let was_before = self.forked.is_some_and(|it| at <= it) && self.copied.is_some();
        let is_burst = |it: Timestamp| at.duration_since(it).abs() <= MOMENT;
        was_before || self.copied.is_some_and(is_burst)
    }

    fn take_context(&mut self, payload: &Value) {
        text(&payload["model"]).clone_into(&mut self.model);
        self.actor.may(text(&payload["approval_policy"]));
    }

    fn item(&mut self, desk: &mut Desk, payload: &Value, name: &str) {
        let item = items::read(payload);
        if item.is_of_an_answer() && !self.actor.is_answering() {
            self.begin_answer(desk);
        }
        match item {
            Item::Said(words) => self.actor.say(desk, &words),
            Item::Thought(words) => self.actor.think(desk, &words),
            Item::Prompt(words) => self.actor.hear(desk, &words),
            Item::Context(words) => self.actor.note(desk, Level::Note, &words),
            Item::Call { id, tool, title, input } => {
                count(&mut self.tally.calls, tool);
                self.actor.call(desk, (id, tool), &title, &input);
                let changes = patch::changes(&input, |path| self.actor.name(path));
                if !changes.is_empty() && self.patches.len() < PATCHES {
                    self.patches.insert(id.to_owned(), changes);
                }
            }
            Item::Done { tool, title, input } => {
                count(&mut self.tally.calls, tool);
                self.served += 1;
                let id = format!("service {}", self.served);
                self.actor.call(desk, (&id, tool), &title, &input);
                let (ok, text) = (true, String::new());
                self.actor.end_call(desk, Ended { id: &id, ok, text, changes: Vec::new() });
            }
            Item::Ended { id, ok, text } => self.end_call(desk, id, ok, text),
            Item::Quiet => {}
            Item::Strange => self.strange(desk, name, payload),
        }
    }

    fn begin_answer(&mut self, desk: &mut Desk) {
        self.begun += 1;
        let id = format!("answer {}", self.begun);
        self.actor.answer(desk, &id, &self.model.clone());
    }

    fn end_call(&mut self, desk: &mut Desk, id: &str, ok: bool, text: String) {
        self.tally.results += 1;
        if !ok {
            let tool = self.actor.tool_of(id).to_owned();
            count(&mut self.tally.errors, if tool.is_empty() { "?" } else { &tool });
        }
        let changes = self.patches.remove(id).filter(|_| ok).unwrap_or_default();
        self.actor.end_call(desk, Ended { id, ok, text, changes });
    }

    fn event(&mut self, desk: &mut Desk, record: &Value, payload: &Value) {
        match text(&payload["type"]) {
            "token_count" if payload["info"]["prompt"].is_u64() => {
                self.see_turn(desk, record, &payload["info"]);
            }
            "token_count" => {
                self.see_quota(desk, record, &payload["rate_limits"]);
                self.see_total(desk, record, &payload["info"]["total_token_usage"]);
            }
            "turn.completed" => {
                self.see_turn(desk, record, &payload["usage"]);
                self.actor.stops(Stop::End);
                self.actor.end_turn(desk);
            }
            "task_complete" => {
                self.actor.stops(Stop::End);
                self.actor.end_turn(desk);
                self.actor.stands_at(text(&payload["turn_id"]));
            }
            "turn_aborted" => self.actor.interrupt(desk, text(&payload["reason"])),
            "error" => self.actor.note(desk, Level::Trouble, text(&payload["message"])),
            "warning" | "stream_error" => {
                self.actor.note(desk, Level::Warning, text(&payload["message"]));
            }
            "background_event" => self.actor.note(desk, Level::Note, text(&payload["message"])),
            quiet if QUIET.contains(&quiet) => {}
            kind => self.strange(desk, &format!("event_msg/{kind}"), payload),
        }
    }

    /// Takes in what is left of a login's quota, where that says something new: each record
    /// tells of it.
    fn see_quota(&mut self, desk: &mut Desk, record: &Value, told: &Value) {
        let Some(now) = time(record).filter(|_| !self.is_copied(record)) else { return };
        let Some(quota) = codex_windows(told, now) else { return };
        let used: Vec<_> = quota.windows.iter().map(|it| it.used).collect();
        if self.quota != used {
            self.quota = used;
            self.actor.is_granted(desk, quota);
        }
    }

    /// Takes in the total of the thread: what is more than before was used by a call.
    /// A total that falls begins anew.
    fn see_total(&mut self, desk: &mut Desk, record: &Value, told: &Value) {
        if !told.is_object() {
            return;
        }
        self.tally.totals += u64::from(text(&record["type"]) == "event_msg");
        let total = usage(told);
        if total == self.total {
            return;
        }
        let has_fallen = total.total() < self.total.total();
        let before = if has_fallen { Usage::default() } else { self.total };
        self.total = total;
        self.count_call(desk, record, (minus(&total, &before), total.total()));
    }

    /// Takes in what one turn used, as 0.50 to 0.52 wrote it. Where the thread's total is
    /// told as well, that alone is counted.
    fn see_turn(&mut self, desk: &mut Desk, record: &Value, told: &Value) {
        if !told.is_object() || self.total != Usage::default() {
            return;
        }
        self.turned += turn_usage(told);
        let is_told_of = self.actor.is_answering();
        if !is_told_of {
            self.begin_answer(desk);
        }
        self.count_call(desk, record, (turn_usage(told), self.turned.total()));
        if !is_told_of {
            self.actor.end_turn(desk);
        }
    }

    /// Counts what a call used; beside it the total until then, by which a copy of the
    /// record is known.
    fn count_call(&mut self, desk: &mut Desk, record: &Value, (usage, total): (Usage, u64)) {
        let at = time(record);
        if self.is_copied(record) {
            return;
        }
        self.counted += 1;
        let id = format!("call {}", self.counted);
        let parts = vec![Billed { model: None, usage }];
        let (model, tier) = (self.model.as_str(), Tier::Standard);
        // A copy of the rollout tells the same; a fork's own calls come later.
        let (when, sum) = (text(&record["timestamp"]), total.to_string());
        let mark = mark(&[self.actor.session(), when, &sum]);
        desk.see(self.file, &id, Told { model, at, tier, parts, is_over: true, mark });
        self.actor.owe(&id);
    }
}

/// What a turn used; 0.50 told no more of it than two numbers.
fn turn_usage(told: &Value) -> Usage {
    match (tokens(&told["prompt"]), tokens(&told["completion"])) {
        (0, 0) => usage(told),
        (input, output) => Usage { input, output, ..Usage::default() },
    }
}

/// Cached tokens stand in the input, and reasoning in the output.
fn usage(told: &Value) -> Usage {
    let of = |name: &str| tokens(&told[name]);
    let (read, written) = (of("cached_input_tokens"), of("cache_write_input_tokens"));
    Usage {
        input: of("input_tokens").saturating_sub(read + written),
        cache_read: read,
        cache_write_5m: written,
        output: of("output_tokens"),
        reasoning: of("reasoning_output_tokens"),
        ..Usage::default()
    }
}

/// Whether a value is of a rollout.
pub(super) fn is_one(value: &Value) -> bool {
    const KINDS: [&str; 5] =
        ["session_meta", "response_item", "event_msg", "turn_context", "compacted"];
    let is_line = KINDS.contains(&text(&value["type"])) && value["payload"].is_object();
    let is_old = value["type"].is_null()
        && ["id", "timestamp"].iter().all(|it| value[*it].is_string())
        && value.get("instructions").is_some();
    is_line || is_old
}
