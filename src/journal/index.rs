//! What is known of a journal without reading it again.

use super::{
    curve::{Curve, Sample},
    outline::{Outline, outline},
    parse::Place,
    sources::Sources,
};
use crate::model::{
    AgentId, Author, Event, Level, Millis, Outcome, Record, Seq, Stage, play::PlayEvent,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// How far checkpoints stand apart: what can be folded again within a frame,
/// beside reading a stage's logs.
const FAR: u64 = 3 << 20;
const NEAR: u64 = 1 << 20;
/// How many there are in a journal that is not large.
const CHECKPOINTS: u64 = 256;
/// What all checkpoints together may weigh, in bytes, roughly. When they weigh
/// more, every other one goes.
const WEIGHT: usize = 192 << 20;
/// How many markers are kept. When there are more, every other one goes that is
/// not an end.
const MARKERS: usize = 1 << 16;
/// A stretch in which nothing happens for longer than this is idle.
const IDLE: Millis = Millis(5000);
/// How many idle stretches are kept; when there are more, the shorter half goes.
const GAPS: usize = 1 << 13;

/// The stage at a place of the journal.
#[derive(Debug, Clone)]
pub(super) struct Checkpoint {
    pub(super) mark: Mark,
    pub(super) outline: Arc<Outline>,
}

/// A place of the journal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    /// Where the next record begins.
    pub(super) offset: u64,
    /// What was read last.
    pub(super) place: Place,
}

/// Something worth a mark on a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marker {
    /// The record.
    pub seq: Seq,
    /// When.
    pub at: Millis,
    /// Where the record begins in the journal.
    pub offset: u64,
    /// Whom it is about.
    pub agent: Option<AgentId>,
    /// What.
    pub kind: MarkerKind,
}

/// What a marker marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MarkerKind {
    /// The director, or another author, did something.
    Direction,
    /// Something failed: a model call, a tool, an agent, the program.
    Trouble,
    /// The director was asked.
    Request,
    /// An agent ended, and not by failing.
    End,
    /// Work went from one to another.
    HandOff,
    /// Files were changed.
    Change,
    /// The journal could not be read.
    Gap,
}

/// Checkpoints, marks, markers and turns, as far as they are found.
#[derive(Debug)]
pub(super) struct Index {
    checkpoints: Vec<(Checkpoint, usize)>,
    weight: usize,
    spacing: u64,
    marks: Vec<Mark>,
    markers: Arc<Vec<Marker>>,
    turns: BTreeMap<AgentId, Vec<Seq>>,
    curve: Curve,
    /// Idle stretches: from when, to when.
    gaps: Vec<(Millis, Millis)>,
    last: (Seq, Millis),
}

/// What records tell that an index keeps: the records themselves are let go one by
/// one, so that the next is read into the memory of the last.
#[derive(Debug, Default)]
pub(super) struct Found {
    markers: Vec<Marker>,
    turns: Vec<(AgentId, Seq)>,
    samples: Vec<Sample>,
    gaps: Vec<(Millis, Millis)>,
    /// When the last record was.
    last: Millis,
    /// What tools have told of files since an agent's last checkpoint.
    told: BTreeMap<AgentId, BTreeSet<String>>,
}

impl Found {
    /// Takes in a record, where it stands, and the stage that it made.
    pub(super) fn add(&mut self, offset: u64, record: &Record, stage: &Stage) {
        self.samples.extend(Sample::of(record, stage));
        if record.at.since(self.last) > IDLE {
            self.gaps.push((self.last, record.at));
        }
        self.last = self.last.max(record.at);
        if let Event::TurnStarted { agent, .. } = record.event {
            self.turns.push((agent, record.seq));
        } else if let Some(kind) =
            marked(&record.event, stage).filter(|_| self.is_news(&record.event))
        {
            let (seq, at, agent) = (record.seq, record.at, record.event.agent());
            self.markers.push(Marker { seq, at, offset, agent, kind });
        }
    }
}

impl Found {
    /// Whether nothing told of it before: what is kept after a turn is mostly what its tools
    /// have told.
    fn is_news(&mut self, event: &Event) -> bool {
        match event {
            Event::ToolEnded { agent, changes, ok: true, .. } if !changes.is_empty() => {
                let told = self.told.entry(*agent).or_default();
                told.extend(changes.iter().map(|it| it.path.clone()));
                true
            }
            Event::Checkpointed { agent, files, .. } => {
                let told = self.told.remove(agent).unwrap_or_default();
                files.iter().any(|it| !told.contains(&it.path))
            }
            _ => true,
        }
    }
}

