//! What of a script's inputs is run: a value that stands behind a program which takes its
//! argument for a program is a command of whoever gives it.

use super::read::{Kind, names};
use crate::model::{
    Refusal,
    script::{Check, Script, Work},
};
use serde_json::Value;
use std::collections::BTreeSet;

/// Programs that run what they are given.
const RUNNERS: [&str; 21] = [
    "sh", "bash", "dash", "zsh", "ksh", "fish", "eval", "exec", "source", "python", "python3",
    "node", "perl", "ruby", "xargs", "env", "sudo", "ssh", "nohup", "timeout", "awk",
];

/// Whether an assistant may play a script with these inputs: what is run is the director's
/// to give. What the script gives itself it may leave as it is.
///
/// # Errors
/// When one of them is run as a command.
pub fn must_not_be_run(script: &Script, inputs: &Value) -> Result<(), Refusal> {
    let run = inputs_that_are_run(script);
    let given = |name: &&String| {
        let value = inputs.get(name.as_str());
        let default = script.inputs.get(name.as_str()).and_then(|it| it.default.as_ref());
        value.is_some() && value != default
    };
    match run.iter().find(given) {
        None => Ok(()),
        Some(name) => Err(Refusal::Words(format!(
            "`{name}` of {} is run as a command: only the director gives it something, at the \
             screen; leave it out",
            script.name
        ))),
    }
}

/// The inputs that become part of a command which runs what it is given, here or in a
/// script that this one plays.
fn inputs_that_are_run(script: &Script) -> BTreeSet<String> {
    let mut run = BTreeSet::new();
    for step in &script.steps {
        let until = step.repeat.iter().flat_map(|it| &it.until);
        let checks = step.checks.iter().chain(until).filter_map(|it| match it {
            Check::Command(command) => Some(command),
            _ => None,
        });
        let own = match &step.work {
            Work::Command { run } => Some(run),
            _ => None,
        };
        for command in checks.chain(own).filter(|it| runs_what_it_is_given(it)) {
            run.extend(inputs_in(Kind::Command, command));
        }
        if let Work::Script { name, set } = &step.work
            && let Some(inner) = script.scripts.get(name)
        {
            let passed = inputs_that_are_run(inner).into_iter().filter_map(|it| set.get(&it));
            run.extend(passed.flat_map(|it| inputs_in(Kind::Expression, it)));
        }
    }
    run
}

/// Whether one of its words is such a program, or the value is where a program is named.
fn runs_what_it_is_given(command: &str) -> bool {
    let is_part = |it: char| it.is_alphanumeric() || matches!(it, '_' | '-' | '.');
    let mut words = command.split(|it: char| !is_part(it));
    let begins = |it: &str| it.trim_start().starts_with("{{");
    words.any(|it| RUNNERS.contains(&it)) || command.split(['|', ';', '&', '\n', '(']).any(begins)
}

/// The inputs that a text names, as the script calls them.
fn inputs_in(kind: Kind, text: &str) -> Vec<String> {
    let names = names(kind, text).unwrap_or_default();
    let inputs = names.iter().filter_map(|it| it.strip_prefix("inputs."));
    let inputs = inputs.filter_map(|it| it.split(['.', '[']).next());
    // A name with `-` is written with `_`.
    inputs.flat_map(|it| [it.to_owned(), it.replace('_', "-")]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::script::{Input, Step};
    use serde_json::json;

    fn script(run: &str) -> Script {
        let input = Input { default: Some(json!("make test")), ..Input::default() };
        let inputs = [("the-test".to_owned(), input), ("goal".to_owned(), Input::default())].into();
        let step = Step { work: Work::Command { run: run.into() }, ..Step::default() };
        Script { name: "x".into(), inputs, steps: vec![step], ..Script::default() }
    }

    #[test]
    fn what_is_run_is_the_directors_to_give() {
        let given = json!({ "the-test": "rm -r x", "goal": "y" });
        for run in [
            "sh -c {{ inputs.the_test }}",
            "cd x && {{ inputs.the_test }}",
            "bash -c \"$1\" x {{ inputs.the_test }}",
        ] {
            let told = must_not_be_run(&script(run), &given).unwrap_err().to_string();
            assert!(told.contains("`the-test` of x is run as a command"), "{told}");
            // As the script has it, it is the script's own.
            let default = json!({ "the-test": "make test", "goal": "y" });
            assert_eq!(must_not_be_run(&script(run), &default), Ok(()));
        }
        assert_eq!(must_not_be_run(&script("echo {{ inputs.the_test }}"), &given), Ok(()));
    }

    #[test]
    fn it_is_followed_into_the_scripts_that_one_plays() {
        let set = [("the-test".to_owned(), "inputs.goal".to_owned())].into();
        let work = Work::Script { name: "inner".into(), set };
        let inner = script("sh -c {{ inputs.the_test }}");
        let mut outer = script("true");
        outer.steps = vec![Step { work, ..Step::default() }];
        outer.scripts = [("inner".to_owned(), inner)].into();
        assert!(must_not_be_run(&outer, &json!({ "goal": "rm -r x" })).is_err());
    }
}
