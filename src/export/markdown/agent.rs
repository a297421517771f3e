//! One agent: what it was asked, under which instructions, and turn by turn what it
//! said and did.

use super::{
    outcome,
    words::{cell, direction, fenced, heading, quoted, summary},
};
use crate::{
    compare::aim,
    export::account::{Account, Part, who},
    model::{Agent, Cost, Entry, EntryKind, FileChange, Level, ToolState, Turn},
    text::json,
};
use std::io::{self, Write};

/// Of what a tool printed, so much of the end is told.
const OUTPUT: usize = 8 * 1024;

/// Writes an agent.
pub(super) fn write(
    account: &Account,
    (agent, part): (&Agent, &Part),
    out: &mut impl Write,
) -> io::Result<()> {
    let wash = &account.wash;
    writeln!(out, "\n## {}\n", heading(wash, &agent.casting.name))?;
    facts(account, agent, out)?;
    writeln!(out, "\n### Brief\n\n{}", quoted(wash, &agent.casting.brief))?;
    for version in &agent.instructions {
        let since = match (version.version.0, version.effective) {
            (1, _) => String::new(),
            (_, Some(turn)) => format!(", by {}, from turn {turn} on", who(version.by)),
            (_, None) => format!(", by {}, under which no turn worked", who(version.by)),
        };
        // A log of another tool's often tells of none.
        if version.version.0 == 1 && version.text.trim().is_empty() {
            continue;
        }
        writeln!(out, "\n### Instructions v{}{since}\n", version.version)?;
        writeln!(out, "{}", quoted(wash, &version.text))?;
    }
    writeln!(out, "\n### What it did")?;
    let mut turn = Turn(0);
    for entry in part.entries() {
        if entry.turn != turn {
            turn = entry.turn;
            writeln!(out, "\n#### {}", title(account, part, turn))?;
        }
        tell(account, entry, out)?;
    }
    if let Some((_, shown)) = part.pictures.last().filter(|(_, it)| !it.is_empty()) {
        writeln!(out, "\n### Its terminal, at the end\n\n{}", fenced(wash, shown, "text"))?;
    }
    files(account, agent, out)
}

fn facts(account: &Account, agent: &Agent, out: &mut impl Write) -> io::Result<()> {
    let (wash, casting) = (&account.wash, &agent.casting);
    let model = match casting.provider.as_str() {
        "" => casting.model.clone(),
        provider => format!("{provider}/{}", casting.model),
    };
    let parent = account.stage.parent(agent).map(|it| it.casting.name.clone());
    let program = agent.link.as_ref().map(|it| format!("{}, session {}", it.program, it.session));
    let tools: Vec<_> =
        agent.tools.iter().map(|(name, tally)| format!("{} {name}", tally.calls)).collect();
    let rows = [
        ("Role", casting.role.clone()),
        ("Engine", casting.engine.to_string()),
        ("Model", model),
        ("Program", program.unwrap_or_default()),
        ("Works for", parent.unwrap_or_default()),
        ("Came to", outcome(agent)),
        ("Cost", agent.spent.to_string()),
        ("Tool calls", tools.join(", ")),
    ];
    for (name, text) in rows.iter().filter(|(_, text)| !text.is_empty()) {
        writeln!(out, "- {name}: {}", cell(wash, text))?;
    }
    Ok(())
}

fn title(account: &Account, part: &Part, turn: Turn) -> String {
    let Some(told) = part.turns.get(&turn) else { return format!("Turn {turn}") };
    let mut words = vec![format!("Turn {turn}"), told.at.to_string()];
    words.push(heading(&account.wash, &told.model));
    // A turn of which no tokens are told cost what nobody knows, and not nothing.
    if told.usage.total() > 0 {
        words.push(format!("{} in, {} out", told.usage.prompt(), told.usage.output));
    }
    if told.usage.total() > 0 || told.cost != Cost::default() {
        words.push(told.cost.to_string());
    }
    if told.is_cut {
        words.push("cut".to_owned());
    }
    words.retain(|it| !it.is_empty());
    words.join(" · ")
}

