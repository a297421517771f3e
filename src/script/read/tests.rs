//! What is read, and what is told of what can't be.

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
#[expect(clippy::too_many_lines, reason = "a table: a row for each fault")]
fn every_fault_points_at_its_place_and_says_the_mend() {
    let a = "[[step]]\nname = \"a\"\nrun = \"ls\"\noutput = { items = [\"string\"], count = \"integer\" }\n";
    let b = |rest: &str| format!("{a}[[step]]\nname = \"b\"\n{rest}");
    for (text, place, message, mend) in [
        ("[[stp]]\n".to_owned(), "stp", "unknown key `stp`", "did you mean `step`?"),
        (b("rn = \"ls\""), "rn", "unknown key `rn`", "did you mean `run`?"),
        (
            b("role = \"browsr\"\nbrief = \"x\""),
            "\"browsr\"",
            "there is no role `browsr`",
            "did you mean `browser`?",
        ),
        (b("needs = [\"aa\"]"), "\"aa\"", "there is no step `aa`", "did you mean `a`?"),
        (b("script = \"iner\""), "\"iner\"", "there is no script `iner`", "did you mean `inner`?"),
        (
            b("script = \"inner\"\nset = { ulr = \"1\", url = \"'x'\" }"),
            "ulr",
            "there is no input `ulr`",
            "did you mean `url`?",
        ),
        (
            b("script = \"inner\""),
            "\"inner\"",
            "`inner` has to be given `url`",
            "add set = { url = … }: text",
        ),
        (
            b("run = \"echo {{ steps.aa.output }}\""),
            "steps.aa.output",
            "there is no step `aa`",
            "did you mean `steps.a.output`?",
        ),
        (
            b("run = \"echo {{ steps.a.output.item }}\""),
            "steps.a.output.item",
            "`steps.a.output` has no `item`",
            "did you mean `steps.a.output.items`?",
        ),
        (
            b("run = \"echo {{ steps.a.output.count.x }}\""),
            "steps.a.output.count.x",
            "`steps.a.output.count` is a whole number, which has no `x`",
            "name it without that",
        ),
        (
            b("run = \"echo {{ inputs.x }}\""),
            "inputs.x",
            "there is no input `x`",
            "add it to the script: [inputs.x]",
        ),
        (b("run = \"echo {{ a }}\""), "a", "there is no `a`", "did you mean `steps.a.output`?"),
        (
            b("run = \"echo {{ item }}\""),
            "item",
            "there is no `item`: nothing here is done for each of something",
            "add for_each to the step, or name something else",
        ),
        (
            b("run = \"echo {{ last }}\""),
            "last",
            "there is no `last`: the step is done once",
            "add repeat or every to the step, or name something else",
        ),
        (
            b("when = \"output.x\""),
            "output.x",
            "there is no `output` yet",
            "write steps.NAME.output for another step's; a step's own is there in its checks",
        ),
        (
            b("run = \"echo {{ steps.b.output }}\""),
            "steps.b.output",
            "a step can't name its own output",
            "in its checks it is `output`, in a repeated step `last`",
        ),
        (
            b("for_each = \"steps.a.output.count\"\nrun = \"x\""),
            "steps.a.output.count",
            "`steps.a.output.count` is a whole number, where a list is wanted",
            "name something else, or change what is handed in there",
        ),
        (
            b("for_each = \"steps.a.output.items\"\nrun = \"echo {{ item.name }}\""),
            "item.name",
            "`item` is text, which has no `name`",
            "name it without that",
        ),
        (
            b("script = \"inner\"\nset = { url = \"steps.a.output.count\" }"),
            "steps.a.output.count",
            "`steps.a.output.count` is a whole number, where text is wanted",
            "name something else, or change what is handed in there",
        ),
        (
            b("script = \"inner\"\nset = { url = \"'x'\", most = true }"),
            "true",
            "the input can't be that: the whole: expected a whole number, not true",
            "write a whole number there",
        ),
        (
            b("when = \"1 +\""),
            "",
            "",
            "write an expression, such as steps.plan.output.files | length > 0",
        ),
        (
            b("run = \"echo {{ steps.a.output.items | joim }}\""),
            "joim",
            "there is no filter `joim`",
            "did you mean `join`?",
        ),
        (
            b("run = \"x\"\nchecks = [{ pattern = \"(\" }]"),
            "\"(\"",
            "this is no pattern: unclosed group",
            "write a regular expression",
        ),
        (
            b("run = \"x\"\noutput = { a = \"strng\" }"),
            "{ a = \"strng\" }",
            "there is no type \"strng\", did you mean \"string\"?",
            "write \"string\", [\"string\"], { key = \"string\" }, { schema = { … } } or \"file.json\"",
        ),
        (
            b("run = \"x\"\ntimeout = \"soon\""),
            "\"soon\"",
            "expected a time, not \"soon\"",
            "write it as \"90s\", \"10m\" or \"1h30m\"",
        ),
        (
            b("run = \"x\"\nretry = { attempts = 0 }"),
            "0",
            "expected a number from 1 to 100, not 0",
            "write a number in that range",
        ),
        (
            b("run = \"x\"\nevery = \"5m\"\non = \"webhook\""),
            "\"webhook\"",
            "a step is due by the clock or when something happens, not both",
            "make two steps of it",
        ),
        (
            b("run = \"x\"\non = \"full moon\""),
            "\"full moon\"",
            "nothing is heard that is called \"full moon\"",
            "write \"webhook\", or \"file change: PATTERN\" such as \"file change: src/**\"",
        ),
        (
            b("run = \"x\"\non = \"file change: ../x\""),
            "\"file change: ../x\"",
            "\"../x\" is not inside the project",
            "write \"webhook\", or \"file change: PATTERN\" such as \"file change: src/**\"",
        ),
        (
            b("run = \"x\"\nevery = \"5m\"\nfor_each = \"[1]\""),
            "\"5m\"",
            "a standing step is one thing",
            "put for_each into a script that it plays",
        ),
        (
            b("run = \"x\"\nevery = \"5m\"\n[[step]]\nname = \"c\"\nrun = \"x\"\nneeds = [\"b\"]"),
            "\"b\"",
            "`b` is a standing step, and never over",
            "make a script of what is to be done each time, and play it: script = \"NAME\"",
        ),
        (
            b("run = \"{{ calls }}\""),
            "calls",
            "there is no `calls`: nothing calls the step",
            "add on = \"webhook\" or on = \"file change: src/**\" to the step",
        ),
        (
            b("run = \"x\"\non_failure = { back = \"a\" }"),
            "{ back = \"a\" }",
            "one attempt is all there is, so `a` is never redone",
            "add retry = { attempts = 3 }",
        ),
        (
            b("run = \"x\"\nmax_parallel = 2"),
            "2",
            "the step is done once, so there is nothing to limit",
            "take it out, or add for_each",
        ),
        (b("role = \"browser\""), "\"browser\"", "the role has no brief", "add brief = \"…\""),
        (
            b("role = \"term\"\nbrief = \"x\"\noutput = { a = \"string\" }"),
            "\"term\"",
            "`term` can hand nothing in: it is a terminal",
            "choose another role, or take out the output",
        ),
        (
            b("run = \"x\"\nchecks = [{ judge = \"term\", question = \"?\" }]"),
            "\"term\"",
            "`term` can hand nothing in: it is a terminal",
            "choose another role",
        ),
        (
            b("run = \"x\"\ntimeout = \"0s\""),
            "\"0s\"",
            "in no time nothing is done",
            "write a longer time, or take it out",
        ),
        (
            b("run = \"x\"\nbudget = \"0\""),
            "\"0\"",
            "with $0.00 nothing is done",
            "write an amount, or take it out",
        ),
        (
            b("run = \"bash -c \\\"echo {{ steps.a.output.count }}\\\"\""),
            "",
            "",
            "make it an argument of its own, as in sh -c 'echo \"$1\"' x {{ … }}, or a variable \
             of the program, as in x={{ … }} sh -c 'echo \"$x\"'",
        ),
        (
            format!("{a}{a}"),
            "\"a\"",
            "there are two steps called `a`",
            "give one of them another name",
        ),
    ] {
        let (at, what, how) = told(&text);
        assert_eq!(how, mend, "{text}");
        if !place.is_empty() {
            assert_eq!((at.as_str(), what.as_str()), (place, message), "{text}");
        }
    }
}

