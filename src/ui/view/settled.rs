//! What was answered, the newest first.
//!
//! ```text
//!   the last 12 answers
//!      4:10 releaser  cargo publish → approved by you                waited 0:12
//! ```

use super::{
    figures,
    inbox::NAME,
    ink::{self, Row},
    prose,
    scene::Sight,
};
use crate::model::Settled;
use ratatui::{buffer::Buffer, layout::Rect};

/// Draws the answers, as many as there is room for.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, sight: Sight) {
    let palette = sight.palette;
    let count = sight.stage().settled().len() as u64;
    let mut row = Row::new(buffer, ink::indent(area, 2), 0);
    let told = match count {
        0 => "nothing was answered yet".to_owned(),
        _ => format!("the last {}", figures::of(count, "answer", "answers")),
    };
    row.put(&told, palette.dim);
    for (line, it) in (1..area.height).zip(sight.stage().settled()) {
        draw_answer(&mut Row::new(buffer, area, line), it, sight);
    }
}

fn draw_answer(row: &mut Row, it: &Settled, sight: Sight) {
    let palette = sight.palette;
    let who = it.agent.and_then(|it| sight.stage().agent(it));
    row.skip(2).put(&format!("{:>7} ", it.at.to_string()), palette.dim);
    row.put_right(&format!(" waited {} ", it.waited), palette.dim, 30);
    let name = who.map_or("", |it| it.casting.name.as_str());
    row.put(&prose::cut(name, NAME), palette.strong).skip(1);
    let room = row.room();
    row.put(&prose::cut(&it.asked, room / 2), palette.text);
    row.put(" → ", palette.dim);
    let room = row.room();
    row.put(&prose::cut(&it.answer, room), palette.ok);
    let room = row.room();
    if room > 14 {
        row.put(&format!(" by {}", it.by), palette.dim);
    }
}
