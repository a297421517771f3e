//! All budgets, and how much of each is used.
//!
//! ```text
//! ╔═ Budgets ══════════════════════════════════════════╗
//! ║ ▸ this session   $4.10 of $5.00  ██████████░░  82 % ║
//! ║   today          no limit                           ║
//! ╚════════════════════════════════════════════════════╝
//! ```

use super::{
    super::scene::{Hits, Sight},
    finder::{self, Finder, Item},
    paper::Keys,
};
use crate::{
    model::{Money, Stage, Whose, is_near},
    text::pad,
    ui::desk::LimitList,
};
use ratatui::{buffer::Buffer, layout::Rect};

/// How wide a bar is.
const BAR: u128 = 12;
/// How wide the amounts are: `$1234.56 of $2345.67`.
const AMOUNTS: usize = 20;

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    (it, keys): (&LimitList, Keys),
    sight: Sight,
    hits: &mut Hits,
) {
    let items: Vec<Item> = it.limits.iter().map(|it| item(it, sight.stage())).collect();
    let finder = Finder {
        title: "Budgets",
        is_low: false,
        field: None,
        hint: "What is set aside for calls that are out counts as spent.",
        fault: None,
        items: &items,
        chosen: Some(it.selected),
        keys,
    };
    finder::draw(buffer, area, finder, sight, hits);
}

fn item(whose: &Whose, stage: &Stage) -> Item {
    let name = stage.purse_name(whose);
    let Some(budget) = stage.limit_of(whose) else {
        let detail = "no limit".to_owned();
        return Item { name, detail, mark: String::new(), has_key: false, is_dim: true };
    };
    let spent = stage.counted_of(whose);
    let amounts = pad(&format!("{spent} of {budget}"), AMOUNTS);
    let warned = if is_near(spent, budget) { "▲ " } else { "" };
    let mark = format!("{warned}{} %", part(spent, budget, 100));
    Item {
        name,
        detail: format!("{amounts}  {}", bar(spent, budget)),
        mark,
        has_key: false,
        is_dim: false,
    }
}

/// How much that is of it, of so many parts; more than all of it is told as it is.
fn part(spent: Money, budget: Money, of: u128) -> u128 {
    // Of nothing, anything is all of it.
    (u128::from(spent.0) * of).checked_div(budget.0.into()).unwrap_or(of)
}

fn bar(spent: Money, budget: Money) -> String {
    let full = part(spent, budget, BAR).min(BAR);
    (0..BAR).map(|it| if it < full { '█' } else { '░' }).collect()
}
