//! What the screen can wear: lists the themes, and writes down which is kept.

use super::Finding;
use crate::ui::{
    desk::{Desk, ThemeAnswer, ThemeTask},
    theme::{Rgb, Theme},
};
use std::{fmt, sync::Arc};
use tokio::sync::mpsc;

/// Does something with themes, on a terminal with this background, where that is known.
/// Blocks, so it runs on a thread that may.
pub type SeeToThemes = Arc<dyn Fn(ThemeTask, Option<Rgb>) -> ThemeAnswer + Send + Sync>;

/// All that the screen can wear.
pub struct Wardrobe {
    /// The theme for a background colour, where the terminal may choose it.
    pub theme_for: Option<Box<dyn Fn(Rgb) -> Theme + Send>>,
    /// Lists them, and writes down which is kept.
    pub see_to: SeeToThemes,
}

impl fmt::Debug for Wardrobe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wardrobe").finish_non_exhaustive()
    }
}

impl Wardrobe {
    /// Does what the desk wishes; says whether the terminal should be asked for its
    /// background, which nobody knows yet.
    pub(super) fn see_to(
        &self,
        desk: &mut Desk,
        background: Option<Rgb>,
        finder: &mpsc::Sender<Finding>,
    ) -> bool {
        let Some(task) = desk.take_theme_wish() else { return false };
        let asks = task == ThemeTask::List && background.is_none();
        let (see_to, done) = (Arc::clone(&self.see_to), finder.clone());
        tokio::task::spawn_blocking(move || {
            // A show that has closed wants to know nothing more.
            let _closed = done.blocking_send(Finding::Themes(see_to(task, background)));
        });
        asks
    }
}
