//! Names that change what runs later: writing them is always asked about.

use super::command::Word;
use std::path::{Component, Path, PathBuf};

/// Folders in which everything is protected, wherever they lie: hooks and
/// settings of git, of agents, of editors, of shells, and keys.
const FOLDERS: &[&str] = &[
    ".aider",
    ".amazonq",
    ".amp",
    ".augment",
    ".auteur",
    ".aws",
    ".cargo",
    ".claude",
    ".codex",
    ".continue",
    ".crush",
    ".cursor",
    ".devcontainer",
    ".docker",
    ".emacs.d",
    ".factory",
    ".fleet",
    ".gemini",
    ".git",
    ".githooks",
    ".gnupg",
    ".goose",
    ".hg",
    ".husky",
    ".idea",
    ".jj",
    ".junie",
    ".kilocode",
    ".kiro",
    ".kube",
    ".nvim",
    ".opencode",
    ".openhands",
    ".qwen",
    ".roo",
    ".ssh",
    ".trae",
    ".vim",
    ".vs",
    ".vscode",
    ".windsurf",
    ".zed",
];

/// Files that are protected, wherever they lie.
const FILES: &[&str] = &[
    ".aider.conf.yml",
    ".auteur.toml",
    ".bash_login",
    ".bash_profile",
    ".bashrc",
    ".clinerules",
    ".cursorrules",
    ".dir-locals-2.el",
    ".dir-locals.el",
    ".direnvrc",
    ".emacs",
    ".envrc",
    ".exrc",
    ".gdbinit",
    ".gitattributes",
    ".gitconfig",
    ".gitmodules",
    ".goosehints",
    ".ideavimrc",
    ".inputrc",
    ".lefthook.yml",
    ".lldbinit",
    ".mcp.json",
    ".netrc",
    ".npmrc",
    ".nvim.lua",
    ".nvimrc",
    ".pre-commit-config.yaml",
    ".profile",
    ".roorules",
    ".tmux.conf",
    ".vimrc",
    ".windsurfrules",
    ".yarnrc",
    ".yarnrc.yml",
    ".zlogin",
    ".zprofile",
    ".zshenv",
    ".zshrc",
    "agents.md",
    "agents.override.md",
    "auteur.toml",
    "claude.local.md",
    "claude.md",
    "crush.json",
    "gemini.md",
    "lefthook.yml",
    "opencode.json",
    "qwen.md",
    "warp.md",
];

/// The protected name in a path, if there is one. Letters of any case or form,
/// short names and streams of other file systems and invisible characters don't
/// hide it.
pub fn name_in(path: &str) -> Option<String> {
    let path = plain(path);
    let mut names = path.components().filter_map(|component| match component {
        Component::Normal(name) => Some(folded(&name.to_string_lossy())),
        _ => None,
    });
    names.find_map(|name| known(&name).map(str::to_owned))
}

/// The protected name that a folded name is, or is the short form of.
fn known(name: &str) -> Option<&'static str> {
    let mut all = FOLDERS.iter().chain(FILES);
    match name.rsplit_once('~') {
        Some((stem, number)) if number.parse::<u32>().is_ok() => {
            all.find(|it| short(it) == stem).copied()
        }
        _ => all.find(|it| **it == name).copied(),
    }
}

/// What a file system of eight and three letters makes of a name before its
/// number: six letters of its first part that count.
fn short(name: &str) -> String {
    let name = name.trim_start_matches('.');
    let first = name.rsplit_once('.').map_or(name, |(first, _)| first);
    first.chars().filter(|it| !matches!(it, '.' | ' ')).take(6).collect()
}

/// The protected name that a word of a command mentions, or may stand for: `.g*`.
pub(super) fn mentioned(word: &Word) -> Option<String> {
    if word.pattern_at.is_some() {
        let mut names = word.text.split('/');
        let hidden = names.find(|name| name.starts_with('.') && name.contains(['*', '?', '[']));
        if let Some(hidden) = hidden {
            return Some(hidden.to_owned());
        }
    }
    word.text.split(['=', ':', ',', ' ', '\'', '"', '\n']).find_map(name_in)
}

/// Whether a path's words lead out of the folder it starts from.
pub(super) fn is_outside(path: &str) -> bool {
    let path = plain(path);
    path.is_absolute() || path.starts_with("..") || path.starts_with("~")
}

/// A path without `.`, and without `..` where it can be taken out.
pub(super) fn plain(path: &str) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in Path::new(path).components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(plain.components().next_back(), Some(Component::Normal(_))) =>
            {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

/// Whether a character leaves no mark on a screen.
pub(super) fn is_invisible(next: char) -> bool {
    matches!(
        next,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// A name as the most forgiving file system would know it: HFS+ leaves out what
/// is invisible, NTFS ends at a colon, and leaves out dots and blanks at the end.
fn folded(name: &str) -> String {
    let name = name.split(':').next().unwrap_or_default();
    let name: String = name
        .chars()
        .filter(|next| !is_invisible(*next))
        .map(narrow)
        .flat_map(char::to_lowercase)
        // A dotted capital I becomes an i and its dot.
        .filter(|next| *next != '\u{307}')
        .map(|next| match next {
            '\u{17f}' => 's',
            '\u{131}' => 'i',
            next => next,
        })
        .collect();
    name.trim_end_matches(['.', ' ']).to_owned()
}

/// A letter of full width as the plain one that it stands for.
fn narrow(next: char) -> char {
    match u32::from(next) {
        code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(next),
        _ => next,
    }
}
