//! Here-documents: text that stands behind the line that speaks of it.

use super::{Reader, word::plain};
use crate::tools::policy::command::{Doubt, doubt};

/// A here-document whose text has not begun yet.
#[derive(Debug)]
pub(super) struct Here {
    end: String,
    is_quoted: bool,
    without_tabs: bool,
}

impl Reader<'_> {
    /// `<<END`, `<<-END`, or the one word of `<<<`.
    pub(super) fn here(&mut self) -> Result<(), Doubt> {
        if self.rest.next_if_eq(&'<').is_some() {
            return doubt("`<<<` is not read");
        }
        let without_tabs = self.rest.next_if_eq(&'-').is_some();
        let end = self.next_word()?;
        if end.text.is_empty() || end.is_open || end.pattern_at.is_some() || end.text.contains('\n')
        {
            return doubt("the end of a here-document is not spelled out");
        }
        self.here.push(Here { end: end.text, is_quoted: end.is_quoted, without_tabs });
        self.simple.has_here = true;
        Ok(())
    }

    /// The lines of a here-document: only text, if nothing in it is expanded.
    pub(super) fn here_document(&mut self, here: &Here) -> Result<(), Doubt> {
        loop {
            let mut line = String::new();
            let mut is_last = true;
            for next in self.rest.by_ref() {
                if next == '\n' {
                    is_last = false;
                    break;
                }
                line.push(next);
            }
            let bare = if here.without_tabs { line.trim_start_matches('\t') } else { &line };
            if bare == here.end {
                return Ok(());
            }
            if is_last {
                return doubt("a here-document has no end");
            }
            if !here.is_quoted && line.contains(['$', '`', '\\']) {
                return doubt("a here-document in which something is expanded is not read");
            }
            line.chars().try_for_each(|next| plain(next).map(drop))?;
        }
    }
}
