//! A log and the files that belong to it, read side by side, in the order of their
//! times: each in its own order, and one that tells no time where it stands.

use super::{
    Format, Tally,
    bill::Bill,
    desk::{Desk, Seats},
    fields::when,
    foreign::ImportError,
    teller::{Teller, teller},
    values::{Lines, Piece, Values},
};
use crate::{
    llm::PriceTable,
    model::{Event, LOG_ENDS, Level, Record},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::{
    fmt,
    io::{self, BufRead},
    mem,
    path::PathBuf,
    sync::Arc,
};

/// A log that has not grown for so long has nobody at work on it, unless it says so.
pub(super) const LONG: SignedDuration = SignedDuration::from_secs(30);

/// So many records are told at once.
pub(super) const BATCH: usize = 256;

/// A file to be read.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    /// How its figures are named among the others; none for the log itself.
    pub(super) aide: Option<Aide>,
    pub(super) feed: Feed,
}

/// What a file holds.
pub(super) enum Feed {
    /// JSON values, in lines.
    Lines(Box<dyn BufRead + Send>),
    /// Values that are made of what is no JSON, or lies in many files.
    Made(Box<dyn Iterator<Item = io::Result<Value>> + Send>),
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lines(_) => "Lines",
            Self::Made(_) => "Made",
        })
    }
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

/// A walk over what a file holds.
enum Walk {
    Lines(Box<Values<Box<dyn BufRead + Send>>>),
    Made(Box<dyn Iterator<Item = io::Result<Value>> + Send>),
}

/// A file that is being read.
struct Stream {
    source: PathBuf,
    aide: Option<Aide>,
    walk: Walk,
    teller: Option<Box<dyn Teller>>,
    next: Option<Piece>,
    /// The latest time that was told.
    now: Option<Timestamp>,
    /// Nothing was written for long before what comes next.
    has_rested: bool,
    is_live: bool,
}

/// A log that is being read, with all files that belong to it.
pub(super) struct Reading {
    format: Format,
    desk: Desk,
    /// The log itself first.
    streams: Vec<Stream>,
    is_live: bool,
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading").field("format", &self.format).finish_non_exhaustive()
    }
}

/// Reads a log, whose files these are, the log itself first: tells its records, and
/// gives its figures.
pub(super) fn read(
    format: Format,
    prices: &Arc<PriceTable>,
    sources: Vec<Source>,
    tell: Tell<'_>,
) -> Result<Tally, ImportError> {
    read_at(&mut Seats::default(), (format, prices), sources, tell)
}

/// The same, at these seats: what was told of answers there before is not paid again.
pub(super) fn read_at(
    seats: &mut Seats,
    (format, prices): (Format, &Arc<PriceTable>),
    sources: Vec<Source>,
    tell: Tell<'_>,
) -> Result<Tally, ImportError> {
    let mut reading = Reading::new(format, prices, false);
    for source in sources {
        reading.add(source)?;
    }
    while reading.is_waiting() {
        reading.step(seats)?;
        if seats.waiting() >= BATCH {
            tell(seats.take(), false)?;
        }
    }
    tell(seats.take(), false)?;
    let tally = reading.close(seats);
    end(seats);
    tell(seats.take(), true)?;
    Ok(tally)
}

/// All logs of these seats end here.
pub(super) fn end(seats: &mut Seats) {
    let why = LOG_ENDS.to_owned();
    seats.tell(seats.latest(), Event::SessionClosed { why });
}

impl Reading {
    /// A log of this format, none of its files read yet. One that is live goes on
    /// where its files have grown.
    pub(super) fn new(format: Format, prices: &Arc<PriceTable>, is_live: bool) -> Self {
        let desk = Desk::new(Bill::new(prices, format.vendor()));
        let desk = if is_live { desk.live() } else { desk };
        Self { format, desk, streams: Vec::new(), is_live }
    }

    /// Reads one more file.
    pub(super) fn add(&mut self, source: Source) -> Result<(), ImportError> {
        let Source { path, aide, feed } = source;
        let walk = match feed {
            Feed::Lines(bytes) if self.is_live => {
                Walk::Lines(Box::new(Values::new(bytes).growing()))
            }
            Feed::Lines(bytes) => Walk::Lines(Box::new(Values::new(bytes))),
            Feed::Made(values) => Walk::Made(values),
        };
        let (source, is_live) = (path, self.is_live);
        let (teller, next, now, has_rested) = (None, None, None, false);
        let mut stream = Stream { source, aide, walk, teller, next, now, has_rested, is_live };
        stream.go_on()?;
        self.streams.push(stream);
        Ok(())
    }

    /// Whether anything waits to be taken in.
    pub(super) fn is_waiting(&self) -> bool {
        self.streams.iter().any(|it| it.next.is_some())
    }

    /// How many bytes of its lines were read so far.
    pub(super) fn bytes(&self) -> u64 {
        self.streams.iter().map(Stream::bytes).sum()
    }

