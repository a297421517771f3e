//! Laws of holding two against each other, and stories of takes.

use super::*;
use crate::journal::{Reader, Scratch};
use crate::model::{
    AgentId, Author, CallId, Casting, Changed, Cost, Event, Header, Millis, Origin, Outcome,
    Record, RedirectId, Seq, Stage, Stop, Take, Tree, Turn, Usage, Version,
};
use proptest::prelude::*;
use std::sync::Arc;

const ONE: AgentId = AgentId(1);
const TWO: AgentId = AgentId(2);

fn added(agent: AgentId, casting: Casting) -> Event {
    Event::AgentAdded { agent, casting: Box::new(casting), by: Author::Director }
}

fn cast(name: &str, brief: &str) -> Casting {
    Casting { name: name.into(), brief: brief.into(), ..Casting::default() }
}

fn begun(agent: AgentId, turn: u32) -> Event {
    let (version, model) = (Version(1), "m".to_owned());
    Event::TurnStarted { agent, turn: Turn(turn), version, model, reserved: None, again: false }
}

fn ended(agent: AgentId, turn: u32) -> Event {
    let (usage, cost) = (Usage::default(), Cost::default());
    Event::TurnEnded { agent, turn: Turn(turn), stop: Stop::End, usage, cost }
}

fn said(agent: AgentId, text: &str) -> Event {
    Event::Said { agent, text: text.into() }
}

fn called(agent: AgentId, call: u32, command: &str) -> Event {
    Event::ToolCalled {
        agent,
        call: CallId(call),
        id: format!("call_{agent}x{call}"),
        tool: "shell".into(),
        title: command.into(),
        input: Box::new(serde_json::json!({ "command": command })),
        seal: None,
    }
}

fn came(agent: AgentId, call: u32, ok: bool, text: &str) -> Event {
    Event::ToolEnded {
        agent,
        call: CallId(call),
        ok,
        text: text.into(),
        bytes: text.len() as u64,
        changes: Vec::new(),
        note: String::new(),
    }
}

/// A turn with one command.
fn runs(agent: AgentId, turn: u32, command: &str, ok: bool, text: &str) -> Vec<Event> {
    vec![
        begun(agent, turn),
        called(agent, turn, command),
        ended(agent, turn),
        came(agent, turn, ok, text),
    ]
}

fn records(events: Vec<Event>) -> Vec<Record> {
    let numbered = (1..).zip(events);
    numbered.map(|(n, event)| Record { seq: Seq(n), at: Millis(n * 10), event }).collect()
}

fn course(events: Vec<Event>) -> Course {
    let mut scribe = Scribe::default();
    for record in records(events) {
        scribe.apply(record.seq.0, &record);
    }
    scribe.finish()
}

fn held(one: Vec<Event>, other: Vec<Event>) -> Comparison {
    let figures = ["ann", "bob"].map(|name| Figures { name: name.into(), ..Figures::default() });
    Comparison::new([one, other].map(|it| Arc::new(course(it))), figures)
}

fn told(one: Vec<Event>, other: Vec<Event>) -> String {
    held(one, other).told(["ann", "bob"])
}

#[test]
fn a_course_is_told_turn_by_turn_with_what_was_said_to_the_agent() {
    let message = |text: &str| Event::RedirectDelivered {
        agent: ONE,
        redirect: RedirectId(1),
        turn: Turn(2),
        text: text.into(),
    };
    let mut events = vec![added(ONE, cast("ann", "mend it"))];
    events.extend(runs(ONE, 1, "cargo test", false, "1 failed"));
    events.extend([message("only src"), begun(ONE, 2), said(ONE, "All "), said(ONE, "done.")]);
    events.push(ended(ONE, 2));
    let course = course(events);
    let lines: Vec<_> = course.steps.iter().map(Step::line).collect();
    assert_eq!(
        lines,
        ["was given: “mend it”", "ran cargo test ✗", "was told: “only src”", "said “All done.”",]
    );
    assert_eq!(course.steps.iter().map(|it| it.turn.0).collect::<Vec<_>>(), [0, 1, 2, 2]);
    assert_eq!((course.answer.as_str(), course.cut), ("All done.", 0));
}

