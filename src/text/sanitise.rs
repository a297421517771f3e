//! The one sanitiser: foreign text in, text that no terminal obeys out.
//!
//! Whole escape sequences are dropped; other controls become pictures (`␈`,
//! `␍`); what is invisible becomes visible (`<U+202E>`). Newlines, tabs and
//! well-formed emoji stay. The result holds no other C0 and no C1 control, and
//! sanitising it again changes nothing.

use super::{
    invisible::{control_picture, is_invisible, is_keycap, is_pictograph, push_code_point},
    sequence::{Fate, Sequence},
    width::{truncate, width},
};
use std::borrow::Cow;
use unicode_width::UnicodeWidthChar;

/// Combining marks kept on one character; more of them only climb over other
/// lines. No orthography stacks as many.
const MARKS: usize = 8;

const JOINER: char = '\u{200D}';

/// Sanitises a stream that comes in pieces: wherever it is cut, the pieces put
/// together read the same. Holds a few bytes, however long a sequence gets.
#[derive(Debug, Clone, Default)]
pub struct Sanitiser {
    /// The start of a character whose other bytes have not come yet.
    torn: Vec<u8>,
    sequence: Sequence,
    shown: Shown,
}

/// What was last let through, and what waits for the character after it.
#[derive(Debug, Clone, Default)]
struct Shown {
    last: Option<char>,
    marks: usize,
    held: Option<char>,
}

/// Makes a whole text safe for the screen; free of cost when it already is.
pub fn sanitise(text: &str) -> Cow<'_, str> {
    let Some(first) = first_doubtful(text) else {
        return Cow::Borrowed(text);
    };
    let (safe, rest) = text.split_at(first);
    let mut sanitiser = Sanitiser::default();
    sanitiser.shown.last = safe.chars().next_back();
    let mut clean = String::with_capacity(text.len());
    clean.push_str(safe);
    sanitiser.take(rest, &mut clean);
    sanitiser.shown.release(&mut clean);
    Cow::Owned(clean)
}

/// Makes a title or a name of a text: one line, at most `cells` wide, newlines
/// as `⏎`. Reads no more of the text than fits.
pub fn one_line(text: &str, cells: usize) -> String {
    let mut sanitiser = Sanitiser::default();
    let mut line = String::new();
    for piece in text.trim().as_bytes().chunks(256) {
        line.push_str(&sanitiser.push(piece));
        if width(&line) > cells.saturating_add(1) {
            break;
        }
    }
    line.push_str(&sanitiser.finish());
    let line = line.trim().replace('\n', "⏎").replace('\t', " ");
    truncate(&line, cells).into_owned()
}

impl Sanitiser {
    /// Takes the next bytes of the stream, and gives what can be shown of it so
    /// far. Bytes that are no UTF-8 become U+FFFD.
    pub fn push(&mut self, bytes: &[u8]) -> String {
        let mut clean = String::with_capacity(bytes.len());
        let joined;
        let bytes = if self.torn.is_empty() {
            bytes
        } else {
            joined = [std::mem::take(&mut self.torn).as_slice(), bytes].concat();
            joined.as_slice()
        };
        let whole = bytes.len() - torn_tail(bytes);
        let (whole, torn) = bytes.split_at(whole);
        self.torn.extend_from_slice(torn);
        for chunk in whole.utf8_chunks() {
            self.take(chunk.valid(), &mut clean);
            if !chunk.invalid().is_empty() {
                self.take("\u{FFFD}", &mut clean);
            }
        }
        clean
    }

    /// Ends the stream, and gives what was held back for the next character.
    /// The sanitiser is as new afterwards.
    pub fn finish(&mut self) -> String {
        let mut clean = String::new();
        if !self.torn.is_empty() {
            self.take("\u{FFFD}", &mut clean);
        }
        self.shown.release(&mut clean);
        *self = Self::default();
        clean
    }

    fn take(&mut self, mut text: &str, clean: &mut String) {
        while let Some(next) = text.chars().next() {
            if self.sequence == Sequence::Ground && self.shown.held.is_none() {
                let run = plain_run(text);
                clean.push_str(&text[..run]);
                text = &text[run..];
                if run > 0 {
                    self.shown.last = clean.chars().next_back();
                    self.shown.marks = 0;
                    continue;
                }
            }
            if self.sequence.step(next) == Fate::Text {
                self.shown.take(next, clean);
            }
            text = &text[next.len_utf8()..];
        }
    }
}

impl Shown {
    fn take(&mut self, next: char, clean: &mut String) {
        match (self.held.take(), next) {
            (Some('\r'), '\n') | (None, _) => {}
            (Some(JOINER), _) if is_pictograph(next) => self.pass(JOINER, clean),
            (Some(held), _) => self.picture(held, clean),
        }
        match next {
            '\n' | '\t' => self.pass(next, clean),
            '\r' => self.held = Some(next),
            JOINER if self.is_after_pictograph() => self.held = Some(next),
            '\u{FE0E}' | '\u{FE0F}' if self.can_vary() => self.pass(next, clean),
            _ if is_invisible(next) || next.is_control() => self.picture(next, clean),
            _ if next.width() == Some(0) => self.mark(next, clean),
            _ => self.pass(next, clean),
        }
    }

    fn release(&mut self, clean: &mut String) {
        if let Some(held) = self.held.take() {
            self.picture(held, clean);
        }
    }

    fn pass(&mut self, next: char, clean: &mut String) {
        clean.push(next);
        self.last = Some(next);
        self.marks = 0;
    }

    fn picture(&mut self, next: char, clean: &mut String) {
        match control_picture(next) {
            Some(picture) => clean.push(picture),
            None => push_code_point(clean, next),
        }
        self.last = None;
        self.marks = 0;
    }

    fn mark(&mut self, next: char, clean: &mut String) {
        if self.marks < MARKS {
            clean.push(next);
            self.last = Some(next);
        } else {
            push_code_point(clean, next);
            self.last = None;
        }
        // Not set back by the picture: one that is full stays full.
        self.marks = (self.marks + 1).min(MARKS);
    }

    fn can_vary(&self) -> bool {
        self.last.is_some_and(|last| is_pictograph(last) || is_keycap(last))
    }

    fn is_after_pictograph(&self) -> bool {
        self.last.is_some_and(|last| is_pictograph(last) || last == '\u{FE0F}')
    }
}

/// The length of the printable ASCII, newlines and tabs that a text begins with.
fn plain_run(text: &str) -> usize {
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    text.as_bytes().iter().position(|byte| !is_plain(byte)).unwrap_or(text.len())
}

/// Where the first character stands that has to be looked at with its neighbours.
fn first_doubtful(text: &str) -> Option<usize> {
    let run = plain_run(text);
    let is_doubtful = |character: char| {
        !matches!(character, '\n' | '\t')
            && (character.is_control()
                || is_invisible(character)
                || character.width().is_none_or(|cells| cells == 0))
    };
    text[run..].char_indices().find(|(_, it)| is_doubtful(*it)).map(|(at, _)| run + at)
}

/// How many bytes at the end may be the start of a character (at most three).
fn torn_tail(bytes: &[u8]) -> usize {
    let from = bytes.len().saturating_sub(3);
    let Some(lead) = bytes[from..].iter().rposition(|byte| byte & 0xC0 != 0x80) else {
        return 0;
    };
    let tail = &bytes[from + lead..];
    match std::str::from_utf8(tail) {
        Err(error) if error.valid_up_to() == 0 && error.error_len().is_none() => tail.len(),
        _ => 0,
    }
}

#[cfg(test)]
#[path = "sanitise_tests.rs"]
mod tests;
