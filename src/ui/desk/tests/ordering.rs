//! Agents stand on the stage in the order that is asked for, as it is laid out.

use super::*;
use crate::config::{
    Arrangement,
    StageLayout::{Columns, Focus, Grid, Single},
};

fn names(story: &Story) -> Vec<String> {
    let name = |it: &AgentId| story.stage.agent(*it).unwrap().casting.name.clone();
    story.desk.in_sight(&story.stage).iter().map(name).collect()
}

#[test]
fn who_needs_the_director_stands_first_where_need_is_the_order() {
    let mut story = Story::of(3);
    story.approval(TWO);
    assert_eq!(names(&story), ["agent-1", "agent-2", "agent-3"]);
    story.press("Z");
    assert_eq!(names(&story), ["agent-2", "agent-1", "agent-3"]);
    assert_eq!(story.status(), "by need");
    // By role: the tester stands before the writers.
    story.press("Z Z Z");
    assert_eq!((names(&story)[0].as_str(), story.status()), ("agent-2", "by role"));
    story.press("Z Z");
    assert_eq!(names(&story), ["agent-1", "agent-2", "agent-3"]);
}

#[test]
fn who_is_pinned_stands_first_whatever_the_order() {
    let mut story = Story::of(3);
    story.press("3 z");
    assert_eq!(names(&story), ["agent-3", "agent-1", "agent-2"]);
    assert_eq!(story.desk.focus, Some(AgentId(3)));
    story.approval(TWO).press("Z");
    assert_eq!(names(&story), ["agent-3", "agent-2", "agent-1"]);
    // Numbers count what is seen.
    story.press("2");
    assert_eq!(story.desk.focus, Some(TWO));
    story.press("1 z");
    assert_eq!(names(&story), ["agent-2", "agent-1", "agent-3"]);
}

#[test]
fn a_key_goes_through_the_layouts_and_a_command_keeps_one() {
    let mut story = Story::of(2);
    let mut seen = Vec::new();
    for _ in 0..4 {
        story.press("O");
        seen.push(story.desk.layout);
    }
    assert_eq!(seen, [Columns, Focus, Single, Grid]);
    assert_eq!(story.desk.take_theme_wish(), None);
    story.press(":").write("layout focus").press("enter");
    assert_eq!(story.desk.layout, Focus);
    assert_eq!(story.desk.take_theme_wish(), Some(ThemeTask::KeepLayout(Focus)));
}

#[test]
fn how_the_stage_is_arranged_is_kept_under_a_name_and_brought_back() {
    let mut story = Story::of(3);
    story.press("3 z Z O O o").press(":").write("layout save night").press("enter");
    let kept = Arrangement {
        layout: Focus,
        order: "need".into(),
        pinned: vec!["agent-3".into()],
        roster: true,
        ..Arrangement::default()
    };
    let wish = story.desk.take_theme_wish();
    assert_eq!(wish, Some(ThemeTask::KeepArrangement("night".into(), Box::new(kept))));
    story.press("o O O z Z");
    assert_ne!(story.desk.layout, Focus);
    story.press(":").write("layout night").press("enter");
    let desk = &story.desk;
    assert_eq!((desk.layout, desk.order.name(), desk.roster), (Focus, "need", true));
    assert_eq!(names(&story)[0], "agent-3");
    assert_eq!(story.status(), "the stage is arranged as night");
    // In another session whoever is called so stands first as soon as they are there.
    let mut other = Story::of(1);
    other.desk.arrangements.clone_from(&story.desk.arrangements);
    other.press(":").write("layout night").press("enter");
    other.join().join();
    assert_eq!(names(&other)[0], "agent-3");
}

#[test]
fn a_name_that_says_nothing_or_something_else_is_refused() {
    let mut story = Story::of(1);
    for (line, why) in [
        ("layout save", "name it in one word"),
        ("layout save two words", "name it in one word"),
        ("layout save focus", "focus means something already"),
    ] {
        story.press(":").write(line).press("enter");
        assert!(story.status().starts_with(why), "{line}: {}", story.status());
        let wish = story.desk.take_theme_wish();
        assert!(!matches!(wish, Some(ThemeTask::KeepArrangement(..))), "{line}: {wish:?}");
    }
}

#[test]
fn an_edge_follows_the_mouse_within_bounds_and_a_named_layout_keeps_it() {
    let mut story = Story::of(2);
    let edge = Edge { of: Side::Strip, start: 20, length: 100, is_upright: true };
    let now = story.now;
    assert_eq!(story.desk.move_edge(80, 0), Done::Nothing, "nobody holds it");
    story.desk.take_edge(edge);
    for (column, share) in [(80, 40), (0, 80), (119, 10)] {
        story.desk.move_edge(column, 9);
        assert_eq!(story.desk.shares.strip, Some(share), "{column}");
    }
    story.desk.leave_edge(&story.stage, now);
    assert_eq!((story.desk.move_edge(80, 0), story.desk.take_theme_wish()), (Done::Nothing, None));
    story.press(":").write("layout save wide").press("enter");
    drop(story.desk.take_theme_wish());
    let list = Edge { of: Side::List, is_upright: false, ..edge };
    story.desk.take_edge(list);
    story.desk.move_edge(0, 50);
    story.desk.leave_edge(&story.stage, now);
    let Some(ThemeTask::KeepArrangement(name, kept)) = story.desk.take_theme_wish() else {
        panic!("it is not kept")
    };
    assert_eq!((name.as_str(), kept.strip, kept.list), ("wide", Some(10), Some(30)));
}
