//! `auteur import`: a log of another tool's, kept as a session of ours. Nothing of it is
//! run, and nobody goes on with it: it can be played, searched and compared.

use super::{
    House,
    args::ImportArgs,
    foreign,
    logs::{Logs, Passed},
};
use crate::{
    interop::Foreign,
    journal::{self, Journal, Reader, Sessions, short_id},
    model::{Author, Event, Header, Level, Outcome, Record},
    text::{json, one_line},
};
use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Beside the journal: where it is from.
const NOTE: &str = "import.json";
/// The format of our own journals.
const OURS: &str = "auteur";
/// Where a journal is written until it is whole, beside the sessions.
const WORKSHOP: &str = "importing";
/// So many records are written at once.
const BATCH: usize = 1024;

/// Where a session of ours is from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    /// The log, as it was named.
    path: PathBuf,
    format: String,
    /// Of all its bytes.
    sha256: String,
    bytes: u64,
    /// What was in it, in figures: a journal has no place for all of them.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    figures: Map<String, Value>,
}

/// What is kept.
#[derive(Debug)]
enum Log {
    /// A log of another tool's.
    Foreign(Foreign),
    /// A journal from elsewhere, such as one that was exported as JSON.
    Journal(Reader),
}

impl Log {
    fn path(&self) -> &Path {
        match self {
            Self::Foreign(log) => log.path(),
            Self::Journal(reader) => reader.path(),
        }
    }

    fn format(&self) -> String {
        match self {
            Self::Foreign(log) => log.format().to_string(),
            Self::Journal(_) => OURS.to_owned(),
        }
    }

    fn digest(&self) -> anyhow::Result<(String, u64)> {
        match self {
            Self::Foreign(log) => Ok(log.digest()?),
            Self::Journal(reader) => {
                let mut hash = Sha256::new();
                let bytes = io::copy(&mut File::open(reader.path())?, &mut hash)?;
                Ok((format!("{:x}", hash.finalize()), bytes))
            }
        }
    }

    fn figures(&self, house: &House) -> anyhow::Result<Map<String, Value>> {
        match self {
            Self::Foreign(log) => Ok(foreign::figures(&log.tally(&foreign::prices(house))?)),
            Self::Journal(_) => Ok(Map::new()),
        }
    }

    fn read(&self, house: &House) -> anyhow::Result<Reader> {
        match self {
            Self::Foreign(log) => foreign::translate(house, log),
            Self::Journal(reader) => Ok(reader.clone()),
        }
    }
}

/// What became of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Kept {
    /// It was not known.
    New,
    /// It has changed since, and takes its own place.
    Anew,
    /// The very same bytes are kept already.
    Already,
}

