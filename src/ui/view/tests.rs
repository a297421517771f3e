//! What the pictures promise.

use super::{
    Grid, Hits, Scene, Welcome, draw,
    specimen::{self, Story, six},
};
use crate::model::{
    AgentId, Answer, Author, Capabilities, Casting, Command, Enclosure, EngineKind, EntryKind,
    Event, Ground, HoldReason, Input, Millis, Network, Outcome, RedirectId, RequestId, Sandbox,
    Seq, ToolState, Tree, Turn, Version, decide,
};
use crate::text::{Grammars, Patch};
use crate::ui::{
    desk::{Desk, Diffed, Mark, Marker, Playhead, Screen, Scroll, Search, Shown, Tab},
    keys::{Act, Keymap},
    theme::{Depth, Theme, Tone},
};
use proptest::prelude::*;
use ratatui::{
    Terminal,
    backend::TestBackend,
    buffer::Buffer,
    layout::Rect,
    style::{Color, Modifier},
};
use std::sync::{Arc, LazyLock};

fn desk() -> Desk {
    static KEYMAP: LazyLock<Arc<Keymap>> = LazyLock::new(|| Arc::new(Keymap::built_in().unwrap()));
    let mut desk = Desk::new(Arc::clone(&KEYMAP), Vec::new());
    desk.focus = Some(AgentId(1));
    desk
}

/// A desk on which something was done.
fn with(change: impl FnOnce(&mut Desk)) -> Desk {
    let mut desk = desk();
    change(&mut desk);
    desk
}

fn theme() -> &'static Theme {
    static THEME: LazyLock<Theme> = LazyLock::new(|| Theme::builtin("night").unwrap());
    &THEME
}

fn scene<'a>(story: &'a Story, desk: &'a Desk) -> Scene<'a> {
    Scene {
        stage: &story.stage,
        desk,
        theme: theme(),
        now: story.now(),
        trouble: None,
        welcome: None,
        screens: None,
    }
}

fn picture(story: &Story, size: (u16, u16)) -> Buffer {
    shot(&scene(story, &desk()), size)
}

fn shot(scene: &Scene, (width, height): (u16, u16)) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| drop(draw(frame, scene))).unwrap();
    terminal.backend().buffer().clone()
}

fn words(buffer: &Buffer) -> String {
    let area = buffer.area;
    let line = |y| (area.left()..area.right()).map(|x| buffer[(x, y)].symbol()).collect::<String>();
    (area.top()..area.bottom()).map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn an_agent_that_needs_the_director_has_a_thick_frame() {
    let picture = words(&picture(&six(), (80, 24)));
    assert!(picture.contains("┏ 2 ◆ smith waiting"), "{picture}");
    assert!(picture.contains("╭ 1 ● scout running"), "{picture}");
}

/// Things a model, a tool or a person may write.
const WORDS: [&str; 13] = [
    "a",
    "wide 漢字かな",
    "👩‍👩‍👧‍👦 family",
    "e\u{301}",
    "```",
    "# ",
    "\n",
    "- ",
    "| x |",
    "longwordwithoutanyspaceatall_longwordwithoutanyspaceatall",
    "**b",
    "\u{200b}",
    "ｆｕｌｌ",
];

fn words_of_any_width() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(&WORDS[..]), 0..40)
        .prop_map(|it| it.join(" "))
}

fn any_story() -> impl Strategy<Value = Story> {
    let scene = (0_u8..12, 0_u32..6, words_of_any_width());
    (1_usize..40, proptest::collection::vec(scene, 0..40)).prop_map(|(count, scenes)| {
        let mut story = Story::open("漢字 session");
        for number in 0..count {
            let agent = story.cast(&format!("名前{number}"), "röle", "brief 漢字");
            if number % 3 > 0 {
                story.start(agent).turn(agent, 1);
            }
        }
        for (kind, agent, text) in scenes {
            happen(&mut story, kind, AgentId(agent), &text);
        }
        story
    })
}

