//! Programs of others are given MCP servers: the real programs, and a real server.

use crate::{
    house::House,
    lending::{LENDER, events},
};
use auteur::model::{Ask, Event};
use std::{fs, path::Path};

/// Roles whose program is told of the server.
const CAST: &str = r#"
[cast.claude_user]
purpose = "Uses what it is lent"
program = "claude"
mcp = ["lender"]
permissions = { allow = ["tool(mcp__lender__*)"] }
instructions = "Work well."

[cast.codex_user]
purpose = "Uses what it is lent"
program = "codex"
mcp = ["lender"]
permissions = { allow = ["tool(mcp__lender__*)"] }
instructions = "Work well."
"#;

const KEY: &str = "le-5ecret-of-ours-0123456789";

/// A house where this program is, whose model calls this tool of the server. Nothing
/// where the program is not installed.
fn house(program: &str, tool: &str, cast: &str) -> Option<House> {
    let programs = std::env::var("AUTEUR_TEST_PROGRAMS").unwrap_or_default();
    if !Path::new(&programs).join(program).exists() {
        crate::skip(&format!("AUTEUR_TEST_PROGRAMS names no folder with `{program}`"));
        return None;
    }
    let play = format!(
        "[[part]]\nname = \"user\"\n[[part.turn]]\ncalls = [{{ tool = \"{tool}\", with = {{ text = \
         \"hello\" }} }}]\n[[part.turn]]\nsay = \"That was all.\"\n"
    );
    let mut house = House::open(&play);
    let path = format!("{programs}:{}", std::env::var("PATH").unwrap());
    house.set("PATH", Some(&path));
    house.set("LENDER_KEY", Some(KEY));
    house.install("lender", LENDER);
    let mcp = "[mcp.lender]\ncommand = [\"lender\"]\npasses = [\"LENDER_KEY\"]\n";
    fs::write(house.at("config/auteur/mcp.toml"), mcp).unwrap();
    fs::write(house.at("config/auteur/cast.toml"), cast).unwrap();
    fs::write(house.at("play.toml"), play).unwrap();
    Some(house)
}

/// Runs the role that has this program, which is brought to a rehearsal.
fn run(program: &str, house: &House) -> [String; 6] {
    let file = house.at("play.toml").display().to_string();
    let role = format!("{program}_user");
    let words = ["run", &role, "lend", "--headless", "--rehearse", &file];
    words.map(ToOwned::to_owned)
}

/// What the server's tool answers to a program that may call it.
fn played(program: &str, tool: &str) -> Option<String> {
    let house = house(program, tool, CAST)?;
    let words = run(program, &house);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let said = house.say(&words);
    let ended = events(&house).into_iter().filter_map(|event| match event {
        Event::ToolEnded { text, .. } => Some(text),
        _ => None,
    });
    let ended: Vec<_> = ended.collect();
    assert!(!ended.is_empty(), "{said}");
    assert!(!fs::read_to_string(house.journal()).unwrap().contains(KEY));
    Some(ended.join("\n"))
}

#[test]
fn claude_code_calls_a_tool_of_a_server_that_its_role_has() {
    let Some(answer) = played("claude", "mcp__lender__echo") else { return };
    assert!(answer.contains("again: hello"), "{answer}");
}

#[test]
fn claude_code_gives_a_server_its_variables() {
    let Some(answer) = played("claude", "mcp__lender__mine") else { return };
    assert!(answer.contains("LENDER_KEY"), "{answer}");
}

#[test]
fn codex_calls_a_tool_of_a_server_that_its_role_has() {
    let Some(answer) = played("codex", "mcp__lender/echo") else { return };
    assert!(answer.contains("again: hello"), "{answer}");
}

#[test]
fn what_a_server_says_of_its_harm_lets_nobody_call_it_unasked() {
    let rule = "permissions = { allow = [\"tool(mcp__lender__*)\"] }";
    let Some(house) = house("claude", "mcp__lender__echo", &CAST.replace(rule, "")) else { return };
    let words = run("claude", &house);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    assert_eq!(house.code(&words), Some(3));
    let shown = events(&house).into_iter().find_map(|event| match event {
        Event::Asked { ask: Ask::Approval { shown, .. }, .. } => Some(shown),
        _ => None,
    });
    assert_eq!(shown.unwrap(), "mcp__lender__echo {\"text\":\"hello\"}");
}

#[test]
fn codex_gives_a_server_its_variables() {
    let Some(answer) = played("codex", "mcp__lender/mine") else { return };
    assert!(answer.contains("LENDER_KEY"), "{answer}");
}
