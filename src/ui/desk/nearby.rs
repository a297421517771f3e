//! Who runs elsewhere on this machine: found by its log, and put on the stage to be
//! watched.

use super::{Desk, Dialog, Done};
use crate::model::{Agent, Casting, Command, Level, Millis, Stage};

/// How long what was found is shown before it is looked for again.
const AGAIN: Millis = Millis(2000);

/// A session of another program that can be watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Its agent, as it would be cast here.
    pub casting: Casting,
    /// What its program calls the session.
    pub session: String,
    /// How long ago its log was written last, when it was looked for.
    pub age: Millis,
}

/// The sessions that are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Nearby {
    /// What was found, the newest first.
    pub offers: Vec<Offer>,
    /// Which is marked.
    pub selected: usize,
    /// They were looked for.
    pub is_known: bool,
    /// They are to be looked for now.
    is_wanted: bool,
    /// When they were asked for last.
    asked: Millis,
}

impl Offer {
    /// The agent of this stage that it is, if it is one: one that is watched, or one of
    /// ours whose program keeps that log.
    pub fn on_stage<'a>(&self, stage: &'a Stage) -> Option<&'a Agent> {
        let is_it = |it: &&Agent| {
            let is_own = it.link.as_ref().is_some_and(|link| link.session == self.session);
            let is_watched = it.casting.watches.is_some()
                && it.casting.watches == self.casting.watches
                && !it.is_over();
            is_watched || (is_own && !it.is_watched() && !self.session.is_empty())
        };
        stage.agents().find(is_it)
    }
}

impl Desk {
    /// Lists who runs elsewhere.
    pub(super) fn look_nearby(&mut self, now: Millis) -> Done {
        if self.is_replay() {
            return self.say(Level::Warning, self.nobody(), now);
        }
        let nearby = Nearby { is_wanted: true, asked: now, ..Nearby::default() };
        self.dialog = Some(Dialog::Nearby(nearby));
        Done::Redraw
    }

    /// Whether somebody has to be looked for now.
    pub const fn take_nearby_wish(&mut self) -> bool {
        match &mut self.dialog {
            Some(Dialog::Nearby(it)) => std::mem::replace(&mut it.is_wanted, false),
            _ => false,
        }
    }

    /// When they are looked for again, while they are listed.
    pub fn nearby_due(&self) -> Option<Millis> {
        match &self.dialog {
            Some(Dialog::Nearby(it)) if it.is_known => Some(it.asked.plus(AGAIN)),
            _ => None,
        }
    }

    /// Has them looked for again, when it is time.
    pub(super) fn look_nearby_again(&mut self, now: Millis) {
        if self.nearby_due().is_some_and(|due| due <= now)
            && let Some(Dialog::Nearby(it)) = &mut self.dialog
        {
            (it.is_wanted, it.asked) = (true, now);
        }
    }

    /// Lists what was found. Who is marked stays so, wherever it goes.
    pub fn take_nearby(&mut self, offers: Vec<Offer>) -> Done {
        let Some(Dialog::Nearby(it)) = &mut self.dialog else { return Done::Nothing };
        let log = |it: &Offer| it.casting.watches.as_ref().map(|it| it.log.clone());
        let marked = it.offers.get(it.selected).and_then(log);
        let is_marked = |it: &Offer| marked.is_some() && log(it) == marked;
        it.selected = offers.iter().position(is_marked).unwrap_or(0);
        (it.offers, it.is_known) = (offers, true);
        Done::Redraw
    }

    /// Puts who is marked on the stage, or looks at it where it is there.
    pub(super) fn watch(&mut self, nearby: &Nearby, stage: &Stage, now: Millis) -> Done {
        let Some(offer) = nearby.offers.get(nearby.selected) else { return Done::Redraw };
        self.filter.clear();
        self.return_to_stage();
        if let Some(agent) = offer.on_stage(stage) {
            return self.look_at(agent.id, stage, now);
        }
        Done::Send(vec![Command::Add(Box::new(offer.casting.clone()))])
    }
}
