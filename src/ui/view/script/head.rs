//! The lines above the steps: which play this is, whose, and how it stands.
//!
//! ```text
//!  outer › greet[2] › inner (3 of 4) · failed · 1 of 2 steps over          $0.02 · 0:42
//!  greet failed: the command ended with 1
//! ```

use super::{
    super::{
        figures,
        ink::{self, Row},
        scene::Sight,
    },
    spent,
};
use crate::{
    model::{
        Status,
        play::{Play, PlayEnd},
    },
    text::one_line,
};
use ratatui::{buffer::Buffer, layout::Rect};

/// From so many lines on, the second one is there where it has something to say.
pub(super) const ROOM: u16 = 3;
/// No more is told of it, in columns.
const ABOUT: usize = 400;

/// What there is to know of a play beyond how it stands: why it has failed, or what
/// another one gives it.
#[derive(Debug, Clone)]
pub(super) enum About {
    /// Why it has failed.
    Failed(String),
    /// What it was given.
    Given(String),
}

pub(super) fn about(play: &Play) -> Option<About> {
    if let Some((_, PlayEnd::Failed(why))) = &play.end {
        return Some(About::Failed(one_line(why, ABOUT)));
    }
    play.parent.as_ref()?;
    let inputs = play.inputs.as_object().into_iter().flatten();
    let given: Vec<String> = inputs.map(|(name, value)| format!("{name} = {value}")).collect();
    (!given.is_empty()).then(|| About::Given(one_line(&given.join(", "), ABOUT)))
}

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    (play, about): (&Play, Option<About>),
    sight: Sight,
) {
    let palette = sight.palette;
    let mut row = Row::new(buffer, ink::indent(area, 2), 0);
    if let Some(spot) = &play.parent
        && let Some(parent) = sight.stage().play(spot.play)
    {
        row.put(&format!("{} › {spot} › ", parent.script.name), palette.dim);
    }
    row.put(&play.script.name, palette.strong);
    if play.version > 1 {
        row.put(&format!(" v{}", play.version), palette.dim);
    }
    let plays = sight.stage().plays().len();
    if plays > 1 {
        row.put(&format!(" ({} of {plays})", play.id), palette.dim);
    }
    let (word, style) = match (&play.end, &play.stopping) {
        (Some((_, PlayEnd::Succeeded)), _) => ("done", palette.ok),
        (Some((_, PlayEnd::Failed(_))), _) => ("failed", palette.trouble),
        (Some((_, PlayEnd::Stopped(_))), _) => ("stopped", palette.warning),
        (None, Some(_)) => ("stopping", palette.warning),
        (None, None) if play.paused => ("paused", palette.status(Status::Paused)),
        (None, None) if sight.stage().is_waited_in(play) => ("needs you", palette.need),
        (None, None) => ("playing", palette.accent),
    };
    row.put(" · ", palette.dim).put(word, style);
    let over = play.steps.len() - play.open();
    let steps = figures::of(play.steps.len() as u64, "step", "steps");
    row.put(&format!(" · {over} of {steps} over"), palette.dim);
    let until = play.end.as_ref().map_or_else(|| sight.now(), |(at, _)| *at);
    row.put_right(&until.since(play.began).to_string(), palette.dim, 0);
    let cost = figures::cost(spent(sight, |it| it.play == play.id));
    row.put_right(&format!("{cost} · "), palette.money, 0);
    let mut second = Row::new(buffer, ink::indent(area, 2), 1);
    match about.filter(|_| area.height > 1) {
        Some(About::Failed(why)) => drop(second.put(&why, palette.trouble)),
        Some(About::Given(what)) => drop(second.put(&what, palette.dim)),
        None => {}
    }
}
