//! Which choice is marked, of what stands over the stage or lies on a screen.

use super::{Desk, Dialog, Done};
use crate::{
    model::{Millis, Stage},
    ui::keys::Act,
};

impl Desk {
    /// Marks the next choice, or one before.
    pub(super) fn mark(&mut self, places: isize, stage: &Stage, now: Millis) -> Done {
        if self.dialog.is_none()
            && let Some(done) = self.mark_on_screen(places, stage, now)
        {
            return done;
        }
        let Some(dialog) = &mut self.dialog else { return Done::Nothing };
        if let Some((selected, count)) = dialog.list() {
            *selected = round(*selected, places, count);
            return Done::Redraw;
        }
        match dialog {
            Dialog::Command(_) => return self.recall_command(places),
            Dialog::Help(_) => return self.scroll_lines(places, stage),
            Dialog::Script(form) => form.turn(places),
            Dialog::Retake(form) => form.choose(places, stage),
            _ => return Done::Nothing,
        }
        Done::Redraw
    }

    /// The line of a list that is marked, or the choice, where a key takes it.
    pub fn marked_choice(&mut self) -> Option<usize> {
        match self.dialog.as_mut()? {
            Dialog::Command(line) => line.marked(),
            // Its roles are one field of several.
            Dialog::NewAgent(_) => None,
            dialog => dialog.list().map(|it| *it.0),
        }
    }

    /// Takes what is marked.
    pub fn take_choice(&mut self, stage: &Stage, now: Millis) -> Done {
        self.act(Act::Choose, stage, now)
    }

    /// Marks the choice, or the line of a list, that was clicked.
    pub fn mark_choice(&mut self, place: usize) -> Done {
        match &mut self.dialog {
            Some(Dialog::Script(form)) => form.turn_to(place),
            Some(Dialog::Command(line)) => line.choose(place),
            Some(dialog) => {
                let Some((selected, count)) = dialog.list() else { return Done::Nothing };
                *selected = place.min(count.saturating_sub(1));
            }
            None => return Done::Nothing,
        }
        Done::Redraw
    }
}

impl Dialog {
    /// Which line of its list is marked, and of how many; none where it has no such list.
    fn list(&mut self) -> Option<(&mut usize, usize)> {
        Some(match self {
            Self::Question(it) => (&mut it.selected, it.choices.len()),
            Self::Palette(it) => (&mut it.selected, it.matches.len()),
            Self::Redirects(it) => (&mut it.selected, it.queued.len()),
            Self::Limits(it) => (&mut it.selected, it.limits.len()),
            Self::Nearby(it) => (&mut it.selected, it.offers.len()),
            Self::Themes(it) => (&mut it.selected, it.offers.len()),
            Self::Evidence(it) => (&mut it.selected, it.rows.len()),
            Self::NewAgent(it) => (&mut it.selected, it.roles.len()),
            Self::Command(_)
            | Self::Script(_)
            | Self::Help(_)
            | Self::Setup
            | Self::Copying(_)
            | Self::Prompt(_)
            | Self::Role(_)
            | Self::Retake(_)
            | Self::Draft(_) => return None,
        })
    }
}

/// So many places on from there, from the last to the first and back.
fn round(at: usize, places: isize, count: usize) -> usize {
    match count.cast_signed() {
        0 => 0,
        count => (at.cast_signed() + places).rem_euclid(count).unsigned_abs(),
    }
}
