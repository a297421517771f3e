//! Figures as columns, over time or turn by turn.
//!
//! ```text
//!  $0.42 ┤      ▄▇▂
//!        │  ▂▅▇▇███▆▁
//!      0 └────────────────────────
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
    let columns = area.width.saturating_sub(SCALE + 1);
    let parts: Vec<u64> = known.pace.parts(end, columns.into()).iter().map(of).collect();
    let heights = a_minute(&parts, end);
    let most = heights.iter().copied().max().unwrap_or(0);
    let whole = u128::from(parts.iter().sum::<u64>());
    let mean = u64::try_from(whole * MINUTE / u128::from(end.0.max(1))).unwrap_or(u64::MAX);
    // Of less than a minute nobody knows what a minute is.
    let mean = (u128::from(end.0) >= MINUTE).then(|| format!(", {} on average", tell(mean)));
    let told = format!("{what}: {} at most{}", tell(most), mean.unwrap_or_default());
    Row::new(buffer, area, 0).put(&told, sight.palette.text);
    let below = ink::lines(area, 1, area.height.saturating_sub(1));
    draw_columns(buffer, below, (&heights, &tell(most)), style, sight);
    let time = ink::lines(area, area.height.saturating_sub(1), 1);
    draw_time(buffer, time, (SCALE + 1, columns), end, sight);
}

/// What it came to in the minute up to each column; where a column is longer than that, in
/// a minute of it.
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
    (0..parts.len()).map(rate).collect()
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
    // A few turns are drawn as wide as there is room, up to four columns each.
    let wide = (columns / turns.len().max(1)).clamp(1, 4);
    let heights: Vec<u64> = turns.iter().flat_map(|it| std::iter::repeat_n(it.1, wide)).collect();
    let most = heights.iter().copied().max().unwrap_or(0);
    let told = format!(
        "tokens in the window of {name}, turn by turn: {} now, {} at most",
        figures::short(last.1),
        figures::short(most)
    );
    Row::new(buffer, area, 0).put(&told, palette.text);
    let below = ink::lines(area, 1, area.height.saturating_sub(1));
    draw_columns(buffer, below, (&heights, &figures::short(most)), palette.accent, sight);
    let axis = ink::indent(ink::lines(area, area.height.saturating_sub(1), 1), SCALE + 1);
    let drawn = u16::try_from(heights.len()).unwrap_or(u16::MAX).min(axis.width);
    let mut row = Row::new(buffer, Rect { width: drawn.max(9).min(axis.width), ..axis }, 0);
    row.put(&format!("turn {}", first.0), palette.dim);
    if last.0 != first.0 {
        row.put_right(&last.0.to_string(), palette.dim, 1);
    }
}

/// Columns above an axis, on all of an area but its last line.
fn draw_columns(
    buffer: &mut Buffer,
    area: Rect,
    (heights, top): (&[u64], &str),
    style: Style,
    sight: Sight,
) {
    let dim = sight.palette.dim;
    let lines = area.height.saturating_sub(2);
    let most = heights.iter().copied().max().unwrap_or(0).max(1);
    for line in 0..lines {
        let mut row = Row::new(buffer, area, line);
        let scale = if line == 0 { top } else { "" };
        row.skip((SCALE - 1).saturating_sub(width(scale))).put(scale, dim);
        row.put(if line == 0 { " ┤" } else { " │" }, dim);
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
    row.skip(SCALE - 2).put("0", dim).put(" └", dim);
    row.fill("─", dim);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_what_the_last_minute_came_to_and_no_more_than_that() {
        // Half a minute in ten columns: all of it is within one.
        let parts = [0, 4, 0, 0, 6, 0, 0, 0, 0, 1];
        assert_eq!(a_minute(&parts, Millis(30_000)), [0, 4, 4, 4, 10, 10, 10, 10, 10, 11]);
        // Ten minutes: each column is one.
        assert_eq!(a_minute(&parts, Millis(600_000)), parts);
        // Half an hour: each column is three.
        let parts = [0, 3, 0, 0, 6, 0, 0, 0, 0, 9];
        assert_eq!(a_minute(&parts, Millis(1_800_000)), [0, 1, 0, 0, 2, 0, 0, 0, 0, 3]);
    }
}
