use super::*;
use crate::config::load_with;
use proptest::prelude::*;

const OWN: &str = "\
# My cast.

[cast.tester]
budget = \"1.00\" # dear enough
# Who thinks of it:
effort = \"low\"

[cast.scribe]
purpose = \"Writes\"
tools = [] # none
instructions = \"Write.\"
";

/// A home whose cast says this.
fn home(text: &str) -> (tempfile::TempDir, Environment) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("auteur")).unwrap();
    fs::write(folder.path().join("auteur/cast.toml"), text).unwrap();
    let environment = Environment::of([("XDG_CONFIG_HOME", folder.path().to_str().unwrap())]);
    (folder, environment)
}

fn text_of(environment: &Environment, role: &str) -> String {
    let config = load_with(environment, &Brought::default()).unwrap();
    config.cast.role(role).unwrap().text()
}

fn edit(
    environment: &Environment,
    role: &str,
    change: impl FnOnce(String) -> String,
) -> Result<Option<Rewriting>, String> {
    let text = change(text_of(environment, role));
    rewrite(environment, &Brought::default(), (role, &text)).map_err(|it| it.to_string())
}

#[test]
fn only_what_differs_is_written_and_comments_stay() {
    let (_home, environment) = home(OWN);
    let edited = edit(&environment, "tester", |text| text.replace("\"1.00\"", "\"2.50\""));
    let rewriting = edited.unwrap().unwrap();
    assert_eq!(rewriting.after, OWN.replace("\"1.00\" #", "\"2.50\" #"));
    rewriting.write().unwrap();
    assert!(text_of(&environment, "tester").contains("budget = \"2.50\""));
}

#[test]
fn a_built_in_role_gets_a_table_of_its_own_with_what_differs() {
    let (_home, environment) = home(OWN);
    let edited = edit(&environment, "reviewer", |text| {
        text.replace("You judge a change", "You judge \\ \"a\" change").replace("\"\"\"", "'''")
    });
    let after = edited.unwrap().unwrap().after;
    let added = after.strip_prefix(OWN).unwrap();
    assert!(
        added.starts_with("\n[cast.reviewer]\ninstructions = '''\nYou judge \\ \"a\""),
        "{added}"
    );
    assert!(!added.contains("purpose") && !added.contains("tools"), "{added}");
}

#[test]
fn without_a_file_there_is_one_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("conf");
    let environment = Environment::of([("XDG_CONFIG_HOME", place.to_str().unwrap())]);
    let edited = edit(&environment, "tester", |text| format!("{text}max_turns = 7\n"));
    edited.unwrap().unwrap().write().unwrap();
    let written = fs::read_to_string(place.join("auteur/cast.toml")).unwrap();
    assert_eq!(written, "[cast.tester]\nmax_turns = 7\n");
    assert_eq!(fs::read_dir(place.join("auteur")).unwrap().count(), 1, "nothing else is left");
}

#[test]
fn what_is_as_it_was_is_not_written() {
    let (_home, environment) = home(OWN);
    let edited = edit(&environment, "tester", |text| format!("# a thought\n{text}\n"));
    assert_eq!(edited, Ok(None));
}

#[test]
fn an_amount_may_be_written_in_any_way() {
    for (amount, is_other) in [("1", false), ("$1.0", false), ("0.75", true), ("1234.5", true)] {
        let (_home, environment) = home(OWN);
        let change = |text: String| text.replace("1.00", amount);
        let edited = edit(&environment, "tester", change).unwrap();
        assert_eq!(edited.is_some(), is_other, "{amount}");
        if let Some(rewriting) = edited {
            rewriting.write().unwrap();
            let again = text_of(&environment, "tester");
            let whole = format!("budget = \"{amount:0<4}\"");
            assert!(again.contains(&whole) || again.contains("1234.50"), "{again}");
        }
    }
}

#[test]
fn a_key_that_is_left_out_is_taken_out_where_it_is_the_users_own() {
    let (_home, environment) = home(OWN);
    let without = |text: String, key: &str| -> String {
        text.split_inclusive('\n').filter(|it| !it.starts_with(key)).collect()
    };
    let edited = edit(&environment, "tester", |text| without(text, "budget"));
    let after = edited.unwrap().unwrap().after;
    assert!(!after.contains("budget") && after.contains("effort = \"low\""), "{after}");
    let told = edit(&environment, "reviewer", |text| without(text, "effort")).unwrap_err();
    assert!(
        told.contains("`effort` can't be left out") && told.contains("another value"),
        "{told}"
    );
}

