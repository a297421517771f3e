//! What an agent does: its runs, its turns and its tools.

use crate::model::{
    Activity, Agent, Ask, Author, Boundary, CallId, Cost, Delivery, EngineKind, Event, HoldReason,
    Life, Millis, Money, OpenTool, Outcome, Refused, RequestId, Stop, Usage, end::UNHEARD,
};

/// How many files of an agent are told apart.
const FILES: usize = 2000;
/// The tool with which a result is handed in.
const REPORT: &str = "report";
/// No more is kept of why one was not taken, in characters.
const MISFIT: usize = 1000;

impl Agent {
    pub(super) fn turn_to(&mut self, activity: Activity, now: Millis) {
        if self.activity != activity {
            self.activity = activity;
            self.since = now;
        }
    }

    /// Something of an answer has come.
    pub(super) fn be_answered(&mut self, activity: Activity, now: Millis) {
        self.refused = None;
        self.turn_to(activity, now);
    }

    /// Its service refuses a call, and it will be made again.
    pub(super) fn be_refused(&mut self, event: &Event, now: Millis) {
        let Event::RetryScheduled { attempt, most, wait, why, .. } = event else { return };
        let (until, why) = (now.plus(*wait), why.clone());
        let (attempt, most) = (*attempt, *most);
        let before = self.refused.filter(|it| it.turn == self.turn);
        let since = before.map_or(now, |it| it.since);
        self.refused = Some(Refused { since, turn: self.turn, attempt, until });
        self.turn_to(Activity::Retrying { until, attempt, most, why }, now);
    }

    /// Its conversation was made shorter.
    pub(super) fn be_shortened(&mut self, event: &Event) {
        let Event::Compacted { usage, cost, .. } = event else { return };
        self.context = usage.output;
        self.spent += *cost;
        self.usage += *usage;
        // The last turn that it may have over its budget is still to come.
        let is_own_turn = self.casting.engine == EngineKind::Native;
        if is_own_turn && self.is_held_for(HoldReason::Budget) {
            self.steps = self.steps.saturating_add(1);
        }
    }

    pub(super) fn come_up(&mut self, run: u32, now: Millis) {
        self.run = run;
        if self.is_watched() && run > 1 {
            // What was under way elsewhere may be still.
            self.life = Life::Starting;
            return;
        }
        // What only a former run's program had is delivered again.
        let is_lost = |it: &Delivery| match it {
            Delivery::Sent => true,
            Delivery::Failed(why) => why == UNHEARD,
            _ => false,
        };
        for redirect in self.redirects.iter_mut().filter(|it| is_lost(&it.delivery)) {
            redirect.delivery = Delivery::Queued;
        }
        self.life = Life::Starting;
        let left = self.calls_left();
        self.lay_down();
        self.tools_open = left;
        self.turn_to(Activity::Ready, now);
    }

    pub(super) fn work(&mut self, now: Millis) {
        self.life = Life::Working;
        self.started.get_or_insert(now);
        if self.is_watched() && self.run > 1 {
            return;
        }
        self.activity = Activity::Ready;
        self.since = now;
    }

    pub(super) fn end(&mut self, outcome: &Outcome, now: Millis) {
        self.life = Life::Over(outcome.clone());
        self.unseen = !matches!(outcome, Outcome::Stopped { by: Author::Director });
        self.lay_down();
        self.requests.clear();
        self.holds.clear();
        self.activity = Activity::Ready;
        self.since = now;
    }

    pub(super) fn reopen(&mut self, now: Millis) {
        if self.is_over() && self.started.is_some() {
            // Nobody worked meanwhile.
            self.held = self.held.plus(now.since(self.since));
        }
        self.life = Life::Queued;
        self.unseen = false;
        self.since = now;
        self.begin_anew();
    }

    /// Nothing of a run that is over is in flight any more.
    fn lay_down(&mut self) {
        self.boundaries.clear();
        self.calling = false;
        self.tools_running.clear();
        self.tools_open.clear();
        // What its watches ask is no matter of one run.
        self.requests.retain(|it| it.id == RequestId::DRIFT);
        self.frozen = None;
        self.steps = 0;
        self.stopping = None;
        self.reserved = Money(0);
        self.kin.awaits = None;
    }

    pub(super) fn reach(&mut self, boundary: Boundary, now: Millis) {
        if !self.boundaries.contains(&boundary) {
            self.boundaries.push(boundary);
        }
        if self.is_still() {
            self.turn_to(Activity::Ready, now);
        }
    }

