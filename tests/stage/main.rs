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
mod delegating;
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
mod retaking;
mod scripts;
mod simulation;
mod surviving;
mod terminals;
mod trees;
mod trouble;

/// Says why a test shows nothing here; where CI=true everything must be there.
#[expect(clippy::print_stderr, reason = "a test that shows nothing has to say so")]
fn skip(why: &str) {
    let is_required = std::env::var_os("CI").is_some_and(|it| it == "true");
    assert!(!is_required, "{why}, and CI=true");
    eprintln!("skipped: {why}");
}
