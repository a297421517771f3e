//! How alike two steps are.

use super::{Step, StepKind, Work, deed::purpose};
use std::collections::BTreeMap;

/// Of steps that are the same.
pub(super) const SAME: u32 = 100;

/// How alike two steps are, up to [`SAME`], whichever comes first; none where they can't
/// stand beside each other: a turn beside a message.
///
/// Half of it is which tools were used how often, half which words the calls and what was
/// said have in common: each by the coefficient of Dice, twice what both have by what each
/// has.
pub(super) fn likeness(one: &Step, other: &Step) -> Option<u32> {
    match (&one.kind, &other.kind) {
        (StepKind::Told(told), StepKind::Told(its)) if told.what == its.what => {}
        (StepKind::Turn(_), StepKind::Turn(_)) => {}
        _ => return None,
    }
    if one.key == other.key {
        return Some(SAME);
    }
    let words = dice(one.terms.len(), other.terms.len(), common(&one.terms, &other.terms));
    let tools = match (one.work(), other.work()) {
        (Some(work), Some(its)) => alike(work, its),
        _ => words,
    };
    Some(u32::midpoint(words, tools).min(SAME - 1))
}

/// Twice what is common by what there is, in percent; of nothing and nothing, all.
fn dice(one: usize, other: usize, common: usize) -> u32 {
    let percent = (200 * common).checked_div(one + other).unwrap_or(100);
    u32::try_from(percent).unwrap_or(100).min(100)
}

/// How many numbers are in both of two rows that are in order.
fn common(one: &[u32], other: &[u32]) -> usize {
    one.iter().filter(|it| other.binary_search(it).is_ok()).count()
}

fn alike(one: &Work, other: &Work) -> u32 {
    let tally = |work: &Work| {
        let mut tools = BTreeMap::<String, usize>::new();
        for deed in &work.deeds {
            *tools.entry(purpose(&deed.tool)).or_default() += 1;
        }
        tools
    };
    let (mine, its) = (tally(one), tally(other));
    let both = mine.iter().map(|(tool, count)| its.get(tool).map_or(0, |it| *it.min(count)));
    dice(one.deeds.len(), other.deeds.len(), both.sum())
}
