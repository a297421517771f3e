//! All that needs the director: a line for each, and of the marked one all there is to
//! know to see to it.
//!
//! ```text
//! ▸ ◆ releaser  asks for approval   cargo publish    1:20   holds up 3
//!   ✗ tidier    failed              the tests don't  0:40
//! ── releaser · reviewer ──────────────────────────────────────────────
//! ▌ cargo publish --dry-run
//! ▌ a approve  D deny
//! ```

use super::{
    card, figures,
    ink::{self, Row, width},
    palette::Palette,
    prose,
    scene::{Hit, Hits, Sight},
    settled, sheet, status, tail,
};
use crate::{
    model::{Agent, Ask, HoldReason, Item, Reason, Whom},
    ui::{
        desk::money,
        keys::{Act, Context},
    },
};
use ratatui::{
    buffer::Buffer,
    layout::{Constraint, Layout, Rect},
    style::Style,
};
use std::fmt::Write as _;

/// From this width on what is marked stands beside the list.
const WIDE: u16 = 110;
/// The widest a name is shown, in columns.
pub(super) const NAME: u16 = 18;
/// The widest of what it needs: `reached its budget`.
const REASON: u16 = 22;

pub(super) fn draw(buffer: &mut Buffer, area: Rect, sight: Sight, hits: &mut Hits) {
    let desk = sight.desk();
    let area = if desk.is_replay() { draw_then(buffer, area, sight) } else { area };
    if desk.inbox.shows_settled {
        return settled::draw(buffer, area, sight);
    }
    let items = desk.inbox_items(sight.stage(), sight.now());
    let Some(marked) = desk.marked_item(&items) else {
        return draw_calm(buffer, area, sight);
    };
    let is_wide = area.width >= WIDE;
    let lines = u16::try_from(items.len()).unwrap_or(u16::MAX).saturating_add(1);
    let [list, detail] = if is_wide {
        Layout::horizontal([Constraint::Percentage(52), Constraint::Fill(1)]).areas(area)
    } else {
        let height = lines.min(area.height / 2).max(1);
        Layout::vertical([Constraint::Length(height), Constraint::Fill(1)]).areas(area)
    };
    draw_list(buffer, list, (&items, marked), sight, hits);
    if let Some(item) = items.get(marked) {
        hits.shown.item = Some(item.key);
        draw_detail(buffer, detail, item, sight, hits);
    }
}

/// That this is how it stood, and is not to be answered; the rest of the area.
fn draw_then(buffer: &mut Buffer, area: Rect, sight: Sight) -> Rect {
    let told = "As it stood at this moment of the replay: nobody is answered here.";
    Row::new(buffer, ink::indent(area, 2), 0).put(told, sight.palette.warning);
    ink::lines(area, 1, area.height.saturating_sub(1))
}

/// What its urgency looks like.
pub(super) const fn glyph(item: &Item, palette: &Palette) -> (&'static str, Style) {
    match item.key.reason {
        Reason::Failed | Reason::StepFailed => ("✗", palette.trouble),
        Reason::Finished => ("✓", palette.ok),
        Reason::Conflict
        | Reason::Drift
        | Reason::ProofFailed
        | Reason::Provider
        | Reason::NearBudget => ("▲", palette.warning),
        _ => ("◆", palette.need),
    }
}

fn draw_list(
    buffer: &mut Buffer,
    area: Rect,
    (items, marked): (&[Item], usize),
    sight: Sight,
    hits: &mut Hits,
) {
    let height = usize::from(area.height);
    let start = marked.saturating_sub(height / 2).min(items.len().saturating_sub(height));
    let names = items
        .iter()
        .map(|it| width(&sight.stage().name_of(it.key.whom)))
        .max()
        .unwrap_or(0)
        .min(NAME);
    for (line, (place, item)) in (0..area.height).zip(items.iter().enumerate().skip(start)) {
        let area = ink::lines(area, line, 1);
        draw_item(buffer, area, (item, place == marked, names), sight);
        hits.add(area, Hit::Item(place));
    }
    let below = items.len().saturating_sub(start + height) as u64;
    sheet::mark_hidden(buffer, area, (0, below), ("that needs you", "that need you"), sight);
    let resting = resting(sight);
    if resting > 0 && items.len() < height && !sight.desk().inbox.shows_resting {
        let line = u16::try_from(items.len()).unwrap_or(u16::MAX);
        Row::new(buffer, area, line).skip(2).put(&rests(resting, sight), sight.palette.dim);
    }
}

