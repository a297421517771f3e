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

    /// Nobody looks at it for now.
    pub fn rest(&mut self) {
        if std::mem::take(&mut self.is_fat) {
            self.emulator.slim();
        }
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
