//! Which of our themes suits a terminal.

use super::Depth;

/// A colour of the terminal, eight bits a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// Relative luminance, 0 (black) to 1 (white), after WCAG 2.2.
    pub fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let channel = f64::from(channel) / 255.0;
            if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// Whether black words are read better on it than white ones.
    pub fn is_light(self) -> bool {
        // Luminance at which both have the same contrast.
        const MIDDLE: f64 = 0.179;
        self.luminance() > MIDDLE
    }

    /// Contrast with another colour, 1 to 21, after WCAG 2.2.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }
}

/// The name of our theme for a terminal with this background (none if it did not
/// say) and so many colours. With sixteen or fewer, only the terminal's own
/// colours are sure to go together.
pub fn choose(background: Option<Rgb>, depth: Depth) -> &'static str {
    match (depth, background) {
        (Depth::Ansi16 | Depth::Mono, _) => "terminal",
        (_, Some(colour)) if colour.is_light() => "day",
        _ => "night",
    }
}