#[test]
fn what_can_not_be_compared_and_what_may_be_missing_is_told() {
    let a = "[[step]]\nname = \"a\"\nrole = \"browser\"\nbrief = \"x\"\noutput = { score = \
             \"string\", n = \"integer\", l = [\"string\"], \"note?\" = \"string\" }\n";
    let check = |it: &str| format!("{a}checks = [{{ holds = \"{it}\" }}]\n");
    let brief =
        |it: &str| format!("{a}[[step]]\nname = \"b\"\nrole = \"browser\"\nbrief = \"do {it}\"\n");
    for (text, place, message) in [
        (
            check("output.score >= 7"),
            "output.score",
            "`output.score` is text, and is compared with a number",
        ),
        (
            check("true and '3' == output.n"),
            "output.n",
            "`output.n` is a number, and is compared with text",
        ),
        (
            brief("{{ steps.a.output.l[0].foo }}"),
            "steps.a.output.l[0].foo",
            "`steps.a.output.l[0]` is text, which has no `foo`",
        ),
        (
            brief("{{ steps.a.output.note }}"),
            "steps.a.output.note",
            "`steps.a.output.note` may be missing",
        ),
    ] {
        let (at, what, _) = told(&text);
        assert_eq!((at.as_str(), what.as_str()), (place, message), "{text}");
    }
    for right in [
        check("output.score | float >= 7 and output.n > 3 and output.score == 'good'"),
        check("output.note is defined and output.note == 'x'"),
        brief("{{ steps.a.output.l[0] }} {{ steps.a.output.note | default('none') }}"),
        brief("{% if steps.a.output.note is defined %}{{ steps.a.output.note }}{% endif %}"),
    ] {
        assert!(read_text(&right).is_ok(), "{right}: {:?}", read_text(&right));
    }
}

