//! How an agent's program is started: where it is, and what it gets to see.

use super::rehearsals::Rehearsals;
use crate::{
    config::{Config, Environment, Program, Protocol, RehearsedProgram},
    engine::program::{Launch, lent},
    model::Casting,
    tools::{self, policy::Confinement},
};
use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs, io,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::Arc,
};

/// No more of a file's path is in the name of a home, in letters.
const NAME: usize = 80;

/// Starts programs in one session.
#[derive(Debug, Clone)]
pub(super) struct Launcher {
    pub(super) config: Arc<Config>,
    pub(super) environment: Arc<Environment>,
    pub(super) rehearsals: Rehearsals,
    /// Where programs at a rehearsal have their homes.
    pub(super) homes: PathBuf,
}

impl Launcher {
    /// How an agent's program is started. It sees what every command sees, and
    /// of our keys those that it is configured to have; at a rehearsal none, and
    /// another home. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// In words for the director, such as that it is not installed.
    pub(super) fn launch(&self, casting: &Casting) -> Result<Launch, String> {
        let name = casting.provider.as_str();
        let found = self.config.programs.program(name);
        let program = found.ok_or_else(|| format!("programs.toml has no program `{name}`"))?;
        let file = program.find(&self.environment).ok_or_else(|| program.missing())?;
        let mut argv = vec![file.into_os_string()];
        argv.extend(program.command.iter().skip(1).map(OsString::from));
        let servers = self.lent(casting)?;
        let ours = self.environment.only(tools::PASSED);
        let ours = tools::environment_for_commands(ours, tools::PASSED);
        let mut environment: BTreeMap<String, String> = ours.into_iter().collect();
        if casting.rehearse.is_empty() {
            environment.extend(program.passed(&self.environment));
            environment.extend(program.env.clone());
        } else {
            environment.retain(|name, _| !name.starts_with("XDG_"));
            environment.extend(program.env.clone());
            let played = self.rehearsed(name, program, &casting.rehearse)?;
            environment.extend(played.env);
            argv.extend(played.args.into_iter().map(OsString::from));
        }
        self.lend_variables(casting, &mut environment)?;
        let environment: Vec<_> = environment.into_iter().collect();
        match program.engine {
            Protocol::Claude => {
                let table = lent::for_claude(&servers)?;
                argv.extend(table.into_iter().flat_map(|it| ["--mcp-config".into(), it.into()]));
            }
            Protocol::Codex => argv.extend(lent::for_codex(&servers)?),
            // They are told again each time it opens a session; here it is seen that they can be.
            Protocol::Acp => drop(lent::for_acp(&servers, &environment)?),
            Protocol::Pty | Protocol::Cursor => {}
        }
        Ok(Launch {
            argv,
            servers,
            folder: PathBuf::from(&casting.workspace),
            environment,
            vendor: program.vendor.clone(),
            is_shared: !casting.alone,
            sign_in: program.sign_in.clone(),
            asking_modes: program.asking_modes.clone(),
            confinement: Confinement::Open,
            restraint: None,
        })
    }

    /// What brings a program to a rehearsal, filled in. Its home is made ready.
    fn rehearsed(
        &self,
        name: &str,
        program: &Program,
        file: &str,
    ) -> Result<RehearsedProgram, String> {
        let Some(plan) = &program.rehearse else {
            return Err(format!("`{name}` can't be rehearsed: programs.toml does not say how"));
        };
        let url = self.rehearsals.url(Path::new(file))?;
        let home = self.homes.join(format!("{name}-{}", short(file)));
        let mut plan = plan.filled(&url, &home);
        furnish(&home, &plan.files)
            .map_err(|error| format!("the home for `{name}`, {}: {error}", home.display()))?;
        plan.env.insert("HOME".to_owned(), home.display().to_string());
        Ok(plan)
    }
}

/// The end of a path as part of a file's name.
fn short(path: &str) -> String {
    let plain = |it: char| if it.is_ascii_alphanumeric() { it } else { '-' };
    let letters: Vec<char> = path.chars().map(plain).collect();
    letters[letters.len().saturating_sub(NAME)..]
        .iter()
        .collect::<String>()
        .trim_start_matches('-')
        .to_owned()
}

