//! A screen that takes in what was printed when somebody wants to see it, and
//! before that only what would be lost.
//!
//! Lines of text push each other off a screen: of those that nobody sees, only the
//! last matter. So a command that prints and prints costs no more than the keeping
//! of its text, while one that moves about on its screen is followed.

use super::Emulator;
use crate::model::Printed;

/// An emulator, and how far it has come.
#[derive(Debug)]
pub struct Follower {
    emulator: Emulator,
    /// How much of what was printed it has taken in, in bytes.
    place: u64,
    /// It holds memory that it needs while it is looked at only.
    is_fat: bool,
}

impl Follower {
    /// One that has taken in nothing yet.
    pub fn new(mut emulator: Emulator, printed: &Printed) -> Self {
        let lead = printed.lead();
        emulator.begin_at(lead);
        Self { emulator, place: lead.at, is_fat: true }
    }

    /// The screen as of when it was last looked at.
    pub const fn emulator(&self) -> &Emulator {
        &self.emulator
    }

    /// What is to be told to the program, once.
    pub fn answers(&mut self) -> String {
        self.emulator.answers()
    }

    /// Nobody looks at it. What has left the screen is forgotten: it can be
    /// told again.
    pub fn rest(&mut self) {
        if std::mem::take(&mut self.is_fat) {
            self.emulator.keep(0);
            self.emulator.slim();
        }
    }

    /// Keeps so many bytes of what leaves the screen; if it kept fewer, what is
    /// still known of what has left it is told again.
    pub fn keep(&mut self, history: usize, printed: &Printed) {
        if self.emulator.keeps() < history {
            let mut other = Self::new(Emulator::new(printed.size(), history), printed);
            other.take_in(printed);
            self.emulator.recall(other.emulator);
        }
        self.emulator.keep(history);
        self.is_fat |= history > 0;
    }

    /// Whether something would be lost that it has not taken in: `place` is where
    /// it is, 0 if there is none.
    pub fn would_lose(follower: Option<&Self>, printed: &Printed) -> bool {
        let place = follower.map_or(0, |it| it.place);
        let unseen = printed.end().saturating_sub(place);
        unseen > printed.most() as u64 / 2 && !printed.outdates(place)
    }