#[test]
fn all_faults_are_told_at_once_each_in_its_step() {
    let text = "budgt = \"3\"\n[[step]]\nname = \"A\"\nrole = \"nobody\"\nbrief = \"{{ x }}\"\n\
        [[step]]\nrun = \"ls\"\nchecks = [{}]\ntimout = \"1s\"\n";
    let lines: Vec<usize> = read_text(text)
        .unwrap_err()
        .faults
        .iter()
        .map(|it| it.place.as_ref().map_or(0, |it| it.line))
        .collect();
    assert_eq!(lines, [1, 3, 4, 5, 6, 8, 9]);
}

#[test]
fn steps_that_wait_for_each_other_are_named_in_full() {
    let text = "[[step]]\nname = \"a\"\nneeds = [\"c\"]\n[[step]]\nname = \"b\"\nneeds = [\"a\"]\n\
        [[step]]\nname = \"c\"\nrun = \"echo {{ steps.b.output }}\"\n\
        [[step]]\nname = \"d\"\nneeds = [\"c\"]\n";
    let (_, message, _) = told(text);
    assert_eq!(message, "these steps wait for each other: a → b → c → a");
}

#[test]
fn what_stands_in_for_a_step_waits_for_nothing_that_needs_that_step() {
    let text = "[[step]]\nname = \"a\"\nrun = \"x\"\non_failure = { step = \"h\" }\n\
        [[step]]\nname = \"b\"\nneeds = [\"a\"]\n[[step]]\nname = \"h\"\nneeds = [\"b\"]\n";
    assert!(told(text).1.starts_with("these steps wait for each other: "), "{:?}", told(text));
    let fine = text.replace("needs = [\"b\"]", "run = \"echo {{ steps.a.failed }}\"");
    assert!(read_text(&fine).is_ok());
    let early = text.replace("needs = [\"b\"]", "").replace("run = \"x\"", "needs = [\"h\"]");
    assert!(told(&early).1.starts_with("these steps wait for each other: "));
}

