//! The terminal, borrowed and given back: after leaving, after a panic, on a
//! signal, and while the director is in the shell or in an editor.

mod answer;
mod bounded;
mod call;
mod clipboard;
mod elsewhere;
mod panic;

pub use answer::{Answers, Sifted};
pub use bounded::Bounded;
pub use call::Calling;
pub use clipboard::Clipboard;
pub use elsewhere::{ElsewhereError, edit_elsewhere, editor_program, visit};

use crate::text;
use crossterm::{
    clipboard::CopyToClipboard,
    cursor,
    event::{
        DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste,
        EnableFocusChange, EnableMouseCapture, KeyboardEnhancementFlags,
        PopKeyboardEnhancementFlags, PushKeyboardEnhancementFlags,
    },
    execute, queue,
    terminal::{
        BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
        SetTitle, disable_raw_mode, enable_raw_mode,
    },
};
use ratatui::{Terminal, backend::CrosstermBackend};
use rustix::{
    process::{Signal, getpid, kill_process},
    termios::OptionalActions,
};
use std::{
    io::{self, BufWriter, Stdout, Write},
    mem::ManuallyDrop,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// What is written in one go: most frames fit.
const FRAME_BYTES: usize = 1 << 17;

/// Asks for the terminal's background colour (xterm's OSC 11).
const ASK_BACKGROUND: &str = "\x1b]11;?\x1b\\";
/// Puts the window's title aside, and back (xterm's window operations).
const KEEP_TITLE: &str = "\x1b[22;2t";
const GIVE_TITLE_BACK: &str = "\x1b[23;2t";

/// A terminal that draws frames, none larger than memory allows.
pub type Canvas = Terminal<Bounded<CrosstermBackend<BufWriter<Stdout>>>>;

/// The terminal while it is ours. Given back when dropped.
#[derive(Debug)]
pub struct Screen {
    /// Never dropped: it would write what is left of a frame after the terminal
    /// was given back, and panic if that is gone.
    canvas: ManuallyDrop<Canvas>,
    title: String,
    mouse: bool,
    /// Shared with the panic hook, which gives the terminal back first.
    is_ours: Arc<AtomicBool>,
}

impl Screen {
    /// Takes the terminal: raw, its other screen, pastes and keys told apart. The
    /// mouse stays the terminal's own unless it is asked for.
    ///
    /// # Errors
    /// When there is no terminal.
    pub fn take(title: &str, mouse: bool) -> io::Result<Self> {
        let is_ours = Arc::new(AtomicBool::new(false));
        panic::give_back_first(Arc::clone(&is_ours));
        let out = BufWriter::with_capacity(FRAME_BYTES, io::stdout());
        let canvas = ManuallyDrop::new(Terminal::new(Bounded(CrosstermBackend::new(out)))?);
        let title = text::one_line(title, 80);
        let mut screen = Self { canvas, title, mouse, is_ours };
        screen.enter()?;
        Ok(screen)
    }

    /// Where frames are drawn.
    pub fn canvas(&mut self) -> &mut Canvas {
        &mut self.canvas
    }

    /// Draws a frame that the terminal shows at once, never in part.
    ///
    /// # Errors
    /// When the terminal can't be written to.
    pub fn draw(
        &mut self,
        frame: impl FnOnce(&mut Canvas) -> io::Result<bool>,
    ) -> io::Result<bool> {
        queue!(self.canvas.backend_mut(), BeginSynchronizedUpdate)?;
        let is_drawn = frame(&mut self.canvas);
        queue!(self.canvas.backend_mut(), EndSynchronizedUpdate)?;
        Write::flush(self.canvas.backend_mut())?;
        is_drawn
    }

    /// Forgets what was drawn, so that the next frame is drawn whole.
    ///
    /// # Errors
    /// When the terminal can't be written to.
    pub fn forget(&mut self) -> io::Result<()> {
        // Not `clear`, which asks the terminal where its cursor is and waits.
        let size = self.canvas.size()?;
        self.canvas.resize(size.into())
    }

    /// Has keys looked for that came with a change of the window's size. Of two
    /// things that are ready at once crossterm 0.29 takes one and is not told of
    /// the other again; setting the terminal's modes, to what they are, tells it.
    pub fn stir(&self) {
        let stdin = io::stdin();
        if let Ok(modes) = rustix::termios::tcgetattr(&stdin) {
            // A terminal that is gone is noticed where it is read.
            let _told = rustix::termios::tcsetattr(&stdin, OptionalActions::Now, &modes);
        }
    }

    /// Asks for the background colour. The answer comes among the keys, and
    /// [`Answers`] takes it out of them.
    ///
    /// # Errors
    /// When the terminal can't be written to.
    pub fn ask_background(&mut self) -> io::Result<()> {
        self.canvas.backend_mut().write_all(ASK_BACKGROUND.as_bytes())?;
        Write::flush(self.canvas.backend_mut())
    }

    /// Puts text on the clipboard, through the terminal.
    ///
    /// # Errors
    /// When the terminal can't be written to.
    pub fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(self.canvas.backend_mut(), CopyToClipboard::to_clipboard_from(text))
    }

    /// Gives the window another title.
    ///
    /// # Errors
    /// When the terminal can't be written to.
    pub fn retitle(&mut self, title: &str) -> io::Result<()> {
        self.title = text::one_line(title, 80);
        execute!(self.canvas.backend_mut(), SetTitle(&self.title))
    }

    /// Has the mouse point, or select text as the terminal does.
    ///
    /// # Errors
    /// When the terminal can't be written to.
    pub fn listen_to_mouse(&mut self, mouse: bool) -> io::Result<()> {
        if mouse == std::mem::replace(&mut self.mouse, mouse) {
            return Ok(());
        }
        if mouse {
            execute!(self.canvas.backend_mut(), EnableMouseCapture)
        } else {
            execute!(self.canvas.backend_mut(), DisableMouseCapture)
        }
    }

    /// Calls the director with these bytes, as [`Calling::bytes`] makes them.
    ///
    /// # Errors
    /// When the terminal can't be written to.
    pub fn call(&mut self, bytes: &str) -> io::Result<()> {
        self.canvas.backend_mut().write_all(bytes.as_bytes())?;
        Write::flush(self.canvas.backend_mut())
    }

    /// Gives the terminal to the shell, stands still until `fg`, takes it again.
    ///
    /// # Errors
    /// When the terminal can't be had again.
    pub fn suspend(&mut self) -> io::Result<()> {
        self.lend(|| Ok(kill_process(getpid(), Signal::STOP)?))?
    }

    /// Gives the terminal away for as long as something else needs it.
    ///
    /// # Errors
    /// When the terminal can't be had again.
    pub fn lend<T>(&mut self, to: impl FnOnce() -> T) -> io::Result<T> {
        give_back(&self.is_ours);
        let result = to();
        self.enter()?;
        self.forget()?;
        Ok(result)
    }

    fn enter(&mut self) -> io::Result<()> {
        self.is_ours.store(true, Ordering::SeqCst);
        enable_raw_mode()?;
        let out = self.canvas.backend_mut();
        out.write_all(KEEP_TITLE.as_bytes())?;
        queue!(
            out,
            EnterAlternateScreen,
            EnableBracketedPaste,
            EnableFocusChange,
            // Not asked for first: a terminal that does not know it ignores it,
            // and asking would make the first frame wait for an answer.
            PushKeyboardEnhancementFlags(KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES),
            SetTitle(&self.title),
            cursor::Hide,
        )?;
        if self.mouse {
            queue!(out, EnableMouseCapture)?;
        }
        out.flush()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back(&self.is_ours);
    }
}

/// Gives the terminal back as it was. May be called twice, and from a panic.
fn give_back(is_ours: &AtomicBool) {
    if !is_ours.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = io::stdout();
    // Each by itself, and failures ignored: whatever can be put right is.
    let _ended = execute!(out, EndSynchronizedUpdate, DisableMouseCapture, DisableFocusChange);
    let _keys = execute!(out, PopKeyboardEnhancementFlags, DisableBracketedPaste);
    let _screen = execute!(out, LeaveAlternateScreen, cursor::Show);
    let _title = out.write_all(GIVE_TITLE_BACK.as_bytes()).and_then(|()| out.flush());
    let _raw = disable_raw_mode();
}
