//! What the session is called: another window, or a command, may have given it a name.

use super::{Finding, Source};
use crate::{history::Label, journal, text::one_line};
use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::mpsc, time::Instant};

/// It is looked at no more often than this, and only where something happens anyway.
const BEAT: Duration = Duration::from_secs(1);
/// How long a name may be, in cells.
const TITLE: usize = 200;

/// What was read of it.
#[derive(Debug, Default)]
pub(super) struct Naming {
    looked: Option<Instant>,
    /// Something has happened since.
    wants: bool,
    /// The name that was read last. A lock, because each is read on a thread of its own.
    read: Arc<Mutex<String>>,
}

impl Naming {
    /// When it is looked at again; none while nothing has happened.
    pub(super) fn due(&self) -> Option<Instant> {
        self.looked.filter(|_| self.wants).map(|it| it + BEAT)
    }

    /// Has the name read, on a thread that may block, if it is time to; else later, where
    /// something has happened. One that is new is told like anything that is found out.
    pub(super) fn look(
        &mut self,
        has_happened: bool,
        source: &impl Source,
        finder: &mpsc::Sender<Finding>,
    ) {
        if self.looked.is_some_and(|it| it.elapsed() < BEAT) {
            self.wants |= has_happened;
            return;
        }
        let Some(reader) = source.reader() else { return };
        (self.looked, self.wants) = (Some(Instant::now()), false);
        let (read, done) = (Arc::clone(&self.read), finder.clone());
        tokio::task::spawn_blocking(move || {
            if let Some(name) = renamed(reader.path(), &read) {
                // A show that has closed wants to know nothing more.
                let _closed = done.blocking_send(Finding::Called(name));
            }
        });
    }
}

/// The name of a session of ours, if it is another one than was read before; empty where it
/// has its own title again.
fn renamed(path: &Path, read: &Mutex<String>) -> Option<String> {
    // What lies beside somebody else's log is no name of it.
    path.file_name().filter(|it| *it == journal::FILE)?;
    let name = one_line(&Label::of(path).title, TITLE);
    let mut read = read.lock().unwrap_or_else(PoisonError::into_inner);
    (*read != name).then(|| {
        read.clone_from(&name);
        name
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_told_once_and_so_is_that_it_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(journal::FILE);
        let read = Mutex::default();
        let write = |title: &str| {
            Label { title: title.into(), ..Label::default() }.write(&path).unwrap();
        };
        assert_eq!(renamed(&path, &read), None, "it has none yet");
        write("The\u{1b}[31m port");
        assert_eq!(renamed(&path, &read).as_deref(), Some("The port"));
        assert_eq!(renamed(&path, &read), None);
        write("");
        assert_eq!(renamed(&path, &read).as_deref(), Some(""));
        write("The port");
        assert_eq!(renamed(&folder.path().join("log.jsonl"), &read), None, "no session of ours");
    }
}
