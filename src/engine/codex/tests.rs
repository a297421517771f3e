//! Real transcripts of Codex 0.169, read.

use super::said::{End, Said, read, session};
use serde_json::Value;

fn said(name: &str) -> Vec<Said> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/codex/");
    let text = std::fs::read_to_string(format!("{folder}{name}.jsonl")).unwrap();
    text.lines()
        .map(|line| read(&serde_json::from_str(line).unwrap(), "/home/dev/work/codex"))
        .filter(|it| *it != Said::Boring)
        .collect()
}

#[test]
fn nothing_of_a_real_run_is_strange() {
    for name in ["normal", "patch", "steer", "refused", "interrupted"] {
        let strange: Vec<_> =
            said(name).into_iter().filter(|it| matches!(it, Said::Strange(_))).collect();
        assert_eq!(strange, [], "{name}");
    }
}

#[test]
fn a_run_is_words_tools_and_counts() {
    let all = said("normal");
    let tools: Vec<_> = all
        .iter()
        .filter_map(|it| match it {
            Said::Ended(tool) => Some((tool.title.as_str(), tool.text.as_str(), tool.ok)),
            _ => None,
        })
        .collect();
    assert_eq!(
        tools,
        [
            ("echo step 1", "step 1\n", true),
            ("echo step 2", "step 2\n", true),
            ("echo step 3", "step 3\n", true)
        ]
    );
    let counts: Vec<_> = all
        .iter()
        .filter_map(|it| match it {
            Said::Counted { total, last, .. } => Some((total.input, last.input)),
            _ => None,
        })
        .collect();
    assert_eq!(counts.len(), 4);
    assert_eq!(counts[3].0, counts.iter().map(|it| it.1).sum::<u64>());
    assert!(matches!(all.last(), Some(Said::TurnOver { end: End::Completed, .. })));
}

#[test]
fn a_patch_is_told_file_by_file_and_asked_about() {
    let all = said("patch");
    let Some(Said::Began(tool)) = all.iter().find(|it| matches!(it, Said::Began(_))) else {
        panic!("it begins a call: {all:?}");
    };
    assert_eq!(
        (tool.name.as_str(), tool.paths.as_slice()),
        ("apply_patch", &["new.txt".into()][..])
    );
    assert_eq!((tool.changes[0].added, tool.changes[0].removed), (1, 0));
    assert!(tool.diff.contains("+hello"), "{}", tool.diff);
    let asked = all.iter().any(|it| {
        matches!(it, Said::Asked { method, .. } if method == "item/fileChange/requestApproval")
    });
    assert!(asked);
}

#[test]
fn a_refused_key_is_told_with_what_to_do() {
    let all = said("refused");
    let tries = all.iter().filter_map(|it| match it {
        Said::Retrying { attempt, most, .. } => Some((*attempt, *most)),
        _ => None,
    });
    assert_eq!(tries.collect::<Vec<_>>(), [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]);
    let Some(Said::TurnOver { end: End::Failed(why), .. }) = all.last() else {
        panic!("it fails: {all:?}");
    };
    assert!(why.contains("401") && why.contains("codex login"), "{why}");
}

#[test]
fn an_interrupted_turn_is_told_as_such() {
    assert!(matches!(
        said("interrupted").last(),
        Some(Said::TurnOver { end: End::Interrupted, .. })
    ));
}

#[test]
fn what_is_not_known_is_strange_and_has_its_name() {
    let message: Value =
        serde_json::json!({ "method": "thread/dreamed", "params": { "threadId": "t" } });
    assert_eq!(read(&message, ""), Said::Strange("thread/dreamed".into()));
    assert_eq!(session(&message), Some("t"));
    let item =
        serde_json::json!({ "method": "item/started", "params": { "item": { "type": "x" } } });
    assert_eq!(read(&item, ""), Said::Strange("item x".into()));
    assert_eq!(read(&serde_json::json!({}), ""), Said::Strange(String::new()));
}
