//! One native agent at work: turns, and orders between and in them.

use super::{
    Native, Services,
    call::{Called, SILENT},
    conversation::Conversation,
    delegate::NOT_YOURS,
    services::tool_specs,
    tool::{NOT_RUN, Ran, Wanted},
};
use crate::{
    engine::{Gone, Seat, voice::Voice},
    llm::{Effort, ToolSpec, Trouble, estimate_tokens},
    model::{Bond, Boundary, Casting, Millis, Order, Outcome, Report, RequestId, Turn},
    text::sanitise,
    tools::{Toolbox, policy::Policy},
};
use std::sync::Arc;

/// A share of the model's window, in hundredths, that a conversation may fill
/// before it is compacted.
const FULL: u64 = 80;

/// An answer of one that only judges has no more tokens than that.
const VERDICT: u32 = 8192;

/// An agent at work.
pub(super) struct Worker {
    pub(super) services: Arc<Services>,
    pub(super) toolbox: Toolbox,
    pub(super) policy: Policy,
    pub(super) seat: Seat,
    pub(super) voice: Voice,
    pub(super) told: Conversation,
    pub(super) casting: Casting,
    pub(super) instructions: String,
    pub(super) specs: Arc<[ToolSpec]>,
    pub(super) effort: Option<Effort>,
    pub(super) turn: Turn,
    pub(super) last_request: RequestId,
    /// Tokens in the conversation, by the last call's own count.
    pub(super) context: u64,
    /// The provider and model of the latest call.
    pub(super) called: (String, String),
    /// The turn that this run began after: redirected, it gets new ones.
    since: Turn,
    /// A message waits that takes it up again.
    is_redirected: bool,
    /// Its latest call was answered with nothing.
    is_silent: bool,
    /// The service itself has said that the conversation is too long.
    pub(super) is_too_long: bool,
    /// Summaries that were of no use, since the conversation was too long.
    pub(super) bad_summaries: u32,
    /// It makes room first: all up to and with this turn is summed up.
    shortening: Option<Turn>,
    /// What the director allowed for good: tool and what was shown.
    pub(super) allowed: Vec<(String, String)>,
    /// The role that it has handed off its work to.
    handed_off: Option<String>,
    /// The result it has reported; whether it says that it succeeded.
    pub(super) reported: Option<(bool, String)>,
}

/// The answer to "may I?".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Granted {
    Go,
    /// Not this, nor what was to come with it: the director cut it.
    Cut,
    Stop,
}

/// What becomes of the agent after a step.
pub(super) enum Next {
    /// It takes another turn.
    Turn,
    /// It takes the same turn again.
    Again,
    /// Its conversation has to be shortened first.
    Shorten,
    /// It is over.
    Over(Outcome),
}

impl Worker {
    pub(super) fn new(native: Native, seat: Seat, told: Conversation) -> Self {
        let Native { services, toolbox, start } = native;
        let agent = start.agent;
        let is_redirected = agent.queued().count() > 0;
        let policy = (services.policy)(&agent.casting);
        let current = agent.current_instructions().map(|it| it.text.to_string());
        Self {
            policy,
            specs: tool_specs(&agent.casting, toolbox.servers()),
            effort: agent.casting.effort.parse().ok(),
            instructions: current.unwrap_or_default(),
            turn: agent.turn,
            last_request: agent.last_request,
            context: agent.context,
            called: (agent.casting.provider.clone(), agent.casting.model.clone()),
            since: agent.turn,
            is_redirected,
            is_silent: false,
            is_too_long: false,
            bad_summaries: 0,
            shortening: None,
            allowed: agent.allowed,
            handed_off: agent.kin.handed_off.map(|it| it.to),
            casting: agent.casting,
            services,
            toolbox,
            seat,
            voice: Voice::default(),
            told,
            reported: None,
        }
    }

    /// Works until the end, and says how it ended. What a former run had not begun
    /// comes first. A supervisor that has gone is the end, too.
    pub(super) async fn work(mut self, left: Vec<Wanted>) {
        if let Ok(outcome) = self.live(left).await {
            // Nobody is left to hear it.
            let _gone = self.seat.end(outcome).await;
        }
    }

