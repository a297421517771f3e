//! A script as it is written: what the keys of a file are called and what may stand
//! there. Also what its published JSON Schema is made from.

use crate::model::script::{Failure, Known};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::{Spanned, Value};

/// A workflow for agents: steps, who does each, and what goes from one to the next.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Script")]
pub(super) struct WrittenScript {
    /// One line for those who choose a script.
    pub(super) purpose: String,
    /// How many of its agents may work at once; as many as there are, if left out.
    #[schemars(with = "Option<u32>", range(min = 1, max = 1000))]
    pub(super) max_parallel: Option<Spanned<i64>>,
    /// What all its agents together may spend: dollars in quotes, such as "5".
    #[schemars(with = "Option<String>")]
    pub(super) budget: Option<Spanned<String>>,
    /// What it is given, by name: `auteur run NAME --set key=value`.
    #[schemars(with = "BTreeMap<String, WrittenInput>")]
    pub(super) inputs: BTreeMap<Spanned<String>, WrittenInput>,
    /// The steps. They run as soon as what they need is done, in whatever order they stand.
    #[schemars(with = "Vec<WrittenStep>", required, length(min = 1))]
    pub(super) step: Vec<Spanned<WrittenStep>>,
}

/// Something a script is given.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Input")]
pub(super) struct WrittenInput {
    /// What it is: "string", "integer", "number", "boolean", "object", "any"; a choice such
    /// as "small|large"; `["string"]` for a list; a table for an object. Text, if left out.
    #[serde(rename = "type")]
    #[schemars(with = "Option<ShapeSchema>")]
    pub(super) kind: Option<Spanned<Value>>,
    /// The same as a JSON Schema, or the name of a file with one.
    #[schemars(with = "Option<FullSchema>")]
    pub(super) schema: Option<Spanned<Value>>,
    /// What the program knows and gives where nothing else is given: "cast", the roles that
    /// there are; "files", the project's files at a glance; "language", how a script is
    /// written.
    #[schemars(with = "Option<Known>")]
    pub(super) known: Option<Spanned<Known>>,
    /// What it is when nothing is given; without one, something must be.
    #[schemars(with = "serde_json::Value")]
    pub(super) default: Option<Spanned<Value>>,
    /// One line for those who fill it in.
    pub(super) purpose: String,
}

