//! How far texts are scrolled.

use super::{Anchor, Desk, Dialog, Done, ReadWish, Screen, Scroll};
use crate::{
    model::{Millis, Stage},
    ui::keys::Act,
};

impl Desk {
    pub(super) fn scroll_by(&mut self, act: Act, stage: &Stage, now: Millis) -> Done {
        let is_asked = self.dialog.is_none() && self.scrolls_request(stage);
        let lines = if is_asked { self.shown.request_lines } else { self.shown.lines };
        let page = lines.max(2).cast_signed();
        let lines = match act {
            Act::ScrollUp => -1,
            Act::ScrollDown => 1,
            Act::HalfPageUp => -page / 2,
            Act::HalfPageDown => page / 2,
            Act::PageUp => 1 - page,
            Act::PageDown => page - 1,
            Act::ScrollTop => isize::MIN,
            _ => isize::MAX,
        };
        let is_listed = self.screen == Screen::Inbox && self.dialog.is_none();
        if is_listed && !self.scrolls_request(stage) {
            return self.page_items(lines, stage, now);
        }
        let in_text =
            matches!(self.dialog, Some(Dialog::Help(_) | Dialog::Question(_) | Dialog::Copying(_)))
                || self.scrolls_request(stage)
                || self.screen != Screen::Stage;
        if in_text { self.scroll_lines(lines, stage) } else { self.turn_pages(lines, stage, now) }
    }

    /// Scrolls what has the keys by so many lines, down if positive.
    pub fn scroll_lines(&mut self, lines: isize, stage: &Stage) -> Done {
        let moved = |from: usize, most: usize| from.saturating_add_signed(lines).min(most);
        match &mut self.dialog {
            Some(Dialog::Help(help)) => {
                let rows: usize = help.parts.iter().map(|part| part.lines.len() + 2).sum();
                let most = self.shown.most.unwrap_or(rows.saturating_sub(1));
                help.scroll = moved(help.scroll, most);
                return Done::Redraw;
            }
            Some(Dialog::Question(question)) => {
                if let Some(change) = &mut question.change {
                    let rows = change.before.lines().count() + change.after.lines().count();
                    let most = self.shown.most.unwrap_or(rows);
                    change.scroll = moved(change.scroll, most.min(self.shown.change_end));
                }
                return Done::Redraw;
            }
            Some(Dialog::Copying(copying)) => {
                copying.go(lines);
                return Done::Redraw;
            }
            Some(_) => return Done::Nothing,
            None => {}
        }
        if self.scrolls_request(stage) {
            // What is approved was all in sight: nothing is jumped over.
            let end = self.shown.request_end.filter(|it| Some((it.0, it.1)) == self.request);
            let end = end.map_or(self.request_scroll, |it| it.2);
            self.request_scroll = moved(self.request_scroll, self.shown.request_most.min(end));
        } else if self.screen == Screen::Cast {
            let most = self.shown.most.unwrap_or(usize::MAX >> 1);
            self.cast.scroll = moved(self.cast.scroll, most);
        } else if self.screen == Screen::Audition {
            let most = self.shown.most.unwrap_or(usize::MAX >> 1);
            self.audition_scroll = moved(self.audition_scroll, most);
        } else if self.screen == Screen::Past {
            return self.past.page(lines);
        } else if self.screen == Screen::Ledger {
            self.ledger.scroll = moved(self.ledger.scroll, self.shown.most.unwrap_or(0));
        } else if self.screen == Screen::Versus {
            return self.move_in_versus(lines);
        } else if self.screen == Screen::Diffs {
            let most = self.shown.most.unwrap_or(usize::MAX >> 1);
            self.pair.top = moved(self.pair.top, most);
        } else if self.shows_library() {
            let most = self.shown.most.unwrap_or(usize::MAX >> 1);
            self.scripts.scroll = moved(self.scripts.scroll, most);
        } else if self.screen == Screen::Script {
            let most = self.shown.most.unwrap_or(usize::MAX >> 1);
            self.plays.scroll = moved(self.plays.scroll, most);
        } else if self.screen == Screen::Zoom && self.tab.grows() {
            self.scroll_back(lines);
        } else if self.looks_at_changes(stage).is_some() && self.changes.sheet.is_some() {
            return self.move_place(lines);
        } else if self.screen == Screen::Zoom {
            self.sheet = moved(self.sheet, self.shown.most.unwrap_or(usize::MAX >> 1));
        } else {
            return Done::Nothing;
        }
        Done::Redraw
    }

