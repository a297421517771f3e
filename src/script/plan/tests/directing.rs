//! What a director does to a play that is at work.

use super::*;

#[test]
fn a_step_that_is_held_begins_when_it_is_released() {
    let mut world = played(agents(&[("a", &[]), ("b", &["a"])]));
    world.wish(Wish::Hold("b".into()));
    hand_in(&mut world, 1, json!(1));
    assert_eq!(names(&world), ["a"]);
    world.wish(Wish::Release("b".into()));
    assert_eq!(names(&world), ["a", "b"]);
}

#[test]
fn new_instructions_of_a_role_reach_who_is_at_work_and_who_is_to_come() {
    let mut script = agents(&[("a", &[]), ("b", &[]), ("c", &["a"])]);
    let role = script.roles.get_mut("hand").unwrap();
    role.instructions = "before".into();
    role.capabilities.edit = true;
    let mut world = played(script.clone());
    // One of them was told otherwise by itself.
    let (agent, text, by) = (AgentId(2), "own".to_owned(), Author::Director);
    let version = world.stage.agent(agent).unwrap().instructions[0].version.next();
    world.settle(Event::InstructionsEdited { agent, version, text, by });
    script.roles.get_mut("hand").unwrap().instructions = "after".into();
    world.wish(Wish::Edit(Box::new(script)));
    hand_in(&mut world, 1, json!(1));
    let now = |it: &Agent| it.current_instructions().unwrap().text.to_string();
    assert_eq!(world.stage.agents().map(now).collect::<Vec<_>>(), ["after", "own", "after"]);
}

/// A command in a step, cut by the end of a session.
fn cut_with(on: Vec<Failure>) -> Phase {
    let work = Work::Command { run: "x".into() };
    let retry = Retry { attempts: 2, on, ..Retry::default() };
    let step = Step { name: "a".into(), work, retry, ..Step::default() };
    let mut world = played(Script { steps: vec![step], ..Script::default() });
    for event in cut(&world.stage) {
        world.settle(event);
    }
    world.stage.play(PlayId(1)).unwrap().part((0, 0)).unwrap().phase
}

#[test]
fn a_command_that_was_cut_is_begun_again_only_where_the_script_says_so() {
    assert_eq!(cut_with(vec![]), Phase::Asking);
    assert_eq!(cut_with(vec![Failure::Work]), Phase::Asking);
    assert!(matches!(cut_with(vec![Failure::Stopped]), Phase::Resting(_)));
}

#[test]
fn a_hand_off_that_was_edited_is_what_the_next_one_gets() {
    let mut script = agents(&[("a", &[]), ("b", &["a"])]);
    script.steps[1].gate = true;
    script.steps[1].work =
        Work::Agent { role: "hand".into(), brief: "take {{ steps.a.output }}".into() };
    let mut world = played(script);
    hand_in(&mut world, 1, json!("wrong"));
    let (from, to, value) = ("a".into(), "b".into(), Box::new(json!("right")));
    world.wish(Wish::EditHandOff { from, to, value });
    world.wish(Wish::Open("b".into()));
    assert_eq!(world.stage.agents().last().unwrap().casting.brief, "take right");
}

#[test]
fn a_step_that_is_run_again_takes_what_came_of_it_along() {
    let mut world = played(agents(&[("a", &[]), ("b", &["a"]), ("c", &[])]));
    hand_in(&mut world, 1, json!(1));
    assert_eq!(names(&world), ["a", "c", "b"]);
    world.wish(Wish::Again(Spot::step(PlayId(1), "a")));
    assert_eq!(names(&world), ["a", "c", "b", "a-2"]);
    assert!(
        world.stage.agent_named("b").unwrap().stopping.is_some(),
        "b works on with what is old"
    );
    // Late words of the old ones change nothing.
    hand_in(&mut world, 3, json!("late"));
    let play = world.stage.play(PlayId(1)).unwrap();
    assert_eq!(play.part((1, 0)).unwrap().phase, Phase::Waiting);
    hand_in(&mut world, 4, json!(2));
    assert_eq!(names(&world).last().unwrap(), "b-2");
}

