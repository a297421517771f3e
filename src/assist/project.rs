//! What the project offers to an assistant: its session, its roles, its scripts.

use crate::model::Command;
use serde_json::{Map, Value};
use std::path::PathBuf;

/// A role or a script, as it is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// Why it can't be begun now, if so.
    pub hindrance: Option<String>,
    /// What it has to be given or may be, each with what it wants; nothing for a role.
    pub inputs: Vec<(String, String)>,
}

/// What an assistant finds. Each may read files; what is wrong is said in words.
pub trait Project: Send + Sync + 'static {
    /// The folder of the session that is assisted at.
    ///
    /// # Errors
    /// When there is none, with what begins one.
    fn session(&self) -> Result<PathBuf, String>;

    /// The cast.
    fn roles(&self) -> Result<Vec<Part>, String>;

    /// The command that starts an agent.
    fn start(&self, role: &str, brief: &str) -> Result<Command, String>;

    /// The scripts there are.
    fn scripts(&self) -> Result<Vec<Part>, String>;

    /// The command that plays a script with these inputs.
    fn perform(&self, script: &str, inputs: &Map<String, Value>) -> Result<Command, String>;
}
