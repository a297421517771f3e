//! Who belongs to whom: agents that others have set to work, what waits for them, and
//! what is to be seen to.

use crate::model::{Agent, AgentId, Awaits, Bond, CallId, Event, HandedOff, Stage};
use serde_json::Value;
use std::sync::Arc;

impl Stage {
    /// Another agent may have set this one to work.
    pub(super) fn adopt(&mut self, id: AgentId) {
        let Some(agent) = self.agent(id) else { return };
        let Some(origin) = agent.casting.origin.as_deref() else { return };
        let (parent, bond) = (origin.agent, origin.bond);
        if parent >= id {
            return;
        }
        self.change(parent, |it| match bond {
            Bond::Child if !it.kin.children.contains(&id) => it.kin.children.push(id),
            Bond::Successor if !it.kin.successors.contains(&id) => it.kin.successors.push(id),
            Bond::Child | Bond::Successor | Bond::Judge => {}
        });
        self.look_at_kin(parent);
    }

    /// Keeps what is to be seen to, after a fact about an agent.
    pub(super) fn keep_kin(&mut self, id: AgentId, event: &Event) {
        if !matters(event) {
            return;
        }
        let Some(agent) = self.agent(id) else { return };
        let parent = self.parent(agent).map(|it| it.id);
        let origin = agent.casting.origin.as_deref().filter(|it| it.bond == Bond::Successor);
        let giver = origin.map(|it| it.agent).filter(|it| *it < id);
        let is_alone = agent.kin.children.is_empty() && agent.kin.handed_off.is_none();
        if is_alone && parent.is_none() && giver.is_none() && !self.due.contains(&id) {
            return;
        }
        if let Event::AgentEnded { .. } = event {
            self.leave_children(id);
        }
        if let (Event::AgentReopened { .. }, Some(parent)) = (event, parent) {
            // Somebody wants it to go on.
            self.change(parent, |it| it.kin.left.retain(|left| *left != id));
        }
        self.look_at_kin(id);
        for other in parent.into_iter().chain(giver) {
            self.look_at_kin(other);
        }
    }

    /// Whoever is still at work for an agent that ends works for nobody.
    fn leave_children(&mut self, id: AgentId) {
        let Some(agent) = self.agent(id) else { return };
        let at_work = |it: &AgentId| self.agent(*it).is_some_and(|it| !it.is_over());
        let left: Vec<AgentId> = agent.kin.children.iter().copied().filter(at_work).collect();
        self.change(id, |it| it.kin.left = left);
    }

    fn look_at_kin(&mut self, id: AgentId) {
        if self.is_due(id) {
            self.due.insert(id);
        } else {
            self.due.remove(&id);
        }
    }

    fn change(&mut self, id: AgentId, change: impl FnOnce(&mut Agent)) {
        if let Some(agent) = self.place(id).ok().and_then(|it| self.agents.get_mut(it)) {
            change(Arc::make_mut(agent));
        }
    }
}

/// Whether a fact may change what is to be seen to among those that belong together.
const fn matters(event: &Event) -> bool {
    matches!(
        event,
        Event::AgentStarting { .. }
            | Event::AgentEnded { .. }
            | Event::AgentReopened { .. }
            | Event::Proved { .. }
            | Event::StopAsked { .. }
            | Event::HandedOff { .. }
            | Event::Awaits { .. }
            | Event::Returned { .. }
            | Event::ToolEnded { .. }
    )
}

impl Agent {
    /// Takes in what becomes of its own calls to others, and what it hands in.
    pub(super) fn delegate(&mut self, event: &Event) {
        match event {
            Event::Awaits { call, whom, .. } => {
                self.kin.awaits = Some(Awaits { call: *call, whom: whom.clone() });
            }
            Event::Returned { call, .. } => self.awaits_no_more(*call),
            Event::HandedOff { call: Some(call), to, note, value, .. } => {
                let (to, note) = (to.clone(), note.clone());
                let value = value.as_deref().cloned().unwrap_or_default();
                self.kin.handed_off = Some(HandedOff { call: *call, to, note, value });
            }
            Event::Reported { summary, result, .. } => {
                self.report = Some(summary.clone());
                self.misfit = None;
                // It is kept for the one that it works for.
                let is_kept = self.works_for_another()
                    || self.judges().is_some()
                    || self.casting.checked_form().is_some();
                self.kin.handed_in = is_kept.then(|| Value::clone(result));
            }
            event => self.go_back(event),
        }
    }

    pub(super) fn awaits_no_more(&mut self, call: CallId) {
        self.kin.awaits.take_if(|it| it.call == call);
    }

    /// It is taken up anew: what it does now is another piece of work.
    pub(super) fn begin_anew(&mut self) {
        self.kin.before = self.kin.children.len();
        self.kin.left.clear();
        self.kin.handed_in = None;
        self.kin.handed_off = None;
        self.kin.successors.clear();
    }
}
