//! From what a thing *is* to how it looks.
//!
//! A picture names a [`Tone`]; the theme, a TOML file of colours and scopes,
//! says the style. A scope that a file leaves out looks like the wider one
//! (`state.running` like `state`, and all like `text`). A [`Depth`] says how many
//! colours the terminal has; without any, bold, underline and reverse carry on.

mod choose;
mod depth;
mod read;
mod tone;

#[cfg(test)]
mod tests;

pub use choose::{Rgb, choose};
pub use depth::Depth;
pub use tone::Tone;

use crate::{
    config::{ConfigError, Fault},
    model::Status,
    text::{self, Look},
};
use ratatui::{
    style::Style,
    text::{Line, Span},
};
use std::path::Path;

/// The themes inside the program: name and text.
const BUILT_IN: [(&str, &str); 20] = [
    ("night", include_str!("../../../themes/night.toml")),
    ("day", include_str!("../../../themes/day.toml")),
    ("terminal", include_str!("../../../themes/terminal.toml")),
    ("contrast-dark", include_str!("../../../themes/contrast-dark.toml")),
    ("contrast-light", include_str!("../../../themes/contrast-light.toml")),
    ("colour-blind-dark", include_str!("../../../themes/colour-blind-dark.toml")),
    ("colour-blind-light", include_str!("../../../themes/colour-blind-light.toml")),
    ("catppuccin-mocha", include_str!("../../../themes/catppuccin-mocha.toml")),
    ("catppuccin-latte", include_str!("../../../themes/catppuccin-latte.toml")),
    ("dracula", include_str!("../../../themes/dracula.toml")),
    ("everforest", include_str!("../../../themes/everforest.toml")),
    ("gruvbox-dark", include_str!("../../../themes/gruvbox-dark.toml")),
    ("gruvbox-light", include_str!("../../../themes/gruvbox-light.toml")),
    ("nord", include_str!("../../../themes/nord.toml")),
    ("rose-pine", include_str!("../../../themes/rose-pine.toml")),
    ("rose-pine-dawn", include_str!("../../../themes/rose-pine-dawn.toml")),
    ("solarized-dark", include_str!("../../../themes/solarized-dark.toml")),
    ("solarized-light", include_str!("../../../themes/solarized-light.toml")),
    ("tokyo-night", include_str!("../../../themes/tokyo-night.toml")),
    ("tokyo-day", include_str!("../../../themes/tokyo-day.toml")),
];

/// A theme ready to draw with: every tone has a style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    styles: [Style; Tone::ALL.len()],
    /// How many colours the terminal has.
    depth: Depth,
}

/// The looks of nothing at all: the terminal's own colours.
impl Default for Theme {
    fn default() -> Self {
        Self { styles: [Style::new(); Tone::ALL.len()], depth: Depth::TrueColor }
    }
}

impl Theme {
    /// The names of the themes inside the program.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// What a theme inside the program is, in a few words: how its file begins.
    pub fn about(name: &str) -> Option<&'static str> {
        let (_, text) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
        let first = text.lines().next()?.trim_start_matches('#').trim();
        Some(first.trim_end_matches(['.', ':']))
    }

    /// A theme inside the program. None if there is none of that name.
    pub fn builtin(name: &str) -> Option<Self> {
        let (_, text) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
        read::read(name, text, None).ok()
    }

    /// A theme by its name, inside the program or in the folder of the user's
    /// own themes, or by its path.
    ///
    /// # Errors
    /// What is wrong with the file, with line and mend; or that there is none.
    pub fn load(name: &str, folder: Option<&Path>) -> Result<Self, ConfigError> {
        let (file, text) = read::find(name, folder).map_err(alone)?;
        read::read(&file, &text, folder)
    }

    /// A theme from its text; `file` is how faults call it.
    ///
    /// # Errors
    /// What is wrong with it, with line and mend.
    pub fn parse(file: &str, text: &str) -> Result<Self, ConfigError> {
        read::read(file, text, None)
    }

    /// The same theme in the colours that a terminal has.
    #[must_use]
    pub fn at(mut self, depth: Depth) -> Self {
        for tone in Tone::ALL {
            self.styles[tone as usize] = depth.style(tone, self.style(tone));
        }
        self.depth = depth;
        self
    }

    /// How a thing looks.
    pub const fn style(&self, tone: Tone) -> Style {
        self.styles[tone as usize]
    }

    /// A look that a program chose, in the colours that the terminal has.
    pub fn foreign(&self, style: Style) -> Style {
        self.depth.foreign(style)
    }

    /// How an agent's status looks.
    pub fn status(&self, status: Status) -> Style {
        self.style(Tone::from(status))
    }

    /// How a piece of text looks.
    pub fn look(&self, look: Look) -> Style {
        self.style(Tone::from(look))
    }

    /// A line of text, painted.
    pub fn paint<'a>(&self, line: &'a text::Line) -> Line<'a> {
        let spans = line.0.iter();
        spans.map(|span| Span::styled(span.text.as_str(), self.look(span.look))).collect()
    }
}

fn alone(fault: Fault) -> ConfigError {
    ConfigError { faults: vec![fault] }
}
