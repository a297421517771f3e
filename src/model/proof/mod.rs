//! Whether what an agent says is done does what was expected: the checks of its work, and
//! what they came to.
//!
//! Checks are made when it says that it is done, and whenever the director wants. What
//! comes next is told by the room `script`; what it comes to is a fact, so a replay makes
//! none.

mod event;

pub use event::{ProofEvent, ProofWish, Proved, Proving};

use super::{Agent, AgentId, Author, Casting, Event, Outcome, Refusal, Stage, script::Check};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

/// What must hold of an agent's work.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Checks {
    /// The checks, in order.
    pub list: Vec<Check>,
    /// So often what does not hold is handed back to it before the director is told.
    #[serde(skip_serializing_if = "is_zero")]
    pub hand_back: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// What is known of an agent's checks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proof {
    /// What must hold beside what it was cast with.
    added: Vec<Check>,
    /// How often they were made, this time counted.
    round: u32,
    /// They belong to the end that it has come to, or to nothing it still does.
    is_due: bool,
    /// What was found, in this round.
    found: Vec<Result<(), String>>,
    /// The one that is being made.
    under_way: Option<u32>,
    /// Who judges that one.
    judge: Option<AgentId>,
    /// How many were asked about it.
    asked: u32,
    /// Those that nobody could judge.
    unjudged: BTreeSet<usize>,
    /// Those who judge what was added.
    judges: BTreeMap<String, Casting>,
    handed_back: u32,
}

/// How an agent's work stands with its checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Nothing was to be checked.
    Unverified,
    /// So many of so many are made.
    Checking(usize, usize),
    /// All of them hold: so many.
    Verified(usize),
    /// So many of so many hold; what does not, first.
    Failed(usize, usize, String),
}

/// As it stands behind `done,`.
impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unverified => f.write_str("unverified"),
            Self::Checking(made, of) => write!(f, "checking {made}/{of}"),
            Self::Verified(count) => write!(f, "verified {count}/{count}"),
            Self::Failed(_, _, first) => write!(f, "failed: {first}"),
        }
    }
}

impl Proof {
    /// How often the checks were made, this time counted.
    pub const fn round(&self) -> u32 {
        self.round
    }

    /// Whether they are to be made now, or are.
    pub const fn is_due(&self) -> bool {
        self.is_due
    }

    /// Whether one is being made.
    pub const fn is_under_way(&self) -> bool {
        self.under_way.is_some()
    }

    /// Who judges the one that is being made, and how many were asked about it.
    pub fn judge(&self) -> Option<(AgentId, u32)> {
        self.judge.map(|it| (it, self.asked))
    }

    /// How many are made, in this round.
    pub const fn made(&self) -> usize {
        self.found.len()
    }

    /// Takes in a fact about the checks.
    fn apply(&mut self, event: &ProofEvent) {
        match event {
            ProofEvent::Added { check, judge, .. } => {
                self.judges.extend(judge.iter().map(|it| (it.role.clone(), Casting::clone(it))));
                self.added.push(check.clone());
            }
            ProofEvent::Asked { round, .. } => {
                (self.round, self.is_due, self.under_way) = (*round, true, None);
                (self.judge, self.asked) = (None, 0);
                self.unjudged.clear();
                self.found.clear();
            }
            ProofEvent::Begun { check, judge, .. } => {
                self.under_way = Some(*check);
                self.judge = *judge;
                self.asked += u32::from(judge.is_some());
            }
            ProofEvent::Ended { round, check, ok, why, unjudged } => {
                if *round == self.round && *check as usize == self.found.len() {
                    if *unjudged {
                        self.unjudged.insert(self.found.len());
                    }
                    self.found.push(if *ok { Ok(()) } else { Err(why.clone()) });
                    self.under_way = None;
                    (self.judge, self.asked) = (None, 0);
                }
            }
            ProofEvent::HandedBack { .. } => self.handed_back += 1,
        }
    }

    /// It works again: what was found of what it made before says nothing any more.
    fn lapse(&mut self) {
        (self.is_due, self.under_way) = (false, None);
        self.found.clear();
    }
}

impl Agent {
    /// What must hold of its work, in order.
    pub fn checks(&self) -> impl Iterator<Item = &Check> {
        let cast = self.casting.checks.as_deref();
        cast.into_iter().flat_map(|it| &it.list).chain(&self.proof.added)
    }

    /// How its work stands with its checks; none while it is at work and nobody has
    /// asked, and of who has no folder to look at. A step of a script has its own checks,
    /// and says itself how it stands.
    pub fn proven(&self) -> Option<Standing> {
        let is_for_others = self.casting.assignment.is_some() || self.judges().is_some();
        if self.tree.is_none() || self.is_watched() || is_for_others {
            return None;
        }
        let count = self.checks().count();
        let is_done = matches!(self.outcome(), Some(Outcome::Succeeded { .. }));
        if count == 0 {
            return is_done.then_some(Standing::Unverified);
        }
        let proof = &self.proof;
        if !proof.is_due {
            return is_done.then_some(Standing::Checking(0, count));
        }
        let made = proof.found.len();
        if made < count {
            return Some(Standing::Checking(made, count));
        }
        let held = proof.found.iter().filter(|it| it.is_ok()).count();
        let failed = proof.found.iter().zip(self.checks()).find(|(it, _)| it.is_err());
        Some(match failed {
            Some((_, check)) => Standing::Failed(held, count, check.to_string()),
            None => Standing::Verified(count),
        })
    }

