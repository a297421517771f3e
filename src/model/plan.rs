//! What an agent has set out to do, step by step, as its own plan says, and what such a
//! plan loses when it is written anew.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// So many steps of a plan are looked at.
const STEPS: usize = 64;
/// So many letters of a step are kept.
const LETTERS: usize = 120;
/// Tools that write a plan down whole, of our own agents and of others.
const WRITERS: [&str; 6] =
    ["plan", "TodoWrite", "todowrite", "todo_write", "write_todos", "update_plan"];

/// One step of a plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanStep {
    /// What is to be done, in one line.
    pub text: String,
    /// How far it is.
    #[serde(default)]
    pub state: PlanState,
}

/// How far a step of a plan is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlanState {
    /// It is to be done.
    #[default]
    Open,
    /// It is being done.
    Doing,
    /// It is done.
    Done,
    /// It is not to be done any more.
    Dropped,
}

impl PlanState {
    /// As programs call it.
    pub fn called(word: &str) -> Self {
        match word {
            "completed" | "done" | "complete" => Self::Done,
            "in_progress" | "inProgress" | "in-progress" | "doing" => Self::Doing,
            "cancelled" | "canceled" | "deleted" => Self::Dropped,
            _ => Self::Open,
        }
    }
}

impl PlanStep {
    /// A step as it was written.
    pub fn new(text: &str, state: PlanState) -> Self {
        let words: Vec<&str> = text.split_whitespace().collect();
        Self { text: words.join(" ").chars().take(LETTERS).collect(), state }
    }

    fn words(&self) -> BTreeSet<String> {
        let words = self.text.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty());
        words.map(str::to_lowercase).collect()
    }
}

/// Whether a tool writes a plan down, or changes one.
pub(super) fn is_writer(tool: &str) -> bool {
    WRITERS.contains(&tool) || matches!(tool, "TaskCreate" | "TaskUpdate")
}

/// The steps of a plan that a call of a tool writes down; none where it writes none.
pub(super) fn written(tool: &str, input: &Value) -> Option<Vec<PlanStep>> {
    if !WRITERS.contains(&tool) {
        return None;
    }
    steps(["todos", "plan", "steps"].into_iter().find_map(|it| input.get(it))?)
}

/// The steps that such a list holds.
pub fn steps(list: &Value) -> Option<Vec<PlanStep>> {
    let text = |step: &Value, names: &[&str]| {
        names.iter().find_map(|it| step.get(it)?.as_str()).unwrap_or_default().to_owned()
    };
    let read = |step: &Value| {
        let told = text(step, &["content", "step", "description", "text", "title"]);
        PlanStep::new(&told, PlanState::called(&text(step, &["status", "state"])))
    };
    Some(list.as_array()?.iter().take(STEPS).map(read).collect())
}

/// A plan as it is changed step by step: the tasks of Claude Code.
pub(super) fn amended(before: &[PlanStep], tool: &str, input: &Value) -> Option<Vec<PlanStep>> {
    let mut steps = before.to_vec();
    let said = |name: &str| input.get(name).and_then(Value::as_str);
    match tool {
        "TaskCreate" if steps.len() < STEPS => {
            steps.push(PlanStep::new(said("subject")?, PlanState::Open));
        }
        "TaskUpdate" => {
            // Its tasks are counted from 1, and never counted anew.
            let number: usize = said("taskId")?.parse().ok()?;
            let step = steps.get_mut(number.checked_sub(1)?)?;
            if let Some(word) = said("status") {
                step.state = PlanState::called(word);
            }
            if let Some(text) = said("subject") {
                *step = PlanStep::new(text, step.state);
            }
        }
        _ => return None,
    }
    Some(steps)
}

/// What was to be done and is no step of the plan any more, once some of it was begun:
/// until then a plan is being made. A step in other words is still there; and a plan that
/// is wiped away says nothing: that is how many programs end one.
pub(super) fn lost(before: &[PlanStep], after: &[PlanStep]) -> Vec<String> {
    if after.is_empty() || before.iter().all(|it| it.state == PlanState::Open) {
        return Vec::new();
    }
    let stays: Vec<_> =
        after.iter().filter(|it| it.state != PlanState::Dropped).map(PlanStep::words).collect();
    let open = before.iter().filter(|it| it.state == PlanState::Open);
    let gone = open.filter(|step| {
        let words = step.words();
        // Half of the words of the shorter one.
        let is_it = |other: &BTreeSet<String>| {
            2 * words.intersection(other).count() >= words.len().min(other.len()).max(1)
        };
        !stays.iter().any(is_it)
    });
    gone.map(|it| it.text.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn plan(steps: &[(&str, PlanState)]) -> Vec<PlanStep> {
        steps.iter().map(|(text, state)| PlanStep::new(text, *state)).collect()
    }

    #[test]
    fn a_plan_is_read_as_each_program_writes_it() {
        let wanted = plan(&[("run the tests", PlanState::Doing), ("mend it", PlanState::Open)]);
        let told = |name: &str, text: &str| {
            json!({ name: [
                { text: "run the tests", "status": "in_progress" },
                { text: "mend it", "status": "pending" },
            ] })
        };
        assert_eq!(written("TodoWrite", &told("todos", "content")), Some(wanted.clone()));
        assert_eq!(written("update_plan", &told("plan", "step")), Some(wanted.clone()));
        assert_eq!(written("write_todos", &told("todos", "description")), Some(wanted));
        assert_eq!(written("shell", &told("todos", "content")), None);
    }

    #[test]
    fn tasks_are_made_and_changed_one_by_one() {
        let mut steps = Vec::new();
        let calls = [
            ("TaskCreate", json!({ "subject": "run the tests" })),
            ("TaskCreate", json!({ "subject": "mend it" })),
            ("TaskUpdate", json!({ "taskId": "1", "status": "completed" })),
            ("TaskUpdate", json!({ "taskId": "2", "status": "deleted" })),
        ];
        for (tool, input) in calls {
            steps = amended(&steps, tool, &input).unwrap();
        }
        let wanted = [("run the tests", PlanState::Done), ("mend it", PlanState::Dropped)];
        assert_eq!(steps, plan(&wanted));
        assert_eq!(amended(&steps, "TaskUpdate", &json!({ "taskId": "9" })), None);
    }

    #[test]
    fn what_was_open_and_is_gone_is_lost() {
        use PlanState::{Doing, Done, Dropped, Open};
        let before = plan(&[
            ("read the parser", Done),
            ("mend the parser", Doing),
            ("run the tests", Open),
            ("update the manual", Open),
        ]);
        let other = plan(&[("mend the parser", Done), ("rewrite the lexer", Doing)]);
        assert_eq!(lost(&before, &other), ["run the tests", "update the manual"]);
        let dropped = plan(&[("run the tests", Dropped), ("update the manual", Open)]);
        assert_eq!(lost(&before, &dropped), ["run the tests"]);
    }

    #[test]
    fn what_is_done_split_or_said_in_other_words_is_not() {
        use PlanState::{Doing, Done, Open};
        let before = plan(&[("read it", Done), ("run the tests", Open), ("update manual", Open)]);
        let after = plan(&[
            ("run the unit tests", Doing),
            ("run the walks", Open),
            ("update the manual's first page", Open),
        ]);
        assert_eq!(lost(&before, &after), Vec::<String>::new());
        let first = plan(&[("look around", Open), ("decide", Open)]);
        assert_eq!(lost(&first, &plan(&[("mend the lexer", Open)])), Vec::<String>::new());
    }
}
