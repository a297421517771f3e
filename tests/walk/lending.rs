//! Agents use tools that MCP servers lend: real processes, which speak the protocol.

use crate::house::{House, assert_nobody_is_left};
use auteur::{
    journal::Reader,
    model::{Ask, Event},
};
use std::fs;

/// The server.
pub const LENDER: &str = include_str!("../fixtures/mcp/lender.sh");

/// A user of the server: what it lends is called unasked, once it is approved.
const CAST: &str = r#"
[cast.user]
purpose = "Uses what it is lent"
model = "rehearsal/any"
tools = ["report"]
mcp = ["lender"]
permissions = { mode = "ask", allow = ["tool(mcp__lender__*)"] }
instructions = "Work well."

[cast.asker]
purpose = "Asks before it uses anything"
model = "rehearsal/any"
tools = ["report"]
mcp = ["lender"]
permissions = { mode = "ask" }
instructions = "Work well."
"#;

/// A model that calls these tools of the server, one a turn.
pub fn calling(calls: &[(&str, &str)]) -> String {
    let turns = calls.iter().map(|(tool, text)| {
        format!(
            "\n[[part.turn]]\ncalls = [{{ tool = \"mcp__lender__{tool}\", with = {{ text = \
             {text:?} }} }}]\n"
        )
    });
    let turns: String = turns.collect();
    format!(
        "[[part]]\nname = \"user\"\nbrief = \"lend\"\n{turns}\n[[part.turn]]\nsay = \"That was \
         all.\"\n"
    )
}

/// A house in which there is the server, with these lines about it in mcp.toml.
pub fn house(rehearsal: &str, lines: &str) -> House {
    let mut house = House::open(rehearsal);
    house.install("lender", LENDER);
    let mcp = format!("[mcp.lender]\ncommand = [\"lender\"]\n{lines}\n");
    fs::write(house.at("config/auteur/mcp.toml"), mcp).unwrap();
    fs::write(house.at("config/auteur/cast.toml"), CAST).unwrap();
    house
}

/// Approves the tools that the server lends now, in the user's own file.
pub fn trust(house: &House) {
    house.say(&["run", "user", "lend", "--headless"]);
    let sha256 = sha256(house);
    fs::remove_dir_all(house.at("state/sessions")).unwrap();
    fs::remove_file(house.project().join("ups")).unwrap();
    let file = house.at("config/auteur/mcp.toml");
    let mcp = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{mcp}trust = \"{sha256}\"\n")).unwrap();
}

/// What is asked about a server's tools.
fn asked_about(house: &House) -> String {
    let events = events(house).into_iter();
    let mut asks = events.filter_map(|event| match event {
        Event::Asked { ask: Ask::Approval { call: None, shown, .. }, .. } => Some(shown),
        _ => None,
    });
    asks.next().expect("nobody was asked about any tools")
}

fn sha256(house: &House) -> String {
    asked_about(house).rsplit(' ').next().unwrap().to_owned()
}

fn events(house: &House) -> Vec<Event> {
    let reader = Reader::open(&house.journal()).unwrap();
    reader.records_from(0).map(|(_, it)| it.event).collect()
}

/// What the model was told of each call, in their order.
fn results(house: &House) -> Vec<String> {
    house.asked().iter().skip(1).map(|it| it.last_result.clone()).collect()
}

#[test]
fn a_server_lends_its_tools_to_an_agent_and_ends_with_it() {
    let house =
        house(&calling(&[("echo", "hello"), ("fail", ""), ("refuse", ""), ("image", "")]), "");
    trust(&house);
    let code = house.code(&["run", "user", "lend", "--headless"]);
    assert_eq!(code, Some(0), "{:#?}", events(&house));
    let results = results(&house);
    assert!(results[0].contains("again: hello"), "{results:?}");
    assert!(results[1].contains("no such record"), "{results:?}");
    assert!(results[2].contains("did not take the call: text is missing"), "{results:?}");
    assert!(results[3].contains("a picture:\n[an image, image/png, 3 bytes]"), "{results:?}");
    assert_eq!(house.marks("ups"), 1);
    assert_nobody_is_left(&house);
}

#[test]
fn s59_the_first_use_of_a_server_waits_for_a_person() {
    let house = house(&calling(&[("echo", "hello")]), "");
    assert_eq!(house.code(&["run", "user", "lend", "--headless"]), Some(3));
    assert!(house.asked().is_empty(), "a model was told of tools that nobody approved");
    let shown = asked_about(&house);
    assert!(shown.contains("mcp__lender__echo\n  Says it again.\n"), "{shown}");
    assert_nobody_is_left(&house);
}
