//! What holds for every format.

use super::*;
use crate::{
    interop::Foreign,
    journal::{Journal, Reader, Redactor},
    llm::PriceTable,
    model::*,
    text::hidden,
};
use proptest::prelude::*;
use serde_json::json as value;
use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// A journal, or what a log of another tool's is translated to, as a recording.
fn recording(path: &Path, folder: &Path) -> Recording {
    let reader = match Foreign::open(path).unwrap() {
        Some(log) => log.translate(&PriceTable::embedded().into(), folder).unwrap(),
        None => Reader::open(path).unwrap(),
    };
    Recording::new(reader, Redactor::default())
}

type Writer = fn(&Recording, &mut Vec<u8>) -> io::Result<()>;

/// All formats that are text.
const FORMATS: [(&str, Writer); 5] = [
    ("otel", |it, out| otel(it, Content::With, out)),
    ("md", |it, out| markdown(it, out)),
    ("html", |it, out| page(it, out)),
    ("json", |it, out| json(it, out)),
    ("atif", |it, out| atif(it, out)),
];

fn text(recording: &Recording, write: Writer) -> String {
    let mut out = Vec::new();
    write(recording, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn written(recording: &Recording, name: &str) -> String {
    text(recording, FORMATS.iter().find(|it| it.0 == name).unwrap().1)
}

/// What a JSON export reads as.
fn again(exported: &str, folder: &Path) -> Reader {
    let path = folder.join("again.jsonl");
    fs::write(&path, exported).unwrap();
    assert!(Foreign::open(&path).unwrap().is_none(), "it is taken for somebody else's");
    Reader::open(&path).unwrap()
}

/// Our own journals and logs of others: ours, and samples where they are.
fn logs() -> Vec<PathBuf> {
    let mut found = vec![fixtures().join("journals/v1/every-event.jsonl")];
    let own = ["claude-code.jsonl", "claude-stories.jsonl", "codex.jsonl", "gemini.jsonl"];
    found.extend(own.map(|it| fixtures().join("interop").join(it)));
    if let Some(samples) = env::var_os("AUTEUR_TEST_SAMPLES").map(PathBuf::from) {
        let known = ["claude-code/vct/claude_code.jsonl", "codex/vct/codex.jsonl"];
        found.extend(known.map(|it| samples.join(it)).into_iter().filter(|it| it.is_file()));
    }
    found
}

#[test]
fn json_that_is_read_again_gives_the_same_stage() {
    for log in logs() {
        let folder = tempfile::tempdir().unwrap();
        let recording = recording(&log, folder.path());
        let exported = written(&recording, "json");
        let stage = again(&exported, folder.path()).fold(None);
        assert_eq!(stage, recording.reader().fold(None), "{}", log.display());
        assert_eq!(hidden(&exported), 0, "{}", log.display());
    }
}

#[test]
fn json_of_one_agent_tells_of_nobody_else_and_still_reads() {
    let folder = tempfile::tempdir().unwrap();
    let whole = recording(&fixtures().join("journals/v1/every-event.jsonl"), folder.path());
    let one = whole.clone().of_agents(&["scout".into()]).unwrap();
    let stage = again(&written(&one, "json"), folder.path()).fold(None);
    let names: Vec<_> = stage.agents().map(|it| it.casting.name.as_str()).collect();
    assert_eq!((names, stage.damaged()), (vec!["scout"], 0));
    let scout = |stage: &Stage| stage.agent_named("scout").map(|it| (it.turn, it.spent, it.usage));
    assert_eq!(scout(&stage), scout(&whole.reader().fold(None)));
    let nobody = whole.of_agents(&["nobody".into()]).unwrap_err().to_string();
    assert!(nobody.contains("\"nobody\"") && nobody.contains("scout"), "{nobody}");
}

/// What must stand in no export: keys by their shape, one that is known, and what a
/// terminal or a page would obey.
const SECRETS: [&str; 3] = [
    concat!("sk-ant", "-api03-", "Zq5Wm1Rt7Yb3Nc9Xd2Lf8Kj4"),
    concat!("ghp", "_", "abcdefghijklmnopqrstuvwxyz0123456789"),
    "hunter2-hunter2",
];

/// A log of another tool's in which somebody has planted all of it, in every place.
fn planted() -> String {
    let evil = format!(
        "key {} and {}\u{1b}[2J\u{1b}]52;c;aGk=\u{7}\u{202e}txt\u{9b}31m</script><script>alert(1)</script><img src=x onerror=alert(1)> {}",
        SECRETS[0], SECRETS[1], SECRETS[2]
    );
    let torn = concat!("sk-ant", "-\u{1b}[0m", "api03-", "AAAABBBBCCCCDDDD0000111122223333");
    let lines = [
        value!({ "type": "user", "uuid": "u1", "parentUuid": null, "sessionId": "s", "cwd": "/p", "version": "2.1.0", "timestamp": "2026-01-01T00:00:00.000Z", "message": { "role": "user", "content": format!("{evil} {torn}") } }),
        value!({ "type": "assistant", "uuid": "a1", "parentUuid": "u1", "sessionId": "s", "timestamp": "2026-01-01T00:00:05.000Z", "message": { "id": "m1", "role": "assistant", "model": evil, "stop_reason": "tool_use", "usage": { "input_tokens": 10, "output_tokens": 5 }, "content": [
            { "type": "thinking", "thinking": evil, "signature": "x" },
            { "type": "text", "text": evil },
            { "type": "tool_use", "id": "t1", "name": "Bash", "input": { "command": evil, &evil: evil } },
            { "type": "tool_use", "id": "t2", "name": evil, "input": { "file_path": evil } },
        ] } }),
        value!({ "type": "user", "uuid": "u2", "parentUuid": "a1", "sessionId": "s", "timestamp": "2026-01-01T00:00:09.000Z", "message": { "role": "user", "content": [
            { "type": "tool_result", "tool_use_id": "t1", "content": evil, "is_error": true },
        ] } }),
    ];
    lines.map(|it| format!("{it}\n")).concat()
}

/// What a page that shows Markdown would take for HTML, but for what folds tool calls.
fn live_html(markdown: &str) -> Vec<String> {
    use pulldown_cmark::{Event, Options, Parser};
    let ours = [
        "<details>",
        "</details>",
        "<summary>",
        "</summary>",
        "<em>",
        "</em>",
        "<code>",
        "</code>",
    ];
    let html = Parser::new_ext(markdown, Options::all()).filter_map(|it| match it {
        Event::Html(html) | Event::InlineHtml(html) => Some(html.into_string()),
        _ => None,
    });
    html.filter(|it| ours.iter().fold(it.clone(), |it, tag| it.replace(tag, "")).contains('<'))
        .collect()
}

#[test]
fn secrets_and_control_characters_are_gone_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    fs::write(&path, planted()).unwrap();
    let log = Foreign::open(&path).unwrap().unwrap();
    let reader = log.translate(&PriceTable::embedded().into(), folder.path()).unwrap();
    let redactor = Redactor::new(&[SECRETS[2].into()]);
    let recording = Recording::new(reader, redactor);
    for (name, write) in FORMATS {
        let told = text(&recording, write);
        for secret in SECRETS {
            assert!(!told.contains(secret), "{name} has {secret}");
        }
        assert!(!told.contains("AAAABBBBCCCC"), "{name} has the key that was torn");
        assert_eq!(hidden(&told), 0, "{name} hides something");
        assert!(told.contains("‹redacted:") || told.contains("redacted:"), "{name} has no mark");
        match name {
            "html" => assert!(!told.contains("<script>alert") && !told.contains("<img")),
            "md" => assert_eq!(live_html(&told), Vec::<String>::new()),
            _ => {}
        }
    }
}

/// What a terminal would obey, or what turns a text around.
fn obeyed(text: &str) -> Vec<char> {
    let is_one = |it: &char| {
        let turns = matches!(it, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        turns || (it.is_control() && !matches!(it, '\n' | '\t'))
    };
    text.chars().filter(is_one).collect()
}

fn a_text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[a-z <>&`*\\n\\x1b\\u{202e}\"\\\\]{0,40}"]
}

/// Events of two agents, in any order and with any text.
fn an_event() -> impl Strategy<Value = Event> {
    let agent = (1..3_u32).prop_map(AgentId);
    (agent, 0..9_u8, a_text(), 1..4_u32).prop_map(|(agent, kind, text, number)| match kind {
        0 => {
            let casting = Casting { name: format!("a{agent}"), brief: text, ..Casting::default() };
            Event::AgentAdded { agent, casting: Box::new(casting), by: Author::Director }
        }
        1 => Event::Said { agent, text },
        2 => Event::Thought { agent, text },
        3 => {
            let (turn, version) = (Turn(number), Version(1));
            Event::TurnStarted { agent, turn, version, model: text, reserved: None, again: false }
        }
        4 => {
            let usage = Usage { output: number.into(), ..Usage::default() };
            let (turn, cost) = (Turn(number), Cost::from(Some(Money(number.into()))));
            Event::TurnEnded { agent, turn, stop: Stop::End, usage, cost }
        }
        5 => Event::ToolCalled {
            agent,
            call: CallId(number),
            id: text.clone(),
            tool: "shell".into(),
            title: "x".into(),
            input: Box::new(value!({ &text: [text] })),
            seal: None,
        },
        6 => Event::ToolEnded {
            agent,
            call: CallId(number),
            ok: number == 1,
            text,
            bytes: 1,
            changes: vec![FileChange { path: "a.rs".into(), added: 1, removed: 2 }],
            note: String::new(),
        },
        7 => Event::AgentEnded { agent, outcome: Outcome::Failed { why: text } },
        _ => Event::RedirectWritten {
            agent,
            redirect: RedirectId(number),
            text,
            by: Author::Director,
        },
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn exporting_to_json_and_reading_it_again_gives_the_same_stage(
        events in prop::collection::vec(an_event(), 0..40),
        damage in prop::option::of((any::<prop::sample::Index>(), "[ -~]{1,30}")),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let header = Header { auteur: FORMAT, session: "one".into(), ..Header::default() };
        let mut journal = Journal::create(folder.path(), &header).unwrap();
        let number = |(seq, event)| Record { seq: Seq(seq), at: Millis(seq * 7), event };
        let records: Vec<_> = (1..).zip(events).map(number).collect();
        journal.append(&records).unwrap();
        let path = journal.path().to_owned();
        drop(journal);
        if let Some((place, damage)) = damage {
            let mut lines: Vec<_> = fs::read_to_string(&path).unwrap().lines().map(str::to_owned).collect();
            let place = 1 + place.index(lines.len());
            lines.insert(place.min(lines.len()), damage);
            fs::write(&path, lines.join("\n")).unwrap();
        }
        let recording = Recording::new(Reader::open(&path).unwrap(), Redactor::default());
        let exported = written(&recording, "json");
        prop_assert_eq!(hidden(&exported), 0);
        let stage = again(&exported, folder.path()).fold(None);
        prop_assert_eq!(stage, recording.reader().fold(None));
        for (name, write) in FORMATS {
            prop_assert_eq!(obeyed(&text(&recording, write)), Vec::<char>::new(), "{}", name);
        }
    }
}

#[test]
fn a_record_of_a_newer_program_goes_along_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.jsonl");
    let strange = r#"{"seq":1,"at":5,"event":{"sung":{"agent":1,"tune":"la\u202ela"}}}"#;
    fs::write(&path, format!("{{\"auteur\":1,\"session\":\"s\"}}\n{strange}\nnoise\n")).unwrap();
    let recording = Recording::new(Reader::open(&path).unwrap(), Redactor::default());
    let exported = written(&recording, "json");
    assert_eq!(exported.lines().nth(1), Some(strange));
    let stage = again(&exported, folder.path()).fold(None);
    assert_eq!((stage.unknown(), stage.damaged()), (1, 1));
}

#[test]
fn markdown_tells_the_story() {
    let folder = tempfile::tempdir().unwrap();
    let recording = recording(&fixtures().join("journals/v1/every-event.jsonl"), folder.path());
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    let told = written(&recording, "md").replace(env!("CARGO_PKG_VERSION"), "VERSION");
    settings.bind(|| insta::assert_snapshot!("every-event.md", told));
}

#[test]
fn markdown_prices_no_turn_of_which_nothing_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let recording = recording(&fixtures().join("interop/cursor-stream.jsonl"), folder.path());
    let told = written(&recording, "md");
    let turns: Vec<&str> = told.lines().filter(|it| it.starts_with("#### Turn")).collect();
    assert!(turns.len() > 1 && turns[0].ends_with("gpt-5"), "{turns:?}");
    assert!(!told.contains("$0.00\n") && !told.contains("### Instructions v1"), "{told}");
}

/// A cast of a recording, at this size.
fn filmed(recording: &Recording, size: (u16, u16)) -> Vec<serde_json::Value> {
    use crate::ui::{desk::Desk, keys::Keymap, show::Show, theme::Theme};
    let keymap = std::sync::Arc::new(Keymap::built_in().unwrap());
    let (desk, theme) = (Desk::new(keymap, Vec::new()), Theme::builtin("night").unwrap());
    let show = Show::new(Stage::default(), desk, theme, None);
    let mut out = Vec::new();
    let reeling = Reeling { show, size, idle: Millis(2000) };
    cast(recording, reeling, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert_eq!(hidden(&text), 0);
    text.lines().map(|it| serde_json::from_str(it).unwrap()).collect()
}

/// What a terminal shows that was sent all of a cast.
fn shown(lines: &[serde_json::Value], size: (u16, u16)) -> String {
    let mut terminal = crate::text::terminal::Emulator::new(size, 0);
    for line in lines.iter().skip(1).filter(|it| it[1] == "o") {
        terminal.feed(line[2].as_str().unwrap());
    }
    let rows = 0..isize::try_from(size.1).unwrap();
    rows.map(|row| terminal.row(row).text().trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_cast_ends_with_the_screen_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let size = (100, 30);
    let recording = recording(&fixtures().join("interop/claude-code.jsonl"), folder.path());
    let lines = filmed(&recording, size);
    assert_eq!(lines[0]["version"], 3);
    assert_eq!((&lines[0]["term"]["cols"], &lines[0]["term"]["rows"]), (&value!(100), &value!(30)));
    let picture = shown(&lines, size);
    assert!(picture.contains("REPLAY") && picture.contains("claude"), "{picture}");
    let chapters = lines.iter().skip(1).filter(|it| it[1] == "m").count();
    assert!(chapters >= 1);
    // Each picture is no more than what has changed.
    let sent = |it: &serde_json::Value| it[2].as_str().map_or(0, str::len);
    let pictures: Vec<_> = lines.iter().skip(2).filter(|it| it[1] == "o").map(sent).collect();
    assert!(pictures.iter().skip(1).any(|it| *it * 4 < pictures[0]), "{pictures:?}");
}

#[test]
fn a_cast_squeezes_what_nobody_waits_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    // Something happens at its beginning, five seconds later, and four after that.
    fs::write(&path, planted()).unwrap();
    let lines = filmed(&recording(&path, folder.path()), (100, 30));
    let waits = lines.iter().skip(1).filter_map(|it| it[0].as_f64()).filter(|it| *it > 0.0);
    assert_eq!(waits.collect::<Vec<_>>(), [2.0, 2.0]);
}

#[test]
fn a_cast_obeys_nobody_and_tells_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    fs::write(&path, planted()).unwrap();
    let recording = recording(&path, folder.path());
    let lines = filmed(&recording, (160, 40));
    let sent: String = lines.iter().skip(1).filter_map(|it| it[2].as_str()).collect();
    assert!(!sent.contains("\u{1b}]") && !sent.contains('\u{202e}') && !sent.contains('\u{9b}'));
    let picture = shown(&lines, (160, 40)).replace(['\n', ' ', '│'], "");
    assert!(SECRETS.iter().take(2).all(|it| !picture.contains(it) && !sent.contains(it)));
}

/// A Python that has the format's own validator: it comes with `.ci/run`.
fn validator() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/atif/bin/python");
    let python = env::var_os("AUTEUR_TEST_ATIF").map_or(beside, PathBuf::from);
    if python.is_file() {
        return Some(python);
    }
    let is_required = env::var_os("CI").is_some_and(|it| it == "true");
    assert!(!is_required, "{} must be there where CI=true", python.display());
    eprintln!("skipped: no validator of ATIF; .ci/run installs it");
    None
}

/// Reads each file as the format's models have it, and looks whether what it refers to is
/// there.
const VALIDATE: &str = r#"
import sys
from atif import Trajectory

def look(it):
    inside = {sub.trajectory_id: sub for sub in it.subagent_trajectories or []}
    for step in it.steps:
        for result in (step.observation.results if step.observation else []):
            for ref in result.subagent_trajectory_ref or []:
                assert ref.trajectory_id in inside, ref
    for sub in inside.values():
        look(sub)

for name in sys.argv[1:]:
    look(Trajectory.model_validate_json(open(name, encoding="utf-8").read()))
"#;

#[test]
fn atif_is_what_its_own_validator_accepts() {
    let Some(python) = validator() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for (number, log) in logs().iter().enumerate() {
        let told = written(&recording(log, folder.path()), "atif");
        let file = folder.path().join(format!("{number}.json"));
        fs::write(&file, told).unwrap();
        files.push(file);
    }
    let ran = std::process::Command::new(python).args(["-c", VALIDATE]).args(&files).output();
    let ran = ran.unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

#[test]
fn atif_keeps_the_turns_and_puts_sub_agents_inside() {
    let folder = tempfile::tempdir().unwrap();
    let recording = recording(&fixtures().join("interop/claude-stories.jsonl"), folder.path());
    let told: serde_json::Value = serde_json::from_str(&written(&recording, "atif")).unwrap();
    assert_eq!(told["schema_version"], "ATIF-v1.8");
    let stage = recording.reader().fold(None);
    let head = stage.agents().next().unwrap();
    let root =
        if told["agent"]["name"] == "auteur" { &told["subagent_trajectories"][0] } else { &told };
    let steps = root["steps"].as_array().unwrap();
    let agents = steps.iter().filter(|it| it["source"] == "agent").count();
    assert!(agents >= head.turn.0 as usize, "{agents} of {}", head.turn);
    assert!(steps.iter().any(|it| it["observation"]["results"][0]["source_call_id"].is_string()));
    let metrics = &root["final_metrics"];
    assert_eq!(metrics["total_completion_tokens"], head.usage.output);
    assert_eq!(metrics["total_prompt_tokens"], head.usage.prompt());
}