#[test]
fn a_result_that_comes_in_a_later_turn_belongs_to_its_call() {
    let events = vec![
        begun(ONE, 1),
        called(ONE, 1, "sleep 9"),
        begun(ONE, 2),
        said(ONE, "meanwhile"),
        came(ONE, 1, true, "slept"),
        begun(ONE, 3),
    ];
    let lines: Vec<_> = course(events).steps.iter().map(Step::line).collect();
    assert_eq!(lines, ["ran sleep 9", "said “meanwhile”", "has done nothing yet"]);
}

#[test]
fn where_two_part_is_told_in_a_sentence() {
    let story = |last: Vec<Event>| {
        let mut events = vec![added(ONE, cast("x", "mend it"))];
        events.extend(runs(ONE, 1, "ls", true, "a b in 0.2s"));
        events.extend(last);
        events
    };
    let test = |ok: bool, text: &str| story(runs(ONE, 2, "cargo test", ok, text));
    assert_eq!(
        told(test(true, "ok"), story(runs(ONE, 2, "rm -r src", true, ""))),
        "They part at turn 2: ann ran cargo test; bob ran rm -r src."
    );
    assert_eq!(
        told(test(true, "ok"), test(false, "no")),
        "They part at turn 2: both ran cargo test; for ann all went well, for bob a call failed."
    );
    assert_eq!(
        told(test(true, "3 passed"), test(true, "4 passed")),
        "They part at turn 2: both ran cargo test, and another result comes of it."
    );
    assert_eq!(
        told(test(true, "ok in 3ms"), test(true, "ok in 8ms")),
        "They part nowhere so far: all 2 turns are the same."
    );
    assert_eq!(
        told(test(true, "ok"), story(Vec::new())),
        "They part at turn 2: ann ran cargo test; bob has done nothing more yet."
    );
    // What tells them apart does not fit the sentence.
    let long = |end: &str| story(runs(ONE, 2, &format!("echo {}{end}", "x".repeat(400)), true, ""));
    let told_long = told(long("a"), long("b"));
    assert!(told_long.contains("turn 2: both ran echo xxx"), "{told_long}");
    assert!(told_long.ends_with("…, but not in the same way."), "{told_long}");
    let briefed = |brief: &str| vec![added(ONE, cast("x", brief))];
    assert_eq!(
        told(briefed("one"), briefed("two")),
        "They part at the start: ann was given: “one”; bob was given: “two”."
    );
    let says = |text: &str| {
        let mut events = vec![begun(ONE, 1), said(ONE, text)];
        events.extend(runs(ONE, 2, "ls", true, text));
        events
    };
    assert_eq!(
        told(says("hello"), says("good day")),
        "They part at turn 1: they say other words. They do other things from turn 2 on: both ran \
         ls, and another result comes of it."
    );
}

#[test]
fn a_hand_off_is_compared_by_whom_it_goes_to_and_its_note_and_a_thought_is_no_difference() {
    let hands = |to: &str, note: &str| {
        let (to, note) = (to.to_owned(), note.to_owned());
        vec![begun(ONE, 1), Event::HandedOff { agent: ONE, to, note, call: None, value: None }]
    };
    assert_eq!(
        told(hands("smith", "the parser"), hands("smith", "the parser")),
        "They part nowhere so far: the one turn is the same."
    );
    let comparison = held(hands("smith", "the parser"), hands("tester", "the parser"));
    let words = [0, 1].map(|it| comparison.step(0, it).unwrap().work().unwrap().said.clone());
    assert_eq!(comparison.parting(), Some(0));
    assert!(words[0].contains("hands off to smith: the parser"), "{words:?}");
    assert!(words[1].contains("hands off to tester: the parser"), "{words:?}");
    let other = held(hands("smith", "the parser"), hands("smith", "its tests"));
    assert_eq!(other.parting(), Some(0));
    let thinks = |text: &str| {
        let thought = Event::Thought { agent: ONE, text: text.into() };
        vec![begun(ONE, 1), thought, said(ONE, "Done.")]
    };
    let comparison = held(thinks("Hm. Perhaps so."), thinks(" "));
    assert_eq!(comparison.parting(), None);
    let thought = [0, 1].map(|it| comparison.step(0, it).unwrap().work().unwrap().has_thought);
    assert_eq!(thought, [true, false], "that it thought is told, and no difference");
}

