//! Guards are used again, and nothing of one command is there for the next.
//! Real processes; what is asserted is read from `/proc` and from pipes.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail at any line"
)]

use auteur::{
    tools::{
        Call, Ended, Progress, Running, Toolbox,
        guard::{Guarded, Holder, Pool, Quota, Restraint, Said, Start, Word},
    },
    workspace::{Bounds, Workspace},
};
use rustix::process::{Pid, Signal};
use std::{
    ffi::OsStr,
    fs,
    io::{Read, Write},
    os::{
        fd::AsFd,
        unix::{fs::OpenOptionsExt, process::CommandExt},
    },
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;

/// Longer than anything here takes; only a broken program gets so far.
const NEVER: Duration = Duration::from_mins(1);

fn pool() -> Pool {
    Pool::new(env!("CARGO_BIN_EXE_auteur").into())
}

fn start(pool: &Pool, folder: &Path, variable: &str, command: &str) -> Running {
    let workspace = Workspace::open(folder).unwrap();
    let path = std::env::var_os("PATH").unwrap().into_string().unwrap();
    let environment = vec![("PATH".to_owned(), path), (variable.to_owned(), "x".to_owned())];
    let toolbox = Toolbox::new(Arc::new(workspace), environment).with_guards(pool.clone());
    toolbox.start(Call::Shell { command: command.to_owned(), timeout: Some(50), outside: None })
}

async fn end(mut running: Running) -> Ended {
    let ended = async {
        loop {
            if let Progress::Ended(ended) = running.next().await {
                return ended;
            }
        }
    };
    tokio::time::timeout(NEVER, ended).await.expect("the command never ended")
}

/// Runs a command after which its guard, its shell's parent, is known.
async fn guard_after(pool: &Pool, command: &str) -> (Pid, Ended) {
    let folder = tempfile::tempdir().unwrap();
    let ended = end(start(pool, folder.path(), "ONE", &format!("echo $PPID; {command}"))).await;
    let guard = ended.text.lines().next().unwrap().parse().unwrap();
    (Pid::from_raw(guard).unwrap(), ended)
}

/// Waits until it is so, looking again and again.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let looked = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(NEVER, looked).await.unwrap_or_else(|_| panic!("never: {what}"));
}

fn state(pid: Pid) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

/// Living processes with this word among their arguments.
fn living(word: &str) -> Vec<Pid> {
    let pids = fs::read_dir("/proc").unwrap().flatten();
    pids.filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?))
        .filter(|pid| {
            let line = fs::read(format!("/proc/{}/cmdline", pid.as_raw_nonzero()));
            let line = line.unwrap_or_default();
            line.split(|byte| *byte == 0).any(|argument| argument == word.as_bytes())
                && !is_gone(*pid)
        })
        .collect()
}

fn is_gone(pid: Pid) -> bool {
    matches!(state(pid), None | Some('Z' | 'X'))
}

fn signal(pid: Pid, signal: Signal) {
    rustix::process::kill_process(pid, signal).unwrap();
}

#[tokio::test]
async fn a_guard_is_used_again() {
    let pool = pool();
    assert_eq!(pool.waiting(), 0);
    let (one, _) = guard_after(&pool, "exit 3").await;
    assert_eq!(pool.waiting(), 1);
    let (other, _) = guard_after(&pool, "kill -KILL $$").await;
    assert_eq!((one, pool.waiting()), (other, 1));
    assert_eq!(guard_after(&pool, "").await.0, one);
}

#[tokio::test]
async fn a_guard_that_nobody_comes_back_for_ends_with_its_command() {
    let folder = tempfile::tempdir().unwrap();
    let (by, bounds) = (Holder::Nobody, Bounds::of(folder.path()));
    let restraint = Restraint { by, bounds, quota: Quota::default() };
    let held = pool().restrained(Arc::new(restraint));
    let waits = "until [ -e go ]; do sleep 0.01; done";
    let running = start(&held, folder.path(), "ONE", waits);
    held.forget();
    fs::write(folder.path().join("go"), "").unwrap();
    end(running).await;
    assert_eq!(held.waiting(), 0);
}

