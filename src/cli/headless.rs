//! A session without a screen: prints what happens, and ends with its agents.

use super::opening::Open;
use crate::{
    journal::{Follower, Reader, short_id},
    model::{
        Activity, Agent, AgentId, Answer, Ask, Author, Command, EngineKind, Event, Input, QuitMode,
        Record, RequestId, Stage, Status,
        play::{Phase, Play, PlayEnd, Standing},
    },
    supervisor::Session,
    ui::linear::happened,
};
use std::{
    collections::BTreeSet,
    io::{self, Write},
    pin::pin,
    process::ExitCode,
    time::Duration,
};
use tokio::time::Instant;

/// An agent failed.
const FAILED: u8 = 1;
/// An agent waits for a person.
const WAITS: u8 = 3;

/// How long a journal that can't be written is waited for: nobody is here to
/// make room.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where what happens is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// In lines for a person, on the standard output.
    Lines,
    /// As JSON, there as well.
    Json,
    /// In lines, on the standard error stream: something else is printed.
    Aside,
}

/// What is asked of a session as soon as it stands so; once.
type Wish<'a> = &'a mut dyn FnMut(&Stage) -> Option<Command>;

/// Follows a session until all agents are over, or those left wait for a person.
pub(super) async fn follow(open: Open, is_json: bool) -> anyhow::Result<ExitCode> {
    let told = if is_json { Told::Json } else { Told::Lines };
    follow_on(open, told, &mut |_| None).await
}

/// The same, told on the standard error stream, for somebody who asks something of the
/// session once it stands so.
pub(super) async fn follow_aside(open: Open, ask: Wish<'_>) -> anyhow::Result<ExitCode> {
    follow_on(open, Told::Aside, ask).await
}

async fn follow_on(open: Open, told: Told, ask: Wish<'_>) -> anyhow::Result<ExitCode> {
    let Open { session, mut stage, journal, live: _live } = open;
    let reader = Reader::open(&journal)?;
    let mut follower = Follower::new(&reader, reader.body());
    let mut ending = pin!(super::run::ending());
    let (mut quitting, mut trouble, mut unread, mut signalled) = (None, None, None, None);
    let (mut is_refused, mut asked) = (false, false);
    let mut declined = BTreeSet::new();
    loop {
        let news = session.feed.take();
        // The journal has them all, in order, whether or not the feed kept them.
        for (_, record) in follower.by_ref() {
            stage.apply(&record);
            if unread.is_none() {
                unread = print(&stage, &record, told).err();
            }
        }
        if let Some(command) = ask(&stage).filter(|_| !std::mem::replace(&mut asked, true)) {
            let input = Input::Command { by: Author::Director, command };
            // A supervisor that has gone has ended the session already.
            drop(session.inbox.send(input).await);
            continue;
        }
        if news.ended {
            break;
        }
        tell_trouble(news.trouble, &mut trouble);
        is_refused |= !news.refusals.is_empty();
        news.refusals.iter().for_each(|it| tell(&it.to_string()));
        for (agent, request) in new_questions(&stage, &mut declined) {
            decline(&session, agent, request).await;
        }
        let verdict = if unread.is_some() { Some(QuitMode::Pause) } else { verdict(&stage) };
        // Nobody is there, and nobody will come.
        let verdict = verdict.or((is_refused && stage.is_untouched()).then_some(QuitMode::Stop));
        if let (None, Some(mode)) = (quitting, verdict) {
            quitting = Some(mode);
            quit(&session, mode).await;
        }
        tokio::select! {
            () = session.feed.changed() => {}
            () = give_up(trouble.as_ref().map(|(_, since)| *since)) => {
                trouble = None;
                quit(&session, QuitMode::Pause).await;
            }
            signal = &mut ending, if signalled.is_none() => {
                signalled = Some(signal?);
                quitting = Some(QuitMode::Now);
                quit(&session, QuitMode::Now).await;
            }
        }
    }
    let stage = session.end().await?;
    match unread.or_else(|| say_what_is_left(&stage, told).err()) {
        // Nobody reads any more, and the agents wait: that is how it ended.
        Some(error) if super::is_broken_pipe(&error) => Ok(exit_code(&stage)),
        Some(error) => Err(error),
        None if is_refused && signalled.is_none() => Ok(ExitCode::from(FAILED)),
        None => Ok(signalled.map_or_else(|| exit_code(&stage), super::run::signalled)),
    }
}

