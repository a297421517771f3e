//! How far something is read that takes long: a line on the terminal, that is gone when
//! it is done.

use crate::{
    interop::{Foreign, Progress},
    model::Millis,
    supervisor::Clock,
    text::one_line,
};
use std::io::{self, IsTerminal as _, Write as _};

/// What is read this quickly needs no line.
const SOON: Millis = Millis(400);
/// The line is told anew this often.
const BEAT: Millis = Millis(100);
/// How wide a name may be, in columns.
const NAME: usize = 50;

/// Tells how far it is.
#[derive(Debug)]
pub(super) struct Telling {
    /// `reading log.jsonl`.
    doing: String,
    /// The one that is looked at, of how many.
    count: (usize, usize),
    clock: Clock,
    next: Millis,
    is_shown: bool,
}

impl Telling {
    /// This log is read from here on.
    pub(super) fn of(log: &Foreign) -> Self {
        let name = log.path().file_name().unwrap_or_default();
        Self::named(&name.to_string_lossy())
    }

    /// These are, side by side.
    pub(super) fn of_all(logs: &[Foreign]) -> Self {
        match logs {
            [only] => Self::of(only),
            several => Self::named(&format!("{} logs", several.len())),
        }
    }

    fn named(name: &str) -> Self {
        Self::doing(format!("reading {}", one_line(name, NAME)))
    }

    fn doing(doing: String) -> Self {
        let clock = Clock::starting_at(Millis(0));
        Self { doing, count: (0, 0), clock, next: SOON, is_shown: false }
    }

    /// So many sessions are looked at, or removed, from here on.
    pub(super) fn counting(doing: &str, all: usize) -> Self {
        let mut telling = Self::doing(doing.to_owned());
        telling.count.1 = all;
        telling
    }

    /// The next of them is.
    pub(super) fn next(&mut self) {
        self.count.0 += 1;
        self.say(&self.nth());
    }

    fn nth(&self) -> String {
        let (nth, all) = self.count;
        format!("session {nth} of {all}")
    }

    /// Tells it where somebody looks, if it is time to.
    pub(super) fn tell(&mut self, progress: Progress) {
        self.say(&how_far(progress));
    }

    fn say(&mut self, how_far: &str) {
        if let Some(line) = self.line(self.clock.now(), how_far)
            && io::stderr().is_terminal()
        {
            self.is_shown = true;
            // Whoever can't be told reads all of it in a moment.
            drop(write!(io::stderr(), "{line}"));
        }
    }

    /// The line, if it is time to tell it.
    fn line(&mut self, now: Millis, how_far: &str) -> Option<String> {
        if now < self.next {
            return None;
        }
        self.next = now.plus(BEAT);
        Some(format!("\r\x1b[K{}: {how_far}", self.doing))
    }
}

impl Drop for Telling {
    fn drop(&mut self) {
        if self.is_shown {
            drop(write!(io::stderr(), "\r\x1b[K"));
        }
    }
}

/// `42 %`, or how much it was so far where nobody knows how much there is.
fn how_far(Progress { read, of }: Progress) -> String {
    match of {
        Some(all) if all > 0 => format!("{} %", read.min(all) * 100 / all),
        _ => format!("{} MB", read >> 20),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_sessions_that_are_pruned_the_place_is_told_where_that_takes_long() {
        let mut telling = Telling::counting("looking at", 40);
        telling.next();
        assert_eq!(telling.line(Millis(399), &telling.nth()), None, "what is quick needs no line");
        telling.next();
        let line = "\r\x1b[Klooking at: session 2 of 40".to_owned();
        assert_eq!(telling.line(Millis(400), &telling.nth()), Some(line));
        assert_eq!(telling.line(Millis(499), &telling.nth()), None, "nor does it flicker");
        assert!(telling.line(Millis(500), &telling.nth()).is_some());
    }

    #[test]
    fn a_part_is_told_of_what_is_known_and_an_amount_of_what_is_not() {
        let told = |read, of| how_far(Progress { read, of });
        assert_eq!(told(30 << 20, Some(300 << 20)), "10 %");
        // It has grown since it was looked at.
        assert_eq!(told(301, Some(300)), "100 %");
        assert_eq!((told(5 << 20, None), told(0, Some(0))), ("5 MB".into(), "0 MB".into()));
    }
}
