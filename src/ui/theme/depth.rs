//! How many colours a terminal has, and a style with no more than that.

use super::Tone;
use ratatui::style::{Color, Modifier, Style};

/// How many colours there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// None: bold, dim, underline and reverse only.
    Mono,
    /// The terminal's own sixteen.
    Ansi16,
    /// xterm's 256: the sixteen, a 6x6x6 cube and 24 greys.
    Ansi256,
    /// All.
    TrueColor,
}

/// xterm's levels of the cube's channels (`256colres.h`).
const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// xterm's default sixteen (`XTerm-col.ad`), for distances only.
const SIXTEEN: [(Color, [u8; 3]); 16] = [
    (Color::Black, [0, 0, 0]),
    (Color::Red, [205, 0, 0]),
    (Color::Green, [0, 205, 0]),
    (Color::Yellow, [205, 205, 0]),
    (Color::Blue, [0, 0, 238]),
    (Color::Magenta, [205, 0, 205]),
    (Color::Cyan, [0, 205, 205]),
    (Color::Gray, [229, 229, 229]),
    (Color::DarkGray, [127, 127, 127]),
    (Color::LightRed, [255, 0, 0]),
    (Color::LightGreen, [0, 255, 0]),
    (Color::LightYellow, [255, 255, 0]),
    (Color::LightBlue, [92, 92, 255]),
    (Color::LightMagenta, [255, 0, 255]),
    (Color::LightCyan, [0, 255, 255]),
    (Color::White, [255, 255, 255]),
];

impl Depth {
    /// Reads `COLORTERM` and `TERM`, and whether `NO_COLOR` is set, which wins
    /// (no-color.org).
    pub fn detect(colorterm: Option<&str>, term: Option<&str>, no_color: bool) -> Self {
        let term = term.unwrap_or_default();
        let is_direct = term.ends_with("-direct")
            || ["xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm"].contains(&term);
        match colorterm {
            _ if no_color || matches!(term, "dumb" | "vt100" | "vt220") => Self::Mono,
            Some("truecolor" | "24bit") => Self::TrueColor,
            _ if is_direct => Self::TrueColor,
            _ if term.contains("256") => Self::Ansi256,
            _ => Self::Ansi16,
        }
    }

    /// The style of a tone, with no more colours than there are.
    pub(super) fn style(self, tone: Tone, mut style: Style) -> Style {
        match self {
            Self::TrueColor => style,
            // What stands for the colour stands alone: a theme's own bold would blur it.
            Self::Mono => match without_colour(tone) {
                own if own.is_empty() => Style { fg: None, bg: None, ..style },
                instead => Style::new().add_modifier(instead),
            },
            Self::Ansi256 | Self::Ansi16 => {
                style.fg = style.fg.map(|colour| self.of_text(colour));
                style.bg = style.bg.map(|colour| self.colour(colour));
                style
            }
        }
    }

    /// A style that is no tone of ours, with no more colours than there are.
    pub(super) fn foreign(self, mut style: Style) -> Style {
        let reduced = |colour| (self != Self::Mono).then(|| self.colour(colour));
        style.fg = style.fg.and_then(reduced);
        style.bg = style.bg.and_then(reduced);
        style
    }

    /// The colour that says the same: of sixteen the nearest would often be a grey, which
    /// says nothing.
    fn of_text(self, colour: Color) -> Color {
        let Color::Rgb(red, green, blue) = colour else { return self.colour(colour) };
        let named = (self == Self::Ansi16).then(|| of_hue([red, green, blue])).flatten();
        named.unwrap_or_else(|| self.colour(colour))
    }

    /// The nearest colour there is.
    fn colour(self, colour: Color) -> Color {
        let rgb = match (self, colour) {
            (Self::Ansi256 | Self::Ansi16, Color::Rgb(red, green, blue)) => [red, green, blue],
            (Self::Ansi16, Color::Indexed(index)) => of_index(index),
            _ => return colour,
        };
        if self == Self::Ansi256 { Color::Indexed(nearest_index(rgb)) } else { nearest(rgb) }
    }
}