#[tokio::test]
async fn the_next_command_sees_nothing_of_the_one_before() {
    let (pool, folder) = (pool(), tempfile::tempdir().unwrap());
    let (guard, _) = guard_after(&pool, "umask 0; export MINE=1; exec 7</; ulimit -n 77").await;
    let seen = "pwd; env | cut -d= -f1 | sort | tr '\\n' ' '; umask; ulimit -n | grep -c '^77$';
        ls /proc/self/fd | grep '^.$' | tr '\\n' ' '; ls -l /proc/self/fd | grep -c socket; echo $PPID";
    let folder = folder.path().canonicalize().unwrap();
    let ended = end(start(&pool, &folder, "TWO", seen)).await;
    let umask = end(start(&self::pool(), &folder, "TWO", "umask")).await.text;
    let umask = umask.lines().next().unwrap();
    let expected = format!(
        "{}\nAUTEUR_GUARD PATH PWD TWO {umask}\n0\n0 1 2 3 0\n{}\n[exit 0]",
        folder.display(),
        guard.as_raw_nonzero()
    );
    assert_eq!(ended.text, expected);
}

#[tokio::test]
async fn each_command_has_its_own_mark() {
    let pool = pool();
    let mark = async || guard_after(&pool, "echo $AUTEUR_GUARD").await.1.text;
    assert_ne!(mark().await, mark().await);
}

#[tokio::test]
async fn a_guard_has_no_environment_and_stands_nowhere() {
    let guard = guard_after(&pool(), "true").await.0;
    let (pool, about) = (pool(), "tr '\\0' '\\n' </proc/$PPID/environ; readlink /proc/$PPID/cwd");
    let ended = guard_after(&pool, about).await;
    assert_ne!(ended.0, guard);
    let rest = ended.1.text.split_once('\n').unwrap().1;
    assert_eq!(rest, "/\n[exit 0]");
}

#[tokio::test]
async fn an_orphan_of_another_session_is_ended_and_the_guard_is_used_again() {
    let pool = pool();
    let word = format!("9{:08}", fastrand::u32(..100_000_000));
    let daemon = format!(
        "(setsid sh -c \"trap '' TERM HUP INT; >ready; (sleep {word}; :) & sleep {word}; :\" &)
        until [ -e ready ]; do sleep 0.01; done"
    );
    let (one, ended) = guard_after(&pool, &daemon).await;
    let note = ended.note.unwrap();
    assert!(note.ends_with(" ended"), "{note}");
    assert_eq!(living(&word), Vec::<Pid>::new());
    assert_eq!((guard_after(&pool, "").await.0, pool.waiting()), (one, 1));
}

#[tokio::test]
async fn an_orphan_that_ends_is_collected_while_the_command_goes_on() {
    // A process that has ended and was not collected still has its folder.
    let command = "(sh -c 'echo $$ >it' &)
        until [ -s it ]; do sleep 0.01; done
        tries=0
        while [ -d /proc/$(cat it) ] && [ $tries -lt 3000 ]; do
            sleep 0.01; tries=$((tries + 1))
        done
        [ -d /proc/$(cat it) ] || echo collected";
    let (_, ended) = guard_after(&pool(), command).await;
    assert!(ended.text.contains("collected"), "{}", ended.text);
}

#[tokio::test]
async fn a_guard_that_was_killed_while_it_waited_costs_nothing() {
    let pool = pool();
    let (one, _) = guard_after(&pool, "").await;
    signal(one, Signal::KILL);
    until("it is gone", || is_gone(one)).await;
    let (other, ended) = guard_after(&pool, "").await;
    assert!(ended.ok, "{}", ended.text);
    assert_ne!(one, other);
}

#[tokio::test]
async fn a_command_whose_guard_is_killed_before_it_took_it_runs_once() {
    let (pool, folder) = (pool(), tempfile::tempdir().unwrap());
    let (guard, _) = guard_after(&pool, "").await;
    signal(guard, Signal::STOP);
    until("it stands", || state(guard) == Some('T')).await;
    let running = start(&pool, folder.path(), "ONE", "echo once >> count; cat count");
    assert_eq!(pool.waiting(), 0);
    signal(guard, Signal::KILL);
    let ended = end(running).await;
    assert_eq!((ended.ok, ended.text.as_str()), (true, "once\n[exit 0]"));
}

#[tokio::test]
async fn a_program_that_is_no_guard_is_not_tried_for_ever() {
    let (pool, folder) = (Pool::new("/bin/true".into()), tempfile::tempdir().unwrap());
    let ended = end(start(&pool, folder.path(), "ONE", "echo never")).await;
    assert!(!ended.ok && !ended.text.contains("never"), "{}", ended.text);
}

