//! The reader held against real shells: whatever they run of a command that it
//! took as read is among what it found.

use super::*;
use proptest::test_runner::{Config, TestRunner};
use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt, path::Path, process};

/// Programs that only note what they were called with.
const NOTES: [&str; 3] = ["a", "b", "c"];

/// What commands are made of here. No program of the machine is among it: there
/// is none in the PATH.
const TOKENS: [&str; 52] = [
    "a",
    "b",
    "c",
    "a ",
    "b ",
    "c ",
    " ",
    " ",
    "\n",
    ";",
    "; ",
    "&&",
    "||",
    "|",
    "&",
    "!",
    "{ ",
    "}",
    "(",
    ")",
    "'",
    "\"",
    "\\",
    "\\\n",
    "#",
    "$",
    "$x",
    "${x}",
    "$(",
    "`",
    ">",
    ">f",
    "2>",
    ">&",
    "<",
    "<<E",
    "<<'E'",
    "\nE\n",
    "<<-E",
    "if ",
    "then ",
    "else ",
    "fi",
    "while ",
    "do ",
    "done",
    "for x in ",
    "x=",
    "=",
    "~",
    "in",
    "*",
];

/// Where a shell runs, and what it ran.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("bin")).unwrap();
        for name in NOTES {
            let file = folder.path().join("bin").join(name);
            // One write for a call: calls at the same time don't mix.
            let script = "#!/bin/sh\nend=$(printf '\\1')\ncall=\"${0##*/}$end\"\n\
                          for it in \"$@\"; do call=\"$call$it$end\"; done\n\
                          printf '%s\\2' \"$call\" >> \"$NOTES\"\n";
            fs::write(&file, script).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
        Self { folder }
    }

    /// Every call that the shell made of a command: names with their arguments.
    fn calls(&self, shell: &str, command: &str) -> BTreeSet<Vec<String>> {
        let notes = self.folder.path().join("notes");
        let work = self.folder.path().join("work");
        drop(fs::remove_dir_all(&work));
        fs::create_dir(&work).unwrap();
        fs::write(&notes, "").unwrap();
        // What it started on the side is waited for; loops end.
        let script = format!("{command}\nwait");
        let limited = "ulimit -t 2; exec \"$0\" -c \"$1\"";
        let mut running = process::Command::new("/bin/sh")
            .args(["-c", limited, shell, &script])
            .current_dir(&work)
            .env_clear()
            .env("PATH", self.folder.path().join("bin"))
            .env("NOTES", &notes)
            .stdin(process::Stdio::null())
            .stdout(process::Stdio::null())
            .stderr(process::Stdio::null())
            .spawn()
            .unwrap();
        running.wait().unwrap();
        let text = fs::read_to_string(&notes).unwrap();
        let calls = text.split_terminator('\u{2}');
        calls.map(|it| it.split_terminator('\u{1}').map(str::to_owned).collect()).collect()
    }
}

/// What the reader found, word by word; none where it is in doubt, or where a
/// word is only known when it runs.
fn found(command: &str) -> Option<BTreeSet<Vec<String>>> {
    let commands = reader::read(command).ok()?;
    let is_known = |it: &command::Word| it.pattern_at.is_none() && !it.is_open && !it.is_home;
    let all_known = commands.iter().flat_map(|it| &it.words).all(is_known);
    let words = |it: &command::Simple| it.words.iter().map(|it| it.text.clone()).collect();
    all_known.then(|| commands.iter().map(words).collect())
}

/// A loop may have no end of its own, and is not run.
fn ends(command: &str) -> bool {
    !command.contains("while") && !command.contains("until")
}

#[test]
fn a_shell_runs_nothing_that_was_not_found() {
    let place = Place::new();
    let shells = ["/bin/sh", "/bin/bash"].into_iter().filter(|it| Path::new(it).exists());
    let shells: Vec<&str> = shells.collect();
    let mut runner = TestRunner::new(Config { cases: 64, ..Config::default() });
    let pieces = proptest::collection::vec(proptest::sample::select(TOKENS.to_vec()), 1..14);
    // Only what is taken as read is run, so many are tried for each.
    let read = pieces
        .prop_map(|it| it.concat())
        .prop_filter("is read", |it| ends(it) && found(it).is_some_and(|it| !it.is_empty()));
    let law = |command: String| {
        let expected = found(&command).unwrap_or_default();
        for shell in &shells {
            for call in place.calls(shell, &command) {
                prop_assert!(expected.contains(&call), "{shell} ran {call:?} of {command:?}");
            }
        }
        Ok(())
    };
    runner.run(&read, law).unwrap();
}

#[test]
fn a_comment_behind_a_line_that_goes_on_is_no_word() {
    assert_eq!(found("a \\\n#"), None);
    assert_eq!(found("a \\\n b#c"), found("a b#c"));
}

#[test]
fn what_people_write_is_run_as_it_was_found() {
    let place = Place::new();
    let written = [
        "a 'x; b' | b \"y && c\" && c",
        "if a; then b; elif c; then c x; else a y; fi",
        "(a; b) > f && { c; }",
        "for x in 1 2; do a 1; done; ! b",
        "a <<'E'\n$(c)\nE\nb",
        "x=1 a; b 2>&1 &",
        "a \\\n  b # c\nc",
    ];
    for command in written {
        let expected = found(command).unwrap_or_else(|| panic!("{command:?} is read"));
        for shell in ["/bin/sh", "/bin/bash"].into_iter().filter(|it| Path::new(it).exists()) {
            let calls = place.calls(shell, command);
            assert!(!calls.is_empty() && calls.is_subset(&expected), "{command:?}: {calls:?}");
        }
    }
}
