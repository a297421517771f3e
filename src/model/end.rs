//! How the end of an agent, or of one of its runs, is told: nothing stays open.

use super::{
    Activity, Agent, Answer, Author, Cost, Delivery, EngineKind, Event, HoldReason, Outcome,
    Redirect, RequestId, Stage, Usage, decide,
};

/// Why the journal of another tool's log is closed: there is no more of it.
pub const LOG_ENDS: &str = "the log ends here";

/// Why a message was not delivered that its program may never have had. Started again, the
/// agent is given it with its next turn.
pub(super) const UNHEARD: &str = "its program was gone before it answered";

/// Ends an agent. One that thought it was done while a message was on its way
/// is taken up again, as held as it was; else the message failed, and that is
/// said.
pub(super) fn end(agent: &Agent, outcome: Outcome) -> Vec<Event> {
    let is_wanted = agent.stopping.is_none() && agent.kin.handed_off.is_none();
    let goes_on = matches!(outcome, Outcome::Succeeded { .. }) && is_wanted;
    // Its engine knows that it was told to stop, and not by whom.
    let outcome = match (outcome, agent.stopping) {
        (Outcome::Stopped { .. }, Some(by)) => Outcome::Stopped { by },
        (outcome, _) => outcome,
    };
    let id = agent.id;
    if agent.is_watched() {
        // Where it runs it goes on, with all that is under way.
        return vec![Event::AgentEnded { agent: id, outcome }];
    }
    let mut events = loose_ends(agent, "the agent ended first");
    events.extend(agent.drift_asked().map(|it| {
        let (request, answer, by) = (it.id, Answer::Withdrawn, Author::Supervisor);
        Event::Answered { agent: id, request, answer, by }
    }));
    events.push(Event::AgentEnded { agent: id, outcome });
    if goes_on && let Some(next) = agent.pending().next() {
        events.extend(agent.holds.iter().map(|it| {
            let (reason, by, note) = (it.reason, it.by, it.note.clone());
            Event::HoldPlaced { agent: id, reason, by, note }
        }));
        events.push(Event::AgentReopened { agent: id, by: next.by });
        return events;
    }
    events.extend(agent.pending().map(|it| Event::RedirectFailed {
        agent: id,
        redirect: it.id,
        why: "the agent had ended".to_owned(),
    }));
    events
}

/// What was said to it with the turn that is cut, where it has not answered a word: a
/// program that is gone may not have kept it. Our own conversation keeps all.
fn unheard(agent: &Agent) -> impl Iterator<Item = &Redirect> {
    let has_begun = !agent.calling || agent.activity != Activity::Calling;
    let is_lost = !has_begun && agent.casting.engine != EngineKind::Native;
    let said = agent.redirects.iter().filter(move |_| is_lost);
    said.filter(|it| it.delivery == Delivery::Delivered(agent.turn))
}

/// Ends an agent now, if it is not over.
pub(super) fn kill(agent: &Agent, by: Author) -> Vec<Event> {
    if agent.is_over() { Vec::new() } else { end(agent, Outcome::Stopped { by }) }
}

/// What a run of an agent leaves open when it is over, brought to an end. A
/// tool call that ran is *unknown*: said, and never run again by us.
pub fn loose_ends(agent: &Agent, why: &str) -> Vec<Event> {
    // What is under way elsewhere is brought to an end there.
    if agent.is_watched() {
        return Vec::new();
    }
    let id = agent.id;
    let mut events = Vec::new();
    if agent.calling {
        // Nobody knows what it used, so nobody can say what it cost.
        let (turn, usage, cost) = (agent.turn, Usage::default(), Cost::from(None));
        events.push(Event::TurnCut { agent: id, turn, why: why.to_owned(), usage, cost });
    }
    events.extend(unheard(agent).map(|it| Event::RedirectFailed {
        agent: id,
        redirect: it.id,
        why: UNHEARD.to_owned(),
    }));
    for call in agent.tools_open.keys() {
        let text = match agent.tools_running.iter().any(|(running, _)| running == call) {
            true => format!("unknown: {why}; this may have done its work, or part of it, or not"),
            // With the model call that is cut, its wishes are gone.
            false if agent.calling => continue,
            false => format!("not run: {why}"),
        };
        events.push(Event::ToolEnded {
            agent: id,
            call: *call,
            ok: false,
            text,
            bytes: 0,
            changes: Vec::new(),
            note: String::new(),
        });
    }
    let (by, answer) = (Author::Supervisor, Answer::Withdrawn);
    let of_run = agent.requests.iter().filter(|it| it.id != RequestId::DRIFT);
    events.extend(of_run.map(|it| {
        let (request, answer) = (it.id, answer.clone());
        Event::Answered { agent: id, request, answer, by }
    }));
    events
}

