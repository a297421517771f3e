//! Keys, the mouse and pastes as a program in a terminal reads them: as xterm
//! sends them. Source: <https://invisible-island.net/xterm/ctlseqs/ctlseqs.html>

use crate::text::terminal::{Modes, Mouse};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

/// What a key sends; nothing for keys that a terminal has no bytes for.
pub fn key(key: KeyEvent, modes: Modes) -> Option<String> {
    let held = key.modifiers;
    let alt = if held.contains(KeyModifiers::ALT) { "\x1b" } else { "" };
    let is_shift = held.contains(KeyModifiers::SHIFT);
    let sent = match key.code {
        KeyCode::Char(letter) if held.contains(KeyModifiers::CONTROL) => control(letter)?.into(),
        KeyCode::Char(letter) => letter.to_string(),
        KeyCode::Enter => "\r".to_owned(),
        KeyCode::Tab if !is_shift => "\t".to_owned(),
        KeyCode::Tab | KeyCode::BackTab => return Some("\x1b[Z".to_owned()),
        KeyCode::Backspace => "\x7f".to_owned(),
        KeyCode::Esc => "\x1b".to_owned(),
        code => return function(code, modifier(held), modes),
    };
    Some(format!("{alt}{sent}"))
}

/// What pasted text sends. Nothing in it can end the brackets, and where there
/// are none, nothing in it is a control key.
pub fn paste(text: &str, modes: Modes) -> String {
    let text = text.replace("\r\n", "\r").replace('\n', "\r");
    let is_fit = |it: &char| !it.is_control() || matches!(it, '\r' | '\t');
    let text: String = text.chars().filter(is_fit).collect();
    if modes.brackets { format!("\x1b[200~{text}\x1b[201~") } else { text }
}

/// What the mouse sends at a place counted from 0, if the program asked for it.
/// Where it did not, and has the other screen, the wheel sends cursor keys.
pub fn mouse(event: MouseEvent, (column, row): (u16, u16), modes: Modes) -> Option<String> {
    let wheel = match event.kind {
        MouseEventKind::ScrollUp => Some(64),
        MouseEventKind::ScrollDown => Some(65),
        _ => None,
    };
    if modes.mouse == Mouse::None {
        let is_up = wheel? == 64;
        let arrow = function(if is_up { KeyCode::Up } else { KeyCode::Down }, 1, modes)?;
        return modes.is_alternate.then(|| arrow.repeat(3));
    }
    let button = |button| match button {
        MouseButton::Left => 0,
        MouseButton::Middle => 1,
        MouseButton::Right => 2,
    };
    let (code, is_up) = match event.kind {
        MouseEventKind::Down(it) => (button(it), false),
        MouseEventKind::Up(it) => (button(it), true),
        MouseEventKind::Drag(it) if modes.mouse >= Mouse::Drags => (button(it) + 32, false),
        MouseEventKind::Moved if modes.mouse >= Mouse::Moves => (3 + 32, false),
        _ => (wheel?, false),
    };
    let held = event.modifiers;
    let with = |key, value| if held.contains(key) { value } else { 0 };
    let code = code + with(KeyModifiers::ALT, 8) + with(KeyModifiers::CONTROL, 16);
    if modes.sgr_mouse {
        let end = if is_up { 'm' } else { 'M' };
        return Some(format!("\x1b[<{code};{};{}{end}", column + 1, row + 1));
    }
    // The older form is bytes; those above 127 would be no text.
    let byte = |it: u16| u8::try_from(it).ok().filter(u8::is_ascii).map(char::from);
    let code = if is_up { 3 } else { code };
    Some(format!("\x1b[M{}{}{}", byte(32 + code)?, byte(33 + column)?, byte(33 + row)?))
}

/// The control character of a letter.
fn control(letter: char) -> Option<char> {
    let code = match letter.to_ascii_lowercase() {
        ' ' | '2' | '@' => 0,
        letter @ 'a'..='z' => letter as u8 - b'a' + 1,
        '[' | '3' => 27,
        '\\' | '4' => 28,
        ']' | '5' => 29,
        '^' | '6' => 30,
        '_' | '7' | '/' => 31,
        '?' | '8' => 127,
        _ => return None,
    };
    Some(char::from(code))
}

/// How xterm numbers what is held beside a key.
fn modifier(held: KeyModifiers) -> u8 {
    let with = |key, value| if held.contains(key) { value } else { 0 };
    1 + with(KeyModifiers::SHIFT, 1) + with(KeyModifiers::ALT, 2) + with(KeyModifiers::CONTROL, 4)
}

