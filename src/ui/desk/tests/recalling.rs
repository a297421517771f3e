//! Former sessions are listed, searched, opened and changed from the desk.

use super::*;
use crate::history::{Account, Card, Excerpt, Hit, Kind, Label, Who};
use std::path::PathBuf;

fn card(session: &str, title: &str) -> Card {
    Card {
        session: session.into(),
        journal: format!("/sessions/{session}/journal.jsonl").into(),
        opened: "2026-01-02T03:04:05Z".into(),
        project: "/work".into(),
        by: "ann".into(),
        is_running: false,
        bytes: 1,
        label: Label::default(),
        account: Account { title: title.into(), ..Account::default() },
    }
}

fn hit(session: &str, seq: u64) -> Hit {
    Hit {
        session: session.into(),
        journal: format!("/sessions/{session}/journal.jsonl").into(),
        opened: "2026-01-02T03:04:05Z".into(),
        project: "/work".into(),
        title: session.into(),
        agent: Some(ONE),
        who: Some(Who { name: "scout".into(), ..Who::default() }),
        kind: Kind::Said,
        seq: Seq(seq),
        at: Millis(10),
        excerpt: Excerpt::default(),
    }
}

/// A desk on whose screen two sessions are listed.
fn listed() -> Story {
    let mut story = Story::of(1);
    story.desk.past.is_there = true;
    story.press("H");
    let wish = story.desk.past.take_wish();
    assert_eq!(wish, Some(PastTask::List { is_all: false, number: 1 }));
    let cards = vec![card("b", "The second"), card("a", "The first")];
    let _redraw = story.desk.take_past(PastAnswer::Cards(1, cards), story.now);
    story
}

#[test]
fn a_page_and_the_ends_are_gone_to_and_the_list_is_not_gone_round() {
    let mut story = listed();
    let cards = (0..30).map(|nth| card(&nth.to_string(), "One of many")).collect();
    let _redraw = story.desk.take_past(PastAnswer::Cards(1, cards), story.now);
    story.desk.shown = Shown { lines: 10, ..Shown::default() };
    let mut marked = |keys: &str| {
        story.press(keys);
        story.desk.past.marked()
    };
    // A line stays in sight.
    assert_eq!(marked("pagedown"), 9);
    assert_eq!(marked("pagedown pagedown pagedown"), 29);
    assert_eq!(marked("pageup"), 20);
    assert_eq!(marked("g"), 0);
    assert_eq!(marked("G"), 29);
}

#[test]
fn a_session_is_opened_at_its_beginning_and_a_hit_where_it_is() {
    let mut story = listed();
    story.press("j enter");
    let journal = PathBuf::from("/sessions/a/journal.jsonl");
    let recalled = Recalled { journal, at: None, agent: None, found: None };
    assert_eq!(story.done, Done::Recall(recalled.clone()));
    story.press("/");
    story.write("par");
    let Some(PastTask::Search { text, number, is_all: false, .. }) = story.desk.past.take_wish()
    else {
        panic!("it is searched for as it is typed");
    };
    assert_eq!((text.as_str(), number), ("par", 4));
    let found = vec![hit("b", 7), hit("a", 9), hit("a", 5)];
    assert_eq!(story.desk.take_past(PastAnswer::Hits(3, Vec::new()), story.now), Done::Nothing);
    let _redraw = story.desk.take_past(PastAnswer::Hits(4, found), story.now);
    assert_eq!(story.desk.past.lines().len(), 5);
    story.press("enter");
    assert_eq!(story.desk.past.take_wish(), None, "what is found stays");
    story.press("j j j enter");
    let agent = Some("scout".to_owned());
    assert_eq!(story.done, Done::Recall(Recalled { at: Some(9), agent, ..recalled }));
    // Back leads to the list, and from there to the stage.
    story.press("esc");
    assert_eq!(story.desk.past.lines().len(), 2);
    assert!(matches!(story.desk.past.take_wish(), Some(PastTask::List { .. })));
    story.press("esc");
    assert_eq!(story.desk.screen, Screen::Stage);
}

#[test]
fn the_session_that_is_on_the_stage_is_gone_to_there() {
    let mut story = listed();
    let own = story.stage.header().session.clone();
    let cards = vec![card(&own, "This one"), card("a", "The first")];
    let _redraw = story.desk.take_past(PastAnswer::Cards(1, cards), story.now);
    story.press("enter");
    assert_eq!((story.desk.screen, &story.done), (Screen::Stage, &Done::Redraw));
}

