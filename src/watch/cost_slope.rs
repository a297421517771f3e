//! At the pace at which it spends, it will have cost much more than was reckoned with.
//!
//! How much is left is what its plan says; where it has none, it is taken to be half way.
//! No drift: a dear beginning; who is nearly done.

use super::sight::{Finding, Sight};
use crate::model::{Agent, Evidence, Money, PlanState, TurnEnd};

/// Its pace is that of so many turns.
const TURNS: usize = 5;
/// Before this part of the estimate is spent nothing is said, in hundredths.
const EARLY: u64 = 20;

pub(super) fn look(sight: &Sight<'_>) -> Option<Finding> {
    let agent = sight.agent;
    let estimate = agent.casting.estimate.or(agent.casting.budget).filter(|it| it.0 > 0)?;
    let ends: Vec<&TurnEnd> = sight.turns().take(TURNS + 1).collect();
    let (last, first) = (ends.first()?, ends.get(TURNS)?);
    let spent = last.spent.known;
    let pace = (spent - first.spent.known).0 / TURNS as u64;
    let whole = Money(spent.0.saturating_add(pace.saturating_mul(turns_left(agent))));
    let is_early = spent.0.saturating_mul(100) < estimate.0.saturating_mul(EARLY);
    let most = estimate.0.saturating_mul(u64::from(sight.limit)) / 100;
    if is_early || whole.0 < most {
        return None;
    }
    let words =
        format!("at this pace it costs {whole} in the end, and {estimate} was reckoned with");
    let before = ends.get(1..)?;
    let shown = ends.iter().zip(before).rev().map(|(it, before)| {
        let own = it.spent.known - before.spent.known;
        let words = format!("this turn {own}, {} in all", it.spent.known);
        Evidence { seq: it.seq, turn: it.turn, words }
    });
    Finding::new(words, shown.collect())
}

/// How many turns are still to come.
fn turns_left(agent: &Agent) -> u64 {
    let made = u64::from(agent.turn.0);
    let is = |state| agent.trail.plan().iter().filter(move |it| it.state == state).count() as u64;
    let (done, doing, open) = (is(PlanState::Done), is(PlanState::Doing), is(PlanState::Open));
    match (done, doing + open) {
        (0, _) => made,
        (done, left) => made.saturating_mul(left) / done,
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        model::{Casting, Money, Rule},
        watch::story::Story,
    };

    fn reckoned(cents: u64) -> Story {
        let estimate = Some(Money::cents(cents));
        Story::of(Casting { estimate, budget: Some(Money::cents(500)), ..Casting::default() })
    }

    #[test]
    fn who_spends_what_was_reckoned_with_and_goes_on_is_seen() {
        let mut story = reckoned(10);
        for turn in 1..=10 {
            assert_eq!(story.signs(), [], "turn {turn}");
            story.paid_turn();
        }
        assert_eq!(story.signs(), [Rule::CostSlope]);
        assert!(story.words().contains("$0.2000"), "{}", story.words());
        assert_eq!(story.evidence(), [6, 7, 8, 9, 10]);
    }

    #[test]
    fn a_plan_says_how_much_is_left() {
        let mut story = reckoned(40);
        let plan = |done: usize| {
            let state = |at| if at < done { "completed" } else { "pending" };
            ["read", "mend", "test", "tell"].into_iter().zip((0..4).map(state)).collect::<Vec<_>>()
        };
        for _ in 1..=20 {
            story.paid_turn();
        }
        story.plan(&plan(1)).paid_turn();
        assert!(story.signs().contains(&Rule::CostSlope), "a quarter is done, for half of it");
        let mut story = reckoned(20);
        story.paid_turn().plan(&plan(3));
        for _ in 1..=19 {
            story.paid_turn();
        }
        assert!(!story.signs().contains(&Rule::CostSlope), "it is nearly done");
    }

    #[test]
    fn a_dear_beginning_and_an_amount_that_nobody_named_are_none() {
        let mut story = reckoned(100);
        for _ in 1..=19 {
            story.paid_turn();
        }
        assert_eq!(story.signs(), []);
        let mut story = Story::default();
        for _ in 1..=40 {
            story.paid_turn();
        }
        assert!(!story.signs().contains(&Rule::CostSlope));
    }
}
