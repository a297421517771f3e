//! Patches as git writes them, read.

use super::*;
use proptest::prelude::*;
use std::fmt::Write as _;

fn only(text: &str) -> FilePatch {
    let mut patch = Patch::read(text.as_bytes());
    assert_eq!(patch.files.len(), 1, "{patch:?}");
    patch.files.remove(0)
}

fn told(file: &FilePatch) -> Vec<String> {
    let lines = file.hunks.iter().flat_map(|it| &it.lines);
    let number = |it: Option<u32>| it.map_or_else(|| "-".to_owned(), |it| it.to_string());
    lines
        .map(|it| {
            let end = if it.is_open { "⌀" } else { "" };
            format!("{:?} {} {} {}{end}", it.change, number(it.before), number(it.after), it.text)
        })
        .collect()
}

const EDIT: &str = "diff --git a/src/main.rs b/src/main.rs
index 1111111..2222222 100644
--- a/src/main.rs
+++ b/src/main.rs
@@ -10,4 +10,4 @@ fn main() {
     let door = open();
-    walk(door);
+    walk(door, twice);
     close();
-}
\\ No newline at end of file
+}
";

#[test]
fn a_changed_file_tells_its_lines_with_their_numbers() {
    let file = only(EDIT);
    assert_eq!((file.path.as_str(), file.fate), ("src/main.rs", Fate::Changed));
    assert_eq!((file.added, file.removed), (2, 2));
    assert_eq!(file.hunks[0].heading, "fn main() {");
    assert_eq!(
        told(&file),
        [
            "Kept 10 10     let door = open();",
            "Removed 11 -     walk(door);",
            "Added - 11     walk(door, twice);",
            "Kept 12 12     close();",
            "Removed 13 - }⌀",
            "Added - 13 }",
        ]
    );
}

#[test]
fn of_lines_that_go_together_the_changed_words_are_marked() {
    let file = only(EDIT);
    let marked = |line: &PatchLine| {
        line.marks.iter().map(|it| line.text[it.clone()].to_owned()).collect::<Vec<_>>()
    };
    let lines = &file.hunks[0].lines;
    assert_eq!(marked(&lines[1]), Vec::<String>::new());
    assert_eq!(marked(&lines[2]), [", twice"]);
}

#[test]
fn what_a_file_holds_can_not_pass_for_a_header() {
    let file = only(
        "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n--- a/etc/passwd\n+++ b/etc/passwd\n diff --git a/x b/x\n",
    );
    assert_eq!(file.path, "a");
    assert_eq!(
        told(&file),
        ["Removed 1 - -- a/etc/passwd", "Added - 1 ++ b/etc/passwd", "Kept 2 2 diff --git a/x b/x"]
    );
}

#[test]
fn files_come_go_and_move() {
    let text = "diff --git a/new b/new
new file mode 100644
index 0000000..1111111
--- /dev/null
+++ b/new
@@ -0,0 +1 @@
+one
diff --git a/old b/old
deleted file mode 100644
index 1111111..0000000
--- a/old
+++ /dev/null
@@ -1 +0,0 @@
-one
diff --git a/a long name b/another name
similarity index 90%
rename from a long name
rename to another name
diff --git a/run.sh b/run.sh
old mode 100644
new mode 100755
diff --git a/p.png b/p.png
index 1111111..2222222 100644
Binary files a/p.png and b/p.png differ
";
    let patch = Patch::read(text.as_bytes());
    let files: Vec<_> = patch.files.iter().map(|it| (it.path.as_str(), it.fate)).collect();
    assert_eq!(
        files,
        [
            ("new", Fate::Added),
            ("old", Fate::Removed),
            ("another name", Fate::Renamed),
            ("run.sh", Fate::Changed),
            ("p.png", Fate::Changed),
        ]
    );
    assert_eq!(patch.files[2].was.as_deref(), Some("a long name"));
    assert_eq!(patch.files[3].mode, Some(("100644".into(), "100755".into())));
    assert!(patch.files[4].is_binary);
    assert_eq!((patch.added(), patch.removed()), (1, 1));
}

