//! Gemini `streamGenerateContent`.

mod decode;
mod encode;
mod schema;
mod usage;

pub(super) use decode::GeminiDecoder;
pub(super) use encode::body;
pub(super) use usage::usage;
