//! What answers cost: each once, however many records tell of it, in however many
//! files.
//!
//! A record may repeat the usage of its answer or tell a later count of it; the most
//! that is told of each kind holds. A record of the same answer that comes when it
//! was settled already owes the difference. Of logs that are shown together, what one
//! repeats of another, as a fork does, is paid where it was told first.

use super::tally::{Spent, Tally};
use crate::{
    llm::{Billed, PriceTable, Priced, Tier},
    model::{Cost, Usage},
};
use jiff::Timestamp;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// What a record tells of an answer.
#[derive(Debug)]
pub(super) struct Told<'record> {
    pub(super) model: &'record str,
    /// When; none where nobody knows, and its price is today's.
    pub(super) at: Option<Timestamp>,
    pub(super) tier: Tier,
    /// What is billed: usually one part.
    pub(super) parts: Vec<Billed>,
    /// The answer was over.
    pub(super) is_over: bool,
    /// What tells it apart from all answers of all logs, hashed; none where a format has
    /// nothing that does.
    pub(super) mark: Option<u64>,
}

/// An answer, as far as it is known.
#[derive(Debug)]
struct Answer {
    /// The file that told of it first.
    file: usize,
    model: Arc<str>,
    at: Option<Timestamp>,
    tier: Tier,
    usage: Usage,
    /// Its parts, where there is more than one.
    parts: Vec<Billed>,
    is_over: bool,
    /// Another log that is shown beside this one has told of it before.
    is_elsewhere: bool,
    settled: Option<(Usage, Cost)>,
}

/// The account of a log and of all files that belong to it.
#[derive(Debug)]
pub(super) struct Bill {
    prices: Arc<PriceTable>,
    /// Who bills, as the price table calls it, if that is known.
    vendor: Option<&'static str>,
    answers: HashMap<String, Answer>,
    /// How many answers were settled of which nothing is told.
    untold: u64,
}

impl Bill {
    pub(super) fn new(prices: &Arc<PriceTable>, vendor: Option<&'static str>) -> Self {
        let prices = Arc::clone(prices);
        Self { prices, vendor, answers: HashMap::new(), untold: 0 }
    }

    /// Whether something was told of an answer.
    pub(super) fn knows(&self, id: &str) -> bool {
        self.answers.contains_key(id)
    }

    /// Takes in what a record of a file tells. `marks` are those of the answers that
    /// were told of before, in whatever log.
    pub(super) fn see(&mut self, file: usize, id: &str, told: Told<'_>, marks: &mut HashSet<u64>) {
        let Told { model, at, tier, parts, is_over, mark } = told;
        let usage = sum(&parts);
        let parts = if parts.len() > 1 { parts } else { Vec::new() };
        if let Some(known) = self.answers.get_mut(id) {
            if known.parts.len() < parts.len() {
                known.parts = parts;
            }
            known.usage = most(&known.usage, &usage);
            known.is_over |= is_over;
            return;
        }
        let (model, settled) = (Arc::from(model), None);
        let is_elsewhere = mark.is_some_and(|it| !marks.insert(it));
        let answer = Answer { file, model, at, tier, usage, parts, is_over, is_elsewhere, settled };
        self.answers.insert(id.to_owned(), answer);
    }

    /// What an answer has used and cost that was not settled yet.
    pub(super) fn settle(&mut self, id: &str) -> (Usage, Cost) {
        let Some(answer) = self.answers.get(id) else {
            // Nobody knows what it has used, so nobody can say what it cost.
            self.untold += 1;
            return (Usage::default(), Cost::from(None));
        };
        if answer.is_elsewhere {
            return Default::default();
        }
        let (usage, cost) = (answer.usage, self.cost(answer));
        let (had, paid) = answer.settled.unwrap_or_default();
        if let Some(answer) = self.answers.get_mut(id) {
            answer.settled = Some((usage, cost));
        }
        let known = cost.known - paid.known;
        let unpriced = cost.unpriced.saturating_sub(paid.unpriced);
        (minus(&usage, &had), Cost { known, unpriced, ..Cost::default() })
    }

    /// The tokens of an answer that is paid in another log.
    pub(super) fn elsewhere(&self, id: &str) -> Option<u64> {
        let answer = self.answers.get(id).filter(|it| it.is_elsewhere)?;
        Some(answer.usage.total())
    }

