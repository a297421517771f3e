//! A script on its screen.

use super::*;
use crate::{
    model::{
        PlayId,
        play::{Spot, Wish},
        script::{Check, ForEach, OnFailure, Retry, Script, Step, Work},
    },
    script::next,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn agent(name: &str, role: &str, brief: &str, needs: &[&str]) -> Step {
    Step {
        name: name.into(),
        work: Work::Agent { role: role.into(), brief: brief.into() },
        needs: needs.iter().map(|it| (*it).to_owned()).collect(),
        ..Step::default()
    }
}

fn contacts() -> Script {
    let list = ForEach::List("steps.find.output.pages".into());
    let role = |name: &str| {
        let casting = Casting { role: name.into(), ..Casting::default() };
        (name.to_owned(), casting)
    };
    Script {
        name: "contacts".into(),
        roles: ["browser", "extractor", "storekeeper"].map(role).into(),
        steps: vec![
            agent("find", "browser", "Find the profile pages of {{ inputs.site }}.", &[]),
            Step {
                for_each: Some(list),
                max_parallel: Some(3),
                checks: vec![Check::Holds("output.mail is defined".into())],
                retry: Retry { attempts: 2, ..Retry::default() },
                on_failure: OnFailure::Ask,
                ..agent("extract", "extractor", "Extract {{ item }}.", &["find"])
            },
            Step { gate: true, work: Work::Nothing, ..agent("approve", "", "", &["extract"]) },
            agent(
                "store",
                "storekeeper",
                "Store {{ steps.extract.output }}.",
                &["approve", "find"],
            ),
            Step {
                when: Some("false".into()),
                work: Work::Command { run: "mail {{ inputs.site }}".into() },
                ..agent("notify", "", "", &[])
            },
        ],
        ..Script::default()
    }
}

impl Story {
    fn command(&mut self, command: Command) {
        let input = Input::Command { by: Author::Director, command };
        for event in decide(&self.stage, input).unwrap() {
            self.tell(event);
        }
    }

    fn play_on(&mut self) {
        loop {
            let facts = next(&self.stage, self.now());
            if facts.is_empty() {
                return;
            }
            for event in facts {
                self.tell(event);
            }
        }
    }

    fn perform(&mut self, script: Script) {
        let inputs = Box::new(json!({ "site": "http://localhost:8000" }));
        let command = Command::Perform { script: Box::new(script), inputs };
        self.command(command);
        self.play_on();
    }

    fn wish(&mut self, wish: Wish) {
        self.command(Command::DirectPlay(PlayId(1), wish));
        self.play_on();
    }

    fn hand_in(&mut self, agent: u32, result: Value) {
        let agent = AgentId(agent);
        self.start(agent);
        let result = Box::new(result);
        self.tell(Event::Reported { agent, summary: "done".into(), result });
        let outcome = Outcome::Succeeded { summary: "done".into() };
        self.tell(Event::AgentEnded { agent, outcome });
        self.play_on();
    }
}

/// In the middle: two parts are done, one is at work, one has failed twice.
fn halfway() -> Story {
    let mut story = Story::open("contacts");
    story.perform(contacts());
    story.hand_in(1, json!({ "pages": ["/ada", "/bob", "/cy", "/dee"] }));
    story.hand_in(2, json!({ "name": "Ada", "mail": "ada@example.org" }));
    story.hand_in(3, json!({ "name": "Bob" }));
    story.hand_in(4, json!({ "name": "Cy", "mail": "cy@example.org" }));
    let again = story.stage.agents().last().unwrap().id.0;
    story.start(AgentId(5));
    story.hand_in(again, json!({ "name": "Bob" }));
    story
}

fn on_script(change: impl FnOnce(&mut Desk)) -> Desk {
    with(|it| {
        it.screen = Screen::Script;
        it.plays.are_there = true;
        change(it);
    })
}

#[test]
fn a_script_at_every_size() {
    let story = halfway();
    let desk = on_script(|_| {});
    for (width, height) in [(20, 5), (60, 20), (80, 24), (120, 35), (200, 60)] {
        let picture = shot(&scene(&story, &desk), (width, height));
        keep(&format!("script-{width}x{height}"), &picture);
    }
}

#[test]
fn the_step_that_needs_somebody_is_looked_at_first() {
    let story = halfway();
    let picture = words(&shot(&scene(&story, &on_script(|_| {})), (120, 35)));
    let marked = picture.lines().find(|it| it.contains('▸')).unwrap();
    assert!(marked.contains("extract") && marked.contains("what now?"), "{marked}");
    assert!(picture.contains("needs you"), "{picture}");
}

#[test]
fn a_gate_says_what_it_waits_for() {
    let mut story = halfway();
    story.wish(Wish::Skip(Spot { play: PlayId(1), step: "extract".into(), part: Some(1) }));
    story.hand_in(5, json!({ "name": "Dee", "mail": "dee@example.org" }));
    let picture = words(&shot(&scene(&story, &on_script(|_| {})), (120, 35)));
    assert!(picture.contains("waits for you to open it"), "{picture}");
    // What is to be judged is shown whole; elsewhere a glimpse of it.
    assert!(picture.contains(r#""mail": "ada@example.org""#), "{picture}");
    let desk = on_script(|it| it.plays.step = "store".into());
    let picture = words(&shot(&scene(&story, &desk), (120, 35)));
    assert!(picture.contains(r#"{"pages":["/ada","/bob","/cy","/dee"]}"#), "{picture}");
}

#[test]
fn what_was_edited_on_its_way_is_shown_where_it_goes() {
    let mut story = halfway();
    let (from, to, value) = ("find".into(), "store".into(), Box::new(json!({ "pages": ["/me"] })));
    story.wish(Wish::EditHandOff { from, to, value });
    let desk = on_script(|it| it.plays.step = "store".into());
    let picture = words(&shot(&scene(&story, &desk), (200, 60)));
    assert!(picture.contains("as you have edited it"), "{picture}");
    assert!(picture.contains("/me"), "{picture}");
}

#[test]
fn ten_thousand_steps_are_drawn_as_ten_are() {
    let steps = (0..10_000).map(|at| Step {
        name: format!("step-{at}"),
        needs: (at > 0).then(|| format!("step-{}", at / 2)).into_iter().collect(),
        gate: at == 0,
        ..Step::default()
    });
    let mut story = Story::open("many");
    let (steps, roles) = (steps.collect(), BTreeMap::new());
    story.perform(Script { name: "many".into(), steps, roles, ..Script::default() });
    let desk = on_script(|it| it.plays.step = "step-9000".into());
    let picture = words(&shot(&scene(&story, &desk), (120, 35)));
    assert!(picture.contains("▸") && picture.contains("step-9000"), "{picture}");
}

#[test]
fn a_script_that_has_failed_says_why_and_what_never_began_does_not_wait() {
    let mut story = Story::open("broken");
    let steps = vec![
        Step { gate: true, ..Step { name: "one".into(), ..Step::default() } },
        Step {
            for_each: Some(ForEach::List("nothing.at.all".into())),
            ..agent("two", "x", "y", &["one"])
        },
        Step { needs: vec!["two".into()], ..Step { name: "three".into(), ..Step::default() } },
    ];
    story.perform(Script { name: "broken".into(), steps, ..Script::default() });
    story.wish(Wish::Open("one".into()));
    let picture = words(&shot(&scene(&story, &on_script(|_| {})), (80, 24)));
    assert!(picture.contains("broken · failed"), "{picture}");
    assert!(picture.contains("failed: for_each:"), "{picture}");
    let never = picture.lines().find(|it| it.contains("three")).unwrap();
    assert!(never.contains("three not begun"), "{never}");
}

#[test]
fn a_standing_step_of_a_stopped_script_listens_no_more() {
    let again = Some(crate::model::script::Trigger::Webhook);
    let step = Step { again, ..agent("watch", "w", "Look", &[]) };
    let mut story = Story::open("watching");
    story.perform(Script { name: "watching".into(), steps: vec![step], ..Script::default() });
    let (spot, at, why) = (Spot::step(PlayId(1), "watch"), "http://x".to_owned(), String::new());
    let event = Box::new(crate::model::play::PlayEvent::Listens { spot, at, why });
    story.tell(Event::Play { play: PlayId(1), event });
    let desk = on_script(|_| {});
    let picture = words(&shot(&scene(&story, &desk), (120, 35)));
    assert!(picture.contains("listens") && picture.contains("http://x"), "{picture}");
    story.wish(Wish::Stop);
    let picture = words(&shot(&scene(&story, &desk), (120, 35)));
    assert!(!picture.contains("listens") && !picture.contains("http://x"), "{picture}");
    assert!(!picture.contains("what now?"), "{picture}");
}

#[test]
fn a_script_within_another_says_whose_it_is_and_its_step_there_that_it_waits() {
    let gate = Step { name: "ask".into(), gate: true, ..Step::default() };
    let inner = Script { name: "inner".into(), steps: vec![gate], ..Script::default() };
    let set = [("n".to_owned(), "7".to_owned())].into();
    let work = Work::Script { name: "inner".into(), set };
    let step = Step { name: "part".into(), work, ..Step::default() };
    let scripts = [("inner".to_owned(), inner)].into();
    let mut story = Story::open("outer");
    story.perform(Script { name: "outer".into(), steps: vec![step], scripts, ..Script::default() });
    let picture = words(&shot(&scene(&story, &on_script(|_| {})), (120, 35)));
    let row = picture.lines().find(|it| it.contains('▸')).unwrap();
    assert!(row.contains("◆") && row.contains("needs you"), "{row}");
    let desk = on_script(|it| it.plays.play = Some(PlayId(2)));
    let picture = words(&shot(&scene(&story, &desk), (120, 35)));
    assert!(picture.contains("outer › part › inner (2 of 2)"), "{picture}");
    assert!(picture.contains("n = 7"), "{picture}");
}

#[test]
fn a_long_name_keeps_the_end_that_tells_it_from_others() {
    let name = |it: &str| format!("extract-the-contacts-of-{it}");
    let steps = ["harbour", "market"].map(|it| agent(&name(it), "", "", &[])).to_vec();
    let steps = steps.into_iter().map(|it| Step { work: Work::Nothing, gate: true, ..it });
    let mut story = Story::open("long");
    let steps = steps.collect();
    story.perform(Script { name: "long".into(), steps, ..Script::default() });
    let picture = words(&shot(&scene(&story, &on_script(|_| {})), (120, 35)));
    assert!(picture.contains("extract-the") && picture.contains("of-harbour"), "{picture}");
    assert!(picture.contains("of-market"), "{picture}");
}
