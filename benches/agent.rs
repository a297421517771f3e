//! What a session of twenty tool turns costs, against the rehearsal server at
//! no latency: the program's own time, and that of the processes of its tools.
//!
//! `cargo bench --bench agent -- rounds=5 agents=40`
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a bench stops where it can't go on, and tells what it found"
)]

mod parts;

use auteur::rehearsal::{Rehearsal, Server};
use parts::{number, spent, tell};
use rustix::process::WaitOptions;
use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// Twenty commands, or twenty calls of several tools; then the end.
const SCENE: &str = r#"
[[part]]
name = "commands"
model = "rehearsal-commands"
[[part.turn]]
say = "I look again at what is there."
calls = [{ tool = "shell", with = { command = "ls" } }]
usage = { input = 1000, cache_read = 20000, cache_write = 0, output = 200 }
repeat = 20
[[part.turn]]
say = "All is as it should be."

[[part]]
name = "files"
model = "rehearsal-files"
[[part.turn]]
say = "I read it once more."
calls = [{ tool = "read", with = { path = "notes.txt" } }, { tool = "search", with = { pattern = "seven" } }]
usage = { input = 1000, cache_read = 20000, cache_write = 0, output = 200 }
repeat = 20
[[part.turn]]
say = "All is as it should be."
"#;

/// What all processes under this one have spent that are over: the program, and
/// its guards, which outlive it by a moment and have counted their commands.
fn all_spent() -> Duration {
    while rustix::process::wait(WaitOptions::empty()).is_ok() {}
    spent("self").children
}

fn main() {
    rustix::process::set_child_subreaper(Some(rustix::process::getpid())).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let inside = runtime.enter();
    let server = Server::start(Rehearsal::parse("bench", SCENE).unwrap(), 0, 0.0).unwrap();
    let house = House::new(&server.url());
    for (what, model) in
        [("commands", "rehearsal-commands"), ("reads and searches", "rehearsal-files")]
    {
        let rounds = number("rounds", 5);
        let mut cost = Duration::ZERO;
        let mut wall = Duration::ZERO;
        for _ in 0..rounds {
            let start = Instant::now();
            cost += house.run(1, model).0;
            wall += start.elapsed();
        }
        let each = cost.as_secs_f64() / rounds as f64;
        println!("20 turns of {what}: {:.0?} from start to end", wall / rounds as u32);
        tell(&format!("  CPU s for 20 {what}"), format!("{each:.3}"), "< 0.1", each < 0.1);
    }
    println!("  (20 times `sh -c ls`, bare: {:.3} CPU s)", house.bare().as_secs_f64());
    let agents = number("agents", 40);
    let (_, one) = house.run(1, "rehearsal-commands");
    let (cost, all) = house.run(agents, "rehearsal-commands");
    let each = (all - one) as f64 / 1024.0 / (agents - 1) as f64;
    println!("one agent: {one} kB at most; {agents} at once: {all} kB, {cost:.1?} CPU");
    tell("MB for each further agent", format!("{each:.2}"), "< 1", each < 1.0);
    drop(inside);
    runtime.shutdown_background();
}

/// A project, settings that reach the rehearsal, and a place for sessions.
struct House {
    folder: TempDir,
    config: TempDir,
}

impl House {
    fn new(url: &str) -> Self {
        let (folder, config) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        fs::create_dir(config.path().join("auteur")).unwrap();
        let settings = format!(
            "[providers.rehearsal]\nbase_url = \"{url}\"\n[permissions]\nallow = [\"shell(*)\"]\n\
             [limits]\nmax_running = 1000\n"
        );
        fs::write(config.path().join("auteur/config.toml"), settings).unwrap();
        fs::write(folder.path().join("notes.txt"), "one two three\nsix seven\n".repeat(40))
            .unwrap();
        Self { folder, config }
    }

    /// Runs a session of so many agents; gives the time it took on processors
    /// and the most memory it held, in kB.
    fn run(&self, agents: u64, model: &str) -> (Duration, u64) {
        let before = all_spent();
        let mut child = self.program(agents, model).spawn().unwrap();
        let process = child.id().to_string();
        let mut most = 0;
        let ended = loop {
            most = most.max(peak(&process));
            if let Some(ended) = child.try_wait().unwrap() {
                break ended;
            }
            sleep(Duration::from_millis(5));
        };
        assert!(ended.success(), "{ended}");
        (all_spent().saturating_sub(before), most)
    }

    /// The time on processors of the same commands with nobody around them.
    fn bare(&self) -> Duration {
        let before = all_spent();
        for _ in 0..100 {
            let mut shell = Command::new("sh");
            shell.args(["-c", "ls"]).current_dir(self.folder.path()).stdout(Stdio::null());
            assert!(shell.status().unwrap().success());
        }
        all_spent().saturating_sub(before) / 5
    }

    fn program(&self, agents: u64, model: &str) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_auteur"));
        program.arg("-C").arg(self.folder.path()).arg("run");
        for number in 0..agents {
            program.args(["implementer".to_owned(), format!("Look around, agent {number}.")]);
        }
        let model = format!("rehearsal/{model}");
        program.args(["--headless", "--model", &model]);
        program.env("XDG_CONFIG_HOME", self.config.path());
        program.env("AUTEUR_STATE", self.config.path().join("state"));
        program.stdout(Stdio::null()).stdin(Stdio::null());
        program
    }
}

/// The most memory a process has held so far; nothing of one that is ending.
fn peak(process: &str) -> u64 {
    let status = fs::read_to_string(Path::new("/proc").join(process).join("status"));
    let status = status.unwrap_or_default();
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"));
    line.and_then(|it| it.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
