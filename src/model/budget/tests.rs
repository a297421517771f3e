//! A race for money, in a thousand orders: pure, so that each is the same each time.

use super::*;
use crate::model::{
    Boundary, Casting, Limits, Millis, Origin, Record, Seq, Stop, Turn, Usage, follow_up,
    play::{Assignment, PlayEvent, Spot},
    script::Script,
};

/// So many orders.
const ORDERS: u64 = 1000;
/// So many agents race.
const AGENTS: u32 = 6;

/// Numbers that look random and are the same for the same seed (Knuth's MMIX constants).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most.max(1)
    }
}

/// A session in which agents ask for calls, and calls are settled, in whatever order.
struct Race {
    stage: Stage,
    dice: Dice,
    /// What each agent's call may cost, while it stands before one.
    calls: u64,
    /// By how much calls have cost more than was set aside for them.
    errors: Money,
}

impl Race {
    fn begin(seed: u64, budgets: [Option<u64>; 3]) -> Self {
        let [session, script, own] = budgets.map(|it| it.map(Money::cents));
        let dice = Dice(seed.wrapping_mul(2_654_435_761) + 1);
        let mut race = Self { stage: Stage::default(), dice, calls: 0, errors: Money(0) };
        let limits = Limits { running: None, budget: session };
        race.tell(Event::SessionOpened { title: String::new(), limits });
        // One script plays another: what the inner one spends, the outer one does.
        let spot = |play| Spot { play: PlayId(play), step: "step".into(), part: None };
        for (play, budget, parent) in [(1, script, None), (2, None, Some(spot(1)))] {
            let script = Box::new(Script { name: "s".into(), budget, ..Script::default() });
            let inputs = Box::new(serde_json::Value::Null);
            let parent = parent.map(Box::new);
            let event = PlayEvent::Started { script, inputs, parent, by: Author::Director };
            race.tell(Event::Play { play: PlayId(play), event: Box::new(event) });
        }
        for agent in 1..=AGENTS {
            let assignment = (agent < 5).then(|| {
                let spot = spot(1 + agent % 2);
                Box::new(Assignment { spot, attempt: 1, output: None, judges: None })
            });
            let name = format!("a{agent}");
            let mut casting = Casting { name, budget: own, assignment, ..Casting::default() };
            if agent == AGENTS {
                // It works for the one before it, which pays for both.
                casting.budget = None;
                casting.origin =
                    Some(Box::new(Origin { agent: AgentId(agent - 1), ..Origin::default() }));
            }
            let id = AgentId(agent);
            race.tell(Event::AgentAdded {
                agent: id,
                casting: casting.into(),
                by: Author::Director,
            });
            race.tell(Event::AgentStarted { agent: id });
        }
        race
    }

    /// Tells what happened, and all that follows from it.
    fn tell(&mut self, event: Event) {
        let mut pending = std::collections::VecDeque::from([event]);
        while let Some(event) = pending.pop_front() {
            let (seq, at) = (Seq(self.stage.last().0 + 1), Millis(0));
            let record = Record { seq, at, event };
            self.stage.apply(&record);
            pending.extend(follow_up(&self.stage, &record.event));
        }
    }

    /// One thing happens: an agent stands before a call, or a call is settled; it costs no
    /// more than was set aside, or `over` cents more.
    fn step(&mut self, over: u64) {
        let id = AgentId(1 + u32::try_from(self.dice.below(AGENTS.into())).unwrap());
        let agent = self.stage.agent(id).unwrap();
        if agent.calling {
            let (reserved, turn) = (agent.reserved, agent.turn);
            let less = Money(self.dice.below(reserved.0 + 1));
            let more = Money::cents(self.dice.below(over + 1));
            let cost = if over > 0 { reserved + more } else { reserved - less };
            self.errors += cost - reserved;
            let (usage, cost) = (Usage::default(), Cost::from(Some(cost)));
            self.calls += 1;
            self.tell(Event::TurnEnded { agent: id, turn, stop: Stop::Tools, usage, cost });
        } else if agent.boundaries.is_empty() {
            let estimate = Some(Money::cents(1 + self.dice.below(5)));
            let boundary = Boundary::Model { estimate, again: false };
            self.tell(Event::BoundaryReached { agent: id, boundary });
        }
    }