    fn cost(&self, answer: &Answer) -> Cost {
        let priced = |provider| {
            let at = answer.at.unwrap_or(Timestamp::MAX);
            let call = Priced { provider, model: &answer.model, at, tier: answer.tier };
            if answer.parts.is_empty() {
                return self.prices.price(&call, &answer.usage);
            }
            self.prices.bill(&call, &answer.parts)
        };
        // Behind a gateway it may be another vendor's model.
        let own = self.vendor.and_then(|it| priced(Some(it)));
        Cost::from(own.or_else(|| priced(None)))
    }

    /// How many answers there were of whose tokens nothing is told.
    pub(super) const fn untold(&self) -> u64 {
        self.untold
    }

    /// Adds the answers of a file to its figures.
    pub(super) fn add_up(&self, file: usize, tally: &mut Tally) {
        for answer in self.answers.values().filter(|it| it.file == file) {
            tally.responses += 1;
            tally.unfinished += u64::from(!answer.is_over);
            tally.spend(&answer.model, Spent { usage: answer.usage, cost: self.cost(answer) });
        }
    }
}

fn sum(parts: &[Billed]) -> Usage {
    parts.iter().fold(Usage::default(), |mut sum, part| {
        sum += part.usage;
        sum
    })
}

/// The most of each kind. What was written to a cache is told in sum at first, and
/// only later for how long.
fn most(one: &Usage, other: &Usage) -> Usage {
    let written = |it: &Usage| it.cache_write_5m.saturating_add(it.cache_write_1h);
    let hour = one.cache_write_1h.max(other.cache_write_1h);
    let all = written(one).max(written(other));
    Usage {
        input: one.input.max(other.input),
        cache_read: one.cache_read.max(other.cache_read),
        cache_write_5m: all.saturating_sub(hour),
        cache_write_1h: hour,
        output: one.output.max(other.output),
        reasoning: one.reasoning.max(other.reasoning),
        web_searches: one.web_searches.max(other.web_searches),
    }
}

pub(super) const fn minus(all: &Usage, less: &Usage) -> Usage {
    Usage {
        input: all.input.saturating_sub(less.input),
        cache_read: all.cache_read.saturating_sub(less.cache_read),
        cache_write_5m: all.cache_write_5m.saturating_sub(less.cache_write_5m),
        cache_write_1h: all.cache_write_1h.saturating_sub(less.cache_write_1h),
        output: all.output.saturating_sub(less.output),
        reasoning: all.reasoning.saturating_sub(less.reasoning),
        web_searches: all.web_searches.saturating_sub(less.web_searches),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Money;

    fn told(usage: Usage) -> Told<'static> {
        let at = Some("2026-11-01T00:00:00Z".parse().unwrap());
        let parts = vec![Billed { model: None, usage }];
        let (model, tier) = ("claude-sonnet-4-5", Tier::Standard);
        Told { model, at, tier, parts, is_over: true, mark: None }
    }

    fn used(output: u64, hour: bool) -> Usage {
        let (short, long) = if hour { (0, 50) } else { (50, 0) };
        let input = 1000;
        Usage { input, output, cache_write_5m: short, cache_write_1h: long, ..Usage::default() }
    }

    #[test]
    fn an_answer_is_paid_once_however_often_it_is_told() {
        let prices = Arc::new(PriceTable::embedded());
        let mut bill = Bill::new(&prices, Some("anthropic"));
        bill.see(0, "a", told(used(1, false)), &mut HashSet::new());
        let (first, paid) = bill.settle("a");
        assert_eq!((first.output, first.cache_write_5m), (1, 50));
        bill.see(1, "a", told(used(500, true)), &mut HashSet::new());
        let (rest, owed) = bill.settle("a");
        assert_eq!(rest, Usage { output: 499, cache_write_1h: 50, ..Usage::default() });
        assert_eq!(bill.settle("a"), (Usage::default(), Cost::default()));
        let mut tally = Tally::default();
        bill.add_up(1, &mut tally);
        assert_eq!(tally.responses, 0);
        bill.add_up(0, &mut tally);
        assert_eq!((tally.responses, tally.usage()), (1, used(500, true)));
        assert_eq!(tally.cost().known, paid.known + owed.known);
        // 1000 in at $3, 50 for an hour at $6, 500 out at $15 a million.
        assert_eq!(tally.cost().known, Money(10_800_000));
    }

    #[test]
    fn what_nobody_can_price_is_said() {
        let prices = Arc::new(PriceTable::embedded());
        let mut bill = Bill::new(&prices, Some("anthropic"));
        let told = Told { model: "nobody-knows-me", ..told(used(1, false)) };
        bill.see(0, "a", told, &mut HashSet::new());
        assert_eq!(bill.settle("a").1.unpriced, 1);
        assert_eq!((bill.settle("b").1.unpriced, bill.untold()), (1, 1));
    }
}