fn draw_item(
    buffer: &mut Buffer,
    area: Rect,
    (item, is_marked, names): (&Item, bool, u16),
    sight: Sight,
) {
    let (palette, now) = (sight.palette, sight.now());
    let mut row = Row::new(buffer, area, 0);
    let (glyph, style) = glyph(item, palette);
    let style = if item.is_resting(now) { palette.dim } else { style };
    let keep = 4 + names + 1 + REASON;
    row.put_right(" ", palette.text, keep);
    row.put_right(&format!("{:>7}", now.since(item.since).to_string()), palette.dim, keep);
    if let Some(until) = item.rests.filter(|_| item.is_resting(now)) {
        row.put_right(&format!("rests {}", until.since(now)), palette.dim, keep);
    } else if item.blocks > 1 {
        let text = format!("holds up {}", figures::count(item.blocks.into()));
        row.put_right(&text, palette.warning, keep);
    }
    row.put(if is_marked { "▸ " } else { "  " }, palette.key);
    row.put(glyph, style).skip(1);
    let start = row.column();
    let name = sight.stage().name_of(item.key.whom);
    row.put(&prose::cut(&name, names), if is_marked { palette.selected } else { palette.strong });
    row.skip(names.saturating_sub(row.column().saturating_sub(start)) + 1);
    let start = row.column();
    row.put(&item.key.reason.to_string(), style);
    row.skip(REASON.saturating_sub(row.column().saturating_sub(start)).max(1));
    let room = row.room().saturating_sub(2);
    row.put(&prose::cut(&about(item, sight), room), palette.dim);
    if is_marked {
        ink::mark(buffer, area, 4, palette.marked());
    }
}

/// What it is about, in a line.
fn about(item: &Item, sight: Sight) -> String {
    let line = |text: &str| text.lines().find(|it| !it.trim().is_empty()).unwrap_or("").to_owned();
    if let Whom::Limit(told) = item.key.whom {
        let near = sight.stage().nearing_told(told);
        return near.map(|it| it.words(sight.stage())).unwrap_or_default();
    }
    let Whom::Agent(id) = item.key.whom else {
        return step_words(item, sight).map(|it| line(&it)).unwrap_or_default();
    };
    let Some(agent) = sight.stage().agent(id) else { return String::new() };
    let request = item.request.and_then(|it| agent.request(it));
    match (item.key.reason, request.map(|it| &it.ask)) {
        (_, Some(Ask::Approval { shown, .. })) => line(shown),
        (_, Some(Ask::Question { text: it, .. } | Ask::Drift { words: it, .. })) => line(it),
        (_, Some(ask @ Ask::Budget { .. })) => money::words(ask).unwrap_or_default(),
        (Reason::Conflict, None) => conflicts(agent),
        (Reason::Drift, None) => drift(agent),
        (Reason::ProofFailed, None) => line(&refuted(agent)),
        (Reason::Provider | Reason::Held(_), None) => status::activity(agent, sight),
        _ => prose::first_of_markdown(&agent.last_words()),
    }
}

/// What of it does not hold, and why.
fn refuted(agent: &Agent) -> String {
    let failed = agent.findings().filter_map(|(it, found)| Some((it, found?.as_ref().err()?)));
    failed.map(|(check, why)| format!("{check}: {why}")).collect::<Vec<_>>().join("\n")
}

/// The files that don't go together with where they were to go.
fn conflicts(agent: &Agent) -> String {
    let Some(it) = &agent.taking.conflicted else { return String::new() };
    let paths: Vec<&str> = it.files.iter().map(|it| it.path.as_str()).collect();
    format!("with {}: {}", it.into, paths.join(", "))
}

/// What a watch saw.
fn drift(agent: &Agent) -> String {
    agent.drifts().map(|it| it.words.clone()).unwrap_or_default()
}

/// What a watch saw, with what shows it.
fn drift_shown(agent: &Agent) -> String {
    let Some(sign) = agent.drifts() else { return String::new() };
    let mut told = sign.sentence();
    for it in &sign.evidence {
        let _infallible = write!(told, "\nturn {}: {}", it.turn, it.words);
    }
    told
}

/// What a step waits for: why it failed, or what its gate keeps.
fn step_words(item: &Item, sight: Sight) -> Option<String> {
    let Whom::Step(play, place) = item.key.whom else { return None };
    let play = sight.stage().play(play)?;
    let failed = play.steps.get(place)?.parts.iter().find_map(|it| it.failure.as_ref());
    match item.key.reason {
        Reason::StepFailed => failed.map(|(_, why)| why.clone()),
        _ => Some(format!("of {}", play.script.name)),
    }
}

