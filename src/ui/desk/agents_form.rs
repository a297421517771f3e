//! The form for a new agent.

use super::Field;
use crate::{
    casting::{Evidence, Terms},
    config,
    model::{Casting, script::Trigger},
};
use tui_textarea::TextArea;

/// A role that an agent can be cast in, with everything but its brief decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoleOffer {
    /// What it is for, in one line.
    pub purpose: String,
    /// The agent as it would be cast. Its brief is empty.
    pub casting: Casting,
    /// Why it can't be cast now, if so: a key is missing.
    pub missing: Option<String>,
    /// What is known of its program: its version, whether somebody is signed in.
    pub about: String,
    /// When what it does is done again and again, where its role says so.
    pub again: Option<Trigger>,
    /// What it is good at, as the cast says.
    pub strengths: Vec<String>,
    /// What its model costs and holds, where a model is named.
    pub terms: Terms,
    /// Its sandbox and its network, in words.
    pub confinement: String,
    /// Where it is written.
    pub origin: String,
    /// Its keys as a text to be edited; empty where it can't be.
    pub text: String,
    /// What speaks for it, or against it, where roles are ranked for a brief.
    pub evidence: Vec<Evidence>,
}

/// The form for a new agent.
#[derive(Debug, Clone, Default)]
pub struct NewAgent {
    /// The roles to choose from.
    pub roles: Vec<RoleOffer>,
    /// Which is marked.
    pub selected: usize,
    /// What it is to do.
    pub brief: TextArea<'static>,
    /// Its brief came with the form, and is no draft of the director's.
    pub is_given: bool,
    /// All of its roles are cast, each with the same brief.
    pub is_audition: bool,
    /// Commands that end with 0 where the work in an audition is good, with `;` between
    /// them; empty for none.
    pub checks: Field,
    /// The role that judges an audition; empty for none.
    pub judge: Field,
    /// Another model than the role's: `provider/model`; empty for the role's.
    pub model: Field,
    /// When it is done again and again: `every 5m`; `once`; empty for what the role says.
    pub again: Field,
    /// Other files than the role's that it keeps to, with `,` between the patterns; empty
    /// for the role's.
    pub scope: Field,
    /// How rules that spot drift are kept for it, with `,` between them; empty as the role
    /// says.
    pub watch: Field,
    /// Another budget than the role's, in dollars; empty for the role's.
    pub budget: Field,
    /// Where the keys go.
    pub at: FormField,
    /// What is wrong with it, once it was tried.
    pub fault: Option<String>,
}

/// A part of the form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FormField {
    /// The list of roles.
    #[default]
    Role,
    /// The brief.
    Brief,
    /// The model.
    Model,
    /// When it is done again.
    Again,
    /// What is run on the work of each.
    Checks,
    /// Who judges it.
    Judge,
    /// The files it keeps to.
    Scope,
    /// How it is watched.
    Watch,
    /// The budget.
    Budget,
}

impl NewAgent {
    /// Its parts, from the top.
    pub const fn fields(&self) -> &'static [FormField] {
        use FormField::{Again, Brief, Budget, Checks, Judge, Model, Role, Scope, Watch};
        if self.is_audition {
            // Each role has a model of its own.
            &[Role, Brief, Checks, Judge, Budget]
        } else {
            &[Role, Brief, Model, Again, Scope, Watch, Budget]
        }
    }

    /// The line of one of its parts; none for those that are more than a line.
    pub const fn line(&self, of: FormField) -> Option<&Field> {
        match of {
            FormField::Model => Some(&self.model),
            FormField::Again => Some(&self.again),
            FormField::Checks => Some(&self.checks),
            FormField::Judge => Some(&self.judge),
            FormField::Scope => Some(&self.scope),
            FormField::Watch => Some(&self.watch),
            FormField::Budget => Some(&self.budget),
            FormField::Role | FormField::Brief => None,
        }
    }

    /// When what this role does is done again, where nothing is typed. What comes with a
    /// brief of its own is done once.
    pub fn again_of<'a>(&self, role: &'a RoleOffer) -> Option<&'a Trigger> {
        role.again.as_ref().filter(|_| !self.is_given)
    }

    /// When it is to be done again, if it is; or what is wrong with what was typed.
    pub(super) fn when(&self, role: &RoleOffer) -> Result<Option<Trigger>, (FormField, String)> {
        match self.again.text().trim() {
            "" => Ok(self.again_of(role).cloned()),
            typed => config::again(typed).map_err(|it| (FormField::Again, it.to_string())),
        }
    }
}
