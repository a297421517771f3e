//! Claude Code: paused, redirected, judged, edited, killed and taken up again.

use crate::house::{Actor, House, Place, find};
use auteur::{
    engine::{claude::Claude, program::Launch},
    model::*,
};

/// What its program asks for in each place.
fn launch(place: &Place) -> Launch {
    Launch {
        argv: vec![find("claude").unwrap().into()],
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
        launch,
        hire: |troupe, start| Box::new(Claude::new(troupe, start)),
    })
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

#[tokio::test(flavor = "multi_thread")]
async fn a_brief_is_done_and_told_turn_by_turn() {
    let Some(claude) = claude() else { return };
    let mut house = House::open(&claude, SMALL);
    let id = house.cast("writer", "write a.txt").await;
    house.until_agent(id, Agent::is_over).await;
    let agent = house.agent(id);
    let done = Outcome::Succeeded { summary: "It is done.".into() };
    assert_eq!(agent.outcome(), Some(&done), "{}", house.told());
    assert_eq!(agent.turn, Turn(3));
    assert_eq!(house.calls().len(), 3, "{}", house.told());
    let read = std::fs::read_to_string(house.folder.path().join("a.txt"));
    assert_eq!(read.unwrap(), "one\ntwo\n");
}
