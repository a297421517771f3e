//! A simulated session whose system calls on the journal fail, one after the
//! other, until one run has none left to fail: F02 and F03.

use super::{ALL, Scenario, Simulation};
use auteur::journal::Reader;
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
    time::Duration,
};
use tempfile::TempDir;

/// The longest sequence of calls that is tried.
const MOST: usize = 400;

/// The session is under way for at least so many writes. A close that can't be
/// written is not made again: that is said, and what was in mind is lost.
const IN_MID_RUN: usize = 60;

/// Not a test of its own: the session that the others make fail. Leaves what it
/// has shown, and how it ended.
#[test]
fn the_session_to_be_failed() {
    let Some(folder) = env::var_os("AUTEUR_TEST_STATE").map(PathBuf::from) else { return };
    let run = Duration::from_secs(3);
    let short = Scenario { crashes: 0, has_bad_disk: false, agents: 2, run, ..ALL };
    let ended = match Simulation::witnessed(&folder, short).play_in_sight() {
        Ok(trouble) => format!("whole; {}", trouble.unwrap_or_default()),
        Err(error) => format!("refused: {:#}", anyhow::Error::from(error)),
    };
    fs::write(folder.join("ended"), ended).unwrap();
}

/// One run of it with a fault, and what it left.
struct Failed {
    folder: TempDir,
    status: ExitStatus,
    is_injected: bool,
}

fn journal(folder: &Path) -> PathBuf {
    folder.join("sessions/test").join(auteur::journal::FILE)
}

impl Failed {
    /// Runs it under `strace`, with a fault in the calls on its journal.
    fn run(calls: &str, fault: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let trace = folder.path().join("trace");
        let status = Command::new("strace")
            .args(["-f", "-qq", "-o"])
            .arg(&trace)
            .arg("-P")
            .arg(journal(folder.path()))
            .args(["-e", &format!("trace={calls}"), "-e", &format!("inject={calls}:{fault}")])
            .arg(env::current_exe().unwrap())
            .args(["--exact", "simulation::injected::the_session_to_be_failed"])
            .env("AUTEUR_TEST_STATE", folder.path())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .status()
            .unwrap();
        let trace = fs::read_to_string(trace).unwrap();
        let is_injected = trace.contains("INJECTED") || trace.contains("killed by SIGKILL");
        Self { folder, status, is_injected }
    }

    /// How it ended, in its own words; nothing where it was killed.
    fn ended(&self) -> String {
        fs::read_to_string(self.folder.path().join("ended")).unwrap_or_default()
    }

    /// All that it had shown is in its journal, which opens; gives how much in it
    /// is damaged.
    #[track_caller]
    fn damage(&self) -> u64 {
        let path = journal(self.folder.path());
        let shown = fs::read_to_string(self.folder.path().join("shown")).unwrap_or_default();
        if shown.is_empty() {
            return 0;
        }
        let reader = Reader::open(&path).unwrap();
        let kept: Vec<u64> = reader.records_from(0).map(|(_, it)| it.seq.0).collect();
        for line in shown.lines() {
            assert!(kept.contains(&line.parse().unwrap()), "{line} was shown and is lost");
        }
        reader.fold(None).damaged()
    }
}

/// Whether `strace` is there and may trace; where it must be, it has to.
fn can_trace() -> bool {
    let traced = Command::new("strace").args(["-o", "/dev/null", "true"]).status();
    let is_there = traced.is_ok_and(|it| it.success());
    if !is_there {
        crate::skip("strace can't be run here");
    }
    is_there
}

#[test]
fn f02_killed_at_any_write_it_keeps_all_that_was_shown() {
    if !can_trace() {
        return;
    }
    for nth in 1..MOST {
        let failed = Failed::run("write", &format!("signal=KILL:when={nth}"));
        if !failed.is_injected {
            assert!(failed.ended().starts_with("whole"), "{}", failed.ended());
            assert!(nth > 10, "only {nth} writes");
            return;
        }
        assert!(!failed.status.success());
        assert!(failed.damage() <= 1, "killed at write {nth}");
    }
    panic!("it never ended without being killed");
}

#[test]
fn f03_a_write_that_fails_is_made_again_and_leaves_no_trace() {
    if !can_trace() {
        return;
    }
    for error in ["ENOSPC", "EIO", "EINTR"] {
        for nth in (1..IN_MID_RUN).step_by(3) {
            let failed = Failed::run("write", &format!("error={error}:when={nth}"));
            // Without a header there is no session, and that is said.
            let is_refused = nth == 1 && error != "EINTR";
            let expected = if is_refused { "refused: could not append to" } else { "whole" };
            assert!(failed.ended().starts_with(expected), "{error} {nth}: {}", failed.ended());
            assert_eq!(failed.damage(), 0, "{error} at write {nth}");
            assert!(failed.is_injected);
        }
    }
}

#[test]
fn f03_a_journal_that_can_not_be_made_is_named() {
    if !can_trace() {
        return;
    }
    for (calls, error) in [("flock", "ENOLCK"), ("fchmod", "EPERM")] {
        let failed = Failed::run(calls, &format!("error={error}:when=1"));
        let ended = failed.ended();
        let path = journal(failed.folder.path()).display().to_string();
        assert!(ended.starts_with("refused") && ended.contains(&path), "{calls}: {ended}");
    }
}

#[test]
fn f03_a_sync_that_fails_is_told_and_work_goes_on() {
    if !can_trace() {
        return;
    }
    let failed = Failed::run("fdatasync", "error=EIO:when=1");
    let ended = failed.ended();
    let path = journal(failed.folder.path()).display().to_string();
    assert!(ended.starts_with("whole; lines of ") && ended.contains(&path), "{ended}");
    assert_eq!(failed.damage(), 0);
}
