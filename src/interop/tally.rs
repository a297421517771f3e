//! What is in a log, in figures.

use crate::{
    model::{Cost, Money, Usage},
    text::one_line,
};
use std::collections::BTreeMap;

/// So many names are counted apart; what comes behind them is counted together.
const NAMES: usize = 1000;
/// A name's width at most, in columns.
const NAME: usize = 80;
/// What stands for all names behind those.
const OTHERS: &str = "(others)";

/// The figures of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Lines that are not blank; none where the file is one JSON value.
    pub lines: Option<u64>,
    /// Lines that hold more than one value.
    pub glued: u64,
    /// Lines of which something can't be read.
    pub unreadable: u64,
    /// JSON values.
    pub records: u64,
    /// How many of each kind.
    pub kinds: BTreeMap<String, u64>,
    /// How many are of a kind that this version does not know.
    pub unknown: u64,
    /// Messages, however often each is written; none where records are not messages.
    pub messages: Option<u64>,
    /// Answers of models that tell their tokens.
    pub responses: u64,
    /// Answers that don't, of all files together: nobody knows what they cost.
    pub untold: u64,
    /// Answers that were written down before they were over: they have used more
    /// output than is told.
    pub unfinished: u64,
    /// Tool calls, by tool.
    pub calls: BTreeMap<String, u64>,
    /// Results of tool calls.
    pub results: u64,
    /// Results that are errors, by tool.
    pub errors: BTreeMap<String, u64>,
    /// How often the log tells of all tokens so far.
    pub totals: u64,
    /// What was spent, by model.
    pub models: BTreeMap<String, Spent>,
    /// What the tool says itself that all of it has cost.
    pub reported: Option<Money>,
    /// How often the conversation went back, and on in another way.
    pub branches: u64,
    /// How often the conversation was made shorter.
    pub compactions: u64,
    /// The sub-agents with files of their own, by file.
    pub aides: BTreeMap<String, Tally>,
}

/// What a model has used, and what that cost at the prices of its days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// Tokens.
    pub usage: Usage,
    /// Money.
    pub cost: Cost,
}

impl Tally {
    /// What all models have used.
    pub fn usage(&self) -> Usage {
        self.models.values().fold(Usage::default(), |mut sum, it| {
            sum += it.usage;
            sum
        })
    }

    /// What all of them cost, as computed.
    pub fn cost(&self) -> Cost {
        self.models.values().fold(Cost::default(), |mut sum, it| {
            sum += it.cost;
            sum
        })
    }

    pub(super) fn spend(&mut self, model: &str, spent: Spent) {
        let sum = at(&mut self.models, model);
        sum.usage += spent.usage;
        sum.cost += spent.cost;
    }
}

/// Counts one more of a name.
pub(super) fn count(names: &mut BTreeMap<String, u64>, name: &str) {
    *at(names, name) += 1;
}

fn at<'map, T: Default>(names: &'map mut BTreeMap<String, T>, name: &str) -> &'map mut T {
    let name = one_line(name, NAME);
    let is_room = names.len() < NAMES || names.contains_key(&name);
    names.entry(if is_room { name } else { OTHERS.to_owned() }).or_default()
}
