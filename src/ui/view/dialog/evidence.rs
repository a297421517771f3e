//! What shows that an agent may be drifting, and what may set it right.
//!
//! ```text
//! ╔═ Tidier may be drifting ══════════════════════════════════════╗
//! ║ Changed notes/ideas.md, outside its scope. Seen 0:40 ago.     ║
//! ║   turn 3         write notes/ideas.md                          ║
//! ║ ▸ write to it    You changed notes/ideas.md, outside its …     ║
//! ║   no drift       the rule rests for ten turns                  ║
//! ╚════════════════════════════════════════════════════════════════╝
//! ```

use super::{
    super::scene::{Hits, Sight},
    finder::{self, Finder, Item},
    paper::Keys,
};
use crate::{
    model::Agent,
    ui::desk::{SignRow, SignSeen},
    watch::{self, Drafts},
};
use ratatui::{buffer::Buffer, layout::Rect};

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    (it, keys): (&SignSeen, Keys),
    sight: Sight,
    hits: &mut Hits,
) {
    let Some(agent) = sight.stage().agent(it.agent) else { return };
    let drafts = watch::drafts(agent, &it.sign);
    let items: Vec<Item> = it.rows.iter().map(|row| item(*row, it, &drafts)).collect();
    let title = format!("{} may be drifting", agent.casting.name);
    let finder = Finder {
        title: &title,
        is_low: false,
        field: None,
        hint: &hint(it, agent, sight),
        fault: None,
        items: &items,
        chosen: Some(it.selected),
        keys,
    };
    finder::draw(buffer, area, finder, sight, hits);
}

/// What was seen, when, and whether it still is.
fn hint(it: &SignSeen, agent: &Agent, sight: Sight) -> String {
    let age = sight.now().since(it.sign.at);
    let stands = agent.drift.signs().any(|open| open.number == it.sign.number);
    let by_now = if stands { "" } else { " By now it is seen no more." };
    format!("{} Seen {age} ago, in turn {}.{by_now}", it.sign.sentence(), it.sign.turn)
}

fn item(row: SignRow, it: &SignSeen, drafts: &Drafts) -> Item {
    let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    let last = |text: &str| text.trim_end().lines().next_back().unwrap_or_default().to_owned();
    let (name, detail) = match row {
        SignRow::Shown(seq) => {
            let shown = it.sign.evidence.iter().find(|it| it.seq == seq);
            let turn = shown.map(|it| format!("turn {}", it.turn)).unwrap_or_default();
            (turn, shown.map(|it| it.words.clone()).unwrap_or_default())
        }
        SignRow::GoOn => ("let it go on".to_owned(), "as it is: it is held no more".to_owned()),
        SignRow::Stop => ("stop it".to_owned(), "in good order".to_owned()),
        SignRow::Redirect => ("write to it".to_owned(), first(&drafts.redirect)),
        SignRow::Instructions => {
            ("edit its instructions".to_owned(), format!("+ {}", last(&drafts.instructions)))
        }
        SignRow::Retake => {
            ("take it again".to_owned(), format!("from turn {} on, where it began", drafts.from))
        }
        SignRow::Dismiss => {
            ("no drift".to_owned(), "this rule rests for its next ten turns".to_owned())
        }
        SignRow::Look => ("see it alone".to_owned(), String::new()),
    };
    Item { name, detail, mark: String::new(), has_key: false, is_dim: false }
}
