//! Each fault, with its place and its mend.

use super::*;

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
            "the input can't be that: expected a whole number, not true",
            "write a whole number there",
        ),
        (
            b("when = \"1 +\""),
            "",
            "",
            "write an expression, such as steps.plan.output.files | length > 0",
        ),
        (
            b("when = \"{{ steps.a.failed }}\""),
            "",
            "",
            "an expression stands here without braces: steps.a.failed",
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