/// One step. It has a role and a brief, or a command, or a script, or none of them: then
/// it is a place where others meet, or a gate.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Step")]
pub(super) struct WrittenStep {
    /// What others call it: lower-case letters, digits, - and _.
    #[schemars(with = "String", required, regex(pattern = "^[a-z0-9][a-z0-9_-]{0,39}$"))]
    pub(super) name: Option<Spanned<String>>,
    /// The role of the cast that does it.
    #[schemars(with = "Option<String>")]
    pub(super) role: Option<Spanned<String>>,
    /// What the role is to do: a template.
    #[schemars(with = "Option<String>")]
    pub(super) brief: Option<Spanned<String>>,
    /// A command for the shell: a template, where values are quoted. What it prints is the
    /// step's output, read as JSON where it is that.
    #[schemars(with = "Option<String>")]
    pub(super) run: Option<Spanned<String>>,
    /// Another script, by its name. Its output is an object of its steps' outputs.
    #[schemars(with = "Option<String>")]
    pub(super) script: Option<Spanned<String>>,
    /// What that script is given: an expression for each of its inputs.
    #[schemars(with = "BTreeMap<String, ExpressionSchema>")]
    pub(super) set: BTreeMap<Spanned<String>, Spanned<Value>>,
    /// Steps that must be over before. What templates and expressions name need not be said.
    #[schemars(with = "Vec<String>")]
    pub(super) needs: Vec<Spanned<String>>,
    /// The step whose files it begins with: one that it needs, done by an agent.
    #[schemars(with = "Option<String>")]
    pub(super) onto: Option<Spanned<String>>,
    /// What it must hand in: a shape such as `{ names = ["string"], "note?" = "string" }`,
    /// `{ schema = … }` with a JSON Schema, or the name of a .json file with one.
    #[schemars(with = "Option<ShapeSchema>")]
    pub(super) output: Option<Spanned<Value>>,
    /// An expression for a list: the step is done once for each item. Or the name of a step
    /// that is itself done for each of something: then once for each of its parts, as soon
    /// as that part is done.
    #[schemars(with = "Option<String>")]
    pub(super) for_each: Option<Spanned<String>>,
    /// How many of those may be under way at once.
    #[schemars(with = "Option<u32>", range(min = 1, max = 1000))]
    pub(super) max_parallel: Option<Spanned<i64>>,
    /// An expression; the step is skipped where it does not hold.
    #[schemars(with = "Option<String>")]
    pub(super) when: Option<Spanned<String>>,
    /// It is done again until checks hold.
    #[schemars(with = "Option<WrittenRepeat>")]
    pub(super) repeat: Option<Spanned<WrittenRepeat>>,
    /// What is tried before it counts as failed.
    pub(super) retry: WrittenRetry,
    /// How long one attempt may take, such as "90s", "10m" or "2h".
    #[schemars(with = "Option<String>")]
    pub(super) timeout: Option<Spanned<String>>,
    /// What one attempt may spend: dollars in quotes.
    #[schemars(with = "Option<String>")]
    pub(super) budget: Option<Spanned<String>>,
    /// What must hold when it is done; else the attempt has failed.
    #[schemars(with = "Vec<WrittenCheck>")]
    pub(super) checks: Vec<Spanned<WrittenCheck>>,
    /// "director": you open it before it starts.
    pub(super) gate: Option<Gate>,
    /// Whom its agent may set to work for it, by itself; without it, nobody.
    #[schemars(with = "Option<WrittenSpawn>")]
    pub(super) spawn: Option<Spanned<WrittenSpawn>>,
    /// To whom its agent may hand off all of its work, by itself; without it, to nobody.
    #[schemars(with = "Option<WrittenHandOff>")]
    pub(super) hand_off: Option<Spanned<WrittenHandOff>>,
    /// What becomes of the script when the step has failed: "stop" (if left out),
    /// "continue", "ask", `{ step = "NAME" }` (that one is done instead), or
    /// `{ back = "NAME" }` (that one is done again, and is told why).
    #[schemars(with = "Option<OnFailureSchema>")]
    pub(super) on_failure: Option<Spanned<Value>>,
    /// A standing step: it is done at once, and then so often, such as "5m", for as long as
    /// the script is played. Runs never overlap; one that is due meanwhile is missed.
    #[schemars(with = "Option<String>")]
    pub(super) every: Option<Spanned<String>>,
    /// A standing step: it is done each time that this happens. "webhook", or "file change:
    /// PATTERN, …" with patterns of paths such as src/**. What happens while it is under way
    /// makes one more run after it.
    #[schemars(with = "Option<String>")]
    pub(super) on: Option<Spanned<String>>,
}

/// Whom an agent may set to work for it. What they cost is taken from its own budget.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Spawn")]
pub(super) struct WrittenSpawn {
    /// The roles.
    #[schemars(with = "Vec<String>", required, length(min = 1))]
    pub(super) roles: Vec<Spanned<String>>,
    /// How many in all, those that its own set to work included.
    #[schemars(with = "u32", required, range(min = 1, max = 1000))]
    pub(super) most: Option<Spanned<i64>>,
    /// How many of them may be at work at once; as many as there may be, if left out.
    #[schemars(with = "Option<u32>", range(min = 1, max = 1000))]
    pub(super) max_parallel: Option<Spanned<i64>>,
    /// How many may stand below each other; 1 if left out: its own set nobody to work.
    #[schemars(with = "Option<u32>", range(min = 1, max = 5))]
    pub(super) depth: Option<Spanned<i64>>,
    /// What each of them must hand in: a shape, as a step's output.
    #[schemars(with = "Option<ShapeSchema>")]
    pub(super) output: Option<Spanned<Value>>,
}

/// To whom an agent may hand off its work. What the last one hands in is the step's.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "HandOff")]
pub(super) struct WrittenHandOff {
    /// The roles.
    #[schemars(with = "Vec<String>", required, length(min = 1))]
    pub(super) to: Vec<Spanned<String>>,
    /// How often it may go from hand to hand.
    #[schemars(with = "u32", required, range(min = 1, max = 100))]
    pub(super) most: Option<Spanned<i64>>,
    /// How many agents are given it, one after the other, where each fails; 3 if left out.
    /// After the last, you are asked.
    #[schemars(with = "Option<u32>", range(min = 1, max = 100))]
    pub(super) attempts: Option<Spanned<i64>>,
}

