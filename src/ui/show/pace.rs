//! When a picture goes stale although nothing happened.

use crate::{
    model::{Activity, Agent, HoldReason, Millis, Stage, Status, play::Play},
    ui::desk::Desk,
};
use std::time::Duration;

/// The least time between two frames that only show output: 30 a second.
pub const FRAME: Duration = Duration::from_millis(33);

/// So often output is drawn at most, a second, where little is to move.
const CALM: u16 = 4;

/// The least time between two frames that only show output, where so many a second are
/// wanted; fewer, where little is to move.
pub fn frame(fps: u16, is_calm: bool) -> Duration {
    let fps = if is_calm { fps.min(CALM) } else { fps };
    Duration::from_millis(1000 / u64::from(fps.max(1)))
}

/// While an agent works, its clock on the screen shows seconds.
const SECOND: u64 = 1_000;
/// While agents only wait, their ages are told less exactly.
const WAITING: u64 = 10_000;
/// What has stood for less than that is new.
const NEW: u64 = 60_000;
/// While agents are only held, less still.
const HELD: u64 = 30_000;
/// How long ago agents ended is told in minutes.
const OVER: u64 = 60_000;

/// When to look again although nothing happened: none while nobody is on stage, and once a
/// minute where all are over.
pub fn next_tick(stage: &Stage, desk: &Desk, now: Millis) -> Option<Millis> {
    if desk.playhead.is_some() {
        return None;
    }
    // Where little is to move, clocks go on by tens of seconds.
    let second = if desk.is_calm { WAITING } else { SECOND };
    let every = stage.agents().filter_map(|it| grain(it, now)).map(|it| it.max(second)).min();
    // Commands, and times that come, have no agent.
    let moves = |it: &Play| it.busy().len() > 0 || it.resting().next().is_some();
    let plays = stage.playing().any(moves).then_some(second);
    let every = every.into_iter().chain(plays).min();
    let next = every.map(|every| Millis((now.0 / every + 1) * every));
    let glance = desk.glance_due(stage).map(|due| due.max(now));
    let nearby = desk.nearby_due().map(|due| due.max(now));
    next.into_iter().chain(glance).chain(nearby).min()
}

/// How often the clock of an agent must be drawn, in milliseconds.
fn grain(agent: &Agent, now: Millis) -> Option<u64> {
    // What has just been asked is told by the second.
    let is_new = |since: Millis| now.since(since).0 < NEW;
    match agent.status() {
        Status::Waiting if agent.requests.first().is_some_and(|it| is_new(it.since)) => {
            Some(SECOND)
        }
        Status::Starting | Status::Running | Status::Pausing => Some(SECOND),
        Status::Waiting => Some(WAITING),
        Status::Paused if matches!(agent.activity, Activity::Retrying { .. }) => Some(WAITING),
        // It is told how long it waits for its service.
        Status::Paused if agent.is_held_for(HoldReason::Provider) => Some(SECOND),
        Status::Paused => Some(HELD),
        Status::Succeeded | Status::Failed | Status::Stopped => Some(OVER),
        Status::Queued => None,
    }
}
