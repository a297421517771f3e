//! How much of the stage its parts take: with the mouse an edge between two of them is taken
//! and moved, and keys move the one beside the agent that they go to.

use super::{Desk, Done};
use crate::{
    model::{AgentId, Level, Millis, Stage},
    ui::keys::Act,
};

/// The least and the most that a strip or a list takes, in hundredths.
const SHARES: (u16, u16) = (10, 80);
/// How far a key moves an edge to the left or to the right, and up or down.
const STEP: (u16, u16) = (4, 2);

/// An edge between two parts of the stage, which can be taken and moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// What it is the edge of.
    pub of: Side,
    /// Where all parts begin, along the way that it moves.
    pub start: u16,
    /// How long they are together.
    pub length: u16,
    /// It moves to the left and to the right; else up and down.
    pub is_upright: bool,
}

/// A part of the stage of which the size can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The strip, which stands behind what is large.
    Strip,
    /// The list of agents, which stands before all else.
    List,
    /// The pane at this place, of so many that share a row, or the row at this place, of so
    /// many; the edge is the one behind it.
    Pane(usize, usize),
}

/// An edge that keys move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beside {
    /// While this agent has the keys; none for whoever has them.
    pub agent: Option<AgentId>,
    /// Which.
    pub edge: Edge,
    /// Where it stands.
    pub at: u16,
    /// What has the keys grows as it moves on.
    pub grows: bool,
}

/// How much of the stage parts of it take; empty where nobody has said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shares {
    /// The strip, in hundredths.
    pub strip: Option<u16>,
    /// The list of agents, in hundredths.
    pub list: Option<u16>,
    /// Panes side by side: a list holds wherever as many stand in a row.
    pub columns: Vec<Vec<u16>>,
    /// Rows of panes, in the same way.
    pub rows: Vec<Vec<u16>>,
}

impl Shares {
    /// Where so many panes of a row, or so many rows, stand in that stretch: starts and
    /// lengths. None is shorter than the least, as far as there is room.
    pub fn parts(&self, is_upright: bool, stretch: (u16, u16), count: usize) -> Vec<(u16, u16)> {
        let lists = if is_upright { &self.columns } else { &self.rows };
        let said = lists.iter().find(|it| it.len() == count);
        cut(stretch, &said.cloned().unwrap_or_else(|| vec![1; count.max(1)]), least(is_upright))
    }

    /// Has them be so long.
    fn set_parts(&mut self, is_upright: bool, lengths: Vec<u16>) {
        let lists = if is_upright { &mut self.columns } else { &mut self.rows };
        lists.retain(|it| it.len() != lengths.len());
        lists.push(lengths);
    }
}

impl Desk {
    /// Takes an edge, to move it.
    pub fn take_edge(&mut self, edge: Edge) -> Done {
        self.held_edge = Some(edge);
        Done::Redraw
    }

    /// Moves the edge that is held to this place.
    pub fn move_edge(&mut self, column: u16, row: u16) -> Done {
        let Some(edge) = self.held_edge else { return Done::Nothing };
        let Edge { of, start, length, is_upright } = edge;
        let at = if is_upright { column } else { row };
        let along = at.saturating_sub(start).min(length);
        let hundredths = |taken: u16| {
            let length = u32::from(length.max(1));
            let share = (u32::from(taken) * 100 + length / 2) / length;
            Some(held(u16::try_from(share).unwrap_or(SHARES.1)))
        };
        match of {
            Side::Strip => self.shares.strip = hundredths(length - along),
            Side::List => self.shares.list = hundredths(along),
            Side::Pane(place, count) => self.move_between(edge, along, (place, count)),
        }
        Done::Redraw
    }

    /// Moves the edge behind a pane; only it and the next one change.
    fn move_between(&mut self, edge: Edge, along: u16, (place, count): (usize, usize)) {
        let Edge { length, is_upright, .. } = edge;
        let mut parts = self.shares.parts(is_upright, (0, length), count);
        let Some([before, behind]) = parts.get_mut(place..place + 2) else { return };
        let both = before.1 + behind.1;
        // The edge is the last line of the part before it.
        let least = least(is_upright).min(both / 2);
        before.1 = (along + 1).saturating_sub(before.0).clamp(least, both - least);
        behind.1 = both - before.1;
        let lengths = parts.into_iter().map(|it| it.1.max(1)).collect();
        self.shares.set_parts(is_upright, lengths);
    }

