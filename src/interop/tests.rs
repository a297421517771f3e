//! What others have counted independently, laws of reading, and our own recordings.

use super::{
    Foreign, Format, Tally,
    read::{Feed, Source, read},
};
use crate::{
    journal::Reader,
    llm::PriceTable,
    model::{
        AgentId, CallId, Cost, EntryKind, Event, Money, Record, Stage, Status, ToolState, Turn,
    },
};
use proptest::prelude::*;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    sync::Arc,
};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/interop").join(name)
}

/// Logs of others, with what is in them counted by somebody else. They are not a part of
/// the project.
fn samples() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures/samples");
    let folder = env::var_os("AUTEUR_TEST_SAMPLES").map_or_else(beside, PathBuf::from);
    if folder.join("EXPECTED.json").is_file() {
        return Some(folder);
    }
    let is_required = env::var_os("CI").is_some_and(|it| it == "true");
    assert!(!is_required, "{} must be there where CI=true", folder.display());
    eprintln!("skipped: no samples in {}; AUTEUR_TEST_SAMPLES names them", folder.display());
    None
}

/// The samples of a format, with what is expected of each.
fn expected(format: &str) -> Vec<(PathBuf, Value)> {
    let Some(folder) = samples() else { return Vec::new() };
    let text = fs::read_to_string(folder.join("EXPECTED.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let files = all["files"].as_object().unwrap().iter();
    let files = files.filter(|(_, it)| it["format"] == format);
    files.map(|(name, it)| (folder.join(name), it.clone())).collect()
}

fn opened(path: &Path) -> Foreign {
    Foreign::open(path).unwrap().unwrap_or_else(|| panic!("{} is not known", path.display()))
}

fn counted(path: &Path) -> Tally {
    opened(path).tally(&Arc::new(PriceTable::embedded())).unwrap()
}

fn journal(path: &Path) -> (tempfile::TempDir, Reader) {
    let folder = tempfile::tempdir().unwrap();
    let reader = opened(path).translate(&Arc::new(PriceTable::embedded()), folder.path()).unwrap();
    (folder, reader)
}

fn counts(value: &Value) -> BTreeMap<String, u64> {
    serde_json::from_value(value.clone()).unwrap()
}

/// Dollars with six places, as they are expected.
fn millionths(dollars: &Value) -> u64 {
    dollars.as_str().unwrap().replace('.', "").parse().unwrap()
}

#[test]
fn every_figure_of_the_samples_of_claude_code_is_the_one_that_others_have_counted() {
    for (path, expected) in expected("claude-code") {
        let tally = counted(&path);
        let name = path.display();
        let (of, lines) = (|what: &str| expected[what].as_u64().unwrap(), tally.lines.unwrap());
        assert_eq!(opened(&path).format(), Format::ClaudeCode, "{name}");
        assert_eq!((tally.records, lines), (of("records"), of("lines")), "{name}");
        assert_eq!(tally.unreadable, of("unreadable_lines"), "{name}");
        assert_eq!(tally.glued, of("glued_lines"), "{name}");
        assert_eq!(tally.kinds, counts(&expected["types"]), "{name}");
        assert_eq!(tally.calls, counts(&expected["tool_use_by_name"]), "{name}");
        assert_eq!(tally.calls.values().sum::<u64>(), of("tool_use"), "{name}");
        assert_eq!(tally.results, of("tool_result"), "{name}");
        assert_eq!(tally.errors.values().sum::<u64>(), of("tool_result_errors"), "{name}");
        assert_eq!(tally.responses, of("api_responses"), "{name}");
        let models = tally.models.iter().map(|(model, spent)| {
            let used = spent.usage;
            let (hour, all) = (used.cache_write_1h, used.cache_write_1h + used.cache_write_5m);
            let counts = [
                ("cr", used.cache_read),
                ("cw", all),
                ("cw1h", hour),
                ("input", used.input),
                ("output", used.output),
            ];
            (model.clone(), BTreeMap::from(counts.map(|(name, it)| (name.to_owned(), it))))
        });
        let expected_models: BTreeMap<String, BTreeMap<String, u64>> =
            serde_json::from_value(expected["tokens_by_model"].clone()).unwrap();
        assert_eq!(models.collect::<BTreeMap<_, _>>(), expected_models, "{name}");
        let cost = tally.cost();
        assert_eq!((cost.known.0 + 500) / 1000, millionths(&expected["usd"]), "{name}");
        assert_eq!(u64::from(cost.unpriced), of("usd_unpriced_responses"), "{name}");
    }
}

#[test]
fn every_figure_of_the_samples_of_codex_is_the_one_that_others_have_counted() {
    for (path, expected) in expected("codex") {
        let tally = counted(&path);
        let name = path.display();
        let of = |what: &str| expected[what].as_u64().unwrap();
        assert_eq!(opened(&path).format(), Format::Codex, "{name}");
        assert_eq!((tally.records, tally.lines.unwrap()), (of("records"), of("lines")), "{name}");
        assert_eq!((tally.glued, tally.unreadable), (of("glued_lines"), of("unreadable_lines")));
        assert_eq!(tally.totals, of("token_count_events"), "{name}");
        assert_eq!(tally.kinds, counts(&expected["types"]), "{name}");
        let (total, used) = (&expected["final_total_token_usage"], tally.usage());
        if total.is_null() {
            // No total of the thread is told there; its turns may tell theirs.
            continue;
        }
        let of = |what: &str| total[what].as_u64().unwrap_or_default();
        assert_eq!(used.prompt(), of("input_tokens"), "{name}");
        assert_eq!(used.cache_read, of("cached_input_tokens"), "{name}");
        assert_eq!(used.output, of("output_tokens"), "{name}");
        assert_eq!(used.reasoning, of("reasoning_output_tokens"), "{name}");
        assert_eq!(used.total(), of("total_tokens"), "{name}");
    }
}

#[test]
fn every_figure_of_the_samples_of_gemini_is_the_one_that_others_have_counted() {
    for (path, expected) in expected("gemini-cli") {
        let tally = counted(&path);
        let name = path.display();
        let of = |what: &str| expected[what].as_u64();
        assert_eq!(opened(&path).format(), Format::GeminiCli, "{name}");
        assert_eq!((Some(tally.records), tally.lines), (of("records"), of("lines")), "{name}");
        assert_eq!(tally.messages, of("messages"), "{name}");
        for (kind, count) in counts(&expected["types"]) {
            assert_eq!(tally.kinds.get(&kind), Some(&count), "{name}: {kind}");
        }
        assert_eq!(Some(tally.calls.values().sum()), of("tool_calls"), "{name}");
        let models = tally.models.iter().map(|(model, spent)| {
            let used = spent.usage;
            let counts = [
                ("cached", used.cache_read),
                ("input", used.prompt()),
                ("output", used.output - used.reasoning),
                ("thoughts", used.reasoning),
                ("tool", 0),
                ("total", used.total()),
            ];
            (model.clone(), BTreeMap::from(counts.map(|(name, it)| (name.to_owned(), it))))
        });
        let expected_models: BTreeMap<String, BTreeMap<String, u64>> =
            serde_json::from_value(expected["tokens_by_model"].clone()).unwrap();
        assert_eq!(models.collect::<BTreeMap<_, _>>(), expected_models, "{name}");
    }
}

#[test]
fn what_is_played_of_a_sample_comes_to_what_is_counted_of_it() {
    let all = ["claude-code", "codex", "gemini-cli"].map(expected);
    for (path, _) in all.into_iter().flatten() {
        let (tally, (_folder, reader)) = (counted(&path), journal(&path));
        let stage = reader.fold(None);
        let mut all = tally.clone();
        for aide in tally.aides.values() {
            for (model, spent) in &aide.models {
                all.spend(model, *spent);
            }
        }
        let totals = stage.totals();
        let unpriced = all.cost().unpriced + u32::try_from(tally.untold).unwrap();
        let cost = Cost { unpriced, ..all.cost() };
        assert_eq!((totals.usage, totals.spent), (all.usage(), cost), "{}", path.display());
        assert_eq!((stage.damaged(), stage.unknown()), (0, 0), "{}", path.display());
        let results: u64 = tally.aides.values().map(|it| it.results).sum();
        let ended = reader.records_from(0);
        let ended = ended.filter(|(_, it)| matches!(it.event, Event::ToolEnded { .. })).count();
        assert!(ended as u64 >= tally.results + results, "{}", path.display());
    }
}

#[test]
fn our_own_recording_of_claude_code_is_an_agent_on_the_stage() {
    let (_folder, reader) = journal(&fixture("claude-code.jsonl"));
    let header = reader.header();
    assert_eq!(header.opened, "2026-11-22T14:45:57.915Z");
    assert_eq!(
        (header.project.as_str(), header.by.as_str()),
        ("/home/dev/work/claude-code", "claude-code")
    );
    let stage = reader.fold(None);
    let agent = stage.agent(AgentId(1)).unwrap();
    assert_eq!((stage.agents().len(), stage.title()), (1, "first"));
    assert_eq!(
        (agent.casting.name.as_str(), agent.casting.model.as_str()),
        ("claude", "claude-opus-5-5")
    );
    assert_eq!((agent.casting.brief.as_str(), agent.status()), ("first", Status::Succeeded));
    assert_eq!((agent.turn, agent.tools["Bash"].calls), (Turn(4), 2));
    let told: Vec<_> = agent.log.entries().map(|it| told(&it.kind)).collect();
    assert_eq!(
        told,
        [
            "first",
            "Working on step 1.",
            "echo step 1 > step 1",
            "All 1 steps are done.",
            "second: delivered at turn 3",
            "Working on step 1.",
            "echo step 1 > step 1",
            "All 1 steps are done.",
            "done",
        ]
    );
    // Claude Code has counted what we compute, to the nano-dollar.
    assert_eq!(agent.spent, Cost::from(Some(Money(22_987_600))));
    assert_eq!(counted(&fixture("claude-code.jsonl")).reported, Some(Money(22_987_600)));
}

#[test]
fn a_story_with_a_branch_a_sub_agent_and_a_shorter_memory_is_told_in_its_order() {
    let (_folder, reader) = journal(&fixture("claude-stories.jsonl"));
    let stage = reader.fold(None);
    let names: Vec<_> = stage.agents().map(|it| it.casting.name.clone()).collect();
    assert_eq!(names, ["claude", "sub-agent"]);
    assert_eq!(stage.title(), "Mend the parser");
    let [claude, aide] = [1, 2].map(|id| stage.agent(AgentId(id)).unwrap());
    let log: Vec<_> = claude.log.entries().map(|it| told(&it.kind)).collect();
    insta::assert_snapshot!(log.join("\n"));
    assert_eq!(claude.files["src/lib.rs"].added, 2);
    assert_eq!(claude.status(), Status::Stopped);
    let origin = aide.casting.origin.as_ref().unwrap();
    assert_eq!(
        (origin.agent, origin.call, aide.casting.brief.as_str()),
        (AgentId(1), CallId(4), "Find all parsers.")
    );
    assert_eq!(
        (aide.casting.model.as_str(), aide.status()),
        ("claude-haiku-4-5", Status::Succeeded)
    );
    let notices: Vec<_> = stage.notices().map(|it| it.text.clone()).collect();
    insta::assert_snapshot!(notices.join("\n"));
    let tally = counted(&fixture("claude-stories.jsonl"));
    assert_eq!((tally.branches, tally.compactions, tally.unknown), (1, 1, 1));
    assert_eq!((tally.glued, tally.unreadable), (1, 1));
    assert_eq!((tally.responses, tally.usage().output), (7, 40 + 30 + 20 + 25 + 15 + 5 + 7));
    assert_eq!(tally.errors, BTreeMap::from([("Bash".to_owned(), 1)]));
}

fn told(kind: &EntryKind) -> String {
    match kind {
        EntryKind::Said { text, .. } | EntryKind::Thought { text } => text.trim().to_owned(),
        EntryKind::Tool { title, output, state: ToolState::Ended { ok: true, .. }, .. } => {
            format!("{title} > {output}")
        }
        EntryKind::Redirect { text, state, .. } => format!("{text}: {state}"),
        EntryKind::Brief(text) | EntryKind::Note { text, .. } => text.clone(),
        EntryKind::End { text, ok: true } if text.is_empty() => "done".to_owned(),
        other => format!("{other:?}"),
    }
}

/// The log of the only agent of a recording, and the agent.
fn played(name: &str) -> (crate::model::Agent, String) {
    let (_folder, reader) = journal(&fixture(name));
    let stage = reader.fold(None);
    assert_eq!(stage.agents().len(), 1);
    let agent = stage.agent(AgentId(1)).unwrap().clone();
    let log: Vec<_> = agent.log.entries().map(|it| told(&it.kind)).collect();
    (agent, log.join("\n"))
}

#[test]
fn our_own_recording_of_codex_is_an_agent_on_the_stage() {
    let (agent, log) = played("codex.jsonl");
    insta::assert_snapshot!(log);
    assert_eq!((agent.casting.name.as_str(), agent.casting.model.as_str()), ("codex", "gpt-5"));
    assert_eq!((agent.turn, agent.status()), (Turn(4), Status::Succeeded));
    assert_eq!((agent.usage.prompt(), agent.usage.output), (40_752, 191));
    assert_eq!(agent.spent.unpriced, 0);
    let link = agent.link.unwrap();
    assert!(link.program.starts_with("Codex 0."), "{link:?}");
}

#[test]
fn our_own_recording_of_gemini_is_an_agent_on_the_stage() {
    let (agent, log) = played("gemini.jsonl");
    insta::assert_snapshot!(log);
    assert_eq!(
        (agent.casting.name.as_str(), agent.casting.model.as_str()),
        ("gemini", "gemini-2.5-pro")
    );
    assert_eq!((agent.status(), agent.spent.unpriced), (Status::Succeeded, 0));
}

/// The records of these bytes, as far as they come from what was read, and all of them.
fn records(format: Format, bytes: &[u8]) -> (Vec<Record>, Vec<Record>) {
    let prices = Arc::new(PriceTable::embedded());
    let mut all = Vec::new();
    let mut read_so_far = 0;
    let feed = Feed::Lines(Box::new(std::io::Cursor::new(bytes.to_vec())));
    let source = Source { path: PathBuf::new(), aide: None, feed };
    let mut take = |records: Vec<Record>, is_end| {
        read_so_far += if is_end { 0 } else { records.len() };
        all.extend(records);
        Ok(())
    };
    read(format, &prices, vec![source], &mut take).unwrap();
    (all[..read_so_far].to_vec(), all)
}

fn recordings() -> Vec<(Format, Vec<u8>)> {
    let all = [
        (Format::CodexExec, "codex-exec.jsonl"),
        (Format::Cursor, "cursor-stream.jsonl"),
        (Format::OpenCode, "opencode-run.jsonl"),
        (Format::ClaudeCode, "claude-code.jsonl"),
        (Format::ClaudeCode, "claude-stories.jsonl"),
        (Format::Codex, "codex.jsonl"),
        (Format::GeminiCli, "gemini.jsonl"),
    ];
    all.map(|(format, name)| (format, fs::read(fixture(name)).unwrap())).into()
}

mod following;
mod once;
mod readers;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_log_that_is_cut_tells_the_same_as_far_as_it_goes(
        which in any::<prop::sample::Index>(), cut in any::<prop::sample::Index>(),
    ) {
        let recordings = recordings();
        let (format, bytes) = &recordings[which.index(recordings.len())];
        let (read, _) = records(*format, &bytes[..cut.index(bytes.len())]);
        let (_, whole) = records(*format, bytes);
        prop_assert_eq!(&read[..], &whole[..read.len()]);
    }

    #[test]
    fn any_damage_is_survived_and_obeyed_by_no_terminal(
        which in any::<prop::sample::Index>(),
        spice in prop::collection::vec((any::<prop::sample::Index>(), any::<Vec<u8>>()), 1..20),
    ) {
        let recordings = recordings();
        let (format, mut bytes) = recordings[which.index(recordings.len())].clone();
        for (at, noise) in spice {
            let at = at.index(bytes.len());
            let end = (at + noise.len()).min(bytes.len());
            bytes.splice(at..end, noise);
        }
        let (_, all) = records(format, &bytes);
        let mut stage = Stage::default();
        for record in &all {
            stage.apply(record);
            let (Event::Said { text, .. } | Event::Thought { text, .. } | Event::ToolEnded { text, .. }
                | Event::Noted { text, .. } | Event::NoticeRaised { text, .. }) = &record.event
            else { continue };
            prop_assert!(!text.chars().any(|it| it.is_control() && !matches!(it, '\n' | '\t')));
        }
        prop_assert!(all.windows(2).all(|two| two[0].at <= two[1].at && two[0].seq < two[1].seq));
    }

    #[test]
    fn any_bytes_are_read_to_their_end(bytes in any::<Vec<u8>>()) {
        for format in Format::ALL {
            let (_, all) = records(format, &bytes);
            let is_closed = matches!(all.last().unwrap().event, Event::SessionClosed { .. });
            prop_assert!(is_closed);
        }
    }
}
