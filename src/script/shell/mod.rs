//! Values in a command for the shell: whatever one holds, it stays the word, or the
//! part of a word, that it stands in.
//!
//! The command is read as the shell reads it, as far as it is certain how; a value
//! that stands where that is not certain is refused. So is one that is a part of a text
//! which a program may run. Whoever makes a whole argument of it means it so: `sh -c
//! {{ text }}` runs the text.

mod simple;
#[cfg(test)]
mod tests;

use simple::Simple;
use std::{
    iter::Peekable,
    str::CharIndices,
    sync::{Arc, Mutex, PoisonError},
};

/// Stands around the number of a value until it is quoted.
pub(super) const MARK: char = '\0';

/// All values of a command together are no longer than this, in bytes.
const LONGEST: usize = 1_000_000;
/// No command is: a system takes no longer argument, and a shell is given it as one.
/// Linux: `MAX_ARG_STRLEN`, 32 pages of 4096 bytes with the byte that ends it.
const LONGEST_COMMAND: usize = 32 * 4096 - 1;

/// Words after which the shell reads words as more than words.
const READERS: [(&str, &str); 3] =
    [("eval", "after eval"), ("let", "after let"), ("[[", "after [[")];

/// The values of a command, while it is put together. Locked because the language
/// wants to be given what many threads may use; one does.
#[derive(Debug, Clone, Default)]
pub(super) struct Pieces(Arc<Mutex<Vec<String>>>);

/// Why a command can't hold a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unquotable {
    pub(super) message: String,
    pub(super) mend: String,
    /// Which of the values it is, from 0.
    pub(super) value: usize,
}

/// What is wrong with the place of a value, and what would mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Misplaced {
    message: String,
    mend: String,
}

/// Where the shell is in what it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Among words.
    Words {
        /// How many parentheses are open.
        open: usize,
        /// Where the word that is being read begins, if one is.
        word: Option<usize>,
    },
    /// Between double quotes.
    Double,
}

/// The shell's way of reading.
struct Reading<'a> {
    text: &'a str,
    rest: Peekable<CharIndices<'a>>,
    values: &'a [String],
    /// Those around the innermost, from the outside in.
    around: Vec<Place>,
    place: Place,
    /// The simple command that is being read.
    simple: Simple,
    /// Those whose words it is in, from the outside in.
    outer: Vec<Simple>,
    /// How many values have been read.
    seen: usize,
    /// Since when nothing is certain: what it was.
    lost: Option<&'static str>,
    out: String,
}

impl Pieces {
    /// Keeps a value, and gives what stands for it until it is quoted.
    ///
    /// # Errors
    /// When no command can hold it.
    pub(super) fn keep(&self, value: String) -> Result<String, &'static str> {
        if value.contains(MARK) {
            return Err("a value that holds NUL can't be a word of a command");
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.iter().map(String::len).sum::<usize>() + value.len() > LONGEST {
            return Err("its values are too long for a command");
        }
        kept.push(value);
        Ok(format!("{MARK}{}{MARK}", kept.len() - 1))
    }

    /// The command with each value quoted for the place that it stands in.
    ///
    /// # Errors
    /// What could not be quoted, and what to do instead.
    pub(super) fn quoted_in(&self, text: &str) -> Result<String, Unquotable> {
        let values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut reading = Reading {
            text,
            rest: text.char_indices().peekable(),
            values: &values,
            around: Vec::new(),
            place: Place::WORDS,
            simple: Simple::default(),
            outer: Vec::new(),
            seen: 0,
            lost: None,
            out: String::with_capacity(text.len()),
        };
        match reading.read() {
            Ok(()) if reading.seen > 0 && reading.out.len() > LONGEST_COMMAND => {
                Err(too_long(reading.out.len()))
            }
            Ok(()) => Ok(reading.out),
            Err(Misplaced { message, mend }) => {
                Err(Unquotable { message, mend, value: reading.seen.saturating_sub(1) })
            }
        }
    }
}

impl Place {
    const WORDS: Self = Self::Words { open: 0, word: None };
}