#[test]
fn each_fault_is_told_with_its_line_and_its_mend() {
    let (_home, environment) = home(OWN);
    let cases = [
        ("model = [", "the role's text:", "", "model"),
        ("budgt = \"1\"", "the role's text:", "did you mean `budget`?", "`budgt`"),
        ("sandbox = \"off\"", "the role's text:", "in cast.toml itself", "`sandbox`"),
        ("max_turns = \"many\"", "cast.toml:", "", "max_turns"),
    ];
    for (line, place, mend, what) in cases {
        let told = edit(&environment, "scribe", |text| format!("{text}{line}\n")).unwrap_err();
        assert!(told.contains(place) && told.contains(mend) && told.contains(what), "{told}");
    }
    let told = edit(&environment, "scribe", |text| text.replace("[]", "[\"shel\"]")).unwrap_err();
    assert!(told.contains("cast.toml:10:") && told.contains("did you mean `shell`"), "{told}");
}

#[test]
fn what_a_project_says_over_it_is_named_with_its_place() {
    let (_home, environment) = home(OWN);
    let text = "[cast.scribe]\nbudget = \"0.10\"\n".to_owned();
    let files = [("cast.toml".to_owned(), text)].into();
    let brought = Brought { folder: "/work/.auteur".into(), files, ..Brought::default() };
    let role = load_with(&environment, &brought).unwrap().cast.roles.remove("scribe").unwrap();
    let text = role.text().replace("0.10", "0.50");
    let told = rewrite(&environment, &brought, ("scribe", &text)).unwrap_err().to_string();
    assert!(
        told.contains("/work/.auteur/cast.toml:1") && told.contains("change it there"),
        "{told}"
    );
}

#[test]
fn a_file_that_changed_meanwhile_is_not_written_over() {
    let (home, environment) = home(OWN);
    let edited = edit(&environment, "tester", |text| text.replace("\"1.00\"", "\"2.50\""));
    let rewriting = edited.unwrap().unwrap();
    let file = home.path().join("auteur/cast.toml");
    fs::write(&file, format!("{OWN}# more\n")).unwrap();
    assert!(rewriting.write().unwrap_err().contains("has changed meanwhile"));
    assert!(fs::read_to_string(file).unwrap().ends_with("# more\n"));
}

#[test]
fn a_link_stays_a_link_and_its_file_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt as _;
    let (home, environment) = home(OWN);
    let (link, file) = (home.path().join("auteur/cast.toml"), home.path().join("dots.toml"));
    fs::rename(&link, &file).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let edited = edit(&environment, "tester", |text| text.replace("\"1.00\"", "\"2.50\""));
    edited.unwrap().unwrap().write().unwrap();
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(fs::read_to_string(file).unwrap().contains("2.50"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_instructions_come_out_as_they_went_in(instructions in "\\PC{0,40}(\n[ -~]{0,20}){0,4}") {
        let (_home, environment) = home(OWN);
        let mut role =
            load_with(&environment, &Brought::default()).unwrap().cast.roles.remove("scribe").unwrap();
        role.instructions.clone_from(&instructions);
        let text = role.text();
        let edited = rewrite(&environment, &Brought::default(), ("scribe", &text)).unwrap();
        if let Some(rewriting) = edited {
            rewriting.write().unwrap();
        }
        let read = load_with(&environment, &Brought::default()).unwrap();
        prop_assert_eq!(&read.cast.roles["scribe"].instructions, &instructions);
    }
}

#[test]
fn instructions_that_are_kept_bring_what_speaks_for_them_as_comments() {
    let (_home, environment) = home(OWN);
    let why = ["From the take scribe-2:".to_owned(), "- scribe-2: done\x1b[2J".to_owned()];
    let edited =
        edit(&environment, "scribe", |text| instructed(&text, "Write well.\n", &why).unwrap());
    let after = edited.unwrap().unwrap().after;
    let expected = "tools = [] # none\n# From the take scribe-2:\n# - scribe-2: done";
    assert!(after.contains(expected), "{after}");
    assert!(
        after.contains("instructions = \"\"\"\nWrite well.\n\"\"\"") && !after.contains('\x1b')
    );
    assert!(after.contains("# Who thinks of it:"), "what was there stays");
    assert!(!after.contains("not said"), "{after}");
}