#[test]
fn what_comes_behind_the_parting_stands_beside_what_is_like_it() {
    let story = |commands: &[&str]| {
        let turns = (1..).zip(commands);
        turns.flat_map(|(turn, it)| runs(ONE, turn, it, true, "ok")).collect::<Vec<_>>()
    };
    let one = story(&["ls", "cargo build", "cargo test", "git commit -m x"]);
    let other = story(&["ls", "cargo test --all", "git commit -m y"]);
    let comparison = held(one, other);
    let rows: Vec<_> = comparison.rows.iter().map(|it| (it.steps, it.sameness)).collect();
    assert_eq!(
        rows,
        [
            ([Some(0), Some(0)], Sameness::Same),
            ([Some(1), None], Sameness::Alone),
            ([Some(2), Some(1)], Sameness::Alike),
            ([Some(3), Some(2)], Sameness::Alike),
        ]
    );
    assert_eq!(comparison.since(0).turns, 3);
    assert_eq!(comparison.since(1).turns, 2);
}

#[test]
fn a_command_is_the_same_whichever_program_runs_it() {
    let called = |tool: &str, input: serde_json::Value| Event::ToolCalled {
        agent: ONE,
        call: CallId(1),
        id: String::new(),
        tool: tool.into(),
        title: "ls".into(),
        input: Box::new(input),
        seal: None,
    };
    let story = |tool: &str, input| {
        course(vec![begun(ONE, 1), called(tool, input), came(ONE, 1, true, "a")]).steps
    };
    let own = story("shell", serde_json::json!({ "command": "ls" }));
    let claude = story("Bash", serde_json::json!({ "command": "ls", "description": "Look" }));
    let codex = story("exec_command", serde_json::json!({ "cmd": ["bash", "-lc", "ls"] }));
    let other = story("Bash", serde_json::json!({ "command": "ls -a" }));
    let sameness = |it: &[Step]| align(&own, it).iter().map(|it| it.sameness).collect::<Vec<_>>();
    assert_eq!(sameness(&claude), [Sameness::Same]);
    assert_eq!(sameness(&codex), [Sameness::Same]);
    assert_eq!(sameness(&other), [Sameness::Alike]);
}

#[test]
fn a_long_course_is_cut_and_what_is_cut_is_counted() {
    let turns = u32::try_from(MOST).unwrap() + 7;
    let events = (1..=turns).flat_map(|turn| [begun(ONE, turn), said(ONE, "x")]).collect();
    let course = course(events);
    assert_eq!((course.steps.len(), course.cut), (MOST, 7));
}

/// A session with an agent and a take of it.
fn taken(take: &Take, instructions: &str, own: Vec<Event>) -> (tempfile::TempDir, Reader) {
    let casting = Casting {
        take: Some(Box::new(take.clone())),
        instructions: instructions.into(),
        ..cast("bob", "mend it")
    };
    let tree = |agent, path: &str| Event::WorkspaceMade {
        agent,
        tree: Box::new(Tree { path: path.into(), ..Tree::default() }),
    };
    let mut events =
        vec![added(ONE, Casting { instructions: "Work.".into(), ..cast("ann", "mend it") })];
    events.push(tree(ONE, "/trees/ann"));
    events.extend(runs(ONE, 1, "ls", true, "a"));
    events.extend(runs(ONE, 2, "cat /trees/ann/a", true, "b"));
    events.extend([begun(ONE, 3), said(ONE, "Done."), ended(ONE, 3)]);
    let outcome = Outcome::Succeeded { summary: "Done.".into() };
    events.push(Event::AgentEnded { agent: ONE, outcome });
    events.push(added(TWO, casting));
    events.push(Event::Retaken {
        agent: TWO,
        of: ONE,
        name: "ann".into(),
        turn: take.turn,
        kept: take.kept,
        changed: vec![Changed::Message],
        message: String::new(),
        without: Vec::new(),
        by: Author::Director,
    });
    events.push(tree(TWO, "/trees/bob"));
    events.extend(own);
    let folder = tempfile::tempdir().unwrap();
    let (path, header) = (folder.path(), Header { auteur: 1, ..Header::default() });
    let mut scratch = Scratch::begin(path, &path.join("journal.jsonl"), &header).unwrap();
    scratch.append(&records(events)).unwrap();
    let reader = scratch.read().unwrap();
    (folder, reader)
}

