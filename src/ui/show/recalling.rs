//! Lists and searches former sessions, and opens one. All of it blocks, so it runs on
//! threads that may, or while the terminal is lent.

use super::Finding;
use crate::ui::{
    desk::{Past, PastAnswer, PastTask, Recalled},
    theme::Rgb,
};
use std::{ffi::OsString, io, process::Command, sync::Arc};
use tokio::sync::mpsc;

/// Tells some of what comes of a task; says whether anybody still wants to know.
pub type TellPast<'a> = &'a dyn Fn(PastAnswer) -> bool;

/// Does something with former sessions, and tells what comes of it as it comes.
pub type SeeToPast = Arc<dyn Fn(PastTask, TellPast<'_>) + Send + Sync>;

/// The program that opens a former session: this one.
#[derive(Debug, Clone, Default)]
pub struct Recall {
    /// Its file.
    pub program: OsString,
    /// What it is told before the session.
    pub arguments: Vec<OsString>,
}

impl Recall {
    /// Opens a session on the terminal, and waits until it is left. What is known of the
    /// terminal's background is passed on: the answer to a second question may come late.
    ///
    /// # Errors
    /// When the program does not start.
    pub fn open(&self, place: &Recalled, background: Option<Rgb>) -> io::Result<()> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).args(["replay", "--recalled"]).arg(&place.journal);
        if let Some(at) = place.at {
            command.arg("--at").arg(at.to_string());
        }
        if let Some(agent) = &place.agent {
            command.arg("--agent").arg(agent);
            if let Some(found) = &place.found {
                command.arg(format!("--find={found}"));
            }
        }
        if let Some(colour) = background {
            command.env("COLORFGBG", if colour.is_light() { "0;15" } else { "15;0" });
        }
        // How it ended is told by itself, on the screen that it had.
        command.status().map(drop)
    }
}

/// Has the wish of the desk done, if there is one.
pub(super) fn see_to_past(
    past: &mut Past,
    see_to: Option<&SeeToPast>,
    finder: &mpsc::Sender<Finding>,
) {
    let (Some(task), Some(see_to)) = (past.take_wish(), see_to) else { return };
    let (see_to, done) = (Arc::clone(see_to), finder.clone());
    tokio::task::spawn_blocking(move || {
        see_to(task, &|answer| done.blocking_send(Finding::Past(answer)).is_ok());
    });
}
