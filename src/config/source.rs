//! The files that settings are read from, in the order in which they count.

use super::{Environment, Fault, Paths};
use std::{io::Read as _, path::Path};

/// No settings file is larger, in bytes.
const LARGEST: u64 = 1_000_000;

/// Which settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// How the program works.
    Config,
    /// Which programs of others can be agents.
    Programs,
    /// Who there is to work.
    Cast,
    /// What keys do.
    Keys,
}

/// Who wrote a file, and so how far it is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// We did.
    BuiltIn,
    /// The user did.
    User,
    /// It came with the project: it may tighten, never loosen.
    Project,
}

/// One file of settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its path, or a name for a built-in one.
    pub name: String,
    /// What it says.
    pub text: String,
    /// Who wrote it.
    pub layer: Layer,
}

impl FileKind {
    /// The file's name in the user's and the project's folder.
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Config => "config.toml",
            Self::Programs => "programs.toml",
            Self::Cast => "cast.toml",
            Self::Keys => "keys.toml",
        }
    }

    /// The defaults.
    pub fn built_in(self) -> Source {
        let (name, text) = match self {
            Self::Config => ("config/default.toml", include_str!("../../config/default.toml")),
            Self::Programs => ("config/programs.toml", include_str!("../../config/programs.toml")),
            Self::Cast => ("config/cast.toml", include_str!("../../config/cast.toml")),
            Self::Keys => ("config/keys.toml", include_str!("../../config/keys.toml")),
        };
        Source { name: format!("{name} (built in)"), text: text.to_owned(), layer: Layer::BuiltIn }
    }
}

impl Layer {
    /// Whose files these are, in a word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BuiltIn => "built in",
            Self::User => "yours",
            Self::Project => "project",
        }
    }
}

impl Source {
    /// A file of a test, or one that is not on a disk.
    pub fn new(layer: Layer, name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), text: text.to_owned(), layer }
    }
}

/// The files there are of a kind: built in, the user's, the project's.
///
/// # Errors
/// A fault for each file that is there and can't be read.
pub fn sources(
    kind: FileKind,
    environment: &Environment,
    project: &Path,
) -> (Vec<Source>, Vec<Fault>) {
    let paths = Paths::new(environment, project);
    let mut found = vec![kind.built_in()];
    let mut faults = Vec::new();
    let folders =
        [(Layer::User, paths.user.clone()), (Layer::Project, Some(paths.project.clone()))];
    for (layer, folder) in folders {
        let Some(folder) = folder else { continue };
        let path = folder.join(kind.file_name());
        match read(&path) {
            Ok(Some(text)) => {
                found.push(Source { name: path.display().to_string(), text, layer });
            }
            Ok(None) => {}
            Err((wrong, mend)) => {
                faults.push(Fault::of_file(&path.display().to_string(), wrong, Some(mend)));
            }
        }
    }
    (found, faults)
}

/// The text of a file, or nothing if there is no such file.
fn read(path: &Path) -> Result<Option<String>, (String, String)> {
    let told = |error: &std::io::Error| {
        (format!("can't be read: {error}"), "make it readable, or move it away".to_owned())
    };
    let absent = [std::io::ErrorKind::NotFound, std::io::ErrorKind::NotADirectory];
    let meta = match path.metadata() {
        Ok(meta) => meta,
        Err(error) if absent.contains(&error.kind()) => return Ok(None),
        Err(error) => return Err(told(&error)),
    };
    if !meta.is_file() {
        return Err(("is not a file".to_owned(), "move it away".to_owned()));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
        .map_err(|error| told(&error))?;
    if bytes.len() as u64 > LARGEST {
        let wrong = format!("is larger than {LARGEST} bytes");
        return Err((wrong, "settings are small: is this the right file?".to_owned()));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(error) => {
            let wrong = format!("is not UTF-8 (byte {})", error.utf8_error().valid_up_to() + 1);
            Err((wrong, "save it as UTF-8".to_owned()))
        }
    }
}