fn compared(reader: &Reader, upto: Option<Seq>) -> Comparison {
    let stage: Stage = reader.fold(upto);
    let [one, two] = [ONE, TWO].map(|agent| Side { reader, stage: &stage, agent, upto });
    let courses = [&one, &two].map(|it| Arc::new(read_course(it, None)));
    let figures = [ONE, TWO]
        .map(|it| stage.agent(it).map(|agent| Figures::of(agent, &stage)).unwrap_or_default());
    Comparison::new(courses, figures)
}

#[test]
fn a_take_has_the_turns_of_the_one_it_was_taken_from_and_parts_where_it_begins() {
    let take = Take { of: ONE, name: "ann".into(), turn: Turn(2), ..Take::default() };
    let asked = Take { message: "only src".into(), ..take.clone() };
    let (_folder, reader) = taken(&asked, "Work.", runs(TWO, 2, "cat /trees/bob/src", true, "c"));
    let comparison = compared(&reader, None);
    assert_eq!(
        comparison.told(["ann", "bob"]),
        "They part before turn 2: ann ran cat /trees/ann/a; bob was told: “only src”."
    );
    assert_eq!(comparison.parting(), Some(2));
    assert_eq!(comparison.figures[1].take_of, Some(("ann".to_owned(), 2)));
    // The same command in its own folder is the same.
    let (_folder, reader) = taken(&take, "Work.", runs(TWO, 2, "cat /trees/bob/a", true, "b"));
    let comparison = compared(&reader, None);
    assert_eq!(
        comparison.told(["ann", "bob"]),
        "They part at turn 3: ann said “Done.”; bob has done nothing more yet."
    );
    let (_folder, reader) = taken(&take, "Hurry.", Vec::new());
    assert_eq!(
        compared(&reader, None).told(["ann", "bob"]),
        "They part before turn 2: ann ran cat /trees/ann/a; bob got other instructions: “Hurry.”"
    );
}

#[test]
fn only_what_has_happened_by_then_is_compared() {
    let take = Take { of: ONE, name: "ann".into(), turn: Turn(2), ..Take::default() };
    let (_folder, reader) = taken(&take, "Work.", runs(TWO, 2, "ls", true, "c"));
    let all = compared(&reader, None).courses.map(|it| it.steps.len());
    let then = compared(&reader, Some(Seq(6))).courses.map(|it| it.steps.len());
    assert_eq!((all, then), ([4, 3], [2, 0]));
}

