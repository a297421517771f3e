//! From keys to acts. `config/keys.toml` is the one table: what is pressed,
//! what the help lists and what the footer offers are all read from it.

mod act;
mod chord;
mod context;
mod keymap;
mod leader;
mod read;
mod schema;
pub mod send;
mod ways_out;

#[cfg(test)]
mod tests;

pub use act::Act;
pub use chord::{Chord, NotAChord};
pub use context::{Context, Section};
pub use keymap::{HelpLine, HelpPart, Keymap, Lookup};
pub use schema::schema_for_keys;
