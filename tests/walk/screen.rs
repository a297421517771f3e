//! What is on a terminal's screen, as an emulator understands the bytes.

use alacritty_terminal::{
    Term,
    event::{Event, EventListener},
    grid::Dimensions,
    index::{Column, Line, Point},
    term::{Config, TermMode, cell::Flags},
    vte::ansi::Processor,
};
use std::{cell::RefCell, rc::Rc};

/// The emulator, and what it was told.
pub struct Screen {
    term: Term<Told>,
    parser: Processor,
    told: Told,
}

/// What the emulator hands on: answers to the program, titles, copied text.
#[derive(Clone, Default)]
struct Told {
    answers: Rc<RefCell<Vec<String>>>,
    titles: Rc<RefCell<Vec<String>>>,
}

impl EventListener for Told {
    fn send_event(&self, event: Event) {
        match event {
            Event::PtyWrite(answer) => self.answers.borrow_mut().push(answer),
            Event::Title(title) => self.titles.borrow_mut().push(title),
            _ => {}
        }
    }
}

#[derive(Clone, Copy)]
struct Size(u16, u16);

impl Dimensions for Size {
    fn total_lines(&self) -> usize {
        usize::from(self.1)
    }

    fn screen_lines(&self) -> usize {
        usize::from(self.1)
    }

    fn columns(&self) -> usize {
        usize::from(self.0)
    }
}

impl Screen {
    pub fn new(columns: u16, rows: u16) -> Self {
        let told = Told::default();
        let config = Config { kitty_keyboard: true, scrolling_history: 100, ..Config::default() };
        let term = Term::new(config, &Size(columns, rows), told.clone());
        Self { term, parser: Processor::new(), told }
    }

    pub fn feed(&mut self, bytes: &[u8]) {
        self.parser.advance(&mut self.term, bytes);
    }

    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.term.resize(Size(columns, rows));
    }

    pub fn size(&self) -> (u16, u16) {
        let fits = |it: usize| u16::try_from(it).unwrap();
        (fits(self.term.columns()), fits(self.term.screen_lines()))
    }

    /// What the terminal answers to the program, once.
    pub fn answers(&mut self) -> Vec<String> {
        self.told.answers.take()
    }

    /// Every title the window ever had.
    pub fn titles(&self) -> Vec<String> {
        self.told.titles.borrow().clone()
    }

    /// A row's text, without the blanks at its end.
    pub fn row(&self, row: u16) -> String {
        let (columns, _) = self.size();
        let mut text = String::new();
        for column in 0..columns {
            let at = Point::new(Line(i32::from(row)), Column(usize::from(column)));
            let cell = &self.term.grid()[at];
            if !cell.flags.intersects(Flags::WIDE_CHAR_SPACER | Flags::LEADING_WIDE_CHAR_SPACER) {
                text.push(cell.c);
                text.extend(cell.zerowidth().unwrap_or_default());
            }
        }
        text.truncate(text.trim_end().len());
        text
    }

    pub fn rows(&self) -> Vec<String> {
        (0..self.size().1).map(|row| self.row(row)).collect()
    }

    /// All rows, for people.
    pub fn text(&self) -> String {
        self.rows().join("\n")
    }

    /// Whether this text stands on one row.
    pub fn has(&self, text: &str) -> bool {
        self.rows().iter().any(|row| row.contains(text))
    }

    /// The first row that holds this text.
    pub fn line(&self, text: &str) -> Option<String> {
        self.rows().into_iter().find(|row| row.contains(text))
    }

    /// Modes of the terminal that a program should have put back, in words.
    pub fn left_over(&self) -> Vec<String> {
        let mode = *self.term.mode();
        let wanted = TermMode::SHOW_CURSOR | TermMode::LINE_WRAP;
        let unwanted = [
            (TermMode::ALT_SCREEN, "the other screen (1049)"),
            (TermMode::MOUSE_MODE, "the mouse (1000-1003)"),
            (TermMode::SGR_MOUSE, "the mouse's format (1006)"),
            (TermMode::UTF8_MOUSE, "the mouse's format (1005)"),
            (TermMode::BRACKETED_PASTE, "bracketed paste (2004)"),
            (TermMode::FOCUS_IN_OUT, "focus (1004)"),
            (TermMode::KITTY_KEYBOARD_PROTOCOL, "kitty's keys"),
            (TermMode::APP_CURSOR, "the arrows (1)"),
            (TermMode::ORIGIN, "the origin (6)"),
        ];
        let mut left: Vec<String> = unwanted
            .iter()
            .filter(|(it, _)| mode.intersects(*it))
            .map(|(_, name)| (*name).to_owned())
            .collect();
        if !mode.contains(wanted) {
            left.push(format!("the cursor or wrapping: {mode:?}"));
        }
        if self.parser.sync_bytes_count() > 0 {
            left.push("a frame that is not ended (2026)".to_owned());
        }
        left
    }
}
