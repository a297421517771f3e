use super::*;
use crate::config::{ConfigError, FileKind, KEYMAPS, Layer, Source, keymap};

/// Every keymap that comes along, by its name.
fn shipped() -> Vec<(&'static str, Keymap)> {
    let with = |name: &'static str| {
        let files: Vec<_> =
            std::iter::once(FileKind::Keys.built_in()).chain(keymap(name)).collect();
        match Keymap::from_sources(&files) {
            Ok(keymap) => (name, keymap),
            Err(error) => panic!("{name}: {error}"),
        }
    };
    KEYMAPS.into_iter().map(with).collect()
}

fn over(layer: Layer, text: &str) -> Result<Keymap, ConfigError> {
    Keymap::from_sources(&[FileKind::Keys.built_in(), Source::new(layer, "keys.toml", text)])
}

fn chords(text: &str) -> Vec<Chord> {
    text.split(' ').map(|it| it.parse().unwrap()).collect()
}

fn told(text: &str) -> String {
    over(Layer::User, text).unwrap_err().to_string()
}

#[test]
fn every_act_has_a_key_somewhere_in_every_keymap_that_comes_along() {
    for (name, keymap) in shipped() {
        for act in Act::all() {
            let anywhere = Context::ALL.iter().any(|it| !keymap.keys_for(*it, act).is_empty());
            assert!(anywhere, "{name}: {} has no key", act.name());
        }
    }
}

#[test]
fn every_key_works_where_it_is_said_to_or_is_hidden_by_a_nearer_one() {
    for (name, keymap) in shipped() {
        for context in Context::ALL {
            for line in keymap.help(context).iter().flat_map(|it| &it.lines) {
                let keys = keymap.keys_for(context, line.act);
                assert!(!keys.is_empty(), "{name}: {context:?}: {line:?}");
            }
        }
    }
}

#[test]
fn no_key_is_told_twice_in_one_place() {
    let keymap = Keymap::built_in().unwrap();
    for context in Context::ALL {
        for act in Act::all() {
            let keys = keymap.keys_for(context, act);
            let once: std::collections::BTreeSet<_> = keys.iter().collect();
            assert_eq!(once.len(), keys.len(), "{act:?} in {context:?}: {keys:?}");
        }
        let lines: Vec<_> = keymap.help(context).into_iter().flat_map(|it| it.lines).collect();
        let told: Vec<&str> = lines.iter().flat_map(|it| it.keys.split(" … ")).collect();
        let once: std::collections::BTreeSet<_> = told.iter().collect();
        assert_eq!(once.len(), told.len(), "{context:?}: {told:?}");
    }
}

#[test]
fn the_issues_keys_mean_what_it_says() {
    let keymap = Keymap::built_in().unwrap();
    let expected = [
        (Context::Stage, "h", Act::FocusLeft),
        (Context::Stage, "down", Act::FocusDown),
        (Context::Stage, "tab", Act::FocusNext),
        (Context::Stage, "3", Act::FocusNumber(3)),
        (Context::Stage, "enter", Act::Zoom),
        (Context::Zoom, "esc", Act::Back),
        (Context::Stage, "n", Act::NewAgent),
        (Context::Stage, "p", Act::Pause),
        (Context::Zoom, "!", Act::Freeze),
        (Context::Roster, ".", Act::Step),
        (Context::Stage, "P", Act::PauseAll),
        (Context::Zoom, "r", Act::Redirect),
        (Context::Stage, "e", Act::EditInstructions),
        (Context::Stage, "i", Act::Interrupt),
        (Context::Request, "a", Act::Approve),
        (Context::Request, "D", Act::Deny),
        (Context::Stage, "x", Act::Stop),
        (Context::Replay, "w", Act::NextWaiting),
        (Context::Stage, "/", Act::Search),
        (Context::Zoom, "g", Act::ScrollTop),
        (Context::Zoom, "G", Act::ScrollEnd),
        (Context::Stage, "?", Act::Help),
        (Context::Stage, ":", Act::CommandLine),
        (Context::Stage, "ctrl+p", Act::Palette),
        (Context::Stage, "q", Act::Quit),
        (Context::Stage, "ctrl+c", Act::Quit),
        (Context::Replay, "space", Act::PlayPause),
        (Context::ReplayZoom, "left", Act::EventBack),
        (Context::Replay, "]", Act::TurnForward),
        (Context::Replay, "0", Act::Jump(0)),
        (Context::Replay, "3", Act::Jump(3)),
        (Context::Replay, "left", Act::EventBack),
        (Context::ReplayZoom, "G", Act::ReplayEnd),
        (Context::Editor, "ctrl+s", Act::Save),
        (Context::Editor, "esc", Act::Cancel),
    ];
    for (context, keys, act) in expected {
        let found = keymap.lookup(context, &chords(keys));
        assert_eq!(found, Lookup::Found(act), "{keys} in {context:?}");
    }
}

