//! The judge: given where things stand, what does this input make true?
//!
//! `Ok` holds the facts to record, none where nothing changes: every command
//! may be given twice. `Err` is a reason to show.

use super::{
    Activity, Agent, AgentId, Answer, Author, Command, Event, HoldReason, Input, Life, Money,
    Outcome, PauseGrain, PlayId, RedirectId, Refusal, Report, RequestId, Stage, Status,
    answering::{self, approve},
    assisting,
    attention::attend,
    budget::{self, change_limit},
    casting::add,
    delegating,
    end::{end, kill, loose_ends, shut_down},
    label,
    messages::{delivered, edit_brief, edit_redirect, instruct, take_back},
    play::{self, PlayEvent},
    proof, quota,
    retake::{mark, retake},
    rewind::{redo, rewind},
    taking::{outcome, take},
    tree::see_changes,
    typing::{resize, type_into},
    watching,
};

/// Messages that may wait for one agent; a person loses sight of fewer.
const QUEUED: usize = 64;

/// Messages of one agent that are not known, and are kept all the same.
const STRANGE: u32 = 200;

/// Judges an input.
///
/// # Errors
/// When the director may not do that now, with a reason to show.
pub fn decide(stage: &Stage, input: Input) -> Result<Vec<Event>, Refusal> {
    let mut facts = Vec::new();
    decide_into(stage, input, &mut facts).map(|()| facts)
}

/// Judges an input as [`decide`] does, and adds the facts to `facts`: for one
/// who judges a hundred thousand a second.
///
/// # Errors
/// When the director may not do that now; `facts` is as it was then.
pub fn decide_into(stage: &Stage, input: Input, facts: &mut Vec<Event>) -> Result<(), Refusal> {
    match input {
        Input::Command { by, command } | Input::Desk { by, command, .. } => {
            facts.extend(grant(stage, by, command)?);
        }
        Input::Report { agent, run, report } => note(stage, agent, run, report, facts)?,
        Input::Proved(it) => facts.extend(proof::proved(find(stage, it.agent)?, *it)?),
        Input::Drew(it) => facts.extend(budget::drew(stage, *it)),
        Input::Found(finding) => facts.extend(play::found(stage, *finding)?),
        Input::Signal(signal) => facts.extend(play::signalled(stage, *signal)?),
    }
    Ok(())
}

