//! What must hold where agents hand off their work, or set others to work, by themselves.

use super::{laws::a_script, *};
use crate::model::{Bid, Bond, CallId, Delegation, HandOff, Report, Spawn};

impl World {
    /// The laws of an agent that another one has brought.
    pub(super) fn check_origin(&self, record: &Record) {
        let Event::AgentAdded { casting, .. } = &record.event else { return };
        let Some(origin) = casting.origin.as_deref() else { return };
        let giver = self.stage.agent(origin.agent).unwrap();
        let delegation = giver.casting.delegation.as_deref().unwrap();
        match origin.bond {
            Bond::Child => {
                let limits = delegation.spawn.as_ref().unwrap();
                let head = self.stage.head(giver);
                let children = head.kin.children.iter().skip(head.kin.before);
                let children = children.filter_map(|it| self.stage.agent(*it));
                let all: Vec<&Agent> = children.flat_map(|it| self.stage.family(it)).collect();
                assert!(all.len() < limits.most as usize, "more than may be");
                let busy = all.iter().filter(|it| !it.is_over()).count();
                assert!(
                    limits.max_parallel.is_none_or(|it| busy < it as usize),
                    "too many at once"
                );
                assert!(origin.depth <= limits.depth, "too deep");
                assert!(!giver.is_over(), "it works for one that is over");
            }
            Bond::Successor => {
                let limits = delegation.hand_off.as_ref().unwrap();
                let hands = self.stage.hands_before(giver).len();
                assert!(hands < limits.most as usize, "handed off more often than may be");
                let before = giver.kin.successors.len();
                assert!(before < limits.attempts as usize, "given to more than may be");
            }
            Bond::Judge => {}
        }
    }

    /// An agent asks others to do something.
    pub(super) fn bid(&mut self, agent: AgentId, call: u32, bid: Bid) {
        let run = self.stage.agent(agent).unwrap().run;
        let report = Report::Bids(CallId(call), bid);
        self.hear(Input::Report { agent, run, report });
    }

    /// It may do so, if it is let.
    pub(super) fn may_bid(&mut self, agent: AgentId) {
        let Some(delegation) = self.stage.agent(agent).unwrap().casting.delegation.clone() else {
            return;
        };
        let call = u32::try_from(self.records.len()).unwrap();
        match self.pick(4) {
            1 if delegation.spawn.is_some() => {
                let waits = self.pick(2) == 1;
                self.bid(
                    agent,
                    call,
                    Bid::Spawn { role: "hand".into(), brief: "help".into(), waits },
                );
            }
            2 if delegation.hand_off.is_some() => self.bid(agent, call, handing_off()),
            3 => self.bid(agent, call, Bid::Await { names: Vec::new(), waits: true }),
            _ => {}
        }
    }
}

fn handing_off() -> Bid {
    Bid::HandOff { to: "hand".into(), note: "go on".into(), value: Box::new(json!({ "n": 2 })) }
}

#[expect(clippy::unnecessary_wraps, reason = "it is what a step has")]
fn hand_off(most: u32, attempts: u32) -> Option<Box<Delegation>> {
    let hand_off = Some(HandOff { to: vec!["hand".into()], most, attempts });
    Some(Box::new(Delegation { hand_off, ..Delegation::default() }))
}

fn a_delegation() -> impl Strategy<Value = Option<Box<Delegation>>> {
    let spawn =
        (1..4_u32, prop::option::of(1..3_u32), 1..3_u32).prop_map(|(most, at_once, depth)| {
            let roles = vec!["hand".to_owned()];
            Spawn { roles, most, max_parallel: at_once, depth, output: None }
        });
    let hand_off = (1..3_u32, 1..3_u32).prop_map(|(most, attempts)| HandOff {
        to: vec!["hand".to_owned()],
        most,
        attempts,
    });
    let both = (prop::option::of(spawn), prop::option::of(hand_off));
    both.prop_map(|(spawn, hand_off)| {
        let is_any = spawn.is_some() || hand_off.is_some();
        is_any.then(|| Box::new(Delegation { spawn, hand_off, ..Delegation::default() }))
    })
}

