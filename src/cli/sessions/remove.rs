//! `auteur sessions rm`: a session goes with its journal, its worktrees and its
//! branches; never with work that is not merged, unless that is said in words.

use super::{
    House,
    list::{about, outcomes},
};
use crate::{
    cli::{demo, progress::Telling},
    history::{Account, Card, Label},
    journal::{JournalError, Reader, Sessions},
    link,
    model::{Ground, Rewind, Tree},
    text::one_line,
    workspace::grounds::{Grounds, Left},
};
use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use std::{
    fs,
    io::{self, BufRead as _, Write},
    path::Path,
    process::ExitCode,
};

/// How wide what is left of one agent may be told, in cells.
const WIDE: usize = 300;

/// A place of an agent: its name, where it is, and what of it is undone.
type Place<'a> = (String, &'a Tree, &'a [Rewind]);

/// What was agreed to beforehand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Consent {
    /// To remove them, unasked.
    pub(super) yes: bool,
    /// To lose what is not merged.
    pub(super) throw_away_work: bool,
}

/// A session that is to go.
pub(super) struct Leaving {
    pub(super) card: Card,
    /// Why nothing is known of it: its journal is empty, or gone.
    lost: Option<String>,
    grounds: Grounds,
    left: Vec<Left>,
}

/// Removes sessions, after saying what they hold. Never one that is running.
pub(super) fn remove(
    house: &House,
    sessions: &Sessions,
    (names, consent): (&[String], Consent),
    (is_json, out): (bool, &mut impl Write),
) -> anyhow::Result<ExitCode> {
    let mut leaving = Vec::new();
    for name in names {
        leaving.push(named(house, sessions, name)?);
    }
    if is_json {
        return remove_for_program(house, &leaving, consent, out);
    }
    for it in &leaving {
        tell(it, out)?;
    }
    let unmerged = leaving.iter().map(Leaving::unmerged).sum::<usize>();
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
    take_away(house, &leaving)?;
    writeln!(out, "removed {}", leaving.len())?;
    Ok(ExitCode::SUCCESS)
}

/// The session of that name, also one whose journal is empty or gone: its folder, its
/// worktrees and its branches may be left.
fn named(house: &House, sessions: &Sessions, name: &str) -> anyhow::Result<Leaving> {
    let unknown = match sessions.find(name) {
        Err(JournalError::Unknown(name)) => JournalError::Unknown(name),
        found => return look(house, &found?),
    };
    let id = |folder: &Path| folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut lost = sessions.lost();
    lost.retain(|it| !name.is_empty() && id(&it.0).starts_with(name));
    if let Some(exact) = lost.iter().position(|it| id(&it.0) == name) {
        lost = vec![lost.swap_remove(exact)];
    }
    match lost.as_slice() {
        [] => Err(unknown.into()),
        [(folder, why)] => look_at_lost(house, folder, why),
        many => Err(JournalError::Ambiguous { prefix: name.to_owned(), count: many.len() }.into()),
    }
}

/// What a session would leave behind of which nothing can be read.
pub(super) fn look_at_lost(
    house: &House,
    folder: &Path,
    why: &JournalError,
) -> anyhow::Result<Leaving> {
    let session = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if link::is_served(folder) {
        bail!("{session} is at work without its journal: end its process first");
    }
    let grounds = house.grounds(&session);
    let left = survey(&grounds, &[])?;
    let journal = folder.join(crate::journal::FILE);
    let card = Card {
        session,
        opened: String::new(),
        project: String::new(),
        by: String::new(),
        is_running: false,
        bytes: journal.metadata().map_or(0, |it| it.len()),
        label: Label::of(&journal),
        account: Account::default(),
        journal,
    };
    let lost = match why {
        JournalError::Empty(_) => "its journal is empty",
        JournalError::NotAJournal(_) => "its journal is none",
        _ => "its journal is gone",
    };
    Ok(Leaving { card, lost: Some(lost.to_owned()), grounds, left })
}

