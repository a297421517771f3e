//! Scripts: what a key does to a step, and what is told of what makes no sense.

use super::*;
use crate::{
    model::{
        play::{Finding, Spot, Standing, Wish},
        script::{Retry, Script, Step, Work},
    },
    script::next,
};
use serde_json::json;

fn gate(name: &str) -> Step {
    Step { name: name.into(), gate: true, ..Step::default() }
}

fn command(name: &str, needs: &[&str]) -> Step {
    let needs = needs.iter().map(|it| (*it).to_owned()).collect();
    Step { name: name.into(), work: Work::Command { run: "true".into() }, needs, ..Step::default() }
}

fn agent(name: &str, brief: &str, needs: &[&str]) -> Step {
    let work = Work::Agent { role: "hand".into(), brief: brief.into() };
    Step { work, ..command(name, needs) }
}

fn script(steps: Vec<Step>) -> Script {
    let casting = Casting { role: "hand".into(), ..Casting::default() };
    let roles = [("hand".to_owned(), casting)].into();
    Script { name: "dir".into(), steps, roles, ..Script::default() }
}

/// Finds names, and greets them behind a gate.
fn greeting() -> Story {
    let names = json!({ "type": "object", "required": ["names"], "properties": {
        "names": { "type": "array", "items": { "type": "string" } } } });
    let find = Step { output: Some(Box::new(names)), ..agent("find", "Find", &[]) };
    let greet = agent("greet", "Greet {{ steps.find.output.names }}", &["find"]);
    let mut story = played(script(vec![find, Step { gate: true, ..greet }, gate("last")]));
    let agent = AgentId(1);
    let result = Box::new(json!({ "names": ["Ada"] }));
    story.tell(Event::Reported { agent, summary: String::new(), result });
    story.over(agent);
    story.play_on();
    story
}

fn played(script: Script) -> Story {
    let mut story = Story::of(0);
    let inputs = Box::new(json!({}));
    story.carry_out(Command::Perform { script: Box::new(script), inputs });
    story.press("S");
    story.picture();
    story
}

impl Story {
    /// A picture is drawn, with the marked step in it.
    fn picture(&mut self) {
        let marked = self.desk.plays.looked_at(&self.stage);
        let step = marked.and_then(|it| Some((it.id, self.desk.plays.marked(it)?)));
        let shown = Shown { step, ..self.desk.shown.clone() };
        self.desk.take_shown(shown, &self.stage);
    }

    fn carry_out(&mut self, command: Command) {
        let by = Author::Director;
        for event in decide(&self.stage, Input::Command { by, command }).unwrap() {
            self.tell(event);
        }
        self.play_on();
    }

    fn play_on(&mut self) {
        loop {
            let facts = next(&self.stage, self.now);
            if facts.is_empty() {
                return;
            }
            for event in facts {
                self.tell(event);
            }
        }
    }

    /// What the last keys ask for is done, and a picture of that is drawn.
    fn done(&mut self) -> &mut Self {
        for command in self.sent() {
            self.carry_out(command);
        }
        self.picture();
        self
    }

    fn wishes(&mut self) -> Vec<Wish> {
        let wish = |it| match it {
            Command::DirectPlay(_, wish) => wish,
            other => panic!("{other:?}"),
        };
        self.sent().into_iter().map(wish).collect()
    }

    fn play(&self) -> &crate::model::play::Play {
        self.stage.play(PlayId(1)).unwrap()
    }

    fn step(&self) -> &str {
        let play = self.desk.plays.looked_at(&self.stage).unwrap();
        &play.step(self.desk.plays.marked(play).unwrap()).unwrap().name
    }

    fn found(&mut self, step: &str, outcome: Result<serde_json::Value, String>) {
        let spot = Spot::step(PlayId(1), step);
        let finding = Finding { spot, attempt: 1, check: None, outcome };
        for event in decide(&self.stage, Input::Found(Box::new(finding))).unwrap() {
            self.tell(event);
        }
        self.play_on();
    }

    /// The text in the editor is this one, and it is to be saved.
    fn save(&mut self, text: &str) {
        self.desk.take_edited(text, &self.stage);
        self.press("ctrl+s");
    }

    fn fault(&self) -> &str {
        let editor = self.desk.editor.as_ref().expect("the editor is closed");
        editor.fault.as_deref().unwrap_or_default()
    }
}

#[test]
fn a_second_press_meets_the_step_that_the_first_one_met() {
    let mut story = played(script(vec![gate("g1"), gate("g2"), command("g3", &["g1", "g2"])]));
    assert_eq!(story.step(), "g1");
    story.press("a").done();
    assert_eq!(story.step(), "g1", "the cursor went elsewhere");
    story.press("a");
    assert_eq!(story.wishes(), [Wish::Open("g1".into())]);
    assert_eq!(story.play().steps[1].standing, Standing::Gate);
}

