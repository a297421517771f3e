//! The names of files in a patch: in quotes where they hold anything unusual
//! (git's `quote.c`).

use crate::text::sanitise;

/// The name of no file.
const NOTHING: &str = "/dev/null";

/// A path as the director sees it.
fn shown(bytes: &[u8]) -> String {
    sanitise(&String::from_utf8_lossy(bytes)).replace('\n', "⏎")
}

/// The path that a `---`, `+++`, `rename` or `copy` line names; none where
/// there is no file. `prefix` is `a/`, `b/` or nothing.
pub(super) fn path(text: &[u8], prefix: &str) -> Option<String> {
    let bytes = match quoted(text) {
        Some((bytes, _)) => bytes,
        // A name with a blank in it ends in a tab (GNU diff would not know where).
        None => text.strip_suffix(b"\t").unwrap_or(text).to_vec(),
    };
    if bytes == NOTHING.as_bytes() {
        return None;
    }
    Some(shown(bytes.strip_prefix(prefix.as_bytes()).unwrap_or(&bytes)))
}

/// The two paths of a `diff --git` line. They are the same unless other lines
/// say otherwise, and that is how it is known where the first one ends.
pub(super) fn pair(text: &[u8]) -> Option<(String, String)> {
    if let Some((first, rest)) = quoted(text) {
        let second = path(rest.strip_prefix(b" ")?, "b/")?;
        return Some((path_of(&first, "a/"), second));
    }
    if text.ends_with(b"\"") {
        let at = memchr::memmem::find(text, b" \"")?;
        let (first, second) = text.split_at(at);
        return Some((path_of(first, "a/"), path(second.get(1..)?, "b/")?));
    }
    let half = text.len() / 2;
    let blanks = memchr::memchr_iter(b' ', text);
    let at = blanks.min_by_key(|at| at.abs_diff(half))?;
    let (first, second) = text.split_at(at);
    Some((path_of(first, "a/"), path_of(second.get(1..)?, "b/")))
}

fn path_of(bytes: &[u8], prefix: &str) -> String {
    shown(bytes.strip_prefix(prefix.as_bytes()).unwrap_or(bytes))
}

/// The text in quotes at the beginning, and what comes after it.
fn quoted(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut rest = text.strip_prefix(b"\"")?;
    let mut bytes = Vec::new();
    loop {
        match rest {
            [b'"', after @ ..] => return Some((bytes, after)),
            [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..] => {
                bytes.push((a - b'0') * 64 + (b - b'0') * 8 + (c - b'0'));
                rest = after;
            }
            [b'\\', letter, after @ ..] => {
                bytes.push(meant(*letter));
                rest = after;
            }
            [byte, after @ ..] => {
                bytes.push(*byte);
                rest = after;
            }
            [] => return None,
        }
    }
}

const fn meant(letter: u8) -> u8 {
    match letter {
        b'a' => 7,
        b'b' => 8,
        b't' => b'\t',
        b'n' => b'\n',
        b'v' => 11,
        b'f' => 12,
        b'r' => b'\r',
        other => other,
    }
}
