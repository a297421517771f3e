//! What a screen does with scripts: which there are, what each comes to, how one is begun
//! and kept.

use super::{House, check, scripts};
use crate::{
    config::{Brought, ConfigError, Fault, Layer, Paths, Source, Standing, Trust, write_over},
    model::{Money, script::Script},
    script::{Library, Place},
    supervisor::ReadScript,
    text::sanitise,
    ui::{
        desk::{Plot, ScriptAnswer, ScriptOffer, ScriptTask, Wanted},
        show::SeeToScripts,
    },
};
use serde_json::{Map, Value};
use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

/// Sees to all that a screen wants of scripts, with what their files say by then.
pub(super) fn see_to(house: &House) -> SeeToScripts {
    let house = house.again();
    Arc::new(move |task| {
        // Where the settings can't be read any more, those that were count.
        let now = house.read_again().unwrap_or_else(|_| house.again());
        done(&now, task)
    })
}

/// Reads a text as a script of the project, with what there is by then.
pub(super) fn reader(house: &House) -> ReadScript {
    let house = house.again();
    Arc::new(move |text| {
        let now = house.read_again().unwrap_or_else(|_| house.again());
        let source = Source::new(Layer::Project, "script.toml", text);
        plot(&now, "script", source).map(drop)
    })
}

fn done(house: &House, task: ScriptTask) -> ScriptAnswer {
    match task {
        ScriptTask::List => listed(house),
        ScriptTask::Look { name, source } => {
            let (text, file) = (source.text.clone(), source.name.clone());
            // It is looked at, so there is no need to say where it lies.
            let short = |it: String| it.replace(&file, &format!("{name}.toml"));
            let plot = plot(house, &name, source).map(Arc::new).map_err(short);
            ScriptAnswer::Looked(text, plot)
        }
        ScriptTask::Fill { script, inputs, budget } => filled(house, script, inputs, budget)
            .unwrap_or_else(|it| ScriptAnswer::Unfilled(words(&it))),
        ScriptTask::Rewrite { name, source } => rewritten(house, &name, &source)
            .map_or_else(|it| ScriptAnswer::Unkept(words(&it)), ScriptAnswer::Rewritten),
        ScriptTask::Save { name, text } => match save(house, &name, &text) {
            Ok(file) => ScriptAnswer::Saved(name, file),
            Err(why) => ScriptAnswer::Unkept(sanitise(&why).into_owned()),
        },
        ScriptTask::Write { file, before, after } => {
            let written = keeping_trust(house, &file, || write_over(&file, &before, &after));
            written.map_or_else(
                |why| ScriptAnswer::Unkept(sanitise(&why).into_owned()),
                |()| ScriptAnswer::Written,
            )
        }
    }
}

/// All scripts that there are, and how many of the project's do not count.
fn listed(house: &House) -> ScriptAnswer {
    let library = check::library(house);
    let names = library.names().into_iter();
    let offers = names.filter_map(|name| offer(house, &library, name));
    let unread = library.faults.iter().map(unreadable);
    let offers = offers.chain(unread).collect();
    let counts = house.company.config().heard() == *house.brought();
    let left_out = if counts { 0 } else { house.brought().scripts().len() };
    ScriptAnswer::Listed(offers, left_out)
}

fn offer(house: &House, library: &Library, name: &str) -> Option<ScriptOffer> {
    let source = library.source(name)?.clone();
    let plot = scripts::read_in(house, library, name, &source);
    let plot = plot.map(|it| Arc::new(Plot::of(it))).map_err(|it| wrong(&it));
    Some(ScriptOffer { name: name.to_owned(), source, plot })
}

/// A file that is there and can't be read.
fn unreadable(fault: &Fault) -> ScriptOffer {
    let name = Path::new(&fault.file).file_stem().unwrap_or_default().to_string_lossy();
    let source = Source::new(Layer::User, &fault.file, "");
    let plot = Err(sanitise(&fault.to_string()).into_owned());
    ScriptOffer { name: sanitise(&name).into_owned(), source, plot }
}

/// What a text comes to, or everything that is wrong with it.
fn plot(house: &House, name: &str, source: Source) -> Result<Plot, String> {
    let source = among_its_own(house, source);
    let script = scripts::read_in(house, &check::library(house), name, &source);
    script.map(Plot::of).map_err(|it| wrong(&it))
}