#[test]
fn a_step_that_came_under_the_cursor_by_itself_is_shown_before_it_is_met() {
    let steps = vec![command("slow", &[]), gate("g1"), gate("g2")];
    let mut story = played(script(steps));
    assert_eq!(story.step(), "g1");
    // Opened by somebody else, as the key was on its way.
    story.carry_out(Command::DirectPlay(PlayId(1), Wish::Open("g1".into())));
    story.picture();
    assert_eq!(story.step(), "g2");
    story.press("a");
    assert_eq!(story.wishes(), []);
    assert!(story.status().contains("g2 is what would be meant now"), "{}", story.status());
    story.picture();
    story.press("a");
    assert_eq!(story.wishes(), [Wish::Open("g2".into())]);
}

#[test]
fn what_is_under_way_is_cut_only_after_a_question() {
    let mut story = played(script(vec![command("slow", &[]), command("after", &["slow"])]));
    story.press("x");
    assert_eq!(story.wishes(), []);
    assert_eq!(story.question_open().title, "Leave slow out?");
    story.press("right enter");
    assert_eq!(story.wishes(), [Wish::Skip(Spot::step(PlayId(1), "slow"))]);
    story.press("r");
    assert_eq!(story.question_open().title, "Do slow again?");
    story.press("esc");
    assert_eq!(story.wishes(), []);
    // What has not begun is left out as it is asked.
    story.press("j x");
    assert_eq!(story.wishes(), [Wish::Skip(Spot::step(PlayId(1), "after"))]);
}

#[test]
fn what_is_over_and_comes_of_a_step_is_named_before_that_is_done_again() {
    let mut story =
        played(script(vec![command("first", &[]), command("deploy", &["first"]), gate("last")]));
    story.found("first", Ok(json!(1)));
    story.found("deploy", Ok(json!(1)));
    story.press("k k k k");
    while story.step() != "first" {
        story.press("k");
    }
    story.press("r");
    let text = story.question_open().text.clone();
    assert_eq!(text, "What is over is done once more, too: deploy.");
    assert_eq!(story.wishes(), []);
}

#[test]
fn what_others_take_from_a_step_is_told_before_it_is_left_out() {
    let greet = agent("greet", "Greet {{ steps.find.output }}", &["find"]);
    let find = Step { gate: true, ..agent("find", "Find", &[]) };
    let mut story = played(script(vec![find, greet, gate("last")]));
    story.press("x");
    assert_eq!(story.wishes(), []);
    let text = story.question_open().text.clone();
    assert!(text.contains("used by greet") && !text.contains("last"), "{text}");
    story.press("right enter");
    assert_eq!(story.wishes(), [Wish::Skip(Spot::step(PlayId(1), "find"))]);
}

#[test]
fn a_hand_off_that_is_kept_as_it_is_was_not_edited() {
    let mut story = greeting();
    story.press("h ctrl+s");
    story.done();
    assert!(story.play().edited.is_empty() && story.desk.drafts.is_empty());
}

#[test]
fn what_comes_of_a_step_is_cut_only_after_a_question() {
    let mut story = played(script(vec![command("first", &[]), command("after", &["first"])]));
    story.found("first", Ok(json!(1)));
    story.press("k");
    assert_eq!(story.step(), "first");
    story.press("r");
    assert!(story.question_open().text.contains("after"), "{:?}", story.question_open());
}

#[test]
fn a_brief_that_makes_no_sense_is_told_where_it_is_written() {
    let mut story = greeting();
    for (text, told) in [
        ("Greet {{ steps.last.output }} {{ steps.nosuch.output }}", "there is no step `nosuch`"),
        ("Greet {{ steps.greet.output }}", "a step can't name its own output"),
        ("Greet {{ nope ", "write a template"),
    ] {
        story.press("e");
        story.save(text);
        assert!(story.fault().contains(told), "{}", story.fault());
        assert_eq!(story.desk.editor.as_ref().unwrap().written(), text, "the text is lost");
        assert_eq!(story.wishes(), []);
        story.press("esc");
    }
    story.press("e");
    story.save("Greet warmly {{ steps.find.output.names }}");
    assert!(story.desk.editor.is_none());
    story.done();
    assert_eq!(story.play().version, 2);
    assert!(story.desk.drafts.is_empty(), "{:?}", story.desk.drafts);
}

#[test]
fn what_is_handed_over_keeps_its_type() {
    let mut story = greeting();
    story.press("h");
    for (text, told) in [
        ("{ \"names\": [\"Ada\"] x}", "this is no JSON"),
        ("{ \"names\": [1, { \"x\": 2 }] }", "/names/0: expected text, not 1"),
        ("{ \"extra\": true }", "the key \"names\" is missing"),
    ] {
        story.save(text);
        assert!(story.fault().contains(told), "{}", story.fault());
        assert_eq!(story.wishes(), []);
    }
    story.save("{ \"names\": [\"Bob\"] }");
    story.done();
    assert_eq!(story.play().edited[&(0, 1)].to_string(), "{\"names\":[\"Bob\"]}");
    assert!(story.desk.drafts.is_empty(), "{:?}", story.desk.drafts);
}