    async fn live(&mut self, left: Vec<Wanted>) -> Result<Outcome, Gone> {
        if let Some(end) = self.start_servers().await? {
            return Ok(end);
        }
        self.seat.say(Report::Started).await?;
        if let Some(to) = &self.handed_off {
            return Ok(handed_off(to));
        }
        if self.told.is_complete() && !self.is_redirected {
            // A former run had only its end left to say.
            return Ok(self.succeeded());
        }
        if let Some(end) = self.review_servers().await? {
            return Ok(end);
        }
        if !left.is_empty()
            && let Next::Over(outcome) = self.run_tools(left).await?
        {
            return Ok(outcome);
        }
        let mut attempt = 1;
        let mut again = false;
        self.shortening = self.fills_window();
        loop {
            if let Some(outcome) = self.is_out_of_turns(again) {
                return Ok(outcome);
            }
            let next = match self.shortening {
                Some(upto) => self.compact(upto, again, &mut attempt).await?,
                None => self.take_turn(again, &mut attempt).await?,
            };
            match next {
                Next::Turn => {
                    (again, attempt, self.is_silent) = (false, 1, false);
                    (self.is_too_long, self.bad_summaries) = (false, 0);
                    self.shortening = self.fills_window();
                }
                Next::Again => again = true,
                Next::Shorten => {
                    (again, attempt) = (false, 1);
                    self.is_too_long = true;
                    self.shortening = Some(self.turn);
                }
                Next::Over(outcome) => return Ok(outcome),
            }
        }
    }

    fn is_out_of_turns(&self, again: bool) -> Option<Outcome> {
        let taken = self.turn.0.saturating_sub(self.since.0);
        let most = self.casting.max_turns.filter(|most| !again && taken >= *most)?;
        let why = format!("it took all of its {most} turns; redirect it to let it go on");
        Some(Outcome::Failed { why })
    }

    /// The turn up to which the conversation should be summed up, if it is about
    /// to outgrow the window.
    fn fills_window(&self) -> Option<Turn> {
        let window = self.services.tariff.window(&self.casting.provider, &self.casting.model);
        let is_full = self.context.saturating_mul(100) > window.saturating_mul(FULL);
        (is_full && self.told.can_be_shortened()).then_some(self.turn)
    }

    async fn take_turn(&mut self, again: bool, attempt: &mut u32) -> Result<Next, Gone> {
        if let Some(end) = self.review_servers().await? {
            return Ok(Next::Over(end));
        }
        let boundary = Boundary::Model { estimate: self.estimate(), again };
        if self.ask(boundary).await? == Granted::Stop {
            return Ok(Next::Over(stopped()));
        }
        match self.call().await? {
            Called::Tools(wanted) => self.run_tools(wanted).await,
            Called::Silent => self.ask_once_more().await,
            Called::Done => Ok(Next::Over(self.succeeded())),
            Called::Cut => Ok(Next::Again),
            Called::Stopped => Ok(Next::Over(stopped())),
            Called::Over(outcome) => Ok(Next::Over(outcome)),
            Called::Trouble(Trouble::ContextTooLong(_)) if self.told.can_be_shortened() => {
                Ok(Next::Shorten)
            }
            Called::Trouble(trouble) => self.retry(&trouble, attempt).await,
        }
    }

    /// How many tokens an answer may have: a verdict is a sentence, and what is set aside
    /// for a call is what it may cost.
    pub(super) fn max_output(&self) -> u32 {
        let is_judge = self.casting.origin.as_ref().is_some_and(|it| it.bond == Bond::Judge);
        let most = self.services.max_output;
        if is_judge { most.min(VERDICT) } else { most }
    }

    /// What the next call may cost, from above.
    pub(super) fn estimate(&self) -> Option<crate::model::Money> {
        let (provider, model) = (&self.casting.provider, &self.casting.model);
        let prompt = estimate_tokens(&self.instructions, &self.specs, self.told.messages());
        self.services.tariff.most(provider, model, prompt, u64::from(self.max_output()))
    }

    /// Stands at a boundary until it may go on. What the director has said
    /// meanwhile is taken in first.
    pub(super) async fn ask(&mut self, boundary: Boundary) -> Result<Granted, Gone> {
        self.seat.say(Report::Reached(boundary)).await?;
        loop {
            match self.seat.hear().await? {
                Order::TakeTurn(turn) if boundary.is_model() => {
                    self.turn = turn;
                    return Ok(Granted::Go);
                }
                Order::RunTool(call) if boundary == (Boundary::Tool { call }) => {
                    return Ok(Granted::Go);
                }
                Order::Stop => return Ok(Granted::Stop),
                Order::Interrupt if !boundary.is_model() => return Ok(Granted::Cut),
                order => self.heed(order),
            }
        }
    }

