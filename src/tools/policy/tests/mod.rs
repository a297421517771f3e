//! What the policy says to what agents want; `cases` holds the known attacks.

mod cases;
mod shells;

use super::reader;
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
    Policy { mode, rules: all, folder: None }
}

fn run(policy: &Policy, command: &str) -> Verdict {
    policy.judge(&Access::Run { command: command.to_owned() }, Confinement::Sandboxed)
}

const MODES: [Mode; 4] = [Mode::Ask, Mode::Edit, Mode::Auto, Mode::Plan];

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
        let policy = Policy { mode, ..Policy::default() };
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
    let policy =
        |rule| Policy { mode: Mode::Ask, rules: rules(Decision::Allow, &[rule]), folder: None };
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
    let judged = |rules| run(&Policy { mode: Mode::Auto, rules, folder: None }, "make x");
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
        let policy = Policy { mode, ..Policy::default() };
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
fn s29_whoever_leaves_its_sandbox_is_asked_about_whatever_allows_it_inside() {
    for mode in [Mode::Ask, Mode::Edit, Mode::Auto] {
        let policy = generous(mode);
        for command in ["ls", "cargo test", "rm x"] {
            let access = Access::Run { command: command.to_owned() };
            let Verdict::Ask { why, shown, is_privileged } =
                policy.judge_leaving(&access, "the net\nwork")
            else {
                panic!("{mode:?} {command}: it was not asked about");
            };
            assert!(why.contains("outside its sandbox: the net⏎work") && is_privileged, "{why}");
            assert_eq!(shown, format!("{command}\n(outside its sandbox)"));
        }
        let access = Access::Run { command: "curl x".to_owned() };
        assert!(matches!(policy.judge_leaving(&access, ""), Verdict::Deny { .. }));
    }
}

#[test]
fn two_stars_are_the_workspace_and_no_more() {
    let write = |path: &str| Access::Write { path: path.to_owned() };
    let policy = generous(Mode::Edit);
    let judged = |path| policy.judge(&write(path), Confinement::Open);
    assert_eq!(judged("a/b"), Verdict::Allow);
    assert!(matches!(judged("/etc/hosts"), Verdict::Ask { .. }));
    assert!(matches!(judged("../a"), Verdict::Ask { .. }));
}

#[test]
fn a_rule_can_deny_what_is_only_asked_about_and_never_allow_it() {
    let config = Access::Write { path: ".git/config".to_owned() };
    for (decision, is_denied) in [(Decision::Deny, true), (Decision::Allow, false)] {
        let rules = rules(decision, &["write(.git/**)"]);
        let verdict =
            Policy { mode: Mode::Auto, rules, folder: None }.judge(&config, Confinement::Sandboxed);
        assert_eq!(matches!(verdict, Verdict::Deny { .. }), is_denied, "{verdict:?}");
        assert_ne!(verdict, Verdict::Allow);
    }
}

#[test]
fn a_host_is_the_same_host_in_any_case_and_with_a_dot_behind() {
    let rules = [
        rules(Decision::Allow, &["network(*.Example.org)"]),
        rules(Decision::Deny, &["network(evil.example.org)"]),
    ];
    let policy = Policy { mode: Mode::Auto, rules: rules.concat(), folder: None };
    let judged = |host: &str| {
        policy.judge(&Access::Network { host: host.to_owned() }, Confinement::Sandboxed)
    };
    assert_eq!(judged("API.example.org."), Verdict::Allow);
    assert!(matches!(judged("Evil.Example.org."), Verdict::Deny { .. }));
    assert!(matches!(judged("example.org.evil"), Verdict::Ask { .. }));
}

#[test]
fn what_a_request_comes_to_is_told_part_by_part_with_the_rule_behind_it() {
    let command = "ls src && cargo test > /dev/null; curl X".to_owned();
    let told = generous(Mode::Ask).explain(&Access::Run { command }, Confinement::Open);
    let part = |it: &Part| (it.what.clone(), it.finding.weight, it.finding.rule.clone());
    let parts: Vec<_> = told.parts.iter().map(part).collect();
    let of =
        |what: &str, weight, rule: Option<&str>| (what.to_owned(), weight, rule.map(str::to_owned));
    let expected = [
        of("ls src", Weight::Allow, None),
        of("cargo test", Weight::Ask, None),
        of("> /dev/null", Weight::Allow, None),
        of("curl X", Weight::Deny, Some("shell(curl *)")),
    ];
    assert_eq!(parts, expected);
    assert_eq!(told.decisive.rule.as_deref(), Some("shell(curl *)"));
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
        let is_text = reader::read(&command).is_ok_and(|commands| {
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
