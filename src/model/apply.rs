//! The fold: one record in, the next state out. Total: it never fails, never
//! blocks and never reads a clock.

use super::{
    Activity, Agent, AgentId, Answer, Ask, Author, Boundary, CallId, Casting, Cost, Delivery,
    Event, Instructions, Life, Link, Log, LogBounds, Millis, Money, OpenTool, Outcome, Record,
    Redirect, RedirectId, Request, RequestId, Stage, Taking, Turn, Version, taking::forget,
};
use std::{collections::BTreeMap, sync::Arc};

/// How many redirects of an agent are kept once they are through.
const REDIRECTS: usize = 32;
/// How many files of an agent are told apart.
const FILES: usize = 2000;

impl Stage {
    /// Adds one record: the only way a stage changes.
    pub fn apply(&mut self, record: &Record) {
        self.last = record.seq;
        self.now = self.now.max(record.at);
        match &record.event {
            Event::AgentAdded { agent, casting, by } => self.seat(*agent, casting, *by),
            event => match event.agent() {
                Some(agent) => self.of(agent, record),
                None => self.note(event),
            },
        }
        if let Event::Said { text, .. } | Event::Thought { text, .. } = &record.event {
            self.flowed(text.len());
        }
    }

    /// The events that are about no agent.
    fn note(&mut self, event: &Event) {
        match event {
            Event::SessionOpened { title, limits } => {
                self.title.clone_from(title);
                self.limits = limits.clone();
            }
            Event::SessionResumed { .. } => {
                self.resumed += 1;
                self.closed = None;
                // Whoever was taking work over then is gone.
                forget(&mut self.agents);
            }
            Event::SessionClosed { why } => self.closed = Some(why.clone()),
            Event::SessionBudgetChanged { budget, .. } => self.limits.budget = *budget,
            Event::NoticeRaised { level, text } => self.notice(*level, text.clone()),
            Event::Unreadable { name: Some(_), .. } => self.unknown += 1,
            Event::Unreadable { name: None, .. } => self.damaged += 1,
            _ => {}
        }
    }

    fn seat(&mut self, id: AgentId, casting: &Casting, by: Author) {
        let mut agent = Agent::cast(id, casting, by, (self.now, self.bounds));
        let event = Event::AgentAdded { agent: id, casting: Box::new(casting.clone()), by };
        agent.log.apply(&Record { seq: self.last, at: self.now, event });
        match self.place(id) {
            Ok(place) => {
                if let Some(old) = self.agents.get_mut(place) {
                    *old = Arc::new(agent);
                }
            }
            Err(place) => self.agents.insert(place, Arc::new(agent)),
        }
    }

    /// Changes one agent. A record about a stranger changes nothing: a journal
    /// with a gap must still open.
    fn of(&mut self, id: AgentId, record: &Record) {
        let now = self.now;
        if let Some(agent) = self.place(id).ok().and_then(|it| self.agents.get_mut(it)) {
            let agent = Arc::make_mut(agent);
            agent.take(&record.event, now);
            agent.count_held(now);
            agent.log.apply(record);
        }
    }
}

impl Agent {
    fn cast(
        id: AgentId,
        casting: &Casting,
        by: Author,
        (now, bounds): (Millis, LogBounds),
    ) -> Self {
        let first = Instructions {
            version: Version(1),
            text: casting.instructions.as_str().into(),
            by,
            at: now,
            effective: None,
        };
        Self {
            id,
            casting: casting.clone(),
            life: Life::Queued,
            run: 0,
            activity: Activity::Ready,
            since: now,
            added: now,
            started: None,
            held: Millis(0),
            held_since: None,
            holds: Vec::new(),
            steps: 0,
            stopping: false,
            frozen: None,
            boundaries: Vec::new(),
            calling: false,
            tools_running: Vec::new(),
            tools_open: BTreeMap::new(),
            turn: Turn(0),
            instructions: vec![first],
            redirects: Vec::new(),
            requests: Vec::new(),
            last_call: CallId(0),
            last_request: RequestId(0),
            spent: Cost::default(),
            reserved: Money(0),
            usage: super::Usage::default(),
            context: 0,
            files: BTreeMap::new(),
            tools: BTreeMap::new(),
            tree: None,
            checkpoints: Vec::new(),
            seen_changes: None,
            taking: Taking::default(),
            link: None,
            sandbox: None,
            strange: 0,
            allowed: Vec::new(),
            report: None,
            terminal: super::TERMINAL,
            unseen: false,
            log: Log::new(bounds),
        }
    }

