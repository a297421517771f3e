//! JSON on an ordinary output, which may be a terminal: what a terminal would
//! obey, or nobody would see, is written as an escape.

use super::hidden;
use serde::Serialize;
use serde_json::{
    Value,
    ser::{Formatter, PrettyFormatter, Serializer},
};
use std::io::{self, Write};

/// Writes a value on one line.
///
/// # Errors
/// When it can't be written.
pub fn write(out: &mut impl Write, value: &impl Serialize) -> serde_json::Result<()> {
    let mut serializer = Serializer::with_formatter(out, Harmless(Plain));
    value.serialize(&mut serializer)
}

/// Writes a value for people.
///
/// # Errors
/// When it can't be written.
pub fn write_pretty(out: &mut impl Write, value: &impl Serialize) -> serde_json::Result<()> {
    let mut serializer = Serializer::with_formatter(out, Harmless(PrettyFormatter::new()));
    value.serialize(&mut serializer)
}

/// A value for people to read and to change.
pub fn pretty(value: &Value) -> String {
    let mut text = Vec::new();
    // Nothing that is written to memory fails.
    match write_pretty(&mut text, value) {
        Ok(()) => String::from_utf8(text).unwrap_or_default(),
        Err(_) => value.to_string(),
    }
}

/// As `serde_json` writes it by itself.
struct Plain;

impl Formatter for Plain {}

/// Another layout, with harmless texts.
struct Harmless<F>(F);

impl<F: Formatter> Formatter for Harmless<F> {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut plain = 0;
        for (at, character) in fragment.char_indices() {
            let text = fragment.get(at..at + character.len_utf8()).unwrap_or_default();
            if character.is_ascii() && !character.is_control() || hidden(text) == 0 {
                continue;
            }
            writer.write_all(fragment.get(plain..at).unwrap_or_default().as_bytes())?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            plain = at + character.len_utf8();
        }
        writer.write_all(fragment.get(plain..).unwrap_or_default().as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn what_a_terminal_would_obey_is_an_escape_and_still_the_same_text() {
        let value = json!({ "a\u{9b}2J": ["\u{202e}evil", "tab\t", "é 漢 🙂\u{e0041}", "\u{7f}"] });
        let mut plain = Vec::new();
        write(&mut plain, &value).unwrap();
        let mut pretty = Vec::new();
        write_pretty(&mut pretty, &value).unwrap();
        for text in [plain, pretty] {
            assert_eq!(serde_json::from_slice::<Value>(&text).unwrap(), value);
            let text = String::from_utf8(text).unwrap();
            assert_eq!(hidden(&text), 0, "{text:?}");
            assert!(text.contains("\\u202e") && text.contains("é 漢 🙂"), "{text}");
        }
    }
}
