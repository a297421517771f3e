//! What the program knows and a script can be given: the cast, the project's files, how a
//! script is written.

use super::House;
use crate::{
    model::script::{Known, Script},
    script::language,
    text::one_line,
};
use ignore::WalkBuilder;
use serde_json::Value;
use std::{fmt::Write as _, path::Path};

/// So many of the project's files are named.
const FILES: usize = 200;
/// So deep they lie at most.
const DEPTH: usize = 4;
/// How wide a name, or what is wrong with a role, is told.
const WIDTH: usize = 200;

/// Gives a script, and those that it plays, what they ask for.
pub(super) fn give(house: &House, script: &mut Script) {
    for input in script.inputs.values_mut() {
        if let Some(known) = input.known {
            input.default = Some(Value::from(told(house, known)));
        }
    }
    for inner in script.scripts.values_mut() {
        give(house, inner);
    }
}

fn told(house: &House, known: Known) -> String {
    match known {
        Known::Cast => cast(house),
        Known::Files => files(house.company.project()),
        Known::Language => language(),
    }
}

/// A line for each role: what it is for, what it is good at, why it can't be cast now.
fn cast(house: &House) -> String {
    let mut text = String::new();
    for (name, role) in &house.company.config().cast.roles {
        let strengths = match role.strengths.join(", ") {
            none if none.is_empty() => none,
            some => format!("; good at {some}"),
        };
        let hindrance = house.company.cast(name, "", None).err();
        let hindrance = hindrance
            .map(|it| format!("; can't be cast now: {}", one_line(&it.to_string(), WIDTH)));
        let hindrance = hindrance.unwrap_or_default();
        // Nothing is lost where a text can't be written to.
        let _ = writeln!(text, "- {name}: {}{strengths}{hindrance}", role.purpose);
    }
    text
}

/// The project's files, but for what git ignores and what is hidden.
fn files(project: &Path) -> String {
    let walk = WalkBuilder::new(project)
        .max_depth(Some(DEPTH))
        .require_git(false)
        .follow_links(false)
        .sort_by_file_path(Path::cmp)
        .build();
    let is_file = |it: &ignore::DirEntry| it.file_type().is_some_and(|it| it.is_file());
    let files = walk.filter_map(Result::ok).filter(is_file);
    let names = files.filter_map(|it| {
        let name = it.path().strip_prefix(project).ok()?.to_string_lossy();
        Some(one_line(&name, WIDTH))
    });
    let mut names: Vec<String> = names.take(FILES + 1).collect();
    if names.len() > FILES {
        names.truncate(FILES);
        names.push("… and more".to_owned());
    }
    if names.is_empty() { "(none yet)".to_owned() } else { names.join("\n") }
}