    /// Takes a fact in. A `match` that routes: each arm names what becomes of it.
    fn take(&mut self, event: &Event, now: Millis) {
        match event {
            Event::AgentStarting { run, .. } => self.come_up(*run, now),
            Event::AgentStarted { .. } => self.work(now),
            Event::AgentEnded { outcome, .. } => self.end(outcome, now),
            Event::AgentReopened { .. } => self.reopen(now),
            Event::AgentSeen { .. } => self.unseen = false,
            Event::BoundaryReached { boundary, .. } => self.reach(*boundary, now),
            Event::TurnStarted { .. } => self.start_turn(event, now),
            Event::Thought { .. } => self.turn_to(Activity::Thinking, now),
            Event::Said { .. } => self.turn_to(Activity::Writing, now),
            Event::ToolCalled { call, tool, title, .. } => self.want_tool(*call, tool, title),
            Event::TurnEnded { usage, cost, .. } => {
                // A turn that shortened the conversation has settled already.
                if usage.total() > 0 {
                    self.context = usage.total();
                }
                self.settle(*usage, *cost, now);
            }
            Event::TurnCut { usage, cost, .. } => {
                self.forget_wishes();
                self.settle(*usage, *cost, now);
            }
            Event::Compacted { usage, cost, .. } => {
                self.context = usage.output;
                self.spent += *cost;
                self.usage += *usage;
            }
            Event::RetryScheduled { attempt, most, wait, why, .. } => {
                let until = now.plus(*wait);
                let why = why.clone();
                let (attempt, most) = (*attempt, *most);
                self.turn_to(Activity::Retrying { until, attempt, most, why }, now);
            }
            Event::ToolStarted { call, .. } => self.start_tool(*call, now),
            Event::ToolEnded { .. } => self.end_tool(event, now),
            Event::Asked { request, ask, .. } => {
                self.last_request = self.last_request.max(*request);
                self.requests.push(Request::new(*request, ask.clone(), now));
            }
            Event::Answered { request, answer, .. } => self.hear_answer(*request, answer),
            Event::Linked { program, session, .. } => {
                let (program, session) = (program.clone(), session.clone());
                self.link = Some(Link { program, session });
            }
            Event::Confined { sandbox, .. } => self.sandbox = Some(sandbox.clone()),
            Event::TerminalPrinted { .. } => self.since = now,
            Event::TerminalResized { columns, rows, .. } => self.terminal = (*columns, *rows),
            Event::Strange { .. } => self.strange = self.strange.saturating_add(1),
            Event::Reported { summary, .. } => self.report = Some(summary.clone()),
            Event::Preparing { what, .. } => {
                self.turn_to(Activity::Preparing { what: what.clone() }, now);
            }
            Event::TakeAsked { .. } | Event::WorkTaken { .. } | Event::WorkNotTaken { .. } => {
                self.be_taken(event);
            }
            Event::ChangesSeen { commit, .. } => self.seen_changes = Some(commit.clone()),
            Event::WorkspaceMade { .. } | Event::Checkpointed { .. } => {
                self.take_ground(event, now);
            }
            event => self.direct(event, now),
        }
    }

    /// The directions.
    fn direct(&mut self, event: &Event, now: Millis) {
        match event {
            Event::HoldPlaced { reason, by, note, .. } => {
                self.holds.retain(|it| it.reason != *reason);
                let (reason, by, note) = (*reason, *by, note.clone());
                self.holds.push(super::Hold { reason, by, since: now, note });
                self.steps = 0;
            }
            Event::HoldLifted { reason, .. } => {
                self.holds.retain(|it| it.reason != *reason);
                self.steps = 0;
            }
            Event::StepAllowed { .. } => self.steps = 1,
            Event::StopAsked { .. } => self.stopping = true,
            Event::Frozen { .. } => self.frozen = Some(now),
            Event::Thawed { .. } => {
                // What was frozen grew no older.
                if let Some(frozen) = self.frozen.take() {
                    self.since = self.since.plus(now.since(frozen));
                }
            }
            Event::RedirectWritten { redirect, text, by, .. } => {
                self.write(*redirect, text, *by, now);
            }
            Event::RedirectEdited { redirect, text, .. } => {
                self.amend(*redirect, |it| it.text.clone_from(text));
            }
            Event::RedirectTakenBack { redirect, .. } => {
                self.amend(*redirect, |it| it.delivery = Delivery::TakenBack);
            }
            Event::RedirectSent { redirect, .. } => {
                self.amend(*redirect, |it| it.delivery = Delivery::Sent);
            }
            Event::RedirectDelivered { redirect, turn, .. } => {
                self.amend(*redirect, |it| it.delivery = Delivery::Delivered(*turn));
            }
            Event::RedirectFailed { redirect, why, .. } => {
                self.amend(*redirect, |it| it.delivery = Delivery::Failed(why.clone()));
            }
            Event::InstructionsEdited { version, text, by, .. } => {
                let (version, by, text) = (*version, *by, text.as_str().into());
                self.instructions.push(Instructions {
                    version,
                    text,
                    by,
                    at: now,
                    effective: None,
                });
            }
            Event::BriefEdited { text, .. } => self.casting.brief.clone_from(text),
            Event::ModelChanged { provider, model, .. } => {
                self.casting.provider.clone_from(provider);
                self.casting.model.clone_from(model);
            }
            Event::BudgetChanged { budget, .. } => self.casting.budget = *budget,
            _ => {}
        }
    }

