//! The demo is played to its end against a real copy of its project, with the
//! simplest tools that could work.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
    time::Duration,
};

use serde_json::{Value, json};

use crate::rehearsal::{
    Server,
    body::{self, Step},
    conversation::Conversation,
    demo,
    reply::reply,
    wire::Wire,
};
use crate::tools::policy::{Access, Confinement, Decision, Mode, Policy, Rule, Verdict};

/// What the director does when an agent asks or needs leave.
#[derive(Clone, Copy)]
struct Director {
    answer: &'static str,
    is_approving: bool,
    /// Told to the agent after so many turns.
    redirect: Option<(usize, &'static str)>,
    edit: Option<(usize, &'static str)>,
}

const LENIENT: Director =
    Director { answer: "skip it", is_approving: true, redirect: None, edit: None };

/// What an agent did: words said, files changed, turns taken.
#[derive(Default)]
struct Played {
    words: Vec<String>,
    files: BTreeSet<String>,
}

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, contents, is_executable) in demo::project_files() {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(&path, contents).expect("a file");
        let mode = if *is_executable { 0o755 } else { 0o644 };
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a mode");
    }
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "-A"]);
    folder
}

/// The demo's project is a repository, where there is git.
fn git(folder: &Path, arguments: &[&str]) {
    Command::new("git").current_dir(folder).args(arguments).output().ok();
}

fn shell(folder: &Path, command: &str) -> String {
    let run = Command::new("sh").current_dir(folder).args(["-c", command]).output();
    let run = run.expect("a shell");
    let said = [run.stdout, run.stderr].concat();
    format!("{}\nexit {}", String::from_utf8_lossy(&said), run.status.code().unwrap_or(-1))
}

fn text<'a>(with: &'a Value, key: &str) -> &'a str {
    with[key].as_str().unwrap_or_else(|| panic!("{key} in {with}"))
}

impl Director {
    /// Carries out one call, in the simplest way.
    fn carry_out(&self, folder: &Path, call: &Value, played: &mut Played) -> String {
        let with = &call["input"];
        match call["name"].as_str().expect("a name") {
            "shell" if !self.is_approving && text(with, "command").contains("rm -rf") => {
                "The director denied this call.".to_owned()
            }
            "shell" => shell(folder, text(with, "command")),
            "read" => fs::read_to_string(folder.join(text(with, "path"))).expect("a file to read"),
            "write" => {
                played.files.insert(text(with, "path").to_owned());
                fs::write(folder.join(text(with, "path")), text(with, "content")).expect("written");
                "written".to_owned()
            }
            "edit" => {
                let path = folder.join(text(with, "path"));
                let before = fs::read_to_string(&path).expect("a file to edit");
                let (old, new) = (text(with, "old"), text(with, "new"));
                assert_eq!(before.matches(old).count(), 1, "{path:?}:\n{old}\nin\n{before}");
                fs::write(&path, before.replacen(old, new, 1)).expect("edited");
                played.files.insert(text(with, "path").to_owned());
                "edited".to_owned()
            }
            "list" => shell(folder, &format!("ls {}", text(with, "path"))),
            "glob" => "README.md".to_owned(),
            "search" => shell(folder, &format!("grep -rnE '{}' . ", text(with, "pattern"))),
            "ask" => format!("The director answers: {}", self.answer),
            "report" => "noted".to_owned(),
            other => panic!("there is no tool {other}"),
        }
    }
}

/// Plays one agent of the cast to its end.
async fn play(server: &Server, folder: &Path, name: &str, director: Director) -> Played {
    let agent = demo::cast().iter().find(|it| it.name == name).expect("in the cast");
    let mut messages = vec![json!({ "role": "user", "content": agent.brief })];
    let mut played = Played::default();
    let tools = ["shell", "read", "write", "edit", "list", "glob", "search", "report", "ask"];
    for turn in 1..100 {
        let is_edited = director.edit.is_some_and(|(after, _)| turn > after);
        let instructions = if is_edited { director.edit.map(|it| it.1) } else { None };
        let body = json!({
            "model": agent.model, "system": instructions.unwrap_or(agent.instructions),
            "messages": messages,
            "tools": tools.map(|name| json!({ "name": name })),
        });
        let answer = answer(server, &body).await;
        let blocks = answer["content"].as_array().cloned().unwrap_or_default();
        let words: String = blocks.iter().filter_map(|it| it["text"].as_str()).collect();
        played.words.push(words);
        messages.push(json!({ "role": "assistant", "content": blocks }));
        let calls: Vec<&Value> = blocks.iter().filter(|it| it["type"] == "tool_use").collect();
        if calls.is_empty() {
            return played;
        }
        let mut results: Vec<Value> = Vec::new();
        for call in calls {
            let content = director.carry_out(folder, call, &mut played);
            results.push(json!({ "type": "tool_result", "content": content }));
        }
        if let Some((_, words)) = director.redirect.filter(|(after, _)| turn == *after) {
            results.push(json!({ "type": "text", "text": words }));
        }
        messages.push(json!({ "role": "user", "content": results }));
    }
    panic!("{name} never ends");
}

