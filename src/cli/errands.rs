//! Commands of scripts: run in the sandbox and the folder of the agent whose work they
//! are about, or as the project's own.

use super::shelter::Shelter;
use crate::{
    model::{Agent, AgentId, Casting},
    supervisor::{OnItsWay, RunCommand, Trip},
    text::one_line,
    tools::{Answer, Question},
};
use serde_json::Value;
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

/// Bytes of what a command prints that are its output; more than that is none.
const LONGEST: u64 = 1_000_000;
/// Lines of what a command that failed has printed that are told, the last ones.
const LINES: usize = 12;
/// How wide each of them may be, in cells.
const WIDTH: usize = 300;

/// Runs the commands of scripts, held as agents are.
pub(super) fn runner(
    shelter: Arc<Shelter>,
    environment: Vec<(String, String)>,
    project: &Path,
) -> RunCommand {
    let project = project.to_owned();
    // Each has temporary files of its own, beside those of the agents.
    let count = Arc::new(AtomicU32::new(0));
    Arc::new(move |trip: Trip| -> OnItsWay {
        let id = AgentId(u32::MAX - count.fetch_add(1, Ordering::Relaxed));
        let agent = match &trip.beside {
            Some(agent) => Agent { id, ..in_its_place(agent) },
            None => nobody(id, &project),
        };
        let (shelter, environment) = (shelter.clone(), environment.clone());
        Box::pin(async move {
            let held = shelter.hold(&agent).await?;
            let environment = held.restraint.environment(environment);
            let question = Question {
                input: &trip.input,
                longest: LONGEST + 1,
                ..Question::new(&trip.command, Path::new(&agent.casting.workspace), &environment)
            };
            let answer = question.ask(&held.guards).await.map_err(|error| error.to_string())?;
            outcome(&answer)
        })
    })
}

/// An agent whose folder is the one that it has been given.
fn in_its_place(agent: &Agent) -> Agent {
    let mut agent = agent.clone();
    if let Some(tree) = &agent.tree {
        agent.casting.workspace.clone_from(&tree.path);
    }
    agent
}

/// Whom a command is held as that is about no agent's work.
pub(super) fn nobody(id: AgentId, project: &Path) -> Agent {
    let workspace = project.display().to_string();
    Agent::fresh(id, &Casting { workspace, ..Casting::default() })
}

/// What a command has come to: what it printed, as JSON where it is that.
fn outcome(answer: &Answer) -> Result<Value, String> {
    if answer.code != Some(0) {
        return Err(failure(answer));
    }
    if answer.printed.len() as u64 > LONGEST {
        let wrong = "more than 1 MB was printed, which is too much to hand on: print less, or \
                     write it to a file and print its name";
        return Err(wrong.to_owned());
    }
    let text = String::from_utf8_lossy(&answer.printed);
    let text = text.trim();
    Ok(serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())))
}

fn failure(answer: &Answer) -> String {
    let end = match answer.code {
        Some(code) => format!("it ended with {code}"),
        None => "a signal ended it".to_owned(),
    };
    let said = [&answer.printed, &answer.errors].map(|it| String::from_utf8_lossy(it));
    let lines = said.iter().flat_map(|it| it.lines()).filter(|it| !it.trim().is_empty());
    let lines: Vec<String> = lines.map(|it| one_line(it, WIDTH)).collect();
    let last = lines.len().saturating_sub(LINES);
    match lines.get(last..).unwrap_or_default() {
        [] => end,
        lines => format!("{end}:\n{}", lines.join("\n")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(code: i32, printed: &str, errors: &str) -> Answer {
        let (printed, errors) = (printed.as_bytes().to_vec(), errors.as_bytes().to_vec());
        Answer { printed, errors, code: Some(code) }
    }

    #[test]
    fn what_a_command_prints_is_json_or_text() {
        assert_eq!(outcome(&answer(0, "{\"n\": 1}\n", "")), Ok(serde_json::json!({ "n": 1 })));
        assert_eq!(outcome(&answer(0, "two words\n", "")), Ok("two words".into()));
    }

    #[test]
    fn a_command_that_failed_tells_what_it_said_made_harmless() {
        let told = outcome(&answer(3, "one\n", "two \u{1b}[2J\n")).unwrap_err();
        assert!(told.starts_with("it ended with 3:\none\ntwo"), "{told}");
        assert!(!told.contains('\u{1b}'), "{told}");
    }

    #[test]
    fn no_output_is_a_part_of_what_was_printed() {
        let list = |items: usize| format!("[{}1]", "1,".repeat(items));
        assert!(outcome(&answer(0, &list(499_000), "")).is_ok_and(|it| it.is_array()));
        let told = outcome(&answer(0, &list(500_000), "")).unwrap_err();
        assert!(told.starts_with("more than 1 MB was printed"), "{told}");
    }

    #[test]
    fn nobody_works_in_the_project() {
        let agent = nobody(AgentId(7), Path::new("/p"));
        assert_eq!((agent.id, agent.casting.workspace.as_str()), (AgentId(7), "/p"));
    }
}
