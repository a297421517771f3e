//! What agents ask, answered.

use super::*;

/// What approves the first request of an agent, this once.
fn approval_of(story: &Story, agent: AgentId) -> Command {
    story.stage.agent(agent).unwrap().requests[0].approved(agent, Scope::Once)
}

#[test]
fn nothing_is_approved_before_its_end_was_on_the_screen() {
    let mut story = Story::of(1);
    story.approval(ONE).press("a");
    assert_eq!(story.sent(), []);
    assert!(story.status().contains("to its end"), "{}", story.status());
    story.press("a");
    assert_eq!(story.sent(), [], "no picture was drawn since");
    story.seen(ONE).press("a");
    assert_eq!(story.sent(), [approval_of(&story, ONE)]);
}

#[test]
fn a_key_pressed_as_a_request_comes_up_gives_it_the_keys_and_no_more() {
    let mut story = Story::of(1);
    story.approval(ONE).seen(ONE).press("a");
    assert_eq!(story.sent(), []);
    assert!(story.status().contains("press it again"), "{}", story.status());
    story.seen(ONE).press("a");
    assert_eq!(story.sent(), [approval_of(&story, ONE)]);
}

#[test]
fn a_second_press_does_not_approve_what_came_in_the_place_of_the_first() {
    let mut story = Story::of(1);
    story.approval(ONE).press("a").seen(ONE).press("a");
    let first = story.sent();
    assert_eq!(first.len(), 1);
    let (request, by) = (RequestId(1), Author::Director);
    story.tell(Event::Answered { agent: ONE, request, answer: Answer::Approved, by });
    let (call, tool) = (CallId(2), "shell".to_owned());
    let (shown, reason) = ("rm -rf .".to_owned(), "not allowed".to_owned());
    let ask = Ask::Approval { call: Some(call), tool, shown, reason };
    story.tell(Event::Asked { agent: ONE, request: RequestId(2), ask }).press("a a a");
    assert_eq!(story.sent(), [], "the keys were pressed before it was drawn");
}

#[test]
fn s15_no_key_that_comes_with_pasted_text_approves() {
    let mut story = Story::of(1);
    story.approval(ONE).press("a").seen(ONE).paste("x").press("a y enter a a");
    assert_eq!(story.sent(), []);
    story.seen(ONE).press("a");
    assert_eq!(story.sent(), [approval_of(&story, ONE)], "the director's own key does");
}

#[test]
fn a_and_d_mean_nothing_where_nobody_asks() {
    let mut story = Story::of(2);
    story.approval(TWO).seen(TWO).press("a D");
    assert_eq!((story.sent(), story.desk.dialog.is_none()), (vec![], true));
    story.press("tab D").write("no, thanks").press("enter");
    let (request, answer) = (RequestId(1), Answer::Denied { why: "no, thanks".into() });
    assert_eq!(story.sent(), [Command::Answer { agent: TWO, request, answer }]);
}

#[test]
fn a_question_is_answered_in_words_or_by_number_but_only_when_it_has_the_keys() {
    let mut story = Story::of(2);
    story.question(ONE, &["left", "right"]).press("2");
    assert_eq!((story.desk.focus, story.sent()), (Some(TWO), vec![]));
    story.press("w 2");
    let (agent, request) = (ONE, RequestId(1));
    let said = |text: &str| Answer::Said { text: text.into() };
    assert_eq!(story.sent(), [Command::Answer { agent, request, answer: said("right") }]);
    story.press("enter").write("both").press("ctrl+s");
    assert_eq!(story.sent(), [Command::Answer { agent, request, answer: said("both") }]);
}

#[test]
fn in_the_zoom_a_number_proposes_an_answer_and_sends_none() {
    let mut story = Story::of(1);
    story.question(ONE, &["left", "right"]).press("enter 2");
    assert_eq!(story.sent(), []);
    story.press("ctrl+s");
    let (agent, request) = (ONE, RequestId(1));
    let answer = Answer::Said { text: "right".into() };
    assert_eq!(story.sent(), [Command::Answer { agent, request, answer }]);
}

#[test]
fn keys_look_elsewhere_from_an_agent_that_waits() {
    for (key, there) in [("4", 4), ("l", 3), ("right", 3), ("h", 1), ("left", 1), ("j", 4)] {
        let mut story = Story::of(4);
        story.approval(TWO).press("w").press(key);
        assert_eq!(story.desk.focus, Some(AgentId(there)), "{key}");
        story.press("p");
        assert_eq!(story.sent(), [Command::Pause(AgentId(there))], "{key}");
    }
    let mut story = Story::of(4);
    story.question(TWO, &["left", "right"]).press("w o");
    assert!(story.desk.roster);
    story.press("4");
    assert_eq!((story.desk.focus, story.sent()), (Some(AgentId(4)), vec![]), "no answer has it");
}

#[test]
fn a_request_scrolls_only_where_there_is_more_of_it() {
    let mut story = Story::of(4);
    story.approval(TWO).press("w");
    story.desk.shown.request_most = 5;
    let (agent, request) = story.desk.request.unwrap();
    story.desk.shown.request_end = Some((agent, request, 3));
    story.press("j j");
    assert_eq!((story.desk.focus, story.desk.request_scroll), (Some(TWO), 2));
    story.desk.shown.request_most = 0;
    story.press("j");
    assert_eq!(story.desk.focus, Some(AgentId(4)));
}

#[test]
fn no_key_leads_past_what_was_in_sight_of_a_request() {
    let mut story = Story::of(4);
    story.approval(TWO).press("w");
    story.desk.shown.request_most = 5;
    let (agent, request) = story.desk.request.unwrap();
    story.desk.shown.request_end = Some((agent, request, 3));
    for key in ["G", "j j j j", "pagedown pagedown pagedown pagedown"] {
        story.desk.request_scroll = 0;
        story.press(key);
        assert_eq!(story.desk.request_scroll, 3, "{key}");
    }
    // Nothing of this one was in sight yet.
    story.desk.shown.request_end = Some((ONE, request, 5));
    story.press("G");
    assert_eq!(story.desk.request_scroll, 3);
}

#[test]
fn in_the_zoom_numbers_that_are_no_answer_open_tabs() {
    let mut story = Story::of(1);
    story.question(ONE, &["left", "right"]).press("enter 3");
    assert_eq!((story.desk.tab, story.context()), (Tab::Tools, Context::RequestZoom));
    assert!(story.desk.editor.is_none());
}

#[test]
fn a_key_that_answers_says_where_there_is_something_to_answer() {
    let mut story = Story::of(2);
    for key in ["a", "A", "D"] {
        story.press(key);
        assert_eq!(story.status(), "nobody asks for anything", "{key}");
    }
    story.approval(TWO);
    for key in ["a", "A", "D"] {
        story.press(key);
        assert_eq!(story.status(), "nobody asks for anything here: w goes to who does", "{key}");
    }
    story.desk.focus = Some(TWO);
    story.press("A");
    let told = "only the request that has the keys is answered: w gives them to it";
    assert_eq!(story.status(), told);
    assert_eq!(story.sent(), []);
}
