//! What the list says, and what it never says.

use super::*;
use crate::model::{
    Action, AgentId, Answer, Ask, Author, Bond, CallId, Casting, Command, Conflict, DriftEvent,
    Event, HoldReason, Input, Origin, Outcome, PlayId, Record, Refusal, RequestId, Rule, Stage,
    Turn, Version, Way, decide,
    play::PlayEvent,
    script::{Script, Step},
};

#[derive(Default)]
struct World {
    stage: Stage,
    now: u64,
    records: Vec<Record>,
}

impl World {
    /// So many agents at work.
    fn of(agents: u32) -> Self {
        let mut world = Self::default();
        for agent in 1..=agents {
            world.cast(agent, Casting::default());
        }
        world
    }

    fn cast(&mut self, agent: u32, casting: Casting) {
        let agent = AgentId(agent);
        let casting = Box::new(casting);
        self.tell(Event::AgentAdded { agent, casting, by: Author::Director });
        self.tell(Event::AgentStarting { agent, run: 1 });
        self.tell(Event::AgentStarted { agent });
    }

    fn tell(&mut self, event: Event) {
        self.now += 1000;
        let record = Record { seq: self.stage.last().next(), at: Millis(self.now), event };
        self.stage.apply(&record);
        self.records.push(record);
    }

    fn ask(&mut self, agent: u32, request: u32) {
        let ask = Ask::question(None, "which?".into(), Vec::new());
        self.tell(Event::Asked { agent: AgentId(agent), request: RequestId(request), ask });
    }

    fn drift(&mut self, agent: u32) {
        let event = DriftEvent::Seen {
            sign: 1,
            rule: Rule::SameCall,
            since: Turn(1),
            words: "the same call".into(),
            evidence: Vec::new(),
            action: Action::Warn,
        };
        self.tell(Event::Drifted { agent: AgentId(agent), event: Box::new(event) });
    }

    fn attend(&mut self, wish: AttendWish) -> Result<(), Refusal> {
        let command = Command::Attend(Box::new(wish));
        let facts = decide(&self.stage, Input::Command { by: Author::Director, command })?;
        for fact in facts {
            self.tell(fact);
        }
        Ok(())
    }

    fn order(&self) -> Vec<(Whom, Reason, u32)> {
        self.stage.inbox().iter().map(|it| (it.key.whom, it.key.reason, it.blocks)).collect()
    }
}

const fn agent(number: u32) -> Whom {
    Whom::Agent(AgentId(number))
}

#[test]
fn what_holds_up_most_comes_first_and_of_that_what_waits_longest() {
    let mut world = World::of(2);
    let origin =
        Origin { agent: AgentId(2), call: CallId(1), bond: Bond::Child, ..Origin::default() };
    world.cast(3, Casting { origin: Some(Box::new(origin)), ..Casting::default() });
    let awaits = Event::Awaits { agent: AgentId(2), call: CallId(1), whom: vec![AgentId(3)] };
    world.tell(awaits);
    world.ask(1, 1);
    world.ask(3, 1);
    let question = Reason::Question;
    assert_eq!(world.order(), [(agent(3), question, 2), (agent(1), question, 1)]);
    world.ask(2, 1);
    let (first, last) = ((agent(3), question, 2), (agent(2), question, 1));
    assert_eq!(world.order(), [first, (agent(1), question, 1), last]);
}

