//! The cases are those that other programs' policies let through; each has its
//! source in the security notes (S17 to S39).

use super::*;
use crate::tools::Call;
use proptest::prelude::*;
use std::sync::LazyLock;

fn rules(decision: Decision, rules: &[&str]) -> Vec<Rule> {
    rules.iter().map(|rule| Rule::parse(decision, rule).unwrap()).collect()
}

/// Allows much, denies one program.
fn generous(mode: Mode) -> Policy {
    let allowed = [
        "shell(echo *)",
        "shell(true)",
        "shell(cat *)",
        "shell(find *)",
        "shell(sed -n *)",
        "shell(rg *)",
        "shell(git *)",
        "shell(tar *)",
        "shell(sort *)",
        "shell(ls *)",
        "shell(awk *)",
        "shell(env *)",
        "shell(xargs *)",
        "shell(man *)",
        "shell(cp *)",
        "shell(export *)",
        "shell(printf *)",
        "shell(timeout *)",
        "write(**)",
    ];
    let mut all = rules(Decision::Allow, &allowed);
    all.extend(rules(Decision::Deny, &["shell(curl *)", "shell(wget *)", "read(secret/**)"]));
    Policy { mode, rules: all }
}

fn run(policy: &Policy, command: &str) -> Verdict {
    policy.judge(&Access::Run { command: command.to_owned() }, Confinement::Sandboxed)
}

const MODES: [Mode; 4] = [Mode::Ask, Mode::Edit, Mode::Auto, Mode::Plan];

/// Whatever a mode allows, the deny rule holds within these.
#[test]
fn what_is_denied_is_denied_wherever_it_stands() {
    let many = format!("{}curl X", "true && ".repeat(60));
    let denied = [
        "curl X",
        "echo ok; curl X",
        "echo ok && curl X",
        "echo ok || curl X",
        "echo ok | curl X",
        "echo ok & curl X",
        "echo ok\ncurl X",
        &many,
        "echo $(curl X)",
        "echo `curl X`",
        "cat <(curl X)",
        "{ curl X; }",
        "( curl X )",
        "if true; then curl X; fi",
        "f(){ curl X; }; f",
        "/usr/bin/curl X",
        "\\curl X",
        "c''url X",
        "\"cu\"rl X",
        "env curl X",
        "xargs curl",
        "timeout 1 curl X",
        "command curl X",
        "busybox wget X",
        "sudo -n curl X",
        "nice curl X",
        "A=b curl X",
        "! curl X",
        "time curl X",
        "cu\\\nrl X",
        "cat secret/key",
        "grep x ./secret/key",
        "cat src/../secret/key",
        "ls 2>&1 | curl X",
        "echo \"$(curl X)\"",
        "while true; do curl X; done",
    ];
    for mode in MODES {
        for command in denied {
            let verdict = run(&generous(mode), command);
            assert!(matches!(verdict, Verdict::Deny { .. }), "{mode:?} {command:?}: {verdict:?}");
        }
    }
}

