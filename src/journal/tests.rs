//! Laws of the journal: what was written is read, whatever happens to the file.

mod damage;
mod outline;
mod reel;
mod tape;
mod window;

use super::{Follower, Journal, JournalError, Reader, Sessions};
use crate::model::{
    AgentId, Author, Casting, Cost, Event, FORMAT, Header, Limits, Millis, Money, Outcome, Record,
    Seq, Stage, Stop, Turn, Usage, Version,
};
use std::{fs, os::unix::fs::PermissionsExt, path::Path};

pub(super) fn header(session: &str) -> Header {
    Header { auteur: FORMAT, session: session.into(), project: "/p".into(), ..Header::default() }
}

/// A small session: two agents, text, a failed call, money, directions.
pub(super) fn session(records: u64) -> Vec<Record> {
    (1..=records).map(record).collect()
}

fn record(seq: u64) -> Record {
    let agent = AgentId(u32::try_from(seq % 2).unwrap() + 1);
    let turn = Turn(u32::try_from(seq / 8).unwrap() + 1);
    let by = Author::Director;
    let event = match seq {
        1 => Event::SessionOpened { title: "t".into(), limits: Limits::default() },
        2 | 3 => {
            let casting = Casting { name: format!("agent-{seq}"), ..Casting::default() };
            Event::AgentAdded { agent, casting: Box::new(casting), by }
        }
        4 | 5 => Event::AgentStarted { agent },
        _ => match seq % 8 {
            0 | 1 => {
                let (version, model) = (Version(1), "m".to_owned());
                Event::TurnStarted { agent, turn, version, model, reserved: None, again: false }
            }
            2..=4 => Event::Said { agent, text: format!("\"chunk\" {seq} of a \\ story é\n") },
            5 => {
                let cost = Cost::from(Some(Money(seq)));
                let usage = Usage { output: seq, ..Usage::default() };
                Event::TurnEnded { agent, turn, stop: Stop::End, usage, cost }
            }
            6 => Event::InterruptAsked { agent, by },
            _ => Event::AgentEnded { agent, outcome: Outcome::Succeeded { summary: "ok".into() } },
        },
    };
    Record { seq: Seq(seq), at: Millis(seq * 10), event }
}

pub(super) fn written(sessions: &Path, records: &[Record]) -> std::path::PathBuf {
    let mut journal = Journal::create(sessions, &header("one")).unwrap();
    journal.append(records).unwrap();
    journal.path().to_owned()
}

pub(super) fn read(path: &Path) -> Vec<Record> {
    Reader::open(path).unwrap().records_from(0).map(|(_, record)| record).collect()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn what_was_written_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let records = session(50);
    let path = written(folder.path(), &records);
    assert_eq!(read(&path), records);
    assert_eq!(Reader::open(&path).unwrap().header(), &header("one"));
}

/// Descriptors of ours that lead into a folder.
fn open_in(folder: &Path) -> usize {
    let all = fs::read_dir("/proc/self/fd").unwrap().flatten();
    all.filter(|it| fs::read_link(it.path()).is_ok_and(|it| it.starts_with(folder))).count()
}

#[test]
fn f29_five_hundred_sessions_are_listed_again_and_again_and_none_is_held_open() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().canonicalize().unwrap();
    for n in 0..500 {
        let mut journal = Journal::create(&folder, &header(&format!("s{n:03}"))).unwrap();
        journal.append(&session(20)).unwrap();
    }
    let sessions = Sessions::new(&folder);
    for _ in 0..3 {
        let list = sessions.list();
        assert_eq!(list.len(), 500);
        assert!(list.iter().all(|it| !it.running));
        assert_eq!(open_in(&folder), 0);
    }
}

#[test]
fn f29_a_session_of_a_hundred_thousand_events_is_read_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().canonicalize().unwrap();
    let (records, most) = (session(100_000), 100_000);
    let mut journal = Journal::create(&folder, &header("one")).unwrap();
    records.chunks(1000).for_each(|it| journal.append(it).unwrap());
    let reader = Reader::open(journal.path()).unwrap();
    let stage = reader.fold(None);
    assert_eq!((stage.last(), stage.damaged()), (Seq(most), 0));
    // What is folded in two parts comes to the same.
    let mut again = reader.fold(Some(Seq(most / 2)));
    records.iter().skip(50_000).for_each(|it| again.apply(it));
    assert_eq!(again.without_logs(), stage.without_logs());
    drop((journal, reader));
    assert_eq!(open_in(&folder), 0);
}

#[test]
fn nobody_else_may_look() {
    let folder = tempfile::tempdir().unwrap();
    let sessions = folder.path().join("state/sessions");
    let path = written(&sessions, &session(3));
    let folder = path.parent().unwrap();
    assert_eq!([mode(&sessions), mode(folder), mode(&path)], [0o700, 0o700, 0o600]);
}

