//! The fold of a play: one fact in, the next state out.

use super::{Next, Part, Phase, Place, Play, PlayEvent, Spot, Standing, StepState};
use crate::model::{
    Author, Millis,
    script::{Failure, ForEach, OnFailure},
};
use serde_json::Value;
use std::sync::Arc;

impl Play {
    /// Takes in a fact about it.
    pub(super) fn take(&mut self, event: &PlayEvent, now: Millis) {
        match event {
            PlayEvent::Edited { version, script, .. } => {
                self.version = *version;
                self.write(script, now);
            }
            PlayEvent::Paused { .. } => self.paused = true,
            PlayEvent::Resumed { .. } => self.paused = false,
            PlayEvent::Stopping { why, by } => self.stopping = Some((why.clone(), *by)),
            PlayEvent::Ended { end } => self.end = Some((now, end.clone())),
            PlayEvent::Held { step, .. } => self.at(step, |it| it.held = true),
            PlayEvent::Released { step, .. } => self.at(step, |it| it.held = false),
            PlayEvent::GateReached { step } => self.at(step, |it| {
                (it.standing, it.since) = (Standing::Gate, now);
            }),
            PlayEvent::GateOpened { step, .. } => self.at(step, |it| {
                (it.standing, it.since, it.opened) = (Standing::Waiting, now, true);
            }),
            PlayEvent::Begun { step, parts, items } => self.begin(step, *parts, items, now),
            PlayEvent::Skipped { spot, why, .. } => self.skip(spot, why, now),
            PlayEvent::Reset { spot, why, by } => self.reset(spot, why, *by, now),
            PlayEvent::HandOffEdited { from, to, value, .. } => {
                if let (Some(from), Some(to)) = (self.place(from), self.place(to)) {
                    self.edited.insert((from, to), Arc::new(Value::clone(value)));
                }
            }
            PlayEvent::Called { spot, call, meanwhile, .. } => {
                self.call(spot, (call, *meanwhile), now);
            }
            PlayEvent::Listens { spot, at, why } => {
                if let Some(part) = self.find(spot).and_then(|it| self.part_mut(it)) {
                    let is_heard = why.is_empty();
                    part.ear = Some(if is_heard { Ok(at.clone()) } else { Err(why.clone()) });
                }
            }
            event => self.work(event, now),
        }
    }

    /// A standing part is called: it begins, or does so when what it does is done.
    fn call(&mut self, spot: &Spot, (call, meanwhile): (&Value, bool), now: Millis) {
        let Some(place) = self.find(spot) else { return };
        let Some(part) = self.part_mut(place) else { return };
        part.calls.add(call);
        part.is_called_anew |= !meanwhile;
        if matches!(part.phase, Phase::Listening | Phase::Resting(_)) {
            self.turn_to(place, Phase::Waiting, now);
        }
    }

    /// What becomes of one part.
    fn work(&mut self, event: &PlayEvent, now: Millis) {
        let Some((spot, attempt)) = event.attempt() else { return };
        let Some(place) = self.find(spot) else { return };
        let is_new = matches!(event, PlayEvent::Attempted { .. });
        let is_idle = self.step(place.0).is_some_and(|it| it.work.is_nothing());
        let Some(part) = self.part_mut(place) else { return };
        // It is about an attempt before, or about one that is over.
        if !is_new && (part.attempt != attempt || !part.phase.is_under_way()) {
            return;
        }
        let before = part.phase;
        part.hear(event, now);
        if part.phase == Phase::Listening && !part.calls.is_empty() {
            part.turn_to(Phase::Waiting, now);
        }
        let after = part.phase;
        let has_ended = match event {
            PlayEvent::HandedIn { .. }
            | PlayEvent::CommandFailed { .. }
            | PlayEvent::CheckEnded { .. } => true,
            PlayEvent::Attempted { .. } => is_idle,
            _ => false,
        };
        self.moved(place, before, after, now);
        if has_ended {
            self.agenda.ended.insert(place);
        } else {
            self.agenda.ended.remove(&place);
        }
    }

    /// Its agent, its judge or the play that it is has come to an end.
    pub(super) fn end_work(&mut self, place: Place) {
        if self.part(place).is_some_and(|it| it.phase.is_under_way()) {
            self.agenda.ended.insert(place);
        }
    }

