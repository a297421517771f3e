//! Whether what a project brings may count: asked before anything of it does.

use super::{Change, Choice, Deed, Desk, Dialog, Done, Question};

/// How the question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trial {
    /// The director has not decided yet.
    Open,
    /// It does not count.
    LeftOut,
    /// It counts, exactly as it was shown.
    Trusted,
}

impl Desk {
    /// Asks whether something that a project brings may count. All of it is
    /// shown, or what has changed since it was trusted; nothing is trusted before
    /// its end was on the screen.
    pub fn try_project(&mut self, summary: &str, before: &str, after: &str) {
        let again = if before.is_empty() {
            "None of it counts yet, and none of it has run."
        } else {
            "You trusted it as it was; this is what has changed. None of it counts yet."
        };
        let choice = |label: &str, deed| Choice { label: label.to_owned(), deed };
        self.trial = Some(Trial::Open);
        self.dialog = Some(Dialog::Question(Question {
            title: "this project brings settings of its own".to_owned(),
            text: format!("It brings {summary}. {again}"),
            choices: vec![
                choice("Leave them out", Deed::LeaveOut),
                choice("Trust exactly this", Deed::Trust),
            ],
            selected: 0,
            change: Some(Change { before: before.to_owned(), after: after.to_owned(), scroll: 0 }),
        }));
    }

    /// Whether trust is about to be given to what was not read to its end.
    pub(super) fn is_trust_unread(&self) -> bool {
        let Some(Dialog::Question(question)) = &self.dialog else { return false };
        let chosen = question.choices.get(question.selected).map(|it| it.deed);
        chosen == Some(Deed::Trust) && !self.shown.is_change_read
    }

    pub(super) fn settle_trust(&mut self, trial: Trial) -> Done {
        self.trial = Some(trial);
        Done::Leave
    }
}
