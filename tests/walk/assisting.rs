//! A program assists the director: `auteur mcp`, spoken with as such a program does.

use crate::{
    directing::ROUNDS,
    house::{House, PROGRAM, assert_nobody_is_left, wait},
};
use auteur::{
    journal::Reader,
    model::{Author, Event},
};
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

/// A program that assists.
pub struct Assistant {
    process: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
    asked: u64,
}

impl Assistant {
    /// Starts `auteur mcp`, and shakes hands with it.
    pub fn hired(house: &House, arguments: &[&str]) -> Self {
        let mut command = Command::new(PROGRAM);
        house.on(command.arg("mcp").args(arguments));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let (to, from) = (process.stdin.take(), process.stdout.take().unwrap());
        let mut it = Self { process, to, from: BufReader::new(from), asked: 0 };
        let us = json!({
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": { "name": "walk", "version": "1" },
        });
        let them = it.ask("initialize", &us);
        assert_eq!(them["serverInfo"]["name"], "auteur", "{them}");
        it.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        it
    }

    fn send(&mut self, message: &Value) {
        let to = self.to.as_mut().unwrap();
        writeln!(to, "{message}").unwrap();
        to.flush().unwrap();
    }

    pub fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let mut line = String::new();
            assert!(self.from.read_line(&mut line).unwrap() > 0, "it has ended");
            let said: Value = serde_json::from_str(&line).unwrap();
            if said["id"] == id {
                assert_eq!(said.get("error"), None, "{said}");
                return said["result"].clone();
            }
        }
    }

    /// Calls a tool; what it says, and whether it was done.
    pub fn call(&mut self, tool: &str, with: &Value) -> Result<String, String> {
        let result = self.ask("tools/call", &json!({ "name": tool, "arguments": with }));
        let text = result["content"][0]["text"].as_str().unwrap().to_owned();
        if result["isError"] == true { Err(text) } else { Ok(text) }
    }

    /// Calls a tool that has to do it, and says it in JSON.
    #[track_caller]
    pub fn get(&mut self, tool: &str, with: &Value) -> Value {
        serde_json::from_str(&self.call(tool, with).unwrap()).unwrap()
    }

    /// Waits until an agent stands so.
    #[track_caller]
    pub fn until(&mut self, agent: &str, status: &str) -> Value {
        for _ in 0..100 {
            let all = self.get("list_agents", &json!({}));
            let all = all["agents"].as_array().unwrap();
            if let Some(it) = all.iter().find(|it| it["name"] == agent && it["status"] == status) {
                return it.clone();
            }
            self.get("wait", &json!({ "seconds": 5 }));
        }
        panic!("{agent} was never {status}");
    }

    pub fn leave(mut self) {
        drop(self.to.take());
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Assistant {
    fn drop(&mut self) {
        drop(self.to.take());
        // One that has ended can't be ended.
        let _gone = self.process.kill();
        let _status = self.process.wait();
    }
}

/// A session at work without a screen.
pub fn serve(house: &House, arguments: &[&str]) -> Child {
    let mut child = house.spawn(&[&["serve"], arguments].concat());
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("serving session"), "{line}");
    child
}

/// Ends it.
pub fn end(mut session: Child) {
    let pid = rustix::process::Pid::from_child(&session);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    session.wait().unwrap();
}

fn events(house: &House) -> Vec<Event> {
    let reader = Reader::open(&house.journal()).unwrap();
    reader.records_from(0).map(|(_, it)| it.event).collect()
}

const OURS: Author = Author::Assistant;

