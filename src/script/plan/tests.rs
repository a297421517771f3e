//! What must hold of every play, whatever its graph and whatever becomes of its parts.

mod directing;
mod hands;
mod laws;
mod mending;
mod standing;

use super::*;
use crate::model::{
    Casting, Header, Input, Outcome, PlayId, Record, among_agents, decide, follow_up,
    play::{Finding, Heard, Signal, Spot, Standing, Wish},
    script::{ForEach, OnFailure, Repeat, Retry, Script, Step, Trigger, Work},
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};

/// A session without a supervisor: facts are settled as one would, and chance plays the
/// agents, the commands and the director.
struct World {
    stage: Stage,
    now: Millis,
    records: Vec<Record>,
    errands: Vec<(Spot, u32, Option<u32>)>,
    chance: VecDeque<u8>,
}

impl World {
    fn new(chance: Vec<u8>) -> Self {
        let stage = Stage::new(Header::default());
        let (records, errands) = (Vec::new(), Vec::new());
        Self { stage, now: Millis(0), records, errands, chance: chance.into() }
    }

    /// A number below `most`; 0 when chance has run out.
    fn pick(&mut self, most: usize) -> usize {
        self.chance.pop_front().map_or(0, |it| usize::from(it) % most.max(1))
    }

    fn settle(&mut self, event: Event) {
        let mut pending = vec![event];
        while let Some(event) = pending.pop() {
            let seq = self.stage.last().next();
            let record = Record { seq, at: self.now, event };
            // What a journal keeps is all that there is.
            let line = serde_json::to_string(&record).unwrap();
            let record: Record = serde_json::from_str(&line).unwrap();
            self.check(&record);
            self.stage.apply(&record);
            pending.extend(follow_up(&self.stage, &record.event).into_iter().rev());
            if let Some(crate::model::Effect::Run(it)) = record.event.effect() {
                self.errands.push((it.spot, it.attempt, it.check));
            }
            self.records.push(record);
        }
    }

    /// The laws of a beginning.
    fn check(&self, record: &Record) {
        self.check_origin(record);
        let Event::Play { play, event } = &record.event else { return };
        let PlayEvent::Attempted { spot, handed_to, .. } = &**event else { return };
        let play = self.stage.play(*play).unwrap();
        assert!(play.stopping.is_none(), "{spot} began in a play that stops");
        let place = play.place(&spot.step).unwrap();
        for need in play.order().needs(place) {
            assert!(play.steps[*need].is_over(), "{spot} began before what it needs was over");
        }
        let (step, state) = (&play.script.steps[place], &play.steps[place]);
        assert!(!step.gate || state.opened, "{spot} began behind a closed gate");
        assert!(!state.held, "{spot} began though it is held");
        let most = |most: Option<u32>| most.map_or(usize::MAX, |it| it as usize);
        let part = play.part(play.find(spot).unwrap()).unwrap();
        // Who goes on with what was handed off takes the place of the one who was at it.
        let before = usize::from(part.phase.is_under_way());
        let (busy, of_all) = (state.busy() - before, play.busy().len() - before);
        assert!(busy < most(step.max_parallel), "too many parts of {spot} at once");
        assert!(of_all < most(play.script.max_parallel), "too many parts at once");
        let hands = part.agent.and_then(|it| self.stage.agent(it));
        let hands = hands.map(|it| self.stage.hands_before(it)).unwrap_or_default();
        let given: usize = hands.iter().map(|it| it.kin.successors.len()).sum();
        let tried = part.tried.saturating_sub(u32::try_from(given).unwrap());
        assert!(
            tried < step.retry.attempts || !handed_to.is_empty(),
            "{spot} was tried once more than it may be"
        );
    }

    fn hear(&mut self, input: Input) {
        if let Ok(facts) = decide(&self.stage, input) {
            for event in facts {
                self.settle(event);
            }
        }
        self.go_on();
    }

    fn go_on(&mut self) {
        for _ in 0..10_000 {
            let mut facts = among_agents(&self.stage);
            if facts.is_empty() {
                facts = next(&self.stage, self.now);
            }
            if facts.is_empty() {
                return;
            }
            for event in facts {
                self.settle(event);
            }
        }
        panic!("what comes next never ends");
    }

    fn wish(&mut self, wish: Wish) {
        let mut command = crate::model::Command::DirectPlay(PlayId(1), wish);
        if crate::script::held_to_script(&self.stage, &mut command).is_ok() {
            self.hear(Input::Command { by: Author::Director, command });
        }
    }

    /// Everything happens that can. False when it never ends.
    fn come_to_an_end(&mut self) -> bool {
        (0..2_000).any(|_| !self.happen())
    }

    /// A step is told something else, and is done again: after the end, too.
    fn mend(&mut self) {
        let mut script = Script::clone(&self.play().script);
        let at = self.pick(script.steps.len());
        if let Work::Agent { brief, .. } = &mut script.steps[at].work {
            brief.push('!');
        }
        let name = script.steps[at].name.clone();
        self.wish(Wish::Edit(Box::new(script)));
        self.wish(Wish::Again(Spot::step(PlayId(1), &name)));
    }

    fn play(&self) -> &Play {
        self.stage.play(PlayId(1)).unwrap()
    }

    fn end(&self) -> Option<PlayEnd> {
        self.play().end.as_ref().map(|(_, end)| end.clone())
    }

