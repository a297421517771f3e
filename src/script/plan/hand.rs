//! Work that an agent of a script hands off by itself: who goes on with it, and how often
//! somebody is given it.
//!
//! It is given at least once, and each time is an attempt of the part: what one who was
//! given it before says late changes nothing. After a crash it is not given twice for the
//! same attempt.

use super::Plan;
use crate::{
    model::{
        Agent, Casting, Event, HandOff, HandedOff, letter,
        play::{Next, Part, Place, Spot},
        script::{Failure, OnFailure, Step},
        successor,
    },
    script::plan::retry::wait,
};

/// Who has handed off what.
pub(super) type Handed<'a> = (&'a Agent, &'a HandedOff);

impl<'a> Plan<'a> {
    /// What was handed off of a part, and is to be gone on with: by the one who was at it
    /// last, or to that one.
    pub(super) fn handed_off(&self, part: &Part) -> Option<Handed<'a>> {
        let agent = self.stage.agent(part.agent?)?;
        match agent.hands_off() {
            Some(handed) => Some((agent, handed)),
            None => self.stage.handed_by(agent),
        }
    }

    /// Has somebody go on with what was handed off, unless nothing begins any more.
    pub(super) fn hand_over(&self, place: Place) -> Vec<Event> {
        if self.play.stopping.is_some() {
            let why = "it was handed off when the script stopped";
            return self.fail(place, Failure::Stopped, why);
        }
        self.attempt(place)
    }

    /// The one who goes on, with a name for this part.
    pub(super) fn successor(
        &self,
        (giver, handed): Handed<'_>,
        spot: &Spot,
    ) -> Result<Casting, String> {
        let mut casting = successor(giver, handed, &self.casting(&handed.to, spot)?);
        casting.name = format!("{}-{}", casting.name, handed.to);
        Ok(casting)
    }

    /// What each who had it before says, the first one first.
    pub(super) fn letters(&self, (giver, handed): Handed<'_>) -> String {
        let before = self.stage.hands_before(giver).into_iter();
        let before = before.filter_map(|it| Some(letter(it, it.kin.handed_off.as_ref()?)));
        before.chain([letter(giver, handed)]).collect()
    }

    /// How many were given what was handed off of a part: none of those attempts counts
    /// against its retries.
    pub(super) fn deliveries(&self, part: &Part) -> u32 {
        let Some(agent) = self.agent(part.agent) else { return 0 };
        let hands = self.stage.hands_before(agent);
        let given: usize = hands.iter().map(|it| it.kin.successors.len()).sum();
        u32::try_from(given).unwrap_or(u32::MAX)
    }

    /// What becomes of a part when whoever was given it has failed at it: somebody else is
    /// given it, or the director is asked, unless the script says what is done then.
    pub(super) fn after_hand_off(
        &self,
        step: &Step,
        part: &Part,
        failure: Failure,
    ) -> Option<Next> {
        let (limits, tried) = self.dead_hand(step, part, failure)?;
        if tried < limits.attempts {
            return Some(Next::Again(wait(step, tried)));
        }
        Some(match step.on_failure {
            OnFailure::Stop | OnFailure::Ask => Next::Ask,
            OnFailure::Continue | OnFailure::Step(_) | OnFailure::Back(_) => Next::Over,
        })
    }

    /// Why a part has failed that was handed off, once nobody is given it any more.
    pub(super) fn dead_letter(
        &self,
        step: &Step,
        part: &Part,
        (failure, why): (Failure, &str),
    ) -> Option<String> {
        let (limits, tried) = self.dead_hand(step, part, failure)?;
        let (_, handed) = self.handed_off(part)?;
        (tried >= limits.attempts)
            .then(|| format!("handed off to {}, {tried} of whom failed at it: {why}", handed.to))
    }

    /// How many were given what the one who has failed was given, and does not go on with.
    fn dead_hand<'b>(
        &self,
        step: &'b Step,
        part: &Part,
        failure: Failure,
    ) -> Option<(&'b HandOff, u32)> {
        let limits = step.delegation.as_deref()?.hand_off.as_ref()?;
        let (giver, _) = self.stage.handed_by(self.agent(part.agent)?)?;
        let is_over = matches!(failure, Failure::Script | Failure::Stopped);
        if is_over || self.could_go_on(part, failure).is_some() {
            return None;
        }
        Some((limits, u32::try_from(giver.kin.successors.len()).unwrap_or(u32::MAX)))
    }
}
