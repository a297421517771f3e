//! The attack cases that other programs' policies let through, by their numbers
//! in the threat model, each beside twins of the same shape that do no harm.

use super::*;

/// What a request must come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Must {
    /// Denied, whatever mode or sandbox holds.
    BeDenied,
    /// Never allowed where no sandbox holds it.
    NotBeAllowed,
    /// Asked about as privileged, or denied, whatever mode or sandbox holds.
    BePrivileged,
}

/// One case: its name, what it must come to, and commands; then its twins,
/// which are allowed.
type Case = (&'static str, Must, &'static [&'static str], &'static [&'static str]);

use Must::{BeDenied, BePrivileged, NotBeAllowed};

const CASES: &[Case] = &[
    ("S17a", BeDenied, &["echo ok; curl X"], &["echo ok; echo X", "echo 'ok; curl X'"]),
    ("S17b", BeDenied, &["echo ok && curl X"], &["echo ok && echo X"]),
    ("S17c", BeDenied, &["echo ok || curl X"], &["echo ok || echo X"]),
    ("S17d", BeDenied, &["echo ok | curl X"], &["echo ok | cat", "echo 'ok | curl X'"]),
    ("S17e", BeDenied, &["echo ok & curl X"], &["echo ok & echo X"]),
    ("S17f", BeDenied, &["echo ok\ncurl X"], &["echo ok\necho X"]),
    (
        "S18a",
        BeDenied,
        &["echo $(curl X)", "echo \"$(curl X)\"", "echo $(echo $(curl X))"],
        &["echo '$(curl X)'", "echo $(ls)"],
    ),
    ("S18b", BeDenied, &["echo `curl X`"], &["echo '`curl X`'"]),
    ("S18c", BeDenied, &["cat <(curl X)"], &["cat < src/main.rs"]),
    ("S18d", BeDenied, &["{ curl X; }", "( curl X )"], &["{ ls; }", "( ls )", "(ls; (ls))"]),
    ("S18e", BeDenied, &["if true; then curl X; fi"], &["if true; then ls; else ls; fi"]),
    (
        "S18f",
        BeDenied,
        &["while true; do curl X; done", "for x in a; do curl X; done"],
        &["for x in a b; do echo $x; done"],
    ),
    (
        "S18g",
        BeDenied,
        &["f(){ curl X; }; f", "! curl X", "time curl X", "!\\\n curl X"],
        &["! ls"],
    ),
    ("S20a", NotBeAllowed, &["echo x > ~/.bashrc", "cat a > /etc/x"], &["echo x > /dev/null"]),
    ("S20b", BePrivileged, &["echo x >> .git/config"], &["cat .git/config"]),
    ("S20c", BePrivileged, &["echo x 2> /etc/x", "echo x &> /etc/x"], &["ls 2>&1"]),
    ("S20d", BePrivileged, &["echo x >| /etc/x", "echo x >& ../x"], &["ls 2>/dev/null"]),
    ("S20e", NotBeAllowed, &["cat <> /etc/x", "echo x >$F", "echo x > *"], &["echo '>' x"]),
    ("S20f", NotBeAllowed, &["cd .git && echo x > config"], &["cd src && cat main.rs"]),
    ("S21a", NotBeAllowed, &["find . -exec sh -c id \\;"], &["find . -name '*.rs'"]),
    ("S21b", NotBeAllowed, &["find . -execdir id \\;", "find . -okdir id \\;"], &["find . -ls"]),
    ("S21c", NotBeAllowed, &["find . -ok id \\;", "find . -delete"], &["find . -type f"]),
    ("S21d", NotBeAllowed, &["find . -fprintf /tmp/x x", "find . -fls x"], &["find . -print"]),
    ("S22a", NotBeAllowed, &["sed -n '1e id' f", "sed -n '1p;e id' f"], &["sed -n 1p f"]),
    ("S22b", NotBeAllowed, &["sed 's/x/id/e' f"], &["sed -n '1,20p' f"]),
    ("S22c", NotBeAllowed, &["sed -i s/a/b/ f", "sed -n 5p --in-place f"], &["sed -n '$p' f"]),
    ("S22d", NotBeAllowed, &["sed 'w /tmp/x' f", "sed -n 'w x' f"], &["sed -n '1p;3p' f"]),
    ("S22e", NotBeAllowed, &["sed -n -f x f"], &["sed -n 5p f g"]),
    ("S23a", NotBeAllowed, &["rg --pre ./x .", "rg --pre=./x .", "rg -z x"], &["rg -n x src"]),
    (
        "S23b",
        NotBeAllowed,
        &["git grep -O./x", "git grep --open-files-in-pager=x y"],
        &["git grep x"],
    ),
    ("S23c", NotBeAllowed, &["git -c core.pager=./x log", "git --git-dir=x log"], &["git log -5"]),
    ("S23d", NotBeAllowed, &["git diff --ext-diff", "git diff --textconv"], &["git diff --stat"]),
    (
        "S23e",
        NotBeAllowed,
        &["git log --output=/tmp/x", "git log --outpu=x"],
        &["git log --oneline"],
    ),
    ("S23f", NotBeAllowed, &["git -C /evil status"], &["git status --short"]),
    ("S23g", NotBeAllowed, &["git log --show-signature"], &["git log --graph"]),
    ("S24a", NotBeAllowed, &["awk 'BEGIN{system(\"id\")}'"], &["grep 'BEGIN{system}' f"]),
    ("S24b", BeDenied, &["env curl X", "xargs curl", "timeout 1 curl X"], &["echo env curl X"]),
    ("S24c", BeDenied, &["nice curl X", "sudo -n curl X"], &["echo nice"]),
    ("S24d", NotBeAllowed, &["tar cf a --checkpoint-action=exec=id x"], &["ls --all"]),
    ("S24e", NotBeAllowed, &["sort --compress-program=./x f", "sort --comp=./x f"], &["sort -r f"]),
    ("S24f", NotBeAllowed, &["man -P ./x ls", "env ls", "bash -c ls"], &["which man"]),
    ("S25a", BeDenied, &["/usr/bin/curl X", "\\curl X"], &["cat usr/bin/curl"]),
    ("S25b", BeDenied, &["c''url X", "\"cu\"rl X", "cu\\\nrl X"], &["echo c''url X"]),
    ("S25c", NotBeAllowed, &["$(echo cu)rl X", "${x}curl X"], &["echo '$(echo cu)rl'"]),
    ("S25d", BeDenied, &["command curl X", "busybox wget X"], &["which curl"]),
    ("S25e", NotBeAllowed, &["command ls", "builtin echo", "busybox ls"], &["ls -la"]),
    ("S26a", NotBeAllowed, &["PAGER='sh -c id' git log"], &["NO_COLOR=1 git log"]),
    ("S26b", NotBeAllowed, &["GIT_SSH_COMMAND=x git fetch"], &["git remote -v"]),
    ("S26c", NotBeAllowed, &["LD_PRELOAD=./x.so ls", "PATH=. ls"], &["ls PATH=."]),
    ("S26d", NotBeAllowed, &["GIT_EXTERNAL_DIFF=./x git diff"], &["git diff -- src"]),
    ("S26e", NotBeAllowed, &["export PATH=.:$PATH; ls", "A+=b ls", "A=b"], &["echo export PATH"]),
    ("S27a", NotBeAllowed, &["echo $[ x='a[$(touch FLAG)]', x ]"], &["echo '$[ x ]'"]),
    (
        "S27b",
        NotBeAllowed,
        &["[[ -v $x ]]", "[[ -v x ]]", "[ -v x ]"],
        &["if [ -f x ]; then ls; fi"],
    ),
    (
        "S27g",
        NotBeAllowed,
        &["ls &&", "ls |", "ls || ; ls", "&& ls", "( ls | )", "ls && && ls"],
        &["ls &&\n ls", "ls |\ncat", "ls & ls", "ls &&\n# words\nls", "( ls | cat )"],
    ),
    ("S27c", NotBeAllowed, &["printf -v x y"], &["printf '%s' y"]),
    ("S27d", NotBeAllowed, &["echo $'x'", "echo $((1))", "echo {a,b}"], &["echo '$((1))'"]),
    (
        "S27e",
        NotBeAllowed,
        &["cat <<E\n$(id)\nE", "echo 'open", "echo x\\"],
        &["cat <<'E'\n$(id)\nE\nls"],
    ),
    (
        "S28a",
        NotBeAllowed,
        &["tar cf a.tar *", "ls *", "cat ?x", "ls [a-z]*"],
        &["ls ./*", "cat ./*.rs"],
    ),
    (
        "S27h",
        NotBeAllowed,
        &["wait -n -p 'a[$(touch FLAG)]'", "wait -p x", "[ 'a[$(id)]' -eq 1 ]", "exit 'a[`id`]'"],
        &["wait", "[ -n '$(id)' ]", "exit 1"],
    ),
    ("S27f", NotBeAllowed, &["git log $x", "find $x", "cat $x", "cp $x y"], &["echo $x ${y}"]),
    (
        "S27g",
        BeDenied,
        &["cat <<E\nx\nE\ncurl X", "cat <<'E'\nx\nE\ncurl X"],
        &["cat <<E\ncurl X\nE"],
    ),
    ("S28b", NotBeAllowed, &["rg x -*"], &["rg x src/*"]),
    ("S37a", BePrivileged, &["cp x .git/hooks/post-commit"], &["cat .git/hooks/post-commit"]),
    ("S37b", BePrivileged, &["cp x .envrc", "cp x .gitattributes"], &["cat .envrc"]),
    ("S37c", BePrivileged, &["cp x .claude/settings.json", "cp x .mcp.json"], &["cat .mcp.json"]),
    ("S37d", BePrivileged, &["cp --target-directory=.git/hooks x"], &["ls .git/hooks"]),
    (
        "S37e",
        BePrivileged,
        &[
            "cp x .cargo/config.toml",
            "cp x AGENTS.md",
            "cp x docs/CLAUDE.md",
            "cp x .dir-locals.el",
        ],
        &["cat .cargo/config.toml", "cat AGENTS.md"],
    ),
    ("S39a", BePrivileged, &["cp x .GIT/config", "cp x git~1/config"], &["ls .github"]),
    ("S39b", BePrivileged, &["cp x .g*/config"], &["ls src/*.rs"]),
];

const HOLDS: [Confinement; 2] = [Confinement::Open, Confinement::Sandboxed];

/// Judges every case of a number, and its twins, in every mode and hold.
fn hold(number: &str) {
    let cases: Vec<&Case> = CASES.iter().filter(|it| it.0.starts_with(number)).collect();
    assert!(!cases.is_empty(), "{number} is in the table");
    for (name, must, evil, twins) in cases {
        for (mode, confinement) in MODES.into_iter().flat_map(|it| HOLDS.map(|hold| (it, hold))) {
            let judged = |command: &str| {
                let access = Access::Run { command: command.to_owned() };
                generous(mode).judge(&access, confinement)
            };
            for command in *evil {
                let verdict = judged(command);
                let is_held = (mode, confinement) == (Mode::Auto, Confinement::Sandboxed);
                let holds = match must {
                    BeDenied => matches!(verdict, Verdict::Deny { .. }),
                    NotBeAllowed => is_held || verdict != Verdict::Allow,
                    BePrivileged => matches!(
                        verdict,
                        Verdict::Deny { .. } | Verdict::Ask { is_privileged: true, .. }
                    ),
                };
                assert!(holds, "{name} {mode:?} {confinement:?} {command:?}: {verdict:?}");
            }
            for twin in *twins {
                assert_eq!(
                    judged(twin),
                    Verdict::Allow,
                    "{name} {mode:?} {confinement:?} {twin:?}"
                );
            }
        }
    }
}

#[test]
fn s17_each_command_of_a_list_is_judged() {
    hold("S17");
}

#[test]
fn s18_a_command_inside_another_is_judged() {
    hold("S18");
}

#[test]
fn s19_no_number_of_commands_ends_the_judging() {
    for count in [1, 49, 50, 51, 60, 5_000] {
        let (evil, twin) =
            ("true && ".repeat(count) + "curl X", "true && ".repeat(count) + "echo X");
        assert!(matches!(run(&generous(Mode::Auto), &evil), Verdict::Deny { .. }), "S19 {count}");
        assert_eq!(run(&generous(Mode::Ask), &twin), Verdict::Allow, "S19 {count}");
    }
}

#[test]
fn s20_what_is_redirected_to_is_judged_as_a_write() {
    hold("S20");
}

/// A folder as a hostile repository may have it, with what lies beside it.
fn repository() -> tempfile::TempDir {
    use std::os::unix::fs::symlink;
    let place = tempfile::tempdir().unwrap();
    for folder in ["ws/src/deep", "ws/.git/hooks", "out"] {
        std::fs::create_dir_all(place.path().join(folder)).unwrap();
    }
    for file in ["ws/a.txt", "ws/src/b.txt", "ws/src/deep/c.txt", "out/key"] {
        std::fs::write(place.path().join(file), "x").unwrap();
    }
    let ws = place.path().join("ws");
    for (to, name) in [
        ("../out/key", "key"),
        ("../out", "folder"),
        ("../out/not-yet", "new"),
        ("round", "round"),
        ("../../out/key", "src/key"),
        (".git/hooks/post-commit", "hook"),
        ("src/b.txt", "near"),
        ("src", "nearby"),
    ] {
        symlink(to, ws.join(name)).unwrap();
    }
    symlink(place.path().join("out/key"), ws.join("src/absolute")).unwrap();
    place
}

/// What a link may lead out to is never read or written unasked, unless a sandbox
/// holds it.
#[test]
fn s32_a_word_that_is_a_link_is_judged_by_where_it_leads() {
    let place = repository();
    let judged = |mode, command: &str| {
        let policy = Policy { mode, rules: Vec::new(), folder: Some(place.path().join("ws")) };
        policy.judge(&Access::Run { command: command.to_owned() }, Confinement::Open)
    };
    for command in [
        "cat key",
        "cat ./key",
        "cat < key",
        "cat folder/key",
        "cat a.txt src/key",
        "cat src/absolute",
        "cat src/*",
        "cat ./*",
        "cat s*/k*",
        "cat round",
        "ls nearby/../../out",
        "ls folder",
        "cd folder && cat key",
        "cd src && cat key",
        "cd src && cat < key",
        "cd src; cd deep; cat ../key",
        "grep x -fkey",
        "grep --file=key x",
        "find folder/ -type f",
        "diff a.txt key",
        "cat .*/out/key",
        "cat .[.]/out/key",
        "cat src/.*/.*/out/key",
        "grep -R x .",
        "find -L .",
        "rg --follow x",
        "diff -r src nearby",
    ] {
        for mode in MODES {
            assert_ne!(judged(mode, command), Verdict::Allow, "{mode:?} {command}");
        }
    }
    for command in ["echo x > key", "echo x > new", "echo x >> folder/key", "echo x > folder/new"] {
        for mode in MODES {
            let verdict = judged(mode, command);
            let is_held =
                matches!(verdict, Verdict::Deny { .. } | Verdict::Ask { is_privileged: true, .. });
            assert!(is_held, "{mode:?} {command}: {verdict:?}");
        }
    }
    for command in [
        "cat near",
        "cat nearby/b.txt",
        "cat ./near*",
        "cat src/deep/*",
        "cd nearby && cat b.txt",
        "cat a.txt not-there",
        "echo key",
        "ls .github",
        "grep -r x src",
    ] {
        for mode in MODES {
            assert_eq!(judged(mode, command), Verdict::Allow, "{mode:?} {command}");
        }
    }
    let twin = judged(Mode::Edit, "echo x > near; echo x > src/new");
    assert_eq!(twin, Verdict::Allow);
}

/// Whatever drives an agent: its own tools ask with a path, too.
#[test]
fn s32_a_path_is_judged_by_where_its_links_lead() {
    let place = repository();
    let folder = Some(place.path().join("ws"));
    let mut all = rules(Decision::Allow, &["read(**)", "write(**)"]);
    all.extend(rules(Decision::Deny, &["read(src/deep/**)"]));
    let policy = Policy { mode: Mode::Edit, rules: all, folder };
    let read =
        |path: &str| policy.judge(&Access::Read { path: path.to_owned() }, Confinement::Open);
    let write =
        |path: &str| policy.judge(&Access::Write { path: path.to_owned() }, Confinement::Open);
    for path in ["key", "folder/key", "src/absolute", "new", "round"] {
        assert!(matches!(read(path), Verdict::Ask { .. }), "{path}: {:?}", read(path));
        let verdict = write(path);
        assert!(matches!(verdict, Verdict::Ask { is_privileged: true, .. }), "{path}: {verdict:?}");
    }
    let hook = write("hook");
    assert!(matches!(hook, Verdict::Ask { is_privileged: true, .. }), "{hook:?}");
    // A rule that holds something back holds all its names back.
    assert!(matches!(read("nearby/deep/c.txt"), Verdict::Deny { .. }));
    for path in ["near", "nearby/b.txt", "a.txt", "not-there"] {
        assert_eq!((read(path), write(path)), (Verdict::Allow, Verdict::Allow), "{path}");
    }
}

#[test]
fn s21_to_allow_find_allows_nothing_that_find_runs_or_deletes() {
    hold("S21");
}

#[test]
fn s22_to_allow_sed_that_prints_allows_no_sed_that_runs_or_writes() {
    hold("S22");
}

#[test]
fn s23_to_allow_a_reader_allows_no_program_that_its_options_name() {
    hold("S23");
}

#[test]
fn s24_a_wrapper_is_judged_by_what_it_wraps() {
    hold("S24");
}

#[test]
fn s25_a_command_spelt_otherwise_is_the_same_command() {
    hold("S25");
}

#[test]
fn s25_options_before_a_subcommand_take_it_out_of_no_rule_that_holds_it_back() {
    let spelt = [
        "git -C . push origin main",
        "git --no-pager push",
        "git -c user.name=x -C . push",
        "/usr/bin/git --git-dir=.git --work-tree . push",
        "git -p -P push --force",
    ];
    // What runs it in another's place is not let through either.
    let hidden = [
        "git -c alias.p=push p",
        "alias p='git push'; p",
        "echo 'git push' | sh",
        "bash <<E\ngit push\nE\n",
        "git submodule foreach git push",
        "git rebase -x 'git push' HEAD~1",
    ];
    let mut denying = rules(Decision::Allow, &["shell(git *)"]);
    denying.extend(rules(Decision::Deny, &["shell(git push*)"]));
    let denying = Policy { mode: Mode::Auto, rules: denying, folder: None };
    for command in hidden {
        let verdict = run(&denying, command);
        assert!(matches!(verdict, Verdict::Deny { .. }), "S25: {command}: {verdict:?}");
    }
    for decision in [Decision::Deny, Decision::Ask] {
        let mut rules_held = rules(Decision::Allow, &["shell(git *)"]);
        rules_held.extend(rules(decision, &["shell(git push*)"]));
        let policy = Policy { mode: Mode::Auto, rules: rules_held, folder: None };
        for command in spelt {
            let verdict = run(&policy, command);
            let is_held = match decision {
                Decision::Deny => matches!(verdict, Verdict::Deny { .. }),
                _ => matches!(verdict, Verdict::Ask { .. }),
            };
            assert!(is_held, "S25: {command}: {verdict:?}");
        }
        for twin in ["git log -n 1 push", "git --no-pager stash push", "git -C push log"] {
            assert_eq!(run(&policy, twin), Verdict::Allow, "S25 twin: {twin}");
        }
    }
}

#[test]
fn s26_no_assignment_is_allowed_by_an_allow_of_the_command() {
    hold("S26");
}

#[test]
fn s27_what_cannot_be_read_for_certain_is_asked_about() {
    hold("S27");
}

#[test]
fn s28_a_pattern_may_stand_for_an_option() {
    hold("S28");
}

#[test]
fn s29_a_model_cannot_leave_the_sandbox_by_an_argument() {
    let plain = Call::parse("shell", &serde_json::json!({ "command": "ls" })).unwrap();
    assert_eq!(plain.ignored, Vec::<String>::new());
    for argument in ["sandbox", "dangerouslyDisableSandbox", "mode", "permissions"] {
        let arguments = serde_json::json!({ "command": "ls", argument: false });
        let read = Call::parse("shell", &arguments).unwrap();
        assert_eq!((read.call, read.ignored), (plain.call.clone(), vec![argument.to_owned()]));
    }
}

#[test]
fn s30_a_rule_that_is_none_is_named() {
    for rule in ["Bash(rm -rf /)*", "shell(rm -rf /)*", "shell", "shell()", "read([)", "shell(a"] {
        let said = Rule::parse(Decision::Deny, rule).unwrap_err().to_string();
        assert!(said.starts_with(&format!("`{rule}` is not a rule: ")), "S30: {said}");
    }
    assert!(Rule::parse(Decision::Deny, "shell(rm -rf /*)").is_ok());
}

#[test]
fn s37_a_name_that_changes_what_runs_later_is_asked_about_in_every_mode() {
    hold("S37");
}

/// The policy looks at names alone, so a file that is not there is guarded, too.
#[test]
fn s38_what_does_not_exist_yet_is_guarded_like_what_does() {
    for path in [".claude/settings.json", ".auteur/config.toml", "new/.git/hooks/pre-commit"] {
        assert_eq!(writes(path), "privileged", "S38 {path}");
    }
    assert_eq!(writes("claude/settings.json"), "allow");
}

#[test]
fn s39_a_name_in_another_case_or_form_is_the_same_name() {
    hold("S39");
    let same = [
        ".GIT/config",
        ".Git/hooks",
        ".mcp.JSON",
        "git~1",
        "GIT~1/config",
        ".g\u{200c}it/config",
        ".\u{feff}git/config",
        ".git./config",
        ".git /config",
        ".git::$INDEX_ALLOCATION/config",
        "\u{ff0e}\u{ff47}\u{ff49}\u{ff54}/config",
        ".g\u{130}t/config",
        ".\u{17f}sh/config",
        ".\u{212a}ube/config",
        "AUTEUR.toml",
    ];
    for path in same {
        assert_eq!(writes(path), "privileged", "S39 {path:?}");
    }
    // A letter with a mark of its own is another name on every file system.
    for path in [".github/x.md", ".g\u{ef}t/config", ".gi\u{301}t/config", "cafe\u{301}/a"] {
        assert_eq!(writes(path), "allow", "S39 {path:?}");
    }
}

/// What writing a file comes to where everything else is allowed.
fn writes(path: &str) -> &'static str {
    let access = Access::Write { path: path.to_owned() };
    match generous(Mode::Auto).judge(&access, Confinement::Sandboxed) {
        Verdict::Allow => "allow",
        Verdict::Ask { is_privileged: true, .. } => "privileged",
        Verdict::Ask { .. } => "ask",
        Verdict::Deny { .. } => "deny",
    }
}
