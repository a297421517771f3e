//! A script as it is played: the steps, who plays each, what goes from hand to
//! hand, what counts as good, and what happens when it is not.
//!
//! Complete in itself: the castings of its roles and the scripts it plays as steps
//! stand in it, so a journal that holds it needs no other file to be understood, and
//! a later run none to go on. How it is written down is `crate::script`'s business.

use super::{Casting, Delegation, Millis, Money};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{collections::BTreeMap, fmt};

/// So many letters of a check name it.
const NAME: usize = 60;

/// A workflow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Script {
    /// What it is called: its file's name without the ending.
    pub name: String,
    /// One line for those who choose.
    pub purpose: String,
    /// What it is given, by name.
    pub inputs: BTreeMap<String, Input>,
    /// The steps, in the order they are written.
    pub steps: Vec<Step>,
    /// How many of its agents may work at once; none means as many as there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_parallel: Option<u32>,
    /// What all its agents together may spend.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<Money>,
    /// Each role that a step names, filled but for its brief.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub roles: BTreeMap<String, Casting>,
    /// Each script that a step plays, by the name that the step uses.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub scripts: BTreeMap<String, Self>,
}

/// Something a script is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Input {
    /// What it must fit: a JSON Schema.
    pub schema: Value,
    /// What it is when nothing is given; none means that something must be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// One line for those who fill it in.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub purpose: String,
    /// What the program knows, and gives where nothing else is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known: Option<Known>,
}

/// Something that the program knows and a script can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Known {
    /// The roles that there are, and what each is good at.
    Cast,
    /// The project's files at a glance.
    Files,
    /// How a script is written.
    Language,
}

impl Input {
    /// Whether a script can't begin without it.
    pub const fn is_required(&self) -> bool {
        self.default.is_none() && self.known.is_none()
    }
}

/// One node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Step {
    /// Unique in its script.
    pub name: String,
    /// What is done.
    pub work: Work,
    /// The steps that must be over before; each by its name, once. All that its
    /// templates and expressions name are among them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// The step whose files its agent begins with: one that it needs, done by an agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub onto: Option<String>,
    /// What its output must fit: a JSON Schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<Box<Value>>,
    /// It is done once for each of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub for_each: Option<ForEach>,
    /// How many of those may be under way at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_parallel: Option<u32>,
    /// An expression; the step is skipped where it does not hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// It is done again until this holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
    /// It is done over and over for as long as the script is played, whenever it is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub again: Option<Trigger>,
    /// What is tried before it counts as failed.
    pub retry: Retry,
    /// How long one attempt may take, time held not counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Millis>,
    /// What one attempt may spend, if not what its role may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<Money>,
    /// What must hold when it is done; else the attempt has failed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// The director opens it before it starts.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub gate: bool,
    /// What its agent may have others do by itself, of roles of [`Script::roles`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delegation: Option<Box<Delegation>>,
    /// What becomes of the script when it has failed.
    pub on_failure: OnFailure,
}

/// What a step does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Work {
    /// Nothing: a place where others meet, or a gate.
    #[default]
    Nothing,
    /// An agent of a role is given a brief: a template.
    Agent {
        /// A role of [`Script::roles`].
        role: String,
        /// A template.
        brief: String,
    },
    /// A command runs; what it prints on standard output is the step's output: JSON,
    /// where it can be read so.
    Command {
        /// A template, for the shell: what it fills in is quoted.
        run: String,
    },
    /// Another script is played. Its output is an object of its steps' outputs.
    Script {
        /// A script of [`Script::scripts`].
        name: String,
        /// What it is given: an expression for each input.
        set: BTreeMap<String, String>,
    },
}

/// What a step is done once for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForEach {
    /// Each item of the list that this expression gives, once the steps it needs are over.
    List(String),
    /// Each part of this step, itself done for each of something: as soon as that part
    /// is done, with its output as the item.
    Part(String),
}

/// A step that is done again and again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Repeat {
    /// All of these end it.
    pub until: Vec<Check>,
    /// How often at most; when it still does not hold then, the step has failed.
    pub most: u32,
}

/// When a standing step is due: each time is one run, a round with its own attempts.
///
/// Its runs never overlap. What is due while one is under way is no run of its own: by the
/// clock it is missed, and the next is at the next time that is still to come; calls are
/// collected, and one run follows for all of them. Time in which nobody plays the script
/// does not count. A run that has failed is told, and the next one comes all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// At once, and then so often, counted from when the step began.
    Every(Millis),
    /// When files of the project change that one of these patterns fits. Where the work is
    /// done in the project's own folder, what changes meanwhile calls nobody.
    Files(Vec<String>),
    /// When somebody posts something to its address.
    Webhook,
}

impl Trigger {
    /// Whether it waits for something that happens, and not for the clock.
    pub const fn is_call(&self) -> bool {
        !matches!(self, Self::Every(_))
    }
}

/// As a person writes it: `every 5m`, `on file change: src/**`.
impl fmt::Display for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Every(every) => write!(f, "every {}", span(*every)),
            Self::Files(patterns) => write!(f, "on file change: {}", patterns.join(", ")),
            Self::Webhook => f.write_str("on webhook"),
        }
    }
}

