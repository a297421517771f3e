//! How fast a replay or a demo goes, as the command line says it.

use std::{num::ParseFloatError, str::FromStr};

/// How fast time passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speed {
    /// In percent of real time, from 25 to 6400.
    Percent(u16),
    /// As fast as possible.
    Full,
}

/// Text that is no speed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a speed from 0.25x to 64x, or max, not {0:?}")]
pub struct NotASpeed(String);

impl FromStr for Speed {
    type Err = NotASpeed;

    fn from_str(text: &str) -> Result<Self, NotASpeed> {
        if text == "max" {
            return Ok(Self::Full);
        }
        let number: Result<f64, ParseFloatError> = text.trim_end_matches('x').parse();
        match number.map(|it| (it * 100.0).round()) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "the range was just looked at"
            )]
            Ok(percent) if (25.0..=6400.0).contains(&percent) => Ok(Self::Percent(percent as u16)),
            _ => Err(NotASpeed(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speed_is_read_as_it_is_shown() {
        let speeds = ["1x", "0.25", "64x", "max"].map(|it| it.parse::<Speed>().unwrap());
        let percent = Speed::Percent;
        assert_eq!(speeds, [percent(100), percent(25), percent(6400), Speed::Full]);
        for wrong in ["", "x", "0.2", "65", "-1", "NaN", "inf", "fast"] {
            assert!(wrong.parse::<Speed>().is_err(), "{wrong}");
        }
    }
}
