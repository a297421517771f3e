//! What is known of an agent before it comes on stage.

use super::{Actor, NAME, TITLE};
use crate::{
    interop::desk::{Desk, Task},
    model::{Bond, CallId, Event, Origin, Turn},
    text::one_line,
};

/// No terminal is larger, in columns or rows.
const LARGEST: u16 = 500;

impl Actor {
    /// What its program calls its session; empty where that is not told.
    pub(in crate::interop) fn session(&self) -> &str {
        &self.link.1
    }

    /// Which program it is, where it works and as whom, as far as a record says so.
    pub(in crate::interop) fn is_in(&mut self, program: &str, session: &str, folder: &str) {
        if self.held.is_some() {
            let set = |to: &mut String, text: &str| {
                if to.is_empty() {
                    *to = one_line(text, TITLE);
                }
            };
            set(&mut self.link.0, program);
            set(&mut self.link.1, session);
            set(&mut self.casting.workspace, folder);
        }
    }

    /// How its requests are judged there.
    pub(in crate::interop) fn may(&mut self, permissions: &str) {
        if self.held.is_some() {
            self.casting.permissions = one_line(permissions, NAME);
        }
    }

    /// What the session is about.
    pub(in crate::interop) fn entitle(&mut self, title: &str) {
        if self.held.is_some() {
            self.title = one_line(title, TITLE);
        }
    }

    /// It works for another agent, whose call this is.
    pub(in crate::interop) fn works_for(&mut self, task: &Task) {
        let (agent, call, bond) = (task.agent, task.call, Bond::Child);
        self.casting.origin = Some(Box::new(Origin { agent, call, bond, depth: 1, output: None }));
    }

    /// Where nothing was told of its tokens, nobody knows what its answers cost.
    pub(in crate::interop) fn owe_what_is_untold(&mut self) {
        if !self.is_counted && self.turn > Turn(0) {
            self.owe("untold");
        }
    }

    /// Its terminal printed something. What that does is an emulator's business alone.
    pub(in crate::interop) fn print(&mut self, desk: &mut Desk, text: &str) {
        self.come(desk);
        let (agent, text) = (self.id, text.to_owned());
        self.tell(desk, Event::TerminalPrinted { agent, text });
    }

    /// Its terminal has this size.
    pub(in crate::interop) fn resize_terminal(&mut self, desk: &mut Desk, columns: u16, rows: u16) {
        self.come(desk);
        let (columns, rows) = (columns.clamp(1, LARGEST), rows.clamp(1, LARGEST));
        self.tell(desk, Event::TerminalResized { agent: self.id, columns, rows });
    }

    /// Whether an answer is under way.
    pub(in crate::interop) const fn is_answering(&self) -> bool {
        self.open.is_some()
    }

    /// What was said and done in its latest turn stands there in its program's session.
    pub(in crate::interop) fn stands_at(&mut self, place: &str) {
        if !place.is_empty() && self.turn > Turn(0) {
            self.place = Some(one_line(place, NAME));
        }
    }

    /// Tells where its latest turn was over: another take can begin there.
    pub(super) fn name_place(&mut self, desk: &mut Desk) {
        if let Some(place) = self.place.take() {
            let (agent, turn) = (self.id, self.turn);
            self.tell(desk, Event::PlaceNamed { agent, turn, place });
        }
    }

    /// A call of it that may set another agent to work.
    pub(in crate::interop) fn task(&self, call: CallId, id: &str, prompt: &str) -> Task {
        Task { agent: self.id, call, id: id.to_owned(), prompt: prompt.trim().to_owned() }
    }
}
