//! Stories of takes.

use super::*;
use crate::model::{
    Capabilities, Command, EntryKind, Header, Input, Millis, Record, RedirectId, Seq, Stage,
    Version, decide,
};

const OLD: AgentId = AgentId(1);

/// A session in which this happened.
fn session(events: Vec<Event>) -> Stage {
    let mut stage = Stage::new(Header::default());
    tell(&mut stage, events);
    stage
}

fn tell(stage: &mut Stage, events: Vec<Event>) {
    for event in events {
        let seq = Seq(stage.last().0 + 1);
        stage.apply(&Record { seq, at: Millis(seq.0), event });
    }
}

fn added(engine: EngineKind) -> Event {
    let casting = Casting {
        name: "scout".into(),
        role: "scout".into(),
        engine,
        brief: "mend it".into(),
        instructions: "be brief".into(),
        audition: "audition-1".into(),
        capabilities: Capabilities::of(engine),
        ..Casting::default()
    };
    Event::AgentAdded { agent: OLD, casting: Box::new(casting), by: Author::Director }
}

fn turn(agent: AgentId, n: u32) -> Event {
    let (turn, version, model) = (Turn(n), Version(n.min(2)), String::new());
    Event::TurnStarted { agent, turn, version, model, reserved: None, again: false }
}

/// An agent that has taken four turns: its instructions changed before the third, and it
/// was redirected there; what it changed in the second is kept.
fn at_work(engine: EngineKind) -> Vec<Event> {
    let (agent, by) = (OLD, Author::Director);
    let tree = Tree {
        ground: Ground::Worktree,
        base: "b0".into(),
        kept: "refs/auteur/kept/s/scout".into(),
        ..Tree::default()
    };
    let (redirect, text) = (RedirectId(1), "only in src".to_owned());
    vec![
        added(engine),
        Event::AgentStarting { agent, run: 1 },
        Event::WorkspaceMade { agent, tree: Box::new(tree) },
        Event::AgentStarted { agent },
        turn(agent, 1),
        turn(agent, 2),
        Event::Checkpointed {
            agent,
            turn: Turn(2),
            commit: "c2".into(),
            files: vec![],
            more: 0,
            in_all: None,
        },
        Event::InstructionsEdited { agent, version: Version(2), text: "be long".into(), by },
        Event::RedirectWritten { agent, redirect, text: text.clone(), by },
        Event::RedirectDelivered { agent, redirect, turn: Turn(3), text },
        turn(agent, 3),
        turn(agent, 4),
    ]
}

fn wanted(turn: u32) -> Retake {
    Retake { agent: OLD, turn: Turn(turn), ..Retake::default() }
}

fn ask(stage: &Stage, retake: Retake) -> Result<Vec<Event>, Refusal> {
    let command = Command::Retake(Box::new(retake));
    decide(stage, Input::Command { by: Author::Director, command })
}

fn cast(events: &[Event]) -> &Casting {
    match events.first() {
        Some(Event::AgentAdded { casting, .. }) => casting,
        other => panic!("nobody was cast: {other:?}"),
    }
}

#[test]
fn a_retake_is_cast_with_what_there_was_at_its_turn_and_what_was_changed() {
    let stage = session(at_work(EngineKind::Native));
    let retake = Retake { message: Some("not in src".into()), old: Old::Stops, ..wanted(3) };
    let events = ask(&stage, retake).unwrap();
    let casting = cast(&events);
    assert_eq!((&*casting.name, &*casting.brief), ("scout-2", "mend it"));
    assert_eq!((&*casting.instructions, &*casting.audition), ("be long", ""));
    assert_eq!(casting.ground, Ground::Worktree);
    let take = casting.take.as_deref().unwrap();
    assert_eq!((take.of, take.turn, take.kept), (OLD, Turn(3), Turn(2)));
    assert_eq!((&*take.files, &*take.began, &*take.message), ("c2", "b0", "not in src"));
    let (agent, by, name) = (AgentId(2), Author::Director, "scout".to_owned());
    let (turn, kept, changed) = (Turn(3), Turn(2), vec![Changed::Message]);
    let (message, without) = ("not in src".to_owned(), Vec::new());
    let retaken =
        Event::Retaken { agent, of: OLD, name, turn, kept, changed, message, without, by };
    let told = crate::model::words::direction(&retaken);
    assert!(
        matches!(&told, Some(EntryKind::Direction { text, .. }) if text.ends_with("\nnot in src")),
        "{told:?}"
    );
    assert_eq!(events[1..], [retaken, Event::StopAsked { agent: OLD, by }]);
}

