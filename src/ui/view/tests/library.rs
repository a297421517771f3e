//! The scripts there are, and the form for what one is given.

use super::*;
use crate::{
    config::{Layer, Source},
    script::{Ground, Library, read},
    ui::desk::{Plot, ScriptAnswer, ScriptOffer, ScriptTask},
};
use std::collections::BTreeMap;

/// One of each kind: the program's own, the project's, and one that is wrong.
fn offers() -> Vec<ScriptOffer> {
    let sorted = "[inputs.size]\ntype = \"small|large\"\n\n[inputs.count]\ntype = \"integer\"\n\
        default = 3\n\n[inputs.tags]\ntype = [\"string\"]\ndefault = [\"a\", \"b\"]\n\n\
        [[step]]\nname = \"sort\"\nrun = \"sort\"\n";
    let library = Library::built_in()
        .with("sorted", Source::new(Layer::Project, ".auteur/scripts/sorted.toml", sorted))
        .with("wrong", Source::new(Layer::User, "scripts/wrong.toml", "[[step]]\nnmae = \"x\"\n"));
    let roles = ["strategist", "implementer", "tester", "reviewer", "documenter", "extractor"];
    let roles = [&roles[..], &["monitor"]].concat();
    let offer = |name: &str| {
        let source = library.source(name).unwrap().clone();
        let plot = read(
            Ground { roles: &roles, programs: &[], mute: &BTreeMap::new(), library: &library },
            name,
            &source,
        );
        let plot = plot.map(|it| Arc::new(Plot::of(it))).map_err(|it| it.to_string());
        ScriptOffer { name: name.to_owned(), source, plot }
    };
    ["docs", "feature", "review", "sorted", "watch", "wrong"].map(offer).into()
}

fn on_library(change: impl FnOnce(&mut Desk)) -> Desk {
    with(|it| {
        it.screen = Screen::Script;
        it.scripts.offers = Some(offers());
        change(it);
    })
}

fn form(script: &str) -> Desk {
    on_library(|it| {
        it.scripts.marked = script.into();
        let _redraw = it.act(Act::Perform, &six().stage, Millis(0));
    })
}

#[test]
fn the_scripts_there_are_at_every_size() {
    let six = six();
    let desk = on_library(|it| it.scripts.marked = "feature".into());
    for (width, height) in [(20, 5), (60, 20), (80, 24), (120, 35), (200, 60)] {
        let picture = shot(&scene(&six, &desk), (width, height));
        keep(&format!("library-{width}x{height}"), &picture);
    }
}

#[test]
fn what_is_wrong_with_a_script_is_told_with_its_line_and_mend() {
    let six = six();
    let desk = on_library(|it| it.scripts.marked = "wrong".into());
    for size in [(80, 24), (120, 35)] {
        let picture = words(&shot(&scene(&six, &desk), size));
        assert!(picture.contains("scripts/wrong.toml:2"), "{picture}");
        assert!(picture.contains("did you mean `name`?"), "{picture}");
    }
    let footer = words(&shot(&scene(&six, &desk), (200, 60)));
    assert!(!footer.lines().last().unwrap().contains("start"), "{footer}");
}

#[test]
fn the_form_of_a_script_at_every_size() {
    let six = six();
    for (width, height) in [(20, 5), (80, 24), (120, 35), (200, 60)] {
        let picture = shot(&scene(&six, &form("feature")), (width, height));
        keep(&format!("script-form-{width}x{height}"), &picture);
    }
    keep("script-form-choices-80x24", &shot(&scene(&six, &form("sorted")), (80, 24)));
}

#[test]
fn what_is_wrong_with_an_input_stands_below_it() {
    let six = six();
    let mut desk = form("sorted");
    let _redraw = desk.act(Act::Save, &six.stage, Millis(0));
    let picture = words(&shot(&scene(&six, &desk), (80, 24)));
    let lines: Vec<&str> = picture.lines().collect();
    let field = lines.iter().position(|it| it.contains("size *")).unwrap();
    assert!(lines[field + 2].contains("choose one"), "{picture}");
}

#[test]
fn scripts_that_do_not_count_are_told_of() {
    let mut desk = on_library(|_| {});
    let answer = ScriptAnswer::Listed(Vec::new(), 2);
    let _redraw = desk.take_script(answer, &six().stage, Millis(0));
    assert_eq!(desk.take_script_wish(), None::<ScriptTask>);
    let picture = words(&shot(&scene(&six(), &desk), (120, 35)));
    assert!(picture.contains("0 scripts, 2 left out: auteur trust"), "{picture}");
}

/// The feature script, as it is read after this was put before it.
fn read_after(before: &str) -> Desk {
    on_library(|it| {
        it.scripts.marked = "feature".into();
        let stage = &six().stage;
        let _redraw = it.act(Act::EditScript, stage, Millis(0));
        let mut offer = offers().remove(1);
        let right = ScriptAnswer::Looked(offer.source.text.clone(), offer.plot.clone());
        let _redraw = it.take_script(right, stage, Millis(0));
        it.paste(before, stage, Millis(0));
        if before.contains('!') {
            offer.plot = Err("feature.toml:1:1: expected a key\n  mend: write one".into());
        }
        let text = format!("{before}{}", offer.source.text);
        let _redraw = it.take_script(ScriptAnswer::Looked(text, offer.plot), stage, Millis(0));
    })
}

#[test]
fn a_script_is_read_with_its_steps_beside_it_at_every_size() {
    let six = six();
    for (width, height) in [(20, 5), (80, 24), (120, 35), (200, 60)] {
        let picture = shot(&scene(&six, &read_after("")), (width, height));
        keep(&format!("script-read-{width}x{height}"), &picture);
    }
}

#[test]
fn what_is_wrong_with_a_text_stands_before_the_steps_that_it_last_had() {
    let six = six();
    for size in [(80, 24), (120, 35), (200, 60)] {
        let picture = words(&shot(&scene(&six, &read_after("!")), size));
        assert!(picture.contains("feature.toml:1:1: expected a key"), "{picture}");
    }
    let picture = words(&shot(&scene(&six, &read_after("!")), (120, 35)));
    assert!(picture.contains("strategist"), "{picture}");
}
