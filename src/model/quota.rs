//! What a service says of how much may still be asked of it: windows of time, how much of
//! each is used, and when each begins anew.

use super::{Agent, AgentId, Author, Boundary, Event, HoldReason, Millis, Stage};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// From this part of a window on it is worth a word, in hundredths.
pub const NEARLY: u16 = 80;
/// Below that, only each so much is a fact: a service tells of it with every call.
const STEP: u16 = 10;
/// The windows that are kept of one account.
const WINDOWS: usize = 8;
/// The accounts that are kept.
const ACCOUNTS: usize = 32;

/// What a service has told with one call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Quota {
    /// Whose quota it is: a provider, or a program.
    pub account: String,
    /// What it told of.
    pub windows: Vec<Window>,
    /// It is that of a login with a plan: nobody pays for single calls.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_login: bool,
}

/// A window of time in which only so much may be asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Window {
    /// What it is called, such as "5 h" or "tokens".
    pub name: String,
    /// How much of it is used, in hundredths; none where that is not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used: Option<u16>,
    /// Nothing more is granted in it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_spent: bool,
    /// How long until it begins anew; none where that is not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resets_in: Option<Millis>,
}

/// A window as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownWindow {
    /// What was told of it last.
    pub window: Window,
    /// When it begins anew.
    pub resets_at: Option<Millis>,
}

impl KnownWindow {
    /// Whether what was told of it still holds.
    pub fn holds(&self, now: Millis) -> bool {
        self.resets_at.is_none_or(|it| now < it)
    }

    /// Whether it is worth a word.
    pub fn is_pressing(&self, now: Millis) -> bool {
        let nearly = self.window.used.is_some_and(|it| it >= NEARLY);
        self.holds(now) && (self.window.is_spent || nearly)
    }

    /// When a call may be made again, where none may now.
    pub fn bars_until(&self, now: Millis) -> Option<Millis> {
        self.resets_at.filter(|it| self.window.is_spent && now < *it)
    }

    /// In words, such as `5 h 86 %, resets in 1:20:00`.
    pub fn words(&self, now: Millis) -> String {
        let Window { name, used, is_spent, .. } = &self.window;
        let used = match (used, is_spent) {
            (_, true) => " used up".to_owned(),
            (Some(used), false) => format!(" {used} %"),
            (None, false) => String::new(),
        };
        let resets = match self.resets_at {
            Some(at) if now < at => format!(", resets in {}", span(at.since(now))),
            Some(_) => ", has begun anew".to_owned(),
            None => String::new(),
        };
        format!("{name}{used}{resets}")
    }
}

/// How long that is: of days, no seconds.
fn span(wait: Millis) -> String {
    let hours = wait.0 / 3_600_000;
    if hours < 48 { wait.to_string() } else { format!("{} d {} h", hours / 24, hours % 24) }
}

impl Stage {
    /// The accounts whose services have told of a quota, and its windows.
    pub fn quotas(&self) -> impl Iterator<Item = (&str, &[KnownWindow])> {
        self.quotas.iter().map(|(account, it)| (account.as_str(), it.as_slice()))
    }

    /// The window that presses most: one that is used up, else the fullest.
    pub fn pressing_quota(&self, now: Millis) -> Option<(&str, &KnownWindow)> {
        let all = self.quotas().flat_map(|(account, it)| it.iter().map(move |it| (account, it)));
        let pressing = all.filter(|(_, it)| it.is_pressing(now));
        pressing.max_by_key(|(_, it)| (it.window.is_spent, it.window.used))
    }

    /// Takes in what a service has told.
    pub(super) fn keep_quota(&mut self, quota: &Quota) {
        let now = self.now;
        if self.quotas.len() >= ACCOUNTS && !self.quotas.contains_key(&quota.account) {
            return;
        }
        let known = self.quotas.entry(quota.account.clone()).or_default();
        for window in &quota.windows {
            let resets_at = window.resets_in.map(|it| now.plus(it));
            let new = KnownWindow { window: window.clone(), resets_at };
            if let Some(old) = known.iter_mut().find(|it| it.window.name == window.name) {
                *old = new;
            } else if known.len() < WINDOWS {
                known.push(new);
            }
        }
    }

    /// Until when an agent is held for its service grants nothing, where it waits for that.
    pub fn waits_for_quota_until(&self, agent: &Agent, now: Millis) -> Option<Millis> {
        let waits = self.limits().waits_for_quota && agent.is_held_for(HoldReason::Provider);
        self.barred_until(agent, now).filter(|_| waits)
    }

