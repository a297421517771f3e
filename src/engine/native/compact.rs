//! Makes a conversation shorter before it outgrows the model's window.

use super::{
    call::{Found, Gathered},
    digest::{digest, trim_results},
    worker::{Granted, Next, Worker, stopped},
};
use crate::{
    engine::Gone,
    llm::{Chunk, StopReason, Trouble},
    model::{Boundary, Cost, Order, Outcome, Report, Stop, Turn, Usage},
    text::sanitise,
};
use futures::StreamExt as _;

/// What the model is asked for.
const PLEA: &str = "The conversation is about to outgrow your window. Write a summary of your work \
    so far that lets you go on without the rest: the task and every direction you were given, what \
    you found out, what you changed (with paths), what failed and why, and what remains to be \
    done. Write only the summary, and call no tool.";

/// How often the model is asked for a summary that is of use.
const SUMMARIES: u32 = 2;
/// Bytes in a token, guessed from below.
const BYTES_A_TOKEN: usize = 3;

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
            Err(Left::Useless(why, cost)) => {
                self.settle(why, gathered.usage, cost).await?;
                self.bad_summaries += 1;
                if self.bad_summaries < SUMMARIES {
                    return Ok(Next::Again);
                }
                self.shorten_by_hand(upto).await
            }
            Err(Left::Trouble(trouble)) => {
                gathered.fail(&trouble);
                self.cut(&trouble.to_string(), &gathered).await?;
                match trouble {
                    Trouble::ContextTooLong(_) => self.shorten_by_hand(upto).await,
                    trouble => self.retry(&trouble, attempt).await,
                }
            }
        }
    }

    /// Shortens the conversation without the model, which could not do it.
    async fn shorten_by_hand(&mut self, upto: Turn) -> Result<Next, Gone> {
        let window = self.services.tariff.window(&self.casting.provider, &self.casting.model);
        let room = usize::try_from(window / 4).unwrap_or(usize::MAX).saturating_mul(BYTES_A_TOKEN);
        let summary = digest(self.told.old(upto), room);
        self.told.compact(upto, &summary);
        self.context = 0;
        let (usage, cost) = (Usage::default(), Cost::default());
        self.seat.say(Report::Compacted { summary, upto, usage, cost }).await?;
        Ok(Next::Turn)
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
        self.mark_model();
        let mut request = self.request(Some(PLEA));
        if self.is_too_long {
            // As it is, it would be too long with the plea, too.
            trim_results(&mut request.messages);
        }
        let endpoint = match self.find_endpoint().await? {
            Found::Endpoint(endpoint) => endpoint,
            Found::Ordered(order) => return Ok(Err(Left::Ordered(order))),
            Found::Nothing(why) => return Ok(Err(Left::Unreachable(why))),
        };
        let mut chunks = self.services.client.stream(&endpoint, &request);
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
                chunk = async {
                    gathered.is_sent = true;
                    chunks.next().await
                } => match chunk {
                    Some(Ok(Chunk::Text(text))) => summary.push_str(&text),
                    Some(Ok(Chunk::Usage(usage))) => gathered.usage = usage,
                    Some(Ok(Chunk::Finished { stop, usage, tier, billed, reported_cost, .. })) => {
                        gathered.usage = usage;
                        let summary = sanitise(summary.trim()).into_owned();
                        let cost = reported_cost
                            .map_or_else(|| self.cost(&billed, tier), Cost::reported);
                        return Ok(match useless(&summary, &stop) {
                            Some(why) => Err(Left::Useless(why, cost)),
                            None => Ok((summary, cost)),
                        });
                    }
                    Some(Ok(_)) => gathered.is_answered = true,
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

/// Why a summary can't take the place of the conversation.
fn useless(summary: &str, stop: &StopReason) -> Option<&'static str> {
    match stop {
        StopReason::MaxTokens => Some("the summary broke off at the output limit"),
        StopReason::Refusal => Some("the model declined to sum up"),
        _ if summary.is_empty() => Some("the model gave no summary"),
        _ => None,
    }
}

/// Why there is no summary.
enum Left {
    /// The model gave one that is of no use; that was paid all the same.
    Useless(&'static str, Cost),
    Ordered(Order),
    Unreachable(String),
    Trouble(Trouble),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_that_is_empty_or_breaks_off_is_of_no_use() {
        assert_eq!(useless("all well", &StopReason::End), None);
        assert!(useless("", &StopReason::End).is_some());
        assert!(useless("all w", &StopReason::MaxTokens).is_some());
        assert!(useless("I can't", &StopReason::Refusal).is_some());
    }
}
