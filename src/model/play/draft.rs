//! A script that somebody has written in a play, and that waits at a gate to be read.

use super::{Play, Standing};
use crate::model::script::{Check, Step};
use serde_json::Value;

/// What waits to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The step that it comes from.
    pub from: usize,
    /// What it is called; empty where nobody said.
    pub name: String,
    /// The whole file.
    pub text: String,
    /// Where in what was handed over the text stands; all of it is, where there is no key.
    key: Option<String>,
    /// What was handed over.
    whole: Value,
}

impl Play {
    /// The script that waits at the gate of this step, if one does: what was handed in by
    /// a step before it that has to hand in a script, as the director has left it.
    pub fn draft(&self, gate: usize) -> Option<Draft> {
        let waits = self.steps.get(gate)?.standing == Standing::Gate && !self.is_over();
        let givers = self.order().needs(gate).iter().copied().filter(|_| waits);
        givers.rev().find_map(|from| self.draft_of(from, gate))
    }

    /// Where in this play a script waits to be read.
    pub fn drafts(&self) -> impl Iterator<Item = usize> {
        self.asking().filter(|it| self.draft(*it).is_some())
    }

    fn draft_of(&self, from: usize, gate: usize) -> Option<Draft> {
        let Check::Script(key) = script_check(self.step(from)?)? else { return None };
        let edited = self.edited.get(&(from, gate)).map(|it| Value::clone(it));
        let whole = edited.unwrap_or_else(|| self.output(from));
        let text = key.as_ref().map_or(Some(&whole), |it| whole.get(it))?.as_str()?.to_owned();
        let name = whole.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        Some(Draft { from, name, text, key: key.clone(), whole })
    }
}

/// What says that a step has to hand in a script, if it has to.
fn script_check(step: &Step) -> Option<&Check> {
    let until = step.repeat.iter().flat_map(|it| &it.until);
    step.checks.iter().chain(until).find(|it| matches!(it, Check::Script(_)))
}

impl Draft {
    /// What is handed over where its text is this.
    pub fn with(&self, text: &str) -> Value {
        let mut whole = self.whole.clone();
        let place = match &self.key {
            None => Some(&mut whole),
            Some(key) => whole.get_mut(key),
        };
        if let Some(place) = place {
            *place = Value::from(text);
        }
        whole
    }
}
