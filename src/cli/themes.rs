//! The themes that a screen can wear: those of the program, and the user's own.

use super::{House, screen};
use crate::{
    config::{
        self, Fault, FileKind, Holds, KeptSetting, Layer, Paths, Said, holds, keep,
        keep_arrangement, origins, settable,
    },
    text::{one_line, sanitise},
    ui::{
        desk::{AUTO, SettingsLine, ThemeAnswer, ThemeOffer, ThemeTask},
        keys::Keymap,
        show::SeeToThemes,
        theme::{Depth, Rgb, Theme},
    },
};
use std::{fs, path::Path, sync::Arc};

/// So many of the user's own are listed.
const MOST: usize = 200;
/// How wide a name, and what is wrong with a file, may be.
const NAME: usize = 60;
const FAULT: usize = 300;

/// Sees to all that a screen wants of themes.
pub(super) fn see_to(house: &House, depth: Depth) -> SeeToThemes {
    let opened = house.again();
    Arc::new(move |task, background| {
        let house = opened.now();
        match task {
            ThemeTask::List => {
                let said = background.or_else(|| screen::said_background(&house));
                let named = &house.company.config().settings.ui.theme;
                let paths = Paths::new(&house.environment, house.company.project());
                let offers = offers(named, paths.themes().as_deref(), (said, depth));
                ThemeAnswer::Listed(offers, one_line(named, NAME))
            }
            ThemeTask::Keep(name) => write(&house, ("theme", "the theme is"), &name),
            ThemeTask::KeepKeymap(name) => use_keys(&house, &name),
            ThemeTask::KeepLayout(layout) => {
                write(&house, ("layout", "the stage is laid out as"), layout.name())
            }
            ThemeTask::KeepArrangement(name, arrangement) => {
                match keep_arrangement(&house.environment, &name, &arrangement) {
                    Ok(file) => {
                        let told = format!("the stage is kept as {name}: {}", file.display());
                        ThemeAnswer::Kept(sanitise(&told).into_owned())
                    }
                    Err(why) => ThemeAnswer::Failed(one_line(&why, FAULT)),
                }
            }
            ThemeTask::ListSettings => {
                let heard = house.company.config().heard();
                ThemeAnswer::Settable(settable(&house.environment, &heard))
            }
            ThemeTask::Set(key, text) => set(&house, &key, &text),
            ThemeTask::Tell => ThemeAnswer::Told(tell(&house)),
            ThemeTask::FindFiles(root, mut names) => {
                let is_file = |it: &String| Path::new(&root).join(it).is_file();
                names.retain(is_file);
                ThemeAnswer::Files(names)
            }
        }
    })
}

/// What is set but by the program itself, and which file says it.
fn tell(house: &House) -> Vec<SettingsLine> {
    let heard = house.company.config().heard();
    let kinds = [
        (FileKind::Config, ""),
        (FileKind::Cast, ""),
        (FileKind::Programs, ""),
        (FileKind::Mcp, ""),
        (FileKind::Keys, "keys: "),
    ];
    let said = kinds.into_iter().flat_map(|(kind, before)| {
        let all = origins(kind, &house.environment, &heard).into_iter();
        all.filter(|it| it.layer != Layer::BuiltIn).map(move |it| (before, it))
    });
    let mut lines: Vec<SettingsLine> = said
        .map(|(before, Said { key, value, file, line, .. })| SettingsLine {
            text: one_line(&format!("{before}{key} = {value}  # {file}:{line}"), FAULT),
            place: Some((file, u32::try_from(line).unwrap_or(u32::MAX))),
        })
        .collect();
    if lines.is_empty() {
        let text =
            "nothing is set but by the program itself: `auteur setup` writes a file of yours";
        lines.push(SettingsLine { text: text.to_owned(), place: None });
    }
    lines
}

/// Writes down which keymap is used, and reads the keys anew; one with a fault is told of, and
/// what was written before stands there again.
fn use_keys(house: &House, name: &str) -> ThemeAnswer {
    let words = ("keymap", "the keymap is");
    let paths = Paths::new(&house.environment, house.company.project());
    let file = paths.user.map(|it| it.join("config.toml"));
    let before = file.as_ref().and_then(|it| fs::read(it).ok());
    let written = write(house, words, name);
    let ThemeAnswer::Kept(told) = written else { return written };
    match Keymap::load(&house.environment, house.company.project()) {
        Ok(keymap) => ThemeAnswer::Keys(Arc::new(keymap), told),
        Err(error) => {
            let back = match (&file, before) {
                (Some(file), Some(before)) => fs::write(file, before),
                (Some(file), None) => fs::remove_file(file),
                (None, _) => Ok(()),
            };
            let left = back.err().map(|it| format!("; and it stands in your config.toml: {it}"));
            let why = error.faults.first().map(in_words).unwrap_or_default();
            ThemeAnswer::Failed(one_line(&(why + &left.unwrap_or_default()), FAULT))
        }
    }
}

/// A fault in a line: what is wrong, and what would mend it.
fn in_words(fault: &Fault) -> String {
    match &fault.mend {
        Some(mend) => format!("{}: {mend}", fault.message),
        None => fault.message.clone(),
    }
}

