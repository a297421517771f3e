//! Keymaps by name: what the setting `ui.keymap` lays over the built-in keys, below the
//! user's own `keys.toml`.

use super::{
    Brought, Environment, Fault, FileKind, Layer, Paths, Source, closest, layers::at, source,
    sources,
};
use std::{
    ops::Range,
    path::{MAIN_SEPARATOR, Path},
};
use toml::de::DeTable;

/// The name of the built-in keys, over which nothing lies.
const DEFAULT: &str = "default";

/// The keymaps that come along, with what each is.
const SHIPPED: [(&str, &str); 2] = [
    ("vim", include_str!("../../keymaps/vim.toml")),
    ("emacs", include_str!("../../keymaps/emacs.toml")),
];

/// The names of those that come along.
pub const KEYMAPS: [&str; 3] = [DEFAULT, SHIPPED[0].0, SHIPPED[1].0];

/// The keymap of this name that comes along; nothing for the built-in keys, or where there
/// is none.
pub fn keymap(name: &str) -> Option<Source> {
    let (name, text) = SHIPPED.into_iter().find(|it| it.0 == name)?;
    Some(Source::new(Layer::BuiltIn, &format!("keymaps/{name}.toml (built in)"), text))
}

/// The keymap that the user's settings name; nothing for the built-in keys. A project may
/// not name one.
pub(super) fn named(environment: &Environment) -> Result<Option<Source>, Fault> {
    let (files, _told_by_who_loads_them) =
        sources(FileKind::Config, environment, &Brought::default());
    let Some((file, name, span)) = files.iter().rev().find_map(said) else { return Ok(None) };
    let folder = Paths::new(environment, Path::new("")).keymaps();
    find(&name, folder.as_deref()).map_err(|(message, mend)| {
        Fault::at(&file.name, &file.text, span, message).mended_by(Some(mend))
    })
}

/// What a settings file says of it, and where.
fn said(file: &Source) -> Option<(&Source, String, Range<usize>)> {
    // A torn file is told by who loads it.
    let (document, _told) = DeTable::parse_recoverable(&file.text);
    let value = at(document.get_ref(), &["ui", "keymap"])?;
    Some((file, value.get_ref().as_str()?.to_owned(), value.span()))
}

/// Finds a keymap: one that comes along, one of the user's own by its name, or by its path.
fn find(name: &str, folder: Option<&Path>) -> Result<Option<Source>, (String, String)> {
    if name == DEFAULT {
        return Ok(None);
    }
    if let Some(shipped) = keymap(name) {
        return Ok(Some(shipped));
    }
    let is_path =
        name.contains(MAIN_SEPARATOR) || Path::new(name).extension().is_some_and(|it| it == "toml");
    let path = match folder {
        _ if is_path => Some(name.into()),
        folder => folder.map(|it| it.join(format!("{name}.toml"))),
    };
    let text = match &path {
        Some(path) => source::read(path)
            .map_err(|(wrong, mend)| (format!("the keymap {} {wrong}", path.display()), mend))?,
        None => None,
    };
    match (path, text) {
        (Some(path), Some(text)) => {
            Ok(Some(Source::new(Layer::User, &path.display().to_string(), &text)))
        }
        (path, _) => {
            let looked = path.map(|it| format!("; there is no file {}", it.display()));
            let message = format!("no keymap is called `{name}`{}", looked.unwrap_or_default());
            let mend = closest(name, &KEYMAPS).map_or_else(
                || format!("there is {}, or write that file", KEYMAPS.join(", ")),
                |it| format!("did you mean `{it}`?"),
            );
            Err((message, mend))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The files of keys of a user whose settings and keymap say this.
    fn keys(settings: &str, own: Option<&str>) -> (Vec<String>, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        let user = folder.path().join("auteur");
        std::fs::create_dir_all(user.join("keymaps")).unwrap();
        std::fs::write(user.join("config.toml"), settings).unwrap();
        if let Some(own) = own {
            std::fs::write(user.join("keymaps/mine.toml"), own).unwrap();
        }
        let home = folder.path().to_str().unwrap();
        let environment = Environment::of([("XDG_CONFIG_HOME", home)]);
        let (files, faults) = sources(FileKind::Keys, &environment, &Brought::default());
        let short = |it: String| it.replace(home, "~");
        let names = files.into_iter().map(|it| short(it.name)).collect();
        (names, faults.into_iter().map(|it| short(it.to_string())).collect())
    }

    #[test]
    fn a_keymap_lies_between_the_built_in_keys_and_the_users_own() {
        let built_in = "config/keys.toml (built in)".to_owned();
        assert_eq!(keys("", None).0, std::slice::from_ref(&built_in));
        let plain = keys("[ui]\nkeymap = \"default\"\n", None).0;
        assert_eq!(plain, std::slice::from_ref(&built_in));
        let vim = "keymaps/vim.toml (built in)".to_owned();
        assert_eq!(keys("[ui]\nkeymap = \"vim\"\n", None).0, [built_in.clone(), vim]);
        let mine = "~/auteur/keymaps/mine.toml".to_owned();
        let (files, faults) = keys("[ui]\nkeymap = \"mine\"\n", Some("[stage]\n"));
        assert_eq!((files, faults), (vec![built_in, mine], Vec::new()));
    }

    #[test]
    fn one_that_is_not_there_is_told_with_the_line_that_names_it() {
        let told = |settings: &str| keys(settings, None).1.join("\n");
        let near = told("[ui]\n# mine\nkeymap = \"vmi\"\n");
        assert!(near.starts_with("~/auteur/config.toml:3:10: no keymap is called `vmi`"), "{near}");
        assert!(near.contains("did you mean `vim`?"), "{near}");
        let far = told("[ui]\nkeymap = \"workman\"\n");
        assert!(far.contains("there is no file ~/auteur/keymaps/workman.toml"), "{far}");
        assert!(far.contains("there is default, vim, emacs"), "{far}");
    }
}
