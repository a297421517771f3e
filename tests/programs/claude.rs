//! Claude Code: paused, redirected, judged, edited, killed and taken up again.

use crate::house::{Actor, House, Place, Plan, find};
use auteur::{
    engine::{claude::Claude, program::Launch},
    model::*,
    tools::policy::Mode,
};
use serde_json::Value;
use std::{ffi::OsString, fs};

/// What Claude Code needs to ask nobody but the rehearsal.
fn launch_of(place: &Place, argv: Vec<OsString>) -> Launch {
    Launch {
        argv,
        folder: place.folder.clone(),
        environment: place.environment(&[
            ("ANTHROPIC_BASE_URL", &place.url),
            ("ANTHROPIC_API_KEY", "sk-ant-test-canary"),
            ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"),
            ("DISABLE_AUTOUPDATER", "1"),
            ("DISABLE_TELEMETRY", "1"),
        ]),
        vendor: "anthropic".into(),
        ..Launch::default()
    }
}

/// Claude Code, where it is installed.
fn claude() -> Option<Actor> {
    find("claude")?;
    Some(Actor {
        kind: EngineKind::Claude,
        model: "claude-opus-5-5",
        launch: |place| launch_of(place, vec![find("claude").unwrap().into()]),
        hire: |troupe, start| Box::new(Claude::new(troupe, start)),
    })
}

/// The same, with all that it says kept in its home: for its own totals.
pub(crate) fn overheard() -> Option<Actor> {
    let launch = |place: &Place| {
        let claude = find("claude").unwrap();
        let script = format!("'{}' \"$@\" | tee -a \"$HOME/said\"", claude.display());
        launch_of(place, ["sh", "-c", script.as_str(), "claude"].map(Into::into).to_vec())
    };
    claude().map(|it| Actor { launch, ..it })
}

/// What it said of this type, newest last.
pub(crate) fn said(house: &House, kind: &str) -> Vec<Value> {
    let said = fs::read_to_string(house.home.path().join("said")).unwrap();
    let messages = said.lines().map(|it| serde_json::from_str::<Value>(it).unwrap());
    messages.filter(|it| it["type"] == kind).collect()
}

/// Writes a file, runs a command, and ends.
const SMALL: &str = r#"
[[part]]
name = "small"

[[part.turn]]
think = "A file first."
say = "I write it."
calls = [{ tool = "Write", with = { file_path = "a.txt", content = "one\ntwo\n" } }]

[[part.turn]]
say = "Now I look."
calls = [{ tool = "Bash", with = { command = "cat a.txt" } }]

[[part.turn]]
say = "It is done."
"#;

/// Its first command runs until there is a file `go`; it makes `begun` first.
const WAITS: &str = r#"
[[part]]
name = "waits"

[[part.turn]]
say = "I wait."
calls = [{ tool = "Bash", with = { command = "touch begun; python3 -c 'import os,time\nwhile not os.path.exists(\"go\"): time.sleep(0.02)'" } }]

[[part.turn]]
say = "I go on."
calls = [{ tool = "Bash", with = { command = "echo again" } }]

[[part.turn]]
say = "I am done."
"#;

