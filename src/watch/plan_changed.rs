//! A plan that is written anew, and has lost steps that were not done.
//!
//! No drift: steps that are done and gone; a step that is split, or said in other words; a
//! plan that is still being made; another plan after it was told something.

use super::{
    STANDS,
    sight::{Finding, Sight},
};
use crate::model::Evidence;

/// So many steps are named.
const NAMED: usize = 3;

pub(super) fn look(sight: &Sight<'_>) -> Option<Finding> {
    let changes: Vec<_> = sight.plans().collect();
    let latest = changes.last()?;
    let lost: Vec<&String> = changes.iter().flat_map(|it| &it.lost).collect();
    let is_late = sight.agent.turn.0 < latest.turn.0.saturating_add(STANDS);
    if !is_late || lost.len() < sight.limit as usize {
        return None;
    }
    let steps = if lost.len() == 1 { "step" } else { "steps" };
    let words = format!(
        "{} planned {steps} dropped that were not done: {}",
        lost.len(),
        named(lost.iter().map(|it| it.as_str()))
    );
    let shown = changes.iter().map(|it| {
        let words = format!("the plan loses {}", named(it.lost.iter().map(String::as_str)));
        Evidence { seq: it.seq, turn: it.turn, words }
    });
    Finding::new(words, shown.collect())
}

fn named<'a>(steps: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = steps.len().saturating_sub(NAMED);
    let named = steps.take(NAMED).map(|it| format!("“{it}”")).collect::<Vec<_>>().join(", ");
    if more == 0 { named } else { format!("{named} and {more} more") }
}

#[cfg(test)]
mod tests {
    use crate::{model::Rule, watch::story::Story};

    const FIRST: [(&str, &str); 4] = [
        ("read the parser", "completed"),
        ("mend the parser", "in_progress"),
        ("run the tests", "pending"),
        ("update the manual", "pending"),
    ];

    #[test]
    fn a_call_that_fails_changes_no_plan() {
        let mut story = Story::default();
        story.turn().plan(&FIRST);
        story.turn().plans(&[("mend the parser", "in_progress")], false);
        assert_eq!(story.signs(), []);
        assert_eq!(story.agent().trail.plan().len(), FIRST.len());
    }

    #[test]
    fn steps_that_were_not_done_and_are_gone_are_seen() {
        let mut story = Story::default();
        story.turn().plan(&FIRST);
        story.turn().plan(&[("mend the parser", "in_progress"), ("add colours", "pending")]);
        assert_eq!(story.signs(), [Rule::PlanChanged]);
        assert_eq!(
            (story.words(), story.evidence()),
            (
                "2 planned steps dropped that were not done: “run the tests”, “update the manual”",
                vec![2]
            )
        );
        for _ in 1..=5 {
            story.turn();
        }
        assert_eq!(story.signs(), [], "it has passed when nothing more is dropped");
    }

    #[test]
    fn steps_that_go_one_by_one_are_seen_too() {
        let mut story = Story::default();
        story.turn().plan(&FIRST);
        story.turn().plan(&FIRST[..3]);
        assert_eq!(story.signs(), []);
        story.turn().plan(&FIRST[..2]);
        assert_eq!(story.signs(), [Rule::PlanChanged]);
    }

    #[test]
    fn a_plan_that_is_worked_off_is_none() {
        let mut story = Story::default();
        story.turn().plan(&FIRST);
        story
            .turn()
            .plan(&[("run the unit tests", "in_progress"), ("update the manual", "pending")]);
        story.turn().plan(&[("update the manual's first page", "in_progress")]);
        story.turn().plan(&[]);
        assert_eq!(story.signs(), []);
    }

    #[test]
    fn another_plan_after_it_was_told_something_is_none() {
        let mut story = Story::default();
        story.turn().plan(&FIRST);
        story.tell("leave tests and manual alone");
        story.turn().plan(&FIRST[..2]);
        assert_eq!(story.signs(), []);
    }
}
