//! What becomes of a part when an attempt at it has failed.

use super::Plan;
use crate::model::{
    Author, Event, Millis,
    play::{Next, Part, Place, PlayEvent, stop},
    script::{Failure, OnFailure, Step, Work},
};

/// The longest that is waited before another attempt.
const LONGEST: Millis = Millis(60 * 60 * 1000);

impl Plan<'_> {
    /// The latest attempt has failed.
    pub(super) fn fail(&self, place: Place, failure: Failure, why: &str) -> Vec<Event> {
        let attempt = self.play.part(place).map_or(0, |it| it.attempt);
        self.fail_attempt(place, attempt, failure, why)
    }

    /// This attempt has failed, which may have begun just now.
    pub(super) fn fail_attempt(
        &self,
        place: Place,
        attempt: u32,
        failure: Failure,
        why: &str,
    ) -> Vec<Event> {
        let (Some(step), Some(part), Some(spot)) =
            (self.play.step(place.0), self.play.part(place), self.play.spot(place))
        else {
            return Vec::new();
        };
        let tried = part.tried + u32::from(attempt != part.attempt);
        let tried = tried.saturating_sub(self.deliveries(part));
        let next = match (self.what_next(step, part, failure, tried), &step.again) {
            (Next::Over, Some(again)) if step.on_failure == OnFailure::Continue => {
                Next::Later(self.due(place, part, again).0)
            }
            (next, _) => next,
        };
        let mut facts = Vec::new();
        let dead_letter = self.dead_letter(step, part, (failure, why));
        let why = dead_letter.as_deref().unwrap_or(why);
        let reason = format!("{spot} failed: {why}");
        let why_told = why.to_owned();
        facts.push(self.told(PlayEvent::Failed { spot, attempt, failure, why: why_told, next }));
        // Whoever is still at it works for nobody.
        if failure == Failure::Timeout {
            let agent = self.agent(part.agent).filter(|it| !it.is_over());
            facts.extend(agent.map(|it| Event::StopAsked { agent: it.id, by: Author::Script }));
        }
        match &step.on_failure {
            _ if next != Next::Over => {}
            OnFailure::Stop => facts.extend(self.stop(&reason)),
            OnFailure::Back(giver) => facts.extend(self.send_back(giver, place, why, tried)),
            OnFailure::Continue | OnFailure::Step(_) | OnFailure::Ask => {}
        }
        facts
    }

    fn what_next(&self, step: &Step, part: &Part, failure: Failure, tried: u32) -> Next {
        if failure == Failure::Stopped {
            return self.after_stop(step, part, tried);
        }
        if let Some(next) = self.after_hand_off(step, part, failure) {
            return next;
        }
        let may_retry = step.retry.on.is_empty() || step.retry.on.contains(&failure);
        let goes_back = matches!(step.on_failure, OnFailure::Back(_));
        if may_retry && tried < step.retry.attempts && !goes_back {
            return Next::Again(wait(step, tried));
        }
        match step.on_failure {
            OnFailure::Ask => Next::Ask,
            _ => Next::Over,
        }
    }

    /// What the director stopped, the director is asked about. What ended with the
    /// session is begun again.
    fn after_stop(&self, step: &Step, part: &Part, tried: u32) -> Next {
        use crate::model::{Life, Outcome};
        match self.agent(part.agent).map(|it| &it.life) {
            Some(Life::Over(Outcome::Stopped { by: Author::Supervisor })) => Next::Again(Millis(0)),
            None if may_run_twice(step) && tried < step.retry.attempts => Next::Again(Millis(0)),
            _ => Next::Ask,
        }
    }

    /// Has the part done again that this one came from, as often as this one may be
    /// attempted.
    fn send_back(&self, giver: &str, place: Place, why: &str, tried: u32) -> Vec<Event> {
        let (Some(step), Some(from)) = (self.play.step(place.0), self.play.place(giver)) else {
            return Vec::new();
        };
        let Some(spot) = self.play.spot(place) else { return Vec::new() };
        // What stops is not begun again.
        if self.play.stopping.is_some() {
            return Vec::new();
        }
        if tried >= step.retry.attempts {
            return self.stop(&format!("{spot} failed {tried} times: {why}"));
        }
        let follows = self.play.order().parts_of(from).contains(&place.0);
        let part = follows.then_some(place.1);
        let Some(mut spot) = self.play.spot((from, part.unwrap_or_default())) else {
            return Vec::new();
        };
        if part.is_none() {
            spot.part = None;
        }
        vec![self.told(PlayEvent::Reset { spot, why: why.to_owned(), by: Author::Script })]
    }

    /// Lets nothing more begin.
    pub(super) fn stop(&self, why: &str) -> Vec<Event> {
        stop(self.stage, self.play, why, Author::Script)
    }
}

/// How long is waited after so many attempts.
pub(super) fn wait(step: &Step, tried: u32) -> Millis {
    let doubled = 1u64.checked_shl(tried.saturating_sub(1)).unwrap_or(u64::MAX);
    Millis(step.retry.backoff.0.saturating_mul(doubled)).min(LONGEST)
}

/// Whether a step's command may be begun again after it was cut: where its script says so.
fn may_run_twice(step: &Step) -> bool {
    matches!(step.work, Work::Command { .. }) && step.retry.on.contains(&Failure::Stopped)
}
