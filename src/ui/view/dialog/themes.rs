//! The themes there are. It lies low, so that the screen is seen in the one that is marked.
//!
//! ```text
//! ╔═ How the screen looks ══════════════════════╗
//! ║   night           Dark: the program's own.  ║
//! ║ ▸ gruvbox-dark    Gruvbox (…), dark.   worn ║
//! ╚═════════════════════════════════════════════╝
//! ```

use super::{
    super::{
        ink,
        scene::{Hits, Sight},
    },
    finder::{self, Finder, Item},
    paper::Keys,
};
use crate::ui::desk::{ThemeList, ThemeOffer};
use ratatui::{buffer::Buffer, layout::Rect};

/// So many lines of the screen are seen above it, in what is tried on.
const SEEN: u16 = 10;
/// It takes no fewer than these where there are as many.
const LEAST: u16 = 12;

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    (it, keys): (&ThemeList, Keys),
    sight: Sight,
    hits: &mut Hits,
) {
    let items: Vec<Item> = it.offers.iter().map(|it| item(it, sight)).collect();
    let fault = it.offer().and_then(|it| it.theme.as_ref().err());
    let finder = Finder {
        title: "How the screen looks",
        is_low: true,
        field: None,
        hint: if it.is_known { "" } else { "Looking for themes …" },
        fault: fault.map(String::as_str),
        items: &items,
        chosen: Some(it.selected),
        keys,
    };
    let height = area.height.saturating_sub(SEEN).max(LEAST).min(area.height);
    let low = ink::lines(area, area.height.saturating_sub(height), height);
    finder::draw(buffer, low, finder, sight, hits);
}

fn item(it: &ThemeOffer, sight: Sight) -> Item {
    let is_kept = it.name == sight.desk().wearing.name;
    Item {
        name: it.name.clone(),
        detail: it.about.clone(),
        mark: match (&it.theme, is_kept) {
            (Err(_), _) => "can't be worn".to_owned(),
            (Ok(_), true) => "kept".to_owned(),
            (Ok(_), false) => String::new(),
        },
        has_key: false,
        is_dim: it.theme.is_err(),
    }
}
