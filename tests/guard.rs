//! Commands of agents end when they should, with everything they started.
//! Real processes; what is asserted is read from `/proc` and from pipes.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail at any line"
)]

use auteur::{
    tools::{Call, Ended, Progress, Running, Toolbox},
    workspace::Workspace,
};
use std::{
    fs,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;

/// Longer than anything here takes; only a broken program gets so far.
const NEVER: Duration = Duration::from_mins(1);

fn toolbox(folder: &TempDir) -> Toolbox {
    let workspace = Workspace::open(folder.path()).unwrap();
    let path = ("PATH".to_owned(), std::env::var_os("PATH").unwrap().into_string().unwrap());
    Toolbox::new(Arc::new(workspace), vec![path])
        .with_guard(PathBuf::from(env!("CARGO_BIN_EXE_auteur")))
}

fn start(folder: &TempDir, command: &str, timeout: Option<u64>) -> Running {
    toolbox(folder).start(Call::Shell { command: command.to_owned(), timeout, outside: None })
}

async fn end(mut running: Running) -> Ended {
    tokio::time::timeout(NEVER, async {
        loop {
            if let Progress::Ended(ended) = running.next().await {
                return ended;
            }
        }
    })
    .await
    .expect("the command never ended")
}

async fn run(command: &str) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    end(start(&folder, command, Some(50))).await
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

/// Living processes with this word among their arguments.
fn living(word: &str) -> Vec<u32> {
    let pids = fs::read_dir("/proc").unwrap().flatten();
    pids.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid| {
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            line.split(|byte| *byte == 0).any(|argument| argument == word.as_bytes())
                && !matches!(state(*pid), Some('Z' | 'X') | None)
        })
        .collect()
}

fn state(pid: u32) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
}

/// The guard that is above a process.
fn guard_of(pid: u32) -> u32 {
    let is_guard = |pid: &u32| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        line.ends_with(b"\0guard\0nursery\0")
    };
    std::iter::successors(Some(pid), |pid| parent(*pid)).find(is_guard).unwrap()
}

/// A number of seconds no other process sleeps.
fn unusual() -> String {
    format!("9{:08}", fastrand::u32(..100_000_000))
}

#[tokio::test]
async fn a_command_gives_its_output_and_exit_code() {
    let ended = run("echo out; echo err >&2; exit 3").await;
    assert_eq!((ended.ok, ended.text.as_str()), (false, "out\nerr\n[exit 3]"));
    assert_eq!(ended.bytes, 8);
    let ended = run("printf ok").await;
    assert_eq!((ended.ok, ended.text.as_str()), (true, "ok\n[exit 0]"));
}

#[tokio::test]
async fn a_signal_is_called_by_its_name() {
    assert_eq!(run("kill -SEGV $$").await.text, "[ended by SIGSEGV]");
    assert_eq!(run("sh -c 'kill -KILL $$'; exit 137").await.text, "Killed\n[exit 137, SIGKILL]");
}

#[tokio::test]
async fn f19_a_command_has_no_terminal_and_no_input() {
    let ended =
        run("cat; (: < /dev/tty) 2>/dev/null || echo none; ls /proc/self/fd | grep -c '^.$'").await;
    assert_eq!(ended.text, "none\n4\n[exit 0]");
}

/// The `;` gives it to a shell.
#[tokio::test]
async fn a_command_of_plain_words_does_what_it_does_in_a_shell() {
    let folder = tempfile::tempdir().unwrap();
    let made = "printf 'echo $0 $1; exit 7' > script; chmod +x script";
    assert!(end(start(&folder, made, None)).await.ok);
    for command in [
        "ls -a .",
        "ls no-such-file",
        "false",
        "no-such-program -x",
        "./no-such-program",
        "./script one",
        "printenv PWD PATH TERM",
        "/bin/pwd -P",
    ] {
        let plainly = end(start(&folder, command, None)).await;
        let by_a_shell = end(start(&folder, &format!("{command};"), None)).await;
        assert_eq!(plainly, by_a_shell, "{command}");
    }
}

