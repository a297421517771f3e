//! What needs the director, as a list: what of it is marked, and what is done about it
//! without leaving.

use super::{Desk, Done, Plays, Screen};
use crate::{
    model::{
        AttendWish, Command, HoldReason, Item, ItemKey, Level, Millis, Reason, Stage, Urgency, Whom,
    },
    ui::keys::{Act, Context},
};

/// So long something rests that the director puts off.
pub const REST: Millis = Millis(10 * 60 * 1000);

/// How the list is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Inbox {
    /// What is marked; its place, for when it is gone.
    marked: Option<(ItemKey, usize)>,
    /// What rests is listed, too.
    pub shows_resting: bool,
    /// What was answered is shown instead.
    pub shows_settled: bool,
}

impl Desk {
    /// What is listed: what presses most first.
    pub fn inbox_items(&self, stage: &Stage, now: Millis) -> Vec<Item> {
        let mut items = stage.inbox();
        items.retain(|it| self.inbox.shows_resting || !it.is_resting(now));
        items
    }

    /// Goes to the list.
    pub fn open_inbox(&mut self, stage: &Stage, now: Millis) -> Done {
        let done = self.go_to_screen(Screen::Inbox, now);
        self.settle_inbox(stage, now);
        done
    }

    /// Which keys hold for what is marked.
    pub(super) fn context_of_inbox(&self, stage: &Stage) -> Context {
        // What is marked has the focus, or the step.
        let is_step =
            || matches!(self.inbox.marked, Some((key, _)) if matches!(key.whom, Whom::Step(..)));
        match self.focused_request(stage) {
            Some(_) => Context::InboxRequest,
            None if is_step() => Context::InboxStep,
            None => Context::Inbox,
        }
    }

    /// What is marked of that: the mark goes with what it is on, and to what comes next
    /// when that is seen to.
    pub fn marked_item(&self, items: &[Item]) -> Option<usize> {
        let last = items.len().checked_sub(1)?;
        let Some((key, place)) = self.inbox.marked else { return Some(0) };
        Some(items.iter().position(|it| it.key == key).unwrap_or(place.min(last)))
    }

    /// Has the keys go to what is marked.
    pub(super) fn settle_inbox(&mut self, stage: &Stage, now: Millis) {
        if self.screen != Screen::Inbox {
            return;
        }
        let items = self.inbox_items(stage, now);
        let Some((place, item)) =
            self.marked_item(&items).and_then(|it| Some((it, *items.get(it)?)))
        else {
            self.request = None;
            return;
        };
        self.inbox.marked = Some((item.key, place));
        match item.key.whom {
            Whom::Agent(agent) => {
                let _redraw = self.look_at(agent, stage, now);
                // In a replay nobody is answered.
                let request = item.request.filter(|_| !self.is_replay()).map(|it| (agent, it));
                if self.request != request {
                    (self.request, self.request_scroll) = (request, 0);
                }
            }
            Whom::Step(play, place) => {
                self.request = None;
                self.plays = Plays { play: Some(play), ..self.plays.begun() };
                let _redraw = self.mark_step_at(place, stage);
            }
            Whom::Limit(_) => self.request = None,
        }
    }

    /// Marks what stands so many places further down.
    pub(super) fn mark_item(&mut self, places: isize, stage: &Stage, now: Millis) -> Done {
        let items = self.inbox_items(stage, now);
        let Some(here) = self.marked_item(&items) else {
            return self.say(Level::Note, "nobody needs you", now);
        };
        let count = items.len().max(1).cast_signed();
        self.mark_item_at(
            (here.cast_signed() + places).rem_euclid(count).unsigned_abs(),
            stage,
            now,
        )
    }

