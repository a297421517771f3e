//! A play: one run of a script, as far as it has come.
//!
//! A step is done in *parts*: one, or one for each item that it is done for. A part
//! is tried in *attempts*, and a repeated one in *rounds*. Who is at work is the agent
//! of the latest attempt alone: what an earlier one says late changes nothing.

mod apply;
mod calls;
mod decide;
mod draft;
mod event;
mod finding;
mod keep;
mod order;
mod played;
mod reach;
mod status;

pub use calls::Calls;
pub use decide::{Wish, stop};
pub(super) use decide::{direct, perform};
pub use draft::Draft;
pub use event::PlayEvent;
pub use finding::{Errand, Finding, Heard, Job, Signal};
pub(super) use finding::{found, signalled};
pub use order::Order;
pub use status::PlayStatus;

use super::{
    AgentId, Author, Millis,
    ids::PlayId,
    script::{Failure, Script, Step, Trigger},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

/// One run of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Play {
    /// Which.
    pub id: PlayId,
    /// What is played, in its latest version.
    pub script: Arc<Script>,
    /// How often the script was written, from 1.
    pub version: u32,
    /// What it was given: an object.
    pub inputs: Arc<Value>,
    /// Who began it.
    pub by: Author,
    /// The part of another play that this is; none for one that the director began.
    pub parent: Option<Spot>,
    /// When it began.
    pub began: Millis,
    /// How and when it ended.
    pub end: Option<(Millis, PlayEnd)>,
    /// All is paused: nothing begins until it is let go on.
    pub paused: bool,
    /// Why nothing begins any more, and by whose wish, once that is so.
    pub stopping: Option<(String, Author)>,
    /// The steps, as in the script.
    pub steps: Vec<StepState>,
    /// What the director has put in the place of a step's output, for one that needs
    /// it: by giver and taker.
    pub edited: BTreeMap<(usize, usize), Arc<Value>>,
    agenda: Agenda,
    /// How many steps are not over.
    open: usize,
    order: Arc<Order>,
}

/// A step's place in the script and a part's place in the step.
pub type Place = (usize, usize);

/// Where something is to be decided or waited for: kept by the fold, so that nobody
/// searches ten thousand steps for the next one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Agenda {
    /// The steps that could begin.
    entering: BTreeSet<usize>,
    /// The parts that could be attempted, in the order in which they are.
    ready: BTreeSet<Place>,
    /// The parts that are under way.
    busy: BTreeSet<Place>,
    /// Those of them whose work, or check, has ended.
    ended: BTreeSet<Place>,
    /// The parts that are tried again, and when.
    resting: BTreeSet<(Millis, Place)>,
    /// The steps that stand by to be called, once they have begun.
    standing_by: BTreeSet<usize>,
}

/// How a play ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlayEnd {
    /// Every step is over, and none has failed that was not provided for.
    Succeeded,
    /// Why it has not.
    Failed(String),
    /// Somebody stopped it.
    Stopped(Author),
}

/// A place in a play: a step, or one part of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Spot {
    /// The play.
    pub play: PlayId,
    /// The step's name.
    pub step: String,
    /// The part, from 0; none for a step that is not done for each of something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<u32>,
}

/// Why an agent is there: the part it plays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// Where.
    pub spot: Spot,
    /// In which attempt it began, from 1.
    pub attempt: u32,
    /// What it hands in must fit: a JSON Schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Box<Value>>,
    /// It judges what another has handed in: which check of the step it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judges: Option<u32>,
}

/// How a step stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepState {
    /// How many steps it needs that are not over.
    pub unmet: usize,
    /// How far it has come.
    pub standing: Standing,
    /// Since when.
    pub since: Millis,
    /// When it began.
    pub began: Millis,
    /// The director holds it: it does not begin.
    pub held: bool,
    /// Its gate is open, if it has one.
    pub opened: bool,
    /// Its parts, once it is known how many there are.
    pub parts: Vec<Part>,
    /// How many of them are not over.
    open: usize,
    /// How many of them are under way.
    busy: usize,
}

/// How far a step has come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Standing {
    /// It has not begun.
    #[default]
    Waiting,
    /// It waits for the director to open its gate.
    Gate,
    /// Its parts are known, and not all are over.
    Begun,
    /// All its parts are over; some may have failed.
    Over,
    /// It is not done, and why.
    Skipped(String),
}

