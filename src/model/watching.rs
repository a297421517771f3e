//! An agent that runs elsewhere and is only watched: what its log tells becomes a fact,
//! and nobody here directs it.

use super::{
    Agent, AgentId, Author, Bond, CallId, Capabilities, Casting, Command, EngineKind, Event,
    Origin, Outcome, Refusal, Stage, casting::unique_name,
};
use serde::{Deserialize, Serialize};

/// Where an agent that runs elsewhere is seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Watches {
    /// The log that its program writes.
    pub log: String,
    /// Its number in that log; the one whose log it is comes first.
    pub agent: AgentId,
}

impl Watches {
    /// The number of the one whose log it is, in it.
    pub const FIRST: AgentId = AgentId(1);
}

/// Whether a command is for one of ours.
///
/// # Errors
/// When it would direct an agent that is only watched.
pub(super) fn must_be_ours(stage: &Stage, command: &Command) -> Result<(), Refusal> {
    let agent = match command {
        Command::Stop(agent) | Command::Kill(agent) | Command::Restart(agent) => {
            let agent = stage.agent(*agent).filter(|it| it.is_watched_with_another());
            let above = agent.map(|it| stage.head(it).casting.name.clone());
            return above.map_or(Ok(()), |it| {
                Err(Refusal::Words(format!("it is watched with {it}: stop watching that")))
            });
        }
        Command::Pause(agent)
        | Command::Hold(agent, ..)
        | Command::Step(agent)
        | Command::Freeze(agent)
        | Command::Interrupt(agent)
        | Command::Redirect { agent, .. }
        | Command::EditInstructions { agent, .. }
        | Command::EditBrief { agent, .. }
        | Command::ChangeModel { agent, .. }
        | Command::ChangeBudget { agent, .. }
        | Command::TakeWork { agent, .. }
        | Command::Rewind { agent, .. } => *agent,
        _ => return Ok(()),
    };
    match stage.agent(agent).filter(|it| it.is_watched()) {
        Some(it) => Err(Refusal::Elsewhere(it.casting.name.clone())),
        None => Ok(()),
    }
}

/// What of what a log tells is a fact here: of the agent that is watched by it, and of
/// those that work for that one.
pub(super) fn seen(stage: &Stage, speaker: &Agent, event: Event) -> Vec<Event> {
    let Some(watches) = speaker.casting.watches.as_deref() else { return Vec::new() };
    let Some(local) = event.agent() else { return Vec::new() };
    match (whose(stage, speaker, local), event) {
        (Some(agent), event) if local == Watches::FIRST => of_itself(agent, event),
        (Some(agent), event) => of_another(agent, event),
        (None, Event::AgentAdded { casting, .. }) => {
            let watches = Watches { agent: local, ..watches.clone() };
            begins(stage, speaker, *casting, watches)
        }
        (None, _) => Vec::new(),
    }
}

/// The agent of this number in a log, as it is known here.
fn whose<'a>(stage: &'a Stage, speaker: &'a Agent, local: AgentId) -> Option<&'a Agent> {
    let log = &speaker.casting.watches.as_deref()?.log;
    let is_it = |it: &&Agent| {
        let watches = it.casting.watches.as_deref();
        watches.is_some_and(|it| it.agent == local && it.log == *log)
    };
    if local == Watches::FIRST { Some(speaker) } else { stage.agents().find(is_it) }
}

/// The agent that is watched: its life is that of being looked at.
fn of_itself(agent: &Agent, event: Event) -> Vec<Event> {
    let fact = match event {
        Event::AgentAdded { casting, .. } => is_played_by(agent, casting.provider, casting.model),
        Event::ModelChanged { provider, model, .. } => is_played_by(agent, provider, model),
        event => told_of(agent, event),
    };
    fact.into_iter().collect()
}

/// One that works for it: it ends as its log tells, and works on when it does something.
fn of_another(agent: &Agent, event: Event) -> Vec<Event> {
    let id = agent.id;
    let mut facts = Vec::new();
    match event {
        Event::AgentEnded { outcome, .. } if !agent.is_over() => {
            facts.push(Event::AgentEnded { agent: id, outcome });
        }
        Event::AgentAdded { .. } | Event::AgentEnded { .. } => {}
        Event::ModelChanged { provider, model, .. } => {
            facts.extend(is_played_by(agent, provider, model));
        }
        event => {
            let is_work = matches!(
                event,
                Event::TurnStarted { .. }
                    | Event::ToolCalled { .. }
                    | Event::RedirectDelivered { .. }
            );
            if is_work && agent.is_over() {
                facts.extend(works_on(agent));
            }
            facts.extend(told_of(agent, event));
        }
    }
    facts
}