fn happen(story: &mut Story, kind: u8, agent: AgentId, text: &str) {
    match kind {
        0 => story.say(agent, text),
        1 => story.think(agent, text),
        2 => story.want(agent, 1, text).run(agent, 1),
        3 => story.ran(agent, 1, text.len().is_multiple_of(2), text, &[(text, 3, u32::MAX)]),
        4 => story.ask(agent, 1, specimen::approval(1, text)),
        5 => story.ask(agent, 2, specimen::question(text, &[text, text])),
        6 => story.hold(agent, HoldReason::Budget, text),
        7 => story.redirect(agent, 1, text),
        8 => story.end(agent, Outcome::Failed { why: text.into() }),
        9 => story.end(agent, Outcome::Succeeded { summary: text.into() }),
        10 => story.end_turn(agent, 9),
        _ => story.tell(Event::InstructionsEdited {
            agent,
            version: Version(2),
            text: text.into(),
            by: Author::Director,
        }),
    };
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn f13_any_size_draws_any_stage_without_a_panic(
        story in any_story(), width in 0_u16..300, height in 0_u16..100,
        zoom in proptest::option::of(0_usize..6), focus in 0_u32..42, scroll in 0_usize..99,
    ) {
        let mut desk = desk();
        desk.focus = Some(AgentId(focus));
        desk.sheet = scroll;
        if let Some(tab) = zoom {
            desk.screen = Screen::Zoom;
            desk.tab = Tab::ALL[tab];
            desk.scroll = Scroll::Back(scroll);
            desk.search = Some(Search { text: "a".into(), ..Search::default() });
        }
        shot(&scene(&story, &desk), (width, height));
    }

    #[test]
    fn f13_any_size_draws_any_dialog_without_a_panic(
        width in 0_u16..300, height in 0_u16..100, which in 0_usize..DIALOGS.len(),
        text in words_of_any_width(),
    ) {
        let six = six();
        let mut open = with(|it| it.roles = specimen::roles());
        drop(open.act(DIALOGS[which], &six.stage, six.now()));
        drop(open.paste(&text, &six.stage, six.now()));
        shot(&scene(&six, &open), (width, height));
    }

    #[test]
    fn nothing_in_a_pane_breaks_its_frame(
        story in any_story(), width in 38_u16..200, height in 10_u16..60,
    ) {
        let picture = shot(&scene(&story, &desk()), (width, height));
        let count = story.stage.agents().len();
        let area = Rect::new(0, 1, width, height - 2);
        let grid = Grid::fit(area, count);
        let is_beside = width >= super::WIDE && grid.pages() > 1;
        prop_assume!(!is_beside);
        for pane in grid.panes(area, 0).into_iter().filter(|it| it.width > 1 && it.height > 1) {
            for y in pane.top() + 1..pane.bottom() - 1 {
                for x in [pane.left(), pane.right() - 1] {
                    let symbol = picture[(x, y)].symbol();
                    prop_assert!(["│", "┃"].contains(&symbol), "{symbol:?} at {x},{y}");
                }
            }
        }
    }
}
/// Takes the picture as a snapshot of that name.
fn keep(name: &str, picture: &Buffer) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, words(picture)));
}

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

/// A patch with all that one can hold.
const PATCH: &str = include_str!("changes.patch");

static GRAMMARS: LazyLock<Grammars> = LazyLock::new(Grammars::load);

/// A desk that looks at what smith changed in its worktree.
fn changes(story: &mut Story, change: impl FnOnce(&mut Desk)) -> Desk {
    let smith = AgentId(2);
    let tree = Tree {
        ground: Ground::Worktree,
        store: "/home/ada/parser/.git".into(),
        branch: "auteur/smith".into(),
        base: "c0".into(),
        kept: "refs/auteur/smith".into(),
        ..Tree::default()
    };
    story.tell(Event::WorkspaceMade { agent: smith, tree: Box::new(tree) });
    for turn in 0..4 {
        let (commit, files) = (format!("c{turn}"), Vec::new());
        story.tell(Event::Checkpointed { agent: smith, turn: Turn(turn), commit, files, more: 0 });
    }
    let mut desk = with(|it| {
        it.screen = Screen::Zoom;
        it.focus = Some(smith);
        it.tab = Tab::Changes;
    });
    change(&mut desk);
    assert_eq!(desk.note_look(&story.stage), None);
    let wish = desk.diff_wish(&story.stage).unwrap();
    let mut patch = Patch::read(PATCH.as_bytes());
    GRAMMARS.colour(&mut patch);
    desk.take_diff(Diffed { wish, outcome: Ok(patch), is_last: true });
    desk
}