/// The same for who can't be asked: all of them, or none.
fn remove_for_program(
    house: &House,
    leaving: &[Leaving],
    consent: Consent,
    out: &mut impl Write,
) -> anyhow::Result<ExitCode> {
    let is_in_the_way = leaving.iter().any(|it| it.unmerged() > 0) && !consent.throw_away_work;
    let is_done = consent.yes && !is_in_the_way;
    if is_done {
        take_away(house, leaving)?;
    }
    let rows: Vec<_> = leaving.iter().map(Leaving::json).collect();
    let told = json!({ "is_removed": is_done, "sessions": rows });
    crate::text::json::write_pretty(out, &told)?;
    writeln!(out)?;
    Ok(if is_done { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Takes them away for good, with all that they left.
pub(super) fn take_away(house: &House, leaving: &[Leaving]) -> anyhow::Result<()> {
    let mut telling = Telling::counting("removing", leaving.len());
    for it in leaving {
        telling.next();
        for left in &it.left {
            it.grounds.remove(left).with_context(|| format!("remove what {} left", left.name))?;
        }
        let folder = it.card.journal.parent().unwrap_or(Path::new("."));
        fs::remove_dir_all(folder).with_context(|| format!("remove {}", folder.display()))?;
    }
    forget(house, leaving);
    Ok(())
}

impl Leaving {
    /// How many agents' work would be lost.
    pub(super) fn unmerged(&self) -> usize {
        self.left.iter().filter(|it| it.is_unmerged).count()
    }

    /// What goes, for a program.
    pub(super) fn json(&self) -> Value {
        let left: Vec<_> = self.left.iter().map(|it| one_line(&it.to_string(), WIDE)).collect();
        json!({
            "session": self.card.session,
            "left": left,
            "unmerged": self.unmerged(),
            "lost": self.lost,
        })
    }
}

/// What a session would leave behind.
pub(super) fn look(house: &House, journal: &Path) -> anyhow::Result<Leaving> {
    let reader = Reader::open(journal)?;
    let card = house.history().card(&reader);
    if card.is_running {
        bail!("{0} is running: quit it first, or auteur sessions stop {0}", card.session);
    }
    let grounds = house.grounds(&reader.header().session);
    let stage = reader.fold(None);
    let known = stage.agents().filter_map(|it| {
        Some((it.casting.name.clone(), it.tree.as_deref()?, it.going.undone.as_slice()))
    });
    let mut left = survey(&grounds, &known.collect::<Vec<_>>())?;
    if demo::folder_of(house, reader.header()).is_some() {
        // It was made for show, and so was its project.
        for it in &mut left {
            it.is_unmerged = false;
        }
    }
    Ok(Leaving { card, lost: None, grounds, left })
}

/// What is left in the places of a session: of those that its journal knows, and of those
/// that it does not.
fn survey(grounds: &Grounds, known: &[Place<'_>]) -> anyhow::Result<Vec<Left>> {
    let strays = grounds.strays(&known.iter().map(|it| it.1).collect::<Vec<_>>());
    let strays = strays.iter().map(|(name, tree)| (name.clone(), tree, [].as_slice()));
    let mut left = Vec::new();
    for (name, tree, undone) in known.iter().cloned().chain(strays) {
        let found = grounds.survey(&name, tree).and_then(|mut found| {
            grounds.survey_undone(&mut found, undone)?;
            Ok(found)
        });
        left.push(found.with_context(|| format!("look at what {name} left"))?);
    }
    left.retain(Left::is_something);
    Ok(left)
}

/// Takes their words out of the index as well.
fn forget(house: &House, gone: &[Leaving]) {
    let gone: Vec<_> = gone.iter().map(|it| it.card.session.clone()).collect();
    if let Err(error) = house.history().forget(&gone) {
        // The next program that brings the index up to date does it.
        tracing::warn!("the words of removed sessions are left in the index: {error}");
    }
}

/// Says what goes.
pub(super) fn tell(leaving: &Leaving, out: &mut impl Write) -> io::Result<()> {
    let Leaving { card, lost, left, .. } = leaving;
    let (about, outcomes) = (one_line(&about(card), 60), outcomes(card));
    let id = one_line(&card.session, 60);
    match lost {
        Some(why) => writeln!(out, "{id}  {why}: nothing is known of it")?,
        None => writeln!(out, "{id}  {about}  ({outcomes}, {})", card.account.cost)?,
    }
    for it in left {
        writeln!(out, "  {}", one_line(&it.to_string(), WIDE))?;
    }
    if left.iter().any(|it| it.is_there && it.tree.ground == Ground::Worktree) {
        writeln!(out, "  files that git ignores there go with it")?;
    }
    Ok(())
}

/// Asks whether they are to go.
pub(super) fn is_confirmed(count: usize, out: &mut impl Write) -> io::Result<bool> {
    write!(out, "remove {count} for good? [y/N] ")?;
    out.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
