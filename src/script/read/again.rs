//! Standing steps: when they are due, as it is written.

use super::{page::Page, written::WrittenStep};
use crate::{
    config::{NoTrigger, every, on},
    model::script::Trigger,
};
use toml::{Spanned, Value};

/// When the step is due, if it is a standing one.
pub(super) fn again(page: &mut Page<'_>, it: &WrittenStep) -> Option<Trigger> {
    let (span, again) = match (&it.every, &it.on) {
        (None, None) => return None,
        (Some(time), call) => {
            if let Some(call) = call {
                let wrong = "a step is due by the clock or when something happens, not both";
                page.blame(call.span(), wrong, "make two steps of it");
            }
            (time.span(), written(page, time, every))
        }
        (None, Some(call)) => (call.span(), written(page, call, on)),
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
    Some(again)
}

/// What is written of when it is due, or what is wrong with that. Something stands there
/// all the same: so what else is wrong is found as of a standing step.
fn written(
    page: &mut Page<'_>,
    text: &Spanned<String>,
    reader: fn(&str) -> Result<Trigger, NoTrigger>,
) -> Trigger {
    reader(text.get_ref()).unwrap_or_else(|it| {
        page.blame(text.span(), it.wrong, it.mend);
        Trigger::Webhook
    })
}
