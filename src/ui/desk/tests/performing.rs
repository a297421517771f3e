//! Starting a script: the list, the form, and what is sent.

use super::*;
use crate::{
    config::{Layer, Source},
    model::{
        play::PlayEvent,
        script::{Input, Script, Step},
    },
};
use serde_json::{Map, Value, json};

fn offer(name: &str, inputs: &[(&str, Value, Option<Value>)]) -> ScriptOffer {
    let input = |(name, schema, default): &(&str, Value, Option<Value>)| {
        let (schema, default) = (schema.clone(), default.clone());
        ((*name).to_owned(), Input { schema, default, ..Input::default() })
    };
    let step = Step { name: "go".into(), ..Step::default() };
    let script = Script {
        name: name.into(),
        inputs: inputs.iter().map(input).collect(),
        steps: vec![step],
        ..Script::default()
    };
    let source = Source::new(Layer::User, &format!("scripts/{name}.toml"), "");
    ScriptOffer { name: name.into(), source, plot: Ok(Arc::new(Plot::of(script))) }
}

fn offers() -> Vec<ScriptOffer> {
    let mut wrong = offer("wrong", &[]);
    wrong.plot = Err("wrong.toml:1: no".into());
    vec![
        offer("plain", &[]),
        offer(
            "rich",
            &[
                ("count", json!({ "type": "integer" }), Some(json!(3))),
                ("goal", json!({ "type": "string" }), None),
                ("loud", json!({ "type": "boolean" }), Some(json!(false))),
                ("tags", json!({ "type": "array", "items": { "type": "string" } }), None),
            ],
        ),
        wrong,
    ]
}

/// On the scripts there are, which have been read.
fn on_library() -> Story {
    let mut story = Story::of(1);
    story.press("S");
    assert_eq!(story.desk.take_script_wish(), Some(ScriptTask::List));
    story.take(ScriptAnswer::Listed(offers(), 0));
    story
}

impl Story {
    fn take(&mut self, answer: ScriptAnswer) -> &mut Self {
        self.done = self.desk.take_script(answer, &self.stage, self.now);
        if let Done::Send(commands) = &self.done {
            self.sent.extend(commands.iter().cloned());
        }
        self
    }

    fn form(&self) -> &ScriptForm {
        match &self.desk.dialog {
            Some(Dialog::Script(form)) => form,
            other => panic!("no script is started but {other:?}"),
        }
    }

    fn faults(&self) -> Vec<Option<&str>> {
        self.form().fields.iter().map(|it| it.fault.as_deref()).collect()
    }
}

fn perform(name: &str) -> Command {
    let script = Script { name: name.into(), ..Script::default() };
    Command::Perform { script: Box::new(script), inputs: Box::new(json!({})) }
}

#[test]
fn where_no_script_is_played_the_screen_is_that_of_those_there_are() {
    let mut story = on_library();
    assert_eq!(story.context(), Context::Library);
    story.press("esc");
    assert_eq!(story.desk.screen, Screen::Stage);
}

#[test]
fn a_script_without_inputs_is_begun_and_looked_at() {
    let mut story = on_library();
    story.press("enter ctrl+s");
    let (script, inputs) = (Wanted::Listed("plain".into()), Map::new());
    assert_eq!(story.done, Done::Script(ScriptTask::Fill { script, inputs, budget: None }));
    story.take(ScriptAnswer::Filled(Box::new(perform("plain"))));
    assert_eq!(story.sent(), [perform("plain")]);
    assert!(story.desk.dialog.is_none());
    assert_eq!((story.desk.screen, story.status()), (Screen::Script, "plain begins"));
}

#[test]
fn what_has_to_be_given_comes_first_and_each_fault_stands_with_its_field() {
    let mut story = on_library();
    story.press("j enter");
    let names: Vec<&str> = story.form().fields.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["goal", "tags", "count", "loud", ""]);
    story.press("tab tab").write("x").press("ctrl+s");
    let missing = Some("it has to be given");
    let misfit = "expected a whole number, not \"x\"";
    assert_eq!(story.faults(), [missing, missing, Some(misfit), None, None]);
    assert_eq!(story.form().at, 0, "the first of them has the keys");
    story.write("a goal").press("tab").write("a, b").press("tab backspace").write("4");
    story.press("tab right");
    story.press("tab").write("2.50").press("enter");
    let inputs = json!({ "count": 4, "goal": "a goal", "loud": true, "tags": ["a", "b"] });
    let Value::Object(inputs) = inputs else { panic!() };
    let (script, budget) = (Wanted::Listed("rich".into()), Some(Money::cents(250)));
    assert_eq!(story.done, Done::Script(ScriptTask::Fill { script, inputs, budget }));
}

