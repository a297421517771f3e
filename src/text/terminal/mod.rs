//! A terminal without a screen: what a program prints becomes rows of text with
//! their looks, and what it asks a terminal is answered.
//!
//! A pure fold: the same text gives the same rows, however it was cut. So the
//! screen and a replay keep only what was printed, and one stands beside the
//! engine to answer. Nothing that a program prints goes through here to the
//! terminal of the director: there is no title, no clipboard and no bell, and a
//! row holds nothing but characters that take a place.

mod cuts;
mod emulator;
mod follower;
mod history;
mod row;
mod strain;
#[cfg(test)]
mod tests;

pub use emulator::{Emulator, Modes, Mouse};
pub use follower::Follower;
pub use row::{Glyph, Paint, Pen, Row};
pub use strain::Strain;
