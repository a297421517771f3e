//! Lines, blocks, commands, changes and logs are copied.

use super::*;

/// An agent that spoke, ran a command and spoke again.
fn story() -> Story {
    let mut story = Story::of(1);
    story.calling(ONE).tell(Event::Said { agent: ONE, text: "I run\nthe tests.".into() });
    let call = CallId(1);
    story.tell(Event::ToolCalled {
        agent: ONE,
        call,
        id: "x".into(),
        tool: "shell".into(),
        title: "cargo test".into(),
        input: Box::new(serde_json::json!({ "command": "cargo test\u{1b}[31m --all" })),
        seal: None,
    });
    story.tell(Event::ToolEnded {
        agent: ONE,
        call,
        ok: false,
        text: "running 3\n2 failed".into(),
        bytes: 18,
        changes: Vec::new(),
        note: String::new(),
    });
    story
}

fn copying(story: &Story) -> &Copying {
    match &story.desk.dialog {
        Some(Dialog::Copying(copying)) => copying,
        other => panic!("{other:?}"),
    }
}

fn copied(story: &Story) -> String {
    match &story.done {
        Done::Copy(text) => text.clone(),
        other => panic!("{other:?}: {}", story.status()),
    }
}

/// Goes to the line that begins so.
fn go(story: &mut Story, text: &str) {
    let place = copying(story).lines.iter().position(|it| it.text.starts_with(text)).unwrap();
    story.press("g");
    for _ in 0..place {
        story.press("j");
    }
}

#[test]
fn lines_are_marked_and_copied_as_they_were_said() {
    let mut story = story();
    story.press("ctrl+v");
    go(&mut story, "the tests.");
    story.press("v j j y");
    assert_eq!(copied(&story), "the tests.\n\ncargo test --all");
    assert!(story.desk.dialog.is_none());
    assert_eq!(story.status(), "copied 3 lines");
    // Without a mark, the line itself; and back from a mark, too.
    story.press("ctrl+v");
    go(&mut story, "2 failed");
    story.press("y");
    assert_eq!(copied(&story), "2 failed");
    story.press("ctrl+v");
    go(&mut story, "2 failed");
    story.press("v k enter");
    assert_eq!(copied(&story), "running 3\n2 failed");
}

#[test]
fn what_stands_still_stays_so_while_its_agent_goes_on() {
    let mut story = story();
    story.press("enter ctrl+v");
    let before = copying(&story).lines.clone();
    story.calling(ONE).tell(Event::Said { agent: ONE, text: "more".into() });
    assert_eq!(copying(&story).lines, before);
    story.press("esc ctrl+v");
    assert!(copying(&story).lines.len() > before.len());
    assert_eq!(story.desk.screen, Screen::Zoom);
}

#[test]
fn a_block_and_its_command_are_copied_from_any_of_its_lines() {
    let mut story = story();
    story.press("ctrl+v");
    go(&mut story, "running 3");
    story.press("b");
    assert_eq!(copied(&story), "cargo test --all\nrunning 3\n2 failed");
    story.press("ctrl+v");
    go(&mut story, "2 failed");
    story.press("c");
    assert_eq!(copied(&story), "cargo test --all");
    story.press("ctrl+v");
    go(&mut story, "I run");
    story.press("c");
    assert_eq!(story.status(), "there is no command in this block");
    assert!(matches!(story.desk.dialog, Some(Dialog::Copying(_))));
    story.press("a");
    assert!(copied(&story).starts_with("brief 1\n\nI run\nthe tests.\n\ncargo test --all\n"));
}

#[test]
fn the_last_block_the_last_command_and_the_whole_log_are_copied_by_name() {
    let mut story = story();
    let by_name = |story: &mut Story, name: &str| {
        story.press(":").write(name).press("enter");
        copied(story)
    };
    assert_eq!(by_name(&mut story, "copy-command"), "cargo test --all");
    assert_eq!(by_name(&mut story, "copy-block"), "cargo test --all\nrunning 3\n2 failed");
    let all = by_name(&mut story, "copy-all");
    assert!(all.starts_with("brief 1") && all.ends_with("2 failed"), "{all}");
}

#[test]
fn the_file_that_a_line_names_is_opened_where_the_agent_works() {
    let mut story = story();
    let tree = Tree { root: "/w/one".into(), ..Tree::default() };
    story.tell(Event::WorkspaceMade { agent: ONE, tree: Box::new(tree) });
    story.calling(ONE).tell(Event::Said { agent: ONE, text: "See src/a.rs:12 there.".into() });
    story.press("ctrl+v");
    go(&mut story, "See");
    story.press("o");
    assert_eq!(story.done, Done::Visit("/w/one/src/a.rs".into(), Some(12)));
    go(&mut story, "2 failed");
    story.press("o");
    assert_eq!(story.status(), "this line names no file and no address");
}

