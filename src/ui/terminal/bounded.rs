//! A terminal that is never larger than what can be drawn: a window that claims
//! to be huge costs no more memory than a large one.

use ratatui::{
    backend::{Backend, ClearType, WindowSize},
    buffer::Cell,
    layout::{Position, Size},
};
use std::io::{self, Write};

/// The most that is drawn, in columns and lines: more than any screen has. What
/// lies beyond stays blank.
const MOST: Size = Size { width: 1000, height: 500 };

/// A backend whose size has bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounded<B>(pub B);

const fn bounded(size: Size) -> Size {
    const fn least(one: u16, other: u16) -> u16 {
        if one < other { one } else { other }
    }
    Size { width: least(size.width, MOST.width), height: least(size.height, MOST.height) }
}

impl<B: Backend> Backend for Bounded<B> {
    type Error = B::Error;

    fn draw<'a, I>(&mut self, content: I) -> Result<(), Self::Error>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        self.0.draw(content)
    }

    fn append_lines(&mut self, lines: u16) -> Result<(), Self::Error> {
        self.0.append_lines(lines)
    }

    fn hide_cursor(&mut self) -> Result<(), Self::Error> {
        self.0.hide_cursor()
    }

    fn show_cursor(&mut self) -> Result<(), Self::Error> {
        self.0.show_cursor()
    }

    fn get_cursor_position(&mut self) -> Result<Position, Self::Error> {
        self.0.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Self::Error> {
        self.0.set_cursor_position(position)
    }

    fn clear(&mut self) -> Result<(), Self::Error> {
        self.0.clear()
    }

    fn clear_region(&mut self, clear_type: ClearType) -> Result<(), Self::Error> {
        self.0.clear_region(clear_type)
    }

    fn size(&self) -> Result<Size, Self::Error> {
        self.0.size().map(bounded)
    }

    fn window_size(&mut self) -> Result<WindowSize, Self::Error> {
        let size = self.0.window_size()?;
        Ok(WindowSize { columns_rows: bounded(size.columns_rows), ..size })
    }

    fn flush(&mut self) -> Result<(), Self::Error> {
        self.0.flush()
    }
}

impl<B: Write> Write for Bounded<B> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::{Terminal, backend::TestBackend};

    #[test]
    fn f13_a_huge_window_is_drawn_in_part_and_an_ordinary_one_whole() {
        let drawn = |width, height| {
            let mut terminal = Terminal::new(Bounded(TestBackend::new(width, height))).unwrap();
            terminal.draw(|_| {}).unwrap().area.as_size()
        };
        assert_eq!(drawn(1400, 20), Size { width: 1000, height: 20 });
        assert_eq!(drawn(30, 700), Size { width: 30, height: 500 });
        assert_eq!(drawn(200, 60), Size { width: 200, height: 60 });
        let huge = Size { width: u16::MAX, height: u16::MAX };
        assert_eq!(bounded(huge), MOST);
    }
}
