//! Rules as people write them: `shell(cargo test *)`, `write(src/**)`.

use super::{command::Simple, protected};
use globset::{GlobBuilder, GlobMatcher};
use std::fmt;

/// What a rule decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// May be done.
    Allow,
    /// The director decides.
    Ask,
    /// May not be done.
    Deny,
}

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Shell,
    Read,
    Write,
    Network,
    Tool,
}

/// One rule. In a `shell` rule `*` stands for anything in *one* command; in a
/// `read` or `write` rule the pattern is a path's, where `**` crosses folders.
#[derive(Debug, Clone)]
pub struct Rule {
    decision: Decision,
    subject: Subject,
    pattern: String,
    path: Option<GlobMatcher>,
}

/// Why a text is no rule; names it, since a rule that is skipped is a hole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{rule}` is not a rule: {why}")]
pub struct BadRule {
    /// As it is written.
    pub rule: String,
    /// What is wrong, with its mend.
    pub why: String,
}

impl Rule {
    /// Reads a rule.
    ///
    /// # Errors
    /// When it has another form than `subject(pattern)`, or could never fit.
    pub fn parse(decision: Decision, rule: &str) -> Result<Self, BadRule> {
        let bad = |why: &str| BadRule { rule: rule.to_owned(), why: why.to_owned() };
        let form = "expected a form such as `shell(cargo test *)`";
        let (subject, rest) = rule.split_once('(').ok_or_else(|| bad(form))?;
        let pattern = rest
            .strip_suffix(')')
            .ok_or_else(|| bad("nothing may stand after the closing parenthesis"))?;
        let subject = match subject {
            "shell" => Subject::Shell,
            "read" => Subject::Read,
            "write" => Subject::Write,
            "network" => Subject::Network,
            "tool" => Subject::Tool,
            _ => return Err(bad("expected shell, read, write, network or tool before `(`")),
        };
        if pattern.trim() != pattern || pattern.is_empty() {
            return Err(bad("the pattern is empty, or has blanks around it"));
        }
        if subject == Subject::Shell && pattern.contains([';', '|', '&', '\n']) {
            return Err(bad("each command is judged alone; write a rule for each"));
        }
        if pattern.matches('(').count() != pattern.matches(')').count() {
            return Err(bad("its parentheses don't pair"));
        }
        let path = match subject {
            Subject::Read | Subject::Write => {
                let glob = GlobBuilder::new(pattern).literal_separator(true).build();
                Some(glob.map_err(|error| bad(&error.kind().to_string()))?.compile_matcher())
            }
            _ => None,
        };
        let pattern = match subject {
            Subject::Network => host(pattern),
            _ => pattern.to_owned(),
        };
        Ok(Self { decision, subject, pattern, path })
    }

    /// What it decides.
    pub fn decision(&self) -> Decision {
        self.decision
    }

    /// Whether it is about this path or name.
    pub(super) fn fits_name(&self, subject: Subject, name: &str) -> bool {
        self.subject == subject
            && match &self.path {
                Some(path) => path.is_match(protected::plain(name)),
                None if subject == Subject::Network => is_like(&self.pattern, &host(name)),
                None => is_like(&self.pattern, name),
            }
    }

    /// Whether it allows this path or name. `**` is the workspace: only a rule
    /// that spells out a folder outside reaches there.
    pub(super) fn allows_name(&self, subject: Subject, name: &str) -> bool {
        let leads_out = protected::is_outside(name) && !protected::is_outside(&self.pattern);
        self.fits_name(subject, name) && !(self.path.is_some() && leads_out)
    }

    /// Whether it is about this command, by whatever folder it is called from and
    /// whatever options stand before the rest: for rules that hold something back.
    pub(super) fn fits_command(&self, simple: &Simple) -> bool {
        self.allows_command(simple)
            || self.subject == Subject::Shell
                && simple.other_texts().iter().any(|text| command_is_like(&self.pattern, text))
    }

    /// Whether it is about this command as it is written: for rules that allow.
    pub(super) fn allows_command(&self, simple: &Simple) -> bool {
        self.subject == Subject::Shell && command_is_like(&self.pattern, &simple.text())
    }

    /// Whether it is about some use of this program.
    pub(super) fn is_about(&self, program: &str) -> bool {
        let first = self.pattern.split(' ').next().unwrap_or_default();
        self.subject == Subject::Shell && is_like(first, program.rsplit('/').next().unwrap_or(""))
    }

    /// Whether it spells out this very command.
    pub(super) fn is_exactly(&self, command: &str) -> bool {
        self.subject == Subject::Shell && !self.pattern.contains('*') && self.pattern == command
    }
}

impl Decision {
    /// In a word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Ask => "ask",
            Self::Deny => "deny",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = match self.subject {
            Subject::Shell => "shell",
            Subject::Read => "read",
            Subject::Write => "write",
            Subject::Network => "network",
            Subject::Tool => "tool",
        };
        write!(to, "{subject}({})", self.pattern)
    }
}

/// A host as it is compared: names of hosts have no case, and may end in a dot.
fn host(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

/// `cargo test *` is also `cargo test` alone.
fn command_is_like(pattern: &str, command: &str) -> bool {
    is_like(pattern, command) || pattern.strip_suffix(" *").is_some_and(|p| is_like(p, command))
}

/// Whether a text is a pattern in which `*` stands for anything. Linear in
/// the text for each star: no backtracking further than the last one.
fn is_like(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        if pattern.get(p) == Some(&b'*') {
            star = Some((p, t));
            p += 1;
        } else if pattern.get(p) == text.get(t) {
            p += 1;
            t += 1;
        } else if let Some((at, taken)) = star {
            star = Some((at, taken + 1));
            p = at + 1;
            t = taken + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|next| *next == b'*')
}