#[test]
fn what_is_typed_is_there_again_after_it_was_left() {
    let mut story = on_library();
    story.press("j enter").write("a goal").press("esc");
    assert!(story.desk.dialog.is_none());
    story.press("enter tab esc enter");
    assert_eq!(story.form().at, 1);
    story.press("up").write("!").press("tab").write("x").press("ctrl+s");
    let Done::Script(ScriptTask::Fill { inputs, .. }) = &story.done else { panic!() };
    assert_eq!(inputs["goal"], "a goal!");
}

#[test]
fn a_role_that_can_not_be_filled_is_told_in_the_form() {
    let mut story = on_library();
    story.press("enter ctrl+s");
    story.take(ScriptAnswer::Unfilled("no key for tester".into()));
    assert_eq!(story.form().fault.as_deref(), Some("no key for tester"));
    story.press("ctrl+s");
    assert!(matches!(story.done, Done::Script(_)), "it can be tried again");
}

#[test]
fn a_script_that_was_left_before_it_was_filled_does_not_begin() {
    let mut story = on_library();
    story.press("enter ctrl+s esc");
    story.take(ScriptAnswer::Filled(Box::new(perform("plain"))));
    assert_eq!(story.sent(), []);
}

#[test]
fn a_faulty_script_is_not_begun() {
    let mut story = on_library();
    story.press("k enter");
    assert!(story.desk.dialog.is_none());
    assert!(story.status().contains("wrong can't be played"), "{}", story.status());
}

#[test]
fn scripts_are_found_in_the_palette_once_they_are_read() {
    let mut story = Story::of(1);
    story.press("ctrl+p").write("script rich");
    assert_eq!(story.desk.take_script_wish(), Some(ScriptTask::List));
    story.take(ScriptAnswer::Listed(offers(), 0));
    story.press("enter");
    assert_eq!(story.form().script, "rich");
}

#[test]
fn beside_a_script_that_is_played_another_is_begun() {
    let mut story = on_library();
    let script = Script { name: "first".into(), ..Script::default() };
    let (script, inputs) = (Box::new(script), Box::new(json!({})));
    let begun = PlayEvent::Started { script, inputs, parent: None, by: Author::Director };
    story.tell(Event::Play { play: PlayId(1), event: Box::new(begun) });
    assert_eq!(story.context(), Context::Script);
    story.press("n");
    assert_eq!(story.context(), Context::Library);
    story.press("esc");
    assert_eq!(story.context(), Context::Script);
    story.press("n enter ctrl+s");
    story.take(ScriptAnswer::Filled(Box::new(perform("plain"))));
    assert_eq!((story.context(), story.sent().len()), (Context::Script, 1));
}

#[test]
fn in_lines_one_thing_is_asked_for_after_the_other_and_what_can_not_be_is_asked_again() {
    use crate::ui::linear::{Open, open};
    let mut story = on_library();
    story.press("j enter");
    let (waits, asked) = open(&story.desk);
    assert_eq!(waits, Open::Line);
    assert!(asked[0].starts_with("rich, 1 of 5: goal, needed: "), "{asked:?}");
    let say = |story: &mut Story, text: &str| {
        story.done = story.desk.hear(Said::Text(text.into()), &story.stage, story.now);
        open(&story.desk).1
    };
    // An empty line leaves what is there.
    let asked = say(&mut story, "");
    assert!(asked[0].starts_with("rich, 2 of 5: tags"), "{asked:?}");
    let asked = say(&mut story, "a, b");
    assert!(asked[0].contains("3 of 5: count") && asked[0].ends_with("(now: 3)"), "{asked:?}");
    let asked = say(&mut story, "x");
    assert_eq!(asked[1..3], ["  1: true", "  2: false"], "{asked:?}");
    let asked = say(&mut story, "maybe");
    assert_eq!(asked[0], "that can't be: choose one by its number");
    say(&mut story, "1");
    let asked = say(&mut story, "2.50");
    assert_eq!(asked[0], "that can't be: it has to be given", "{asked:?}");
    say(&mut story, "win");
    let asked = say(&mut story, "");
    assert!(asked[0].starts_with("that can't be: expected a whole number"), "{asked:?}");
    for text in ["4", "", ""] {
        say(&mut story, text);
    }
    let Done::Script(ScriptTask::Fill { inputs, budget, .. }) = &story.done else {
        panic!("{:?}", story.done)
    };
    let given = json!({ "goal": "win", "tags": ["a", "b"], "count": 4, "loud": true });
    assert_eq!((Value::Object(inputs.clone()), *budget), (given, Some(Money::cents(250))));
    assert_eq!(open(&story.desk).1, ["rich is about to begin"]);
}
