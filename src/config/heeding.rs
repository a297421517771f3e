//! How rules that spot drift are kept: docs/watches.md tells of each.

use super::range::between;
use crate::model::{Action, Heed, Rule};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// How a rule is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Heeding {
    /// What is done when it is met.
    pub action: Action,
    /// From how much on it is met.
    #[serde(deserialize_with = "between::<_, u32, 1, 1_000_000>")]
    pub limit: u32,
}

/// What of that is otherwise for a role.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RoleHeeding {
    /// What is done when it is met.
    pub action: Option<Action>,
    /// From how much on it is met.
    pub limit: Option<u32>,
}

/// How rules are kept for a role, where that is not the usual.
pub(crate) fn heeded(
    all: &BTreeMap<Rule, Heeding>,
    role: &BTreeMap<Rule, RoleHeeding>,
) -> BTreeMap<Rule, Heed> {
    let kept = |rule: Rule| {
        let (usual, all) = (rule.usual(), all.get(&rule));
        let own = role.get(&rule).copied().unwrap_or_default();
        Heed {
            action: own.action.unwrap_or_else(|| all.map_or(usual.action, |it| it.action)),
            limit: own.limit.unwrap_or_else(|| all.map_or(usual.limit, |it| it.limit)).max(1),
        }
    };
    let all = Rule::ALL.into_iter().map(|rule| (rule, kept(rule)));
    all.filter(|(rule, it)| *it != rule.usual()).collect()
}

/// Whether a project's word would have a rule see less, or do less about it.
pub(super) fn is_looser(old: (Action, u32), new: (Action, u32)) -> bool {
    new.0 < old.0 || new.1 > old.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_role_says_goes_before_what_holds_for_all_and_the_usual_is_left_out() {
        let all = Rule::ALL.map(|it| {
            let Heed { action, limit } = it.usual();
            (it, Heeding { action, limit })
        });
        let mut all = BTreeMap::from(all);
        assert_eq!(heeded(&all, &BTreeMap::new()), BTreeMap::new());
        all.insert(Rule::SameCall, Heeding { action: Action::Nudge, limit: 6 });
        let own = RoleHeeding { action: Some(Action::Off), limit: None };
        let role = BTreeMap::from([(Rule::SameCall, own)]);
        let heed = Heed { action: Action::Off, limit: 6 };
        assert_eq!(heeded(&all, &role), BTreeMap::from([(Rule::SameCall, heed)]));
    }

    #[test]
    fn a_project_may_have_more_seen_and_not_less() {
        assert!(is_looser((Action::Warn, 4), (Action::Off, 4)));
        assert!(is_looser((Action::Warn, 4), (Action::Pause, 5)));
        assert!(!is_looser((Action::Warn, 4), (Action::Pause, 3)));
    }
}