#[test]
fn nobody_is_directed_in_a_replay_and_nothing_approved_off_a_request() {
    let keymap = Keymap::built_in().unwrap();
    for act in Act::all() {
        // A retake leaves the replay for a live session.
        let is_direction = act.sections().contains(&Section::Direct) && act != Act::Retake;
        for context in [Context::Replay, Context::ReplayZoom] {
            assert!(!is_direction || keymap.keys_for(context, act).is_empty(), "{act:?}");
        }
        for context in Context::ALL {
            let asks = matches!(act, Act::Approve | Act::Deny | Act::Answer);
            let keys = keymap.keys_for(context, act);
            assert!(!asks || context.is_request() || keys.is_empty(), "{act:?}");
        }
    }
}

#[test]
fn esc_never_touches_an_agent() {
    for (name, keymap) in shipped() {
        for context in Context::ALL {
            let found = keymap.lookup(context, &chords("esc"));
            let harmless = [Lookup::Found(Act::Back), Lookup::Found(Act::Cancel), Lookup::Unbound];
            assert!(harmless.contains(&found), "{name}: {context:?}: {found:?}");
        }
    }
}

#[test]
fn letters_are_typed_where_text_is_typed() {
    for (name, keymap) in shipped() {
        for context in Context::ALL.into_iter().filter(|it| it.is_typing()) {
            for letter in ' '..='~' {
                let chord = Chord::new(
                    crossterm::event::KeyCode::Char(letter),
                    crossterm::event::KeyModifiers::NONE,
                );
                assert_eq!(keymap.lookup(context, &[chord]), Lookup::Unbound, "{name}: {letter}");
            }
        }
    }
    assert!(told("[editor]\nq = \"save\"").contains("text here"));
}

#[test]
fn keys_in_a_row_wait_for_the_last_one() {
    let keymap = over(Layer::User, "[stage]\n\"K K\" = \"zoom\"\n\"K p\" = \"roster\"").unwrap();
    let lookup = |keys| keymap.lookup(Context::Stage, &chords(keys));
    assert_eq!(lookup("K"), Lookup::Pending);
    assert_eq!(lookup("K p"), Lookup::Found(Act::Roster));
    assert_eq!(lookup("K x"), Lookup::Unbound);
    assert_eq!(keymap.lookup(Context::Stage, &[]), Lookup::Unbound);
}

#[test]
fn a_user_takes_a_key_away_and_gives_another() {
    let keymap = over(Layer::User, "[direct]\np = false\nf5 = \"pause\"").unwrap();
    assert_eq!(keymap.lookup(Context::Stage, &chords("p")), Lookup::Unbound);
    assert_eq!(keymap.keys_for(Context::Stage, Act::Pause), ["F5"]);
}

#[test]
fn a_row_and_its_beginning_conflict_until_one_is_taken_away() {
    let error = told("[zoom]\n\"g g\" = \"scroll-up\"");
    assert!(error.starts_with("keys.toml:2:1: conflicts with `g` in [scroll]"), "{error}");
    assert!(error.contains("\"g\" = false under [scroll]"), "{error}");
    let mended = "[zoom]\n\"g g\" = \"scroll-up\"\n[scroll]\ng = false";
    assert!(over(Layer::User, mended).is_ok());
}

