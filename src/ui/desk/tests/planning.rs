//! A script that waits to be read: what the director makes of it.

use super::*;
use crate::{
    config::{Layer, Source},
    model::{
        play::{PlayEvent, Spot, Wish},
        script::{Check, Script, Step},
    },
};
use serde_json::{Value, json};

const PLAY: PlayId = PlayId(1);
const TEXT: &str = "[[step]]\nname = \"go\"";

/// One step has written a script, which waits at the gate of the other.
fn waiting() -> Story {
    let mut story = Story::of(1);
    let write = Step {
        name: "write".into(),
        checks: vec![Check::Script(Some("text".into()))],
        ..Step::default()
    };
    let read =
        Step { name: "read".into(), needs: vec!["write".into()], gate: true, ..Step::default() };
    let script = Script { name: "plan".into(), steps: vec![write, read], ..Script::default() };
    let spot = || Spot::step(PLAY, "write");
    let inputs = Box::new(json!({ "goal": "be tidy" }));
    let by = Author::Director;
    let output = Box::new(json!({ "name": "tidy", "text": TEXT }));
    let events = [
        PlayEvent::Started { script: Box::new(script), inputs, parent: None, by },
        PlayEvent::Begun { step: "write".into(), parts: 1, items: Vec::new() },
        PlayEvent::Attempted {
            spot: spot(),
            attempt: 1,
            round: 1,
            agent: None,
            command: "x".into(),
            play: None,
            handed_to: String::new(),
        },
        PlayEvent::HandedIn { spot: spot(), attempt: 1, output },
        PlayEvent::Done { spot: spot(), attempt: 1 },
        PlayEvent::GateReached { step: "read".into() },
    ];
    for event in events {
        story.happens(event);
    }
    story
}

impl Story {
    fn happens(&mut self, event: PlayEvent) {
        let event = Event::Play { play: PLAY, event: Box::new(event) };
        self.tell(event.clone());
        self.desk.heed(&event, &self.stage, self.now);
    }

    /// What is wished for is looked at: a text with `!` in it is no script.
    fn looked(&mut self) -> &mut Self {
        while let Some(task) = self.desk.take_script_wish() {
            if let ScriptTask::Look { source, .. } = task {
                let step = Step { name: "go".into(), ..Step::default() };
                let script = Script { steps: vec![step], ..Script::default() };
                let is_right = !source.text.contains('!');
                let plot = if is_right { Ok(Arc::new(Plot::of(script))) } else { Err("no".into()) };
                let answer = ScriptAnswer::Looked(source.text, plot);
                self.done = self.desk.take_script(answer, &self.stage, self.now);
            }
        }
        self
    }

    fn draft(&self) -> &DraftForm {
        match &self.desk.dialog {
            Some(Dialog::Draft(form)) => form,
            other => panic!("no script is read but {other:?}"),
        }
    }

    fn labels(&self) -> Vec<&str> {
        self.question_open().choices.iter().map(|it| it.label.as_str()).collect()
    }
}

fn edited(text: &str) -> Command {
    let (from, to) = ("write".into(), "read".into());
    let value: Box<Value> = Box::new(json!({ "name": "tidy", "text": text }));
    Command::DirectPlay(PLAY, Wish::EditHandOff { from, to, value })
}

fn perform() -> Command {
    Command::Perform { script: Box::default(), inputs: Box::new(json!({})) }
}

#[test]
fn a_plan_that_waits_is_told_of_and_gone_to_and_read() {
    let mut story = waiting();
    assert_eq!(story.status(), "a plan waits for you: w goes there");
    story.press("w enter");
    assert_eq!((story.draft().name.as_str(), story.draft().written()), ("tidy", TEXT.to_owned()));
    assert_eq!(story.context(), Context::Editor);
    // Whatever else is edited at a step, here it is what was written.
    story.press("esc e");
    assert_eq!(story.draft().written(), TEXT);
}

