//! Reads a command as `sh` would, as far as it is certain what that would be.
//!
//! Read are words, quotes, comments, lists, pipelines, redirections, groups and
//! subshells, `if`, `while`, `until` and `for`, assignments, variables, `$(…)`,
//! and here-documents in which nothing is expanded. The rest (backquotes,
//! arithmetic, functions, `case`, `[[`, arrays, braces that expand) is a doubt:
//! shells differ there, or evaluate text once more. A reader of our own, for it
//! must fail closed: what it takes as read is run by real shells in the tests,
//! and they may run nothing that it did not find.

mod here;
mod word;

use super::command::{Doubt, Simple, Word, doubt};
use here::Here;
use std::{iter::Peekable, str::Chars};

/// Constructs inside of each other; what is deeper is a doubt.
const DEEPEST: usize = 40;

/// Words that begin something that is not read.
const UNREAD: &[&str] = &["case", "esac", "select", "function", "coproc", "time", "in", "[[", "]]"];

/// Takes a command apart.
///
/// # Errors
/// The doubt, when any of it is outside the part of the language that is read.
pub(super) fn read(command: &str) -> Result<Vec<Simple>, Doubt> {
    let mut reader = Reader { rest: command.chars().peekable(), ..Reader::default() };
    reader.list(None)?;
    Ok(reader.found)
}

/// What a list of commands is inside of, and so what may come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Group,
    If,
    Then,
    Else,
    Loop,
    Do,
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    simple: Simple,
    /// What is open in the list that is read.
    inside: Vec<Inside>,
    /// A construct was closed: only a separator or a redirection may follow.
    is_closed: bool,
    /// An operator stands there that wants a command behind it.
    is_waiting: bool,
    depth: usize,
    here: Vec<Here>,
    found: Vec<Simple>,
}

impl Default for Reader<'_> {
    fn default() -> Self {
        Self {
            rest: "".chars().peekable(),
            simple: Simple::default(),
            inside: Vec::new(),
            is_closed: false,
            is_waiting: false,
            depth: 0,
            here: Vec::new(),
            found: Vec::new(),
        }
    }
}

