//! Everything a picture is made of, and what of it can be clicked.

use super::{palette::Palette, timeline::Playback};
use crate::model::{Agent, AgentId, Millis, Stage};
use ratatui::layout::{Position, Rect};

/// All that the picture depends on. Nothing in it changes while it is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The state of the session.
    pub stage: &'a Stage,
    /// The agent that has the keys.
    pub focus: Option<AgentId>,
    /// The tab of the focused agent, if it has the whole screen.
    pub zoom: Option<Tab>,
    /// How far the open tab is scrolled: lines from its start, of a log back from its end.
    pub scroll: usize,
    /// What is searched for; empty for nothing.
    pub wanted: &'a str,
    /// The time of the session at which the picture is taken.
    pub now: Millis,
    /// Where the replay stands, if this is one.
    pub playback: Option<Playback<'a>>,
    /// What is wrong with the journal, if anything: nothing may be lost unseen.
    pub trouble: Option<&'a str>,
    /// What the first screen says while there is no agent.
    pub welcome: Option<&'a Welcome>,
}

/// What the first screen says beyond what it always says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Welcome {
    /// Lines of plain words: what was looked for and not found, and what to do.
    pub lines: Vec<String>,
}

/// What is looked at of one agent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named after what it shows")]
pub enum Tab {
    #[default]
    Log,
    Brief,
    Tools,
    Files,
    Cost,
    Events,
}

impl Tab {
    /// All of them, as they stand side by side.
    pub const ALL: [Self; 6] =
        [Self::Log, Self::Brief, Self::Tools, Self::Files, Self::Cost, Self::Events];
}

/// Something on the screen that can be clicked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hit {
    /// An agent: its pane, or its line in the roster.
    Agent(AgentId),
    /// A tab of the agent that is looked at.
    Tab(Tab),
    /// The timeline of a replay.
    Timeline,
}

/// Where what can be clicked stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hits {
    areas: Vec<(Rect, Hit)>,
}

impl Hits {
    /// What stands at that place, and its area; of things that overlap, the one
    /// on top.
    pub fn at(&self, column: u16, row: u16) -> Option<(Rect, Hit)> {
        let place = Position { x: column, y: row };
        self.areas.iter().rev().find(|(area, _)| area.contains(place)).copied()
    }

    pub(super) fn add(&mut self, area: Rect, hit: Hit) {
        self.areas.push((area, hit));
    }
}

/// A scene as the panels see it: with the looks at hand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sight<'a> {
    pub(super) scene: &'a Scene<'a>,
    pub(super) palette: &'a Palette,
}

impl<'a> Sight<'a> {
    pub(super) const fn stage(&self) -> &'a Stage {
        self.scene.stage
    }

    pub(super) const fn now(&self) -> Millis {
        self.scene.now
    }

    pub(super) fn has_focus(&self, agent: &Agent) -> bool {
        self.scene.focus == Some(agent.id)
    }
}
