//! One Claude Code agent at work: what the program says and what the supervisor
//! orders, each heard at once, whatever the other is about.

use super::{
    aides::Aides,
    arguments::{Session, launch},
    bill::{Bill, price},
    gates::{Gate, Key, OpenCall},
    line,
    orders::Change,
    tell,
};
use crate::{
    engine::{
        Gone, Seat, Start,
        program::{Calls, Heard, Launch, Permits, Program, Troupe},
        voice::Voice,
    },
    model::{
        Boundary, CallId, Casting, Cost, HoldReason, Level, Link, Millis, Money, Outcome, Report,
        Stop, Turn, Usage, Version,
    },
    text::reveal,
    workspace::Workspace,
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    sync::Arc,
};
use tokio::time::{Instant, sleep_until};

/// What a model call may well answer, in tokens: more is rare, and setting
/// aside what its limit allows would leave a budget without a use.
const ANSWER: u64 = 8000;
/// Said where the director has no words of his own for the next prompt.
const GO_ON: &str = "Go on with your work.";
/// The same, under new instructions.
const RENEWED: &str = "Your instructions were changed; your system prompt holds them as they are \
                       now. Go on with your work.";

/// An agent at work.
pub(super) struct Worker {
    pub(super) troupe: Arc<Troupe>,
    pub(super) seat: Seat,
    pub(super) voice: Voice,
    pub(super) program: Program,
    pub(super) workspace: Workspace,
    pub(super) casting: Casting,
    base: Launch,
    pub(super) instructions: (Version, String),
    /// Those that the program works under.
    in_force: String,
    pub(super) session: Session,
    pub(super) link: Option<Link>,
    /// It has told that it is up.
    pub(super) is_up: bool,
    /// Its session holds a conversation that it can be taken up with.
    pub(super) has_conversation: bool,
    /// The session that it goes on from a copy of, and up to which place: it went back.
    pub(super) back: Option<(String, String)>,
    /// What it is told where the session is not there that it is to go on from.
    pub(super) anew: Option<String>,
    pub(super) turn: Turn,
    /// The turn that this run began after.
    since: Turn,
    pub(super) stand: Stand,
    /// What its next prompt says.
    pub(super) prompt: Vec<String>,
    /// Prompts on their way whose hook has not come.
    pub(super) expected: usize,
    /// Prompts that no model call has taken in yet, by their numbers.
    pub(super) sent: Vec<(String, String)>,
    /// What it calls the latest of what it said.
    pub(super) place: String,
    pub(super) call: ModelCall,
    pub(super) calls: Calls,
    pub(super) tools: BTreeMap<CallId, OpenCall>,
    /// What came while a model call was out, for when it has ended.
    pub(super) waiting: Vec<Gate>,
    pub(super) batch: Option<String>,
    /// Calls that wait for the director, or for the supervisor's grant.
    pub(super) gates: Vec<Gate>,
    pub(super) permits: Permits<Key>,
    /// Tool calls that our hook let through, by the program's names.
    pub(super) passed: BTreeSet<String>,
    pub(super) aides: Aides,
    pub(super) holds: BTreeSet<HoldReason>,
    /// All that runs are sub-agents that are held, and that was said.
    pub(super) is_still: bool,
    pub(super) bill: Bill,
    pub(super) context: u64,
    /// The model that it says it calls.
    pub(super) model: String,
    /// Our request for another model that is not answered yet.
    pub(super) changing: Option<Change>,
    /// Lines that were no JSON.
    pub(super) noises: u32,
    /// Requests of ours, counted.
    asked: u32,
    pub(super) over: Option<Outcome>,
}

/// Where its program stands.
#[derive(Debug)]
pub(super) enum Stand {
    /// It comes up; the next turn may be granted already.
    Starting { is_granted: bool },
    /// Nothing is under way: a prompt begins its next turn.
    Idle,
    /// The hook of this number waits for us before the next model call.
    Before(String),
    /// A model call is out.
    Calling,
    /// Its tools run, or wait until they may.
    Working,
    /// It was told to leave off.
    Cutting(Cut),
}

/// What is cut, and what comes after it.
#[derive(Debug)]
pub(super) struct Cut {
    pub(super) then: Then,
    /// In words for the director.
    pub(super) what: String,
    pub(super) is_call: bool,
    /// When the program is ended that has not left off.
    pub(super) by: Option<Instant>,
}

/// What comes after a cut.
#[derive(Debug)]
pub(super) enum Then {
    /// It asks for its next turn.
    Ask,
    /// It is started again, to take the turn that was granted.
    Renew,
    /// It is over.
    End(Outcome),
}

/// What is known of the model call that is out, or of those that make up the
/// turn.
#[derive(Debug, Default)]
pub(super) struct ModelCall {
    pub(super) message: String,
    pub(super) model: String,
    pub(super) stop: Option<String>,
    pub(super) parts: Vec<Value>,
    pub(super) before: Usage,
    /// It has ended; what it costs is on its way.
    pub(super) is_settling: bool,
}

