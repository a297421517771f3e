//! The emulator itself.

use super::{
    Strain,
    cuts::{is_upheaval, upheaval},
    history::History,
    row::{Draft, Paint, Pen, Row},
};
use crate::model::{Lead, Step};
use alacritty_terminal::{
    Term,
    event::{Event, EventListener, WindowSize},
    grid::{Dimensions, Grid, GridCell as _},
    index::{Column, Line},
    term::{
        Config, Osc52, TermMode,
        cell::{Cell, Flags},
    },
    vte::ansi::{Color, NamedColor, Processor, Rgb, Timeout},
};
use std::{
    borrow::Cow,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// Text is taken in in pieces of this many bytes, and rows that have left the
/// screen are put away after each: so many can leave it at most.
const GULP: usize = 1024;
/// So many rows there is room for that have left the screen and are not put away
/// yet, or as many as the screen has. A grid that needs more takes room for a
/// thousand, which is megabytes.
const ROOM: usize = 32;
/// And no more than this, however large the screen.
const MOST_ROOM: usize = 500;

/// The colours that a program is told when it asks for ours: those of the text,
/// the ground and the cursor. Light on dark, whatever the theme: it asks to choose
/// colours that can be read, and what it chooses is shown as it says.
const COLOURS: [Rgb; 3] = [
    Rgb { r: 0xd8, g: 0xd8, b: 0xd8 },
    Rgb { r: 0x10, g: 0x10, b: 0x10 },
    Rgb { r: 0xd8, g: 0xd8, b: 0xd8 },
];

/// A terminal that nobody sees.
pub struct Emulator {
    term: Term<Ear>,
    parser: Processor<Never>,
    strain: Strain,
    history: History,
    /// There is room for rows that leave the screen.
    has_room: bool,
    ear: Ear,
}

/// What of its modes matters to keys, mouse and cursor.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent, as a terminal has them")]
pub struct Modes {
    /// Cursor keys are to be sent in their application form.
    pub app_cursor: bool,
    /// A paste is to be bracketed.
    pub brackets: bool,
    /// What of the mouse is to be sent.
    pub mouse: Mouse,
    /// The mouse is to be sent in its newer form, which has no bounds.
    pub sgr_mouse: bool,
    /// The other screen is shown: it has no history, so the wheel is cursor keys.
    pub is_alternate: bool,
}

/// What a program wants to hear of the mouse.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mouse {
    /// Nothing.
    #[default]
    None,
    /// Its buttons.
    Buttons,
    /// And where it goes while one is pressed.
    Drags,
    /// And where it goes.
    Moves,
}

/// What the emulator would tell a window: we keep its answers, if anybody wants
/// them, and nothing else.
#[derive(Clone, Default)]
struct Ear(Option<Arc<Mutex<Heard>>>);

#[derive(Default)]
struct Heard {
    answers: String,
    size: (u16, u16),
}

/// Updates are never held back: a screen depends on what was printed alone, not
/// on when.
#[derive(Default)]
struct Never;

#[derive(Clone, Copy)]
struct Size(u16, u16);

impl Emulator {
    /// A terminal of so many columns and rows that keeps so many bytes of rows
    /// that have left its screen.
    pub fn new((columns, rows): (u16, u16), history: usize) -> Self {
        Self::with_ear((columns, rows), history, Ear::default())
    }

    /// A terminal that answers what a program asks it, and keeps no history.
    pub fn answering(size: (u16, u16)) -> Self {
        Self::with_ear(size, 0, Ear(Some(Arc::default())))
    }

    fn with_ear(size: (u16, u16), history: usize, ear: Ear) -> Self {
        let size = Size::of(size);
        ear.with(|it| it.size = (size.0, size.1));
        // One that answers has nothing to put away.
        let scrolling_history = if ear.0.is_none() { GULP } else { 0 };
        let osc52 = Osc52::Disabled;
        let config = Config { scrolling_history, osc52, ..Config::default() };
        let term = Term::new(config, &size, ear.clone());
        let (parser, strain) = (Processor::new(), Strain::default());
        Self { term, parser, strain, history: History::new(history), has_room: false, ear }
    }

    /// Begins anew at the place where the kept part of what was printed begins.
    pub fn begin_at(&mut self, lead: &Lead) {
        *self = Self::with_ear(lead.size, self.history.most(), self.ear.clone());
        for (mode, is_set) in &lead.modes {
            self.feed(&format!("\x1b[?{mode}{}", if *is_set { 'h' } else { 'l' }));
        }
    }

    /// Keeps so many bytes of rows that leave the screen from now on, and no more of
    /// those that have left it.
    pub fn keep(&mut self, history: usize) {
        self.history.limit(history);
    }

    /// Keeps what has left the screen of another that took in the same.
    pub fn recall(&mut self, other: Self) {
        self.keep(other.history.most());
        self.history = other.history;
    }

    /// How many bytes of rows it keeps at most that have left the screen.
    pub const fn keeps(&self) -> usize {
        self.history.most()
    }

