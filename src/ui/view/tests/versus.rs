//! Two agents held against each other, on their screen.

use super::*;
use crate::{
    compare::{Comparison, Course, Figures, Kept, Scribe},
    model::{CallId, Cost, Entry, FileChange, Lines, Log, LogBounds, Record, Status, Stop, Usage},
    ui::desk::{Contender, DiffWish, VersusAnswer, VersusPart},
};

const ONE: AgentId = AgentId(1);

/// A turn in which it says this and runs that.
fn turn(number: u32, says: &str, (runs, ok, printed): (&str, bool, &str)) -> Vec<Event> {
    let (agent, version, model) = (ONE, Version(1), "m".to_owned());
    let (usage, cost) = (Usage::default(), Cost::default());
    let mut events = vec![Event::TurnStarted {
        agent,
        turn: Turn(number),
        version,
        model,
        reserved: None,
        again: false,
    }];
    events.push(Event::Said { agent, text: says.into() });
    if !runs.is_empty() {
        events.push(Event::ToolCalled {
            agent,
            call: CallId(number),
            id: String::new(),
            tool: "shell".into(),
            title: runs.into(),
            input: Box::new(serde_json::json!({ "command": runs })),
            seal: None,
        });
    }
    events.push(Event::TurnEnded { agent, turn: Turn(number), stop: Stop::End, usage, cost });
    events.push(Event::ToolEnded {
        agent,
        call: CallId(number),
        ok,
        text: printed.into(),
        bytes: 0,
        changes: vec![FileChange { path: "src/lib.rs".into(), added: 3, removed: 1 }],
        note: String::new(),
    });
    events
}

fn course(turns: Vec<Vec<Event>>) -> (Arc<Course>, Vec<Arc<Entry>>) {
    let casting =
        Casting { name: "x".into(), brief: "Make the parser fast.".into(), ..Casting::default() };
    let mut events =
        vec![Event::AgentAdded { agent: ONE, casting: Box::new(casting), by: Author::Director }];
    events.extend(turns.into_iter().flatten());
    let mut log = Log::new(LogBounds::READING);
    let mut scribe = Scribe::default();
    for (n, event) in (1..).zip(events) {
        let record = Record { seq: Seq(n), at: Millis(n * 1000), event };
        scribe.apply(n, &record);
        log.apply(&record);
    }
    (Arc::new(scribe.finish()), log.into_entries().collect())
}

/// How two takes came out.
fn figures() -> [Figures; 2] {
    let lines = |added, removed| Lines { added, removed };
    let ann = Figures {
        name: "coder".into(),
        role: "coder".into(),
        model: "small".into(),
        status: Status::Failed,
        last_words: "one test fails".into(),
        turns: 5,
        calls: 4,
        failures: 1,
        worked: Millis(190_000),
        cost: Cost::from(Some(Money::cents(41))),
        context: 12_345,
        files: [
            ("src/lib.rs".to_owned(), lines(40, 3)),
            ("benches/parse.rs".to_owned(), lines(9, 0)),
        ]
        .into(),
        checks: Some((Some(1), 2)),
        instructions: "Work well.\nBe fast.".into(),
        versions: 1,
        kept: Some(Kept { store: "/git".into(), commit: "a".repeat(40) }),
        ..Figures::default()
    };
    let bob = Figures {
        name: "coder-2".into(),
        status: Status::Succeeded,
        last_words: "done".into(),
        take_of: Some(("coder".into(), 3)),
        is_best: true,
        turns: 4,
        calls: 3,
        failures: 0,
        worked: Millis(70_000),
        cost: Cost::from(Some(Money::cents(22))),
        files: [("src/lib.rs".to_owned(), lines(12, 0))].into(),
        checks: Some((Some(2), 2)),
        directions: 1,
        instructions: "Work well.\nKeep what is public.".into(),
        kept: Some(Kept { store: "/git".into(), commit: "b".repeat(40) }),
        ..ann.clone()
    };
    [ann, bob]
}

/// Two takes that part at turn 3, and what their logs tell of it.
fn taken() -> (Arc<Comparison>, [Vec<Arc<Entry>>; 2]) {
    let read = || turn(1, "I read it first.", ("cat src/lib.rs", true, "fn parse() {}"));
    let test = || turn(2, "Now the tests.", ("cargo test", true, "3 passed in 0.4s"));
    let told = Event::RedirectDelivered {
        agent: ONE,
        redirect: RedirectId(1),
        turn: Turn(3),
        text: "Keep the interface as it is, whatever it costs.".into(),
    };
    let (one, mine) = course(vec![
        read(),
        test(),
        turn(3, "A table is fastest.", ("cargo bench --bench parse", true, "one\ntwo\nthree")),
        turn(4, "", ("cargo test", false, "1 failed")),
        turn(5, "It is twice as fast; one test fails.", ("", true, "")),
    ]);
    let (other, its) = course(vec![
        read(),
        test(),
        vec![told],
        turn(3, "I keep the interface.", ("cargo bench --bench parse", true, "one\n2\nthree")),
        turn(4, "It is a little faster.", ("", true, "")),
    ]);
    (Arc::new(Comparison::new([one, other], figures())), [mine, its])
}