    /// Who judges its work in that role, filled but for a brief.
    pub fn judge_of(&self, role: &str) -> Option<&Casting> {
        self.proof.judges.get(role).or_else(|| self.casting.judges.get(role))
    }

    /// Whether a check of its work fails.
    pub fn is_refuted(&self) -> bool {
        matches!(self.proven(), Some(Standing::Failed(..)))
    }

    /// Whether what does not hold is to go back to it.
    pub fn is_to_be_handed_back(&self) -> bool {
        let most = self.casting.checks.as_deref().map_or(0, |it| it.hand_back);
        let has_failed = self.faults().next().is_some();
        self.is_refuted() && has_failed && self.proof.handed_back < most
    }

    /// What its checks found wrong with its work, in order: each with why. That nobody could
    /// judge it is no fault of the work.
    pub fn faults(&self) -> impl Iterator<Item = (&Check, &String)> {
        let found = self.findings().enumerate();
        let judged = found.filter(|(nth, _)| !self.proof.unjudged.contains(nth));
        judged.filter_map(|(_, (check, found))| Some((check, found?.as_ref().err()?)))
    }

    /// Whether its checks have something left to say before its end is one.
    pub fn is_being_proven(&self) -> bool {
        matches!(self.proven(), Some(Standing::Checking(..)))
    }

    /// Whether it is over, and its checks have said what they have to say.
    pub fn is_settled(&self) -> bool {
        self.is_over() && !self.is_being_proven()
    }

    /// What its checks found, in order, as far as they are made.
    pub fn findings(&self) -> impl Iterator<Item = (&Check, Option<&Result<(), String>>)> {
        self.checks().enumerate().map(|(nth, check)| (check, self.proof.found.get(nth)))
    }

    /// Keeps what a fact says about its checks.
    pub(super) fn keep_proof(&mut self, event: &Event) {
        match event {
            Event::Proved { event, .. } => {
                Arc::make_mut(&mut self.proof).apply(event);
                // Also where its end was looked at before.
                let is_end = matches!(**event, ProofEvent::Ended { .. });
                self.unseen |= is_end && self.is_over() && self.is_refuted();
            }
            Event::AgentReopened { .. } | Event::Rewound { .. } | Event::TurnStarted { .. }
                if self.proof.is_due && !self.proof.is_under_way() =>
            {
                Arc::make_mut(&mut self.proof).lapse();
            }
            _ => {}
        }
    }
}

impl Stage {
    /// The agents of whose work something must hold.
    pub fn to_be_proven(&self) -> impl Iterator<Item = &Agent> {
        self.checked.iter().filter_map(|it| self.agent(*it))
    }

    /// What a run before this one left open is made again.
    pub(super) fn checks_were_cut(&mut self) {
        let is_over = |id: AgentId| self.agent(id).is_none_or(Agent::is_over);
        let judged = self.agents.iter().filter(|it| it.proof.judge.is_some_and(|it| !is_over(it)));
        let judged: Vec<AgentId> = judged.map(|it| it.id).collect();
        for agent in &mut self.agents {
            // Whoever judges goes on.
            if agent.proof.under_way.is_some() && !judged.contains(&agent.id) {
                Arc::make_mut(&mut Arc::make_mut(agent).proof).under_way = None;
            }
        }
    }
}

/// Judges a wish about the checks of an agent.
pub(super) fn prove(agent: &Agent, by: Author, wish: ProofWish) -> Result<Vec<Event>, Refusal> {
    let told = |event| Event::Proved { agent: agent.id, event: Box::new(event) };
    let asked = told(ProofEvent::Asked { round: agent.proof.round + 1, by });
    if agent.tree.is_none() {
        return Err(Refusal::Nothing("it has no folder yet in which anything could be checked"));
    }
    match wish {
        ProofWish::Make if agent.checks().next().is_none() => {
            Err(Refusal::Nothing("it has no checks; add one"))
        }
        ProofWish::Make => Ok(vec![asked]),
        ProofWish::Add(check) => {
            Ok(vec![told(ProofEvent::Added { check, by, judge: None }), asked])
        }
        ProofWish::Judge(question, casting) => {
            let check = Check::Judge { role: casting.role.clone(), question };
            Ok(vec![told(ProofEvent::Added { check, by, judge: Some(casting) }), asked])
        }
    }
}

/// Judges what a check has come to.
pub(super) fn proved(agent: &Agent, proved: Proved) -> Result<Vec<Event>, Refusal> {
    let Proved { agent: id, round, check, outcome } = proved;
    if agent.proof.round != round || agent.proof.under_way != Some(check) {
        return Err(Refusal::Stale);
    }
    let (ok, why) = (outcome.is_ok(), outcome.err().unwrap_or_default());
    let event = ProofEvent::Ended { round, check, ok, why, unjudged: false };
    Ok(vec![Event::Proved { agent: id, event: Box::new(event) }])
}
