//! Whether an agent drifts, as far as rules can see: what they saw and nobody has set
//! right or waved away since.
//!
//! A sign is a fact. It is seen by a rule of the room `watch`, while the session is live;
//! a replay reads it, and looks for nothing itself.

mod event;

pub use event::{Action, DriftEvent, Evidence, Heed, HeedWish, Rule};

use super::{
    Agent, AgentId, Answer, Ask, Author, Casting, Event, HoldReason, Millis, Record, Refusal,
    Request, RequestId, Seq, Turn, decide,
};
use std::{collections::BTreeMap, sync::Arc};

/// So many turns a rule rests that the director has waved away.
const RESTS: u32 = 10;

/// Something that may be drift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sign {
    /// Which of this agent, counted from 1.
    pub number: u32,
    /// The rule that was met.
    pub rule: Rule,
    /// The record that says so.
    pub seq: Seq,
    /// When it was seen.
    pub at: Millis,
    /// The turn in which it was seen.
    pub turn: Turn,
    /// The turn in which it began.
    pub since: Turn,
    /// What was seen, in a few words.
    pub words: String,
    /// What shows it, oldest first.
    pub evidence: Vec<Evidence>,
    /// What was done about it.
    pub action: Action,
}

impl Sign {
    /// What was seen, as a sentence.
    pub fn sentence(&self) -> String {
        let mut letters = self.words.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        first.chain(letters).chain(['.']).collect()
    }
}

/// How an agent stands with its watches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drift {
    open: Vec<Arc<Sign>>,
    /// How many signs there were.
    count: u32,
    /// Up to which record a rule has had its say.
    settled: BTreeMap<Rule, Seq>,
    /// Up to which turn a rule rests.
    resting: BTreeMap<Rule, Turn>,
    /// Who judges it, and up to which turn that one has been shown.
    judge: Option<(AgentId, Turn)>,
}

impl Drift {
    /// What was seen and stands, oldest first.
    pub fn signs(&self) -> impl DoubleEndedIterator<Item = &Sign> + ExactSizeIterator {
        self.open.iter().map(AsRef::as_ref)
    }

    /// The number that the next sign gets.
    pub const fn next(&self) -> u32 {
        self.count.saturating_add(1)
    }

    /// The record up to which a rule looks no more.
    pub fn settled(&self, rule: Rule) -> Seq {
        self.settled.get(&rule).copied().unwrap_or_default()
    }

    /// Who judges it, and up to which turn that one has been shown.
    pub const fn judge(&self) -> Option<(AgentId, Turn)> {
        self.judge
    }

    /// Whether a rule is not to be heard in this turn.
    pub fn rests(&self, rule: Rule, turn: Turn) -> bool {
        self.resting.get(&rule).is_some_and(|upto| turn <= *upto)
    }

    /// Takes in a fact.
    pub(super) fn apply(&mut self, event: &DriftEvent, record: &Record, turn: Turn) {
        match event {
            DriftEvent::Seen { sign, rule, since, words, evidence, action } => {
                self.count = self.count.max(*sign);
                // What is seen anew stands for what was seen before.
                self.open.retain(|it| it.rule != *rule);
                self.open.push(Arc::new(Sign {
                    number: *sign,
                    rule: *rule,
                    seq: record.seq,
                    at: record.at,
                    turn,
                    since: *since,
                    words: words.clone(),
                    evidence: evidence.clone(),
                    action: *action,
                }));
            }
            DriftEvent::JudgeAsked { judge, turn } => self.judge = Some((*judge, *turn)),
            // What is to be kept is kept with how it was cast.
            DriftEvent::Judged { .. } | DriftEvent::Kept { .. } => {}
            // What it changed before that is not held against it.
            DriftEvent::Scoped { .. } => {
                self.settled.insert(Rule::Scope, record.seq);
            }
            DriftEvent::Passed { sign, .. } => self.close(*sign, record.seq),
            DriftEvent::Dismissed { sign, rests, .. } => {
                let rule = self.signs().find(|it| it.number == *sign).map(|it| it.rule);
                let upto = Turn(turn.0.saturating_add(*rests));
                self.resting.extend(rule.map(|rule| (rule, upto)));
                self.close(*sign, record.seq);
            }
        }
    }

    fn close(&mut self, sign: u32, seq: Seq) {
        let closed = self.signs().find(|it| it.number == sign).map(|it| it.rule);
        self.settled.extend(closed.map(|rule| (rule, seq)));
        self.open.retain(|it| it.number != sign);
    }
}

impl Casting {
    /// How a rule is kept for whoever is cast so.
    pub fn heeds(&self, rule: Rule) -> Heed {
        self.watch.get(&rule).copied().unwrap_or_else(|| rule.usual())
    }
}

impl Agent {
    /// How a rule is kept for it.
    pub fn heeds(&self, rule: Rule) -> Heed {
        self.casting.heeds(rule)
    }

