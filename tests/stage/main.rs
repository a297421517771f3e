//! A session end to end, without a screen: the supervisor, native agents and
//! their tools, against the rehearsal server, whose own request log is the
//! witness of what was really asked.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod directing;
mod house;
