//! Reads the course of an agent from its journal. Blocks, so it runs on a thread that may.

use super::{Comparison, Course, Figures, Scribe, Step, StepKind, Told, What};
use crate::{
    journal::Reader,
    model::{
        Agent, AgentId, Entry, EntryKind, Event, Log, LogBounds, Record, Seq, Stage, Take, Turn,
    },
};
use std::{path::Path, sync::Arc};

/// How many records of a step are read at once.
const BATCH: usize = 1024;
/// How many takes of takes are followed back.
const DEEP: usize = 32;

/// One of two that are compared: an agent of a session, and how far that is read.
#[derive(Debug, Clone)]
pub struct Side<'a> {
    /// The journal of its session.
    pub reader: &'a Reader,
    /// How that stands at the end of what is read.
    pub stage: &'a Stage,
    /// Who.
    pub agent: AgentId,
    /// The last record that counts; none for all.
    pub upto: Option<Seq>,
}

/// Holds two agents against each other. One that is a take of the other, whose session is
/// another one, begins with its course.
pub fn compare(sides: &[Side; 2]) -> Comparison {
    let [mut mine, mut its] = sides.each_ref().map(|it| read_course(it, None));
    let [one, other] = sides;
    if one.is_take_of(other) {
        mine = read_course(one, Some(&its));
    } else if other.is_take_of(one) {
        its = read_course(other, Some(&mine));
    }
    let figures = sides.each_ref().map(|it| {
        it.stage.agent(it.agent).map(|agent| Figures::of(agent, it.stage)).unwrap_or_default()
    });
    Comparison::new([Arc::new(mine), Arc::new(its)], figures)
}

impl Side<'_> {
    /// Whether it is a take of the other one, which another session tells of.
    fn is_take_of(&self, other: &Self) -> bool {
        let take = self.stage.agent(self.agent).and_then(|it| it.casting.take.as_deref());
        take.is_some_and(|it| {
            !it.journal.is_empty() && Path::new(&it.journal) == other.reader.path()
        })
    }
}

/// All that was said and done in a step, as a log tells it.
pub fn read_step(reader: &Reader, step: &Step) -> Vec<Arc<Entry>> {
    let (mut next, last) = (*step.place.start(), *step.place.end());
    let mut log = Log::new(LogBounds::READING);
    loop {
        let records = reader.after(next, Some(step.agent), BATCH);
        let read = records.len();
        for (place, record) in records {
            if place > last {
                return log.into_entries().collect();
            }
            if let StepKind::Told(told) = &step.kind {
                return vec![Arc::new(whole(step, told, &record))];
            }
            log.apply(&record);
            // Records of one line have its place; those behind it begin later.
            next = place + 1;
        }
        if read < BATCH {
            return log.into_entries().collect();
        }
    }
}

/// What was told, to its end.
fn whole(step: &Step, told: &Told, record: &Record) -> Entry {
    let text = match &record.event {
        Event::AgentAdded { casting, .. } => match told.what {
            What::Instructions => Some(&casting.instructions),
            What::Message => casting.take.as_ref().map(|it| &it.message),
            _ => Some(&casting.brief),
        },
        Event::RedirectDelivered { text, .. }
        | Event::InstructionsEdited { text, .. }
        | Event::BriefEdited { text, .. } => Some(text),
        _ => None,
    };
    let text = text.unwrap_or(&told.text).clone();
    let kind = EntryKind::Direction { by: told.by, text };
    Entry { seq: record.seq, at: record.at, turn: step.turn, kind }
}

/// The course of an agent. One that is a take begins with the course of the one it was
/// taken from; where another session tells of that one, with `elsewhere`, if that is it.
pub fn read_course(side: &Side, elsewhere: Option<&Course>) -> Course {
    read(side, side.agent, elsewhere, DEEP)
}

fn read(side: &Side, id: AgentId, elsewhere: Option<&Course>, deep: usize) -> Course {
    let Some(agent) = side.stage.agent(id) else { return Course::default() };
    let take = agent.casting.take.as_deref();
    let before = take.filter(|it| it.turn > Turn(1)).and_then(|take| {
        let course = match side.stage.taken_from(agent) {
            Some(of) if deep > 0 => Some(read(side, of.id, elsewhere, deep - 1)),
            Some(_) => None,
            None => elsewhere.filter(|_| !take.journal.is_empty()).cloned(),
        };
        Some((course?, take.turn))
    });
    let mut scribe = before.map_or_else(Scribe::default, |(it, turn)| Scribe::after(it, turn));
    scribe.works_in(&side.reader.header().project);
    for (nth, (place, record)) in side.reader.records_of(id).enumerate() {
        if side.upto.is_some_and(|upto| record.seq > upto) {
            break;
        }
        scribe.apply(place, &record);
        if let Some(take) = take.filter(|_| nth == 0) {
            differ(&mut scribe, (place, &record), (side.stage, agent, take));
        }
    }
    scribe.finish()
}

/// Writes down in what a take differs from the one before it, where it begins.
fn differ(scribe: &mut Scribe, at: (u64, &Record), (stage, agent, take): (&Stage, &Agent, &Take)) {
    let of = stage.taken_from(agent);
    if of.is_some_and(|it| *it.instructions_at(take.turn) != *agent.casting.instructions) {
        scribe.note(at, (What::Instructions, take.turn), &agent.casting.instructions);
    }
    if !take.message.is_empty() {
        scribe.note(at, (What::Message, take.turn), &take.message);
    }
}
