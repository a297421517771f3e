//! What a director scrolls is what was written.

use super::{header, session, written};
use crate::{
    journal::{Anchor, Journal, Reader, Sessions, is_running, read_log, short_id},
    model::{AgentId, EntryKind, Event, Log, LogBounds, Record},
};
use proptest::prelude::*;

fn of(records: &[Record], agent: Option<AgentId>) -> Vec<Record> {
    let is_it = |it: &&Record| agent.is_none() || it.event.agent() == agent;
    records.iter().filter(is_it).cloned().collect()
}

fn plain(records: Vec<(u64, Record)>) -> Vec<Record> {
    records.into_iter().map(|(_, record)| record).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn back_and_forth_tell_the_same(split in 0_usize..400, most in 1_usize..450, who in 0_u32..3) {
        let folder = tempfile::tempdir().unwrap();
        let records = session(400);
        let reader = Reader::open(&written(folder.path(), &records)).unwrap();
        let (offset, _) = reader.records_from(0).nth(split).unwrap();
        let agent = (who > 0).then_some(AgentId(who));
        let earlier = of(&records[..split], agent);
        let earlier = &earlier[earlier.len().saturating_sub(most)..];
        prop_assert_eq!(plain(reader.before(offset, agent, most)), earlier);
        let later = of(&records[split..], agent);
        let later = &later[..later.len().min(most)];
        prop_assert_eq!(plain(reader.after(offset, agent, most)), later);
    }
}

#[test]
fn a_log_read_in_stretches_is_the_whole_log() {
    let folder = tempfile::tempdir().unwrap();
    let records = session(2000);
    let reader = Reader::open(&written(folder.path(), &records)).unwrap();
    let mut whole = Log::new(LogBounds { entries: usize::MAX, text: usize::MAX, printed: 0 });
    for record in &of(&records, Some(AgentId(1))) {
        whole.apply(record);
    }
    let whole: Vec<_> = whole.entries().cloned().collect();

    let (log, first, last) = read_log(&reader, AgentId(1), Anchor::End, 100);
    let end: Vec<_> = log.entries().cloned().collect();
    assert!((100..110).contains(&end.len()) && last == reader.len(), "{}", end.len());
    assert_eq!(end, whole[whole.len() - end.len()..]);

    let (log, earlier, later) = read_log(&reader, AgentId(1), Anchor::Offset(first), 100);
    let middle: Vec<_> = log.entries().cloned().collect();
    let at = whole.iter().position(|it| *it == middle[0]).unwrap();
    assert_eq!(middle, whole[at..at + middle.len()]);
    assert!((100..120).contains(&middle.len()), "{}", middle.len());
    assert!(earlier < first && first < later);

    let (log, from, to) = read_log(&reader, AgentId(1), Anchor::Start, 100);
    let start: Vec<_> = log.entries().cloned().collect();
    assert_eq!(start, whole[..start.len()]);
    assert!(from == reader.body() && from < to && to < earlier);
}

#[test]
fn lines_longer_than_a_block_are_read_from_both_ends() {
    let folder = tempfile::tempdir().unwrap();
    let mut records = session(40);
    for (record, length) in records.iter_mut().skip(5).step_by(3).zip([300_000, 10, 900_000]) {
        record.event = Event::Said { agent: AgentId(1), text: "x".repeat(length) };
    }
    let reader = Reader::open(&written(folder.path(), &records)).unwrap();
    for agent in [None, Some(AgentId(1)), Some(AgentId(2))] {
        let expected = of(&records, agent);
        assert!(plain(reader.before(reader.len(), agent, 99)) == expected);
        assert!(plain(reader.after(reader.body(), agent, 99)) == expected);
    }
}

#[test]
fn the_first_line_can_be_reached() {
    let folder = tempfile::tempdir().unwrap();
    let records = session(3000);
    let reader = Reader::open(&written(folder.path(), &records)).unwrap();
    let (log, first, _) = read_log(&reader, AgentId(1), Anchor::End, 1 << 20);
    assert!(matches!(log.entries().next().unwrap().kind, EntryKind::Brief(_)));
    let brief = reader.records_from(0).find(|(_, it)| it.event.agent() == Some(AgentId(1)));
    assert_eq!(Some(first), brief.map(|(offset, _)| offset));
}

#[test]
fn sessions_are_found_by_how_their_id_begins() {
    let folder = tempfile::tempdir().unwrap();
    let sessions = Sessions::new(folder.path());
    assert!(sessions.find("last").is_err());
    for (id, opened) in [("0a1", "2026-01-02T03:04:05Z"), ("0b2", "2026-01-01T00:00:00+02:00")] {
        let header = crate::model::Header { opened: opened.into(), ..header(id) };
        drop(Journal::create(folder.path(), &header).unwrap());
    }
    let named = |name: &str| sessions.find(name).map(|it| it.parent().unwrap().to_owned()).ok();
    let expected = |id: &str| Some(folder.path().join(id));
    assert_eq!(
        [named("last"), named("0b"), named("0b2"), named("0"), named("x"), named("")],
        [expected("0a1"), expected("0b2"), expected("0b2"), None, None, None]
    );
}

#[test]
fn the_short_of_an_id_finds_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let sessions = Sessions::new(folder.path());
    let ids = [
        "0199e2a0-1111-7000-8000-000000000001",
        "0199e2a0-1111-7000-8000-000000000002",
        "0199e2a0-2222-7000-8000-000000000003",
    ];
    for id in ids {
        drop(Journal::create(folder.path(), &header(id)).unwrap());
    }
    let names = sessions.names();
    let shorts = ids.map(|id| short_id(id, &names));
    assert_eq!(shorts, [ids[0], ids[1], "0199e2a0-2222"]);
    for (id, short) in ids.into_iter().zip(shorts) {
        assert_eq!(sessions.find(short).unwrap().parent(), Some(folder.path().join(id).as_path()));
    }
    assert_eq!(short_id("mine", &names), "mine");
}

#[test]
fn a_summary_says_what_a_session_came_to_and_whether_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::create(folder.path(), &header("one")).unwrap();
    journal.append(&session(40)).unwrap();
    let reader = Reader::open(journal.path()).unwrap();
    assert!(is_running(&reader));
    drop(journal);
    let summary = Sessions::new(folder.path()).list().remove(0);
    let stage = reader.fold(None);
    assert_eq!(
        (summary.agents, summary.cost, summary.running, summary.title.as_str()),
        (2, stage.totals().spent, false, "t")
    );
}
