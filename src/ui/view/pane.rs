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
    prose, sandbox,
    scene::{Hits, Sight},
    status, tail, terminal, trouble,
};
use crate::model::{Activity, Agent, Delivery, EngineKind, Reason, Urgency};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

/// From this width on, all figures fit the first line.
const ROOMY: u16 = 76;

/// Draws an agent; `place` is its place on the page, counted from 1.
pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    (place, agent): (usize, &Agent),
    sight: Sight,
    hits: &mut Hits,
) {
    let palette = sight.palette;
    // An end that was not looked at has its colour, and leaves the thick frames to those
    // who need something: among thirty that are done, the one that asks is seen first.
    let is_new_end = sight.need(agent).is_some_and(Reason::is_new_end);
    let (edges, style) = match (need(agent, sight), sight.has_focus(agent)) {
        (Some(style), _) if !is_new_end => (THICK, style),
        (Some(style), false) => (THIN, style),
        (_, true) => (THIN, palette.border_focus),
        (None, false) => (THIN, palette.border),
    };
    let inner = ink::frame(buffer, area, edges, style);
    if inner.is_empty() {
        return draw_line(buffer, area, agent, sight);
    }
    draw_title(buffer, area, agent, place, sight);
    let inner = ink::indent(Rect { width: inner.width.saturating_sub(1), ..inner }, 1);
    let pending = pending(agent);
    let is_roomy = inner.height >= 8 && inner.width < ROOMY;
    let has_second = inner.height >= 4
        && (!pending.is_empty() || (is_roomy && !fitting(agent, inner.width, sight).is_empty()));
    let has_money = draw_figures(buffer, inner, agent, !has_second, sight);
    if has_second {
        draw_pending(buffer, inner, &pending, (agent, !has_money), sight);
    }
    let head = 1 + u16::from(has_second);
    let below = inner.height.saturating_sub(head);
    let most = if below <= 6 { below } else { below / 2 + 2 };
    let wanted = card::height(agent, inner.width, sight).min(most);
    let log = ink::lines(inner, head, below - wanted);
    // What it asks stands right below what led there.
    let peek = sight.desk().peeks.get(&agent.id).copied();
    let (end, back) = match sight.screen(agent) {
        Some(screen) => {
            let back = peek.map_or(0, |it| it.back);
            (log.height, terminal::draw_part(buffer, log, (screen, back), sight))
        }
        None => tail::draw(buffer, log, (agent, peek), sight),
    };
    if peek.is_some() {
        hits.shown.peeks.push((agent.id, back));
    }
    if back > 0 {
        let edge = ink::indent(ink::lines(area, area.height - 1, 1), 1);
        Row::new(buffer, edge, 0).put(" ↓ newer below ", palette.chip_quiet);
    }
    card::draw(buffer, ink::lines(inner, head + end, wanted), agent, sight, hits);
    hits.shown.lines = usize::from(log.height);
}

/// What its frame or its bar looks like, where it needs the director.
pub(super) fn need(agent: &Agent, sight: Sight) -> Option<Style> {
    let palette = sight.palette;
    Some(match sight.need(agent)?.urgency() {
        Urgency::Blocked => palette.border_need,
        Urgency::Trouble => palette.warning,
        // An end that was not looked at yet is loud too, but holds nobody up.
        // Without colours its word is underlined: a frame can't be.
        Urgency::Ended => palette.status(agent.status()).remove_modifier(Modifier::UNDERLINED),
    })
}

/// An agent in one line, for where there is no room for a frame.
pub(super) fn draw_line(buffer: &mut Buffer, area: Rect, agent: &Agent, sight: Sight) {
    let style = sight.palette.status(trouble::status(agent, sight));
    let mut row = Row::new(buffer, area, 0);
    let need = need(agent, sight);
    row.put(if need.is_some() { "┃" } else { " " }, need.unwrap_or_default());
    row.put(marked(agent, sight), sight.palette.key);
    row.put(status::shape(agent, sight), style).skip(1);
    let has_keys = if sight.has_focus(agent) { Modifier::REVERSED } else { Modifier::empty() };
    let name = sight.palette.name(agent, sight.palette.strong).add_modifier(has_keys);
    row.put(&agent.casting.name, name).skip(1);
    if agent.drifts().is_some() {
        row.put("▲ ", sight.palette.warning);
    }
    row.put(&status::activity(agent, sight), status::style(agent, sight));
}

