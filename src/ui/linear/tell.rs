//! What is said of a session, line by line, as it happens. A fold beside the stage: what
//! was said once is not said again.

use super::{
    account::{ends, happened},
    need::{Need, is_told},
};
use crate::{
    model::{
        Activity, Agent, AgentId, Delivery, EngineKind, EntryKind, Event, ItemKey, Millis, Record,
        RedirectId, Stage, Status,
    },
    text::{Sanitiser, one_line, sanitise},
};
use std::collections::BTreeMap;

/// So much of an unfinished line is kept, in bytes, before it is told all the same.
const LINE: usize = 4096;
/// What is told of a brief, and of a call, in cells.
const BRIEF: usize = 300;

/// Tells a session in lines.
#[derive(Debug, Default)]
pub struct Teller {
    /// What was said of a line that is not whole yet.
    unsaid: BTreeMap<AgentId, String>,
    /// What a command prints, made safe as it comes.
    printed: BTreeMap<AgentId, Sanitiser>,
    /// What each has said last: its end does not say it again.
    said: BTreeMap<AgentId, String>,
    /// How each was when that was told.
    statuses: BTreeMap<AgentId, Status>,
    /// What needs the director, as it was told.
    needs: Vec<Need>,
    /// How many needs were told.
    count: u32,
    /// Nobody is directed here.
    is_replay: bool,
}

/// All of a session that is over, or stands still.
pub fn through<'a>(
    stage: Stage,
    records: impl Iterator<Item = Record> + 'a,
) -> impl Iterator<Item = String> + 'a {
    let (mut stage, mut teller) = (stage, Teller { is_replay: true, ..Teller::default() });
    records.flat_map(move |record| {
        stage.apply(&record);
        teller.hear(&stage, &record)
    })
}

impl Teller {
    /// One of a session in which nobody is directed, or of a live one.
    pub fn new(is_replay: bool) -> Self {
        Self { is_replay, ..Self::default() }
    }

    /// How a session stands that is come to later.
    pub fn begin(&mut self, stage: &Stage) -> Vec<String> {
        self.statuses = stage.agents().map(|it| (it.id, it.status())).collect();
        self.unsaid.clear();
        if stage.is_untouched() {
            return Vec::new();
        }
        let mut told = self.who(stage, stage.now());
        told.extend(self.tell_needs(stage));
        told.iter().map(|it| sanitise(it).into_owned()).collect()
    }

    /// What a record adds, after the stage has taken it in.
    pub fn hear(&mut self, stage: &Stage, record: &Record) -> Vec<String> {
        let agent = record.event.agent();
        let told = match (&record.event, agent.and_then(|it| stage.agent(it))) {
            (Event::Said { text, .. }, Some(agent)) => self.speak(agent, text),
            (Event::TerminalPrinted { text, .. }, Some(agent)) => {
                let safe = self.printed.entry(agent.id).or_default().push(text.as_bytes());
                self.speak(agent, &safe)
            }
            (event, _) if !is_news(event) => Vec::new(),
            (_, agent) => {
                let mut told = agent.map(|it| self.finish(it)).unwrap_or_default();
                told.extend(self.tell(stage, record));
                told.extend(self.tell_needs(stage));
                told.extend(agent.and_then(|it| self.tell_status(it)));
                told
            }
        };
        told.iter().map(|it| sanitise(it).into_owned()).collect()
    }

    /// What was told under this number, as long as it stands.
    pub fn need(&self, number: u32) -> Option<&Need> {
        self.needs.iter().find(|it| it.number == number)
    }

    /// All that was told and stands.
    pub(super) fn needs_there_are(&self) -> &[Need] {
        &self.needs
    }

    /// Everybody, in a line each.
    pub fn who(&self, stage: &Stage, now: Millis) -> Vec<String> {
        if stage.agents().len() == 0 {
            return vec!["nobody is on stage".to_owned()];
        }
        stage.agents().map(|it| self.of_one(it, stage, now)).collect()
    }

    /// Everything that needs the director, in full.
    pub fn needs(&self, stage: &Stage) -> Vec<String> {
        if self.needs.is_empty() {
            return vec!["nobody needs you".to_owned()];
        }
        self.needs.iter().flat_map(|it| it.told(stage, self.is_replay)).collect()
    }