    /// The sign that stands for all: the one seen first.
    pub fn drifts(&self) -> Option<&Sign> {
        self.drift.signs().next()
    }

    /// What its watches ask of the director, if they do.
    pub fn drift_asked(&self) -> Option<&Request> {
        self.request(RequestId::DRIFT)
    }

    /// Keeps how it is watched from now on.
    pub(super) fn keep_watch(&mut self, event: &DriftEvent) {
        match event {
            DriftEvent::Kept { rule, heed, .. } => {
                self.casting.watch.insert(*rule, *heed);
            }
            DriftEvent::Scoped { scope, .. } => self.casting.scope.clone_from(scope),
            _ => {}
        }
    }

    /// What is asked about, or else the sign that stands for all.
    pub fn sign_shown(&self) -> Option<Sign> {
        let Some(Request { ask: Ask::Drift { sign, rule, words, evidence }, since, .. }) =
            self.drift_asked()
        else {
            return self.drifts().cloned();
        };
        let open = self.drift.signs().find(|it| it.number == *sign).cloned();
        // What is seen no more is asked about all the same.
        Some(open.unwrap_or_else(|| Sign {
            number: *sign,
            rule: *rule,
            seq: evidence.last().map_or(Seq(0), |it| it.seq),
            at: *since,
            turn: self.turn,
            since: evidence.first().map_or(self.turn, |it| it.turn),
            words: words.clone(),
            evidence: evidence.clone(),
            action: Action::Ask,
        }))
    }
}

/// Judges an answer to what the watches ask: a message with which it goes on, or that it
/// is to end. That it goes on as it is takes no words: its hold is lifted.
pub(super) fn answer(agent: &Agent, by: Author, answer: Answer) -> Result<Vec<Event>, Refusal> {
    match answer {
        Answer::Said { text } => {
            let mut events = decide::redirect(agent, by, text, false)?;
            events.extend(let_go(agent, by, "it goes on, with a message"));
            Ok(events)
        }
        Answer::Denied { .. } => Ok(decide::stop(agent, by)),
        Answer::Approved | Answer::Always | Answer::Withdrawn => {
            Err(decide::not(agent, "let it go on, write to it, or stop it"))
        }
    }
}

/// The watches hold it no more, and what they asked is answered.
fn let_go(agent: &Agent, by: Author, said: &str) -> Vec<Event> {
    let held = agent.is_held_for(HoldReason::Watch);
    let lifted = Event::HoldLifted { agent: agent.id, reason: HoldReason::Watch, by };
    answered(agent, by, said).into_iter().chain(held.then_some(lifted)).collect()
}

/// The answer to what the watches ask, if they do.
fn answered(agent: &Agent, by: Author, said: &str) -> Option<Event> {
    let answer = Answer::Said { text: said.to_owned() };
    let request = agent.drift_asked()?.id;
    Some(Event::Answered { agent: agent.id, request, answer, by })
}

/// Whoever is let go on is not asked about any more.
pub(super) fn after_lift(agent: &Agent, by: Author) -> Option<Event> {
    let is_held = agent.is_held_for(HoldReason::Watch);
    answered(agent, by, "it goes on").filter(|_| !is_held)
}

/// Judges a wish about the watches of an agent.
pub(super) fn heed(agent: &Agent, by: Author, wish: HeedWish) -> Result<Vec<Event>, Refusal> {
    match wish {
        HeedWish::Dismiss { sign } => dismiss(agent, by, sign),
        HeedWish::Keep { rule, heed } => {
            if rule == Rule::Judge && agent.casting.judges.is_empty() {
                return Err(Refusal::Nothing("nobody was cast beside it who could judge it"));
            }
            let heed = Heed { limit: heed.limit.max(1), ..heed };
            Ok(vec![drifted(agent, DriftEvent::Kept { rule, heed, by })])
        }
        HeedWish::Scope(scope) => Ok(vec![drifted(agent, DriftEvent::Scoped { scope, by })]),
    }
}

fn drifted(agent: &Agent, event: DriftEvent) -> Event {
    Event::Drifted { agent: agent.id, event: Box::new(event) }
}

fn dismiss(agent: &Agent, by: Author, sign: u32) -> Result<Vec<Event>, Refusal> {
    if !agent.drift.signs().any(|it| it.number == sign) {
        return Err(Refusal::Nothing("that is seen no more"));
    }
    let event = DriftEvent::Dismissed { sign, rests: RESTS, by };
    let mut events = vec![drifted(agent, event)];
    let is_asked = agent
        .drift_asked()
        .is_some_and(|it| matches!(&it.ask, Ask::Drift { sign: asked, .. } if *asked == sign));
    // What it was held for is no reason any more.
    if is_asked || agent.drift.signs().len() == 1 {
        events.extend(let_go(agent, by, "that is no drift"));
    }
    Ok(events)
}
