//! What the director may do to a play, and what that makes true.

use super::{Next, Part, Phase, Place, Play, PlayEvent, Spot, Standing, StepState};
use crate::model::{
    Author, Event, PlayId, Refusal, Stage, decide,
    script::{Failure, Script, Work},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the director asks of a play. Imperative, because it may be refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the fields are named after their types")]
pub enum Wish {
    /// Don't let this step begin.
    Hold(String),
    /// Let it.
    Release(String),
    /// Open its gate.
    Open(String),
    /// Leave it, or one part of it, out; what is under way is stopped.
    Skip(Spot),
    /// Do it, or one part of it, once more, and all that comes of it. A play that is over
    /// goes on.
    Again(Spot),
    /// Go on with this version of the script.
    Edit(Box<Script>),
    /// Hand this over instead of what the one step has handed in for the other.
    EditHandOff { from: String, to: String, value: Box<Value> },
    /// Let nothing more begin, and stop what is under way.
    Stop,
}

/// Begins a play of a script.
pub(in crate::model) fn perform(
    stage: &Stage,
    by: Author,
    script: Box<Script>,
    inputs: Box<Value>,
) -> Result<Vec<Event>, Refusal> {
    if script.steps.is_empty() {
        return Err(Refusal::Words(format!("the script {} has no step", script.name)));
    }
    let begun = PlayEvent::Started { script, inputs, parent: None, by };
    Ok(vec![Event::Play { play: stage.next_play(), event: Box::new(begun) }])
}

/// Judges what the director asks of a play.
pub(in crate::model) fn direct(
    stage: &Stage,
    by: Author,
    play: PlayId,
    wish: Wish,
) -> Result<Vec<Event>, Refusal> {
    let play = stage.play(play).ok_or(Refusal::Nothing("there is no such run of a script"))?;
    // What has failed can be mended, and goes on where it is begun again.
    let mends = matches!(wish, Wish::Again(_) | Wish::Edit(_) | Wish::EditHandOff { .. });
    if play.is_over() && !mends {
        return Err(Refusal::Words(format!("{} is over: run a step again", play.script.name)));
    }
    let facts = match wish {
        Wish::Hold(step) => hold(play, &step, by)?,
        Wish::Release(step) => release(play, &step, by)?,
        Wish::Open(step) => open(play, &step, by)?,
        Wish::Skip(spot) => return skip(stage, play, spot, by),
        Wish::Again(spot) => return again(stage, play, spot, by),
        Wish::Edit(script) => {
            let told = instructed(stage, play, &script, by);
            let edited = edit(play, script, by)?.map(|it| self::told(play, it));
            return Ok(edited.map(|it| [vec![it], told].concat()).unwrap_or_default());
        }
        Wish::EditHandOff { from, to, value } => edit_hand_off(play, (from, to), value, by)?,
        Wish::Stop => {
            let why = match by {
                Author::Assistant => "the assistant stopped it",
                _ => "the director stopped it",
            };
            return Ok(stop(stage, play, why, by));
        }
    };
    Ok(facts.into_iter().map(|it| told(play, it)).collect())
}

fn told(play: &Play, event: PlayEvent) -> Event {
    Event::Play { play: play.id, event: Box::new(event) }
}

fn find<'a>(play: &'a Play, step: &str) -> Result<(usize, &'a StepState), Refusal> {
    let unknown = || Refusal::Words(format!("{} has no step {step}", play.script.name));
    let place = play.place(step).ok_or_else(unknown)?;
    Ok((place, play.steps.get(place).ok_or_else(unknown)?))
}

fn hold(play: &Play, step: &str, by: Author) -> Result<Option<PlayEvent>, Refusal> {
    let (_, state) = find(play, step)?;
    match state.standing {
        _ if state.held => Ok(None),
        // Of one that has begun, no other part, attempt or run begins.
        Standing::Waiting | Standing::Gate | Standing::Begun => {
            Ok(Some(PlayEvent::Held { step: step.to_owned(), by }))
        }
        Standing::Over | Standing::Skipped(_) => {
            Err(Refusal::Words(format!("{step} is over: it can be run again")))
        }
    }
}

