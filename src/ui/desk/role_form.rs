//! A role that is edited: its text, what that would change, and that it is written.

use super::{Change, Choice, Deed, Desk, Dialog, Done, Question, RoleOffer, editor};
use crate::{
    config::Rewriting,
    model::{EngineKind, Level, Millis, Stage},
};
use tui_textarea::TextArea;

/// A role being edited.
#[derive(Debug, Clone)]
pub struct RoleForm {
    /// Which.
    pub role: String,
    /// Its keys, as TOML.
    pub text: TextArea<'static>,
    /// What is wrong with them, once that was tried.
    pub fault: Option<String>,
    /// The text as it was when nothing had been typed.
    original: String,
}

/// What is done to a role where there is a disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleTask {
    /// Find out what it takes to have a role as this text says it.
    Weigh {
        /// The role.
        role: String,
        /// The text.
        text: String,
    },
    /// Write that.
    Write(Box<Rewriting>),
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleAnswer {
    /// It is so already.
    Same,
    /// It takes this.
    Weighed(Box<Rewriting>),
    /// It is written: these are the roles now.
    Written(Vec<RoleOffer>),
    /// Something is wrong: file, line and mend.
    Faulty(String),
}

impl Desk {
    /// Opens the text of the marked role.
    pub(super) fn edit_role(&mut self, now: Millis) -> Done {
        let Some(offer) = self.marked_role() else {
            return self.say(Level::Note, "no role is listed", now);
        };
        if offer.text.is_empty() {
            return self.say(Level::Warning, "roles can't be changed in a rehearsal", now);
        }
        let (role, original) = (offer.casting.role.clone(), offer.text.clone());
        let draft = self.role_drafts.get(&role).unwrap_or(&original).clone();
        self.open_role(role, original, &draft)
    }

    /// Opens a role, with this text in place of what it says.
    pub(super) fn open_role(&mut self, role: String, original: String, text: &str) -> Done {
        let mut text = editor::area(text);
        text.move_cursor(tui_textarea::CursorMove::Top);
        self.dialog = Some(Dialog::Role(Box::new(RoleForm { role, text, fault: None, original })));
        Done::Redraw
    }

    /// Asks what it takes to have the role so.
    pub(super) fn weigh_role(&mut self, now: Millis) -> Done {
        let Some(Dialog::Role(form)) = &self.dialog else { return Done::Nothing };
        let (role, text) = (form.role.clone(), form.written());
        self.keep_role(&form.clone());
        let _drawn_with_what_comes = self.say(Level::Note, format!("{role} is read"), now);
        Done::Role(RoleTask::Weigh { role, text })
    }

    /// Keeps what was typed of a role for the next time.
    pub(super) fn keep_role(&mut self, form: &RoleForm) {
        let text = form.written();
        if text == form.original {
            self.role_drafts.remove(&form.role);
        } else {
            self.role_drafts.insert(form.role.clone(), text);
        }
    }

    /// Takes what came of a text of a role, or of writing it.
    pub fn take_role(&mut self, answer: RoleAnswer, stage: &Stage, now: Millis) -> Done {
        self.status = None;
        match answer {
            RoleAnswer::Same => self.say(Level::Note, "nothing has changed yet", now),
            RoleAnswer::Weighed(rewriting) => self.show_rewriting(*rewriting),
            RoleAnswer::Written(roles) => self.take_roles(roles, stage, now),
            RoleAnswer::Faulty(why) => {
                self.reopen_role();
                if let Some(Dialog::Role(form)) = &mut self.dialog {
                    form.fault = Some(why);
                    return Done::Redraw;
                }
                self.say(Level::Warning, why, now)
            }
        }
    }

    /// Shows what would be written. A form that was left meanwhile is not taken up.
    fn show_rewriting(&mut self, rewriting: Rewriting) -> Done {
        let is_of_it =
            |it: &mut Dialog| matches!(it, Dialog::Role(it) if it.role == rewriting.role);
        let Some(Dialog::Role(form)) = self.dialog.take_if(is_of_it) else { return Done::Redraw };
        self.held_form = Some(form);
        let choice = |label: &str, deed| Choice { label: label.to_owned(), deed };
        let (before, after) = (rewriting.before.clone(), rewriting.after.clone());
        self.dialog = Some(Dialog::Question(Question {
            title: format!("write {}?", rewriting.role),
            text: format!(
                "This changes {}. It counts for the next agent that is cast.",
                rewriting.file.display()
            ),
            choices: vec![
                choice("Go on writing", Deed::Cancel),
                choice("Write it", Deed::WriteRole),
            ],
            selected: 1,
            change: Some(Change { before, after, scroll: 0 }),
        }));
        self.rewriting = Some(rewriting);
        Done::Redraw
    }

    /// Writes what was shown.
    pub(super) fn write_role(&mut self) -> Done {
        match self.rewriting.take() {
            Some(rewriting) => Done::Role(RoleTask::Write(Box::new(rewriting))),
            None => Done::Redraw,
        }
    }

    /// Goes back to the text of the role, if one was being edited.
    pub(super) fn reopen_role(&mut self) {
        if let Some(form) = self.held_form.take() {
            self.rewriting = None;
            self.dialog = Some(Dialog::Role(form));
        }
    }

    /// Takes the roles as they are now.
    fn take_roles(&mut self, roles: Vec<RoleOffer>, stage: &Stage, now: Millis) -> Done {
        self.put_roles(roles, stage);
        let Some(form) = self.held_form.take() else { return Done::Redraw };
        self.role_drafts.remove(&form.role);
        let text = format!("{} is written; the next agent cast in it has it", form.role);
        self.say(Level::Note, text, now)
    }

    /// These are the roles from now on.
    pub(super) fn put_roles(&mut self, mut roles: Vec<RoleOffer>, stage: &Stage) {
        // What programs said of themselves was not asked again.
        for role in roles.iter_mut().filter(|it| it.casting.engine != EngineKind::Native) {
            let same = |it: &&RoleOffer| it.casting.provider == role.casting.provider;
            role.about =
                self.roles.iter().find(same).map(|it| it.about.clone()).unwrap_or_default();
        }
        self.roles = roles;
        self.rank_again(stage);
    }
}

impl RoleForm {
    /// What is written.
    pub fn written(&self) -> String {
        self.text.lines().join("\n")
    }
}
