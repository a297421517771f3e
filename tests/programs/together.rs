//! All five programs at once on one stage, each at a task of five commands: every
//! total comes out right, against the rehearsal's own script and log, and against
//! what a program says of itself where it does.

use crate::{
    acp, claude, codex,
    house::{Actor, House, Plan},
};
use auteur::{model::*, rehearsal::Logged};
use std::{collections::BTreeMap, fmt::Write as _, fs};

/// So many commands each.
const COMMANDS: u64 = 5;
/// A program, and how its model runs a command: COMMAND stands for it.
struct Player {
    name: &'static str,
    actor: Actor,
    call: &'static str,
}

const CLAUDE: &str = r#"{ tool = "Bash", with = { command = "COMMAND" } }"#;
const CODEX: &str = r#"{ tool = "exec_command", with = { cmd = "COMMAND" } }"#;
const OPENCODE: &str =
    r#"{ tool = "bash", with = { command = "COMMAND", description = "note it" } }"#;
const OTHERS: &str =
    r#"{ tool = "run_shell_command", with = { command = "COMMAND", is_background = false } }"#;

fn players() -> Option<Vec<Player>> {
    let acp = |name: &'static str, launch| acp::actor(name, launch);
    Some(vec![
        Player { name: "claude", actor: claude::overheard()?, call: CLAUDE },
        Player { name: "codex", actor: codex::codex()?, call: CODEX },
        Player { name: "gemini", actor: acp("gemini", acp::gemini_launch)?, call: OTHERS },
        Player { name: "opencode", actor: acp("opencode", acp::opencode_launch)?, call: OPENCODE },
        Player { name: "qwen", actor: acp("qwen", acp::qwen_launch)?, call: OTHERS },
    ])
}

/// What an answer reports of itself: each a bit more than the one before it.
fn usage(turn: u64) -> Usage {
    Usage { input: 1000 + turn, cache_read: 200 + 10 * turn, output: 50 + turn, ..Usage::default() }
}

/// A part for each, by what its brief says.
fn script(players: &[Player]) -> String {
    let mut text = String::new();
    for Player { name, call, .. } in players {
        writeln!(text, "[[part]]\nname = \"{name}\"\nbrief = \"THE-TASK-OF-{name}\"").unwrap();
        for turn in 0..=COMMANDS {
            let Usage { input, cache_read, output, .. } = usage(turn);
            let counts = format!(
                "usage = {{ input = {input}, cache_read = {cache_read}, cache_write = 0, output = \
                 {output} }}"
            );
            let call = call.replace("COMMAND", &format!("echo {turn} >> {name}.txt"));
            let does = match turn {
                COMMANDS => format!("say = \"All of {name} is done.\""),
                _ => format!("say = \"Number {turn}.\"\ncalls = [{call}]"),
            };
            writeln!(text, "[[part.turn]]\n{does}\n{counts}").unwrap();
        }
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn five_programs_at_once_end_with_every_total_right() {
    let Some(players) = players() else { return };
    let others = players.iter().map(|it| (it.name, it.actor.clone())).collect();
    let plan = Plan { others, ..Plan::new(&players[0].actor, &script(&players)) };
    let mut house = House::planned(plan);
    let mut cast = BTreeMap::new();
    for Player { name, actor, .. } in &players {
        let casting = Casting {
            engine: actor.kind,
            provider: (*name).to_owned(),
            model: actor.model.to_owned(),
            capabilities: Capabilities::of(actor.kind),
            ..house.casting(name, &format!("THE-TASK-OF-{name}: note five numbers"))
        };
        cast.insert(*name, house.cast_as(casting).await);
    }
    house.until(|stage| stage.agents().all(Agent::is_over)).await;

    let whole = (0..=COMMANDS).fold(Usage::default(), |mut sum, turn| {
        sum += usage(turn);
        sum
    });
    for (name, id) in &cast {
        let agent = house.agent(*id);
        let summary = format!("All of {name} is done.");
        assert_eq!(agent.outcome(), Some(&Outcome::Succeeded { summary }), "{}", house.told());
        let written = fs::read_to_string(house.folder.path().join(format!("{name}.txt")));
        let written = written.unwrap_or_else(|error| error.to_string());
        assert_eq!(written, "0\n1\n2\n3\n4\n", "{name}: {}", house.told());
        // One looks back at its work when it has ended, and may suggest what to do next.
        let is_work = |it: &&Logged| it.part == *name && it.answered.starts_with("turn");
        let calls = house.calls().iter().filter(is_work).count();
        assert_eq!(calls as u64, COMMANDS + 1, "{name}: {}", house.told());
        let done = agent
            .tools
            .values()
            .fold((0, 0), |sum, it| (sum.0 + u64::from(it.calls), sum.1 + u64::from(it.failures)));
        assert_eq!(done, (COMMANDS, 0), "{name}");
        // One tells the tokens of its last call alone, and the cost of all.
        let told = if *name == "opencode" { usage(COMMANDS) } else { whole };
        assert_eq!(agent.usage, told, "{name}: {}", house.told());
        assert_eq!(agent.spent.unpriced, 0, "{name}: {}", house.told());
        // What is in its window is the last call's, however many its last turn had.
        let last = usage(COMMANDS);
        let window = last.prompt()..=last.total();
        assert!(window.contains(&agent.context), "{name}: {} {window:?}", agent.context);
    }
    // Tokens at a dollar a million, where a program names no price of its own.
    for name in ["codex", "gemini", "qwen"] {
        let spent = house.agent(cast[name]).spent;
        assert_eq!(spent, Cost::from(Some(Money(whole.total() * 1000))), "{name}");
    }
    // $3, $0.30 and $15 a million, as it is configured.
    let dollars = whole.input * 3_000 + whole.cache_read * 300 + whole.output * 15_000;
    assert_eq!(house.agent(cast["opencode"]).spent, Cost::reported(Money(dollars)));
    let result = claude::said(&house, "result").pop().unwrap();
    assert_eq!(house.agent(cast["claude"]).spent, claude::cost(&result));
    assert_eq!(codex::counted(house.agent(cast["codex"])), codex::own_count(&house));

    let totals = house.stage.totals();
    let spent = cast.values().fold(Cost::default(), |mut sum, id| {
        sum += house.agent(*id).spent;
        sum
    });
    assert_eq!(totals.spent, spent);
    // What is stopped in good order leaves nothing running.
    house.close(QuitMode::Stop).await;
    house.until_run(0).await;
}
