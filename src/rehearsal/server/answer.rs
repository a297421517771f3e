//! One request: read, logged, and answered or failed as scripted.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::Arc,
    time::Duration,
};

use http_body_util::BodyExt;
use hyper::{
    HeaderMap, Method, Request, Response, StatusCode,
    body::Incoming,
    header::{CONTENT_TYPE, RETRY_AFTER},
};
use serde_json::{Value, json};

use super::{
    super::{
        Logged,
        body::{self, Body},
        conversation::Conversation,
        fault::{self, Fault, Kind, Retry},
        reply::{self, Reply},
        walk::Position,
        wire::Wire,
    },
    Answered, Broken, Shared, lock,
};

/// Headers that may hold a key.
const SECRET: [&str; 5] =
    ["authorization", "x-api-key", "x-goog-api-key", "proxy-authorization", "cookie"];
/// The service's own advice, by which its clients go before anything else.
const SHOULD_RETRY: &str = "x-should-retry";
/// A header that asks for faults in this request alone.
const FAULT: &str = "x-rehearsal-fault";

/// A request, with what its path asks for beside the service's own.
struct Asked {
    method: Method,
    path: String,
    headers: HeaderMap,
    has_key: bool,
    faults: Vec<Fault>,
    body: bytes::Bytes,
}

/// Answers one request.
pub(super) async fn answer(
    shared: Arc<Shared>,
    request: Request<Incoming>,
) -> Answered<Response<Body>> {
    let (head, body) = request.into_parts();
    let Ok(body) = body.collect().await else { return Err(Broken) };
    let has_key = SECRET[..3].iter().any(|name| head.headers.contains_key(*name))
        || head.uri.query().is_some_and(|query| query.contains("key="));
    let mut asked = Asked {
        method: head.method,
        path: head.uri.path().to_owned(),
        headers: head.headers,
        has_key,
        faults: lock(&shared.settings).faults.clone(),
        body: body.to_bytes(),
    };
    if let Err(what) = asked.read_faults() {
        return Ok(json_response(400, &json!({ "error": what })));
    }
    asked.route(&shared).await
}

impl Asked {
    fn read_faults(&mut self) -> Result<(), String> {
        if let Some(text) = self.headers.get(FAULT) {
            self.faults = fault::parse_all(text.to_str().map_err(|error| error.to_string())?)?;
        }
        if let Some(rest) = self.path.strip_prefix("/fault=") {
            let (text, path) = rest.split_once('/').unwrap_or((rest, ""));
            self.faults = fault::parse_all(&text.replace("%2B", "+").replace("%3A", ":"))?;
            self.path = format!("/{path}");
        }
        Ok(())
    }

    async fn route(self, shared: &Shared) -> Answered<Response<Body>> {
        let path = self.path.as_str();
        if path == "/_rehearsal/log" {
            return Ok(log(shared));
        }
        if path == "/_rehearsal/set" {
            return Ok(self.set(shared));
        }
        let wire = Wire::of(path).filter(|_| self.method == Method::POST);
        if let Some((wire, gemini)) = wire {
            return self.converse(shared, wire, gemini).await;
        }
        let is_count = path.ends_with("/count_tokens") || path.ends_with(":countTokens");
        if is_count && self.method == Method::POST {
            shared.note(self.logged("count"));
            let tokens = reply::tokens_of(self.body.len());
            return Ok(json_response(
                200,
                &json!({ "input_tokens": tokens, "totalTokens": tokens }),
            ));
        }
        let is_models = self.method == Method::GET && path.ends_with("/models");
        shared.note(self.logged(if is_models { "models" } else { "404" }));
        if is_models {
            return Ok(json_response(200, &self.models(shared)));
        }
        let message = format!("the rehearsal serves no {} {path}", self.method);
        Ok(json_response(404, &Wire::Chat.error(404, &message)))
    }