    /// A later run that knows the facts up to any of them would go on as this one did.
    fn check_later_runs(&self) {
        let mut live = Stage::new(Header::default());
        for (at, record) in self.records.iter().enumerate() {
            live.apply(record);
            let mut again = Stage::new(Header::default());
            self.records[..=at].iter().for_each(|it| again.apply(it));
            assert_eq!(next(&again, record.at), next(&live, record.at));
            assert_eq!(among_agents(&again), among_agents(&live));
            assert_eq!(wake(&again), wake(&live));
            assert_eq!(again, live);
        }
    }

    /// The laws of an end.
    fn check_end(&self) {
        let play = self.play();
        let gave_up = |(step, state): (&Step, &crate::model::play::StepState)| {
            step.on_failure == OnFailure::Stop && state.failed() > 0
        };
        let has_failed = play.script.steps.iter().zip(&play.steps).any(gave_up);
        match self.end().expect("it came to no end") {
            PlayEnd::Succeeded => {
                assert!(!has_failed);
                assert!(play.steps.iter().all(crate::model::play::StepState::is_over));
            }
            PlayEnd::Failed(why) => assert!(has_failed, "{why}"),
            PlayEnd::Stopped(by) => panic!("{by:?} stopped it"),
        }
    }

    /// Something happens: an agent or a command ends, time passes, the director acts.
    /// False when nothing can.
    fn happen(&mut self) -> bool {
        // Whoever waits for others is told when they end.
        let agents = self.stage.agents().filter(|it| it.is_on() && it.kin.awaits.is_none());
        let agents: Vec<AgentId> = agents.map(|it| it.id).collect();
        let asking = self.asking();
        let choices = agents.len() + self.errands.len() + asking.len();
        if choices == 0 {
            let Some(at) = wake(&self.stage) else { return false };
            self.now = self.now.max(at);
            self.go_on();
            return true;
        }
        let choice = self.pick(choices);
        if let Some(agent) = agents.get(choice) {
            self.end_agent(*agent);
        } else if choice - agents.len() < self.errands.len() {
            let (spot, attempt, check) = self.errands.remove(choice - agents.len());
            let outcome = if self.pick(3) == 2 { Err("no".to_owned()) } else { Ok(json!(1)) };
            self.hear(Input::Found(Box::new(Finding { spot, attempt, check, outcome })));
        } else {
            let (spot, is_gate) = asking[choice - agents.len() - self.errands.len()].clone();
            self.wish(if is_gate { Wish::Open(spot.step) } else { Wish::Skip(spot) });
        }
        true
    }

    fn asking(&self) -> Vec<(Spot, bool)> {
        let play = self.stage.play(PlayId(1)).unwrap();
        let mut asking = Vec::new();
        for step in play.asking() {
            let (name, state) = (&play.script.steps[step].name, &play.steps[step]);
            if state.standing == Standing::Gate {
                asking.push((Spot::step(play.id, name), true));
            }
            let parts = state.parts.iter().enumerate();
            let failed = parts.filter(|(_, it)| it.phase == Phase::Asking);
            asking.extend(failed.filter_map(|(at, _)| Some((play.spot((step, at))?, false))));
        }
        asking
    }

    fn end_agent(&mut self, agent: AgentId) {
        self.may_bid(agent);
        let stands = self.stage.agent(agent).unwrap();
        if stands.kin.awaits.is_some() || stands.is_over() {
            return;
        }
        let is_let_go = stands.stopping.is_some() && stands.casting.origin.is_some();
        let outcome = match self.pick(4) {
            _ if is_let_go => Outcome::Stopped { by: Author::Agent },
            3 => Outcome::Failed { why: "broke".into() },
            it => {
                let result = Box::new(if it == 2 { json!("odd") } else { json!({ "n": 1 }) });
                self.settle(Event::Reported { agent, summary: String::new(), result });
                Outcome::Succeeded { summary: "done".into() }
            }
        };
        self.settle(Event::AgentEnded { agent, outcome });
        self.go_on();
    }

    fn begin(&mut self, script: Script) {
        let (script, inputs) = (Box::new(script), Box::new(json!({})));
        let command = crate::model::Command::Perform { script, inputs };
        self.hear(Input::Command { by: Author::Director, command });
    }
}

fn agents(steps: &[(&str, &[&str])]) -> Script {
    let steps = steps.iter().map(|(name, needs)| Step {
        name: (*name).to_owned(),
        work: Work::Agent { role: "hand".into(), brief: format!("do {name}") },
        needs: needs.iter().map(|it| (*it).to_owned()).collect(),
        ..Step::default()
    });
    let roles = BTreeMap::from([("hand".to_owned(), Casting::default())]);
    Script { name: "some".into(), steps: steps.collect(), roles, ..Script::default() }
}

fn played(script: Script) -> World {
    let mut world = World::new(Vec::new());
    world.begin(script);
    world
}

fn names(world: &World) -> Vec<String> {
    world.stage.agents().map(|it| it.casting.name.clone()).collect()
}

fn hand_in(world: &mut World, agent: u32, result: Value) {
    let (agent, result) = (AgentId(agent), Box::new(result));
    world.settle(Event::Reported { agent, summary: String::new(), result });
    let outcome = Outcome::Succeeded { summary: String::new() };
    world.settle(Event::AgentEnded { agent, outcome });
    world.go_on();
}
