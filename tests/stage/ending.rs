//! How agents end: when told to, in any case, and alone.

use crate::{
    house::{House, Plan},
    puppet::{Strings, Theatre},
};
use auteur::{
    engine::{Engine, Hire, Seat, Start, Work},
    model::*,
};
use std::sync::Arc;

#[tokio::test(start_paused = true)]
async fn an_agent_that_does_not_heed_a_stop_is_ended() {
    let mut theatre = Theatre::open();
    let id = theatre.house.cast("puppet", "play").await;
    let mut strings = theatre.strings().await;
    strings.say(Report::Started).await;
    theatre.house.direct(Command::Stop(id)).await;
    assert_eq!(strings.hear().await, Order::Stop);
    theatre.house.until_agent(id, Agent::is_over).await;
    let outcome = Outcome::Stopped { by: Author::Director };
    assert_eq!(theatre.house.agent(id).outcome(), Some(&outcome));
    assert!(strings.orders.recv().await.is_none(), "its task is gone");
}

#[tokio::test]
async fn what_an_agent_leaves_open_when_it_is_killed_is_brought_to_an_end() {
    let mut theatre = Theatre::open();
    let (id, strings) = in_a_tool(&mut theatre).await;
    let ask = Ask::question(None, "which?".into(), vec![]);
    strings.say(Report::Asked { request: RequestId(1), ask }).await;
    theatre.house.until_agent(id, |it| !it.requests.is_empty()).await;
    let before = theatre.house.records().len();
    theatre.house.direct(Command::Kill(id)).await;
    theatre.house.until_agent(id, Agent::is_over).await;
    let facts = theatre.house.records().split_off(before);
    let facts: Vec<_> = facts.into_iter().map(|it| it.event).collect();
    assert!(
        matches!(
            &facts[..],
            [
                Event::ToolEnded { ok: false, text, .. },
                Event::Answered { answer: Answer::Withdrawn, .. },
                Event::AgentEnded { .. },
            ] if text.starts_with("unknown")
        ),
        "{facts:?}"
    );
}

/// A puppet in the middle of a tool that does not end.
async fn in_a_tool(theatre: &mut Theatre) -> (AgentId, Strings) {
    let id = theatre.house.cast("puppet", "play").await;
    let mut strings = theatre.strings().await;
    let call = CallId(1);
    let (tool, title, input) = ("shell".to_owned(), "make it".to_owned(), serde_json::json!({}));
    strings.say(Report::Started).await;
    strings
        .say(Report::ToolCalled {
            call,
            id: "a".into(),
            tool,
            title,
            input: input.into(),
            seal: None,
        })
        .await;
    strings.say(Report::Reached(Boundary::Tool { call })).await;
    assert_eq!(strings.hear().await, Order::RunTool(call));
    (id, strings)
}

#[tokio::test(start_paused = true)]
async fn a_tool_that_the_close_cuts_had_a_moment_and_is_marked_and_its_agent_held() {
    for (mode, moment) in [(QuitMode::Pause, 1), (QuitMode::Now, 0)] {
        let mut theatre = Theatre::open();
        let (id, _strings) = in_a_tool(&mut theatre).await;
        let asked = tokio::time::Instant::now();
        let stage = theatre.house.close(mode).await;
        assert_eq!(asked.elapsed().as_secs(), moment, "{mode:?}");
        let agent = stage.agent(id).unwrap();
        let gate = agent.holds.iter().find(|it| it.reason == HoldReason::Gate).unwrap();
        assert!(agent.tools_running.is_empty() && gate.note.contains("make it"), "{gate:?}");
        let told = theatre.house.events(|event| match event {
            Event::ToolEnded { text, .. } => Some(text.clone()),
            _ => None,
        });
        assert!(told[0].starts_with("unknown: the session closed"), "{told:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_close_says_what_became_of_the_agents() {
    for (is_done, mode, expected) in [
        (true, QuitMode::Stop, "all agents were done"),
        (true, QuitMode::Pause, "all agents were done"),
        (false, QuitMode::Stop, "all agents were stopped"),
        (false, QuitMode::Now, "paused; a later run goes on"),
    ] {
        let mut theatre = Theatre::open();
        let id = theatre.house.cast("puppet", "play").await;
        let strings = theatre.strings().await;
        strings.say(Report::Started).await;
        if is_done {
            let outcome = Outcome::Succeeded { summary: String::new() };
            strings.say(Report::Ended(outcome)).await;
            theatre.house.until_agent(id, Agent::is_over).await;
        }
        let stage = theatre.house.close(mode).await;
        assert_eq!(stage.closed(), Some(expected), "{mode:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_does_not_listen_is_ended_before_it_works_under_old_orders() {
    let mut theatre = Theatre::open();
    let id = theatre.house.cast("deaf", "play").await;
    let strings = theatre.strings().await;
    strings.say(Report::Started).await;
    theatre.house.until_agent(id, |it| it.life == Life::Working).await;
    // Nobody takes the puppet's orders: its own ear fills up behind them.
    for version in 0..6000 {
        let text = format!("version {version}");
        theatre.house.direct(Command::EditInstructions { agent: id, text }).await;
    }
    theatre.house.until_agent(id, Agent::is_over).await;
    let why = "its engine heard no orders".to_owned();
    assert_eq!(theatre.house.agent(id).outcome(), Some(&Outcome::Failed { why }));
}

/// Ends as its name says.
struct Odd(String);

impl Engine for Odd {
    fn work(self: Box<Self>, seat: Seat) -> Work {
        Box::pin(async move {
            seat.say(Report::Started).await.unwrap();
            match self.0.as_str() {
                "panics" => panic!("a bug in the engine"),
                "leaves" => {}
                _ => seat.end(Outcome::Succeeded { summary: "well".into() }).await.unwrap(),
            }
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f14_an_engine_that_breaks_fails_its_own_agent_only() {
    let hire: Hire = Arc::new(|start: Start| {
        let name = start.agent.casting.name;
        assert_ne!(name, "unhirable", "a bug before the engine");
        if name == "missing" { Err("no key".to_owned()) } else { Ok(Box::new(Odd(name)) as _) }
    });
    let script = "[[part]]\nname = \"none\"\n[[part.turn]]\nsay = \"nothing\"";
    let mut house = House::planned(Plan { hire: Some(hire), ..Plan::new(script) });
    for name in ["panics", "leaves", "unhirable", "missing", "works"] {
        house.cast(name, "try").await;
    }
    house.until(|stage| stage.agents().all(Agent::is_over)).await;
    let outcomes: Vec<_> = house.stage.agents().filter_map(Agent::outcome).cloned().collect();
    let failed = |why: &str| Outcome::Failed { why: why.to_owned() };
    assert_eq!(outcomes[0], failed("its engine crashed: a bug in the engine"));
    assert_eq!(outcomes[1], failed("its engine left without a word"));
    let Outcome::Failed { why } = &outcomes[2] else { panic!("{:?}", outcomes[2]) };
    assert!(why.contains("a bug before the engine"), "{why}");
    assert_eq!(outcomes[3], failed("no key"));
    assert_eq!(outcomes[4], Outcome::Succeeded { summary: "well".into() });
}
