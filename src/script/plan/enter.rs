//! How a step begins: its gate, its condition, its parts.

use super::Plan;
use crate::{
    model::{
        Author, Event,
        play::{PlayEvent, Spot, Standing},
        script::{ForEach, Step},
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
        match self.items(place, step) {
            Ok((parts, items)) => {
                let step = step.name.clone();
                vec![self.told(PlayEvent::Begun { step, parts, items })]
            }
            Err(why) => self.break_off(place, &why),
        }
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
                let of = self.play.place(of).and_then(|it| self.play.steps.get(it));
                let parts = of.map_or(0, |it| it.parts.len());
                Ok((u32::try_from(parts).unwrap_or(u32::MAX), Vec::new()))
            }
        }
    }

    fn skipped(&self, step: &Step, why: String) -> Event {
        let (spot, by) = (Spot::step(self.play.id, &step.name), Author::Script);
        self.told(PlayEvent::Skipped { spot, why, by })
    }

    /// The script itself can't go on.
    fn break_off(&self, place: usize, why: &str) -> Vec<Event> {
        let step = self.play.step(place).map(|it| it.name.as_str()).unwrap_or_default();
        self.stop(&format!("{step} can't begin: {why}"))
    }
}
