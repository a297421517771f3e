//! A session without a screen: prints what happens, and ends with its agents.

use super::opening::Open;
use crate::{
    journal::{Follower, Reader},
    model::{Agent, Author, Command, Event, Input, QuitMode, Record, Stage, Status},
};
use std::{
    io::{self, Write},
    process::ExitCode,
};

/// An agent failed.
const FAILED: u8 = 1;
/// An agent waits for a person.
const WAITS: u8 = 3;

/// Follows a session until all agents are over, or those left wait for a person.
pub(super) async fn follow(open: Open, is_json: bool) -> anyhow::Result<ExitCode> {
    let Open { session, mut stage, journal } = open;
    let reader = Reader::open(&journal)?;
    let mut follower = Follower::new(&reader, reader.body());
    let mut quitting = None;
    loop {
        let news = session.feed.take();
        // The journal has them all, in order, whether or not the feed kept them.
        for (_, record) in follower.by_ref() {
            stage.apply(&record);
            print(&mut io::stdout().lock(), &stage, &record, is_json)?;
        }
        if news.ended {
            break;
        }
        if quitting.is_none() && stage.agents().len() > 0 {
            quitting = verdict(&stage);
            if let Some(mode) = quitting {
                let command = Command::Quit(mode);
                // A supervisor that has gone has ended the session already.
                drop(session.inbox.send(Input::Command { by: Author::Director, command }).await);
            }
        }
        tokio::select! {
            () = session.feed.changed() => {}
            signal = super::run::ending() => {
                signal?;
                let command = Command::Quit(QuitMode::Pause);
                drop(session.inbox.send(Input::Command { by: Author::Director, command }).await);
                quitting = Some(QuitMode::Pause);
            }
        }
    }
    let stage = session.end().await?;
    Ok(exit_code(&stage))
}

/// Whether there is nothing left to wait for, and how to close then.
fn verdict(stage: &Stage) -> Option<QuitMode> {
    let mut living = stage.agents().filter(|it| !it.is_over()).peekable();
    if living.peek().is_none() {
        return Some(QuitMode::Stop);
    }
    let needs_person = |agent: &Agent| {
        matches!(agent.status(), Status::Waiting | Status::Paused) && agent.needs_director()
    };
    living.all(needs_person).then_some(QuitMode::Pause)
}

fn exit_code(stage: &Stage) -> ExitCode {
    let statuses: Vec<_> = stage.agents().map(Agent::status).collect();
    if statuses.iter().any(|it| matches!(it, Status::Failed | Status::Stopped)) {
        ExitCode::from(FAILED)
    } else if statuses.iter().all(|it| *it == Status::Succeeded) {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(WAITS)
    }
}

fn print(
    out: &mut impl Write,
    stage: &Stage,
    record: &Record,
    is_json: bool,
) -> anyhow::Result<()> {
    if is_json {
        serde_json::to_writer(&mut *out, record)?;
        writeln!(out)?;
    } else if let Some(line) = line(stage, record) {
        writeln!(out, "{:>8} {line}", record.at.to_string())?;
    }
    out.flush()?;
    Ok(())
}

/// What a person wants to read in passing.
fn line(stage: &Stage, record: &Record) -> Option<String> {
    let agent = stage.agent(record.event.agent()?)?;
    let what = match &record.event {
        Event::AgentAdded { casting, .. } => format!("cast: {}", casting.brief),
        Event::TurnStarted { turn, model, .. } => format!("turn {turn} ({model})"),
        Event::ToolCalled { title, .. } => format!("▸ {title}"),
        Event::ToolEnded { ok: false, text, .. } => {
            format!("✖ {}", text.lines().last().unwrap_or_default())
        }
        Event::RetryScheduled { wait, why, .. } => format!("{why}; retrying in {wait}"),
        Event::Asked { .. } => "waits for an answer: start it with a screen".to_owned(),
        Event::AgentEnded { .. } => {
            format!("{} · {} · {}", agent.status(), agent.spent, agent.last_words())
        }
        _ => return None,
    };
    Some(format!("{}: {what}", agent.casting.name))
}
