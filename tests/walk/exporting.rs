//! Sessions in other formats, by the real program: what is written where, and whether
//! others can do something with it.

use crate::{chromium::Chromium, contacts::path, house::House, skip};
use serde_json::{Value, json};
use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Command, Stdio},
};

/// An agent that does something and is done.
const STORY: &str = r#"
[[part]]
name = "story"
brief = "tell"

[[part.turn]]
say = "**Once** upon a time."
calls = [{ tool = "shell", with = { command = "echo there was a king" } }]

[[part.turn]]
say = "And that was the end."
"#;

/// What a page or a terminal would obey.
const EVIL: &str = "</script><script>window.pwned = 1</script><img src=x onerror='window.pwned = 1'>\u{1b}[2J\u{202e}evil";

/// A log of another tool's, with a sub-agent, in which a hostile text stands everywhere.
fn hostile(house: &House) -> PathBuf {
    let user = |uuid: &str, parent: Option<&str>, at: u32, content: Value| {
        json!({ "type": "user", "uuid": uuid, "parentUuid": parent, "sessionId": "s", "cwd": "/p", "version": "2.1.0",
            "timestamp": format!("2026-01-01T00:00:{at:02}.000Z"), "message": { "role": "user", "content": content } })
    };
    let model = |uuid: &str, parent: &str, at: u32, content: Value| {
        json!({ "type": "assistant", "uuid": uuid, "parentUuid": parent, "sessionId": "s",
            "timestamp": format!("2026-01-01T00:00:{at:02}.000Z"), "message": { "id": uuid, "role": "assistant",
            "model": "claude-sonnet-4-5", "stop_reason": "tool_use", "usage": { "input_tokens": 10, "output_tokens": 5 }, "content": content } })
    };
    let lines = [
        user("u1", None, 0, format!("Find the harbour. {EVIL}").into()),
        model(
            "a1",
            "u1",
            4,
            json!([
                { "type": "text", "text": format!("I look for **it**. {EVIL}") },
                { "type": "tool_use", "id": "t1", "name": "Bash", "input": { "command": format!("ls {EVIL}") } },
            ]),
        ),
        user(
            "u2",
            Some("a1"),
            9,
            json!([
                { "type": "tool_result", "tool_use_id": "t1", "content": format!("harbour.txt {EVIL}") },
            ]),
        ),
        model(
            "a2",
            "u2",
            12,
            json!([{ "type": "text", "text": "The lighthouse stands in harbour.txt." }]),
        ),
    ];
    let file = house.at("log.jsonl");
    fs::write(&file, lines.map(|it| format!("{it}\n")).concat()).unwrap();
    file
}

