//! Markdown, as models write it, to lines of a width.
//!
//! It may end anywhere: the text is shown while it is written. Entities such as
//! `&#27;` become characters only here, so what comes out of the parser is
//! sanitised once more.

mod ending;
mod inert;
mod table;
mod writer;

#[cfg(test)]
mod tests;

pub use ending::end_of_markdown;
pub use inert::inert;

use super::styled::Line;
use pulldown_cmark::{Event, Options, Parser};
use writer::Writer;

/// Shows markdown in lines of at most so many cells.
pub fn markdown(text: &str, cells: usize) -> Vec<Line> {
    laid_out(text, cells, usize::MAX)
}

/// Markdown in lines; of each paragraph that has more than `most`, the last.
fn laid_out(text: &str, cells: usize, most: usize) -> Vec<Line> {
    let mut writer = Writer::new(cells.max(1), most.max(1));
    for event in Parser::new_ext(without_torn_end(text), options()) {
        writer.write(event);
    }
    writer.finish()
}

/// Where the last block of a growing text begins: the lines of everything before
/// it stay as they are, and need not be made again.
pub fn last_block(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut last = 0;
    for (event, range) in Parser::new_ext(text, options()).into_offset_iter() {
        match event {
            Event::Start(_) => {
                last = if depth == 0 { range.start } else { last };
                depth += 1;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Rule if depth == 0 => last = range.start,
            _ => {}
        }
    }
    last
}

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS
}

/// Leaves out a last line that has only begun: a lone `-` under a paragraph would
/// make it a heading for one frame, and a list item in the next.
fn without_torn_end(text: &str) -> &str {
    let start = text.rfind('\n').map_or(0, |it| it + 1);
    let last = text[start..].trim();
    let is_begun = !last.is_empty()
        && last.len() <= 2
        && last.bytes().all(|it| matches!(it, b'-' | b'=' | b'*' | b'_' | b'`' | b'~' | b'#'));
    if is_begun { &text[..start] } else { text }
}