impl Reading<'_> {
    fn read(&mut self) -> Result<(), Misplaced> {
        while let Some((at, it)) = self.rest.next() {
            match self.place {
                Place::Double => self.double(at, it)?,
                Place::Words { open, word } => self.words(at, it, open, word)?,
            }
        }
        // Also those that nothing has ended.
        while let Some(outer) = self.outer.pop() {
            self.simple.end()?;
            self.simple = outer.with(&self.simple);
        }
        self.simple.end()
    }

    fn words(
        &mut self,
        at: usize,
        it: char,
        open: usize,
        word: Option<usize>,
    ) -> Result<(), Misplaced> {
        let is_broken_line = it == '\\' && self.next() == Some('\n');
        if it == '#' && word.is_none() {
            return self.comment(it);
        }
        if " \t\n;&|<>()".contains(it) {
            self.end_of_word(word.and_then(|begun| self.text.get(begun..at)));
            self.place = Place::Words { open, word: None };
            self.out.push(it);
            self.simple.end_word()?;
            let next = self.next();
            self.simple.operator(it, next)?;
            self.operator(it, open);
            return Ok(());
        }
        if !is_broken_line {
            self.place = Place::Words { open, word: word.or(Some(at)) };
        } else if word.is_some() {
            self.lose("after a line that is broken inside a word");
        }
        match it {
            MARK if is_subscript(word.and_then(|begun| self.text.get(begun..at))) => {
                Err(self.refusal("in a subscript"))
            }
            MARK => {
                let quoted = format!("'{}'", escaped(self.value()?));
                self.out.push_str(&quoted);
                Ok(())
            }
            '\'' => self.single(it),
            '"' => {
                self.out.push(it);
                self.simple.open_word();
                self.enter(Place::Double);
                Ok(())
            }
            _ => self.expansion(at, it),
        }
    }

    fn double(&mut self, at: usize, it: char) -> Result<(), Misplaced> {
        match it {
            MARK => {
                let quoted = format!("\"'{}'\"", escaped(self.value()?));
                self.out.push_str(&quoted);
            }
            '"' => {
                self.out.push(it);
                self.leave();
            }
            _ => self.expansion(at, it)?,
        }
        Ok(())
    }

    /// Between single quotes, to their end.
    fn single(&mut self, quote: char) -> Result<(), Misplaced> {
        self.out.push(quote);
        self.simple.open_word();
        while let Some((_, it)) = self.rest.next() {
            match it {
                MARK => {
                    let value = escaped(self.value()?);
                    self.out.push_str(&value);
                }
                '\'' => {
                    self.out.push(it);
                    break;
                }
                it => {
                    self.out.push(it);
                    self.simple.push(it);
                }
            }
        }
        Ok(())
    }

    fn comment(&mut self, sign: char) -> Result<(), Misplaced> {
        self.out.push(sign);
        while let Some((_, it)) = self.rest.next_if(|(_, it)| *it != '\n') {
            if it == MARK {
                return Err(self.refusal("in a comment"));
            }
            self.out.push(it);
        }
        Ok(())
    }

    /// What means the same between double quotes and outside.
    fn expansion(&mut self, at: usize, it: char) -> Result<(), Misplaced> {
        self.out.push(it);
        let is_plain = self.place != Place::Double;
        match (it, self.next()) {
            ('\\', Some(MARK)) => return Err(self.refusal("after a backslash")),
            ('\\', Some(next)) => {
                if next != '\n' {
                    self.simple.push(next);
                }
                if next == '\n' && self.text[..at].ends_with('$') {
                    self.lose("after a line that is broken inside a word");
                }
                self.rest.next();
                self.out.push(next);
            }
            ('`', _) => self.lose("after a backquote"),
            ('$', Some(MARK)) if is_plain => return Err(self.refusal("after a $")),
            ('$', Some('\'')) if is_plain => self.lose("after $'"),
            ('$', Some('[')) => self.lose("in or after $["),
            ('$', Some('{')) => {
                self.simple.push(it);
                self.parameter();
            }
            ('$', Some('(')) => {
                self.rest.next();
                self.out.push('(');
                self.enter(Place::WORDS);
                self.before_parenthesis();
            }
            _ => self.simple.push(it),
        }
        Ok(())
    }

    /// `${…}`: what is certain has neither quotes nor other expansions in it.
    fn parameter(&mut self) {
        let begun = self.rest.peek().map_or(self.text.len(), |(at, _)| *at);
        let inside = self.text.get(begun..).unwrap_or_default();
        match inside.find(['}', '\'', '"', '`', '$', '\\', '\n', MARK]) {
            Some(end) if inside[end..].starts_with('}') => {
                while let Some((_, it)) = self.rest.next_if(|(at, _)| *at <= begun + end) {
                    self.out.push(it);
                }
            }
            _ => self.lose("in or after ${…}"),
        }
    }

    fn operator(&mut self, it: char, open: usize) {
        match (it, self.next()) {
            ('<', Some('<')) => self.lose("after <<"),
            ('<' | '>', Some('(')) => self.lose("in or after <(…)"),
            ('(', _) => {
                self.place = Place::Words { open: open + 1, word: None };
                self.before_parenthesis();
            }
            (')', _) if open > 0 => self.place = Place::Words { open: open - 1, word: None },
            // One that nothing opened belongs to a `case`.
            (')', _) => {
                self.leave();
                if let Some(outer) = self.outer.pop() {
                    let inner = std::mem::take(&mut self.simple);
                    self.simple = outer.with(&inner);
                }
            }
            _ => {}
        }
    }

    fn before_parenthesis(&mut self) {
        if self.next() == Some('(') {
            self.lose("in or after ((");
        }
    }

    /// The word that ends here may mean something to the shell, also where it is quoted:
    /// `\eval` and `ev"al"` are `eval`.
    fn end_of_word(&mut self, word: Option<&str>) {
        let plain = word.map(|it| it.replace(['\\', '\'', '"'], ""));
        match READERS.iter().find(|(reader, _)| Some(*reader) == plain.as_deref()) {
            Some((_, place)) => self.lose(place),
            None if plain.as_deref() == Some("case") && !self.around.is_empty() => {
                self.lose("after case in $(…)");
            }
            None => {}
        }
    }

    fn enter(&mut self, place: Place) {
        if place != Place::Double {
            self.outer.push(std::mem::take(&mut self.simple));
        }
        self.around.push(std::mem::replace(&mut self.place, place));
    }

    fn leave(&mut self) {
        if let Some(place) = self.around.pop() {
            self.place = place;
        }
    }

    fn next(&mut self) -> Option<char> {
        self.rest.peek().map(|(_, it)| *it)
    }

    fn lose(&mut self, what: &'static str) {
        self.lost.get_or_insert(what);
    }

    /// The value whose mark was just read.
    fn value(&mut self) -> Result<&str, Misplaced> {
        if let Some(lost) = self.lost {
            return Err(self.refusal(lost));
        }
        let mut number = String::new();
        while let Some((_, it)) = self.rest.next().filter(|(_, it)| *it != MARK) {
            number.push(it);
        }
        self.seen += 1;
        self.simple.push(MARK);
        let value = number.parse().ok().and_then(|it: usize| self.values.get(it));
        value.map(String::as_str).ok_or_else(|| misplaced("there"))
    }

    /// The value that comes next can't be quoted.
    fn refusal(&mut self, place: &str) -> Misplaced {
        self.seen += 1;
        misplaced(place)
    }
}

