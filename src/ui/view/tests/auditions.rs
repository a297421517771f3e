//! An audition on its screen.

use super::*;
use crate::{
    casting::{Audition, Track},
    model::{
        PlayId, Way,
        play::{Assignment, Next, PlayEvent, Spot},
        script::Failure,
    },
};

#[test]
fn the_takes_stand_side_by_side_at_every_size() {
    let mut six = six();
    let names = [AgentId(1), AgentId(2), AgentId(4)];
    for id in names {
        if let Some(agent) = six.stage.agent(id) {
            let casting = Casting {
                name: format!("take-{}", id.0),
                audition: "audition-1".into(),
                brief: "Make the parser fast.".into(),
                ..agent.casting.clone()
            };
            let agent = six.stage.next_agent();
            six.tell(Event::AgentAdded { agent, casting: Box::new(casting), by: Author::Director });
            six.start(agent);
        }
    }
    let desk = with(|it| {
        it.screen = Screen::Audition;
        it.focus = Some(AgentId(7));
    });
    for (width, height) in [(80, 24), (120, 35), (200, 60)] {
        let picture = shot(&scene(&six, &desk), (width, height));
        keep(&format!("audition-{width}x{height}"), &picture);
        let picture = words(&picture);
        assert!(picture.contains("Audition: Make the parser fast."), "{picture}");
        assert!(picture.contains("▸ ") && picture.contains("take-4"), "{picture}");
    }
}

/// Two that played, of which one falls short, and what a judge made of them.
fn judged() -> Story {
    played(&["coder", "turner", "judge"])
}

/// As many of them as these.
fn played(upto: &[&str]) -> Story {
    let mut story = six();
    let take = |role: &str| Casting {
        role: role.into(),
        brief: "Make the parser fast.".into(),
        audition: "audition-1".into(),
        ..Casting::default()
    };
    let audition = Audition {
        name: "audition-1".into(),
        takes: vec![take("coder"), take("turner")],
        checks: vec!["make test".into(), "make lint".into()],
        judge: Some(take("reviewer")),
    };
    let (script, inputs) = audition.script();
    let by = Author::Director;
    let (roles, play) = (script.roles.clone(), story.stage.next_play());
    let started =
        PlayEvent::Started { script: Box::new(script), inputs: Box::new(inputs), parent: None, by };
    let tell = |story: &mut Story, event| {
        story.tell(Event::Play { play, event: Box::new(event) });
    };
    tell(&mut story, started);
    for (role, holds) in [("coder", true), ("turner", false), ("judge", true)] {
        if upto.contains(&role) {
            play_take(&mut story, (play, role, holds), &roles[role]);
        }
    }
    story
}

/// One of an audition comes to its end, and is checked.
fn play_take(story: &mut Story, (play, role, holds): (PlayId, &str, bool), casting: &Casting) {
    let tell = |story: &mut Story, event| {
        story.tell(Event::Play { play, event: Box::new(event) });
    };
    let (spot, agent, attempt) = (Spot::step(play, role), story.stage.next_agent(), 1);
    let assignment = Assignment { spot: spot.clone(), attempt, output: None, judges: None };
    let casting = Casting {
        name: role.into(),
        assignment: Some(Box::new(assignment)),
        audition: if role == "judge" { String::new() } else { "audition-1".into() },
        brief: "Make the parser fast.".into(),
        ..casting.clone()
    };
    tell(story, PlayEvent::Begun { step: role.into(), parts: 1, items: Vec::new() });
    let by = Author::Script;
    story.tell(Event::AgentAdded { agent, casting: Box::new(casting), by });
    let begun = PlayEvent::Attempted {
        spot: spot.clone(),
        attempt,
        round: 1,
        agent: Some(agent),
        command: String::new(),
        play: None,
        handed_to: String::new(),
    };
    tell(story, begun);
    story.start(agent);
    let output = Box::new(match role {
        "judge" => serde_json::json!({ "best": "coder", "scores": [
            { "role": "coder", "points": 7.5, "why": "It is fast, and nothing broke." },
            { "role": "turner", "points": 3, "why": "It breaks `lint`." },
        ] }),
        // More than the line that a summary is.
        _ => serde_json::json!("I made it fast.\n\n- first\n- second"),
    });
    tell(story, PlayEvent::HandedIn { spot: spot.clone(), attempt, output });
    let outcome = Outcome::Succeeded { summary: "I made it fast.".into() };
    story.tell(Event::AgentEnded { agent, outcome });
    let checks: &[bool] = if role == "judge" { &[] } else { &[true, holds] };
    for (check, ok) in (0..).zip(checks.iter().copied()) {
        let why = if ok { String::new() } else { "make lint ended with 2".to_owned() };
        tell(story, PlayEvent::CheckEnded { spot: spot.clone(), attempt, check, ok, why });
    }
    if holds {
        return tell(story, PlayEvent::Done { spot, attempt });
    }
    let (failure, why) = (Failure::Check, "make lint ended with 2".to_owned());
    tell(story, PlayEvent::Failed { spot, attempt, failure, why, next: Next::Over });
}

