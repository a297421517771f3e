//! What cost what, line by line, with the sum below.

use crate::{
    history::{By, Reckoning, Row as Line, Sum},
    model::{Cost, Money},
    ui::view::{
        figures,
        ink::{self, Row, width},
        prose,
        scene::{Hits, Sight},
    },
};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};

/// How wide the figures are that stand beside a name: answers, calls, tokens in, of them
/// from a cache, out.
const COLUMNS: [(&str, u16); 5] =
    [("ANSWERS", 9), ("CALLS", 7), ("IN", 8), ("CACHED", 8), ("OUT", 8)];
/// How wide the money is.
const COST: u16 = 11;
/// How wide a bar is that shows a share of it.
const BAR: u16 = 10;
/// The least that a name keeps.
const NAME: u16 = 16;

/// With more room than that beside the money there is a bar.
const BARRED: u16 = NAME + BAR + 46;
/// So wide and so high the table is at least where it is said below what its headings mean.
const EXPLAINED: (u16, u16) = (78, 16);

/// From nothing to a whole column.
const EIGHTHS: [&str; 9] = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"];

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    known: &Reckoning,
    sight: Sight,
    hits: &mut Hits,
) {
    let (palette, by) = (sight.palette, sight.desk().ledger.by);
    let (rows, total) = (known.ledger.by(by), known.ledger.total());
    let mut notes = notes(by, known, &total);
    if area.width >= EXPLAINED.0 && area.height >= EXPLAINED.1 {
        notes.insert(0, meaning(by, area.width));
    }
    notes.extend(logins(sight));
    notes.extend(quotas(sight));
    let head = if by == By::Day { "DAY (UTC)".to_owned() } else { by.to_string().to_uppercase() };
    let mut line = Row::new(buffer, area, 0);
    let titles = COLUMNS.map(|(title, _)| title.to_owned());
    draw_figures(&mut line, by, (&titles, "COST", None), (palette.dim, palette.dim));
    line.put(&head, palette.dim);
    let below = u16::try_from(notes.len()).unwrap_or(0) + 2;
    let room = area.height.saturating_sub(1 + below).max(1);
    let most = rows.len().saturating_sub(room.into());
    (hits.shown.most, hits.shown.lines) = (Some(most), room.into());
    let start = sight.desk().ledger.scroll.min(most);
    let listed = rows.iter().skip(start).take(room.into());
    let mut at = 1;
    for row in listed {
        draw_row(buffer, ink::lines(area, at, 1), (by, row), &total, sight);
        at += 1;
    }
    let mut line = Row::new(buffer, area, at);
    let figures = figures_of(&total);
    let cost = total.cost.to_string();
    draw_figures(&mut line, by, (&figures, &cost, None), (palette.strong, palette.money));
    let hidden = rows.len().saturating_sub(usize::from(room));
    let sum =
        if hidden > 0 { format!("in all, {} lines", rows.len()) } else { "in all".to_owned() };
    line.put(&sum, palette.strong);
    for (line, note) in (at + 2..area.height).zip(&notes) {
        Row::new(buffer, area, line).put(note, palette.dim);
    }
}

fn draw_row(buffer: &mut Buffer, area: Rect, (by, row): (By, &Line), total: &Sum, sight: Sight) {
    let palette = sight.palette;
    let mut line = Row::new(buffer, area, 0);
    let cost = row.sum.cost.to_string();
    // Where nothing has a price, tokens say what is much.
    let share = match total.cost.known {
        Money(0) => (row.sum.usage.total(), total.usage.total()),
        Money(all) => (row.sum.cost.known.0, all),
    };
    let figures = figures_of(&row.sum);
    draw_figures(&mut line, by, (&figures, &cost, Some(share)), (palette.text, palette.money));
    let (name, style) = match &*row.name {
        "" => (by.nameless(), palette.dim),
        name => (name, palette.text),
    };
    let room = line.room().saturating_sub(1);
    line.put(&prose::cut(name, room), style);
}

