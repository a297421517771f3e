//! The program's own log: a file a day in the state folder, never the terminal.

use super::{Environment, Level, Settings};
use secrecy::{ExposeSecret as _, SecretString};
use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};
use tracing_appender::{
    non_blocking::{NonBlockingBuilder, WorkerGuard},
    rolling::{RollingFileAppender, Rotation},
};
use tracing_subscriber::EnvFilter;

/// Keys shorter than this are not looked for: they would blot out words.
const SHORTEST: usize = 8;
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
/// the program runs: dropped, it writes what is still waiting.
///
/// # Errors
/// When the folder or the file can't be made, or the filter can't be read.
pub fn start_logging(
    settings: &Settings,
    state: &Path,
    environment: &Environment,
) -> Result<WorkerGuard, LoggingError> {
    use tracing_subscriber::util::SubscriberInitExt as _;
    let filter = filter(settings, environment)?;
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
    let (writer, guard) =
        NonBlockingBuilder::default().buffered_lines_limit(LINES).finish(Discreet {
            inner: Private { inner: file, folder, day: None },
            secrets: secrets(settings, environment),
        });
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

/// Every key in the environment that a provider uses.
fn secrets(settings: &Settings, environment: &Environment) -> Vec<SecretString> {
    let variables = settings.providers.values().filter_map(|it| it.api_key_env.as_deref());
    variables
        .filter_map(|it| environment.secret(it))
        .filter(|it| it.expose_secret().len() >= SHORTEST)
        .collect()
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

/// A writer that keeps secrets. Keys are held where they can't be printed; this
/// is the second fence, for what a library says by itself. A record is written
/// in one piece, so a key is never cut in two here.
struct Discreet<W> {
    inner: W,
    secrets: Vec<SecretString>,
}

impl<W: io::Write> io::Write for Discreet<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut kept = None;
        for secret in &self.secrets {
            let secret = secret.expose_secret();
            let bytes = kept.as_deref().unwrap_or(bytes);
            if memchr::memmem::find(bytes, secret.as_bytes()).is_some() {
                let text = String::from_utf8_lossy(bytes).replace(secret, "[secret]");
                kept = Some(text.into_bytes());
            }
        }
        self.inner.write_all(kept.as_deref().unwrap_or(bytes))?;
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

    #[test]
    fn a_key_is_blotted_out_wherever_it_stands() {
        let secrets = vec![SecretString::from("sk-canary-1"), SecretString::from("sk-canary-2")];
        let mut writer = Discreet { inner: Vec::new(), secrets };
        writer.write_all(b"a sk-canary-2 b sk-canary-1, sk-canary-1\n").unwrap();
        assert_eq!(writer.inner, b"a [secret] b [secret], [secret]\n");
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
        let environment = Environment::of([("OPENAI_API_KEY", "sk-canary-3")]);
        let guard = start_logging(&settings, folder.path(), &environment).unwrap();
        tracing::info!(target: "auteur", "saw {}", "sk-canary-3");
        drop(guard);
        let log = fs::read_dir(folder.path().join("log")).unwrap().next().unwrap().unwrap();
        let text = fs::read_to_string(log.path()).unwrap();
        assert!(text.contains("saw [secret]"), "{text}");
        assert_eq!(log.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}