    /// When what comes next was written, as far as that is told.
    pub(super) fn next_time(&self) -> Option<Timestamp> {
        self.streams.iter().filter(|it| it.next.is_some()).map(|it| it.now).min().flatten()
    }

    /// Takes in what comes next, of the file of the earliest time; the log itself of two.
    pub(super) fn step(&mut self, seats: &mut Seats) -> Result<(), ImportError> {
        self.desk.swap(seats);
        let waiting = self.streams.iter_mut().enumerate().filter(|(_, it)| it.next.is_some());
        let earliest = waiting.min_by_key(|(file, it)| (it.now, *file));
        let taken = match earliest {
            Some((file, stream)) => stream.take(&mut self.desk, (self.format, file)),
            None => Ok(()),
        };
        for call in self.desk.take_ended() {
            let tellers = self.streams.iter_mut().filter(|it| it.aide.is_some());
            for teller in tellers.filter_map(|it| it.teller.as_mut()) {
                teller.end_of(&mut self.desk, call);
            }
        }
        self.desk.swap(seats);
        taken
    }

    /// Looks whether the file of this number has grown.
    pub(super) fn look_again(&mut self, file: usize) -> Result<(), ImportError> {
        match self.streams.get_mut(file) {
            Some(stream) if stream.next.is_none() => stream.go_on(),
            _ => Ok(()),
        }
    }

    /// Nothing more comes for now, or has come for long.
    pub(super) fn rest(&mut self, seats: &mut Seats, is_long: bool) {
        self.desk.swap(seats);
        for teller in self.streams.iter_mut().filter_map(|it| it.teller.as_mut()) {
            teller.rest(&mut self.desk, is_long);
        }
        self.desk.swap(seats);
    }

    /// The log ends here: gives its figures.
    pub(super) fn close(mut self, seats: &mut Seats) -> Tally {
        self.desk.swap(seats);
        let desk = &mut self.desk;
        let mut tallies = Vec::new();
        for (file, mut stream) in self.streams.into_iter().enumerate().rev() {
            let mut teller = match stream.teller.take() {
                Some(teller) => teller,
                None => teller(self.format, desk, file, stream.aide.as_ref()),
            };
            teller.finish(desk);
            let mut tally = mem::take(teller.tally());
            if let Some(lines) = stream.lines() {
                tally.lines = Some(lines.all);
                (tally.glued, tally.unreadable) = (lines.glued, lines.unreadable);
            }
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
        desk.swap(seats);
        whole
    }
}

impl Stream {
    /// Reads the next piece, without taking it in.
    fn go_on(&mut self) -> Result<(), ImportError> {
        let fail = |source: io::Error| ImportError::Disk { path: self.source.clone(), source };
        self.next = match &mut self.walk {
            Walk::Lines(values) => values.next().map_err(fail)?,
            Walk::Made(values) => values.next().transpose().map_err(fail)?.map(Piece::Value),
        };
        if let Some(Piece::Value(value)) = &self.next
            && let Some(time) = when(value)
        {
            let before = self.now.replace(time.max(self.now.unwrap_or(time)));
            self.has_rested |= before.is_some_and(|it| time.duration_since(it) > LONG);
        }
        Ok(())
    }

    fn lines(&self) -> Option<Lines> {
        match &self.walk {
            Walk::Lines(values) => Some(values.lines()),
            Walk::Made(_) => None,
        }
    }

    fn bytes(&self) -> u64 {
        match &self.walk {
            Walk::Lines(values) => values.bytes(),
            Walk::Made(_) => 0,
        }
    }

    /// Takes in the next piece. At its end a sub-agent is over, unless more may come.
    fn take(
        &mut self,
        desk: &mut Desk,
        (format, file): (Format, usize),
    ) -> Result<(), ImportError> {
        let aide = self.aide.as_ref();
        let teller = self.teller.get_or_insert_with(|| teller(format, desk, file, aide));
        // Who had come to an end did not work until its user said more.
        if mem::take(&mut self.has_rested) {
            teller.rest(desk, true);
        }
        match self.next.take() {
            Some(Piece::Value(value)) => teller.take(desk, &value),
            Some(Piece::Unreadable(bytes)) => {
                let text = format!("{bytes} bytes of the log can't be read");
                let now = desk.now();
                desk.tell(now, Event::NoticeRaised { level: Level::Warning, text });
            }
            Some(Piece::Lost(why)) => {
                let text = format!("the rest of the log can't be read: {why}");
                let now = desk.now();
                desk.tell(now, Event::NoticeRaised { level: Level::Warning, text });
            }
            // It may be whole in a moment; it is counted.
            Some(Piece::Torn(_)) | None => {}
        }
        self.go_on()?;
        if self.next.is_none()
            && self.aide.is_some()
            && !self.is_live
            && let Some(teller) = &mut self.teller
        {
            teller.finish(desk);
        }
        Ok(())
    }
}
