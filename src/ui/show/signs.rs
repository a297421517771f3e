//! Signals from outside, and what each asks of a screen.

use std::io;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a signal asks for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sign {
    /// To close, and by which it was asked.
    Close(SignalKind),
    /// To give the terminal to the shell.
    Suspend,
}

/// The signals that matter to a screen.
pub(super) struct Signals {
    terminate: Signal,
    hang_up: Signal,
    interrupt: Signal,
    quit: Signal,
    stop: Signal,
}

impl Signals {
    /// Listens to them.
    ///
    /// # Errors
    /// When the system lets nobody listen.
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            stop: signal(SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw()))?,
        })
    }

    /// The next of them. Cancelling the wait loses none.
    pub(super) async fn next(&mut self) -> Sign {
        tokio::select! {
            _ = self.terminate.recv() => Sign::Close(SignalKind::terminate()),
            _ = self.hang_up.recv() => Sign::Close(SignalKind::hangup()),
            _ = self.interrupt.recv() => Sign::Close(SignalKind::interrupt()),
            _ = self.quit.recv() => Sign::Close(SignalKind::quit()),
            _ = self.stop.recv() => Sign::Suspend,
        }
    }
}
