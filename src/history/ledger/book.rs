//! One session, read into a ledger record by record.
//!
//! A model's answer is paid as a whole, whatever it asks for; so each call of a tool in it
//! bears the same part. What an answer without calls cost is of no tool.

use super::{Cell, Ledger, Sum};
use crate::model::{
    AgentId, Casting, Cost, EngineKind, Event, Header, Millis, Money, PlayId, Record, Usage,
    play::PlayEvent,
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use std::{collections::HashMap, mem, sync::Arc};

/// One session that is being read.
#[derive(Debug, Clone, PartialEq)]
pub struct Book {
    session: Arc<str>,
    /// When its clock stood at nothing, as far as anybody knows: nobody is at work between
    /// two runs, and its clock stands still.
    opened: Option<Timestamp>,
    /// Where its days begin.
    zone: TimeZone,
    /// What was before is left out.
    since: Option<Timestamp>,
    agents: HashMap<AgentId, Seat>,
    scripts: HashMap<PlayId, Arc<str>>,
}

/// What is known of an agent.
#[derive(Debug, Clone, Default, PartialEq)]
struct Seat {
    agent: Arc<str>,
    role: Arc<str>,
    model: Arc<str>,
    step: Arc<str>,
    /// It runs elsewhere.
    is_watched: bool,
    /// It works on a login with a plan.
    is_login: bool,
    /// What its turn has called, in that order.
    tools: Vec<Arc<str>>,
    /// So many of them are in the ledger.
    entered: usize,
}

impl Book {
    /// The book of a session that goes by this name.
    pub fn new(session: &str, header: &Header) -> Self {
        Self {
            session: session.into(),
            opened: header.opened.parse().ok(),
            zone: TimeZone::UTC,
            since: None,
            agents: HashMap::new(),
            scripts: HashMap::new(),
        }
    }

    /// The same, with the days of this zone.
    #[must_use]
    pub fn in_zone(self, zone: TimeZone) -> Self {
        Self { zone, ..self }
    }

    /// The same, of what was spent from then on. What nobody knows the time of is left out.
    #[must_use]
    pub fn since(self, since: Option<Timestamp>) -> Self {
        Self { since, ..self }
    }

    /// Reads the next record.
    pub fn take(&mut self, record: &Record, ledger: &mut Ledger) {
        let at = record.at;
        match &record.event {
            Event::SessionResumed { wall, .. } => self.resume(wall, at),
            Event::AgentAdded { agent, casting, .. } => self.seat(*agent, casting),
            Event::ModelChanged { agent, model, .. } => {
                self.of(*agent).model = model.as_str().into();
            }
            // A program says which model plays it when its first turn has begun.
            Event::Linked { agent, model, .. } if self.of(*agent).model.is_empty() => {
                self.of(*agent).model = model.as_str().into();
            }
            Event::TurnStarted { agent, model, .. } => {
                self.enter_calls(*agent, at, ledger);
                let seat = self.of(*agent);
                seat.model = model.as_str().into();
                seat.forget_calls();
            }
            Event::ToolCalled { agent, tool, .. } => {
                self.of(*agent).tools.push(tool.as_str().into());
            }
            Event::TurnEnded { agent, usage, cost, .. } => {
                self.enter_calls(*agent, at, ledger);
                let sum = Sum { turns: 1, ..spent(*usage, *cost) };
                self.spend(*agent, sum, at, ledger);
            }
            Event::TurnCut { agent, usage, cost, .. } => {
                let sum = Sum { turns: 1, cut: 1, ..spent(*usage, *cost) };
                // What it had asked for is never called.
                self.of(*agent).forget_calls();
                self.spend(*agent, sum, at, ledger);
            }
            Event::Compacted { agent, usage, cost, .. } => {
                let tools = mem::take(&mut self.of(*agent).tools);
                self.spend(*agent, spent(*usage, *cost), at, ledger);
                self.of(*agent).tools = tools;
            }
            Event::QuotaTold { agent, quota } if quota.is_login => {
                let seat = self.agents.entry(*agent).or_default();
                if !seat.is_login {
                    seat.is_login = true;
                    ledger.was_on_login(&self.session, &seat.agent);
                }
            }
            Event::Play { play, event } => self.play(*play, event),
            _ => {}
        }
    }

    fn of(&mut self, agent: AgentId) -> &mut Seat {
        self.agents.entry(agent).or_default()
    }

    fn resume(&mut self, wall: &str, at: Millis) {
        let ran = SignedDuration::from_millis(i64::try_from(at.0).unwrap_or(i64::MAX));
        let wall: Option<Timestamp> = wall.parse().ok();
        // A time that can't be read leaves the clock as it was.
        self.opened = wall.and_then(|it| it.checked_sub(ran).ok()).or(self.opened);
    }

    fn seat(&mut self, agent: AgentId, casting: &Casting) {
        let step = casting.assignment.as_ref().map(|it| {
            let script = self.scripts.get(&it.spot.play).map_or("?", AsRef::as_ref);
            format!("{script}: {}", it.spot.step)
        });
        let seat = Seat {
            agent: casting.name.as_str().into(),
            role: casting.role.as_str().into(),
            model: casting.model.as_str().into(),
            step: step.unwrap_or_default().into(),
            is_watched: casting.engine == EngineKind::Watched,
            ..Seat::default()
        };
        self.agents.insert(agent, seat);
    }

    fn play(&mut self, play: PlayId, event: &PlayEvent) {
        if let PlayEvent::Started { script, .. } = event {
            self.scripts.insert(play, script.name.as_str().into());
        }
    }

    /// Enters the calls of a turn that are not in the ledger yet.
    fn enter_calls(&mut self, agent: AgentId, at: Millis, ledger: &mut Ledger) {
        let seat = self.of(agent);
        let fresh = seat.tools.get(seat.entered..).unwrap_or_default().to_vec();
        seat.entered = seat.tools.len();
        for tool in fresh {
            self.enter(agent, (tool, Sum { calls: 1, ..Sum::default() }), at, ledger);
        }
    }

    /// Enters what a turn has cost, with its tools.
    fn spend(&mut self, agent: AgentId, whole: Sum, at: Millis, ledger: &mut Ledger) {
        let tools = mem::take(&mut self.of(agent).tools);
        if tools.is_empty() {
            self.enter(agent, (Arc::default(), whole), at, ledger);
        }
        for (nth, tool) in (0..).zip(&tools) {
            let part = part(&whole, nth, tools.len() as u64);
            self.enter(agent, (Arc::clone(tool), part), at, ledger);
        }
        // What is told of the same turn later is of the same calls.
        self.of(agent).tools = tools;
    }

    fn enter(
        &mut self,
        agent: AgentId,
        (tool, sum): (Arc<str>, Sum),
        at: Millis,
        ledger: &mut Ledger,
    ) {
        let ran = SignedDuration::from_millis(i64::try_from(at.0).unwrap_or(i64::MAX));
        let when = self.opened.and_then(|it| it.checked_add(ran).ok());
        if self.since.is_some_and(|since| when.is_none_or(|it| it < since)) {
            return;
        }
        let seat = self.agents.entry(agent).or_default();
        if seat.is_watched {
            ledger.elsewhere += sum;
            return;
        }
        let day = when.map(|it| self.zone.to_datetime(it).date());
        let cell = Cell {
            day,
            session: Arc::clone(&self.session),
            agent: Arc::clone(&seat.agent),
            role: Arc::clone(&seat.role),
            model: Arc::clone(&seat.model),
            step: Arc::clone(&seat.step),
            tool,
            is_login: seat.is_login,
        };
        *ledger.at(cell) += sum;
    }
}

impl Seat {
    fn forget_calls(&mut self) {
        self.tools.clear();
        self.entered = 0;
    }
}

fn spent(usage: Usage, cost: Cost) -> Sum {
    Sum { usage, cost, ..Sum::default() }
}

/// One of so many parts of the same size; the first have what can't be shared.
fn part(whole: &Sum, nth: u64, parts: u64) -> Sum {
    let share = |all: u64| all / parts + u64::from(nth < all % parts);
    let Usage { input, cache_read, cache_write_5m, cache_write_1h, .. } = whole.usage;
    let Usage { output, reasoning, web_searches, .. } = whole.usage;
    let Cost { known, unpriced, feared, reported } = whole.cost;
    Sum {
        turns: share(whole.turns),
        cut: share(whole.cut),
        calls: share(whole.calls),
        usage: Usage {
            input: share(input),
            cache_read: share(cache_read),
            cache_write_5m: share(cache_write_5m),
            cache_write_1h: share(cache_write_1h),
            output: share(output),
            reasoning: share(reasoning),
            web_searches: share(web_searches),
        },
        cost: Cost {
            known: Money(share(known.0)),
            unpriced: u32::try_from(share(unpriced.into())).unwrap_or(u32::MAX),
            feared: Money(share(feared.0)),
            reported: Money(share(reported.0)),
        },
    }
}
