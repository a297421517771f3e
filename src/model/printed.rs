//! What a command in a terminal printed: the end of it, as it came.
//!
//! The bytes are the program's own, control sequences and all: they are for an
//! emulator, and for nothing else. Bounded: what falls off the front leaves
//! behind what an emulator needs to know to begin behind it.

use memchr::memchr_iter;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

/// The size of a terminal before anybody looks at it, in columns and rows.
pub const TERMINAL: (u16, u16) = (80, 24);

/// Text is kept in blocks of about this many bytes, which copies share.
const BLOCK: usize = 4 * 1024;
/// How far a control sequence that begins in one block may reach into the next.
const REACH: usize = 24;
/// Private modes that outlive what set them: what keys and the mouse send, which
/// screen is shown, how lines wrap, whether there is a cursor.
/// Source: <https://invisible-island.net/xterm/ctlseqs/ctlseqs.html>
const MODES: [u16; 13] = [1, 7, 25, 47, 1000, 1002, 1003, 1006, 1007, 1047, 1048, 1049, 2004];

/// What a command in a terminal printed.
#[derive(Debug, Clone, PartialEq)]
pub struct Printed {
    blocks: VecDeque<Arc<str>>,
    tail: String,
    lead: Lead,
    marks: VecDeque<(u64, Mark)>,
    /// How many lines came since anything else, until they fill the terminal.
    lines: usize,
    /// Where they filled it, if they have.
    filled: Option<u64>,
    /// Behind what was more than lines: the last place in each block that has one.
    stirs: VecDeque<u64>,
    /// Behind the last of these that is not kept.
    lost: u64,
    /// How many bytes are kept.
    most: usize,
}

/// What holds where the kept part begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    /// How many bytes came before.
    pub at: u64,
    /// The terminal's size.
    pub size: (u16, u16),
    /// Private modes that are other than they were at the start.
    pub modes: BTreeMap<u16, bool>,
}

/// Something that happened to the terminal between two bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Began,
    Resized(u16, u16),
}

/// What an emulator is to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// Begin anew: the command was started again.
    Begin,
    /// Be this large: columns and rows.
    Resize(u16, u16),
    /// Take this in.
    Text(&'a str),
}

impl Printed {
    /// Nothing printed yet; at most so many bytes are kept.
    pub const fn new(most: usize) -> Self {
        let lead = Lead { at: 0, size: TERMINAL, modes: BTreeMap::new() };
        Self {
            blocks: VecDeque::new(),
            tail: String::new(),
            lead,
            marks: VecDeque::new(),
            lines: 0,
            filled: None,
            stirs: VecDeque::new(),
            lost: 0,
            most,
        }
    }

    /// Adds what was printed.
    pub fn print(&mut self, text: &str) {
        self.tail.push_str(text);
        self.count(text);
        if self.tail.len() >= BLOCK {
            self.blocks.push_back(std::mem::take(&mut self.tail).into());
            while self.kept() > self.most.max(BLOCK) && self.blocks.len() > 1 {
                self.drop_block();
            }
        }
    }

    /// Counts lines until they fill the terminal: then its cursor is at the bottom
    /// of where they go, whatever was there before.
    fn count(&mut self, text: &str) {
        if !is_lines(text) {
            (self.lines, self.filled) = (0, None);
            let end = self.end();
            let block = end - self.tail.len() as u64;
            self.stirs.pop_back_if(|it| *it > block);
            self.stirs.push_back(end);
        } else if self.filled.is_none() {
            self.lines += memchr_iter(b'\n', text.as_bytes()).count();
            let is_filled = self.lines >= usize::from(self.size().1);
            self.filled = is_filled.then(|| self.end());
        }
    }

    /// The command was started again: nothing of before is on its terminal.
    pub fn begin(&mut self) {
        let size = self.size();
        let at = self.end();
        (self.blocks, self.tail, self.marks) = Default::default();
        self.lead = Lead { at, size, modes: BTreeMap::new() };
        (self.lines, self.filled, self.lost) = (0, None, at);
        self.stirs.clear();
        self.marks.push_back((at, Mark::Began));
    }

