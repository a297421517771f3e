//! Directions: what is sent to an agent, and to all.

use super::*;

#[test]
fn p_pauses_then_freezes_then_lets_go_on() {
    let mut story = Story::of(1);
    story.calling(ONE).press("p");
    assert_eq!(story.sent(), [Command::Pause(ONE)]);
    story.press("p");
    assert_eq!(story.sent(), [Command::Pause(ONE)], "not a fact yet: nothing to freeze");
    story.held(ONE, HoldReason::Director).press("p");
    assert_eq!(story.sent(), [Command::Freeze(ONE)]);
    story.tell(Event::Frozen { agent: ONE, what: "the stream".into() }).press("p");
    assert_eq!(story.sent(), [Command::Resume(ONE)]);
}

#[test]
fn directions_are_commands_to_the_focused_agent() {
    let mut story = Story::of(2);
    story.press("tab ! . i");
    let all = [Command::Freeze(TWO), Command::Step(TWO), Command::Interrupt(TWO)];
    assert_eq!(story.sent(), all);
}

#[test]
fn a_hold_for_money_asks_and_another_hold_is_lifted_by_itself() {
    let mut story = Story::of(2);
    story.held(ONE, HoldReason::Budget);
    let (spent, budget) = (Money::cents(90), Money::cents(100));
    let ask = Ask::Budget { spent, estimate: None, budget, whose: Whose::Own };
    story.asked(ONE, ask).press("p");
    let labels: Vec<_> = story.question_open().choices.iter().map(|it| &*it.label).collect();
    assert_eq!(labels, ["Cancel", "Raise it", "Let it finish up", "Stop the agent"]);
    story.press("enter");
    assert_eq!(story.sent(), [], "the first choice does nothing");
    story.press("p j enter").write("2.50").press("enter");
    let budget = Some(Money::cents(250));
    assert_eq!(story.sent(), [Command::ChangeBudget { agent: ONE, budget }]);
    story.press("p j j enter");
    assert!(matches!(story.sent().as_slice(), [Command::Answer { agent: ONE, .. }]));
    story.press("tab").held(TWO, HoldReason::Watch).press("p");
    assert_eq!(story.sent(), [Command::Lift(TWO, HoldReason::Watch)]);
}

#[test]
fn what_a_role_may_spend_is_raised_from_the_question_of_one_of_it() {
    let mut story = Story::of(2);
    let (spent, budget) = (Money::cents(90), Money::cents(100));
    let whose = Whose::Role("coder".into());
    let ask = Ask::Budget { spent, estimate: None, budget, whose: whose.clone() };
    story.held(ONE, HoldReason::Budget).asked(ONE, ask).press("p j enter");
    let Some(Dialog::Prompt(prompt)) = &story.desk.dialog else { panic!("closed") };
    assert_eq!(prompt.title, "budget of the role coder");
    story.write("4").press("enter");
    assert_eq!(story.sent(), [Command::ChangeLimit { whose, budget: Some(Money::cents(400)) }]);
}

#[test]
fn a_budget_that_is_no_amount_is_told_and_can_be_mended() {
    let mut story = Story::of(1);
    story.press("b").write("much").press("enter");
    let Some(Dialog::Prompt(prompt)) = &story.desk.dialog else { panic!("closed") };
    assert!(prompt.fault.as_ref().unwrap().contains("expected an amount"));
    assert_eq!(story.sent(), []);
}

#[test]
fn all_are_paused_with_a_count_and_then_resumed() {
    let mut story = Story::of(3);
    story.calling(TWO).press("P");
    assert_eq!(story.sent(), [Command::PauseAll]);
    story.held(ONE, HoldReason::Director).held(TWO, HoldReason::Director);
    assert_eq!(story.status(), "1 of 3 held");
    story.held(AgentId(3), HoldReason::Director);
    assert_eq!(story.status(), "2 of 3 held");
    story.tell(Event::Frozen { agent: TWO, what: String::new() });
    assert_eq!(story.status(), "3 of 3 held");
    story.press("P");
    assert_eq!(story.sent(), [Command::ResumeAll]);
}

#[test]
fn stopping_asks_and_the_first_choice_is_to_cancel() {
    let mut story = Story::of(1);
    story.press("x");
    assert_eq!(story.question_open().selected, 0);
    story.press("enter x esc X enter");
    assert_eq!(story.sent(), []);
    story.press("x l enter");
    assert_eq!(story.sent(), [Command::Stop(ONE)]);
    story.press("X l enter");
    assert_eq!(story.sent(), [Command::Kill(ONE)]);
}

