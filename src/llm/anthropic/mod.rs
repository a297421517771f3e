//! Anthropic Messages.

mod decode;
mod encode;
mod usage;

pub(super) use decode::AnthropicDecoder;
pub(super) use encode::body;
pub(super) use usage::{billed, usage};
