//! One role: what is written of it in a cast's file.

use super::{Effort, HandOff, Mode, Reach, RoleHeeding, SandboxMode, Spawn, settings::Ground};
use crate::model::{Checks, Money, Rule, script::Check};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde_json::Value;
use std::{borrow::Cow, collections::BTreeMap, path::PathBuf};

/// What drives an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EngineKind {
    /// The loop of model and tools inside this program.
    #[default]
    Native,
}

/// One role.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// What it is for, in one line; shown where a role is chosen.
    pub purpose: String,
    /// What drives it.
    #[serde(default)]
    pub engine: EngineKind,
    /// The program that it is, by its name in programs.toml.
    #[serde(default)]
    pub program: Option<String>,
    /// A rehearsal that plays its model, from the folder of the settings file.
    #[serde(default)]
    pub rehearse: Option<PathBuf>,
    /// As a program, it has a process of its own, where agents could share one.
    #[serde(default)]
    pub alone: bool,
    /// A tier or `provider/model`, the default model if left out; for a program,
    /// what it calls the model itself, its own default if left out.
    #[serde(default)]
    pub model: Option<String>,
    /// How it works: its system prompt.
    #[serde(default)]
    pub instructions: String,
    /// A file with its instructions, from the folder of the settings file.
    #[serde(default)]
    pub instructions_file: Option<PathBuf>,
    /// The tools it has, if it is native; a program has its own.
    #[serde(default, deserialize_with = "super::cast::tools")]
    pub tools: Vec<String>,
    /// The MCP servers that lend it theirs, by their names in mcp.toml.
    #[serde(default)]
    pub mcp: Vec<String>,
    /// What it may do unasked, where that differs from the settings.
    #[serde(default)]
    pub permissions: RolePermissions,
    /// Where it works, if not where the settings say.
    #[serde(default)]
    pub workspace: Option<Ground>,
    /// Whether its processes have a sandbox, where that differs from the settings.
    #[serde(default)]
    pub sandbox: Option<SandboxMode>,
    /// What its processes reach of other machines: the settings' word for a
    /// native agent, everything for a program, unless it is said here.
    #[serde(default)]
    pub network: Option<Reach>,
    /// What it may spend, if not the settings' amount for an agent.
    #[serde(default, deserialize_with = "super::cast::some_dollars")]
    #[schemars(with = "Option<String>")]
    pub budget: Option<Money>,
    /// What its work is reckoned to cost; its budget, if left out. That it will be far dearer
    /// is seen as drift.
    #[serde(default, deserialize_with = "super::cast::some_dollars")]
    #[schemars(with = "Option<String>")]
    pub estimate: Option<Money>,
    /// How many turns it may take, if not the settings' number.
    #[serde(default)]
    pub max_turns: Option<u32>,
    /// How hard its model thinks, if not as the model itself chooses.
    #[serde(default)]
    pub effort: Option<Effort>,
    /// Whom it may set to work for it by itself; nobody, if left out. In a script, the
    /// script says so.
    #[serde(default)]
    pub spawn: Option<Spawn>,
    /// To whom it may hand off its work by itself; to nobody, if left out. In a script,
    /// the script says so.
    #[serde(default)]
    pub hand_off: Option<HandOff>,
    /// It is done again and again: at once, and then so often, such as "5m", until it is
    /// stopped. Its runs never overlap. In a script, the step says so.
    #[serde(default)]
    pub every: Option<String>,
    /// It is done again and again: each time that this happens. "webhook", or "file change:
    /// PATTERN, …" with patterns of paths such as src/**. In a script, the step says so.
    #[serde(default)]
    pub on: Option<String>,
    /// What must hold of its work when it says that it is done. In a script, the step's
    /// checks are made instead.
    #[serde(default)]
    pub checks: Vec<RoleCheck>,
    /// So often what does not hold goes back to it before you are told.
    #[serde(default)]
    pub hand_back: u32,
    /// The files that it keeps to, as patterns of paths in its folder, such as src/**; all,
    /// if left out. A change outside is seen as drift.
    #[serde(default)]
    pub scope: Vec<String>,
    /// How rules that spot drift are kept for it, where that differs from the settings.
    #[serde(default)]
    pub watch: BTreeMap<Rule, RoleHeeding>,
    /// What it is good at, for choosing a role.
    #[serde(default)]
    pub strengths: Vec<String>,
}