    /// Whether there is more of the request that has the keys than is in sight:
    /// then scrolling scrolls it.
    pub(super) fn scrolls_request(&self, stage: &Stage) -> bool {
        self.shown.request_most > 0 && self.focused_request(stage).is_some()
    }

    /// Scrolls a text that grows at its end. Beyond what is loaded, more is
    /// wished for.
    fn scroll_back(&mut self, lines: isize) {
        let is_at_end = self.reading.as_ref().is_none_or(|it| it.at_end);
        if lines == isize::MAX {
            if !is_at_end {
                self.beyond = Some(Anchor::End);
            }
            self.scroll = Scroll::Follow;
            return;
        }
        let from = match self.scroll {
            Scroll::Follow => 0,
            Scroll::Back(back) => back,
            Scroll::At(_) => self.shown.back,
        };
        let most = self.shown.most.unwrap_or(usize::MAX >> 1);
        // The first line was asked for before anybody knew how far back it is.
        let from = from.min(most);
        let wanted = if lines == isize::MIN {
            most
        } else {
            from.saturating_add_signed(lines.saturating_neg())
        };
        if let Some(reading) = self.reading.as_ref().filter(|it| it.agent_is(self.focus)) {
            if lines < 0 && !reading.at_start && (wanted >= most || lines == isize::MIN) {
                let start = lines == isize::MIN;
                self.beyond =
                    Some(if start { Anchor::Start } else { Anchor::Around(reading.first) });
            } else if lines > 0 && !is_at_end && wanted == 0 {
                self.beyond = Some(Anchor::Around(reading.last));
            }
        }
        self.scroll = match wanted.min(most) {
            0 if is_at_end => Scroll::Follow,
            back => Scroll::Back(back),
        };
    }

    /// Turns the pages of the grid, to the agent in the same corner.
    pub(super) fn turn_pages(&mut self, lines: isize, stage: &Stage, now: Millis) -> Done {
        let agents = self.in_sight(stage);
        let per_page = self.shown.grid.per_page();
        let Some(last) = agents.len().checked_sub(1) else { return Done::Nothing };
        let page = match lines {
            isize::MIN => 0,
            isize::MAX => last / per_page,
            lines => self.page.saturating_add_signed(lines.signum()).min(last / per_page),
        };
        let place = if lines == isize::MAX { last } else { page * per_page };
        let at_this_page = agents
            .iter()
            .position(|it| Some(*it) == self.focus)
            .is_some_and(|it| it / per_page == page);
        if at_this_page && !matches!(lines, isize::MIN | isize::MAX) {
            return Done::Nothing;
        }
        match agents.get(place) {
            Some(agent) => self.look_at(*agent, stage, now),
            None => Done::Nothing,
        }
    }

    /// A stretch of the log that should be read from the journal, if one should.
    pub fn wish(&self) -> Option<ReadWish> {
        if let Some(agent) = self.copies_log {
            return Some(ReadWish { agent, anchor: Anchor::Whole });
        }
        let agent = self.focus.filter(|_| self.screen == Screen::Zoom && self.tab.grows())?;
        match &self.reading {
            Some(reading) if reading.agent == agent => {
                self.beyond.map(|anchor| ReadWish { agent, anchor })
            }
            _ => Some(ReadWish { agent, anchor: Anchor::End }),
        }
    }

    /// Takes a stretch of the log that was wished for, and keeps the place.
    pub fn take_reading(&mut self, reading: super::Reading) {
        if self.focus != Some(reading.agent) {
            return;
        }
        let beyond = self.beyond.take();
        match beyond {
            Some(Anchor::Around(place)) => {
                let old = self.reading.as_ref();
                let towards_start = old.is_some_and(|it| place <= it.first);
                let entries = |it: &super::Reading| {
                    let mut seqs = it.log.entries().map(|entry| entry.seq);
                    if towards_start { seqs.next() } else { seqs.next_back() }
                };
                if let Some(seq) = old.and_then(entries) {
                    self.scroll = Scroll::At(seq);
                }
            }
            Some(Anchor::Start) => self.scroll = Scroll::Back(usize::MAX >> 1),
            Some(Anchor::End | Anchor::Whole) | None => {}
        }
        let before = self.reading.as_ref().map(|it| (it.first, it.last));
        self.reading = Some(reading);
        self.search_on(before);
    }
}

impl super::Reading {
    fn agent_is(&self, focus: Option<crate::model::AgentId>) -> bool {
        Some(self.agent) == focus
    }
}
