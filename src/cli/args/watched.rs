//! How agents are watched that are begun from the command line, and what must hold of
//! their work.

use crate::{
    config::{RoleHeeding, heed_anew, heeding},
    model::{Casting, JUDGE, Money, Rule, script::Check},
};
use anyhow::{Context as _, bail};
use clap::Args;
use std::{fs, path::PathBuf};

/// What shows that an agent drifts, where that differs from its role.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct WatchedArgs {
    /// An agent keeps to files that this fits, such as 'src/**': a change outside is seen as
    /// drift; as many as you like
    #[arg(long, value_name = "GLOB")]
    pub scope: Vec<String>,
    /// What the work of each is reckoned to cost, in dollars: that it will be far dearer is seen
    /// as drift
    #[arg(long, value_name = "DOLLARS")]
    pub estimate: Option<Money>,
    /// How a rule that spots drift is kept, such as same-call=ask or silence=warn:600; as many as
    /// you like
    #[arg(long, value_name = "RULE=ACTION", value_parser = heeding)]
    pub heed: Vec<(Rule, RoleHeeding)>,
}

/// What must hold of an agent's work once it says that it is done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct CheckedArgs {
    /// This command must end with 0 where an agent's work is, once it says that it is done; as
    /// many as you like
    #[arg(long, value_name = "COMMAND")]
    pub check: Vec<String>,
    /// What an agent reports must fit this JSON Schema, which it is told
    #[arg(long, value_name = "FILE")]
    pub schema: Option<PathBuf>,
    /// The role judge must find the work of an agent good, by these words
    #[arg(long, value_name = "RUBRIC")]
    pub judge: Option<String>,
    /// So often what does not hold goes back to the agent; else you are told
    #[arg(long, value_name = "TIMES")]
    pub hand_back: Option<u32>,
}

impl CheckedArgs {
    /// Whether nothing is said.
    pub const fn is_empty(&self) -> bool {
        self.check.is_empty()
            && self.schema.is_none()
            && self.judge.is_none()
            && self.hand_back.is_none()
    }

    /// What must hold.
    ///
    /// # Errors
    /// When a command is empty, or the schema can't be read.
    pub fn list(&self) -> anyhow::Result<Vec<Check>> {
        if self.check.iter().any(|it| it.trim().is_empty()) {
            bail!("--check names no command: say what must end with 0, such as 'cargo test'");
        }
        let mut list: Vec<_> = self.check.iter().cloned().map(Check::Command).collect();
        if let Some(path) = &self.schema {
            let name = path.display();
            let text = fs::read_to_string(path).with_context(|| format!("{name} can't be read"))?;
            let schema: serde_json::Value =
                serde_json::from_str(&text).with_context(|| format!("{name} is no JSON"))?;
            if !schema.is_object() && !schema.is_boolean() {
                bail!("{name} is no JSON Schema: it is an object, or true or false");
            }
            list.push(Check::Schema(Box::new(schema)));
        }
        let judged = |rubric: &String| {
            let (role, question) = (JUDGE.to_owned(), rubric.clone());
            Check::Judge { role, question }
        };
        list.extend(self.judge.as_ref().map(judged));
        Ok(list)
    }
}

impl WatchedArgs {
    /// Whether nothing is said.
    pub const fn is_empty(&self) -> bool {
        self.scope.is_empty() && self.estimate.is_none() && self.heed.is_empty()
    }

    /// Has an agent watched so.
    pub fn apply(&self, casting: &mut Casting) {
        if !self.scope.is_empty() {
            casting.scope.clone_from(&self.scope);
        }
        casting.estimate = self.estimate.or(casting.estimate);
        for (rule, own) in &self.heed {
            heed_anew(&mut casting.watch, *rule, *own);
        }
    }
}
