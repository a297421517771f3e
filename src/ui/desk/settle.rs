//! How the desk keeps up with the stage.

use super::{Desk, DraftKey, Purpose, Screen, Shown};
use crate::{
    casting::StandingRole,
    model::{
        Agent, Delivery, EntryKind, HoldReason, Level, Millis, Refusal, RequestId, Stage, Status,
        play::Play,
    },
};
use std::collections::btree_map::Entry;

impl Desk {
    /// Follows the stage after records: an agent is focused where there is one,
    /// a request that was answered no longer has the keys, drafts that became
    /// facts are drafts no more.
    pub fn settle(&mut self, stage: &Stage, now: Millis) {
        self.pin_awaited(stage);
        self.settle_marks(stage);
        self.plays.are_there = stage.plays().len() > 0;
        if self.focus != self.settled_on || self.screen != Screen::Stage {
            self.away = None;
        }
        if self.focused(stage).is_none() {
            let is_followed = self.is_replay() && self.screen == Screen::Zoom;
            self.away = self.away.or(self.focus.filter(|_| is_followed));
            self.focus = None;
            self.stage_is_empty();
            if let Some(first) = self.in_sight(stage).first() {
                // What is left to do is found again by the loop's glance.
                let _redraw = self.look_at(*first, stage, now);
            }
            self.settled_on = self.focus;
        }
        self.come_back(stage, now);
        self.meet(stage, now);
        if self.request.is_some() && self.focused_request(stage).is_none() {
            self.request = None;
            self.request_scroll = 0;
        }
        if self.sent.as_ref().is_some_and(|(key, text)| is_fact(*key, text, stage))
            && let Some((key, text)) = self.sent.take()
            && self.drafts.get(&key) == Some(&text)
        {
            self.drafts.remove(&key);
        }
        if self.is_pausing_all {
            self.tell_held(stage, now);
        }
        self.settle_inbox(stage, now);
        self.is_typing &= self.typed_to(stage).is_some();
    }

    /// Turns back to who is followed in a replay, once it is there again.
    fn come_back(&mut self, stage: &Stage, now: Millis) {
        if let Some(agent) = self.away.filter(|it| stage.agent(*it).is_some()) {
            self.away = None;
            let _redraw = self.look_at(agent, stage, now);
            let _zoomed = self.zoom(stage, now);
        }
    }

    /// Looks at whom is waited for, once it is there; unless the director has turned to
    /// somebody else meanwhile.
    fn meet(&mut self, stage: &Stage, now: Millis) {
        let Some(agent) = self.expects.filter(|it| stage.agent(*it).is_some()) else { return };
        self.expects = None;
        if self.focus == self.settled_on {
            let _redraw = self.look_at(agent, stage, now);
            // What was found before is found there: its event is the last one at the cursor.
            if let Some(text) = self.seeks.take() {
                let _redraw = self.zoom(stage, now);
                let _redraw = self.find(text, stage, now);
            }
        }
    }

    /// "3 of 7 held", until every agent is.
    fn tell_held(&mut self, stage: &Stage, now: Millis) {
        let living: Vec<_> = stage.agents().filter(|it| it.is_awaited()).collect();
        let is_held =
            |it: &&&Agent| it.is_held_for(HoldReason::Director) && it.status() == Status::Paused;
        let (all, held) = (living.len(), living.iter().filter(is_held).count());
        let goes_on = |it: &Play| !it.paused && it.stopping.is_none();
        self.is_pausing_all = held < all || stage.playing().any(goes_on);
        let scripts = stage.playing().filter(|it| it.paused).count();
        let scripts = match scripts {
            0 => String::new(),
            1 => "; nothing of the script begins".to_owned(),
            _ => "; nothing of the scripts begins".to_owned(),
        };
        let agents = match all {
            0 => "nobody is at work".to_owned(),
            _ => format!("{held} of {all} held"),
        };
        self.say(Level::Note, format!("{agents}{scripts}"), now);
    }

