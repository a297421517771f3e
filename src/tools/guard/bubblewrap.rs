//! How bubblewrap is asked for a sandbox: what it is told, in which order.
//!
//! ```text
//! auteur ──▶ bwrap ──▶ guard, number 1 of its own process table
//!                        └─ command
//! ```
//!
//! The guard stands inside, as the first process there: no command can signal
//! it, and with it ends everything. It is this program, opened before and bound
//! to a place of its own, because the file it came from may be out of sight, or
//! another by now.

use super::restraint::Restraint;
use crate::model::Network;
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

/// Where the guard's program is in its sandbox.
pub(super) const GUARD: &str = "/run/auteur";
/// Where processes share memory by way of files.
const SHARED: &str = "/dev/shm";
/// The descriptor on which bubblewrap finds the guard's program.
const PROGRAM: &str = "/proc/self/fd/1";

/// Folders of programs that some systems have in `/run`, which is out of sight
/// because of the sockets there.
const PROGRAMS: [&str; 4] =
    ["/run/current-system", "/run/booted-system", "/run/opengl-driver", "/run/wrappers"];
/// What `/etc/resolv.conf` often leads to.
const RESOLVER: &str = "/run/systemd/resolve";

/// What becomes of a place in the sandbox. Of two that are the same, the later holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Hidden,
    Temporary,
    Seen,
    Writable,
    Kept,
}

/// Its arguments, up to and with the guard's program.
pub(super) fn arguments(restraint: &Restraint) -> Vec<OsString> {
    let bounds = &restraint.bounds;
    let mut all: Vec<OsString> = ["--unshare-user", "--unshare-pid", "--as-pid-1", "--unshare-ipc"]
        .iter()
        .chain(&["--unshare-uts", "--unshare-cgroup-try"])
        .map(OsString::from)
        .collect();
    if bounds.network != Network::On {
        all.push("--unshare-net".into());
    }
    // Whoever could mount could take all of this back.
    push(&mut all, ["--cap-drop", "ALL"]);
    push(&mut all, ["--ro-bind", "/", "/"]);
    push(&mut all, ["--dev", "/dev"]);
    push(&mut all, ["--proc", "/proc"]);
    let mut ends_read_only = vec![PathBuf::from("/run"), PathBuf::from("/dev")];
    // Files there would be memory, of which nobody keeps count.
    push(&mut all, [Path::new("--bind"), &bounds.tmp, Path::new(SHARED)]);
    push(&mut all, ["--tmpfs", "/run"]);
    push(&mut all, ["--ro-bind", PROGRAM, GUARD]);
    for (path, fate) in places(restraint) {
        match fate {
            Fate::Hidden if path.is_dir() => {
                push(&mut all, [Path::new("--tmpfs"), &path]);
                ends_read_only.push(path);
            }
            Fate::Hidden => push(&mut all, [Path::new("--ro-bind"), &bounds.empty, &path]),
            Fate::Temporary => push(&mut all, [Path::new("--bind"), &bounds.tmp, &path]),
            Fate::Writable => push(&mut all, [Path::new("--bind"), &path, &path]),
            Fate::Seen | Fate::Kept => push(&mut all, [Path::new("--ro-bind"), &path, &path]),
        }
    }
    // Only now, because places inside have to be made first.
    for path in &ends_read_only {
        push(&mut all, [Path::new("--remount-ro"), path]);
    }
    push(&mut all, ["--chdir", "/"]);
    push(&mut all, ["--", GUARD]);
    all
}

/// Every place and its fate, the outer before the inner.
fn places(restraint: &Restraint) -> Vec<(PathBuf, Fate)> {
    let bounds = &restraint.bounds;
    let with = |paths: &[PathBuf], fate: Fate| -> Vec<(PathBuf, Fate)> {
        paths.iter().filter_map(|it| Some((it.canonicalize().ok()?, fate))).collect()
    };
    let mut all = with(&bounds.hidden, Fate::Hidden);
    all.extend(with(&["/tmp".into(), "/var/tmp".into()], Fate::Temporary));
    all.extend(with(&PROGRAMS.map(PathBuf::from), Fate::Seen));
    all.extend(with(&bounds.seen, Fate::Seen));
    if bounds.network == Network::On {
        all.extend(with(&[RESOLVER.into()], Fate::Seen));
    }
    all.extend(with(&bounds.writable, Fate::Writable));
    all.extend(with(std::slice::from_ref(&bounds.cache), Fate::Writable));
    all.extend(with(&bounds.kept, Fate::Kept));
    all.sort_by_cached_key(|(path, fate)| (path.components().count(), path.clone(), *fate));
    all.dedup_by(|later, former| {
        let is_same = later.0 == former.0;
        former.1 = if is_same { later.1 } else { former.1 };
        is_same
    });
    all
}

fn push<T: AsRef<std::ffi::OsStr>, const N: usize>(all: &mut Vec<OsString>, words: [T; N]) {
    all.extend(words.map(|it| it.as_ref().to_owned()));
}
