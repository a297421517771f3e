//! Two sides put together in the repository's objects, and where they don't go
//! together.

use super::{NotTaken, Work, refused};
use crate::{model::Conflict, text::sanitise};

/// So many files of a conflict are shown.
const FILES: usize = 20;
/// So many lines of each.
const LINES: usize = 60;
/// The most that is read of one, in bytes.
const LARGEST: usize = 4 * 1024 * 1024;

/// What two sides come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Together {
    /// They go together: this is the tree of files.
    Clean(String),
    /// They don't: this is the tree, with both versions between markers.
    Conflicting(String, Vec<Conflict>),
}

impl Work {
    /// Puts two commits together, from where they parted, or from `base`.
    pub(super) fn together(
        &self,
        (ours, theirs): (&str, &str),
        base: Option<&str>,
    ) -> Result<Together, NotTaken> {
        let base = base.map(|it| format!("--merge-base={it}"));
        let words = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages"];
        let words = words.into_iter().chain(base.as_deref()).chain([ours, theirs]);
        let answer = self.store(words).answer()?;
        let mut fields = answer.out.split(|it| *it == 0).filter(|it| !it.is_empty());
        let tree = String::from_utf8_lossy(fields.next().unwrap_or_default()).into_owned();
        match answer.code {
            Some(0) if crate::workspace::is_commit(&tree) => Ok(Together::Clean(tree)),
            Some(1) if crate::workspace::is_commit(&tree) => {
                let paths: Vec<&[u8]> = fields.collect();
                let conflicts = paths.iter().enumerate().map(|(at, path)| {
                    let hunks = if at < FILES { self.hunks(&tree, path)? } else { String::new() };
                    Ok(Conflict {
                        path: sanitise(&String::from_utf8_lossy(path)).into_owned(),
                        hunks,
                    })
                });
                let conflicts = conflicts.collect::<Result<_, NotTaken>>()?;
                Ok(Together::Conflicting(tree, conflicts))
            }
            _ if base.is_some() && answer.said.contains("merge-base") => {
                refused("to rebase, git 2.40 or later is needed; merge or squash instead")
            }
            _ => refused(format!("git could not put the two sides together: {}", answer.said)),
        }
    }

    /// What stands against what in a file.
    fn hunks(&self, tree: &str, path: &[u8]) -> Result<String, NotTaken> {
        let name = format!("{tree}:{}", String::from_utf8_lossy(path));
        let answer = self.store(["cat-file", "blob", &name]).answer()?;
        if answer.code != Some(0) || answer.out.len() > LARGEST {
            return Ok(String::new());
        }
        Ok(marked(&String::from_utf8_lossy(&answer.out)))
    }
}

/// Whether a file holds a conflict's markers.
pub(super) fn has_markers(text: &[u8]) -> bool {
    let mut lines = text.split(|it| *it == b'\n');
    lines.any(|it| it.starts_with(b"<<<<<<< ")) && text.windows(8).any(|it| it == b">>>>>>> ")
}

/// The lines between markers, with them.
fn marked(text: &str) -> String {
    let mut is_inside = false;
    let mut kept = Vec::new();
    for line in text.lines() {
        is_inside |= line.starts_with("<<<<<<< ");
        if is_inside {
            kept.push(line);
        }
        is_inside &= !line.starts_with(">>>>>>> ");
        if kept.len() == LINES {
            kept.push("…");
            break;
        }
    }
    sanitise(&kept.join("\n")).into_owned()
}
