//! Which programs of others can be agents, and how each is started.
//! `config/programs.toml` holds the ones that are known and explains each key.

use super::{
    Environment, Settings, Source, closest,
    fault::{Blame, no_such},
    layers::{Layered, at, leaves},
    tighten::refused,
};
use crate::model::{Capabilities, EngineKind};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de::Error as _};
use std::{
    collections::BTreeMap,
    path::{Component, Path, PathBuf},
};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// What stands in a rehearsal for the server's address.
const URL: &str = "{url}";
/// What stands in a rehearsal for the home folder that it has.
const HOME: &str = "{home}";

/// All programs by name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Programs {
    /// The programs.
    #[serde(rename = "programs", default, deserialize_with = "named")]
    pub all: BTreeMap<String, Program>,
}

/// The protocol that a program speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// Claude Code's stream-json.
    Claude,
    /// Codex's app-server.
    Codex,
    /// The Agent Client Protocol.
    Acp,
    /// A terminal.
    Pty,
    /// Cursor's stream of JSON lines.
    Cursor,
}

impl Protocol {
    /// Whether a program that speaks it can be given MCP servers.
    pub const fn takes_servers(self) -> bool {
        match self {
            Self::Claude | Self::Codex | Self::Acp => true,
            Self::Pty | Self::Cursor => false,
        }
    }
}

/// One program.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// The protocol it is driven by.
    pub engine: Protocol,
    /// The program and its arguments, before those that the engine adds.
    #[serde(deserialize_with = "command")]
    pub command: Vec<String>,
    /// Variables that it gets.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Variables of ours that it may have: its own key, above all.
    #[serde(default)]
    pub passes: Vec<String>,
    /// The provider whose prices hold for its models.
    #[serde(default)]
    pub vendor: String,
    /// The command that installs it.
    #[serde(default)]
    pub install: String,
    /// The arguments that make it print its version and end.
    #[serde(default)]
    pub version: Vec<String>,
    /// What shows that somebody is signed in: variables, and files (`~/…`).
    #[serde(default)]
    pub signed_in: Vec<String>,
    /// The way to sign in over the protocol, where it asks for one.
    #[serde(default)]
    pub sign_in: Option<String>,
    /// Its modes in which it asks before it acts, best first.
    #[serde(default)]
    pub asking_modes: Vec<String>,
    /// Files and folders of its own that it may write (`~/…`, `$VARIABLE/…`).
    #[serde(default)]
    pub home: Vec<String>,
    /// Where it can do more, or less, than its protocol lets one expect.
    #[serde(default)]
    pub capabilities: Abilities,
    /// How it is brought to a rehearsal; left out, it can't be.
    #[serde(default)]
    pub rehearse: Option<RehearsedProgram>,
}

/// What a program can do, where that differs from its protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Abilities {
    /// It can be stopped in the middle of something.
    pub freeze: Option<bool>,
    /// A message reaches it.
    pub steer: Option<bool>,
    /// A message reaches it only when its turn is over.
    pub late: Option<bool>,
    /// Its instructions can change in mid-run.
    pub edit: Option<bool>,
    /// It asks before it acts.
    pub approvals: Option<bool>,
    /// It says what it costs.
    pub cost: Option<bool>,
    /// It tells the tokens of the last call of each turn alone.
    pub partial: Option<bool>,
    /// Another agent can begin with a copy of its conversation.
    pub fork: Option<bool>,
}

/// What brings a program to the rehearsal server, with a key that opens nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RehearsedProgram {
    /// Variables that it gets; `{url}` and `{home}` are filled in.
    pub env: BTreeMap<String, String>,
    /// Arguments that it gets too, filled in likewise.
    pub args: Vec<String>,
    /// Files in its home, filled in likewise.
    #[serde(deserialize_with = "home_files")]
    pub files: BTreeMap<String, String>,
}

impl Programs {
    /// A program by its name.
    pub fn program(&self, name: &str) -> Option<&Program> {
        self.all.get(name)
    }

