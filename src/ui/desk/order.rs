//! In which order agents stand on the stage, and how their panes are laid out there.

use super::{Desk, Done};
use crate::{
    config::StageLayout,
    model::{Agent, AgentId, Level, Millis, Reason, Stage, Status},
};

/// In which order agents stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// As they were started.
    #[default]
    Start,
    /// Who needs the director first, then who is at work.
    Need,
    /// By how they stand.
    State,
    /// By their names.
    Name,
    /// By their roles.
    Role,
    /// By the scripts and steps that they are for.
    Script,
}

impl Order {
    /// What it goes by, in a word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Need => "need",
            Self::State => "state",
            Self::Name => "name",
            Self::Role => "role",
            Self::Script => "script",
        }
    }

    /// The one of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let mut order = Self::Start;
        for _ in 0..6 {
            if order.name() == name {
                return Some(order);
            }
            order = order.next();
        }
        None
    }

    const fn next(self) -> Self {
        match self {
            Self::Start => Self::Need,
            Self::Need => Self::State,
            Self::State => Self::Name,
            Self::Name => Self::Role,
            Self::Role => Self::Script,
            Self::Script => Self::Start,
        }
    }

    /// What an agent's place goes by.
    fn key(self, agent: &Agent, need: Option<Reason>, stage: &Stage) -> (u8, String) {
        match self {
            Self::Start => (0, String::new()),
            Self::Need => (rank(agent, need), String::new()),
            Self::State => (agent.status() as u8, String::new()),
            Self::Name => (0, agent.casting.name.clone()),
            Self::Role => (0, agent.casting.role.clone()),
            // Those that are for none stand behind.
            Self::Script => {
                let part = part(agent, stage);
                (u8::from(part.is_empty()), part)
            }
        }
    }
}

/// How much an agent needs the director; 0 is most.
fn rank(agent: &Agent, need: Option<Reason>) -> u8 {
    match (need, agent.status()) {
        (Some(reason), _) => reason.urgency() as u8,
        (None, Status::Failed) => 3,
        (None, Status::Starting | Status::Running | Status::Pausing | Status::Waiting) => 4,
        (None, Status::Paused | Status::Queued) => 5,
        (None, Status::Succeeded | Status::Stopped) => 6,
    }
}

/// The script and the step that an agent is for; empty where it is for none.
pub(super) fn part(agent: &Agent, stage: &Stage) -> String {
    let Some(assignment) = agent.casting.assignment.as_deref() else { return String::new() };
    let spot = &assignment.spot;
    let script = stage.play(spot.play).map_or("", |it| it.script.name.as_str());
    format!("{script} {}", spot.step)
}

impl Desk {
    /// These agents in the order in which they stand: those that are pinned first.
    pub(super) fn in_order(&self, mut agents: Vec<AgentId>, stage: &Stage) -> Vec<AgentId> {
        if self.order == Order::Start && self.pinned.is_empty() {
            return agents;
        }
        let needing = stage.needing(stage.now());
        agents.sort_by_cached_key(|it| {
            let need = needing.get(it).copied();
            let key = stage.agent(*it).map(|agent| self.order.key(agent, need, stage));
            (!self.pinned.contains(it), key)
        });
        agents
    }

    /// Has them stand in another order.
    pub(super) fn next_order(&mut self, stage: &Stage, now: Millis) -> Done {
        self.order = self.order.next();
        self.turn_page(stage);
        self.say(Level::Note, format!("by {}", self.order.name()), now)
    }

    /// Has the focused agent stand first, or no longer.
    pub(super) fn pin(&mut self, stage: &Stage, now: Millis) -> Done {
        let Some(agent) = self.focused(stage) else { return Done::Nothing };
        let (id, name) = (agent.id, agent.casting.name.clone());
        let is_new = self.pinned.insert(id);
        if !is_new {
            self.pinned.remove(&id);
        }
        self.turn_page(stage);
        let text = if is_new { "stands first" } else { "stands where it was" };
        self.say(Level::Note, format!("{name} {text}"), now)
    }

    /// Lays the stage out in another way, for now.
    pub(super) fn next_layout(&mut self, stage: &Stage, now: Millis) -> Done {
        self.layout = self.layout.next();
        self.turn_page(stage);
        let name = self.layout.name();
        self.say(Level::Note, format!("{name}; `:layout {name}` keeps it"), now)
    }

    /// Lays the stage out so, from now on.
    pub(super) fn lay_out(&mut self, layout: StageLayout, stage: &Stage) -> Done {
        self.layout = layout;
        self.turn_page(stage);
        self.keep_layout();
        Done::Redraw
    }
}
