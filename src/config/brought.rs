//! What a project brings: its settings and the files they name, read once. What
//! is shown of them is what is trusted, and what is trusted is what is read.

use super::{Environment, Fault, FileKind, Paths, cast::is_inside, source};
use crate::model::Fingerprint;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Every kind of settings file that a project can have.
const KINDS: [FileKind; 5] =
    [FileKind::Config, FileKind::Programs, FileKind::Mcp, FileKind::Cast, FileKind::Keys];

/// No project brings more scripts, and schemas for them.
const MOST_SCRIPTS: usize = 200;

/// The settings of a project, as they were when they were read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brought {
    /// The folder that they are in.
    pub folder: PathBuf,
    /// What each file says, by its name as the settings write it.
    pub files: BTreeMap<String, String>,
    /// What could not be read.
    pub faults: Vec<Fault>,
}

impl Brought {
    /// Reads what the project in this folder brings. Runs nothing.
    pub fn read(environment: &Environment, project: &Path) -> Self {
        let folder = Paths::new(environment, project).project;
        let mut brought = Self { folder, ..Self::default() };
        for kind in KINDS {
            let path = brought.folder.join(kind.file_name());
            match source::read(&path) {
                Ok(Some(text)) => {
                    brought.files.insert(kind.file_name().to_owned(), text);
                }
                Ok(None) => {}
                Err((wrong, mend)) => {
                    let name = path.display().to_string();
                    brought.faults.push(Fault::of_file(&name, wrong, Some(mend)));
                }
            }
        }
        for name in brought.named() {
            // What can't be read is told where the settings name it.
            if is_inside(&brought.folder, Path::new(&name))
                && let Ok(Some(text)) = source::read(&brought.folder.join(&name))
            {
                brought.files.insert(name, text);
            }
        }
        brought.read_scripts();
        brought
    }

    /// Reads the scripts, and the schemas that stand beside them.
    fn read_scripts(&mut self) {
        let Ok(entries) = self.folder.join("scripts").read_dir() else { return };
        let names = entries.filter_map(|it| it.ok()?.file_name().into_string().ok());
        let is_ours = |it: &String| {
            Path::new(it).extension().is_some_and(|end| end == "toml" || end == "json")
        };
        let mut names: Vec<String> = names.filter(is_ours).collect();
        names.sort();
        names.truncate(MOST_SCRIPTS);
        for name in names.into_iter().map(|it| format!("scripts/{it}")) {
            let path = self.folder.join(&name);
            let inside = is_inside(&self.folder, Path::new(&name));
            match source::read(&path) {
                Ok(Some(text)) if inside => drop(self.files.insert(name, text)),
                Ok(_) => {}
                Err((wrong, mend)) => {
                    let path = path.display().to_string();
                    self.faults.push(Fault::of_file(&path, wrong, Some(mend)));
                }
            }
        }
    }

    /// The project's settings as far as they count: all of them where they are
    /// trusted, else those that only tighten.
    pub fn heard(environment: &Environment, project: &Path) -> Self {
        let brought = Self::read(environment, project);
        match super::standing(environment, project, &brought) {
            super::Standing::Nothing | super::Standing::Trusted => brought,
            super::Standing::New | super::Standing::Changed { .. } => brought.tightening(),
        }
    }

    /// Whether any of it does more than tighten: roles and what they are told,
    /// programs, keys, another model.
    pub fn needs_trust(&self) -> bool {
        let says_models = || self.table(FileKind::Config).contains_key("models");
        self.files.keys().any(|name| name != FileKind::Config.file_name()) || says_models()
    }

    /// The files that count for nothing before they are trusted. Settings that only
    /// tighten hold at once: to write them changes nothing of what was trusted.
    fn weighed(&self) -> impl Iterator<Item = (&str, &str)> {
        let only_tightens = !self.table(FileKind::Config).contains_key("models");
        let files = self.files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        files.filter(move |(name, _)| !(only_tightens && *name == FileKind::Config.file_name()))
    }

    /// What may be read of it before anybody trusts it.
    #[must_use]
    pub fn tightening(self) -> Self {
        let mut files = self.files;
        files.retain(|name, _| name == FileKind::Config.file_name());
        Self { files, ..self }
    }

    /// What tells it from anything else that a project could bring.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.weighed().flat_map(|(name, text)| [name, text]))
    }

    /// All of it that needs trust, file after file.
    pub fn text(&self) -> String {
        let mut all = String::new();
        for (name, text) in self.weighed() {
            all.extend(["── ", name, " ──\n", text.trim_end(), "\n"]);
        }
        all
    }

    /// What it is, in a few words: the roles and scripts by their names, and what else.
    pub fn summary(&self) -> String {
        let cast = self.table(FileKind::Cast);
        let roles = cast.get("cast").and_then(toml::Value::as_table);
        let names: Vec<&str> = roles.into_iter().flat_map(|it| it.keys()).map(|it| &**it).collect();
        let mut parts: Vec<String> = called("role", &names).into_iter().collect();
        parts.extend(called("script", &self.scripts()));
        let others = [
            (self.files.contains_key(FileKind::Keys.file_name()), "keys"),
            (self.files.contains_key(FileKind::Programs.file_name()), "programs"),
            (self.files.contains_key(FileKind::Mcp.file_name()), "MCP servers"),
            (self.table(FileKind::Config).contains_key("models"), "a choice of models"),
        ];
        parts.extend(others.into_iter().filter(|it| it.0).map(|it| it.1.to_owned()));
        if parts.is_empty() { "settings".to_owned() } else { listed(&parts) }
    }

    /// The scripts by their names.
    pub fn scripts(&self) -> Vec<&str> {
        let names = self.files.keys().filter_map(|it| it.strip_prefix("scripts/"));
        names.filter_map(|it| it.strip_suffix(".toml")).collect()
    }

    /// The files that roles name.
    fn named(&self) -> Vec<String> {
        let cast = self.table(FileKind::Cast);
        let roles = cast.get("cast").and_then(toml::Value::as_table);
        let keys = ["instructions_file", "rehearse"];
        let named = roles.into_iter().flat_map(toml::Table::values).flat_map(|role| {
            keys.iter().filter_map(|key| role.get(*key)?.as_str()).map(str::to_owned)
        });
        named.collect()
    }

    /// A file as a table; empty where it is none, which its reader tells.
    fn table(&self, kind: FileKind) -> toml::Table {
        let text = self.files.get(kind.file_name()).map_or("", String::as_str);
        text.parse().unwrap_or_default()
    }
}

/// `the role a`, `the roles a and b`; nothing where there is none.
fn called(kind: &str, names: &[&str]) -> Option<String> {
    match names {
        [] => None,
        [name] => Some(format!("the {kind} {name}")),
        names => Some(format!("the {kind}s {}", listed(names))),
    }
}

/// `a`, `a and b`, `a, b and c`.
fn listed<T: AsRef<str>>(parts: &[T]) -> String {
    let parts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
    match &parts[..] {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
