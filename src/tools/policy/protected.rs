//! Names that change what runs later: writing them is always asked about.

use super::command::Word;
use std::path::{Component, Path, PathBuf};

/// Folders in which everything is protected, wherever they lie.
const FOLDERS: &[&str] = &[
    ".git",
    ".auteur",
    ".claude",
    ".codex",
    ".cursor",
    ".devcontainer",
    ".gemini",
    ".husky",
    ".idea",
    ".ssh",
    ".vscode",
];

/// Files that are protected, wherever they lie.
const FILES: &[&str] = &[
    ".bash_profile",
    ".bashrc",
    ".envrc",
    ".gitattributes",
    ".gitconfig",
    ".gitmodules",
    ".mcp.json",
    ".profile",
    ".zshenv",
    ".zshrc",
    "auteur.toml",
    ".auteur.toml",
];

/// The protected name in a path, if there is one. Letters of any case, short
/// names of other file systems and invisible characters don't hide it.
pub(super) fn name_in(path: &str) -> Option<String> {
    let path = plain(path);
    let mut names = path.components().filter_map(|component| match component {
        Component::Normal(name) => Some(folded(&name.to_string_lossy())),
        _ => None,
    });
    names.find(|name| FOLDERS.contains(&name.as_str()) || FILES.contains(&name.as_str()))
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

/// A name as the most forgiving file system would know it.
fn folded(name: &str) -> String {
    let name: String = name
        .chars()
        .filter(|next| !is_invisible(*next))
        .flat_map(char::to_lowercase)
        // The long s and the Kelvin sign fold to ASCII letters.
        .map(|next| if next == '\u{17f}' { 's' } else { next })
        .collect();
    let name = name.trim_end_matches(['.', ' ']);
    let is_short_git = name.strip_prefix("git~").is_some_and(|n| n.parse::<u32>().is_ok());
    if is_short_git { ".git".to_owned() } else { name.to_owned() }
}
