//! A replay, looked at.

use super::*;
use crate::journal::{Bookmark, Sample};

#[test]
fn a_replay_commands_nobody_whatever_is_pressed() {
    let mut story = Story::of(3);
    story.approval(ONE).calling(TWO).over(AgentId(3));
    story.desk.playhead = Some(Playhead::default());
    for act in Act::all() {
        let places = [(Screen::Stage, ONE), (Screen::Zoom, AgentId(3)), (Screen::Inbox, ONE)];
        for (screen, focus) in places {
            story.desk.dialog = None;
            story.desk.editor = None;
            story.desk.screen = screen;
            story.desk.focus = Some(focus);
            let done = story.desk.act(act, &story.stage, story.now);
            assert!(!matches!(done, Done::Send(_)), "{act:?}");
            assert!(story.desk.editor.is_none(), "{act:?}");
        }
    }
    story.press("p");
    assert_eq!(story.sent(), []);
}

#[test]
fn the_keys_of_a_replay_move_its_head() {
    let mut story = Story::of(1);
    story.desk.playhead = Some(Playhead::default());
    let plays = [
        ("space", Play::Toggle),
        ("left", Play::Events(-1, None)),
        ("right", Play::Events(1, None)),
        ("[", Play::Turns(-1, None)),
        ("shift+right", Play::Turns(1, None)),
        ("g", Play::Start),
        ("G", Play::End),
        ("7", Play::Tenth(7)),
        ("+", Play::Faster),
        ("-", Play::Slower),
        ("*", Play::Pace(Pace::Full)),
    ];
    for (key, play) in plays {
        story.press(key);
        assert_eq!(story.done, Done::Play(play), "{key}");
    }
    story.press("q");
    assert_eq!(story.done, Done::Leave);
}

#[test]
fn one_agent_is_followed_through_moments_at_which_it_is_not_there() {
    let mut story = Story::of(2);
    let whole = story.stage.clone();
    story.desk.playhead = Some(Playhead::default());
    (story.desk.screen, story.desk.focus) = (Screen::Zoom, Some(TWO));
    let now = story.now;
    let at = |story: &mut Story, stage: &Stage| {
        story.desk.settle(stage, now);
        (story.desk.screen, story.desk.focus, story.desk.followed())
    };
    assert_eq!(at(&mut story, &whole), (Screen::Zoom, Some(TWO), Some(TWO)));
    let nobody = Stage::default();
    assert_eq!(at(&mut story, &nobody), (Screen::Stage, None, Some(TWO)));
    assert_eq!(at(&mut story, &whole), (Screen::Zoom, Some(TWO), Some(TWO)));
    // Whoever turns to somebody else meanwhile follows that one.
    at(&mut story, &nobody);
    let alone = Story::of(1).stage;
    assert_eq!(at(&mut story, &alone), (Screen::Stage, Some(ONE), Some(TWO)));
    let _zoomed = story.desk.act(Act::Zoom, &alone, now);
    assert_eq!(at(&mut story, &whole), (Screen::Zoom, Some(ONE), Some(ONE)));
}

/// A replay that stands at record 10 of 40, with something of each kind.
fn at_ten() -> Story {
    let mut story = Story::of(2);
    let marker = |seq, agent, kind| Marker {
        at: Millis(seq * 1000),
        seq: Seq(seq),
        agent: Some(AgentId(agent)),
        kind,
    };
    let sample = |seq, cents: u64| Sample {
        seq: Seq(seq),
        at: Millis(seq * 1000),
        spent: Money(cents * 10_000_000),
        agent: ONE,
        context: 0,
    };
    let bookmark =
        |seq, note: &str| Bookmark { seq: Seq(seq), at: Millis(seq * 1000), note: note.into() };
    story.desk.playhead = Some(Playhead {
        seq: Seq(10),
        last_seq: Seq(40),
        at: Millis(10_000),
        duration: Millis(40_000),
        indexed: 1.0,
        markers: [
            marker(4, 1, Mark::Trouble),
            marker(12, 1, Mark::Change),
            marker(14, 2, Mark::Trouble),
            marker(20, 1, Mark::Trouble),
            marker(22, 1, Mark::HandOff),
        ]
        .into(),
        bookmarks: [bookmark(6, ""), bookmark(30, "here it drifts")].into(),
        curve: [sample(5, 40), sample(15, 90), sample(25, 130), sample(35, 220)].into(),
        ..Playhead::default()
    });
    story
}

