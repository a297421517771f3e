//! The cast: every role that an agent can have, and what the marked one is.
//!
//! ```text
//!  13 roles, 9 can be cast now        │ implementer
//! ▸   implementer   claude-sonnet-4-5 │ Makes a change in the code …
//!     reviewer      claude-opus-4-5   │
//!   ○ codex         codex             │ Model        …
//! ```

pub(super) mod evidence;
mod role;

use super::{
    figures,
    ink::{self, Row, width},
    prose,
    scene::{Hit, Hits, Sight},
    sheet,
    split::Split,
};
use crate::{model::EngineKind, ui::desk::RoleOffer};
use ratatui::{buffer::Buffer, layout::Rect};

/// From this width on the list stands beside what the marked role is.
const BESIDE: u16 = 72;
/// Below so many lines there is the list alone.
const LEAST: u16 = 9;
/// The columns before a name: whether it is marked, and a sign.
const SIGNS: u16 = 4;
/// The widest a name is shown, in columns.
const NAME: u16 = 20;

pub(super) fn draw(buffer: &mut Buffer, area: Rect, sight: Sight, hits: &mut Hits) {
    let listed = sight.desk().listed_roles();
    let marked = sight.desk().marked_role();
    let split = Split {
        beside: BESIDE,
        wide: (area.width * 2 / 5).clamp(30, 56),
        least: LEAST,
        lines: listed.len() + 1,
    };
    let (list, rest) = split.draw(buffer, area, sight);
    draw_count(buffer, ink::lines(list, 0, 1), sight);
    let roles = ink::lines(list, 1, list.height.saturating_sub(1));
    draw_list(buffer, roles, (&listed, marked), sight, hits);
    let Some(marked) = marked.filter(|_| !rest.is_empty()) else { return };
    let lines = role::lines(marked, rest.width, sight);
    Row::new(buffer, rest, 0).put(&marked.casting.role, sight.palette.heading);
    let rest = ink::lines(rest, 1, rest.height.saturating_sub(1));
    hits.shown.lines = usize::from(rest.height);
    sheet::draw(buffer, rest, (&lines, sight.desk().cast.scroll), sight, &mut hits.shown);
}

/// How many roles there are, and how many of them can be cast.
fn draw_count(buffer: &mut Buffer, area: Rect, sight: Sight) {
    let roles = &sight.desk().roles;
    let can = roles.iter().filter(|it| it.missing.is_none()).count();
    let all = figures::of(roles.len() as u64, "role", "roles");
    let text = match (roles.len(), can) {
        (0, _) => "The cast has no roles.".to_owned(),
        (all_of_them, can) if all_of_them == can => format!("{all}, all can be cast now"),
        (_, can) => format!("{all}, {} can be cast now", figures::count(can as u64)),
    };
    let mut row = Row::new(buffer, ink::indent(area, 2), 0);
    let (brief, chosen) = (&sight.desk().cast.brief, sight.desk().cast.chosen.len());
    if chosen > 0 {
        let roles = figures::of(chosen as u64, "role", "roles");
        row.put(&format!("{roles} chosen for an audition"), sight.palette.accent);
    } else if brief.is_empty() {
        row.put(&text, sight.palette.dim);
    } else {
        row.put("for: ", sight.palette.dim).put(brief, sight.palette.accent);
    }
}

/// The stretch of the list around the marked role.
fn draw_list(
    buffer: &mut Buffer,
    area: Rect,
    (listed, marked): (&[&RoleOffer], Option<&RoleOffer>),
    sight: Sight,
    hits: &mut Hits,
) {
    let palette = sight.palette;
    if listed.is_empty() && !sight.desk().roles.is_empty() {
        let text = format!("No role fits {:?}.", sight.desk().cast.filter);
        Row::new(buffer, ink::indent(area, 2), 0).put(&text, palette.dim);
    }
    let name_of = |it: &RoleOffer| it.casting.role.clone();
    let at = listed.iter().position(|it| marked.map(name_of) == Some(name_of(it))).unwrap_or(0);
    let height = usize::from(area.height);
    let start = at.saturating_sub(height / 2).min(listed.len().saturating_sub(height));
    let names = listed.iter().map(|it| width(&it.casting.role)).max().unwrap_or_default();
    for (line, (place, role)) in (0..area.height).zip(listed.iter().enumerate().skip(start)) {
        let row = ink::lines(area, line, 1);
        draw_role(buffer, row, (role, place == at, names.min(NAME)), sight);
        hits.add(row, Hit::Role(place));
    }
}

fn draw_role(
    buffer: &mut Buffer,
    area: Rect,
    (role, is_marked, names): (&RoleOffer, bool, u16),
    sight: Sight,
) {
    let palette = sight.palette;
    let can = role.missing.is_none();
    let mut row = Row::new(buffer, area, 0);
    row.put(if is_marked { "▸ " } else { "  " }, palette.key);
    let is_chosen = sight.desk().cast.chosen.contains(&role.casting.role);
    // A role has no state; it can be chosen, where some are.
    let are_chosen = !sight.desk().cast.chosen.is_empty();
    match (is_chosen, can) {
        (true, _) => row.put("☑ ", palette.accent),
        (false, true) if are_chosen => row.put("☐ ", palette.dim),
        (false, true) => row.skip(2),
        (false, false) => row.put("○ ", palette.dim),
    };
    let start = row.column();
    let style = match (is_marked, can) {
        (true, _) => palette.selected,
        (false, true) => palette.strong,
        (false, false) => palette.dim,
    };
    row.put(&prose::cut(&role.casting.role, names), style);
    let used = row.column().saturating_sub(start);
    row.skip(names.saturating_sub(used) + 2);
    row.put(&played_by(role), palette.dim);
    if is_marked {
        ink::mark(buffer, area, SIGNS, palette.marked());
    }
}

/// The model or the program that plays a role.
pub(super) fn played_by(role: &RoleOffer) -> String {
    let casting = &role.casting;
    match (casting.engine, casting.model.as_str()) {
        (EngineKind::Native, model) => model.to_owned(),
        (_, "") => casting.provider.clone(),
        (_, model) => format!("{} · {model}", casting.provider),
    }
}
