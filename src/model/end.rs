//! How the end of an agent, or of one of its runs, is told: nothing stays open.

use super::{
    Agent, Answer, Author, Cost, Event, HoldReason, Outcome, RequestId, Stage, Usage, decide,
};

/// Why the journal of another tool's log is closed: there is no more of it.
pub const LOG_ENDS: &str = "the log ends here";

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