/// Writes a home's files. They name the address of this run, so they are written
/// each time.
fn furnish(home: &Path, files: &BTreeMap<String, String>) -> io::Result<()> {
    let make = |folder: &Path| fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    make(home)?;
    for (name, text) in files {
        let path = home.join(name);
        make(path.parent().unwrap_or(home))?;
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        io::Write::write_all(&mut options.open(&path)?, text.as_bytes())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    const REHEARSAL: &str = "[[part]]\nname = \"any\"\n[[part.turn]]\nsay = \"Done.\"\n";

    /// A launcher with these variables, and a program `claude` on its PATH.
    fn launcher(folder: &Path, more: [(&str, &str); 2]) -> Launcher {
        use std::os::unix::fs::PermissionsExt as _;
        for name in ["claude", "codex", "qwen"] {
            let file = folder.join(name);
            fs::write(&file, "#!/bin/sh\n").unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let [a, b] = more;
        let path = folder.to_str().unwrap();
        let environment = Environment::of([("PATH", path), ("XDG_CONFIG_HOME", path), a, b]);
        Launcher {
            config: Arc::new(config::load(&environment, folder).unwrap()),
            environment: Arc::new(environment),
            rehearsals: Rehearsals::default(),
            homes: folder.join("homes"),
        }
    }

    fn casting(program: &str, rehearse: &Path) -> Casting {
        Casting {
            provider: program.to_owned(),
            workspace: "/w".to_owned(),
            rehearse: rehearse.display().to_string(),
            ..Casting::default()
        }
    }

    fn variable<'a>(launch: &'a Launch, name: &str) -> Option<&'a str> {
        let found = launch.environment.iter().find(|it| it.0 == name);
        found.map(|it| it.1.as_str())
    }

    #[test]
    fn a_program_gets_its_own_key_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let keys = [("ANTHROPIC_API_KEY", "sk-a"), ("OPENAI_API_KEY", "sk-o")];
        let launch =
            launcher(folder.path(), keys).launch(&casting("claude", Path::new(""))).unwrap();
        assert_eq!(launch.argv, [folder.path().join("claude").into_os_string()]);
        assert_eq!(variable(&launch, "ANTHROPIC_API_KEY"), Some("sk-a"));
        assert_eq!(variable(&launch, "OPENAI_API_KEY"), None);
        assert_eq!(launch.vendor, "anthropic");
        assert!(launch.is_shared);
    }

    #[tokio::test]
    async fn a_rehearsed_program_gets_no_key_of_ours_another_home_and_an_address_of_loopback() {
        let folder = tempfile::tempdir().unwrap();
        let keys = [("OPENAI_API_KEY", "sk-canary"), ("HOME", "/home/ann")];
        let file = folder.path().join("play.toml");
        fs::write(&file, REHEARSAL).unwrap();
        let launcher = launcher(folder.path(), keys);
        for program in ["claude", "codex", "qwen"] {
            let launch = launcher.launch(&casting(program, &file)).unwrap();
            let said = format!("{:?}", launch.environment);
            assert!(!said.contains("canary") && !said.contains("/home/ann"), "{said}");
            assert_eq!(variable(&launch, "XDG_CONFIG_HOME"), None);
            let home = PathBuf::from(variable(&launch, "HOME").unwrap());
            assert!(home.starts_with(folder.path().join("homes")), "{}", home.display());
        }
        let launch = launcher.launch(&casting("codex", &file)).unwrap();
        let home = PathBuf::from(variable(&launch, "CODEX_HOME").unwrap());
        let config = fs::read_to_string(home.join("config.toml")).unwrap();
        let url = launcher.rehearsals.url(&file).unwrap();
        assert!(url.starts_with("http://127.0.0.1:") && config.contains(&url), "{config}");
    }

    #[tokio::test]
    async fn one_file_is_played_by_one_server_in_a_session() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("play.toml");
        fs::write(&file, REHEARSAL).unwrap();
        let rehearsals = Rehearsals::default();
        assert_eq!(rehearsals.url(&file), rehearsals.clone().url(&file));
        let told = rehearsals.url(&folder.path().join("none.toml")).unwrap_err();
        assert!(told.contains("none.toml"), "{told}");
    }

    #[test]
    fn a_program_that_is_not_there_is_named_with_what_installs_it() {
        let folder = tempfile::tempdir().unwrap();
        let launcher = launcher(folder.path(), [("A", "a"), ("B", "b")]);
        let told = launcher.launch(&casting("gemini", Path::new(""))).unwrap_err();
        assert_eq!(told, "`gemini` is not installed: npm install --global @google/gemini-cli");
        assert!(launcher.launch(&casting("nobody", Path::new(""))).is_err());
    }
}
