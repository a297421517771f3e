//! What the agent was asked to do and how it works, with every version.

use super::super::{changes, figures, pane, prose, sandbox, scene::Sight};
use super::kin;
use crate::model::{Agent, Instructions};
use ratatui::text::{Line, Span};

pub(super) fn lines(agent: &Agent, columns: u16, sight: Sight) -> Vec<Line<'static>> {
    let palette = sight.palette;
    let heading = |text: String| Line::from(Span::styled(text, palette.heading));
    let mut lines = vec![heading("Brief".to_owned())];
    lines.extend(prose::markdown(&agent.casting.brief, columns, palette));
    lines.extend(kin::lines(agent, columns, sight));
    lines.extend(place(agent, columns, sight));
    lines.extend(driven(agent, columns, sight));
    lines.extend(sandbox::lines(agent, columns, sight));
    lines.extend(allowed(agent, columns, sight));
    lines.push(Line::default());
    let versions = &agent.instructions;
    let wanted = sight.desk().version;
    let place = versions.iter().position(|it| Some(it.version) == wanted);
    let place = place.unwrap_or(versions.len().saturating_sub(1));
    let Some(shown) = versions.get(place) else { return lines };
    lines.push(heading(format!("Instructions v{}, {}", shown.version, effect(shown))));
    if place + 1 < versions.len() && !sight.desk().is_replay() {
        let edit = &sight.named.edit;
        let text = format!("{edit} opens v{} to be saved as the next version", shown.version);
        lines.push(Line::from(Span::styled(text, palette.dim)));
    }
    lines.extend(prose::markdown(&shown.text, columns, palette));
    if versions.len() < 2 {
        return lines;
    }
    if let Some(older) = place.checked_sub(1).and_then(|it| versions.get(it)) {
        lines.push(Line::default());
        lines.push(heading(format!("What v{} changed", shown.version)));
        lines.extend(changes::lines(&older.text, &shown.text, columns, palette));
    }
    lines.push(Line::default());
    let [older, newer] = [&sight.named.older, &sight.named.newer];
    lines.push(heading(format!("Versions: {older} {newer} turn to another")));
    for (index, it) in versions.iter().enumerate().rev() {
        let older = index.checked_sub(1).and_then(|it| versions.get(it));
        lines.push(version(it, older, sight));
    }
    lines
}

/// The folder it works in, its branch and what it started from.
fn place(agent: &Agent, columns: u16, sight: Sight) -> Vec<Line<'static>> {
    let palette = sight.palette;
    let Some(tree) = &agent.tree else { return Vec::new() };
    let heading = format!("Workspace: {}", tree.ground.name());
    let mut lines = vec![Line::default(), Line::from(Span::styled(heading, palette.heading))];
    let mut tell = |name: &str, what: &str| {
        if !what.is_empty() {
            let text = format!("{name:18}{what}");
            lines.extend(prose::plain(&text, columns, palette.text));
        }
    };
    tell("folder", &tree.path);
    tell("branch", &tree.branch);
    tell("starts from", tree.base.get(..12).unwrap_or(&tree.base));
    tell("to know", &tree.note);
    if let Some(last) = agent.checkpoints.last() {
        let count = figures::of(agent.checkpoints.len() as u64, "turn", "turns");
        let commit = last.commit.get(..12).unwrap_or(&last.commit);
        tell("kept", &format!("{count}, the last as {commit} after turn {}", last.turn));
    } else if !tree.is_kept() {
        tell("kept", "nothing: there is no git here");
    }
    lines
}

/// The program that it is: its version, its session, what it can do.
fn driven(agent: &Agent, columns: u16, sight: Sight) -> Vec<Line<'static>> {
    let palette = sight.palette;
    let Some(program) = pane::program(agent) else { return Vec::new() };
    let mut lines = vec![
        Line::default(),
        Line::from(Span::styled(format!("Program: {program}"), palette.heading)),
    ];
    let mut tell = |name: &str, what: &str| {
        let text = format!("{name:18}{what}");
        lines.extend(prose::plain(&text, columns, palette.text));
    };
    match &agent.link {
        Some(link) => {
            tell("says it is", &link.program);
            tell("its session", &link.session);
        }
        None => tell("its session", "not begun"),
    }
    if !agent.casting.fork.is_empty() {
        tell("began as", &format!("a copy of {}", agent.casting.fork));
    }
    if !agent.casting.rehearse.is_empty() {
        tell("rehearsed", &agent.casting.rehearse);
    }
    if agent.strange > 0 {
        let messages = figures::of(agent.strange.into(), "message", "messages");
        tell("not understood", &format!("{messages}, kept in the journal"));
    }
    for (name, what) in agent.casting.capabilities.words() {
        tell(name, what);
    }
    lines
}

/// What the director allowed it for good.
fn allowed(agent: &Agent, columns: u16, sight: Sight) -> Vec<Line<'static>> {
    let palette = sight.palette;
    if agent.allowed.is_empty() {
        return Vec::new();
    }
    let heading = "Allowed for good, exactly this".to_owned();
    let mut lines = vec![Line::default(), Line::from(Span::styled(heading, palette.heading))];
    for (tool, shown) in &agent.allowed {
        lines.extend(prose::plain(&format!("{tool}: {shown}"), columns, palette.text));
    }
    lines
}

fn effect(instructions: &Instructions) -> String {
    match instructions.effective {
        Some(turn) => format!("effective from turn {turn}"),
        None => "effective from the next turn".to_owned(),
    }
}

/// `v3 by you at 2:10, effective from turn 12  +2 −1`
fn version(it: &Instructions, older: Option<&Instructions>, sight: Sight) -> Line<'static> {
    let palette = sight.palette;
    let mut spans = vec![
        Span::styled(format!("v{} ", it.version), palette.strong),
        Span::styled(format!("by {} at {}, {}", it.by, it.at, effect(it)), palette.text),
    ];
    if let Some(older) = older {
        let (added, removed) = changes::tally(&older.text, &it.text);
        spans.push(Span::styled(format!("  {added}"), palette.added));
        spans.push(Span::styled(format!(" {removed}"), palette.removed));
    }
    Line::from(spans)
}
