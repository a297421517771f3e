//! Agents that set others to work by themselves, and that hand off their work.

use crate::house::{House, Plan};
use auteur::model::{
    play::{Play, PlayEnd},
    script::{Script, Step, Work},
    *,
};
use serde_json::json;
use std::collections::BTreeMap;

/// A lead that has a tester try something and says what that found; and one that hands off.
const TRYING: &str = r#"
[[part]]
name = "leads"
brief = "Make it"
model = "lead"

[[part.turn]]
calls = [{ tool = "spawn", with = { role = "tester", brief = "Try the parser" } }]

[[part.turn]]
say = "It was tried."

[[part]]
name = "leads many"
brief = "Make several"
model = "lead"

[[part.turn]]
calls = [
    { tool = "spawn", with = { role = "tester", brief = "Try one", wait = false } },
    { tool = "spawn", with = { role = "tester", brief = "Try two", wait = false } },
    { tool = "spawn", with = { role = "tester", brief = "Try three", wait = false } },
    { tool = "spawn", with = { role = "sailor", brief = "Sail", wait = false } },
]

[[part.turn]]
calls = [{ tool = "await_agents", with = {} }]

[[part.turn]]
say = "All were tried."

[[part]]
name = "tries"
model = "tester"

[[part.turn]]
calls = [{ tool = "report", with = { summary = "it holds", result = { failed = 0 } } }]

[[part]]
name = "hands off"
brief = "Build it"
model = "lead"

[[part.turn]]
calls = [{ tool = "hand_off", with = { to = "tester", note = "the parser is there, test it", result = { file = "parser.rs" } } }]
"#;

/// Whom a lead may set to work.
#[expect(clippy::unnecessary_wraps, reason = "it is what a delegation has")]
fn spawn(most: u32) -> Option<Spawn> {
    Some(Spawn { roles: vec!["tester".into()], most, depth: 1, ..Spawn::default() })
}

