//! Other screens than the stage, and casting from the cast.

use super::*;
use crate::model::{
    play::PlayEvent,
    script::{Script, Trigger},
};

fn with_roles(agents: u32, roles: &[&str]) -> Story {
    let mut story = Story::of(agents);
    story.desk.roles = roles
        .iter()
        .map(|name| RoleOffer {
            casting: Casting { role: (*name).into(), ..Casting::default() },
            purpose: format!("what a {name} does"),
            ..RoleOffer::default()
        })
        .collect();
    story
}

fn marked(story: &Story) -> &str {
    story.desk.marked_role().map_or("", |it| &it.casting.role)
}

#[test]
fn the_cast_is_gone_to_and_the_stage_found_again_as_it_was_left() {
    let mut story = with_roles(2, &["scout"]);
    story.press("enter C");
    assert_eq!((story.desk.screen, story.context()), (Screen::Cast, Context::Cast));
    story.press("esc");
    assert_eq!(story.desk.screen, Screen::Zoom);
    story.press("C");
    story.desk.act(Act::ToStage, &story.stage, story.now);
    assert_eq!(story.desk.screen, Screen::Zoom, "as it was left");
    story.desk.act(Act::ToStage, &story.stage, story.now);
    assert_eq!(story.desk.screen, Screen::Stage, "from one agent to all");
}

#[test]
fn keys_on_the_cast_direct_nobody() {
    for key in ["p", "x", "X", "a", "D", "r", "i", ".", "!"] {
        let mut story = with_roles(2, &["scout"]);
        story.approval(ONE).seen(ONE).press("C").press(key);
        assert_eq!(story.sent(), [], "{key}");
        assert!(story.desk.dialog.is_none() && story.desk.editor.is_none(), "{key}");
    }
}

#[test]
fn all_can_be_paused_from_the_cast() {
    let mut story = with_roles(2, &["scout"]);
    story.press("C P");
    assert_eq!(story.sent(), [Command::PauseAll]);
}

#[test]
fn who_needs_the_director_is_gone_to_from_the_cast() {
    let mut story = with_roles(2, &["scout"]);
    story.approval(TWO).press("C w");
    assert_eq!((story.desk.screen, story.desk.focus), (Screen::Stage, Some(TWO)));
}

#[test]
fn an_agent_that_ended_is_not_seen_while_the_cast_has_the_screen() {
    let mut story = with_roles(1, &["scout"]);
    story.press("C").over(ONE);
    assert_eq!(story.desk.glance_due(&story.stage), None);
    let later = story.now.plus(Millis(60_000));
    assert_eq!(story.desk.glance(&story.stage, later), Done::Redraw);
    story.press("esc");
    assert!(story.desk.glance_due(&story.stage).is_some());
}

#[test]
fn a_role_is_marked_filtered_and_cast_with_a_brief() {
    let mut story = with_roles(0, &["planner", "scout", "writer"]);
    story.press("C j");
    assert_eq!(marked(&story), "scout");
    story.press("k k");
    assert_eq!(marked(&story), "writer", "it goes round");
    story.press("/").write("a scout");
    assert_eq!(marked(&story), "scout", "what is marked is listed");
    story.press("enter enter").write("look");
    let Some(Dialog::NewAgent(form)) = &story.desk.dialog else { panic!("no form") };
    assert_eq!((form.at, form.role().unwrap().casting.role.as_str()), (FormField::Brief, "scout"));
    story.press("ctrl+s");
    let [Command::Add(casting)] = &story.sent()[..] else { panic!("nobody was cast") };
    assert_eq!((casting.role.as_str(), casting.brief.as_str()), ("scout", "look"));
    assert_eq!(story.desk.screen, Screen::Stage, "there it will be seen");
}

/// What was sent, as a script of one step.
fn stood(story: &mut Story) -> Script {
    let Some(Command::Perform { script, inputs }) = story.sent().pop() else { panic!("no script") };
    story.tell(Event::Play {
        play: story.stage.next_play(),
        event: Box::new(PlayEvent::Started {
            script: script.clone(),
            inputs,
            parent: None,
            by: Author::Director,
        }),
    });
    *script
}

