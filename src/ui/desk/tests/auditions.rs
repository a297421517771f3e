//! One brief in several roles: cast together, compared, one of them kept.

use super::*;
use crate::{
    casting::Audition,
    model::{
        play::{Assignment, PlayEvent, Spot},
        script::{Check, Script},
    },
};

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

/// The script that was sent to be performed, and what it is given.
fn performed(story: &mut Story) -> (Script, serde_json::Value) {
    match story.sent().pop() {
        Some(Command::Perform { script, inputs }) => (*script, *inputs),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_roles_that_were_chosen_are_cast_with_one_brief_each_in_a_worktree_of_its_own() {
    let mut story = roles();
    story.press("C space j j space enter").write("make it fast").press("ctrl+s");
    let (script, inputs) = performed(&mut story);
    assert_eq!(inputs["brief"], "make it fast");
    let names: Vec<&str> = script.steps.iter().map(|it| it.name.as_str()).collect();
    assert_eq!((script.name.as_str(), names), ("audition-1", vec!["planner", "writer"]));
    for casting in script.roles.values() {
        let expected = ("audition-1", Ground::Worktree);
        assert_eq!((casting.audition.as_str(), casting.ground), expected);
    }
    assert!(script.steps.iter().all(|it| it.checks.is_empty()));
    assert!(story.status().contains("2 roles audition; T compares"), "{}", story.status());
    assert!(story.desk.cast.chosen.is_empty());
}

#[test]
fn what_each_is_checked_by_and_who_judges_them_is_said_in_the_form() {
    let mut story = roles();
    story.press("C space j space enter").write("go").press("tab").write("make test; make lint");
    story.press("tab").write("nobody").press("ctrl+s");
    let fault = |it: &Story| match &it.desk.dialog {
        Some(Dialog::NewAgent(form)) => (form.at, form.fault.clone().unwrap_or_default()),
        other => panic!("{other:?}"),
    };
    let wrong = "there is no role nobody; there is planner, scout, writer";
    assert_eq!(fault(&story), (FormField::Judge, wrong.to_owned()));
    if let Some(Dialog::NewAgent(form)) = &mut story.desk.dialog {
        form.judge = Field::new("writer");
    }
    story.press("ctrl+s");
    let (script, _) = performed(&mut story);
    let checks = ["make test", "make lint"].map(|it| Check::Command(it.to_owned()));
    assert_eq!(script.steps[0].checks, checks);
    assert_eq!(script.steps[1].checks, checks);
    let judge = &script.steps[2];
    assert_eq!(judge.needs, ["planner", "scout"]);
    assert_eq!(script.roles[&judge.name].role, "writer");
    assert_eq!(script.roles[&judge.name].audition, "", "who judges plays in none");
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
fn those_of_an_audition_are_compared_and_nobody_else() {
    let mut story = held();
    story.desk.focus = Some(AgentId(3));
    story.press("T");
    assert_eq!((story.desk.screen, story.desk.focus), (Screen::Audition, Some(ONE)));
    let names: Vec<_> = story.desk.audition(&story.stage).iter().map(|it| it.id).collect();
    assert_eq!(names, [ONE, TWO]);
    story.press("j");
    assert_eq!(story.desk.focus, Some(TWO));
    story.press("d esc");
    assert_eq!((story.desk.screen, story.desk.focus), (Screen::Audition, Some(TWO)), "from there");
    story.press("enter T");
    assert_eq!(story.desk.screen, Screen::Audition, "its key leads there too");
    story.press("esc");
    assert_eq!(story.desk.screen, Screen::Stage, "as it was left");
    story.press("enter T esc");
    assert_eq!(story.desk.screen, Screen::Zoom, "as it was left");
    story.press("esc");
    assert_eq!(story.desk.screen, Screen::Stage);
}

#[test]
fn from_one_alone_whoever_was_looked_at_there_the_comparison_is_found_again() {
    let mut story = held();
    story.press("T enter").desk.focus = Some(AgentId(3));
    story.press("esc");
    assert_eq!((story.desk.screen, story.desk.focus), (Screen::Audition, Some(ONE)));
    story.press("enter C esc");
    assert_eq!(story.desk.screen, Screen::Zoom, "as it was left");
    story.press("esc esc esc esc");
    assert_eq!(story.desk.screen, Screen::Stage, "esc comes to an end");
}

/// Two auditions as they are played, each with a judge: agents 1 to 3, and 4 to 6.
fn two_played() -> Story {
    let mut story = Story::of(0);
    for (play, name) in [(1, "audition-1"), (2, "audition-2")] {
        let roles = ["a", "b"].map(|role| Casting {
            role: role.into(),
            brief: "go".into(),
            audition: name.into(),
            ..Casting::default()
        });
        let judge = Some(Casting { role: "judge".into(), ..Casting::default() });
        let audition = Audition { name: name.into(), takes: roles.into(), checks: vec![], judge };
        let (script, inputs) = audition.script();
        let castings: Vec<_> =
            script.steps.iter().map(|it| script.roles[&it.name].clone()).collect();
        let (script, inputs, by) = (Box::new(script), Box::new(inputs), Author::Director);
        let begun = PlayEvent::Started { script, inputs, parent: None, by };
        story.tell(Event::Play { play: PlayId(play), event: Box::new(begun) });
        for casting in castings {
            let spot = Spot::step(PlayId(play), &casting.role);
            let assignment = Assignment { spot, attempt: 1, output: None, judges: None };
            let assignment = Some(Box::new(assignment));
            let casting = Box::new(Casting { assignment, ..casting });
            let (agent, by) = (story.stage.next_agent(), Author::Script);
            story.tell(Event::AgentAdded { agent, casting, by });
        }
    }
    story
}

#[test]
fn the_audition_is_that_of_who_is_looked_at_and_of_nobody_the_latest() {
    for (focus, first) in [(1, 1), (2, 2), (3, 1), (4, 4), (6, 4)] {
        let mut story = two_played();
        story.desk.focus = Some(AgentId(focus));
        story.press("T");
        assert_eq!(story.desk.focus, Some(AgentId(first)), "from agent {focus}");
    }
    let mut story = two_played();
    let (agent, casting, by) = (AgentId(7), Box::default(), Author::Director);
    story.tell(Event::AgentAdded { agent, casting, by }).desk.focus = Some(agent);
    story.press("T");
    assert_eq!(story.desk.focus, Some(AgentId(4)), "the latest");
    story.press("S [").desk.focus = Some(agent);
    story.press("T");
    assert_eq!(story.desk.focus, Some(ONE), "the script that is looked at is an audition");
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

#[test]
fn work_that_was_thrown_away_is_neither_taken_nor_kept() {
    let mut story = held();
    story.over(ONE).over(TWO);
    let (commit, into, about) = (String::new(), String::new(), String::new());
    story.tell(Event::WorkTaken { agent: ONE, way: Way::ThrowAway, commit, into, about });
    story.press("T t");
    assert!(story.status().contains("a: its work was thrown away"), "{}", story.status());
    story.press("X");
    assert!(story.status().contains("a: its own work was thrown away"), "{}", story.status());
    assert!(story.desk.dialog.is_none() && story.sent().is_empty());
}

const ONE_SIDE: &str = "diff --git a/x b/x
--- a/x
+++ b/x
@@ -1,2 +1,2 @@
 one
-two
+deux
diff --git a/y b/y
--- a/y
+++ b/y
@@ -1 +1 @@
-old
+new
";

/// The same three in one audition, each with something that it changed; compared.
fn compared() -> Story {
    let mut story = Story::of(0);
    for name in ["a", "b", "c"] {
        let agent = story.stage.next_agent();
        let casting =
            Casting { name: name.into(), audition: "audition-1".into(), ..Casting::default() };
        let by = Author::Director;
        story.tell(Event::AgentAdded { agent, casting: Box::new(casting), by });
        let tree = Tree {
            ground: Ground::Worktree,
            store: "/w/.git".into(),
            base: "base".into(),
            kept: format!("refs/auteur/{name}"),
            ..Tree::default()
        };
        story.tell(Event::WorkspaceMade { agent, tree: Box::new(tree) });
        let (turn, commit, files, more, in_all) = (Turn(1), name.into(), Vec::new(), 0, None);
        story.tell(Event::Checkpointed { agent, turn, commit, files, more, in_all });
    }
    story.press("T");
    story
}

/// Reads all that is wished for; says of whom.
fn read_all(story: &mut Story) -> Vec<AgentId> {
    let mut read = Vec::new();
    while let Some(wish) = story.desk.diff_wish(&story.stage) {
        assert_eq!(wish.from, "base");
        read.push(wish.agent);
        let outcome = Ok(crate::text::Patch::read(ONE_SIDE.as_bytes()));
        story.desk.take_diff(Diffed { wish, outcome, is_last: true });
    }
    read
}

fn pair(story: &Story) -> (Vec<u32>, Option<u32>) {
    let agents = story.desk.pair.agents.unwrap().map(|it| it.0);
    (agents.into(), story.desk.focus.map(|it| it.0))
}

#[test]
fn what_two_changed_stands_side_by_side_and_esc_leads_back_to_the_comparison() {
    let mut story = compared();
    story.press("d");
    assert_eq!((story.desk.screen, story.context()), (Screen::Diffs, Context::Diffs));
    assert_eq!((pair(&story), read_all(&mut story)), ((vec![1, 2], Some(1)), vec![ONE, TWO]));
    let rows = story.desk.pair.rows.clone();
    assert!(rows.iter().all(|[one, other]| one == other), "they did the same: {rows:?}");
    assert_eq!(story.desk.pair.files(), 2);
    story.press("}");
    assert_eq!(story.desk.pair.rows[story.desk.pair.top][0], Some(SheetRow::File(1)));
    story.press("tab");
    assert_eq!(pair(&story), (vec![1, 2], Some(2)), "each stays where it stands");
    assert_ne!(story.desk.pair.top, 0, "and so does the place");
    story.press("enter");
    assert_eq!((story.desk.screen, story.desk.tab), (Screen::Zoom, Tab::Changes));
    story.press("esc");
    assert_eq!((story.desk.screen, story.desk.focus), (Screen::Diffs, Some(TWO)));
    assert_ne!(story.desk.pair.top, 0, "the place is found again");
    story.press("esc");
    assert_eq!((story.desk.screen, story.desk.focus), (Screen::Audition, Some(TWO)));
    story.press("esc");
    assert_eq!(story.desk.screen, Screen::Stage);
}

#[test]
fn of_more_than_two_each_can_stand_beside_the_one_with_the_keys() {
    let mut story = compared();
    story.press("d");
    read_all(&mut story);
    story.press("]");
    assert_eq!(pair(&story), (vec![1, 3], Some(1)));
    assert_eq!(read_all(&mut story), [AgentId(3)], "what was read stays read");
    story.press("]");
    assert_eq!(pair(&story), (vec![1, 2], Some(1)), "it goes round");
    story.press("tab [");
    assert_eq!(pair(&story), (vec![2, 3], Some(2)), "the earlier one is on the left");
    let mut two = held();
    two.press("T d ]");
    assert!(two.status().contains("there are only these two"), "{}", two.status());
}

#[test]
fn work_that_goes_on_is_read_again_and_what_can_not_be_read_says_why() {
    let mut story = compared();
    story.press("d");
    read_all(&mut story);
    let (agent, turn, commit) = (TWO, Turn(2), "later".to_owned());
    let (files, more, in_all) = (Vec::new(), 0, None);
    story.tell(Event::Checkpointed { agent, turn, commit, files, more, in_all });
    let wish = story.desk.diff_wish(&story.stage).unwrap();
    assert_eq!((wish.agent, wish.to.as_str()), (TWO, "later"));
    let outcome = Err("it is gone".to_owned());
    story.desk.take_diff(Diffed { wish, outcome, is_last: true });
    assert_eq!(story.desk.diff_wish(&story.stage), None);
    assert_eq!(story.desk.pair.outcome(1), Some(&Err("it is gone".to_owned())));
    assert!(story.desk.pair.rows.iter().all(|it| it[1].is_none()));
}

#[test]
fn one_alone_has_its_changes_shown_alone() {
    let mut story = Story::of(1);
    let (agent, by) = (AgentId(2), Author::Director);
    let casting = Casting { audition: "audition-1".into(), ..Casting::default() };
    story.tell(Event::AgentAdded { agent, casting: Box::new(casting), by });
    story.press("T d");
    assert_eq!((story.desk.screen, story.desk.tab), (Screen::Zoom, Tab::Changes));
    story.press("esc");
    assert_eq!(story.desk.screen, Screen::Audition);
}
