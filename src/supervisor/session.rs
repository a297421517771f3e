//! A session while it runs: facts one at a time, in one order, for everybody.

mod carrying;
mod disk;
mod loose;
mod opening;
mod scripts;
mod watching;

pub use opening::Opening;

use super::{
    Clock, Feed, Listen, ReadScript, RunCommand, clean::clean, crew::Crew, ears::Ears,
    errands::Errands, keeper::Keeper, proofs::Proofs, purser::Purser, strain::Strainer,
    taker::Taker, writable::make_writable,
};
use crate::text::sanitise;
use crate::{
    engine::Hire,
    history::Till,
    journal::{Journal, JournalError},
    model::{
        AHEAD, Agent, Author, Command, DeskId, Event, Input, Millis, Purse, QuitMode, Record,
        Stage, decide_into, follow_up,
    },
    workspace::grounds::Grounds,
};
use std::time::Duration;
use tokio::{
    sync::mpsc::{Receiver, Sender, channel},
    task::JoinHandle,
    time::Instant,
};

/// Inputs that may wait. Engines wait when it is full; the director is told
/// "busy, press again".
const INBOX: usize = 1024;
/// Inputs that are judged and written together.
const BATCH: usize = 256;
/// How long a closing session waits for what is in flight: what is still there
/// then is cut, and no process is left two seconds after the order.
const CLOSING: Duration = Duration::from_secs(1);
/// How long it waits for agents to end that were told to.
const ENDING: Duration = Duration::from_millis(1500);

/// A running session, as its director holds it.
#[derive(Debug)]
pub struct Session {
    /// Where commands and reports go.
    pub inbox: Sender<Input>,
    /// Where facts come from.
    pub feed: Feed,
    /// The session's time.
    pub clock: Clock,
    task: JoinHandle<Result<Stage, SessionError>>,
}

/// The session could not go on.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The journal can't be written and the director did not want to wait.
    #[error("the journal could not be written; {unwritten} events were not kept")]
    Journal {
        /// How many events were in mind but not on disk.
        unwritten: usize,
        /// What the disk said.
        #[source]
        source: JournalError,
    },
    /// The supervisor itself crashed.
    #[error("the supervisor crashed")]
    Crashed(#[source] tokio::task::JoinError),
}

/// Opens a session over a journal, with the stage that its records add up to
/// (empty for a new one). Must be called inside a tokio runtime.
pub fn open(journal: Journal, stage: Stage, opening: Opening, hire: Hire) -> Session {
    let means = Means { hire, grounds: None, run: None, read: None, listen: None, till: None };
    open_with(means, journal, stage, opening)
}

/// What a session works with.
#[derive(Clone)]
pub struct Means {
    /// Finds an engine for an agent.
    pub hire: Hire,
    /// Where what agents make is kept; none where it is not.
    pub grounds: Option<Grounds>,
    /// Runs the commands of scripts; none where there are none.
    pub run: Option<RunCommand>,
    /// Reads a text as a script; none where none is checked.
    pub read: Option<ReadScript>,
    /// Listens for what calls standing steps; none where nothing does.
    pub listen: Option<Listen>,
    /// The purses that sessions share; none where this one counts alone.
    pub till: Option<Till>,
}

/// Opens a session as [`open`] does, with all that it may need.
pub fn open_with(means: Means, journal: Journal, stage: Stage, opening: Opening) -> Session {
    let Means { hire, grounds, run, read, listen, till } = means;
    let (inbox, inputs) = channel(INBOX);
    let feed = Feed::default();
    let clock = Clock::starting_at(stage.now());
    let supervisor = Supervisor {
        crew: Crew::new(hire, &inbox),
        keeper: Keeper::new(grounds.clone()),
        taker: Taker::new(grounds),
        proofs: Proofs::new(run.clone()),
        errands: Errands::new(run, read),
        purser: Purser::new(till),
        ears: Ears::new(listen, clock),
        aside: Vec::new(),
        journal,
        // Logs are for those who look; the journal has them.
        stage: stage.without_logs(),
        clock,
        now: clock.now(),
        feed: feed.clone(),
        strainer: Strainer::default(),
        judged: Vec::new(),
        unwritten: Vec::new(),
        granted: Vec::new(),
        closing: None,
        watch_due: clock.now(),
    };
    let task = tokio::spawn(supervisor.run(opening, inputs));
    Session { inbox, feed, clock, task }
}

impl Session {
    /// Waits for the session to close; asks for that with [`Command::Quit`].
    ///
    /// # Errors
    /// When the journal could not be written, or the supervisor crashed.
    pub async fn end(self) -> Result<Stage, SessionError> {
        drop(self.inbox);
        self.task.await.map_err(SessionError::Crashed)?
    }
}

