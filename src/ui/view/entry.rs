//! One entry of a log, as lines.

use super::{
    figures,
    ink::width,
    palette::Palette,
    prose::{self, cut, plain},
};
use crate::model::{Agent, Entry, EntryKind, FileChange, Level, Millis, ToolState};
use ratatui::{
    style::{Modifier, Style},
    text::{Line, Span},
};

/// How entries are drawn in one place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measure<'a> {
    pub(super) palette: &'a Palette,
    pub(super) columns: u16,
    pub(super) now: Millis,
    /// How many lines are wanted of an entry at its end, if not all.
    pub(super) lines: Option<usize>,
}

/// The mark that opens an entry, two columns wide.
const GUTTER: u16 = 2;

/// Whether its model knows nothing of it any more: it stands in a turn that was undone.
pub(super) fn is_undone(entry: &Entry, agent: &Agent) -> bool {
    let is_said = !matches!(entry.kind, EntryKind::Direction { .. } | EntryKind::Brief(_));
    is_said && agent.going.is_undone(entry.turn)
}

/// What is undone, said to be it.
pub(super) fn struck(lines: &mut [Line], palette: &Palette) {
    let style = palette.dim.add_modifier(Modifier::CROSSED_OUT);
    for span in lines.iter_mut().flat_map(|it| &mut it.spans) {
        span.style = style;
    }
}

/// An entry folded to what a pane has room for; `is_last` opens it a little.
pub(super) fn folded(entry: &Entry, is_last: bool, measure: Measure) -> Vec<Line<'static>> {
    let Measure { palette, .. } = measure;
    match &entry.kind {
        EntryKind::Brief(text) => few(begun("□", text, palette.dim, measure), 2, measure),
        EntryKind::Said { text, cut } => said(text, *cut, measure),
        EntryKind::Thought { text } => {
            if is_last {
                end_of("∴…", marked("∴", text, palette.thought, measure), 4)
            } else {
                few(begun("∴", from_first_word(text), palette.thought, measure), 1, measure)
            }
        }
        EntryKind::Tool { .. } => tool(entry, measure),
        EntryKind::Direction { by, text } => {
            marked("»", &format!("{by}: {text}"), palette.direction, measure)
        }
        EntryKind::Redirect { by, text, state, .. } => {
            let mut lines =
                few(marked("→", &format!("{by}: {text}"), palette.direction, measure), 3, measure);
            lines.push(aside(&format!("({state})"), palette.dim, measure));
            lines
        }
        EntryKind::Request { answer: None, .. } => Vec::new(),
        EntryKind::Request { text, answer: Some(answer), .. } => {
            let mut lines = few(marked("?", text, palette.need, measure), 2, measure);
            lines.extend(few(marked("=", answer, palette.direction, measure), 2, measure));
            lines
        }
        EntryKind::Report { text } => report(text, measure),
        EntryKind::HandOff { to, note } => {
            marked("⇢", &format!("to {to}: {note}"), palette.accent, measure)
        }
        EntryKind::Note { level, text } => marked("·", text, of_level(*level, palette), measure),
        EntryKind::Retry { text, why } => {
            few(marked("↻", &format!("{text}: {why}"), palette.warning, measure), 2, measure)
        }
        EntryKind::End { text, ok: true } => {
            let text = if text.is_empty() { "done" } else { text };
            marked("✓", text, palette.ok, measure)
        }
        EntryKind::End { text, ok: false } if text.starts_with("stopped") => {
            marked("■", text, palette.dim, measure)
        }
        EntryKind::End { text, ok: false } => {
            let lines = marked("✗", text, palette.trouble, measure);
            // A pane has more to show than a long reason; the log has it whole.
            match measure.lines {
                Some(_) => few(lines, 3, measure),
                None => lines,
            }
        }
    }
}

fn said(text: &str, is_cut: bool, measure: Measure) -> Vec<Line<'static>> {
    let (columns, palette) = (measure.columns, measure.palette);
    let mut lines = match measure.lines {
        Some(lines) => prose::end_of_markdown(text, columns, lines, palette),
        None => prose::markdown(text, columns, palette),
    };
    if is_cut {
        lines.push(aside("(cut)", measure.palette.warning, measure));
    }
    lines
}

/// What it came to, laid out as what it says is; in a pane, its beginning.
fn report(text: &str, measure: Measure) -> Vec<Line<'static>> {
    // What it has said last is handed in on one line.
    let text = text.replace('⏎', "\n");
    let is_word = text.starts_with(|it: char| it.is_alphanumeric());
    let gap = if is_word { " " } else { "\n\n" };
    let columns = measure.columns.saturating_sub(GUTTER).max(1);
    let lines = prose::markdown(&format!("result:{gap}{text}"), columns, measure.palette);
    let lines = behind("▪", lines, measure.palette.strong);
    match measure.lines {
        Some(room) => few(lines, (room / 2).max(2), measure),
        None => lines,
    }
}

