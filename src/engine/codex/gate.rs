//! Where Codex is held: a command of ours that it runs before each model call,
//! and waits for.
//!
//! The command ends at once, unless there is a pipe with the session's name in
//! our folder: then it reads a line from it first. The pipe is kept open on this
//! side until the next one is made, so that a reader is always let go, whenever
//! it came.

use rustix::fs::{CWD, FileType, Mode, mknodat};
use serde_json::{Map, Value, json};
use std::{
    ffi::OsString,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _},
    path::{Path, PathBuf},
};

/// Names our folder to the command.
const FOLDER: &str = "AUTEUR_GATES";
/// What runs before a model call. Codex gives it one line of JSON to read.
const COMMAND: &str = r#"read -r l; t=${l#*\"session_id\":\"}; t=${t%%\"*}; if [ -n "$t" ] && [ -p "$AUTEUR_GATES/$t" ]; then read -r g <"$AUTEUR_GATES/$t"; fi; exit 0"#;
/// How long the command may take, in seconds: a pause may last a year.
const PATIENCE: u64 = 31_536_000;
/// More readers than ever wait at one pipe.
const READERS: usize = 16;

/// A session's gate.
#[derive(Debug)]
pub(super) struct Gate {
    folder: PathBuf,
    shut: Option<(PathBuf, File)>,
    /// The one that was opened last: somebody may still be on the way to it.
    opened: Option<File>,
}

impl Gate {
    /// A gate that is open. All sessions of this process have theirs in one folder.
    pub(super) fn new(environment: &[(String, String)]) -> Self {
        Self { folder: folder(environment), shut: None, opened: None }
    }

    /// Shuts it before this session: whether that could be done.
    pub(super) fn shut(&mut self, session: &str) -> bool {
        if self.shut.is_none() {
            self.shut = make(&self.folder, session).ok();
        }
        self.shut.is_some()
    }

    /// Opens it, and lets go who waits.
    pub(super) fn open(&mut self) {
        let Some((path, mut pipe)) = self.shut.take() else { return };
        // Whoever is about to look finds no pipe and goes on.
        let _gone = fs::remove_file(path);
        // A pipe takes these few bytes at once.
        let _full = pipe.write_all("\n".repeat(READERS).as_bytes());
        self.opened = Some(pipe);
    }

    pub(super) const fn is_shut(&self) -> bool {
        self.shut.is_some()
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.open();
        // The last one to go removes it.
        let _in_use = fs::remove_dir(&self.folder);
    }
}

/// What makes Codex run the command: its arguments and its environment.
pub(super) fn flags(environment: &[(String, String)]) -> (Vec<OsString>, (String, String)) {
    let hook = format!(
        "hooks.PreModelRequest=[{{hooks=[{{type=\"command\",command='''{COMMAND}''',timeout={PATIENCE}}}]}}]"
    );
    let place = (FOLDER.to_owned(), folder(environment).display().to_string());
    (vec!["-c".into(), hook.into()], place)
}

/// The settings by which a session trusts our command, of all that Codex lists;
/// none where it has not taken it.
pub(super) fn trust(listed: &Value) -> Option<Value> {
    let entries = listed.get("data").and_then(Value::as_array)?;
    let hooks = entries.iter().filter_map(|it| it.get("hooks")?.as_array()).flatten();
    let ours = hooks.filter(|it| it.get("command").is_some_and(|its| *its == COMMAND));
    let states: Map<String, Value> = ours
        .filter_map(|it| {
            let (key, hash) = (it.get("key")?.as_str()?, it.get("currentHash")?);
            Some((key.to_owned(), json!({ "trusted_hash": hash })))
        })
        .collect();
    (!states.is_empty()).then(|| json!({ "hooks.state": states }))
}

fn folder(environment: &[(String, String)]) -> PathBuf {
    let named = environment.iter().find(|(name, _)| name == "TMPDIR");
    let place = named.map_or("/tmp", |(_, place)| place.as_str());
    Path::new(place).join(format!("auteur-gates-{}", std::process::id()))
}

fn make(folder: &Path, session: &str) -> io::Result<(PathBuf, File)> {
    if session.is_empty() || session.contains('/') || session.starts_with('.') {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    if let Err(error) = DirBuilder::new().mode(0o700).create(folder) {
        // One that is not ours might hold anybody's pipes.
        let its = fs::symlink_metadata(folder)?;
        if !its.is_dir() || its.uid() != rustix::process::getuid().as_raw() {
            return Err(error);
        }
    }
    let path = folder.join(session);
    let _old = fs::remove_file(&path);
    mknodat(CWD, &path, FileType::Fifo, Mode::from_raw_mode(0o600), 0)?;
    let pipe = OpenOptions::new().read(true).write(true).open(&path)?;
    Ok((path, pipe))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Child, Command, Stdio};

    fn meet(folder: &Path, session: &str) -> Child {
        let mut child = Command::new("sh")
            .args(["-c", COMMAND])
            .env(FOLDER, folder)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let line = format!("{{\"session_id\":\"{session}\",\"turn_id\":\"t\"}}\n");
        child.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
        child
    }

    /// Waits until one stands at a gate: it has the pipe open, and reads from it.
    fn until_held(child: &mut Child, pipe: &Path) {
        let files = format!("/proc/{}/fd", child.id());
        let is_there = || {
            let open = fs::read_dir(&files).into_iter().flatten().flatten();
            open.filter_map(|it| fs::read_link(it.path()).ok()).any(|it| it == pipe)
        };
        while !is_there() {
            assert!(child.try_wait().unwrap().is_none(), "it was not held");
            std::thread::yield_now();
        }
        assert!(child.try_wait().unwrap().is_none(), "it was not held");
    }

    #[test]
    fn a_shut_gate_holds_its_own_session_until_it_is_opened() {
        let place = tempfile::tempdir().unwrap();
        let environment = [("TMPDIR".to_owned(), place.path().display().to_string())];
        let mut gate = Gate::new(&environment);
        assert!(gate.shut("s-1"));
        assert!(meet(&gate.folder, "s-2").wait().unwrap().success());
        let mut held = meet(&gate.folder, "s-1");
        until_held(&mut held, &gate.folder.join("s-1"));
        gate.open();
        assert!(held.wait().unwrap().success());
        assert!(meet(&gate.folder, "s-1").wait().unwrap().success());
        drop(gate);
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_session_with_a_strange_name_is_not_held() {
        let place = tempfile::tempdir().unwrap();
        let environment = [("TMPDIR".to_owned(), place.path().display().to_string())];
        assert!(!Gate::new(&environment).shut("../x"));
    }
}
