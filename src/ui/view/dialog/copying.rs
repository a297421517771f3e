//! Copy mode: a text that stands still, on the whole screen.
//!
//! ```text
//! ╔═ Copy from the log of scout ══════════╗
//! ║   cargo test                          ║
//! ║ ▸ 3 failed                            ║
//! ║ v mark  y copy  Esc leave     2 of 40 ║
//! ╚═══════════════════════════════════════╝
//! ```

use super::{
    super::{
        figures,
        ink::{self, Row},
        prose,
        scene::{Hits, Sight},
    },
    finder,
    paper::{self, Keys},
};
use crate::ui::{
    desk::Copying,
    keys::{Act, Context},
};
use ratatui::{buffer::Buffer, layout::Rect, style::Style, text::Line};

/// The rows in sight: of which line each is, whether it is its first, what it says. What
/// would be copied is read whole, however long a line is. The line that the keys are on
/// stands in the middle, as far as the text goes.
fn rows(it: &Copying, columns: u16, height: usize) -> Vec<(usize, bool, String)> {
    let of = |at: usize| {
        let text = it.lines.get(at).map_or("", |it| it.text.as_str());
        let lines = prose::plain(text, columns.saturating_sub(2), Style::new());
        let mut lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
        if lines.is_empty() {
            // A marked line that is empty is seen to be marked.
            lines.push(" ".to_owned());
        }
        lines.into_iter().enumerate().map(move |(row, text)| (at, row == 0, text))
    };
    let mut above: Vec<_> = Vec::new();
    for at in (0..it.at).rev() {
        above.extend(of(at).rev());
        if above.len() >= height {
            break;
        }
    }
    above.reverse();
    let here = above.len();
    let mut rows = above;
    for at in it.at..it.lines.len() {
        rows.extend(of(at));
        if rows.len() >= here + height {
            break;
        }
    }
    let top = here.saturating_sub(height / 2).min(rows.len().saturating_sub(height));
    rows.into_iter().skip(top).take(height).collect()
}

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    (it, keys): (&Copying, Keys),
    sight: Sight,
    hits: &mut Hits,
) {
    let palette = sight.palette;
    let room = (area.width.saturating_sub(4), area.height.saturating_sub(2));
    let inner = paper::lay(buffer, area, room, &it.title, sight);
    let page = ink::lines(inner, 0, inner.height.saturating_sub(1));
    let height = usize::from(page.height);
    hits.shown.lines = height;
    let marked = it.marked();
    for (line, (at, is_first, text)) in (0..page.height).zip(rows(it, page.width, height)) {
        let mut row = Row::new(buffer, page, line);
        row.put(if at == it.at && is_first { "▸ " } else { "  " }, palette.key);
        let is_command = it.lines.get(at).is_some_and(|it| it.is_command);
        let style = match (marked.contains(&at), is_command) {
            (true, _) => palette.selected,
            _ if it.is_found(at) => palette.found,
            (false, true) => palette.tool,
            (false, false) => palette.text,
        };
        let mut text = Line::styled(text, style);
        if marked.contains(&at) && it.is_found(at) {
            // That it is marked does not hide what is found in it.
            prose::highlight(&mut text, it.search.text(), palette.found);
        }
        for span in text.spans {
            row.put(&span.content, text.style.patch(span.style));
        }
    }
    let mut row = Row::new(buffer, inner, inner.height.saturating_sub(1));
    let (at, all) = (figures::count(it.at as u64 + 1), figures::count(it.lines.len() as u64));
    let count = marked.end() + 1 - marked.start();
    let many = match it.from {
        Some(_) => format!("{} marked · ", figures::count(count as u64)),
        None => String::new(),
    };
    let found = it.found().map(|(at, of)| format!("found {at} of {of} · ")).unwrap_or_default();
    row.put_right(&format!(" {found}{many}{at} of {all} "), palette.chip_quiet, 12);
    if it.is_searching {
        let field =
            Rect { width: row.room(), ..ink::lines(inner, inner.height.saturating_sub(1), 1) };
        return finder::draw_field(buffer, field, &it.search, true, sight);
    }
    if let Some(named) = it.place.and_then(|_| it.chosen()) {
        let key = sight.desk().keymap.keys_for(Context::Copying, Act::OpenPlace);
        row.put(key.first().map_or("", String::as_str), palette.key).skip(1);
        row.put(&named.words(), palette.text);
        return;
    }
    paper::write_line(&mut row, keys, (sight, hits));
}
