//! What comes next in the plays of a session.
//!
//! A plan is no list that somebody walks along: it is asked anew each time, of the
//! stage alone. So it is the same after a crash, and after whatever the director did.
//! Each answer, once it is a fact, changes the stage so that it is not given again.

mod attempt;
mod end;
mod enter;
mod hand;
mod judge;
mod retry;
mod seen;
#[cfg(test)]
mod tests;

pub(super) use judge::{matches, quoted};

use crate::model::{
    Agent, AgentId, Author, Event, Millis, Stage,
    play::{Phase, Place, Play, PlayEnd, PlayEvent, StepState},
    script::{Failure, Work},
};

/// The facts that come next, at this time; none where something has to happen first.
pub fn next(stage: &Stage, now: Millis) -> Vec<Event> {
    let mut plays = stage.playing();
    plays.find_map(|play| Plan { stage, play, now }.next()).unwrap_or_default()
}

/// When something comes next by itself, if nothing happens before.
pub fn wake(stage: &Stage) -> Option<Millis> {
    stage.playing().filter_map(|play| Plan { stage, play, now: stage.now() }.wake()).min()
}

/// What a run of the session that has ended leaves open: its commands have ended with
/// it. A check is made again; work is not, for nobody knows how far it came.
pub fn cut(stage: &Stage) -> Vec<Event> {
    let plays = stage.playing().map(|play| Plan { stage, play, now: stage.now() });
    plays.flat_map(|plan| plan.play.busy().flat_map(move |it| plan.cut(it))).collect()
}

/// One play, as it stands.
#[derive(Debug, Clone, Copy)]
struct Plan<'a> {
    stage: &'a Stage,
    play: &'a Play,
    now: Millis,
}

impl Plan<'_> {
    fn next(&self) -> Option<Vec<Event>> {
        // What has come in waits, too: what becomes of it may be a command.
        if self.is_paused() {
            return None;
        }
        if let Some(place) = self.play.ended() {
            return Some(self.end(place));
        }
        if self.play.stopping.is_some() {
            return self.stopped();
        }
        if let Some(late) = self.late() {
            return Some(self.time_out(late));
        }
        if let Some(step) = self.play.entering() {
            return Some(self.enter(step));
        }
        let mut due = self.play.resting().take_while(|(at, _)| *at <= self.now);
        if let Some((_, place)) = due.find(|(_, it)| self.has_room(*it)) {
            return Some(self.attempt(place));
        }
        if let Some(place) = self.ready() {
            return Some(self.attempt(place));
        }
        self.over()
    }

    /// Whether nothing of it goes on. What is stopped comes to its end all the same.
    fn is_paused(&self) -> bool {
        self.play.paused && self.play.stopping.is_none()
    }

    /// The first part that could be attempted now. Of a step that has no room, none is
    /// looked at twice.
    fn ready(&self) -> Option<Place> {
        let mut from = (0, 0);
        while let Some(place) = self.play.ready_from(from) {
            if self.has_room(place) {
                return Some(place);
            }
            from = (place.0 + 1, 0);
        }
        None
    }

    fn wake(&self) -> Option<Millis> {
        if self.is_paused() {
            return None;
        }
        // Those for which there is no room now are looked at when somebody makes some.
        let resting = self.play.resting().find(|(_, it)| self.has_room(*it)).map(|(at, _)| at);
        let limits = self.play.busy().filter_map(|it| self.limit(it));
        resting.into_iter().chain(limits).min()
    }

    /// A play that stops is over as soon as nobody is at work in it.
    fn stopped(&self) -> Option<Vec<Event>> {
        let (why, by) = self.play.stopping.as_ref()?;
        if self.play.busy().len() > 0 {
            return None;
        }
        let end = match by {
            Author::Script => PlayEnd::Failed(why.clone()),
            by => PlayEnd::Stopped(*by),
        };
        Some(vec![self.told(PlayEvent::Ended { end })])
    }

    /// A play is over when all its steps are; or when none of them can begin, which a
    /// checked script does not come to.
    fn over(&self) -> Option<Vec<Event>> {
        let waits = |it: &StepState| it.held || it.parts.iter().any(|it| !it.phase.is_over());
        let is_stuck = || {
            self.play.busy().len() == 0
                && self.play.asking().next().is_none()
                && !self.play.steps.iter().any(waits)
        };
        let end = match self.play.open() {
            0 => PlayEnd::Succeeded,
            _ if is_stuck() => PlayEnd::Failed("its steps wait for one another".to_owned()),
            _ => return None,
        };
        Some(vec![self.told(PlayEvent::Ended { end })])
    }

    /// Whether one more part may be under way, and this one of them.
    fn has_room(&self, (step, _): Place) -> bool {
        if self.play.steps.get(step).is_some_and(|it| it.held) {
            return false;
        }
        let has_room = |most: Option<u32>, busy: usize| most.is_none_or(|it| busy < it as usize);
        let own = self.play.step(step).and_then(|it| it.max_parallel);
        has_room(own, self.play.steps.get(step).map_or(0, StepState::busy))
            && has_room(self.play.script.max_parallel, self.play.busy().len())
    }

    /// A part under way whose time is over.
    fn late(&self) -> Option<Place> {
        self.play.busy().find(|it| self.limit(*it).is_some_and(|limit| limit <= self.now))
    }

    /// When the time of a part under way is over, if nothing holds its agent until then.
    fn limit(&self, place: Place) -> Option<Millis> {
        let timeout = self.play.step(place.0)?.timeout?;
        let part = self.play.part(place).filter(|it| it.phase == Phase::Working)?;
        let held = match part.agent.and_then(|it| self.stage.agent(it)) {
            // Whoever is held now has as much time left as there was.
            Some(agent) if agent.held_since.is_some() => return None,
            Some(agent) => agent.held.since(part.held),
            None => Millis(0),
        };
        Some(part.since.plus(timeout).plus(held))
    }

    fn cut(&self, place: Place) -> Vec<Event> {
        let (Some(step), Some(part)) = (self.play.step(place.0), self.play.part(place)) else {
            return Vec::new();
        };
        let is_command = matches!(step.work, Work::Command { .. });
        match part.phase {
            Phase::Checking if part.judge.is_none() => self.check_on(place, step, part),
            Phase::Working if is_command && part.handed.is_none() && part.broke.is_none() => {
                let why = "the session ended while it ran; nobody knows how far it came";
                self.fail(place, Failure::Stopped, why)
            }
            _ => Vec::new(),
        }
    }

    fn time_out(&self, place: Place) -> Vec<Event> {
        let timeout = self.play.step(place.0).and_then(|it| it.timeout).unwrap_or_default();
        self.fail(place, Failure::Timeout, &format!("it took longer than {timeout}"))
    }

    fn told(&self, event: PlayEvent) -> Event {
        Event::Play { play: self.play.id, event: Box::new(event) }
    }

    fn agent(&self, id: Option<AgentId>) -> Option<&Agent> {
        id.and_then(|it| self.stage.agent(it))
    }
}
