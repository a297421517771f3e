//! The files of two: how much each changed of which, and, where git can tell, the lines
//! in which one's files differ from the other's.

use crate::{
    compare::Comparison,
    model::Lines,
    text::Patch,
    ui::{
        desk::VersusPatch,
        view::{
            diffs::draw_sheet_row,
            ink::{self, width},
            prose,
            scene::{Hits, Sight},
            sheet::{LINES, mark_hidden},
            zoom::changes::line::Measure,
        },
    },
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};
use std::collections::BTreeSet;

/// How wide the figures of one of them are.
const FIGURES: u16 = 14;

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    comparison: &Comparison,
    sight: Sight,
    hits: &mut Hits,
) {
    let versus = &sight.desk().versus;
    let mut lines = table(comparison, area.width.saturating_sub(2), sight);
    let patch =
        versus.patch.as_ref().filter(|it| Some(&it.read.wish) == versus.files_wish().as_ref());
    let about = about(comparison, patch, sight);
    lines.push(Line::default());
    lines.extend(prose::plain(&about, area.width.saturating_sub(2), sight.palette.dim));
    lines.push(Line::default());
    let nothing = Patch::default();
    let read = patch.and_then(|it| it.read.outcome.as_ref().ok()).unwrap_or(&nothing);
    let rows = patch.map_or(&[][..], |it| &it.rows);
    let all = lines.len() + rows.len();
    let height = usize::from(area.height);
    let most = all.saturating_sub(height / 2).min(all.saturating_sub(1));
    let most = if all <= height { 0 } else { most };
    hits.shown.most = Some(most);
    let start = versus.scroll.min(most);
    let measure = Measure::of(read, area.width, sight);
    let (mut down, mut place) = (0, start);
    while down < area.height && place < all {
        let rest = ink::lines(area, down, area.height - down);
        down += match lines.get(place) {
            Some(line) => {
                ink::draw_lines(buffer, ink::indent(rest, 1), [line]);
                1
            }
            None => rows
                .get(place - lines.len())
                .map_or(1, |row| draw_sheet_row(buffer, rest, (read, *row), &measure)),
        };
        place += 1;
    }
    let below = all.saturating_sub(place) as u64;
    mark_hidden(buffer, area, (start as u64, below), LINES, sight);
}

/// What is told below the table.
fn about(comparison: &Comparison, patch: Option<&VersusPatch>, sight: Sight) -> String {
    let kept = comparison.figures.each_ref().map(|it| it.kept.as_ref());
    match (kept, sight.desk().versus.files_wish(), patch) {
        ([Some(_), Some(_)], None, _) => {
            "They worked in different repositories, so git can't tell their files apart.".to_owned()
        }
        (_, None, _) => "Where one of them works nothing is kept: these are the figures that the \
                         tools told."
            .to_owned(),
        (_, Some(wish), _) if wish.from == wish.to => {
            "The files of both are the same, to the last line.".to_owned()
        }
        (_, Some(_), None) => "reading …".to_owned(),
        (_, Some(_), Some(patch)) => match &patch.read.outcome {
            Err(why) => why.clone(),
            Ok(patch) if patch.files.is_empty() => {
                "The files of both are the same, to the last line.".to_owned()
            }
            Ok(_) => "From the files of A to those of B, as they are now: − is in A alone, + in B \
                      alone."
                .to_owned(),
        },
    }
}

/// How much each changed of which file.
fn table(comparison: &Comparison, columns: u16, sight: Sight) -> Vec<Line<'static>> {
    let palette = sight.palette;
    let [one, other] = &comparison.figures;
    let all: BTreeSet<&String> = one.files.keys().chain(other.files.keys()).collect();
    if all.is_empty() {
        return vec![Line::styled("Neither has changed a file.", palette.dim)];
    }
    let names = columns.saturating_sub(2 * FIGURES);
    let name = |text: &str| {
        let text = prose::cut(text, names).into_owned();
        let blank = names.saturating_sub(width(&text));
        format!("{text}{}", " ".repeat(usize::from(blank)))
    };
    let figure = |text: &str| {
        let blank = FIGURES.saturating_sub(width(text));
        format!("{}{text}", " ".repeat(usize::from(blank)))
    };
    let mut lines = vec![Line::from(vec![
        Span::styled(name("file"), palette.dim),
        Span::styled(figure("A"), palette.heading),
        Span::styled(figure("B"), palette.heading),
    ])];
    for path in all {
        let told = |lines: Option<&Lines>| match lines {
            Some(it) => {
                Span::styled(figure(&format!("+{} −{}", it.added, it.removed)), palette.accent)
            }
            None => Span::styled(figure("·"), palette.dim),
        };
        lines.push(Line::from(vec![
            Span::styled(name(path), palette.text),
            told(one.files.get(path)),
            told(other.files.get(path)),
        ]));
    }
    lines
}
