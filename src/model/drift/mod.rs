//! Whether an agent drifts, as far as rules can see: what they saw and nobody has set
//! right or waved away since.
//!
//! A sign is a fact. It is seen by a rule of the room `watch`, while the session is live;
//! a replay reads it, and looks for nothing itself.

mod event;

pub use event::{Action, DriftEvent, Evidence, Heed, HeedWish, Rule};

use super::{Agent, Author, Event, HoldReason, Millis, Record, Refusal, Seq, Turn};
use std::{collections::BTreeMap, sync::Arc};

/// So many turns a rule rests that the director has waved away.
const RESTS: u32 = 10;

/// Something that may be drift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sign {
    /// Which of this agent, counted from 1.
    pub number: u32,
    /// The rule that was met.
    pub rule: Rule,
    /// The record that says so.
    pub seq: Seq,
    /// When it was seen.
    pub at: Millis,
    /// The turn in which it was seen.
    pub turn: Turn,
    /// The turn in which it began.
    pub since: Turn,
    /// What was seen, in a few words.
    pub words: String,
    /// What shows it, oldest first.
    pub evidence: Vec<Evidence>,
    /// What was done about it.
    pub action: Action,
}

impl Sign {
    /// What was seen, as a sentence.
    pub fn sentence(&self) -> String {
        let mut letters = self.words.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        first.chain(letters).chain(['.']).collect()
    }
}

/// How an agent stands with its watches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drift {
    open: Vec<Arc<Sign>>,
    /// How many signs there were.
    count: u32,
    /// Up to which record a rule has had its say.
    settled: BTreeMap<Rule, Seq>,
    /// Up to which turn a rule rests.
    resting: BTreeMap<Rule, Turn>,
}

impl Drift {
    /// What was seen and stands, oldest first.
    pub fn signs(&self) -> impl DoubleEndedIterator<Item = &Sign> + ExactSizeIterator {
        self.open.iter().map(AsRef::as_ref)
    }

    /// The number that the next sign gets.
    pub const fn next(&self) -> u32 {
        self.count.saturating_add(1)
    }

    /// The record up to which a rule looks no more.
    pub fn settled(&self, rule: Rule) -> Seq {
        self.settled.get(&rule).copied().unwrap_or_default()
    }

    /// Whether a rule is not to be heard in this turn.
    pub fn rests(&self, rule: Rule, turn: Turn) -> bool {
        self.resting.get(&rule).is_some_and(|upto| turn <= *upto)
    }

    /// Takes in a fact.
    pub(super) fn apply(&mut self, event: &DriftEvent, record: &Record, turn: Turn) {
        match event {
            DriftEvent::Seen { sign, rule, since, words, evidence, action } => {
                self.count = self.count.max(*sign);
                self.open.push(Arc::new(Sign {
                    number: *sign,
                    rule: *rule,
                    seq: record.seq,
                    at: record.at,
                    turn,
                    since: *since,
                    words: words.clone(),
                    evidence: evidence.clone(),
                    action: *action,
                }));
            }
            DriftEvent::Passed { sign, .. } => self.close(*sign, record.seq),
            DriftEvent::Dismissed { sign, rests, .. } => {
                let rule = self.signs().find(|it| it.number == *sign).map(|it| it.rule);
                let upto = Turn(turn.0.saturating_add(*rests));
                self.resting.extend(rule.map(|rule| (rule, upto)));
                self.close(*sign, record.seq);
            }
        }
    }

    fn close(&mut self, sign: u32, seq: Seq) {
        let closed = self.signs().find(|it| it.number == sign).map(|it| it.rule);
        self.settled.extend(closed.map(|rule| (rule, seq)));
        self.open.retain(|it| it.number != sign);
    }
}

impl Agent {
    /// How a rule is kept for it.
    pub fn heeds(&self, rule: Rule) -> Heed {
        self.casting.watch.get(&rule).copied().unwrap_or_else(|| rule.usual())
    }

    /// The sign that stands for all: the one seen first.
    pub fn drifts(&self) -> Option<&Sign> {
        self.drift.signs().next()
    }
}

/// Judges a wish about the watches of an agent.
pub(super) fn heed(agent: &Agent, by: Author, wish: HeedWish) -> Result<Vec<Event>, Refusal> {
    let HeedWish::Dismiss { sign } = wish;
    if !agent.drift.signs().any(|it| it.number == sign) {
        return Err(Refusal::Nothing("that is seen no more"));
    }
    let event = DriftEvent::Dismissed { sign, rests: RESTS, by };
    let mut events = vec![Event::Drifted { agent: agent.id, event: Box::new(event) }];
    // What it was held for is no reason any more.
    let held = agent.is_held_for(HoldReason::Watch) && agent.drift.signs().len() == 1;
    let lifted = Event::HoldLifted { agent: agent.id, reason: HoldReason::Watch, by };
    events.extend(held.then_some(lifted));
    Ok(events)
}
