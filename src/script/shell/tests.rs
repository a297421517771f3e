//! What a value can't do, wherever it stands in a command.

use super::super::{Scope, render_shell};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::process::{Command, Stdio};

fn filled(template: &str, item: &str) -> Result<String, String> {
    let scope = Scope { item: Some(json!(item)), ..Scope::default() };
    render_shell(template, &scope).map_err(|it| it.message)
}

/// What a shell makes of a command, in a folder of its own, where no program is.
fn run(shell: &str, command: &str) -> (String, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(shell)
        .args(["-c", command])
        .current_dir(&folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let files = std::fs::read_dir(&folder).unwrap();
    let files = files.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    (String::from_utf8_lossy(&output.stdout).into_owned(), files)
}

#[test]
fn a_value_is_the_same_text_wherever_it_may_stand() {
    let nasty = "it's $(touch evil) `touch evil` \"; touch evil #\n\\ * ~ ${HOME} !";
    for template in [
        "printf %s {{ item }}",
        "printf %s \"{{ item }}\"",
        "printf %s '{{ item }}'",
        "printf %s \"$(printf %s {{ item }})\"",
        "printf %s \"$(printf %s \"{{ item }}\")\"",
        "(printf %s {{ item }}) # done",
        "true && \\\n printf %s {{ item }}",
        "x={{ item }}; printf %s \"$x\"",
        "x=1; printf %s \"${x:-2}\" >&2; printf %s {{ item }}",
    ] {
        let command = filled(template, nasty).unwrap();
        assert_eq!(run("sh", &command), (nasty.to_owned(), Vec::new()), "{template}");
    }
}

#[test]
fn where_nothing_quotes_a_value_there_is_none() {
    for template in [
        "# {{ item }}",
        "\\{{ item }}",
        "\"\\{{ item }}\"",
        "${{ '{{' }} item }}{{ item }}",
        "${{ item }}",
        "`echo {{ item }}`",
        "cat <<END\n{{ item }}\nEND",
        "echo $(( {{ item }} + 1 ))",
        "(( x = {{ item }} ))",
        "a[{{ item }}]=1",
        "eval echo {{ item }}",
        "\\eval echo {{ item }}",
        "ev\"a\"'l' echo {{ item }}",
        "[[ {{ item }} -gt 1 ]]",
        "echo ${x:-{{ item }}}",
        "echo \"$(case x in x) echo {{ item }};; esac)\"",
        "echo x\\\n#{{ item }}",
    ] {
        let told = filled(template, "x").expect_err(template);
        assert!(told.contains("can't be quoted"), "{told}");
    }
    assert!(filled("echo {{ item }}", "a\0b").is_err());
    assert!(filled("echo \0", "").is_err());
}

#[test]
fn no_value_is_a_part_of_what_a_program_may_run() {
    for template in [
        "sh -c 'echo {{ item }}'",
        "bash -c \"echo {{ item }}\"",
        "sudo -u x /bin/bash -lc \"echo {{ item }}\"",
        "env A=1 sh -c \"echo {{ item }}\"",
        "find . -exec sh -c 'ls {{ item }}' \\;",
        "sh -c ls:{{ item }}",
        "sh -c x={{ item }}",
        "sh -c \"echo $(echo {{ item }})\"",
        "echo \"$(sh -c \"echo {{ item }}\")\"",
        "python3.11 -W ignore -c \"print('{{ item }}')\"",
        "node --eval=1+{{ item }}",
        "perl -pe s/a/{{ item }}/e",
        "sed s/a/{{ item }}/ f",
        "sed p f --expression=s/a/{{ item }}/",
        "awk /{{ item }}/ f",
        "make all X={{ item }}",
        "sqlite3 db \"select '{{ item }}'\"",
        "psql --command=\"select {{ item }}\"",
        "tar cf x --checkpoint-action=exec=a{{ item }} y",
        "su x -c \"ls {{ item }}\"",
        "./tool \"do {{ item }}\"",
        "ssh box ls {{ item }}",
        "ssh {{ item }} ls {{ item }}",
        "ssh box \"ls {{ item }}\"",
        "trap {{ item }} EXIT",
        "command trap {{ item }} EXIT",
        "alias q={{ item }}",
        "unset {{ item }}",
        "declare -i x={{ item }}",
        "test -v {{ item }}",
        "if true; then sh -c \"echo {{ item }}\"; fi",
        "echo \"ls {{ item }}\" | sh",
        "echo \"ls {{ item }}\" | cat |\nsh",
        "printf \"print('{{ item }}')\" | python3 -",
        "sh <f 2>&1 -c \"echo {{ item }}\"",
    ] {
        let told = filled(template, "x").expect_err(template);
        assert!(told.contains("a value can't be"), "{told}");
    }
}

#[test]
fn what_is_an_argument_a_path_or_a_text_to_read_may_hold_a_value() {
    for template in [
        "sh -c {{ item }}",
        "sh -c 'echo \"$1\"' x {{ item }}",
        "sh -c 'echo \"$1\"' x \"a {{ item }}\"",
        "x={{ item }} sh -c 'echo \"$x\"'",
        "env X=\"a {{ item }}\" sh -c 'echo \"$X\"'",
        "python3 rules.py --name={{ item }} \"a {{ item }}\" -o out/{{ item }}",
        "awk -v x=\"a {{ item }}\" '{ print x }' f",
        "sed -n p dir/{{ item }}",
        "echo \"Hello {{ item }}!\"",
        "echo \"Hello {{ item }}!\" | tr a b",
        "echo {{ item }} | sh",
        "x=\"Release {{ item }}\"; ./deploy.sh \"$x\"",
        "export X=\"a {{ item }}\"",
        "gh release create \"--title=Release {{ item }}\"",
        "git commit -m \"Release {{ item }}: it is out\"",
        "git log --grep=\"a {{ item }}\"",
        "curl -H \"X-Name: {{ item }}\" \"https://example.org/{{ item }}?q={{ item }}&n=1\"",
        "grep \"^a {{ item }}$\" f > \"out of {{ item }}\"",
        "mkdir -p \"My files/{{ item }}\" && cd \"My files/{{ item }}\"",
        "find . -name \"*{{ item }}*\"",
        "for it in \"a {{ item }}\" b; do echo \"$it\"; done",
        "./tool --eval={{ item }} \"$dir/{{ item }}.txt\" $(pwd)/{{ item }}",
        "trap 'rm -f x' EXIT; cat {{ item }}",
        "ssh -p 22 {{ item }} uptime",
        "make {{ item }}",
        "if [ \"a {{ item }}\" = b ]; then echo; fi",
    ] {
        assert_eq!(filled(template, "x").err(), None, "{template}");
    }
}

#[test]
fn what_is_no_text_is_one_word_of_json() {
    let scope = |item: Value| Scope { item: Some(item), ..Scope::default() };
    let command = |item| render_shell("echo {{ item }}", &scope(item)).unwrap();
    assert_eq!(command(json!({ "a": ["it's"] })), "echo '{\"a\":[\"it'\\''s\"]}'");
    assert_eq!(command(json!(-1.5)), "echo '-1.5'");
    assert_eq!(command(json!(null)), "echo 'null'");
}

#[test]
fn a_value_that_no_system_takes_is_told_before_it_is_tried() {
    let longest = 32 * 4096 - "true ''".len() - 1;
    let command = filled("true {{ item }}", &"x".repeat(longest)).unwrap();
    assert_eq!(run("sh", &command), (String::new(), Vec::new()));
    let told = filled("true {{ item }}", &"x".repeat(longest + 1)).unwrap_err();
    assert!(told.contains("131072 bytes long"), "{told}");
}

#[test]
fn values_without_end_are_refused() {
    let scope = Scope { item: Some(json!("x".repeat(100_000))), ..Scope::default() };
    let template = "{% for i in range(90000) %}{{ item }}{% endfor %}";
    assert!(render_shell(template, &scope).is_err());
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{{ item }}",
        "{{ item }}",
        "{{ item }}",
        "echo ",
        "'",
        "\"",
        "$(",
        ")",
        "(",
        "\\",
        "\n",
        "#",
        "<<E\n",
        "E\n",
        "${x:-",
        "}",
        "`",
        " ",
        ";",
        "case x in x) ",
        "esac",
        "$'",
        "((",
        "))",
        "$((",
        "eval ",
        "[",
        "]",
        "=",
        "x",
        "$",
        "<",
        ">",
        "|",
        "&&",
        "[[ ",
        "{ ",
        "if true; then ",
        "fi",
        "é",
        "\r",
        "\t",
        "$[",
        "<(",
        "*",
    ]);
    prop::collection::vec(piece, 1..14).prop_map(|it| it.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_value_ever_runs(
        template in pieces(),
        value in prop::sample::select(vec![
            "$(touch evil)", "`touch evil`", "\ntouch evil\n", "';touch evil;'",
            "\";touch evil;\"", "';touch evil #", ")\ntouch evil\n(", "\\", "\\'\ntouch evil\n",
            "a[$(touch evil)]", "}\ntouch evil\n", "E\ntouch evil\n",
        ]),
    ) {
        if let Ok(command) = filled(&template, value) {
            for shell in ["sh", "bash"] {
                let (_, files) = run(shell, &command);
                prop_assert!(!files.iter().any(|it| it == "evil"), "{shell}: {command}");
            }
        }
    }
}