#[test]
fn what_was_said_and_in_force_at_a_turn_is_offered_and_kept_where_nothing_is_changed() {
    let stage = session(at_work(EngineKind::Native));
    let agent = stage.agent(OLD).unwrap();
    assert_eq!(
        [1, 2, 3, 4].map(|it| agent.said_before(Turn(it))),
        ["mend it", "", "only in src", ""]
    );
    let in_force = [2, 3, 5].map(|it| agent.instructions_at(Turn(it)));
    assert_eq!(in_force, ["be brief", "be long", "be long"]);
    let events = ask(&stage, wanted(2)).unwrap();
    assert_eq!(cast(&events).instructions, "be brief");
    assert!(matches!(&events[1], Event::Retaken { changed, .. } if changed.is_empty()));
    assert_eq!(events.len(), 2, "the old one goes on");
    // From the start, another message is another brief.
    let first = Retake { message: Some("break it".into()), ..wanted(1) };
    let events = ask(&stage, first).unwrap();
    assert_eq!(cast(&events).brief, "break it");
    assert!(matches!(&events[1], Event::Retaken { changed, .. } if *changed == [Changed::Brief]));
}

#[test]
fn what_was_undone_is_not_said_to_be_known() {
    let mut stage = session(at_work(EngineKind::Native));
    let (agent, by, files) = (OLD, Author::Director, None);
    tell(&mut stage, vec![Event::Rewound { agent, to: Turn(2), from: Turn(4), files, by }]);
    tell(&mut stage, vec![turn(OLD, 5), turn(OLD, 6)]);
    let events = ask(&stage, wanted(6)).unwrap();
    assert_eq!(cast(&events).take.as_ref().unwrap().without, [(Turn(3), Turn(4))]);
    let told = format!("{:?}", crate::model::words::direction(&events[1]));
    assert!(told.contains("it knows turns 1 to 2 and 5 as they were"), "{told}");
    // Whoever begins at one that was undone knows those before it.
    let events = ask(&stage, wanted(4)).unwrap();
    let told = format!("{:?}", crate::model::words::direction(&events[1]));
    assert!(told.contains("it knows turns 1 to 3 as they were"), "{told}");
}

#[test]
fn a_turn_that_there_is_not_is_refused_in_words() {
    let mut stage = session(at_work(EngineKind::Native));
    let why = |stage: &Stage, turn| ask(stage, wanted(turn)).unwrap_err().to_string();
    assert_eq!(why(&stage, 7), "scout has no turn 7: its latest is 4");
    assert!(why(&stage, 5).contains("in the middle of its latest turn"));
    let (agent, outcome) = (OLD, crate::model::Outcome::Succeeded { summary: String::new() });
    let (turn, stop) = (Turn(4), crate::model::Stop::End);
    let (usage, cost) = Default::default();
    let ended = Event::TurnEnded { agent, turn, stop, usage, cost };
    tell(&mut stage, vec![ended, Event::AgentEnded { agent, outcome }]);
    assert_eq!(why(&stage, 5), "say what scout is to do next: it has ended");
    let more = Retake { message: Some("and the tests".into()), ..wanted(5) };
    assert!(ask(&stage, more).is_ok());
    let stage = session(vec![added(EngineKind::Pty)]);
    assert_eq!(why(&stage, 1), "scout: its engine can't begin anew at a turn");
}

