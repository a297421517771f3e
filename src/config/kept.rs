//! A setting that was chosen on the screen, written into the user's own file: nothing else
//! of it changes, and comments stay where they are.

use super::{
    Brought, Environment, FileKind, Layer, Paths, layers::at, source, sources, write_over,
};
use std::path::{Path, PathBuf};
use toml::de::DeTable;
use toml_edit::{DocumentMut, Item, Table, Value};

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSetting {
    /// The file.
    pub file: PathBuf,
    /// A file of the project that says it too, and counts more.
    pub above: Option<String>,
}

/// Writes a setting: `("ui", "theme")` with `nord` becomes `theme = "nord"` under `[ui]`.
/// What the project brings, as far as it counts, is looked through for another word on it.
///
/// # Errors
/// When the file can't be read as TOML, or not be written; in words.
pub fn keep(
    environment: &Environment,
    brought: &Brought,
    (table, key): (&str, &str),
    value: &str,
) -> Result<KeptSetting, String> {
    let folder = Paths::new(environment, Path::new("")).user;
    let folder = folder.ok_or("there is no folder to keep it in: set HOME, or XDG_CONFIG_HOME")?;
    let file = folder.join(FileKind::Config.file_name());
    let shown = file.display();
    let before =
        source::read(&file).map_err(|(wrong, mend)| format!("{shown}: {wrong}; {mend}"))?;
    let before = before.unwrap_or_default();
    let after = with(&before, (table, key), value).map_err(|why| format!("{shown}: {why}"))?;
    write_over(&file, &before, &after)?;
    let (files, _told_by_who_loads_them) = sources(FileKind::Config, environment, brought);
    let says = |text: &str| {
        let (document, _told_too) = DeTable::parse_recoverable(text);
        at(document.get_ref(), &[table, key]).is_some()
    };
    let above = files.iter().find(|it| it.layer == Layer::Project && says(&it.text));
    let above = above.map(|it| it.name.clone());
    Ok(KeptSetting { file, above })
}

/// A file's text with this setting in it.
fn with(text: &str, (table, key): (&str, &str), value: &str) -> Result<String, String> {
    let mut document: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| error.message().to_owned())?;
    let place = document.entry(table).or_insert_with(|| Item::Table(Table::new()));
    let place = place.as_table_like_mut().ok_or_else(|| format!("`{table}` is no table"))?;
    let mut new = Value::from(value);
    match place.get_mut(key) {
        // What stands around the old one, such as a comment behind it, stays.
        Some(old) => {
            if let Some(value) = old.as_value() {
                new.decor_mut().clone_from(value.decor());
            }
            *old = Item::Value(new);
        }
        None => drop(place.insert(key, Item::Value(new))),
    }
    Ok(document.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_setting_is_written_and_all_else_stays() {
        let kept = |text: &str| with(text, ("ui", "theme"), "nord").unwrap();
        assert_eq!(kept(""), "[ui]\ntheme = \"nord\"\n");
        let mine = "# mine\n[log]\nlevel = \"info\" # for now\n\n# looks\n[ui]\n# dark at night\ntheme = \"day\" # today\nmouse = false\n";
        assert_eq!(kept(mine), mine.replace("\"day\"", "\"nord\""));
        assert_eq!(kept("ui.mouse = true\n"), "ui.mouse = true\nui.theme = \"nord\"\n");
        assert_eq!(kept("ui = { theme = \"day\" }\n"), "ui = { theme = \"nord\" }\n");
        let quoted = with("", ("ui", "theme"), "/my \"own\".toml").unwrap();
        let read: toml::Table = quoted.parse().unwrap();
        assert_eq!(read["ui"]["theme"].as_str(), Some("/my \"own\".toml"));
        assert!(with("ui = 7", ("ui", "theme"), "x").unwrap_err().contains("is no table"));
        assert!(with("[ui", ("ui", "theme"), "x").is_err());
    }

    #[test]
    fn it_stands_in_the_users_file_and_a_project_that_says_otherwise_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let (home, project) = (folder.path().join("home"), folder.path().join("project"));
        let environment = Environment::of([("XDG_CONFIG_HOME", home.to_str().unwrap())]);
        let keep = |brought: &Brought| keep(&environment, brought, ("ui", "theme"), "nord");
        let file = home.join("auteur/config.toml");
        let kept = KeptSetting { file: file.clone(), above: None };
        assert_eq!(keep(&Brought::default()), Ok(kept));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "[ui]\ntheme = \"nord\"\n");
        std::fs::create_dir_all(project.join(".auteur")).unwrap();
        let theirs = project.join(".auteur/config.toml");
        std::fs::write(&theirs, "[ui]\ntheme = \"day\"\n").unwrap();
        let above = keep(&Brought::read(&environment, &project)).unwrap().above.unwrap();
        assert!(above.ends_with(".auteur/config.toml"), "{above}");
        std::fs::write(&file, "[ui\n").unwrap();
        assert!(keep(&Brought::default()).unwrap_err().contains("config.toml: "));
    }
}
