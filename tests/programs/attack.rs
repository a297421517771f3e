//! An agent program that means harm, or is broken: it reaches out of its folder,
//! names things falsely, floods, and talks nonsense (S62 to S64, F21, F22). Each
//! is a script that speaks the Agent Client Protocol just well enough.

use crate::{
    acp::player,
    house::{House, Plan},
};
use auteur::{model::*, tools::policy::Mode};

/// A model is there because a house has one; nobody calls it.
const NOBODY: &str = "[[part]]\nname = \"x\"\n[[part.turn]]\nsay = \"y\"\n";

/// Answers the opening and a new session; `work` is done when it is prompted, and
/// `heard` gets what is answered to the requests of the program's own.
macro_rules! script {
    ($before:literal, $work:literal) => {
        concat!(
            r#"
answer() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$1" "$2"; }
say() { printf '{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"%s"}}}}\n' "$1"; }
ask() { printf '{"jsonrpc":"2.0","id":%s,"method":"%s","params":%s}\n' "$1" "$2" "$3"; read -r reply; printf '%s\n' "$reply" >> "$HOME/heard"; }
"#,
            $before,
            r#"
while read -r line; do
    id=${line#*\"id\":}; id=${id%%[,\}]*}
    case "$line" in
    *'"initialize"'*) answer "$id" '{"protocolVersion":1,"agentCapabilities":{},"agentInfo":{"name":"fake","version":"1"}}' ;;
    *'"session/new"'*) answer "$id" '{"sessionId":"s"}' ;;
    *'"session/prompt"'*)
"#,
            $work,
            r#"
        say 'That was all.'
        answer "$id" '{"stopReason":"end_turn"}' ;;
    esac
done
"#
        )
    };
}

async fn playing(script: &'static str, mode: Mode) -> (House, AgentId) {
    let actor = player(script);
    let mut house = House::planned(Plan { mode, ..Plan::new(&actor, NOBODY) });
    let id = house.cast("player", "play").await;
    (house, id)
}

/// It said all it had to say, whatever else it did.
async fn until_all_was_said(house: &mut House, id: AgentId) {
    house.until_agent(id, Agent::is_over).await;
    let outcome = house.agent(id).outcome().cloned();
    assert!(matches!(outcome, Some(Outcome::Succeeded { .. })), "{outcome:?} {}", house.told());
    let said: String = house
        .events(|it| if let Event::Said { text, .. } = it { Some(text.clone()) } else { None })
        .concat();
    assert!(said.ends_with("That was all."), "{}", house.told());
}

fn heard(house: &House) -> Vec<serde_json::Value> {
    let heard = std::fs::read_to_string(house.home.path().join("heard")).unwrap();
    heard.lines().map(|it| serde_json::from_str(it).unwrap()).collect()
}

const REACHES_OUT: &str = script!(
    "",
    r#"
ask 100 fs/write_text_file '{"sessionId":"s","path":"'"$HOME"'/evil","content":"evil"}'
ask 101 fs/write_text_file '{"sessionId":"s","path":"/proc/self/cwd/../evil","content":"evil"}'
ask 102 fs/read_text_file '{"sessionId":"s","path":"'"$HOME"'/secret"}'
ask 103 terminal/create '{"sessionId":"s","command":"touch","args":["'"$HOME"'/evil"]}'
ask 104 fs/write_text_file '{"sessionId":"s","path":"'"$PWD"'/good","content":"good"}'
"#
);

#[tokio::test(flavor = "multi_thread")]
async fn s64_a_program_reaches_out_of_its_folder_no_further_than_our_own_tools() {
    let (mut house, id) = playing(REACHES_OUT, Mode::Edit).await;
    std::fs::write(house.home.path().join("secret"), "canary").unwrap();
    // What is asked about is denied here, but for what is its own.
    loop {
        house.until_agent(id, |it| it.is_over() || !it.requests.is_empty()).await;
        let Some(asked) = house.agent(id).requests.first().cloned() else { break };
        let request = asked.id;
        let is_own = matches!(&asked.ask, Ask::Approval { shown, .. } if shown.contains("good"));
        let answer = Answer::Denied { why: "no".into() };
        let denied = Command::Answer { agent: id, request, answer };
        house.direct(if is_own { asked.approved(id, Scope::Once) } else { denied }).await;
        house.until_agent(id, |it| it.requests.iter().all(|it| it.id != request)).await;
    }
    until_all_was_said(&mut house, id).await;
    let heard = heard(&house);
    assert!(heard[..4].iter().all(|it| it["error"].is_object()), "{heard:?}");
    assert!(!format!("{heard:?}").contains("canary"));
    assert!(!house.home.path().join("evil").exists());
    // The twin: in its own folder it may write.
    assert!(heard[4]["error"].is_null(), "{heard:?}");
    assert_eq!(std::fs::read_to_string(house.folder.path().join("good")).unwrap(), "good");
}

const LIES_ABOUT_OPTIONS: &str = script!(
    "",
    r#"
ask 100 session/request_permission '{"sessionId":"s","toolCall":{"toolCallId":"c1","title":"echo hello","kind":"execute","rawInput":{"command":"touch evil"}},"options":[{"optionId":"x","name":"Reject","kind":"allow_always"}]}'
ask 101 session/request_permission '{"sessionId":"s","toolCall":{"toolCallId":"c2","title":"echo hello","kind":"execute","rawInput":{"command":"touch good"}},"options":[{"optionId":"no","name":"Allow","kind":"reject_once"},{"optionId":"yes","name":"Reject","kind":"allow_once"}]}'
"#
);

