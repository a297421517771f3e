//! A show that is filmed: each picture as what a terminal would be sent for it, and
//! no more than has changed since the one before.

use super::{Cue, News, Show};
use crate::{
    model::{Millis, Record},
    ui::desk::Playhead,
};
use ratatui::{
    Terminal,
    backend::{Backend as _, CrosstermBackend, TestBackend},
    buffer::Buffer,
};

/// A picture may find out what fits on it, and is drawn again: so often at most.
const AGAIN: usize = 4;

/// A show, and the screen it was last drawn on.
#[derive(Debug)]
pub struct Film {
    show: Show,
    terminal: Terminal<TestBackend>,
    last: Buffer,
}

impl Film {
    /// A show that nobody directs, on a screen of this size in columns and rows. The
    /// terminal is empty.
    pub fn new(show: Show, (columns, rows): (u16, u16)) -> Self {
        let backend = TestBackend::new(columns, rows);
        let Ok(terminal) = Terminal::new(backend);
        let last = terminal.backend().buffer().clone();
        Self { show, terminal, last }
    }

    /// Takes in what has happened, and tells what the terminal is sent for the picture
    /// at this time; nothing where it is as before.
    pub fn shoot(&mut self, records: Vec<Record>, head: Playhead, now: Millis) -> Option<String> {
        let news = News { records: vec![records], playhead: Some(head), ..News::default() };
        // Nobody is there to run errands for.
        drop(self.show.step([Cue::News(Box::new(news))], now));
        for _ in 0..AGAIN {
            let Ok(is_drawn) = self.show.draw(&mut self.terminal, now);
            if !is_drawn {
                break;
            }
        }
        let drawn = self.terminal.backend().buffer();
        let mut sent = Vec::new();
        // Nothing that is written to memory fails.
        let written = CrosstermBackend::new(&mut sent).draw(self.last.diff(drawn).into_iter());
        let is_other = self.last != *drawn;
        self.last.clone_from(drawn);
        (is_other && written.is_ok()).then(|| String::from_utf8_lossy(&sent).into_owned())
    }
}