    fn at(&mut self, step: &str, change: impl FnOnce(&mut StepState)) {
        let Some(place) = self.place(step) else { return };
        if let Some(step) = self.steps.get_mut(place) {
            change(step);
        }
        self.look_at(place);
    }

    fn begin(&mut self, step: &str, parts: u32, items: &[Value], now: Millis) {
        let Some(place) = self.place(step) else { return };
        let Some(step) = self.steps.get_mut(place) else { return };
        (step.standing, step.since, step.began) = (Standing::Begun, now, now);
        // Attempts are counted on where it is done once more.
        step.parts.resize_with(parts as usize, Part::default);
        step.open = parts as usize;
        for (at, part) in step.parts.iter_mut().enumerate() {
            part.item = items.get(at).map(|it| Arc::new(it.clone()));
            (part.phase, part.since) = (Phase::Waiting, now);
        }
        let waits_for_a_call = self.waits_for_a_call(place);
        if waits_for_a_call {
            self.turn_to((place, 0), Phase::Listening, now);
        } else {
            self.make_ready(place, now);
        }
        self.look_at(place);
        self.close(place, now);
        for taker in self.order.clone().parts_of(place) {
            self.look_at(*taker);
        }
    }

    fn waits_for_a_call(&self, place: usize) -> bool {
        self.is_called(place) && self.part((place, 0)).is_some_and(|it| it.calls.is_empty())
    }

    /// Makes the parts of a step ready that wait for nothing.
    fn make_ready(&mut self, place: usize, now: Millis) {
        let parts = self.steps.get(place).map_or(0, |it| it.parts.len());
        match self.forerunner(place) {
            None => self.agenda.ready.extend((0..parts).map(|part| (place, part))),
            Some(of) => {
                for part in 0..parts {
                    let phase = self.part((of, part)).map_or(Phase::Skipped, |it| it.phase);
                    self.pass_to((place, part), phase, now);
                }
            }
        }
    }

    /// The step that this one follows part by part.
    pub(super) fn forerunner(&self, place: usize) -> Option<usize> {
        match self.step(place)?.for_each.as_ref()? {
            ForEach::Part(of) => self.place(of),
            ForEach::List(_) => None,
        }
    }

    fn skip(&mut self, spot: &Spot, why: &str, now: Millis) {
        let Some(place) = self.place(&spot.step) else { return };
        if let Some(part) = spot.part {
            return self.turn_to((place, part as usize), Phase::Skipped, now);
        }
        let parts = self.steps.get(place).map_or(0, |it| it.parts.len());
        // The step is over by then, and is skipped all the same.
        for part in 0..parts {
            if self.part((place, part)).is_some_and(|it| !it.phase.is_over()) {
                self.turn_to((place, part), Phase::Skipped, now);
            }
        }
        let Some(step) = self.steps.get_mut(place) else { return };
        let was_over = step.is_over();
        (step.standing, step.since) = (Standing::Skipped(why.to_owned()), now);
        if !was_over {
            self.ended_step(place);
        }
        self.look_at(place);
    }

    /// A step, or one part of it, and what came of it are begun afresh.
    fn reset(&mut self, spot: &Spot, why: &str, by: Author, now: Millis) {
        let Some(place) = self.place(&spot.step) else { return };
        let was_over = self.end.is_some() || self.stopping.is_some();
        (self.end, self.stopping) = (None, None);
        let order = self.order.clone();
        // What was written in the place of an old result holds for that one.
        self.edited.retain(|(from, _), _| *from != place);
        for step in order.downstream(place) {
            let only = spot.part.filter(|_| step == place || order.parts_of(place).contains(&step));
            self.renew(step, only.map(|it| it as usize), (by, step == place), now);
        }
        let places: Vec<Place> = match spot.part {
            Some(part) => vec![(place, part as usize)],
            None => (0..self.steps.get(place).map_or(0, |it| it.parts.len()))
                .map(|part| (place, part))
                .collect(),
        };
        for place in places.into_iter().filter(|_| !why.is_empty()) {
            if let Some(part) = self.part_mut(place) {
                part.failure = Some((Failure::Check, why.to_owned()));
            }
        }
        if was_over {
            self.ask_about_failures(now);
        }
        self.count();
    }

