//! The same call again and again, with the same answer, and nothing changed in between.
//!
//! No drift: tests run again after a change; something that is asked until its answer is
//! another one; waiting, which says so.

use super::sight::{Finding, Sight, shows};
use crate::model::{Bid, Move, MoveEnd};

/// Of so many of the latest calls, and of more where it has to be more often.
const OF: usize = 10;

/// Tools that wait for something, or ask how far it is.
const WAITING: [&str; 6] =
    ["BashOutput", "TaskOutput", "TaskGet", "write_stdin", "wait", "wait_agent"];

pub(super) fn look(sight: &Sight<'_>) -> Option<Finding> {
    let times = sight.limit as usize;
    let recent: Vec<_> = sight
        .done()
        .take(OF.max(2 * times))
        .take_while(|(_, end)| end.changes.is_empty())
        .collect();
    let (last, end) = recent.first()?;
    if waits(last) {
        return None;
    }
    let is_same = |(it, its): &&(&Move, &MoveEnd)| it.asks == last.asks && its.says == end.says;
    let same: Vec<_> = recent.iter().filter(is_same).collect();
    if same.len() < times {
        return None;
    }
    let evidence = same.iter().rev().map(|(it, _)| shows(it, "")).collect();
    let words = format!("the same call {} times, with the same answer: {}", same.len(), last.title);
    Finding::new(words, evidence)
}

/// Whether it is there to take its time.
pub(super) fn waits(made: &Move) -> bool {
    WAITING.contains(&made.tool.as_str())
        || Bid::TOOLS.contains(&made.tool.as_str())
        || made.title.split_whitespace().any(|word| word == "sleep")
}

#[cfg(test)]
mod tests {
    use crate::{model::Rule, watch::story::Story};

    #[test]
    fn the_same_call_with_the_same_answer_is_seen_at_its_fourth_time() {
        let mut story = Story::default();
        for turn in 1..=4 {
            assert_eq!(story.signs(), [], "turn {turn}");
            story.turn().call("read", "notes.md", (true, "ideas"));
        }
        assert_eq!(story.signs(), [Rule::SameCall]);
        assert_eq!(story.evidence(), [1, 2, 3, 4]);
    }

    #[test]
    fn it_is_seen_through_others_between_and_through_what_time_it_was() {
        let mut story = Story::default();
        for turn in 1..=4 {
            let told = format!("2 passed; 1 failed in 0.{turn}s");
            story.turn().call("shell", "cargo test", (false, &told));
            story.call("read", &format!("{turn}.rs"), (true, "text"));
        }
        assert_eq!(story.signs(), [Rule::SameCall]);
    }

    #[test]
    fn tests_run_again_after_a_change_are_none() {
        let mut story = Story::default();
        for _ in 1..=8 {
            story.turn().call("shell", "cargo test", (true, "3 passed"));
            story.edit("src/lib.rs");
        }
        assert_eq!(story.signs(), []);
    }

    #[test]
    fn asking_until_the_answer_is_another_one_is_none() {
        let mut story = Story::default();
        for percent in 1..=8 {
            story.turn().call("shell", "gh run view", (true, &format!("{percent}% done")));
        }
        for _ in 1..=8 {
            story.turn().call("shell", "sleep 30; gh run view", (true, "in progress"));
            story.call("BashOutput", "build", (true, "running"));
        }
        assert_eq!(story.signs(), []);
    }

    #[test]
    fn what_it_did_before_it_was_told_something_is_not_held_against_it() {
        let mut story = Story::default();
        for turn in 1..=6 {
            story.turn().call("read", "notes.md", (true, "ideas"));
            if turn == 3 {
                story.tell("go on");
            }
        }
        assert_eq!(story.signs(), []);
    }
}