fn draw_title(buffer: &mut Buffer, area: Rect, agent: &Agent, place: usize, sight: Sight) {
    // Words on the edge are only as bold as they are themselves.
    let over = |style: Style| style.remove_modifier(Modifier::BOLD.difference(style.add_modifier));
    let palette = sight.palette;
    let dim = over(palette.dim);
    let status = trouble::status(agent, sight);
    let style = over(palette.status(status));
    let edge = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    let mut row = Row::new(buffer, edge, 0);
    // The name of the one that has the keys is a chip, and nothing else here is.
    let name = if sight.has_focus(agent) {
        let chip = palette.title.patch(palette.border_focus).add_modifier(Modifier::REVERSED);
        palette.name(agent, chip)
    } else {
        palette.name(agent, palette.title)
    };
    // An end that somebody else looks at is not told as new.
    let is_new = agent.is_over() && sight.need(agent).is_some();
    let new = if is_new { 4 } else { 0 };
    let sign = sandbox::sign(agent, palette);
    let held = sign.map_or(0, |(sign, _)| ink::width(sign) + 1);
    let drifts = if agent.drifts().is_some() { ink::width(DRIFTS) } else { 0 };
    let pinned = if sight.desk().pinned.contains(&agent.id) { "↑ " } else { "" };
    let marked = marked(agent, sight);
    let held = held + ink::width(pinned) + ink::width(marked);
    let words = ink::width(&agent.casting.name) + ink::width(&status::word(agent, sight));
    let shown = 8 + new + held + drifts + words;
    row.put_right(&made_of(agent, row.room().saturating_sub(shown)), dim, shown);
    row.put(" ", style).put(&figures::count(place as u64), dim);
    row.put(" ", style).put(marked, over(palette.key)).put(pinned, dim);
    row.put(status::shape(agent, sight), style);
    row.put(" ", style).put(&agent.casting.name, name).put(" ", style);
    // The second word of its state gives way to what is loud behind it.
    let keep = 1 + new + drifts + sign.map_or(0, |(sign, _)| ink::width(sign) + 1);
    let word = status::word(agent, sight);
    row.put(&prose::cut(&word, row.room().saturating_sub(keep)), style).put(" ", style);
    if is_new {
        row.put_whole("new ", palette.need);
    }
    if drifts > 0 {
        row.put_whole(DRIFTS, over(palette.warning));
    }
    if let Some((sign, style)) = sign {
        row.put_whole(&format!("{sign} "), over(style));
    }
}

/// The sign of one that is marked, before its name.
pub(super) fn marked(agent: &Agent, sight: Sight) -> &'static str {
    if sight.desk().marked.contains(&agent.id) { "✱ " } else { "" }
}

/// What a watch has seen, on the edge of a pane.
const DRIFTS: &str = "▲ drift ";

/// The least of a model's name that says which it is.
const MODEL: u16 = 8;

/// Its role and its model, as much of them as fits: rather the model than a
/// role that the name says already, and of the model rather its end, where one
/// differs from another.
fn made_of(agent: &Agent, room: u16) -> String {
    let (role, model) = (agent.casting.role.as_str(), agent.model());
    let short = model.rsplit('/').next().unwrap_or_default();
    let is_said = |it: &str| agent.casting.name == it;
    let program = program(agent).filter(|it| !is_said(it)).unwrap_or_default();
    let role = if is_said(role) || program == role { "" } else { role };
    let both = [role, program, model].into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>();
    let driven = [program, short].into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>();
    let wholes = [both.join(" · "), driven.join(" · "), model.to_owned(), short.to_owned()];
    let fits = |text: &&String| !text.is_empty() && ink::width(text) + 2 <= room;
    if let Some(whole) = wholes.iter().find(fits) {
        return format!(" {whole} ");
    }
    // Whole words of it: `…sonnet-4-5`, never `…net-4-5`.
    let words = short.match_indices('-').filter_map(|(at, _)| short.get(at + 1..));
    let mut ends = words.filter(|end| ink::width(end) >= MODEL && *end != agent.casting.name);
    if let Some(end) = ends.find(|end| ink::width(end) + 3 <= room) {
        return format!(" …{end} ");
    }
    if fits(&&role.to_owned()) { format!(" {role} ") } else { String::new() }
}