#[tokio::test]
async fn a_folder_that_is_gone_is_said_and_the_guard_is_used_again() {
    let pool = pool();
    let folder = tempfile::tempdir().unwrap();
    let workspace = Arc::new(Workspace::open(folder.path()).unwrap());
    let toolbox = Toolbox::new(workspace, vec![]).with_guards(pool.clone());
    drop(folder);
    let command = "echo never".to_owned();
    let ended = end(toolbox.start(Call::Shell { command, timeout: None, outside: None })).await;
    assert_eq!(ended.text, "[could not be started: No such file or directory (os error 2)]");
    assert_eq!(pool.waiting(), 1);
    assert!(guard_after(&pool, "").await.1.ok);
}

#[tokio::test]
async fn a_command_larger_than_any_pipe_runs_or_is_refused_whole() {
    let (pool, folder) = (pool(), tempfile::tempdir().unwrap());
    let long = |length: usize| format!(": {}; echo whole", "x".repeat(length));
    let ended = end(start(&pool, folder.path(), "ONE", &long(120_000))).await;
    assert_eq!(ended.text, "whole\n[exit 0]");
    let ended = end(start(&pool, folder.path(), "ONE", &long(2_000_000))).await;
    assert_eq!(ended.text, "[could not be started: Argument list too long (os error 7)]");
    let ended = end(start(&pool, folder.path(), "ONE", "echo a\0b")).await;
    assert_eq!(ended.text, "could not be started: it holds a zero byte");
    assert_eq!(pool.waiting(), 1);
}

#[tokio::test]
async fn commands_at_the_same_time_have_a_guard_each() {
    let (pool, folder) = (pool(), tempfile::tempdir().unwrap());
    let meet = "echo $PPID; >$PPID; until [ $(ls | wc -l) = 6 ]; do sleep 0.01; done";
    let running: Vec<_> = (0..6).map(|_| start(&pool, folder.path(), "ONE", meet)).collect();
    let mut guards = std::collections::BTreeSet::new();
    for running in running {
        guards.insert(end(running).await.text);
    }
    assert_eq!((guards.len(), pool.waiting()), (6, 4));
}

#[tokio::test]
async fn guards_that_wait_end_with_their_pool() {
    let pool = pool();
    let (guard, _) = guard_after(&pool, "").await;
    assert!(!is_gone(guard));
    drop(pool);
    until("it is gone", || is_gone(guard)).await;
}

/// Not a test of its own: the parent that `a_guard_that_waits_ends_with_a_killed_parent` kills.
#[tokio::test]
async fn the_parent_to_be_killed() {
    let Some(told) = std::env::var_os("AUTEUR_TEST_TOLD") else { return };
    let pool = pool();
    let (guard, _) = guard_after(&pool, "").await;
    fs::write(told, guard.as_raw_nonzero().to_string()).unwrap();
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_guard_that_waits_ends_with_a_killed_parent() {
    let folder = tempfile::tempdir().unwrap();
    let told = folder.path().join("told");
    let mut parent = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_parent_to_be_killed"])
        .env("AUTEUR_TEST_TOLD", &told)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .process_group(0)
        .spawn()
        .unwrap();
    let mut guard = None;
    until("it waits", || {
        let told = fs::read_to_string(&told).unwrap_or_default();
        guard = told.parse().ok().and_then(Pid::from_raw);
        guard.is_some()
    })
    .await;
    assert!(!is_gone(guard.unwrap()));
    parent.kill().unwrap();
    parent.wait().unwrap();
    until("it is gone", || is_gone(guard.unwrap())).await;
}

/// A program with descriptors of its own, as an engine's would be.
fn with_descriptors(folder: &TempDir, argv: &[&str]) -> (Guarded, Descriptors) {
    let ((theirs_in, input), (output, theirs_out)) =
        (std::io::pipe().unwrap(), std::io::pipe().unwrap());
    let (errors, theirs_err) = std::io::pipe().unwrap();
    let argv: Vec<_> = argv.iter().map(OsStr::new).collect();
    let environment = [("PATH".to_owned(), "/usr/bin:/bin".to_owned())];
    let start = Start {
        argv: &argv,
        folder: folder.path(),
        environment: &environment,
        is_on_terminal: false,
        stdin: Some(theirs_in.as_fd()),
        stdout: Some(theirs_out.as_fd()),
        stderr: Some(theirs_err.as_fd()),
    };
    (pool().start(&start).unwrap(), Descriptors { input, output, errors })
}

struct Descriptors {
    input: std::io::PipeWriter,
    output: std::io::PipeReader,
    errors: std::io::PipeReader,
}

#[tokio::test]
async fn any_program_runs_with_the_descriptors_it_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let argv = ["sh", "-c", "read line; echo got $line; echo hm >&2; read line || exit 4"];
    let (mut guarded, mut given) = with_descriptors(&folder, &argv);
    given.input.write_all(b"this\n").unwrap();
    let mut output = [0; 9];
    given.output.read_exact(&mut output).unwrap();
    assert_eq!(&output, b"got this\n");
    drop(given.input);
    let over = Word::Over { code: Some(4), signal: None, ended: 0, left: 0 };
    assert_eq!(guarded.hear().await, Said::Word(over));
    let (mut rest, mut errors) = (String::new(), String::new());
    given.output.read_to_string(&mut rest).unwrap();
    given.errors.read_to_string(&mut errors).unwrap();
    assert_eq!((rest.as_str(), errors.as_str()), ("", "hm\n"));
}

