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
    let before = copying(&story).clone();
    story.calling(ONE).tell(Event::Said { agent: ONE, text: "more".into() });
    assert_eq!(copying(&story), &before);
    story.press("esc ctrl+v");
    assert!(copying(&story).lines.len() > before.lines.len());
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
    assert_eq!(story.status(), "this line names no file");
}
