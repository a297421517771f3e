//! Two are held against each other: takes, and former sessions.

use super::*;
use crate::{
    compare::{Comparison, Figures, Scribe},
    history::{Account, Card, Label},
};

/// Three takes of one brief: the second and the third begin at turn 2 of the first.
fn takes() -> Story {
    let mut story = Story::of(1);
    for name in ["second", "third"] {
        let take = Take { of: ONE, name: "agent-1".into(), turn: Turn(2), ..Take::default() };
        let casting = Casting {
            name: name.into(),
            take: Some(Box::new(take)),
            capabilities: Capabilities::NATIVE,
            ..Casting::default()
        };
        let (agent, by) = (story.stage.next_agent(), Author::Director);
        story.tell(Event::AgentAdded { agent, casting: Box::new(casting), by });
        story.tell(Event::AgentStarting { agent, run: 1 });
        story.tell(Event::AgentStarted { agent });
    }
    story.desk.focus = Some(ONE);
    story
}

/// A comparison of two, one of which says something else from the third turn on.
fn comparison() -> Arc<Comparison> {
    let course = |last: &str| {
        let mut scribe = Scribe::default();
        let turns = ["one", "two", last, "four"];
        for (n, text) in (1..).zip(turns) {
            let (version, model) = (Version(1), String::new());
            let begun = Event::TurnStarted {
                agent: ONE,
                turn: Turn(n),
                version,
                model,
                reserved: None,
                again: false,
            };
            for event in [begun, Event::Said { agent: ONE, text: text.into() }] {
                scribe.apply(n.into(), &Record { seq: Seq(1), at: Millis(1), event });
            }
        }
        Arc::new(scribe.finish())
    };
    let courses = [course("three"), course("drei")];
    Arc::new(Comparison::new(courses, [Figures::default(), Figures::default()]))
}

/// Takes the wish that there is; says whom it is about.
fn wished(story: &mut Story) -> Option<VersusTask> {
    story.desk.take_versus_wish(&story.stage)
}

fn here(agents: [u32; 2]) -> [Contender; 2] {
    agents.map(|it| Contender::Here(AgentId(it)))
}

/// Compares what is wished for.
fn answer(story: &mut Story) -> [Contender; 2] {
    let Some(VersusTask::Compare(number, sides)) = wished(story) else { panic!("no wish") };
    let _done = story.desk.take_versus(VersusAnswer::Compared(number, comparison()));
    sides
}

#[test]
fn of_several_takes_one_is_marked_and_the_next_press_compares_both() {
    let mut story = takes();
    story.press("T down v");
    assert_eq!(story.desk.screen, Screen::Audition);
    assert!(story.status().contains("second is marked"), "{}", story.status());
    story.press("v");
    assert!(story.status().contains("nothing is marked"), "{}", story.status());
    story.press("v down v");
    assert_eq!((story.desk.screen, story.context()), (Screen::Versus, Context::Versus));
    assert_eq!(answer(&mut story), here([2, 3]));
    story.press("esc");
    assert_eq!(story.desk.screen, Screen::Audition);
    // The earlier one stands on the left, whichever was marked first.
    story.press("v up v");
    assert_eq!(answer(&mut story), here([2, 3]));
}

#[test]
fn from_an_agent_alone_it_is_held_against_the_one_it_was_taken_from() {
    let mut story = takes();
    story.desk.focus = Some(AgentId(3));
    story.press("enter v");
    assert_eq!(answer(&mut story), here([1, 3]));
    story.press("esc");
    assert_eq!((story.desk.screen, story.desk.focus), (Screen::Zoom, Some(AgentId(3))));
}

#[test]
fn where_they_part_is_looked_at_first_and_keys_go_from_difference_to_difference() {
    let mut story = takes();
    story.desk.focus = Some(AgentId(3));
    story.press("enter v");
    answer(&mut story);
    assert_eq!(story.desk.versus.row, 2, "the third turn");
    story.press("n");
    assert!(story.status().contains("no other difference"), "{}", story.status());
    story.press("k k N");
    assert_eq!(story.desk.versus.row, 0);
    story.press("n");
    assert_eq!(story.desk.versus.row, 2);
    story.press("enter");
    let Some(VersusTask::Row(number, _, 2, steps)) = wished(&mut story) else { panic!() };
    assert_eq!(steps.map(|it| it.unwrap().turn), [Turn(3), Turn(3)]);
    assert_eq!(wished(&mut story), None, "it is read once");
    let _done = story.desk.take_versus(VersusAnswer::Row(number, 2, [Vec::new(), Vec::new()]));
    assert_eq!(wished(&mut story), None);
    story.press("esc");
    assert_eq!((story.desk.screen, story.desk.versus.is_open), (Screen::Versus, false));
    story.press("tab tab");
    assert_eq!(story.desk.versus.part, VersusPart::Files);
    story.press("n");
    assert!(story.status().contains("no other difference"), "{}", story.status());
    story.press("x");
    assert_eq!(answer(&mut story), here([3, 1]));
}

