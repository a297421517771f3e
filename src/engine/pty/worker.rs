//! One run of a command in a terminal.

use super::{
    answers::Answers,
    beat::Beat,
    decode::Decoder,
    terminal::{Heard, Over, Terminal},
};
use crate::{
    engine::{
        Gone, Seat, Start,
        program::{Launch, Troupe},
    },
    model::{Agent, Author, Order, Outcome, Report},
    text::terminal::Strain,
};
use std::{ffi::OsString, sync::Arc, time::Duration};
use tokio::time::{Instant, sleep_until};

/// The shortest time between two chunks while somebody types: what comes may be an answer.
const ANSWER_BEAT: Duration = Duration::from_millis(4);
/// So many bytes wait to be told; then the command waits, too. Told at each
/// [`Beat`], this is what one command can fill a disk with: 7 MB a second.
const MOST: usize = 384 * 1024;
/// When a command has printed something and then nothing for so long, it reads.
const PROMPT: Duration = Duration::from_millis(200);
/// A command that prints nothing reads after so long, if ever.
const SILENT: Duration = Duration::from_secs(2);
/// What stands among a command's arguments for the brief.
const BRIEF: &str = "{brief}";
/// Whom a program takes us for: an emulator that knows what ours does.
const TERM: [(&str, &str); 2] = [("TERM", "xterm-256color"), ("COLORTERM", "truecolor")];
/// What is told of a size once would be wrong soon.
const NOT_PASSED: [&str; 4] = ["TERM", "COLORTERM", "LINES", "COLUMNS"];

pub(super) async fn run(troupe: Arc<Troupe>, start: Start, seat: Seat) {
    // Nobody is left to be told where this fails: its terminal is closed.
    let _gone = match open(&troupe, &start.agent) {
        Ok((terminal, brief)) => {
            Worker::new((terminal, troupe.beat), brief, start.agent.terminal, seat).work().await
        }
        Err(why) => seat.end(Outcome::Failed { why }).await,
    };
}

/// Starts the command; gives also what is to be typed first.
fn open(troupe: &Troupe, agent: &Agent) -> Result<(Terminal, Option<String>), String> {
    let mut launch = (troupe.launch)(&agent.casting)?;
    let brief = fill(&mut launch, &agent.casting.brief);
    launch.environment.retain(|(name, _)| !NOT_PASSED.contains(&name.as_str()));
    let own = TERM.map(|(name, value)| (name.to_owned(), value.to_owned()));
    launch.environment.extend(own);
    let terminal = Terminal::open((&troupe.guards, troupe.beat), &launch, agent.terminal);
    Ok((terminal.map_err(|error| format!("there is no terminal for it: {error}"))?, brief))
}

/// Puts the brief where the command wants it, or gives it back to be typed.
fn fill(launch: &mut Launch, brief: &str) -> Option<String> {
    let mut is_told = false;
    for argument in &mut launch.argv {
        if let Some(text) = argument.to_str().filter(|it| it.contains(BRIEF)) {
            is_told = true;
            *argument = OsString::from(text.replace(BRIEF, brief));
        }
    }
    // Control characters are keys.
    let line: String = brief.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
    let line = line.trim();
    (!is_told && !line.is_empty()).then(|| format!("{line}\r"))
}

struct Worker {
    terminal: Terminal,
    beat: Beat,
    seat: Seat,
    /// Answers what the command asks its terminal.
    answers: Answers,
    decoder: Decoder,
    strain: Strain,
    /// Printed, and not told.
    waiting: String,
    told: Option<Instant>,
    /// What is to be typed first, and when.
    brief: Option<(String, Instant)>,
    is_stopping: bool,
}

impl Worker {
    fn new(
        (terminal, beat): (Terminal, Beat),
        brief: Option<String>,
        size: (u16, u16),
        seat: Seat,
    ) -> Self {
        Self {
            terminal,
            beat,
            seat,
            answers: Answers::new(size),
            decoder: Decoder::default(),
            strain: Strain::default(),
            waiting: String::new(),
            told: None,
            brief: brief.map(|it| (it, Instant::now() + SILENT)),
            is_stopping: false,
        }
    }

