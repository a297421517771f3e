//! Whether git is here, and can be held to what it is told.

use super::{Check, Finding, check};
use crate::{config::Environment, workspace::git::GitVersion};
use std::process::{Command, Stdio};

/// What agents do without.
const WITHOUT: &str = "agents share the project's folder, and nothing that they change is kept";

/// What git says of itself.
pub(super) fn found(environment: &Environment) -> Option<String> {
    let path = environment.find_program("git")?;
    let output = Command::new(path).arg("--version").stdin(Stdio::null()).output().ok()?;
    let said = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| said.trim().to_owned())
}

/// Whether that will do.
pub(super) fn judged(part: &'static str, said: Option<&str>) -> Check {
    let Some(said) = said else {
        return check(part, "git", Finding::Doubtful, "not found")
            .mended_by(format!("install git: without it {WITHOUT}"));
    };
    let is_at_least = |least| GitVersion::parse(said).is_some_and(|it| it >= least);
    let [least, merges] = [GitVersion::LEAST, GitVersion::MERGES];
    let mend = match (is_at_least(least), is_at_least(merges)) {
        (true, true) => return check(part, "git", Finding::Good, said),
        (true, false) => format!("install git {merges}: this one can't merge what agents make"),
        (false, _) => format!("install git {least} or newer: with this one {WITHOUT}"),
    };
    check(part, "git", Finding::Doubtful, said).mended_by(mend)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_git_that_is_missing_or_too_old_is_said_with_what_agents_do_without() {
        let found = |said| judged("This machine", said);
        assert_eq!(found(Some("git version 2.50.0")).finding, Finding::Good);
        for said in [None, Some("git version 2.25.1"), Some("git version 2.34.1")] {
            let check = found(said);
            assert_eq!(check.finding, Finding::Doubtful);
            assert!(check.mend.is_some_and(|it| it.starts_with("install git")), "{said:?}");
        }
    }
}
