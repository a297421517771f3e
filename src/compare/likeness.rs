//! How alike two steps are.

use super::{Step, StepKind};

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
    let words = dice(&one.terms, &other.terms);
    let is_turn = matches!(one.kind, StepKind::Turn(_));
    let tools = if is_turn { dice(&one.tools, &other.tools) } else { words };
    Some(u32::midpoint(words, tools).min(SAME - 1))
}

/// Twice what is common by what there is, in percent; of nothing and nothing, all. Each row
/// of numbers is in order.
fn dice(one: &[u32], other: &[u32]) -> u32 {
    let (mut left, mut right, mut common) = (0, 0, 0_usize);
    while let (Some(mine), Some(its)) = (one.get(left), other.get(right)) {
        common += usize::from(mine == its);
        left += usize::from(mine <= its);
        right += usize::from(its <= mine);
    }
    let percent = (200 * common).checked_div(one.len() + other.len()).unwrap_or(100);
    u32::try_from(percent).unwrap_or(100).min(100)
}