    fn hear_answer(&mut self, request: RequestId, answer: &Answer) {
        let Some(place) = self.requests.iter().position(|it| it.id == request) else { return };
        let Request { ask, .. } = self.requests.remove(place);
        if let (Ask::Approval { tool, shown, .. }, Answer::Always) = (ask, answer)
            && !self.may_always(&tool, &shown)
        {
            self.allowed.push((tool, shown));
        }
    }

    fn turn_to(&mut self, activity: Activity, now: Millis) {
        if self.activity != activity {
            self.activity = activity;
            self.since = now;
        }
    }

    fn come_up(&mut self, run: u32, now: Millis) {
        self.run = run;
        // What only a former run's program had is delivered again.
        for redirect in self.redirects.iter_mut().filter(|it| it.delivery == Delivery::Sent) {
            redirect.delivery = Delivery::Queued;
        }
        self.life = Life::Starting;
        let left = self.calls_left();
        self.lay_down();
        self.tools_open = left;
        self.turn_to(Activity::Ready, now);
    }

    fn work(&mut self, now: Millis) {
        self.life = Life::Working;
        self.started.get_or_insert(now);
        self.activity = Activity::Ready;
        self.since = now;
    }

    fn end(&mut self, outcome: &Outcome, now: Millis) {
        self.life = Life::Over(outcome.clone());
        self.unseen = !matches!(outcome, Outcome::Stopped { by: Author::Director });
        self.lay_down();
        self.holds.clear();
        self.activity = Activity::Ready;
        self.since = now;
    }

    fn reopen(&mut self, now: Millis) {
        self.life = Life::Queued;
        self.unseen = false;
        self.since = now;
    }

    /// Nothing of a run that is over is in flight any more.
    fn lay_down(&mut self) {
        self.boundaries.clear();
        self.calling = false;
        self.tools_running.clear();
        self.tools_open.clear();
        self.requests.clear();
        self.frozen = None;
        self.steps = 0;
        self.stopping = false;
        self.reserved = Money(0);
    }

    fn reach(&mut self, boundary: Boundary, now: Millis) {
        if !self.boundaries.contains(&boundary) {
            self.boundaries.push(boundary);
        }
        if self.is_still() {
            self.turn_to(Activity::Ready, now);
        }
    }

    fn start_turn(&mut self, event: &Event, now: Millis) {
        let Event::TurnStarted { turn, version, reserved, .. } = event else { return };
        self.boundaries.retain(|it| !matches!(it, Boundary::Model { .. }));
        self.steps = self.steps.saturating_sub(1);
        self.turn = *turn;
        self.calling = true;
        self.frozen = None;
        self.reserved = reserved.unwrap_or_default();
        let version = *version;
        if let Some(it) = self.instructions.iter_mut().find(|it| it.version == version) {
            it.effective.get_or_insert(*turn);
        }
        self.turn_to(Activity::Calling, now);
    }

    fn settle(&mut self, usage: super::Usage, cost: Cost, now: Millis) {
        self.calling = false;
        self.reserved = Money(0);
        self.usage += usage;
        self.spent += cost;
        self.show_work(now);
    }

    fn want_tool(&mut self, call: CallId, tool: &str, title: &str) {
        let open = OpenTool { tool: tool.to_owned(), title: title.to_owned() };
        self.tools_open.insert(call, open);
        self.last_call = self.last_call.max(call);
        self.tools.entry(tool.to_owned()).or_default().calls += 1;
    }

    fn start_tool(&mut self, call: CallId, now: Millis) {
        let at = |it: &Boundary| matches!(it, Boundary::Tool { call: at } if *at == call);
        self.boundaries.retain(|it| !at(it));
        self.steps = self.steps.saturating_sub(1);
        let title = self.tools_open.get(&call).map(|it| it.title.clone()).unwrap_or_default();
        self.tools_running.push((call, title));
        self.show_work(now);
    }

