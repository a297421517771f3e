//! Where the director looks.

use super::*;

#[test]
fn the_first_agent_has_the_keys_and_focus_moves_on_the_grid() {
    let mut story = Story::of(6);
    let mut looked = Vec::new();
    for key in ["l", "j", "h", "k", "right", "tab", "3", "j", "shift+tab"] {
        story.press(key);
        looked.push(story.desk.focus.unwrap().0);
    }
    assert_eq!(looked, [2, 4, 3, 1, 2, 3, 3, 5, 4]);
}

#[test]
fn who_is_waited_for_is_looked_at_once_on_stage_unless_somebody_else_is_turned_to() {
    let focus_after = |keys: &str| {
        let mut story = Story::of(0);
        story.desk.expects = Some(AgentId(3));
        story.join().join();
        assert_eq!(story.desk.focus, Some(ONE));
        story.press(keys).join().join();
        story.desk.focus
    };
    assert_eq!(focus_after("space"), Some(AgentId(3)));
    assert_eq!(focus_after("tab"), Some(TWO));
}

#[test]
fn what_is_sought_of_who_is_waited_for_is_found_in_its_log() {
    let mut story = Story::of(0);
    (story.desk.expects, story.desk.seeks) = (Some(TWO), Some("nowhere".to_owned()));
    story.join().join();
    assert_eq!((story.desk.focus, story.desk.screen), (Some(TWO), Screen::Zoom));
    assert_eq!(story.desk.search.as_ref().map(|it| it.text.as_str()), Some("nowhere"));
}

#[test]
fn a_replay_that_was_opened_from_a_list_leads_back_to_it() {
    let mut story = Story::of(1);
    story.press("esc");
    assert_ne!(story.done, Done::Leave);
    story.desk.is_recalled = true;
    story.press("enter esc");
    assert_ne!(story.done, Done::Leave, "first to the stage");
    story.press("esc");
    assert_eq!(story.done, Done::Leave);
}

#[test]
fn pages_are_turned_and_numbers_count_the_panes_in_sight() {
    let mut story = Story::of(6);
    story.press("pagedown");
    assert_eq!((story.desk.focus, story.desk.page), (Some(AgentId(5)), 1));
    story.press("2");
    assert_eq!(story.desk.focus, Some(AgentId(6)));
    story.press("pageup");
    assert_eq!((story.desk.focus, story.desk.page), (Some(ONE), 0));
    story.press("G");
    assert_eq!((story.desk.focus, story.desk.page), (Some(AgentId(6)), 1));
}

#[test]
fn w_goes_round_those_who_need_the_director() {
    let mut story = Story::of(3);
    story.press("w");
    assert_eq!(story.status(), "nobody needs you");
    story.approval(AgentId(3)).question(TWO, &[]);
    let mut looked = Vec::new();
    for _ in 0..3 {
        story.press("w");
        looked.push(story.desk.request.unwrap().0.0);
    }
    assert_eq!(looked, [3, 2, 3]);
    assert_eq!(story.context(), Context::Request);
}

#[test]
fn w_begins_with_who_presses_most_wherever_the_keys_are() {
    let mut story = Story::of(4);
    for agent in 1..=4 {
        story.approval(AgentId(agent));
    }
    story.press("3");
    let mut looked = vec![story.desk.focus.unwrap().0];
    for _ in 0..5 {
        story.press("w");
        looked.push(story.desk.focus.unwrap().0);
    }
    assert_eq!(looked, [3, 1, 2, 3, 4, 1]);
}

#[test]
fn esc_goes_back_and_never_reaches_an_agent() {
    let mut story = Story::of(2);
    story.calling(ONE).approval(ONE).press("w enter");
    for _ in 0..6 {
        story.press("esc");
    }
    assert_eq!((story.desk.screen, story.desk.request), (Screen::Stage, None));
    assert_eq!(story.sent(), []);
}

#[test]
fn scrolling_back_stops_following_and_the_end_follows_again() {
    let mut story = Story::of(1);
    story.press("enter");
    story.desk.shown = Shown { lines: 10, most: Some(25), ..Shown::default() };
    let mut scrolls = Vec::new();
    for key in ["k", "pageup", "pageup", "pageup", "j", "G"] {
        story.press(key);
        scrolls.push(story.desk.scroll);
    }
    let back = [1, 10, 19, 25, 24].map(Scroll::Back);
    assert_eq!(scrolls[..5], back);
    assert_eq!(scrolls[5], Scroll::Follow);
}

