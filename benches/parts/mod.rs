//! What the benches measure with: the process's own figures, and the table.
#![allow(dead_code, reason = "no bench uses all of it")]

pub(crate) mod tape;

use std::{fs, time::Duration};

/// What the kernel says about a process.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Spent {
    /// The process's own time on a processor.
    pub(crate) own: Duration,
    /// That of its children that have ended, and of theirs.
    pub(crate) children: Duration,
}

/// The time on a processor of a process: `self`, or its number. The kernel
/// tells it in hundredths of a second.
pub(crate) fn spent(process: &str) -> Spent {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // The name stands in brackets and may hold anything.
    let (_, rest) = stat.rsplit_once(") ").unwrap();
    let fields: Vec<u64> = rest.split(' ').map(|it| it.parse().unwrap_or(0)).collect();
    let ticks = |from: usize| Duration::from_millis((fields[from] + fields[from + 1]) * 10);
    Spent { own: ticks(11), children: ticks(13) }
}

/// A line of a process's `status`, such as `VmRSS`, in its own unit.
pub(crate) fn status(process: &str, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|it| it.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).and_then(|it| it.parse().ok()).unwrap()
}

/// Memory of a process in kB.
pub(crate) fn resident(process: &str) -> u64 {
    status(process, "VmRSS:")
}

/// How often the threads of a process have gone to sleep: each is a wake-up.
pub(crate) fn naps(process: &str) -> u64 {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).unwrap();
    let tasks = tasks.map(|it| it.unwrap().file_name().into_string().unwrap());
    tasks.map(|it| status(&format!("{process}/task/{it}"), "voluntary_ctxt_switches:")).sum()
}

/// The one of `times` that so many hundredths are below.
pub(crate) fn percentile(times: &mut [Duration], hundredths: usize) -> Duration {
    times.sort();
    let place = (times.len() * hundredths / 100).min(times.len().saturating_sub(1));
    times.get(place).copied().unwrap_or_default()
}

/// A line of the table: a figure, what was measured, what is wanted.
pub(crate) fn tell(figure: &str, found: impl std::fmt::Display, goal: &str, is_met: bool) {
    let found = found.to_string();
    let mark = if is_met { "met" } else { "NOT MET" };
    println!("{figure:<44} {found:>14}   goal {goal:<18} {mark}");
}

/// A number behind `NAME=` on the command line.
pub(crate) fn number(name: &str, default: u64) -> u64 {
    let named = |it: String| it.strip_prefix(name)?.strip_prefix('=')?.parse().ok();
    std::env::args().find_map(named).unwrap_or(default)
}
