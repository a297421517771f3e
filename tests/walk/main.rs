//! The real program in a real terminal, against the rehearsal server, whose log
//! is the witness of what was sent to a model.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "a deadline and the PATH are the machine's own")]
#![expect(unreachable_pub, reason = "a test is nobody's library")]

mod apart;
mod asking;
mod crashing;
mod demonstrating;
mod directing;
mod drawing;
mod hostility;
mod house;
mod keys;
mod leaving;
mod listing;
mod programs;
mod replaying;
mod screen;
mod terminal;
mod terminals;
mod typing;
