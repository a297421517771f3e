//! What each of the other formats tells. The figures of the samples were counted by a
//! program of their own; those of our own files by hand.

use super::*;
use std::fmt::Write as _;

fn named(counts: &BTreeMap<String, u64>) -> String {
    counts.iter().map(|(name, it)| format!("{it} {name}")).collect::<Vec<_>>().join(", ")
}

/// The figures of a log, in lines.
fn figures(path: &Path) -> String {
    let tally = counted(path);
    let mut told = format!("{}, {} records\n", opened(path).format(), tally.records);
    let _always = writeln!(told, "calls: {}", named(&tally.calls));
    let _always = writeln!(told, "results: {}, errors: {}", tally.results, named(&tally.errors));
    for (model, spent) in &tally.models {
        let it = spent.usage;
        let (read, written) = (it.cache_read, it.cache_write_5m + it.cache_write_1h);
        let (input, output, thought) = (it.input, it.output, it.reasoning);
        let _always =
            writeln!(told, "{model}: {input} + {read} + {written} in, {output} ({thought}) out");
    }
    let odd = [
        ("unknown", tally.unknown),
        ("untold", tally.untold),
        ("compactions", tally.compactions),
        ("unreadable", tally.unreadable),
    ];
    for (what, count) in odd.iter().filter(|it| it.1 > 0) {
        let _always = writeln!(told, "{what}: {count}");
    }
    if let Some(reported) = tally.reported {
        let _always = writeln!(told, "reported: {reported}");
    }
    told
}

/// All that is told of a log: its agents, and what they did.
fn story(path: &Path) -> String {
    let (_folder, reader) = journal(path);
    let stage = reader.fold(None);
    let mut story = format!("{} | {}\n", stage.title(), reader.header().opened);
    for agent in stage.agents() {
        let casting = &agent.casting;
        let from = casting.origin.as_ref().map(|it| format!(" for agent {}", it.agent.0));
        let from = from.unwrap_or_default();
        let _always =
            writeln!(story, "\n{} ({}{from}): {}", casting.name, casting.model, agent.status());
        for entry in agent.log.entries() {
            let _always = writeln!(story, "- {}", told(&entry.kind));
        }
    }
    for notice in stage.notices() {
        let _always = writeln!(story, "! {}", notice.text);
    }
    story
}

/// Our own files, one a format.
const FIXTURES: [&str; 12] = [
    "aider.md",
    "asciicast-v1.json",
    "asciicast-v2.cast",
    "asciicast-v3.cast",
    "atif.json",
    "codex-exec.jsonl",
    "cursor-stream.jsonl",
    "inspect.eval",
    "mini.traj.json",
    "opencode-run.jsonl",
    "openhands-v0.json",
    "opencode.db",
];

/// Samples of others that nobody else has counted.
const SAMPLES: [&str; 16] = [
    "copilot-cli/agent-sessions/small.jsonl",
    "cursor/agent-sessions/small.jsonl",
    "droid/agent-sessions/session_store_large.jsonl",
    "droid/agent-sessions/stream_json_large.jsonl",
    "inspect/browser.json",
    "inspect/log_formats.eval",
    "inspect/log_with_nan.txt",
    "kimi-code/agent-sessions/assistant_tools.jsonl",
    "opencode/agent-sessions/storage_v2",
    "openhands/sdk/events.jsonl",
    "qwen-code/agent-sessions/019f0000-0000-7000-8000-000000000001.jsonl",
    "qwen-code/agent-sessions/system_telemetry.jsonl",
    "swe-agent/ctf-web-i_got_id.traj",
    "swe-agent/function_calling_simple.traj",
    "swe-agent/marshmallow-1867-function_calling.traj",
    "claude-code/entire-tiny/full.jsonl",
];

#[test]
fn each_of_our_own_files_tells_its_figures_and_its_story() {
    for name in FIXTURES {
        let path = fixture(name);
        insta::assert_snapshot!(format!("{name}.figures"), figures(&path));
        insta::assert_snapshot!(format!("{name}.story"), story(&path));
    }
}

#[test]
fn every_figure_of_the_samples_is_the_one_that_another_program_has_counted() {
    let Some(folder) = samples() else { return };
    for name in SAMPLES {
        insta::assert_snapshot!(format!("sample_{name}"), figures(&folder.join(name)));
    }
}