#[tokio::test]
async fn a_command_of_plain_words_needs_no_shell() {
    let folder = tempfile::tempdir().unwrap();
    let seconds = unusual();
    let running = start(&folder, &format!("sleep {seconds}"), None);
    until("it sleeps", || !living(&seconds).is_empty()).await;
    let asleep = living(&seconds);
    assert_eq!(
        asleep.iter().map(|it| parent(*it)).collect::<Vec<_>>(),
        [Some(guard_of(asleep[0]))]
    );
    drop(running);
    until("it is ended", || living(&seconds).is_empty()).await;
}

#[tokio::test]
async fn a_command_sees_only_the_environment_it_is_given() {
    let names = run("env | cut -d= -f1 | sort | tr '\\n' ' '").await.text;
    assert_eq!(names, "AUTEUR_GUARD PATH PWD \n[exit 0]");
}

#[tokio::test]
async fn f15_background_processes_end_with_their_command_and_are_counted() {
    let (one, other) = (unusual(), unusual());
    let ended = run(&format!("sleep {one} & setsid sleep {other} & echo started")).await;
    assert_eq!(ended.text, "started\n[exit 0; 2 background processes ended]");
    assert_eq!(ended.note.as_deref(), Some("2 background processes ended"));
    assert_eq!((living(&one), living(&other)), (vec![], vec![]));
}

/// A daemon: its own session, twice forked, deaf to SIGTERM and SIGHUP.
fn daemon(seconds: &str) -> String {
    format!("(setsid sh -c \"trap '' TERM HUP INT; (sleep {seconds}; :) & sleep {seconds}; :\" &)")
}

#[tokio::test]
async fn f15_a_daemon_is_ended_when_the_tool_is_killed() {
    let (folder, word) = (tempfile::tempdir().unwrap(), unusual());
    let mut running = start(&folder, &format!("{} ; sleep {word}", daemon(&word)), None);
    until("all three sleep", || living(&word).len() == 3).await;
    running.kill();
    let ended = end(running).await;
    assert_eq!((ended.ok, ended.note.as_deref()), (false, Some("stopped")));
    assert_eq!(living(&word), Vec::<u32>::new());
}

#[tokio::test]
async fn a_dropped_tool_leaves_nothing() {
    let (folder, word) = (tempfile::tempdir().unwrap(), unusual());
    let running = start(&folder, &format!("{} ; sleep {word}", daemon(&word)), None);
    until("all three sleep", || living(&word).len() == 3).await;
    drop(running);
    until("nothing is left", || living(&word).is_empty()).await;
}

#[tokio::test]
async fn f19_a_command_that_takes_too_long_is_ended() {
    let (folder, word) = (tempfile::tempdir().unwrap(), unusual());
    let command = format!("trap '' TERM; echo begun; sleep {word}; sleep {word}; sleep {word}");
    let ended = end(start(&folder, &command, Some(1))).await;
    assert_eq!(ended.note.as_deref(), Some("timed out after 1 s"));
    assert!(!ended.ok && ended.text.starts_with("begun\n"), "{}", ended.text);
    assert_eq!(living(&word), Vec::<u32>::new());
}

#[tokio::test]
async fn f15_a_thousand_children_are_ended() {
    let (folder, word) = (tempfile::tempdir().unwrap(), unusual());
    let command =
        format!("i=0; while [ $i -lt 1000 ]; do sleep {word} & i=$((i+1)); done; echo all; wait");
    let mut running = start(&folder, &command, None);
    until("a thousand sleep", || living(&word).len() >= 1000).await;
    running.kill();
    let ended = end(running).await;
    assert_eq!(ended.note.as_deref(), Some("stopped"));
    assert_eq!(living(&word), Vec::<u32>::new());
}

