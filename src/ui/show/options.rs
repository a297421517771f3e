//! How a show runs on a terminal: what it may ask others for, and what it is to heed.

use super::{
    Comparer, DiffReader, FindNearby, Finding, Manners, Recall, Renew, SeeToPast, Wardrobe,
};
use crate::config::Output;
use crate::tools::alerts::Alert;
use crate::ui::{
    desk::{RoleAnswer, RoleTask, ScriptAnswer, ScriptTask},
    terminal::{Calling, Clipboard},
};
use std::{fmt, path::PathBuf, sync::Arc, time::Duration};
use tokio::sync::mpsc;

/// Tells what it finds out.
pub type FindOut = Box<dyn FnOnce(mpsc::Sender<Finding>) + Send>;

/// Changes a role, or says what it takes. Blocks, so it runs on a thread that may.
pub type ChangeRole = Arc<dyn Fn(RoleTask) -> RoleAnswer + Send + Sync>;

/// Calls a director in other ways than through the terminal. Does not wait for that.
pub type SendAlert = Arc<dyn Fn(Alert) + Send + Sync>;

/// Does something with scripts. Blocks, so it runs on a thread that may.
pub type SeeToScripts = Arc<dyn Fn(ScriptTask) -> ScriptAnswer + Send + Sync>;

/// How a show runs on this terminal.
pub struct Options {
    /// The window's title.
    pub title: String,
    /// Whether the mouse points; else it selects text, as the terminal does.
    pub mouse: bool,
    /// The director's own editor, with its arguments.
    pub editor: Option<String>,
    /// What reaches the system's clipboard, beside the terminal; none where nothing does.
    pub clipboard: Option<Clipboard>,
    /// A private folder for a text that is in it.
    pub drafts: PathBuf,
    /// Where the program's own log lies.
    pub log: PathBuf,
    /// Reads what an agent changed.
    pub diffs: Arc<DiffReader>,
    /// Reads two that are held against each other.
    pub comparer: Arc<Comparer>,
    /// Finds out more of what an agent can be, once somebody looks at the cast or
    /// at the form for a new one.
    pub find_out: Option<FindOut>,
    /// Changes roles; none where they can't be changed.
    pub change_role: Option<ChangeRole>,
    /// Finds, reads and fills scripts; none where nothing can be played.
    pub see_to_scripts: Option<SeeToScripts>,
    /// Lists and searches former sessions; none where there are none to look at.
    pub see_to_past: Option<SeeToPast>,
    /// The program that opens one.
    pub recall: Recall,
    /// Finds who runs elsewhere, and can be watched.
    pub find_nearby: FindNearby,
    /// When a director who looks elsewhere is called.
    pub manners: Manners,
    /// How, and whether that goes through `tmux`.
    pub calling: (Calling, bool),
    /// The kinds of need that call; all where none is named.
    pub kinds: Vec<String>,
    /// Calls beside the terminal; none where nothing else does.
    pub alert: Option<SendAlert>,
    /// A picture, or lines as things happen.
    pub output: Output,
    /// The least time between two frames that only show output.
    pub frame: Duration,
    /// What the screen can wear.
    pub wardrobe: Wardrobe,
    /// Tells what files say anew, while the screen is shown; none where nobody looks.
    pub renew: Option<Renew>,
}

impl Options {
    /// Puts a text on the system's clipboard, too, where something reaches it. Does not wait
    /// for that.
    pub(super) fn put_on_clipboard(&self, text: String) {
        let Some(clipboard) = self.clipboard.clone() else { return };
        tokio::task::spawn_blocking(move || {
            if let Err(trouble) = clipboard.put(&text) {
                tracing::warn!(%trouble, "the system's clipboard has not taken what was copied");
            }
        });
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("title", &self.title).finish_non_exhaustive()
    }
}
