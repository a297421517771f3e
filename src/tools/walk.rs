//! Finding things in the workspace: by folder, by name, by what a line says.
//!
//! The walk follows no link and leaves out what git ignores; each file it finds
//! is opened beneath the workspace's handle, so a link put in its place in the
//! meantime leads nowhere.

use super::{
    files::refused,
    toolbox::{Ended, Limits, Stop},
};
use crate::text::reveal;
use crate::workspace::{EntryKind, Workspace, WorkspaceError};
use globset::{GlobBuilder, GlobMatcher};
use grep_regex::{RegexMatcher, RegexMatcherBuilder};
use grep_searcher::{BinaryDetection, Searcher, SearcherBuilder, sinks};
use ignore::WalkBuilder;
use std::path::{Path, PathBuf};

/// A found line is shown up to this many bytes.
const LINE: usize = 400;
/// What a search may hold of one file at once, in bytes: a longer line is not searched.
const HEAP: usize = 4 << 20;

/// Where to look, how much of it, and until when.
pub(super) struct Walker<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) limits: &'a Limits,
    pub(super) stop: &'a Stop,
}

/// What was found: the first so many, and the number of all.
struct Found {
    shown: Vec<String>,
    most: usize,
    count: usize,
}

impl Found {
    fn new(most: usize) -> Self {
        Self { shown: Vec::new(), most, count: 0 }
    }

    fn add(&mut self, line: impl FnOnce() -> String) {
        self.count += 1;
        if self.shown.len() < self.most {
            self.shown.push(line());
        }
    }

    fn end(self, none: &str) -> Ended {
        let more = self.count - self.shown.len();
        let mut text = self.shown.join("\n");
        if self.count == 0 {
            none.clone_into(&mut text);
        } else if more > 0 {
            text = format!("{text}\n… {more} more");
        }
        Ended::succeeded(text)
    }
}

impl Walker<'_> {
    /// What lies in one folder.
    pub(super) fn list(&self, path: Option<&str>) -> Ended {
        let entries = match self.workspace.entries(path.unwrap_or("")) {
            Ok(entries) => entries,
            Err(error) => return refused(&error),
        };
        let mut found = Found::new(self.limits.found);
        for entry in entries {
            let sign = match entry.kind {
                EntryKind::Folder => "/",
                EntryKind::Link => "@",
                EntryKind::File | EntryKind::Other => "",
            };
            found.add(|| shown(&entry.name) + sign);
        }
        found.end("(empty)")
    }

    /// Files whose name fits.
    pub(super) fn glob(&self, pattern: &str) -> Ended {
        let matcher = match matcher(pattern) {
            Ok(matcher) => matcher,
            Err(error) => return Ended::failed(error),
        };
        let mut found = Found::new(self.limits.found);
        for name in self.names(Path::new("")).filter(|name| matcher.is_match(name)) {
            found.add(|| shown(&name.to_string_lossy()));
        }
        self.unless_stopped(found.end("no file fits"))
    }

    /// Lines that fit, as `path:line:text`.
    pub(super) fn search(&self, pattern: &str, path: Option<&str>, glob: Option<&str>) -> Ended {
        let regex = RegexMatcherBuilder::new().line_terminator(Some(b'\n')).build(pattern);
        let regex = match regex {
            Ok(regex) => regex,
            Err(error) => return Ended::failed(format!("`{pattern}` can't be searched: {error}")),
        };
        let glob = match glob.map(matcher).transpose() {
            Ok(glob) => glob,
            Err(error) => return Ended::failed(error),
        };
        let start = match self.workspace.true_name(path.unwrap_or("")) {
            Ok(start) => start,
            Err(error) => return refused(&error),
        };
        let mut found = Found::new(self.limits.found);
        let mut searcher = SearcherBuilder::new()
            .binary_detection(BinaryDetection::quit(0))
            .heap_limit(Some(HEAP))
            .build();
        for name in self.names(&start) {
            if glob.as_ref().is_none_or(|glob| glob.is_match(&name)) {
                // A file that can't be read or was taken away is one not found in.
                drop(self.search_file(&mut searcher, &regex, &name, &mut found));
            }
        }
        self.unless_stopped(found.end("nothing was found"))
    }

    fn search_file(
        &self,
        searcher: &mut Searcher,
        regex: &RegexMatcher,
        name: &Path,
        found: &mut Found,
    ) -> Result<(), WorkspaceError> {
        let file = self.workspace.file(&name.to_string_lossy())?;
        let lines = sinks::Lossy(|number, line| {
            found.add(|| {
                let line = line.trim_end();
                let cut = line.floor_char_boundary(LINE);
                let more = if cut < line.len() { "…" } else { "" };
                let name = shown(&name.to_string_lossy());
                format!("{name}:{number}:{}{more}", &line[..cut])
            });
            Ok(!self.stop.is_asked())
        });
        // As above: what can't be read has nothing in it.
        drop(searcher.search_file(regex, &file, lines));
        Ok(())
    }

    /// The names of all files below, in order, from the workspace's folder.
    fn names(&self, start: &Path) -> impl Iterator<Item = PathBuf> {
        let root = self.workspace.root();
        WalkBuilder::new(root.join(start))
            .hidden(false)
            .require_git(false)
            .follow_links(false)
            .sort_by_file_name(Ord::cmp)
            .filter_entry(|entry| entry.depth() == 0 || entry.file_name() != ".git")
            .build()
            .take_while(|_| !self.stop.is_asked())
            .filter_map(Result::ok)
            .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
            .filter_map(move |entry| entry.path().strip_prefix(root).map(Path::to_owned).ok())
    }

    fn unless_stopped(&self, ended: Ended) -> Ended {
        if self.stop.is_asked() {
            Ended { ok: false, note: Some("stopped".to_owned()), ..ended }
        } else {
            ended
        }
    }
}

