//! An agent that is held stands still, loses nothing, and goes on as it was.

use crate::{
    house::{House, Plan},
    puppet::Theatre,
};
use auteur::{llm::Wire, model::*, tools::policy::Mode};

/// Each of its commands waits for a file that is named in its brief.
const GATED: &str = r#"
[[part]]
name = "gated"
model = "gated"

[[part.turn]]
say = "I wait."
calls = [
    { tool = "shell", with = { command = "while [ ! -e {brief} ]; do sleep 0.01; done; echo opened" } },
    { tool = "shell", with = { command = "echo second" } },
]

[[part.turn]]
say = "It said: {last_result}"
"#;

/// Falls silent in the middle of its first answer.
const MUTE: &str = r#"
[[part]]
name = "mute"
model = "mute"

[[part.turn]]
say = "This is a long answer whose end is not heard when it is given for the first time."
fault = "stall:600"
"#;

fn open_gate(house: &House, name: &str) {
    std::fs::write(house.folder.path().join(name), "").unwrap();
}

fn is_in_tool(agent: &Agent) -> bool {
    !agent.tools_running.is_empty()
}

fn has_spoken(agent: &Agent) -> bool {
    agent.activity == Activity::Writing
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_waits_for_what_is_in_flight_and_keeps_its_results() {
    let mut house = House::open(GATED);
    let id = house.cast("gated", "gate").await;
    house.until_agent(id, is_in_tool).await;
    house.direct(Command::Pause(id)).await;
    house.until_agent(id, |it| it.status() == Status::Pausing).await;
    open_gate(&house, "gate");
    house.until_agent(id, |it| it.status() == Status::Paused && !it.boundaries.is_empty()).await;
    let text = |event: &Event| match event {
        Event::ToolEnded { text, .. } => text.lines().next().map(ToOwned::to_owned),
        _ => None,
    };
    assert_eq!(house.events(text), ["opened"], "the second call starts after the pause only");
    assert_eq!(house.asked().len(), 1);
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, Agent::is_over).await;
    assert_eq!(house.events(text), ["opened", "second"]);
    assert_eq!(house.asked().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_model_call_is_made_again_with_the_same_conversation() {
    for wire in [Wire::Anthropic, Wire::OpenaiResponses, Wire::OpenaiChat, Wire::Gemini] {
        let mut house = House::open_on(MUTE, wire, Mode::Auto);
        let id = house.cast("mute", "speak").await;
        house.until_agent(id, has_spoken).await;
        house.direct(Command::Freeze(id)).await;
        house
            .until_agent(id, |it| it.status() == Status::Paused && !it.boundaries.is_empty())
            .await;
        let cut = |event: &Event| match event {
            Event::TurnCut { why, .. } => Some(why.clone()),
            _ => None,
        };
        assert_eq!(house.events(cut), ["frozen; it will be made again"]);
        assert_eq!(house.asked().len(), 1);
        house.direct(Command::Resume(id)).await;
        house.until_agent(id, Agent::is_over).await;
        let asked = house.asked();
        assert_eq!(asked.len(), 2, "{wire:?}");
        assert_eq!(asked[0].digest, asked[1].digest, "{wire:?}");
        assert_eq!(house.agent(id).turn, Turn(1));
        let Some(Outcome::Succeeded { summary }) = house.agent(id).outcome() else { panic!() };
        assert!(summary.starts_with("This is") && summary.ends_with("first time."), "{summary}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_model_call_holds_the_agent_and_is_made_again() {
    let mut house = House::open(MUTE);
    let id = house.cast("mute", "speak").await;
    house.until_agent(id, has_spoken).await;
    house.direct(Command::Interrupt(id)).await;
    house.until_agent(id, |it| it.status() == Status::Paused && !it.boundaries.is_empty()).await;
    assert_eq!(house.asked().len(), 1);
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, Agent::is_over).await;
    assert_eq!(house.asked().len(), 2);
    // What the cut call cost is known from its beginning on this wire.
    assert_eq!(house.agent(id).spent, Cost::from(Some(Money::cents(2))));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_tool_is_cut_and_those_after_it_are_not_run() {
    let mut house = House::open(GATED);
    let id = house.cast("gated", "never").await;
    house.until_agent(id, is_in_tool).await;
    house.direct(Command::Interrupt(id)).await;
    house.until_agent(id, |it| it.status() == Status::Paused && !it.boundaries.is_empty()).await;
    let ends = house.events(|event| match event {
        Event::ToolEnded { text, ok, .. } => Some((text.clone(), *ok)),
        _ => None,
    });
    assert_eq!(ends.len(), 2, "{ends:?}");
    assert!(ends[0].0.starts_with("interrupted by the director"), "{ends:?}");
    assert_eq!(ends[1], ("not run: the director interrupted".to_owned(), false));
    assert_eq!(house.asked().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_are_held_and_counted_until_every_one_is_still() {
    let mut house = House::open(GATED);
    let mut ids = Vec::new();
    for gate in ["one", "two", "three"] {
        ids.push(house.cast("gated", gate).await);
    }
    house.until(|stage| stage.agents().all(is_in_tool)).await;
    house.direct(Command::PauseAll).await;
    house.until(|stage| stage.totals().held == 3).await;
    assert_eq!(house.stage.totals().still, 0);
    open_gate(&house, "two");
    house.until_agent(ids[1], |it| it.status() == Status::Paused).await;
    assert_eq!((house.stage.totals().held, house.stage.totals().still), (3, 1));
    open_gate(&house, "one");
    open_gate(&house, "three");
    house.until(|stage| stage.totals().still == 3).await;
    house.until(|stage| stage.agents().all(|it| !it.boundaries.is_empty())).await;
    assert_eq!(house.asked().len(), 3);
    house.direct(Command::ResumeAll).await;
    house.until(|stage| stage.agents().all(Agent::is_over)).await;
    assert_eq!(house.asked().len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_reason_holds_by_itself() {
    let mut house = House::open(GATED);
    let id = house.cast("gated", "gate").await;
    house.until_agent(id, is_in_tool).await;
    house.direct(Command::Pause(id)).await;
    house.direct(Command::Hold(id, HoldReason::Watch, "it drifts".into())).await;
    open_gate(&house, "gate");
    house.until_agent(id, |it| it.status() == Status::Paused && !it.boundaries.is_empty()).await;
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, |it| it.holds.len() == 1).await;
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, |it| it.holds.len() == 1 && it.needs_director()).await;
    assert_eq!(house.asked().len(), 1);
    house.direct(Command::Lift(id, HoldReason::Watch)).await;
    house.until_agent(id, Agent::is_over).await;
    assert_eq!(house.refusals.len(), 1, "to resume what the watch holds is refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_given_twice_is_one_fact() {
    let mut house = House::open(GATED);
    let id = house.cast("gated", "gate").await;
    house.until_agent(id, is_in_tool).await;
    let (provider, model) = ("rehearsal".to_owned(), "other".to_owned());
    let commands = [
        Command::Pause(id),
        Command::PauseAll,
        Command::EditInstructions { agent: id, text: "work better".into() },
        Command::ChangeModel { agent: id, provider, model },
        Command::ChangeBudget { agent: id, budget: Some(Money::cents(90)) },
        Command::Resume(id),
        Command::Stop(id),
    ];
    let before = house.records().len();
    for command in commands {
        house.direct(command.clone()).await;
        house.direct(command).await;
    }
    house.until_agent(id, Agent::is_over).await;
    let facts = house.records().split_off(before);
    let directions = facts.iter().filter(|it| {
        !matches!(
            it.event,
            Event::ToolPrinted { .. } | Event::ToolEnded { .. } | Event::AgentEnded { .. }
        )
    });
    let names: Vec<String> = directions
        .map(|it| serde_json::to_value(&it.event).unwrap())
        .map(|it| it.as_object().unwrap().keys().next().unwrap().clone())
        .collect();
    let expected = [
        "hold-placed",
        "instructions-edited",
        "model-changed",
        "budget-changed",
        "hold-lifted",
        "stop-asked",
    ];
    assert_eq!(names, expected);
    assert_eq!(house.refusals, []);
}

#[tokio::test]
async fn what_says_that_it_is_frozen_after_it_was_resumed_is_let_go_on() {
    let mut theatre = Theatre::open();
    let id = theatre.house.cast("puppet", "play").await;
    let mut strings = theatre.strings().await;
    let call = CallId(1);
    strings.say(Report::Started).await;
    strings.say(Report::Reached(Boundary::Tool { call })).await;
    assert_eq!(strings.hear().await, Order::RunTool(call));
    theatre.house.direct(Command::Freeze(id)).await;
    theatre.house.direct(Command::Resume(id)).await;
    assert_eq!(strings.hear().await, Order::Hold(HoldReason::Director));
    assert_eq!(strings.hear().await, Order::Freeze);
    assert_eq!(strings.hear().await, Order::Release(HoldReason::Director));
    theatre.house.until_agent(id, |it| !it.is_held()).await;
    strings.say(Report::Frozen("late".into())).await;
    assert_eq!(strings.hear().await, Order::Thaw);
    theatre.house.until_agent(id, |it| it.frozen.is_none()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_outlasts_an_end_that_a_message_takes_back() {
    let slow = r#"
[[part]]
name = "slow"
model = "slow"
pace = { rate = 60, first = 0.0 }

[[part.turn]]
say = "These are my last words, and they take a while, since I speak slowly and with care."
"#;
    let mut house = House::planned(Plan { speed: 1.0, ..Plan::new(slow) });
    let id = house.cast("slow", "speak").await;
    house.until_agent(id, has_spoken).await;
    house.direct(Command::Pause(id)).await;
    house.direct(Command::Redirect { agent: id, text: "one more thing".into(), now: false }).await;
    house.until_agent(id, |it| it.status() == Status::Paused).await;
    assert_eq!(house.asked().len(), 1);
    assert!(house.agent(id).is_held_for(HoldReason::Director));
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, |it| it.is_over() && it.queued().next().is_none()).await;
    assert_eq!(house.asked().last().unwrap().last_user, "one more thing");
}

/// Makes the same call again and again, until it is told something.
const AGAIN: &str = r#"
[[part]]
name = "again"
model = "again"

[[part.turn]]
say = "I look."
calls = [{ tool = "shell", with = { command = "echo same" } }]

[[part.turn]]
say = "I look once more."
calls = [{ tool = "shell", with = { command = "echo same" } }]

[[part.turn]]
say = "Done."
"#;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_watch_asks_stands_in_a_later_run_and_a_message_answers_it() {
    let mut house = House::open(AGAIN);
    let heed = Heed { action: Action::Ask, limit: 2 };
    let watch = [(Rule::SameCall, heed)].into();
    let casting = Casting { watch, ..house.casting("again", "look") };
    let id = house.cast_as(casting).await;
    let stands = |it: &Agent| {
        it.drift_asked().is_some() && it.status() == Status::Paused && !it.boundaries.is_empty()
    };
    house.until_agent(id, stands).await;
    let asked = house.agent(id).drift_asked().cloned();
    house.close(QuitMode::Pause).await;
    house.reopen().await;
    house.until_agent(id, stands).await;
    assert_eq!(house.agent(id).drift_asked().cloned(), asked, "as it was");
    assert_eq!(house.asked().len(), 2);
    let answer = Answer::Said { text: "look elsewhere".into() };
    house.direct(Command::Answer { agent: id, request: RequestId::DRIFT, answer }).await;
    house.until_agent(id, Agent::is_over).await;
    let asked = house.asked();
    assert_eq!(asked[2].last_user, "look elsewhere");
    assert_eq!(house.agent(id).requests, []);
}
