//! What an agent of a role may have others do by itself, where no script says so.

use super::{
    cast::Cast,
    fault::{Blame, closest},
    layers::at,
};
use schemars::JsonSchema;
use serde::Deserialize;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// Whom an agent may set to work for it. What they cost is taken from its own budget.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spawn {
    /// The roles.
    pub roles: Vec<String>,
    /// How many in all, those that its own set to work included.
    #[schemars(range(min = 1, max = 1000))]
    pub most: u32,
    /// How many of them may be at work at once; as many as there may be, if left out.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1000))]
    pub max_parallel: Option<u32>,
    /// How many may stand below each other; at 1, its own set nobody to work.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 5))]
    pub depth: u32,
}

/// To whom an agent may hand off all of its work.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOff {
    /// The roles.
    pub to: Vec<String>,
    /// How often it may go from hand to hand.
    #[schemars(range(min = 1, max = 100))]
    pub most: u32,
}

const fn one() -> u32 {
    1
}

/// What is wrong with what a role may have others do.
pub(super) fn faults(cast: &Cast, name: &str, layer: &DeTable<'_>) -> Vec<Blame> {
    let Some(role) = cast.role(name) else { return Vec::new() };
    let value = |path: &[&str]| at(layer, &[&["cast", name], path].concat());
    let mut blames = Vec::new();
    for key in ["spawn", "hand_off"] {
        if let (Some(_), Some(said)) = (&role.program, value(&[key])) {
            blames.push(Blame {
                span: said.span(),
                message: "a program has tools of its own, and can't set others to work".to_owned(),
                mend: Some(format!("take `{key}` out")),
            });
        }
    }
    for (key, list) in [("spawn", "roles"), ("hand_off", "to")] {
        let said = value(&[key, list]);
        let names = said.and_then(|it| it.get_ref().as_array()).into_iter().flatten();
        blames.extend(names.filter_map(|it| unknown(cast, it)));
        if let Some(empty) =
            said.filter(|it| it.get_ref().as_array().is_some_and(|it| it.is_empty()))
        {
            blames.push(Blame {
                span: empty.span(),
                message: "it does not say which roles".to_owned(),
                mend: Some(format!("name some, or take `{key}` out")),
            });
        }
    }
    let limits = [("spawn", "most", 1000), ("spawn", "max_parallel", 1000), ("spawn", "depth", 5)];
    for (key, limit, most) in limits.into_iter().chain([("hand_off", "most", 100)]) {
        blames.extend(value(&[key, limit]).and_then(|it| out_of_range(it, most)));
    }
    blames
}

/// A role that nobody plays.
fn unknown(cast: &Cast, name: &Spanned<DeValue<'_>>) -> Option<Blame> {
    let wanted = name.get_ref().as_str().filter(|it| cast.role(it).is_none())?;
    let roles: Vec<&str> = cast.roles.keys().map(String::as_str).collect();
    let mend = match closest(wanted, &roles) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("there is {}", roles.join(", ")),
    };
    let message = format!("there is no role `{wanted}`");
    Some(Blame { span: name.span(), message, mend: Some(mend) })
}

fn out_of_range(number: &Spanned<DeValue<'_>>, most: u32) -> Option<Blame> {
    let DeValue::Integer(written) = number.get_ref() else { return None };
    let value: u32 = written.as_str().parse().unwrap_or_default();
    (!(1..=most).contains(&value)).then(|| Blame {
        span: number.span(),
        message: format!("expected a number from 1 to {most}"),
        mend: Some("write a number in that range".to_owned()),
    })
}