/// Waits until the command of [`WAITS`] runs.
async fn until_it_waits(house: &mut House, id: AgentId) {
    house.until_agent(id, |it| !it.tools_running.is_empty()).await;
    let begun = house.folder.path().join("begun");
    house.until_there(&begun).await;
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

/// What this result says that its session has cost.
pub(crate) fn cost(result: &Value) -> Cost {
    let dollars = result["total_cost_usd"].as_f64().unwrap();
    Cost::reported(format!("{dollars:.9}").parse().unwrap())
}

/// What all of an agent's turns used and cost is what its program counts for its
/// session, whatever runs of it there were.
fn assert_counted_once(house: &House, id: AgentId, result: &Value) {
    let agent = house.agent(id);
    assert_eq!(agent.spent, cost(result), "{}", house.told());
    let own = [agent.usage.input, agent.usage.output, agent.usage.cache_read];
    let names = ["inputTokens", "outputTokens", "cacheReadInputTokens"];
    assert_eq!(own, names.map(|name| sum(result, name)), "{}", house.told());
}

/// The sum of one count over all models of a `result`.
fn sum(result: &Value, name: &str) -> u64 {
    let models = result["modelUsage"].as_object().unwrap();
    models.values().map(|it| it[name].as_u64().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_brief_is_done_and_told_turn_by_turn_and_the_totals_are_its_own() {
    let Some(claude) = overheard() else { return };
    let mut house = House::open(&claude, SMALL);
    let id = house.cast("writer", "write a.txt").await;
    house.until_agent(id, Agent::is_over).await;
    let agent = house.agent(id);
    let done = Outcome::Succeeded { summary: "It is done.".into() };
    assert_eq!(agent.outcome(), Some(&done), "{}", house.told());
    assert_eq!((agent.turn, house.calls().len()), (Turn(3), 3), "{}", house.told());
    let read = fs::read_to_string(house.folder.path().join("a.txt"));
    assert_eq!(read.unwrap(), "one\ntwo\n");
    let tally = agent.files["a.txt"];
    assert_eq!((tally.changes, tally.added, tally.removed), (1, 2, 0));
    assert_eq!(agent.tools.keys().collect::<Vec<_>>(), ["Bash", "Write"]);
    assert!(agent.link.as_ref().unwrap().program.starts_with("Claude Code 2"), "{agent:?}");
    // Where nobody names a model, what the program calls is told all the same.
    assert!(agent.link.as_ref().unwrap().model.starts_with("claude-"), "{agent:?}");
    assert_eq!(agent.strange, 0, "{}", house.told());
    let texts = |pick: fn(&Event) -> Option<String>| house.events(pick).concat();
    let thought = |it: &Event| match it {
        Event::Thought { text, .. } => Some(text.clone()),
        _ => None,
    };
    let spoken = |it: &Event| match it {
        Event::Said { text, .. } => Some(text.clone()),
        _ => None,
    };
    assert_eq!(texts(thought), "A file first.");
    assert_eq!(texts(spoken), "I write it.Now I look.It is done.");
    let result = said(&house, "result").pop().unwrap();
    assert_counted_once(&house, id, &result);
    let turns = house.events(|it| match it {
        Event::TurnEnded { usage, cost, .. } => Some((usage.output, cost.known)),
        _ => None,
    });
    assert_eq!(turns.len(), 3);
    assert!(turns.iter().all(|(output, cost)| *output > 0 && cost.0 > 0), "{turns:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_it_is_paused_it_makes_no_model_call_and_a_step_is_one() {
    let Some(claude) = claude() else { return };
    let waits = WAITS.replacen("name", "brief = \"THE-WAITER\"\nname", 1);
    let mut house = House::open(&claude, &format!("{waits}{SMALL}"));
    let calls = |house: &House| house.calls().iter().filter(|it| it.part == "waits").count();
    let id = house.cast("waiter", "THE-WAITER").await;
    until_it_waits(&mut house, id).await;
    house.direct(Command::Pause(id)).await;
    house.until_agent(id, |it| it.status() == Status::Pausing).await;
    let_go(&house);
    house.until_agent(id, |it| it.status() == Status::Paused).await;
    house.until_agent(id, |it| it.boundaries.iter().any(Boundary::is_model)).await;
    // Another one does all of its work meanwhile.
    let other = house.cast("writer", "write a.txt").await;
    house.until_agent(other, has_succeeded).await;
    assert_eq!(calls(&house), 1, "the hook holds it");
    house.direct(Command::Step(id)).await;
    let before_tool = |it: &Agent| {
        it.status() == Status::Paused && matches!(it.boundaries[..], [Boundary::Tool { .. }])
    };
    house.until_agent(id, before_tool).await;
    assert_eq!((calls(&house), house.agent(id).turn), (2, Turn(2)));
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, Agent::is_over).await;
    assert!(has_succeeded(house.agent(id)), "{}", house.told());
    assert_eq!(calls(&house), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_in_mid_turn_stands_in_the_very_next_model_call() {
    let Some(claude) = claude() else { return };
    let mut house = House::open(&claude, WAITS);
    let id = house.cast("waiter", "wait").await;
    until_it_waits(&mut house, id).await;
    let first = house.redirect(id, "REDIRECT-ONE").await;
    let second = house.redirect(id, "REDIRECT-TWO").await;
    let_go(&house);
    house.until_agent(id, Agent::is_over).await;
    let calls = house.calls();
    let next = &calls[1].last_user;
    assert!(next.contains("REDIRECT-ONE") && next.contains("REDIRECT-TWO"), "{}", house.told());
    for redirect in [first, second] {
        let redirect = house.agent(id).redirect(redirect).unwrap();
        assert_eq!(redirect.delivery, Delivery::Delivered(Turn(2)));
    }
    assert_eq!(calls.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_after_its_end_takes_it_up_again_in_its_session() {
    let Some(claude) = overheard() else { return };
    let mut house = House::open(&claude, SMALL);
    let id = house.cast("writer", "write a.txt").await;
    house.until_agent(id, Agent::is_over).await;
    house.redirect(id, "REDIRECT-LATE").await;
    house.until_agent(id, |it| it.run == 2 && it.is_over()).await;
    let calls = house.calls();
    let last = calls.last().unwrap();
    assert!(last.last_user.contains("REDIRECT-LATE"), "{}", house.told());
    assert!(last.messages > calls[2].messages, "it knows the conversation so far");
    assert_eq!(house.agent(id).turn, Turn(4));
    assert_counted_once(&house, id, &said(&house, "result").pop().unwrap());
    assert!(house.agent(id).context < house.agent(id).usage.total() / 2, "it is of one call");
}

/// Runs three commands, of which two are the same.
const THREE: &str = r#"
[[part]]
name = "three"

[[part.turn]]
calls = [{ tool = "Bash", with = { command = "touch one" } }]

[[part.turn]]
calls = [{ tool = "Bash", with = { command = "touch two" } }]

[[part.turn]]
calls = [{ tool = "Bash", with = { command = "touch one" } }]

[[part.turn]]
say = "Enough."
"#;

#[tokio::test(flavor = "multi_thread")]
async fn what_the_policy_asks_about_is_approved_denied_or_allowed_for_good() {
    let Some(claude) = claude() else { return };
    let mut house = House::planned(Plan { mode: Mode::Ask, ..Plan::new(&claude, THREE) });
    let id = house.cast("toucher", "touch").await;
    let answer = |request, answer| Command::Answer { agent: id, request, answer };
    let request = house.until_asked(id).await;
    let ask = &house.agent(id).requests[0].ask;
    assert!(
        matches!(ask, Ask::Approval { tool, shown, .. } if tool == "Bash" && shown == "touch one")
    );
    assert_eq!(house.agent(id).status(), Status::Waiting);
    assert!(!house.folder.path().join("one").exists());
    let always = house.agent(id).requests[0].approved(id, Scope::Always);
    house.direct(always).await;
    house.until_agent(id, |it| it.requests.iter().any(|it| it.id != request)).await;
    assert!(house.folder.path().join("one").exists());
    let request = house.agent(id).requests[0].id;
    house.direct(answer(request, Answer::Denied { why: "not that one".into() })).await;
    house.until_agent(id, Agent::is_over).await;
    assert!(has_succeeded(house.agent(id)), "{}", house.told());
    assert!(!house.folder.path().join("two").exists());
    let calls = house.calls();
    assert!(calls[2].last_result.contains("the director denied this: not that one"), "{calls:?}");
    assert_eq!(house.agent(id).tools["Bash"].failures, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_may_only_read_changes_nothing_and_asks_nobody() {
    let Some(claude) = claude() else { return };
    let mut house = House::planned(Plan { mode: Mode::Plan, ..Plan::new(&claude, SMALL) });
    let id = house.cast("reader", "write a.txt").await;
    house.until_agent(id, Agent::is_over).await;
    assert!(!house.folder.path().join("a.txt").exists());
    let asked = house.events(|it| matches!(it, Event::Asked { .. }).then_some(()));
    assert!(asked.is_empty(), "{}", house.told());
    assert!(house.calls()[1].last_result.contains("this agent may only read"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_ends_the_command_that_runs_and_it_can_be_told_what_next() {
    let Some(claude) = claude() else { return };
    let mut house = House::open(&claude, WAITS);
    let id = house.cast("waiter", "wait").await;
    until_it_waits(&mut house, id).await;
    house.direct(Command::Interrupt(id)).await;
    house.until_agent(id, |it| it.status() == Status::Paused && it.tools_open.is_empty()).await;
    house.until_agent(id, |it| it.boundaries.iter().any(Boundary::is_model)).await;
    house.until_run(1).await;
    assert_eq!(house.calls().len(), 1);
    house.redirect(id, "REDIRECT-INSTEAD").await;
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, Agent::is_over).await;
    assert!(has_succeeded(house.agent(id)), "{}", house.told());
    let calls = house.calls();
    assert!(calls[1].last_user.contains("REDIRECT-INSTEAD"), "{calls:?}");
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
async fn an_interrupt_cuts_an_answer_and_the_turn_is_taken_again() {
    let Some(claude) = overheard() else { return };
    let mut house = House::planned(Plan { speed: 1.0, ..Plan::new(&claude, SLOW) });
    let id = house.cast("talker", "talk").await;
    house.until_agent(id, |it| it.activity == Activity::Writing).await;
    house.direct(Command::Interrupt(id)).await;
    house.until_agent(id, |it| it.status() == Status::Paused && !it.boundaries.is_empty()).await;
    let cut = house.events(|it| matches!(it, Event::TurnCut { .. }).then_some(()));
    assert_eq!(cut.len(), 1, "{}", house.told());
    house.redirect(id, "QUICK").await;
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, Agent::is_over).await;
    assert!(has_succeeded(house.agent(id)), "{}", house.told());
    assert_eq!((house.agent(id).turn, house.calls().len()), (Turn(1), 2));
    let result = said(&house, "result").pop().unwrap();
    assert_eq!(house.agent(id).spent, cost(&result));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_program_stands_still_and_goes_on_where_it_was() {
    let Some(claude) = claude() else { return };
    let mut house = House::open(&claude, WAITS);
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
    assert_eq!(house.calls().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn new_instructions_hold_from_the_next_model_call_on() {
    let Some(claude) = overheard() else { return };
    let mut house = House::open(&claude, WAITS);
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
    for call in &calls[1..] {
        assert!(call.instructions.contains("INSTRUCTIONS-TWO"), "{}", house.told());
        assert!(!call.instructions.contains("INSTRUCTIONS-ONE"), "{}", house.told());
    }
    assert!(calls[1].messages > calls[0].messages, "it knows the conversation so far");
    assert_eq!(house.agent(id).instructions[1].effective, Some(Turn(2)));
    let notices = house.events(|it| match it {
        Event::NoticeRaised { text, .. } => Some(text.clone()),
        _ => None,
    });
    assert!(notices.iter().any(|it| it.contains("was started again")), "{notices:?}");
    assert_counted_once(&house, id, &said(&house, "result").pop().unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_it_has_failed_and_started_again_it_goes_on_in_its_session() {
    let Some(claude) = claude() else { return };
    let mut house = House::open(&claude, WAITS);
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
async fn another_take_goes_back_to_any_turn_in_a_copy_of_its_session() {
    let Some(claude) = claude() else { return };
    let mut house = House::open(&claude, SMALL);
    let first = house.cast("writer", "write a.txt").await;
    house.until_agent(first, Agent::is_over).await;
    let (calls, before) = (house.calls(), house.agent(first).clone());
    assert_eq!(calls.len(), 3, "{}", house.told());
    let places: Vec<u32> = before.places.iter().map(|(turn, _)| turn.0).collect();
    assert_eq!(places, [1, 2, 3], "{}", house.told());
    for (turn, kept) in [(2, &calls[1]), (3, &calls[2])] {
        let so_far = house.calls().len();
        let message = Some("INSTEAD: leave it".to_owned());
        let retake = Retake { agent: first, turn: Turn(turn), message, ..Retake::default() };
        let id = house.stage.next_agent();
        house.direct(Command::Retake(Box::new(retake))).await;
        house.until_agent(id, Agent::is_over).await;
        assert!(has_succeeded(house.agent(id)), "{}", house.told());
        let now = house.calls().split_off(so_far);
        assert!(now[0].last_user.contains("INSTEAD"), "{}", house.told());
        assert_eq!(now[0].last_result, kept.last_result, "{}", house.told());
        assert!(now[0].answered.starts_with(&format!("turn {turn}")), "{}", now[0].answered);
        let agent = house.agent(id);
        assert_eq!((agent.turn, agent.taken()), (Turn(3), 4 - turn));
        assert_ne!(agent.link, before.link, "the first one's session stays as it is");
    }
    assert_eq!(house.agent(first).turn, Turn(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_back_in_place_to_a_turn_and_on_from_there_and_back_once_more() {
    let Some(claude) = claude() else { return };
    let mut house = House::open(&claude, SMALL);
    let id = house.cast("writer", "write a.txt").await;
    house.until_agent(id, Agent::is_over).await;
    let (calls, before) = (house.calls(), house.agent(id).clone());
    for words in ["INSTEAD: leave it", "OR-ELSE: do not"] {
        let (run, so_far) = (house.agent(id).run, house.calls().len());
        house.direct(Command::Rewind { agent: id, to: Turn(1) }).await;
        house.until_agent(id, |it| it.run > run && it.status() == Status::Paused).await;
        house.redirect(id, words).await;
        house.direct(Command::Resume(id)).await;
        house.until_agent(id, Agent::is_over).await;
        assert!(has_succeeded(house.agent(id)), "{}", house.told());
        let now = house.calls().split_off(so_far);
        assert!(now[0].last_user.contains(words), "{}", house.told());
        assert_eq!(now[0].last_result, calls[1].last_result, "{}", house.told());
        assert!(now[0].answered.starts_with("turn 2"), "{}", now[0].answered);
        assert_ne!(house.agent(id).link, before.link, "its session stays as it is");
    }
    // What is undone and brought back at once is known as before.
    let (run, so_far, latest) = (house.agent(id).run, house.calls(), house.agent(id).turn);
    house.direct(Command::Rewind { agent: id, to: Turn(1) }).await;
    house.until_agent(id, |it| it.run > run && it.status() == Status::Paused).await;
    house.direct(Command::UndoRewind(id)).await;
    house.until_agent(id, |it| it.run > run + 1 && it.status() == Status::Paused).await;
    house.redirect(id, "AND-NOW: say it again").await;
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, |it| it.turn > latest && it.is_over()).await;
    let now = house.calls().split_off(so_far.len());
    assert!(now[0].last_user.contains("AND-NOW"), "{}", house.told());
    assert!(now[0].messages > so_far[so_far.len() - 1].messages, "{}", house.told());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_its_session_is_gone_another_take_is_told_what_was_done() {
    let Some(claude) = claude() else { return };
    let told = "[[part]]\nname = \"told\"\nbrief = \"what was said and done in turns 1 to 2\"\n\n\
                [[part.turn]]\nsay = \"Well.\"\n\n";
    let mut house = House::open(&claude, &format!("{told}{SMALL}"));
    let first = house.cast("writer", "write a.txt").await;
    house.until_agent(first, Agent::is_over).await;
    fs::remove_dir_all(house.home.path().join(".claude/projects")).unwrap();
    let so_far = house.calls().len();
    let message = Some("INSTEAD: leave it".to_owned());
    let retake = Retake { agent: first, turn: Turn(3), message, ..Retake::default() };
    let id = house.stage.next_agent();
    house.direct(Command::Retake(Box::new(retake))).await;
    house.until_agent(id, Agent::is_over).await;
    let now = house.calls().split_off(so_far);
    // It answers those alone who begin with that.
    assert_eq!((now.len(), now[0].part.as_str()), (1, "told"), "{}", house.told());
    let said = house.events(|it| match it {
        Event::Noted { agent, text, .. } if *agent == id => Some(text.clone()),
        _ => None,
    });
    assert!(said.iter().any(|it| it.contains("a summary of what was done before")), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fork_begins_with_the_conversation_and_leaves_it_as_it_is() {
    let Some(claude) = overheard() else { return };
    let mut house = House::open(&claude, SMALL);
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
    let mut both = before.spent;
    both += agent.spent;
    assert_eq!(both, cost(&said(&house, "result").pop().unwrap()), "{}", house.told());
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_while_paused_it_goes_on_in_a_later_run() {
    let Some(claude) = claude() else { return };
    let mut house = House::open(&claude, WAITS);
    let id = house.cast("waiter", "wait").await;
    until_it_waits(&mut house, id).await;
    house.direct(Command::Pause(id)).await;
    let_go(&house);
    house.until_agent(id, |it| it.status() == Status::Paused).await;
    house.close(QuitMode::Pause).await;
    house.until_run(0).await;
    house.reopen().await;
    assert_eq!(house.agent(id).status(), Status::Paused);
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, Agent::is_over).await;
    assert!(has_succeeded(house.agent(id)), "{}", house.told());
    assert!(house.calls()[1].messages > house.calls()[0].messages);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_not_there_any_more_is_begun_anew_and_that_is_said() {
    let Some(claude) = claude() else { return };
    let briefed = WAITS.replacen("name", "brief = \"THE-BRIEF\"\nname", 1);
    let mut house = House::open(&claude, &briefed);
    let id = house.cast("waiter", "THE-BRIEF").await;
    until_it_waits(&mut house, id).await;
    house.close(QuitMode::Stop).await;
    house.until_run(0).await;
    fs::remove_dir_all(house.home.path().join(".claude/projects")).unwrap();
    let_go(&house);
    house.reopen().await;
    house.direct(Command::Restart(id)).await;
    house.until_agent(id, |it| it.run == 2 && it.is_over()).await;
    assert!(has_succeeded(house.agent(id)), "{}", house.told());
    assert_eq!(house.calls()[1].part, "waits", "{}", house.told());
    let anew = |it: &Event| match it {
        Event::NoticeRaised { text, .. } => Some(text.contains("begins anew")),
        _ => None,
    };
    assert!(house.events(anew).contains(&true), "{}", house.told());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_must_be_heard_now_cuts_what_runs_and_is_heard_next() {
    let Some(claude) = claude() else { return };
    let mut house = House::planned(Plan { mode: Mode::Ask, ..Plan::new(&claude, WAITS) });
    let id = house.cast("waiter", "wait").await;
    house.until_asked(id).await;
    let text = "REDIRECT-NOW".to_owned();
    house.direct(Command::Redirect { agent: id, text, now: true }).await;
    house.until_agent(id, |it| it.turn == Turn(2)).await;
    assert!(!house.folder.path().join("begun").exists());
    house.until_called(2).await;
    assert!(house.calls()[1].last_user.contains("REDIRECT-NOW"), "{}", house.told());
}

/// Asks the director.
const ASKS: &str = r#"
[[part]]
name = "asks"

[[part.turn]]
calls = [{ tool = "AskUserQuestion", with = { questions = [{ question = "Which colour?", header = "Colour", multiSelect = false, options = [{ label = "Red", description = "warm" }, { label = "Blue", description = "cold" }] }] } }]

[[part.turn]]
say = "Thank you."
"#;

#[tokio::test(flavor = "multi_thread")]
async fn its_questions_are_the_directors_to_answer() {
    let Some(claude) = claude() else { return };
    let mut house = House::open(&claude, ASKS);
    let id = house.cast("asker", "ask").await;
    let request = house.until_asked(id).await;
    let options = vec!["Red".to_owned(), "Blue".to_owned()];
    let ask = Ask::question(Some(CallId(1)), "Which colour?".into(), options);
    assert_eq!(house.agent(id).requests[0].ask, ask);
    let answer = Answer::Said { text: "Green".into() };
    house.direct(Command::Answer { agent: id, request, answer }).await;
    house.until_agent(id, Agent::is_over).await;
    assert!(has_succeeded(house.agent(id)), "{}", house.told());
    assert!(house.calls()[1].last_result.contains("Green"), "{}", house.told());
}

/// Sends a sub-agent, which waits and then runs another command.
const SENDS: &str = r#"
[[part]]
name = "sub-agent"
brief = "INNER"

[[part.turn]]
calls = [{ tool = "Bash", with = { command = "touch begun; python3 -c 'import os,time\nwhile not os.path.exists(\"go\"): time.sleep(0.02)'" } }]

[[part.turn]]
calls = [{ tool = "Bash", with = { command = "touch inner" } }]

[[part.turn]]
say = "INNER-DONE"

[[part]]
name = "outer"

[[part.turn]]
calls = [{ tool = "Agent", with = { description = "look", prompt = "INNER", subagent_type = "general-purpose" } }]

[[part.turn]]
say = "All is done."
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_sub_agent_shows_under_its_call_and_is_held_and_counted_with_its_agent() {
    let Some(claude) = overheard() else { return };
    let mut house = House::open(&claude, SENDS);
    let id = house.cast("sender", "send").await;
    let begun = house.folder.path().join("begun");
    house.until_there(&begun).await;
    house.direct(Command::Pause(id)).await;
    house.until_agent(id, |it| it.status() == Status::Pausing).await;
    let_go(&house);
    house.until_agent(id, |it| it.status() == Status::Paused).await;
    let inner = |house: &House| house.calls().iter().filter(|it| it.part == "sub-agent").count();
    assert_eq!((inner(&house), house.calls().len()), (1, 2), "{}", house.told());
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, Agent::is_over).await;
    assert!(has_succeeded(house.agent(id)), "{}", house.told());
    assert!(house.folder.path().join("inner").exists());
    assert_eq!((inner(&house), house.agent(id).turn), (3, Turn(2)));
    let printed = house.events(|it| match it {
        Event::ToolPrinted { call: CallId(1), text, .. } => Some(text.clone()),
        _ => None,
    });
    assert!(printed.contains(&"general-purpose › Bash touch inner\n".to_owned()), "{printed:?}");
    assert_eq!(house.agent(id).tools.keys().collect::<Vec<_>>(), ["Agent"]);
    let result = said(&house, "result").pop().unwrap();
    assert_eq!(house.agent(id).spent, cost(&result));
    assert_eq!(house.agent(id).usage.output, sum(&result, "outputTokens"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sub_agents_tools_pass_the_same_policy() {
    let Some(claude) = claude() else { return };
    let mut house = House::planned(Plan { mode: Mode::Ask, ..Plan::new(&claude, SENDS) });
    let_go(&house);
    let id = house.cast("sender", "send").await;
    for may in [true, false] {
        let request = house.until_asked(id).await;
        let approved = house.agent(id).requests[0].approved(id, Scope::Once);
        let answer = Answer::Denied { why: "leave it".into() };
        let denied = Command::Answer { agent: id, request, answer };
        house.direct(if may { approved } else { denied }).await;
        house.until_agent(id, |it| it.requests.iter().all(|it| it.id != request)).await;
    }
    house.until_agent(id, Agent::is_over).await;
    assert!(has_succeeded(house.agent(id)), "{}", house.told());
    assert!(!house.folder.path().join("inner").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_model_is_called_from_the_next_turn_on() {
    let Some(claude) = claude() else { return };
    let mut house = House::open(&claude, WAITS);
    let id = house.cast("waiter", "wait").await;
    until_it_waits(&mut house, id).await;
    let (provider, model) = ("claude".to_owned(), "claude-haiku-4-5".to_owned());
    house.direct(Command::ChangeModel { agent: id, provider, model: model.clone() }).await;
    house.until_agent(id, |it| it.casting.model == model).await;
    let_go(&house);
    house.until_agent(id, Agent::is_over).await;
    let models: Vec<String> = house.calls().into_iter().map(|it| it.model).collect();
    assert_eq!(models, ["claude-opus-5-5", &model, &model], "{}", house.told());
}

#[tokio::test(flavor = "multi_thread")]
async fn told_to_stop_it_ends_and_leaves_nothing_running() {
    let Some(claude) = claude() else { return };
    let mut house = House::open(&claude, WAITS);
    let id = house.cast("waiter", "wait").await;
    until_it_waits(&mut house, id).await;
    house.direct(Command::Stop(id)).await;
    house.until_agent(id, Agent::is_over).await;
    let stopped = Outcome::Stopped { by: Author::Director };
    assert_eq!(house.agent(id).outcome(), Some(&stopped), "{}", house.told());
    house.until_run(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_its_turns_taken_it_ends_and_says_so() {
    let Some(claude) = claude() else { return };
    let mut house = House::open(&claude, SMALL);
    let casting = Casting { max_turns: Some(2), ..house.casting("writer", "write a.txt") };
    let id = house.cast_as(casting).await;
    house.until_agent(id, Agent::is_over).await;
    assert!(why(house.agent(id)).starts_with("it took all of its 2 turns"), "{}", house.told());
    assert_eq!(house.calls().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_refused_is_told_in_words() {
    let Some(claude) = claude() else { return };
    let mut house = House::open(&claude, SMALL);
    house.server.set_fault("401x99").unwrap();
    let id = house.cast("writer", "write a.txt").await;
    house.until_agent(id, Agent::is_over).await;
    assert!(why(house.agent(id)).contains("401"), "{}", house.told());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_made_again_shows_as_a_retry() {
    let Some(claude) = claude() else { return };
    let text = SMALL.replacen("think = ", "fault = \"529x1\"\nthink = ", 1);
    let mut house = House::open(&claude, &text);
    let id = house.cast("writer", "write a.txt").await;
    house.until_agent(id, Agent::is_over).await;
    assert!(has_succeeded(house.agent(id)), "{}", house.told());
    let retries = house.events(|it| match it {
        Event::RetryScheduled { attempt, why, .. } => Some((*attempt, why.clone())),
        _ => None,
    });
    assert_eq!(retries.len(), 1, "{}", house.told());
    assert!(retries[0].0 == 2 && retries[0].1.contains("529"), "{retries:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_not_there_or_talks_nonsense_is_told_with_its_last_words() {
    let absent = |place: &Place| launch_of(place, vec!["/nowhere/claude".into()]);
    let garbage = |place: &Place| {
        let script = "echo no json; echo 'please sign in' >&2; exit 3";
        launch_of(place, ["sh", "-c", script].map(Into::into).to_vec())
    };
    let actor = Actor {
        kind: EngineKind::Claude,
        model: "",
        launch: absent,
        hire: |troupe, start| Box::new(Claude::new(troupe, start)),
    };
    let mut house = House::open(&actor, SMALL);
    let id = house.cast("nobody", "write").await;
    house.until_agent(id, Agent::is_over).await;
    let told = why(house.agent(id));
    assert!(told.contains("could not be started") && told.contains("/nowhere/claude"), "{told}");
    let mut house = House::open(&Actor { launch: garbage, ..actor }, SMALL);
    let id = house.cast("nonsense", "write").await;
    house.until_agent(id, Agent::is_over).await;
    let told = why(house.agent(id));
    assert!(told.contains("exit 3") && told.contains("please sign in"), "{told}");
    assert_eq!(house.agent(id).strange, 1);
}
