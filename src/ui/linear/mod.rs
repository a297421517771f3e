//! A session in lines of plain text: what a screen reader reads, and whole lines that are
//! typed. Pure: what is told follows from the stage and what has happened, and what is
//! typed becomes the same commands as on the screen.

mod account;
mod need;
mod open;
mod tell;
mod typed;

#[cfg(test)]
mod tests;

pub use account::{ends, happened};
pub use need::Need;
pub use open::{Open, open};
pub use tell::{Teller, through};
pub use typed::{Typed, typed};
