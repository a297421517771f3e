//! A session that is told to a collector while it happens.
//!
//! Whoever tells it reads the journal as it grows, in a thread of its own: no agent and
//! no screen waits for it, and a collector that is away costs nothing but its spans.

use super::{BATCH, Collector, Content, request, spans::Spans};
use crate::{
    export::wash::Wash,
    journal::{Follower, Reader, Records, Redactor},
};
use serde_json::Value;
use std::{
    collections::VecDeque,
    path::Path,
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread,
    time::Duration,
};

/// The journal is looked at this often.
const GLANCE: Duration = Duration::from_millis(500);
/// So many spans wait for a collector that is away; older ones are let go.
const WAITING: usize = 4096;
/// So many records are read before it is looked whether the session is over.
const STRETCH: usize = 4096;
/// When a session is over, its last spans may take this long.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Where a session is told, and how much of it.
#[derive(Debug, Clone)]
pub struct Telemetry {
    /// The collector.
    pub collector: Collector,
    /// Whether what is said goes along.
    pub content: Content,
    /// What is taken out.
    pub redactor: Redactor,
}

/// A session that is being told. When it is dropped, the last spans are sent, if that
/// does not take long.
#[derive(Debug)]
pub struct Live {
    /// Dropped to say that there is nothing more.
    over: Option<Sender<()>>,
    told: Receiver<()>,
}

impl Live {
    /// Begins to tell what is written to a journal from now on. None where it can't be
    /// read, or no thread can be had: that keeps no session from working.
    pub fn begin(journal: &Path, telemetry: Telemetry) -> Option<Self> {
        let reader = Reader::open(journal).ok()?;
        // What is there already was told by a former run, or nothing of it is over.
        let before = reader.records_from(0);
        let (over, is_over) = channel();
        let (tell, told) = channel();
        let work = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime {
                Teller::new(&reader, before, telemetry).run(&runtime, &is_over);
            }
            // Nobody may wait for it any more.
            let _nobody = tell.send(());
        };
        thread::Builder::new().name("telemetry".into()).spawn(work).ok()?;
        Some(Self { over: Some(over), told })
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        drop(self.over.take());
        // What takes longer is not waited for.
        let _late = self.told.recv_timeout(LAST_WORDS);
    }
}

/// Who tells.
struct Teller {
    telemetry: Telemetry,
    follower: Follower,
    spans: Spans,
    waiting: VecDeque<Value>,
    is_away: bool,
}

impl Teller {
    fn new(reader: &Reader, mut before: Records, telemetry: Telemetry) -> Self {
        let wash = Wash::new(telemetry.redactor.clone());
        let mut spans = Spans::new(reader.header(), wash, telemetry.content);
        for (_, record) in &mut before {
            drop(spans.take(&record));
        }
        let follower = Follower::new(reader, before.offset().max(reader.body()));
        Self { telemetry, follower, spans, waiting: VecDeque::new(), is_away: false }
    }

    fn run(mut self, runtime: &tokio::runtime::Runtime, is_over: &Receiver<()>) {
        loop {
            let ended = is_over.recv_timeout(GLANCE) != Err(RecvTimeoutError::Timeout);
            while self.read() {
                runtime.block_on(self.send());
            }
            runtime.block_on(self.send());
            if ended {
                return;
            }
        }
    }

    /// Reads on; tells whether there may be more.
    fn read(&mut self) -> bool {
        let mut count = 0;
        while count < STRETCH
            && let Some((_, record)) = self.follower.next()
        {
            let record = self.telemetry.redactor.clean_record(record);
            self.waiting.extend(self.spans.take(&record));
            count += 1;
        }
        let surplus = self.waiting.len().saturating_sub(WAITING);
        self.waiting.drain(..surplus);
        count == STRETCH
    }

    async fn send(&mut self) {
        while !self.waiting.is_empty() {
            let batch: Vec<_> = self.waiting.iter().take(BATCH).cloned().collect();
            let count = batch.len();
            match self.telemetry.collector.post(&request(&batch)).await {
                Ok(()) => {
                    self.waiting.drain(..count);
                    self.is_away = false;
                }
                Err(why) => {
                    if !std::mem::replace(&mut self.is_away, true) {
                        tracing::warn!("telemetry is not taken: {why}; it is tried again");
                    }
                    return;
                }
            }
        }
    }
}
