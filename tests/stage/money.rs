//! No call is made that a budget does not allow. Here a call may cost two cents
//! and costs one.

use crate::house::{House, Plan};
use auteur::model::*;

/// Runs a command in each turn, for as long as it is let.
const ROUND: &str = r#"
[[part]]
name = "round"

[[part.turn]]
label = "round"
say = "Another round."
calls = [{ tool = "shell", with = { command = "echo round" } }]
then = "round"
"#;

async fn with_budget(cents: u64) -> (House, AgentId) {
    let mut house = House::open(ROUND);
    let casting = house.casting("round", "go");
    let id = house.cast_as(Casting { budget: Some(Money::cents(cents)), ..casting }).await;
    (house, id)
}

fn asks(agent: &Agent) -> bool {
    agent.status() == Status::Paused && !agent.requests.is_empty() && !agent.calling
}

fn budget_request(agent: &Agent) -> RequestId {
    assert!(matches!(agent.requests[0].ask, Ask::Budget { .. }));
    agent.requests[0].id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_the_budget_may_not_bear_is_held_and_asked_about() {
    let (mut house, id) = with_budget(3).await;
    house.until_agent(id, asks).await;
    assert_eq!(house.asked().len(), 2);
    let agent = house.agent(id);
    assert!(agent.is_held_for(HoldReason::Budget) && agent.needs_director());
    assert_eq!(agent.spent.known, Money::cents(2));
    house.direct(Command::ChangeBudget { agent: id, budget: Some(Money::cents(5)) }).await;
    house.until_agent(id, |it| asks(it) && it.turn == Turn(4)).await;
    assert_eq!((house.asked().len(), house.agent(id).spent.known), (4, Money::cents(4)));
}

#[tokio::test(flavor = "multi_thread")]
async fn to_finish_up_is_one_more_turn_with_its_tools_and_then_the_question_again() {
    let (mut house, id) = with_budget(3).await;
    house.until_agent(id, asks).await;
    let (request, text) = (budget_request(house.agent(id)), "finish up".to_owned());
    let answer = Answer::Said { text };
    house.direct(Command::Answer { agent: id, request, answer }).await;
    house.until_agent(id, |it| asks(it) && it.turn == Turn(3)).await;
    let asked = house.asked();
    assert_eq!((asked.len(), asked[2].last_user.as_str()), (3, "finish up"));
    let ran = house.events(|event| matches!(event, Event::ToolStarted { .. }).then_some(()));
    assert_eq!(ran.len(), 3, "the tools of the last turn ran, too");
    let (request, why) = (budget_request(house.agent(id)), String::new());
    let answer = Answer::Denied { why };
    house.direct(Command::Answer { agent: id, request, answer }).await;
    house.until_agent(id, Agent::is_over).await;
    assert_eq!(house.agent(id).status(), Status::Stopped);
    assert_eq!(house.asked().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_breaks_no_budget_before_the_director_was_asked() {
    let (mut house, id) = with_budget(1).await;
    house.direct(Command::Pause(id)).await;
    house.until_agent(id, |it| it.status() == Status::Paused).await;
    if house.agent(id).requests.is_empty() {
        house.direct(Command::Step(id)).await;
    }
    house.until_agent(id, asks).await;
    assert_eq!(house.asked().len(), 0);
    house.direct(Command::Step(id)).await;
    house.until_agent(id, |it| it.turn == Turn(1) && !it.calling).await;
    assert_eq!(house.asked().len(), 1, "now the director knows");
}

#[tokio::test(flavor = "multi_thread")]
async fn f23_agents_that_race_for_a_sessions_budget_do_not_break_it() {
    let limits = Limits { budget: Some(Money::cents(20)), ..Limits::default() };
    let mut house = House::planned(Plan { limits, ..Plan::new(ROUND) });
    for _ in 0..6 {
        house.cast("round", "go").await;
    }
    house.until(|stage| stage.agents().all(asks)).await;
    let mut stage = Stage::default();
    for record in house.records() {
        stage.apply(&record);
        let totals = stage.totals();
        assert!(totals.spent.known + totals.reserved <= Money::cents(20), "{record:?}");
    }
    // What was set aside for a call and not used went to whoever waited for it.
    assert_eq!(stage.totals().spent.known, Money::cents(19));
    assert_eq!(house.asked().len(), 19);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_knows_the_price_of_is_never_free() {
    let mut house = House::open(ROUND);
    let id = house.cast("unpriced", "go").await;
    house.until_agent(id, |it| it.turn >= Turn(2)).await;
    assert_eq!(house.agent(id).spent.to_string(), "$?");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_costs_what_the_model_costs_that_was_called() {
    let slow = r#"
[[part]]
name = "slow"
pace = { rate = 60, first = 0.0 }

[[part.turn]]
say = "These are my last words, and they take a while, since I speak slowly and with care."
"#;
    let mut house = House::planned(Plan { speed: 1.0, ..Plan::new(slow) });
    let id = house.cast("priced", "speak").await;
    house.until_agent(id, |it| it.activity == Activity::Writing).await;
    let (provider, model) = ("rehearsal".to_owned(), "unpriced".to_owned());
    house.direct(Command::ChangeModel { agent: id, provider, model }).await;
    house.until_agent(id, Agent::is_over).await;
    assert_eq!(house.agent(id).spent, Cost::from(Some(Money::cents(1))));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_all_agents_may_spend_can_be_raised_and_the_question_says_whose_it_is() {
    let limits = Limits { budget: Some(Money::cents(3)), ..Limits::default() };
    let mut house = House::planned(Plan { limits, ..Plan::new(ROUND) });
    let id = house.cast("round", "go").await;
    house.until_agent(id, asks).await;
    assert!(matches!(house.agent(id).requests[0].ask, Ask::Budget { whose: Whose::Session, .. }));
    // Its own budget is not what is in the way.
    house.direct(Command::ChangeBudget { agent: id, budget: Some(Money::cents(900)) }).await;
    house.until_agent(id, |it| asks(it) && it.casting.budget.is_some()).await;
    assert_eq!(house.asked().len(), 2);
    house.direct(Command::ChangeSessionBudget { budget: Some(Money::cents(5)) }).await;
    house.until_agent(id, |it| asks(it) && it.turn == Turn(4)).await;
    assert_eq!(house.asked().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_without_a_price_counts_as_the_worst_it_may_cost() {
    let mut house = House::open(ROUND);
    let casting = Casting { model: "unpriced".into(), ..house.casting("round", "go") };
    let id = house.cast_as(Casting { budget: Some(Money::cents(5)), ..casting }).await;
    house.until_agent(id, asks).await;
    // Two cents each are feared, and a third call may cost two more.
    let agent = house.agent(id);
    assert_eq!((house.asked().len(), agent.spent.known, agent.spent.unpriced), (2, Money(0), 2));
    assert_eq!(agent.spent.to_string(), "$?");
}
