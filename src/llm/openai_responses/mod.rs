//! OpenAI Responses, without state on the vendor's side.

mod decode;
mod encode;
mod usage;

pub(super) use decode::ResponsesDecoder;
pub(super) use encode::{body, effort_word};
pub(super) use usage::usage;