#[test]
fn a_session_never_goes_through_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = folder.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let sessions = folder.path().join("sessions");
    fs::create_dir(&sessions).unwrap();
    std::os::unix::fs::symlink(&elsewhere, sessions.join("one")).unwrap();
    let made = Journal::create(&sessions, &header("one"));
    assert!(matches!(made, Err(JournalError::Link(_))), "{made:?}");
    let path = written(&elsewhere, &session(3));
    fs::remove_file(sessions.join("one")).unwrap();
    std::os::unix::fs::symlink(path.parent().unwrap(), sessions.join("one")).unwrap();
    let opened = Journal::reopen(&sessions.join("one"));
    assert!(matches!(opened, Err(JournalError::Link(_))), "{opened:?}");
}

#[test]
fn a_session_has_one_writer_and_any_readers() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::create(folder.path(), &header("one")).unwrap();
    let second = Journal::reopen(journal.path());
    assert!(matches!(second, Err(JournalError::Busy(_))), "{second:?}");
    assert!(Reader::open(journal.path()).is_ok());
    let path = journal.path().to_owned();
    drop(journal);
    assert!(Journal::reopen(&path).is_ok());
}

#[test]
fn taking_up_a_journal_changes_no_byte_before_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), &session(30));
    let whole = fs::read(&path).unwrap();
    for cut in (0..60).map(|back| whole.len() - back) {
        fs::write(&path, &whole[..cut]).unwrap();
        let (mut journal, found) = Journal::reopen(&path).unwrap();
        let next = Record { seq: found.stage.last().next(), ..record(6) };
        journal.append(std::slice::from_ref(&next)).unwrap();
        drop(journal);
        assert!(fs::read(&path).unwrap().starts_with(&whole[..cut]), "cut at {cut}");
        let mut stage = found.stage.without_trails();
        stage.apply(&next);
        assert_eq!(Reader::open(&path).unwrap().fold(None), stage, "cut at {cut}");
    }
}

#[test]
fn a_follower_tells_what_was_written_since() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::create(folder.path(), &header("one")).unwrap();
    let records = session(20);
    let mut follower = Follower::new(&Reader::open(journal.path()).unwrap(), journal.position());
    assert_eq!(follower.next(), None);
    for batch in records.chunks(7) {
        journal.append(batch).unwrap();
        let told: Vec<_> = follower.by_ref().map(|(_, record)| record).collect();
        assert_eq!(told, batch);
        assert_eq!(follower.offset(), journal.position());
    }
}

#[test]
fn a_fold_stops_where_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let records = session(40);
    let path = written(folder.path(), &records);
    let mut stage = Stage::new(header("one")).without_trails();
    records.iter().take(25).for_each(|record| stage.apply(record));
    assert_eq!(Reader::open(&path).unwrap().fold(Some(Seq(25))), stage);
}

/// The thread that syncs looks after each write; waiting for it is all that can
/// be done from outside.
fn wait(is_so: impl Fn() -> bool) {
    while !is_so() {
        std::thread::yield_now();
    }
}

#[test]
fn what_was_written_reaches_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::create(folder.path(), &header("one")).unwrap();
    journal.append(&session(9)).unwrap();
    wait(|| journal.synced() == journal.position());
    assert_eq!(journal.trouble(), None);
}

#[test]
fn a_journal_that_was_moved_away_is_trouble() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::create(folder.path(), &header("one")).unwrap();
    fs::rename(folder.path().join("one"), folder.path().join("two")).unwrap();
    journal.append(&session(9)).unwrap();
    wait(|| journal.synced() == journal.position());
    let trouble = journal.trouble().unwrap();
    assert!(trouble.contains("moved or deleted"), "{trouble}");
    let error = journal.append(&session(9)).unwrap_err();
    assert!(matches!(error, crate::journal::JournalError::Gone(_)), "{error}");
    fs::rename(folder.path().join("two"), folder.path().join("one")).unwrap();
    journal.append(&session(9)).unwrap();
}

#[test]
fn a_key_never_reaches_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::create(folder.path(), &header("one")).unwrap();
    let key = "sk-ant-api03-CANARYcanary123";
    let text = format!("it is \"{key}\"\n{key}");
    let event = Event::Said { agent: AgentId(1), text };
    journal.append(&[Record { event, ..record(6) }]).unwrap();
    let written = fs::read_to_string(journal.path()).unwrap();
    assert!(!written.contains("CANARY"), "{written}");
    assert!(matches!(&read(journal.path())[0].event, Event::Said { .. }));
}
