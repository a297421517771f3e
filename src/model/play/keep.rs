//! Where plays are kept, and what is counted anew when a script is written or a step
//! is begun afresh.

use super::{Agenda, Order, Phase, Place, Play, PlayEvent, Standing, StepState};
use crate::model::{
    AgentId, Millis, PlayId, Stage,
    script::{Script, Work},
};
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

impl Stage {
    /// Takes in a fact about a play. One about a play that is not there changes
    /// nothing: a journal with a gap must still open.
    pub(in crate::model) fn play_on(&mut self, id: PlayId, event: &PlayEvent) {
        let now = self.now;
        if let PlayEvent::Started { .. } = event {
            if id == self.next_play() {
                self.plays.extend(Play::opened(id, event, now).map(Arc::new));
                self.playing.insert(id);
            }
            return;
        }
        let held = self.held_of(event);
        let Some(play) = self.play_mut(id) else { return };
        play.take(event, now);
        if let (Some((place, held)), Some(_)) = (held, event.attempt())
            && let Some(part) = play.part_mut(place)
        {
            part.held = held;
        }
        match event {
            PlayEvent::Ended { .. } => {
                let parent = play.parent.clone();
                self.playing.remove(&id);
                if let Some(spot) = parent
                    && let Some(parent) = self.play_mut(spot.play)
                    && let Some(place) = parent.find(&spot)
                    && parent.part(place).is_some_and(|it| it.play == Some(id))
                {
                    parent.end_work(place);
                }
            }
            PlayEvent::Reset { .. } => {
                self.playing.insert(id);
            }
            _ => {}
        }
    }

    /// How long the agent of a new attempt has been held before it.
    fn held_of(&self, event: &PlayEvent) -> Option<(Place, Millis)> {
        let PlayEvent::Attempted { spot, agent: Some(agent), .. } = event else { return None };
        let place = self.play(spot.play)?.find(spot)?;
        Some((place, self.agent(*agent).map(|it| it.held).unwrap_or_default()))
    }

    /// An agent has handed in a result for the part that it plays.
    pub(in crate::model) fn hand_in(&mut self, agent: AgentId, result: &Value) {
        self.at_part_of(agent, |play, place| {
            let Some(part) = play.part_mut(place) else { return };
            if part.judge == Some(agent) && part.phase == Phase::Checking {
                part.verdict = Some(Arc::new(result.clone()));
            } else if part.agent == Some(agent) && part.phase == Phase::Working {
                part.handed = Some(Arc::new(result.clone()));
            }
        });
    }

    /// An agent has ended: what it did for a play is looked at.
    pub(in crate::model) fn end_part(&mut self, agent: AgentId) {
        self.at_part_of(agent, |play, place| {
            // It may have been the agent of an attempt before.
            let is_waited_for = play.part(place).is_some_and(|part| match part.phase {
                Phase::Working => part.agent == Some(agent),
                Phase::Checking => part.judge == Some(agent),
                _ => false,
            });
            if is_waited_for {
                play.end_work(place);
            }
        });
    }

    fn at_part_of(&mut self, agent: AgentId, change: impl FnOnce(&mut Play, Place)) {
        let assignment = self.agent(agent).and_then(|it| it.casting.assignment.as_ref());
        let Some(spot) = assignment.map(|it| it.spot.clone()) else { return };
        if let Some(play) = self.play_mut(spot.play)
            && let Some(place) = play.find(&spot)
        {
            change(play, place);
        }
    }

    fn play_mut(&mut self, play: PlayId) -> Option<&mut Play> {
        let place = (play.0 as usize).checked_sub(1)?;
        self.plays.get_mut(place).map(Arc::make_mut)
    }
}

impl Work {
    /// Whether there is nothing to do.
    pub const fn is_nothing(&self) -> bool {
        matches!(self, Self::Nothing)
    }
}

impl Play {
    fn opened(id: PlayId, event: &PlayEvent, now: Millis) -> Option<Self> {
        let PlayEvent::Started { script, inputs, parent, by } = event else { return None };
        let mut play = Self {
            id,
            script: Arc::new(Script::default()),
            version: 1,
            inputs: Arc::new(Value::clone(inputs)),
            by: *by,
            parent: parent.as_deref().cloned(),
            began: now,
            end: None,
            paused: false,
            stopping: None,
            steps: Vec::new(),
            edited: BTreeMap::new(),
            agenda: Agenda::default(),
            open: 0,
            order: Arc::default(),
        };
        play.write(script, now);
        Some(play)
    }

    /// Takes a version of the script. Steps keep how they stand, by their names.
    pub(super) fn write(&mut self, script: &Script, now: Millis) {
        let names = self.script.steps.iter().map(|it| it.name.clone());
        let mut before: BTreeMap<String, StepState> =
            names.zip(std::mem::take(&mut self.steps)).collect();
        let order = Arc::new(Order::of(script));
        let moved = |place: usize| order.place(&self.script.steps.get(place)?.name);
        let edited = std::mem::take(&mut self.edited).into_iter();
        let edited = edited.filter_map(|((from, to), it)| Some(((moved(from)?, moved(to)?), it)));
        self.edited = edited.collect();
        self.order = order;
        self.script = Arc::new(script.clone());
        let fresh = || StepState { since: now, ..StepState::default() };
        let steps = script.steps.iter();
        self.steps = steps.map(|it| before.remove(&it.name).unwrap_or_else(fresh)).collect();
        self.count();
    }

    /// Counts what is open, and makes the agenda, anew.
    pub(super) fn count(&mut self) {
        let over: Vec<bool> = self.steps.iter().map(StepState::is_over).collect();
        self.open = over.iter().filter(|it| !**it).count();
        let order = self.order.clone();
        for (place, step) in self.steps.iter_mut().enumerate() {
            let is_open = |it: &&usize| over.get(**it) == Some(&false);
            step.unmet = order.needs(place).iter().filter(is_open).count();
            step.open = step.parts.iter().filter(|it| !it.phase.is_over()).count();
            step.busy = step.parts.iter().filter(|it| it.phase.is_under_way()).count();
        }
        let ended = std::mem::take(&mut self.agenda.ended);
        let mut agenda = Agenda::default();
        for (at, step) in self.steps.iter().enumerate() {
            let of = self.forerunner(at).and_then(|it| self.steps.get(it));
            for (number, part) in step.parts.iter().enumerate() {
                let place = (at, number);
                let may_begin = of.is_none_or(|it| {
                    it.parts.get(number).is_some_and(|it| it.phase == Phase::Done)
                });
                match part.phase {
                    Phase::Waiting if may_begin && step.standing == Standing::Begun => {
                        agenda.ready.insert(place);
                    }
                    Phase::Working | Phase::Checking => {
                        agenda.busy.insert(place);
                        agenda.ended.extend(ended.get(&place));
                    }
                    Phase::Resting(until) => {
                        agenda.resting.insert((until, place));
                    }
                    _ => {}
                }
            }
        }
        self.agenda = agenda;
        for place in 0..self.steps.len() {
            self.look_at(place);
        }
    }

    pub(super) fn part_mut(&mut self, (step, part): Place) -> Option<&mut super::Part> {
        self.steps.get_mut(step)?.parts.get_mut(part)
    }
}
