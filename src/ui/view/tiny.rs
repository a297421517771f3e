//! A screen too small for panes: the counts; the agent that has the keys, with
//! what it asks; the other agents, those that need the director first; and below
//! where the keys go, in one letter.
//!
//! ```text
//! ◆2 ●3 ✓1       $0.25
//! ◆ smith asks for ap…
//! ▌ cargo publish --↓2
//! ▌ a approve  D deny
//! C ? help  q quit
//! ```

use super::{
    card, cast, figures, footer, inbox,
    ink::{self, Row},
    ledger, library, pane, past,
    scene::{Hit, Hits, Sight},
    script, status, tail, versus,
};
use crate::{
    model::Agent,
    ui::{
        desk::Screen,
        keys::{Act, Context},
    },
};
use ratatui::{buffer::Buffer, layout::Rect};

/// Below this no pane fits under a header and above a footer.
pub(super) const LEAST: (u16, u16) = (38, 10);

pub(super) fn draw(buffer: &mut Buffer, area: Rect, sight: Sight, hits: &mut Hits) {
    let foot = u16::from(area.height > 1);
    draw_counts(buffer, area, sight);
    draw_foot(buffer, ink::lines(area, area.height.saturating_sub(foot), foot), sight);
    if sight.desk().screen == Screen::Cast {
        let list = ink::lines(area, 1, area.height.saturating_sub(1 + foot));
        return cast::draw(buffer, list, sight, hits);
    }
    if sight.desk().screen == Screen::Versus {
        let rows = ink::lines(area, 1, area.height.saturating_sub(1 + foot));
        return versus::draw(buffer, rows, sight, hits);
    }
    if sight.desk().screen == Screen::Inbox {
        let list = ink::lines(area, 1, area.height.saturating_sub(1 + foot));
        return inbox::draw(buffer, list, sight, hits);
    }
    if sight.desk().screen == Screen::Ledger {
        let table = ink::lines(area, 1, area.height.saturating_sub(1 + foot));
        return ledger::draw(buffer, table, sight, hits);
    }
    if sight.desk().screen == Screen::Past {
        let list = ink::lines(area, 1, area.height.saturating_sub(1 + foot));
        return past::draw(buffer, list, sight, hits);
    }
    if sight.desk().shows_library() {
        let list = ink::lines(area, 1, area.height.saturating_sub(1 + foot));
        return library::draw(buffer, list, sight, hits);
    }
    if sight.desk().screen == Screen::Script {
        let list = ink::lines(area, 1, area.height.saturating_sub(1 + foot));
        return script::draw(buffer, list, sight, hits);
    }
    let focused = sight.stage().agents().find(|it| sight.has_focus(it));
    let items = sight.stage().inbox();
    let mut needing: Vec<&Agent> = Vec::new();
    for agent in items.iter().filter_map(|it| sight.stage().agent(it.agent()?)) {
        if sight.need(agent).is_some() && needing.iter().all(|it| it.id != agent.id) {
            needing.push(agent);
        }
    }
    let rest = sight.stage().agents().filter(|it| sight.need(it).is_none());
    let others = needing.into_iter().chain(rest).filter(|it| !sight.has_focus(it));
    let mut line = 1;
    if let Some(agent) = focused {
        draw_agent(buffer, ink::lines(area, 1, 1), agent, sight, hits);
        let below = ink::lines(area, 2, area.height.saturating_sub(2 + foot));
        line = 2 + draw_focused(buffer, below, agent, sight, hits);
    }
    for (line, agent) in (line..area.height.saturating_sub(foot)).zip(others) {
        draw_agent(buffer, ink::lines(area, line, 1), agent, sight, hits);
    }
}

fn draw_counts(buffer: &mut Buffer, area: Rect, sight: Sight) {
    let palette = sight.palette;
    let totals = sight.stage().totals();
    let mut row = Row::new(buffer, area, 0);
    let need = sight.stage().need_you(sight.now());
    if need > 0 {
        row.put(&figures::count(need.into()), palette.need_chip);
        row.put(" need you ", palette.need_chip).skip(1);
    }
    let new = sight.stage().new_ends(sight.now());
    if new > 0 {
        row.put(&format!("{} new ", figures::count(new.into())), palette.need);
    }
    for (status, count) in &status::counts(sight) {
        let style = palette.status(*status);
        row.put_whole(&format!("{}{count} ", status::glyph(*status)), style);
    }
    if totals.watched > 0 {
        let text = format!("{}{} ", status::WATCHED, figures::count(totals.watched.into()));
        row.put_whole(&text, palette.accent);
    }
    row.put_right(&figures::cost(totals.spent), palette.money, 1);
}

fn draw_agent(buffer: &mut Buffer, place: Rect, agent: &Agent, sight: Sight, hits: &mut Hits) {
    pane::draw_line(buffer, place, agent, sight);
    hits.add(place, Hit::Agent(agent.id));
}

/// What the agent that has the keys asks, or the end of its log where it is
/// looked at alone; says how many lines that takes.
fn draw_focused(
    buffer: &mut Buffer,
    area: Rect,
    agent: &Agent,
    sight: Sight,
    hits: &mut Hits,
) -> u16 {
    let zoomed = sight.zoomed().is_some();
    let wanted = card::height(agent, area.width, sight).min(area.height);
    let card = ink::lines(area, area.height.saturating_sub(wanted), wanted);
    if !zoomed {
        card::draw(buffer, ink::lines(area, 0, wanted), agent, sight, hits);
        return wanted;
    }
    let _lines =
        tail::draw(buffer, ink::lines(area, 0, area.height - wanted), (agent, None), sight);
    card::draw(buffer, card, agent, sight, hits);
    area.height
}

/// Where the keys go, in one letter, and what the program has to say; else the
/// keys that lead on.
fn draw_foot(buffer: &mut Buffer, area: Rect, sight: Sight) {
    let (palette, desk) = (sight.palette, sight.desk());
    let mut row = Row::new(buffer, area, 0);
    let context = desk.context(sight.stage());
    match context {
        _ if context.is_typing() => row.put("T", palette.chip_typing),
        Context::Replay | Context::ReplayZoom | Context::ReplayChanges => {
            row.put("R", palette.chip_replay)
        }
        _ => row.put("C", palette.chip),
    }
    .skip(1);
    if let Some((text, style)) = footer::said(sight) {
        row.put(&text, style);
        return;
    }
    let first = |act| desk.keymap.keys_for(context, act).into_iter().next();
    let acts = [
        (Act::NextWaiting, "needs me"),
        (Act::Help, "help"),
        (Act::Cancel, "back"),
        (Act::Save, "done"),
        (Act::Quit, "quit"),
    ];
    let is_meant = |it: &(Act, &str)| match it.0 {
        Act::NextWaiting => sight.is_any_needing(),
        Act::Save => footer::can_save(sight),
        _ => true,
    };
    for (act, word) in acts.into_iter().filter(is_meant) {
        let Some(key) = first(act) else { continue };
        if ink::width(&key) + ink::width(word) < row.room() {
            row.put(&key, palette.key).skip(1).put(word, palette.dim).skip(1);
        }
    }
}
