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

/// How one rule is to be kept, as a person types it: `same-call=ask`, `silence=600`,
/// `no-change=pause:8`.
///
/// # Errors
/// When there is no such rule or action, with what there is.
pub fn heeding(text: &str) -> Result<(Rule, RoleHeeding), String> {
    let (name, kept) = text.split_once('=').ok_or_else(|| {
        format!("expected RULE=ACTION, RULE=LIMIT or RULE=ACTION:LIMIT, not {text}")
    })?;
    let rule = Rule::ALL.into_iter().find(|it| it.name() == name.trim()).ok_or_else(|| {
        let all: Vec<_> = Rule::ALL.iter().map(|it| it.name()).collect();
        format!("there is no rule {}; there is {}", name.trim(), all.join(", "))
    })?;
    let mut own = RoleHeeding::default();
    for word in kept.split(':').map(str::trim) {
        match word.parse() {
            Ok(limit @ 1..=1_000_000_u32) => own.limit = Some(limit),
            Ok(_) => return Err(format!("a limit is from 1 to 1000000, not {word}")),
            Err(_) => own.action = Some(action(word)?),
        }
    }
    Ok((rule, own))
}

fn action(word: &str) -> Result<Action, String> {
    let value = serde::de::value::StrDeserializer::<serde::de::value::Error>::new(word);
    Action::deserialize(value)
        .map_err(|_| format!("an action is off, warn, nudge, pause or ask, not {word}"))
}

/// Has an agent's rules kept as it is said here, where it says something of them.
pub fn heed_anew(watch: &mut BTreeMap<Rule, Heed>, rule: Rule, own: RoleHeeding) {
    let now = watch.get(&rule).copied().unwrap_or_else(|| rule.usual());
    let action = own.action.unwrap_or(now.action);
    watch.insert(rule, Heed { action, limit: own.limit.unwrap_or(now.limit) });
}

/// Whether a project's word would have a rule see less, or do less about it; of a judge,
/// which costs, whether it would change anything.
pub(super) fn is_looser(rule: Rule, old: (Action, u32), new: (Action, u32)) -> bool {
    new.0 < old.0 || new.1 > old.1 || (rule == Rule::Judge && new != old)
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
    fn a_rule_is_typed_with_what_is_to_be_otherwise() {
        let mut watch = BTreeMap::new();
        for typed in ["same-call=ask", "same-call=6", "silence = pause:600"] {
            let (rule, own) = heeding(typed).unwrap();
            heed_anew(&mut watch, rule, own);
        }
        let wanted = [
            (Rule::SameCall, Heed { action: Action::Ask, limit: 6 }),
            (Rule::Silence, Heed { action: Action::Pause, limit: 600 }),
        ];
        assert_eq!(watch, BTreeMap::from(wanted));
        for wrong in ["same-call", "sam=ask", "scope=shout", "scope=0", "scope="] {
            assert!(heeding(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_project_may_have_more_seen_and_not_less() {
        let rule = Rule::SameCall;
        assert!(is_looser(rule, (Action::Warn, 4), (Action::Off, 4)));
        assert!(is_looser(rule, (Action::Warn, 4), (Action::Pause, 5)));
        assert!(!is_looser(rule, (Action::Warn, 4), (Action::Pause, 3)));
        assert!(is_looser(Rule::Judge, (Action::Off, 10), (Action::Warn, 10)), "it costs");
    }
}
