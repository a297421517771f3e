//! Scripts of the command line: found, read, given what they need, and their roles
//! filled.

use super::{House, check};
use crate::{
    model::{Casting, Command, script::Script},
    script::{Ground, Place, given, read, roles},
};
use anyhow::Context as _;
use serde_json::Value;
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
    let mut script = found(house, script)?;
    let inputs = given(&script, set)?;
    fill(house, &mut script, model)?;
    let inputs = Box::new(Value::Object(inputs));
    Ok(Command::Perform { script: Box::new(script), inputs })
}

fn found(house: &House, script: &str) -> anyhow::Result<Script> {
    let (roles, programs) = check::roles(house);
    let library = check::library(house);
    let (name, source) = library.find(&Place::of(script))?;
    let ground = Ground { roles: &roles, programs: &programs, library: &library };
    Ok(read(ground, &name, &source)?)
}

/// Fills the roles of a script, and of those that it plays.
fn fill(house: &House, script: &mut Script, model: Option<&str>) -> anyhow::Result<()> {
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
