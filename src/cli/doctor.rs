//! What is configured, found and missing; each with its mend.

mod git;
mod models;
pub(super) mod servers;
mod unworn;

use super::{
    enclosure,
    found::{self, Found},
    keys::{self, Ground, KeyError},
    nearby::running,
    rules::{check_rules, theme_named},
    shelter,
};
use crate::config::{
    Config, ConfigError, Environment, Fault, KeySource, Layer, Paths, Programs, Settings, Standing,
    harmless, key_source, log_filter_fault,
};
use crate::{
    tools::{
        guard::{Holder, Pool},
        mcp::Health,
    },
    ui::{keys::Keymap, terminal::editor_program},
};
use serde::Serialize;
use std::collections::BTreeMap;
use std::{
    fs, io,
    io::IsTerminal as _,
    path::{Path, PathBuf},
    time::Duration,
};

/// How long a command may take to fetch a key here: nobody is at work who waits for it.
const KEY: Duration = Duration::from_secs(5);
/// A smaller terminal is drawn, but nothing can be read on it.
const SMALLEST: (u16, u16) = (40, 12);

/// What the doctor looked at, before it judges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The terminal's columns and rows, if there is a terminal.
    pub terminal: Option<(u16, u16)>,
    /// The state folder, or why nothing can be written there.
    pub state: Result<PathBuf, String>,
    /// What git says of itself.
    pub git: Option<String>,
    /// What can hold the processes of agents.
    pub sandbox: Holder,
    /// Why nothing better can; empty where that is the best there is.
    pub unsafe_because: String,
    /// Providers without keys that answered.
    pub running: Vec<String>,
    /// Programs of others that can be agents.
    pub programs: Vec<Found>,
    /// What is wrong with the files that only the screen reads.
    pub faults: Vec<Fault>,
    /// What is wrong with themes, keymaps and scripts that are not in use.
    pub unused: Vec<Fault>,
    /// Providers whose command for a key was asked: whether it gave one, or what it said.
    pub keys: BTreeMap<String, Result<(), String>>,
    /// The MCP servers that were tried, or why none was.
    pub servers: Result<Vec<Health>, String>,
}

/// How a thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Finding {
    /// As it should be.
    Good,
    /// Not there, and not needed either.
    Absent,
    /// Works, but not well.
    Doubtful,
    /// Has to be mended before agents can work.
    Wrong,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Which part of the report.
    pub part: &'static str,
    /// What.
    pub name: String,
    /// How it stands.
    pub finding: Finding,
    /// What was found.
    pub found: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mend: Option<String>,
}

/// Everything that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The program's version.
    pub version: &'static str,
    /// In the order in which it is read.
    pub checks: Vec<Check>,
}

impl Facts {
    /// Looks around. Connects to nothing but this machine, and starts nothing
    /// but programs that are asked for their versions, and the commands that
    /// fetch keys; MCP servers are looked at by themselves. Must be called inside a
    /// tokio runtime.
    pub async fn gather(
        settings: &Settings,
        programs: &Programs,
        environment: &Environment,
        project: &Path,
    ) -> Self {
        let mut programs = found::look(programs, environment);
        found::ask_all(&mut programs, environment).await;
        let shelter::Found { by: sandbox, why: unsafe_because } =
            enclosure::look(environment, project).await;
        Self {
            programs,
            sandbox,
            unsafe_because,
            terminal: terminal(),
            state: state(settings, environment),
            git: git::found(environment),
            running: running(settings),
            faults: screen_faults(settings, environment, project),
            unused: Vec::new(),
            keys: ask_for_keys(settings, environment, project).await,
            servers: Ok(Vec::new()),
        }
    }
}

impl Facts {
    /// Looks at files that nobody uses just now.
    pub(super) fn look_at_unused(
        &mut self,
        config: &Result<Config, ConfigError>,
        environment: &Environment,
        project: &Path,
    ) {
        self.unused = unworn::look(config, environment, project);
    }
}

/// What is wrong with the keys and the theme.
fn screen_faults(settings: &Settings, environment: &Environment, project: &Path) -> Vec<Fault> {
    let keys = Keymap::load(environment, project).err();
    let theme = theme_named(settings, environment, project).err();
    keys.into_iter().chain(theme).flat_map(|error| error.faults).collect()
}

