//! One agent in the grid: how it stands, what it does, the end of its log.
//!
//! ```text
//! ╭ 1 ● scout running ───────── researcher · sonnet ╮
//! │ thinking 0:42             turn 3 · 2:10 · $0.42 │
//! │ the end of its log                              │
//! ╰─────────────────────────────────────────────────╯
//! ```

use super::{
    card, figures,
    ink::{self, Row, THICK, THIN},
    scene::Sight,
    status, tail,
};
use crate::model::Agent;
use ratatui::{buffer::Buffer, layout::Rect, style::Modifier};

/// Draws an agent; `place` is its place in the order, counted from 1.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, agent: &Agent, place: usize, sight: Sight) {
    let palette = sight.palette;
    let (edges, style) = match (agent.needs_director(), sight.has_focus(agent)) {
        (true, _) => (THICK, palette.border_need),
        (false, true) => (THIN, palette.border_focus),
        (false, false) => (THIN, palette.border),
    };
    let inner = ink::frame(buffer, area, edges, style);
    if inner.is_empty() {
        return draw_line(buffer, area, agent, sight);
    }
    draw_title(buffer, area, agent, place, sight);
    let inner = ink::indent(Rect { width: inner.width.saturating_sub(1), ..inner }, 1);
    draw_figures(buffer, inner, agent, sight);
    let second = has_second_line(agent, inner);
    if second {
        draw_second_line(buffer, inner, agent, sight);
    }
    let head = 1 + u16::from(second);
    let below = inner.height.saturating_sub(head);
    let most = if below <= 6 { below } else { below / 2 + 2 };
    let wanted = card::height(agent, inner.width, sight).min(most);
    let log = ink::lines(inner, head, below - wanted);
    tail::draw(buffer, log, agent, sight);
    card::draw(buffer, ink::lines(inner, head + log.height, wanted), agent, sight);
}

/// An agent in one line, for where there is no room for a frame.
pub(super) fn draw_line(buffer: &mut Buffer, area: Rect, agent: &Agent, sight: Sight) {
    let style = sight.palette.status(agent.status());
    let mut row = Row::new(buffer, area, 0);
    row.put(status::glyph(agent.status()), style).skip(1);
    row.put(&agent.casting.name, sight.palette.strong).skip(1);
    row.put(&status::activity(agent, sight.now()), status::style(agent, sight.palette));
}

fn draw_title(buffer: &mut Buffer, area: Rect, agent: &Agent, place: usize, sight: Sight) {
    let palette = sight.palette;
    let status = agent.status();
    let style = palette.status(status);
    let edge = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    let mut row = Row::new(buffer, edge, 0);
    let name = if sight.has_focus(agent) {
        palette.strong.patch(palette.border_focus).add_modifier(Modifier::REVERSED)
    } else {
        palette.strong
    };
    let made_of = match agent.casting.model.as_str() {
        "" => format!(" {} ", agent.casting.role),
        model => format!(" {} · {model} ", agent.casting.role),
    };
    let shown = 10 + ink::width(&agent.casting.name) + ink::width(&status.to_string());
    row.put_right(&made_of, palette.dim, shown);
    row.put(" ", style).put(&figures::count(place as u64), palette.dim).skip(0);
    row.put(" ", style).put(status::glyph(status), style);
    row.put(" ", style).put(&agent.casting.name, name).put(" ", style);
    row.put(&status.to_string(), style).put(" ", style);
    if agent.is_over() && agent.unseen {
        row.put_whole("new ", palette.need);
    }
}

/// What it does on the left; turn, time and money on the right.
fn draw_figures(buffer: &mut Buffer, area: Rect, agent: &Agent, sight: Sight) {
    let palette = sight.palette;
    let activity = status::activity(agent, sight.now());
    let keep = ink::width(&activity).min(area.width / 2) + 1;
    let mut row = Row::new(buffer, area, 0);
    let spent = match agent.casting.budget {
        Some(budget) => format!("{} of {budget}", agent.spent),
        None => agent.spent.to_string(),
    };
    row.put_right(&spent, palette.money, keep);
    if agent.started.is_some() {
        let worked = format!("{} · ", agent.worked(sight.now()));
        row.put_right(&worked, palette.dim, keep);
    }
    if agent.turn.0 > 0 {
        row.put_right(&format!("turn {} · ", agent.turn), palette.dim, keep);
    }
    row.put_right(" ", palette.text, keep);
    row.put(&activity, status::style(agent, palette));
}

/// Whether there is more to say than fits the first line.
fn has_second_line(agent: &Agent, area: Rect) -> bool {
    area.height >= 5
        && (agent.queued().next().is_some() || agent.instructions.len() > 1 || agent.context > 0)
}

/// What waits for it, what it works under, how full its window is.
fn draw_second_line(buffer: &mut Buffer, area: Rect, agent: &Agent, sight: Sight) {
    let palette = sight.palette;
    let mut row = Row::new(buffer, area, 1);
    let queued = agent.queued().count();
    if queued > 0 {
        let what = figures::of(queued as u64, "redirect queued", "redirects queued");
        row.put(&what, palette.direction).skip(2);
    }
    if let Some(version) = agent.instructions.last().filter(|it| it.version.0 > 1) {
        let when = match version.effective {
            Some(turn) => format!("instructions v{} since turn {turn}", version.version),
            None => format!("instructions v{} from the next turn", version.version),
        };
        row.put_whole(&when, palette.direction).skip(2);
    }
    if agent.context > 0 {
        let context = format!("context {} tokens", figures::short(agent.context));
        row.put_right(&context, palette.dim, 0);
    }
}
