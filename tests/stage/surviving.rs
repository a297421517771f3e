//! A run that was cut off anywhere goes on from what the disk has: the model is
//! told what it was told before, and nothing runs twice.

use crate::house::{House, Plan, written};
use auteur::{llm::Wire, model::*, rehearsal::Logged};

/// Thinks, speaks, and calls tools, some of them in one turn; one call fails.
const WORK: &str = r#"
[[part]]
name = "worker"

[[part.turn]]
think = "What is here?"
say = "I look."
calls = [
    { tool = "shell", with = { command = "echo one" } },
    { tool = "list", with = { path = "." } },
]

[[part.turn]]
say = "I write."
calls = [{ tool = "write", with = { path = "notes", content = "a" } }]
fault = "cut"

[[part.turn]]
think = "Now the end."
say = "I look again."
calls = [{ tool = "shell", with = { command = "true" } }]

[[part.turn]]
say = "Done."
"#;

/// Fills a small window, so that its conversation has to be shortened.
const WORDY: &str = r#"
[[part]]
name = "wordy"

[[part.turn]]
say = "I look."
calls = [{ tool = "shell", with = { command = "echo one" } }]

[[part.turn]]
say = "I look again."
calls = [{ tool = "shell", with = { command = "echo two" } }]
usage = { input = 2900, output = 20 }

[[part.turn]]
say = "I look a third time."
calls = [{ tool = "shell", with = { command = "echo three" } }]

[[part.turn]]
say = "Done."
"#;

const WIRES: [Wire; 4] = [Wire::Anthropic, Wire::OpenaiResponses, Wire::OpenaiChat, Wire::Gemini];

fn digests(asked: &[Logged]) -> Vec<u64> {
    asked.iter().map(|it| it.digest).collect()
}

