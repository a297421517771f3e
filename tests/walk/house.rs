//! A person's machine, made for one test: a home, settings, a project, a state
//! folder, and a model that plays a rehearsal.

use crate::terminal::Terminal;
use auteur::rehearsal::{Logged, Rehearsal, Server};
use rustix::process::Pid;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The program.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_auteur");

/// The cast of every test: one who does all it wants, and one who asks. What runs
/// another command is allowed by its whole text alone.
const CAST: &str = r#"
[cast.worker]
purpose = "Works"
model = "rehearsal/any"
tools = ["shell", "read", "write", "edit", "list", "report", "ask"]
permissions = { mode = "edit", allow = ["shell(*)", "write(**)", "shell(setsid sleep 30)", "shell(setsid sleep 600)"] }
instructions = "Work well."

[cast.asker]
purpose = "Asks before it does anything"
model = "rehearsal/any"
tools = ["shell", "read", "write", "edit", "list", "report", "ask"]
permissions = { mode = "ask" }
instructions = "Ask well."
"#;

/// A program that leaves a mark and waits for a file `go`.
const ROUND: &str = "echo round >> rounds; until rm go 2>/dev/null; do sleep 0.02; done";

/// What was written of a request's instructions; behind it stands where the agent works.
pub fn written(asked: &Logged) -> &str {
    asked.instructions.split("\n\nYou work in the folder ").next().unwrap()
}

/// A machine. Everything is gone when it is dropped.
pub struct House {
    root: TempDir,
    server: Server,
    _runtime: Runtime,
    environment: Vec<(String, String)>,
}

