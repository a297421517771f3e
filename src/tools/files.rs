//! Reading, writing and editing one file.

use super::{
    changes::FileChange,
    toolbox::{Ended, Limits},
};
use crate::workspace::{Workspace, WorkspaceError};
use std::{error::Error, fmt::Write};

/// A zero byte among so many first ones is no text.
const LOOKED_AT: usize = 8192;

/// Reads lines `offset..` of a file, at most `limit` of them.
pub(super) fn read(
    workspace: &Workspace,
    limits: &Limits,
    path: &str,
    offset: Option<u64>,
    limit: Option<u64>,
) -> Ended {
    let bytes = match workspace.read(path, limits.file) {
        Ok(bytes) => bytes,
        Err(error) => return refused(&error),
    };
    let size = bytes.len() as u64;
    if memchr::memchr(0, &bytes[..bytes.len().min(LOOKED_AT)]).is_some() {
        return Ended::failed(format!("`{path}` is no text: {size} bytes"));
    }
    let text = String::from_utf8_lossy(&bytes);
    let lines = Lines {
        first: usize::try_from(offset.unwrap_or(1).max(1)).unwrap_or(usize::MAX),
        most: limit.map_or(limits.lines, |limit| usize::try_from(limit).unwrap_or(usize::MAX)),
        bytes: limits.head + limits.tail,
    };
    Ended { bytes: size, ..Ended::succeeded(lines.of(&text)) }
}

/// Which lines are asked for, and how much of them may come.
struct Lines {
    first: usize,
    most: usize,
    bytes: usize,
}

impl Lines {
    /// The lines, and where to read on when these are not all.
    fn of(&self, text: &str) -> String {
        let count = text.lines().count();
        if count == 0 {
            return "(empty)".to_owned();
        }
        if self.first > count {
            return format!("(the file ends with line {count})");
        }
        let mut shown = String::new();
        let mut next = self.first;
        for line in text.split_inclusive('\n').skip(self.first - 1).take(self.most) {
            if shown.len() + line.len() > self.bytes {
                break;
            }
            shown.push_str(line);
            next += 1;
        }
        if next == self.first
            && let Some(line) = text.lines().nth(next - 1)
            && self.most > 0
        {
            shown.push_str(&line[..line.floor_char_boundary(self.bytes)]);
            let _ = writeln!(shown, " … line {next} has {} bytes", line.len());
            next += 1;
        }
        if next <= count {
            let gap = if shown.ends_with('\n') || shown.is_empty() { "" } else { "\n" };
            let _ = write!(shown, "{gap}… lines {}-{} of {count}; ", self.first, next - 1);
            let _ = write!(shown, "read on with offset {next}");
        }
        shown
    }
}

/// Makes or replaces a file.
pub(super) fn write(workspace: &Workspace, limits: &Limits, path: &str, content: &str) -> Ended {
    let before = match workspace.read(path, limits.file) {
        Ok(before) => Some(before),
        Err(WorkspaceError::Missing { .. }) => None,
        Err(error) => return refused(&error),
    };
    let is_new = before.is_none();
    let before = String::from_utf8_lossy(&before.unwrap_or_default()).into_owned();
    put(workspace, path, &before, content, if is_new { "made" } else { "replaced" })
}

/// Replaces the one place where `old` stands.
pub(super) fn edit(
    workspace: &Workspace,
    limits: &Limits,
    path: &str,
    (old, new): (&str, &str),
) -> Ended {
    let before = match workspace.read(path, limits.file) {
        Ok(before) => before,
        Err(error) => return refused(&error),
    };
    let Ok(before) = String::from_utf8(before) else {
        return Ended::failed(format!("`{path}` is not UTF-8 text and can't be edited"));
    };
    match replaced_once(&before, old, new) {
        Ok(after) => put(workspace, path, &before, &after, "edited"),
        Err(why) => Ended::failed(format!("`{path}` is unchanged: {why}")),
    }
}

/// The text with the one `old` replaced, or why there is not one.
fn replaced_once(text: &str, old: &str, new: &str) -> Result<String, String> {
    if old.is_empty() {
        return Err("`old` is empty; use `write` for a whole file".to_owned());
    }
    if old == new {
        return Err("`old` and `new` are the same".to_owned());
    }
    let places: Vec<usize> = text.match_indices(old).map(|(at, _)| at).collect();
    match places.as_slice() {
        [] => Err(not_found(text, old)),
        [at] => Ok([&text[..*at], new, &text[at + old.len()..]].concat()),
        many => {
            let lines: Vec<String> =
                many.iter().take(20).map(|at| line_of(text, *at).to_string()).collect();
            let more = if many.len() > 20 { ", …" } else { "" };
            Err(format!(
                "`old` was found {} times (lines {}{more}); give more of the lines around it",
                many.len(),
                lines.join(", ")
            ))
        }
    }
}

