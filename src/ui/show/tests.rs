//! Stories of a whole show, without a terminal and without a supervisor.

mod pointing;

use super::*;
use crate::{
    journal::{Journal, Reader},
    model::{
        script::{Script, Step, Work},
        *,
    },
    ui::{
        desk::{Anchor, Desk, Detach, Playhead, ReadWish, ThemeAnswer, ThemeOffer, ThemeTask},
        keys::Keymap,
        theme::{Theme, Tone},
    },
};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{Terminal, backend::TestBackend};
use std::sync::Arc;
use tokio::sync::mpsc::{Receiver, channel};

const ONE: AgentId = AgentId(1);

fn desk() -> Desk {
    Desk::new(Arc::new(Keymap::built_in().unwrap()), Vec::new())
}

fn live(room: usize) -> (Show, Receiver<Input>) {
    let (inbox, inputs) = channel(room);
    (Show::new(Stage::default(), desk(), Theme::default(), Some(inbox)), inputs)
}

fn terminal() -> Terminal<TestBackend> {
    Terminal::new(TestBackend::new(80, 24)).unwrap()
}

fn key(letter: char) -> Cue {
    Cue::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE))
}

fn news(records: Vec<Record>) -> Cue {
    Cue::News(Box::new(News { records: vec![records], ..News::default() }))
}

/// The first records of a session with one agent at work.
fn opening() -> Vec<Record> {
    let casting =
        Casting { name: "scout".into(), capabilities: Capabilities::NATIVE, ..Casting::default() };
    let by = Author::Director;
    numbered(vec![
        Event::SessionOpened { title: "tale".into(), limits: Limits::default() },
        Event::AgentAdded { agent: ONE, casting: Box::new(casting), by },
        Event::AgentStarting { agent: ONE, run: 1 },
        Event::AgentStarted { agent: ONE },
    ])
}

fn numbered(events: Vec<Event>) -> Vec<Record> {
    let number = |(seq, event)| Record { seq: Seq(seq), at: Millis(seq * 10), event };
    (1..).zip(events).map(number).collect()
}

fn said(seq: u64, text: &str) -> Record {
    let event = Event::Said { agent: ONE, text: text.to_owned() };
    Record { seq: Seq(seq), at: Millis(seq * 10), event }
}

fn screen(terminal: &Terminal<TestBackend>) -> String {
    terminal.backend().buffer().content.iter().map(|cell| cell.symbol().to_owned()).collect()
}

#[test]
fn nothing_is_drawn_when_nothing_changed() {
    let ((mut show, _inputs), mut terminal) = (live(8), terminal());
    let now = Millis(0);
    show.step([news(opening())], now);
    while show.draw(&mut terminal, now).unwrap() {}
    show.step([news(vec![])], now);
    assert!(!show.is_stale());
    assert!(!show.draw(&mut terminal, now).unwrap());
}

#[test]
fn a_key_is_drawn_at_once_and_output_waits_for_its_frame() {
    let (mut show, _inputs) = live(8);
    show.step([news(opening())], Millis(0));
    show.draw(&mut terminal(), Millis(0)).unwrap();
    show.draw(&mut terminal(), Millis(0)).unwrap();
    show.step([news(vec![said(5, "words")])], Millis(50));
    assert_eq!((show.is_stale(), show.is_urgent()), (true, false));
    show.step([key('?')], Millis(50));
    assert!(show.is_urgent());
}

/// A show on this terminal in which somebody types into a command's.
fn typing(terminal: &mut Terminal<TestBackend>, now: Millis) -> (Show, Receiver<Input>) {
    let (mut show, mut inputs) = live(8);
    let mut records = opening();
    if let Event::AgentAdded { casting, .. } = &mut records[1].event {
        casting.engine = EngineKind::Pty;
        casting.capabilities = Capabilities::PTY;
    }
    show.step(
        [news(records), Cue::Key(KeyCode::Enter.into()), Cue::Key(KeyCode::Enter.into())],
        now,
    );
    while show.draw(terminal, now).unwrap() {}
    assert!(show.awaits_answer(now), "its first words are waited for");
    show.step([news(vec![printed(5, ONE, "$ ")])], now);
    assert!(show.is_urgent() && !show.awaits_answer(now), "they are drawn at once");
    while show.draw(terminal, now).unwrap() {}
    while inputs.try_recv().is_ok() {}
    (show, inputs)
}

