//! What is done to several agents at once, and to all who ask the same.

use super::*;
use serde_json::json;

const THREE: AgentId = AgentId(3);

impl Story {
    fn wants(&mut self, agent: AgentId, command: &str) -> &mut Self {
        let (call, tool, seal) = (CallId(1), "shell".to_owned(), None);
        let (id, title) = (String::new(), command.to_owned());
        let input = Box::new(json!({ "command": command }));
        let called = Event::ToolCalled { agent, call, id, tool: tool.clone(), title, input, seal };
        let (shown, reason) = (command.to_owned(), "not allowed".to_owned());
        self.tell(called).asked(agent, Ask::Approval { call: Some(call), tool, shown, reason })
    }

    /// The picture showed the end of what this one asks, and counted these beside it.
    fn counted(&mut self, agent: AgentId, others: &[AgentId]) -> &mut Self {
        self.desk.shown.equal = others.iter().map(|it| (*it, RequestId(1))).collect();
        self.seen(agent)
    }
}

fn approved(story: &Story, agents: &[AgentId]) -> Vec<Command> {
    let of = |it: &AgentId| story.stage.agent(*it).unwrap().requests[0].approved(*it, Scope::Once);
    agents.iter().map(of).collect()
}

#[test]
fn what_is_done_on_the_stage_goes_to_all_that_are_marked_in_a_command_each() {
    let mut story = Story::of(3);
    story.press("space 3 space p");
    assert_eq!(story.sent(), [Command::Pause(ONE), Command::Pause(THREE)]);
    assert_eq!(story.status(), "pause: 2 agents");
    story.press("space !");
    assert_eq!(story.sent(), [Command::Freeze(ONE)], "the other one is marked no longer");
    story.press("space enter p");
    assert_eq!(story.sent(), [Command::Pause(THREE)], "one that is alone is meant alone");
}

#[test]
fn all_that_the_filter_shows_are_marked_and_esc_takes_marks_away_before_the_filter() {
    let mut story = Story::of(3);
    story.press("/").write("writer").press("enter *");
    assert_eq!(story.desk.marked, [ONE, THREE].into());
    story.press("esc");
    assert_eq!((story.desk.marked.len(), story.desk.filter.as_str()), (0, "writer"));
    story.press("* *");
    assert!(story.desk.marked.is_empty(), "all were marked");
    story.press("* esc esc");
    assert!(story.desk.filter.is_empty());
}

#[test]
fn pausing_many_holds_those_that_are_not_held_and_lets_all_go_on_when_all_are() {
    let mut story = Story::of(2);
    story.held(ONE, HoldReason::Director).press("* p");
    assert_eq!(story.sent(), [Command::Pause(TWO)]);
    assert_eq!(story.status(), "pause: 1 of 2; agent-1: it is held already");
    story.held(TWO, HoldReason::Director).press("p");
    assert_eq!(story.sent(), [Command::Resume(ONE), Command::Resume(TWO)]);
}

#[test]
fn one_text_is_written_to_all_and_stays_a_draft_until_it_has_arrived() {
    let mut story = Story::of(2);
    story.press("* r").write("look again").press("ctrl+s");
    let (text, now) = ("look again".to_owned(), false);
    let message = |agent| Command::Redirect { agent, text: text.clone(), now };
    assert_eq!(story.sent(), [message(ONE), message(TWO)]);
    let key = DraftKey::Editor(Purpose::RedirectMarked);
    assert_eq!(story.desk.drafts.get(&key), Some(&text));
    let (redirect, by) = (RedirectId(1), Author::Director);
    story.tell(Event::RedirectWritten { agent: ONE, redirect, text, by });
    assert_eq!(story.desk.drafts.get(&key), None);
}

#[test]
fn stopping_many_asks_once_says_how_many_and_enter_falls_on_cancel() {
    let mut story = Story::of(3);
    story.over(TWO).press("* x");
    let question = story.question_open();
    assert_eq!(question.title, "stop 2 agents?");
    assert!(question.text.starts_with("agent-1, agent-3."), "{}", question.text);
    story.press("enter");
    assert_eq!(story.sent(), []);
    story.press("x tab enter");
    assert_eq!(story.sent(), [Command::Stop(ONE), Command::Stop(THREE)]);
    story.press("X tab enter");
    assert_eq!(story.sent(), [Command::Kill(ONE), Command::Kill(THREE)]);
}

