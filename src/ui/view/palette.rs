//! The looks that the pictures use, taken from the theme once a frame.

use crate::model::Status;
use ratatui::style::{Color, Modifier, Style};

/// Every look, resolved: drawing a cell looks nothing up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Palette {
    pub(super) ground: Style,
    pub(super) text: Style,
    pub(super) dim: Style,
    pub(super) strong: Style,
    pub(super) accent: Style,
    pub(super) border: Style,
    pub(super) border_focus: Style,
    pub(super) border_need: Style,
    pub(super) need: Style,
    pub(super) need_chip: Style,
    pub(super) ok: Style,
    pub(super) warning: Style,
    pub(super) trouble: Style,
    pub(super) money: Style,
    pub(super) key: Style,
    pub(super) thought: Style,
    pub(super) direction: Style,
    pub(super) selected: Style,
    pub(super) found: Style,
    pub(super) heading: Style,
    pub(super) added: Style,
    pub(super) removed: Style,
    pub(super) raised: Style,
    pub(super) behind: Style,
    pub(super) border_dialog: Style,
    pub(super) chip_quiet: Style,
    pub(super) chip: Style,
    pub(super) chip_typing: Style,
    pub(super) chip_replay: Style,
    statuses: [Style; 9],
}

impl Default for Palette {
    fn default() -> Self {
        let plain = Style::new();
        let fg = |color: Color| plain.fg(color);
        let bold = Modifier::BOLD;
        Self {
            ground: plain,
            text: plain,
            dim: fg(Color::DarkGray),
            strong: plain.add_modifier(bold),
            accent: fg(Color::Cyan),
            border: fg(Color::DarkGray),
            border_focus: fg(Color::Cyan),
            border_need: fg(Color::Yellow).add_modifier(bold),
            need: fg(Color::Yellow),
            need_chip: fg(Color::Black).bg(Color::Yellow).add_modifier(bold),
            ok: fg(Color::Green),
            warning: fg(Color::Yellow),
            trouble: fg(Color::Red),
            money: fg(Color::Green),
            key: fg(Color::Cyan).add_modifier(bold),
            thought: fg(Color::DarkGray).add_modifier(Modifier::ITALIC),
            direction: fg(Color::Magenta),
            selected: plain.add_modifier(Modifier::REVERSED),
            found: fg(Color::Black).bg(Color::Yellow),
            heading: fg(Color::Cyan).add_modifier(bold),
            added: fg(Color::Green),
            removed: fg(Color::Red),
            raised: plain,
            behind: fg(Color::DarkGray),
            border_dialog: fg(Color::Cyan),
            chip_quiet: plain.add_modifier(Modifier::REVERSED),
            chip: fg(Color::Black).bg(Color::Cyan),
            chip_typing: fg(Color::Black).bg(Color::Green),
            chip_replay: fg(Color::Black).bg(Color::Magenta).add_modifier(bold),
            statuses: [
                fg(Color::DarkGray),
                fg(Color::Blue),
                fg(Color::Cyan),
                fg(Color::Blue),
                fg(Color::Blue),
                fg(Color::Yellow).add_modifier(bold),
                fg(Color::Green),
                fg(Color::Red).add_modifier(bold),
                fg(Color::DarkGray),
            ],
        }
    }
}

impl Palette {
    /// The colour of a status.
    pub(super) const fn status(&self, status: Status) -> Style {
        self.statuses[status as usize]
    }
}
