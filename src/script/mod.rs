//! The workflow language: how a script is written down, what its templates and
//! expressions come to, and which outputs fit which schemas.
//!
//! What a script *is*, as it is played, stands in [`crate::model::script`]. Here is
//! no task and no clock: text and values come in, text and values go out.

mod compared;
mod fits;
mod language;
mod mend;
mod outline;
mod plan;
mod proving;
mod read;
mod risk;
mod scope;
mod shell;
mod template;
mod verdict;
mod write;

pub use fits::{Misfit, fits};
pub use language::language;
pub use mend::{hand_off, held_to_script, rewritten};
pub use outline::{notes, outline};
pub use plan::{cut, next, wake};
pub use proving::prove;
pub use read::{
    Ground, Library, NotGiven, Place, given, in_words, is_name, read, roles, schema_for_script,
    takes, typed,
};
pub use risk::must_not_be_run;
pub use scope::{Over, Scope};
pub use template::{Trouble, holds, list, render, render_shell, value};
pub(crate) use verdict::{form as verdict_form, read as read_verdict};
pub use write::{Unwritable, written, written_inner};