    /// What else had failed, so that the script could not go on, is asked about when it
    /// does.
    fn ask_about_failures(&mut self, now: Millis) {
        let script = self.script.clone();
        for (step, state) in script.steps.iter().zip(&mut self.steps) {
            let stops = matches!(step.on_failure, OnFailure::Stop | OnFailure::Back(_))
                && matches!(state.standing, Standing::Begun | Standing::Over);
            let failed = state.parts.iter_mut().filter(|it| stops && it.phase == Phase::Failed);
            let mut asks = false;
            for part in failed {
                part.turn_to(Phase::Asking, now);
                asks = true;
            }
            if asks && state.standing == Standing::Over {
                (state.standing, state.since) = (Standing::Begun, now);
            }
        }
    }

    fn renew(
        &mut self,
        place: usize,
        only: Option<usize>,
        (by, is_wanted): (Author, bool),
        now: Millis,
    ) {
        let is_script = by == Author::Script;
        let is_standing = self.step(place).is_some_and(|it| it.again.is_some());
        let Some(step) = self.steps.get_mut(place) else { return };
        let is_renewed = |at: usize| only.is_none_or(|it| it == at);
        for (_, part) in step.parts.iter_mut().enumerate().filter(|(at, _)| is_renewed(*at)) {
            if is_standing {
                part.renew_run(now);
            } else {
                part.renew(is_script && is_wanted, is_script, now);
            }
        }
        let standing = match only {
            Some(_) if !step.parts.is_empty() => Standing::Begun,
            _ => Standing::Waiting,
        };
        (step.standing, step.since) = (standing, now);
    }

    fn turn_to(&mut self, place: Place, phase: Phase, now: Millis) {
        let Some(part) = self.part_mut(place) else { return };
        let before = part.phase;
        part.turn_to(phase, now);
        self.agenda.ended.remove(&place);
        self.moved(place, before, phase, now);
    }

    /// Keeps the agenda when a part has come from one phase into another.
    fn moved(&mut self, place: Place, before: Phase, after: Phase, now: Millis) {
        if before == after {
            return;
        }
        if let Phase::Resting(until) = before {
            self.agenda.resting.remove(&(until, place));
        }
        match after {
            Phase::Waiting => self.agenda.ready.insert(place),
            Phase::Resting(until) => self.agenda.resting.insert((until, place)),
            _ => self.agenda.ready.remove(&place),
        };
        let Some(step) = self.steps.get_mut(place.0) else { return };
        match (before.is_under_way(), after.is_under_way()) {
            (false, true) => {
                step.busy += 1;
                self.agenda.busy.insert(place);
            }
            (true, false) => {
                step.busy = step.busy.saturating_sub(1);
                self.agenda.busy.remove(&place);
            }
            _ => {}
        }
        if !before.is_over() && after.is_over() {
            step.open = step.open.saturating_sub(1);
            for taker in self.order.clone().parts_of(place.0) {
                self.pass_to((*taker, place.1), after, now);
            }
            self.close(place.0, now);
        }
    }

    /// A part that waits for its forerunner learns what became of that.
    fn pass_to(&mut self, place: Place, phase: Phase, now: Millis) {
        if self.part(place).map(|it| it.phase) != Some(Phase::Waiting) {
            return;
        }
        match phase {
            Phase::Done => {
                self.agenda.ready.insert(place);
            }
            Phase::Failed | Phase::Skipped => self.turn_to(place, Phase::Skipped, now),
            _ => {}
        }
    }

    /// Ends a step whose parts are all over.
    fn close(&mut self, place: usize, now: Millis) {
        let Some(step) = self.steps.get_mut(place) else { return };
        if step.open == 0 && step.standing == Standing::Begun {
            (step.standing, step.since) = (Standing::Over, now);
            self.ended_step(place);
            self.look_at(place);
        }
    }

    fn ended_step(&mut self, place: usize) {
        self.open = self.open.saturating_sub(1);
        let order = self.order.clone();
        for taker in order.needed_by(place) {
            if let Some(step) = self.steps.get_mut(*taker) {
                step.unmet = step.unmet.saturating_sub(1);
            }
            self.look_at(*taker);
        }
        for taker in order.parts_of(place) {
            self.look_at(*taker);
        }
    }

