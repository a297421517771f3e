//! Plays a journal: the same records a live session told, at the pace of a clock
//! that can be stopped, wound and hurried.

mod steps;

use super::{
    desk::{Axis, Mark, Marker, Pace, Play, Playhead},
    show::{News, Source},
};
use crate::{
    journal::{Bookmark, Bookmarks, MarkerKind, Reader, Records, Reel, Sample},
    model::{AgentId, Event, Millis, Record, Seq, Stage},
};
use std::{iter::Peekable, sync::Arc, time::Duration};
use tokio::time::{Instant, sleep};

/// Of a stretch without events that is longer than this, only the end is played.
const GAP: Millis = Millis(5000);
/// How much of it is played.
const END_OF_GAP: Millis = Millis(1000);
/// How many records are told at once.
const BATCH: usize = 8192;
/// While it plays, the time on the timeline moves this often.
const BEAT: Duration = Duration::from_millis(200);
/// While it is being indexed, the timeline is looked at this often.
const GLANCE: Duration = Duration::from_millis(100);

/// A journal being played.
pub struct Player {
    reel: Reel,
    /// The last record that was told.
    seq: Seq,
    /// The session's time at the head.
    at: Millis,
    pace: Pace,
    is_playing: bool,
    /// The stretch without events that is being shortened.
    shortened: Option<Millis>,
    /// What comes after the head, while it is known, up to where the journal ended then.
    ahead: Option<(Peekable<Records>, u64)>,
    /// When the head was last moved by the clock.
    moved: Instant,
    /// The head was wound: the stage must be told as a whole.
    wound: Option<Wound>,
    /// The record to go to as soon as the index reaches it.
    aim: Option<Seq>,
    /// The record to which it was to go, and which there is not.
    missed: Option<Seq>,
    /// Records that were stepped over, to be told.
    stepped: Vec<Record>,
    /// The head, as it was told last.
    told: Option<Playhead>,
    markers: Arc<[Marker]>,
    marked: usize,
    /// How far it was indexed, and how long it was, when that was last looked at.
    looked_at: Option<(u64, Millis)>,
    curve: Arc<[Sample]>,
    axis: Axis,
    bookmarks: Bookmarks,
    bookmarked: Arc<[Bookmark]>,
}

/// Where the head was wound to.
#[derive(Debug, Clone, Copy)]
enum Wound {
    /// To a record: the time is the record's.
    Record,
    /// To a time, at or behind a record.
    Time(Millis),
}

impl std::fmt::Debug for Player {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Player")
            .field("seq", &self.seq)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

impl Player {
    /// A player that stands before the first record.
    pub fn new(reel: Reel) -> Self {
        let axis = Axis::new(&[], reel.duration());
        Self {
            reel,
            seq: Seq(0),
            at: Millis(0),
            pace: Pace::default(),
            is_playing: false,
            shortened: None,
            ahead: None,
            moved: Instant::now(),
            wound: Some(Wound::Record),
            aim: None,
            missed: None,
            stepped: Vec::new(),
            told: None,
            markers: Arc::default(),
            marked: 0,
            looked_at: None,
            curve: Arc::default(),
            axis,
            bookmarks: Bookmarks::default(),
            bookmarked: Arc::default(),
        }
    }

    /// The same, with what the director has marked; without, marks are gone with the player.
    #[must_use]
    pub fn with_bookmarks(self, bookmarks: Bookmarks) -> Self {
        let bookmarked = bookmarks.all().cloned().collect();
        Self { bookmarks, bookmarked, ..self }
    }

    /// Where it stands.
    pub fn playhead(&self) -> Playhead {
        let (bytes, of) = self.reel.progress();
        Playhead {
            seq: self.seq,
            last_seq: self.reel.last_seq().max(self.seq),
            at: self.at,
            duration: self.reel.duration().max(self.at),
            pace: self.pace,
            is_playing: self.is_playing,
            indexed: if self.reel.is_indexed() { 1.0 } else { share(bytes, of) },
            is_growing: self.reel.is_growing(),
            aim: self.aim,
            missed: self.missed,
            markers: Arc::clone(&self.markers),
            bookmarks: Arc::clone(&self.bookmarked),
            curve: Arc::clone(&self.curve),
            axis: self.axis.clone(),
            shortened: self.shortened,
        }
    }

    /// Goes to a record: everything up to it has happened.
    fn wind(&mut self, seq: Seq, wound: Wound) {
        self.seq = seq.min(self.reel.last_seq());
        self.ahead = None;
        self.stepped.clear();
        self.shortened = None;
        self.wound = Some(wound);
    }

    /// Goes on by so many records.
    fn step(&mut self, events: u64) {
        if self.wound.is_some() {
            return self.wind(Seq(self.seq.0.saturating_add(events)), Wound::Record);
        }
        for _ in 0..events {
            if self.next().is_none() {
                return;
            }
            if let Some((_, record)) = self.ahead.as_mut().and_then(|it| it.0.next()) {
                self.pass(&record);
                self.stepped.push(record);
            }
        }
    }