#[tokio::test]
async fn a_frozen_tree_stands_still_until_it_is_thawed() {
    let folder = tempfile::tempdir().unwrap();
    let tick = folder.path().join("tick");
    let size = |path: &Path| fs::metadata(path).map_or(0, |about| about.len());
    let command = "setsid sh -c 'while :; do echo x >> tick; done' & wait";
    let mut running = start(&folder, command, None);
    until("it ticks", || size(&tick) > 100).await;
    running.freeze();
    let frozen = loop {
        match running.next().await {
            Progress::Frozen { processes } => break processes,
            Progress::Ended(ended) => panic!("ended: {ended:?}"),
            Progress::Output(_) | Progress::Asks(_) | Progress::Declined(_) => {}
        }
    };
    assert!(frozen >= 2, "{frozen} stand still");
    let stopped_at = size(&tick);
    // Another process gets its turns meanwhile, so the ticking one would have had some.
    run("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done").await;
    assert_eq!(size(&tick), stopped_at);
    running.thaw();
    until("it ticks again", || size(&tick) > stopped_at).await;
    running.freeze();
    running.kill();
    assert_eq!(end(running).await.note.as_deref(), Some("stopped"));
}

#[tokio::test]
async fn f20_a_runaway_output_is_bounded() {
    let ended = run("head -c 300000000 /dev/zero | tr '\\0' a; echo; echo the end").await;
    assert_eq!(ended.bytes, 300_000_009);
    assert!(ended.text.len() < 40_000, "{}", ended.text.len());
    assert!(ended.text.contains(" of 300000009 bytes left out …"));
    assert!(ended.text.ends_with("the end\n[exit 0]"));
}

#[tokio::test]
async fn output_comes_in_pieces_while_the_command_runs() {
    let folder = tempfile::tempdir().unwrap();
    let mut running = start(&folder, "echo first; until [ -e go ]; do sleep 0.01; done", None);
    assert!(matches!(running.next().await, Progress::Output(text) if text == "first\n"));
    fs::write(folder.path().join("go"), "").unwrap();
    assert_eq!(end(running).await.text, "first\n[exit 0]");
}

#[tokio::test]
async fn a_killed_guard_takes_its_command_along() {
    let (folder, word) = (tempfile::tempdir().unwrap(), unusual());
    let running = start(&folder, &format!("{} ; sleep {word}", daemon(&word)), None);
    until("all three sleep", || living(&word).len() == 3).await;
    kill(guard_of(living(&word)[0]));
    let ended = end(running).await;
    assert!(!ended.ok && ended.text.contains("its guard was killed"), "{}", ended.text);
    until("nothing is left", || living(&word).is_empty()).await;
}

#[tokio::test]
async fn f15_an_output_held_open_elsewhere_does_not_hold_the_result() {
    let (folder, word) = (tempfile::tempdir().unwrap(), unusual());
    let running = start(&folder, &format!("echo ready; sleep {word}"), None);
    until("it sleeps", || living(&word).len() == 1).await;
    let sleeper = living(&word)[0];
    let held = fs::File::options().write(true).open(format!("/proc/{sleeper}/fd/1")).unwrap();
    kill(sleeper);
    let ended = end(running).await;
    assert!(ended.text.starts_with("ready\n"), "{}", ended.text);
    assert_eq!(ended.note.as_deref(), Some("its output is still held open elsewhere"));
    drop(held);
}

#[tokio::test]
async fn output_is_safe_for_the_screen_while_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    let mut running = start(&folder, "printf '\\033]0;x\\007\\033[2Ja\\377b'", None);
    let mut shown = String::new();
    while let Progress::Output(text) = running.next().await {
        shown.push_str(&text);
    }
    assert_eq!(shown, "a\u{fffd}b");
}

fn kill(pid: u32) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

/// Not a test of its own: the parent that `f15_a_killed_parent_leaves_nothing` kills.
#[tokio::test]
async fn the_parent_to_be_killed() {
    let Some(command) = std::env::var_os("AUTEUR_TEST_COMMAND") else { return };
    let folder = tempfile::tempdir().unwrap();
    end(start(&folder, command.to_str().unwrap(), None)).await;
}

#[tokio::test]
async fn f15_a_killed_parent_leaves_nothing() {
    let word = unusual();
    let mut parent = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_parent_to_be_killed"])
        .env("AUTEUR_TEST_COMMAND", format!("{} ; sleep {word}", daemon(&word)))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .process_group(0)
        .spawn()
        .unwrap();
    until("all three sleep", || living(&word).len() == 3).await;
    parent.kill().unwrap();
    parent.wait().unwrap();
    until("nothing is left", || living(&word).is_empty()).await;
}
