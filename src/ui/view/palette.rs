//! The looks that the pictures use, taken from the theme once a frame.

use crate::{
    model::{Agent, Status, Tint},
    text::Look,
    ui::theme::{Theme, Tone},
};
use ratatui::style::{Modifier, Style};

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
    pub(super) border_dialog: Style,
    pub(super) need: Style,
    pub(super) need_chip: Style,
    pub(super) ok: Style,
    pub(super) warning: Style,
    pub(super) trouble: Style,
    pub(super) money: Style,
    pub(super) money_low: Style,
    pub(super) money_gone: Style,
    pub(super) key: Style,
    pub(super) tool: Style,
    pub(super) tool_failed: Style,
    pub(super) thought: Style,
    pub(super) direction: Style,
    /// The name of what is marked.
    pub(super) selected: Style,
    pub(super) found: Style,
    pub(super) heading: Style,
    pub(super) title: Style,
    pub(super) added: Style,
    pub(super) removed: Style,
    /// Added words, inside an added line.
    pub(super) added_word: Style,
    pub(super) removed_word: Style,
    /// How much was added, where that is no line.
    pub(super) added_sign: Style,
    pub(super) removed_sign: Style,
    pub(super) hunk: Style,
    /// The number of a line.
    pub(super) number: Style,
    pub(super) header: Style,
    pub(super) footer: Style,
    pub(super) raised: Style,
    pub(super) behind: Style,
    pub(super) chip: Style,
    pub(super) chip_quiet: Style,
    pub(super) chip_typing: Style,
    pub(super) chip_replay: Style,
    pub(super) timeline: Style,
    pub(super) played: Style,
    pub(super) playhead: Style,
    /// Of marks on the timeline, the least grave first.
    pub(super) marks: [Style; 5],
    statuses: [Style; 9],
    /// The colours of names.
    tints: [Style; Tint::ALL.len()],
    looks: [Style; Look::ALL.len()],
}

/// The looks of marks on the timeline, the least grave first.
const MARKS: [Tone; 5] = [
    Tone::Marker,
    Tone::MarkerEnd,
    Tone::MarkerDirection,
    Tone::MarkerAttention,
    Tone::MarkerTrouble,
];

/// The looks of names, in the order of [`Tint::ALL`].
const TINTS: [Tone; Tint::ALL.len()] =
    [Tone::NameTeal, Tone::NameBlue, Tone::NameGreen, Tone::NameOrange, Tone::NamePurple];

impl Palette {
    /// The looks of a theme.
    pub(super) fn of(theme: &Theme) -> Self {
        let look = |tone| theme.style(tone);
        // On a bar the words keep the bar's ground.
        let raised = look(Tone::HeaderBar);
        Self {
            ground: look(Tone::Background).patch(look(Tone::Text)),
            text: look(Tone::Text),
            dim: look(Tone::Dim),
            strong: look(Tone::Strong),
            accent: look(Tone::Accent),
            border: look(Tone::Border),
            border_focus: look(Tone::BorderFocused),
            border_need: look(Tone::BorderAttention),
            border_dialog: look(Tone::BorderFocused),
            need: look(Tone::Attention),
            need_chip: look(Tone::ChipAttention),
            ok: look(Tone::Good),
            warning: look(Tone::Warning),
            trouble: look(Tone::Trouble),
            money: look(Tone::Cost),
            money_low: look(Tone::BudgetLow),
            money_gone: look(Tone::BudgetGone),
            key: look(Tone::KeyHint),
            tool: look(Tone::Tool),
            tool_failed: look(Tone::ToolFailed),
            thought: look(Tone::Thought),
            direction: look(Tone::Direction),
            // What is marked is no weaker than its neighbours.
            selected: look(Tone::Strong).patch(look(Tone::Selection)),
            found: look(Tone::Found),
            heading: look(Tone::MarkupHeading),
            title: look(Tone::Title),
            added: look(Tone::DiffAdded),
            removed: look(Tone::DiffRemoved),
            added_word: look(Tone::DiffAddedWord),
            removed_word: look(Tone::DiffRemovedWord),
            added_sign: Style { bg: None, ..look(Tone::DiffAdded) },
            removed_sign: Style { bg: None, ..look(Tone::DiffRemoved) },
            hunk: look(Tone::DiffHunk),
            number: Style { bg: None, ..look(Tone::Dim) },
            header: raised,
            footer: look(Tone::FooterBar),
            raised: look(Tone::Background).patch(raised),
            behind: look(Tone::Background)
                .patch(look(Tone::Border))
                .remove_modifier(Modifier::all()),
            chip: look(Tone::Chip),
            chip_quiet: look(Tone::ChipQuiet),
            chip_typing: look(Tone::ChipTyping),
            chip_replay: look(Tone::ChipReplay),
            timeline: look(Tone::Timeline),
            played: look(Tone::TimelinePlayed),
            playhead: look(Tone::Playhead),
            marks: MARKS.map(look),
            statuses: Status::ALL.map(|it| theme.status(it)),
            tints: TINTS.map(look),
            looks: Look::ALL.map(|it| theme.look(it)),
        }
    }

    /// The name of an agent, which looks like this where the director has given it no colour.
    pub(super) fn name(&self, agent: &Agent, plain: Style) -> Style {
        let tint = agent.tint.and_then(|it| self.tints.get(it as usize)?.fg);
        tint.map_or(plain, |it| plain.fg(it))
    }

    /// The rest of the line of what is marked.
    pub(super) const fn marked(&self) -> Style {
        let add_modifier = self.selected.add_modifier.difference(Modifier::BOLD);
        Style { add_modifier, ..self.selected }
    }

    /// The colour of a status.
    pub(super) const fn status(&self, status: Status) -> Style {
        self.statuses[status as usize]
    }

    /// How a piece of text looks.
    pub(super) const fn look(&self, look: Look) -> Style {
        self.looks[look as usize]
    }
}
