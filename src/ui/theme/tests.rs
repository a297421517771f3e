use super::*;
use ratatui::style::{Color, Modifier};

fn rgb(colour: Color) -> Option<Rgb> {
    match colour {
        Color::Rgb(red, green, blue) => Some(Rgb(red, green, blue)),
        _ => None,
    }
}

/// Lines that carry no words.
const DECORATION: [Tone; 3] = [Tone::Border, Tone::Timeline, Tone::MarkupRule];

#[test]
fn every_theme_of_ours_is_sound() {
    for name in Theme::names() {
        assert_eq!(Theme::load(name, None).map(|_| ()), Ok(()), "{name}");
        assert!(Theme::builtin(name).is_some());
    }
}

/// The themes with colours of their own: what they look like is not the terminal's choice.
fn coloured() -> impl Iterator<Item = (&'static str, Theme)> {
    let own = Theme::names().filter(|it| *it != "terminal");
    own.map(|name| (name, Theme::builtin(name).unwrap()))
}

fn ink(theme: &Theme, tone: Tone) -> Rgb {
    theme.style(tone).fg.and_then(rgb).unwrap_or_else(|| panic!("{} has no colour", tone.key()))
}

fn ground(theme: &Theme, tone: Tone) -> Rgb {
    theme.style(tone).bg.and_then(rgb).unwrap_or_else(|| panic!("{} has no ground", tone.key()))
}

#[test]
fn all_text_can_be_read_on_its_ground_and_on_bars() {
    for (name, theme) in coloured() {
        let least = if name.starts_with("contrast") { 7.0 } else { 4.5 };
        let grounds = [ground(&theme, Tone::Background), ground(&theme, Tone::HeaderBar)];
        for tone in Tone::ALL.into_iter().filter(|tone| *tone != Tone::Background) {
            let ink = ink(&theme, tone);
            // What has a ground of its own stands on that alone.
            let own = theme.style(tone).bg.and_then(rgb);
            let grounds: Vec<Rgb> = own.map_or(grounds.to_vec(), |it| vec![it]);
            for ground in grounds {
                let is_line = DECORATION.contains(&tone);
                let least = if is_line { least - 3.0 } else { least };
                let contrast = ink.contrast(ground);
                assert!(contrast >= least, "{name}: {} has {contrast:.2}", tone.key());
            }
        }
        assert_eq!(Theme::about(name).map(str::is_empty), Some(false), "{name}");
    }
}

#[test]
fn code_can_be_read_in_changed_lines() {
    let syntax = Tone::ALL.into_iter().filter(|it| it.key().starts_with("syntax"));
    let tones: Vec<Tone> = syntax.chain([Tone::Dim, Tone::Text]).collect();
    for (name, theme) in coloured() {
        for (line, word) in
            [(Tone::DiffAdded, Tone::DiffAddedWord), (Tone::DiffRemoved, Tone::DiffRemovedWord)]
        {
            let (line, word) = (ground(&theme, line), ground(&theme, word));
            for tone in &tones {
                let (on_line, on_word) =
                    (ink(&theme, *tone).contrast(line), ink(&theme, *tone).contrast(word));
                assert!(on_line >= 4.5, "{name}: {} has {on_line:.2}", tone.key());
                // A word in the line is held out by its ground: it may be as weak as large text.
                let is_dim = ink(&theme, *tone) == ink(&theme, Tone::Dim);
                assert!(is_dim || on_word >= 3.0, "{name}: {} has {on_word:.2}", tone.key());
            }
            let ground = ground(&theme, Tone::Background);
            assert!(line.contrast(ground) >= 1.04, "{name}: {:.2}", line.contrast(ground));
            assert!(word.contrast(line) >= 1.08, "{name}: {:.2}", word.contrast(line));
        }
    }
}

#[test]
fn three_levels_of_emphasis_stay_three() {
    for (name, theme) in coloured() {
        let ground = ground(&theme, Tone::Background);
        let [strong, text, dim] =
            [Tone::Strong, Tone::Text, Tone::Dim].map(|it| ink(&theme, it).contrast(ground));
        assert!(strong >= text * 1.1 && text >= dim * 1.2, "{name}: {strong} {text} {dim}");
        assert!(theme.style(Tone::Strong).add_modifier.contains(Modifier::BOLD), "{name}");
        // What is chosen stands out from what is not, and can be read.
        let chosen = theme.style(Tone::Selection).bg.and_then(rgb).unwrap();
        assert!(chosen.contrast(ground) >= 1.2, "{name}: {:.2}", chosen.contrast(ground));
        assert!(ink(&theme, Tone::Text).contrast(chosen) >= 4.5, "{name}");
    }
}

