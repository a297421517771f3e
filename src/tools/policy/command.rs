//! A shell command taken apart into the commands it runs, as far as that is certain.
//!
//! The part of the shell's language that is read: words, quotes, backslashes,
//! comments, `; & | && ||` and line ends, redirections to a plain name. Anything
//! else (substitutions, variables, arithmetic, groups, keywords, assignments,
//! here-documents) is a doubt.

use std::{iter::Peekable, str::Chars};

/// Why a command can't be read for certain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Doubt(pub(super) String);

/// One command: a name, arguments, and files it is redirected to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Simple {
    /// Without their quotes, the name first.
    pub(super) words: Vec<Word>,
    /// Files that redirections write.
    pub(super) writes: Vec<String>,
    /// Files that redirections read.
    pub(super) reads: Vec<String>,
}

/// One word, as the program will get it, but for file name patterns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    /// Where the first unquoted `*`, `?` or `[` stands, in bytes.
    pub(super) pattern_at: Option<usize>,
    /// Whether it begins with an unquoted `~`.
    pub(super) is_home: bool,
    is_quoted: bool,
}

impl Simple {
    /// What is run.
    pub(super) fn name(&self) -> &str {
        self.words.first().map_or("", |word| &word.text)
    }

    /// The words after the name.
    pub(super) fn arguments(&self) -> &[Word] {
        self.words.get(1..).unwrap_or_default()
    }

    /// All words, joined by blanks.
    pub(super) fn text(&self) -> String {
        self.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// The same, with the name without its folder.
    pub(super) fn text_without_folder(&self) -> String {
        let text = self.text();
        match self.name().rsplit_once('/') {
            Some((folder, _)) => text[folder.len() + 1..].to_owned(),
            None => text,
        }
    }

    fn is_empty(&self) -> bool {
        self.words.is_empty() && self.writes.is_empty() && self.reads.is_empty()
    }
}

/// Words that begin or end something other than a simple command.
const KEYWORDS: &[&str] = &[
    "if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac",
    "select", "function", "coproc", "time", "in", "!", "{", "}", "[[", "]]",
];

/// Takes a command apart.
///
/// # Errors
/// The doubt, when any of it is outside the part of the language that is read.
pub(super) fn parse(command: &str) -> Result<Vec<Simple>, Doubt> {
    let mut parser =
        Parser { rest: command.chars().peekable(), simple: Simple::default(), found: Vec::new() };
    parser.run()?;
    Ok(parser.found)
}

struct Parser<'a> {
    rest: Peekable<Chars<'a>>,
    simple: Simple,
    found: Vec<Simple>,
}

