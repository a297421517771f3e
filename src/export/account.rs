//! A session as a whole, for formats that tell it at length: how it ended, what every
//! agent said and did, when, and what each turn cost.

use super::{Recording, wash::Wash};
use crate::{
    model::{
        AgentId, Author, Cost, EngineKind, Entry, EntryKind, Event, Log, LogBounds, Millis, PlayId,
        Record, Seq, Stage, Status, Turn, Usage, play::PlayEvent,
    },
    text::terminal::{Emulator, Follower},
};
use std::{collections::BTreeMap, sync::Arc};

/// How much of one text is kept: of longer ones the end.
const TEXT: usize = 256 * 1024;
/// How much of what a command printed is kept until its screen is looked at.
const PRINTED: usize = 256 * 1024;
/// So many pictures of a terminal are taken, and so far apart at first.
const PICTURES: usize = 256;
const APART: Millis = Millis(1000);

/// A session, told.
#[derive(Debug)]
pub(super) struct Account {
    /// How it stands at the end; without logs.
    pub(super) stage: Stage,
    /// What each agent did, in the order in which they were cast.
    pub(super) parts: BTreeMap<AgentId, Part>,
    /// What belongs to no agent, in its order.
    pub(super) asides: Vec<Aside>,
    pub(super) wash: Wash,
}

/// What one agent did.
#[derive(Debug)]
pub(super) struct Part {
    /// All of its log.
    log: Log,
    /// When an entry that was told bit by bit was whole.
    whole: BTreeMap<Seq, Millis>,
    pub(super) turns: BTreeMap<Turn, Told>,
    /// How it stood, from when on.
    pub(super) statuses: Vec<(Millis, Status)>,
    /// What it had spent, from when on.
    pub(super) spent: Vec<(Millis, Cost)>,
    /// What its terminal showed, from when on.
    pub(super) pictures: Vec<(Millis, String)>,
    terminal: Option<Follower>,
    apart: Millis,
}

/// One turn.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    pub(super) at: Millis,
    pub(super) model: String,
    pub(super) usage: Usage,
    pub(super) cost: Cost,
    pub(super) is_cut: bool,
}

/// Something that belongs to no agent.
#[derive(Debug, Clone)]
pub(super) struct Aside {
    pub(super) at: Millis,
    pub(super) play: Option<PlayId>,
    pub(super) text: String,
    /// It is about something that went wrong.
    pub(super) is_trouble: bool,
}

impl Account {
    /// Reads all of a recording.
    pub(super) fn of(recording: &Recording) -> Self {
        let stage = Stage::new(recording.header()).without_logs().without_trails();
        let (parts, asides, wash) = (BTreeMap::new(), Vec::new(), recording.wash());
        let mut account = Self { stage, parts, asides, wash };
        for (_, record) in recording.records() {
            account.take(&record);
        }
        account.parts.values_mut().for_each(Part::finish);
        account
    }

    fn take(&mut self, record: &Record) {
        self.stage.apply(record);
        let Some(id) = record.event.agent() else {
            self.asides.extend(aside(record));
            return;
        };
        let Some(agent) = self.stage.agent(id) else { return };
        let part = self.parts.entry(id).or_insert_with(Part::new);
        part.take(record);
        let (status, spent) = (agent.status(), agent.spent);
        if part.statuses.last().is_none_or(|(_, it)| *it != status) {
            part.statuses.push((record.at, status));
        }
        if part.spent.last().map_or(Cost::default(), |(_, it)| *it) != spent {
            part.spent.push((record.at, spent));
        }
        if agent.casting.engine == EngineKind::Pty {
            part.picture(record.at);
        }
    }

    /// The name of an agent.
    pub(super) fn name(&self, id: AgentId) -> String {
        let name = self.stage.agent(id).map(|it| self.wash.text(&it.casting.name));
        name.unwrap_or_else(|| format!("agent {id}"))
    }

    /// What somebody did to an agent, in its order.
    pub(super) fn directions(&self) -> Vec<(AgentId, &Entry)> {
        let all = self.parts.iter().flat_map(|(id, part)| part.entries().map(|it| (*id, it)));
        let is_one = |entry: &Entry| {
            matches!(
                entry.kind,
                EntryKind::Direction { .. }
                    | EntryKind::Redirect { .. }
                    | EntryKind::Request { .. }
            )
        };
        let mut found: Vec<_> = all.filter(|(_, it)| is_one(it)).collect();
        found.sort_by_key(|(_, it)| it.seq);
        found
    }
}

impl Part {
    fn new() -> Self {
        let bounds = LogBounds { entries: usize::MAX, text: TEXT, printed: PRINTED };
        Self {
            log: Log::new(bounds),
            whole: BTreeMap::new(),
            turns: BTreeMap::new(),
            statuses: Vec::new(),
            spent: Vec::new(),
            pictures: Vec::new(),
            terminal: None,
            apart: APART,
        }
    }

