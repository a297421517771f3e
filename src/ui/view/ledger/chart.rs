//! Figures as columns, over time or turn by turn.
//!
//! ```text
//!  $0.42 ┤      ▄▇▂
//!  $0.21 ┤  ▂▅▇▇███▆▁
//!  $0.00 └────────────────────────
//!        0:00       5:00      10:00
//! ```

use super::{draw_time, end};
use crate::{
    history::{Reckoning, Stretch},
    model::{Millis, Money},
    ui::view::{
        figures,
        ink::{self, Row, width},
        scene::Sight,
    },
};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};

/// How wide the figures beside an axis are.
const SCALE: u16 = 10;
/// From nothing to a whole line.
const EIGHTHS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const MINUTE: u128 = 60_000;
/// A chart over time is no lower, where there is room for it.
const LOW: u16 = 12;
/// From so many lines on its middle is told.
const MIDDLE: u16 = 6;

/// What was spent a minute.
pub(super) fn draw_burn(buffer: &mut Buffer, area: Rect, known: &Reckoning, sight: Sight) {
    let style = sight.palette.money;
    let spent: fn(&Stretch) -> u64 = |it| it.spent.0;
    let tell = |rate| Money(rate).to_string();
    draw_rate(buffer, area, (known, "spent in a minute", spent), (style, &tell), sight);
}

/// Tokens a minute, in and out.
pub(super) fn draw_tokens(buffer: &mut Buffer, area: Rect, known: &Reckoning, sight: Sight) {
    let style = sight.palette.accent;
    let tokens: fn(&Stretch) -> u64 = |it| it.tokens;
    draw_rate(
        buffer,
        area,
        (known, "tokens in a minute, in and out", tokens),
        (style, &figures::short),
        sight,
    );
}

fn draw_rate(
    buffer: &mut Buffer,
    area: Rect,
    (known, what, of): (&Reckoning, &str, fn(&Stretch) -> u64),
    (style, tell): (Style, &dyn Fn(u64) -> String),
    sight: Sight,
) {
    let end = end(known, sight);
    // A figure that is looked at is no wall.
    let area = ink::lines(area, 0, (area.height / 3).max(LOW));
    let columns = area.width.saturating_sub(SCALE + 1);
    let parts: Vec<u64> = known.pace.parts(end, columns.into()).iter().map(of).collect();
    let heights = a_minute(&parts, end);
    let most = heights.iter().copied().max().unwrap_or(0);
    let whole = u128::from(parts.iter().sum::<u64>());
    let mean = u64::try_from(whole * MINUTE / u128::from(end.0.max(1))).unwrap_or(u64::MAX);
    // Of less than a minute nobody knows what a minute is.
    if u128::from(end.0) < MINUTE {
        let so_far = tell(u64::try_from(whole).unwrap_or(u64::MAX));
        let told = format!("{what}: known after the first minute; {so_far} so far");
        Row::new(buffer, area, 0).put(&told, sight.palette.text);
        return;
    }
    let told = format!("{what}: {} at most, {} on average", tell(most), tell(mean));
    Row::new(buffer, area, 0).put(&told, sight.palette.text);
    let below = ink::lines(area, 1, area.height.saturating_sub(1));
    draw_columns(buffer, below, (&heights, tell), style, sight);
    let time = ink::lines(area, area.height.saturating_sub(1), 1);
    draw_time(buffer, time, (SCALE + 1, columns), end, sight);
}

/// What it came to in the minute up to each column; where a column is longer than that, in
/// a minute of it. Before the first minute is over, nothing is known.
fn a_minute(parts: &[u64], end: Millis) -> Vec<u64> {
    let span = u128::from(end.0.max(1));
    let columns = parts.len().max(1) as u128;
    // So many columns are a minute, or one is more than that.
    let window = usize::try_from((MINUTE * columns).div_ceil(span)).unwrap_or(usize::MAX).max(1);
    let long = (span * window as u128 / columns).max(1);
    let sum = |at: usize| {
        let parts = parts.get((at + 1).saturating_sub(window)..=at).unwrap_or_default();
        parts.iter().map(|it| u128::from(*it)).sum::<u128>()
    };
    let rate = |at| u64::try_from(sum(at) * MINUTE / long.max(MINUTE)).unwrap_or(u64::MAX);
    let is_known = |at: usize| span * (at as u128 + 1) / columns >= MINUTE;
    (0..parts.len()).map(|at| if is_known(at) { rate(at) } else { 0 }).collect()
}

