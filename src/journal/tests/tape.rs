//! Journals of every released format still read, and fold to what they did.

use super::read;
use crate::{
    journal::{Journal, Reader},
    model::{AgentId, Cost, Delivery, Event, FORMAT, Header, Money, Seq, Status, Turn, Version},
};
use std::{fmt::Write, path::PathBuf};

/// One of each event of format 1, as version 0.1.0 wrote it.
fn every_event() -> PathBuf {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    root.join("tests/fixtures/journals/v1/every-event.jsonl")
}

#[test]
fn f28_a_journal_of_format_1_reads_to_its_last_event() {
    let records = read(&every_event());
    let lost: Vec<_> =
        records.iter().filter(|it| matches!(it.event, Event::Unreadable { .. })).collect();
    assert!(lost.is_empty(), "{lost:?}");
    assert_eq!(records.last().map(|it| it.seq), Some(Seq(69)));
}

#[test]
fn f28_a_journal_of_format_1_is_written_as_it_was() {
    let text = std::fs::read_to_string(every_event()).unwrap();
    let mut again = serde_json::to_string(Reader::open(&every_event()).unwrap().header()).unwrap();
    for record in read(&every_event()) {
        write!(again, "\n{}", serde_json::to_string(&record).unwrap()).unwrap();
    }
    assert_eq!(again.lines().collect::<Vec<_>>(), text.lines().collect::<Vec<_>>());
}

#[test]
fn f28_a_journal_of_format_1_folds_to_what_it_did() {
    let stage = Reader::open(&every_event()).unwrap().fold(None);
    let scout = stage.agent(AgentId(1)).unwrap();
    let mason = stage.agent(AgentId(2)).unwrap();
    assert_eq!((scout.status(), mason.status()), (Status::Succeeded, Status::Failed));
    assert_eq!(scout.spent, Cost { known: Money(10_000_000), ..Cost::unpriced(Money(0)) });
    assert_eq!((scout.turn, scout.usage.total()), (Turn(2), 3635));
    assert_eq!(mason.casting.brief, "Mend the bug.");
    let kept: Vec<_> = scout.checkpoints.iter().map(|it| (it.turn, it.files, it.added)).collect();
    assert_eq!(kept, [(Turn(2), 2, 3)]);
    assert_eq!(
        scout.tree.as_ref().map(|it| it.branch.as_str()),
        Some("auteur/0197c3a0-0000/scout")
    );
    let deliveries: Vec<_> = scout.redirects.iter().map(|it| it.delivery.clone()).collect();
    let failed = Delivery::Failed("it had ended".into());
    assert_eq!(deliveries, [Delivery::Delivered(Turn(2)), Delivery::TakenBack, failed]);
    let versions: Vec<_> = scout.instructions.iter().map(|it| (it.version, it.effective)).collect();
    assert_eq!(versions, [(Version(1), Some(Turn(1))), (Version(2), Some(Turn(2)))]);
    assert_eq!((stage.title(), stage.resumed(), stage.closed()), ("The parser", 1, None));
    assert_eq!((stage.damaged(), stage.unknown()), (0, 0));
}

#[test]
fn f28_a_journal_of_a_newer_program_is_refused_in_words_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let header = Header { auteur: FORMAT + 1, session: "one".into(), ..Header::default() };
    let path = Journal::create(folder.path(), &header).unwrap().path().to_owned();
    let before = std::fs::read(&path).unwrap();
    let error = Journal::reopen(&path).unwrap_err().to_string();
    assert!(error.contains(&format!("has format {}", FORMAT + 1)), "{error}");
    assert!(Reader::open(&path).is_err());
    assert_eq!(std::fs::read(&path).unwrap(), before);
}