    /// Forgets what has left the screen: what comes next did not follow it.
    pub fn forget_history(&mut self) {
        self.history = History::new(self.history.most());
    }

    /// Does what comes next.
    pub fn follow(&mut self, step: Step<'_>) {
        match step {
            Step::Begin => {
                let (size, most, ear) = (self.size(), self.history.most(), self.ear.clone());
                *self = Self::with_ear(size, most, ear);
            }
            Step::Resize(columns, rows) => self.resize((columns, rows)),
            Step::Text(text) => self.feed(text),
        }
    }

    /// Takes in what was printed.
    pub fn feed(&mut self, text: &str) {
        let text = self.strain.push(text);
        let mut rest = text.as_bytes();
        // The first: a sequence may have begun in the text before this.
        let first = rest.iter().position(|it| is_upheaval(*it)).unwrap_or_default();
        let mut cut = Some(first);
        while let Some(at) = cut {
            let (piece, after) = rest.split_at(at);
            self.advance(piece);
            (rest, cut) = (after, upheaval(after));
        }
        self.advance(rest);
    }

    /// Takes in text in pieces that push no more rows off the screen than there is
    /// room for. That it does so otherwise is rare, and costs memory for a while.
    fn advance(&mut self, mut text: &[u8]) {
        while !text.is_empty() {
            self.make_room();
            let lines = self.room() / 2;
            let most = text.len().min(GULP).min(lines * self.term.columns());
            let ends = memchr::memchr_iter(b'\n', &text[..most]).nth(lines - 1);
            let (piece, rest) = text.split_at(ends.map_or(most, |it| it + 1));
            self.parser.advance(&mut self.term, piece);
            self.put_away();
            text = rest;
        }
    }

    fn room(&self) -> usize {
        self.term.screen_lines().clamp(ROOM, MOST_ROOM)
    }

    /// Has room for rows that leave the screen, and for no more than will be needed:
    /// a grid that was made larger and has shrunk keeps what it had.
    fn make_room(&mut self) {
        if self.has_room || self.ear.0.is_some() || self.modes().is_alternate {
            return;
        }
        let (columns, rows) = (self.term.columns(), self.term.screen_lines());
        let mut roomy = Grid::new(rows + self.room(), columns, GULP);
        roomy.resize(false, rows, columns);
        let grid = self.term.grid_mut();
        for row in (0..rows).filter_map(|it| i32::try_from(it).ok()) {
            std::mem::swap(&mut roomy[Line(row)], &mut grid[Line(row)]);
        }
        roomy.cursor = grid.cursor.clone();
        roomy.saved_cursor = grid.saved_cursor.clone();
        *grid = roomy;
        self.has_room = true;
    }

    /// Gives back the memory of rows that are put away: for a terminal that is at
    /// rest.
    pub fn slim(&mut self) {
        self.term.grid_mut().truncate();
        self.has_room = false;
    }

    /// Has this size from now on. What was wrapped is wrapped anew.
    pub fn resize(&mut self, size: (u16, u16)) {
        let size = Size::of(size);
        self.ear.with(|it| it.size = (size.0, size.1));
        self.term.resize(size);
        self.put_away();
        self.slim();
    }

    /// What is to be told to the program, once.
    pub fn answers(&mut self) -> String {
        self.ear.with(|it| std::mem::take(&mut it.answers)).unwrap_or_default()
    }

    /// Columns and rows.
    pub fn size(&self) -> (u16, u16) {
        let fits = |it: usize| u16::try_from(it).unwrap_or(u16::MAX);
        (fits(self.term.columns()), fits(self.term.screen_lines()))
    }

    /// How many rows have left the screen and are kept.
    pub fn scrolled(&self) -> usize {
        self.history.len()
    }

