//! A log and the files that belong to it, read side by side, in the order of their
//! times: each in its own order, and one that tells no time where it stands.

use super::{
    Format, Tally,
    bill::Bill,
    claude::Claude,
    codex::Codex,
    desk::Desk,
    foreign::ImportError,
    gemini::Gemini,
    values::{Piece, Values},
};
use crate::{
    llm::PriceTable,
    model::{Event, Level, Record},
};
use jiff::Timestamp;
use serde_json::Value;
use std::{
    io::{self, BufRead},
    path::PathBuf,
};

/// So many records are told at once.
const BATCH: usize = 256;

/// A file to be read.
pub(super) struct Source {
    pub(super) path: PathBuf,
    /// How its figures are named among the others; none for the log itself.
    pub(super) aide: Option<Aide>,
    pub(super) bytes: Box<dyn BufRead>,
}

/// What is known of the sub-agent whose file it is.
#[derive(Debug, Clone, Default)]
pub(super) struct Aide {
    pub(super) file: String,
    pub(super) kind: String,
    /// The call that has set it to work; may be empty.
    pub(super) task: String,
}

/// Who is told of the records: with each batch, whether it is the end, which nothing
/// that was read has told.
pub(super) type Tell<'a> = &'a mut dyn FnMut(Vec<Record>, bool) -> Result<(), ImportError>;

/// A file that is being read.
struct Stream {
    source: PathBuf,
    aide: Option<Aide>,
    values: Values<Box<dyn BufRead>>,
    teller: Option<Teller>,
    next: Option<Piece>,
    /// The latest time that was told.
    now: Option<Timestamp>,
}

/// One who makes records of values, for each format.
enum Teller {
    Claude(Box<Claude>),
    Codex(Box<Codex>),
    Gemini(Box<Gemini>),
}

impl Teller {
    fn new(format: Format, desk: &mut Desk<'_>, file: usize, aide: Option<&Aide>) -> Self {
        match (format, aide) {
            (Format::ClaudeCode, None) => Self::Claude(Box::new(Claude::new(desk, file))),
            (Format::ClaudeCode, Some(aide)) => {
                let whose = (aide.kind.as_str(), aide.task.as_str());
                Self::Claude(Box::new(Claude::aide(desk, file, whose)))
            }
            (Format::Codex, _) => Self::Codex(Box::new(Codex::new(desk, file))),
            (Format::GeminiCli, _) => Self::Gemini(Box::new(Gemini::new(desk, file))),
        }
    }

    fn take(&mut self, desk: &mut Desk<'_>, value: &Value) {
        match self {
            Self::Claude(it) => it.take(desk, value),
            Self::Codex(it) => it.take(desk, value),
            Self::Gemini(it) => it.take(desk, value),
        }
    }

    fn finish(&mut self, desk: &mut Desk<'_>) {
        match self {
            Self::Claude(it) => it.finish(desk),
            Self::Codex(it) => it.finish(desk),
            Self::Gemini(it) => it.finish(desk),
        }
    }

    fn tally(self) -> Tally {
        match self {
            Self::Claude(it) => it.tally,
            Self::Codex(it) => it.tally,
            Self::Gemini(it) => it.tally,
        }
    }
}

/// Reads a log, whose files these are, the log itself first: tells its records, and
/// gives its figures.
pub(super) fn read(
    format: Format,
    prices: &PriceTable,
    sources: Vec<Source>,
    tell: Tell<'_>,
) -> Result<Tally, ImportError> {
    let mut desk = Desk::new(Bill::new(prices, format.vendor()));
    let mut streams = Vec::new();
    for source in sources {
        let Source { path, aide, bytes } = source;
        let (values, now) = (Values::new(bytes), None);
        let mut stream = Stream { source: path, aide, values, teller: None, next: None, now };
        stream.go_on()?;
        streams.push(stream);
    }
    while let Some((file, stream)) = earliest(&mut streams) {
        stream.take(&mut desk, (format, file))?;
        if desk.told() >= BATCH {
            tell(desk.take(), false)?;
        }
    }
    tell(desk.take(), false)?;
    let tally = close(streams, &mut desk, format);
    tell(desk.take(), true)?;
    Ok(tally)
}

/// The stream whose next piece is of the earliest time; the log itself of two.
fn earliest(streams: &mut [Stream]) -> Option<(usize, &mut Stream)> {
    let waiting = streams.iter_mut().enumerate().filter(|(_, it)| it.next.is_some());
    waiting.min_by_key(|(file, it)| (it.now, *file))
}

fn close(streams: Vec<Stream>, desk: &mut Desk<'_>, format: Format) -> Tally {
    let mut tallies = Vec::new();
    for (file, mut stream) in streams.into_iter().enumerate().rev() {
        let mut teller = match stream.teller.take() {
            Some(teller) => teller,
            None => Teller::new(format, desk, file, stream.aide.as_ref()),
        };
        teller.finish(desk);
        let (lines, mut tally) = (stream.values.lines(), teller.tally());
        tally.lines = Some(lines.all);
        (tally.glued, tally.unreadable) = (lines.glued, lines.unreadable);
        desk.bill.add_up(file, &mut tally);
        tallies.push((stream.aide.map(|it| it.file), tally));
    }
    let mut whole = Tally::default();
    for (aide, tally) in tallies {
        match aide {
            Some(file) => {
                whole.aides.insert(file, tally);
            }
            None => whole = Tally { aides: whole.aides, ..tally },
        }
    }
    whole.untold = desk.bill.untold();
    desk.close(whole.reported);
    whole
}

impl Stream {
    /// Reads the next piece, without taking it in.
    fn go_on(&mut self) -> Result<(), ImportError> {
        let fail = |source: io::Error| ImportError::Disk { path: self.source.clone(), source };
        self.next = self.values.next().map_err(fail)?;
        if let Some(Piece::Value(value)) = &self.next
            && let Some(time) = value["timestamp"].as_str().and_then(|it| it.parse().ok())
        {
            self.now = self.now.max(Some(time));
        }
        Ok(())
    }

    /// Takes in the next piece. At its end a sub-agent is over.
    fn take(
        &mut self,
        desk: &mut Desk<'_>,
        (format, file): (Format, usize),
    ) -> Result<(), ImportError> {
        let aide = self.aide.as_ref();
        let teller = self.teller.get_or_insert_with(|| Teller::new(format, desk, file, aide));
        match self.next.take() {
            Some(Piece::Value(value)) => teller.take(desk, &value),
            Some(Piece::Unreadable(bytes)) => {
                let text = format!("{bytes} bytes of the log can't be read");
                let now = desk.now();
                desk.tell(now, Event::NoticeRaised { level: Level::Warning, text });
            }
            // It may be whole in a moment; it is counted.
            Some(Piece::Torn(_)) | None => {}
        }
        self.go_on()?;
        if self.next.is_none()
            && self.aide.is_some()
            && let Some(teller) = &mut self.teller
        {
            teller.finish(desk);
        }
        Ok(())
    }
}
