//! Agents stand on the stage in the order that is asked for, as it is laid out.

use super::*;
use crate::config::StageLayout::{Columns, Focus, Grid, Single};

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