/// No allow of the plain command covers these, and no mode but the one that
/// allows everything that no rule asks for.
const DOUBTFUL: &[&str] = &[
    // redirections are writes
    "echo x > ~/.bashrc",
    "echo x >> .git/config",
    "cat a > /etc/x",
    "echo x 2> /etc/x",
    "echo x &> /etc/x",
    "echo x >| /etc/x",
    "cat <> /etc/x",
    "echo x >& ../x",
    "cd .git && echo x > config",
    "echo x >$F",
    "echo x > *",
    // find
    "find . -exec sh -c id \\;",
    "find . -execdir id \\;",
    "find . -ok id \\;",
    "find . -delete",
    "find . -fprintf /tmp/x x",
    "find . -okdir id \\;",
    "find . -fls x",
    // sed
    "sed -n '1e id' f",
    "sed 's/x/id/e' f",
    "sed -i s/a/b/ f",
    "sed 'w /tmp/x' f",
    "sed -n 'w x' f",
    "sed -n 5p --in-place f",
    "sed -n '1p;e id' f",
    "sed -n -f x f",
    // programs started by options
    "rg --pre ./x .",
    "rg --pre=./x .",
    "rg -z x",
    "git grep -O./x",
    "git log --output=/tmp/x",
    "git -c core.pager=./x log",
    "git diff --ext-diff",
    "git -C /evil status",
    "git log --outpu=/tmp/x",
    "git --git-dir=x status",
    "git grep --open-files-in-pager=x y",
    "awk 'BEGIN{system(\"id\")}'",
    "tar cf a.tar --checkpoint-action=exec=id x",
    "tar cf a.tar --checkpoint-act=exec=id x",
    "sort --compress-program=./x f",
    "sort --comp=./x f",
    "man -P ./x ls",
    "sort -o out f",
    "sort -no out f",
    // wrappers
    "env ls",
    "xargs ls",
    "timeout 1 ls",
    "nice ls",
    "sudo -n ls",
    "command ls",
    "builtin echo",
    "bash -c ls",
    "eval ls",
    "exec ls",
    ". ./x",
    "source x",
    "$(echo cu)rl X",
    "busybox ls",
    // assignments
    "PAGER='sh -c id' git log",
    "GIT_SSH_COMMAND=x git fetch",
    "LD_PRELOAD=./x.so ls",
    "GIT_EXTERNAL_DIFF=./x git diff",
    "export PATH=.:$PATH; ls",
    "PATH=. ls",
    "A+=b ls",
    "A=b",
    // evaluation
    "echo $[ x='a[$(touch FLAG)]', x ]",
    "[[ -v $x ]]",
    "[[ -v x ]]",
    "printf -v x y",
    "echo $'x'",
    "cat <<E\n$(id)\nE",
    "echo $((1))",
    "echo ${x}",
    "echo $x",
    "echo \"$x\"",
    "echo {a,b}",
    "case x in x) ls;; esac",
    "echo 'open",
    "echo \"open",
    "echo x\\",
    // names like options
    "tar cf a.tar *",
    "ls *",
    "cat ?x",
    "ls [a-z]*",
    "rg x -*",
    // what can't be seen
    "ls\r  -la",
    "ls\u{8}\u{8}rm",
    "ls \u{202e}x",
    "ls \u{200b}",
    "ls\u{a0}-la",
    "ls \u{e0041}",
    // protected names in arguments
    "cp x .git/hooks/post-commit",
    "cp x .GIT/config",
    "cp x .g*/config",
    "cp x .envrc",
    "cp x .claude/settings.json",
    "cp --target-directory=.git/hooks x",
    "cp x git~1/config",
];

#[test]
fn what_can_do_more_than_it_seems_is_never_allowed() {
    for mode in MODES.into_iter().filter(|mode| *mode != Mode::Auto) {
        for command in DOUBTFUL {
            let verdict = run(&generous(mode), command);
            assert_ne!(verdict, Verdict::Allow, "{mode:?} {command:?}");
            if mode == Mode::Plan {
                assert!(matches!(verdict, Verdict::Deny { .. }), "{command:?}: {verdict:?}");
            }
        }
    }
}

/// The twins of the above that do no harm.
#[test]
fn what_only_reads_inside_needs_no_rule() {
    let harmless = [
        "ls",
        "ls -la src",
        "cat a b",
        "cat ./src/*.rs",
        "ls src/*",
        "echo ok; echo ok",
        "echo 'a; curl X'",
        "echo \"it's (fine)\"",
        "true && ls || echo no",
        "ls 2>/dev/null",
        "ls > /dev/null 2>&1",
        "find . -name '*.rs' -type f",
        "sed -n '1,20p' src/main.rs",
        "sed -n '5p' f",
        "sed -n '$p' f",
        "rg -n 'fn main' src",
        "grep -rn \"a|b\" .",
        "git status",
        "git status --short",
        "git diff --stat",
        "git log --oneline -5",
        "git diff main..HEAD -- src",
        "git show HEAD:src/main.rs",
        "git branch -a",
        "git branch --show-current",
        "git remote -v",
        "git stash list",
        "sort f | uniq -c | head",
        "wc -l src/main.rs",
        "cd src && ls",
        "pwd",
        "ls # and no more",
        "cat .git/config",
        "tree -L 2",
        "head -n 5 f | tail -1",
        "date +%F",
        "cat a\\ b",
        "",
        "cat ./*",
    ];
    for mode in MODES {
        let policy = Policy { mode, rules: Vec::new() };
        for command in harmless {
            assert_eq!(run(&policy, command), Verdict::Allow, "{mode:?} {command:?}");
        }
    }
}

