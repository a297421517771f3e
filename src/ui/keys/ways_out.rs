//! Ways out: no keymap may lock somebody in.

use super::{Act, Section};
use crate::config::{Fault, Layer, Source};
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// From where a key has to lead, what it means there, and how to say that.
const WAYS: [(Section, Act, &str, &str); 6] = [
    (Section::Terminal, Act::LeaveTerminal, "out of a terminal", "\"ctrl+]\""),
    (Section::Dialog, Act::Cancel, "out of a question", "esc"),
    (Section::Field, Act::Cancel, "out of a line that is typed", "esc"),
    (Section::Editor, Act::Cancel, "out of a text that is typed", "esc"),
    (Section::Copying, Act::Cancel, "out of a text that is copied from", "esc"),
    (Section::Reading, Act::Back, "out of the help", "esc"),
];

/// What is wrong with keys that lead nowhere, in the file that has taken the last one away.
pub(super) fn missing(is_bound: impl Fn(Section, Act) -> bool, files: &[Source]) -> Vec<Fault> {
    let barred = WAYS.iter().filter(|(section, act, ..)| !is_bound(*section, *act));
    let fault = |(section, act, whence, key): &(Section, Act, &str, &str)| {
        let message = format!("no key leads {whence} any more");
        let (name, act) = (section.name(), act.name());
        let mend = format!("keep one: under [{name}], {key} = \"{act}\"");
        let mut told = files.iter().rev().filter(|it| it.layer != Layer::BuiltIn);
        let found = told.find_map(|it| Some((it, taken_away(it, name)?)));
        match found {
            Some((file, span)) => Fault::at(&file.name, &file.text, span, message),
            None => Fault::of_file("keys.toml", message, None),
        }
        .mended_by(Some(mend))
    };
    barred.map(fault).collect()
}

/// The last line of a section that takes a key away, or the name of the section.
fn taken_away(file: &Source, section: &str) -> Option<Range<usize>> {
    let (document, _told) = DeTable::parse_recoverable(&file.text);
    let table = document.get_ref().get(section)?;
    let lines = table.get_ref().as_table()?;
    let taken = lines.iter().filter(|it| matches!(it.1.get_ref(), DeValue::Boolean(false)));
    taken.map(|(key, value)| key.span().start..value.span().end).max_by_key(|it| it.start)
}

#[cfg(test)]
mod tests {
    use crate::{
        config::{FileKind, Layer, Source},
        ui::keys::Keymap,
    };

    fn wrong(text: &str) -> String {
        let own = Source::new(Layer::User, "mine.toml", text);
        let read = Keymap::from_sources(&[FileKind::Keys.built_in(), own]);
        read.err().map(|it| it.to_string()).unwrap_or_default()
    }

    #[test]
    fn who_could_not_leave_a_terminal_or_a_question_is_told_where_and_how() {
        let told = wrong("[terminal]\n\"ctrl+]\" = false\n\"ctrl+5\" = false\n");
        assert!(told.starts_with("mine.toml:3:1: no key leads out of a terminal"), "{told}");
        assert!(told.contains("under [terminal], \"ctrl+]\" = \"leave-terminal\""), "{told}");
        let told = wrong("[dialog]\nesc = false\n\"ctrl+c\" = false\n[field]\nesc = false\n");
        assert!(told.contains("out of a question") && told.contains("out of a line"), "{told}");
    }

    #[test]
    fn another_key_is_a_way_out_as_well() {
        let own =
            "[terminal]\n\"ctrl+]\" = false\n\"ctrl+5\" = false\n\"ctrl+g\" = \"leave-terminal\"";
        assert_eq!(wrong(own), "");
        assert_eq!(wrong("[dialog]\nesc = false\n"), "", "Ctrl+C is left");
    }
}
