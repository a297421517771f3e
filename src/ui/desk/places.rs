//! What a line of text names: files with the line in them, and addresses.

use super::{Copying, Desk, Dialog, Done, ThemeTask};
use crate::model::{Level, Millis, Stage};
use std::collections::BTreeSet;

/// So many bare names of a text are looked for.
const PERHAPS: usize = 2000;

/// Something that a line names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// A file of the folder that its agent works in, and the line in it.
    File(String, Option<u32>),
    /// The same by its whole path: a file of settings.
    Settings(String, u32),
    /// An address on the net. It is copied and never opened: an agent wrote it.
    Address(String),
}

impl Named {
    /// What a key does with it, in words.
    pub fn words(&self) -> String {
        match self {
            Self::File(path, None) => format!("opens {path}"),
            Self::File(path, Some(line)) | Self::Settings(path, line) => {
                format!("opens {path}:{line}")
            }
            Self::Address(address) => format!("copies {address}"),
        }
    }
}

impl Copying {
    /// What a line names, from its beginning.
    fn named_in(&self, at: usize) -> Vec<Named> {
        let Some(line) = self.lines.get(at) else { return Vec::new() };
        let settings = line.place.clone().map(|(path, line)| Named::Settings(path, line));
        settings.into_iter().chain(named(&line.text, &self.files)).collect()
    }

    /// The names in it that may be those of files, and are told apart from other words only by
    /// looking whether there is one.
    fn perhaps(&self) -> BTreeSet<String> {
        let words = self.lines.iter().flat_map(|it| it.text.split(ends));
        words.filter_map(bare).map(str::to_owned).take(PERHAPS).collect()
    }

    /// What was stepped to, or the first that the line names where the keys are.
    pub fn chosen(&self) -> Option<Named> {
        self.named_in(self.at).into_iter().nth(self.place.unwrap_or(0))
    }

    /// Goes to the next thing that is named, or the one before, and round at the end; says
    /// whether there is any.
    fn step(&mut self, forward: bool) -> bool {
        let named = (0..self.lines.len()).map(|at| self.named_in(at).len()).enumerate();
        let all: Vec<(usize, usize)> =
            named.flat_map(|(at, count)| (0..count).map(move |nth| (at, nth))).collect();
        // Before anything was stepped to, what this line names comes next.
        let is_behind = |it: &&(usize, usize)| match self.place {
            Some(nth) => **it > (self.at, nth),
            None => it.0 >= self.at,
        };
        let is_before = |it: &&(usize, usize)| **it < (self.at, self.place.unwrap_or(0));
        let there = if forward {
            all.iter().find(is_behind).or(all.first())
        } else {
            all.iter().rev().find(is_before).or(all.last())
        };
        let Some((at, nth)) = there.copied() else { return false };
        (self.at, self.place) = (at, Some(nth));
        true
    }
}

impl Desk {
    /// Has it looked which of the bare names in the text are files where its agent works.
    pub(super) fn look_for_files(&mut self, stage: &Stage) {
        let Some(Dialog::Copying(copying)) = &self.dialog else { return };
        let names = copying.perhaps();
        if !names.is_empty() {
            let root = self.root(stage).to_owned();
            self.wearing.wish_if_free(ThemeTask::FindFiles(root, names));
        }
    }

    /// Takes which of them are there.
    pub(super) fn take_files(&mut self, files: BTreeSet<String>) -> Done {
        if let Some(Dialog::Copying(copying)) = &mut self.dialog {
            copying.files = files;
        }
        Done::Redraw
    }

    /// The folder that the focused agent works in.
    fn root<'a>(&self, stage: &'a Stage) -> &'a str {
        let tree = self.focused(stage).and_then(|it| it.tree.as_ref());
        tree.map_or(stage.header().project.as_str(), |it| it.root.as_str())
    }

    /// Goes to the next file or address that the text names, or the one before.
    pub(super) fn step_place(&mut self, forward: bool, now: Millis) -> Done {
        let Some(Dialog::Copying(copying)) = &mut self.dialog else { return Done::Nothing };
        if copying.step(forward) {
            return Done::Redraw;
        }
        self.say(Level::Note, "this text names no file and no address", now)
    }

    /// Opens the file that the line names where the keys are: one of those that the agent
    /// works on, and no other. An address is copied.
    pub(super) fn open_place(&mut self, stage: &Stage, now: Millis) -> Done {
        let Some(Dialog::Copying(copying)) = &self.dialog else { return Done::Nothing };
        match copying.chosen() {
            Some(Named::Settings(path, line)) => Done::Visit(path, Some(line)),
            Some(Named::File(path, line)) => {
                Done::Visit(format!("{}/{path}", self.root(stage)), line)
            }
            Some(Named::Address(address)) => {
                self.say(Level::Note, format!("the address is copied: {address}"), now);
                Done::Copy(address)
            }
            None => self.say(Level::Note, "this line names no file and no address", now),
        }
    }
}