#[test]
fn changes_at_every_size() {
    let mut six = six();
    let desk = changes(&mut six, |_| {});
    for (width, height) in [(80, 24), (120, 35), (200, 60)] {
        keep(&format!("changes-{width}x{height}"), &shot(&scene(&six, &desk), (width, height)));
    }
}

#[test]
fn the_line_that_the_keys_are_on_is_in_sight() {
    let mut six = six();
    let mut desk = changes(&mut six, |_| {});
    let rows = desk.changes.sheet.as_ref().unwrap().rows.len();
    for place in 0..rows {
        desk.changes.place = place;
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        let mut hits = Hits::default();
        let scene = scene(&six, &desk);
        terminal.draw(|frame| hits = draw(frame, &scene)).unwrap();
        let picture = words(terminal.backend().buffer());
        assert!(picture.contains('▌'), "row {place}:\n{picture}");
        desk.changes.top = hits.shown.top;
    }
}

#[test]
fn a_changed_line_is_told_by_its_sign_where_there_are_no_colours() {
    let mut six = six();
    let desk = changes(&mut six, |_| {});
    let bare = Theme::builtin("night").unwrap().at(Depth::Mono);
    let scene = Scene { theme: &bare, ..scene(&six, &desk) };
    let picture = shot(&scene, (100, 30));
    assert!(words(&picture).contains("+ pub fn parse_number"), "{}", words(&picture));
    assert!(picture.content.iter().all(|it| it.fg == Color::Reset && it.bg == Color::Reset));
}

/// What opens each dialog and editor.
const DIALOGS: [Act; 8] = [
    Act::Help,
    Act::Palette,
    Act::Quit,
    Act::Stop,
    Act::NewAgent,
    Act::ChangeBudget,
    Act::EditInstructions,
    Act::Redirect,
];

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
            is_playing: true,
            indexed: 1.0,
            markers: [
                marker(9, Mark::Direction),
                marker(22, Mark::Request),
                marker(60, Mark::Trouble),
                marker(120, Mark::End),
            ]
            .into(),
            ..Playhead::default()
        });
    });
    let picture = shot(&scene(&six, &replayed), (120, 35));
    keep("replay-120x35", &picture);
    assert!(words(&picture).contains("REPLAY"));
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
fn only_agents_that_wait_for_the_director_are_framed_in_the_colour_of_attention() {
    let picture = picture(&six(), (120, 35));
    let attention = theme().style(Tone::BorderAttention).fg;
    let corners = (0..35).flat_map(|y| (0..120).map(move |x| (x, y)));
    let corners = corners.filter(|it| ["┏", "╭"].contains(&picture[*it].symbol()));
    let framed: Vec<(bool, String)> = corners
        .map(|(x, y)| {
            let name: String = (x + 6..x + 12).map(|x| picture[(x, y)].symbol()).collect();
            (Some(picture[(x, y)].fg) == attention, name.trim().to_owned())
        })
        .collect();
    let loud: Vec<&str> = framed.iter().filter(|it| it.0).map(|it| it.1.as_str()).collect();
    assert_eq!(loud, ["smith", "judge"], "{framed:?}");
}

#[test]
fn a_request_is_seen_once_its_last_line_was_in_sight() {
    let mut story = Story::open("");
    let agent = story.cast("smith", "coder", "Build it.");
    let long: Vec<_> = (1..=80).map(|line| format!("rm file-{line}")).collect();
    story.start(agent).want(agent, 1, "shell").ask(
        agent,
        1,
        specimen::approval(1, &long.join("\n")),
    );
    let at = |scroll| {
        let desk = with(|it| {
            it.screen = Screen::Zoom;
            it.request = Some((agent, RequestId(1)));
            it.request_scroll = scroll;
        });
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        let mut shown = Shown::default();
        terminal.draw(|frame| shown = draw(frame, &scene(&story, &desk)).shown).unwrap();
        shown
    };
    let most = at(0).request_most;
    assert!(at(0).requests.is_empty() && at(most - 1).requests.is_empty());
    assert_eq!(at(most).requests, [(agent, RequestId(1))].into());
    let fingerprint = story.stage.agent(agent).unwrap().requests[0].fingerprint;
    assert_eq!(
        (at(most - 1).ready, at(most).ready),
        (None, Some((agent, RequestId(1), fingerprint)))
    );
}

