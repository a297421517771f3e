//! What the director can do to an agent at work.

use crate::house::{House, written};
use auteur::{llm::Wire, model::*, tools::policy::Mode};

/// Runs a command in each turn, for as long as it is let.
const BUSY: &str = r#"
[[part]]
name = "busy"
model = "busy"

[[part.turn]]
label = "round"
say = "Another round."
calls = [{ tool = "shell", with = { command = "echo round" } }]
then = "round"

[[part.when]]
redirect = "(?i)stop going round"
go = "end"

[[part.turn]]
label = "end"
say = "I have stopped: {last_user}"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn while_an_agent_is_held_the_model_is_not_called() {
    let mut house = House::open(BUSY);
    let id = house.cast("busy", "go round").await;
    house.until_agent(id, |it| it.turn >= Turn(3)).await;
    house.direct(Command::Pause(id)).await;
    house.until_agent(id, |it| it.status() == Status::Paused).await;
    let calls = house.asked().len();
    house
        .direct(Command::Redirect { agent: id, text: "stop going round".into(), now: false })
        .await;
    house.direct(Command::EditInstructions { agent: id, text: "work better".into() }).await;
    house.until_agent(id, |it| it.instructions.len() == 2).await;
    assert_eq!(house.asked().len(), calls);
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, Agent::is_over).await;
    let asked = house.asked();
    assert_eq!(asked.len(), calls + 1);
    let last = asked.last().unwrap();
    assert_eq!((last.last_user.as_str(), written(last)), ("stop going round", "work better"));
    let agent = house.agent(id);
    assert_eq!(agent.status(), Status::Succeeded);
    assert_eq!(agent.redirects[0].delivery, Delivery::Delivered(agent.turn));
    assert_eq!(agent.instructions[1].effective, Some(agent.turn));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_supervisor_the_screen_and_the_tape_agree() {
    let mut house = House::open(BUSY);
    let id = house.cast("busy", "go round").await;
    house.until_agent(id, |it| it.turn >= Turn(5)).await;
    let supervised = house.close(QuitMode::Pause).await;
    let mut taped = Stage::new(house.stage.header().clone());
    house.records().iter().for_each(|record| taped.apply(record));
    assert_eq!(taped, house.stage);
    assert_eq!(taped.without_logs(), supervised);
    assert!(supervised.closed().is_some());
}

/// Asks the director, then needs an approval, then runs something long.
const NEEDY: &str = r#"
[[part]]
name = "needy"
model = "needy"

[[part.turn]]
calls = [{ tool = "ask", with = { question = "Which colour?", options = ["red", "blue"] } }]

[[part.turn]]
say = "So it is {last_result}"
calls = [{ tool = "shell", with = { command = "touch approved" } }]

[[part.turn]]
say = "Done after: {last_result}"
"#;

fn request(agent: &Agent) -> RequestId {
    agent.requests[0].id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_waits_for_its_answer_and_an_approval_for_a_yes() {
    let mut house = House::open_on(NEEDY, Wire::OpenaiChat, Mode::Ask);
    let id = house.cast("needy", "paint it").await;
    house.until_agent(id, |it| it.status() == Status::Waiting).await;
    let answer = Answer::Said { text: "blue".into() };
    let question = request(house.agent(id));
    house.direct(Command::Answer { agent: id, request: question, answer }).await;
    house.until_agent(id, |it| it.requests.iter().any(|it| it.id != question)).await;
    assert!(!house.folder.path().join("approved").exists());
    let approval = house.agent(id).requests[0].clone();
    assert!(matches!(&approval.ask, Ask::Approval { shown, .. } if shown == "touch approved"));
    house.direct(approval.approved(id, Scope::Once)).await;
    house.until_agent(id, Agent::is_over).await;
    assert!(house.folder.path().join("approved").exists());
    let asked = house.asked();
    assert!(asked[1].last_result.contains("the director answers: blue"), "{:?}", asked[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denied_call_is_not_run_and_the_model_is_told_why() {
    let mut house = House::open_on(NEEDY, Wire::Gemini, Mode::Ask);
    let id = house.cast("needy", "paint it").await;
    house.until_agent(id, |it| !it.requests.is_empty()).await;
    let said = Answer::Said { text: "red".into() };
    let first = request(house.agent(id));
    house.direct(Command::Answer { agent: id, request: first, answer: said }).await;
    house.until_agent(id, |it| it.requests.iter().any(|it| it.id != first)).await;
    let denied = Answer::Denied { why: "not today".into() };
    let second = request(house.agent(id));
    house.direct(Command::Answer { agent: id, request: second, answer: denied }).await;
    house.until_agent(id, Agent::is_over).await;
    assert!(!house.folder.path().join("approved").exists());
    assert!(house.asked().last().unwrap().last_result.contains("denied this: not today"));
}

/// Runs a command that does not end by itself.
const LONG: &str = r#"
[[part]]
name = "long"
model = "long"

[[part.turn]]
calls = [{ tool = "shell", with = { command = "echo begun; setsid sleep 987 & sleep 987; echo never" } }]

[[part.when]]
redirect = "never mind"
go = "told"

[[part.turn]]
label = "told"
say = "Told: {last_result}"
"#;

fn has_begun(agent: &Agent) -> bool {
    !agent.tools_running.is_empty()
        && agent.log.entries().any(
            |it| matches!(&it.kind, EntryKind::Tool { output, .. } if output.contains("begun")),
        )
}

/// Processes whose command line is exactly `sleep 987`, by the system's own list.
fn sleepers() -> usize {
    let processes = std::fs::read_dir("/proc").unwrap();
    let lines = processes.filter_map(|it| std::fs::read(it.ok()?.path().join("cmdline")).ok());
    lines.filter(|line| line == b"sleep\0987\0").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_tool_stands_still_and_an_urgent_redirect_ends_all_of_it() {
    let mut house = House::open_on(LONG, Wire::OpenaiResponses, Mode::Auto);
    let id = house.cast("long", "sleep").await;
    house.until_agent(id, has_begun).await;
    house.direct(Command::Freeze(id)).await;
    house.until_agent(id, |it| it.frozen.is_some()).await;
    assert_eq!(house.agent(id).status(), Status::Paused);
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, |it| it.frozen.is_none() && it.status() == Status::Running).await;
    let calls = house.asked().len();
    house.direct(Command::Redirect { agent: id, text: "never mind".into(), now: true }).await;
    house.until_agent(id, Agent::is_over).await;
    assert_eq!(house.asked().len(), calls + 1);
    assert!(house.asked().last().unwrap().last_result.contains("interrupted by the director"));
    house.close(QuitMode::Stop).await;
    while sleepers() > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_step_is_one_step() {
    let mut house = House::open(BUSY);
    let id = house.cast("busy", "go round").await;
    house.until_agent(id, |it| it.turn >= Turn(2)).await;
    house.direct(Command::Pause(id)).await;
    house.until_agent(id, |it| it.status() == Status::Paused && it.boundaries.len() == 1).await;
    for _ in 0..4 {
        let (before, seen) = (house.records().len(), house.agent(id).boundaries.clone());
        house.direct(Command::Step(id)).await;
        house
            .until_agent(id, |it| {
                it.status() == Status::Paused && it.boundaries.len() == 1 && it.boundaries != seen
            })
            .await;
        let steps = house.records().split_off(before);
        let started = steps
            .iter()
            .filter(|it| matches!(it.event, Event::TurnStarted { .. } | Event::ToolStarted { .. }));
        assert_eq!(started.count(), 1);
    }
}
