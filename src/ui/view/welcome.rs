//! The first screen, while there is no agent: calm, and says what to do.

use super::{
    ink::{self, Row},
    palette::Palette,
    prose,
    scene::{Named, Sight},
};
use crate::ui::{
    desk::Elsewhere,
    keys::{Act, Context},
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

/// How wide the words run.
const COLUMNS: u16 = 68;

pub(super) fn draw(buffer: &mut Buffer, area: Rect, sight: Sight) {
    let palette = sight.palette;
    if let Some(playhead) = &sight.desk().playhead {
        let keys = sight.desk().keymap.keys_for(Context::Replay, Act::PlayPause);
        let key = keys.first().filter(|_| !playhead.is_playing);
        let key = key.map(|it| format!(": {it} plays on")).unwrap_or_default();
        let text = format!("Nobody is on stage yet{key}.");
        let place = ink::centred(area, ink::width(&text), 1);
        Row::new(buffer, place, 0).put(&text, palette.dim);
        return;
    }
    let columns = area.width.saturating_sub(2).min(COLUMNS);
    let mut lines = vec![
        Line::from(Span::styled("Auteur", palette.strong)),
        Line::from(Span::styled("Nobody is on stage yet.", palette.text)),
        Line::default(),
    ];
    let Named { new_agent, take_up, demo, help, quit, cast: to_cast, .. } = sight.named;
    let offer = sight.scene.welcome.and_then(|it| it.offer.as_deref());
    let is_watch = sight.desk().is_watch;
    let cast = match offer {
        // Whom other programs run is cast there.
        _ if is_watch => "",
        Some(_) => "start anew: cast an agent",
        None => "cast an agent",
    };
    let roles = if is_watch { "" } else { "the cast: who can be an agent here" };
    let is_shown = sight.desk().offers(Elsewhere::Demo, sight.stage());
    let shown = if is_shown { "see it at work: six agents, scripted and free" } else { "" };
    let keys = [
        (take_up, offer.unwrap_or_default()),
        (demo, shown),
        (new_agent, cast),
        (to_cast, roles),
        (help, "all keys"),
        (quit, "leave"),
    ];
    for (key, what) in keys.into_iter().filter(|(key, what)| !key.is_empty() && !what.is_empty()) {
        lines.extend(offered(key, what, columns, palette));
    }
    lines.push(Line::default());
    match sight.scene.welcome {
        Some(welcome) => {
            for line in &welcome.lines {
                lines.extend(prose::plain(line, columns, palette.text));
            }
        }
        None => lines.extend(prose::plain(
            "To see it at work without a key or a model: auteur demo",
            columns,
            palette.dim,
        )),
    }
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let place = ink::centred(area, columns, height);
    ink::draw_lines(buffer, place, &lines);
    if height > area.height {
        let last = area.height.saturating_sub(1);
        Row::new(buffer, area, last).put("…", palette.dim);
    }
}

/// A key with what it does, which may take more than one line.
fn offered(key: &str, what: &str, columns: u16, palette: &Palette) -> Vec<Line<'static>> {
    let words = prose::plain(what, columns.saturating_sub(6), palette.text);
    let keys = std::iter::once(format!("{key:>4}  ")).chain(std::iter::repeat(" ".repeat(6)));
    let line = |(key, words): (String, Line<'static>)| {
        let mut spans = vec![Span::styled(key, palette.key)];
        spans.extend(words.spans);
        Line::from(spans)
    };
    keys.zip(words).map(line).collect()
}

/// Says that the filter leaves nobody, or that a script is played in which nobody is
/// at work.
pub(super) fn draw_nobody(buffer: &mut Buffer, area: Rect, sight: Sight) {
    let keys = sight.desk().keymap.keys_for(Context::Stage, Act::ToScript);
    let key = keys.first().map(|it| format!(": {it} shows it")).unwrap_or_default();
    let text = match sight.desk().filter.as_str() {
        "" => format!("The script that is played has cast nobody yet{key}."),
        filter => format!("No agent fits \"{filter}\"."),
    };
    let place = ink::centred(area, ink::width(&text), 1);
    Row::new(buffer, place, 0).put(&text, sight.palette.dim);
}