#[test]
fn odd_names_are_read_out_of_their_quotes_and_can_do_no_harm() {
    let name = |header: &str| only(&format!("diff --git {header}\nold mode 1\nnew mode 2\n")).path;
    assert_eq!(name("\"a/caf\\303\\251\" \"b/caf\\303\\251\""), "café");
    assert_eq!(name("\"a/a\\\"b\\\\c\" \"b/a\\\"b\\\\c\""), "a\"b\\c");
    assert_eq!(name("a/has a b/blank b/has a b/blank"), "has a b/blank");
    assert_eq!(name("\"a/x\\n\\033[31m\" \"b/x\\n\\033[31m\""), "x⏎");
    let file = only("diff --git a/a b b/a b\n--- a/a b\t\n+++ b/a b\t\n@@ -1 +1 @@\n-x\n+y\n");
    assert_eq!(file.path, "a b");
}

#[test]
fn lines_beyond_what_is_kept_are_counted() {
    let text = "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -0,0 +1,3 @@\n+1\n+2\n+3\n";
    let file = &Patch::read_upto(text.as_bytes(), 2).files[0];
    assert_eq!((file.added, file.left_out, told(file).len()), (3, 1, 2));
}

#[test]
fn what_a_line_holds_obeys_no_terminal() {
    let text = "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -0,0 +1 @@\n+\t\x1b[2Jx\r\n";
    assert_eq!(told(&only(text)), ["Added - 1     x"]);
}

/// A patch as git would write it, of one file.
fn written(hunks: &[Vec<(Change, String)>]) -> String {
    let mut text = "diff --git a/f b/f\n--- a/f\n+++ b/f\n".to_owned();
    let mut start = 1;
    for lines in hunks {
        let count = |gone| lines.iter().filter(|it| it.0 != gone).count();
        let (before, after) = (count(Change::Added), count(Change::Removed));
        writeln!(text, "@@ -{start},{before} +{start},{after} @@").unwrap();
        for (change, words) in lines {
            let sign = match change {
                Change::Added => '+',
                Change::Removed => '-',
                Change::Kept | Change::Gap => ' ',
            };
            writeln!(text, "{sign}{words}").unwrap();
        }
        start += 1000;
    }
    text
}

fn a_line() -> impl Strategy<Value = (Change, String)> {
    let change = prop_oneof![Just(Change::Added), Just(Change::Removed), Just(Change::Kept)];
    let text = prop_oneof![
        "[a-c ]{0,9}",
        Just("-- a/f".to_owned()),
        Just("@@ -1 +1 @@".to_owned()),
        Just("diff --git a/x b/x".to_owned()),
        Just("\\ No newline at end of file".to_owned()),
    ];
    (change, text)
}

proptest! {
    #[test]
    fn what_was_written_is_what_is_read(
        hunks in prop::collection::vec(prop::collection::vec(a_line(), 1..9), 0..4),
    ) {
        let file = only(&written(&hunks));
        let read: Vec<Vec<_>> = file.hunks.iter()
            .map(|hunk| hunk.lines.iter().map(|it| (it.change, it.text.clone())).collect())
            .collect();
        prop_assert_eq!(read, hunks);
    }

    #[test]
    fn no_bytes_are_too_strange_to_read(
        bytes in prop::collection::vec(any::<u8>(), 0..200), start in "(diff --git |@@ -1 \\+1 @@\n|\"){0,3}",
    ) {
        let mut text = start.into_bytes();
        text.extend(bytes);
        let patch = Patch::read(&text);
        let lines = patch.files.iter().flat_map(|it| &it.hunks).flat_map(|it| &it.lines);
        for line in lines {
            prop_assert!(line.marks.iter().all(|it| line.text.get(it.clone()).is_some()));
        }
    }
}
