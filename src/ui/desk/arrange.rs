//! How the stage is arranged as a whole: under a name it is kept, and brought back.

use super::{Desk, Done, Order, Screen, ThemeTask};
use crate::{
    config::{Arrangement, StageLayout},
    model::{Level, Millis, Stage},
};

/// The least and the most that a strip or a list takes, in hundredths.
const SHARES: (u16, u16) = (10, 80);

/// An edge between two parts of the stage, which can be taken and moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// What it is the edge of.
    pub of: Side,
    /// Where both parts begin, along the way that it moves.
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
}

/// How much of the stage parts of it take, in hundredths; none where nobody has said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shares {
    /// The strip.
    pub strip: Option<u16>,
    /// The list of agents.
    pub list: Option<u16>,
}

impl Desk {
    /// What a line says about arrangements, if it does: `layout save night`.
    pub(super) fn arrange_by_line(
        &mut self,
        line: &str,
        stage: &Stage,
        now: Millis,
    ) -> Option<Done> {
        let rest = line.strip_prefix("layout ")?.trim();
        if let Some(name) = rest.strip_prefix("save") {
            return Some(self.keep_arrangement(name.trim(), stage, now));
        }
        let is_known = self.arrangements.contains_key(rest);
        is_known.then(|| self.arrange(rest, stage, now))
    }

    /// Keeps how the stage is arranged, under this name.
    fn keep_arrangement(&mut self, name: &str, stage: &Stage, now: Millis) -> Done {
        let is_ours = StageLayout::ALL.iter().any(|it| it.name() == name) || name == "save";
        if name.is_empty() || name.contains(|it: char| !it.is_alphanumeric() && it != '-') {
            let text = "name it in one word of letters, digits and dashes: layout save NAME";
            return self.say(Level::Warning, text, now);
        }
        if is_ours {
            let text = format!("{name} means something already: choose another name");
            return self.say(Level::Warning, text, now);
        }
        let pinned = self.pinned.iter().filter_map(|it| stage.agent(*it));
        let pinned = pinned.map(|it| it.casting.name.clone());
        let arrangement = Arrangement {
            layout: self.layout,
            order: if self.order == Order::Start { "" } else { self.order.name() }.to_owned(),
            filter: self.filter.clone(),
            pinned: pinned.chain(self.pins_awaited.iter().cloned()).collect(),
            roster: self.roster,
            strip: self.shares.strip,
            list: self.shares.list,
        };
        self.arrangements.insert(name.to_owned(), arrangement.clone());
        self.arranged = Some(name.to_owned());
        self.wearing.wish(ThemeTask::KeepArrangement(name.to_owned(), Box::new(arrangement)));
        Done::Redraw
    }

    /// Arranges the stage as it was kept under this name.
    pub(super) fn arrange(&mut self, name: &str, stage: &Stage, now: Millis) -> Done {
        let Some(kept) = self.arrangements.get(name).cloned() else { return Done::Redraw };
        let Arrangement { layout, order, filter, pinned, roster, strip, list } = kept;
        (self.layout, self.filter, self.roster) = (layout, filter, roster);
        self.order = Order::named(&order).unwrap_or_default();
        self.shares = Shares { strip: strip.map(held), list: list.map(held) };
        self.pinned.clear();
        self.pins_awaited = pinned.into_iter().collect();
        self.pin_awaited(stage);
        self.arranged = Some(name.to_owned());
        if self.screen != Screen::Stage {
            self.return_to_stage();
        }
        let _redraw = self.refocus(stage, now);
        self.say(Level::Note, format!("the stage is arranged as {name}"), now)
    }

    /// Pins those that are to stand first, once they are there.
    pub(super) fn pin_awaited(&mut self, stage: &Stage) {
        if self.pins_awaited.is_empty() {
            return;
        }
        for agent in stage.agents() {
            let before = self.pins_awaited.len();
            self.pins_awaited.retain(|it| !agent.is_called(it));
            if self.pins_awaited.len() < before {
                self.pinned.insert(agent.id);
            }
        }
    }

    /// Takes an edge, to move it.
    pub fn take_edge(&mut self, edge: Edge) -> Done {
        self.held_edge = Some(edge);
        Done::Redraw
    }

    /// Moves the edge that is held to this place.
    pub fn move_edge(&mut self, column: u16, row: u16) -> Done {
        let Some(Edge { of, start, length, is_upright }) = self.held_edge else {
            return Done::Nothing;
        };
        let at = if is_upright { column } else { row };
        let along = at.saturating_sub(start).min(length);
        let taken = match of {
            Side::Strip => length - along,
            Side::List => along,
        };
        let share = u32::from(taken) * 100 / u32::from(length.max(1));
        let share = Some(held(u16::try_from(share).unwrap_or(SHARES.1)));
        match of {
            Side::Strip => self.shares.strip = share,
            Side::List => self.shares.list = share,
        }
        Done::Redraw
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
}

/// A share within its bounds.
fn held(share: u16) -> u16 {
    share.clamp(SHARES.0, SHARES.1)
}