fn grant(stage: &Stage, by: Author, command: Command) -> Result<Vec<Event>, Refusal> {
    if by == Author::Assistant {
        assisting::must_be_allowed(stage, &command)?;
    }
    watching::must_be_ours(stage, &command)?;
    match command {
        Command::Add(casting) => add(stage, by, *casting),
        Command::Retake(wanted) => retake(stage, by, *wanted),
        Command::Rewind { agent, to } => rewind(find(stage, agent)?, by, to),
        Command::UndoRewind(agent) => redo(find(stage, agent)?, by),
        Command::MarkTake { agent, is_best } => Ok(mark(stage, find(stage, agent)?, by, is_best)),
        Command::PauseAll => Ok(hold_all(stage, by)),
        Command::ResumeAll => Ok(resume_all(stage, by)),
        Command::Pause(agent) => hold(find(stage, agent)?, HoldReason::Director, by, ""),
        Command::Resume(agent) => lift(find(stage, agent)?, HoldReason::Director, by),
        Command::Hold(agent, reason, note) => hold(find(stage, agent)?, reason, by, &note),
        Command::Lift(agent, reason) => lift(find(stage, agent)?, reason, by),
        Command::Step(agent) => step(find(stage, agent)?, by),
        Command::Freeze(agent) => freeze(find(stage, agent)?, by),
        Command::Interrupt(agent) => interrupt(find(stage, agent)?, by),
        Command::Redirect { agent, text, now } => redirect(find(stage, agent)?, by, text, now),
        Command::EditRedirect { agent, redirect, text } => {
            edit_redirect(find(stage, agent)?, by, redirect, text)
        }
        Command::TakeBack { agent, redirect } => take_back(find(stage, agent)?, by, redirect),
        Command::EditInstructions { agent, text } => instruct(find(stage, agent)?, by, text),
        Command::EditBrief { agent, text } => edit_brief(find(stage, agent)?, by, text),
        Command::Approve { agent, request, shown, scope } => {
            approve(find(stage, agent)?, by, (request, shown), scope)
        }
        Command::Answer { agent, request, answer } => {
            answering::answer(find(stage, agent)?, by, request, answer)
        }
        Command::ChangeModel { agent, provider, model } => {
            Ok(change_model(find(stage, agent)?, by, provider, model))
        }
        Command::Rename { agent, name } => label::rename(stage, find(stage, agent)?, by, &name),
        Command::Tint { agent, tint } => Ok(label::tint(find(stage, agent)?, by, tint)),
        Command::ChangeBudget { agent, budget } => {
            Ok(change_budget(find(stage, agent)?, by, budget))
        }
        Command::ChangeSessionBudget { budget } => {
            Ok(vec![Event::SessionBudgetChanged { budget, by }])
        }
        Command::ChangeLimit { whose, budget } => change_limit(by, whose, budget),
        Command::Type(agent, keys) => type_into(find(stage, agent)?, by, keys),
        Command::Resize { agent, columns, rows } => Ok(resize(find(stage, agent)?, columns, rows)),
        Command::Restart(agent) => restart(find(stage, agent)?, by),
        Command::Stop(agent) => Ok(stop(find(stage, agent)?, by)),
        Command::Kill(agent) => Ok(kill(find(stage, agent)?, by)),
        Command::Look(agent) => Ok(look(find(stage, agent)?)),
        Command::TakeWork { agent, way, words } => take(find(stage, agent)?, by, way, words),
        Command::SeeChanges { agent, commit } => Ok(see_changes(find(stage, agent)?, by, commit)),
        Command::Perform { script, inputs } => play::perform(stage, by, script, inputs),
        Command::DirectPlay(id, wish) => play::direct(stage, by, id, wish),
        Command::Attend(wish) => attend(stage, by, *wish),
        Command::Heed { agent, wish } => super::drift::heed(find(stage, agent)?, by, wish),
        Command::Prove { agent, wish } => proof::prove(find(stage, agent)?, by, *wish),
        // How a session closes is the supervisor's own business; the facts it
        // leaves are those of the agents.
        Command::Quit(super::QuitMode::Pause | super::QuitMode::Now) => Ok(shut_down(stage)),
        Command::Quit(super::QuitMode::Stop) => Ok(stop_all(stage, by)),
    }
}

