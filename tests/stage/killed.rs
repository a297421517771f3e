//! The real program, killed: nothing of it is left, and its journal opens.

use auteur::{
    journal::Journal,
    model::*,
    rehearsal::{Rehearsal, Server},
};
use std::{
    fs,
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;

/// Longer than anything here takes; only a broken program gets so far.
const NEVER: Duration = Duration::from_mins(1);

/// Starts things that try to outlive it, then waits for ever.
const SCRIPT: &str = "setsid sleep 4321 & (sleep 4321 &) ; echo begun > begun; sleep 4321";

const LONG: &str = r#"
[[part]]
name = "long"

[[part.turn]]
calls = [{ tool = "shell", with = { command = "sh long.sh" } }]

[[part.turn]]
say = "After that: {last_result}"
"#;

struct Scene {
    home: TempDir,
    server: Server,
}

impl Scene {
    fn set() -> Self {
        let home = TempDir::new().unwrap();
        let server = Server::start(Rehearsal::parse("long.toml", LONG).unwrap(), 0, 0.0).unwrap();
        for folder in ["config/auteur", "project", "state"] {
            fs::create_dir_all(home.path().join(folder)).unwrap();
        }
        let config = format!(
            "[permissions]\nallow = [\"shell(sh long.sh)\"]\n[providers.rehearsal]\nbase_url = {:?}\n",
            server.url()
        );
        fs::write(home.path().join("config/auteur/config.toml"), config).unwrap();
        fs::write(home.path().join("project/long.sh"), SCRIPT).unwrap();
        Self { home, server }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.home.path().join(path)
    }

    fn auteur(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_auteur"));
        command
            .args(arguments)
            .current_dir(self.at("project"))
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("HOME", self.home.path())
            .env("XDG_CONFIG_HOME", self.at("config"))
            .env("AUTEUR_STATE", self.at("state"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn journal(&self) -> PathBuf {
        let sessions = fs::read_dir(self.at("state/sessions")).unwrap();
        let folders: Vec<_> = sessions.map(|it| it.unwrap().path()).collect();
        assert_eq!(folders.len(), 1);
        folders[0].clone()
    }

    /// Processes that work in this project's folder, by the system's own list.
    fn at_work(&self) -> usize {
        let project = self.at("project");
        let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
        let folders = processes.filter_map(|it| fs::read_link(it.path().join("cwd")).ok());
        folders.filter(|it| *it == project).count()
    }
}

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let looked = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(NEVER, looked).await.unwrap_or_else(|_| panic!("never: {what}"));
}

fn is_whole(journal: &Path) -> Stage {
    let (_journal, recovered) = Journal::reopen(journal).unwrap();
    assert_eq!((recovered.damaged, recovered.unknown), (0, 0));
    recovered.stage
}

#[tokio::test(flavor = "multi_thread")]
async fn f01_a_program_that_is_killed_leaves_no_process_and_a_journal_that_opens() {
    let scene = Scene::set();
    let arguments = [
        "run",
        "implementer",
        "work for ever",
        "--headless",
        "--json",
        "--model",
        "rehearsal/long",
    ];
    let mut program = scene.auteur(&arguments).spawn().unwrap();
    until("the command runs", || scene.at("project/begun").exists()).await;
    assert!(scene.at_work() > 3);
    program.kill().unwrap();
    assert_eq!(program.wait().unwrap().signal(), Some(9));
    until("nothing is left", || scene.at_work() == 0).await;
    let stage = is_whole(&scene.journal());
    let agent = stage.agents().next().unwrap();
    assert_eq!((agent.turn, agent.tools_running.len()), (Turn(1), 1));
    assert_eq!(scene.server.log().len(), 1);
}
