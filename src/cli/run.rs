//! Live sessions: mission control, `run`, `resume`. A supervisor and a show.

use super::{
    House,
    args::{ResumeArgs, RunArgs},
    headless,
    opening::{self, Open},
    sessions,
};
use crate::{
    model::{Author, Command, Input, Limits},
    rehearsal::demo::Hint,
};
use anyhow::Context as _;
use std::{io, process::ExitCode};
use tokio::{
    runtime::Runtime,
    signal::unix::{SignalKind, signal},
};

/// The stage for the project in this folder.
pub(super) fn mission_control(house: &House) -> anyhow::Result<ExitCode> {
    let runtime = opening::runtime()?;
    let _inside = runtime.enter();
    let open = opening::new(house, "", house.company.limits())?;
    show(house, &runtime, open, None)
}

/// Starts with agents.
pub(super) fn run(house: &House, args: &RunArgs) -> anyhow::Result<ExitCode> {
    let mut castings = Vec::new();
    for (role, brief) in args.casting()? {
        castings.push(house.company.cast(role, brief, args.model.as_deref())?);
    }
    let limits = house.company.limits();
    let limits = Limits { budget: args.budget.or(limits.budget), ..limits };
    let title = castings.first().map(|it| it.brief.clone()).unwrap_or_default();
    let runtime = opening::runtime()?;
    let _inside = runtime.enter();
    let open = opening::new(house, &title, limits)?;
    for casting in castings {
        let command = Command::Add(Box::new(casting));
        let input = Input::Command { by: Author::Director, command };
        open.session.inbox.blocking_send(input).context("cast the agents")?;
    }
    if args.headless {
        return runtime.block_on(headless::follow(open, args.json));
    }
    show(house, &runtime, open, None)
}

/// Goes on with a session that a former run left.
pub(super) fn resume(house: &House, args: &ResumeArgs) -> anyhow::Result<ExitCode> {
    let path = sessions::find(house, args.session.as_deref())?;
    let runtime = opening::runtime()?;
    let _inside = runtime.enter();
    let open = opening::again(house, &path)?;
    show(house, &runtime, open, None)
}

/// Shows a live session until the director leaves.
pub(super) fn show(
    house: &House,
    runtime: &Runtime,
    open: Open,
    hints: Option<&'static [Hint]>,
) -> anyhow::Result<ExitCode> {
    let _ = (house, hints);
    runtime.block_on(headless::follow(open, false))
}

/// Waits until the terminal or the system wants the program to end.
pub(super) async fn ending() -> io::Result<()> {
    let mut hangup = signal(SignalKind::hangup())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = hangup.recv() => {}
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