#[test]
fn what_is_played_of_any_log_comes_to_what_is_counted_of_it() {
    let own = FIXTURES.map(fixture);
    let samples = samples().map(|folder| SAMPLES.map(|it| folder.join(it)));
    for path in own.into_iter().chain(samples.into_iter().flatten()) {
        let (tally, (_folder, reader)) = (counted(&path), journal(&path));
        let stage = reader.fold(None);
        let totals = stage.totals();
        let unpriced = tally.cost().unpriced + u32::try_from(tally.untold).unwrap();
        let cost = Cost { unpriced, ..tally.cost() };
        assert_eq!((totals.usage, totals.spent), (tally.usage(), cost), "{}", path.display());
        assert_eq!((stage.damaged(), stage.unknown()), (0, 0), "{}", path.display());
        // A session of ours is told in the same figures.
        let ours = Tally::of_journal(&reader);
        assert_eq!((ours.usage(), ours.cost()), (totals.usage, totals.spent), "{}", path.display());
        assert_eq!(ours.reported.unwrap_or_default(), totals.spent.reported, "{}", path.display());
        assert_eq!(ours.kinds["agent-added"], stage.agents().len() as u64);
        assert_eq!(ours.records, reader.records_from(0).count() as u64);
        assert_eq!(ours.errors.values().sum::<u64>(), tally.errors.values().sum::<u64>());
        let missing = ours.calls.get("?").copied().unwrap_or_default();
        assert_eq!(ours.calls.values().sum::<u64>() - missing, tally.calls.values().sum::<u64>());
    }
}

#[test]
fn a_packed_rollout_tells_what_it_told_before_and_a_bomb_is_no_log() {
    let folder = tempfile::tempdir().unwrap();
    let packed = folder.path().join("rollout.jsonl.zst");
    let plain = fs::read(fixture("codex.jsonl")).unwrap();
    fs::write(&packed, zstd::encode_all(plain.as_slice(), 3).unwrap()).unwrap();
    assert_eq!(counted(&packed), counted(&fixture("codex.jsonl")));
    // What stands before a tear is read, and the tear is told.
    let lines: Vec<_> = plain.split_inclusive(|it| *it == b'\n').collect();
    let (last, before) = lines.split_last().unwrap();
    let mut torn = zstd::encode_all(before.concat().as_slice(), 3).unwrap();
    let rest = zstd::encode_all(*last, 3).unwrap();
    torn.extend(&rest[..rest.len() / 2]);
    fs::write(&packed, torn).unwrap();
    let prices = Arc::new(PriceTable::embedded());
    let log = Foreign::open(&packed).unwrap().unwrap();
    let tally = log.tally(&prices).unwrap();
    assert_eq!((tally.lines, tally.unreadable), (Some(before.len() as u64), 1));
    let told = log.translate(&prices, folder.path()).unwrap();
    let is_told = |it: &Event| {
        matches!(it, Event::NoticeRaised { text, .. }
        if text.starts_with("the rest of the log can't be read: "))
    };
    assert!(told.records_from(0).any(|(_, record)| is_told(&record.event)));
    // Very much of nothing, in a few bytes.
    let bomb = folder.path().join("bomb.zst");
    let nothing = std::io::Read::take(std::io::repeat(b' '), 128 << 20);
    zstd::stream::copy_encode(nothing, fs::File::create(&bomb).unwrap(), 1).unwrap();
    assert!(Foreign::open(&bomb).unwrap().is_none());
}

#[test]
fn a_conversation_of_openhands_is_read_from_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("events")).unwrap();
    fs::write(at("base_state.json"), r#"{"id":"c1","agent":{"llm":{"model":"gpt-4o-mini"}}}"#)
        .unwrap();
    let events = [
        r#"{"id":"a","timestamp":"2026-06-16T05:39:18.809928","source":"user","kind":"MessageEvent","llm_message":{"role":"user","content":[{"type":"text","text":"Mend it."}]}}"#,
        r#"{"id":"b","timestamp":"2026-06-16T05:39:20","source":"agent","kind":"MessageEvent","llm_response_id":"r","llm_message":{"role":"assistant","content":[{"type":"text","text":"It is mended."}]}}"#,
    ];
    for (number, event) in events.iter().enumerate() {
        fs::write(at(&format!("events/event-{number:05}-x.json")), event).unwrap();
    }
    assert_eq!(opened(folder.path()).format(), Format::OpenHands);
    let story = story(folder.path());
    assert!(story.contains("openhands (gpt-4o-mini): done"), "{story}");
    assert!(story.contains("- Mend it.\n- It is mended."), "{story}");
}

