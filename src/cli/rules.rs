//! What only those can judge who use it, found in the files that say it: rules, hosts, the
//! theme.

use super::House;
use crate::{
    config::{
        self, Brought, Config, ConfigError, Environment, Fault, FileKind, Paths, Reach, Settings,
        closest, fault_in,
    },
    model::Network,
    tools::{
        Host,
        policy::{Decision, Rule},
    },
    ui::{desk::AUTO, theme::Theme},
};
use std::path::Path;

/// What a rule can be about.
const SUBJECTS: [&str; 5] = ["shell", "read", "write", "network", "tool"];

/// Reads all rules, and the hosts that may be reached, for the errors: a rule that is
/// skipped is a hole.
///
/// # Errors
/// All that can't be read, and where it stands.
pub(super) fn check_rules(config: &Config, environment: &Environment) -> Result<(), ConfigError> {
    let heard = config.heard();
    let mut judge = Judge { environment, heard: &heard, faults: Vec::new() };
    let all = &config.settings.permissions;
    judge.hosts(FileKind::Config, &["sandbox", "network"], Some(&config.settings.sandbox.network));
    judge.lists(FileKind::Config, &["permissions"], [&all.allow, &all.ask, &all.deny]);
    for (name, role) in &config.cast.roles {
        let own = &role.permissions;
        judge.hosts(FileKind::Cast, &["cast", name, "network"], role.network.as_ref());
        let keys = ["cast", name, "permissions"];
        judge.lists(FileKind::Cast, &keys, [&own.allow, &own.ask, &own.deny]);
    }
    ConfigError::unless_empty(judge.faults)
}

struct Judge<'a> {
    environment: &'a Environment,
    heard: &'a Brought,
    faults: Vec<Fault>,
}

impl Judge<'_> {
    fn lists(&mut self, kind: FileKind, keys: &[&str], lists: [&Vec<String>; 3]) {
        let names = [("allow", Decision::Allow), ("ask", Decision::Ask), ("deny", Decision::Deny)];
        for ((name, decision), rules) in names.into_iter().zip(lists) {
            let keys = [keys, &[name]].concat();
            for rule in rules {
                if let Err(wrong) = Rule::parse(decision, rule) {
                    let place = (keys.as_slice(), rule.as_str());
                    self.blame(kind, place, &wrong.to_string(), mend_of(rule));
                }
            }
        }
    }

    fn hosts(&mut self, kind: FileKind, keys: &[&str], reach: Option<&Reach>) {
        let Some(Reach(Network::Hosts(hosts))) = reach else { return };
        for host in hosts.iter().filter(|it| Host::read(it).is_none()) {
            let mend = "write it as \"example.com\", \"*.example.com\" or \"127.0.0.1:8080\"";
            self.blame(kind, (keys, host), &format!("{host:?} is no host"), mend.to_owned());
        }
    }

    fn blame(&mut self, kind: FileKind, place: (&[&str], &str), message: &str, mend: String) {
        let files = (kind, self.environment, self.heard);
        self.faults.push(fault_in(files, place, message, Some(mend)));
    }
}

/// What would make a rule of this.
fn mend_of(rule: &str) -> String {
    let (subject, pattern) = rule.split_once('(').unwrap_or((rule, ""));
    match closest(subject, &SUBJECTS) {
        Some(near) if near != subject && !pattern.is_empty() => {
            format!("did you mean `{near}({pattern}`?")
        }
        _ => "write it as \"shell(cargo test *)\", \"write(src/**)\", \"network(docs.rs)\" or \
              \"tool(mcp__db__*)\""
            .to_owned(),
    }
}

/// The theme that is asked for: none where the terminal's background decides. What is wrong
/// with its name stands where it is named.
///
/// # Errors
/// When there is none of that name, or something is wrong in its file.
pub(super) fn theme_named(
    settings: &Settings,
    environment: &Environment,
    project: &Path,
) -> Result<Option<Theme>, ConfigError> {
    let name = settings.ui.theme.as_str();
    if name == AUTO {
        return Ok(None);
    }
    let folder = Paths::new(environment, project).themes();
    Theme::load(name, folder.as_deref()).map(Some).map_err(|error| {
        // A project names no theme.
        let files = (FileKind::Config, environment, &Brought::default());
        let placed = |it: Fault| match it.place {
            Some(_) => it,
            None => fault_in(files, (&["ui", "theme"], name), &it.message, it.mend),
        };
        ConfigError { faults: error.faults.into_iter().map(placed).collect() }
    })
}

/// Reads all that files say and count, with what is wrong in them that only the program can
/// tell. Where something is, a theme that there is not is told with it: not one after the
/// other.
///
/// # Errors
/// Everything that is wrong in any of the files; a theme alone is none: only a screen needs
/// one.
pub(super) fn load(environment: &Environment, project: &Path) -> Result<Config, ConfigError> {
    let read = config::load(environment, project);
    let read = read.and_then(|it| check_rules(&it, environment).map(|()| it));
    read.map_err(|mut error| {
        error.faults.extend(theme_at_fault(environment, project));
        error
    })
}

