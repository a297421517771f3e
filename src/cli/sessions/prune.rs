//! `auteur sessions prune`: sessions go that are older, or larger together, than is kept.
//!
//! It says what goes before it asks. What is at work, what has work that is not merged,
//! and what has the tag `keep` stays.

use super::{
    House,
    list::about,
    remove::{Leaving, is_confirmed, look, look_at_lost, take_away, tell},
};
use crate::{
    cli::{args::PruneArgs, progress::Telling},
    config::{KeepBytes, KeepTime},
    history::{Card, Label},
    journal::{JournalError, Reader, is_running},
    text::one_line,
};
use jiff::{Timestamp, ToSpan as _};
use serde_json::json;
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// A session with this tag stays.
const KEEP: &str = "keep";

/// What is kept.
type Kept = (KeepTime, KeepBytes);
/// A session that is to go and can't, and why.
type Staying = (Card, String);

/// Removes what is not kept any longer.
pub(super) fn prune(
    house: &House,
    args: PruneArgs,
    is_json: bool,
    out: &mut impl Write,
) -> anyhow::Result<ExitCode> {
    let settings = &house.company.config().settings.history;
    let kept: Kept =
        (args.keep.unwrap_or(settings.keep), args.keep_bytes.unwrap_or(settings.keep_bytes));
    let (leaving, staying) = judged(house, due(house, kept), lost(house, kept));
    if is_json {
        if args.yes {
            take_away(house, &leaving)?;
        }
        print_json((&leaving, &staying), args.yes, out)?;
        return Ok(ExitCode::SUCCESS);
    }
    for (card, why) in &staying {
        let (id, about) = (one_line(&card.session, 60), one_line(&about(card), 60));
        writeln!(out, "{id}  {about}  stays: {}", one_line(why, 200))?;
    }
    if leaving.is_empty() {
        writeln!(out, "nothing is to be removed{}", hint(kept))?;
        return Ok(ExitCode::SUCCESS);
    }
    for it in &leaving {
        tell(it, out)?;
    }
    if !args.yes && !is_confirmed(leaving.len(), out)? {
        writeln!(out, "nothing was removed")?;
        return Ok(ExitCode::FAILURE);
    }
    take_away(house, &leaving)?;
    writeln!(out, "removed {}", leaving.len())?;
    Ok(ExitCode::SUCCESS)
}

fn hint(kept: Kept) -> &'static str {
    match kept {
        (KeepTime(None), KeepBytes(None)) => {
            ": all sessions are kept; --keep 90d, or keep in [history], says how long"
        }
        _ => "",
    }
}

fn print_json(
    (leaving, staying): (&[Leaving], &[Staying]),
    is_removed: bool,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let rows: Vec<_> = leaving.iter().map(Leaving::json).collect();
    let stay = staying.iter().map(|(card, why)| json!({ "session": card.session, "why": why }));
    let stay: Vec<_> = stay.collect();
    let told = json!({ "is_removed": is_removed, "sessions": rows, "kept": stay });
    crate::text::json::write_pretty(out, &told)?;
    Ok(writeln!(out)?)
}

/// The sessions that are not kept any longer, the newest first.
fn due(house: &House, (keep, keep_bytes): Kept) -> Vec<Reader> {
    let since = keep.0.and_then(before);
    let (mut sum, mut due) = (0_u64, Vec::new());
    // What no journal is read for is told soon, however many there are.
    for reader in house.history().sessions().journals() {
        sum = sum.saturating_add(reader.len());
        let is_old = since.is_some_and(|since| is_older(reader.path(), since));
        let is_too_much = keep_bytes.0.is_some_and(|most| sum > most);
        if is_old || is_too_much {
            due.push(reader);
        }
    }
    due
}

/// Those whose journal is empty or gone, and that were left so before what is kept.
fn lost(house: &House, (keep, _): Kept) -> Vec<(PathBuf, JournalError)> {
    let Some(since) = keep.0.and_then(before) else { return Vec::new() };
    let mut lost = house.history().sessions().lost();
    // What else stands in a journal's place is looked at by a person first.
    lost.retain(|it| !matches!(it.1, JournalError::NotAJournal(_)) && is_older(&it.0, since));
    lost
}

/// The time so many days ago.
fn before(days: u32) -> Option<Timestamp> {
    Timestamp::now().checked_sub(24.hours().checked_mul(i64::from(days)).ok()?).ok()
}

/// Whether something was written before then, for the last time.
fn is_older(path: &Path, since: Timestamp) -> bool {
    let modified = fs::metadata(path).ok().and_then(|it| it.modified().ok());
    modified.and_then(|it| Timestamp::try_from(it).ok()).is_some_and(|it| it < since)
}

/// Those that can go, and those that can't.
fn judged(
    house: &House,
    due: Vec<Reader>,
    lost: Vec<(PathBuf, JournalError)>,
) -> (Vec<Leaving>, Vec<Staying>) {
    let (mut leaving, mut staying) = (Vec::new(), Vec::new());
    let mut telling = Telling::counting("looking at", due.len());
    for reader in due {
        telling.next();
        let mut stays = |why: String| staying.push((house.history().card(&reader), why));
        if is_running(&reader) {
            stays("it is at work".to_owned());
        } else if Label::of(reader.path()).tags.iter().any(|it| it == KEEP) {
            stays(format!("its tag #{KEEP}"));
        } else {
            match look(house, reader.path()) {
                Ok(it) if it.unmerged() == 0 => leaving.push(it),
                Ok(_) => stays("its agents' work is not merged".to_owned()),
                Err(error) => stays(format!("{error:#}")),
            }
        }
    }
    for (folder, why) in lost {
        // One of which something is wrong besides is told by `sessions rm`.
        let look = look_at_lost(house, &folder, &why).ok();
        leaving.extend(look.filter(|it| it.unmerged() == 0));
    }
    (leaving, staying)
}
