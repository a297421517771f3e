//! One agent at work, a process a prompt.

use super::{
    Cursor,
    said::{self, Said},
};
use crate::{
    engine::{
        Gone, Seat,
        program::{Calls, Exit, Heard, Launch, Program, Troupe, kept},
        voice::{Kind, Voice},
    },
    llm::Tier,
    model::{
        Agent, Author, Boundary, CallId, Casting, Cost, HoldReason, Level, Order, Outcome, Report,
        Stop, Turn, Usage,
    },
    text::{one_line, sanitise},
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What is said to an agent that is to go on and has no news.
const GO_ON: &str = "Go on with your work.";

/// Why its process was ended by us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    Held,
    Interrupted,
}

pub(super) struct Worker {
    troupe: Arc<Troupe>,
    launch: Launch,
    seat: Seat,
    voice: Voice,
    calls: Calls,
    casting: Casting,
    instructions: String,
    is_instructed_anew: bool,
    has_brief: bool,
    prompt: Vec<String>,
    session: Option<String>,
    model: String,
    turn: Turn,
    program: Option<Program>,
    cut: Option<Cut>,
    /// What was placed since its turn was granted.
    holds: BTreeSet<HoldReason>,
    is_frozen: bool,
    running: BTreeMap<CallId, String>,
    done: Option<(bool, String, Usage)>,
    over: Option<Outcome>,
}

