//! `auteur sessions prune`: sessions go that are older, or larger together, than is kept.
//!
//! It says what goes before it asks. What is at work, what has work that is not merged,
//! and what has the tag `keep` stays.

use super::{
    House,
    list::about,
    remove::{Leaving, is_confirmed, look, take_away, tell},
};
use crate::{
    cli::args::PruneArgs,
    config::{KeepBytes, KeepTime},
    history::Card,
    text::one_line,
};
use jiff::{Timestamp, ToSpan as _};
use serde_json::json;
use std::{fs, io::Write, process::ExitCode};

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
    let (leaving, staying) = judged(house, due(house, kept));
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
fn due(house: &House, (keep, keep_bytes): Kept) -> Vec<Card> {
    let since = keep.0.and_then(|days| {
        let span = 24.hours().checked_mul(i64::from(days)).ok()?;
        Timestamp::now().checked_sub(span).ok()
    });
    let (mut sum, mut due) = (0_u64, Vec::new());
    house.history().cards(None, |card| {
        sum = sum.saturating_add(card.bytes);
        let is_old = since.is_some_and(|since| written(&card).is_some_and(|it| it < since));
        let is_too_much = keep_bytes.0.is_some_and(|most| sum > most);
        if is_old || is_too_much {
            due.push(card);
        }
    });
    due
}

/// When a session was last written.
fn written(card: &Card) -> Option<Timestamp> {
    let modified = fs::metadata(&card.journal).ok()?.modified().ok()?;
    Timestamp::try_from(modified).ok()
}

/// Those that can go, and those that can't.
fn judged(house: &House, due: Vec<Card>) -> (Vec<Leaving>, Vec<Staying>) {
    let (mut leaving, mut staying) = (Vec::new(), Vec::new());
    for card in due {
        if card.is_running {
            staying.push((card, "it is at work".to_owned()));
        } else if card.label.tags.iter().any(|it| it == KEEP) {
            staying.push((card, format!("its tag #{KEEP}")));
        } else {
            match look(house, &card.journal) {
                Ok(it) if it.unmerged() == 0 => leaving.push(it),
                Ok(_) => staying.push((card, "its agents' work is not merged".to_owned())),
                Err(error) => staying.push((card, format!("{error:#}"))),
            }
        }
    }
    (leaving, staying)
}