/// Asks again when the service says no, as an engine would, but at once.
async fn answer(server: &Server, body: &Value) -> Value {
    for _ in 0..5 {
        let url = format!("{}/v1/messages", server.url());
        let answer = super::post(&url, body).await.expect("an answer");
        if answer.status() == 200 {
            return answer.json().await.expect("json");
        }
    }
    panic!("five refusals");
}

fn server() -> Server {
    Server::start(demo::production().expect("the demo"), 0, 0.0).expect("a free port")
}

#[tokio::test]
async fn every_agent_does_its_brief_and_the_project_passes_in_the_end() {
    let (server, folder) = (server(), project());
    assert!(shell(folder.path(), "sh test.sh").contains("7 passed, 3 failed\n\nexit 1"));
    let mut owners: BTreeMap<String, &str> = BTreeMap::new();
    for agent in demo::cast() {
        let redirect = (agent.name == "tidier").then_some((6, "stick to ledger.sh"));
        let played =
            play(&server, folder.path(), agent.name, Director { redirect, ..LENIENT }).await;
        for file in played.files {
            let other = owners.insert(file.clone(), agent.name);
            assert!(other.is_none(), "{file} is touched by {other:?} and {}", agent.name);
        }
    }
    let tested = shell(folder.path(), "sh test.sh");
    assert!(tested.contains("17 passed, 0 failed\n\nexit 0"), "{tested}");
    let manifest = fs::read_to_string(folder.path().join("build/MANIFEST")).expect("a release");
    assert!(manifest.starts_with("ledger 0.3.0\n"), "{manifest}");
    let ideas = fs::read_to_string(folder.path().join("notes/ideas.md")).expect("the notes");
    let original = demo::project_files().iter().find(|it| it.0 == "notes/ideas.md");
    assert_eq!(Some(ideas.as_str()), original.map(|it| it.1));
}

#[tokio::test]
async fn the_reviewer_does_what_it_is_answered() {
    let server = server();
    let cases = [
        ("skip it", "are now skipped"),
        ("keep and mark it", "marked `(again)`"),
        ("Do whatever is safest", "are now skipped"),
    ];
    for (answer, said) in cases {
        let folder = project();
        let played = play(&server, folder.path(), "reviewer", Director { answer, ..LENIENT }).await;
        let last = played.words.last().expect("words");
        assert!(last.contains(said), "{answer}: {last}");
        let tested = shell(folder.path(), "sh test.sh tests/import.test");
        assert!(tested.contains("3 passed, 0 failed"), "{answer}: {tested}");
    }
}

#[tokio::test]
async fn a_denied_releaser_deletes_nothing_and_still_releases() {
    let (server, folder) = (server(), project());
    let denying = Director { is_approving: false, ..LENIENT };
    let played = play(&server, folder.path(), "releaser", denying).await;
    assert!(played.words.last().expect("words").contains("`dist/`"));
    let manifest = |path: &str| fs::read_to_string(folder.path().join(path)).expect(path);
    assert!(manifest("build/MANIFEST").starts_with("ledger 0.2.0\n"));
    assert!(manifest("dist/MANIFEST").starts_with("ledger 0.3.0\n"));
}

#[tokio::test]
async fn the_tidier_comes_back_whenever_and_however_it_is_told() {
    let server = server();
    for turn in [1, 3, 5, 6, 12] {
        let words = Some((turn, "Stick to ledger.sh, please"));
        let told = Director { redirect: words, ..LENIENT };
        let edited = Director { edit: Some((turn, "Work on ledger.sh only.")), ..LENIENT };
        for director in [told, edited] {
            let folder = project();
            let played = play(&server, folder.path(), "tidier", director).await;
            assert!(played.words[turn].starts_with("You're right, I had drifted"), "{turn}");
            assert!(played.words.last().expect("words").contains("only what was asked"));
            let script = fs::read_to_string(folder.path().join("ledger.sh")).expect("a script");
            assert!(!script.contains("teh") && !script.contains("xml"), "{script}");
        }
    }
}

#[tokio::test]
async fn the_tidier_left_alone_goes_round_and_owns_up() {
    let (server, folder) = (server(), project());
    let played = play(&server, folder.path(), "tidier", LENIENT).await;
    assert!(played.words.last().expect("words").contains("round in a circle"));
    assert_eq!(played.files, BTreeSet::from(["notes/ideas.md".to_owned()]));
}

#[tokio::test]
async fn the_extractor_is_refused_and_loses_nothing() {
    let (server, folder) = (server(), project());
    let played = play(&server, folder.path(), "extractor", LENIENT).await;
    assert_eq!(played.words.len(), 7);
    let log = server.log();
    let refused = log.iter().filter(|it| it.answered.starts_with("fault")).count();
    assert_eq!(refused, 4);
    let sums = shell(
        folder.path(),
        "awk 'NR > 1 { l += $3; b += $4 } END { print l, b }' docs/accounts.tsv",
    );
    assert!(sums.starts_with("11 4\n"), "{sums}");
}

