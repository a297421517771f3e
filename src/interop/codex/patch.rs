//! The file changes that a patch makes, in the form in which Codex's models write them.

use crate::{model::FileChange, text::one_line};
use serde_json::Value;

/// How a patch begins.
const BEGIN: &str = "*** Begin Patch";
/// A path's width at most, in columns.
const PATH: usize = 200;

/// The changes of the patch that stands in a call, if one does: as its input, or in the
/// command that it runs.
pub(super) fn changes(input: &Value, name: impl Fn(&str) -> String) -> Vec<FileChange> {
    let Some(words) = find(input) else { return Vec::new() };
    let mut changes: Vec<FileChange> = Vec::new();
    for line in words.lines() {
        let heads = ["*** Add File: ", "*** Update File: ", "*** Delete File: "];
        if let Some(path) = heads.iter().find_map(|it| line.strip_prefix(it)) {
            let path = one_line(&name(path.trim()), PATH);
            changes.push(FileChange { path, added: 0, removed: 0 });
        } else if line.starts_with("*** End Patch") {
            break;
        } else if let Some(change) = changes.last_mut() {
            change.added += u32::from(line.starts_with('+'));
            change.removed += u32::from(line.starts_with('-'));
        }
    }
    changes
}

/// The patch that stands somewhere in a call.
fn find(input: &Value) -> Option<&str> {
    match input {
        Value::String(text) => text.find(BEGIN).and_then(|at| text.get(at..)),
        Value::Array(items) => items.iter().find_map(find),
        Value::Object(fields) => fields.values().find_map(find),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_patch_is_found_wherever_it_stands() {
        let patch = "*** Begin Patch\n*** Update File: /w/a.rs\n@@\n-old\n+new\n+more\n*** Add File: b\n+x\n*** End Patch\n+not of it";
        let expected = [("a.rs", 2, 1), ("b", 1, 0)].map(|(path, added, removed)| FileChange {
            path: path.to_owned(),
            added,
            removed,
        });
        let command = format!("apply_patch <<'E'\n{patch}\nE");
        for input in [json!(patch), json!({ "command": ["bash", "-lc", command] })] {
            let changes = changes(&input, |path| path.trim_start_matches("/w/").to_owned());
            assert_eq!(changes, expected);
        }
        assert!(changes(&json!({ "command": "ls" }), str::to_owned).is_empty());
    }
}