/// What is wrong with the theme that settings name in which other things are wrong.
pub(super) fn theme_at_fault(environment: &Environment, project: &Path) -> Vec<Fault> {
    let settings = config::settings_as_read(environment);
    let named = settings.map(|it| theme_named(&it, environment, project));
    named.and_then(Result::err).map_or_else(Vec::new, |it| it.faults)
}

impl House {
    /// The theme that is asked for; none where the terminal's background decides.
    ///
    /// # Errors
    /// When there is none of that name, or something is wrong in its file.
    pub(super) fn theme_named(&self) -> Result<Option<Theme>, ConfigError> {
        theme_named(&self.company.config().settings, &self.environment, self.company.project())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is told of a user whose files say this.
    fn told(settings: &str, cast: &str) -> String {
        in_a_home(settings, cast, |environment, project| {
            let config = config::load(environment, project).unwrap();
            let rules = check_rules(&config, environment).err();
            let theme = theme_named(&config.settings, environment, project).err();
            let told: Vec<String> =
                rules.into_iter().chain(theme).map(|it| it.to_string()).collect();
            told.join("\n\n")
        })
    }

    /// What is told to a user whose files say this.
    fn in_a_home(
        settings: &str,
        cast: &str,
        tell: impl Fn(&Environment, &Path) -> String,
    ) -> String {
        let folder = tempfile::tempdir().unwrap();
        let user = folder.path().join("auteur");
        std::fs::create_dir_all(&user).unwrap();
        std::fs::write(user.join("config.toml"), settings).unwrap();
        std::fs::write(user.join("cast.toml"), cast).unwrap();
        let home = folder.path().to_str().unwrap();
        let environment = Environment::of([("XDG_CONFIG_HOME", home)]);
        tell(&environment, folder.path()).replace(home, "~")
    }

    #[test]
    fn a_wrong_theme_is_told_with_all_else_that_is_wrong() {
        let load = |environment: &Environment, project: &Path| {
            let told = load(environment, project).map(drop).unwrap_err();
            let places = told
                .faults
                .iter()
                .map(|it| format!("{}: {}", it.place.as_ref().map_or(0, |it| it.line), it.message));
            places.collect::<Vec<_>>().join("\n")
        };
        let settings = "[ui]\nfpss = 3\ntheme = \"norde\"\nmouse = 3\n";
        let told = in_a_home(settings, "", load);
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines.len(), 3, "{told}");
        assert!(lines[0].starts_with("2: unknown key `fpss`"), "{told}");
        assert!(lines[1].starts_with("4: expected true or false"), "{told}");
        assert!(lines[2].starts_with("3: "), "{told}");
        // With what is wrong in rules, too.
        let settings = "[ui]\ntheme = \"norde\"\n[permissions]\nallow = [\"shel(ls)\"]\n";
        let told = in_a_home(settings, "", load);
        assert!(
            told.starts_with("4: `shel(ls)` is not a rule") && told.contains("\n2: "),
            "{told}"
        );
    }

    #[test]
    fn a_rule_that_is_none_is_told_where_it_stands_with_what_was_meant() {
        let told = told("[permissions]\nallow = [\n  \"shel(ls *)\",\n]\n", "");
        assert!(told.starts_with("~/auteur/config.toml:3:3: `shel(ls *)` is not a rule"), "{told}");
        assert!(told.ends_with("mend: did you mean `shell(ls *)`?"), "{told}");
    }

    #[test]
    fn a_rule_of_a_role_is_told_in_the_file_of_the_cast() {
        let cast = "[cast.reviewer.permissions]\ndeny = [\"everything\"]\n";
        let told = told("[ui]\n", cast);
        assert!(told.starts_with("~/auteur/cast.toml:2:9: `everything` is not a rule"), "{told}");
        assert!(told.contains("mend: write it as \"shell(cargo test *)\""), "{told}");
    }

    #[test]
    fn a_host_that_is_none_is_told_where_it_stands() {
        let told = told("[sandbox]\nnetwork = [\"docs.rs\", \"http://x y\"]\n", "");
        assert!(told.starts_with("~/auteur/config.toml:2:23: "), "{told}");
        assert!(told.contains("is no host") && told.contains("mend: write it as"), "{told}");
    }

    #[test]
    fn a_theme_that_there_is_not_is_told_where_it_is_named() {
        let told = told("[ui]\ntheme = \"norde\"\n", "");
        assert!(told.starts_with("~/auteur/config.toml:2:9: "), "{told}");
        assert!(told.contains("norde") && told.contains("mend: "), "{told}");
    }

    #[test]
    fn a_rule_of_a_project_is_told_in_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join(".auteur");
        std::fs::create_dir_all(&own).unwrap();
        std::fs::write(own.join("config.toml"), "[permissions]\ndeny = [\"shell(\"]\n").unwrap();
        let environment = Environment::of([("XDG_CONFIG_HOME", "/nowhere")]);
        let config = config::load(&environment, folder.path()).unwrap();
        let told = check_rules(&config, &environment).unwrap_err().to_string();
        assert!(told.contains(".auteur/config.toml:2:9: "), "{told}");
    }
}