/// How full the window of the focused agent was.
pub(super) fn draw_context(buffer: &mut Buffer, area: Rect, known: &Reckoning, sight: Sight) {
    let palette = sight.palette;
    let Some(agent) = sight.desk().focused(sight.stage()) else {
        Row::new(buffer, area, 0).put("nobody is looked at", palette.dim);
        return;
    };
    let columns = usize::from(area.width.saturating_sub(SCALE + 1));
    let turns = known.fills.of(agent.id);
    let skipped = turns.len().saturating_sub(columns);
    let turns: Vec<_> = turns.skip(skipped).collect();
    let name = &agent.casting.name;
    let (Some(first), Some(last)) = (turns.first(), turns.last()) else {
        let text = format!("{name}: no turn has ended yet");
        Row::new(buffer, area, 0).put(&text, palette.dim);
        return;
    };
    let values: Vec<u64> = turns.iter().map(|it| it.1).collect();
    // One turn alone is no wall.
    let columns = columns.min(values.len().saturating_mul((columns / 4).max(12)));
    let heights = spread(&values, columns);
    let most = values.iter().copied().max().unwrap_or(0);
    let window = agent.casting.window.map_or_else(String::new, |it| {
        let percent =
            figures::percent(last.1, it).map_or_else(String::new, |it| format!("{it} % "));
        format!(", {percent}of {}", figures::short(it))
    });
    let told = format!(
        "tokens in the window of {name}, turn by turn: {} now{window}, {} at most",
        figures::short(last.1),
        figures::short(most)
    );
    Row::new(buffer, area, 0).put(&told, palette.text);
    let below = ink::lines(area, 1, area.height.saturating_sub(1));
    draw_columns(buffer, below, (&heights, &figures::short), palette.accent, sight);
    let axis = ink::indent(ink::lines(area, area.height.saturating_sub(1), 1), SCALE + 1);
    let drawn = u16::try_from(columns).unwrap_or(u16::MAX).min(axis.width);
    let axis = Rect { width: drawn.max(9).min(axis.width), ..axis };
    let mut row = Row::new(buffer, axis, 0);
    row.put(&format!("turn {}", first.0), palette.dim);
    if last.0 != first.0 {
        row.put_right(&last.0.to_string(), palette.dim, 1);
    }
    if let Some(middle) = turns.get(turns.len() / 2).filter(|_| turns.len() > 4 && axis.width > 40)
    {
        let at = turns.len() / 2 * columns / turns.len();
        let place = ink::indent(axis, u16::try_from(at).unwrap_or(u16::MAX));
        Row::new(buffer, place, 0).put(&middle.0.to_string(), palette.dim);
    }
}

/// A few values over all columns, parted where there is room for that.
fn spread(values: &[u64], columns: usize) -> Vec<u64> {
    let count = values.len().max(1);
    let begins = |nth: usize| nth * columns / count;
    let mut heights = Vec::with_capacity(columns);
    for (nth, value) in values.iter().enumerate() {
        let wide = begins(nth + 1) - begins(nth);
        let gap = usize::from(wide > 2);
        heights.extend(std::iter::repeat_n(*value, wide - gap));
        heights.extend(std::iter::repeat_n(0, gap));
    }
    heights
}

/// Columns above an axis, on all of an area but its last line.
fn draw_columns(
    buffer: &mut Buffer,
    area: Rect,
    (heights, tell): (&[u64], &dyn Fn(u64) -> String),
    style: Style,
    sight: Sight,
) {
    let dim = sight.palette.dim;
    let lines = area.height.saturating_sub(2);
    let most = heights.iter().copied().max().unwrap_or(0).max(1);
    for line in 0..lines {
        let mut row = Row::new(buffer, area, line);
        let is_middle = lines >= MIDDLE && (lines - line) * 2 == lines + lines % 2;
        let scale = match line {
            0 => tell(most),
            _ if is_middle => tell(most * u64::from(lines - line) / u64::from(lines)),
            _ => String::new(),
        };
        row.skip((SCALE - 1).saturating_sub(width(&scale))).put(&scale, dim);
        row.put(if scale.is_empty() { " │" } else { " ┤" }, dim);
        let floor = u128::from(lines - 1 - line) * 8;
        for height in heights {
            let full = u128::from(*height) * u128::from(lines) * 8 / u128::from(most);
            // More than nothing is seen.
            let full = full.max(u128::from(*height > 0));
            let part = usize::try_from(full.saturating_sub(floor).min(8)).unwrap_or(8);
            row.put(EIGHTHS.get(part).unwrap_or(&" "), style);
        }
    }
    let mut row = Row::new(buffer, area, lines);
    let nothing = tell(0);
    row.skip((SCALE - 1).saturating_sub(width(&nothing))).put(&nothing, dim).put(" └", dim);
    row.fill("─", dim);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_turns_take_all_the_room_there_is() {
        assert_eq!(spread(&[5, 7], 8), [5, 5, 5, 0, 7, 7, 7, 0]);
        assert_eq!(spread(&[5, 7, 9], 8), [5, 5, 7, 7, 0, 9, 9, 0]);
        assert_eq!(spread(&[5, 7, 9], 3), [5, 7, 9]);
        assert_eq!(spread(&[], 3), Vec::<u64>::new());
    }

    #[test]
    fn a_minute_is_what_the_last_minute_came_to_and_no_more_than_that() {
        // A minute and a quarter in ten columns: before the eighth none is over.
        let parts = [0, 4, 0, 0, 6, 0, 0, 0, 0, 1];
        assert_eq!(a_minute(&parts, Millis(75_000)), [0, 0, 0, 0, 0, 0, 0, 10, 10, 7]);
        assert_eq!(a_minute(&parts, Millis(30_000)), [0; 10]);
        // Ten minutes: each column is one.
        assert_eq!(a_minute(&parts, Millis(600_000)), parts);
        // Half an hour: each column is three.
        let parts = [0, 3, 0, 0, 6, 0, 0, 0, 0, 9];
        assert_eq!(a_minute(&parts, Millis(1_800_000)), [0, 1, 0, 0, 2, 0, 0, 0, 0, 3]);
    }
}