fn printed(seq: u64, agent: AgentId, text: &str) -> Record {
    let event = Event::TerminalPrinted { agent, text: text.to_owned() };
    Record { seq: Seq(seq), at: Millis(100), event }
}

#[test]
fn what_is_typed_into_a_terminal_is_drawn_when_the_terminal_answers() {
    let (now, mut terminal) = (Millis(100), terminal());
    let (mut show, mut inputs) = typing(&mut terminal, now);
    show.step([key('x')], now);
    assert!(matches!(inputs.try_recv(), Ok(Input::Command { command: Command::Type(ONE, _), .. })));
    assert!(!show.is_urgent() && show.awaits_answer(now) && !show.awaits_answer(Millis(10_000)));
    show.step([news(vec![printed(10, AgentId(2), "x")])], now);
    assert!(!show.is_urgent(), "another's terminal answers no key of this one");
    show.step([news(vec![printed(11, ONE, "x")])], now);
    assert!(show.is_urgent() && !show.awaits_answer(now));
    show.draw(&mut terminal, now).unwrap();
    show.step([news(vec![printed(12, ONE, "x")])], now);
    assert!(!show.is_urgent(), "what comes after the answer waits for its frame");
}

#[test]
fn an_answer_is_drawn_alone_and_looks_as_in_the_whole_picture() {
    let (now, mut terminal) = (Millis(100), terminal());
    let (mut show, _inputs) = typing(&mut terminal, now);
    let looks = |terminal: &Terminal<TestBackend>, lines: std::ops::Range<u16>| {
        let buffer = terminal.backend().buffer();
        let places = lines.flat_map(|y| (0..80).map(move |x| (x, y)));
        let look = |place| (buffer[place].symbol().to_owned(), buffer[place].style());
        places.map(look).collect::<Vec<_>>()
    };
    let texts = [
        "x",
        "\u{6f22}\u{6f22}",
        "\x08\x08ab",
        "\r\n\x1b[41mred\x1b[m\x1b[3;70Hthere",
        "\x1b[?25l\u{2764}\u{fe0f}?",
        "\x1b[H\x1b[2J",
        "\x1b[?25h\n\n\n\x1b[7mend",
    ];
    for (seq, text) in (11_u64..).step_by(3).zip(texts) {
        show.step([key('x')], now);
        show.step([news(vec![printed(seq, ONE, text)])], now);
        assert!(show.draw(&mut terminal, now).unwrap());
        assert!(show.is_stale() && !show.is_urgent(), "the rest has its frame");
        let alone = looks(&terminal, 5..22);
        // What was drawn alone may be gone before the whole is drawn.
        for (seq, text) in [(seq + 1, "\x1b7\x1b[1;1H?\x1b8"), (seq + 2, "\x1b7\x1b[1;1H \x1b8")] {
            show.step([key('x')], now);
            show.step([news(vec![printed(seq, ONE, text)])], now);
            if seq % 3 == 0 {
                show.draw(&mut terminal, now).unwrap();
            }
        }
        show.repaint();
        while show.draw(&mut terminal, now).unwrap() {}
        let mut anew = Terminal::new(TestBackend::new(80, 24)).unwrap();
        show.repaint();
        while show.draw(&mut anew, now).unwrap() {}
        assert_eq!(looks(&terminal, 0..24), looks(&anew, 0..24), "{text:?}");
        let but_first = 80..;
        let whole = looks(&anew, 5..22);
        assert_eq!(alone[but_first.clone()], whole[but_first], "{text:?}");
    }
}

#[test]
fn all_cues_are_taken_before_one_picture_is_drawn() {
    let ((mut show, mut inputs), mut terminal) = (live(8), terminal());
    show.step(
        [news(opening()), news(vec![said(5, "one ")]), news(vec![said(6, "two")])],
        Millis(0),
    );
    let errands = show.step([key('p')], Millis(0));
    assert_eq!(errands, []);
    assert!(show.draw(&mut terminal, Millis(60)).unwrap());
    assert!(screen(&terminal).contains("one two"));
    let (by, command) = (Author::Director, Command::Pause(ONE));
    assert_eq!(inputs.try_recv().unwrap(), Input::Command { by, command });
}

