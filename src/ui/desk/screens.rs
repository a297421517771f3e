//! From one screen to another, and back to where the director was.

use super::{Desk, Done, Screen};
use crate::{
    model::{Level, Millis, Stage},
    ui::keys::{Act, Section},
};

impl Desk {
    /// The screens that there are here, in the order of the header. A replay has
    /// no cast: nobody can be cast in what has happened, and that of scripts is there where
    /// one was played.
    pub fn named_screens(&self) -> Vec<Screen> {
        let is_here = |it: &Screen| match it {
            Screen::Cast => !self.is_replay(),
            // What is watched is answered where it runs, and nobody knows what it asks.
            Screen::Inbox => !self.is_watch,
            Screen::Script => self.plays.are_there || !self.is_replay(),
            Screen::Past => self.past.is_there,
            Screen::Stage
            | Screen::Zoom
            | Screen::Audition
            | Screen::Diffs
            | Screen::Versus
            | Screen::Ledger => true,
        };
        Screen::NAMED.into_iter().filter(is_here).collect()
    }

    /// Goes to another screen. The stage is found again as it was left, and from
    /// one agent alone its key leads to all of them.
    pub fn go_to_screen(&mut self, screen: Screen, now: Millis) -> Done {
        if !self.named_screens().contains(&screen) {
            let text = match screen {
                Screen::Script => "no script was played in this session",
                Screen::Past => "former sessions can't be looked at here",
                Screen::Inbox => self.nobody(),
                _ => "this is a replay: there is nobody to cast",
            };
            return self.say(Level::Warning, text, now);
        }
        match (self.screen, screen) {
            (Screen::Zoom, Screen::Stage) => {
                (self.screen, self.zoomed_from) = (Screen::Stage, Screen::Stage);
            }
            (_, Screen::Stage) => self.return_to_stage(),
            (here, there) => {
                if here.is_of_stage() {
                    self.left = here;
                }
                self.is_typing = false;
                self.screen = there;
                if self.shows_library() {
                    self.want_scripts();
                }
                if there == Screen::Past {
                    self.list_past();
                }
            }
        }
        Done::Redraw
    }

    /// Goes back to the stage, as it was left.
    pub(super) const fn return_to_stage(&mut self) {
        if !self.screen.is_of_stage() {
            self.screen = self.left;
        }
    }

    /// Marks what is listed on this screen so many places further; none where nothing is.
    pub(super) fn mark_on_screen(
        &mut self,
        places: isize,
        stage: &Stage,
        now: Millis,
    ) -> Option<Done> {
        Some(match self.screen {
            Screen::Cast => self.mark_role(places),
            Screen::Audition => self.mark_take(places, stage, now),
            Screen::Past => self.past.mark(places),
            Screen::Inbox => self.mark_item(places, stage, now),
            Screen::Script if self.shows_library() => self.mark_script(places),
            Screen::Script => self.mark_step(places, stage),
            Screen::Stage | Screen::Zoom | Screen::Diffs | Screen::Versus | Screen::Ledger => {
                return None;
            }
        })
    }

    /// No agent can be looked at alone any more.
    pub(super) fn stage_is_empty(&mut self) {
        (self.left, self.zoomed_from) = (Screen::Stage, Screen::Stage);
        if self.screen == Screen::Zoom {
            self.screen = Screen::Stage;
        }
    }

    /// Whether an act is for what another screen shows.
    pub(super) fn is_out_of_sight(&self, act: Act) -> bool {
        let own = match self.screen {
            Screen::Cast => Section::Cast,
            Screen::Script if self.shows_library() => Section::Library,
            Screen::Script => Section::Script,
            Screen::Audition => Section::Audition,
            Screen::Diffs => Section::Diffs,
            Screen::Versus => Section::Versus,
            Screen::Past => Section::Past,
            Screen::Inbox => Section::Inbox,
            Screen::Ledger => Section::Ledger,
            Screen::Stage | Screen::Zoom => Section::Everywhere,
        };
        // In the inbox whoever is marked is directed, too.
        let is_directed = |it: &Section| {
            self.screen == Screen::Inbox && matches!(it, Section::Direct | Section::Request)
        };
        let seen = |it: &Section| *it == own || *it == Section::Everywhere || is_directed(it);
        let only = |wanted: Section| act.sections().iter().all(|it| *it == wanted);
        (!self.screen.is_of_stage() && !act.sections().iter().any(seen))
            || (only(Section::Diffs) && self.screen != Screen::Diffs)
            || (only(Section::Versus) && self.screen != Screen::Versus)
            || (only(Section::Script) && self.screen != Screen::Script)
            || (only(Section::Library) && !self.shows_library())
            || (only(Section::Inbox) && self.screen != Screen::Inbox)
            || (only(Section::Ledger) && self.screen != Screen::Ledger)
            || (only(Section::Past) && self.screen != Screen::Past)
    }
}
