//! `auteur setup`: what agents can be here, a theme, and a file of settings. At a first start
//! it is asked for by itself, once.

use super::{
    House,
    args::{DemoArgs, SchemaOf, Speed},
    demo, found, opening, run, schemas, screen,
};
use crate::{
    config::{FileKind, KeyStatus, Output, Paths, Protocol, keep, providers_found, template},
    text::sanitise,
    ui::{
        desk::{Setup, SetupEnd, SetupKey, SetupProgram},
        show::Ended,
    },
};
use anyhow::Context as _;
use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// What in the state folder says that the guide was left: it does not come by itself again.
const LEFT: &str = "setup-left";

/// What came of the guide.
pub(super) enum Guided {
    /// All is as it was.
    Same,
    /// A file of settings is there now.
    Anew(Box<House>),
    /// The same, and the demo is to be seen.
    Demo(Box<House>),
    /// A signal ended the screen.
    Ended(i32),
}

/// `auteur setup`
pub(super) fn setup(house: &House) -> anyhow::Result<ExitCode> {
    screen::must_be_possible(house)?;
    let file = file(house).context("there is no folder for settings: set HOME")?;
    anyhow::ensure!(
        screen::output(house) == Output::Screen,
        "the guide is a screen: in lines, `auteur doctor` says what was found, and {} takes your \
         settings (`auteur config show`)",
        file.display()
    );
    let told = match guided(house, &file)? {
        Guided::Ended(signal) => return Ok(run::signalled(signal)),
        Guided::Demo(house) => return see_demo(&house),
        Guided::Same => "nothing was changed".to_owned(),
        Guided::Anew(_) => format!("your settings are in {}", file.display()),
    };
    writeln!(io::stdout().lock(), "{}", sanitise(&told))?;
    Ok(ExitCode::SUCCESS)
}

/// Guides who starts this for the first time: there is no file of theirs yet, and they have
/// not left the guide before.
pub(super) fn at_first(house: &House) -> anyhow::Result<Guided> {
    let Some(file) = file(house) else { return Ok(Guided::Same) };
    if screen::output(house) == Output::Linear {
        return Ok(Guided::Same);
    }
    // A link that leads nowhere is somebody's doing, too.
    if file.symlink_metadata().is_ok() || house.state.join(LEFT).exists() {
        return Ok(Guided::Same);
    }
    guided(house, &file)
}

/// Plays the demo, as at its usual pace.
pub(super) fn see_demo(house: &House) -> anyhow::Result<ExitCode> {
    demo::demo(house, &DemoArgs { speed: Speed::Percent(100) })
}

/// The user's own file of settings.
fn file(house: &House) -> Option<PathBuf> {
    let folder = Paths::new(&house.environment, Path::new("")).user?;
    Some(folder.join(FileKind::Config.file_name()))
}

fn guided(house: &House, file: &Path) -> anyhow::Result<Guided> {
    let (desk, ended) = opening::ask(house, |desk| desk.set_up(looked(house, file)))?;
    if let Ended::Signalled(signal) = ended {
        return Ok(Guided::Ended(signal));
    }
    let Some(setup) = desk.setup else { return Ok(Guided::Same) };
    if matches!(setup.decided, SetupEnd::Open | SetupEnd::Left) {
        // Where that can't be kept, it is asked once more.
        drop(fs::create_dir_all(&house.state).and_then(|()| fs::write(house.state.join(LEFT), "")));
        return Ok(Guided::Same);
    }
    let theme = setup.theme.as_deref().unwrap_or("auto");
    write(house, file, theme)?;
    let anew = Box::new(House::open(house.environment.clone(), house.company.project())?);
    Ok(match setup.decided {
        SetupEnd::WrittenThenDemo => Guided::Demo(anew),
        _ => Guided::Anew(anew),
    })
}

/// What was found, before any program is asked for its version.
fn looked(house: &House, file: &Path) -> Setup {
    let config = house.company.config();
    let programs = found::look(&config.programs, &house.environment).into_iter();
    let programs = programs
        .filter(|it| it.program.engine != Protocol::Pty)
        .map(|it| SetupProgram {
            about: it.path.is_some().then(|| it.about()),
            is_ready: it.is_ready(),
            name: it.name,
        })
        .collect();
    let mut keys: Vec<SetupKey> = Vec::new();
    for (status, provider) in providers_found(&config.settings, &house.environment)
        .iter()
        .zip(config.settings.providers.values())
    {
        let Some(variable) = provider.api_key_env.clone() else { continue };
        let is_set = !matches!(status.key, KeyStatus::Missing { .. });
        keys.push(SetupKey { variable, provider: status.name.clone(), is_set });
    }
    Setup {
        programs,
        keys,
        file: at_home(house, file),
        is_there: file.exists(),
        theme: None,
        decided: SetupEnd::Open,
    }
}

/// A path as a person writes it.
fn at_home(house: &House, path: &Path) -> String {
    let short =
        house.environment.home().and_then(|it| path.strip_prefix(it).ok().map(Path::to_owned));
    let shown = short.map_or_else(|| path.to_owned(), |it| Path::new("~").join(it));
    crate::text::one_line(&shown.display().to_string(), 200)
}

/// Writes the file with this theme in it, and the schema beside it; one that is there gets
/// the theme and is otherwise left as it is.
fn write(house: &House, file: &Path, theme: &str) -> anyhow::Result<()> {
    let told = || format!("write {}", file.display());
    let folder = file.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(folder).with_context(told)?;
    let value = toml::Value::String(theme.to_owned()).to_string();
    let text = template(&[("ui", "theme", &value)]);
    match OpenOptions::new().write(true).create_new(true).open(file) {
        Ok(mut new) => new.write_all(text.as_bytes()).with_context(told)?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let heard = house.company.config().heard();
            keep(&house.environment, &heard, ("ui", "theme"), theme).map_err(anyhow::Error::msg)?;
            return Ok(());
        }
        Err(error) => return Err(error).with_context(told),
    }
    schemas::write(folder, SchemaOf::Config).map(drop)
}
