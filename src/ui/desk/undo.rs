//! Takes back what was typed last, or does it again.

use super::{Desk, Done};
use crate::ui::keys::Act;

impl Desk {
    pub(super) fn undo(&mut self, act: Act) -> Done {
        let is_undo = act == Act::Undo;
        if let Some(field) = self.field() {
            if is_undo { field.undo() } else { field.redo() }
        } else if let Some(area) = self.area() {
            if is_undo {
                area.undo()
            } else {
                area.redo()
            };
        } else {
            return Done::Nothing;
        }
        Done::Redraw
    }
}
