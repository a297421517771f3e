//! `auteur wait`: a script stands still until an agent is done, or needs the director.

use super::{
    House,
    args::{Until, WaitArgs},
    opening, sessions, status,
};
use crate::{
    interop::news,
    journal::{Follower, Reader, is_running},
    model::{Agent, Item, Millis, Outcome, Stage, Urgency},
    text::one_line,
};
use anyhow::bail;
use std::{process::ExitCode, time::Duration};
use tokio::time::{Instant, sleep};

/// The journal is looked at this often.
const BEAT: Duration = Duration::from_millis(200);
/// So many records are taken at once.
const BATCH: usize = 4096;

/// It came otherwise: it failed, was stopped, or can't come any more.
const OTHERWISE: u8 = 1;
/// It needs a person, and that is not what was waited for.
const NEEDS_ONE: u8 = 3;
/// It did not come in time; as `timeout` says it.
const TIMED_OUT: u8 = 124;

/// Waits until what is asked for is so.
pub(super) fn wait(house: &House, args: &WaitArgs) -> anyhow::Result<ExitCode> {
    let reader = Reader::open(&sessions::at_work(house, args.session.as_deref())?)?;
    let stage = reader.fold(None);
    if let Some(name) = args.agent.as_deref().filter(|it| stage.agent_named(it).is_none()) {
        let known: Vec<&str> = stage.agents().map(|it| it.casting.name.as_str()).collect();
        bail!("nobody is called {name} there: {}", one_line(&known.join(", "), 300));
    }
    opening::on_runtime(|runtime| runtime.block_on(until(stage, &reader, args)))
}

async fn until(mut stage: Stage, reader: &Reader, args: &WaitArgs) -> anyhow::Result<ExitCode> {
    let mut follower = Follower::new(reader, reader.len());
    let patience = args.timeout.map(Duration::try_from).transpose()?;
    let end = patience.map(|it| Instant::now() + it);
    loop {
        // What is told by then is known before it is seen that nobody tells any more.
        let is_running = is_running(reader);
        loop {
            let records = news(&mut follower, BATCH);
            for record in &records {
                stage.apply(record);
            }
            if records.len() < BATCH {
                break;
            }
        }
        let now = if is_running { status::age(reader).max(stage.now()) } else { stage.now() };
        if let Some(code) = verdict(&stage, args, (is_running, now)) {
            return Ok(code);
        }
        if end.is_some_and(|end| end <= Instant::now()) {
            return Ok(ExitCode::from(TIMED_OUT));
        }
        sleep(BEAT).await;
    }
}

/// How it came, once nothing more is to be waited for.
fn verdict(stage: &Stage, args: &WaitArgs, (is_running, now): (bool, Millis)) -> Option<ExitCode> {
    let meant: Vec<&Agent> = match &args.agent {
        Some(name) => stage.agent_named(name).into_iter().collect(),
        None => stage.agents().collect(),
    };
    // As the screen lists it: what rests is not waited for.
    let is_meant =
        |it: &Item| args.agent.is_none() || meant.iter().any(|of| Some(of.id) == it.agent());
    let needs: Vec<Item> = stage.pressing(now).into_iter().filter(is_meant).collect();
    let needs_one = needs.iter().any(|it| it.key.reason.urgency() == Urgency::Blocked);
    let is_over = !meant.is_empty()
        && meant.iter().all(|it| it.is_settled())
        && (args.agent.is_some() || stage.playing().next().is_none());
    let has_come = match args.until {
        Until::Done => is_over,
        Until::NeedsMe => !needs.is_empty(),
        Until::Held => meant.iter().all(|it| it.is_over() || (it.is_held() && it.is_still())),
    };
    let is_well = |it: &&Agent| {
        matches!(it.outcome(), Some(Outcome::Succeeded { .. }) | None) && !it.is_refuted()
    };
    match args.until {
        Until::Done if has_come && !meant.iter().all(is_well) => Some(ExitCode::from(OTHERWISE)),
        Until::Held if has_come && is_over => Some(ExitCode::from(OTHERWISE)),
        _ if has_come => Some(ExitCode::SUCCESS),
        Until::Done | Until::Held if needs_one => Some(ExitCode::from(NEEDS_ONE)),
        _ if is_over || !is_running => Some(ExitCode::from(OTHERWISE)),
        _ => None,
    }
}
