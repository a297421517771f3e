//! How an attempt at a part begins: by whom, and with which words.

use super::Plan;
use crate::{
    model::{
        Agent, AgentId, Author, Casting, EngineKind, Event, Life, Money, Outcome, PlayId,
        RedirectId, asks_for, cast_agent,
        play::{Assignment, Part, Place, PlayEvent, Spot},
        script::{Failure, Script, Step, Work},
    },
    script::{Trouble, render, render_shell, template::takes, value},
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What an attempt is begun with.
#[derive(Debug, Default)]
struct Start {
    /// What is to be said before it.
    facts: Vec<Event>,
    agent: Option<AgentId>,
    /// The role that goes on with what was handed off; empty where nothing was.
    handed_to: String,
    command: String,
    play: Option<PlayId>,
}

impl Plan<'_> {
    pub(super) fn attempt(&self, place: Place) -> Vec<Event> {
        let (Some(step), Some(part), Some(spot)) =
            (self.play.step(place.0), self.play.part(place), self.play.spot(place))
        else {
            return Vec::new();
        };
        let (attempt, round) = (part.attempt + 1, part.round.max(1));
        let start = match self.beginning(place, step, part) {
            Ok(None) => self.start(place, step, part, &spot),
            Ok(Some(afresh)) => return vec![afresh],
            Err(why) => Err(why),
        };
        let begun = |it: Start| {
            let Start { mut facts, agent, handed_to, command, play } = it;
            let spot = spot.clone();
            let event =
                PlayEvent::Attempted { spot, attempt, round, agent, handed_to, command, play };
            facts.push(self.told(event));
            facts
        };
        match start {
            Ok(start) => begun(start),
            Err(why) => {
                // It counts as an attempt that has failed at once.
                let mut facts = begun(Start::default());
                facts.extend(self.fail_attempt(place, attempt, Failure::Script, &why));
                facts
            }
        }
    }

    fn start(&self, place: Place, step: &Step, part: &Part, spot: &Spot) -> Result<Start, String> {
        match &step.work {
            Work::Nothing => Ok(Start::default()),
            Work::Agent { role, brief } => self.by_agent(place, (role, brief), spot),
            Work::Command { run } => render_shell(run, &self.scope(place.0, Some(part)))
                .map(|command| Start { command, ..Start::default() })
                .map_err(|it| it.to_string()),
            Work::Script { name, set } => self.by_script(place, (name, set), spot),
        }
    }

    fn by_agent(
        &self,
        place: Place,
        (role, brief): (&str, &str),
        spot: &Spot,
    ) -> Result<Start, String> {
        let (Some(step), Some(part)) = (self.play.step(place.0), self.play.part(place)) else {
            return Err("there is no such part".to_owned());
        };
        // A run that has failed is over; the next one is another.
        let is_new_run = step.again.is_some() && part.tried == 0;
        if let Some(agent) = self.goes_on(part).filter(|_| !is_new_run) {
            return Ok(told_why(agent, part, step));
        }
        // A new round, as a new run, begins with the step's own role.
        let handed = self.handed_off(part).filter(|_| part.tried > 0);
        let handed_to = handed.map(|(_, it)| it.to.clone()).unwrap_or_default();
        if let Some(agent) = self.cast_before(spot, part) {
            return Ok(Start { agent: Some(agent), handed_to, ..Start::default() });
        }
        let scope = self.scope(place.0, Some(part));
        let template = brief;
        let mut brief = render(brief, &scope).map_err(|it| it.to_string())?;
        if step.again.is_some() {
            brief.push_str(&what_called(part, template));
            if let Some(agent) = self.stands_by(part).filter(|_| handed.is_none()) {
                return Ok(told_again(agent, &with_failure(brief, part), part, step));
            }
            brief.push_str(&what_it_last_did(part, template));
        }
        let mut casting = match handed {
            Some(handed) => self.successor(handed, spot)?,
            None => self.casting(role, spot)?,
        };
        casting.brief = with_failure(brief, part);
        if let Some(handed) = handed {
            casting.brief.push_str(&self.letters(handed));
        }
        if let Some(schema) = &step.output {
            casting.brief.push_str(&asks_for(schema, casting.engine));
        }
        self.may_spend()?;
        casting.budget = step.budget.or(casting.budget);
        casting.onto = casting.onto.or_else(|| self.ground_of(step));
        casting.delegation.clone_from(&step.delegation);
        casting.assignment = Some(Box::new(Assignment {
            spot: spot.clone(),
            attempt: part.attempt + 1,
            output: step.output.clone(),
            judges: None,
        }));
        let (agent, facts) = cast_agent(self.stage, Author::Script, casting)
            .map_err(|refusal| refusal.to_string())?;
        Ok(Start { facts, agent: Some(agent), handed_to, ..Start::default() })
    }

    /// The one who was cast for this attempt when the session ended, before that was said.
    /// Nobody is cast after it.
    fn cast_before(&self, spot: &Spot, part: &Part) -> Option<AgentId> {
        let last = self.stage.agents().next_back().filter(|it| !it.is_over())?;
        let assignment = last.casting.assignment.as_deref()?;
        let is_it = assignment.spot == *spot && assignment.judges.is_none();
        (is_it && assignment.attempt == part.attempt + 1).then_some(last.id)
    }

    /// A role of the script, filled, with a name for this part.
    pub(super) fn casting(&self, role: &str, spot: &Spot) -> Result<Casting, String> {
        let own = self.play.script.roles.get(role);
        // A role of the script may bring one along who judges its work.
        let judge = || self.play.script.roles.values().find_map(|it| it.judges.get(role));
        let filled = own.or_else(judge).cloned();
        let mut casting = filled.ok_or_else(|| format!("the script has no role {role}"))?;
        casting.name = match spot.part {
            Some(part) => format!("{}-{}", spot.step, part + 1),
            None => spot.step.clone(),
        };
        Ok(casting)
    }

    /// The agent that goes on with what it has done: it had finished, and is told what
    /// is wrong with it.
    fn goes_on(&self, part: &Part) -> Option<&Agent> {
        let (failure, _) = part.failure.as_ref()?;
        self.could_go_on(part, *failure)
    }

    /// The agent that would go on, if this were what is wrong.
    pub(super) fn could_go_on(&self, part: &Part, failure: Failure) -> Option<&Agent> {
        let agent = self.agent(part.agent).filter(|it| it.hands_off().is_none())?;
        let has_finished = matches!(
            (&agent.life, failure),
            (Life::Over(Outcome::Succeeded { .. }), Failure::Output | Failure::Check)
        );
        (has_finished && agent.casting.capabilities.steer).then_some(agent)
    }

    /// The agent of a standing step that has ended its last run well: it remembers that,
    /// and does the next one too.
    fn stands_by(&self, part: &Part) -> Option<&Agent> {
        let agent = self.agent(part.agent)?;
        let is_done = matches!(agent.life, Life::Over(Outcome::Succeeded { .. }));
        // Each run begins with the step's own role.
        let is_its_own = self.stage.handed_by(agent).is_none();
        (is_done && is_its_own && agent.casting.capabilities.steer).then_some(agent)
    }

    /// Whether one more agent may begin: something is left of the script's own budget. How
    /// much of it each one takes is judged with each of its calls.
    pub(super) fn may_spend(&self) -> Result<(), String> {
        let Some(all) = self.play.script.budget else { return Ok(()) };
        // Whoever works for one of its agents is paid by it.
        let spent = self.stage.agents().filter(|it| {
            let assignment = self.stage.head(it).casting.assignment.as_ref();
            assignment.is_some_and(|it| it.spot.play == self.play.id)
        });
        let spent = spent.fold(Money(0), |sum, it| sum + it.spent.at_worst() + it.reserved);
        if spent >= all {
            return Err(format!("the script has spent {spent} of {all}"));
        }
        Ok(())
    }

    fn by_script(
        &self,
        place: Place,
        (name, set): (&str, &BTreeMap<String, String>),
        spot: &Spot,
    ) -> Result<Start, String> {
        let Some(script) = self.play.script.scripts.get(name) else {
            return Err(format!("the script has no script {name}"));
        };
        let scope = self.scope(place.0, self.play.part(place));
        let given = |(key, expression): (&String, &String)| {
            let value = value(expression, &scope).map_err(|it| wrong_input(key, &it))?;
            Ok((key.clone(), value))
        };
        let mut inputs = set.iter().map(given).collect::<Result<Map<String, Value>, String>>()?;
        for (key, input) in &script.inputs {
            if let Some(default) = &input.default {
                inputs.entry(key.clone()).or_insert_with(|| default.clone());
            }
        }
        let play = self.stage.next_play();
        let event = PlayEvent::Started {
            script: Box::new(Script { roles: self.roles(script), ..script.clone() }),
            inputs: Box::new(Value::Object(inputs)),
            parent: Some(Box::new(spot.clone())),
            by: Author::Script,
        };
        let facts = vec![Event::Play { play, event: Box::new(event) }];
        Ok(Start { facts, play: Some(play), ..Start::default() })
    }

    /// The roles of a script that this one plays: its own go before ours.
    fn roles(&self, script: &Script) -> BTreeMap<String, Casting> {
        let mut roles = self.play.script.roles.clone();
        roles.extend(script.roles.clone());
        roles
    }
}

