//! `auteur plan`: a script for a goal, written by the strategist; printed, or kept.

use super::{House, args::PlanArgs, headless, library, opening, run, scripts, trust};
use crate::{
    model::{
        Author, Command, Input, Limits, Stage,
        play::{Draft, Wish},
    },
    text::sanitise,
};
use anyhow::Context as _;
use std::{
    io::{self, Write as _},
    process::ExitCode,
};

/// So many scripts of one name are kept.
const NAMES: u32 = 1000;

/// `auteur plan`
pub(super) fn plan(house: &House, args: &PlanArgs) -> anyhow::Result<ExitCode> {
    trust::warn(house);
    let rehearsing = args.rehearse.as_deref().map(|it| run::rehearsed(house, it)).transpose()?;
    let house = rehearsing.as_ref().unwrap_or(house);
    let set = [format!("goal={}", args.goal)];
    let command = scripts::performing(house, "plan", &set, args.model.as_deref())?;
    let limits = house.company.limits();
    let limits = Limits { budget: args.budget.or(limits.budget), ..limits };
    let (draft, code) = opening::on_runtime(|runtime| {
        let open = opening::new(house, &args.goal, limits)?;
        let input = Input::Command { by: Author::Director, command };
        open.session.inbox.blocking_send(input).context("ask the strategist")?;
        let mut draft = None;
        let code = runtime.block_on(headless::follow_aside(open, &mut |stage| {
            let (found, settled) = written(stage)?;
            // Whoever asked for it has it then: it waits no longer.
            draft = Some(found);
            Some(settled)
        }))?;
        Ok((draft, code))
    })?;
    match draft {
        None => Ok(code),
        Some(draft) => tell(house, args, &draft),
    }
}

/// The script that waits, and what lets it go.
fn written(stage: &Stage) -> Option<(Draft, Command)> {
    let play = stage.playing().next()?;
    let gate = play.drafts().next()?;
    let name = play.step(gate)?.name.clone();
    Some((play.draft(gate)?, Command::DirectPlay(play.id, Wish::Open(name))))
}

/// Prints it, or keeps it; what can't be kept is printed, so that nothing is lost.
fn tell(house: &House, args: &PlanArgs, draft: &Draft) -> anyhow::Result<ExitCode> {
    let name = free_name(house, &draft.name);
    let kept = args.save.then(|| library::save(house, &name, &draft.text));
    let mut out = io::stdout().lock();
    match kept {
        Some(Ok(file)) => {
            writeln!(out, "saved as {file}: auteur run {}", sanitise(&name))?;
            Ok(ExitCode::SUCCESS)
        }
        None => {
            writeln!(out, "{}", sanitise(draft.text.trim_end()))?;
            Ok(ExitCode::SUCCESS)
        }
        Some(Err(why)) => {
            writeln!(out, "{}", sanitise(draft.text.trim_end()))?;
            headless::tell(&why);
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The name that it is kept by: where its own is taken, the next one that is free.
fn free_name(house: &House, name: &str) -> String {
    let next = (2..NAMES).map(|it| format!("{name}-{it}"));
    let mut names = std::iter::once(name.to_owned()).chain(next);
    names.find(|it| !library::is_there(house, it)).unwrap_or_else(|| name.to_owned())
}