    /// Takes what the last picture showed; says whether the next one would
    /// differ because of it.
    pub fn take_shown(&mut self, shown: Shown, stage: &Stage) -> bool {
        self.was_pasted = false;
        self.changes.top = shown.top;
        self.meet_step(shown.step, stage);
        let changes = shown.grid != self.shown.grid;
        // No further back than there is something to look at.
        for (agent, back) in &shown.peeks {
            self.peeks.entry(*agent).and_modify(|it| it.back = *back);
        }
        self.shown = shown;
        if changes {
            let page = self.page;
            self.turn_page(stage);
            return page != self.page;
        }
        false
    }

    /// Tells why a command was not carried out.
    pub fn refused(&mut self, refusal: &Refusal, now: Millis) {
        self.is_pausing_all = false;
        let kept = self.keep_sent();
        self.say(Level::Warning, format!("{refusal}{kept}"), now);
    }

    /// Keeps the text of what was refused, and says where. A change to a message
    /// that has gone out, or an answer that nobody waits for any more, can't be
    /// opened again: it becomes the draft of a new message.
    fn keep_sent(&mut self) -> String {
        let Some((key, text)) = self.sent.take() else { return String::new() };
        if let DraftKey::Editor(Purpose::EditRedirect(agent, _) | Purpose::Answer(agent, _)) = key {
            let redirect = DraftKey::Editor(Purpose::Redirect(agent));
            if let Entry::Vacant(free) = self.drafts.entry(redirect) {
                free.insert(text);
                self.drafts.remove(&key);
                return "; your text is kept for a new redirect".to_owned();
            }
        }
        "; your text is kept".to_owned()
    }

    /// Tells that the supervisor has no room for another command just now.
    pub fn busy(&mut self, now: Millis) {
        let kept = if self.sent.take().is_some() { "; your text is kept" } else { "" };
        self.is_leaving = false;
        self.is_pausing_all = false;
        self.looked = None;
        self.say(Level::Warning, format!("busy, press again{kept}"), now);
    }
}

/// Whether a text that was sent has arrived.
fn is_fact(key: DraftKey, text: &str, stage: &Stage) -> bool {
    let purpose = match key {
        DraftKey::Editor(purpose) => purpose,
        DraftKey::NewAgent => {
            let stands = || stage.plays().any(|it| StandingRole::does(&it.script, text));
            return stage.agents().any(|it| it.casting.brief == text) || stands();
        }
        DraftKey::Goal => return super::library::is_planned(text, stage),
    };
    if purpose == Purpose::RedirectMarked {
        return stage.agents().any(|it| it.redirects.iter().any(|it| it.text == text));
    }
    if let Purpose::Step(_) | Purpose::StepRole(_) | Purpose::HandOff(..) = purpose {
        return super::rewrite::is_written(purpose, text, stage);
    }
    let Some(agent) = purpose.agent().and_then(|it| stage.agent(it)) else { return false };
    match purpose {
        Purpose::Redirect(_) => agent.redirects.iter().any(|it| it.text == text),
        Purpose::EditRedirect(_, id) => agent.redirect(id).is_some_and(|it| {
            it.text == text || (text.trim().is_empty() && it.delivery == Delivery::TakenBack)
        }),
        Purpose::Instructions(_) => agent.instructions.iter().any(|it| *it.text == *text),
        Purpose::Brief(_) => agent.casting.brief == text,
        Purpose::Fork(_) => stage.agents().any(|it| it.casting.brief == text),
        Purpose::Answer(_, id) => was_answered(agent, id, text),
        Purpose::RedirectMarked
        | Purpose::Step(_)
        | Purpose::StepRole(_)
        | Purpose::HandOff(..) => false,
    }
}

/// Whether a request was answered in these words. One that was withdrawn, or
/// lost with the run that asked, was not.
fn was_answered(agent: &Agent, id: RequestId, text: &str) -> bool {
    let answer = agent.log.entries().rev().find_map(|it| match &it.kind {
        EntryKind::Request { request, answer, .. } if *request == id => Some(answer.as_deref()),
        _ => None,
    });
    answer.flatten() == Some(text)
}
