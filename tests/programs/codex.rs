//! Codex: shared, paused, redirected, judged, edited, killed and taken up again.

use crate::house::{Actor, House, Place, Plan, find};
use auteur::{
    engine::{codex::Codex, program::Launch},
    model::*,
    tools::policy::Mode,
};
use serde_json::Value;
use std::{fs, time::Duration};

/// What Codex needs to ask nobody but the rehearsal.
fn launch_of(place: &Place) -> Launch {
    place.write(
        ".codex/config.toml",
        &format!(
            r#"
model = "gpt-5"
model_provider = "rehearsal"
check_for_update_on_startup = false
[analytics]
enabled = false
[model_providers.rehearsal]
name = "rehearsal"
base_url = "{}/v1"
wire_api = "responses"
env_key = "OPENAI_API_KEY"
supports_websockets = false
"#,
            place.url
        ),
    );
    Launch {
        argv: vec![find("codex").unwrap().into()],
        folder: place.folder.clone(),
        environment: place.environment(&[("OPENAI_API_KEY", "sk-test-canary")]),
        vendor: "openai".into(),
        is_shared: true,
        ..Launch::default()
    }
}

/// Codex, where it is installed.
pub(crate) fn codex() -> Option<Actor> {
    find("codex")?;
    Some(Actor {
        kind: EngineKind::Codex,
        model: "",
        launch: launch_of,
        hire: |troupe, start| Box::new(Codex::new(troupe, start)),
    })
}

/// Runs two commands, and ends.
const SMALL: &str = r#"
[[part]]
name = "small"
[[part.turn]]
say = "I write it."
calls = [{ tool = "exec_command", with = { cmd = "echo one > a.txt" } }]
usage = { input = 1000, cache_read = 200, cache_write = 0, output = 50 }
[[part.turn]]
say = "I look."
calls = [{ tool = "exec_command", with = { cmd = "cat a.txt" } }]
usage = { input = 1100, cache_read = 1200, cache_write = 0, output = 60 }
[[part.turn]]
say = "It is done."
usage = { input = 1200, cache_read = 2200, cache_write = 0, output = 70 }
"#;

/// Prompt and output, as we count them.
pub(crate) fn counted(agent: &Agent) -> (u64, u64) {
    (agent.usage.prompt(), agent.usage.output)
}