    /// All that its log tells, oldest first.
    pub(super) fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.log.entries().map(Arc::as_ref)
    }

    /// When an entry was whole.
    pub(super) fn whole(&self, entry: &Entry) -> Millis {
        self.whole.get(&entry.seq).copied().unwrap_or(entry.at).max(entry.at)
    }

    fn take(&mut self, record: &Record) {
        self.log.apply(record);
        if let Some(seq) = self.touched(&record.event) {
            self.whole.insert(seq, record.at);
        }
        match &record.event {
            // A program says which model plays it when its first turn has begun.
            Event::Linked { model, .. } => {
                if let Some(mut told) = self.turns.last_entry()
                    && told.get().model.is_empty()
                {
                    told.get_mut().model.clone_from(model);
                }
            }
            Event::TurnStarted { turn, model, .. } => {
                let told = self.turns.entry(*turn).or_default();
                told.model.clone_from(model);
                told.at = if told.at == Millis(0) { record.at } else { told.at };
                told.is_cut = false;
            }
            Event::TurnEnded { turn, usage, cost, .. }
            | Event::TurnCut { turn, usage, cost, .. } => {
                let told = self.turns.entry(*turn).or_default();
                told.usage += *usage;
                told.cost += *cost;
                told.is_cut = matches!(record.event, Event::TurnCut { .. });
            }
            _ => {}
        }
    }

    /// The entry that an event adds to, or settles.
    fn touched(&self, event: &Event) -> Option<Seq> {
        let latest = |is_it: &dyn Fn(&EntryKind) -> bool| {
            self.log.entries().rev().find(|it| is_it(&it.kind)).map(|it| it.seq)
        };
        match event {
            Event::Said { .. } => latest(&|it| matches!(it, EntryKind::Said { .. })),
            Event::Thought { .. } => latest(&|it| matches!(it, EntryKind::Thought { .. })),
            Event::ToolPrinted { call: id, .. } | Event::ToolEnded { call: id, .. } => {
                latest(&|it| matches!(it, EntryKind::Tool { call, .. } if call == id))
            }
            Event::Answered { request: id, .. } => {
                latest(&|it| matches!(it, EntryKind::Request { request, .. } if request == id))
            }
            Event::RedirectEdited { redirect: id, .. }
            | Event::RedirectSent { redirect: id, .. }
            | Event::RedirectTakenBack { redirect: id, .. }
            | Event::RedirectDelivered { redirect: id, .. }
            | Event::RedirectFailed { redirect: id, .. } => {
                latest(&|it| matches!(it, EntryKind::Redirect { redirect, .. } if redirect == id))
            }
            _ => None,
        }
    }

    /// Takes a picture of its terminal, if the last one was taken long enough ago. Of a
    /// long session they are further apart.
    fn picture(&mut self, at: Millis) {
        let is_due = self.pictures.last().is_none_or(|(last, _)| at.since(*last) >= self.apart);
        if !is_due {
            return self.keep_up();
        }
        self.shoot(at);
        if self.pictures.len() >= PICTURES {
            let mut nth = 0_usize;
            self.pictures.retain(|_| {
                nth += 1;
                nth % 2 == 1
            });
            self.apart = Millis(self.apart.0 * 2);
        }
    }

    /// Takes in what would be lost before the next picture.
    fn keep_up(&mut self) {
        let Some(printed) = self.log.printed() else { return };
        if Follower::would_lose(self.terminal.as_ref(), printed) {
            let begin = || Follower::new(Emulator::new(printed.size(), 0), printed);
            self.terminal.get_or_insert_with(begin).take_in(printed);
        }
    }

    fn shoot(&mut self, at: Millis) {
        let Some(printed) = self.log.printed() else { return };
        let begin = || Follower::new(Emulator::new(printed.size(), 0), printed);
        let terminal = self.terminal.get_or_insert_with(begin);
        terminal.take_in(printed);
        let emulator = terminal.emulator();
        let rows = (0..isize::try_from(emulator.size().1).unwrap_or_default())
            .map(|row| emulator.row(row).text().trim_end().to_owned());
        let shown = rows.collect::<Vec<_>>().join("\n").trim_end().to_owned();
        if self.pictures.last().is_none_or(|(_, last)| *last != shown) {
            self.pictures.push((at, shown));
        }
    }

    fn finish(&mut self) {
        if let Some((last, _)) = self.statuses.last()
            && self.log.printed().is_some()
        {
            self.shoot(*last);
        }
    }
}

/// Who did something, for others to read: nobody who reads this is "you".
pub(super) fn who(by: Author) -> String {
    match by {
        Author::Director => "director".to_owned(),
        other => other.to_string(),
    }
}

/// Something that belongs to no agent, in words.
fn aside(record: &Record) -> Option<Aside> {
    let (play, text, is_trouble) = match &record.event {
        Event::NoticeRaised { level, text } => {
            (None, text.clone(), *level != crate::model::Level::Note)
        }
        Event::SessionResumed { by, .. } => (None, format!("taken up again by {by}"), false),
        Event::SessionClosed { why } => (None, format!("closed: {why}"), false),
        Event::SessionBudgetChanged { budget: Some(budget), by } => {
            (None, format!("{}: budget of the session is now {budget}", who(*by)), false)
        }
        Event::SessionBudgetChanged { budget: None, by } => {
            (None, format!("{}: budget of the session lifted", who(*by)), false)
        }
        Event::Budgeted { event } => (None, event.told()?, false),
        Event::Play { play, event } => match event.as_ref() {
            PlayEvent::CheckEnded { spot, check, ok, why, .. } => {
                (Some(*play), checked(&spot.to_string(), *check, *ok, why), !ok)
            }
            event => (Some(*play), event.told()?, matches!(event, PlayEvent::Failed { .. })),
        },
        _ => return None,
    };
    Some(Aside { at: record.at, play, text, is_trouble })
}

fn checked(spot: &str, check: u32, ok: bool, why: &str) -> String {
    let why = if why.is_empty() { String::new() } else { format!(": {why}") };
    let came = if ok { "holds" } else { "does not hold" };
    format!("{spot}: check {} {came}{why}", check.saturating_add(1))
}
