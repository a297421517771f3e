//! The address to which a request can be posted that calls a standing step.
//!
//! It is on this machine alone unless config says otherwise. Whoever posts must know a
//! secret word, which lies in a file that only the user can read: pages of a browser and
//! other users of the machine call nobody.

use super::{Ear, Sound, deaf};
use crate::model::play::Heard;
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{AUTHORIZATION, HeaderValue, ORIGIN},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    convert::Infallible,
    fs::{self, OpenOptions},
    io::{self, Write as _},
    net::SocketAddr,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{
    net::TcpListener,
    sync::{
        OnceCell,
        mpsc::{Sender, channel},
    },
    task::JoinSet,
};

/// Bytes of a request that are read.
const LONGEST: usize = 256 * 1024;
/// Calls that wait to be heard.
const WAITING: usize = 64;

/// The addresses of a session: one port, opened when the first step listens.
#[derive(Debug, Clone)]
pub struct Hooks(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    address: SocketAddr,
    /// The file with the secret word.
    secret: PathBuf,
    open: OnceCell<Open>,
    ears: Mutex<HashMap<String, Vec<Sender<Value>>>>,
}

#[derive(Debug)]
struct Open {
    at: SocketAddr,
    _serving: JoinSet<()>,
}

impl Hooks {
    /// Addresses at this place; the secret word is kept in that file.
    pub fn new(address: SocketAddr, secret: PathBuf) -> Self {
        let (open, ears) = (OnceCell::new(), Mutex::default());
        Self(Arc::new(Shared { address, secret, open, ears }))
    }

    /// Calls whenever something is posted to this path.
    pub(super) fn listen(&self, path: &str) -> Ear {
        let (shared, path) = (self.0.clone(), format!("/{path}"));
        let ear = async move {
            let at = match shared.open.get_or_try_init(|| open(&shared)).await {
                Ok(open) => open.at,
                Err(why) => return deaf(why),
            };
            let (tell, calls) = channel(WAITING);
            shared.ears().entry(path.clone()).or_default().push(tell);
            let secret = shared.secret.display();
            let said = format!("http://{at}{path} (its secret word is in {secret})");
            let first = Sound::now(Heard::Listens(Ok(said)));
            let calls = stream::unfold(calls, async |mut calls| {
                let call = calls.recv().await?;
                Some((Sound::now(Heard::Call(call)), calls))
            });
            stream::iter([first]).chain(calls).boxed()
        };
        stream::once(ear).flatten().boxed()
    }
}

impl Shared {
    fn ears(&self) -> std::sync::MutexGuard<'_, HashMap<String, Vec<Sender<Value>>>> {
        self.ears.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who listens at a path now.
    fn listening(&self, path: &str) -> Vec<Sender<Value>> {
        let mut ears = self.ears();
        let Some(all) = ears.get_mut(path) else { return Vec::new() };
        all.retain(|it| !it.is_closed());
        all.clone()
    }
}

async fn open(shared: &Arc<Shared>) -> Result<Open, String> {
    let word = secret(&shared.secret).map_err(|error| {
        format!("the secret word can't be kept in {}: {error}", shared.secret.display())
    })?;
    let failed = |error: io::Error| {
        format!("{} can't be listened at: {error}; choose another webhooks address", shared.address)
    };
    let listener = TcpListener::bind(shared.address).await.map_err(failed)?;
    let at = listener.local_addr().map_err(failed)?;
    let mut serving = JoinSet::new();
    // The task must not keep alive what keeps it.
    let weak = Arc::downgrade(shared);
    let expected = HeaderValue::from_str(&format!("Bearer {word}"))
        .map_err(|_| format!("{} holds no word", shared.secret.display()))?;
    serving.spawn(async move {
        let mut connections = JoinSet::new();
        loop {
            let stream = tokio::select! {
                Some(_closed) = connections.join_next() => continue,
                stream = listener.accept() => stream,
            };
            let Ok((stream, _)) = stream else {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
                continue;
            };
            let Some(shared) = weak.upgrade() else { return };
            let expected = expected.clone();
            let service = service_fn(move |request| {
                let (shared, expected) = (shared.clone(), expected.clone());
                async move { Ok::<_, Infallible>(answer(&shared, &expected, request).await) }
            });
            connections.spawn(async move {
                // One that went away is no matter.
                http1::Builder::new().serve_connection(TokioIo::new(stream), service).await.ok();
            });
        }
    });
    Ok(Open { at, _serving: serving })
}