    /// Somebody lets it go on all the same: it does until those windows begin anew.
    pub(super) fn go_past_quota(&mut self, id: AgentId) {
        let until = self.agent(id).and_then(|it| self.barred_until(it, self.now));
        let agent = self.place(id).ok().and_then(|it| self.agents.get_mut(it));
        if let (Some(agent), Some(until)) = (agent, until) {
            Arc::make_mut(agent).past_quota = Some(until);
        }
    }

    /// Until when the service of an agent grants nothing.
    fn barred_until(&self, agent: &Agent, now: Millis) -> Option<Millis> {
        let known = self.quotas.get(&agent.casting.provider)?;
        known.iter().filter_map(|it| it.bars_until(now)).max()
    }
}

/// What a service has told is a fact where it says something new: each call tells of it.
pub(super) fn told(stage: &Stage, agent: AgentId, quota: Quota) -> Option<Event> {
    let step = |used: Option<u16>| used.map(|it| if it < NEARLY { it / STEP * STEP } else { it });
    let is_known = |window: &Window| {
        let known = stage.quotas.get(&quota.account)?;
        let known = known.iter().find(|it| it.window.name == window.name)?;
        let same = (step(known.window.used), known.window.is_spent)
            == (step(window.used), window.is_spent);
        Some(same && known.holds(stage.now()))
    };
    let is_login = quota.is_login && stage.agent(agent).is_some_and(|it| !it.on_login);
    let is_news = is_login || quota.windows.iter().any(|it| !is_known(it).unwrap_or_default());
    is_news.then(|| Event::QuotaTold { agent, quota: Box::new(quota) })
}

/// Holds an agent before a call that its service would not grant, where the session waits
/// for that.
pub(super) fn hold_for_quota(stage: &Stage, agent: &Agent) -> Vec<Event> {
    if !stage.limits().waits_for_quota || agent.is_held_for(HoldReason::Provider) {
        return Vec::new();
    }
    let until = stage.barred_until(agent, stage.now());
    if until <= agent.past_quota {
        return Vec::new();
    }
    // How long that is changes, and is told beside it.
    let note = format!("the quota of {} is used up; it goes on by itself", agent.casting.provider);
    let (reason, by) = (HoldReason::Provider, Author::Supervisor);
    vec![Event::HoldPlaced { agent: agent.id, reason, by, note }]
}

/// Who waits for a quota, and until when.
fn waiting(stage: &Stage, now: Millis) -> impl Iterator<Item = (AgentId, Option<Millis>)> {
    let waits = |it: &&Agent| {
        it.is_held_for(HoldReason::Provider) && it.boundaries.iter().any(Boundary::is_model)
    };
    // Asked after each input of a session, so nobody is looked at where nobody can wait.
    let can_wait = stage.limits().waits_for_quota && !stage.quotas.is_empty();
    let agents = can_wait.then(|| stage.agents()).into_iter().flatten();
    agents.filter(waits).map(move |it| (it.id, stage.barred_until(it, now)))
}

/// Lets those go on whose service grants something again.
pub fn quota_granted(stage: &Stage, now: Millis) -> Vec<Event> {
    let (reason, by) = (HoldReason::Provider, Author::Supervisor);
    let free = waiting(stage, now).filter(|(_, until)| until.is_none());
    free.map(|(agent, _)| Event::HoldLifted { agent, reason, by }).collect()
}

