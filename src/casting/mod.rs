//! Who fits a brief, and why: rules that can be read, over facts that can be shown.
//!
//! Pure: no clock, no disk, no model call.

mod terms;

pub use terms::Terms;
