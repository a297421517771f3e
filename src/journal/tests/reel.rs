//! A stage that was wound to is the stage that was folded to.

use super::{header, session, written};
use crate::{
    journal::{FILE, Growth, Journal, MarkerKind, Reader, Reel},
    model::{AgentId, Event, FileChange, Millis, Money, Record, Seq, Stage, Turn},
};
use proptest::{prelude::*, sample::Index};
use std::{fs, path::Path, sync::LazyLock};

fn indexed(path: &Path) -> Reel {
    let reel = Reel::new(Reader::open(path).unwrap()).unwrap();
    while !reel.is_indexed() {
        std::thread::yield_now();
    }
    reel
}

#[test]
fn any_place_of_a_reel_is_the_fold_up_to_there() {
    let folder = tempfile::tempdir().unwrap();
    let records = session(300);
    let reel = indexed(&written(folder.path(), &records));
    let mut stage = Stage::new(header("one")).without_trails();
    for record in &records {
        stage.apply(record);
        assert_eq!(reel.stage_at(record.seq), stage);
        assert_eq!(reel.seq_at(record.at), record.seq);
    }
    assert_eq!(reel.stage_at(Seq(u64::MAX)), stage);
    assert_eq!((reel.last_seq(), reel.duration()), (Seq(300), Millis(3000)));
    assert_eq!(reel.stage_at(Seq(0)), Stage::new(header("one")).without_trails());
}

#[test]
fn a_reel_is_wound_the_same_before_it_is_indexed() {
    let folder = tempfile::tempdir().unwrap();
    let records = session(300);
    let reader = Reader::open(&written(folder.path(), &records)).unwrap();
    let reel = Reel::new(reader.clone()).unwrap();
    assert_eq!(reel.stage_at(Seq(250)), reader.fold(Some(Seq(250))));
    assert_eq!(reel.last_seq(), Seq(300));
}

#[test]
fn a_reel_knows_where_turns_begin_and_what_to_mark() {
    let folder = tempfile::tempdir().unwrap();
    let records = session(300);
    let reel = indexed(&written(folder.path(), &records));
    let starts = |agent: Option<AgentId>| -> Vec<Seq> {
        let is_it = |it: &&Record| {
            matches!(it.event, Event::TurnStarted { .. })
                && (agent.is_none() || it.event.agent() == agent)
        };
        records.iter().filter(is_it).map(|it| it.seq).collect()
    };
    for agent in [None, Some(AgentId(1)), Some(AgentId(2))] {
        let next = |seq: &Seq| reel.next_turn(*seq, agent);
        let forth: Vec<_> = std::iter::successors(Some(Seq(0)), next).skip(1).collect();
        assert_eq!(forth, starts(agent));
        let previous = |seq: &Seq| reel.previous_turn(*seq, agent);
        let mut back: Vec<_> = std::iter::successors(Some(Seq(999)), previous).skip(1).collect();
        back.reverse();
        assert_eq!(back, starts(agent));
    }
    let markers = reel.markers();
    let of = |kind| markers.iter().filter(|it| it.kind == kind).count();
    let is = |test: fn(&Event) -> bool| records.iter().filter(|it| test(&it.event)).count();
    assert_eq!(of(MarkerKind::Direction), is(|it| matches!(it, Event::InterruptAsked { .. })));
    assert_eq!(of(MarkerKind::End), is(|it| matches!(it, Event::AgentEnded { .. })));
}

/// Big enough for several checkpoints, batches and steps.
#[test]
fn a_reel_knows_when_nothing_happened_what_was_changed_and_what_it_cost() {
    let folder = tempfile::tempdir().unwrap();
    let mut records = session(13);
    let change = |path: &str| vec![FileChange { path: path.into(), added: 1, removed: 0 }];
    let kept = |files| Event::Checkpointed {
        agent: AgentId(1),
        turn: Turn(1),
        commit: "c1".into(),
        files,
        more: 0,
        in_all: None,
    };
    let (at, later) = (Millis(60_000), Millis(64_000));
    records.push(Record { seq: Seq(14), at, event: kept(change("a.rs")) });
    records.push(Record { seq: Seq(15), at: later, event: kept(Vec::new()) });
    let reel = indexed(&written(folder.path(), &records));
    assert_eq!(reel.gaps(), [(Millis(130), at)], "four seconds are none");
    let markers = reel.markers();
    let changes = markers.iter().filter(|it| it.kind == MarkerKind::Change);
    assert_eq!(changes.map(|it| it.seq).collect::<Vec<_>>(), [Seq(14)]);
    let ends = records.iter().filter(|it| matches!(it.event, Event::TurnEnded { .. }));
    let curve = reel.curve();
    assert_eq!(
        curve.iter().map(|it| it.seq).collect::<Vec<_>>(),
        ends.map(|it| it.seq).collect::<Vec<_>>()
    );
    // What a turn cost is its record's number, in these records.
    let spent: u64 = curve.iter().map(|it| it.seq.0).sum();
    assert_eq!(curve.last().map(|it| it.spent), Some(Money(spent)));
}