#[test]
fn scrolling_beyond_what_is_loaded_wishes_for_more() {
    let mut story = Story::of(1);
    assert_eq!(story.desk.wish(), None);
    story.press("enter");
    let wish = |anchor| Some(ReadWish { agent: ONE, anchor });
    assert_eq!(story.desk.wish(), wish(Anchor::End));
    let reading = Reading {
        agent: ONE,
        log: story.stage.agent(ONE).unwrap().log.clone(),
        first: 500,
        last: 900,
        at_start: false,
        at_end: true,
        through: story.stage.last(),
    };
    story.desk.take_reading(reading);
    assert_eq!(story.desk.wish(), None);
    story.desk.shown = Shown { lines: 10, most: Some(3), ..Shown::default() };
    story.press("k pageup");
    assert_eq!(story.desk.wish(), wish(Anchor::Around(500)));
    story.press("g");
    assert_eq!(story.desk.wish(), wish(Anchor::Start));
}

#[test]
fn an_agent_that_ended_is_seen_by_a_close_look_or_a_long_one() {
    let mut story = Story::of(2);
    story.over(TWO).press("tab");
    assert_eq!(story.sent(), []);
    let due = story.desk.glance_due(&story.stage).unwrap();
    assert_eq!(due, story.now.plus(Millis(1000)));
    let done = story.desk.glance(&story.stage, due);
    assert_eq!(done, Done::Send(vec![Command::Look(TWO)]));
    assert_eq!(story.desk.glance_due(&story.stage), None, "it is said once");
    let mut story = Story::of(2);
    story.over(TWO).press("tab enter");
    assert_eq!(story.sent(), [Command::Look(TWO)]);
}

#[test]
fn what_ends_while_the_director_looks_elsewhere_is_not_seen_before_they_are_back() {
    let mut story = Story::of(1);
    story.desk.turn(true);
    story.over(ONE).press("enter");
    assert_eq!(story.sent(), []);
    assert_eq!(story.desk.glance_due(&story.stage), None);
    story.desk.turn(false);
    story.press("esc");
    assert_eq!(story.desk.glance(&story.stage, story.now), Done::Redraw, "not at once either");
    let due = story.desk.glance_due(&story.stage).unwrap();
    assert_eq!(story.desk.glance(&story.stage, due), Done::Send(vec![Command::Look(ONE)]));
}

#[test]
fn a_key_that_does_nothing_says_so() {
    let mut story = Story::of(2);
    for (keys, told) in [
        ("~", "~ does nothing here"),
        ("esc", "Esc does nothing here"),
        ("h", "there is no pane to the left"),
        ("k", "there is no pane above"),
        ("1", "this is the pane with that number"),
        ("9", "there is no such pane"),
        ("pagedown", "PgDn does nothing here"),
        ("enter 8", "8 does nothing here"),
        ("q z", "z does nothing here"),
    ] {
        story.press(keys);
        assert_eq!(story.status(), told, "{keys}");
        assert_eq!(story.done, Done::Redraw);
    }
}

#[test]
fn the_session_that_was_left_is_taken_up_only_while_nobody_is_on_stage() {
    for key in ["c", "enter"] {
        let mut story = Story::of(0);
        story.press(key);
        assert_eq!((story.desk.leaves_for, story.status().contains("nothing here")), (None, true));
        story.desk.can_take_up = true;
        story.press(key);
        let left = (Done::Leave, Some(Elsewhere::Session));
        assert_eq!((story.done.clone(), story.desk.leaves_for), left, "{key}");
    }
    let mut story = Story::of(1);
    story.desk.can_take_up = true;
    story.press("c");
    assert_eq!((story.desk.leaves_for, story.status()), (None, "c does nothing here"));
}

#[test]
fn the_demo_is_one_key_away_where_no_model_can_be_reached() {
    let mut story = Story::of(0);
    story.press("s");
    assert_eq!((story.desk.leaves_for, story.status()), (None, "s does nothing here"));
    story.desk.can_rehearse = true;
    story.press("s");
    let left = (Done::Leave, Some(Elsewhere::Demo));
    assert_eq!((story.done.clone(), story.desk.leaves_for), left);
}

#[test]
fn from_the_first_line_one_line_down_is_one_line_down_however_it_was_come_to() {
    let mut story = Story::of(1);
    story.press("enter");
    // Nobody knows yet how long the log is.
    story.desk.shown.most = None;
    story.press("g");
    story.desk.shown.most = Some(40);
    story.press("j");
    assert_eq!(story.desk.scroll, Scroll::Back(39));
}