/// Writes a setting that was typed; says where, and when it holds.
fn set(house: &House, key: &str, text: &str) -> ThemeAnswer {
    let heard = house.company.config().heard();
    let told = match config::set(&house.environment, &heard, (key, text)) {
        Ok(KeptSetting { file, above }) => {
            let above = above.map(|it| format!("; but {it} says it too, and counts more"));
            let when = match holds(key).map_or("", Holds::words) {
                "" => "from now on",
                when => when,
            };
            let (file, above) = (file.display(), above.unwrap_or_default());
            format!("{key} is {text} {when}: written into {file}{above}")
        }
        Err(why) => {
            return ThemeAnswer::Failed(sanitise(&format!("not written: {why}")).into_owned());
        }
    };
    ThemeAnswer::Kept(sanitise(&told).into_owned())
}

/// Writes down what is kept: under this key, and told in these words.
fn write(house: &House, (key, words): (&str, &str), name: &str) -> ThemeAnswer {
    let heard = house.company.config().heard();
    match keep(&house.environment, &heard, ("ui", key), name) {
        Ok(kept) => {
            let file = kept.file.display();
            let above = kept.above.map(|it| format!("; but {it} says it too, and counts more"));
            let above = above.unwrap_or_default();
            let told = format!("{words} {name} from now on: written into {file}{above}");
            ThemeAnswer::Kept(sanitise(&told).into_owned())
        }
        Err(why) => ThemeAnswer::Failed(sanitise(&format!("not written: {why}")).into_owned()),
    }
}

/// All there are: the choice of the terminal first, then those of the program, the user's
/// own by their names, and the one that the settings name by its path.
fn offers(
    named: &str,
    folder: Option<&Path>,
    (background, depth): (Option<Rgb>, Depth),
) -> Vec<ThemeOffer> {
    let auto = ThemeOffer {
        name: AUTO.to_owned(),
        about: "dark or light, as the terminal's background is".to_owned(),
        theme: Ok(Box::new(screen::fitting(background, depth))),
    };
    let ours = Theme::names().map(|name| {
        let about = Theme::about(name).unwrap_or_default();
        offer(name, about, None, depth)
    });
    let mut own = folder.map(own).unwrap_or_default();
    let is_listed = Theme::names().any(|it| it == named) || own.iter().any(|it| it == named);
    if named != AUTO && !is_listed {
        own.push(named.to_owned());
    }
    let own: Vec<_> = own.iter().map(|it| offer(it, "yours", folder, depth)).collect();
    std::iter::once(auto).chain(ours).chain(own).collect()
}

fn offer(name: &str, about: &str, folder: Option<&Path>, depth: Depth) -> ThemeOffer {
    let theme = Theme::load(name, folder).map(|it| Box::new(it.at(depth)));
    ThemeOffer {
        name: one_line(name, NAME),
        about: about.to_owned(),
        theme: theme.map_err(|error| one_line(&error.to_string(), FAULT)),
    }
}

/// The names of the themes in a folder, but for those that the program has itself.
fn own(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|it| it.path());
    let mut names: Vec<String> = files
        .filter(|it| it.extension().is_some_and(|it| it == "toml") && it.is_file())
        .filter_map(|it| Some(it.file_stem()?.to_str()?.to_owned()))
        .filter(|name| Theme::names().all(|it| it != name) && one_line(name, NAME) == *name)
        .collect();
    names.sort();
    names.truncate(MOST);
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_are_listed_and_the_users_own_with_what_is_wrong_with_them() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("mine.toml", "inherits = \"nord\"\n[palette]\nsea = \"#ffffff\"\n");
        write("broken.toml", "[scopes]\ntextt = \"#ffffff\"\n");
        write("nord.toml", "no theme: the program's own is meant by that name");
        write("notes.txt", "no theme");
        let all = offers("/else/where.toml", Some(folder.path()), (None, Depth::TrueColor));
        let names: Vec<&str> = all.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names.first(), Some(&AUTO));
        let last = names.len() - 3;
        assert_eq!(names[last..], ["broken", "mine", "/else/where.toml"]);
        assert_eq!(names.iter().filter(|it| **it == "nord").count(), 1);
        let faults: Vec<&str> =
            all.iter().filter(|it| it.theme.is_err()).map(|it| it.name.as_str()).collect();
        assert_eq!(faults, ["broken", "/else/where.toml"]);
        let why = all[last].theme.as_ref().unwrap_err();
        assert!(why.contains("broken.toml:2") && why.contains("textt"), "{why}");
        let theirs = |name: &str| all.iter().find(|it| it.name == name).unwrap().theme.clone();
        assert_ne!(theirs("mine"), theirs("nord"));
        assert!(all.iter().all(|it| !it.about.is_empty()));
        // The terminal's choice is what suits its background.
        let light = offers(AUTO, None, (Some(Rgb(250, 250, 250)), Depth::TrueColor));
        assert_eq!(light[0].theme, light.iter().find(|it| it.name == "day").unwrap().theme);
        assert_eq!(light.len(), Theme::names().count() + 1);
    }
}
