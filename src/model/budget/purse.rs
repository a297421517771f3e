//! Purses that reach beyond a session: what is spent in a day, or in a project, counts
//! for all sessions together. They stand on disk, under a lock; a session holds a share
//! of each, drawn before it is spent. The fold knows that share, and asks for more as a
//! fact: the answer is one, too.

use super::{BudgetEvent, Whose, counted, settled};
use crate::model::{Agent, AgentId, Event, Level, Money, Stage};
use serde::{Deserialize, Serialize};
use std::fmt;

/// This part of a budget is drawn beyond what a call needs, so that not each call has to.
const AHEAD: u64 = 50;

/// A purse that sessions share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purse {
    /// What all sessions spend in a day.
    Day,
    /// What all sessions on a project's folder spend.
    Project,
}

/// What a session has of a purse.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::model) struct Share {
    /// Who waits for more of it, and how much this session must hold for that.
    asked: Option<(AgentId, Money)>,
    /// Whom the last answer was given to.
    told: Option<AgentId>,
    /// The day that it is of, as the purse names it; empty before the first answer.
    day: String,
    /// What this session had spent before it counted here.
    base: Money,
    /// What this session may spend of it.
    drawn: Money,
    /// What other sessions have spent, or hold.
    others: Money,
}

/// The shares of a session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::model) struct Shares {
    day: Share,
    project: Share,
    /// What this session had spent when this run of it began.
    begun: Money,
}

/// What is asked of a purse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    /// Which.
    pub purse: Purse,
    /// The run of the session that asks, counted from 0.
    pub run: u32,
    /// The day that the session's share is of; empty where it has none yet.
    pub day: String,
    /// What the session had spent before it counted here.
    pub base: Money,
    /// What it has spent, or set aside, since.
    pub spent: Money,
    /// How much it must hold.
    pub needed: Money,
    /// How much it would rather hold.
    pub wanted: Money,
    /// What may be spent by all.
    pub budget: Money,
}

/// What a purse has answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drew {
    /// Which.
    pub purse: Purse,
    /// The share of the session now; why there is no answer, where there is none yet.
    pub outcome: Result<Drawn, String>,
}

/// The share of a session in a purse.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawn {
    /// The day that it is of.
    pub day: String,
    /// What the session may spend.
    pub drawn: Money,
    /// What others have spent, or hold.
    pub others: Money,
}

impl Draw {
    /// What the session gets where others have spent, or hold, so much. What it has spent
    /// already is put in all the same.
    pub fn share(&self, others: Money) -> Money {
        if others + self.wanted <= self.budget {
            self.wanted
        } else if others + self.needed <= self.budget {
            self.needed
        } else {
            self.spent
        }
    }
}

/// Whether a purse lets a call be made.
pub(super) enum Word {
    /// What the session holds is enough.
    Enough,
    /// It has to be asked first, or has been and has not answered.
    Ask(Option<Event>),
    /// It has said that there is not enough.
    Dry(Purse),
}

impl Purse {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Day, Self::Project];

    /// Whose money it is.
    pub const fn whose(self) -> Whose {
        match self {
            Self::Day => Whose::Day,
            Self::Project => Whose::Project,
        }
    }
}

impl fmt::Display for Purse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Day => "today",
            Self::Project => "this project",
        })
    }
}

impl Stage {
    /// What is to be asked of a purse now; nothing where it has no limit.
    pub fn draw(&self, purse: Purse) -> Option<Draw> {
        let share = self.shares.of(purse);
        let budget = self.limit_of(&purse.whose())?;
        let spent = self.spent_of_share(purse, counted);
        let needed = share.asked.map_or(spent, |(_, needed)| needed).max(spent);
        let ahead = if share.asked.is_some() { budget.0 / AHEAD } else { 0 };
        let wanted = needed + Money(ahead);
        let (run, day, base) = (self.resumed, share.day.clone(), share.base);
        Some(Draw { purse, run, day, base, spent, needed, wanted, budget })
    }

    /// What this session and all others have spent of a purse.
    pub(super) fn spent_of_purse(&self, purse: Purse, of: fn(&Agent) -> Money) -> Money {
        self.shares.of(purse).others + self.spent_of_share(purse, of)
    }

    /// What others have spent of a purse, or hold, as far as this session has heard.
    pub fn spent_by_other_sessions(&self, purse: Purse) -> Money {
        self.shares.of(purse).others
    }

