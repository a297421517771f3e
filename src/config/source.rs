//! The files that settings are read from, in the order in which they count.

use super::{Brought, Environment, Fault, Paths, keymaps};
use std::{collections::BTreeMap, io::Read as _, path::Path, sync::Arc};

/// No settings file is larger, in bytes.
const LARGEST: u64 = 1_000_000;

/// Which settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// How the program works.
    Config,
    /// Which programs of others can be agents.
    Programs,
    /// Which MCP servers there are.
    Mcp,
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
    /// The files that it may name, where they were read with it.
    pub beside: Option<Arc<BTreeMap<String, String>>>,
}

impl FileKind {
    /// The file's name in the user's and the project's folder.
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Config => "config.toml",
            Self::Programs => "programs.toml",
            Self::Mcp => "mcp.toml",
            Self::Cast => "cast.toml",
            Self::Keys => "keys.toml",
        }
    }

    /// The defaults.
    pub fn built_in(self) -> Source {
        let (name, text) = match self {
            Self::Config => ("config/default.toml", include_str!("../../config/default.toml")),
            Self::Programs => ("config/programs.toml", include_str!("../../config/programs.toml")),
            Self::Mcp => ("config/mcp.toml", include_str!("../../config/mcp.toml")),
            Self::Cast => ("config/cast.toml", include_str!("../../config/cast.toml")),
            Self::Keys => ("config/keys.toml", include_str!("../../config/keys.toml")),
        };
        Source::new(Layer::BuiltIn, &format!("{name} (built in)"), text)
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
        Self { name: name.to_owned(), text: text.to_owned(), layer, beside: None }
    }
}

/// The files there are of a kind: built in, the user's, the project's. Of keys, the keymap
/// that the user's settings name comes between the first and the second.
///
/// # Errors
/// A fault for each file that is there and can't be read.
pub fn sources(
    kind: FileKind,
    environment: &Environment,
    brought: &Brought,
) -> (Vec<Source>, Vec<Fault>) {
    let mut found = vec![kind.built_in()];
    let mut faults = Vec::new();
    if kind == FileKind::Keys {
        match keymaps::named(environment) {
            Ok(named) => found.extend(named),
            Err(fault) => faults.push(fault),
        }
    }
    if let Some(folder) = Paths::new(environment, Path::new("")).user {
        let path = folder.join(kind.file_name());
        let name = path.display().to_string();
        match read(&path) {
            Ok(Some(text)) => found.push(Source::new(Layer::User, &name, &text)),
            Ok(None) => {}
            Err((wrong, mend)) => faults.push(Fault::of_file(&name, wrong, Some(mend))),
        }
    }
    let is_of_kind = |it: &&Fault| it.file.ends_with(kind.file_name());
    faults.extend(brought.faults.iter().filter(is_of_kind).cloned());
    if let Some(text) = brought.files.get(kind.file_name()) {
        let name = brought.folder.join(kind.file_name()).display().to_string();
        let beside = Some(Arc::new(brought.files.clone()));
        found.push(Source { beside, ..Source::new(Layer::Project, &name, text) });
    }
    (found, faults)
}

/// The text of a file, or nothing if there is no such file.
pub(crate) fn read(path: &Path) -> Result<Option<String>, (String, String)> {
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