#[test]
fn a_role_is_done_again_and_again_where_the_form_or_the_role_says_so() {
    let mut story = with_roles(0, &["scout", "watch"]);
    story.press("n tab").write("look").press("tab tab").write("every 5m").press("ctrl+s");
    let script = stood(&mut story);
    assert_eq!(script.steps[0].again, Some(Trigger::Every(Millis(300_000))));
    assert_eq!((script.name.as_str(), script.roles.len()), ("scout", 1));
    assert!(story.status().contains("scout is done again and again, every 5m; S shows it"));
    assert!(story.desk.drafts.is_empty(), "what has arrived is no draft: {:?}", story.desk.drafts);
    story.desk.roles[0].again = Some(Trigger::Webhook);
    story.press("n tab").write("look again").press("ctrl+s");
    let script = stood(&mut story);
    assert_eq!(
        (script.name.as_str(), &script.steps[0].again),
        ("scout-2", &Some(Trigger::Webhook))
    );
    story.press("n tab").write("look once").press("tab tab").write("once").press("ctrl+s");
    let [.., Command::Add(casting)] = &story.sent()[..] else { panic!("nobody was cast") };
    assert_eq!(casting.brief, "look once");
}

#[test]
fn what_says_no_time_and_no_call_is_told_in_the_form_where_it_stands() {
    let mut story = with_roles(0, &["scout"]);
    story.press("n tab").write("look").press("tab tab").write("often").press("ctrl+s");
    let Some(Dialog::NewAgent(form)) = &story.desk.dialog else { panic!("no form") };
    let fault = form.fault.as_deref().unwrap_or_default();
    assert!(form.at == FormField::Again && fault.contains("file change: PATTERN"), "{fault}");
    assert_eq!(story.sent(), []);
}

#[test]
fn work_that_comes_with_its_brief_is_done_once_whatever_the_role_says() {
    let mut story = with_roles(0, &["scout"]);
    story.desk.roles[0].again = Some(Trigger::Webhook);
    story.press("n tab").write("settle it");
    if let Some(Dialog::NewAgent(form)) = &mut story.desk.dialog {
        form.is_given = true;
    }
    story.press("ctrl+s");
    assert!(matches!(&story.sent()[..], [Command::Add(_)]));
}

#[test]
fn a_filter_of_the_cast_leaves_the_agents_alone_and_goes_first() {
    let mut story = with_roles(2, &["planner", "scout"]);
    story.press("C /").write("scout");
    story.press("enter esc");
    assert_eq!((story.desk.listed_roles().len(), story.desk.screen), (2, Screen::Cast));
    assert_eq!(story.desk.in_sight(&story.stage), [ONE, TWO]);
}

#[test]
fn a_replay_has_no_cast_and_says_so() {
    let mut story = with_roles(1, &["scout"]);
    story.desk.playhead = Some(Playhead::default());
    story.press("C");
    assert_eq!(story.desk.screen, Screen::Stage);
    assert!(story.status().contains("nobody to cast"), "{}", story.status());
    assert_eq!(story.desk.named_screens(), [Screen::Stage, Screen::Inbox, Screen::Ledger]);
}

#[test]
fn the_palette_offers_on_the_cast_what_can_be_done_there() {
    let mut story = with_roles(2, &["scout"]);
    story.press("C ctrl+p");
    let Some(Dialog::Palette(list)) = &story.desk.dialog else { panic!("no palette") };
    let offers = |act| list.matches.iter().any(|it| it.goal == Goal::Do(act));
    assert!(offers(Act::NewAgent) && offers(Act::ToStage) && offers(Act::PauseAll));
    assert!(!offers(Act::Pause) && !offers(Act::Zoom) && !offers(Act::ChoiceNext));
    story.press("esc").desk.playhead = Some(Playhead::default());
    story.press("esc ctrl+p");
    let Some(Dialog::Palette(list)) = &story.desk.dialog else { panic!("no palette") };
    assert!(!list.matches.iter().any(|it| it.goal == Goal::Do(Act::ToCast)));
}

