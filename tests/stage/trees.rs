//! Each agent works in a worktree of its own, and every turn of it that changed
//! something is kept, also by shell.

use crate::house::{House, Plan, git};
use auteur::model::*;
use std::{fs, path::Path};

/// Writes with a tool, by shell, not at all, and once more.
const WORK: &str = r#"
[[part]]
name = "worker"

[[part.turn]]
say = "I write."
calls = [{ tool = "write", with = { path = "b.txt", content = "b\n" } }]

[[part.turn]]
say = "I run."
calls = [{ tool = "shell", with = { command = "echo two >> a.txt" } }]

[[part.turn]]
say = "I look."
calls = [{ tool = "list", with = { path = "." } }]

[[part.turn]]
say = "Once more."
calls = [{ tool = "shell", with = { command = "rm b.txt; pwd" } }]

[[part.turn]]
say = "Done."
"#;

fn planned(rehearsal: &str, setup: &[&str]) -> House {
    let setup = Some(setup.iter().map(|it| (*it).to_owned()).collect());
    House::planned(Plan { setup, ..Plan::new(rehearsal) })
}

fn tree(agent: &Agent) -> &Tree {
    agent.tree.as_deref().unwrap()
}

/// The turns of which something was kept, with the files that differ.
fn kept(house: &House) -> Vec<(u32, Vec<FileChange>)> {
    house.events(|event| match event {
        Event::Checkpointed { turn, files, .. } => Some((turn.0, files.clone())),
        _ => None,
    })
}

