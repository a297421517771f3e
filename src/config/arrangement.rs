//! How the director has arranged the stage, under names: `layouts.toml` beside
//! `config.toml`, which can be written by hand as well.

use super::{Environment, Paths, StageLayout, rewrite::write_over, source};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};
use toml_edit::{Array, DocumentMut, Item, Table, value};

/// The file.
const FILE: &str = "layouts.toml";

/// How the stage is arranged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Arrangement {
    /// How panes are laid out.
    pub layout: StageLayout,
    /// What agents are ordered by.
    pub order: String,
    /// Only agents that fit this are shown; empty for all.
    pub filter: String,
    /// The names of those that stand first.
    pub pinned: Vec<String>,
    /// Whether the list of agents stands beside the panes.
    pub roster: bool,
    /// How much of the stage the strip takes, and how much the list of agents does, in
    /// hundredths; none where the program decides.
    pub strip: Option<u16>,
    /// The same of the list.
    pub list: Option<u16>,
    /// Panes side by side, in proportion: a list holds wherever as many stand in a row.
    pub columns: Vec<Vec<u16>>,
    /// Rows of panes, in the same way.
    pub rows: Vec<Vec<u16>>,
}

/// All that there are.
///
/// # Errors
/// When the file can't be read, or says something that there is not; in words.
pub fn arrangements(environment: &Environment) -> Result<BTreeMap<String, Arrangement>, String> {
    let Some(file) = place(environment) else { return Ok(BTreeMap::new()) };
    let text = read(&file)?;
    toml::from_str(&text).map_err(|error| format!("{}: {}", file.display(), error.message()))
}

/// Writes one under its name; says where. All else in the file stays as it is.
///
/// # Errors
/// When that can't be done; in words.
pub fn keep_arrangement(
    environment: &Environment,
    name: &str,
    arrangement: &Arrangement,
) -> Result<PathBuf, String> {
    let file = place(environment);
    let file = file.ok_or("there is no folder to keep it in: set HOME, or XDG_CONFIG_HOME")?;
    let before = read(&file)?;
    let mut document: DocumentMut = before.parse().map_err(|error: toml_edit::TomlError| {
        format!("{}: {}", file.display(), error.message())
    })?;
    document.insert(name, Item::Table(table(arrangement)));
    write_over(&file, &before, &document.to_string())?;
    Ok(file)
}

fn place(environment: &Environment) -> Option<PathBuf> {
    Some(Paths::new(environment, Path::new("")).user?.join(FILE))
}

fn read(file: &Path) -> Result<String, String> {
    let shown = file.display();
    let text = source::read(file).map_err(|(wrong, mend)| format!("{shown}: {wrong}; {mend}"))?;
    Ok(text.unwrap_or_default())
}

/// It, with what is not as usual.
fn table(arrangement: &Arrangement) -> Table {
    let Arrangement { layout, order, filter, pinned, roster, strip, list, columns, rows } =
        arrangement;
    let mut table = Table::new();
    table.insert("layout", value(layout.name()));
    for (key, text) in [("order", order), ("filter", filter)] {
        if !text.is_empty() {
            table.insert(key, value(text));
        }
    }
    if !pinned.is_empty() {
        table.insert("pinned", value(pinned.iter().collect::<Array>()));
    }
    if *roster {
        table.insert("roster", value(true));
    }
    for (key, share) in [("strip", strip), ("list", list)] {
        if let Some(share) = share {
            table.insert(key, value(i64::from(*share)));
        }
    }
    for (key, lists) in [("columns", columns), ("rows", rows)] {
        if !lists.is_empty() {
            let list = |it: &Vec<u16>| it.iter().map(|it| i64::from(*it)).collect::<Array>();
            table.insert(key, value(lists.iter().map(list).collect::<Array>()));
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again_and_all_else_of_the_file_stays() {
        let folder = tempfile::tempdir().unwrap();
        let environment = Environment::of([("XDG_CONFIG_HOME", folder.path().to_str().unwrap())]);
        assert_eq!(arrangements(&environment), Ok(BTreeMap::new()));
        let night = Arrangement {
            layout: StageLayout::Focus,
            order: "need".into(),
            filter: "role \"x\"".into(),
            pinned: vec!["scout".into()],
            roster: true,
            strip: Some(40),
            list: None,
            columns: vec![vec![70, 50], vec![1, 2, 1]],
            rows: Vec::new(),
        };
        let file = keep_arrangement(&environment, "night", &night).unwrap();
        let mine = "# mine\n[day]\nlayout = \"columns\"\n\n";
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, format!("{mine}{text}")).unwrap();
        let other = Arrangement { layout: StageLayout::Single, ..Arrangement::default() };
        keep_arrangement(&environment, "night", &night).unwrap();
        keep_arrangement(&environment, "work", &other).unwrap();
        let all = arrangements(&environment).unwrap();
        assert_eq!(all.keys().collect::<Vec<_>>(), ["day", "night", "work"]);
        assert_eq!((&all["night"], &all["work"]), (&night, &other));
        assert!(std::fs::read_to_string(&file).unwrap().starts_with(mine));
        std::fs::write(&file, "[day]\nlayuot = 1\n").unwrap();
        let wrong = arrangements(&environment).unwrap_err();
        assert!(wrong.contains("layouts.toml") && wrong.contains("layuot"), "{wrong}");
    }
}
