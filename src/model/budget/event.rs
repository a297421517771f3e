//! What happens to limits that are no agent's and no script's.

use super::Whose;
use crate::model::{Author, Event, Limits, Money, Refusal};
use serde::{Deserialize, Serialize};

/// Something that happened to a limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "fields that say what they are by name and type")]
pub enum BudgetEvent {
    /// So much may be spent from now on; none is no limit.
    LimitChanged { whose: Whose, budget: Option<Money>, by: Author },
}

/// Judges the wish for another limit.
pub(in crate::model) fn change_limit(
    by: Author,
    whose: Whose,
    budget: Option<Money>,
) -> Result<Vec<Event>, Refusal> {
    if !matches!(whose, Whose::Role(_)) {
        return Err(Refusal::Nothing("that budget is changed where it was set"));
    }
    let event = Box::new(BudgetEvent::LimitChanged { whose, budget, by });
    Ok(vec![Event::Budgeted { event }])
}

impl Limits {
    /// Takes in a fact.
    pub(in crate::model) fn apply(&mut self, event: &BudgetEvent) {
        match event {
            BudgetEvent::LimitChanged { whose: Whose::Role(role), budget, .. } => {
                match budget {
                    Some(budget) => self.roles.insert(role.clone(), *budget),
                    None => self.roles.remove(role),
                };
            }
            BudgetEvent::LimitChanged { .. } => {}
        }
    }
}

impl BudgetEvent {
    /// In a person's words.
    pub fn told(&self) -> String {
        match self {
            Self::LimitChanged { whose, budget: Some(budget), .. } => {
                format!("budget{} is now {budget}", whose.suffix())
            }
            Self::LimitChanged { whose, budget: None, .. } => {
                format!("budget{} lifted", whose.suffix())
            }
        }
    }
}