/// A tool call in one line, with what came of it; one more where that is needed.
fn tool(entry: &Entry, measure: Measure) -> Vec<Line<'static>> {
    let EntryKind::Tool { tool, title, state, output, changes, note, .. } = &entry.kind else {
        return Vec::new();
    };
    let Measure { palette, columns, now, .. } = measure;
    let (shape, result, style) = result(*state, changes, now, palette);
    let title = if title.is_empty() { tool } else { title };
    let room = columns.saturating_sub(GUTTER + width(&result) + 1);
    let mut lines = vec![Line::from(vec![
        Span::styled(format!("{shape} "), style),
        Span::styled(cut(title, room).into_owned(), palette.tool),
        Span::styled(format!(" {result}"), style),
    ])];
    let last = output.lines().rfind(|it| !it.trim().is_empty());
    match (state, last) {
        (ToolState::Running(_), Some(last)) => lines.push(aside(last, palette.dim, measure)),
        (ToolState::Ended { ok: false, .. }, Some(last)) => {
            lines.push(aside(&how_it_failed(output, last), palette.tool_failed, measure));
        }
        _ => {}
    }
    if !note.is_empty() {
        lines.push(aside(note, palette.dim, measure));
    }
    lines
}

/// The last thing a failed call said, and how it ended: `3 failed [exit 1]`.
fn how_it_failed(output: &str, last: &str) -> String {
    let is_end = |line: &str| line.starts_with('[') && line.ends_with(']');
    let mut said = output.lines().rev().map(str::trim).filter(|it| !it.is_empty());
    match said.find(|line| !is_end(line)) {
        Some(said) if is_end(last.trim()) => format!("{said} {}", last.trim()),
        _ => last.to_owned(),
    }
}

/// An entry with all there is to read; tool calls with what went in and out if
/// `is_unfolded`.
pub(super) fn whole(entry: &Entry, is_unfolded: bool, measure: Measure) -> Vec<Line<'static>> {
    let Measure { palette, .. } = measure;
    match &entry.kind {
        EntryKind::Brief(text) => marked("□", text, palette.dim, measure),
        EntryKind::Thought { text } => marked("∴", text, palette.thought, measure),
        EntryKind::Retry { text, why } => {
            marked("↻", &format!("{text}: {why}"), palette.warning, measure)
        }
        EntryKind::Tool { .. } if is_unfolded => opened_tool(entry, ENDS, measure),
        EntryKind::Redirect { by, text, state, .. } => {
            let text = format!("{by}: {text}");
            let mut lines = marked("→", &text, palette.direction, measure);
            lines.push(aside(&format!("({state})"), palette.dim, measure));
            lines
        }
        EntryKind::Request { text, answer: Some(answer), .. } => {
            let mut lines = marked("?", text, palette.need, measure);
            lines.extend(marked("=", answer, palette.direction, measure));
            lines
        }
        _ => folded(entry, true, measure),
    }
}

/// The same, with all lines that went in and out of a tool call, as many as anybody reads.
pub(super) fn entire(entry: &Entry, measure: Measure) -> Vec<Line<'static>> {
    match &entry.kind {
        EntryKind::Tool { .. } => opened_tool(entry, MANY, measure),
        _ => whole(entry, true, measure),
    }
}

/// How many lines of a tool's input or output are shown at each end.
const ENDS: usize = 8;
const MANY: usize = 400;

fn opened_tool(entry: &Entry, ends: usize, measure: Measure) -> Vec<Line<'static>> {
    let EntryKind::Tool { input, output, bytes, changes, .. } = &entry.kind else {
        return Vec::new();
    };
    let Measure { palette, .. } = measure;
    let mut lines = tool(entry, measure);
    lines.truncate(1);
    for change in changes {
        let text = format!("{} +{} −{}", change.path, change.added, change.removed);
        lines.push(aside(&text, palette.accent, measure));
    }
    let input = match &**input {
        serde_json::Value::Object(fields) => fields.iter().map(argument).collect(),
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    // The model's own words, kept as they are because they go back to it.
    let input = crate::text::reveal(&input);
    lines.extend(both_ends(&input, ("in  ", palette.dim), ends, measure));
    lines.extend(both_ends(output, ("out ", palette.text), ends, measure));
    if *bytes > output.len() as u64 {
        let text = format!("(all of it: {})", figures::bytes(*bytes));
        lines.push(aside(&text, palette.dim, measure));
    }
    if let EntryKind::Tool { note, .. } = &entry.kind
        && !note.is_empty()
    {
        lines.push(aside(note, palette.dim, measure));
    }
    lines
}

