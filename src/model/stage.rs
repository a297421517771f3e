//! The state of a session: what all records so far add up to.

use super::{
    Agent, AgentId, Cost, Header, HoldReason, KnownWindow, Level, Limits, Log, LogBounds, Millis,
    Money, PlayId, Seq, Status, Usage,
    attention::{Attention, Listed},
    budget::{Nearing, Shares},
    play::Play,
};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

/// How many notices are kept; the journal has the rest.
const NOTICES: usize = 64;

/// The seconds over which the token rate is taken.
const RATE_SECONDS: u64 = 10;

/// The fold of a journal up to one record.
///
/// The live screen, the replay and the supervisor each keep one, and nothing
/// changes it but [`Stage::apply`]. Agents stand behind an `Arc`, so a copy of a
/// stage is cheap: a replay keeps many, to go back quickly.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stage {
    pub(super) header: Header,
    pub(super) title: String,
    pub(super) limits: Limits,
    /// What this session holds of what it shares with others.
    pub(super) shares: Shares,
    /// The budgets that were nearly used up when that was told, each once.
    pub(super) nearing: Vec<Nearing>,
    /// What services have told of how much may still be asked, by whose it is.
    pub(super) quotas: BTreeMap<String, Vec<KnownWindow>>,
    /// In the order of their numbers.
    pub(super) agents: Vec<Arc<Agent>>,
    /// In the order of their numbers, counted from 1.
    pub(super) plays: Vec<Arc<Play>>,
    /// Those of them that are not over.
    pub(super) playing: BTreeSet<PlayId>,
    /// The agents among whose own something is to be seen to.
    pub(super) due: BTreeSet<AgentId>,
    /// The agents of whose work something must hold.
    pub(super) checked: BTreeSet<AgentId>,
    pub(super) last: Seq,
    pub(super) now: Millis,
    pub(super) notices: VecDeque<Notice>,
    pub(super) closed: Option<String>,
    pub(super) resumed: u32,
    pub(super) attention: Attention,
    pub(super) unknown: u64,
    pub(super) damaged: u64,
    pub(super) flow: VecDeque<(u64, u64)>,
    /// How much of each agent's log is kept.
    pub(super) bounds: LogBounds,
    /// No agent's trail is kept.
    pub(super) is_shown_only: bool,
    /// All that needs the director, once somebody has asked.
    pub(super) inbox: Listed,
}

/// Something the director should know that belongs to no agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// When.
    pub at: Millis,
    /// How much it matters.
    pub level: Level,
    /// What.
    pub text: String,
}

/// All agents in a few numbers, for the header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// How many agents of ours stand how; none of them are left out.
    pub by_status: BTreeMap<Status, u32>,
    /// How many are held by the director, and how many of them are still.
    pub held: u32,
    /// Of those held, how many are still.
    pub still: u32,
    /// What all have spent.
    pub spent: Cost,
    /// What is set aside for calls that are out.
    pub reserved: Money,
    /// The tokens all have used.
    pub usage: Usage,
    /// How many run elsewhere, and are watched: they are counted nowhere else.
    pub watched: u32,
    /// What was spent elsewhere: no budget here pays for it.
    pub elsewhere: Cost,
}

impl Stage {
    /// An empty stage of the session that this header opens.
    pub fn new(header: Header) -> Self {
        Self { header, ..Self::default() }
    }

    /// The same stage for one who only judges: it keeps no agent's log.
    #[must_use]
    pub fn without_logs(mut self) -> Self {
        self.bounds = LogBounds::NONE;
        for agent in &mut self.agents {
            Arc::make_mut(agent).log = Log::new(LogBounds::NONE);
        }
        self
    }

    /// The same stage for one who only shows: it keeps no agent's trail, which nobody looks
    /// at but who watches for drift. To keep it takes a third of what a fold takes.
    #[must_use]
    pub fn without_trails(mut self) -> Self {
        if std::mem::replace(&mut self.is_shown_only, true) {
            return self;
        }
        for agent in &mut self.agents {
            Arc::make_mut(agent).trail = Arc::default();
        }
        self
    }

    /// The same stage with each agent as `each` gives it: for one who keeps
    /// agents without their logs, and puts them together again.
    #[must_use]
    pub fn with_each(&self, each: impl FnMut(&Arc<Agent>) -> Arc<Agent>) -> Self {
        Self {
            agents: self.agents.iter().map(each).collect(),
            plays: self.plays.clone(),
            playing: self.playing.clone(),
            due: self.due.clone(),
            checked: self.checked.clone(),
            header: self.header.clone(),
            title: self.title.clone(),
            limits: self.limits.clone(),
            shares: self.shares.clone(),
            nearing: self.nearing.clone(),
            quotas: self.quotas.clone(),
            notices: self.notices.clone(),
            closed: self.closed.clone(),
            attention: self.attention.clone(),
            flow: self.flow.clone(),
            inbox: Listed::default(),
            ..*self
        }
    }