/// How a step is done again.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Repeat")]
pub(super) struct WrittenRepeat {
    /// All of these end it.
    #[schemars(with = "Vec<WrittenCheck>", required)]
    pub(super) until: Vec<Spanned<WrittenCheck>>,
    /// How often at most.
    #[schemars(with = "u32", required, range(min = 1, max = 1000))]
    pub(super) most: Option<Spanned<i64>>,
}

/// What is tried before a step counts as failed.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Retry")]
pub(super) struct WrittenRetry {
    /// How many attempts in all; 1 if left out.
    #[schemars(with = "Option<u32>", range(min = 1, max = 100))]
    pub(super) attempts: Option<Spanned<i64>>,
    /// How long to wait before the second, such as "2s"; twice as long before each later one.
    #[schemars(with = "Option<String>")]
    pub(super) backoff: Option<Spanned<String>>,
    /// After which failures; after all, if left out.
    pub(super) on: Vec<Failure>,
}

/// Something that must hold: one of these keys, or a judge and a question.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Check")]
pub(super) struct WrittenCheck {
    /// A command that must end with 0: a template. Its standard input is the output as JSON.
    #[schemars(with = "Option<String>")]
    pub(super) command: Option<Spanned<String>>,
    /// A JSON Schema that the output must fit, or the name of a file with one.
    #[schemars(with = "Option<FullSchema>")]
    pub(super) schema: Option<Spanned<Value>>,
    /// A regular expression that the output must have a match of.
    #[schemars(with = "Option<String>")]
    pub(super) pattern: Option<Spanned<String>>,
    /// A file that must be there: a template of its path.
    #[schemars(with = "Option<String>")]
    pub(super) file: Option<Spanned<String>>,
    /// Patterns of paths, such as src/**, inside of which all changes of the step's agent must
    /// lie.
    #[schemars(with = "Option<Vec<String>>")]
    pub(super) paths: Option<Spanned<Vec<String>>>,
    /// An expression that must hold; `output` is what was handed in.
    #[schemars(with = "Option<String>")]
    pub(super) holds: Option<Spanned<String>>,
    /// The output, or a text in it such as "output.text", must be a script that can be played
    /// here. A gate behind the step then opens it in the editor.
    #[schemars(with = "Option<String>")]
    pub(super) script: Option<Spanned<String>>,
    /// A role that must say so.
    #[schemars(with = "Option<String>")]
    pub(super) judge: Option<Spanned<String>>,
    /// What it is asked: a template.
    #[schemars(with = "Option<String>")]
    pub(super) question: Option<Spanned<String>>,
}

/// Who opens a gate.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Gate {
    /// You do.
    Director,
}

/// For the published schema alone.
#[derive(JsonSchema)]
#[schemars(rename = "Shape", untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum ShapeSchema {
    /// "string", "integer", "number", "boolean", "object", "any"; "a|b"; "file.json".
    Named(String),
    /// A list of this.
    List([Box<ShapeSchema>; 1]),
    /// An object: its keys, with `?` after those that may be missing; or
    /// `{ schema = … }`.
    Object(BTreeMap<String, ShapeOrSchema>),
}

/// For the published schema alone.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum ShapeOrSchema {
    Shape(ShapeSchema),
    Schema(FullSchema),
}

/// For the published schema alone.
#[derive(JsonSchema)]
#[schemars(rename = "JsonSchema", untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum FullSchema {
    /// A file with a JSON Schema, seen from the script's folder.
    File(String),
    /// A JSON Schema.
    Whole(BTreeMap<String, serde_json::Value>),
}

/// For the published schema alone.
#[derive(JsonSchema)]
#[schemars(rename = "Expression", untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum ExpressionSchema {
    /// An expression, such as "steps.plan.output.files".
    Expression(String),
    /// A number.
    Number(f64),
    /// Yes or no.
    Boolean(bool),
}

/// For the published schema alone.
#[derive(JsonSchema)]
#[schemars(rename = "OnFailure", untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum OnFailureSchema {
    Word(OnFailureWord),
    Step {
        /// This one is done instead.
        step: String,
    },
    Back {
        /// This one is done again, and is told why.
        back: String,
    },
}

/// For the published schema alone.
#[derive(JsonSchema)]
#[schemars(rename = "OnFailureWord", rename_all = "kebab-case")]
#[expect(dead_code, reason = "only its schema is used")]
enum OnFailureWord {
    /// Nothing else begins, and the script has failed.
    Stop,
    /// Those that need it go on without its output.
    Continue,
    /// You are asked.
    Ask,
}