#[test]
fn a_model_and_a_budget_are_given_to_all_that_are_marked() {
    let mut story = Story::of(2);
    story.press("* m").write("large").press("enter");
    let model = |agent| {
        let (provider, model) = ("rehearsal".to_owned(), "large".to_owned());
        Command::ChangeModel { agent, provider, model }
    };
    assert_eq!(story.sent(), [model(ONE), model(TWO)]);
    story.press("b").write("2.50").press("enter");
    let budget = |agent| Command::ChangeBudget { agent, budget: Some(Money::cents(250)) };
    assert_eq!(story.sent(), [budget(ONE), budget(TWO)]);
    story.press("b").write("much").press("enter");
    assert_eq!(story.sent(), []);
    assert!(matches!(&story.desk.dialog, Some(Dialog::Prompt(it)) if it.fault.is_some()));
}

#[test]
fn what_can_not_be_for_many_is_done_to_the_one_that_has_the_keys() {
    let mut story = Story::of(2);
    story.press("* e");
    let purpose = story.desk.editor.as_ref().map(|it| it.purpose);
    assert_eq!(purpose, Some(Purpose::Instructions(ONE)));
}

#[test]
fn a_command_of_the_line_goes_to_all_that_are_marked() {
    let mut story = Story::of(2);
    story.press("* :").write("redirect go on").press("enter");
    let message = |agent| Command::Redirect { agent, text: "go on".to_owned(), now: false };
    assert_eq!(story.sent(), [message(ONE), message(TWO)]);
    story.press(":").write("interrupt").press("enter");
    assert_eq!(story.sent(), [], "nothing is in flight");
    assert!(story.status().starts_with("agent-1"), "{}", story.status());
}

#[test]
fn ends_are_seen_all_at_once() {
    let mut story = Story::of(3);
    story.over(TWO).over(THREE).press("I *");
    assert_eq!(story.sent(), [Command::Look(TWO), Command::Look(THREE)]);
    assert_eq!(story.status(), "2 ends count as seen");
    let mut story = Story::of(3);
    story.over(TWO).over(THREE).press("/").write("tester").press("enter :").write("seen all");
    story.press("enter");
    assert_eq!(story.sent(), [Command::Look(TWO)], "on the stage, of those that are shown");
    let mut story = Story::of(3);
    story.over(TWO).over(THREE).press("2 space :").write("seen").press("enter");
    assert_eq!(story.sent(), [Command::Look(TWO)]);
}

#[test]
fn nobody_is_marked_in_a_replay() {
    let mut story = Story::of(2);
    story.desk.playhead = Some(Playhead::default());
    story.press(":").write("mark all").press("enter");
    assert!(story.desk.marked.is_empty());
    assert!(story.status().contains("replay"), "{}", story.status());
}

#[test]
fn one_key_approves_all_that_were_counted_as_the_same_and_none_that_came_later() {
    let mut story = Story::of(4);
    for agent in [ONE, TWO, THREE] {
        story.wants(agent, if agent == TWO { "make clean" } else { "make" });
    }
    story.press("a =");
    assert_eq!(story.sent(), [], "it was not on the screen");
    story.counted(ONE, &[THREE]).wants(AgentId(4), "make").press("=");
    assert_eq!(story.sent(), approved(&story, &[ONE, THREE]));
    assert_eq!(story.status(), "approved for 2 who asked the same");
}

#[test]
fn who_asks_for_something_else_by_now_is_not_approved_with_it() {
    let mut story = Story::of(2);
    story.wants(ONE, "make").wants(TWO, "rm -rf .").press("a").counted(ONE, &[TWO]).press("=");
    assert_eq!(story.sent(), []);
    assert_eq!(story.status(), "nobody else asks the same");
}

#[test]
fn all_who_ask_the_same_are_denied_for_one_reason() {
    let mut story = Story::of(2);
    story.wants(ONE, "make").wants(TWO, "make").press("a").counted(ONE, &[TWO]).press("#");
    story.write("not now").press("enter");
    let denied = |agent| {
        let answer = Answer::Denied { why: "not now".to_owned() };
        Command::Answer { agent, request: RequestId(1), answer }
    };
    assert_eq!(story.sent(), [denied(TWO), denied(ONE)]);
    assert_eq!(story.status(), "denied for 2 who asked the same");
}

#[test]
fn what_was_not_read_to_its_end_is_approved_for_nobody() {
    let mut story = Story::of(2);
    story.wants(ONE, "make").wants(TWO, "make").press("a");
    story.desk.shown.equal = vec![(TWO, RequestId(1))];
    story.press("=");
    assert_eq!(story.sent(), []);
    story.counted(ONE, &[TWO]).paste("x").press("=");
    assert_eq!(story.sent(), [], "it came with pasted text");
}

