//! Who runs elsewhere: listed, put on the stage, looked at, and directed by nobody here.

use super::*;

/// One agent that is only watched.
fn watched() -> Story {
    let mut story = Story::of(0);
    story.program(EngineKind::Watched, "claude");
    story
}

fn offer(name: &str) -> Offer {
    let watches = Watches { log: format!("/logs/{name}"), agent: Watches::FIRST };
    let casting = Casting {
        name: name.into(),
        engine: EngineKind::Watched,
        brief: format!("what {name} does"),
        watches: Some(Box::new(watches)),
        ..Casting::default()
    };
    Offer { casting, session: format!("session of {name}"), age: Millis(5000) }
}

/// The list, once somebody was found.
fn listed(story: &mut Story, names: &[&str]) {
    story.press("C o");
    assert!(story.desk.take_nearby_wish() && !story.desk.take_nearby_wish(), "it is asked once");
    story.desk.take_nearby(names.iter().map(|it| offer(it)).collect());
}

#[test]
fn who_runs_elsewhere_is_directed_by_no_key_and_it_says_why() {
    for key in ["p", "!", ".", "r", "e", "i", "f", "m", "b", "t", "F", "E", "u", "backspace", "R"] {
        let mut story = watched();
        story.press(key);
        assert_eq!(
            story.status(),
            "claude: it runs elsewhere, and can only be watched here",
            "{key}"
        );
        assert_eq!(story.sent(), [], "{key}");
        assert!(story.desk.dialog.is_none() && story.desk.editor.is_none(), "{key}");
    }
}

#[test]
fn to_stop_is_to_look_no_longer_and_says_so() {
    for key in ["x", "X"] {
        let mut story = watched();
        story.press(key);
        let question = story.question_open();
        assert_eq!(question.title, "stop watching claude?");
        assert!(question.text.starts_with("Nothing happens to it"), "{}", question.text);
        story.press("right enter");
        assert_eq!(story.sent(), [Command::Stop(ONE)], "{key}");
    }
}

#[test]
fn nobody_waits_for_who_runs_elsewhere() {
    let mut story = watched();
    assert_eq!(is_all_held(&story.stage), None, "there is nobody to pause");
    story.press("q");
    assert!(story.desk.dialog.is_none(), "nobody is asked what becomes of it");
    assert_eq!(story.sent(), [Command::Quit(QuitMode::Pause)]);
}

#[test]
fn one_is_chosen_from_the_cast_and_put_on_the_stage() {
    let mut story = Story::of(1);
    listed(&mut story, &["claude-a", "codex-b"]);
    story.press("j enter");
    let casting = Box::new(offer("codex-b").casting);
    assert_eq!(story.sent(), [Command::Add(casting)]);
    assert_eq!((story.desk.screen, story.desk.dialog.is_none()), (Screen::Stage, true));
}

#[test]
fn one_that_is_on_the_stage_is_looked_at() {
    let mut story = Story::of(1);
    let (agent, by) = (TWO, Author::Director);
    let casting = Box::new(offer("codex-b").casting);
    story.tell(Event::AgentAdded { agent, casting, by });
    listed(&mut story, &["claude-a", "codex-b"]);
    story.press("j enter");
    assert_eq!((story.sent(), story.desk.focus), (Vec::new(), Some(TWO)));
    // One of ours, whose program keeps the log.
    let (program, session) = ("Claude Code".to_owned(), "session of claude-a".to_owned());
    story.tell(Event::Linked { agent: ONE, program, session, model: String::new() });
    listed(&mut story, &["claude-a"]);
    story.press("enter");
    assert_eq!((story.sent(), story.desk.focus), (Vec::new(), Some(ONE)));
}

#[test]
fn the_list_is_looked_up_again_while_it_is_open_and_who_is_marked_stays_so() {
    let mut story = Story::of(1);
    listed(&mut story, &["a", "b"]);
    story.press("j");
    let due = story.desk.nearby_due().unwrap();
    story.desk.glance(&story.stage, Millis(due.0 - 1));
    assert!(!story.desk.take_nearby_wish());
    story.desk.glance(&story.stage, due);
    assert!(story.desk.take_nearby_wish());
    story.desk.take_nearby(["b", "new", "a"].map(offer).into());
    let Some(Dialog::Nearby(nearby)) = &story.desk.dialog else { panic!("it is open") };
    assert_eq!(nearby.offers[nearby.selected].casting.name, "b");
    story.press("esc");
    assert_eq!(story.desk.nearby_due(), None);
    assert_eq!(story.desk.take_nearby(Vec::new()), Done::Nothing, "it was closed meanwhile");
}