impl ModelCall {
    pub(super) fn usage(&self) -> Usage {
        let mut usage = self.before;
        usage += line::usage(&self.parts);
        usage
    }
}

impl Worker {
    /// Starts the program.
    ///
    /// # Errors
    /// In words for the director, where it can't be; the seat comes back.
    pub(super) fn start(troupe: Arc<Troupe>, start: &Start, seat: Seat) -> Result<Self, Unseated> {
        let agent = &start.agent;
        let casting = agent.casting.clone();
        let (session, back) = (Session::of(agent), agent.goes_back());
        let current = agent.current_instructions();
        let instructions = current.map(|it| (it.version, it.text.to_string())).unwrap_or_default();
        let begun = (|| {
            let base = (troupe.launch)(&casting)?;
            let workspace = Workspace::open(casting.workspace.as_ref());
            let workspace = workspace.map_err(|error| error.to_string())?;
            let program = begin(&troupe, &base, (&session, &casting), &instructions.1)?;
            Ok((base, workspace, program))
        })();
        let (base, workspace, program) = match begun {
            Ok(begun) => begun,
            Err(why) => return Err(Unseated { seat, why }),
        };
        let has_conversation = matches!(session, Session::Again(_));
        let knows = has_conversation || back.is_some();
        Ok(Self {
            permits: Permits::new((troupe.policy)(&casting), base.confinement, agent),
            troupe,
            seat,
            voice: Voice::default(),
            program,
            workspace,
            base,
            in_force: instructions.1.clone(),
            instructions,
            session,
            link: agent.link.clone(),
            is_up: false,
            has_conversation,
            back,
            turn: agent.turn,
            since: agent.turn,
            stand: Stand::Starting { is_granted: false },
            prompt: if knows { vec![] } else { vec![casting.brief.clone()] },
            anew: start.anew.clone(),
            expected: 0,
            sent: Vec::new(),
            place: String::new(),
            call: ModelCall::default(),
            calls: Calls::of(agent),
            tools: BTreeMap::new(),
            waiting: Vec::new(),
            batch: None,
            gates: Vec::new(),
            passed: BTreeSet::new(),
            aides: Aides::default(),
            holds: agent.holds.iter().map(|it| it.reason).collect(),
            is_still: false,
            bill: Bill::default(),
            context: agent.context,
            model: casting.model.clone(),
            casting,
            changing: None,
            noises: 0,
            asked: 0,
            over: None,
        })
    }

    /// Works until the end, and says how it ended.
    pub(super) async fn work(mut self) -> Result<(), Gone> {
        let outcome = self.live().await?;
        // Its session is whole on its disk when it has ended by itself.
        self.program.end().await;
        self.seat.end(outcome).await
    }

    async fn live(&mut self) -> Result<Outcome, Gone> {
        loop {
            if let Some(outcome) = self.over.take() {
                return Ok(outcome);
            }
            let give_up = self.give_up();
            tokio::select! {
                biased;
                order = self.seat.hear() => {
                    let order = order?;
                    self.follow(order).await?;
                }
                () = self.voice.due() => self.voice.flush(&self.seat).await?,
                () = until(give_up) => self.end_by_force(),
                heard = self.program.hear() => match heard {
                    Heard::Message(message) => self.listen(&message).await?,
                    Heard::Noise(noise) => self.hear_noise(noise).await?,
                    Heard::Frozen(_) => self.seat.say(Report::Frozen(self.under_way())).await?,
                    Heard::Over(exit) => self.gone(&exit).await?,
                },
            }
        }
    }

    const fn give_up(&self) -> Option<Instant> {
        match &self.stand {
            Stand::Cutting(cut) => cut.by,
            _ => None,
        }
    }

    fn end_by_force(&mut self) {
        if let Stand::Cutting(cut) = &mut self.stand {
            cut.by = None;
        }
        self.program.kill();
    }

    /// A number for a request of ours.
    pub(super) fn number(&mut self, what: &str) -> String {
        self.asked += 1;
        format!("{what}-{}", self.asked)
    }

    /// Comes to the boundary before a model call, and asks to go on.
    pub(super) async fn reach(&mut self, again: bool) -> Result<(), Gone> {
        let taken = self.turn.0.saturating_sub(self.since.0);
        if let Some(most) = self.casting.max_turns.filter(|most| !again && taken >= *most) {
            let why = format!("it took all of its {most} turns; redirect it to let it go on");
            self.cut(Then::End(Outcome::Failed { why }));
            return Ok(());
        }
        let estimate = self.estimate();
        self.seat.say(Report::Reached(Boundary::Model { estimate, again })).await
    }

    /// What the next call may cost, once it is known how much it is about.
    fn estimate(&self) -> Option<Money> {
        if self.context == 0 {
            return None;
        }
        self.troupe.tariff.most(&self.base.vendor, &self.model, self.context, ANSWER)
    }