fn exported(house: &House, arguments: &[&str]) -> String {
    let output = house
        .on(Command::new(crate::house::PROGRAM).arg("export").args(arguments))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_page_plays_in_a_real_browser_fetches_nothing_and_obeys_nobody() {
    if !env::split_paths(&path()).any(|at| at.join("chromium").is_file()) {
        return skip("there is no `chromium`");
    }
    let house = House::open(STORY);
    let (log, page) = (hostile(&house).display().to_string(), house.at("page.html"));
    exported(&house, &[&log, "--format", "html", "--out", page.to_str().unwrap()]);
    let mut browser = Chromium::open(&page);
    assert_eq!(browser.value("document.querySelectorAll('.pane').length"), 1);
    let shown = browser.value("document.querySelector('.pane').innerText");
    let shown = shown.as_str().unwrap();
    assert!(shown.contains("The lighthouse stands in harbour.txt."), "{shown}");
    assert!(shown.contains("<script>window.pwned = 1</script>"), "{shown}");

    // It plays from the start, and what comes later is not there yet.
    let lasted = browser.value("Number(document.body.dataset.now)");
    assert!(lasted.as_f64().unwrap() >= 12000.0, "{lasted}");
    browser.press("g");
    browser.until("document.body.dataset.now === '0'");
    let early = browser.value("document.querySelector('.pane').innerText");
    assert!(!early.as_str().unwrap().contains("lighthouse"), "{early}");
    browser.press(" ");
    browser.until("Number(document.body.dataset.now) > 300");
    browser.press("+");
    browser.press("+");
    browser.press("+");
    browser.until("document.querySelector('.pane').innerText.includes('lighthouse')");

    // What is searched for is found, and gone to.
    browser.press("g");
    browser.press("/");
    browser.type_in("LIGHTHOUSE");
    browser.until("document.querySelectorAll('#found button').length === 1");
    browser.press("Enter");
    browser.until("!document.getElementById('zoom').hidden");
    let found = browser.value("document.querySelector('.hit').innerText");
    assert!(found.as_str().unwrap().contains("The lighthouse"), "{found}");

    // Light and dark, as the reader has it.
    let mut grounds = Vec::new();
    for scheme in ["dark", "light"] {
        let wanted = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        browser.ask("Emulation.setEmulatedMedia", wanted);
        grounds.push(browser.value("getComputedStyle(document.body).backgroundColor"));
    }
    assert_ne!(grounds[0], grounds[1]);

    // Nobody was obeyed, nothing was fetched, and nothing went wrong.
    assert_eq!(browser.value("typeof window.pwned"), "undefined");
    assert_eq!(browser.value("document.images.length + document.scripts.length"), 2);
    assert_eq!(browser.complaints(), Vec::<&Value>::new());
    assert_eq!(browser.fetched(), [format!("file://{}", page.display())]);
    // Whoever finds a way in finds no way out.
    browser.until("fetch('http://127.0.0.1:9/').then(() => false, () => true)");
    let complaints = browser.complaints();
    let is_policy = |it: &&Value| it.to_string().contains("Content Security Policy");
    assert!(!complaints.is_empty() && complaints.iter().all(is_policy), "{complaints:#?}");
}

#[test]
fn a_session_is_exported_whole_and_nothing_is_written_over() {
    let house = House::open(STORY);
    assert_eq!(house.code(&["run", "worker", "tell me", "--headless"]), Some(0));
    let told = exported(&house, &["last", "--format", "md"]);
    assert!(
        told.contains("> **Once** upon a time.") && told.contains("there was a king"),
        "{told}"
    );
    // Another program's records are ours again: it plays, and is exported again the same.
    let json = exported(&house, &["last", "--format", "json"]);
    let file = house.at("again.jsonl");
    fs::write(&file, &json).unwrap();
    let again = exported(&house, &[file.to_str().unwrap(), "--format", "json"]);
    assert_eq!(again, json);
    let header: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    let shown = house.say(&["sessions", "show", file.to_str().unwrap(), "--json"]);
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(
        shown["session"], header["session"],
        "a file of its own is no session of its folder"
    );
    // Here it is a session already; where it is none, it is kept as one, under its own name.
    let file = file.to_str().unwrap();
    assert!(house.say(&["import", file]).contains("is a session of ours already"));
    let elsewhere = House::open(STORY);
    let said = elsewhere.say(&["import", file]);
    assert!(said.contains("a log of auteur, kept as"), "{said}");
    assert!(elsewhere.say(&["import", file]).contains("is a session of ours already"));
    let kept = exported(&elsewhere, &["last", "--format", "md"]);
    assert!(kept.contains("> **Once** upon a time."), "{kept}");
    // A name that was given since is the title of what is written.
    house.say(&["sessions", "rename", "last", "The tale of a king"]);
    for format in ["md", "html", "json", "cast"] {
        let told = exported(&house, &["last", "--format", format, "--out", "-"]);
        assert!(told.contains("The tale of a king"), "{format}");
    }
    // Who names no file finds it where it is said to be.
    let said = house.say(&["export", "last", "--format", "html"]);
    let name = said.trim().strip_prefix("wrote ").unwrap();
    let page = house.project().join(name);
    assert!(fs::read_to_string(&page).unwrap().contains("<!doctype html>"));
    let said = house.say(&["export", "last", "--format", "html"]);
    assert!(said.contains("is there already") && said.contains("--force"), "{said}");
    assert_eq!(house.code(&["export", "last", "--format", "html", "--force"]), Some(0));
    let said = house.say(&["export", "last", "--format", "md", "--agent", "nobody"]);
    assert!(said.contains("no agent is called \"nobody\"; there are worker"), "{said}");
    let left = fs::read_dir(house.project())
        .unwrap()
        .filter(|it| it.as_ref().unwrap().file_name().to_string_lossy().ends_with(".part"));
    assert_eq!(left.count(), 0);
}

/// A collector on this machine: what it is told goes into a file.
const COLLECTOR: &str = r#"
import http.server, sys

class Collector(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        with open(sys.argv[1], "ab") as file:
            file.write(self.path.encode() + b" " + body + b"\n")
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Collector)
print(server.server_port, flush=True)
server.serve_forever()
"#;

/// A program that ends with the test.
struct Running(std::process::Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _gone = self.0.kill();
        let _gone = self.0.wait();
    }
}

#[test]
fn a_session_is_told_to_a_collector_while_it_happens_without_what_was_said() {
    let house = House::open(STORY);
    let told = house.at("told");
    let mut collector = Command::new("python3")
        .args(["-u", "-c", COLLECTOR])
        .arg(&told)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut port = String::new();
    BufReader::new(collector.stdout.take().unwrap()).read_line(&mut port).unwrap();
    let _collector = Running(collector);
    let otlp = format!("\n[telemetry]\notlp = \"http://127.0.0.1:{}\"\n", port.trim());
    house.configure(&(house.settings() + &otlp));
    assert_eq!(house.code(&["run", "worker", "tell me", "--headless"]), Some(0));
    let text = fs::read_to_string(&told).unwrap();
    for span in ["/v1/traces ", "chat any", "execute_tool shell", "invoke_agent worker"] {
        assert!(text.contains(span), "no {span}: {text}");
    }
    assert!(!text.contains("there was a king") && !text.contains("Once"), "{text}");
    // The same session, when it is over.
    let to = format!("http://127.0.0.1:{}", port.trim());
    let said = house.say(&["export", "last", "--format", "otel", "--to", &to, "--content"]);
    assert!(said.starts_with("sent ") && said.contains(" spans to "), "{said}");
    assert!(fs::read_to_string(&told).unwrap().contains("there was a king"));
    // A collector that is away keeps nobody from working.
    let away = "\n[telemetry]\notlp = \"http://127.0.0.1:9\"\n";
    house.configure(&(house.settings() + away));
    assert_eq!(house.code(&["run", "worker", "tell me", "--headless"]), Some(0));
}