/// A text of the project may name the files that the project has.
fn among_its_own(house: &House, source: Source) -> Source {
    let is_alone = source.layer == Layer::Project && source.beside.is_none();
    let files = || Arc::new(house.company.config().heard().files);
    Source { beside: if is_alone { Some(files()) } else { source.beside.clone() }, ..source }
}

fn filled(
    house: &House,
    script: Wanted,
    inputs: Map<String, Value>,
    budget: Option<Money>,
) -> anyhow::Result<ScriptAnswer> {
    let script = match script {
        Wanted::Listed(name) => scripts::found(house, &Place::Name(name))?,
        Wanted::Written { name, source } => {
            let source = among_its_own(house, source);
            scripts::read_in(house, &check::library(house), &name, &source)?
        }
    };
    let command = scripts::begun(house, script, inputs, budget)?;
    Ok(ScriptAnswer::Filled(Box::new(command)))
}

/// What takes the place of a script that is played, with its roles filled.
fn rewritten(house: &House, name: &str, source: &Source) -> anyhow::Result<Box<Script>> {
    let mut script = scripts::read_in(house, &check::library(house), name, source)?;
    scripts::fill(house, &mut script, None)?;
    Ok(Box::new(script))
}

/// Makes a new file of the project; says which.
///
/// # Errors
/// When there is one already, or it can't be written; in words.
pub(super) fn save(house: &House, name: &str, text: &str) -> Result<String, String> {
    let project = house.company.project();
    let (folder, file) = place(house, name);
    let shown = file.strip_prefix(project).unwrap_or(&file).display().to_string();
    keeping_trust(house, &file, || {
        create(project, &folder, &file, text).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => {
                format!("there is {shown} already: choose another name, or edit that one")
            }
            _ => format!("{shown} can't be written: {error}"),
        })
    })?;
    Ok(shown)
}

/// Whether the project has a script of this name.
pub(super) fn is_there(house: &House, name: &str) -> bool {
    place(house, name).1.exists()
}

/// The folder of the project's scripts, and the file that one of this name is.
fn place(house: &House, name: &str) -> (PathBuf, PathBuf) {
    let folder = Paths::new(&house.environment, house.company.project()).project.join("scripts");
    let file = folder.join(format!("{name}.toml"));
    (folder, file)
}

fn create(project: &Path, folder: &Path, file: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    if !folder.canonicalize()?.starts_with(project) {
        return Err(io::Error::other("its folder is a link that leads out of the project"));
    }
    let mut out = OpenOptions::new().write(true).create_new(true).open(file)?;
    let ended = if text.ends_with('\n') { "" } else { "\n" };
    out.write_all(text.as_bytes())?;
    out.write_all(ended.as_bytes())?;
    out.sync_all()
}

/// Writes a file of the project. What the director has written needs no trust: where all
/// else that the project brings was trusted, it still is.
fn keeping_trust(
    house: &House,
    file: &Path,
    write: impl FnOnce() -> Result<(), String>,
) -> Result<(), String> {
    let (environment, project) = (&house.environment, house.company.project());
    let before = Brought::read(environment, project);
    let trust = Trust::of(environment, project);
    write()?;
    let after = Brought::read(environment, project);
    let own: Option<PathBuf> = file.strip_prefix(&after.folder).ok().map(Path::to_owned);
    let Some((trust, own)) = trust.zip(own) else { return Ok(()) };
    let counted = matches!(trust.standing(&before), Standing::Trusted | Standing::Nothing);
    let own = own.to_string_lossy();
    let others = |it: &Brought| {
        let mut files = it.files.clone();
        files.remove(&*own);
        files
    };
    if counted && others(&before) == others(&after) {
        trust.trust(&after).map_err(|it| format!("it is written, but not trusted: {it}"))?;
    }
    Ok(())
}

/// What is wrong with a script, made harmless.
fn wrong(error: &ConfigError) -> String {
    sanitise(&error.to_string()).into_owned()
}

fn words(error: &anyhow::Error) -> String {
    sanitise(&format!("{error:#}")).into_owned()
}
