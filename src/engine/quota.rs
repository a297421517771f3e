//! What programs tell of the quota of their login.

use crate::{
    llm::{hundredths, until},
    model::{Millis, Quota, Window},
    text::one_line,
};
use jiff::Timestamp;
use serde_json::Value;

/// How wide the name of a window may be.
const NAME: usize = 24;

/// Claude Code's `rate_limit_event`, which it tells of logins alone: one window at a time. Its `utilization` is a part of
/// one, and missing while there is enough; `resetsAt` is in seconds since 1970
/// (`SDKRateLimitInfo` in its SDK's types).
pub(super) fn of_claude(message: &Value, now: Timestamp) -> Option<Quota> {
    let info = message.get("rate_limit_info")?;
    let kind = info.get("rateLimitType").and_then(Value::as_str)?;
    let name = match kind {
        "five_hour" => "5 h".to_owned(),
        "seven_day" => "7 days".to_owned(),
        "seven_day_opus" => "7 days, Opus".to_owned(),
        "seven_day_sonnet" => "7 days, Sonnet".to_owned(),
        other => one_line(other, NAME),
    };
    let used = info.get("utilization").and_then(Value::as_f64).map(hundredths);
    let is_spent = info.get("status").and_then(Value::as_str) == Some("rejected");
    let resets_in = info.get("resetsAt").and_then(Value::as_f64).and_then(|it| until(it, now));
    let windows = vec![Window { name, used, is_spent, resets_in }];
    Some(Quota { account: "claude".to_owned(), windows, is_login: true })
}

/// Codex's `account/rateLimits/updated`: two windows, none of them where it works with a
/// key.
pub(super) fn of_codex(parameters: &Value, now: Timestamp) -> Option<Quota> {
    codex_windows(parameters.get("rateLimits")?, now)
}

/// The windows that Codex tells, as its server and as its logs write them. The part that is
/// used is in hundredths, the reset in seconds since 1970, or (older logs) from now on.
pub(crate) fn codex_windows(limits: &Value, now: Timestamp) -> Option<Quota> {
    let reached = either(limits, ["rateLimitReachedType", "rate_limit_reached_type"]);
    let windows = ["primary", "secondary"].into_iter().filter_map(|key| {
        let window = limits.get(key).filter(|it| it.is_object())?;
        let used = either(window, ["usedPercent", "used_percent"])?.as_f64()?;
        let minutes = either(window, ["windowDurationMins", "window_minutes"]);
        let name = minutes.and_then(Value::as_u64).map_or_else(|| key.to_owned(), length);
        let resets_at = either(window, ["resetsAt", "resets_at"]).and_then(Value::as_f64);
        let resets_in = match window.get("resets_in_seconds").and_then(Value::as_u64) {
            Some(seconds) => Some(Millis(seconds.saturating_mul(1000))),
            None => resets_at.and_then(|it| until(it, now)),
        };
        let used = hundredths(used / 100.0);
        let is_spent = used >= 100 || (reached.is_some() && key == "primary");
        Some(Window { name, used: Some(used), is_spent, resets_in })
    });
    let windows: Vec<_> = windows.collect();
    let is_login = either(limits, ["planType", "plan_type"]).is_some_and(Value::is_string);
    (!windows.is_empty()).then(|| Quota { account: "codex".to_owned(), windows, is_login })
}

/// What stands under one of two names, and is something.
fn either<'a>(value: &'a Value, names: [&str; 2]) -> Option<&'a Value> {
    names.iter().find_map(|it| value.get(it)).filter(|it| !it.is_null())
}

/// How long a window is, as a person says it.
fn length(minutes: u64) -> String {
    match minutes {
        days if days >= 2880 && days % 1440 == 0 => format!("{} days", days / 1440),
        hours if hours >= 60 && hours % 60 == 0 => format!("{} h", hours / 60),
        minutes => format!("{minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn now() -> Timestamp {
        "2026-11-30T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn claude_tells_of_one_window() {
        let told = json!({ "type": "rate_limit_event", "rate_limit_info": {
            "status": "allowed_warning", "resetsAt": 1_796_043_600,
            "rateLimitType": "five_hour", "utilization": 0.91 } });
        let quota = of_claude(&told, now()).unwrap();
        let resets_in = Some(Millis(3_600_000));
        let window = Window { name: "5 h".into(), used: Some(91), is_spent: false, resets_in };
        let (account, windows, is_login) = ("claude".into(), vec![window], true);
        assert_eq!(quota, Quota { account, windows, is_login });
        let rejected = json!({ "rate_limit_info": { "status": "rejected",
            "rateLimitType": "new\u{1b}[2Jone" } });
        let window = &of_claude(&rejected, now()).unwrap().windows[0];
        assert!(window.is_spent && !window.name.contains('\u{1b}'), "{window:?}");
        assert_eq!(of_claude(&json!({ "type": "rate_limit_event" }), now()), None);
    }

    #[test]
    fn codex_tells_of_two_and_with_a_key_of_none() {
        let keyed = json!({ "rateLimits": { "limitId": "codex", "primary": null,
            "secondary": null, "planType": null, "rateLimitReachedType": null } });
        assert_eq!(of_codex(&keyed, now()), None);
        let login = json!({ "rateLimits": {
            "primary": { "usedPercent": 42, "windowDurationMins": 300, "resetsAt": 1_796_043_600 },
            "secondary": { "usedPercent": 100.0, "windowDurationMins": 10_080, "resetsAt": null },
        } });
        let windows = of_codex(&login, now()).unwrap().windows;
        let told: Vec<_> =
            windows.iter().map(|it| (it.name.as_str(), it.used, it.is_spent)).collect();
        assert_eq!(told, [("5 h", Some(42), false), ("7 days", Some(100), true)]);
    }

    #[test]
    fn the_logs_of_codex_tell_the_same_in_other_words() {
        for resets in [("resets_at", 1_796_043_600), ("resets_in_seconds", 3600)] {
            let (name, value) = resets;
            let log = json!({ "primary": { "used_percent": 7.0, "window_minutes": 300, name: value },
                "secondary": null, "plan_type": "pro" });
            let quota = codex_windows(&log, now()).unwrap();
            let resets_in = Some(Millis(3_600_000));
            let window = Window { name: "5 h".into(), used: Some(7), is_spent: false, resets_in };
            assert_eq!((quota.windows, quota.is_login), (vec![window], true), "{name}");
        }
    }
}