struct Supervisor {
    journal: Journal,
    stage: Stage,
    crew: Crew,
    keeper: Keeper,
    taker: Taker,
    errands: Errands,
    proofs: Proofs,
    purser: Purser,
    ears: Ears,
    /// Heard when what was kept before them is.
    aside: Vec<Input>,
    clock: Clock,
    /// When what is judged now was heard. One look at the clock for a batch.
    now: Millis,
    feed: Feed,
    /// What is held back of what agents report.
    strainer: Strainer,
    /// What is judged now comes to; empty between two inputs.
    judged: Vec<Event>,
    /// Facts in mind that are not on disk yet; nobody else has heard of them.
    unwritten: Vec<Record>,
    /// Where it is to be told that a command was carried out, once it is a fact.
    granted: Vec<DeskId>,
    closing: Option<Closing>,
    /// Before this, the watches have nothing to say by themselves.
    watch_due: Millis,
}

#[derive(Debug, Clone, Copy)]
struct Closing {
    deadline: Instant,
    mode: QuitMode,
    /// Nobody was at work any more when it began.
    is_idle: bool,
}

/// Tells the show that no more will come, even where the supervisor crashes.
struct LastWord(Feed);

impl Drop for LastWord {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Supervisor {
    async fn run(
        mut self,
        opening: Opening,
        mut inputs: Receiver<Input>,
    ) -> Result<Stage, SessionError> {
        let _last_word = LastWord(self.feed.clone());
        let end = self.direct(opening, &mut inputs).await;
        self.crew.leave().await;
        end.map(|()| self.stage)
    }

    async fn direct(
        &mut self,
        opening: Opening,
        inputs: &mut Receiver<Input>,
    ) -> Result<(), SessionError> {
        self.begin(opening);
        self.play_on();
        self.publish(inputs).await?;
        let mut batch = Vec::with_capacity(BATCH);
        while !self.is_over() {
            let wakes = [self.wake_for_scripts(), self.wake_for_watches()];
            let wake = wakes.into_iter().flatten().min();
            let look = self.purser.due();
            tokio::select! {
                biased;
                input = self.crew.next_overdue() => batch.push(input),
                kept = self.keeper.next() => {
                    batch.extend(kept);
                    batch.append(&mut self.aside);
                }
                taken = self.taker.next() => batch.extend(taken),
                found = self.errands.next() => batch.push(found),
                proved = self.proofs.next() => batch.push(proved),
                drew = self.purser.next() => batch.push(drew),
                () = look => self.purser.look(&self.stage),
                heard = self.ears.next() => batch.push(heard),
                () = scripts::time(wake) => {}
                heard = inputs.recv_many(&mut batch, BATCH) => if heard == 0 { break },
                () = closes(self.closing) => break,
            }
            listen_on(inputs, &mut batch).await;
            self.now = self.clock.now();
            for near in batch.chunks(AHEAD) {
                self.stage.call_up(near.iter().filter_map(Input::speaker));
            }
            for input in batch.drain(..) {
                self.judge(input);
            }
            self.play_on();
            self.watch_on();
            self.publish(inputs).await?;
        }
        let why = match self.closing {
            Some(Closing { is_idle: true, .. }) if self.stage.playing().next().is_none() => {
                "all agents were done"
            }
            Some(Closing { mode: QuitMode::Stop, .. }) => "all agents were stopped",
            Some(_) => "paused; a later run goes on",
            None => "nobody directed it any more",
        };
        self.keep_the_rest(inputs).await;
        self.now = self.clock.now();
        self.purser.close(Purse::ALL.map(|it| self.stage.counted_of_share(it))).await;
        self.settle_calls();
        self.settle_tools();
        self.settle(Event::SessionClosed { why: why.to_owned() });
        self.publish(inputs).await
    }

    fn begin(&mut self, opening: Opening) {
        match opening {
            Opening::New { title, limits } => {
                let title = sanitise(&title).into_owned();
                self.settle(Event::SessionOpened { title, limits });
            }
            Opening::Held { wall, by } => {
                self.hold_living();
                self.begin(Opening::Again { wall, by });
            }
            Opening::Again { wall, by } => {
                let living = self.stage.agents().filter(|it| !it.is_over());
                let living: Vec<_> = living.map(|it| (it.id, it.is_on())).collect();
                self.settle(Event::SessionResumed { wall, by });
                for (agent, was_on) in living {
                    self.take_up(agent, was_on);
                }
                self.take_up_scripts();
            }
        }
    }

