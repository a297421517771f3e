//! How much a write changed, in lines.

use similar::{ChangeTag, TextDiff};

/// Above this many bytes on either side the lines are counted, not compared.
const COMPARED_BYTES: usize = 1 << 19;

/// A file that a tool changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileChange {
    /// Its path from the workspace's folder.
    pub path: String,
    /// Lines that were not there before.
    pub added: u32,
    /// Lines that are gone.
    pub removed: u32,
}

impl FileChange {
    /// Compares a file's content before and after.
    pub fn between(path: &str, before: &str, after: &str) -> Self {
        let (added, removed) = if before.len().max(after.len()) > COMPARED_BYTES {
            (between_common_ends(after, before), between_common_ends(before, after))
        } else {
            compared(before, after)
        };
        Self { path: path.to_owned(), added, removed }
    }
}

fn compared(before: &str, after: &str) -> (u32, u32) {
    let (mut added, mut removed) = (0, 0);
    for change in TextDiff::from_lines(before, after).iter_all_changes() {
        match change.tag() {
            ChangeTag::Insert => added += 1,
            ChangeTag::Delete => removed += 1,
            ChangeTag::Equal => {}
        }
    }
    (added, removed)
}

/// Lines of `one` between the common beginning and the common end of both.
fn between_common_ends(one: &str, other: &str) -> u32 {
    let (one, other): (Vec<_>, Vec<_>) = (one.lines().collect(), other.lines().collect());
    let same = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[same..], &other[same..]);
    let same = one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    u32::try_from(one.len() - same).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_that_differ_are_counted() {
        let change = FileChange::between("a", "one\ntwo\nthree\n", "one\n2\nthree\nfour\n");
        assert_eq!(change, FileChange { path: "a".into(), added: 2, removed: 1 });
    }

    #[test]
    fn a_new_file_is_all_added() {
        let change = FileChange::between("a", "", "one\ntwo");
        assert_eq!(change, FileChange { path: "a".into(), added: 2, removed: 0 });
    }

    #[test]
    fn a_large_file_is_counted_between_its_common_ends() {
        let half = "line\n".repeat(150_000);
        let change = FileChange::between("a", &half, &format!("first\n{half}"));
        assert_eq!((change.added, change.removed), (1, 0));
        let change = FileChange::between("a", &half, &format!("{half}last\nlater\n"));
        assert_eq!((change.added, change.removed), (2, 0));
    }
}
