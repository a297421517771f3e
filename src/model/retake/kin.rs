//! Takes of one brief, as a tree: whose take each is, which stand below it, and which turns
//! each knows.

use crate::model::{Agent, Stage, Turn};

impl Stage {
    /// Whose take an agent is, as far as this session tells.
    pub fn taken_from(&self, agent: &Agent) -> Option<&Agent> {
        let take = agent.casting.take.as_ref().filter(|it| it.journal.is_empty())?;
        // A damaged journal may lead round in a circle.
        self.agent(take.of).filter(|it| it.id < agent.id)
    }

    /// The first of the takes that an agent belongs to.
    pub fn first_take<'a>(&'a self, agent: &'a Agent) -> &'a Agent {
        let mut first = agent;
        while let Some(before) = self.taken_from(first) {
            first = before;
        }
        first
    }

    /// All takes that an agent belongs to, as a tree: each with how far below the first it
    /// stands, and behind the one that it was taken from. It alone where there is no other.
    pub fn takes<'a>(&'a self, agent: &'a Agent) -> Vec<(usize, &'a Agent)> {
        let mut all = Vec::new();
        self.list_takes(self.first_take(agent), 0, &mut all);
        all
    }

    fn list_takes<'a>(&'a self, agent: &'a Agent, depth: usize, all: &mut Vec<(usize, &'a Agent)>) {
        all.push((depth, agent));
        let is_next = |it: &&Agent| self.taken_from(it).is_some_and(|it| it.id == agent.id);
        for next in self.agents().filter(is_next) {
            self.list_takes(next, depth + 1, all);
        }
    }
}

/// The turns up to this one in words, without those that were undone: `turns 1 to 2 and 5`.
/// None where none is left.
pub fn turns_known(upto: Turn, without: &[(Turn, Turn)]) -> Option<String> {
    let mut stretches: Vec<(u32, u32)> = Vec::new();
    for turn in 1..=upto.0 {
        if without.iter().any(|(first, last)| (first.0..=last.0).contains(&turn)) {
            continue;
        }
        match stretches.last_mut() {
            Some((_, last)) if *last + 1 == turn => *last = turn,
            _ => stretches.push((turn, turn)),
        }
    }
    let told = |(first, last): &(u32, u32)| match last - first {
        0 => first.to_string(),
        _ => format!("{first} to {last}"),
    };
    match stretches.as_slice() {
        [] => None,
        [(first, last)] if first == last => Some(format!("turn {first}")),
        all => Some(format!("turns {}", all.iter().map(told).collect::<Vec<_>>().join(" and "))),
    }
}
