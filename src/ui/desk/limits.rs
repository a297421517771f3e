//! All budgets there are, how much of each is used, and another amount for one.

use super::{Desk, Dialog, Done};
use crate::model::{Level, Millis, Seq, Stage, Whose};

/// The budgets, to raise one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitList {
    /// Whose they are.
    pub limits: Vec<Whose>,
    /// Which is marked.
    pub selected: usize,
}

impl Desk {
    /// Lists all budgets.
    pub(super) fn show_limits(&mut self, stage: &Stage) -> Done {
        let limits = stage.all_limits();
        self.dialog = Some(Dialog::Limits(LimitList { limits, selected: 0 }));
        Done::Redraw
    }

    /// Asks what may be spent of the one that is marked.
    pub(super) fn choose_limit(&mut self, list: &LimitList, stage: &Stage, now: Millis) -> Done {
        let Some(whose) = list.limits.get(list.selected) else { return Done::Nothing };
        if self.is_replay() {
            return self.say(Level::Note, "in a replay nothing is changed", now);
        }
        self.ask_for_limit(whose.clone(), None, stage)
    }

    /// Asks for more of a budget that is nearly used up.
    pub(super) fn raise_near(&mut self, told: Seq, stage: &Stage) -> Done {
        let Some(near) = stage.nearing_told(told) else { return Done::Nothing };
        self.ask_for_limit(near.whose.clone(), None, stage)
    }
}