    /// The first line of the journal.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// What the session is about; may be empty.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What holds for the whole session.
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How many agents take room of those that may run at once. Whoever only waits for those
    /// that work for it takes none: they could never begin.
    pub fn running(&self) -> usize {
        let is_at_work = |it: &&Agent| it.is_on() && !it.awaits_others() && !it.is_watched();
        self.agents().filter(is_at_work).count()
    }

    /// The agents, in the order they were cast.
    pub fn agents(&self) -> impl DoubleEndedIterator<Item = &Agent> + ExactSizeIterator {
        self.agents.iter().map(AsRef::as_ref)
    }

    /// The agent of that number.
    pub fn agent(&self, id: AgentId) -> Option<&Agent> {
        self.agents.get(self.place(id).ok()?).map(AsRef::as_ref)
    }

    /// Where the agent of that number stands, or would stand. Numbers are given
    /// one after the other, so it is nearly always where its number says.
    pub(super) fn place(&self, id: AgentId) -> Result<usize, usize> {
        let guess = (id.0 as usize).wrapping_sub(1);
        match self.agents.get(guess) {
            Some(agent) if agent.id == id => Ok(guess),
            _ => self.agents.binary_search_by_key(&id, |it| it.id),
        }
    }

    /// The agent of that name.
    pub fn agent_named(&self, name: &str) -> Option<&Agent> {
        let named = self.agents().find(|it| it.casting.name == name);
        named.or_else(|| self.agents().find(|it| it.is_called(name)))
    }

    /// The number of the next agent to be cast.
    pub fn next_agent(&self) -> AgentId {
        self.agents.last().map_or(AgentId(1), |it| it.id.next())
    }

    /// Whether nobody was ever cast, and no script played.
    pub fn is_untouched(&self) -> bool {
        self.agents.is_empty() && self.plays.is_empty()
    }

    /// The runs of scripts, in the order in which they began.
    pub fn plays(&self) -> impl DoubleEndedIterator<Item = &Play> + ExactSizeIterator {
        self.plays.iter().map(AsRef::as_ref)
    }

    /// The play of that number.
    pub fn play(&self, id: PlayId) -> Option<&Play> {
        self.plays.get((id.0 as usize).checked_sub(1)?).map(AsRef::as_ref)
    }

    /// The plays that are not over.
    pub fn playing(&self) -> impl Iterator<Item = &Play> {
        self.playing.iter().filter_map(|it| self.play(*it))
    }

    /// The number of the next play to begin.
    pub fn next_play(&self) -> PlayId {
        self.plays.last().map_or(PlayId(1), |it| it.id.next())
    }

    /// The place of the last record.
    pub const fn last(&self) -> Seq {
        self.last
    }

    /// The time of the last record.
    pub const fn now(&self) -> Millis {
        self.now
    }

    /// The latest notices, oldest first.
    pub fn notices(&self) -> impl DoubleEndedIterator<Item = &Notice> {
        self.notices.iter()
    }

    /// Why the session was closed, if it was and has not been resumed.
    pub fn closed(&self) -> Option<&str> {
        self.closed.as_deref()
    }

    /// How often a later run took the session up.
    pub const fn resumed(&self) -> u32 {
        self.resumed
    }

    /// How many records have an event that this program does not know.
    pub const fn unknown(&self) -> u64 {
        self.unknown
    }

    /// How many stretches of the journal could not be read.
    pub const fn damaged(&self) -> u64 {
        self.damaged
    }

    /// All agents in a few numbers.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for agent in self.agents() {
            if agent.is_watched() {
                totals.watched += u32::from(!agent.is_over());
                totals.elsewhere += agent.spent;
                continue;
            }
            *totals.by_status.entry(agent.status()).or_default() += 1;
            if agent.is_held_for(HoldReason::Director) && !agent.is_over() {
                totals.held += 1;
                totals.still += u32::from(agent.is_still());
            }
            totals.spent += agent.spent;
            totals.reserved += agent.reserved;
            totals.usage += agent.usage;
        }
        totals
    }

    /// Output tokens a second, all agents together, over the last ten seconds
    /// before `now`: estimated as a quarter of the bytes that streamed.
    pub fn token_rate(&self, now: Millis) -> u64 {
        let second = now.0 / 1000;
        let recent = self.flow.iter().filter(|(at, _)| at + RATE_SECONDS > second);
        recent.map(|(_, bytes)| bytes).sum::<u64>() / 4 / RATE_SECONDS
    }

    pub(super) fn notice(&mut self, level: Level, text: String) {
        self.notices.push_back(Notice { at: self.now, level, text });
        if self.notices.len() > NOTICES {
            self.notices.pop_front();
        }
    }

    pub(super) fn flowed(&mut self, bytes: usize) {
        let (second, bytes) = (self.now.0 / 1000, bytes as u64);
        match self.flow.back_mut() {
            Some((at, sum)) if *at == second => *sum += bytes,
            _ => self.flow.push_back((second, bytes)),
        }
        while self.flow.front().is_some_and(|(at, _)| at + RATE_SECONDS <= second) {
            self.flow.pop_front();
        }
    }
}
