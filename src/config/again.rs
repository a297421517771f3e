//! When something is done again and again, as it is written: of a step, of a role, on a
//! command line.

use super::{Role, cast::Cast, fault::Blame, layers::at};
use crate::model::{Millis, script::Trigger};
use toml::de::DeTable;

/// The shortest time between two runs.
const SHORTEST: Millis = Millis(1000);
const TIME: &str = "write it as \"90s\", \"10m\" or \"1h30m\"";
const CALL: &str = "write \"webhook\", or \"file change: PATTERN\" such as \"file change: src/**\"";

/// What is written says no time and no call: what is wrong, and its mend.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{wrong}: {mend}")]
pub struct NoTrigger {
    /// What is wrong.
    pub wrong: String,
    /// What would mend it.
    pub mend: String,
}

/// At once, and then so often: `5m`.
///
/// # Errors
/// When that is no time, or too short a one.
pub fn every(text: &str) -> Result<Trigger, NoTrigger> {
    let Some(time) = time(text) else {
        return no(format!("expected a time, not {text:?}"), TIME);
    };
    if time < SHORTEST {
        return no("nothing is done more often than each second", "write \"1s\"");
    }
    Ok(Trigger::Every(time))
}

/// Each time that something happens: `file change: src/**, Cargo.toml`, `webhook`.
///
/// # Errors
/// When nothing of that name can be heard, or a pattern leads out of the project.
pub fn on(text: &str) -> Result<Trigger, NoTrigger> {
    let text = text.trim();
    if text == "webhook" {
        return Ok(Trigger::Webhook);
    }
    let Some(patterns) = text.strip_prefix("file change:") else {
        return no(format!("nothing is heard that is called {text:?}"), CALL);
    };
    let patterns: Vec<String> = patterns.split(',').map(|it| it.trim().to_owned()).collect();
    match patterns.iter().find_map(|it| fault_of_pattern(it)) {
        Some(wrong) => no(wrong, CALL),
        None => Ok(Trigger::Files(patterns)),
    }
}

/// When something is done again, in a line of its own: `every 5m`, `on webhook`, or `5m`
/// and `webhook` alone; none for `once`.
///
/// # Errors
/// When it is none of these.
pub fn again(text: &str) -> Result<Option<Trigger>, NoTrigger> {
    let text = text.trim();
    if text == "once" {
        return Ok(None);
    }
    if let Some(call) = text.strip_prefix("on ") {
        return on(call).map(Some);
    }
    let time = text.strip_prefix("every ");
    if time.is_some() || text.starts_with(|it: char| it.is_ascii_digit()) {
        return every(time.unwrap_or(text)).map(Some);
    }
    on(text).map(Some)
}

fn no(wrong: impl Into<String>, mend: &str) -> Result<Trigger, NoTrigger> {
    Err(NoTrigger { wrong: wrong.into(), mend: mend.to_owned() })
}

fn fault_of_pattern(pattern: &str) -> Option<String> {
    match globset::Glob::new(pattern) {
        Err(error) => Some(format!("this is no pattern of paths: {error}")),
        Ok(_) if pattern.is_empty() => Some("a pattern is empty".to_owned()),
        Ok(_) if pattern.starts_with('/') || pattern.split('/').any(|it| it == "..") => {
            Some(format!("{pattern:?} is not inside the project"))
        }
        Ok(_) => None,
    }
}

/// `1h30m`, `90s`, `250ms`.
pub(crate) fn time(text: &str) -> Option<Millis> {
    let mut rest = text.trim();
    let mut sum = 0u64;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|it: char| !it.is_ascii_digit())?;
        let number: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let units = rest.find(|it: char| it.is_ascii_digit()).unwrap_or(rest.len());
        let unit = match &rest[..units] {
            "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => return None,
        };
        rest = &rest[units..];
        sum = sum.checked_add(number.checked_mul(unit)?)?;
    }
    Some(Millis(sum))
}

