//! The top line: what session this is, how its agents stand, what it costs.
//!
//! ```text
//!  Stage  Cast   Make the parser fast   2 need you   3 new   ●3 ◆1 ✓5      $0.42 of $5.00 · 2:10
//! ```

use super::{
    figures,
    ink::{Row, width},
    scene::{Hit, Hits, Sight},
    status, trouble,
};
use crate::{
    model::{Cost, KnownWindow, Millis, Status, Totals},
    ui::{desk::Screen, keys::Act},
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

/// From this width on the counts have their words.
const WORDY: u16 = 140;

/// From this width on all screens are named.
const ALL_SCREENS: u16 = 120;

/// The least that the title keeps of the line.
const TITLE: u16 = 12;

pub(super) fn draw(buffer: &mut Buffer, area: Rect, sight: Sight, hits: &mut Hits) {
    let totals = sight.stage().totals();
    let palette = sight.palette;
    buffer.set_style(area, palette.header);
    let mut row = Row::new(buffer, area, 0);
    draw_screens(&mut row, area, sight, hits);
    match &sight.desk().playhead {
        Some(_) => row.put(" REPLAY ", palette.chip_replay).skip(1),
        None if sight.desk().is_watch => row.put(" WATCH ", palette.chip_replay).skip(1),
        None if sight.desk().is_leaving => row.put(" CLOSING ", palette.chip_replay).skip(1),
        None => row.skip(1),
    };
    // What was asked in a session that is over, nobody waits for any more.
    let is_past = sight.desk().is_replay() && sight.stage().closed().is_some();
    let (stage, now) = (sight.stage(), sight.now());
    let loud = if is_past { String::new() } else { need_you(stage.need_you(now)) };
    let new = if is_past { String::new() } else { new_ends(stage.new_ends(now)) };
    let has_words = area.width >= WORDY;
    let trouble = match sight.scene.trouble {
        Some(it) => trouble::chip(it),
        None => "",
    };
    let ours = status::counts(sight);
    let ours = ours.iter().map(|(status, it)| {
        let text = count(status::glyph(*status), *it, &status.to_string(), has_words);
        (palette.status(*status), text)
    });
    let watched = (totals.watched > 0)
        .then(|| (palette.accent, count(status::WATCHED, totals.watched, "watched", has_words)));
    let counts: Vec<(Style, String)> = ours.chain(watched).collect();
    let beside = |text: &str| width(text) + u16::from(!text.is_empty()) * 2;
    let keep = counts.iter().map(|(_, text)| width(text) + 1).sum::<u16>()
        + beside(&loud)
        + beside(&new)
        + beside(trouble)
        + 2;
    let title = width(name(sight));
    draw_right(&mut row, sight, &totals, (keep + TITLE.min(title), keep.saturating_add(title)));
    let room = row.room().saturating_sub(keep);
    row.put(&super::prose::cut(name(sight), room), palette.title).skip(2);
    let alarm = palette.trouble.add_modifier(Modifier::REVERSED);
    row.put(trouble, alarm).skip(u16::from(!trouble.is_empty()) * 2);
    for (text, style) in [(&loud, palette.need_chip), (&new, palette.need)] {
        let place = Rect { x: row.column(), width: width(text).min(row.room()), ..area };
        hits.add(place, Hit::Deed(Act::NextWaiting));
        row.put(text, style).skip(u16::from(!text.is_empty()) * 2);
    }
    for (style, text) in &counts {
        row.put(text, *style).skip(1);
    }
}

/// The names of the screens, where there are several; on a narrow terminal that of
/// this one, unless it is the stage.
fn draw_screens(row: &mut Row, area: Rect, sight: Sight, hits: &mut Hits) {
    let (desk, palette) = (sight.desk(), sight.palette);
    let named = desk.named_screens();
    let has_all = area.width >= ALL_SCREENS;
    let is_here = |it: &Screen| it.name() == desk.screen.name();
    let is_shown = |it: &&Screen| has_all || (is_here(it) && !it.is_of_stage());
    let shown = named.iter().filter(|it| named.len() > 1 && is_shown(it));
    for screen in shown {
        let style = if is_here(screen) { palette.chip } else { palette.dim };
        let start = row.column();
        row.put(&format!(" {} ", screen.name()), style);
        let place = Rect { x: start, width: row.column().saturating_sub(start), ..area };
        hits.add(place, Hit::Screen(*screen));
    }
}

/// `●3`, or `● 3 running ` where there is room.
fn count(glyph: &str, count: u32, word: &str, has_words: bool) -> String {
    let count = figures::count(count.into());
    if has_words { format!("{glyph} {count} {word} ") } else { format!("{glyph}{count}") }
}

fn name(sight: Sight<'_>) -> &str {
    if let Some(called) = &sight.desk().called {
        return called;
    }
    let stage = sight.stage();
    let project = stage.header().project.as_str();
    match (stage.title(), project.rsplit('/').find(|it| !it.is_empty())) {
        ("", Some(folder)) => folder,
        ("", None) => "Auteur",
        (title, _) => title,
    }
}

/// A quota where there is little room.
fn short_quota(window: &KnownWindow, now: Millis) -> String {
    match (window.bars_until(now), window.window.used) {
        (Some(at), _) => format!("no quota for {} · ", at.since(now)),
        (None, Some(used)) if !window.window.is_spent => format!("quota {used} % · "),
        _ => "no quota · ".to_owned(),
    }
}

fn need_you(count: u32) -> String {
    match count {
        0 => String::new(),
        1 => " 1 needs you ".to_owned(),
        more => format!(" {} need you ", figures::count(u64::from(more))),
    }
}

/// Who has ended and was not looked at, as it stands in their panes.
fn new_ends(count: u32) -> String {
    if count == 0 { String::new() } else { format!("{} new", figures::count(count.into())) }
}

fn is_anybody_at_work(totals: &Totals) -> bool {
    let works = |it: &Status| matches!(it, Status::Starting | Status::Running | Status::Pausing);
    totals.by_status.iter().any(|(status, count)| works(status) && *count > 0)
}

/// The figures at the right end, the most important outermost; those that do
/// not fit are left out. What is merely good to know leaves room for the whole
/// title.
fn draw_right(row: &mut Row, sight: Sight, totals: &Totals, (keep, whole): (u16, u16)) {
    let (stage, palette) = (sight.stage(), sight.palette);
    row.put_right(" ", palette.text, keep);
    row.put_right(&sight.now().to_string(), palette.strong, keep);
    let spent = match stage.limits().budget {
        Some(budget) => {
            format!("{} of {} · ", figures::cost(totals.spent), figures::money(budget))
        }
        None => format!("{} · ", figures::cost(totals.spent)),
    };
    if totals.elsewhere != Cost::default() {
        let text = format!("+ {} elsewhere · ", figures::cost(totals.elsewhere));
        row.put_right(&text, palette.dim, keep);
    }
    row.put_right(&spent, palette.money, keep);
    if totals.reserved.0 > 0 {
        let text = format!("{} reserved · ", figures::money(totals.reserved));
        row.put_right(&text, palette.dim, whole);
    }
    let rate = stage.token_rate(sight.now());
    // Once nobody works nothing is drawn, and an old rate would stay.
    if rate > 0 && is_anybody_at_work(totals) {
        row.put_right(&format!("~{} tok/s · ", figures::count(rate)), palette.dim, whole);
    }
    for (count, what) in [(stage.damaged(), "damaged"), (stage.unknown(), "unknown")] {
        if count > 0 {
            let text = format!("{} {what} in the journal · ", figures::count(count));
            row.put_right(&text, palette.warning, keep);
        }
    }
    if let Some((account, window)) = stage.pressing_quota(sight.now()) {
        let words = format!("{account}: {} · ", window.words(sight.now()));
        if !row.put_right(&words, palette.warning, keep) {
            row.put_right(&short_quota(window, sight.now()), palette.warning, keep);
        }
    }
    let paused = stage.playing().filter(|it| it.paused).count() as u64;
    if paused > 0 {
        let text = format!("{} paused · ", figures::of(paused, "script", "scripts"));
        row.put_right(&text, palette.status(Status::Paused), keep);
    }
    if totals.still < totals.held {
        let text = format!("{} of {} held · ", totals.still, totals.held);
        row.put_right(&text, palette.dim, keep);
    }
}
