//! Which programs of others are on this machine, and what they say of themselves.

use super::doctor::{Check, Finding};
use crate::{
    config::{Environment, Program, Programs},
    engine::program::{Heard, Launch, Program as Running},
    text::one_line,
    tools::{self, guard::Pool},
};
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{task::JoinSet, time::timeout};

/// How long a program may take to say its version: some start slowly.
const PATIENCE: Duration = Duration::from_secs(10);
/// No more of what it says is shown, in columns.
const SAID: usize = 60;

/// A program that can be an agent, as far as it can be found here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its name in programs.toml.
    pub name: String,
    /// How it is configured.
    pub program: Program,
    /// Where it is; nothing if it is not here.
    pub path: Option<PathBuf>,
    /// What shows that somebody is signed in.
    pub signed_in: Option<String>,
    /// What it says when it is asked for its version; nothing if it was not.
    pub version: Option<String>,
}

/// Looks for all programs. Runs none of them.
pub(super) fn look(programs: &Programs, environment: &Environment) -> Vec<Found> {
    let found = programs.all.iter().map(|(name, program)| Found {
        name: name.clone(),
        program: program.clone(),
        path: program.find(environment),
        signed_in: program.signed_in(environment).map(str::to_owned),
        version: None,
    });
    found.collect()
}

/// Asks those that are here for their versions, all at once.
pub(super) async fn ask_all(found: &mut [Found], environment: &Environment) {
    let guards = Pool::default();
    let mut asked = JoinSet::new();
    for (place, it) in found.iter().enumerate() {
        let (it, guards, environment) = (it.clone(), guards.clone(), environment.clone());
        asked.spawn(async move { (place, version(&it, &guards, &environment).await) });
    }
    while let Some(answer) = asked.join_next().await {
        if let Ok((place, version)) = answer
            && let Some(it) = found.get_mut(place)
        {
            it.version = version;
        }
    }
}

/// What a program says when it is asked for its version; nothing if it is not
/// here, or nobody knows how to ask. It gets no key.
pub(super) async fn version(
    found: &Found,
    guards: &Pool,
    environment: &Environment,
) -> Option<String> {
    let (path, program) = (found.path.as_ref()?, &found.program);
    if program.version.is_empty() {
        return None;
    }
    let ours = environment.only(tools::PASSED);
    let mut variables = tools::environment_for_commands(ours, tools::PASSED);
    variables.extend(program.env.clone());
    let mut argv = vec![path.clone().into_os_string()];
    argv.extend(program.version.iter().map(OsString::from));
    let folder = environment.home().unwrap_or_else(|| Path::new("/").to_owned());
    let launch = Launch { argv, folder, environment: variables, ..Launch::default() };
    let said = match Running::start(guards, &launch) {
        Ok(running) => timeout(PATIENCE, first_line(running)).await,
        Err(error) => return Some(format!("can't be asked: {error}")),
    };
    let slow = || format!("said nothing within {} s", PATIENCE.as_secs());
    Some(one_line(&said.unwrap_or_else(|_| slow()), SAID))
}

/// The first line that it prints; how it ended, if it prints none.
async fn first_line(mut running: Running) -> String {
    running.send_no_more();
    loop {
        match running.hear().await {
            Heard::Noise(line) => return line,
            Heard::Message(message) => return message.to_string(),
            Heard::Over(exit) => return format!("says no version: {exit}"),
            Heard::Frozen(_) => {}
        }
    }
}

impl Found {
    /// Whether it can work: it is here, and somebody seems to be signed in.
    pub(super) const fn is_ready(&self) -> bool {
        self.path.is_some() && (self.signed_in.is_some() || self.program.signed_in.is_empty())
    }

    /// Its version and whether somebody is signed in, in a few words.
    pub(super) fn about(&self) -> String {
        let version = self.version.as_deref().unwrap_or("installed");
        match &self.signed_in {
            _ if self.program.signed_in.is_empty() => version.to_owned(),
            Some(sign) => format!("{version}, signed in ({sign})"),
            None => format!("{version}, not signed in, it seems"),
        }
    }

    /// The same, and what a director can do with it.
    fn told(&self) -> String {
        format!("{}\ncan: {}", self.about(), self.program.capabilities().in_short())
    }

    /// For the doctor.
    pub(super) fn check(&self, part: &'static str) -> Check {
        let file = self.program.file();
        let (finding, found, mend) = match &self.path {
            None if self.program.install.is_empty() => {
                (Finding::Absent, format!("no `{file}` in PATH"), None)
            }
            None => {
                (Finding::Absent, "not installed".to_owned(), Some(self.program.install.clone()))
            }
            Some(_) if self.is_ready() => (Finding::Good, self.told(), None),
            Some(_) => {
                let keys = self.program.signed_in.iter().filter(|it| !it.starts_with('~'));
                let keys: Vec<&str> = keys.map(String::as_str).collect();
                let or = if keys.is_empty() { "" } else { ", or set " };
                let mend = format!("run `{file}` and sign in{or}{}", keys.join(" or "));
                (Finding::Doubtful, self.told(), Some(mend))
            }
        };
        Check { part, name: self.name.clone(), finding, found, mend }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::PermissionsExt as _};

    fn found(environment: &Environment, name: &str) -> Found {
        let all = look(&Programs::built_in().unwrap(), environment);
        all.into_iter().find(|it| it.name == name).unwrap()
    }

    #[test]
    fn a_program_that_is_not_here_is_absent_with_the_command_that_installs_it() {
        let check = found(&Environment::default(), "claude").check("Programs");
        assert_eq!(check.finding, Finding::Absent);
        let install = "npm install --global @anthropic-ai/claude-code";
        assert_eq!(check.mend.as_deref(), Some(install));
    }

    #[test]
    fn a_program_that_nobody_is_signed_in_to_is_doubted_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("claude");
        fs::write(&file, "#!/bin/sh\n").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        let path = folder.path().to_str().unwrap();
        let check = found(&Environment::of([("PATH", path)]), "claude").check("Programs");
        assert_eq!(check.finding, Finding::Doubtful);
        assert!(check.mend.unwrap().contains("ANTHROPIC_API_KEY"));
        let signed = Environment::of([("PATH", path), ("ANTHROPIC_API_KEY", "sk-canary")]);
        let check = found(&signed, "claude").check("Programs");
        assert_eq!((check.finding, check.mend), (Finding::Good, None));
        let (about, can) = check.found.split_once('\n').unwrap();
        assert_eq!(about, "installed, signed in (ANTHROPIC_API_KEY)");
        assert!(can.starts_with("can: pause at each step") && can.ends_with("fork"), "{can}");
    }

    #[test]
    fn a_program_without_a_login_is_ready_when_it_is_here() {
        let check = found(&Environment::of([("PATH", "/bin:/usr/bin")]), "shell").check("Programs");
        assert_eq!(check.finding, Finding::Good);
        assert!(check.found.starts_with("installed\ncan: pause by stopping it"), "{check:?}");
    }
}
