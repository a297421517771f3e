//! What has failed, or could not begin, is mended and goes on.

use super::*;
use crate::model::CallId;

/// Two steps; the second can't be told what it is, for nobody knows `x` of a number.
fn broken() -> (Script, World) {
    let mut script = agents(&[("a", &[]), ("b", &["a"])]);
    script.steps[1].work =
        Work::Agent { role: "hand".into(), brief: "take {{ steps.a.output.x.y }}".into() };
    let mut world = played(script.clone());
    hand_in(&mut world, 1, json!(1));
    assert!(matches!(world.end(), Some(PlayEnd::Failed(_))));
    (script, world)
}

#[test]
fn a_play_that_has_failed_is_mended_and_goes_on() {
    let (mut script, mut world) = broken();
    script.steps[1].work =
        Work::Agent { role: "hand".into(), brief: "take {{ steps.a.output }}".into() };
    world.wish(Wish::Edit(Box::new(script)));
    assert!(world.play().is_over(), "it goes on when it is told to");
    world.wish(Wish::Again(Spot::step(PlayId(1), "b")));
    assert_eq!(world.stage.agents().last().unwrap().casting.brief.lines().next(), Some("take 1"));
    hand_in(&mut world, 2, json!(2));
    assert_eq!(world.end(), Some(PlayEnd::Succeeded));
    assert_eq!(names(&world), ["a", "b"], "what was done is not done again");
}

#[test]
fn a_hand_off_is_edited_after_the_end_for_who_failed_with_it() {
    let (_, mut world) = broken();
    let (from, to, value) = ("a".into(), "b".into(), Box::new(json!({ "x": { "y": 7 } })));
    world.wish(Wish::EditHandOff { from, to, value });
    world.wish(Wish::Again(Spot::step(PlayId(1), "b")));
    assert_eq!(world.stage.agents().last().unwrap().casting.brief.lines().next(), Some("take 7"));
}

#[test]
fn a_step_that_could_not_begin_is_begun_once_it_is_mended() {
    let mut script = agents(&[("a", &[]), ("b", &["a"])]);
    script.steps[1].for_each = Some(ForEach::List("steps.a.output".into()));
    let mut world = played(script.clone());
    hand_in(&mut world, 1, json!("no list"));
    assert!(world.play().is_over());
    let (from, to, value) = ("a".into(), "b".into(), Box::new(json!([1, 2])));
    world.wish(Wish::EditHandOff { from, to, value });
    world.wish(Wish::Again(Spot::step(PlayId(1), "b")));
    assert_eq!(names(&world), ["a", "b-1", "b-2"]);
}

#[test]
fn what_else_had_failed_is_asked_about_when_a_play_goes_on() {
    let mut world = played(agents(&[("a", &[]), ("b", &[]), ("c", &["a", "b"])]));
    for agent in [1, 2] {
        let outcome = Outcome::Failed { why: "broke".into() };
        world.settle(Event::AgentEnded { agent: AgentId(agent), outcome });
    }
    world.go_on();
    assert!(world.play().is_over());
    world.wish(Wish::Again(Spot::step(PlayId(1), "a")));
    hand_in(&mut world, 3, json!(1));
    assert_eq!(world.play().part((1, 0)).unwrap().phase, Phase::Asking);
    assert_eq!(names(&world), ["a", "b", "a-2"], "c began without what it needs");
    world.wish(Wish::Again(Spot::step(PlayId(1), "b")));
    hand_in(&mut world, 4, json!(1));
    assert_eq!(names(&world).last().unwrap(), "c");
}

#[test]
fn a_step_that_can_not_begin_is_tried_again_and_begins_afresh_when_it_can() {
    let mut script = agents(&[("a", &[]), ("b", &["a"])]);
    script.steps[1].for_each = Some(ForEach::List("steps.a.output".into()));
    script.steps[1].retry = Retry { attempts: 2, backoff: Millis(1000), on: Vec::new() };
    let mut world = played(script);
    hand_in(&mut world, 1, json!("no list"));
    let part = world.stage.play(PlayId(1)).unwrap().part((1, 0)).unwrap();
    let why = "for_each: expected a list, not text".to_owned();
    assert_eq!(part.failure, Some((Failure::Script, why)));
    assert_eq!(part.phase, Phase::Resting(Millis(1000)));
    let (value, by) = (Box::new(json!(["x", "y"])), Author::Director);
    let edited = PlayEvent::HandOffEdited { from: "a".into(), to: "b".into(), value, by };
    world.settle(Event::Play { play: PlayId(1), event: Box::new(edited) });
    world.now = Millis(1000);
    world.go_on();
    assert_eq!(names(&world), ["a", "b-1", "b-2"]);
}

#[test]
fn a_condition_that_can_not_be_worked_out_is_a_failure_like_any_other() {
    for (on_failure, after) in [(OnFailure::Continue, true), (OnFailure::Ask, false)] {
        let mut script = agents(&[("a", &[]), ("b", &["a"]), ("c", &["b"])]);
        script.steps[1].when = Some("steps.a.output.x > 1".into());
        script.steps[1].on_failure = on_failure;
        let mut world = played(script);
        hand_in(&mut world, 1, json!(1));
        let play = world.stage.play(PlayId(1)).unwrap();
        assert_eq!((play.is_over(), play.stopping.is_some()), (false, false));
        assert_eq!(names(&world).iter().any(|it| it == "c"), after);
    }
}

#[test]
fn why_a_result_was_not_taken_is_told_to_whoever_tries_next() {
    let mut script = agents(&[("a", &[])]);
    script.steps[0].output = Some(Box::new(json!({ "type": "object" })));
    script.steps[0].retry.attempts = 2;
    let mut world = played(script);
    let (agent, call) = (AgentId(1), CallId(1));
    let tool = "report".to_owned();
    let input = Value::Null.into();
    let (id, title, seal) = (String::new(), String::new(), None);
    world.settle(Event::ToolCalled { agent, call, id, tool, title, input, seal });
    let text = "/n: expected a whole number".to_owned();
    let (ok, bytes, changes, note) = (false, 0, Vec::new(), String::new());
    world.settle(Event::ToolEnded { agent, call, ok, text, bytes, changes, note });
    let outcome = Outcome::Succeeded { summary: "My part is over".into() };
    world.settle(Event::AgentEnded { agent, outcome });
    world.go_on();
    let (_, why) = world.play().part((0, 0)).unwrap().failure.clone().unwrap();
    assert!(why.contains("was not taken: /n: expected a whole number"), "{why}");
    let brief = &world.stage.agents().last().unwrap().casting.brief;
    assert!(brief.contains("/n: expected"), "{brief}");
}
