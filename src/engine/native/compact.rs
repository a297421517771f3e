//! Makes a conversation shorter before it outgrows the model's window.

use super::{
    call::Gathered,
    worker::{Granted, Next, Worker, stopped},
};
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
    /// Has the model sum up all turns up to and with `upto`, as a turn of its
    /// own: it can be held, paid for and made again like any other.
    pub(super) async fn compact(
        &mut self,
        upto: Turn,
        again: bool,
        attempt: &mut u32,
    ) -> Result<Next, Gone> {
        let boundary = Boundary::Model { estimate: self.estimate(), again };
        if self.ask(boundary).await? == Granted::Stop {
            return Ok(Next::Over(stopped()));
        }
        self.told.start_turn(self.turn);
        let mut gathered = Gathered::default();
        match self.sum_up(&mut gathered).await? {
            Ok((summary, cost)) => self.shorten(upto, summary, gathered.usage, cost).await,
            Err(Left::Ordered(Order::Stop)) => {
                self.cut("stopped", &gathered).await?;
                Ok(Next::Over(stopped()))
            }
            Err(Left::Ordered(_)) => {
                self.cut("cut; the conversation will be shortened again", &gathered).await?;
                Ok(Next::Again)
            }
            Err(Left::Unreachable(why)) => {
                self.cut(&why, &gathered).await?;
                Ok(Next::Over(Outcome::Failed { why }))
            }
            Err(Left::Trouble(trouble)) => {
                self.cut(&trouble.to_string(), &gathered).await?;
                self.retry(&trouble, attempt).await
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

    async fn sum_up(
        &mut self,
        gathered: &mut Gathered,
    ) -> Result<Result<(String, Cost), Left>, Gone> {
        let endpoint = match self.endpoint().await {
            Ok(endpoint) => endpoint,
            Err(why) => return Ok(Err(Left::Unreachable(why))),
        };
        self.mark_model();
        let mut chunks = self.services.client.stream(&endpoint, &self.request(Some(PLEA)));
        let mut summary = String::new();
        loop {
            tokio::select! {
                biased;
                order = self.seat.hear() => match order? {
                    order @ (Order::Stop | Order::Freeze | Order::Interrupt) => {
                        return Ok(Err(Left::Ordered(order)));
                    }
                    order => self.heed(order),
                },
                chunk = chunks.next() => match chunk {
                    Some(Ok(Chunk::Text(text))) => {
                        gathered.has_begun = true;
                        summary.push_str(&text);
                    }
                    Some(Ok(Chunk::Usage(usage))) => gathered.usage = usage,
                    Some(Ok(Chunk::Finished { usage, tier, billed, reported_cost, .. })) => {
                        gathered.usage = usage;
                        let summary = sanitise(summary.trim()).into_owned();
                        if summary.is_empty() {
                            let why = "the model gave no summary".to_owned();
                            return Ok(Err(Left::Trouble(Trouble::Cut(why))));
                        }
                        let cost = reported_cost
                            .map_or_else(|| self.cost(&billed, tier), |it| Cost::from(Some(it)));
                        return Ok(Ok((summary, cost)));
                    }
                    Some(Ok(_)) => {}
                    Some(Err(trouble)) => return Ok(Err(Left::Trouble(trouble))),
                    None => {
                        let why = "it ended early".to_owned();
                        return Ok(Err(Left::Trouble(Trouble::Cut(why))));
                    }
                },
            }
        }
    }
}

/// Why there is no summary.
enum Left {
    Ordered(Order),
    Unreachable(String),
    Trouble(Trouble),
}