#[test]
fn a_script_that_has_failed_is_mended_at_its_step_and_goes_on() {
    let broken = agent("greet", "Greet {{ steps.find.output.x.y }}", &["find"]);
    let mut story = played(script(vec![command("find", &[]), broken]));
    story.found("find", Ok(json!(1)));
    story.picture();
    assert!(story.play().is_over());
    // It is there that the script came no further.
    assert_eq!(story.step(), "greet");
    story.press("e");
    story.save("Greet {{ steps.find.output }}");
    story.done();
    story.press("r").done();
    assert!(!story.play().is_over());
    assert!(story.stage.agents().last().unwrap().casting.brief.contains("Greet 1"));
}

#[test]
fn a_script_is_changed_as_a_whole_and_what_it_can_not_be_is_told_at_the_text() {
    let mut story = played(script(vec![command("first", &[]), command("later", &["first"])]));
    let before = story.play().script.clone();
    story.press("E");
    let Some(Dialog::Draft(form)) = &story.desk.dialog else { panic!("{:?}", story.desk.dialog) };
    assert!(form.written().contains("name = \"later\""), "{}", form.written());
    // It is looked at, and found to be a script; so it may be kept.
    let change = |story: &mut Story, script: &Script| {
        let Some(Dialog::Draft(form)) = &mut story.desk.dialog else { panic!() };
        form.text.insert_str("#");
        let (text, plot) = (form.written(), Ok(Arc::new(Plot::of(script.clone()))));
        story.desk.take_script(ScriptAnswer::Looked(text, plot), &story.stage, story.now);
        story.press("ctrl+s");
        assert_eq!(story.question_open().choices[1].label, "Change it");
        story.press("enter");
        assert!(matches!(story.done, Done::Script(ScriptTask::Rewrite { .. })), "{:?}", story.done);
        let answer = ScriptAnswer::Rewritten(Box::new(script.clone()));
        story.done = story.desk.take_script(answer, &story.stage, story.now);
    };
    // What has begun must stay.
    let mut wrong = Script::clone(&before);
    wrong.steps.remove(0);
    wrong.steps[0].needs.clear();
    change(&mut story, &wrong);
    let Some(Dialog::Draft(form)) = &story.desk.dialog else { panic!("the text is lost") };
    assert!(form.fault.as_ref().unwrap().contains("first has begun"), "{:?}", form.fault);
    let mut right = Script::clone(&before);
    right.steps[1].when = Some("false".into());
    right.roles.clear();
    change(&mut story, &right);
    let Done::Send(commands) = std::mem::replace(&mut story.done, Done::Nothing) else { panic!() };
    for command in commands {
        story.carry_out(command);
    }
    assert_eq!((story.play().version, story.play().steps.len()), (2, 2));
    assert_eq!(story.play().step(1).unwrap().when.as_deref(), Some("false"));
    // Who plays in it is as it was.
    assert_eq!(story.play().script.roles, before.roles);
}

#[test]
fn a_command_of_a_later_step_is_edited_and_one_between_attempts_is_held() {
    let retry = Retry { attempts: 2, backoff: Millis(60_000), on: Vec::new() };
    let first = Step { retry, ..command("first", &[]) };
    let mut story = played(script(vec![first, command("later", &["first"])]));
    story.found("first", Err("no".into()));
    story.press("p");
    assert_eq!(story.wishes(), [Wish::Hold("first".into())]);
    story.press("j e");
    assert_eq!(story.step(), "later");
    story.save("cat <<E\n{{ steps.first.output }}\nE");
    assert!(!story.fault().is_empty(), "no shell could be given that");
    story.save("echo {{ steps.first.output }}");
    story.done();
    let run = Work::Command { run: "echo {{ steps.first.output }}".into() };
    assert_eq!(story.play().step(1).unwrap().work, run);
}

#[test]
fn who_needs_the_director_is_found_in_all_scripts_and_within_them() {
    let inner = Script { name: "inner".into(), ..script(vec![gate("ask")]) };
    let plays = |name: &str| {
        let work = Work::Script { name: "inner".into(), set: [].into() };
        Step { work, ..command(name, &[]) }
    };
    let mut outer = script(vec![command("begin", &[]), plays("one"), plays("two")]);
    outer.scripts.insert("inner".into(), inner);
    let mut story = played(outer);
    let at = |story: &Story| {
        let play = story.desk.plays.looked_at(&story.stage).unwrap();
        (play.id.0, story.step().to_owned())
    };
    story.press("w");
    assert_eq!(at(&story), (2, "ask".to_owned()));
    story.press("w");
    assert_eq!(at(&story), (3, "ask".to_owned()));
    story.press("w");
    assert_eq!(at(&story), (2, "ask".to_owned()), "it does not go round");
    // From the one that plays it, too.
    story.desk.plays.play = Some(PlayId(1));
    story.desk.plays.step = "two".into();
    story.press("enter");
    assert_eq!(at(&story), (3, "ask".to_owned()));
}
