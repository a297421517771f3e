//! A script that was edited while it is played: held to what its file was held to.

use super::{
    add_needs, delegated,
    flow::Flow,
    graph::{Places, before as waits_for, order},
    mend_of, names,
    texts::{Text, texts_of},
};
use crate::{
    config::closest,
    model::script::{Check, Script, Step, Work},
};

/// What is wrong with an edited step, and what would mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{step}: {wrong}; {mend}")]
pub(in crate::script) struct Unfit {
    /// The step.
    step: String,
    /// What was expected and what there is.
    wrong: String,
    /// What to do about it.
    mend: String,
}

/// What an edited script comes to: what its texts name is among what its steps need.
/// Steps that are as they were before are not looked at again, unless what others give
/// has changed.
///
/// # Errors
/// The first thing that is wrong with it.
pub(in crate::script) fn edited(before: &Script, mut script: Script) -> Result<Script, Unfit> {
    let places = places(&script)?;
    let Script { inputs, steps, scripts, .. } = &script;
    let flow = Flow { inputs, steps, places: &places, scripts };
    let is_as_before = gives_the_same(before, &script);
    let mut needs = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        if is_as_before && before.steps.get(at) == Some(step) {
            continue;
        }
        let unfit = |(wrong, mend)| Unfit { step: step.name.clone(), wrong, mend };
        roles_are_there(step, &script).map_err(unfit)?;
        for text in texts_of(step) {
            needs.push((at, named(&flow, at, &text).map_err(unfit)?));
        }
    }
    for (at, named) in needs {
        if let Some(step) = script.steps.get_mut(at) {
            add_needs(step, named);
        }
    }
    comes_to_an_end(&script, &places)?;
    Ok(script)
}

fn places(script: &Script) -> Result<Places, Unfit> {
    let mut places = Places::new();
    for (at, step) in script.steps.iter().enumerate() {
        if places.insert(step.name.clone(), at).is_some() {
            let wrong = "there are two steps of that name".to_owned();
            let mend = "give one of them another name".to_owned();
            return Err(Unfit { step: step.name.clone(), wrong, mend });
        }
    }
    Ok(places)
}

/// Whether each step gives to others what it gave before, in the same place.
fn gives_the_same(before: &Script, script: &Script) -> bool {
    let gives = |it: &Step| {
        let plays = match &it.work {
            Work::Script { name, .. } => Some(name.clone()),
            _ => None,
        };
        (it.name.clone(), it.output.clone(), it.for_each.clone(), it.again.clone(), plays)
    };
    before.inputs == script.inputs
        && before.scripts == script.scripts
        && before.steps.iter().map(gives).eq(script.steps.iter().map(gives))
}

fn roles_are_there(step: &Step, script: &Script) -> Result<(), (String, String)> {
    let until = step.repeat.iter().flat_map(|it| &it.until);
    let judges = step.checks.iter().chain(until).filter_map(|it| match it {
        Check::Judge { role, .. } => Some(role),
        _ => None,
    });
    let worker = match &step.work {
        Work::Agent { role, .. } => Some(role),
        _ => None,
    };
    let others = delegated(step);
    let Some(role) =
        worker.into_iter().chain(judges).chain(others).find(|it| !script.roles.contains_key(*it))
    else {
        return Ok(());
    };
    let roles: Vec<&str> = script.roles.keys().map(String::as_str).collect();
    let mend = match closest(role, &roles) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("there is {}", roles.join(", ")),
    };
    Err((format!("there is no role `{role}` in the script"), mend))
}

/// The steps that a text names, if it names only what it can.
fn named(flow: &Flow<'_>, at: usize, text: &Text) -> Result<Vec<String>, (String, String)> {
    let written = text.words.get_ref();
    let names = names::names(text.kind, written)
        .map_err(|it| (it.message, it.mend.unwrap_or_else(|| mend_of(text))))?;
    let mut needs = Vec::new();
    for name in names {
        let (given, need) = flow.given(at, text, &name)?;
        if written.trim() == name {
            flow.taken(at, text, &name, &given)?;
        }
        needs.extend(need);
    }
    flow.constant(at, text)?;
    if let Some((_, wrong)) = flow.weigh(at, text).into_iter().next() {
        return Err(wrong);
    }
    Ok(needs)
}

/// No steps wait for each other.
fn comes_to_an_end(script: &Script, places: &Places) -> Result<(), Unfit> {
    let Err(round) = order(&waits_for(&script.steps, places)) else { return Ok(()) };
    let names: Vec<&str> =
        round.iter().filter_map(|it| Some(script.steps.get(*it)?.name.as_str())).collect();
    Err(Unfit {
        step: names.first().copied().unwrap_or_default().to_owned(),
        wrong: format!("these steps wait for each other: {}", names.join(" → ")),
        mend: "name the output of one of them no more".to_owned(),
    })
}

/// Whether something of a step names what another one hands over.
pub fn takes(step: &Step, from: &str) -> bool {
    let output = format!("steps.{}.output", from.replace('-', "_"));
    texts_of(step).iter().any(|text| {
        let names = names::names(text.kind, text.words.get_ref());
        names.is_ok_and(|names| names.iter().any(|it| it.starts_with(&output)))
    })
}
