//! What a rule sees of an agent, and what it says of that.

use crate::model::{
    Agent, Evidence, Kept, Move, MoveEnd, PlanLoss, Rule, Seq, Spoken, Trail, Turn, TurnEnd,
};

/// So much is shown for a sign: the beginning and the end of it.
const EVIDENCE: usize = 8;

/// An agent, as one rule looks at it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sight<'a> {
    pub(super) agent: &'a Agent,
    /// From how much on the rule is met.
    pub(super) limit: u32,
    trail: &'a Trail,
    /// The rule has had its say about what came before.
    settled: Seq,
    /// What came from this turn on is not held to be over.
    lately: Option<Turn>,
    /// So many of its latest calls are left out: it is seen as it was before them.
    back: usize,
}

/// What a rule has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) since: Turn,
    pub(super) words: String,
    pub(super) evidence: Vec<Evidence>,
}

impl<'a> Sight<'a> {
    pub(super) fn new(agent: &'a Agent, rule: Rule) -> Self {
        Self {
            agent,
            limit: agent.heeds(rule).limit,
            trail: &agent.trail,
            settled: agent.drift.settled(rule),
            lately: None,
            back: 0,
        }
    }

    /// Whether the rule has never had its say.
    pub(super) fn is_first(&self) -> bool {
        self.settled == Seq(0)
    }

    /// The same agent as it was at each time in its latest turns.
    pub(super) fn lately(self, turns: u32) -> impl Iterator<Item = Self> {
        let from = Turn(self.agent.turn.0.saturating_sub(turns).saturating_add(1));
        let calls = self.done().take_while(|(it, _)| from <= it.turn).count();
        (0..calls.max(1)).map(move |back| Self { lately: Some(from), back, ..self })
    }

    /// Whether a turn is among those that are looked at as if they were now.
    pub(super) fn is_late(&self, turn: Turn) -> bool {
        self.lately.is_some_and(|from| from <= turn)
    }

    /// Calls that have ended, with how, the latest first: since it was told something
    /// last, as what it did before that is not held against it.
    pub(super) fn done(&self) -> impl Iterator<Item = (&'a Move, &'a MoveEnd)> {
        let from = self.settled.max(self.trail.told());
        let moves = self.trail.moves().rev().filter(move |it| from < it.seq);
        moves.filter_map(|it| it.end.as_ref().map(|end| (it, end))).skip(self.back)
    }

    /// The same, whatever it was told meanwhile.
    pub(super) fn all_done(&self) -> impl DoubleEndedIterator<Item = (&'a Move, &'a MoveEnd)> {
        let from = self.settled;
        let moves = self.trail.moves().filter(move |it| from < it.seq);
        moves.filter_map(|it| it.end.as_ref().map(|end| (it, end)))
    }

    /// The ends of its turns since it was told something last, the latest first.
    pub(super) fn turns(&self) -> impl Iterator<Item = &'a TurnEnd> {
        let from = self.settled.max(self.trail.told());
        self.trail.turns().rev().filter(move |it| from < it.seq)
    }

    /// How its plan has lost steps since it was told something last, oldest first.
    pub(super) fn plans(&self) -> impl Iterator<Item = &'a PlanLoss> {
        let from = self.settled.max(self.trail.told());
        self.trail.losses().filter(move |it| from < it.made)
    }

    /// What it has said since it was told something last, the latest first.
    pub(super) fn said(&self) -> impl Iterator<Item = &'a Spoken> {
        let from = self.settled.max(self.trail.told());
        self.trail.voice().said().rev().filter(move |it| from < it.seq)
    }

    /// Whether it made that call before this record.
    pub(super) fn knows(&self, asks: u64, before: Seq) -> bool {
        self.trail.moves().any(|it| it.asks == asks && it.seq < before)
    }

    /// Whether it is known how it goes on since it was told something: what it does in a turn
    /// comes behind the end of its answer.
    pub(super) fn has_gone_on(&self) -> bool {
        let told = self.trail.told();
        let before = self.trail.moves().take_while(|it| it.seq <= told).last().map(|it| it.turn);
        let is_later = |it: &&TurnEnd| before.is_none_or(|before| before < it.turn);
        let answers: Vec<_> = self.turns().filter(is_later).collect();
        let mut since = self.trail.moves().filter(|it| told < it.seq).peekable();
        match since.peek() {
            None => answers.len() > 1 || answers.iter().any(|it| it.is_all),
            Some(_) => !answers.is_empty() && since.any(|it| it.end.is_some()),
        }
    }

    /// Whether it has gone on with what shows a sign: in its last two turns, since it was told
    /// something, it made one of those calls again, and got the same answer.
    pub(super) fn repeats(&self, evidence: &[Evidence]) -> bool {
        let is_shown = |it: &&Move| evidence.iter().any(|shown| shown.seq == it.seq);
        let same = |it: &Move| it.end.as_ref().map(|end| (it.asks, end.says));
        let shown: Vec<_> = self.trail.moves().filter(is_shown).filter_map(same).collect();
        let from = self.agent.turn.0.saturating_sub(1);
        let mut lately = self.done().filter(|(it, _)| from <= it.turn.0);
        lately.any(|(it, end)| shown.contains(&(it.asks, end.says)))
    }

    /// What differed after its turns, whatever it was told meanwhile.
    pub(super) fn marks(&self) -> impl DoubleEndedIterator<Item = &'a Kept> {
        let from = self.settled;
        self.trail.marks().filter(move |it| from < it.seq)
    }
}

impl Finding {
    /// A finding that these show, oldest first.
    pub(super) fn new(words: String, evidence: Vec<Evidence>) -> Option<Self> {
        let since = evidence.first()?.turn;
        Some(Self { since, words, evidence: shortened(evidence) })
    }
}

/// The two that it began with, and the latest.
fn shortened(mut evidence: Vec<Evidence>) -> Vec<Evidence> {
    if evidence.len() > EVIDENCE {
        let cut = evidence.len() - EVIDENCE;
        evidence.drain(2..2 + cut);
    }
    evidence
}

/// A call, as evidence: what it was, and how it went.
pub(super) fn shows(made: &Move, outcome: &str) -> Evidence {
    let words = match (made.title.is_empty(), outcome.is_empty()) {
        (true, _) => format!("{}{outcome}", made.tool),
        (false, _) => format!("{}{outcome}", made.title),
    };
    Evidence { seq: made.seq, turn: made.turn, words }
}
