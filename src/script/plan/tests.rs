//! What must hold of every play, whatever its graph and whatever becomes of its parts.

mod hands;

use super::*;
use crate::model::{
    Casting, Header, Input, Outcome, PlayId, Record, among_agents, decide, follow_up,
    play::{Finding, Heard, Signal, Spot, Standing, Wish},
    script::{ForEach, OnFailure, Repeat, Retry, Script, Step, Trigger, Work},
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};

/// A session without a supervisor: facts are settled as one would, and chance plays the
/// agents, the commands and the director.
struct World {
    stage: Stage,
    now: Millis,
    records: Vec<Record>,
    errands: Vec<(Spot, u32, Option<u32>)>,
    chance: VecDeque<u8>,
}

impl World {
    fn new(chance: Vec<u8>) -> Self {
        let stage = Stage::new(Header::default());
        let (records, errands) = (Vec::new(), Vec::new());
        Self { stage, now: Millis(0), records, errands, chance: chance.into() }
    }

    /// A number below `most`; 0 when chance has run out.
    fn pick(&mut self, most: usize) -> usize {
        self.chance.pop_front().map_or(0, |it| usize::from(it) % most.max(1))
    }

    fn settle(&mut self, event: Event) {
        let mut pending = VecDeque::from([event]);
        while let Some(event) = pending.pop_front() {
            let seq = self.stage.last().next();
            let record = Record { seq, at: self.now, event };
            // What a journal keeps is all that there is.
            let line = serde_json::to_string(&record).unwrap();
            let record: Record = serde_json::from_str(&line).unwrap();
            self.check(&record);
            self.stage.apply(&record);
            pending.extend(follow_up(&self.stage, &record.event));
            if let Some(crate::model::Effect::Run(it)) = record.event.effect() {
                self.errands.push((it.spot, it.attempt, it.check));
            }
            self.records.push(record);
        }
    }

    /// The laws of a beginning.
    fn check(&self, record: &Record) {
        self.check_origin(record);
        let Event::Play { play, event } = &record.event else { return };
        let PlayEvent::Attempted { spot, handed_to, .. } = &**event else { return };
        let play = self.stage.play(*play).unwrap();
        assert!(play.stopping.is_none(), "{spot} began in a play that stops");
        let place = play.place(&spot.step).unwrap();
        for need in play.order().needs(place) {
            assert!(play.steps[*need].is_over(), "{spot} began before what it needs was over");
        }
        let (step, state) = (&play.script.steps[place], &play.steps[place]);
        assert!(!step.gate || state.opened, "{spot} began behind a closed gate");
        assert!(!state.held, "{spot} began though it is held");
        let most = |most: Option<u32>| most.map_or(usize::MAX, |it| it as usize);
        let part = play.part(play.find(spot).unwrap()).unwrap();
        // Who goes on with what was handed off takes the place of the one who was at it.
        let before = usize::from(part.phase.is_under_way());
        let (busy, of_all) = (state.busy() - before, play.busy().len() - before);
        assert!(busy < most(step.max_parallel), "too many parts of {spot} at once");
        assert!(of_all < most(play.script.max_parallel), "too many parts at once");
        let hands = part.agent.and_then(|it| self.stage.agent(it));
        let hands = hands.map(|it| self.stage.hands_before(it)).unwrap_or_default();
        let given: usize = hands.iter().map(|it| it.kin.successors.len()).sum();
        let tried = part.tried.saturating_sub(u32::try_from(given).unwrap());
        assert!(
            tried < step.retry.attempts || !handed_to.is_empty(),
            "{spot} was tried once more than it may be"
        );
    }

    fn hear(&mut self, input: Input) {
        if let Ok(facts) = decide(&self.stage, input) {
            for event in facts {
                self.settle(event);
            }
        }
        self.go_on();
    }

    fn go_on(&mut self) {
        for _ in 0..10_000 {
            let mut facts = among_agents(&self.stage);
            if facts.is_empty() {
                facts = next(&self.stage, self.now);
            }
            if facts.is_empty() {
                return;
            }
            for event in facts {
                self.settle(event);
            }
        }
        panic!("what comes next never ends");
    }

