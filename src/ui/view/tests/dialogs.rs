//! What stands over the stage.

use super::*;

#[test]
fn what_keeps_every_role_from_being_cast_is_said_once() {
    let six = six();
    let open = with(|it| {
        it.roles = specimen::roles();
        let missing = Some("no key for any service; set ANTHROPIC_API_KEY".to_owned());
        it.roles.iter_mut().for_each(|role| role.missing.clone_from(&missing));
        drop(it.act(Act::NewAgent, &six.stage, six.now()));
    });
    let picture = words(&shot(&scene(&six, &open), (120, 35)));
    assert_eq!(picture.matches("no key for any service").count(), 1, "{picture}");
    assert!(picture.contains("writes and changes code"), "{picture}");
}

#[test]
fn a_program_that_is_not_installed_is_dim_and_says_what_installs_it() {
    let six = six();
    let open = with(|it| {
        it.roles = specimen::roles();
        it.roles[2].missing = Some("`claude` is not installed: npm install --global x".to_owned());
        drop(it.act(Act::NewAgent, &six.stage, six.now()));
    });
    let text = words(&shot(&scene(&six, &open), (120, 35)));
    assert!(text.contains("can't be cast now: `claude` is not installed: npm install"), "{text}");
}

/// The picture of what this act opens, after something was done there.
fn opened(act: Act, size: (u16, u16), change: impl FnOnce(&mut Desk, &Story)) -> String {
    let six = six();
    let open = with(|it| {
        it.roles = specimen::roles();
        it.providers = specimen::PROVIDERS.map(str::to_owned).into();
        drop(it.act(act, &six.stage, six.now()));
        change(it, &six);
    });
    words(&shot(&scene(&six, &open), size))
}

#[test]
fn what_the_keys_of_a_dialog_do_is_said_once() {
    let cases = [
        (Act::Redirect, "Ctrl+S send it"),
        (Act::EditInstructions, "Ctrl+S save"),
        (Act::Palette, "Enter do it"),
        (Act::ChangeModel, "Enter take it"),
    ];
    for (act, words) in cases {
        for size in [(80, 24), (120, 35)] {
            let picture = opened(act, size, |_, _| {});
            assert_eq!(picture.matches(words).count(), 1, "{words}: {picture}");
        }
    }
}

#[test]
fn every_key_of_an_editor_stands_on_a_narrow_screen() {
    let kept = "Esc back, the draft is kept";
    let cases: [(Act, &[&str]); 3] = [
        (Act::Redirect, &["Ctrl+S send it", "Ctrl+O $EDITOR", "Tab at once", kept]),
        (Act::EditInstructions, &["Ctrl+S save", "Ctrl+O $EDITOR", kept]),
        (Act::NewAgent, &["Ctrl+S cast it", "Enter next", "Tab next field", kept]),
    ];
    for (act, said) in cases {
        let picture = opened(act, (80, 24), |_, _| {});
        for words in said {
            assert_eq!(picture.matches(words).count(), 1, "{words}: {picture}");
        }
    }
}

#[test]
fn what_is_wrong_with_a_line_is_read_whole() {
    for size in [(80, 24), (50, 16)] {
        let picture = opened(Act::ChangeModel, size, |desk, six| {
            drop(desk.paste("nowhere/x", &six.stage, six.now()));
            drop(desk.act(Act::Choose, &six.stage, six.now()));
        });
        for provider in specimen::PROVIDERS {
            assert!(picture.contains(provider), "{provider}: {picture}");
        }
        assert!(picture.contains("take it"), "{picture}");
    }
}

#[test]
fn what_is_out_of_sight_is_counted_on_a_line_of_its_own() {
    for size in [(80, 24), (120, 35)] {
        let picture = opened(Act::Palette, size, |_, _| {});
        let is_count = |it: &&str| it.contains("↓ ") && it.contains(" more ");
        let more = picture.lines().find(is_count).unwrap();
        let inside = more.split('║').nth(1).unwrap().trim();
        assert!(inside.starts_with("↓ ") && inside.ends_with(" more"), "{more}");
        let picture = opened(Act::Palette, size, |desk, six| {
            drop(desk.act(Act::ChoicePrevious, &six.stage, six.now()));
        });
        assert!(picture.lines().any(|it| it.contains("↑ ") && it.contains(" more ")), "{picture}");
        assert!(!picture.lines().any(|it| is_count(&it)), "{picture}");
    }
}