#[tokio::test]
async fn a_program_that_is_not_there_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (mut guarded, _given) = with_descriptors(&folder, &["no-such-program-anywhere"]);
    let why = "No such file or directory (os error 2)".to_owned();
    assert_eq!(guarded.hear().await, Said::Word(Word::Failed(why)));
}

#[tokio::test]
async fn a_program_may_have_a_terminal_of_its_own() {
    const NOT_OURS: i32 = 0o400;
    let folder = tempfile::tempdir().unwrap();
    let ends = portable_pty::native_pty_system().openpty(portable_pty::PtySize::default()).unwrap();
    let name = ends.master.tty_name().unwrap();
    let terminal = fs::File::options().read(true).write(true).custom_flags(NOT_OURS).open(name);
    let terminal = terminal.unwrap();
    drop(ends.slave);
    let told = "trap 'exit 5' INT; echo here >/dev/tty; while tty -s; do sleep 0.05; done";
    let argv = ["/bin/sh", "-c", told].map(OsStr::new);
    let start = Start {
        argv: &argv,
        folder: folder.path(),
        environment: &[("PATH".to_owned(), "/usr/bin:/bin".to_owned())],
        is_on_terminal: true,
        stdin: Some(terminal.as_fd()),
        stdout: Some(terminal.as_fd()),
        stderr: Some(terminal.as_fd()),
    };
    let pool = pool();
    let mut guarded = pool.start(&start).unwrap();
    drop(terminal);
    let mut screen = ends.master.try_clone_reader().unwrap();
    let mut shown = [0; 6];
    screen.read_exact(&mut shown).unwrap();
    assert_eq!(&shown, b"here\r\n");
    let interrupt = 3;
    ends.master.take_writer().unwrap().write_all(&[interrupt]).unwrap();
    let over = Word::Over { code: Some(5), signal: None, ended: 0, left: 0 };
    assert_eq!(guarded.hear().await, Said::Word(over));
    assert_eq!(pool.waiting(), 1);
}

/// The program's own parent, by its number.
fn parent(pid: Pid) -> Pid {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap();
    let parent = stat.rsplit_once(") ").unwrap().1.split(' ').nth(1).unwrap().parse().unwrap();
    Pid::from_raw(parent).unwrap()
}

/// A command that goes on, and its guard.
async fn sleeper(pool: &Pool, folder: &TempDir) -> (Running, String, Pid) {
    let word = format!("9{:08}", fastrand::u32(..100_000_000));
    let running = start(pool, folder.path(), "ONE", &format!("sleep {word}; :"));
    until("it sleeps", || living(&word).len() == 1).await;
    let guard = parent(parent(living(&word)[0]));
    (running, word, guard)
}

#[tokio::test]
async fn all_guards_are_forked_by_one_nursery_and_what_they_load_is_shared() {
    let (pool, folder) = (pool(), tempfile::tempdir().unwrap());
    let (_one, _, first) = sleeper(&pool, &folder).await;
    let (_other, _, second) = sleeper(&pool, &folder).await;
    assert_ne!(first, second);
    assert_eq!(parent(first), parent(second));
    assert_eq!(parent(parent(first)), rustix::process::getpid());
    let map = fs::read_to_string(format!("/proc/{}/smaps_rollup", first.as_raw_nonzero())).unwrap();
    let own = map.lines().find_map(|it| it.strip_prefix("Private_Dirty:")).unwrap();
    let own: u64 = own.trim().strip_suffix(" kB").unwrap().parse().unwrap();
    assert!(own < 400, "{own} kB are a guard's own");
}