#[tokio::test]
async fn anyone_can_be_told_to_stop_or_to_hurry_and_says_so() {
    let server = server();
    for name in ["scout", "implementer", "reviewer", "releaser", "extractor"] {
        let folder = project();
        let told = Director { redirect: Some((1, "That is enough, stop")), ..LENIENT };
        let played = play(&server, folder.path(), name, told).await;
        assert_eq!(played.words.len(), 2, "{name}");
        assert!(played.words[1].contains("I stop here"), "{name}");
        let hurried = Director {
            redirect: Some((1, "Be quick about it")),
            edit: Some((2, "Answer in Latin.")),
            ..LENIENT
        };
        let played = play(&server, project().path(), name, hurried).await;
        assert!(played.words[1].starts_with("Understood: Be quick about it\n\n"), "{name}");
        assert!(played.words[2].starts_with("My instructions have changed"), "{name}");
    }
}

/// The time a part takes at its own pace, tools and people not counted.
fn lasts(name: &str) -> Duration {
    let production = demo::production().expect("the demo");
    let part = production.parts.iter().find(|it| it.name == name).expect("a part");
    let mut conversation = Conversation { tools: vec!["shell".to_owned()], ..Default::default() };
    conversation.user("brief");
    let mut sum = Duration::ZERO;
    loop {
        let position = part.position(&conversation, false);
        let reply = reply(part, &position, &conversation, "", &[]);
        let steps = body::steps(Wire::Chat, &reply, &[], 1.0);
        sum += steps
            .iter()
            .map(|it| if let Step::Wait(wait) = it { *wait } else { Duration::ZERO })
            .sum::<Duration>();
        if reply.calls.is_empty() {
            return sum;
        }
        conversation.said(&reply.say);
        reply.calls.iter().for_each(|call| conversation.called(call.with.len()));
        conversation.result("ok");
    }
}

#[test]
fn the_show_lasts_about_three_minutes() {
    let seconds = |name: &&str| lasts(name).as_secs();
    let names = ["scout", "implementer", "reviewer", "releaser", "extractor", "tidier"];
    let lasting = names.iter().map(seconds).collect::<Vec<_>>();
    assert!((110..180).contains(&lasting[1]), "{names:?} {lasting:?}");
    assert!((140..220).contains(&lasting[5]), "{names:?} {lasting:?}");
    for index in [0, 2, 3, 4] {
        assert!((15..90).contains(&lasting[index]), "{names:?} {lasting:?}");
    }
}

#[test]
fn the_cast_the_parts_and_the_hints_name_the_same_agents() {
    let production = demo::production().expect("the demo");
    let parts = production.parts.iter().filter_map(|it| it.model.as_deref());
    let cast: Vec<&str> = demo::cast().iter().map(|it| it.model).collect();
    assert_eq!(parts.collect::<Vec<_>>(), cast);
    let names: BTreeSet<&str> = demo::cast().iter().map(|it| it.name).collect();
    let hinted: BTreeSet<&str> = demo::hints().iter().filter_map(|it| it.agent).collect();
    assert!(hinted.is_subset(&names), "{hinted:?}");
}

#[test]
fn every_call_of_the_demo_is_one_that_the_real_tools_take() {
    let production = demo::production().expect("the demo");
    // An adaptable part has calls of other programs' tools, too.
    let own = production.parts.iter().filter(|it| !it.is_adaptable);
    for call in own.flat_map(|part| &part.turns).flat_map(|it| &it.calls) {
        let parsed = crate::tools::Call::parse(&call.tool, &call.with);
        assert!(parsed.is_ok(), "{} {}: {parsed:?}", call.tool, call.with);
    }
}

#[test]
fn the_policy_asks_about_one_command_of_the_demo_and_no_more() {
    let allow = demo::ALLOWED.iter().map(|it| Rule::parse(Decision::Allow, it).expect("a rule"));
    let policy = Policy { mode: Mode::Edit, rules: allow.collect(), folder: None };
    let production = demo::production().expect("the demo");
    let cast: Vec<&str> = demo::cast().iter().map(|it| it.name).collect();
    let parts = production.parts.iter().filter(|it| cast.contains(&it.name.as_str()));
    let mut asked = Vec::new();
    for call in parts.flat_map(|part| &part.turns).flat_map(|turn| &turn.calls) {
        let text = |key: &str| call.with[key].as_str().map(str::to_owned);
        let access = match call.tool.as_str() {
            "shell" => text("command").map(|command| Access::Run { command }),
            "write" | "edit" => text("path").map(|path| Access::Write { path }),
            "read" => text("path").map(|path| Access::Read { path }),
            _ => None,
        };
        let verdict = access.map_or(Verdict::Allow, |it| policy.judge(&it, Confinement::Open));
        if verdict != Verdict::Allow {
            asked.push(format!("{} {verdict:?}", call.with));
        }
    }
    assert!(asked.len() == 1 && asked[0].contains("\"rm -rf build\""), "{asked:#?}");
}
