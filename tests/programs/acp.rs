//! Agents of the Agent Client Protocol: Gemini CLI, `OpenCode` and Qwen Code, each
//! through what a director does in a day. They are slow to start, so each test
//! does much in one session.

use crate::house::{Actor, House, Place, Plan, find};
use auteur::{
    engine::{acp::Acp, program::Launch},
    model::*,
    tools::policy::Mode,
};

fn program(place: &Place, argv: &[&str], environment: &[(&str, &str)]) -> Launch {
    let mut argv: Vec<std::ffi::OsString> = argv.iter().map(Into::into).collect();
    argv[0] = find(&argv[0].to_string_lossy()).unwrap().into();
    Launch {
        argv,
        folder: place.folder.clone(),
        environment: place.environment(environment),
        is_shared: true,
        ..Launch::default()
    }
}

pub(crate) fn gemini_launch(place: &Place) -> Launch {
    place.write(
        ".gemini/settings.json",
        r#"{"security":{"auth":{"selectedType":"gemini-api-key"}},"privacy":{"usageStatisticsEnabled":false},"general":{"disableAutoUpdate":true}}"#,
    );
    let key = [("GEMINI_API_KEY", "dummy"), ("GOOGLE_GEMINI_BASE_URL", place.url.as_str())];
    Launch {
        sign_in: Some("gemini-api-key".into()),
        vendor: "gemini".into(),
        asking_modes: vec!["default".into()],
        ..program(place, &["gemini", "--acp", "--skip-trust", "-m", "gemini-2.5-pro"], &key)
    }
}

