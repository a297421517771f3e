//! `auteur sessions list`: all sessions, the latest first.

use super::{House, minute};
use crate::{
    cli::{apart, args::ListArgs},
    history::Card,
    journal::short_id,
    model::{Status, play::PlayStatus},
    text::{counted, one_line, pad, width},
};
use serde_json::{Value, json};
use std::io::Write;

/// The least that the column of outcomes is wide.
const OUTCOMES: usize = 22;

/// The least that the column of their names is wide.
const SESSIONS: usize = 13;

/// Lists the sessions.
pub(super) fn list(
    house: &House,
    args: &ListArgs,
    is_json: bool,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let history = house.history();
    let project = house.company.project().display().to_string();
    let mut all = Vec::new();
    history.cards(args.here.then_some(project.as_str()), |card| {
        if args.tag.iter().all(|it| card.label.tags.contains(it)) {
            all.push(card);
        }
    });
    if is_json {
        let rows: Vec<_> = all.iter().map(card_json).collect();
        crate::text::json::write_pretty(out, &rows)?;
        return Ok(writeln!(out)?);
    }
    if all.is_empty() {
        let is_any = args.here || !args.tag.is_empty();
        let none =
            if is_any { "no such session" } else { "no sessions yet: `auteur demo` makes one" };
        return Ok(writeln!(out, "{none}")?);
    }
    // How it came out is what a person looks for: it is never cut.
    let widest = all.iter().map(|it| width(&outcomes(it))).max().unwrap_or(0).max(OUTCOMES);
    let agents = pad("AGENTS", widest);
    let names = history.sessions().names();
    // What is typed to name one is never cut either.
    let ids: Vec<_> = all.iter().map(|it| one_line(short_id(&it.session, &names), 36)).collect();
    let longest = ids.iter().map(|it| width(it)).max().unwrap_or(0).max(SESSIONS);
    let sessions = pad("SESSION", longest);
    writeln!(out, "{sessions}  OPENED            BY        {agents}  COST       ABOUT")?;
    for (it, id) in all.iter().zip(&ids) {
        let cells = [
            pad(id, longest),
            pad(&one_line(&minute(&it.opened), 16), 16),
            pad(&one_line(&it.by, 8), 8),
            pad(&outcomes(it), widest),
            pad(&it.account.cost.to_string(), 9),
            format!("{}  {}", one_line(&about(it), 60), one_line(&tags(it), 60)),
        ];
        writeln!(out, "{}", cells.join("  ").trim_end())?;
    }
    Ok(())
}

/// What a session is about, in a line.
pub(super) fn about(card: &Card) -> String {
    if card.title().is_empty() { card.project.clone() } else { card.title().to_owned() }
}

/// Its tags, as they are written: `#fast #done`.
pub(super) fn tags(card: &Card) -> String {
    card.label.tags.iter().map(|it| format!("#{it}")).collect::<Vec<_>>().join(" ")
}

/// `3 done, 1 failed`, and what is to be known about the journal.
pub(super) fn outcomes(card: &Card) -> String {
    let is_cut = card.is_cut();
    let word = |status: &Status| {
        if card.is_cut_off(*status) { "cut off".to_owned() } else { status.to_string() }
    };
    let mut counts: Vec<(String, u32)> = Vec::new();
    for (status, count) in &card.account.outcomes {
        let word = word(status);
        match counts.iter_mut().find(|it| it.0 == word) {
            Some(known) => known.1 += count,
            None => counts.push((word, *count)),
        }
    }
    let mut parts: Vec<_> =
        counts.into_iter().map(|(word, count)| format!("{count} {word}")).collect();
    let play = |(name, status): &(String, PlayStatus)| match status {
        PlayStatus::Playing if is_cut => format!("{} cut off", one_line(name, 30)),
        status => format!("{} {status}", one_line(name, 30)),
    };
    parts.splice(0..0, card.account.plays.iter().map(play));
    let ours: u32 = card.account.outcomes.values().sum();
    let watched = card.account.agents.saturating_sub(ours as usize);
    if watched > 0 {
        parts.push(format!("{watched} watched"));
    }
    if parts.is_empty() {
        parts.push("no agents".to_owned());
    }
    if card.is_running {
        let is_served = apart::is_served(&card.journal);
        parts.insert(0, if is_served { "SERVED" } else { "LIVE" }.to_owned());
    }
    if card.account.damaged > 0 {
        parts.push(counted(card.account.damaged, "gap", "gaps"));
    }
    parts.join(", ")
}

/// A session for a program.
pub(super) fn card_json(card: &Card) -> Value {
    let it = &card.account;
    let outcomes: serde_json::Map<_, _> =
        it.outcomes.iter().map(|(status, count)| (status.to_string(), json!(count))).collect();
    let scripts: Vec<_> = it
        .plays
        .iter()
        .map(|(name, status)| json!({ "script": name, "status": status.to_string() }))
        .collect();
    json!({
        "session": card.session,
        "opened": card.opened,
        "by": card.by,
        "project": card.project,
        "title": card.title(),
        "tags": card.label.tags,
        "agents": it.agents,
        "outcomes": outcomes,
        "scripts": scripts,
        "checks": { "held": it.checks.0, "failed": it.checks.1 },
        "directions": it.directions,
        "cost_nano_dollars": it.cost.known.0,
        "unpriced_calls": it.cost.unpriced,
        "lasted_ms": it.lasted.0,
        "live": card.is_running,
        "served": card.is_running && apart::is_served(&card.journal),
        "closed": it.closed,
        "cut_off": card.is_cut(),
        "bytes": card.bytes,
        "gaps": it.damaged,
        "journal": card.journal,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Account, Label};

    #[test]
    fn who_was_at_work_when_a_session_was_closed_is_not_at_work_any_more() {
        let card = |closed: Option<&str>, is_running| Card {
            session: String::new(),
            journal: "journal.jsonl".into(),
            opened: String::new(),
            project: String::new(),
            by: String::new(),
            is_running,
            bytes: 0,
            label: Label::default(),
            account: Account { closed: closed.map(str::to_owned), ..Account::default() },
        };
        let (closed, cut) = (card(Some("paused"), false), card(None, false));
        // A terminal can't be held: it ended with the program.
        assert!(closed.is_cut_off(Status::Running) && cut.is_cut_off(Status::Running));
        // Who was held goes on where it was.
        assert!(!closed.is_cut_off(Status::Paused) && cut.is_cut_off(Status::Paused));
        assert!(!card(None, true).is_cut_off(Status::Running));
        assert!(!closed.is_cut_off(Status::Succeeded));
    }
}