#[test]
fn a_program_goes_back_to_the_last_place_that_it_named() {
    let mut events = at_work(EngineKind::Codex);
    let (agent, program, session_name) = (OLD, "codex".to_owned(), "s1".to_owned());
    events.push(Event::Linked { agent, program, session: session_name, model: String::new() });
    let place =
        |turn, place: &str| Event::PlaceNamed { agent, turn: Turn(turn), place: place.into() };
    events.extend([place(2, "p2"), place(4, "--yolo"), place(4, "p4")]);
    let stage = session(events);
    let agent = stage.agent(OLD).unwrap();
    let kept = |turn| agent.kept_before(Turn(turn));
    assert_eq!(kept(5), (Turn(4), "p4".to_owned()));
    assert_eq!(kept(4), (Turn(2), "p2".to_owned()), "of turn 3 it is told a summary");
    assert_eq!(kept(2), (Turn(0), String::new()));
    let events = ask(&stage, wanted(4)).unwrap();
    let casting = cast(&events);
    let take = casting.take.as_deref().unwrap();
    assert!(take.is_summed_up());
    assert_eq!((&*casting.fork, &*take.place), ("s1", "p2"));
    let told = crate::model::words::direction(&events[1]);
    let told = format!("{told:?}");
    assert!(told.contains("can go back to turn 2") && told.contains("summary"), "{told}");
    // Nothing of its session is left to begin with.
    assert_eq!(cast(&ask(&stage, wanted(2)).unwrap()).fork, "");
}

#[test]
fn takes_are_a_tree_and_one_of_them_is_the_best() {
    let mut stage = session(at_work(EngineKind::Native));
    for retake in [wanted(3), wanted(2), Retake { agent: AgentId(2), ..wanted(3) }] {
        let events = ask(&stage, retake).unwrap();
        tell(&mut stage, events);
    }
    let two = AgentId(2);
    tell(&mut stage, vec![turn(two, 3), turn(two, 4)]);
    let deeper = ask(&stage, Retake { agent: two, ..wanted(4) }).unwrap();
    tell(&mut stage, deeper);
    let tree = |stage: &Stage| {
        let all = stage.takes(stage.agent(two).unwrap());
        all.into_iter().map(|(depth, it)| (depth, it.id.0)).collect::<Vec<_>>()
    };
    // The fourth went back to the turn that the second began with: they stand side by side.
    assert_eq!(tree(&stage), [(0, 1), (1, 2), (2, 5), (1, 3), (1, 4)]);
    assert_eq!(stage.agent(AgentId(5)).unwrap().turn, Turn(3));
    assert_eq!(stage.agent(AgentId(5)).unwrap().taken(), 0);
    let mark = |stage: &mut Stage, agent| {
        let command = Command::MarkTake { agent: AgentId(agent), is_best: true };
        let events = decide(stage, Input::Command { by: Author::Director, command }).unwrap();
        let count = events.len();
        tell(stage, events);
        count
    };
    assert_eq!([mark(&mut stage, 2), mark(&mut stage, 5), mark(&mut stage, 5)], [1, 2, 0]);
    let best: Vec<_> = stage.agents().filter(|it| it.is_best).map(|it| it.id.0).collect();
    assert_eq!(best, [5]);
}

#[test]
fn a_take_is_called_as_the_first_one_is() {
    let of = |name: &str, is_take: bool| {
        let take = is_take.then(Box::default);
        called(&Casting { name: name.into(), role: "worker".into(), take, ..Casting::default() })
    };
    assert_eq!([of("worker", false), of("worker-2", true)], ["worker", "worker"]);
    // A script calls its agents after their steps.
    assert_eq!(
        [of("one", false), of("one-2", true), of("step-2", false)],
        ["one", "one", "step-2"]
    );
}
