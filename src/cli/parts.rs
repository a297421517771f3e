//! What a session is to begin with, as the command line says it: roles with their
//! briefs, or one script.

use crate::{config, model::script::Trigger};
use clap::Args;

/// The words of a command line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parts<'a> {
    /// Roles and briefs, or a script.
    pub(super) words: &'a [String],
    /// What the script is given: `key=value`.
    pub(super) set: &'a [String],
    /// Whether the roles are done again and again.
    pub(super) again: Again<'a>,
}

/// Whether what a role does is done again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again<'a> {
    /// As the role says.
    AsTheRole,
    /// Only once, whatever it says.
    Once,
    /// Then, whatever it says.
    When(&'a Trigger),
}

/// Whether roles are done again and again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[group(multiple = false)]
pub(super) struct AgainArgs {
    /// Do it again and again, until it is stopped: at once, and then so often, such as 5m
    ///
    /// Runs never overlap: one that is due meanwhile is missed. Each is told what the one before
    /// came to, and what has called it. A role of the cast can say so itself: every = "5m".
    #[arg(long, value_name = "TIME", value_parser = config::every)]
    every: Option<Trigger>,
    /// Do it each time that this happens: "file change: src/**", or webhook
    ///
    /// What happens in the middle of a run makes one more run after it. The address of a webhook
    /// is on the screen of the script (S), and its secret word in the file that is named there.
    #[arg(long, value_name = "WHAT", value_parser = config::on)]
    on: Option<Trigger>,
    /// Do it once, also where the role says every or on
    #[arg(long)]
    once: bool,
}

impl AgainArgs {
    /// What they say.
    pub(super) fn said(&self) -> Again<'_> {
        match self.every.as_ref().or(self.on.as_ref()) {
            Some(trigger) => Again::When(trigger),
            None if self.once => Again::Once,
            None => Again::AsTheRole,
        }
    }
}

/// Words that say nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoParts {
    /// A role without a brief.
    #[error("the role {0:?} has no brief: say auteur run ROLE \"BRIEF\", with the brief in quotes")]
    NoBrief(String),
    /// A time for a script, which has its own.
    #[error(
        "--every, --on and --once are for a role: auteur run ROLE \"BRIEF\" --every 5m; a script \
         says it of its steps"
    )]
    ScriptHasTimes,
    /// Inputs, and no script that takes them.
    #[error("--set is for a script: auteur run SCRIPT --set key=value")]
    NoScript,
    /// A script that the project brings, which nobody has trusted.
    #[error(
        "the script {0} is this project's, which does not count yet: look at it, and let it count: \
         auteur trust"
    )]
    Untrusted(String),
}

impl<'a> Parts<'a> {
    /// The script that is named, if it is one.
    ///
    /// # Errors
    /// When something is given to roles that only a script takes, or the other way round.
    pub(super) fn script(self) -> Result<Option<&'a str>, NoParts> {
        match self.words {
            [] | [_] if self.again != Again::AsTheRole => Err(NoParts::ScriptHasTimes),
            [script] => Ok(Some(script)),
            _ if !self.set.is_empty() => Err(NoParts::NoScript),
            _ => Ok(None),
        }
    }

    /// Roles with their briefs.
    ///
    /// # Errors
    /// When a role has no brief, or a blank one.
    pub(super) fn casting(self) -> Result<Vec<(&'a str, &'a str)>, NoParts> {
        let (pairs, rest) = self.words.as_chunks::<2>();
        let without = pairs.iter().find(|[_, brief]| brief.trim().is_empty()).map(|[role, _]| role);
        match rest.first().or(without) {
            Some(role) => Err(NoParts::NoBrief(role.clone())),
            None => Ok(pairs.iter().map(|[role, brief]| (role.as_str(), brief.as_str())).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &[&str]) -> Vec<String> {
        line.iter().map(|it| (*it).to_owned()).collect()
    }

    #[test]
    fn a_blank_brief_is_none() {
        let brief = |line: &[&str]| {
            let words = words(line);
            Parts { words: &words, set: &[], again: Again::AsTheRole }.casting().map(|it| it.len())
        };
        let none = || Err(NoParts::NoBrief("tester".into()));
        assert_eq!(brief(&["tester", " "]), none());
        assert_eq!(brief(&["tester", "", "coder", "y"]), none());
        assert_eq!(brief(&["coder", "y", "tester"]), none());
        assert_eq!(brief(&["tester", "x", "coder", "y"]), Ok(2));
    }

    #[test]
    fn one_word_is_a_script_and_inputs_are_for_scripts_alone() {
        let (one, two) = (words(&["contacts"]), words(&["tester", "x"]));
        let set = words(&["site=x"]);
        let script = |words, set| Parts { words, set, again: Again::AsTheRole }.script();
        assert_eq!(script(&one, &set), Ok(Some("contacts")));
        assert_eq!(script(&two, &[]), Ok(None));
        assert_eq!(script(&two, &set), Err(NoParts::NoScript));
    }

    #[test]
    fn a_script_has_times_of_its_own() {
        let (one, two) = (words(&["contacts"]), words(&["tester", "x"]));
        let again = Again::When(&Trigger::Webhook);
        for words in [&one[..], &[]] {
            assert_eq!(Parts { words, set: &[], again }.script(), Err(NoParts::ScriptHasTimes));
        }
        assert_eq!(Parts { words: &two, set: &[], again }.script(), Ok(None));
    }
}
