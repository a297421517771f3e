//! Agents, words and acts that are looked for.

use super::*;

#[test]
fn a_filter_shows_only_what_fits_and_keeps_the_focus_on_it() {
    let mut story = Story::of(3);
    story.press("/").write("tester");
    assert_eq!(story.desk.in_sight(&story.stage), [TWO]);
    story.press("enter");
    assert_eq!(story.desk.focus, Some(TWO));
    story.press("esc");
    assert_eq!(story.desk.in_sight(&story.stage).len(), 3);
    // The letters of it stand in every agent's words, one here and one there.
    story.press("/").write("tstr");
    assert_eq!(story.desk.in_sight(&story.stage), []);
}

#[test]
fn a_search_finds_entries_and_goes_round_them() {
    let mut story = Story::of(1);
    for (turn, text) in ["one Fish", "two", "fish three"].into_iter().enumerate() {
        story.calling(ONE).tell(Event::Said { agent: ONE, text: text.into() });
        let turn = Turn(u32::try_from(turn).unwrap() + 1);
        let (usage, cost, stop) = (Usage::default(), Cost::default(), Stop::End);
        story.tell(Event::TurnEnded { agent: ONE, turn, stop, usage, cost });
    }
    story.press("enter /").write("fish").press("enter");
    assert_eq!(story.status(), "2 entries");
    let at = |story: &Story| match story.desk.scroll {
        Scroll::At(seq) => seq,
        other => panic!("{other:?}"),
    };
    let last = at(&story);
    story.press("n");
    assert!(at(&story) < last);
    story.press("N");
    assert_eq!(at(&story), last);
    story.press("/").write("x").press("enter");
    assert_eq!(story.status(), "not found");
}

#[test]
fn a_search_goes_on_in_the_stretch_before_and_says_where_it_ends() {
    let mut story = Story::of(1);
    let log = |seq: u64, text: &str| {
        let mut log = Log::new(LogBounds::READING);
        let event = Event::Said { agent: ONE, text: text.into() };
        log.apply(&Record { seq: Seq(seq), at: Millis(seq), event });
        log
    };
    let stretch = |first: u64, log: Log, at_end| Reading {
        agent: ONE,
        log,
        first,
        last: first + 400,
        at_start: first == 0,
        at_end,
        through: Seq(900),
    };
    story.press("enter");
    story.desk.take_reading(stretch(800, log(800, "fish"), true));
    story.press("/").write("fish").press("enter N");
    assert_eq!(story.desk.wish().map(|it| it.anchor), Some(Anchor::Around(800)));
    story.desk.take_reading(stretch(400, log(400, "bird"), false));
    assert_eq!(story.desk.wish().map(|it| it.anchor), Some(Anchor::Around(400)));
    story.desk.take_reading(stretch(0, log(9, "a fish"), false));
    assert_eq!((story.desk.scroll, story.desk.wish()), (Scroll::At(Seq(9)), None));
    assert_eq!(story.status(), "1 of 1 in this part of the log");
}

#[test]
fn a_match_stays_the_same_one_where_another_stretch_is_loaded_around_it() {
    let mut story = Story::of(1);
    let stretch = |seqs: &[u64]| {
        let mut log = Log::new(LogBounds::READING);
        for seq in seqs {
            let (redirect, text) = (RedirectId(u32::try_from(*seq).unwrap()), "a fish".to_owned());
            let event = Event::RedirectWritten { agent: ONE, redirect, text, by: Author::Director };
            log.apply(&Record { seq: Seq(*seq), at: Millis(*seq), event });
        }
        let (first, last) = (seqs[0], 900);
        Reading { agent: ONE, log, first, last, at_start: true, at_end: true, through: Seq(900) }
    };
    story.press("enter");
    story.desk.take_reading(stretch(&[800, 810]));
    story.press("/").write("fish").press("enter N");
    assert_eq!((story.desk.scroll, story.status()), (Scroll::At(Seq(800)), "1 of 2"));
    story.desk.take_reading(stretch(&[700, 710, 800, 810]));
    story.press("n");
    assert_eq!((story.desk.scroll, story.status()), (Scroll::At(Seq(810)), "4 of 4"));
}

#[test]
fn the_palette_finds_acts_and_agents() {
    let mut story = Story::of(2);
    story.press("ctrl+p").write("agent-2").press("enter");
    assert_eq!((story.desk.focus, story.desk.dialog.is_none()), (Some(TWO), true));
    story.press("ctrl+p").write("all agents, or resume").press("enter");
    assert_eq!(story.sent(), [Command::PauseAll]);
}