/// Says what is nearest, when only blanks differ.
fn not_found(text: &str, old: &str) -> String {
    let blank_free = |text: &str| text.split_whitespace().collect::<String>();
    let first = old.lines().map(blank_free).find(|line| !line.is_empty());
    let near = first.and_then(|first| text.lines().position(|line| blank_free(line) == first));
    match near {
        Some(line) => format!(
            "`old` was not found; its first line stands at line {} with other blanks or other \
             lines after it",
            line + 1
        ),
        None => "`old` was not found".to_owned(),
    }
}

fn line_of(text: &str, at: usize) -> usize {
    1 + memchr::memchr_iter(b'\n', &text.as_bytes()[..at]).count()
}

fn put(workspace: &Workspace, path: &str, before: &str, after: &str, did: &str) -> Ended {
    if let Err(error) = workspace.replace(path, after.as_bytes()) {
        return refused(&error);
    }
    let name = workspace.name_inside(path).map_or(path.to_owned(), |n| n.display().to_string());
    let change = FileChange::between(&name, before, after);
    let text = format!("{did} {name}: +{} −{} lines", change.added, change.removed);
    Ended { changes: vec![change], ..Ended::succeeded(text) }
}

/// A refusal in full, with what the system said.
pub(super) fn refused(error: &WorkspaceError) -> Ended {
    let mut text = error.to_string();
    if let Some(source) = error.source() {
        let _ = write!(text, ": {source}");
    }
    Ended::failed(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn stage(content: &str) -> (tempfile::TempDir, Workspace) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("f"), content).unwrap();
        let workspace = Workspace::open(folder.path()).unwrap();
        (folder, workspace)
    }

    fn edited(content: &str, old: &str, new: &str) -> (Ended, String) {
        let (folder, workspace) = stage(content);
        let ended = edit(&workspace, &Limits::default(), "f", (old, new));
        (ended, fs::read_to_string(folder.path().join("f")).unwrap())
    }

    #[test]
    fn an_edit_changes_the_one_place() {
        let (ended, content) = edited("one\ntwo\nthree\n", "two\n", "2\nII\n");
        assert_eq!(content, "one\n2\nII\nthree\n");
        assert_eq!((ended.ok, ended.text.as_str()), (true, "edited f: +2 −1 lines"));
        assert_eq!(ended.changes, [FileChange { path: "f".into(), added: 2, removed: 1 }]);
    }

    #[test]
    fn an_edit_that_fits_twice_or_never_changes_nothing() {
        let before = "x = 1\ny\nx = 1\n";
        for (old, new, why) in [
            ("x = 1", "z", "`old` was found 2 times (lines 1, 3); give more of the lines around"),
            ("x  =  1", "z", "`old` was not found; its first line stands at line 1 with other"),
            ("absent", "z", "`old` was not found"),
            ("", "z", "`old` is empty; use `write`"),
            ("y", "y", "`old` and `new` are the same"),
        ] {
            let (ended, content) = edited(before, old, new);
            let expected = format!("`f` is unchanged: {why}");
            assert!(!ended.ok && ended.text.starts_with(&expected), "{}", ended.text);
            assert_eq!((content.as_str(), ended.changes.len()), (before, 0));
        }
    }

    fn lines(content: &str, offset: Option<u64>, limit: Option<u64>, bytes: usize) -> String {
        let (_folder, workspace) = stage(content);
        let limits = Limits { head: bytes, tail: 0, ..Limits::default() };
        read(&workspace, &limits, "f", offset, limit).text
    }

    #[test]
    fn a_read_says_where_to_read_on() {
        let content = "one\ntwo\nthree\n";
        assert_eq!(lines(content, None, None, 100), content);
        let part = "two\n… lines 2-2 of 3; read on with offset 3";
        assert_eq!(lines(content, Some(2), Some(1), 100), part);
        let part = "one\ntwo\n… lines 1-2 of 3; read on with offset 3";
        assert_eq!(lines(content, None, None, 9), part);
        assert_eq!(lines(content, Some(9), None, 100), "(the file ends with line 3)");
        assert_eq!(lines("", None, None, 100), "(empty)");
    }

    #[test]
    fn a_line_too_long_is_cut_and_said() {
        let part = "aaaaa … line 1 has 50 bytes\n… lines 1-1 of 2; read on with offset 2";
        assert_eq!(lines(&format!("{}\nb\n", "a".repeat(50)), None, None, 5), part);
    }

    #[test]
    fn what_is_no_text_is_not_shown() {
        assert_eq!(lines("a\0b", None, None, 100), "`f` is no text: 3 bytes");
    }

    #[test]
    fn a_write_says_what_it_changed() {
        let (_folder, workspace) = stage("one\n");
        let limits = Limits::default();
        let ended = write(&workspace, &limits, "./f", "one\ntwo\n");
        assert_eq!(ended.text, "replaced f: +1 −0 lines");
        let ended = write(&workspace, &limits, "new/g", "x");
        assert_eq!(ended.text, "made new/g: +1 −0 lines");
        let ended = write(&workspace, &limits, "../out", "x");
        assert!(ended.text.contains("outside the workspace"), "{}", ended.text);
    }
}
