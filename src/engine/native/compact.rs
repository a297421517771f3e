//! Makes a conversation shorter before it outgrows the model's window.

use super::worker::{Granted, Next, Worker, stopped};
use crate::{
    engine::Gone,
    llm::{Chunk, Trouble},
    model::{Boundary, Cost, Order, Outcome, Report, Stop, Turn, Usage},
    text::sanitise,
};
use futures::StreamExt as _;

/// What the model is asked for.
const PLEA: &str = "The conversation is about to outgrow your window. Write a summary of your work \
    so far that lets you go on without the rest: the task and every direction you were given, what \
    you found out, what you changed (with paths), what failed and why, and what remains to be \
    done. Write only the summary, and call no tool.";

impl Worker {
    /// Has the model sum up the work so far, as a turn of its own: it can be
    /// held and paid for like any other.
    pub(super) async fn compact(&mut self) -> Result<Next, Gone> {
        let upto = self.turn;
        let boundary = Boundary::Model { estimate: self.estimate(), again: false };
        if self.ask(boundary).await? == Granted::Stop {
            return Ok(Next::Over(stopped()));
        }
        self.told.start_turn(self.turn);
        match self.sum_up().await? {
            Ok((summary, usage, cost)) => self.shorten(upto, summary, usage, cost).await,
            Err(Ordered(Order::Stop)) => {
                self.cut("stopped", Usage::default()).await?;
                Ok(Next::Over(stopped()))
            }
            Err(Ordered(_)) => {
                self.cut("cut; the conversation will be shortened again", Usage::default()).await?;
                Ok(Next::Turn)
            }
            Err(Failed(why)) => {
                self.cut(&why, Usage::default()).await?;
                let why = format!("the conversation could not be shortened: {why}");
                Ok(Next::Over(Outcome::Failed { why }))
            }
        }
    }

    async fn shorten(
        &mut self,
        upto: Turn,
        summary: String,
        usage: Usage,
        cost: Cost,
    ) -> Result<Next, Gone> {
        self.told.compact(upto, &summary);
        self.context = usage.output;
        let none = Usage::default();
        self.seat.say(Report::Compacted { summary, upto, usage, cost }).await?;
        let (turn, cost) = (self.turn, Cost::default());
        self.seat.say(Report::TurnEnded { turn, stop: Stop::End, usage: none, cost }).await?;
        Ok(Next::Turn)
    }

    async fn sum_up(&mut self) -> Result<Result<(String, Usage, Cost), Left>, Gone> {
        let endpoint = match self.endpoint().await {
            Ok(endpoint) => endpoint,
            Err(why) => return Ok(Err(Failed(why))),
        };
        let mut chunks = self.services.client.stream(&endpoint, &self.request(Some(PLEA)));
        let mut summary = String::new();
        loop {
            tokio::select! {
                order = self.seat.hear() => match order? {
                    order @ (Order::Stop | Order::Freeze | Order::Interrupt) => {
                        return Ok(Err(Ordered(order)));
                    }
                    order => self.heed(order),
                },
                chunk = chunks.next() => match chunk {
                    Some(Ok(Chunk::Text(text))) => summary.push_str(&text),
                    Some(Ok(Chunk::Finished { usage, tier, billed, reported_cost, .. })) => {
                        let cost = reported_cost
                            .map_or_else(|| self.cost(&billed, tier), |it| Cost::from(Some(it)));
                        return Ok(Ok((sanitise(&summary).into_owned(), usage, cost)));
                    }
                    Some(Ok(_)) => {}
                    Some(Err(trouble)) => return Ok(Err(Failed(trouble.to_string()))),
                    None => return Ok(Err(Failed(Trouble::Cut(String::new()).to_string()))),
                },
            }
        }
    }
}

/// Why there is no summary.
enum Left {
    Ordered(Order),
    Failed(String),
}

use Left::{Failed, Ordered};
