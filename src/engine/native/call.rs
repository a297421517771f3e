//! One model call: what streams in is said as it comes; orders are heard at once.

use super::{tool::Wanted, voice::Kind, worker::Worker};
use crate::{
    engine::Gone,
    llm::{Billed, Chunk, Chunks, Endpoint, Message, Request, StopReason, Tier, Trouble},
    model::{Cost, Money, Order, Outcome, Report, Stop, Usage},
    text::sanitise,
};
use futures::StreamExt as _;

/// How a model call ended.
pub(super) enum Called {
    /// The model waits for tools.
    Tools(Vec<Wanted>),
    /// The model has said all it had to say.
    Done,
    /// The director cut it; it will be made again.
    Cut,
    /// The director ended the agent.
    Stopped,
    /// The agent can't go on.
    Over(Outcome),
    /// The service failed.
    Trouble(Trouble),
}

/// What came of the chunks so far.
#[derive(Default)]
struct Gathered {
    wanted: Vec<Wanted>,
    usage: Usage,
}

/// Why a stream was left.
enum Left {
    Finished(StopReason, Cost),
    Trouble(Trouble),
    Ordered(Order),
}

impl Worker {
    /// The next request. `closing` stands after the conversation, if given.
    pub(super) fn request(&self, closing: Option<&str>) -> Request {
        let mut messages = self.told.messages().to_vec();
        messages.extend(closing.map(|text| Message::User(text.to_owned())));
        Request {
            model: self.casting.model.clone(),
            instructions: self.instructions.clone(),
            messages,
            tools: self.specs.clone(),
            max_output: self.services.max_output,
            effort: self.effort,
            cache: true,
        }
    }

    /// Makes the call of the turn that was granted.
    pub(super) async fn call(&mut self) -> Result<Called, Gone> {
        self.told.start_turn(self.turn);
        let endpoint = match self.endpoint().await {
            Ok(endpoint) => endpoint,
            Err(why) => {
                self.cut(&why, Usage::default()).await?;
                return Ok(Called::Over(Outcome::Failed { why }));
            }
        };
        let mut chunks = self.services.client.stream(&endpoint, &self.request(None));
        let mut gathered = Gathered::default();
        let left = self.listen(&mut chunks, &mut gathered).await?;
        drop(chunks);
        self.voice.flush(&self.seat).await?;
        match left {
            Left::Finished(stop, cost) => self.finish(gathered, stop, cost).await,
            Left::Trouble(trouble) => {
                self.cut(&trouble.to_string(), gathered.usage).await?;
                Ok(Called::Trouble(trouble))
            }
            Left::Ordered(order) => {
                let (why, called) = match order {
                    Order::Stop => ("stopped", Called::Stopped),
                    Order::Freeze => ("frozen; it will be made again", Called::Cut),
                    _ => ("interrupted; it will be made again", Called::Cut),
                };
                self.cut(why, gathered.usage).await?;
                Ok(called)
            }
        }
    }

    /// The service to call; a command may have to fetch its key.
    pub(super) async fn endpoint(&self) -> Result<Endpoint, String> {
        let (find, provider) = (self.services.endpoint.clone(), self.casting.provider.clone());
        let found = tokio::task::spawn_blocking(move || find(&provider)).await;
        found.map_err(|error| error.to_string())?
    }

    async fn listen(&mut self, chunks: &mut Chunks, gathered: &mut Gathered) -> Result<Left, Gone> {
        loop {
            tokio::select! {
                biased;
                order = self.seat.hear() => match order? {
                    order @ (Order::Stop | Order::Freeze | Order::Interrupt) => {
                        return Ok(Left::Ordered(order));
                    }
                    order => self.heed(order),
                },
                () = self.voice.due() => self.voice.flush(&self.seat).await?,
                chunk = chunks.next() => match chunk {
                    Some(Ok(chunk)) => {
                        if let Some(left) = self.take(chunk, gathered).await? {
                            return Ok(left);
                        }
                    }
                    Some(Err(trouble)) => return Ok(Left::Trouble(trouble)),
                    None => return Ok(Left::Trouble(Trouble::Cut("it ended early".to_owned()))),
                },
            }
        }
    }

