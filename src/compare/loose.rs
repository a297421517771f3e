//! What differs from run to run without meaning anything: times, ids, folders.

/// Hexadecimal digits in a row that are an id, not a number: as git shortens its own.
const ID: usize = 7;
/// What vendors begin the ids of calls and messages with.
const IDS: [&str; 6] = ["toolu_", "call_", "msg_", "resp_", "req_", "item_"];

/// Texts as they are compared.
#[derive(Debug, Clone, Default)]
pub(super) struct Loose {
    /// Folders that somebody works in, the longest first.
    folders: Vec<String>,
}

impl Loose {
    /// Takes it that this folder is where the agent works.
    pub(super) fn works_in(&mut self, folder: &str) {
        let folder = folder.trim_end_matches('/');
        // The root, or a letter of a drive, stands in everything.
        if folder.len() > 3 && !self.folders.iter().any(|it| it == folder) {
            self.folders.push(folder.to_owned());
            self.folders.sort_by_key(|it| std::cmp::Reverse(it.len()));
        }
    }

    /// A text without its folder, its times and its ids.
    pub(super) fn text(&self, text: &str) -> String {
        let mut text = text.trim().to_owned();
        for folder in &self.folders {
            if text.contains(folder.as_str()) {
                text = text.replace(folder.as_str(), ".");
            }
        }
        let mut loose = String::with_capacity(text.len());
        for line in text.lines() {
            words(line.trim_end(), &mut loose);
            loose.push('\n');
        }
        loose
    }

    /// The same of JSON, with the names of its fields in their order.
    pub(super) fn json(&self, value: &serde_json::Value) -> String {
        let mut text = String::new();
        self.write(value, &mut text);
        text
    }

    fn write(&self, value: &serde_json::Value, out: &mut String) {
        match value {
            serde_json::Value::Object(fields) => {
                let mut fields: Vec<_> = fields.iter().collect();
                fields.sort_unstable_by_key(|(name, _)| *name);
                for (name, value) in fields {
                    out.push_str(name);
                    out.push('\u{1}');
                    self.write(value, out);
                }
            }
            serde_json::Value::Array(all) => all.iter().for_each(|it| self.write(it, out)),
            serde_json::Value::String(text) => out.push_str(&self.text(text)),
            other => out.push_str(&other.to_string()),
        }
        out.push('\u{2}');
    }
}

/// Writes a line word by word, with signs in the place of times and ids.
fn words(line: &str, out: &mut String) {
    let mut rest = line;
    while let Some(start) = rest.find(is_of_word) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|it| !is_of_word(it)).unwrap_or(from.len());
        let (whole, behind) = from.split_at(end);
        // A full stop behind a word ends a sentence.
        let word = whole.trim_end_matches(['.', ':', '-']);
        out.push_str(before);
        out.push_str(sign(word).unwrap_or(word));
        out.push_str(whole.get(word.len()..).unwrap_or_default());
        rest = behind;
    }
    out.push_str(rest);
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '.' | ':' | '-' | '_')
}

/// What stands for a word that is a time or an id.
fn sign(word: &str) -> Option<&'static str> {
    if !word.contains(|it: char| it.is_ascii_digit()) {
        return None;
    }
    if is_span(word) || is_moment(word) {
        return Some("⧖");
    }
    let is_id = IDS.iter().any(|it| word.starts_with(it)) || is_hash(word);
    is_id.then_some("№")
}

/// `12ms`, `0.42s`
fn is_span(word: &str) -> bool {
    let unit = word.trim_start_matches(|it: char| it.is_ascii_digit() || it == '.');
    unit.len() < word.len()
        && matches!(unit, "ns" | "us" | "µs" | "μs" | "ms" | "s" | "sec" | "min")
}

/// `10:42:07`, `2026-11-29T10:42:07.123Z`, `2026-11-29`
fn is_moment(word: &str) -> bool {
    let is_number =
        |it: &str, digits: usize| it.len() == digits && it.bytes().all(|it| it.is_ascii_digit());
    let (date, time) = word.split_once(['T', '_']).unwrap_or((word, ""));
    let parts: Vec<&str> = date.split('-').collect();
    let is_date = matches!(parts.as_slice(), [year, month, day]
        if is_number(year, 4) && is_number(month, 2) && is_number(day, 2));
    let clock: Vec<&str> = if is_date { time } else { word }.split(':').collect();
    let is_clock = clock.len() == 3
        && clock.iter().take(2).all(|it| is_number(it, 2) || is_number(it, 1))
        && clock.last().is_some_and(|it| it.bytes().take(2).all(|it| it.is_ascii_digit()));
    if is_date { time.is_empty() || is_clock } else { is_clock }
}

/// `4f1c9ab`, `0197c2b4-7c11-7d8e-9a4f-1b2c3d4e5f60`
fn is_hash(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_hexdigit).count();
    let has_letter = word.bytes().any(|it| it.is_ascii_hexdigit() && it.is_ascii_alphabetic());
    digits >= ID && has_letter && word.bytes().all(|it| it.is_ascii_hexdigit() || it == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loose(text: &str) -> String {
        let mut loose = Loose::default();
        loose.works_in("/home/ann/parser");
        loose.works_in("/state/trees/0197/smith");
        loose.text(text)
    }

    #[test]
    fn times_ids_and_folders_do_not_count() {
        let pairs = [
            ("ok. finished in 0.04s", "ok. finished in 12.40s"),
            ("[main 4f1c9ab] Mend it", "[main 9e0d113] Mend it"),
            ("2026-11-29T10:42:07.123Z begun", "2027-01-02T00:00:00Z begun"),
            ("at 10:42:07", "at 9:01:00"),
            ("/home/ann/parser/src/lib.rs:3", "/state/trees/0197/smith/src/lib.rs:3"),
            ("call_1a done", "call_2b done"),
            ("one  \ntwo\n\n", "one\ntwo"),
        ];
        for (one, other) in pairs {
            assert_eq!(loose(one), loose(other));
        }
    }

    #[test]
    fn what_means_something_counts() {
        let pairs = [
            ("3 tests failed", "4 tests failed"),
            ("src/lib.rs:3", "src/lib.rs:4"),
            ("version 1.2.3", "version 1.2.4"),
            ("added", "faded"),
            ("port 4747123", "port 4747124"),
            ("ratio 3:2", "ratio 3:1"),
        ];
        for (one, other) in pairs {
            assert_ne!(loose(one), loose(other));
        }
    }

    #[test]
    fn json_is_compared_by_what_it_says_not_by_how_it_is_written() {
        let json = |text: &str| Loose::default().json(&serde_json::from_str(text).unwrap());
        assert_eq!(json(r#"{"a": 1, "b": "x"}"#), json(r#"{ "b":"x","a":1 }"#));
        assert_ne!(json(r#"{"a": "b"}"#), json(r#"["a", "b"]"#));
        assert_ne!(json(r#"{"a": ["b"], "c": "d"}"#), json(r#"{"a": ["b", "c"], "d": ""}"#));
    }
}
