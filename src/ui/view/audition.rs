//! An audition, the same brief in several roles, or the takes of a brief, side by side.
//!
//! ```text
//!   Audition: make the parser fast
//!   agent      how it stands   checks  pt  files     cost   time  turns  directions
//! ▸ ✓ coder    done 0:12 ago     2/2  8  2 +40 −3  $0.41  3:10      6           1
//!   ● smith    thinking 0:42       ·  ·  1 +12 −0  $0.22  2:50      4           0
//! ──────────────────────────────────────────────────────────────────────────────
//!   file                  coder    smith
//!   src/number.rs       +40 −3   +12 −0
//! ```

use super::{
    figures,
    ink::{self, Row, width},
    prose,
    scene::{Hit, Hits, Sight},
    sheet, status, trouble,
};
use crate::{
    casting::Track,
    model::{
        Agent, Lines, Way,
        play::{Standing, StepState},
    },
    text::sanitise,
    ui::desk::Contender,
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};
use std::collections::BTreeSet;

/// The widest a name is shown, in columns.
const NAME: u16 = 16;
/// From this width on it is said who plays an agent.
const WIDE: u16 = 120;
/// So much is kept for how an agent stands, in columns.
const STANDS: u16 = 14;
/// How wide the figures of one agent are where files stand beside each other.
const FIGURES: u16 = 14;

pub(super) fn draw(buffer: &mut Buffer, area: Rect, sight: Sight, hits: &mut Hits) {
    let palette = sight.palette;
    let agents = sight.desk().audition(sight.stage());
    let mut row = Row::new(buffer, ink::indent(area, 2), 0);
    let takes = sight.desk().takes(sight.stage());
    let name = if takes.is_some() { "Takes: " } else { "Audition: " };
    row.put(name, palette.heading);
    let brief = agents.first().map_or("", |it| it.casting.brief.as_str());
    row.put(brief.lines().next().unwrap_or_default(), palette.text);
    let table = Rect { width: area.width.saturating_sub(1), ..area };
    let columns = columns(&agents, table.width, sight);
    draw_head(buffer, ink::lines(table, 1, 1), &columns, sight);
    let count = u16::try_from(agents.len()).unwrap_or(u16::MAX);
    let high = count.min(area.height.saturating_sub(2));
    let focus = agents.iter().position(|it| sight.has_focus(it)).unwrap_or(0);
    let start = (focus + 1).saturating_sub(usize::from(high));
    for (line, agent) in (0..high).zip(agents.iter().skip(start)) {
        let place = ink::lines(area, 2 + line, 1);
        let place_of_it = Rect { width: table.width, ..place };
        let depth = takes.as_ref().and_then(|it| it.iter().find(|it| it.1.id == agent.id));
        let depth = depth.map_or(0, |it| it.0);
        draw_agent(buffer, place_of_it, (agent, depth, &columns), sight);
        hits.add(place, Hit::Agent(agent.id));
    }
    let rule = ink::lines(area, 2 + high, 1);
    Row::new(buffer, rule, 0).fill("─", palette.border);
    let rest = ink::lines(area, 3 + high, area.height.saturating_sub(3 + high));
    let rest = ink::indent(Rect { width: rest.width.saturating_sub(1), ..rest }, 2);
    if rest.is_empty() {
        return;
    }
    let mut lines = files(&agents, rest.width, sight);
    if let Some(agent) = agents.get(focus) {
        lines.extend(told(agent, rest.width, sight));
    }
    hits.shown.lines = usize::from(rest.height);
    sheet::draw(buffer, rest, (&lines, sight.desk().audition_scroll), sight, &mut hits.shown);
}

/// What is told of each agent behind how it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Checks,
    Points,
    Files,
    Cost,
    Time,
    Turns,
    Directions,
}

impl Column {
    /// Its heading, and how wide it is.
    const fn head(self) -> (&'static str, u16) {
        match self {
            Self::Checks => ("checks", 8),
            Self::Points => ("points", 10),
            Self::Files => ("files", 15),
            Self::Cost => ("cost", 9),
            Self::Time => ("time", 8),
            Self::Turns => ("turns", 6),
            Self::Directions => ("directions", 11),
        }
    }

