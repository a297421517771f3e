//! Standing steps, which are called by what happens: files that change, requests that
//! come in.

use crate::{
    house::House,
    terminal::{ENTER, RIGHT, Terminal},
};
use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
};

/// A watcher that looks five times, and remembers.
const LOOKING: &str = r#"
[[part]]
name = "looks"
brief = "Look at"

[[part.turn]]
calls = [{ tool = "report", with = { summary = "looked", result = { state = "first" } } }]
[[part.turn]]
calls = [{ tool = "report", with = { summary = "looked", result = { state = "second" } } }]
[[part.turn]]
calls = [{ tool = "report", with = { summary = "looked", result = { state = "third" } } }]
[[part.turn]]
calls = [{ tool = "report", with = { summary = "looked", result = { state = "fourth" } } }]
[[part.turn]]
calls = [{ tool = "report", with = { summary = "looked", result = { state = "fifth" } } }]
"#;

fn write(house: &House, on: &str) -> String {
    let file = house.project().join("watching.toml");
    let script = format!(
        "[[step]]\nname = \"watch\"\nrole = \"worker\"\nbrief = \"Look at what is new\"\n\
         on = \"{on}\"\noutput = {{ state = \"string\" }}\n"
    );
    fs::write(&file, script).unwrap();
    fs::create_dir_all(house.project().join("src")).unwrap();
    file.display().to_string()
}

fn to_the_script(terminal: &mut Terminal) {
    terminal.until_shown(" Script ");
    terminal.press_for("S", "listens");
}

#[test]
fn a_step_runs_whenever_files_change_also_in_a_later_run_until_it_is_left_out() {
    let house = House::open(LOOKING);
    let file = write(&house, "file change: src/**");
    let source = house.project().join("src/main.rs");
    let mut terminal = house.start_in((120, 35), &["run", &file]);
    to_the_script(&mut terminal);
    terminal.until_shown("changes of src/**");
    fs::write(&source, "one").unwrap();
    terminal.until_shown("listens, 1 run");
    terminal.until_shown("first");
    fs::write(&source, "two").unwrap();
    terminal.until_shown("listens, 2 runs");
    terminal.until_shown("second");
    // Held, it does not run; let go on, it does: what has called it is not forgotten.
    terminal.press_for("p", "held by you");
    fs::write(&source, "two and a half").unwrap();
    terminal.wait("the call", |_| {
        fs::read_to_string(house.journal()).unwrap().matches("\"called\"").count() == 3
    });
    terminal.press("p");
    terminal.until_shown("listens, 3 runs");
    // Nor does it need a call.
    terminal.press("r");
    terminal.until_shown("listens, 4 runs");
    terminal.press_for("q", "The script watching is not done");
    terminal.press(RIGHT);
    terminal.press(ENTER);
    assert!(terminal.until_ended().success());
    let mut terminal = house.start_in((120, 35), &["resume"]);
    terminal.until_shown(" Script ");
    terminal.press_for("S", "listens, 4 runs");
    terminal.until_shown("changes of src/**");
    fs::write(&source, "three").unwrap();
    terminal.until_shown("listens, 5 runs");
    terminal.until_shown("fifth");
    terminal.press_for("x", "done · 1 of 1 step");
    terminal.press("q");
    assert!(terminal.until_ended().success());
    // One agent did all of it, and was told each time what had changed.
    let asked = house.asked();
    assert_eq!(asked.len(), 5);
    let last = &asked[4].last_user;
    assert!(last.contains("src/main.rs") && last.contains("Run 5 of this task"), "{last}");
}

/// Posts something to a step's address; the answer's first line.
fn post(at: &str, word: &str, body: &str) -> String {
    let (host, path) = at.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let length = body.len();
    let request = format!(
        "POST /{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {word}\r\n\
         Connection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn a_step_runs_when_somebody_who_knows_the_word_posts_to_its_address() {
    let house = House::open(LOOKING);
    let file = write(&house, "webhook");
    let mut terminal = house.start_in((160, 35), &["run", &file]);
    to_the_script(&mut terminal);
    terminal.until_shown("http://127.0.0.1:");
    let journal = house.journal();
    let facts = fs::read_to_string(&journal).unwrap();
    let at = facts
        .split('"')
        .find(|it| it.starts_with("http://127.0.0.1:") && it.contains("/watching/watch"));
    let at = at.unwrap().split(' ').next().unwrap();
    let word = fs::read_to_string(journal.with_file_name("webhook-word")).unwrap();
    assert!(post(at, "wrong", "x").contains("401"));
    assert!(post(at, &word, r#"{"rate": 429}"#).contains("202"));
    terminal.until_shown("listens, 1 run");
    terminal.until_shown("429");
    terminal.press_for("X", "Stop watching?");
    terminal.press(RIGHT);
    terminal.press(ENTER);
    terminal.until_shown("watching · stopped");
    terminal.press("q");
    assert!(terminal.until_ended().success());
    assert!(
        !facts.contains(word.trim()),
        "the secret word is in {}",
        Path::new(&journal).display()
    );
}
