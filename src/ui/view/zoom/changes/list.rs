//! The changed files, beside their lines.

use super::{super::super::ink::Row, draw_counts};
use crate::{
    text::Patch,
    ui::view::{prose, scene::Sight},
};
use ratatui::{buffer::Buffer, layout::Rect};

pub(super) fn draw(buffer: &mut Buffer, area: Rect, (patch, here): (&Patch, usize), sight: Sight) {
    let palette = sight.palette;
    let height = usize::from(area.height);
    // The file that the keys are on stays in sight.
    let first = (here + 1).saturating_sub(height);
    for (line, (at, file)) in (0..area.height).zip(patch.files.iter().enumerate().skip(first)) {
        let style = if at == here { palette.selected } else { palette.text };
        if at == here {
            buffer.set_style(Rect { y: area.y + line, height: 1, ..area }, palette.selected);
        }
        let mut row = Row::new(buffer, area, line);
        let figures = format!(" +{} −{}", file.added, file.removed);
        let most = area.width.saturating_sub(crate::ui::view::ink::width(&figures) + 1);
        row.put(&short(&file.path, most), style);
        draw_counts(&mut row, file, sight);
    }
}

/// The end of a path says more than its beginning.
fn short(path: &str, columns: u16) -> String {
    let Some((folder, name)) = path.rsplit_once('/') else {
        return prose::cut(path, columns).into_owned();
    };
    let whole = crate::ui::view::ink::width(path);
    if whole <= columns {
        return path.to_owned();
    }
    let last = folder.rsplit('/').next().unwrap_or_default();
    prose::cut(&format!("…/{last}/{name}"), columns).into_owned()
}