/// What stands between the words of a line.
fn ends(it: char) -> bool {
    it.is_whitespace() || "\"'`()[]{}<>,;|".contains(it)
}

/// The files and addresses that a line names. A bare name is that of a file where there is
/// one.
fn named(line: &str, files: &BTreeSet<String>) -> Vec<Named> {
    let file = |word: &str| {
        let there = || bare(word).filter(|it| files.contains(*it));
        file(word).or_else(|| Some(Named::File(there()?.to_owned(), None)))
    };
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(at) = [rest.find("https://"), rest.find("http://")].into_iter().flatten().min() {
        let (before, address) = rest.split_at(at);
        found.extend(before.split(ends).filter_map(file));
        let end = address.find(|it| ends(it) || !it.is_ascii_graphic()).unwrap_or(address.len());
        let (address, behind) = address.split_at(end);
        let address = address.trim_end_matches(['.', ':', '!', '?', '*', '_']);
        // More than the way to say how it is asked.
        if address.split("://").nth(1).is_some_and(|it| !it.is_empty()) {
            found.push(Named::Address(address.to_owned()));
        }
        rest = behind;
    }
    found.extend(rest.split(ends).filter_map(file));
    found
}

/// The name that a word is, where it could be that of a file beside others: `Cargo.toml`.
fn bare(word: &str) -> Option<&str> {
    let word = word.trim_end_matches(['.', ':', '!', '?']);
    let is_bare = has_ending(word) && !word.contains(['/', ':']) && !word.starts_with(['~', '-']);
    is_bare.then_some(word)
}

/// Whether the last part of a path has a name and an ending.
fn has_ending(path: &str) -> bool {
    path.rsplit('/').next().and_then(|it| it.rsplit_once('.')).is_some_and(|(name, end)| {
        !name.is_empty() && !end.is_empty() && end.chars().all(char::is_alphanumeric)
    })
}

/// The file that a word names, and the line of it: `src/a.rs:12:5`. Only what lies below the
/// folder that it is said in.
fn file(word: &str) -> Option<Named> {
    let is_inside =
        |path: &str| !path.starts_with(['/', '~', '-']) && !path.split('/').any(|it| it == "..");
    // The sentence ends, not the name.
    let word = word.trim_end_matches(['.', ':']);
    let (path, rest) = word.split_once(':').unwrap_or((word, ""));
    let path = path.strip_prefix("./").unwrap_or(path);
    let line = rest.split(':').next().and_then(|it| it.parse().ok());
    let is_named = has_ending(path) && (line.is_some() || path.contains('/'));
    let is_file = is_named && is_inside(path) && !rest.starts_with("//");
    is_file.then(|| Named::File(path.to_owned(), line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, line: Option<u32>) -> Named {
        Named::File(path.to_owned(), line)
    }

    #[test]
    fn a_line_names_files_below_the_folder_and_no_others() {
        let cases = [
            ("  --> src/a.rs:12:5", vec![file("src/a.rs", Some(12))]),
            ("error in `main.py:3`, and", vec![file("main.py", Some(3))]),
            ("see docs/keys.md.", vec![file("docs/keys.md", None)]),
            ("And src/b.rs:3.", vec![file("src/b.rs", Some(3))]),
            ("wrote (src/b.rs)", vec![file("src/b.rs", None)]),
            ("took 3.5 s at 12:30", vec![]),
            (
                "in .github/x.yml and ./src/c.rs",
                vec![file(".github/x.yml", None), file("src/c.rs", None)],
            ),
            ("see Cargo.toml, not a.toml", vec![file("Cargo.toml", None)]),
            ("/etc/passwd.txt:1 ../x/y.rs:2 ~/z.rs:3 -u/x.rs:1 src/../../y.rs:4", vec![]),
        ];
        let files = ["Cargo.toml".to_owned()].into();
        for (line, place) in cases {
            assert_eq!(named(line, &files), place, "{line}");
        }
    }

    #[test]
    fn addresses_are_told_from_files_and_end_where_the_sentence_goes_on() {
        let address = |it: &str| Named::Address(it.to_owned());
        let named = |line: &str| named(line, &BTreeSet::new());
        let told = named("See src/a.rs:1, (https://example.org/a.html:1?x=1). Or http://[::1]");
        let wanted = [file("src/a.rs", Some(1)), address("https://example.org/a.html:1?x=1")];
        assert_eq!(told, wanted);
        assert_eq!(named("<https://e.org/a>b"), [address("https://e.org/a")]);
        assert_eq!(named("https://e.org/\u{202e}x"), [address("https://e.org/")]);
    }
}
