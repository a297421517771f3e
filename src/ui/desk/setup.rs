//! The guide of a first start: what was found, which theme, and whether a file of settings is
//! written.

use super::{Choice, Deed, Desk, Dialog, Done, Question};
use crate::ui::keys::Act;

/// What the guide is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Setup {
    /// The programs that can be agents.
    pub programs: Vec<SetupProgram>,
    /// The variables that keys of model services are looked for in.
    pub keys: Vec<SetupKey>,
    /// The file that is written.
    pub file: String,
    /// It is there already: then only what is chosen is written into it.
    pub is_there: bool,
    /// The theme that was chosen.
    pub theme: Option<String>,
    /// What was decided.
    pub decided: SetupEnd,
}

/// A program that can be an agent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SetupProgram {
    /// Its name.
    pub name: String,
    /// What it says of itself; nothing where it is not on this machine.
    pub about: Option<String>,
    /// It can work: somebody is signed in, or nobody has to be.
    pub is_ready: bool,
}

/// A variable that the key of a model service is looked for in. Its value is nowhere here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SetupKey {
    /// The variable.
    pub variable: String,
    /// Whose key it is.
    pub provider: String,
    /// It is set.
    pub is_set: bool,
}

/// What was decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SetupEnd {
    /// Nothing yet.
    #[default]
    Open,
    /// Everything stays as it is.
    Left,
    /// The file is written.
    Written,
    /// The same, and then the demo is seen.
    WrittenThenDemo,
}

impl Setup {
    /// Whether anything was found that an agent can be.
    pub fn can_work(&self) -> bool {
        self.programs.iter().any(|it| it.is_ready) || self.keys.iter().any(|it| it.is_set)
    }
}

impl Desk {
    /// Opens the guide.
    pub fn set_up(&mut self, setup: Setup) {
        self.setup = Some(Box::new(setup));
        self.dialog = Some(Dialog::Setup);
    }

    /// Whether an act has no meaning in the guide, which is all there is while it is open.
    pub(super) fn is_guided_past(&self, act: Act) -> bool {
        let moves =
            matches!(act, Act::Choose | Act::Cancel | Act::ChoiceNext | Act::ChoicePrevious);
        let means = moves || matches!(act, Act::Quit | Act::Redraw | Act::Suspend);
        self.setup.is_some() && !means
    }

    /// Notes what a program says of itself.
    pub(super) fn note_in_guide(&mut self, program: &str, about: &str) {
        let Some(setup) = &mut self.setup else { return };
        for it in setup.programs.iter_mut().filter(|it| it.name == program && it.about.is_some()) {
            it.about = Some(about.to_owned());
        }
    }

    /// A theme was chosen: asks what becomes of it.
    pub(super) fn ask_to_write(&mut self, theme: String) -> Done {
        let Some(setup) = &mut self.setup else { return Done::Nothing };
        let file = &setup.file;
        let text = if setup.is_there {
            format!(
                "Into {file}:\n\n    [ui]\n    theme = \"{theme}\"\n\nAll else in it stays as it is."
            )
        } else {
            format!(
                "Into {file}:\n\n    [ui]\n    theme = \"{theme}\"\n\nEvery other setting stands in \
                 it as a comment, with its default and what it is for. What you change there later \
                 counts at once."
            )
        };
        setup.theme = Some(theme);
        let choice = |label: &str, end| Choice { label: label.to_owned(), deed: Deed::SetUp(end) };
        self.dialog = Some(Dialog::Question(Question {
            title: "write your settings?".to_owned(),
            text,
            choices: vec![
                choice("Leave all as it is", SetupEnd::Left),
                choice("Write them", SetupEnd::Written),
                choice("Write them, then the demo", SetupEnd::WrittenThenDemo),
            ],
            selected: 1,
            change: None,
        }));
        Done::Redraw
    }

    /// Ends the guide.
    pub(super) fn settle_setup(&mut self, end: SetupEnd) -> Done {
        if let Some(setup) = &mut self.setup {
            setup.decided = end;
        }
        Done::Leave
    }
}
