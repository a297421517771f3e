//! A place to attack from, and something to attack.

use auteur::{
    model::Network,
    tools::{
        Call, Ended, Progress, Running, Toolbox,
        guard::{Holder, Pool, Quota, Restraint},
    },
    workspace::{Bounds, Workspace},
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;

/// Longer than anything here takes; only a broken program gets so far.
const NEVER: Duration = Duration::from_mins(2);

/// Bubblewrap, where it is; in CI it has to be.
pub(crate) fn bubblewrap() -> Option<Holder> {
    let found = ["/usr/bin/bwrap", "/usr/local/bin/bwrap"].map(PathBuf::from);
    let found = found.into_iter().find(|it| it.is_file());
    assert!(found.is_some() || std::env::var_os("CI").is_none(), "CI has no bubblewrap");
    if found.is_none() {
        println!("skipped: bubblewrap is not installed");
    }
    found.map(Holder::Bubblewrap)
}

/// Both sandboxes, as far as they are here.
pub(crate) fn both() -> Vec<Holder> {
    bubblewrap().into_iter().chain([Holder::Landlock]).collect()
}

/// A workspace `ws`, and `outside` beside it with a canary; none of it in `/tmp`.
pub(crate) struct House {
    folder: TempDir,
    workspace: PathBuf,
    pub(crate) restraint: Restraint,
    pub(crate) pool: Pool,
}

impl House {
    pub(crate) fn new(by: &Holder) -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let place = folder.path().canonicalize().unwrap();
        for name in ["ws", "outside", "tmp", "cache"] {
            fs::create_dir(place.join(name)).unwrap();
        }
        fs::write(place.join("outside/canary"), "alive").unwrap();
        fs::write(place.join("empty"), "").unwrap();
        let attacker = std::env::current_exe().unwrap().parent().unwrap().to_owned();
        let bounds = Bounds {
            // These tests may stand below `/tmp` themselves.
            seen: vec![place.join("outside"), attacker],
            tmp: place.join("tmp"),
            empty: place.join("empty"),
            cache: place.join("cache"),
            network: Network::Off,
            ..Bounds::of(&place.join("ws"))
        };
        let restraint = Restraint { by: by.clone(), bounds, quota: Quota::default() };
        let pool = Pool::new(PathBuf::from(env!("CARGO_BIN_EXE_auteur")));
        Self { folder, workspace: place.join("ws"), restraint, pool }
    }

    /// With its bounds drawn anew, because something came to be in the workspace.
    pub(crate) fn bound(&mut self) {
        self.bound_by(Bounds::of(&self.workspace()));
    }

    pub(crate) fn bound_by(&mut self, bounds: Bounds) {
        let old = std::mem::take(&mut self.restraint.bounds);
        let Bounds { writable, kept, mut seen, .. } = bounds;
        seen.extend(old.seen);
        self.restraint.bounds = Bounds { writable, kept, seen, ..old };
    }

    pub(crate) fn hide_outside(&mut self) {
        let outside = self.path("outside");
        self.restraint.bounds.seen.retain(|it| *it != outside);
        self.restraint.bounds.hidden.push(outside);
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(name)
    }

    pub(crate) fn workspace(&self) -> PathBuf {
        self.workspace.clone()
    }

    /// Has the commands work somewhere else.
    pub(crate) fn move_to(&mut self, workspace: &Path) {
        workspace.clone_into(&mut self.workspace);
    }

    pub(crate) fn canary(&self) -> String {
        fs::read_to_string(self.path("outside/canary")).unwrap_or_else(|_| "dead".to_owned())
    }

    /// Starts a command in the sandbox; `$out` is the place outside.
    pub(crate) fn start(&self, command: &str) -> Running {
        self.toolbox().start(call(command, None))
    }

    /// Tools whose commands are in the sandbox, and may be let out of it.
    pub(crate) fn toolbox(&self) -> Toolbox {
        let path = ("PATH".to_owned(), std::env::var("PATH").unwrap());
        let out = ("out".to_owned(), self.path("outside").display().to_string());
        let git = [("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")];
        let git = git.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let environment: Vec<_> = [path, out].into_iter().chain(git).collect();
        let workspace = Arc::new(Workspace::open(&self.workspace()).unwrap());
        Toolbox::new(workspace, self.restraint.environment(environment.clone()))
            .with_guards(self.pool.restrained(Arc::new(self.restraint.clone())))
            .with_way_out(environment)
    }

    pub(crate) async fn run(&self, command: &str) -> Ended {
        end(self.start(command)).await
    }

    /// Runs one of the attacks; what it says of each attempt.
    pub(crate) async fn attack(&self, what: &str) -> String {
        let attacker = std::env::current_exe().unwrap();
        let name = "attacker::the_attacker";
        let command = format!("ATTACK='{what}' {} {name} --exact --nocapture", attacker.display());
        let ended = self.run(&command).await;
        assert!(ended.text.contains("attacked"), "the attack never ran: {}", ended.text);
        ended.text
    }
}

/// A command, and what it wants outside.
pub(crate) fn call(command: &str, outside: Option<&str>) -> Call {
    let (command, outside) = (command.to_owned(), outside.map(str::to_owned));
    Call::Shell { command, timeout: Some(100), outside }
}

pub(crate) async fn end(mut running: Running) -> Ended {
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

/// Waits until it is so, looking again and again.
pub(crate) async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let looked = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(NEVER, looked).await.unwrap_or_else(|_| panic!("never: {what}"));
}

/// Living processes with this word among their arguments.
pub(crate) fn living(word: &str) -> usize {
    let state = |pid: &Path| {
        let stat = fs::read_to_string(pid.join("stat")).ok()?;
        stat.rsplit_once(") ")?.1.chars().next()
    };
    let processes = fs::read_dir("/proc").unwrap().flatten().map(|it| it.path());
    let has_word = |pid: &PathBuf| {
        let line = fs::read(pid.join("cmdline")).unwrap_or_default();
        line.split(|byte| *byte == 0).any(|argument| argument == word.as_bytes())
    };
    processes.filter(has_word).filter(|pid| !matches!(state(pid), Some('Z' | 'X') | None)).count()
}

/// A number that no other command sleeps for.
pub(crate) fn unusual() -> String {
    format!("9{:07}.{}", std::process::id(), fastrand::u32(100_000..999_999))
}