    /// Judges an input. What an agent reports is strained first: see [`Strainer`].
    fn judge(&mut self, input: Input) {
        if self.keeper.must_wait(&input, &self.stage) {
            return self.aside.push(input);
        }
        if self.strainer.lets_pass(&input, self.journal.redactor()) {
            return self.decide(input);
        }
        let Input::Report { agent, run, report } = input else { return };
        let strained = self.strainer.strain((agent, run), report, self.journal.redactor());
        for report in strained.into_iter().flatten() {
            self.decide(Input::Report { agent, run, report });
        }
    }

    fn decide(&mut self, mut input: Input) {
        let is_command = input.command().is_some();
        let (desk, is_told) = match &input {
            Input::Desk { desk, by, .. } => (Some(*desk), *by == Author::Assistant),
            _ => (None, false),
        };
        if let Some(Command::Quit(mode)) = input.command() {
            self.close(*mode);
        }
        let mut facts = std::mem::take(&mut self.judged);
        clean(&mut input);
        let fits = self.held_to_script(&mut input);
        match fits.and_then(|()| decide_into(&self.stage, input, &mut facts)) {
            Ok(()) => {
                facts.drain(..).for_each(|event| self.settle(event));
                self.play_on();
                self.granted.extend(desk.filter(|_| is_told));
            }
            Err(refusal) if is_command => self.feed.refuse(desk, refusal),
            // A former run's last words; its end is on record already.
            Err(_stale) => {}
        }
        self.judged = facts;
    }

    /// Begins to close. Asked a second time, it closes at once.
    fn close(&mut self, mode: QuitMode) {
        let patience = match mode {
            _ if self.closing.is_some() => Duration::ZERO,
            QuitMode::Now => Duration::ZERO,
            QuitMode::Pause => CLOSING,
            QuitMode::Stop => ENDING,
        };
        let is_idle = match self.closing {
            Some(closing) => closing.is_idle,
            None => !self.stage.agents().any(Agent::is_awaited),
        };
        self.closing = Some(Closing { deadline: Instant::now() + patience, mode, is_idle });
    }

    /// Whether the session is closing and nothing is in flight any more.
    fn is_over(&self) -> bool {
        self.closing.is_some_and(|closing| {
            let ready = |it: &Agent| match closing.mode {
                QuitMode::Pause | QuitMode::Now => !it.is_awaited() || it.is_still(),
                QuitMode::Stop => it.is_over(),
            };
            closing.deadline <= Instant::now() || self.stage.agents().all(ready)
        })
    }

    /// Takes an event and everything that follows from it to mind. What follows from a
    /// fact goes before what was to come after it: two that were let go by one word must not
    /// both be granted what only one of them can pay.
    fn settle(&mut self, event: Event) {
        let mut next = Some(event);
        let mut pending = Vec::new();
        while let Some(event) = next {
            let seq = self.stage.last().next();
            self.unwritten.push(Record { seq, at: self.now, event });
            if let Some(record) = self.unwritten.last() {
                self.stage.apply(record);
                let followed = follow_up(&self.stage, &record.event);
                pending.extend(self.seen_in(&record.event).into_iter().rev());
                pending.extend(followed.into_iter().rev());
            }
            next = pending.pop();
        }
    }

    /// Makes what is in mind a fact: on disk, then in the world, then on screen.
    ///
    /// # Errors
    /// When the journal can't be written and the director does not wait.
    async fn publish(&mut self, inputs: &mut Receiver<Input>) -> Result<(), SessionError> {
        if self.unwritten.is_empty() {
            self.feed.grant(&mut self.granted);
            return Ok(());
        }
        while let Err(error) = self.journal.append(&self.unwritten) {
            if error.is_about_a_record() {
                tracing::error!(%error, "a record can't be kept");
                self.unwritten.iter_mut().for_each(make_writable);
            } else {
                self.wait_for_disk(error, inputs).await?;
            }
        }
        // Most likely as many come next.
        let room = Vec::with_capacity(self.unwritten.len());
        let records = std::mem::replace(&mut self.unwritten, room);
        for record in &records {
            if let Some(effect) = record.event.effect() {
                self.carry_out(effect);
            }
        }
        self.feed.push(records, self.journal.position(), self.journal.trouble());
        self.feed.grant(&mut self.granted);
        self.errands.prune(&self.stage);
        self.proofs.prune(&self.stage);
        self.purser.attend(&self.stage);
        self.ears.attend(&self.stage);
        Ok(())
    }
}

/// Lets everybody speak who is about to, and takes that too: what is judged
/// together is written with one write.
async fn listen_on(inputs: &mut Receiver<Input>, batch: &mut Vec<Input>) {
    tokio::task::yield_now().await;
    while batch.len() < BATCH
        && let Ok(input) = inputs.try_recv()
    {
        batch.push(input);
    }
}

async fn closes(closing: Option<Closing>) {
    match closing {
        Some(Closing { deadline, .. }) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
