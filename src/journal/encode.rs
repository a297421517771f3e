//! How a record becomes a line: as serde writes it, and quicker where most lines
//! are made, for what streams.

use crate::{
    model::{AgentId, CallId, Event, Record},
    text::json,
};

/// A byte in each place of a word.
const EACH: u64 = 0x0101_0101_0101_0101;
/// The highest bit of each byte of a word.
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Appends a record's line, without the newline.
///
/// # Errors
/// When serde can't write it.
pub(super) fn record(record: &Record, line: &mut Vec<u8>) -> serde_json::Result<()> {
    match &record.event {
        Event::Said { agent, text } => chunk(record, ("said", *agent, None), text, line),
        Event::Thought { agent, text } => chunk(record, ("thought", *agent, None), text, line),
        Event::ToolPrinted { agent, call, text } => {
            chunk(record, ("tool-printed", *agent, Some(*call)), text, line);
        }
        Event::TerminalPrinted { agent, text } => {
            chunk(record, ("terminal-printed", *agent, None), text, line);
        }
        // What is handed over is kept as it was handed in, and nobody knows who reads it.
        Event::Play { .. } | Event::Reported { .. } => return json::write(line, record),
        _ => return serde_json::to_writer(line, record),
    }
    Ok(())
}

fn chunk(
    record: &Record,
    (name, agent, call): (&str, AgentId, Option<CallId>),
    text: &str,
    line: &mut Vec<u8>,
) {
    // The frame and four long numbers; more room only where much is escaped.
    line.reserve(text.len() + 128);
    field(b"{\"seq\":", record.seq.0, line);
    field(b",\"at\":", record.at.0, line);
    line.extend_from_slice(b",\"event\":{\"");
    line.extend_from_slice(name.as_bytes());
    field(b"\":{\"agent\":", agent.0.into(), line);
    if let Some(call) = call {
        field(b",\"call\":", call.0.into(), line);
    }
    line.extend_from_slice(b",\"text\":\"");
    escape(text.as_bytes(), line);
    line.extend_from_slice(b"\"}}}");
}

fn field(name: &[u8], number: u64, line: &mut Vec<u8>) {
    line.extend_from_slice(name);
    let (mut digits, mut rest, mut from) = ([b'0'; 20], number, 19);
    for (place, digit) in digits.iter_mut().enumerate().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
        from = place;
        if rest == 0 {
            break;
        }
    }
    line.extend_from_slice(digits.get(from..).unwrap_or_default());
}

fn escape(mut text: &[u8], line: &mut Vec<u8>) {
    while let Some((plain, rest)) = text.split_at_checked(plain(text)) {
        line.extend_from_slice(plain);
        let Some((special, rest)) = rest.split_first() else { return };
        match *special {
            b'\n' => line.extend_from_slice(b"\\n"),
            b'"' => line.extend_from_slice(b"\\\""),
            b'\\' => line.extend_from_slice(b"\\\\"),
            b'\t' => line.extend_from_slice(b"\\t"),
            b'\r' => line.extend_from_slice(b"\\r"),
            0x08 => line.extend_from_slice(b"\\b"),
            0x0C => line.extend_from_slice(b"\\f"),
            control => line.extend_from_slice(format!("\\u{control:04x}").as_bytes()),
        }
        text = rest;
    }
}

/// How many bytes at the beginning stand in JSON as they are.
fn plain(text: &[u8]) -> usize {
    let (words, rest) = text.as_chunks::<8>();
    for (place, word) in words.iter().enumerate() {
        let specials = specials(u64::from_le_bytes(*word));
        if specials != 0 {
            return place * 8 + specials.trailing_zeros() as usize / 8;
        }
    }
    let is_special = |byte: &u8| *byte < 0x20 || matches!(byte, b'"' | b'\\');
    let tail = rest.iter().position(is_special).unwrap_or(rest.len());
    words.len() * 8 + tail
}

/// Marks the bytes of a word that must be escaped, by their highest bits: the
/// lowest mark is right, one above it may not be. (`haszero` and `hasless` of
/// Anderson's "Bit Twiddling Hacks".)
const fn specials(word: u64) -> u64 {
    const fn has_zero(word: u64) -> u64 {
        word.wrapping_sub(EACH) & !word & HIGH
    }
    let controls = word.wrapping_sub(EACH * 0x20) & !word & HIGH;
    let quotes = has_zero(word ^ (EACH * b'"' as u64));
    let slashes = has_zero(word ^ (EACH * b'\\' as u64));
    controls | quotes | slashes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Level, Millis, Seq};
    use proptest::prelude::*;

    fn line(it: &Record) -> String {
        let mut line = Vec::new();
        record(it, &mut line).unwrap();
        String::from_utf8(line).unwrap()
    }

    #[test]
    fn every_byte_is_escaped_as_serde_does() {
        let all: String = (0..=0x100_u32).filter_map(char::from_u32).collect();
        for from in all.char_indices().map(|(at, _)| at) {
            let event = Event::Said { agent: AgentId(1), text: all[from..].to_owned() };
            let it = Record { seq: Seq(1), at: Millis(2), event };
            assert_eq!(line(&it), serde_json::to_string(&it).unwrap());
        }
    }

    #[test]
    fn what_is_handed_over_is_kept_as_it_was_and_obeyed_by_no_terminal() {
        let result =
            serde_json::json!({ "a\u{9b}": ["\u{202e}x", "\u{1b}[2J", "می\u{200c}خواهم"] });
        let event =
            Event::Reported { agent: AgentId(1), summary: String::new(), result: Box::new(result) };
        let it = Record { seq: Seq(1), at: Millis(2), event };
        let written = line(&it);
        assert_eq!(crate::text::hidden(&written), 0, "{written}");
        assert_eq!(serde_json::from_str::<Record>(&written).unwrap(), it);
    }

    proptest! {
        #[test]
        fn a_line_is_what_serde_writes(
            (seq, at, agent, call) in any::<(u64, u64, u32, u32)>(),
            text in prop_oneof![any::<String>(), "[a-z\"\\\\\\n\\x00-\\x1f]{0,40}"],
        ) {
            let (agent, call) = (AgentId(agent), CallId(call));
            for event in [
                Event::Said { agent, text: text.clone() },
                Event::Thought { agent, text: text.clone() },
                Event::ToolPrinted { agent, call, text: text.clone() },
                Event::TerminalPrinted { agent, text: text.clone() },
                Event::NoticeRaised { level: Level::Note, text },
            ] {
                let it = Record { seq: Seq(seq), at: Millis(at), event };
                prop_assert_eq!(line(&it), serde_json::to_string(&it).unwrap());
            }
        }
    }
}
