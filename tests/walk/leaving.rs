//! The terminal is given back as it was, however the program ends.

use crate::{
    directing::{ROUNDS, talk},
    house::{House, assert_nobody_is_left},
    terminal::*,
};
use rustix::process::Signal;
use std::fs;

/// An agent in the middle of a tool.
fn at_work() -> (House, Terminal) {
    let house = House::open(ROUNDS);
    let mut terminal = house.start(&["run", "worker", "go round"]);
    terminal.wait("the first round", |_| house.marks("rounds") == 1);
    terminal.until_shown("worker running");
    (house, terminal)
}

#[track_caller]
fn assert_restored(house: &House, terminal: &Terminal) {
    assert_nobody_is_left(house);
    assert_eq!(terminal.left_over(), Vec::<String>::new());
}

#[test]
fn without_a_key_the_first_screen_says_what_was_looked_for_and_offers_the_demo() {
    let house = House::open(ROUNDS);
    house.configure("");
    let mut terminal = house.start(&[]);
    terminal.until_shown("Nobody is on stage yet");
    for text in
        ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "api_key_cmd", "see it at work", "auteur doctor"]
    {
        assert!(terminal.screen.has(text), "{text}\n{terminal:?}");
    }
    terminal.press_for("s", "demo: ledger");
    terminal.until_shown("tidier");
    terminal.press_for("q", "Quit?");
    terminal.press(LEFT);
    terminal.press(ENTER);
    assert!(terminal.until_ended().success());
    assert_restored(&house, &terminal);
    assert_eq!(house.asked().len(), 0);
}

#[test]
fn when_all_is_done_q_leaves_at_once_and_says_how_to_see_it_again() {
    let house = House::open(&talk(3));
    let mut terminal = house.start(&["run", "worker", "talk"]);
    terminal.until_shown("worker done");
    terminal.press("q");
    assert!(terminal.until_ended().success());
    assert!(terminal.screen.has("auteur replay "), "{terminal:?}");
    assert!(!terminal.screen.has("auteur resume"), "{terminal:?}");
    assert_restored(&house, &terminal);
}

#[test]
fn while_agents_work_q_asks_and_cancel_is_where_enter_falls() {
    let (house, mut terminal) = at_work();
    terminal.press_for("q", "Quit?");
    terminal.press(ENTER);
    terminal.until_gone("Quit?");
    assert!(terminal.screen.has("worker running"), "{terminal:?}");
    terminal.press_for("q", "Quit?");
    terminal.press(RIGHT);
    terminal.press(ENTER);
    assert!(terminal.until_ended().success());
    assert!(terminal.screen.has("auteur resume"), "{terminal:?}");
    assert_restored(&house, &terminal);
}

#[test]
fn stop_all_and_quit_leaves_nobody_to_resume() {
    let (house, mut terminal) = at_work();
    terminal.press_for("q", "Quit?");
    terminal.press(LEFT);
    terminal.press(ENTER);
    assert!(terminal.until_ended().success());
    assert!(!terminal.screen.has("auteur resume"), "{terminal:?}");
    assert_restored(&house, &terminal);
}

#[test]
fn f12_a_signal_ends_it_in_good_order() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT] {
        let (house, mut terminal) = at_work();
        terminal.signal(signal);
        let status = terminal.until_ended();
        assert_eq!(status.exit_code(), 128 + u32::try_from(signal.as_raw()).unwrap());
        assert_restored(&house, &terminal);
        let tape = fs::read_to_string(house.journal()).unwrap();
        assert!(tape.contains("session-closed"), "{signal:?}: {tape}");
    }
}

#[test]
fn a_closed_window_ends_it_in_good_order() {
    let (house, mut terminal) = at_work();
    terminal.close_window();
    terminal.until_ended();
    assert_nobody_is_left(&house);
    let tape = fs::read_to_string(house.journal()).unwrap();
    assert!(tape.contains("session-closed"), "{tape}");
}

/// Whether the program stands still, by the system's word.
fn is_stopped(terminal: &Terminal) -> bool {
    let pid = terminal.pid().as_raw_nonzero();
    fs::read_to_string(format!("/proc/{pid}/stat")).unwrap().contains(") T ")
}