/// Holds every agent for a later run. Engines that can't be held are ended; who is only
/// watched is not asked, and a later run goes on watching.
pub(super) fn shut_down(stage: &Stage) -> Vec<Event> {
    let by = Author::Supervisor;
    let all = stage.agents().filter(|it| it.is_awaited());
    let hold = |it: &Agent| decide::hold(it, HoldReason::Shutdown, by, "");
    // Nothing of a process outlives the session.
    all.flat_map(|it| match hold(it) {
        Ok(events) if !it.freezes_to_pause() => events,
        _ => decide::stop(it, by),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        AgentId, Capabilities, Casting, Header, Input, Millis, Record, RedirectId, Report, Seq,
        Turn, Version, decide,
    };

    const AGENT: AgentId = AgentId(1);

    fn tell(stage: &mut Stage, events: impl IntoIterator<Item = Event>) {
        for event in events {
            let seq = Seq(stage.last().0 + 1);
            stage.apply(&Record { seq, at: Millis(seq.0), event });
        }
    }

    /// One that was told something with its first turn.
    fn told(engine: EngineKind) -> Stage {
        let (agent, by, redirect) = (AGENT, Author::Director, RedirectId(1));
        let (turn, version, model, text) = (Turn(1), Version(1), String::new(), "more".to_owned());
        let casting =
            Casting { engine, capabilities: Capabilities::of(engine), ..Casting::default() };
        let mut stage = Stage::new(Header::default());
        tell(
            &mut stage,
            [
                Event::AgentAdded { agent, casting: Box::new(casting), by },
                Event::AgentStarting { agent, run: 1 },
                Event::AgentStarted { agent },
                Event::RedirectWritten { agent, redirect, text: text.clone(), by },
                Event::RedirectDelivered { agent, redirect, turn, text },
                Event::TurnStarted { agent, turn, version, model, reserved: None, again: false },
            ],
        );
        stage
    }

    /// How far the message has come when it is started again after it has failed.
    fn started_again(mut stage: Stage) -> Delivery {
        let outcome = Outcome::Failed { why: "gone".into() };
        let over = Input::Report { agent: AGENT, run: 1, report: Report::Ended(outcome) };
        let events = decide(&stage, over).unwrap();
        tell(&mut stage, events);
        tell(&mut stage, [Event::AgentReopened { agent: AGENT, by: Author::Director }]);
        tell(&mut stage, [Event::AgentStarting { agent: AGENT, run: 2 }]);
        stage.agent(AGENT).unwrap().redirects[0].delivery.clone()
    }

    #[test]
    fn what_a_program_had_not_answered_when_it_was_gone_is_said_to_it_again() {
        assert_eq!(started_again(told(EngineKind::Codex)), Delivery::Queued);
        assert_eq!(started_again(told(EngineKind::Native)), Delivery::Delivered(Turn(1)));
        let mut heard = told(EngineKind::Codex);
        tell(&mut heard, [Event::Said { agent: AGENT, text: "Yes".into() }]);
        assert_eq!(started_again(heard), Delivery::Delivered(Turn(1)));
    }
}