/// Asks every command that fetches a key, all at once, and not for long.
async fn ask_for_keys(
    settings: &Settings,
    environment: &Environment,
    project: &Path,
) -> BTreeMap<String, Result<(), String>> {
    let commands: Vec<_> = settings
        .providers
        .iter()
        .filter_map(|(name, it)| match key_source(it, environment) {
            KeySource::Command(command) => Some((name, command)),
            KeySource::Variable(_) | KeySource::Nowhere => None,
        })
        .collect();
    let ground = Ground { folder: project, environment };
    let guards = Pool::default();
    let all = commands.iter().map(async |(name, command)| {
        let fetched = keys::fetch(name, command, &ground, &guards, KEY).await;
        ((*name).clone(), fetched.map(drop).map_err(|error| said(&error)))
    });
    futures::future::join_all(all).await.into_iter().collect()
}

fn said(error: &KeyError) -> String {
    match error {
        KeyError::Failed { said, .. } if !said.is_empty() => format!("{error}\nit said: {said}"),
        error => error.to_string(),
    }
}

impl Report {
    /// Judges what was found.
    pub fn new(
        config: &Result<Config, ConfigError>,
        settings: &Settings,
        environment: &Environment,
        facts: &Facts,
    ) -> Self {
        let mut checks = files(config, environment, facts);
        checks.extend(models::judged(settings, environment, facts));
        checks.extend(facts.programs.iter().map(|it| it.check("Programs as agents")));
        checks.extend(servers::judged(&facts.servers));
        checks.extend(screen(environment, facts));
        checks.extend(programs(environment, facts));
        checks.push(enclosure::judge(settings, facts));
        Self { version: env!("CARGO_PKG_VERSION"), checks }
    }

    /// Whether agents can work.
    pub fn is_sound(&self) -> bool {
        self.checks.iter().all(|it| it.finding != Finding::Wrong)
    }

    /// For a person.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn print(&self, to: &mut dyn io::Write) -> io::Result<()> {
        writeln!(to, "auteur {}", self.version)?;
        let width = self.checks.iter().map(|it| it.name.chars().count()).max().unwrap_or(0);
        let mut part = "";
        for check in &self.checks {
            if check.part != part {
                part = check.part;
                writeln!(to, "\n{part}")?;
            }
            let sign = check.finding.sign();
            let (name, found) = (harmless(&check.name), check.found.lines().map(harmless));
            let found: Vec<String> = found.collect();
            let indent = " ".repeat(width + 13);
            writeln!(to, "  {sign:9}  {name:width$}{}", indented(&found, &indent))?;
            if let Some(mend) = &check.mend {
                writeln!(to, "{indent}mend: {}", harmless(mend))?;
            }
        }
        let verdict = if self.is_sound() {
            "Agents can work here."
        } else {
            "Something has to be mended first. `auteur demo` works without any key."
        };
        writeln!(to, "\n{verdict}")
    }

    /// For a program.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn print_json(&self, to: &mut dyn io::Write) -> io::Result<()> {
        let mut text = Vec::new();
        crate::text::json::write_pretty(&mut text, self)?;
        to.write_all(&text)?;
        writeln!(to)
    }
}

impl Finding {
    /// A shape and a word, so that it needs no colour.
    const fn sign(self) -> &'static str {
        match self {
            Self::Good => "✓ good",
            Self::Absent => "· absent",
            Self::Doubtful => "! doubt",
            Self::Wrong => "✗ wrong",
        }
    }
}

fn indented(lines: &[String], indent: &str) -> String {
    let mut text = String::new();
    for (count, line) in lines.iter().enumerate() {
        text.push_str(if count == 0 { "  " } else { "\n" });
        if count > 0 {
            text.push_str(indent);
        }
        text.push_str(line);
    }
    text
}

pub(super) fn check(
    part: &'static str,
    name: &str,
    finding: Finding,
    found: impl Into<String>,
) -> Check {
    Check { part, name: name.to_owned(), finding, found: found.into(), mend: None }
}

impl Check {
    pub(super) fn mended_by(mut self, mend: impl Into<String>) -> Self {
        self.mend = Some(mend.into());
        self
    }
}

