//! One agent at work: what its program says, and what the supervisor orders.

use super::{
    Acp,
    bill::Bill,
    gates::{Gate, Key},
    record::Record,
    sign::Sign,
    terminals::Terminals,
};
use crate::{
    engine::{
        Gone, Seat,
        program::{Calls, Launch, Line, Permits, Troupe},
        voice::Voice,
    },
    model::{Agent, Boundary, CallId, Casting, HoldReason, Outcome, RedirectId, Report, Turn},
    tools::{PASSED, Toolbox, environment_for_commands},
    workspace::Workspace,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};
use tokio::time::{Instant, sleep_until};

/// What is said to an agent that is to go on and has no news.
pub(super) const GO_ON: &str = "Go on with your work.";

/// How a message gets to the model in the middle of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Steering {
    /// It does not.
    None,
    /// By a request that some adapters have beside the protocol.
    Request,
    /// As one more prompt, which joins the one that runs.
    Prompt,
    /// The agent asks for it between its tools.
    Asked,
}

/// What follows when the prompt that was cancelled is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Then {
    /// It stands before its next prompt.
    Ask,
    /// The same, and the director hears what was cut.
    Interrupted(String),
}

/// A tool call that is not over.
#[derive(Debug, Default)]
pub(super) struct Open {
    pub(super) sign: Sign,
    pub(super) is_announced: bool,
    /// The program says that it runs; leave may be asked for all the same.
    pub(super) is_begun: bool,
    pub(super) is_running: bool,
    /// So much of its output was said, in bytes.
    pub(super) printed: usize,
    /// What was written for it.
    pub(super) changes: Vec<crate::model::FileChange>,
}

#[expect(clippy::struct_excessive_bools, reason = "each is a question with an answer of its own")]
pub(super) struct Worker {
    pub(super) troupe: Arc<Troupe>,
    pub(super) launch: Launch,
    pub(super) line: Line,
    pub(super) seat: Seat,
    pub(super) voice: Voice,
    pub(super) permits: Permits<Key>,
    pub(super) calls: Calls,
    pub(super) toolbox: Option<Toolbox>,
    pub(super) casting: Casting,
    pub(super) start: Agent,
    pub(super) bill: Bill,
    /// What its program writes of its calls beside the protocol, where it does.
    pub(super) record: Option<Record>,
    /// What the program calls the session.
    pub(super) session: String,
    /// The program and its version, as it says itself.
    pub(super) program: String,
    pub(super) steering: Steering,
    /// What it offers for a choice of the model.
    pub(super) models: super::opening::Models,

    pub(super) instructions: String,
    /// They have changed since the model has seen them.
    pub(super) is_instructed_anew: bool,
    /// What the next prompt says.
    pub(super) prompt: Vec<String>,
    /// The model has seen its brief.
    pub(super) has_brief: bool,
    /// Prompts that are not answered.
    pub(super) prompts: BTreeSet<u64>,
    pub(super) turn: Turn,
    /// A turn is under way, as the supervisor knows it.
    pub(super) is_calling: bool,
    /// It stands before a model call and has asked.
    pub(super) has_asked: bool,
    /// The supervisor has granted a prompt that can't be sent yet.
    pub(super) is_granted: bool,
    /// Turns it has taken by itself whose number it has not been told.
    pub(super) taken: u32,
    pub(super) cutting: Option<Then>,
    /// What was placed since its turn was granted: each brings it to a stand.
    pub(super) holds: BTreeSet<HoldReason>,
    /// When calls that are begun are taken to run, if nobody asks for leave.
    pub(super) run_at: Option<Instant>,
    /// Messages that it was given in the middle of a turn: their delivery, once
    /// recorded, is no message.
    pub(super) given: BTreeSet<RedirectId>,
    /// When the holds are carried out; a freeze may come first.
    pub(super) cut_at: Option<Instant>,
    pub(super) is_frozen: bool,
    pub(super) tools: BTreeMap<CallId, Open>,
    /// What it has us run for it.
    pub(super) terminals: Terminals,
    pub(super) gates: Vec<Gate>,
    pub(super) last_gate: Key,
    /// What was refused and not yet said to the program.
    pub(super) rejecting: Vec<Gate>,
    /// The program's names of the calls that were refused in this prompt: what it
    /// says of them is no news.
    pub(super) refused: BTreeSet<String>,
    /// What was refused since the model last said something, in words for it.
    pub(super) denials: Vec<String>,
    /// Messages on their way in the middle of a turn.
    pub(super) sent: Vec<(RedirectId, String, Option<u64>)>,
    /// Messages whose delivery is to be told with the next prompt.
    pub(super) undelivered: Vec<RedirectId>,
    pub(super) last_words: String,
    pub(super) over: Option<Outcome>,
}

