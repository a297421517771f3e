//! What of the settings is otherwise, once files were read anew, and when each holds.

use super::{Brought, Environment, FileKind, Said, origins};
use std::collections::BTreeMap;

/// From when on a setting holds that was changed while the program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holds {
    /// At once.
    Now,
    /// For agents that begin from then on; those at work go on as they began.
    NextAgent,
    /// For sessions that begin from then on.
    NextSession,
    /// Once the program is started anew.
    NextStart,
}

impl Holds {
    /// The same, in words behind a setting's name; none where it is at once.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Now => "",
            Self::NextAgent => "for agents from now on",
            Self::NextSession => "from the next session on",
            Self::NextStart => "once auteur is started anew",
        }
    }
}

/// A setting that is otherwise than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Its keys, behind the name of their file where that is not `config.toml`: `ui.theme`,
    /// `cast.tester.budget`.
    pub key: String,
    /// From when on it holds.
    pub holds: Holds,
}

/// From when on a setting of `config.toml` holds, by its keys; nothing where there is none
/// of that name.
pub fn holds(key: &str) -> Option<Holds> {
    use Holds::{NextAgent, NextSession, NextStart, Now};
    let mut parts = key.split('.');
    let (section, name) = (parts.next()?, parts.next().unwrap_or_default());
    Some(match (section, name) {
        ("ui", "output") | ("log" | "state", _) => NextStart,
        ("ui" | "notify" | "watch" | "history" | "providers", _)
        | ("budget", "session" | "day" | "project" | "roles")
        | ("limits", "idle_timeout_s" | "connect_timeout_s") => Now,
        ("limits", "max_running" | "wait_for_quota") => NextSession,
        ("workspace", "default")
        | ("models" | "retry" | "limits" | "budget" | "permissions" | "sandbox" | "prices", _) => {
            NextAgent
        }
        ("workspace" | "session" | "telemetry", _) => NextSession,
        _ => return None,
    })
}

/// All that files say, as it counts: to be held against what they say later.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AllSaid(BTreeMap<String, (toml::Value, Holds)>);

impl AllSaid {
    /// Reads it, with these of a project.
    pub fn read(environment: &Environment, brought: &Brought) -> Self {
        let mut all = BTreeMap::new();
        for kind in [FileKind::Config, FileKind::Programs, FileKind::Mcp, FileKind::Cast] {
            for Said { key, value, .. } in origins(kind, environment, brought) {
                let holds = match kind {
                    FileKind::Config => holds(&key).unwrap_or(Holds::NextStart),
                    _ => Holds::NextAgent,
                };
                all.insert(key, (value, holds));
            }
        }
        for Said { key, value, .. } in origins(FileKind::Keys, environment, brought) {
            all.insert(format!("keys: {key}"), (value, Holds::Now));
        }
        Self(all)
    }

    /// What is otherwise than before, by the keys; what is no longer said, too.
    pub fn changed_since(&self, before: &Self) -> Vec<Changed> {
        let said = |all: &Self, key: &str| all.0.get(key).map(|it| it.0.clone());
        let keys: BTreeMap<&String, Holds> =
            before.0.iter().chain(&self.0).map(|(key, it)| (key, it.1)).collect();
        let changed = keys.into_iter().filter(|(key, _)| said(self, key) != said(before, key));
        changed.map(|(key, holds)| Changed { key: key.clone(), holds }).collect()
    }
}

/// What was taken up, in a line: so many by their names, each kind of them with when it holds.
pub fn taken_up(changed: &[Changed]) -> String {
    const NAMED: usize = 4;
    let mut groups: BTreeMap<Holds, Vec<&str>> = BTreeMap::new();
    for it in changed {
        groups.entry(it.holds).or_default().push(&it.key);
    }
    let told = groups.into_iter().map(|(holds, keys)| {
        let more = keys.len().saturating_sub(NAMED);
        let mut words = keys.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        if more > 0 {
            words = format!("{words} and {more} more");
        }
        match holds.words() {
            "" => words,
            when => format!("{words} ({when})"),
        }
    });
    format!("settings read anew: {}", told.collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::schema_for_config;

    #[test]
    fn of_every_setting_it_is_known_when_it_holds() {
        let schema = schema_for_config();
        for section in schema["properties"].as_object().unwrap().keys() {
            assert!(holds(section).is_some(), "{section}");
        }
        assert_eq!(holds("uii.theme"), None);
    }

    #[test]
    fn what_is_otherwise_is_told_with_when_it_holds() {
        let folder = tempfile::tempdir().unwrap();
        let user = folder.path().join("auteur");
        std::fs::create_dir(&user).unwrap();
        let home = folder.path().to_str().unwrap();
        let environment = Environment::of([("XDG_CONFIG_HOME", home)]);
        let read = |config: &str, cast: &str| {
            std::fs::write(user.join("config.toml"), config).unwrap();
            std::fs::write(user.join("cast.toml"), cast).unwrap();
            AllSaid::read(&environment, &Brought::default())
        };
        let before = read("[ui]\ntheme = \"nord\"\n", "");
        assert_eq!(before.changed_since(&before), []);
        let after = read("[log]\nlevel = \"debug\"\n", "[cast.tester]\nbudget = \"1\"\n");
        let told = taken_up(&after.changed_since(&before));
        assert_eq!(
            told,
            "settings read anew: ui.theme; cast.tester.budget (for agents from now on); \
             log.level (once auteur is started anew)"
        );
        let many: Vec<Changed> =
            (0..6).map(|it| Changed { key: format!("ui.{it}"), holds: Holds::Now }).collect();
        assert_eq!(taken_up(&many), "settings read anew: ui.0, ui.1, ui.2, ui.3 and 2 more");
    }
}
