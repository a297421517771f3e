//! What is read, and what is told of what can't be.

mod faults;
mod page;
mod written;

use super::*;
use crate::{
    config::{Brought, Cast, Environment, Layer},
    model::{
        Delegation, HandOff, Millis, Money, Spawn,
        script::{Check, Failure, ForEach, OnFailure, Repeat, Retry},
    },
};
use proptest::prelude::*;
use serde_json::json;

const ROLES: [&str; 4] = ["browser", "extractor", "reviewer", "term"];
const MUTE: [(&str, &str); 1] = [("term", "it is a terminal")];

fn library() -> Library {
    let inner = "[inputs.url]\n[inputs.most]\ntype = \"integer\"\ndefault = 3\n\
        [[step]]\nname = \"fetch\"\nrun = \"curl {{ inputs.url }}\"\n";
    Library::built_in().with("inner", Source::new(Layer::User, "/nowhere/inner.toml", inner))
}

fn read_text(text: &str) -> Result<Script, ConfigError> {
    let mute = MUTE.into();
    let ground = Ground { roles: &ROLES, programs: &["claude"], mute: &mute, library: &library() };
    read(ground, "x", &Source::new(Layer::User, "x.toml", text))
}

fn step(rest: &str) -> Result<Step, ConfigError> {
    let text = format!(
        "[[step]]\nname = \"find\"\nrole = \"browser\"\nbrief = \"look\"\n\
         output = {{ pages = [{{ url = \"string\" }}], count = \"integer\" }}\n{rest}"
    );
    read_text(&text).map(|it| it.steps.into_iter().last().unwrap())
}

/// The first fault of a script: the text it is at, the message and the mend.
fn told(text: &str) -> (String, String, String) {
    let fault = read_text(text).expect_err(text).faults.into_iter().next().unwrap();
    let place = fault.place.map_or(String::new(), |place| {
        let line = text.lines().nth(place.line - 1).unwrap_or_default();
        line.chars().skip(place.column - 1).take(place.width).collect()
    });
    (place, fault.message, fault.mend.unwrap())
}

#[test]
#[expect(clippy::too_many_lines, reason = "a step has many keys")]
fn a_step_is_read_with_all_that_can_be_said_of_it() {
    let read = step(
        r#"
[[step]]
name = "extract"
role = "extractor"
onto = "find"
brief = "Read {{ item.url }} of {{ inputs }}"
for_each = "steps.find.output.pages"
max_parallel = 4
when = "steps.find.output.count > 0"
output = { name = "string", "phone?" = "string" }
timeout = "10m"
budget = "0.50"
spawn = { roles = ["browser"], most = 3, max_parallel = 2, output = "string" }
hand_off = { to = ["reviewer"], most = 2 }
retry = { attempts = 3, backoff = "2s", on = ["timeout", "output"] }
repeat = { until = [{ holds = "output.name" }], most = 5 }
checks = [{ command = "test -s x" }, { pattern = "^[A-Z]" }, { judge = "reviewer", question = "Is {{ output.name }} a name?" }]
gate = "director"
on_failure = "ask"
"#
        .replace(" of {{ inputs }}", "")
        .as_str(),
    )
    .unwrap();
    let expected = Step {
        again: None,
        name: "extract".into(),
        work: Work::Agent { role: "extractor".into(), brief: "Read {{ item.url }}".into() },
        needs: vec!["find".into()],
        onto: Some("find".into()),
        output: Some(Box::new(json!({
            "type": "object",
            "properties": { "name": { "type": "string" }, "phone": { "type": "string" } },
            "required": ["name"],
        }))),
        for_each: Some(ForEach::List("steps.find.output.pages".into())),
        max_parallel: Some(4),
        when: Some("steps.find.output.count > 0".into()),
        repeat: Some(Repeat { until: vec![Check::Holds("output.name".into())], most: 5 }),
        retry: Retry {
            attempts: 3,
            backoff: Millis(2000),
            on: vec![Failure::Timeout, Failure::Output],
        },
        timeout: Some(Millis(600_000)),
        budget: Some(Money::cents(50)),
        checks: vec![
            Check::Command("test -s x".into()),
            Check::Pattern("^[A-Z]".into()),
            Check::Judge {
                role: "reviewer".into(),
                question: "Is {{ output.name }} a name?".into(),
            },
        ],
        gate: true,
        on_failure: OnFailure::Ask,
        delegation: Some(Box::new(Delegation {
            spawn: Some(Spawn {
                roles: vec!["browser".into()],
                most: 3,
                max_parallel: Some(2),
                depth: 1,
                output: Some(Box::new(json!({ "type": "string" }))),
            }),
            hand_off: Some(HandOff { to: vec!["reviewer".into()], most: 2, attempts: 3 }),
            ..Delegation::default()
        })),
    };
    assert_eq!(read, expected);
}

