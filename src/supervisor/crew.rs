//! The agents' tasks: who sits where, and how each is ended.

use super::clock::{GRACE, LAST_WORDS};
use crate::{
    engine::{Hire, Seat, Start},
    model::{AgentId, Author, Input, Order, Outcome, Report},
};
use std::{
    any::Any,
    collections::{BTreeMap, HashMap},
};
use tokio::{
    sync::mpsc::{Sender, channel},
    task::{self, AbortHandle, JoinError, JoinSet},
    time::Instant,
};

/// Orders an agent may have waiting; a person can't type faster.
const ORDERS: usize = 64;

/// The tasks of all agents. Nobody else can touch them.
pub(super) struct Crew {
    hire: Hire,
    inbox: Sender<Input>,
    tasks: JoinSet<()>,
    seats: BTreeMap<AgentId, Place>,
    sitting: HashMap<task::Id, (AgentId, u32)>,
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
    pub(super) fn new(hire: Hire, inbox: Sender<Input>) -> Self {
        Self {
            hire,
            inbox,
            tasks: JoinSet::new(),
            seats: BTreeMap::new(),
            sitting: HashMap::new(),
            deadlines: Vec::new(),
        }
    }

    /// Gives an agent's engine a seat and sets it to work. An engine that can't
    /// be had is said by an engine that only says so.
    pub(super) fn start(&mut self, start: Start) {
        let (id, run) = (start.agent.id, start.agent.run);
        let (ear, orders) = channel(ORDERS);
        let seat = Seat::new(id, run, orders, self.inbox.clone());
        let task = match (self.hire)(start) {
            Ok(engine) => self.tasks.spawn(engine.work(seat)),
            Err(why) => self.tasks.spawn(async move {
                // A supervisor that has gone needs no explanation.
                let _gone = seat.end(Outcome::Failed { why }).await;
            }),
        };
        self.sitting.insert(task.id(), (id, run));
        self.seats.insert(id, Place { run, ear, task });
    }

    /// Passes an order on. A full or closed ear means that the agent is over:
    /// its last report says so, or its deadline does.
    pub(super) fn tell(&mut self, id: AgentId, order: Order) {
        let Some(place) = self.seats.get(&id) else { return };
        if order == Order::Stop {
            let outcome = Outcome::Stopped { by: Author::Director };
            let at = Instant::now() + GRACE;
            self.deadlines.push(Deadline { at, agent: id, run: place.run, outcome });
        }
        drop(place.ear.try_send(order));
    }

    /// Lets an agent's engine go. Dropping its task ends its tools' processes.
    pub(super) fn dismiss(&mut self, id: AgentId) {
        if let Some(place) = self.seats.remove(&id) {
            place.task.abort();
        }
        self.deadlines.retain(|it| it.agent != id);
    }

    /// Waits for a task that ended without its last word, or for an agent that
    /// was told to stop and did not. Cancelling the wait loses nothing.
    pub(super) async fn next_obituary(&mut self) -> Input {
        loop {
            let deadline = self.deadlines.iter().map(|it| it.at).min();
            tokio::select! {
                biased;
                Some(end) = self.tasks.join_next_with_id(), if !self.tasks.is_empty() => {
                    self.note_end(end);
                }
                () = at(deadline) => {
                    if let Some(input) = self.overdue() {
                        return input;
                    }
                }
            }
        }
    }

    /// A task has ended. Its last words may still be in the inbox, so its end
    /// is recorded only if they do not come.
    fn note_end(&mut self, end: Result<(task::Id, ()), JoinError>) {
        let (id, why) = match end {
            Ok((id, ())) => (id, "its engine left without a word".to_owned()),
            Err(crash) => {
                let id = crash.id();
                let words = crash.try_into_panic().ok().and_then(|it| panic_words(&*it));
                (id, format!("its engine crashed: {}", words.unwrap_or_default()))
            }
        };
        let Some((agent, run)) = self.sitting.remove(&id) else { return };
        // An agent that was dismissed has had its end recorded already.
        if self.seats.get(&agent).is_some_and(|it| it.run == run) {
            let outcome = Outcome::Failed { why };
            self.deadlines.push(Deadline { at: Instant::now() + LAST_WORDS, agent, run, outcome });
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
