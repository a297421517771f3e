//! A form that somebody outside wants filled in: what each blank of it takes, and
//! whether an answer, written as lines of `name: value`, fits.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};
use std::fmt::Write as _;

/// One thing that a form asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blank {
    /// What an answer names it by; one line, and no colon in it.
    pub name: String,
    /// What it means, for who fills it in.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// What it takes.
    pub kind: BlankKind,
    /// Whether it must be filled in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_needed: bool,
    /// What is proposed, as it would be written.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub proposed: String,
}

/// What a blank takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BlankKind {
    /// Words, of so many characters.
    Text {
        /// No fewer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        least: Option<u64>,
        /// No more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        most: Option<u64>,
        /// What they must be.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        format: Option<TextFormat>,
    },
    /// A number.
    Number {
        /// No fraction.
        is_whole: bool,
        /// No less.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        least: Option<Number>,
        /// No more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        most: Option<Number>,
    },
    /// Yes or no.
    YesNo,
    /// One of these.
    One(Vec<Choosable>),
    /// Some of these.
    Some {
        /// Which there are.
        of: Vec<Choosable>,
        /// No fewer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        least: Option<u64>,
        /// No more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        most: Option<u64>,
    },
}

/// What words must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextFormat {
    /// `somebody@example.com`.
    Email,
    /// `https://example.com/x`.
    Uri,
    /// `2026-03-01`.
    Date,
    /// `2026-03-01T12:00:00Z`.
    DateTime,
}

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choosable {
    /// What is answered.
    pub value: String,
    /// What it is called, where that is something else.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
}

impl Choosable {
    /// What it is called.
    pub fn name(&self) -> &str {
        if self.label.is_empty() { &self.value } else { &self.label }
    }

    fn is_called(&self, text: &str) -> bool {
        self.value == text || self.name().eq_ignore_ascii_case(text)
    }
}

/// The values that an answer fills a form with.
///
/// # Errors
/// What does not fit, in words for who filled it in.
pub fn filled(blanks: &[Blank], text: &str) -> Result<Map<String, Value>, String> {
    let written = written(blanks, text)?;
    let mut values = Map::new();
    for blank in blanks {
        let text = written.iter().rfind(|(name, _)| *name == blank.name);
        match text.map_or("", |(_, text)| text.trim()) {
            "" if blank.is_needed => return Err(format!("{} is needed", blank.name)),
            "" => {}
            text => drop(values.insert(blank.name.clone(), blank.read(text)?)),
        }
    }
    Ok(values)
}

/// A form with what is proposed filled in, to be written on.
pub fn draft(blanks: &[Blank]) -> String {
    let lines: Vec<_> = blanks.iter().map(|it| format!("{}: {}", it.name, it.proposed)).collect();
    lines.join("\n")
}

/// What each blank takes, a line each.
pub fn told(blanks: &[Blank]) -> String {
    let mut text = String::new();
    for blank in blanks {
        let needed = if blank.is_needed { "" } else { ", may stay empty" };
        // Writing to a string can't fail.
        let _ = write!(text, "\n{}: {}{needed}", blank.name, blank.kind.words());
        if !blank.about.is_empty() {
            let _ = write!(text, " · {}", blank.about);
        }
    }
    text.trim_start().to_owned()
}

/// What stands behind the name of each blank. A form of one blank needs no name.
fn written<'a>(blanks: &'a [Blank], text: &str) -> Result<Vec<(&'a str, String)>, String> {
    let opening = |line: &str| {
        let (name, rest) = line.split_once(':')?;
        let blank = blanks.iter().find(|it| it.name == name.trim())?;
        Some((blank.name.as_str(), rest.trim_start().to_owned()))
    };
    if let [only] = blanks
        && text.lines().all(|line| opening(line).is_none())
    {
        return Ok(vec![(&only.name, text.to_owned())]);
    }
    let mut written: Vec<(&str, String)> = Vec::new();
    for line in text.lines() {
        match (opening(line), written.last_mut()) {
            (Some(found), _) => written.push(found),
            (None, Some((_, text))) => {
                text.push('\n');
                text.push_str(line);
            }
            (None, None) if line.trim().is_empty() => {}
            (None, None) => {
                let names: Vec<_> = blanks.iter().map(|it| format!("{}:", it.name)).collect();
                return Err(format!("each line begins with a name: {}", names.join(" ")));
            }
        }
    }
    Ok(written)
}

