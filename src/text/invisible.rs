//! Which characters nobody sees, and how they are shown.

use std::fmt::Write;

/// Characters that take no ink or that move other characters: bidirectional
/// controls, zero-width ones, tags, fillers, separators. Unicode's
/// `Default_Ignorable_Code_Point` (17.0, `DerivedCoreProperties.txt`), with the
/// line separators and the interlinear annotations.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}'..='\u{1160}'
        | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}'
        | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
        | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// The blocks that hold all pictographs, and arrows and dingbats beside them:
/// only after one of these may a joiner or a variation selector stand.
pub(super) fn is_pictograph(character: char) -> bool {
    matches!(character,
        '©' | '®' | '\u{203C}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2190}'..='\u{21FF}'
        | '\u{2300}'..='\u{23FF}' | '\u{24C2}' | '\u{25A0}'..='\u{27BF}'
        | '\u{2900}'..='\u{297F}' | '\u{2B00}'..='\u{2BFF}' | '\u{3030}' | '\u{303D}'
        | '\u{3297}' | '\u{3299}' | '\u{1F000}'..='\u{1FAFF}')
}

/// The keys of a keycap, like 1️⃣.
pub(super) fn is_keycap(character: char) -> bool {
    matches!(character, '0'..='9' | '#' | '*')
}

/// A C0 control or DEL as its picture (`␛`, `␈`), if it is one.
pub(super) fn control_picture(character: char) -> Option<char> {
    match character {
        '\0'..='\u{1F}' => char::from_u32(0x2400 + u32::from(character)),
        '\u{7F}' => Some('␡'),
        _ => None,
    }
}

/// Appends `<U+202E>` for a character that cannot be shown.
pub(super) fn push_code_point(text: &mut String, character: char) {
    // Writing to a string cannot fail.
    _ = write!(text, "<U+{:04X}>", u32::from(character));
}