    /// Notes whether a step could begin, and whether it stands by.
    pub(super) fn look_at(&mut self, place: usize) {
        let is_called = self.is_called(place);
        let has_begun = |it: &StepState| it.standing == Standing::Begun;
        if is_called && self.steps.get(place).is_some_and(has_begun) {
            self.agenda.standing_by.insert(place);
        } else {
            self.agenda.standing_by.remove(&place);
        }
        let follows = self.forerunner(place).and_then(|it| self.steps.get(it));
        let may_follow = follows.is_none_or(|it| it.is_over() || it.standing == Standing::Begun);
        let may_begin = self.steps.get(place).is_some_and(|it| {
            it.standing == Standing::Waiting && it.unmet == 0 && !it.held && may_follow
        });
        if may_begin {
            self.agenda.entering.insert(place);
        } else {
            self.agenda.entering.remove(&place);
        }
    }
}

impl Part {
    /// Takes in a fact about its latest attempt.
    fn hear(&mut self, event: &PlayEvent, now: Millis) {
        match event {
            PlayEvent::Attempted { attempt, round, agent, play, .. } => {
                if self.tried == 0 {
                    let is_echo = !self.is_called_anew && !self.calls.is_empty();
                    self.echoes = if is_echo { self.echoes + 1 } else { 0 };
                    self.is_called_anew = false;
                    self.called_by = std::mem::take(&mut self.calls);
                }
                (self.attempt, self.round, self.tried) = (*attempt, *round, self.tried + 1);
                (self.agent, self.play) = (*agent, *play);
                (self.handed, self.checked) = (None, 0);
                (self.broke, self.objection) = (None, None);
                (self.judge, self.verdict) = (None, None);
                self.turn_to(Phase::Working, now);
            }
            PlayEvent::HandedIn { output, .. } => {
                self.handed = Some(Arc::new(Value::clone(output)));
            }
            PlayEvent::CommandFailed { why, .. } => self.broke = Some(why.clone()),
            PlayEvent::CheckBegun { judge, .. } => {
                (self.judge, self.verdict, self.objection) = (*judge, None, None);
                self.turn_to(Phase::Checking, now);
            }
            PlayEvent::CheckEnded { ok, why, .. } => {
                (self.judge, self.verdict) = (None, None);
                self.checked += u32::from(*ok);
                self.objection = (!ok).then(|| why.clone());
            }
            PlayEvent::Done { .. } => {
                (self.output, self.failure) = (self.handed.take(), None);
                self.turn_to(Phase::Done, now);
            }
            PlayEvent::Repeated { why, .. } => {
                self.output = self.handed.take();
                self.failure = Some((Failure::Check, why.clone()));
                (self.round, self.tried) = (self.round + 1, 0);
                self.turn_to(Phase::Waiting, now);
            }
            PlayEvent::Ran { next, .. } => {
                (self.output, self.failure) = (self.handed.take(), None);
                (self.round, self.tried) = (self.round + 1, 0);
                self.turn_to(Next::Later(*next).phase(now), now);
            }
            PlayEvent::Failed { failure, why, next, .. } => {
                self.failure = Some((*failure, why.clone()));
                if let Next::Later(_) = next {
                    (self.round, self.tried) = (self.round + 1, 0);
                }
                self.turn_to(next.phase(now), now);
            }
            _ => {}
        }
    }

    /// Begins afresh. Attempts are counted on. Whoever did what is sent back goes on with
    /// it; and where the script asks for it, the attempts of the part that has just failed
    /// count against its retries still.
    fn renew(&mut self, is_sent_back: bool, is_script: bool, now: Millis) {
        *self = Self {
            item: self.item.take(),
            attempt: self.attempt,
            tried: if is_script && self.phase == Phase::Failed { self.tried } else { 0 },
            agent: self.agent.filter(|_| is_sent_back),
            ear: self.ear.take(),
            since: now,
            ..Self::default()
        };
    }

    /// A run begins afresh. Whoever did the one before, what came of it, and what has
    /// called and was not done yet, are still there.
    fn renew_run(&mut self, now: Millis) {
        let calls = self.take_calls();
        *self = Self {
            attempt: self.attempt,
            agent: self.agent,
            output: self.output.take(),
            round: self.round,
            ear: self.ear.take(),
            calls,
            since: now,
            ..Self::default()
        };
    }

    fn turn_to(&mut self, phase: Phase, now: Millis) {
        (self.phase, self.since) = (phase, now);
    }
}
