//! The lines between steps, drawn down the left of the list: from each step to those
//! that need it.
//!
//! ```text
//! ●       find
//! ├─●     extract
//! │ ├─●   validate
//! │ ●─╯   store
//! ●─╯     report
//! ```

use crate::model::play::Order;

/// Lines side by side; of steps beyond that none is drawn.
const MOST: usize = 8;

/// What stands left of a step, and where in it the step's own sign stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rail {
    /// One symbol a column.
    pub(super) symbols: Vec<char>,
    /// The column of the step's sign.
    pub(super) node: usize,
}

/// A line on its way down.
#[derive(Debug, Clone, Copy)]
struct Lane {
    from: usize,
    /// How many of those that need the step are still to come.
    left: usize,
}

/// The rails of these rows, each the place of a step; after these.
pub(super) fn rails(order: &Order, rows: &[usize], skip: usize, take: usize) -> Vec<Rail> {
    let mut lanes: Vec<Option<Lane>> = Vec::new();
    let mut drawn = Vec::new();
    for (row, step) in rows.iter().enumerate().take(skip + take) {
        let rail = next(&mut lanes, order, *step, row >= skip);
        drawn.extend(rail);
    }
    drawn
}

/// Takes the lanes past one step; draws what it passes, if that is wanted.
fn next(
    lanes: &mut Vec<Option<Lane>>,
    order: &Order,
    step: usize,
    is_wanted: bool,
) -> Option<Rail> {
    let needs =
        |from: usize| order.needs(step).contains(&from) || order.parts_of(from).contains(&step);
    let mut feeding = Vec::new();
    for (column, lane) in lanes.iter_mut().enumerate() {
        if let Some(on) = lane
            && needs(on.from)
        {
            on.left = on.left.saturating_sub(1);
            feeding.push((column, on.left == 0));
        }
    }
    let ended = feeding.iter().find(|(_, is_last)| *is_last).map(|(column, _)| *column);
    let free = || lanes.iter().position(Option::is_none);
    let node = ended.or_else(free).unwrap_or(lanes.len()).min(MOST);
    let rail = is_wanted.then(|| draw(lanes, &feeding, node));
    for (column, _) in feeding.iter().filter(|(_, is_last)| *is_last) {
        if let Some(lane) = lanes.get_mut(*column) {
            *lane = None;
        }
    }
    let left = order.needed_by(step).len() + order.parts_of(step).len();
    if node < MOST && left > 0 {
        if lanes.len() <= node {
            lanes.resize(node + 1, None);
        }
        if let Some(lane) = lanes.get_mut(node) {
            *lane = Some(Lane { from: step, left });
        }
    }
    while lanes.last().is_some_and(Option::is_none) {
        lanes.pop();
    }
    rail
}

fn draw(lanes: &[Option<Lane>], feeding: &[(usize, bool)], node: usize) -> Rail {
    let columns = lanes.len().max(node + 1);
    let first = feeding.iter().map(|it| it.0).chain([node]).min().unwrap_or(node);
    let last = feeding.iter().map(|it| it.0).chain([node]).max().unwrap_or(node);
    let mut symbols = Vec::with_capacity(columns * 2);
    for column in 0..columns {
        let is_between = (first..=last).contains(&column);
        let feeds = feeding.iter().find(|it| it.0 == column).map(|it| it.1);
        let is_there = lanes.get(column).is_some_and(Option::is_some);
        symbols.push(match (feeds, column.cmp(&node)) {
            (_, std::cmp::Ordering::Equal) => '●',
            (Some(true), std::cmp::Ordering::Greater) => '╯',
            (Some(true), std::cmp::Ordering::Less) => '╰',
            (Some(false), std::cmp::Ordering::Greater) => '┤',
            (Some(false), std::cmp::Ordering::Less) => '├',
            (None, _) if is_there && is_between => '┼',
            (None, _) if is_there => '│',
            (None, _) if is_between => '─',
            (None, _) => ' ',
        });
        symbols.push(if (first..last).contains(&column) { '─' } else { ' ' });
    }
    Rail { symbols, node: node * 2 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::script::{Script, Step};

    fn order(steps: &[(&str, &[&str])]) -> Order {
        let step = |(name, needs): &(&str, &[&str])| Step {
            name: (*name).to_owned(),
            needs: needs.iter().map(|it| (*it).to_owned()).collect(),
            ..Step::default()
        };
        let steps = steps.iter().map(step).collect();
        Order::of(&Script { steps, ..Script::default() })
    }

    fn drawn(steps: &[(&str, &[&str])]) -> Vec<String> {
        let order = order(steps);
        let rails = rails(&order, order.rows(), 0, steps.len());
        rails.iter().map(|it| it.symbols.iter().collect::<String>().trim_end().to_owned()).collect()
    }

    #[test]
    fn a_line_leads_from_each_step_to_those_that_need_it() {
        let all: &[(&str, &[&str])] = &[
            ("find", &[]),
            ("extract", &["find"]),
            ("validate", &["extract"]),
            ("store", &["find", "validate"]),
            ("alone", &[]),
            ("report", &["store"]),
        ];
        assert_eq!(drawn(all), ["●", "├─●", "│ ●", "●─╯", "│ ●", "●"]);
    }

    #[test]
    fn lines_that_cross_are_told_from_lines_that_meet() {
        let all: &[(&str, &[&str])] =
            &[("a", &[]), ("b", &[]), ("c", &[]), ("d", &["a", "c"]), ("e", &["b", "d"])];
        assert_eq!(drawn(all), ["●", "│ ●", "│ │ ●", "●─┼─╯", "●─╯"]);
    }

    #[test]
    fn a_stretch_is_drawn_as_it_is_in_the_whole() {
        let all: Vec<(String, Vec<String>)> = (0..40)
            .map(|at: usize| {
                let needs = [at / 2, at.saturating_sub(3)];
                let needs = needs.iter().filter(|it| **it < at).map(|it| format!("s{it}"));
                (format!("s{at}"), needs.collect())
            })
            .collect();
        let steps = all.iter().map(|(name, needs)| Step {
            name: name.clone(),
            needs: needs.clone(),
            ..Step::default()
        });
        let order = Order::of(&Script { steps: steps.collect(), ..Script::default() });
        let whole = rails(&order, order.rows(), 0, 40);
        assert_eq!(rails(&order, order.rows(), 17, 9), whole[17..26]);
    }
}
