//! Reads the lines that fill a journal, where they stand as the writer writes
//! them, to the byte: turns, chunks of text, and what tools do. It says what
//! `serde` would say, or nothing, in a small part of the time: a replay waits for it.

use std::mem;

use crate::model::{
    AgentId, CallId, Cost, Event, Millis, Money, Record, Seq, Stop, Turn, Usage, Version,
};

/// The record of a line; none where it holds another event, is damaged, or is
/// written in another way. Its text is written into the memory of `spare`.
pub(super) fn record(line: &[u8], spare: &mut Vec<u8>) -> Option<Record> {
    let mut line = Rest(line, spare);
    line.pass(b"{\"seq\":")?;
    let seq = Seq(line.number()?);
    line.pass(b",\"at\":")?;
    let at = Millis(line.number()?);
    line.pass(b",\"event\":{\"")?;
    let event = line.event()?;
    line.pass(b"}}}")?;
    line.0.is_empty().then_some(Record { seq, at, event })
}

/// The memory of a record's text, for the text of the next; empty where it has none.
pub(super) fn spare(record: Record) -> Vec<u8> {
    match record.event {
        Event::Said { text, .. }
        | Event::Thought { text, .. }
        | Event::ToolPrinted { text, .. }
        | Event::TerminalPrinted { text, .. }
        | Event::ToolEnded { text, .. } => text.into_bytes(),
        _ => Vec::new(),
    }
}

/// What is left of a line, and memory for a text in it.
struct Rest<'a>(&'a [u8], &'a mut Vec<u8>);

