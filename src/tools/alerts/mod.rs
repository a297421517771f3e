//! Calls a director who looks elsewhere, beside the terminal: by a command of theirs, by
//! the desktop, by a webhook, with a sound for each kind of need.
//!
//! What agents have written is no part of a command line: it stands on the command's
//! standard input, as JSON, and in the webhook's body.

use crate::llm;
use serde_json::{Value, json};
use std::{collections::BTreeMap, process::Stdio, time::Duration};
use tokio::{io::AsyncWriteExt as _, process::Command, time::timeout};

/// So long a command, or an answer, is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// By what a director is called; nothing of it where it is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ways {
    /// The desktop's own notifications, by `notify-send`.
    pub desktop: bool,
    /// A program with its arguments.
    pub command: Vec<String>,
    /// An address that the same JSON is posted to.
    pub webhook: String,
    /// Programs with their arguments, by kind: what is played for it.
    pub sounds: BTreeMap<String, Vec<String>>,
}

/// What a director is called for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alert {
    /// The session, as its window is called.
    pub title: String,
    /// What there is, in a line.
    pub text: String,
    /// Each need: who, and of what kind.
    pub needs: Vec<(String, &'static str)>,
}

impl Alert {
    fn json(&self) -> Value {
        let needs = self.needs.iter().map(|(who, kind)| json!({ "who": who, "kind": kind }));
        json!({ "title": self.title, "text": self.text, "needs": needs.collect::<Vec<_>>() })
    }
}

impl Ways {
    /// Whether there is any.
    pub fn is_any(&self) -> bool {
        self.desktop
            || !self.command.is_empty()
            || !self.webhook.is_empty()
            || !self.sounds.is_empty()
    }

    /// Calls in all of these ways, one after the other; tells what went wrong.
    pub async fn call(&self, alert: &Alert) -> Vec<String> {
        let body = alert.json().to_string();
        let mut troubles = Vec::new();
        if self.desktop {
            let words = ["notify-send", "--app-name=auteur", "--", &alert.title, &alert.text];
            troubles.extend(run(&words.map(str::to_owned), "").await.err());
        }
        if !self.command.is_empty() {
            troubles.extend(run(&self.command, &body).await.err());
        }
        let sound = alert.needs.iter().find_map(|(_, kind)| self.sounds.get(*kind));
        if let Some(sound) = sound {
            troubles.extend(run(sound, "").await.err());
        }
        if !self.webhook.is_empty() {
            troubles.extend(post(&self.webhook, body).await.err());
        }
        troubles
    }
}

/// Runs a program to its end, with this on its standard input.
async fn run(words: &[String], input: &str) -> Result<(), String> {
    let [program, arguments @ ..] = words else { return Ok(()) };
    let told = |why: &dyn std::fmt::Display| format!("{program}: {why}");
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.kill_on_drop(true).spawn().map_err(|it| told(&it))?;
    if let Some(mut stdin) = child.stdin.take() {
        // Who does not read it need not.
        let _unread = stdin.write_all(input.as_bytes()).await;
    }
    match timeout(PATIENCE, child.wait()).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(told(&status)),
        Ok(Err(error)) => Err(told(&error)),
        Err(_) => Err(told(&"it did not end in half a minute")),
    }
}

async fn post(address: &str, body: String) -> Result<(), String> {
    // The address may hold a secret: it is no part of what is told.
    let told = |error: reqwest::Error| format!("the webhook: {}", error.without_url());
    let mut builder = llm::web().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none());
    // A plain connection needs no certificates, and this machine no proxy.
    if address.starts_with("http://") {
        builder = builder.tls_certs_only([]).no_proxy();
    }
    let client = builder.build().map_err(told)?;
    let request = client.post(address).header("content-type", "application/json").body(body);
    let answer = request.send().await.map_err(told)?;
    answer.error_for_status().map(drop).map_err(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io::{Read as _, Write as _},
        net::TcpListener,
        thread,
    };

    fn alert() -> Alert {
        let needs = vec![("scout".to_owned(), "approval"), ("x; rm -rf /".to_owned(), "drift")];
        Alert { title: "auteur · parser".into(), text: "scout asks".into(), needs }
    }

    #[tokio::test]
    async fn a_command_gets_what_there_is_on_its_input_and_the_sound_of_what_presses_most() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        let write = |name: &str| vec!["tee".to_owned(), at(name)];
        let touch = |name: &str| vec!["touch".to_owned(), at(name)];
        let sounds = [("approval".to_owned(), touch("a")), ("drift".to_owned(), touch("d"))];
        let ways = Ways { command: write("got"), sounds: sounds.into(), ..Ways::default() };
        assert_eq!(ways.call(&alert()).await, Vec::<String>::new());
        let got: Value = serde_json::from_slice(&std::fs::read(at("got")).unwrap()).unwrap();
        assert_eq!(got["needs"][1]["who"], "x; rm -rf /");
        assert_eq!(got["text"], "scout asks");
        let is_there = |name: &str| std::path::Path::new(&at(name)).exists();
        assert_eq!((is_there("a"), is_there("d")), (true, false));
        let ways = Ways { command: vec!["false".into()], ..Ways::default() };
        assert_eq!(ways.call(&alert()).await, ["false: exit status: 1"]);
        let ways = Ways { command: vec!["/no/such".into()], ..Ways::default() };
        assert!(ways.call(&alert()).await[0].starts_with("/no/such: "));
    }

    #[tokio::test]
    async fn a_webhook_is_posted_to_and_its_address_is_not_told() {
        let door = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/secret", door.local_addr().unwrap());
        let heard = thread::spawn(move || {
            let answer = |status: &str| {
                let (mut stream, _) = door.accept().unwrap();
                let (mut text, mut room) = (String::new(), [0; 4096]);
                while !text.contains("needs") {
                    let count = stream.read(&mut room).unwrap();
                    text.push_str(&String::from_utf8_lossy(&room[..count]));
                }
                let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
                stream.write_all(answer.as_bytes()).unwrap();
                text
            };
            [answer("204 No Content"), answer("403 Forbidden")]
        });
        let ways = Ways { webhook: address, ..Ways::default() };
        assert_eq!(ways.call(&alert()).await, Vec::<String>::new());
        let troubles = ways.call(&alert()).await;
        assert!(troubles[0].contains("403") && !troubles[0].contains("secret"), "{troubles:?}");
        let [first, _] = heard.join().unwrap();
        assert!(first.starts_with("POST /secret"), "{first}");
        assert!(first.contains(r#""kind":"approval""#), "{first}");
    }
}
