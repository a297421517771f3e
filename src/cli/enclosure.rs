//! What the doctor finds out about sandboxes.

use super::{
    doctor::{Check, Facts, Finding, check},
    shelter,
};
use crate::{
    config::{Environment, SandboxMode, Settings},
    tools::guard::{Holder, Pool, Quota, Restraint},
    workspace::Bounds,
};
use std::path::Path;

/// Tries what sandboxes there are, as an agent in this project would.
pub(super) async fn look(environment: &Environment, project: &Path) -> shelter::Found {
    let mut bounds = Bounds::of(project);
    (bounds.tmp, bounds.cache) = (project.to_owned(), project.to_owned());
    let bwrap = shelter::find_bubblewrap(environment, &bounds.writable);
    let restraint = Restraint { by: Holder::Nobody, bounds, quota: Quota::default() };
    shelter::find(&Pool::default(), bwrap, &restraint).await
}

/// How the machine stands, and what would mend it.
pub(super) fn judge(settings: &Settings, facts: &Facts) -> Check {
    const PART: &str = "This machine";
    let why = &facts.unsafe_because;
    let (finding, found) = match (&facts.sandbox, settings.sandbox.mode) {
        (_, SandboxMode::Off) => {
            let found = "off, as the settings say: agents can do all that you can";
            let check = check(PART, "sandbox", Finding::Doubtful, found);
            return check.mended_by("set sandbox.mode to \"auto\" in config.toml");
        }
        (Holder::Bubblewrap(path), _) => {
            let found = format!("bubblewrap, {}", path.display());
            return check(PART, "sandbox", Finding::Good, found);
        }
        (Holder::Landlock, _) => {
            let found = format!("Landlock only, where the mode `auto` is `edit`: {why}");
            (Finding::Doubtful, found)
        }
        (Holder::Nobody, SandboxMode::Require) => (Finding::Wrong, format!("none: {why}")),
        (Holder::Nobody, _) => {
            (Finding::Doubtful, format!("none, agents can do all that you can: {why}"))
        }
    };
    check(PART, "sandbox", finding, found).mended_by(shelter::MEND)
}
