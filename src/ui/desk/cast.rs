//! The cast on its screen: which role is marked, and what is listed.

use super::{
    Desk, Dialog, Done, DraftKey, Field, FormField, Prompt, PromptPurpose, RoleOffer, Screen, find,
};
use crate::model::{Level, Millis, Stage};
use std::collections::BTreeSet;

/// How the cast is looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CastList {
    /// The name of the role that is marked; the first one listed where it is not.
    pub marked: String,
    /// Only roles that fit this are listed; empty for all.
    pub filter: String,
    /// The roles that are chosen for the next audition.
    pub chosen: BTreeSet<String>,
    /// The brief that roles are ranked for; empty where they are not.
    pub brief: String,
    /// The roles in that order.
    pub(super) ranked: Vec<RoleOffer>,
    /// How many lines of what the marked role says are scrolled away at the top.
    pub scroll: usize,
}

impl Desk {
    /// Whether the cast has the screen.
    pub(super) fn shows_cast(&self) -> bool {
        self.screen == Screen::Cast
    }

    /// One step back: to all roles, to none that is chosen, to the order of the cast,
    /// then to what was looked at before.
    pub(super) fn leave_cast(&mut self) -> Done {
        if !self.cast.filter.is_empty() {
            self.list_roles("");
        } else if !self.cast.chosen.is_empty() {
            self.cast.chosen.clear();
        } else if !self.cast.brief.is_empty() {
            self.cast = CastList { marked: self.cast.marked.clone(), ..CastList::default() };
        } else {
            self.return_to_stage();
        }
        Done::Redraw
    }

    /// The roles that are listed, in their order.
    pub fn listed_roles(&self) -> Vec<&RoleOffer> {
        let is_ranked = !self.cast.brief.is_empty();
        let roles = if is_ranked { &self.cast.ranked } else { &self.roles };
        find::fitting_roles(&self.cast.filter, roles)
    }

    /// The role that is marked, if any is listed.
    pub fn marked_role(&self) -> Option<&RoleOffer> {
        let listed = self.listed_roles();
        let marked = listed.iter().find(|it| it.casting.role == self.cast.marked);
        marked.or(listed.first()).copied()
    }

    /// Marks the role so many places further, going round.
    pub(super) fn mark_role(&mut self, places: isize) -> Done {
        let listed = self.listed_roles();
        let marked = self.marked_role().map(|it| &it.casting.role);
        let here = listed.iter().position(|it| Some(&it.casting.role) == marked).unwrap_or(0);
        let count = listed.len().max(1).cast_signed();
        let there = (here.cast_signed() + places).rem_euclid(count).unsigned_abs();
        self.mark_role_at(there)
    }

    /// Marks the role in this place of the list.
    pub fn mark_role_at(&mut self, place: usize) -> Done {
        let listed = self.listed_roles();
        let Some(role) = listed.get(place).map(|it| it.casting.role.clone()) else {
            return Done::Nothing;
        };
        self.cast = CastList { marked: role, scroll: 0, ..std::mem::take(&mut self.cast) };
        Done::Redraw
    }

    /// Opens the form for a new agent, in the marked role where the cast has the
    /// screen.
    pub(super) fn new_agent(&mut self, stage: &Stage, now: Millis) -> Done {
        if !self.shows_cast() {
            let done = self.open_form(now);
            self.rank_form(stage);
            if let Some(Dialog::NewAgent(form)) = &mut self.dialog {
                form.selected = 0;
            }
            return done;
        }
        let marked = || self.marked_role().map(|it| it.casting.role.clone());
        let Some(role) = self.cast.chosen.first().cloned().or_else(marked) else {
            return self.say(Level::Note, "no role is listed", now);
        };
        if !self.cast.brief.is_empty() {
            self.drafts.insert(DraftKey::NewAgent, self.cast.brief.clone());
        }
        if self.cast.chosen.len() > 1 {
            return self.open_audition(now);
        }
        self.cast_as(&role, stage, now)
    }

    /// Opens the form with this role marked.
    pub(super) fn cast_as(&mut self, role: &str, stage: &Stage, now: Millis) -> Done {
        let done = self.open_form(now);
        self.rank_form(stage);
        if let Some(Dialog::NewAgent(form)) = &mut self.dialog {
            form.selected = form.roles.iter().position(|it| it.casting.role == role).unwrap_or(0);
            form.at = FormField::Brief;
        }
        done
    }

    /// Opens a line to say which roles are listed.
    pub(super) fn filter_roles(&mut self) -> Done {
        self.dialog = Some(Dialog::Prompt(Prompt {
            purpose: PromptPurpose::FilterCast,
            title: "filter the cast".to_owned(),
            hint: "name, purpose, strengths, model, program; or: can't be cast".to_owned(),
            field: Field::replacing(&self.cast.filter),
            fault: None,
        }));
        Done::Redraw
    }

    /// Lists the roles that fit what is typed.
    pub(super) fn list_roles(&mut self, filter: &str) {
        filter.clone_into(&mut self.cast.filter);
        self.cast.scroll = 0;
    }
}

#[cfg(test)]
impl Desk {
    /// Has these roles stand as if they were ranked.
    pub fn rank_cast_as(&mut self, roles: Vec<RoleOffer>) {
        self.cast.ranked = roles;
    }
}
