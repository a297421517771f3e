//! Codex: shared, paused, redirected, judged, edited, killed and taken up again.

use crate::house::{Actor, House, Place, Plan, find};
use auteur::{
    engine::{codex::Codex, program::Launch},
    model::*,
    tools::policy::Mode,
};

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
        ..Launch::default()
    }
}

/// Codex, where it is installed.
fn codex() -> Option<Actor> {
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

#[tokio::test]
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
    assert_eq!(agent.spent.known, Money(all.total() * 1000));
    assert_eq!(std::fs::read_to_string(house.folder.path().join("a.txt")).unwrap(), "one\n");
    let strange = house.events(|it| match it {
        Event::Strange { name, .. } => Some(name.clone()),
        _ => None,
    });
    assert_eq!(strange, Vec::<String>::new());
}
