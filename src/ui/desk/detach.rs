//! Whether the director can leave the session at work, and leaving it so.

use super::{Choice, Deed, Desk, Dialog, Done};
use crate::model::{Level, Millis};

/// Whether the session goes on without this screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detach {
    /// No, and why not.
    No(&'static str),
    /// It has a process of its own, which ends when the director quits.
    Yes,
    /// It was begun without a screen, and stays until it is stopped.
    Kept,
}

impl Default for Detach {
    fn default() -> Self {
        Self::No("the session ends with its screen")
    }
}

impl Detach {
    /// Why it does not, if it does not.
    pub const fn why_not(self) -> Option<&'static str> {
        match self {
            Self::No(why) => Some(why),
            Self::Yes | Self::Kept => None,
        }
    }
}

const fn is_quitting(choice: &Choice) -> bool {
    matches!(choice.deed, Deed::Quit(_))
}

impl Desk {
    /// Detaches, where the open question is whether to quit; says why not, where
    /// that can't be and so is not offered.
    pub(super) fn detach_key(&mut self, now: Millis) -> Done {
        match &self.dialog {
            Some(Dialog::Question(it)) if it.choices.iter().any(is_quitting) => self.detach(now),
            _ => Done::Nothing,
        }
    }

    /// Leaves the session at work, or says why that can't be.
    pub(super) fn detach(&mut self, now: Millis) -> Done {
        if let Some(why) = self.detach.why_not() {
            return self.say(Level::Warning, format!("can't detach: {why}"), now);
        }
        self.dialog = None;
        self.detaches = true;
        Done::Leave
    }
}