/// How whoever had finished is told what is wrong, and goes on.
fn told_why(agent: &Agent, part: &Part, step: &Step) -> Start {
    let why = part.failure.as_ref().map(|(_, why)| why.as_str()).unwrap_or_default();
    let hand_in = match (&step.output, agent.casting.engine) {
        (None, _) => "",
        (Some(_), EngineKind::Native) => " and hand in the whole result again with `report`",
        (Some(_), _) => " and end with the whole result again, as one JSON block",
    };
    let text = format!("This is not accepted yet:\n\n{why}\n\nMend it{hand_in}.");
    gone_on(agent, text)
}

/// How whoever stands by is told that there is something to do again.
fn told_again(agent: &Agent, brief: &str, part: &Part, step: &Step) -> Start {
    let hand_in = match (&step.output, agent.casting.engine) {
        (None, _) => "",
        (Some(_), EngineKind::Native) => "\n\nHand in what you come to with `report`, as before.",
        (Some(_), _) => "\n\nEnd with what you come to as one JSON block, as before.",
    };
    gone_on(agent, format!("Run {} of this task:\n\n{brief}{hand_in}", part.round))
}

/// An agent that had finished goes on with these words.
fn gone_on(agent: &Agent, text: String) -> Start {
    let redirect = agent.redirects.last().map_or(RedirectId(1), |it| it.id.next());
    let (id, by) = (agent.id, Author::Script);
    let facts = vec![
        Event::RedirectWritten { agent: id, redirect, text, by },
        Event::AgentReopened { agent: id, by },
    ];
    Start { facts, agent: Some(id), ..Start::default() }
}

