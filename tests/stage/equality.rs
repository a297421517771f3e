//! F32: a run that was cut anywhere and taken up again comes to the same end as
//! one that was not, or says what nobody can know.

use crate::house::{House, Plan};
use auteur::{model::*, tools::policy::Mode};
use std::{fs, path::PathBuf};

/// Each tool leaves a mark, so that one that ran twice is seen.
const MARKS: &str = r#"
[[part]]
name = "worker"

[[part.turn]]
say = "One."
calls = [{ tool = "shell", with = { command = "echo one >> marks" } }]

[[part.turn]]
say = "Two, and three."
calls = [
    { tool = "shell", with = { command = "echo two >> marks" } },
    { tool = "shell", with = { command = "echo three >> marks" } },
]

[[part.turn]]
say = "Done."
"#;

const ALL: [&str; 3] = ["one", "two", "three"];

fn marks(house: &House) -> PathBuf {
    house.folder.path().join("marks")
}

/// What is the same in the end, whatever became of the process meanwhile.
fn end(agent: &Agent) -> (Status, Money, String) {
    (agent.status(), agent.spent.known, agent.last_words())
}

#[tokio::test(flavor = "multi_thread")]
async fn f32_cut_at_any_event_a_run_ends_as_it_would_have_or_says_what_is_unknown() {
    let mut house = House::open(MARKS);
    let id = house.cast("worker", "work").await;
    house.until_agent(id, Agent::is_over).await;
    let (whole, records, tape) = (end(house.agent(id)), house.records(), house.tape());
    assert_eq!(fs::read_to_string(marks(&house)).unwrap(), "one\ntwo\nthree\n");
    let mut stage = Stage::new(house.stage.header().clone());
    for (index, record) in records.iter().enumerate() {
        stage.apply(record);
        let Some(agent) = stage.agent(id).filter(|it| it.is_on()).cloned() else { continue };
        let place = format!("cut after {index}: {:?}", record.event);
        // The world as it was then; what ran may have done its work.
        let starts = records[..=index].iter();
        let started = starts.filter(|it| matches!(it.event, Event::ToolStarted { .. })).count();
        fs::write(marks(&house), ALL[..started].join("\n") + "\n").unwrap();
        house.reopen_after(&tape, index + 1).await;
        if !agent.tools_running.is_empty() {
            house.until_agent(id, |it| it.run == 2 && it.needs_director()).await;
            house.direct(Command::Lift(id, HoldReason::Gate)).await;
        }
        house.until_agent(id, |it| it.run == 2 && it.is_over()).await;
        let told = house.events(|event| match event {
            Event::ToolEnded { text, .. } if text.starts_with("unknown") => Some(()),
            _ => None,
        });
        assert_eq!(end(house.agent(id)), whole, "{place}");
        assert_eq!(told.len(), agent.tools_running.len(), "what is unknown is marked: {place}");
        let turns = Turn(3 + u32::from(agent.calling));
        assert_eq!(house.agent(id).turn, turns, "a call that was cut is made again: {place}");
        let unpriced = house.agent(id).spent.unpriced;
        assert_eq!(unpriced, u32::from(agent.calling), "a cut call's price: {place}");
        let left = fs::read_to_string(marks(&house)).unwrap();
        let left: Vec<_> = left.lines().filter(|it| !it.is_empty()).collect();
        assert_eq!(left, ALL, "nothing runs twice, and all runs: {place}");
    }
}

const NEEDY: &str = r#"
[[part]]
name = "needy"

[[part.turn]]
say = "May I?"
calls = [
    { tool = "shell", with = { command = "echo one >> marks" } },
    { tool = "ask", with = { question = "Which colour?", options = ["red", "blue"] } },
]

[[part.turn]]
say = "So it is: {last_result}"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_is_asked_again_and_nothing_is_done_before_its_answer() {
    let mut house = House::planned(Plan { mode: Mode::Ask, ..Plan::new(NEEDY) });
    let id = house.cast("needy", "work").await;
    house.until_agent(id, |it| !it.requests.is_empty()).await;
    let asked = house.agent(id).requests[0].ask.clone();
    let calls = house.asked().len();
    let (tape, records) = (house.tape(), house.records().len());
    house.reopen_after(&tape, records).await;
    house.until_agent(id, |it| it.run == 2 && !it.requests.is_empty()).await;
    let request = house.agent(id).requests[0].clone();
    assert_eq!(request.ask, asked, "word for word");
    assert!(!marks(&house).exists());
    house.direct(request.approved(id, Scope::Once)).await;
    let is_question =
        |it: &Agent| it.requests.first().is_some_and(|it| matches!(it.ask, Ask::Question { .. }));
    house.until_agent(id, is_question).await;
    // Closed in good order, between a tool that has run and a question that waits.
    house.close(QuitMode::Pause).await;
    house.reopen().await;
    house.until_agent(id, |it| it.run == 3 && is_question(it)).await;
    assert_eq!(
        (house.asked().len(), fs::read_to_string(marks(&house)).unwrap()),
        (calls, "one\n".into())
    );
    let request = house.agent(id).requests[0].id;
    let answer = Answer::Said { text: "green".into() };
    house.direct(Command::Answer { agent: id, request, answer }).await;
    house.until_agent(id, Agent::is_over).await;
    assert_eq!(fs::read_to_string(marks(&house)).unwrap(), "one\n");
    let last = house.asked().last().unwrap().last_result.clone();
    assert!(last.contains("green"), "{last}");
}
