//! What shells and `man` are given: made from the command line itself, so that it is never stale.

use super::args::{Arguments, CompletionsArgs, ManArgs};
use crate::{
    config::{self, Config, Environment, Paths},
    script::Library,
};
use anyhow::Context as _;
use clap::{Arg, Command, CommandFactory as _, builder::PossibleValuesParser};
use std::{
    fs,
    io::{self, Write as _},
    path::Path,
    process::ExitCode,
};

/// So many sessions are offered, the newest first.
const SESSIONS: usize = 40;

/// What can stand where a name is asked for, as it is here and now.
#[derive(Debug, Default)]
struct Names {
    roles: Vec<String>,
    scripts: Vec<String>,
    sessions: Vec<String>,
    models: Vec<String>,
}

/// `auteur completions`
pub(super) fn completions(
    args: &CompletionsArgs,
    environment: &Environment,
    project: &Path,
) -> anyhow::Result<ExitCode> {
    // Where the settings are at fault, the doctor says so; the words of the program stand.
    let names = config::load(environment, project).map(|it| Names::of(&it, environment));
    let mut command = with_names(Arguments::command(), &names.unwrap_or_default());
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut command, "auteur", &mut text);
    io::stdout().lock().write_all(&text)?;
    Ok(ExitCode::SUCCESS)
}

impl Names {
    fn of(config: &Config, environment: &Environment) -> Self {
        let library = Library::read(environment, &config.heard());
        let state = Paths::state(environment, &config.settings);
        let folders = state.and_then(|it| fs::read_dir(it.join("sessions")).ok());
        let names = folders.into_iter().flatten().flatten();
        let mut sessions: Vec<_> =
            names.filter_map(|it| it.file_name().into_string().ok()).collect();
        sessions.sort_unstable_by(|one, other| other.cmp(one));
        sessions.truncate(SESSIONS);
        sessions.insert(0, "last".to_owned());
        let models =
            config.settings.providers.iter().flat_map(|(name, it)| {
                it.models.iter().map(move |model| format!("{name}/{model}"))
            });
        Self {
            roles: plain(config.cast.roles.keys().cloned()),
            scripts: plain(library.names().into_iter().map(str::to_owned)),
            sessions: plain(sessions),
            models: plain(config.settings.models.tiers.keys().cloned().chain(models)),
        }
    }

    /// What can stand for an argument that is called so.
    fn of_argument(&self, name: &str) -> Vec<&String> {
        let lists: &[(&str, &[String])] = &[
            ("ROLE", &self.roles),
            ("SCRIPT", &self.scripts),
            ("SESSION", &self.sessions),
            ("MODEL", &self.models),
        ];
        let words: Vec<&str> = name.split(|it: char| !it.is_ascii_uppercase()).collect();
        let fits = lists.iter().filter(|(word, _)| words.contains(word));
        fits.flat_map(|it| it.1).collect()
    }
}

/// Names that no shell takes for anything else: some come from files of a project.
fn plain(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.' | '/');
    names.into_iter().filter(|it| !it.is_empty() && it.chars().all(is_plain)).collect()
}

/// The command line with these names where some are asked for.
fn with_names(command: Command, names: &Names) -> Command {
    let offered = |arg: Arg| {
        let called: Vec<String> =
            arg.get_value_names().into_iter().flatten().map(ToString::to_string).collect();
        let offers: Vec<_> = called.iter().flat_map(|it| names.of_argument(it)).collect();
        if offers.is_empty() {
            return arg;
        }
        // The program ends as soon as they are written.
        let offers = offers.into_iter().map(|it| &*it.clone().leak());
        arg.value_parser(PossibleValuesParser::new(offers.collect::<Vec<&'static str>>()))
    };
    command.mut_args(offered).mut_subcommands(|it| with_names(it, names))
}

/// `auteur man`
pub(super) fn man(args: &ManArgs) -> anyhow::Result<ExitCode> {
    let command = Arguments::command();
    let mut out = io::stdout().lock();
    let Some(folder) = &args.to else {
        clap_mangen::Man::new(command).render(&mut out)?;
        return Ok(ExitCode::SUCCESS);
    };
    let named = folder.display();
    fs::create_dir_all(folder).with_context(|| format!("make {named}"))?;
    clap_mangen::generate_to(command, folder).with_context(|| format!("write into {named}"))?;
    writeln!(out, "{}", crate::text::sanitise(&format!("the pages are in {named}")))?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(names: &Names) -> String {
        let mut text = Vec::new();
        let mut command = with_names(Arguments::command(), names);
        clap_complete::generate(clap_complete::Shell::Bash, &mut command, "auteur", &mut text);
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn completions_know_roles_sessions_scripts_and_models() {
        let place = tempfile::tempdir().unwrap();
        let home = place.path().to_str().unwrap();
        let environment = Environment::of([("XDG_CONFIG_HOME", home), ("AUTEUR_STATE", home)]);
        fs::create_dir_all(place.path().join("sessions/019aca3f-1b2c")).unwrap();
        let config = config::load(&environment, place.path()).unwrap();
        let names = Names::of(&config, &environment);
        assert!(names.scripts.iter().any(|it| it == "review"), "{names:?}");
        let text = script(&names);
        for known in ["019aca3f-1b2c", "last", "implementer", "review"] {
            assert!(text.contains(known), "{known}");
            assert!(!script(&Names::default()).contains(&format!(" {known} ")), "{known}");
        }
    }

    #[test]
    fn a_name_that_a_shell_takes_for_something_else_is_not_offered() {
        let bad = ["$(id)", "a b", "x;y", "`id`", "", "good-1.x/y"];
        assert_eq!(plain(bad.map(str::to_owned)), ["good-1.x/y"]);
    }
}
