//! Standing steps: when they are due, as it is written.

use super::{page::Page, written::WrittenStep};
use crate::model::{Millis, script::Trigger};
use toml::{Spanned, Value};

/// The shortest time between two runs.
const SHORTEST: Millis = Millis(1000);
const MEND: &str = "write \"webhook\", or \"file change: PATTERN\" such as \"file change: src/**\"";

/// When the step is due, if it is a standing one.
pub(super) fn again(page: &mut Page<'_>, it: &WrittenStep) -> Option<Trigger> {
    let (span, again) = match (&it.every, &it.on) {
        (None, None) => return None,
        (Some(every), on) => {
            if let Some(on) = on {
                let wrong = "a step is due by the clock or when something happens, not both";
                page.blame(on.span(), wrong, "make two steps of it");
            }
            (every.span(), clock(page, every))
        }
        (None, Some(on)) => (on.span(), call(page, on)),
    };
    let mut refuse = |wrong: &str, mend: &str| page.blame(span.clone(), wrong, mend);
    if it.for_each.is_some() {
        refuse("a standing step is one thing", "put for_each into a script that it plays");
    }
    if it.repeat.is_some() {
        refuse("a standing step is repeated anyway", "put repeat into a script that it plays");
    }
    if it.role.is_none() && it.run.is_none() && it.script.is_none() {
        refuse("nothing is done again and again", "add a role and a brief, run, or a script");
    }
    if it.on_failure.as_ref().is_some_and(|it| matches!(it.get_ref(), Value::Table(_))) {
        refuse(
            "no other step does what a standing one failed to do",
            "write on_failure = \"continue\", \"ask\" or \"stop\"",
        );
    }
    again
}

fn clock(page: &mut Page<'_>, every: &Spanned<String>) -> Option<Trigger> {
    let time = page.time(every)?;
    if time < SHORTEST {
        page.blame(every.span(), "no step is done more often than each second", "write \"1s\"");
    }
    Some(Trigger::Every(time.max(SHORTEST)))
}

fn call(page: &mut Page<'_>, on: &Spanned<String>) -> Option<Trigger> {
    let text = on.get_ref().trim();
    if text == "webhook" {
        return Some(Trigger::Webhook);
    }
    let Some(patterns) = text.strip_prefix("file change:") else {
        page.blame(on.span(), format!("nothing is heard that is called {text:?}"), MEND);
        return None;
    };
    let patterns: Vec<String> = patterns.split(',').map(|it| it.trim().to_owned()).collect();
    for pattern in &patterns {
        let wrong = match globset::Glob::new(pattern) {
            Err(error) => Some(format!("this is no pattern of paths: {error}")),
            Ok(_) if pattern.is_empty() => Some("a pattern is empty".to_owned()),
            Ok(_) if pattern.starts_with('/') || pattern.split('/').any(|it| it == "..") => {
                Some(format!("{pattern:?} is not inside the project"))
            }
            Ok(_) => None,
        };
        if let Some(wrong) = wrong {
            page.blame(on.span(), wrong, MEND);
        }
    }
    Some(Trigger::Files(patterns))
}