/// A name in full, on one line: no file's name is a second entry of a list.
fn shown(name: &str) -> String {
    reveal(name).replace('\n', "⏎")
}

/// A pattern without `/` fits a name in any folder, as git's do.
fn matcher(pattern: &str) -> Result<GlobMatcher, String> {
    let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
    let whole = if pattern.contains('/') { pattern.to_owned() } else { format!("**/{pattern}") };
    GlobBuilder::new(&whole)
        .literal_separator(true)
        .build()
        .map(|glob| glob.compile_matcher())
        .map_err(|error| format!("`{pattern}` is no pattern: {}", error.kind()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::symlink};

    struct Stage {
        folder: tempfile::TempDir,
        limits: Limits,
    }

    impl Stage {
        fn new(files: &[(&str, &str)]) -> Self {
            let folder = tempfile::tempdir().unwrap();
            for (name, content) in files {
                let path = folder.path().join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, content).unwrap();
            }
            Self { folder, limits: Limits::default() }
        }

        fn walk(&self, of: impl Fn(&Walker<'_>) -> Ended) -> String {
            let workspace = Workspace::open(self.folder.path()).unwrap();
            let stop = Stop::default();
            of(&Walker { workspace: &workspace, limits: &self.limits, stop: &stop }).text
        }
    }

    fn project() -> Stage {
        Stage::new(&[
            (".gitignore", "target\n"),
            (".git/config", "needle"),
            ("src/a.rs", "fn a() {}\n// needle here\n"),
            ("src/deep/b.rs", "needle"),
            ("src/c.txt", "a needle\0binary"),
            ("target/a.rs", "needle"),
        ])
    }

    #[test]
    fn what_git_ignores_is_left_out() {
        let project = project();
        assert_eq!(project.walk(|walker| walker.glob("*.rs")), "src/a.rs\nsrc/deep/b.rs");
        assert_eq!(project.walk(|walker| walker.glob("src/*.rs")), "src/a.rs");
        assert_eq!(project.walk(|walker| walker.glob("**/config")), "no file fits");
    }

    #[test]
    fn a_search_names_file_and_line() {
        let found = "src/a.rs:2:// needle here\nsrc/deep/b.rs:1:needle";
        let project = project();
        assert_eq!(project.walk(|walker| walker.search("ne+dle", None, Some("*.rs"))), found);
        let deep = project.walk(|walker| walker.search("needle", Some("src/deep"), None));
        assert_eq!(deep, "src/deep/b.rs:1:needle");
        assert_eq!(project.walk(|walker| walker.search("absent", None, None)), "nothing was found");
        assert!(
            project.walk(|walker| walker.search("(", None, None)).contains("can't be searched")
        );
    }

    #[test]
    fn a_name_with_newlines_or_escapes_is_one_entry_and_shown_in_full() {
        let project = Stage::new(&[("a\nsecret.rs", "needle"), ("b\u{1b}[2Kc.rs", "needle")]);
        let names = ["a⏎secret.rs", "b␛[2Kc.rs"];
        assert_eq!(project.walk(|walker| walker.list(None)), names.join("\n"));
        assert_eq!(project.walk(|walker| walker.glob("*.rs")), names.join("\n"));
        let found = names.map(|it| format!("{it}:1:needle")).join("\n");
        assert_eq!(project.walk(|walker| walker.search("needle", None, None)), found);
    }

    #[test]
    fn what_is_too_much_is_counted() {
        let mut project = project();
        project.limits.found = 1;
        assert_eq!(project.walk(|walker| walker.glob("*.rs")), "src/a.rs\n… 1 more");
        assert_eq!(project.walk(|walker| walker.list(None)), ".git/\n… 3 more");
    }

    #[test]
    fn no_walk_follows_a_link_out() {
        let outside = Stage::new(&[("secret.rs", "needle")]);
        let project = Stage::new(&[("a.rs", "nothing")]);
        symlink(outside.folder.path(), project.folder.path().join("out")).unwrap();
        let secret = outside.folder.path().join("secret.rs");
        symlink(secret, project.folder.path().join("link.rs")).unwrap();
        assert_eq!(project.walk(|walker| walker.glob("*.rs")), "a.rs");
        assert_eq!(project.walk(|walker| walker.list(None)), "a.rs\nlink.rs@\nout@");
        assert_eq!(project.walk(|walker| walker.search("needle", None, None)), "nothing was found");
        for out in ["out", "..", "/", "link.rs"] {
            let said = project.walk(|walker| walker.search("needle", Some(out), None));
            assert!(said.contains("outside the workspace"), "{out}: {said}");
            let said = project.walk(|walker| walker.list(Some(out)));
            assert!(said.contains("outside the workspace"), "{out}: {said}");
        }
    }
}