/// The bottom line while that agent has the keys.
fn footer(story: &Story, agent: AgentId) -> String {
    let desk = with(|it| it.focus = Some(agent));
    let picture = words(&shot(&scene(story, &desk), (200, 40)));
    picture.lines().last().unwrap_or_default().to_owned()
}

#[test]
fn the_footer_offers_only_what_does_something() {
    let (mut six, nine) = (six(), specimen::nine());
    let retrying = footer(&six, AgentId(5));
    assert!(retrying.contains("i retry now"), "{retrying}");
    let interrupt =
        Input::Command { by: Author::Director, command: Command::Interrupt(AgentId(5)) };
    let asked = Event::InterruptAsked { agent: AgentId(5), by: Author::Director };
    assert_eq!(decide(&six.stage, interrupt), Ok(vec![asked]), "and it is not held");
    let paused = footer(&six, AgentId(6));
    assert!(paused.contains("p resume") && paused.contains(". step"), "{paused}");
    assert!(paused.contains("P pause all") && !paused.contains("! freeze"), "{paused}");
    for agent in 1..=6 {
        six.hold(AgentId(agent), HoldReason::Director, "");
    }
    assert!(footer(&six, AgentId(6)).contains("P resume all"));
    let mut short = nine;
    short.hold(AgentId(6), HoldReason::Budget, "");
    let held = footer(&short, AgentId(6));
    assert!(held.contains("b budget") && !held.contains("resume"), "{held}");
    assert!(!held.contains(". step"), "{held}");
}

#[test]
fn trouble_with_the_disk_is_loud_and_shows_who_is_held() {
    let six = six();
    let trouble = "No space left on device (os error 28): could not append to \
        /home/ada/.local/state/auteur/parser/0192.jsonl; agents are held, trying again";
    let desk = desk();
    let scene = Scene { trouble: Some(trouble), ..scene(&six, &desk) };
    let picture = words(&shot(&scene, (100, 30)));
    let (first, last) = (picture.lines().next().unwrap(), picture.lines().last().unwrap());
    assert!(first.contains(" DISK: agents held "), "{picture}");
    assert!(last.contains("No space left on device: could not append"), "{picture}");
    assert!(!picture.contains("running"), "{picture}");
    assert!(picture.contains("held by the disk"), "{picture}");
}