#[test]
fn words_are_searched_for_where_the_text_stands_still() {
    let mut story = story();
    story.press("ctrl+v g /").write("RUN").press("enter");
    assert_eq!(story.status(), "not found");
    story.press("/").write("run").press("enter");
    assert_eq!(copying(&story).found(), Some((1, 2)));
    story.press("n");
    assert_eq!(copying(&story).lines[copying(&story).at].text, "running 3");
    story.press("n");
    assert_eq!(copying(&story).found(), Some((1, 2)), "round again");
    story.press("N y");
    assert_eq!(copied(&story), "running 3");
    story.press("ctrl+v g j /").write("failed").press("esc");
    assert_eq!((copying(&story).at, copying(&story).found()), (1, None), "as before it");
    story.press("n");
    assert!(story.status().starts_with("nothing is searched for"), "{}", story.status());
}

#[test]
fn a_key_steps_through_files_and_addresses_and_another_opens_or_copies_them() {
    let mut story = story();
    let text = "See src/a.rs:12 and https://e.org/x.\nNothing.\nAnd src/b.rs:3.";
    story.calling(ONE).tell(Event::Said { agent: ONE, text: text.into() });
    story.press("ctrl+v g tab o");
    assert_eq!(story.done, Done::Visit("/src/a.rs".into(), Some(12)));
    story.press("tab o");
    assert_eq!(copied(&story), "https://e.org/x");
    assert_eq!(story.status(), "the address is copied: https://e.org/x");
    story.press("tab");
    assert_eq!(copying(&story).chosen(), Some(Named::File("src/b.rs".into(), Some(3))));
    story.press("tab shift+tab shift+tab o");
    assert_eq!(copied(&story), "https://e.org/x", "round at both ends");
    let mut story = self::story();
    story.press("ctrl+v tab");
    assert_eq!(story.status(), "this text names no file and no address");
}

#[test]
fn what_a_terminal_printed_is_copied_with_what_has_left_its_screen() {
    let mut story = Story::of(0);
    let agent = story.program(EngineKind::Pty, "bash");
    for line in 1..=40 {
        let text = format!("\u{1b}[31mline {line}\u{1b}[0m\r\n");
        story.tell(Event::TerminalPrinted { agent, text });
    }
    story.press("ctrl+v");
    assert_eq!(copying(&story).title, "copy from the terminal of bash");
    story.press("g y");
    assert_eq!(copied(&story), "line 1");
    story.press("ctrl+v a");
    assert!(copied(&story).ends_with("line 39\nline 40"), "{}", copied(&story));
}

#[test]
fn a_diff_that_nobody_has_read_is_read_and_copied_and_the_text_stays_meanwhile() {
    let mut story = story();
    story.press("ctrl+v d");
    assert!(story.status().contains("no diff"), "{}", story.status());
    assert!(matches!(story.desk.dialog, Some(Dialog::Copying(_))), "it stays");
    let tree = Tree { root: "/w".into(), store: "/s".into(), ..Tree::default() };
    story.tell(Event::WorkspaceMade { agent: ONE, tree: Box::new(tree) });
    story.press("d");
    assert_eq!(story.status(), "agent-1: it has changed no file");
}

#[test]
fn a_bare_name_is_gone_to_where_it_is_that_of_a_file() {
    let mut story = story();
    let tree = Tree { root: "/w/one".into(), ..Tree::default() };
    story.tell(Event::WorkspaceMade { agent: ONE, tree: Box::new(tree) });
    let text = "Cargo.toml, e.g. for 3.5 s, and .github/ci.yml";
    story.calling(ONE).tell(Event::Said { agent: ONE, text: text.into() });
    story.press("ctrl+v g");
    let names = ["3.5", "Cargo.toml", "e.g"].map(str::to_owned).into();
    assert_eq!(story.desk.take_theme_wish(), Some(ThemeTask::FindFiles("/w/one".into(), names)));
    let files = ["Cargo.toml".to_owned()].into();
    let _done = story.desk.take_themes(ThemeAnswer::Files(files), story.now);
    story.press("tab o");
    assert_eq!(story.done, Done::Visit("/w/one/Cargo.toml".into(), None));
    story.press("tab o");
    assert_eq!(story.done, Done::Visit("/w/one/.github/ci.yml".into(), None));
}