/// Roles that are good at things.
fn with_strengths(agents: u32) -> Story {
    let mut story = with_roles(agents, &["planner", "tester", "writer"]);
    for (role, strength) in story.desk.roles.iter_mut().zip(["planning", "tests", "words"]) {
        role.strengths = vec![strength.into()];
    }
    story
}

fn form(story: &Story) -> (Vec<&str>, &str) {
    let Some(Dialog::NewAgent(form)) = &story.desk.dialog else { panic!("no form") };
    let roles = form.roles.iter().map(|it| it.casting.role.as_str()).collect();
    (roles, form.role().map_or("", |it| &it.casting.role))
}

#[test]
fn the_form_ranks_roles_as_the_brief_is_typed_and_leaves_the_mark_where_it_is() {
    let mut story = with_strengths(0);
    story.press("n");
    assert_eq!(form(&story), (vec!["planner", "tester", "writer"], "planner"));
    story.press("tab").write("test it");
    assert_eq!(form(&story), (vec!["tester", "planner", "writer"], "planner"));
    story.press("ctrl+r");
    assert_eq!(form(&story).1, "tester", "one key takes the first");
    story.press("ctrl+s");
    let [Command::Add(casting)] = &story.sent()[..] else { panic!("nobody was cast") };
    assert_eq!(casting.role, "tester");
}

#[test]
fn nothing_is_taken_for_the_best_before_there_is_a_brief() {
    let mut story = with_strengths(0);
    story.press("n tab ctrl+r");
    assert!(story.status().contains("nothing is ranked yet"), "{}", story.status());
    assert_eq!(form(&story).1, "planner");
}

#[test]
fn the_cast_is_ranked_for_a_brief_which_then_is_that_of_who_is_cast() {
    let mut story = with_strengths(0);
    story.press("C b").write("words about tests: write words");
    story.press("enter");
    let listed: Vec<_> = story.desk.listed_roles().iter().map(|it| &it.casting.role).collect();
    assert_eq!(listed, ["tester", "writer", "planner"]);
    assert_eq!(marked(&story), "tester");
    story.press("j enter ctrl+s");
    let [Command::Add(casting)] = &story.sent()[..] else { panic!("nobody was cast") };
    let cast = (casting.role.as_str(), casting.brief.as_str());
    assert_eq!(cast, ("writer", "words about tests: write words"));
    story.press("C esc");
    let listed: Vec<_> = story.desk.listed_roles().iter().map(|it| &it.casting.role).collect();
    assert_eq!(listed, ["planner", "tester", "writer"], "first to the order of the cast");
    assert_eq!(story.desk.screen, Screen::Cast);
}

#[test]
fn what_roles_did_in_former_sessions_and_in_this_one_counts() {
    let mut story = with_strengths(2);
    story.over(TWO);
    let past = crate::casting::Track { succeeded: 3, failed: 1, ..Default::default() };
    let tracks = [("tester".to_owned(), past), ("writer".to_owned(), past)].into();
    story.desk.note_tracks(tracks, &story.stage);
    let tester = story.desk.track("tester", &story.stage).unwrap();
    assert_eq!((tester.succeeded, tester.failed), (4, 1), "agent-2 was a tester");
    assert_eq!(story.desk.track("planner", &story.stage), None);
    story.press("C b").write("anything at all").press("enter");
    assert_eq!(marked(&story), "tester");
}

#[test]
fn a_form_that_brings_its_brief_is_not_ranked() {
    let mut story = with_strengths(0);
    story.press("n");
    if let Some(Dialog::NewAgent(form)) = &mut story.desk.dialog {
        (form.is_given, form.at) = (true, FormField::Brief);
    }
    story.write("test it");
    assert_eq!(form(&story).0, ["planner", "tester", "writer"]);
}

