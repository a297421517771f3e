//! One agent on the whole screen: its log, or what else there is to know.
//!
//! ```text
//! ● scout running   researcher · sonnet              turn 3 · worked 2:10
//! thinking 0:42                                            $0.42 of $1.00
//!  Log   Brief   Tools 4   Changes 2   Cost   Events
//! ───────────────────────────────────────────────────────────────────────
//! the sheet
//! ```

mod brief;
pub(super) mod changes;
mod cost;
mod events;
mod files;
mod kin;
mod log;
mod tools;

pub(super) use kin::children;
pub(super) use log::of as log_of;

use super::{
    card, figures,
    ink::{self, Row},
    pane, sandbox,
    scene::{Hit, Hits, Sight},
    sheet::{self, LINES, mark_hidden},
    status, terminal, trouble,
};
use crate::{
    model::{Agent, EngineKind},
    ui::desk::{Shown, Tab},
};
use ratatui::{buffer::Buffer, layout::Rect, text::Line};

/// Draws the agent with the tab that is open.
pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    (agent, tab): (&Agent, Tab),
    sight: Sight,
    hits: &mut Hits,
) {
    let area = ink::indent(Rect { width: area.width.saturating_sub(1), ..area }, 1);
    draw_head(buffer, area, agent, sight);
    draw_tabs(buffer, ink::lines(area, 2, 1), (agent, tab), sight, hits);
    Row::new(buffer, area, 3).fill("─", sight.palette.border);
    let below = area.height.saturating_sub(4);
    let wanted = card::height(agent, area.width, sight).min(below / 2);
    let sheet = ink::lines(area, 4, below - wanted);
    let (columns, shown) = (sheet.width, &mut hits.shown);
    shown.lines = usize::from(sheet.height);
    let (mut is_terminal, mut end) = (false, sheet.height);
    match tab {
        Tab::Log => match sight.screen(agent) {
            Some(screen) => {
                terminal::draw(buffer, sheet, (agent, screen), sight, shown);
                is_terminal = true;
            }
            None => end = log::draw(buffer, sheet, agent, sight, shown),
        },
        Tab::Brief => draw_sheet(buffer, sheet, &brief::lines(agent, columns, sight), sight, shown),
        Tab::Tools => draw_sheet(buffer, sheet, &tools::lines(agent, sight), sight, shown),
        Tab::Changes => changes::draw(buffer, sheet, agent, sight, shown),
        Tab::Cost => draw_sheet(buffer, sheet, &cost::lines(agent, sight), sight, shown),
        Tab::Events => events::draw(buffer, sheet, agent, sight, shown),
    }
    // What it asks stands right below what led there.
    card::draw(buffer, ink::lines(area, 4 + end, wanted), agent, sight, hits);
    if is_terminal {
        hits.add(sheet, Hit::Terminal);
    }
}

fn draw_head(buffer: &mut Buffer, area: Rect, agent: &Agent, sight: Sight) {
    let palette = sight.palette;
    let status = trouble::status(agent, sight);
    let style = palette.status(status);
    let mut row = Row::new(buffer, area, 0);
    let keep = area.width / 2;
    row.put_right(&pane::fitting(agent, area.width - keep, sight), palette.dim, keep);
    row.put_right(" ", palette.text, 0);
    row.put(status::shape(agent, sight), style).skip(1);
    row.put(&agent.casting.name, palette.name(agent, palette.strong)).skip(1);
    row.put(&status::word(agent, sight), style).skip(2);
    let held = sandbox::sign(agent, palette);
    let kept = held.map_or(0, |(sign, _)| ink::width(sign) + 3);
    let made_of = made_of(agent, row.room().saturating_sub(kept));
    row.put(&made_of, palette.dim);
    if let Some((sign, style)) = held {
        row.put(if made_of.is_empty() { "" } else { " · " }, palette.dim);
        let words = sandbox::words(agent, palette).map(|(words, _)| words);
        let whole = words.filter(|it| ink::width(it) <= row.room());
        row.put(whole.as_deref().unwrap_or(sign), style);
    }
    let mut row = Row::new(buffer, area, 1);
    let spent = match agent.casting.budget {
        Some(budget) => format!("{} of {budget}", agent.spent),
        None => agent.spent.to_string(),
    };
    row.put_right(&spent, status::money(agent, palette), area.width / 2);
    row.put(&status::activity(agent, sight), status::chip(agent, sight));
    let pending = pane::pending(agent);
    if !pending.is_empty() {
        row.skip(2).put(&pending, palette.direction);
    }
}

