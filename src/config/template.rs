//! What a user's own file of settings begins with: all that can be set, each setting a
//! comment until its `#` is taken away.

use super::FileKind;

/// What stands at its top, in place of what is said of the built-in file.
const HEAD: &str = "\
#:schema ./config.schema.json
# Your settings of Auteur. Every setting there is stands here with its default; to say
# something else, take the # before it away and change it. What is not said is as the
# program brings it. What you change counts at once where a screen is open, and it says
# there what is wrong with it (F2).
#
# auteur config show --changed --origin says what is set, and where.
";

/// The file, with these said in it: the section, the key, and its value as TOML writes it.
pub fn template(said: &[(&str, &str, &str)]) -> String {
    let whole = FileKind::Config.built_in().text;
    let settings = whole.find("\n# ──").map_or(&*whole, |it| &whole[it..]);
    let mut text = HEAD.to_owned();
    let mut section = "";
    for line in settings.lines() {
        if let Some(name) = line.strip_prefix('[') {
            section = name.split(']').next().unwrap_or_default();
        }
        let key = line.split(" = ").next().unwrap_or_default();
        let chosen = said.iter().find(|it| it.0 == section && it.1 == key);
        match chosen {
            Some((_, key, value)) => text.extend([*key, " = ", *value]),
            None if is_setting(line) => text.extend(["#", line]),
            None => text.push_str(line),
        }
        text.push('\n');
    }
    text
}

/// Whether a line of the built-in file sets something, or goes on with that.
fn is_setting(line: &str) -> bool {
    !line.is_empty() && !line.starts_with(['#', '['])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Layer, Settings, Source};

    fn read(text: &str) -> Settings {
        let own = Source::new(Layer::User, "config.toml", text);
        Settings::from_sources(&[FileKind::Config.built_in(), own]).unwrap()
    }

    #[test]
    fn it_says_what_was_chosen_and_nothing_else() {
        let built_in = Settings::built_in().unwrap();
        assert_eq!(read(&template(&[])), built_in);
        let chosen = template(&[("ui", "theme", "\"nord\"")]);
        let mut expected = built_in;
        expected.ui.theme = "nord".to_owned();
        assert_eq!(read(&chosen), expected);
        assert!(chosen.contains("\n[ui]\n") && chosen.contains("\ntheme = \"nord\"\n"));
        assert!(chosen.contains("\n#keymap = \"default\"\n"), "a default is a comment");
    }

    #[test]
    fn every_setting_stands_in_it_and_an_editor_finds_the_schema() {
        let text = template(&[]);
        assert_eq!(text.lines().next(), Some("#:schema ./config.schema.json"));
        let whole = FileKind::Config.built_in().text;
        for line in whole.lines().filter(|it| is_setting(it)) {
            assert!(text.lines().any(|it| it.strip_prefix('#') == Some(line)), "{line}");
        }
    }
}
