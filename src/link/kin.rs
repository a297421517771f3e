//! Whether one who comes is an agent's own process. It runs under our user, as
//! the director does, and must not approve what its agent asks for.
//!
//! What an agent starts can't leave its family: guards and sessions adopt the
//! orphans below them. So its family tells it from a director's terminal.

use std::{fs, os::unix::fs::MetadataExt as _, path::Path};

/// More generations than any real family has.
const GENERATIONS: usize = 1000;

/// Whether a process was started, at whatever remove, by a program like this
/// one: by a guard, or by a session. True as well where it has gone already;
/// false where the system tells nobody's family.
pub(super) fn is_of_an_agent(pid: i32) -> bool {
    // One beyond our sight is in no sandbox of ours either.
    if pid <= 0 || !Path::new("/proc/self/stat").exists() {
        return false;
    }
    let Some(ours) = program(std::process::id().cast_signed()) else { return false };
    let (mut before, mut child) = (pid, pid);
    for _ in 0..GENERATIONS {
        let next = match parent(child) {
            Some(next) => next,
            // The one that came has gone.
            None if child == pid => return true,
            None => match parent(before) {
                // It is there and hidden from us, as nobody of an agent's family is.
                Some(same) if same == child => return false,
                Some(adopted) => adopted,
                None => return true,
            },
        };
        if next <= 1 {
            return false;
        }
        if program(next) == Some(ours) {
            return true;
        }
        if next != child {
            (before, child) = (child, next);
        }
    }
    true
}

/// The program that a process runs, by its file's device and number.
fn program(pid: i32) -> Option<(u64, u64)> {
    let file = fs::metadata(format!("/proc/{pid}/exe")).ok()?;
    Some((file.dev(), file.ino()))
}

fn parent(pid: i32) -> Option<i32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything, even a parenthesis.
    let (_, after) = stat.rsplit_once(')')?;
    after.split_ascii_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_we_have_started_is_ours_and_what_has_started_us_is_not() {
        let mut child = std::process::Command::new("sleep").arg("600").spawn().unwrap();
        let pid = child.id().cast_signed();
        assert!(is_of_an_agent(pid), "a child");
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(is_of_an_agent(pid), "one that has gone");
        assert!(!is_of_an_agent(std::process::id().cast_signed()), "ourselves");
    }
}