#[test]
fn ctrl_z_gives_the_terminal_to_the_shell_and_fg_takes_it_again() {
    let (house, mut terminal) = at_work();
    for _ in 0..2 {
        terminal.press("\x1a");
        terminal.wait("it stands still", is_stopped);
        terminal.wait("it is given back", |it| it.left_over().is_empty());
        assert!(!terminal.screen.has("worker"), "{terminal:?}");
        terminal.signal(Signal::CONT);
        terminal.until_shown("worker running");
    }
    terminal.press_for("?", "What the keys do here");
    assert_eq!(house.marks("rounds"), 1);
}

#[test]
fn f12_ctrl_c_asks_before_it_leaves_and_a_second_quit_does_not_wait() {
    let (house, mut terminal) = at_work();
    terminal.press_for("\x03", "Quit?");
    terminal.press(ESC);
    terminal.until_gone("Quit?");
    terminal.press_for("\x03", "Quit?");
    terminal.press(RIGHT);
    terminal.press_for(ENTER, "at once");
    terminal.press("q");
    terminal.until_ended();
    assert_restored(&house, &terminal);
    let tape = fs::read_to_string(house.journal()).unwrap();
    assert!(tape.contains("session-closed"), "{tape}");
}

#[test]
fn what_is_wrong_in_the_settings_is_said_with_its_place_and_no_screen_is_taken() {
    let house = House::open(ROUNDS);
    house.configure("[ui]\nfpss = 20\n");
    let mut terminal = house.start(&[]);
    let status = terminal.until_ended();
    assert_eq!(status.exit_code(), 2);
    assert!(terminal.screen.has("config.toml:2"), "{terminal:?}");
    assert!(!terminal.raw.windows(8).any(|it| it == b"\x1b[?1049h"), "{terminal:?}");
    assert_restored(&house, &terminal);
}

#[test]
fn a_filter_of_the_log_that_can_not_be_read_is_said_at_every_start_with_its_mend() {
    let mut house = House::open(ROUNDS);
    house.set("AUTEUR_LOG", Some("auteur=loud"));
    let told = house.say(&["sessions"]);
    assert!(told.contains("AUTEUR_LOG is no filter like"), "{told}");
    assert!(told.contains("nothing is logged until it is set right, or taken out"), "{told}");
    assert_eq!(told.matches("AUTEUR_LOG").count(), 1, "{told}");
    let mut terminal = house.start(&[]);
    terminal.until_shown("COMMAND");
    assert!(terminal.screen.has("AUTEUR_LOG is no filter like"), "{terminal:?}");
    assert!(terminal.screen.has("q quit"), "{terminal:?}");
    terminal.press("q");
    assert!(terminal.until_ended().success());
    assert!(terminal.screen.has("AUTEUR_LOG is no filter like"), "{terminal:?}");
}

#[test]
fn f30_a_dumb_terminal_is_told_what_to_do_and_gets_no_escapes() {
    let mut house = House::open(&talk(3));
    house.set("TERM", Some("dumb"));
    assert!(house.say(&["run", "worker", "talk", "--headless"]).contains("line 3 of"));
    let asked = house.asked().len();
    for line in [&[][..], &["demo"], &["run", "worker", "talk"], &["replay", "last"]] {
        let mut terminal = house.start(line);
        let status = terminal.until_ended();
        let said = String::from_utf8_lossy(&terminal.raw);
        assert_eq!(status.exit_code(), 2, "{line:?}: {terminal:?}");
        assert!(!said.contains('\u{1b}'), "{line:?}: {said}");
        assert!(
            ["TERM=dumb", "TERM=xterm-256color", "--linear"].iter().all(|it| said.contains(it))
        );
    }
    assert_eq!(house.asked().len(), asked, "nobody was set to work");
}

#[test]
fn f30_without_a_terminal_it_says_so_and_opens_nothing() {
    let state = tempfile::tempdir().unwrap();
    let missing = "there is no session yet";
    for (line, why) in [
        (vec![], "no terminal here"),
        (vec!["demo"], "no terminal here"),
        (vec!["replay", "last"], missing),
    ] {
        let ended = std::process::Command::new(env!("CARGO_BIN_EXE_auteur"))
            .args(&line)
            .env("AUTEUR_STATE", state.path())
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        let (said, told) = (String::from_utf8_lossy(&ended.stdout), ended.stderr);
        assert_eq!((said.as_ref(), ended.status.code()), ("", Some(1)), "{line:?}");
        let told = String::from_utf8_lossy(&told);
        assert!(told.contains(why) && !told.contains('\u{1b}'), "{told}");
    }
    assert!(!state.path().join("sessions").exists());
}
