//! Logs that are read one after the other, into a ledger.

use super::*;
use crate::{
    history::{Book, By, Ledger, Sum},
    interop::{Once, in_order},
};

/// What is in the ledger when all of these were read.
fn ledger(paths: &[PathBuf]) -> Ledger {
    let mut logs: Vec<_> = paths.iter().map(|it| opened(it)).collect();
    in_order(&mut logs);
    let mut once = Once::new(&Arc::new(PriceTable::embedded()));
    let mut ledger = Ledger::default();
    for log in &logs {
        let mut book = Book::new(&log.path().display().to_string(), &log.header());
        once.read(log, &mut |record| book.take(record, &mut ledger)).unwrap();
    }
    ledger
}

#[test]
fn the_ledger_of_a_sample_comes_to_what_others_have_counted() {
    let all = ["claude-code", "codex", "gemini-cli"].map(expected);
    for (path, expected) in all.into_iter().flatten() {
        let (tally, name) = (counted(&path), path.display());
        let ledger = ledger(std::slice::from_ref(&path));
        let mut whole = tally.clone();
        for aide in tally.aides.values() {
            for (model, spent) in &aide.models {
                whole.spend(model, *spent);
            }
        }
        let total = ledger.total();
        let unpriced = whole.cost().unpriced + u32::try_from(tally.untold).unwrap();
        let cost = Cost { unpriced, ..whole.cost() };
        assert_eq!((total.usage, total.cost), (whole.usage(), cost), "{name}");
        for by in By::ALL {
            let mut sum = Sum::default();
            for row in ledger.by(by) {
                sum += row.sum;
            }
            assert_eq!(sum, total, "{name} by {by}");
        }
        // Others have counted the log alone, without the files of its sub-agents.
        if let Some(dollars) = expected.get("usd").filter(|_| tally.aides.is_empty()) {
            assert_eq!((total.cost.known.0 + 500) / 1000, millionths(dollars), "{name}");
        }
    }
}

/// An answer of Claude Code's, in the session `of`, at this second.
fn answer(of: &str, second: u32, id: &str) -> String {
    format!(
        r#"{{"sessionId":"{of}","uuid":"u-{id}","isSidechain":false,"timestamp":"2026-11-01T10:00:0{second}Z","type":"assistant","message":{{"role":"assistant","id":"{id}","model":"claude-opus-4-6","stop_reason":"end_turn","usage":{{"input_tokens":1000,"output_tokens":1}},"content":[]}}}}
"#
    )
}

#[test]
fn a_fork_that_is_read_first_adds_only_what_is_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let parent = ["m1", "m2"].map(|it| answer("parent", 1, it)).concat();
    fs::write(at("parent.jsonl"), parent).unwrap();
    let fork = answer("fork", 1, "m1") + &answer("fork", 3, "m3");
    fs::write(at("fork.jsonl"), fork).unwrap();
    // Both may have come to be in the same tick of the disk's clock.
    let file = fs::File::options().append(true).open(at("parent.jsonl")).unwrap();
    file.set_modified(std::time::UNIX_EPOCH).unwrap();
    let ledger = ledger(&["fork.jsonl", "parent.jsonl"].map(at));
    let rows: Vec<_> = ledger
        .by(By::Session)
        .iter()
        .map(|it| (Path::new(&*it.name).file_name().unwrap().to_owned(), it.sum.usage.input))
        .collect();
    assert_eq!(rows, [("parent.jsonl".into(), 2000), ("fork.jsonl".into(), 1000)]);
}

#[test]
fn a_copy_of_a_log_that_grew_costs_nothing_again() {
    for name in ["claude-code.jsonl", "codex.jsonl", "gemini.jsonl"] {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("copy.jsonl");
        let mut bytes = fs::read(fixture(name)).unwrap();
        // It has grown by what means nothing.
        bytes.extend_from_slice(b"{}\n");
        fs::write(&copy, bytes).unwrap();
        let (alone, both) = (ledger(&[fixture(name)]), ledger(&[fixture(name), copy]));
        assert_eq!(both.total().usage, alone.total().usage, "{name}");
        assert_eq!(both.total().cost, alone.total().cost, "{name}");
    }
}
