//! What the loop must do after a key.

use super::{Play, Recalled, RoleTask, ScriptTask};
use crate::model::Command;

/// What is left to do after the desk has done its part.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Done {
    /// Nothing: the key meant nothing here.
    #[default]
    Nothing,
    /// The picture has changed.
    Redraw,
    /// These go to the supervisor.
    Send(Vec<Command>),
    /// The text in the open editor goes through the director's own editor, and
    /// comes back by [`super::Desk::take_edited`].
    EditElsewhere(String),
    /// This is done to a role; what comes of it is told to [`super::Desk::take_role`].
    Role(RoleTask),
    /// This is done with scripts; what comes of it is told to
    /// [`super::Desk::take_script`].
    Script(ScriptTask),
    /// A former session is opened there, as a replay.
    Recall(Recalled),
    /// The director's own editor opens this path, at this line of it.
    Visit(String, Option<u32>),
    /// This goes to the clipboard.
    Copy(String),
    /// The replay moves.
    Play(Play),
    /// The whole screen is drawn anew.
    Repaint,
    /// Back to the shell, until `fg`.
    Suspend,
    /// The screen closes.
    Leave,
}
