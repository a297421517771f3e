//! Steps that run again and again.

use super::{laws::a_script, *};
use crate::model::play::{Next, Part};

/// A step that an agent does over and over.
fn standing(again: Trigger) -> World {
    let mut script = agents(&[("watch", &[])]);
    script.steps[0].again = Some(again);
    script.steps[0].on_failure = OnFailure::Continue;
    script.roles.get_mut("hand").unwrap().capabilities = crate::model::Capabilities::NATIVE;
    played(script)
}

fn watched(world: &World) -> &Part {
    world.stage.play(PlayId(1)).unwrap().part((0, 0)).unwrap()
}

fn signal(world: &mut World, call: Value) {
    let (spot, said) = (Spot::step(PlayId(1), "watch"), Heard::Call(call));
    world.hear(Input::Signal(Box::new(Signal { spot, said, at: world.now })));
}

#[test]
fn runs_by_the_clock_never_overlap_and_those_that_are_due_meanwhile_are_missed() {
    let mut world = standing(Trigger::Every(Millis(1000)));
    assert_eq!(watched(&world).phase, Phase::Working);
    world.now = Millis(300);
    hand_in(&mut world, 1, json!("first"));
    assert_eq!(watched(&world).phase, Phase::Resting(Millis(1000)));
    assert_eq!(wake(&world.stage), Some(Millis(1000)));
    world.now = Millis(1000);
    world.go_on();
    // The same agent does it again, and knows what it did before.
    assert_eq!((names(&world).len(), watched(&world).phase), (1, Phase::Working));
    assert_eq!(watched(&world).output.as_deref(), Some(&json!("first")));
    world.now = Millis(4500);
    hand_in(&mut world, 1, json!("second"));
    assert_eq!(watched(&world).phase, Phase::Resting(Millis(5000)));
    let missed = world.records.iter().rev().find_map(|it| match &it.event {
        Event::Play { event, .. } => match &**event {
            PlayEvent::Ran { missed, .. } => Some(*missed),
            _ => None,
        },
        _ => None,
    });
    assert_eq!(missed, Some(3));
    assert!(!world.stage.play(PlayId(1)).unwrap().is_over());
    // Left out, it lets the script end.
    world.wish(Wish::Skip(Spot::step(PlayId(1), "watch")));
    assert!(world.stage.play(PlayId(1)).unwrap().is_over());
}

#[test]
fn calls_that_come_while_a_run_is_under_way_make_one_more_run_for_all_of_them() {
    let mut world = standing(Trigger::Webhook);
    assert_eq!((names(&world).len(), watched(&world).phase), (0, Phase::Listening));
    signal(&mut world, json!("one"));
    assert_eq!(watched(&world).phase, Phase::Working);
    assert!(world.stage.agent(AgentId(1)).unwrap().casting.brief.contains("\"one\""));
    signal(&mut world, json!("two"));
    signal(&mut world, json!("three"));
    hand_in(&mut world, 1, json!("done"));
    assert_eq!((watched(&world).phase, watched(&world).round), (Phase::Working, 2));
    let told = &world.stage.agent(AgentId(1)).unwrap().redirects[0].text;
    assert!(told.contains("two") && told.contains("three") && !told.contains("one\""), "{told}");
    hand_in(&mut world, 1, json!("done"));
    assert_eq!(watched(&world).phase, Phase::Listening);
    // The director calls it by hand.
    world.wish(Wish::Again(Spot::step(PlayId(1), "watch")));
    assert_eq!(watched(&world).phase, Phase::Working);
}

#[test]
fn a_run_that_fails_is_told_and_the_next_one_comes_all_the_same() {
    let mut world = standing(Trigger::Every(Millis(1000)));
    let outcome = Outcome::Failed { why: "broke".into() };
    world.settle(Event::AgentEnded { agent: AgentId(1), outcome });
    world.go_on();
    assert_eq!(watched(&world).phase, Phase::Resting(Millis(1000)));
    assert_eq!(watched(&world).failure.as_ref().map(|it| it.1.as_str()), Some("broke"));
    world.now = Millis(1000);
    world.go_on();
    assert_eq!(names(&world), ["watch", "watch-2"]);
    let brief = &world.stage.agents().last().unwrap().casting.brief;
    assert!(brief.contains("broke"), "{brief}");
}