#[test]
fn what_was_checked_and_who_the_judge_would_keep_is_told_of_each() {
    let story = judged();
    let turner = story.stage.agent_named("turner").unwrap().id;
    let desk = with(|it| (it.screen, it.focus) = (Screen::Audition, Some(turner)));
    for (width, height) in [(80, 24), (120, 35), (200, 60)] {
        let picture = shot(&scene(&story, &desk), (width, height));
        keep(&format!("judged-{width}x{height}"), &picture);
        let picture = words(&picture);
        let all =
            ["checks", "2/2", "1/2", "points", "best 7.5", "make lint ended with 2", "3 of 10"];
        for word in all {
            assert!(picture.contains(word), "{word}: {picture}");
        }
    }
}

#[test]
fn a_judge_who_is_not_done_or_gave_no_points_is_told_of() {
    let told = |story: &Story| {
        let coder = story.stage.agent_named("coder").unwrap().id;
        let desk = with(|it| (it.screen, it.focus) = (Screen::Audition, Some(coder)));
        words(&shot(&scene(story, &desk), (120, 35)))
    };
    let mut story = played(&["coder"]);
    assert!(told(&story).contains("reviewer judges them when all of them are over."));
    story = played(&["coder", "turner"]);
    let play = story.stage.plays().last().unwrap().id;
    let (spot, attempt) = (Spot::step(play, "judge"), 1);
    let tell = |story: &mut Story, event| {
        story.tell(Event::Play { play, event: Box::new(event) });
    };
    tell(&mut story, PlayEvent::Begun { step: "judge".into(), parts: 1, items: Vec::new() });
    let begun = PlayEvent::Attempted {
        spot: spot.clone(),
        attempt,
        round: 1,
        agent: None,
        command: String::new(),
        play: None,
        handed_to: String::new(),
    };
    tell(&mut story, begun);
    let picture = told(&story);
    assert!(picture.contains("reviewer is judging them.") && picture.contains('…'), "{picture}");
    let (failure, why) = (Failure::Output, "a text was handed in".to_owned());
    tell(&mut story, PlayEvent::Failed { spot, attempt, failure, why, next: Next::Over });
    assert!(told(&story).contains("reviewer gave no points: a text was handed in"));
}

#[test]
fn where_no_work_holds_nobody_waits_for_a_judge() {
    let mut story = played(&["coder", "turner"]);
    let play = story.stage.plays().last().unwrap().id;
    let (spot, why) = (Spot::step(play, "judge"), "not the case".to_owned());
    let skipped = PlayEvent::Skipped { spot, why, by: Author::Script };
    story.tell(Event::Play { play, event: Box::new(skipped) });
    let coder = story.stage.agent_named("coder").unwrap().id;
    let desk = with(|it| (it.screen, it.focus) = (Screen::Audition, Some(coder)));
    let picture = words(&shot(&scene(&story, &desk), (120, 35)));
    assert!(picture.contains("there is nothing to judge") && !picture.contains('…'), "{picture}");
}

#[test]
fn checks_that_were_not_made_are_not_told_as_failed() {
    let mut story = played(&[]);
    let play = story.stage.plays().last().unwrap();
    let (play, casting) = (play.id, play.script.roles["coder"].clone());
    let agent = story.stage.next_agent();
    let assignment =
        Assignment { spot: Spot::step(play, "coder"), attempt: 1, output: None, judges: None };
    let assignment = Some(Box::new(assignment));
    let casting =
        Casting { name: "coder".into(), assignment, audition: "audition-1".into(), ..casting };
    let tell = |story: &mut Story, event| {
        story.tell(Event::Play { play, event: Box::new(event) });
    };
    tell(&mut story, PlayEvent::Begun { step: "coder".into(), parts: 1, items: Vec::new() });
    story.tell(Event::AgentAdded { agent, casting: Box::new(casting), by: Author::Script });
    let begun = PlayEvent::Attempted {
        spot: Spot::step(play, "coder"),
        attempt: 1,
        round: 1,
        agent: Some(agent),
        command: String::new(),
        play: None,
        handed_to: String::new(),
    };
    tell(&mut story, begun);
    story.start(agent);
    let desk = with(|it| (it.screen, it.focus) = (Screen::Audition, Some(agent)));
    let picture = words(&shot(&scene(&story, &desk), (120, 35)));
    assert!(picture.contains("–/2") && !picture.contains("0/2"), "{picture}");
}