impl Reader<'_> {
    /// Reads commands up to `end`, which is taken, or to the end of it all.
    fn list(&mut self, end: Option<char>) -> Result<(), Doubt> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return doubt("it is too deep");
        }
        if !self.here.is_empty() {
            return doubt("a here-document begins inside of another line");
        }
        let simple = std::mem::take(&mut self.simple);
        let inside = std::mem::take(&mut self.inside);
        let was_closed = std::mem::take(&mut self.is_closed);
        let was_waiting = std::mem::take(&mut self.is_waiting);
        loop {
            match self.rest.peek().copied() {
                None if end.is_none() => break,
                None => return doubt("a group is not closed"),
                next if next == end => {
                    self.skip();
                    break;
                }
                Some(' ' | '\t') => self.skip(),
                Some('#') => while self.rest.next_if(|next| *next != '\n').is_some() {},
                Some(';' | '\n' | '|' | '&') => self.separator()?,
                Some('<' | '>') => self.redirection()?,
                Some('(') if self.is_at_command() => {
                    self.skip();
                    self.list(Some(')'))?;
                    self.is_closed = true;
                }
                Some(_) => self.word_of_command()?,
            }
        }
        self.must_not_wait()?;
        self.end_simple();
        if !self.inside.is_empty() {
            return doubt("a group is not closed");
        }
        if !self.here.is_empty() {
            return doubt("a here-document is not there");
        }
        (self.simple, self.inside, self.is_closed) = (simple, inside, was_closed);
        self.is_waiting = was_waiting;
        self.depth -= 1;
        Ok(())
    }

    fn skip(&mut self) {
        self.rest.next();
    }

    /// Whether the next word would be the name of a command.
    fn is_at_command(&self) -> bool {
        let simple = &self.simple;
        simple.words.is_empty()
            && simple.sets.is_empty()
            && !simple.is_redirected()
            && !self.is_closed
    }

    fn separator(&mut self) -> Result<(), Doubt> {
        let first = self.rest.next();
        if first == Some('&') && self.rest.peek() == Some(&'>') {
            return self.redirection();
        }
        if first == Some('|') && self.rest.next_if_eq(&'&').is_some() {
            return doubt("`|&` is not read");
        }
        if first == Some(';') && matches!(self.rest.peek(), Some(';' | '&')) {
            return doubt("`;;` is not read");
        }
        let is_twice =
            self.rest.next_if(|next| Some(*next) == first && matches!(next, '&' | '|')).is_some();
        if first != Some('\n') {
            self.must_not_wait()?;
            if self.is_at_command() && matches!(first, Some('&' | '|')) {
                return doubt("nothing stands before an operator");
            }
            self.is_waiting = is_twice || first == Some('|');
        } else if !self.is_at_command() {
            self.is_waiting = false;
        }
        self.end_simple();
        self.is_closed = false;
        if first == Some('\n') {
            for here in std::mem::take(&mut self.here) {
                self.here_document(&here)?;
            }
        }
        Ok(())
    }

    /// Whether the command is there that an operator before it wants.
    fn must_not_wait(&self) -> Result<(), Doubt> {
        if self.is_waiting && self.is_at_command() {
            return doubt("nothing stands behind an operator");
        }
        Ok(())
    }

    fn end_simple(&mut self) {
        let simple = std::mem::take(&mut self.simple);
        if !simple.is_empty() {
            self.found.push(simple);
        }
    }

    /// A word of a command: its name, an argument, an assignment, a keyword, or
    /// the number of the file that a redirection is about.
    fn word_of_command(&mut self) -> Result<(), Doubt> {
        let word = self.word()?;
        if word.text.is_empty() && !word.is_quoted && !word.is_open {
            // A line went on in the next, and that was all.
            return Ok(());
        }
        let is_number = !word.text.is_empty() && word.text.chars().all(|c| c.is_ascii_digit());
        if is_number && matches!(self.rest.peek(), Some('<' | '>')) && !word.is_quoted {
            return self.redirection();
        }
        if self.is_at_command() && !word.is_quoted && self.keyword(&word.text)? {
            return Ok(());
        }
        if self.is_closed {
            return doubt(format!("`{}` stands where no word may", word.text));
        }
        if self.simple.words.is_empty()
            && let Some(name) = assigned(&word)?
        {
            self.simple.sets.push(name.to_owned());
            return Ok(());
        }
        let is_name = self.simple.words.is_empty();
        let is_unclear = word.pattern_at.is_some() || word.is_home || word.is_open;
        if is_name && (is_unclear || word.text.is_empty()) {
            return doubt("what it runs is not spelled out");
        }
        self.simple.words.push(word);
        Ok(())
    }

    /// Goes into or out of a construct; says whether the word was one that does.
    fn keyword(&mut self, word: &str) -> Result<bool, Doubt> {
        use Inside::{Do, Else, Group, If, Loop, Then};
        let next = match (word, self.inside.last()) {
            ("!", _) => return Ok(true),
            ("{", _) => Some(Group),
            ("if", _) => Some(If),
            ("while" | "until", _) => Some(Loop),
            ("for", _) => {
                self.names_of_for()?;
                Some(Loop)
            }
            ("}", Some(Group)) | ("fi", Some(Then | Else)) | ("done", Some(Do)) => None,
            ("then", Some(If)) => Some(self.turn(Then)),
            ("else", Some(Then)) => Some(self.turn(Else)),
            ("elif", Some(Then)) => Some(self.turn(If)),
            ("do", Some(Loop)) => Some(self.turn(Do)),
            ("}" | "fi" | "done" | "then" | "else" | "elif" | "do", _) => {
                return doubt(format!("`{word}` closes nothing"));
            }
            _ if UNREAD.contains(&word) => return doubt(format!("`{word}` is not read")),
            _ => return Ok(false),
        };
        if let Some(inside) = next {
            self.inside.push(inside);
        } else {
            self.inside.pop();
            self.is_closed = true;
        }
        if self.inside.len() > DEEPEST {
            return doubt("it is too deep");
        }
        Ok(true)
    }

    /// Leaves one part of a construct for the next.
    fn turn(&mut self, next: Inside) -> Inside {
        self.inside.pop();
        next
    }

    /// `NAME in WORDS` up to the separator, or `NAME` alone. The words are only
    /// values; a variable may stand for anything wherever it is used.
    fn names_of_for(&mut self) -> Result<(), Doubt> {
        let name = self.next_word()?;
        if name.is_quoted || name.is_open || !is_harmless_name(&name.text) {
            return doubt(format!("`{}` is no name for a loop that is read", name.text));
        }
        let mut is_first = true;
        loop {
            while self.rest.next_if(|next| matches!(next, ' ' | '\t')).is_some() {}
            if matches!(
                self.rest.peek(),
                None | Some(';' | '\n' | '#' | '&' | '|' | '<' | '>' | ')')
            ) {
                return Ok(());
            }
            let word = self.word()?;
            if std::mem::take(&mut is_first) && (word.text != "in" || word.is_quoted) {
                return doubt("a loop without `in` is not read");
            }
        }
    }

    fn next_word(&mut self) -> Result<Word, Doubt> {
        while self.rest.next_if(|next| matches!(next, ' ' | '\t')).is_some() {}
        self.word()
    }

    fn redirection(&mut self) -> Result<(), Doubt> {
        let first = self.rest.next();
        let second = self.rest.next_if(|next| matches!(next, '<' | '>' | '|' | '&' | '('));
        match (first, second) {
            (_, Some('(')) => return doubt("a process substitution is not read"),
            (Some('<'), Some('<')) => return self.here(),
            (Some('<'), Some('|')) => return doubt("this redirection is not read"),
            _ => {}
        }
        let target = self.next_word()?;
        if target.text.is_empty() && !target.is_quoted {
            return doubt("a redirection leads nowhere");
        }
        if target.pattern_at.is_some() || target.is_open {
            return doubt("a redirection's file is not spelled out");
        }
        let is_file_number =
            target.text == "-" || target.text.chars().all(|next| next.is_ascii_digit());
        match (first, second) {
            (_, Some('&')) if is_file_number => {}
            (Some('<'), None) => self.simple.reads.push(target.text),
            _ => self.simple.writes.push(target.text),
        }
        Ok(())
    }
}

