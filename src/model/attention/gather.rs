//! The list, made of the stage in one look.

use super::{Attention, Item, ItemKey, Reason, Urgency, Whom};
use crate::model::{
    Agent, AgentId, Ask, HoldReason, Millis, Outcome, RequestId, Stage,
    play::{Play, Standing},
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

/// From this try on, a service that refuses is more than a hiccup.
const TRIES: u32 = 3;
/// A wait for a service that is as long is told at once.
const LONG_WAIT: Millis = Millis(60_000);

impl Stage {
    /// All that needs the director: what nobody can go on without first, of that what
    /// holds up most, of that what waits longest. What rests is among it.
    pub fn inbox(&self) -> Vec<Item> {
        self.inbox.get(|| self.gather())
    }

    /// What of it does not rest now.
    pub fn pressing(&self, now: Millis) -> Vec<Item> {
        let mut items = self.inbox();
        items.retain(|it| !it.is_resting(now));
        items
    }

    /// How many need the director now: an agent, a step or a budget is one, whatever it
    /// needs. Who has ended well and was not looked at is [new](Self::new_ends), and needs
    /// nothing.
    pub fn need_you(&self, now: Millis) -> u32 {
        self.counted(now).0
    }

    /// How many have ended well, were not looked at, and need nothing else.
    pub fn new_ends(&self, now: Millis) -> u32 {
        self.counted(now).1
    }

    fn counted(&self, now: Millis) -> (u32, u32) {
        let items = self.pressing(now);
        let whom = |is_new: bool| -> BTreeSet<Whom> {
            let those = items.iter().filter(|it| it.key.reason.is_new_end() == is_new);
            those.map(|it| it.key.whom).collect()
        };
        let (need, new) = (whom(false), whom(true));
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        (count(need.len()), count(new.difference(&need).count()))
    }

    /// The agents among those, each with what of it presses most.
    pub fn needing(&self, now: Millis) -> BTreeMap<AgentId, Reason> {
        let mut needing = BTreeMap::new();
        for item in self.pressing(now) {
            if let Some(agent) = item.agent() {
                needing.entry(agent).or_insert(item.key.reason);
            }
        }
        needing
    }

    fn gather(&self) -> Vec<Item> {
        let agents = self.agents().flat_map(|it| self.needs_of_agent(it));
        let steps = self.playing().flat_map(|it| self.needs_of_play(it));
        let limits = self
            .nearing()
            .map(|it| self.item(Whom::Limit(it.told), Need::since(Reason::NearBudget, it.at)));
        let mut items: Vec<_> = agents.chain(steps).chain(limits).collect();
        items.sort_by_key(|it| (it.key.reason.urgency(), Reverse(it.blocks), it.since, it.key));
        items
    }

    fn needs_of_agent(&self, agent: &Agent) -> impl Iterator<Item = Item> {
        let end = agent.is_over().then(|| ended(agent)).flatten();
        let wait = if agent.is_over() { None } else { waits(agent) };
        let all = [end, wait, conflict(agent), trouble(agent), drift(agent)];
        all.into_iter().flatten().map(|it| self.item(Whom::Agent(agent.id), it))
    }

    fn needs_of_play(&self, play: &Play) -> impl Iterator<Item = Item> {
        let steps = play.asking().filter_map(|place| Some((place, play.steps.get(place)?)));
        let needs = steps.map(|(place, step)| {
            let is_gate = step.standing == Standing::Gate;
            let since = play.asking_since(place).unwrap_or(step.since);
            let reason = if is_gate { Reason::Gate } else { Reason::StepFailed };
            self.item(Whom::Step(play.id, place), Need::since(reason, since))
        });
        needs.collect::<Vec<_>>().into_iter()
    }

    fn item(&self, whom: Whom, need: Need) -> Item {
        let Need { reason, since, request, nth } = need;
        let key = ItemKey { whom, reason, nth };
        let is_blocked = reason.urgency() == Urgency::Blocked;
        let blocks = if is_blocked { self.blocked_by(whom) } else { 0 };
        Item { key, since, request, blocks, rests: self.attention.rests(key) }
    }
}

/// What somebody needs, before it is known what that holds up.
#[derive(Debug, Clone, Copy)]
struct Need {
    reason: Reason,
    since: Millis,
    request: Option<RequestId>,
    nth: u64,
}

impl Need {
    /// One that its time tells from others of its kind.
    const fn since(reason: Reason, since: Millis) -> Self {
        Self { reason, since, request: None, nth: since.0 }
    }
}

/// An end that nobody has looked at.
fn ended(agent: &Agent) -> Option<Need> {
    let reason = match agent.outcome()? {
        Outcome::Failed { .. } => Reason::Failed,
        // What its checks say of it is not known yet.
        Outcome::Succeeded { .. } if agent.is_being_proven() => return None,
        Outcome::Succeeded { .. } if agent.is_refuted() => Reason::ProofFailed,
        Outcome::Succeeded { .. } | Outcome::Stopped { .. } => Reason::Finished,
    };
    agent.needs_director().then_some(Need::since(reason, agent.since))
}

/// What it asks first; else what holds it that only the director lifts.
fn waits(agent: &Agent) -> Option<Need> {
    if let Some(request) = agent.requests.first() {
        let reason = match request.ask {
            Ask::Approval { .. } => Reason::Approval,
            Ask::Question { .. } => Reason::Question,
            Ask::Budget { .. } => Reason::Budget,
            Ask::Drift { .. } => Reason::DriftAsked,
        };
        // Budgets and drift are asked about under one number, again and again.
        let is_numbered = !matches!(request.id, RequestId::BUDGET | RequestId::DRIFT);
        let nth = if is_numbered { request.id.0.into() } else { request.since.0 };
        return Some(Need { reason, since: request.since, request: Some(request.id), nth });
    }
    let is_ours =
        |it: HoldReason| matches!(it, HoldReason::Budget | HoldReason::Watch | HoldReason::Gate);
    let hold = agent.holds.iter().find(|it| is_ours(it.reason))?;
    Some(Need::since(Reason::Held(hold.reason), hold.since))
}

fn conflict(agent: &Agent) -> Option<Need> {
    let conflicted = agent.taking.conflicted.as_ref()?;
    let need = Need::since(Reason::Conflict, conflicted.since);
    // Where it lies in its worktree, it is the agent's to settle.
    agent.taking.can_be_handed_back().then_some(need)
}

/// A service that refuses again and again, or for long.
fn trouble(agent: &Agent) -> Option<Need> {
    let refused = agent.refused.filter(|it| it.turn == agent.turn && agent.is_on())?;
    let is_long = refused.until.since(refused.since) >= LONG_WAIT;
    // All tries of a turn are one trouble.
    let since = Need::since(Reason::Provider, refused.since);
    (refused.attempt > TRIES || is_long).then_some(since)
}

/// What a watch has seen first and nobody has set right: while it is at work, and at its end
/// for as long as nobody has looked at that.
fn drift(agent: &Agent) -> Option<Need> {
    // Who is held for it is listed as held, and whose end was looked at is looked at.
    let is_held = agent.drift_asked().is_some() || agent.is_held_for(HoldReason::Watch);
    let is_known = is_held || (agent.is_over() && !agent.needs_director());
    let sign = agent.drifts().filter(|_| !is_known)?;
    Some(Need { nth: sign.number.into(), ..Need::since(Reason::Drift, sign.at) })
}

impl Attention {
    /// Until when this rests.
    fn rests(&self, key: ItemKey) -> Option<Millis> {
        self.resting.get(&key).copied()
    }
}
