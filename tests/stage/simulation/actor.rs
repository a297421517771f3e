//! An agent of a simulation, as a native one goes about its work: turns, tools,
//! approvals, failures and orders in between. What it does to the world it also
//! writes down where no journal is.

use auteur::{
    engine::{Engine, Gone, Seat, Work},
    model::*,
};
use fastrand::Rng;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::sleep;

/// How often a call is tried.
const ATTEMPTS: u32 = 4;

/// What really happened, as nobody's journal tells it.
#[derive(Debug, Default)]
pub(super) struct World {
    /// Model calls that were made.
    pub(super) calls: BTreeMap<AgentId, u32>,
    /// Tool calls that ran, and how often.
    pub(super) runs: BTreeMap<(AgentId, CallId), u32>,
    /// Messages, in the order in which a run of an agent heard them.
    pub(super) heard: BTreeMap<(AgentId, u32), Vec<RedirectId>>,
}

pub(super) struct Actor {
    agent: Agent,
    dice: Rng,
    world: Arc<Mutex<World>>,
    again: bool,
    attempt: u32,
    last_call: CallId,
    last_request: RequestId,
}

/// Why a wait was over.
enum Left {
    Done,
    Interrupted,
    Frozen,
    Stopped,
}

/// What came of a model call.
enum Spoken {
    Whole(Vec<CallId>),
    Cut,
    Failed,
    Stopped,
}

impl Actor {
    pub(super) fn new(agent: Agent, dice: Rng, world: Arc<Mutex<World>>) -> Self {
        let (last_call, last_request) = (agent.last_call, agent.last_request);
        Self { agent, dice, world, again: false, attempt: 1, last_call, last_request }
    }

    async fn live(&mut self, seat: &mut Seat) -> Result<(), Gone> {
        seat.say(Report::Started).await?;
        let outcome = loop {
            if let Some(outcome) = self.take_turn(seat).await? {
                break outcome;
            }
        };
        seat.end(outcome).await
    }

    async fn take_turn(&mut self, seat: &mut Seat) -> Result<Option<Outcome>, Gone> {
        let estimate = Some(Money::cents(2));
        let Some(turn) = self.stand(seat, Boundary::Model { estimate, again: self.again }).await?
        else {
            return Ok(Some(stopped()));
        };
        *self.world.lock().unwrap().calls.entry(self.agent.id).or_default() += 1;
        match self.speak(seat, turn).await? {
            Spoken::Whole(calls) if calls.is_empty() => {
                Ok(Some(Outcome::Succeeded { summary: "done".into() }))
            }
            Spoken::Whole(calls) => {
                (self.again, self.attempt) = (false, 1);
                self.work_through(seat, calls).await
            }
            Spoken::Cut => {
                self.again = true;
                Ok(None)
            }
            Spoken::Failed => self.retry(seat).await,
            Spoken::Stopped => Ok(Some(stopped())),
        }
    }

    /// Waits to be let go on; gives the turn, or nothing where it is to stop. A
    /// tool that is cut gives the turn of nobody.
    async fn stand(&mut self, seat: &mut Seat, boundary: Boundary) -> Result<Option<Turn>, Gone> {
        seat.say(Report::Reached(boundary)).await?;
        loop {
            match seat.hear().await? {
                Order::TakeTurn(turn) if boundary.is_model() => return Ok(Some(turn)),
                Order::RunTool(call) if boundary == (Boundary::Tool { call }) => {
                    return Ok(Some(Turn(1)));
                }
                Order::Interrupt if !boundary.is_model() => return Ok(Some(Turn(0))),
                Order::Stop => return Ok(None),
                order => self.heed(&order),
            }
        }
    }

    fn heed(&self, order: &Order) {
        if let Order::Message(redirect, _) = order {
            let mut world = self.world.lock().unwrap();
            world.heard.entry((self.agent.id, self.agent.run)).or_default().push(*redirect);
        }
    }

    /// Lets a while pass, with an ear for orders.
    async fn pass(&mut self, seat: &mut Seat, most: u64) -> Result<Left, Gone> {
        let end = sleep(Duration::from_millis(self.dice.u64(0..most)));
        tokio::pin!(end);
        loop {
            tokio::select! {
                biased;
                order = seat.hear() => match order? {
                    Order::Interrupt => return Ok(Left::Interrupted),
                    Order::Freeze => return Ok(Left::Frozen),
                    Order::Stop => return Ok(Left::Stopped),
                    order => self.heed(&order),
                },
                () = &mut end => return Ok(Left::Done),
            }
        }
    }

    /// Stands still until it may go on; whether it is to stop instead.
    async fn thaw(&mut self, seat: &mut Seat, what: &str) -> Result<Left, Gone> {
        seat.say(Report::Frozen(what.into())).await?;
        loop {
            match seat.hear().await? {
                Order::Thaw => return Ok(Left::Done),
                Order::Interrupt => return Ok(Left::Interrupted),
                Order::Stop => return Ok(Left::Stopped),
                order => self.heed(&order),
            }
        }
    }

