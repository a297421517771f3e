use super::*;
use crate::model::{Cost, Stop, Turn, Usage};

const SCOUT: AgentId = AgentId(1);
const OTHER: AgentId = AgentId(2);

fn record(seq: u64, event: Event) -> Record {
    Record { seq: Seq(seq), at: Millis(seq * 10), event }
}

fn said(agent: AgentId, text: &str) -> Event {
    Event::Said { agent, text: text.to_owned() }
}

fn turn_ended(agent: AgentId) -> Event {
    let (usage, cost) = (Usage::default(), Cost::default());
    Event::TurnEnded { agent, turn: Turn(1), stop: Stop::End, usage, cost }
}

fn printed(text: &str) -> Event {
    Event::ToolPrinted { agent: SCOUT, call: CallId(1), text: text.to_owned() }
}

fn ended(text: &str) -> Event {
    Event::ToolEnded {
        agent: SCOUT,
        call: CallId(1),
        ok: true,
        text: text.to_owned(),
        bytes: 0,
        changes: Vec::new(),
        note: String::new(),
    }
}

/// What these events, told in blocks, come to.
fn gathered(blocks: &[&[Event]]) -> Vec<Passage> {
    let (mut gathering, mut passages, mut seq) = (Gathering::default(), Vec::new(), 0);
    for (nth, block) in blocks.iter().enumerate() {
        if nth > 0 {
            gathering.turn();
        }
        for event in *block {
            seq += 1;
            gathering.take(&record(seq, event.clone()), &mut |it| passages.push(it));
        }
    }
    gathering.end(&mut |it| passages.push(it));
    passages
}

fn texts(passages: &[Passage]) -> Vec<&str> {
    passages.iter().map(|it| it.text.as_str()).collect()
}

#[test]
fn what_streams_is_one_text_whatever_comes_between_its_pieces() {
    let events = [
        Event::Thought { agent: SCOUT, text: "Hm".into() },
        said(SCOUT, "the par"),
        said(OTHER, "else"),
        Event::AgentSeen { agent: SCOUT },
        said(SCOUT, "ser"),
        turn_ended(SCOUT),
        said(SCOUT, "next"),
    ];
    let passages = gathered(&[&events]);
    assert_eq!(texts(&passages), ["Hm", "the parser", "next", "else"]);
    let parser = &passages[1];
    assert_eq!(parser.record_at(4), (Seq(2), Millis(20)));
    assert_eq!(parser.record_at(7), (Seq(5), Millis(50)));
}

#[test]
fn what_goes_on_in_the_next_block_is_found_there_whole_and_is_known_to_be_told() {
    let long = "x".repeat(3 * CARRIED);
    let blocks: [&[Event]; 3] =
        [&[said(SCOUT, &format!("{long} the par"))], &[said(SCOUT, "ser")], &[]];
    let (mut gathering, mut told) = (Gathering::default(), Vec::new());
    gathering.take(&record(1, blocks[0][0].clone()), &mut |it| told.push(it));
    gathering.turn();
    gathering.take(&record(2, blocks[1][0].clone()), &mut |it| told.push(it));
    let there = gathering.open.values().next().unwrap();
    assert!(there.text.ends_with("the parser") && there.fresh == CARRIED);
    assert_eq!(there.record_at(there.text.len() - 1).0, Seq(2));
    assert_eq!(there.record_at(there.text.len() - 4).0, Seq(1));
    gathering.turn();
    gathering.turn();
    assert!(gathering.open.is_empty() && told.is_empty());
}

#[test]
fn what_a_tool_printed_is_told_once_where_its_result_says_it() {
    assert_eq!(texts(&gathered(&[&[printed("a b"), ended("a b")]])), ["a b"]);
    let more = gathered(&[&[printed("a long b"), ended("a … b")]]);
    assert_eq!(texts(&more), ["a long b", "a … b"]);
}

#[test]
fn a_terminal_shows_words_that_colours_part_as_one() {
    let event = |text: &str| Event::TerminalPrinted { agent: SCOUT, text: text.into() };
    let events = [event("par\u{1b}[1mser\u{1b}[0m\u{1b}[2;3Hbel"), event("ow\u{1b}7 it")];
    assert_eq!(texts(&gathered(&[&events])), ["parser\nbelow it"]);
}

#[test]
fn a_calls_arguments_are_text_without_their_names() {
    let input =
        serde_json::json!({ "path": "src/a.rs", "lines": [1, 20], "deep": { "x": "\u{1b}[1my" } });
    let event = Event::ToolCalled {
        agent: SCOUT,
        call: CallId(1),
        id: "toolu".into(),
        tool: "read".into(),
        title: "src/a.rs".into(),
        input: input.into(),
        seal: None,
    };
    assert_eq!(texts(&gathered(&[&[event]])), ["read src/a.rs\n1\n20\ny"]);
}