#[test]
fn a_gate_holds_up_its_step_and_all_that_come_after_it() {
    let mut world = World::of(1);
    let step = |name: &str, needs: &[&str]| Step {
        name: name.into(),
        needs: needs.iter().map(|it| (*it).to_owned()).collect(),
        gate: true,
        ..Step::default()
    };
    let steps = vec![step("plan", &[]), step("build", &["plan"]), step("ship", &["build"])];
    let script = Box::new(Script { name: "release".into(), steps, ..Script::default() });
    let (inputs, by) = (Box::default(), Author::Director);
    let mut play = |event| world.tell(Event::Play { play: PlayId(1), event: Box::new(event) });
    play(PlayEvent::Started { script, inputs, parent: None, by });
    play(PlayEvent::GateReached { step: "plan".into() });
    world.ask(1, 1);
    let gate = (Whom::Step(PlayId(1), 0), Reason::Gate, 3);
    assert_eq!(world.order(), [gate, (agent(1), Reason::Question, 1)]);
    let opened = PlayEvent::GateOpened { step: "plan".into(), by };
    world.tell(Event::Play { play: PlayId(1), event: Box::new(opened) });
    assert_eq!(world.order(), [(agent(1), Reason::Question, 1)]);
    let settled = world.stage.settled().next().unwrap();
    assert_eq!((settled.asked.as_str(), settled.waited), ("the gate of plan", Millis(2000)));
}

#[test]
fn who_waits_comes_before_trouble_and_trouble_before_who_is_done() {
    let mut world = World::of(4);
    let outcome = Outcome::Failed { why: "no".into() };
    world.tell(Event::AgentEnded { agent: AgentId(1), outcome });
    world.tell(Event::WorkNotTaken {
        agent: AgentId(2),
        way: Way::Merge,
        into: "main".into(),
        onto: "c1".into(),
        conflicts: vec![Conflict::default()],
        why: String::new(),
    });
    let outcome = Outcome::Succeeded { summary: String::new() };
    world.tell(Event::AgentEnded { agent: AgentId(3), outcome });
    let (reason, by, note) = (HoldReason::Watch, Author::Watch, String::new());
    world.tell(Event::HoldPlaced { agent: AgentId(4), reason, by, note });
    let order = [
        (agent(4), Reason::Held(HoldReason::Watch), 1),
        (agent(2), Reason::Conflict, 0),
        (agent(1), Reason::Failed, 0),
        (agent(3), Reason::Finished, 0),
    ];
    assert_eq!(world.order(), order);
    for number in [1, 3] {
        world.tell(Event::AgentSeen { agent: AgentId(number) });
    }
    assert_eq!(world.order(), order[..2]);
}

#[test]
fn a_service_that_hiccups_is_no_trouble_and_one_that_goes_on_refusing_is_one() {
    let mut world = World::of(1);
    let agent = AgentId(1);
    let (turn, version, model) = (Turn(1), Version(1), String::new());
    world.tell(Event::TurnStarted { agent, turn, version, model, reserved: None, again: false });
    let refused = |attempt, wait| Event::RetryScheduled {
        agent,
        attempt,
        most: 10,
        wait: Millis(wait),
        why: "429".into(),
    };
    world.tell(refused(2, 1000));
    assert_eq!(world.order(), []);
    world.tell(refused(3, 90_000));
    let long: Vec<_> = world.stage.inbox();
    assert_eq!(long.len(), 1, "a long wait is told at once");
    world.tell(refused(4, 1000));
    let again = world.stage.inbox();
    assert_eq!(again[0].key, long[0].key, "all tries of a turn are one trouble");
}

#[test]
fn what_rests_comes_back_at_its_time_or_with_the_next_question() {
    let mut world = World::of(1);
    world.ask(1, 1);
    let item = world.stage.inbox()[0];
    let until = world.stage.now().plus(Millis(60_000));
    world.attend(AttendWish::Rest { item: item.key, until }).unwrap();
    let rested = world.stage.inbox()[0];
    assert!(rested.is_resting(world.stage.now()) && !rested.is_resting(until));
    world.attend(AttendWish::Wake(item.key)).unwrap();
    assert!(!world.stage.inbox()[0].is_resting(world.stage.now()));
    world.attend(AttendWish::Rest { item: item.key, until }).unwrap();
    let (agent, request, by) = (AgentId(1), RequestId(1), Author::Director);
    world.tell(Event::Answered { agent, request, answer: Answer::Approved, by });
    assert_eq!(
        world.attend(AttendWish::Wake(item.key)),
        Err(Refusal::Nothing("that needs nobody any more"))
    );
    world.ask(1, 2);
    assert!(
        !world.stage.inbox()[0].is_resting(world.stage.now()),
        "another question is another one"
    );
    let mut again = Stage::default();
    for record in &world.records {
        again.apply(record);
    }
    assert_eq!(again, world.stage);
}

