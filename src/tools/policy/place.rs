//! Where paths truly lead from the folder that an agent works in: what a
//! repository holds may be a link to anywhere, and a word does not show it.

use super::{command::Word, protected};
use globset::{GlobBuilder, GlobMatcher};
use std::{
    collections::VecDeque,
    ffi::{OsStr, OsString},
    fs,
    path::{Component, Path, PathBuf},
};

/// So many links are followed on one way; a longer one leads out.
const LINKS: usize = 40;
/// So many folders may be where a command is by then; of more, each leads out.
const FOLDERS: usize = 32;
/// So many names are looked at for what a pattern may stand for.
const NAMES: usize = 20_000;

/// What may be in a name that stands for others.
const PATTERN: [char; 3] = ['*', '?', '['];

/// The folder that an agent works in, and those that it may have gone to in it.
#[derive(Debug, Clone)]
pub(super) struct Place<'a> {
    /// None where nothing is known but words.
    root: Option<&'a Path>,
    /// From the root.
    folders: Vec<PathBuf>,
}

impl<'a> Place<'a> {
    pub(super) fn new(root: Option<&'a Path>) -> Self {
        Self { root, folders: vec![PathBuf::new()] }
    }

    /// It goes to this folder, or would like to.
    pub(super) fn go(&mut self, to: &str) {
        if self.folders.len() <= FOLDERS {
            let more: Vec<PathBuf> = self.folders.iter().map(|it| it.join(to)).collect();
            self.folders.extend(more);
        }
    }

    /// What a path names once its links are followed: from the root where that
    /// is inside. The path itself where nothing more is known.
    pub(super) fn truth(&self, path: &str) -> String {
        let Some(root) = self.root.filter(|_| !path.starts_with('~')) else {
            return path.to_owned();
        };
        let Some(truth) = follow(&root.join(path)) else { return "..".to_owned() };
        let root = follow(root).unwrap_or_else(|| root.to_owned());
        match truth.strip_prefix(&root) {
            // Nothing was followed: it may be said as it was.
            Ok(inside) if inside == protected::plain(path) => path.to_owned(),
            Ok(inside) if inside.as_os_str().is_empty() => ".".to_owned(),
            Ok(inside) => inside.to_string_lossy().into_owned(),
            Err(_) => truth.to_string_lossy().into_owned(),
        }
    }

    /// Whether a word may name something that a link leads out to.
    pub(super) fn leads_out(&self, word: &Word) -> bool {
        let Some(root) = self.root else { return false };
        let Some(top) = follow(root) else { return true };
        let text = word.text.as_str();
        // In an option a path may stand behind its letter, or behind its name.
        let behind = |at: usize| text.get(at..).filter(|_| text.starts_with('-'));
        let named = [Some(text), behind(2), text.split_once('=').map(|it| it.1)];
        self.folders.len() > FOLDERS
            || named.into_iter().flatten().any(|path| {
                let mut left = NAMES;
                let mut from = self.folders.iter().map(|it| root.join(it));
                from.any(|from| strays(&top, &from, path, &mut left))
            })
    }
}

/// Whether one of the things that a path may stand for is not below `top`.
fn strays(top: &Path, from: &Path, path: &str, left: &mut usize) -> bool {
    let Some((name, rest)) = next(path) else { return false };
    if !name.contains(PATTERN) {
        let Some(truth) = follow(&from.join(name)) else { return true };
        return !truth.starts_with(top) || strays(top, &truth, rest, left);
    }
    let pattern = pattern(name);
    let fits = |name: &OsStr| pattern.as_ref().is_none_or(|it| it.is_match(name));
    let entries = fs::read_dir(from).into_iter().flatten().flatten();
    for entry in entries.filter(|it| fits(&it.file_name())) {
        let Some(fewer) = left.checked_sub(1) else { return true };
        *left = fewer;
        let kind = entry.file_type();
        let is_link = kind.as_ref().is_ok_and(fs::FileType::is_symlink);
        let truth = if is_link { follow(&entry.path()) } else { Some(entry.path()) };
        let Some(truth) = truth.filter(|it| it.starts_with(top)) else { return true };
        if !rest.is_empty() && truth.is_dir() && strays(top, &truth, rest, left) {
            return true;
        }
    }
    false
}

/// What a name stands for; none where that is for the shell alone to know, and it
/// may be anything.
fn pattern(name: &str) -> Option<GlobMatcher> {
    if ["[[", "[:", "[.", "[=", "{", "}", "\\"].iter().any(|it| name.contains(it)) {
        return None;
    }
    Some(GlobBuilder::new(name).build().ok()?.compile_matcher())
}

/// The first name of a path, and the rest of it.
fn next(path: &str) -> Option<(&str, &str)> {
    let path = path.trim_start_matches('/');
    let (name, rest) = path.split_once('/').unwrap_or((path, ""));
    (!name.is_empty()).then_some((name, rest))
}

/// An absolute path without links, also where nothing stands there yet; none
/// where the links have no end.
fn follow(path: &Path) -> Option<PathBuf> {
    let mut rest: VecDeque<OsString> = names(path);
    let (mut truth, mut links) = (PathBuf::from("/"), 0);
    while let Some(name) = rest.pop_front() {
        if name == ".." {
            truth.pop();
            continue;
        }
        let there = truth.join(&name);
        match fs::read_link(&there) {
            Ok(_) if links == LINKS => return None,
            Ok(target) => {
                links += 1;
                if target.is_absolute() {
                    truth = PathBuf::from("/");
                }
                for name in names(&target).into_iter().rev() {
                    rest.push_front(name);
                }
            }
            Err(_) => truth = there,
        }
    }
    Some(truth)
}

fn names(path: &Path) -> VecDeque<OsString> {
    let names = path.components().filter_map(|it| match it {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        _ => None,
    });
    names.collect()
}
