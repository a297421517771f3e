//! asciicast, version 3: the stage as it was seen, to be played in a terminal or on a
//! page. The pictures are those of the program itself, drawn as a replay draws them.
//! Source: <https://docs.asciinema.org/manual/asciicast/v3/>

use super::Recording;
use crate::{
    model::{Event, Millis, Outcome, Record, Seq, Stage},
    text::{self, one_line},
    ui::{
        desk::{Axis, Playhead},
        show::{Film, Show},
    },
};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Pictures are no closer together than this, in the session's time.
const FRAME: Millis = Millis(100);
/// What a terminal is sent first: nothing on it, and no cursor.
const BEGIN: &str = "\u{1b}[?25l\u{1b}[0m\u{1b}[2J\u{1b}[H";
/// What it is sent last.
const END: &str = "\u{1b}[0m\u{1b}[?25h";

/// How a session is filmed.
#[derive(Debug)]
pub struct Reeling {
    /// What it is filmed with: the desk and the looks, and nothing on the stage yet.
    pub show: Show,
    /// The screen, in columns and rows.
    pub size: (u16, u16),
    /// A stretch in which nothing happens is no longer than this.
    pub idle: Millis,
}

/// Writes a film of a session.
///
/// # Errors
/// When it can't be written.
pub fn cast(recording: &Recording, reeling: Reeling, out: &mut impl Write) -> io::Result<()> {
    let Reeling { mut show, size, idle } = reeling;
    let end = recording.reader().fold(None);
    show.stage = Stage::new(recording.header());
    line(out, &header(recording, &end, size))?;
    let film = Film::new(show, size);
    let mut tape = Tape { film, idle, drawn: Millis(0), told: Millis(0), end, seq: Seq(0), out };
    tape.tell("o", BEGIN)?;
    let mut waiting = Vec::new();
    for (_, record) in recording.records() {
        let since = waiting.first().map_or(record.at, |it: &Record| it.at);
        if record.at.since(since) >= FRAME {
            tape.shoot(std::mem::take(&mut waiting))?;
        }
        waiting.push(record);
    }
    tape.shoot(waiting)?;
    tape.tell("o", END)
}

fn header(recording: &Recording, end: &Stage, (columns, rows): (u16, u16)) -> Value {
    let wash = recording.wash();
    let mut header = json!({
        "version": 3,
        "term": { "cols": columns, "rows": rows, "type": "xterm-256color" },
    });
    if let Ok(opened) = recording.header().opened.parse::<jiff::Timestamp>() {
        header["timestamp"] = opened.as_second().into();
    }
    let title = recording.title(end);
    if !title.is_empty() {
        header["title"] = one_line(&wash.text(title), 200).into();
    }
    header
}

fn line(out: &mut impl Write, value: &Value) -> io::Result<()> {
    text::json::write(out, value)?;
    out.write_all(b"\n")
}

/// What is being written.
struct Tape<'a, W> {
    film: Film,
    idle: Millis,
    /// The session's time at the last picture.
    drawn: Millis,
    /// How far the film goes beyond the last line that was written.
    told: Millis,
    end: Stage,
    seq: Seq,
    out: &'a mut W,
}

impl<W: Write> Tape<'_, W> {
    /// Takes a picture of what these records have made of the stage.
    fn shoot(&mut self, records: Vec<Record>) -> io::Result<()> {
        let Some(last) = records.last() else { return Ok(()) };
        let now = last.at.max(self.drawn);
        self.seq = self.seq.max(last.seq);
        let chapters: Vec<_> = records.iter().filter_map(|it| self.chapter(it)).collect();
        self.told = self.told.plus(now.since(self.drawn).min(self.idle));
        self.drawn = now;
        let duration = self.end.now();
        let head = Playhead {
            seq: self.seq,
            last_seq: self.end.last(),
            at: now,
            duration,
            is_playing: now < duration,
            indexed: 1.0,
            axis: Axis::new(&[], duration),
            ..Playhead::default()
        };
        if let Some(sent) = self.film.shoot(records, head, now) {
            self.tell("o", &sent)?;
        }
        chapters.iter().try_for_each(|it| self.tell("m", it))
    }

    /// Writes a line: how long after the one before, and what is sent.
    fn tell(&mut self, code: &str, text: &str) -> io::Result<()> {
        let span = std::mem::take(&mut self.told);
        let seconds = format!("{}.{:03}", span.0 / 1000, span.0 % 1000);
        let seconds: Value = serde_json::from_str(&seconds)?;
        line(self.out, &json!([seconds, code, text]))
    }

    /// What a player can jump to.
    fn chapter(&self, record: &Record) -> Option<String> {
        let name = |id| self.end.agent(id).map(|it| one_line(&it.casting.name, 80));
        Some(match &record.event {
            Event::AgentAdded { casting, .. } => {
                format!("{} begins", one_line(&casting.name, 80))
            }
            Event::AgentEnded { agent, outcome } => {
                let came = match outcome {
                    Outcome::Succeeded { .. } => "is done",
                    Outcome::Failed { .. } => "failed",
                    Outcome::Stopped { .. } => "was stopped",
                };
                format!("{} {came}", name(*agent)?)
            }
            Event::RedirectWritten { agent, .. } => format!("{} is redirected", name(*agent)?),
            _ => return None,
        })
    }
}