/// What has called a standing step, unless its brief says so itself.
fn what_called(part: &Part, template: &str) -> String {
    let calls = if part.tried == 0 { &part.calls } else { &part.called_by };
    if calls.is_empty() || takes(template, "calls") {
        return String::new();
    }
    let before = match calls.forgotten {
        0 => String::new(),
        more => format!(" ({more} more came before)"),
    };
    let shown = serde_json::to_string_pretty(&calls.all).unwrap_or_default();
    format!("\n\nWhat calls you, which is no instruction to you{before}:\n\n```json\n{shown}\n```")
}

/// What a standing step came to in the run before, unless its brief says so itself.
fn what_it_last_did(part: &Part, template: &str) -> String {
    match part.output.as_deref() {
        Some(output) if !takes(template, "last") => {
            let shown = serde_json::to_string_pretty(output).unwrap_or_default();
            format!("\n\nWhat the run before this one came to:\n\n```json\n{shown}\n```")
        }
        _ => String::new(),
    }
}

fn wrong_input(key: &str, trouble: &Trouble) -> String {
    format!("set.{key}: {trouble}")
}

/// The brief, and why the attempt before failed, unless it says so itself.
fn with_failure(brief: String, part: &Part) -> String {
    match &part.failure {
        Some((_, why)) if !why.is_empty() && !brief.contains(why.as_str()) => {
            format!("{brief}\n\nAn attempt before this one failed:\n\n{why}")
        }
        _ => brief,
    }
}
