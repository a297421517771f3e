//! A session end to end, without a screen: the supervisor, native agents and
//! their tools, against the rehearsal server, whose own request log is the
//! witness of what was really asked.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod cutting;
mod directing;
mod disk;
mod ending;
mod equality;
mod holding;
mod house;
mod killed;
mod load;
mod money;
mod puppet;
mod redirecting;
mod surviving;
mod terminals;
mod trouble;
