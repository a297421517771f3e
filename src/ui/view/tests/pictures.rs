//! Whole screens, kept as they are.

use super::*;
use crate::{
    journal::{Bookmark, Sample},
    ui::desk::Axis,
};

#[test]
fn six_agents_at_every_size() {
    for (width, height) in [(20, 5), (80, 24), (120, 35), (200, 60)] {
        keep(&format!("six-{width}x{height}"), &picture(&six(), (width, height)));
    }
}

#[test]
fn every_status_has_its_shape_and_word() {
    keep("statuses-120x35", &picture(&specimen::nine(), (120, 35)));
}

#[test]
fn one_agent_with_each_tab() {
    let six = six();
    for tab in Tab::ALL {
        let zoomed = with(|it| {
            it.screen = Screen::Zoom;
            it.focus = Some(AgentId(2));
            it.tab = tab;
            it.unfolded = true;
        });
        keep(
            &format!("zoom-{tab:?}-100x28").to_lowercase(),
            &shot(&scene(&six, &zoomed), (100, 28)),
        );
    }
}

#[test]
fn each_dialog() {
    let six = six();
    for act in DIALOGS {
        let open = with(|it| {
            it.roles = specimen::roles();
            drop(it.act(act, &six.stage, six.now()));
        });
        assert!(open.dialog.is_some() || open.editor.is_some(), "{act:?} opens nothing");
        keep(&format!("dialog-{}-120x35", act.name()), &shot(&scene(&six, &open), (120, 35)));
    }
}

#[test]
fn a_replay_says_so_and_shows_where_it_stands() {
    let six = six();
    let marker =
        |seconds: u64, kind| Marker { at: Millis(seconds * 1000), seq: Seq(1), agent: None, kind };
    let replayed = with(|it| {
        it.playhead = Some(Playhead {
            seq: six.stage.last(),
            last_seq: Seq(9_880),
            at: six.now(),
            duration: Millis(120_000),
            axis: Axis::new(&[], Millis(120_000)),
            is_playing: true,
            indexed: 1.0,
            markers: [
                marker(9, Mark::Direction),
                marker(22, Mark::Request),
                marker(60, Mark::Trouble),
                marker(120, Mark::End),
            ]
            .into(),
            bookmarks: [Bookmark { seq: Seq(3), at: Millis(40_000), note: String::new() }].into(),
            curve: (1..24).map(sample).collect(),
            ..Playhead::default()
        });
    });
    let picture = shot(&scene(&six, &replayed), (120, 35));
    keep("replay-120x35", &picture);
    assert!(words(&picture).contains("REPLAY"));
    let small = words(&shot(&scene(&six, &replayed), (80, 24)));
    assert!(small.contains("peak"), "{small}");
    let low = words(&shot(&scene(&six, &replayed), (80, 20)));
    assert!(!low.contains("peak"), "a low screen has no room for curves: {low}");
}

/// The end of a turn, every five seconds.
fn sample(nth: u64) -> Sample {
    Sample {
        seq: Seq(nth * 10),
        at: Millis(nth * 5_000),
        spent: Money(nth * nth * 1_000_000),
        agent: AgentId(u32::try_from(nth % 3).unwrap() + 1),
        context: nth % 8 * 2_500,
    }
}

#[test]
fn a_note_is_shown_where_the_head_stands_on_it() {
    let six = six();
    let note = "here it \u{1b}[31mdrifts".to_owned();
    let replayed = with(|it| {
        it.playhead = Some(Playhead {
            seq: Seq(7),
            last_seq: Seq(9_880),
            duration: Millis(120_000),
            axis: Axis::new(&[], Millis(120_000)),
            indexed: 1.0,
            bookmarks: [Bookmark { seq: Seq(7), at: Millis(0), note }].into(),
            ..Playhead::default()
        });
    });
    let picture = words(&shot(&scene(&six, &replayed), (120, 35)));
    assert!(picture.contains("⚑ here it"), "{picture}");
}