impl Index {
    pub(super) fn new(mark: Mark, stage: &Stage, bytes: u64) -> Self {
        let outline = Arc::new(outline(stage, &mut Sources::default()).0);
        Self {
            marks: vec![mark],
            checkpoints: vec![(Checkpoint { mark, outline }, 0)],
            weight: 0,
            spacing: (bytes / CHECKPOINTS).clamp(NEAR, FAR),
            markers: Arc::default(),
            turns: BTreeMap::new(),
            curve: Curve::default(),
            gaps: Vec::new(),
            last: (Seq(0), Millis(0)),
        }
    }

    /// The last record's number and time.
    pub(super) const fn last(&self) -> (Seq, Millis) {
        self.last
    }

    pub(super) fn markers(&self) -> Arc<Vec<Marker>> {
        Arc::clone(&self.markers)
    }

    pub(super) fn gaps(&self) -> &[(Millis, Millis)] {
        &self.gaps
    }

    pub(super) fn curve(&self) -> Arc<[Sample]> {
        self.curve.samples()
    }

    /// The checkpoint at or before that number.
    pub(super) fn checkpoint(&self, seq: Seq) -> Checkpoint {
        let behind = self.checkpoints.partition_point(|(it, _)| it.mark.place.seq() <= seq);
        // The first checkpoint is before every record.
        let (it, _) = &self.checkpoints[behind.saturating_sub(1)];
        it.clone()
    }

    /// The last mark at which that time was not past.
    pub(super) fn mark_before(&self, time: Millis) -> Mark {
        let behind = self.marks.partition_point(|it| it.place.at() <= time);
        self.marks[behind.saturating_sub(1)]
    }

    pub(super) fn next_turn(&self, seq: Seq, agent: Option<AgentId>) -> Option<Seq> {
        let of = |turns: &Vec<Seq>| turns.get(turns.partition_point(|it| *it <= seq)).copied();
        self.turns_of(agent).filter_map(of).min()
    }

    pub(super) fn previous_turn(&self, seq: Seq, agent: Option<AgentId>) -> Option<Seq> {
        let of = |turns: &Vec<Seq>| {
            turns.get(turns.partition_point(|it| *it < seq).checked_sub(1)?).copied()
        };
        self.turns_of(agent).filter_map(of).max()
    }

    fn turns_of(&self, agent: Option<AgentId>) -> impl Iterator<Item = &Vec<Seq>> {
        self.turns
            .iter()
            .filter(move |(it, _)| agent.is_none_or(|agent| agent == **it))
            .map(|(_, it)| it)
    }

    /// Takes in what a batch of records has to tell.
    pub(super) fn add(&mut self, found: &mut Found, mark: Mark) {
        self.last = (mark.place.seq(), mark.place.at());
        self.marks.push(mark);
        for (agent, seq) in found.turns.drain(..) {
            self.turns.entry(agent).or_default().push(seq);
        }
        self.curve.add(&mut found.samples);
        self.gaps.append(&mut found.gaps);
        if self.gaps.len() > GAPS {
            let mut spans: Vec<Millis> =
                self.gaps.iter().map(|(from, to)| to.since(*from)).collect();
            let (_, middle, _) = spans.select_nth_unstable(GAPS / 2);
            let middle = *middle;
            self.gaps.retain(|(from, to)| to.since(*from) > middle);
        }
        if !found.markers.is_empty() {
            Arc::make_mut(&mut self.markers).append(&mut found.markers);
        }
        if self.markers.len() > MARKERS {
            let mut is_even = false;
            Arc::make_mut(&mut self.markers).retain(|it| {
                is_even = !is_even;
                is_even || it.kind == MarkerKind::End
            });
        }
    }

    /// Whether a checkpoint is due at this offset.
    pub(super) fn is_due(&self, offset: u64) -> bool {
        self.checkpoints.last().is_none_or(|(it, _)| offset >= it.mark.offset + self.spacing)
    }

    /// Keeps the outline of a stage, of this weight.
    pub(super) fn keep(&mut self, mark: Mark, (outline, weight): (Outline, usize)) {
        self.weight += weight;
        self.checkpoints.push((Checkpoint { mark, outline: Arc::new(outline) }, weight));
        if self.weight > WEIGHT && self.checkpoints.len() > 2 {
            self.thin_out();
        }
    }

    fn thin_out(&mut self) {
        let mut nth = 0;
        self.checkpoints.retain(|_| {
            nth += 1;
            nth % 2 == 1
        });
        // What two neighbours share is counted with the first of them only, so
        // this is a little less than the truth; a new sum sets it right.
        self.weight = self.checkpoints.iter().map(|(_, weight)| weight).sum();
        self.spacing *= 2;
    }
}

