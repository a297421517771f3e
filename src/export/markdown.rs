//! Markdown: a session to be read. What it was for, who did what under which
//! instructions, turn by turn, with tool calls folded, and what it came to.
//!
//! Words of agents are quoted, so that they can't pass for ours, and made inert.

mod agent;
mod words;

use super::{
    Recording,
    account::{Account, who},
};
use crate::model::{Agent, Cost, Millis, Outcome};
use std::{
    collections::BTreeMap,
    io::{self, Write},
};
use words::{cell, heading, lasted};

/// Writes a session.
///
/// # Errors
/// When it can't be written.
pub fn markdown(recording: &Recording, out: &mut impl Write) -> io::Result<()> {
    let account = Account::of(recording);
    head(&account, out)?;
    agents(&account, out)?;
    asides(&account, out)?;
    directions(&account, out)?;
    for (id, part) in &account.parts {
        if let Some(agent) = account.stage.agent(*id) {
            agent::write(&account, (agent, part), out)?;
        }
    }
    Ok(())
}

fn head(account: &Account, out: &mut impl Write) -> io::Result<()> {
    let (stage, wash) = (&account.stage, &account.wash);
    let (header, totals) = (stage.header(), stage.totals());
    let title = match stage.title() {
        "" => format!("Session of {}", day(&header.opened)),
        title => title.to_owned(),
    };
    writeln!(out, "# {}\n", heading(wash, &title))?;
    writeln!(out, "| | |\n|---|---|")?;
    let usage = totals.usage;
    let tokens = match usage.total() {
        0 => "none are told".to_owned(),
        _ => format!(
            "{} in ({} of them from a cache), {} out",
            usage.prompt(),
            usage.cache_read,
            usage.output
        ),
    };
    let closed = stage.closed().map(ToOwned::to_owned).unwrap_or_default();
    let elsewhere = match totals.elsewhere {
        none if none == Cost::default() => String::new(),
        spent => format!("{spent}, by those who run elsewhere and were watched"),
    };
    let rows = [
        ("Session", header.session.clone()),
        ("Project", header.project.clone()),
        ("Opened", header.opened.clone()),
        ("By", header.by.clone()),
        ("Lasted", lasted(stage.now())),
        ("Cost", totals.spent.to_string()),
        ("Spent elsewhere", elsewhere),
        ("Tokens", tokens),
        ("Closed", closed),
        ("Told by", format!("auteur {}", env!("CARGO_PKG_VERSION"))),
    ];
    for (name, text) in rows.iter().filter(|(_, text)| !text.is_empty()) {
        writeln!(out, "| {name} | {} |", cell(wash, text))?;
    }
    let lost = [
        (stage.damaged(), "stretches of the journal could not be read"),
        (stage.unknown(), "records are of a newer program, and not told here"),
    ];
    for (count, what) in lost.iter().filter(|(count, _)| *count > 0) {
        writeln!(out, "\n> **{count} {what}.**")?;
    }
    Ok(())
}

fn day(opened: &str) -> &str {
    if opened.is_empty() { "an unknown day" } else { opened.get(..10).unwrap_or(opened) }
}

fn agents(account: &Account, out: &mut impl Write) -> io::Result<()> {
    let (stage, wash) = (&account.stage, &account.wash);
    let all: Vec<&Agent> = stage.agents().filter(|it| account.parts.contains_key(&it.id)).collect();
    if all.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## Agents\n")?;
    writeln!(
        out,
        "| Agent | Role | Engine and model | Came to | Turns | Worked | Directions | Files | Cost |"
    )?;
    writeln!(out, "|---|---|---|---|---:|---:|---:|---:|---:|")?;
    let mut directed: BTreeMap<_, usize> = BTreeMap::new();
    for (id, _) in account.directions() {
        *directed.entry(id).or_default() += 1;
    }
    for agent in all {
        let casting = &agent.casting;
        let engine = format!("{}, {}", casting.engine, agent.model());
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            cell(wash, &casting.name),
            cell(wash, &casting.role),
            cell(wash, engine.trim_end_matches(", ")),
            agent.status(),
            agent.turn,
            agent.worked(stage.now()),
            directed.get(&agent.id).copied().unwrap_or_default(),
            agent.files.len(),
            agent.spent,
        )?;
    }
    Ok(())
}

fn asides(account: &Account, out: &mut impl Write) -> io::Result<()> {
    let (stage, wash) = (&account.stage, &account.wash);
    for play in stage.plays() {
        writeln!(out, "\n## Script {}\n", heading(wash, &play.script.name))?;
        for aside in account.asides.iter().filter(|it| it.play == Some(play.id)) {
            moment(out, aside.at, &mark(aside.is_trouble, &cell(wash, &aside.text)))?;
        }
    }
    let mut others = account.asides.iter().filter(|it| it.play.is_none()).peekable();
    if others.peek().is_some() {
        writeln!(out, "\n## Session\n")?;
    }
    for aside in others {
        moment(out, aside.at, &mark(aside.is_trouble, &cell(wash, &aside.text)))?;
    }
    Ok(())
}

fn mark(is_trouble: bool, text: &str) -> String {
    if is_trouble { format!("**{text}**") } else { text.to_owned() }
}

fn moment(out: &mut impl Write, at: Millis, text: &str) -> io::Result<()> {
    writeln!(out, "- `{at}` {text}")
}

fn directions(account: &Account, out: &mut impl Write) -> io::Result<()> {
    let all = account.directions();
    if all.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## Directions\n")?;
    for (id, entry) in all {
        let name = cell(&account.wash, &account.name(id));
        let text = words::direction(&account.wash, &entry.kind);
        moment(out, entry.at, &format!("**{name}**: {text}"))?;
    }
    Ok(())
}

/// How an agent ended, in a few words.
fn outcome(agent: &Agent) -> String {
    match agent.outcome() {
        None => format!("{}, when this was told", agent.status()),
        Some(Outcome::Succeeded { .. }) => "done".to_owned(),
        Some(Outcome::Failed { why }) => format!("failed: {why}"),
        Some(Outcome::Stopped { by }) => format!("stopped by {}", who(*by)),
    }
}
