//! One call to git: its words, its environment, its answer.

use super::{
    Apart, Git, GitError,
    hardened::{DRIVERS, ENVIRONMENT, OVERRULED, flags, looks_at_files, without_driver},
    pipes::{Served, serve},
};
use crate::text::one_line;
use std::{
    ffi::OsString,
    fs::File,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A git that does nothing for so long is ended, in seconds.
const PATIENCE: u64 = 120;
/// The most that is read of an answer, in bytes.
const MOST: usize = 64 * 1024 * 1024;
/// How wide what git says may be, in cells.
const SAID: usize = 200;

/// A call that has not been made yet.
#[derive(Debug, Clone)]
pub struct Call {
    git: Git,
    folder: PathBuf,
    arguments: Vec<OsString>,
    variables: Vec<(&'static str, OsString)>,
    overruled: Vec<(&'static str, String)>,
    input: Vec<u8>,
    input_file: Option<PathBuf>,
    is_apart: bool,
}

/// What git answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The code it ended with; none where a signal ended it.
    pub code: Option<i32>,
    /// What it put out.
    pub out: Vec<u8>,
    /// The last line that it said beside that, harmless.
    pub said: String,
}

impl Call {
    pub(super) fn new<A: Into<OsString>>(
        git: Git,
        folder: &Path,
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        let arguments = arguments.into_iter().map(Into::into).collect();
        Self {
            git,
            folder: folder.to_owned(),
            arguments,
            variables: Vec::new(),
            overruled: Vec::new(),
            input: Vec::new(),
            input_file: None,
            is_apart: false,
        }
    }

    pub(super) fn apart<A: Into<OsString>>(
        git: Git,
        apart: &Apart,
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        let mut call = Self::new(git, &apart.files, arguments);
        call.variables = vec![
            ("GIT_DIR", apart.folder.clone().into()),
            ("GIT_OBJECT_DIRECTORY", apart.objects.clone().into()),
            ("GIT_WORK_TREE", apart.files.clone().into()),
            ("GIT_CONFIG_GLOBAL", "/dev/null".into()),
        ];
        call.is_apart = true;
        call
    }

    /// With a variable besides, such as another index.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<OsString>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// With a setting that goes before every file's.
    #[must_use]
    pub fn overruling(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.overruled.push((name, value.into()));
        self
    }

    /// With something to read.
    #[must_use]
    pub fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    /// With a file to read.
    #[must_use]
    pub fn reading(mut self, file: &Path) -> Self {
        self.input_file = Some(file.to_owned());
        self
    }

    /// Makes the call; how git ended is for the caller to judge.
    ///
    /// # Errors
    /// When git could not be run, hangs, or puts out too much.
    pub fn answer(&self) -> Result<Answer, GitError> {
        let command = self.arguments.first().map(|it| it.to_string_lossy());
        let drivers = match command {
            Some(command) if !self.is_apart && looks_at_files(&command) => self.drivers()?,
            _ => Vec::new(),
        };
        self.make(&drivers)
    }

    /// What git put out.
    ///
    /// # Errors
    /// When it failed, too.
    pub fn bytes(&self) -> Result<Vec<u8>, GitError> {
        let answer = self.answer()?;
        if answer.code == Some(0) { Ok(answer.out) } else { Err(self.failed(answer)) }
    }

    /// What git put out, as one line without its end.
    ///
    /// # Errors
    /// When it failed, too.
    pub fn line(&self) -> Result<String, GitError> {
        let bytes = self.bytes()?;
        Ok(String::from_utf8_lossy(&bytes).trim_end_matches('\n').to_owned())
    }

    /// What git put out with `-z`, field by field.
    ///
    /// # Errors
    /// When it failed, too.
    pub fn fields(&self) -> Result<Vec<Vec<u8>>, GitError> {
        let bytes = self.bytes()?;
        let fields = bytes.split(|it| *it == 0).filter(|it| !it.is_empty());
        Ok(fields.map(<[u8]>::to_vec).collect())
    }

    /// Whether git says yes: it ends with 0 for yes and with 1 for no.
    ///
    /// # Errors
    /// When it ends in any other way.
    pub fn is_true(&self) -> Result<bool, GitError> {
        let answer = self.answer()?;
        match answer.code {
            Some(0) => Ok(true),
            Some(1) => Ok(false),
            _ => Err(self.failed(answer)),
        }
    }

    /// The drivers that the repository names, each with what it is instead.
    fn drivers(&self) -> Result<Vec<(String, String)>, GitError> {
        let mut look = Self::new(self.git.clone(), &self.folder, DRIVERS);
        look.variables.clone_from(&self.variables);
        let answer = look.make(&[])?;
        let names = answer.out.split(|it| *it == 0).filter(|it| !it.is_empty());
        Ok(names.map(|it| without_driver(&String::from_utf8_lossy(it))).collect())
    }

    fn make(&self, drivers: &[(String, String)]) -> Result<Answer, GitError> {
        let mut command = Command::new(&self.git.program);
        command.current_dir(&self.folder).args(self.hardened_arguments());
        command.env_clear().envs(self.git.environment.iter().map(|(name, value)| (name, value)));
        command.envs(ENVIRONMENT.iter().copied());
        let overruled = OVERRULED.iter().copied();
        let drivers = drivers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let own = self.overruled.iter().map(|(name, value)| (*name, value.as_str()));
        let mut count = 0;
        for (name, value) in overruled.chain(own).chain(drivers) {
            command.env(format!("GIT_CONFIG_KEY_{count}"), name);
            command.env(format!("GIT_CONFIG_VALUE_{count}"), value);
            count += 1;
        }
        command.env("GIT_CONFIG_COUNT", count.to_string());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        let stdin = match &self.input_file {
            Some(path) => {
                let failed = |source| GitError::File { path: path.clone(), source };
                Stdio::from(File::open(path).map_err(failed)?)
            }
            None if self.input.is_empty() => Stdio::null(),
            None => Stdio::piped(),
        };
        command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
        // What is typed to end us does not cut git in the middle.
        command.process_group(0);
        self.follow(command)
    }

    fn follow(&self, mut command: Command) -> Result<Answer, GitError> {
        let mut child = command.spawn().map_err(GitError::Start)?;
        let served = serve(&mut child, &self.input, (PATIENCE, MOST));
        if !matches!(served, Ok(Served::Whole(..))) {
            // It may have gone by itself; then there is nothing to end.
            drop(child.kill());
        }
        let status = child.wait().map_err(GitError::Start)?;
        match served.map_err(GitError::Start)? {
            Served::Whole(out, said) => {
                Ok(Answer { code: status.code(), out, said: last_line(&said) })
            }
            Served::Silent => Err(GitError::Hung { what: self.words(), seconds: PATIENCE }),
            Served::TooMuch => Err(GitError::TooMuch { what: self.words(), most: MOST }),
        }
    }

    fn hardened_arguments(&self) -> Vec<OsString> {
        let mut arguments = vec![OsString::from("--no-pager")];
        if let Some((command, rest)) = self.arguments.split_first() {
            arguments.push(command.clone());
            arguments.extend(flags(&command.to_string_lossy()).iter().map(OsString::from));
            arguments.extend(rest.iter().cloned());
        }
        arguments
    }

    /// The command's name, and its own second name: `worktree add`.
    fn words(&self) -> String {
        let is_plain = |it: &&str| it.bytes().all(|it| it.is_ascii_lowercase() || it == b'-');
        let words = self.arguments.iter().take(2).filter_map(|it| it.to_str());
        let words: Vec<_> = words.filter(is_plain).filter(|it| !it.starts_with('-')).collect();
        words.join(" ")
    }

    fn failed(&self, answer: Answer) -> GitError {
        let Answer { code, said, .. } = answer;
        let said = match (said.as_str(), code) {
            ("", Some(code)) => format!("it ended with {code}"),
            ("", None) => "a signal ended it".to_owned(),
            _ => said,
        };
        GitError::Failed { what: self.words(), code, said }
    }
}

/// The last line that says something, without git's own word in front.
fn last_line(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let says = |it: &&str| !it.trim().is_empty() && !it.starts_with("hint:");
    let line = said.lines().rev().find(says).unwrap_or_default().trim();
    let bare = ["fatal: ", "error: "].iter().find_map(|it| line.strip_prefix(it));
    one_line(bare.unwrap_or(line), SAID)
}