/// Its role, what drives it and its model, as much of that as fits whole; no
/// role that its name says already.
fn made_of(agent: &Agent, room: u16) -> String {
    let casting = &agent.casting;
    let program = pane::program(agent);
    let driven = program.map_or_else(|| casting.engine.to_string(), str::to_owned);
    let (role, model) = (casting.role.as_str(), agent.model());
    let role = if casting.name == role { "" } else { role };
    let joined = |parts: &[&str]| {
        let parts: Vec<&str> = parts.iter().copied().filter(|it| !it.is_empty()).collect();
        parts.join(" · ")
    };
    let all = joined(&[role, &driven, model]);
    let by = match program {
        None if !casting.provider.is_empty() => format!(" by {}", casting.provider),
        _ => String::new(),
    };
    let wholes = [format!("{all}{by}"), all, joined(&[&driven, model]), model.to_owned(), driven];
    wholes.into_iter().find(|it| ink::width(it) <= room).unwrap_or_default()
}

fn draw_tabs(
    buffer: &mut Buffer,
    area: Rect,
    (agent, open): (&Agent, Tab),
    sight: Sight,
    hits: &mut Hits,
) {
    let palette = sight.palette;
    let mut row = Row::new(buffer, area, 0);
    let search = sight.desk().search.as_ref().filter(|it| !it.text.is_empty());
    if let Some(search) = search.filter(|_| open != Tab::Changes) {
        let found = search.matches.len();
        let text = match found {
            0 => format!(" {:?}: not found ", search.text),
            _ => format!(" {:?}: {} of {found} ", search.text, search.current + 1),
        };
        row.put_right(&text, palette.chip_quiet, 30);
    }
    let counted = Tab::ALL.map(|it| label(it, agent));
    let along = counted.iter().map(|it| ink::width(it) + 3).sum::<u16>();
    let has_counts = along <= row.room() + 1;
    for (tab, counted) in Tab::ALL.into_iter().zip(&counted) {
        let start = row.column();
        let style = if tab == open { palette.chip } else { palette.text };
        let label = if has_counts { counted } else { name(tab, agent) };
        row.put(&format!(" {label} "), style);
        let width = row.column().saturating_sub(start);
        hits.add(Rect { x: start, width, ..area }, Hit::Tab(tab));
        row.skip(u16::from(has_counts));
    }
}

const fn name(tab: Tab, agent: &Agent) -> &'static str {
    match tab {
        Tab::Log if matches!(agent.casting.engine, EngineKind::Pty) => "Terminal",
        Tab::Log => "Log",
        Tab::Brief => "Brief",
        Tab::Tools => "Tools",
        Tab::Changes => "Changes",
        Tab::Cost => "Cost",
        Tab::Events => "Events",
    }
}

/// A tab's name, with how much there is under it.
fn label(tab: Tab, agent: &Agent) -> String {
    let name = name(tab, agent);
    let count = match tab {
        Tab::Tools => agent.tools.len(),
        Tab::Changes => agent.files.len(),
        Tab::Log | Tab::Brief | Tab::Cost | Tab::Events => 0,
    };
    match (tab, agent.instructions.len(), count) {
        (Tab::Brief, versions @ 2.., _) => format!("{name} v{versions}"),
        (_, _, 0) => name.to_owned(),
        (_, _, count) => format!("{name} {}", figures::count(count as u64)),
    }
}

/// Draws a document from the line it was scrolled to; says what is out of sight.
fn draw_sheet(buffer: &mut Buffer, area: Rect, lines: &[Line], sight: Sight, shown: &mut Shown) {
    sheet::draw(buffer, area, (lines, sight.desk().sheet), sight, shown);
}

/// What can be out of sight: one of it, and more.
const ENTRIES: (&str, &str) = ("entry", "entries");
