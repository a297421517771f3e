//! A real browser, driven over its debugging pipe: what stands on a page, what it has
//! fetched, and what it has complained of.

use serde_json::{Value, json};
use std::{
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

/// An answer that takes longer never comes.
const PATIENCE: Duration = Duration::from_mins(1);

/// A browser with one page.
pub struct Chromium {
    process: Child,
    input: ChildStdin,
    said: Receiver<Value>,
    session: String,
    next: u64,
    /// What it has told without being asked.
    pub events: Vec<Value>,
    _profile: tempfile::TempDir,
}

impl Chromium {
    /// Opens a file.
    pub fn open(file: &Path) -> Self {
        let profile = tempfile::tempdir().unwrap();
        // Commands come in by the third descriptor and go out by the fourth.
        let script = "exec chromium --headless --no-sandbox --disable-gpu --no-first-run \
                      --remote-debugging-pipe --window-size=1400,900 \
                      --user-data-dir=\"$1\" about:blank 3<&0 4>&1 </dev/null >/dev/null 2>&1";
        let mut process = Command::new("sh")
            .args(["-c", script, "sh"])
            .arg(profile.path())
            .env("PATH", env::var("PATH").unwrap())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = process.stdin.take().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let (tell, said) = channel();
        std::thread::spawn(move || {
            for message in output.split(0).map_while(Result::ok) {
                // Whoever asked may have gone.
                drop(tell.send(serde_json::from_slice(&message).unwrap()));
            }
        });
        let session = String::new();
        let (next, events) = (0, Vec::new());
        let mut browser = Self { process, input, said, session, next, events, _profile: profile };
        let target = browser.ask("Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let session = browser.ask("Target.attachToTarget", attach);
        session["sessionId"].as_str().unwrap().clone_into(&mut browser.session);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.ask(&format!("{domain}.enable"), json!({}));
        }
        browser.ask("Page.navigate", json!({ "url": format!("file://{}", file.display()) }));
        browser.until_told("Page.loadEventFired");
        browser
    }

    /// Asks it for something, by the `DevTools` protocol.
    #[track_caller]
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let mut message = json!({ "id": self.next, "method": method });
        message["params"] = params;
        if !self.session.is_empty() {
            message["sessionId"] = self.session.clone().into();
        }
        self.input.write_all(message.to_string().as_bytes()).unwrap();
        self.input.write_all(&[0]).unwrap();
        self.input.flush().unwrap();
        loop {
            let said = self.said.recv_timeout(PATIENCE).unwrap();
            if said["id"] == self.next {
                assert!(said["error"].is_null(), "{method}: {said}");
                return said["result"].clone();
            }
            self.events.push(said);
        }
    }

    #[track_caller]
    fn until_told(&mut self, method: &str) {
        while self.events.iter().all(|it| it["method"] != method) {
            let said = self.said.recv_timeout(PATIENCE).unwrap();
            self.events.push(said);
        }
    }

    /// What an expression comes to on the page.
    #[track_caller]
    pub fn value(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true });
        let told = self.ask("Runtime.evaluate", asked);
        assert!(told["exceptionDetails"].is_null(), "{expression}: {told}");
        told["result"]["value"].clone()
    }

    /// Waits until an expression holds.
    #[track_caller]
    pub fn until(&mut self, expression: &str) {
        let asked = format!(
            "new Promise((done) => {{ const look = () => ({expression}) ? done(true) : \
             requestAnimationFrame(look); look(); }})"
        );
        let asked = json!({ "expression": asked, "awaitPromise": true, "returnByValue": true });
        assert_eq!(self.ask("Runtime.evaluate", asked)["result"]["value"], true, "{expression}");
    }

    /// Presses a key.
    pub fn press(&mut self, key: &str) {
        let text = if key.chars().count() == 1 { key } else { "" };
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            self.ask("Input.dispatchKeyEvent", json!({ "type": kind, "key": key, "text": text }));
        }
    }

    /// Types a text.
    pub fn type_in(&mut self, text: &str) {
        self.ask("Input.insertText", json!({ "text": text }));
    }

    /// What it has complained of.
    pub fn complaints(&self) -> Vec<&Value> {
        let is_one = |it: &&Value| match it["method"].as_str().unwrap_or_default() {
            "Runtime.exceptionThrown" => true,
            "Runtime.consoleAPICalled" => it["params"]["type"] == "error",
            "Log.entryAdded" => it["params"]["entry"]["level"] == "error",
            _ => false,
        };
        self.events.iter().filter(is_one).collect()
    }

    /// The addresses that it has fetched, or wanted to.
    pub fn fetched(&self) -> Vec<&str> {
        let sent = self.events.iter().filter(|it| it["method"] == "Network.requestWillBeSent");
        sent.filter_map(|it| it["params"]["request"]["url"].as_str()).collect()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _gone = self.process.kill();
        let _gone = self.process.wait();
    }
}