    fn set(&self, shared: &Shared) -> Response<Body> {
        let Ok(wanted) = serde_json::from_slice::<Value>(&self.body) else {
            return json_response(400, &json!({ "error": "expected a JSON object" }));
        };
        let mut settings = lock(&shared.settings);
        match wanted.get("fault").and_then(Value::as_str).map(fault::parse_all) {
            None => {}
            Some(Ok(faults)) => settings.faults = faults,
            Some(Err(what)) => return json_response(400, &json!({ "error": what })),
        }
        if let Some(speed) = wanted.get("speed").and_then(Value::as_f64) {
            #[expect(clippy::cast_possible_truncation, reason = "a pace, not a count")]
            let speed = speed as f32;
            settings.speed = speed;
        }
        json_response(200, &json!({ "speed": settings.speed, "faults": settings.faults.len() }))
    }

    fn models(&self, shared: &Shared) -> Value {
        let mut models = shared.rehearsal.models();
        models.push("rehearsal".to_owned());
        if self.headers.contains_key("anthropic-version") {
            let model = |id: &String| {
                json!({
                    "type": "model", "id": id, "display_name": id,
                    "created_at": "2026-01-01T00:00:00Z",
                })
            };
            let data: Vec<Value> = models.iter().map(model).collect();
            let ends = (models.first(), models.last());
            return json!({
                "data": data, "has_more": false, "first_id": ends.0, "last_id": ends.1,
            });
        }
        if self.path.contains("/v1beta") {
            let model = |id: &String| {
                json!({
                    "name": format!("models/{id}"), "displayName": id,
                    "supportedGenerationMethods": ["generateContent"],
                })
            };
            return json!({ "models": models.iter().map(model).collect::<Vec<_>>() });
        }
        let model = |id: &String| json!({ "id": id, "object": "model", "created": 0, "owned_by": "rehearsal" });
        json!({ "object": "list", "data": models.iter().map(model).collect::<Vec<_>>() })
    }

    async fn converse(
        self,
        shared: &Shared,
        wire: Wire,
        gemini: Option<(String, bool)>,
    ) -> Answered<Response<Body>> {
        let Ok(body) = serde_json::from_slice::<Value>(&self.body) else {
            shared.note(self.logged("400"));
            return Ok(json_response(400, &wire.error(400, "expected a JSON object")));
        };
        let mut conversation = wire.read(&body);
        conversation.size = self.body.len();
        if let Some((model, is_streamed)) = gemini {
            conversation.model = model;
            conversation.stream = is_streamed;
        }
        let (reply, faults) = self.play(shared, wire, &conversation);
        let speed = lock(&shared.settings).speed;
        if let Some(failed) = fail(wire, &faults).await {
            return failed;
        }
        if conversation.stream {
            let body = body::timed(body::steps(wire, &reply, &faults, speed));
            return Ok(response(200, "text/event-stream; charset=utf-8", body));
        }
        let output = reply.usage.unwrap_or_default().output;
        let wait = body::duration(output, reply.pace.rate, reply.pace.first, speed);
        if wait > Duration::ZERO {
            tokio::time::sleep(wait).await;
        }
        Ok(json_response(200, &wire.whole(&reply)))
    }

    /// Finds the place in the script, and writes down who asked for it.
    fn play(
        &self,
        shared: &Shared,
        wire: Wire,
        conversation: &Conversation,
    ) -> (Reply, Vec<Fault>) {
        let mut logged = self.logged("");
        let (id, is_edited) = {
            let mut memory = lock(&shared.memory);
            (memory.next_id(conversation), memory.is_edited(conversation))
        };
        // The last part, for everything unscripted, fits every conversation.
        let parts = &shared.rehearsal.parts;
        let part = shared.rehearsal.part_for(conversation).unwrap_or(&parts[parts.len() - 1]);
        let position = part.position(conversation, is_edited);
        let own = position.turn.map_or(&[][..], |index| &part.turns[index].faults);
        let own = own.iter().map(|it| Fault { place: position.turn, ..it.clone() });
        let faults: Vec<Fault> = self.faults.iter().cloned().chain(own).collect();
        let faults = lock(&shared.memory).due(&faults, conversation);
        logged.wire = wire.name();
        logged.part.clone_from(&part.name);
        logged.model.clone_from(&conversation.model);
        logged.instructions.clone_from(&conversation.instructions);
        logged.messages = conversation.messages;
        logged.tools.clone_from(&conversation.tools);
        conversation.last_user().clone_into(&mut logged.last_user);
        conversation.last_result().clone_into(&mut logged.last_result);
        logged.stream = conversation.stream;
        let label = position.turn.and_then(|index| part.turns[index].label.as_deref());
        logged.answered = answered(&position, label, &faults);
        shared.note(logged);
        (reply::reply(part, &position, conversation, &id, &faults), faults)
    }

