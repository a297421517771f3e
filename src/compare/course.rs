//! The course that an agent took: its steps, folded from its records.

use super::{Step, What, loose::Loose, telling::Stand};
use crate::model::{
    AgentId, Answer, Author, Cost, EntryKind, Event, Log, LogBounds, Millis, Outcome, Record,
    RedirectId, ToolState, Turn,
};
use std::collections::{BTreeMap, VecDeque};

/// So many steps of one agent are kept: what comes behind them is counted.
pub const MOST: usize = 2000;
/// How much of a turn is kept until it is whole.
const BOUNDS: LogBounds = LogBounds { entries: 256, text: 64 * 1024, printed: 0 };
/// So many turns wait for results of calls at once; then the oldest is taken as it is.
const OPEN: usize = 8;
/// How much of an answer is kept: the end, in bytes.
const ANSWER: usize = 64 * 1024;

/// The course of one agent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Course {
    /// Its steps, in their order.
    pub steps: Vec<Step>,
    /// How many more there are, which are not kept.
    pub cut: u32,
    /// What it said or reported last.
    pub answer: String,
}

/// Folds the records of one agent into its course. Total, as every fold of events.
#[derive(Debug, Default)]
pub struct Scribe {
    course: Course,
    loose: Loose,
    waiting: VecDeque<Waiting>,
    turn: Turn,
    /// Who wrote the messages that are not delivered.
    writers: BTreeMap<RedirectId, Author>,
    /// Who wanted it cut last.
    interrupter: Option<Author>,
}

/// A step that is not written down yet, because one before it may still change.
#[derive(Debug)]
enum Waiting {
    Told(Box<Step>),
    Turn(Box<Open>),
}

/// A turn that may still change.
#[derive(Debug)]
struct Open {
    stand: Stand,
    until: Millis,
    log: Log,
    cost: Cost,
}

impl Scribe {
    /// Goes on with the steps of another agent, up to where a take of it begins: what was
    /// said and done before this turn.
    pub(super) fn after(mut course: Course, turn: Turn) -> Self {
        let stays =
            course.steps.iter().position(|it| it.turn >= turn).unwrap_or(course.steps.len());
        course.steps.truncate(stays);
        (course.cut, course.answer) = (0, String::new());
        Self { course, ..Self::default() }
    }

    /// Takes it that this folder is where the agent works.
    pub fn works_in(&mut self, folder: &str) {
        self.loose.works_in(folder);
    }

    /// Writes down something that it was told where its records say nothing of it.
    pub(super) fn note(&mut self, at: (u64, &Record), (what, turn): (What, Turn), text: &str) {
        self.tell_before(at, turn, (what, Author::Director), text);
    }

    /// Takes in the next record, which begins at this place of the journal.
    pub fn apply(&mut self, place: u64, record: &Record) {
        let at = (place, record);
        match &record.event {
            Event::AgentAdded { casting, by, .. } => {
                self.loose.works_in(&casting.workspace);
                if self.course.steps.is_empty() {
                    self.tell(at, (What::Brief, *by), &casting.brief);
                }
            }
            Event::WorkspaceMade { tree, .. } => {
                self.loose.works_in(&tree.path);
                self.loose.works_in(&tree.root);
            }
            Event::TurnStarted { turn, again, .. } => self.begin(at, *turn, *again),
            Event::TurnEnded { cost, .. } | Event::TurnCut { cost, .. } => self.settle(at, *cost),
            Event::ToolStarted { .. } | Event::ToolPrinted { .. } | Event::ToolEnded { .. } => {
                self.take_result(at);
            }
            Event::AgentEnded { outcome: Outcome::Succeeded { summary }, .. } => {
                if self.course.answer.is_empty() && !self.has_said() {
                    self.course.answer.clone_from(summary);
                }
            }
            Event::RedirectWritten { redirect, by, .. } => {
                self.writers.insert(*redirect, *by);
            }
            Event::RedirectDelivered { redirect, turn, text, .. } => {
                let by = self.writers.remove(redirect).unwrap_or_default();
                self.tell_before(at, *turn, (What::Message, by), text);
            }
            Event::InterruptAsked { by, .. } => self.interrupter = Some(*by),
            Event::Interrupted { what, .. } => {
                let by = self.interrupter.take().unwrap_or_default();
                self.tell(at, (What::Interrupt, by), what);
            }
            event => match told(event) {
                Some((what, by, text)) => self.tell(at, (what, by), &text),
                None if is_of_turn(event) => self.take_in(at),
                None => {}
            },
        }
        self.write_down(OPEN);
    }

    /// All of it: what is still under way as it is now.
    pub fn finish(mut self) -> Course {
        while let Some(next) = self.waiting.pop_front() {
            self.write(next);
        }
        self.course
    }

    fn tell(&mut self, at: (u64, &Record), told: (What, Author), text: &str) {
        self.tell_before(at, self.turn, told, text);
    }

    /// Writes down what it was told, and which turn is the first to know of it.
    fn tell_before(&mut self, at: (u64, &Record), turn: Turn, told: (What, Author), text: &str) {
        let stand = Stand { turn, ..self.stand(at) };
        let step = stand.told(told, text, &self.loose);
        self.waiting.push_back(Waiting::Told(Box::new(step)));
    }

    fn stand(&self, (place, record): (u64, &Record)) -> Stand {
        let agent = record.event.agent().unwrap_or(AgentId(0));
        Stand { agent, turn: self.turn, at: record.at, place: place..=place }
    }

    fn begin(&mut self, at: (u64, &Record), turn: Turn, again: bool) {
        let goes_on = again && self.last_open().is_some_and(|it| it.stand.turn == turn);
        self.turn = turn;
        if !goes_on {
            self.open(at);
        }
        self.take_in(at);
    }