/// `1h30m`: what is nothing is left out.
fn span(time: Millis) -> String {
    const UNITS: [(u64, &str); 4] = [(3_600_000, "h"), (60_000, "m"), (1000, "s"), (1, "ms")];
    let mut rest = time.0;
    let mut text = String::new();
    for (unit, name) in UNITS {
        if rest >= unit {
            text.push_str(&(rest / unit).to_string());
            text.push_str(name);
            rest %= unit;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

/// What is tried before a step counts as failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Retry {
    /// How many attempts in all, from 1.
    pub attempts: u32,
    /// How long to wait before the second; twice as long before each later one.
    pub backoff: Millis,
    /// After which failures; after all where none is named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub on: Vec<Failure>,
}

impl Default for Retry {
    fn default() -> Self {
        Self { attempts: 1, backoff: Millis(0), on: Vec::new() }
    }
}

/// In what way an attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// The agent or the command says that it failed, or its engine broke down.
    Work,
    /// What it handed in does not fit the output's schema, or nothing was handed in.
    Output,
    /// A check did not hold.
    Check,
    /// It took longer than it may.
    Timeout,
    /// A template or an expression of the script can't be worked out.
    Script,
    /// Somebody stopped it, or the session ended meanwhile. Only a command of which that
    /// is said is begun again for it; about all else the director is asked.
    Stopped,
}

/// Something that must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// This command, a template, ends with 0 where the step's work was done. Its
    /// standard input is the step's output, as JSON.
    Command(String),
    /// The output fits this JSON Schema.
    Schema(Box<Value>),
    /// The output, or its text where it is a string, has a match of this regular expression.
    Pattern(String),
    /// There is such a file where the step's work was done: a template of a path.
    File(String),
    /// What the work has changed lies inside of these patterns of paths.
    Paths(Vec<String>),
    /// This expression holds.
    Holds(String),
    /// The text under this key of the output is a script that can be played here; the
    /// output itself, where there is no key.
    Script(Option<String>),
    /// This file, where the work was done, is JSON that fits this JSON Schema.
    Json {
        /// Its path.
        file: String,
        /// What it must fit.
        schema: Box<Value>,
    },
    /// An agent of this role says so.
    Judge {
        /// A role of [`Script::roles`].
        role: String,
        /// What it is asked: a template.
        question: String,
    },
}

/// The first line of a text, as far as it names something.
fn short(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default();
    let is_whole = line.len() == text.trim().len() && line.chars().count() <= NAME;
    if is_whole { line.to_owned() } else { line.chars().take(NAME - 1).chain(['…']).collect() }
}

/// As somebody reads it who is to mend what does not hold.
impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command(command) => write!(f, "`{}`", short(command)),
            Self::Schema(_) => f.write_str("what it reports fits a schema"),
            Self::Pattern(pattern) => {
                write!(f, "what it reports matches {}", short(pattern))
            }
            Self::File(path) => write!(f, "there is {}", short(path)),
            Self::Paths(paths) => {
                write!(f, "changes stay inside {}", short(&paths.join(", ")))
            }
            Self::Holds(expression) => write!(f, "{}", short(expression)),
            Self::Json { file, .. } => write!(f, "{} fits a schema", short(file)),
            Self::Script(_) => f.write_str("it is a script"),
            Self::Judge { role, .. } => write!(f, "{} judges it", short(role)),
        }
    }
}

/// What becomes of a script when one of its steps has failed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnFailure {
    /// What is under way ends, nothing else begins, and the script has failed.
    #[default]
    Stop,
    /// Those that need it go on without its output.
    Continue,
    /// This step is done instead: it is skipped where nothing fails. Those that need
    /// the failed step go on with the output of this one.
    Step(String),
    /// The director is asked: once more, without it, or stop.
    Ask,
    /// The part of this step that the failed part came from is done again, and is told
    /// why; then the failed part is. Counts as an attempt.
    Back(String),
}

impl Script {
    /// What must hold of the work of a step as its role says, beside its own checks. None of
    /// it is a template.
    pub fn checks_of_role(&self, step: &Step) -> &[Check] {
        let Work::Agent { role, .. } = &step.work else { return &[] };
        let checks = self.roles.get(role).and_then(|it| it.checks.as_deref());
        checks.map_or(&[], |it| &it.list)
    }

    /// The step of that name, and its place.
    pub fn step(&self, name: &str) -> Option<(usize, &Step)> {
        self.steps.iter().enumerate().find(|(_, it)| it.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trigger_reads_as_it_is_written() {
        let times = [300_000, 5_400_000, 1_500, 86_400_000];
        let told = times.map(|it| Trigger::Every(Millis(it)).to_string());
        assert_eq!(told, ["every 5m", "every 1h30m", "every 1s500ms", "every 24h"]);
        let files = Trigger::Files(vec!["src/**".into(), "Cargo.toml".into()]);
        assert_eq!(files.to_string(), "on file change: src/**, Cargo.toml");
        assert_eq!(Trigger::Webhook.to_string(), "on webhook");
    }
}
