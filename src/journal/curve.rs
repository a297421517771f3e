//! What a session has cost, and how full its agents' windows are, from turn to turn:
//! what is drawn below a timeline.

use crate::model::{AgentId, Event, Millis, Money, Record, Seq, Stage};
use std::sync::Arc;

/// How many samples are kept; when there are more, every other one goes. Far more than
/// a screen has columns.
const SAMPLES: usize = 1 << 14;

/// What stood at the end of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// The record that told it.
    pub seq: Seq,
    /// When.
    pub at: Millis,
    /// What all agents had spent by then, as far as it is known.
    pub spent: Money,
    /// Whose turn it was.
    pub agent: AgentId,
    /// How many tokens were in its window.
    pub context: u64,
}

impl Sample {
    /// What a record and the stage that it made have to tell; nothing where the record ends
    /// no turn.
    pub(super) fn of(record: &Record, stage: &Stage) -> Option<Self> {
        let (Event::TurnEnded { agent, .. }
        | Event::TurnCut { agent, .. }
        | Event::WindowSeen { agent, .. }
        | Event::Compacted { agent, .. }) = record.event
        else {
            return None;
        };
        let context = stage.agent(agent)?.context;
        let ours = stage.agents().filter(|it| !it.is_watched());
        let spent = ours.fold(0, |sum: u64, it| sum.saturating_add(it.spent.known.0));
        let spent = Money(spent);
        Some(Self { seq: record.seq, at: record.at, spent, agent, context })
    }
}

/// The samples of a session so far.
#[derive(Debug, Default)]
pub(super) struct Curve {
    samples: Vec<Sample>,
}

impl Curve {
    pub(super) fn add(&mut self, found: &mut Vec<Sample>) {
        self.samples.append(found);
        while self.samples.len() > SAMPLES {
            // The last one stays: it is what all of it came to.
            let mut nth = self.samples.len();
            self.samples.retain(|_| {
                nth -= 1;
                nth.is_multiple_of(2)
            });
        }
    }

    pub(super) fn samples(&self) -> Arc<[Sample]> {
        self.samples.as_slice().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(nth: u64) -> Sample {
        let spent = Money(nth);
        Sample { seq: Seq(nth), at: Millis(nth), spent, agent: AgentId(1), context: nth }
    }

    #[test]
    fn a_long_curve_is_thinned_out_in_order_and_keeps_its_end() {
        let mut curve = Curve::default();
        for batch in 0..10 {
            curve.add(&mut (batch * 10_000..(batch + 1) * 10_000).map(sample).collect());
        }
        let samples = curve.samples();
        assert!(samples.len() <= SAMPLES && samples.len() > SAMPLES / 4, "{}", samples.len());
        assert_eq!(samples.last().unwrap().seq, Seq(99_999));
        assert!(samples.windows(2).all(|it| it[0].seq < it[1].seq));
    }
}
