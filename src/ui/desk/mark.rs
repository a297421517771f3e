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
        let round = |at: usize, count: usize| match count.cast_signed() {
            0 => 0,
            count => (at.cast_signed() + places).rem_euclid(count).unsigned_abs(),
        };
        match &mut self.dialog {
            Some(Dialog::Question(it)) => it.selected = round(it.selected, it.choices.len()),
            Some(Dialog::Palette(it)) => it.selected = round(it.selected, it.matches.len()),
            Some(Dialog::Command(_)) => return self.recall_command(places),
            Some(Dialog::Redirects(it)) => it.selected = round(it.selected, it.queued.len()),
            Some(Dialog::Limits(it)) => it.selected = round(it.selected, it.limits.len()),
            Some(Dialog::Nearby(it)) => it.selected = round(it.selected, it.offers.len()),
            Some(Dialog::Themes(it)) => it.selected = round(it.selected, it.offers.len()),
            Some(Dialog::Evidence(it)) => it.selected = round(it.selected, it.rows.len()),
            Some(Dialog::NewAgent(it)) => it.selected = round(it.selected, it.roles.len()),
            Some(Dialog::Script(form)) => form.turn(places),
            Some(Dialog::Retake(form)) => form.choose(places, stage),
            Some(Dialog::Help(_)) => return self.scroll_lines(places, stage),
            Some(
                Dialog::Prompt(_)
                | Dialog::Role(_)
                | Dialog::Draft(_)
                | Dialog::Copying(_)
                | Dialog::Setup,
            )
            | None => {
                return Done::Nothing;
            }
        }
        Done::Redraw
    }

    /// The line of a list that is marked, or the choice, where a key takes it.
    pub fn marked_choice(&self) -> Option<usize> {
        match self.dialog.as_ref()? {
            Dialog::Question(it) => Some(it.selected),
            Dialog::Palette(it) => Some(it.selected),
            Dialog::Redirects(it) => Some(it.selected),
            Dialog::Limits(it) => Some(it.selected),
            Dialog::Nearby(it) => Some(it.selected),
            Dialog::Themes(it) => Some(it.selected),
            Dialog::Evidence(it) => Some(it.selected),
            Dialog::Command(line) => line.marked(),
            Dialog::NewAgent(_)
            | Dialog::Script(_)
            | Dialog::Help(_)
            | Dialog::Setup
            | Dialog::Copying(_)
            | Dialog::Prompt(_)
            | Dialog::Role(_)
            | Dialog::Retake(_)
            | Dialog::Draft(_) => None,
        }
    }

    /// Takes what is marked.
    pub fn take_choice(&mut self, stage: &Stage, now: Millis) -> Done {
        self.act(Act::Choose, stage, now)
    }

    /// Marks the choice, or the line of a list, that was clicked.
    pub fn mark_choice(&mut self, place: usize) -> Done {
        let (selected, count) = match &mut self.dialog {
            Some(Dialog::Question(it)) => (&mut it.selected, it.choices.len()),
            Some(Dialog::Palette(it)) => (&mut it.selected, it.matches.len()),
            Some(Dialog::Redirects(it)) => (&mut it.selected, it.queued.len()),
            Some(Dialog::Limits(it)) => (&mut it.selected, it.limits.len()),
            Some(Dialog::Nearby(it)) => (&mut it.selected, it.offers.len()),
            Some(Dialog::Themes(it)) => (&mut it.selected, it.offers.len()),
            Some(Dialog::Evidence(it)) => (&mut it.selected, it.rows.len()),
            Some(Dialog::NewAgent(it)) => (&mut it.selected, it.roles.len()),
            Some(Dialog::Script(form)) => {
                form.turn_to(place);
                return Done::Redraw;
            }
            Some(Dialog::Command(line)) => {
                line.choose(place);
                return Done::Redraw;
            }
            Some(
                Dialog::Help(_)
                | Dialog::Setup
                | Dialog::Copying(_)
                | Dialog::Prompt(_)
                | Dialog::Role(_)
                | Dialog::Retake(_)
                | Dialog::Draft(_),
            )
            | None => return Done::Nothing,
        };
        *selected = place.min(count.saturating_sub(1));
        Done::Redraw
    }
}