#[test]
fn a_full_inbox_is_told_and_never_waited_for() {
    let (mut show, _inputs) = live(1);
    show.step([news(opening()), key('p'), key('p')], Millis(0));
    assert_eq!(show.desk.status.as_ref().unwrap().text, "busy, press again");
}

#[test]
fn a_refusal_is_shown_as_it_stands() {
    let (mut show, _inputs) = live(1);
    let refusals = vec![Refusal::Nothing("nothing is in flight")];
    show.step([Cue::News(Box::new(News { refusals, ..News::default() }))], Millis(0));
    assert_eq!(show.desk.status.as_ref().unwrap().text, "nothing is in flight");
}

#[test]
fn a_show_without_an_inbox_sends_nothing_and_leaves_at_once() {
    let mut show = Show::new(Stage::default(), desk(), Theme::default(), None);
    let playhead = Some(Playhead::default());
    show.step([Cue::News(Box::new(News { playhead, ..News::default() }))], Millis(0));
    show.step([news(opening()), key('p'), key('P')], Millis(0));
    assert_eq!(show.step([key('q')], Millis(0)), [Errand::Leave]);
    assert_eq!(show.close(Millis(0)), Some(Errand::Leave));
}

#[test]
fn leaving_waits_until_the_session_is_closed() {
    let (mut show, mut inputs) = live(8);
    assert_eq!(show.step([key('q')], Millis(0)), []);
    let (by, command) = (Author::Director, Command::Quit(QuitMode::Pause));
    assert_eq!(inputs.try_recv().unwrap(), Input::Command { by, command });
    let ended = News { ended: true, ..News::default() };
    assert_eq!(show.step([Cue::News(Box::new(ended))], Millis(0)), [Errand::Leave]);
}

#[test]
fn a_signal_closes_at_once_and_the_screen_says_so() {
    let (mut show, mut inputs) = live(8);
    assert_eq!(show.close(Millis(0)), None);
    let (by, command) = (Author::Director, Command::Quit(QuitMode::Now));
    assert_eq!(inputs.try_recv().unwrap(), Input::Command { by, command });
    assert_eq!(show.desk.status.as_ref().unwrap().text, "closing the session");
    assert!(show.is_urgent());
    assert_eq!(show.close(Millis(0)), Some(Errand::Leave));
}

#[test]
fn a_signal_leaves_a_session_at_work_that_can_do_without_its_screen() {
    let (mut show, mut inputs) = live(8);
    show.desk.detach = Detach::Yes;
    assert_eq!(show.close(Millis(0)), Some(Errand::Leave));
    assert!(show.desk.detaches && inputs.try_recv().is_err());
}

#[test]
fn a_quiet_stage_needs_no_timer_and_a_working_one_a_second() {
    let (mut show, _inputs) = live(8);
    assert_eq!(next_tick(&show.stage, &show.desk, Millis(0)), None);
    show.step([news(opening())], Millis(0));
    assert_eq!(next_tick(&show.stage, &show.desk, Millis(1500)), Some(Millis(2000)));
    show.desk.is_calm = true;
    assert_eq!(next_tick(&show.stage, &show.desk, Millis(1500)), Some(Millis(10_000)));
    show.desk.is_calm = false;
    let outcome = Outcome::Stopped { by: Author::Director };
    let event = Event::AgentEnded { agent: ONE, outcome };
    show.step([news(vec![Record { seq: Seq(5), at: Millis(50), event }])], Millis(50));
    let minute = Millis(60_000);
    assert_eq!(next_tick(&show.stage, &show.desk, Millis(2500)), Some(minute), "it tells how long");
}