    /// A row of the screen; below 0, of what has left it, -1 the latest.
    pub fn row(&self, row: isize) -> Cow<'_, Row> {
        if row < 0 {
            let back = self.history.back(row.unsigned_abs() - 1);
            return back.map_or_else(Cow::default, Cow::Borrowed);
        }
        match i32::try_from(row) {
            Ok(row) if row.cast_unsigned() < u32::from(self.size().1) => {
                Cow::Owned(self.row_of(row))
            }
            _ => Cow::default(),
        }
    }

    /// Where the cursor is, as column and row; none where the program hides it.
    pub fn cursor(&self) -> Option<(u16, u16)> {
        let place = self.term.grid().cursor.point;
        let is_shown = self.term.mode().contains(TermMode::SHOW_CURSOR);
        let fits = |it: usize| u16::try_from(it).ok();
        let row = usize::try_from(place.line.0).ok()?;
        is_shown.then_some((fits(place.column.0)?, fits(row)?))
    }

    /// How keys and the mouse are to be sent.
    pub fn modes(&self) -> Modes {
        let mode = self.term.mode();
        let mouse = [
            (TermMode::MOUSE_MOTION, Mouse::Moves),
            (TermMode::MOUSE_DRAG, Mouse::Drags),
            (TermMode::MOUSE_REPORT_CLICK, Mouse::Buttons),
        ];
        let mouse = mouse.into_iter().find(|(it, _)| mode.contains(*it));
        Modes {
            app_cursor: mode.contains(TermMode::APP_CURSOR),
            brackets: mode.contains(TermMode::BRACKETED_PASTE),
            mouse: mouse.map(|(_, mouse)| mouse).unwrap_or_default(),
            sgr_mouse: mode.contains(TermMode::SGR_MOUSE),
            is_alternate: mode.contains(TermMode::ALT_SCREEN),
        }
    }

    /// Keeps the rows that have left the screen, as little as they are, if anybody
    /// wants them.
    fn put_away(&mut self) {
        let count = i32::try_from(self.term.history_size()).unwrap_or(0);
        if count == 0 {
            return;
        }
        let wanted = if self.history.most() > 0 { count } else { 0 };
        for row in -wanted..0 {
            self.history.push(self.row_of(row));
        }
        self.term.grid_mut().clear_history();
        // One that had to grow is made anew.
        self.has_room &= usize::try_from(count).is_ok_and(|it| it <= self.room());
    }

    fn row_of(&self, row: i32) -> Row {
        let mut draft = Draft::default();
        let cells = &self.term.grid()[Line(row)];
        let spacers = Flags::WIDE_CHAR_SPACER | Flags::LEADING_WIDE_CHAR_SPACER;
        let is_spacer = |column: usize| {
            let is_there = column < self.term.columns();
            is_there && cells[Column(column)].flags.contains(Flags::WIDE_CHAR_SPACER)
        };
        // Most rows end long before the screen does.
        let is_used = |column: &usize| !cells[Column(*column)].is_empty();
        let used = (0..self.term.columns()).rev().find(is_used).map_or(0, |it| it + 1);
        for column in 0..used {
            let cell = &cells[Column(column)];
            let is_second =
                column > 0 && cells[Column(column - 1)].flags.contains(Flags::WIDE_CHAR);
            if is_second && is_spacer(column) {
                continue;
            }
            let is_hidden = cell.flags.intersects(spacers | Flags::HIDDEN);
            let is_half = cell.flags.contains(Flags::WIDE_CHAR) && !is_spacer(column + 1);
            let letter = if is_hidden || is_half { ' ' } else { cell.c };
            draft.put(letter, cell.zerowidth().unwrap_or_default(), pen(cell));
        }
        draft.row()
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator").field("size", &self.size()).finish_non_exhaustive()
    }
}

fn pen(cell: &Cell) -> Pen {
    let has = |flag| cell.flags.intersects(flag);
    Pen {
        fore: paint(cell.fg),
        back: paint(cell.bg),
        bold: has(Flags::BOLD),
        dim: has(Flags::DIM) || is_dim(cell.fg),
        italic: has(Flags::ITALIC),
        underline: has(Flags::ALL_UNDERLINES),
        inverse: has(Flags::INVERSE),
        struck: has(Flags::STRIKEOUT),
    }
}

/// None for the colours that the theme gives text and ground.
fn paint(colour: Color) -> Option<Paint> {
    match colour {
        Color::Spec(Rgb { r, g, b }) => Some(Paint::Rgb(r, g, b)),
        Color::Indexed(index) => Some(Paint::Indexed(index)),
        Color::Named(name) => {
            let bright = name as usize;
            let dim = bright.checked_sub(NamedColor::DimBlack as usize).filter(|it| *it < 8);
            u8::try_from(dim.unwrap_or(bright)).ok().filter(|it| *it < 16).map(Paint::Indexed)
        }
    }
}

const fn is_dim(colour: Color) -> bool {
    matches!(colour, Color::Named(NamedColor::DimForeground))
}

impl Ear {
    fn with<T>(&self, change: impl FnOnce(&mut Heard) -> T) -> Option<T> {
        let heard = self.0.as_ref()?;
        Some(change(&mut heard.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl EventListener for Ear {
    fn send_event(&self, event: Event) {
        let answer = match event {
            Event::PtyWrite(answer) => Some(answer),
            Event::ColorRequest(index, say) => {
                let place = index.checked_sub(NamedColor::Foreground as usize);
                place.and_then(|it| COLOURS.get(it)).map(|it| say(*it))
            }
            Event::TextAreaSizeRequest(say) => self.with(|it| {
                let (num_cols, num_lines) = it.size;
                say(WindowSize { num_lines, num_cols, cell_width: 8, cell_height: 16 })
            }),
            // Titles, bells and the clipboard are nobody's business here.
            _ => None,
        };
        if let Some(answer) = answer {
            self.with(|it| it.answers.push_str(&answer));
        }
    }
}

impl Timeout for Never {
    fn set_timeout(&mut self, _: Duration) {}

    fn clear_timeout(&mut self) {}

    fn pending_timeout(&self) -> bool {
        false
    }
}

impl Size {
    /// Two columns are the least that a wide character fits.
    fn of((columns, rows): (u16, u16)) -> Self {
        Self(columns.max(2), rows.max(1))
    }
}

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
