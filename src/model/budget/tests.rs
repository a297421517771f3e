//! A race for money, in a thousand orders: pure, so that each is the same each time.

use super::*;
use crate::model::{
    Boundary, Casting, Command, Cost, Input, Level, Limits, Millis, Origin, Reason, Record, Seq,
    Stop, Turn, Usage, decide, follow_up,
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

/// The role of every second agent; the last one works for one of them.
const RACER: &str = "racer";

/// What may be spent by the session, by the script, by each agent and by a role, in cents.
type Purses = [Option<u64>; 4];

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
    fn begin(seed: u64, budgets: Purses) -> Self {
        let [session, script, own, role] = budgets.map(|it| it.map(Money::cents));
        let dice = Dice(seed.wrapping_mul(2_654_435_761) + 1);
        let mut race = Self { stage: Stage::default(), dice, calls: 0, errors: Money(0) };
        let roles = role.map(|it| (RACER.to_owned(), it)).into_iter().collect();
        let limits = Limits { budget: session, roles, ..Limits::default() };
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
            let role = if agent % 2 == 1 { RACER } else { "other" }.to_owned();
            let mut casting = Casting { name, role, budget: own, assignment, ..Casting::default() };
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
        let mut pending = vec![event];
        while let Some(event) = pending.pop() {
            let (seq, at) = (Seq(self.stage.last().0 + 1), Millis(0));
            let record = Record { seq, at, event };
            self.stage.apply(&record);
            pending.extend(follow_up(&self.stage, &record.event).into_iter().rev());
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
            limits(stage, agent).map(|(whose, it)| (stage.counted_of(&whose), it))
        });
        each.collect()
    }
}

/// The budgets that are raced for.
const PURSES: [Purses; 6] = [
    [Some(40), None, None, None],
    [None, Some(30), None, None],
    [None, None, Some(9), None],
    [None, None, None, Some(20)],
    [Some(50), Some(30), Some(12), Some(15)],
    [Some(1), None, None, None],
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
        let is_paid = race.calls > 0 || budgets[0] == Some(1);
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
    let mut race = Race::begin(1, [None, Some(4), None, None]);
    for agent in [1, 2] {
        let boundary = Boundary::Model { estimate: Some(Money::cents(3)), again: false };
        race.tell(Event::BoundaryReached { agent: AgentId(agent), boundary });
    }
    let [one, other] = [1, 2].map(|it| race.stage.agent(AgentId(it)).unwrap());
    assert!(one.calling && !other.calling && other.is_held_for(HoldReason::Budget));
    let Ask::Budget { whose, spent, budget, .. } = &other.requests[0].ask else { panic!() };
    assert_eq!(
        (whose, *spent, *budget),
        (&Whose::Play(PlayId(1)), Money::cents(3), Money::cents(4))
    );
    // A version of the script that may spend more answers the question.
    let script = Script { name: "s".into(), budget: Some(Money::cents(9)), ..Script::default() };
    let event = PlayEvent::Edited { version: 2, script: script.into(), by: Author::Director };
    race.tell(Event::Play { play: PlayId(1), event: event.into() });
    let other = race.stage.agent(AgentId(2)).unwrap();
    assert!(other.calling && other.requests.is_empty());
}

#[test]
fn all_of_a_role_and_those_who_work_for_them_share_what_it_may_spend() {
    let mut race = Race::begin(1, [None, None, None, Some(4)]);
    let calls = |race: &mut Race, agent| {
        let boundary = Boundary::Model { estimate: Some(Money::cents(3)), again: false };
        race.tell(Event::BoundaryReached { agent: AgentId(agent), boundary });
        race.stage.agent(AgentId(agent)).unwrap().calling
    };
    // The last one has another role, and works for one of this.
    let let_through = [1, 2, 3, AGENTS].map(|it| calls(&mut race, it));
    assert_eq!(let_through, [true, true, false, false]);
    for held in [3, AGENTS] {
        let asked = race.stage.agent(AgentId(held)).unwrap().budget_asked();
        assert_eq!(asked, Some(&Whose::Role(RACER.into())), "{held}");
    }
    let wish = Input::Command {
        by: Author::Director,
        command: Command::ChangeLimit {
            whose: Whose::Role(RACER.into()),
            budget: Some(Money::cents(7)),
        },
    };
    for event in decide(&race.stage, wish).unwrap() {
        race.tell(event);
    }
    // There is room for one of them now: the other one is asked about again.
    let [one, other] = [3, AGENTS].map(|it| race.stage.agent(AgentId(it)).unwrap());
    assert!(one.calling && !other.calling && other.budget_asked().is_some());
}