    /// What it says of an agent.
    fn told(self, agent: &Agent, sight: Sight) -> String {
        let (desk, stage) = (sight.desk(), sight.stage());
        match self {
            Self::Checks => match stage.checked(agent) {
                Some((Some(hold), all)) => format!("{hold}/{all}"),
                Some((None, all)) => format!("–/{all}"),
                None => "·".to_owned(),
            },
            Self::Points => match desk.score(agent, stage) {
                Some(score) => {
                    let best = if score.is_best { "best " } else { "" };
                    format!("{best}{}", points(score.points))
                }
                None if is_judged(agent, sight) => "…".to_owned(),
                None => "·".to_owned(),
            },
            Self::Files => changed(agent),
            Self::Cost => figures::cost(agent.spent),
            Self::Time => agent.worked(sight.now()).to_string(),
            // As its cost and its time, its own.
            Self::Turns => agent.taken().to_string(),
            Self::Directions => {
                let said = agent.redirects.len() + agent.instructions.len().saturating_sub(1);
                figures::count(said as u64)
            }
        }
    }
}

/// The columns that there is something to say in, as many as fit: those go first that
/// say least.
fn columns(agents: &[&Agent], columns: u16, sight: Sight) -> Vec<Column> {
    use Column::{Checks, Cost, Directions, Files, Points, Time, Turns};
    let (desk, stage) = (sight.desk(), sight.stage());
    let mut all = vec![Checks, Points, Files, Cost, Time, Turns, Directions];
    all.retain(|it| match it {
        Checks => agents.iter().any(|it| stage.checked(it).is_some()),
        Points => agents.iter().any(|it| desk.judge_of(it, stage).is_some()),
        _ => true,
    });
    let room = columns.saturating_sub(4 + NAME + STANDS);
    for least in [Directions, Turns, Time] {
        if all.iter().map(|it| it.head().1).sum::<u16>() > room {
            all.retain(|it| *it != least);
        }
    }
    all.reverse();
    all
}

