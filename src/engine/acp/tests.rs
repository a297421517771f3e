//! What real agents were heard to say (`tests/fixtures/acp`), read by us.

use super::{
    bill,
    said::{self, Options, Said, Wanted},
    sign::Sign,
};
use crate::{
    engine::native::Tariff,
    llm::Tier,
    model::{Cost, Money, Usage},
    tools::policy::Access,
};
use serde_json::{Value, json};

const ALL: [(&str, &str); 6] = [
    ("opencode", include_str!("../../../tests/fixtures/acp/opencode.jsonl")),
    ("gemini", include_str!("../../../tests/fixtures/acp/gemini.jsonl")),
    ("qwen", include_str!("../../../tests/fixtures/acp/qwen.jsonl")),
    ("copilot", include_str!("../../../tests/fixtures/acp/copilot.jsonl")),
    ("claude-agent-acp", include_str!("../../../tests/fixtures/acp/claude-agent-acp.jsonl")),
    ("codex-acp", include_str!("../../../tests/fixtures/acp/codex-acp.jsonl")),
];

fn lines(text: &str) -> impl Iterator<Item = Value> {
    text.lines().map(|it| serde_json::from_str(it).unwrap())
}

fn method(line: &Value) -> &str {
    line.get("method").and_then(Value::as_str).unwrap_or_default()
}

#[test]
fn no_update_of_a_known_agent_is_strange() {
    for (agent, text) in ALL {
        for line in lines(text).filter(|it| method(it) == "session/update") {
            let news = said::news(&line["params"]["update"]);
            let strange = news.iter().any(|it| matches!(it, Said::Strange(_)));
            assert!(!strange, "{agent}: {line}");
        }
    }
}

#[test]
fn every_agent_asks_for_leave_to_run_its_command_and_offers_both_answers() {
    for (agent, text) in ALL {
        let asks: Vec<Value> =
            lines(text).filter(|it| method(it) == "session/request_permission").collect();
        assert!(!asks.is_empty(), "{agent}");
        for ask in asks {
            let Wanted::Leave(sign, options) = said::wanted(method(&ask), &ask["params"]) else {
                panic!("{agent}: {ask}");
            };
            let Options { allow: Some(_), reject: Some(_) } = options else {
                panic!("{agent}: {options:?}");
            };
            let accesses = sign.accesses(None);
            let [Access::Run { command }] = accesses.as_slice() else {
                panic!("{agent}: {accesses:?}");
            };
            assert!(command.starts_with("touch "), "{agent}: {command}");
        }
    }
}

#[test]
fn an_option_is_chosen_by_its_kind_once_before_always() {
    let ask = json!({
        "sessionId": "s", "toolCall": { "toolCallId": "c", "title": "x" },
        "options": [
            { "optionId": "a", "name": "for ever", "kind": "allow_always" },
            { "optionId": "cancel", "name": "yes", "kind": "allow_once" },
            { "optionId": "ok", "name": "no", "kind": "reject_once" },
        ],
    });
    let Wanted::Leave(_, options) = said::wanted("session/request_permission", &ask) else {
        panic!("it asks for leave");
    };
    assert_eq!(options, Options { allow: Some("cancel".into()), reject: Some("ok".into()) });
}

#[test]
fn a_prompt_of_which_nothing_is_told_has_no_known_cost() {
    let mut bill = bill::Bill::new(String::new(), String::new(), Some(Money(0)));
    let answer = json!({ "stopReason": "end_turn" });
    assert_eq!(bill.settle(None, &Nano).1, Cost::default(), "a part of a prompt");
    assert_eq!(bill.settle(Some(&answer), &Nano).1, Cost::from(None));
    bill.used(crate::model::Usage { output: 3, ..Default::default() });
    bill.settle(None, &Nano);
    assert_eq!(bill.settle(Some(&answer), &Nano).1, Cost::default(), "its calls were told");
}

#[test]
fn a_call_is_told_by_its_tools_own_name_and_its_command() {
    let named = |agent: &str| {
        let text = ALL.iter().find(|(it, _)| *it == agent).unwrap().1;
        let mut known: Option<Sign> = None;
        for line in lines(text) {
            let found = match said::news(&line["params"]["update"]).pop() {
                Some(Said::Call(sign)) => *sign,
                _ => match said::wanted(method(&line), &line["params"]) {
                    Wanted::Leave(sign, _) => *sign,
                    _ => continue,
                },
            };
            match &mut known {
                Some(known) if known.id == found.id => known.learn(found),
                Some(_) => {}
                None => known = Some(found),
            }
        }
        let known = known.unwrap();
        (known.tool(), known.title())
    };
    let is = |tool: &str| (tool.to_owned(), "touch f1.txt".to_owned());
    assert_eq!(named("opencode"), is("bash"));
    assert_eq!(named("gemini"), is("run_shell_command"));
    assert_eq!(named("qwen"), is("run_shell_command"));
    assert_eq!(named("claude-agent-acp"), is("Bash"));
    assert_eq!(named("copilot"), is("execute"));
}

