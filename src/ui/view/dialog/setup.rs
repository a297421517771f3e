//! The guide's first page: what can work here.
//!
//! ```text
//! ╔═ Welcome to Auteur ═════════════════════════════════════════╗
//! ║ This is what agents can be here. Nothing is changed by it.   ║
//! ║                                                              ║
//! ║ Programs                                                     ║
//! ║   ✓ claude    2.1.34 (Claude Code), signed in (…)            ║
//! ║   · not here  codex, gemini, opencode                        ║
//! ║ Keys of model services                                       ║
//! ║   ✓ ANTHROPIC_API_KEY   anthropic, set                       ║
//! ╚══════════════════════════════════════════════════════════════╝
//! ```

use super::{
    super::{
        ink::{self, width},
        prose,
        scene::{Hits, Sight},
    },
    paper::{self, Keys},
};
use crate::ui::desk::{Setup, SetupProgram};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

/// How wide it runs.
const COLUMNS: u16 = 74;
const INTRO: &str = "This is what agents can be here, as far as can be seen. Choose a theme next; \
    then your file of settings is written, if you want it.";
const NOTHING: &str =
    "None of it is needed for the demo: there the model is scripted. auteur doctor says more.";
const MORE: &str = "auteur doctor says more, and how to get what is not here.";

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    (it, keys): (&Setup, Keys),
    (sight, hits): (Sight, &mut Hits),
) {
    let edges = if paper::is_tiny(area) { 0 } else { 4 };
    let columns = COLUMNS.min(area.width.saturating_sub(edges));
    let lines = lines(it, columns, sight);
    let count = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let room = area.height.saturating_sub(edges.min(2));
    let height = count.saturating_add(2).min(room).max(2);
    let inner = paper::lay(buffer, area, (columns, height), "Welcome to Auteur", sight);
    // The keys are never what is cut off.
    let shown = paper::write_keys(buffer, inner, keys, (sight, hits));
    ink::draw_lines(buffer, shown, &lines);
}

fn lines(it: &Setup, columns: u16, sight: Sight) -> Vec<Line<'static>> {
    let palette = sight.palette;
    let mut lines = prose::plain(INTRO, columns, palette.text);
    lines.push(Line::default());
    lines.push(Line::styled("Programs that can be agents", palette.heading));
    let (here, absent): (Vec<_>, Vec<_>) = it.programs.iter().partition(|it| it.about.is_some());
    let names = here.iter().map(|it| width(&it.name)).max().unwrap_or(0).max(width(NOT_HERE));
    for program in &here {
        lines.push(row(of_program(program, sight), (&program.name, names), columns, sight));
    }
    if !absent.is_empty() {
        let all: Vec<&str> = absent.iter().map(|it| it.name.as_str()).collect();
        let room = columns.saturating_sub(used(names)).max(1);
        let wrapped = prose::plain(&all.join(", "), room, palette.text);
        let heads = std::iter::once(("· ", NOT_HERE)).chain(std::iter::repeat(("  ", "")));
        for (line, (sign, name)) in wrapped.iter().zip(heads) {
            let state = ((sign, palette.dim), line.to_string());
            lines.push(row(state, (name, names), columns, sight));
        }
    }
    lines.push(Line::styled("Keys of model services, in your environment", palette.heading));
    let names = it.keys.iter().map(|it| width(&it.variable)).max().unwrap_or(0);
    for key in &it.keys {
        let state = if key.is_set {
            (("✓ ", palette.ok), format!("{}: set", key.provider))
        } else {
            (("· ", palette.dim), format!("{}: not set", key.provider))
        };
        lines.push(row(state, (&key.variable, names), columns, sight));
    }
    lines.push(Line::default());
    let last = if it.can_work() { MORE } else { NOTHING };
    lines.extend(prose::plain(last, columns, palette.dim));
    lines
}

const NOT_HERE: &str = "not here";

/// How a program stands, and what it says of itself.
fn of_program(it: &SetupProgram, sight: Sight) -> ((&'static str, Style), String) {
    let palette = sight.palette;
    let sign = if it.is_ready { ("✓ ", palette.ok) } else { ("! ", palette.warning) };
    (sign, it.about.clone().unwrap_or_default())
}

/// What the sign and the names of a list take of a line.
const fn used(names: u16) -> u16 {
    names.saturating_add(6)
}

/// A line of a list: its sign, its name, and what there is to say.
fn row(
    ((sign, style), about): ((&'static str, Style), String),
    (name, names): (&str, u16),
    columns: u16,
    sight: Sight,
) -> Line<'static> {
    let palette = sight.palette;
    let gap = usize::from(names.saturating_sub(width(name))) + 2;
    let about = prose::cut(&about, columns.saturating_sub(used(names))).into_owned();
    Line::from(vec![
        Span::styled(format!("  {sign}"), style),
        Span::styled(format!("{name}{}", " ".repeat(gap)), palette.strong),
        Span::styled(about, palette.text),
    ])
}