#[test]
fn a_late_result_of_an_attempt_before_never_takes_the_place_of_the_next_ones() {
    let mut script = agents(&[("a", &[])]);
    script.steps[0].timeout = Some(Millis(10));
    script.steps[0].retry.attempts = 2;
    let mut world = played(script);
    world.now = wake(&world.stage).unwrap();
    world.go_on();
    assert_eq!(names(&world), ["a", "a-2"]);
    hand_in(&mut world, 1, json!("late"));
    let phase = |world: &World| world.stage.play(PlayId(1)).unwrap().part((0, 0)).unwrap().phase;
    assert_eq!(phase(&world), Phase::Working);
    // The second hands nothing in: what counts is what it says at its end.
    let outcome = Outcome::Succeeded { summary: "good".into() };
    world.settle(Event::AgentEnded { agent: AgentId(2), outcome });
    world.go_on();
    let play = world.stage.play(PlayId(1)).unwrap();
    assert_eq!(play.part((0, 0)).unwrap().output.as_deref(), Some(&json!("good")));
}

#[test]
fn a_later_step_can_be_rewritten_while_the_script_is_played() {
    let mut world = played(agents(&[("a", &[]), ("b", &["a"])]));
    let mut script = agents(&[("a", &[]), ("x", &["a"]), ("b", &["x"])]);
    script.steps[2].work = Work::Agent { role: "hand".into(), brief: "another".into() };
    world.wish(Wish::Edit(Box::new(script)));
    hand_in(&mut world, 1, json!(1));
    hand_in(&mut world, 2, json!(1));
    assert_eq!(names(&world), ["a", "x", "b"]);
    assert_eq!(world.stage.agents().last().unwrap().casting.brief, "another");
    assert_eq!(world.stage.play(PlayId(1)).unwrap().version, 2);
}

#[test]
fn what_stops_is_not_begun_again_by_what_is_sent_back() {
    let mut script = agents(&[("a", &[]), ("b", &["a"])]);
    script.steps[1].work = Work::Command { run: "test".into() };
    script.steps[1].on_failure = OnFailure::Back("a".into());
    script.steps[1].retry.attempts = 3;
    let mut world = played(script);
    hand_in(&mut world, 1, json!(1));
    world.wish(Wish::Stop);
    // Its command ends with it.
    assert_eq!(world.end(), Some(PlayEnd::Stopped(Author::Director)));
    let (spot, attempt, check) = world.errands.pop().unwrap();
    let outcome = Err("no".to_owned());
    world.hear(Input::Found(Box::new(Finding { spot, attempt, check, outcome })));
    assert_eq!(world.end(), Some(PlayEnd::Stopped(Author::Director)));
}

#[test]
fn a_step_is_held_while_it_waits_for_another_attempt() {
    let mut script = agents(&[("a", &[])]);
    script.steps[0].retry = Retry { attempts: 2, backoff: Millis(1000), on: Vec::new() };
    let mut world = played(script);
    let outcome = Outcome::Failed { why: "broke".into() };
    world.settle(Event::AgentEnded { agent: AgentId(1), outcome });
    world.go_on();
    world.wish(Wish::Hold("a".into()));
    world.now = Millis(5000);
    world.go_on();
    assert_eq!((names(&world).len(), wake(&world.stage)), (1, None));
    world.wish(Wish::Release("a".into()));
    assert_eq!(names(&world), ["a", "a-2"]);
}

#[test]
fn a_part_that_is_sent_back_is_done_again_by_who_did_it_and_told_why() {
    let mut script = agents(&[("extract", &[]), ("validate", &["extract"])]);
    script.steps[0].for_each = Some(ForEach::List("['p', 'q']".into()));
    script.steps[0].work = Work::Agent { role: "hand".into(), brief: "do {{ item }}".into() };
    script.steps[1].for_each = Some(ForEach::Part("extract".into()));
    script.steps[1].work = Work::Command { run: "test {{ item }}".into() };
    script.steps[1].on_failure = OnFailure::Back("extract".into());
    script.steps[1].retry.attempts = 2;
    script.roles.get_mut("hand").unwrap().capabilities = crate::model::Capabilities::NATIVE;
    let mut world = played(script);
    hand_in(&mut world, 2, json!("odd"));
    // It does not wait for the other part.
    let errand = world.errands.pop().unwrap();
    assert_eq!((errand.0.to_string(), names(&world).len()), ("validate[2]".to_owned(), 2));
    let (spot, attempt, check) = errand;
    let outcome = Err("it has no mail".to_owned());
    world.hear(Input::Found(Box::new(Finding { spot, attempt, check, outcome })));
    let agent = world.stage.agent(AgentId(2)).unwrap();
    assert!(agent.redirects[0].text.contains("it has no mail"), "{:?}", agent.redirects);
    assert!(agent.is_on(), "it was not taken up again");
    hand_in(&mut world, 2, json!("good"));
    hand_in(&mut world, 1, json!("good"));
    for (spot, attempt, check) in std::mem::take(&mut world.errands) {
        let outcome = Ok(json!(null));
        world.hear(Input::Found(Box::new(Finding { spot, attempt, check, outcome })));
    }
    let (_, end) = world.stage.play(PlayId(1)).unwrap().end.clone().unwrap();
    assert_eq!(end, PlayEnd::Succeeded);
}