#[test]
fn a_dialog_leaves_what_stands_above_the_footer() {
    for act in [Act::Help, Act::Palette, Act::NewAgent] {
        let picture = opened(act, (80, 24), |desk, _| {
            desk.hint = Some("Press w to go to who needs you, then read it to its end.".into());
        });
        assert!(picture.contains(" try  Press w to go to who needs you"), "{picture}");
    }
}

#[test]
fn each_dialog_on_a_narrow_screen() {
    for act in DIALOGS {
        let picture = opened(act, (80, 24), |_, _| {});
        keep_words(&format!("dialog-{}-80x24", act.name()), &picture);
    }
}

#[test]
fn the_form_says_what_the_marked_role_can_do_and_can_not() {
    for (size, at_least) in [((120, 35), true), ((200, 60), true), ((60, 14), false)] {
        let picture = opened(Act::NewAgent, size, |desk, _| {
            let Some(Dialog::NewAgent(form)) = &mut desk.dialog else { panic!("no form") };
            form.roles[0].casting.capabilities = Capabilities::ACP;
        });
        let says = picture.contains("Can       pause in its turn, freeze, redirect after its turn")
            && picture.contains("not fork");
        assert_eq!(says, at_least, "{picture}");
    }
}

#[test]
fn the_form_says_to_its_end_why_the_marked_role_can_not_be_cast() {
    let why = "`a-program-of-somebody` is not installed: npm install --global \
               @somebody/a-program-of-somebody-with-a-long-name";
    for size in [(80, 24), (120, 35), (200, 60)] {
        let picture = opened(Act::NewAgent, size, |desk, _| {
            let Some(Dialog::NewAgent(form)) = &mut desk.dialog else { panic!("no form") };
            form.roles[0].missing = Some(why.into());
            form.roles[1].missing = None;
        });
        assert!(picture.contains("Can't     `a-program-of-somebody`"), "{picture}");
        assert!(picture.contains("somebody-with-a-long-name"), "{picture}");
    }
}

#[test]
fn a_role_without_a_model_says_so_where_the_others_name_theirs() {
    let picture = opened(Act::NewAgent, (80, 24), |desk, _| {
        let Some(Dialog::NewAgent(form)) = &mut desk.dialog else { panic!("no form") };
        form.roles[0].casting.model.clear();
    });
    let column = |name: &str| {
        let line = picture.lines().find(|it| it.contains(name)).unwrap();
        line.split('║').nth(1).unwrap().to_owned()
    };
    assert!(column("  Model").starts_with("   Model     none (the role's)"), "{picture}");
    assert!(column("  Budget").starts_with("   Budget    $2.00 (the role's)"), "{picture}");
}

#[test]
fn a_page_of_the_help_is_as_long_as_what_is_shown_of_it() {
    let six = six();
    let open = with(|it| drop(it.act(Act::Help, &six.stage, six.now())));
    for (width, height) in [(80, 24), (60, 16)] {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let mut shown = Shown::default();
        terminal.draw(|frame| shown = draw(frame, &scene(&six, &open)).shown).unwrap();
        let picture = words(terminal.backend().buffer());
        let rows = picture.lines().filter(|it| it.starts_with('║')).count();
        // The last one is for the filter.
        assert_eq!(shown.lines, rows - 1, "{picture}");
    }
}

#[test]
fn choices_that_stand_below_each_other_make_a_dialog_no_wider() {
    let six = six();
    let open = with(|it| {
        let choice = |it: &str| Choice { label: it.to_owned(), deed: Deed::Cancel };
        let choices = ["Cancel", "Merge", "Squash into one commit", "Rebase", "Write a patch"];
        let question = Question {
            title: "take it".into(),
            text: "How?".into(),
            choices: choices.into_iter().chain(["Commit on its own branch"]).map(choice).collect(),
            selected: 0,
            change: None,
        };
        it.dialog = Some(Dialog::Question(question));
    });
    for size in [(80, 24), (120, 35), (200, 60)] {
        let picture = words(&shot(&scene(&six, &open), size));
        let edge = picture.lines().find(|it| it.contains("Take it")).unwrap();
        let wide = edge.chars().skip_while(|it| *it != '╔').take_while(|it| *it != '╗').count();
        assert!(wide <= 100, "{wide}: {picture}");
        assert!(picture.contains("Write a patch"), "{picture}");
    }
}

