//! Reads the course of an agent from its journal. Blocks, so it runs on a thread that may.

use super::{Course, Scribe, What};
use crate::{
    journal::Reader,
    model::{Agent, AgentId, Record, Seq, Stage, Take, Turn},
};

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
