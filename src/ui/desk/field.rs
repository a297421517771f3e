//! A line that is typed.

use ratatui::style::Style;
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

    /// A line that holds this already, marked whole: what is typed or pasted
    /// takes its place, and a move of the cursor keeps it.
    pub fn replacing(text: &str) -> Self {
        let mut field = Self::new(text);
        if !field.text().is_empty() {
            field.area.set_selection_style(Style::new().reversed());
            field.area.select_all();
        }
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
        // As in a shell: the widget would take back the last change.
        let clears = input.ctrl && input.key == Key::Char('u');
        match () {
            () if breaks => false,
            () if clears => self.clear_before(),
            () => self.area.input(input),
        }
    }

    /// Takes away what stands before the cursor, or what is marked; says whether there was
    /// anything.
    fn clear_before(&mut self) -> bool {
        let is_marked = self.area.selection_range().is_some();
        if is_marked { self.area.cut() } else { self.area.delete_line_by_head() }
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

    #[test]
    fn ctrl_u_takes_away_what_stands_before_the_cursor() {
        use tui_textarea::{Input, Key};
        let clear = Input { key: Key::Char('u'), ctrl: true, ..Input::default() };
        let mut field = Field::new("some words");
        assert!(
            field.input(clear.clone()) && field.text().is_empty() && !field.input(clear.clone())
        );
        field.undo();
        assert_eq!(field.text(), "some words");
        field.input(Input { key: Key::Left, ..Input::default() });
        field.input(clear.clone());
        assert_eq!(field.text(), "s");
        let mut field = Field::replacing("marked whole");
        assert!(field.input(clear) && field.text().is_empty());
    }

    #[test]
    fn typing_replaces_what_was_proposed_and_a_move_keeps_it() {
        use tui_textarea::{Input, Key};
        let key = |key| Input { key, ..Input::default() };
        let mut field = Field::replacing("$5.00");
        for letter in "50".chars() {
            field.input(key(Key::Char(letter)));
        }
        assert_eq!(field.text(), "50");
        let mut field = Field::replacing("$5.00");
        field.input(key(Key::End));
        field.input(key(Key::Char('1')));
        assert_eq!(field.text(), "$5.001");
        let mut field = Field::replacing("$5.00");
        field.paste("7");
        assert_eq!(field.text(), "7");
    }
}
