//! Whether the director trusts what a project brings: by its content, word for
//! word, and by the folder it lies in. Kept where only the user can write.

use super::{Brought, Environment, FileKind, Paths, Settings, layers, sources};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

/// How what a project brings stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Standing {
    /// It brings nothing that would need trust.
    #[default]
    Nothing,
    /// Exactly this was trusted.
    Trusted,
    /// Nobody was asked about it yet.
    New,
    /// Something else was trusted: it has changed since.
    Changed {
        /// What was trusted.
        before: String,
    },
}

/// What was trusted, as it is kept.
#[derive(Debug, Serialize, Deserialize)]
struct Trusted {
    project: PathBuf,
    sha256: String,
    /// All of it, to show later what has changed.
    text: String,
}

/// What is trusted of one project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    project: PathBuf,
    file: PathBuf,
}

/// How what a project brings stands; nobody is asked. Where there is no place to
/// keep it, nothing is trusted.
pub fn standing(environment: &Environment, project: &Path, brought: &Brought) -> Standing {
    if !brought.needs_trust() {
        return Standing::Nothing;
    }
    let trust = Trust::of(environment, project);
    trust.map_or(Standing::New, |trust| trust.standing(brought))
}

impl Trust {
    /// What is trusted of the project in this folder; none where the user has no
    /// folder for it. The project has no say in which folder that is.
    pub fn of(environment: &Environment, project: &Path) -> Option<Self> {
        let (own, _faults) = sources(FileKind::Config, environment, &Brought::default());
        let (settings, _faults) = layers::fold::<Settings>(&own, &());
        let state = Paths::state(environment, &settings?)?;
        let project = project.canonicalize().ok()?;
        let place = crate::model::Fingerprint::of([&*project.to_string_lossy()]).to_string();
        let file = state.join("trust").join(format!("{}.json", place.get(..32)?));
        Some(Self { project, file })
    }

    /// Where it is kept.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// How this stands.
    pub fn standing(&self, brought: &Brought) -> Standing {
        match self.read() {
            _ if !brought.needs_trust() => Standing::Nothing,
            Some(it) if it.sha256 == brought.fingerprint().to_string() => Standing::Trusted,
            Some(it) => Standing::Changed { before: it.text },
            None => Standing::New,
        }
    }

    /// Trusts exactly this from now on.
    ///
    /// # Errors
    /// When it can't be kept.
    pub fn trust(&self, brought: &Brought) -> io::Result<()> {
        let trusted = Trusted {
            project: self.project.clone(),
            sha256: brought.fingerprint().to_string(),
            text: brought.text(),
        };
        let folder = self.file.parent().unwrap_or(Path::new("."));
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        if is_link(folder) {
            let wrong =
                format!("{} is a link, and may lead to what others write", folder.display());
            return Err(io::Error::other(wrong));
        }
        let fresh = self.file.with_extension(uuid::Uuid::now_v7().to_string());
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh)?;
        file.write_all(&serde_json::to_vec_pretty(&trusted)?)?;
        file.sync_all()?;
        fs::rename(&fresh, &self.file)
    }

    /// Trusts nothing of the project any more; says whether something was.
    ///
    /// # Errors
    /// When it can't be taken back.
    pub fn revoke(&self) -> io::Result<bool> {
        match fs::remove_file(&self.file) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// What was trusted here; nothing where that can't be read for certain.
    fn read(&self) -> Option<Trusted> {
        if is_link(self.file.parent()?) || is_link(&self.file) {
            return None;
        }
        let kept: Trusted = serde_json::from_slice(&fs::read(&self.file).ok()?).ok()?;
        (kept.project == self.project).then_some(kept)
    }
}

fn is_link(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|it| it.is_symlink())
}