impl Rest<'_> {
    /// An event, up to the end of its last field.
    fn event(&mut self) -> Option<Event> {
        let name = self.0.get(..self.0.iter().position(|it| *it == b'"')?)?;
        let read: fn(&mut Self, AgentId) -> Option<Event> = match name {
            b"said" => |it, agent| Some(Event::Said { agent, text: it.text()? }),
            b"thought" => |it, agent| Some(Event::Thought { agent, text: it.text()? }),
            b"tool-started" => |it, agent| Some(Event::ToolStarted { agent, call: it.call()? }),
            b"tool-printed" => |it, agent| {
                let (call, text) = (it.call()?, it.text()?);
                Some(Event::ToolPrinted { agent, call, text })
            },
            b"terminal-printed" => {
                |it, agent| Some(Event::TerminalPrinted { agent, text: it.text()? })
            }
            b"tool-ended" => Self::tool_ended,
            b"tool-called" => Self::tool_called,
            b"turn-started" => Self::turn_started,
            b"turn-ended" => Self::turn_ended,
            _ => return None,
        };
        self.0 = self.0.get(name.len()..)?;
        self.pass(b"\":{\"agent\":")?;
        let agent = AgentId(self.small()?);
        read(self, agent)
    }

    /// A tool's end, where it changed no file and has no note.
    fn tool_ended(&mut self, agent: AgentId) -> Option<Event> {
        let call = self.call()?;
        self.pass(b",\"ok\":")?;
        let ok = self.pass(b"true").is_some();
        if !ok {
            self.pass(b"false")?;
        }
        let text = self.text()?;
        self.pass(b",\"bytes\":")?;
        let bytes = self.number()?;
        Some(Event::ToolEnded {
            agent,
            call,
            ok,
            text,
            bytes,
            changes: Vec::new(),
            note: String::new(),
        })
    }

    /// A tool call without a seal.
    fn tool_called(&mut self, agent: AgentId) -> Option<Event> {
        let call = self.call()?;
        let id = self.word(b",\"id\":\"")?;
        let tool = self.word(b",\"tool\":\"")?;
        let title = self.word(b",\"title\":\"")?;
        self.pass(b",\"input\":")?;
        let mut values = serde_json::Deserializer::from_slice(self.0).into_iter();
        let input = values.next()?.ok()?;
        self.0 = self.0.get(values.byte_offset()..)?;
        Some(Event::ToolCalled { agent, call, id, tool, title, input, seal: None })
    }

    fn turn_started(&mut self, agent: AgentId) -> Option<Event> {
        let turn = self.turn()?;
        self.pass(b",\"version\":")?;
        let version = Version(self.small()?);
        let model = self.word(b",\"model\":\"")?;
        let reserved = match self.pass(b",\"reserved\":") {
            Some(()) => Some(Money(self.number()?)),
            None => None,
        };
        let again = self.pass(b",\"again\":true").is_some();
        Some(Event::TurnStarted { agent, turn, version, model, reserved, again })
    }

    /// A turn's end, for one of the reasons that have a name of ours.
    fn turn_ended(&mut self, agent: AgentId) -> Option<Event> {
        let turn = self.turn()?;
        let stop = match self.plain_word(b",\"stop\":\"")? {
            "end" => Stop::End,
            "tools" => Stop::Tools,
            "length" => Stop::Length,
            "refusal" => Stop::Refusal,
            _ => return None,
        };
        self.pass(b",\"usage\":{\"input\":")?;
        let usage = Usage {
            input: self.number()?,
            cache_read: self.count(b",\"cache_read\":")?,
            cache_write_5m: self.count(b",\"cache_write_5m\":")?,
            cache_write_1h: self.count(b",\"cache_write_1h\":")?,
            output: self.count(b",\"output\":")?,
            reasoning: self.count(b",\"reasoning\":")?,
            web_searches: self.count(b",\"web_searches\":")?,
        };
        self.pass(b"},\"cost\":{\"known\":")?;
        let cost = Cost {
            known: Money(self.number()?),
            unpriced: self.count(b",\"unpriced\":")?.try_into().ok()?,
            feared: Money(self.count(b",\"feared\":")?),
            reported: Money(self.count(b",\"reported\":")?),
        };
        self.pass(b"}")?;
        Some(Event::TurnEnded { agent, turn, stop, usage, cost })
    }

    fn turn(&mut self) -> Option<Turn> {
        self.pass(b",\"turn\":")?;
        self.small().map(Turn)
    }

    fn call(&mut self) -> Option<CallId> {
        self.pass(b",\"call\":")?;
        self.small().map(CallId)
    }

    /// The number of a field that is left out where it is nothing.
    fn count(&mut self, name: &[u8]) -> Option<u64> {
        if self.pass(name).is_some() { self.number() } else { Some(0) }
    }

    fn word(&mut self, name: &[u8]) -> Option<String> {
        self.plain_word(name).map(str::to_owned)
    }

    /// A short text in which nothing is escaped.
    fn plain_word(&mut self, name: &[u8]) -> Option<&str> {
        self.pass(name)?;
        let (word, rest) = self.0.split_at_checked(plain(self.0))?;
        self.0 = rest.strip_prefix(b"\"")?;
        std::str::from_utf8(word).ok()
    }

    /// Passes over what must stand here.
    fn pass(&mut self, words: &[u8]) -> Option<()> {
        self.0 = self.0.strip_prefix(words)?;
        Some(())
    }

    fn small(&mut self) -> Option<u32> {
        self.number()?.try_into().ok()
    }

    /// A whole number, written without a zero in front.
    fn number(&mut self) -> Option<u64> {
        let (mut number, mut digits) = (0_u64, 0);
        while let Some(digit @ b'0'..=b'9') = self.0.get(digits) {
            number = number.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
            digits += 1;
        }
        let is_plain = digits == 1 || (digits > 1 && self.0.first() != Some(&b'0'));
        self.0 = self.0.get(digits..)?;
        is_plain.then_some(number)
    }

    /// The field of that name, unescaped. An escape by number is left to `serde`,
    /// unless it is that of a control character: terminals are full of them.
    fn text(&mut self) -> Option<String> {
        self.pass(b",\"text\":\"")?;
        let mut text = mem::take(self.1);
        text.clear();
        // The text is the last thing of its line, or nearly.
        text.reserve_exact(self.0.len());
        loop {
            let (plain, rest) = self.0.split_at_checked(plain(self.0))?;
            text.extend_from_slice(plain);
            let (first, rest) = rest.split_first()?;
            self.0 = rest;
            match first {
                b'"' => break,
                b'\\' => {
                    let (escape, rest) = rest.split_first()?;
                    self.0 = rest;
                    text.push(match escape {
                        b'u' => self.control()?,
                        escape => unescaped(*escape)?,
                    });
                }
                // A control character has no place in a text.
                _ => return None,
            }
        }
        // What was unescaped is ASCII, and joins nothing that was not a character.
        String::from_utf8(text).ok()
    }

    /// The control character of a number, as the writer writes it.
    fn control(&mut self) -> Option<u8> {
        let ([b'0', b'0', tens @ (b'0' | b'1'), ones], rest) = self.0.split_first_chunk()? else {
            return None;
        };
        self.0 = rest;
        let ones = char::from(*ones).to_digit(16)?;
        Some((tens - b'0') * 16 + u8::try_from(ones).ok()?)
    }
}