impl Blank {
    fn read(&self, text: &str) -> Result<Value, String> {
        self.kind.read(text).ok_or_else(|| format!("{} must be {}", self.name, self.kind.words()))
    }
}

impl BlankKind {
    /// What it takes, in words.
    fn words(&self) -> String {
        match self {
            Self::Text { least, most, format } => {
                let what = format.map_or("words", TextFormat::words);
                let room = bounds(least.as_ref(), most.as_ref());
                if room.is_empty() { what.to_owned() } else { format!("{what},{room} characters") }
            }
            Self::Number { is_whole, least, most } => {
                let what = if *is_whole { "a whole number" } else { "a number" };
                format!("{what}{}", bounds(least.as_ref(), most.as_ref()))
            }
            Self::YesNo => "yes or no".to_owned(),
            Self::One(of) => format!("one of {}", names(of)),
            Self::Some { of, least, most } => {
                let many = bounds(least.as_ref(), most.as_ref());
                format!("some of {}, with commas between them{many}", names(of))
            }
        }
    }

    fn read(&self, text: &str) -> Option<Value> {
        match self {
            Self::Text { least, most, format } => {
                let length = text.chars().count() as u64;
                let has_room =
                    least.is_none_or(|it| length >= it) && most.is_none_or(|it| length <= it);
                (has_room && format.is_none_or(|it| it.fits(text))).then(|| text.into())
            }
            Self::Number { is_whole, least, most } => {
                let number = if *is_whole {
                    Number::from(text.parse::<i64>().ok()?)
                } else {
                    Number::from_f64(text.parse().ok()?)?
                };
                let is_within = least.as_ref().is_none_or(|it| is_at_most(it, &number))
                    && most.as_ref().is_none_or(|it| is_at_most(&number, it));
                is_within.then_some(Value::Number(number))
            }
            Self::YesNo => match text.to_ascii_lowercase().as_str() {
                "yes" | "y" | "true" => Some(true.into()),
                "no" | "n" | "false" => Some(false.into()),
                _ => None,
            },
            Self::One(of) => chosen(of, text),
            Self::Some { of, least, most } => {
                let all = text.split(',').map(str::trim).filter(|it| !it.is_empty());
                let all = all.map(|it| chosen(of, it)).collect::<Option<Vec<_>>>()?;
                let many = all.len() as u64;
                let is_within =
                    least.is_none_or(|it| many >= it) && most.is_none_or(|it| many <= it);
                is_within.then_some(Value::Array(all))
            }
        }
    }
}

impl TextFormat {
    const fn words(self) -> &'static str {
        match self {
            Self::Email => "an email address",
            Self::Uri => "an address, as https://example.com",
            Self::Date => "a date, as 2026-03-01",
            Self::DateTime => "a time, as 2026-03-01T12:00:00Z",
        }
    }

    /// Whether it looks so; what it is worth is for who asked to find out.
    fn fits(self, text: &str) -> bool {
        match self {
            Self::Email => {
                let is_plain = !text.contains(char::is_whitespace);
                is_plain
                    && text.split_once('@').is_some_and(|(who, at)| {
                        !who.is_empty() && !at.is_empty() && !at.contains('@')
                    })
            }
            Self::Uri => {
                let is_letter = |it: char| it.is_ascii_alphanumeric() || "+-.".contains(it);
                let is_plain = !text.contains(char::is_whitespace);
                is_plain
                    && text.split_once(':').is_some_and(|(scheme, rest)| {
                        scheme.starts_with(|it: char| it.is_ascii_alphabetic())
                            && scheme.chars().all(is_letter)
                            && !rest.is_empty()
                    })
            }
            Self::Date => is_date(text),
            Self::DateTime => text
                .split_once(['T', 't', ' '])
                .is_some_and(|(date, time)| is_date(date) && is_time(time)),
        }
    }
}

