//! `auteur sessions rm`: a session goes with its journal, its worktrees and its
//! branches; never with work that is not merged, unless that is said in words.

use super::{House, about, outcomes};
use crate::{
    cli::demo,
    journal::{Reader, Sessions, Summary},
    text::one_line,
    workspace::grounds::{Grounds, Left},
};
use anyhow::{Context as _, bail};
use std::{
    fs,
    io::{self, BufRead as _, Write},
    path::Path,
    process::ExitCode,
};

/// How wide what is left of one agent may be told, in cells.
const WIDE: usize = 300;

/// What was agreed to beforehand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Consent {
    /// To remove them, unasked.
    pub(super) yes: bool,
    /// To lose what is not merged.
    pub(super) throw_away_work: bool,
}

/// A session that is to go.
struct Leaving {
    summary: Summary,
    grounds: Grounds,
    left: Vec<Left>,
}

/// Removes sessions, after saying what they hold. Never one that is running.
pub(super) fn remove(
    house: &House,
    sessions: &Sessions,
    (names, consent): (&[String], Consent),
    out: &mut impl Write,
) -> anyhow::Result<ExitCode> {
    let mut leaving = Vec::new();
    for name in names {
        let it = look(house, sessions, name)?;
        tell(&it, out)?;
        leaving.push(it);
    }
    let unmerged = leaving.iter().flat_map(|it| &it.left).filter(|it| it.is_unmerged).count();
    if unmerged > 0 && !consent.throw_away_work {
        let whose = if unmerged == 1 { "1 agent".to_owned() } else { format!("{unmerged} agents") };
        writeln!(
            out,
            "nothing was removed: the work of {whose} is not merged. Merge it, or add \
             --throw-away-work to lose it"
        )?;
        return Ok(ExitCode::FAILURE);
    }
    if !consent.yes && !is_confirmed(leaving.len(), out)? {
        writeln!(out, "nothing was removed")?;
        return Ok(ExitCode::FAILURE);
    }
    for it in &leaving {
        for left in &it.left {
            it.grounds.remove(left).with_context(|| format!("remove what {} left", left.name))?;
        }
        let folder = it.summary.path.parent().unwrap_or(Path::new("."));
        fs::remove_dir_all(folder).with_context(|| format!("remove {}", folder.display()))?;
    }
    writeln!(out, "removed {}", leaving.len())?;
    Ok(ExitCode::SUCCESS)
}

fn look(house: &House, sessions: &Sessions, name: &str) -> anyhow::Result<Leaving> {
    let reader = Reader::open(&sessions.find(name)?)?;
    let summary = Summary::of(&reader);
    if summary.running {
        bail!("{0} is running: quit it first, or auteur sessions stop {0}", summary.id);
    }
    let grounds = house.grounds(&reader.header().session);
    let stage = reader.fold(None);
    let known =
        stage.agents().filter_map(|it| Some((it.casting.name.clone(), it.tree.as_deref()?)));
    let known: Vec<_> = known.collect();
    let strays = grounds.strays(&known.iter().map(|it| it.1).collect::<Vec<_>>());
    let strays = strays.iter().map(|(name, tree)| (name.clone(), tree));
    let mut left = Vec::new();
    for (name, tree) in known.iter().cloned().chain(strays) {
        let found = grounds.survey(&name, tree);
        left.push(found.with_context(|| format!("look at what {name} left"))?);
    }
    left.retain(Left::is_something);
    if demo::folder_of(house, reader.header()).is_some() {
        // It was made for show, and so was its project.
        for it in &mut left {
            it.is_unmerged = false;
        }
    }
    Ok(Leaving { summary, grounds, left })
}

fn tell(Leaving { summary, left, .. }: &Leaving, out: &mut impl Write) -> io::Result<()> {
    let (about, outcomes) = (one_line(&about(summary), 60), outcomes(summary));
    let id = one_line(&summary.id, 60);
    writeln!(out, "{id}  {about}  ({outcomes}, {})", summary.cost)?;
    for it in left {
        writeln!(out, "  {}", one_line(&it.to_string(), WIDE))?;
    }
    Ok(())
}

fn is_confirmed(count: usize, out: &mut impl Write) -> io::Result<bool> {
    write!(out, "remove {count} for good? [y/N] ")?;
    out.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