#[test]
fn themes_lie_low_and_leave_the_screen_in_sight() {
    for (width, height) in [(60, 16), (80, 24), (120, 35)] {
        let picture = opened(Act::Themes, (width, height), |desk, story| {
            let offer = |name: &str| ThemeOffer {
                name: name.to_owned(),
                about: Theme::about(name).unwrap_or("yours").to_owned(),
                theme: Theme::builtin(name)
                    .map(Box::new)
                    .ok_or_else(|| "mine.toml:2: no scope is called `textt`".to_owned()),
            };
            let offers = Theme::names().chain(["mine"]).map(offer).collect();
            let listed = ThemeAnswer::Listed(offers, "nord".to_owned());
            let _done = desk.take_themes(listed, story.now());
        });
        keep_words(&format!("themes-{width}x{height}"), &picture);
        assert!(picture.contains("▸ nord") && picture.contains("kept"), "{picture}");
        assert!(picture.contains("Enter keep it"), "{picture}");
        assert!(picture.lines().take(3).any(|it| it.contains("scout")), "{picture}");
    }
}

#[test]
fn the_guide_says_what_was_found_with_a_sign_and_a_word() {
    let program = |name: &str, about: Option<&str>, is_ready| SetupProgram {
        name: name.to_owned(),
        about: about.map(str::to_owned),
        is_ready,
    };
    let key = |variable: &str, provider: &str, is_set| SetupKey {
        variable: variable.to_owned(),
        provider: provider.to_owned(),
        is_set,
    };
    let setup = Setup {
        programs: vec![
            program("claude", Some("2.1.34 (Claude Code), signed in (ANTHROPIC_API_KEY)"), true),
            program("codex", Some("codex-cli 0.48.0, not signed in, it seems"), false),
            program("gemini", None, false),
            program("opencode", None, false),
        ],
        keys: vec![
            key("ANTHROPIC_API_KEY", "anthropic", true),
            key("OPENAI_API_KEY", "openai", false),
        ],
        file: "~/.config/auteur/config.toml".to_owned(),
        ..Setup::default()
    };
    for (width, height) in [(40, 12), (80, 24), (120, 35), (200, 60)] {
        let desk = with(|desk| desk.set_up(setup.clone()));
        let nobody = Story::open("");
        let picture = words(&shot(&scene(&nobody, &desk), (width, height)));
        keep_words(&format!("guide-{width}x{height}"), &picture);
        assert!(picture.contains("Enter choose a theme"), "{picture}");
        if height > 20 {
            assert!(picture.contains("✓ claude") && picture.contains("! codex"), "{picture}");
            assert!(picture.contains("· not here  gemini, opencode"), "{picture}");
            assert!(picture.contains("✓ ANTHROPIC_API_KEY"), "{picture}");
        }
    }
}

#[test]
fn what_is_wrong_with_settings_stands_at_the_lower_edge_until_it_is_mended() {
    for (width, height) in [(80, 24), (120, 35)] {
        let picture = opened(Act::Redraw, (width, height), |desk, _| {
            desk.take_faults(vec![SettingsFault {
                line: "config.toml:2: unknown key `them`: did you mean `theme`?".to_owned(),
                ..SettingsFault::default()
            }]);
        });
        let low: Vec<&str> = picture.lines().skip(usize::from(height) - 4).collect();
        let low = low.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(low.contains("config.toml:2: unknown key `them`"), "{picture}");
        assert!(low.contains("what held before holds"), "{picture}");
    }
}

#[test]
fn as_many_themes_are_listed_as_there_is_room_for_below_what_is_tried_on() {
    for (width, height, least) in [(80, 24, 8), (120, 35, 18), (200, 60, 20)] {
        let picture = opened(Act::Themes, (width, height), |desk, story| {
            let offer = |name: &str| ThemeOffer {
                name: name.to_owned(),
                about: String::new(),
                theme: Ok(Box::new(Theme::builtin(name).unwrap())),
            };
            let listed = Theme::names().map(offer).collect();
            let _done = desk.take_themes(ThemeAnswer::Listed(listed, "night".into()), story.now());
        });
        let is_listed = |name: &&str| picture.lines().any(|it| it.contains(&format!(" {name} ")));
        let listed = Theme::names().filter(is_listed).count();
        assert!(listed >= least, "{listed} at {width}x{height}: {picture}");
        assert!(picture.lines().take(8).any(|it| it.contains("scout")), "{picture}");
    }
}

#[test]
fn the_command_line_lists_what_fits_and_says_what_it_takes() {
    for size in [(60, 16), (80, 24), (120, 35)] {
        let typed = |text: &str| {
            opened(Act::CommandLine, size, |desk, six| {
                drop(desk.paste(text, &six.stage, six.now()));
            })
        };
        let picture = typed("theme n");
        assert!(picture.contains("> theme n") && picture.contains("▸ theme n"), "{picture}");
        assert!(picture.contains("wear the theme"), "{picture}");
        assert!(picture.contains("Enter do it"), "{picture}");
        assert!(picture.lines().take(2).any(|it| it.contains("scout")), "{picture}");
        assert!(typed("redirect").contains("It takes what the agent is told."));
        assert!(typed("qqqq").contains("No command is called that."));
    }
}