fn change(path: &str, added: u32, removed: u32) -> Vec<FileChange> {
    vec![FileChange { path: path.into(), added, removed }]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_turn_that_changed_a_file_is_kept_as_just_what_it_changed() {
    let mut house = planned(WORK, &[]);
    let id = house.cast("worker", "work").await;
    house.until_agent(id, Agent::is_over).await;
    house.close(QuitMode::Pause).await;
    let turns =
        [(1, change("b.txt", 1, 0)), (2, change("a.txt", 1, 0)), (4, change("b.txt", 0, 1))];
    assert_eq!(kept(&house), turns);
    let (agent, project) = (house.agent(id), house.state_folder());
    assert_eq!(agent.status(), Status::Succeeded);
    assert_eq!(fs::read_to_string(project.join("a.txt")).unwrap(), "one\n");
    assert_eq!(git(project, &["status", "--porcelain"]), "");
    let last = git(project, &["rev-parse", "refs/auteur/kept/test/worker"]);
    assert_eq!(agent.checkpoints.last().unwrap().commit, last);
    assert_eq!(git(project, &["show", &format!("{last}:a.txt")]), "one\ntwo");
    assert_eq!(agent.work_began_at(), Some(tree(agent).base.as_str()));
    assert_eq!(tree(agent).base, git(project, &["rev-parse", "main"]));
    // A replay knows all of it, and asks nobody.
    let folded = auteur::journal::Reader::open(house.journal()).unwrap().fold(None);
    assert_eq!(folded.agent(id).unwrap().checkpoints, agent.checkpoints);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn agents_of_one_project_don_t_see_each_other_s_files() {
    let mut house = planned(&(WORK.to_owned() + &WORK.replace("worker", "other")), &[]);
    let (one, two) = (house.cast("worker", "work").await, house.cast("other", "work").await);
    house.until(|stage| stage.agents().all(Agent::is_over)).await;
    let roots = [one, two].map(|id| tree(house.agent(id)).root.clone());
    assert_ne!(roots[0], roots[1]);
    for root in roots {
        assert_eq!(fs::read_to_string(Path::new(&root).join("a.txt")).unwrap(), "one\ntwo\n");
    }
    house.close(QuitMode::Pause).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_sets_a_worktree_up_runs_once_in_it_and_is_not_the_agent_s_work() {
    let mut house = planned(WORK, &["echo made > made.txt", "echo run >> ../count"]);
    let id = house.cast("worker", "work").await;
    house.until_agent(id, Agent::is_over).await;
    house.direct(Command::Restart(id)).await;
    house.until_agent(id, |it| it.run == 2 && it.is_over()).await;
    house.close(QuitMode::Pause).await;
    let agent = house.agent(id);
    let count = Path::new(&tree(agent).root).with_file_name("count");
    assert_eq!(fs::read_to_string(count).unwrap(), "run\n");
    assert_eq!(kept(&house)[0], (0, change("made.txt", 1, 0)));
    assert_eq!(agent.work_began_at(), Some(agent.checkpoints[0].commit.as_str()));
    let made = |event: &Event| matches!(event, Event::WorkspaceMade { .. }).then_some(());
    assert_eq!(house.events(made).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_whose_worktree_can_t_be_set_up_fails_with_the_reason() {
    let mut house = planned(WORK, &["echo no such thing >&2; exit 3"]);
    let id = house.cast("worker", "work").await;
    house.until_agent(id, Agent::is_over).await;
    let told = house.agent(id).last_words();
    assert!(told.ends_with("ended with 3: no such thing"), "{told}");
    assert!(Path::new(&tree(house.agent(id)).root).is_dir());
    assert_eq!(house.asked().len(), 0);
    house.close(QuitMode::Pause).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_is_taken_up_goes_on_in_the_same_worktree() {
    let mut house = planned(WORK, &[]);
    let id = house.cast("worker", "work").await;
    house.until_agent(id, |it| it.turn.0 >= 2).await;
    house.close(QuitMode::Now).await;
    let before = tree(house.agent(id)).clone();
    house.reopen().await;
    let gate = HoldReason::Gate;
    house.direct(Command::Lift(id, gate)).await;
    house.until_agent(id, Agent::is_over).await;
    house.close(QuitMode::Pause).await;
    assert_eq!(*tree(house.agent(id)), before);
    assert!(!kept(&house).is_empty());
}

/// Merges what the director has committed, which was not there when it began.
const MERGES: &str = r#"
[[part]]
name = "worker"

[[part.turn]]
say = "I write."
calls = [{ tool = "write", with = { path = "b.txt", content = "b\n" } }]

[[part.turn]]
say = "I merge."
calls = [{ tool = "shell", with = { command = "git merge main; touch .envrc" } }]

[[part.turn]]
say = "Done."
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tool_finds_what_was_committed_before_it_began() {
    let mut house = planned(MERGES, &[]);
    let id = house.cast("worker", "work").await;
    // Its last turn is kept, and it asks to merge.
    house.until_agent(id, |it| !it.requests.is_empty()).await;
    let project = house.state_folder().to_owned();
    fs::write(project.join("meanwhile.txt"), "meanwhile\n").unwrap();
    git(&project, &["add", "meanwhile.txt"]);
    git(&project, &["commit", "--quiet", "--message", "Meanwhile"]);
    let approved = house.agent(id).requests[0].approved(id, Scope::Once);
    house.direct(approved).await;
    house.until_agent(id, Agent::is_over).await;
    house.close(QuitMode::Pause).await;
    let tree = tree(house.agent(id));
    assert!(Path::new(&tree.root).join("meanwhile.txt").exists());
    // And the project has the agent's branch where the agent has it.
    let [its, main] = [tree.branch.as_str(), "main"].map(|it| git(&project, &["rev-parse", it]));
    assert_eq!(its, main);
}

/// Makes what changes what runs later, and what nothing keeps, by shell.
const ODD: &str = r#"
[[part]]
name = "worker"

[[part.turn]]
say = "I run."
calls = [{ tool = "shell", with = { command = """
echo two >> a.txt; mkdir .vscode inner; echo '{}' > .vscode/tasks.json
echo x > inner/x; git init -q inner""" } }]

[[part.turn]]
say = "Done."
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s38_who_takes_work_hears_what_of_it_changes_what_runs_later_and_what_is_left_behind() {
    let mut house = planned(ODD, &[]);
    let id = house.cast("worker", "work").await;
    house.until_agent(id, |it| !it.requests.is_empty()).await;
    let approved = house.agent(id).requests[0].approved(id, Scope::Once);
    house.direct(approved).await;
    house.until_agent(id, Agent::is_over).await;
    let (way, words) = (Way::Merge, "Two".to_owned());
    house.direct(Command::TakeWork { agent: id, way, words }).await;
    let came = |event: &Event| match event {
        Event::WorkTaken { about: said, .. } | Event::WorkNotTaken { why: said, .. } => {
            Some(said.clone())
        }
        _ => None,
    };
    house.until_agent(id, |it| it.taking.last.is_some()).await;
    let about = house.events(came).concat();
    assert!(
        about.contains("; .vscode/tasks.json is in it, which changes what runs later"),
        "{about}"
    );
    assert!(about.ends_with("; not inner/, which nothing keeps: move it yourself"), "{about}");
    assert_eq!(fs::read_to_string(house.state_folder().join("a.txt")).unwrap(), "one\ntwo\n");
    house.close(QuitMode::Pause).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_waited_for_last_is_a_program_where_the_agent_is_one() {
    for (engine, last) in
        [(EngineKind::Native, "making a worktree"), (EngineKind::Acp, "its program comes up")]
    {
        let mut house = planned(WORK, &[]);
        let casting = Casting { engine, ..house.casting("worker", "work") };
        let id = house.cast_as(casting).await;
        house.until_agent(id, Agent::is_over).await;
        let said = house.events(|event| match event {
            Event::Preparing { what, .. } => Some(what.clone()),
            _ => None,
        });
        assert_eq!(said.last().map(String::as_str), Some(last), "{said:?}");
        house.close(QuitMode::Stop).await;
    }
}
