//! What a service does wrong is tried again, visibly and not for ever; and a
//! stream that breaks off is never taken for an answer.

use crate::house::{House, Plan};
use auteur::{llm::Wire, model::*, tools::policy::Mode};
use std::time::Duration;

const WIRES: [Wire; 4] = [Wire::Anthropic, Wire::OpenaiResponses, Wire::OpenaiChat, Wire::Gemini];

/// Calls a tool, then answers; `FAULT` stands at its first turn.
fn script(fault: &str) -> String {
    format!(
        r#"
[[part]]
name = "unlucky"

[[part.turn]]
think = "Let me see."
say = "I look at what there is before I say anything about it."
calls = [{{ tool = "shell", with = {{ command = "echo round" }} }}]
fault = "{fault}"

[[part.turn]]
say = "It said: {{last_result}}"
"#
    )
}

fn plan(fault: &str, wire: Wire) -> Plan {
    Plan { wire, idle: Duration::from_millis(1500), ..Plan::new(&script(fault)) }
}

fn retries(house: &House) -> Vec<(u32, Millis)> {
    house.events(|event| match event {
        Event::RetryScheduled { attempt, wait, .. } => Some((*attempt, *wait)),
        _ => None,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn f16_a_call_that_failed_in_passing_is_made_again_with_the_same_conversation() {
    let faults = [
        "408",
        "429",
        "500",
        "503",
        "529",
        "reset",
        "cut",
        "early",
        "stall:600",
        "hang:600",
        "error",
        "malformed",
    ];
    for wire in WIRES {
        for fault in faults {
            let mut house = House::planned(plan(fault, wire));
            let id = house.cast("unlucky", "look").await;
            house.until_agent(id, Agent::is_over).await;
            let (agent, asked) = (house.agent(id), house.asked());
            assert_eq!(agent.status(), Status::Succeeded, "{wire:?} {fault}: {agent:?}");
            assert_eq!(asked.len(), 3, "{wire:?} {fault}");
            assert_eq!(asked[0].digest, asked[1].digest, "{wire:?} {fault}");
            assert_eq!(retries(&house), [(2, Millis(20))], "{wire:?} {fault}");
            assert_eq!(agent.turn, Turn(2), "{wire:?} {fault}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_names_a_time_is_left_alone_until_then() {
    for (wire, fault) in WIRES.into_iter().flat_map(|it| [(it, "429:1"), (it, "529:date1")]) {
        let mut house = House::planned(plan(fault, wire));
        let id = house.cast("unlucky", "look").await;
        house.until_agent(id, Agent::is_over).await;
        assert_eq!(house.agent(id).status(), Status::Succeeded);
        let [(2, wait)] = retries(&house)[..] else { panic!("{:?}", retries(&house)) };
        assert!(wait <= Millis(1000), "{wait:?}");
        let asked = house.asked();
        if fault == "429:1" {
            assert_eq!(wait, Millis(1000));
            assert!(asked[1].at_ms >= asked[0].at_ms + 1000, "{asked:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f16_what_never_gets_better_is_given_up_with_a_reason() {
    for wire in WIRES {
        for fault in ["500xinf", "earlyxinf", "cutxinf", "errorxinf"] {
            let mut house = House::planned(plan(fault, wire));
            let id = house.cast("unlucky", "look").await;
            house.until_agent(id, Agent::is_over).await;
            let Some(Outcome::Failed { why }) = house.agent(id).outcome() else {
                panic!("{wire:?} {fault}: {:?}", house.agent(id).outcome())
            };
            assert!(why.ends_with("(tried 4 times)"), "{why}");
            assert_eq!(house.asked().len(), 4, "{wire:?} {fault}");
            let waits: Vec<_> = retries(&house).iter().map(|(_, wait)| wait.0).collect();
            assert_eq!(waits, [20, 40, 80], "{wire:?} {fault}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_odd_but_whole_is_taken_as_it_is() {
    for wire in WIRES {
        for fault in
            ["garbage", "longline:300000", "drip:0", "badargs", "badtool", "nousage", "escapes"]
        {
            let mut house = House::planned(plan(fault, wire));
            let id = house.cast("unlucky", "look").await;
            house.until_agent(id, Agent::is_over).await;
            let agent = house.agent(id);
            assert_eq!(agent.status(), Status::Succeeded, "{wire:?} {fault}: {agent:?}");
            assert_eq!((house.asked().len(), retries(&house)), (2, vec![]), "{wire:?} {fault}");
            let last = house.asked()[1].last_result.clone();
            let expected = match fault {
                // Where arguments are part of a whole event, they come without a value.
                "badargs" if wire == Wire::Gemini => "needs the argument",
                "badargs" => "not JSON",
                "badtool" => "there is no tool",
                _ => "round",
            };
            assert!(last.contains(expected), "{wire:?} {fault}: {last}");
            let failures: u32 = agent.tools.values().map(|it| it.failures).sum();
            assert_eq!(failures, u32::from(fault.starts_with("bad")), "{wire:?} {fault}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f16_only_a_person_can_mend_a_key() {
    for wire in WIRES {
        let mut house = House::planned(plan("401xinf", wire));
        let id = house.cast("unlucky", "look").await;
        house.until_agent(id, Agent::is_over).await;
        let Some(Outcome::Failed { why }) = house.agent(id).outcome() else { panic!() };
        assert!(why.starts_with("the service refused the key (401)"), "{why}");
        assert!(!why.contains("canary"), "{why}");
        assert_eq!(house.asked().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_nobody_knows_fails_the_agent_with_its_name() {
    let mut house = House::open(&script("500"));
    let casting = house.casting("unlucky", "look");
    let id = house.cast_as(Casting { provider: "nobody".into(), ..casting }).await;
    house.until_agent(id, Agent::is_over).await;
    let why = "config names no provider `nobody`".to_owned();
    assert_eq!(house.agent(id).outcome(), Some(&Outcome::Failed { why }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_whose_time_has_come_waits_while_the_agent_is_held() {
    let mut house = House::open_on(&script("429:1"), Wire::OpenaiChat, Mode::Auto);
    let id = house.cast("unlucky", "look").await;
    house.until_agent(id, |it| matches!(it.activity, Activity::Retrying { .. })).await;
    house.direct(Command::Pause(id)).await;
    let stands = |it: &Agent| it.status() == Status::Paused && it.boundaries.len() == 1;
    house.until_agent(id, stands).await;
    assert_eq!(house.asked().len(), 1);
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, Agent::is_over).await;
    assert_eq!(house.asked().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_in_no_event() {
    let mut house = House::planned(plan("401", Wire::Gemini));
    let id = house.cast("unlucky", "look").await;
    house.until_agent(id, Agent::is_over).await;
    let text = std::fs::read_to_string(house.journal()).unwrap();
    assert!(!text.contains("canary"));
}
