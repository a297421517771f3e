//! One server for all agents of a session: one process, which ends with the last of
//! them.

use crate::{
    house::{House, assert_nobody_is_left, processes_of, wait},
    lending::{self, events},
};
use auteur::{
    journal::Reader,
    model::{Ask, Event},
};
use std::{collections::BTreeSet, fs, path::PathBuf};

/// Two who use it: the first is done with it long before the second.
const CAST: &str = r#"
[cast.short]
purpose = "Uses what it is lent once"
model = "rehearsal/any"
tools = ["shell", "report"]
mcp = ["lender"]
permissions = { mode = "ask", allow = ["tool(mcp__lender__*)", "shell(*)", "shell(round)"] }
instructions = "Be short."

[cast.long]
purpose = "Uses what it is lent again and again"
model = "rehearsal/any"
tools = ["shell", "report"]
mcp = ["lender"]
permissions = { mode = "ask", allow = ["tool(mcp__lender__*)", "shell(*)", "shell(round)"] }
instructions = "Be long."
"#;

/// A model that has these turns for the short one, and for the long one.
fn rehearsal(short: &[&str], long: &[&str]) -> String {
    let turn = |call: &&str| match *call {
        "round" => {
            "\n[[part.turn]]\ncalls = [{ tool = \"shell\", with = { command = \"round\" } }]\n"
                .to_owned()
        }
        tool => format!(
            "\n[[part.turn]]\ncalls = [{{ tool = \"mcp__lender__{tool}\", with = {{ text = \"x\" }} }}]\n"
        ),
    };
    let part = |who: &str, calls: &[&str]| {
        let turns: String = calls.iter().map(turn).collect();
        format!(
            "[[part]]\nname = \"{who}\"\nbrief = \"{who}\"\n{turns}\n[[part.turn]]\nsay = \"{who} is done.\"\n"
        )
    };
    format!("{}{}", part("short", short), part("long", long))
}

/// A house whose server is shared, and approved.
fn house(short: &[&str], long: &[&str]) -> House {
    let house = lending::house(&rehearsal(short, long), "shared = true");
    fs::write(house.at("config/auteur/cast.toml"), CAST).unwrap();
    house.say(&["run", "short", "nothing", "--headless"]);
    let shown = lending::asked_about(&house);
    let sha256 = shown.rsplit(' ').next().unwrap();
    let file = house.at("config/auteur/mcp.toml");
    let mcp = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{mcp}trust = \"{sha256}\"\n")).unwrap();
    fs::remove_dir_all(house.at("state/sessions")).unwrap();
    house
}

/// The server's own folder.
fn folder(house: &House) -> PathBuf {
    house.journal().parent().unwrap().join("servers/lender")
}

/// Whether it has left a mark there, of a session that may only be opening.
fn has(house: &House, mark: &str) -> bool {
    house.find_journal().is_some() && folder(house).join(mark).exists()
}

/// What the processes were that answered.
fn processes(house: &House) -> Vec<String> {
    let results = house.asked().into_iter().map(|it| it.last_result);
    results.filter(|it| it.contains("it is process")).collect()
}

/// How many agents are done, in a session that may only be opening.
fn done(house: &House) -> usize {
    let reader = house.find_journal().and_then(|it| Reader::open(&it).ok());
    let records = reader.iter().flat_map(|it| it.records_from(0));
    records.filter(|(_, it)| matches!(it.event, Event::AgentEnded { .. })).count()
}

#[test]
fn two_agents_have_one_process_and_the_end_of_one_leaves_it_to_the_other() {
    let house = house(&["pid"], &["pid", "round", "pid"]);
    let mut child = house.spawn(&["run", "short", "short", "long", "long", "--headless"]);
    wait("the end of the first", || done(&house) == 1 && house.marks("rounds") == 1);
    let ups = || fs::read_to_string(folder(&house).join("ups")).unwrap();
    assert_eq!(ups(), "up\n");
    assert_eq!(processes(&house).len(), 2);
    let running = processes_of(&folder(&house));
    assert!(running.iter().any(|it| it.contains("lender")), "{running:?}");
    house.allow("go");
    assert!(child.wait().unwrap().success());
    let processes = processes(&house);
    assert_eq!(processes.len(), 3, "{processes:?}");
    assert_eq!(processes.iter().collect::<BTreeSet<_>>().len(), 1, "{processes:?}");
    assert_eq!(ups(), "up\n");
    assert_nobody_is_left(&house);
    wait("the end of the server", || processes_of(&folder(&house)).is_empty());
}

#[test]
fn what_a_shared_server_lends_is_approved_for_each_agent() {
    let house = lending::house(&rehearsal(&[], &[]), "shared = true");
    fs::write(house.at("config/auteur/cast.toml"), CAST).unwrap();
    let said = house.say(&["run", "short", "short", "long", "long", "--headless", "--json"]);
    let asked = events(&house).into_iter().filter_map(|event| match event {
        Event::Asked { agent, ask: Ask::Approval { call: None, .. }, .. } => Some(agent),
        _ => None,
    });
    assert_eq!(asked.collect::<BTreeSet<_>>().len(), 2, "{said}");
}

#[test]
fn a_shared_server_has_a_folder_of_its_own_and_writes_nowhere_else() {
    let mut house = house(&["pid"], &[]);
    house.install(
        "lender",
        &format!("touch {:?} here\n{}", house.project().join("there"), lending::LENDER),
    );
    assert_eq!(house.code(&["run", "short", "short", "--headless"]), Some(0));
    assert!(folder(&house).join("here").exists());
    assert!(!house.project().join("there").exists());
}

#[test]
fn a_shared_server_asks_in_the_name_of_the_one_agent_that_calls_it_and_of_several_in_nobody_s() {
    let house = house(&["round", "form"], &["wait"]);
    let mut terminal = house.start(&["run", "short", "short", "long", "long"]);
    terminal.wait("the call that stays", |_| has(&house, "waits"));
    house.allow("go");
    terminal.until_shown("short is done.");
    let told = format!("{:?}", events(&house));
    assert!(told.contains("several agents call it just now"), "{told}");
    assert!(!events(&house).iter().any(|it| matches!(it, Event::Asked { .. })), "{told}");
}