/// The secret word of that file, made where there is none.
fn secret(file: &Path) -> io::Result<String> {
    match fs::read_to_string(file) {
        Ok(word) if !word.trim().is_empty() => return Ok(word.trim().to_owned()),
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let word = uuid::Uuid::new_v4().simple().to_string();
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(file)?;
    file.write_all(word.as_bytes())?;
    Ok(word)
}

async fn answer(
    shared: &Shared,
    expected: &HeaderValue,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    let say = |status: StatusCode, words: &str| {
        let mut response = Response::new(Full::new(Bytes::from(format!("{words}\n"))));
        *response.status_mut() = status;
        response
    };
    let is_known = request.headers().get(AUTHORIZATION).is_some_and(|it| it == expected);
    if !is_known || request.headers().contains_key(ORIGIN) {
        return say(StatusCode::UNAUTHORIZED, "say Authorization: Bearer, and the secret word");
    }
    let ears = shared.listening(request.uri().path());
    if ears.is_empty() {
        return say(StatusCode::NOT_FOUND, "no step listens here");
    }
    if request.method() != Method::POST {
        return say(StatusCode::METHOD_NOT_ALLOWED, "POST what the step is to be told");
    }
    let Ok(body) = Limited::new(request.into_body(), LONGEST).collect().await else {
        return say(StatusCode::PAYLOAD_TOO_LARGE, "that is too long");
    };
    let call = read(&body.to_bytes());
    let taken = ears.iter().all(|it| it.try_send(call.clone()).is_ok());
    if taken {
        say(StatusCode::ACCEPTED, "called")
    } else {
        say(StatusCode::TOO_MANY_REQUESTS, "too many calls wait already")
    }
}

/// What was posted: JSON where it is that, else a text.
fn read(body: &[u8]) -> Value {
    let posted = serde_json::from_slice(body)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()));
    json!({ "posted": posted })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpStream,
    };

    async fn post(at: SocketAddr, path: &str, headers: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(at).await.unwrap();
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\
             Content-Length: {length}\r\n{headers}\r\n{body}"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer.lines().next().unwrap_or_default().to_owned()
    }

    #[tokio::test]
    async fn who_knows_the_word_calls_and_nobody_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("word");
        let hooks = Hooks::new("127.0.0.1:0".parse().unwrap(), secret.clone());
        let mut ear = hooks.listen("watch/deploys");
        let first = ear.next().await.unwrap();
        let Heard::Listens(Ok(said)) = &first.heard else { panic!("{first:?}") };
        let at = hooks.0.open.get().unwrap().at;
        assert!(said.starts_with(&format!("http://{at}/watch/deploys")), "{said}");
        let word = fs::read_to_string(&secret).unwrap();
        let known = format!("Authorization: Bearer {word}\r\n");
        let foreign = format!("{known}Origin: http://example.com\r\n");
        let path = "/watch/deploys";
        assert!(post(at, path, "", "x").await.contains("401"));
        assert!(post(at, path, "Authorization: Bearer no\r\n", "x").await.contains("401"));
        assert!(post(at, path, &foreign, "x").await.contains("401"));
        assert!(post(at, "/watch/other", &known, "x").await.contains("404"));
        let long = "x".repeat(LONGEST + 1);
        assert!(post(at, path, &known, &long).await.contains("413"));
        assert!(post(at, path, &known, r#"{"a": "\u001b[2J"}"#).await.contains("202"));
        assert!(post(at, path, &known, "plain").await.contains("202"));
        let mut calls = Vec::new();
        while calls.len() < 2 {
            match ear.next().await.unwrap().heard {
                Heard::Call(call) => calls.push(call),
                Heard::Listens(_) => {}
            }
        }
        // It is handed on as it came, and made harmless where it is shown.
        assert_eq!(calls[0], json!({ "posted": { "a": "\u{1b}[2J" } }));
        assert_eq!(calls[1], json!({ "posted": "plain" }));
        drop(ear);
        assert!(post(at, path, &known, "x").await.contains("404"));
    }

    #[tokio::test]
    async fn a_port_that_is_taken_is_said_plainly() {
        let folder = tempfile::tempdir().unwrap();
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hooks = Hooks::new(taken.local_addr().unwrap(), folder.path().join("word"));
        let said = hooks.listen("a/b").next().await.unwrap();
        let Heard::Listens(Err(why)) = said.heard else { panic!("{said:?}") };
        assert!(why.contains("can't be listened at"), "{why}");
    }
}
