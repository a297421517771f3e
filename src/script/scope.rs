//! What the templates and expressions of a step may name.

use minijinja::value::{Object, Serde, Value as Shown};
use serde::Serialize;
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

/// Everything by its name. A name with `-` is written with `_` in a template, where
/// `-` takes one number from another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// `inputs.NAME`: what the script was given.
    pub inputs: Arc<BTreeMap<String, Value>>,
    /// `steps.NAME.output`, `.failed`, `.base` and `.commit`: the steps that this one needs.
    pub steps: BTreeMap<String, Arc<Over>>,
    /// `item`: what this part is for, where a step is done for each of something.
    pub item: Option<Value>,
    /// `index`: the place of the item, from 0.
    pub index: Option<u64>,
    /// `attempt`: which one this is, from 1.
    pub attempt: u32,
    /// `round`: which one this is of a repeated step, from 1.
    pub round: u32,
    /// `failure`: why the attempt before this failed; empty at the first.
    pub failure: String,
    /// `last`: what a repeated or standing step put out in the round before; null at the
    /// first.
    pub last: Option<Value>,
    /// `calls`: what has called a standing step since its last run; empty where none did.
    pub calls: Vec<Value>,
    /// `output`: what the step has just put out; there only where that is checked.
    pub output: Option<Value>,
}

/// What is left of a step that is over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Over {
    /// Its output; of a step that was done for each of something, the list of its
    /// parts' outputs in their order. Null where there is none.
    pub output: Value,
    /// Why it failed, or why which of its parts did; empty where none did.
    pub failed: Vec<String>,
    /// The commit that its agent's work began with; empty where there is none, or several.
    pub base: String,
    /// The commit that holds what it made; empty where nothing is kept.
    pub commit: String,
}

/// The scope as the templates see it. Values are made when they are named: a list of
/// ten thousand outputs costs nothing where nobody looks at it.
#[derive(Debug)]
pub(super) struct Root(Scope);

/// The inputs by their names.
#[derive(Debug)]
struct Inputs(Arc<BTreeMap<String, Value>>);

/// The steps by their names.
#[derive(Debug)]
struct Steps(BTreeMap<String, Arc<Over>>);

/// One step.
#[derive(Debug)]
struct Step(Arc<Over>);

impl Root {
    pub(super) fn of(scope: &Scope) -> Shown {
        Shown::from_object(Self(scope.clone()))
    }
}

impl Object for Root {
    fn get_value(self: &Arc<Self>, key: &Shown) -> Option<Shown> {
        let scope = &self.0;
        match key.as_str()? {
            "inputs" => Some(Shown::from_object(Inputs(Arc::clone(&scope.inputs)))),
            "steps" => Some(Shown::from_object(Steps(scope.steps.clone()))),
            "item" => scope.item.as_ref().map(shown),
            "index" => scope.index.map(Shown::from),
            "attempt" => Some(scope.attempt.into()),
            "round" => Some(scope.round.into()),
            "failure" => Some(scope.failure.as_str().into()),
            "last" => Some(shown(&scope.last)),
            "calls" => Some(shown(&scope.calls)),
            "output" => scope.output.as_ref().map(shown),
            _ => None,
        }
    }
}

impl Object for Inputs {
    fn get_value(self: &Arc<Self>, key: &Shown) -> Option<Shown> {
        named(&self.0, key.as_str()?).map(shown)
    }
}

impl Object for Steps {
    fn get_value(self: &Arc<Self>, key: &Shown) -> Option<Shown> {
        let over = named(&self.0, key.as_str()?)?;
        Some(Shown::from_object(Step(Arc::clone(over))))
    }
}

impl Object for Step {
    fn get_value(self: &Arc<Self>, key: &Shown) -> Option<Shown> {
        match key.as_str()? {
            "output" => Some(shown(&self.0.output)),
            "failed" => Some(shown(&self.0.failed)),
            "base" => Some(self.0.base.as_str().into()),
            "commit" => Some(self.0.commit.as_str().into()),
            _ => None,
        }
    }
}

fn shown(value: impl Serialize) -> Shown {
    Shown::from(Serde(value))
}

/// What has this name, or the name that is written so.
fn named<'a, T>(all: &'a BTreeMap<String, T>, written: &str) -> Option<&'a T> {
    all.get(written).or_else(|| all.iter().find(|(name, _)| is_written(name, written))?.1.into())
}

/// Whether a name is written so in a template.
pub(super) fn is_written(name: &str, written: &str) -> bool {
    name.len() == written.len()
        && name.bytes().zip(written.bytes()).all(|(a, b)| a == b || (a == b'-' && b == b'_'))
}
