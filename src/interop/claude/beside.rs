//! The files of sub-agents beside that of a session: `SESSION/subagents/agent-ID.jsonl`,
//! those of workflows one folder deeper, each perhaps with a `.meta.json`.

use crate::interop::{
    fields::{string, text},
    read::Aide,
};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// So many files are read; each is open as long as the log is.
const MOST: usize = 400;
/// So deep they may lie.
const DEPTH: usize = 4;
/// What is bigger is no file about a sub-agent.
const META: u64 = 1 << 20;

/// The files of the sub-agents of this session. Only what lies in the folder of the
/// session is looked at, and no link is followed.
pub(in crate::interop) fn aides(main: &Path) -> Vec<(PathBuf, Aide)> {
    let folder = main.with_extension("").join("subagents");
    let mut found = Vec::new();
    gather(&folder, DEPTH, &mut found);
    found.sort();
    found.truncate(MOST);
    let aide = |path: PathBuf| {
        let (kind, task) = meta(&path).unwrap_or_default();
        let file = path.strip_prefix(&folder).unwrap_or(&path).display().to_string();
        let kind = if kind.is_empty() { kind_of(&file).to_owned() } else { kind };
        (path, Aide { file, kind, task })
    };
    found.into_iter().map(aide).collect()
}

fn gather(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    // A folder that is not there holds nothing.
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(kind) = entry.file_type() else { continue };
        let (name, path) = (entry.file_name(), entry.path());
        let name = name.to_string_lossy();
        if kind.is_dir() && depth > 0 {
            gather(&path, depth - 1, found);
        } else if kind.is_file() && name.starts_with("agent-") && name.ends_with(".jsonl") {
            found.push(path);
        }
    }
}

/// What a sub-agent is that nobody says more of.
fn kind_of(file: &str) -> &'static str {
    if file.contains("agent-acompact-") { "compaction" } else { "sub-agent" }
}

/// What the file beside says: its kind, and the call that has set it to work.
fn meta(path: &Path) -> Option<(String, String)> {
    let beside = path.with_extension("meta.json");
    let is_one = fs::symlink_metadata(&beside).is_ok_and(|it| it.is_file() && it.len() < META);
    if !is_one {
        return None;
    }
    let value: Value = serde_json::from_slice(&fs::read(&beside).ok()?).ok()?;
    let kind = crate::text::one_line(text(&value["agentType"]), 80);
    Some((kind, string(&value["toolUseId"])))
}