#[test]
fn who_comes_after_a_run_that_failed_is_given_the_last_result_whatever_words_its_brief_has() {
    let mut script = agents(&[("watch", &[])]);
    script.steps[0].again = Some(Trigger::Webhook);
    script.steps[0].on_failure = OnFailure::Continue;
    let brief = "Look at who calls since the last time".to_owned();
    script.steps[0].work = Work::Agent { role: "hand".into(), brief };
    script.roles.get_mut("hand").unwrap().capabilities = crate::model::Capabilities::NATIVE;
    let mut world = played(script);
    signal(&mut world, json!("one"));
    hand_in(&mut world, 1, json!("first"));
    signal(&mut world, json!("two"));
    let outcome = Outcome::Failed { why: "broke".into() };
    world.settle(Event::AgentEnded { agent: AgentId(1), outcome });
    world.go_on();
    signal(&mut world, json!("three"));
    let brief = &world.stage.agent(AgentId(2)).unwrap().casting.brief;
    for told in ["the run before this one came to", "\"first\"", "\"three\"", "broke"] {
        assert!(brief.contains(told), "{told}: {brief}");
    }
    assert!(!brief.contains("\"two\""), "a run was done for that: {brief}");
}

#[test]
fn who_sums_up_and_hands_nothing_in_has_come_to_what_it_says() {
    let mut world = standing(Trigger::Webhook);
    signal(&mut world, json!("one"));
    let (agent, summary) = (AgentId(1), "I saw a heron.".to_owned());
    let result = Box::new(Value::Null);
    world.settle(Event::Reported { agent, summary: summary.clone(), result });
    let outcome = Outcome::Succeeded { summary };
    world.settle(Event::AgentEnded { agent, outcome });
    world.go_on();
    let part = watched(&world);
    assert_eq!(
        (part.phase, part.output.as_deref()),
        (Phase::Listening, Some(&json!("I saw a heron.")))
    );
}

/// A command that watches the folder in which it runs.
fn watching() -> World {
    let mut script = agents(&[("watch", &[])]);
    script.steps[0].again = Some(Trigger::Files(vec!["src/**".into()]));
    script.steps[0].work = Work::Command { run: "fmt".into() };
    played(script)
}

fn changed(world: &mut World, path: &str) {
    signal(world, json!({ "changed": [path] }));
}

/// The run that is under way ends.
fn ran(world: &mut World) {
    let (spot, attempt, check) = world.errands.pop().unwrap();
    world.now = world.now.plus(Millis(100));
    world.hear(Input::Found(Box::new(Finding { spot, attempt, check, outcome: Ok(json!(1)) })));
}

#[test]
fn a_step_that_changes_what_it_watches_in_each_run_does_not_call_itself_for_ever() {
    let mut world = watching();
    changed(&mut world, "src/a");
    let mut runs = 0;
    while watched(&world).phase == Phase::Working {
        runs += 1;
        assert!(runs < 10, "it calls itself for ever");
        // Half of it is told while it runs, half late.
        changed(&mut world, "src/a");
        ran(&mut world);
        changed(&mut world, "src/a");
    }
    assert_eq!((runs, watched(&world).phase), (3, Phase::Listening));
    // What comes after is somebody else's.
    world.now = world.now.plus(Millis(1));
    changed(&mut world, "src/a");
    assert_eq!((watched(&world).phase, watched(&world).echoes), (Phase::Working, 0));
}

#[test]
fn what_somebody_changes_while_a_run_is_under_way_makes_one_more_run() {
    let mut world = watching();
    changed(&mut world, "src/a");
    for path in ["src/b", "src/c", "src/d", "src/e"] {
        changed(&mut world, path);
        ran(&mut world);
        assert_eq!(watched(&world).phase, Phase::Working, "{path} was not heard");
        let called_by = serde_json::to_string(&watched(&world).called_by.all).unwrap();
        assert!(called_by.contains(path), "{called_by}");
    }
    ran(&mut world);
    assert_eq!(watched(&world).phase, Phase::Listening);
}