/// Questions of tools that wait for their answer in the middle of their work, and have
/// none yet: no later run could answer them.
fn new_questions(
    stage: &Stage,
    declined: &mut BTreeSet<(AgentId, RequestId)>,
) -> Vec<(AgentId, RequestId)> {
    let of_agent = |agent: &Agent| {
        let asked = agent.requests.iter().filter(|it| is_of_running_tool(agent, &it.ask));
        asked.map(|it| (agent.id, it.id)).collect::<Vec<_>>()
    };
    stage.agents().flat_map(of_agent).filter(|it| declined.insert(*it)).collect()
}

/// Whether all that it waits for is an answer that is on its way.
fn is_declined(agent: &Agent) -> bool {
    !agent.requests.is_empty() && agent.requests.iter().all(|it| is_of_running_tool(agent, &it.ask))
}

/// Whether a tool of ours asks this in the middle of its work.
fn is_of_running_tool(agent: &Agent, ask: &Ask) -> bool {
    let is_running = |call| agent.tools_running.iter().any(|(it, _)| *it == call);
    let is_ours = agent.casting.engine == EngineKind::Native;
    is_ours && matches!(ask, Ask::Question { call: Some(call), .. } if is_running(*call))
}

async fn decline(session: &Session, agent: AgentId, request: RequestId) {
    let answer = Answer::Denied { why: "nobody is there to answer it".to_owned() };
    let command = Command::Answer { agent, request, answer };
    let input = Input::Command { by: Author::Director, command };
    // A supervisor that has gone waits for no answer.
    drop(session.inbox.send(input).await);
}

async fn quit(session: &Session, mode: QuitMode) {
    let input = Input::Command { by: Author::Director, command: Command::Quit(mode) };
    // A supervisor that has gone has ended the session already.
    drop(session.inbox.send(input).await);
}

/// Says what keeps the journal from being written, once.
fn tell_trouble(now: Option<String>, told: &mut Option<(String, Instant)>) {
    let Some(now) = now else {
        *told = None;
        return;
    };
    if told.is_none() {
        tell(&now);
        *told = Some((now, Instant::now()));
    }
}

pub(super) fn tell(what: &str) {
    let line = format!("auteur: {}\n", crate::text::one_line(what, 300));
    // Nobody can be told if even this fails.
    drop(io::stderr().lock().write_all(line.as_bytes()));
}

async fn give_up(since: Option<Instant>) {
    match since {
        Some(since) => tokio::time::sleep_until(since + PATIENCE).await,
        None => std::future::pending().await,
    }
}

/// Whether there is nothing left to wait for, and how to close then. Agents that
/// are queued behind one that waits for a person wait for that person, too.
fn verdict(stage: &Stage) -> Option<QuitMode> {
    if stage.is_untouched() {
        return None;
    }
    if stage.playing().next().is_some() {
        return stage.playing().all(|it| waits(it, stage)).then_some(QuitMode::Pause);
    }
    if stage.to_be_proven().any(Agent::is_being_proven) {
        return None;
    }
    let mut living = stage.agents().filter(|it| it.is_awaited()).peekable();
    if living.peek().is_none() {
        return nobody_is_left(stage);
    }
    let is_stuck = |agent: &Agent| match agent.status() {
        _ if is_declined(agent) => false,
        Status::Queued => true,
        Status::Waiting | Status::Paused => agent.needs_director(),
        _ => false,
    };
    let (mut all_stuck, mut any_waits) = (true, false);
    for agent in living {
        all_stuck &= is_stuck(agent) || waits_for(agent, stage, is_stuck);
        any_waits |= agent.status() != Status::Queued;
    }
    (all_stuck && any_waits).then_some(QuitMode::Pause)
}

/// How to close where none of ours is left: who is watched is waited for where nobody else
/// was ever there, until its user has the word.
fn nobody_is_left(stage: &Stage) -> Option<QuitMode> {
    let is_anybody_ours = stage.agents().any(|it| !it.is_watched());
    let mut elsewhere = stage.agents().filter(|it| !it.is_over()).peekable();
    if elsewhere.peek().is_none() {
        return Some(QuitMode::Stop);
    }
    let is_enough = is_anybody_ours || elsewhere.all(|it| it.activity == Activity::Resting);
    is_enough.then_some(QuitMode::Pause)
}

/// Whether an agent waits for others that work for it, and they are stuck.
fn waits_for(agent: &Agent, stage: &Stage, is_stuck: impl Fn(&Agent) -> bool + Copy) -> bool {
    let Some(awaits) = agent.kin.awaits.as_ref().filter(|_| agent.awaits_others()) else {
        return false;
    };
    let living = awaits.whom.iter().filter_map(|it| stage.agent(*it)).filter(|it| !it.is_over());
    // Whom one waits for was cast after it, so this comes to an end.
    let mut below = living.filter(|it| it.id > agent.id).peekable();
    below.peek().is_some() && below.all(|it| is_stuck(it) || waits_for(it, stage, is_stuck))
}