impl Parser<'_> {
    fn run(&mut self) -> Result<(), Doubt> {
        while let Some(&next) = self.rest.peek() {
            match next {
                ' ' | '\t' => self.skip(),
                '#' => while self.rest.next_if(|next| *next != '\n').is_some() {},
                ';' | '\n' | '|' | '&' => self.separator()?,
                '<' | '>' => self.redirection()?,
                _ => self.word_or_number()?,
            }
        }
        self.end_simple()
    }

    fn skip(&mut self) {
        self.rest.next();
    }

    fn separator(&mut self) -> Result<(), Doubt> {
        let first = self.rest.next();
        if first == Some('&') && self.rest.peek() == Some(&'>') {
            return self.redirection();
        }
        if first == Some('|') && self.rest.next_if_eq(&'&').is_some() {
            return doubt("`|&` is not read");
        }
        if first == Some(';') && self.rest.peek() == Some(&';') {
            return doubt("`;;` is not read");
        }
        self.rest.next_if(|next| Some(*next) == first && matches!(next, '&' | '|'));
        self.end_simple()
    }

    fn end_simple(&mut self) -> Result<(), Doubt> {
        let simple = std::mem::take(&mut self.simple);
        if simple.is_empty() {
            return Ok(());
        }
        if let Some(name) = simple.words.first() {
            if KEYWORDS.contains(&name.text.as_str()) && !name.is_quoted {
                return doubt(format!("`{}` is not read", name.text));
            }
            if is_assignment(&name.text) {
                return doubt(format!("`{}` changes what runs", name.text));
            }
            if name.pattern_at.is_some() || name.is_home || name.text.is_empty() {
                return doubt("what it runs is not spelled out");
            }
        }
        self.found.push(simple);
        Ok(())
    }

    /// A word, or the number of the file that a redirection is about.
    fn word_or_number(&mut self) -> Result<(), Doubt> {
        let word = self.word()?;
        let is_number = !word.text.is_empty() && word.text.chars().all(|c| c.is_ascii_digit());
        let redirects = matches!(self.rest.peek(), Some('<' | '>'));
        if is_number && redirects && !word.is_quoted {
            return self.redirection();
        }
        self.simple.words.push(word);
        Ok(())
    }

    fn redirection(&mut self) -> Result<(), Doubt> {
        let first = self.rest.next();
        let second = self.rest.next_if(|next| matches!(next, '<' | '>' | '|' | '&' | '('));
        while self.rest.next_if(|next| matches!(next, ' ' | '\t')).is_some() {}
        match (first, second) {
            (_, Some('(')) => return doubt("a process substitution is not read"),
            (Some('<'), Some('<')) => return doubt("a here-document is not read"),
            (Some('>'), Some('<')) | (_, Some('|')) if first == Some('<') => {
                return doubt("this redirection is not read");
            }
            _ => {}
        }
        let target = self.word()?;
        if target.text.is_empty() && !target.is_quoted {
            return doubt("a redirection leads nowhere");
        }
        if target.pattern_at.is_some() {
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

    fn word(&mut self) -> Result<Word, Doubt> {
        let mut word = Word::default();
        while let Some(&next) = self.rest.peek() {
            match next {
                ' ' | '\t' | '\n' | ';' | '&' | '|' | '<' | '>' => break,
                '\'' => self.single_quoted(&mut word)?,
                '"' => self.double_quoted(&mut word)?,
                '\\' => self.escaped(&mut word)?,
                '$' | '`' => return doubt("a substitution is not read"),
                '(' | ')' => return doubt("a group is not read"),
                '{' | '}' if !word.text.is_empty() || next == '{' => {
                    return doubt("braces are not read");
                }
                next => {
                    self.skip();
                    plain(next)?;
                    if matches!(next, '*' | '?' | '[') {
                        word.pattern_at.get_or_insert(word.text.len());
                    }
                    word.is_home |= next == '~' && word.text.is_empty();
                    word.text.push(next);
                }
            }
        }
        Ok(word)
    }

    fn single_quoted(&mut self, word: &mut Word) -> Result<(), Doubt> {
        self.skip();
        word.is_quoted = true;
        loop {
            match self.rest.next() {
                None => return doubt("a quote is not closed"),
                Some('\'') => return Ok(()),
                Some(next) => word.text.push(plain(next)?),
            }
        }
    }

    fn double_quoted(&mut self, word: &mut Word) -> Result<(), Doubt> {
        self.skip();
        word.is_quoted = true;
        loop {
            match self.rest.next() {
                None => return doubt("a quote is not closed"),
                Some('"') => return Ok(()),
                Some('$' | '`') => return doubt("a substitution is not read"),
                Some('\\') => match self.rest.next() {
                    Some('\n') => {}
                    Some(next @ ('"' | '\\' | '$' | '`')) => word.text.push(next),
                    Some(next) => word.text.extend(['\\', plain(next)?]),
                    None => return doubt("a quote is not closed"),
                },
                Some(next) => word.text.push(plain(next)?),
            }
        }
    }

    fn escaped(&mut self, word: &mut Word) -> Result<(), Doubt> {
        self.skip();
        word.is_quoted = true;
        match self.rest.next() {
            Some('\n') => {}
            Some(next) => word.text.push(plain(next)?),
            None => return doubt("it ends with a backslash"),
        }
        Ok(())
    }
}

fn doubt<T>(why: impl Into<String>) -> Result<T, Doubt> {
    Err(Doubt(why.into()))
}

/// A character that looks like what it is.
fn plain(next: char) -> Result<char, Doubt> {
    let is_hidden = next.is_control() && !matches!(next, '\n' | '\t')
        || super::protected::is_invisible(next)
        || next.is_whitespace() && !next.is_ascii();
    if is_hidden {
        return doubt(format!("it holds U+{:04X}, which can't be seen", u32::from(next)));
    }
    Ok(next)
}

/// `NAME=…`, `NAME+=…` or `NAME[…]=…`.
fn is_assignment(word: &str) -> bool {
    let Some((name, _)) = word.split_once('=') else { return false };
    let name = name.strip_suffix('+').unwrap_or(name);
    let name = name.split_once('[').map_or(name, |(name, _)| name);
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|next| next.is_ascii_alphanumeric() || next == '_')
}

/// Everything in a command that may be a command, whatever stands around it:
/// each word of it, without quotes, with all words behind it.
pub(super) fn coarse(command: &str) -> Vec<Simple> {
    let bare: String = command.chars().filter(|next| !matches!(next, '\'' | '"' | '\\')).collect();
    let mut found = Vec::new();
    for piece in bare.split([';', '|', '&', '\n', '(', ')', '{', '}', '`', '$', '<', '>']) {
        let words: Vec<Word> = piece
            .split_whitespace()
            .map(|text| Word { text: text.to_owned(), ..Word::default() })
            .collect();
        for first in 0..words.len() {
            found.push(Simple { words: words[first..].to_vec(), ..Simple::default() });
        }
    }
    found
}