#[test]
fn a_first_screen_without_a_model_says_what_was_looked_for() {
    let story = Story::open("");
    let welcome = Welcome {
        offer: None,
        lines: vec![
            "No model was found: ANTHROPIC_API_KEY, OPENAI_API_KEY and GEMINI_API_KEY are not set, \
             and nothing answers on 127.0.0.1:11434."
                .into(),
            "`auteur doctor` says more.".into(),
        ],
    };
    let desk = with(|it| it.can_rehearse = true);
    let scene = Scene { welcome: Some(&welcome), ..scene(&story, &desk) };
    let picture = shot(&scene, (80, 24));
    keep("welcome-80x24", &picture);
    let picture = words(&picture);
    assert!(picture.contains("s  see it at work"), "{picture}");
    assert!(picture.lines().last().unwrap().contains("s demo"), "{picture}");
}

#[test]
fn the_first_screen_offers_the_session_that_was_left() {
    let story = Story::open("");
    let offer = Some("resume session \"Port it\": 5 agents, 2 in mid-turn".to_owned());
    let welcome = Welcome { offer, lines: Vec::new() };
    let left = with(|it| it.can_take_up = true);
    let scene = Scene { welcome: Some(&welcome), ..scene(&story, &left) };
    let picture = shot(&scene, (80, 24));
    keep("welcome-left-80x24", &picture);
    let picture = words(&picture);
    assert!(
        picture.contains("c  resume session \"Port it\": 5 agents, 2 in mid-turn"),
        "{picture}"
    );
    assert!(picture.contains("n  start anew: cast an agent"), "{picture}");
    assert!(picture.lines().last().unwrap().contains("c go on"), "{picture}");
}

#[test]
fn a_tiny_screen_shows_what_is_asked_and_where_the_keys_go() {
    let six = six();
    let asked = with(|it| {
        it.focus = Some(AgentId(2));
        it.request = Some((AgentId(2), RequestId(1)));
    });
    keep("asked-20x5", &shot(&scene(&six, &asked), (20, 5)));
    let mut told = desk();
    told.say(crate::model::Level::Warning, "no: it is over", six.now());
    let picture = words(&shot(&scene(&six, &told), (20, 5)));
    assert!(picture.ends_with("C no: it is over    "), "{picture}");
    let mut open = desk();
    drop(open.act(Act::Help, &six.stage, six.now()));
    keep("help-20x5", &shot(&scene(&six, &open), (20, 5)));
    let mut open = desk();
    drop(open.act(Act::Quit, &six.stage, six.now()));
    keep("quit-20x5", &shot(&scene(&six, &open), (20, 5)));
}

#[test]
fn every_screen_and_dialog_can_be_drawn_in_ascii() {
    let six = six();
    let screens = [
        Screen::Stage,
        Screen::Zoom,
        Screen::Cast,
        Screen::Script,
        Screen::Inbox,
        Screen::Past,
        Screen::Ledger,
        Screen::Audition,
    ];
    let plain = |change: &dyn Fn(&mut Desk)| {
        let desk = with(|it| {
            it.is_plain = true;
            change(it);
        });
        for size in [(20, 5), (80, 24), (200, 60)] {
            let picture = shot(&scene(&six, &desk), size);
            let odd = picture.content.iter().map(Cell::symbol).filter(|it| !it.is_ascii());
            let odd: Vec<&str> = odd.collect();
            assert_eq!(odd, Vec::<&str>::new(), "{:?} {size:?}\n{}", desk.screen, words(&picture));
        }
    };
    for screen in screens {
        for tab in 0..9 {
            plain(&|it: &mut Desk| {
                it.screen = screen;
                let _done = it.act(Act::TabNumber(tab), &six.stage, six.now());
            });
        }
    }
    for act in DIALOGS {
        plain(&|it: &mut Desk| drop(it.act(act, &six.stage, six.now())));
    }
    plain(&|it: &mut Desk| it.playhead = Some(Playhead::default()));
}
