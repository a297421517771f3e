//! The real program in a real terminal, against the rehearsal server, whose log
//! is the witness of what was sent to a model.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "a deadline and the PATH are the machine's own")]
#![expect(unreachable_pub, reason = "a test is nobody's library")]

mod apart;
mod asking;
mod assisting;
mod attack;
mod authority;
mod browsers;
mod casting;
mod changing;
mod chromium;
mod comparing;
mod contacts;
mod crashing;
mod delegating;
mod demonstrating;
mod directing;
mod drawing;
mod elsewhere;
mod every_key;
mod everything;
mod exporting;
mod fingers;
mod guiding;
mod house;
mod keys;
mod killing;
mod leaving;
mod lending;
mod limits;
mod linear;
mod listing;
mod marking;
mod newcomer;
mod passing;
mod planning;
mod programs;
mod proving;
mod reaching;
mod recalling;
mod renewing;
mod replaying;
mod retaking;
mod sandboxed;
mod screen;
mod scripts;
mod settling;
mod sharing;
mod shipped;
mod signing;
mod spending;
mod standing;
mod standing_roles;
mod terminal;
mod terminals;
mod trees;
mod trusting;
mod typing;
mod watching;

/// Says why a test shows nothing here; where CI=true everything must be there.
#[expect(clippy::print_stderr, reason = "a test that shows nothing has to say so")]
fn skip(why: &str) {
    let is_required = std::env::var_os("CI").is_some_and(|it| it == "true");
    assert!(!is_required, "{why}, and CI=true");
    eprintln!("skipped: {why}");
}
