//! What can go wrong with a model call, and whether trying again may help.

use serde_json::Value;
use std::time::Duration;

/// Why a call did not finish.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The service answered with an error instead of a stream.
    #[error("the service answered {code}{}", told(kind, message))]
    Status {
        /// The HTTP status.
        code: u16,
        /// The vendor's word for the error; may be empty.
        kind: String,
        /// The vendor's sentence; may be empty.
        message: String,
        /// When the service asks to be called again; may be absurd.
        retry_after: Option<Duration>,
        /// Whether the service itself says that a retry may help (`x-should-retry`).
        should_retry: Option<bool>,
    },
    /// The service reported an error inside a stream that had begun well.
    #[error("the service broke off{}", told(kind, message))]
    InStream {
        /// The vendor's word for the error; may be empty.
        kind: String,
        /// The vendor's sentence; may be empty.
        message: String,
        /// When the service asks to be called again.
        retry_after: Option<Duration>,
    },
    /// The service could not be reached, or the connection was lost.
    #[error("no connection: {0}")]
    Connection(String),
    /// The service's certificate can't be trusted: mostly for want of the
    /// system's own certificates.
    #[error("no trust in the service's certificate: {0}")]
    Untrusted(String),
    /// The stream ended before the answer did.
    #[error("the stream was cut: {0}")]
    Cut(String),
    /// Nothing came for this long.
    #[error("nothing came for {} s", .0.as_secs_f32())]
    Idle(Duration),
    /// The answer is not in the wire format.
    #[error("expected an event stream, got {0}")]
    Garbage(String),
    /// One event was larger than is held, in bytes.
    #[error("one event of the stream was larger than {0} bytes")]
    TooLarge(usize),
    /// The conversation does not fit into the model's window.
    #[error("the conversation is too long for the model: {0}")]
    ContextTooLong(String),
    /// The key is missing, wrong, or may not use this model.
    #[error("the service refused the key ({code}): {message}")]
    Auth {
        /// 401 or 403.
        code: u16,
        /// The vendor's sentence.
        message: String,
    },
    /// The account has nothing left to spend: only a person can mend that.
    #[error("the account has no credit left: {0}")]
    Quota(String),
    /// The service sent the call elsewhere. It is not followed: the key and the
    /// conversation are for the host that was named.
    #[error("the service redirects to {0:?}; if that is right, make it the base address")]
    Redirected(String),
    /// The address or a header can't be used.
    #[error("not usable: {0}")]
    Address(String),
}

impl Trouble {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Status { code, kind, should_retry, .. } => {
                should_retry.unwrap_or(matches!(code, 408 | 409 | 425 | 429 | 500..=599))
                    && !is_final(kind)
            }
            Self::InStream { kind, .. } => !is_final(kind),
            Self::Connection(_) | Self::Cut(_) | Self::Idle(_) | Self::Garbage(_) => true,
            Self::TooLarge(_)
            | Self::ContextTooLong(_)
            | Self::Auth { .. }
            | Self::Quota(_)
            | Self::Untrusted(_)
            | Self::Redirected(_)
            | Self::Address(_) => false,
        }
    }

    /// Whether a service that has not begun to answer has then refused the call,
    /// or never got it: such a call costs nothing.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Status { .. }
            | Self::Auth { .. }
            | Self::Quota(_)
            | Self::ContextTooLong(_)
            | Self::Redirected(_)
            | Self::Connection(_)
            | Self::Untrusted(_)
            | Self::Address(_) => true,
            Self::InStream { .. }
            | Self::Cut(_)
            | Self::Idle(_)
            | Self::Garbage(_)
            | Self::TooLarge(_) => false,
        }
    }

    /// When the service asks to be called again, as it says it: cap it.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } | Self::InStream { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Reads an error object inside a stream: `{type|code|status, message}`.
    pub(super) fn in_stream(error: &Value) -> Self {
        let (kind, message) = said(error);
        let code = error["code"].as_u64().and_then(|code| u16::try_from(code).ok());
        match code {
            Some(code @ (401 | 403)) => Self::Auth { code, message },
            _ => special(&kind, &message).unwrap_or(Self::InStream {
                retry_after: retry_delay(error),
                kind,
                message,
            }),
        }
    }

    /// Reads an error response.
    pub(super) fn status(
        code: u16,
        body: &str,
        retry_after: Option<Duration>,
        should_retry: Option<bool>,
    ) -> Self {
        let json: Value = serde_json::from_str(body).unwrap_or_default();
        // Gemini may wrap the error into a list.
        let json = if json.is_array() { &json[0] } else { &json };
        let error = json.get("error").unwrap_or(json);
        let (kind, mut message) = said(error);
        if message.is_empty() {
            message = start_of(body);
        }
        if let Some(trouble) = special(&kind, &message) {
            return trouble;
        }
        match code {
            401 | 403 => Self::Auth { code, message },
            402 => Self::Quota(message),
            413 => Self::ContextTooLong(message),
            _ => {
                let retry_after = retry_after.or_else(|| retry_delay(error));
                Self::Status { code, kind, message, retry_after, should_retry }
            }
        }
    }

    /// The same trouble, its foreign texts passed through `clean`.
    pub(super) fn cleaned(mut self, clean: impl Fn(&str) -> String) -> Self {
        match &mut self {
            Self::Status { kind, message, .. } | Self::InStream { kind, message, .. } => {
                *kind = clean(kind);
                *message = clean(message);
            }
            Self::Connection(text)
            | Self::Untrusted(text)
            | Self::Cut(text)
            | Self::Garbage(text)
            | Self::ContextTooLong(text)
            | Self::Auth { message: text, .. }
            | Self::Quota(text)
            | Self::Redirected(text)
            | Self::Address(text) => *text = clean(text),
            Self::Idle(_) | Self::TooLarge(_) => {}
        }
        self
    }
}