    /// Takes in what is new.
    pub fn take_in(&mut self, printed: &Printed) {
        let lead = printed.lead();
        let is_other = self.place > printed.end();
        if self.place < lead.at && !is_other && printed.has_lost_lines_only(self.place) {
            self.emulator.forget_history();
            self.place = lead.at;
        } else if self.place < lead.at || is_other {
            self.emulator.begin_at(lead);
            self.place = lead.at;
        }
        if self.emulator.keeps() == 0 {
            self.place = printed.skip(self.place);
        }
        self.is_fat |= self.place < printed.end();
        for step in printed.since(self.place) {
            self.emulator.follow(step);
        }
        self.place = printed.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::fmt::Write as _;

    const SIZE: (u16, u16) = (30, 6);
    const MOST: usize = 8 * 1024;

    fn rows(emulator: &Emulator) -> Vec<String> {
        let rows = 0..isize::try_from(SIZE.1).unwrap();
        rows.map(|row| emulator.row(row).text().to_owned()).collect()
    }

    fn printed() -> Printed {
        let mut printed = Printed::new(MOST);
        printed.resize(SIZE.0, SIZE.1);
        printed
    }

    /// Follows as a show does: it looks now and then, and keeps up otherwise.
    fn follow(texts: &[(String, bool)]) -> (Vec<String>, Vec<String>, usize) {
        let (mut printed, mut whole) = (printed(), Emulator::new(SIZE, 1024));
        let mut follower = None;
        let mut folded = 0;
        for (text, looks) in texts {
            printed.print(text);
            whole.feed(text);
            if *looks || Follower::would_lose(follower.as_ref(), &printed) {
                let new = || Follower::new(Emulator::new(SIZE, 1024), &printed);
                follower.get_or_insert_with(new).take_in(&printed);
                folded += 1;
            }
        }
        let mut follower =
            follower.unwrap_or_else(|| Follower::new(Emulator::new(SIZE, 1024), &printed));
        follower.take_in(&printed);
        (rows(follower.emulator()), rows(&whole), folded)
    }

    fn lines(from: usize, count: usize) -> String {
        (from..from + count).fold(String::new(), |mut text, n| {
            write!(text, "line \x1b[1m{n}\x1b[m\r\n").unwrap();
            text
        })
    }

    #[test]
    fn lines_that_nobody_sees_are_not_followed_and_the_screen_is_right_all_the_same() {
        let mut texts = vec![("\x1b[2;5r\x1b[1;1Htop".to_owned(), true)];
        texts.extend((0..200).map(|it| (lines(it * 100, 100), false)));
        let (seen, whole, folded) = follow(&texts);
        assert_eq!((seen, folded), (whole, 2));
    }

    #[test]
    fn what_moves_about_is_followed() {
        let frame = |it: usize| (format!("\x1b[{};3H{it:>20}", it % 6 + 1).repeat(20), false);
        let texts: Vec<_> = (0..100).map(frame).collect();
        let (seen, whole, folded) = follow(&texts);
        assert!(folded > 2, "{folded}");
        assert_eq!(seen, whole);
    }

    proptest! {
        #[test]
        fn lines_that_push_each_other_off_are_left_out_and_the_screen_is_the_same(
            parts in prop::collection::vec((0usize..14, 1usize..30), 1..40),
        ) {
            let mut printed = printed();
            let mut whole = Emulator::new(SIZE, 0);
            let mut follower = Follower::new(Emulator::new(SIZE, 0), &printed);
            let plain = |count| (0..count).fold(String::new(), |mut text, n| {
                write!(text, "{n} a line that may be too long\tfor one row\r\n").unwrap();
                text
            });
            for (kind, count) in parts {
                let text = match kind {
                    0 => "\x1b[2;4r".to_owned(),
                    1 => "\x1b[31mred".to_owned(),
                    2 => "\x1b[1;1Hthere".to_owned(),
                    3 => "bent\n".repeat(count),
                    4 => "part of a line".to_owned(),
                    5 => "\x1b[44m\r\n".repeat(count),
                    6 => "\x1b[?1049h".to_owned(),
                    7 => "\x1b[?1049l".to_owned(),
                    _ => plain(count),
                };
                printed.print(&text);
                whole.feed(&text);
                follower.take_in(&printed);
                for row in 0..isize::try_from(SIZE.1).unwrap() {
                    prop_assert_eq!(follower.emulator().row(row), whole.row(row));
                }
                prop_assert_eq!(follower.emulator().cursor(), whole.cursor());
            }
        }
    }

    #[test]
    fn of_many_lines_only_the_last_are_taken_in() {
        let mut printed = printed();
        printed.print(&"line\r\n".repeat(9));
        let place = printed.end();
        printed.print(&"line\r\n".repeat(100));
        assert_eq!(printed.skip(place), printed.end() - 6 * u64::from(SIZE.1));
        assert_eq!(printed.skip(printed.end()), printed.end());
        printed.print("\x1b[1m");
        let place = printed.end() - 4;
        printed.print(&"line\r\n".repeat(100));
        assert_eq!(printed.skip(place), place);
    }

    fn history(emulator: &Emulator) -> Vec<String> {
        let rows = 1..=emulator.scrolled().cast_signed();
        rows.map(|row| emulator.row(-row).text().to_owned()).collect()
    }

    /// What happens to a terminal, and whether somebody looks at it then.
    fn happens(printed: &mut Printed, kind: usize, at: usize) {
        match kind {
            0 => printed.print("\x1b[?1049h\x1b[2J\x1b[Hother"),
            1 => printed.print("\x1b[?1049l"),
            2 => printed.print("\x1b[2J\x1b[H\x1b[9Sthere"),
            3 => printed.resize(SIZE.0 + 4, SIZE.1 + 2),
            4 => printed.resize(SIZE.0, SIZE.1),
            5 => printed.print(&"\x1b[mlong \x1b[1mline ".repeat(9)),
            _ => printed.print(&lines(at * 1000, at % 7 * 11)),
        }
        // Of two sizes with nothing between them the first is not told.
        printed.print(".");
    }

    proptest! {
        #[test]
        fn a_screen_that_rested_knows_what_has_left_it(
            parts in prop::collection::vec((0usize..10, 0usize..4), 1..40),
        ) {
            let most = 64 * 1024;
            let mut printed = Printed::new(1024 * 1024);
            printed.resize(SIZE.0, SIZE.1);
            let mut always = Follower::new(Emulator::new(SIZE, most), &printed);
            let mut now_and_then = Follower::new(Emulator::new(SIZE, 0), &printed);
            for (at, (kind, looks)) in parts.into_iter().enumerate() {
                happens(&mut printed, kind, at);
                always.take_in(&printed);
                if looks == 0 {
                    now_and_then.rest();
                } else {
                    now_and_then.take_in(&printed);
                    now_and_then.keep(if looks == 1 { 0 } else { most }, &printed);
                }
            }
            now_and_then.take_in(&printed);
            now_and_then.keep(most, &printed);
            prop_assert_eq!(rows(now_and_then.emulator()), rows(always.emulator()));
            prop_assert_eq!(history(now_and_then.emulator()), history(always.emulator()));
        }

        #[test]
        fn whoever_looks_whenever_sees_the_same(
            parts in prop::collection::vec((0usize..6, any::<bool>()), 1..60),
        ) {
            let text = |(at, (kind, looks)): (usize, (usize, bool))| {
                let text = match kind {
                    0 => "\x1b[?1049h\x1b[2J\x1b[Hother".to_owned(),
                    1 => "\x1b[?1049l".to_owned(),
                    2 => "\x1b[2;4r".to_owned(),
                    3 => "\x1b[3;3Hthere".to_owned(),
                    _ => lines(at * 1000, 60),
                };
                (text, looks && at % 5 == 0)
            };
            let texts: Vec<_> = parts.into_iter().enumerate().map(text).collect();
            let (seen, whole, _) = follow(&texts);
            prop_assert_eq!(seen, whole);
        }
    }
}