/// `8`, `7.5`
fn points(points: f64) -> String {
    let text = format!("{points:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

fn draw_head(buffer: &mut Buffer, area: Rect, columns: &[Column], sight: Sight) {
    let dim = sight.palette.dim;
    let mut row = Row::new(buffer, ink::indent(area, 4), 0);
    for (heading, columns) in columns.iter().map(|it| it.head()) {
        row.put_right(&format!("{heading:>width$}", width = usize::from(columns)), dim, 0);
    }
    row.put("agent", dim);
}

fn draw_agent(
    buffer: &mut Buffer,
    area: Rect,
    (agent, depth, columns): (&Agent, usize, &[Column]),
    sight: Sight,
) {
    let palette = sight.palette;
    let status = trouble::status(agent, sight);
    let has_focus = sight.has_focus(agent);
    let mut row = Row::new(buffer, area, 0);
    row.put(if has_focus { "▸ " } else { "  " }, palette.key);
    row.put(status::glyph(status), palette.status(status)).put(" ", palette.text);
    for column in columns {
        let text =
            format!("{:>width$}", column.told(agent, sight), width = usize::from(column.head().1));
        row.put_right(&text, column_style(*column, agent, sight), 0);
    }
    let style = if has_focus { palette.selected } else { palette.strong };
    let start = row.column();
    let indent = " ".repeat(depth.saturating_sub(1).min(4));
    let branch = if depth > 0 { "└ " } else { "" };
    row.put(&format!("{indent}{branch}"), palette.dim);
    let room = NAME.saturating_sub(row.column().saturating_sub(start));
    let waits = sight.desk().versus.marked == Some(Contender::Here(agent.id));
    let name =
        if waits { format!("◆{}", agent.casting.name) } else { agent.casting.name.clone() };
    row.put(&prose::cut(&name, room), style);
    let used = row.column().saturating_sub(start);
    row.skip(NAME.saturating_sub(used) + 1);
    if area.width >= WIDE {
        let model = agent.model();
        let by = if model.is_empty() { &agent.casting.provider } else { model };
        row.put(by, palette.dim).skip(2);
    }
    row.put(&stands(agent, sight), status::style(agent, sight));
}

/// What says that work is not good stands out.
fn column_style(column: Column, agent: &Agent, sight: Sight) -> Style {
    let palette = sight.palette;
    let (desk, stage) = (sight.desk(), sight.stage());
    let falls_short =
        stage.checked(agent).is_some_and(|(hold, all)| hold.is_some_and(|it| (it as usize) < all));
    match column {
        Column::Checks if falls_short && agent.is_over() => palette.trouble,
        Column::Points if desk.score(agent, stage).is_some_and(|it| it.is_best) => palette.strong,
        _ => palette.text,
    }
}

/// How an agent stands, and what became of its work.
pub(super) fn stands(agent: &Agent, sight: Sight) -> String {
    let taken = match agent.taking.last.as_ref().map(|(way, _)| *way) {
        Some(Way::ThrowAway) => ", thrown away",
        Some(Way::HandBack) | None => "",
        Some(_) => ", taken over",
    };
    // First, so that it is read however little room there is.
    let best = if agent.is_best { "★ the best, " } else { "" };
    if agent.is_over() {
        format!("{best}{}{taken}", status::word(agent, sight))
    } else {
        format!("{best}{}", status::activity(agent, sight))
    }
}

/// `2 +40 −3`
fn changed(agent: &Agent) -> String {
    let differs = agent.differences();
    let sum = |of: fn(&Lines) -> u32| differs.values().map(|it| u64::from(of(it))).sum();
    let [added, removed] = [sum(|it| it.added), sum(|it| it.removed)].map(figures::count);
    format!("{} +{added} −{removed}", differs.len())
}

/// Which of them changed what of each file, side by side; as many agents as fit, the
/// focused one among them.
fn files(agents: &[&Agent], columns: u16, sight: Sight) -> Vec<Line<'static>> {
    let palette = sight.palette;
    let differences: Vec<_> = agents.iter().map(|it| it.differences()).collect();
    let all: BTreeSet<&str> = differences.iter().flat_map(|it| it.keys().copied()).collect();
    if all.is_empty() {
        return vec![Line::styled("Nobody has changed a file.", palette.dim)];
    }
    let fit = usize::from((columns / 2 / FIGURES).max(1));
    let focus = agents.iter().position(|it| sight.has_focus(it)).unwrap_or(0);
    let start = (focus + 1).saturating_sub(fit);
    let shown: Vec<&&Agent> = agents.iter().skip(start).take(fit).collect();
    let beside = FIGURES.saturating_mul(u16::try_from(shown.len()).unwrap_or(1));
    let names = columns.saturating_sub(beside);
    let figure = |text: &str| {
        let text = prose::cut(text, FIGURES - 1).into_owned();
        let blank = FIGURES.saturating_sub(width(&text));
        format!("{}{text}", " ".repeat(usize::from(blank)))
    };
    let name = |text: &str| {
        let text = prose::cut(text, names).into_owned();
        let blank = names.saturating_sub(width(&text));
        format!("{text}{}", " ".repeat(usize::from(blank)))
    };
    let mut head = vec![Span::styled(name("file"), palette.dim)];
    head.extend(shown.iter().map(|it| Span::styled(figure(&it.casting.name), palette.heading)));
    let mut lines = vec![Line::from(head)];
    for path in all {
        let mut spans = vec![Span::styled(name(path), palette.text)];
        let shown = differences.iter().skip(start).take(fit);
        spans.extend(shown.map(|it| match it.get(path) {
            Some(lines) => {
                let text = figure(&format!("+{} −{}", lines.added, lines.removed));
                Span::styled(text, palette.accent)
            }
            None => Span::styled(figure("·"), palette.dim),
        }));
        lines.push(Line::from(spans));
    }
    lines
}

/// Whether the points of an agent are still to come.
fn is_judged(agent: &Agent, sight: Sight) -> bool {
    let judge = sight.desk().judge_of(agent, sight.stage());
    judge.is_some_and(|(_, it)| !matches!(it.standing, Standing::Over | Standing::Skipped(_)))
}

/// Why there are no points, or none yet.
fn without_points(role: &str, judge: &StepState) -> String {
    let failure = judge.parts.first().and_then(|it| it.failure.as_ref());
    match (&judge.standing, failure) {
        (Standing::Waiting | Standing::Gate, _) => {
            format!("{role} judges them when all of them are over.")
        }
        (Standing::Begun, _) => format!("{role} is judging them."),
        (Standing::Skipped(_), _) => "No work holds, so there is nothing to judge.".to_owned(),
        (Standing::Over, Some((_, why))) => format!("{role} gave no points: {why}"),
        (Standing::Over, None) => format!("{role} said nothing of this one."),
    }
}

/// Where a take parts from the one before it, and in what it differs.
fn differs(agent: &Agent, sight: Sight) -> Option<String> {
    let take = agent.casting.take.as_deref()?;
    let before = sight.stage().taken_from(agent)?;
    let mut parts = Vec::new();
    let instructions = before.instructions_at(take.turn);
    if *instructions != *agent.casting.instructions {
        let (added, removed) = super::changes::tally(instructions, &agent.casting.instructions);
        parts.push(format!("other instructions ({added} {removed} lines)"));
    }
    if take.turn.0 <= 1 && agent.casting.brief != before.casting.brief {
        parts.push("another brief".to_owned());
    }
    if !take.message.is_empty() && take.message != before.said_before(take.turn) {
        let first = take.message.lines().next().unwrap_or_default();
        parts.push(format!("it was told “{first}”"));
    }
    let parts = if parts.is_empty() { "with nothing changed".to_owned() } else { parts.join("; ") };
    let name = &before.casting.name;
    Some(format!("It parts from {name} at turn {}: {parts}.", take.turn))
}

/// What the focused one says of its work, and how its role has done so far.
fn told(agent: &Agent, columns: u16, sight: Sight) -> Vec<Line<'static>> {
    let palette = sight.palette;
    let mut lines = vec![Line::default()];
    if let Some(differs) = differs(agent, sight) {
        lines.extend(prose::plain(&differs, columns, palette.direction));
        lines.push(Line::default());
    }
    if let Some(why) = sight.desk().objection(agent, sight.stage()) {
        let text = format!("What does not hold of it: {why}");
        lines.extend(prose::plain(&text, columns, palette.trouble));
        lines.push(Line::default());
    }
    if let Some(score) = sight.desk().score(agent, sight.stage()) {
        let best = if score.is_best { ", the best of them" } else { "" };
        let text = format!("{} of 10 points{best}: {}", points(score.points), score.why);
        lines.extend(prose::plain(&text, columns, palette.text));
        lines.push(Line::default());
    } else if let Some((role, part)) = sight.desk().judge_of(agent, sight.stage()) {
        lines.extend(prose::plain(&without_points(role, part), columns, palette.dim));
        lines.push(Line::default());
    }
    let heading = format!("{}, in its own words", agent.casting.name);
    lines.push(Line::styled(heading, palette.heading));
    let handed = sight.stage().handed_in(agent).map(|it| sanitise(it).into_owned());
    let words = handed.or_else(|| agent.report.clone()).unwrap_or_else(|| agent.last_words());
    if words.is_empty() {
        lines.push(Line::styled("It has said nothing yet.", palette.dim));
    } else {
        lines.extend(prose::markdown(&words, columns, palette));
    }
    let track = sight.desk().track(&agent.casting.role, sight.stage());
    if let Some(track) = track.filter(|it: &Track| it.agents() > 1) {
        lines.push(Line::default());
        let told = super::cast::evidence::track_words(&track);
        let text = format!("The role {} so far: {told}", agent.casting.role);
        lines.extend(prose::plain(&text, columns, palette.dim));
    }
    lines
}