#[test]
fn where_no_agent_is_listed_none_is_directed() {
    let mut story = Story::of(1);
    story.press("I r");
    assert!(story.desk.editor.is_none(), "whoever has the keys on the stage is not seen here");
    assert_eq!(story.status(), "no agent is marked here");
    assert!(story.desk.would_fail(Act::Redirect, &story.stage, story.stage.now()));
    assert!(!story.desk.would_fail(Act::PauseAll, &story.stage, story.stage.now()));
}

#[test]
fn without_its_filter_the_page_is_turned_to_whoever_has_the_keys() {
    let mut story = Story::of(9);
    story.press("/").write("agent-9").press("enter");
    assert_eq!((story.desk.focus, story.desk.page), (Some(AgentId(9)), 0));
    story.press("esc");
    assert_eq!(story.desk.page, 2, "four on a page");
    story.press("/").write("agent-6").press("esc");
    assert_eq!((story.desk.focus, story.desk.page), (Some(AgentId(9)), 2));
}

#[test]
fn a_message_that_takes_up_again_some_who_have_ended_asks_once_and_says_whom() {
    let mut story = Story::of(3);
    story.over(TWO).press("* r").write("go on").press("ctrl+s");
    assert_eq!(story.sent(), [], "it asks first");
    let question = story.question_open();
    assert_eq!(question.title, "redirect 3 agents?");
    assert_eq!(question.text, "1 of them has ended: agent-2; it is taken up again.");
    let labels: Vec<&str> = question.choices.iter().map(|it| it.label.as_str()).collect();
    assert_eq!(labels, ["Cancel", "Redirect 3 agents", "Only the 2 at work"]);
    story.press("enter");
    assert!(story.sent().is_empty() && story.desk.editor.is_some(), "the text stays");
    let message = |agent| Command::Redirect { agent, text: "go on".to_owned(), now: false };
    story.press("ctrl+s tab tab enter");
    assert_eq!(story.sent(), [message(ONE), message(THREE)]);
    assert_eq!(story.desk.marked, [ONE, THREE].into());
    story.press("2 space r ctrl+s tab enter");
    assert_eq!(story.sent(), [message(ONE), message(TWO), message(THREE)]);
    story.press("R");
    let text = &story.question_open().text;
    assert!(text.ends_with("1 of them has ended: agent-2; it is taken up again."), "{text}");
}

#[test]
fn all_from_the_last_mark_to_here_are_marked_as_they_are_shown() {
    let mut story = Story::of(4);
    story.press("M");
    assert_eq!(story.status(), "mark the first of them with Space: from there on all are marked");
    story.press("3 space 1 M");
    assert_eq!(story.desk.marked, [ONE, TWO, THREE].into());
    assert_eq!(story.status(), "3 agents from there to here");
    story.press("esc 4 space space 1 M");
    assert!(story.desk.marked.is_empty(), "what was taken away is no beginning");
    story.press("/").write("writer").press("enter 1 space 3 M");
    assert_eq!(story.desk.marked, [ONE, THREE, AgentId(4)].into(), "only those that are shown");
}

#[test]
fn a_command_of_the_line_goes_to_whom_the_inbox_has_marked_and_to_nobody_else() {
    let mut story = Story::of(2);
    story.question(ONE, &[]).question(TWO, &[]).press("I j :").write("redirect go on");
    story.press("enter");
    let message = |agent| Command::Redirect { agent, text: "go on".to_owned(), now: false };
    assert_eq!(story.sent(), [message(TWO)]);
    // What it was meant for is gone before it is sent.
    story.press(":").write("redirect go on");
    let (request, by) = (RequestId(1), Author::Director);
    story.tell(Event::Answered { agent: TWO, request, answer: Answer::Approved, by });
    story.press("enter");
    assert_eq!(story.sent(), []);
    let Some(Dialog::Command(line)) = &story.desk.dialog else { panic!("it stays") };
    let fault = line.fault.as_deref();
    assert_eq!(fault, Some("that is not there any more: Enter does it to agent-1"));
    story.press("enter");
    assert_eq!(story.sent(), [message(ONE)]);
    story.tell(Event::Answered { agent: ONE, request, answer: Answer::Approved, by });
    story.press(":").write("redirect go on").press("enter");
    assert_eq!((story.sent(), story.status()), (vec![], "no agent is marked here"));
}
