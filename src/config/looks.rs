//! How the screen looks, and which keys it has.

use super::range::between;
use schemars::JsonSchema;
use serde::Deserialize;

/// The screen.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ui {
    /// `auto`, a theme's name, or a path.
    pub theme: String,
    /// `default`, a keymap's name, or a path.
    pub keymap: String,
    /// How panes are laid out on the stage.
    pub layout: StageLayout,
    /// Frames a second at most, on output; a key is drawn at once.
    #[serde(deserialize_with = "between::<_, u16, 1, 240>")]
    pub fps: u16,
    /// Whether the mouse is listened to.
    pub mouse: bool,
    /// How many colours are drawn.
    pub colour: Colour,
    /// What signs are drawn.
    pub glyphs: Glyphs,
    /// How much moves.
    pub motion: Motion,
    /// A picture, or lines as things happen.
    pub output: Output,
}

/// How many colours are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Colour {
    /// As many as the terminal says it has.
    Auto,
    /// 16 million.
    Truecolor,
    /// The 256 of xterm.
    #[serde(rename = "256")]
    Indexed,
    /// The terminal's own 16.
    #[serde(rename = "16")]
    Ansi,
    /// None.
    None,
}

/// The signs on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Glyphs {
    /// Frames, shapes and arrows.
    Unicode,
    /// Those of ASCII, for a font that has no others.
    Ascii,
}

/// How much moves on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Motion {
    /// Clocks by the second, output as it comes.
    Full,
    /// Clocks by ten seconds, output four times a second.
    Reduced,
}

/// How a session is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Output {
    /// By a picture that fills the terminal.
    #[default]
    Screen,
    /// In lines as things happen, as a screen reader reads them; whole lines are typed.
    Linear,
}

/// How panes are laid out on the stage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StageLayout {
    /// As many as fit, in rows and columns.
    #[default]
    Grid,
    /// Side by side, each as high as the screen.
    Columns,
    /// The one that has the keys large, the others in a strip beside or below it.
    Focus,
    /// One at a time.
    Single,
}

impl StageLayout {
    /// All of them, in the order in which a key goes through them.
    pub const ALL: [Self; 4] = [Self::Grid, Self::Columns, Self::Focus, Self::Single];

    /// Its name in the settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Grid => "grid",
            Self::Columns => "columns",
            Self::Focus => "focus",
            Self::Single => "single",
        }
    }

    /// The next one, going round.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Grid => Self::Columns,
            Self::Columns => Self::Focus,
            Self::Focus => Self::Single,
            Self::Single => Self::Grid,
        }
    }
}
