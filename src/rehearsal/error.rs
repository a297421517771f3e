//! What is wrong with a rehearsal file, said with its place and its mend.

/// A rehearsal file that can't be played.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {what}; {mend}")]
pub struct RehearsalError {
    /// The file's name, as it was given to the parser.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What was expected and what there is.
    pub what: String,
    /// What to do about it.
    pub mend: String,
}

impl RehearsalError {
    /// Places a complaint at a byte offset of the file's text.
    pub(super) fn at(
        source: &Source<'_>,
        offset: usize,
        what: impl Into<String>,
        mend: &str,
    ) -> Self {
        let before = source.text.get(..offset.min(source.text.len())).unwrap_or_default();
        Self {
            file: source.name.to_owned(),
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            what: what.into(),
            mend: mend.to_owned(),
        }
    }
}

/// A file's name and text, for complaints.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) name: &'a str,
    pub(super) text: &'a str,
}
