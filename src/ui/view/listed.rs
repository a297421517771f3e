//! What of all there is is listed, and in which order, in a few words for the bottom line.

use super::{figures, scene::Sight};
use crate::ui::desk::{Desk, Order, Screen};

/// How many are marked, and how many of them are out of sight: ` 3 marked `.
pub(super) fn marked(sight: Sight) -> Option<String> {
    let (desk, stage) = (sight.desk(), sight.stage());
    let marked = desk.marked_agents(stage).len();
    let shown = desk.in_sight(stage);
    let hidden = desk.marked.iter().filter(|it| !shown.contains(it)).count();
    let hidden = if hidden > 0 { format!(", {hidden} not shown") } else { String::new() };
    let is_told = marked > 0 && desk.screen == Screen::Stage && !desk.is_replay();
    is_told.then(|| format!(" {marked} marked{hidden} "))
}

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
