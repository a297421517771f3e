//! What is in a ledger is what was settled, however it is added up.

use super::*;
use crate::model::{
    AgentId, Author, CallId, Casting, EngineKind, Event, Header, Limits, Millis, Money, PlayId,
    Record, Seq, Stage, Stop, Turn, Version,
    play::{Assignment, PlayEvent, Spot},
    script::Script,
};
use jiff::tz::{self, TimeZone};
use proptest::prelude::*;

/// Two minutes before midnight, in UTC.
const OPENED: &str = "2026-11-29T23:58:00Z";
const MINUTE: u64 = 60_000;

fn header() -> Header {
    Header { opened: OPENED.into(), ..Header::default() }
}

fn added(agent: u32, role: &str) -> Event {
    let casting = Casting { name: role.into(), role: role.into(), ..Casting::default() };
    Event::AgentAdded { agent: AgentId(agent), casting: casting.into(), by: Author::Director }
}

fn started(agent: u32, model: &str) -> Event {
    let (turn, version, reserved, again) = (Turn(1), Version(1), None, false);
    let model = model.into();
    Event::TurnStarted { agent: AgentId(agent), turn, version, model, reserved, again }
}

fn called(agent: u32, tool: &str) -> Event {
    Event::ToolCalled {
        agent: AgentId(agent),
        call: CallId(1),
        id: String::new(),
        tool: tool.into(),
        title: String::new(),
        input: serde_json::Value::Null.into(),
        seal: None,
    }
}

fn ended(agent: u32, cost: u64) -> Event {
    let usage = Usage { input: 10 * cost, output: cost, ..Usage::default() };
    let cost = Cost::from(Some(Money(cost)));
    Event::TurnEnded { agent: AgentId(agent), turn: Turn(1), stop: Stop::End, usage, cost }
}

fn records(events: impl IntoIterator<Item = (u64, Event)>) -> Vec<Record> {
    let numbered = (1..).zip(events);
    numbered.map(|(seq, (at, event))| Record { seq: Seq(seq), at: Millis(at), event }).collect()
}

fn read(mut book: Book, records: &[Record]) -> Ledger {
    let mut ledger = Ledger::default();
    for record in records {
        book.take(record, &mut ledger);
    }
    ledger
}

fn told(ledger: &Ledger, by: By) -> Vec<(String, u64)> {
    ledger.by(by).iter().map(|it| (it.name.to_string(), it.sum.cost.known.0)).collect()
}

fn pairs(told: &[(&str, u64)]) -> Vec<(String, u64)> {
    told.iter().map(|(name, cost)| ((*name).to_owned(), *cost)).collect()
}

#[test]
fn a_day_ends_at_midnight_and_a_session_that_rested_goes_on_when_it_was_taken_up() {
    let records = records([
        (0, added(1, "scout")),
        (MINUTE, ended(1, 1)),
        (3 * MINUTE, ended(1, 2)),
        (4 * MINUTE, Event::SessionResumed { wall: "2026-12-05T08:00:00Z".into(), by: "a".into() }),
        (5 * MINUTE, ended(1, 4)),
    ]);
    let utc = read(Book::new("s", &header()), &records);
    let days = pairs(&[("2026-11-29", 1), ("2026-11-30", 2), ("2026-12-05", 4)]);
    assert_eq!(told(&utc, By::Day), days);
    let east = TimeZone::fixed(tz::offset(2));
    let east = read(Book::new("s", &header()).in_zone(east), &records);
    assert_eq!(told(&east, By::Day), pairs(&[("2026-11-30", 3), ("2026-12-05", 4)]));
    let since = "2026-11-30T00:00:00Z".parse().unwrap();
    let late = read(Book::new("s", &header()).since(Some(since)), &records);
    assert_eq!(late.total().cost.known, Money(6));
    let nameless = read(Book::new("s", &Header::default()), &records[..3]);
    assert_eq!(told(&nameless, By::Day), pairs(&[("", 3)]));
}

