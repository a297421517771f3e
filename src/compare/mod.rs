//! Two agents side by side: where they part, and what each did.
//!
//! ```text
//! records of A ─Scribe─▶ Course: steps ─┐
//!                                       ├─align─▶ rows: which step stands beside which
//! records of B ─Scribe─▶ Course: steps ─┘
//! ```
//!
//! A step is a turn of an agent, or something that it was told. Two steps are the same when
//! the same was said, done and answered in them: what differs from run to run without
//! meaning anything, such as times, ids, and the folder somebody works in, does not count.
//! A take has the steps of the one it was taken from, up to where it begins.
//!
//! Pure but for the reading of journals, which is the journal's own. Memory is bounded by
//! the number of steps that are kept: each has its words in short, and says where in the
//! journal the whole of it stands.

mod align;
mod choose;
mod course;
mod deed;
mod figures;
mod likeness;
mod loose;
mod parting;
mod read;
mod step;
mod telling;
#[cfg(test)]
mod tests;

pub use align::{Row, Sameness, align};
pub use choose::{Unclear, the_one, the_two};
pub use course::{Course, MOST, Scribe};
pub use deed::{Deed, aim};
pub use figures::{Figures, Kept, Since};
pub use parting::Comparison;
pub use read::{Side, compare, read_course, read_step};
pub use step::{Step, StepKind, Told, What, Work};