fn lead(house: &House, brief: &str, delegation: Delegation) -> Casting {
    let roles = BTreeMap::from([("tester".to_owned(), house.casting("tester", ""))]);
    let delegation = Some(Box::new(Delegation { roles, ..delegation }));
    Casting { delegation, ..house.casting("lead", brief) }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_set_to_work_is_anothers_child_and_the_call_ends_with_what_it_came_to() {
    let mut house = House::open(TRYING);
    let casting = lead(&house, "Make it", Delegation { spawn: spawn(2), ..Delegation::default() });
    let lead = house.cast_as(casting).await;
    house.until_agent(lead, Agent::is_over).await;
    assert_eq!(house.agent(lead).last_words(), "It was tried.");
    let tester = house.stage.agent_named("tester").unwrap();
    let origin = tester.casting.origin.as_deref().unwrap();
    assert_eq!((origin.agent, origin.bond, origin.depth), (lead, Bond::Child, 1));
    assert_eq!(house.stage.parent(tester).map(|it| it.id), Some(lead));
    assert!(tester.casting.brief.starts_with("Try the parser"), "{}", tester.casting.brief);
    // Nobody but the one it worked for has to look at it.
    assert!(!tester.needs_director());
    let returned = house.events(|it| match it {
        Event::Returned { agent, ok, text, .. } => Some((*agent, *ok, text.clone())),
        _ => None,
    });
    let [(agent, true, text)] = &returned[..] else { panic!("{returned:?}") };
    assert_eq!(*agent, lead);
    assert!(text.starts_with("tester is done: it holds"), "{text}");
    assert!(text.contains("\"failed\": 0"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_are_set_to_work_than_may_be_and_the_model_is_told_why() {
    let mut house = House::open(TRYING);
    let delegation = Delegation { spawn: spawn(2), ..Delegation::default() };
    let casting = lead(&house, "Make several", delegation);
    let lead = house.cast_as(casting).await;
    house.until_agent(lead, Agent::is_over).await;
    let names: Vec<_> = house.stage.agents().map(|it| it.casting.name.clone()).collect();
    assert_eq!(names, ["lead", "tester", "tester-2"]);
    let refused = house.events(|it| match it {
        Event::Returned { ok: false, text, .. } => Some(text.clone()),
        _ => None,
    });
    assert_eq!(
        refused,
        ["2 set to work is as many as may be: do it yourself", "not `sailor`: there is tester"]
    );
    assert_eq!(house.agent(lead).last_words(), "All were tried.");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_rule_there_is_no_tool() {
    let mut house = House::open(TRYING);
    let lead = house.cast("lead", "Make it").await;
    house.until_agent(lead, Agent::is_over).await;
    assert_eq!(house.stage.agents().count(), 1);
    let refused = house.events(|it| match it {
        Event::ToolEnded { ok: false, text, .. } => Some(text.clone()),
        _ => None,
    });
    assert_eq!(refused, ["the tool `spawn` is not yours to use"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_at_a_time_is_enough_for_an_agent_that_waits_and_the_one_it_waits_for() {
    let limits = Limits { running: Some(1), ..Limits::default() };
    let mut house = House::planned(Plan { limits, ..Plan::new(TRYING) });
    let casting = lead(&house, "Make it", Delegation { spawn: spawn(2), ..Delegation::default() });
    let lead = house.cast_as(casting).await;
    house.until_agent(lead, Agent::is_over).await;
    assert_eq!(house.agent(lead).last_words(), "It was tried.");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_hands_off_another_goes_on_with() {
    let mut house = House::open(TRYING);
    let hand_off = Some(HandOff { to: vec!["tester".into()], most: 1, attempts: 1 });
    let delegation = Delegation { hand_off, ..Delegation::default() };
    let casting = lead(&house, "Build it", delegation);
    let lead = house.cast_as(casting).await;
    house.until(|stage| stage.agent_named("tester").is_some_and(Agent::is_over)).await;
    assert_eq!(house.agent(lead).last_words(), "handed off to tester");
    let tester = house.stage.agent_named("tester").unwrap();
    let brief = &tester.casting.brief;
    assert!(brief.starts_with("Build it"), "{brief}");
    assert!(brief.contains("the parser is there, test it") && brief.contains("parser.rs"));
    assert_eq!(house.stage.hands_before(tester).iter().map(|it| it.id).collect::<Vec<_>>(), [lead]);
}

/// A lead that has something tried, and hands off; and one that goes on.
const HANDING: &str = r#"
[[part]]
name = "leads"
model = "lead"

[[part.turn]]
calls = [{ tool = "spawn", with = { role = "tester", brief = "Try it" } }]

[[part.turn]]
calls = [{ tool = "hand_off", with = { to = "closer", note = "it holds", result = { tried = 1 } } }]

[[part]]
name = "tries"
model = "tester"

[[part.turn]]
calls = [{ tool = "report", with = { summary = "it holds", result = { failed = 0 } } }]

[[part]]
name = "closes"
model = "closer"

[[part.turn]]
calls = [{ tool = "report", with = { summary = "closed", result = { closed = true } } }]
"#;

fn handing(house: &House) -> Box<Script> {
    let spawn = Some(Spawn { roles: vec!["tester".into()], most: 1, depth: 1, ..Spawn::default() });
    let hand_off = Some(HandOff { to: vec!["closer".into()], most: 1, attempts: 3 });
    let step = Step {
        name: "build".into(),
        work: Work::Agent { role: "lead".into(), brief: "Build it".into() },
        output: Some(Box::new(json!({ "type": "object", "required": ["closed"] }))),
        delegation: Some(Box::new(Delegation { spawn, hand_off, ..Delegation::default() })),
        ..Step::default()
    };
    let role = |name: &str| (name.to_owned(), house.casting(name, ""));
    let roles = BTreeMap::from(["lead", "tester", "closer"].map(role));
    Box::new(Script { name: "handing".into(), steps: vec![step], roles, ..Script::default() })
}

#[tokio::test(flavor = "multi_thread")]
async fn f26_cut_at_any_event_a_hand_off_comes_to_the_same_end_and_brings_nobody_twice() {
    const PLAY: PlayId = PlayId(1);
    let is_over = |stage: &Stage| {
        stage.play(PLAY).is_some_and(Play::is_over) && stage.agents().all(Agent::is_over)
    };
    let mut house = House::open(HANDING);
    let (script, inputs) = (handing(&house), Box::new(json!({})));
    house.direct(Command::Perform { script, inputs }).await;
    house.until(is_over).await;
    let (records, tape) = (house.records(), house.tape());
    let mut stage = Stage::new(house.stage.header().clone());
    for (index, record) in records.iter().enumerate() {
        stage.apply(record);
        if stage.play(PLAY).is_none_or(Play::is_over) {
            continue;
        }
        let place = format!("cut after {index}: {:?}", record.event);
        house.reopen_after(&tape, index + 1).await;
        house.until(is_over).await;
        let play = house.stage.play(PLAY).unwrap();
        assert_eq!(play.end.as_ref().map(|it| &it.1), Some(&PlayEnd::Succeeded), "{place}");
        assert_eq!(play.output(0), json!({ "closed": true }), "{place}");
        let mut names: Vec<_> = house.stage.agents().map(|it| &it.casting.name).collect();
        names.sort();
        assert_eq!(names, ["build", "build-closer", "tester"], "{place}");
        let handed = house.events(|it| matches!(it, Event::HandedOff { .. }).then_some(()));
        assert_eq!(handed.len(), 1, "{place}");
    }
}
