//! One brief in several roles: cast together, compared, one of them kept.

use super::*;

/// Three roles, and nobody at work.
fn roles() -> Story {
    let mut story = Story::of(0);
    story.desk.roles = ["planner", "scout", "writer"]
        .map(|name| RoleOffer {
            casting: Casting { role: name.into(), ..Casting::default() },
            ..RoleOffer::default()
        })
        .into();
    story
}

/// What two agents of an audition were cast with; a third is of none.
fn held() -> Story {
    let mut story = Story::of(0);
    for (name, audition) in [("a", "audition-1"), ("b", "audition-1"), ("c", "")] {
        let agent = story.stage.next_agent();
        let casting =
            Casting { name: name.into(), audition: audition.into(), ..Casting::default() };
        let by = Author::Director;
        story.tell(Event::AgentAdded { agent, casting: Box::new(casting), by });
        story.tell(Event::AgentStarting { agent, run: 1 });
        let tree = Tree {
            ground: Ground::Worktree,
            path: format!("/w/{name}"),
            store: "/w/.git".into(),
            branch: format!("auteur/{name}"),
            kept: format!("refs/auteur/{name}"),
            ..Tree::default()
        };
        story.tell(Event::WorkspaceMade { agent, tree: Box::new(tree) });
        story.tell(Event::AgentStarted { agent });
    }
    story
}

#[test]
fn the_roles_that_were_chosen_are_cast_with_one_brief_each_in_a_worktree_of_its_own() {
    let mut story = roles();
    story.press("C space j j space enter").write("make it fast").press("ctrl+s");
    let cast: Vec<_> = story
        .sent()
        .into_iter()
        .map(|it| match it {
            Command::Add(it) => (it.role, it.brief, it.audition, it.ground),
            other => panic!("{other:?}"),
        })
        .collect();
    let one = |role: &str| {
        let (brief, audition) = ("make it fast".to_owned(), "audition-1".to_owned());
        (role.to_owned(), brief, audition, Ground::Worktree)
    };
    assert_eq!(cast, [one("planner"), one("writer")]);
    assert!(story.status().contains("2 roles audition; T compares"), "{}", story.status());
    assert!(story.desk.cast.chosen.is_empty());
}

#[test]
fn a_role_that_can_not_be_cast_is_not_chosen_and_esc_chooses_none() {
    let mut story = roles();
    story.desk.roles[0].missing = Some("no key".into());
    story.press("C space");
    assert!(story.status().contains("can't be cast now: no key"), "{}", story.status());
    story.press("j space j space esc");
    assert_eq!((story.desk.cast.chosen.len(), story.desk.screen), (0, Screen::Cast));
}

#[test]
fn in_an_audition_no_model_is_given_to_all() {
    let mut story = roles();
    story.press("C space j space enter").write("go");
    if let Some(Dialog::NewAgent(form)) = &mut story.desk.dialog {
        form.model = Field::new("rehearsal/small");
    }
    story.press("ctrl+s");
    let Some(Dialog::NewAgent(form)) = &story.desk.dialog else { panic!("it was closed") };
    assert_eq!(form.fault.as_deref(), Some("in an audition each role has its own"));
}

#[test]
fn those_of_an_audition_are_compared_and_nobody_else() {
    let mut story = held();
    story.desk.focus = Some(AgentId(3));
    story.press("T");
    assert_eq!((story.desk.screen, story.desk.focus), (Screen::Audition, Some(ONE)));
    let names: Vec<_> = story.desk.audition(&story.stage).iter().map(|it| it.id).collect();
    assert_eq!(names, [ONE, TWO]);
    story.press("j");
    assert_eq!(story.desk.focus, Some(TWO));
    story.press("d");
    assert_eq!((story.desk.screen, story.desk.tab), (Screen::Zoom, Tab::Changes));
    story.press("T esc");
    assert_eq!(story.desk.screen, Screen::Zoom, "as it was left");
}

#[test]
fn the_others_work_is_thrown_away_once_they_are_over_and_the_name_was_typed() {
    let mut story = held();
    story.press("T X");
    assert!(story.status().contains("not over yet: b"), "{}", story.status());
    story.over(ONE).over(TWO).press("X").write("b").press("enter");
    assert_eq!(story.sent(), [], "that is not the one that is kept");
    story.press("esc X").write("a").press("enter");
    let throw = Command::TakeWork { agent: TWO, way: Way::ThrowAway, words: String::new() };
    assert_eq!(story.sent(), [throw]);
}

#[test]
fn a_replay_compares_and_throws_nothing_away() {
    let mut story = held();
    story.over(ONE).over(TWO);
    story.desk.playhead = Some(Playhead::default());
    story.press("T X");
    assert_eq!((story.desk.screen, story.desk.dialog.is_none()), (Screen::Audition, true));
    story.press("t x");
    assert!(story.desk.dialog.is_none() && story.sent().is_empty());
}

#[test]
fn without_an_audition_the_key_says_how_one_is_held() {
    let mut story = Story::of(1);
    story.press("T");
    assert_eq!(story.desk.screen, Screen::Stage);
    assert!(story.status().contains("choose roles"), "{}", story.status());
}
