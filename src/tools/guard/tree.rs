//! The living descendants of this process, read from `/proc`, and signals to
//! all of them.

use rustix::process::{
    Pid, PidfdFlags, Signal, WaitOptions, getpid, pidfd_open, pidfd_send_signal,
};
use std::{
    collections::{HashMap, HashSet},
    fs,
    io::Read,
};

/// A tree that never stands still is given up on after this many looks.
const LOOKS: usize = 100;

/// One line of the process table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Row {
    pid: Pid,
    parent: i32,
    state: u8,
}

impl Row {
    fn is_dead(self) -> bool {
        matches!(self.state, b'Z' | b'X')
    }

    fn is_stopped(self) -> bool {
        matches!(self.state, b'T' | b't')
    }
}

/// Descendants that have not ended.
pub(super) fn living() -> Vec<Pid> {
    descendants().into_iter().filter(|row| !row.is_dead()).map(|row| row.pid).collect()
}

/// How many descendants there are, the dead that nobody collected included: as the
/// kernel counts them. Only they are looked at, for whoever asks often.
pub(super) fn count() -> usize {
    let tasks = |pid: &str| fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten();
    let lists = |pid: &str| {
        let paths = tasks(pid).flatten().map(|it| it.path().join("children"));
        paths.map(fs::read_to_string).collect::<Vec<_>>()
    };
    if lists("self").iter().all(Result::is_err) {
        // A kernel that keeps no such lists.
        return living().len();
    }
    let (mut count, mut waiting) = (0, vec!["self".to_owned()]);
    while let Some(pid) = waiting.pop() {
        for list in lists(&pid).into_iter().flatten() {
            let before = waiting.len();
            waiting.extend(list.split_whitespace().map(str::to_owned));
            count += waiting.len() - before;
        }
    }
    count
}

/// Sends a signal to every living descendant; returns how many there were.
pub(super) fn signal_all(signal: Signal) -> usize {
    let rows: Vec<Row> = descendants().into_iter().filter(|row| !row.is_dead()).collect();
    rows.into_iter().filter(|row| send(*row, signal)).count()
}

/// Stops every living descendant, again and again until a look finds no other;
/// returns how many stand still.
pub(super) fn stop_all() -> usize {
    let mut looks = 0;
    loop {
        let rows: Vec<Row> = descendants().into_iter().filter(|row| !row.is_dead()).collect();
        looks += 1;
        if looks > LOOKS || rows.iter().all(|row| row.is_stopped()) {
            return rows.iter().filter(|row| row.is_stopped()).count();
        }
        for row in rows.into_iter().filter(|row| !row.is_stopped()) {
            send(row, Signal::STOP);
        }
        // A signalled process needs a moment on a processor to stop.
        std::thread::yield_now();
    }
}

/// Kills the children of a process: of bubblewrap, the first process inside.
pub(super) fn kill_children(parent: u32) {
    let is_its = |row: &Row| i64::from(row.parent) == i64::from(parent);
    for row in table().into_iter().filter(is_its) {
        send(row, Signal::KILL);
    }
}

/// Ends every process that carries this mark in its environment, when the guard
/// that should have ended them is gone itself; returns how many there were.
pub(in crate::tools) fn sweep(mark: &str) -> usize {
    let mark = format!("{}={mark}", super::MARK);
    // One that is still dying at the next look is the same one.
    let mut ended = HashSet::new();
    for _ in 0..LOOKS {
        let marked: Vec<Row> =
            table().into_iter().filter(|row| !row.is_dead() && carries(*row, &mark)).collect();
        if marked.is_empty() {
            break;
        }
        for row in marked {
            if send(row, Signal::KILL) {
                ended.insert(row.pid);
            }
            collect(row.pid);
        }
    }
    ended.len()
}

/// Collects a process that was killed, when it was orphaned to us; another's
/// child is not ours to collect, and an unkillable one is not waited for.
fn collect(pid: Pid) {
    for _ in 0..LOOKS {
        match rustix::process::waitpid(Some(pid), WaitOptions::NOHANG) {
            Ok(None) => std::thread::sleep(std::time::Duration::from_millis(1)),
            Ok(Some(_)) | Err(_) => break,
        }
    }
}

fn carries(row: Row, mark: &str) -> bool {
    let pid = row.pid.as_raw_nonzero();
    let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
    environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes())
}

/// Sends a signal to the process that a row was read of, and to no other that
/// got its number since: the handle is opened first, then the row read again.
fn send(row: Row, signal: Signal) -> bool {
    let Ok(handle) = pidfd_open(row.pid, PidfdFlags::empty()) else { return false };
    let still = read_row(row.pid.as_raw_nonzero().get()).is_some_and(|now| {
        now.parent == row.parent || now.parent == getpid().as_raw_nonzero().get()
    });
    still && pidfd_send_signal(handle, signal).is_ok()
}

/// All descendants of this process, children before grandchildren.
fn descendants() -> Vec<Row> {
    let mut children: HashMap<i32, Vec<Row>> = HashMap::new();
    for row in table() {
        children.entry(row.parent).or_default().push(row);
    }
    let mut found = Vec::new();
    let mut parents = vec![getpid().as_raw_nonzero().get()];
    while let Some(parent) = parents.pop() {
        for row in children.remove(&parent).unwrap_or_default() {
            parents.push(row.pid.as_raw_nonzero().get());
            found.push(row);
        }
    }
    found
}

fn table() -> Vec<Row> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(read_row)
        .collect()
}

fn read_row(pid: i32) -> Option<Row> {
    let mut line = [0; 512];
    let read = fs::File::open(format!("/proc/{pid}/stat")).ok()?.read(&mut line).ok()?;
    parse_row(&line[..read])
}

/// `12 (any) bytes) S 1 …`: the name may hold anything, so it ends at the last parenthesis.
fn parse_row(line: &[u8]) -> Option<Row> {
    let name_ends = memchr::memrchr(b')', line)?;
    let name_starts = memchr::memchr(b' ', line)?;
    let pid = std::str::from_utf8(line.get(..name_starts)?).ok()?.parse().ok()?;
    let rest = std::str::from_utf8(line.get(name_ends + 2..)?).ok()?;
    let mut fields = rest.split(' ');
    let state = *fields.next()?.as_bytes().first()?;
    let parent = fields.next()?.parse().ok()?;
    Some(Row { pid: Pid::from_raw(pid)?, parent, state })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_spaces_and_parentheses_is_no_obstacle() {
        let row = parse_row(b"42 (a) S 7 (b) R 9 1 1 0\n").unwrap();
        assert_eq!(row, Row { pid: Pid::from_raw(42).unwrap(), parent: 9, state: b'R' });
    }

    #[test]
    fn a_cut_line_is_no_row() {
        assert_eq!(parse_row(b"42 (a"), None);
        assert_eq!(parse_row(b""), None);
        assert_eq!(parse_row(b"42 (a)"), None);
    }
}