    fn wish(&mut self, wish: Wish) {
        let mut command = crate::model::Command::DirectPlay(PlayId(1), wish);
        if crate::script::held_to_script(&self.stage, &mut command).is_ok() {
            self.hear(Input::Command { by: Author::Director, command });
        }
    }

    /// Everything happens that can. False when it never ends.
    fn come_to_an_end(&mut self) -> bool {
        (0..2_000).any(|_| !self.happen())
    }

    /// A step is told something else, and is done again: after the end, too.
    fn mend(&mut self) {
        let mut script = Script::clone(&self.play().script);
        let at = self.pick(script.steps.len());
        if let Work::Agent { brief, .. } = &mut script.steps[at].work {
            brief.push('!');
        }
        let name = script.steps[at].name.clone();
        self.wish(Wish::Edit(Box::new(script)));
        self.wish(Wish::Again(Spot::step(PlayId(1), &name)));
    }

    fn play(&self) -> &Play {
        self.stage.play(PlayId(1)).unwrap()
    }

    fn end(&self) -> Option<PlayEnd> {
        self.play().end.as_ref().map(|(_, end)| end.clone())
    }

    /// The laws of an end.
    fn check_end(&self) {
        let play = self.play();
        let gave_up = |(step, state): (&Step, &crate::model::play::StepState)| {
            step.on_failure == OnFailure::Stop && state.failed() > 0
        };
        let has_failed = play.script.steps.iter().zip(&play.steps).any(gave_up);
        match self.end().expect("it came to no end") {
            PlayEnd::Succeeded => {
                assert!(!has_failed);
                assert!(play.steps.iter().all(crate::model::play::StepState::is_over));
            }
            PlayEnd::Failed(why) => assert!(has_failed, "{why}"),
            PlayEnd::Stopped(by) => panic!("{by:?} stopped it"),
        }
    }

    /// Something happens: an agent or a command ends, time passes, the director acts.
    /// False when nothing can.
    fn happen(&mut self) -> bool {
        // Whoever waits for others is told when they end.
        let agents = self.stage.agents().filter(|it| it.is_on() && it.kin.awaits.is_none());
        let agents: Vec<AgentId> = agents.map(|it| it.id).collect();
        let asking = self.asking();
        let choices = agents.len() + self.errands.len() + asking.len();
        if choices == 0 {
            let Some(at) = wake(&self.stage) else { return false };
            self.now = self.now.max(at);
            self.go_on();
            return true;
        }
        let choice = self.pick(choices);
        if let Some(agent) = agents.get(choice) {
            self.end_agent(*agent);
        } else if choice - agents.len() < self.errands.len() {
            let (spot, attempt, check) = self.errands.remove(choice - agents.len());
            let outcome = if self.pick(3) == 2 { Err("no".to_owned()) } else { Ok(json!(1)) };
            self.hear(Input::Found(Box::new(Finding { spot, attempt, check, outcome })));
        } else {
            let (spot, is_gate) = asking[choice - agents.len() - self.errands.len()].clone();
            self.wish(if is_gate { Wish::Open(spot.step) } else { Wish::Skip(spot) });
        }
        true
    }

    fn asking(&self) -> Vec<(Spot, bool)> {
        let play = self.stage.play(PlayId(1)).unwrap();
        let mut asking = Vec::new();
        for step in play.asking() {
            let (name, state) = (&play.script.steps[step].name, &play.steps[step]);
            if state.standing == Standing::Gate {
                asking.push((Spot::step(play.id, name), true));
            }
            let parts = state.parts.iter().enumerate();
            let failed = parts.filter(|(_, it)| it.phase == Phase::Asking);
            asking.extend(failed.filter_map(|(at, _)| Some((play.spot((step, at))?, false))));
        }
        asking
    }

