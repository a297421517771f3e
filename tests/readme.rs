//! What the README says of engines is what they declare.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use auteur::{
    config::Programs,
    model::{Capabilities, EngineKind},
};
use std::{collections::BTreeMap, fmt::Write as _, fs};

const BEGIN: &str = "<!-- engines: AUTEUR_UPDATE=1 cargo test --test readme -->\n";
const END: &str = "<!-- end of engines -->";

/// The engines as they stand in the table.
const ENGINES: [(EngineKind, &str); 6] = [
    (EngineKind::Native, "the loop in this program"),
    (EngineKind::Claude, "Claude Code's stream-json"),
    (EngineKind::Codex, "Codex's app-server"),
    (EngineKind::Acp, "the Agent Client Protocol"),
    (EngineKind::Cursor, "Cursor's stream of JSON lines"),
    (EngineKind::Pty, "a terminal in the pane"),
];

/// A line for each engine, and one more where its programs differ in what they
/// can do.
fn table() -> String {
    let words = Capabilities::NATIVE.words().map(|(name, _)| name);
    let mut table = format!("| engine | agents | {} |\n", words.join(" | "));
    writeln!(table, "| --- | --- {}|", "| --- ".repeat(words.len())).unwrap();
    let programs = Programs::built_in().unwrap();
    for (kind, spoken) in ENGINES {
        let mut alike: BTreeMap<[&str; 7], Vec<String>> = BTreeMap::new();
        for (name, program) in programs.all.iter().filter(|it| it.1.engine.kind() == kind) {
            let can = program.capabilities().words().map(|(_, how)| how);
            alike.entry(can).or_default().push(format!("`{name}`"));
        }
        if alike.is_empty() {
            let can = Capabilities::of(kind).words().map(|(_, how)| how);
            alike.insert(can, vec!["every role without a program".to_owned()]);
        }
        for (can, names) in alike {
            let (names, can) = (names.join(", "), can.join(" | "));
            writeln!(table, "| `{kind}`: {spoken} | {names} | {can} |").unwrap();
        }
    }
    table
}

#[test]
fn the_readme_tells_what_engines_declare() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let text = fs::read_to_string(path).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (said, after) = rest.split_once(END).unwrap();
    if std::env::var_os("AUTEUR_UPDATE").is_some() {
        fs::write(path, format!("{before}{BEGIN}{}{END}{after}", table())).unwrap();
        return;
    }
    assert_eq!(said, table(), "AUTEUR_UPDATE=1 cargo test --test readme writes it anew");
}