fn tell(account: &Account, entry: &Entry, out: &mut impl Write) -> io::Result<()> {
    let (wash, at) = (&account.wash, entry.at);
    match &entry.kind {
        // It stands above.
        EntryKind::Brief(_) => Ok(()),
        EntryKind::Said { text, cut } => {
            writeln!(out, "\n{}", quoted(wash, text))?;
            if *cut { writeln!(out, "\n*cut here*") } else { Ok(()) }
        }
        EntryKind::Thought { text } => {
            let thought = quoted(wash, text);
            writeln!(
                out,
                "\n<details><summary><em>thought</em></summary>\n\n{thought}\n\n</details>"
            )
        }
        EntryKind::Tool { .. } => tool(account, &entry.kind, out),
        EntryKind::Direction { .. } | EntryKind::Redirect { .. } | EntryKind::Request { .. } => {
            writeln!(out, "\n- `{at}` {}", direction(wash, &entry.kind))
        }
        EntryKind::Report { text } => writeln!(out, "\n**Report**\n\n{}", quoted(wash, text)),
        EntryKind::HandOff { to, note } => {
            writeln!(out, "\n- `{at}` hands off to **{}**: {}", cell(wash, to), cell(wash, note))
        }
        EntryKind::Note { level: Level::Note, text } => {
            writeln!(out, "\n- `{at}` {}", cell(wash, text))
        }
        EntryKind::Note { text, .. } => writeln!(out, "\n- `{at}` **{}**", cell(wash, text)),
        EntryKind::Retry { text, why } => {
            writeln!(out, "\n- `{at}` **{}** ({})", cell(wash, text), cell(wash, why))
        }
        EntryKind::End { text, ok } => {
            let mark = if *ok { "✓ done" } else { "✗" };
            writeln!(out, "\n**{mark}** `{at}`")?;
            if text.is_empty() { Ok(()) } else { writeln!(out, "\n{}", quoted(wash, text)) }
        }
    }
}

fn tool(account: &Account, kind: &EntryKind, out: &mut impl Write) -> io::Result<()> {
    let EntryKind::Tool { tool, title, input, state, output, bytes, changes, note, .. } = kind
    else {
        return Ok(());
    };
    let wash = &account.wash;
    let (mark, span) = match state {
        ToolState::Called => ("○", "not begun".to_owned()),
        ToolState::Running(_) => ("●", "not over".to_owned()),
        ToolState::Ended { ok: true, took } => ("✓", took.to_string()),
        ToolState::Ended { ok: false, took } => ("✗", took.to_string()),
        ToolState::Dropped => ("○", "dropped with its turn".to_owned()),
    };
    let (tool, title) = (summary(wash, tool), summary(wash, aim(tool, title)));
    writeln!(out, "\n<details><summary>{mark} <code>{tool}</code> {title} · {span}</summary>\n")?;
    if !input.is_null() {
        writeln!(out, "{}\n", fenced(wash, &json::pretty(input), "json"))?;
    }
    if !output.is_empty() {
        let from = output.ceil_char_boundary(output.len().saturating_sub(OUTPUT));
        if from > 0 {
            let all = (*bytes).max(output.len() as u64);
            writeln!(out, "*the end of {all} bytes; the JSON export has all that was kept*\n")?;
        }
        writeln!(out, "{}\n", fenced(wash, output.get(from..).unwrap_or_default(), "text"))?;
    }
    if !note.is_empty() {
        writeln!(out, "{}\n", cell(wash, note))?;
    }
    for FileChange { path, added, removed } in changes {
        writeln!(out, "- {} +{added} −{removed}", cell(wash, path))?;
    }
    if changes.is_empty() { writeln!(out, "</details>") } else { writeln!(out, "\n</details>") }
}

fn files(account: &Account, agent: &Agent, out: &mut impl Write) -> io::Result<()> {
    if agent.files.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### Files it changed\n\n| File | Times | Added | Removed |")?;
    writeln!(out, "|---|---:|---:|---:|")?;
    for (path, tally) in &agent.files {
        let path = cell(&account.wash, path);
        writeln!(out, "| {path} | {} | {} | {} |", tally.changes, tally.added, tally.removed)?;
    }
    Ok(())
}
