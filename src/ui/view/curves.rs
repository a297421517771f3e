//! What a replayed session cost and how full its agents' windows were, below its
//! timeline, column by column as that.
//!
//! ```text
//!  ▁▁▁▁▁▂▂▂▂▂▂▃▃▃▃▃▅▅▅▅▅▅▆▆▆▆▆█  cost $0.42 now, $1.20 at the end
//!  ▁▂▃▄▅▁▂▃▃▃▃▄▄▄▅▅▅▅▆▆▆▆▇▇▇█▂▂  fullest window 12.3k, peak 48k
//! ```

use super::{
    figures,
    ink::{self, Row},
    palette::Palette,
    scene::Sight,
    timeline::column,
};
use crate::{
    journal::Sample,
    model::{AgentId, Cost, Money},
    ui::desk::Playhead,
};
use ratatui::{buffer::Buffer, layout::Rect};
use std::collections::BTreeMap;

/// How many lines they take.
pub(super) const HEIGHT: u16 = 2;
/// From this height of the screen on there is room for them.
const ROOM: u16 = 24;

/// From nothing to all of it.
const STEPS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// Whether they are drawn on a screen so high.
pub(super) fn are_shown(playhead: &Playhead, rows: u16) -> bool {
    rows >= ROOM && playhead.curve.iter().any(|it| it.context > 0 || !it.spent.is_nothing())
}

/// Draws them, as wide as the timeline's bar.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, bar: u16, playhead: &Playhead, sight: Sight) {
    let agent = sight.desk().followed();
    let samples: &[Sample] = &playhead.curve;
    let palette = sight.palette;
    let (cost, spent, total) = cost(samples, playhead, bar);
    // What nobody knows the price of is said here as it is in the header.
    let unpriced = sight.stage().totals().spent.unpriced;
    let told = |known| figures::cost(Cost { known, unpriced, ..Cost::default() });
    let whose = if agent.is_some() { ", all agents" } else { "" };
    let room = area.width.saturating_sub(bar);
    let (spent, total) = (told(spent), told(total));
    let long = format!(" cost {spent} now, {total} at the end{whose}");
    let fits = ink::width(&long) <= room;
    let label = if fits { long } else { format!(" cost {spent}, at the end {total}") };
    let head = usize::from(column((playhead.seq, playhead.at), playhead, bar));
    line(buffer, ink::lines(area, 0, 1), (&cost, head, &label), palette);
    let (context, full, most) = context(samples, agent, playhead, bar);
    let (full, most) = (figures::short(full), figures::short(most));
    let what = if agent.is_some() { "context" } else { "fullest window" };
    let label = format!(" {what} {full}, peak {most}");
    line(buffer, ink::lines(area, 1, 1), (&context, head, &label), palette);
}

fn line(
    buffer: &mut Buffer,
    area: Rect,
    (heights, head, label): (&[usize], usize, &str),
    palette: &Palette,
) {
    let mut row = Row::new(buffer, area, 0);
    for (column, height) in heights.iter().enumerate() {
        let style = if column < head { palette.played } else { palette.timeline };
        row.put_whole(STEPS.get(*height).unwrap_or(&" "), style);
    }
    row.put(label, palette.dim);
}

/// What was spent by each column, from 0 to 8; at the head, and in all.
fn cost(samples: &[Sample], playhead: &Playhead, columns: u16) -> (Vec<usize>, Money, Money) {
    let total = samples.last().map_or(Money(0), |it| it.spent);
    let mut heights = vec![0; usize::from(columns)];
    let (mut next, mut spent) = (samples.iter().peekable(), Money(0));
    for (place, height) in (0..columns).zip(&mut heights) {
        while let Some(sample) =
            next.next_if(|it| column((it.seq, it.at), playhead, columns) <= place)
        {
            spent = sample.spent;
        }
        *height = share(spent.0, total.0);
    }
    (heights, playhead.spent().unwrap_or_default(), total)
}

/// How full the window of an agent was in each column, or the fullest of all, from 0 to
/// 8; at the head, and at most.
fn context(
    samples: &[Sample],
    agent: Option<AgentId>,
    playhead: &Playhead,
    columns: u16,
) -> (Vec<usize>, u64, u64) {
    let its = |it: &&Sample| agent.is_none_or(|agent| it.agent == agent);
    let most = samples.iter().filter(its).map(|it| it.context).max().unwrap_or(0);
    let mut full: BTreeMap<AgentId, u64> = BTreeMap::new();
    let fullest = |full: &BTreeMap<AgentId, u64>| full.values().copied().max().unwrap_or(0);
    let (mut heights, mut at_head) = (vec![0; usize::from(columns)], 0);
    let mut next = samples.iter().filter(its).peekable();
    for (place, height) in (0..columns).zip(&mut heights) {
        let mut top = fullest(&full);
        while let Some(sample) =
            next.next_if(|it| column((it.seq, it.at), playhead, columns) <= place)
        {
            full.insert(sample.agent, sample.context);
            top = top.max(sample.context);
            if sample.seq <= playhead.seq {
                at_head = fullest(&full);
            }
        }
        *height = share(top, most);
    }
    (heights, at_head, most)
}

/// A share of the whole, from 0 to 8; more than nothing is at least 1.
fn share(part: u64, whole: u64) -> usize {
    let eighths = u128::from(part.min(whole)) * 8 / u128::from(whole.max(1));
    let eighths = usize::try_from(eighths).unwrap_or(8);
    if part > 0 { eighths.max(1) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{Millis, Seq},
        ui::desk::Axis,
    };

    fn head() -> Playhead {
        let sample = |seq, agent, spent, context| Sample {
            seq: Seq(seq),
            at: Millis(seq * 100),
            spent: Money(spent),
            agent: AgentId(agent),
            context,
        };
        let curve = [sample(2, 1, 100, 4_000), sample(4, 2, 400, 8_000), sample(6, 1, 800, 1_000)];
        Playhead {
            seq: Seq(5),
            duration: Millis(900),
            axis: Axis::new(&[], Millis(900)),
            curve: curve.into(),
            ..Playhead::default()
        }
    }

    #[test]
    fn cost_climbs_to_the_whole_and_the_head_knows_its_own() {
        let head = head();
        let (heights, spent, total) = cost(&head.curve, &head, 10);
        assert_eq!(heights, [0, 0, 1, 1, 4, 4, 8, 8, 8, 8]);
        assert_eq!((spent, total), (Money(400), Money(800)));
    }

    #[test]
    fn the_fullest_window_is_told_and_that_of_one_agent_alone() {
        let head = head();
        let (heights, full, most) = context(&head.curve, None, &head, 10);
        assert_eq!(heights, [0, 0, 4, 4, 8, 8, 8, 8, 8, 8]);
        assert_eq!((full, most), (8_000, 8_000));
        let (heights, full, most) = context(&head.curve, Some(AgentId(1)), &head, 10);
        assert_eq!(heights, [0, 0, 8, 8, 8, 8, 8, 2, 2, 2]);
        assert_eq!((full, most), (4_000, 4_000));
    }
}
