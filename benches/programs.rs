//! What we cost beside each agent that is a program of somebody else's: twenty
//! commands each, against the rehearsal server at no latency.
//!
//! `cargo bench --bench programs -- agents=4 only=codex`
//!
//! Programs are looked for in `AUTEUR_TEST_PROGRAMS` and in PATH; those that are
//! not there are named and left out.
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
    config::Programs,
    rehearsal::{Rehearsal, Server},
};
use parts::{number, spent, tell};
use rustix::process::WaitOptions;
use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};
use tempfile::TempDir;

const OURS: &str = env!("CARGO_BIN_EXE_auteur");
const TURNS: u32 = 20;
/// Each program, and how its model runs a command.
const ALL: [(&str, &str); 5] = [
    ("claude", r#"{ tool = "Bash", with = { command = "ls" } }"#),
    ("codex", r#"{ tool = "exec_command", with = { cmd = "ls" } }"#),
    ("gemini", r#"{ tool = "run_shell_command", with = { command = "ls" } }"#),
    ("opencode", r#"{ tool = "bash", with = { command = "ls", description = "look" } }"#),
    ("qwen", r#"{ tool = "run_shell_command", with = { command = "ls", is_background = false } }"#),
];

fn main() {
    rustix::process::set_child_subreaper(Some(rustix::process::getpid())).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let inside = runtime.enter();
    let server = Server::start(Rehearsal::parse("bench", &scene()).unwrap(), 0, 0.0).unwrap();
    let agents = number("agents", 4).max(2);
    let only = env::args().find_map(|it| it.strip_prefix("only=").map(str::to_owned));
    println!("{TURNS} commands each; one agent, then {agents} at once");
    for (name, ..) in ALL.into_iter().filter(|it| only.as_deref().is_none_or(|only| it.0 == only)) {
        let Some(file) = find(name) else {
            println!("skipped: there is no `{name}` in AUTEUR_TEST_PROGRAMS or PATH");
            continue;
        };
        let house = House::new(name, &file, &server.url());
        let (one, all) = (house.run(1), house.run(agents));
        let further = |all: f64, one: f64| (all - one) / (agents - 1) as f64;
        let own = further(all.own.as_secs_f64(), one.own.as_secs_f64()).max(0.0);
        let theirs = all.theirs.as_secs_f64() / agents as f64;
        let share = own / theirs * 100.0;
        let memory = further(all.memory as f64, one.memory as f64) / 1024.0;
        println!(
            "{name}: {:.0?} for one, {:.0?} for {agents}; {:.0} MB of theirs",
            one.wall,
            all.wall,
            all.theirs_memory as f64 / 1024.0
        );
        let both = format!("{:.1} / {:.0}", own * 1000.0, theirs * 1000.0);
        println!("  CPU of each, ours / theirs, ms {both:>26}");
        tell("  our CPU in percent of its own", format!("{share:.2}"), "< 1", share < 1.0);
        tell("  our MB for each further one", format!("{memory:.2}"), "< 1", memory < 1.0);
    }
    drop(inside);
    runtime.shutdown_background();
}

fn scene() -> String {
    let mut text = String::new();
    for (name, call) in ALL {
        writeln!(
            text,
            "[[part]]\nname = \"{name}\"\nbrief = \"THE-TASK-OF-{name}\"\n[[part.turn]]\n\
             say = \"I look again at what is there.\"\nrepeat = {TURNS}\n\
             calls = [{call}]\n\
             usage = {{ input = 1000, cache_read = 20000, cache_write = 0, output = 200 }}\n\
             [[part.turn]]\nsay = \"All is as it should be.\""
        )
        .unwrap();
    }
    text
}

/// Where a program is.
fn find(name: &str) -> Option<PathBuf> {
    let named = env::var_os("AUTEUR_TEST_PROGRAMS").map(PathBuf::from);
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders = named.into_iter().chain(env::split_paths(&path));
    folders.find_map(|it| Some(it.join(name)).filter(|it| it.is_file()))
}

/// What one run came to.
struct Ran {
    wall: Duration,
    own: Duration,
    theirs: Duration,
    /// Ours at most, in kB.
    memory: u64,
    theirs_memory: u64,
}

/// A project, the program's own home, and settings that bring it to the rehearsal.
struct House {
    name: &'static str,
    folder: TempDir,
    home: TempDir,
    path: String,
}

impl House {
    fn new(name: &'static str, file: &Path, url: &str) -> Self {
        let (folder, home) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let known = Programs::built_in().unwrap();
        let program = known.program(name).unwrap();
        let plan = program.rehearse.as_ref().unwrap().filled(url, home.path());
        for (name, text) in &plan.files {
            let path = home.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let mut argv = vec![file.display().to_string()];
        argv.extend(program.command[1..].iter().chain(&plan.args).cloned());
        let mut text = format!("[programs.{name}]\ncommand = {argv:?}\n[programs.{name}.env]\n");
        for (name, value) in plan.env {
            writeln!(text, "{name} = {value:?}").unwrap();
        }
        let settings = home.path().join(".config/auteur");
        fs::create_dir_all(&settings).unwrap();
        fs::write(settings.join("programs.toml"), text).unwrap();
        let rules = "[permissions]\nallow = [\"shell(*)\"]\n[limits]\nmax_running = 1000\n";
        fs::write(settings.join("config.toml"), rules).unwrap();
        let path = env::var("PATH").unwrap_or_default();
        let path = format!("{}:{path}", file.parent().unwrap().display());
        Self { name, folder, home, path }
    }

    fn run(&self, agents: u64) -> Ran {
        while rustix::process::wait(WaitOptions::NOHANG).is_ok_and(|it| it.is_some()) {}
        let before = spent("self").children;
        let start = Instant::now();
        let mut child = self.command(agents).spawn().unwrap();
        let process = child.id().to_string();
        let (mut own, mut most, mut theirs_memory) = (BTreeMap::new(), 0, 0);
        let mut looked = Instant::now();
        let ended = loop {
            let of_ours = ours(&process);
            own.extend(of_ours.iter().map(|it| (it.clone(), run_time(it))));
            most = most.max(memory(&process, "VmHWM:"));
            if looked.elapsed() > Duration::from_millis(200) {
                looked = Instant::now();
                let all = below(&process).into_iter().filter(|it| !of_ours.contains(it));
                theirs_memory = theirs_memory.max(all.map(|it| memory(&it, "VmRSS:")).sum());
            }
            if let Some(ended) = child.try_wait().unwrap() {
                break ended;
            }
            sleep(Duration::from_millis(5));
        };
        let wall = start.elapsed();
        assert!(ended.success(), "{}: {ended}", self.name);
        // Guards outlive it by a moment.
        while rustix::process::wait(WaitOptions::empty()).is_ok() {}
        let own = own.values().sum();
        let theirs = spent("self").children.saturating_sub(before).saturating_sub(own);
        Ran { wall, own, theirs, memory: most, theirs_memory }
    }

    fn command(&self, agents: u64) -> Command {
        let mut command = Command::new(OURS);
        command.arg("-C").arg(self.folder.path()).arg("run");
        for number in 0..agents {
            let brief = format!("THE-TASK-OF-{}: look around, {number}", self.name);
            command.args([self.name.to_owned(), brief]);
        }
        command.args(["--headless"]).env_clear();
        command.env("PATH", &self.path).env("HOME", self.home.path());
        command.env("AUTEUR_STATE", self.home.path().join("state"));
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command
    }
}

/// The time on processors of all threads that live, to the nanosecond.
fn run_time(process: &str) -> Duration {
    let Ok(tasks) = fs::read_dir(format!("/proc/{process}/task")) else { return Duration::ZERO };
    let spent = tasks.flatten().filter_map(|it| -> Option<u64> {
        let text = fs::read_to_string(it.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse().ok()
    });
    Duration::from_nanos(spent.sum())
}

/// Ours: the program and its guards.
fn ours(process: &str) -> BTreeSet<String> {
    let is_ours = |it: &String| {
        fs::read_link(format!("/proc/{it}/exe")).is_ok_and(|exe| exe == Path::new(OURS))
    };
    let all = below(process).into_iter().chain([process.to_owned()]);
    all.filter(is_ours).collect()
}

/// All processes under this one.
fn below(process: &str) -> Vec<String> {
    let mut all = vec![process.to_owned()];
    let mut next = 0;
    while let Some(number) = all.get(next).cloned() {
        let tasks = fs::read_dir(format!("/proc/{number}/task")).into_iter().flatten().flatten();
        for task in tasks {
            let text = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            all.extend(text.split_whitespace().map(str::to_owned));
        }
        next += 1;
    }
    all.split_off(1)
}

/// A line of a process's status in kB; 0 once it has gone.
fn memory(process: &str, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|it| it.strip_prefix(name));
    line.and_then(|it| it.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
