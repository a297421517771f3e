//! What all sessions together have spent in a day, and in a project: a file under a lock.
//!
//! A session draws a share before it spends it, so two that race for the last cent
//! don't both get it. When it closes it gives back what it has not spent. One that
//! crashed could not: whoever draws next finds that nobody holds its journal, and puts in
//! what that journal says.

use crate::{
    journal::{Reader, is_running},
    model::{Draw, Drawn, Money, Purse, Whose},
};
use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::Arc,
};

/// The folder in the state folder.
const FOLDER: &str = "purse";
/// Who has spent what.
const BOOK: &str = "book.json";
/// Whoever holds it may change the book.
const LOCK: &str = "lock";

/// Names the day that it is.
pub type Today = Arc<dyn Fn() -> String + Send + Sync>;

/// A session's hand in the purses.
#[derive(Clone)]
pub struct Till {
    folder: PathBuf,
    today: Today,
    session: String,
    project: String,
    journal: PathBuf,
}

/// What stands on disk.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Book {
    /// The day that `spent_today` is about.
    day: String,
    /// What sessions that are closed have spent on it.
    spent_today: Money,
    /// What sessions that are closed have spent in each project.
    projects: BTreeMap<String, Money>,
    /// What sessions hold that are not closed.
    open: BTreeMap<String, Row>,
}

/// What a session holds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Row {
    journal: PathBuf,
    project: String,
    run: u32,
    /// The day that `today` is of.
    day: String,
    today: Held,
    in_project: Held,
}

/// A share that a session holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Held {
    /// What it may spend.
    drawn: Money,
    /// What it had spent before.
    base: Money,
}

impl Till {
    /// The hand of the session with this journal, in the purses of this state folder.
    pub fn new(
        state: &Path,
        today: Today,
        (session, project): (&str, &str),
        journal: &Path,
    ) -> Self {
        let (session, project) = (session.to_owned(), project.to_owned());
        Self { folder: state.join(FOLDER), today, session, project, journal: journal.to_owned() }
    }

    /// Draws from a purse. What is not there is not given; what is spent already is put in
    /// all the same.
    ///
    /// # Errors
    /// When the disk says no.
    pub fn draw(&self, draw: &Draw) -> io::Result<Drawn> {
        self.with_book(|book| {
            book.settle_crashed(&self.session);
            book.draw(self, draw)
        })
    }

    /// Gives back what was not spent, of the day and of the project.
    ///
    /// # Errors
    /// When the disk says no.
    pub fn close(&self, spent: impl Fn(Purse) -> Money) -> io::Result<()> {
        self.with_book(|book| {
            if let Some(row) = book.open.remove(&self.session) {
                book.close_with(&row, spent);
            }
        })
    }

    /// Does something with the book while nobody else does.
    fn with_book<T>(&self, work: impl FnOnce(&mut Book) -> T) -> io::Result<T> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        let mut options = OpenOptions::new();
        let lock = options.create(true).truncate(false).write(true).mode(0o600);
        let lock = lock.open(self.folder.join(LOCK))?;
        // Held for as long as the file is open: whoever dies lets go of it.
        flock(&lock, FlockOperation::LockExclusive)?;
        let path = self.folder.join(BOOK);
        let mut book: Book = match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text)
                .map_err(|error| io::Error::other(format!("{}: {error}", path.display())))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Book::default(),
            Err(error) => return Err(error),
        };
        let before = book.clone();
        book.turn((self.today)());
        let done = work(&mut book);
        if book != before {
            write(&path, &book)?;
        }
        Ok(done)
    }
}

/// Writes the whole book, or nothing.
fn write(path: &Path, book: &Book) -> io::Result<()> {
    let draft = path.with_extension("draft");
    let mut options = OpenOptions::new();
    let mut file: File =
        options.create(true).truncate(true).write(true).mode(0o600).open(&draft)?;
    file.write_all(&serde_json::to_vec_pretty(book)?)?;
    file.sync_data()?;
    fs::rename(&draft, path)
}

