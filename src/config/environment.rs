//! The one place that reads the process's environment.

use secrecy::SecretString;
use std::{
    collections::BTreeMap,
    ffi::OsString,
    fmt,
    path::{Path, PathBuf},
};

/// Says how a session is told, for this run of the program: see `ui.output`.
pub const OUTPUT: &str = "AUTEUR_OUTPUT";

/// The environment as it was when the program started. `main` captures it once
/// and hands it on, so that nothing later depends on hidden state and a test
/// can say what there is.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<OsString, OsString>,
}

impl Environment {
    /// What the process was given.
    pub fn capture() -> Self {
        Self { variables: std::env::vars_os().collect() }
    }

    /// What a test says there is.
    pub fn of<const N: usize>(variables: [(&str, &str); N]) -> Self {
        let variables = variables.map(|(name, value)| (name.into(), value.into()));
        Self { variables: variables.into() }
    }

    /// The same with one more variable: what the command line says beyond the settings.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// Whether lines are wanted in the place of a screen, whatever the settings say.
    pub fn wants_lines(&self) -> bool {
        self.text(OUTPUT) == Some("linear")
    }

    /// A variable that is set, not empty, and text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.raw(name)?.to_str()
    }

    /// A variable that holds an absolute path; a relative one counts as unset,
    /// as the XDG base directory specification asks.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.raw(name).map(PathBuf::from).filter(|it| it.is_absolute())
    }

    /// A variable that holds a secret, without the blanks around it.
    pub fn secret(&self, name: &str) -> Option<SecretString> {
        let text = self.text(name)?.trim();
        (!text.is_empty()).then(|| SecretString::from(text))
    }

    /// The variables that a child of ours may see: those named, or that begin
    /// with a name that ends in a star. Everything else stays here, keys above all.
    pub fn only(&self, names: &[&str]) -> Vec<(String, String)> {
        let wanted = |variable: &str| {
            names.iter().any(|name| match name.strip_suffix('*') {
                Some(start) => variable.starts_with(start),
                None => variable == *name,
            })
        };
        let text = |it: &OsString| it.to_str().map(str::to_owned);
        self.variables
            .iter()
            .filter_map(|(name, value)| text(name).zip(text(value)))
            .filter(|(name, _)| wanted(name))
            .collect()
    }

    /// The home folder.
    pub fn home(&self) -> Option<PathBuf> {
        self.path("HOME")
    }

    /// Who is at the keyboard: the author of directions.
    pub fn user(&self) -> &str {
        self.text("USER").or_else(|| self.text("LOGNAME")).unwrap_or("director")
    }

    /// The user's editor, with its arguments.
    pub fn editor(&self) -> Option<&str> {
        self.text("VISUAL").or_else(|| self.text("EDITOR"))
    }

    /// The user's shell.
    pub fn shell(&self) -> Option<PathBuf> {
        self.path("SHELL")
    }

    /// The terminal's kind, as `TERM` says.
    pub fn term(&self) -> Option<&str> {
        self.text("TERM")
    }

    /// Whether colours are unwanted (<https://no-color.org>).
    pub fn wants_no_colour(&self) -> bool {
        self.raw("NO_COLOR").is_some()
    }

    /// Whether the terminal is said to be light, as `COLORFGBG` tells it: the numbers of its
    /// colours, the background's last (<https://invisible-island.net/rxvt>). None where it
    /// is not told.
    pub fn is_light(&self) -> Option<bool> {
        let background: u8 = self.text("COLORFGBG")?.rsplit(';').next()?.parse().ok()?;
        Some(background == 7 || (9..=15).contains(&background))
    }

    /// How many colours the terminal says it has: 0, 16, 256 or 16 million.
    pub fn colours(&self) -> u32 {
        let term = self.term().unwrap_or_default();
        if self.wants_no_colour() || term == "dumb" {
            return 0;
        }
        let truecolor = ["truecolor", "24bit"];
        let said = self.text("COLORTERM").is_some_and(|it| truecolor.contains(&it));
        let direct = term.contains("direct") || term.contains("kitty") || term.contains("ghostty");
        if said || direct || self.raw("WT_SESSION").is_some() {
            1 << 24
        } else if term.contains("256color") {
            256
        } else {
            16
        }
    }

    /// Where a program is, looked for as a shell does.
    pub fn find_program(&self, name: &str) -> Option<PathBuf> {
        if name.contains('/') {
            return is_program(Path::new(name)).then(|| PathBuf::from(name));
        }
        std::env::split_paths(self.raw("PATH")?)
            .filter(|it| it.is_absolute())
            .map(|folder| folder.join(name))
            .find(|it| is_program(it))
    }

    fn raw(&self, name: &str) -> Option<&OsString> {
        self.variables.get(std::ffi::OsStr::new(name)).filter(|it| !it.is_empty())
    }
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}

/// Names only: half of the values are somebody's secret.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_never_in_the_debug_text() {
        let environment = Environment::of([("ANTHROPIC_API_KEY", "sk-canary")]);
        assert!(!format!("{environment:?}").contains("canary"));
    }

    #[test]
    fn a_child_sees_what_is_named_and_no_more() {
        let environment =
            Environment::of([("PATH", "/bin"), ("LC_ALL", "C"), ("OPENAI_API_KEY", "sk")]);
        let seen = environment.only(&["PATH", "LC_*"]);
        assert_eq!(seen, [("LC_ALL".into(), "C".into()), ("PATH".into(), "/bin".into())]);
    }

    #[test]
    fn an_empty_or_blank_key_is_no_key() {
        let environment = Environment::of([("A", ""), ("B", "  \n")]);
        assert!(environment.secret("A").is_none() && environment.secret("B").is_none());
    }

    #[test]
    fn the_terminal_is_believed_about_its_colours() {
        let of = |term, colorterm| Environment::of([("TERM", term), ("COLORTERM", colorterm)]);
        let counts = [
            of("xterm", ""),
            of("xterm-256color", ""),
            of("xterm", "truecolor"),
            of("dumb", "truecolor"),
        ]
        .map(|it| it.colours());
        assert_eq!(counts, [16, 256, 1 << 24, 0]);
        assert_eq!(Environment::of([("NO_COLOR", "1"), ("COLORTERM", "24bit")]).colours(), 0);
    }

    #[test]
    fn the_number_of_the_background_tells_a_light_terminal() {
        let of = |told| Environment::of([("COLORFGBG", told)]).is_light();
        assert_eq!(
            (of("0;15"), of("15;0"), of("0;default;7")),
            (Some(true), Some(false), Some(true))
        );
        assert_eq!((of("0;default"), of(""), Environment::of([]).is_light()), (None, None, None));
    }
}