#[test]
fn a_limit_that_is_set_elsewhere_is_not_changed_here() {
    for whose in [Whose::Own, Whose::Session, Whose::Play(PlayId(1)), Whose::Agent(AgentId(1))] {
        assert!(change_limit(Author::Director, whose, None).is_err());
    }
}

#[test]
fn a_budget_that_is_nearly_used_up_is_told_of_once() {
    let mut race = Race::begin(1, [Some(100), None, Some(50), None]);
    let id = AgentId(1);
    for (cents, told) in [(39, 0), (1, 1), (1, 1), (4, 1)] {
        let listed = race.stage.inbox();
        let near = listed.iter().filter(|it| it.key.reason == Reason::NearBudget).count();
        assert_eq!(near, usize::from(race.stage.notices().next().is_some()));
        let (usage, cost) = (Usage::default(), Cost::from(Some(Money::cents(cents))));
        let stop = Stop::Tools;
        race.tell(Event::TurnEnded { agent: id, turn: Turn(1), stop, usage, cost });
        assert_eq!(race.stage.notices().count(), told, "{cents}");
    }
    // Another amount is told of anew, and until then is none.
    let budget = Some(Money::cents(55));
    race.tell(Event::BudgetChanged { agent: id, budget, by: Author::Director });
    assert_eq!(race.stage.nearing().count(), 0);
    let (usage, cost) = (Usage::default(), Cost::from(Some(Money::cents(1))));
    race.tell(Event::TurnEnded { agent: id, turn: Turn(1), stop: Stop::Tools, usage, cost });
    assert_eq!((race.stage.nearing().count(), race.stage.notices().count()), (1, 2));
    let boundary = Boundary::Model { estimate: Some(Money::cents(20)), again: false };
    race.tell(Event::BoundaryReached { agent: id, boundary });
    let asked = race.stage.agent(id).unwrap().budget_asked();
    assert_eq!((asked, race.stage.nearing().count()), (Some(&Whose::Own), 0), "more is asked");
    let outcome = crate::model::Outcome::Succeeded { summary: String::new() };
    race.tell(Event::AgentEnded { agent: id, outcome });
    assert_eq!(race.stage.nearing().count(), 0, "nobody spends of it any more");
    let notice = race.stage.notices().next().unwrap();
    assert_eq!(
        (notice.level, notice.text.as_str()),
        (Level::Warning, "a1 has spent $0.4000 of $0.5000")
    );
}

#[test]
fn the_last_turn_of_one_that_may_finish_up_is_not_the_one_that_makes_room_for_it() {
    let mut race = Race::begin(1, [None, None, Some(10), None]);
    let (id, by) = (AgentId(1), Author::Director);
    let stands = |race: &mut Race| {
        let boundary = Boundary::Model { estimate: Some(Money::cents(20)), again: false };
        race.tell(Event::BoundaryReached { agent: id, boundary });
        race.stage.agent(id).unwrap().calling
    };
    let ends = |race: &mut Race| {
        let (usage, cost, turn) = (Usage::default(), Cost::default(), Turn(1));
        race.tell(Event::TurnEnded { agent: id, turn, stop: Stop::Tools, usage, cost });
    };
    assert!(!stands(&mut race));
    let answer = Answer::Said { text: "bring it to an end".into() };
    let command = Command::Answer { agent: id, request: RequestId::BUDGET, answer };
    for event in decide(&race.stage, Input::Command { by, command }).unwrap() {
        race.tell(event);
    }
    assert!(
        race.stage.agent(id).unwrap().calling || stands(&mut race),
        "it makes its talk shorter"
    );
    let (usage, cost) = (Usage::default(), Cost::default());
    race.tell(Event::Compacted { agent: id, summary: "so far".into(), upto: Turn(1), usage, cost });
    ends(&mut race);
    assert!(stands(&mut race), "and has its last turn");
    ends(&mut race);
    assert!(!stands(&mut race), "which is the last");
}

#[test]
fn a_budget_of_its_own_answers_no_question_about_anothers() {
    let mut race = Race::begin(1, [Some(10), None, Some(50), None]);
    let (id, by) = (AgentId(1), Author::Director);
    let boundary = Boundary::Model { estimate: Some(Money::cents(20)), again: false };
    race.tell(Event::BoundaryReached { agent: id, boundary });
    let asked = |race: &Race| race.stage.agent(id).unwrap().budget_asked().cloned();
    assert_eq!(asked(&race), Some(Whose::Session));
    race.tell(Event::BudgetChanged { agent: id, budget: Some(Money::cents(90)), by });
    assert_eq!(asked(&race), Some(Whose::Session));
    assert_eq!(race.stage.settled().len(), 0);
    race.tell(Event::SessionBudgetChanged { budget: Some(Money::cents(90)), by });
    assert_eq!((asked(&race), race.stage.settled().len()), (None, 1));
}
