//! The form for another take of an agent.
//!
//! ```text
//! ╔═ Retake scout ══════════════════════════════════════════════╗
//! ║ ▸ From turn   ‹ 5 of 7 ›  shell cargo test                  ║
//! ║   It begins with turns 1 to 4 as they were, files too.      ║
//! ║   What is said to it there                                  ║
//! ║   Only look at src.                                         ║
//! ║   Instructions                                       +1 −0  ║
//! ║   Be brief.                                                 ║
//! ║   scout       goes on beside this   is stopped for this     ║
//! ╚═════════════════════════════════════════════════════════════╝
//! ```

use super::{
    super::{
        changes,
        ink::{self, Row},
        prose,
        scene::{Hits, Sight},
    },
    paper::{self, Keys},
    writing,
};
use crate::{
    model::{Agent, EngineKind, EntryKind, Old, Turn, turns_known},
    ui::desk::{RetakeForm, RetakePart},
};
use ratatui::{buffer::Buffer, layout::Rect};

/// How wide and how high the form is.
const SIZE: (u16, u16) = (92, 26);
/// How wide the names of its parts are.
const LABEL: u16 = 14;
/// Below so many lines the form is shown a part at a time.
const LEAST: u16 = 11;

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    (it, keys): (&RetakeForm, Keys),
    (sight, hits): (Sight, &mut Hits),
) {
    let palette = sight.palette;
    let agent = sight.stage().agent(it.agent);
    let name = agent.map_or("an agent that is gone", |it| it.casting.name.as_str());
    let inner = paper::lay(buffer, area, SIZE, &format!("retake {name}"), sight);
    let inner = paper::write_keys(buffer, inner, keys, (sight, hits));
    let about = agent.map(|agent| begins_with(agent, it)).unwrap_or_default();
    let about = prose::plain(&about, inner.width.saturating_sub(2), palette.dim);
    let fault = it.fault.as_deref().unwrap_or_default();
    let fault = prose::plain(fault, inner.width.saturating_sub(2), palette.trouble);
    let cast = u16::from(it.player().is_some());
    let rows = |it: &[_]| u16::try_from(it.len()).unwrap_or(u16::MAX);
    let (told, wrong) = (rows(&about).min(5), rows(&fault).min(2));
    if inner.height < LEAST {
        return draw_part(buffer, inner, (it, agent), sight);
    }
    draw_turn(buffer, ink::lines(inner, 0, 1), (it, agent), sight);
    ink::draw_lines(buffer, ink::indent(ink::lines(inner, 1 + cast, told), 2), &about);
    draw_role(buffer, ink::lines(inner, 1, cast), it, sight);
    let room = inner.height.saturating_sub(1 + cast + told + 2 + 2 + wrong);
    let message = (room * 2 / 5).max(2).min(room.saturating_sub(2));
    let at = 1 + told + cast;
    let parts = [
        (RetakePart::Message, at, message),
        (RetakePart::Instructions, at + 1 + message, room.saturating_sub(message)),
    ];
    for (part, line, height) in parts {
        draw_text(buffer, ink::lines(inner, line, height + 1), (it, part), sight);
    }
    let last = at + 2 + room;
    draw_old(buffer, ink::lines(inner, last, 1), (it, name), sight);
    ink::draw_lines(buffer, ink::indent(ink::lines(inner, last + 1, wrong), 2), &fault);
}

/// The part that has the keys.
fn draw_part(
    buffer: &mut Buffer,
    area: Rect,
    (it, agent): (&RetakeForm, Option<&Agent>),
    sight: Sight,
) {
    match it.at {
        RetakePart::Turn => draw_turn(buffer, area, (it, agent), sight),
        RetakePart::Role => draw_role(buffer, area, it, sight),
        RetakePart::Message | RetakePart::Instructions => {
            draw_text(buffer, area, (it, it.at), sight);
        }
        RetakePart::Old => {
            let name = agent.map_or("", |it| it.casting.name.as_str());
            draw_old(buffer, area, (it, name), sight);
        }
    }
}

fn label<'a>(
    buffer: &'a mut Buffer,
    area: Rect,
    (text, has_keys): (&str, bool),
    sight: Sight,
) -> Row<'a> {
    let palette = sight.palette;
    let style = if has_keys { palette.heading } else { palette.dim };
    let mut row = Row::new(buffer, area, 0);
    row.put(if has_keys { "▸ " } else { "  " }, palette.key).put(text, style);
    row
}

/// `▸ From turn   ‹ 5 of 7 ›  shell cargo test`
fn draw_turn(
    buffer: &mut Buffer,
    area: Rect,
    (it, agent): (&RetakeForm, Option<&Agent>),
    sight: Sight,
) {
    let palette = sight.palette;
    let has_keys = it.at == RetakePart::Turn;
    let mut row = label(buffer, area, ("From turn", has_keys), sight);
    let used = row.column().saturating_sub(area.x);
    row.skip(LABEL.saturating_sub(used));
    let of = agent.map_or(Turn(0), |it| it.turn);
    let which = if it.turn > of {
        format!(" {}, the next one ", it.turn)
    } else {
        format!(" {} of {of} ", it.turn)
    };
    let style = if has_keys { palette.selected } else { palette.strong };
    row.put("‹", palette.key).put(&which, style).put("›", palette.key).skip(2);
    let did = agent.map(|agent| what_it_did(agent, it.turn, sight)).unwrap_or_default();
    if agent.is_some_and(|agent| agent.going.is_undone(it.turn)) {
        row.put("undone", palette.warning).skip(2);
    }
    let did = prose::cut(&did, row.room());
    row.put(&did, palette.dim);
}