#[test]
fn a_session_is_renamed_tagged_and_removed_once_it_was_said_what_goes() {
    let mut story = listed();
    let journal = PathBuf::from("/sessions/b/journal.jsonl");
    story.press("r");
    story.write("Anew");
    story.press("enter");
    let wish = story.desk.past.take_wish();
    assert_eq!(wish, Some(PastTask::Rename(journal.clone(), "Anew".to_owned())));
    story.press("t");
    story.write("#fast keep");
    story.press("enter");
    // What is no tag is told, and stays to be mended.
    story.press("t");
    story.write("no$tag");
    story.press("enter");
    let fault = match &story.desk.dialog {
        Some(Dialog::Prompt(prompt)) => prompt.fault.clone(),
        _ => None,
    };
    assert!(fault.is_some_and(|it| it.contains("not \"no$tag\"")));
    story.press("esc");
    let tags = vec!["fast".to_owned(), "keep".to_owned()];
    assert_eq!(story.desk.past.take_wish(), Some(PastTask::Tag(journal, tags)));
    story.press("x");
    assert_eq!(story.desk.past.take_wish(), Some(PastTask::Weigh("b".to_owned())));
    let weighed = |is_free| PastAnswer::Weighed {
        session: "b".to_owned(),
        text: "its worktree".to_owned(),
        is_free,
    };
    let _redraw = story.desk.take_past(weighed(false), story.now);
    story.press("l enter");
    assert_eq!((story.desk.past.take_wish(), story.desk.dialog.is_none()), (None, true));
    let _redraw = story.desk.take_past(weighed(true), story.now);
    story.press("enter");
    assert_eq!(story.desk.past.take_wish(), None, "the first choice is the harmless one");
    let _redraw = story.desk.take_past(weighed(true), story.now);
    story.press("l enter");
    assert_eq!(story.desk.past.take_wish(), Some(PastTask::Remove("b".to_owned())));
    let _redraw = story.desk.take_past(PastAnswer::Changed("gone".into()), story.now);
    assert!(matches!(story.desk.past.take_wish(), Some(PastTask::List { .. })));
}

#[test]
fn a_session_that_is_renamed_from_its_own_window_or_elsewhere_is_called_so() {
    let mut story = listed();
    let own = story.stage.header().session.clone();
    let cards = vec![card(&own, "Its own title"), card("a", "The first")];
    let _redraw = story.desk.take_past(PastAnswer::Cards(1, cards), story.now);
    let rename = |story: &mut Story, name: &str| {
        story.press("r ctrl+u");
        story.write(name);
        story.press("enter");
    };
    rename(&mut story, "The port");
    assert_eq!(story.desk.called.as_deref(), Some("The port"), "before it is on the disk");
    story.press("j");
    rename(&mut story, "Another one");
    assert_eq!(story.desk.called.as_deref(), Some("The port"), "that was another session");
    story.press("k");
    rename(&mut story, " ");
    assert_eq!(story.desk.called, None, "it has its own title again");
    assert_eq!(story.desk.take_name("From elsewhere".into()), Done::Redraw);
    assert_eq!(story.desk.called.as_deref(), Some("From elsewhere"));
    let _redraw = story.desk.take_name(String::new());
    assert_eq!(story.desk.called, None);
}

#[test]
fn a_replay_looks_at_former_sessions_too_and_a_desk_without_any_says_so() {
    let mut story = listed();
    story.desk.playhead = Some(Playhead::default());
    assert_eq!(story.desk.context(&story.stage), Context::Past);
    story.press("a");
    assert!(story.desk.past.is_all);
    let mut story = Story::of(1);
    story.press("H");
    assert_eq!(story.desk.screen, Screen::Stage);
    assert!(story.desk.status.is_some());
}

#[test]
fn a_session_that_is_listed_is_opened_by_its_title_from_anywhere() {
    let mut story = listed();
    story.press("esc :").write("open The first").press("enter");
    let Done::Recall(there) = &story.done else { panic!("{:?}", story.done) };
    assert_eq!(there.journal, PathBuf::from("/sessions/a/journal.jsonl"));
    // Where nobody has listed them yet, the palette has that done.
    let mut story = Story::of(1);
    story.desk.past.is_there = true;
    story.press("ctrl+p");
    let wish = story.desk.past.take_wish();
    assert_eq!(wish, Some(PastTask::List { is_all: false, number: 1 }));
    story.press("esc :");
    assert_eq!(story.desk.past.take_wish(), None);
}