    async fn take(&mut self, chunk: Chunk, gathered: &mut Gathered) -> Result<Option<Left>, Gone> {
        match chunk {
            Chunk::Connected { .. } | Chunk::CallProgress { .. } => {}
            Chunk::Text(text) => {
                let clean = self.voice.speak(&self.seat, Kind::Words, &text).await?;
                self.told.said(&clean);
            }
            Chunk::Thought(text) => {
                let clean = self.voice.speak(&self.seat, Kind::Thought, &text).await?;
                self.told.thought(&clean);
            }
            Chunk::Sealed(seal) => {
                self.voice.flush(&self.seat).await?;
                self.told.sealed(seal.clone());
                self.seat.say(Report::Sealed(seal)).await?;
            }
            Chunk::Call { id, name, arguments, seal } => {
                self.voice.flush(&self.seat).await?;
                let name = sanitise(&name).into_owned();
                let wanted = Wanted::new(self.told.next_call(), id, name, arguments);
                self.told.called(
                    wanted.call,
                    &wanted.id,
                    &wanted.name,
                    (wanted.input(), seal.clone()),
                );
                self.seat.say(wanted.report(seal)).await?;
                gathered.wanted.push(wanted);
            }
            Chunk::Usage(usage) => gathered.usage = usage,
            Chunk::Finished { stop, usage, reported_cost, tier, billed, .. } => {
                gathered.usage = usage;
                let cost = match reported_cost {
                    Some(cost) => Cost::from(Some(cost)),
                    None => self.cost(&billed, tier),
                };
                return Ok(Some(Left::Finished(stop, cost)));
            }
        }
        Ok(None)
    }

    async fn finish(
        &mut self,
        gathered: Gathered,
        stop: StopReason,
        cost: Cost,
    ) -> Result<Called, Gone> {
        let Gathered { wanted, usage } = gathered;
        self.told.end_turn();
        self.context = usage.prompt() + usage.output;
        let (stop, turn) = (said(stop), self.turn);
        let report = Report::TurnEnded { turn, stop: stop.clone(), usage, cost };
        self.seat.say(report).await?;
        Ok(match stop {
            _ if !wanted.is_empty() => Called::Tools(wanted),
            Stop::Length => Called::Over(Outcome::Failed {
                why: format!(
                    "the model reached its output limit of {} tokens; redirect it to go on",
                    self.services.max_output
                ),
            }),
            Stop::Refusal => Called::Over(Outcome::Failed { why: "the model declined".to_owned() }),
            Stop::End | Stop::Tools | Stop::Other(_) => Called::Done,
        })
    }

    /// Settles a call that did not end well: what it used is paid all the same.
    pub(super) async fn cut(&mut self, why: &str, usage: Usage) -> Result<(), Gone> {
        self.told.cut_turn();
        let cost = match usage {
            // The service had not begun to count.
            usage if usage == Usage::default() => Cost::default(),
            usage => Cost::from(self.price(None, &usage, Tier::Standard)),
        };
        let why = sanitise(why).into_owned();
        self.seat.say(Report::TurnCut { turn: self.turn, why, usage, cost }).await
    }

    /// The sum of what is billed, each part at its own rate.
    pub(super) fn cost(&self, billed: &[Billed], tier: Tier) -> Cost {
        if billed.is_empty() {
            return Cost::from(None);
        }
        let mut sum = Cost::default();
        for part in billed {
            sum += Cost::from(self.price(part.model.as_deref(), &part.usage, tier));
        }
        sum
    }

    fn price(&self, model: Option<&str>, usage: &Usage, tier: Tier) -> Option<Money> {
        let model = model.unwrap_or(&self.casting.model);
        self.services.tariff.price(&self.casting.provider, model, usage, tier)
    }
}

fn said(stop: StopReason) -> Stop {
    match stop {
        StopReason::End => Stop::End,
        StopReason::ToolUse => Stop::Tools,
        StopReason::MaxTokens => Stop::Length,
        StopReason::Refusal => Stop::Refusal,
        StopReason::Other(word) => Stop::Other(sanitise(&word).into_owned()),
    }
}
