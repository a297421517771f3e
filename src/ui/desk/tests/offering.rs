//! What the help and the footer of a place offer does something there.

use super::*;
use crate::ui::keys::Act;

/// A way to a place.
type Way = fn() -> Story;

fn at(keys: &str) -> Story {
    let mut story = Story::of(3);
    story.desk.past.is_there = true;
    // What a picture says that there is to scroll.
    story.desk.shown.most = Some(5);
    if !keys.is_empty() {
        story.press(keys);
    }
    story
}

fn replayed(keys: &str) -> Story {
    let mut story = at("");
    story.desk.playhead = Some(Playhead::default());
    if !keys.is_empty() {
        story.press(keys);
    }
    story
}

fn asked(keys: &str) -> Story {
    let mut story = at("");
    story.approval(ONE).press(keys);
    story
}

const PLACES: [(&str, Way); 15] = [
    ("stage", || at("")),
    ("roster", || at("o")),
    ("zoom", || at("enter")),
    ("brief", || at("enter 2")),
    ("cast", || at("C")),
    ("library", || at("S")),
    ("inbox", || at("I")),
    ("inbox with a request", || asked("I")),
    ("request", || asked("w")),
    ("past", || at("H")),
    ("ledger", || at("L")),
    ("copying", || {
        let mut story = at("");
        story.calling(ONE).tell(Event::Said { agent: ONE, text: "a\nb".into() });
        story.press("ctrl+v");
        story
    }),
    ("replay", || replayed("")),
    ("replay, one alone", || replayed("enter")),
    ("replay, ledger", || replayed("L")),
];

/// The acts that the help of this place lists, and that are not said to do nothing here.
fn offered(story: &mut Story) -> Vec<Act> {
    let in_dialog = story.desk.dialog.is_some();
    if in_dialog {
        // No help lies over it: its keys stand at its edge.
        let context = story.context();
        let reaches = |it: &Act| !story.desk.keymap.keys_for(context, *it).is_empty();
        return Act::all().filter(reaches).collect();
    }
    let _done = story.desk.act(Act::Help, &story.stage, story.now);
    let Some(Dialog::Help(help)) = story.desk.dialog.take() else { panic!("no help") };
    let lines = help.parts.iter().flat_map(|it| &it.lines);
    lines.filter(|it| it.unable.is_none()).map(|it| it.act).collect()
}

#[test]
fn no_key_that_the_help_lists_does_nothing_there() {
    let mut vain = Vec::new();
    for (place, way) in PLACES {
        for act in offered(&mut way()) {
            let mut story = way();
            if story.desk.act(act, &story.stage, story.now) == Done::Nothing {
                vain.push(format!("{place}: {}", act.name()));
            }
        }
    }
    assert!(vain.is_empty(), "{vain:#?}");
}