    /// The terminal has another size.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        let at = self.end();
        (self.lines, self.filled) = (0, None);
        if let Some((there, mark @ Mark::Resized(..))) = self.marks.back_mut()
            && *there == at
        {
            *mark = Mark::Resized(columns, rows);
            return;
        }
        self.marks.push_back((at, Mark::Resized(columns, rows)));
    }

    /// The terminal's size now.
    pub fn size(&self) -> (u16, u16) {
        let sizes = self.marks.iter().rev().find_map(|(_, mark)| match mark {
            Mark::Resized(columns, rows) => Some((*columns, *rows)),
            Mark::Began => None,
        });
        sizes.unwrap_or(self.lead.size)
    }

    /// What holds where the kept part begins.
    pub const fn lead(&self) -> &Lead {
        &self.lead
    }

    /// How many bytes are kept at most.
    pub const fn most(&self) -> usize {
        self.most
    }

    /// Whether nothing would be left to see of a screen that has taken in so much:
    /// only lines came after it, as before, and those that are kept fill it. Then
    /// nobody misses what came in between.
    pub fn outdates(&self, place: u64) -> bool {
        self.filled.is_some_and(|it| it <= place) && self.has_lines(self.size().1.into())
    }

    /// Whether nothing but lines fell off after so much.
    pub const fn has_lost_lines_only(&self, place: u64) -> bool {
        self.lost <= place
    }

    /// Where a screen that has taken in so much may go on without looking any other:
    /// what it leaves out is plain lines, and those behind them push them off.
    pub fn skip(&self, place: u64) -> u64 {
        let is_settled = self.filled.is_some_and(|it| it <= place);
        let lines = if is_settled { self.last_lines(self.size().1.into()) } else { None };
        let Some(cut) = lines.filter(|it| place < *it) else { return place };
        let is_plain = |it: &u8| matches!(it, b'\t' | b'\r' | b'\n' | b' '..=b'~' | 0xc3..);
        let (mut at, mut end) = (place, [0; 2]);
        for step in self.since(place) {
            // Of its size it may know already.
            let Step::Text(text) = step else { return place };
            let own = usize::try_from(cut - at).unwrap_or(usize::MAX).min(text.len());
            let own = &text.as_bytes()[..own];
            if !own.iter().all(is_plain) {
                return place;
            }
            end = own.iter().fold(end, |end, it| [end[1], *it]);
            at += own.len() as u64;
            if at == cut {
                break;
            }
        }
        if end == *b"\r\n" { cut } else { place }
    }

    /// Where the last lines begin, if there are so many.
    fn last_lines(&self, most: usize) -> Option<u64> {
        let mut end = self.end();
        let mut left = most;
        for text in self.blocks.iter().map(AsRef::as_ref).chain([self.tail.as_str()]).rev() {
            end -= text.len() as u64;
            for at in memchr_iter(b'\n', text.as_bytes()).rev() {
                if left == 0 {
                    return Some(end + at as u64 + 1);
                }
                left -= 1;
            }
        }
        None
    }

    fn has_lines(&self, most: usize) -> bool {
        let texts = self.blocks.iter().map(AsRef::as_ref).chain([self.tail.as_str()]);
        let ends = texts.rev().flat_map(|it| memchr_iter(b'\n', it.as_bytes()));
        ends.take(most).count() == most
    }

    /// How many bytes were printed in all.
    pub fn end(&self) -> u64 {
        self.lead.at + self.kept() as u64
    }

    /// How many bytes are kept.
    pub fn kept(&self) -> usize {
        self.blocks.iter().map(|it| it.len()).sum::<usize>() + self.tail.len()
    }

    /// What came after so many bytes; of a place that is not kept any more, all
    /// that is. The mark at that very place is told again.
    pub fn since(&self, place: u64) -> impl Iterator<Item = Step<'_>> {
        let mut steps = Vec::new();
        let mut marks = self.marks.iter().filter(|(at, _)| *at >= place).peekable();
        let mut at = self.lead.at;
        for text in self.blocks.iter().map(AsRef::as_ref).chain([self.tail.as_str()]) {
            let (begin, end) = (at, at + text.len() as u64);
            let mut from = begin.max(place);
            while let Some((there, mark)) = marks.next_if(|(there, _)| *there <= end) {
                if *there > from {
                    steps.extend(slice(text, from - begin, *there - begin));
                    from = *there;
                }
                steps.push(mark.step());
            }
            if from < end {
                steps.extend(slice(text, from - begin, end - begin));
            }
            at = end;
        }
        steps.into_iter()
    }

    /// Forgets the oldest block, but not what it did to the terminal's modes.
    fn drop_block(&mut self) {
        let Some(block) = self.blocks.pop_front() else { return };
        let next = self.blocks.front().map_or(self.tail.as_str(), |it| &**it);
        let mut reach = next.len().min(REACH);
        while !next.is_char_boundary(reach) {
            reach -= 1;
        }
        self.lead.read(&format!("{block}{}", next.get(..reach).unwrap_or_default()), block.len());
        self.lead.at += block.len() as u64;
        while let Some(place) = self.stirs.pop_front_if(|it| *it <= self.lead.at) {
            self.lost = place;
        }
        while let Some((place, mark)) = self.marks.pop_front_if(|(at, _)| *at < self.lead.at) {
            self.lost = self.lost.max(place);
            if let Mark::Resized(columns, rows) = mark {
                self.lead.size = (columns, rows);
            }
        }
    }
}