fn a_delegating_script() -> impl Strategy<Value = Script> {
    (a_script(), prop::collection::vec(a_delegation(), 7)).prop_map(|(mut script, delegations)| {
        for (step, delegation) in script.steps.iter_mut().zip(delegations) {
            if matches!(step.work, Work::Agent { .. }) {
                step.delegation = delegation;
            }
        }
        script
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn whatever_agents_ask_of_each_other_limits_are_kept_and_all_comes_to_an_end(
        script in a_delegating_script(),
        chance in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let mut world = World::new(chance);
        world.begin(script);
        let mut steps = 0;
        while world.happen() {
            steps += 1;
            prop_assert!(steps < 4_000, "it goes on for ever");
        }
        prop_assert!(world.stage.play(PlayId(1)).unwrap().is_over(), "it came to no end");
        prop_assert!(world.stage.agents().all(Agent::is_over), "somebody works for nobody");
    }

    #[test]
    fn a_later_run_finds_all_that_agents_have_asked_of_each_other_as_it_was(
        script in a_delegating_script(),
        chance in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let mut world = World::new(chance);
        world.begin(script);
        while world.happen() {}
        world.check_later_runs();
    }
}

/// A step whose agent has handed off its work: the second agent goes on with it.
fn handed_off(most: u32, attempts: u32) -> World {
    let mut script = agents(&[("a", &[]), ("b", &["a"])]);
    script.steps[0].delegation = hand_off(most, attempts);
    let mut world = played(script);
    world.bid(AgentId(1), 1, handing_off());
    end(&mut world, 1, None);
    world
}

fn end(world: &mut World, agent: u32, why: Option<&str>) {
    let outcome = match why {
        Some(why) => Outcome::Failed { why: why.into() },
        None => Outcome::Succeeded { summary: "done".into() },
    };
    world.settle(Event::AgentEnded { agent: AgentId(agent), outcome });
    world.go_on();
}

fn part(world: &World) -> crate::model::play::Part {
    world.stage.play(PlayId(1)).unwrap().part((0, 0)).unwrap().clone()
}

#[test]
fn the_one_who_goes_on_has_the_brief_what_was_handed_off_and_the_part() {
    let mut world = handed_off(1, 1);
    assert_eq!(names(&world), ["a", "a-hand"]);
    let part_now = part(&world);
    assert_eq!((part_now.agent, part_now.attempt), (Some(AgentId(2)), 2));
    let brief = world.stage.agent(AgentId(2)).unwrap().casting.brief.clone();
    assert!(brief.starts_with("do a\n"), "{brief}");
    assert!(brief.contains("a has worked on this") && brief.contains("go on"), "{brief}");
    assert!(brief.contains("\"n\": 2"), "{brief}");
    hand_in(&mut world, 2, json!("made"));
    let play = world.stage.play(PlayId(1)).unwrap();
    assert_eq!(play.output(0), json!("made"), "the last one's result is the step's");
    assert_eq!(names(&world), ["a", "a-hand", "b"]);
}

#[test]
fn f26_what_one_says_late_who_has_handed_off_changes_nothing() {
    let mut world = handed_off(1, 1);
    let late = |world: &mut World| {
        let (agent, result) = (AgentId(1), Box::new(json!("late")));
        world.settle(Event::Reported { agent, summary: String::new(), result });
        world.go_on();
    };
    late(&mut world);
    assert_eq!(part(&world).handed, None);
    hand_in(&mut world, 2, json!("made"));
    late(&mut world);
    assert_eq!(world.stage.play(PlayId(1)).unwrap().output(0), json!("made"));
}

#[test]
fn f26_a_hand_off_that_is_said_twice_is_one() {
    let mut script = agents(&[("a", &[])]);
    script.steps[0].delegation = hand_off(2, 3);
    let mut world = played(script);
    for _ in 0..3 {
        world.bid(AgentId(1), 1, handing_off());
    }
    end(&mut world, 1, None);
    let said = |it: &&Record| matches!(it.event, Event::HandedOff { .. });
    assert_eq!(world.records.iter().filter(said).count(), 1);
    let told = |it: &&Record| matches!(it.event, Event::Returned { ok: true, .. });
    assert_eq!(world.records.iter().filter(told).count(), 3, "and each time it is told so");
    assert_eq!(names(&world), ["a", "a-hand"]);
}

#[test]
fn f26_what_every_one_fails_at_is_given_so_often_and_then_the_director_is_asked() {
    let mut world = handed_off(1, 3);
    for agent in 2..=4 {
        assert_eq!(part(&world).phase, Phase::Working, "{agent}");
        end(&mut world, agent, Some("it broke"));
    }
    assert_eq!(names(&world), ["a", "a-hand", "a-hand-2", "a-hand-3"]);
    let dead = part(&world);
    assert_eq!((dead.phase, dead.attempt), (Phase::Asking, 4));
    let (_, why) = dead.failure.unwrap();
    assert_eq!(why, "handed off to hand, 3 of whom failed at it: it broke");
    // Once more is from the beginning.
    world.wish(Wish::Again(Spot::step(PlayId(1), "a")));
    let agent = world.stage.agent(part(&world).agent.unwrap()).unwrap();
    assert!(agent.casting.origin.is_none() && !agent.casting.brief.contains("hands it off"));
}

#[test]
fn f26_who_breaks_down_after_handing_off_has_handed_off_and_who_is_stopped_has_not() {
    let mut script = agents(&[("a", &[])]);
    script.steps[0].delegation = hand_off(1, 1);
    let mut world = played(script.clone());
    world.bid(AgentId(1), 1, handing_off());
    end(&mut world, 1, Some("its engine crashed"));
    assert_eq!(part(&world).agent, Some(AgentId(2)));
    let mut world = played(script);
    world.bid(AgentId(1), 1, handing_off());
    let outcome = Outcome::Stopped { by: Author::Director };
    world.settle(Event::AgentEnded { agent: AgentId(1), outcome });
    world.go_on();
    assert_eq!(part(&world).phase, Phase::Asking);
}

#[test]
fn f26_whoever_was_cast_when_the_session_ended_is_given_it_and_nobody_else() {
    let world = handed_off(1, 3);
    let is_given = |it: &Record| match &it.event {
        Event::Play { event, .. } => {
            matches!(&**event, PlayEvent::Attempted { handed_to, .. } if !handed_to.is_empty())
        }
        _ => false,
    };
    let at = world.records.iter().position(is_given).unwrap();
    let mut stage = Stage::new(Header::default());
    world.records[..at].iter().for_each(|it| stage.apply(it));
    assert_eq!(stage.agents().count(), 2, "it is cast, and nothing is said of the part");
    assert_eq!(next(&stage, Millis(0)), [world.records[at].event.clone()]);
}

#[test]
fn work_goes_from_hand_to_hand_so_often_and_no_more() {
    let mut world = handed_off(2, 1);
    world.bid(AgentId(2), 1, handing_off());
    end(&mut world, 2, None);
    let last = world.stage.agent(AgentId(3)).unwrap().casting.brief.clone();
    assert!(last.contains("a has worked on this") && last.contains("a-hand has worked on this"));
    world.bid(AgentId(3), 1, handing_off());
    let Some(Event::Returned { ok: false, text, .. }) = world.records.last().map(|it| &it.event)
    else {
        panic!("{:?}", world.records.last());
    };
    assert!(text.starts_with("this work was handed off 2 times"), "{text}");
    hand_in(&mut world, 3, json!(3));
    assert_eq!(world.stage.play(PlayId(1)).unwrap().output(0), json!(3));
}

#[test]
fn a_message_that_waits_is_read_before_the_work_is_handed_off() {
    let mut script = agents(&[("a", &[])]);
    script.steps[0].delegation = hand_off(1, 1);
    script.roles.get_mut("hand").unwrap().capabilities = crate::model::Capabilities::NATIVE;
    let mut world = played(script);
    let command =
        crate::model::Command::Redirect { agent: AgentId(1), text: "wait".into(), now: false };
    world.hear(Input::Command { by: Author::Director, command });
    world.bid(AgentId(1), 1, handing_off());
    let last = &world.records.last().unwrap().event;
    assert!(matches!(last, Event::Returned { ok: false, text, .. } if text.contains("a message")));
}