    /// Takes to heart what changes the next turn. Orders about something in
    /// flight mean nothing where nothing is.
    pub(super) fn heed(&mut self, order: Order) {
        match order {
            Order::Instructions(_, text) => self.instructions = text,
            Order::Model(provider, model) => {
                self.casting.provider = provider;
                self.casting.model = model;
            }
            Order::Brief(text) => {
                self.told.brief(&text);
                self.casting.brief = text;
            }
            Order::Message(_, text) => self.told.user(&text),
            Order::Hold(_)
            | Order::Release(_)
            | Order::TakeTurn(_)
            | Order::RunTool(_)
            | Order::Answer(..)
            | Order::Return(..)
            | Order::Type(_)
            | Order::Resize(..)
            | Order::Freeze
            | Order::Thaw
            | Order::Interrupt
            | Order::Stop => {}
        }
    }

    /// Runs what the model asked for, in its order. An interrupt cuts the one
    /// that runs, and the rest is not run.
    async fn run_tools(&mut self, wanted: Vec<Wanted>) -> Result<Next, Gone> {
        let mut cut = None;
        for wanted in wanted {
            if let Some(why) = cut {
                self.refuse_tool(&wanted, why).await?;
                continue;
            }
            match self.run_tool(wanted).await? {
                Ran::Ended => {}
                Ran::Interrupted => cut = Some(NOT_RUN),
                Ran::HandedOff(to) => {
                    cut = Some(NOT_YOURS);
                    self.handed_off = Some(to);
                }
                Ran::Stopped => return Ok(Next::Over(stopped())),
            }
        }
        if let Some(to) = &self.handed_off {
            return Ok(Next::Over(handed_off(to)));
        }
        match self.reported.take() {
            Some((true, summary)) => Ok(Next::Over(Outcome::Succeeded { summary })),
            Some((false, why)) => Ok(Next::Over(Outcome::Failed { why })),
            None => Ok(Next::Turn),
        }
    }

    /// Waits, visibly, and makes the call again; or gives up, with the reason.
    pub(super) async fn retry(
        &mut self,
        trouble: &Trouble,
        attempt: &mut u32,
    ) -> Result<Next, Gone> {
        let trouble_text = sanitise(&trouble.to_string()).into_owned();
        let most = self.services.patience.attempts;
        if !trouble.is_retryable() || *attempt >= most {
            let tries =
                if *attempt > 1 { format!(" (tried {attempt} times)") } else { String::new() };
            return Ok(Next::Over(Outcome::Failed { why: format!("{trouble_text}{tries}") }));
        }
        *attempt += 1;
        let wait = self.services.patience.wait(*attempt, trouble, fastrand::f64());
        let why = trouble_text;
        self.seat.say(Report::Retrying { attempt: *attempt, most, wait, why }).await?;
        self.sit_out(wait).await
    }

    /// Makes a call again that was answered with nothing; once.
    async fn ask_once_more(&mut self) -> Result<Next, Gone> {
        if self.is_silent {
            let why = format!("{SILENT}, twice; redirect it to go on");
            return Ok(Next::Over(Outcome::Failed { why }));
        }
        self.is_silent = true;
        let wait = Millis::from(self.services.patience.base);
        let why = SILENT.to_owned();
        self.seat.say(Report::Retrying { attempt: 2, most: 2, wait, why }).await?;
        self.sit_out(wait).await
    }

    /// Lets the time pass; a stop ends it, an interrupt shortens it.
    async fn sit_out(&mut self, wait: Millis) -> Result<Next, Gone> {
        let end = tokio::time::sleep(wait.into());
        tokio::pin!(end);
        loop {
            tokio::select! {
                () = &mut end => return Ok(Next::Again),
                order = self.seat.hear() => match order? {
                    Order::Stop => return Ok(Next::Over(stopped())),
                    Order::Interrupt => return Ok(Next::Again),
                    order => self.heed(order),
                },
            }
        }
    }

    fn succeeded(&self) -> Outcome {
        Outcome::Succeeded { summary: self.told.last_words() }
    }
}

fn handed_off(to: &str) -> Outcome {
    Outcome::Succeeded { summary: format!("handed off to {to}") }
}

pub(super) const fn stopped() -> Outcome {
    Outcome::Stopped { by: crate::model::Author::Director }
}
