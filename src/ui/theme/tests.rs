use super::*;
use ratatui::style::Color;

fn rgb(colour: Color) -> Option<Rgb> {
    match colour {
        Color::Rgb(red, green, blue) => Some(Rgb(red, green, blue)),
        _ => None,
    }
}

/// Lines that carry no words.
const DECORATION: [Tone; 4] = [Tone::Border, Tone::Timeline, Tone::MarkupRule, Tone::Scrollbar];

#[test]
fn every_theme_of_ours_is_sound() {
    for name in Theme::names() {
        assert_eq!(Theme::load(name, None).map(|_| ()), Ok(()), "{name}");
        assert!(Theme::builtin(name).is_some());
    }
}

#[test]
fn all_text_can_be_read_on_its_ground() {
    for name in ["night", "day"] {
        let theme = Theme::builtin(name).unwrap();
        let ground = theme.style(Tone::Background).bg.unwrap();
        for tone in Tone::ALL.into_iter().filter(|tone| *tone != Tone::Background) {
            let style = theme.style(tone);
            let (Some(ink), Some(ground)) =
                (style.fg.and_then(rgb), rgb(style.bg.unwrap_or(ground)))
            else {
                panic!("{name}: {} has no colour", tone.key());
            };
            let least = if DECORATION.contains(&tone) { 1.7 } else { 4.5 };
            let contrast = ink.contrast(ground);
            assert!(contrast >= least, "{name}: {} has {contrast:.2}", tone.key());
        }
    }
}

#[test]
fn a_scope_left_out_looks_like_the_wider_one() {
    let text = "[palette]\nsun = \"#ff0000\"\n[scopes]\ntext = \"sun\"\n\"state\" = \"blue\"\n";
    let theme = Theme::parse("mine.toml", text).unwrap();
    let told = [Tone::StateRunning, Tone::MarkupAddress, Tone::Background];
    let red = Color::Rgb(255, 0, 0);
    assert_eq!(told.map(|tone| theme.style(tone).fg), [Some(Color::Blue), Some(red), None]);
}

#[test]
fn an_heir_gives_inherited_scopes_other_colours() {
    let heir =
        Theme::parse("mine.toml", "inherits = \"night\"\n[palette]\nsea = \"13\"\n").unwrap();
    assert_eq!(heir.style(Tone::StateRunning).fg, Some(Color::Indexed(13)));
    assert_eq!(heir.style(Tone::Text), Theme::builtin("night").unwrap().style(Tone::Text));
}

#[test]
fn a_typo_is_an_error_with_line_and_mend() {
    let text = "[scopes]\ntext = \"blue\"\n\"state.runing\" = \"blue\"\ndim = { fb = \"blue\" }\n";
    let error = Theme::parse("mine.toml", text).unwrap_err();
    let told: Vec<_> = error
        .faults
        .iter()
        .map(|it| (it.place.as_ref().unwrap().line, it.message.as_str(), it.mend.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            (3, "no scope is called `state.runing`", Some("did you mean `state.running`?")),
            (
                4,
                "no key is called `fb`",
                Some("there is fg, bg, bold, dim, italic, underline, reverse, strike")
            ),
        ]
    );
}

#[test]
fn every_other_fault_names_its_line_too() {
    let cases = [
        ("[scopes]\ntext = \"bleu\"", 2),
        ("[palette]\n\nink = \"#12345\"", 3),
        ("[scopes]\ntext = { bold = 1 }", 2),
        ("[scopes]\ntext = 7", 2),
        ("scopes = 7", 1),
        ("[scopes]\nmore = [", 2),
        ("\ninherits = \"nigth\"", 2),
        ("[colours]", 1),
    ];
    for (text, line) in cases {
        let error = Theme::parse("mine.toml", text).unwrap_err();
        let place = error.faults[0].place.as_ref().unwrap();
        assert_eq!((place.line, error.faults.len()), (line, 1), "{text}: {error}");
    }
}

