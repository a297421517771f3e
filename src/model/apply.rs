//! The fold: one record in, the next state out. Total: it never fails, never
//! blocks and never reads a clock.

mod kin;
mod work;

use super::{
    Activity, Agent, AgentId, Answer, Ask, Author, CallId, Casting, Cost, Delivery, Event,
    HoldReason, Instructions, Life, Link, Log, LogBounds, Millis, Money, Record, Redirect,
    RedirectId, Request, RequestId, Stage, Taking, Turn, Version, taking::forget,
};
use std::{collections::BTreeMap, sync::Arc};

/// How many redirects of an agent are kept once they are through.
const REDIRECTS: usize = 32;

impl Stage {
    /// Adds one record: the only way a stage changes.
    pub fn apply(&mut self, record: &Record) {
        self.last = record.seq;
        self.now = self.now.max(record.at);
        self.inbox.forget();
        self.settle(&record.event);
        match &record.event {
            Event::AgentAdded { agent, casting, by } => self.seat(*agent, casting, *by),
            event => match event.agent() {
                Some(agent) => self.of(agent, record),
                None => self.note(event),
            },
        }
        if let Event::Said { agent, text } | Event::Thought { agent, text } = &record.event
            && !self.agent(*agent).is_some_and(Agent::is_watched)
        {
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
                // Whoever was taking work over then is gone, and so are checks.
                forget(&mut self.agents);
                self.checks_were_cut();
                self.forget_shares();
            }
            Event::SessionClosed { why } => self.closed = Some(why.clone()),
            Event::SessionBudgetChanged { budget, .. } => self.limits.budget = *budget,
            Event::Play { play, event } => self.play_on(*play, event),
            Event::Budgeted { event } => {
                self.limits.apply(event);
                self.keep_share(event);
                self.keep_nearing(event);
            }
            Event::Attended { event } => self.attention.apply(event, self.now),
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
        if casting.checks.is_some() {
            self.checked.insert(id);
        }
        self.adopt(id);
    }

    /// Changes one agent. A record about a stranger changes nothing: a journal
    /// with a gap must still open.
    fn of(&mut self, id: AgentId, record: &Record) {
        let (now, is_watched_over) = (self.now, !self.is_shown_only);
        if let Some(agent) = self.place(id).ok().and_then(|it| self.agents.get_mut(it)) {
            let agent = Arc::make_mut(agent);
            agent.take(&record.event, now);
            agent.note_drift(record);
            if is_watched_over {
                agent.leave_trail(record);
            }
            agent.keep_proof(&record.event);
            agent.count_held(now);
            agent.log.apply(record);
        }
        match &record.event {
            Event::Proved { .. } => drop(self.checked.insert(id)),
            Event::QuotaTold { quota, .. } => self.keep_quota(quota),
            Event::HoldLifted { reason: HoldReason::Provider, by, .. }
                if *by != Author::Supervisor =>
            {
                self.go_past_quota(id);
            }
            Event::Reported { result, .. } => self.hand_in(id, result),
            Event::AgentEnded { .. } => self.end_part(id),
            _ => {}
        }
        self.keep_kin(id, &record.event);
    }
}

impl Agent {
    /// An agent that is on no stage, and keeps no log.
    pub fn fresh(id: AgentId, casting: &Casting) -> Self {
        Self::cast(id, casting, Author::Supervisor, (Millis(0), LogBounds::NONE))
    }

    #[expect(clippy::too_many_lines, reason = "a line for each field")]
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
            refused: None,
            since: now,
            formerly: Vec::new(),
            tint: None,
            added: now,
            started: None,
            held: Millis(0),
            held_since: None,
            holds: Vec::new(),
            past_quota: None,
            steps: 0,
            stopping: None,
            frozen: None,
            boundaries: Vec::new(),
            calling: false,
            tools_running: Vec::new(),
            tools_open: BTreeMap::new(),
            // The turns that it begins with are those of another take.
            turn: casting.take.as_ref().map_or(Turn(0), |it| it.after()),
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
            differs: BTreeMap::new(),
            tools: BTreeMap::new(),
            tree: None,
            checkpoints: Vec::new(),
            seen_changes: None,
            taking: Taking::default(),
            link: None,
            sandbox: None,
            places: Vec::new(),
            going: super::Going::default(),
            is_best: false,
            strange: 0,
            allowed: Vec::new(),
            report: None,
            kin: super::Kin::default(),
            misfit: None,
            heard: (super::Seq(0), now),
            trail: Arc::default(),
            drift: Arc::default(),
            proof: Arc::default(),
            terminal: super::TERMINAL,
            unseen: false,
            log: Log::new(bounds),
            on_login: false,
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
            Event::Thought { .. } => self.be_answered(Activity::Thinking, now),
            Event::Said { .. } => self.be_answered(Activity::Writing, now),
            Event::ToolCalled { call, tool, title, .. } => {
                self.refused = None;
                self.want_tool(*call, tool, title);
            }
            Event::TurnEnded { .. } => self.end_turn(event, now),
            Event::WindowSeen { tokens, size, .. } => {
                self.context = *tokens;
                self.casting.window = size.or(self.casting.window);
            }
            Event::TurnCut { usage, cost, .. } => {
                self.forget_wishes();
                self.settle(*usage, *cost, now);
            }
            Event::Compacted { .. } => self.be_shortened(event),
            Event::RetryScheduled { .. } => self.be_refused(event, now),
            Event::ToolStarted { call, .. } => self.start_tool(*call, now),
            Event::ToolEnded { .. } => self.end_tool(event, now),
            Event::Asked { request, ask, .. } => {
                if *request != RequestId::DRIFT {
                    self.last_request = self.last_request.max(*request);
                }
                self.stand_for(ask, now);
                self.requests.push(Request::new(*request, ask.clone(), now));
            }
            Event::Answered { request, answer, .. } => self.hear_answer(*request, answer),
            Event::Linked { program, session, model, .. } => {
                let (program, session) = (program.clone(), session.clone());
                self.link = Some(Link { program, session, model: model.clone() });
            }
            Event::Confined { sandbox, .. } => self.sandbox = Some(sandbox.clone()),
            Event::TerminalPrinted { .. } => self.since = now,
            Event::TerminalResized { columns, rows, .. } => self.terminal = (*columns, *rows),
            Event::QuotaTold { quota, .. } => self.on_login |= quota.is_login,
            Event::Strange { .. } => self.strange = self.strange.saturating_add(1),
            Event::Preparing { what, .. } => {
                self.turn_to(Activity::Preparing { what: what.clone() }, now);
            }
            Event::TakeAsked { .. } | Event::WorkTaken { .. } | Event::WorkNotTaken { .. } => {
                self.be_taken(event, now);
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
            Event::StopAsked { by, .. } => self.stopping = Some(*by),
            Event::Frozen { .. } => self.frozen = Some(now),
            Event::Interrupted { .. } => self.rest(true, now),
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
                self.wake(now);
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
                self.casting.window = None;
            }
            Event::BudgetChanged { budget, .. } => self.casting.budget = *budget,
            Event::AgentRenamed { .. } | Event::AgentTinted { .. } => self.be_labelled(event),
            event => self.delegate(event),
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
        // Who was given work again waits for room, and does nothing meanwhile.
        let is_held = !self.is_over() && self.started.is_some() && {
            (self.is_held() && self.is_still()) || self.is_waiting() || self.life == Life::Queued
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