    /// Marks what stands so many places further, as far as there is something.
    pub(super) fn page_items(&mut self, places: isize, stage: &Stage, now: Millis) -> Done {
        let items = self.inbox_items(stage, now);
        let Some(here) = self.marked_item(&items) else {
            return self.say(Level::Note, "nobody needs you", now);
        };
        let last = items.len().saturating_sub(1);
        self.mark_item_at(here.saturating_add_signed(places).min(last), stage, now)
    }

    /// Marks what stands at that place.
    pub fn mark_item_at(&mut self, place: usize, stage: &Stage, now: Millis) -> Done {
        let items = self.inbox_items(stage, now);
        let Some(item) = items.get(place) else { return Done::Nothing };
        self.inbox.marked = Some((item.key, place));
        self.settle_inbox(stage, now);
        Done::Redraw
    }

    /// What the keys go to on this screen: none where nothing needs anybody.
    pub fn attended(&self, stage: &Stage, now: Millis) -> Option<Item> {
        let items = self.inbox_items(stage, now);
        items.get(self.marked_item(&items)?).copied()
    }

    /// Whether it lists things, and no agent is marked: whoever has the keys on the stage is
    /// not seen here.
    pub(crate) fn lists_nobody(&self, stage: &Stage, now: Millis) -> bool {
        self.screen == Screen::Inbox
            && self.attended(stage, now).and_then(|it| it.agent()).is_none()
    }

    /// Whether what is marked came there after the last picture: then a key was meant for
    /// something else.
    pub(super) fn is_unmet(&self, stage: &Stage, now: Millis) -> bool {
        self.screen == Screen::Inbox
            && self.attended(stage, now).is_some_and(|it| self.shown.item != Some(it.key))
    }

    /// Does something about what is marked.
    pub(super) fn attend(&mut self, act: Act, stage: &Stage, now: Millis) -> Done {
        if self.screen != Screen::Inbox {
            return Done::Nothing;
        }
        if self.is_replay() && matches!(act, Act::Rest | Act::Seen) {
            return self.say(Level::Warning, self.nobody(), now);
        }
        match act {
            Act::ShowResting => self.inbox.shows_resting = !self.inbox.shows_resting,
            Act::ShowSettled => self.inbox.shows_settled = !self.inbox.shows_settled,
            act => {
                let Some(item) = self.attended(stage, now) else {
                    return self.say(Level::Note, "nobody needs you", now);
                };
                return self.attend_to(item, act, stage, now);
            }
        }
        self.settle_inbox(stage, now);
        Done::Redraw
    }

    fn attend_to(&mut self, item: Item, act: Act, stage: &Stage, now: Millis) -> Done {
        let key = item.key;
        match act {
            Act::Rest if item.is_resting(now) => attended(AttendWish::Wake(key)),
            Act::Rest => attended(AttendWish::Rest { item: key, until: now.plus(REST) }),
            Act::Seen => match item.agent() {
                Some(agent) if key.reason.urgency() == Urgency::Ended => {
                    Done::Send(vec![Command::Look(agent)])
                }
                _ => self.say(Level::Note, "it waits for more than to be looked at", now),
            },
            _ => match (key.whom, key.reason) {
                (Whom::Limit(_), _) if self.is_replay() => {
                    self.say(Level::Warning, self.nobody(), now)
                }
                (Whom::Agent(_), Reason::Question | Reason::Budget) if self.is_replay() => {
                    self.zoom(stage, now)
                }
                (Whom::Limit(told), _) => self.raise_near(told, stage),
                (Whom::Step(play, place), _) => self.look_at_step((play, place), stage, now),
                (Whom::Agent(_), Reason::Question | Reason::Budget) => self.answer(stage, now),
                (
                    Whom::Agent(_),
                    Reason::Drift | Reason::DriftAsked | Reason::Held(HoldReason::Watch),
                ) => self.open_evidence(stage, now),
                (Whom::Agent(_), _) => self.zoom(stage, now),
            },
        }
    }
}

fn attended(wish: AttendWish) -> Done {
    Done::Send(vec![Command::Attend(Box::new(wish))])
}
