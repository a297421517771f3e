//! What keys would do nothing here, although there is something that they do elsewhere:
//! nobody is offered them.

use super::{Desk, Dialog, Screen};
use crate::{
    model::{Millis, Stage},
    ui::keys::Act,
};

impl Desk {
    /// Whether an act would come to nothing but a word that says so.
    pub(crate) fn would_fail(&self, act: Act, stage: &Stage, now: Millis) -> bool {
        match act {
            Act::Choose => matches!(&self.dialog, Some(Dialog::Nearby(it)) if it.offers.is_empty()),
            Act::EditRole if self.screen == Screen::Cast => {
                self.marked_role().is_none_or(|it| it.text.is_empty())
            }
            // One end is seen by its own key.
            Act::SeenAll => stage.agents().filter(|it| it.unseen).count() < 2,
            Act::Attend | Act::Rest if self.screen == Screen::Inbox => {
                self.attended(stage, now).is_none()
            }
            act if act.directs() && self.lists_nobody(stage, now) => {
                !matches!(act, Act::NewAgent | Act::PauseAll) && !act.directs_plays()
            }
            // Nobody fits the filter: whoever has the keys is out of sight.
            act if self.screen == Screen::Stage && !self.filter.is_empty() => {
                let is_done_to_one = act == Act::Zoom
                    || (act.directs() && !matches!(act, Act::NewAgent | Act::PauseAll));
                is_done_to_one && self.in_sight(stage).is_empty()
            }
            _ => false,
        }
    }
}