/// An agent is believed about itself, until its run is over.
#[expect(clippy::too_many_lines, reason = "it routes: an arm for each report")]
fn note(
    stage: &Stage,
    agent: AgentId,
    run: u32,
    report: Report,
    facts: &mut Vec<Event>,
) -> Result<(), Refusal> {
    let speaker = find(stage, agent)?;
    // Who takes its work is none of its engines.
    if matches!(report, Report::WorkTaken { .. } | Report::WorkNotTaken { .. }) {
        facts.extend(outcome(speaker, report));
        return Ok(());
    }
    // What is kept of its folder is kept by us, also when it is over.
    let is_ours = matches!(report, Report::Checkpointed { .. } | Report::NotKept(_));
    if !is_ours && (speaker.run != run || !speaker.is_on()) {
        return Err(Refusal::Stale);
    }
    // Who has to ask is not heard saying that it did not.
    let goes_by_itself = matches!(report, Report::TurnTaken | Report::ToolTaken(_));
    if goes_by_itself && !speaker.is_self_driven() {
        return Err(Refusal::Stale);
    }
    facts.push(match report {
        Report::Confined(sandbox) => Event::Confined { agent, sandbox },
        Report::Started if speaker.is_watched() => {
            facts.extend(watching::seen_again(stage, speaker));
            return Ok(());
        }
        Report::Started => Event::AgentStarted { agent },
        Report::Preparing(what) => Event::Preparing { agent, what },
        Report::WorkspaceMade(tree) => Event::WorkspaceMade { agent, tree },
        Report::Checkpointed { turn, commit, files, more, in_all } => {
            Event::Checkpointed { agent, turn, commit, files, more, in_all }
        }
        Report::Linked { program, session, model } => {
            Event::Linked { agent, program, session, model }
        }
        Report::FilesPut(was) => Event::FilesPut { agent, was },
        Report::PlaceNamed(turn, place) => Event::PlaceNamed { agent, turn, place },
        // The rest of a flood is left out: it may not fill the journal.
        Report::Strange { .. } if speaker.strange >= STRANGE => return Ok(()),
        Report::Strange { name, message } => Event::Strange { agent, name, message },
        Report::TurnTaken => take_turn(speaker),
        Report::ToolTaken(call) => Event::ToolStarted { agent, call },
        Report::Delivered(redirect) => {
            facts.extend(delivered(speaker, redirect));
            return Ok(());
        }
        Report::QuotaTold(quota) => {
            facts.extend(quota::told(stage, agent, *quota));
            return Ok(());
        }
        Report::Reached(boundary) => Event::BoundaryReached { agent, boundary },
        Report::Thought(text) => Event::Thought { agent, text },
        Report::Said(text) => Event::Said { agent, text },
        Report::Planned(steps) => Event::Planned { agent, steps },
        Report::Sealed(seal) => Event::Sealed { agent, seal },
        Report::ToolCalled { call, id, tool, title, input, seal } => {
            Event::ToolCalled { agent, call, id, tool, title, input, seal }
        }
        Report::TurnEnded { turn, stop, usage, cost } => {
            Event::TurnEnded { agent, turn, stop, usage, cost }
        }
        Report::WindowSeen { tokens, size } => Event::WindowSeen { agent, tokens, size },
        Report::TurnCut { turn, why, usage, cost } => {
            Event::TurnCut { agent, turn, why, usage, cost }
        }
        Report::Retrying { attempt, most, wait, why } => {
            Event::RetryScheduled { agent, attempt, most, wait, why }
        }
        Report::Compacted { summary, upto, usage, cost } => {
            Event::Compacted { agent, summary, upto, usage, cost }
        }
        Report::TerminalPrinted(text) => Event::TerminalPrinted { agent, text },
        Report::ToolPrinted { call, text } => Event::ToolPrinted { agent, call, text },
        Report::ToolEnded { call, ok, text, bytes, changes, note } => {
            Event::ToolEnded { agent, call, ok, text, bytes, changes, note }
        }
        Report::Asked { request, ask } => Event::Asked { agent, request, ask },
        Report::Withdrawn(request) => {
            facts.extend(withdrawn(speaker, request));
            return Ok(());
        }
        Report::Reported { summary, result } => Event::Reported { agent, summary, result },
        Report::Bids(call, bid) => {
            facts.extend(delegating::judge(stage, speaker, call, bid));
            return Ok(());
        }
        Report::Frozen(what) => Event::Frozen { agent, what },
        Report::Interrupted(what) => Event::Interrupted { agent, what },
        Report::NotKept(why) => {
            let text = format!("{}: {why}", speaker.casting.name);
            Event::NoticeRaised { level: super::Level::Warning, text }
        }
        Report::Noticed(level, text) => Event::NoticeRaised { level, text },
        Report::Noted(level, text) => Event::Noted { agent, level, text },
        Report::Seen(event) => {
            facts.extend(watching::seen(stage, speaker, *event));
            return Ok(());
        }
        Report::WorkTaken { .. } | Report::WorkNotTaken { .. } => return Ok(()),
        Report::Ended(outcome) => {
            facts.extend(end(speaker, outcome));
            return Ok(());
        }
    });
    Ok(())
}

/// A model call that a program has made by itself.
fn take_turn(agent: &Agent) -> Event {
    let (turn, model) = (agent.turn.next(), agent.model().to_owned());
    let version = agent.current_instructions().map(|it| it.version).unwrap_or_default();
    Event::TurnStarted { agent: agent.id, turn, version, model, reserved: None, again: false }
}

/// A request that its program does not want answered any more.
fn withdrawn(agent: &Agent, request: RequestId) -> Option<Event> {
    let is_open = agent.requests.iter().any(|it| it.id == request);
    let (agent, answer, by) = (agent.id, Answer::Withdrawn, Author::Supervisor);
    is_open.then_some(Event::Answered { agent, request, answer, by })
}

