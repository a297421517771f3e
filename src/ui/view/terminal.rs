//! The screen of a command in a terminal: all of it where there is room, else the
//! part where it writes.

use super::{palette::Palette, scene::Sight};
use crate::{
    model::Agent,
    text::terminal::{Emulator, Paint, Pen, Row},
    ui::{
        desk::{Scroll, Shown},
        theme::Theme,
    },
};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::{Color, Modifier, Style},
};

/// Draws the end of a screen, or what stands so many lines before it: the part of it that a
/// pane has room for. Says how many that are.
pub(super) fn draw_part(
    buffer: &mut Buffer,
    area: Rect,
    (screen, back): (&Emulator, usize),
    sight: Sight,
) -> usize {
    let (end, top) = (top(area, screen, 0), top(area, screen, back));
    draw_rows(buffer, area, (screen, top), sight);
    end.abs_diff(top)
}

/// Draws a screen alone, with its cursor, scrolled as the desk says.
pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    (agent, screen): (&Agent, &Emulator),
    sight: Sight,
    shown: &mut Shown,
) {
    let most = screen.scrolled();
    let back = match sight.desk().scroll {
        Scroll::Back(lines) => lines.min(most),
        Scroll::Follow | Scroll::At(_) => 0,
    };
    (shown.back, shown.most) = (back, Some(most));
    shown.terminal = Some((agent.id, (area.width, area.height)));
    draw_rows(buffer, area, (screen, top(area, screen, back)), sight);
    if sight.desk().is_typing {
        draw_cursor(buffer, cursor_below(area, screen, back));
    }
}

/// Where its cursor stands on ours, of one that is not scrolled.
pub(super) fn cursor(area: Rect, screen: &Emulator) -> Option<Position> {
    cursor_below(area, screen, 0)
}

fn cursor_below(area: Rect, screen: &Emulator, back: usize) -> Option<Position> {
    let (column, row) = screen.cursor()?;
    let line = isize::try_from(row).unwrap_or(0) - top(area, screen, back);
    let line = u16::try_from(line).ok().filter(|it| *it < area.height)?;
    (column < area.width).then_some(Position { x: area.x + column, y: area.y + line })
}

/// Draws a cursor over what stands there.
pub(super) fn draw_cursor(buffer: &mut Buffer, cursor: Option<Position>) {
    if let Some(cell) = cursor.and_then(|it| buffer.cell_mut(it)) {
        cell.modifier.toggle(Modifier::REVERSED);
    }
}

/// The row of the screen that is drawn first; below 0, one that has left it.
pub(super) fn top(area: Rect, screen: &Emulator, back: usize) -> isize {
    let (rows, height) = (screen.size().1, area.height);
    let end = if height >= rows { rows } else { used(screen).max(height) };
    let top = isize::try_from(end).unwrap_or(0) - isize::try_from(height).unwrap_or(0);
    (top - back.cast_signed()).max(-screen.scrolled().cast_signed())
}

/// How many rows are written on, with the one that the cursor is on.
fn used(screen: &Emulator) -> u16 {
    let rows = screen.size().1;
    let is_used = |row: &u16| !screen.row(isize::try_from(*row).unwrap_or(0)).text().is_empty();
    let last = (0..rows).rev().find(is_used).unwrap_or(0);
    last.max(screen.cursor().map_or(0, |(_, row)| row)) + 1
}

fn draw_rows(buffer: &mut Buffer, area: Rect, (screen, top): (&Emulator, isize), sight: Sight) {
    for (line, row) in (area.y..area.bottom()).zip(top..) {
        let line = Rect { y: line, height: 1, ..area };
        draw_row(buffer, line, &screen.row(row), (sight.scene.theme, sight.palette));
    }
}

/// Draws one row of a screen on a line of ours.
pub(super) fn draw_row(
    buffer: &mut Buffer,
    line: Rect,
    row: &Row,
    (theme, palette): (&Theme, &Palette),
) {
    for glyph in row.glyphs() {
        let fits = glyph.column + glyph.width <= usize::from(line.width);
        let Some(column) = u16::try_from(glyph.column).ok().filter(|_| fits) else { break };
        let Some(cell) = buffer.cell_mut((line.x + column, line.y)) else { break };
        let style = palette.text.patch(theme.foreign(style(glyph.pen)));
        cell.set_symbol(glyph.text).set_style(style);
        for beside in 1..u16::try_from(glyph.width).unwrap_or(1) {
            if let Some(cell) = buffer.cell_mut((line.x + column + beside, line.y)) {
                cell.reset();
                cell.set_style(style);
            }
        }
    }
}

fn style(pen: Pen) -> Style {
    let colour = |paint: Paint| match paint {
        Paint::Indexed(index) => Color::Indexed(index),
        Paint::Rgb(red, green, blue) => Color::Rgb(red, green, blue),
    };
    let looks = [
        (pen.bold, Modifier::BOLD),
        (pen.dim, Modifier::DIM),
        (pen.italic, Modifier::ITALIC),
        (pen.underline, Modifier::UNDERLINED),
        (pen.inverse, Modifier::REVERSED),
        (pen.struck, Modifier::CROSSED_OUT),
    ];
    let looks = looks.into_iter().filter(|(has, _)| *has).map(|(_, look)| look);
    let mut style = Style::new().add_modifier(looks.collect());
    style.fg = pen.fore.map(colour);
    style.bg = pen.back.map(colour);
    style
}