/// Cuts a run of this rehearsal after each record (of each `step`), and goes on.
async fn cut_everywhere(script: &str, model: &str, wire: Wire, step: usize) {
    let mut house = House::planned(Plan { wire, ..Plan::new(script) });
    let id = house.cast(model, "work").await;
    house.until_agent(id, Agent::is_over).await;
    assert_eq!(house.agent(id).status(), Status::Succeeded, "{wire:?}");
    let (whole, records, tape) = (digests(&house.asked()), house.records(), house.tape());
    let mut stage = Stage::new(house.stage.header().clone());
    for (index, record) in records.iter().enumerate() {
        stage.apply(record);
        let Some(agent) = stage.agent(id).filter(|it| it.is_on()).cloned() else { continue };
        if index % step != 0 {
            continue;
        }
        let made = records[..=index].iter();
        let made = made.filter(|it| matches!(it.event, Event::TurnStarted { .. })).count();
        let asked = house.asked().len();
        house.reopen_after(&tape, index + 1).await;
        if !agent.tools_running.is_empty() {
            // Nobody knows whether it ran: that is the director's to say.
            let is_held = |it: &Agent| it.is_held_for(HoldReason::Gate) && it.needs_director();
            house.until_agent(id, |it| it.run == 2 && !it.boundaries.is_empty()).await;
            assert!(is_held(house.agent(id)), "cut after {index}: {:?}", record.event);
            assert_eq!(house.asked().len(), asked, "no call is made while it is held");
            house.direct(Command::Lift(id, HoldReason::Gate)).await;
        }
        house.until_agent(id, |it| it.run == 2 && it.is_over()).await;
        let place = format!("{wire:?}, cut after {index}: {:?}", record.event);
        assert_eq!(house.agent(id).status(), Status::Succeeded, "{place}");
        let Some(next) = house.asked().get(asked).cloned() else {
            assert_eq!(made, whole.len(), "only what had said its last word asks nothing: {place}");
            continue;
        };
        // A summary stands from when it is written.
        if agent.calling && !matches!(record.event, Event::Compacted { .. }) {
            assert_eq!(next.digest, whole[made - 1], "{place}");
        } else if agent.tools_open.is_empty() {
            assert_eq!(next.digest, whole[made], "{place}");
        } else {
            let told = house.events(|event| match event {
                Event::ToolEnded { call, text, .. } => Some((*call, text.clone())),
                _ => None,
            });
            for call in agent.tools_open.keys() {
                let is_running = agent.tools_running.iter().any(|(running, _)| running == call);
                let (_, text) = told.iter().find(|(ended, _)| ended == call).unwrap();
                assert_eq!(text.starts_with("unknown"), is_running, "{place}: {text}");
                assert!(!text.starts_with("not run"), "what had not begun is run: {place}: {text}");
            }
        }
        let mut started = house.events(|event| match event {
            Event::ToolStarted { call, .. } => Some(*call),
            _ => None,
        });
        let all = started.len();
        started.dedup();
        assert_eq!(started.len(), all, "nothing runs twice: {place}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_cut_anywhere_tells_the_model_what_it_was_told() {
    cut_everywhere(WORK, "worker", Wire::Anthropic, 1).await;
    for wire in WIRES {
        cut_everywhere(WORK, "worker", wire, 3).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn so_does_one_whose_conversation_was_shortened() {
    cut_everywhere(WORDY, "small", Wire::Anthropic, 1).await;
    cut_everywhere(WORDY, "small", Wire::OpenaiChat, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_shortened_before_it_outgrows_the_window() {
    for wire in WIRES {
        let mut house = House::planned(Plan { wire, ..Plan::new(WORDY) });
        let id = house.cast("small", "work").await;
        house.until_agent(id, Agent::is_over).await;
        let summaries = house.events(|event| match event {
            Event::Compacted { summary, upto, .. } => Some((summary.clone(), *upto)),
            _ => None,
        });
        let [(summary, Turn(2))] = &summaries[..] else { panic!("{summaries:?}") };
        assert!(summary.contains("The brief: work"), "{summary}");
        let messages: Vec<_> = house.asked().iter().map(|it| it.messages).collect();
        assert!(messages[3] < messages[2], "{wire:?}: {messages:?}");
        assert_eq!(house.agent(id).status(), Status::Succeeded);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_comes_when_a_conversation_is_shortened_is_kept_word_for_word() {
    let mut house = House::open(WORDY);
    let id = house.cast("small", "work").await;
    house.direct(Command::Pause(id)).await;
    // Step by step to where the window is full.
    while house.agent(id).turn < Turn(2) || house.agent(id).boundaries != [boundary(&house, id)] {
        house
            .until_agent(id, |it| it.status() == Status::Paused && !it.boundaries.is_empty())
            .await;
        if house.agent(id).turn == Turn(2) && house.agent(id).boundaries[0].is_model() {
            break;
        }
        let seen = house.agent(id).boundaries.clone();
        house.direct(Command::Step(id)).await;
        house.until_agent(id, |it| it.boundaries != seen && it.steps == 0).await;
    }
    let text = "mind the gap".to_owned();
    house.direct(Command::Redirect { agent: id, text, now: false }).await;
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, Agent::is_over).await;
    let asked = house.asked();
    assert_eq!(asked[3].last_user, "mind the gap", "{asked:?}");
}

fn boundary(house: &House, id: AgentId) -> Boundary {
    house.agent(id).boundaries.first().copied().unwrap_or(Boundary::Tool { call: CallId(0) })
}

/// Goes round until it is told to end.
const ROUND: &str = r#"
[[part]]
name = "round"

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
"#;

#[tokio::test(flavor = "multi_thread")]
async fn directions_are_what_they_were() {
    let mut house = House::open(ROUND);
    let casting = house.casting("round", "go");
    let id = house.cast_as(Casting { budget: Some(Money::cents(50)), ..casting }).await;
    house.until_agent(id, |it| it.turn >= Turn(2)).await;
    house.direct(Command::Pause(id)).await;
    let stands = |it: &Agent| it.status() == Status::Paused && it.boundaries.len() == 1;
    house.until_agent(id, stands).await;
    house.direct(Command::Redirect { agent: id, text: "enough".into(), now: false }).await;
    house.direct(Command::EditInstructions { agent: id, text: "work better".into() }).await;
    house.direct(Command::ChangeBudget { agent: id, budget: Some(Money::cents(70)) }).await;
    house.until_agent(id, |it| it.casting.budget == Some(Money::cents(70))).await;
    let before = house.agent(id).clone();
    let (tape, records, calls) = (house.tape(), house.records().len(), house.asked().len());
    house.reopen_after(&tape, records).await;
    house.until_agent(id, stands).await;
    let after = house.agent(id);
    assert_eq!(after.holds, before.holds);
    assert_eq!(after.redirects, before.redirects);
    assert_eq!(after.instructions, before.instructions);
    assert_eq!((&after.casting, after.spent), (&before.casting, before.spent));
    assert_eq!(house.asked().len(), calls, "held is held, before and after");
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, Agent::is_over).await;
    let last = house.asked().last().unwrap().clone();
    assert_eq!((last.last_user.as_str(), written(&last)), ("enough", "work better"));
    // Cut again, where the message was on its way: it still reaches the model.
    let tape = house.tape();
    let records = house.records();
    let is_delivered = |it: &Record| matches!(it.event, Event::RedirectDelivered { .. });
    let delivered = records.iter().position(is_delivered).unwrap();
    for place in [delivered + 1, delivered + 2] {
        house.reopen_after(&tape, place).await;
        house.until_agent(id, Agent::is_over).await;
        let again = house.asked().last().unwrap().clone();
        assert_eq!(again.digest, last.digest);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_request_is_withdrawn_and_the_budgets_question_is_asked_again() {
    let mut house = House::open(ROUND);
    let casting = house.casting("round", "go");
    let id = house.cast_as(Casting { budget: Some(Money::cents(3)), ..casting }).await;
    house.until_agent(id, |it| !it.requests.is_empty()).await;
    let (tape, records) = (house.tape(), house.records().len());
    house.reopen_after(&tape, records).await;
    house.until_agent(id, |it| it.run == 2 && !it.requests.is_empty()).await;
    assert!(house.agent(id).is_held_for(HoldReason::Budget));
    let answers = house.events(|event| match event {
        Event::Answered { answer, .. } => Some(answer.clone()),
        _ => None,
    });
    assert_eq!(answers, [Answer::Withdrawn]);
    house.direct(Command::ChangeBudget { agent: id, budget: None }).await;
    house.until_agent(id, |it| it.turn >= Turn(4)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_paused_goes_on_by_itself() {
    let mut house = House::open(ROUND);
    let id = house.cast("round", "go").await;
    house.until_agent(id, |it| it.turn >= Turn(2)).await;
    let supervised = house.close(QuitMode::Pause).await;
    assert_eq!(house.stage.clone().without_logs(), supervised);
    assert!(house.agent(id).is_held_for(HoldReason::Shutdown));
    let (calls, turn) = (house.asked().len(), house.agent(id).turn);
    house.reopen().await;
    house.until_agent(id, |it| it.turn > turn.next() && !it.is_held()).await;
    assert!(house.asked().len() > calls);
    house.direct(Command::Redirect { agent: id, text: "enough".into(), now: false }).await;
    house.until_agent(id, Agent::is_over).await;
    let supervised = house.close(QuitMode::Pause).await;
    let mut taped = Stage::new(house.stage.header().clone());
    house.records().iter().for_each(|record| taped.apply(record));
    assert_eq!(house.stage, taped);
    assert_eq!(taped.without_logs(), supervised);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_took_all_its_turns_gets_new_ones_with_a_message() {
    let mut house = House::open(ROUND);
    let casting = house.casting("round", "go");
    let id = house.cast_as(Casting { max_turns: Some(3), ..casting }).await;
    house.until_agent(id, Agent::is_over).await;
    assert_eq!((house.agent(id).status(), house.asked().len()), (Status::Failed, 3));
    house.direct(Command::Redirect { agent: id, text: "enough".into(), now: false }).await;
    house.until_agent(id, |it| it.run == 2 && it.is_over()).await;
    assert_eq!((house.agent(id).status(), house.asked().len()), (Status::Succeeded, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_on_its_way_with_the_first_turn_is_not_lost() {
    let limits = Limits { running: Some(1), ..Limits::default() };
    let mut house = House::planned(Plan { limits, ..Plan::new(ROUND) });
    let first = house.cast("round", "go").await;
    let second = house.cast("round", "go too").await;
    house.direct(Command::Redirect { agent: second, text: "enough".into(), now: false }).await;
    house.until_agent(first, |it| it.turn >= Turn(1)).await;
    house.direct(Command::Kill(first)).await;
    house.until_agent(second, |it| it.turn >= Turn(2)).await;
    house.direct(Command::Kill(second)).await;
    house.until_agent(second, Agent::is_over).await;
    let is_delivered = |it: &Record| matches!(it.event, Event::RedirectDelivered { .. });
    let delivered = house.records().iter().position(is_delivered).unwrap();
    let (tape, asked) = (house.tape(), house.asked());
    house.reopen_after(&tape, delivered + 1).await;
    house.until_agent(second, |it| it.turn >= Turn(2)).await;
    // A request that was under way when its agent was killed may be logged late.
    let later = house.asked().split_off(asked.len());
    let is_again = |it: &Logged| asked.iter().any(|was| was.digest == it.digest);
    let again = later.iter().find(|it| is_again(it)).unwrap();
    assert!(again.last_user.contains("enough"), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_that_were_queued_start_although_none_is_at_work() {
    let limits = Limits { running: Some(1), ..Limits::default() };
    let mut house = House::planned(Plan { limits, ..Plan::new(ROUND) });
    let first = house.cast("round", "go").await;
    let second = house.cast("round", "enough").await;
    house.direct(Command::Kill(first)).await;
    house.until_agent(second, |it| it.turn >= Turn(1)).await;
    let is_end = |it: &Record| matches!(it.event, Event::AgentEnded { .. });
    let end = house.records().iter().position(is_end).unwrap();
    let tape = house.tape();
    house.reopen_after(&tape, end + 1).await;
    house.until_agent(second, |it| it.turn >= Turn(1)).await;
}

/// Leaves escape sequences and characters unfinished.
const TORN: &str = r#"
[[part]]
name = "torn"

[[part.turn]]
think = "A thought that does not end \u001B]0;"
say = "Words that do not end\u001B[3"
calls = [{ tool = "shell", with = { command = "printf 'an escape \\033]0;'" } }]

[[part.turn]]
say = "More words.\u001B]8;;"
calls = [{ tool = "shell", with = { command = "true" } }]

[[part.turn]]
say = "The last words.\r"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn what_one_message_leaves_unfinished_swallows_nothing_of_the_next() {
    let mut house = House::open(TORN);
    let id = house.cast("torn", "speak").await;
    house.until_agent(id, Agent::is_over).await;
    let said: String = house
        .events(|event| match event {
            Event::Said { text, .. } => Some(text.clone()),
            _ => None,
        })
        .concat();
    for words in ["Words that do not end", "More words.", "The last words.␍"] {
        assert!(said.contains(words), "{said:?}");
    }
    for wire in WIRES {
        cut_everywhere(TORN, "torn", wire, 4).await;
    }
}