/// The whole number in a place of a text, if it is between these.
fn is_between(text: &str, place: std::ops::Range<usize>, least: u32, most: u32) -> bool {
    let digits = text.get(place).filter(|it| it.bytes().all(|it| it.is_ascii_digit()));
    digits.and_then(|it| it.parse().ok()).is_some_and(|it| (least..=most).contains(&it))
}

fn is_date(text: &str) -> bool {
    text.len() == 10
        && is_between(text, 0..4, 0, 9999)
        && text.get(4..5) == Some("-")
        && is_between(text, 5..7, 1, 12)
        && text.get(7..8) == Some("-")
        && is_between(text, 8..10, 1, 31)
}

fn is_time(text: &str) -> bool {
    let is_clock = is_between(text, 0..2, 0, 23)
        && text.get(2..3) == Some(":")
        && is_between(text, 3..5, 0, 59)
        && text.get(5..6) == Some(":")
        && is_between(text, 6..8, 0, 60);
    let rest = text.get(8..).unwrap_or_default();
    let zone = rest
        .strip_prefix('.')
        .map_or(rest, |it| it.trim_start_matches(|it: char| it.is_ascii_digit()));
    let is_offset = zone.len() == 6
        && zone.starts_with(['+', '-'])
        && is_between(zone, 1..3, 0, 23)
        && zone.get(3..4) == Some(":")
        && is_between(zone, 4..6, 0, 59);
    is_clock && (matches!(zone, "Z" | "z") || is_offset)
}

fn is_at_most(one: &Number, other: &Number) -> bool {
    match (one.as_i64(), other.as_i64()) {
        (Some(one), Some(other)) => one <= other,
        _ => one.as_f64() <= other.as_f64(),
    }
}

fn chosen(of: &[Choosable], text: &str) -> Option<Value> {
    // A value is told before a name that it may look like.
    let by_value = of.iter().find(|it| it.value == text);
    let found = by_value.or_else(|| of.iter().find(|it| it.is_called(text)))?;
    Some(found.value.as_str().into())
}

fn names(of: &[Choosable]) -> String {
    let names: Vec<_> = of.iter().map(Choosable::name).collect();
    names.join(" | ")
}