fn function(code: KeyCode, held: u8, modes: Modes) -> Option<String> {
    let letter = |letter: char| match held {
        1 if modes.app_cursor => format!("\x1bO{letter}"),
        1 => format!("\x1b[{letter}"),
        held => format!("\x1b[1;{held}{letter}"),
    };
    let number = |number: u8| match held {
        1 => format!("\x1b[{number}~"),
        held => format!("\x1b[{number};{held}~"),
    };
    Some(match code {
        KeyCode::Up => letter('A'),
        KeyCode::Down => letter('B'),
        KeyCode::Right => letter('C'),
        KeyCode::Left => letter('D'),
        KeyCode::Home => letter('H'),
        KeyCode::End => letter('F'),
        KeyCode::Insert => number(2),
        KeyCode::Delete => number(3),
        KeyCode::PageUp => number(5),
        KeyCode::PageDown => number(6),
        KeyCode::F(nth @ 1..=4) if held == 1 => format!("\x1bO{}", char::from(b'O' + nth)),
        KeyCode::F(nth @ 1..=4) => format!("\x1b[1;{held}{}", char::from(b'O' + nth)),
        KeyCode::F(5) => number(15),
        KeyCode::F(nth @ 6..=10) => number(11 + nth),
        KeyCode::F(nth @ 11..=12) => number(12 + nth),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(code: KeyCode, held: KeyModifiers, modes: Modes) -> String {
        key(KeyEvent::new(code, held), modes).unwrap_or_default()
    }

    #[test]
    fn keys_are_sent_as_xterm_sends_them() {
        let (plain, app) = (Modes::default(), Modes { app_cursor: true, ..Modes::default() });
        let (none, control) = (KeyModifiers::NONE, KeyModifiers::CONTROL);
        assert_eq!(sent(KeyCode::Char('é'), none, plain), "é");
        assert_eq!(sent(KeyCode::Char('c'), control, plain), "\x03");
        assert_eq!(sent(KeyCode::Char('x'), KeyModifiers::ALT, plain), "\x1bx");
        assert_eq!(sent(KeyCode::Up, none, plain), "\x1b[A");
        assert_eq!(sent(KeyCode::Up, none, app), "\x1bOA");
        assert_eq!(sent(KeyCode::Right, control, app), "\x1b[1;5C");
        let keys =
            [(1, "\x1bOP"), (4, "\x1bOS"), (5, "\x1b[15~"), (6, "\x1b[17~"), (10, "\x1b[21~")];
        for (nth, bytes) in keys.into_iter().chain([(11, "\x1b[23~"), (12, "\x1b[24~")]) {
            assert_eq!(sent(KeyCode::F(nth), none, plain), bytes);
        }
    }

    #[test]
    fn a_paste_can_neither_end_its_brackets_nor_press_keys() {
        let modes = Modes { brackets: true, ..Modes::default() };
        let evil = "a\x1b[201~\x03b\nc";
        assert_eq!(paste(evil, modes), "\x1b[200~a[201~b\rc\x1b[201~");
        assert_eq!(paste(evil, Modes::default()), "a[201~b\rc");
    }

    #[test]
    fn the_mouse_is_sent_only_where_it_is_asked_for() {
        let event = |kind| MouseEvent { kind, column: 0, row: 0, modifiers: KeyModifiers::NONE };
        let down = event(MouseEventKind::Down(MouseButton::Left));
        assert_eq!(mouse(down, (4, 2), Modes::default()), None);
        let old = Modes { mouse: Mouse::Buttons, ..Modes::default() };
        assert_eq!(mouse(down, (4, 2), old).as_deref(), Some("\x1b[M %#"));
        assert_eq!(mouse(down, (400, 2), old), None);
        let new = Modes { sgr_mouse: true, ..old };
        assert_eq!(mouse(down, (400, 2), new).as_deref(), Some("\x1b[<0;401;3M"));
        assert_eq!(mouse(event(MouseEventKind::Moved), (4, 2), new), None);
        let other = Modes { is_alternate: true, ..Modes::default() };
        let up = event(MouseEventKind::ScrollUp);
        assert_eq!(mouse(up, (4, 2), other).as_deref(), Some("\x1b[A\x1b[A\x1b[A"));
        assert_eq!(mouse(up, (4, 2), Modes::default()), None);
    }
}
