//! What a step's templates and expressions see.

use super::Plan;
use crate::{
    model::{
        Tree,
        play::{Part, Phase, StepState},
        script::{OnFailure, Step},
    },
    script::{Over, Scope},
};
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

impl Plan<'_> {
    /// What a step sees, and of its parts this one.
    pub(super) fn scope(&self, place: usize, part: Option<&Part>) -> Scope {
        let forerunner = self.forerunner(place);
        let needs = self.play.order().needs(place).iter().copied().chain(forerunner);
        let named = needs.filter_map(|need| {
            Some((self.play.step(need)?.name.clone(), Arc::new(self.given(need, place)?)))
        });
        let mut scope = Scope { inputs: self.inputs(), steps: named.collect(), ..Scope::default() };
        let Some(part) = part else { return scope };
        let state = self.play.steps.get(place);
        let index = state.and_then(|it| it.parts.iter().position(|it| std::ptr::eq(it, part)));
        let is_one_of_many = self.play.step(place).is_some_and(|it| it.for_each.is_some());
        scope.index = index.filter(|_| is_one_of_many).map(|it| it as u64);
        scope.item = match (forerunner, index) {
            (Some(of), Some(index)) => {
                self.play.part((of, index)).and_then(|it| it.output.as_deref().cloned())
            }
            _ => part.item.as_deref().cloned(),
        };
        let is_under_way = part.phase.is_under_way();
        scope.attempt = part.attempt + u32::from(!is_under_way);
        scope.round = part.round.max(1);
        scope.failure = part.failure.as_ref().map(|(_, why)| why.clone()).unwrap_or_default();
        let calls = if part.tried == 0 { &part.calls } else { &part.called_by };
        scope.calls = calls.all.iter().map(|it| Value::clone(it)).collect();
        scope.last = part.output.as_deref().cloned();
        scope.output = part.handed.as_deref().cloned();
        scope
    }

    pub(super) fn forerunner(&self, place: usize) -> Option<usize> {
        use crate::model::script::ForEach;
        match self.play.step(place)?.for_each.as_ref()? {
            ForEach::Part(of) => self.play.place(of),
            ForEach::List(_) => None,
        }
    }

    fn inputs(&self) -> Arc<BTreeMap<String, Value>> {
        let inputs = self.play.inputs.as_object();
        let inputs = inputs.into_iter().flatten();
        Arc::new(inputs.map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    /// What is left of a step, for one that needs it.
    fn given(&self, step: usize, taker: usize) -> Option<Over> {
        let (written, state) = (self.play.step(step)?, self.play.steps.get(step)?);
        let (base, commit) = self.work_of_one(state).unwrap_or_default();
        let over = Over { failed: failures(state), base, commit, ..Over::default() };
        if let Some(value) = self.play.edited.get(&(step, taker)) {
            return Some(Over { output: Value::clone(value), ..over });
        }
        let is_replaced = state.failed() > 0;
        if let OnFailure::Step(other) = &written.on_failure
            && is_replaced
            && let Some(other) = self.play.place(other).filter(|it| *it != taker)
        {
            return Some(Over { output: self.play.output(other), ..over });
        }
        Some(Over { output: self.play.output(step), ..over })
    }

    /// The commits between which the work of a step lies that one agent did.
    fn work_of_one(&self, state: &StepState) -> Option<(String, String)> {
        let [part] = &state.parts[..] else { return None };
        let agent = self.agent(part.agent)?;
        let base = agent.work_began_at()?;
        let last = agent.checkpoints.last().map_or(base, |it| &it.commit);
        Some((base.to_owned(), last.to_owned()))
    }

    /// The place whose work an agent of this step goes on with: that of the step it
    /// names.
    pub(super) fn ground_of(&self, step: &Step) -> Option<Box<Tree>> {
        let from = self.play.place(step.onto.as_deref()?)?;
        let part = self.play.part((from, 0))?;
        let tree = self.agent(part.agent)?.tree.as_deref()?;
        Some(Box::new(tree.clone()))
    }
}

fn failures(state: &StepState) -> Vec<String> {
    let failed = state.parts.iter().filter(|it| it.phase == Phase::Failed);
    failed.map(|it| it.failure.as_ref().map(|(_, why)| why.clone()).unwrap_or_default()).collect()
}
