//! All settings at once, from every file there is.

use super::{
    Brought, Cast, ConfigError, Environment, Fault, FileKind, Layer, Programs, Protocol, Servers,
    Settings, Source, Standing, layers, rewrite::sources_with, sources, standing,
};
use std::{collections::BTreeMap, path::Path};

/// Everything that files say, except the keys, which the screen reads.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// How the program works.
    pub settings: Settings,
    /// Which programs of others can be agents.
    pub programs: Programs,
    /// Which MCP servers there are.
    pub servers: Servers,
    /// Who there is to work.
    pub cast: Cast,
    /// The files that were read, in their order.
    pub files: Vec<FileRead>,
    /// What the project brings, whether or not it counts.
    pub brought: Brought,
    /// Whether it does.
    pub standing: Standing,
}

impl Config {
    /// The roles that can hand nothing in to a script, and why.
    pub fn mute(&self) -> BTreeMap<&str, &'static str> {
        let roles = self.cast.roles.iter();
        let mute = roles.filter_map(|(name, role)| {
            let program = role.program.as_deref().and_then(|it| self.programs.program(it));
            let why = match program.map(|it| it.engine) {
                Some(Protocol::Pty) => "it is a terminal",
                None if role.program.is_none() && !role.tools.iter().any(|it| it == "report") => {
                    "it lacks the tool \"report\""
                }
                _ => return None,
            };
            Some((name.as_str(), why))
        });
        mute.collect()
    }
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRead {
    /// Its path.
    pub path: String,
    /// Who wrote it.
    pub layer: Layer,
}

/// Reads the settings and the cast for a project in this folder. What the project
/// brings counts as far as the director trusts it.
///
/// # Errors
/// Everything that is wrong in any of the files.
pub fn load(environment: &Environment, project: &Path) -> Result<Config, ConfigError> {
    let brought = Brought::read(environment, project);
    let standing = standing(environment, project, &brought);
    let is_heard = matches!(standing, Standing::Nothing | Standing::Trusted);
    let heard = if is_heard { brought.clone() } else { brought.clone().tightening() };
    let mut config = load_with(environment, &heard)?;
    if !is_heard && let Ok(own) = load_with(environment, &Brought::default()) {
        // Which model an agent calls is nothing that a project tightens.
        config.settings.models = own.settings.models;
    }
    Ok(Config { brought, standing, ..config })
}

/// The user's settings as far as their file can be read: what is wrong in it is left out.
pub fn settings_as_read(environment: &Environment) -> Option<Settings> {
    let (files, _) = sources(FileKind::Config, environment, &Brought::default());
    layers::fold::<Settings>(&files, &()).0
}

/// Reads the settings and the cast with these of a project, all of which count.
///
/// # Errors
/// Everything that is wrong in any of the files.
pub fn load_with(environment: &Environment, brought: &Brought) -> Result<Config, ConfigError> {
    load_from(environment, brought, sources(FileKind::Cast, environment, brought))
}

/// Reads the same with this as the user's own cast.
pub(super) fn load_with_cast(
    environment: &Environment,
    brought: &Brought,
    text: &str,
) -> Result<Config, ConfigError> {
    load_from(environment, brought, sources_with(environment, brought, text))
}

fn load_from(
    environment: &Environment,
    brought: &Brought,
    (cast, more): (Vec<Source>, Vec<Fault>),
) -> Result<Config, ConfigError> {
    let (config, mut faults) = sources(FileKind::Config, environment, brought);
    let (programs, wrong) = sources(FileKind::Programs, environment, brought);
    faults.extend(wrong);
    let (servers, wrong) = sources(FileKind::Mcp, environment, brought);
    faults.extend(wrong);
    faults.extend(more);
    let files = [&config, &programs, &servers, &cast];
    let files = files.into_iter().flatten().map(FileRead::of).collect();
    let (settings, wrong) = layers::fold::<Settings>(&config, &());
    faults.extend(wrong);
    let Some(settings) = settings else { return Err(ConfigError { faults }) };
    let (programs, wrong) = layers::fold::<Programs>(&programs, &settings);
    faults.extend(wrong);
    let Some(programs) = programs else { return Err(ConfigError { faults }) };
    let (servers, wrong) = layers::fold::<Servers>(&servers, &settings);
    faults.extend(wrong);
    let Some(servers) = servers else { return Err(ConfigError { faults }) };
    let ground = (settings, programs, servers);
    let (cast, wrong) = layers::fold::<Cast>(&cast, &ground);
    faults.extend(wrong);
    let (settings, programs, servers) = ground;
    match cast {
        Some(cast) if faults.is_empty() => {
            let (brought, standing) = (brought.clone(), Standing::Trusted);
            Ok(Config { settings, programs, servers, cast, files, brought, standing })
        }
        _ => Err(ConfigError { faults }),
    }
}

impl Config {
    /// What the project brings, as far as it counts.
    pub fn heard(&self) -> Brought {
        match self.standing {
            Standing::Nothing | Standing::Trusted => self.brought.clone(),
            Standing::New | Standing::Changed { .. } => self.brought.clone().tightening(),
        }
    }
}

impl FileRead {
    fn of(source: &Source) -> Self {
        Self { path: source.name.clone(), layer: source.layer }
    }
}

impl Settings {
    /// Reads the settings from these files, each over the one before.
    ///
    /// # Errors
    /// Everything that is wrong in them.
    pub fn from_sources(sources: &[Source]) -> Result<Self, ConfigError> {
        one(layers::fold(sources, &()))
    }

    /// The settings of a program without any files.
    ///
    /// # Errors
    /// Never in a program whose tests passed.
    pub fn built_in() -> Result<Self, ConfigError> {
        Self::from_sources(&[FileKind::Config.built_in()])
    }
}

impl Programs {
    /// Reads the programs from these files, each over the one before.
    ///
    /// # Errors
    /// Everything that is wrong in them.
    pub fn from_sources(sources: &[Source], settings: &Settings) -> Result<Self, ConfigError> {
        one(layers::fold(sources, settings))
    }

    /// The programs that are known without any files.
    ///
    /// # Errors
    /// Never in a program whose tests passed.
    pub fn built_in() -> Result<Self, ConfigError> {
        Self::from_sources(&[FileKind::Programs.built_in()], &Settings::built_in()?)
    }
}

impl Servers {
    /// Reads the MCP servers from these files, each over the one before.
    ///
    /// # Errors
    /// Everything that is wrong in them.
    pub fn from_sources(sources: &[Source], settings: &Settings) -> Result<Self, ConfigError> {
        one(layers::fold(sources, settings))
    }
}

impl Cast {
    /// Reads the cast from these files, each over the one before; it is made of
    /// models, programs and servers that others name.
    ///
    /// # Errors
    /// Everything that is wrong in them.
    pub fn from_sources(
        sources: &[Source],
        ground: &(Settings, Programs, Servers),
    ) -> Result<Self, ConfigError> {
        one(layers::fold(sources, ground))
    }

    /// The cast of a program without any files.
    ///
    /// # Errors
    /// Never in a program whose tests passed.
    pub fn built_in() -> Result<Self, ConfigError> {
        let ground = (Settings::built_in()?, Programs::built_in()?, Servers::default());
        Self::from_sources(&[FileKind::Cast.built_in()], &ground)
    }
}

fn one<T>((value, faults): (Option<T>, Vec<super::Fault>)) -> Result<T, ConfigError> {
    match value {
        Some(value) if faults.is_empty() => Ok(value),
        _ => Err(ConfigError { faults }),
    }
}
