//! `auteur mcp`: a session as tools for a program that assists the director.

use super::{House, args::McpArgs, attach, check, opening, run, scripts, sessions};
use crate::{
    assist::{self, Part, Project},
    journal::{Reader, Sessions, is_running},
    link,
    model::{Command, script::Script},
    script::{Ground, Place, read},
    text::one_line,
};
use serde_json::{Map, Value};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

/// How wide what is wrong with a role is told, in columns.
const HINDRANCE: usize = 300;

/// Serves an assistant on the standard streams until it leaves.
pub(super) fn mcp(house: &House, args: &McpArgs) -> anyhow::Result<ExitCode> {
    let named = args.session.as_deref().map(|it| sessions::find(house, Some(it))).transpose()?;
    let elsewhere = named.as_deref().map(|it| elsewhere(house, it)).transpose()?.flatten();
    let house = elsewhere.as_ref().unwrap_or(house);
    let rehearsing = args.rehearse.as_deref().map(|it| run::rehearsed(house, it)).transpose()?;
    let house = rehearsing.as_ref().unwrap_or(house).again();
    let studio = Arc::new(Studio { house, session: named.as_deref().map(attach::folder) });
    opening::on_runtime(|runtime| Ok(runtime.block_on(assist::serve(studio))?))?;
    Ok(ExitCode::SUCCESS)
}

/// The house of the session's own project, where that is another.
fn elsewhere(house: &House, journal: &Path) -> anyhow::Result<Option<House>> {
    let project = Path::new(&Reader::open(journal)?.header().project).to_owned();
    let is_elsewhere = project != house.company.project() && project.is_dir();
    is_elsewhere.then(|| House::open(house.environment.clone(), &project)).transpose()
}

/// The project whose agents are assisted at.
struct Studio {
    house: House,
    /// The one session that is meant, if one was named.
    session: Option<PathBuf>,
}

impl Studio {
    /// The newest session of this project that is served.
    fn served(&self) -> Result<PathBuf, String> {
        let project = self.house.company.project().display().to_string();
        let journals = Sessions::new(self.house.sessions()).journals();
        let mut here = journals.iter().filter(|it| it.header().project == project);
        let folder = |it: &Reader| attach::folder(it.path());
        if let Some(served) = here.clone().find(|it| link::is_served(&folder(it))) {
            return Ok(folder(served));
        }
        if here.any(is_running) {
            return Err("the session of this project has no process of its own, so nobody can \
                        come to it: `[session] detach = true` in config.toml gives it one"
                .to_owned());
        }
        Err(format!(
            "no session is at work in {}: the director begins one there with `auteur`, or with \
             `auteur serve` without a screen",
            one_line(&project, HINDRANCE)
        ))
    }
}

impl Project for Studio {
    fn session(&self) -> Result<PathBuf, String> {
        match &self.session {
            Some(folder) if link::is_served(folder) => Ok(folder.clone()),
            Some(folder) => {
                let id = folder.file_name().unwrap_or_default().to_string_lossy();
                Err(format!(
                    "session {id} is not at work: the director takes it up with `auteur \
                     resume {id}`, or `auteur serve --resume {id}` without a screen"
                ))
            }
            None => self.served(),
        }
    }

    fn roles(&self) -> Result<Vec<Part>, String> {
        let house = self.house.read_again().map_err(whole)?;
        let roles = house.company.config().cast.roles.iter().map(|(name, role)| {
            let cast = house.company.cast(name, "", None);
            let hindrance = cast.err().map(|it| one_line(&it.to_string(), HINDRANCE));
            let purpose = role.purpose.clone();
            Part { name: name.clone(), purpose, hindrance, inputs: Vec::new() }
        });
        Ok(roles.collect())
    }

    fn start(&self, role: &str, brief: &str) -> Result<Command, String> {
        let house = self.house.read_again().map_err(whole)?;
        let casting = house.company.cast(role, brief, None).map_err(|it| whole(it.into()))?;
        Ok(Command::Add(Box::new(casting)))
    }

    fn scripts(&self) -> Result<Vec<Part>, String> {
        let house = self.house.read_again().map_err(whole)?;
        let library = check::library(&house);
        let (roles, programs) = check::roles(&house);
        let mute = house.company.config().mute();
        let ground = Ground { roles: &roles, programs: &programs, mute: &mute, library: &library };
        let part = |name: &str| {
            let found = library.find(&Place::Name(name.to_owned()));
            match found.and_then(|(name, source)| read(ground, &name, &source)) {
                Ok(script) => part(name, &script),
                Err(error) => Part {
                    name: name.to_owned(),
                    purpose: String::new(),
                    hindrance: Some(one_line(&error.to_string(), HINDRANCE)),
                    inputs: Vec::new(),
                },
            }
        };
        Ok(library.names().into_iter().map(part).collect())
    }

    fn perform(&self, script: &str, inputs: &Map<String, Value>) -> Result<Command, String> {
        // By its name alone: a file is something that the director has not put there.
        if !matches!(Place::of(script), Place::Name(_)) {
            return Err("a script is named as list_scripts names it".to_owned());
        }
        let house = self.house.read_again().map_err(whole)?;
        let set: Vec<_> = inputs.iter().map(|(key, value)| given(key, value)).collect();
        scripts::performing(&house, script, &set, None).map_err(whole)
    }
}

fn part(name: &str, script: &Script) -> Part {
    let inputs = script.inputs.iter().map(|(name, input)| {
        let usual = match &input.default {
            Some(value) => format!("{value} if left out"),
            None if input.known.is_some() => "known, if left out".to_owned(),
            None => "has to be given".to_owned(),
        };
        (name.clone(), format!("{} ({}; {usual})", input.purpose, input.schema))
    });
    let (purpose, inputs) = (script.purpose.clone(), inputs.collect());
    Part { name: name.to_owned(), purpose, hindrance: None, inputs }
}

/// An input as a command line gives it: a text as it is, all else as JSON.
fn given(key: &str, value: &Value) -> String {
    match value {
        Value::String(text) => format!("{key}={text}"),
        value => format!("{key}={value}"),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is mapped over errors")]
fn whole(error: anyhow::Error) -> String {
    crate::text::sanitise(&format!("{error:#}")).into_owned()
}