#[test]
fn quitting_asks_what_becomes_of_agents_at_work() {
    let mut story = Story::of(2);
    story.press("q enter");
    assert_eq!((story.sent(), story.desk.is_leaving), (vec![], false));
    story.press("q j enter");
    assert_eq!(story.sent(), [Command::Quit(QuitMode::Pause)]);
    story.press("q");
    assert_eq!(story.done, Done::Leave, "the second time leaves at once");
    let mut story = Story::of(1);
    story.over(ONE).press("q");
    assert_eq!(story.sent(), [Command::Quit(QuitMode::Pause)]);
}

#[test]
fn detaching_leaves_agents_at_work_and_says_why_where_it_can_not() {
    let mut story = Story::of(2);
    story.press("d");
    assert!(story.desk.dialog.is_some(), "it says how the agent is watched");
    story.press("esc q d");
    assert_eq!(story.status(), "can't detach: the session ends with its screen");
    let choices = &story.question_open().choices;
    assert!(choices.iter().all(|it| it.deed != Deed::Detach), "{choices:?}");
    assert!(story.question_open().text.contains("No detaching here"));
    story.press("esc");
    story.desk.detach = Detach::Yes;
    story.press("q d");
    assert_eq!(
        (story.done.clone(), story.sent(), story.desk.detaches),
        (Done::Leave, vec![], true)
    );
    story.press("x d");
    assert_eq!(story.status(), "d does nothing here", "another question is none of leaving");
}

#[test]
fn a_session_that_is_kept_is_left_as_it_is_when_all_is_done() {
    let mut story = Story::of(1);
    story.over(ONE);
    story.desk.detach = Detach::Kept;
    story.press("q");
    assert_eq!(
        (story.done.clone(), story.sent(), story.desk.detaches),
        (Done::Leave, vec![], true)
    );
}

#[test]
fn a_session_that_is_over_is_left_without_a_question() {
    let mut story = Story::of(1);
    story.desk.is_over = true;
    story.press("q");
    assert_eq!((story.done.clone(), story.sent()), (Done::Leave, vec![]));
}

#[test]
fn while_the_session_closes_nobody_is_directed() {
    let mut story = Story::of(2);
    story.press("q l enter");
    assert_eq!(story.sent(), [Command::Quit(QuitMode::Pause)]);
    for key in ["p", "n", "r", "x"] {
        story.press(key);
        assert!(story.status().contains("is closing"), "{key}: {}", story.status());
    }
    story.press("tab");
    assert_eq!((story.desk.focus, story.sent()), (Some(TWO), vec![]));
    story.press("q");
    assert_eq!(story.done, Done::Leave);
}

#[test]
fn what_an_engine_cannot_do_is_not_asked_of_it_and_the_key_says_why() {
    let mut story = Story::of(0);
    story.program(EngineKind::Acp, "gemini");
    for (key, why) in [
        (".", "gemini: its program goes on by itself within a turn, so it can't go step by step"),
        ("e", "gemini: its protocol has no instructions that change in mid-run; redirect it"),
    ] {
        story.press(key);
        assert_eq!((story.sent(), story.status()), (vec![], why), "{key}");
    }
    story.press("r");
    assert!(story.desk.editor.is_some(), "a message reaches it");
    story.press("esc");
    story.program(EngineKind::Pty, "shell");
    for key in ["r", "e", "m", "."] {
        story.press(key);
        assert_eq!(story.sent(), [], "{key}");
        assert!(story.status().starts_with("shell: "), "{key}: {}", story.status());
    }
}

#[test]
fn a_terminal_has_no_boundary_so_pausing_it_stops_it_where_it_stands() {
    let mut story = Story::of(0);
    let shell = story.program(EngineKind::Pty, "shell");
    story.press("p");
    assert_eq!(story.sent(), [Command::Freeze(shell)]);
    story.held(shell, HoldReason::Director).press("p");
    assert_eq!(story.sent(), [Command::Resume(shell)]);
}

#[test]
fn a_program_calls_its_models_as_it_likes() {
    let mut story = Story::of(0);
    let agent = story.program(EngineKind::Acp, "opencode");
    story.press("m").write("anthropic/opus").press("enter");
    let (provider, model) = ("opencode".to_owned(), "anthropic/opus".to_owned());
    assert_eq!(story.sent(), [Command::ChangeModel { agent, provider, model }]);
}

