//! Scripts: steps in their order, what goes from hand to hand, what is sent back, and
//! what the director does in between.

use crate::house::{House, Plan};
use auteur::model::{play::*, script::Step, script::*, *};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A scout that finds three names, and a greeter that greets whom its brief names; at
/// first it does not greet `Bo` well.
const GREETING: &str = r#"
[[part]]
name = "scout"
model = "scout"

[[part.turn]]
calls = [{ tool = "report", with = { summary = "three", result = { names = ["Al", "Bo", "Cy"] } } }]

[[part.turn]]
say = "Found."

[[part]]
name = "of Bo"
model = "greeter"
brief = "Greet Bo"

[[part.turn]]
calls = [{ tool = "report", with = { summary = "greeted", result = { greeting = "huh" } } }]

[[part.turn]]
label = "ends"
say = "Greeted."

[[part.when]]
redirect = "not accepted"
go = "again"

[[part.turn]]
label = "again"
calls = [{ tool = "report", with = { summary = "greeted", result = { greeting = "hello Bo" } } }]
then = "ends"

[[part]]
name = "of all others"
model = "greeter"
brief = "Greet (\\w+)"

[[part.turn]]
calls = [{ tool = "report", with = { summary = "greeted", result = { greeting = "hello" } } }]

[[part.turn]]
say = "Greeted."
"#;

fn agent(name: &str, role: &str, brief: &str, needs: &[&str]) -> Step {
    Step {
        name: name.into(),
        work: Work::Agent { role: role.into(), brief: brief.into() },
        needs: needs.iter().map(|it| (*it).to_owned()).collect(),
        ..Step::default()
    }
}

fn command(name: &str, run: &str, needs: &[&str]) -> Step {
    Step { work: Work::Command { run: run.into() }, ..agent(name, "", "", needs) }
}

#[expect(clippy::unnecessary_wraps, reason = "it is what a step has")]
fn schema(value: Value) -> Option<Box<Value>> {
    Some(Box::new(value))
}

fn script(house: &House, steps: Vec<Step>) -> Box<Script> {
    let role = |name: &str| (name.to_owned(), house.casting(name, ""));
    let roles = BTreeMap::from(["scout", "greeter"].map(role));
    Box::new(Script { name: "greeting".into(), steps, roles, ..Script::default() })
}

fn greeting(house: &House) -> Box<Script> {
    let names = json!({ "type": "object", "required": ["names"] });
    let greeting = json!({
        "type": "object",
        "required": ["greeting"],
        "properties": { "greeting": { "type": "string" } }
    });
    let find = Step { output: schema(names), ..agent("find", "scout", "Find names", &[]) };
    let greet = Step {
        for_each: Some(ForEach::List("steps.find.output.names".into())),
        output: schema(greeting),
        checks: vec![Check::Pattern("hello".into())],
        retry: Retry { attempts: 2, ..Retry::default() },
        ..agent("greet", "greeter", "Greet {{ item }}", &["find"])
    };
    let count = command("count", "printf %s {{ steps.greet.output | length }}", &["greet"]);
    script(house, vec![find, greet, count])
}

async fn perform(house: &mut House, script: Box<Script>) -> PlayId {
    let id = house.stage.next_play();
    house.direct(Command::Perform { script, inputs: Box::new(json!({})) }).await;
    house.until(|stage| stage.play(id).is_some()).await;
    id
}

async fn ended(house: &mut House, play: PlayId) -> PlayEnd {
    house.until(|stage| stage.play(play).is_some_and(Play::is_over)).await;
    house.stage.play(play).unwrap().end.clone().unwrap().1
}

fn output(house: &House, play: PlayId, step: &str, part: usize) -> Value {
    let play = house.stage.play(play).unwrap();
    let place = (play.place(step).unwrap(), part);
    play.part(place).unwrap().output.as_deref().cloned().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_step_finds_is_done_for_each_by_the_next_and_sent_back_when_it_is_wrong() {
    let mut house = House::planned(Plan { runs: true, ..Plan::new(GREETING) });
    let script = greeting(&house);
    let play = perform(&mut house, script).await;
    assert_eq!(ended(&mut house, play).await, PlayEnd::Succeeded);
    let of = |part| output(&house, play, "greet", part);
    assert_eq!(of(0), json!({ "greeting": "hello" }));
    assert_eq!(of(1), json!({ "greeting": "hello Bo" }));
    assert_eq!(output(&house, play, "count", 0), json!(3));
    let state = house.stage.play(play).unwrap();
    let attempts: Vec<u32> = state.steps[1].parts.iter().map(|it| it.attempt).collect();
    assert_eq!(attempts, [1, 2, 1]);
    // Whoever was sent it back is the one who did it, and knows what is wrong.
    let names: Vec<_> = house.stage.agents().map(|it| it.casting.name.clone()).collect();
    assert_eq!(names, ["find", "greet-1", "greet-2", "greet-3"]);
    let told = house.asked().iter().any(|it| it.last_user.contains("matches hello"));
    assert!(told, "the agent was not told what is wrong");
}
