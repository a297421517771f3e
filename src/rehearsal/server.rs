//! The loopback server: one request in, one scripted answer out.
//!
//! ```text
//! POST /v1/messages, /v1/responses, /v1/chat/completions, /v1beta/models/M:streamGenerateContent
//! GET  /v1/models, /_rehearsal/log        POST /_rehearsal/set {"fault": "429:2", "speed": 0}
//! ```
//! A path may begin with `/fault=KIND…/`, so that a base URL alone can ask for
//! a fault; so can the header `x-rehearsal-fault`.

use std::{
    collections::VecDeque,
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{Arc, Mutex, PoisonError},
};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{task::JoinHandle, time::Instant};
use tokio_util::sync::CancellationToken;

use super::{
    Logged, Rehearsal,
    fault::{self, Fault},
    memory::Memory,
};

mod answer;

/// The most requests that are kept in the log; the oldest go first.
const LOG: usize = 4096;

/// A rehearsal being played on loopback. Stops when dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    over: CancellationToken,
    task: Option<JoinHandle<()>>,
}

/// What all connections share. Locks are held for a moment, never over an await.
#[derive(Debug)]
struct Shared {
    rehearsal: Rehearsal,
    start: Instant,
    settings: Mutex<Settings>,
    memory: Mutex<Memory>,
    log: Mutex<Log>,
}

#[derive(Debug, Default)]
struct Log {
    count: u64,
    kept: VecDeque<Logged>,
}

#[derive(Debug, Clone)]
struct Settings {
    speed: f32,
    faults: Vec<Fault>,
}

impl Server {
    /// Plays a rehearsal on a loopback port (0: any free one). A `speed` of 1
    /// keeps the rehearsal's own pace, 2 is twice as quick, 0 never waits.
    /// Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// When the port can't be had, or there is no runtime.
    pub fn start(rehearsal: Rehearsal, port: u16, speed: f32) -> io::Result<Self> {
        let runtime = tokio::runtime::Handle::try_current().map_err(io::Error::other)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let settings = Settings { speed, faults: Vec::new() };
        let shared = Arc::new(Shared {
            rehearsal,
            start: Instant::now(),
            settings: Mutex::new(settings),
            memory: Mutex::default(),
            log: Mutex::default(),
        });
        let over = CancellationToken::new();
        let task = runtime.spawn(accept(listener, shared.clone(), over.clone()));
        Ok(Self { address, shared, over, task: Some(task) })
    }

    /// The base of every path, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every request so far, oldest first (the newest 4096).
    pub fn log(&self) -> Vec<Logged> {
        lock(&self.shared.log).kept.iter().cloned().collect()
    }

    /// Asks for faults in every request from now on; an empty text for none.
    ///
    /// # Errors
    /// When the text is no list of faults; the error says what would be.
    pub fn set_fault(&self, text: &str) -> Result<(), String> {
        lock(&self.shared.settings).faults = fault::parse_all(text)?;
        Ok(())
    }

    /// Closes the port and every connection, and waits until that is done.
    pub async fn stop(mut self) {
        self.over.cancel();
        if let Some(task) = self.task.take() {
            // A task that panicked is over too.
            task.await.ok();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.over.cancel();
    }
}

impl Shared {
    fn note(&self, mut logged: Logged) {
        let mut log = lock(&self.log);
        log.count += 1;
        logged.n = log.count;
        logged.at_ms = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        if log.kept.len() == LOG {
            log.kept.pop_front();
        }
        log.kept.push_back(logged);
    }
}

/// A lock whose holder panicked still guards whole values here.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: tokio::net::TcpListener, shared: Arc<Shared>, over: CancellationToken) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let stream = tokio::select! {
            () = over.cancelled() => break,
            Some(_closed) = connections.join_next() => continue,
            stream = listener.accept() => stream,
        };
        // Out of descriptors, say: the next one may do better.
        let Ok((stream, _)) = stream else {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            continue;
        };
        // Without it small events wait for each other; they arrive all the same.
        stream.set_nodelay(true).ok();
        let shared = shared.clone();
        connections.spawn(async move {
            let service = service_fn(move |request| answer::answer(shared.clone(), request));
            // A client that went away, or a fault that broke the connection.
            http1::Builder::new().serve_connection(TokioIo::new(stream), service).await.ok();
        });
    }
    connections.shutdown().await;
}

/// A service's error type: only faults break a connection.
type Answered<T> = Result<T, Broken>;

/// The connection is closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the rehearsal closed this connection")]
struct Broken;