/// The first line or so of a foreign text.
pub(super) fn start_of(text: &str) -> String {
    const MOST: usize = 300;
    let mut words: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = words.char_indices().nth(MOST) {
        words.truncate(end);
        words.push('…');
    }
    words
}

fn told(kind: &str, message: &str) -> String {
    match (kind, message) {
        ("", "") => String::new(),
        (one, "") | ("", one) => format!(": {one}"),
        (kind, message) => format!(" ({kind}): {message}"),
    }
}

/// The vendor's word and sentence. The most special word wins: OpenAI's `code`
/// says more than its `type`.
fn said(error: &Value) -> (String, String) {
    if let Some(message) = error.as_str() {
        return (String::new(), start_of(message));
    }
    let words = ["code", "status", "type"];
    let kind = words.iter().find_map(|name| match &error[*name] {
        Value::String(word) if word != "error" => Some(word.clone()),
        Value::Number(code) if error["status"].is_null() => Some(code.to_string()),
        _ => None,
    });
    let message = error["message"].as_str().unwrap_or_default();
    // OpenRouter hides the vendor's own words in here.
    let raw = error["metadata"]["raw"].as_str().unwrap_or_default();
    let message = if raw.is_empty() { message.to_owned() } else { format!("{message}: {raw}") };
    (kind.unwrap_or_default(), start_of(&message))
}

/// What is the same trouble with whatever status it comes.
fn special(kind: &str, message: &str) -> Option<Trouble> {
    let message = || message.to_owned();
    if is_too_long(kind, &message()) {
        return Some(Trouble::ContextTooLong(message()));
    }
    match kind {
        "insufficient_quota"
        | "billing_error"
        | "billing_hard_limit_reached"
        | "billing_not_active" => Some(Trouble::Quota(message())),
        "authentication_error" | "invalid_api_key" | "UNAUTHENTICATED" => {
            Some(Trouble::Auth { code: 401, message: message() })
        }
        "permission_error" | "PERMISSION_DENIED" => {
            Some(Trouble::Auth { code: 403, message: message() })
        }
        _ if message().contains("credit balance is too low") => Some(Trouble::Quota(message())),
        _ if message().contains("API key not valid") => {
            Some(Trouble::Auth { code: 401, message: message() })
        }
        _ => None,
    }
}

/// The vendors' ways to say that a prompt does not fit.
fn is_too_long(kind: &str, message: &str) -> bool {
    // OpenAI; llama.cpp; Anthropic's for the body.
    const KINDS: [&str; 3] =
        ["context_length_exceeded", "exceed_context_size_error", "request_too_large"];
    const SENTENCES: [&str; 15] = [
        "prompt is too long",                   // Anthropic
        "exceed context limit",                 // Anthropic, with max_tokens
        "exceeds the context window",           // OpenAI Responses
        "maximum context length",               // OpenAI Chat, vLLM, OpenRouter, DeepSeek
        "exceeds the maximum number of tokens", // Gemini
        "input token count exceeds",            // Gemini, older
        "maximum prompt length",                // xAI
        "reduce the length of the messages",    // Groq
        "exceeds the available context size",   // llama.cpp
        "greater than the context length",      // LM Studio
        "context length exceeded",              // Cerebras, Together
        "exceeds model context",                // Mistral
        "too large for model with",             // Mistral
        "input is too long",                    // Bedrock
        "exceeded model token limit",           // Moonshot
    ];
    let lower = message.to_lowercase();
    KINDS.contains(&kind) || SENTENCES.iter().any(|it| lower.contains(it))
}

/// Words that no retry mends; whatever is not among them is worth a bounded try.
fn is_final(kind: &str) -> bool {
    matches!(
        kind,
        "invalid_request_error"
            | "invalid_prompt"
            | "invalid_value"
            | "not_found_error"
            | "model_not_found"
            | "content_policy_violation"
            | "content_filter"
            | "unsupported_parameter"
            | "INVALID_ARGUMENT"
            | "FAILED_PRECONDITION"
            | "NOT_FOUND"
            | "400"
            | "404"
            | "413"
            | "422"
    )
}

/// Google's `RetryInfo`: `"retryDelay": "34.5s"`.
fn retry_delay(error: &Value) -> Option<Duration> {
    let details = error["details"].as_array()?;
    let delay = details.iter().find_map(|it| it["retryDelay"].as_str())?;
    let seconds = delay.strip_suffix('s')?.parse::<f64>().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}
