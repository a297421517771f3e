//! Tests over more than one file of the room.

mod bodies;
mod calls;
mod quirks;
mod service;
mod troubles;
mod wires;

use super::{Chunk, Trouble, Wire, answer::Answer};

/// A good stream of each vendor: a thought, words, and calls.
fn good(wire: Wire) -> &'static str {
    match wire {
        Wire::Anthropic => include_str!("../../../tests/fixtures/llm/anthropic.sse"),
        Wire::OpenaiResponses => include_str!("../../../tests/fixtures/llm/openai_responses.sse"),
        Wire::OpenaiChat => include_str!("../../../tests/fixtures/llm/openai_chat.sse"),
        Wire::Gemini => include_str!("../../../tests/fixtures/llm/gemini.sse"),
    }
}

/// Everything that the pieces of a stream say, and how it ends.
fn read(wire: Wire, pieces: &[&[u8]]) -> (Vec<Chunk>, Result<(), Trouble>) {
    let mut answer = Answer::new(wire);
    let mut said = Vec::new();
    let mut end = Ok(());
    for piece in pieces {
        end = answer.push(piece);
        while end.is_ok() {
            match answer.read() {
                Ok(true) => said.extend(std::iter::from_fn(|| answer.take())),
                Ok(false) => break,
                Err(trouble) => end = Err(trouble),
            }
        }
        if end.is_err() || is_finished(&said) {
            return (said, end);
        }
    }
    let end = end.and_then(|()| answer.close(None));
    said.extend(std::iter::from_fn(|| answer.take()));
    (said, end)
}

fn is_finished(said: &[Chunk]) -> bool {
    matches!(said.last(), Some(Chunk::Finished { .. }))
}

/// The chunks without signs of progress, neighbouring texts joined.
fn gist(said: Vec<Chunk>) -> Vec<Chunk> {
    let mut gist: Vec<Chunk> = Vec::new();
    for chunk in said {
        match (gist.last_mut(), chunk) {
            (_, Chunk::Usage(_) | Chunk::CallProgress { .. }) => {}
            (Some(Chunk::Text(all)), Chunk::Text(more))
            | (Some(Chunk::Thought(all)), Chunk::Thought(more)) => all.push_str(&more),
            (_, chunk) => gist.push(chunk),
        }
    }
    gist
}

/// A stream of bare `data:` events.
fn events(all: &[&str]) -> String {
    all.iter().flat_map(|data| ["data: ", data, "\n\n"]).collect()
}