/// What somebody sees of a colour who lacks the cones for red, or for green (Machado,
/// Oliveira and Fernandes, 2009, at full severity), as CIE L*a*b*.
fn seen(colour: Rgb, cones: [[f64; 3]; 3]) -> [f64; 3] {
    let linear = |it: u8| {
        let it = f64::from(it) / 255.0;
        if it <= 0.04045 { it / 12.92 } else { ((it + 0.055) / 1.055).powf(2.4) }
    };
    let light = [colour.0, colour.1, colour.2].map(linear);
    let times = |row: [f64; 3], it: [f64; 3]| row[0] * it[0] + row[1] * it[1] + row[2] * it[2];
    let light = cones.map(|row| times(row, light).clamp(0.0, 1.0));
    // sRGB's primaries at D65 (IEC 61966-2-1).
    let [x, y, z] = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
        .map(|row| times(row, light));
    let root = |it: f64| if it > 0.008_856 { it.cbrt() } else { 7.787 * it + 16.0 / 116.0 };
    let [x, y, z] = [root(x / 0.950_47), root(y), root(z / 1.088_83)];
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn difference(one: [f64; 3], other: [f64; 3]) -> f64 {
    one.iter().zip(other).map(|(one, other)| (one - other).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn eyes_without_red_or_green_tell_states_and_changes_apart_where_a_theme_is_for_them() {
    const ALL: [[f64; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    const NO_RED: [[f64; 3]; 3] = [
        [0.152_286, 1.052_583, -0.204_868],
        [0.114_503, 0.786_281, 0.099_216],
        [-0.003_882, -0.048_116, 1.051_998],
    ];
    const NO_GREEN: [[f64; 3]; 3] = [
        [0.367_322, 0.860_646, -0.227_968],
        [0.280_085, 0.672_501, 0.047_413],
        [-0.011_820, 0.042_940, 0.968_881],
    ];
    let states = [
        Tone::StateRunning,
        Tone::StatePaused,
        Tone::StateWaiting,
        Tone::StateFailed,
        Tone::StateSucceeded,
        Tone::StateStopped,
    ];
    let lines = [Tone::DiffAdded, Tone::DiffRemoved];
    let words = [Tone::DiffAddedWord, Tone::DiffRemovedWord];
    let least = |name: &str, cones| {
        let theme = Theme::builtin(name).unwrap();
        let of = |tones: &[Tone], of: fn(&Theme, Tone) -> Rgb| {
            let seen: Vec<_> = tones.iter().map(|it| seen(of(&theme, *it), cones)).collect();
            let pairs = seen.iter().enumerate().flat_map(|(n, one)| {
                seen[..n].iter().map(|other| difference(*one, *other)).collect::<Vec<_>>()
            });
            pairs.fold(f64::MAX, f64::min)
        };
        [of(&states, ink), of(&lines, ground), of(&words, ground)]
    };
    for name in ["colour-blind-dark", "colour-blind-light"] {
        for cones in [ALL, NO_RED, NO_GREEN] {
            let [states, lines, words] = least(name, cones);
            assert!(states >= 15.0, "{name}: {states:.1}");
            assert!(lines >= 12.0 && words >= 25.0, "{name}: {lines:.1} {words:.1}");
        }
    }
    // Else there were no need of them.
    assert!(least("night", NO_GREEN)[0] < 10.0 && least("day", NO_RED)[0] < 10.0);
}

#[test]
fn a_theme_of_ones_own_inherits_any_of_ours() {
    for name in Theme::names() {
        let text = format!(
            "inherits = \"{name}\"\n[palette]\nmine = \"#123456\"\n[scopes]\n\"title\" = \"mine\"\n"
        );
        let heir = Theme::parse("mine.toml", &text).unwrap();
        assert_eq!(heir.style(Tone::Title).fg, Some(Color::Rgb(0x12, 0x34, 0x56)), "{name}");
        let parent = Theme::builtin(name).unwrap();
        assert_eq!(heir.style(Tone::StateFailed), parent.style(Tone::StateFailed), "{name}");
    }
    assert_eq!(Theme::names().count(), 20);
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
fn states_keep_their_colours_where_there_are_but_sixteen() {
    for name in Theme::names() {
        let theme = Theme::builtin(name).unwrap().at(Depth::Ansi16);
        let states = [Status::Running, Status::Waiting, Status::Failed];
        let colours = states.map(|status| theme.status(status).fg);
        let greys = [Color::Black, Color::Gray, Color::DarkGray, Color::White].map(Some);
        for (number, colour) in colours.iter().enumerate() {
            assert!(!colours[..number].contains(colour), "{name}: {colours:?}");
            assert!(!greys.contains(colour), "{name}: {colours:?}");
        }
        // What is done well may look like what goes well, and like nothing else.
        let done = theme.status(Status::Succeeded).fg;
        assert!(!colours[1..].contains(&done), "{name}: {done:?} {colours:?}");
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

#[test]
fn the_name_that_is_orange_is_told_from_what_drifts() {
    let night = Theme::builtin("night").unwrap();
    let Rgb(red, green, blue) = ink(&night, Tone::NameOrange);
    for tone in [Tone::Warning, Tone::Attention, Tone::Trouble] {
        let other = ink(&night, tone);
        let apart = u32::from(red.abs_diff(other.0))
            + u32::from(green.abs_diff(other.1))
            + u32::from(blue.abs_diff(other.2));
        assert!(apart >= 80, "{}: {apart}", tone.key());
    }
}
