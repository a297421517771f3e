//! A long log, opened, sought in and searched, beside the programs that people open such
//! logs with: `lnav`, `jq` and `ripgrep`, as far as they are in PATH. All get the same file.
//!
//! `cargo bench --bench logs -- mb=1024`
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a bench stops where it can't go on, and tells what it found"
)]

mod parts;

use parts::{number, percentile, tape};
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use std::{
    env, fs,
    io::Read as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_auteur");
const ROUNDS: usize = 3;
/// What is said once, in the middle.
const TOLD: &str = "shibboleth";

fn main() {
    let bytes = number("mb", 1024) << 20;
    let place = Place::of(bytes);
    println!("one session of {} MB", bytes >> 20);
    let Place { journal, seq, .. } = &place;
    let (file, seq) = (journal.to_str().unwrap(), seq.to_string());

    println!("opened in a terminal, to the first words of it");
    place.screen("auteur replay FILE", &[PROGRAM, "replay", file], "agent-1");
    place.screen("lnav FILE", &["lnav", "-N", file], "auteur");
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
            "first(inputs | select(.text? // \"\" | ascii_downcase | contains(\"{word}\")))"
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

    /// How long a program runs, in the middle of three times; nothing where it is not here.
    fn run(&self, name: &str, command: &[&str], finds: bool) {
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let start = Instant::now();
            let program = Command::new(command[0])
                .args(&command[1..])
                .env("AUTEUR_STATE", &self.state)
                .stdin(Stdio::null())
                .stderr(Stdio::null())
                .output();
            let Ok(output) = program else { return println!("  {name:<58} is not here") };
            times.push(start.elapsed());
            let told = String::from_utf8_lossy(&output.stdout);
            assert_eq!(told.contains(TOLD), finds, "{name}: {told}");
        }
        tell(name, &mut times);
    }

    /// How long it takes until a word stands on its screen.
    fn screen(&self, name: &str, command: &[&str], word: &str) {
        if !is_here(command[0]) {
            return println!("  {name:<58} is not here");
        }
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let size = PtySize { rows: 35, cols: 120, pixel_width: 0, pixel_height: 0 };
            let pair = native_pty_system().openpty(size).unwrap();
            let mut builder = CommandBuilder::new(command[0]);
            builder.args(&command[1..]);
            builder.cwd(&self.state);
            builder.env("TERM", "xterm-256color");
            builder.env("AUTEUR_STATE", &self.state);
            builder.env("HOME", &self.state);
            let start = Instant::now();
            let mut child = pair.slave.spawn_command(builder).unwrap();
            drop(pair.slave);
            let mut reader = pair.master.try_clone_reader().unwrap();
            let (mut seen, mut room) = (Vec::new(), vec![0; 64 << 10]);
            let found = loop {
                let Ok(count @ 1..) = reader.read(&mut room) else { break false };
                seen.extend_from_slice(&room[..count]);
                if seen.windows(word.len()).any(|it| it == word.as_bytes()) {
                    break true;
                }
            };
            times.push(start.elapsed());
            child.kill().ok();
            child.wait().ok();
            assert!(found, "{name}: {}", String::from_utf8_lossy(&seen));
        }
        tell(name, &mut times);
    }
}

fn tell(name: &str, times: &mut [Duration]) {
    println!("  {name:<58} {:>10.1?}", percentile(times, 50));
}

fn is_here(program: &str) -> bool {
    Path::new(program).is_absolute()
        || env::split_paths(&env::var_os("PATH").unwrap_or_default())
            .any(|it| it.join(program).exists())
}