impl Book {
    /// Goes on to a later day; none goes back, whatever zone somebody is in.
    fn turn(&mut self, today: String) {
        if today > self.day {
            (self.day, self.spent_today) = (today, Money(0));
        }
    }

    /// Draws for a session.
    fn draw(&mut self, till: &Till, draw: &Draw) -> Drawn {
        let mut row = self.open.remove(&till.session).unwrap_or_default();
        if row.run != draw.run && row != Row::default() {
            // A former run of it has crashed; what it spent, this one has known since.
            self.close(&row, |held| draw.base - held.base);
            row = Row::default();
        }
        row.journal.clone_from(&till.journal);
        row.project.clone_from(&till.project);
        row.run = draw.run;
        if row.day != self.day {
            (row.day, row.today) = (self.day.clone(), Held::default());
        }
        let others = self.others(draw.purse, &row);
        let is_of_day = draw.purse == Purse::Project || draw.day.is_empty() || draw.day == self.day;
        let held = row.held_mut(draw.purse);
        // What was spent yesterday is none of today's: the session counts anew first.
        if is_of_day {
            held.base = draw.base;
            held.drawn = held.drawn.max(draw.share(others));
        }
        let drawn = Drawn { day: self.day.clone(), drawn: held.drawn, others };
        self.open.insert(till.session.clone(), row);
        drawn
    }

    /// What others have spent or hold of a purse.
    fn others(&self, purse: Purse, of: &Row) -> Money {
        let open = self.open.values();
        match purse {
            Purse::Day => {
                let held = open.filter(|it| it.day == self.day).map(|it| it.today.drawn);
                held.fold(self.spent_today, |sum, it| sum + it)
            }
            Purse::Project => {
                let spent = self.projects.get(&of.project).copied().unwrap_or_default();
                let held = open.filter(|it| it.project == of.project);
                held.map(|it| it.in_project.drawn).fold(spent, |sum, it| sum + it)
            }
        }
    }

    /// Puts in what sessions have spent whose programs are gone.
    fn settle_crashed(&mut self, but: &str) {
        let gone = |(session, row): (&String, &Row)| {
            let reader = Reader::open(&row.journal).ok();
            let is_gone = session != but && !reader.as_ref().is_some_and(is_running);
            is_gone.then(|| (session.clone(), reader))
        };
        let gone: Vec<_> = self.open.iter().filter_map(gone).collect();
        for (session, reader) in gone {
            let Some(row) = self.open.remove(&session) else { continue };
            match reader.map(|it| it.fold(None).counted_of(&Whose::Session)) {
                Some(spent) => self.close(&row, |held| spent - held.base),
                // Nobody knows any more: all that it could have spent.
                None => self.close(&row, |held| held.drawn),
            }
        }
    }

    /// Counts what a session has spent of each of its shares, and its row no more.
    fn close(&mut self, row: &Row, spent: impl Fn(&Held) -> Money) {
        let (today, in_project) = (spent(&row.today), spent(&row.in_project));
        self.close_with(row, |purse| match purse {
            Purse::Day => today,
            Purse::Project => in_project,
        });
    }

    /// The same, where it says so itself.
    fn close_with(&mut self, row: &Row, spent: impl Fn(Purse) -> Money) {
        if row.day == self.day && row.today != Held::default() {
            self.spent_today += spent(Purse::Day);
        }
        if row.in_project != Held::default() {
            *self.projects.entry(row.project.clone()).or_default() += spent(Purse::Project);
        }
    }
}

impl Row {
    const fn held_mut(&mut self, purse: Purse) -> &mut Held {
        match purse {
            Purse::Day => &mut self.today,
            Purse::Project => &mut self.in_project,
        }
    }
}

#[cfg(test)]
#[path = "purse_tests.rs"]
mod tests;