/// When somebody can go on who waits for a quota.
pub fn quota_wake(stage: &Stage) -> Option<Millis> {
    waiting(stage, stage.now()).filter_map(|(_, until)| until).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Casting, Limits, Record, Seq, Turn, follow_up};

    const AGENT: AgentId = AgentId(1);

    /// A session that waits for quotas, or does not.
    fn session(waits_for_quota: bool) -> Stage {
        let mut stage = Stage::default();
        let limits = Limits { waits_for_quota, ..Limits::default() };
        tell(&mut stage, 0, Event::SessionOpened { title: String::new(), limits });
        let casting = Box::new(Casting { provider: "theirs".into(), ..Casting::default() });
        tell(&mut stage, 0, Event::AgentAdded { agent: AGENT, casting, by: Author::Director });
        tell(&mut stage, 0, Event::AgentStarted { agent: AGENT });
        stage
    }

    fn tell(stage: &mut Stage, at: u64, event: Event) {
        let mut pending = vec![event];
        while let Some(event) = pending.pop() {
            let record = Record { seq: Seq(stage.last().0 + 1), at: Millis(at), event };
            stage.apply(&record);
            pending.extend(follow_up(stage, &record.event).into_iter().rev());
        }
    }

    fn window(used: u16, is_spent: bool) -> Quota {
        let (name, resets_in) = ("5 h".to_owned(), Some(Millis(60_000)));
        let windows = vec![Window { name, used: Some(used), is_spent, resets_in }];
        Quota { account: "theirs".into(), windows, is_login: false }
    }

    fn hear(stage: &mut Stage, at: u64, quota: Quota) -> bool {
        let told = told(stage, AGENT, quota);
        let is_told = told.is_some();
        if let Some(event) = told {
            tell(stage, at, event);
        }
        is_told
    }

    fn stands_before_a_call(stage: &mut Stage, at: u64) -> Agent {
        let boundary = Boundary::Model { estimate: None, again: false };
        tell(stage, at, Event::BoundaryReached { agent: AGENT, boundary });
        stage.agent(AGENT).unwrap().clone()
    }

    #[test]
    fn a_call_waits_until_the_quota_begins_anew_and_then_goes_on_by_itself() {
        let mut stage = session(true);
        assert!(hear(&mut stage, 1000, window(100, true)));
        let agent = stands_before_a_call(&mut stage, 2000);
        assert!(agent.is_held_for(HoldReason::Provider) && agent.turn == Turn(0), "{agent:?}");
        assert_eq!(quota_wake(&stage), Some(Millis(61_000)));
        assert_eq!(quota_granted(&stage, Millis(60_999)), []);
        for event in quota_granted(&stage, Millis(61_000)) {
            tell(&mut stage, 61_000, event);
        }
        let agent = stage.agent(AGENT).unwrap();
        assert!(agent.calling && !agent.is_held() && quota_wake(&stage).is_none());
    }

    #[test]
    fn who_is_told_to_go_on_all_the_same_does_until_the_window_begins_anew() {
        let mut stage = session(true);
        hear(&mut stage, 1000, window(100, true));
        let agent = stands_before_a_call(&mut stage, 2000);
        let until = stage.waits_for_quota_until(&agent, Millis(2000));
        assert_eq!(until, Some(Millis(61_000)));
        let (reason, by) = (HoldReason::Provider, Author::Director);
        tell(&mut stage, 3000, Event::HoldLifted { agent: AGENT, reason, by });
        assert!(stage.agent(AGENT).unwrap().calling);
        let (turn, why) = (Turn(1), "429".to_owned());
        let (usage, cost) = Default::default();
        tell(&mut stage, 4000, Event::TurnCut { agent: AGENT, turn, why, usage, cost });
        assert!(stands_before_a_call(&mut stage, 5000).calling, "for each call until then");
        let (turn, why) = (Turn(2), "429".to_owned());
        tell(&mut stage, 62_000, Event::TurnCut { agent: AGENT, turn, why, usage, cost });
        assert!(hear(&mut stage, 63_000, window(100, true)));
        assert!(stands_before_a_call(&mut stage, 64_000).is_held(), "the next window bars it anew");
    }

    #[test]
    fn unasked_nobody_waits() {
        let mut stage = session(false);
        hear(&mut stage, 1000, window(100, true));
        assert!(stands_before_a_call(&mut stage, 2000).calling);
        let (account, window) = stage.pressing_quota(Millis(2000)).unwrap();
        assert_eq!(
            (account, window.words(Millis(2000))),
            ("theirs", "5 h used up, resets in 0:59".into())
        );
        assert_eq!(stage.pressing_quota(Millis(61_000)), None, "it has begun anew");
        let week = Window { resets_in: Some(Millis(200_000_000)), ..window.window.clone() };
        let week = KnownWindow { resets_at: week.resets_in, window: week };
        assert_eq!(week.words(Millis(0)), "5 h used up, resets in 2 d 7 h");
    }

    #[test]
    fn what_each_call_tells_is_a_fact_where_it_is_news() {
        let mut stage = session(false);
        let told =
            [0, 9, 12, 19, 79, 80, 80, 81, 99].map(|it| hear(&mut stage, 1, window(it, false)));
        assert_eq!(told, [true, false, true, false, true, true, false, true, true]);
        assert!(hear(&mut stage, 2, window(99, true)), "used up, whatever the figure says");
        assert_eq!(stage.quotas().map(|it| it.1.len()).sum::<usize>(), 1);
        let login = Quota { account: "theirs".into(), windows: vec![], is_login: true };
        assert_eq!([1, 2].map(|at| hear(&mut stage, at, login.clone())), [true, false]);
        assert!(stage.agent(AGENT).unwrap().on_login);
    }
}
