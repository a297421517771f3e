//! The reference server of the Model Context Protocol lends what it has, in its own
//! implementation of the protocol.

use crate::{
    house::House,
    lending::{asked_about, events, results},
};
use auteur::model::Event;
use std::{fs, path::Path};

const SERVER: &str = "mcp-server-everything";

const CAST: &str = r#"
[cast.user]
purpose = "Uses what it is lent"
model = "rehearsal/any"
tools = ["report"]
mcp = ["everything"]
permissions = { mode = "ask", allow = ["tool(mcp__everything__*)"] }
instructions = "Work well."
"#;

const READING: &str = r#"
[[part]]
name = "user"
brief = "lend"

[[part.turn]]
calls = [{ tool = "mcp__everything__echo", with = { message = "hello" } }]

[[part.turn]]
calls = [{ tool = "mcp__everything__trigger-long-running-operation", with = { duration = 0.2, steps = 2 } }]

[[part.turn]]
calls = [{ tool = "mcp_list", with = { server = "everything" } }]

[[part.turn]]
calls = [{ tool = "mcp_read", with = { server = "everything", uri = "demo://resource/static/document/features.md" } }]

[[part.turn]]
calls = [{ tool = "mcp_read", with = { server = "everything", prompt = "args-prompt", arguments = { city = "Ghent" } } }]

[[part.turn]]
say = "That was all."
"#;

/// A house that has the server, whose tools are approved. Nothing where it is not
/// installed.
fn house(rehearsal: &str) -> Option<House> {
    let programs = std::env::var("AUTEUR_TEST_PROGRAMS").unwrap_or_default();
    if !Path::new(&programs).join(SERVER).exists() {
        crate::skip(&format!("AUTEUR_TEST_PROGRAMS names no folder with `{SERVER}`"));
        return None;
    }
    let mut house = House::open(rehearsal);
    let path = format!("{programs}:{}", std::env::var("PATH").unwrap());
    house.set("PATH", Some(&path));
    let file = house.at("config/auteur/mcp.toml");
    let mcp = format!("[mcp.everything]\ncommand = [\"{SERVER}\", \"stdio\"]\n");
    fs::write(&file, &mcp).unwrap();
    fs::write(house.at("config/auteur/cast.toml"), CAST).unwrap();
    house.say(&["run", "user", "lend", "--headless"]);
    let sha256 = asked_about(&house).rsplit(' ').next().unwrap().to_owned();
    fs::write(&file, format!("{mcp}trust = \"{sha256}\"\n")).unwrap();
    fs::remove_dir_all(house.at("state/sessions")).unwrap();
    Some(house)
}

#[test]
fn the_reference_server_is_called_followed_listed_and_read() {
    let Some(house) = house(READING) else { return };
    assert_eq!(house.code(&["run", "user", "lend", "--headless"]), Some(0));
    let results = results(&house);
    assert!(results[0].contains("Echo: hello"), "{results:?}");
    assert!(results[1].contains("operation completed"), "{results:?}");
    let printed = events(&house).into_iter().filter_map(|event| match event {
        Event::ToolPrinted { text, .. } => Some(text),
        _ => None,
    });
    let printed: String = printed.collect();
    // What comes with the answer itself is not shown any more.
    assert!(printed.contains("1 of 2"), "{printed}");
    for told in ["demo://resource/static/document/features.md · ", "args-prompt(city, state?)"] {
        assert!(results[2].contains(told), "{results:?}");
    }
    assert!(results[3].contains("document/features.md of the MCP server everything: "));
    assert!(results[4].contains("user: What's weather in Ghent?"), "{results:?}");
}