/// One argument of a tool call, as `name: value`.
fn argument((name, value): (&String, &serde_json::Value)) -> String {
    match value {
        serde_json::Value::String(text) => format!("{name}: {text}\n"),
        other => format!("{name}: {other}\n"),
    }
}

/// The first and the last lines of a long text, behind a word in the margin.
fn both_ends(
    text: &str,
    (word, style): (&'static str, Style),
    ends: usize,
    measure: Measure,
) -> Vec<Line<'static>> {
    let whole: Vec<&str> = text.trim_end().lines().collect();
    let hidden = whole.len().saturating_sub(2 * ends);
    let room = measure.columns.saturating_sub(GUTTER + width(word));
    let mut lines = Vec::with_capacity(whole.len().min(2 * ends + 1));
    for (index, line) in whole.iter().enumerate() {
        if hidden > 0 && index == ends {
            let more = figures::of(hidden as u64, "line", "lines");
            lines.push(aside(&format!("    … {more} …"), measure.palette.dim, measure));
        }
        if hidden > 0 && (ends..ends + hidden).contains(&index) {
            continue;
        }
        let margin = if index == 0 { word } else { "    " };
        lines.push(Line::from(vec![
            Span::styled(format!("  {margin}"), measure.palette.dim),
            Span::styled(cut(line, room).into_owned(), style),
        ]));
    }
    lines
}

/// The shape, the words and the look of how far a tool call has come.
pub(super) fn result(
    state: ToolState,
    changes: &[FileChange],
    now: Millis,
    palette: &Palette,
) -> (&'static str, String, Style) {
    match state {
        ToolState::Called => ("▹", "waits".to_owned(), palette.dim),
        ToolState::Dropped => ("▹", "dropped".to_owned(), palette.dim),
        ToolState::Running(since) => ("▸", format!("{} …", now.since(since)), palette.tool),
        ToolState::Ended { ok, took } => {
            let mark = if ok { "✓" } else { "✗" };
            let lines = changed(changes);
            // What was over when somebody began to watch took a time that nobody saw.
            let took = if took == Millis(0) { String::new() } else { figures::took(took) };
            let text = format!("{mark} {lines}{took}").trim_end().to_owned();
            ("▸", text, if ok { palette.ok } else { palette.tool_failed })
        }
    }
}

/// `+12 −3 ` of all files together; nothing where no line changed.
fn changed(changes: &[FileChange]) -> String {
    let added: u64 = changes.iter().map(|it| u64::from(it.added)).sum();
    let removed: u64 = changes.iter().map(|it| u64::from(it.removed)).sum();
    match (added, removed) {
        (0, 0) => String::new(),
        _ => format!("+{} −{} ", figures::count(added), figures::count(removed)),
    }
}

/// Wrapped text behind a mark.
fn marked(mark: &'static str, text: &str, style: Style, measure: Measure) -> Vec<Line<'static>> {
    behind(mark, plain(text, measure.columns.saturating_sub(GUTTER).max(1), style), style)
}

/// The first lines of wrapped text behind a mark: a few more than are shown.
/// From the first line on that says something: some programs head a thought with
/// a title, and have none.
fn from_first_word(text: &str) -> &str {
    let word = text.find(char::is_alphanumeric).unwrap_or_default();
    let start = text.get(..word).and_then(|it| it.rfind('\n')).map_or(0, |at| at + 1);
    text.get(start..).unwrap_or(text)
}

fn begun(mark: &'static str, text: &str, style: Style, measure: Measure) -> Vec<Line<'static>> {
    let columns = measure.columns.saturating_sub(GUTTER).max(1);
    behind(mark, prose::start_of_plain(text, columns, 3, style), style)
}

fn behind(mark: &'static str, mut lines: Vec<Line<'static>>, style: Style) -> Vec<Line<'static>> {
    for (index, line) in lines.iter_mut().enumerate() {
        let opening = if index == 0 { format!("{mark} ") } else { "  ".to_owned() };
        line.spans.insert(0, Span::styled(opening, style));
    }
    lines
}

/// One more line that belongs to the entry above.
fn aside(text: &str, style: Style, measure: Measure) -> Line<'static> {
    let text = cut(text.trim_end(), measure.columns.saturating_sub(GUTTER));
    Line::from(Span::styled(format!("  {text}"), style))
}