    pub(super) fn start_turn(&mut self, event: &Event, now: Millis) {
        let Event::TurnStarted { turn, version, reserved, .. } = event else { return };
        self.go_back(event);
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

    pub(super) fn end_turn(&mut self, event: &Event, now: Millis) {
        let Event::TurnEnded { usage, cost, stop, .. } = event else { return };
        self.refused = None;
        // A turn that shortened the conversation has settled already.
        if usage.total() > 0 {
            self.context = usage.total();
        }
        let was_calling = self.calling;
        self.settle(*usage, *cost, now);
        self.rest(was_calling && *stop == Stop::End, now);
    }

    pub(super) fn settle(&mut self, usage: Usage, cost: Cost, now: Millis) {
        self.calling = false;
        self.reserved = Money(0);
        self.usage += usage;
        self.spent += cost;
        self.show_work(now);
    }

    pub(super) fn want_tool(&mut self, call: CallId, tool: &str, title: &str) {
        let open = OpenTool { tool: tool.to_owned(), title: title.to_owned() };
        self.tools_open.insert(call, open);
        self.last_call = self.last_call.max(call);
        self.tools.entry(tool.to_owned()).or_default().calls += 1;
    }

    pub(super) fn start_tool(&mut self, call: CallId, now: Millis) {
        let at = |it: &Boundary| matches!(it, Boundary::Tool { call: at } if *at == call);
        self.boundaries.retain(|it| !at(it));
        self.steps = self.steps.saturating_sub(1);
        let title = self.tools_open.get(&call).map(|it| it.title.clone()).unwrap_or_default();
        self.tools_running.push((call, title));
        self.show_work(now);
    }

    /// Who asks leave for a call does not run it yet, although its program may have
    /// said that it does: one says so up to a second before.
    pub(super) fn stand_for(&mut self, ask: &Ask, now: Millis) {
        let Ask::Approval { call: Some(asked), .. } = ask else { return };
        let before = self.tools_running.len();
        self.tools_running.retain(|(running, _)| running != asked);
        if self.tools_running.len() < before {
            self.show_work(now);
        }
    }

    pub(super) fn end_tool(&mut self, event: &Event, now: Millis) {
        let Event::ToolEnded { call, ok, text, bytes, changes, .. } = event else { return };
        let at = |it: &Boundary| matches!(it, Boundary::Tool { call: at } if at == call);
        self.boundaries.retain(|it| !at(it));
        self.tools_running.retain(|(running, _)| running != call);
        self.awaits_no_more(*call);
        if let Some(OpenTool { tool, .. }) = self.tools_open.remove(call) {
            if tool == REPORT && !ok {
                self.misfit = Some(text.chars().take(MISFIT).collect());
            }
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

    /// An agent that is watched has said its last word, as far as its log tells.
    pub(super) fn rest(&mut self, is_last: bool, now: Millis) {
        if is_last && self.is_watched() && self.tools_running.is_empty() {
            self.turn_to(Activity::Resting, now);
        }
    }

    /// Whoever runs an agent that is watched has said something.
    pub(super) fn wake(&mut self, now: Millis) {
        if self.activity == Activity::Resting {
            self.turn_to(Activity::Ready, now);
        }
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AgentId, Casting, Record, Seq, Stage, Status, ToolTally, Turn};
    use std::collections::BTreeMap;

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
    fn who_asks_leave_for_a_call_that_was_said_to_run_waits_and_runs_it_once_allowed() {
        let (agent, call) = (AgentId(1), CallId(1));
        let started = Event::ToolStarted { agent, call };
        let (tool, shown) = (String::from("shell"), String::from("ls"));
        let ask = Ask::Approval { call: Some(call), tool, shown, reason: String::new() };
        let events = [
            Event::AgentAdded { agent, casting: Box::default(), by: Author::Director },
            Event::AgentStarted { agent },
            started.clone(),
            Event::Asked { agent, request: RequestId(1), ask },
            started,
        ];
        let mut stage = Stage::default();
        let statuses = (1..).zip(events).map(|(n, event)| {
            stage.apply(&Record { seq: Seq(n), at: Millis(n), event });
            stage.agent(agent).unwrap().status()
        });
        let statuses: Vec<_> = statuses.collect();
        assert_eq!(statuses[2..], [Status::Running, Status::Waiting, Status::Running]);
        assert_eq!(stage.agent(agent).unwrap().tools_running.len(), 1);
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
