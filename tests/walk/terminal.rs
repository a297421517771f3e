//! A terminal as a person has one, but without eyes: a pty, an emulator that
//! says what is on the screen, and every byte that came.

use crate::screen::Screen;
use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    fmt,
    io::{Read as _, Write},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

/// How long anything may take before the test gives up.
const PATIENCE: Duration = Duration::from_mins(4);
/// How often something outside the terminal is looked at while nothing comes.
const GLANCE: Duration = Duration::from_millis(5);

pub const ESC: &str = "\x1b[27u";
pub const ENTER: &str = "\r";
pub const TAB: &str = "\t";
pub const DOWN: &str = "\x1b[B";
pub const LEFT: &str = "\x1b[D";
pub const RIGHT: &str = "\x1b[C";
pub const SAVE: &str = "\x13";

/// What a terminal says when the director looks elsewhere, and here again.
pub const AWAY: &str = "\x1b[O";
pub const HERE: &str = "\x1b[I";

/// A program running in a terminal.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    reader: Option<JoinHandle<()>>,
    is_gone: Arc<AtomicBool>,
    output: Receiver<Vec<u8>>,
    /// Every byte that the program wrote.
    pub raw: Vec<u8>,
    pub screen: Screen,
    before: Modes,
}

/// What the terminal does with its bytes (`stty`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modes(String);

impl Terminal {
    /// Starts a program in a terminal of this size. Nothing is inherited.
    pub fn start(
        program: &str,
        arguments: &[&str],
        folder: &Path,
        environment: &[(String, String)],
        (columns, rows): (u16, u16),
    ) -> Self {
        let pair = native_pty_system().openpty(size(columns, rows)).unwrap();
        let before = modes(&*pair.master);
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.cwd(folder);
        command.env_clear();
        for (name, value) in environment {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        let mut out = pair.master.try_clone_reader().unwrap();
        let is_gone = Arc::new(AtomicBool::new(false));
        let (sender, output) = channel();
        let reader = std::thread::spawn({
            let is_gone = Arc::clone(&is_gone);
            move || {
                let mut bytes = vec![0; 1 << 16];
                while let Ok(count @ 1..) = out.read(&mut bytes) {
                    if is_gone.load(Ordering::SeqCst) || sender.send(bytes[..count].into()).is_err()
                    {
                        break;
                    }
                }
            }
        });
        Self {
            child,
            writer: Some(pair.master.take_writer().unwrap()),
            master: Some(pair.master),
            reader: Some(reader),
            is_gone,
            output,
            raw: Vec::new(),
            screen: Screen::new(columns, rows),
            before,
        }
    }

    /// Presses keys, given as the bytes that a terminal sends for them.
    pub fn press(&mut self, keys: &str) {
        let writer = self.writer.as_mut().unwrap();
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    /// Pastes as a terminal does that was asked to bracket pastes.
    pub fn paste(&mut self, text: &str) {
        self.press(&format!("\x1b[200~{text}\x1b[201~"));
    }

    /// Makes the window this large.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.screen.resize(columns, rows);
        self.master.as_ref().unwrap().resize(size(columns, rows)).unwrap();
    }

    /// Reads until this holds of the screen.
    #[track_caller]
    pub fn until(&mut self, what: &str, holds: impl Fn(&Screen) -> bool) {
        self.wait(what, |it| holds(&it.screen));
    }

    /// Reads until the screen has this text on one line.
    #[track_caller]
    pub fn until_shown(&mut self, text: &str) {
        self.wait(text, |it| it.screen.has(text));
    }

    /// Reads until the screen has this text no more.
    #[track_caller]
    pub fn until_gone(&mut self, text: &str) {
        self.wait(&format!("no {text}"), |it| !it.screen.has(text));
    }

    /// Presses keys, then reads until the screen has this text.
    #[track_caller]
    pub fn press_for(&mut self, keys: &str, text: &str) {
        self.press(keys);
        self.until_shown(text);
    }

    /// Reads until something holds that is not on the screen.
    #[track_caller]
    pub fn wait(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        loop {
            self.read(Duration::ZERO);
            if holds(self) {
                return;
            }
            assert!(Instant::now() < end, "waited in vain for: {what}\n{self:?}");
            if !self.read(GLANCE) && self.reader.as_ref().is_none_or(JoinHandle::is_finished) {
                self.read(Duration::ZERO);
                assert!(holds(self), "the program ended before: {what}\n{self:?}");
                return;
            }
        }
    }

    /// Takes what came; says whether anything did within this time.
    pub fn read(&mut self, patience: Duration) -> bool {
        let mut patience = patience;
        let mut is_any = false;
        while let Ok(bytes) = self.output.recv_timeout(patience) {
            self.screen.feed(&bytes);
            self.raw.extend(bytes);
            is_any = true;
            patience = Duration::ZERO;
        }
        for answer in self.screen.answers() {
            if let Some(writer) = &mut self.writer {
                // A program that has just ended needs no answer.
                drop(writer.write_all(answer.as_bytes()));
            }
        }
        is_any
    }

    /// Reads until the program ends by itself.
    #[track_caller]
    pub fn until_ended(&mut self) -> ExitStatus {
        let end = Instant::now() + PATIENCE;
        loop {
            self.read(GLANCE);
            if let Some(status) = self.child.try_wait().unwrap() {
                // Its last words are still under way.
                while self.reader.as_ref().is_some_and(|it| !it.is_finished()) {
                    self.read(GLANCE);
                    assert!(Instant::now() < end, "somebody holds the terminal\n{self:?}");
                }
                self.read(Duration::ZERO);
                return status;
            }
            assert!(Instant::now() < end, "it does not end\n{self:?}");
        }
    }

    /// Ends the program at once, as a crash or a power cut does.
    pub fn crash(&mut self) {
        self.signal(Signal::KILL);
        self.until_ended();
    }

    pub fn pid(&self) -> Pid {
        Pid::from_raw(self.child.process_id().unwrap().cast_signed()).unwrap()
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Closes the window: the pty's other end goes away.
    pub fn close_window(&mut self) {
        self.is_gone.store(true, Ordering::SeqCst);
        // The reader wakes up on the next byte, and lets go of the pty.
        let (columns, rows) = self.screen.size();
        self.resize(columns + 1, rows);
        self.reader.take().unwrap().join().unwrap();
        self.writer = None;
        self.master = None;
    }

    /// What is left changed in the terminal, in words; nothing is as it should be.
    pub fn left_over(&self) -> Vec<String> {
        let mut left = self.screen.left_over();
        let now = modes(&**self.master.as_ref().unwrap());
        if now != self.before {
            left.push(format!("stty: {:?} was {:?}", now.0, self.before.0));
        }
        left
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It has usually ended; a failed test leaves nobody behind.
        if let Ok(None) = self.child.try_wait() {
            self.signal(Signal::KILL);
            drop(self.child.wait());
        }
    }
}

/// The screen, for a test that failed.
impl fmt::Debug for Terminal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = "─".repeat(usize::from(self.screen.size().0));
        write!(f, "{rule}\n{}\n{rule}", self.screen.text())
    }
}

fn modes(master: &dyn MasterPty) -> Modes {
    let it = master.get_termios().unwrap();
    Modes(format!(
        "{:?} {:?} {:?} {:?}",
        it.input_flags, it.output_flags, it.control_flags, it.local_flags
    ))
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}
