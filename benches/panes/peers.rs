//! The programs that are compared: how each is started with its panes.

use std::{env, fmt::Write as _, fs, path::Path};

const OURS: &str = env!("CARGO_BIN_EXE_auteur");

/// A program that runs commands in panes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Peer {
    Auteur,
    Tmux,
    Screen,
    Mprocs,
}

/// How much of them is on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Show {
    /// One, as large as it can be.
    One,
    /// All of them, or as many as fit.
    All,
}

impl Peer {
    pub(crate) const fn all() -> [Self; 4] {
        [Self::Auteur, Self::Tmux, Self::Screen, Self::Mprocs]
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Auteur => "auteur",
            Self::Tmux => "tmux",
            Self::Screen => "screen",
            Self::Mprocs => "mprocs",
        }
    }

    pub(crate) const fn is_ours(self) -> bool {
        matches!(self, Self::Auteur)
    }

    pub(crate) fn is_here(self) -> bool {
        let path = env::var_os("PATH").unwrap_or_default();
        self.is_ours() || env::split_paths(&path).any(|it| it.join(self.name()).is_file())
    }

    /// What stands on the first whole frame: ours does not wait for what runs.
    pub(crate) const fn first_words(self, panes: usize) -> &'static str {
        if self.is_ours() && panes > 1 { "quit" } else { "REA1DY" }
    }

    /// What is pressed once it is up, so that one pane is seen alone, if it has to
    /// be asked.
    pub(crate) const fn looks(self, show: Show) -> &'static [&'static str] {
        match (self, show) {
            (Self::Auteur, Show::One) => &["\r"],
            _ => &[],
        }
    }

    /// What is pressed so that the pane with the focus gets the keys.
    pub(crate) const fn types(self, show: Show) -> &'static [&'static str] {
        match (self, show) {
            (Self::Auteur, Show::One) => &["\r"],
            (Self::Auteur, Show::All) => &["\r", "\r"],
            (Self::Mprocs, _) => &["\x01"],
            _ => &[],
        }
    }

    /// The command that starts it with these in its panes, the first one having
    /// the focus; none where it can't show them so.
    pub(crate) fn command(
        self,
        commands: &[Vec<String>],
        show: Show,
        folder: &Path,
    ) -> Option<Vec<String>> {
        match self {
            Self::Auteur => Some(ours(commands, folder)),
            Self::Tmux => Some(tmux(commands, show, folder)),
            Self::Screen if show == Show::One => Some(screen(commands, folder)),
            Self::Mprocs if show == Show::One => Some(mprocs(commands)),
            Self::Screen | Self::Mprocs => None,
        }
    }
}

fn words(all: &[&str]) -> Vec<String> {
    all.iter().map(|it| (*it).to_owned()).collect()
}

/// One role for each command, and an agent for each pane.
fn ours(commands: &[Vec<String>], folder: &Path) -> Vec<String> {
    let settings = folder.join("auteur");
    fs::create_dir_all(&settings).unwrap();
    let (mut programs, mut cast) = (String::new(), String::new());
    let mut kinds: Vec<&Vec<String>> = Vec::new();
    let mut command = words(&[OURS, "run"]);
    for it in commands {
        let kind = kinds.iter().position(|known| *known == it).unwrap_or_else(|| {
            let number = kinds.len();
            // A brief that is an argument is not typed.
            let argv: Vec<String> = it.iter().map(|it| format!("{it:?}")).collect();
            let argv = argv.join(", ");
            let shell = r#""sh", "-c", "shift; exec \"$@\"", "sh", "{brief}""#;
            writeln!(programs, "[programs.pane{number}]\nengine = \"pty\"").unwrap();
            writeln!(programs, "command = [{shell}, {argv}]").unwrap();
            writeln!(cast, "[cast.pane{number}]\npurpose = \"A pane\"").unwrap();
            writeln!(cast, "program = \"pane{number}\"").unwrap();
            kinds.push(it);
            number
        });
        command.extend([format!("pane{kind}"), "run".to_owned()]);
    }
    fs::write(settings.join("programs.toml"), programs).unwrap();
    fs::write(settings.join("cast.toml"), cast).unwrap();
    fs::write(
        settings.join("config.toml"),
        "[limits]\nmax_running = 1000\n\n[sandbox]\nmode = \"off\"\n",
    )
    .unwrap();
    command
}

/// The first is made last, which leaves it the focus.
fn tmux(commands: &[Vec<String>], show: Show, folder: &Path) -> Vec<String> {
    let socket = folder.join("tmux").display().to_string();
    let mut command = words(&["tmux", "-S", &socket, "-f", "/dev/null"]);
    for (count, it) in commands.iter().rev().enumerate() {
        match (count, show) {
            (0, _) => command.push("new-session".to_owned()),
            (_, Show::One) => command.extend(words(&[";", "new-window"])),
            (_, Show::All) => command.extend(words(&[";", "split-window"])),
        }
        command.extend(it.iter().cloned());
        if show == Show::All {
            command.extend(words(&[";", "select-layout", "tiled"]));
        }
    }
    command
}

fn screen(commands: &[Vec<String>], folder: &Path) -> Vec<String> {
    let mut file = "startup_message off\ndefscrollback 2000\n".to_owned();
    for it in commands.iter().rev() {
        let quoted: Vec<String> = it.iter().map(|it| format!("'{it}'")).collect();
        writeln!(file, "screen {}", quoted.join(" ")).unwrap();
    }
    let path = folder.join("screenrc");
    fs::write(&path, file).unwrap();
    words(&["screen", "-c", &path.display().to_string()])
}

fn mprocs(commands: &[Vec<String>]) -> Vec<String> {
    let mut command = words(&["mprocs"]);
    for it in commands {
        let quoted: Vec<String> = it.iter().map(|it| format!("'{it}'")).collect();
        command.push(quoted.join(" "));
    }
    command
}