#[test]
fn what_rests_is_not_counted_and_whoever_needs_two_things_is_one() {
    let mut world = World::of(2);
    world.ask(1, 1);
    world.drift(1);
    world.drift(2);
    let need = |world: &World| world.stage.need_you(world.stage.now());
    assert_eq!((world.stage.inbox().len(), need(&world)), (3, 2));
    let question = world.stage.inbox()[0].key;
    let until = world.stage.now().plus(Millis(60_000));
    world.attend(AttendWish::Rest { item: question, until }).unwrap();
    assert_eq!(need(&world), 2, "it may be drifting all the same");
    assert_eq!(world.stage.pressing(world.stage.now()).len(), 2);
    assert_eq!(world.stage.pressing(until).len(), 3);
}

#[test]
fn drift_that_was_seen_last_stands_beside_an_end_until_that_is_looked_at() {
    let mut world = World::of(1);
    world.drift(1);
    let agent = AgentId(1);
    world.tell(Event::AgentEnded { agent, outcome: Outcome::Succeeded { summary: String::new() } });
    let reasons = |world: &World| world.order().into_iter().map(|it| it.1).collect::<Vec<_>>();
    assert_eq!(reasons(&world), [Reason::Drift, Reason::Finished]);
    let counts = |it: &Stage| (it.need_you(it.now()), it.new_ends(it.now()));
    assert_eq!(counts(&world.stage), (1, 0), "it is counted once, as what needs somebody");
    world.tell(Event::AgentSeen { agent });
    assert_eq!(reasons(&world), []);
}

#[test]
fn a_service_that_refuses_is_one_trouble_also_while_the_next_try_is_out() {
    let mut world = World::of(1);
    let agent = AgentId(1);
    let start = |again| Event::TurnStarted {
        agent,
        turn: Turn(1),
        version: Version(1),
        model: String::new(),
        reserved: None,
        again,
    };
    world.tell(start(false));
    let mut keys = Vec::new();
    for attempt in 2..=7 {
        let wait = Millis(10);
        world.tell(Event::RetryScheduled { agent, attempt, most: 9, wait, why: "529".into() });
        keys.extend(world.stage.inbox().first().map(|it| it.key));
        world.tell(start(true));
        keys.extend(world.stage.inbox().first().map(|it| it.key));
    }
    assert_eq!(keys.len(), 8, "from the fourth try on, without a gap");
    assert!(keys.iter().all(|it| *it == keys[0]));
    world.tell(Event::Said { agent, text: "here".into() });
    assert_eq!(world.order(), []);
}

#[test]
fn nothing_rests_for_longer_than_a_day() {
    let mut world = World::of(1);
    world.ask(1, 1);
    let item = world.stage.inbox()[0].key;
    world.attend(AttendWish::Rest { item, until: Millis(u64::MAX) }).unwrap();
    let day = Millis(24 * 60 * 60 * 1000);
    assert!(!world.stage.inbox()[0].is_resting(world.stage.now().plus(day)));
}

#[test]
fn answers_are_kept_with_how_long_they_were_waited_for() {
    let mut world = World::of(1);
    let (agent, by) = (AgentId(1), Author::Director);
    for request in 1..=70 {
        world.ask(1, request);
        let answer = match request {
            70 => Answer::Withdrawn,
            number => Answer::Said { text: format!("this\none: {number}") },
        };
        world.tell(Event::Answered { agent, request: RequestId(request), answer, by });
    }
    let settled: Vec<_> = world.stage.settled().collect();
    assert_eq!(settled.len(), 64);
    assert_eq!((settled[0].answer.as_str(), settled[0].waited), ("this one: 69", Millis(1000)));
}