impl Mark {
    const fn step(self) -> Step<'static> {
        match self {
            Self::Began => Step::Begin,
            Self::Resized(columns, rows) => Step::Resize(columns, rows),
        }
    }
}

impl Lead {
    /// Notes the modes that a text sets or resets by sequences that begin in its
    /// first `own` bytes.
    fn read(&mut self, text: &str, own: usize) {
        let mut from = 0;
        while let Some(at) = text.get(from..).and_then(|it| it.find('\x1b')).map(|it| from + it) {
            if at >= own {
                return;
            }
            from = at + 1;
            let rest = text.get(from..).unwrap_or_default();
            if rest.starts_with('c') {
                self.modes.clear();
            } else if let Some(rest) = rest.strip_prefix("[?") {
                let end = rest.find(|it: char| !it.is_ascii_digit() && it != ';');
                let (numbers, sets) = rest.split_at(end.unwrap_or(rest.len()));
                let sets = sets.as_bytes().first();
                if let Some(b'h' | b'l') = sets {
                    let numbers = numbers.split(';').filter_map(|it| it.parse().ok());
                    let kept = numbers.filter(|it| MODES.contains(it));
                    self.modes.extend(kept.map(|it| (it, sets == Some(&b'h'))));
                }
            }
        }
    }
}

/// Whether a text is lines and no more: it writes on, in one look or another, and
/// nothing in it moves elsewhere, erases, or sets what outlives it.
fn is_lines(text: &str) -> bool {
    let is_odd = |it: u8| it < b' ' && !matches!(it, 0x07..=0x0a | b'\r' | 0x1b);
    if text.bytes().fold(false, |odd, it| odd | is_odd(it)) {
        return false;
    }
    let is_look = |rest: &str| {
        let rest = rest.strip_prefix("\x1b[").unwrap_or_default();
        let end = rest.find(|it: char| !matches!(it, '0'..=';'));
        end.is_some_and(|end| rest.as_bytes()[end] == b'm')
    };
    memchr_iter(0x1b, text.as_bytes()).all(|at| text.get(at..).is_some_and(is_look))
}