    fn end_agent(&mut self, agent: AgentId) {
        self.may_bid(agent);
        let stands = self.stage.agent(agent).unwrap();
        if stands.kin.awaits.is_some() || stands.is_over() {
            return;
        }
        let is_let_go = stands.stopping.is_some() && stands.casting.origin.is_some();
        let outcome = match self.pick(4) {
            _ if is_let_go => Outcome::Stopped { by: Author::Agent },
            3 => Outcome::Failed { why: "broke".into() },
            it => {
                let result = Box::new(if it == 2 { json!("odd") } else { json!({ "n": 1 }) });
                self.settle(Event::Reported { agent, summary: String::new(), result });
                Outcome::Succeeded { summary: "done".into() }
            }
        };
        self.settle(Event::AgentEnded { agent, outcome });
        self.go_on();
    }

    fn begin(&mut self, script: Script) {
        let (script, inputs) = (Box::new(script), Box::new(json!({})));
        let command = crate::model::Command::Perform { script, inputs };
        self.hear(Input::Command { by: Author::Director, command });
    }
}

fn a_step(at: usize) -> impl Strategy<Value = Step> {
    let needs = prop::collection::vec(any::<bool>(), at);
    let work = prop_oneof![
        Just(Work::Nothing),
        Just(Work::Agent { role: "hand".into(), brief: "do {{ attempt }}".into() }),
        Just(Work::Command { run: "true".into() }),
    ];
    let for_each = prop::option::weighted(0.3, Just(ForEach::List("[1, 2, 3]".into())));
    let on_failure = prop_oneof![
        Just(OnFailure::Stop),
        Just(OnFailure::Continue),
        Just(OnFailure::Ask),
        Just(OnFailure::Step(format!("s{}", at + 1))),
    ];
    let limits = (1..3_u32, prop::option::of(1..3_u32), any::<bool>(), 0..3_u64);
    (needs, work, for_each, on_failure, limits, 0..8_u8).prop_map(
        move |(needs, work, for_each, on_failure, (attempts, most, gate, wait), kind)| Step {
            name: format!("s{at}"),
            needs: (0..at).filter(|it| needs[*it]).map(|it| format!("s{it}")).collect(),
            output: matches!(work, Work::Agent { .. })
                .then(|| Box::new(json!({ "type": "object" }))),
            work,
            for_each,
            on_failure,
            max_parallel: most,
            gate: gate && kind < 2,
            when: (kind == 2).then(|| "false".to_owned()),
            repeat: (kind == 3).then(|| Repeat {
                until: vec![crate::model::script::Check::Holds("round > 1".into())],
                most: 2,
            }),
            timeout: (kind == 4).then_some(Millis(50)),
            retry: Retry { attempts, backoff: Millis(wait * 10), on: Vec::new() },
            ..Step::default()
        },
    )
}