/// Whether a script waits for a person, and nothing of it comes by itself.
fn waits(play: &Play, stage: &Stage) -> bool {
    let is_stuck = |agent: &Agent| {
        !is_declined(agent) && (agent.needs_director() || agent.status() == Status::Queued)
    };
    let parts = play.busy().filter_map(|it| play.part(it));
    let mut at_work = parts.filter(|it| it.play.is_none()).map(|it| it.judge.or(it.agent));
    let is_stuck = |agent: &Agent| is_stuck(agent) || waits_for(agent, stage, is_stuck);
    let all_stuck = at_work.all(|it| it.and_then(|it| stage.agent(it)).is_some_and(is_stuck));
    let is_called = play.standing_by().next().is_some();
    let comes = is_called || play.resting().next().is_some() || play.entering().is_some();
    let comes = comes && !play.paused;
    let is_held = play.paused || play.steps.iter().any(|it| it.held);
    let waits_for_you = play.asking().next().is_some() || is_held || play.busy().len() > 0;
    waits_for_you && all_stuck && !comes
}

fn exit_code(stage: &Stage) -> ExitCode {
    let own = || stage.plays().filter(|it| it.parent.is_none());
    if own().next().is_some() {
        let ends = own().map(|it| it.end.as_ref().map(|(_, end)| end));
        return match ends.collect::<Option<Vec<_>>>() {
            Some(ends) if ends.iter().all(|it| **it == PlayEnd::Succeeded) => ExitCode::SUCCESS,
            Some(_) => ExitCode::from(FAILED),
            None => ExitCode::from(WAITS),
        };
    }
    // Whoever works for another, and what was handed off, is answered for by others.
    let ours = stage.agents().filter(|it| !it.is_watched());
    let answers = |it: &&Agent| !it.works_for_another() && it.judges().is_none();
    let own = ours.filter(answers).filter(|it| it.hands_off().is_none());
    let (mut statuses, mut is_refuted) = (Vec::new(), false);
    for agent in own {
        statuses.push(agent.status());
        is_refuted |= agent.is_refuted();
    }
    if is_refuted || statuses.iter().any(|it| matches!(it, Status::Failed | Status::Stopped)) {
        ExitCode::from(FAILED)
    } else if statuses.iter().all(|it| *it == Status::Succeeded) {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(WAITS)
    }
}

/// Says who waits for whom in the end, to where the rest was told.
fn say_what_is_left(stage: &Stage, told: Told) -> anyhow::Result<()> {
    match told {
        Told::Lines => print_left(&mut io::stdout().lock(), stage),
        Told::Aside => print_left(&mut io::stderr().lock(), stage),
        Told::Json => Ok(()),
    }
}

fn print(stage: &Stage, record: &Record, told: Told) -> anyhow::Result<()> {
    let mut out: Box<dyn Write> = match told {
        Told::Lines | Told::Json => Box::new(io::stdout().lock()),
        Told::Aside => Box::new(io::stderr().lock()),
    };
    if told == Told::Json {
        crate::text::json::write(&mut out, record)?;
        writeln!(out)?;
    } else if let Some(line) = line(stage, record) {
        // What has more lines stands behind the time, too.
        let line = crate::text::sanitise(&line).replace('\n', "\n         ");
        writeln!(out, "{:>8} {line}", record.at.to_string())?;
    }
    out.flush()?;
    Ok(())
}

/// Who waits for a person in the end, and how one gets there.
fn print_left(out: &mut impl Write, stage: &Stage) -> anyhow::Result<()> {
    let left = left(stage);
    for line in &left {
        writeln!(out, "{:>8} {}", "", crate::text::sanitise(line))?;
    }
    if !left.is_empty() {
        let session = short_id(&stage.header().session, &[]);
        writeln!(out, "{:>8} go on with it: auteur resume {session}", "")?;
    }
    Ok(out.flush()?)
}

fn left(stage: &Stage) -> Vec<String> {
    let mut left: Vec<String> = stage.playing().flat_map(left_of).collect();
    // Nobody waits who is over, seen or not.
    let agents = stage.agents().filter(|it| it.needs_director() && !it.is_over());
    left.extend(agents.map(|it| format!("{} waits for you", it.casting.name)));
    left
}

fn left_of(play: &Play) -> Vec<String> {
    let name = &play.script.name;
    let mut left = Vec::new();
    if play.paused {
        left.push(format!("{name} is paused by you"));
    }
    for (state, step) in play.steps.iter().zip(&play.script.steps) {
        if state.held {
            left.push(format!("{name}: {} is held by you", step.name));
        }
        if state.standing == Standing::Gate {
            left.push(format!("{name}: {} waits for you to open its gate", step.name));
        }
        let asking = state.parts.iter().filter(|it| it.phase == Phase::Asking);
        left.extend(asking.map(|it| {
            let why = it.failure.as_ref().map(|(_, why)| why.as_str()).unwrap_or_default();
            let why = crate::text::one_line(why, 200);
            format!("{name}: {} failed, and you are asked what now: {why}", step.name)
        }));
    }
    left
}

