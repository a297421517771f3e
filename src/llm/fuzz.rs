//! Any bytes as an answer of a model service.

use super::{Chunk, Wire, answer::Answer};

const WIRES: [Wire; 4] = [Wire::Anthropic, Wire::OpenaiResponses, Wire::OpenaiChat, Wire::Gemini];

/// Reads the bytes as a stream on every wire, in pieces of this size.
///
/// # Panics
/// When a stream says something after its end, or ends in nothing at all.
pub(crate) fn stream(bytes: &[u8], piece: usize) {
    for wire in WIRES {
        let mut answer = Answer::new(wire);
        let mut finished = 0;
        let mut end = Ok(());
        for piece in bytes.chunks(piece.max(1)) {
            end = answer.push(piece);
            while end.is_ok() {
                match answer.read() {
                    Ok(true) => finished += finishes(&mut answer),
                    Ok(false) => break,
                    Err(trouble) => end = Err(trouble),
                }
            }
            if end.is_err() || finished > 0 {
                break;
            }
        }
        let end = if finished > 0 { end } else { end.and_then(|()| answer.close(None)) };
        finished += finishes(&mut answer);
        assert_eq!(finished, usize::from(end.is_ok()), "{wire:?}: {end:?}");
    }
}

fn finishes(answer: &mut Answer) -> usize {
    let said = std::iter::from_fn(|| answer.take());
    said.filter(|it| matches!(it, Chunk::Finished { .. })).count()
}
