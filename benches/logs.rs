//! A long log, opened, sought in and searched, beside the programs that people open such
//! logs with: `lnav`, `jq` and `ripgrep`, as far as they are in PATH. All get the same file.
//!
//! And what it takes to replay 700 MB of real transcripts of another tool's, as one log and
//! as a folder of logs: made of the samples in `AUTEUR_TEST_SAMPLES`, under new ids.
//!
//! `cargo bench --bench logs -- mb=1024 corpus=700`
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a bench stops where it can't go on, and tells what it found"
)]

mod parts;

use parts::{number, percentile, spent, status, tape};
use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};
use regex::{Captures, Regex};
use std::{
    env, fs,
    io::{self, Read, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc::{RecvTimeoutError, channel},
    thread::{sleep, spawn},
    time::{Duration, Instant},
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_auteur");
const ROUNDS: usize = 3;
/// So many logs are played side by side.
const MANY: u64 = 24;
/// Who takes longer is not waited for.
const PATIENCE: Duration = Duration::from_mins(1);
/// What is said once, in the middle.
const TOLD: &str = "shibboleth";

fn main() {
    let bytes = number("mb", 1024) << 20;
    let place = Place::of(bytes);
    beside_others(&place, bytes);
    play_transcripts(&place, number("corpus", 700) << 20);
}

/// The same is asked of all of them.
fn beside_others(place: &Place, bytes: u64) {
    println!("one session of {} MB", bytes >> 20);
    let Place { journal, seq, .. } = place;
    let (file, seq) = (journal.to_str().unwrap(), seq.to_string());

    println!("opened in a terminal, to the first words of it");
    place.screen("auteur replay FILE", &[PROGRAM, "replay", file], "agent-1");
    place.screen("lnav FILE", &["lnav", "-N", file], "seq");
    println!("at the record in the middle, from the start of the program");
    let at = [PROGRAM, "replay", "--at", &seq, file];
    place.screen("auteur replay --at N FILE", &at, TOLD);
    let goto = format!(":goto {}", place.line);
    place.screen("lnav -c ':goto LINE' FILE", &["lnav", "-N", "-c", &goto, file], TOLD);
    let select = format!("first(inputs | select(.seq == {seq}))");
    place.run("jq -n 'first(inputs | select(.seq == N))'", &["jq", "-nc", &select, file], true);
    let number = format!("\"seq\":{seq},");
    place.run("rg -m1 '\"seq\":N,'", &["rg", "-m1", &number, file], true);

    println!("the first hit of a word that stands once, in the middle");
    for (name, word) in [("that word", TOLD), ("a word that is nowhere", "nonexistent")] {
        let is_there = word == TOLD;
        let ours = [PROGRAM, "sessions", "search", "--all", "--limit", "1", word];
        fs::remove_file(place.state.join("history.db")).ok();
        place.run(&format!("auteur sessions search, no index: {name}"), &ours, is_there);
        place.run(&format!("rg -m1 -i: {name}"), &["rg", "-m1", "-i", word, file], is_there);
        let search = format!(
            "first(inputs | select(.event.said.text? // \"\" | ascii_downcase | contains(\"{word}\")))"
        );
        place.run(&format!("jq: {name}"), &["jq", "-nc", &search, file], is_there);
        if is_there {
            let search = format!("/{word}");
            place.screen(
                "lnav -c /word: that word",
                &["lnav", "-N", "-c", ":goto 0", "-c", &search, file],
                word,
            );
        }
    }
}

/// Plays so many bytes of transcripts in a terminal, to the end.
fn play_transcripts(place: &Place, bytes: u64) {
    let Some(samples) = env::var_os("AUTEUR_TEST_SAMPLES").map(PathBuf::from) else {
        return println!("transcripts: AUTEUR_TEST_SAMPLES names no samples to make them of");
    };
    let folder = corpus(&samples.join("claude-code"), bytes);
    for (name, path) in [("one log", "one.jsonl"), ("a folder of logs", "many")] {
        let path = folder.join(path);
        println!("{} MB of transcripts, {name}", bytes >> 20);
        let command = [PROGRAM, "replay", path.to_str().unwrap()];
        place.screen("auteur replay, to its first words", &command, "claude");
        let (mut child, mut reader) = place.start(&command);
        spawn(move || io::copy(&mut reader, &mut io::sink()));
        let process = child.process_id().unwrap().to_string();
        let start = Instant::now();
        let (mut last, mut still) = (spent(&process).own, 0);
        // A replay that is read costs next to nothing.
        while still < 3 {
            sleep(Duration::from_secs(1));
            let now = spent(&process).own;
            let is_busy = now.saturating_sub(last) > Duration::from_millis(300);
            (last, still) = (now, if is_busy { 0 } else { still + 1 });
        }
        let took = start.elapsed().saturating_sub(Duration::from_secs(3));
        let most = status(&process, "VmHWM:") / 1024;
        println!("  all of it read and indexed after {took:.1?}; {most} MB at most");
        child.kill().ok();
        child.wait().ok();
    }
}

/// Transcripts of so many bytes: all in one log, and in a folder of many.
fn corpus(samples: &Path, bytes: u64) -> PathBuf {
    let folder = env::temp_dir().join(format!("auteur-bench-transcripts-{bytes}"));
    if folder.join("whole").exists() {
        return folder;
    }
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(folder.join("many")).unwrap();
    let mut logs: Vec<String> = Vec::new();
    let mut rest = vec![samples.to_owned()];
    while let Some(path) = rest.pop() {
        if path.is_dir() {
            rest.extend(fs::read_dir(path).unwrap().map(|it| it.unwrap().path()));
        } else if path.extension().is_some_and(|it| it == "jsonl") {
            logs.extend(fs::read_to_string(path));
        }
    }
    logs.sort_by_key(|it| std::cmp::Reverse(it.len()));
    // The longest are sessions; what is short tells of one odd thing.
    logs.truncate(4);
    let ids = Regex::new("(msg_|req_|toolu_)..|[0-9a-f]{8}(-[0-9a-f]{4}-[0-9a-f]{4})").unwrap();
    let anew = |log: &str, nth: u64| -> String {
        let id = |found: &Captures<'_>| match found.get(1) {
            Some(kind) => format!("{}{nth:06}", kind.as_str()),
            None => format!("{nth:08x}{}", &found[2]),
        };
        ids.replace_all(log, id).into_owned()
    };
    let mut nth = 0;
    let mut write = |name: &str, log: &str, bytes: u64| {
        let (mut file, mut written) = (fs::File::create(folder.join(name)).unwrap(), 0);
        while written < bytes {
            let log = anew(log, nth);
            file.write_all(log.as_bytes()).unwrap();
            written += log.len() as u64;
            nth += 1;
        }
    };
    write("one.jsonl", &logs[0], bytes);
    for (place, log) in (0..MANY).zip(logs.iter().cycle()) {
        write(&format!("many/{place}.jsonl"), log, bytes / MANY);
    }
    fs::write(folder.join("whole"), "").unwrap();
    folder
}

/// Where the log lies.
struct Place {
    state: PathBuf,
    journal: PathBuf,
    seq: u64,
    line: u64,
}

impl Place {
    /// Makes it once.
    fn of(bytes: u64) -> Self {
        let state = env::temp_dir().join(format!("auteur-bench-logs-{bytes}"));
        let (journal, about) =
            (state.join("sessions/session-0").join(auteur::journal::FILE), state.join("whole"));
        if !about.exists() {
            fs::remove_dir_all(&state).ok();
            let told = format!("Here is the {TOLD} quokka, and nowhere else.\n");
            let at = tape::session(&state.join("sessions"), 0, bytes, Some(&told)).unwrap();
            fs::write(&about, at.0.to_string()).unwrap();
        }
        let seq = fs::read_to_string(&about).unwrap().parse().unwrap();
        Self { state, journal, seq, line: seq }
    }

    /// How long it takes until a program has found what stands once; that it has not, where
    /// it is not there.
    fn run(&self, name: &str, command: &[&str], finds: bool) {
        measure(name, command[0], || {
            let mut program = Command::new(command[0]);
            program.args(&command[1..]).env("AUTEUR_STATE", &self.state);
            program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
            let start = Instant::now();
            let mut child = program.spawn().unwrap();
            let output = Box::new(child.stdout.take().unwrap());
            let found = until(output, if finds { TOLD } else { "" });
            let took = start.elapsed();
            child.kill().ok();
            child.wait().ok();
            found.then_some(took)
        });
    }

    /// Starts a program in a terminal of its own; gives what it draws.
    fn start(&self, command: &[&str]) -> (Box<dyn Child + Send + Sync>, Box<dyn Read + Send>) {
        let size = PtySize { rows: 35, cols: 120, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut builder = CommandBuilder::new(command[0]);
        builder.args(&command[1..]);
        builder.cwd(&self.state);
        builder.env("TERM", "xterm-256color");
        builder.env("AUTEUR_STATE", &self.state);
        builder.env("HOME", &self.state);
        let child = pair.slave.spawn_command(builder).unwrap();
        let reader = pair.master.try_clone_reader().unwrap();
        // Closed, it would hang up.
        std::mem::forget(pair.master);
        (child, reader)
    }

    /// How long it takes until a word stands on its screen.
    fn screen(&self, name: &str, command: &[&str], word: &str) {
        measure(name, command[0], || {
            let start = Instant::now();
            let (mut child, reader) = self.start(command);
            let found = until(reader, word);
            let took = start.elapsed();
            child.kill().ok();
            child.wait().ok();
            found.then_some(took)
        });
    }
}

/// Tells the middle one of three times; or that a program is not here, or takes too long.
fn measure(name: &str, program: &str, mut once: impl FnMut() -> Option<Duration>) {
    if !is_here(program) {
        return println!("  {name:<58} is not here");
    }
    let times: Option<Vec<_>> = (0..ROUNDS).map(|_| once()).collect();
    match times {
        Some(mut times) => println!("  {name:<58} {:>10.1?}", percentile(&mut times, 50)),
        None => println!("  {name:<58} not in {PATIENCE:.0?}"),
    }
}

/// Reads until a word comes, or the end where it is none; says whether it came in time.
fn until(mut output: Box<dyn Read + Send>, word: &str) -> bool {
    let (sender, parts) = channel();
    spawn(move || {
        let mut room = vec![0; 64 << 10];
        while let Ok(count @ 1..) = output.read(&mut room) {
            if sender.send(room[..count].to_vec()).is_err() {
                return;
            }
        }
    });
    let (start, mut seen) = (Instant::now(), Vec::new());
    loop {
        let left = PATIENCE.saturating_sub(start.elapsed());
        match parts.recv_timeout(left) {
            Ok(part) => seen.extend(part),
            Err(RecvTimeoutError::Timeout) => return false,
            Err(RecvTimeoutError::Disconnected) => return word.is_empty(),
        }
        if !word.is_empty() && seen.windows(word.len()).any(|it| it == word.as_bytes()) {
            return true;
        }
    }
}

fn is_here(program: &str) -> bool {
    Path::new(program).is_absolute()
        || env::split_paths(&env::var_os("PATH").unwrap_or_default())
            .any(|it| it.join(program).exists())
}
