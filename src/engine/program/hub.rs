//! One program that serves several agents at once over JSON-RPC lines: a task
//! that owns it, knows whose each message is, and ends with the last agent.
//!
//! # Theory of operation
//! ```text
//!  agent ──wish──▶ hub ──line──▶ program
//!  agent ◀──told── hub ◀──line── program
//! ```
//! The hub always takes wishes. What it has to tell an agent that is busy waits
//! in the hub, and until it is told the hub reads nothing more from the program:
//! pressure lands where work is made, and nobody waits in a circle.
//!
//! Requests are renumbered on their way out. Whose a message is, is said by the
//! session it names; a session belongs to whoever opened it, and a session that
//! another one has begun belongs to the same agent.

use super::{
    Heard, Launch, Program,
    line::{Line, Told, Wish, refusal},
};
use crate::tools::guard::Pool;
use futures::{StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use serde_json::{Value, json};
use std::{
    collections::{HashMap, VecDeque},
    ffi::OsString,
    io,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// How many wishes of all agents may wait.
const WISHES: usize = 256;
/// How many messages may wait for one agent.
const TOLD: usize = 256;
/// How many messages of sessions that nobody has yet may wait for their owner:
/// a program may speak in a session before it says that it has opened it.
const STRAYS: usize = 64;

/// How a kind of program is spoken to.
#[derive(Debug, Clone)]
pub struct Dialect {
    /// What stands behind the launch's own arguments.
    pub arguments: Vec<OsString>,
    /// Added to the launch's environment.
    pub environment: Vec<(String, String)>,
    /// The first request: its method and parameters.
    pub opening: (&'static str, Value),
    /// The notification that follows its answer, where one does.
    pub opened: Option<&'static str>,
    /// The session that a message from the program is about.
    pub session: fn(&Value) -> Option<&str>,
    /// The session that began the one that a message is about.
    pub parent: fn(&Value) -> Option<&str>,
    /// The session that the answer to a request has opened.
    pub opens: fn(&Value) -> Option<&str>,
}

/// The programs that run and can be joined, by how they were started.
#[derive(Debug, Clone, Default)]
pub struct Hubs(Arc<Mutex<Listed>>);

#[derive(Debug, Default)]
struct Listed {
    last: u64,
    hubs: Vec<(Launch, Sender<Wish>)>,
}

impl Hubs {
    fn lock(&self) -> MutexGuard<'_, Listed> {
        // Nothing that panics is done under it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A line to the program that is started like this: one that runs, if it may
    /// be shared, or a new one. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// When a new one can't be started for want of pipes or a guard.
    pub fn join(&self, guards: &Pool, launch: &Launch, dialect: Dialect) -> io::Result<Line> {
        let mut listed = self.lock();
        listed.last += 1;
        let agent = listed.last;
        let (tell, told) = channel(TOLD);
        // Where it works is said for each session.
        let key = Launch { folder: PathBuf::new(), ..launch.clone() };
        let found = listed.hubs.iter().find(|(its, _)| its.is_shared && *its == key);
        let found = found.map(|(_, wishes)| wishes);
        if let Some(wishes) = found
            && wishes.try_send(Wish::Join(agent, tell.clone())).is_ok()
        {
            return Ok(Line::new(agent, wishes.clone(), told));
        }
        let mut full = launch.clone();
        full.argv.extend(dialect.arguments.iter().cloned());
        full.environment.extend(dialect.environment.iter().cloned());
        let mut program = Program::start(guards, &full)?;
        let (method, parameters) = &dialect.opening;
        program.send(&line(json!({ "id": 0, "method": method, "params": parameters })));
        let (wishes, heard) = channel(WISHES);
        let mut hub = Hub {
            program,
            dialect,
            wishes: heard,
            agents: HashMap::new(),
            gone: FuturesUnordered::new(),
            sessions: HashMap::new(),
            last: 0,
            asked: HashMap::new(),
            opening: None,
            held_back: Some(Vec::new()),
            strays: VecDeque::new(),
            is_frozen: false,
        };
        hub.seat(agent, tell);
        if launch.is_shared {
            listed.hubs.retain(|(its, _)| *its != key);
            listed.hubs.push((key, wishes.clone()));
        }
        drop(listed);
        tokio::spawn(hub.run(self.clone(), wishes.clone()));
        Ok(Line::new(agent, wishes, told))
    }
}

#[derive(Debug)]
struct Agent {
    tell: Sender<Told>,
    waiting: VecDeque<Told>,
    parting: Vec<(&'static str, Value)>,
}

struct Hub {
    program: Program,
    dialect: Dialect,
    wishes: Receiver<Wish>,
    agents: HashMap<u64, Agent>,
    gone: FuturesUnordered<BoxFuture<'static, u64>>,
    sessions: HashMap<String, u64>,
    last: u64,
    /// Who has asked what by which number.
    asked: HashMap<u64, (u64, u64)>,
    /// What the opening was answered with.
    opening: Option<Result<Value, Value>>,
    /// What waits for the opening's answer.
    held_back: Option<Vec<Value>>,
    /// What was said in sessions that nobody has.
    strays: VecDeque<Value>,
    is_frozen: bool,
}

impl Hub {
    async fn run(mut self, hubs: Hubs, me: Sender<Wish>) {
        loop {
            let backlog = self.agents.iter().find(|(_, it)| !it.waiting.is_empty());
            let backlog = backlog.map(|(agent, it)| (*agent, it.tell.clone()));
            let is_behind = backlog.is_some();
            tokio::select! {
                biased;
                wish = self.wishes.recv() => if let Some(wish) = wish {
                    self.grant(wish);
                },
                agent = self.gone.next(), if !self.gone.is_empty() => if let Some(agent) = agent {
                    self.part(agent);
                    if self.agents.is_empty() && self.is_let_go(&hubs, &me) {
                        self.program.end().await;
                        return;
                    }
                },
                () = pass_on(backlog, &mut self.agents), if is_behind => {}
                heard = self.program.hear(), if !is_behind => {
                    if self.take(heard) {
                        hubs.lock().hubs.retain(|(_, it)| !it.same_channel(&me));
                        return;
                    }
                }
            }
        }
    }

    /// Whether nobody has joined meanwhile; then nobody can any more.
    fn is_let_go(&self, hubs: &Hubs, me: &Sender<Wish>) -> bool {
        let mut listed = hubs.lock();
        if !self.wishes.is_empty() {
            return false;
        }
        listed.hubs.retain(|(_, it)| !it.same_channel(me));
        true
    }

    fn seat(&mut self, agent: u64, tell: Sender<Told>) {
        let closed = tell.clone();
        self.gone.push(Box::pin(async move {
            closed.closed().await;
            agent
        }));
        self.agents.insert(agent, Agent { tell, waiting: VecDeque::new(), parting: Vec::new() });
        if let Some(opening) = self.opening.clone() {
            self.tell(agent, Told::Opened(opening));
        }
    }

    fn part(&mut self, agent: u64) {
        let Some(gone) = self.agents.remove(&agent) else { return };
        self.sessions.retain(|_, its| *its != agent);
        if self.is_frozen && self.agents.is_empty() {
            self.program.thaw();
        }
        for (method, parameters) in gone.parting {
            self.request(None, method, &parameters);
        }
    }

    fn grant(&mut self, wish: Wish) {
        match wish {
            Wish::Join(agent, tell) => self.seat(agent, tell),
            Wish::Request(agent, number, method, parameters) => {
                self.request(Some((agent, number)), method, &parameters);
            }
            Wish::Notify(method, parameters) => {
                self.send(json!({ "method": method, "params": parameters }));
            }
            Wish::Claim(agent, session) => {
                self.sessions.insert(session, agent);
            }
            Wish::Reply(reply) => self.program.send(&line(reply)),
            Wish::Parting(agent, requests) => {
                if let Some(it) = self.agents.get_mut(&agent) {
                    it.parting = requests;
                }
            }
            Wish::Freeze(agent) if self.agents.len() > 1 => self.tell(agent, Told::NotAlone),
            Wish::Freeze(_) => {
                self.is_frozen = true;
                self.program.freeze();
            }
            Wish::Thaw => {
                self.is_frozen = false;
                self.program.thaw();
            }
        }
    }

    fn request(&mut self, by: Option<(u64, u64)>, method: &str, parameters: &Value) {
        self.last += 1;
        if let Some(by) = by {
            self.asked.insert(self.last, by);
        }
        self.send(json!({ "id": self.last, "method": method, "params": parameters }));
    }

    fn send(&mut self, message: Value) {
        match &mut self.held_back {
            Some(held_back) => held_back.push(line(message)),
            None => self.program.send(&line(message)),
        }
    }

    /// Takes in what is heard; whether it was the last.
    fn take(&mut self, heard: Heard) -> bool {
        match heard {
            Heard::Message(message) => self.sort(message),
            Heard::Noise(line) => self.tell_all(|| Told::Noise(line.clone())),
            Heard::Frozen(count) => self.tell_all(|| Told::Frozen(count)),
            Heard::Over(exit) => {
                for it in self.agents.values() {
                    // One that is too busy to hear it finds its line closed.
                    let _busy = it.tell.try_send(Told::Over(exit.clone()));
                }
                return true;
            }
        }
        false
    }

    fn sort(&mut self, message: Value) {
        let is_call = message.get("method").is_some();
        let number = message.get("id").and_then(Value::as_u64);
        if is_call {
            self.pass(message);
        } else if number == Some(0) {
            self.open(message);
        } else if let Some((agent, number)) = number.and_then(|it| self.asked.remove(&it)) {
            let opened = message.get("result").and_then(self.dialect.opens).map(str::to_owned);
            self.tell(agent, answer(number, message));
            if let Some(session) = opened {
                self.find_home(&session, agent);
            }
        }
    }

    /// The agent has this session now, and what was said in it before.
    fn find_home(&mut self, session: &str, agent: u64) {
        self.sessions.insert(session.to_owned(), agent);
        let (its, others) = std::mem::take(&mut self.strays)
            .into_iter()
            .partition(|it| (self.dialect.session)(it) == Some(session));
        self.strays = others;
        let its: VecDeque<Value> = its;
        for message in its {
            self.tell(agent, Told::Message(message));
        }
    }

    /// The opening was answered: what was held back may go.
    fn open(&mut self, message: Value) {
        let opening = outcome(message);
        self.opening = Some(opening.clone());
        self.tell_all(|| Told::Opened(opening.clone()));
        if let Some(method) = self.dialect.opened {
            self.program.send(&line(json!({ "method": method })));
        }
        for line in self.held_back.take().unwrap_or_default() {
            self.program.send(&line);
        }
    }

    /// Passes a message on to whom it belongs; what belongs to nobody, to all.
    fn pass(&mut self, message: Value) {
        let Some(session) = (self.dialect.session)(&message) else {
            if let Some(id) = message.get("id") {
                self.program.send(&line(refusal(id)));
                return;
            }
            return self.tell_all(|| Told::Message(message.clone()));
        };
        let owner = self.sessions.get(session).copied();
        let parents = || (self.dialect.parent)(&message).and_then(|it| self.sessions.get(it));
        match owner.or_else(|| parents().copied()) {
            Some(agent) => {
                self.sessions.entry(session.to_owned()).or_insert(agent);
                self.tell(agent, Told::Message(message));
            }
            None => {
                if let Some(id) = message.get("id") {
                    self.program.send(&line(refusal(id)));
                } else if self.strays.len() < STRAYS {
                    self.strays.push_back(message);
                }
            }
        }
    }

    fn tell_all(&mut self, told: impl Fn() -> Told) {
        let all: Vec<u64> = self.agents.keys().copied().collect();
        for agent in all {
            self.tell(agent, told());
        }
    }

    fn tell(&mut self, agent: u64, told: Told) {
        let Some(it) = self.agents.get_mut(&agent) else { return };
        if !it.waiting.is_empty() {
            it.waiting.push_back(told);
            return;
        }
        if let Err(tokio::sync::mpsc::error::TrySendError::Full(told)) = it.tell.try_send(told) {
            it.waiting.push_back(told);
        }
    }
}

/// Passes on what waits for one agent, as soon as it can be.
async fn pass_on(to: Option<(u64, Sender<Told>)>, agents: &mut HashMap<u64, Agent>) {
    let Some((agent, tell)) = to else { return };
    match tell.reserve().await {
        Ok(room) => {
            if let Some(told) = agents.get_mut(&agent).and_then(|it| it.waiting.pop_front()) {
                room.send(told);
            }
        }
        Err(_gone) => {
            if let Some(it) = agents.get_mut(&agent) {
                it.waiting.clear();
            }
        }
    }
}

fn answer(number: u64, message: Value) -> Told {
    Told::Answer(number, outcome(message))
}

fn outcome(mut message: Value) -> Result<Value, Value> {
    match message.get_mut("error").map(Value::take) {
        Some(error) => Err(error),
        None => Ok(message.get_mut("result").map(Value::take).unwrap_or_default()),
    }
}

/// A message as JSON-RPC has it.
fn line(mut message: Value) -> Value {
    if let Some(members) = message.as_object_mut() {
        members.insert("jsonrpc".to_owned(), "2.0".into());
    }
    message
}
