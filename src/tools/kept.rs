//! The beginning and the end of an output of any size, in bounded memory.

use std::collections::VecDeque;

/// Keeps the first and the last bytes of what is pushed, and counts all of it.
#[derive(Debug)]
pub(super) struct Kept {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    most_head: usize,
    most_tail: usize,
    bytes: u64,
}

impl Kept {
    pub(super) fn new(most_head: usize, most_tail: usize) -> Self {
        Self { head: Vec::new(), tail: VecDeque::new(), most_head, most_tail, bytes: 0 }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        let room = self.most_head - self.head.len();
        let (head, rest) = bytes.split_at(room.min(bytes.len()));
        self.head.extend_from_slice(head);
        let rest = &rest[rest.len().saturating_sub(self.most_tail)..];
        let over = (self.tail.len() + rest.len()).saturating_sub(self.most_tail);
        self.tail.drain(..over);
        self.tail.extend(rest);
    }

    /// All bytes ever pushed.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The text, with the true size said where something is left out. Cuts at
    /// line ends where there are any, so that no half line looks like a whole one.
    pub(super) fn text(mut self) -> String {
        let tail = Vec::from(std::mem::take(&mut self.tail));
        let left_out = self.bytes - (self.head.len() + tail.len()) as u64;
        if left_out == 0 {
            self.head.extend_from_slice(&tail);
            return String::from_utf8_lossy(&self.head).into_owned();
        }
        let (head, tail) = (whole_lines_of_head(&self.head), whole_lines_of_tail(&tail));
        let left_out = self.bytes - (head.len() + tail.len()) as u64;
        format!(
            "{}\n… {left_out} of {} bytes left out …\n{}",
            String::from_utf8_lossy(head),
            self.bytes,
            String::from_utf8_lossy(tail)
        )
    }
}

/// Without its broken last line, unless that is most of it.
fn whole_lines_of_head(head: &[u8]) -> &[u8] {
    match memchr::memrchr(b'\n', head) {
        Some(at) if at > head.len() / 2 => &head[..at],
        _ => head,
    }
}

/// Without its broken first line, unless that is most of it.
fn whole_lines_of_tail(tail: &[u8]) -> &[u8] {
    match memchr::memchr(b'\n', tail) {
        Some(at) if at < tail.len() / 2 => &tail[at + 1..],
        _ => tail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kept(pieces: &[&[u8]], head: usize, tail: usize) -> String {
        let mut kept = Kept::new(head, tail);
        for piece in pieces {
            kept.push(piece);
        }
        kept.text()
    }

    #[test]
    fn a_short_output_is_kept_whole() {
        assert_eq!(kept(&[b"one\n", b"two\n"], 4, 4), "one\ntwo\n");
    }

    #[test]
    fn a_long_output_keeps_both_ends_and_says_its_size() {
        let text = kept(&[b"one\ntwo\nthree\nfour\nfive\n"], 9, 11);
        assert_eq!(text, "one\ntwo\n… 7 of 24 bytes left out …\nfour\nfive\n");
    }

    #[test]
    fn one_huge_line_is_cut_within() {
        let text = kept(&[&[b'a'; 1000]], 3, 2);
        assert_eq!(text, "aaa\n… 995 of 1000 bytes left out …\naa");
    }

    proptest! {
        #[test]
        fn f20_memory_is_bounded_and_the_size_is_true(
            pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..30),
            head in 0usize..20,
            tail in 0usize..20,
        ) {
            let mut kept = Kept::new(head, tail);
            let all: Vec<u8> = pieces.concat();
            for piece in &pieces {
                kept.push(piece);
                prop_assert!(kept.head.len() <= head && kept.tail.len() <= tail);
            }
            prop_assert_eq!(kept.bytes(), all.len() as u64);
            let last = &all[all.len().saturating_sub(kept.tail.len())..];
            prop_assert_eq!(kept.tail.make_contiguous(), last);
            prop_assert!(all.starts_with(&kept.head));
        }
    }
}