#[test]
fn what_runs_code_or_looks_outside_is_asked_about() {
    let asked = [
        "cargo test",
        "cargo build && ls",
        "./x",
        "make",
        "git commit -m x",
        "git push",
        "git branch new",
        "git stash",
        "git tag v1",
        "cat /etc/passwd",
        "cat ~/.ssh/id",
        "cat ../x",
        "ls ..",
        "grep -f/etc/shadow x",
        "cat < /etc/passwd",
        "/bin/ls",
        "./ls",
        "uniq in out",
        "date 01010000",
        "rm x",
        "echo x > f",
        "npm test",
        "python -c 1",
    ];
    let policy = Policy::default();
    for command in asked {
        let verdict = run(&policy, command);
        let Verdict::Ask { shown, .. } = &verdict else { panic!("{command:?}: {verdict:?}") };
        assert_eq!(shown, command, "an approval holds for exactly what was shown");
    }
}

#[test]
fn a_rule_allows_the_command_it_names_and_no_other() {
    let policy = |rule| Policy { mode: Mode::Ask, rules: rules(Decision::Allow, &[rule]) };
    let allows = |rule, command| run(&policy(rule), command) == Verdict::Allow;
    assert!(allows("shell(cargo test *)", "cargo test"));
    assert!(allows("shell(cargo test *)", "cargo test --lib 2>&1 | tail -5"));
    assert!(allows("shell(cargo test*)", "cargo test"));
    assert!(!allows("shell(cargo test *)", "cargo tests"));
    assert!(!allows("shell(cargo test *)", "cargo test; rm x"));
    assert!(!allows("shell(cargo test *)", "cargo test > ../x"));
    assert!(!allows("shell(cargo test *)", "./cargo test"));
    assert!(!allows("shell(cargo *)", "cargo run > .git/config"));
    assert!(allows("shell(find . -delete)", "find . -delete"));
    assert!(!allows("shell(find . -delete)", "find .. -delete"));
}

#[test]
fn deny_comes_before_ask_and_ask_before_allow() {
    let of = |decision| Rule::parse(decision, "shell(make *)").unwrap();
    let judged = |rules| run(&Policy { mode: Mode::Auto, rules }, "make x");
    let (allow, ask, deny) = (of(Decision::Allow), of(Decision::Ask), of(Decision::Deny));
    assert_eq!(judged(vec![allow.clone()]), Verdict::Allow);
    assert!(matches!(judged(vec![allow.clone(), ask.clone()]), Verdict::Ask { .. }));
    assert!(matches!(judged(vec![allow, deny, ask]), Verdict::Deny { .. }));
}

#[test]
fn a_mode_decides_what_no_rule_does() {
    let write = Access::Write { path: "src/a.rs".into() };
    let read = Access::Read { path: "src/a.rs".into() };
    let make = Access::Run { command: "make".into() };
    let host = Access::Network { host: "example.org".into() };
    let judged = |mode, confinement| {
        let policy = Policy { mode, rules: Vec::new() };
        [&read, &write, &make, &host].map(|access| match policy.judge(access, confinement) {
            Verdict::Allow => "allow",
            Verdict::Ask { .. } => "ask",
            Verdict::Deny { .. } => "deny",
        })
    };
    for confinement in [Confinement::Open, Confinement::Sandboxed] {
        assert_eq!(judged(Mode::Plan, confinement), ["allow", "deny", "deny", "deny"]);
        assert_eq!(judged(Mode::Ask, confinement), ["allow", "ask", "ask", "ask"]);
        assert_eq!(judged(Mode::Edit, confinement), ["allow", "allow", "ask", "ask"]);
    }
    let auto = |confinement| judged(Mode::Auto, confinement);
    assert_eq!(auto(Confinement::Sandboxed), ["allow", "allow", "allow", "ask"]);
    assert_eq!(auto(Confinement::Open), ["allow", "allow", "ask", "ask"]);
}