impl Role {
    /// When it is done again and again, if it is a standing one.
    pub fn again(&self) -> Option<Trigger> {
        let every = self.every.as_deref().and_then(|it| every(it).ok());
        every.or_else(|| self.on.as_deref().and_then(|it| on(it).ok()))
    }
}

/// What is wrong with when a role is done again.
pub(super) fn faults(cast: &Cast, name: &str, layer: &DeTable<'_>) -> Vec<Blame> {
    let Some(role) = cast.role(name) else { return Vec::new() };
    let said = |key: &str| at(layer, &["cast", name, key]);
    let mut blames = Vec::new();
    let mut read = |key: &str, reader: fn(&str) -> Result<Trigger, NoTrigger>| {
        let wrong =
            said(key).and_then(|it| Some((it.span(), reader(it.get_ref().as_str()?).err()?)));
        let blame =
            |(span, it): (_, NoTrigger)| Blame { span, message: it.wrong, mend: Some(it.mend) };
        blames.extend(wrong.map(blame));
    };
    read("every", every);
    read("on", on);
    if role.every.is_some() && role.on.is_some() {
        blames.extend(said("on").or(said("every")).map(|it| Blame {
            span: it.span(),
            message: "a role is due by the clock or when something happens, not both".to_owned(),
            mend: Some("take `every` or `on` out".to_owned()),
        }));
    }
    blames
}

/// What a project's file would have done again that was done once, or more often than
/// before. A role that it brings itself is as it says, once it is trusted.
pub(super) fn oftener(name: &str, key: &str, [below, with]: [&Role; 2]) -> Option<String> {
    if !matches!(key, "every" | "on") {
        return None;
    }
    match (below.again(), with.again()) {
        (_, None) => None,
        (Some(old), Some(new)) if old == new => None,
        (Some(Trigger::Every(old)), Some(Trigger::Every(new))) if new > old => None,
        (Some(_), Some(_)) => {
            Some(format!("a project file may not say when `{name}` is done again"))
        }
        (None, Some(_)) => {
            Some(format!("a project file may not have `{name}` done again and again"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_numbers_with_their_units() {
        let times = ["90s", "1h30m", "250ms", "0s"].map(time);
        assert_eq!(times, [90_000, 5_400_000, 250, 0].map(|it| Some(Millis(it))));
        for wrong in ["", "5", "m", "5 m", "-5s", "1.5h", "5d", "99999999999999999999h", "5é"] {
            assert_eq!(time(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_line_says_once_or_when_and_what_is_told_is_read_again() {
        assert_eq!(again("once"), Ok(None));
        let files = Trigger::Files(vec!["src/**".into(), "*.toml".into()]);
        for trigger in [Trigger::Every(Millis(5_401_000)), files, Trigger::Webhook] {
            assert_eq!(again(&trigger.to_string()), Ok(Some(trigger.clone())));
            let told = trigger.to_string();
            let bare = told.split_once(' ').unwrap().1;
            assert_eq!(again(bare), Ok(Some(trigger)));
        }
        assert!(again("sometimes").is_err() && again("every so often").is_err());
    }

    #[test]
    fn what_calls_is_read_and_told_apart_from_what_nobody_hears() {
        assert_eq!(every("5m"), Ok(Trigger::Every(Millis(300_000))));
        assert_eq!(on(" webhook "), Ok(Trigger::Webhook));
        let files = Trigger::Files(vec!["src/**".into(), "Cargo.toml".into()]);
        assert_eq!(on("file change: src/**, Cargo.toml"), Ok(files));
        for (wrong, said) in [
            (every("often"), "expected a time, not \"often\""),
            (every("10ms"), "more often than each second"),
            (on("full moon"), "nothing is heard that is called \"full moon\""),
            (on("file change: ../x"), "not inside the project"),
            (on("file change: a,"), "a pattern is empty"),
            (on("file change: [a"), "no pattern of paths"),
        ] {
            let told = wrong.unwrap_err();
            assert!(told.wrong.contains(said) && !told.mend.is_empty(), "{told}");
        }
    }
}