#[test]
fn an_answer_is_shared_by_the_tools_that_it_calls() {
    let records = records([
        (0, added(1, "scout")),
        (0, started(1, "m")),
        (0, called(1, "shell")),
        (0, called(1, "read")),
        (0, called(1, "shell")),
        (0, ended(1, 100)),
        // A log may tell more of the same answer later.
        (0, ended(1, 30)),
        (0, started(1, "m")),
        (0, ended(1, 7)),
    ]);
    let ledger = read(Book::new("s", &header()), &records);
    assert_eq!(
        told(&ledger, By::Tool),
        pairs(&[("shell", 34 + 33 + 20), ("read", 33 + 10), ("", 7)])
    );
    let calls: Vec<_> = ledger.by(By::Tool).iter().map(|it| it.sum.calls).collect();
    assert_eq!(calls, [2, 1, 0]);
}

#[test]
fn a_model_that_a_program_tells_when_its_first_turn_has_begun_has_had_that_turn() {
    let agent = AgentId(1);
    let (program, session) = ("claude".to_owned(), "s".to_owned());
    let linked = Event::Linked { agent, program, session, model: "opus".into() };
    let events = [added(1, "claude"), started(1, ""), linked, ended(1, 7)];
    let ledger = read(Book::new("s", &header()), &records(events.map(|it| (0, it))));
    assert_eq!(told(&ledger, By::Model), pairs(&[("opus", 7)]));
}

#[test]
fn what_a_cut_answer_wished_for_was_never_called() {
    let (turn, usage) = (Turn(1), Usage { input: 5, ..Usage::default() });
    let cost = Cost::from(Some(Money(5)));
    let cut = Event::TurnCut { agent: AgentId(1), turn, why: String::new(), usage, cost };
    let events = [added(1, "scout"), started(1, "m"), called(1, "shell"), cut, started(1, "m")];
    let ledger = read(Book::new("s", &header()), &records(events.map(|it| (0, it))));
    let total = ledger.total();
    assert_eq!((total.turns, total.cut, total.calls), (1, 1, 0));
    assert_eq!(told(&ledger, By::Tool), pairs(&[("", 5)]));
}

#[test]
fn the_steps_of_a_script_are_told_by_its_name_and_others_by_none() {
    let spot = Spot { play: PlayId(1), step: "review".into(), part: Some(2) };
    let assignment = Assignment { spot, attempt: 1, output: None, judges: None };
    let casting = Casting { assignment: Some(assignment.into()), ..Casting::default() };
    let (agent, by) = (AgentId(1), Author::Script);
    let script = Box::new(Script { name: "feature".into(), ..Script::default() });
    let inputs = Box::new(serde_json::Value::Null);
    let began = PlayEvent::Started { script, inputs, parent: None, by: Author::Director };
    let events = [
        Event::Play { play: PlayId(1), event: began.into() },
        Event::AgentAdded { agent, casting: casting.into(), by },
        ended(1, 3),
        added(2, "scout"),
        ended(2, 1),
    ];
    let ledger = read(Book::new("s", &header()), &records(events.map(|it| (0, it))));
    assert_eq!(told(&ledger, By::Step), pairs(&[("feature: review", 3), ("", 1)]));
}

#[test]
fn a_spreadsheet_computes_nothing_of_what_is_written_for_it() {
    let hostile = "=HYPERLINK(\"http://x\", \"y\")\r\n\u{1b}[2J";
    let events = [added(1, hostile), ended(1, 1_500_000_000), added(2, "-1"), ended(2, 1)];
    let ledger = read(Book::new("@s", &header()), &records(events.map(|it| (0, it))));
    let mut told = Vec::new();
    write_csv(By::Agent, &ledger.by(By::Agent), &mut told).unwrap();
    let told = String::from_utf8(told).unwrap();
    let lines: Vec<_> = told.split("\r\n").collect();
    assert!(lines[0].starts_with("agent,session,answers,"), "{told}");
    assert!(lines[1].starts_with("\"'=HYPERLINK(\"\"http://x\"\", \"\"y\"\")"), "{told}");
    assert!(lines[1].ends_with("\",'@s,1,0,0,15000000000,0,0,0,1500000000,0,0,1.500000000,1.500000000,0.000000000,0,0.000000000"), "{told}");
    assert!(lines[2].starts_with("'-1,'@s,1,"), "{told}");
    assert!(!told.contains('\u{1b}') && lines.len() == 4, "{told}");
}