#[test]
fn what_is_done_again_comes_before() {
    let text = "[[step]]\nname = \"a\"\nrun = \"x\"\n[[step]]\nname = \"b\"\nrun = \"x\"\n\
        retry = { attempts = 2 }\non_failure = { back = \"a\" }\n";
    assert_eq!(told(text).1, "`a` does not come before `b`");
    assert!(read_text(&text.replace("name = \"b\"", "name = \"b\"\nneeds = [\"a\"]")).is_ok());
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
fn a_script_that_plays_itself_is_told_the_way_round() {
    let source = |text: &str| Source::new(Layer::User, "/nowhere/p.toml", text);
    let library = Library::default()
        .with("one", source("[[step]]\nname = \"a\"\nscript = \"two\"\n"))
        .with("two", source("[[step]]\nname = \"a\"\nscript = \"one\"\n"));
    let mute = BTreeMap::new();
    let ground = Ground { roles: &[], programs: &[], mute: &mute, library: &library };
    let error = read(ground, "one", library.source("one").unwrap()).unwrap_err();
    assert_eq!(error.faults[0].message, "a script can't play itself: one → two → one");
}

#[test]
fn scripts_that_come_along_are_right_for_the_cast_that_comes_along() {
    let cast = Cast::built_in().unwrap();
    let roles: Vec<&str> = cast.roles.keys().map(String::as_str).collect();
    let library = Library::built_in();
    assert_eq!(library.names(), ["docs", "feature", "plan", "review", "watch"]);
    for name in library.names() {
        let mute = BTreeMap::new();
        let ground = Ground { roles: &roles, programs: &[], mute: &mute, library: &library };
        let script = read(ground, name, library.source(name).unwrap());
        let script = script.unwrap_or_else(|error| panic!("{error}"));
        assert!(!script.purpose.is_empty() && !super::roles(&script).is_empty());
        let outline = crate::script::outline(&script);
        assert!(outline.contains("at once at most") || outline.contains("at once"), "{outline}");
    }
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

/// The page that tells the language.
const PAGE: &str = include_str!("../../../docs/scripts.md");

#[test]
fn every_example_of_the_page_about_the_language_passes_the_check() {
    let cast = Cast::built_in().unwrap();
    let roles: Vec<&str> = cast.roles.keys().map(String::as_str).collect();
    let mute = BTreeMap::new();
    let library = Library::built_in();
    let ground = Ground { roles: &roles, programs: &[], mute: &mute, library: &library };
    let examples: Vec<&str> =
        PAGE.split("```toml\n").skip(1).map(|it| it.split_once("```").unwrap().0).collect();
    assert!(examples.len() > 5);
    for example in examples {
        if let Err(error) = read(ground, "x", &Source::new(Layer::User, "x.toml", example)) {
            panic!("{error}\n{example}");
        }
    }
}

#[test]
fn the_page_about_the_language_names_all_of_it() {
    let said = |name: &str| {
        let is_part = |it: Option<char>| it.is_some_and(|it| it.is_alphanumeric() || it == '_');
        PAGE.match_indices(name).any(|(at, _)| {
            let (before, after) = (&PAGE[..at], &PAGE[at + name.len()..]);
            !is_part(before.chars().next_back()) && !is_part(after.chars().next())
        })
    };
    let schema = schema_for_script();
    let keys = |of: &serde_json::Value| -> Vec<String> {
        of["properties"].as_object().unwrap().keys().cloned().collect()
    };
    let mut names = keys(&schema);
    for part in ["Step", "Input", "Retry", "Repeat", "Check"] {
        names.extend(keys(&schema["$defs"][part]));
    }
    names.extend(flow::NAMES.iter().map(|it| (*it).to_owned()));
    names.extend(names::FILTERS.iter().map(|it| (*it).to_owned()));
    let unsaid: Vec<String> = names.into_iter().filter(|it| !said(it)).collect();
    assert_eq!(unsaid, Vec::<String>::new());
}