    /// Takes the turn that was granted.
    pub(super) fn take_turn(&mut self) {
        let is_renewed = self.instructions.1 != self.in_force;
        match mem::replace(&mut self.stand, Stand::Calling) {
            Stand::Starting { .. } => self.stand = Stand::Starting { is_granted: true },
            Stand::Idle if is_renewed => self.stand = Stand::Starting { is_granted: true },
            Stand::Before(_) if is_renewed => {
                self.stand = Stand::Calling;
                self.cut(Then::Renew);
            }
            Stand::Idle => self.send_prompt(GO_ON),
            Stand::Before(number) => {
                if !self.prompt.is_empty() {
                    self.send_prompt(GO_ON);
                }
                self.program.send(&tell::answer(&number, &tell::go_on()));
            }
            other => self.stand = other,
        }
        self.call = ModelCall::default();
    }

    /// Whether it has to be started again before it can go on.
    pub(super) fn is_to_be_renewed(&self) -> bool {
        matches!(self.stand, Stand::Starting { is_granted: true })
            && self.instructions.1 != self.in_force
    }

    /// Starts the program again, in its session.
    pub(super) async fn renew(&mut self) -> Result<(), Gone> {
        let session = if self.has_conversation {
            Session::Again(self.session.name().to_owned())
        } else {
            self.back.as_ref().map_or_else(|| Session::begun(&self.casting), Session::back)
        };
        self.start_in(session).await
    }

    /// Starts the program again, in this session.
    pub(super) async fn start_in(&mut self, session: Session) -> Result<(), Gone> {
        // Its session is whole on its disk when it is over.
        self.program.leave().await;
        let run = (&session, &self.casting);
        match begin(&self.troupe, &self.base, run, &self.instructions.1) {
            Ok(program) => self.program = program,
            Err(why) => {
                self.over = Some(Outcome::Failed { why });
                return Ok(());
            }
        }
        let is_new = self.in_force != self.instructions.1;
        self.in_force.clone_from(&self.instructions.1);
        self.session = session;
        self.bill.renew();
        // It was started with the model that it is to call.
        self.changing = None;
        (self.expected, self.sent) = (0, Vec::new());
        if is_new && self.has_conversation {
            let (name, version) = (&self.casting.name, self.instructions.0);
            let text = format!(
                "{name}: Claude Code was started again in its session, to work under {version}"
            );
            self.seat.say(Report::Noticed(Level::Note, text)).await?;
            if self.prompt.is_empty() {
                self.prompt.push(RENEWED.to_owned());
            }
        }
        Ok(())
    }

    /// Ends the turn: what it used and cost is told.
    pub(super) async fn end_turn(&mut self, (usage, cost): (Usage, Cost)) -> Result<(), Gone> {
        let own = self.call.usage();
        if own.total() > 0 {
            self.context = own.total();
        }
        let stop = stop(self.call.stop.as_deref());
        self.call = ModelCall::default();
        self.seat.say(Report::TurnEnded { turn: self.turn, stop, usage, cost }).await?;
        // What side calls and sub-agents have used is not in its window.
        if own.total() > 0 && own.total() != usage.total() {
            self.seat.say(Report::WindowSeen { tokens: own.total(), size: None }).await?;
        }
        Ok(())
    }

    /// What a call cost by our own prices.
    pub(super) fn price(&self, usage: &Usage) -> Cost {
        let model = if self.call.model.is_empty() { &self.model } else { &self.call.model };
        price(&self.troupe, &self.base.vendor, model, usage)
    }

    /// The program's file.
    pub(super) fn file(&self) -> String {
        self.base.argv.first().map_or_else(String::new, |it| reveal(&it.to_string_lossy()))
    }

    /// Says a retry.
    pub(super) async fn retry(
        &self,
        (attempt, most): (u32, u32),
        wait_ms: u64,
        why: String,
    ) -> Result<(), Gone> {
        let wait = Millis(wait_ms);
        self.seat.say(Report::Retrying { attempt, most, wait, why }).await
    }
}

/// A worker that could not start.
pub(super) struct Unseated {
    pub(super) seat: Seat,
    pub(super) why: String,
}

fn begin(
    troupe: &Troupe,
    base: &Launch,
    (session, casting): (&Session, &Casting),
    instructions: &str,
) -> Result<Program, String> {
    let launch = launch(base, session, &casting.model);
    let mut program = Program::start(&troupe.guards, &launch)
        .map_err(|error| format!("Claude Code could not be started: {error}"))?;
    program.send(&tell::opening(instructions, &casting.name));
    Ok(program)
}

fn stop(word: Option<&str>) -> Stop {
    match word {
        Some("tool_use") => Stop::Tools,
        Some("max_tokens") => Stop::Length,
        Some("refusal") => Stop::Refusal,
        Some("end_turn" | "stop_sequence") | None => Stop::End,
        Some(other) => Stop::Other(crate::text::one_line(other, 40)),
    }
}

async fn until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}
