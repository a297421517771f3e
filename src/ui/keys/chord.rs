//! A key with what is held beside it, in one form for all terminals.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use std::{fmt, str::FromStr};

/// A key with what is held beside it, as written in `keys.toml`: `p`, `P`,
/// `ctrl+c`, `shift+tab`, `f1`.
///
/// One press is one chord whichever protocol the terminal speaks: a capital
/// letter holds its own Shift, and Shift is kept only where it says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Chord {
    code: KeyCode,
    held: KeyModifiers,
}

/// Text that names no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAChord {
    /// There is no such key.
    #[error("expected a key like p, P, ctrl+c, shift+tab, enter, space or f1, not {0:?}")]
    Unknown(String),
    /// A terminal can't tell it from another key.
    #[error("most terminals send {0} as {1}: bind that")]
    Same(&'static str, &'static str),
}

/// Keys with names.
const NAMED: [(&str, &str, KeyCode); 15] = [
    ("space", "Space", KeyCode::Char(' ')),
    ("enter", "Enter", KeyCode::Enter),
    ("esc", "Esc", KeyCode::Esc),
    ("tab", "Tab", KeyCode::Tab),
    ("backspace", "Bksp", KeyCode::Backspace),
    ("delete", "Del", KeyCode::Delete),
    ("insert", "Ins", KeyCode::Insert),
    ("up", "↑", KeyCode::Up),
    ("down", "↓", KeyCode::Down),
    ("left", "←", KeyCode::Left),
    ("right", "→", KeyCode::Right),
    ("home", "Home", KeyCode::Home),
    ("end", "End", KeyCode::End),
    ("pageup", "PgUp", KeyCode::PageUp),
    ("pagedown", "PgDn", KeyCode::PageDown),
];

/// What can be held, in the order in which it is written.
const HELD: [(&str, &str, KeyModifiers); 4] = [
    ("ctrl", "Ctrl+", KeyModifiers::CONTROL),
    ("alt", "Alt+", KeyModifiers::ALT),
    ("super", "Super+", KeyModifiers::SUPER),
    ("shift", "⇧", KeyModifiers::SHIFT),
];

impl Chord {
    /// The chord of a key event; nothing for the release of a key.
    pub fn of(event: KeyEvent) -> Option<Self> {
        (event.kind != KeyEventKind::Release).then(|| Self::new(event.code, event.modifiers))
    }

    /// The chord of a key and what is held.
    pub fn new(code: KeyCode, held: KeyModifiers) -> Self {
        let mut held = held & HELD.iter().fold(KeyModifiers::NONE, |all, it| all | it.2);
        let strong =
            held.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SUPER);
        let code = match code {
            KeyCode::BackTab => {
                held |= KeyModifiers::SHIFT;
                KeyCode::Tab
            }
            KeyCode::Char(letter) if strong => {
                if letter.is_uppercase() {
                    held |= KeyModifiers::SHIFT;
                }
                KeyCode::Char(lower(letter))
            }
            KeyCode::Char(letter) => {
                let capital = held.contains(KeyModifiers::SHIFT);
                held.remove(KeyModifiers::SHIFT);
                KeyCode::Char(if capital { upper(letter) } else { letter })
            }
            code => code,
        };
        Self { code, held }
    }

    /// The event of a terminal in which it is pressed.
    pub fn event(self) -> KeyEvent {
        KeyEvent::new(self.code, self.held)
    }

    /// The letter that is typed with it where letters are text.
    pub fn letter(self) -> Option<char> {
        match self.code {
            KeyCode::Char(letter) if self.held.is_empty() => Some(letter),
            _ => None,
        }
    }

    /// As short as it can be shown: `P`, `Ctrl+C`, `⇧Tab`, `←`.
    pub fn label(self) -> String {
        let mut text = String::new();
        for (_, label, held) in HELD {
            if self.held.contains(held) {
                text.push_str(label);
            }
        }
        let named = NAMED.into_iter().find(|it| it.2 == self.code);
        match (named, self.code) {
            (Some((_, label, _)), _) => text + label,
            (None, KeyCode::Char(letter)) if self.held.is_empty() => {
                text + letter.to_string().as_str()
            }
            (None, KeyCode::Char(letter)) => text + upper(letter).to_string().as_str(),
            (None, other) => text + other.to_string().as_str(),
        }
    }
}

fn upper(letter: char) -> char {
    let mut capital = letter.to_uppercase();
    capital.next().filter(|_| capital.next().is_none()).unwrap_or(letter)
}

fn lower(letter: char) -> char {
    let mut small = letter.to_lowercase();
    small.next().filter(|_| small.next().is_none()).unwrap_or(letter)
}