    /// What is wrong with a name that no program has, and its mend.
    pub(super) fn name_fault(&self, wanted: &str) -> Option<(String, String)> {
        let names: Vec<&str> = self.all.keys().map(String::as_str).collect();
        no_such(("program", "programs.toml"), wanted, &names)
    }
}

impl Protocol {
    /// The engine that speaks it.
    pub const fn kind(self) -> EngineKind {
        match self {
            Self::Claude => EngineKind::Claude,
            Self::Codex => EngineKind::Codex,
            Self::Acp => EngineKind::Acp,
            Self::Pty => EngineKind::Pty,
            Self::Cursor => EngineKind::Cursor,
        }
    }
}

impl Program {
    /// The file to run, as it is looked for.
    pub fn file(&self) -> &str {
        self.command.first().map_or("", String::as_str)
    }

    /// What the director can do with it.
    pub fn capabilities(&self) -> Capabilities {
        let of = Capabilities::of(self.engine.kind());
        let own = self.capabilities;
        Capabilities {
            pause: of.pause,
            freeze: own.freeze.unwrap_or(of.freeze),
            steer: own.steer.unwrap_or(of.steer),
            late: own.late.unwrap_or(of.late),
            edit: own.edit.unwrap_or(of.edit),
            approvals: own.approvals.unwrap_or(of.approvals),
            cost: own.cost.unwrap_or(of.cost),
            partial: own.partial.unwrap_or(of.partial),
            fork: own.fork.unwrap_or(of.fork),
        }
    }

    /// Where it is on this machine. Nothing is run to find out.
    pub fn find(&self, environment: &Environment) -> Option<PathBuf> {
        environment.find_program(self.file())
    }

    /// What shows that somebody is signed in, as the file writes it; nothing if
    /// nothing does. A program may know ways that are not listed.
    pub fn signed_in(&self, environment: &Environment) -> Option<&str> {
        let is_there = |sign: &&String| match (sign.strip_prefix("~/"), environment.home()) {
            (Some(file), Some(home)) => home.join(file).exists(),
            (Some(_), None) => false,
            (None, _) => environment.secret(sign).is_some(),
        };
        self.signed_in.iter().find(is_there).map(String::as_str)
    }

    /// The variables of ours that it may have.
    pub fn passed(&self, environment: &Environment) -> Vec<(String, String)> {
        let names: Vec<&str> = self.passes.iter().map(String::as_str).collect();
        environment.only(&names)
    }

    /// What to do about a program that is not here.
    pub fn missing(&self) -> String {
        let file = self.file();
        match self.install.as_str() {
            "" => format!("`{file}` is not in PATH"),
            install => format!("`{file}` is not installed: {install}"),
        }
    }
}

impl RehearsedProgram {
    /// With the server's address and the home folder filled in.
    #[must_use]
    pub fn filled(&self, url: &str, home: &Path) -> Self {
        let home = home.display().to_string();
        let fill = |text: &String| text.replace(URL, url).replace(HOME, &home);
        let fill_all = |texts: &BTreeMap<String, String>| {
            texts.iter().map(|(name, text)| (name.clone(), fill(text))).collect()
        };
        Self {
            env: fill_all(&self.env),
            args: self.args.iter().map(fill).collect(),
            files: fill_all(&self.files),
        }
    }
}

impl Layered for Programs {
    type Ground = Settings;

    fn prepare(_: &Source, _: &mut DeTable<'_>, _: &mut DeTable<'_>) -> Vec<Blame> {
        Vec::new()
    }

    fn misnamed(&self, settings: &Settings, layer: &DeTable<'_>) -> Vec<Blame> {
        let mut blames = Vec::new();
        for name in self.all.keys() {
            let at = |keys: &[&str]| at(layer, &[&["programs", name], keys].concat());
            blames.extend(at(&["vendor"]).and_then(|it| unknown_vendor(settings, it)));
            let early = [at(&["command"]), at(&["env"])];
            blames.extend(early.into_iter().flatten().filter_map(filled_too_early));
        }
        blames
    }

