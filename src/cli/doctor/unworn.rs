//! What is wrong with files that nobody uses just now: a theme that is not worn, a keymap
//! that is not chosen, a script that is not played. Better told before they are wanted.

use super::{Check, Finding, check};
use crate::{
    config::{Config, ConfigError, Environment, Fault, FileKind, Layer, Paths, Source},
    script::{Ground, Library, Place, read},
    ui::{keys::Keymap, theme::Theme},
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// So many files of a folder are looked at.
const MOST: usize = 200;
/// No keymap is larger, in bytes.
const LARGEST: u64 = 1_000_000;

/// Looks at all themes and keymaps of the user, and at all scripts that count.
pub(super) fn look(
    config: &Result<Config, ConfigError>,
    environment: &Environment,
    project: &Path,
) -> Vec<Fault> {
    let paths = Paths::new(environment, project);
    let folder = paths.themes();
    let themes = files_in(folder.as_deref());
    let themes = themes.iter().filter_map(|it| it.to_str());
    let wrong = themes.filter_map(|it| Theme::load(it, folder.as_deref()).err());
    let keymaps = files_in(paths.keymaps().as_deref()).into_iter().filter_map(|it| keymap(&it));
    let mut faults: Vec<Fault> = wrong.chain(keymaps).flat_map(|it| it.faults).collect();
    if let Ok(config) = config {
        faults.extend(scripts(config, environment));
    }
    faults
}

/// What was found, but for what is told of files in use already.
pub(super) fn judged(faults: &[Fault], told: &[Fault]) -> Vec<Check> {
    let is_new = |it: &&Fault| !told.contains(it);
    let doubt = |fault: &Fault| {
        let found = Fault { mend: None, ..fault.clone() }.to_string();
        let check = check("Settings", "not in use", Finding::Doubtful, found);
        match &fault.mend {
            Some(mend) => check.mended_by(mend.as_str()),
            None => check,
        }
    };
    faults.iter().filter(is_new).map(doubt).collect()
}

fn files_in(folder: Option<&Path>) -> Vec<PathBuf> {
    let found = folder.and_then(|it| fs::read_dir(it).ok()).into_iter().flatten().flatten();
    let is_ours = |it: &PathBuf| it.extension().is_some_and(|it| it == "toml") && it.is_file();
    let mut files: Vec<PathBuf> = found.map(|it| it.path()).filter(is_ours).collect();
    files.sort();
    files.truncate(MOST);
    files
}

/// What is wrong with a keymap, laid over the keys that the program has.
fn keymap(path: &Path) -> Option<ConfigError> {
    let name = path.display().to_string();
    let is_small = fs::metadata(path).is_ok_and(|it| it.len() <= LARGEST);
    let Some(text) = is_small.then(|| fs::read_to_string(path).ok()).flatten() else {
        let mend = Some("write it as keymaps/vim.toml, or take it out of that folder".to_owned());
        let fault = Fault::of_file(&name, "can't be read as a keymap", mend);
        return Some(ConfigError { faults: vec![fault] });
    };
    let files = [FileKind::Keys.built_in(), Source::new(Layer::User, &name, &text)];
    Keymap::from_sources(&files).err()
}

/// What is wrong with scripts that do not come with the program.
fn scripts(config: &Config, environment: &Environment) -> Vec<Fault> {
    let library = Library::read(environment, &config.heard());
    let roles: Vec<&str> = config.cast.roles.keys().map(String::as_str).collect();
    let programs = config.cast.roles.iter().filter(|(_, it)| it.program.is_some());
    let programs: Vec<&str> = programs.map(|(name, _)| name.as_str()).collect();
    let mute = config.mute();
    let ground = Ground { roles: &roles, programs: &programs, mute: &mute, library: &library };
    let mut faults = library.faults.clone();
    for name in library.names() {
        let found = library.find(&Place::Name(name.to_owned()));
        let wrong = match found {
            Ok((_, source)) if source.layer == Layer::BuiltIn => None,
            Ok((name, source)) => read(ground, &name, &source).err(),
            Err(error) => Some(error),
        };
        faults.extend(wrong.into_iter().flat_map(|it| it.faults));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_themes_keymaps_and_scripts_that_nobody_uses_is_told_as_a_doubt() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("auteur");
        let write = |name: &str, text: &str| {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("themes/mine.toml", "[scopes]\ntextt = \"#ffffff\"\n");
        write("themes/good.toml", "inherits = \"nord\"\n");
        write("keymaps/odd.toml", "[direct]\np = \"pauze\"\n");
        write("scripts/torn.toml", "purpose = \n");
        let home = place.path().to_str().unwrap();
        let environment = Environment::of([("XDG_CONFIG_HOME", home)]);
        let config = crate::config::load(&environment, place.path());
        let faults = look(&config, &environment, place.path());
        let checks = judged(&faults, &[]);
        let told: Vec<&str> = checks.iter().map(|it| it.found.as_str()).collect();
        for wrong in ["mine.toml:2", "odd.toml:2", "torn.toml"] {
            assert!(told.iter().any(|it| it.contains(wrong)), "{wrong}: {told:#?}");
        }
        assert!(told.iter().all(|it| !it.contains("good.toml")), "{told:#?}");
        assert!(checks.iter().all(|it| it.finding == Finding::Doubtful && it.mend.is_some()));
        assert_eq!(judged(&faults, &faults), [], "what is in use is told already");
    }
}