impl Worker {
    pub(super) fn new(acp: Acp, (launch, line): (Launch, Line), seat: Seat) -> Self {
        let Acp { troupe, start } = acp;
        let agent = start.agent;
        let policy = (troupe.policy)(&agent.casting);
        let instructions = agent.current_instructions().map(|it| it.text.to_string());
        let has_brief = agent.turn > Turn(0);
        let is_instructed_anew =
            has_brief && agent.current_instructions().is_some_and(|it| it.effective.is_none());
        let model = agent.casting.model.clone();
        Self {
            toolbox: toolbox(&troupe, &launch),
            permits: Permits::new(policy, launch.confinement, &agent),
            calls: Calls::of(&agent),
            bill: Bill::new(launch.vendor.clone(), model, agent.session_cost()),
            record: None,
            troupe,
            launch,
            line,
            seat,
            voice: Voice::default(),
            casting: agent.casting.clone(),
            session: String::new(),
            program: String::new(),
            steering: Steering::None,
            models: super::opening::Models::default(),
            instructions: instructions.unwrap_or_default(),
            is_instructed_anew,
            prompt: Vec::new(),
            has_brief,
            prompts: BTreeSet::new(),
            turn: agent.turn,
            is_calling: false,
            has_asked: false,
            is_granted: false,
            taken: 0,
            cutting: None,
            holds: BTreeSet::new(),
            run_at: None,
            given: BTreeSet::new(),
            cut_at: None,
            is_frozen: false,
            tools: BTreeMap::new(),
            terminals: Terminals::default(),
            gates: Vec::new(),
            last_gate: 0,
            rejecting: Vec::new(),
            refused: BTreeSet::new(),
            denials: Vec::new(),
            sent: Vec::new(),
            undelivered: Vec::new(),
            last_words: String::new(),
            over: None,
            start: agent,
        }
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
        if let Some(outcome) = self.open().await? {
            return Ok(outcome);
        }
        self.reach().await?;
        loop {
            if let Some(outcome) = self.over.take() {
                return Ok(outcome);
            }
            let (cut_at, run_at) = (self.cut_at, self.run_at);
            tokio::select! {
                biased;
                order = self.seat.hear() => {
                    let order = order?;
                    self.follow(order).await?;
                }
                () = self.voice.due() => self.voice.flush(&self.seat).await?,
                () = until(cut_at) => {
                    self.cut_at = None;
                    self.bring_to_a_stand().await?;
                }
                () = until(run_at) => self.run_begun().await?,
                told = self.line.hear() => self.take(told).await?,
                step = self.terminals.next() => self.take_step(step).await?,
            }
        }
    }

    /// Stands before its next prompt, and asks.
    pub(super) async fn reach(&mut self) -> Result<(), Gone> {
        if self.has_asked || self.is_granted {
            return Ok(());
        }
        self.has_asked = true;
        let boundary = Boundary::Model { estimate: None, again: false };
        self.seat.say(Report::Reached(boundary)).await
    }

    /// Where it works, for paths.
    pub(super) fn workspace(&self) -> Option<&Workspace> {
        self.toolbox.as_ref().map(Toolbox::workspace)
    }

    /// The folder of its session.
    pub(super) fn folder(&self) -> &Path {
        &self.launch.folder
    }

    /// What is under way, in a few words.
    pub(super) fn under_way(&self) -> String {
        let running = self.tools.values().find(|it| it.is_running);
        running.map_or_else(|| "a model call".to_owned(), |it| it.sign.title())
    }
}

/// The tools that serve the agent's own requests; none where its folder is gone.
fn toolbox(troupe: &Troupe, launch: &Launch) -> Option<Toolbox> {
    let workspace = Workspace::open(&launch.folder).ok()?;
    let environment = environment_for_commands(launch.environment.clone(), PASSED);
    let guards = launch.guards(&troupe.guards);
    let toolbox = Toolbox::new(Arc::new(workspace), environment).with_guards(guards);
    Some(toolbox.confined(launch.confinement))
}

async fn until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}