#[test]
fn what_has_happened_since_is_read_and_the_row_stays() {
    let mut story = takes();
    story.press("T v down v");
    answer(&mut story);
    assert_eq!(wished(&mut story), None);
    story.press("k");
    let by = Author::Director;
    let (version, text) = (Version(2), "be brave".to_owned());
    story.tell(Event::InstructionsEdited { agent: TWO, version, text, by });
    assert_eq!(answer(&mut story), here([1, 2]));
    assert_eq!(story.desk.versus.row, 1, "the row that was chosen");
    // Of somebody else nothing is read.
    let (version, text) = (Version(2), "be brave".to_owned());
    story.tell(Event::InstructionsEdited { agent: AgentId(3), version, text, by });
    assert_eq!(wished(&mut story), None);
}

#[test]
fn two_former_sessions_are_marked_and_compared_and_who_is_not_clear_is_asked() {
    let mut story = takes();
    story.desk.past.is_there = true;
    let card = |session: &str| Card {
        session: session.into(),
        journal: format!("/{session}").into(),
        opened: String::new(),
        project: String::new(),
        by: String::new(),
        is_running: false,
        bytes: 1,
        label: Label::default(),
        account: Account { title: session.into(), ..Account::default() },
    };
    story.press("H");
    let cards = PastAnswer::Cards(1, vec![card("a"), card("b")]);
    let _done = story.desk.take_past(cards, Millis(0));
    story.press("v down v");
    assert_eq!(story.desk.screen, Screen::Versus);
    let Some(VersusTask::Compare(number, sides)) = wished(&mut story) else { panic!() };
    let there = |it: &Contender| match it {
        Contender::There { journal, agent, .. } => (journal.display().to_string(), agent.clone()),
        Contender::Here(_) => panic!("{it:?}"),
    };
    assert_eq!(sides.each_ref().map(there), [("/a".into(), None), ("/b".into(), None)]);
    let names = vec!["scout".to_owned(), "smith".to_owned()];
    let _done = story.desk.take_versus(VersusAnswer::Unclear(number, 1, names));
    assert_eq!(wished(&mut story), None, "it waits for the answer");
    story.press("down down enter");
    let Some(VersusTask::Compare(_, sides)) = wished(&mut story) else { panic!() };
    assert_eq!(there(&sides[1]), ("/b".into(), Some("smith".into())));
    story.press("esc");
    assert_eq!(story.desk.screen, Screen::Past);
    // What came too late is let go.
    let late = VersusAnswer::Failed(number, "gone".into());
    assert_eq!(story.desk.take_versus(late), Done::Nothing);
}

#[test]
fn two_agents_of_one_former_session_are_compared_where_it_is_marked_twice() {
    let mut story = takes();
    story.desk.past.is_there = true;
    let card = |session: &str, agents| Card {
        session: session.into(),
        journal: format!("/{session}").into(),
        opened: String::new(),
        project: String::new(),
        by: String::new(),
        is_running: false,
        bytes: 1,
        label: Label::default(),
        account: Account { title: session.into(), agents, ..Account::default() },
    };
    story.press("H");
    let cards = PastAnswer::Cards(1, vec![card("a", 3), card("b", 1)]);
    let _done = story.desk.take_past(cards, Millis(0));
    // Where there is one agent, the mark is taken away.
    story.press("down v v");
    assert!(story.status().contains("nothing is marked"), "{}", story.status());
    // Where there are several it is asked what is meant.
    story.press("up v v");
    assert!(matches!(story.desk.dialog, Some(Dialog::Question(_))));
    story.press("down down enter");
    assert_eq!((story.desk.dialog.is_none(), &story.desk.versus.marked), (true, &None));
    story.press("v v down enter");
    assert_eq!(story.desk.screen, Screen::Versus);
    let there = |agent: Option<&str>| Contender::There {
        journal: "/a".into(),
        title: "a".into(),
        agent: agent.map(str::to_owned),
    };
    let Some(VersusTask::Compare(number, sides)) = wished(&mut story) else { panic!() };
    assert_eq!(sides, [there(None), there(None)]);
    // Of several, one after the other is asked for.
    let names = ["ann", "bob", "eve"].map(str::to_owned).to_vec();
    let _done = story.desk.take_versus(VersusAnswer::Unclear(number, 0, names));
    story.press("down down enter");
    let Some(VersusTask::Compare(number, sides)) = wished(&mut story) else { panic!() };
    assert_eq!(sides, [there(Some("bob")), there(None)]);
    let names = ["ann", "eve"].map(str::to_owned).to_vec();
    let _done = story.desk.take_versus(VersusAnswer::Unclear(number, 1, names));
    let Some(Dialog::Question(question)) = &story.desk.dialog else { panic!() };
    assert_eq!(question.text, "bob is one of the two. Which agent is the other?");
    story.press("down enter");
    let Some(VersusTask::Compare(_, sides)) = wished(&mut story) else { panic!() };
    assert_eq!(sides, [there(Some("bob")), there(Some("ann"))]);
}

#[test]
fn an_agent_here_is_held_against_a_former_session() {
    let mut story = Story::of(1);
    story.desk.past.is_there = true;
    story.desk.focus = Some(ONE);
    story.press("enter v");
    assert!(story.status().contains("agent-1 is marked"), "{}", story.status());
    story.press("H");
    assert_eq!(story.desk.screen, Screen::Past);
    story.press("v");
    assert!(story.status().contains("no session is listed"), "{}", story.status());
}