/// Whether a subscript of an array is open at the end of a word.
fn is_subscript(word: Option<&str>) -> bool {
    let is_name =
        |it: &str| !it.is_empty() && it.chars().all(|it| it.is_alphanumeric() || it == '_');
    let split = word.and_then(|it| it.split_once('['));
    split.is_some_and(|(name, rest)| is_name(name) && !rest.contains(']'))
}

/// A text as it stands between single quotes.
fn escaped(text: &str) -> String {
    text.replace('\'', "'\\''")
}

/// The system would not take the command with its values.
fn too_long(length: usize) -> Unquotable {
    Unquotable {
        message: format!(
            "with its values the command is {length} bytes long, and no system takes more than \
             {LONGEST_COMMAND}"
        ),
        mend: "hand less on; or let one step write it to a file, and name that. A check reads \
               what was handed in from its standard input"
            .to_owned(),
        value: 0,
    }
}

fn misplaced(place: &str) -> Misplaced {
    const WORKED_OUT: [&str; 6] = ["eval", "let", "[[", "((", "$[", "subscript"];
    let mend = if WORKED_OUT.iter().any(|it| place.contains(it)) {
        "put it elsewhere: the shell works out what stands there, however it is quoted"
    } else {
        "give it to a variable first, x={{ … }}, and write \"$x\" there"
    };
    let message = format!("a value can't be quoted for the shell {place}");
    Misplaced { message, mend: mend.to_owned() }
}