/// A desk that looks at them.
fn on_versus(change: impl FnOnce(&mut Desk)) -> Desk {
    with(|it| {
        it.screen = Screen::Versus;
        it.versus.sides = Some([Contender::Here(AgentId(1)), Contender::Here(AgentId(2))]);
        let _done = it.take_versus(VersusAnswer::Compared(0, taken().0));
        change(it);
    })
}

#[test]
fn two_stand_side_by_side_and_where_they_part_is_in_sight_at_every_size() {
    let six = six();
    let desk = on_versus(|_| ());
    for (width, height) in [(20, 5), (60, 16), (80, 24), (120, 35), (200, 60)] {
        let picture = shot(&scene(&six, &desk), (width, height));
        keep(&format!("versus-{width}x{height}"), &picture);
        if width >= 60 {
            let picture = words(&picture);
            assert!(picture.contains("They part before turn 3"), "{picture}");
            assert!(picture.contains("they part here"), "{picture}");
            assert!(picture.contains("was told: “Keep"), "{picture}");
        }
    }
}

#[test]
fn all_of_a_row_stands_side_by_side_and_lines_that_differ_have_a_mark() {
    let six = six();
    let (comparison, whole) = taken();
    let row = comparison.rows.iter().position(|it| it.steps == [Some(3), Some(4)]).unwrap();
    let turn_of = |entries: &[Arc<Entry>]| -> Vec<Arc<Entry>> {
        entries.iter().filter(|it| it.turn == Turn(3)).cloned().collect()
    };
    let desk = on_versus(|it| {
        it.versus.row = row;
        it.versus.is_open = true;
        let whole = whole.each_ref().map(|it| turn_of(it));
        let _done = it.take_versus(VersusAnswer::Row(0, row, whole));
    });
    for (width, height) in [(80, 24), (120, 35)] {
        let picture = shot(&scene(&six, &desk), (width, height));
        keep(&format!("versus-row-{width}x{height}"), &picture);
        if width < 100 {
            continue;
        }
        let picture = words(&picture);
        let marked = |text: &str| {
            let lines: Vec<&str> = picture.lines().filter(|it| it.contains(text)).collect();
            assert!(!lines.is_empty(), "{text}: {picture}");
            lines.iter().any(|it| it.contains('▎'))
        };
        assert!(marked("two") && marked("I keep the interface"), "{picture}");
        assert!(!marked("three"), "{picture}");
    }
}

#[test]
fn what_it_came_to_stands_side_by_side_too() {
    let six = six();
    for (part, name) in VersusPart::ALL.into_iter().skip(1) {
        let desk = on_versus(|it| {
            it.versus.part = part;
            let wish = it.versus.files_wish().unwrap();
            let read = "diff --git a/src/lib.rs b/src/lib.rs\n--- a/src/lib.rs\n+++ b/src/lib.rs\n@@ -1,2 +1,2 @@\n fn parse() {\n-    table();\n+    walk();\n";
            let outcome = Ok(Patch::read(read.as_bytes()));
            it.take_diff(Diffed { wish, outcome, is_last: true });
        });
        for (width, height) in [(80, 24), (120, 35)] {
            let picture = shot(&scene(&six, &desk), (width, height));
            let name = name.to_lowercase();
            keep(&format!("versus-{name}-{width}x{height}"), &picture);
        }
    }
}

#[test]
fn what_can_not_be_compared_is_said() {
    let six = six();
    let desk = with(|it| {
        it.screen = Screen::Versus;
        let _done = it.take_versus(VersusAnswer::Failed(0, "there is no such journal".into()));
    });
    let picture = words(&shot(&scene(&six, &desk), (80, 24)));
    assert!(picture.contains("there is no such journal"), "{picture}");
    let wish = on_versus(|_| ()).versus.files_wish();
    let (store, from, to) = ("/git".into(), "a".repeat(40), "b".repeat(40));
    assert_eq!(wish, Some(DiffWish { agent: AgentId(0), store, from, to }));
}