#[test]
fn each_fault_is_told_with_line_and_mend() {
    let cases = [
        ("[stge]\np = \"zoom\"", "keys.toml:1:2: unknown section `stge`", "did you mean [stage]?"),
        ("[direct]\np = \"pasue\"", "keys.toml:2:5: unknown act `pasue`", "did you mean `pause`?"),
        ("[stage]\na = \"approve\"", "means nothing in [stage]", "put it under [request]"),
        ("[stage]\n\"meta+p\" = \"zoom\"", "keys.toml:2:1: expected a key like", "space between"),
        ("[stage]\np = 3", "expected the name of an act", "p = false"),
        ("p = \"pause\"", "unknown section `p`", "there is stage"),
        ("[stage]\n\"ctrl+i\" = \"zoom\"", "send ctrl+i as tab", ""),
        (
            "[stage]\n\"alt+x\" = \"zoom\"\n\"ALT+x\" = \"back\"",
            "bound twice in [stage]",
            "keep one",
        ),
    ];
    for (text, what, mend) in cases {
        let told = told(text);
        assert!(told.contains(what) && told.contains(mend), "{text}: {told}");
    }
}

#[test]
fn a_project_may_not_put_approve_under_somebodys_finger() {
    for text in
        ["[request]\nj = \"approve\"", "[dialog]\nesc = \"choose\"", "[direct]\nj = \"kill\""]
    {
        let told = over(Layer::Project, text).unwrap_err().to_string();
        assert!(told.contains("a project file may not"), "{told}");
    }
    assert!(over(Layer::Project, "[stage]\ns = \"zoom\"").is_ok());
}

#[test]
fn the_help_lists_each_act_that_has_a_key() {
    let keymap = Keymap::built_in().unwrap();
    let parts = keymap.help_all();
    for act in Act::all() {
        let same = |it: &HelpLine| it.description == act.description();
        assert!(parts.iter().flat_map(|it| &it.lines).any(same), "{}", act.name());
    }
    let stage = &keymap.help(Context::Stage)[0];
    let numbers = stage.lines.iter().find(|it| it.act == Act::FocusNumber(1)).unwrap();
    assert_eq!(numbers.keys, "1 … 9");
    assert_eq!(stage.lines[0].keys, "h ←");
}

#[test]
fn the_footer_begins_with_what_is_particular_and_ends_with_the_way_out() {
    let keymap = Keymap::built_in().unwrap();
    let request = keymap.footer(Context::Request);
    assert_eq!(request[0], ("a".to_owned(), "approve"));
    assert_eq!(keymap.footer(Context::Stage).last().unwrap(), &("q".to_owned(), "quit"));
}

#[test]
fn vim_and_emacs_have_the_keys_that_their_fingers_know() {
    let keymaps = shipped();
    let of = |name| &keymaps.iter().find(|it| it.0 == name).unwrap().1;
    let found = |name, context, keys| of(name).lookup(context, &chords(keys));
    let vim = [
        (Context::Zoom, "g g", Act::ScrollTop),
        (Context::Zoom, "g t", Act::TabNext),
        (Context::Replay, "g g", Act::ReplayStart),
        (Context::Stage, "ctrl+w l", Act::FocusRight),
        (Context::Stage, "ctrl+f", Act::PageDown),
        (Context::Stage, ", p", Act::Pause),
        (Context::Changes, "z M", Act::FoldAll),
        (Context::Cast, ", t", Act::Themes),
    ];
    for (context, keys, act) in vim {
        assert_eq!(found("vim", context, keys), Lookup::Found(act), "{keys} in {context:?}");
    }
    let emacs = [
        (Context::Stage, "ctrl+n", Act::FocusDown),
        (Context::Zoom, "ctrl+v", Act::PageDown),
        (Context::Zoom, "alt+v", Act::PageUp),
        (Context::Cast, "alt+x", Act::CommandLine),
        (Context::Past, "ctrl+x ctrl+c", Act::Quit),
        (Context::Editor, "ctrl+x ctrl+s", Act::Save),
        (Context::Field, "ctrl+g", Act::Cancel),
        (Context::Dialog, "ctrl+n", Act::ChoiceNext),
    ];
    for (context, keys, act) in emacs {
        assert_eq!(found("emacs", context, keys), Lookup::Found(act), "{keys} in {context:?}");
    }
    assert_eq!(found("vim", Context::Zoom, "g"), Lookup::Pending);
    assert_eq!(found("emacs", Context::Editor, "ctrl+x"), Lookup::Pending);
}