/// The text of the first role is open, and something was typed.
fn edited() -> Story {
    let mut story = with_roles(0, &["scout"]);
    story.desk.roles[0].text = "budget = \"1\"\n".into();
    story.press("C e").write("# mine ");
    story
}

fn rewriting() -> crate::config::Rewriting {
    let (before, after) = ("[cast.scout]\n".into(), "[cast.scout]\nbudget = \"2\"\n".into());
    crate::config::Rewriting { role: "scout".into(), file: "/c/cast.toml".into(), before, after }
}

fn text(story: &Story) -> String {
    match &story.desk.dialog {
        Some(Dialog::Role(form)) => form.written(),
        other => panic!("no role is edited but {other:?}"),
    }
}

#[test]
fn a_role_is_edited_shown_and_written() {
    let mut story = edited();
    assert_eq!(text(&story), "# mine budget = \"1\"\n");
    story.press("ctrl+s");
    let asked = RoleTask::Weigh { role: "scout".into(), text: text(&story) };
    assert_eq!(story.done, Done::Role(asked));
    let weighed = RoleAnswer::Weighed(Box::new(rewriting()));
    story.desk.take_role(weighed, &story.stage, story.now);
    let question = story.question_open();
    assert!(question.text.contains("/c/cast.toml"), "{question:?}");
    assert_eq!(question.change.as_ref().unwrap().after, rewriting().after);
    story.press("enter");
    assert_eq!(story.done, Done::Role(RoleTask::Write(Box::new(rewriting()))));
    let casting = Casting { role: "scout".into(), model: "large".into(), ..Casting::default() };
    let roles = vec![RoleOffer { casting, text: "new".into(), ..RoleOffer::default() }];
    story.desk.take_role(RoleAnswer::Written(roles), &story.stage, story.now);
    assert!(story.status().contains("scout is written"), "{}", story.status());
    story.press("e");
    assert_eq!(text(&story), "new", "the draft is a draft no more");
    story.press("esc enter").write("go").press("ctrl+s");
    let [Command::Add(casting)] = &story.sent()[..] else { panic!("nobody was cast") };
    assert_eq!(casting.model, "large", "the next agent has it");
}

#[test]
fn what_is_wrong_with_a_role_is_told_over_its_text_and_nothing_is_lost() {
    let mut story = edited();
    story.press("ctrl+s");
    let fault = RoleAnswer::Faulty("the role's text:1:1: no".into());
    story.desk.take_role(fault.clone(), &story.stage, story.now);
    let Some(Dialog::Role(form)) = &story.desk.dialog else { panic!("it was closed") };
    assert_eq!(form.fault.as_deref(), Some("the role's text:1:1: no"));
    let weighed = || RoleAnswer::Weighed(Box::new(rewriting()));
    story.desk.take_role(weighed(), &story.stage, story.now);
    story.press("left enter");
    assert_eq!(text(&story), "# mine budget = \"1\"\n", "going on writing");
    story.desk.take_role(weighed(), &story.stage, story.now);
    story.press("enter");
    story.desk.take_role(fault, &story.stage, story.now);
    assert_eq!(text(&story), "# mine budget = \"1\"\n", "what could not be written");
    story.press("esc e");
    assert_eq!(text(&story), "# mine budget = \"1\"\n", "and the draft is kept");
}

#[test]
fn a_change_that_comes_after_the_text_was_left_is_not_shown() {
    let mut story = edited();
    story.press("ctrl+s esc");
    let weighed = RoleAnswer::Weighed(Box::new(rewriting()));
    story.desk.take_role(weighed, &story.stage, story.now);
    assert!(story.desk.dialog.is_none());
}

#[test]
fn a_role_of_a_rehearsal_is_not_edited_and_says_why() {
    let mut story = with_roles(0, &["scout"]);
    story.press("C e");
    assert!(story.desk.dialog.is_none());
    assert!(story.status().contains("in a rehearsal"), "{}", story.status());
}
