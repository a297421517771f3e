//! Where files are, by the XDG base directory specification (0.8).

use super::{Environment, Settings};
use std::path::{Path, PathBuf};

/// The folders of one program in one project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// The user's own settings.
    pub user: Option<PathBuf>,
    /// The project's settings, which came with its files.
    pub project: PathBuf,
}

impl Paths {
    /// For a project in this folder.
    pub fn new(environment: &Environment, project: &Path) -> Self {
        let config = environment
            .path("XDG_CONFIG_HOME")
            .or_else(|| environment.home().map(|home| home.join(".config")));
        Self { user: config.map(|it| it.join("auteur")), project: project.join(".auteur") }
    }

    /// Where sessions and the log are: `AUTEUR_STATE`, or the setting, or the
    /// user's state folder. Nothing if there is no home either.
    pub fn state(environment: &Environment, settings: &Settings) -> Option<PathBuf> {
        let xdg = || environment.path("XDG_STATE_HOME").map(|it| it.join("auteur"));
        let home = || environment.home().map(|it| it.join(".local/state/auteur"));
        environment
            .path("AUTEUR_STATE")
            .or_else(|| settings.state.dir.clone().map(|it| at_home(it, environment)))
            .or_else(xdg)
            .or_else(home)
    }

    /// Where the user's own themes are.
    pub fn themes(&self) -> Option<PathBuf> {
        self.user.as_ref().map(|it| it.join("themes"))
    }

    /// Where the user's own keymaps are.
    pub fn keymaps(&self) -> Option<PathBuf> {
        self.user.as_ref().map(|it| it.join("keymaps"))
    }
}

/// A path with `~/` written out.
fn at_home(path: PathBuf, environment: &Environment) -> PathBuf {
    match (path.strip_prefix("~"), environment.home()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_xdg_path_is_ignored() {
        let environment = Environment::of([("XDG_CONFIG_HOME", "conf"), ("HOME", "/home/ann")]);
        let paths = Paths::new(&environment, Path::new("/work"));
        assert_eq!(paths.user, Some(PathBuf::from("/home/ann/.config/auteur")));
    }
}
