//! What is known of an agent before it comes on stage.

use super::{Actor, NAME, TITLE};
use crate::{
    interop::desk::Task,
    model::{Bond, Origin},
    text::one_line,
};

impl Actor {
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
}
