//! One call: a request goes out, chunks come in, and the end is always said.
//!
//! Theory of operation: a [`Call`] is asked for its next chunk. It sends the
//! request, checks the head of the answer, then reads bytes until they make an
//! event, and events until they make a chunk. It owns the response, so dropping
//! the stream closes the socket.

use super::{
    Chunk, Endpoint, Request, Trouble,
    address::address,
    decoder::Decoder,
    head,
    pool::Pool,
    sse::{MOST_BYTES, Parser},
};
use futures::{FutureExt, StreamExt, stream, stream::BoxStream};
use jiff::Timestamp;
use reqwest::Response;
use std::{collections::VecDeque, time::Duration};
use tokio::time::{Instant, timeout};

/// The answer to one call: ends after one [`Chunk::Finished`] or one error.
pub type Chunks = BoxStream<'static, Result<Chunk, Trouble>>;

/// A stream that carries only signs of life is given up after this many idle
/// timeouts.
const QUIET_TIMEOUTS: u32 = 10;

/// How long an answer that is whole may take to say so.
const SETTLED_TIMEOUT: Duration = Duration::from_secs(5);

/// The program's HTTP client: one for all agents and services.
#[derive(Debug, Clone)]
pub struct Client {
    pool: Pool,
    now: fn() -> Timestamp,
}

/// One call under way.
struct Call {
    endpoint: Endpoint,
    stage: Stage,
    decoder: Box<dyn Decoder>,
    parser: Parser,
    waiting: VecDeque<Chunk>,
    /// When the last event came that meant something.
    last_event: Instant,
}

enum Stage {
    Asking(Result<reqwest::RequestBuilder, Trouble>, fn() -> Timestamp),
    Reading(Response),
    Over,
}

impl Client {
    /// `now` reads the wall clock, for services that say when to come back as
    /// a date. Connections are opened when they are needed.
    pub fn new(now: fn() -> Timestamp) -> Self {
        Self { pool: Pool::default(), now }
    }

    /// Makes one call. Nothing is sent before the stream is first polled;
    /// dropping it closes the connection.
    pub fn stream(&self, endpoint: &Endpoint, request: &Request) -> Chunks {
        let call = Call {
            stage: Stage::Asking(self.ask(endpoint, request), self.now),
            endpoint: endpoint.clone(),
            decoder: endpoint.wire.decoder(),
            parser: Parser::default(),
            waiting: VecDeque::new(),
            last_event: Instant::now(),
        };
        stream::unfold(call, |mut call| async {
            let said = call.next().await?;
            Some((said, call))
        })
        .boxed()
    }

    fn ask(
        &self,
        endpoint: &Endpoint,
        request: &Request,
    ) -> Result<reqwest::RequestBuilder, Trouble> {
        let url = address(endpoint.wire, &endpoint.base_url, &request.model)?;
        let headers = head::headers(endpoint)?;
        let client = self.pool.client(&url, endpoint.connect_timeout)?;
        Ok(client.post(url).headers(headers).json(&endpoint.wire.body(request)))
    }
}

impl Call {
    /// The next chunk, or nothing after the last.
    async fn next(&mut self) -> Option<Result<Chunk, Trouble>> {
        loop {
            if let Some(chunk) = self.waiting.pop_front() {
                if matches!(chunk, Chunk::Finished { .. }) {
                    self.finish();
                }
                return Some(Ok(chunk));
            }
            let step = match std::mem::replace(&mut self.stage, Stage::Over) {
                Stage::Over => return None,
                Stage::Asking(ask, now) => self.open(ask, now).await,
                Stage::Reading(response) => self.read(response).await,
            };
            if let Err(trouble) = step {
                self.stage = Stage::Over;
                self.waiting.clear();
                return Some(Err(trouble.cleaned(|text| self.endpoint.redact(text))));
            }
        }
    }

    /// Sends the request and checks the head of the answer.
    async fn open(
        &mut self,
        ask: Result<reqwest::RequestBuilder, Trouble>,
        now: fn() -> Timestamp,
    ) -> Result<(), Trouble> {
        let idle = self.endpoint.idle_timeout;
        let sent = timeout(idle + self.endpoint.connect_timeout, ask?.send()).await;
        let response = sent.map_err(|_| Trouble::Idle(idle))?.map_err(head::connection)?;
        let response = timeout(idle, head::checked(response, now)).await;
        let response = response.map_err(|_| Trouble::Idle(idle))??;
        self.waiting.push_back(Chunk::Connected { request_id: head::request_id(&response) });
        self.last_event = Instant::now();
        self.stage = Stage::Reading(response);
        Ok(())
    }

    /// Takes what has come until it means something, or waits for more bytes.
    async fn read(&mut self, mut response: Response) -> Result<(), Trouble> {
        while self.waiting.is_empty() {
            if let Some(event) = self.parser.next_event() {
                self.take(&event.name, &event.data)?;
                continue;
            }
            match timeout(self.patience(), response.chunk()).await {
                Ok(Ok(Some(bytes))) => {
                    self.parser.push(&bytes).map_err(|_| Trouble::TooLarge(MOST_BYTES))?;
                }
                Ok(Ok(None)) => return self.close(None),
                Ok(Err(error)) => return self.close(Some(head::connection(error))),
                Err(_) => return self.close(Some(Trouble::Idle(self.endpoint.idle_timeout))),
            }
        }
        self.stage = Stage::Reading(response);
        Ok(())
    }

    fn take(&mut self, name: &str, data: &str) -> Result<(), Trouble> {
        let chunks = self.decoder.event(name, data)?;
        if !chunks.is_empty() {
            self.last_event = Instant::now();
        }
        self.waiting.extend(chunks);
        Ok(())
    }

    /// The stream is over: by its end, or by `trouble`. An answer that is whole
    /// all the same is a finish.
    fn close(&mut self, trouble: Option<Trouble>) -> Result<(), Trouble> {
        if let Some(event) = self.parser.rest() {
            match self.take(&event.name, &event.data) {
                // An event cut in the middle is no garbage.
                Ok(()) | Err(Trouble::Garbage(_)) => {}
                Err(trouble) => return Err(trouble),
            }
        }
        if self.waiting.iter().any(|it| matches!(it, Chunk::Finished { .. })) {
            return Ok(());
        }
        match self.decoder.end() {
            Ok(chunks) => self.waiting.extend(chunks),
            Err(cut) => return Err(trouble.unwrap_or(cut)),
        }
        Ok(())
    }

    /// How long to wait for the next bytes.
    fn patience(&self) -> Duration {
        let idle = self.endpoint.idle_timeout;
        if self.decoder.is_settled() {
            return idle.min(SETTLED_TIMEOUT);
        }
        let quiet = idle.saturating_mul(QUIET_TIMEOUTS);
        idle.min(quiet.saturating_sub(self.last_event.elapsed()))
    }

    /// Nothing follows a finish. What closes the answer on the wire is taken if
    /// it is here already, so that the connection serves the next call.
    fn finish(&mut self) {
        self.waiting.clear();
        if let Stage::Reading(mut response) = std::mem::replace(&mut self.stage, Stage::Over) {
            while let Some(Ok(Some(_))) = response.chunk().now_or_never() {}
        }
    }
}
