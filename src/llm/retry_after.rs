//! When a service says to come back.

use jiff::{Timestamp, fmt::rfc2822};
use reqwest::header::HeaderMap;
use std::time::Duration;

/// Reads `retry-after-ms`, or `Retry-After` in seconds or as a date. A date is
/// measured against the service's own clock (its `Date`) where it tells it, so
/// that a wrong clock here makes no wrong wait; `now` stands in. Absurd values
/// are told as they are: what to make of them is the caller's.
pub fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let word = |name: &str| headers.get(name).and_then(|it| it.to_str().ok()).map(str::trim);
    if let Some(milliseconds) = word("retry-after-ms").and_then(|it| it.parse::<f64>().ok()) {
        return Duration::try_from_secs_f64(milliseconds / 1000.0).ok();
    }
    let said = word("retry-after")?;
    if let Ok(seconds) = said.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let then = date(said)?;
    let now = word("date").and_then(date).unwrap_or(now);
    Some(Duration::try_from(then.duration_since(now)).unwrap_or_default())
}

/// An HTTP date, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
fn date(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(pairs: &[(&'static str, &'static str)]) -> Option<Duration> {
        let headers =
            pairs.iter().map(|&(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        retry_after(&headers.collect(), "1994-11-06T08:49:00Z".parse().unwrap())
    }

    #[test]
    fn seconds_milliseconds_and_dates_are_read() {
        assert_eq!(wait(&[("retry-after", "7")]), Some(Duration::from_secs(7)));
        assert_eq!(wait(&[("retry-after", "0.5")]), Some(Duration::from_millis(500)));
        assert_eq!(
            wait(&[("retry-after", "7"), ("retry-after-ms", "250")]),
            Some(Duration::from_millis(250))
        );
        let date = ("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(wait(&[date]), Some(Duration::from_secs(37)));
        let theirs = ("date", "Sun, 06 Nov 1994 08:49:30 GMT");
        assert_eq!(wait(&[date, theirs]), Some(Duration::from_secs(7)));
    }

    #[test]
    fn the_past_is_now_and_the_absurd_is_told_as_it_is() {
        let past = ("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT");
        assert_eq!(wait(&[past]), Some(Duration::ZERO));
        assert_eq!(
            wait(&[("retry-after", "1000000000")]),
            Some(Duration::from_secs(1_000_000_000))
        );
        for nonsense in ["-1", "NaN", "soon", "", "inf"] {
            assert_eq!(wait(&[("retry-after", nonsense)]), None, "{nonsense}");
        }
    }
}
