//! The witness: every request that came, and how it was answered.

use serde::Serialize;

/// One request. Keys never get in here, only whether there was one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Logged {
    /// Counted from 1.
    pub n: u64,
    /// Milliseconds since the server started.
    pub at_ms: u64,
    /// The path, without its query.
    pub path: String,
    /// `anthropic`, `responses`, `chat`, `gemini`, or nothing.
    pub wire: &'static str,
    /// The model that was asked for.
    pub model: String,
    /// The part that answered.
    pub part: String,
    /// The system prompt, whole.
    pub instructions: String,
    /// A digest of the whole body: equal requests have equal ones.
    pub digest: u64,
    /// How many messages the request carried.
    pub messages: usize,
    /// Names of the tools on offer.
    pub tools: Vec<String>,
    /// The newest words of the user.
    pub last_user: String,
    /// The newest result of a tool.
    pub last_result: String,
    /// Whether the answer was to be streamed.
    pub stream: bool,
    /// `turn 3`, `turn 3 (fix)`, `fault 429:2`, `over`, `models`, `404`.
    pub answered: String,
    /// Whether a key was sent.
    pub has_key: bool,
    /// The headers, without those that may hold a key.
    pub headers: Vec<(String, String)>,
}
