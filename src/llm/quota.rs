//! What the heads of an answer say of how much may still be asked.
//!
//! Anthropic: `anthropic-ratelimit-{requests,tokens,…}-{limit,remaining,reset}`, the reset
//! as RFC 3339 (its API reference, "Rate limits: response headers"); for logins,
//! `anthropic-ratelimit-unified-{5h,7d}-{utilization,reset,status}`, a part of one and
//! seconds since 1970. `OpenAI` and those who speak as it does:
//! `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`, the reset as `6m0s` (its guide,
//! "Rate limits in headers").

use crate::model::{Millis, Window};
use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderMap;

/// What Anthropic counts.
const COUNTED: [&str; 4] = ["requests", "tokens", "input-tokens", "output-tokens"];
/// The windows of a login with it, and what a person calls them.
const UNIFIED: [(&str, &str); 2] = [("5h", "5 h"), ("7d", "7 days")];

/// The windows that an answer tells of; none where it tells of none.
pub(super) fn windows(headers: &HeaderMap, now: Timestamp) -> Vec<Window> {
    let word = |name: &str| headers.get(name).and_then(|it| it.to_str().ok()).map(str::trim);
    let number = |name: &str| word(name).and_then(|it| it.parse::<f64>().ok());
    let unified = UNIFIED.into_iter().filter_map(|(key, name)| {
        let key = format!("anthropic-ratelimit-unified-{key}");
        let used = number(&format!("{key}-utilization"))?;
        let is_spent = word(&format!("{key}-status")) == Some("rejected");
        let reset = number(&format!("{key}-reset")).and_then(|it| until(it, now));
        Some(window(name, (hundredths(used), is_spent), reset))
    });
    let counted = COUNTED.into_iter().filter_map(|what| {
        let key = format!("anthropic-ratelimit-{what}");
        let (limit, left) =
            (number(&format!("{key}-limit"))?, number(&format!("{key}-remaining"))?);
        let reset = word(&format!("{key}-reset")).and_then(|it| it.parse::<Timestamp>().ok());
        let reset = reset.map(|it| millis(it.duration_since(now)));
        Some(window(&what.replace('-', " "), used(limit, left), reset))
    });
    let spoken = ["requests", "tokens"].into_iter().filter_map(|what| {
        let of = |part: &str| format!("x-ratelimit-{part}-{what}");
        let (limit, left) = (number(&of("limit"))?, number(&of("remaining"))?);
        let reset = word(&of("reset")).and_then(|it| it.parse::<SignedDuration>().ok());
        Some(window(what, used(limit, left), reset.map(millis)))
    });
    unified.chain(counted).chain(spoken).collect()
}

fn window(name: &str, (used, is_spent): (u16, bool), resets_in: Option<Millis>) -> Window {
    Window { name: name.to_owned(), used: Some(used), is_spent, resets_in }
}

/// How much of a window is used where so much of it is left.
fn used(limit: f64, left: f64) -> (u16, bool) {
    let part = if limit > 0.0 { 1.0 - left / limit } else { 1.0 };
    (hundredths(part), left <= 0.0)
}

/// A part of one in hundredths.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is held between nothing and a thousand first, and what is no number is nothing"
)]
pub(crate) fn hundredths(part: f64) -> u16 {
    // A fifth is 20, although 1 - 0.8 is a little less than that.
    (part * 100.0 + 1e-6).clamp(0.0, 1000.0) as u16
}

/// How long until so many seconds since 1970.
pub(crate) fn until(seconds: f64, now: Timestamp) -> Option<Millis> {
    let then = SignedDuration::try_from_secs_f64(seconds).ok()?;
    Some(millis(Timestamp::UNIX_EPOCH.checked_add(then).ok()?.duration_since(now)))
}

/// What is past is now.
fn millis(wait: SignedDuration) -> Millis {
    Millis(u64::try_from(wait.as_millis()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&'static str, &'static str)]) -> Vec<(String, Option<u16>, bool, u64)> {
        let headers = pairs.iter().map(|&(name, value)| {
            (name.parse().unwrap(), value.parse::<reqwest::header::HeaderValue>().unwrap())
        });
        let windows = windows(&headers.collect(), "2026-11-30T12:00:00Z".parse().unwrap());
        let told = |it: Window| (it.name, it.used, it.is_spent, it.resets_in.unwrap_or_default().0);
        windows.into_iter().map(told).collect()
    }

    #[test]
    fn each_service_is_read_in_its_own_words() {
        let keyed = read(&[
            ("anthropic-ratelimit-requests-limit", "50"),
            ("anthropic-ratelimit-requests-remaining", "5"),
            ("anthropic-ratelimit-requests-reset", "2026-11-30T12:00:30Z"),
            ("anthropic-ratelimit-input-tokens-limit", "1000"),
            ("anthropic-ratelimit-input-tokens-remaining", "0"),
        ]);
        let requests = ("requests".to_owned(), Some(90), false, 30_000);
        assert_eq!(keyed, [requests, ("input tokens".to_owned(), Some(100), true, 0)]);
        let login = read(&[
            ("anthropic-ratelimit-unified-5h-utilization", "0.86"),
            ("anthropic-ratelimit-unified-5h-reset", "1796043600"),
            ("anthropic-ratelimit-unified-5h-status", "allowed_warning"),
            ("anthropic-ratelimit-unified-7d-utilization", "1.0"),
            ("anthropic-ratelimit-unified-7d-status", "rejected"),
        ]);
        let hours = ("5 h".to_owned(), Some(86), false, 3_600_000);
        assert_eq!(login, [hours, ("7 days".to_owned(), Some(100), true, 0)]);
        let other = read(&[
            ("x-ratelimit-limit-tokens", "150000"),
            ("x-ratelimit-remaining-tokens", "30000"),
            ("x-ratelimit-reset-tokens", "6m0s"),
        ]);
        assert_eq!(other, [("tokens".to_owned(), Some(80), false, 360_000)]);
        let fifth = [("x-ratelimit-limit-tokens", "1000"), ("x-ratelimit-remaining-tokens", "800")];
        assert_eq!(read(&fifth), [("tokens".to_owned(), Some(20), false, 0)]);
    }

    #[test]
    fn what_is_no_figure_tells_of_nothing() {
        assert_eq!(read(&[]), []);
        let odd = [
            ("x-ratelimit-limit-requests", "many"),
            ("x-ratelimit-remaining-requests", "few"),
            ("anthropic-ratelimit-unified-5h-utilization", "NaN"),
            ("anthropic-ratelimit-unified-5h-reset", "1e300"),
        ];
        assert_eq!(read(&odd), [("5 h".to_owned(), Some(0), false, 0)]);
    }
}
