//! Where what was read becomes records: numbered, timed, in one order.

use super::bill::{Bill, Told};
use crate::model::{AgentId, CallId, Event, Level, Limits, Millis, Money, Record, Seq};
use jiff::Timestamp;
use std::{
    collections::{BTreeSet, HashSet, VecDeque},
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

/// What all logs share that are shown together.
#[derive(Debug, Default)]
pub(super) struct Seats {
    records: Vec<Record>,
    seq: Seq,
    told: Millis,
    /// When the session opened: the first time that was read.
    opened: Option<Timestamp>,
    now: Millis,
    agents: u32,
    names: BTreeSet<String>,
    /// The marks of the answers that were told of.
    answers: HashSet<u64>,
    /// What the session is called was said; none of its agents says it.
    is_entitled: bool,
}

/// What all readers of one log share.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) bill: Bill,
    seats: Seats,
    tasks: VecDeque<Task>,
    /// The log is followed while it is written.
    is_live: bool,
    /// The calls that have ended, of a log that is followed.
    ended: Vec<(AgentId, CallId)>,
}

impl Seats {
    /// The seats of a session of this title.
    pub(super) fn entitled(title: &str) -> Self {
        let mut seats = Self { is_entitled: true, ..Self::default() };
        let (title, limits) = (title.to_owned(), Limits::default());
        seats.tell(Millis(0), Event::SessionOpened { title, limits });
        seats
    }

    /// The seats of the next of several logs that are read one after the other: of those
    /// before, only the answers are remembered.
    pub(super) fn next(self) -> Self {
        Self { answers: self.answers, ..Self::default() }
    }

    /// Makes an event a record.
    pub(super) fn tell(&mut self, at: Millis, event: Event) {
        self.seq = self.seq.next();
        self.told = self.told.max(at);
        self.records.push(Record { seq: self.seq, at: self.told, event });
    }

    /// The time of what was told last.
    pub(super) const fn latest(&self) -> Millis {
        self.told
    }

    /// What was told since this was asked last.
    pub(super) fn take(&mut self) -> Vec<Record> {
        mem::take(&mut self.records)
    }

    /// How many records wait to be taken.
    pub(super) const fn waiting(&self) -> usize {
        self.records.len()
    }
}

impl Desk {
    pub(super) fn new(bill: Bill) -> Self {
        let (seats, tasks, ended) = (Seats::default(), VecDeque::new(), Vec::new());
        Self { bill, seats, tasks, is_live: false, ended }
    }

    /// The desk of a log that is followed while it is written.
    pub(super) const fn live(mut self) -> Self {
        self.is_live = true;
        self
    }

    /// Changes the seats: several logs take turns with the same ones.
    pub(super) const fn swap(&mut self, seats: &mut Seats) {
        mem::swap(&mut self.seats, seats);
    }

    /// Whether its agents have to say by themselves what the session is called.
    pub(super) const fn is_untitled(&self) -> bool {
        !self.seats.is_entitled
    }

    /// A call has ended: so may whoever it set to work.
    pub(super) fn note_end(&mut self, agent: AgentId, call: CallId) {
        if self.is_live {
            self.ended.push((agent, call));
        }
    }

    /// The calls that have ended since this was asked last.
    pub(super) fn take_ended(&mut self) -> Vec<(AgentId, CallId)> {
        mem::take(&mut self.ended)
    }

    /// Takes note of a time, and says what time it is in the session. It never goes
    /// back: what seems to be earlier happened now.
    pub(super) fn at(&mut self, time: Option<Timestamp>) -> Millis {
        if let Some(time) = time {
            let opened = *self.seats.opened.get_or_insert(time);
            let millis = time.as_millisecond().saturating_sub(opened.as_millisecond());
            let millis = Millis(u64::try_from(millis).unwrap_or(0));
            if millis.since(self.seats.now) <= LONGEST_GAP {
                self.seats.now = self.seats.now.max(millis);
            }
        }
        self.seats.now
    }

    /// The time of what was read last.
    pub(super) const fn now(&self) -> Millis {
        self.seats.now
    }

    /// It is that time of the session now, where a log tells no other.
    pub(super) fn move_to(&mut self, at: Millis) {
        self.seats.now = self.seats.now.max(at);
    }

    /// Makes an event a record.
    pub(super) fn tell(&mut self, at: Millis, event: Event) {
        self.seats.tell(at, event);
    }

    /// Takes in what a record of a file tells of an answer.
    pub(super) fn see(&mut self, file: usize, id: &str, told: Told<'_>) {
        self.bill.see(file, id, told, &mut self.seats.answers);
    }

    /// The log ends here; its own count of its cost is told as its own.
    pub(super) fn close(&mut self, reported: Option<Money>) {
        let now = self.now();
        if let Some(reported) = reported {
            let text = format!(
                "the log itself counts {reported}; what is shown is computed from its tokens"
            );
            self.tell(now, Event::NoticeRaised { level: Level::Note, text });
        }
    }

    /// A number for one more agent.
    pub(super) const fn next_agent(&mut self) -> AgentId {
        self.seats.agents += 1;
        AgentId(self.seats.agents)
    }

    /// A name that no other agent has: `claude`, `claude-2`.
    pub(super) fn unique(&mut self, name: &str) -> String {
        let numbered = (2..).map(|number: u64| format!("{name}-{number}"));
        let mut names = std::iter::once(name.to_owned()).chain(numbered);
        let free = names.find(|it| !self.seats.names.contains(it)).unwrap_or_default();
        self.seats.names.insert(free.clone());
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
