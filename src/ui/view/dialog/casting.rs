//! The form for a new agent: which role, what brief, and what differs from the
//! role.

use super::{
    super::{
        cast::evidence,
        figures,
        ink::{self, Row},
        prose,
        scene::{Hits, Sight},
    },
    finder::{self, Item},
    paper::{self, Keys},
    writing,
};
use crate::{
    casting::Evidence,
    model::EngineKind,
    ui::{
        desk::{FormField, NewAgent, RoleOffer},
        keys::{Act, Context},
    },
};
use ratatui::{buffer::Buffer, layout::Rect};

/// How wide and how high the form is.
const SIZE: (u16, u16) = (92, 26);

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    (it, keys): (&NewAgent, Keys),
    sight: Sight,
    hits: &mut Hits,
) {
    let palette = sight.palette;
    let title = if it.is_audition { "Audition: one brief to all of these" } else { "New agent" };
    let inner = paper::lay(buffer, area, SIZE, title, sight);
    if inner.height < LEAST {
        return draw_part(buffer, inner, it, sight, hits);
    }
    // Low screens show the part that has the keys.
    let items: Vec<Item> = items(it);
    let wanted = u16::try_from(items.len()).unwrap_or(u16::MAX);
    let mut inner = paper::write_keys(buffer, inner, keys, (sight, hits));
    if let Some(missing) = missing_for_many(it) {
        let text = prose::plain(missing, inner.width, palette.warning);
        let lines = u16::try_from(text.len()).unwrap_or(u16::MAX).min(inner.height / 4).min(3);
        ink::draw_lines(buffer, ink::lines(inner, 0, lines), &text);
        inner = ink::lines(inner, lines, inner.height);
    }
    let fault = it.fault.as_deref().map(|it| prose::plain(it, inner.width, palette.trouble));
    let fault = fault.unwrap_or_default();
    let wrong = u16::try_from(fault.len()).unwrap_or(u16::MAX).clamp(1, (inner.height / 5).max(1));
    let role = it.roles.get(it.selected);
    let (can, able) = best(it, sight)
        .or_else(|| role.and_then(|role| ability(role, missing_for_many(it))))
        .unwrap_or_default();
    let able = prose::plain(&able, inner.width.saturating_sub(LABEL + 2), palette.dim);
    // What it can do is left out before the brief has no room.
    let lines = u16::try_from(able.len()).unwrap_or(u16::MAX);
    let lines = if inner.height < ROOMY || can.is_empty() { 0 } else { lines.min(3) };
    let single: Vec<FormField> =
        it.fields().iter().copied().filter(|field| it.line(*field).is_some()).collect();
    let below = u16::try_from(single.len()).unwrap_or(u16::MAX);
    let rest = inner.height.saturating_sub(3 + below + wrong + lines);
    let roles = wanted.min(rest / 2).max(1);
    label(buffer, ink::lines(inner, 0, 1), "Role", it.at == FormField::Role, sight);
    let offers = ink::lines(inner, 1, roles);
    finder::draw_items(buffer, offers, (&items, Some(it.selected)), sight, hits);
    if items.is_empty() {
        Row::new(buffer, offers, 0).put("The cast has no roles.", palette.warning);
    }
    let brief = ink::lines(inner, 1 + roles, rest.saturating_sub(roles) + 2);
    label(buffer, brief, "Brief: what it is to do", it.at == FormField::Brief, sight);
    let text = ink::lines(brief, 1, brief.height.saturating_sub(1));
    writing::draw_text(buffer, text, &it.brief, it.at == FormField::Brief, sight);
    let lower = ink::lines(inner, 1 + roles + brief.height, below + lines + wrong);
    for (line, field) in (0..below).zip(single.iter()) {
        draw_line(buffer, ink::lines(lower, line, 1), (it, *field, role), sight);
    }
    if lines > 0 {
        label(buffer, ink::lines(lower, below, 1), can, false, sight);
        ink::draw_lines(buffer, ink::indent(ink::lines(lower, below, lines), LABEL + 2), &able);
    }
    ink::draw_lines(buffer, ink::lines(lower, below + lines, wrong), &fault);
}

/// Below so many lines the form is shown a field at a time.
const LEAST: u16 = 9;
/// From so many lines on it says what the role can do.
const ROOMY: u16 = 16;
/// How wide the names of its fields are.
const LABEL: u16 = 10;

/// The field that has the keys, or what is wrong with it.
fn draw_part(buffer: &mut Buffer, area: Rect, it: &NewAgent, sight: Sight, hits: &mut Hits) {
    let fault = u16::from(it.fault.is_some() && area.height > 2);
    let name = match it.at {
        FormField::Role => "Role",
        FormField::Brief => "Brief",
        line => line_name(line),
    };
    label(buffer, area, name, true, sight);
    let place = ink::lines(area, 1, area.height.saturating_sub(1 + fault));
    match it.at {
        FormField::Role => {
            let items: Vec<Item> = items(it);
            finder::draw_items(buffer, place, (&items, Some(it.selected)), sight, hits);
        }
        FormField::Brief => writing::draw_text(buffer, place, &it.brief, true, sight),
        line => {
            if let Some(field) = it.line(line) {
                finder::draw_field(buffer, place, field, true, sight);
            }
        }
    }
    if let Some(fault) = it.fault.as_deref().filter(|_| fault > 0) {
        Row::new(buffer, area, area.height - 1).put(fault, sight.palette.trouble);
    }
}

fn items(it: &NewAgent) -> Vec<Item> {
    let told = missing_for_many(it);
    it.roles
        .iter()
        .map(|role| item(role, told.is_some() && role.missing.as_deref() == told))
        .collect()
}

