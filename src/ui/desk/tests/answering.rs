//! What agents ask, answered.

use super::*;

#[test]
fn nothing_is_approved_before_its_end_was_on_the_screen() {
    let mut story = Story::of(1);
    story.approval(ONE).press("a");
    assert_eq!(story.sent(), []);
    assert!(story.status().contains("to its end"), "{}", story.status());
    let answer = Answer::Approved;
    let request = RequestId(1);
    story.seen(ONE).press("a");
    assert_eq!(story.sent(), [Command::Answer { agent: ONE, request, answer }]);
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
