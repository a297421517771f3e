//! What is cut in the middle is settled and shown, and what it gave is not lost;
//! and an answer that is none is not taken for one.

use crate::house::{House, Plan};
use auteur::{llm::Wire, model::*};

const WIRES: [Wire; 4] = [Wire::Anthropic, Wire::OpenaiResponses, Wire::OpenaiChat, Wire::Gemini];

/// Looks around, then finds that its conversation is too long; `FAULT`.
fn long(fault: &str) -> String {
    format!(
        r#"
[[part]]
name = "long"

[[part.turn]]
say = "I look."
calls = [{{ tool = "shell", with = {{ command = "echo one; seq 1 2000" }} }}]

[[part.turn]]
say = "Done."
fault = "{fault}"
"#
    )
}

/// Fills its window, and the service has no time where the summary is due.
const FULL: &str = r#"
[[part]]
name = "small"

[[part.turn]]
say = "I look."
calls = [{ tool = "shell", with = { command = "echo one" } }]
usage = { input = 2900, output = 20 }

[[part.turn]]
say = "Done."
fault = "429"
"#;

/// Speaks, then is silent in the middle of it.
const STUCK: &str = r#"
[[part]]
name = "stuck"

[[part.turn]]
say = "This is what I have to say, and I break off somewhere in the middle of it."
fault = "stall:600"
"#;

fn compacted(house: &House) -> Vec<(String, Cost)> {
    house.events(|event| match event {
        Event::Compacted { summary, cost, .. } => Some((summary.clone(), *cost)),
        _ => None,
    })
}

fn cuts(house: &House) -> Vec<(String, Cost)> {
    house.events(|event| match event {
        Event::TurnCut { why, cost, .. } => Some((why.clone(), *cost)),
        _ => None,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_summary_that_fails_in_passing_is_asked_for_again() {
    for wire in WIRES {
        let mut house = House::planned(Plan { wire, ..Plan::new(FULL) });
        let id = house.cast("small", "look").await;
        house.until_agent(id, Agent::is_over).await;
        assert_eq!(
            house.agent(id).status(),
            Status::Succeeded,
            "{wire:?}: {:?}",
            house.agent(id).outcome()
        );
        let [(summary, cost)] = &compacted(&house)[..] else { panic!("{wire:?}") };
        assert!(summary.contains("The brief: look"), "{summary}");
        assert_eq!(*cost, Cost::from(Some(Money::cents(1))));
        let told = house.events(|event| match event {
            Event::RetryScheduled { .. } => Some("again"),
            Event::Compacted { .. } => Some("shortened"),
            _ => None,
        });
        assert_eq!(told, ["again", "shortened", "again"], "{wire:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_too_long_even_for_a_summary_is_shortened_without_the_model() {
    for wire in WIRES {
        let mut house = House::planned(Plan { wire, ..Plan::new(&long("ctxx2")) });
        let id = house.cast("long", "look").await;
        // The script knows no such summary, and begins anew.
        house.until_agent(id, |it| it.turn >= Turn(4)).await;
        house.direct(Command::Kill(id)).await;
        house.until_agent(id, Agent::is_over).await;
        let [(summary, cost), ..] = &compacted(&house)[..] else { panic!("{wire:?}") };
        assert!(summary.contains("You said: I look.") && summary.contains("one\n1\n"), "{summary}");
        assert!(summary.contains("bytes left out") && *cost == Cost::default(), "{summary}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_words_is_asked_for_once_more_and_then_a_failure() {
    let script = "[[part]]\nname = \"mute\"\n[[part.turn]]\nthink = \"Hm.\"\n";
    for wire in WIRES {
        let mut house = House::planned(Plan { wire, ..Plan::new(script) });
        let id = house.cast("mute", "speak").await;
        house.until_agent(id, Agent::is_over).await;
        let Some(Outcome::Failed { why }) = house.agent(id).outcome() else { panic!("{wire:?}") };
        assert!(why.starts_with("the model answered nothing, twice"), "{why}");
        assert_eq!((house.asked().len(), cuts(&house).len()), (2, 2), "{wire:?}");
        assert_eq!(house.agent(id).spent, Cost::from(Some(Money::cents(2))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_the_close_cuts_is_settled() {
    let mut house = House::open(STUCK);
    let id = house.cast("stuck", "speak").await;
    house.until_agent(id, |it| it.activity == Activity::Writing).await;
    // The second one does not wait for what is in flight.
    house.direct(Command::Quit(QuitMode::Pause)).await;
    house.close(QuitMode::Pause).await;
    assert_eq!(cuts(&house), [("the session closed".to_owned(), Cost::from(None))]);
    assert!(!house.agent(id).calling && house.agent(id).reserved == Money(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_was_sent_is_never_free_and_one_that_was_refused_is() {
    for wire in WIRES {
        let hung = STUCK.replace("stall", "hang");
        let mut house = House::planned(Plan { wire, ..Plan::new(&hung) });
        let id = house.cast("stuck", "speak").await;
        house.until_agent(id, |it| it.calling).await;
        while house.asked().is_empty() {
            tokio::task::yield_now().await;
        }
        house.direct(Command::Interrupt(id)).await;
        house.until_agent(id, |it| !it.calling && it.is_held()).await;
        assert_eq!(cuts(&house).iter().map(|it| it.1).collect::<Vec<_>>(), [Cost::from(None)]);

        let refused = STUCK.replace("stall:600", "429");
        let mut house = House::planned(Plan { wire, ..Plan::new(&refused) });
        let id = house.cast("stuck", "speak").await;
        house.until_agent(id, Agent::is_over).await;
        assert_eq!(house.agent(id).spent, Cost::from(Some(Money::cents(1))), "{wire:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_tool_has_printed_before_it_was_cut_is_told() {
    let script = r#"
[[part]]
name = "long"

[[part.turn]]
calls = [{ tool = "shell", with = { command = "echo so far; sleep 4321" } }]

[[part.turn]]
say = "Done."
"#;
    for command in [Command::Interrupt, Command::Stop] {
        let mut house = House::open(script);
        let id = house.cast("long", "look").await;
        let prints = |it: &Agent| {
            let mut entries = it.log.entries();
            entries
                .any(|it| matches!(&it.kind, EntryKind::Tool { output, .. } if !output.is_empty()))
        };
        house.until_agent(id, prints).await;
        house.direct(command(id)).await;
        house.until_agent(id, |it| it.tools_running.is_empty()).await;
        let [text] = &house.events(|event| match event {
            Event::ToolEnded { text, .. } => Some(text.clone()),
            _ => None,
        })[..] else {
            panic!("one call")
        };
        assert!(text.contains("output so far:\nso far"), "{text}");
    }
}