    async fn speak(&mut self, seat: &mut Seat, turn: Turn) -> Result<Spoken, Gone> {
        for word in 0..self.dice.u32(0..5) {
            match self.pass(seat, 300).await? {
                Left::Done => seat.say(Report::Said(format!("{word} "))).await?,
                Left::Interrupted => {
                    cut(seat, turn, "interrupted").await?;
                    seat.say(Report::Interrupted("the call".into())).await?;
                    return Ok(Spoken::Cut);
                }
                Left::Frozen => {
                    cut(seat, turn, "frozen").await?;
                    return Ok(match self.thaw(seat, "the call").await? {
                        Left::Stopped => Spoken::Stopped,
                        _ => Spoken::Cut,
                    });
                }
                Left::Stopped => {
                    cut(seat, turn, "stopped").await?;
                    return Ok(Spoken::Stopped);
                }
            }
        }
        if self.dice.u8(0..6) == 0 {
            cut(seat, turn, "503").await?;
            return Ok(Spoken::Failed);
        }
        let mut calls = Vec::new();
        if self.dice.u8(0..8) > 0 {
            for _ in 0..self.dice.u8(1..4) {
                calls.push(self.wish(seat).await?);
            }
        }
        let stop = if calls.is_empty() { Stop::End } else { Stop::Tools };
        let usage = Usage { output: 5, ..Usage::default() };
        seat.say(Report::TurnEnded { turn, stop, usage, cost: cent() }).await?;
        Ok(Spoken::Whole(calls))
    }

    async fn wish(&mut self, seat: &Seat) -> Result<CallId, Gone> {
        self.last_call = self.last_call.next();
        let call = self.last_call;
        let called = Report::ToolCalled {
            call,
            id: format!("call-{call}"),
            tool: "shell".into(),
            title: "work".into(),
            input: serde_json::json!({ "command": "work" }).into(),
            seal: None,
        };
        seat.say(called).await.map(|()| call)
    }

    async fn work_through(
        &mut self,
        seat: &mut Seat,
        calls: Vec<CallId>,
    ) -> Result<Option<Outcome>, Gone> {
        let mut is_cut = false;
        for call in calls {
            if is_cut {
                ended(seat, call, false).await?;
                continue;
            }
            match self.work_on(seat, call).await? {
                Left::Stopped => return Ok(Some(stopped())),
                Left::Interrupted => is_cut = true,
                Left::Done | Left::Frozen => {}
            }
        }
        Ok(None)
    }

    async fn work_on(&mut self, seat: &mut Seat, call: CallId) -> Result<Left, Gone> {
        if self.dice.u8(0..4) == 0 {
            match self.may(seat, call).await? {
                Left::Done => {}
                Left::Frozen => {
                    ended(seat, call, false).await?;
                    return Ok(Left::Done);
                }
                left => {
                    ended(seat, call, false).await?;
                    return Ok(left);
                }
            }
        }
        match self.stand(seat, Boundary::Tool { call }).await? {
            None => return Ok(Left::Stopped),
            Some(Turn(0)) => {
                ended(seat, call, false).await?;
                return Ok(Left::Interrupted);
            }
            Some(_) => {}
        }
        *self.world.lock().unwrap().runs.entry((self.agent.id, call)).or_default() += 1;
        let left = match self.pass(seat, 900).await? {
            Left::Frozen => self.thaw(seat, "the tool").await?,
            left => left,
        };
        ended(seat, call, matches!(left, Left::Done)).await?;
        if matches!(left, Left::Interrupted) {
            seat.say(Report::Interrupted("the tool".into())).await?;
        }
        Ok(left)
    }

    /// Asks for leave; what is denied is left as if it were frozen for good.
    async fn may(&mut self, seat: &mut Seat, call: CallId) -> Result<Left, Gone> {
        self.last_request = self.last_request.next();
        let request = self.last_request;
        let (tool, shown, reason) = ("shell".into(), "work".into(), "no rule".into());
        let ask = Ask::Approval { call: Some(call), tool, shown, reason };
        seat.say(Report::Asked { request, ask }).await?;
        loop {
            match seat.hear().await? {
                Order::Answer(it, Answer::Approved | Answer::Always) if it == request => {
                    return Ok(Left::Done);
                }
                Order::Answer(it, Answer::Withdrawn) if it == request => return Ok(Left::Stopped),
                Order::Answer(it, _) if it == request => return Ok(Left::Frozen),
                Order::Interrupt => return Ok(Left::Interrupted),
                Order::Stop => return Ok(Left::Stopped),
                order => self.heed(&order),
            }
        }
    }

    async fn retry(&mut self, seat: &mut Seat) -> Result<Option<Outcome>, Gone> {
        if self.attempt >= ATTEMPTS {
            return Ok(Some(Outcome::Failed { why: "503 (tried 4 times)".into() }));
        }
        (self.again, self.attempt) = (true, self.attempt + 1);
        let (attempt, most, wait) = (self.attempt, ATTEMPTS, Millis(500));
        seat.say(Report::Retrying { attempt, most, wait, why: "503".into() }).await?;
        match self.pass(seat, 500).await? {
            Left::Stopped => Ok(Some(stopped())),
            _ => Ok(None),
        }
    }
}

impl Engine for Actor {
    fn work(mut self: Box<Self>, mut seat: Seat) -> Work {
        Box::pin(async move {
            // A supervisor that has gone is the end.
            let _gone = self.live(&mut seat).await;
        })
    }
}

fn cent() -> Cost {
    Cost::from(Some(Money::cents(1)))
}

async fn cut(seat: &Seat, turn: Turn, why: &str) -> Result<(), Gone> {
    let usage = Usage { output: 1, ..Usage::default() };
    seat.say(Report::TurnCut { turn, why: why.into(), usage, cost: cent() }).await
}

async fn ended(seat: &Seat, call: CallId, ok: bool) -> Result<(), Gone> {
    let (text, note) = ("worked".into(), String::new());
    seat.say(Report::ToolEnded { call, ok, text, bytes: 6, changes: vec![], note }).await
}

fn stopped() -> Outcome {
    Outcome::Stopped { by: Author::Director }
}