/// The first lines; that there are more is said by `…`.
fn few(mut lines: Vec<Line<'static>>, most: usize, measure: Measure) -> Vec<Line<'static>> {
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            shorten(last, measure.columns.saturating_sub(1));
            last.spans.push(Span::styled("…", measure.palette.dim));
        }
    }
    lines
}

/// Takes from the end of a line what does not fit so many columns.
fn shorten(line: &mut Line, columns: u16) {
    let mut left = columns;
    for span in &mut line.spans {
        let wide = width(&span.content);
        if wide > left {
            let mut text = span.content.to_string();
            while width(&text) > left {
                text.pop();
            }
            span.content = text.trim_end().to_owned().into();
            left = 0;
        } else {
            left -= wide;
        }
    }
}

/// The last lines; that there are some before them is said by their mark.
fn end_of(mark: &'static str, mut lines: Vec<Line<'static>>, most: usize) -> Vec<Line<'static>> {
    let skip = lines.len().saturating_sub(most);
    let mut lines = lines.split_off(skip);
    if let Some(opening) =
        lines.first_mut().and_then(|it| it.spans.first_mut()).filter(|_| skip > 0)
    {
        opening.content = mark.into();
    }
    lines
}

const fn of_level(level: Level, palette: &Palette) -> Style {
    match level {
        Level::Note => palette.dim,
        Level::Warning => palette.warning,
        Level::Trouble => palette.trouble,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{CallId, Millis, Seq, ToolState, Turn},
        ui::theme::Theme,
    };

    #[test]
    fn a_failure_is_told_by_its_last_words_and_its_end() {
        let told = |output: &str| how_it_failed(output, output.lines().last().unwrap_or_default());
        assert_eq!(told("ok\n3 failed\n\n[exit 1]"), "3 failed [exit 1]");
        assert_eq!(told("[exit 1]"), "[exit 1]");
        assert_eq!(told("no such file"), "no such file");
    }

    #[test]
    fn what_a_model_gives_to_a_tool_is_shown_without_anything_hidden() {
        let kind = EntryKind::Tool {
            call: CallId(1),
            tool: "shell".into(),
            title: "ls".into(),
            input: serde_json::json!({ "command": "ls \u{202e}x\u{1b}[2J \u{200b}" }).into(),
            state: ToolState::Called,
            output: String::new(),
            bytes: 0,
            changes: vec![],
            note: String::new(),
        };
        let entry = Entry { seq: Seq(1), at: Millis(0), turn: Turn(1), kind };
        let palette = Palette::of(&Theme::default());
        let measure = Measure { columns: 80, palette: &palette, lines: None, now: Millis(0) };
        let told: String =
            opened_tool(&entry, ENDS, measure).iter().map(ToString::to_string).collect();
        assert!(told.contains("<U+202E>") && told.contains("<U+200B>"), "{told}");
        assert!(!told.contains(['\u{202e}', '\u{1b}', '\u{200b}']), "{told}");
    }

    fn told(lines: &[Line]) -> Vec<String> {
        lines.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_line_that_is_cut_says_so_however_full_it_is() {
        let palette = Palette::of(&Theme::default());
        let measure = Measure { columns: 12, palette: &palette, lines: None, now: Millis(0) };
        let lines =
            few(marked("∴", "The others are still at work", palette.thought, measure), 1, measure);
        assert_eq!(told(&lines), ["∴ The other…"]);
        let full =
            few(marked("∴", "All of it is still there", palette.thought, measure), 1, measure);
        assert_eq!(told(&full), ["∴ All of it…"]);
        let full = few(marked("∴", "abcdefghij klm", palette.thought, measure), 1, measure);
        assert_eq!(told(&full), ["∴ abcdefghi…"]);
        let ends =
            end_of("∴…", marked("∴", "one two three four five", palette.thought, measure), 2);
        assert_eq!(told(&ends), ["∴…three four", "  five"]);
    }

    #[test]
    fn a_result_is_laid_out_and_a_pane_shows_its_beginning() {
        let palette = Palette::of(&Theme::default());
        let measure = Measure { columns: 40, palette: &palette, lines: Some(6), now: Millis(0) };
        let lines = told(&report("The model said:⏎⏎- **one**⏎- two⏎- three⏎- four", measure));
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert_eq!(lines[0], "▪ result: The model said:");
        assert!(lines.iter().all(|it| !it.contains(['⏎', '*'])), "{lines:?}");
        assert!(lines[2].ends_with('…'), "{lines:?}");
    }
}
