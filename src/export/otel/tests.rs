//! What a collector is told.

use super::*;
use crate::{
    journal::{Journal, Redactor},
    model::*,
};
use serde_json::Value;
use std::{
    io::Read as _,
    net::{TcpListener, TcpStream},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

const ONE: AgentId = AgentId(1);

/// A collector on this machine, and what it is told. It answers with this status.
fn collector(status: u16) -> (String, Receiver<(String, Value)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (tell, told) = channel();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let tell = tell.clone();
            thread::spawn(move || {
                let mut stream = stream;
                while let Some(asked) = asked(&mut stream) {
                    // The test may be over.
                    drop(tell.send(asked));
                    let body = "{}";
                    let answer = format!(
                        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                        body.len()
                    );
                    stream.write_all(answer.as_bytes()).unwrap();
                }
            });
        }
    });
    (address, told)
}

/// The first line of a request, and its body.
fn asked(stream: &mut TcpStream) -> Option<(String, Value)> {
    let mut bytes = Vec::new();
    let end = loop {
        let mut block = [0; 4096];
        let count = stream.read(&mut block).ok().filter(|it| *it > 0)?;
        bytes.extend_from_slice(&block[..count]);
        if let Some(at) = bytes.windows(4).position(|it| it == b"\r\n\r\n") {
            break at + 4;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|it| it.strip_prefix("content-length: "))?;
    let mut body = bytes.split_off(end);
    let missing = length.trim().parse::<usize>().ok()?.saturating_sub(body.len());
    let mut rest = vec![0; missing];
    stream.read_exact(&mut rest).ok()?;
    body.extend(rest);
    let line = head.lines().next()?.to_owned();
    Some((line, serde_json::from_slice(&body).ok()?))
}

fn numbered(events: Vec<Event>) -> Vec<Record> {
    let number = |(seq, event)| Record { seq: Seq(seq), at: Millis(seq * 1000), event };
    (1..).zip(events).map(number).collect()
}

/// An agent that calls a tool, which sets another to work, and is done.
fn story() -> Vec<Record> {
    let by = Author::Director;
    let casting = |name: &str| Casting {
        name: name.into(),
        brief: format!("brief of {name}"),
        provider: "anthropic".into(),
        ..Casting::default()
    };
    let (agent, turn, call, version) = (ONE, Turn(1), CallId(1), Version(1));
    let origin = Origin { agent, call, bond: Bond::Child, ..Origin::default() };
    let child = Casting { origin: Some(Box::new(origin)), ..casting("helper") };
    let usage = Usage { input: 10, cache_read: 5, output: 3, ..Usage::default() };
    let called = Event::ToolCalled {
        agent,
        call,
        id: "t1".into(),
        tool: "spawn".into(),
        title: "helper".into(),
        input: Box::new(json!({ "words": "secret words" })),
        seal: None,
    };
    let ended = Event::ToolEnded {
        agent,
        call,
        ok: false,
        text: "no good".into(),
        bytes: 7,
        changes: Vec::new(),
        note: String::new(),
    };
    numbered(vec![
        Event::SessionOpened { title: "tale".into(), limits: Limits::default() },
        Event::AgentAdded { agent, casting: Box::new(casting("scout")), by },
        Event::TurnStarted {
            agent,
            turn,
            version,
            model: "m-1".into(),
            reserved: None,
            again: false,
        },
        Event::Said { agent, text: "I ask for help".into() },
        called,
        Event::TurnEnded {
            agent,
            turn,
            stop: Stop::Tools,
            usage,
            cost: Cost::from(Some(Money(7))),
        },
        Event::ToolStarted { agent, call },
        Event::AgentAdded { agent: AgentId(2), casting: Box::new(child), by: Author::Agent },
        Event::RedirectWritten { agent, redirect: RedirectId(1), text: "hurry".into(), by },
        Event::AgentEnded { agent: AgentId(2), outcome: Outcome::Failed { why: "lost".into() } },
        ended,
        Event::AgentEnded { agent, outcome: Outcome::Succeeded { summary: String::new() } },
        Event::SessionClosed { why: "done".into() },
    ])
}

fn header() -> Header {
    let opened = "2026-01-01T00:00:00Z".to_owned();
    Header { auteur: FORMAT, session: "s1".into(), opened, ..Header::default() }
}

fn recording(folder: &std::path::Path) -> Recording {
    let mut journal = Journal::create(folder, &header()).unwrap();
    journal.append(&story()).unwrap();
    let reader = crate::journal::Reader::open(journal.path()).unwrap();
    Recording::new(reader, Redactor::default())
}

fn spans(requests: impl IntoIterator<Item = Value>) -> Vec<Value> {
    let spans = |it: Value| it["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().cloned();
    requests.into_iter().flat_map(|it| spans(it).unwrap()).collect()
}

fn named<'a>(spans: &'a [Value], name: &str) -> &'a Value {
    spans.iter().find(|it| it["name"] == name).unwrap_or_else(|| panic!("no {name}: {spans:#?}"))
}

