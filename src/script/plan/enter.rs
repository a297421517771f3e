//! How a step begins: its gate, its condition, its parts.

use super::Plan;
use crate::{
    model::{
        Author, Event,
        play::{Part, Place, PlayEvent, Spot, Standing},
        script::{Failure, ForEach, Step},
    },
    script::{holds, list},
};
use serde_json::Value;

impl Plan<'_> {
    pub(super) fn enter(&self, place: usize) -> Vec<Event> {
        let (Some(step), Some(state)) = (self.play.step(place), self.play.steps.get(place)) else {
            return Vec::new();
        };
        if let Some(why) = self.reason_to_skip(place, step) {
            return vec![self.skipped(step, why)];
        }
        if step.gate && !state.opened {
            return vec![self.told(PlayEvent::GateReached { step: step.name.clone() })];
        }
        // What can't be worked out is said by the attempt, which fails: so the step is tried
        // again, asked about or gone without, as its script says.
        let (parts, items) = self.items(place, step).unwrap_or_else(|_| {
            let parts = self.forerunner(place).map_or(1, |of| self.parts_of(of));
            (parts, Vec::new())
        });
        vec![self.told(PlayEvent::Begun { step: step.name.clone(), parts, items })]
    }

    /// What an attempt at a part comes to that can't begin: why, or a fresh beginning of the
    /// whole step where what it begins with could not be worked out, and now can.
    pub(super) fn beginning(
        &self,
        place: Place,
        step: &Step,
        part: &Part,
    ) -> Result<Option<Event>, String> {
        let is_list = matches!(step.for_each, Some(ForEach::List(_)));
        let has_no_item = is_list && part.item.is_none();
        let has_condition = step.when.is_some() && !is_list;
        if !has_no_item && !has_condition {
            return Ok(None);
        }
        self.items(place.0, step)?;
        let was_wrong = matches!(part.failure, Some((Failure::Script, _)));
        let is_skipped = || was_wrong && self.reason_to_skip(place.0, step).is_some();
        let is_fresh = has_no_item || is_skipped();
        Ok(is_fresh.then(|| {
            let (spot, by) = (Spot::step(self.play.id, &step.name), Author::Script);
            self.told(PlayEvent::Reset { spot, why: String::new(), by })
        }))
    }

    fn parts_of(&self, step: usize) -> u32 {
        let parts = self.play.steps.get(step).map_or(0, |it| it.parts.len());
        u32::try_from(parts).unwrap_or(u32::MAX)
    }

    /// Why a step that could begin does not.
    fn reason_to_skip(&self, place: usize, step: &Step) -> Option<String> {
        if let Some(of) = self.play.order().instead_of(place) {
            let failed = self.play.steps.get(of).is_some_and(|it| it.failed() > 0);
            if !failed {
                return Some("nothing failed".to_owned());
            }
        }
        if let Some(ForEach::Part(of)) = &step.for_each
            && let Some(of) = self.play.place(of).and_then(|it| self.play.steps.get(it))
            && let Standing::Skipped(_) = of.standing
        {
            return Some("what it follows was skipped".to_owned());
        }
        let when = step.when.as_deref()?;
        // What can't be worked out is said when its parts are asked for.
        let is_so = holds(when, &self.scope(place, None)).unwrap_or(true);
        (!is_so).then(|| format!("not the case: {when}"))
    }

    /// How many parts a step has, and what they are done for.
    fn items(&self, place: usize, step: &Step) -> Result<(u32, Vec<Value>), String> {
        let scope = || self.scope(place, None);
        if let Some(when) = &step.when {
            holds(when, &scope()).map_err(|it| format!("when: {it}"))?;
        }
        match &step.for_each {
            None => Ok((1, Vec::new())),
            Some(ForEach::List(expression)) => {
                let items = list(expression, &scope()).map_err(|it| format!("for_each: {it}"))?;
                Ok((u32::try_from(items.len()).unwrap_or(u32::MAX), items))
            }
            Some(ForEach::Part(of)) => {
                Ok((self.play.place(of).map_or(0, |it| self.parts_of(it)), Vec::new()))
            }
        }
    }

    fn skipped(&self, step: &Step, why: String) -> Event {
        let (spot, by) = (Spot::step(self.play.id, &step.name), Author::Script);
        self.told(PlayEvent::Skipped { spot, why, by })
    }
}
