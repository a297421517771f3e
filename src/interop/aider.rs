//! aider's history of a chat: `.aider.chat.history.md`. It is Markdown: `####` begins what
//! the user has said, `>` what aider itself has, and the rest is the model's.

use super::{
    desk::Desk,
    fields::{moment, text},
    scribe::Scribe,
    teller::Scribed,
};
use crate::model::{EngineKind, Level, Money, Stop, Usage};
use serde_json::{Value, json};
use std::{
    io::{self, BufRead, Read as _},
    mem,
};

/// How a session begins.
pub(super) const START: &str = "# aider chat started at ";
/// What is longer is cut into several lines.
const LONGEST: u64 = 1 << 20;

/// A history, stretch by stretch.
#[derive(Debug)]
pub(super) struct Aider {
    scribe: Scribe,
    model: String,
    sessions: u64,
    counted: u64,
    cost: u64,
}

impl Aider {
    pub(super) fn new(_: &mut Desk, file: usize) -> Self {
        let scribe = Scribe::of_many(file, EngineKind::Acp);
        Self { scribe, model: String::new(), sessions: 0, counted: 0, cost: 0 }
    }

    fn own(&mut self, desk: &mut Desk, said: &str) {
        for line in said.lines() {
            let rest =
                ["Main model: ", "Model: ", "Models: "].iter().find_map(|it| line.strip_prefix(it));
            if let Some(model) = rest.and_then(|it| it.split([' ', ',']).next()) {
                model.clone_into(&mut self.model);
            }
            if let Some(version) = line.strip_prefix("Aider v") {
                self.scribe.on(|it| it.is_in(&format!("aider {version}"), "", ""));
            }
            self.usage(desk, line);
        }
        self.scribe.note(desk, Level::Note, said);
    }

    /// `Tokens: 5,244 sent, 604 received. Cost: $0.02 request, $0.02 session.`
    fn usage(&mut self, desk: &mut Desk, line: &str) {
        let Some(told) = line.strip_prefix("Tokens: ") else { return };
        let (tokens, cost) = told.split_once(". ").unwrap_or((told, ""));
        let mut usage = Usage::default();
        for part in tokens.trim_end_matches('.').split(", ") {
            let Some((number, what)) = part.trim().split_once(' ') else { continue };
            let number = number_of(number);
            match what {
                "sent" => usage.input = number,
                "received" => usage.output = number,
                "cache write" => usage.cache_write_5m = number,
                "cache hit" => usage.cache_read = number,
                _ => {}
            }
        }
        // What was sent tells all of it.
        usage.input = usage.input.saturating_sub(usage.cache_read + usage.cache_write_5m);
        self.counted += 1;
        let (id, model) = (format!("tokens {}", self.counted), self.model.clone());
        self.scribe.used(desk, (&id, &model), usage);
        let request = cost.strip_prefix("Cost: $").and_then(|it| it.split(' ').next());
        let request: Option<Money> = request.and_then(|it| it.replace(',', "").parse().ok());
        self.cost += request.map_or(0, |it| it.0);
        self.scribe.tally.reported = (self.cost > 0).then_some(Money(self.cost));
    }
}

impl Scribed for Aider {
    fn read(&mut self, desk: &mut Desk, record: &Value) {
        let (kind, said) = (text(&record["type"]), text(&record["text"]));
        let when = moment(&record["timestamp"]);
        if kind == "session" {
            self.scribe.on(|it| it.finish(desk));
            self.sessions += 1;
            self.scribe.note_record(desk, kind, when);
            let key = self.sessions.to_string();
            self.scribe.enter(desk, &key, "aider");
            return;
        }
        self.scribe.note_record(desk, kind, when);
        match kind {
            "user" => self.scribe.hear(desk, said),
            "aider" => self.own(desk, said),
            _ => {
                let model = self.model.clone();
                self.scribe.answer(desk, "", &model);
                self.scribe.say(desk, said);
                self.scribe.stops(Stop::End);
            }
        }
    }

    fn scribe(&mut self) -> &mut Scribe {
        &mut self.scribe
    }
}

/// `5,244`, `12k`, `1.2M`
fn number_of(text: &str) -> u64 {
    let (digits, scale) = match text.strip_suffix(['k', 'K']) {
        Some(digits) => (digits, 1e3),
        None => text.strip_suffix('M').map_or((text, 1.0), |it| (it, 1e6)),
    };
    let number: f64 = digits.replace(',', "").parse().unwrap_or_default();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between nothing and 10^12"
    )]
    let number = (number * scale).round().clamp(0.0, 1e12) as u64;
    number
}

/// A stretch of lines of one speaker.
#[derive(Debug, Default)]
struct Stretch {
    kind: &'static str,
    text: String,
}

impl Stretch {
    fn told(&mut self) -> Option<Value> {
        let Self { kind, text } = mem::take(self);
        let text = text.trim();
        (!text.is_empty()).then(|| match kind {
            "session" => json!({ "type": kind, "timestamp": text.replacen(' ', "T", 1) }),
            _ => json!({ "type": kind, "text": text }),
        })
    }
}

/// The stretches of a history.
pub(super) fn values(mut source: impl BufRead) -> impl Iterator<Item = io::Result<Value>> {
    let mut stretch = Stretch::default();
    let mut is_over = false;
    std::iter::from_fn(move || {
        while !is_over {
            let mut line = Vec::new();
            match source.by_ref().take(LONGEST).read_until(b'\n', &mut line) {
                Ok(0) => {
                    is_over = true;
                    return stretch.told().map(Ok);
                }
                Ok(_) => {}
                Err(error) => return Some(Err(error)),
            }
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end();
            let (kind, said) = speaker(line);
            let is_blank = line.is_empty() && stretch.kind != "session";
            if kind == stretch.kind || is_blank {
                stretch.text.push('\n');
                stretch.text.push_str(said);
                continue;
            }
            let told = stretch.told();
            stretch = Stretch { kind, text: said.to_owned() };
            if let Some(told) = told {
                return Some(Ok(told));
            }
        }
        None
    })
}

/// Whose line it is, and what it says.
fn speaker(line: &str) -> (&'static str, &str) {
    if let Some(when) = line.strip_prefix(START) {
        return ("session", when);
    }
    if let Some(said) = line.strip_prefix("#### ").or_else(|| (line == "####").then_some("")) {
        return ("user", said);
    }
    if let Some(said) = line.strip_prefix("> ").or_else(|| (line == ">").then_some("")) {
        return ("aider", said);
    }
    ("assistant", line)
}