#[test]
fn a_narrow_pane_names_the_model_rather_than_a_role_that_is_its_name() {
    let mut story = Story::open("");
    let agent = story.cast("scout", "scout", "Look.");
    let (provider, model) = ("openrouter".into(), "anthropic/claude-sonnet-4-5".into());
    story.tell(Event::ModelChanged { agent, provider, model, by: Author::Director });
    let title = |width| {
        let picture = words(&picture(&story, (width, 12)));
        picture.lines().nth(1).unwrap_or_default().to_owned()
    };
    assert!(title(80).contains(" anthropic/claude-sonnet-4-5 "), "{}", title(80));
    assert!(title(44).contains(" claude-sonnet-4-5 "), "{}", title(44));
    assert!(title(38).contains("net-4-5 "), "{}", title(38));
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
fn retries_of_one_call_are_one_entry_and_what_is_frozen_grows_no_older() {
    let mut story = six();
    let ranger = AgentId(5);
    for attempt in 4..6 {
        let (most, wait, why) = (6, Millis(5000), "503: busy".into());
        story.tell(Event::RetryScheduled { agent: ranger, attempt, most, wait, why });
    }
    let log = &story.stage.agent(ranger).unwrap().log;
    let retries: Vec<_> = log.entries().skip(1).map(|it| it.kind.clone()).collect();
    let (text, why) = ("retrying in 0:05 (try 5 of 6)".into(), "503: busy".into());
    assert_eq!(retries, [EntryKind::Retry { text, why }]);

    let mut story = Story::open("");
    let agent = story.cast("smith", "coder", "Build it.");
    story.start(agent).want(agent, 1, "shell make").run(agent, 1).wait(5);
    story.tell(Event::Frozen { agent, what: "make".into() }).wait(60);
    let picture = words(&picture(&story, (100, 20)));
    assert!(picture.contains("shell make 0:05 …"), "{picture}");
    story.tell(Event::Thawed { agent }).wait(2).ran(agent, 1, true, "", &[]);
    let agent = story.stage.agent(agent).unwrap();
    let took = |it: &EntryKind| match it {
        EntryKind::Tool { state: ToolState::Ended { took, .. }, .. } => Some(*took),
        _ => None,
    };
    assert_eq!(agent.log.entries().find_map(|it| took(&it.kind)), Some(Millis(7000)));
}

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
fn an_answer_is_written_under_the_question_and_what_it_offers() {
    let six = six();
    let open = with(|it| {
        it.focus = Some(AgentId(3));
        drop(it.act(Act::Answer, &six.stage, six.now()));
    });
    for size in [(120, 35), (80, 24)] {
        let picture = words(&shot(&scene(&six, &open), size));
        let title = picture.find("Answer judge").unwrap();
        let editor = &picture[title..];
        for text in ["Which one shall I keep?", "1. the table", "2. the loop"] {
            assert!(editor.contains(text), "{text}: {picture}");
        }
    }
}

#[test]
fn a_long_question_leaves_room_to_answer_it() {
    let mut story = Story::open("");
    let agent = story.cast("smith", "coder", "Build it.");
    let long: Vec<_> = (1..=80).map(|line| format!("line {line}")).collect();
    story.start(agent).ask(agent, 1, specimen::question(&long.join("\n"), &["yes"]));
    let open = with(|it| {
        drop(it.act(Act::Answer, &story.stage, story.now()));
        drop(it.paste("my own words", &story.stage, story.now()));
    });
    let picture = words(&shot(&scene(&story, &open), (80, 24)));
    assert!(picture.contains("my own words") && picture.contains("more lines"), "{picture}");
}

#[test]
fn a_narrow_pane_says_why_it_retries_its_turn_and_its_time() {
    let six = six();
    let beside = with(|it| it.roster = true);
    for (desk, size) in [(&desk(), (80, 24)), (&beside, (120, 40)), (&beside, (130, 35))] {
        let picture = words(&shot(&scene(&six, desk), size));
        assert!(picture.contains("retrying in 0:33 (429, try 3)"), "{picture}");
        if desk.roster {
            assert!(picture.contains("turn 2 · worked"), "{picture}");
        }
    }
}

#[test]
fn a_closing_session_says_what_it_waits_for_and_offers_no_directions() {
    let six = six();
    let leaving = with(|it| it.is_leaving = true);
    let picture = words(&shot(&scene(&six, &leaving), (120, 35)));
    let (first, last) = (picture.lines().next().unwrap(), picture.lines().last().unwrap());
    assert!(first.contains(" CLOSING "), "{first}");
    assert!(last.contains("closing: 1 agent finishes what is in flight"), "{last}");
    for offer in ["n new", "p pause", "r redirect", "w needs me"] {
        assert!(!last.contains(offer), "{last}");
    }
    assert!(last.contains("q leave at once"), "{last}");
}

/// A stage with one agent that is a program of somebody else's.
fn with_program(name: &str) -> Story {
    let mut story = Story::open("");
    let agent = story.stage.next_agent();
    let casting = Casting {
        name: name.into(),
        role: "reviewer".into(),
        engine: EngineKind::Acp,
        provider: "gemini".into(),
        model: "pro".into(),
        brief: "Look at it.".into(),
        capabilities: Capabilities { edit: false, ..Capabilities::ACP },
        ..Casting::default()
    };
    story.tell(Event::AgentAdded { agent, casting: Box::new(casting), by: Author::Director });
    story.start(agent);
    story
}

#[test]
fn a_pane_says_which_program_it_is_and_a_key_it_cannot_honour_is_struck_out() {
    let story = with_program("scout");
    let picture = shot(&scene(&story, &desk()), (200, 20));
    let text = words(&picture);
    assert!(text.contains("reviewer · gemini · pro"), "{text}");
    let footer = text.lines().last().unwrap();
    let place = footer.find("instructions").expect(footer);
    let column = u16::try_from(footer[..place].chars().count()).unwrap();
    let struck = |column| picture[(column, 19)].modifier.contains(Modifier::CROSSED_OUT);
    assert!(struck(column), "{footer}");
    let place = footer.find("redirect").expect(footer);
    let column = u16::try_from(footer[..place].chars().count()).unwrap();
    assert!(!struck(column), "{footer}");
}

fn held_by(how: Enclosure, why: &str) -> Story {
    let mut story = with_program("scout");
    let (network, why) = (Network::Off, why.to_owned());
    let sandbox = Sandbox { how, network, why };
    story.tell(Event::Confined { agent: AgentId(1), sandbox });
    story
}

#[test]
fn an_agent_in_a_sandbox_has_a_quiet_sign_and_one_in_none_a_loud_word() {
    for (how, sign) in
        [(Enclosure::Bubblewrap, "▣"), (Enclosure::Landlock, "▢"), (Enclosure::None, "unsandboxed")]
    {
        let story = held_by(how, "");
        for size in [(80, 24), (120, 35), (200, 60)] {
            let text = words(&shot(&scene(&story, &desk()), size));
            assert!(text.contains(sign), "{size:?}: {text}");
        }
    }
    let nobody_knows = words(&shot(&scene(&with_program("scout"), &desk()), (120, 35)));
    assert!(!nobody_knows.contains("sandbox") && !nobody_knows.contains('▣'), "{nobody_knows}");
}

#[test]
fn the_brief_says_what_holds_an_agent_and_why_no_more_does() {
    let story = held_by(Enclosure::Landlock, "bubblewrap is not installed");
    let zoomed = with(|it| {
        it.screen = Screen::Zoom;
        it.tab = Tab::Brief;
    });
    let text = words(&shot(&scene(&story, &zoomed), (120, 40)));
    for said in ["Sandbox: landlock", "network off", "bubblewrap is not installed"] {
        assert!(text.contains(said), "{said}: {text}");
    }
}

#[test]
fn the_brief_of_a_program_says_what_it_is_and_what_can_be_done_with_it() {
    let mut story = with_program("scout");
    let agent = AgentId(1);
    let (program, session) = ("Gemini CLI 0.61.0".to_owned(), "5e55".to_owned());
    story.tell(Event::Linked { agent, program, session });
    let message = serde_json::json!({"type": "new"});
    story.tell(Event::Strange { agent, name: "new".into(), message });
    story.ask(agent, 1, specimen::approval(1, "touch a"));
    let (request, by, answer) = (RequestId(1), Author::Director, Answer::Always);
    story.tell(Event::Answered { agent, request, answer, by });
    let zoomed = with(|it| {
        it.screen = Screen::Zoom;
        it.tab = Tab::Brief;
    });
    let text = words(&shot(&scene(&story, &zoomed), (110, 34)));
    for said in [
        "reviewer · gemini · pro",
        "Gemini CLI 0.61.0",
        "5e55",
        "1 message, kept in the journal",
        "in its turn; it goes on where it was",
        "when its turn is over",
        "Allowed for good, exactly this",
        "touch a",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
}

#[test]
fn a_message_that_was_sent_and_not_taken_in_yet_is_told_so() {
    let mut story = with_program("scout");
    let (agent, redirect, by) = (AgentId(1), RedirectId(1), Author::Director);
    let text = "Look at the tests.".to_owned();
    story.tell(Event::RedirectWritten { agent, redirect, text: text.clone(), by });
    story.tell(Event::RedirectSent { agent, redirect, text });
    let text = words(&picture(&story, (100, 20)));
    assert!(text.contains("1 redirect sent") && text.contains("sent"), "{text}");
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
