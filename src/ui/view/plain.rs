//! The screen in ASCII alone, for terminals whose font has no other signs: what the pictures
//! draw is spelt anew once it is drawn. What agents say in other letters stays.

use ratatui::buffer::Buffer;

/// Each sign of ours, and what stands for it. No two statuses share one, and none of them
/// is that of a sandbox, of a brief or of another try.
const SIGNS: [(&str, &str); 94] = [
    ("◌", "."),
    ("◔", "o"),
    ("●", "*"),
    ("◐", "%"),
    ("‖", "="),
    ("◆", "!"),
    ("✓", "+"),
    ("✗", "x"),
    ("■", "#"),
    ("◎", "@"),
    ("○", "o"),
    ("★", "*"),
    ("✱", "M"),
    ("▲", "^"),
    ("⚑", "P"),
    ("▸", ">"),
    ("▹", "}"),
    ("▶", ">"),
    ("▾", "v"),
    ("»", ">"),
    ("›", ">"),
    ("‹", "<"),
    ("→", ">"),
    ("←", "<"),
    ("↑", "^"),
    ("↓", "v"),
    ("⇢", ">"),
    ("⇧", "^"),
    ("↻", "&"),
    ("□", "_"),
    ("▪", "*"),
    ("▣", "S"),
    ("▢", "s"),
    ("∴", ":"),
    ("•", "*"),
    ("◦", "-"),
    ("☑", "X"),
    ("☐", "o"),
    ("⏎", "/"),
    ("⟨", "<"),
    ("⟩", ">"),
    ("·", "-"),
    ("…", "~"),
    ("⋯", "~"),
    ("−", "-"),
    ("–", "-"),
    ("—", "-"),
    ("±", "~"),
    ("×", "x"),
    ("≈", "~"),
    ("≠", "!"),
    ("⌀", "0"),
    ("“", "\""),
    ("”", "\""),
    ("’", "'"),
    ("─", "-"),
    ("╌", "-"),
    ("━", "="),
    ("═", "="),
    ("│", "|"),
    ("┃", "|"),
    ("║", "|"),
    ("╭", "+"),
    ("╮", "+"),
    ("╯", "+"),
    ("╰", "+"),
    ("┏", "+"),
    ("┓", "+"),
    ("┛", "+"),
    ("┗", "+"),
    ("╔", "+"),
    ("╗", "+"),
    ("╝", "+"),
    ("╚", "+"),
    ("├", "+"),
    ("┤", "+"),
    ("┼", "+"),
    ("└", "+"),
    ("▁", "_"),
    ("▂", "_"),
    ("▃", "_"),
    ("▄", "="),
    ("▅", "="),
    ("▆", "="),
    ("▇", "#"),
    ("█", "#"),
    ("░", "."),
    ("▏", "|"),
    ("▎", "|"),
    ("▍", "|"),
    ("▌", "|"),
    ("▋", "#"),
    ("▊", "#"),
    ("▉", "#"),
];

/// Spells all signs of ours in ASCII.
pub(super) fn spell(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if cell.symbol().is_ascii() {
            continue;
        }
        if let Some((_, plain)) = SIGNS.iter().find(|(sign, _)| *sign == cell.symbol()) {
            cell.set_symbol(plain);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::Status, ui::view::status};
    use ratatui::{buffer::Cell, layout::Rect, style::Style};

    fn spelt(text: &str) -> String {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 40, 1));
        buffer.set_string(0, 0, text, Style::new());
        spell(&mut buffer);
        let symbols: String = buffer.content.iter().map(Cell::symbol).collect();
        symbols.trim_end().to_owned()
    }

    #[test]
    fn no_two_statuses_are_spelt_alike_and_none_like_what_stands_beside_it() {
        let mut signs: Vec<String> = Status::ALL.map(|it| spelt(status::glyph(it))).to_vec();
        // What stands in one title, or before the lines of one log.
        signs.push(spelt(status::WATCHED));
        signs.extend(["▣", "▢", "□", "↻", "▸", "▹"].map(spelt));
        assert!(signs.iter().all(|it| it.is_ascii()), "{signs:?}");
        let count = signs.len();
        signs.sort();
        signs.dedup();
        assert_eq!(signs.len(), count, "{signs:?}");
    }

    #[test]
    fn what_an_agent_writes_in_other_letters_stays() {
        assert_eq!(spelt("│ привет, naïve … → ok"), "| привет, naïve ~ > ok");
        assert!(SIGNS.iter().all(|(_, plain)| plain.len() == 1 && plain.is_ascii()));
    }
}
