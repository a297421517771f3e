//! Two agents held against each other, turn by turn: how each came out above, then what
//! each did, row beside row; the row where they part is in sight first.
//!
//! ```text
//!  worker                 done        │  worker-2  ★              done
//!  3 turns · 2 calls · $0.02 · 0:12   │  4 turns · 3 calls · $0.01 · 0:09
//!  They part at turn 2: worker ran echo a king; worker-2 ran echo a queen.
//!  Turns  Results  Files  Instructions ────────────────────────────────────
//!    1 ran echo there was             =   1 the same
//!  ── they part here ──────────────────────────────────────────────────────
//! ▸  2 ran echo a king                ≠   2 ran echo a queen
//! ```

mod beside;
mod files;
mod head;
mod open;
mod results;
mod rows;

use super::{
    ink, prose,
    scene::{Hits, Sight},
};
use crate::{compare::Comparison, ui::desk::VersusPart};
use ratatui::{
    buffer::Buffer,
    layout::{Constraint, Layout, Rect},
    text::Line,
};

/// From this width on two stand beside each other; below it one above the other.
const BESIDE: u16 = 100;
/// So many lines the sentence that says where they part may take.
const SENTENCE: usize = 3;

pub(super) fn draw(buffer: &mut Buffer, area: Rect, sight: Sight, hits: &mut Hits) {
    let versus = &sight.desk().versus;
    let comparison = match &versus.outcome {
        Some(Ok(comparison)) => comparison,
        Some(Err(why)) => return tell(buffer, area, (why, sight.palette.warning)),
        None if versus.is_unclear() => {
            let text = "Nobody has said which agent is meant.";
            return tell(buffer, area, (text, sight.palette.dim));
        }
        None => return tell(buffer, area, ("reading …", sight.palette.dim)),
    };
    let columns = area.width.saturating_sub(2);
    let [one, other] = comparison.figures.each_ref().map(|it| it.name.as_str());
    let told = comparison.told(if one == other { ["A", "B"] } else { [one, other] });
    let mut told = prose::plain(&told, columns, sight.palette.strong);
    told.truncate(SENTENCE);
    let [head, sentence, tabs, body] = Layout::vertical([
        Constraint::Length(2),
        Constraint::Length(u16::try_from(told.len()).unwrap_or(1)),
        Constraint::Length(1),
        Constraint::Fill(1),
    ])
    .areas(area);
    head::draw(buffer, head, comparison, sight);
    ink::draw_lines(buffer, ink::indent(sentence, 1), &told);
    head::draw_tabs(buffer, tabs, versus, sight);
    hits.shown.lines = usize::from(body.height).max(1);
    hits.shown.most = Some(0);
    match versus.part {
        VersusPart::Turns if versus.is_open => open::draw(buffer, body, comparison, sight, hits),
        VersusPart::Turns => rows::draw(buffer, body, comparison, sight, hits),
        VersusPart::Results => results::draw(buffer, body, comparison, sight, hits),
        VersusPart::Files => files::draw(buffer, body, comparison, sight, hits),
        VersusPart::Instructions => instructions(buffer, body, comparison, sight, hits),
    }
}

fn tell(buffer: &mut Buffer, area: Rect, (text, style): (&str, ratatui::style::Style)) {
    let area = ink::indent(area, 2);
    let lines = prose::plain(text, area.width.saturating_sub(2), style);
    ink::draw_lines(buffer, ink::lines(area, 1, area.height.saturating_sub(1)), &lines);
}

/// The instructions of both, as they are now.
fn instructions(
    buffer: &mut Buffer,
    area: Rect,
    comparison: &Comparison,
    sight: Sight,
    hits: &mut Hits,
) {
    let texts = comparison.figures.each_ref().map(|it| it.instructions.as_str());
    let [one, other] = texts;
    if one.is_empty() && other.is_empty() {
        return tell(buffer, area, ("Neither log tells of instructions.", sight.palette.dim));
    }
    let mut sheet = beside::Sheet::new(area.width);
    let told = if one == other {
        "Both have the same instructions."
    } else {
        "Lines that differ have a mark before them."
    };
    sheet.across(Line::styled(told, sight.palette.dim));
    sheet.across(Line::default());
    sheet.texts(texts.map(|it| (it, sight.palette.text)));
    sheet.draw(buffer, area, sight, hits);
}