/// How a part stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// What it is done for.
    pub item: Option<Arc<Value>>,
    /// How far it has come.
    pub phase: Phase,
    /// Since when.
    pub since: Millis,
    /// The latest attempt, from 1; 0 before the first.
    pub attempt: u32,
    /// How many attempts have counted since it was begun afresh.
    pub tried: u32,
    /// The round of a repeated step, from 1; 0 before the first.
    pub round: u32,
    /// Who is, or was, at work on the latest attempt.
    pub agent: Option<AgentId>,
    /// The play that it is, where another script is played.
    pub play: Option<PlayId>,
    /// What the agent, or the command, has handed in, and is not accepted yet.
    pub handed: Option<Arc<Value>>,
    /// What it came to in the end, or in the round before.
    pub output: Option<Arc<Value>>,
    /// Who judges it, if an agent does.
    pub judge: Option<AgentId>,
    /// What that agent has handed in.
    pub verdict: Option<Arc<Value>>,
    /// How many of its checks hold so far.
    pub checked: u32,
    /// Why the command that does it has failed.
    pub broke: Option<String>,
    /// What has called a standing one since the latest run began: the newest of it.
    pub calls: Calls,
    /// What the latest run was called by.
    pub called_by: Calls,
    /// Something has called it that no run of its own can have changed.
    pub is_called_anew: bool,
    /// How many runs in a row were called by nothing but what had changed while the one
    /// before was under way.
    pub echoes: u32,
    /// Where it listens, and whether it can.
    pub ear: Option<Result<String, String>>,
    /// What does not hold of it.
    pub objection: Option<String>,
    /// How long its agent had been held when the latest attempt began.
    pub held: Millis,
    /// Why the latest attempt failed.
    pub failure: Option<(Failure, String)>,
}

/// How far a part has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Phase {
    /// It has not begun, or begins again.
    #[default]
    Waiting,
    /// Its work is being done.
    Working,
    /// Its work is done and is being checked.
    Checking,
    /// It is tried again at this time.
    Resting(Millis),
    /// A standing one that waits to be called.
    Listening,
    /// It has failed, and the director is asked what now.
    Asking,
    /// It is done.
    Done,
    /// It has failed for good.
    Failed,
    /// It is not done.
    Skipped,
}

/// What becomes of a part when an attempt at it has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Next {
    /// It is tried again after so long.
    Again(Millis),
    /// The director is asked.
    Ask,
    /// It has failed for good.
    Over,
    /// It is a standing one: its next run comes at this time, or when it is called.
    Later(Option<Millis>),
}

impl Next {
    const fn phase(self, now: Millis) -> Phase {
        match self {
            Self::Again(wait) => Phase::Resting(now.plus(wait)),
            Self::Later(Some(at)) => Phase::Resting(at),
            Self::Later(None) => Phase::Listening,
            Self::Ask => Phase::Asking,
            Self::Over => Phase::Failed,
        }
    }
}

impl Spot {
    /// A step that has one part, or all of its parts.
    pub fn step(play: PlayId, step: &str) -> Self {
        Self { play, step: step.to_owned(), part: None }
    }
}

/// As a person names it: `find`, `extract[3]`, counted from 1.
impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.part {
            Some(part) => write!(f, "{}[{}]", self.step, part + 1),
            None => f.write_str(&self.step),
        }
    }
}

impl StepState {
    /// Whether those who need it need wait no longer.
    pub const fn is_over(&self) -> bool {
        matches!(self.standing, Standing::Over | Standing::Skipped(_))
    }

    /// How many of its parts have failed for good.
    pub fn failed(&self) -> usize {
        self.parts.iter().filter(|it| it.phase == Phase::Failed).count()
    }

    /// How many of its parts are done.
    pub fn done(&self) -> usize {
        self.parts.iter().filter(|it| it.phase == Phase::Done).count()
    }

    /// How many of its parts are under way.
    pub const fn busy(&self) -> usize {
        self.busy
    }
}

impl Part {
    /// Whether it waits for another run, or another attempt.
    pub const fn is_between_runs(&self) -> bool {
        matches!(self.phase, Phase::Listening | Phase::Resting(_))
    }
}