#[test]
fn an_assistant_starts_holds_redirects_and_stops_under_its_own_name() {
    let house = House::open(ROUNDS);
    let session = serve(&house, &[]);
    let mut assistant = Assistant::hired(&house, &[]);
    let roles = assistant.get("list_roles", &json!({}));
    assert!(roles.as_array().unwrap().iter().any(|it| it["name"] == "worker"), "{roles}");
    let started = assistant.get("start_agent", &json!({ "role": "worker", "brief": "go round" }));
    assert_eq!((&started["agent"], &started["name"]), (&json!(1), &json!("worker")));
    wait("the first round", || house.marks("rounds") == 1);
    let mut screen = house.start(&["attach"]);
    screen.until_shown("worker running");
    assistant.get("pause_agent", &json!({ "agent": "worker" }));
    house.allow("go");
    assistant.until("worker", "paused");
    screen.until_shown("assistant");
    let told = json!({ "agent": 1, "message": "faster, please" });
    assert_eq!(assistant.get("redirect_agent", &told)["messages_waiting"], 1);
    assistant.get("resume_agent", &json!({ "agent": 1 }));
    wait("the second round", || house.marks("rounds") == 2);
    let log = assistant.call("read_agent", &json!({ "agent": "worker" })).unwrap();
    for said in ["brief: go round", "message of the assistant", "faster, please", "tool shell"] {
        assert!(log.contains(said), "{said}\n{log}");
    }
    assistant.get("stop_agent", &json!({ "agent": "worker" }));
    let ended = assistant.until("worker", "stopped");
    assert_eq!(ended["last_words"], "stopped by the assistant");
    let events = events(&house);
    let has = |is: fn(&Event) -> bool| events.iter().any(is);
    assert!(has(|it| matches!(it, Event::AgentAdded { by: OURS, .. })));
    assert!(has(|it| matches!(it, Event::HoldPlaced { by: OURS, .. })));
    assert!(has(|it| matches!(it, Event::RedirectWritten { by: OURS, .. })));
    assert!(has(|it| matches!(it, Event::StopAsked { by: OURS, .. })));
    assistant.leave();
    screen.crash();
    end(session);
    assert_nobody_is_left(&house);
}

#[test]
fn what_agents_ask_for_an_assistant_sees_and_does_not_answer() {
    let house = House::open(ASKING);
    let session = serve(&house, &["asker", "touch it"]);
    let mut assistant = Assistant::hired(&house, &[]);
    let asking = assistant.until("asker", "waiting");
    let asks = &asking["asks_the_director"][0];
    assert_eq!((&asks["approval_of"], &asks["shown"]), (&json!("shell"), &json!("touch touched")));
    let told = json!({ "agent": "asker", "message": "leave it", "now": true });
    let refused = assistant.call("redirect_agent", &told).unwrap_err();
    assert!(refused.contains("the director answers that"), "{refused}");
    for tool in ["approve", "answer", "list_tools"] {
        let unknown = assistant.call(tool, &json!({ "agent": "asker" })).unwrap_err();
        assert_eq!(unknown, format!("there is no tool `{tool}`"));
    }
    let waited = assistant.get("wait", &json!({ "seconds": 1 }));
    assert_eq!(waited["changed"], json!([]), "nothing has");
    assert!(!house.project().join("touched").exists());
    assert!(!events(&house).iter().any(|it| matches!(it, Event::Answered { .. })));
    assistant.leave();
    end(session);
}

#[test]
fn whom_the_director_has_paused_an_assistant_does_not_let_go_on() {
    let house = House::open(ROUNDS);
    let session = serve(&house, &["worker", "go round"]);
    let mut screen = house.start(&["attach"]);
    screen.wait("the first round", |_| house.marks("rounds") == 1);
    screen.press_for("p", "worker paus");
    house.allow("go");
    screen.until_shown("worker paused");
    let mut assistant = Assistant::hired(&house, &[]);
    let refused = assistant.call("resume_agent", &json!({ "agent": "worker" })).unwrap_err();
    assert!(refused.contains("the director has paused it"), "{refused}");
    assert_eq!(assistant.until("worker", "paused")["held"][0]["by"], "the director");
    screen.crash();
    end(session);
}

#[test]
fn without_a_session_an_assistant_is_told_how_one_is_begun_and_comes_to_it_then() {
    let house = House::open(ROUNDS);
    let mut assistant = Assistant::hired(&house, &[]);
    let tools = assistant.ask("tools/list", &json!({}));
    assert!(tools["tools"].as_array().unwrap().iter().any(|it| it["name"] == "start_agent"));
    let told = assistant.call("list_agents", &json!({})).unwrap_err();
    assert!(told.contains("no session is at work") && told.contains("auteur serve"), "{told}");
    let session = serve(&house, &[]);
    assert_eq!(assistant.get("list_agents", &json!({}))["agents"], json!([]));
    end(session);
    let told = assistant.call("list_agents", &json!({})).unwrap_err();
    assert!(told.contains("no session is at work"), "{told}");
}