const fn unescaped(escape: u8) -> Option<u8> {
    Some(match escape {
        b'n' => b'\n',
        b't' => b'\t',
        b'r' => b'\r',
        b'b' => 0x08,
        b'f' => 0x0c,
        b'"' | b'\\' | b'/' => escape,
        _ => return None,
    })
}

/// How many bytes stand before the first quote, backslash or control character:
/// eight of them are looked at in one step.
fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const TOPS: u64 = ONES << 7;
    // In the first byte that is below `limit`, and in no byte before it, the
    // top bit is set.
    let below = |word: u64, limit: u8| word.wrapping_sub(ONES * u64::from(limit)) & !word & TOPS;
    let equal = |word: u64, byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    let (words, rest) = bytes.as_chunks::<8>();
    for (nth, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let found = below(word, 0x20) | equal(word, b'"') | equal(word, b'\\');
        if found != 0 {
            return nth * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let is_special = |it: &u8| *it < 0x20 || matches!(it, b'"' | b'\\');
    bytes.len() - rest.len() + rest.iter().position(is_special).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn quickly(line: &[u8]) -> Option<Record> {
        let mut spare = b"of the last".to_vec();
        record(line, &mut spare)
    }

    fn record_of(kind: u8, text: String, (seq, at, small): (u64, u64, u32)) -> Record {
        let (agent, call, bytes) = (AgentId(small), CallId(small / 3), at);
        let event = match kind {
            0 => Event::Said { agent, text },
            1 => Event::Thought { agent, text },
            2 => Event::ToolStarted { agent, call },
            3 => Event::ToolPrinted { agent, call, text },
            9 => Event::TerminalPrinted { agent, text },
            6 => {
                let (id, tool, title) = (format!("toolu_{at}"), "read".to_owned(), text.clone());
                let input =
                    serde_json::json!({ "path": text, "lines": [seq, at], "deep": { "a": null } });
                Event::ToolCalled { agent, call, id, tool, title, input: input.into(), seal: None }
            }
            7 => {
                let (turn, version) = (Turn(small / 3), Version(small / 5));
                let (reserved, again) = ((at % 2 == 0).then_some(Money(at)), seq % 2 == 0);
                Event::TurnStarted { agent, turn, version, model: text, reserved, again }
            }
            8 => {
                let stops =
                    [Stop::End, Stop::Tools, Stop::Length, Stop::Refusal, Stop::Other(text)];
                let some = |bit: u64| if at >> bit & 1 == 0 { 0 } else { seq };
                let usage = Usage {
                    input: some(0),
                    cache_read: some(1),
                    cache_write_5m: some(2),
                    cache_write_1h: some(3),
                    output: some(4),
                    reasoning: some(5),
                    web_searches: some(6),
                };
                let unpriced = if some(8) == 0 { 0 } else { small };
                let (known, reported) = (Money(some(7)), Money(some(10)));
                let cost = Cost { known, unpriced, feared: Money(some(9)), reported };
                let stop = stops[small as usize % 5].clone();
                Event::TurnEnded { agent, turn: Turn(small), stop, usage, cost }
            }
            _ => {
                let (ok, changes, note) = (kind == 4, Vec::new(), String::new());
                Event::ToolEnded { agent, call, ok, text, bytes, changes, note }
            }
        };
        Record { seq: Seq(seq), at: Millis(at), event }
    }

    prop_compose! {
        fn records()(
            kind in 0_u8..10,
            text in "([a-z\"\\\\/é\u{1f600}\n\t\r\u{0}\u{8}\u{c}\u{1b}\u{1f}]|[^\\x00-\\x1f]){0,40}",
            numbers in any::<(u64, u64, u32)>(),
        ) -> Record {
            record_of(kind, text, numbers)
        }
    }

    /// A short text that needs an escape, and a stop in a vendor's own word.
    fn is_left_to_serde(record: &Record) -> bool {
        let is_escaped = |it: &str| it.bytes().any(|it| it < 0x20 || matches!(it, b'"' | b'\\'));
        match &record.event {
            Event::ToolCalled { title: word, .. } | Event::TurnStarted { model: word, .. } => {
                is_escaped(word)
            }
            Event::TurnEnded { stop, .. } => matches!(stop, Stop::Other(_)),
            _ => false,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn what_the_writer_writes_is_read_quickly(expected in records()) {
            let line = serde_json::to_vec(&expected).unwrap();
            match quickly(&line) {
                None => prop_assert!(is_left_to_serde(&expected)),
                found => prop_assert_eq!(found, Some(expected)),
            }
        }

        /// Bytes that matter to JSON, at any place, over another or between two.
        #[test]
        fn what_is_read_quickly_is_what_serde_reads(
            whole in records(),
            hits in proptest::collection::vec(
                (any::<proptest::sample::Index>(), 0..3, prop_oneof![
                    proptest::sample::select(b"0123456789-.eE\"\\{}[],: \t\r\n\x00u/tnx".to_vec()),
                    any::<u8>(),
                ]),
                1..4,
            ),
        ) {
            let mut line = serde_json::to_vec(&whole).unwrap();
            for (place, how, byte) in hits {
                let at = place.index(line.len());
                match how {
                    0 => line[at] = byte,
                    1 => line.insert(at, byte),
                    _ => drop(line.remove(at)),
                }
            }
            let read = quickly(&line);
            prop_assert!(read.is_none() || read == serde_json::from_slice(&line).ok());
        }
    }

    #[test]
    fn what_is_written_in_another_way_is_left_to_serde() {
        for line in [
            r#"{"seq":01,"at":1,"event":{"said":{"agent":1,"text":""}}}"#,
            r#"{"seq":1,"at":1.0,"event":{"said":{"agent":1,"text":""}}}"#,
            r#"{"seq":1,"at":18446744073709551616,"event":{"said":{"agent":1,"text":""}}}"#,
            r#"{"seq":1,"at":1,"event":{"said":{"agent":4294967296,"text":""}}}"#,
            r#"{"seq":1,"at":1,"event":{"said":{"agent":1,"text":"\u0041"}}}"#,
            r#"{"seq":1,"at":1,"event":{"said":{"agent":1,"text":""}}} "#,
            r#"{"seq":1,"at":1,"event":{"said":{"agent":1,"text":"","text":""}}}"#,
            "{\"seq\":1,\"at\":1,\"event\":{\"said\":{\"agent\":1,\"text\":\"\u{1}\"}}}",
        ] {
            assert_eq!(quickly(line.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn a_text_ends_at_its_first_special_byte_wherever_that_stands() {
        for special in [b'"', b'\\', b'\n', 0, 0x1f] {
            for at in 0..40 {
                let mut bytes = [b' ', 0x7f, 0x80, b'!', b'#', b'[', b']', 0xff].repeat(5);
                assert_eq!(plain(&bytes), bytes.len());
                bytes[at] = special;
                assert_eq!(plain(&bytes), at);
                bytes[at..].fill(special);
                assert_eq!(plain(&bytes), at);
            }
        }
    }
}
