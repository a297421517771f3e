//! Calls that others carry out: agents are set to work, waited for, or given the work.
//! What comes of it is told by the session, which knows them.

use super::{
    tool::{Ran, TITLE, Wanted, title},
    worker::{Granted, Worker},
};
use crate::{
    engine::Gone,
    model::{Bid, Boundary, Order, Report},
    text::{harmless, one_line, reveal},
    tools::{Call, Ended},
};

/// What the model is told of the rest of a turn in which it has handed off its work.
pub(super) const NOT_YOURS: &str = "not run: you have handed off your work";

impl Worker {
    /// Asks others, and waits until it is told what came of it. A boundary like that of
    /// any tool: a paused agent sets nobody to work.
    pub(super) async fn delegate(&mut self, wanted: &Wanted, call: Call) -> Result<Ran, Gone> {
        let Some(bid) = bid(call) else { return Ok(Ran::Ended) };
        let to = match &bid {
            Bid::HandOff { to, .. } => Some(to.clone()),
            Bid::Spawn { .. } | Bid::Await { .. } => None,
        };
        match self.ask(Boundary::Tool { call: wanted.call }).await? {
            Granted::Go => {}
            Granted::Cut => return self.leave_out(wanted).await,
            Granted::Stop => return Ok(Ran::Stopped),
        }
        self.seat.say(Report::Bids(wanted.call, bid)).await?;
        let (ok, text, ran) = self.outcome_of(wanted).await?;
        let bytes = text.len() as u64;
        self.end_tool(wanted, Ended { ok, text, bytes, ..Ended::default() }).await?;
        match (ran, to) {
            (Ran::Interrupted, _) => {
                self.seat.say(Report::Interrupted(title(wanted))).await?;
                Ok(Ran::Interrupted)
            }
            (Ran::Ended, Some(to)) if ok => Ok(Ran::HandedOff(to)),
            (ran, _) => Ok(ran),
        }
    }

    /// Waits for what comes of it. Nothing of this agent runs meanwhile: what is held,
    /// frozen or cut is the wait, and those it has set to work go on.
    async fn outcome_of(&mut self, wanted: &Wanted) -> Result<(bool, String, Ran), Gone> {
        loop {
            let (text, ran) = match self.seat.hear().await? {
                Order::Return(call, ok, text) if call == wanted.call => {
                    return Ok((ok, text, Ran::Ended));
                }
                Order::Stop => ("ended: the director stopped the agent", Ran::Stopped),
                Order::Interrupt => {
                    ("interrupted by the director; whoever works for you goes on", Ran::Interrupted)
                }
                Order::Freeze => {
                    self.seat.say(Report::Frozen(title(wanted))).await?;
                    continue;
                }
                order => {
                    self.heed(order);
                    continue;
                }
            };
            return Ok((false, text.to_owned(), ran));
        }
    }
}

/// What a call asks of others.
fn bid(call: Call) -> Option<Bid> {
    Some(match call {
        Call::Spawn { role, brief, wait } => {
            Bid::Spawn { role: one_line(&role, TITLE), brief: reveal(&brief), waits: wait }
        }
        Call::AwaitAgents { names, wait } => {
            let names = names.iter().map(|it| one_line(it, TITLE)).collect();
            Bid::Await { names, waits: wait }
        }
        Call::HandOff { to, note, result } => {
            let mut value = result.unwrap_or_default();
            harmless(&mut value);
            Bid::HandOff { to: one_line(&to, TITLE), note: reveal(&note), value: Box::new(value) }
        }
        _ => return None,
    })
}