#[test]
fn a_theme_that_inherits_itself_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.toml"), "inherits = \"mine\"\n").unwrap();
    let error = Theme::load("mine", Some(folder.path())).unwrap_err();
    assert!(error.to_string().contains("inherits itself"), "{error}");
    let missing = Theme::load("nite", Some(folder.path())).unwrap_err();
    assert_eq!(missing.faults[0].file, "nite");
}

#[test]
fn the_terminal_says_how_many_colours_it_has() {
    let cases = [
        (Some("truecolor"), Some("xterm-256color"), false, Depth::TrueColor),
        (Some("truecolor"), Some("xterm-256color"), true, Depth::Mono),
        (None, Some("xterm-256color"), false, Depth::Ansi256),
        (None, Some("xterm-kitty"), false, Depth::TrueColor),
        (None, Some("linux"), false, Depth::Ansi16),
        (Some(""), Some("dumb"), false, Depth::Mono),
        (None, None, false, Depth::Ansi16),
    ];
    for (colorterm, term, no_color, depth) in cases {
        assert_eq!(Depth::detect(colorterm, term, no_color), depth, "{colorterm:?} {term:?}");
    }
}

#[test]
fn a_theme_uses_no_colour_that_is_not_there() {
    let night = Theme::builtin("night").unwrap();
    for tone in Tone::ALL {
        for (depth, is_there) in [
            (Depth::Ansi256, (|it| matches!(it, Color::Indexed(16..))) as fn(Color) -> bool),
            (Depth::Ansi16, |it| !matches!(it, Color::Indexed(_) | Color::Rgb(..))),
            (Depth::Mono, |_| false),
        ] {
            let style = night.at(depth).style(tone);
            assert!(style.fg.into_iter().chain(style.bg).all(is_there), "{depth:?} {style:?}");
        }
    }
    assert_eq!(night.at(Depth::TrueColor), night);
}

#[test]
fn states_can_be_told_apart_without_colours() {
    for name in Theme::names() {
        let theme = Theme::builtin(name).unwrap().at(Depth::Mono);
        let states =
            [Status::Running, Status::Paused, Status::Waiting, Status::Failed, Status::Stopped];
        let styles = states.map(|status| theme.status(status));
        for (number, style) in styles.iter().enumerate() {
            assert!(!styles[..number].contains(style), "{name}: {:?}", states[number]);
        }
    }
}

#[test]
fn greys_and_cube_colours_find_themselves() {
    let exact = [Color::Rgb(95, 135, 175), Color::Rgb(238, 238, 238)];
    let mut theme = Theme::default();
    theme.styles[Tone::Text as usize] = Style::new().fg(exact[0]).bg(exact[1]);
    let style = theme.at(Depth::Ansi256).style(Tone::Text);
    assert_eq!((style.fg, style.bg), (Some(Color::Indexed(67)), Some(Color::Indexed(255))));
}

#[test]
fn the_background_chooses_the_theme() {
    let cases = [
        (Some(Rgb(0xff, 0xff, 0xff)), Depth::TrueColor, "day"),
        (Some(Rgb(0xfd, 0xf6, 0xe3)), Depth::Ansi256, "day"),
        (Some(Rgb(0x00, 0x2b, 0x36)), Depth::TrueColor, "night"),
        (None, Depth::TrueColor, "night"),
        (Some(Rgb(0xff, 0xff, 0xff)), Depth::Ansi16, "terminal"),
    ];
    for (background, depth, name) in cases {
        assert_eq!(choose(background, depth), name);
    }
}

#[test]
fn the_name_of_an_agent_is_in_the_colour_of_text_in_every_theme() {
    for name in Theme::names() {
        let theme = Theme::builtin(name).unwrap();
        let title = theme.style(Tone::Title).fg;
        assert!(title.is_some() && title != theme.style(Tone::Border).fg, "{name}: {title:?}");
    }
}