fn goes_to(story: &Story) -> Option<u64> {
    match &story.done {
        Done::Play(Play::To(seq)) => Some(seq.0),
        _ => None,
    }
}

#[test]
fn the_next_of_what_is_looked_for_is_gone_to() {
    let mut story = at_ten();
    story.press("n");
    assert_eq!(goes_to(&story), Some(14), "a change of files is no landmark of its own");
    story.press("N");
    assert_eq!(goes_to(&story), Some(6), "a bookmark is one");
    let kinds = [
        (Mark::Change, Some(12), None),
        (Mark::HandOff, Some(22), None),
        (Mark::Bookmark, Some(30), Some(6)),
        (Mark::Trouble, Some(14), Some(4)),
        (Mark::Direction, None, None),
    ];
    for (kind, next, before) in kinds {
        story.desk.sought = Sought::Only(kind);
        story.press("n");
        assert_eq!(goes_to(&story), next, "{kind:?}");
        if next.is_none() {
            assert_eq!(story.status(), format!("no more {} after this", kind.name()));
        }
        story.press("N");
        assert_eq!(goes_to(&story), before, "{kind:?}");
    }
    // Where one agent is followed, it is only about that one.
    story.desk.sought = Sought::Only(Mark::Trouble);
    (story.desk.screen, story.desk.focus) = (Screen::Zoom, Some(ONE));
    story.press("n");
    assert_eq!(goes_to(&story), Some(20));
}

#[test]
fn what_is_looked_for_is_chosen_and_a_note_is_gone_to() {
    let mut story = at_ten();
    story.press("'");
    let Some(Dialog::Question(question)) = &story.desk.dialog else { panic!("no question") };
    let labels: Vec<&str> = question.choices.iter().map(|it| it.label.as_str()).collect();
    assert_eq!(
        labels,
        [
            "Cancel",
            "whatever is marked",
            "errors: 3",
            "hand-offs: 1",
            "file changes: 1",
            "your bookmarks: 2",
            "each time that so much more was spent …",
            "go to 0:30: here it drifts",
        ]
    );
    for _ in 0..6 {
        story.press("j");
    }
    story.press("enter");
    assert_eq!(goes_to(&story), Some(30));
}

#[test]
fn each_time_that_so_much_more_was_spent_is_found() {
    let mut story = at_ten();
    story.desk.sought = Sought::Each(Money(1_000_000_000));
    story.press("n");
    assert_eq!(goes_to(&story), Some(25));
    story.desk.sought = Sought::Each(Money(500_000_000));
    story.press("n");
    assert_eq!(goes_to(&story), Some(15));
    let typed = |text: &str| {
        let mut story = at_ten();
        let prompt = |it: &mut Story| {
            it.press("'");
            for _ in 0..5 {
                it.press("j");
            }
            it.press("enter");
        };
        prompt(&mut story);
        story.write(text);
        story.press("enter");
        story
    };
    assert_eq!(goes_to(&typed("0.5")), Some(15));
    let story = typed("0");
    let Some(Dialog::Prompt(prompt)) = &story.desk.dialog else { panic!("no prompt") };
    assert_eq!(prompt.fault.as_deref(), Some("more than nothing"));
}

#[test]
fn a_moment_is_marked_noted_and_unmarked() {
    let mut story = at_ten();
    let here = |note: &str| Bookmark { seq: Seq(10), at: Millis(10_000), note: note.into() };
    story.press("m");
    assert_eq!(story.done, Done::Play(Play::Bookmark(here(""))));
    let note = |story: &mut Story, note: &str| {
        if let Some(head) = &mut story.desk.playhead {
            head.bookmarks = [here(note)].into();
        }
    };
    note(&mut story, "");
    story.press("m");
    assert_eq!(story.done, Done::Play(Play::Unmark(Seq(10))));
    story.press("M");
    story.write("look here");
    story.press("enter");
    assert_eq!(story.done, Done::Play(Play::Bookmark(here("look here"))));
    // A note is not lost by a key that is pressed once too often.
    note(&mut story, "look here");
    story.press("m");
    assert!(story.status().contains("a note stands here"), "{}", story.status());
    story.press("M");
    for _ in 0.."look here".len() {
        story.press("backspace");
    }
    story.press("enter");
    assert_eq!(story.done, Done::Play(Play::Unmark(Seq(10))));
}
