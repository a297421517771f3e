//! What is written of a script is read as the same script.

use super::*;
use crate::script::{written, written_inner};

/// A script, and what comes of it when it is written and read again.
fn both(text: &str) -> (Script, Script) {
    let read = read_text(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let again = written(&read).unwrap();
    let again = read_text(&again).unwrap_or_else(|error| panic!("{error}\n{again}"));
    (read, again)
}

#[test]
fn every_example_of_the_page_is_the_same_when_it_is_written_and_read_again() {
    let cast = Cast::built_in().unwrap();
    let roles: Vec<&str> = cast.roles.keys().map(String::as_str).collect();
    let (mute, library) = (BTreeMap::new(), Library::built_in());
    let ground = Ground { roles: &roles, programs: &[], mute: &mute, library: &library };
    let of = |text: &str| read(ground, "x", &Source::new(Layer::User, "x.toml", text));
    let page = page::PAGE.split("```toml\n").skip(1).map(|it| it.split_once("```").unwrap().0);
    let built_in = library.names().into_iter().map(|it| library.source(it).unwrap().text.as_str());
    for text in page.chain(built_in) {
        let script = of(text).unwrap();
        let again = written(&script).unwrap();
        let read = of(&again).unwrap_or_else(|error| panic!("{error}\n{again}"));
        assert_eq!(read, script, "{again}");
    }
}

#[test]
fn a_schema_is_a_shape_where_it_can_be_and_whole_where_not() {
    let step = |output: &str| {
        format!("[[step]]\nname = \"a\"\nrole = \"browser\"\nbrief = \"Look\"\noutput = {output}\n")
    };
    for (output, shown) in [
        (r#"{ names = ["string"], "note?" = "a|b", rest = "any" }"#, "\"note?\" = \"a|b\""),
        (r#"{ schema = { type = "string", minLength = 3 } }"#, "minLength = 3"),
        (r#"[{ at = "number|null" }]"#, "\"number|null\""),
    ] {
        let (read, again) = both(&step(output));
        assert_eq!(read, again);
        let text = written(&read).unwrap();
        assert!(text.contains(shown), "{text}");
    }
    let mut odd = both(&step("\"string\"")).0;
    odd.steps[0].output = Some(Box::new(json!({ "const": null })));
    assert!(written(&odd).unwrap_err().to_string().starts_with("a: its output"));
}

#[test]
fn a_text_is_as_it_was_whatever_stands_in_it() {
    let mut script = both("[[step]]\nname = \"a\"\nrole = \"browser\"\nbrief = \"x\"\n").0;
    for brief in ["one\ntwo", "'''\n\"\"\"", "\\ {{ attempt }} \u{1b}[31m\r\n", "\n\nlines\n", "'"]
    {
        let it = brief.to_owned();
        script.steps[0].work = Work::Agent { role: "browser".into(), brief: it };
        let text = written(&script).unwrap();
        assert_eq!(read_text(&text).unwrap(), script, "{text}");
    }
}

#[test]
fn the_scripts_that_it_plays_are_found_beside_it() {
    let text = "[[step]]\nname = \"a\"\nscript = \"inner\"\nset = { url = \"'u'\" }\n";
    let (script, _) = both(text);
    let beside = Some(std::sync::Arc::new(written_inner(&script).unwrap()));
    let source = Source { beside, ..Source::new(Layer::Project, "x.toml", text) };
    let (mute, library) = (BTreeMap::new(), Library::built_in());
    let ground = Ground { roles: &ROLES, programs: &[], mute: &mute, library: &library };
    assert_eq!(read(ground, "x", &source).unwrap(), script);
}
