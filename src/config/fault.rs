//! What is wrong with a file of settings: where, what, and what would mend it.

use std::{fmt, ops::Range};

/// How many faults are told at once.
const MOST: usize = 20;

/// Everything that is wrong, ready to be printed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    /// In the order of the files and their lines; never empty.
    pub faults: Vec<Fault>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file, as a person names it.
    pub file: String,
    /// Where in the file; nothing if the file itself is at fault.
    pub place: Option<Place>,
    /// What was expected and what there is.
    pub message: String,
    /// What to do about it.
    pub mend: Option<String>,
}

/// A place in a file, for people: counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
    /// The line's text.
    pub text: String,
    /// How many characters of it are meant.
    pub width: usize,
}

/// Something wrong in one file, before it is known to people as a [`Fault`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Blame {
    pub(crate) span: Range<usize>,
    pub(crate) message: String,
    pub(crate) mend: Option<String>,
}

impl ConfigError {
    /// The first few faults, or success if there is none.
    ///
    /// # Errors
    /// If there is a fault.
    pub fn unless_empty(mut faults: Vec<Fault>) -> Result<(), Self> {
        faults.truncate(MOST);
        if faults.is_empty() { Ok(()) } else { Err(Self { faults }) }
    }
}

impl Fault {
    /// The fault of a whole file.
    pub fn of_file(file: &str, message: impl Into<String>, mend: Option<String>) -> Self {
        Self { file: file.to_owned(), place: None, message: message.into(), mend }
    }

    /// A fault at a place in a file's text, given in bytes.
    pub fn at(file: &str, text: &str, span: Range<usize>, message: impl Into<String>) -> Self {
        let place = Some(Place::of(text, span));
        Self { file: file.to_owned(), place, message: message.into(), mend: None }
    }

    /// With what would mend it.
    #[must_use]
    pub fn mended_by(mut self, mend: Option<String>) -> Self {
        self.mend = mend;
        self
    }

    pub(crate) fn blamed(file: &str, text: &str, blame: Blame) -> Self {
        Self::at(file, text, blame.span, blame.message).mended_by(blame.mend)
    }
}

