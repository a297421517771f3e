//! What the director says reaches the model, exactly once, and when it should.

use crate::house::{House, Plan, written};
use auteur::{llm::Wire, model::*, tools::policy::Mode};

/// Runs a command in each turn, for as long as it is let.
const ROUND: &str = r#"
[[part]]
name = "round"
model = "round"

[[part.turn]]
label = "round"
say = "Another round."
calls = [{ tool = "shell", with = { command = "echo round" } }]
then = "round"

[[part.when]]
redirect = "enough"
go = "end"

[[part.turn]]
label = "end"
say = "I end."

[[part]]
name = "round too"
model = "other"

[[part.turn]]
say = "I end, too."
"#;

fn redirect(agent: AgentId, text: &str, now: bool) -> Command {
    Command::Redirect { agent, text: text.into(), now }
}

async fn paused(house: &mut House, id: AgentId) {
    house.until_agent(id, |it| it.turn >= Turn(2)).await;
    house.direct(Command::Pause(id)).await;
    let stands = |it: &Agent| it.status() == Status::Paused && it.boundaries.len() == 1;
    house.until_agent(id, stands).await;
    if !house.agent(id).boundaries[0].is_model() {
        house.direct(Command::Step(id)).await;
        house.until_agent(id, |it| stands(it) && it.boundaries[0].is_model()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_it_is_queued_a_message_can_be_edited_and_taken_back() {
    let mut house = House::open(ROUND);
    let id = house.cast("round", "go").await;
    paused(&mut house, id).await;
    for text in ["first", "second", "third"] {
        house.direct(redirect(id, text, false)).await;
    }
    let edited = "enough of this".to_owned();
    house.direct(Command::EditRedirect { agent: id, redirect: RedirectId(1), text: edited }).await;
    house.direct(Command::TakeBack { agent: id, redirect: RedirectId(2) }).await;
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, Agent::is_over).await;
    let last = house.asked().last().unwrap().last_user.clone();
    assert!(last.contains("third") && !last.contains("second"), "{last}");
    let agent = house.agent(id);
    let deliveries: Vec<_> = agent.redirects.iter().map(|it| it.delivery.clone()).collect();
    let seen = Delivery::Delivered(agent.turn);
    assert_eq!(deliveries, [seen.clone(), Delivery::TakenBack, seen]);
    house.direct(Command::TakeBack { agent: id, redirect: RedirectId(1) }).await;
    house.direct(Command::Look(id)).await;
    house.until_agent(id, |it| !it.unseen).await;
    assert_eq!(house.refusals.len(), 1, "what was delivered can't be taken back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_to_an_agent_that_is_done_takes_it_up_again_with_its_conversation() {
    for wire in [Wire::Anthropic, Wire::OpenaiResponses, Wire::OpenaiChat, Wire::Gemini] {
        let mut house = House::open_on(ROUND, wire, Mode::Auto);
        let id = house.cast("round", "enough").await;
        house.until_agent(id, |it| it.turn >= Turn(2)).await;
        house.direct(redirect(id, "enough", false)).await;
        house.until_agent(id, Agent::is_over).await;
        let before = house.asked().last().unwrap().clone();
        house.direct(redirect(id, "what did you do?", false)).await;
        house.until_agent(id, |it| it.run == 2 && it.is_over()).await;
        let after = house.asked().last().unwrap().clone();
        assert_eq!(after.last_user, "what did you do?");
        assert!(after.messages > before.messages, "{wire:?}: {after:?}");
        let (turn, agent) = (house.agent(id).turn, house.agent(id));
        assert_eq!(agent.redirects.last().unwrap().delivery, Delivery::Delivered(turn));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_comes_during_the_last_call_is_not_lost() {
    let slow = r#"
[[part]]
name = "slow"
model = "slow"
pace = { rate = 60, first = 0.0 }

[[part.turn]]
say = "These are my last words, and they take a while, since I speak slowly and with care."
"#;
    let mut house = House::planned(Plan { speed: 1.0, ..Plan::new(slow) });
    let id = house.cast("slow", "speak").await;
    house.until_agent(id, |it| it.activity == Activity::Writing).await;
    house.direct(redirect(id, "one more thing", false)).await;
    house.until_agent(id, |it| it.run == 2 && it.is_over()).await;
    let asked = house.asked();
    assert_eq!((asked.len(), asked[1].last_user.as_str()), (2, "one more thing"));
    assert_eq!(house.agent(id).redirects[0].delivery, Delivery::Delivered(Turn(2)));
}

/// Wants two commands in one turn; the first needs a yes.
const TWO: &str = r#"
[[part]]
name = "two"
model = "two"

[[part.turn]]
calls = [
    { tool = "shell", with = { command = "touch one" } },
    { tool = "shell", with = { command = "touch two" } },
]

[[part.when]]
redirect = "leave"
go = "end"

[[part.turn]]
label = "end"
say = "I leave it."
"#;

#[tokio::test(flavor = "multi_thread")]
async fn an_urgent_message_denies_what_waits_and_cuts_what_would_follow() {
    let mut house = House::open_on(TWO, Wire::Anthropic, Mode::Ask);
    let id = house.cast("two", "touch").await;
    house.until_agent(id, |it| !it.requests.is_empty()).await;
    house.direct(redirect(id, "leave that", true)).await;
    house.until_agent(id, Agent::is_over).await;
    let told = house.events(|event| match event {
        Event::ToolEnded { text, .. } => Some(text.clone()),
        _ => None,
    });
    let denied = "the director denied this: the director redirects you";
    assert_eq!(told, [denied, "not run: the director interrupted"]);
    assert_eq!(house.asked().last().unwrap().last_user, "leave that");
    let done = |name: &str| house.folder.path().join(name).exists();
    assert!(!done("one") && !done("two"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_brief_can_be_changed_until_the_model_has_seen_it() {
    let limits = Limits { running: Some(1), ..Limits::default() };
    let mut house = House::planned(Plan { limits, ..Plan::new(ROUND) });
    let first = house.cast("round", "go").await;
    let second = house.cast("round", "go there").await;
    house.until_agent(first, |it| it.turn >= Turn(1)).await;
    assert_eq!(house.agent(second).status(), Status::Queued);
    house.direct(Command::EditBrief { agent: second, text: "go elsewhere".into() }).await;
    house.direct(Command::Kill(first)).await;
    house.until_agent(second, |it| it.turn >= Turn(2)).await;
    let is_new = |it: &auteur::rehearsal::Logged| it.last_user == "go elsewhere";
    assert!(house.asked().iter().any(is_new));
    house.direct(Command::EditBrief { agent: second, text: "too late".into() }).await;
    house.direct(Command::Stop(second)).await;
    house.until_agent(second, Agent::is_over).await;
    assert_eq!(house.refusals.len(), 1);
    assert_eq!(house.agent(second).casting.brief, "go elsewhere");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_model_is_called_from_the_next_turn_on() {
    let mut house = House::open(ROUND);
    let id = house.cast("round", "go").await;
    paused(&mut house, id).await;
    let (provider, model) = ("rehearsal".to_owned(), "other".to_owned());
    house.direct(Command::ChangeModel { agent: id, provider, model }).await;
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, Agent::is_over).await;
    let models: Vec<_> = house.asked().iter().map(|it| it.model.clone()).collect();
    let (last, before) = models.split_last().unwrap();
    assert!(last == "other" && before.iter().all(|it| it == "round"), "{models:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn instructions_have_versions_that_take_effect_at_the_next_call() {
    let mut house = House::open(ROUND);
    let id = house.cast("round", "go").await;
    paused(&mut house, id).await;
    for text in ["work better", "work best"] {
        house.direct(Command::EditInstructions { agent: id, text: text.into() }).await;
    }
    let calls = house.asked().len();
    house.direct(Command::Step(id)).await;
    house.until_agent(id, |it| it.boundaries.len() == 1 && !it.boundaries[0].is_model()).await;
    assert_eq!(house.asked().len(), calls + 1);
    assert_eq!(written(house.asked().last().unwrap()), "work best");
    house.direct(Command::EditInstructions { agent: id, text: "work well".into() }).await;
    house.direct(redirect(id, "enough", false)).await;
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, Agent::is_over).await;
    assert_eq!(written(house.asked().last().unwrap()), "work well");
    let agent = house.agent(id);
    let versions: Vec<_> =
        agent.instructions.iter().map(|it| (it.version.0, it.effective)).collect();
    let (now, then) = (agent.turn, Turn(agent.turn.0 - 1));
    assert_eq!(versions, [(1, Some(Turn(1))), (2, None), (3, Some(then)), (4, Some(now))]);
}