fn slice(text: &str, from: u64, to: u64) -> Option<Step<'_>> {
    let (from, to) = (usize::try_from(from).ok()?, usize::try_from(to).ok()?);
    text.get(from..to).map(Step::Text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(printed: &Printed, place: u64) -> String {
        printed
            .since(place)
            .filter_map(|it| if let Step::Text(it) = it { Some(it) } else { None })
            .collect()
    }

    #[test]
    fn the_end_is_kept_and_no_more() {
        let mut printed = Printed::new(10 * BLOCK);
        let mut all = String::new();
        for n in 0..20_000 {
            let line = format!("line {n}\r\n");
            printed.print(&line);
            all.push_str(&line);
        }
        assert!(printed.kept() <= 11 * BLOCK, "{}", printed.kept());
        assert_eq!(printed.end(), all.len() as u64);
        assert_eq!(text(&printed, 0), all[all.len() - printed.kept()..]);
        assert_eq!(text(&printed, printed.end() - 5), all[all.len() - 5..]);
        assert_eq!(printed.since(printed.end()).count(), 0);
    }

    #[test]
    fn what_falls_off_leaves_its_modes_and_its_size_behind() {
        let mut printed = Printed::new(BLOCK);
        printed.resize(100, 30);
        printed.print("\x1b[?1049h\x1b[?25l\x1b[?1;2004h\x1b[?1l\x1b[?12345h");
        // A sequence that lies across two blocks.
        printed.print(&format!("{}\x1b[?10", "x".repeat(BLOCK)));
        printed.print(&format!("06h{}", "x".repeat(3 * BLOCK)));
        printed.print(&"y".repeat(2 * BLOCK));
        let modes = [(1, false), (25, false), (1006, true), (1049, true), (2004, true)];
        let lead = printed.lead();
        assert_eq!((lead.size, &lead.modes), ((100, 30), &BTreeMap::from(modes)));
        assert_eq!(printed.size(), (100, 30));
    }

    #[test]
    fn lines_outdate_a_screen_once_they_fill_it_and_nothing_else_does() {
        let mut printed = Printed::new(BLOCK);
        printed.resize(80, 3);
        printed.print("one\r\n\x1b[1;38:5:1mtwo\x1b[m\tx\x08\x07\r\n");
        assert!(!printed.outdates(printed.end()));
        printed.print("three\r\n");
        let place = printed.end();
        assert!(printed.outdates(place) && !printed.outdates(place - 1));
        let print_more = |printed: &mut Printed| (0..BLOCK).for_each(|_| printed.print("more\r\n"));
        print_more(&mut printed);
        assert!(printed.outdates(place) && printed.has_lost_lines_only(place));
        for stir in ["\x1b[2J", "\x1b[31", "\x1bM", "\x0e", "\x1b[?25l", "\x1b[3;9r"] {
            let before = printed.end();
            printed.print(stir);
            printed.print("\n\n");
            assert!(!printed.outdates(printed.end()), "{stir:?}");
            printed.print("\n");
            let place = printed.end();
            print_more(&mut printed);
            assert!(printed.outdates(place) && !printed.outdates(before), "{stir:?}");
            assert!(printed.has_lost_lines_only(place), "{stir:?}");
            assert!(!printed.has_lost_lines_only(before), "{stir:?}");
        }
        printed.resize(80, 4);
        assert!(!printed.outdates(printed.end()));
    }

    #[test]
    fn what_happened_between_two_bytes_is_told_between_them() {
        let mut printed = Printed::new(BLOCK);
        printed.print("ab");
        printed.resize(10, 5);
        printed.resize(20, 6);
        printed.print("cd");
        let steps: Vec<_> = printed.since(1).collect();
        assert_eq!(steps, [Step::Text("b"), Step::Resize(20, 6), Step::Text("cd")]);
        printed.begin();
        printed.print("e");
        assert_eq!(printed.since(0).collect::<Vec<_>>(), [Step::Begin, Step::Text("e")]);
        assert_eq!(printed.size(), (20, 6));
    }
}