fn files(
    config: &Result<Config, ConfigError>,
    environment: &Environment,
    facts: &Facts,
) -> Vec<Check> {
    const PART: &str = "Settings";
    let told = |fault: &Fault| check(PART, "file", Finding::Wrong, fault.to_string());
    let mut checks = match config {
        Ok(config) => {
            let read = config.files.iter().filter(|it| it.layer != Layer::BuiltIn);
            let mut checks: Vec<Check> =
                read.map(|it| check(PART, it.layer.name(), Finding::Good, &it.path)).collect();
            if checks.is_empty() {
                checks.push(check(
                    PART,
                    "files",
                    Finding::Absent,
                    "none of yours; the defaults hold",
                ));
            }
            if let Standing::New | Standing::Changed { .. } = config.standing {
                let found = format!("left out: {} of this project", config.brought.summary());
                let check = check(PART, "trust", Finding::Doubtful, found);
                checks.push(check.mended_by("look at it, and trust it if you do: auteur trust"));
            }
            let rules = check_rules(config, environment).err();
            checks.extend(rules.into_iter().flat_map(|it| it.faults).map(|fault| {
                let found = Fault { mend: None, ..fault.clone() }.to_string();
                let check = check(PART, "rules", Finding::Wrong, found);
                match fault.mend {
                    Some(mend) => check.mended_by(mend),
                    None => check,
                }
            }));
            let nobodys = config.settings.budget.roles.keys();
            let nobodys = nobodys.filter(|it| config.cast.role(it).is_none());
            checks.extend(nobodys.map(|name| {
                let found = format!("budget.roles.{name}: nobody here has the role `{name}`");
                check(PART, "budget", Finding::Doubtful, found)
                    .mended_by("look whether the name is right: cast.toml names the roles")
            }));
            let filter = log_filter_fault(&config.settings, environment);
            checks.extend(filter.map(|wrong| {
                let wrong = format!("{:#}", anyhow::Error::new(wrong));
                check(PART, "log", Finding::Doubtful, wrong)
                    .mended_by("set it right, or take it out: nothing is logged as it is")
            }));
            checks
        }
        Err(error) => error.faults.iter().map(told).collect(),
    };
    checks.extend(facts.faults.iter().map(told));
    checks.extend(unworn::judged(&facts.unused, &facts.faults));
    checks
}

fn screen(environment: &Environment, facts: &Facts) -> Vec<Check> {
    const PART: &str = "Screen";
    let term = environment.term().unwrap_or("unknown");
    let size = match facts.terminal {
        None => check(PART, "terminal", Finding::Doubtful, "the output is no terminal")
            .mended_by("start auteur in a terminal, or use auteur run … --headless"),
        Some(_) if term == "dumb" => {
            check(PART, "terminal", Finding::Doubtful, "TERM=dumb: no screen can be shown")
                .mended_by("set TERM to what the terminal is, or use auteur run … --headless")
        }
        Some((columns, rows)) => {
            let found = format!("{term}, {columns} x {rows}");
            if columns < SMALLEST.0 || rows < SMALLEST.1 {
                let mend = format!("make it {} x {} or larger", SMALLEST.0, SMALLEST.1);
                check(PART, "terminal", Finding::Doubtful, found).mended_by(mend)
            } else {
                check(PART, "terminal", Finding::Good, found)
            }
        }
    };
    let colours = match environment.colours() {
        0 if environment.wants_no_colour() => {
            check(PART, "colours", Finding::Good, "none, as NO_COLOR asks")
        }
        0 => check(PART, "colours", Finding::Doubtful, "none")
            .mended_by("set TERM to what the terminal is, such as xterm-256color"),
        16 => check(PART, "colours", Finding::Doubtful, "16")
            .mended_by("if the terminal has more, set COLORTERM=truecolor"),
        256 => check(PART, "colours", Finding::Good, "256"),
        _ => check(PART, "colours", Finding::Good, "16 million"),
    };
    let editor = match environment.editor() {
        Some(editor) => judge_editor(editor, environment),
        None => check(PART, "editor", Finding::Absent, "no VISUAL and no EDITOR")
            .mended_by("set EDITOR to write long texts in your own editor"),
    };
    vec![size, colours, editor]
}

/// Whether the editor that is named can be found.
fn judge_editor(editor: &str, environment: &Environment) -> Check {
    const PART: &str = "Screen";
    let (wrong, mend) = match editor_program(editor) {
        Ok(program) if environment.find_program(&program).is_some() => {
            return check(PART, "editor", Finding::Good, editor);
        }
        Ok(program) => (
            format!("{editor}: there is no program {program} in PATH"),
            "set VISUAL or EDITOR to one that there is, such as vi or nano",
        ),
        Err(why) => (why.to_string(), "close the quote"),
    };
    check(PART, "editor", Finding::Doubtful, wrong).mended_by(mend)
}

