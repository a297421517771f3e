//! The agents' tasks: who sits where, and how each is ended.

use super::clock::GRACE;
use crate::{
    engine::{Hire, Seat, Start, native::retell},
    model::{AgentId, Author, EngineKind, Input, Order, Outcome, Report},
};
use futures::FutureExt as _;
use std::{any::Any, collections::BTreeMap, panic::AssertUnwindSafe};
use tokio::{
    sync::mpsc::{Receiver, Sender, WeakSender, channel, error::TrySendError},
    task::{AbortHandle, JoinSet},
    time::Instant,
};

/// Orders an agent may have waiting: more than one batch of inputs can make.
const ORDERS: usize = 1024;

/// The tasks of all agents. Nobody else can touch them.
pub(super) struct Crew {
    hire: Hire,
    /// Weak, so that the inbox closes when neither a director nor an agent is left.
    inbox: WeakSender<Input>,
    tasks: JoinSet<()>,
    seats: BTreeMap<AgentId, Place>,
    deadlines: Vec<Deadline>,
}

/// When an agent's run is ended for it, and how that is recorded.
struct Deadline {
    at: Instant,
    agent: AgentId,
    run: u32,
    outcome: Outcome,
}

struct Place {
    run: u32,
    ear: Sender<Order>,
    task: AbortHandle,
}

impl Crew {
    pub(super) fn new(hire: Hire, inbox: &Sender<Input>) -> Self {
        let (tasks, seats, inbox) = (JoinSet::new(), BTreeMap::new(), inbox.downgrade());
        Self { hire, inbox, tasks, seats, deadlines: Vec::new() }
    }

    /// Gives an agent's engine a seat and sets it to work.
    pub(super) fn start(&mut self, start: Start) {
        let (agent, run) = (start.agent.id, start.agent.run);
        // A former run has no say any more.
        self.dismiss(agent);
        // Nobody is left to direct it.
        let Some(inbox) = self.inbox.upgrade() else { return };
        let (ear, orders) = channel(ORDERS);
        let hire = self.hire.clone();
        let task = self.tasks.spawn(sit(hire, Box::new(start), orders, inbox));
        self.seats.insert(agent, Place { run, ear, task });
    }

    /// Passes an order on. An engine that has not listened for so long that its
    /// ear is full is ended: it must not work on under old orders. A closed ear
    /// means that it is over, and its last word is on its way.
    pub(super) fn tell(&mut self, id: AgentId, order: Order) {
        let Some(place) = self.seats.get(&id) else { return };
        let run = place.run;
        if order == Order::Stop {
            let outcome = Outcome::Stopped { by: Author::Director };
            self.deadlines.push(Deadline { at: Instant::now() + GRACE, agent: id, run, outcome });
        }
        if let Err(TrySendError::Full(_)) = place.ear.try_send(order) {
            let outcome = Outcome::Failed { why: "its engine heard no orders".to_owned() };
            self.deadlines.push(Deadline { at: Instant::now(), agent: id, run, outcome });
        }
    }

    /// Lets an agent's engine go. Dropping its task ends its tools' processes.
    pub(super) fn dismiss(&mut self, id: AgentId) {
        if let Some(place) = self.seats.remove(&id) {
            place.task.abort();
        }
        self.deadlines.retain(|it| it.agent != id);
    }

    /// Waits for an agent that was told to stop and did not. Cancelling the wait
    /// loses nothing.
    pub(super) async fn next_overdue(&mut self) -> Input {
        loop {
            let deadline = self.deadlines.iter().map(|it| it.at).min();
            tokio::select! {
                biased;
                // Only to let go of what is over: its end is in the inbox.
                Some(_end) = self.tasks.join_next(), if !self.tasks.is_empty() => {}
                () = at(deadline) => {
                    if let Some(input) = self.overdue() {
                        return input;
                    }
                }
            }
        }
    }

    fn overdue(&mut self) -> Option<Input> {
        let now = Instant::now();
        let index = self.deadlines.iter().position(|it| it.at <= now)?;
        let Deadline { agent, run, outcome, .. } = self.deadlines.swap_remove(index);
        Some(Input::Report { agent, run, report: Report::Ended(outcome) })
    }

    /// Ends every task and waits until all are gone.
    pub(super) async fn leave(&mut self) {
        self.seats.clear();
        self.tasks.shutdown().await;
    }
}

/// One run of one agent. An engine's last word stands in the inbox before what
/// is said here, so the first one counts: this is the obituary of an engine
/// that crashed, or left without a word. One that can't be had says why.
///
/// The start is in a box, so that what is looked at each time its engine goes on
/// stands close together.
async fn sit(hire: Hire, start: Box<Start>, orders: Receiver<Order>, inbox: Sender<Input>) {
    let (agent, run) = (start.agent.id, start.agent.run);
    let seat = Seat::new(agent, run, orders, inbox.clone()).of(&start.agent.casting);
    let work = async move {
        let start = match ready(*start).await {
            Ok(start) => start,
            Err(why) => return why,
        };
        match hire(start) {
            Ok(engine) => {
                engine.work(seat).await;
                "its engine left without a word".to_owned()
            }
            Err(why) => why,
        }
    };
    let why = match AssertUnwindSafe(work).catch_unwind().await {
        Ok(why) => why,
        Err(panic) => {
            format!("its engine crashed: {}", panic_words(&*panic).unwrap_or_default())
        }
    };
    let report = Report::Ended(Outcome::Failed { why });
    // A supervisor that has gone needs no explanation.
    drop(inbox.send(Input::Report { agent, run, report }).await);
}

/// A start of which its engine knows all that it must: that of another take of a program's
/// conversation is told what its session does not hold.
async fn ready(mut start: Start) -> Result<Start, String> {
    if !matches!(start.agent.casting.engine, EngineKind::Native | EngineKind::Watched) {
        retell(&mut start).await?;
    }
    Ok(start)
}

async fn at(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

/// What a panic said, for the log; the terminal never sees it.
fn panic_words(payload: &(dyn Any + Send)) -> Option<String> {
    let words = payload.downcast_ref::<&str>().map(|it| (*it).to_owned());
    words.or_else(|| payload.downcast_ref::<String>().cloned())
}