    fn loosened(_: &Settings, _: &Self, _: &Self, layer: &DeTable<'_>) -> Vec<Blame> {
        let refusal = |(path, span): (Vec<&str>, _)| {
            let what = path.join(".");
            refused(span, &format!("a project file may not say how programs are run (`{what}`)"))
        };
        let mut blames: Vec<Blame> = leaves(layer).into_iter().map(refusal).collect();
        for blame in &mut blames {
            blame.mend = Some(
                "say it in your own programs.toml (auteur doctor names the folder)".to_owned(),
            );
        }
        blames
    }
}

fn unknown_vendor(settings: &Settings, value: &Spanned<DeValue<'_>>) -> Option<Blame> {
    let name = value.get_ref().as_str()?;
    if name.is_empty() || settings.providers.contains_key(name) {
        return None;
    }
    let names: Vec<&str> = settings.providers.keys().map(String::as_str).collect();
    let mend = match closest(name, &names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "name a provider of config.toml, or leave it out".to_owned(),
    };
    let message = format!("there is no provider called `{name}`");
    Some(Blame { span: value.span(), message, mend: Some(mend) })
}

/// A place to fill in where nothing is rehearsed.
fn filled_too_early(value: &Spanned<DeValue<'_>>) -> Option<Blame> {
    let holds = |it: &str| it.contains(URL) || it.contains(HOME);
    let is_found = match value.get_ref() {
        DeValue::Array(items) => items.iter().any(|it| it.get_ref().as_str().is_some_and(holds)),
        DeValue::Table(table) => table.values().any(|it| it.get_ref().as_str().is_some_and(holds)),
        _ => false,
    };
    is_found.then(|| Blame {
        span: value.span(),
        message: format!("{URL} and {HOME} are filled in at a rehearsal only"),
        mend: Some("put it under rehearse".to_owned()),
    })
}

fn named<'de, D: Deserializer<'de>>(reader: D) -> Result<BTreeMap<String, Program>, D::Error> {
    let programs = BTreeMap::<String, Program>::deserialize(reader)?;
    let plain = |name: &str| {
        (1..=40).contains(&name.len())
            && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '-' || it == '_')
    };
    match programs.keys().find(|it| !plain(it)) {
        None => Ok(programs),
        Some(wrong) => Err(D::Error::custom(format!(
            "a program's name is up to 40 letters, digits, - and _, not {wrong:?}"
        ))),
    }
}

fn command<'de, D: Deserializer<'de>>(reader: D) -> Result<Vec<String>, D::Error> {
    let words = Vec::<String>::deserialize(reader)?;
    match words.first().map(|it| it.trim()) {
        None | Some("") => Err(D::Error::custom(
            "expected a program and its arguments, as in [\"gemini\", \"--acp\"]",
        )),
        Some(_) => Ok(words),
    }
}

