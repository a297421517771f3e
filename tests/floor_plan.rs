//! Each room uses only the rooms above it, outside crates stay where they
//! belong, and no file outgrows its room.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::{fs, path::Path};

/// The rooms, from the ground up: each may use those before it.
const ROOMS: [&str; 21] = [
    "model",
    "text",
    "casting",
    "config",
    "journal",
    "compare",
    "history",
    "workspace",
    "llm",
    "tools",
    "engine",
    "interop",
    "script",
    "watch",
    "supervisor",
    "rehearsal",
    "link",
    "assist",
    "ui",
    "export",
    "cli",
];

/// Outside crates that have a place: which folders may name them.
const PLACES: [(&str, &[&str]); 15] = [
    ("zip", &["interop"]),
    ("zstd", &["interop"]),
    ("ratatui", &["ui"]),
    ("crossterm", &["ui"]),
    ("tui_textarea", &["ui"]),
    ("rusqlite", &["history", "interop"]),
    ("hyper", &["rehearsal", "tools/mcp", "tools/signals"]),
    ("notify", &["tools/signals"]),
    ("reqwest", &["llm", "rehearsal", "tools/mcp", "tools/alerts", "export/otel"]),
    ("rmcp", &["tools", "assist"]),
    ("syntect", &["text"]),
    ("two_face", &["text"]),
    ("fork", &["tools/guard"]),
    ("minijinja", &["script"]),
    ("jsonschema", &["script"]),
];

/// What pure folders must not name.
const PURE: [(&str, &[&str]); 8] = [
    ("model", &["tokio", "std::fs", "std::env", "Instant", "SystemTime", "fastrand", "jiff"]),
    ("text", &["tokio", "std::fs", "std::env", "Instant"]),
    ("casting", &["tokio", "std::fs", "std::env", "Instant", "SystemTime", "fastrand", "jiff"]),
    ("compare", &["tokio", "std::fs", "std::env", "Instant", "SystemTime", "fastrand", "jiff"]),
    ("interop", &["tokio", "std::env", "std::process", "Instant", "SystemTime", "fastrand"]),
    ("watch", &["tokio", "std::fs", "std::env", "Instant", "SystemTime", "fastrand", "jiff"]),
    ("script", &["tokio", "std::env", "Instant", "SystemTime", "fastrand"]),
    ("ui/view", &["tokio", "std::fs", "std::env", "Instant"]),
];

/// Lines of code, tests not counted.
const LONGEST: usize = 450;

#[test]
fn every_room_uses_only_the_rooms_above_it() {
    let mut strays = Vec::new();
    for (floor, room) in ROOMS.iter().enumerate() {
        visit(&Path::new("src").join(room), &mut |path, text| {
            for below in ROOMS.iter().skip(floor + 1).filter(|below| mentions(text, below)) {
                strays.push(format!("{} uses {below}", path.display()));
            }
        });
    }
    assert_eq!(strays, Vec::<String>::new());
}

#[test]
fn outside_crates_stay_where_they_belong() {
    let mut strays = Vec::new();
    visit(Path::new("src"), &mut |path, text| {
        let place = path.strip_prefix("src").unwrap();
        for (name, folders) in PLACES {
            let is_home = folders.iter().any(|folder| place.starts_with(folder));
            if !is_home && code(text).contains(&format!("{name}::")) {
                strays.push(format!("{} uses {name}", path.display()));
            }
        }
        for (folder, names) in PURE.iter().filter(|(folder, _)| place.starts_with(folder)) {
            for name in names.iter().filter(|name| code(text).contains(&format!("{name}::"))) {
                strays.push(format!("{}: {folder} is pure, and {name} is not", path.display()));
            }
        }
    });
    assert_eq!(strays, Vec::<String>::new());
}

#[test]
fn no_file_outgrows_its_room() {
    let mut long = Vec::new();
    visit(Path::new("src"), &mut |path, text| {
        let lines = code(text).lines().count();
        if LONGEST < lines && !path.to_string_lossy().contains("test") {
            long.push(format!("{}: {lines} lines", path.display()));
        }
    });
    assert_eq!(long, Vec::<String>::new());
}

#[test]
fn every_room_is_on_the_floor_plan() {
    let mut rooms: Vec<_> = fs::read_dir("src")
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    let mut plan = ROOMS.map(str::to_owned).to_vec();
    rooms.sort();
    plan.sort();
    assert_eq!(rooms, plan);
}

/// The file without its tests.
fn code(text: &str) -> &str {
    text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or(text)
}

/// Whether the code reaches into a room: `crate::room`, or inside `crate::{…}`.
fn mentions(text: &str, room: &str) -> bool {
    let text = code(text);
    let ends = [';', ':', '{', ' '];
    let direct = ends.iter().any(|end| text.contains(&format!("use crate::{room}{end}")));
    let mut grouped = text.split("crate::{").skip(1).filter_map(|it| it.split("};").next());
    let starts = [format!("{room}::"), format!("{room},")];
    direct
        || grouped.any(|group| {
            let mut lines = group.lines().map(str::trim);
            lines.any(|line| starts.iter().any(|start| line.starts_with(start)))
        })
}

fn visit(folder: &Path, each: &mut impl FnMut(&Path, &str)) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            visit(&path, each);
        } else if path.extension().is_some_and(|it| it == "rs") {
            each(&path, &fs::read_to_string(&path).unwrap());
        }
    }
}