impl Worker {
    pub(super) fn new(cursor: Cursor, launch: Launch, seat: Seat) -> Self {
        let Cursor { troupe, start } = cursor;
        let agent = start.agent;
        let current = agent.current_instructions();
        let has_brief = agent.taken() > 0 && agent.link.is_some();
        Self {
            troupe,
            launch,
            seat,
            voice: Voice::default(),
            calls: Calls::of(&agent),
            instructions: current.map(|it| it.text.to_string()).unwrap_or_default(),
            is_instructed_anew: has_brief && current.is_some_and(|it| it.effective.is_none()),
            has_brief,
            prompt: Vec::new(),
            session: agent.link.as_ref().map(|it| it.session.clone()),
            model: agent.casting.model.clone(),
            turn: agent.turn,
            program: None,
            cut: None,
            holds: BTreeSet::new(),
            is_frozen: false,
            running: BTreeMap::new(),
            done: None,
            over: None,
            casting: {
                let Agent { casting, .. } = agent;
                casting
            },
        }
    }

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
            if let Some(outcome) = self.over.take() {
                return Ok(outcome);
            }
            tokio::select! {
                biased;
                order = self.seat.hear() => {
                    let order = order?;
                    self.follow(order).await?;
                }
                () = self.voice.due() => self.voice.flush(&self.seat).await?,
                heard = hear(&mut self.program) => self.take(heard).await?,
            }
        }
    }

    async fn reach(&self) -> Result<(), Gone> {
        let boundary = Boundary::Model { estimate: None, again: false };
        self.seat.say(Report::Reached(boundary)).await
    }

    async fn follow(&mut self, order: Order) -> Result<(), Gone> {
        match order {
            Order::TakeTurn(turn) => {
                self.turn = turn;
                self.holds.clear();
                return self.start_prompt().await;
            }
            Order::Message(_, text) => self.prompt.push(text),
            Order::Instructions(_, text) => {
                self.instructions = text;
                self.is_instructed_anew = self.has_brief;
            }
            Order::Model(_, model) => self.casting.model = model,
            Order::Brief(text) => self.casting.brief = text,
            Order::Hold(reason) => {
                self.holds.insert(reason);
                self.bring_to_a_stand();
            }
            Order::Release(reason) => {
                self.holds.remove(&reason);
            }
            Order::Freeze => {
                if let Some(program) = &mut self.program {
                    program.freeze();
                }
            }
            Order::Thaw => {
                self.is_frozen = false;
                if let Some(program) = &mut self.program {
                    program.thaw();
                }
            }
            Order::Interrupt => self.end_process(Cut::Interrupted),
            Order::Stop => {
                if self.program.take().is_some() {
                    self.close("the director stopped the agent").await?;
                }
                self.over = Some(Outcome::Stopped { by: Author::Director });
            }
            Order::RunTool(_)
            | Order::Answer(..)
            | Order::Return(..)
            | Order::Type(_)
            | Order::Resize(..) => {}
        }
        Ok(())
    }

    /// Ends its process where it is held; a tool that runs may end first.
    fn bring_to_a_stand(&mut self) {
        if !self.holds.is_empty() && !self.is_frozen && self.running.is_empty() {
            self.end_process(Cut::Held);
        }
    }

    fn end_process(&mut self, why: Cut) {
        if let Some(program) = &mut self.program {
            self.cut = Some(why);
            program.kill();
        }
    }

    async fn start_prompt(&mut self) -> Result<(), Gone> {
        let text = self.next_prompt().await?;
        let mut launch = self.launch.clone();
        let mut add = |words: &[&str]| launch.argv.extend(words.iter().map(Into::into));
        add(&["-p", &text, "--output-format", "stream-json"]);
        if let Some(session) = &self.session {
            add(&["--resume", session]);
        }
        if !self.casting.model.is_empty() {
            add(&["--model", &self.casting.model]);
        }
        self.done = None;
        match Program::start(&self.troupe.guards, &launch) {
            Ok(mut program) => {
                program.send_no_more();
                self.program = Some(program);
            }
            Err(error) => {
                let why = format!("{}: could not be started: {error}", self.name());
                self.close(&why).await?;
                self.over = Some(Outcome::Failed { why });
            }
        }
        Ok(())
    }

    async fn next_prompt(&mut self) -> Result<String, Gone> {
        let mut parts = Vec::new();
        if !self.has_brief {
            if !self.instructions.trim().is_empty() {
                parts.push(format!("Your instructions:\n{}", self.instructions));
            }
            parts.push(format!("Your task:\n{}", self.casting.brief));
        } else if self.is_instructed_anew {
            parts.push(format!(
                "Your instructions have changed. They are now:\n{}",
                self.instructions
            ));
            let name = &self.casting.name;
            let text = format!(
                "{name}: its new instructions go to it as a message; there is no other way"
            );
            self.seat.say(Report::Noticed(Level::Note, text)).await?;
        }
        (self.has_brief, self.is_instructed_anew) = (true, false);
        parts.append(&mut self.prompt);
        if parts.is_empty() {
            parts.push(GO_ON.to_owned());
        }
        Ok(parts.join("\n\n"))
    }

    async fn take(&mut self, heard: Heard) -> Result<(), Gone> {
        match heard {
            Heard::Message(message) => self.take_line(message).await,
            Heard::Noise(line) => {
                let (name, message) = ("no JSON".to_owned(), Value::String(line));
                self.seat.say(Report::Strange { name, message: message.into() }).await
            }
            Heard::Frozen(_) => {
                self.is_frozen = true;
                let what = self.running.values().next().cloned();
                self.seat.say(Report::Frozen(what.unwrap_or_else(|| "a model call".into()))).await
            }
            Heard::Over(exit) => self.is_over(exit).await,
        }
    }

    async fn take_line(&mut self, line: Value) -> Result<(), Gone> {
        match said::read(&line) {
            Said::Began { session, model } => {
                self.model = if model.is_empty() { self.casting.model.clone() } else { model };
                if !session.is_empty() && self.session.as_ref() != Some(&session) {
                    self.session = Some(session.clone());
                    let (program, session) = (self.name(), one_line(&session, 200));
                    let model = one_line(&self.model, 200);
                    self.seat.say(Report::Linked { program, session, model }).await?;
                }
                Ok(())
            }
            Said::Words(text) => self.speak(Kind::Words, &text).await,
            Said::Thought(text) => self.speak(Kind::Thought, &text).await,
            Said::Called { id, tool, title, input } => {
                self.hush().await?;
                let call = self.calls.begin(&id);
                self.running.insert(call, title.clone());
                self.seat
                    .say(Report::ToolCalled {
                        call,
                        id,
                        tool,
                        title,
                        input: input.into(),
                        seal: None,
                    })
                    .await?;
                self.seat.say(Report::ToolTaken(call)).await
            }
            Said::Ended { id, ok, text } => {
                let Some(call) = self.calls.end(&id) else { return Ok(()) };
                self.running.remove(&call);
                self.end_tool(call, ok, &text).await?;
                self.bring_to_a_stand();
                Ok(())
            }
            Said::Done { is_error, text, usage } => {
                self.done = Some((is_error, text, usage));
                Ok(())
            }
            Said::Nothing => Ok(()),
            Said::Strange(name) => {
                self.seat.say(Report::Strange { name, message: line.into() }).await
            }
        }
    }

    async fn end_tool(&self, call: CallId, ok: bool, text: &str) -> Result<(), Gone> {
        let (bytes, text) = (text.len() as u64, kept(sanitise(text).into_owned()));
        let (changes, note) = (Vec::new(), String::new());
        self.seat.say(Report::ToolEnded { call, ok, text, bytes, changes, note }).await
    }

    async fn speak(&mut self, kind: Kind, text: &str) -> Result<(), Gone> {
        if self.voice.is_other(kind) {
            self.hush().await?;
        }
        self.voice.take(kind, text);
        if self.voice.is_due() { self.voice.flush(&self.seat).await } else { Ok(()) }
    }

    async fn hush(&mut self) -> Result<(), Gone> {
        self.voice.finish();
        self.voice.flush(&self.seat).await
    }

    /// Its process is over: the prompt was answered, or cut, or it failed.
    async fn is_over(&mut self, exit: Exit) -> Result<(), Gone> {
        self.program = None;
        self.is_frozen = false;
        self.hush().await?;
        let cut = self.cut.take();
        if let Some((is_error, text, usage)) = self.done.take() {
            let (turn, cost) = (self.turn, self.cost(&usage));
            self.seat.say(Report::TurnEnded { turn, stop: Stop::End, usage, cost }).await?;
            self.close_tools("").await?;
            let text = sanitise(text.trim()).into_owned();
            self.over = Some(if is_error {
                Outcome::Failed { why: format!("{}: {text}", self.name()) }
            } else {
                Outcome::Succeeded { summary: text }
            });
            return Ok(());
        }
        match cut {
            Some(Cut::Held) => self.close("held; it goes on from here").await?,
            Some(Cut::Interrupted) => {
                let what = self.running.values().next().cloned();
                self.close("interrupted").await?;
                let what = what.unwrap_or_else(|| "a model call".to_owned());
                self.seat.say(Report::Interrupted(what)).await?;
            }
            None => {
                self.close("its program ended").await?;
                self.over = Some(Outcome::Failed { why: format!("{}: {exit}", self.name()) });
                return Ok(());
            }
        }
        self.reach().await
    }

    /// Nobody says what a cut call cost.
    async fn close(&mut self, why: &str) -> Result<(), Gone> {
        self.hush().await?;
        let (turn, usage, cost) = (self.turn, Usage::default(), Cost::from(None));
        let why = why.to_owned();
        self.seat.say(Report::TurnCut { turn, why: why.clone(), usage, cost }).await?;
        self.close_tools(&why).await
    }

    async fn close_tools(&mut self, why: &str) -> Result<(), Gone> {
        self.running.clear();
        for (_, call) in self.calls.drain() {
            self.end_tool(call, false, why).await?;
        }
        Ok(())
    }

    fn cost(&self, usage: &Usage) -> Cost {
        let (vendor, tariff) = (&self.launch.vendor, &self.troupe.tariff);
        if *usage == Usage::default() {
            return Cost::from(None);
        }
        let price = tariff.price(vendor, &self.model, usage, Tier::Standard);
        let worst = || tariff.most(vendor, &self.model, usage.prompt(), usage.output);
        price.map_or_else(|| Cost::unpriced(worst().unwrap_or_default()), |it| Cost::from(Some(it)))
    }

    fn name(&self) -> String {
        let file = self.launch.argv.first().map(std::path::Path::new);
        let name = file.and_then(|it| it.file_name()).unwrap_or_default();
        one_line(&name.display().to_string(), 80)
    }
}

async fn hear(program: &mut Option<Program>) -> Heard {
    match program {
        Some(program) => program.hear().await,
        None => std::future::pending().await,
    }
}