#[test]
fn copy_mode_shows_which_lines_are_marked_and_how_many() {
    for size in [(60, 16), (80, 24), (120, 35)] {
        let picture = opened(Act::CopyMode, size, |desk, six| {
            drop(desk.act(Act::ScrollTop, &six.stage, six.now()));
            drop(desk.act(Act::MarkLines, &six.stage, six.now()));
            drop(desk.act(Act::ScrollDown, &six.stage, six.now()));
        });
        assert!(picture.contains("Copy from the log of scout"), "{picture}");
        assert!(picture.contains("2 marked · 2 of "), "{picture}");
        assert!(picture.contains("v mark") && picture.contains("y copy"), "{picture}");
    }
}

/// The looks of the first cell of that text.
fn look_of<'a>(picture: &'a Buffer, text: &str) -> (&'a Cell, u16) {
    let found = words(picture).lines().zip(0..).find_map(|(line, y)| {
        let at = line.find(text)?;
        Some((line[..at].chars().count(), y))
    });
    let (x, y) = found.unwrap_or_else(|| panic!("{text}: {}", words(picture)));
    (&picture[(u16::try_from(x).unwrap(), y)], y)
}

#[test]
fn what_is_marked_in_a_list_is_as_strong_as_its_neighbours_and_marked_to_its_end() {
    let six = six();
    let open = with(|it| {
        it.roles = specimen::roles();
        drop(it.act(Act::NewAgent, &six.stage, six.now()));
    });
    let picture = shot(&scene(&six, &open), (120, 35));
    let ground = theme().style(Tone::Selection).bg.unwrap();
    let (marked, line) = look_of(&picture, "coder     ");
    assert!(marked.modifier.contains(Modifier::BOLD) && marked.bg == ground, "{marked:?}");
    let (model, y) = look_of(&picture, "rehearsal-1 ║");
    assert!(y == line && model.bg == ground, "{model:?}");
    // A fact is no key.
    let key = theme().style(Tone::KeyHint).fg.unwrap();
    assert!(model.fg != key && !model.modifier.contains(Modifier::BOLD), "{model:?}");
}

#[test]
fn a_field_without_the_keys_is_read_from_its_beginning() {
    let text = "anthropic/a-model-whose-name-is-far-too-long-for-the-line-that-it-is-typed-into";
    let picture = opened(Act::NewAgent, (80, 24), |desk, six| {
        let press = |desk: &mut Desk, act| drop(desk.act(act, &six.stage, six.now()));
        press(desk, Act::FieldNext);
        press(desk, Act::FieldNext);
        drop(desk.paste(text, &six.stage, six.now()));
        press(desk, Act::FieldPrevious);
    });
    let line = picture.lines().find(|it| it.contains(" Model ")).unwrap();
    assert!(line.contains("anthropic/a-model") && line.contains('…'), "{picture}");
}

#[test]
fn what_would_be_copied_is_read_whole_however_long_a_line_is() {
    let long = format!("{} and its end.", "a word of many ".repeat(12).trim_end());
    let mut story = six();
    story.say(AgentId(1), &long);
    let open = with(|it| drop(it.act(Act::CopyMode, &story.stage, story.now())));
    for size in [(80, 24), (120, 35)] {
        let picture = words(&shot(&scene(&story, &open), size));
        assert!(picture.contains("and its end."), "{picture}");
        assert_eq!(picture.matches('▸').count(), 1, "{picture}");
    }
}

#[test]
fn what_is_found_is_seen_in_lines_that_are_marked_too() {
    let six = six();
    let mut desk = with(|it| it.focus = Some(AgentId(2)));
    let _redraw = desk.act(Act::CopyMode, &six.stage, six.now());
    let Some(Dialog::Copying(copying)) = &mut desk.dialog else { panic!("no copy mode") };
    (copying.from, copying.at) = (Some(0), copying.lines.len() - 1);
    copying.search = crate::ui::desk::Field::new("table");
    let picture = shot(&scene(&six, &desk), (120, 35));
    let looks = |tone| {
        let look = theme().style(tone).bg;
        picture.content.iter().filter(|it| Some(it.bg) == look).count()
    };
    assert!(looks(Tone::Found) >= 5, "{}", words(&picture));
    assert!(looks(Tone::Selection) > looks(Tone::Found), "{}", words(&picture));
}