/// Keeps logs.
pub(super) fn import(house: &House, args: &ImportArgs) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    let mut rows = Vec::new();
    let mut has_failed = false;
    for path in &args.logs {
        let (all, mut passed) = logs(house, path)?;
        let is_alone = all.len() == 1;
        for log in all {
            let (kept, session, note) = match keep(house, &log) {
                // One that can't be read keeps no other from being kept.
                Err(error) if !is_alone => {
                    passed.fail(log.path(), &error);
                    continue;
                }
                kept => kept?,
            };
            if !args.json {
                tell(house, (kept, &session, (log.path(), &note)), &mut out)?;
            }
            rows.push(serde_json::json!({ "kept": kept, "session": session, "log": note }));
        }
        passed.tell();
        has_failed |= passed.has_failed();
    }
    if args.json {
        json::write_pretty(&mut out, &rows)?;
        writeln!(out)?;
    }
    Ok(if has_failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The logs that a path names, and what of it is passed over.
fn logs(house: &House, path: &Path) -> anyhow::Result<(Vec<Log>, Passed)> {
    let only = |log| (vec![log], Passed::default());
    if !path.exists() {
        bail!("there is no {}", path.display());
    }
    if let Some(log) = Foreign::open(path)? {
        return Ok(only(Log::Foreign(log)));
    }
    if path.is_dir() {
        let Logs { all, passed } = Logs::of(path, usize::MAX)?;
        return Ok((all.into_iter().map(Log::Foreign).collect(), passed));
    }
    if let Some(log) = foreign::look(path)? {
        return Ok(only(Log::Foreign(log)));
    }
    let reader = Reader::open(path)?;
    let session = &reader.header().session;
    let is_here = |session: &str| house.sessions().join(session).join(journal::FILE).is_file();
    if is_name(session) && is_here(session) {
        bail!("{} is a session of ours already: {session}", path.display());
    }
    Ok(only(Log::Journal(reader)))
}

/// Whether a session's name can be that of its folder.
fn is_name(session: &str) -> bool {
    uuid::Uuid::parse_str(session).is_ok()
}

fn tell(
    house: &House,
    (kept, session, (log, note)): (Kept, &str, (&Path, &Note)),
    out: &mut impl Write,
) -> io::Result<()> {
    let names = Sessions::new(house.sessions()).names();
    let session = one_line(short_id(session, &names), 40);
    let name = |path: &Path| one_line(&path.display().to_string(), 300);
    let log = log.canonicalize().unwrap_or_else(|_| log.to_owned());
    let what = match kept {
        Kept::New => "kept as".to_owned(),
        Kept::Anew => "has changed since, kept anew as".to_owned(),
        Kept::Already if log == note.path => "is kept already, as".to_owned(),
        Kept::Already => format!("holds the same as {}, kept already as", name(&note.path)),
    };
    writeln!(out, "{}, a log of {}, {what} {session}", name(&log), note.format)
}

/// Keeps a log, once: the same bytes are kept where they are, and one that has changed
/// takes its own place.
fn keep(house: &House, log: &Log) -> anyhow::Result<(Kept, String, Note)> {
    // Whoever keeps another one meanwhile may keep the same.
    let _alone = alone(house)?;
    let path = log.path().canonicalize().unwrap_or_else(|_| log.path().to_owned());
    let (sha256, bytes) = log.digest()?;
    let mut note = Note { path, format: log.format(), sha256, bytes, figures: Map::new() };
    let known = known(house);
    if let Some((session, old)) = known.iter().find(|it| it.1.sha256 == note.sha256) {
        return Ok((Kept::Already, session.clone(), old.clone()));
    }
    note.figures = log.figures(house)?;
    let old = known.into_iter().find(|it| it.1.path == note.path);
    let reader = log.read(house)?;
    let (kept, session) = match old {
        Some((session, _)) => (Kept::Anew, session),
        None => match (log, &reader.header().session) {
            (Log::Journal(_), session) if is_name(session) => (Kept::New, session.clone()),
            _ => (Kept::New, id(reader.header())),
        },
    };
    let made = write(house, &reader, (&session, &note))?;
    settle(house, &made, &session)?;
    Ok((kept, session, note))
}

/// A lock that one program has at a time, until it lets go of it.
fn alone(house: &House) -> anyhow::Result<File> {
    let path = house.state.join("import.lock");
    let lock = || {
        fs::create_dir_all(&house.state)?;
        let file = File::options().create(true).append(true).open(&path)?;
        file.lock()?;
        Ok::<_, std::io::Error>(file)
    };
    lock().with_context(|| format!("could not lock {}", path.display()))
}

/// The sessions that are from elsewhere.
fn known(house: &House) -> Vec<(String, Note)> {
    let entries = fs::read_dir(house.sessions()).into_iter().flatten().flatten();
    let notes = entries.filter_map(|entry| {
        let note = fs::read(entry.path().join(NOTE)).ok()?;
        let note = serde_json::from_slice(&note).ok()?;
        Some((entry.file_name().to_string_lossy().into_owned(), note))
    });
    notes.collect()
}

/// An id that is ordered by when the session opened, as all are.
fn id(header: &Header) -> String {
    let opened: Option<jiff::Timestamp> = header.opened.parse().ok();
    let opened = opened.unwrap_or_else(jiff::Timestamp::now);
    let seconds = u64::try_from(opened.as_second()).unwrap_or_default();
    let nanos = u32::try_from(opened.subsec_nanosecond()).unwrap_or_default();
    let time = uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanos);
    uuid::Uuid::new_v7(time).to_string()
}