/// ` from 1 to 9`, or what there is of it.
fn bounds<T: ToString>(least: Option<&T>, most: Option<&T>) -> String {
    let mut text = String::new();
    for (word, bound) in [("from", least), ("to", most)] {
        if let Some(bound) = bound {
            let _ = write!(text, " {word} {}", bound.to_string());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn blank(name: &str, kind: BlankKind) -> Blank {
        let (about, proposed) = (String::new(), String::new());
        Blank { name: name.to_owned(), about, kind, is_needed: true, proposed }
    }

    fn words(format: Option<TextFormat>) -> BlankKind {
        BlankKind::Text { least: None, most: Some(40), format }
    }

    fn colours() -> Vec<Choosable> {
        let one = |value: &str, label: &str| Choosable { value: value.into(), label: label.into() };
        vec![one("#f00", "Red"), one("#00f", "Blue"), one("green", "")]
    }

    fn form() -> Vec<Blank> {
        let (least, most) = (Some(1.into()), Some(9.into()));
        let many = BlankKind::Some { of: colours(), least: Some(1), most: Some(2) };
        vec![
            blank("who", words(None)),
            blank("replicas", BlankKind::Number { is_whole: true, least, most }),
            blank("sure", BlankKind::YesNo),
            blank("colour", BlankKind::One(colours())),
            blank("colours", many),
            Blank { is_needed: false, ..blank("note", words(None)) },
        ]
    }

    #[test]
    fn an_answer_of_lines_fills_a_form_with_what_each_blank_takes() {
        let text = "who: Ada\nreplicas: 3\nsure: Yes\ncolour: red\ncolours: Blue, green\nnote:";
        let values = filled(&form(), text).unwrap();
        let expected = json!({
            "who": "Ada", "replicas": 3, "sure": true, "colour": "#f00",
            "colours": ["#00f", "green"],
        });
        assert_eq!(Value::Object(values), expected);
    }

    #[test]
    fn what_does_not_fit_is_said_with_its_name_and_what_it_takes() {
        let good = ["who: Ada", "replicas: 3", "sure: no", "colour: green", "colours: Red"];
        let said = |place: usize, line: &str| {
            let mut lines = good.to_vec();
            lines[place] = line;
            filled(&form(), &lines.join("\n")).unwrap_err()
        };
        assert_eq!(said(0, "who:  "), "who is needed");
        assert_eq!(said(1, "replicas: 12"), "replicas must be a whole number from 1 to 9");
        assert_eq!(said(1, "replicas: 2.5"), "replicas must be a whole number from 1 to 9");
        assert_eq!(said(2, "sure: perhaps"), "sure must be yes or no");
        assert_eq!(said(3, "colour: grey"), "colour must be one of Red | Blue | green");
        assert!(said(4, "colours: Red, Blue, green").ends_with("between them from 1 to 2"));
        assert!(said(0, "what: Ada").starts_with("each line begins with a name: who: replicas:"));
    }

    #[test]
    fn a_form_of_one_blank_is_answered_without_its_name_too() {
        let form = [blank("city", words(None))];
        for text in ["Ghent", "city: Ghent", " city:Ghent\n"] {
            assert_eq!(filled(&form, text).unwrap()["city"], "Ghent");
        }
    }

    #[test]
    fn words_go_on_in_the_next_line() {
        let form = [blank("note", words(None)), blank("sure", BlankKind::YesNo)];
        let values = filled(&form, "note: one\ntwo: three\nsure: y").unwrap();
        assert_eq!(values["note"], "one\ntwo: three");
    }

    #[test]
    fn a_format_takes_what_looks_like_it() {
        let table: [(TextFormat, &[&str], &[&str]); 4] = [
            (TextFormat::Email, &["a@b.example"], &["a", "@b", "a@", "a@b@c", "a b@c"]),
            (TextFormat::Uri, &["https://b.example/x", "mailto:a@b"], &["b.example", ":x", "a:"]),
            (
                TextFormat::Date,
                &["2026-03-01"],
                &["2026-13-01", "26-03-01", "2026-03-1", "é026-03-1"],
            ),
            (
                TextFormat::DateTime,
                &["2026-03-01T12:00:00Z", "2026-03-01T12:00:00.25+01:00"],
                &["2026-03-01", "2026-03-01T25:00:00Z", "2026-03-01T12:00:00"],
            ),
        ];
        for (format, good, bad) in table {
            for text in good {
                assert!(filled(&[blank("x", words(Some(format)))], text).is_ok(), "{text}");
            }
            for text in bad {
                assert!(filled(&[blank("x", words(Some(format)))], text).is_err(), "{text}");
            }
        }
    }

    #[test]
    fn what_is_drafted_and_filled_in_no_further_is_what_was_proposed() {
        let mut form = form();
        for (blank, proposed) in form.iter_mut().zip(["Ada", "3", "no", "Red", "Red, Blue", ""]) {
            proposed.clone_into(&mut blank.proposed);
        }
        assert_eq!(filled(&form, &draft(&form)).unwrap()["colours"], json!(["#f00", "#00f"]));
    }
}