fn draw_detail(buffer: &mut Buffer, area: Rect, item: &Item, sight: Sight, hits: &mut Hits) {
    let inner = ink::indent(Rect { width: area.width.saturating_sub(1), ..area }, 1);
    draw_heading(buffer, inner, item, sight);
    let below = ink::lines(inner, 1, inner.height.saturating_sub(1));
    match item.key.whom {
        Whom::Agent(id) => {
            if let Some(agent) = sight.stage().agent(id) {
                draw_agent(buffer, below, (item, agent), sight, hits);
            }
        }
        Whom::Limit(_) => {
            let words = format!(
                "{}. When it is used up, whoever would spend more of it is held, and you are asked.",
                about(item, sight)
            );
            let text = prose::plain(&words, below.width, sight.palette.text);
            let height = u16::try_from(text.len()).unwrap_or(u16::MAX);
            ink::draw_lines(buffer, below, text.iter().take(below.height.into()));
            let line = ink::lines(below, height + 1, 1);
            draw_keys(buffer, line, NEAR, Context::Inbox, (sight, hits));
        }
        Whom::Step(play, place) => {
            hits.shown.step = Some((play, place));
            let words = step_words(item, sight).unwrap_or_default();
            let text = prose::plain(&words, below.width, sight.palette.text);
            let room = below.height.saturating_sub(1);
            ink::draw_lines(buffer, ink::lines(below, 0, room), text.iter().take(room.into()));
            let keys = if item.key.reason == Reason::Gate { GATE } else { STEP };
            draw_keys(buffer, below, keys, Context::InboxStep, (sight, hits));
        }
    }
}

/// Who it is, what it needs, since when.
fn draw_heading(buffer: &mut Buffer, area: Rect, item: &Item, sight: Sight) {
    let palette = sight.palette;
    for x in area.left()..area.right() {
        if let Some(cell) = buffer.cell_mut((x, area.y)) {
            cell.set_symbol("─").set_style(palette.border);
        }
    }
    let agent = item.agent().and_then(|it| sight.stage().agent(it));
    let mut row = Row::new(buffer, area, 0);
    row.skip(1).put(" ", palette.text).put(&sight.stage().name_of(item.key.whom), palette.title);
    if let Some(agent) = agent.filter(|it| it.casting.role != it.casting.name) {
        row.put(" · ", palette.dim).put(&agent.casting.role, palette.dim);
    }
    let (_, style) = glyph(item, palette);
    row.put(" · ", palette.dim).put(&item.key.reason.to_string(), style);
    row.put(&format!(" {} ", sight.now().since(item.since)), palette.dim);
}

/// What can be done about a gate, where it is marked.
const GATE: &[(Act, &str)] = &[
    (Act::OpenGate, "open it"),
    (Act::SkipStep, "leave the step out"),
    (Act::Attend, "see its script"),
];

/// What can be done about a step that has failed, where it is marked.
const STEP: &[(Act, &str)] = &[
    (Act::RunAgain, "do it again"),
    (Act::SkipStep, "leave it out"),
    (Act::Attend, "see its script"),
];

/// About an end, and about what may get better by itself.
const ENDED: &[(Act, &str)] = &[
    (Act::Attend, "see it alone"),
    (Act::Seen, "that is seen"),
    (Act::Restart, "start it again"),
    (Act::Redirect, "write to it"),
];
const TROUBLED: &[(Act, &str)] = &[
    (Act::Attend, "see it alone"),
    (Act::Redirect, "write to it"),
    (Act::ChangeModel, "another model"),
    (Act::Stop, "stop it"),
];

/// About one that a watch holds.
const WATCHED: &[(Act, &str)] = &[
    (Act::Attend, "what shows it, and what to do"),
    (Act::Pause, "let it go on"),
    (Act::Redirect, "write to it"),
    (Act::Stop, "stop it"),
];

/// About a budget that is nearly used up.
const NEAR: &[(Act, &str)] = &[
    (Act::Attend, "another amount"),
    (Act::Limits, "all budgets"),
    (Act::Rest, "remind me later"),
];

/// About one that may be drifting.
const DRIFTING: &[(Act, &str)] = &[
    (Act::Attend, "what shows it, and what to do"),
    (Act::Redirect, "write to it"),
    (Act::Pause, "hold it"),
];

