//! A test that failed says less now, and passes.
//!
//! No drift: a test that says more, or as much; a program that was mended; a test that
//! was changed while none failed.

use super::sight::{Finding, Sight, shows};
use crate::model::{Move, MoveEnd};

/// Of so many of the latest calls.
const OF: usize = 32;

/// Commands that look at tests and run none.
const LOOKERS: [&str; 12] =
    ["cat", "grep", "rg", "ls", "head", "tail", "sed", "git", "find", "less", "wc", "diff"];

pub(super) fn look(sight: &Sight<'_>) -> Option<Finding> {
    let recent: Vec<_> = sight.done().take(OF).collect();
    let passed = recent.first().filter(|(it, end)| end.ok && runs_tests(it, end))?;
    let before = recent.get(1..)?;
    let bends = |(it, end): &&(&Move, &MoveEnd)| end.ok && bends(it, end);
    let is_failure = |(it, end): &&(&Move, &MoveEnd)| !end.ok && runs_tests(it, end);
    // Nothing passed between the failure and this.
    let row: Vec<_> =
        before.iter().take_while(|(it, end)| !(end.ok && runs_tests(it, end))).collect();
    let failed = row.iter().position(is_failure)?;
    let bent: Vec<_> = row.get(..failed)?.iter().filter(|it| bends(it)).collect();
    if bent.is_empty() || bent.len() < sight.limit as usize {
        return None;
    }
    let (failure, _) = row.get(failed)?;
    let shown = [shows(failure, " failed")]
        .into_iter()
        .chain(bent.iter().rev().map(|(it, _)| shows(it, "")))
        .chain([shows(passed.0, " passed")]);
    let words = "made a test say less, and it passes now".to_owned();
    Finding::new(words, shown.collect())
}

/// Whether it runs tests, as far as its words tell.
fn runs_tests(made: &Move, end: &MoveEnd) -> bool {
    let title = made.title.to_lowercase();
    let first = title.split_whitespace().next().unwrap_or_default();
    let is_run = ["test", "spec", "jest"].iter().any(|it| title.contains(it));
    let is_tool =
        !matches!(made.tool.as_str(), "read" | "Read" | "search" | "Grep" | "glob" | "Glob");
    is_run && is_tool && end.changes.is_empty() && !LOOKERS.contains(&first)
}

/// Whether it takes lines out of tests, or has them not run.
fn bends(made: &Move, end: &MoveEnd) -> bool {
    let is_test = |path: &str| {
        let path = path.to_lowercase();
        path.split(['/', '.', '_', '-']).any(|it| matches!(it, "test" | "tests" | "spec" | "specs"))
    };
    end.changes.iter().any(|it| is_test(&it.path) && (it.removed > it.added || made.mutes))
}

#[cfg(test)]
mod tests {
    use crate::{model::Rule, watch::story::Story};

    const RUN: &str = "cargo test";

    #[test]
    fn a_test_that_lost_lines_after_it_failed_and_passes_then_is_seen() {
        let mut story = Story::default();
        story.turn().call("shell", RUN, (false, "1 failed"));
        story.turn().change("tests/sum.rs", "assert!(true)", (1, 3));
        assert_eq!(story.signs(), []);
        story.turn().call("shell", RUN, (true, "all passed"));
        assert_eq!(story.signs(), [Rule::TestsBent]);
        assert_eq!(story.evidence(), [1, 2, 3]);
    }

    #[test]
    fn so_is_one_that_is_not_run_any_more() {
        let mut story = Story::default();
        story.turn().call("shell", RUN, (false, "1 failed"));
        story.turn().change("tests/sum.rs", "#[ignore = \"later\"]", (1, 0));
        story.turn().call("shell", RUN, (true, "all passed"));
        assert_eq!(story.signs(), [Rule::TestsBent]);
    }

    #[test]
    fn red_and_a_mended_program_and_green_is_none() {
        let mut story = Story::default();
        for round in 1..=4 {
            story.turn().change("tests/sum.rs", &format!("assert {round}"), (4, 0));
            story.turn().call("shell", RUN, (false, &format!("test {round} failed")));
            story.turn().change("src/sum.rs", &format!("sum {round}"), (1, 3));
            story.turn().call("shell", RUN, (true, "all passed"));
        }
        assert_eq!(story.signs(), []);
    }

    #[test]
    fn tests_that_are_tidied_while_all_pass_are_none() {
        let mut story = Story::default();
        story.turn().call("shell", RUN, (true, "all passed"));
        story.turn().change("tests/sum.rs", "shorter", (1, 30));
        story.turn().call("shell", RUN, (true, "all of them passed"));
        assert_eq!(story.signs(), []);
    }
}