    /// What this session has spent of its share.
    fn spent_of_share(&self, purse: Purse, of: fn(&Agent) -> Money) -> Money {
        self.sum_of(&Whose::Session, of) - self.shares.of(purse).base
    }

    /// What this run of the session has spent or set aside of its share in a purse.
    pub fn counted_of_share(&self, purse: Purse) -> Money {
        self.spent_of_share(purse, counted)
    }

    /// Whether somebody is held until a purse has more.
    pub fn waits_for_purse(&self) -> bool {
        // Asked after each batch of a session, so nobody is looked at where there is none.
        Purse::ALL.into_iter().any(|it| self.limit_of(&it.whose()).is_some())
            && self.agents().any(super::waits_for_purse)
    }

    /// A later run begins with no share.
    pub(in crate::model) fn forget_shares(&mut self) {
        let begun = self.sum_of(&Whose::Session, settled);
        let share = Share { base: begun, ..Share::default() };
        self.shares = Shares { day: share.clone(), project: share, begun };
    }

    /// Takes in what happened to a share.
    pub(in crate::model) fn keep_share(&mut self, event: &BudgetEvent) {
        match event {
            BudgetEvent::DrawAsked { purse, agent, needed } => {
                let share = self.shares.of_mut(*purse);
                (share.asked, share.told) = (Some((*agent, *needed)), None);
            }
            BudgetEvent::Drew { purse, drawn } => {
                let now = self.sum_of(&Whose::Session, settled);
                let share = self.shares.of_mut(*purse);
                if !share.day.is_empty() && share.day != drawn.day {
                    share.base = now;
                }
                let told = share.asked.map(|(agent, _)| agent);
                let Drawn { day, drawn, others } = drawn.clone();
                *share = Share { asked: None, told, base: share.base, day, drawn, others };
            }
            _ => {}
        }
    }
}

impl Shares {
    const fn of(&self, purse: Purse) -> &Share {
        match purse {
            Purse::Day => &self.day,
            Purse::Project => &self.project,
        }
    }

    const fn of_mut(&mut self, purse: Purse) -> &mut Share {
        match purse {
            Purse::Day => &mut self.day,
            Purse::Project => &mut self.project,
        }
    }
}

/// What the purses say to a call of an agent.
pub(super) fn word(stage: &Stage, agent: &Agent, estimate: Option<Money>) -> Word {
    let limited = Purse::ALL.into_iter().filter_map(|it| Some((it, stage.limit_of(&it.whose())?)));
    for (purse, budget) in limited {
        let share = stage.shares.of(purse);
        let needed = stage.spent_of_share(purse, counted) + estimate.unwrap_or_default();
        if needed <= share.drawn {
            continue;
        }
        // Each gets an answer of its own: others may have given something back since.
        if share.told == Some(agent.id) && share.others + needed > budget {
            return Word::Dry(purse);
        }
        let asked = BudgetEvent::DrawAsked { purse, agent: agent.id, needed };
        return Word::Ask(share.asked.is_none().then(|| asked.into()));
    }
    Word::Enough
}

/// Tells a purse what was spent beyond the share: by a call that cost more than was
/// thought, or by a program that asks before none.
pub(super) fn overdrawn(stage: &Stage, agent: AgentId) -> Vec<Event> {
    let limited = Purse::ALL.into_iter().filter(|it| stage.limit_of(&it.whose()).is_some());
    let over = limited.filter_map(|purse| {
        let (share, needed) = (stage.shares.of(purse), stage.spent_of_share(purse, counted));
        let is_over = needed > share.drawn && share.asked.is_none();
        is_over.then(|| BudgetEvent::DrawAsked { purse, agent, needed }.into())
    });
    over.collect()
}

/// Judges what a purse has answered.
pub(in crate::model) fn drew(stage: &Stage, drew: Drew) -> Vec<Event> {
    let Drew { purse, outcome } = drew;
    let share = stage.shares.of(purse);
    match outcome {
        Ok(Drawn { day, drawn, others })
            if share.asked.is_none()
                && (&day, drawn, others) == (&share.day, share.drawn, share.others) =>
        {
            Vec::new()
        }
        Ok(drawn) => vec![BudgetEvent::Drew { purse, drawn }.into()],
        Err(why) => {
            let text = format!("what is spent {} can't be kept: {why}; calls wait", of(purse));
            vec![Event::NoticeRaised { level: Level::Warning, text }]
        }
    }
}

const fn of(purse: Purse) -> &'static str {
    match purse {
        Purse::Day => "in a day",
        Purse::Project => "in a project",
    }
}