fn release(play: &Play, step: &str, by: Author) -> Result<Option<PlayEvent>, Refusal> {
    let (_, state) = find(play, step)?;
    Ok(state.held.then(|| PlayEvent::Released { step: step.to_owned(), by }))
}

fn open(play: &Play, step: &str, by: Author) -> Result<Option<PlayEvent>, Refusal> {
    let (_, state) = find(play, step)?;
    match state.standing {
        Standing::Gate => Ok(Some(PlayEvent::GateOpened { step: step.to_owned(), by })),
        _ if state.opened => Ok(None),
        _ => Err(Refusal::Words(format!("{step} does not wait at a gate"))),
    }
}

fn skip(stage: &Stage, play: &Play, spot: Spot, by: Author) -> Result<Vec<Event>, Refusal> {
    let (_, step) = find(play, &spot.step)?;
    let is_over = match spot.part {
        Some(part) => step.parts.get(part as usize).is_none_or(|it| it.phase.is_over()),
        None => step.is_over(),
    };
    if is_over {
        return Err(Refusal::Words(format!("{spot} is over")));
    }
    let places = of(play, &spot);
    let why = "the director left it out".to_owned();
    let mut facts = vec![told(play, PlayEvent::Skipped { spot, why, by })];
    facts.extend(let_go(stage, play, places, by));
    Ok(facts)
}

fn again(stage: &Stage, play: &Play, spot: Spot, by: Author) -> Result<Vec<Event>, Refusal> {
    let (place, step) = find(play, &spot.step)?;
    let is_standing = play.step(place).is_some_and(|it| it.again.is_some());
    if is_standing && step.standing == Standing::Begun && !play.is_over() {
        let part = step.parts.first().map(|it| it.phase);
        if part != Some(Phase::Asking) {
            return Ok(vec![told(play, by_hand(spot, by))]);
        }
    }
    let asked = of(play, &spot);
    let has_begun = asked
        .iter()
        .any(|it| play.part(*it).is_some_and(|it| it.attempt > 0 || it.phase == Phase::Skipped));
    if !has_begun && !step.is_over() && !play.is_over() {
        return Err(Refusal::Words(format!("{spot} has not begun yet")));
    }
    let undone = play.undone_by(&spot);
    let mut facts =
        vec![told(play, PlayEvent::Reset { spot: spot.clone(), why: String::new(), by })];
    facts.extend(let_go(stage, play, undone, by));
    // It is begun now, and not when it is called next.
    if play.is_called(place) && !step.parts.first().is_some_and(Part::has_calls) {
        facts.push(told(play, by_hand(spot, by)));
    }
    Ok(facts)
}

/// The director calls a standing step.
fn by_hand(spot: Spot, by: Author) -> PlayEvent {
    let call = Box::new(serde_json::json!({ "by": "director" }));
    PlayEvent::Called { spot, call, meanwhile: false, by }
}

fn edit(play: &Play, script: Box<Script>, by: Author) -> Result<Option<PlayEvent>, Refusal> {
    if *script == *play.script {
        return Ok(None);
    }
    let begun = play.script.steps.iter().zip(&play.steps);
    let begun = begun.filter(|(_, state)| !state.parts.is_empty());
    for (step, _) in begun {
        let kept = script.step(&step.name).map(|(_, it)| it);
        if kept.is_none_or(|it| it.for_each.is_some() != step.for_each.is_some()) {
            let name = &step.name;
            let words = format!("{name} has begun: it must stay, and stay as many parts");
            return Err(Refusal::Words(words));
        }
    }
    Ok(Some(PlayEvent::Edited { version: play.version.saturating_add(1), script, by }))
}

