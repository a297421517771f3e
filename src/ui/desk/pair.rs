//! What two of an audition changed, side by side: which two, and how far it is scrolled.

use super::{
    Desk, DiffWish, Diffed, Done, Screen, SheetRow, Tab,
    pair_rows::{PairRow, rows},
};
use crate::{
    model::{Agent, AgentId, Level, Millis, Stage},
    text::Patch,
    ui::keys::Act,
};

/// How the work of two is looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pair {
    /// Who, in the order of their audition. One of them has the keys.
    pub agents: Option<[AgentId; 2]>,
    /// What stands in which row.
    pub rows: Vec<PairRow>,
    /// The first row in sight.
    pub top: usize,
    /// What was read of each.
    read: [Option<Diffed>; 2],
}

impl Pair {
    /// What was read of the one on that side, or why it can't be; none while it is read.
    pub fn outcome(&self, side: usize) -> Option<&Result<Patch, String>> {
        self.read.get(side)?.as_ref().map(|it| &it.outcome)
    }

    /// The row that the name of the file stands in, of which this row is a part.
    pub fn file_above(&self, row: usize) -> Option<usize> {
        (0..=row).rev().find(|it| self.is_file(*it))
    }

    fn is_file(&self, row: usize) -> bool {
        let sides = self.rows.get(row).into_iter().flatten().flatten();
        sides.into_iter().any(|it| matches!(it, SheetRow::File(_)))
    }

    /// How many files there are, whoever changed them.
    pub fn files(&self) -> usize {
        (0..self.rows.len()).filter(|it| self.is_file(*it)).count()
    }

    /// Looks at these. What was read of them already stays.
    fn turn_to(&mut self, agents: [AgentId; 2]) {
        if self.agents == Some(agents) {
            return;
        }
        let mut before: Vec<Diffed> = self.read.iter_mut().filter_map(Option::take).collect();
        self.read = agents.map(|agent| {
            let at = before.iter().position(|it| it.wish.agent == agent)?;
            Some(before.swap_remove(at))
        });
        self.agents = Some(agents);
        self.top = 0;
        self.lay_out();
    }

    /// Takes what was read of one of them, and keeps the place.
    pub(super) fn take(&mut self, diffed: Diffed) {
        let agents = self.agents.into_iter().flatten();
        let side = agents.zip(&mut self.read).find(|(agent, _)| *agent == diffed.wish.agent);
        if let Some((_, read)) = side {
            *read = Some(diffed);
            self.lay_out();
        }
    }

    fn lay_out(&mut self) {
        let nothing = Patch::default();
        let patches = self
            .read
            .each_ref()
            .map(|it| it.as_ref().and_then(|it| it.outcome.as_ref().ok()).unwrap_or(&nothing));
        self.rows = rows(patches);
        self.top = self.top.min(self.rows.len().saturating_sub(1));
    }
}

impl Desk {
    /// Looks at what the focused agent and another one of its audition changed, side by
    /// side; where there is no other, at what it changed.
    pub(super) fn see_changes(&mut self, stage: &Stage, now: Millis) -> Done {
        let all: Vec<AgentId> = self.audition(stage).iter().map(|it| it.id).collect();
        let here = all.iter().position(|it| Some(*it) == self.focus);
        let (Some(here), true) = (here, all.len() > 1) else {
            let _redraw = self.open_tab(Tab::Changes);
            return self.zoom(stage, now);
        };
        let other = self.beside(stage).or_else(|| all.get((here + 1) % all.len()).copied());
        self.screen = Screen::Diffs;
        self.look_beside(other, stage)
    }

    /// The one beside the one that has the keys.
    fn beside(&self, stage: &Stage) -> Option<AgentId> {
        let all = self.audition(stage);
        let [left, right] = self.pair.agents?;
        let other = if self.focus == Some(left) { right } else { left };
        let is_there = all.iter().any(|it| it.id == other);
        (is_there && self.focus != Some(other)).then_some(other)
    }

    /// Has this one stand beside the one that has the keys: the earlier one of the audition
    /// on the left.
    fn look_beside(&mut self, other: Option<AgentId>, stage: &Stage) -> Done {
        let (Some(focus), Some(other)) = (self.focus, other) else { return Done::Nothing };
        let all = self.audition(stage);
        let place = |agent: AgentId| all.iter().position(|it| it.id == agent);
        let is_in_order = place(focus) < place(other);
        self.pair.turn_to(if is_in_order { [focus, other] } else { [other, focus] });
        Done::Redraw
    }

    /// Gives the keys to the other one.
    pub(super) fn turn_side(&mut self, stage: &Stage, now: Millis) -> Done {
        match self.beside(stage) {
            Some(other) => self.look_at(other, stage, now),
            None => Done::Nothing,
        }
    }

    /// Has another one stand beside the one that has the keys.
    pub(super) fn turn_take(&mut self, places: isize, stage: &Stage, now: Millis) -> Done {
        let others = self.audition(stage).into_iter().map(|it| it.id);
        let others: Vec<AgentId> = others.filter(|it| Some(*it) != self.focus).collect();
        if others.len() < 2 {
            return self.say(Level::Note, "there are only these two", now);
        }
        let beside = self.beside(stage);
        let here = others.iter().position(|it| Some(*it) == beside).unwrap_or(0);
        let count = others.len().cast_signed();
        let there = (here.cast_signed() + places).rem_euclid(count).unsigned_abs();
        self.look_beside(others.get(there).copied(), stage)
    }

    /// Goes to the file after, or before, on both sides.
    pub(super) fn look_through_pair(&mut self, act: Act, now: Millis) -> Done {
        let (top, count) = (self.pair.top, self.pair.rows.len());
        let found = match act {
            Act::NextFile => (top + 1..count).find(|it| self.pair.is_file(*it)),
            Act::PreviousFile => (0..top).rev().find(|it| self.pair.is_file(*it)),
            _ => return Done::Nothing,
        };
        let Some(found) = found else {
            return self.say(Level::Note, "there is no other file in that direction", now);
        };
        self.pair.top = found;
        Done::Redraw
    }

    /// Whether there is a third one that could stand beside the one that has the keys.
    pub fn can_turn_take(&self, stage: &Stage) -> bool {
        self.audition(stage).len() > 2
    }

    /// What should be read of the two, if something should.
    pub(super) fn pair_wish(&self, stage: &Stage) -> Option<DiffWish> {
        let agents = self.pair.agents?;
        let mut sides = agents.into_iter().zip(&self.pair.read);
        sides.find_map(|(agent, read)| {
            let wish = all_of(stage.agent(agent)?)?;
            let is_read = read.as_ref().is_some_and(|it| it.wish == wish);
            (!is_read).then_some(wish)
        })
    }
}

/// All that an agent changed; none where that is nothing.
pub fn all_of(agent: &Agent) -> Option<DiffWish> {
    let store = agent.tree.as_ref().map(|it| it.store.clone()).filter(|it| !it.is_empty())?;
    let from = agent.work_began_at()?.to_owned();
    let to = agent.checkpoints.last()?.commit.clone();
    (from != to).then_some(DiffWish { agent: agent.id, store, from, to })
}