fn find(stage: &Stage, id: AgentId) -> Result<&Agent, Refusal> {
    stage.agent(id).ok_or(Refusal::Unknown(id))
}

pub(super) fn not(agent: &Agent, what: &'static str) -> Refusal {
    Refusal::Not { name: agent.casting.name.clone(), status: agent.status(), what }
}

fn must_live(agent: &Agent, what: &'static str) -> Result<(), Refusal> {
    if agent.is_over() { Err(not(agent, what)) } else { Ok(()) }
}

pub(super) fn can(agent: &Agent, it_can: bool, what: &'static str) -> Result<(), Refusal> {
    let name = || agent.casting.name.clone();
    if it_can { Ok(()) } else { Err(Refusal::Incapable { name: name(), what }) }
}

pub(super) fn hold(
    agent: &Agent,
    reason: HoldReason,
    by: Author,
    note: &str,
) -> Result<Vec<Event>, Refusal> {
    must_live(agent, "there is nothing to pause")?;
    can(agent, agent.casting.capabilities.pause != PauseGrain::None, "pause")?;
    if agent.is_held_for(reason) {
        return Ok(Vec::new());
    }
    Ok(vec![Event::HoldPlaced { agent: agent.id, reason, by, note: note.to_owned() }])
}

fn hold_all(stage: &Stage, by: Author) -> Vec<Event> {
    let all = stage.agents().filter(|it| !it.is_over());
    let agents = all.flat_map(|it| hold(it, HoldReason::Director, by, "").unwrap_or_default());
    let plays = stage.playing().filter(|it| !it.paused && it.stopping.is_none());
    // Scripts first: else one could have somebody begin while the others are held.
    let plays = plays.map(|it| told(it.id, PlayEvent::Paused { by }));
    plays.chain(agents).collect()
}

fn told(play: PlayId, event: PlayEvent) -> Event {
    Event::Play { play, event: Box::new(event) }
}

fn lift(agent: &Agent, reason: HoldReason, by: Author) -> Result<Vec<Event>, Refusal> {
    if agent.is_held_for(reason) {
        return Ok(vec![Event::HoldLifted { agent: agent.id, reason, by }]);
    }
    match agent.holds.first().map(|it| it.reason) {
        Some(HoldReason::Budget) => Err(not(agent, "raise its budget to let it go on")),
        Some(_) => Err(not(agent, "something else holds it")),
        None => Ok(Vec::new()),
    }
}

fn resume_all(stage: &Stage, by: Author) -> Vec<Event> {
    let held = stage.agents().filter(|it| it.is_held_for(HoldReason::Director));
    let agents =
        held.map(|it| Event::HoldLifted { agent: it.id, reason: HoldReason::Director, by });
    let plays = stage.playing().filter(|it| it.paused);
    agents.chain(plays.map(|it| told(it.id, PlayEvent::Resumed { by }))).collect()
}

fn step(agent: &Agent, by: Author) -> Result<Vec<Event>, Refusal> {
    can(agent, agent.casting.capabilities.pause == PauseGrain::Step, "go step by step")?;
    if agent.frozen.is_some() {
        return Err(not(agent, "it is frozen in the middle of a step; resume it"));
    }
    match agent.status() {
        Status::Paused if agent.steps > 0 => Ok(Vec::new()),
        Status::Paused => Ok(vec![Event::StepAllowed { agent: agent.id, by }]),
        Status::Pausing => Err(not(agent, "it still finishes the step it is in")),
        _ => Err(not(agent, "pause it first, then go step by step")),
    }
}

fn freeze(agent: &Agent, by: Author) -> Result<Vec<Event>, Refusal> {
    must_live(agent, "there is nothing to freeze")?;
    can(agent, agent.casting.capabilities.freeze, "freeze")?;
    let mut events = hold(agent, HoldReason::Director, by, "")?;
    let follows = agent.freezes_to_pause() && !events.is_empty();
    if !agent.is_still() && !follows {
        events.push(Event::FreezeAsked { agent: agent.id, by });
    }
    Ok(events)
}