#[test]
fn a_database_is_read_as_it_is_and_nothing_is_left_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("opencode.db");
    fs::copy(fixture("opencode.db"), &path).unwrap();
    let before = fs::read(&path).unwrap();
    assert_eq!(figures(&path), figures(&fixture("opencode.db")));
    let left: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!((fs::read(&path).unwrap(), left), (before, vec!["opencode.db".into()]));
}

#[test]
fn what_a_database_has_not_in_its_file_yet_is_read_too_and_nothing_is_left_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("opencode.db");
    fs::copy(fixture("opencode.db"), &path).unwrap();
    let writer = rusqlite::Connection::open(&path).unwrap();
    writer.pragma_update(None, "journal_mode", "wal").unwrap();
    writer.execute("DELETE FROM message", []).unwrap();
    let parts = |names: &[&str]| {
        let copy = tempfile::tempdir().unwrap();
        for name in names {
            fs::copy(folder.path().join(name), copy.path().join(name)).unwrap();
        }
        copy
    };
    // While its program is at work, and as it is left where somebody copied it.
    let whole = ["opencode.db", "opencode.db-shm", "opencode.db-wal"];
    for names in [&whole[..], &["opencode.db", "opencode.db-wal"]] {
        let copy = parts(names);
        let bytes = || names.iter().map(|it| fs::read(copy.path().join(it)).unwrap());
        let before: Vec<_> = bytes().collect();
        let tally = counted(&copy.path().join("opencode.db"));
        assert_eq!((tally.responses, tally.records > 0), (0, true), "{names:?}");
        let mut left: Vec<_> = fs::read_dir(copy.path())
            .unwrap()
            .map(|it| it.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, names);
        assert_eq!(bytes().collect::<Vec<_>>(), before);
    }
    assert!(counted(&fixture("opencode.db")).responses > 0);
}