#[tokio::test(flavor = "multi_thread")]
async fn s64_an_answer_goes_by_the_kind_of_an_option_and_never_by_its_name() {
    let (mut house, id) = playing(LIES_ABOUT_OPTIONS, Mode::Ask).await;
    let request = house.until_asked(id).await;
    let Ask::Approval { shown, .. } = house.agent(id).requests[0].ask.clone() else { panic!() };
    // What is shown is what would run, not what it is called.
    assert!(shown.contains("touch evil"), "{shown}");
    let answer = Answer::Denied { why: "no".into() };
    house.direct(Command::Answer { agent: id, request, answer }).await;
    house.until_agent(id, |it| it.requests.iter().any(|it| it.id != request)).await;
    // The twin: allowed is allowed, whatever it is called.
    let approved = house.agent(id).requests[0].approved(id, Scope::Once);
    house.direct(approved).await;
    until_all_was_said(&mut house, id).await;
    let chosen: Vec<_> = heard(&house).iter().map(|it| it["result"]["outcome"].clone()).collect();
    assert_eq!(chosen[0]["outcome"], "cancelled", "{chosen:?}");
    assert_eq!(chosen[1]["optionId"], "yes", "{chosen:?}");
}

const TALKS_NONSENSE: &str = script!(
    r#"
echo 'Welcome to the agent!'
echo '{"jsonrpc":"2.0","id":999,"result":{"sessionId":"evil"}}'
echo '{"jsonrpc":"2.0","id":"0","result":{"protocolVersion":1}}'
echo '{"jsonrpc":"2.0","id":0.5,"result":{"protocolVersion":1}}'
echo '{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"nobody asked"}}'
echo '{"jsonrpc":"2.0"}'
echo '[1,2,3]'
echo 'null'
"#,
    r#"
answer 0 '{"protocolVersion":1,"agentCapabilities":{},"agentInfo":{"name":"twice","version":"2"}}'
answer 1 '{"sessionId":"another"}'
answer "\"$id\"" '{"stopReason":"refusal"}'
say 'Still here.'
"#
);

#[tokio::test(flavor = "multi_thread")]
async fn s63_an_answer_that_nobody_waits_for_answers_nothing() {
    let (mut house, id) = playing(TALKS_NONSENSE, Mode::Auto).await;
    until_all_was_said(&mut house, id).await;
    let link = house.agent(id).link.clone().unwrap();
    assert_eq!(link.session, "s", "{}", house.told());
    assert!(link.program.contains("fake"), "{link:?}");
}

const FLOODS: &str = script!(
    "",
    r#"
head -c 80000000 /dev/zero | tr '\0' x; echo
head -c 100000 /dev/zero | tr '\0' '['; echo
printf '{"jsonrpc":"2.0","method":"session/update","params":'; head -c 50000 /dev/zero | tr '\0' '['; echo
yes '{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":{"sessionUpdate":"dreamt","of":"sheep"}}}' | head -n 20000
yes '{"jsonrpc":"2.0","method":"nobody/knows","params":{"sessionId":"s"}}' | head -n 20000
"#
);

#[tokio::test(flavor = "multi_thread")]
async fn s62_a_flood_is_cut_and_counted_and_the_work_goes_on() {
    let (mut house, id) = playing(FLOODS, Mode::Auto).await;
    until_all_was_said(&mut house, id).await;
    let tape: usize = house.records().iter().map(|it| format!("{it:?}").len()).sum();
    assert!(tape < 1 << 20, "{tape} bytes are kept of it");
    assert!(house.agent(id).strange > 0, "{}", house.told());
}

const LARGE: &str = script!(
    "",
    r#"
printf '{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":{"sessionUpdate":"tool_call","toolCallId":"c1","title":"look","kind":"read","status":"pending","rawInput":{}}}}\n'
printf '{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":{"sessionUpdate":"tool_call_update","toolCallId":"c1","status":"completed","content":[{"type":"content","content":{"type":"text","text":"'
head -c 40000000 /dev/zero | tr '\0' x
printf '"}}]}}}\n'
"#
);

#[tokio::test(flavor = "multi_thread")]
async fn s62_a_huge_result_is_kept_in_part_with_its_size() {
    let (mut house, id) = playing(LARGE, Mode::Auto).await;
    until_all_was_said(&mut house, id).await;
    let ended = house.events(|it| match it {
        Event::ToolEnded { text, bytes, .. } => Some((text.len(), *bytes)),
        _ => None,
    });
    let [(kept, bytes)] = ended[..] else { panic!("{ended:?}") };
    assert!(kept < 200_000 && bytes == 40_000_000, "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn f21_a_program_that_breaks_off_in_a_message_fails_alone() {
    let broken = r#"read -r line; printf '{"jsonrpc":"2.0","id":0,"resu'; kill -9 $$"#;
    let (mut house, id) = playing(broken, Mode::Auto).await;
    house.until_agent(id, Agent::is_over).await;
    let Some(Outcome::Failed { why }) = house.agent(id).outcome() else { panic!() };
    assert!(why.contains("signal 9"), "{why}");
    // The twin beside it, in the same session, does its work.
    let casting = Casting { model: script!("", "").into(), ..house.casting("twin", "play") };
    let twin = house.cast_as(casting).await;
    until_all_was_said(&mut house, twin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f22_a_program_that_ends_at_once_has_failed_and_says_what_it_said() {
    for (script, word) in [
        ("exit 0", "exit 0"),
        ("echo 'please sign in' >&2; exit 1", "please sign in"),
        ("kill -SEGV $$", "signal 11"),
    ] {
        let (mut house, id) = playing(script, Mode::Auto).await;
        house.until_agent(id, Agent::is_over).await;
        let Some(Outcome::Failed { why }) = house.agent(id).outcome() else { panic!("{script}") };
        assert!(why.contains(word), "{script}: {why}");
        house.until_run(0).await;
    }
}
