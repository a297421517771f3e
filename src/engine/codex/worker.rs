//! One Codex agent at work: what Codex says and what the supervisor orders, as
//! they come.

use super::{ask::Key, dialect, gate::Gate, item::Tool, prints::Prints, said, tokens::Tally};
use crate::{
    engine::{
        Gone, Seat, Start,
        program::{Calls, Launch, Line, Permits, Told, Troupe},
        voice::Voice,
    },
    model::{Agent, CallId, HoldReason, Outcome, RedirectId, Report, Turn},
    tools::policy::Mode,
};
use serde_json::{Map, Value};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// Where the agent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    /// Before a prompt, until it is granted.
    Boundary,
    /// Codex is under way.
    Working,
    /// Codex waits at the gate, until the model call is granted.
    Gate,
}

/// Why a turn of Codex's is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// To hold it.
    Hold,
    /// The director wants it.
    Interrupt,
    /// It can't be frozen.
    Freeze,
    /// To go on with a prompt of ours in the turn that was granted.
    Prompt,
    /// To end.
    Stop,
}

/// What an answer of Codex's is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// Which commands it would run for us.
    Hooks,
    /// A new session.
    Begin,
    /// A former session.
    Resume,
    /// A copy of another agent's session.
    Fork,
    Prompt,
    Steer(RedirectId),
    Other(&'static str),
}

/// A tool call that is open.
#[derive(Debug, Clone, Default)]
pub(super) struct OpenCall {
    pub(super) tool: Tool,
    /// The supervisor knows that it runs.
    pub(super) is_running: bool,
}

/// An agent at work.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact by itself")]
pub(super) struct Worker {
    pub(super) troupe: Arc<Troupe>,
    pub(super) seat: Seat,
    pub(super) line: Line,
    pub(super) agent: Agent,
    /// The agent's instructions as they stand, and as Codex has heard them.
    pub(super) instructions: String,
    pub(super) heard_instructions: Option<String>,
    /// Whose prices hold, and the model that is called.
    pub(super) vendor: String,
    pub(super) called: String,
    pub(super) mode: Mode,
    pub(super) stand: Stand,
    pub(super) voice: Voice,
    pub(super) prints: Prints,
    pub(super) calls: Calls,
    pub(super) open: HashMap<CallId, OpenCall>,
    pub(super) permits: Permits<Key>,
    /// Allowed, until they are granted.
    pub(super) allowed: Vec<(CallId, Key)>,
    /// Answers to several questions of one request: how many are missing.
    pub(super) inputs: Vec<(Value, usize, Map<String, Value>)>,
    pub(super) tally: Tally,
    pub(super) turn: Turn,
    /// A model call is under way.
    pub(super) calling: bool,
    /// It has asked for tools.
    pub(super) wants_tools: bool,
    /// The model has said something in its present message.
    pub(super) has_spoken: bool,
    /// The conversation was made shorter by a call that is not settled.
    pub(super) is_compacted: bool,
    pub(super) context: u64,
    /// The session, and its turn that is under way.
    pub(super) session: Option<String>,
    pub(super) own_turn: Option<String>,
    /// A prompt was sent in this run.
    pub(super) was_prompted: bool,
    pub(super) asked: HashMap<u64, Asked>,
    /// Messages that Codex has to be given, and those it was given.
    pub(super) messages: Vec<(RedirectId, String)>,
    pub(super) sent: Vec<(RedirectId, String)>,
    pub(super) heard_messages: HashSet<RedirectId>,
    /// Holds placed since the turn was granted.
    pub(super) holds: HashSet<HoldReason>,
    pub(super) gate: Gate,
    /// Codex runs our command.
    pub(super) is_gated: bool,
    /// The command runs, and the gate was open when it began.
    pub(super) is_passing: bool,
    /// Something changed that only a new prompt brings to Codex.
    pub(super) is_stale: bool,
    /// To be cut when the tool call has ended.
    pub(super) cuts_soon: bool,
    pub(super) cut: Option<Cut>,
    pub(super) is_frozen: bool,
    pub(super) last_words: String,
    pub(super) outcome: Option<Outcome>,
    /// What it is told where the session is not there that it is to go on from.
    pub(super) anew: Option<String>,
}