#[test]
fn while_all_is_paused_nothing_of_a_script_begins_and_what_comes_in_is_kept() {
    let mut script = agents(&[("a", &[]), ("b", &["a"])]);
    script.steps.push(Step {
        name: "c".into(),
        work: Work::Command { run: "deploy".into() },
        needs: vec!["a".into()],
        ..Step::default()
    });
    let mut world = played(script);
    let direct = |world: &mut World, command| {
        world.hear(Input::Command { by: Author::Director, command });
    };
    direct(&mut world, crate::model::Command::PauseAll);
    hand_in(&mut world, 1, json!(1));
    assert_eq!((names(&world).len(), world.errands.len(), wake(&world.stage)), (1, 0, None));
    direct(&mut world, crate::model::Command::ResumeAll);
    assert_eq!((names(&world), world.errands.len()), (vec!["a".to_owned(), "b".to_owned()], 1));
    // What is paused is stopped all the same.
    direct(&mut world, crate::model::Command::PauseAll);
    world.wish(Wish::Stop);
    hand_in(&mut world, 2, json!(1));
    assert_eq!(world.end(), Some(PlayEnd::Stopped(Author::Director)));
}

#[test]
fn what_was_written_in_the_place_of_an_old_result_does_not_outlive_it() {
    let mut script = agents(&[("a", &[]), ("b", &["a"])]);
    script.steps[1].gate = true;
    let mut world = played(script);
    hand_in(&mut world, 1, json!("old"));
    let (from, to, value) = ("a".into(), "b".into(), Box::new(json!("mine")));
    world.wish(Wish::EditHandOff { from, to, value });
    assert_eq!(world.play().edited.len(), 1);
    world.wish(Wish::Again(Spot::step(PlayId(1), "a")));
    assert!(world.play().edited.is_empty());
}

#[test]
fn what_a_role_wants_of_its_work_holds_in_a_step_too() {
    use crate::model::{Checks, script::Check};
    let mut script = agents(&[("a", &[])]);
    script.steps[0].checks = vec![Check::Holds("output > 0".into())];
    let judge = Check::Judge { role: "critic".into(), question: "Is {{ it }} good?".into() };
    let list = vec![Check::Command("echo '{{ no template }}'".into()), judge];
    let critic = Casting { role: "critic".into(), ..Casting::default() };
    let hand = script.roles.get_mut("hand").unwrap();
    hand.checks = Some(Box::new(Checks { list, hand_back: 0 }));
    hand.judges = [("critic".to_owned(), critic)].into();
    let mut world = played(script);
    hand_in(&mut world, 1, json!(1));
    let (spot, attempt, check) = world.errands.pop().unwrap();
    assert_eq!(check, Some(1), "its own come first");
    let outcome = Ok(Value::Null);
    world.hear(Input::Found(Box::new(Finding { spot, attempt, check, outcome })));
    let judge = world.stage.agents().last().unwrap();
    assert!(judge.casting.brief.starts_with("Is {{ it }} good?"), "{}", judge.casting.brief);
    let verdict = json!({ "ok": true, "why": "it is" });
    let (agent, summary) = (judge.id, "judged".to_owned());
    world.settle(Event::Reported { agent, summary, result: verdict.into() });
    let outcome = Outcome::Succeeded { summary: String::new() };
    world.settle(Event::AgentEnded { agent, outcome });
    world.go_on();
    assert_eq!(world.play().steps[0].standing, Standing::Over);
}

#[test]
fn where_a_judge_comes_to_no_verdict_another_is_asked_and_the_work_stays() {
    let mut script = agents(&[("a", &[])]);
    let judge =
        crate::model::script::Check::Judge { role: "hand".into(), question: "Good?".into() };
    script.steps[0].checks = vec![judge];
    script.steps[0].retry.attempts = 5;
    let mut world = played(script);
    hand_in(&mut world, 1, json!(1));
    for judge in 2..=4 {
        assert_eq!(names(&world).len(), judge);
        let agent = AgentId(u32::try_from(judge).unwrap());
        let outcome = Outcome::Succeeded { summary: "hm".into() };
        world.settle(Event::AgentEnded { agent, outcome });
        world.go_on();
    }
    // Nobody does it anew; the director is asked.
    let part = world.play().part((0, 0)).unwrap();
    assert_eq!((names(&world).len(), part.phase, part.attempt), (4, Phase::Asking, 1));
}