/// Whoever is not done yet gets the instructions that its role has now, unless it was
/// given others by itself, or can take none.
fn instructed(stage: &Stage, play: &Play, script: &Script, by: Author) -> Vec<Event> {
    let parts = play.script.steps.iter().zip(&play.steps).flat_map(|(step, state)| {
        let open = state.parts.iter().filter(|it| !it.phase.is_over());
        open.map(move |part| (step, part))
    });
    let edited = parts.filter_map(|(step, part)| {
        let Work::Agent { role, .. } = &step.work else { return None };
        let [before, after] =
            [&play.script, script].map(|it| it.roles.get(role).map(|it| it.instructions.as_str()));
        let agent = stage.agent(part.agent?)?;
        let current = agent.current_instructions()?;
        let is_meant =
            before != after && before == Some(&current.text) && agent.casting.capabilities.edit;
        let (version, text) = (current.version.next(), after?.to_owned());
        is_meant.then_some(Event::InstructionsEdited { agent: agent.id, version, text, by })
    });
    edited.collect()
}

fn edit_hand_off(
    play: &Play,
    (from, to): (String, String),
    value: Box<Value>,
    by: Author,
) -> Result<Option<PlayEvent>, Refusal> {
    let (giver, _) = find(play, &from)?;
    let (taker, _) = find(play, &to)?;
    if !play.order().needs(taker).contains(&giver) {
        return Err(Refusal::Words(format!("{to} needs nothing of {from}")));
    }
    if !play.takes_again(taker) {
        return Err(Refusal::Words(format!("{to} has it already: redirect its agent")));
    }
    let is_as_it_was = match play.edited.get(&(giver, taker)) {
        Some(edited) => **edited == *value,
        None => play.output(giver) == *value,
    };
    Ok((!is_as_it_was).then_some(PlayEvent::HandOffEdited { from, to, value, by }))
}

/// The places that are meant.
pub(super) fn of(play: &Play, spot: &Spot) -> Vec<Place> {
    let Ok((place, step)) = find(play, &spot.step) else { return Vec::new() };
    match spot.part {
        Some(part) => vec![(place, part as usize)],
        None => (0..step.parts.len()).map(|part| (place, part)).collect(),
    }
}

/// Lets go those who are at work at these places.
fn let_go(stage: &Stage, play: &Play, places: Vec<Place>, by: Author) -> Vec<Event> {
    let parts = places.into_iter().filter_map(|it| play.part(it));
    let parts = parts.filter(|it| it.phase.is_under_way() || it.phase == Phase::Asking);
    parts
        .flat_map(|part| {
            let agents = [part.agent, part.judge].into_iter().flatten();
            let agents = agents.filter_map(|it| stage.agent(it));
            let mut facts: Vec<Event> = agents.flat_map(|it| decide::stop(it, by)).collect();
            let play = part.play.and_then(|it| stage.play(it));
            let play = play.filter(|it| !it.is_over());
            facts.extend(play.into_iter().flat_map(|it| stop(stage, it, "it is not needed", by)));
            facts
        })
        .collect()
}

/// Stops a play and all who are at work in it.
pub fn stop(stage: &Stage, play: &Play, why: &str, by: Author) -> Vec<Event> {
    if play.stopping.is_some() {
        return Vec::new();
    }
    let busy: Vec<_> = play.busy().collect();
    let mut facts = vec![told(play, PlayEvent::Stopping { why: why.to_owned(), by })];
    facts.extend(let_go(stage, play, busy.clone(), by));
    facts.extend(busy.into_iter().filter_map(|it| cut(play, it)));
    facts
}

/// A command that is at work ends with its play: nobody waits for it any more. An agent
/// says of itself that it has ended.
fn cut(play: &Play, place: Place) -> Option<Event> {
    let part = play.part(place).filter(|it| match it.phase {
        Phase::Working => it.agent.is_none() && it.play.is_none(),
        phase => phase == Phase::Checking && it.judge.is_none(),
    })?;
    let (spot, attempt, why) = (play.spot(place)?, part.attempt, "it was stopped".to_owned());
    let (failure, next) = (Failure::Stopped, Next::Over);
    Some(told(play, PlayEvent::Failed { spot, attempt, failure, why, next }))
}