/// The program of somebody else's that it is, if it is one.
pub(super) fn program(agent: &Agent) -> Option<&str> {
    (agent.casting.engine != EngineKind::Native).then_some(agent.casting.provider.as_str())
}

/// What it does on the left; turn, time and money on the right, as far as they
/// fit; says whether the money did. What an agent waits for is loud.
fn draw_figures(
    buffer: &mut Buffer,
    area: Rect,
    agent: &Agent,
    is_alone: bool,
    sight: Sight,
) -> bool {
    let palette = sight.palette;
    let activity = status::activity(agent, sight);
    // Why a call is tried again is read whole, rather than what it cost.
    let is_whole = matches!(agent.activity, Activity::Retrying { .. });
    let most = if is_whole { area.width } else { area.width * 3 / 4 };
    let keep = ink::width(&activity).min(most) + 1;
    let mut row = Row::new(buffer, area, 0);
    let spent = figures::cost(agent.spent);
    let money = status::money(agent, palette);
    let whole = agent.casting.budget.map(|it| format!("{spent} of {}", figures::money(it)));
    let has_money = row.put_right(whole.as_deref().unwrap_or(&spent), money, keep)
        || row.put_right(&spent, money, keep);
    if is_alone {
        let room = row.room().saturating_sub(keep + 3);
        let progress = fitting(agent, room, sight);
        if !progress.is_empty() {
            row.put_right(&format!("{progress} · "), palette.dim, keep);
        }
    }
    row.put_right(" ", palette.text, 0);
    row.put(&activity, status::chip(agent, sight));
    has_money
}

/// As much of its progress as fits: rather turn and time than its window.
pub(super) fn fitting(agent: &Agent, room: u16, sight: Sight) -> String {
    let parts = parts_of_progress(agent, sight);
    let mut ends = (0..parts.len()).filter_map(|from| parts.get(from..)).map(|it| it.join(" · "));
    ends.find(|it| ink::width(it) <= room).unwrap_or_default()
}

/// How full its window is, its turn, its time at work: what matters most last.
fn parts_of_progress(agent: &Agent, sight: Sight) -> Vec<String> {
    let mut parts = Vec::with_capacity(3);
    if agent.context > 0 {
        parts.push(format!("context {}", figures::short(agent.context)));
    }
    if agent.turn.0 > 0 {
        let undone = if agent.stands_at() < agent.turn { ", the rest undone" } else { "" };
        parts.push(format!("turn {}{undone}", agent.stands_at()));
    }
    if agent.started.is_some() {
        parts.push(format!("worked {}", agent.worked(sight.now())));
    }
    parts
}

/// What waits for it and what it works under, in words; empty when there is
/// nothing to say.
pub(super) fn pending(agent: &Agent) -> String {
    let mut parts = Vec::with_capacity(3);
    match agent.queued().count() {
        0 => {}
        queued => parts.push(figures::of(queued as u64, "redirect queued", "redirects queued")),
    }
    let sent = agent.redirects.iter().filter(|it| it.delivery == Delivery::Sent).count();
    if sent > 0 {
        parts.push(figures::of(sent as u64, "redirect sent", "redirects sent"));
    }
    if let Some(latest) = agent.instructions.last().filter(|it| it.version.0 > 1) {
        parts.push(match latest.effective {
            Some(turn) => format!("instructions v{} since turn {turn}", latest.version),
            None => format!("instructions v{} from the next turn", latest.version),
        });
    }
    parts.join(" · ")
}

/// The second line of a pane, where the first has no room for all of it.
fn draw_pending(
    buffer: &mut Buffer,
    area: Rect,
    pending: &str,
    (agent, lacks_money): (&Agent, bool),
    sight: Sight,
) {
    let palette = sight.palette;
    let mut row = Row::new(buffer, area, 1);
    let keep = match ink::width(pending) {
        0 => 0,
        columns => columns + 1,
    };
    if lacks_money {
        let spent = figures::cost(agent.spent);
        if row.put_right(&spent, status::money(agent, palette), keep) {
            row.put_right(" · ", palette.dim, keep);
        }
    }
    let room = row.room().saturating_sub(keep);
    row.put_right(&fitting(agent, room, sight), palette.dim, keep);
    row.put(pending, palette.direction);
}