#[test]
fn who_is_meant_follows_from_the_session_or_is_asked() {
    let stage = |castings: Vec<Casting>| {
        let mut stage = Stage::new(Header::default());
        for record in records((1..).zip(castings).map(|(n, it)| added(AgentId(n), it)).collect()) {
            stage.apply(&record);
        }
        stage
    };
    let take = |name: &str, of: u32| {
        let take = Take { of: AgentId(of), turn: Turn(2), ..Take::default() };
        Casting { take: Some(Box::new(take)), ..cast(name, "b") }
    };
    let only = stage(vec![cast("ann", "b")]);
    assert_eq!(the_one(&only, None), Ok(ONE));
    assert_eq!(the_two(&only, None), Err(Unclear::Only("ann".into())));
    // Those that work for the only one can be held against it, where they are named.
    let origin = Some(Box::new(Origin { agent: ONE, call: CallId(1), ..Origin::default() }));
    let helped = stage(vec![cast("ann", "b"), Casting { origin, ..cast("bob", "c") }]);
    let both = vec!["ann".to_owned(), "bob".into()];
    assert_eq!(the_two(&helped, None), Err(Unclear::Several(both)));
    let pair = stage(vec![cast("ann", "b"), take("bob", 1), cast("cy", "c")]);
    assert_eq!(the_two(&pair, None), Ok([ONE, TWO]));
    assert_eq!(the_two(&pair, Some("bob")), Ok([ONE, TWO]));
    assert_eq!(the_two(&pair, Some("ann")), Ok([ONE, TWO]));
    let several = vec!["ann".to_owned(), "bob".into(), "cy".into()];
    assert_eq!(the_one(&pair, None), Err(Unclear::Several(several)));
    assert_eq!(the_one(&pair, Some("cy")), Ok(AgentId(3)));
    let known = vec!["ann".to_owned()];
    assert_eq!(the_one(&only, Some("x")), Err(Unclear::Unknown { name: "x".into(), known }));
    let mut takes = stage(vec![cast("ann", "b"), take("bob", 1), take("cy", 1)]);
    assert!(matches!(the_one(&takes, None), Err(Unclear::Several(_))));
    let event = Event::TakeMarked { agent: TWO, is_best: true, by: Author::Director };
    takes.apply(&Record { seq: Seq(9), at: Millis(9), event });
    assert_eq!(the_one(&takes, None), Ok(TWO));
}

fn an_event() -> impl Strategy<Value = Event> {
    (0..12_u32, 0..4_u32, "[abc]{1,2}( [abc]){0,2}").prop_map(|(kind, number, text)| match kind {
        0 => begun(ONE, number),
        1 => ended(ONE, number),
        2 => said(ONE, &text),
        3..=5 => called(ONE, number, &text),
        6 | 7 => came(ONE, number, text.len() % 2 == 0, &text),
        8 => Event::RedirectDelivered {
            agent: ONE,
            redirect: RedirectId(number),
            turn: Turn(number),
            text,
        },
        9 => Event::Rewound {
            agent: ONE,
            to: Turn(number),
            from: Turn(number),
            files: None,
            by: Author::Director,
        },
        10 => Event::TurnCut {
            agent: ONE,
            turn: Turn(number),
            why: text,
            usage: Usage::default(),
            cost: Cost::default(),
        },
        _ => added(ONE, cast("ann", &text)),
    })
}

fn a_story() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec(an_event(), 0..40)
}

proptest! {
    #[test]
    fn with_itself_nobody_parts(story in a_story()) {
        let comparison = held(story.clone(), story);
        prop_assert_eq!(comparison.parting(), None);
        prop_assert!(comparison.told(["ann", "bob"]).starts_with(['N', 'T']));
    }

    #[test]
    fn it_does_not_matter_who_comes_first(one in a_story(), other in a_story()) {
        let [there, back] = [held(one.clone(), other.clone()), held(other, one)];
        let mirrored: Vec<_> = back.rows.iter().map(|it| it.mirrored()).collect();
        prop_assert_eq!(&there.rows, &mirrored);
        prop_assert_eq!(there.parting(), back.parting());
    }

    #[test]
    fn each_step_stands_in_one_row_in_its_order(one in a_story(), other in a_story()) {
        let comparison = held(one, other);
        for (side, course) in comparison.courses.iter().enumerate() {
            let places: Vec<_> =
                comparison.rows.iter().filter_map(|it| it.steps[side]).collect();
            prop_assert_eq!(places, (0..course.steps.len()).collect::<Vec<_>>());
        }
        let _told = comparison.told(["ann", "bob"]);
    }

    #[test]
    fn times_and_ids_part_nobody(story in a_story(), shift in 1..10_000_u64) {
        let mut scribe = Scribe::default();
        for record in records(story.clone()) {
            let at = Millis(record.at.0 * 3 + shift);
            scribe.apply(record.seq.0 + shift, &Record { at, seq: Seq(record.seq.0 + shift), ..record });
        }
        let later = scribe.finish();
        prop_assert!(align(&course(story).steps, &later.steps).iter().all(|it| it.sameness == Sameness::Same));
    }
}