/// What a role may do unasked, where that differs from the settings: its mode
/// goes before theirs, its rules are added to theirs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RolePermissions {
    /// What holds where no rule fits.
    pub mode: Option<Mode>,
    /// Done without asking.
    pub allow: Vec<String>,
    /// Asked for each time.
    pub ask: Vec<String>,
    /// Never done.
    pub deny: Vec<String>,
}

/// Something that must hold of a role's work.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "WrittenCheck")]
pub struct RoleCheck(Check);

/// Something that must hold of a role's work, as it is written: one of these, and what
/// belongs to it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "RoleCheck")]
struct WrittenCheck {
    /// This command ends with 0, run where its work is.
    command: Option<String>,
    /// There is such a file where its work is.
    file: Option<String>,
    /// What it reports matches this regular expression.
    pattern: Option<String>,
    /// All that it has changed lies inside of these patterns of paths.
    paths: Option<Vec<String>>,
    /// What it reports fits this JSON Schema, which it is told; with `json`, that file does.
    schema: Option<Value>,
    /// A file where its work is that is JSON and fits `schema`.
    json: Option<String>,
    /// The role that says by `question` whether it is good.
    judge: Option<String>,
    /// What is good, and what is not.
    question: Option<String>,
}

impl TryFrom<WrittenCheck> for RoleCheck {
    type Error = &'static str;

    fn try_from(written: WrittenCheck) -> Result<Self, Self::Error> {
        let WrittenCheck { command, file, pattern, paths, schema, json, judge, question } = written;
        let own = match (schema, json, judge, question) {
            (None, None, None, None) => None,
            (Some(schema), None, None, None) => Some(Check::Schema(Box::new(schema))),
            (Some(schema), Some(file), None, None) => {
                Some(Check::Json { file, schema: Box::new(schema) })
            }
            (None, None, Some(role), Some(question)) => Some(Check::Judge { role, question }),
            (_, Some(_), ..) => return Err("`json` names a file, and goes with a `schema`"),
            _ => return Err("`judge` names a role, and goes with a `question`"),
        };
        let plain = command.map(Check::Command).into_iter().chain(file.map(Check::File));
        let plain = plain.chain(pattern.map(Check::Pattern)).chain(paths.map(Check::Paths));
        let mut all = plain.chain(own);
        match (all.next(), all.next()) {
            (Some(check), None) => Ok(Self(check)),
            _ => Err("a check is one of command, file, pattern, paths, schema, judge"),
        }
    }
}

impl JsonSchema for RoleCheck {
    fn schema_name() -> Cow<'static, str> {
        WrittenCheck::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        WrittenCheck::json_schema(generator)
    }
}

impl From<&RoleCheck> for Check {
    fn from(check: &RoleCheck) -> Self {
        check.0.clone()
    }
}

impl Role {
    /// What must hold of its work; none where nothing must.
    pub fn checks(&self) -> Option<Box<Checks>> {
        let list: Vec<_> = self.checks.iter().map(Check::from).collect();
        let hand_back = self.hand_back;
        (!list.is_empty() || hand_back > 0).then(|| Box::new(Checks { list, hand_back }))
    }
}

/// What a project's file would take from the checks of a role, in words.
pub(super) fn less_checked(name: &str, key: &[&str], [below, with]: [&Role; 2]) -> Option<String> {
    if key == ["checks"] {
        let lost = below.checks.iter().find(|it| !with.checks.contains(it)).map(Check::from)?;
        return Some(format!("a project file may not take a check from `{name}`: {lost}"));
    }
    let (old, new) = (below.hand_back, with.hand_back);
    (new > old).then(|| {
        format!("a project file may not raise `hand_back` of `{name}` from {old} to {new}")
    })
}
