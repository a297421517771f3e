//! OpenAI Chat Completions, as OpenAI and all its imitators speak it.

mod calls;
mod decode;
mod encode;
mod thoughts;
mod usage;

pub(super) use decode::ChatDecoder;
pub(super) use encode::body;
pub(super) use usage::usage;
