//! Where other tools keep their logs on a machine, and which were written lately.

use super::{Foreign, container};
use jiff::Timestamp;
use std::{
    cmp::Reverse,
    fs, io,
    path::{Path, PathBuf},
};

/// So many files are looked at below a folder.
const LOOKED_AT: usize = 50_000;
/// So deep a folder that somebody names is searched.
const DEPTH: usize = 6;

/// The folders of the tools.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// Claude Code's: `~/.claude`.
    pub claude: Vec<PathBuf>,
    /// Codex's: `~/.codex`.
    pub codex: Vec<PathBuf>,
    /// Gemini CLI's: `~/.gemini`.
    pub gemini: Vec<PathBuf>,
    /// Where agents of ours work that have a place of their own: who works there is on
    /// stage in its own session.
    pub ours: Option<PathBuf>,
}

/// A file that may be a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it lies.
    pub path: PathBuf,
    /// When it was written last.
    pub modified: Timestamp,
    /// How big it is.
    pub bytes: u64,
}

impl Places {
    /// The logs that were written at `since` or later, the newest first.
    pub fn find(&self, since: Timestamp) -> Vec<Found> {
        let mut all = Below::default();
        let mut left = LOOKED_AT;
        let shapes: [(&[PathBuf], &str, usize); 3] =
            [(&self.claude, "projects", 1), (&self.codex, "sessions", 3), (&self.gemini, "tmp", 2)];
        for (homes, folder, depth) in shapes {
            for home in homes {
                gather(&home.join(folder), (depth, depth), &mut left, &mut all);
            }
        }
        all.found.retain(|it| it.modified >= since);
        newest_first(all.found)
    }

    /// Whether a log is that of an agent of ours.
    pub fn is_of_ours(&self, log: &Foreign) -> bool {
        self.ours.as_ref().is_some_and(|it| Path::new(log.about().0).starts_with(it))
    }
}

/// What lies below a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Below {
    /// The files that may be logs, and the folders that are one, the newest first.
    pub found: Vec<Found>,
    /// So many links: none is followed.
    pub links: u64,
    /// So many other things, which by their names are no logs.
    pub others: u64,
    /// Folders that can't be listed, and why.
    pub closed: Vec<(PathBuf, String)>,
    /// There is more than is looked at, or it lies deeper.
    pub has_more: bool,
}

/// All that lies below a folder.
pub fn below(folder: &Path) -> Below {
    let (mut all, mut left) = (Below::default(), LOOKED_AT);
    gather(folder, (0, DEPTH), &mut left, &mut all);
    Below { found: newest_first(all.found), ..all }
}

fn newest_first(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by_key(|it| (Reverse(it.modified), it.path.clone()));
    found
}

/// Gathers what lies at least and at most so deep below a folder. No link is followed.
fn gather(folder: &Path, (least, most): (usize, usize), left: &mut usize, all: &mut Below) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        // A folder that is not there holds nothing.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return,
        Err(error) => return all.closed.push((folder.to_owned(), error.to_string())),
    };
    for entry in entries.flatten() {
        if *left == 0 {
            all.has_more = true;
            return;
        }
        *left -= 1;
        let Ok(kind) = entry.file_type() else { continue };
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if kind.is_dir() {
            // The files of sub-agents belong to the log they lie beside.
            if name == "subagents" {
                continue;
            }
            if least == 0 && container::is_log(&path) {
                all.found.extend(found(&entry, path));
                continue;
            }
            match most.checked_sub(1) {
                Some(most) => gather(&path, (least.saturating_sub(1), most), left, all),
                None => all.has_more = true,
            }
        } else if kind.is_symlink() {
            all.links += 1;
        } else if kind.is_file() && may_be_one(&name) {
            if least == 0 {
                all.found.extend(found(&entry, path));
            }
        } else {
            all.others += 1;
        }
    }
}

/// A file, as it is now; none where it is gone by now.
fn found(entry: &fs::DirEntry, path: PathBuf) -> Option<Found> {
    let about = entry.metadata().ok()?;
    let modified = about.modified().ok()?.try_into().ok()?;
    Some(Found { path, modified, bytes: about.len() })
}

/// Whether a file of this name may be a log.
fn may_be_one(name: &str) -> bool {
    let ends = [
        ".jsonl",
        ".json",
        ".jsonl.zst",
        ".cast",
        ".traj",
        ".eval",
        ".aider.chat.history.md",
        "opencode.db",
    ];
    ends.iter().any(|it| name.ends_with(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logs_of_each_tool_are_found_where_it_keeps_them_the_newest_first() {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        let files = [
            ".claude/projects/-work-a/1.jsonl",
            ".codex/sessions/2026/11/29/rollout-2.jsonl",
            ".gemini/tmp/p/chats/session-3.json",
        ];
        let others = [
            ".claude/projects/-work-a/1/subagents/agent-x.jsonl",
            ".claude/projects/loose.jsonl",
            ".claude/projects/-work-a/notes.txt",
            ".gemini/tmp/p/logs.json",
        ];
        for (age, path) in files.iter().chain(&others).enumerate() {
            fs::create_dir_all(at(path).parent().unwrap()).unwrap();
            let file = fs::File::create(at(path)).unwrap();
            let time = Timestamp::from_second(1_000_000 - i64::try_from(age).unwrap()).unwrap();
            file.set_modified(time.into()).unwrap();
        }
        let places = Places {
            claude: vec![at(".claude")],
            codex: vec![at(".codex")],
            gemini: vec![at(".gemini")],
            ours: None,
        };
        let found = |since: i64| {
            let found = places.find(Timestamp::from_second(since).unwrap());
            found.into_iter().map(|it| it.path).collect::<Vec<_>>()
        };
        assert_eq!(found(0), files.map(at));
        assert_eq!(found(1_000_000), [at(files[0])]);
    }

    #[test]
    fn a_folder_that_is_a_log_is_one_and_what_is_in_it_is_none() {
        let root = tempfile::tempdir().unwrap();
        let make = |path: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "{}").unwrap();
        };
        for path in [
            "kept/c1/base_state.json",
            "kept/c1/events/event-1.json",
            "home/.local/share/opencode/storage/session/p/ses_1.json",
            "home/.local/share/opencode/storage/message/ses_1/msg_1.json",
            "project/events/a.json",
        ] {
            make(path);
        }
        let mut found: Vec<_> = below(root.path()).found.into_iter().map(|it| it.path).collect();
        found.sort();
        let expected = ["home/.local/share/opencode", "kept/c1", "project/events/a.json"];
        assert_eq!(found, expected.map(|it| root.path().join(it)));
    }

    #[test]
    fn a_log_of_an_agent_of_ours_is_known_by_where_it_works() {
        let root = tempfile::tempdir().unwrap();
        let log = |folder: &str| {
            let path = root.path().join("log.jsonl");
            let line = serde_json::json!({
                "type": "user", "uuid": "u", "sessionId": "s", "cwd": folder,
                "message": { "role": "user", "content": "go" },
            });
            fs::write(&path, format!("{line}\n")).unwrap();
            Foreign::open(&path).unwrap().unwrap()
        };
        let places = Places { ours: Some("/state/worktrees".into()), ..Places::default() };
        assert!(places.is_of_ours(&log("/state/worktrees/01a2/worker")));
        assert!(!places.is_of_ours(&log("/state/worktrees-of-others")));
        assert!(!Places::default().is_of_ours(&log("/state/worktrees/01a2/worker")));
    }
}