/// Writes figures from the right: the money, its share, and what else there is room for.
/// Of several tools that one answer calls, none has it alone.
fn draw_figures(
    line: &mut Row,
    by: By,
    (figures, cost, share): (&[String; 5], &str, Option<(u64, u64)>),
    (style, money): (Style, Style),
) {
    line.put_right(&format!("{cost:>wide$}", wide = usize::from(COST)), money, NAME);
    if line.room() > BARRED {
        line.put_right(&format!("  {}", bar(share)), money, NAME);
    }
    let columns = figures.iter().zip(COLUMNS).skip(usize::from(by == By::Tool));
    // Whatever does not fit is left out, the first of them first.
    for (figure, (_, wide)) in columns.rev() {
        let pad = usize::from(wide).saturating_sub(width(figure).into());
        if !line.put_right(&format!("{}{figure}", " ".repeat(pad)), style, NAME) {
            return;
        }
    }
}

/// What the headings stand for that are there, and the bar.
fn meaning(by: By, columns: u16) -> String {
    let answers = if by == By::Tool { "" } else { "answers of models; " };
    let bar = if columns > BARRED + COST { "; the bar: a line's share" } else { "" };
    format!("{answers}calls of tools; tokens in, of them from a cache, and out{bar}")
}

fn figures_of(sum: &Sum) -> [String; 5] {
    let used = &sum.usage;
    [
        figures::count(sum.turns),
        figures::count(sum.calls),
        figures::short(used.prompt()),
        figures::short(used.cache_read),
        figures::short(used.output),
    ]
}

/// A share as a bar; blank where there is none.
fn bar(share: Option<(u64, u64)>) -> String {
    let (part, whole) = share.unwrap_or((0, 1));
    let eighths = u128::from(part) * u128::from(BAR) * 8 / u128::from(whole.max(1));
    let mut eighths = usize::try_from(eighths).unwrap_or(0).max(usize::from(part > 0));
    let mut bar = String::new();
    for _ in 0..BAR {
        bar.push_str(EIGHTHS.get(eighths.min(8)).unwrap_or(&" "));
        eighths = eighths.saturating_sub(8);
    }
    bar
}

/// What was used on logins with a plan: tokens, and what a key would have paid.
fn logins(sight: Sight) -> Option<String> {
    let agents: Vec<_> = sight.stage().agents().filter(|it| it.on_login).collect();
    let mut cost = Cost::default();
    for agent in &agents {
        cost += agent.spent;
    }
    let names: Vec<_> = agents.iter().map(|it| it.casting.name.as_str()).collect();
    (!names.is_empty())
        .then(|| format!("API equivalent {cost}: logins with a plan, of {}", names.join(", ")))
}

/// What services have told of how much may still be asked.
fn quotas(sight: Sight<'_>) -> impl Iterator<Item = String> + '_ {
    let now = sight.now();
    let windows = sight
        .stage()
        .quotas()
        .flat_map(|(account, windows)| windows.iter().map(move |it| (account, it)));
    windows.map(move |(account, it)| format!("quota of {account}: {}", it.words(now)))
}

/// Where the figures are from, and what they leave open.
fn notes(by: By, known: &Reckoning, total: &Sum) -> Vec<String> {
    let cost = &total.cost;
    let mut notes = Vec::new();
    if !cost.reported.is_nothing() {
        let (reported, computed) = (cost.reported, cost.computed());
        notes.push(format!("{reported} is what programs say themselves, {computed} is computed"));
    }
    if cost.unpriced > 0 {
        let answers = figures::of(cost.unpriced.into(), "answer has", "answers have");
        let worst = match cost.feared {
            Money(0) => String::new(),
            feared => format!(": at the worst {feared} more"),
        };
        notes.push(format!("{answers} no known price{worst}"));
    }
    if total.cut > 0 {
        let answers = figures::of(total.cut, "answer was", "answers were");
        notes.push(format!("{answers} cut: counted as far as they went"));
    }
    if by == By::Tool {
        notes.push("each call bears the same part of the answer that made it".to_owned());
    }
    if known.ledger.elsewhere != Sum::default() {
        let elsewhere = known.ledger.elsewhere.cost;
        notes.push(format!("{elsewhere} was spent elsewhere, by whom you watch: not counted"));
    }
    notes
}
