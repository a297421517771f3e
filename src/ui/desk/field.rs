//! A line that is typed.

use tui_textarea::{CursorMove, TextArea};

/// One line of text with a cursor. Never holds a line break.
#[derive(Debug, Clone, Default)]
pub struct Field {
    area: TextArea<'static>,
}

impl Field {
    /// A line that holds this already, with the cursor at its end.
    pub fn new(text: &str) -> Self {
        let mut field = Self { area: TextArea::new(vec![one_line(text)]) };
        field.area.move_cursor(CursorMove::End);
        field
    }

    /// What it holds.
    pub fn text(&self) -> &str {
        self.area.lines().first().map_or("", String::as_str)
    }

    /// It as the widget that draws it.
    pub const fn area(&self) -> &TextArea<'static> {
        &self.area
    }

    /// Takes a key that means nothing else; says whether the text changed.
    pub fn input(&mut self, input: impl Into<tui_textarea::Input>) -> bool {
        use tui_textarea::Key;
        let input = input.into();
        let breaks = matches!(input.key, Key::Enter | Key::Char('\n' | '\r'))
            || (input.ctrl && matches!(input.key, Key::Char('m' | 'j')));
        if breaks { false } else { self.area.input(input) }
    }

    /// Inserts what was pasted, its line breaks as blanks.
    pub fn paste(&mut self, text: &str) {
        self.area.insert_str(one_line(text));
    }

    /// Takes back the last change.
    pub fn undo(&mut self) {
        self.area.undo();
    }

    /// Makes it again.
    pub fn redo(&mut self) {
        self.area.redo();
    }
}

fn one_line(text: &str) -> String {
    let lines: Vec<_> = text.split(['\r', '\n']).filter(|it| !it.is_empty()).collect();
    lines.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one_line_whatever_is_pasted() {
        let mut field = Field::new("a\nb");
        field.paste("c\r\nd\n");
        assert_eq!(field.text(), "a bc d");
        assert_eq!(field.area().lines().len(), 1);
    }
}
