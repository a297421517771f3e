//! One call: a request goes out, chunks come in, and the end is always said.
//!
//! Theory of operation: a [`Call`] is asked for its next chunk. It sends the
//! request, checks the head of the response, then waits for bytes until they
//! make a chunk. It owns the response, so dropping the stream closes the socket.

use super::{
    Chunk, Endpoint, Request, Trouble, address::address, answer::Answer, head, pool::Pool, quota,
};
use crate::model::Window;
use futures::{StreamExt, stream, stream::BoxStream};
use jiff::Timestamp;
use reqwest::{RequestBuilder, Response};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// The answer to one call: ends after one [`Chunk::Finished`] or one error.
pub type Chunks = BoxStream<'static, Result<Chunk, Trouble>>;

/// A stream that carries only signs of life is given up after this many idle
/// timeouts.
const QUIET_TIMEOUTS: u32 = 10;

/// How long an answer that is whole may take to say so.
const SETTLED_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a connection may take to be ready for the next call.
const CLOSING_TIMEOUT: Duration = Duration::from_millis(20);

/// The program's HTTP client: one for all agents and services.
#[derive(Debug, Clone)]
pub struct Client {
    pool: Pool,
    now: fn() -> Timestamp,
}

/// One call under way.
struct Call {
    endpoint: Endpoint,
    now: fn() -> Timestamp,
    stage: Stage,
    answer: Answer,
    /// What was told by a head that refused.
    refused: Vec<Window>,
    /// When the last bytes came that meant something.
    last_meaning: Instant,
}

/// What the next step is.
enum Stage {
    Ask(Box<RequestBuilder>),
    Connected(Response),
    Read(Response),
    Fail(Trouble),
    Over,
}

impl Client {
    /// `now` reads the wall clock, for services that say as a date when to come
    /// back. Connections are opened when they are needed.
    pub fn new(now: fn() -> Timestamp) -> Self {
        Self { pool: Pool::default(), now }
    }

    /// Makes one call. Nothing is sent before the stream is first polled;
    /// dropping it closes the connection.
    pub fn stream(&self, endpoint: &Endpoint, request: &Request) -> Chunks {
        let stage = self.ask(endpoint, request).unwrap_or_else(Stage::Fail);
        let call = Call {
            endpoint: endpoint.clone(),
            now: self.now,
            stage,
            answer: Answer::new(endpoint.wire),
            refused: Vec::new(),
            last_meaning: Instant::now(),
        };
        stream::unfold(call, |mut call| async {
            let said = call.next().await?;
            Some((said, call))
        })
        .boxed()
    }

    fn ask(&self, endpoint: &Endpoint, request: &Request) -> Result<Stage, Trouble> {
        let url = address(endpoint.wire, &endpoint.base_url, &request.model)?;
        let headers = head::headers(endpoint)?;
        let client = self.pool.client(&url, endpoint.connect_timeout)?;
        let body = endpoint.wire.body(request);
        Ok(Stage::Ask(Box::new(client.post(url).headers(headers).json(&body))))
    }
}

impl Call {
    /// The next chunk, or the trouble that ends the call; nothing after either end.
    async fn next(&mut self) -> Option<Result<Chunk, Trouble>> {
        loop {
            if let Some(chunk) = self.answer.take() {
                self.last_meaning = Instant::now();
                if matches!(chunk, Chunk::Finished { .. }) {
                    self.finish().await;
                }
                return Some(Ok(chunk));
            }
            let step = match std::mem::replace(&mut self.stage, Stage::Over) {
                Stage::Ask(ask) => self.ask(*ask).await,
                Stage::Connected(response) => {
                    let request_id = head::request_id(&response);
                    let windows = quota::windows(response.headers(), (self.now)());
                    self.stage = Stage::Read(response);
                    return Some(Ok(Chunk::Connected { request_id, windows }));
                }
                Stage::Read(response) => self.read(response).await,
                Stage::Fail(trouble) if !self.refused.is_empty() => {
                    self.stage = Stage::Fail(trouble);
                    let windows = std::mem::take(&mut self.refused);
                    return Some(Ok(Chunk::Refused { windows }));
                }
                Stage::Fail(trouble) => {
                    return Some(Err(trouble.cleaned(|text| self.endpoint.redact(text))));
                }
                Stage::Over => return None,
            };
            self.stage = step.unwrap_or_else(Stage::Fail);
        }
    }

    /// Sends the request and checks the head of the response.
    async fn ask(&mut self, ask: RequestBuilder) -> Result<Stage, Trouble> {
        let idle = self.endpoint.idle_timeout;
        let sent = timeout(idle, ask.send()).await.map_err(|_| Trouble::Idle(idle))?;
        let response = sent.map_err(head::connection)?;
        if !response.status().is_success() {
            self.refused = quota::windows(response.headers(), (self.now)());
        }
        let checked = timeout(idle, head::checked(response, self.now)).await;
        let response = checked.map_err(|_| Trouble::Idle(idle))??;
        self.last_meaning = Instant::now();
        Ok(Stage::Connected(response))
    }

    /// Reads until a chunk is ready, or until no more bytes come.
    async fn read(&mut self, mut response: Response) -> Result<Stage, Trouble> {
        while !self.answer.read()? {
            let trouble = match timeout(self.patience(), response.chunk()).await {
                Ok(Ok(Some(bytes))) => {
                    self.answer.push(&bytes)?;
                    continue;
                }
                Ok(Ok(None)) => None,
                Ok(Err(error)) => Some(head::connection(error)),
                Err(_) => Some(Trouble::Idle(self.endpoint.idle_timeout)),
            };
            return self.answer.close(trouble).map(|()| Stage::Over);
        }
        Ok(Stage::Read(response))
    }

    /// How long to wait for the next bytes.
    fn patience(&self) -> Duration {
        let idle = self.endpoint.idle_timeout;
        if self.answer.is_settled() {
            return idle.min(SETTLED_TIMEOUT);
        }
        let quiet = idle.saturating_mul(QUIET_TIMEOUTS);
        idle.min(quiet.saturating_sub(self.last_meaning.elapsed()))
    }

    /// Nothing follows a finish but what closes the response on the wire: with
    /// that read, the connection serves the next call. It is not waited for long.
    async fn finish(&mut self) {
        if let Stage::Read(mut response) = std::mem::replace(&mut self.stage, Stage::Over) {
            let close = async { while let Ok(Some(_)) = response.chunk().await {} };
            // A connection that is not closed in time is dropped: that is all.
            let _is_closed = timeout(CLOSING_TIMEOUT, close).await.is_ok();
        }
    }
}
