//! Where what was read becomes records: numbered, timed, in one order.

use super::bill::Bill;
use crate::model::{AgentId, CallId, Event, Level, Millis, Money, Record, Seq};
use jiff::Timestamp;
use std::{
    collections::{BTreeSet, VecDeque},
    mem,
};

/// A time that is further from the one before it is damage.
const LONGEST_GAP: Millis = Millis(10 * 366 * 24 * 60 * 60 * 1000);

/// So many calls that may have set an agent to work are remembered.
const TASKS: usize = 1000;

/// A call that may have set another agent to work.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) agent: AgentId,
    pub(super) call: CallId,
    /// The program's name of the call.
    pub(super) id: String,
    /// What that agent is told.
    pub(super) prompt: String,
}

/// What all readers of one log share.
#[derive(Debug)]
pub(super) struct Desk<'prices> {
    pub(super) bill: Bill<'prices>,
    records: Vec<Record>,
    seq: Seq,
    told: Millis,
    /// When the session opened: the first time that was read.
    opened: Option<Timestamp>,
    now: Millis,
    agents: u32,
    names: BTreeSet<String>,
    tasks: VecDeque<Task>,
}

impl<'prices> Desk<'prices> {
    pub(super) const fn new(bill: Bill<'prices>) -> Self {
        Self {
            bill,
            records: Vec::new(),
            seq: Seq(0),
            told: Millis(0),
            opened: None,
            now: Millis(0),
            agents: 0,
            names: BTreeSet::new(),
            tasks: VecDeque::new(),
        }
    }

    /// Takes note of a time, and says what time it is in the session. It never goes
    /// back: what seems to be earlier happened now.
    pub(super) fn at(&mut self, time: Option<Timestamp>) -> Millis {
        if let Some(time) = time {
            let opened = *self.opened.get_or_insert(time);
            let millis = time.as_millisecond().saturating_sub(opened.as_millisecond());
            let millis = Millis(u64::try_from(millis).unwrap_or(0));
            if millis.since(self.now) <= LONGEST_GAP {
                self.now = self.now.max(millis);
            }
        }
        self.now
    }

    /// The time of what was read last.
    pub(super) const fn now(&self) -> Millis {
        self.now
    }

    /// Makes an event a record.
    pub(super) fn tell(&mut self, at: Millis, event: Event) {
        self.seq = self.seq.next();
        self.told = self.told.max(at);
        self.records.push(Record { seq: self.seq, at: self.told, event });
    }

    /// What was told since this was asked last.
    pub(super) fn take(&mut self) -> Vec<Record> {
        mem::take(&mut self.records)
    }

    /// How many records wait to be taken.
    pub(super) const fn told(&self) -> usize {
        self.records.len()
    }

    /// The log ends here; its own count of its cost is told as its own.
    pub(super) fn close(&mut self, reported: Option<Money>) {
        let now = self.now;
        if let Some(reported) = reported {
            let text = format!(
                "the log itself counts {reported}; what is shown is computed from its tokens"
            );
            self.tell(now, Event::NoticeRaised { level: Level::Note, text });
        }
        self.tell(now, Event::SessionClosed { why: "the log ends here".to_owned() });
    }

    /// A number for one more agent.
    pub(super) const fn next_agent(&mut self) -> AgentId {
        self.agents += 1;
        AgentId(self.agents)
    }

    /// A name that no other agent has: `claude`, `claude-2`.
    pub(super) fn unique(&mut self, name: &str) -> String {
        let numbered = (2..).map(|number: u64| format!("{name}-{number}"));
        let mut names = std::iter::once(name.to_owned()).chain(numbered);
        let free = names.find(|it| !self.names.contains(it)).unwrap_or_default();
        self.names.insert(free.clone());
        free
    }

    /// Remembers a call that may set another agent to work.
    pub(super) fn remember(&mut self, task: Task) {
        self.tasks.push_back(task);
        if self.tasks.len() > TASKS {
            self.tasks.pop_front();
        }
    }

    /// The call that has set an agent to work: by its name, or by what it was told.
    pub(super) fn task(&mut self, id: &str, prompt: &str) -> Option<Task> {
        let named = self.tasks.iter().position(|it| !id.is_empty() && it.id == id);
        let prompt = prompt.trim();
        let is_alike = |it: &Task| !prompt.is_empty() && it.prompt == prompt;
        let place = named.or_else(|| self.tasks.iter().position(is_alike))?;
        self.tasks.remove(place)
    }
}