    /// The head has passed a record.
    fn pass(&mut self, record: &Record) {
        self.seq = self.seq.max(record.seq);
        self.at = self.at.max(record.at);
        self.shortened = None;
    }

    fn wind_to_time(&mut self, thousandths: u64) {
        if self.axis.length() == Millis(0) {
            // A log without times is as long as it has records.
            let seq = self.reel.last_seq().0.saturating_mul(thousandths) / 1000;
            return self.wind(Seq(seq), Wound::Record);
        }
        let place = self.axis.length().0.saturating_mul(thousandths) / 1000;
        let time = self.axis.time(Millis(place));
        self.wind(self.reel.seq_at(time), Wound::Time(time));
    }

    /// Tells the stage at the head.
    fn unwind(&mut self, wound: Wound) -> Stage {
        let stage = self.reel.stage_at(self.seq);
        // Where there is no index yet, this is as far as it could be had.
        let is_here = stage.last() >= self.seq;
        self.seq = stage.last();
        self.at = match wound {
            Wound::Time(time) if is_here => time.max(stage.now()),
            Wound::Time(_) | Wound::Record => stage.now(),
        };
        stage
    }

    /// Goes to the start of a turn, that of the last turn before the head, or
    /// of the first behind it.
    fn turn(&mut self, turns: i64, agent: Option<AgentId>) {
        for _ in 0..turns.unsigned_abs() {
            let found = if turns > 0 {
                self.reel.next_turn(self.seq, agent)
            } else {
                self.reel.previous_turn(self.seq, agent)
            };
            let edge = if turns > 0 { self.reel.last_seq() } else { Seq(0) };
            self.wind(found.unwrap_or(edge), Wound::Record);
        }
    }

    /// What comes next, without taking it.
    fn next(&mut self) -> Option<Millis> {
        loop {
            let (reel, seq) = (&self.reel, self.seq);
            let open = || {
                let end = reel.end();
                let from =
                    if seq == Seq(0) { reel.reader().body() } else { reel.offset_after(seq) };
                (reel.records_from(from).peekable(), end)
            };
            let (ahead, end) = self.ahead.get_or_insert_with(open);
            // Records at the head were told with the stage.
            while ahead.next_if(|(_, record)| is_told(record, seq)).is_some() {}
            if let Some((_, record)) = ahead.peek() {
                return Some(record.at);
            }
            if *end >= reel.end() {
                return None;
            }
            // More was written since.
            self.ahead = None;
        }
    }

    /// Moves the head by so much real time; what it passes has happened.
    fn advance(&mut self, real: Millis) -> Vec<Record> {
        let Some(first) = self.next() else {
            self.is_playing = self.reel.is_growing();
            return Vec::new();
        };
        let mut to = match self.pace.span(real) {
            Some(span) => self.at.plus(span),
            None => Millis(u64::MAX),
        };
        let gap = first.since(self.at);
        if self.shortened.is_none() && gap > GAP && to < first {
            self.shortened = Some(gap);
            to = to.max(Millis(first.0.saturating_sub(END_OF_GAP.0)));
        }
        let mut passed = Vec::new();
        while passed.len() < BATCH {
            let ahead = self.ahead.as_mut();
            let Some(next) = ahead.and_then(|it| it.0.next_if(|(_, it)| it.at <= to)) else {
                break;
            };
            self.pass(&next.1);
            passed.push(next.1);
        }
        if passed.len() < BATCH && to != Millis(u64::MAX) {
            self.at = to.min(self.reel.duration()).max(self.at);
        }
        // At the end it stands still at once: a key pressed there is not played over.
        self.is_playing &= self.reel.is_growing() || self.next().is_some();
        passed
    }

    /// Goes on towards the record that could not be reached before.
    fn aim_on(&mut self) {
        if let Some(aim) = self.aim.filter(|it| *it > self.seq) {
            let is_whole = self.reel.is_indexed();
            self.wind(aim, Wound::Record);
            // The end is meant by the number that no record has.
            self.missed = (is_whole && self.seq < aim && aim.0 < u64::MAX).then_some(aim);
            self.aim = (!is_whole).then_some(aim);
        } else {
            self.aim = None;
        }
    }

    /// Takes over the markers that were found since.
    fn mark(&mut self) {
        let found = self.reel.markers();
        if found.len() != self.marked {
            self.marked = found.len();
            self.markers = found.iter().map(marker).collect();
        }
        let looked_at = (self.reel.progress().0, self.reel.duration());
        if self.looked_at == Some(looked_at) {
            return;
        }
        self.looked_at = Some(looked_at);
        self.axis = Axis::new(&self.reel.gaps(), looked_at.1);
        let curve = self.reel.curve();
        if self.curve.last() != curve.last() {
            self.curve = curve;
        }
    }

