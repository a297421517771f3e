//! What must hold of a simulated session, whatever happened.

use super::actor::World;
use auteur::{
    model::*,
    supervisor::{News, Session},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::Write as _,
};

/// What a screen has seen, and what the tape says of it.
pub(super) struct Laws {
    header: Header,
    stage: Stage,
    /// Everything that a screen was told, in all runs.
    shown: Vec<Record>,
    tape: Vec<Record>,
    /// The latest trouble with the journal that was told.
    pub(super) trouble: Option<String>,
    /// Where what was shown is written down, for one who outlives it.
    witness: Option<File>,
}

impl Laws {
    pub(super) fn new(header: Header, witness: Option<File>) -> Self {
        let stage = Stage::new(header.clone());
        Self { header, stage, shown: Vec::new(), tape: Vec::new(), trouble: None, witness }
    }

    pub(super) fn stage(&self) -> &Stage {
        &self.stage
    }

    /// Takes what the screen would show now.
    pub(super) fn look(&mut self, session: &Session) {
        self.take(&session.feed.take());
    }

    pub(super) fn take(&mut self, news: &News) {
        assert!(!news.missed, "a screen that looks so often misses nothing");
        for record in news.records.iter().flatten() {
            self.stage.apply(record);
            self.shown.push(record.clone());
            if let Some(witness) = &mut self.witness {
                writeln!(witness, "{}", record.seq.0).unwrap();
            }
        }
        if let Some(trouble) = &news.trouble {
            self.trouble = Some(trouble.clone());
        }
    }

    /// A later run begins with what it found.
    pub(super) fn found(&mut self, stage: &Stage) {
        self.stage = stage.clone();
    }

    pub(super) fn check_the_tape(&mut self, records: &[Record], agents: u32) {
        let is_whole = |it: &&Record| !matches!(it.event, Event::Unreadable { .. });
        self.tape = records.iter().filter(is_whole).cloned().collect();
        self.all_that_was_shown_is_there();
        self.nothing_starts_that_is_held(agents);
    }

    /// P1, P2 and P3: in its order, without a gap, and not hidden by what was torn.
    fn all_that_was_shown_is_there(&self) {
        let written: BTreeSet<u64> = self.tape.iter().map(|it| it.seq.0).collect();
        assert_eq!(written.len(), self.tape.len(), "no number is given twice");
        let tape: BTreeMap<Seq, &Record> = self.tape.iter().map(|it| (it.seq, it)).collect();
        for record in &self.shown {
            assert_eq!(tape.get(&record.seq), Some(&record), "it was shown, so it is there");
        }
        let last = self.tape.last().map_or(0, |it| it.seq.0);
        let missing = (1..=last).filter(|it| !written.contains(it)).count();
        let torn = self.fold().damaged();
        assert!(missing as u64 <= torn, "{missing} records are missing, {torn} were torn");
    }

    /// P5, P11 and P14 at every moment of the tape.
    fn nothing_starts_that_is_held(&self, agents: u32) {
        let mut stage = Stage::new(self.header.clone());
        let mut started = BTreeSet::new();
        let mut delivered = BTreeSet::new();
        for record in &self.tape {
            match &record.event {
                Event::TurnStarted { agent, .. } => {
                    let agent = stage.agent(*agent).unwrap();
                    assert!(!agent.is_held() || agent.steps > 0, "{:?}", agent.holds);
                    assert!(!agent.calling, "never two turns at once: {record:?}");
                }
                Event::ToolStarted { agent, call } => {
                    assert!(started.insert((*agent, *call)), "nothing runs twice: {record:?}");
                }
                Event::RedirectDelivered { agent, redirect, .. } => {
                    assert!(delivered.insert((*agent, *redirect)), "delivered twice: {record:?}");
                }
                Event::RetryScheduled { attempt, most, .. } => assert!(attempt <= most),
                _ => {}
            }
            stage.apply(record);
            let (totals, limits) = (stage.totals(), stage.limits());
            if let Some(budget) = limits.budget {
                let most = budget + Money::cents(2 * u64::from(agents));
                assert!(totals.spent.known + totals.reserved <= most, "{record:?}");
            }
        }
    }

    fn fold(&self) -> Stage {
        let mut stage = Stage::new(self.header.clone());
        self.tape.iter().for_each(|it| stage.apply(it));
        stage
    }

    /// What the agents did to the world, against what the tape says.
    pub(super) fn check_the_end(&self, world: &World) {
        let mut started = BTreeSet::new();
        let mut turns = BTreeMap::<AgentId, u32>::new();
        let mut delivered = BTreeMap::<AgentId, Vec<RedirectId>>::new();
        for record in &self.tape {
            match &record.event {
                Event::ToolStarted { agent, call } => drop(started.insert((*agent, *call))),
                Event::TurnStarted { agent, .. } => *turns.entry(*agent).or_default() += 1,
                Event::RedirectDelivered { agent, redirect, .. } => {
                    delivered.entry(*agent).or_default().push(*redirect);
                }
                _ => {}
            }
        }
        for (run, times) in &world.runs {
            assert_eq!(*times, 1, "{run:?} ran twice");
            assert!(started.contains(run), "{run:?} ran and the journal does not know");
        }
        for (agent, calls) in &world.calls {
            assert!(calls <= turns.get(agent).unwrap_or(&0), "{agent} called more than it may");
        }
        for ((agent, _), heard) in &world.heard {
            let mut told = delivered.get(agent).unwrap().iter();
            assert!(heard.iter().all(|it| told.any(|told| told == it)), "out of order: {heard:?}");
        }
        assert!(self.fold().agents().all(Agent::is_over), "everybody came to an end");
        let spent = self.tape.iter().filter_map(|it| match it.event {
            Event::TurnEnded { cost, .. } | Event::TurnCut { cost, .. } => Some(cost),
            _ => None,
        });
        let mut sum = Cost::default();
        spent.for_each(|it| sum += it);
        assert_eq!(self.fold().totals().spent, sum, "what is spent is the sum of what was settled");
    }
}
