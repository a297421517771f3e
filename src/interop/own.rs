//! A journal of our own, in the figures in which a log of another tool's is told: so
//! that two runs can be compared, whoever made them.

use super::{
    Tally,
    tally::{Spent, count},
};
use crate::{
    journal::Reader,
    model::{AgentId, CallId, Cost, Event, Money, Usage},
};
use std::{
    collections::HashMap,
    io::{self, Write},
    mem,
};

/// So many bytes of an event hold its name.
const NAME: usize = 64;

/// What is kept from record to record.
#[derive(Debug, Default)]
struct Account {
    tally: Tally,
    /// The model of each agent's latest turn.
    models: HashMap<AgentId, String>,
    /// The tools of calls that have no result yet.
    calls: HashMap<(AgentId, CallId), String>,
}

impl Tally {
    /// Counts what is in a journal, all agents together.
    pub fn of_journal(reader: &Reader) -> Self {
        let mut account = Account::default();
        for (_, record) in reader.records_from(reader.body()) {
            account.take(&record.event);
        }
        account.tally
    }
}

impl Account {
    fn take(&mut self, event: &Event) {
        let tally = &mut self.tally;
        tally.records += 1;
        match event {
            Event::Unreadable { name: None, .. } => tally.unreadable += 1,
            Event::Unreadable { name: Some(name), .. } => {
                tally.unknown += 1;
                count(&mut tally.kinds, name);
            }
            event => count(&mut tally.kinds, &name(event)),
        }
        match event {
            Event::TurnStarted { agent, model, .. } => {
                self.models.insert(*agent, model.clone());
            }
            // A program says which model plays it when its first turn has begun.
            Event::Linked { agent, model, .. } if !model.is_empty() => {
                let known = self.models.entry(*agent).or_default();
                *known = if known.is_empty() { model.clone() } else { mem::take(known) };
            }
            Event::TurnEnded { agent, usage, cost, .. } => {
                let is_told = usage.total() > 0;
                self.tally.responses += u64::from(is_told);
                self.tally.untold += u64::from(!is_told && cost.unpriced > 0);
                self.spend(*agent, *usage, *cost);
            }
            Event::TurnCut { agent, usage, cost, .. } => {
                self.tally.unfinished += 1;
                self.spend(*agent, *usage, *cost);
            }
            Event::Compacted { agent, usage, cost, .. } => {
                self.tally.compactions += 1;
                self.spend(*agent, *usage, *cost);
            }
            Event::Rewound { .. } => self.tally.branches += 1,
            Event::ToolCalled { agent, call, tool, .. } => {
                count(&mut self.tally.calls, tool);
                self.calls.insert((*agent, *call), tool.clone());
            }
            Event::ToolEnded { agent, call, ok, .. } => {
                self.tally.results += 1;
                let tool = self.calls.remove(&(*agent, *call));
                if !ok {
                    count(&mut self.tally.errors, tool.as_deref().unwrap_or("?"));
                }
            }
            _ => {}
        }
    }

    fn spend(&mut self, agent: AgentId, usage: Usage, cost: Cost) {
        if !cost.reported.is_nothing() {
            let sum = self.tally.reported.unwrap_or_default();
            self.tally.reported = Some(Money(sum.0.saturating_add(cost.reported.0)));
        }
        if usage.total() > 0 || cost != Cost::default() {
            let model = self.models.get(&agent).map_or("?", String::as_str);
            self.tally.spend(model, Spent { usage, cost });
        }
    }
}

/// What an event is called in a journal. Only its beginning is written.
fn name(event: &Event) -> String {
    let mut start = Start(Vec::with_capacity(NAME));
    // It is broken off on purpose.
    drop(serde_json::to_writer(&mut start, event));
    let text = String::from_utf8_lossy(&start.0);
    text.split('"').nth(1).unwrap_or_default().to_owned()
}

/// The first bytes of what is written.
struct Start(Vec<u8>);

impl Write for Start {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = NAME - self.0.len();
        if room == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        let taken = bytes.get(..room).unwrap_or(bytes);
        self.0.extend_from_slice(taken);
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Stop, Turn};

    #[test]
    fn what_a_program_says_that_a_turn_has_cost_is_told_as_reported() {
        let ended = |cost| Event::TurnEnded {
            agent: AgentId(1),
            turn: Turn(1),
            stop: Stop::End,
            usage: Usage::default(),
            cost,
        };
        let mut account = Account::default();
        account.take(&ended(Cost::from(Some(Money(5)))));
        assert_eq!(account.tally.reported, None);
        account.take(&ended(Cost::reported(Money(7))));
        account.take(&ended(Cost::reported(Money(8))));
        assert_eq!(account.tally.reported, Some(Money(15)));
    }
}
