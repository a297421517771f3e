//! One model call: what streams in is said as it comes; orders are heard at once.

use super::{tool::Wanted, worker::Worker};
use crate::engine::voice::Kind;
use crate::{
    engine::Gone,
    llm::{Billed, Chunk, Chunks, Endpoint, Message, Request, StopReason, Tier, Trouble},
    model::{Cost, Money, Order, Outcome, Quota, Report, Stop, Usage},
    text::sanitise,
};
use futures::StreamExt as _;

/// What is said of an answer without words and calls.
pub(super) const SILENT: &str = "the model answered nothing";

/// How a model call ended.
pub(super) enum Called {
    /// The model waits for tools.
    Tools(Vec<Wanted>),
    /// The model has said all it had to say.
    Done,
    /// The model has said nothing at all.
    Silent,
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
pub(super) struct Gathered {
    pub(super) wanted: Vec<Wanted>,
    pub(super) usage: Usage,
    /// The request is on its way to the service, which is not free.
    pub(super) is_sent: bool,
    /// The service has taken it and answers.
    pub(super) is_answered: bool,
}

impl Gathered {
    /// The call failed. What the service refused, or never got, is free.
    pub(super) fn fail(&mut self, trouble: &Trouble) {
        self.is_sent &= self.is_answered || !trouble.is_refusal();
    }
}

/// What came of looking for the service to call.
pub(super) enum Found {
    Endpoint(Endpoint),
    /// The director did not want to wait.
    Ordered(Order),
    /// There is none, or no key for it.
    Nothing(String),
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
            instructions: self.instructions_here(),
            messages,
            tools: self.specs.clone(),
            max_output: self.max_output(),
            effort: self.effort,
            cache: true,
        }
    }

    /// Its instructions, and the folder it works in: each agent has its own.
    fn instructions_here(&self) -> String {
        let place = &self.casting.workspace;
        let place = format!("You work in the folder {place}; paths are seen from there.");
        match self.instructions.trim_end() {
            "" => place,
            own => format!("{own}\n\n{place}"),
        }
    }

    /// Makes the call of the turn that was granted.
    pub(super) async fn call(&mut self) -> Result<Called, Gone> {
        self.told.start_turn(self.turn);
        self.mark_model();
        // What is heard from here on is for the next turn.
        let request = self.request(None);
        let mut gathered = Gathered::default();
        let left = match self.find_endpoint().await? {
            Found::Endpoint(endpoint) => {
                let mut chunks = self.services.client.stream(&endpoint, &request);
                self.listen(&mut chunks, &mut gathered).await?
            }
            Found::Ordered(order) => Left::Ordered(order),
            Found::Nothing(why) => {
                self.cut(&why, &gathered).await?;
                return Ok(Called::Over(Outcome::Failed { why }));
            }
        };
        self.hush().await?;
        match left {
            Left::Finished(stop, cost) => self.finish(gathered, stop, cost).await,
            Left::Trouble(trouble) => {
                gathered.fail(&trouble);
                self.cut(&trouble.to_string(), &gathered).await?;
                Ok(Called::Trouble(trouble))
            }
            Left::Ordered(order) => {
                let (why, called) = match order {
                    Order::Stop => ("stopped", Called::Stopped),
                    Order::Freeze => ("frozen; it will be made again", Called::Cut),
                    _ => ("interrupted; it will be made again", Called::Cut),
                };
                self.cut(why, &gathered).await?;
                Ok(called)
            }
        }
    }

    /// The service to call. A command may have to fetch its key; orders are
    /// heard meanwhile.
    pub(super) async fn find_endpoint(&mut self) -> Result<Found, Gone> {
        let mut finding = (self.services.endpoint)(&self.casting.provider);
        loop {
            tokio::select! {
                biased;
                order = self.seat.hear() => match order? {
                    order @ (Order::Stop | Order::Freeze | Order::Interrupt) => {
                        return Ok(Found::Ordered(order));
                    }
                    order => self.heed(order),
                },
                found = &mut finding => {
                    return Ok(found.map_or_else(Found::Nothing, Found::Endpoint));
                }
            }
        }
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
                chunk = async {
                    gathered.is_sent = true;
                    chunks.next().await
                } => match chunk {
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

    /// Notes which model is called: its price counts, even if the director
    /// chooses another one meanwhile.
    pub(super) fn mark_model(&mut self) {
        self.called = (self.casting.provider.clone(), self.casting.model.clone());
    }

    /// Says a piece of what streams in, and keeps it for the conversation.
    /// Changing from thought to words says what waited.
    async fn speak(&mut self, kind: Kind, piece: &str) -> Result<(), Gone> {
        if self.voice.is_other(kind) {
            self.hush().await?;
        }
        let clean = self.voice.take(kind, piece);
        self.told.keep(kind, &clean);
        if self.voice.is_due() {
            self.voice.flush(&self.seat).await?;
        }
        Ok(())
    }

    /// Ends what is being said, and says what waits of it.
    async fn hush(&mut self) -> Result<(), Gone> {
        if let Some((kind, rest)) = self.voice.finish() {
            self.told.keep(kind, &rest);
        }
        self.voice.flush(&self.seat).await
    }

    async fn take(&mut self, chunk: Chunk, gathered: &mut Gathered) -> Result<Option<Left>, Gone> {
        gathered.is_answered |= !matches!(chunk, Chunk::Refused { .. });
        match chunk {
            Chunk::Connected { windows, .. } | Chunk::Refused { windows }
                if !windows.is_empty() =>
            {
                let account = self.called.0.clone();
                let quota = Box::new(Quota { account, windows, is_login: false });
                self.seat.say(Report::QuotaTold(quota)).await?;
            }
            Chunk::Connected { .. } | Chunk::Refused { .. } | Chunk::CallProgress { .. } => {}
            Chunk::Text(text) => self.speak(Kind::Words, &text).await?,
            Chunk::Thought(text) => self.speak(Kind::Thought, &text).await?,
            Chunk::Sealed(seal) => {
                self.hush().await?;
                self.told.sealed(seal.clone());
                self.seat.say(Report::Sealed(seal)).await?;
            }
            Chunk::Call { id, name, arguments, seal } => {
                self.hush().await?;
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
                    Some(cost) => Cost::reported(cost),
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
        let Gathered { wanted, usage, .. } = gathered;
        let (stop, turn) = (said(stop), self.turn);
        if !self.told.has_answer() && !matches!(stop, Stop::Length | Stop::Refusal) {
            self.settle(SILENT, usage, cost).await?;
            return Ok(Called::Silent);
        }
        self.told.end_turn();
        self.context = usage.prompt() + usage.output;
        let report = Report::TurnEnded { turn, stop: stop.clone(), usage, cost };
        self.seat.say(report).await?;
        Ok(match stop {
            _ if !wanted.is_empty() => Called::Tools(wanted),
            Stop::Length => Called::Over(Outcome::Failed {
                why: format!(
                    "the model reached its output limit of {} tokens; redirect it to go on",
                    self.max_output()
                ),
            }),
            Stop::Refusal => Called::Over(Outcome::Failed { why: "the model declined".to_owned() }),
            Stop::End | Stop::Tools | Stop::Other(_) => Called::Done,
        })
    }

    /// Settles a call that did not end well: what it used is paid all the same.
    pub(super) async fn cut(&mut self, why: &str, gathered: &Gathered) -> Result<(), Gone> {
        let usage = gathered.usage;
        let cost = if usage != Usage::default() {
            self.priced(None, &usage, Tier::Standard)
        } else if gathered.is_sent {
            // Many services tell the price of an answer only at its end.
            Cost::from(None)
        } else {
            Cost::default()
        };
        self.settle(why, usage, cost).await
    }

    /// Drops what a call has said, and says what it cost.
    pub(super) async fn settle(&mut self, why: &str, usage: Usage, cost: Cost) -> Result<(), Gone> {
        self.told.cut_turn();
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
            sum += self.priced(part.model.as_deref(), &part.usage, tier);
        }
        sum
    }

    /// The price of a part; where nobody knows it, the worst that it may be.
    fn priced(&self, model: Option<&str>, usage: &Usage, tier: Tier) -> Cost {
        if let Some(known) = self.price(model, usage, tier) {
            return Cost::from(Some(known));
        }
        let (provider, called) = &self.called;
        let model = model.unwrap_or(called);
        let worst = self.services.tariff.most(provider, model, usage.prompt(), usage.output);
        Cost::unpriced(worst.unwrap_or_default())
    }

    fn price(&self, model: Option<&str>, usage: &Usage, tier: Tier) -> Option<Money> {
        let (provider, called) = &self.called;
        self.services.tariff.price(provider, model.unwrap_or(called), usage, tier)
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
