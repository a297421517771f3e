//! Which scripts there are, and where each is from.

use crate::config::{Brought, ConfigError, Environment, Fault, Layer, Paths, Source, read_file};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Scripts that come with the program.
const BUILT_IN: [(&str, &str); 5] = [
    ("docs", include_str!("../../../config/scripts/docs.toml")),
    ("feature", include_str!("../../../config/scripts/feature.toml")),
    ("plan", include_str!("../../../config/scripts/plan.toml")),
    ("review", include_str!("../../../config/scripts/review.toml")),
    ("watch", include_str!("../../../config/scripts/watch.toml")),
];

/// All scripts by their names: the project's before the user's, and those before the
/// ones that come with the program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Library {
    scripts: BTreeMap<String, Source>,
    /// What could not be read.
    pub faults: Vec<Fault>,
}

/// What somebody calls a script by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Its name in the library.
    Name(String),
    /// A file.
    File(PathBuf),
}

impl Place {
    /// What is meant: a file has a folder or an ending.
    pub fn of(text: &str) -> Self {
        let path = Path::new(text);
        let is_toml = path.extension().is_some_and(|it| it.eq_ignore_ascii_case("toml"));
        if is_toml || text.contains('/') {
            Self::File(path.to_owned())
        } else {
            Self::Name(text.to_owned())
        }
    }
}

impl Library {
    /// Those that come with the program.
    pub fn built_in() -> Self {
        let source = |(name, text): (&str, &str)| {
            let file = format!("config/scripts/{name}.toml (built in)");
            (name.to_owned(), Source::new(Layer::BuiltIn, &file, text))
        };
        Self { scripts: BUILT_IN.map(source).into(), faults: Vec::new() }
    }

    /// All there are, with those of the project that count.
    pub fn read(environment: &Environment, brought: &Brought) -> Self {
        let mut library = Self::built_in();
        if let Some(folder) = Paths::new(environment, Path::new("")).user {
            library.read_folder(&folder.join("scripts"));
        }
        library.faults.extend(brought.faults.iter().filter(|it| is_script(&it.file)).cloned());
        let beside = Arc::new(brought.files.clone());
        for (file, text) in &brought.files {
            let name = file.strip_prefix("scripts/").and_then(|it| it.strip_suffix(".toml"));
            if let Some(name) = name {
                let path = brought.folder.join(file).display().to_string();
                let source = Source::new(Layer::Project, &path, text);
                let source = Source { beside: Some(Arc::clone(&beside)), ..source };
                library.scripts.insert(name.to_owned(), source);
            }
        }
        library
    }

    /// One more, over those there are.
    #[must_use]
    pub fn with(mut self, name: &str, source: Source) -> Self {
        self.scripts.insert(name.to_owned(), source);
        self
    }

    /// What they are called.
    pub fn names(&self) -> Vec<&str> {
        self.scripts.keys().map(String::as_str).collect()
    }

    /// One of them.
    pub fn source(&self, name: &str) -> Option<&Source> {
        self.scripts.get(name)
    }

    /// A script that somebody asks for, with its name.
    ///
    /// # Errors
    /// When there is none, or it can't be read.
    pub fn find(&self, place: &Place) -> Result<(String, Source), ConfigError> {
        let wrong = |fault: Fault| ConfigError { faults: vec![fault] };
        match place {
            Place::File(path) => {
                let file = path.display().to_string();
                let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                match read_file(path) {
                    Ok(Some(text)) => Ok((name, Source::new(Layer::User, &file, &text))),
                    Ok(None) => {
                        let mend = "a script without a folder is named without .toml";
                        let mend = Some(mend.to_owned());
                        Err(wrong(Fault::of_file(&file, "there is no such file", mend)))
                    }
                    Err((why, mend)) => Err(wrong(Fault::of_file(&file, why, Some(mend)))),
                }
            }
            Place::Name(name) => {
                let found = self.source(name).cloned().map(|it| (name.clone(), it));
                found.ok_or_else(|| {
                    let meant = crate::config::closest(name, &self.names());
                    let mend = meant.map_or_else(
                        || format!("there is {}", self.names().join(", ")),
                        |it| format!("did you mean `{it}`?"),
                    );
                    wrong(Fault::of_file(name, "there is no script of that name", Some(mend)))
                })
            }
        }
    }

    /// A script that another one names: among what lies beside it where that is known, or
    /// in its folder, where that is a file of the user's own; or in the library.
    pub(super) fn near(&self, source: &Source, name: &str) -> Option<Source> {
        let file = format!("scripts/{name}.toml");
        if let Some(text) = source.beside.as_ref().and_then(|it| it.get(&file)) {
            return Some(Source { name: file, text: text.clone(), ..source.clone() });
        }
        let folder = Path::new(&source.name).parent().filter(|_| source.layer == Layer::User);
        let path =
            folder.filter(|_| super::is_name(name)).map(|it| it.join(format!("{name}.toml")));
        let beside = path.and_then(|path| {
            let text = read_file(&path).ok()??;
            Some(Source::new(Layer::User, &path.display().to_string(), &text))
        });
        beside.or_else(|| self.source(name).cloned())
    }

    fn read_folder(&mut self, folder: &Path) {
        let Ok(entries) = folder.read_dir() else { return };
        let mut paths: Vec<PathBuf> = entries.filter_map(|it| Some(it.ok()?.path())).collect();
        paths.sort();
        for path in paths.iter().filter(|it| it.extension().is_some_and(|it| it == "toml")) {
            let file = path.display().to_string();
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            match read_file(path) {
                Ok(Some(text)) => {
                    self.scripts.insert(name, Source::new(Layer::User, &file, &text));
                }
                Ok(None) => {}
                Err((why, mend)) => self.faults.push(Fault::of_file(&file, why, Some(mend))),
            }
        }
    }
}

fn is_script(file: &str) -> bool {
    Path::new(file).parent().is_some_and(|it| it.ends_with("scripts"))
}
