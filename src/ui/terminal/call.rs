//! Calling a director who looks elsewhere, through the terminal: each has its own way.

use crate::text::one_line;

/// How a terminal calls somebody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Calling {
    /// Not at all.
    #[default]
    Off,
    /// With its bell: every terminal has one, and `tmux` marks the window.
    Bell,
    /// With a line (OSC 9, of iTerm2: also Ghostty, `WezTerm`, Windows Terminal).
    Line,
    /// With a title and a line (OSC 777, of rxvt: also foot).
    Notify,
    /// With a title and a text (OSC 99, of kitty).
    Kitty,
}

/// The widest that a title and a text are.
const COLUMNS: usize = 120;

impl Calling {
    /// What to write to call somebody; inside `tmux` it is passed through, which that
    /// does where `allow-passthrough` is on. The bell goes with it: it is what marks the
    /// window where nothing else is known.
    pub fn bytes(self, title: &str, text: &str, in_tmux: bool) -> String {
        // A semicolon parts what these sequences are made of.
        let clean = |text: &str| one_line(text, COLUMNS).replace(';', ",");
        let (title, text) = (clean(title), clean(text));
        let call = match self {
            Self::Off => return String::new(),
            Self::Bell => return "\x07".to_owned(),
            Self::Line => format!("\x1b]9;{title}: {text}\x1b\\"),
            Self::Notify => format!("\x1b]777;notify;{title};{text}\x1b\\"),
            Self::Kitty => {
                format!("\x1b]99;i=auteur:d=0;{title}\x1b\\\x1b]99;i=auteur:p=body;{text}\x1b\\")
            }
        };
        let call = if in_tmux { passed_through(&call) } else { call };
        format!("{call}\x07")
    }
}

/// As `tmux` passes it on to the terminal around it.
fn passed_through(call: &str) -> String {
    let parts = call.split_inclusive("\x1b\\").map(|it| it.replace('\x1b', "\x1b\x1b"));
    parts.flat_map(|it| ["\x1bPtmux;".to_owned(), it, "\x1b\\".to_owned()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_terminal_is_told_in_its_own_way_and_rings() {
        let said = |it: Calling| it.bytes("auteur", "scout asks; now", false);
        assert_eq!(said(Calling::Off), "");
        assert_eq!(said(Calling::Bell), "\x07");
        assert_eq!(said(Calling::Line), "\x1b]9;auteur: scout asks, now\x1b\\\x07");
        assert_eq!(said(Calling::Notify), "\x1b]777;notify;auteur;scout asks, now\x1b\\\x07");
        let kitty =
            "\x1b]99;i=auteur:d=0;auteur\x1b\\\x1b]99;i=auteur:p=body;scout asks, now\x1b\\\x07";
        assert_eq!(said(Calling::Kitty), kitty);
    }

    #[test]
    fn nothing_that_an_agent_is_called_leaves_the_sequence() {
        let said = Calling::Line.bytes("a\x1b]0;x\x07", "b\x1b\\\x1bc\r\n\x07;", false);
        assert_eq!(said.matches('\x1b').count(), 2, "{said:?}");
        assert_eq!(said.matches('\x07').count(), 1, "{said:?}");
    }

    #[test]
    fn inside_tmux_it_is_passed_through() {
        let said = Calling::Line.bytes("a", "b", true);
        assert_eq!(said, "\x1bPtmux;\x1b\x1b]9;a: b\x1b\x1b\\\x1b\\\x07");
    }
}
