//! What is known of a session that an agent's program keeps for itself.

use super::Agent;

/// A session of an engine's own program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The program and its version, as it says itself.
    pub program: String,
    /// What the program calls the session.
    pub session: String,
    /// The model that plays it, as the program says; empty where it says none.
    pub model: String,
}

impl Agent {
    /// The model that plays it: the one it was given, else the one that its program says it
    /// calls; empty where neither is known.
    pub fn model(&self) -> &str {
        let told = self.link.as_ref().map_or("", |it| it.model.as_str());
        if self.casting.model.is_empty() { told } else { &self.casting.model }
    }
}