/// It is looked at; and so are those that were not any more, because the one that they
/// work for was not. One that has ended meanwhile is told to have.
pub(super) fn seen_again(stage: &Stage, speaker: &Agent) -> Vec<Event> {
    let is_out = |it: &&Agent| matches!(it.outcome(), Some(Outcome::Stopped { .. }));
    let others = stage.family(speaker).into_iter().skip(1).filter(is_out).flat_map(works_on);
    std::iter::once(Event::AgentStarted { agent: speaker.id }).chain(others).collect()
}

/// An agent that was over is at work.
fn works_on(agent: &Agent) -> [Event; 3] {
    let (id, run) = (agent.id, agent.run + 1);
    [
        Event::AgentReopened { agent: id, by: Author::Agent },
        Event::AgentStarting { agent: id, run },
        Event::AgentStarted { agent: id },
    ]
}

/// Somebody was set to work by one who is watched: it is seen from now on.
fn begins(stage: &Stage, speaker: &Agent, told: Casting, watches: Watches) -> Vec<Event> {
    let agent = stage.next_agent();
    let origin = told.origin.map(|it| {
        let above = whose(stage, speaker, it.agent).map_or(speaker.id, |it| it.id);
        Box::new(Origin { agent: above, ..*it })
    });
    let (call, bond) = (CallId(0), Bond::Child);
    let alone = || Box::new(Origin { agent: speaker.id, call, bond, depth: 1, output: None });
    let casting = Casting {
        name: unique_name(stage, &told.name),
        engine: EngineKind::Watched,
        capabilities: Capabilities::WATCHED,
        origin: Some(origin.unwrap_or_else(alone)),
        watches: Some(Box::new(watches)),
        ..told
    };
    vec![
        Event::AgentAdded { agent, casting: Box::new(casting), by: Author::Agent },
        Event::AgentStarting { agent, run: 1 },
        Event::AgentStarted { agent },
    ]
}

/// What a log tells of an agent that is known here.
fn told_of(agent: &Agent, mut event: Event) -> Option<Event> {
    if let Event::RedirectWritten { by, .. }
    | Event::RedirectTakenBack { by, .. }
    | Event::InterruptAsked { by, .. } = &mut event
    {
        *by = if agent.works_for_another() { Author::Agent } else { Author::User };
    }
    *seat(&mut event)? = agent.id;
    Some(event)
}

/// Another model plays it than was known.
fn is_played_by(agent: &Agent, provider: String, model: String) -> Option<Event> {
    let is_news = !model.is_empty() && agent.casting.model != model;
    let (agent, by) = (agent.id, Author::User);
    is_news.then_some(Event::ModelChanged { agent, provider, model, by })
}

impl Agent {
    /// Whether it is seen in the log of one that it works for, and is watched with that.
    pub fn is_watched_with_another(&self) -> bool {
        self.casting.watches.as_ref().is_some_and(|it| it.agent != Watches::FIRST)
    }
}

