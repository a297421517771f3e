//! Who is on stage and how each stands, as an assistant is told.

use crate::{
    model::{Activity, Agent, AgentId, Ask, Author, Millis, Outcome, Stage, Status, Whose, form},
    text::{one_line, sanitise},
};
use serde_json::{Value, json};

/// How much of a brief is told, in columns.
const BRIEF: usize = 400;
/// How much is told of what an agent said at its end, in columns.
const WORDS: usize = 1000;
/// How much is told of what would run, in bytes.
const SHOWN: usize = 4000;

/// All agents of a session, and what there is to know of the session itself.
pub(super) fn told(stage: &Stage, now: Millis) -> Value {
    let totals = stage.totals();
    json!({
        "session": stage.header().session,
        "project": stage.header().project,
        "title": stage.title(),
        "spent": totals.spent.to_string(),
        "spent_elsewhere": totals.elsewhere.to_string(),
        "need_the_director": stage.need_you(now),
        "ended_and_not_looked_at": stage.new_ends(now),
        "agents": stage.agents().map(|it| agent(it, stage, now)).collect::<Vec<_>>(),
    })
}

/// One agent.
pub(super) fn agent(agent: &Agent, stage: &Stage, now: Millis) -> Value {
    let casting = &agent.casting;
    let mut told = json!({
        "agent": agent.id.0,
        "name": casting.name,
        "role": casting.role,
        "status": agent.status().to_string(),
        "for": now.since(agent.since).to_string(),
        "turns": agent.turn.0,
        "spent": agent.spent.to_string(),
        "brief": one_line(&casting.brief, BRIEF),
    });
    let Some(fields) = told.as_object_mut() else { return told };
    let mut tell = |name: &str, value: Value| {
        fields.insert(name.to_owned(), value);
    };
    if !casting.model.is_empty() {
        tell("model", json!(casting.model));
    }
    if agent.status() == Status::Running {
        tell("activity", json!(activity(&agent.activity)));
    }
    if !agent.requests.is_empty() {
        let asks: Vec<_> = agent.requests.iter().map(|it| ask(&it.ask)).collect();
        tell("asks_the_director", json!(asks));
    }
    if agent.is_held() {
        let held = agent.holds.iter().map(
            |it| json!({ "reason": it.reason.to_string(), "by": who(it.by), "note": it.note }),
        );
        tell("held", held.collect());
    }
    let waiting = agent.queued().count();
    if waiting > 0 {
        tell("messages_waiting", json!(waiting));
    }
    if !agent.files.is_empty() {
        tell("files_changed", json!(agent.files.len()));
    }
    for (name, value) in kin(agent, stage) {
        tell(name, value);
    }
    if agent.is_over() {
        let words = match agent.outcome() {
            Some(Outcome::Stopped { by }) => format!("stopped by {}", who(*by)),
            _ => one_line(&agent.last_words(), WORDS),
        };
        tell("last_words", json!(words));
    }
    told
}

/// Whose an agent is, and who belongs to it.
fn kin(agent: &Agent, stage: &Stage) -> Vec<(&'static str, Value)> {
    let mut kin = Vec::new();
    let name = |it: &AgentId| stage.agent(*it).map(|it| it.casting.name.clone());
    if let Some(parent) = stage.parent(agent) {
        kin.push(("works_for", json!(parent.casting.name)));
    }
    if !agent.kin.children.is_empty() {
        kin.push(("has_set_to_work", agent.kin.children.iter().filter_map(name).collect()));
    }
    if let Some((giver, handed)) = stage.handed_by(agent) {
        let from = &giver.casting.name;
        let handed = json!({ "agent": from, "note": one_line(&handed.note, BRIEF) });
        kin.push(("was_handed_off_by", handed));
    }
    if let Some(handed) = &agent.kin.handed_off {
        let next: Vec<_> = agent.kin.successors.iter().filter_map(name).collect();
        kin.push(("has_handed_off", json!({ "to": handed.to, "agents": next })));
    }
    kin
}

/// Who did something, as one is told of it who is not the director.
pub(super) fn who(by: Author) -> String {
    match by {
        Author::Director => "the director".to_owned(),
        Author::User => by.to_string(),
        _ => format!("the {by}"),
    }
}

/// What a running agent does, in words.
fn activity(activity: &Activity) -> String {
    match activity {
        Activity::Ready => "between steps".to_owned(),
        Activity::Preparing { what } => one_line(what, BRIEF),
        Activity::Resting => "waits for its user".to_owned(),
        Activity::Calling => "waits for its model".to_owned(),
        Activity::Thinking => "thinks".to_owned(),
        Activity::Writing => "writes".to_owned(),
        Activity::Tool { title, .. } => one_line(title, BRIEF),
        Activity::Retrying { attempt, most, why, .. } => {
            format!("tries again, {attempt} of {most}: {}", one_line(why, BRIEF))
        }
    }
}

/// What an agent asks of the director.
fn ask(ask: &Ask) -> Value {
    match ask {
        Ask::Approval { tool, shown, reason, .. } => {
            json!({ "approval_of": tool, "shown": cut(shown, SHOWN), "because": reason })
        }
        Ask::Question { text, blanks, .. } if !blanks.is_empty() => json!({
            "question": cut(text, SHOWN),
            "form": form::told(blanks),
        }),
        Ask::Question { text, options, .. } => {
            json!({ "question": cut(text, SHOWN), "options": options })
        }
        Ask::Drift { words, .. } => json!({ "may_be_drifting": cut(words, SHOWN) }),
        Ask::Budget { spent, budget, whose, .. } => {
            let whose = match whose {
                Whose::Own => "the agent",
                Whose::Agent(_) => "the agent it works for",
                Whose::Play(_) => "its script",
                Whose::Role(role) => &format!("the role {role}"),
                Whose::Session => "the session",
                Whose::Day => "all sessions of the day",
                Whose::Project => "all sessions on the project",
            };
            json!({ "budget_of": whose, "spent": spent.to_string(), "budget": budget.to_string() })
        }
    }
}

/// The beginning of a text, and how much more there is of it.
pub(super) fn cut(text: &str, most: usize) -> String {
    let text = &*sanitise(text);
    if text.len() <= most {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(most);
    format!("{}… [{} bytes more]", &text[..end], text.len() - end)
}

/// The agent that is meant: by its number, or by its name, of which the latest counts.
///
/// # Errors
/// When there is none.
pub(super) fn find<'a>(stage: &'a Stage, name: &str) -> Result<&'a Agent, String> {
    let numbered = name.parse().ok().and_then(|id| stage.agent(AgentId(id)));
    let named = || stage.agents().rev().find(|it| it.casting.name == name);
    numbered.or_else(named).ok_or_else(|| {
        let all: Vec<_> = stage.agents().map(|it| it.casting.name.as_str()).collect();
        let all = if all.is_empty() { "nobody".to_owned() } else { all.join(", ") };
        format!("there is no agent `{}`; on stage: {}", one_line(name, 60), one_line(&all, 600))
    })
}