impl House {
    /// A machine whose model plays this rehearsal.
    pub fn open(rehearsal: &str) -> Self {
        let root = TempDir::new().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let server = {
            let _inside = runtime.enter();
            Server::start(Rehearsal::parse("walk.toml", rehearsal).unwrap(), 0, 0.0).unwrap()
        };
        let at = |name: &str| root.path().join(name).display().to_string();
        let environment = [
            ("PATH", std::env::var("PATH").unwrap()),
            ("HOME", at("home")),
            ("XDG_CONFIG_HOME", at("config")),
            ("AUTEUR_STATE", at("state")),
            ("TERM", "xterm-256color".to_owned()),
            ("COLORTERM", "truecolor".to_owned()),
            ("LANG", "C.UTF-8".to_owned()),
            ("USER", "ann".to_owned()),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value)).into();
        for folder in ["home", "config/auteur", "state", "project"] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        let mut house = Self { root, server, _runtime: runtime, environment };
        house.install("round", ROUND);
        house.configure(&house.settings());
        fs::write(house.at("config/auteur/cast.toml"), CAST).unwrap();
        house
    }

    /// A machine on which sessions have processes of their own, and stay no
    /// longer than they are needed.
    pub fn apart(rehearsal: &str) -> Self {
        let house = Self::open(rehearsal);
        let settings = house.settings();
        house.configure(&settings.replace("detach = false", "detach = true"));
        house
    }

    /// Its settings, which end with those of its model. A session is one process
    /// with its screen, unless the walks are asked for the other kind.
    pub fn settings(&self) -> String {
        let detach = std::env::var("AUTEUR_WALK_APART").is_ok();
        format!(
            "[session]\ndetach = {detach}\nlinger_s = 600\n\n[models]\ndefault = \"rehearsal/any\"\n\n[retry]\nbase_ms = 20\n\n\
             [providers.rehearsal]\nwire = \"anthropic\"\nbase_url = {:?}\n",
            self.server.url()
        )
    }

    /// Where its model answers.
    pub fn model(&self) -> String {
        self.server.url()
    }

    /// Writes the user's settings.
    pub fn configure(&self, settings: &str) {
        fs::write(self.at("config/auteur/config.toml"), settings).unwrap();
    }

    /// A place on this machine.
    pub fn at(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    /// Where the agents work.
    pub fn project(&self) -> PathBuf {
        self.at("project")
    }

    /// Lets a tool go on that waits for a file of this name.
    pub fn allow(&self, name: &str) {
        fs::write(self.project().join(name), "").unwrap();
    }

    /// How often a tool left its mark in a file.
    pub fn marks(&self, name: &str) -> usize {
        fs::read_to_string(self.project().join(name)).unwrap_or_default().lines().count()
    }

    /// Installs a program: a script, before all others in PATH.
    pub fn install(&mut self, name: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        let (folder, file) = (self.at("bin"), self.at("bin").join(name));
        fs::create_dir_all(&folder).unwrap();
        fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        let path = self.environment.iter().find(|(it, _)| it == "PATH").unwrap().1.clone();
        let folder = folder.display().to_string();
        if !path.starts_with(&folder) {
            self.set("PATH", Some(&format!("{folder}:{path}")));
        }
    }

    /// Sets a variable, or takes it away.
    pub fn set(&mut self, name: &str, value: Option<&str>) {
        self.environment.retain(|(it, _)| it != name);
        self.environment.extend(value.map(|it| (name.to_owned(), it.to_owned())));
    }

    /// Starts the program in a terminal of 100 columns and 30 rows.
    pub fn start(&self, arguments: &[&str]) -> Terminal {
        self.start_in((100, 30), arguments)
    }

    /// Starts the program in a terminal of this size.
    pub fn start_in(&self, size: (u16, u16), arguments: &[&str]) -> Terminal {
        Terminal::start(PROGRAM, arguments, &self.project(), &self.environment, size)
    }

    /// Starts the program without a terminal.
    pub fn spawn(&self, arguments: &[&str]) -> Child {
        let mut command = Command::new(PROGRAM);
        let command = self.on(command.args(arguments)).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Starts a command on this machine; what it prints can be read.
    pub fn start_quietly(&self, command: &mut Command) -> Child {
        let command = self.on(command).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Runs the program without a terminal, and gives what it said.
    pub fn say(&self, arguments: &[&str]) -> String {
        self.output(Command::new(PROGRAM).args(arguments))
    }

    /// Runs a command on this machine, and gives what it said.
    pub fn output(&self, command: &mut Command) -> String {
        let output = self.on(command).stdin(Stdio::null()).output().unwrap();
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    }

    /// Runs the program without a terminal, and gives the code that it ended with.
    pub fn code(&self, arguments: &[&str]) -> Option<i32> {
        self.code_of(PROGRAM, arguments)
    }

    /// The same for any program.
    pub fn code_of(&self, program: &str, arguments: &[&str]) -> Option<i32> {
        let mut command = Command::new(program);
        let command = self.on(command.args(arguments)).stdin(Stdio::null());
        command.output().unwrap().status.code()
    }

    /// The command, as it is started on this machine.
    pub fn on<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let variables = self.environment.iter().map(|(name, value)| (name, value));
        command.current_dir(self.project()).env_clear().envs(variables)
    }

    /// What the model was asked so far.
    pub fn asked(&self) -> Vec<Logged> {
        self.server.log()
    }

    /// The journal of the one session there is.
    #[track_caller]
    pub fn journal(&self) -> PathBuf {
        self.find_journal().unwrap()
    }

    /// The same, of a session that may only be opening.
    #[track_caller]
    pub fn find_journal(&self) -> Option<PathBuf> {
        let sessions = fs::read_dir(self.at("state/sessions")).ok()?;
        let mut journals: Vec<PathBuf> = sessions
            .map(|it| it.unwrap().path().join(auteur::journal::FILE))
            .filter(|it| it.is_file())
            .collect();
        assert!(journals.len() <= 1, "{journals:?}");
        journals.pop()
    }
}

impl Drop for House {
    /// Nobody outlives a test that failed.
    fn drop(&mut self) {
        while let Some(server) = server_of(self) {
            // It may have ended by itself just now.
            let _gone = rustix::process::kill_process(server, rustix::process::Signal::KILL);
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// The process that serves the session of this house.
pub fn server_of(house: &House) -> Option<Pid> {
    let all = processes_of(&house.project());
    let serves = all.iter().find(|it| it.contains("serve"))?;
    Pid::from_raw(serves.split(' ').next()?.parse().ok()?)
}

/// Waits until this holds.
#[track_caller]
pub fn wait(what: &str, holds: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(40);
    while !holds() {
        assert!(Instant::now() < end, "waited in vain for: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Waits until no process works in the project any more.
#[track_caller]
pub fn assert_nobody_is_left(house: &House) {
    let end = Instant::now() + Duration::from_mins(4);
    while let left @ [_, ..] = &processes_of(&house.project())[..] {
        assert!(Instant::now() < end, "processes are left: {left:#?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Every process that works in this folder: its number and its command line.
pub fn processes_of(place: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let folder = fs::read_link(entry.path().join("cwd")).unwrap_or_default();
        if name.parse::<u32>().is_ok() && folder.starts_with(place) {
            let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            found.push(format!("{name} {}", String::from_utf8_lossy(&line).replace('\0', " ")));
        }
    }
    found
}