#[test]
fn a_standing_step_is_held_between_two_runs_and_forgets_no_call() {
    let mut world = standing(Trigger::Webhook);
    signal(&mut world, json!("one"));
    world.wish(Wish::Hold("watch".into()));
    hand_in(&mut world, 1, json!("done"));
    signal(&mut world, json!("two"));
    assert_eq!(watched(&world).phase, Phase::Waiting);
    assert_eq!(wake(&world.stage), None);
    world.wish(Wish::Release("watch".into()));
    assert_eq!((watched(&world).phase, watched(&world).round), (Phase::Working, 2));
}

#[test]
fn a_run_that_was_cut_is_begun_again_at_once_with_all_that_has_called() {
    let mut world = standing(Trigger::Webhook);
    signal(&mut world, json!("one"));
    hand_in(&mut world, 1, json!("first"));
    signal(&mut world, json!("two"));
    signal(&mut world, json!("three"));
    assert_eq!((watched(&world).phase, watched(&world).round), (Phase::Working, 2));
    let outcome = Outcome::Stopped { by: Author::Director };
    world.settle(Event::AgentEnded { agent: AgentId(1), outcome });
    world.go_on();
    assert_eq!(watched(&world).phase, Phase::Asking);
    signal(&mut world, json!("four"));
    world.wish(Wish::Again(Spot::step(PlayId(1), "watch")));
    assert_eq!((watched(&world).phase, watched(&world).round), (Phase::Working, 2));
    assert_eq!(watched(&world).output.as_deref(), Some(&json!("first")));
    let brief = &world.stage.agents().last().unwrap().casting.brief;
    for call in ["two", "three", "four", "first"] {
        assert!(brief.contains(call), "{call}: {brief}");
    }
    assert!(!brief.contains("\"one\""), "it was done: {brief}");
}

#[test]
fn a_standing_step_of_a_stopped_script_runs_at_once_when_it_is_begun_again() {
    let mut world = standing(Trigger::Webhook);
    signal(&mut world, json!("one"));
    hand_in(&mut world, 1, json!("first"));
    world.wish(Wish::Stop);
    assert!(world.play().is_over());
    world.wish(Wish::Again(Spot::step(PlayId(1), "watch")));
    assert_eq!((watched(&world).phase, watched(&world).round), (Phase::Working, 2));
    // Who did it before remembers.
    assert_eq!(names(&world), ["watch"]);
    hand_in(&mut world, 1, json!("second"));
    assert_eq!(watched(&world).phase, Phase::Listening);
    assert_eq!(watched(&world).output.as_deref(), Some(&json!("second")));
}

/// A script of which some steps run again and again. No other waits for them.
fn a_standing_script() -> impl Strategy<Value = Script> {
    let again = prop_oneof![
        Just(Trigger::Webhook),
        (1..9_u64).prop_map(|it| Trigger::Every(Millis(it * 10))),
    ];
    (a_script(), prop::collection::vec(prop::option::of(again), 7)).prop_map(|(script, again)| {
        let mut script = script;
        for (step, again) in script.steps.iter_mut().zip(again) {
            let may_stand = step.for_each.is_none()
                && step.repeat.is_none()
                && step.work != Work::Nothing
                && !matches!(step.on_failure, OnFailure::Step(_));
            step.again = again.filter(|_| may_stand);
        }
        let steps = script.steps.iter().filter(|it| it.again.is_some());
        let stands: Vec<String> = steps.map(|it| it.name.clone()).collect();
        for step in &mut script.steps {
            step.needs.retain(|it| !stands.contains(it));
            if matches!(&step.on_failure, OnFailure::Step(it) if stands.contains(it)) {
                step.on_failure = OnFailure::Ask;
            }
        }
        script
    })
}

impl World {
    fn standing_steps(&self) -> Vec<String> {
        let steps = self.play().script.steps.iter().filter(|it| it.again.is_some());
        steps.map(|it| it.name.clone()).collect()
    }

