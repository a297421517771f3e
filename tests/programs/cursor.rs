//! Cursor's command line, played by a script of ours that says what its
//! documentation says: the real one can't be had without an account.

use crate::house::{Actor, House, Place};
use auteur::{
    engine::{cursor::Cursor, program::Launch},
    model::*,
};

/// Plays the documented stream, and keeps what it was asked. It hangs where the
/// task is to hang.
const PLAYER: &str = r#"
printf '%s\n' "$*" >> "$HOME/asked"
echo '{"type":"system","subtype":"init","session_id":"s-1","model":"auto","cwd":"/w","apiKeySource":"login","permissionMode":"default"}'
echo '{"type":"user","message":{"role":"user","content":[{"type":"text","text":"…"}]},"session_id":"s-1"}'
echo '{"type":"assistant","message":{"role":"assistant","content":[{"type":"text","text":"I look."}]},"session_id":"s-1"}'
case "$*" in *hang*) case "$*" in *--resume*) ;; *) exec sleep 600;; esac;; esac
echo '{"type":"tool_call","subtype":"started","call_id":"c-1","tool_call":{"readToolCall":{"args":{"path":"a"}}},"session_id":"s-1"}'
echo '{"type":"tool_call","subtype":"completed","call_id":"c-1","tool_call":{"readToolCall":{"args":{"path":"a"},"result":{"success":{"content":"text"}}}},"session_id":"s-1"}'
case "$*" in *break*) echo 'it broke' >&2; exit 3;; esac
echo '{"type":"result","subtype":"success","is_error":false,"duration_ms":20,"result":"All is done.","session_id":"s-1"}'
"#;

fn cursor() -> Actor {
    Actor {
        kind: EngineKind::Cursor,
        model: "",
        launch: |place: &Place| {
            place.write("player.sh", PLAYER);
            Launch {
                argv: vec!["/bin/sh".into(), place.home.join("player.sh").into()],
                folder: place.folder.clone(),
                environment: place.environment(&[]),
                ..Launch::default()
            }
        },
        hire: |troupe, start| Box::new(Cursor::new(troupe, start)),
    }
}

const NOBODY: &str = "[[part]]\nname = \"nobody\"\n[[part.turn]]\nsay = \"nothing\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_is_a_process_and_a_turn() {
    let mut house = House::open(&cursor(), NOBODY);
    let id = house.cast("reader", "look at a").await;
    house.until_agent(id, Agent::is_over).await;
    let agent = house.agent(id);
    let done = Outcome::Succeeded { summary: "All is done.".into() };
    assert_eq!(agent.outcome(), Some(&done), "{}", house.told());
    assert_eq!(agent.turn, Turn(1));
    assert_eq!(agent.tools["read"].calls, 1);
    assert_eq!(agent.link.as_ref().map(|it| it.session.as_str()), Some("s-1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_held_by_the_end_of_its_process_and_goes_on_in_its_session() {
    let mut house = House::open(&cursor(), NOBODY);
    let id = house.cast("reader", "hang at a").await;
    house.until_agent(id, |it| it.link.is_some()).await;
    house.direct(Command::Pause(id)).await;
    house.until_agent(id, |it| it.status() == Status::Paused).await;
    house.redirect(id, "hang no more").await;
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, Agent::is_over).await;
    let agent = house.agent(id);
    assert!(matches!(agent.outcome(), Some(Outcome::Succeeded { .. })), "{}", house.told());
    let asked = std::fs::read_to_string(house.home.path().join("asked")).unwrap();
    let last = asked.lines().last().unwrap();
    let expected = "-p hang no more --output-format stream-json --resume s-1";
    assert_eq!(last, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_breaks_has_failed_with_its_last_words() {
    let mut house = House::open(&cursor(), NOBODY);
    let id = house.cast("reader", "break at a").await;
    house.until_agent(id, Agent::is_over).await;
    let Some(Outcome::Failed { why }) = house.agent(id).outcome() else {
        panic!("{}", house.told());
    };
    assert!(why.contains("exit 3") && why.contains("it broke"), "{why}");
}
