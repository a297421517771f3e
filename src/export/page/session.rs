//! A session as the player wants it: each agent's log with the times at which it
//! came, and what can be seen at any time.

use crate::{
    compare::aim,
    export::account::{Account, Part, who},
    model::{Agent, AgentId, Cost, Entry, EntryKind, Level, Stage, ToolState},
    text::json,
};
use serde_json::{Value, json};

/// Of what a tool was given or printed, so much is in the page.
const LONGEST: usize = 16 * 1024;

/// Tells a session.
pub(super) fn told(account: &Account) -> Value {
    let (stage, wash) = (&account.stage, &account.wash);
    let header = stage.header();
    let title = match stage.title() {
        "" => format!("session of {}", header.opened.get(..10).unwrap_or("an unknown day")),
        title => title.to_owned(),
    };
    let all = account.parts.iter().filter_map(|(id, part)| Some((stage.agent(*id)?, part)));
    let agents: Vec<_> = all.map(|(it, part)| agent(account, it, part)).collect();
    let asides: Vec<_> = account
        .asides
        .iter()
        .map(|it| {
            let play = it.play.and_then(|id| stage.play(id)).map(|it| it.script.name.clone());
            let text = play.map_or_else(|| it.text.clone(), |name| format!("{name}: {}", it.text));
            json!([it.at, wash.text(&text), it.is_trouble])
        })
        .collect();
    json!({
        "title": wash.text(&title),
        "opened": wash.text(&header.opened),
        "project": wash.text(&header.project),
        "by": wash.text(&header.by),
        "lasted": stage.now(),
        "cost": cost(stage),
        "agents": agents,
        "asides": asides,
        "marks": marks(account),
    })
}

fn agent(account: &Account, agent: &Agent, part: &Part) -> Value {
    let wash = &account.wash;
    let casting = &agent.casting;
    let status: Vec<_> = part.statuses.iter().map(|(at, it)| json!([at, it.to_string()])).collect();
    let spent: Vec<_> = part.spent.iter().map(|(at, it)| json!([at, it.to_string()])).collect();
    let pictures: Vec<_> =
        part.pictures.iter().map(|(at, shown)| json!([at, wash.text(shown)])).collect();
    let instructions: Vec<_> = agent
        .instructions
        .iter()
        .map(|it| {
            let text = wash.text(&it.text);
            json!({ "v": it.version, "by": who(it.by), "at": it.at, "text": text })
        })
        .collect();
    let files: Vec<_> = agent
        .files
        .iter()
        .map(|(path, it)| json!([wash.text(path), it.changes, it.added, it.removed]))
        .collect();
    let turns: Vec<_> = part
        .turns
        .iter()
        .map(|(turn, it)| {
            let (prompt, output) = (it.usage.prompt(), it.usage.output);
            let (model, cost) = (wash.text(&it.model), it.cost.to_string());
            json!([turn, it.at, model, prompt, output, cost, it.is_cut])
        })
        .collect();
    let log: Vec<_> = part.entries().map(|it| entry(account, part, it)).collect();
    json!({
        "name": wash.text(&casting.name),
        "role": wash.text(&casting.role),
        "engine": casting.engine.to_string(),
        "model": wash.text(&casting.model),
        "brief": wash.text(&casting.brief),
        "status": status,
        "spent": spent,
        "pictures": pictures,
        "instructions": instructions,
        "files": files,
        "turns": turns,
        "log": log,
    })
}

/// What all have spent; beside it, what those have who run elsewhere.
fn cost(stage: &Stage) -> String {
    let totals = stage.totals();
    match totals.elsewhere {
        none if none == Cost::default() => totals.spent.to_string(),
        elsewhere => format!("{} + {elsewhere} elsewhere", totals.spent),
    }
}

