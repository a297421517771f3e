//! How a role has done so far in this project.

use crate::model::{Agent, Cost, Life, Millis, Outcome, Stage, Way, play::Phase, script::Failure};
use std::collections::BTreeMap;

/// What became of the agents that were cast in a role.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Track {
    /// Those that came to the end of their brief, and whose work was accepted where a
    /// script judged it.
    pub succeeded: u32,
    /// Those that could not go on, or whose work was not accepted.
    pub failed: u32,
    /// Those that were stopped.
    pub stopped: u32,
    /// Those whose work was taken over.
    pub taken: u32,
    /// Those whose work was thrown away.
    pub thrown_away: u32,
    /// How many checks of their work hold, of those that were made.
    pub checks_held: u32,
    /// How many were made.
    pub checks_made: u32,
    /// What all of them cost.
    pub cost: Cost,
    /// How long all of them were at work.
    pub worked: Millis,
    /// The turns of all of them.
    pub turns: u32,
    /// How often the director had to tell them something: redirects, and new
    /// instructions.
    pub directions: u32,
}

/// The tracks of all roles, by their names.
pub type Tracks = BTreeMap<String, Track>;

impl Track {
    /// How many agents it tells of.
    pub const fn agents(&self) -> u32 {
        self.succeeded.saturating_add(self.failed).saturating_add(self.stopped)
    }

    /// Adds another's agents.
    pub fn add(&mut self, other: &Self) {
        self.succeeded = self.succeeded.saturating_add(other.succeeded);
        self.failed = self.failed.saturating_add(other.failed);
        self.stopped = self.stopped.saturating_add(other.stopped);
        self.taken = self.taken.saturating_add(other.taken);
        self.thrown_away = self.thrown_away.saturating_add(other.thrown_away);
        self.checks_held = self.checks_held.saturating_add(other.checks_held);
        self.checks_made = self.checks_made.saturating_add(other.checks_made);
        self.cost += other.cost;
        self.worked = self.worked.plus(other.worked);
        self.turns = self.turns.saturating_add(other.turns);
        self.directions = self.directions.saturating_add(other.directions);
    }

    /// What an agent adds to its role's track; nothing while it is not over, or
    /// where a rehearsal played it: that proves nothing. Nor does one that runs elsewhere.
    pub fn of(agent: &Agent, stage: &Stage) -> Option<Self> {
        if agent.is_watched() {
            return None;
        }
        let judged = Judged::of(agent, stage);
        let Outcomes { succeeded, failed, stopped } = Outcomes::of(agent, judged.is_refused)?;
        let way = agent.taking.last.as_ref().map(|(way, _)| *way);
        let edits = agent.instructions.len().saturating_sub(1);
        let directions = agent.redirects.len().saturating_add(edits);
        Some(Self {
            succeeded,
            failed,
            stopped,
            taken: u32::from(way.is_some_and(|it| it.is_into_branch() || it == Way::Patch)),
            thrown_away: u32::from(way == Some(Way::ThrowAway)),
            checks_held: judged.held,
            checks_made: judged.made,
            cost: agent.spent,
            worked: agent.worked(agent.since),
            turns: agent.turn.0,
            directions: u32::try_from(directions).unwrap_or(u32::MAX),
        })
    }
}

/// Adds the agents of a session to the tracks of their roles.
pub fn add_session(tracks: &mut Tracks, stage: &Stage) {
    for agent in stage.agents() {
        if let Some(track) = Track::of(agent, stage) {
            tracks.entry(agent.casting.role.clone()).or_default().add(&track);
        }
    }
}

/// One agent's end, as a count.
struct Outcomes {
    succeeded: u32,
    failed: u32,
    stopped: u32,
}

impl Outcomes {
    fn of(agent: &Agent, is_refused: bool) -> Option<Self> {
        let none = Self { succeeded: 0, failed: 0, stopped: 0 };
        if !agent.casting.rehearse.is_empty() {
            return None;
        }
        let Life::Over(outcome) = &agent.life else { return None };
        Some(match outcome {
            Outcome::Succeeded { .. } if is_refused => Self { failed: 1, ..none },
            Outcome::Succeeded { .. } => Self { succeeded: 1, ..none },
            Outcome::Failed { .. } => Self { failed: 1, ..none },
            Outcome::Stopped { .. } => Self { stopped: 1, ..none },
        })
    }
}

/// What a script made of an agent's work.
#[derive(Debug, Clone, Copy, Default)]
struct Judged {
    is_refused: bool,
    held: u32,
    made: u32,
}

impl Judged {
    /// Nothing, where the agent plays in none or judges others.
    fn of(agent: &Agent, stage: &Stage) -> Self {
        let own = || {
            let assignment = agent.casting.assignment.as_ref().filter(|it| it.judges.is_none())?;
            let play = stage.play(assignment.spot.play)?;
            let part = play.part(play.find(&assignment.spot)?)?;
            Some((assignment, part))
        };
        let Some((assignment, part)) = own() else { return Self::default() };
        if part.agent != Some(agent.id) {
            // Somebody else was sent after it, unless the whole was only done again.
            let is_refused = part.attempt > assignment.attempt && part.round <= 1;
            return Self { is_refused, ..Self::default() };
        }
        let refused = part.failure.as_ref().filter(|_| part.phase != Phase::Done);
        let objects = u32::from(matches!(refused, Some((Failure::Check, _))));
        let made = part.checked.saturating_add(objects);
        Self { is_refused: refused.is_some(), held: part.checked, made }
    }
}