/// What a person wants to read in passing, and what is asked that nobody answers here.
fn line(stage: &Stage, record: &Record) -> Option<String> {
    let Event::Asked { agent, ask, .. } = &record.event else { return happened(stage, record) };
    let agent = stage.agent(*agent)?;
    let what = match ask {
        Ask::Question { text, .. } if is_of_running_tool(agent, ask) => {
            let text = crate::text::one_line(text, 80);
            format!("{text}: declined, since nobody is there to answer it")
        }
        ask => asked(stage, ask),
    };
    Some(format!("{}: {what}", agent.casting.name))
}

/// What somebody asks whom nobody is there to answer, and how one gets there.
fn asked(stage: &Stage, ask: &Ask) -> String {
    let brief = |text: &str| crate::text::one_line(text, 80);
    let what = match ask {
        // It may have room again in a moment; who waits in the end is told then.
        Ask::Budget { .. } => return "stands before a budget".to_owned(),
        Ask::Approval { call: None, tool, .. } => {
            format!("asks to be lent the tools of {}", brief(tool))
        }
        Ask::Approval { shown, .. } => format!("asks to run `{}`", brief(shown)),
        Ask::Question { text, .. } => format!("asks: {}", brief(text)),
        Ask::Drift { words, .. } => format!("may be drifting: {}", brief(words)),
    };
    format!("{what}: auteur resume {}", short_id(&stage.header().session, &[]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Agent, AgentId, Header, Millis, Outcome, PlayId, Seq,
        play::PlayEvent,
        script::{Script, Step, Work},
    };
    use serde_json::Value;

    fn record(event: Event) -> Record {
        Record { seq: Seq(1), at: Millis(0), event }
    }

    #[test]
    fn the_last_words_are_what_waits_for_a_person() {
        let mut stage = Stage::new(Header::default());
        let step = Step { name: "open".into(), gate: true, work: Work::Nothing, ..Step::default() };
        let script = Script { name: "some".into(), steps: vec![step], ..Script::default() };
        let begun = PlayEvent::Started {
            script: Box::new(script),
            inputs: Box::new(Value::Null),
            parent: None,
            by: Author::Director,
        };
        for event in [begun, PlayEvent::GateReached { step: "open".into() }] {
            let event = Event::Play { play: PlayId(1), event: Box::new(event) };
            stage.apply(&record(event));
        }
        let mut told = Vec::new();
        print_left(&mut told, &stage).unwrap();
        let told = String::from_utf8(told).unwrap();
        assert!(told.starts_with("         some: open waits for you to open its gate\n"), "{told}");
        assert!(told.contains("go on with it: auteur resume"), "{told}");
    }

    #[test]
    fn one_that_works_for_another_is_answered_for_by_that_one() {
        let mut stage = Stage::new(Header::default());
        let (lead, helper, by) = (AgentId(1), AgentId(2), Author::Director);
        let origin = crate::model::Origin { agent: lead, ..crate::model::Origin::default() };
        let child = crate::model::Casting { origin: Some(Box::new(origin)), ..Default::default() };
        let done = Outcome::Succeeded { summary: "done".into() };
        for event in [
            Event::AgentAdded { agent: lead, casting: Box::default(), by },
            Event::AgentAdded { agent: helper, casting: Box::new(child), by: Author::Agent },
            Event::AgentEnded { agent: helper, outcome: Outcome::Failed { why: "x".into() } },
            Event::AgentEnded { agent: lead, outcome: done },
        ] {
            stage.apply(&record(event));
        }
        assert_eq!(format!("{:?}", exit_code(&stage)), format!("{:?}", ExitCode::SUCCESS));
    }

    #[test]
    fn who_is_over_waits_for_nobody() {
        let mut stage = Stage::new(Header::default());
        let agent = AgentId(1);
        let (casting, by) = (Box::default(), Author::Director);
        let outcome = Outcome::Succeeded { summary: "done".into() };
        let added = Event::AgentAdded { agent, casting, by };
        for event in [added, Event::AgentEnded { agent, outcome }] {
            stage.apply(&record(event));
        }
        assert!(stage.agents().all(Agent::needs_director), "its end was not looked at");
        let mut told = Vec::new();
        print_left(&mut told, &stage).unwrap();
        assert_eq!(String::from_utf8(told).unwrap(), "");
    }
}
