//! What a request comes to, part by part, and what made it so.

use super::{Decision, Mode, Rule};

/// How strict a finding is; the later the stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// It may be done.
    Allow,
    /// The director decides.
    Ask,
    /// The director decides, and is told that it changes what runs later.
    Privileged,
    /// It may not be done.
    Deny,
}

/// What one part of a request comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How strict it is.
    pub weight: Weight,
    /// What made it so, in words.
    pub why: String,
    /// The rule that did, as it is written, if one did.
    pub rule: Option<String>,
}

/// One part of a request: a command of a line, a file that it is redirected to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The part itself.
    pub what: String,
    /// What it comes to.
    pub finding: Finding,
}

/// A whole request, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The mode that held.
    pub mode: Mode,
    /// What the whole comes to: the strictest of its parts.
    pub decisive: Finding,
    /// All of its parts, as they stand in it.
    pub parts: Vec<Part>,
}

impl Weight {
    /// The decision that this is.
    pub const fn decision(self) -> Decision {
        match self {
            Self::Allow => Decision::Allow,
            Self::Ask | Self::Privileged => Decision::Ask,
            Self::Deny => Decision::Deny,
        }
    }
}

impl Finding {
    pub(super) fn allow(why: impl Into<String>) -> Self {
        Self { weight: Weight::Allow, why: why.into(), rule: None }
    }

    pub(super) fn ask(why: impl Into<String>) -> Self {
        Self { weight: Weight::Ask, why: why.into(), rule: None }
    }

    pub(super) fn privileged(why: impl Into<String>) -> Self {
        Self { weight: Weight::Privileged, why: why.into(), rule: None }
    }

    pub(super) fn deny(why: impl Into<String>) -> Self {
        Self { weight: Weight::Deny, why: why.into(), rule: None }
    }

    pub(super) fn allowed_by(rule: &Rule) -> Self {
        Self::allow(format!("the rule `{rule}` allows it")).of(rule)
    }

    pub(super) fn denied_by(rule: &Rule) -> Self {
        Self::deny(format!("the rule `{rule}` denies it")).of(rule)
    }

    pub(super) fn of(self, rule: &Rule) -> Self {
        Self { rule: Some(rule.to_string()), ..self }
    }
}

/// The first of the strictest; where there is nothing, nothing is done.
pub(super) fn strictest<'a>(findings: impl Iterator<Item = &'a Finding>) -> Finding {
    let stricter = |a: &'a Finding, b: &'a Finding| if b.weight > a.weight { b } else { a };
    findings.reduce(stricter).cloned().unwrap_or_else(|| Finding::allow("nothing is done"))
}
