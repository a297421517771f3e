//! Escape sequences, recognised whole so that they can be dropped whole: the
//! control-sequence part of a terminal's parser (ECMA-48, and xterm's
//! `ctlseqs`), without any of its effects. It stores nothing of a payload.

/// Characters after which a sequence is taken for broken. A control string goes
/// on past it while its payload has no blanks: pictures sent as base64 or
/// sixels have none, ordinary text does.
const LIMIT: usize = 1024;

/// Where in a sequence the stream is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Sequence {
    /// Outside of any.
    #[default]
    Ground,
    /// After ESC, or ESC and intermediate characters.
    Escape,
    /// In a control sequence (CSI), so many characters long.
    Control(usize),
    /// In an operating system command (OSC), which a newline ends too.
    Command(usize),
    /// In a device control string, or an APC, PM or SOS.
    Payload(usize),
}

/// What becomes of the next character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is text.
    Text,
    /// It is part of a sequence.
    Dropped,
}

impl Sequence {
    /// Takes the next character.
    pub(super) fn step(&mut self, next: char) -> Fate {
        let (state, fate) = match *self {
            Self::Ground => ground(next),
            Self::Escape => escape(next),
            Self::Control(length) => control(next, length),
            Self::Command(length) => command(next, length),
            Self::Payload(length) => payload(next, length),
        };
        *self = state;
        fate
    }
}

type Step = (Sequence, Fate);

fn ground(next: char) -> Step {
    match next {
        '\u{1B}' => (Sequence::Escape, Fate::Dropped),
        '\u{9B}' => (Sequence::Control(0), Fate::Dropped),
        '\u{9D}' => (Sequence::Command(0), Fate::Dropped),
        '\u{90}' | '\u{98}' | '\u{9E}' | '\u{9F}' => (Sequence::Payload(0), Fate::Dropped),
        '\u{80}'..='\u{9F}' => (Sequence::Ground, Fate::Dropped),
        _ => (Sequence::Ground, Fate::Text),
    }
}

fn escape(next: char) -> Step {
    match next {
        '[' => (Sequence::Control(0), Fate::Dropped),
        ']' => (Sequence::Command(0), Fate::Dropped),
        'P' | 'X' | '^' | '_' => (Sequence::Payload(0), Fate::Dropped),
        ' '..='/' => (Sequence::Escape, Fate::Dropped),
        '0'..='~' => (Sequence::Ground, Fate::Dropped),
        _ => ground(next),
    }
}

fn control(next: char, length: usize) -> Step {
    match next {
        ' '..='?' if length < LIMIT => (Sequence::Control(length + 1), Fate::Dropped),
        '@'..='~' | '\u{18}' | '\u{1A}' => (Sequence::Ground, Fate::Dropped),
        _ => ground(next),
    }
}

fn command(next: char, length: usize) -> Step {
    match next {
        '\u{07}' => (Sequence::Ground, Fate::Dropped),
        '\n' => ground(next),
        _ => match payload(next, length) {
            (Sequence::Payload(length), fate) => (Sequence::Command(length), fate),
            ended => ended,
        },
    }
}

fn payload(next: char, length: usize) -> Step {
    match next {
        // The string terminator is ESC \, which `escape` drops.
        '\u{1B}' => (Sequence::Escape, Fate::Dropped),
        '\u{18}' | '\u{1A}' | '\u{9C}' => (Sequence::Ground, Fate::Dropped),
        _ if length >= LIMIT && next.is_whitespace() => ground(next),
        _ => (Sequence::Payload(length.saturating_add(1)), Fate::Dropped),
    }
}
