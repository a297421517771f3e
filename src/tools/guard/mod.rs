//! The process between us and an agent's command, so that nothing of the
//! command outlives it.
//!
//! # Theory of operation
//!
//! A guard is this program again, one thread without a runtime, and the
//! *subreaper* of the command it is given: a descendant whose parent dies becomes
//! the guard's own child, whatever sessions and double forks lie between. So the
//! guard can find all of them, and knows that none is left when the kernel says it
//! has no child.
//!
//! ```text
//! auteur ◀──control socket──▶ stdin  guard     orders and commands in, words out
//!                                      │
//!                                      └─ command   its folder, environment, stdin, stdout and
//!                                                   stderr come with it through the socket
//! ```
//!
//! A guard answers for one command at a time, so every process below it is that
//! command's. When the command is over and the kernel says that no child is
//! left, the guard waits in a [`Pool`] for the next one. A guard that left anything, or said anything that is no
//! word, is not used again.
//!
//! Guards are forked by a `nursery`, the program run once as `auteur guard nursery`,
//! which costs a fraction of what it takes to load the program anew, in time and in
//! memory. Inside of bubblewrap, where the nursery can't reach, they are loaded.
//!
//! A guard may be held to a [`Restraint`], from before its first command to its
//! end, and with it everything that it starts; so it is used again only for
//! those who are held to exactly the same. See `bubblewrap` and `restrain`.
//!
//! The end of the control socket is the order to kill: it comes even when the
//! parent is killed with SIGKILL. Deliberately absent: `PR_SET_PDEATHSIG`. It
//! fires when the *thread* that made the guard ends, and it would kill the
//! guard before the guard has killed the tree.

mod bubblewrap;
mod door;
mod forks;
mod guarded;
mod nursery;
mod pool;
mod posted;
mod request;
mod restrain;
mod restraint;
mod tree;
mod watch;
mod word;

pub use guarded::{Guarded, Said};
pub use pool::Pool;
pub use request::Start;
pub use restraint::{Holder, Quota, Restraint};
pub use watch::guard_main;
pub use word::Word;

/// The variable by which a command's processes are known if the guard itself is killed.
const MARK: &str = "AUTEUR_GUARD";

/// Makes this process the parent of orphans among its descendants: the second
/// line behind the guards, for when a guard itself is killed. Call it once at
/// the start. The orphans are ended and collected by the tool they belong to.
pub fn adopt_orphans() {
    // A kernel without it leaves the first line, the guards.
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}