    fn open(&mut self, at: (u64, &Record)) {
        let (stand, until) = (self.stand(at), at.1.at);
        let (log, cost) = (Log::new(BOUNDS), Cost::default());
        self.waiting.push_back(Waiting::Turn(Box::new(Open { stand, until, log, cost })));
    }

    fn last_open(&mut self) -> Option<&mut Open> {
        self.waiting.iter_mut().rev().find_map(Waiting::as_open)
    }

    fn take_in(&mut self, at: (u64, &Record)) {
        if self.last_open().is_none() {
            self.open(at);
        }
        if let Some(open) = self.last_open() {
            open.take(at);
        }
    }

    /// A call may end in a later turn than the one that asked for it.
    fn take_result(&mut self, at: (u64, &Record)) {
        let (Event::ToolStarted { call, .. }
        | Event::ToolPrinted { call, .. }
        | Event::ToolEnded { call, .. }) = &at.1.event
        else {
            return;
        };
        let has_it = |open: &Open| {
            let mut entries = open.log.entries();
            entries.any(|it| matches!(&it.kind, EntryKind::Tool { call: its, .. } if its == call))
        };
        let of_it =
            self.waiting.iter_mut().rev().filter_map(Waiting::as_open).find(|it| has_it(it));
        if let Some(open) = of_it {
            open.take(at);
        }
    }

    fn settle(&mut self, at: (u64, &Record), cost: Cost) {
        self.take_in(at);
        if let Some(open) = self.last_open() {
            open.cost += cost;
        }
    }

    /// Writes down what can't change any more; so much may wait.
    fn write_down(&mut self, most: usize) {
        while self.waiting.len() > 1 {
            let is_done = match self.waiting.front() {
                Some(Waiting::Turn(open)) => !open.is_running(),
                _ => true,
            };
            if !is_done && self.waiting.len() <= most {
                return;
            }
            if let Some(next) = self.waiting.pop_front() {
                self.write(next);
            }
        }
    }

    fn has_said(&mut self) -> bool {
        self.waiting.iter_mut().filter_map(Waiting::as_open).any(|it| !it.answer().is_empty())
    }

    fn write(&mut self, waiting: Waiting) {
        let step = match waiting {
            Waiting::Told(step) => *step,
            Waiting::Turn(open) => {
                let answer = open.answer();
                if !answer.is_empty() {
                    self.course.answer = answer;
                }
                open.step(&self.loose)
            }
        };
        if self.course.steps.len() < MOST {
            self.course.steps.push(step);
        } else {
            self.course.cut = self.course.cut.saturating_add(1);
        }
    }
}

impl Waiting {
    const fn as_open(&mut self) -> Option<&mut Open> {
        match self {
            Self::Turn(open) => Some(open),
            Self::Told(_) => None,
        }
    }
}

impl Open {
    fn take(&mut self, (place, record): (u64, &Record)) {
        let start = *self.stand.place.start();
        self.stand.place = start..=place.max(start);
        self.until = self.until.max(record.at);
        self.log.apply(record);
    }

    /// Whether a call of it has not ended.
    fn is_running(&self) -> bool {
        let runs = |state: &ToolState| matches!(state, ToolState::Called | ToolState::Running(_));
        let mut entries = self.log.entries();
        entries.any(|it| matches!(&it.kind, EntryKind::Tool { state, .. } if runs(state)))
    }

    /// What it said or reported last.
    fn answer(&self) -> String {
        let texts = self.log.entries().rev().filter_map(|it| match &it.kind {
            EntryKind::Said { text, cut: false } | EntryKind::Report { text } => Some(text),
            _ => None,
        });
        let found = texts.map(|it| it.trim()).find(|it| !it.is_empty()).unwrap_or_default();
        let from = found.len().saturating_sub(ANSWER);
        let from = (from..=found.len()).find(|it| found.is_char_boundary(*it)).unwrap_or(0);
        found.get(from..).unwrap_or_default().to_owned()
    }

    fn step(self, loose: &Loose) -> Step {
        let entries: Vec<_> = self.log.entries().map(AsRef::as_ref).collect();
        let took = self.until.since(self.stand.at);
        self.stand.turn(&entries, (self.cost, took), loose)
    }
}

/// Whether an event is something that an agent does in a turn.
const fn is_of_turn(event: &Event) -> bool {
    matches!(
        event,
        Event::Said { .. }
            | Event::Thought { .. }
            | Event::ToolCalled { .. }
            | Event::Reported { .. }
            | Event::HandedOff { .. }
    )
}

/// What an event tells an agent, or does to it, that its model comes to know.
fn told(event: &Event) -> Option<(What, Author, String)> {
    Some(match event {
        Event::InstructionsEdited { text, by, .. } => (What::Instructions, *by, text.clone()),
        Event::BriefEdited { text, by, .. } => (What::Brief, *by, text.clone()),
        Event::ModelChanged { model, by, .. } => (What::Model, *by, model.clone()),
        Event::Answered { answer: Answer::Said { text }, by, .. } => {
            (What::Answer, *by, text.clone())
        }
        Event::Answered { answer: Answer::Denied { why }, by, .. } => {
            let denied =
                if why.is_empty() { "denied".to_owned() } else { format!("denied: {why}") };
            (What::Answer, *by, denied)
        }
        Event::Rewound { to, from, by, .. } => {
            (What::Rewind, *by, format!("turns {} to {from} are undone", to.next()))
        }
        Event::RewindUndone { to, by, .. } => {
            (What::Rewind, *by, format!("done again, up to turn {to}"))
        }
        _ => return None,
    })
}