    /// Things happen, and those that listen are called.
    fn stand_by(&mut self, times: u32) {
        let listens = |it: &&Step| it.again.as_ref().is_some_and(Trigger::is_call);
        let steps = self.play().script.steps.iter().filter(listens);
        let steps: Vec<String> = steps.map(|it| it.name.clone()).collect();
        for number in 0..times {
            if self.pick(3) == 1 && !steps.is_empty() {
                let step = &steps[self.pick(steps.len())];
                let (spot, said) = (Spot::step(PlayId(1), step), Heard::Call(json!(number)));
                self.hear(Input::Signal(Box::new(Signal { spot, said, at: self.now })));
            }
            self.happen();
        }
    }
}

/// What became of the runs of one standing step, as its journal tells.
#[derive(Debug, Default)]
struct Runs {
    /// When the next is due by the clock, once one is over.
    due: Option<Millis>,
    /// How many are over.
    over: u32,
    /// What has called it, and what a run was done for.
    called: Vec<Value>,
    answered: Vec<Value>,
}

/// The laws of runs: they come one after the other and not before they are due, and each
/// call is answered by one of them, or is still waiting.
fn check_runs(world: &World) {
    for step in world.standing_steps() {
        let mut runs = Runs::default();
        let mut stage = Stage::new(Header::default());
        for record in &world.records {
            if let Event::Play { event, .. } = &record.event
                && event.attempt().map(|it| &it.0.step).or(called(event)) == Some(&step)
            {
                runs.hear(event, &stage, record.at);
            }
            stage.apply(record);
        }
        let play = stage.play(PlayId(1)).unwrap();
        let part = play.part((play.place(&step).unwrap(), 0));
        let waits = part.map(|it| [&it.calls.all[..], &it.called_by.all[..]].concat());
        let waits = waits.unwrap_or_default();
        for call in &runs.called {
            let is_answered = runs.answered.iter().filter(|it| *it == call).count();
            let waits = waits.iter().any(|it| **it == *call);
            assert!(is_answered == 1 || (is_answered == 0 && waits), "{step}: {call}: {runs:?}");
        }
    }
}

fn called(event: &PlayEvent) -> Option<&String> {
    match event {
        PlayEvent::Called { spot, .. } => Some(&spot.step),
        _ => None,
    }
}

impl Runs {
    /// Takes in a fact about the step, which is about to change this stage.
    fn hear(&mut self, event: &PlayEvent, stage: &Stage, at: Millis) {
        let play = stage.play(PlayId(1)).unwrap();
        let of = |spot: &Spot| play.part(play.find(spot).unwrap()).cloned();
        match event {
            PlayEvent::Called { call, .. } => self.called.push(Value::clone(call)),
            PlayEvent::Attempted { spot, round, agent, .. } => {
                let part = of(spot).unwrap();
                assert_eq!(*round, self.over + 1, "{spot} left a run out");
                let is_first = part.tried == 0;
                assert!(!is_first || self.due.is_none_or(|due| due <= at), "{spot} came too soon");
                let before = part.agent.and_then(|it| stage.agent(it));
                let goes_on = part.agent == *agent;
                assert!(
                    goes_on || before.is_none_or(|it| it.is_over() || it.stopping.is_some()),
                    "two of {spot} are at work"
                );
            }
            PlayEvent::Ran { spot, next, .. } => self.end(&of(spot).unwrap(), *next),
            PlayEvent::Failed { spot, next: Next::Later(next), .. } => {
                self.end(&of(spot).unwrap(), *next);
            }
            _ => {}
        }
    }

    fn end(&mut self, part: &Part, next: Option<Millis>) {
        (self.over, self.due) = (self.over + 1, next);
        self.answered.extend(part.called_by.all.iter().map(|it| Value::clone(it)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn runs_never_overlap_and_no_call_is_lost_or_answered_twice(
        script in a_standing_script(),
        chance in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let mut world = World::new(chance);
        world.begin(script);
        world.stand_by(60);
        check_runs(&world);
        // Left out, they let the script end.
        for step in world.standing_steps() {
            world.wish(Wish::Skip(Spot::step(PlayId(1), &step)));
        }
        prop_assert!(world.come_to_an_end(), "it goes on for ever");
        world.check_end();
    }

    #[test]
    fn a_later_run_of_the_session_stands_by_as_this_one_did(
        script in a_standing_script(),
        chance in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let mut world = World::new(chance);
        world.begin(script);
        world.stand_by(25);
        world.check_later_runs();
    }
}