#[test]
fn what_a_step_names_it_needs() {
    let text = r#"
[[step]]
name = "one-a"
run = "echo 1"
[[step]]
name = "two"
run = "echo 2"
[[step]]
name = "three"
needs = ["two"]
when = "steps.one_a.output"
run = "echo {{ steps.two.output }} {{ steps.one_a.failed }}"
"#;
    assert_eq!(read_text(text).unwrap().steps[2].needs, ["two", "one-a"]);
}

#[test]
fn a_name_alone_is_a_list_or_the_parts_of_a_step() {
    let text = r#"
[[step]]
name = "list-all"
run = "ls"
output = ["string"]
[[step]]
name = "open"
for_each = "list-all"
run = "cat {{ item }}"
output = { title = "string" }
[[step]]
name = "judge"
for_each = "open"
run = "echo {{ item.title }}"
"#;
    let steps = read_text(text).unwrap().steps;
    assert_eq!(steps[1].for_each, Some(ForEach::List("steps.list_all.output".into())));
    assert_eq!(steps[1].needs, ["list-all"]);
    assert_eq!(steps[2].for_each, Some(ForEach::Part("open".into())));
    assert_eq!(steps[2].needs, Vec::<String>::new());
}

#[test]
fn another_script_is_in_it_and_is_set_expressions() {
    let text = r#"
[[step]]
name = "a"
script = "inner"
set = { url = "'http://x'", most = 4 }
[[step]]
name = "b"
run = "echo {{ steps.a.output.fetch }}"
"#;
    let script = read_text(text).unwrap();
    let set = [("most", "4"), ("url", "'http://x'")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(script.steps[0].work, Work::Script { name: "inner".into(), set: set.into() });
    assert_eq!(script.scripts["inner"].steps[0].name, "fetch");
    assert_eq!(script.scripts["inner"].inputs["most"].default, Some(json!(3)));
}

#[test]
fn whom_an_agent_may_set_to_work_is_said_with_its_limits() {
    let with = |rest: &str| {
        told(&format!("[[step]]\nname = \"a\"\nrole = \"browser\"\nbrief = \"x\"\n{rest}\n"))
    };
    let cases = [
        ("spawn = { roles = [\"reviewr\"], most = 1 }", "there is no role `reviewr`", "reviewer"),
        ("spawn = { roles = [], most = 1 }", "it does not say which roles", "tester"),
        (
            "spawn = { roles = [\"browser\"] }",
            "it does not say how many it may set to work",
            "most",
        ),
        (
            "spawn = { roles = [\"browser\"], most = 0 }",
            "expected a number from 1 to 1000",
            "range",
        ),
        ("hand_off = { most = 1 }", "it does not say which roles", "to = "),
        ("hand_off = { to = [\"browser\"] }", "it does not say how often", "most"),
        ("hand_off = { to = [\"x\"], most = 1 }", "there is no role `x`", "extractor"),
    ];
    for (text, wrong, mend) in cases {
        let (_, message, mended) = with(text);
        assert!(message.starts_with(wrong) && mended.contains(mend), "{text}: {message}, {mended}");
    }
    let idle = "[[step]]\nname = \"a\"\nrun = \"x\"\nhand_off = { to = [\"browser\"], most = 1 }\n";
    assert!(told(idle).1.starts_with("no agent does this step"));
    let roles = ["claude", "browser"];
    let mute = MUTE.into();
    let ground = Ground { roles: &roles, programs: &["claude"], mute: &mute, library: &library() };
    let text = "[[step]]\nname = \"a\"\nrole = \"claude\"\nbrief = \"x\"\n\
        spawn = { roles = [\"browser\"], most = 1 }\n";
    let error = read(ground, "x", &Source::new(Layer::User, "x.toml", text)).unwrap_err();
    assert!(error.faults[0].message.contains("a program with tools of its own"), "{error}");
}

#[test]
fn a_project_goes_before_the_user_and_the_user_before_the_program() {
    let place = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = place.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let script = "[[step]]\nname = \"a\"\nrun = \"x\"\noutput = \"out.json\"\n";
    write("config/auteur/scripts/review.toml", script);
    write("config/auteur/scripts/out.json", "{ \"type\": \"object\" }");
    write("config/auteur/scripts/docs.toml", script);
    write("project/.auteur/scripts/docs.toml", script);
    write("project/.auteur/scripts/out.json", "{ \"type\": \"array\" }");
    let home = place.path().join("config");
    let environment = Environment::of([("XDG_CONFIG_HOME", home.to_str().unwrap())]);
    let brought = Brought::read(&environment, &place.path().join("project"));
    assert_eq!(brought.summary(), "the script docs");
    assert!(brought.needs_trust());
    let output = |brought: &Brought, name: &str| {
        let library = Library::read(&environment, brought);
        let mute = BTreeMap::new();
        let ground = Ground { roles: &[], programs: &[], mute: &mute, library: &library };
        let script = read(ground, name, library.source(name).unwrap()).unwrap();
        script.steps[0].output.clone().unwrap()["type"].clone()
    };
    assert_eq!(output(&brought, "docs"), "array");
    assert_eq!(output(&brought, "review"), "object");
    assert_eq!(output(&brought.clone().tightening(), "docs"), "object");
    let file = place.path().join("config/auteur/scripts/docs.toml");
    let (name, source) = Library::default().find(&Place::of(file.to_str().unwrap())).unwrap();
    assert_eq!((name.as_str(), source.layer), ("docs", Layer::User));
    let error = Library::built_in().find(&Place::of("reviw")).unwrap_err();
    assert_eq!(error.faults[0].mend.as_deref(), Some("did you mean `review`?"));
}

#[test]
fn a_script_of_ten_thousand_steps_is_read() {
    let steps: Vec<String> = (0..10_000usize)
        .map(|at| {
            let needs =
                at.checked_sub(1).map_or(String::new(), |it| format!("needs = [\"s{it}\"]\n"));
            format!("[[step]]\nname = \"s{at}\"\n{needs}")
        })
        .collect();
    let text = steps.concat();
    assert_eq!(read_text(&text).unwrap().steps.len(), 10_000);
}

proptest! {
    #[test]
    fn no_text_panics_the_reader(
        text in "(\\[\\[step\\]\\]\n|name = \"[ab]\"\n|run = \"(\\{\\{ [a-z.]{0,8} \\}\\}|.){0,6}\"\n|needs = \\[\"[ab]\"\\]\n|for_each = \"[ab.|]{0,9}\"\n|output = \\{ a = \"string\" \\}\n|on_failure = \\{ (step|back) = \"[ab]\" \\}\n|checks = \\[\\{ holds = \"[a-z.]{0,5}\" \\}\\]\n|\\PC|\n){0,24}",
    ) {
        drop(read_text(&text));
    }
}
