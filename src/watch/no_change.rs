//! No change and nothing new looked at, while it spends.
//!
//! No drift: long reading, as long as it is of something new; whoever may not write;
//! waiting.

use super::sight::{Finding, Sight};
use crate::model::{Evidence, Money, TurnEnd};
use std::collections::BTreeSet;

/// Less is nothing.
const SPENT: Money = Money::cents(10);

/// Tools that change something.
const WRITERS: [&str; 3] = ["write", "edit", "shell"];

pub(super) fn look(sight: &Sight<'_>) -> Option<Finding> {
    let agent = sight.agent;
    let turns = sight.limit as usize;
    let has_none = |tool: &&str| !agent.casting.tools.iter().any(|it| it == tool);
    let only_reads = !agent.casting.tools.is_empty() && WRITERS.iter().all(has_none);
    if agent.casting.permissions == "plan" || only_reads {
        return None;
    }
    let ends: Vec<&TurnEnd> = sight.turns().take(turns + 1).collect();
    let first = ends.get(turns)?;
    let is_dear = agent.spent.known.0.saturating_sub(first.spent.known.0) >= SPENT.0
        || agent.spent.unpriced > first.spent.unpriced;
    let made: Vec<_> = sight.done().take_while(|(it, _)| first.seq < it.seq).collect();
    let is_change = |it: &crate::model::MoveEnd| !it.changes.is_empty();
    let has_changed = made.iter().any(|(it, end)| is_change(end) || hands_in(&it.tool))
        || sight.marks().any(|it| first.seq < it.seq);
    let new: BTreeSet<u64> =
        made.iter().map(|(it, _)| it.asks).filter(|it| !sight.knows(*it, first.seq)).collect();
    // What it looks at for the first time in every third turn keeps it going.
    if !is_dear || has_changed || made.is_empty() || new.len() * 3 > turns {
        return None;
    }
    let words = format!("no file has changed in {turns} turns, and nothing new was looked at");
    let shown = ends.iter().rev().skip(1).map(|it| {
        let calls: Vec<&str> = made
            .iter()
            .filter(|(made, _)| made.turn == it.turn)
            .map(|(made, _)| made.title.as_str())
            .collect();
        let words = if calls.is_empty() { "words alone".to_owned() } else { calls.join(" · ") };
        Evidence { seq: it.seq, turn: it.turn, words }
    });
    Finding::new(words, shown.collect())
}

/// Whether a tool hands something in, or asks.
fn hands_in(tool: &str) -> bool {
    matches!(tool, "report" | "ask")
}

#[cfg(test)]
mod tests {
    use crate::{
        model::{Casting, Rule},
        watch::story::Story,
    };

    /// So many turns in which the same three files are read, and nothing is written.
    fn idle(story: &mut Story, turns: u32) {
        for turn in 1..=turns {
            story.paid_turn().call("read", &format!("{}.rs", turn % 3), (true, &format!("{turn}")));
        }
    }

    #[test]
    fn turns_that_change_nothing_and_learn_nothing_are_seen() {
        let mut story = Story::default();
        idle(&mut story, 12);
        assert_eq!(story.signs(), []);
        idle(&mut story, 2);
        assert_eq!(story.signs(), [Rule::NoChange]);
    }

    #[test]
    fn long_reading_of_something_new_is_none() {
        let mut story = Story::default();
        for turn in 1..=40 {
            story.paid_turn().call("read", &format!("src/{turn}.rs"), (true, "text"));
        }
        assert_eq!(story.signs(), []);
    }

    #[test]
    fn who_changes_something_now_and_then_is_none() {
        let mut story = Story::default();
        for turn in 1..=4 {
            idle(&mut story, 9);
            story.paid_turn().edit(&format!("src/{turn}.rs"));
        }
        assert_eq!(story.signs(), []);
    }

    #[test]
    fn who_may_not_write_is_none() {
        for casting in [
            Casting { permissions: "plan".into(), ..Casting::default() },
            Casting { tools: vec!["read".into(), "list".into()], ..Casting::default() },
        ] {
            let mut story = Story::of(casting);
            idle(&mut story, 40);
            assert_eq!(story.signs(), []);
        }
    }
}
