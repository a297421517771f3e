//! What is typed into one line: words, and filters between them as `role:scout`.

use super::{Ended, Filter, Query, Wanted};
use jiff::{Timestamp, ToSpan as _, Zoned, civil::Date, tz::TimeZone};

impl Wanted {
    /// Reads a line that is being typed. What is no filter, or has no value that one can
    /// have, is a word.
    pub fn typed(line: &str) -> Self {
        let (filter, words, strange) = sorted(line);
        Self { query: Query::being_typed(&words), filter, strange, ..Self::default() }
    }

    /// Reads a line that was typed to its end.
    pub fn said(line: &str) -> Self {
        let (filter, words, strange) = sorted(line);
        Self { query: Query::read(&words), filter, strange, ..Self::default() }
    }

    /// Whether nothing at all is asked for.
    pub fn is_nothing(&self) -> bool {
        self.query.is_empty() && self.filter == Filter::default()
    }
}

/// What each filter takes.
const FILTERS: [(&str, &str); 9] = [
    ("role", "a role's name"),
    ("model", "a part of a model's name"),
    ("tool", "a tool's name"),
    ("file", "a part of a path"),
    ("tag", "a tag of a session"),
    ("outcome", "succeeded, failed or stopped"),
    ("cost", "an amount such as 0.50"),
    ("since", "a day such as 2026-03-01, or 7d, 12h"),
    ("until", "a day such as 2026-03-01, or 7d, 12h"),
];

/// The filters of a line, its words, and what looks like a filter and is none.
fn sorted(line: &str) -> (Filter, String, Vec<String>) {
    let (mut filter, mut words, mut strange) = (Filter::default(), String::new(), Vec::new());
    let mut is_quoted = false;
    for part in line.split_inclusive(char::is_whitespace) {
        let is_filter = !is_quoted && set(&mut filter, part.trim()).is_some();
        if !is_filter && !is_quoted {
            strange.extend(no_filter(part.trim()));
        }
        if part.matches('"').count() % 2 == 1 {
            is_quoted = !is_quoted;
        }
        if !is_filter {
            words.push_str(part);
        }
    }
    (filter, words, strange)
}

/// Why what looks like a filter is none; nothing where it does not: an address, a path, a
/// word before a colon.
fn no_filter(part: &str) -> Option<String> {
    let (name, value) = part.split_once(':')?;
    let is_name = !name.is_empty() && name.bytes().all(|it| it.is_ascii_lowercase());
    if !is_name || value.is_empty() || value.starts_with([':', '/', '"']) {
        return None;
    }
    let known = FILTERS.iter().find(|it| it.0 == name);
    Some(known.map_or_else(
        || format!("{name}: is no filter"),
        |(name, takes)| format!("{name}: takes {takes}"),
    ))
}

/// The names of the filters, as they are typed.
pub fn filter_names() -> String {
    FILTERS.map(|it| format!("{}:", it.0)).join(" ")
}

/// Sets what `name:value` says; none where it says nothing.
fn set(filter: &mut Filter, part: &str) -> Option<()> {
    let (name, value) = part.split_once(':')?;
    let text = || (!value.is_empty()).then(|| value.to_owned());
    match name {
        "role" => filter.role = Some(text()?),
        "model" => filter.model = Some(text()?),
        "tool" => filter.tool = Some(text()?),
        "file" => filter.file = Some(text()?),
        "tag" => filter.tags.push(text()?.trim_start_matches('#').to_owned()),
        "outcome" => filter.outcome = Some(Ended::named(value)?),
        "cost" => filter.cost_over = Some(value.trim_start_matches('>').parse().ok()?),
        "since" => filter.since = Some(moment(value).ok()?),
        "until" => filter.until = Some(moment(value).ok()?),
        _ => return None,
    }
    Some(())
}

/// Reads a day, a time, or how long ago: `2026-03-01`, `90d`, `12h`.
///
/// # Errors
/// What is expected.
pub fn moment(text: &str) -> Result<Timestamp, String> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    if let Ok(date) = text.parse::<Date>() {
        let zoned = date.to_zoned(TimeZone::system()).map_err(|it| it.to_string())?;
        return Ok(zoned.timestamp());
    }
    ago(text).ok_or_else(|| "expected a day such as 2026-03-01, or 7d, 12h".to_owned())
}

/// The time so long ago: `90d`, `2w`, `12h`.
fn ago(text: &str) -> Option<Timestamp> {
    let unit = text.chars().next_back()?;
    let count: i32 = text.strip_suffix(unit)?.parse().ok().filter(|it| *it >= 0)?;
    let span = match unit {
        'h' => 1.hour(),
        'd' => 1.day(),
        'w' => 1.week(),
        _ => return None,
    };
    let span = span.checked_mul(i64::from(count)).ok()?;
    Some(Zoned::now().checked_sub(span).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_day_a_time_or_so_long_ago() {
        for good in ["2026-03-01", "2026-03-01T12:00:00Z", "90d", "2w", "0h"] {
            assert!(moment(good).is_ok(), "{good}");
        }
        for wrong in ["", "d", "-1d", "yesterday", "1m", "999999999d", "2026-13-01", "1\u{e9}"] {
            assert!(moment(wrong).is_err(), "{wrong}");
        }
        assert!(moment("2d").unwrap() < moment("1d").unwrap());
    }

    #[test]
    fn filters_stand_between_the_words_and_what_is_none_is_a_word() {
        let wanted =
            Wanted::typed("role:scout parser \"a role:x\" outcome:failed tool: x:y cost:>2");
        assert_eq!(wanted.query, Query::being_typed("parser \"a role:x\" tool: x:y "));
        let filter = Filter {
            role: Some("scout".to_owned()),
            outcome: Some(Ended::Failed),
            cost_over: Some("2".parse().unwrap()),
            ..Filter::default()
        };
        assert_eq!(wanted.filter, filter);
        assert_eq!(wanted.strange, ["x: is no filter"]);
        let wanted = Wanted::said("tag:#fast tag:done std::fs http://x agent:a since:monday");
        assert_eq!(wanted.filter.tags, ["fast", "done"]);
        let told = "since: takes a day such as 2026-03-01, or 7d, 12h";
        assert_eq!(wanted.strange, ["agent: is no filter", told]);
        assert!(Wanted::typed(" ").is_nothing() && !Wanted::typed("tool:shell").is_nothing());
    }
}
