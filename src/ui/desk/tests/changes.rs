//! Looking through what an agent changed.

use super::*;
use crate::text::Patch;

const PATCH: &str = "diff --git a/src/a.rs b/src/a.rs
--- a/src/a.rs
+++ b/src/a.rs
@@ -1,3 +1,3 @@
 fn a() {
-    old();
+    new();
 }
diff --git a/b.txt b/b.txt
new file mode 100644
--- /dev/null
+++ b/b.txt
@@ -0,0 +1 @@
+hello
";

/// An agent with a worktree, and the tab open.
fn story() -> Story {
    let mut story = Story::of(2);
    let tree = Tree {
        ground: Ground::Worktree,
        store: "/p/.git".into(),
        base: "base".into(),
        kept: "refs/kept".into(),
        ..Tree::default()
    };
    story.tell(Event::WorkspaceMade { agent: ONE, tree: Box::new(tree) });
    story.kept(0).kept(2).kept(5).press("enter 4");
    story.look();
    story
}

impl Story {
    fn kept(&mut self, turn: u32) -> &mut Self {
        let (files, commit) = (Vec::new(), format!("c{turn}"));
        self.tell(Event::Checkpointed {
            agent: ONE,
            turn: Turn(turn),
            commit,
            files,
            more: 0,
            in_all: None,
        })
    }

    /// What the loop does between two keys.
    fn look(&mut self) -> &mut Self {
        self.sent.extend(self.desk.note_look(&self.stage));
        self
    }

    fn ends(&self) -> Option<(String, String)> {
        self.desk.diff_wish(&self.stage).map(|it| (it.from, it.to))
    }

    fn read(&mut self) -> &mut Self {
        self.read_as(PATCH)
    }

    fn read_as(&mut self, patch: &str) -> &mut Self {
        let wish = self.desk.diff_wish(&self.stage).unwrap();
        let outcome = Ok(Patch::read(patch.as_bytes()));
        self.desk.take_diff(Diffed { wish, outcome, is_last: true });
        self.look()
    }

    fn row(&self) -> SheetRow {
        let changes = &self.desk.changes;
        changes.sheet.as_ref().unwrap().rows[changes.place]
    }
}

fn between(from: &str, to: &str) -> (String, String) {
    (from.into(), to.into())
}

#[test]
fn the_changes_are_told_since_the_start_since_the_last_look_or_of_one_turn() {
    let mut story = story();
    assert_eq!(story.ends(), Some(between("c0", "c5")));
    story.press("s");
    assert_eq!(story.ends(), Some(between("c0", "c5")), "nobody has looked before");
    story.press("s");
    assert_eq!(story.ends(), Some(between("c2", "c5")));
    story.press("[");
    assert_eq!(story.ends(), Some(between("c0", "c2")));
    story.press("]").kept(7).look();
    assert_eq!(story.ends(), Some(between("c5", "c7")), "the latest stays the latest");
    story.press("s");
    assert_eq!(story.ends(), Some(between("c0", "c7")));
}

#[test]
fn in_a_replay_the_changes_between_a_marked_moment_and_the_head_are_told() {
    let mut story = story();
    let at = story.stage.agent(ONE).unwrap().checkpoints[1].at;
    let bookmark = crate::journal::Bookmark { seq: Seq(3), at, note: String::new() };
    story.desk.playhead = Some(Playhead {
        seq: story.stage.last(),
        last_seq: story.stage.last(),
        bookmarks: [bookmark].into(),
        ..Playhead::default()
    });
    story.press("s s s");
    assert_eq!(story.ends(), Some(between("c2", "c5")));
    story.press("s");
    assert_eq!(story.ends(), Some(between("c0", "c5")));
}

#[test]
fn a_look_is_noted_when_the_director_looks_away() {
    let mut story = story();
    story.read();
    assert_eq!(story.sent(), []);
    story.press("1").look();
    assert_eq!(story.sent(), [Command::SeeChanges { agent: ONE, commit: "c5".into() }]);
    let (agent, commit, by) = (ONE, "c5".to_owned(), Author::Director);
    story.tell(Event::ChangesSeen { agent, commit, by }).kept(9).press("4 s").look();
    assert_eq!(story.ends(), Some(between("c5", "c9")));
    story.press("esc").look();
    assert_eq!(story.sent(), [], "what was not read was not looked at");
}

#[test]
fn what_is_read_once_is_not_wished_for_again_until_there_is_more() {
    let mut story = story();
    story.read();
    assert_eq!(story.ends(), None);
    story.kept(6);
    assert_eq!(story.ends(), Some(between("c0", "c6")));
}

#[test]
fn files_are_gone_to_and_closed() {
    let mut story = story();
    story.read().press("}");
    assert_eq!(story.row(), SheetRow::File(1));
    story.press("{ enter");
    assert_eq!(story.row(), SheetRow::File(0));
    let rows = story.desk.changes.sheet.as_ref().unwrap().rows.clone();
    assert_eq!(rows[..2], [SheetRow::File(0), SheetRow::File(1)]);
    story.press("z");
    assert_eq!(story.desk.changes.sheet.as_ref().unwrap().rows.len(), 2);
    story.press("z G");
    assert_eq!(story.row(), SheetRow::Blank(1));
}