fn programs(environment: &Environment, facts: &Facts) -> Vec<Check> {
    const PART: &str = "This machine";
    let git = git::judged(PART, facts.git.as_deref());
    let shell = match environment.find_program("sh") {
        Some(path) => check(PART, "shell", Finding::Good, path.display().to_string()),
        None => check(PART, "shell", Finding::Wrong, "no sh in PATH")
            .mended_by("put the folder of sh into PATH: agents run commands with it"),
    };
    let state = match &facts.state {
        Ok(path) => check(PART, "sessions", Finding::Good, path.display().to_string()),
        Err(wrong) => check(PART, "sessions", Finding::Wrong, wrong)
            .mended_by("set AUTEUR_STATE to a folder of yours on a disk with room"),
    };
    vec![git, shell, state]
}

fn terminal() -> Option<(u16, u16)> {
    let stdout = io::stdout();
    let size = stdout.is_terminal().then(|| rustix::termios::tcgetwinsize(&stdout))?.ok()?;
    Some((size.ws_col, size.ws_row))
}

/// The state folder, made if it is not there, and written to.
fn state(settings: &Settings, environment: &Environment) -> Result<PathBuf, String> {
    let path = Paths::state(environment, settings)
        .ok_or("no home folder, so no place for sessions".to_owned())?;
    match write_in(&path) {
        Ok(()) => Ok(path),
        Err(error) => Err(format!("{} can't be written: {error}", path.display())),
    }
}