#[test]
fn the_leader_that_is_said_last_stands_before_all_that_is_said_with_it() {
    let vim = keymap("vim").unwrap();
    let own = Source::new(Layer::User, "keys.toml", "leader = \"\\\\\"\n");
    let keymap = Keymap::from_sources(&[FileKind::Keys.built_in(), vim, own]).unwrap();
    assert_eq!(keymap.keys_for(Context::Stage, Act::Pause), ["p", "\\ p"]);
    let next = keymap.after(Context::Stage, &chords("\\"));
    assert!(next.contains(&("p".to_owned(), "pause".to_owned())), "{next:?}");
    assert_eq!(keymap.lookup(Context::Stage, &chords(", p")), Lookup::Unbound);
    let cases = [
        ("[stage]\n\"leader z\" = \"zoom\"", "keys.toml:2:1: no leader is chosen"),
        ("leader = 3", "keys.toml:1:10: the leader is one key"),
        ("leader = \"a b\"", "keys.toml:1:10: expected a key"),
    ];
    for (text, what) in cases {
        assert!(told(text).contains(what), "{text}: {}", told(text));
    }
    let brought = over(Layer::Project, "leader = \"x\"").unwrap_err().to_string();
    assert!(brought.contains("a project file may not choose the leader"), "{brought}");
}

#[test]
fn a_leader_takes_its_key_from_what_had_it_and_leaves_texts_alone() {
    let text =
        "leader = \"space\"\n[direct]\nf5 = \"pause\"\np = false\n\"leader r\" = \"redirect\"\n";
    let own = || Source::new(Layer::User, "keys.toml", text);
    let built_in = || FileKind::Keys.built_in();
    let alone = Keymap::from_sources(&[built_in(), own()]).unwrap();
    for keymap in KEYMAPS.into_iter().filter_map(keymap) {
        let keymap = Keymap::from_sources(&[built_in(), keymap, own()]).unwrap();
        assert_eq!(keymap.lookup(Context::Stage, &chords("space")), Lookup::Pending);
        let found = keymap.lookup(Context::Stage, &chords("space r"));
        assert_eq!(found, Lookup::Found(Act::Redirect));
    }
    assert_eq!(alone.lookup(Context::Inbox, &chords("space")), Lookup::Pending);
    assert_eq!(alone.lookup(Context::Editor, &chords("space")), Lookup::Unbound);
    // Who binds the key of the leader in the same file is told so.
    let both = format!("{text}[stage]\nspace = \"zoom\"\n");
    assert!(told(&both).contains("conflicts with"), "{}", told(&both));
}

#[test]
fn keys_are_found_again_by_how_they_are_told() {
    let keymap = Keymap::built_in().unwrap();
    for act in Act::all() {
        for told in keymap.keys_for(Context::Stage, act) {
            let chords = keymap.told(Context::Stage, &[], &told).unwrap();
            let found = keymap.lookup(Context::Stage, &chords);
            assert_eq!(found, Lookup::Found(act), "{told}");
            let pressed: Vec<_> = chords.iter().map(|it| Chord::of(it.event()).unwrap()).collect();
            assert_eq!(pressed, chords);
        }
    }
    assert_eq!(keymap.told(Context::Stage, &[], "1-3"), None);
}
