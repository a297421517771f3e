//! How an agent is held: a quiet sign where it is, a loud word where it is not.

use super::{palette::Palette, prose, scene::Sight};
use crate::model::{Agent, Enclosure, Sandbox};
use ratatui::{
    style::Style,
    text::{Line, Span},
};

/// The sign for a pane's edge and how it looks; none before it is known.
pub(super) fn sign(agent: &Agent, palette: &Palette) -> Option<(&'static str, Style)> {
    Some(match agent.sandbox.as_ref()?.how {
        Enclosure::Bubblewrap => ("▣", palette.dim),
        Enclosure::Landlock => ("▢", palette.dim),
        Enclosure::None => ("unsandboxed", palette.need),
    })
}

/// The same in words, for where there is more room.
pub(super) fn words(agent: &Agent, palette: &Palette) -> Option<(String, Style)> {
    let sandbox = agent.sandbox.as_ref()?;
    let (_, style) = sign(agent, palette)?;
    Some(match sandbox.how {
        Enclosure::None => ("unsandboxed".to_owned(), style),
        how => (format!("{}, {}", how.name(), sandbox.network.words()), style),
    })
}

/// All that is to be said about it.
pub(super) fn lines(agent: &Agent, columns: u16, sight: Sight) -> Vec<Line<'static>> {
    let palette = sight.palette;
    let Some(sandbox) = &agent.sandbox else { return Vec::new() };
    let heading = format!("Sandbox: {}", sandbox.how.name());
    let mut lines = vec![Line::default(), Line::from(Span::styled(heading, palette.heading))];
    lines.extend(prose::plain(held(sandbox), columns, palette.text));
    if sandbox.how != Enclosure::None {
        lines.extend(prose::plain(&sandbox.network.words(), columns, palette.text));
    }
    if !sandbox.why.is_empty() {
        lines.extend(prose::plain(&sandbox.why, columns, palette.need));
    }
    lines
}

const fn held(sandbox: &Sandbox) -> &'static str {
    match sandbox.how {
        Enclosure::None => "Nothing holds its processes: they can do all that you can.",
        Enclosure::Landlock => {
            "It writes in its workspace and nowhere else. It sees all that you see, and can \
             change .git in its workspace, and the modes of files that are yours."
        }
        Enclosure::Bubblewrap => {
            "It writes in its workspace and a /tmp of its own, sees no keys, and no processes \
             but its own."
        }
    }
}