#[test]
fn an_assistant_plays_scripts_and_reads_how_far_they_are() {
    let house = House::open(ASKING);
    let folder = house.project().join(".auteur/scripts");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("count.toml"), SCRIPT).unwrap();
    assert!(house.say(&["trust", "--yes"]).contains("trust"));
    let session = serve(&house, &[]);
    let mut assistant = Assistant::hired(&house, &[]);
    let all = assistant.get("list_scripts", &json!({}));
    let offered = all["scripts"].as_array().unwrap();
    let count = offered.iter().find(|it| it["name"] == "count").unwrap();
    assert!(count["inputs"]["place"].as_str().unwrap().contains("\"here\" if left out"), "{count}");
    let wrong = json!({ "script": "count", "inputs": { "plaice": "there" } });
    assert!(assistant.call("perform_script", &wrong).unwrap_err().contains("did you mean `place`"));
    let right = json!({ "script": "count", "inputs": { "place": "there" } });
    assert_eq!(assistant.get("perform_script", &right)["run"], 1);
    wait("its end", || house.marks("counted") == 1);
    let run = (0..50).find_map(|_| {
        let run = assistant.get("read_script", &json!({ "run": "count" }));
        if run["status"] == "done" {
            return Some(run);
        }
        assistant.get("wait", &json!({ "seconds": 2 }));
        None
    });
    let run = run.unwrap();
    assert_eq!(
        (&run["steps"][0]["status"], &run["steps"][1]["status"]),
        (&json!("done"), &json!("done"))
    );
    let file = json!({ "script": "./elsewhere.toml" });
    assert!(assistant.call("perform_script", &file).is_err());
    assistant.leave();
    end(session);
}

#[test]
fn claude_code_is_an_assistant_director() {
    let programs = std::env::var("AUTEUR_TEST_PROGRAMS").unwrap_or_default();
    let claude = Path::new(&programs).join("claude");
    if !claude.exists() {
        return crate::skip("AUTEUR_TEST_PROGRAMS names no folder with `claude`");
    }
    let mut house = House::open(&format!("{CLAUDE}{ASKING}"));
    let path = format!("{programs}:{}", std::env::var("PATH").unwrap());
    house.set("PATH", Some(&path));
    house.set("ANTHROPIC_BASE_URL", Some(&house.model()));
    house.set("ANTHROPIC_API_KEY", Some("sk-opens-nothing"));
    house.set("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", Some("1"));
    let session = serve(&house, &[]);
    let server = json!({ "mcpServers": { "auteur": { "command": PROGRAM, "args": ["mcp"] } } });
    let mut command = Command::new(claude);
    command.args(["-p", "direct them", "--strict-mcp-config", "--mcp-config", &server.to_string()]);
    command.args(["--allowedTools", "mcp__auteur__start_agent"]);
    let said = house.output(&mut command);
    assert!(said.contains("I have started one."), "{said}");
    let events = events(&house);
    let added = events.iter().find_map(|it| match it {
        Event::AgentAdded { casting, by: OURS, .. } => Some(casting.brief.clone()),
        _ => None,
    });
    assert_eq!(added.as_deref(), Some("touch it"));
    end(session);
}

/// A model that assists.
const CLAUDE: &str = r#"
[[part]]
name = "assists"
brief = "direct them"

[[part.turn]]
calls = [{ tool = "mcp__auteur__start_agent", with = { role = "asker", brief = "touch it" } }]

[[part.turn]]
say = "I have started one."
"#;

/// A model that wants to run something.
const ASKING: &str = r#"
[[part]]
name = "asks"
brief = "touch"

[[part.turn]]
calls = [{ tool = "shell", with = { command = "touch touched" } }]

[[part.turn]]
say = "That was all."
"#;

/// A script that needs no model.
const SCRIPT: &str = r#"
purpose = "Counts"

[inputs.place]
default = "here"
purpose = "Where"

[[step]]
name = "look"
run = "echo {{ inputs.place }}"

[[step]]
name = "count"
needs = ["look"]
run = "echo {{ inputs.place }} > counted"
"#;
