//! To and fro between two states: the same two changes, again and again.
//!
//! No drift: one change that is taken back; one line that is changed again and again to
//! something new.

use super::sight::{Finding, Sight, shows};

/// Of so many of the latest calls.
const OF: usize = 48;

pub(super) fn look(sight: &Sight<'_>) -> Option<Finding> {
    let (last, _) = sight.done().next().filter(|(_, end)| !end.changes.is_empty())?;
    let recent: Vec<_> = sight.done().take(OF).collect();
    let paths = |it: &crate::model::MoveEnd| {
        it.changes.iter().map(|it| it.path.clone()).collect::<Vec<_>>()
    };
    let of_last = recent.first().map(|(_, end)| paths(end))?;
    // The changes of the same files, the latest first.
    let changes: Vec<_> = recent.iter().filter(|(_, end)| paths(end) == of_last).collect();
    let other = changes.get(1).map(|(it, _)| it.asks).filter(|it| *it != last.asks)?;
    let is_turn = |(place, (it, _)): &(usize, &&(&crate::model::Move, _))| {
        it.asks == if place % 2 == 0 { last.asks } else { other }
    };
    let row: Vec<_> = changes.iter().enumerate().take_while(is_turn).map(|it| it.1).collect();
    // A, B, A, B comes back twice.
    let returns = row.len().saturating_sub(2);
    if returns < sight.limit as usize {
        return None;
    }
    let words = format!("to and fro {} times: {}", returns + 1, of_last.join(", "));
    Finding::new(words, row.iter().rev().map(|(it, _)| shows(it, "")).collect())
}

#[cfg(test)]
mod tests {
    use crate::{model::Rule, watch::story::Story};

    #[test]
    fn the_same_two_changes_in_turn_are_seen_at_the_second_return() {
        let mut story = Story::default();
        for turn in 1..=4 {
            assert_eq!(story.signs(), [], "turn {turn}");
            let text = if turn % 2 == 1 { "stars" } else { "dashes" };
            story.turn().write("notes.md", text);
            story.turn().call("read", &format!("{turn}.md"), (true, "text"));
        }
        assert_eq!(story.signs(), [Rule::PingPong]);
        assert_eq!(story.evidence(), [1, 3, 5, 7]);
    }

    #[test]
    fn a_change_that_is_taken_back_is_none() {
        let mut story = Story::default();
        story.turn().write("notes.md", "dashes");
        story.turn().write("notes.md", "stars");
        story.turn().write("notes.md", "dashes");
        for turn in 1..=6 {
            story.turn().write("src/lib.rs", &format!("attempt {turn}"));
        }
        assert_eq!(story.signs(), []);
    }
}
