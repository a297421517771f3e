//! What the director has written on a session since: a name, and tags. It stands in a file
//! beside the journal, which says what happened and nothing else.

use crate::text::width;
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

/// The name of the file in a session's folder.
const FILE: &str = "label.json";
/// A longer file is not ours.
const LONGEST: u64 = 64 << 10;
/// How long a tag may be, in cells.
const TAG: usize = 40;

/// What is written on a session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Label {
    /// What it is called, in place of its title; empty where that holds.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Words by which it is found, in order, each once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

impl Label {
    /// What is written on the session of a journal. What can't be read says nothing.
    pub fn of(journal: &Path) -> Self {
        let path = place(journal);
        let is_ours = fs::metadata(&path).is_ok_and(|it| it.is_file() && it.len() <= LONGEST);
        let text = is_ours.then(|| fs::read(&path).ok()).flatten();
        text.and_then(|it| serde_json::from_slice(&it).ok()).unwrap_or_default()
    }

    /// Writes it: the whole of it, or nothing.
    ///
    /// # Errors
    /// When the disk says no.
    pub fn write(&self, journal: &Path) -> io::Result<()> {
        let path = place(journal);
        if *self == Self::default() {
            return match fs::remove_file(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                removed => removed,
            };
        }
        // Two who write at once don't write into one file.
        let draft = path.with_extension(format!("{:08x}", fastrand::u32(..)));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        let mut text = serde_json::to_vec(self)?;
        text.push(b'\n');
        file.write_all(&text)?;
        fs::rename(&draft, &path)
    }

    /// A tag as it was typed, without its sign.
    pub fn bare_tag(typed: &str) -> &str {
        typed.strip_prefix('#').unwrap_or(typed)
    }

    /// A tag as it was typed: one word, since tags are told apart by blanks.
    ///
    /// # Errors
    /// When it is none: why, in words.
    pub fn plain_tag(typed: &str) -> Result<String, String> {
        let tag = Self::bare_tag(typed);
        let is_plain = |it: char| it.is_alphanumeric() || "-_.:/".contains(it);
        if tag.is_empty() || !tag.chars().all(is_plain) || width(tag) > TAG {
            let told = format!("a tag is a word of letters, digits and -_.:/, not {tag:?}");
            return Err(told);
        }
        Ok(tag.to_owned())
    }

    /// Adds tags, and takes others away.
    pub fn tag(&mut self, added: &[String], removed: &[String]) {
        self.tags.extend(added.iter().cloned());
        self.tags.retain(|it| !removed.contains(it));
        self.tags.sort();
        self.tags.dedup();
    }
}

fn place(journal: &Path) -> PathBuf {
    journal.with_file_name(FILE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_kept_beside_the_journal_and_leaves_nothing_when_it_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("journal.jsonl");
        let mut label = Label::of(&journal);
        assert_eq!(label, Label::default());
        label.title = "The port".to_owned();
        label.tag(&["fast".to_owned(), "done".to_owned(), "fast".to_owned()], &[]);
        label.write(&journal).unwrap();
        assert_eq!(Label::of(&journal), label);
        assert_eq!(label.tags, ["done", "fast"]);
        label.tag(&[], &["fast".to_owned()]);
        assert_eq!(label.tags, ["done"]);
        Label::default().write(&journal).unwrap();
        Label::default().write(&journal).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        fs::write(place(&journal), "{ no label").unwrap();
        assert_eq!(Label::of(&journal), Label::default());
    }
}
