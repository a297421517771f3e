//! An outline holds what a stage holds, though it keeps no words.

use super::{header, written};
use crate::{
    journal::{
        FILE, Reader, Reel, blanks,
        outline::{Outline, outline},
        refill::refill,
        sources::Sources,
    },
    model::{
        AgentId, Author, CallId, Casting, Cost, Event, FileChange, Millis, Outcome, Record, Seq,
        Stage, Turn, Usage, Version,
    },
};
use proptest::{prelude::*, sample::Index};
use std::fs;

const AGENTS: u32 = 5;

/// What one agent does, in numbers: whom, what, of which call, how much.
type Deed = (u32, u32, u32, usize);

fn deeds(most: usize) -> impl Strategy<Value = Vec<Deed>> {
    prop::collection::vec((1..=AGENTS, 0..40_u32, 1..4_u32, 0..900_usize), 0..most)
}

fn session(deeds: &[Deed]) -> Vec<Record> {
    let cast = (1..=AGENTS).map(|it| added(AgentId(it)));
    let events = cast.chain(deeds.iter().map(|it| event(*it)));
    (1..).zip(events).map(|(n, event)| Record { seq: Seq(n), at: Millis(n), event }).collect()
}

fn added(agent: AgentId) -> Event {
    let casting = Casting { name: format!("agent-{agent:?}"), ..Casting::default() };
    Event::AgentAdded { agent, casting: Box::new(casting), by: Author::Director }
}

fn text(size: usize) -> String {
    format!("\"{size}\" é … \\n\n").repeat(size / 12)
}

fn event((agent, what, call, size): Deed) -> Event {
    let (agent, call, turn) = (AgentId(agent), CallId(call), Turn(call));
    let (usage, cost) = (Usage::default(), Cost::default());
    match what {
        0..=15 => Event::Said { agent, text: text(size) },
        16..=19 => Event::Thought { agent, text: text(size) },
        20..=22 => {
            let (title, input) = (text(size % 30), serde_json::json!({ "text": text(size * 3) }));
            let (id, tool, seal) = ("x".into(), "read".into(), None);
            Event::ToolCalled { agent, call, id, tool, title, input: input.into(), seal }
        }
        23..=25 => Event::ToolStarted { agent, call },
        26..=28 => Event::ToolPrinted { agent, call, text: text(size) },
        29..=32 => {
            let changes = vec![FileChange { path: text(9), added: 1, removed: 2 }];
            let (ok, bytes, note) = (size % 2 == 0, size as u64, "noted".into());
            Event::ToolEnded { agent, call, ok, text: text(size * 4), bytes, changes, note }
        }
        33 => {
            let (version, model) = (Version(1), "m".to_owned());
            Event::TurnStarted { agent, turn, version, model, reserved: None, again: false }
        }
        34 => Event::TurnCut { agent, turn, why: "cut".into(), usage, cost },
        35 => {
            let (wait, why) = (Millis(9), text(size));
            Event::RetryScheduled { agent, attempt: 2, most: 5, wait, why }
        }
        36 => Event::Frozen { agent, what: "ls".into() },
        37 => Event::Thawed { agent },
        38 if size < 90 => added(agent),
        38 => Event::InterruptAsked { agent, by: Author::Director },
        _ => Event::AgentEnded { agent, outcome: Outcome::Failed { why: "cut".into() } },
    }
}

/// Outlines what a journal tells each so many records, and compares when all is
/// told.
fn outlines_are_stages(reader: &Reader, each: usize) {
    let (mut stage, mut sources) = (Stage::new(reader.header().clone()), Sources::default());
    let mut outlines = Vec::new();
    let records: Vec<_> = reader.records_from(0).collect();
    for (nth, (offset, record)) in records.iter().enumerate() {
        stage.apply(record);
        sources.add(*offset, record);
        if nth % each == 0 {
            outlines.push((outline(&stage, &mut sources).0, stage.clone()));
        }
    }
    for (nth, (outline, stage)) in outlines.iter().enumerate() {
        assert!(outline.stage.agents().all(|it| it.log.entries().len() == 0));
        assert_eq!(refill(outline, reader), *stage);
        let next = records.iter().skip(nth * each + 1).map(|(_, it)| it);
        blanks_are_filled_later(reader, outline, next.take(if nth % 8 == 0 { 16 } else { 0 }));
    }
}

/// Goes on from an outline before its words are read. Words that come later make the
/// stage that never lacked them, or none: tells how often they made it.
fn blanks_are_filled_later<'a>(
    reader: &Reader,
    outline: &Outline,
    next: impl Iterator<Item = &'a Record>,
) -> usize {
    let (mut bare, blanks) = blanks::open(outline, reader);
    let mut stage = refill(outline, reader);
    let mut filled = 0;
    for record in next {
        if let Some(it) = blanks::fill(&bare, &blanks, reader) {
            filled += 1;
            assert_eq!(it, stage);
        }
        bare.apply(record);
        stage.apply(record);
    }
    filled
}

#[test]
fn what_is_folded_over_missing_words_has_them_later() {
    let folder = tempfile::tempdir().unwrap();
    let said = |n: u32| [(n % AGENTS + 1, 33, n, 0), (n % AGENTS + 1, 7, 1, 800)];
    let called = |n: u32| [20, 29].map(|it| (n % AGENTS + 1, it, n, 800));
    let deeds: Vec<_> = (1..200).flat_map(|n| said(n).into_iter().chain(called(n))).collect();
    let reader = Reader::open(&written(folder.path(), &session(&deeds))).unwrap();
    let (mut stage, mut sources) = (Stage::new(header("one")).without_trails(), Sources::default());
    let records: Vec<_> = reader.records_from(0).collect();
    for (offset, record) in records.iter().take(500) {
        stage.apply(record);
        sources.add(*offset, record);
    }
    let outline = outline(&stage, &mut sources).0;
    let (bare, _) = blanks::open(&outline, &reader);
    assert!(text_of(&bare) * 3 < text_of(&stage));
    let next = records.iter().skip(500).map(|(_, it)| it).take(40);
    assert_eq!(blanks_are_filled_later(&reader, &outline, next), 40);
}

