//! How quickly a session spends: what was settled, in stretches of its time. There are
//! never more of them than a screen can show; a longer session has longer ones.

use crate::model::{Event, Millis, Money, Record};
use std::collections::BTreeMap;

/// So many stretches are kept; then each is made twice as long.
const MOST: usize = 4096;
/// How long one is at first.
const SHORTEST: u64 = 1000;

/// What was settled when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    /// How long a stretch is, in milliseconds.
    length: u64,
    stretches: BTreeMap<u64, Stretch>,
}

/// What was settled in a stretch of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stretch {
    /// Money.
    pub spent: Money,
    /// Tokens, in and out.
    pub tokens: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { length: SHORTEST, stretches: BTreeMap::new() }
    }
}

impl Pace {
    pub(super) fn take(&mut self, record: &Record) {
        let (Event::TurnEnded { usage, cost, .. }
        | Event::TurnCut { usage, cost, .. }
        | Event::Compacted { usage, cost, .. }) = &record.event
        else {
            return;
        };
        let stretch = self.stretches.entry(record.at.0 / self.length).or_default();
        stretch.spent += cost.known;
        stretch.tokens = stretch.tokens.saturating_add(usage.total());
        while self.stretches.len() > MOST {
            self.thin();
        }
    }

    /// Makes each stretch twice as long.
    fn thin(&mut self) {
        self.length *= 2;
        for (place, stretch) in std::mem::take(&mut self.stretches) {
            let sum = self.stretches.entry(place / 2).or_default();
            sum.spent += stretch.spent;
            sum.tokens = sum.tokens.saturating_add(stretch.tokens);
        }
    }

    /// What was settled in each of so many equal parts of the time up to `end`.
    pub fn parts(&self, end: Millis, count: usize) -> Vec<Stretch> {
        let mut parts = vec![Stretch::default(); count];
        let whole = end.0.max(1);
        for (place, stretch) in &self.stretches {
            let at = u128::from(place.saturating_mul(self.length).min(whole));
            let part = at * count as u128 / u128::from(whole);
            let part = usize::try_from(part).unwrap_or(usize::MAX).min(count.saturating_sub(1));
            if let Some(sum) = parts.get_mut(part) {
                sum.spent += stretch.spent;
                sum.tokens = sum.tokens.saturating_add(stretch.tokens);
            }
        }
        parts
    }
}
