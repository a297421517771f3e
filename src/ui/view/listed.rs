//! What of all there is is listed, and in which order, in a few words for the bottom line.

use super::{figures, scene::Sight};
use crate::ui::desk::{Desk, Order, Screen};

/// By what the agents stand in order, where that is not as they were started, and not just
/// said.
pub(super) fn ordered(desk: &Desk) -> Option<String> {
    let order = format!(" by {} ", desk.order.name());
    let is_said = desk.status.as_ref().is_some_and(|it| it.text == order.trim());
    let is_told = desk.order != Order::Start && desk.screen == Screen::Stage && !is_said;
    is_told.then_some(order)
}

/// What is listed, where a filter leaves some out: ` "review": 2 of 9 roles `.
pub(super) fn filtered(sight: Sight) -> Option<String> {
    let desk = sight.desk();
    let is_cast = desk.screen == Screen::Cast;
    let filter = if is_cast { &desk.cast.filter } else { &desk.filter };
    let (shown, all) = if is_cast {
        let all = figures::of(desk.roles.len() as u64, "role", "roles");
        (desk.listed_roles().len(), all)
    } else {
        let all = figures::of(sight.stage().agents().len() as u64, "agent", "agents");
        (desk.in_sight(sight.stage()).len(), all)
    };
    (!filter.is_empty()).then(|| format!(" {filter:?}: {shown} of {all} "))
}