#[test]
fn it_is_started_as_it_was_changed_and_the_change_is_on_record() {
    let mut story = waiting();
    story.press("w enter").looked().write("#").looked().press("ctrl+s");
    assert_eq!(story.labels(), ["Go on reading", "Start it", "Save it", "Throw it away"]);
    story.press("enter ctrl+s");
    let text = format!("#{TEXT}");
    let source = Source::new(Layer::Project, "tidy.toml", &text);
    let script = Wanted::Written { name: "tidy".into(), source };
    let inputs = serde_json::Map::new();
    assert_eq!(story.done, Done::Script(ScriptTask::Fill { script, inputs, budget: None }));
    let answer = ScriptAnswer::Filled(Box::new(perform()));
    story.done = story.desk.take_script(answer, &story.stage, story.now);
    let open = Command::DirectPlay(PLAY, Wish::Open("read".into()));
    assert_eq!(story.done, Done::Send(vec![perform(), edited(&text), open]));
}

#[test]
fn a_text_that_is_no_script_is_not_started() {
    let mut story = waiting();
    story.press("w enter").looked().write("!").looked().press("ctrl+s");
    assert_eq!(story.labels(), ["Go on reading", "Save it", "Throw it away"]);
    assert!(story.question_open().text.ends_with("no"), "{}", story.question_open().text);
    story.press("esc");
    assert_eq!(story.draft().written(), format!("!{TEXT}"));
}

#[test]
fn what_becomes_of_a_text_is_asked_once_it_is_read_unless_more_is_typed() {
    let mut story = waiting();
    story.press("w enter").looked().write("#").press("ctrl+s");
    assert_eq!(story.status(), "it is being read");
    story.write("#").looked();
    assert_eq!(story.draft().written(), format!("##{TEXT}"));
    story.write("#").press("ctrl+s").looked();
    assert!(story.labels().contains(&"Throw it away"), "{:?}", story.labels());
}

#[test]
fn what_was_typed_into_a_plan_is_a_fact_when_it_is_left() {
    let mut story = waiting();
    story.press("w enter").looked().write("#").press("esc");
    assert_eq!(story.sent(), [edited(&format!("#{TEXT}"))]);
    story.press("enter").looked().press("esc");
    assert_eq!(story.sent(), [], "nothing was typed");
}

#[test]
fn it_is_thrown_away_and_nothing_runs() {
    let mut story = waiting();
    story.press("w enter").looked().press("ctrl+s left left enter");
    let skip = Wish::Skip(Spot::step(PLAY, "read"));
    assert_eq!(story.sent(), [Command::DirectPlay(PLAY, skip)]);
}

#[test]
fn it_is_kept_under_a_name_that_is_free() {
    let mut story = waiting();
    story.press("w enter").looked().press("ctrl+s tab enter").write("No Name").press("enter");
    let Some(Dialog::Prompt(prompt)) = &story.desk.dialog else { panic!("it is not asked") };
    assert!(prompt.fault.is_some());
    for _ in 0..7 {
        story.press("backspace");
    }
    story.write("mine").press("enter");
    let (name, text) = ("mine".to_owned(), TEXT.to_owned());
    assert_eq!(story.done, Done::Script(ScriptTask::Save { name, text }));
    let answer = ScriptAnswer::Unkept("there is one".into());
    story.done = story.desk.take_script(answer, &story.stage, story.now);
    let Some(Dialog::Prompt(prompt)) = &story.desk.dialog else { panic!("it is not asked") };
    assert_eq!(prompt.fault.as_deref(), Some("there is one"));
    let answer = ScriptAnswer::Saved("mine".into(), ".auteur/scripts/mine.toml".into());
    story.done = story.desk.take_script(answer, &story.stage, story.now);
    let open = Command::DirectPlay(PLAY, Wish::Open("read".into()));
    assert_eq!(story.done, Done::Send(vec![open]));
    assert_eq!((story.context(), story.desk.scripts.marked.as_str()), (Context::Library, "mine"));
}

#[test]
fn a_goal_is_kept_until_a_script_is_written_for_it() {
    let mut story = Story::of(1);
    story.press("S m").write("be tidy").press("esc m enter");
    let Done::Script(ScriptTask::Fill { script, inputs, .. }) = &story.done else { panic!() };
    assert_eq!((script, &inputs["goal"]), (&Wanted::Listed("plan".into()), &json!("be tidy")));
    let answer = ScriptAnswer::Unfilled("no key".into());
    story.done = story.desk.take_script(answer, &story.stage, story.now);
    assert_eq!(story.status(), "no key");
    story.press("m enter");
    let answer = ScriptAnswer::Filled(Box::new(perform()));
    story.done = story.desk.take_script(answer, &story.stage, story.now);
    assert_eq!(story.done, Done::Send(vec![perform()]));
}
