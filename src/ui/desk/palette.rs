//! Everything that can be done or looked at, by its name.

use super::Field;
use crate::{config::StageLayout, model::AgentId, ui::keys::Act};
use std::path::PathBuf;

/// The palette: type a part of a name, choose.
#[derive(Debug, Clone, Default)]
pub struct PaletteList {
    /// What is typed.
    pub input: Field,
    /// What fits it, the best first.
    pub matches: Vec<PaletteItem>,
    /// Which is marked.
    pub selected: usize,
    /// All there is.
    pub(super) all: Vec<PaletteItem>,
}

/// One line of the palette.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaletteItem {
    /// What choosing it does.
    pub goal: Goal,
    /// Its words.
    pub label: String,
    /// What stands beside it: the keys, or how an agent stands.
    pub note: String,
    /// What it is called on the command line.
    pub command: String,
}

/// What choosing a line of the palette does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// Does this.
    Do(Act),
    /// Looks at this agent.
    LookAt(AgentId),
    /// Opens the form of the script in this place of the list.
    Perform(usize),
    /// Opens the brief of an agent whose model has not seen it.
    EditBrief(AgentId),
    /// Opens the form for an agent in this role.
    Cast(String),
    /// Wears the theme of this name, and keeps it.
    Wear(String),
    /// Uses the keys of the keymap of this name, and keeps that.
    UseKeys(&'static str),
    /// Lays the stage out so, and keeps that.
    LayOut(StageLayout),
    /// Arranges the stage as it was kept under this name.
    Arrange(String),
    /// Sets this setting; asks for what, where that is not said.
    Set(String, Option<String>),
    /// Opens the former session with this journal.
    Open(PathBuf),
}

impl Goal {
    /// Whether choosing it writes into the director's settings.
    pub(super) const fn keeps(&self) -> bool {
        matches!(self, Self::Wear(_) | Self::UseKeys(_) | Self::LayOut(_) | Self::Set(..))
    }
}