impl Phase {
    /// Whether somebody, or something, is at work on it.
    pub const fn is_under_way(self) -> bool {
        matches!(self, Self::Working | Self::Checking)
    }

    /// Whether nothing more comes of it by itself.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Skipped)
    }
}

impl Play {
    /// Whether it has ended.
    pub const fn is_over(&self) -> bool {
        self.end.is_some()
    }

    /// Where a step stands in the script.
    pub fn place(&self, step: &str) -> Option<usize> {
        self.order.place(step)
    }

    /// Which steps need which.
    pub fn order(&self) -> &Order {
        &self.order
    }

    /// The place of a spot: of its step, and of its part in that.
    pub fn find(&self, spot: &Spot) -> Option<Place> {
        Some((self.place(&spot.step)?, spot.part.unwrap_or(0) as usize))
    }

    /// The part of that place.
    pub fn part(&self, (step, part): Place) -> Option<&Part> {
        self.steps.get(step)?.parts.get(part)
    }

    /// The step of that place, as the script has it.
    pub fn step(&self, step: usize) -> Option<&Step> {
        self.script.steps.get(step)
    }

    /// What a place is called.
    pub fn spot(&self, (step, part): Place) -> Option<Spot> {
        let step = self.step(step)?;
        let part = step.for_each.as_ref().and_then(|_| u32::try_from(part).ok());
        Some(Spot { play: self.id, step: step.name.clone(), part })
    }

    /// What a step has come to: of one that is done for each of something, the list of
    /// what its parts did, without those that failed.
    pub fn output(&self, place: usize) -> Value {
        let (Some(step), Some(state)) = (self.step(place), self.steps.get(place)) else {
            return Value::Null;
        };
        let done = state.parts.iter().filter(|it| it.phase == Phase::Done);
        let mut outputs = done.map(|it| it.output.as_deref().cloned().unwrap_or_default());
        match step.for_each {
            Some(_) => Value::Array(outputs.collect()),
            None => outputs.next().unwrap_or_default(),
        }
    }

    /// The step that could begin next.
    pub fn entering(&self) -> Option<usize> {
        self.agenda.entering.first().copied()
    }

    /// The parts that could be attempted, the first one first.
    pub fn ready(&self) -> impl Iterator<Item = Place> {
        self.agenda.ready.iter().copied()
    }

    /// The first of them at or after this place.
    pub fn ready_from(&self, place: Place) -> Option<Place> {
        self.agenda.ready.range(place..).next().copied()
    }

    /// The parts that are under way.
    pub fn busy(&self) -> impl ExactSizeIterator<Item = Place> {
        self.agenda.busy.iter().copied()
    }

    /// The part under way whose work, or check, has ended first in the script.
    pub fn ended(&self) -> Option<Place> {
        self.agenda.ended.first().copied()
    }

    /// The parts that are tried again, and when; the first one first.
    pub fn resting(&self) -> impl Iterator<Item = (Millis, Place)> {
        self.agenda.resting.iter().copied()
    }

    /// The steps that stand by to be called: begun, and not over.
    pub fn standing_by(&self) -> impl Iterator<Item = (usize, &Trigger)> {
        let steps = self.agenda.standing_by.iter().copied();
        steps.filter_map(|it| Some((it, self.step(it)?.again.as_ref()?)))
    }

    /// How many steps are not over.
    pub const fn open(&self) -> usize {
        self.open
    }

    /// Since when a step waits for the director: at its gate, or with the part that has
    /// failed first.
    pub fn asking_since(&self, step: usize) -> Option<Millis> {
        let step = self.steps.get(step)?;
        if step.standing == Standing::Gate {
            return Some(step.since);
        }
        let asking = step.parts.iter().filter(|it| it.phase == Phase::Asking);
        asking.map(|it| it.since).min()
    }

    /// The steps that wait for the director, in the order of the script: at their
    /// gates, or with a failure.
    pub fn asking(&self) -> impl Iterator<Item = usize> {
        let is_asking = |it: &StepState| {
            it.standing == Standing::Gate || it.parts.iter().any(|it| it.phase == Phase::Asking)
        };
        let steps = if self.is_over() { &[] } else { self.steps.as_slice() };
        steps.iter().enumerate().filter(move |(_, it)| is_asking(it)).map(|(place, _)| place)
    }
}