/// One entry: its time, when it was whole if it came bit by bit, its turn, and what
/// its kind tells.
fn entry(account: &Account, part: &Part, entry: &Entry) -> Value {
    let wash = |text: &str| account.wash.text(text);
    let mut told = match &entry.kind {
        EntryKind::Brief(text) => json!({ "k": "brief", "x": wash(text) }),
        EntryKind::Said { text, cut } => json!({ "k": "said", "x": wash(text), "cut": cut }),
        EntryKind::Thought { text } => json!({ "k": "thought", "x": wash(text) }),
        EntryKind::Tool { .. } => tool(account, &entry.kind),
        EntryKind::Direction { by, text } => {
            json!({ "k": "direction", "by": who(*by), "x": wash(text) })
        }
        EntryKind::Redirect { by, text, state, .. } => {
            json!({ "k": "redirect", "by": who(*by), "x": wash(text), "s": wash(state) })
        }
        EntryKind::Request { text, answer, .. } => {
            json!({ "k": "request", "x": wash(text), "a": answer.as_deref().map(wash) })
        }
        EntryKind::Report { text } => json!({ "k": "report", "x": wash(text) }),
        EntryKind::HandOff { to, note } => {
            json!({ "k": "hand", "to": wash(to), "x": wash(note) })
        }
        EntryKind::Note { level, text } => {
            let level = match level {
                Level::Note => "note",
                Level::Warning => "warning",
                Level::Trouble => "trouble",
            };
            json!({ "k": "note", "l": level, "x": wash(text) })
        }
        EntryKind::Retry { text, why } => {
            json!({ "k": "retry", "x": wash(text), "why": wash(why) })
        }
        EntryKind::End { text, ok } => json!({ "k": "end", "x": wash(text), "ok": ok }),
    };
    told["t"] = json!(entry.at);
    told["n"] = json!(entry.turn);
    let whole = part.whole(entry);
    if whole > entry.at {
        told["e"] = json!(whole);
    }
    told
}

fn tool(account: &Account, kind: &EntryKind) -> Value {
    let EntryKind::Tool { tool, title, input, state, output, bytes, changes, note, .. } = kind
    else {
        return Value::Null;
    };
    let wash = &account.wash;
    let (ok, took) = match state {
        ToolState::Ended { ok, took } => (Some(*ok), took.0),
        ToolState::Called | ToolState::Running(_) | ToolState::Dropped => (None, 0),
    };
    let from = output.ceil_char_boundary(output.len().saturating_sub(LONGEST));
    let input = if input.is_null() { String::new() } else { wash.text(&json::pretty(input)) };
    let mut given = input;
    if given.len() > LONGEST {
        given.truncate(given.floor_char_boundary(LONGEST));
        given.push_str("\n…");
    }
    let files: Vec<_> =
        changes.iter().map(|it| json!([wash.text(&it.path), it.added, it.removed])).collect();
    let mut told = json!({
        "k": "tool",
        "tool": wash.text(tool),
        "x": wash.text(aim(tool, title)),
        "ok": ok,
        "took": took,
        "o": wash.text(output.get(from..).unwrap_or_default()),
    });
    if !given.is_empty() {
        told["i"] = given.into();
    }
    if from > 0 {
        told["left"] = (*bytes).max(output.len() as u64).into();
    }
    if *state == ToolState::Dropped {
        told["dropped"] = true.into();
    }
    if !files.is_empty() {
        told["f"] = files.into();
    }
    if !note.is_empty() {
        told["note"] = wash.text(note).into();
    }
    told
}

/// What the timeline marks, as that of a replay does.
fn marks(account: &Account) -> Vec<Value> {
    let kind = |entry: &Entry| {
        Some(match &entry.kind {
            EntryKind::Direction { .. } | EntryKind::Redirect { .. } => "direction",
            EntryKind::Request { .. } => "request",
            EntryKind::Note { level: Level::Trouble, .. }
            | EntryKind::Retry { .. }
            | EntryKind::End { ok: false, .. } => "trouble",
            EntryKind::End { ok: true, .. } => "end",
            _ => return None,
        })
    };
    let of = |(_, part): (&AgentId, &Part)| -> Vec<_> {
        part.entries().filter_map(|it| Some((it.at, kind(it)?))).collect()
    };
    let mut all: Vec<_> = account.parts.iter().flat_map(of).collect();
    all.sort_unstable();
    all.into_iter().map(|(at, kind)| json!([at, kind])).collect()
}
