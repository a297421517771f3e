//! The program's own log: a file a day in the state folder, never the terminal.

use super::{Environment, Level, Settings};
use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};
use tracing_appender::{
    non_blocking::{NonBlockingBuilder, WorkerGuard},
    rolling::{RollingFileAppender, Rotation},
};
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

/// So many lines wait for the disk at most; then lines are lost. Room for them is
/// made at once: the library's own number, 128,000, costs each start 4 ms.
const LINES: usize = 4096;

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
pub enum LoggingError {
    /// The folder can't be made.
    #[error("the log's folder {} can't be made", path.display())]
    Folder {
        /// Which folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file can't be opened.
    #[error("no log can be written in {}", path.display())]
    File {
        /// In which folder.
        path: PathBuf,
        /// Why.
        source: tracing_appender::rolling::InitError,
    },
    /// The filter is not one.
    #[error("{from} is no filter like \"auteur=debug,reqwest=warn\"")]
    Filter {
        /// Where it was said.
        from: &'static str,
        /// What is wrong with it.
        source: tracing_subscriber::filter::ParseError,
    },
    /// There is a log already.
    #[error("the log was started twice")]
    Twice(#[source] tracing_subscriber::util::TryInitError),
}

/// Starts the log in `STATE/log/auteur.DATE.log`. Keep the guard for as long as
/// the program runs: dropped, it writes what is still waiting. Each record is `clean`ed
/// first: keys are held where they can't be printed, and this is the second fence. What
/// is `hushed`, a directive of a filter, says no more than that to whoever asks.
///
/// # Errors
/// When the folder or the file can't be made, or the filter can't be read.
pub fn start_logging(
    settings: &Settings,
    state: &Path,
    environment: &Environment,
    hushed: &str,
    clean: impl Fn(&str) -> String + Send + 'static,
) -> Result<WorkerGuard, LoggingError> {
    use tracing_subscriber::util::SubscriberInitExt as _;
    let filter = discreet(filter(settings, environment)?, hushed);
    let folder = state.join("log");
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder);
    made.map_err(|source| LoggingError::Folder { path: folder.clone(), source })?;
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("auteur")
        .filename_suffix("log")
        .max_log_files(settings.log.days)
        .build(&folder)
        .map_err(|source| LoggingError::File { path: folder.clone(), source })?;
    let (writer, guard) = NonBlockingBuilder::default()
        .buffered_lines_limit(LINES)
        .finish(Discreet { inner: Private { inner: file, folder, day: None }, clean });
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(writer)
        .finish()
        .try_init()
        .map_err(LoggingError::Twice)?;
    Ok(guard)
}

/// What is wrong with the log's filter, wherever it was set.
pub fn log_filter_fault(settings: &Settings, environment: &Environment) -> Option<LoggingError> {
    filter(settings, environment).err()
}

/// `AUTEUR_LOG`, or the setting's filter, or its level for what we say and
/// warnings of everybody else.
fn filter(settings: &Settings, environment: &Environment) -> Result<EnvFilter, LoggingError> {
    let said = environment.text("AUTEUR_LOG").map(|it| ("AUTEUR_LOG", it));
    let set = || settings.log.filter.as_deref().map(|it| ("log.filter", it));
    if let Some((from, text)) = said.or_else(set) {
        return EnvFilter::try_new(text).map_err(|source| LoggingError::Filter { from, source });
    }
    let level = match settings.log.level {
        Level::Off => return Ok(EnvFilter::new("off")),
        Level::Error => "error",
        Level::Warn => "warn",
        Level::Info => "info",
        Level::Debug => "debug",
        Level::Trace => "trace",
    };
    Ok(EnvFilter::new(format!("warn,auteur={level}")))
}

/// The filter, but for what is nobody's business. One that lets nothing pass stays so.
fn discreet(filter: EnvFilter, hushed: &str) -> EnvFilter {
    match (filter.max_level_hint(), hushed.parse()) {
        (hint, Ok(directive)) if hint != Some(LevelFilter::OFF) => filter.add_directive(directive),
        _ => filter,
    }
}

/// A writer to files of a folder that come and go with the days; each is closed
/// to everybody else. Agents' commands keep the umask of the director.
struct Private<W> {
    inner: W,
    folder: PathBuf,
    /// The day whose file is closed to others already.
    day: Option<i64>,
}

impl<W: io::Write> io::Write for Private<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        let day = jiff::Timestamp::now().as_second() / 86_400;
        if self.day != Some(day) {
            close_to_others(&self.folder);
            self.day = Some(day);
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// The folder is closed to them as well, so one that can't be changed is no
/// reason to write no log.
fn close_to_others(folder: &Path) {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    for file in files.filter(|it| it.file_type().is_ok_and(|kind| kind.is_file())) {
        drop(fs::set_permissions(file.path(), fs::Permissions::from_mode(0o600)));
    }
}

/// A writer that keeps secrets, for what a library says by itself. A record is written
/// in one piece, so a key is never cut in two here.
struct Discreet<W, C> {
    inner: W,
    clean: C,
}

impl<W: io::Write, C: Fn(&str) -> String> io::Write for Discreet<W, C> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let clean = (self.clean)(&String::from_utf8_lossy(bytes));
        self.inner.write_all(clean.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn clean(text: &str) -> String {
        text.replace("sk-canary-3", "[secret]")
    }

    #[test]
    fn a_key_is_blotted_out_wherever_it_stands() {
        let mut writer = Discreet { inner: Vec::new(), clean };
        writer.write_all(b"a sk-canary-2 b sk-canary-3, sk-canary-3\n").unwrap();
        assert_eq!(writer.inner, b"a sk-canary-2 b [secret], [secret]\n");
    }

    #[test]
    fn what_is_hushed_says_no_more_to_whoever_asks() {
        const HUSHED: &str = "library::part=warn";
        let said = |it| discreet(EnvFilter::try_new(it).unwrap(), HUSHED).to_string();
        for it in ["trace", "library=trace", "library::part=trace", "auteur=info"] {
            assert!(said(it).contains(HUSHED), "{it}: {}", said(it));
        }
        assert!(!said("library::part=trace").contains("part=trace"));
        assert_eq!(said("off"), "off");
    }

    #[test]
    fn the_variable_goes_before_the_settings_and_a_wrong_filter_is_said() {
        let mut settings = Settings::built_in().unwrap();
        settings.log.filter = Some("auteur=debug".into());
        let said = |it| filter(&settings, &Environment::of([("AUTEUR_LOG", it)]));
        assert_eq!(said("trace").unwrap().to_string(), "trace");
        assert_eq!(said("").unwrap().to_string(), "auteur=debug");
        assert!(said("auteur=loud").unwrap_err().to_string().contains("AUTEUR_LOG"));
    }

    #[test]
    fn the_log_is_a_file_in_the_state_folder() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::built_in().unwrap();
        let guard =
            start_logging(&settings, folder.path(), &Environment::default(), "x=warn", clean)
                .unwrap();
        tracing::info!(target: "auteur", "saw {}", "sk-canary-3");
        drop(guard);
        let log = fs::read_dir(folder.path().join("log")).unwrap().next().unwrap().unwrap();
        let text = fs::read_to_string(log.path()).unwrap();
        assert!(text.contains("saw [secret]"), "{text}");
        assert_eq!(log.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}