/// How long the words of all logs are.
fn text_of(stage: &Stage) -> usize {
    stage.agents().flat_map(|it| it.log.entries()).map(|it| format!("{:?}", it.kind).len()).sum()
}

/// A tool that ended says more, which nobody expects: what it had said must be known.
#[test]
fn a_changed_entry_without_words_is_not_made_up() {
    let folder = tempfile::tempdir().unwrap();
    let calls = (1..9).flat_map(|it| [(1, 20, it, 100), (1, 29, it, 200)]);
    let deeds: Vec<_> = calls.chain([(1, 26, 2, 50)]).collect();
    let reader = Reader::open(&written(folder.path(), &session(&deeds))).unwrap();
    let (mut stage, mut sources) = (Stage::new(header("one")).without_trails(), Sources::default());
    let told = AGENTS as usize + deeds.len() - 1;
    for (offset, record) in reader.records_from(0).take(told) {
        stage.apply(&record);
        sources.add(offset, &record);
    }
    let (mut bare, blanks) = blanks::open(&outline(&stage, &mut sources).0, &reader);
    assert_eq!(blanks::fill(&bare, &blanks, &reader), Some(stage));
    let (_, last) = reader.records_from(0).nth(told).unwrap();
    bare.apply(&last);
    assert_eq!(blanks::fill(&bare, &blanks, &reader), None);
}

#[test]
fn an_outline_keeps_no_long_words() {
    let folder = tempfile::tempdir().unwrap();
    let said = |n: u32| (n % AGENTS + 1, 7, 1, 800);
    let ended = |n: u32| [20, 29, 33].map(|it| (n % AGENTS + 1, it, n, 800));
    let deeds: Vec<_> =
        (1..200).flat_map(|n| [said(n), said(n)].into_iter().chain(ended(n))).collect();
    let path = written(folder.path(), &session(&deeds));
    let (mut stage, mut sources) = (Stage::new(header("one")).without_trails(), Sources::default());
    for (offset, record) in Reader::open(&path).unwrap().records_from(0) {
        stage.apply(&record);
        sources.add(offset, &record);
    }
    let (_, weight) = outline(&stage, &mut sources);
    let most = AGENTS as usize * 7_000;
    assert!(weight < most, "{weight}");
    let (_, more) = outline(&stage, &mut sources);
    assert!(more < 100 * AGENTS as usize, "{more}");
}

#[test]
fn calls_of_one_number_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let deeds = [(1, 20, 1, 100), (1, 29, 1, 200), (1, 20, 1, 300), (1, 29, 1, 400)];
    let reader = Reader::open(&written(folder.path(), &session(&deeds))).unwrap();
    (1..9).for_each(|each| outlines_are_stages(&reader, each));
}

/// Big enough for several checkpoints.
#[test]
fn a_reel_of_many_agents_winds_as_it_folds() {
    let folder = tempfile::tempdir().unwrap();
    let mix = |n: u32| n.wrapping_mul(2_654_435_761) >> 9;
    let deed = |n: u32| (n % AGENTS + 1, mix(n) % 39, mix(n) % 3 + 1, mix(n + 7) as usize % 900);
    let records = session(&(0..5000).map(deed).collect::<Vec<_>>());
    let path = written(folder.path(), &records);
    assert!(fs::metadata(&path).unwrap().len() > 3 << 20);
    let reel = Reel::new(Reader::open(&path).unwrap()).unwrap();
    while !reel.is_indexed() {
        std::thread::yield_now();
    }
    for nth in (0..60).map(|it| mix(it) as usize % records.len()) {
        let mut stage = Stage::new(header("one")).without_trails();
        records.iter().take(nth).for_each(|it| stage.apply(it));
        assert_eq!(reel.stage_at(Seq(nth as u64)), stage);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn an_outline_is_the_stage_again(deeds in deeds(400), each in 1..60_usize) {
        let folder = tempfile::tempdir().unwrap();
        let path = written(folder.path(), &session(&deeds));
        outlines_are_stages(&Reader::open(&path).unwrap(), each);
    }

    #[test]
    fn an_outline_of_a_damaged_journal_is_its_stage_again(
        deeds in deeds(200),
        hits in prop::collection::vec((any::<Index>(), any::<u8>()), 1..30),
        swaps in prop::collection::vec((any::<Index>(), any::<Index>()), 0..6),
        each in 1..20_usize,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = written(folder.path(), &session(&deeds));
        let mut lines: Vec<_> = fs::read(path).unwrap().split(|it| *it == b'\n').map(<[u8]>::to_vec).collect();
        for (one, other) in swaps {
            let count = lines.len() - 1;
            lines.swap(1 + one.index(count), 1 + other.index(count));
        }
        let mut bytes = lines.join(&b'\n');
        let first = memchr::memchr(b'\n', &bytes).unwrap() + 1;
        for (place, byte) in hits {
            let at = first + place.index(bytes.len() - first);
            bytes[at] = byte;
        }
        let path = folder.path().join(FILE);
        fs::write(&path, bytes).unwrap();
        outlines_are_stages(&Reader::open(&path).unwrap(), each);
    }
}