    /// Marks a place, or no longer.
    fn bookmark(&mut self, change: impl FnOnce(&mut Bookmarks)) {
        change(&mut self.bookmarks);
        self.bookmarked = self.bookmarks.all().cloned().collect();
    }
}

impl Source for Player {
    fn take(&mut self) -> News {
        let mut news = News::default();
        self.mark();
        self.aim_on();
        if let Some(wound) = self.wound.take() {
            news.stage = Some(Box::new(self.unwind(wound)));
            self.moved = Instant::now();
        }
        let mut records = std::mem::take(&mut self.stepped);
        if self.is_playing {
            let real = Millis::from(self.moved.elapsed());
            // What is left of a millisecond counts for the next time.
            self.moved += Duration::from(real);
            records.extend(self.advance(real));
        }
        if !records.is_empty() {
            news.records.push(records);
        }
        let head = self.playhead();
        if self.told.as_ref() != Some(&head) {
            self.told = Some(head.clone());
            news.playhead = Some(head);
        }
        news.trouble = self.bookmarks.trouble().or_else(|| self.reel.trouble());
        news
    }

    async fn changed(&mut self) {
        if self.wound.is_some() || !self.stepped.is_empty() {
            return;
        }
        if !self.is_playing {
            if self.reel.is_indexed() && self.told.as_ref().is_some_and(|it| it.indexed >= 1.0) {
                std::future::pending::<()>().await;
            }
            return sleep(GLANCE).await;
        }
        let next = self.next();
        let wait = match (self.pace, next) {
            (_, None) if self.reel.is_growing() => GLANCE,
            (Pace::Full, _) | (_, None) => Duration::ZERO,
            (Pace::Quarters(quarters), Some(next)) => {
                let real = next.since(self.at).0.saturating_mul(4) / u64::from(quarters.max(1));
                Duration::from_millis(real.max(1)).min(BEAT)
            }
        };
        sleep(wait).await;
    }

    fn now(&self) -> Millis {
        self.at
    }

    fn reader(&self) -> Option<Reader> {
        Some(self.reel.reader().clone())
    }

    fn upto(&self) -> Option<(Seq, u64)> {
        Some((self.seq, self.reel.offset_after(self.seq)))
    }

    fn play(&mut self, play: Play) {
        (self.aim, self.missed) = (None, None);
        match play {
            Play::Event(seq) => {
                self.is_playing = false;
                (self.seq, self.aim) = (Seq(0), Some(seq));
            }
            Play::Toggle => {
                self.is_playing = !self.is_playing;
                if self.is_playing && self.seq >= self.reel.last_seq() {
                    self.wind(Seq(0), Wound::Record);
                }
            }
            Play::Events(events, Some(agent)) => self.step_of(agent, events),
            Play::Events(events, None) if events > 0 => self.step(events.unsigned_abs()),
            Play::Events(events, None) => {
                self.wind(Seq(self.seq.0.saturating_sub(events.unsigned_abs())), Wound::Record);
            }
            Play::Turns(turns, agent) => self.turn(turns, agent),
            Play::Tenth(tenths) => self.wind_to_time(u64::from(tenths) * 100),
            Play::Thousandth(thousandths) => self.wind_to_time(thousandths.into()),
            Play::Start => self.wind(Seq(0), Wound::Record),
            Play::End => {
                self.wind(self.reel.last_seq(), Wound::Record);
                // It goes on with what is found behind that.
                self.aim = (!self.reel.is_indexed()).then_some(Seq(u64::MAX));
            }
            Play::To(seq) => self.wind(seq, Wound::Record),
            Play::Bookmark(bookmark) => self.bookmark(|it| it.set(bookmark)),
            Play::Unmark(seq) => self.bookmark(|it| it.remove(seq)),
            Play::Faster => self.pace = self.pace.faster(),
            Play::Slower => self.pace = self.pace.slower(),
            Play::Pace(pace) => self.pace = pace,
        }
        self.moved = Instant::now();
    }
}

/// Whether a record stands at or before the head. Stretches that can't be read
/// have the number of the record before them.
fn is_told(record: &Record, seq: Seq) -> bool {
    record.seq < seq || (record.seq == seq && !matches!(record.event, Event::Unreadable { .. }))
}

fn marker(found: &crate::journal::Marker) -> Marker {
    let kind = match found.kind {
        MarkerKind::Direction => Mark::Direction,
        MarkerKind::Trouble | MarkerKind::Gap => Mark::Trouble,
        MarkerKind::Request => Mark::Request,
        MarkerKind::End => Mark::End,
        MarkerKind::HandOff => Mark::HandOff,
        MarkerKind::Change => Mark::Change,
    };
    Marker { at: found.at, seq: found.seq, agent: found.agent, kind }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a share to be shown in per cent"
)]
fn share(part: u64, of: u64) -> f32 {
    if of == 0 { 1.0 } else { (part as f64 / of as f64).min(1.0) as f32 }
}

#[cfg(test)]
mod tests;
