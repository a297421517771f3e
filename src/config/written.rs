//! Where the cast is written: which files say something of a role, and on which line.

use super::{Brought, Environment, FileKind, Layer, layers::at, sources};
use std::collections::BTreeMap;
use toml::de::DeTable;

/// A place where something is said of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The file.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// Whose file it is.
    pub layer: Layer,
}

/// Where something is said of each role, the file that counts most last.
pub fn written(environment: &Environment, brought: &Brought) -> BTreeMap<String, Vec<Written>> {
    let (files, _told_by_who_loads_them) = sources(FileKind::Cast, environment, brought);
    let mut places: BTreeMap<String, Vec<Written>> = BTreeMap::new();
    for source in files {
        let (document, _told_too) = DeTable::parse_recoverable(&source.text);
        let Some(cast) = at(document.get_ref(), &["cast"]).and_then(|it| it.get_ref().as_table())
        else {
            continue;
        };
        for name in cast.keys() {
            let before = source.text.get(..name.span().start).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let (file, layer) = (source.name.clone(), source.layer);
            places.entry(name.get_ref().to_string()).or_default().push(Written {
                file,
                line,
                layer,
            });
        }
    }
    places
}

impl std::fmt::Display for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.layer {
            Layer::BuiltIn => f.write_str("the program itself"),
            Layer::User | Layer::Project => write!(f, "{}:{}", self.file, self.line),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_written_where_each_file_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let text = "# mine\n\n[cast.tester]\nbudget = \"1\"\n";
        std::fs::create_dir(folder.path().join("auteur")).unwrap();
        std::fs::write(folder.path().join("auteur/cast.toml"), text).unwrap();
        let home = folder.path().to_str().unwrap();
        let environment = Environment::of([("XDG_CONFIG_HOME", home)]);
        let places = written(&environment, &Brought::default());
        let told: Vec<String> = places["tester"].iter().map(ToString::to_string).collect();
        let own = format!("{home}/auteur/cast.toml:3");
        assert_eq!(told, ["the program itself".to_owned(), own]);
        assert_eq!(places["reviewer"].len(), 1);
    }
}