fn write_in(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let probe = folder.join(format!(".doctor-{}", std::process::id()));
    let written = fs::OpenOptions::new().write(true).create_new(true).open(&probe);
    let written = written.and_then(|mut file| io::Write::write_all(&mut file, b"well\n"));
    // It is not there if it could not be made, and that is said already.
    drop(fs::remove_file(&probe));
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    fn facts() -> Facts {
        Facts {
            terminal: Some((120, 35)),
            state: Ok("/home/ann/.local/state/auteur".into()),
            git: Some("git version 2.50.0".into()),
            sandbox: Holder::Bubblewrap("/usr/bin/bwrap".into()),
            unsafe_because: String::new(),
            running: Vec::new(),
            programs: Vec::new(),
            faults: Vec::new(),
            unused: Vec::new(),
            keys: BTreeMap::new(),
            servers: Ok(Vec::new()),
        }
    }

    fn config() -> Config {
        let nowhere = tempfile::tempdir().unwrap();
        crate::config::load(&Environment::default(), nowhere.path()).unwrap()
    }

    fn report(environment: &Environment, facts: &Facts) -> Report {
        let config = config();
        let settings = config.settings.clone();
        Report::new(&Ok(config), &settings, environment, facts)
    }

    #[test]
    fn without_a_key_it_is_not_sound_and_says_what_was_looked_for() {
        let report = report(&Environment::default(), &facts());
        let mut text = Vec::new();
        report.print(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(!report.is_sound());
        for said in ["ANTHROPIC_API_KEY", "providers.openai.api_key_cmd", "auteur demo", "✗ wrong"]
        {
            assert!(text.contains(said), "{said}\n{text}");
        }
    }

    #[test]
    fn with_a_key_a_shell_and_a_place_it_is_sound_and_tells_no_key() {
        let environment =
            Environment::of([("OPENAI_API_KEY", "sk-canary"), ("PATH", "/usr/bin:/bin")]);
        let report = report(&environment, &facts());
        let mut text = Vec::new();
        report.print_json(&mut text).unwrap();
        assert!(report.is_sound(), "{report:#?}");
        assert!(!String::from_utf8(text).unwrap().contains("canary"));
    }

    #[test]
    fn whatever_is_not_good_says_its_mend_or_is_not_needed() {
        let facts =
            Facts { terminal: Some((20, 5)), state: Err("full".into()), git: None, ..facts() };
        for check in report(&Environment::of([("TERM", "dumb")]), &facts).checks {
            let fine = matches!(check.finding, Finding::Good | Finding::Absent);
            assert!(fine || check.mend.is_some(), "{check:?}");
        }
    }

    #[test]
    fn a_fault_in_a_file_is_shown_with_its_place() {
        let config = config();
        let source = crate::config::Source::new(Layer::User, "mine.toml", "[ui]\nfpss = 1");
        let error = Settings::from_sources(&[crate::config::FileKind::Config.built_in(), source])
            .unwrap_err();
        let report = Report::new(&Err(error), &config.settings, &Environment::default(), &facts());
        assert!(report.checks[0].found.starts_with("mine.toml:2:1"), "{:?}", report.checks[0]);
    }

    #[test]
    fn what_is_wrong_with_keys_or_theme_is_told_with_its_place_and_mend() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("auteur");
        fs::create_dir_all(folder.join("themes")).unwrap();
        fs::write(folder.join("keys.toml"), "[direct]\nf5 = \"pauze\"\n").unwrap();
        fs::write(folder.join("themes/mine.toml"), "[scopes]\nx = \"#12\"\n").unwrap();
        let environment = Environment::of([("XDG_CONFIG_HOME", place.path().to_str().unwrap())]);
        let mut settings = config().settings;
        settings.ui.theme = "mine".into();
        let faults = screen_faults(&settings, &environment, place.path());
        let facts = Facts { faults, ..facts() };
        let report = Report::new(&Ok(config()), &settings, &environment, &facts);
        let told: Vec<_> = report.checks.iter().map(|it| it.found.as_str()).collect();
        assert!(!report.is_sound());
        for file in ["keys.toml:2", "mine.toml:2"] {
            assert!(told.iter().any(|it| it.contains(file)), "{file}: {told:#?}");
        }
    }

    #[test]
    fn a_command_that_gives_no_key_is_wrong_and_what_it_said_is_told() {
        let mut settings = config().settings;
        settings.providers.get_mut("openai").unwrap().api_key_cmd = Some("exit 3".into());
        let keys = [("openai".to_owned(), Err("it failed\nit said: locked".to_owned()))].into();
        let checks = models::judged(&settings, &Environment::default(), &Facts { keys, ..facts() });
        let openai = checks.iter().find(|it| it.name == "openai").unwrap();
        assert_eq!(openai.finding, Finding::Wrong);
        assert!(openai.found.contains("locked"), "{openai:?}");
    }

    #[test]
    fn a_rule_or_a_filter_that_cannot_be_read_is_told() {
        let mut config = config();
        config.settings.permissions.allow = vec!["shell(".into()];
        config.settings.log.filter = Some("auteur=loud".into());
        let checks = files(&Ok(config), &Environment::default(), &facts());
        let names: Vec<_> = checks.iter().map(|it| it.name.as_str()).collect();
        assert!(names.contains(&"rules") && names.contains(&"log"), "{checks:#?}");
    }

    #[test]
    fn a_local_server_is_found_by_its_port_and_no_other_host_is_asked() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut settings = config().settings;
        settings.providers.retain(|name, _| name == "ollama" || name == "vllm");
        let url = format!("http://{}/v1", server.local_addr().unwrap());
        settings.providers.get_mut("ollama").unwrap().base_url = url;
        settings.providers.get_mut("vllm").unwrap().base_url = "http://model.example/v1".into();
        assert_eq!(running(&settings), ["ollama"]);
    }

    #[test]
    fn a_local_server_that_does_not_answer_says_what_brings_it_in() {
        let checks = models::judged(&config().settings, &Environment::default(), &facts());
        for (name, names_models) in [("ollama", true), ("vllm", true)] {
            let check = checks.iter().find(|it| it.name == name).unwrap();
            let mend = check.mend.as_deref().unwrap_or_default();
            assert_eq!(check.finding, Finding::Absent);
            assert!(mend.contains(&format!("providers.{name}.base_url")), "{check:?}");
            assert_eq!(mend.contains(&format!("providers.{name}.models")), names_models, "{mend}");
        }
        // The scripted model is nobody's to start.
        assert!(checks.iter().all(|it| it.name != "rehearsal"));
    }

    #[test]
    fn an_editor_that_is_not_there_is_doubted() {
        let editor = |named: &str| {
            let environment = Environment::of([("PATH", "/bin:/usr/bin"), ("EDITOR", named)]);
            let checks = screen(&environment, &facts());
            checks.into_iter().find(|it| it.name == "editor").unwrap()
        };
        assert_eq!(editor("sh -c x").finding, Finding::Good);
        let gone = editor("nonexist --wait");
        assert_eq!(gone.finding, Finding::Doubtful);
        assert!(gone.found.contains("no program nonexist"), "{gone:?}");
        assert_eq!(editor("sh 'x").finding, Finding::Doubtful);
    }

    #[test]
    fn a_key_on_an_open_line_is_doubted() {
        let mut settings = config().settings;
        let openai = settings.providers.get_mut("openai").unwrap();
        openai.base_url = "http://10.0.0.9/v1".into();
        let environment = Environment::of([("OPENAI_API_KEY", "sk")]);
        let checks = models::judged(&settings, &environment, &facts());
        let openai = checks.iter().find(|it| it.name == "openai").unwrap();
        assert_eq!(openai.finding, Finding::Doubtful);
    }
}