    /// Lets go of it. Where the arrangement has a name, its new size is kept there.
    pub fn leave_edge(&mut self, stage: &Stage, now: Millis) -> Done {
        if self.held_edge.take().is_none() {
            return Done::Nothing;
        }
        match self.arranged.clone() {
            Some(name) => self.keep_arrangement(&name, stage, now),
            None => Done::Redraw,
        }
    }

    /// Moves the edge beside what has the keys: it grows, or gives room to its neighbour.
    pub(super) fn resize(&mut self, act: Act, stage: &Stage, now: Millis) -> Done {
        let is_upright = matches!(act, Act::Wider | Act::Narrower);
        let focus = self.focus;
        let mine = |it: &&mut Beside| {
            it.edge.is_upright == is_upright && it.agent.is_none_or(|it| Some(it) == focus)
        };
        // Of several the last counts: it lies over the others.
        let Some(beside) = self.shown.edges.iter_mut().rfind(mine) else {
            let side = if is_upright { "beside" } else { "above or below" };
            let text = format!("nothing stands {side} it that could give or take room");
            return self.say(Level::Note, text, now);
        };
        let Beside { edge, at, grows, .. } = *beside;
        let step = if is_upright { STEP.0 } else { STEP.1 };
        let goes_on = matches!(act, Act::Wider | Act::Taller) == grows;
        let to = if goes_on { at.saturating_add(step) } else { at.saturating_sub(step) };
        // Another press may come before the next picture.
        beside.at = to;
        self.take_edge(edge);
        self.move_edge(to, to);
        self.leave_edge(stage, now)
    }
}

/// A share within its bounds.
pub(super) fn held(share: u16) -> u16 {
    share.clamp(SHARES.0, SHARES.1)
}

/// What a pane has left of its width, or of its height, whatever is said.
const fn least(is_upright: bool) -> u16 {
    if is_upright { 16 } else { 4 }
}

/// Cuts a stretch into parts of these proportions, none shorter than the least, as far as
/// there is room for that: starts and lengths.
fn cut((start, length): (u16, u16), weights: &[u16], least: u16) -> Vec<(u16, u16)> {
    let count = u16::try_from(weights.len()).unwrap_or(u16::MAX).max(1);
    let is_equal = weights.iter().all(|it| Some(it) == weights.first());
    let least = if is_equal { 0 } else { least.min(length / count) };
    let whole: u64 = weights.iter().map(|it| u64::from((*it).max(1))).sum();
    let mut ends = Vec::with_capacity(weights.len());
    let (mut sum, mut from) = (0, 0);
    for (weight, behind) in weights.iter().zip((0..count).rev()) {
        sum += u64::from((*weight).max(1));
        let end = u16::try_from(u64::from(length) * sum / whole).unwrap_or(length);
        // What stands behind it has its least, too.
        let end = end.max(from + least).min(length - least * behind);
        ends.push((start + from, end - from));
        from = end;
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parts_are_as_was_said_for_so_many_and_equal_for_others() {
        let shares = Shares { columns: vec![vec![3, 1], vec![1, 1, 2]], ..Shares::default() };
        assert_eq!(shares.parts(true, (5, 120), 2), [(5, 90), (95, 30)]);
        assert_eq!(shares.parts(true, (0, 120), 3), [(0, 30), (30, 30), (60, 60)]);
        assert_eq!(shares.parts(true, (0, 120), 4).len(), 4);
        assert_eq!(shares.parts(false, (0, 30), 2), [(0, 15), (15, 15)]);
        // The least holds where there is room for it.
        assert_eq!(shares.parts(true, (0, 40), 2), [(0, 24), (24, 16)]);
        assert_eq!(shares.parts(true, (0, 20), 2), [(0, 10), (10, 10)]);
    }

    proptest! {
        #[test]
        fn parts_cover_their_stretch_whatever_was_said(
            start in 0_u16..50, length in 0_u16..400, least in 0_u16..40,
            weights in prop::collection::vec(0_u16.., 1..20),
        ) {
            let parts = cut((start, length), &weights, least);
            prop_assert_eq!(parts.len(), weights.len());
            let mut at = start;
            for (from, long) in parts {
                prop_assert_eq!(from, at);
                at += long;
            }
            prop_assert_eq!(at, start + length);
        }
    }
}