/// `  Played by   ‹ implementer ›  anthropic/claude-sonnet-4-5`
fn draw_role(buffer: &mut Buffer, area: Rect, it: &RetakeForm, sight: Sight) {
    let Some(player) = it.player() else { return };
    let palette = sight.palette;
    let has_keys = it.at == RetakePart::Role;
    let mut row = label(buffer, area, ("Played by", has_keys), sight);
    let used = row.column().saturating_sub(area.x);
    row.skip(LABEL.saturating_sub(used));
    let style = if has_keys { palette.selected } else { palette.strong };
    let name = format!(" {} ", player.casting.role);
    row.put("‹", palette.key).put(&name, style).put("›", palette.key).skip(2);
    let by = format!("{}, {}", player.casting.engine, player.casting.model);
    let by = prose::cut(by.trim_end_matches(", "), row.room());
    row.put(&by, palette.dim);
}

/// What a turn did, in a few words, where the log still tells.
fn what_it_did(agent: &Agent, turn: Turn, sight: Sight) -> String {
    let log = super::super::zoom::log_of(agent, sight);
    let mut entries = log.entries().filter(|it| it.turn == turn);
    let found = entries.find_map(|it| match &it.kind {
        EntryKind::Tool { tool, title, .. } => Some(format!("{tool} {title}")),
        EntryKind::Said { text, .. } => text.lines().next().map(str::to_owned),
        _ => None,
    });
    found.unwrap_or_default()
}

fn draw_text(buffer: &mut Buffer, area: Rect, (it, part): (&RetakeForm, RetakePart), sight: Sight) {
    let has_keys = it.at == part;
    let [said, instructions] = it.written();
    let (name, text, was, is) = match part {
        RetakePart::Instructions => {
            ("Its instructions", &it.instructions, &it.was[1], instructions)
        }
        _ if it.turn.0 <= 1 => ("Its brief", &it.message, &it.was[0], said),
        _ if it.was[0].is_empty() => {
            ("What is said to it there; empty to have it just go on", &it.message, &it.was[0], said)
        }
        _ => ("What is said to it there, in place of this", &it.message, &it.was[0], said),
    };
    let mut row = label(buffer, ink::lines(area, 0, 1), (name, has_keys), sight);
    if is != *was {
        let (added, removed) = changes::tally(was, &is);
        row.put_right(&format!("{added} {removed} "), sight.palette.direction, 0);
    }
    let text_at = ink::indent(ink::lines(area, 1, area.height.saturating_sub(1)), 2);
    writing::draw_text(buffer, text_at, text, has_keys, sight);
}

/// `  scout       goes on beside this   is stopped for this`
fn draw_old(buffer: &mut Buffer, area: Rect, (it, name): (&RetakeForm, &str), sight: Sight) {
    let palette = sight.palette;
    let has_keys = it.at == RetakePart::Old;
    let is_over = sight.stage().agent(it.agent).is_some_and(Agent::is_over);
    let name = prose::cut(name, LABEL - 3);
    let mut row = label(buffer, area, (name.as_ref(), has_keys), sight);
    let used = row.column().saturating_sub(area.x);
    row.skip(LABEL.saturating_sub(used));
    if is_over || sight.desk().is_replay() {
        row.put("stays as it is", palette.dim);
        return;
    }
    for (old, words) in
        [(Old::GoesOn, " goes on beside this "), (Old::Stops, " is stopped for this ")]
    {
        let style = if it.old == old { palette.selected } else { palette.dim };
        row.put(words, style).skip(1);
    }
}

/// What it knows that begins at this turn with all that came before: not what was undone.
fn knows(agent: &Agent, turn: Turn) -> String {
    let before = Turn(turn.0.saturating_sub(1));
    match turns_known(before, &agent.going.undone_before(turn)) {
        None => "It begins anew, with its brief".to_owned(),
        Some(turns) if turns.starts_with("turns") => format!("It knows {turns} as they were"),
        Some(turn) => format!("It knows {turn} as it was"),
    }
}

/// What the take begins with, in a sentence: what its engine can, and no more.
fn begins_with(agent: &Agent, form: &RetakeForm) -> String {
    let turn = form.turn;
    let before = turn.0.saturating_sub(1);
    let is_other = form.player().is_some_and(|it| !it.casting.is_same_program(&agent.casting));
    let kept = if is_other { Turn(0) } else { agent.kept_before(turn).0 };
    let files = match agent.files_before(turn) {
        Some(_) => "the files are as they were then, in a worktree of its own",
        None => "its files are those of now: none were kept",
    };
    let is_program = agent.casting.engine != EngineKind::Native;
    let told = match (before, kept.0) {
        (0, _) => "It begins anew, with its brief".to_owned(),
        (before, kept) if kept == before => knows(agent, turn),
        (1, 0) if is_other => "Another one plays it, who begins anew and is told a summary of \
                               turn 1"
            .to_owned(),
        (before, 0) if is_other => format!(
            "Another one plays it, who begins anew and is told a summary of turns 1 to {before}"
        ),
        (1, 0) => "Its program can't go back there: it begins anew, and is told a summary of \
                   turn 1"
            .to_owned(),
        (before, 0) => format!(
            "Its program can't go back there: it begins anew, and is told a summary of turns 1 to \
             {before}"
        ),
        (before, kept) => format!(
            "Its program can go back to the end of turn {kept}; of what came up to turn {before} \
             it is told a summary"
        ),
    };
    let by = if is_program && kept.0 == before && before > 0 {
        ", in a copy of its program's session"
    } else {
        ""
    };
    let script = agent.casting.assignment.as_deref().map(|it| {
        format!(
            " The script goes on with {}: what this take hands in for {} counts nowhere.",
            agent.casting.name, it.spot.step
        )
    });
    format!("{told}{by}; {files}.{}", script.unwrap_or_default())
}