#[test]
fn a_command_of_a_script_that_runs_needs_a_timer_too() {
    let (mut show, _inputs) = live(8);
    let work = Work::Command { run: "sleep 9".into() };
    let step = Step { name: "wait".into(), work, ..Step::default() };
    let script = Box::new(Script { steps: vec![step], ..Script::default() });
    let command = Command::Perform { script, inputs: Box::default() };
    let input = Input::Command { by: Author::Director, command };
    let mut pending = crate::model::decide(&show.stage, input).unwrap();
    while !pending.is_empty() {
        for event in pending {
            let seq = show.stage.last().next();
            show.step([news(vec![Record { seq, at: Millis(0), event }])], Millis(0));
        }
        pending = crate::script::next(&show.stage, Millis(0));
    }
    assert_eq!(next_tick(&show.stage, &show.desk, Millis(1500)), Some(Millis(2000)));
}

#[test]
fn a_log_read_from_the_journal_goes_on_with_what_happened_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let header = Header { auteur: FORMAT, session: "tale".into(), ..Header::default() };
    let mut journal = Journal::create(folder.path(), &header).unwrap();
    let turn = Event::TurnStarted {
        agent: ONE,
        turn: Turn(1),
        version: Version(1),
        model: String::new(),
        reserved: None,
        again: false,
    };
    let mut records = opening();
    records.push(Record { seq: Seq(5), at: Millis(50), event: turn });
    records.push(said(6, "one "));
    journal.append(&records).unwrap();
    let reader = Reader::open(journal.path()).unwrap();
    let (mut show, _inputs) = live(8);
    show.step([news(records)], Millis(60));
    show.step([Cue::Key(KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE))], Millis(60));
    let wish = show.wish().unwrap();
    assert_eq!(wish, ReadWish { agent: ONE, anchor: Anchor::End });
    show.begin_reading();
    assert_eq!(show.wish(), None);
    // The journal already has what the show has not heard of yet.
    journal.append(&[said(7, "two ")]).unwrap();
    let reading = read(&reader, wish);
    assert!(reading.at_start && reading.at_end);
    show.step([news(vec![said(7, "two "), said(8, "three")])], Millis(80));
    show.step([Cue::Reading(Box::new(reading))], Millis(80));
    show.step([news(vec![said(9, " four")])], Millis(90));
    let log = &show.desk.reading.as_ref().unwrap().log;
    let last = log.entries().next_back().unwrap();
    let text = "one two three four".to_owned();
    assert_eq!(last.kind, EntryKind::Said { text, cut: false });
}

#[test]
fn a_theme_is_tried_on_the_whole_screen_before_it_is_kept() {
    let ((mut show, _inputs), mut terminal) = (live(8), terminal());
    let now = Millis(100);
    show.step([news(opening()), key('Y')], now);
    let offer = |name: &str| ThemeOffer {
        name: name.into(),
        about: String::new(),
        theme: Ok(Box::new(Theme::builtin(name).unwrap())),
    };
    let offers = vec![offer("night"), offer("nord")];
    let listed = Finding::Themes(ThemeAnswer::Listed(offers, "night".into()));
    show.step([Cue::Found(listed)], now);
    let mut ground = |show: &mut Show| {
        while show.draw(&mut terminal, now).unwrap() {}
        (screen(&terminal), terminal.backend().buffer()[(1, 4)].bg)
    };
    let of = |name: &str| Theme::builtin(name).unwrap().style(Tone::Background).bg.unwrap();
    let (words, bg) = ground(&mut show);
    assert!(words.contains("How the screen looks") && words.contains("kept"), "{words}");
    assert_eq!(bg, of("night"));
    show.step([key('j')], now);
    assert_eq!(ground(&mut show).1, of("nord"));
    show.step([Cue::Key(KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE))], now);
    assert_eq!(show.desk.take_theme_wish(), Some(ThemeTask::Keep("nord".into())));
    let (words, bg) = ground(&mut show);
    assert!(!words.contains("How the screen looks"), "{words}");
    assert_eq!(bg, of("nord"));
}

#[test]
fn so_many_frames_are_drawn_as_are_wanted_and_fewer_where_little_is_to_move() {
    let millis = |fps, is_calm| frame(fps, is_calm).as_millis();
    assert_eq!((millis(30, false), millis(60, false)), (33, 16));
    assert_eq!((millis(30, true), millis(2, true), millis(1, false)), (250, 500, 1000));
    assert_eq!(frame(30, false), FRAME);
}