/// What may happen to an agent that costs something, or says who pays.
fn happening() -> impl Strategy<Value = Event> {
    let money = (0_u64..1000, 0_u32..3, 0_u64..9, 0_u64..9);
    let cost = money.prop_map(|(known, unpriced, feared, reported)| {
        let (known, feared) = (Money(known + reported), Money(feared));
        Cost { known, unpriced, feared, reported: Money(reported) }
    });
    let usage = prop::array::uniform7(0_u64..100).prop_map(|it| Usage {
        input: it[0],
        cache_read: it[1],
        cache_write_5m: it[2],
        cache_write_1h: it[3],
        output: it[4],
        reasoning: it[5],
        web_searches: it[6],
    });
    (0_u8..7, 1_u32..4, "[abc]", usage, cost).prop_map(|(kind, agent, name, usage, cost)| {
        let (id, turn) = (AgentId(agent), Turn(1));
        match kind {
            0 => Event::TurnCut { agent: id, turn, why: name, usage, cost },
            1 => Event::Compacted { agent: id, summary: name, upto: turn, usage, cost },
            2 => Event::TurnEnded { agent: id, turn, stop: Stop::Tools, usage, cost },
            3 => started(agent, &name),
            _ => called(agent, &name),
        }
    })
}

proptest! {
    #[test]
    fn a_ledger_comes_to_what_the_stage_shows_however_it_is_added_up(
        happenings in prop::collection::vec(happening(), 0..40), watched in any::<bool>(),
    ) {
        let engine = if watched { EngineKind::Watched } else { EngineKind::Native };
        let casting = Casting { name: "w".into(), engine, ..Casting::default() };
        let (agent, casting) = (AgentId(3), Box::new(casting));
        let opened = Event::SessionOpened { title: String::new(), limits: Limits::default() };
        let third = Event::AgentAdded { agent, casting, by: Author::Director };
        let events = [opened, added(1, "a"), added(2, "b"), third].into_iter().chain(happenings);
        let records = records(events.map(|it| (0, it)));
        let ledger = read(Book::new("s", &header()), &records);
        let mut stage = Stage::default();
        for record in &records {
            stage.apply(record);
        }
        let (total, totals) = (ledger.total(), stage.totals());
        prop_assert_eq!((total.usage, total.cost), (totals.usage, totals.spent));
        prop_assert_eq!(ledger.elsewhere.cost, totals.elsewhere);
        for by in By::ALL {
            let mut sum = Sum::default();
            for row in ledger.by(by) {
                sum += row.sum;
            }
            prop_assert_eq!(sum, total);
        }
    }
}

#[test]
fn what_was_used_on_a_login_is_told_apart_also_what_came_before_that_was_known() {
    let quota = crate::model::Quota { is_login: true, ..crate::model::Quota::default() };
    let records = records([
        (0, added(1, "claude")),
        (0, added(2, "scout")),
        (1, ended(1, 1)),
        (2, ended(2, 4)),
        (3, Event::QuotaTold { agent: AgentId(1), quota: Box::new(quota) }),
        (4, ended(1, 2)),
    ]);
    let ledger = read(Book::new("s", &header()), &records);
    let plan = "a login with a plan: API equivalent";
    assert_eq!(told(&ledger, By::Login), pairs(&[("", 4), (plan, 3)]));
    assert_eq!((ledger.on_logins().cost.known, ledger.total().cost.known), (Money(3), Money(7)));
}
