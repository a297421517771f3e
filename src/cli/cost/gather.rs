//! What is read for it: each session once, however often it is named, and what one log
//! repeats of another once.

use crate::{
    cli::{House, args::CostArgs, foreign, progress::Telling, sessions},
    history::{Book, Ledger, session_of},
    interop::{Foreign, Once, Progress, below, in_order},
    journal::{FILE, Reader},
    model::Money,
};
use anyhow::bail;
use jiff::tz::TimeZone;
use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

/// What was spent, and where that is written.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) ledger: Ledger,
    pub(super) sources: Vec<Source>,
    /// What could not be read, and why.
    pub(super) unread: Vec<(PathBuf, String)>,
    /// How many logs have the very same bytes as another.
    pub(super) copies: usize,
}

/// A session that was read.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) session: String,
    pub(super) path: PathBuf,
    /// Whose it is.
    pub(super) format: String,
    /// What it says itself that all of it has cost.
    pub(super) reported: Option<Money>,
}

/// What is to be read.
#[derive(Default)]
struct Named {
    ours: Vec<Reader>,
    logs: Vec<Foreign>,
    unread: Vec<(PathBuf, String)>,
}

/// Reads what was named, or the sessions of this project.
pub(super) fn gather(house: &House, args: &CostArgs) -> anyhow::Result<Gathered> {
    let mut named = Named::default();
    for path in &args.named {
        named.add(house, path)?;
    }
    if args.named.is_empty() {
        let project = house.company.project().display().to_string();
        let journals = house.history().sessions().journals().into_iter();
        named.ours = journals.filter(|it| args.all || it.header().project == project).collect();
    }
    let zone = if args.local { TimeZone::system() } else { TimeZone::UTC };
    let open = |book: Book| book.in_zone(zone.clone()).since(args.since);
    let mut all = Gathered { unread: named.unread, ..Gathered::default() };
    let mut known = HashSet::new();
    for reader in named.ours {
        let session = session_of(&reader);
        let id =
            if reader.header().session.is_empty() { &session } else { &reader.header().session };
        if known.insert(id.clone()) {
            let mut book = open(Book::new(&session, reader.header()));
            for (_, record) in reader.records_from(reader.body()) {
                book.take(&record, &mut all.ledger);
            }
            let (path, format) = (reader.path().to_owned(), "auteur".to_owned());
            all.sources.push(Source { session, path, format, reported: None });
        }
    }
    let mut logs = all.without_copies(named.logs)?;
    in_order(&mut logs);
    all.read(house, &logs, &open);
    Ok(all)
}

impl Named {
    fn add(&mut self, house: &House, path: &Path) -> anyhow::Result<()> {
        let is_folder = path.is_dir() && !path.join(FILE).is_file() && !foreign::is_log(path);
        if !is_folder {
            let name = path.to_string_lossy();
            let path = sessions::find(house, Some(&name))?;
            match foreign::look(&path)? {
                Some(log) => self.logs.push(log),
                None => self.ours.push(Reader::open(&path)?),
            }
            return Ok(());
        }
        let before = self.ours.len() + self.logs.len() + self.unread.len();
        for found in below(path).found {
            if found.path.file_name().is_some_and(|it| it == FILE) {
                match Reader::open(&found.path) {
                    Ok(reader) => self.ours.push(reader),
                    Err(error) => self.unread.push((found.path, error.to_string())),
                }
                continue;
            }
            match Foreign::open(&found.path) {
                Ok(log) => self.logs.extend(log),
                Err(error) => self.unread.push((found.path, error.to_string())),
            }
        }
        if before == self.ours.len() + self.logs.len() + self.unread.len() {
            bail!("{} has no journal in it, and no log that is known", path.display());
        }
        Ok(())
    }
}

impl Gathered {
    /// The logs, one of those with the same bytes.
    fn without_copies(&mut self, logs: Vec<Foreign>) -> anyhow::Result<Vec<Foreign>> {
        let size = |log: &Foreign| log.path().metadata().map(|it| it.len()).unwrap_or_default();
        let mut sizes: HashMap<u64, u32> = HashMap::new();
        for log in &logs {
            *sizes.entry(size(log)).or_default() += 1;
        }
        let (mut known, mut kept) = (HashSet::new(), Vec::new());
        for log in logs {
            // Only what is as long can be the same.
            let is_alone = sizes.get(&size(&log)) == Some(&1);
            if is_alone || known.insert(log.digest()?) {
                kept.push(log);
            } else {
                self.copies += 1;
            }
        }
        Ok(kept)
    }

    fn read(&mut self, house: &House, logs: &[Foreign], open: &dyn Fn(Book) -> Book) {
        let mut once = Once::new(&foreign::prices(house));
        let mut telling = Telling::of_all(logs);
        for (nth, log) in (0_u64..).zip(logs) {
            telling.tell(Progress { read: nth, of: Some(logs.len() as u64) });
            let header = log.header();
            let stem = log.path().file_stem().unwrap_or_default().to_string_lossy();
            let session =
                if header.session.is_empty() { stem.into_owned() } else { header.session.clone() };
            let mut book = open(Book::new(&session, &header));
            let ledger = &mut self.ledger;
            match once.read(log, &mut |record| book.take(record, ledger)) {
                Ok(tally) => self.sources.push(Source {
                    session,
                    path: log.path().to_owned(),
                    format: log.format().to_string(),
                    reported: tally.reported,
                }),
                // What it told before it could not be read any more is counted.
                Err(error) => self.unread.push((log.path().to_owned(), error.to_string())),
            }
        }
    }
}