fn interrupt(agent: &Agent, by: Author) -> Result<Vec<Event>, Refusal> {
    must_live(agent, "there is nothing to interrupt")?;
    if !is_in_flight(agent) && matches!(agent.activity, Activity::Retrying { .. }) {
        // What is cut short is the wait: the call is made again now.
        return Ok(vec![Event::InterruptAsked { agent: agent.id, by }]);
    }
    if !is_in_flight(agent) {
        return Err(not(agent, "nothing is in flight; pause or redirect it"));
    }
    let mut events = hold(agent, HoldReason::Director, by, "interrupted")?;
    events.push(Event::InterruptAsked { agent: agent.id, by });
    Ok(events)
}

fn change_model(agent: &Agent, by: Author, provider: String, model: String) -> Vec<Event> {
    if agent.casting.provider == provider && agent.casting.model == model {
        return Vec::new();
    }
    vec![Event::ModelChanged { agent: agent.id, provider, model, by }]
}

fn change_budget(agent: &Agent, by: Author, budget: Option<Money>) -> Vec<Event> {
    if agent.casting.budget == budget {
        return Vec::new();
    }
    vec![Event::BudgetChanged { agent: agent.id, budget, by }]
}

pub(super) fn redirect(
    agent: &Agent,
    by: Author,
    text: String,
    now: bool,
) -> Result<Vec<Event>, Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::Words("an empty message redirects nobody".to_owned()));
    }
    can(agent, agent.casting.capabilities.steer, "be redirected")?;
    if agent.queued().count() >= QUEUED {
        return Err(not(agent, "too many messages wait for it; take one back"));
    }
    let redirect = agent.redirects.last().map_or(RedirectId(1), |it| it.id.next());
    let id = agent.id;
    let mut events = vec![Event::RedirectWritten { agent: id, redirect, text, by }];
    if agent.is_over() {
        events.push(Event::AgentReopened { agent: id, by });
    } else if now {
        events.extend(open_calls(agent).map(|request| {
            let answer = Answer::Denied { why: "the director redirects you".to_owned() };
            Event::Answered { agent: id, request, answer, by }
        }));
        // What is frozen is cut as well; and where a call waits for an answer,
        // those that would come after it are not run.
        if is_in_flight(agent) || open_calls(agent).next().is_some() {
            events.push(Event::InterruptAsked { agent: id, by });
        }
    }
    Ok(events)
}

/// Whether a model call or a tool is under way, frozen or not.
const fn is_in_flight(agent: &Agent) -> bool {
    agent.calling || !agent.tools_running.is_empty()
}

/// The requests that tool calls wait for.
pub(super) fn open_calls(agent: &Agent) -> impl Iterator<Item = RequestId> {
    agent.requests.iter().filter(|it| it.ask.call().is_some()).map(|it| it.id)
}

/// Starts the engine anew: what the agent has done so far stays.
fn restart(agent: &Agent, by: Author) -> Result<Vec<Event>, Refusal> {
    let id = agent.id;
    match agent.life {
        Life::Over(_) => Ok(vec![Event::AgentReopened { agent: id, by }]),
        Life::Queued => Err(not(agent, "it has not started yet")),
        Life::Starting | Life::Working => {
            let mut events = loose_ends(agent, "its engine was started anew");
            events.push(Event::AgentStarting { agent: id, run: agent.run + 1 });
            Ok(events)
        }
    }
}

pub(super) fn stop(agent: &Agent, by: Author) -> Vec<Event> {
    match agent.life {
        Life::Over(_) => Vec::new(),
        Life::Queued => end(agent, Outcome::Stopped { by }),
        // It has no engine that could be told.
        _ if agent.is_watched_with_another() => end(agent, Outcome::Stopped { by }),
        // It has been told, and has a moment to end in good order.
        Life::Starting | Life::Working if agent.stopping.is_some() => Vec::new(),
        Life::Starting | Life::Working => vec![Event::StopAsked { agent: agent.id, by }],
    }
}

fn stop_all(stage: &Stage, by: Author) -> Vec<Event> {
    stage.agents().flat_map(|it| stop(it, by)).collect()
}

fn look(agent: &Agent) -> Vec<Event> {
    if agent.unseen { vec![Event::AgentSeen { agent: agent.id }] } else { Vec::new() }
}
