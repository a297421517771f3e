//! Another take of an agent: its model is told exactly what was kept and what was changed,
//! and its folder holds what it held then.

use crate::house::{House, Plan, git};
use auteur::model::*;
use std::{fs, path::Path};

/// Writes three files, one a turn, and ends.
const WORK: &str = r#"
[[part]]
name = "worker"

[[part.turn]]
think = "A file first."
say = "I write a."
calls = [{ tool = "write", with = { path = "a.md", content = "a\n" } }]

[[part.turn]]
say = "I write b."
calls = [{ tool = "write", with = { path = "b.md", content = "b\n" } }]

[[part.turn]]
say = "I write c."
calls = [{ tool = "write", with = { path = "c.md", content = "c\n" } }]

[[part.turn]]
say = "Done."
"#;

fn retake(agent: AgentId, turn: u32) -> Retake {
    Retake { agent, turn: Turn(turn), ..Retake::default() }
}

async fn take_again(house: &mut House, retake: Retake) -> AgentId {
    let id = house.stage.next_agent();
    house.direct(Command::Retake(Box::new(retake))).await;
    house.until_agent(id, Agent::is_over).await;
    id
}

fn names(house: &House, id: AgentId) -> Vec<String> {
    let root = house.agent(id).tree.as_deref().unwrap().root.clone();
    let all = fs::read_dir(Path::new(&root)).unwrap();
    let mut all: Vec<_> =
        all.map(|it| it.unwrap().file_name().to_string_lossy().into_owned()).collect();
    all.retain(|it| Path::new(it).extension().is_some_and(|it| it == "md"));
    all.sort();
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retake_with_nothing_changed_is_asked_to_the_letter_what_the_first_was_asked() {
    // All in one folder: where an agent works stands in its instructions.
    let mut house = House::open(WORK);
    let old = house.cast("worker", "write").await;
    house.until_agent(old, Agent::is_over).await;
    // Turn 5 is the answer to this.
    house.direct(Command::Redirect { agent: old, text: "More.".into(), now: false }).await;
    house.until_agent(old, |it| it.turn == Turn(5) && it.is_over()).await;
    let first = house.asked();
    assert_eq!(first.len(), 5);
    for turn in [1, 2, 3, 5] {
        let so_far = house.asked().len();
        take_again(&mut house, retake(old, turn)).await;
        let asked = house.asked().split_off(so_far);
        // A digest is of the whole request: model, instructions, tools, each message.
        assert_eq!(asked[0].digest, first[turn as usize - 1].digest, "turn {turn}");
    }
    // One that is over is told something else there, or first of all.
    for (turn, words) in [(5, "Less."), (6, "More.")] {
        let so_far = house.asked().len();
        let message = Some(words.to_owned());
        let new = take_again(&mut house, Retake { message, ..retake(old, turn) }).await;
        let asked = house.asked().split_off(so_far);
        let then = &first[4];
        let more = if turn == 5 { 0 } else { 2 };
        assert_eq!((asked[0].messages, &*asked[0].last_user), (then.messages + more, words));
        assert_eq!(house.agent(new).turn, Turn(turn));
    }
    house.close(QuitMode::Pause).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retake_is_told_what_was_kept_and_the_edit_and_has_the_files_of_then() {
    let mut house = House::planned(Plan { setup: Some(vec![]), ..Plan::new(WORK) });
    let old = house.cast("worker", "write").await;
    house.until_agent(old, Agent::is_over).await;
    let before = house.asked();
    let edit = "Not c: write it in one line.";
    let (message, instructions) = (Some(edit.into()), Some("work even better".into()));
    let wanted = Retake { message, instructions, ..retake(old, 3) };
    let new = take_again(&mut house, wanted).await;
    let asked = house.asked().split_off(4);
    // With what the tool brought, the edit is one message on this wire.
    let (then, now) = (&before[2], &asked[0]);
    assert_eq!((now.messages, &*now.last_user), (then.messages, edit));
    assert_eq!(now.last_result, then.last_result);
    assert!(now.instructions.starts_with("work even better"), "{}", now.instructions);
    let agent = house.agent(new);
    assert_eq!(agent.casting.take.as_deref().map(|it| (it.of, it.turn)), Some((old, Turn(3))));
    assert_eq!(agent.turn, Turn(4), "it takes the third anew, and ends with the one after it");
    assert_eq!(names(&house, new), ["a.md", "b.md", "c.md"]);
    let kept: Vec<_> = agent.checkpoints.iter().map(|it| (it.turn.0, it.files)).collect();
    assert_eq!(kept, [(2, 2), (3, 1)], "it began with a and b, and wrote c itself");
    assert_eq!(agent.differences().len(), 3, "all of it is to be taken over");
    assert_eq!(house.stage.takes(agent).len(), 2);
    house.close(QuitMode::Pause).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_came_after_the_turn_are_not_there() {
    let mut house =
        House::planned(Plan { setup: Some(vec!["echo set > up.md".into()]), ..Plan::new(WORK) });
    let old = house.cast("worker", "write").await;
    house.until_agent(old, Agent::is_over).await;
    let new = house.stage.next_agent();
    house.direct(Command::Retake(Box::new(retake(old, 2)))).await;
    let is_kept = |it: &Agent| it.checkpoints.iter().any(|it| it.turn == Turn(1));
    house.until_agent(new, is_kept).await;
    house.direct(Command::Pause(new)).await;
    house.until_agent(new, |it| it.is_held() || it.is_over()).await;
    let agent = house.agent(new);
    let first = agent.checkpoints.iter().find(|it| it.turn == Turn(1)).unwrap().commit.clone();
    let listed = git(house.state_folder(), &["ls-tree", "--name-only", &first]);
    assert_eq!(listed, "a.md\na.txt\nup.md");
    // What set the first one up is no work of either.
    assert!(!house.agent(new).differences().contains_key("up.md"));
    house.direct(Command::Resume(new)).await;
    house.until_agent(new, Agent::is_over).await;
    assert_eq!(names(&house, old), ["a.md", "b.md", "c.md", "up.md"]);
    house.close(QuitMode::Pause).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_take_that_is_taken_up_by_a_later_run_is_told_what_it_was_told() {
    let mut house = House::open(WORK);
    let old = house.cast("worker", "write").await;
    house.until_agent(old, Agent::is_over).await;
    let new =
        take_again(&mut house, Retake { message: Some("Again.".into()), ..retake(old, 2) }).await;
    let before = house.asked();
    house.close(QuitMode::Pause).await;
    house.reopen().await;
    house.direct(Command::Redirect { agent: new, text: "And once more.".into(), now: false }).await;
    house.until_agent(new, |it| it.run == 2 && it.is_over()).await;
    let asked = house.asked().split_off(before.len());
    // All that it was told, its own last words, and this.
    assert_eq!(asked[0].messages, before.last().unwrap().messages + 2);
    assert_eq!(asked[0].last_user, "And once more.");
    house.close(QuitMode::Pause).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_goes_back_forgets_its_files_too_and_has_all_of_it_back() {
    let mut house = House::planned(Plan { setup: Some(vec![]), ..Plan::new(WORK) });
    let id = house.cast("worker", "write").await;
    house.until_agent(id, Agent::is_over).await;
    let first = house.asked();
    // Something that no turn has kept.
    let root = house.agent(id).tree.as_deref().unwrap().root.clone();
    fs::write(Path::new(&root).join("late.md"), "late").unwrap();
    house.direct(Command::Rewind { agent: id, to: Turn(1) }).await;
    house
        .until_agent(id, |it| {
            it.run == 2 && it.going.puts.is_none() && it.status() == Status::Paused
        })
        .await;
    assert_eq!(names(&house, id), ["a.md"]);
    house.direct(Command::UndoRewind(id)).await;
    house.until_agent(id, |it| it.run == 3 && it.going.puts.is_none() && it.is_over()).await;
    assert_eq!(names(&house, id), ["a.md", "b.md", "c.md", "late.md"]);
    house.direct(Command::Rewind { agent: id, to: Turn(2) }).await;
    house
        .until_agent(id, |it| {
            it.run == 4 && it.going.puts.is_none() && it.status() == Status::Paused
        })
        .await;
    assert_eq!(names(&house, id), ["a.md", "b.md"]);
    house.direct(Command::Resume(id)).await;
    house.until_agent(id, |it| it.turn > Turn(4) && it.is_over()).await;
    let asked = house.asked();
    // It is asked to the letter what it was asked after its second turn.
    assert_eq!(asked[4].digest, first[2].digest);
    assert_eq!(names(&house, id), ["a.md", "b.md", "c.md"]);
    house.close(QuitMode::Pause).await;
    // A replay knows all of it.
    let folded = auteur::journal::Reader::open(house.journal()).unwrap().fold(None);
    assert_eq!(folded.agent(id).unwrap().checkpoints, house.agent(id).checkpoints);
}