/// A rollout of a sub-agent: its parent's is told in it again, with the time at which
/// that was written.
fn forked(told: &str, own: &str) -> Vec<u8> {
    let line = |time: &str, kind: &str, payload: &str| {
        format!(
            "{{\"timestamp\":\"2026-10-01T10:0{time}Z\",\"type\":\"{kind}\",\"payload\":{payload}}}\n"
        )
    };
    let count = |time: &str, total: u64| {
        line(
            time,
            "event_msg",
            &format!(
                r#"{{"type":"token_count","info":{{"total_token_usage":{{"input_tokens":{total},"output_tokens":1}}}}}}"#
            ),
        )
    };
    let call = |time: &str, id: &str| {
        line(
            time,
            "response_item",
            &format!(
                r#"{{"type":"function_call","name":"shell","arguments":"{{}}","call_id":"{id}"}}"#
            ),
        ) + &line(
            time,
            "response_item",
            &format!(r#"{{"type":"function_call_output","call_id":"{id}","output":"done"}}"#),
        )
    };
    let head = line(
        "5:00.000",
        "session_meta",
        r#"{"id":"b","timestamp":"2026-10-01T10:05:00.000Z","forked_from_id":"a"}"#,
    );
    let parent = line(told, "session_meta", r#"{"id":"a","timestamp":"2026-10-01T10:00:00.000Z"}"#);
    let context = line(own, "turn_context", r#"{"model":"gpt-5"}"#);
    [head, parent, call(told, "x"), count(told, 1000), context, call(own, "y"), count(own, 1500)]
        .concat()
        .into_bytes()
}

#[test]
fn what_a_fork_tells_of_its_parent_is_shown_and_counted_there_alone() {
    // With its own times, and with those at which it was written again.
    for told_at in ["1:00.000", "5:00.010"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fork.jsonl");
        fs::write(&path, forked(told_at, "5:09.000")).unwrap();
        let tally = counted(&path);
        assert_eq!((named(&tally.calls), tally.results), ("1 shell".to_owned(), 1), "{told_at}");
        assert_eq!(tally.usage().prompt(), 500, "{told_at}");
        let story = story(&path);
        assert_eq!(story.matches("shell > done").count(), 2, "{story}");
        assert_eq!(story.matches("up to here it is what its parent").count(), 1, "{story}");
    }
}

/// Shapes of 0.50 to 0.52, which tell what each turn used and no total.
#[test]
fn turns_of_codex_that_tell_their_own_tokens_are_counted_and_end() {
    let turn = |second: u32, payload: Value| {
        let at = format!("2026-01-02T03:04:{second:02}Z");
        serde_json::json!({ "timestamp": at, "type": "event_msg", "payload": payload }).to_string()
    };
    let meta = serde_json::json!({ "timestamp": "2026-01-02T03:04:00Z", "type": "session_meta",
        "payload": { "id": "s", "cwd": "/w", "originator": "codex_cli_rs", "cli_version": "0.51.0" } });
    let done = |usage: Value| serde_json::json!({ "type": "turn.completed", "usage": usage });
    let lines = [
        meta.to_string(),
        turn(
            1,
            serde_json::json!({ "type": "token_count", "info": { "prompt": 30, "completion": 4 } }),
        ),
        turn(
            2,
            done(
                serde_json::json!({ "input_tokens": 50, "cached_input_tokens": 20, "output_tokens": 5 }),
            ),
        ),
        turn(3, done(Value::Null)),
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rollout.jsonl");
    fs::write(&path, lines.join("\n")).unwrap();
    let used = counted(&path).usage();
    assert_eq!((used.prompt(), used.cache_read, used.output), (80, 20, 9));
    let (_folder, reader) = journal(&path);
    let stage = reader.fold(None);
    assert_eq!(stage.totals().spent.unpriced, 2, "what no model is known of has no price");
    assert!(stage.agents().all(|it| it.status() == crate::model::Status::Succeeded));
}

#[test]
fn what_is_left_of_a_logins_quota_is_told_where_it_changes() {
    let told = |second: u32, used: u32| {
        let window = serde_json::json!({ "used_percent": used, "window_minutes": 300,
            "resets_at": 1_767_326_400 });
        let payload = serde_json::json!({ "type": "token_count", "rate_limits":
            { "primary": window, "secondary": null, "plan_type": "pro" } });
        let at = format!("2026-01-02T03:04:{second:02}Z");
        serde_json::json!({ "timestamp": at, "type": "event_msg", "payload": payload }).to_string()
    };
    let meta = serde_json::json!({ "timestamp": "2026-01-02T03:04:00Z", "type": "session_meta",
        "payload": { "id": "s", "cwd": "/w", "originator": "codex_cli_rs", "cli_version": "0.51.0" } });
    let lines = [meta.to_string(), told(1, 7), told(2, 7), told(3, 85)];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rollout.jsonl");
    fs::write(&path, lines.join("\n")).unwrap();
    let (_folder, reader) = journal(&path);
    let is_told = |it: &crate::model::Event| matches!(it, crate::model::Event::QuotaTold { .. });
    let times = reader.records_from(0).filter(|(_, it)| is_told(&it.event)).count();
    assert_eq!(times, 2, "what was told before is no news");
    let stage = reader.fold(None);
    let quotas: Vec<_> = stage.quotas().collect();
    let [(account, [window])] = quotas[..] else { panic!("{quotas:?}") };
    assert_eq!((account, window.window.name.as_str()), ("codex", "5 h"));
    assert_eq!(window.window.used, Some(85));
}

#[test]
fn a_patch_of_codex_tells_which_files_it_changed() {
    let line = |payload: &str| {
        format!(
            "{{\"timestamp\":\"2026-10-01T10:00:00Z\",\"type\":\"response_item\",\"payload\":{payload}}}\n"
        )
    };
    let call = r#"{"type":"custom_tool_call","name":"apply_patch","call_id":"a","input":"*** Begin Patch\n*** Update File: src/lib.rs\n-old\n+new\n+more\n*** End Patch"}"#;
    let result = r#"{"type":"custom_tool_call_output","call_id":"a","output":"done"}"#;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rollout.jsonl");
    fs::write(&path, [line(call), line(result)].concat()).unwrap();
    let (_folder, reader) = journal(&path);
    let stage = reader.fold(None);
    let files = &stage.agent(AgentId(1)).unwrap().files;
    assert_eq!((files["src/lib.rs"].added, files["src/lib.rs"].removed), (2, 1));
}
