//! What an agent changed, read and laid out as rows.

use crate::{
    model::AgentId,
    text::{FilePatch, Patch, PatchLine},
};
use std::collections::BTreeSet;

/// A difference that the desk would like to have read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffWish {
    /// Whose.
    pub agent: AgentId,
    /// The git folder that holds the commits.
    pub store: String,
    /// The commit before.
    pub from: String,
    /// The commit after.
    pub to: String,
}

/// A difference that was read, or why it can't be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diffed {
    /// What was wished for.
    pub wish: DiffWish,
    /// What there is.
    pub outcome: Result<Patch, String>,
    /// No better one follows.
    pub is_last: bool,
}

/// A difference as rows, one below the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// What was wished for.
    pub wish: DiffWish,
    /// What there is.
    pub outcome: Result<Patch, String>,
    /// What stands in which row.
    pub rows: Vec<SheetRow>,
}

/// What stands in a row: places in the patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetRow {
    /// The name of a file.
    File(usize),
    /// What there is to say of a file instead of, or after, its lines.
    Note(usize, SheetNote),
    /// Where a hunk of a file begins.
    Hunk(usize, usize),
    /// A line of a hunk of a file.
    Line(usize, usize, usize),
    /// Nothing.
    Blank(usize),
}

/// What there is to say of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetNote {
    /// It is no text.
    Binary,
    /// What it holds is the same.
    Same,
    /// So many lines are not shown.
    LeftOut(u32),
}

impl SheetRow {
    /// The file that it belongs to.
    pub const fn file(self) -> usize {
        match self {
            Self::File(file)
            | Self::Note(file, _)
            | Self::Hunk(file, _)
            | Self::Line(file, ..)
            | Self::Blank(file) => file,
        }
    }
}

impl Sheet {
    pub(super) fn new(diffed: Diffed, folded: &BTreeSet<String>) -> Self {
        let rows = diffed.outcome.as_ref().map_or_else(|_| Vec::new(), |it| rows(it, folded));
        Self { wish: diffed.wish, outcome: diffed.outcome, rows }
    }

    /// The patch, if it could be read.
    pub const fn patch(&self) -> Option<&Patch> {
        match &self.outcome {
            Ok(patch) => Some(patch),
            Err(_) => None,
        }
    }

    /// The file of a row.
    pub fn file(&self, row: usize) -> Option<&FilePatch> {
        self.patch()?.files.get(self.rows.get(row)?.file())
    }

    /// The line of a row, if it is one.
    pub fn line(&self, row: usize) -> Option<&PatchLine> {
        let SheetRow::Line(file, hunk, line) = self.rows.get(row)? else { return None };
        self.patch()?.files.get(*file)?.hunks.get(*hunk)?.lines.get(*line)
    }

    /// Whether a row holds these words. Capitals count if there are any.
    pub(super) fn holds(&self, row: usize, wanted: &str) -> bool {
        let text = match (self.rows.get(row), self.line(row)) {
            (Some(SheetRow::File(_)), _) => self.file(row).map_or("", |it| &it.path),
            (_, Some(line)) => &line.text,
            _ => return false,
        };
        if wanted.chars().any(char::is_uppercase) {
            text.contains(wanted)
        } else {
            text.to_lowercase().contains(wanted)
        }
    }

    /// The row that shows what a row of another sheet showed, as nearly as can be.
    pub(super) fn like(&self, other: &Self, row: usize) -> usize {
        let Some(file) = other.file(row) else { return 0 };
        let number = other.line(row).map(PatchLine::number);
        let is_same = |it: &usize| self.file(*it).is_some_and(|it| it.path == file.path);
        let mut same = (0..self.rows.len()).filter(is_same);
        let first = same.next();
        let line = number.and_then(|number| {
            same.find(|it| self.line(*it).is_some_and(|it| it.number() >= number))
        });
        line.or(first).unwrap_or(row.min(self.rows.len().saturating_sub(1)))
    }
}

/// Lays a patch out.
pub(super) fn rows(patch: &Patch, folded: &BTreeSet<String>) -> Vec<SheetRow> {
    let mut rows = Vec::new();
    for (at, file) in patch.files.iter().enumerate() {
        rows.push(SheetRow::File(at));
        if folded.contains(&file.path) {
            continue;
        }
        for (place, hunk) in file.hunks.iter().enumerate() {
            rows.push(SheetRow::Hunk(at, place));
            rows.extend((0..hunk.lines.len()).map(|line| SheetRow::Line(at, place, line)));
        }
        rows.extend(note(file).map(|it| SheetRow::Note(at, it)));
        rows.push(SheetRow::Blank(at));
    }
    rows
}

/// What there is to say of a file instead of, or after, its lines.
pub(super) fn note(file: &FilePatch) -> Option<SheetNote> {
    if file.is_binary {
        Some(SheetNote::Binary)
    } else if file.left_out > 0 {
        Some(SheetNote::LeftOut(file.left_out))
    } else {
        file.hunks.is_empty().then_some(SheetNote::Same)
    }
}