    fn logged(&self, answered: &str) -> Logged {
        let is_told = |name: &str| !SECRET.contains(&name);
        let told = self.headers.iter().filter(|(name, _)| is_told(name.as_str()));
        let told =
            told.map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("?").to_owned()));
        Logged {
            n: 0,
            at_ms: 0,
            path: self.path.clone(),
            wire: "",
            model: String::new(),
            part: String::new(),
            instructions: String::new(),
            digest: digest(&self.body),
            messages: 0,
            tools: Vec::new(),
            last_user: String::new(),
            last_result: String::new(),
            stream: false,
            answered: answered.to_owned(),
            has_key: self.has_key,
            headers: told.collect(),
        }
    }
}

fn digest(body: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    hasher.finish()
}

fn answered(position: &Position, label: Option<&str>, faults: &[Fault]) -> String {
    if !faults.is_empty() {
        let faults: Vec<&str> = faults.iter().map(|fault| fault.text.as_str()).collect();
        return format!("fault {}", faults.join("+"));
    }
    match (position.turn, label) {
        (None, _) => "over".to_owned(),
        (Some(index), None) => format!("turn {}", index + 1),
        (Some(index), Some(label)) => format!("turn {} ({label})", index + 1),
    }
}

/// What fails before the first byte of an answer.
async fn fail(wire: Wire, faults: &[Fault]) -> Option<Answered<Response<Body>>> {
    for fault in faults {
        match fault.kind {
            Kind::Reset => return Some(Err(Broken)),
            Kind::Hang(seconds) => {
                tokio::time::sleep(body::duration(0, 1.0, seconds, 1.0)).await;
                return Some(Err(Broken));
            }
            Kind::TooLong => return Some(Ok(json_response(400, &wire.too_long()))),
            Kind::Status(status, retry) => return Some(Ok(refuse(wire, status, retry))),
            _ => {}
        }
    }
    None
}

fn refuse(wire: Wire, status: u16, retry: Option<Retry>) -> Response<Body> {
    let message = match status {
        429 => "This request would exceed your rate limit.",
        529 => "Overloaded",
        401 => "invalid api key",
        _ => "The rehearsal was told to fail here.",
    };
    let mut response = json_response(status, &wire.error(status, message));
    if let Some(value) = retry.and_then(|it| retry_after(it).parse().ok()) {
        response.headers_mut().insert(RETRY_AFTER, value);
    }
    if wire == Wire::Anthropic {
        let is_passing = matches!(status, 408 | 409 | 425 | 429 | 500..=599);
        let advice = if is_passing { "true" } else { "false" };
        let advice = hyper::header::HeaderValue::from_static(advice);
        response.headers_mut().insert(SHOULD_RETRY, advice);
    }
    response
}

/// The header's value: seconds or a date, RFC 9110 section 10.2.3.
fn retry_after(retry: Retry) -> String {
    match retry {
        Retry::Seconds(seconds) => seconds.to_string(),
        Retry::Date(seconds) => {
            let ahead = jiff::Timestamp::now() + Duration::from_secs(seconds.into());
            ahead.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
        }
    }
}

fn log(shared: &Shared) -> Response<Body> {
    let mut lines = String::new();
    for logged in &lock(&shared.log).kept {
        lines.push_str(&serde_json::to_string(logged).unwrap_or_default());
        lines.push('\n');
    }
    response(200, "application/x-ndjson", body::whole(lines))
}

fn json_response(status: u16, value: &Value) -> Response<Body> {
    response(status, "application/json", body::whole(value.to_string()))
}

fn response(status: u16, kind: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(kind));
    response
}
