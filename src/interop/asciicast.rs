//! Recordings of asciinema, versions 1 to 3: what a terminal printed, in a pane.

use super::{
    Tally,
    actor::Actor,
    desk::Desk,
    fields::{items, maybe, text},
    scribe::Scribe,
    teller::Teller,
};
use crate::model::{EngineKind, Level, Millis};
use serde_json::{Value, json};
use std::io::{self, BufRead, Read as _};

/// What is longer is no line of a recording.
const LONGEST: u64 = 16 << 20;

/// A recording, event by event.
#[derive(Debug)]
pub(super) struct Asciicast {
    scribe: Scribe,
    /// Times are told since the event before.
    is_relative: bool,
    /// The time of the last event, in seconds.
    seconds: f64,
    /// When it began.
    start: Millis,
}

impl Asciicast {
    pub(super) fn new(desk: &mut Desk, file: usize) -> Self {
        let scribe = Scribe::new(desk, file, EngineKind::Pty, "terminal");
        Self { scribe, is_relative: false, seconds: 0.0, start: Millis(0) }
    }

    fn head(&mut self, desk: &mut Desk, head: &Value) {
        let version = head["version"].as_u64().unwrap_or_default();
        self.is_relative = version != 2;
        self.scribe.note_record(desk, "header", super::fields::when(head));
        self.start = desk.now();
        let title = maybe(&head["title"]).unwrap_or("a recording of a terminal");
        let command = maybe(&head["command"]).unwrap_or(title).to_owned();
        self.scribe.on(|it| {
            it.is_in(&format!("asciinema, version {version}"), "", "");
            it.entitle(title);
        });
        self.scribe.hear(desk, &command);
        let size = |name: &str, short: &str| {
            let told = head[name].as_u64().or_else(|| head["term"][short].as_u64());
            told.and_then(|it| u16::try_from(it).ok())
        };
        if let (Some(columns), Some(rows)) = (size("width", "cols"), size("height", "rows")) {
            self.scribe.on(|it| it.resize_terminal(desk, columns, rows));
        }
        for event in items(&head["stdout"]) {
            self.event(desk, &json!({ "time": event[0], "code": "o", "text": event[1] }));
        }
    }

    fn event(&mut self, desk: &mut Desk, event: &Value) {
        let time = event["time"].as_f64().filter(|it| it.is_finite()).unwrap_or_default().max(0.0);
        self.seconds = if self.is_relative { self.seconds + time } else { time.max(self.seconds) };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between nothing and 10^12"
        )]
        let at = Millis((self.seconds.min(1e9) * 1000.0) as u64);
        desk.move_to(self.start.plus(at));
        let (code, said) = (text(&event["code"]), text(&event["text"]));
        self.scribe.note_record(desk, code, None);
        match code {
            "o" => {
                self.scribe.on(|it| it.print(desk, said));
            }
            "r" => {
                let size = said.split_once('x');
                if let Some((Ok(columns), Ok(rows))) = size.map(|it| (it.0.parse(), it.1.parse())) {
                    self.scribe.on(|it| it.resize_terminal(desk, columns, rows));
                }
            }
            "m" => self.scribe.note(desk, Level::Note, &format!("mark: {said}")),
            "x" => self.scribe.note(desk, Level::Note, &format!("it ended with code {said}")),
            // What was typed, and what later versions tell.
            _ => {}
        }
    }
}

impl Teller for Asciicast {
    fn take(&mut self, desk: &mut Desk, record: &Value) {
        if record["code"].is_string() {
            self.event(desk, record);
        } else {
            self.head(desk, record);
        }
    }

    fn actors(&mut self) -> &mut [Actor] {
        &mut self.scribe.actors
    }

    fn tally(&mut self) -> &mut Tally {
        &mut self.scribe.tally
    }

    fn finish(&mut self, desk: &mut Desk) {
        self.scribe.on(|it| it.end_for_now(desk));
    }
}

/// Whether a value is the head of a recording.
pub(super) fn is_one(value: &Value) -> bool {
    let version = value["version"].as_u64();
    let is_sized = value["width"].is_number() || value["term"]["cols"].is_number();
    matches!(version, Some(1..=3)) && is_sized
}

/// The head and the events of a recording, as objects. What is no event is passed over.
pub(super) fn values(mut source: impl BufRead) -> impl Iterator<Item = io::Result<Value>> {
    let mut line = Vec::new();
    std::iter::from_fn(move || {
        loop {
            line.clear();
            match source.by_ref().take(LONGEST).read_until(b'\n', &mut line) {
                Ok(0) => return None,
                Ok(_) => {}
                Err(error) => return Some(Err(error)),
            }
            match serde_json::from_slice(&line) {
                Ok(Value::Array(event)) if event.len() >= 3 => {
                    let told = json!({ "time": event[0], "code": event[1], "text": event[2] });
                    return Some(Ok(told));
                }
                Ok(head @ Value::Object(_)) => return Some(Ok(head)),
                _ => {}
            }
        }
    })
}