fn a_script() -> impl Strategy<Value = Script> {
    let steps = (1..7_usize).prop_flat_map(|most| (0..most).map(a_step).collect::<Vec<_>>());
    (steps, prop::option::of(1..4_u32)).prop_map(|(mut steps, max_parallel)| {
        let count = steps.len();
        for (at, step) in steps.iter_mut().enumerate() {
            // The last has none after it; one is done instead of one other alone.
            if at + 1 == count || step.for_each.is_some() {
                step.on_failure = OnFailure::Stop;
            }
        }
        let roles = BTreeMap::from([("hand".to_owned(), Casting::default())]);
        Script { name: "any".into(), steps, max_parallel, roles, ..Script::default() }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn whatever_becomes_of_its_parts_a_play_keeps_its_laws_and_ends(
        script in a_script(),
        chance in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut world = World::new(chance);
        world.begin(script);
        prop_assert!(world.come_to_an_end(), "it goes on for ever");
        world.check_end();
    }

    #[test]
    fn what_is_mended_after_the_end_goes_on_keeps_the_laws_and_ends_again(
        script in a_script(),
        chance in prop::collection::vec(any::<u8>(), 0..200),
        times in 1..4_usize,
    ) {
        let mut world = World::new(chance);
        world.begin(script);
        for _ in 0..times {
            prop_assert!(world.come_to_an_end(), "it goes on for ever");
            world.mend();
        }
        prop_assert!(world.come_to_an_end(), "it goes on for ever");
        world.check_end();
    }

    #[test]
    fn a_later_run_goes_on_from_any_fact_as_this_one_did(
        script in a_script(),
        chance in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let mut world = World::new(chance);
        world.begin(script);
        while world.happen() {}
        world.mend();
        while world.happen() {}
        let mut live = Stage::new(Header::default());
        for record in &world.records {
            live.apply(record);
            let mut again = Stage::new(Header::default());
            let upto = usize::try_from(record.seq.0).unwrap();
            world.records[..upto].iter().for_each(|it| again.apply(it));
            prop_assert_eq!(next(&again, record.at), next(&live, record.at));
            prop_assert_eq!(&again, &live);
        }
    }
}

fn agents(steps: &[(&str, &[&str])]) -> Script {
    let steps = steps.iter().map(|(name, needs)| Step {
        name: (*name).to_owned(),
        work: Work::Agent { role: "hand".into(), brief: format!("do {name}") },
        needs: needs.iter().map(|it| (*it).to_owned()).collect(),
        ..Step::default()
    });
    let roles = BTreeMap::from([("hand".to_owned(), Casting::default())]);
    Script { name: "some".into(), steps: steps.collect(), roles, ..Script::default() }
}

fn played(script: Script) -> World {
    let mut world = World::new(Vec::new());
    world.begin(script);
    world
}

fn names(world: &World) -> Vec<String> {
    world.stage.agents().map(|it| it.casting.name.clone()).collect()
}

fn hand_in(world: &mut World, agent: u32, result: Value) {
    let (agent, result) = (AgentId(agent), Box::new(result));
    world.settle(Event::Reported { agent, summary: String::new(), result });
    let outcome = Outcome::Succeeded { summary: String::new() };
    world.settle(Event::AgentEnded { agent, outcome });
    world.go_on();
}

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
fn what_stops_is_not_begun_again_by_what_is_sent_back() {
    let mut script = agents(&[("a", &[]), ("b", &["a"])]);
    script.steps[1].work = Work::Command { run: "test".into() };
    script.steps[1].on_failure = OnFailure::Back("a".into());
    script.steps[1].retry.attempts = 3;
    let mut world = played(script);
    hand_in(&mut world, 1, json!(1));
    world.wish(Wish::Stop);
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

/// A step that an agent does over and over.
fn standing(again: Trigger) -> World {
    let mut script = agents(&[("watch", &[])]);
    script.steps[0].again = Some(again);
    script.steps[0].on_failure = OnFailure::Continue;
    script.roles.get_mut("hand").unwrap().capabilities = crate::model::Capabilities::NATIVE;
    played(script)
}

fn watched(world: &World) -> &crate::model::play::Part {
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

#[test]
fn what_a_step_changes_in_the_folder_that_it_watches_does_not_call_it_again() {
    let mut script = agents(&[("watch", &[])]);
    script.steps[0].again = Some(Trigger::Files(vec!["src/**".into()]));
    script.steps[0].work = Work::Command { run: "fmt".into() };
    let mut world = played(script);
    signal(&mut world, json!("edited"));
    let (spot, attempt, check) = world.errands.pop().unwrap();
    world.now = Millis(100);
    signal(&mut world, json!("its own"));
    world.hear(Input::Found(Box::new(Finding { spot, attempt, check, outcome: Ok(json!(1)) })));
    assert_eq!(watched(&world).phase, Phase::Listening);
    // Told late, it is its own all the same; what comes after is somebody else's.
    signal(&mut world, json!("its own"));
    assert_eq!(watched(&world).phase, Phase::Listening);
    world.now = Millis(200);
    signal(&mut world, json!("edited"));
    assert_eq!(watched(&world).phase, Phase::Working);
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