#[test]
fn checkpoints_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let records = session(60_000);
    let path = written(folder.path(), &records);
    assert!(fs::metadata(&path).unwrap().len() > 4 << 20);
    let reel = indexed(&path);
    let mut stage = Stage::new(header("one")).without_trails();
    for record in &records {
        stage.apply(record);
        if record.seq.0 % 7919 == 0 {
            assert_eq!(reel.stage_at(record.seq), stage);
        }
    }
    // And once more, backwards: now with the stages that were kept on the way.
    for seq in (0..60_000).rev().step_by(23_431).map(Seq) {
        assert_eq!(reel.stage_at(seq), reel.reader().fold(Some(seq)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_damaged_reel_winds_as_it_folds(
        hits in proptest::collection::vec((any::<Index>(), any::<u8>()), 1..12),
        seq in 0_u64..130,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut bytes = fs::read(written(folder.path(), &session(120))).unwrap();
        let first = memchr::memchr(b'\n', &bytes).unwrap() + 1;
        for (place, byte) in hits {
            let at = first + place.index(bytes.len() - first);
            bytes[at] = byte;
        }
        let path = folder.path().join(FILE);
        fs::write(&path, bytes).unwrap();
        let reel = indexed(&path);
        prop_assert_eq!(reel.stage_at(Seq(seq)), reel.reader().fold(Some(Seq(seq))));
    }

    /// Longer than a batch, and hit by newlines and whole stretches too.
    #[test]
    fn the_index_of_a_damaged_journal_is_what_a_plain_read_tells(
        hits in proptest::collection::vec((any::<Index>(), any::<u8>(), 1_usize..400), 1..12),
    ) {
        static WRITTEN: LazyLock<Vec<u8>> = LazyLock::new(|| {
            let folder = tempfile::tempdir().unwrap();
            fs::read(written(folder.path(), &session(1200))).unwrap()
        });
        let (folder, mut bytes) = (tempfile::tempdir().unwrap(), WRITTEN.clone());
        let first = memchr::memchr(b'\n', &bytes).unwrap() + 1;
        for (place, byte, length) in hits {
            let from = first + place.index(bytes.len() - first);
            let to = (from + length / 4).min(bytes.len());
            bytes[from] = byte;
            if length % 4 == 0 {
                bytes[from..to].fill(byte);
            }
        }
        let path = folder.path().join(FILE);
        fs::write(&path, bytes).unwrap();
        let reel = indexed(&path);
        let read: Vec<_> = reel.reader().records_from(0).collect();
        let of = |kind| {
            let markers = reel.markers();
            let of_kind = markers.iter().filter(|it| it.kind == kind);
            of_kind.map(|it| (it.offset, it.seq)).collect::<Vec<_>>()
        };
        let told = |is: fn(&Event) -> bool| {
            let those = read.iter().filter(|(_, it)| is(&it.event));
            those.map(|(offset, it)| (*offset, it.seq)).collect::<Vec<_>>()
        };
        prop_assert_eq!(of(MarkerKind::Gap), told(|it| matches!(it, Event::Unreadable { .. })));
        prop_assert_eq!(of(MarkerKind::End), told(|it| matches!(it, Event::AgentEnded { .. })));
        let (last, at) = read.last().map(|(_, it)| (it.seq, it.at)).unwrap();
        prop_assert_eq!(reel.last_seq(), last);
        prop_assert!(reel.duration() >= at);
        prop_assert_eq!(reel.stage_at(Seq(u64::MAX)), reel.reader().fold(None));
    }
}

#[test]
fn a_reel_of_a_journal_that_is_still_written_is_wound_as_far_as_it_goes() {
    let folder = tempfile::tempdir().unwrap();
    let records = session(60_000);
    let mut journal = Journal::create(folder.path(), &header("one")).unwrap();
    let growth = Growth::from(journal.position());
    growth.reached(journal.position(), 0, Some(9));
    let reader = Reader::open(journal.path()).unwrap();
    let reel = Reel::growing(reader.clone(), growth.clone()).unwrap();
    let mut stage = Stage::new(header("one")).without_trails();
    for part in records.chunks(7000) {
        journal.append(part).unwrap();
        // What is not told of is not read, were it half a line.
        assert_eq!(reel.stage_at(Seq(u64::MAX)), stage);
        growth.reached(journal.position(), 4, Some(9));
        for record in part {
            stage.apply(record);
        }
        assert_eq!((reel.progress(), reel.is_indexed()), ((4, 9), false));
        while reel.last_seq() < part[part.len() - 1].seq {
            std::thread::yield_now();
        }
        assert_eq!(reel.stage_at(Seq(u64::MAX)), stage);
    }
    growth.ended(journal.position(), None);
    while !reel.is_indexed() {
        std::thread::yield_now();
    }
    let whole = indexed(journal.path());
    assert_eq!((reel.last_seq(), reel.duration()), (whole.last_seq(), whole.duration()));
    assert_eq!((reel.markers(), reel.gaps()), (whole.markers(), whole.gaps()));
    assert_eq!((reel.curve(), reel.progress()), (whole.curve(), whole.progress()));
    for seq in [1, 6999, 7000, 7001, 33_333, 60_000].map(Seq) {
        assert_eq!(reel.stage_at(seq), reader.fold(Some(seq)));
    }
    drop(reel);
    assert!(!growth.is_wanted());
}
