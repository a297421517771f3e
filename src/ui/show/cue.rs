//! What a show acts on, and what it leaves to the loop around it.

use super::News;
use crate::{
    casting::Tracks,
    history::Reckoning,
    ui::desk::{
        Diffed, Offer, PastAnswer, Play, Reading, Recalled, RoleAnswer, RoleTask, Said,
        ScriptAnswer, ScriptTask, ThemeAnswer, VersusAnswer,
    },
};
use crossterm::event::{KeyEvent, MouseEvent};
use std::sync::Arc;

/// Something to act on.
#[derive(Debug, Clone)]
pub enum Cue {
    /// The director pressed a key.
    Key(KeyEvent),
    /// The director pasted text.
    Paste(String),
    /// The director typed a line that says this.
    Said(Said),
    /// The director moved or pressed the mouse.
    Mouse(MouseEvent),
    /// The terminal has another size.
    Resize,
    /// Facts arrived, or there are no more.
    News(Box<News>),
    /// A stretch of a log was read.
    Reading(Box<Reading>),
    /// A difference was read.
    Diffed(Box<Diffed>),
    /// Something became known that was not when the screen opened.
    Found(Finding),
    /// The time that something on the screen shows has moved on.
    Tick,
}

/// Something that becomes known only after the screen has opened.
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    /// What a program says of itself: its name, and what.
    Program(String, String),
    /// What this session is called from now on; empty where it has its own title again.
    Called(String),
    /// What came of a task about themes.
    Themes(ThemeAnswer),
    /// How the roles have done in this project so far.
    Tracks(Tracks),
    /// Who runs elsewhere on this machine.
    Nearby(Vec<Offer>),
    /// What came of a change to a role.
    Role(RoleAnswer),
    /// What came of a task about scripts.
    Script(ScriptAnswer),
    /// Something of what came of a task about former sessions.
    Past(PastAnswer),
    /// What came of reading two that are held against each other.
    Versus(Box<VersusAnswer>),
    /// What the session has cost so far.
    Reckoned(Arc<Reckoning>),
}

/// What only the loop can do.
#[derive(Debug, Clone, PartialEq)]
pub enum Errand {
    /// Take this text through the director's own editor.
    EditElsewhere(String),
    /// Open a former session there.
    Recall(Recalled),
    /// Open this path in the director's own editor.
    Visit(String, Option<u32>),
    /// Put this on the clipboard.
    Copy(String),
    /// Do this to a role.
    Role(RoleTask),
    /// Do this with scripts.
    Script(ScriptTask),
    /// Move the replay.
    Play(Play),
    /// Draw everything anew.
    Repaint,
    /// Go back to the shell until `fg`.
    Suspend,
    /// Close the screen.
    Leave,
}