/// What an event is on a timeline.
fn kind(event: &Event) -> Option<MarkerKind> {
    Some(match event {
        Event::AgentEnded { outcome: Outcome::Failed { .. }, .. }
        | Event::TurnCut { .. }
        | Event::RetryScheduled { .. }
        | Event::ToolEnded { ok: false, .. }
        | Event::RedirectFailed { .. }
        | Event::NoticeRaised { level: Level::Trouble, .. } => MarkerKind::Trouble,
        Event::AgentEnded { .. } => MarkerKind::End,
        Event::Asked { .. } => MarkerKind::Request,
        Event::Unreadable { .. } => MarkerKind::Gap,
        Event::HandedOff { .. } => MarkerKind::HandOff,
        Event::Play { event, .. } if matches!(**event, PlayEvent::HandedIn { .. }) => {
            MarkerKind::HandOff
        }
        Event::Checkpointed { files, .. } if !files.is_empty() => MarkerKind::Change,
        Event::ToolEnded { changes, .. } if !changes.is_empty() => MarkerKind::Change,
        event => return author(event).map(|_| MarkerKind::Direction),
    })
}

/// The kind of mark that an event is on this stage. What somebody hands in who plays a step
/// of a script goes to the next step.
fn marked(event: &Event, stage: &Stage) -> Option<MarkerKind> {
    let plays = |agent| stage.agent(agent).is_some_and(|it| it.casting.assignment.is_some());
    match event {
        Event::Reported { agent, .. } if plays(*agent) => Some(MarkerKind::HandOff),
        event => kind(event),
    }
}

/// Who gave a direction, where the event is one.
#[rustfmt::skip]
const fn author(event: &Event) -> Option<Author> {
    match event {
        // What its program does by itself is no direction.
        Event::ModelChanged { by: Author::Agent, .. }
        | Event::AgentReopened { by: Author::Agent, .. } => None,
        Event::Answered { by, .. } | Event::HoldPlaced { by, .. } | Event::HoldLifted { by, .. }
        | Event::StepAllowed { by, .. } | Event::FreezeAsked { by, .. }
        | Event::InterruptAsked { by, .. } | Event::StopAsked { by, .. }
        | Event::RedirectWritten { by, .. } | Event::InstructionsEdited { by, .. }
        | Event::BriefEdited { by, .. } | Event::ModelChanged { by, .. }
        | Event::BudgetChanged { by, .. } | Event::AgentReopened { by, .. }
        | Event::Retaken { by, .. } | Event::Rewound { by, .. } | Event::RewindUndone { by, .. } => {
            Some(*by)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        CallId, Casting, FileChange, PlayId, Turn,
        play::{Assignment, Spot},
    };

    #[test]
    fn a_change_is_marked_once_where_it_is_first_told() {
        let agent = AgentId(1);
        let change = |path: &str| FileChange { path: path.into(), ..FileChange::default() };
        let wrote = |path: &str| Event::ToolEnded {
            agent,
            call: CallId(1),
            ok: true,
            text: String::new(),
            bytes: 0,
            changes: vec![change(path)],
            note: String::new(),
        };
        let kept = |paths: &[&str]| Event::Checkpointed {
            agent,
            turn: Turn(1),
            commit: "c".into(),
            files: paths.iter().map(|it| change(it)).collect(),
            more: 0,
            in_all: None,
        };
        let events = [wrote("a"), wrote("b"), kept(&["a", "b"]), kept(&["a"]), kept(&["a", "c"])];
        let (mut found, stage) = (Found::default(), Stage::default());
        for (seq, event) in (1..).zip(events) {
            found.add(0, &Record { seq: Seq(seq), at: Millis(seq), event }, &stage);
        }
        let marked: Vec<u64> = found.markers.iter().map(|it| it.seq.0).collect();
        assert_eq!(marked, [1, 2, 4, 5], "what nobody told of, a command has changed");
    }

    #[test]
    fn what_is_handed_in_for_a_step_of_a_script_is_a_hand_off() {
        let reported = |agent| Event::Reported {
            agent,
            summary: "done".into(),
            result: Box::new(serde_json::json!({})),
        };
        let spot = Spot { play: PlayId(1), step: "one".into(), part: None };
        let part = Assignment { spot, attempt: 1, output: None, judges: None };
        let mut stage = Stage::default();
        for (agent, assignment) in [(AgentId(1), Some(Box::new(part))), (AgentId(2), None)] {
            let casting = Box::new(Casting { assignment, ..Casting::default() });
            let event = Event::AgentAdded { agent, casting, by: Author::Director };
            stage.apply(&Record { seq: Seq(agent.0.into()), at: Millis(0), event });
        }
        assert_eq!(marked(&reported(AgentId(1)), &stage), Some(MarkerKind::HandOff));
        assert_eq!(marked(&reported(AgentId(2)), &stage), None);
    }
}