impl Worker {
    /// An agent with a line to its program.
    pub(super) fn new(
        troupe: &Arc<Troupe>,
        start: Start,
        launch: &Launch,
        seat: Seat,
    ) -> Result<Self, (Seat, String)> {
        let line = match troupe.hubs.join(&troupe.guards, launch, dialect(launch)) {
            Ok(line) => line,
            Err(error) => return Err((seat, error.to_string())),
        };
        let agent = start.agent;
        let policy = (troupe.policy)(&agent.casting);
        let instructions = agent.current_instructions().map(|it| it.text.to_string());
        Ok(Self {
            troupe: troupe.clone(),
            seat,
            line,
            instructions: instructions.unwrap_or_default(),
            heard_instructions: None,
            vendor: launch.vendor.clone(),
            called: agent.casting.model.clone(),
            mode: policy.mode_of(launch.confinement),
            stand: Stand::Boundary,
            voice: Voice::default(),
            prints: Prints::default(),
            calls: Calls::of(&agent),
            open: HashMap::new(),
            permits: Permits::new(policy, launch.confinement, &agent),
            allowed: Vec::new(),
            inputs: Vec::new(),
            tally: Tally::default(),
            turn: agent.turn,
            calling: false,
            wants_tools: false,
            has_spoken: false,
            is_compacted: false,
            context: agent.context,
            session: None,
            own_turn: None,
            was_prompted: false,
            asked: HashMap::new(),
            messages: Vec::new(),
            sent: Vec::new(),
            heard_messages: HashSet::new(),
            holds: HashSet::new(),
            gate: Gate::new(&launch.environment),
            is_gated: false,
            is_passing: false,
            is_stale: false,
            cuts_soon: false,
            cut: None,
            is_frozen: false,
            last_words: String::new(),
            outcome: None,
            anew: start.anew,
            agent,
        })
    }

    /// Works until the end, and says how it ended. A supervisor that has gone
    /// is the end, too.
    pub(super) async fn work(mut self) {
        if let Ok(outcome) = self.live().await {
            // Nobody is left to hear it.
            let _gone = self.seat.end(outcome).await;
        }
    }

    async fn live(&mut self) -> Result<Outcome, Gone> {
        self.seat.say(Report::Started).await?;
        self.reach().await?;
        loop {
            tokio::select! {
                biased;
                order = self.seat.hear() => self.heed(order?).await?,
                () = self.voice.due() => self.voice.flush(&self.seat).await?,
                () = self.prints.due() => self.prints.flush(&self.seat).await?,
                told = self.line.hear() => self.hear(told).await?,
            }
            if let Some(outcome) = self.outcome.take() {
                self.hush().await?;
                return Ok(outcome);
            }
        }
    }

    async fn hear(&mut self, told: Told) -> Result<(), Gone> {
        match told {
            Told::Message(message) => {
                let folder = self.agent.casting.workspace.clone();
                let is_own = said::session(&message) == self.session.as_deref();
                let what = said::read(&message, &folder);
                self.take(what, is_own, message).await
            }
            Told::Answer(number, result) => self.take_answer(number, result).await,
            Told::Noise(line) => {
                let message = Value::String(line);
                self.seat
                    .say(Report::Strange { name: "no JSON".to_owned(), message: message.into() })
                    .await
            }
            Told::Frozen(count) => self.froze(count).await,
            Told::NotAlone => self.cut(Cut::Freeze).await,
            Told::Opened(_) => Ok(()),
            Told::Over(exit) => {
                self.hush().await?;
                let why = format!("Codex is gone: {exit}");
                self.outcome = Some(Outcome::Failed { why });
                Ok(())
            }
        }
    }

    /// Sends a request, to know its answer.
    pub(super) async fn request(&mut self, method: &'static str, parameters: Value, about: Asked) {
        let number = self.line.request(method, parameters).await;
        self.asked.insert(number, about);
    }

    /// Ends what is being said, and says what waits of it.
    pub(super) async fn hush(&mut self) -> Result<(), Gone> {
        self.voice.finish();
        self.voice.flush(&self.seat).await?;
        self.prints.flush(&self.seat).await
    }
}

pub(super) const fn stopped() -> Outcome {
    Outcome::Stopped { by: crate::model::Author::Director }
}
