//! What comes of work that has ended: accepted, checked, done once more, or failed.

use super::Plan;
use crate::{
    model::{
        Author, Event, Life, Millis, Outcome,
        play::{Part, Phase, Place, PlayEnd, PlayEvent},
        script::{Failure, Step, Trigger, Work},
    },
    script::fits,
    text::one_line,
};
use serde_json::{Map, Value};

/// So much is told of what an agent says instead of handing something in, in columns.
const WORDS: usize = 200;

impl Plan<'_> {
    /// What comes of the work, or the check, that has ended at this place.
    pub(super) fn end(&self, place: Place) -> Vec<Event> {
        let (Some(step), Some(part)) = (self.play.step(place.0), self.play.part(place)) else {
            return Vec::new();
        };
        match part.phase {
            Phase::Checking if part.judge.is_some() => self.judged(place, part),
            Phase::Checking => self.check_on(place, step, part),
            _ if self.agent(part.agent).is_some_and(|it| it.hands_off().is_some()) => {
                self.hand_over(place)
            }
            _ => match self.work_of(step, part) {
                Ok(None) => self.check_on(place, step, part),
                Ok(Some(output)) => {
                    let Some(spot) = self.play.spot(place) else { return Vec::new() };
                    let (attempt, output) = (part.attempt, Box::new(output));
                    vec![self.told(PlayEvent::HandedIn { spot, attempt, output })]
                }
                Err((failure, why)) => self.fail(place, failure, &why),
            },
        }
    }

    /// What the work came to: a result that is still to be told, or none where it was.
    fn work_of(&self, step: &Step, part: &Part) -> Result<Option<Value>, (Failure, String)> {
        if let Some(why) = &part.broke {
            return Err((Failure::Work, why.clone()));
        }
        let told = match &step.work {
            Work::Nothing | Work::Command { .. } => Ok(None),
            Work::Agent { .. } => self.agents_work(part),
            Work::Script { .. } => self.plays_work(part),
        }?;
        match (&step.output, part.handed.as_deref()) {
            (Some(schema), Some(handed)) => {
                fits(schema, handed).map_err(|it| (Failure::Output, it.to_string()))?;
                Ok(None)
            }
            (Some(_), None) if told.is_none() => {
                let why = "no result was handed in".to_owned();
                Err((Failure::Output, self.with_misfit(part, why)))
            }
            (None, _) => Ok(told),
            (Some(_), None) => {
                let said = told.as_ref().and_then(Value::as_str).unwrap_or_default();
                let said = one_line(said, WORDS);
                let why = format!("a text was handed in, and no typed result: {said}");
                Err((Failure::Output, self.with_misfit(part, why)))
            }
        }
    }

    /// Why nothing was handed in; also why what was to be was not taken.
    fn with_misfit(&self, part: &Part, why: String) -> String {
        match self.agent(part.agent).and_then(|it| it.misfit.as_deref()) {
            Some(misfit) => format!("{why}; what it wanted to hand in was not taken: {misfit}"),
            None => why,
        }
    }

    /// What an agent says, where it has handed nothing in.
    fn agents_work(&self, part: &Part) -> Result<Option<Value>, (Failure, String)> {
        let Some(agent) = self.agent(part.agent) else {
            return Err((Failure::Work, "its agent is not there".to_owned()));
        };
        match &agent.life {
            Life::Over(Outcome::Succeeded { .. }) if has_handed_in(part) => Ok(None),
            Life::Over(Outcome::Succeeded { summary }) => {
                let summary = agent.report.clone().unwrap_or_else(|| summary.clone());
                Ok((!summary.is_empty()).then_some(Value::String(summary)))
            }
            Life::Over(Outcome::Failed { why }) => Err((Failure::Work, why.clone())),
            Life::Over(Outcome::Stopped { by }) => {
                let who = match by {
                    Author::Director => "the director stopped it",
                    Author::Supervisor => "the session ended before it did",
                    Author::Assistant => "the assistant stopped it",
                    _ => "it was stopped",
                };
                Err((Failure::Stopped, who.to_owned()))
            }
            Life::Queued | Life::Starting | Life::Working => {
                Err((Failure::Work, "its agent is at work".to_owned()))
            }
        }
    }

    /// What another script came to: an object of what its steps did.
    fn plays_work(&self, part: &Part) -> Result<Option<Value>, (Failure, String)> {
        let play = part.play.and_then(|it| self.stage.play(it));
        let ended = play.and_then(|it| Some((it, &it.end.as_ref()?.1)));
        match ended {
            Some((_, PlayEnd::Failed(why))) => Err((Failure::Work, why.clone())),
            Some((_, PlayEnd::Stopped(_))) => Err((Failure::Stopped, "it was stopped".to_owned())),
            Some((play, PlayEnd::Succeeded)) if part.handed.is_none() => {
                let steps = play.script.steps.iter().enumerate();
                let outputs = steps.map(|(at, it)| (it.name.clone(), play.output(at)));
                Ok(Some(Value::Object(outputs.collect::<Map<_, _>>())))
            }
            Some((_, PlayEnd::Succeeded)) => Ok(None),
            None => Err((Failure::Work, "the script it plays is not there".to_owned())),
        }
    }

    /// The part is done.
    pub(super) fn done(&self, place: Place, part: &Part) -> Vec<Event> {
        let Some(spot) = self.play.spot(place) else { return Vec::new() };
        let attempt = part.attempt;
        let again = self.play.step(place.0).and_then(|it| it.again.as_ref());
        vec![self.told(match again {
            Some(again) => {
                let (next, missed) = self.due(place, part, again);
                PlayEvent::Ran { spot, attempt, next, missed }
            }
            None => PlayEvent::Done { spot, attempt },
        })]
    }

    /// When a standing step is due next, if not when it is called; and how many runs were
    /// due since this one began.
    pub(super) fn due(&self, place: Place, part: &Part, again: &Trigger) -> (Option<Millis>, u32) {
        let Trigger::Every(every) = again else { return (None, 0) };
        let began = self.play.steps.get(place.0).map(|it| it.began).unwrap_or_default();
        let times = |at: Millis| at.since(began).0 / every.0.max(1);
        let next = times(self.now) + 1;
        let missed = next.saturating_sub(times(part.since) + 1);
        let at = Millis(began.0.saturating_add(next.saturating_mul(every.0)));
        (Some(at), u32::try_from(missed).unwrap_or(u32::MAX))
    }
}

/// Whether something was handed in. One who has summed up its work and no more has not: its
/// words are what it came to.
fn has_handed_in(part: &Part) -> bool {
    part.handed.as_deref().is_some_and(|it| !it.is_null())
}