#[test]
fn the_palette_finds_an_act_by_the_name_that_the_footer_gives_it() {
    let mut story = Story::of(1);
    for (word, wanted) in [
        ("stop", Act::Stop),
        ("quit", Act::Quit),
        ("redirect", Act::Redirect),
        ("interrupt", Act::Interrupt),
        ("help", Act::Help),
        ("roster", Act::Roster),
    ] {
        story.press("ctrl+p").write(word);
        let Some(Dialog::Palette(palette)) = &story.desk.dialog else { panic!("no palette") };
        assert_eq!(palette.matches.first().map(|it| &it.goal), Some(&Goal::Do(wanted)), "{word}");
        story.press("esc");
    }
}

#[test]
fn the_help_lists_the_keys_that_hold_here_and_can_be_filtered() {
    let mut story = Story::of(1);
    story.press("?");
    let count = |story: &Story| match &story.desk.dialog {
        Some(Dialog::Help(help)) => help.parts.iter().map(|it| it.lines.len()).sum::<usize>(),
        other => panic!("{other:?}"),
    };
    let all = count(&story);
    story.press("/").write("freeze");
    assert!((1..all).contains(&count(&story)));
    story.press("esc");
    assert_eq!(count(&story), all);
    let Some(Dialog::Help(help)) = &story.desk.dialog else { panic!() };
    assert_eq!(help.filter.text(), "", "nobody searches any more");
    story.press("esc");
    assert!(story.desk.dialog.is_none());
}

#[test]
fn the_help_is_searched_for_keys_of_other_places_too_and_this_one_comes_first() {
    let mut story = Story::of(1);
    story.press("?");
    let titles = |story: &Story| match &story.desk.dialog {
        Some(Dialog::Help(help)) => help.parts.iter().map(|it| it.title).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(titles(&story)[0], "The stage");
    assert!(!titles(&story).contains(&"The cast"));
    story.press("/").write("agent");
    let found = titles(&story);
    let place = |title: &str| found.iter().position(|it| *it == title);
    assert_eq!(place("The stage"), Some(0));
    assert!(place("The cast") > place("Everywhere"), "{found:?}");
}

/// The help that is open, as what its keys do.
fn helped(story: &Story) -> Vec<(String, &'static str)> {
    let Some(Dialog::Help(help)) = &story.desk.dialog else { panic!("no help") };
    let lines = help.parts.iter().flat_map(|it| &it.lines);
    lines.map(|it| (it.keys.clone(), it.description)).collect()
}

#[test]
fn the_help_of_a_replay_says_what_its_keys_do_there() {
    let mut story = Story::of(1);
    story.press("?");
    let live = helped(&story);
    assert!(live.iter().any(|(_, does)| does.contains("running agents")), "{live:?}");
    for screen in [Screen::Stage, Screen::Zoom] {
        let mut story = Story::of(1);
        story.desk.playhead = Some(Playhead::default());
        story.desk.screen = screen;
        story.press("?");
        let replayed = helped(&story);
        for live in ["running agents", "interrupts", "second screen"] {
            assert!(!replayed.iter().any(|(_, does)| does.contains(live)), "{live}: {replayed:?}");
        }
        let next: Vec<_> = replayed.iter().filter(|it| it.0 == "n").collect();
        assert!(matches!(next[..], [(_, does)] if does.contains("marker")), "{next:?}");
    }
}

#[test]
fn who_is_gone_to_is_not_hidden_by_the_help() {
    let mut story = Story::of(2);
    story.question(TWO, &[]).press("?");
    assert!(story.desk.dialog.is_some());
    story.press("w");
    assert_eq!((story.desk.focus, story.desk.dialog.is_none()), (Some(TWO), true));
}

#[test]
fn the_palette_lists_nothing_whose_letters_stand_scattered() {
    let mut story = Story::of(2);
    story.desk.settable = vec![crate::config::Settable {
        key: "workspace.default".into(),
        about: "where new agents work: a worktree of their own, or the project as it is".into(),
        value: "worktree".into(),
        choices: vec!["shared".into(), "worktree".into()],
    }];
    let listed = |story: &mut Story, words: &str| {
        story.press("ctrl+p").write(words);
        let Some(Dialog::Palette(palette)) = &story.desk.dialog else { panic!("no palette") };
        let listed: Vec<String> = palette.matches.iter().map(|it| it.command.clone()).collect();
        story.press("esc");
        listed
    };
    for words in ["pause releaser", "wxyz", "pause wrkde"] {
        assert_eq!(listed(&mut story, words), [""; 0], "{words}");
    }
    // Words in any place, and beginnings of words, are found.
    assert_eq!(listed(&mut story, "default shared"), ["set workspace.default shared"]);
    assert_eq!(listed(&mut story, "nag")[0], "new-agent");
    // An agent by what it is to do.
    assert_eq!(listed(&mut story, "agent-2")[0], "agent agent-2");
}
