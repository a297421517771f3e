//! Whatever becomes of a journal's bytes, it opens, and damage hides nothing
//! but itself.

use super::{header, read, session, written};
use crate::{
    journal::{FILE, Journal, Reader},
    model::{Event, Record, Seq},
};
use proptest::{prelude::*, sample::Index};
use std::{fs, path::PathBuf, sync::LazyLock};

/// The bytes of a small journal, its records and where each line begins.
struct Sample {
    folder: tempfile::TempDir,
    bytes: Vec<u8>,
    records: Vec<Record>,
    starts: Vec<usize>,
}

/// What the writer writes; written once.
fn sample() -> Sample {
    static WRITTEN: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let folder = tempfile::tempdir().unwrap();
        fs::read(written(folder.path(), &session(20))).unwrap()
    });
    let bytes = WRITTEN.clone();
    let starts = memchr::memchr_iter(b'\n', &bytes).map(|it| it + 1).collect();
    Sample { folder: tempfile::tempdir().unwrap(), bytes, records: session(20), starts }
}

impl Sample {
    fn store(&self, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(FILE);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// What is read of these bytes: events, and how often it was not readable.
    fn events(&self, bytes: &[u8]) -> (Vec<Event>, usize) {
        let records = read(&self.store(bytes)).into_iter().map(|it| it.event);
        let (bad, good): (Vec<_>, Vec<_>) =
            records.partition(|it| matches!(it, Event::Unreadable { .. }));
        (good, bad.len())
    }

    fn without(&self, lost: usize) -> Vec<Event> {
        let kept = self.records.iter().enumerate().filter(|(nth, _)| *nth != lost);
        kept.map(|(_, it)| it.event.clone()).collect()
    }

    fn all(&self) -> Vec<Event> {
        self.records.iter().map(|it| it.event.clone()).collect()
    }
}

/// Whether the one is in the other, in its order.
fn is_within(part: &[Event], whole: &[Event]) -> bool {
    let mut rest = whole.iter();
    part.iter().all(|it| rest.any(|other| other == it))
}

#[test]
fn f06_a_journal_cut_anywhere_opens_with_all_its_whole_records() {
    let sample = sample();
    for cut in 1..sample.bytes.len() {
        let path = sample.store(&sample.bytes[..cut]);
        let whole = sample.starts.iter().skip(1).filter(|it| **it <= cut + 1).count();
        let read: Vec<_> = read(&path)
            .into_iter()
            .filter(|it| !matches!(it.event, Event::Unreadable { .. }))
            .collect();
        assert_eq!(read, sample.records[..whole], "cut at {cut}");
    }
}

#[test]
fn f06_a_torn_tail_is_kept_and_reported() {
    let sample = sample();
    let cut = sample.starts[19] + 10;
    let path = sample.store(&sample.bytes[..cut]);
    let (journal, found) = Journal::reopen(&path).unwrap();
    drop(journal);
    assert_eq!((found.torn, found.damaged, found.stage.last()), (Some(10), 1, Seq(19)));
    assert_eq!(fs::read(&path).unwrap(), &sample.bytes[..cut]);
}

#[test]
fn f08_an_event_of_a_newer_program_is_counted_by_its_name() {
    let sample = sample();
    let mut bytes = sample.bytes.clone();
    bytes.extend(b"{\"seq\":21,\"at\":60,\"event\":{\"dreamt\":{\"agent\":1,\"of\":[1]}}}\n");
    bytes.extend(b"{\"seq\":22,\"at\":70,\"event\":\"woke\",\"mood\":\"good\"}\n");
    let read = read(&sample.store(&bytes));
    let names: Vec<_> = read[20..]
        .iter()
        .map(|it| match &it.event {
            Event::Unreadable { name, .. } => (it.seq.0, name.as_deref()),
            _ => (0, None),
        })
        .collect();
    assert_eq!(names, [(21, Some("dreamt")), (22, Some("woke"))]);
}

#[test]
fn f09_a_time_that_no_session_reaches_is_damage_and_changes_no_other_time() {
    let sample = sample();
    let text = String::from_utf8(sample.bytes.clone()).unwrap();
    let at = sample.records[9].at.0;
    let lost = text.replacen(
        &format!("{{\"seq\":10,\"at\":{at},"),
        &format!("{{\"seq\":10,\"at\":{},", u64::MAX),
        1,
    );
    assert_ne!(lost, text);
    let path = sample.store(lost.as_bytes());
    let read = read(&path);
    assert_eq!((read.len(), read[9].at), (20, sample.records[8].at));
    assert_eq!(read[10..], sample.records[10..]);
    assert_eq!(Reader::open(&path).unwrap().fold(None).damaged(), 1);
}

#[test]
fn f08_fields_that_this_program_does_not_know_do_no_harm() {
    let sample = sample();
    let text = String::from_utf8(sample.bytes.clone()).unwrap();
    let text = text.replace("{\"seq\":", "{\"new\":[{}],\"seq\":");
    assert_eq!(sample.events(text.as_bytes()), (sample.all(), 0));
}

#[test]
fn f07_line_ends_of_another_system_and_a_byte_order_mark_do_no_harm() {
    let sample = sample();
    let text = String::from_utf8(sample.bytes.clone()).unwrap();
    let text = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let path = sample.store(text.as_bytes());
    assert_eq!(read(&path), sample.records);
    assert_eq!(Reader::open(&path).unwrap().header(), &header("one"));
}

#[test]
fn f07_a_line_that_stands_there_twice_counts_once() {
    let sample = sample();
    for line in sample.starts.windows(2) {
        let mut bytes = sample.bytes.clone();
        let twice = bytes[line[0]..line[1]].to_vec();
        bytes.splice(line[1]..line[1], twice);
        assert_eq!(sample.events(&bytes), (sample.all(), 1));
    }
}

#[test]
fn f07_values_without_a_newline_between_are_all_read() {
    let sample = sample();
    for newline in &sample.starts {
        let mut bytes = sample.bytes.clone();
        bytes.remove(newline - 1);
        assert_eq!(sample.events(&bytes), (sample.all(), 0), "at {newline}");
    }
}

#[test]
fn f07_a_lone_quote_before_a_record_does_not_take_its_beginning() {
    let sample = sample();
    for start in &sample.starts[..20] {
        for garbage in ["\"", "\"torn ", "{} \"", "1 \"a\"\""] {
            let mut bytes = sample.bytes.clone();
            bytes.splice(start..start, garbage.bytes());
            assert_eq!(sample.events(&bytes), (sample.all(), 1), "{garbage:?} at {start}");
        }
    }
}

#[test]
fn f07_two_lines_in_the_wrong_order_are_both_read() {
    let sample = sample();
    for lines in sample.starts.windows(3) {
        let mut bytes = sample.bytes.clone();
        bytes[lines[0]..lines[2]].rotate_left(lines[1] - lines[0]);
        let read = read(&sample.store(&bytes));
        assert_eq!(read.len(), sample.records.len());
        assert!(read.is_sorted_by_key(|it| it.seq));
        assert!(read.iter().all(|it| !matches!(it.event, Event::Unreadable { .. })));
    }
}

#[test]
fn f07_a_line_too_long_to_read_hides_only_itself() {
    use crate::journal::lines::{Line, Lines};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lines");
    let long = "x".repeat(600_000);
    fs::write(&path, format!("one\n{long}\ntwo\n{long}")).unwrap();
    let file = std::sync::Arc::new(fs::File::open(&path).unwrap());
    let mut lines = Lines::new(file, 0, u64::MAX).bounded(300_000);
    assert_eq!(lines.next().unwrap(), Some(Line::Whole(0, b"one")));
    assert_eq!(lines.next().unwrap(), Some(Line::Long(4, 600_000)));
    assert_eq!(lines.next().unwrap(), Some(Line::Whole(600_005, b"two")));
    assert_eq!(lines.next().unwrap(), Some(Line::Long(600_009, 600_000)));
    assert_eq!(lines.next().unwrap(), None);
}

#[test]
fn what_is_no_journal_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes");
    let nothing = ["", "\n\n", "# Notes\n\nnothing to see\n", "{}\n", "{\"some\":\"json\"}\n"];
    for text in nothing.into_iter().chain(["{\n \"a\": 1\n}\n"]) {
        fs::write(&path, text).unwrap();
        assert!(Reader::open(&path).is_err(), "{text:?}");
    }
    // What was cut while its first line was written is one of ours.
    fs::write(&path, "{\"aut").unwrap();
    assert!(Reader::open(&path).is_ok());
    fs::write(&path, "{\"auteur\":999}\n").unwrap();
    let error = Reader::open(&path).unwrap_err().to_string();
    assert!(error.contains("format 999"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn f07_a_flipped_bit_hides_no_other_record(place in any::<Index>(), bit in 0..8) {
        let sample = sample();
        let mut bytes = sample.bytes.clone();
        let (first, last) = (sample.starts[0], bytes.len() - 1);
        let at = first + place.index(last - first);
        bytes[at] ^= 1_u8 << bit;
        let hit = sample.starts.iter().rposition(|it| *it <= at).unwrap();
        let (events, _) = sample.events(&bytes);
        prop_assert!(is_within(&sample.without(hit), &events), "byte {}", at);
    }

    #[test]
    fn f07_garbage_in_between_hides_no_record(
        line in 0_usize..20,
        garbage in proptest::collection::vec(
            prop_oneof![any::<u8>(), proptest::sample::select(b"\"{}[]\\:, 1aseq\n".to_vec())],
            0..100,
        ),
        newline in any::<bool>(),
    ) {
        let sample = sample();
        let mut bytes = sample.bytes.clone();
        let at = sample.starts[line];
        let mut garbage = garbage;
        if newline {
            garbage.push(b'\n');
        }
        bytes.splice(at..at, garbage);
        let (events, bad) = sample.events(&bytes);
        prop_assert!(is_within(&sample.all(), &events));
        prop_assert!(bad <= 200);
    }

    #[test]
    fn f07_a_stretch_of_nothing_hides_only_what_it_covers(place in any::<Index>(), length in 1_usize..300) {
        let sample = sample();
        let mut bytes = sample.bytes.clone();
        let first = sample.starts[0];
        let from = first + place.index(bytes.len() - first);
        let to = (from + length).min(bytes.len());
        bytes[from..to].fill(0);
        let is_hit = |nth: usize| {
            let end = sample.starts.get(nth + 1).map_or(bytes.len(), |it| it - 1);
            sample.starts[nth] < to && from < end
        };
        let kept: Vec<_> = (0..sample.records.len()).filter(|nth| !is_hit(*nth)).collect();
        let expected: Vec<_> = kept.iter().map(|nth| sample.records[*nth].event.clone()).collect();
        let (events, bad) = sample.events(&bytes);
        prop_assert!(is_within(&expected, &events), "{}..{}", from, to);
        prop_assert!(bad > 0 || kept.len() == sample.records.len());
    }
}
