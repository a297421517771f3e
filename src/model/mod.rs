//! The nouns, and what they add up to.
//!
//! Pure: no clock, no disk, no task, no screen.

mod cost;
mod ids;
mod usage;

pub use cost::{Cost, Money, NotMoney};
pub use ids::{AgentId, CallId, Millis, RedirectId, RequestId, Seq, Turn, Version};
pub use usage::Usage;
