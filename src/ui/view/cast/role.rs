//! What a role is: who plays it, what it may do, what it costs, how it works.

use super::{
    super::{figures, prose, scene::Sight},
    evidence,
};
use crate::{
    casting::{Evidence, Terms},
    model::{Casting, EngineKind, Money},
    ui::desk::RoleOffer,
};
use ratatui::text::{Line, Span};

/// How wide the names of its lines are.
const LABEL: u16 = 15;

pub(super) fn lines(role: &RoleOffer, columns: u16, sight: Sight) -> Vec<Line<'static>> {
    let (casting, palette) = (&role.casting, sight.palette);
    let mut lines = prose::plain(&role.purpose, columns, palette.text);
    lines.push(Line::default());
    if let Some(missing) = &role.missing {
        let told = prose::plain(missing, columns.saturating_sub(LABEL), palette.warning);
        lines.extend(beside("can't be cast", told, sight));
        lines.push(Line::default());
    }
    if !role.evidence.is_empty() {
        lines.extend(fits(role, columns, sight));
        lines.push(Line::default());
    }
    let mut tell = |name: &'static str, what: &str| {
        if !what.is_empty() {
            let told = prose::plain(what, columns.saturating_sub(LABEL), palette.text);
            lines.extend(beside(name, told, sight));
        }
    };
    tell("played by", &player(role));
    tell("price", &price(&role.terms, casting.engine));
    tell("holds", &window(&role.terms));
    let track = sight.desk().track(&casting.role, sight.stage());
    let is_told = role.evidence.iter().any(|it| matches!(it, Evidence::Track(_)));
    let track = track.filter(|_| !is_told);
    tell("so far", &track.map(|it| evidence::track_words(&it)).unwrap_or_default());
    tell("strengths", &role.strengths.join(", "));
    tell("permissions", permissions(&casting.permissions));
    tell("tools", &tools(casting));
    tell("works in", ground(casting));
    tell("confined", &role.confinement);
    tell("may spend", &limits(casting));
    tell("again", &role.again.as_ref().map(ToString::to_string).unwrap_or_default());
    tell("thinks", &casting.effort);
    tell(
        "director can",
        &if role.missing.is_none() { casting.capabilities.in_short() } else { String::new() },
    );
    tell("written in", &role.origin);
    if !casting.instructions.is_empty() {
        lines.push(Line::default());
        lines.push(Line::from(Span::styled("Instructions", palette.heading)));
        lines.extend(prose::markdown(&casting.instructions, columns, palette));
    }
    lines
}

/// What speaks for it, or against it: a line each.
fn fits(role: &RoleOffer, columns: u16, sight: Sight) -> Vec<Line<'static>> {
    let palette = sight.palette;
    let told = |it: &Evidence| {
        let style = match it {
            Evidence::Missing(_) | Evidence::TooLong(..) => palette.warning,
            _ => palette.text,
        };
        prose::plain(&evidence::words(it), columns.saturating_sub(LABEL), style)
    };
    // Why it can't be cast, and its price, have lines of their own.
    let is_told = |it: &&Evidence| !matches!(it, Evidence::Missing(_) | Evidence::Price(..));
    beside("fits", role.evidence.iter().filter(is_told).flat_map(told).collect(), sight)
}

/// A name, and what it says beside it.
fn beside(name: &str, told: Vec<Line<'static>>, sight: Sight) -> Vec<Line<'static>> {
    let names = std::iter::once(name).chain(std::iter::repeat(""));
    let line = |(name, line): (&str, Line<'static>)| {
        let label = format!("{name:width$} ", width = usize::from(LABEL) - 1);
        let mut spans = vec![Span::styled(label, sight.palette.dim)];
        spans.extend(line.spans);
        Line::from(spans)
    };
    names.zip(told).map(line).collect()
}

/// Who plays it: `claude-sonnet-4-5 by anthropic`, `Claude Code, signed in`.
fn player(role: &RoleOffer) -> String {
    let casting = &role.casting;
    let about = if role.about.is_empty() { String::new() } else { format!(", {}", role.about) };
    match (casting.engine, casting.model.as_str(), casting.provider.as_str()) {
        (EngineKind::Native, "", _) => String::new(),
        (EngineKind::Native, model, "") => model.to_owned(),
        (EngineKind::Native, model, provider) => format!("{model} by {provider}"),
        (_, "", program) => format!("the program {program}, which chooses its model{about}"),
        (_, model, program) => format!("the program {program} with {model}{about}"),
    }
}

/// `$3.00 in, $15.00 out, a million tokens`.
fn price(terms: &Terms, engine: EngineKind) -> String {
    match terms.price {
        Some((Money(0), Money(0))) => "nothing: it runs on this machine".to_owned(),
        Some((input, output)) => {
            let (input, output) = (figures::money(input), figures::money(output));
            format!("{input} in, {output} out, a million tokens")
        }
        None if engine == EngineKind::Native => "not known".to_owned(),
        None => "as its program bills it".to_owned(),
    }
}

fn window(terms: &Terms) -> String {
    terms.window.map(|it| format!("{} tokens at once", figures::short(it))).unwrap_or_default()
}

/// What a mode means, in words.
fn permissions(mode: &str) -> &str {
    match mode {
        "plan" => "plan: it reads, and changes nothing",
        "ask" => "ask: whatever changes something is asked for first",
        "edit" => "edit: it writes in its workspace unasked, and asks for commands",
        "auto" => "auto: it asks for what is dangerous alone",
        other => other,
    }
}

fn tools(casting: &Casting) -> String {
    match (casting.engine, casting.tools.as_slice()) {
        (EngineKind::Native, []) => "none".to_owned(),
        (EngineKind::Native, tools) => tools.join(", "),
        (_, _) => "its program's own".to_owned(),
    }
}

const fn ground(casting: &Casting) -> &'static str {
    match casting.ground {
        crate::model::Ground::Shared => "the project's own folder",
        crate::model::Ground::Worktree => "a git worktree of its own",
        crate::model::Ground::Scratch => "an empty folder of its own",
    }
}

fn limits(casting: &Casting) -> String {
    let money = casting.budget.map_or_else(|| "any amount".to_owned(), figures::money);
    let turns = casting.max_turns.map(|it| figures::of(it.into(), "turn", "turns"));
    turns.map_or_else(|| money.clone(), |turns| format!("{money}, {turns}"))
}