    /// What counts against each budget that there is, and that budget.
    fn purses(&self) -> Vec<(Money, Money)> {
        let stage = &self.stage;
        let each = stage.agents().flat_map(|agent| {
            limits(stage, agent).map(|(whose, it)| (spent(stage, agent, whose, counted), it))
        });
        each.collect()
    }
}

/// The budgets that are raced for: of the session, of the script, of each agent; in cents.
const PURSES: [[Option<u64>; 3]; 5] = [
    [Some(40), None, None],
    [None, Some(30), None],
    [None, None, Some(9)],
    [Some(50), Some(30), Some(12)],
    [Some(1), None, None],
];

#[test]
fn f23_a_thousand_orders_of_calls_and_settlements_overspend_by_nothing() {
    for seed in 0..ORDERS {
        let budgets = PURSES[usize::try_from(seed).unwrap() % PURSES.len()];
        let mut race = Race::begin(seed, budgets);
        for _ in 0..160 {
            race.step(0);
            for (spent, budget) in race.purses() {
                assert!(spent <= budget, "order {seed}: {spent} of {budget}");
            }
        }
        let is_paid = race.calls > 0 || budgets == [Some(1), None, None];
        assert!(is_paid, "order {seed}: nobody could pay for anything");
        let held = race.stage.agents().filter(|it| it.is_held_for(HoldReason::Budget));
        let asked = held.filter(|it| !it.requests.is_empty()).count();
        assert!(asked > 0, "order {seed}: nobody came to an end of the money");
    }
}

#[test]
fn f23_what_is_overspent_is_no_more_than_calls_in_flight_were_underestimated() {
    for seed in 0..ORDERS {
        let mut race = Race::begin(seed, PURSES[usize::try_from(seed).unwrap() % PURSES.len()]);
        for _ in 0..160 {
            race.step(2);
            for (spent, budget) in race.purses() {
                let most = budget + race.errors;
                assert!(spent <= most, "order {seed}: {spent} of {budget}, {most} at most");
            }
        }
    }
}

#[test]
fn two_that_a_script_casts_at_once_share_what_it_may_spend() {
    let mut race = Race::begin(1, [None, Some(4), None]);
    for agent in [1, 2] {
        let boundary = Boundary::Model { estimate: Some(Money::cents(3)), again: false };
        race.tell(Event::BoundaryReached { agent: AgentId(agent), boundary });
    }
    let [one, other] = [1, 2].map(|it| race.stage.agent(AgentId(it)).unwrap());
    assert!(one.calling && !other.calling && other.is_held_for(HoldReason::Budget));
    let Ask::Budget { play, spent, budget, .. } = &other.requests[0].ask else { panic!() };
    assert_eq!((*play, *spent, *budget), (Some(PlayId(1)), Money::cents(3), Money::cents(4)));
    // A version of the script that may spend more answers the question.
    let script = Script { name: "s".into(), budget: Some(Money::cents(9)), ..Script::default() };
    let event = PlayEvent::Edited { version: 2, script: script.into(), by: Author::Director };
    race.tell(Event::Play { play: PlayId(1), event: event.into() });
    let other = race.stage.agent(AgentId(2)).unwrap();
    assert!(other.calling && other.requests.is_empty());
}

#[test]
fn a_budget_that_is_nearly_used_up_is_told_of_once() {
    let mut race = Race::begin(1, [Some(100), None, Some(50)]);
    let id = AgentId(1);
    for (cents, told) in [(39, 0), (1, 1), (1, 1), (4, 1)] {
        let (usage, cost) = (Usage::default(), Cost::from(Some(Money::cents(cents))));
        let stop = Stop::Tools;
        race.tell(Event::TurnEnded { agent: id, turn: Turn(1), stop, usage, cost });
        assert_eq!(race.stage.notices().count(), told, "{cents}");
    }
    let notice = race.stage.notices().next().unwrap();
    assert_eq!(
        (notice.level, notice.text.as_str()),
        (Level::Warning, "a1 has spent $0.4000 of $0.5000")
    );
}