pub(crate) fn opencode_launch(place: &Place) -> Launch {
    let config = r#"{"autoupdate":false,"share":"disabled","model":"stub/stub","small_model":"stub/stub","provider":{"stub":{"npm":"@ai-sdk/openai-compatible","options":{"baseURL":"ADDRESS/v1","apiKey":"dummy"},"models":{"stub":{"limit":{"context":200000,"output":8000},"cost":{"input":3,"output":15,"cache_read":0.3}}}}}}"#;
    place.write(".config/opencode/opencode.json", &config.replace("ADDRESS", &place.url));
    let more = [
        ("OPENCODE_PERMISSION", r#"{"bash":"ask","edit":"ask"}"#),
        ("OPENCODE_DISABLE_AUTOUPDATE", "1"),
        ("OPENCODE_DISABLE_MODELS_FETCH", "1"),
        ("OPENCODE_DISABLE_LSP_DOWNLOAD", "1"),
    ];
    program(place, &["opencode", "acp"], &more)
}

pub(crate) fn qwen_launch(place: &Place) -> Launch {
    // In a terminal of its own, a command of it sometimes dies of a hangup.
    place.write(".qwen/settings.json", r#"{"tools":{"shell":{"enableInteractiveShell":false}}}"#);
    let url = format!("{}/v1", place.url);
    let more = [
        ("OPENAI_API_KEY", "dummy"),
        ("OPENAI_BASE_URL", url.as_str()),
        ("OPENAI_MODEL", "rehearsal"),
    ];
    Launch {
        asking_modes: vec!["default".into()],
        ..program(place, &["qwen", "--acp", "--auth-type=openai"], &more)
    }
}

pub(crate) fn actor(name: &str, launch: fn(&Place) -> Launch) -> Option<Actor> {
    find(name)?;
    Some(Actor {
        kind: EngineKind::Acp,
        model: "",
        launch,
        hire: |troupe, start| Box::new(Acp::new(troupe, start)),
    })
}

/// Two commands that want leave, and a last word. TOOL is what the program calls
/// its shell.
const TWO_COMMANDS: &str = r#"
[[part]]
name = "commands"

[[part.turn]]
say = "First one."
calls = [{ tool = "TOOL", with = { command = "touch one.txt", description = "make one", is_background = false } }]

[[part.turn]]
say = "Then two."
calls = [{ tool = "TOOL", with = { command = "touch two.txt", description = "make two", is_background = false } }]

[[part.turn]]
say = "All is done."
"#;

/// A command is allowed, the next is not, and the work comes to its end all the
/// same; every call of the model is in a turn, and what it cost is known.
async fn asks_and_is_answered(actor: &Actor, shell: &str) {
    let plan = Plan { mode: Mode::Ask, ..Plan::new(actor, &TWO_COMMANDS.replace("TOOL", shell)) };
    let mut house = House::planned(plan);
    let id = house.cast("maker", "make two files").await;

    let request = house.until_asked(id).await;
    let Ask::Approval { shown, .. } = house.agent(id).requests[0].ask.clone() else {
        panic!("it asks for leave: {}", house.told());
    };
    assert_eq!(shown, "touch one.txt");
    // That its call of the model has ended may be told after it has asked.
    house.until_agent(id, |it| it.status() == Status::Waiting).await;
    let approved = house.agent(id).requests[0].approved(id, Scope::Once);
    house.direct(approved).await;
    house.until_agent(id, |it| it.requests.iter().any(|it| it.id != request)).await;
    assert!(house.folder.path().join("one.txt").exists(), "{}", house.told());

    // While it waits for leave it can be held, without a cut.
    let calls = house.calls().len();
    house.direct(Command::Pause(id)).await;
    house.until_agent(id, |it| it.status() == Status::Paused).await;
    let request = house.agent(id).requests[0].id;
    let answer = Answer::Denied { why: "one is enough".into() };
    house.direct(Command::Answer { agent: id, request, answer }).await;
    house.until_agent(id, |it| it.requests.is_empty()).await;
    assert_eq!(house.agent(id).status(), Status::Paused, "{}", house.told());
    assert_eq!(house.calls().len(), calls, "{}", house.told());
    house.direct(Command::Resume(id)).await;

    // One program forgets what it was denied, and tries again.
    house.until_agent(id, |it| it.is_over() || !it.requests.is_empty()).await;
    assert!(!house.folder.path().join("two.txt").exists(), "{}", house.told());
    if let Some(request) = house.agent(id).requests.first().cloned() {
        house.direct(request.approved(id, Scope::Once)).await;
    }
    house.until_agent(id, Agent::is_over).await;
    let agent = house.agent(id);
    assert!(matches!(agent.outcome(), Some(Outcome::Succeeded { .. })), "{}", house.told());
    let tally =
        agent.tools.values().fold((0, 0), |sum, it| (sum.0 + it.calls, sum.1 + it.failures));
    assert!(tally.0 >= 2 && tally.1 == 1, "{}", house.told());
    assert!(agent.usage.total() > 0, "{}", house.told());
    assert!(agent.spent.known > Money(0) && agent.spent.unpriced == 0, "{}", house.told());
    let cut = house.events(|it| matches!(it, Event::TurnCut { .. }).then_some(()));
    assert!(cut.is_empty(), "{}", house.told());
}

/// The model's second answer never comes, until it is asked again.
const LONG: &str = r#"
[[part]]
name = "long"

[[part.turn]]
say = "I look."
calls = [{ tool = "TOOL", with = { command = "echo one", description = "say one", is_background = false } }]

[[part.turn]]
fault = "hang:8"
say = "All is done."
"#;

/// Held in the middle of a model call: no other is made until it is resumed, and
/// then it gets the director's words; in a later run of ours, if that is asked for,
/// and in the session that it had.
async fn is_held_and_goes_on(actor: &Actor, shell: &str, in_a_later_run: bool) {
    let mut house = House::open(actor, &LONG.replace("TOOL", shell));
    let id = house.cast("looker", "look around").await;
    house.until_called(2).await;
    house.direct(Command::Pause(id)).await;
    house.until_agent(id, |it| it.status() == Status::Paused).await;
    let calls = house.calls().len();
    let link = house.agent(id).link.clone().expect("it is linked");

    house.redirect(id, "REDIRECT-ONE: look twice").await;
    if in_a_later_run {
        house.close(QuitMode::Pause).await;
        house.reopen().await;
    }
    assert_eq!(house.calls().len(), calls, "{}", house.told());
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, Agent::is_over).await;
    let agent = house.agent(id);
    assert!(matches!(agent.outcome(), Some(Outcome::Succeeded { .. })), "{}", house.told());
    assert_eq!(agent.link.as_ref().map(|it| &it.session), Some(&link.session), "{}", house.told());
    let words = house.calls().into_iter().any(|it| it.last_user.contains("REDIRECT-ONE"));
    assert!(words, "{}", house.told());
    let seen = agent.redirects.last().unwrap().delivery.clone();
    assert!(matches!(seen, Delivery::Delivered { .. }), "{seen:?} {}", house.told());
}

#[tokio::test(flavor = "multi_thread")]
async fn gemini_asks_and_is_answered() {
    let Some(gemini) = actor("gemini", gemini_launch) else { return };
    asks_and_is_answered(&gemini, "run_shell_command").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn gemini_is_held_and_goes_on() {
    let Some(gemini) = actor("gemini", gemini_launch) else { return };
    // It can't load a session in which it was cut.
    is_held_and_goes_on(&gemini, "run_shell_command", false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn qwen_asks_and_is_answered() {
    let Some(qwen) = actor("qwen", qwen_launch) else { return };
    asks_and_is_answered(&qwen, "run_shell_command").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn qwen_is_held_and_goes_on() {
    let Some(qwen) = actor("qwen", qwen_launch) else { return };
    is_held_and_goes_on(&qwen, "run_shell_command", true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn opencode_asks_and_is_answered() {
    let Some(opencode) = actor("opencode", opencode_launch) else { return };
    asks_and_is_answered(&opencode, "bash").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn opencode_is_held_and_goes_on() {
    let Some(opencode) = actor("opencode", opencode_launch) else { return };
    is_held_and_goes_on(&opencode, "bash", true).await;
}

/// A command that takes its time, and a last word.
const SLOW: &str = r#"
[[part]]
name = "slow"

[[part.turn]]
say = "A long one."
calls = [{ tool = "TOOL", with = { command = "COMMAND", description = "wait", is_background = false } }]

[[part.turn]]
say = "All is done."
"#;

/// A command that is interrupted is over, and the director's words come next.
async fn is_interrupted(actor: &Actor, shell: &str) {
    let command = "python3 -c 'import time; time.sleep(600)'";
    let mut house = House::open(actor, &SLOW.replace("TOOL", shell).replace("COMMAND", command));
    let id = house.cast("waiter", "wait for it").await;
    house.until_agent(id, |it| !it.tools_running.is_empty()).await;
    house.direct(Command::Interrupt(id)).await;
    house.until_agent(id, |it| it.status() == Status::Paused).await;
    let calls = house.calls().len();
    house.redirect(id, "REDIRECT-TWO: do not wait").await;
    assert_eq!(house.calls().len(), calls, "{}", house.told());
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, Agent::is_over).await;
    let agent = house.agent(id);
    assert!(matches!(agent.outcome(), Some(Outcome::Succeeded { .. })), "{}", house.told());
    let words = house.calls().into_iter().any(|it| it.last_user.contains("REDIRECT-TWO"));
    assert!(words, "{}", house.told());
}

#[tokio::test(flavor = "multi_thread")]
async fn gemini_is_interrupted() {
    let Some(gemini) = actor("gemini", gemini_launch) else { return };
    is_interrupted(&gemini, "run_shell_command").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn qwen_is_interrupted() {
    let Some(qwen) = actor("qwen", qwen_launch) else { return };
    is_interrupted(&qwen, "run_shell_command").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn opencode_is_interrupted() {
    let Some(opencode) = actor("opencode", opencode_launch) else { return };
    is_interrupted(&opencode, "bash").await;
}

/// Its command runs until there is a file `go`.
fn waiting(shell: &str) -> String {
    let command =
        "touch begun; until test -e go; do python3 -c 'import time; time.sleep(0.1)'; done";
    SLOW.replace("TOOL", shell).replace("COMMAND", command)
}

async fn until_it_waits(house: &mut House, id: AgentId) {
    house.until_agent(id, |it| !it.tools_running.is_empty()).await;
    let begun = house.folder.path().join("begun");
    house.until_there(&begun).await;
}

fn let_go(house: &House) {
    std::fs::write(house.folder.path().join("go"), "").unwrap();
}

/// A message that is sent while a tool runs reaches the model once, in the same
/// turn of its program or, where that is `late`, when that turn is over.
async fn is_told_in_mid_turn(actor: &Actor, shell: &str, late: bool) {
    let mut house = House::open(actor, &waiting(shell));
    let mut casting = house.casting("waiter", "wait for it");
    casting.capabilities.late = late;
    let id = house.cast_as(casting).await;
    until_it_waits(&mut house, id).await;
    let number = house.redirect(id, "STEER-ONE: be quick").await;
    if !late {
        let is_queued =
            |it: &Agent| it.redirect(number).is_none_or(|it| it.delivery == Delivery::Queued);
        house.until_agent(id, |it| !is_queued(it)).await;
    }
    let_go(&house);
    house.until_agent(id, Agent::is_over).await;
    let agent = house.agent(id);
    assert!(matches!(agent.outcome(), Some(Outcome::Succeeded { .. })), "{}", house.told());
    let seen = agent.redirect(number).unwrap().delivery.clone();
    assert!(matches!(seen, Delivery::Delivered { .. }), "{seen:?} {}", house.told());
    assert_eq!(agent.run, 1, "{}", house.told());
    let calls = house.calls();
    let told = calls.iter().position(|it| it.last_user.contains("STEER-ONE"));
    // One that has the message may have begun to ask its model without it, where
    // the machine is slow: then the next call has it.
    let first = if late { 2 } else { 1 };
    assert!(told.is_some_and(|it| (first..=2).contains(&it)), "{told:?} {}", house.told());
    let cut = house.events(|it| matches!(it, Event::TurnCut { .. }).then_some(()));
    assert!(cut.is_empty(), "{}", house.told());
}

#[tokio::test(flavor = "multi_thread")]
async fn gemini_is_told_when_its_turn_is_over() {
    let Some(gemini) = actor("gemini", gemini_launch) else { return };
    is_told_in_mid_turn(&gemini, "run_shell_command", true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn qwen_is_told_in_mid_turn() {
    let Some(qwen) = actor("qwen", qwen_launch) else { return };
    is_told_in_mid_turn(&qwen, "run_shell_command", false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn opencode_is_told_in_mid_turn() {
    let Some(opencode) = actor("opencode", opencode_launch) else { return };
    is_told_in_mid_turn(&opencode, "bash", false).await;
}

/// Whether its program could not take its session up again, and that was said.
fn begins_anew(event: &Event) -> Option<()> {
    match event {
        Event::NoticeRaised { text, .. } => text.contains("it begins a new one").then_some(()),
        _ => None,
    }
}

/// A message to one that has ended takes it up again, in its session where its
/// program can; what that tells of its past is not taken for news.
async fn is_taken_up_after_its_end(actor: &Actor, shell: &str) {
    let scene = SLOW.replace("TOOL", shell).replace("COMMAND", "echo once");
    let mut house = House::open(actor, &scene);
    let id = house.cast("looker", "look once").await;
    house.until_agent(id, Agent::is_over).await;
    let calls = house.calls().len();
    house.direct(Command::Redirect { agent: id, text: "AND-NOW".into(), now: false }).await;
    house.until_agent(id, |it| it.run == 2 && it.is_over()).await;
    let agent = house.agent(id);
    assert!(matches!(agent.outcome(), Some(Outcome::Succeeded { .. })), "{}", house.told());
    if house.events(begins_anew).is_empty() {
        assert_eq!(agent.tools.values().map(|it| it.calls).sum::<u32>(), 1, "{}", house.told());
        let said = house.events(|it| match it {
            Event::Said { text, .. } => Some(text.clone()),
            _ => None,
        });
        assert_eq!(said.concat().matches("A long one.").count(), 1, "{}", house.told());
        let first = house.calls().split_off(calls).remove(0);
        assert!(first.messages > 2, "it knows the conversation so far: {}", house.told());
    }
    let now = house.calls().split_off(calls);
    assert!(now.iter().any(|it| it.last_user.contains("AND-NOW")), "{}", house.told());
}

#[tokio::test(flavor = "multi_thread")]
async fn gemini_is_taken_up_after_its_end() {
    let Some(gemini) = actor("gemini", gemini_launch) else { return };
    is_taken_up_after_its_end(&gemini, "run_shell_command").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn qwen_is_taken_up_after_its_end() {
    let Some(qwen) = actor("qwen", qwen_launch) else { return };
    is_taken_up_after_its_end(&qwen, "run_shell_command").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn opencode_is_taken_up_after_its_end() {
    let Some(opencode) = actor("opencode", opencode_launch) else { return };
    is_taken_up_after_its_end(&opencode, "bash").await;
}

/// Instructions that change while a tool runs are in the very next model call,
/// and in force from the turn that the journal says.
async fn works_under_new_instructions(actor: &Actor, shell: &str) {
    let mut house = House::open(actor, &waiting(shell));
    let id = house.cast("waiter", "wait for it").await;
    until_it_waits(&mut house, id).await;
    let text = "INSTRUCTIONS-TWO: work better.".to_owned();
    house.direct(Command::EditInstructions { agent: id, text }).await;
    house.until_agent(id, |it| it.instructions.len() == 2).await;
    let_go(&house);
    house.until_agent(id, Agent::is_over).await;
    let agent = house.agent(id);
    assert!(matches!(agent.outcome(), Some(Outcome::Succeeded { .. })), "{}", house.told());
    let version = |it: &Event| match it {
        Event::TurnStarted { turn, version, .. } => Some((*turn, version.0)),
        _ => None,
    };
    let turns = house.events(version);
    let in_force = agent.instructions[1].effective.expect("they are in force");
    assert!(turns.iter().all(|(turn, it)| (*it == 2) == (*turn >= in_force)), "{turns:?}");
    let heard = house.calls().iter().any(|it| it.last_user.contains("INSTRUCTIONS-TWO"));
    assert!(heard, "{}", house.told());
}

#[tokio::test(flavor = "multi_thread")]
async fn gemini_works_under_new_instructions() {
    let Some(gemini) = actor("gemini", gemini_launch) else { return };
    works_under_new_instructions(&gemini, "run_shell_command").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn qwen_works_under_new_instructions() {
    let Some(qwen) = actor("qwen", qwen_launch) else { return };
    works_under_new_instructions(&qwen, "run_shell_command").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn opencode_works_under_new_instructions() {
    let Some(opencode) = actor("opencode", opencode_launch) else { return };
    works_under_new_instructions(&opencode, "bash").await;
}

/// Killed with all of its processes it has failed with a word about it; started
/// again it comes to its end, in its own session or, where its program can't take
/// that up, in a new one that knows it is not the first.
async fn is_killed_and_goes_on(actor: &Actor, shell: &str) {
    let mut house = House::open(actor, &waiting(shell));
    let id = house.cast("waiter", "wait for it").await;
    until_it_waits(&mut house, id).await;
    let session = house.agent(id).link.clone().expect("it is linked").session;
    house.kill_all();
    house.until_agent(id, Agent::is_over).await;
    let outcome = house.agent(id).outcome().cloned();
    let told = |why: &str| why.contains("signal 9");
    assert!(matches!(&outcome, Some(Outcome::Failed { why }) if told(why)), "{outcome:?}");
    let_go(&house);
    house.direct(Command::Restart(id)).await;
    house.until_agent(id, |it| it.run == 2 && it.is_over()).await;
    let agent = house.agent(id);
    assert!(matches!(agent.outcome(), Some(Outcome::Succeeded { .. })), "{}", house.told());
    let is_same = agent.link.as_ref().is_some_and(|it| it.session == session);
    assert_eq!(is_same, house.events(begins_anew).is_empty(), "{}", house.told());
}

#[tokio::test(flavor = "multi_thread")]
async fn gemini_is_killed_and_goes_on() {
    let Some(gemini) = actor("gemini", gemini_launch) else { return };
    is_killed_and_goes_on(&gemini, "run_shell_command").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn qwen_is_killed_and_goes_on() {
    let Some(qwen) = actor("qwen", qwen_launch) else { return };
    is_killed_and_goes_on(&qwen, "run_shell_command").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn opencode_is_killed_and_goes_on() {
    let Some(opencode) = actor("opencode", opencode_launch) else { return };
    is_killed_and_goes_on(&opencode, "bash").await;
}

/// A fork knows the conversation so far, and leaves it as it is; neither what that
/// had used nor what it had cost is counted again.
async fn is_forked(actor: &Actor, shell: &str) {
    let (script, command) = (SLOW.replace("TOOL", shell), "echo one");
    let mut house = House::open(actor, &script.replace("COMMAND", command));
    let first = house.cast("looker", "look around").await;
    house.until_agent(first, Agent::is_over).await;
    let (calls, before) = (house.calls(), house.agent(first).clone());
    let fork = house.cast_as(before.forked("AND-NOW: say it again".into())).await;
    house.until_agent(fork, Agent::is_over).await;
    let (one, two) = (house.agent(first), house.agent(fork));
    assert!(matches!(two.outcome(), Some(Outcome::Succeeded { .. })), "{}", house.told());
    let now = house.calls().split_off(calls.len());
    assert!(now.iter().all(|it| it.last_user.contains("AND-NOW")), "{}", house.told());
    assert!(now[0].messages > calls[1].messages, "it knows the conversation so far");
    assert_ne!(two.link.as_ref().unwrap().session, before.link.as_ref().unwrap().session);
    assert_eq!((one.usage, one.spent), (before.usage, before.spent));
    // A call that reads all from a cache costs less than those that had filled it.
    assert!(two.spent.known > Money(0) && two.spent.unpriced == 0, "{}", house.told());
    assert!(two.spent.known < one.spent.known, "{}", house.told());
    assert!(
        house
            .events(|it| matches!(it, Event::Said { agent, text } if *agent == fork
        && text.contains("A long one"))
            .then_some(()))
            .is_empty(),
        "its past is not said again"
    );

    // And so it is with a fork of the fork.
    let third = house.cast_as(two.forked("AND-ONCE-MORE".into())).await;
    house.until_agent(third, Agent::is_over).await;
    assert!(house.agent(third).spent.known < before.spent.known, "{}", house.told());
}

#[tokio::test(flavor = "multi_thread")]
async fn opencode_is_forked() {
    let Some(opencode) = actor("opencode", opencode_launch) else { return };
    is_forked(&opencode, "bash").await;
}

/// A program that plays these lines, whatever it is asked.
pub(crate) fn player(script: &'static str) -> Actor {
    Actor {
        kind: EngineKind::Acp,
        model: script,
        launch: |place| Launch {
            argv: vec!["/bin/sh".into(), place.home.join("player.sh").into()],
            folder: place.folder.clone(),
            environment: place.environment(&[]),
            ..Launch::default()
        },
        hire: |troupe, start| {
            let launch = (troupe.launch)(&start.agent.casting).unwrap();
            std::fs::write(&launch.argv[1], &start.agent.casting.model).unwrap();
            Box::new(Acp::new(troupe, start))
        },
    }
}

/// A program that has a command run for it, and asks what came of it.
const LENT: &str = r#"read line
echo '{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":1,"agentCapabilities":{},"agentInfo":{"name":"lender","version":"1"}}}'
read line
echo '{"jsonrpc":"2.0","id":1,"result":{"sessionId":"s"}}'
read line
ask() { echo '{"jsonrpc":"2.0","id":"'"$1"'","method":"terminal/'"$2"'","params":{"sessionId":"s","terminalId":"auteur-1"'"$3"'}}'; read -r line; printf '%s\n' "$line" >> "$HOME/heard"; }
ask a create ',"command":"sh","args":["-c","echo lent; exit 3"]'
ask b wait_for_exit
ask c output
ask d release
ask e output
echo '{"jsonrpc":"2.0","id":2,"result":{"stopReason":"end_turn"}}'
read line"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_a_program_has_us_run_is_asked_about_and_told() {
    let part = "[[part]]\nname = \"x\"\n[[part.turn]]\nsay = \"y\"\n";
    for is_allowed in [true, false] {
        let plan = Plan { mode: Mode::Ask, ..Plan::new(&player(LENT), part) };
        let mut house = House::planned(plan);
        let id = house.cast("player", "play").await;
        let request = house.until_asked(id).await;
        let Ask::Approval { shown, tool, .. } = house.agent(id).requests[0].ask.clone() else {
            panic!("it asks for leave: {}", house.told());
        };
        assert_eq!((&*tool, &*shown), ("terminal", "'sh' '-c' 'echo lent; exit 3'"));
        let approved = house.agent(id).requests[0].approved(id, Scope::Once);
        let answer = Answer::Denied { why: "not now".into() };
        let denied = Command::Answer { agent: id, request, answer };
        house.direct(if is_allowed { approved } else { denied }).await;
        house.until_agent(id, Agent::is_over).await;
        let heard = std::fs::read_to_string(house.home.path().join("heard")).unwrap();
        let heard: Vec<&str> = heard.lines().collect();
        let ended = house.events(|it| match it {
            Event::ToolEnded { ok, text, .. } => Some((*ok, text.contains("lent"))),
            _ => None,
        });
        assert_eq!(ended, [(false, is_allowed)], "{}", house.told());
        if is_allowed {
            assert!(heard[0].contains("\"terminalId\":\"auteur-1\""), "{heard:?}");
            assert!(heard[1].contains("\"exitCode\":3"), "{heard:?}");
            assert!(heard[2].contains("\"output\":\"lent\\n\""), "{heard:?}");
            assert!(heard[4].contains("no such terminal"), "{heard:?}");
        } else {
            assert!(heard.iter().take(2).all(|it| it.contains("error")), "{heard:?}");
        }
    }
}

/// A program that can open sessions and copy none.
const PLAIN: &str = r#"read line
echo '{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":1,"agentCapabilities":{},"agentInfo":{"name":"plain","version":"1"}}}'
read line
echo '{"jsonrpc":"2.0","id":1,"result":{"sessionId":"s"}}'
read line; printf '%s\n' "$line" >> "$HOME/heard"
echo '{"jsonrpc":"2.0","id":2,"result":{"stopReason":"end_turn"}}'
read line"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_fork_that_a_program_can_t_make_begins_anew_and_that_is_said() {
    let part = "[[part]]\nname = \"x\"\n[[part.turn]]\nsay = \"y\"\n";
    let mut house = House::open(&player(PLAIN), part);
    let casting = house.casting("player", "play");
    let id = house.cast_as(Casting { fork: "another".into(), ..casting }).await;
    house.until_agent(id, Agent::is_over).await;
    let said = house.events(|it| match it {
        Event::NoticeRaised { level: Level::Warning, text } => Some(text.clone()),
        _ => None,
    });
    assert!(said.iter().any(|it| it.contains("it begins a new one")), "{}", house.told());
    let heard = std::fs::read_to_string(house.home.path().join("heard")).unwrap();
    assert!(heard.contains("play"), "{heard}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_take_of_one_that_can_t_go_back_begins_with_a_summary_and_says_so() {
    let part = "[[part]]\nname = \"x\"\n[[part.turn]]\nsay = \"y\"\n";
    let mut house = House::open(&player(PLAIN), part);
    let first = house.cast("player", "play a tune").await;
    house.until_agent(first, Agent::is_over).await;
    let id = house.stage.next_agent();
    let turn = house.agent(first).turn.next();
    let message = Some("and a song".to_owned());
    house
        .direct(Command::Retake(Box::new(Retake {
            agent: first,
            turn,
            message,
            ..Retake::default()
        })))
        .await;
    house.until_agent(id, Agent::is_over).await;
    let heard = std::fs::read_to_string(house.home.path().join("heard")).unwrap();
    let last = heard.lines().last().unwrap();
    for words in ["play a tune", "The director said, in this order", "and a song"] {
        assert!(last.contains(words), "{words}: {heard}");
    }
    let told = house.agent(id).log.entries().any(|it| {
        format!("{it:?}")
            .contains("its program can't go back there: it begins with its brief and a summary")
    });
    assert!(told, "{}", house.told());
}

async fn fails(script: &'static str) -> String {
    let mut house =
        House::open(&player(script), "[[part]]\nname = \"x\"\n[[part.turn]]\nsay = \"y\"\n");
    let id = house.cast("player", "play").await;
    house.until_agent(id, Agent::is_over).await;
    match house.agent(id).outcome() {
        Some(Outcome::Failed { why }) => why.clone(),
        _ => panic!("{}", house.told()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f22_one_that_is_not_signed_in_fails_with_the_mend() {
    let why = fails(
        r#"read line
echo '{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":1,"agentCapabilities":{},"agentInfo":{"name":"shy","version":"1"}}}'
read line
echo '{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"Authentication required"}}'
read line"#,
    )
    .await;
    assert!(why.contains("sign in first") && why.contains("Authentication required"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn f22_one_that_prints_garbage_and_ends_fails_with_its_last_words() {
    let why = fails("echo 'not json'; echo 'no such flag' >&2; exit 64").await;
    assert!(why.contains("exit 64") && why.contains("no such flag"), "{why}");
}
