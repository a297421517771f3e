//! Whether scripts are right, and what they will do. Nothing is run.

use super::{House, WRONG, args::ScriptCheckArgs};
use crate::{
    config::{ConfigError, Fault, Source},
    model::script::Script,
    script::{Ground, Library, Place, outline, read, schema_for_script},
    text::sanitise,
};
use serde_json::{Value, json};
use std::{
    io::{self, Write},
    process::ExitCode,
};

/// A script that was looked at.
struct Checked {
    name: String,
    source: Source,
    read: Result<Script, ConfigError>,
}

/// `auteur check`
pub(super) fn check(house: &House, args: &ScriptCheckArgs) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    if args.schema {
        serde_json::to_writer_pretty(&mut out, &schema_for_script())?;
        writeln!(out)?;
        return Ok(ExitCode::SUCCESS);
    }
    let library = library(house);
    let (checked, faults) = looked_at(house, &library, &args.scripts);
    if args.json {
        print_json(&checked, &faults, &mut out)?;
    } else {
        print(house, &checked, &faults, args.scripts.is_empty(), &mut out)?;
    }
    let is_right = faults.is_empty() && checked.iter().all(|it| it.read.is_ok());
    Ok(if is_right { ExitCode::SUCCESS } else { ExitCode::from(WRONG) })
}

/// The scripts that count here.
pub(super) fn library(house: &House) -> Library {
    Library::read(&house.environment, &house.company.config().heard())
}

/// The roles of the cast, and those of them that are programs.
pub(super) fn roles(house: &House) -> (Vec<&str>, Vec<&str>) {
    let roles = &house.company.config().cast.roles;
    let programs = roles.iter().filter(|(_, it)| it.program.is_some());
    let programs = programs.map(|(name, _)| name.as_str()).collect();
    (roles.keys().map(String::as_str).collect(), programs)
}

/// Reads those that are named, or all there are; and what could not even be found.
fn looked_at(house: &House, library: &Library, named: &[String]) -> (Vec<Checked>, Vec<Fault>) {
    let (roles, programs) = roles(house);
    let mute = house.company.config().mute();
    let ground = Ground { roles: &roles, programs: &programs, mute: &mute, library };
    let mut faults = Vec::new();
    let places: Vec<Place> = if named.is_empty() {
        faults.extend(library.faults.iter().cloned());
        library.names().into_iter().map(|it| Place::Name(it.to_owned())).collect()
    } else {
        named.iter().map(|it| Place::of(it)).collect()
    };
    let mut checked = Vec::new();
    for place in places {
        match library.find(&place) {
            Ok((name, source)) => {
                let read = read(ground, &name, &source);
                checked.push(Checked { name, source, read });
            }
            Err(error) => faults.extend(error.faults),
        }
    }
    (checked, faults)
}

fn print(
    house: &House,
    checked: &[Checked],
    faults: &[Fault],
    is_list: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let width = checked.iter().map(|it| it.name.chars().count()).max().unwrap_or(0);
    for it in checked {
        match &it.read {
            Ok(script) if is_list => {
                let (name, layer) = (sanitise(&it.name), it.source.layer.name());
                let purpose = sanitise(&script.purpose);
                writeln!(out, "✓ {name:width$}  {layer:8}  {purpose}")?;
            }
            Ok(script) => writeln!(out, "{}", sanitise(&outline(script)))?,
            Err(error) => writeln!(out, "✗ {}\n{error}\n", sanitise(&it.name))?,
        }
    }
    for fault in faults {
        writeln!(out, "{fault}\n")?;
    }
    let left_out = house.brought().scripts().len();
    let may_be_missed = is_list || !faults.is_empty();
    if may_be_missed && left_out > 0 && house.company.config().heard() != *house.brought() {
        let told = "left out: the scripts of this project; look at them: auteur trust";
        writeln!(out, "{told}")?;
    }
    Ok(())
}

fn print_json(checked: &[Checked], faults: &[Fault], out: &mut dyn Write) -> io::Result<()> {
    let scripts: Vec<Value> = checked.iter().map(of_script).collect();
    let faults: Vec<Value> = faults.iter().map(of_fault).collect();
    serde_json::to_writer(&mut *out, &json!({ "scripts": scripts, "faults": faults }))?;
    writeln!(out)
}

fn of_script(it: &Checked) -> Value {
    let (script, faults) = match &it.read {
        Ok(script) => (Some(script), Vec::new()),
        Err(error) => (None, error.faults.iter().map(of_fault).collect()),
    };
    json!({
        "name": it.name,
        "file": it.source.name,
        "from": it.source.layer.name(),
        "is_right": script.is_some(),
        "faults": faults,
        "script": script,
    })
}

fn of_fault(fault: &Fault) -> Value {
    let place = fault.place.as_ref();
    json!({
        "file": fault.file,
        "line": place.map(|it| it.line),
        "column": place.map(|it| it.column),
        "message": fault.message,
        "mend": fault.mend,
    })
}
