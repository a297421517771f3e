//! Server-sent events, byte by byte: the WHATWG rules, and a limit.
//!
//! Own, because a huge line must be refused before it is held, and because an
//! event cut off by the end of a stream must be told from a whole one.

use memchr::memchr2;

/// What one event may hold. No vendor sends a tenth of it.
pub(super) const MOST_BYTES: usize = 64 * 1024 * 1024;

/// One event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Event {
    /// Its type; empty if none was given.
    pub(super) name: String,
    /// Its data lines, joined by line feeds.
    pub(super) data: String,
}

/// An event is larger than [`MOST_BYTES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLarge;

/// Bytes in, events out.
#[derive(Debug, Default)]
pub(super) struct Parser {
    /// Bytes that are not yet taken as lines.
    bytes: Vec<u8>,
    /// How many of them are done with.
    taken: usize,
    /// Up to where no line end was found.
    searched: usize,
    /// Whether the last line ended in CR: an LF right after it ends no line.
    after_cr: bool,
    /// Whether the first line is still to come: it may begin with a mark.
    is_begun: bool,
    event: Event,
    has_data: bool,
}

impl Parser {
    /// Takes more bytes, cut anywhere.
    ///
    /// # Errors
    /// When what is not yet a whole event is too large.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), TooLarge> {
        self.bytes.drain(..self.taken);
        self.searched -= self.taken;
        self.taken = 0;
        if self.bytes.len() + self.event.data.len() + bytes.len() > MOST_BYTES {
            return Err(TooLarge);
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// The next whole event, if there is one.
    pub(super) fn next_event(&mut self) -> Option<Event> {
        while let Some((start, end)) = self.next_line() {
            if start == end {
                if let Some(event) = self.dispatch() {
                    return Some(event);
                }
            } else {
                let line = String::from_utf8_lossy(&self.bytes[start..end]).into_owned();
                self.field(&line);
            }
        }
        None
    }

    /// What the end of the stream left unfinished: by the rules it is no event,
    /// but some services forget the last empty line.
    pub(super) fn rest(&mut self) -> Option<Event> {
        let line = String::from_utf8_lossy(&self.bytes[self.taken..]).into_owned();
        self.bytes.clear();
        (self.taken, self.searched) = (0, 0);
        if !line.is_empty() {
            self.field(&line);
        }
        self.dispatch()
    }

    /// Bounds of the next whole line, without its end.
    fn next_line(&mut self) -> Option<(usize, usize)> {
        if self.after_cr && self.bytes.get(self.taken) == Some(&b'\n') {
            self.taken += 1;
            self.after_cr = false;
        }
        self.searched = self.searched.max(self.taken);
        let Some(found) = memchr2(b'\n', b'\r', &self.bytes[self.searched..]) else {
            self.searched = self.bytes.len();
            return None;
        };
        let (start, end) = (self.taken, self.searched + found);
        self.after_cr = self.bytes[end] == b'\r';
        self.taken = end + 1;
        self.searched = self.taken;
        Some((start, end))
    }

    fn field(&mut self, line: &str) {
        let line = if self.is_begun { line } else { line.trim_start_matches('\u{feff}') };
        self.is_begun = true;
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "event" => value.clone_into(&mut self.event.name),
            "data" => {
                if self.has_data {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
                self.has_data = true;
            }
            // A comment (no name), an id, a retry time, or something unknown.
            _ => {}
        }
    }

    fn dispatch(&mut self) -> Option<Event> {
        self.is_begun = true;
        let event = std::mem::take(&mut self.event);
        std::mem::take(&mut self.has_data).then_some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(pieces: &[&[u8]]) -> Vec<(String, String)> {
        let mut parser = Parser::default();
        let mut events = Vec::new();
        for piece in pieces {
            parser.push(piece).unwrap();
            events.extend(std::iter::from_fn(|| parser.next_event()));
        }
        events.extend(parser.rest());
        events.into_iter().map(|it| (it.name, it.data)).collect()
    }

    fn event(name: &str, data: &str) -> (String, String) {
        (name.to_owned(), data.to_owned())
    }

    #[test]
    fn every_line_end_ends_a_line() {
        for text in
            ["event: a\ndata: 1\n\n", "event: a\r\ndata: 1\r\n\r\n", "event: a\rdata: 1\r\r"]
        {
            assert_eq!(read(&[text.as_bytes()]), [event("a", "1")], "{text:?}");
        }
    }

    #[test]
    fn comments_ids_and_events_without_data_are_no_events() {
        let text = ": keep-alive\n\nid: 7\nretry: 1\n\nevent: ping\n\ndata:x\ndata\ndata:  y\n\n";
        assert_eq!(read(&[text.as_bytes()]), [event("", "x\n\n y")]);
    }

    #[test]
    fn a_mark_at_the_start_and_bad_bytes_are_survived() {
        assert_eq!(read(&[b"\xef\xbb\xbfdata: a\xff\n\n"]), [event("", "a\u{fffd}")]);
    }

    #[test]
    fn what_the_end_cut_off_is_told_apart() {
        assert_eq!(read(&[b"data: 1\n\ndata: [DO"]), [event("", "1"), event("", "[DO")]);
    }

    #[test]
    fn a_huge_line_is_refused_before_it_is_held() {
        let mut parser = Parser::default();
        let piece = vec![b'x'; 1 << 20];
        let refused = (0..100).find(|_| parser.push(&piece).is_err());
        assert_eq!(refused, Some(64));
    }

    proptest! {
        #[test]
        fn cuts_change_nothing(text in "(data: ?[aä😀:]{0,4}|event:b|:c|\r|\n|\r\n){0,24}",
                               cuts in proptest::collection::vec(0..200_usize, 0..8)) {
            let whole = text.as_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|it| it.min(whole.len())).collect();
            cuts.extend([0, whole.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|it| &whole[it[0]..it[1]]).collect();
            prop_assert_eq!(read(&pieces), read(&[whole]));
        }
    }
}
