//! What the README says of engines is what they declare, the tests that the pages name
//! are there, and the commands that they show are commands.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use auteur::{
    cli::args::Arguments,
    config::Programs,
    model::{Capabilities, EngineKind},
};
use clap::Parser as _;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::Path,
};

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

/// Pages with tables whose rows have a number, and name tests in their last cell.
const PAGES: [(&str, &[(char, u32)]); 2] =
    [("SECURITY.md", &[('S', 68)]), ("PROMISES.md", &[('P', 20), ('F', 32)])];

/// The names of all tests below a folder.
fn tests(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tests(&path, names);
        } else if path.extension().is_some_and(|it| it == "rs") {
            tests_in(&fs::read_to_string(path).unwrap(), names);
        }
    }
}

fn tests_in(text: &str, names: &mut BTreeSet<String>) {
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        is_test |= line == "#[test]" || line.starts_with("#[tokio::test");
        let name = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
        if let Some(name) = name.and_then(|it| it.split('(').next())
            && std::mem::take(&mut is_test)
        {
            names.insert(name.to_owned());
        }
    }
}

fn all_tests() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut names = BTreeSet::new();
    for folder in ["src", "tests"] {
        tests(&root.join(folder), &mut names);
    }
    names
}

/// The number of a table's row, as it is written: `S01`.
fn number(row: &str) -> Option<&str> {
    let number = row.strip_prefix("| ")?.split(" |").next()?;
    let digits = number.strip_prefix(['S', 'P', 'F'])?;
    digits.parse::<u32>().is_ok().then_some(number)
}

/// What a row's last cell says, and the tests that it names.
fn named(row: &str) -> (&str, Vec<&str>) {
    let cell = row.trim_end_matches(" |").rsplit(" | ").next().unwrap_or_default();
    (cell, cell.split('`').skip(1).step_by(2).collect())
}

/// The row with all tests of its number.
fn with_tests(row: &str, all: &BTreeSet<String>) -> String {
    let Some(number) = number(row) else { return row.to_owned() };
    let prefix = format!("{}_", number.to_lowercase());
    let (cell, mut names) = named(row);
    names.retain(|it| all.contains(*it));
    let new = all.iter().filter(|it| it.starts_with(&prefix) && !names.contains(&it.as_str()));
    let names: Vec<String> =
        names.iter().copied().chain(new.map(String::as_str)).map(|it| format!("`{it}`")).collect();
    if names.is_empty() { row.to_owned() } else { row.replace(cell, &names.join(" ")) }
}

#[test]
fn every_test_that_a_page_names_is_there_and_every_number_has_its_row() {
    let all = all_tests();
    for (page, numbers) in PAGES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
        let text = fs::read_to_string(&path).unwrap();
        if std::env::var_os("AUTEUR_UPDATE").is_some() {
            let rows: Vec<String> = text.lines().map(|it| with_tests(it, &all)).collect();
            fs::write(path, rows.join("\n") + "\n").unwrap();
            continue;
        }
        let rows: Vec<&str> = text.lines().filter(|it| number(it).is_some()).collect();
        let expected = numbers.iter().flat_map(|(letter, most)| {
            (1..=*most).map(move |number| format!("{letter}{number:02}"))
        });
        let found: Vec<_> = rows.iter().filter_map(|it| number(it)).collect();
        assert_eq!(found, expected.collect::<Vec<_>>(), "{page}");
        for row in rows {
            let (cell, names) = named(row);
            let says_why = names.is_empty() && cell.starts_with("not yet");
            assert!(says_why || !names.is_empty(), "{page} names no test: {row}");
            for name in names.iter().filter(|_| !says_why) {
                let mend = "AUTEUR_UPDATE=1 cargo test --test readme forgets it";
                assert!(all.contains(*name), "{page} names `{name}`, which is no test; {mend}");
            }
        }
    }
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    assert!(PAGES.iter().all(|(page, _)| readme.contains(&format!("]({page})"))));
}

/// The words of a command line, as a shell would hand them over; a comment ends it.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for letter in line.chars() {
        match (letter, quote) {
            (it, Some(open)) if it == open => quote = None,
            ('"' | '\'', None) => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            ('#', None) if word.is_none() => break,
            (it, None) if it.is_whitespace() => words.extend(word.take()),
            (it, _) => word.get_or_insert_default().push(it),
        }
    }
    words.extend(word);
    words
}

/// The lines of a page that are for a shell.
fn shell_lines(page: &str) -> impl Iterator<Item = &str> {
    page.split("```sh\n").skip(1).flat_map(|it| it.split("```").next().unwrap_or_default().lines())
}

#[test]
fn every_command_of_a_page_is_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs::read_dir(root.join("docs")).unwrap().map(|it| it.unwrap().path());
    let pages = docs.chain(["README.md", "CONTRIBUTING.md"].map(|it| root.join(it)));
    let mut seen = 0;
    for path in pages.filter(|it| it.extension().is_some_and(|it| it == "md")) {
        let page = fs::read_to_string(&path).unwrap();
        for line in shell_lines(&page) {
            let words = words(line);
            if words.first().is_some_and(|it| it == "auteur") {
                let read = Arguments::try_parse_from(&words);
                assert!(read.is_ok(), "{}: {line}\n{}", path.display(), read.unwrap_err());
                seen += 1;
            }
        }
    }
    assert!(seen > 30, "{seen} commands: the pages have more than that");
    assert_eq!(words("run a \"b c\"  'd # e' # f"), ["run", "a", "b c", "d # e"]);
}
