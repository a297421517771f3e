//! JSON as some tools write it, made JSON: lone surrogates, control characters in
//! texts, bytes that are no UTF-8, NaN and Infinity, NULs between values.
//!
//! It goes from left to right and looks ahead by one escape at most, so that a
//! beginning is mended to a beginning of the whole.

/// How many bytes an escaped UTF-16 unit takes: `\ud83d`.
const UNIT: usize = 6;

/// Numbers that JSON does not have, the longest first.
const NO_NUMBERS: [&[u8]; 3] = [b"-Infinity", b"Infinity", b"NaN"];

/// Makes the best of a line that is no JSON.
pub(super) fn mend(line: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(line);
    let mut rest = text.as_bytes();
    let mut mended = Vec::with_capacity(rest.len());
    let mut is_text = false;
    while let Some(&byte) = rest.first() {
        let (taken, put) = if is_text { inside(rest) } else { outside(rest) };
        if byte == b'"' {
            is_text = !is_text;
        }
        match put {
            Put::Same => mended.extend_from_slice(rest.get(..taken).unwrap_or_default()),
            Put::Other(other) => mended.extend_from_slice(&other),
        }
        rest = rest.get(taken..).unwrap_or_default();
    }
    mended
}

/// What stands in the place of a few bytes.
enum Put {
    Same,
    Other(Vec<u8>),
}

/// In a text: how many bytes are one thing, and what it should be.
fn inside(rest: &[u8]) -> (usize, Put) {
    match rest {
        [b'\\', b'u', ..] => match (unit(rest), rest.get(UNIT..).and_then(unit)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => (2 * UNIT, Put::Same),
            (Some(0xD800..=0xDFFF), _) => (UNIT, Put::Other(b"\\ufffd".to_vec())),
            _ => (2, Put::Same),
        },
        [b'\\', _, ..] => (2, Put::Same),
        [control, ..] if *control < b' ' => {
            (1, Put::Other(format!("\\u{control:04x}").into_bytes()))
        }
        _ => (1, Put::Same),
    }
}

fn outside(rest: &[u8]) -> (usize, Put) {
    if rest.first() == Some(&0) {
        return (1, Put::Other(b" ".to_vec()));
    }
    let number = NO_NUMBERS.iter().find(|it| rest.starts_with(it));
    number.map_or((1, Put::Same), |it| (it.len(), Put::Other(b"null".to_vec())))
}

/// The UTF-16 unit of an escape.
fn unit(rest: &[u8]) -> Option<u16> {
    let digits = rest.strip_prefix(b"\\u")?.get(..4)?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn read(line: &[u8]) -> Option<Value> {
        serde_json::from_slice(&mend(line)).ok()
    }

    #[test]
    fn what_tools_write_wrongly_is_read_all_the_same() {
        let smile = json!({ "a": "\u{1f600}" });
        assert_eq!(read(br#"{"a":"\ud83d\ude00"}"#), Some(smile));
        assert_eq!(read(br#"{"a":"x\ud83d"}"#), Some(json!({ "a": "x\u{fffd}" })));
        assert_eq!(read(br#"{"a":"\ude00 \\ud83d"}"#), Some(json!({ "a": "\u{fffd} \\ud83d" })));
        assert_eq!(
            read(b"{\"a\":\"x\x1b[1m\tz\xff\"}"),
            Some(json!({ "a": "x\u{1b}[1m\tz\u{fffd}" }))
        );
        let numbers = br#"{"a":[NaN,Infinity,-Infinity,"NaN"]}"#;
        assert_eq!(read(numbers), Some(json!({ "a": [null, null, null, "NaN"] })));
        assert_eq!(read(b"\0\0{\"a\":1}\0"), Some(json!({ "a": 1 })));
    }

    proptest! {
        #[test]
        fn good_json_stays_as_it_is(text in any::<String>(), number in any::<i64>()) {
            let line = json!({ text.clone(): [text, number, null] }).to_string();
            prop_assert_eq!(mend(line.as_bytes()), line.as_bytes());
        }
    }
}
