//! The end of markdown, without the rest: a pane shows a few lines of a text
//! that grows for minutes.

use super::laid_out;
use crate::text::styled::Line;
use memchr::memmem;
use std::borrow::Cow;

/// How many bytes further back than the lines can hold a clean start is looked
/// for.
const REACH: usize = 4096;

/// Shows the end of markdown in lines of at most so many cells: at least so many
/// lines of it where there are so many, and the last of them as in the whole.
///
/// Of a list or a paragraph longer than a few kilobytes only the end is read, from
/// where a line of it begins; its first lines can then differ. So can a link whose
/// address stands in another place than its words, and raw HTML with blank lines.
pub fn end_of_markdown(text: &str, cells: usize, lines: usize) -> Vec<Line> {
    let blocks = code_blocks(text);
    let mut wanted = lines;
    while let Some(start) = start_of_end(text, &blocks, (cells.max(1), wanted)) {
        let block = block_at(&blocks, start);
        // What is put before code is not there in the whole.
        let more = block.map_or(0, |it| it.opening.len());
        let laid = laid_out(&from(text, start, block), cells, lines.saturating_add(more));
        if laid.len() >= lines.saturating_add(more) {
            return laid;
        }
        wanted = wanted.saturating_mul(2).saturating_add(1);
    }
    laid_out(text, cells, lines)
}

/// A code block that no other block encloses. Its text may still be written.
#[derive(Debug, Clone, PartialEq, Eq)]
struct CodeBlock<'a> {
    fence: &'a str,
    /// The line that opens it.
    opening: &'a str,
    start: usize,
    /// Where the line begins that closes it; of the text, where none does.
    end: usize,
}

/// The code blocks of a text. A fence that is indented, or stands behind another
/// mark, belongs to a list or a quote, and is over where that is over.
fn code_blocks(text: &str) -> Vec<CodeBlock<'_>> {
    let of = |fence: &str| memmem::find_iter(text.as_bytes(), fence).collect::<Vec<_>>();
    let mut fences = of("```");
    fences.extend(of("~~~"));
    fences.sort_unstable();
    let mut blocks: Vec<CodeBlock> = Vec::new();
    for at in fences {
        let line = text[..at].rfind('\n').map_or(0, |it| it + 1);
        let indent = &text[line..at];
        let rest = text[at..].lines().next().unwrap_or_default();
        let after = rest.trim_start_matches(&rest[..1]);
        let fence = &rest[..rest.len() - after.len()];
        let can_open = indent.is_empty() && !(fence.starts_with('`') && after.contains('`'));
        let can_close = indent.len() <= 3 && indent.trim().is_empty() && after.trim().is_empty();
        match blocks.last_mut().filter(|it| it.end == text.len()) {
            Some(open) if can_close && fence.starts_with(open.fence) => open.end = line,
            None if can_open => {
                blocks.push(CodeBlock { fence, opening: rest, start: line, end: text.len() });
            }
            Some(_) | None => {}
        }
    }
    blocks
}

fn block_at<'a, 'b>(blocks: &'b [CodeBlock<'a>], at: usize) -> Option<&'b CodeBlock<'a>> {
    blocks.iter().rev().find(|it| it.start < at && at <= it.end)
}

/// The text from a place on, as it is there: code stays code.
fn from<'a>(text: &'a str, start: usize, block: Option<&CodeBlock>) -> Cow<'a, str> {
    let rest = text.get(start..).unwrap_or_default();
    match block {
        Some(block) => Cow::Owned([block.opening, "\n", rest].concat()),
        None => Cow::Borrowed(rest),
    }
}

/// Where about so many lines of the end begin. None where that is the start of
/// the text, or nothing can be left out.
fn start_of_end(text: &str, blocks: &[CodeBlock], (cells, lines): (usize, usize)) -> Option<usize> {
    let reach = cells.saturating_mul(lines).saturating_add(REACH);
    let furthest = text.len().saturating_sub(reach);
    let (mut seen, mut end) = (0, text.trim_end().len());
    for gap in memmem::rfind_iter(&text.as_bytes()[..end], b"\n\n") {
        let start = gap + 2;
        if start < furthest {
            break;
        }
        // With the blank line before it.
        seen += (end - start) / cells + 1;
        end = gap;
        if seen > lines && is_clean(text, start, blocks) {
            return Some(start);
        }
    }
    let line = memchr::memchr(b'\n', &text.as_bytes()[furthest..])?;
    (furthest > 0).then_some(furthest + line + 1)
}

/// Whether what stands before a place after a blank line does not matter for what
/// comes: inside a code block, or where a line begins that goes on with no list.
fn is_clean(text: &str, start: usize, blocks: &[CodeBlock]) -> bool {
    if block_at(blocks, start).is_some() {
        return true;
    }
    let line = text[start..].lines().next().unwrap_or_default();
    let after_digits = line.trim_start_matches(|it: char| it.is_ascii_digit());
    let is_numbered = after_digits.len() < line.len() && after_digits.starts_with(['.', ')']);
    let rest = line.strip_prefix(['-', '*', '+']);
    let is_item = rest.is_some_and(|it| it.is_empty() || it.starts_with([' ', '\t']));
    !line.is_empty() && !line.starts_with([' ', '\t']) && !is_numbered && !is_item
}