    fn end_tool(&mut self, event: &Event, now: Millis) {
        let Event::ToolEnded { call, ok, bytes, changes, .. } = event else { return };
        let at = |it: &Boundary| matches!(it, Boundary::Tool { call: at } if at == call);
        self.boundaries.retain(|it| !at(it));
        self.tools_running.retain(|(running, _)| running != call);
        if let Some(OpenTool { tool, .. }) = self.tools_open.remove(call) {
            let tally = self.tools.entry(tool).or_default();
            tally.failures += u32::from(!ok);
            tally.bytes = tally.bytes.saturating_add(*bytes);
        }
        if self.tools_running.is_empty() && !self.calling {
            self.frozen = None;
        }
        for change in changes {
            if self.files.len() < FILES || self.files.contains_key(&change.path) {
                let tally = self.files.entry(change.path.clone()).or_default();
                tally.changes += 1;
                tally.added = tally.added.saturating_add(change.added);
                tally.removed = tally.removed.saturating_add(change.removed);
                tally.last = now;
            }
        }
        self.show_work(now);
    }

    /// Shows the tool that has run longest, or that nothing runs.
    fn show_work(&mut self, now: Millis) {
        if self.calling {
            return;
        }
        let activity = match self.tools_running.first() {
            Some((call, title)) => Activity::Tool { call: *call, title: title.clone() },
            None => Activity::Ready,
        };
        self.turn_to(activity, now);
    }

    fn write(&mut self, id: RedirectId, text: &str, by: Author, at: Millis) {
        let text = text.to_owned();
        self.redirects.push(Redirect { id, text, by, at, delivery: Delivery::Queued });
        if self.redirects.len() > REDIRECTS
            && let Some(old) = self
                .redirects
                .iter()
                .position(|it| !matches!(it.delivery, Delivery::Queued | Delivery::Sent))
        {
            self.redirects.remove(old);
        }
    }

    fn amend(&mut self, id: RedirectId, change: impl FnOnce(&mut Redirect)) {
        if let Some(redirect) = self.redirects.iter_mut().find(|it| it.id == id) {
            change(redirect);
        }
    }

    /// Keeps the clock of the time in which the agent could not work.
    fn count_held(&mut self, now: Millis) {
        let is_held = !self.is_over() && self.started.is_some() && {
            (self.is_held() && self.is_still()) || self.is_waiting()
        };
        match (is_held, self.held_since) {
            (true, None) => self.held_since = Some(now),
            (false, Some(since)) => {
                self.held = self.held.plus(now.since(since));
                self.held_since = None;
            }
            (true, Some(_)) | (false, None) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Seq, ToolTally};

    #[test]
    fn a_tool_call_is_tallied_with_what_became_of_it() {
        let agent = AgentId(1);
        let (call, casting) = (CallId(1), Box::new(Casting::default()));
        let called = Event::ToolCalled {
            agent,
            call,
            id: "x".into(),
            tool: "shell".into(),
            title: "false".into(),
            input: serde_json::Value::Null.into(),
            seal: None,
        };
        let ended = Event::ToolEnded {
            agent,
            call,
            ok: false,
            text: "[exit 1]".into(),
            bytes: 7,
            changes: vec![],
            note: String::new(),
        };
        let added = Event::AgentAdded { agent, casting, by: Author::Director };
        let mut stage = Stage::default();
        for (n, event) in (1..).zip([added, called, ended.clone(), ended]) {
            stage.apply(&Record { seq: Seq(n), at: Millis(n), event });
        }
        let tally = ToolTally { calls: 1, failures: 1, bytes: 7 };
        assert_eq!(stage.agent(agent).unwrap().tools, BTreeMap::from([("shell".into(), tally)]));
    }

    #[test]
    fn what_a_cut_call_wished_for_is_neither_open_nor_tallied() {
        let (agent, turn, call) = (AgentId(1), Turn(1), CallId(1));
        let (usage, cost) = (crate::model::Usage::default(), Cost::default());
        let casting = Box::new(Casting::default());
        let events = [
            Event::AgentAdded { agent, casting, by: Author::Director },
            Event::ToolCalled {
                agent,
                call,
                id: "x".into(),
                tool: "shell".into(),
                title: "ls".into(),
                input: serde_json::Value::Null.into(),
                seal: None,
            },
            Event::TurnCut { agent, turn, why: "frozen".into(), usage, cost },
        ];
        let mut stage = Stage::default();
        for (n, event) in (1..).zip(events) {
            stage.apply(&Record { seq: Seq(n), at: Millis(n), event });
        }
        let agent = stage.agent(agent).unwrap();
        assert!(agent.tools_open.is_empty() && agent.tools.is_empty(), "{agent:?}");
    }
}