#[test]
fn work_that_its_script_refused_speaks_against_its_role() {
    let story = judged();
    let track = |name: &str| Track::of(story.stage.agent_named(name).unwrap(), &story.stage);
    let (coder, turner) = (track("coder").unwrap(), track("turner").unwrap());
    assert_eq!((coder.succeeded, coder.checks_held, coder.checks_made), (1, 2, 2));
    assert_eq!((turner.succeeded, turner.failed), (0, 1), "it said that it was done");
    assert_eq!((turner.checks_held, turner.checks_made), (1, 2));
}

/// Each of the two has something that can be taken.
fn with_work(mut story: Story) -> Story {
    for name in ["coder", "turner"] {
        let agent = story.stage.agent_named(name).unwrap().id;
        let tree = Tree {
            ground: Ground::Worktree,
            store: "/home/ada/parser/.git".into(),
            branch: format!("auteur/{name}"),
            base: "c0".into(),
            kept: format!("refs/auteur/{name}"),
            ..Tree::default()
        };
        story.tell(Event::WorkspaceMade { agent, tree: Box::new(tree) });
        for turn in 0..2 {
            let (turn, commit) = (Turn(turn), format!("{name}-{turn}"));
            let (files, more, in_all) = (Vec::new(), 0, None);
            story.tell(Event::Checkpointed { agent, turn, commit, files, more, in_all });
        }
    }
    story
}

#[test]
fn what_is_gone_is_not_offered_to_be_taken_or_kept() {
    let mut story = with_work(judged());
    let [coder, turner] = ["coder", "turner"].map(|it| story.stage.agent_named(it).unwrap().id);
    let foot = |story: &Story, focus| {
        let desk = with(|it| (it.screen, it.focus) = (Screen::Audition, Some(focus)));
        let picture = words(&shot(&scene(story, &desk), (200, 40)));
        picture.lines().last().unwrap_or_default().to_owned()
    };
    let before = foot(&story, turner);
    assert!(before.contains("t take") && before.contains("X keep this one"), "{before}");
    let (commit, into, about) = (String::new(), String::new(), String::new());
    story.tell(Event::WorkTaken { agent: turner, way: Way::ThrowAway, commit, into, about });
    let gone = foot(&story, turner);
    assert!(!gone.contains("t take") && !gone.contains("keep this one"), "{gone}");
    let kept = foot(&story, coder);
    assert!(kept.contains("t take") && !kept.contains("keep this one"), "{kept}");
}

/// What another made of the same.
const OTHER: &str = "diff --git a/src/number.rs b/src/number.rs
--- a/src/number.rs
+++ b/src/number.rs
@@ -12,9 +12,10 @@ use crate::Error;
 