/// Prompt and output, as Codex's own log counts them in the end.
pub(crate) fn own_count(house: &House) -> (u64, u64) {
    let mut folder = house.home.path().join(".codex/sessions");
    while folder.is_dir() {
        folder = fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    }
    let log = fs::read_to_string(folder).unwrap();
    let lines = log.lines().map(|it| serde_json::from_str::<Value>(it).unwrap());
    let place = "/payload/info/total_token_usage";
    let total = lines.filter_map(|it| it.pointer(place).cloned()).next_back().unwrap();
    let number = |name: &str| total[name].as_u64().unwrap();
    (number("input_tokens"), number("output_tokens"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_brief_is_done_and_counted_to_the_token() {
    let Some(codex) = codex() else { return };
    let mut house = House::open(&codex, SMALL);
    let id = house.cast("writer", "write a.txt").await;
    house.until_agent(id, Agent::is_over).await;
    let agent = house.agent(id);
    let done = Outcome::Succeeded { summary: "It is done.".into() };
    assert_eq!(agent.outcome(), Some(&done), "{}", house.told());
    assert_eq!((agent.turn, house.calls().len()), (Turn(3), 3), "{}", house.told());
    let all = Usage { input: 3300, cache_read: 3600, output: 180, ..Usage::default() };
    assert_eq!(agent.usage, all, "{}", house.told());
    assert!(!agent.link.as_ref().unwrap().model.is_empty(), "{agent:?}");
    assert_eq!(counted(agent), own_count(&house));
    assert_eq!(agent.spent.known, Money(all.total() * 1000));
    assert_eq!(fs::read_to_string(house.folder.path().join("a.txt")).unwrap(), "one\n");
    let strange = house.events(|it| match it {
        Event::Strange { name, .. } => Some(name.clone()),
        _ => None,
    });
    assert_eq!(strange, Vec::<String>::new());
}

/// Its first command runs until there is a file `go`; it makes `begun` first.
const WAITS: &str = r#"
[[part]]
name = "waits"

[[part.turn]]
say = "I wait."
calls = [{ tool = "exec_command", with = { cmd = "touch begun; until [ -e go ]; do sleep 0.02; done" } }]

[[part.turn]]
say = "I go on."
calls = [{ tool = "exec_command", with = { cmd = "echo again" } }]

[[part.turn]]
say = "I am done."
"#;

/// Waits until the command of [`WAITS`] runs.
async fn until_it_waits(house: &mut House, id: AgentId) {
    house.until_agent(id, |it| !it.tools_running.is_empty()).await;
    while !house.folder.path().join("begun").exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn let_go(house: &House) {
    fs::write(house.folder.path().join("go"), "").unwrap();
}

fn has_succeeded(agent: &Agent) -> bool {
    matches!(agent.outcome(), Some(Outcome::Succeeded { .. }))
}

fn why(agent: &Agent) -> String {
    match agent.outcome() {
        Some(Outcome::Failed { why }) => why.clone(),
        other => panic!("it has not failed: {other:?}"),
    }
}

fn cuts(house: &House) -> usize {
    house.events(|it| matches!(it, Event::TurnCut { .. }).then_some(())).len()
}

#[tokio::test(flavor = "multi_thread")]
async fn while_it_is_paused_it_makes_no_model_call_and_nothing_is_cut() {
    let Some(codex) = codex() else { return };
    let mut house = House::open(&codex, WAITS);
    let id = house.cast("waiter", "wait").await;
    until_it_waits(&mut house, id).await;
    house.direct(Command::Pause(id)).await;
    house.until_agent(id, |it| it.status() == Status::Pausing).await;
    let_go(&house);
    house.until_agent(id, |it| it.status() == Status::Paused).await;
    house.until_agent(id, |it| it.boundaries.iter().any(Boundary::is_model)).await;
    assert_eq!(house.calls().len(), 1, "it is held at the gate");
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, Agent::is_over).await;
    assert!(has_succeeded(house.agent(id)), "{}", house.told());
    assert_eq!((house.calls().len(), house.agent(id).turn), (3, Turn(3)), "{}", house.told());
    assert_eq!(cuts(&house), 0);
    let last = house.calls().pop().unwrap();
    assert!(!last.last_user.contains("Go on"), "the same turn of Codex's goes on: {last:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn paused_and_redirected_it_goes_on_with_the_message() {
    let Some(codex) = codex() else { return };
    let mut house = House::open(&codex, WAITS);
    let id = house.cast("waiter", "wait").await;
    until_it_waits(&mut house, id).await;
    house.direct(Command::Pause(id)).await;
    let_go(&house);
    house.until_agent(id, |it| it.boundaries.iter().any(Boundary::is_model)).await;
    let redirect = house.redirect(id, "REDIRECT-ONE").await;
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, Agent::is_over).await;
    assert!(has_succeeded(house.agent(id)), "{}", house.told());
    let calls = house.calls();
    assert!(calls[1].last_user.contains("REDIRECT-ONE"), "{}", house.told());
    let redirect = house.agent(id).redirect(redirect).unwrap();
    assert_eq!(redirect.delivery, Delivery::Delivered(Turn(2)));
    assert_eq!((calls.len(), cuts(&house)), (3, 0), "{}", house.told());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_in_mid_turn_stands_in_the_very_next_model_call() {
    let Some(codex) = codex() else { return };
    let mut house = House::open(&codex, WAITS);
    let id = house.cast("waiter", "wait").await;
    until_it_waits(&mut house, id).await;
    let first = house.redirect(id, "REDIRECT-ONE").await;
    let second = house.redirect(id, "REDIRECT-TWO").await;
    let_go(&house);
    house.until_agent(id, Agent::is_over).await;
    let calls = house.calls();
    assert!(calls[1].last_user.contains("REDIRECT-TWO"), "{}", house.told());
    assert!(calls[1].messages >= calls[0].messages + 3, "{}", house.told());
    for redirect in [first, second] {
        let redirect = house.agent(id).redirect(redirect).unwrap();
        assert_eq!(redirect.delivery, Delivery::Delivered(Turn(2)), "{}", house.told());
    }
    assert_eq!(calls.len(), 3, "{}", house.told());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_after_its_end_takes_it_up_again_in_its_session() {
    let Some(codex) = codex() else { return };
    let mut house = House::open(&codex, SMALL);
    let id = house.cast("writer", "write a.txt").await;
    house.until_agent(id, Agent::is_over).await;
    house.redirect(id, "REDIRECT-LATE").await;
    house.until_agent(id, |it| it.run == 2 && it.is_over()).await;
    assert!(has_succeeded(house.agent(id)), "{}", house.told());
    let calls = house.calls();
    let last = calls.last().unwrap();
    assert!(last.last_user.contains("REDIRECT-LATE"), "{}", house.told());
    assert!(last.messages > calls[2].messages, "it knows the conversation so far");
    assert_eq!(house.agent(id).turn, Turn(4), "{}", house.told());
    assert_eq!(counted(house.agent(id)), own_count(&house), "what was settled stays so");
}

/// Four commands that the policy asks about, two of them the same.
const FOUR: &str = r#"
[[part]]
name = "four"
[[part.turn]]
calls = [{ tool = "exec_command", with = { cmd = "touch one" } }]
[[part.turn]]
calls = [{ tool = "exec_command", with = { cmd = "touch two" } }]
[[part.turn]]
calls = [{ tool = "exec_command", with = { cmd = "touch one" } }]
[[part.turn]]
calls = [{ tool = "exec_command", with = { cmd = "touch three" } }]
[[part.turn]]
say = "Enough."
"#;

#[tokio::test(flavor = "multi_thread")]
async fn what_the_policy_asks_about_is_approved_denied_or_allowed_for_good() {
    let Some(codex) = codex() else { return };
    let mut house = House::planned(Plan { mode: Mode::Ask, ..Plan::new(&codex, FOUR) });
    let id = house.cast("toucher", "touch").await;
    let answer = |request, answer| Command::Answer { agent: id, request, answer };
    let request = house.until_asked(id).await;
    let ask = &house.agent(id).requests[0].ask;
    assert!(
        matches!(ask, Ask::Approval { tool, shown, .. } if tool == "exec_command" && shown == "touch one"),
        "{ask:?}"
    );
    assert_eq!(house.agent(id).status(), Status::Waiting);
    assert!(!house.folder.path().join("one").exists());
    let always = house.agent(id).requests[0].approved(id, Scope::Always);
    house.direct(always).await;
    house.until_agent(id, |it| it.requests.iter().any(|it| it.id != request)).await;
    let request = house.agent(id).requests[0].id;
    house.direct(answer(request, Answer::Denied { why: "not that one".into() })).await;
    house.until_agent(id, |it| it.requests.iter().any(|it| it.id != request)).await;
    let approved = house.agent(id).requests[0].approved(id, Scope::Once);
    house.direct(approved).await;
    house.until_agent(id, Agent::is_over).await;
    assert!(has_succeeded(house.agent(id)), "{}", house.told());
    let asked = house.events(|it| matches!(it, Event::Asked { .. }).then_some(()));
    assert_eq!(asked.len(), 3, "{}", house.told());
    assert!(!house.folder.path().join("two").exists());
    let calls = house.calls();
    assert!(calls[2].last_user.contains("not that one"), "{}", house.told());
    assert!(calls[2].last_result.contains("rejected"), "{:?}", calls[2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_may_only_read_changes_nothing_and_asks_nobody() {
    let Some(codex) = codex() else { return };
    let mut house = House::planned(Plan { mode: Mode::Plan, ..Plan::new(&codex, SMALL) });
    let id = house.cast("reader", "write a.txt").await;
    house.until_agent(id, Agent::is_over).await;
    assert!(has_succeeded(house.agent(id)), "{}", house.told());
    assert!(!house.folder.path().join("a.txt").exists());
    let asked = house.events(|it| matches!(it, Event::Asked { .. }).then_some(()));
    assert!(asked.is_empty(), "{}", house.told());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_ends_the_command_that_runs_and_it_can_be_told_what_next() {
    let Some(codex) = codex() else { return };
    let mut house = House::open(&codex, WAITS);
    let id = house.cast("waiter", "wait").await;
    until_it_waits(&mut house, id).await;
    let before = house.processes().len();
    house.direct(Command::Interrupt(id)).await;
    house.until_agent(id, |it| it.status() == Status::Paused && it.tools_open.is_empty()).await;
    house.until_agent(id, |it| it.boundaries.iter().any(Boundary::is_model)).await;
    let deadline = tokio::time::Instant::now() + Duration::from_mins(5);
    while house.processes().len() >= before {
        assert!(tokio::time::Instant::now() < deadline, "the command is still there");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(house.calls().len(), 1);
    house.redirect(id, "REDIRECT-INSTEAD").await;
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, Agent::is_over).await;
    assert!(has_succeeded(house.agent(id)), "{}", house.told());
    assert!(house.calls()[1].last_user.contains("REDIRECT-INSTEAD"), "{}", house.told());
}

#[tokio::test(flavor = "multi_thread")]
async fn new_instructions_hold_from_the_next_model_call_on() {
    let Some(codex) = codex() else { return };
    let mut house = House::open(&codex, WAITS);
    let id = house.cast("waiter", "wait").await;
    until_it_waits(&mut house, id).await;
    let text = "INSTRUCTIONS-TWO: work better.".to_owned();
    house.direct(Command::EditInstructions { agent: id, text }).await;
    house.until_agent(id, |it| it.instructions.len() == 2).await;
    let_go(&house);
    house.until_agent(id, Agent::is_over).await;
    assert!(has_succeeded(house.agent(id)), "{}", house.told());
    let calls = house.calls();
    assert!(calls[0].instructions.contains("INSTRUCTIONS-ONE"), "{}", calls[0].instructions);
    assert!(!calls[0].instructions.contains("INSTRUCTIONS-TWO"));
    for call in &calls[1..] {
        assert!(call.instructions.contains("INSTRUCTIONS-TWO"), "{}", house.told());
    }
    assert_eq!(house.agent(id).instructions[1].effective, Some(Turn(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_model_is_called_from_the_next_call_on() {
    let Some(codex) = codex() else { return };
    let mut house = House::open(&codex, WAITS);
    let id = house.cast("waiter", "wait").await;
    until_it_waits(&mut house, id).await;
    let (provider, model) = ("codex".to_owned(), "gpt-5-mini".to_owned());
    house.direct(Command::ChangeModel { agent: id, provider, model }).await;
    house.until_agent(id, |it| it.casting.model == "gpt-5-mini").await;
    let_go(&house);
    house.until_agent(id, Agent::is_over).await;
    assert!(has_succeeded(house.agent(id)), "{}", house.told());
    let models: Vec<String> = house.calls().into_iter().map(|it| it.model).collect();
    assert_eq!(models, ["gpt-5", "gpt-5-mini", "gpt-5-mini"], "{}", house.told());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_program_stands_still_and_goes_on_where_it_was() {
    let Some(codex) = codex() else { return };
    let mut house = House::open(&codex, WAITS);
    let id = house.cast("waiter", "wait").await;
    until_it_waits(&mut house, id).await;
    house.direct(Command::Freeze(id)).await;
    house.until_agent(id, |it| it.frozen.is_some()).await;
    let_go(&house);
    let stopped = |pid: u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        stat.rsplit(')').next().unwrap().trim_start().starts_with('T')
    };
    assert!(house.processes().into_iter().all(stopped));
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, Agent::is_over).await;
    assert!(has_succeeded(house.agent(id)), "{}", house.told());
    assert_eq!((house.calls().len(), cuts(&house)), (3, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_it_has_failed_and_started_again_it_goes_on_in_its_session() {
    let Some(codex) = codex() else { return };
    let mut house = House::open(&codex, WAITS);
    let id = house.cast("waiter", "wait").await;
    until_it_waits(&mut house, id).await;
    house.kill_all();
    house.until_agent(id, Agent::is_over).await;
    assert!(why(house.agent(id)).contains("ended by signal 9"), "{}", house.told());
    let_go(&house);
    house.direct(Command::Restart(id)).await;
    house.until_agent(id, |it| it.run == 2 && it.is_over()).await;
    assert!(has_succeeded(house.agent(id)), "{}", house.told());
    let calls = house.calls();
    assert!(calls[1].messages > calls[0].messages, "it knows the conversation so far");
    assert!(calls[1].last_user.contains("Go on with your work"), "{calls:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_take_goes_back_to_a_prompt_or_is_told_what_came_since() {
    let Some(codex) = codex() else { return };
    let mut house = House::open(&codex, SMALL);
    let first = house.cast("writer", "write a.txt").await;
    house.until_agent(first, Agent::is_over).await;
    house.redirect(first, "ONCE-MORE").await;
    house.until_agent(first, |it| it.turn.0 > 3 && it.is_over()).await;
    let before = house.agent(first).clone();
    let latest = before.turn;
    let places: Vec<u32> = before.places.iter().map(|(turn, _)| turn.0).collect();
    assert_eq!(places, [3, latest.0], "{}", house.told());
    let cases = [(Turn(4), "", 3), (Turn(2), "this is what was said and done in turns 1 to 1", 0)];
    for (turn, summary, kept) in cases {
        let so_far = house.calls().len();
        let message = Some("INSTEAD: leave it".to_owned());
        let id = house.stage.next_agent();
        let retake = Retake { agent: first, turn, message, ..Retake::default() };
        house.direct(Command::Retake(Box::new(retake))).await;
        house.until_agent(id, Agent::is_over).await;
        assert!(has_succeeded(house.agent(id)), "{}", house.told());
        let now = house.calls().split_off(so_far);
        assert!(now[0].last_user.contains("INSTEAD"), "{}", house.told());
        assert!(now[0].last_user.contains(summary), "{}", now[0].last_user);
        assert!(!now[0].last_user.contains("ONCE-MORE"), "{}", now[0].last_user);
        let take = house.agent(id).casting.take.as_deref().unwrap();
        assert_eq!((take.kept, take.is_summed_up()), (Turn(kept), !summary.is_empty()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_back_in_place_to_a_prompt_and_on_from_there_or_to_the_start() {
    let Some(codex) = codex() else { return };
    let mut house = House::open(&codex, SMALL);
    let id = house.cast("writer", "write a.txt").await;
    house.until_agent(id, Agent::is_over).await;
    house.redirect(id, "ONCE-MORE").await;
    house.until_agent(id, |it| it.turn.0 > 3 && it.is_over()).await;
    let before = house.agent(id).clone();
    house.direct(Command::Rewind { agent: id, to: Turn(2) }).await;
    for (to, is_known) in [(Turn(3), true), (Turn(3), true), (Turn(0), false)] {
        let (run, so_far) = (house.agent(id).run, house.calls().len());
        house.direct(Command::Rewind { agent: id, to }).await;
        house.until_agent(id, |it| it.run > run && it.status() == Status::Paused).await;
        house.redirect(id, "INSTEAD: leave it").await;
        house.direct(Command::Resume(id)).await;
        house.until_agent(id, Agent::is_over).await;
        assert!(has_succeeded(house.agent(id)), "{}", house.told());
        let now = house.calls().split_off(so_far);
        assert!(now[0].last_user.contains("INSTEAD"), "{}", house.told());
        assert!(!now[0].last_user.contains("ONCE-MORE"), "{}", house.told());
        assert_eq!(now[0].last_user.contains("write a.txt"), !is_known, "{}", house.told());
        assert_ne!(house.agent(id).link, before.link, "its session stays as it is");
    }
    let why: Vec<String> = house.refusals.iter().map(ToString::to_string).collect();
    assert!(why[0].contains("take it again from turn 3"), "{why:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_its_session_is_gone_another_take_is_told_what_was_done() {
    let Some(codex) = codex() else { return };
    let mut house = House::open(&codex, SMALL);
    let first = house.cast("writer", "write a.txt").await;
    house.until_agent(first, Agent::is_over).await;
    house.until_run(0).await;
    fs::remove_dir_all(house.home.path().join(".codex/sessions")).unwrap();
    let so_far = house.calls().len();
    let message = Some("INSTEAD: leave it".to_owned());
    let retake = Retake { agent: first, turn: Turn(4), message, ..Retake::default() };
    let id = house.stage.next_agent();
    house.direct(Command::Retake(Box::new(retake))).await;
    house.until_agent(id, Agent::is_over).await;
    assert!(has_succeeded(house.agent(id)), "{}", house.told());
    let now = house.calls().split_off(so_far);
    for words in ["write a.txt", "this is what was said and done in turns 1 to 3", "INSTEAD"] {
        assert!(now[0].last_user.contains(words), "{words}: {}", now[0].last_user);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fork_begins_with_the_conversation_and_leaves_it_as_it_is() {
    let Some(codex) = codex() else { return };
    let mut house = House::open(&codex, SMALL);
    let first = house.cast("writer", "write a.txt").await;
    house.until_agent(first, Agent::is_over).await;
    let calls = house.calls();
    let before = house.agent(first).clone();
    let fork = house.cast_as(before.forked("AND-NOW: say it again".into())).await;
    house.until_agent(fork, Agent::is_over).await;
    assert!(has_succeeded(house.agent(fork)), "{}", house.told());
    let now = house.calls().split_off(calls.len());
    assert_eq!(now.len(), 1, "{}", house.told());
    assert!(now[0].last_user.contains("AND-NOW"), "{}", house.told());
    assert!(now[0].messages > calls[2].messages, "it knows the conversation so far");
    let agent = house.agent(fork);
    assert_ne!(agent.link.as_ref().unwrap().session, before.link.as_ref().unwrap().session);
    assert_eq!((agent.turn, &*agent.casting.name), (Turn(1), "writer-2"));
    // What was used before is the other one's.
    let turns = |id: AgentId| {
        let used = move |it: &Event| match it {
            Event::TurnEnded { agent, usage, .. } if *agent == id => Some(usage.total()),
            _ => None,
        };
        house.events(used)
    };
    assert_eq!(turns(fork), [agent.usage.total()]);
    assert_eq!(house.agent(first).usage, before.usage);
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_while_paused_it_goes_on_in_a_later_run() {
    let Some(codex) = codex() else { return };
    let mut house = House::open(&codex, WAITS);
    let id = house.cast("waiter", "wait").await;
    until_it_waits(&mut house, id).await;
    house.direct(Command::Pause(id)).await;
    let_go(&house);
    house.until_agent(id, |it| it.status() == Status::Paused).await;
    house.close(QuitMode::Pause).await;
    house.reopen().await;
    assert_eq!(house.agent(id).status(), Status::Paused);
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, Agent::is_over).await;
    assert!(has_succeeded(house.agent(id)), "{}", house.told());
    let calls = house.calls();
    assert!(calls[1].messages > calls[0].messages, "it knows the conversation so far");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_agents_share_one_program_and_neither_holds_the_other() {
    let Some(codex) = codex() else { return };
    let mut house = House::open(&codex, WAITS);
    let first = house.cast("first", "wait").await;
    until_it_waits(&mut house, first).await;
    let second = house.cast("second", "wait too").await;
    house.until_agent(second, |it| !it.tools_running.is_empty()).await;
    assert_eq!(servers(&house), 1, "one app-server serves both");
    house.direct(Command::Pause(first)).await;
    let_go(&house);
    house.until_agent(second, Agent::is_over).await;
    house.until_agent(first, |it| it.status() == Status::Paused).await;
    assert!(has_succeeded(house.agent(second)), "{}", house.told());
    assert_eq!(house.calls().len(), 4, "{}", house.told());
    house.direct(Command::Resume(first)).await;
    house.until_agent(first, Agent::is_over).await;
    assert!(has_succeeded(house.agent(first)), "{}", house.told());
    assert_eq!(house.calls().len(), 6);
}

/// The app-servers that run, without the scripts of npm's that start them.
fn servers(house: &House) -> usize {
    let is_server = |pid: &u32| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line);
        line.contains("app-server") && !line.starts_with("node")
    };
    let servers: Vec<u32> = house.processes().into_iter().filter(is_server).collect();
    // What one starts is called like it, until it is the command that is wanted.
    let parent = |pid: &u32| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        status.lines().find_map(|it| it.strip_prefix("PPid:")?.trim().parse::<u32>().ok())
    };
    servers.iter().filter(|it| parent(it).is_none_or(|it| !servers.contains(&it))).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_wants_a_program_alone_has_one_and_is_frozen_alone() {
    let Some(codex) = codex() else { return };
    let launch = |place: &Place| Launch { is_shared: false, ..launch_of(place) };
    let mut house = House::open(&Actor { launch, ..codex }, WAITS);
    let first = house.cast("first", "wait").await;
    until_it_waits(&mut house, first).await;
    let second = house.cast("second", "wait too").await;
    house.until_agent(second, |it| !it.tools_running.is_empty()).await;
    assert_eq!(servers(&house), 2);
    house.direct(Command::Freeze(first)).await;
    house.until_agent(first, |it| it.frozen.is_some()).await;
    let_go(&house);
    house.until_agent(second, Agent::is_over).await;
    assert!(has_succeeded(house.agent(second)), "{}", house.told());
    assert!(house.agent(first).frozen.is_some(), "{}", house.told());
    house.direct(Command::Resume(first)).await;
    house.until_agent(first, Agent::is_over).await;
    assert!(has_succeeded(house.agent(first)), "{}", house.told());
    assert_eq!(cuts(&house), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_missing_fails_with_a_word_about_it() {
    let Some(codex) = codex() else { return };
    let launch = |place: &Place| Launch { argv: vec!["no-such-codex".into()], ..launch_of(place) };
    let mut house = House::open(&Actor { launch, ..codex }, SMALL);
    let id = house.cast("writer", "write a.txt").await;
    house.until_agent(id, Agent::is_over).await;
    assert!(why(house.agent(id)).contains("could not be started"), "{}", house.told());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_refused_is_told_with_what_to_do() {
    let Some(codex) = codex() else { return };
    let refused = SMALL.replacen("say = ", "fault = \"401xinf\"\nsay = ", 1);
    let mut house = House::open(&codex, &refused);
    let id = house.cast("writer", "write a.txt").await;
    house.until_agent(id, Agent::is_over).await;
    assert!(why(house.agent(id)).contains("codex login"), "{}", house.told());
    assert!(house.agent(id).spent.known.is_nothing() && house.agent(id).spent.unpriced == 0);
}

/// A long answer at a slow pace.
const SLOW: &str = r#"
[[part]]
name = "slow"
pace = { rate = 20, first = 0.1 }

[[part.turn]]
say = "One two three four five six seven eight nine ten, one two three four five six seven eight nine ten, one two three four five six seven eight nine ten, one two three four five six seven eight nine ten."

[[part.when]]
redirect = "QUICK"
go = "quick"

[[part.turn]]
label = "quick"
pace = { rate = 2000, first = 0 }
say = "Done."
"#;

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_cuts_an_answer_and_a_message_takes_its_place() {
    let Some(codex) = codex() else { return };
    let mut house = House::planned(Plan { speed: 1.0, ..Plan::new(&codex, SLOW) });
    let id = house.cast("talker", "talk").await;
    house.until_agent(id, |it| it.activity == Activity::Writing).await;
    house.direct(Command::Interrupt(id)).await;
    house.until_agent(id, |it| it.status() == Status::Paused && !it.boundaries.is_empty()).await;
    assert_eq!(cuts(&house), 1, "{}", house.told());
    house.redirect(id, "QUICK").await;
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, Agent::is_over).await;
    assert!(has_succeeded(house.agent(id)), "{}", house.told());
    assert_eq!((house.agent(id).turn, house.calls().len()), (Turn(2), 2));
    assert_eq!(house.agent(id).spent.unpriced, 1, "nobody knows what the cut call cost");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_that_share_a_program_is_not_frozen_but_interrupted() {
    let Some(codex) = codex() else { return };
    let mut house = House::open(&codex, WAITS);
    let first = house.cast("first", "wait").await;
    until_it_waits(&mut house, first).await;
    let second = house.cast("second", "wait too").await;
    house.until_agent(second, |it| !it.tools_running.is_empty()).await;
    house.direct(Command::Freeze(first)).await;
    house.until_agent(first, |it| it.status() == Status::Paused && !it.boundaries.is_empty()).await;
    assert!(house.agent(first).frozen.is_none());
    let_go(&house);
    house.until_agent(second, Agent::is_over).await;
    assert!(has_succeeded(house.agent(second)), "{}", house.told());
    house.direct(Command::Resume(first)).await;
    house.until_agent(first, Agent::is_over).await;
    assert!(has_succeeded(house.agent(first)), "{}", house.told());
}

/// The same where Codex takes no commands of ours before its model calls.
fn ungated() -> Option<Actor> {
    let launch = |place: &Place| {
        let mut launch = launch_of(place);
        launch.argv.extend(["-c", "features.hooks=false"].map(Into::into));
        launch
    };
    codex().map(|it| Actor { launch, ..it })
}

#[tokio::test(flavor = "multi_thread")]
async fn where_there_is_no_gate_a_pause_interrupts_after_the_tool() {
    let Some(codex) = ungated() else { return };
    let mut house = House::open(&codex, WAITS);
    let id = house.cast("waiter", "wait").await;
    until_it_waits(&mut house, id).await;
    house.direct(Command::Pause(id)).await;
    house.until_agent(id, |it| it.status() == Status::Pausing).await;
    let_go(&house);
    house.until_agent(id, |it| it.status() == Status::Paused && !it.boundaries.is_empty()).await;
    let calls = house.calls().len();
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, Agent::is_over).await;
    assert!(has_succeeded(house.agent(id)), "{}", house.told());
    let told = house.events(|it| match it {
        Event::ToolEnded { ok, .. } => Some(*ok),
        _ => None,
    });
    assert_eq!(told.first(), Some(&true), "the tool was let finish: {}", house.told());
    assert!(house.calls()[calls].last_user.contains("Go on with your work"), "{}", house.told());
}