/// What is left of a tone without colours, so that what needs the eye is still
/// seen, and no two states of an agent that call for different acts look the same.
const fn without_colour(tone: Tone) -> Modifier {
    match tone {
        Tone::Selection
        | Tone::Found
        | Tone::Chip
        | Tone::ChipTyping
        | Tone::ChipReplay
        | Tone::ChipQuiet
        | Tone::Playhead => Modifier::REVERSED,
        // A block of these stands out; single words of it would look like holes.
        Tone::ChipAttention | Tone::MarkerAttention => Modifier::REVERSED.union(Modifier::BOLD),
        Tone::StateFailed | Tone::Trouble | Tone::ToolFailed | Tone::BudgetGone => {
            Modifier::BOLD.union(Modifier::UNDERLINED)
        }
        Tone::StatePaused | Tone::StatePausing | Tone::DiffRemovedWord | Tone::DiffAddedWord => {
            Modifier::UNDERLINED
        }
        Tone::Attention
        | Tone::StateWaiting
        | Tone::BorderFocused
        | Tone::BorderAttention
        | Tone::Title
        | Tone::KeyHint
        | Tone::Warning
        | Tone::BudgetLow
        | Tone::Direction
        | Tone::MarkupHeading
        | Tone::TimelinePlayed
        | Tone::DiffAdded => Modifier::BOLD,
        Tone::Dim | Tone::Border | Tone::StateQueued | Tone::StateStopped | Tone::DiffRemoved => {
            Modifier::DIM
        }
        _ => Modifier::empty(),
    }
}

fn distance(one: [u8; 3], two: [u8; 3]) -> u32 {
    // The eye sees green best and blue least.
    let weights = [3, 6, 1];
    let parts = one.iter().zip(two).zip(weights);
    parts.map(|((one, two), weight)| weight * u32::from(one.abs_diff(two)).pow(2)).sum()
}

/// The one of sixteen that has the hue of a colour, if it has one to speak of.
fn of_hue(rgb: [u8; 3]) -> Option<Color> {
    let [red, green, blue] = rgb.map(i32::from);
    let most = red.max(green).max(blue);
    let chroma = most - red.min(green).min(blue);
    if chroma < 48 || 4 * chroma < most {
        return None;
    }
    // Degrees of the hexagon of hues: red at 0, green at 120, blue at 240.
    let part = |one: i32, two: i32, from: i32| from + 60 * (one - two) / chroma;
    let hue = match most {
        it if it == red => part(green, blue, 0),
        it if it == green => part(blue, red, 120),
        _ => part(red, green, 240),
    };
    Some(match hue.rem_euclid(360) {
        0..26 | 330.. => Color::Red,
        // What is between is yellow where it is light, as paper is, and else as leaves are.
        54..70 if most < 208 => Color::Green,
        26..70 => Color::Yellow,
        70..165 => Color::Green,
        165..200 => Color::Cyan,
        200..255 if most < 128 => Color::Blue,
        200..255 => Color::LightBlue,
        _ => Color::Magenta,
    })
}

fn nearest(rgb: [u8; 3]) -> Color {
    let nearest = SIXTEEN.iter().min_by_key(|(_, known)| distance(rgb, *known));
    nearest.map_or(Color::Reset, |(colour, _)| *colour)
}

fn nearest_index(rgb: [u8; 3]) -> u8 {
    // The first sixteen are left out: every terminal has its own.
    (16..=255).min_by_key(|index| distance(rgb, of_index(*index))).unwrap_or(16)
}

/// The colour of an index.
fn of_index(index: u8) -> [u8; 3] {
    match index {
        0..16 => SIXTEEN[usize::from(index)].1,
        16..232 => {
            let cube = usize::from(index - 16);
            [LEVELS[cube / 36], LEVELS[cube / 6 % 6], LEVELS[cube % 6]]
        }
        232.. => [8 + 10 * (index - 232); 3],
    }
}