    async fn work(mut self) -> Result<(), Gone> {
        self.seat.say(Report::Started).await?;
        loop {
            let (due, brief) = (self.due(), self.brief.as_ref().map(|(_, at)| *at));
            let reads = self.waiting.len() < MOST;
            tokio::select! {
                order = self.seat.hear() => self.obey(order?),
                heard = self.terminal.hear(reads) => match heard {
                    Heard::Printed(bytes) => self.print(&bytes),
                    Heard::Frozen(count) => self.stand_still(count).await?,
                    Heard::Over(over) => return self.end(over).await,
                },
                () = until(due) => {}
                () = until(brief) => self.type_brief(),
            }
            if self.due().is_some_and(|due| due <= Instant::now()) {
                self.tell().await?;
            }
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Type(keys) => self.terminal.send(&keys.0),
            Order::Resize(columns, rows) => {
                self.terminal.resize((columns, rows));
                self.answers.resize((columns, rows));
            }
            Order::Freeze => self.terminal.freeze(),
            Order::Thaw => self.terminal.thaw(),
            Order::Stop => {
                self.is_stopping = true;
                self.terminal.kill();
            }
            // There are no turns, no tools and nobody to talk to.
            Order::Instructions(..)
            | Order::Model(..)
            | Order::Brief(_)
            | Order::Message(..)
            | Order::Hold(_)
            | Order::Release(_)
            | Order::TakeTurn(_)
            | Order::RunTool(_)
            | Order::Answer(..)
            | Order::Return(..)
            | Order::Interrupt => {}
        }
    }

    fn print(&mut self, bytes: &[u8]) {
        let text = self.decoder.push(bytes);
        let text = self.strain.push(&text);
        let answers = self.answers.print(&text);
        self.terminal.send(&answers);
        self.waiting.push_str(&text);
        if let Some((_, at)) = &mut self.brief {
            *at = Instant::now() + PROMPT;
        }
    }

    fn type_brief(&mut self) {
        if let Some((line, _)) = self.brief.take() {
            self.terminal.send(&line);
        }
    }

    /// When what waits is to be told.
    fn due(&self) -> Option<Instant> {
        let now = Instant::now();
        let is_answer = self.terminal.is_answering();
        let next = |told| if is_answer { told + ANSWER_BEAT } else { self.beat.after(told) };
        (!self.waiting.is_empty()).then(|| self.told.map_or(now, next))
    }

    async fn tell(&mut self) -> Result<(), Gone> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        self.told = Some(Instant::now());
        let text = std::mem::take(&mut self.waiting);
        self.seat.say(Report::TerminalPrinted(text)).await
    }

    /// All that was printed is told before it is said that nothing moves.
    async fn stand_still(&mut self, count: usize) -> Result<(), Gone> {
        let rest = self.terminal.rest();
        self.print(&rest);
        self.tell().await?;
        let what = if count == 1 { "1 process".to_owned() } else { format!("{count} processes") };
        self.seat.say(Report::Frozen(what)).await
    }

    async fn end(mut self, over: Over) -> Result<(), Gone> {
        self.tell().await?;
        self.seat.end(self.outcome(over)).await
    }

    fn outcome(&self, over: Over) -> Outcome {
        match over {
            _ if self.is_stopping => Outcome::Stopped { by: Author::Director },
            Over::Exited(0) => Outcome::Succeeded { summary: "exited 0".to_owned() },
            Over::Exited(code) => Outcome::Failed { why: format!("exited {code}") },
            Over::Signalled(signal) => Outcome::Failed { why: format!("ended by signal {signal}") },
            Over::Killed => Outcome::Failed { why: "killed".to_owned() },
            Over::NotStarted(why) => {
                Outcome::Failed { why: format!("could not be started: {why}") }
            }
        }
    }
}

async fn until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}
