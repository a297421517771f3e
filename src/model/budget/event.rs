//! What happens to limits that are no agent's and no script's.

use super::{Drawn, Purse, Whose};
use crate::model::{AgentId, Author, Effect, Event, Limits, Money, Refusal};
use serde::{Deserialize, Serialize};

/// Something that happened to a limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "fields that say what they are by name and type")]
pub enum BudgetEvent {
    /// So much may be spent from now on; none is no limit.
    LimitChanged { whose: Whose, budget: Option<Money>, by: Author },
    /// Nearly all of it is spent.
    Neared { whose: Whose, spent: Money, budget: Money },
    /// Before this agent goes on, the session must hold so much of a purse.
    DrawAsked { purse: Purse, agent: AgentId, needed: Money },
    /// What it holds of a purse now.
    Drew { purse: Purse, drawn: Drawn },
}

/// Judges the wish for another limit.
pub(in crate::model) fn change_limit(
    by: Author,
    whose: Whose,
    budget: Option<Money>,
) -> Result<Vec<Event>, Refusal> {
    if !matches!(whose, Whose::Role(_) | Whose::Day | Whose::Project) {
        return Err(Refusal::Nothing("that budget is changed where it was set"));
    }
    Ok(vec![BudgetEvent::LimitChanged { whose, budget, by }.into()])
}

impl From<BudgetEvent> for Event {
    fn from(event: BudgetEvent) -> Self {
        Self::Budgeted { event: Box::new(event) }
    }
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
            BudgetEvent::LimitChanged { whose: Whose::Day, budget, .. } => self.day = *budget,
            BudgetEvent::LimitChanged { whose: Whose::Project, budget, .. } => {
                self.project = *budget;
            }
            _ => {}
        }
    }
}

impl BudgetEvent {
    /// What it asks of the world.
    pub(in crate::model) const fn effect(&self) -> Option<Effect> {
        match self {
            Self::DrawAsked { purse, .. } => Some(Effect::Draw(*purse)),
            _ => None,
        }
    }

    /// In a person's words; nothing where it is bookkeeping.
    pub fn told(&self) -> Option<String> {
        match self {
            Self::LimitChanged { whose, budget: Some(budget), .. } => {
                Some(format!("budget{} is now {budget}", whose.suffix()))
            }
            Self::LimitChanged { whose, budget: None, .. } => {
                Some(format!("budget{} lifted", whose.suffix()))
            }
            Self::Neared { whose, spent, budget } => {
                Some(format!("{spent} of {budget} spent{}", whose.suffix()))
            }
            Self::DrawAsked { .. } | Self::Drew { .. } => None,
        }
    }
}