/// Writes the journal, in a place of its own until it is whole. Whoever had not come to
/// an end in the log has come to one here: nobody is at work in what is kept.
fn write(
    house: &House,
    reader: &Reader,
    (session, note): (&str, &Note),
) -> anyhow::Result<PathBuf> {
    let workshop = house.state.join(WORKSHOP);
    let folder = workshop.join(session);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let header = Header { session: session.to_owned(), ..reader.header().clone() };
    let mut journal = Journal::create(&workshop, &header)?;
    journal.redact(house.company.redactor());
    let mut batch = Vec::new();
    let (mut last, mut close) = Default::default();
    for (_, record) in reader.records_from(0) {
        last = (record.seq, record.at);
        if let Event::SessionClosed { .. } = record.event {
            close = Some(record.event);
            continue;
        }
        batch.push(record);
        if batch.len() >= BATCH {
            journal.append(&batch)?;
            batch.clear();
        }
    }
    let mut seq = last.0;
    if close.is_none() {
        seq = seq.next();
    }
    let living = reader.fold(None);
    let living = living.agents().filter(|it| !it.is_over()).map(|it| Event::AgentEnded {
        agent: it.id,
        outcome: Outcome::Stopped { by: Author::Supervisor },
    });
    let told = Event::NoticeRaised {
        level: Level::Note,
        text: format!(
            "kept from {}, a log of {}",
            one_line(&note.path.display().to_string(), 300),
            note.format
        ),
    };
    for event in living.chain([told]).chain(close) {
        batch.push(Record { seq, at: last.1, event });
        seq = seq.next();
    }
    journal.append(&batch)?;
    drop(journal);
    fs::write(folder.join(NOTE), serde_json::to_vec_pretty(note)?)?;
    Ok(folder)
}

/// Puts what is whole where it belongs, in the place of what was there before.
fn settle(house: &House, made: &Path, session: &str) -> anyhow::Result<()> {
    let sessions = house.sessions();
    fs::create_dir_all(&sessions)?;
    let place = sessions.join(session);
    let old = made.with_extension("old");
    if place.exists() {
        if old.exists() {
            fs::remove_dir_all(&old)?;
        }
        fs::rename(&place, &old)?;
    }
    let put = || format!("could not put {session} into {}", sessions.display());
    fs::rename(made, &place).with_context(put)?;
    if old.exists() {
        fs::remove_dir_all(&old)?;
    }
    // The next one makes it again.
    drop(fs::remove_dir(house.state.join(WORKSHOP)));
    Ok(())
}

/// Where a session is from, where it was kept.
fn note(journal: &Path) -> Option<Note> {
    let note = fs::read(journal.parent()?.join(NOTE)).ok()?;
    serde_json::from_slice(&note).ok()
}

/// What was in the log that a session was kept from, in figures; nothing where it was not.
pub(super) fn figures(journal: &Path) -> Map<String, Value> {
    note(journal).map(|it| it.figures).unwrap_or_default()
}

/// Whose format a session was written in first: `auteur`, unless it was kept.
pub(super) fn format(journal: &Path) -> String {
    note(journal).map_or_else(|| OURS.to_owned(), |it| it.format)
}

/// Whether a session was kept from a log of another tool's.
pub(super) fn is_kept(journal: &Path) -> bool {
    journal.parent().is_some_and(|it| it.join(NOTE).is_file())
}

/// That a session is one of ours, with which somebody can go on.
///
/// # Errors
/// When it was kept from a log of another tool's.
pub(super) fn must_be_ours(journal: &Path) -> anyhow::Result<()> {
    if is_kept(journal) {
        let folder = journal.parent().unwrap_or(Path::new("."));
        let session = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        bail!(
            "session {session} was kept from a log of another tool's, whose agents are not ours \
             to go on with: auteur replay {session}"
        );
    }
    Ok(())
}