    fn of_one(&self, agent: &Agent, stage: &Stage, now: Millis) -> String {
        let casting = &agent.casting;
        let role = Some(&casting.role).filter(|it| **it != casting.name);
        let role = role.map(|it| format!(", {it}")).unwrap_or_default();
        let does = match &agent.activity {
            _ if agent.status() != Status::Running => String::new(),
            Activity::Thinking => ", thinking".to_owned(),
            Activity::Writing => ", writing".to_owned(),
            Activity::Calling => ", calling its model".to_owned(),
            Activity::Tool { title, .. } => format!(", {}", one_line(title, 80)),
            Activity::Retrying { until, .. } => format!(", tries again in {}", until.since(now)),
            _ => String::new(),
        };
        let needs = self.needs.iter().filter(|it| it.item.agent() == Some(agent.id));
        let needs: String =
            needs.map(|it| format!("; {}", it.brief(stage, now))).collect::<Vec<_>>().concat();
        let (id, name, status, spent) = (agent.id, &casting.name, agent.status(), agent.spent);
        format!("{id} {name}{role}: {status}{does}, {spent}{needs}")
    }

    /// What an agent says, as far as its lines are whole.
    fn speak(&mut self, agent: &Agent, text: &str) -> Vec<String> {
        let unsaid = self.unsaid.entry(agent.id).or_default();
        unsaid.push_str(text);
        let whole = match unsaid.rfind('\n') {
            Some(end) => unsaid.drain(..=end).collect(),
            None if unsaid.len() > LINE => std::mem::take(unsaid),
            None => return Vec::new(),
        };
        self.say(agent, &whole)
    }

    /// What an agent has said of a line, once something else happens to it.
    fn finish(&mut self, agent: &Agent) -> Vec<String> {
        match self.unsaid.remove(&agent.id) {
            Some(rest) => self.say(agent, &rest),
            None => Vec::new(),
        }
    }

    fn say(&mut self, agent: &Agent, text: &str) -> Vec<String> {
        let said = self.said.entry(agent.id).or_default();
        if said.len() > LINE {
            said.clear();
        }
        said.push_str(text);
        if agent.casting.engine == EngineKind::Pty {
            // What it has written over its line again and again has come to this.
            let last = |it: &str| it.rsplit('␍').find(|it| !it.is_empty()).map(str::to_owned);
            let text = text.lines().filter_map(last).collect::<Vec<_>>().join("\n");
            return lines(&format!("{}: ", agent.casting.name), &text);
        }
        lines(&format!("{}: ", agent.casting.name), text)
    }

    /// Whether an agent has just said this.
    fn has_said(&self, agent: &Agent, words: &str) -> bool {
        let words = words.trim();
        words.is_empty() || self.said.get(&agent.id).is_some_and(|it| it.trim().ends_with(words))
    }

    /// What a record says by itself.
    fn tell(&mut self, stage: &Stage, record: &Record) -> Vec<String> {
        let agent = record.event.agent().and_then(|it| stage.agent(it));
        let Some(agent) = agent else { return tell_of_all(stage, record) };
        let name = &agent.casting.name;
        match &record.event {
            Event::AgentAdded { casting, .. } => {
                let first = casting.brief.lines().find(|it| !it.trim().is_empty());
                let brief = one_line(first.unwrap_or_default(), BRIEF);
                vec![format!("{name} is added, agent {}, {}: {brief}", agent.id, casting.role)]
            }
            Event::ToolCalled { title, .. } => {
                // What it says next is something else.
                self.said.remove(&agent.id);
                vec![format!("{name} calls: {}", one_line(title, BRIEF))]
            }
            Event::ToolEnded { ok: false, text, .. } => {
                vec![format!("{name}: that failed: {}", ends(text))]
            }
            Event::Answered { answer, by, .. } => {
                vec![format!("{name}: answered by {by}: {}", answer.told())]
            }
            Event::AgentEnded { .. } => {
                let ended = format!("{name} has ended: {}, {}", agent.status(), agent.spent);
                let words = agent.last_words();
                if self.has_said(agent, &words) {
                    return vec![ended];
                }
                [vec![ended], lines(&format!("{name}: "), &words)].concat()
            }
            Event::Reported { summary, .. } => self.say(agent, summary),
            Event::RedirectDelivered { .. } => vec![format!("{name} has your message")],
            Event::RedirectFailed { why, redirect, .. } => {
                vec![format!("{name} can't have the message{}: {why}", of(agent, *redirect))]
            }
            Event::RetryScheduled { .. } | Event::Proved { .. } | Event::Drifted { .. } => {
                happened(stage, record).into_iter().collect()
            }
            _ => tell_entry(agent, record),
        }
    }

