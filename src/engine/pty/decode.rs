//! From bytes to text, however they are cut.

/// Reads UTF-8. What is none becomes U+FFFD, as on any terminal.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// A character that has begun.
    held: Vec<u8>,
}

impl Decoder {
    pub(super) fn push(&mut self, bytes: &[u8]) -> String {
        self.held.extend_from_slice(bytes);
        let bytes = std::mem::take(&mut self.held);
        let mut text = String::with_capacity(bytes.len());
        let mut chunks = bytes.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            text.push_str(chunk.valid());
            let rest = chunk.invalid();
            let has_begun = chunks.peek().is_none()
                && std::str::from_utf8(rest).is_err_and(|it| it.error_len().is_none());
            if has_begun {
                self.held = rest.to_vec();
            } else if !rest.is_empty() {
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn cut_anywhere_it_reads_the_same(
            bytes in prop::collection::vec(prop_oneof![any::<u8>(), Just(0xe6), Just(0xbc), Just(0xa2)], 0..30),
            cut in 0usize..30,
        ) {
            let cut = cut.min(bytes.len());
            let mut decoder = Decoder::default();
            let parts = decoder.push(&bytes[..cut]) + &decoder.push(&bytes[cut..]);
            // What has begun at the end may still be a character.
            let rest = if decoder.held.is_empty() { "" } else { "\u{fffd}" };
            prop_assert_eq!(parts + rest, String::from_utf8_lossy(&bytes).into_owned());
        }
    }
}
