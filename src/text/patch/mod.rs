//! A patch as git writes it, read into a value: which files, which lines, and
//! what of a line is changed.
//!
//! What a file holds can't pass for a header: a hunk says how many lines it has,
//! and so many are its lines, whatever they read like. Names and lines are
//! foreign text, and are sanitised here.

mod emphasis;
mod name;
mod read;

#[cfg(test)]
mod tests;

use super::{diff::Change, styled::Look};
use std::ops::Range;

/// Lines that a patch is kept with: many more than anybody reads. Those beyond
/// are counted only.
const LINES: usize = 50_000;
/// Characters of a line that are kept.
const COLUMNS: usize = 2_000;

/// What changed in a tree of files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Patch {
    /// The files, in the order of the patch.
    pub files: Vec<FilePatch>,
}

/// What changed in one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FilePatch {
    /// Its path; where the file is gone, the path it had.
    pub path: String,
    /// The path before, where it is another.
    pub was: Option<String>,
    /// What became of it.
    pub fate: Fate,
    /// Its mode before and after, where that changed: `100644`.
    pub mode: Option<(String, String)>,
    /// It is no text, so no lines are told.
    pub is_binary: bool,
    /// Lines that are new.
    pub added: u32,
    /// Lines that are gone.
    pub removed: u32,
    /// The changed lines with those around them.
    pub hunks: Vec<Hunk>,
    /// How many lines of it were counted and not kept.
    pub left_out: u32,
}

/// What became of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Fate {
    /// It holds something else.
    #[default]
    Changed,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It has another name.
    Renamed,
    /// It was made from another one, which is still there.
    Copied,
}

/// Lines that stand together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hunk {
    /// The number of its first line before, from 1.
    pub before: u32,
    /// The number of its first line after, from 1.
    pub after: u32,
    /// What it is in, as git found: the head of a function, mostly.
    pub heading: String,
    /// Its lines.
    pub lines: Vec<PatchLine>,
}

/// One line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchLine {
    /// What became of it. Never a gap.
    pub change: Change,
    /// Its number before, from 1.
    pub before: Option<u32>,
    /// Its number after, from 1.
    pub after: Option<u32>,
    /// Its text without the newline, tabs as spaces.
    pub text: String,
    /// It is the last line of its file and has no newline.
    pub is_open: bool,
    /// The bytes of the text that are changed, where most of the line is not.
    pub marks: Vec<Range<usize>>,
    /// What the pieces of the text are: each up to a byte, and its look. Empty
    /// where nobody has looked.
    pub looks: Vec<(usize, Look)>,
}

impl Patch {
    /// Reads what `git diff` wrote.
    pub fn read(text: &[u8]) -> Self {
        Self::read_upto(text, LINES)
    }

    /// Reads what `git diff` wrote, and keeps so many lines.
    pub fn read_upto(text: &[u8], most: usize) -> Self {
        let mut patch = read::read(text, most);
        patch.hunks_mut().for_each(emphasis::mark);
        patch
    }

    /// Lines that are new in all files.
    pub fn added(&self) -> u64 {
        self.files.iter().map(|it| u64::from(it.added)).sum()
    }

    /// Lines that are gone from all files.
    pub fn removed(&self) -> u64 {
        self.files.iter().map(|it| u64::from(it.removed)).sum()
    }

    fn hunks_mut(&mut self) -> impl Iterator<Item = &mut Hunk> {
        self.files.iter_mut().flat_map(|it| &mut it.hunks)
    }
}

impl PatchLine {
    /// Its number, after where it still is, before where it is gone.
    pub fn number(&self) -> u32 {
        self.after.or(self.before).unwrap_or_default()
    }
}
