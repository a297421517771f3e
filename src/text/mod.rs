//! Foreign text made safe and measured: the one sanitiser, display width,
//! wrapping, markdown, diffs and patches. Nothing here knows a screen; a [`Look`] says
//! what a piece of text is, and the theme says how that looks.
//!
//! What a model writes, a tool prints or a file is called is hostile to the
//! terminal: it passes [`sanitise()`] (or a [`Sanitiser`], when it streams) once,
//! where it becomes an event, and [`reveal()`] where somebody approves it.

mod counted;
mod diff;
mod harmless;
mod invisible;
pub mod json;
mod markdown;
mod patch;
mod piece;
mod reveal;
mod sanitise;
mod scope;
mod sequence;
mod styled;
mod syntax;
pub mod terminal;
mod width;
mod wrap;

pub use counted::{count, counted};
pub use diff::{Change, DiffLine, Part, Tally, diff};
pub use harmless::harmless;
pub use markdown::{end_of_markdown, inert, last_block, markdown};
pub use patch::{Fate, FilePatch, Hunk, Patch, PatchLine};
pub use reveal::{hidden, reason_with_hidden, reveal};
pub use sanitise::{Sanitiser, one_line, sanitise};
pub use scope::scope;
pub use styled::{Line, Look, Span};
pub use syntax::Grammars;
pub use width::{expand_tabs, pad, truncate, width};
pub use wrap::{Margin, chop, wrap, wrap_text, wrap_within};
