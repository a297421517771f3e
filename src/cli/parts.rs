//! What a session is to begin with, as the command line says it: roles with their
//! briefs, or one script.

/// The words of a command line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parts<'a> {
    /// Roles and briefs, or a script.
    pub(super) words: &'a [String],
    /// What the script is given: `key=value`.
    pub(super) set: &'a [String],
}

/// Words that say nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoParts {
    /// A role without a brief.
    #[error("the role {0:?} has no brief: say auteur run ROLE \"BRIEF\", with the brief in quotes")]
    NoBrief(String),
    /// Inputs, and no script that takes them.
    #[error("--set is for a script: auteur run SCRIPT --set key=value")]
    NoScript,
}

impl<'a> Parts<'a> {
    /// The script that is named, if it is one.
    ///
    /// # Errors
    /// When something is given to roles that only a script takes.
    pub(super) fn script(self) -> Result<Option<&'a str>, NoParts> {
        match self.words {
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
            Parts { words: &words, set: &[] }.casting().map(|it| it.len())
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
        assert_eq!(Parts { words: &one, set: &set }.script(), Ok(Some("contacts")));
        assert_eq!(Parts { words: &two, set: &[] }.script(), Ok(None));
        assert_eq!(Parts { words: &two, set: &set }.script(), Err(NoParts::NoScript));
    }
}