-fn parse_number(text: &str) -> Result<f64, Error> {
+fn parse_number(text: &str) -> Result<f64, crate::Error> {
     let mut value = 0.0;
     for digit in text.bytes() {
         // Slow: one multiplication for each digit of the exponent.
-        value = value * 10.0 + f64::from(digit - b'0');
+        value = value.mul_add(10.0, f64::from(digit - b'0'));
+        debug_assert!(value.is_finite());
     }
     Ok(value)
 }
diff --git a/src/zero.rs b/src/zero.rs
new file mode 100644
--- /dev/null
+++ b/src/zero.rs
@@ -0,0 +1 @@
+pub const ZERO: f64 = 0.0;
";

/// A desk before what the two changed, read and in colours.
fn diffs(story: &Story, focus: AgentId) -> Desk {
    let mut desk = with(|it| (it.screen, it.focus) = (Screen::Audition, Some(focus)));
    desk.act(Act::SeeChanges, &story.stage, story.stage.now());
    while let Some(wish) = desk.diff_wish(&story.stage) {
        let is_first = desk.pair.agents.is_some_and(|it| it[0] == wish.agent);
        let text = if is_first { super::changes::PATCH } else { OTHER };
        let mut patch = Patch::read(text.as_bytes());
        super::changes::GRAMMARS.colour(&mut patch);
        desk.take_diff(Diffed { wish, outcome: Ok(patch), is_last: true });
    }
    desk
}

#[test]
fn what_two_changed_stands_beside_each_other_or_above_where_there_is_no_room() {
    let story = with_work(judged());
    let turner = story.stage.agent_named("turner").unwrap().id;
    let mut desk = diffs(&story, turner);
    for _ in 0..4 {
        desk.act(Act::NextFile, &story.stage, story.stage.now());
    }
    for (width, height) in [(80, 24), (120, 35), (200, 60)] {
        let picture = shot(&scene(&story, &desk), (width, height));
        keep(&format!("diffs-{width}x{height}"), &picture);
        let picture = words(&picture);
        for word in ["  coder", "▸ turner", "src/number.rs", "Tab other side"] {
            assert!(picture.contains(word), "{word}: {picture}");
        }
        let beside =
            |it: &&str| it.contains("-fn parse_number") || it.contains("- fn parse_number");
        let rows: Vec<&str> = picture.lines().filter(beside).collect();
        let count: usize = rows.iter().map(|it| it.matches("fn parse_number").count()).sum();
        assert_eq!(count, 2, "both took the same line out: {picture}");
        assert_eq!(rows.len(), if width < 100 { 2 } else { 1 }, "{picture}");
        assert!(!picture.contains("another"), "there is no third one: {picture}");
    }
}

#[test]
fn while_they_are_read_and_where_nothing_can_be_told_it_says_so() {
    let story = with_work(judged());
    let coder = story.stage.agent_named("coder").unwrap().id;
    let mut desk = with(|it| (it.screen, it.focus) = (Screen::Audition, Some(coder)));
    desk.act(Act::SeeChanges, &story.stage, story.stage.now());
    let picture = words(&shot(&scene(&story, &desk), (120, 35)));
    assert_eq!(picture.matches("reading …").count(), 2, "{picture}");
    let wish = desk.diff_wish(&story.stage).unwrap();
    desk.take_diff(Diffed { wish, outcome: Err("the commits are gone".into()), is_last: true });
    let picture = words(&shot(&scene(&story, &desk), (120, 35)));
    assert!(picture.contains("the commits are gone") && picture.contains("reading …"), "{picture}");
    let story = judged();
    let mut desk = with(|it| (it.screen, it.focus) = (Screen::Audition, Some(coder)));
    desk.act(Act::SeeChanges, &story.stage, story.stage.now());
    let picture = words(&shot(&scene(&story, &desk), (120, 35)));
    assert!(picture.contains("nothing is kept"), "{picture}");
}

#[test]
fn the_form_for_a_take_says_that_its_script_goes_on_without_it() {
    let story = judged();
    let coder = story.stage.agent_named("coder").unwrap();
    let step = coder.casting.assignment.as_ref().unwrap().spot.step.clone();
    let desk = with(|it| {
        it.focus = Some(coder.id);
        it.act(Act::Retake, &story.stage, story.stage.now());
    });
    let picture = words(&shot(&scene(&story, &desk), (120, 35)));
    let told = format!("goes on with coder: what this take hands in for {step} counts nowhere.");
    assert!(picture.contains("The script ") && picture.contains(&told), "{picture}");
}

#[test]
fn the_takes_of_a_brief_stand_as_a_tree_with_what_differs() {
    let mut six = six();
    let by = Author::Director;
    let wanted = |agent: u32, turn: u32, message: &str| crate::model::Retake {
        agent: AgentId(agent),
        turn: Turn(turn),
        message: Some(message.into()),
        instructions: Some("Be brief.\nTest first.".into()),
        ..crate::model::Retake::default()
    };
    let first = six.stage.agents().find(|it| it.turn.0 > 1).unwrap().id;
    for retake in [wanted(first.0, 2, "Only the parser."), wanted(7, 2, "Only its tests.")] {
        let command = Command::Retake(Box::new(retake));
        for event in decide(&six.stage, Input::Command { by, command }).unwrap() {
            six.tell(event);
        }
    }
    six.tell(Event::TakeMarked { agent: AgentId(7), is_best: true, by });
    let desk = with(|it| {
        it.screen = Screen::Audition;
        it.focus = Some(AgentId(7));
    });
    for (width, height) in [(80, 24), (120, 35)] {
        let picture = shot(&scene(&six, &desk), (width, height));
        keep(&format!("takes-{width}x{height}"), &picture);
        let picture = words(&picture);
        assert!(picture.contains("Takes: ") && picture.contains("└ "), "{picture}");
        assert!(picture.contains("It parts from scout at turn 2: other instructions"), "{picture}");
        assert!(picture.contains("Only the parser."), "{picture}");
    }
}