#[test]
fn a_rule_that_is_none_is_named() {
    let said = |rule| Rule::parse(Decision::Deny, rule).unwrap_err().to_string();
    for rule in [
        "shell(rm -rf /)*",
        "Bash(rm *)",
        "shell",
        "shell()",
        "shell(a && b)",
        "read([)",
        "shell(a",
        "shell( a )",
        "",
        "write(a{)",
        "shell(a)b)",
    ] {
        assert!(said(rule).starts_with(&format!("`{rule}` is not a rule: ")), "{}", said(rule));
    }
}

#[test]
fn a_protected_name_is_asked_about_in_every_mode_however_it_is_written() {
    let protected = [
        ".git",
        ".git/config",
        ".git/hooks/x",
        ".gitattributes",
        ".gitmodules",
        ".envrc",
        ".vscode/settings.json",
        ".mcp.json",
        ".claude/settings.json",
        ".GIT/config",
        ".Git/hooks",
        ".mcp.JSON",
        "git~1",
        "a/../.git/config",
        "./.git/x",
        "sub/.git/config",
        ".g\u{200c}it/config",
        ".git./config",
        ".auteur/config.toml",
        "auteur.toml",
        "AUTEUR.toml",
    ];
    for mode in [Mode::Ask, Mode::Edit, Mode::Auto] {
        let mut policy = generous(mode);
        for path in protected {
            let verdict =
                policy.judge(&Access::Write { path: path.into() }, Confinement::Sandboxed);
            let is_asked = matches!(verdict, Verdict::Ask { is_privileged: true, .. });
            assert!(is_asked, "{mode:?} {path}: {verdict:?}");
        }
        let verdict =
            policy.judge(&Access::Write { path: ".github/x.md".into() }, Confinement::Sandboxed);
        assert_eq!(verdict, Verdict::Allow);
        let verdict =
            policy.judge(&Access::Write { path: "/etc/hosts".into() }, Confinement::Sandboxed);
        assert!(matches!(verdict, Verdict::Ask { .. }), "`**` is the workspace");
        policy.rules.extend(rules(Decision::Deny, &["write(.git/**)"]));
        let verdict =
            policy.judge(&Access::Write { path: ".git/config".into() }, Confinement::Sandboxed);
        assert!(matches!(verdict, Verdict::Deny { .. }));
    }
}

#[test]
fn a_rule_about_a_file_holds_for_a_link_to_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("secret")).unwrap();
    std::fs::write(folder.path().join("secret/key"), "x").unwrap();
    std::os::unix::fs::symlink("secret/key", folder.path().join("plain")).unwrap();
    let workspace = Workspace::open(folder.path()).unwrap();
    let read = |path: &str| Call::Read { path: path.into(), offset: None, limit: None };
    for path in ["secret/key", "plain", "./secret/../secret/key"] {
        let access = read(path).access(&workspace).unwrap();
        let verdict = generous(Mode::Auto).judge(&access, Confinement::Sandboxed);
        assert!(matches!(verdict, Verdict::Deny { .. }), "{path}: {verdict:?}");
    }
}

static GENEROUS: LazyLock<[Policy; 4]> = LazyLock::new(|| MODES.map(generous));

proptest! {
    /// Whatever is put around and between, `curl` is never allowed to run.
    #[test]
    fn no_text_around_it_lets_a_denied_command_through(
        before in "[a-z '\"$(){}|&;<>\\\\#\n-]{0,12}",
        after in "[a-z '\"$(){}|&;<>\\\\#\n-]{0,12}",
    ) {
        let command = format!("{before}\ncurl X{after}");
        // Inside a quote or a comment it is text, and the shell does not run it.
        let is_text = command::parse(&command).is_ok_and(|commands| {
            commands.iter().all(|simple| simple.name() != "curl")
        });
        let verdict = run(&GENEROUS[2], &command);
        prop_assert!(is_text || verdict != Verdict::Allow, "{:?}: {:?}", command, verdict);
    }

    #[test]
    fn no_text_panics(command in ".{0,80}") {
        for policy in &*GENEROUS {
            drop(run(policy, &command));
        }
    }
}
