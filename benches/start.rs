//! How soon the first whole frame stands in a terminal, what a guard costs, and
//! what a hundred agents cost that are held.
//!
//! `cargo bench --bench start -- rounds=20`
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a bench stops where it can't go on, and tells what it found"
)]

mod parts;

use auteur::{
    journal::Journal,
    model::{
        AgentId, Author, Casting, Event, FORMAT, Header, HoldReason, Limits, Millis, Record, Seq,
    },
};
use parts::{naps, number, percentile, resident, spent, tell};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::{
    fs,
    io::Read as _,
    process::{Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread::{sleep, spawn},
    time::{Duration, Instant},
};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_auteur");
/// Agents that are held.
const HELD: u32 = 100;
/// How long a quiet screen is watched.
const QUIET: Duration = Duration::from_secs(5);

fn main() {
    let house = House::new();
    let rounds = number("rounds", 20);
    let mut bare = Vec::new();
    let mut ours = Vec::new();
    for _ in 0..rounds {
        bare.push(house.first_frame(&["sh", "-c", "echo NEW; sleep 1"], "NEW"));
        ours.push(house.first_frame(&[PROGRAM], "quit"));
    }
    let bare = percentile(&mut bare, 50);
    println!("sh -c echo in the same terminal: {bare:.1?}");
    let ours = percentile(&mut ours, 50);
    tell("start -> first frame, median", format!("{ours:.1?}"), "< 30 ms", ours.as_millis() < 30);
    house.guard(rounds * 5);
    house.idle();
}

struct House {
    folder: TempDir,
    state: TempDir,
}

/// A program on a terminal of its own.
struct Stand {
    child: Box<dyn Child + Send + Sync>,
    /// Closed, it would hang up.
    _master: Box<dyn MasterPty + Send>,
    output: Receiver<Vec<u8>>,
}

impl Drop for Stand {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl House {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), state: TempDir::new().unwrap() }
    }

    fn start(&self, command: &[&str]) -> Stand {
        let size = PtySize { rows: 50, cols: 200, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut builder = CommandBuilder::new(command[0]);
        builder.args(&command[1..]);
        builder.cwd(self.folder.path());
        builder.env("TERM", "xterm-256color");
        builder.env("COLORTERM", "truecolor");
        builder.env("AUTEUR_STATE", self.state.path());
        builder.env("XDG_CONFIG_HOME", self.folder.path());
        // Some key, so that agents can be cast; nobody is called.
        builder.env("ANTHROPIC_API_KEY", "none");
        let child = pair.slave.spawn_command(builder).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, output) = channel();
        spawn(move || {
            let mut room = vec![0; 64 << 10];
            while let Ok(count @ 1..) = reader.read(&mut room) {
                if sender.send(room[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Stand { child, _master: pair.master, output }
    }

    /// The time until these words stand on the screen.
    fn first_frame(&self, command: &[&str], words: &str) -> Duration {
        let start = Instant::now();
        let stand = self.start(command);
        stand.wait_for(words);
        start.elapsed()
    }

    /// What a guard adds to a command.
    fn guard(&self, rounds: u64) {
        let mut figures = Vec::new();
        for arguments in [vec!["guard", "true"], vec![]] {
            let (mut times, before) = (Vec::new(), spent("self").children);
            for _ in 0..rounds {
                let program = if arguments.is_empty() { "sh" } else { PROGRAM };
                let rest =
                    if arguments.is_empty() { vec!["-c", "true"] } else { arguments.clone() };
                let mut command = Command::new(program);
                command.args(rest).current_dir(self.folder.path());
                command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
                let start = Instant::now();
                let mut child = command.spawn().unwrap();
                let _control = child.stdin.take();
                child.wait().unwrap();
                times.push(start.elapsed());
            }
            let cost = spent("self").children.saturating_sub(before) / rounds as u32;
            figures.push((percentile(&mut times, 50), cost));
        }
        let [(wall, cost), (bare, bare_cost)] = figures.try_into().unwrap();
        println!(
            "sh -c true: {bare:.1?}, {bare_cost:.1?} CPU; guarded: {wall:.1?}, {cost:.1?} CPU"
        );
    }

    /// A hundred agents that the director holds, and nothing else.
    fn idle(&self) {
        self.leave_session();
        let stand = self.start(&[PROGRAM, "resume"]);
        let process = stand.child.process_id().unwrap().to_string();
        stand.wait_for("quit");
        sleep(Duration::from_secs(2));
        while stand.output.try_recv().is_ok() {}
        let (cpu, slept) = (spent(&process).own, naps(&process));
        sleep(QUIET);
        let (cpu, slept) = (spent(&process).own.saturating_sub(cpu), naps(&process) - slept);
        let bytes: usize = stand.output.try_iter().map(|it| it.len()).sum();
        println!("{HELD} agents held: {} kB resident, {bytes} bytes drawn", resident(&process));
        let share = cpu.as_secs_f64() / QUIET.as_secs_f64() * 100.0;
        tell("  CPU, percent", format!("{share:.2}"), "0.00", cpu.is_zero());
        tell("  wake-ups in 5 s", slept, "0", slept == 0);
    }

    /// A session as a former run leaves it: all its agents held.
    fn leave_session(&self) {
        let sessions = self.state.path().join("sessions");
        let project = self.folder.path().canonicalize().unwrap().display().to_string();
        let session = "01990000-0000-7000-8000-000000000000".to_owned();
        let header = Header { auteur: FORMAT, session, project, ..Header::default() };
        fs::remove_dir_all(&sessions).ok();
        let mut journal = Journal::create(&sessions, &header).unwrap();
        let opened = Event::SessionOpened { title: "held".into(), limits: Limits::default() };
        let events =
            std::iter::once(opened).chain((1..=HELD).flat_map(|it| self.held(AgentId(it))));
        let record = |(place, event)| Record { seq: Seq(place), at: Millis(place), event };
        let records: Vec<_> = (1..).zip(events).map(record).collect();
        journal.append(&records).unwrap();
    }

    fn held(&self, agent: AgentId) -> [Event; 4] {
        let casting = Casting {
            name: format!("agent-{agent}"),
            role: "coder".into(),
            provider: "anthropic".into(),
            model: "claude-sonnet-4".into(),
            brief: "Make the parser fast.".into(),
            workspace: self.folder.path().display().to_string(),
            ..Casting::default()
        };
        let (reason, by) = (HoldReason::Director, Author::Director);
        [
            Event::AgentAdded { agent, casting: Box::new(casting), by },
            Event::AgentStarting { agent, run: 1 },
            Event::AgentStarted { agent },
            Event::HoldPlaced { agent, reason, by, note: String::new() },
        ]
    }
}

impl Stand {
    /// Waits until these words were written.
    fn wait_for(&self, words: &str) {
        let mut seen = Vec::new();
        loop {
            let some = self.output.recv_timeout(Duration::from_secs(10));
            assert!(some.is_ok(), "no {words} in {}", String::from_utf8_lossy(&seen));
            seen.extend(some.unwrap_or_default());
            if String::from_utf8_lossy(&seen).contains(words) {
                return;
            }
        }
    }
}