    /// How an agent stands now, where that is news and nothing else has said so.
    fn tell_status(&mut self, agent: &Agent) -> Option<String> {
        let (now, name) = (agent.status(), &agent.casting.name);
        let before = self.statuses.insert(agent.id, now);
        if before == Some(now) {
            return None;
        }
        match (before, now) {
            (None | Some(Status::Queued | Status::Starting), Status::Running) => {
                Some(format!("{name} is at work"))
            }
            (_, Status::Running) => Some(format!("{name} goes on")),
            (_, Status::Pausing | Status::Paused) => Some(format!("{name} is {now}")),
            _ => None,
        }
    }

    /// What has come to need the director, in full; what does no more is forgotten.
    fn tell_needs(&mut self, stage: &Stage) -> Vec<String> {
        let open: Vec<_> = stage.inbox().into_iter().filter(is_told).collect();
        let is_open = |key: &ItemKey| open.iter().any(|it| it.key == *key);
        self.needs.retain(|it| is_open(&it.item.key));
        let mut told = Vec::new();
        for item in open {
            if self.needs.iter().any(|it| it.item.key == item.key) {
                continue;
            }
            self.count += 1;
            let need = Need::of(self.count, item, stage);
            told.extend(need.told(stage, self.is_replay));
            self.needs.push(need);
        }
        told
    }
}

/// Whether an event can say something, or change who needs whom: what is told bit by bit
/// does not.
const fn is_news(event: &Event) -> bool {
    event.is_decisive() && !matches!(event, Event::ToolStarted { .. } | Event::Checkpointed { .. })
}

/// What concerns no agent alone.
fn tell_of_all(stage: &Stage, record: &Record) -> Vec<String> {
    let told = match &record.event {
        Event::SessionOpened { title, .. } if !title.is_empty() => {
            Some(format!("the session: {}", one_line(title, BRIEF)))
        }
        Event::SessionResumed { by, .. } => Some(format!("the session is taken up by {by}")),
        Event::SessionClosed { why } if why.is_empty() => Some("the session is closed".to_owned()),
        Event::SessionClosed { why } => Some(format!("the session is closed: {why}")),
        Event::SessionBudgetChanged { budget: Some(budget), by } => {
            Some(format!("{by}: the session's budget is {budget}"))
        }
        Event::SessionBudgetChanged { budget: None, by } => {
            Some(format!("{by}: the session has no budget any more"))
        }
        Event::NoticeRaised { text, .. } => Some(one_line(text, BRIEF)),
        _ => happened(stage, record),
    };
    told.into_iter().collect()
}

/// What a record has written into the agent's log.
fn tell_entry(agent: &Agent, record: &Record) -> Vec<String> {
    let name = &agent.casting.name;
    let entry = agent.log.entries().next_back().filter(|it| it.seq == record.seq);
    match entry.map(|it| &it.kind) {
        Some(EntryKind::Direction { by, text }) => lines(&format!("{name}: {by}: "), text),
        Some(EntryKind::Redirect { by, text, .. }) => {
            lines(&format!("{name}: message from {by}: "), text)
        }
        Some(EntryKind::Note { text, .. }) => lines(&format!("{name}: "), text),
        Some(EntryKind::HandOff { to, note }) => {
            lines(&format!("{name} hands off to {to}: "), note)
        }
        _ => Vec::new(),
    }
}

/// The words of a message, in brackets.
fn of(agent: &Agent, id: RedirectId) -> String {
    let redirect = agent.redirect(id).filter(|it| it.delivery != Delivery::TakenBack);
    redirect.map(|it| format!(" ({})", one_line(&it.text, 80))).unwrap_or_default()
}

/// A text in lines, each behind this; empty ones say nothing.
pub(super) fn lines(before: &str, text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim_end).filter(|it| !it.trim().is_empty());
    lines.map(|it| format!("{before}{it}")).collect()
}