/// A nano-dollar a token.
struct Nano;

impl Tariff for Nano {
    fn price(&self, _: &str, _: &str, usage: &Usage, _: Tier) -> Option<Money> {
        Some(Money(usage.total()))
    }

    fn most(&self, _: &str, _: &str, _: u64, _: u64) -> Option<Money> {
        None
    }

    fn window(&self, _: &str, _: &str) -> u64 {
        0
    }
}

fn settle_all(agent: &str) -> (Usage, Cost) {
    let text = ALL.iter().find(|(it, _)| *it == agent).unwrap().1;
    let mut bill = bill::Bill::new(String::new(), String::new(), Some(Money(0)));
    let (mut sum, mut cost) = (Usage::default(), Cost::default());
    for line in lines(text) {
        for news in said::news(&line["params"]["update"]) {
            match news {
                Said::Used(usage) => bill.used(usage),
                Said::Cost(dollars) => bill.costs(dollars),
                _ => {}
            }
        }
        if let Some(answer) = line.get("result") {
            let (used, costs) = bill.settle(Some(answer), &Nano);
            sum += used;
            cost += costs;
        }
    }
    (sum, cost)
}

#[test]
fn what_an_agent_says_that_it_used_is_counted_once() {
    // Two prompts: 49,207 + 66 and 37,755 + 46.
    let (usage, cost) = settle_all("gemini");
    assert_eq!((usage.prompt(), usage.output), (86_962, 112));
    assert_eq!(cost, Cost::from(Some(Money(87_074))));
    // The dollars are the session's, not a prompt's.
    assert_eq!(settle_all("opencode").1, Cost::reported(Money(34_019_400)));
}

#[test]
fn what_a_copied_conversation_had_cost_is_not_counted_again() {
    let answer = json!({ "usage": { "inputTokens": 10, "outputTokens": 5 } });
    let settle = |bill: &mut bill::Bill, dollars: f64| {
        bill.costs(dollars);
        bill.settle(Some(&answer), &Nano).1
    };
    let forked = |before| bill::Bill::new(String::new(), String::new(), before);
    let mut bill = forked(Some(Money::cents(3)));
    assert_eq!(settle(&mut bill, 0.032), Cost::reported(Money(2_000_000)));
    // Where nobody knows what it had cost, or the program counts anew, its tokens
    // are what is sure: a nano-dollar each.
    let mut bill = forked(None);
    assert_eq!(settle(&mut bill, 0.032), Cost::from(Some(Money(15))));
    assert_eq!(settle(&mut bill, 0.033), Cost::reported(Money(1_000_000)));
    let mut bill = forked(Some(Money::cents(3)));
    assert_eq!(settle(&mut bill, 0.001), Cost::from(Some(Money(15))));
    assert_eq!(settle(&mut bill, 0.002), Cost::reported(Money(1_000_000)));
}

#[test]
fn cached_tokens_are_within_the_input_or_beside_it_as_the_total_tells() {
    let within = json!({
        "inputTokens": 21143, "outputTokens": 30, "totalTokens": 21173, "cachedReadTokens": 21111,
    });
    let beside = json!({
        "inputTokens": 23, "outputTokens": 20, "totalTokens": 7769, "cachedReadTokens": 7726,
    });
    let usage = bill::usage(&within);
    assert_eq!((usage.input, usage.cache_read, usage.total()), (32, 21_111, 21_173));
    let usage = bill::usage(&beside);
    assert_eq!((usage.input, usage.cache_read, usage.total()), (23, 7_726, 7_769));
}

#[test]
fn an_edit_is_asked_about_as_a_write_and_counted_by_its_lines() {
    let sign = Sign::read(&json!({
        "toolCallId": "c", "kind": "edit", "title": "edit a.txt", "status": "completed",
        "content": [{ "type": "diff", "path": "/w/a.txt", "oldText": "one\n", "newText": "one\ntwo\n" }],
    }));
    assert_eq!(sign.accesses(None), [Access::Write { path: "/w/a.txt".into() }]);
    let changes = sign.changes(None);
    assert_eq!(
        (changes[0].path.as_str(), changes[0].added, changes[0].removed),
        ("/w/a.txt", 1, 0)
    );
}

#[test]
fn an_update_of_another_age_is_kept_by_its_name() {
    let update = json!({ "sessionUpdate": "hologram_update", "shape": "cube" });
    assert_eq!(said::news(&update), [Said::Strange("hologram_update".into())]);
}
