//! What becomes of something that was found out after the screen had opened.

use super::{Finding, Show};
use crate::{
    model::Millis,
    ui::desk::{Done, ThemeAnswer},
};

impl Show {
    /// Takes it in.
    pub(super) fn find_out(&mut self, finding: Finding, now: Millis) -> Done {
        match finding {
            Finding::Program(name, about) => self.desk.note_program(&name, &about, &self.stage),
            Finding::Called(name) => self.desk.take_name(name),
            Finding::Role(answer) => self.desk.take_role(answer, &self.stage, now),
            Finding::Themes(ThemeAnswer::Settable(all)) => {
                self.desk.take_settable(all, &self.stage)
            }
            Finding::Themes(answer) => self.desk.take_themes(answer, now),
            Finding::Script(answer) => self.desk.take_script(answer, &self.stage, now),
            Finding::Past(answer) => self.desk.take_past(answer, now),
            Finding::Versus(answer) => self.desk.take_versus(*answer),
            Finding::Reckoned(reckoning) => self.desk.take_reckoning(reckoning),
            Finding::Nearby(offers) => self.desk.take_nearby(offers),
            Finding::Tracks(tracks) => self.desk.note_tracks(tracks, &self.stage),
        }
    }
}