/// The name that a word assigns to, if it is `NAME=…`.
///
/// # Errors
/// A doubt about `NAME+=…` and `NAME[…]=…`.
fn assigned(word: &Word) -> Result<Option<&str>, Doubt> {
    let Some(name) = word.equals_at.and_then(|at| word.text.get(..at)) else { return Ok(None) };
    let plain = name.strip_suffix('+').unwrap_or(name);
    let plain = plain.split_once('[').map_or(plain, |(plain, _)| plain);
    let is_name = plain.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && plain.chars().all(|next| next.is_ascii_alphanumeric() || next == '_');
    match (is_name, plain == name) {
        (false, _) => Ok(None),
        (true, true) => Ok(Some(name)),
        (true, false) => doubt(format!("`{name}=` is not read")),
    }
}

/// Variables that no shell and no program takes for more than a value: small
/// letters alone, and those that only say how much is told, and how.
pub(super) fn is_harmless_name(name: &str) -> bool {
    const KNOWN: &[&str] = &[
        "CARGO_TERM_COLOR",
        "CI",
        "COLUMNS",
        "FORCE_COLOR",
        "LANG",
        "LC_ALL",
        "LINES",
        "NO_COLOR",
        "NODE_ENV",
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONUNBUFFERED",
        "RUST_BACKTRACE",
        "RUST_LOG",
        "TZ",
    ];
    matches!(name.as_bytes(), [b'a'..=b'z'])
        || matches!(name, "file" | "dir" | "name")
        || KNOWN.contains(&name)
}