/// Files that lie inside of the home they are written into.
fn home_files<'de, D: Deserializer<'de>>(reader: D) -> Result<BTreeMap<String, String>, D::Error> {
    let files = BTreeMap::<String, String>::deserialize(reader)?;
    let is_inside = |name: &str| {
        let mut parts = Path::new(name).components().peekable();
        parts.peek().is_some() && parts.all(|it| matches!(it, Component::Normal(_)))
    };
    match files.keys().find(|it| !is_inside(it)) {
        None => Ok(files),
        Some(wrong) => Err(D::Error::custom(format!(
            "expected a file inside of the home folder, like \".tool/settings.json\", not {wrong:?}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Cast, FileKind, Layer};

    fn with(layer: Layer, text: &str) -> Result<Programs, Vec<(usize, String, String)>> {
        let sources = [FileKind::Programs.built_in(), Source::new(layer, "it.toml", text)];
        Programs::from_sources(&sources, &Settings::built_in().unwrap()).map_err(|error| {
            let told = |it: crate::config::Fault| {
                (it.place.unwrap().line, it.message, it.mend.unwrap_or_default())
            };
            error.faults.into_iter().map(told).collect()
        })
    }

    fn cast_with(layer: Layer, text: &str) -> Result<Cast, String> {
        let ground = (
            Settings::built_in().unwrap(),
            Programs::built_in().unwrap(),
            crate::config::Servers::default(),
        );
        let sources = [FileKind::Cast.built_in(), Source::new(layer, "it.toml", text)];
        Cast::from_sources(&sources, &ground).map_err(|error| error.to_string())
    }

    #[test]
    fn every_program_that_is_built_in_says_how_to_get_it_and_has_a_role() {
        let programs = Programs::built_in().unwrap();
        let cast = Cast::built_in().unwrap();
        for (name, program) in &programs.all {
            let is_ours = program.engine == Protocol::Pty;
            assert!(is_ours || !program.install.is_empty(), "{name}");
            assert!(is_ours || !program.signed_in.is_empty(), "{name}");
            let its = cast.roles.get(name).and_then(|it| it.program.as_ref());
            assert_eq!(its, Some(name), "`auteur run {name}` finds it");
        }
    }

    #[test]
    fn no_program_gets_a_key_without_a_name_that_is_its_own() {
        for (name, program) in &Programs::built_in().unwrap().all {
            for pattern in &program.passes {
                assert!(pattern.len() > 4 && !pattern.starts_with('*'), "{name}: {pattern}");
            }
        }
    }

    #[test]
    fn a_rehearsal_names_an_address_and_gives_no_key_of_ours() {
        for (name, program) in &Programs::built_in().unwrap().all {
            let Some(plan) = &program.rehearse else { continue };
            let texts = plan.env.values().chain(plan.files.values()).chain(&plan.args);
            assert!(texts.clone().any(|it| it.contains(URL)), "{name}");
            let keys = plan.env.iter().filter(|(name, _)| name.ends_with("_KEY"));
            assert!(keys.clone().all(|(_, value)| value == "rehearsal"), "{name}");
        }
    }

    #[test]
    fn a_users_file_changes_what_it_says_and_nothing_else() {
        let text = "[programs.codex]\ncommand = [\"/opt/codex\", \"-v\"]\n";
        let mut expected = Programs::built_in().unwrap();
        let codex = expected.all.get_mut("codex").unwrap();
        codex.command = vec!["/opt/codex".to_owned(), "-v".to_owned()];
        assert_eq!(with(Layer::User, text), Ok(expected));
    }

    #[test]
    fn what_is_wrong_is_told_with_line_and_mend() {
        let text = "[programs.claude]\nvendor = \"antropic\"\ncomand = [\"x\"]\n\
                    env = { A = \"{url}\" }\n[programs.qwen]\nengine = \"acpp\"\ncommand = []\n";
        let told = with(Layer::User, text).unwrap_err();
        let lines: Vec<usize> = told.iter().map(|it| it.0).collect();
        assert_eq!(lines, [2, 3, 4, 6, 7], "{told:#?}");
        assert_eq!(told[0].2, "did you mean `anthropic`?");
        assert_eq!(told[1].2, "did you mean `command`?");
        assert_eq!(told[2].2, "put it under rehearse");
        assert_eq!(told[3].2, "did you mean `acp`?");
    }

    #[test]
    fn a_file_of_a_rehearsal_stays_in_its_home() {
        for name in ["/etc/passwd", "../x", "a/../../x", ""] {
            let text = format!("[programs.qwen.rehearse.files]\n\"{name}\" = \"x\"\n");
            let told = with(Layer::User, &text).unwrap_err();
            assert!(told[0].1.contains("inside of the home"), "{name}: {told:?}");
        }
    }

    #[test]
    fn a_project_says_nothing_about_how_programs_are_run() {
        for text in [
            "[programs.claude]\ncommand = [\"./evil\"]",
            "[programs.claude.env]\nLD_PRELOAD = \"./evil.so\"",
            "[programs.claude]\npasses = [\"*\"]",
            "[programs.evil]\nengine = \"pty\"\ncommand = [\"./evil\"]",
            "[programs.codex.rehearse]\nenv = { X = \"1\" }",
        ] {
            let told = with(Layer::Project, text).unwrap_err();
            assert!(told[0].1.contains("a project file may not"), "{text}: {told:?}");
            assert!(told[0].2.contains("programs.toml"), "{text}: {told:?}");
        }
    }

    #[test]
    fn a_role_names_a_program_that_there_is() {
        let cast = cast_with(Layer::User, "[cast.reviewer]\nprogram = \"codex\"").unwrap();
        assert_eq!(cast.roles["reviewer"].program.as_deref(), Some("codex"));
        let told = cast_with(Layer::User, "[cast.reviewer]\nprogram = \"codx\"").unwrap_err();
        assert!(told.contains("it.toml:2:") && told.contains("did you mean `codex`?"), "{told}");
    }

    #[test]
    fn a_program_may_call_its_models_as_it_likes_and_a_native_role_may_not() {
        let role =
            |text: &str| cast_with(Layer::User, &format!("[cast.x]\npurpose = \"x\"\n{text}"));
        assert!(role("program = \"claude\"\nmodel = \"opus\"").is_ok());
        assert!(role("tools = []\nmodel = \"opus\"").is_err());
        let told = role("instructions = \"Help.\"").unwrap_err();
        assert!(told.contains("`tools` is missing"), "{told}");
    }

    #[test]
    fn a_project_casts_only_programs_that_ask_and_changes_no_role_to_one() {
        let new = |name: &str| format!("[cast.x]\npurpose = \"x\"\nprogram = \"{name}\"");
        assert!(cast_with(Layer::Project, &new("codex")).is_ok());
        for text in [
            new("shell"),
            new("cursor"),
            "[cast.reviewer]\nprogram = \"codex\"".to_owned(),
            "[cast.reviewer]\nrehearse = \"x.toml\"".to_owned(),
            "[cast.x]\npurpose = \"x\"\ntools = []\nrehearse = \"../x.toml\"".to_owned(),
        ] {
            assert!(cast_with(Layer::Project, &text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_rehearsal_is_found_beside_the_file_that_names_it() {
        let ground = (
            Settings::built_in().unwrap(),
            Programs::built_in().unwrap(),
            crate::config::Servers::default(),
        );
        let text = "[cast.claude]\nrehearse = \"play.toml\"";
        let mine = Source::new(Layer::User, "/home/ann/.config/auteur/cast.toml", text);
        let cast = Cast::from_sources(&[FileKind::Cast.built_in(), mine], &ground).unwrap();
        let file = cast.roles["claude"].rehearse.as_deref();
        assert_eq!(file, Some(Path::new("/home/ann/.config/auteur/play.toml")));
    }

    #[test]
    fn a_login_is_seen_by_a_variable_or_a_file() {
        let claude = &Programs::built_in().unwrap().all["claude"];
        let home = tempfile::tempdir().unwrap();
        let at_home = Environment::of([("HOME", home.path().to_str().unwrap())]);
        assert_eq!(claude.signed_in(&at_home), None);
        std::fs::create_dir(home.path().join(".claude")).unwrap();
        std::fs::write(home.path().join(".claude/.credentials.json"), "{}").unwrap();
        assert_eq!(claude.signed_in(&at_home), Some("~/.claude/.credentials.json"));
        let keyed = Environment::of([("ANTHROPIC_API_KEY", "sk")]);
        assert_eq!(claude.signed_in(&keyed), Some("ANTHROPIC_API_KEY"));
    }

    #[test]
    fn a_program_gets_its_own_key_and_nobody_elses() {
        let environment = Environment::of([
            ("ANTHROPIC_API_KEY", "sk-a"),
            ("OPENAI_API_KEY", "sk-o"),
            ("GITHUB_TOKEN", "gh"),
        ]);
        let claude = &Programs::built_in().unwrap().all["claude"];
        let expected = [("ANTHROPIC_API_KEY".to_owned(), "sk-a".to_owned())];
        assert_eq!(claude.passed(&environment), expected);
    }

    #[test]
    fn a_program_can_do_what_its_protocol_can_but_for_what_it_says() {
        let programs = Programs::built_in().unwrap();
        let own = Capabilities { late: false, cost: true, partial: true, ..Capabilities::ACP };
        let expected = Capabilities { fork: true, ..own };
        assert_eq!(programs.all["opencode"].capabilities(), expected);
        assert_eq!(programs.all["gemini"].capabilities(), Capabilities::ACP);
    }
}