#[test]
fn a_comment_quotes_its_line_and_the_next_one_comes_after_it() {
    let mut story = story();
    story.read().press("j j j c").write("why?").press("esc j c").write("good").press("ctrl+s");
    let text = "src/a.rs:2 (removed)\n> -     old();\nwhy?\n\nsrc/a.rs:2\n> +     new();\ngood";
    let redirect = Command::Redirect { agent: ONE, text: text.into(), now: false };
    assert_eq!(story.sent(), [redirect]);
}

#[test]
fn a_search_goes_from_line_to_line() {
    let mut story = story();
    story.read().press("/").write("NEW").press("enter");
    assert_eq!(story.status(), "not found in what is shown");
    story.press("/").write("new").press("enter");
    assert_eq!((story.row(), story.status()), (SheetRow::Line(0, 0, 2), "1 of 1"));
}

#[test]
fn the_place_is_kept_when_the_changes_grow() {
    let mut story = story();
    story.read().press("}").kept(6);
    let grown = PATCH.replace(
        "diff --git a/b.txt",
        "diff --git a/a2 b/a2\nnew file mode 100644\n--- /dev/null\n+++ b/a2\n@@ -0,0 +1 @@\n+x\ndiff --git a/b.txt",
    );
    story.read_as(&grown);
    assert_eq!(story.row(), SheetRow::File(2));
}

#[test]
fn a_conflict_is_handed_back_or_given_to_a_new_agent() {
    let mut story = story();
    let labels = |story: &Story| {
        let choices = &story.question_open().choices;
        choices.iter().map(|it| it.label.clone()).collect::<Vec<_>>()
    };
    story.press("t");
    assert!(!labels(&story).iter().any(|it| it.contains("conflict")), "there is none yet");
    story.press("esc");
    story.tell(Event::TakeAsked {
        agent: ONE,
        way: Way::Merge,
        words: "w".into(),
        by: Author::Director,
    });
    story.tell(Event::WorkNotTaken {
        agent: ONE,
        way: Way::Merge,
        into: "main".into(),
        onto: "c9".into(),
        conflicts: vec![Conflict { path: "song.txt".into(), hunks: String::new() }],
        why: "it conflicts".into(),
    });
    story.press("t");
    let offered = labels(&story);
    let place = |label: &str| offered.iter().position(|it| it == label).unwrap();
    assert_eq!(place("Hand the conflict back to it"), 1);
    let to_it = vec!["j"; place("Give the conflict to a new agent")].join(" ");
    story.press(&to_it).press("enter");
    let Some(Dialog::NewAgent(form)) = &story.desk.dialog else { panic!("no form") };
    let brief = form.brief.lines().join("\n");
    for said in ["git merge --squash refs/kept", "on main meanwhile", "- song.txt", "brief 1"] {
        assert!(brief.contains(said), "{said}: {brief}");
    }
    // It is no draft: what was begun for somebody else is there as it was.
    story.press("esc").press("esc").press("n");
    let Some(Dialog::NewAgent(form)) = &story.desk.dialog else { panic!("no form") };
    assert_eq!(form.brief.lines().join("\n"), "");
}

#[test]
fn s38_work_that_changes_what_runs_later_says_so_before_it_is_taken() {
    let mut story = story();
    story.press("t");
    assert!(!story.question_open().text.contains("runs later"));
    story.press("esc");
    let paths = ["src/a.rs", ".claude/settings.json", "sub/.ENVRC"];
    let change = |path: &&str| FileChange { path: (*path).into(), added: 1, removed: 0 };
    story.tell(Event::ToolEnded {
        agent: ONE,
        call: CallId(1),
        ok: true,
        text: String::new(),
        bytes: 0,
        changes: paths.iter().map(change).collect(),
        note: String::new(),
    });
    story.press("t");
    let text = &story.question_open().text;
    assert!(
        text.ends_with("It changes what runs later: .claude/settings.json, sub/.ENVRC."),
        "{text}"
    );
}

#[test]
fn a_diff_is_copied_from_the_log_once_it_is_read_and_anew_where_more_has_changed() {
    let mut story = story();
    story.press("1").look().press("ctrl+v d");
    assert_eq!(story.status(), "what it changed is being read, and is copied then");
    assert!(matches!(story.desk.dialog, Some(Dialog::Copying(_))), "it stays meanwhile");
    story.read();
    let copied = story.desk.copy_awaited(&story.stage, story.now);
    assert!(matches!(&copied, Done::Copy(it) if it.starts_with("--- a/src/a.rs")), "{copied:?}");
    assert!(story.desk.dialog.is_none());
    story.press("ctrl+v d");
    assert!(matches!(&story.done, Done::Copy(_)), "it is read already: {:?}", story.done);
    story.kept(7).press("ctrl+v d");
    assert_eq!(story.status(), "what it changed is being read, and is copied then");
}
