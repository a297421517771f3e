//! Words: quoted or plain, and what is put into them when they are used.

use super::Reader;
use crate::tools::policy::{
    command::{Doubt, Word, doubt},
    protected,
};

impl Reader<'_> {
    pub(super) fn word(&mut self) -> Result<Word, Doubt> {
        let mut word = Word::default();
        while let Some(&next) = self.rest.peek() {
            match next {
                ' ' | '\t' | '\n' | ';' | '&' | '|' | '<' | '>' => break,
                ')' if self.depth > 1 => break,
                '\'' => self.single_quoted(&mut word)?,
                '"' => self.double_quoted(&mut word)?,
                '\\' => self.escaped(&mut word)?,
                '$' => self.expansion(&mut word)?,
                '`' => return doubt("backquotes are not read"),
                // Behind a line that goes on; anywhere else it was passed over already.
                '#' if word.text.is_empty() && !word.is_quoted && !word.is_open => {
                    return doubt("a comment where a word could begin is not read");
                }
                '(' | ')' => return doubt("this parenthesis is not read"),
                '{' | '}' if !self.is_group_sign(&word) => return doubt("braces are not read"),
                next => {
                    self.skip();
                    plain(next)?;
                    if matches!(next, '*' | '?' | '[') {
                        word.pattern_at.get_or_insert(word.text.len());
                    }
                    word.is_home |= next == '~' && word.text.is_empty();
                    if next == '=' && !word.is_quoted && !word.is_open {
                        word.equals_at.get_or_insert(word.text.len());
                    }
                    word.text.push(next);
                }
            }
        }
        // A bracket alone is the name of a test.
        word.pattern_at = word.pattern_at.filter(|_| word.text != "[");
        Ok(word)
    }

    /// Whether a brace stands alone where a command begins: it opens or closes a
    /// group then, and expands to nothing.
    fn is_group_sign(&self, word: &Word) -> bool {
        let mut behind = self.rest.clone();
        behind.next();
        let is_alone = matches!(
            behind.next(),
            None | Some(' ' | '\t' | '\n' | ';' | '&' | '|' | ')' | '<' | '>')
        );
        word.text.is_empty() && !word.is_quoted && !word.is_open && is_alone && self.is_at_command()
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
            match self.rest.peek().copied() {
                None => return doubt("a quote is not closed"),
                Some('`') => return doubt("backquotes are not read"),
                Some('$') => self.expansion(word)?,
                Some('"') => {
                    self.skip();
                    return Ok(());
                }
                Some('\\') => {
                    self.skip();
                    match self.rest.next() {
                        Some('\n') => {}
                        Some(next @ ('"' | '\\' | '$' | '`')) => word.text.push(next),
                        Some(next) => word.text.extend(['\\', plain(next)?]),
                        None => return doubt("a quote is not closed"),
                    }
                }
                Some(next) => {
                    self.skip();
                    word.text.push(plain(next)?);
                }
            }
        }
    }

    /// `$name`, `${name}` or `$(…)`: what it comes to is not known, so the word
    /// may be anything; the commands in it are judged like all others.
    fn expansion(&mut self, word: &mut Word) -> Result<(), Doubt> {
        self.skip();
        word.is_open = true;
        word.text.push('$');
        match self.rest.peek().copied() {
            Some('(') => {
                self.skip();
                if self.rest.peek() == Some(&'(') {
                    return doubt("arithmetic is not read");
                }
                word.text.push_str("(…)");
                self.list(Some(')'))
            }
            Some('{') => {
                self.skip();
                let name = self.name();
                if name.is_empty() || self.rest.next() != Some('}') {
                    return doubt("this way to use a variable is not read");
                }
                word.text.extend(["{", &name, "}"]);
                Ok(())
            }
            Some(next) if next.is_ascii_alphabetic() || next == '_' => {
                let name = self.name();
                word.text.push_str(&name);
                Ok(())
            }
            Some(next @ ('0'..='9' | '?' | '#' | '@' | '*' | '!' | '$' | '-')) => {
                self.skip();
                word.text.push(next);
                Ok(())
            }
            _ => doubt("this `$` is not read"),
        }
    }

    fn name(&mut self) -> String {
        let mut name = String::new();
        while let Some(next) = self.rest.next_if(|it| it.is_ascii_alphanumeric() || *it == '_') {
            name.push(next);
        }
        name
    }

    /// A line that goes on in the next is one line, and nothing in it is quoted.
    fn escaped(&mut self, word: &mut Word) -> Result<(), Doubt> {
        self.skip();
        match self.rest.next() {
            Some('\n') => {}
            Some(next) => {
                word.is_quoted = true;
                word.text.push(plain(next)?);
            }
            None => return doubt("it ends with a backslash"),
        }
        Ok(())
    }
}

/// A character that looks like what it is.
pub(super) fn plain(next: char) -> Result<char, Doubt> {
    let is_hidden = next.is_control() && !matches!(next, '\n' | '\t')
        || protected::is_invisible(next)
        || next.is_whitespace() && !next.is_ascii();
    if is_hidden {
        return doubt(format!("it holds U+{:04X}, which can't be seen", u32::from(next)));
    }
    Ok(next)
}