/// As it is written in `keys.toml`.
impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, _, held) in HELD {
            if self.held.contains(held) {
                write!(f, "{name}+")?;
            }
        }
        match (NAMED.into_iter().find(|it| it.2 == self.code), self.code) {
            (Some((name, _, _)), _) => f.write_str(name),
            (None, KeyCode::Char(letter)) => write!(f, "{letter}"),
            (None, other) => f.write_str(&other.to_string().to_lowercase()),
        }
    }
}

impl FromStr for Chord {
    type Err = NotAChord;

    fn from_str(text: &str) -> Result<Self, NotAChord> {
        let mut held = KeyModifiers::NONE;
        let mut rest = text;
        while let Some((name, more)) = rest.split_once('+').filter(|(_, more)| !more.is_empty()) {
            let modifier = HELD.iter().find(|it| it.0.eq_ignore_ascii_case(name));
            held |= modifier.ok_or_else(|| NotAChord::Unknown(text.to_owned()))?.2;
            rest = more;
        }
        let code = code(rest).ok_or_else(|| NotAChord::Unknown(text.to_owned()))?;
        let chord = Self::new(code, held);
        match (chord.code, chord.held) {
            (KeyCode::Char('i'), KeyModifiers::CONTROL) => Err(NotAChord::Same("ctrl+i", "tab")),
            (KeyCode::Char('m'), KeyModifiers::CONTROL) => Err(NotAChord::Same("ctrl+m", "enter")),
            (KeyCode::Char('['), KeyModifiers::CONTROL) => Err(NotAChord::Same("ctrl+[", "esc")),
            _ => Ok(chord),
        }
    }
}

fn code(text: &str) -> Option<KeyCode> {
    let mut letters = text.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return (!letter.is_control() && !letter.is_whitespace()).then_some(KeyCode::Char(letter));
    }
    let small = text.to_ascii_lowercase();
    let named = NAMED.iter().find(|it| it.0 == small).map(|it| it.2);
    let numbered = || small.strip_prefix('f')?.parse().ok().filter(|it| (1..=24).contains(it));
    named.or_else(|| numbered().map(KeyCode::F))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back_as_it_is_written() {
        for text in [
            "p",
            "P",
            "!",
            "+",
            "-",
            "?",
            ":",
            "ctrl+c",
            "alt+enter",
            "shift+tab",
            "space",
            "esc",
            "pageup",
            "pagedown",
            "f1",
            "f24",
            "ctrl+alt+shift+x",
            "ctrl++",
            "shift+left",
            "é",
        ] {
            assert_eq!(text.parse::<Chord>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn one_press_is_one_chord_in_every_protocol() {
        let shift = KeyModifiers::SHIFT;
        let same = [
            (KeyCode::Char('P'), KeyModifiers::NONE),
            (KeyCode::Char('P'), shift),
            (KeyCode::Char('p'), shift),
        ];
        for (code, held) in same {
            assert_eq!(Chord::new(code, held).to_string(), "P");
        }
        assert_eq!(Chord::new(KeyCode::Char('!'), shift).to_string(), "!");
        assert_eq!(Chord::new(KeyCode::BackTab, shift), "shift+tab".parse().unwrap());
        assert_eq!(Chord::new(KeyCode::BackTab, KeyModifiers::NONE), "shift+tab".parse().unwrap());
        assert_eq!("ctrl+C".parse::<Chord>().unwrap().to_string(), "ctrl+shift+c");
    }

    #[test]
    fn a_key_that_is_let_go_is_no_chord() {
        let release = KeyEventKind::Release;
        let event = KeyEvent::new_with_kind(KeyCode::Enter, KeyModifiers::NONE, release);
        assert_eq!(Chord::of(event), None);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "pp", "hyper+x", "ctrl+", "f0", "f25", " ", "\u{1b}", "ctrl+i"] {
            assert!(text.parse::<Chord>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn labels_are_short() {
        let labels = ["P", "ctrl+c", "shift+tab", "left", "f2", "alt+enter"]
            .map(|it| it.parse::<Chord>().unwrap().label());
        assert_eq!(labels, ["P", "Ctrl+C", "⇧Tab", "←", "F2", "Alt+Enter"]);
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_pressed_reads_back_as_itself(letter: char, bits in 0_u8..16, code in 0..24_u8) {
            let code = match code {
                0..=11 => KeyCode::Char(letter),
                12..=15 => KeyCode::F(code),
                16 => KeyCode::BackTab,
                17 => KeyCode::Char(' '),
                18 => KeyCode::Char('+'),
                _ => NAMED[usize::from(code - 19)].2,
            };
            let chord = Chord::new(code, KeyModifiers::from_bits_truncate(bits));
            match chord.to_string().parse::<Chord>() {
                Ok(read) => proptest::prop_assert_eq!(read, chord),
                Err(NotAChord::Same(..)) => {}
                Err(NotAChord::Unknown(text)) => {
                    proptest::prop_assert!(letter.is_control() || letter.is_whitespace(), "{}", text);
                }
            }
        }
    }
}