/// Whom an event is about, if a log may tell it.
const fn seat(event: &mut Event) -> Option<&mut AgentId> {
    match event {
        Event::Linked { agent, .. }
        | Event::TurnStarted { agent, .. }
        | Event::Thought { agent, .. }
        | Event::Said { agent, .. }
        | Event::ToolCalled { agent, .. }
        | Event::ToolStarted { agent, .. }
        | Event::ToolEnded { agent, .. }
        | Event::TurnEnded { agent, .. }
        | Event::WindowSeen { agent, .. }
        | Event::Noted { agent, .. }
        | Event::RetryScheduled { agent, .. }
        | Event::Compacted { agent, .. }
        | Event::Strange { agent, .. }
        | Event::RedirectWritten { agent, .. }
        | Event::RedirectTakenBack { agent, .. }
        | Event::RedirectDelivered { agent, .. }
        | Event::InterruptAsked { agent, .. }
        | Event::Interrupted { agent, .. } => Some(agent),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Boundary, Cost, Input, Limits, Money, QuitMode, Record, Report, Status, Stop, Turn, Usage,
        decide, follow_up,
    };

    const SEEN: AgentId = AgentId(1);
    const OURS: AgentId = AgentId(2);

    fn casting(engine: EngineKind) -> Casting {
        let watches = Watches { log: "/log".to_owned(), agent: Watches::FIRST };
        Casting {
            engine,
            capabilities: Capabilities::of(engine),
            brief: "b".to_owned(),
            watches: (engine == EngineKind::Watched).then(|| Box::new(watches)),
            ..Casting::default()
        }
    }

    fn tell(stage: &mut Stage, input: Input) {
        let mut facts = decide(stage, input).unwrap();
        while !facts.is_empty() {
            let event = facts.remove(0);
            let seq = stage.last().next();
            stage.apply(&Record { seq, at: stage.now(), event: event.clone() });
            facts.extend(follow_up(stage, &event));
        }
    }

    fn command(stage: &Stage, command: Command) -> Result<Vec<Event>, Refusal> {
        decide(stage, Input::Command { by: Author::Director, command })
    }

    /// One that is watched and has spent ten dollars, and one of ours, where one may work
    /// and all may spend five.
    fn stage() -> Stage {
        let mut stage = Stage::default();
        let limits =
            Limits { running: Some(1), budget: Some(Money::cents(500)), ..Limits::default() };
        let opened = Event::SessionOpened { title: String::new(), limits };
        stage.apply(&Record { seq: stage.last().next(), at: stage.now(), event: opened });
        for engine in [EngineKind::Watched, EngineKind::Native] {
            let (by, command) = (Author::Director, Command::Add(Box::new(casting(engine))));
            tell(&mut stage, Input::Command { by, command });
        }
        for agent in [SEEN, OURS] {
            tell(&mut stage, Input::Report { agent, run: 1, report: Report::Started });
        }
        let (agent, turn, stop) = (Watches::FIRST, Turn(1), Stop::End);
        let (usage, cost) = (Usage::default(), Cost::from(Some(Money::cents(1000))));
        let spent = Event::TurnEnded { agent, turn, stop, usage, cost };
        let report = Report::Seen(Box::new(spent));
        tell(&mut stage, Input::Report { agent: SEEN, run: 1, report });
        stage
    }

    #[test]
    fn it_takes_no_room_and_no_budget_pays_for_it() {
        let mut stage = stage();
        assert_eq!(stage.agent(OURS).unwrap().status(), Status::Running, "there is room for one");
        let boundary = Boundary::Model { estimate: Some(Money::cents(1)), again: false };
        tell(&mut stage, Input::Report { agent: OURS, run: 1, report: Report::Reached(boundary) });
        assert!(stage.agent(OURS).unwrap().calling, "five dollars are there");
        let totals = stage.totals();
        assert_eq!((totals.spent.known, totals.elsewhere.known), (Money(0), Money::cents(1000)));
        assert_eq!((totals.watched, totals.by_status.values().sum::<u32>()), (1, 1));
    }

    #[test]
    fn nobody_directs_it_and_nothing_of_a_session_waits_for_it() {
        let stage = stage();
        let text = "x".to_owned();
        let directions = [
            Command::Pause(SEEN),
            Command::Step(SEEN),
            Command::Freeze(SEEN),
            Command::Interrupt(SEEN),
            Command::Redirect { agent: SEEN, text: text.clone(), now: false },
            Command::EditInstructions { agent: SEEN, text: text.clone() },
            Command::EditBrief { agent: SEEN, text: text.clone() },
            Command::ChangeModel { agent: SEEN, provider: text.clone(), model: text },
            Command::ChangeBudget { agent: SEEN, budget: None },
        ];
        for direction in directions {
            let refused = command(&stage, direction.clone());
            assert_eq!(refused, Err(Refusal::Elsewhere(String::new())), "{direction:?}");
        }
        let is_it = |event: &Event| event.agent() == Some(SEEN);
        for all in [Command::PauseAll, Command::Quit(QuitMode::Pause)] {
            let facts = command(&stage, all.clone()).unwrap();
            assert!(!facts.iter().any(is_it) && !facts.is_empty(), "{all:?}: {facts:?}");
        }
    }

    #[test]
    fn who_is_not_watched_tells_nothing_in_this_way() {
        let stage = stage();
        let said = Event::Said { agent: Watches::FIRST, text: "I pay.".to_owned() };
        let report = Report::Seen(Box::new(said));
        let facts = decide(&stage, Input::Report { agent: OURS, run: 1, report });
        assert_eq!(facts, Ok(Vec::new()));
        // Nor does a log say what is the director's own to say.
        let (agent, by) = (Watches::FIRST, Author::Director);
        let report = Report::Seen(Box::new(Event::BudgetChanged { agent, budget: None, by }));
        let facts = decide(&stage, Input::Report { agent: SEEN, run: 1, report });
        assert_eq!(facts, Ok(Vec::new()));
    }
}
