//! The logs of a folder, and what of it is passed over: that is said, in one line.

use crate::{
    interop::{Below, Foreign, below},
    text::{counted, one_line},
};
use anyhow::bail;
use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// So many of what can't be read are named.
const NAMED: usize = 3;
/// How wide a path and a reason may be.
const WIDE: usize = 200;

/// The logs of a folder.
#[derive(Debug)]
pub(super) struct Logs {
    /// The newest first.
    pub(super) all: Vec<Foreign>,
    pub(super) passed: Passed,
}

/// What of a folder is no log here.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Passed {
    links: u64,
    /// What can't be read, and why.
    unread: Vec<(PathBuf, String)>,
    /// What is no log of a tool that is known.
    others: u64,
    /// Logs that are older than as many as are wanted.
    older: u64,
    has_more: bool,
}

impl Logs {
    /// These logs, and nothing that is passed over.
    pub(super) fn just(all: Vec<Foreign>) -> Self {
        Self { all, passed: Passed::default() }
    }

    /// The logs of a folder, so many at most.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn of(folder: &Path, most: usize) -> anyhow::Result<Self> {
        if let Some(log) = Foreign::open(folder)? {
            return Ok(Self::just(vec![log]));
        }
        let Below { found, links, others, closed, has_more } = below(folder);
        let mut passed = Passed { links, unread: closed, others, older: 0, has_more };
        let mut all = Vec::new();
        for found in found {
            match Foreign::open(&found.path) {
                Ok(Some(_)) if all.len() >= most => passed.older += 1,
                Ok(Some(log)) => all.push(log),
                Ok(None) => passed.others += 1,
                Err(error) => passed.fail(&found.path, &error.into()),
            }
        }
        if all.is_empty() {
            let why = passed.told().map(|it| format!(" ({it})")).unwrap_or_default();
            bail!(
                "{} is a folder without a journal, and without a log that is known{why}: name a \
                 session, its folder, its file, or a log of another tool's",
                folder.display()
            );
        }
        Ok(Self { all, passed })
    }
}

impl Passed {
    /// This one can't be read.
    pub(super) fn fail(&mut self, path: &Path, why: &anyhow::Error) {
        self.unread.push((path.to_owned(), format!("{why:#}")));
    }

    /// Whether there is something that could not be read.
    pub(super) const fn has_failed(&self) -> bool {
        !self.unread.is_empty()
    }

    /// What is passed over, and why, in a line; none where nothing is.
    pub(super) fn told(&self) -> Option<String> {
        let mut parts = Vec::new();
        if self.links > 0 {
            parts.push(counted(self.links, "link, which is not followed", "links, none followed"));
        }
        if !self.unread.is_empty() {
            let named = self.unread.iter().take(NAMED);
            let mut named: Vec<_> = named.map(|it| reason(&it.0, &it.1)).collect();
            if self.unread.len() > NAMED {
                named.push("\u{2026}".to_owned());
            }
            let count = self.unread.len() as u64;
            let what = counted(count, "that can't be read", "that can't be read");
            parts.push(format!("{what} ({})", named.join("; ")));
        }
        if self.others > 0 {
            parts.push(counted(self.others, "that is no log", "that are no logs"));
        }
        if self.older > 0 {
            parts.push(counted(self.older, "older log", "older logs"));
        }
        if self.has_more {
            parts.push("what lies deeper, or is too much".to_owned());
        }
        (!parts.is_empty()).then(|| format!("passed over: {}", parts.join(", ")))
    }

    /// Says it to who sits before the program.
    pub(super) fn tell(&self) {
        if let Some(told) = self.told() {
            // Whoever can't be told sees the logs themselves.
            drop(writeln!(io::stderr(), "{told}"));
        }
    }
}

/// A path by its name, and why it is passed over; not the path again that the reason has.
fn reason(path: &Path, why: &str) -> String {
    let whole = path.display().to_string();
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let why = why.replace(&format!("could not read {whole}: "), "").replace(&whole, &name);
    format!("{}: {}", one_line(&name, WIDE), one_line(&why, WIDE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::symlink};

    const LOG: &str = "{\"type\":\"user\",\"sessionId\":\"s\",\"uuid\":\"1\",\"parentUuid\":null,\
                       \"timestamp\":\"2026-01-01T00:00:00Z\",\"cwd\":\"/w\",\
                       \"message\":{\"role\":\"user\",\"content\":\"go\"}}\n";

    #[test]
    fn what_of_a_folder_is_no_log_is_told_in_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["a.jsonl", "b.jsonl"] {
            fs::write(at(name), LOG).unwrap();
        }
        let logs = Logs::of(folder.path(), 9).unwrap();
        assert_eq!((logs.all.len(), logs.passed.told()), (2, None));
        symlink(at("a.jsonl"), at("c.jsonl")).unwrap();
        fs::write(at("notes.txt"), "hello").unwrap();
        fs::write(at("other.json"), "{\"a\":1}").unwrap();
        fs::write(at("torn.jsonl.zst"), [0x28, 0xB5, 0x2F, 0xFD, 0, 9, 9]).unwrap();
        let logs = Logs::of(folder.path(), 1).unwrap();
        assert_eq!(logs.all.len(), 1);
        let told = logs.passed.told().unwrap();
        assert!(told.starts_with("passed over: 1 link, which is not followed, "), "{told}");
        assert!(told.contains(", 1 that can't be read (torn.jsonl.zst: "), "{told}");
        assert!(told.ends_with(", 2 that are no logs, 1 older log"), "{told}");
        fs::remove_file(at("a.jsonl")).unwrap();
        fs::remove_file(at("b.jsonl")).unwrap();
        let told = Logs::of(folder.path(), 1).unwrap_err().to_string();
        assert!(told.contains("(passed over: 1 link, "), "{told}");
    }
}
