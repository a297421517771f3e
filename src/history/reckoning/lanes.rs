//! How each agent stood, from when on.

use crate::model::{Agent, AgentId, Millis, Status};
use std::collections::{BTreeMap, VecDeque};

/// So many changes of an agent are kept, the latest.
const CHANGES: usize = 512;

/// How agents stood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lanes {
    agents: BTreeMap<AgentId, Lane>,
}

/// How one agent stood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lane {
    /// What it is called.
    pub name: String,
    /// From when on, oldest first; before the first of them it is not told.
    changes: VecDeque<(Millis, Status)>,
}

impl Lanes {
    pub(super) fn take(&mut self, at: Millis, agent: &Agent) {
        let lane = self.agents.entry(agent.id).or_default();
        if lane.name.is_empty() {
            lane.name.clone_from(&agent.casting.name);
        }
        let status = agent.status();
        if lane.changes.back().map(|it| it.1) == Some(status) {
            return;
        }
        match lane.changes.back_mut() {
            // What did not last is not told.
            Some(last) if last.0 == at => last.1 = status,
            _ => lane.changes.push_back((at, status)),
        }
        if lane.changes.len() > CHANGES {
            lane.changes.pop_front();
        }
    }

    /// All of them, in the order in which they were cast.
    pub fn all(&self) -> impl ExactSizeIterator<Item = (AgentId, &Lane)> {
        self.agents.iter().map(|(id, lane)| (*id, lane))
    }
}

impl Lane {
    /// How it stood then; none before it was there.
    pub fn at(&self, at: Millis) -> Option<Status> {
        self.changes.iter().rev().find(|it| it.0 <= at).map(|it| it.1)
    }

    /// How it stood in each of so many equal parts of the time up to `end`: what lasted
    /// longest there. One that was over before a part began is not told there any more.
    pub fn parts(&self, end: Millis, count: usize) -> Vec<Option<Status>> {
        let edge = |part: usize| {
            let at = u128::from(end.0) * part as u128 / count.max(1) as u128;
            Millis(u64::try_from(at).unwrap_or(u64::MAX))
        };
        let mut parts = Vec::with_capacity(count);
        for part in 0..count {
            let (from, to) = (edge(part), edge(part + 1));
            let before = self.at(from).filter(|it| !it.is_over() || from == Millis(0));
            parts.push(self.longest(before, from, to));
        }
        parts
    }

    fn longest(&self, before: Option<Status>, from: Millis, to: Millis) -> Option<Status> {
        let mut lasted: BTreeMap<Status, u64> = BTreeMap::new();
        let (mut status, mut since, mut end) = (before, from, None);
        for (at, next) in self.changes.iter().filter(|it| it.0 > from && it.0 <= to) {
            if let Some(status) = status {
                *lasted.entry(status).or_default() += at.since(since).0;
            }
            (status, since) = (Some(*next), *at);
            end = next.is_over().then_some(*next);
        }
        if let Some(status) = status {
            *lasted.entry(status).or_default() += to.since(since).0;
        }
        // That it ended is seen, however short the rest of that part is.
        end.or_else(|| lasted.into_iter().max_by_key(|it| it.1).map(|it| it.0))
    }
}
