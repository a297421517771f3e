//! One failure after another.
//!
//! No drift: a test that is made to fail and then to pass; many different failures of
//! something large that is taken apart; a search that finds nothing.

use super::sight::{Finding, Sight, shows};
use crate::model::{Move, MoveEnd};

/// Of those in a row so many say the same.
const SAME_IN_ROW: usize = 3;
/// Of the latest calls so many that say the same, whatever went well in between.
const SAME: usize = 4;
const OF: usize = 16;

type Done<'a> = (&'a Move, &'a MoveEnd);

pub(super) fn look(sight: &Sight<'_>) -> Option<Finding> {
    let recent: Vec<Done<'_>> = sight.done().take(OF).collect();
    let (_, end) = recent.first().filter(|it| is_failure(it))?;
    let row: Vec<_> = recent.iter().take_while(|it| is_failure(it)).collect();
    let said_again = |among: &[&Done<'_>]| among.iter().filter(|it| it.1.says == end.says).count();
    if row.len() >= sight.limit as usize && said_again(&row) >= SAME_IN_ROW {
        let words = format!("{} failures in a row", row.len());
        return Finding::new(words, shown(&row));
    }
    let same: Vec<_> = recent.iter().filter(|it| is_failure(it) && it.1.says == end.says).collect();
    // The very same call, with nothing changed, is another rule's.
    let is_one_call =
        same.iter().all(|(it, _)| same.first().is_some_and(|(last, _)| it.asks == last.asks));
    let has_changed = recent.iter().any(|(_, end)| !end.changes.is_empty());
    if same.len() < SAME || (is_one_call && !has_changed) {
        return None;
    }
    let words = format!("the same failure {} times, whatever it tried", same.len());
    Finding::new(words, shown(&same))
}

/// It failed and said why: that a search found nothing is no failure.
const fn is_failure((_, end): &Done<'_>) -> bool {
    !end.ok && !end.is_mute
}

fn shown(failed: &[&Done<'_>]) -> Vec<crate::model::Evidence> {
    failed.iter().rev().map(|(it, _)| shows(it, " failed")).collect()
}

#[cfg(test)]
mod tests {
    use crate::{model::Rule, watch::story::Story};

    #[test]
    fn failures_in_a_row_that_say_the_same_are_seen() {
        let mut story = Story::default();
        for turn in 1..=5 {
            assert_eq!(story.signs(), [], "turn {turn}");
            let command = format!("make -j{turn}");
            let told = if turn % 2 == 1 { "missing separator" } else { "no rule for all" };
            story.turn().call("shell", &command, (false, told));
        }
        assert_eq!(story.signs(), [Rule::ErrorSpiral]);
    }

    #[test]
    fn the_same_failure_after_each_change_is_seen() {
        let mut story = Story::default();
        for _ in 1..=4 {
            story.turn().edit("src/lib.rs");
            story.turn().call("shell", "cargo test", (false, "assertion failed: left == right"));
        }
        assert_eq!(story.signs(), [Rule::ErrorSpiral]);
    }

    #[test]
    fn red_green_and_another_red_is_none() {
        let mut story = Story::default();
        for test in 1..=8 {
            story.turn().edit("tests/one.rs");
            story.call("shell", "cargo test", (false, &format!("test {test} failed")));
            story.turn().edit("src/lib.rs");
            story.call("shell", "cargo test", (true, &format!("{test} passed")));
        }
        assert_eq!(story.signs(), []);
    }

    #[test]
    fn a_large_change_with_one_error_less_each_time_is_none() {
        let mut story = Story::default();
        for left in (1..=12).rev() {
            story.turn().edit("src/lib.rs");
            story.call("shell", "cargo check", (false, &format!("{left} errors")));
        }
        assert_eq!(story.signs(), []);
    }

    #[test]
    fn searches_that_find_nothing_are_none() {
        let mut story = Story::default();
        for word in ["one", "two", "three", "four", "five", "six"] {
            story.turn().call("shell", &format!("grep {word}"), (false, "[exit 1]"));
        }
        assert_eq!(story.signs(), []);
    }
}
