//! OpenTelemetry: a session as spans by the conventions for generative AI, in OTLP's
//! own JSON: to a file, to a collector, or to a collector while it happens.
//! Source: <https://opentelemetry.io/docs/specs/semconv/gen-ai/> (in development) and
//! <https://opentelemetry.io/docs/specs/otlp/>.
//!
//! ```text
//! invoke_workflow (the session)
//! └ invoke_agent scout
//!   ├ chat claude-x             a turn
//!   ├ execute_tool shell
//!   └ execute_tool spawn
//!     └ invoke_agent helper     whom it has set to work
//! ```
//!
//! What was said is in it only where that is wanted.

mod live;
mod post;
mod span;
mod spans;

use super::Recording;
use crate::text;
use serde_json::{Value, json};
use std::io::{self, Write};

pub use live::{Live, Telemetry};
pub use post::{Collector, NotPosted};
use spans::Spans;

/// So many spans go together.
const BATCH: usize = 256;

/// Whether what was said goes along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Only that it was said, when, and for how many tokens.
    Without,
    /// All of it.
    With,
}

/// Writes a session: requests as a collector takes them, one a line.
///
/// # Errors
/// When it can't be written.
pub fn otel(recording: &Recording, content: Content, out: &mut impl Write) -> io::Result<()> {
    for request in requests(recording, content) {
        text::json::write(out, &request)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// A session as requests to a collector.
pub(super) fn requests(recording: &Recording, content: Content) -> impl Iterator<Item = Value> {
    let mut spans = Spans::new(&recording.header(), recording.wash(), content);
    let mut records = recording.records();
    let mut is_over = false;
    std::iter::from_fn(move || {
        let mut batch = Vec::new();
        while batch.len() < BATCH && !is_over {
            if let Some((_, record)) = records.next() {
                batch.extend(spans.take(&record));
            } else {
                batch.extend(spans.finish());
                is_over = true;
            }
        }
        (!batch.is_empty()).then(|| request(&batch))
    })
}

/// Spans as a collector takes them.
fn request(spans: &[Value]) -> Value {
    let version = env!("CARGO_PKG_VERSION");
    let attribute =
        |name: &str, text: &str| json!({ "key": name, "value": { "stringValue": text } });
    json!({ "resourceSpans": [{
        "resource": { "attributes": [
            attribute("service.name", "auteur"),
            attribute("service.version", version),
        ] },
        "scopeSpans": [{ "scope": { "name": "auteur", "version": version }, "spans": spans }],
    }] })
}

#[cfg(test)]
mod tests;