#[test]
fn an_agent_that_ended_is_restarted_at_once_and_one_at_work_after_a_question() {
    let mut story = Story::of(2);
    story.over(ONE).press("R");
    assert_eq!(story.sent(), [Command::Restart(ONE)]);
    story.desk.focus = Some(TWO);
    story.press("R enter");
    assert_eq!(story.sent(), [], "the first choice is to cancel");
    story.press("R l enter");
    assert_eq!(story.sent(), [Command::Restart(TWO)]);
}

#[test]
fn a_fork_is_another_agent_with_the_session_and_the_brief_that_was_written() {
    let mut story = Story::of(1);
    story.press("F");
    assert_eq!(story.status(), "agent-1: its engine can't fork it");
    let agent = story.program(EngineKind::Codex, "codex");
    story.press("F");
    assert_eq!(story.status(), "codex has no conversation yet");
    let (program, session) = ("codex".to_owned(), "one".to_owned());
    story.tell(Event::Linked { agent, program, session, model: String::new() });
    let (turn, version, model) = (Turn(1), Version(1), String::new());
    story.tell(Event::TurnStarted { agent, turn, version, model, reserved: None, again: false });
    story.press("F").write("Now the tests.").press("ctrl+s");
    let [Command::Add(casting)] = &story.sent()[..] else { panic!("another agent is cast") };
    assert_eq!((&*casting.brief, &*casting.fork), ("Now the tests.", "one"));
    assert_eq!((casting.engine, &*casting.provider), (EngineKind::Codex, "codex"));
}

#[test]
fn the_help_says_of_a_key_what_the_engine_cannot_do() {
    let mut story = Story::of(0);
    story.program(EngineKind::Acp, "gemini");
    story.press("?");
    let Some(Dialog::Help(help)) = &story.desk.dialog else { panic!("no help") };
    let lines: Vec<_> = help.all.iter().flat_map(|it| &it.lines).collect();
    let unable = |act| lines.iter().find(|it| it.act == act).unwrap().unable;
    assert!(unable(Act::EditInstructions).is_some() && unable(Act::Redirect).is_none());
}

#[test]
fn what_becomes_known_of_a_program_is_in_the_form_that_is_open_and_in_the_next() {
    let mut story = Story::of(0);
    let casting =
        Casting { engine: EngineKind::Claude, provider: "claude".into(), ..Casting::default() };
    story.desk.roles.push(RoleOffer { casting, ..RoleOffer::default() });
    story.press("n");
    story.desk.note_program("claude", "2.1.330, signed in", &story.stage);
    let Some(Dialog::NewAgent(form)) = &story.desk.dialog else { panic!("no form") };
    let about = |roles: &[RoleOffer]| roles.iter().map(|it| it.about.clone()).collect::<Vec<_>>();
    assert_eq!(about(&form.roles), ["", "2.1.330, signed in"]);
    assert_eq!(about(&story.desk.roles), ["", "2.1.330, signed in"]);
}

#[test]
fn nobody_is_directed_once_the_session_is_over() {
    let mut story = Story::of(1);
    story.desk.is_over = true;
    for key in ["p", "P", "r", "x", "n", "."] {
        story.press(key);
        assert_eq!(story.status(), "the session is over: nobody is directed any more", "{key}");
    }
    assert_eq!(story.sent(), []);
    story.press("enter");
    assert_eq!(story.desk.screen, Screen::Zoom, "but it is looked at");
}

#[test]
fn an_agent_is_renamed_and_its_name_coloured() {
    let mut story = Story::of(2);
    story.press(":").write("rename scout").press("enter");
    assert_eq!(story.sent(), [Command::Rename { agent: ONE, name: "scout".into() }]);
    story.tell(Event::AgentRenamed { agent: ONE, name: "scout".into(), by: Author::Director });
    let renamed = story.stage.agent_named("scout").map(|it| it.id);
    assert_eq!(renamed, Some(ONE));
    story.press(":").write("colour blue").press("enter");
    assert_eq!(story.sent(), [Command::Tint { agent: ONE, tint: Some(Tint::Blue) }]);
    story.press(":").write("colour pink").press("enter");
    let Some(Dialog::Prompt(prompt)) = &story.desk.dialog else { panic!("closed") };
    assert_eq!(
        prompt.fault.as_deref(),
        Some("there is teal, blue, green, orange, purple, or none")
    );
    story.press("esc").press(":").write("colour none").press("enter");
    assert_eq!(story.sent(), [Command::Tint { agent: ONE, tint: None }]);
}
