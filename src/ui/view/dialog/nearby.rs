//! Who runs elsewhere on this machine, to be put on the stage.
//!
//! ```text
//! ╔═ Watch who runs elsewhere ═══════════════╗
//! ║ ▸ claude-parser  mend the tests  0:12 ago ║
//! ║   codex-site     a new page      on stage ║
//! ╚══════════════════════════════════════════╝
//! ```

use super::{
    super::scene::{Hits, Sight},
    finder::{self, Finder, Item},
    paper::Keys,
};
use crate::ui::desk::{Nearby, Offer};
use ratatui::{buffer::Buffer, layout::Rect};

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    (it, keys): (&Nearby, Keys),
    sight: Sight,
    hits: &mut Hits,
) {
    let items: Vec<Item> = it.offers.iter().map(|it| item(it, sight)).collect();
    let hint = match (it.is_known, items.is_empty()) {
        (false, _) => "Looking for logs that are being written …",
        (true, true) => {
            "Nobody runs here elsewhere, as far as logs of the last two hours tell: those of Claude \
             Code, Codex and Gemini CLI are looked for. An older one: auteur run --watch LOG"
        }
        (true, false) => "They are only watched: nothing here directs them. Written last:",
    };
    let finder = Finder {
        title: "Watch who runs elsewhere",
        is_low: false,
        field: None,
        hint,
        fault: None,
        items: &items,
        chosen: Some(it.selected),
        keys,
    };
    finder::draw(buffer, area, finder, sight, hits);
}

fn item(it: &Offer, sight: Sight) -> Item {
    let on_stage = it.on_stage(sight.stage());
    let brief = it.casting.brief.lines().find(|it| !it.trim().is_empty());
    Item {
        name: it.casting.name.clone(),
        detail: brief.unwrap_or_default().trim().to_owned(),
        mark: match on_stage {
            Some(agent) if agent.casting.name != it.casting.name => {
                format!("on stage: {}", agent.casting.name)
            }
            Some(_) => "on stage".to_owned(),
            None => format!("{} ago", it.age),
        },
        has_key: false,
        is_dim: on_stage.is_some(),
    }
}