impl Place {
    fn of(text: &str, span: Range<usize>) -> Self {
        let start = text.floor_char_boundary(span.start);
        let from = text[..start].rfind('\n').map_or(0, |it| it + 1);
        let to = text[start..].find('\n').map_or(text.len(), |it| start + it);
        let end = text.floor_char_boundary(span.end.clamp(start, to));
        Self {
            line: text[..from].matches('\n').count() + 1,
            column: text[from..start].chars().count() + 1,
            text: text[from..to].trim_end().to_owned(),
            width: text[start..end].trim_end().chars().count().max(1),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (count, fault) in self.faults.iter().enumerate() {
            if count > 0 {
                f.write_str("\n\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

/// Where and what, the line itself, and the mend. A file may have come with a
/// clone, so nothing in it reaches the terminal as a command.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&harmless(&self.file))?;
        if let Some(place) = &self.place {
            write!(f, ":{}:{}", place.line, place.column)?;
        }
        write!(f, ": {}", harmless(&self.message))?;
        if let Some(Place { line, column, text, width }) = &self.place {
            let margin = " ".repeat(line.to_string().len());
            let before: String = text.chars().take(column - 1).collect();
            let indent = " ".repeat(harmless(&before).chars().count());
            let width = harmless(&text.chars().skip(column - 1).take(*width).collect::<String>());
            let marks = "^".repeat(width.chars().count().max(1));
            write!(f, "\n  {line} | {}\n  {margin} | {indent}{marks}", harmless(text))?;
        }
        match &self.mend {
            Some(mend) => write!(f, "\n  mend: {}", harmless(mend)),
            None => Ok(()),
        }
    }
}

/// Control characters and those that hide or turn text, made visible.
pub(crate) fn harmless(text: &str) -> String {
    let hidden = |it: char| {
        matches!(it, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
            || matches!(it, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
    };
    let mut safe = String::with_capacity(text.len());
    for it in text.chars() {
        if it == '\t' {
            safe.push(' ');
        } else if it.is_control() || hidden(it) {
            safe.extend(it.escape_unicode());
        } else {
            safe.push(it);
        }
    }
    safe
}

/// What is wrong with a name that nothing has in a file of such things, and its mend;
/// none where something has it.
pub(super) fn no_such(
    (what, file): (&str, &str),
    wanted: &str,
    names: &[&str],
) -> Option<(String, String)> {
    if names.contains(&wanted) {
        return None;
    }
    let mend = match closest(wanted, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => format!("say in {file} what it is"),
        None => format!("there is {}; {file} can have more", names.join(", ")),
    };
    Some((format!("there is no {what} called `{wanted}`"), mend))
}

/// The name that was probably meant.
pub fn closest<'a>(wrong: &str, names: &[&'a str]) -> Option<&'a str> {
    similar::get_close_matches(wrong, names, 1, 0.6).into_iter().next()
}

/// What a reader of TOML says, in our words: the message and the mend.
pub(crate) fn told(message: &str) -> (String, Option<String>) {
    let quoted = |text: &str| -> Vec<String> {
        text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    };
    let choice = |kind: &str, rest: &str| {
        let names = quoted(rest);
        let (wrong, names) = names.split_first().map_or(("", &[][..]), |(it, rest)| (it, rest));
        let known: Vec<&str> = names.iter().map(String::as_str).collect();
        let mend = match closest(wrong, &known) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if known.is_empty() => "take it out".to_owned(),
            None => format!("there is {}", known.join(", ")),
        };
        (format!("unknown {kind} `{wrong}`"), Some(mend))
    };
    if let Some(rest) = message.strip_prefix("unknown field ") {
        choice("key", rest)
    } else if let Some(rest) = message.strip_prefix("unknown variant ") {
        choice("value", rest)
    } else if let Some(rest) = message.strip_prefix("missing field ") {
        let name = rest.trim_matches('`');
        (format!("the key `{name}` is missing"), Some(format!("add `{name} = …`")))
    } else if let Some((found, expected)) = message
        .strip_prefix("invalid type: ")
        .or_else(|| message.strip_prefix("invalid value: "))
        .and_then(|rest| rest.split_once(", expected "))
    {
        (format!("expected {}, not {found}", plain(expected)), None)
    } else {
        let line = message.lines().next().unwrap_or_default();
        match line.strip_prefix("expected ").and_then(|_| line.split_once("; for example ")) {
            Some((wrong, example)) => (wrong.to_owned(), Some(format!("for example {example}"))),
            None => (line.to_owned(), mend_of_syntax(line)),
        }
    }
}

/// What mends a text that is no TOML; nothing for what is wrong otherwise. The
/// beginnings are those of the reader's own messages.
fn mend_of_syntax(message: &str) -> Option<String> {
    const MENDS: [(&str, &str); 12] = [
        ("unclosed table", "close the name of the table: [name]"),
        ("unclosed array table", "close the name of the table: [[name]]"),
        ("unclosed array", "close the list: [\"one\", \"two\"]"),
        ("unclosed inline table", "close the table: { key = \"value\" }"),
        ("missing comma", "put a comma between the two"),
        ("extra comma", "take the comma out"),
        ("duplicate key", "keep one of them, or put both into one"),
        ("string values must be quoted", "put the text in quotes: \"…\""),
        ("key with no value", "give it a value: key = \"value\""),
        ("cannot extend value", "it has a value already: keep one of the two"),
        ("invalid basic string", "close the quotes; a backslash in them is written \\\\"),
        ("invalid literal string", "close the quotes: '…'"),
    ];
    const ANY: [&str; 7] =
        ["unexpected", "invalid", "missing", "extra", "unclosed", "redundant", "unquoted"];
    let known = MENDS.iter().find(|(begins, _)| message.starts_with(begins)).map(|it| it.1);
    let general = || {
        let is_syntax = ANY.iter().any(|it| message.starts_with(it));
        is_syntax.then_some("write it as key = \"text\", key = 3 or key = true, under [table]")
    };
    known.or_else(general).map(str::to_owned)
}

/// A type of the program as a person calls it.
fn plain(expected: &str) -> &str {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" | "i64" | "i128" => "a whole number, zero or more",
        "a boolean" => "true or false",
        "a string" => "text in quotes",
        "a sequence" => "a list in [ ]",
        other => other.strip_prefix("struct ").map_or(other, |_| "a table"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_reads_as_place_text_and_mend() {
        let text = "[ui]\nfpss = 40\n";
        let fault = Fault::at("me.toml", text, 5..9, "unknown key `fpss`")
            .mended_by(Some("did you mean `fps`?".into()));
        let expected = "me.toml:2:1: unknown key `fpss`\n  2 | fpss = 40\n    | ^^^^\n  mend: did you mean `fps`?";
        assert_eq!(fault.to_string(), expected);
    }

    #[test]
    fn whatever_is_no_toml_is_told_with_a_mend() {
        for text in [
            "[ui",
            "[[ui]",
            "a = [1, 2",
            "a = [1 2]",
            "a = { b = 1",
            "a = b",
            "a = \"b",
            "a = 'b",
            "a",
            "a =",
            "a = 1\na = 2",
            "= 3",
            "a = 1 b = 2",
            "a = 01",
            "]",
            "a = 1\n[a.b]",
        ] {
            let error = toml::from_str::<toml::Table>(text).unwrap_err();
            let (message, mend) = told(error.message());
            assert!(mend.is_some(), "{text:?}: {message}");
        }
    }

    #[test]
    fn a_file_from_a_clone_cannot_write_to_the_terminal() {
        let text = "a = \"\u{1b}]0;root\u{7}\u{202e}\"";
        let told = Fault::at("x\u{9b}2J", text, 4..9, "bad \u{1b}[2J").to_string();
        assert!(told.chars().all(|it| it == '\n' || !it.is_control()), "{told:?}");
        assert!(!told.contains('\u{202e}'));
    }

    #[test]
    fn a_place_past_the_end_or_inside_a_letter_is_still_a_place() {
        for span in [0..0, 1..2, 2..900, 900..901] {
            let place = Place::of("é\n", span);
            assert!(place.line >= 1 && place.column >= 1);
        }
    }
}