/// Why many roles can't be cast, and the first above all: said once, above them.
fn missing_for_many(it: &NewAgent) -> Option<&str> {
    let first = it.roles.first()?.missing.as_deref()?;
    let alike = it.roles.iter().filter(|role| role.missing.as_deref() == Some(first));
    (alike.count() > 1).then_some(first)
}

fn item(role: &RoleOffer, is_told: bool) -> Item {
    Item {
        name: role.casting.role.clone(),
        detail: match &role.missing {
            Some(missing) if !is_told => format!("can't be cast now: {missing}"),
            None if !role.evidence.is_empty() => evidence::in_short(&role.evidence),
            None if !role.about.is_empty() => format!("{}: {}", role.purpose, role.about),
            Some(_) | None => role.purpose.clone(),
        },
        mark: match (role.casting.engine, role.casting.model.as_str()) {
            (EngineKind::Native, model) => model.to_owned(),
            (_, "") => role.casting.provider.clone(),
            (_, model) => format!("{} · {model}", role.casting.provider),
        },
        has_key: false,
        is_dim: role.missing.is_some(),
    }
}

/// Which role fits best, where that is another than the marked one: why, and the key
/// that takes it.
fn best(it: &NewAgent, sight: Sight) -> Option<(&'static str, String)> {
    let first = it.roles.first().filter(|_| it.is_ranked() && it.selected != 0)?;
    let keys = sight.desk().keymap.keys_for(Context::Editor, Act::BestRole);
    let key = keys.first().map(|it| format!(" ({it})")).unwrap_or_default();
    let why = evidence::in_short(&first.evidence);
    (!is_plain(&first.evidence))
        .then(|| ("Best fit", format!("{}{key}: {why}", first.casting.role)))
}

/// Whether nothing speaks for a role but its price.
fn is_plain(evidence: &[Evidence]) -> bool {
    evidence.iter().all(|it| matches!(it, Evidence::Price(..) | Evidence::Missing(_)))
}

/// What the director can do with an agent of this role; or why there can't be one,
/// to its end: the command that installs it is a part of that. Nothing where that is
/// told above.
fn ability(role: &RoleOffer, told: Option<&str>) -> Option<(&'static str, String)> {
    match role.missing.as_deref() {
        why if why.is_some() && why == told => None,
        Some(why) => Some(("Can't", why.to_owned())),
        None => Some(("Can", role.casting.capabilities.in_short())),
    }
}

/// The model that a role has, in words.
fn model(role: &RoleOffer) -> String {
    match (role.casting.engine, role.casting.model.as_str()) {
        (EngineKind::Native, "") => "none".to_owned(),
        (_, "") => "what its program takes by itself".to_owned(),
        (_, model) => model.to_owned(),
    }
}

fn label(buffer: &mut Buffer, area: Rect, text: &str, has_keys: bool, sight: Sight) {
    let palette = sight.palette;
    let style = if has_keys { palette.heading } else { palette.dim };
    let mut row = Row::new(buffer, area, 0);
    row.put(if has_keys { "▸ " } else { "  " }, palette.key).put(text, style);
}

/// A line of the form: what is typed, or what the role has.
fn draw_line(
    buffer: &mut Buffer,
    area: Rect,
    (it, which, role): (&NewAgent, FormField, Option<&RoleOffer>),
    sight: Sight,
) {
    let Some(field) = it.line(which) else { return };
    let has_keys = it.at == which;
    label(buffer, area, line_name(which), has_keys, sight);
    let place = ink::indent(area, LABEL);
    if has_keys || !field.text().is_empty() {
        return finder::draw_field(buffer, place, field, has_keys, sight);
    }
    let text = format!("  {}", unless_typed(it, which, role));
    let text = prose::cut(&text, place.width);
    Row::new(buffer, place, 0).put(&text, sight.palette.dim);
}

/// What holds for a line in which nothing is typed.
fn unless_typed(it: &NewAgent, which: FormField, role: Option<&RoleOffer>) -> String {
    match which {
        FormField::Model => {
            format!("{} (the role's)", role.map_or_else(String::new, model))
        }
        FormField::Again => match role.and_then(|role| it.again_of(role)) {
            Some(again) => format!("{again} (the role's); or once"),
            None => "once; or every 5m, on webhook, on file change: src/**".to_owned(),
        },
        FormField::Checks => "none; commands that must end with 0, with ; between them".to_owned(),
        FormField::Judge => "nobody; a role that gives each of them points".to_owned(),
        FormField::Scope => match role.map(|it| it.casting.scope.join(", ")) {
            Some(scope) if !scope.is_empty() => format!("{scope} (the role's)"),
            _ => "all files; or the ones it keeps to: src/**, Cargo.toml".to_owned(),
        },
        FormField::Watch => "as the role says; or same-call=ask, silence=warn:600".to_owned(),
        FormField::Budget if it.is_audition => "each has its role's".to_owned(),
        _ => {
            let budget = role.and_then(|it| it.casting.budget);
            let budget = budget.map_or_else(|| "none".to_owned(), figures::money);
            format!("{budget} (the role's)")
        }
    }
}

const fn line_name(of: FormField) -> &'static str {
    match of {
        FormField::Model => "Model",
        FormField::Again => "Again",
        FormField::Checks => "Checks",
        FormField::Judge => "Judge",
        FormField::Scope => "Scope",
        FormField::Watch => "Watch",
        FormField::Budget => "Budget",
        FormField::Role | FormField::Brief => "",
    }
}