fn attribute<'a>(span: &'a Value, name: &str) -> &'a Value {
    let all = span["attributes"].as_array().unwrap();
    all.iter().find(|it| it["key"] == name).map_or(&Value::Null, |it| &it["value"])
}

#[test]
fn each_turn_tool_and_agent_is_a_span_below_the_one_that_it_belongs_to() {
    let folder = tempfile::tempdir().unwrap();
    let all = spans(requests(&recording(folder.path()), Content::Without));
    let names: Vec<_> = all.iter().map(|it| it["name"].as_str().unwrap()).collect();
    let wanted = [
        "chat m-1",
        "invoke_agent helper",
        "execute_tool spawn",
        "invoke_agent scout",
        "invoke_workflow session",
    ];
    assert_eq!(names, wanted);
    let below = |name: &str| named(&all, name)["parentSpanId"].clone();
    let id = |name: &str| named(&all, name)["spanId"].clone();
    assert_eq!(below("chat m-1"), id("invoke_agent scout"));
    assert_eq!(below("execute_tool spawn"), id("invoke_agent scout"));
    assert_eq!(below("invoke_agent helper"), id("execute_tool spawn"));
    assert_eq!(below("invoke_agent scout"), id("invoke_workflow session"));
    let chat = named(&all, "chat m-1");
    assert_eq!(attribute(chat, "gen_ai.usage.input_tokens")["intValue"], "15");
    assert_eq!(attribute(chat, "gen_ai.provider.name")["stringValue"], "anthropic");
    assert_eq!(chat["startTimeUnixNano"], "1767225603000000000");
    assert_eq!(chat["endTimeUnixNano"], "1767225606000000000");
    assert_eq!(chat["traceId"].as_str().unwrap().len(), 32);
    assert_eq!(named(&all, "execute_tool spawn")["status"]["code"], 2);
    assert_eq!(named(&all, "invoke_agent helper")["status"]["message"], "lost");
    let events = &named(&all, "invoke_agent scout")["events"];
    assert_eq!(events[0]["name"], "auteur.redirect");
}

#[test]
fn what_was_said_goes_along_only_where_that_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let recording = recording(folder.path());
    let told = |content| requests(&recording, content).map(|it| it.to_string()).collect::<String>();
    // Of a session's title, too: it is mostly the words of a brief.
    let words = [
        "invoke_workflow tale",
        "I ask for help",
        "secret words",
        "no good",
        "hurry",
        "brief of scout",
    ];
    let (without, with) = (told(Content::Without), told(Content::With));
    for words in words {
        assert!(!without.contains(words), "{words} went along");
        assert!(
            with.contains(words) || words == "hurry" && with.contains("auteur.words"),
            "{words}"
        );
    }
}

#[tokio::test]
async fn a_session_is_sent_to_a_collector_and_one_that_takes_nothing_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let recording = recording(folder.path());
    let (address, told) = collector(200);
    let count = Collector::at(&address).unwrap().send(&recording, Content::With).await.unwrap();
    let (line, body) = told.recv().unwrap();
    assert_eq!((line.as_str(), count), ("post /v1/traces http/1.1", 5));
    assert_eq!(spans([body]).len(), 5);
    let (address, _told) = collector(503);
    let sent = Collector::at(&address).unwrap().send(&recording, Content::With).await;
    assert!(sent.unwrap_err().to_string().contains("answered 503"));
    for wrong in ["", "nowhere", "ftp://a/", "http://user:word@a/", "file:///etc/passwd"] {
        assert!(Collector::at(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_live_session_is_told_as_it_goes_on_and_its_end_when_it_is_let_go() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::create(folder.path(), &header()).unwrap();
    let records = story();
    // A former run has told of this.
    journal.append(&records[..6]).unwrap();
    let (address, told) = collector(200);
    let collector = Collector::at(&address).unwrap();
    let telemetry =
        Telemetry { collector, content: Content::Without, redactor: Redactor::default() };
    let live = Live::begin(journal.path(), telemetry).unwrap();
    journal.append(&records[6..11]).unwrap();
    let first = spans([told.recv_timeout(Duration::from_mins(1)).unwrap().1]);
    assert_eq!(first[0]["name"], "invoke_agent helper");
    journal.append(&records[11..]).unwrap();
    drop(live);
    let mut all = first;
    while all.iter().all(|it| it["name"] != "invoke_workflow session") {
        all.extend(spans([told.recv_timeout(Duration::from_mins(1)).unwrap().1]));
    }
    assert!(all.iter().all(|it| it["name"] != "chat m-1"), "it is told twice: {all:?}");
}
