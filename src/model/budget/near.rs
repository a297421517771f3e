//! Budgets that are nearly used up: told once for each limit and amount, and open until
//! they are raised or used up.

use super::{BudgetEvent, Whose, is_of_role, limits, settled};
use crate::model::{Agent, Event, Level, Millis, Money, Seq, Stage};

/// From this part of a budget on the director is told, in hundredths.
const NEAR: u64 = 80;

/// A budget that was nearly used up when this was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearing {
    /// The record that told it.
    pub told: Seq,
    /// When.
    pub at: Millis,
    /// Whose.
    pub whose: Whose,
    /// What may be spent.
    pub budget: Money,
}

/// Tells of each budget that a call has brought near its end.
pub(super) fn neared(stage: &Stage, agent: &Agent) -> Vec<Event> {
    let near = limits(stage, agent).filter_map(|(whose, budget)| {
        let spent = stage.sum_of(&whose, settled);
        let is_near = spent >= Money(budget.0.saturating_mul(NEAR) / 100);
        let is_told = stage.nearing.iter().any(|it| it.whose == whose && it.budget == budget);
        // Of one that is used up more is asked than to read.
        let is_new = is_near && spent < budget && !is_told;
        is_new.then(|| BudgetEvent::Neared { whose, spent, budget }.into())
    });
    near.collect()
}

impl Stage {
    /// Takes in that a budget is nearly used up.
    pub(in crate::model) fn keep_nearing(&mut self, event: &BudgetEvent) {
        let BudgetEvent::Neared { whose, spent, budget } = event else { return };
        let is_many = matches!(whose, Whose::Session | Whose::Day | Whose::Project);
        let has = if is_many { "have" } else { "has" };
        let text = format!("{} {has} spent {spent} of {budget}", self.spender(whose));
        self.notice(Level::Warning, text);
        self.nearing.retain(|it| it.whose != *whose);
        let (told, at, whose, budget) = (self.last, self.now, whose.clone(), *budget);
        self.nearing.push(Nearing { told, at, whose, budget });
    }

    /// The budgets that are nearly used up, while somebody may still spend of them.
    pub fn nearing(&self) -> impl Iterator<Item = &Nearing> {
        self.nearing.iter().filter(|it| {
            self.limit_of(&it.whose) == Some(it.budget)
                && self.counted_of(&it.whose) < it.budget
                && self.is_spent_of(&it.whose)
                && !self.is_asked_about(&it.whose)
        })
    }

    /// Whether somebody is held by it, and the director is asked: that says more.
    fn is_asked_about(&self, whose: &Whose) -> bool {
        self.agents().any(|it| match it.budget_asked() {
            Some(Whose::Own) => *whose == Whose::Agent(it.id),
            asked => asked == Some(whose),
        })
    }

    /// What was told with this record, if that holds still.
    pub fn nearing_told(&self, told: Seq) -> Option<&Nearing> {
        self.nearing().find(|it| it.told == told)
    }

    /// Whether somebody at work may spend of it.
    fn is_spent_of(&self, whose: &Whose) -> bool {
        let mut at_work = self.agents().filter(|it| !it.is_over() && !it.is_watched());
        match whose {
            Whose::Own => false,
            Whose::Agent(agent) => {
                self.agent(*agent).is_some_and(|it| self.family(it).iter().any(|it| !it.is_over()))
            }
            Whose::Play(play) => self.playing().any(|it| it.id == *play),
            Whose::Role(role) => at_work.any(|it| is_of_role(self, it, role)),
            Whose::Session | Whose::Day | Whose::Project => at_work.next().is_some(),
        }
    }

    /// All limits that there are, the widest first, and those of the session whether they
    /// are set or not.
    pub fn all_limits(&self) -> Vec<Whose> {
        let shared = [Whose::Session, Whose::Day, Whose::Project];
        let roles = self.limits().roles.keys().map(|it| Whose::Role(it.clone()));
        let plays = self.plays().map(|it| Whose::Play(it.id));
        let agents = self.agents().filter(|it| !it.is_watched()).map(|it| Whose::Agent(it.id));
        let set = roles.chain(plays).chain(agents).filter(|it| self.limit_of(it).is_some());
        shared.into_iter().chain(set).collect()
    }
}

impl Nearing {
    /// How much of it is used, in words.
    pub fn words(&self, stage: &Stage) -> String {
        let Self { whose, budget, .. } = self;
        format!("{} of {budget} is spent or set aside", stage.counted_of(whose))
    }
}

/// Whether so much of a budget is nearly all of it.
#[must_use]
pub fn is_near(spent: Money, budget: Money) -> bool {
    spent >= Money(budget.0.saturating_mul(NEAR) / 100)
}
