//! Whose an agent is and who works for it: whom it has set to work, and from whose hands
//! its work came and into whose it went.

use super::super::{prose, scene::Sight, status};
use crate::model::{Agent, AgentId};
use ratatui::text::{Line, Span};

/// How wide the names of its lines are.
const LABEL: usize = 18;

pub(super) fn lines(agent: &Agent, columns: u16, sight: Sight) -> Vec<Line<'static>> {
    let palette = sight.palette;
    let said = kin(agent, sight);
    if said.is_empty() {
        return Vec::new();
    }
    let heading = Line::from(Span::styled("Among agents", palette.heading));
    let mut lines = vec![Line::default(), heading];
    for (name, what) in said {
        lines.extend(prose::plain(&format!("{name:LABEL$}{what}"), columns, palette.text));
    }
    lines
}

fn kin(agent: &Agent, sight: Sight) -> Vec<(&'static str, String)> {
    let stage = sight.stage();
    let mut said = Vec::new();
    if let Some(parent) = stage.parent(agent) {
        said.push(("works for", format!("{}, which is told what it comes to", named(parent))));
    }
    if let Some((giver, handed)) = stage.handed_by(agent) {
        said.push(("handed off by", format!("{}: {}", named(giver), handed.note)));
    }
    said.extend(children(agent, sight).into_iter().map(|it| ("set to work", it)));
    if let Some(handed) = &agent.kin.handed_off {
        let successors = agent.kin.successors.iter().filter_map(|it| stage.agent(*it));
        let to: Vec<String> = successors.map(named).collect();
        let to = if to.is_empty() { handed.to.clone() } else { to.join(", ") };
        said.push(("handed off to", format!("{to}: {}", handed.note)));
    }
    said
}

fn named(agent: &Agent) -> String {
    format!("{} ({})", agent.casting.name, agent.casting.role)
}

/// Those that an agent has set to work, each with how it stands.
pub(in super::super) fn children(agent: &Agent, sight: Sight) -> Vec<String> {
    let child = |id: &AgentId| {
        let child = sight.stage().agent(*id)?;
        Some(format!("{}: {}", child.casting.name, status::activity(child, sight)))
    };
    agent.kin.children.iter().filter_map(child).collect()
}
