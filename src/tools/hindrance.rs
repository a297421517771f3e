//! What may have been in a command's way, where what it says sounds like it.

use super::guard::Quota;

/// The signal of a file that grew too large.
pub(super) const SIGXFSZ: i32 = 25;
/// How programs say that there is no more memory.
const NO_MEMORY: [&str; 5] =
    ["annot allocate memory", "memory exhausted", "out of memory", "MemoryError", "bad_alloc"];
/// How programs say that a sandbox is in their way.
const ENCLOSED: [&str; 7] = [
    "ead-only file system",
    "EROFS",
    "ould not resolve host",
    "failure in name resolution",
    "EAI_AGAIN",
    "etwork is unreachable",
    "ENETUNREACH",
];

/// What may have been in the way of a command that ended like this: its limits,
/// and its sandbox, if it may leave that.
pub(super) fn hindrances(
    output: &str,
    (code, signal): (Option<i32>, Option<i32>),
    quota: Quota,
    may_leave: bool,
) -> Vec<&'static str> {
    let ended_by = signal.or(code.map(|it| it - 128));
    let says = |words: &[&str]| code != Some(0) && words.iter().any(|it| output.contains(it));
    let met = [
        (
            quota.file.is_some() && (ended_by == Some(SIGXFSZ) || says(&["File too large"])),
            "a file met the limit sandbox.file_mb",
        ),
        (quota.memory.is_some() && says(&NO_MEMORY), "the limit may be sandbox.memory_mb"),
        (
            quota.processes.is_some() && says(&["Resource temporarily unavailable"]),
            "the limit may be sandbox.processes",
        ),
        (
            quota.open_files.is_some() && says(&["Too many open files"]),
            "the limit may be sandbox.open_files",
        ),
        (
            may_leave && says(&ENCLOSED),
            "its sandbox may be in its way: if it has to leave it, say what for in `outside`",
        ),
    ];
    met.into_iter().filter(|(is_met, _)| *is_met).map(|(_, what)| what).collect()
}