/// What an agent asks, with its answers; of any other, its last words. Below that, the
/// end of its log: nobody answers without knowing what led there.
fn draw_agent(
    buffer: &mut Buffer,
    area: Rect,
    (item, agent): (&Item, &Agent),
    sight: Sight,
    hits: &mut Hits,
) {
    let palette = sight.palette;
    let wanted = if item.request.is_some() {
        let wanted = card::height(agent, area.width, sight).min(area.height);
        card::draw(buffer, ink::lines(area, 0, wanted), agent, sight, hits);
        wanted
    } else {
        let said = match item.key.reason {
            Reason::Conflict => conflicts(agent),
            Reason::Drift => drift_shown(agent),
            Reason::ProofFailed => refuted(agent),
            Reason::Provider | Reason::Held(_) => status::activity(agent, sight),
            _ => agent.last_words(),
        };
        let most = (area.height / 2).max(1);
        let said = prose::start_of_markdown(&said, (area.width, most), palette);
        let height = u16::try_from(said.len()).unwrap_or(u16::MAX);
        ink::draw_lines(buffer, ink::lines(area, 0, height), &said);
        let keys = match item.key.reason {
            Reason::Drift => DRIFTING,
            _ if agent.is_over() => ENDED,
            Reason::Held(HoldReason::Watch) => WATCHED,
            _ => TROUBLED,
        };
        let line = ink::lines(area, height, 1);
        draw_keys(buffer, line, keys, Context::Inbox, (sight, hits));
        height + 1
    };
    let log = ink::lines(area, wanted + 1, area.height.saturating_sub(wanted + 1));
    let _lines = tail::draw(buffer, log, (agent, None), sight);
}

/// Keys on the last line of an area.
fn draw_keys(
    buffer: &mut Buffer,
    area: Rect,
    acts: &[(Act, &str)],
    context: Context,
    (sight, hits): (Sight, &mut Hits),
) {
    if area.is_empty() || sight.desk().is_replay() {
        return;
    }
    let palette = sight.palette;
    let mut row = Row::new(buffer, area, area.height - 1);
    for (act, what) in acts {
        let keys = sight.desk().keymap.keys_for(context, *act);
        let Some(key) = keys.first() else { continue };
        if width(key) + width(what) + 1 > row.room() {
            return;
        }
        hits.offer(&mut row, (key, what), (palette.key, palette.text));
    }
}

/// The key that an act has here.
fn key(act: Act, sight: Sight) -> String {
    let keys = sight.desk().keymap.keys_for(Context::Inbox, act);
    keys.into_iter().next().unwrap_or_default()
}

/// How much is put off.
fn resting(sight: Sight) -> u64 {
    sight.stage().inbox().iter().filter(|it| it.is_resting(sight.now())).count() as u64
}

/// That it is, and how it is listed.
fn rests(count: u64, sight: Sight) -> String {
    let rests = figures::of(count, "thing rests", "things rest");
    format!("{rests} for a while: {} lists that.", key(Act::ShowResting, sight))
}

/// Nobody needs anybody: that is said, and what goes on meanwhile.
fn draw_calm(buffer: &mut Buffer, area: Rect, sight: Sight) {
    let (stage, palette) = (sight.stage(), sight.palette);
    let at_work = stage.agents().filter(|it| !it.is_over()).count() as u64;
    let resting = resting(sight);
    let is_then = sight.desk().is_replay();
    let calm = if is_then { "Nobody needed you." } else { "Nobody needs you." };
    let mut lines = vec![(calm.to_owned(), palette.title)];
    let work = match at_work {
        0 => "Nobody is at work.".to_owned(),
        1 if is_then => "One agent was at work.".to_owned(),
        more if is_then => format!("{} agents were at work.", figures::count(more)),
        1 => "One agent is at work; it comes here when it needs you.".to_owned(),
        more => format!("{} agents are at work; who needs you comes here.", figures::count(more)),
    };
    lines.push((work, palette.text));
    if resting > 0 {
        lines.push((rests(resting, sight), palette.dim));
    }
    if let Some(last) = stage.settled().next() {
        let ago = sight.now().since(last.at);
        let key = key(Act::ShowSettled, sight);
        let told = format!("The last answer was given {ago} ago: {key} lists what was answered.");
        lines.push((told, palette.dim));
    }
    let height = u16::try_from(lines.len()).unwrap_or(0);
    let place = ink::centred(area, lines.iter().map(|it| width(&it.0)).max().unwrap_or(0), height);
    for (line, (text, style)) in (0..place.height).zip(&lines) {
        Row::new(buffer, place, line).put(text, *style);
    }
}
