//! What holds for all rules.

use super::story::Story;
use crate::model::{
    Action, AgentId, Author, CallId, Event, FileChange, Heed, HeedWish, Outcome, RedirectId, Rule,
    Turn, Usage, Version,
};
use proptest::prelude::*;
use serde_json::json;

const AGENT: AgentId = AgentId(1);

/// Four calls that are one, and then so many turns of honest work.
fn drifted(turns: u32) -> Story {
    let mut story = Story::default();
    for _ in 1..=4 {
        story.turn().call("read", "notes.md", (true, "ideas"));
    }
    for turn in 1..=turns {
        story.turn().edit(&format!("src/{turn}.rs"));
    }
    story
}

#[test]
fn a_sign_stands_until_it_is_seen_no_more_for_a_while() {
    assert_eq!(drifted(4).signs(), [Rule::SameCall]);
    assert_eq!(drifted(5).signs(), []);
}

#[test]
fn once_told_it_has_passed_with_the_next_turn() {
    let mut story = drifted(0);
    story.tell("to the point, please");
    assert_eq!(story.signs(), [Rule::SameCall]);
    story.turn();
    assert_eq!(story.signs(), [Rule::SameCall], "what it does is still to come");
    story.turn();
    assert_eq!(story.signs(), []);
}

#[test]
fn what_goes_on_is_one_sign_and_what_begins_again_is_another() {
    let mut story = drifted(0);
    for _ in 1..=12 {
        story.turn().call("read", "notes.md", (true, "ideas"));
    }
    assert_eq!(story.times_seen(), 1);
    story.tell("to the point, please");
    for _ in 1..=5 {
        story.turn().call("read", "notes.md", (true, "ideas"));
        assert_eq!(story.signs(), [Rule::SameCall], "it was told, and goes on the same");
    }
    assert_eq!(story.times_seen(), 2, "after four more that is seen anew");
    story.tell("to the point, I said");
    story.turn().edit("src/lib.rs");
    story.turn().edit("src/main.rs");
    assert_eq!(story.signs(), []);
    for _ in 1..=5 {
        story.turn().call("read", "notes.md", (true, "ideas"));
    }
    assert_eq!((story.times_seen(), story.signs()), (3, vec![Rule::SameCall]));
}

#[test]
fn a_rule_that_was_waved_away_rests() {
    let mut story = drifted(0);
    story.dismiss();
    for _ in 1..=10 {
        story.turn().call("read", "notes.md", (true, "ideas"));
        assert_eq!(story.signs(), []);
    }
    story.turn().call("read", "notes.md", (true, "ideas"));
    assert_eq!(story.signs(), [Rule::SameCall]);
}

#[test]
fn what_the_director_says_of_its_watches_holds_from_then_on() {
    let mut story = Story::default();
    story.turn().edit("notes.md");
    assert_eq!(story.signs(), []);
    let heed = |wish| crate::model::Command::Heed { agent: AGENT, wish };
    story.direct(heed(HeedWish::Scope(vec!["src/**".into()])));
    let rule = Rule::SameCall;
    let kept = Heed { action: Action::Warn, limit: 2 };
    story.direct(heed(HeedWish::Keep { rule, heed: kept }));
    story.turn().edit("other.md");
    assert_eq!(story.signs(), [Rule::Scope]);
    for _ in 1..=2 {
        story.turn().call("read", "notes.md", (true, "ideas"));
    }
    assert_eq!(story.signs(), [Rule::Scope, Rule::SameCall]);
}

fn an_event() -> impl Strategy<Value = Event> {
    let (agent, call) = (AGENT, 1..4_u32);
    prop_oneof![
        4 => call.clone().prop_map(move |call| Event::ToolCalled {
            agent,
            call: CallId(call),
            id: String::new(),
            tool: "shell".into(),
            title: "ls".into(),
            input: json!({ "command": "ls" }).into(),
            seal: None,
        }),
        4 => (call, any::<bool>(), "[a-c]").prop_map(move |(call, ok, path)| Event::ToolEnded {
            agent,
            call: CallId(call),
            ok,
            text: "said that".into(),
            bytes: 9,
            changes: if ok { vec![] } else { vec![FileChange { path, added: 1, removed: 1 }] },
            note: String::new(),
        }),
        2 => (0..9_u32).prop_map(move |turn| Event::TurnStarted {
            agent,
            turn: Turn(turn),
            version: Version(1),
            model: String::new(),
            reserved: None,
            again: false,
        }),
        2 => (0..9_u32).prop_map(move |turn| Event::TurnEnded {
            agent,
            turn: Turn(turn),
            stop: crate::model::Stop::Tools,
            usage: Usage::default(),
            cost: crate::model::Cost::default(),
        }),
        1 => (0..9_u32, "[a-c]").prop_map(move |(turn, path)| Event::Checkpointed {
            agent,
            turn: Turn(turn),
            commit: "c".into(),
            files: vec![FileChange { path, added: 1, removed: 0 }],
            more: 0,
            in_all: None,
        }),
        1 => Just(Event::RedirectDelivered {
            agent,
            redirect: RedirectId(1),
            turn: Turn(1),
            text: "do".into(),
        }),
        1 => Just(Event::AgentEnded { agent, outcome: Outcome::Stopped { by: Author::Director } }),
        1 => Just(Event::AgentReopened { agent, by: Author::Director }),
    ]
}

proptest! {
    #[test]
    fn no_order_of_events_raises_a_sign_that_stands(
        events in prop::collection::vec(an_event(), 0..120),
    ) {
        let mut story = Story::within(&["a"]);
        for event in events {
            story.record(event);
            let signs = story.signs();
            let mut once = signs.clone();
            once.sort();
            once.dedup();
            prop_assert_eq!(once.len(), signs.len(), "{:?}", signs);
            prop_assert!(story.are_numbered(), "each sign has its own number");
        }
    }
}
