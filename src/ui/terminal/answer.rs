//! The terminal's answer to a question about its colours, taken out of the keys.
//!
//! The answer, `ESC ] 11 ; rgb:RRRR/GGGG/BBBB ESC \`, comes whenever it comes,
//! among the keys: crossterm tells it as Alt+], single letters, and Alt+\ or
//! Ctrl+G. Keys that turn out to be no answer are given back in their order.

use crate::ui::theme::Rgb;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// No answer is longer.
const LONGEST: usize = 40;

/// Keys that may be an answer.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    held: Vec<KeyEvent>,
    text: String,
}

/// What became of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sifted {
    /// These are keys.
    Keys(Vec<KeyEvent>),
    /// This may be a part of an answer.
    Held,
    /// This was the answer.
    Background(Rgb),
}

impl Answers {
    /// Looks at a key before anybody else does.
    pub fn sift(&mut self, key: KeyEvent) -> Sifted {
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char(']') if alt && self.held.is_empty() => self.hold(key, None),
            _ if self.held.is_empty() => Sifted::Keys(vec![key]),
            KeyCode::Char('\\') if alt => self.end(key),
            KeyCode::Char('g') if control => self.end(key),
            KeyCode::Char(letter) if !alt && !control && self.may_follow(letter) => {
                self.hold(key, Some(letter))
            }
            _ => self.give_back(key),
        }
    }

    /// Keys that were held and are no answer after all, once no more came.
    pub fn release(&mut self) -> Vec<KeyEvent> {
        self.text.clear();
        std::mem::take(&mut self.held)
    }

    /// Whether keys are held.
    pub const fn is_holding(&self) -> bool {
        !self.held.is_empty()
    }

    fn may_follow(&self, letter: char) -> bool {
        const START: &str = "11;rgb";
        let at = self.text.len();
        match START.chars().nth(at) {
            Some(expected) => letter == expected,
            None => {
                at < LONGEST && (letter.is_ascii_hexdigit() || matches!(letter, ':' | '/' | 'a'))
            }
        }
    }

    fn hold(&mut self, key: KeyEvent, letter: Option<char>) -> Sifted {
        self.held.push(key);
        self.text.extend(letter);
        Sifted::Held
    }

    fn end(&mut self, key: KeyEvent) -> Sifted {
        match colour(&self.text) {
            Some(colour) => {
                *self = Self::default();
                Sifted::Background(colour)
            }
            None => self.give_back(key),
        }
    }

    fn give_back(&mut self, key: KeyEvent) -> Sifted {
        let mut keys = self.release();
        keys.push(key);
        Sifted::Keys(keys)
    }
}

/// The colour of `11;rgb:1e1e/1e1e/2e2e`, with one to four digits a channel.
fn colour(text: &str) -> Option<Rgb> {
    let text = text.strip_prefix("11;rgb")?.trim_start_matches('a').strip_prefix(':')?;
    let mut channels = text.split('/').map(|digits| {
        let most = 16_u32.checked_pow(u32::try_from(digits.len()).ok()?)?.checked_sub(1)?;
        let value = u32::from_str_radix(digits, 16).ok()?;
        u8::try_from(value.checked_mul(255)?.checked_div(most)?).ok()
    });
    let mut next = || channels.next().flatten();
    Some(Rgb(next()?, next()?, next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(letter: char, held: KeyModifiers) -> KeyEvent {
        KeyEvent::new(KeyCode::Char(letter), held)
    }

    fn answer(text: &str, end: KeyEvent) -> Vec<KeyEvent> {
        let letters = text.chars().map(|it| key(it, KeyModifiers::NONE));
        std::iter::once(key(']', KeyModifiers::ALT)).chain(letters).chain([end]).collect()
    }

    fn sift(answers: &mut Answers, keys: &[KeyEvent]) -> (Vec<KeyEvent>, Option<Rgb>) {
        let (mut left, mut found) = (Vec::new(), None);
        for key in keys {
            match answers.sift(*key) {
                Sifted::Keys(keys) => left.extend(keys),
                Sifted::Held => {}
                Sifted::Background(colour) => found = Some(colour),
            }
        }
        (left, found)
    }

    #[test]
    fn an_answer_leaves_no_key_behind() {
        for end in [key('\\', KeyModifiers::ALT), key('g', KeyModifiers::CONTROL)] {
            let mut answers = Answers::default();
            let told = sift(&mut answers, &answer("11;rgb:1e1e/0000/ffff", end));
            assert_eq!(told, (vec![], Some(Rgb(30, 0, 255))));
            let p = key('p', KeyModifiers::NONE);
            assert_eq!(answers.sift(p), Sifted::Keys(vec![p]));
        }
    }

    /// Two screens in a row ask twice, and a slow terminal answers the second both.
    #[test]
    fn an_answer_to_an_earlier_question_leaves_none_behind_either() {
        let mut answers = Answers::default();
        for blue in [255, 0] {
            let told = format!("11;rgb:1e1e/0000/{blue:02x}{blue:02x}");
            let told = sift(&mut answers, &answer(&told, key('\\', KeyModifiers::ALT)));
            assert_eq!(told, (vec![], Some(Rgb(30, 0, blue))));
        }
    }

    #[test]
    fn keys_that_only_begin_like_an_answer_are_given_back_in_order() {
        let mut answers = Answers::default();
        let pressed = answer("11x", key('q', KeyModifiers::NONE));
        assert_eq!(sift(&mut answers, &pressed), (pressed.clone(), None));
        let begun = key(']', KeyModifiers::ALT);
        assert_eq!(answers.sift(begun), Sifted::Held);
        assert_eq!(answers.release(), [begun]);
    }
}