#[tokio::test]
async fn the_end_of_one_is_noticed_by_its_guard_while_younger_ones_live() {
    let (pool, folder) = (pool(), tempfile::tempdir().unwrap());
    let (one, word, _) = sleeper(&pool, &folder).await;
    let (_other, younger, _) = sleeper(&pool, &folder).await;
    drop(one);
    until("it is ended", || living(&word).is_empty()).await;
    assert_eq!(living(&younger).len(), 1);
}

#[tokio::test]
async fn a_guard_that_was_killed_is_collected_by_its_nursery() {
    let (pool, folder) = (pool(), tempfile::tempdir().unwrap());
    let (running, word, guard) = sleeper(&pool, &folder).await;
    let nursery = parent(guard);
    signal(guard, Signal::KILL);
    assert!(!end(running).await.ok);
    until("nothing is left of it", || state(guard).is_none() && living(&word).is_empty()).await;
    let (_next, _, next) = sleeper(&pool, &folder).await;
    assert_eq!(parent(next), nursery);
}

#[tokio::test]
async fn a_nursery_that_is_killed_takes_no_command_along_and_the_next_one_starts() {
    let (pool, folder) = (pool(), tempfile::tempdir().unwrap());
    let (mut running, word, guard) = sleeper(&pool, &folder).await;
    let nursery = parent(guard);
    signal(nursery, Signal::KILL);
    until("it is gone", || is_gone(nursery)).await;
    assert_eq!(living(&word).len(), 1);
    let (next, younger, other) = sleeper(&pool, &folder).await;
    assert_ne!(parent(other), nursery);
    running.kill();
    let ended = end(running).await;
    assert_eq!((ended.ok, ended.note.as_deref()), (false, Some("stopped")));
    assert!(living(&word).is_empty());
    drop(next);
    until("nothing is left", || living(&younger).is_empty()).await;
}

#[tokio::test]
async fn a_guard_whose_nursery_is_gone_is_killed_all_the_same() {
    let (pool, folder) = (pool(), tempfile::tempdir().unwrap());
    let word = format!("9{:08}", fastrand::u32(..100_000_000));
    let argv = ["/bin/sleep", &word].map(OsStr::new);
    let (stdin, stdout, stderr) = (None, None, None);
    let (folder, environment) = (folder.path(), &[][..]);
    let is_on_terminal = false;
    let start = Start { argv: &argv, folder, environment, is_on_terminal, stdin, stdout, stderr };
    let mut guarded = pool.start(&start).unwrap();
    until("it sleeps", || living(&word).len() == 1).await;
    let guard = parent(living(&word)[0]);
    signal(parent(guard), Signal::KILL);
    signal(guard, Signal::STOP);
    until("it stands", || state(guard) == Some('T')).await;
    guarded.kill_guard();
    assert_eq!(guarded.hear().await, Said::Killed { ended: 1 });
    assert!(is_gone(guard) && living(&word).is_empty());
}

#[tokio::test]
async fn a_nursery_that_was_stopped_is_ended_and_the_next_one_starts() {
    let (pool, folder) = (pool(), tempfile::tempdir().unwrap());
    let (_running, word, guard) = sleeper(&pool, &folder).await;
    let nursery = parent(guard);
    signal(nursery, Signal::STOP);
    until("it stands", || state(nursery) == Some('T')).await;
    let (_next, _, other) = sleeper(&pool, &folder).await;
    assert_ne!(parent(other), nursery);
    until("it is gone", || is_gone(nursery)).await;
    assert_eq!(living(&word).len(), 1);
}

#[tokio::test]
async fn a_nursery_ends_with_its_pool() {
    let (pool, folder) = (pool(), tempfile::tempdir().unwrap());
    let (running, _, guard) = sleeper(&pool, &folder).await;
    let nursery = parent(guard);
    drop((running, pool));
    until("both are gone", || is_gone(nursery) && is_gone(guard)).await;
}

#[tokio::test]
async fn keys_interrupt_a_command_even_where_they_are_to_leave_us_alone() {
    let test = std::env::current_exe().unwrap();
    let quiet = "trap '' INT QUIT; exec \"$0\" --exact a_program_may_have_a_terminal_of_its_own";
    let mut tried = Command::new("/bin/sh");
    tried.args(["-c", quiet]).arg(test).stdin(Stdio::null()).stdout(Stdio::null());
    let mut tried = tokio::process::Command::from(tried).kill_on_drop(true).spawn().unwrap();
    let ended = tokio::time::timeout(NEVER, tried.wait()).await;
    assert!(ended.expect("the key does nothing").unwrap().success());
}
