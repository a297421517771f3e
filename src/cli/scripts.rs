//! Scripts of the command line: found, read, given what they need, and their roles
//! filled.

use super::{House, check, knowledge, parts::NoParts};
use crate::{
    config::{ConfigError, Source},
    model::{Casting, Command, Money, script::Script},
    script::{Ground, Library, Place, fits, given, read, roles},
};
use anyhow::Context as _;
use serde_json::{Map, Value};
use std::{collections::BTreeMap, path::Path};

/// Reads the script of that name or in that file, and gives the command that plays it.
///
/// # Errors
/// When it is not there or not right, is not given what it needs, or has a role that
/// can't be cast now.
pub(super) fn performing(
    house: &House,
    script: &str,
    set: &[String],
    model: Option<&str>,
) -> anyhow::Result<Command> {
    let mut script = found(house, &Place::of(script))?;
    knowledge::give(house, &mut script);
    let inputs = given(&script, set)?;
    fill(house, &mut script, model)?;
    let inputs = Box::new(Value::Object(inputs));
    Ok(Command::Perform { script: Box::new(script), inputs })
}

/// The same for a screen, on which each input was given by itself.
///
/// # Errors
/// As for [`performing`].
pub(super) fn begun(
    house: &House,
    mut script: Script,
    mut inputs: Map<String, Value>,
    budget: Option<Money>,
) -> anyhow::Result<Command> {
    knowledge::give(house, &mut script);
    for (key, input) in script.inputs.iter().filter(|(_, it)| it.known.is_some()) {
        let known = || input.default.clone().unwrap_or_default();
        inputs.entry(key.clone()).or_insert_with(known);
    }
    // It may have been written anew since it was asked for.
    must_fit(&script, &inputs)?;
    fill(house, &mut script, None)?;
    script.budget = budget.or(script.budget);
    let inputs = Box::new(Value::Object(inputs));
    Ok(Command::Perform { script: Box::new(script), inputs })
}

fn must_fit(script: &Script, inputs: &Map<String, Value>) -> anyhow::Result<()> {
    let name = &script.name;
    for (key, input) in &script.inputs {
        let value =
            inputs.get(key).with_context(|| format!("{name} has to be given `{key}` now"))?;
        fits(&input.schema, value).map_err(|it| anyhow::anyhow!("{key}: {it}"))?;
    }
    let strange = inputs.keys().find(|it| !script.inputs.contains_key(*it));
    match strange {
        Some(key) => anyhow::bail!("{name} has no input `{key}` any more"),
        None => Ok(()),
    }
}

/// Reads a script of the library, or of a file.
///
/// # Errors
/// When it is not there or not right.
pub(super) fn found(house: &House, script: &Place) -> anyhow::Result<Script> {
    let library = check::library(house);
    if let Place::Name(name) = script
        && library.source(name).is_none()
    {
        if house.company.config().cast.roles.contains_key(name) {
            return Err(NoParts::NoBrief(name.clone()).into());
        }
        if house.brought().scripts().contains(&name.as_str()) {
            return Err(NoParts::Untrusted(name.clone()).into());
        }
    }
    let (name, source) = library.find(script)?;
    Ok(read_in(house, &library, &name, &source)?)
}

/// Reads a script, with the roles and scripts that there are here.
///
/// # Errors
/// All that is wrong with it.
pub(super) fn read_in(
    house: &House,
    library: &Library,
    name: &str,
    source: &Source,
) -> Result<Script, ConfigError> {
    let (roles, programs) = check::roles(house);
    let mute = house.company.config().mute();
    read(Ground { roles: &roles, programs: &programs, mute: &mute, library }, name, source)
}

/// Fills the roles of a script, and of those that it plays.
///
/// # Errors
/// When one of them can't be cast now.
pub(super) fn fill(house: &House, script: &mut Script, model: Option<&str>) -> anyhow::Result<()> {
    let filled = roles(script).into_iter().map(|role| {
        let casting = house.company.cast(role, "", model);
        let casting = casting.with_context(|| format!("the script {} has {role}", script.name))?;
        // What its agents may have others do is for the script alone to say.
        Ok((role.to_owned(), Casting { delegation: None, ..casting }))
    });
    script.roles = filled.collect::<anyhow::Result<BTreeMap<String, Casting>>>()?;
    for inner in script.scripts.values_mut() {
        fill(house, inner, model)?;
    }
    Ok(())
}

/// What a session that plays a script is about.
pub(super) fn title(script: &str) -> String {
    let name = Path::new(script).file_stem().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
