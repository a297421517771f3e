//! Where a value stands that only those can judge who use it: a rule, a host, a theme.

use super::{Brought, Environment, Fault, FileKind, Source, layers::at, sources};
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// The fault of a value, which stands alone or in a list at the end of these keys, in the
/// file that has said it last.
pub fn fault_in(
    (kind, environment, brought): (FileKind, &Environment, &Brought),
    (keys, value): (&[&str], &str),
    message: &str,
    mend: Option<String>,
) -> Fault {
    // What is wrong with the files themselves is told by who reads them.
    let (files, _told) = sources(kind, environment, brought);
    let found = files.iter().rev().find_map(|it| Some((it, place(it, keys, value)?)));
    match found {
        Some((file, span)) => Fault::at(&file.name, &file.text, span, message),
        None => Fault::of_file(&keys.join("."), message, None),
    }
    .mended_by(mend)
}

fn place(file: &Source, keys: &[&str], value: &str) -> Option<Range<usize>> {
    let (document, _told) = DeTable::parse_recoverable(&file.text);
    let said = at(document.get_ref(), keys)?;
    match said.get_ref() {
        DeValue::Array(items) => {
            items.iter().find(|it| it.get_ref().as_str() == Some(value)).map(toml::Spanned::span)
        }
        it => (it.as_str() == Some(value)).then(|| said.span()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_in_the_file_that_said_it_last_also_in_a_list() {
        let folder = tempfile::tempdir().unwrap();
        let user = folder.path().join("auteur");
        std::fs::create_dir_all(&user).unwrap();
        let text =
            "[ui]\ntheme = \"norde\"\n[permissions]\nallow = [\n  \"read(**)\",\n  \"shel(x)\"]\n";
        std::fs::write(user.join("config.toml"), text).unwrap();
        let home = folder.path().to_str().unwrap();
        let environment = Environment::of([("XDG_CONFIG_HOME", home)]);
        let told = |keys: &[&str], value: &str| {
            let files = (FileKind::Config, &environment, &Brought::default());
            fault_in(files, (keys, value), "wrong", None).to_string().replace(home, "~")
        };
        let theme = told(&["ui", "theme"], "norde");
        assert!(theme.starts_with("~/auteur/config.toml:2:9: wrong"), "{theme}");
        let rule = told(&["permissions", "allow"], "shel(x)");
        assert!(rule.starts_with("~/auteur/config.toml:6:3: wrong"), "{rule}");
        let built_in = told(&["ui", "theme"], "auto");
        assert!(built_in.starts_with("config/default.toml (built in):"), "{built_in}");
        assert_eq!(told(&["ui", "nothing"], "x"), "ui.nothing: wrong");
    }
}
