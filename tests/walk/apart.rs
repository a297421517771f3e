//! A session in a process of its own: its screens come and go, and its agents
//! never stop.

use crate::{
    directing::{ROUNDS, talk},
    house::{House, assert_nobody_is_left, processes_of, server_of, wait},
    terminal::*,
};
use rustix::process::{Signal, kill_process};
use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
};

/// An agent in its first round, in a session that has a process of its own.
fn at_work() -> (House, Terminal) {
    let house = House::apart(ROUNDS);
    let mut terminal = house.start(&["run", "worker", "go round"]);
    terminal.wait("the first round", |_| house.marks("rounds") == 1);
    terminal.until_shown("worker running");
    (house, terminal)
}

/// Sees the agent through its round and into the next, whoever looks.
#[track_caller]
fn goes_on(house: &House) {
    let rounds = house.marks("rounds");
    house.allow("go");
    wait("another round", || house.marks("rounds") == rounds + 1);
    assert_eq!(house.asked().len(), rounds + 1, "one call a round, and none twice");
}

/// Pauses the agent and quits, and sees that nobody is left.
#[track_caller]
fn pause_and_quit(house: &House, terminal: &mut Terminal) {
    terminal.press_for("q", "Quit?");
    terminal.press(RIGHT);
    terminal.press(ENTER);
    terminal.until_ended();
    assert!(terminal.screen.has("auteur resume"), "{terminal:?}");
    assert_nobody_is_left(house);
}

#[test]
fn detaching_leaves_an_agent_in_mid_turn_and_attaching_finds_it_there() {
    let (house, mut terminal) = at_work();
    let server = server_of(&house);
    assert!(server.is_some_and(|it| it != terminal.pid()));
    terminal.press_for("q", "Detach");
    terminal.press("d");
    assert!(terminal.until_ended().success());
    assert!(terminal.screen.has("auteur attach"), "{terminal:?}");
    assert_eq!(terminal.left_over(), Vec::<String>::new());
    assert_eq!((house.asked().len(), server_of(&house)), (1, server));
    goes_on(&house);
    let mut terminal = house.start(&["attach"]);
    terminal.until_shown("worker running");
    assert_eq!(house.asked().len(), 2);
    terminal.press_for("p", "worker pausing");
    house.allow("go");
    terminal.until_shown("worker paused");
    assert_eq!(server_of(&house), server, "it was the same process all along");
    pause_and_quit(&house, &mut terminal);
    assert_eq!((house.asked().len(), house.marks("rounds")), (2, 2));
}

#[test]
fn two_screens_look_where_they_want_and_what_one_does_both_see() {
    let house = House::apart(ROUNDS);
    let mut serve = house.start(&["serve", "worker", "go round", "worker", "go round again"]);
    serve.until_shown("auteur attach");
    wait("both rounds", || house.marks("rounds") == 2);
    let mut one = house.start(&["attach"]);
    let mut other = house.start_in((120, 35), &["attach", "last"]);
    one.until_shown("worker-2 running");
    other.until_shown("worker-2 running");
    one.press_for(ENTER, "Events");
    assert!(!other.screen.has("Events"), "{other:?}");
    one.press("p");
    other.until("it is held", |it| it.has("worker pausing") || it.has("worker paused"));
    one.press_for("q", "Detach");
    one.press("d");
    assert!(one.until_ended().success());
    other.press_for("P", "held");
    serve.press("\x03");
    assert_eq!(serve.until_ended().exit_code(), 130);
    other.until_shown("the session was closed");
    other.press("q");
    other.until_ended();
    assert_nobody_is_left(&house);
}

#[test]
fn a_screen_that_is_killed_takes_nobody_with_it_and_the_next_start_offers_to_attach() {
    let (house, mut terminal) = at_work();
    terminal.crash();
    goes_on(&house);
    let mut terminal = house.start(&[]);
    terminal.until_shown("attach to session \"go round\": 1 agent, 1 in mid-turn");
    terminal.press("c");
    terminal.until_shown("worker running");
    pause_and_quit(&house, &mut terminal);
}

#[test]
fn f10_a_terminal_that_goes_away_ends_no_agent_that_is_served() {
    let away: [fn(&mut Terminal); 3] =
        [|it| it.signal(Signal::HUP), |it| it.signal(Signal::TERM), Terminal::close_window];
    for away in away {
        let (house, mut terminal) = at_work();
        away(&mut terminal);
        terminal.until_ended();
        goes_on(&house);
        let tape = fs::read_to_string(house.journal()).unwrap();
        assert!(!tape.contains("session-closed"), "{tape}");
        let mut terminal = house.start(&["attach"]);
        terminal.until_shown("worker running");
        pause_and_quit(&house, &mut terminal);
    }
}

#[test]
fn f10_one_who_serves_needs_nobody_to_read_what_it_prints() {
    let house = House::apart(ROUNDS);
    let mut serve = house.spawn(&["serve", "worker", "go round"]);
    let mut line = String::new();
    BufReader::new(serve.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("serving session"), "{line}");
    wait("the first round", || house.marks("rounds") == 1);
    let pid = rustix::process::Pid::from_child(&serve);
    kill_process(pid, Signal::HUP).unwrap();
    goes_on(&house);
    kill_process(pid, Signal::TERM).unwrap();
    assert_eq!(serve.wait().unwrap().code(), Some(143));
    assert_nobody_is_left(&house);
    assert!(fs::read_to_string(house.journal()).unwrap().contains("session-closed"));
}

#[test]
fn f11_a_screen_that_is_suspended_holds_nobody() {
    let (house, mut terminal) = at_work();
    terminal.press("\x1a");
    terminal.wait("it is given back", |it| it.left_over().is_empty());
    goes_on(&house);
    terminal.resize(90, 28);
    terminal.signal(Signal::CONT);
    terminal.until_shown("worker running");
    goes_on(&house);
    pause_and_quit(&house, &mut terminal);
}

#[test]
fn a_server_that_is_killed_is_missed_at_once_and_resumed_with_what_was_cut_in_question() {
    let (house, mut terminal) = at_work();
    kill_process(server_of(&house).unwrap(), Signal::KILL).unwrap();
    terminal.until_shown("agents cut off");
    terminal.press("q");
    assert!(!terminal.until_ended().success());
    assert!(terminal.screen.has("1 agent was cut off: auteur resume"), "{terminal:?}");
    assert!(!terminal.screen.has("held"), "{terminal:?}");
    assert_nobody_is_left(&house);
    let listed = house.say(&["sessions"]);
    assert!(listed.contains("1 cut off"), "{listed}");
    // Its socket is still there, and stands for nobody.
    let mut terminal = house.start(&["resume"]);
    terminal.until_shown("worker paused");
    terminal.until_shown("cut in mid-run");
    assert_eq!((house.asked().len(), house.marks("rounds")), (1, 1));
    pause_and_quit(&house, &mut terminal);
}

#[test]
fn f24_a_second_start_attaches_and_one_that_can_not_is_told_why() {
    let (house, mut terminal) = at_work();
    let mut second = house.start(&["resume"]);
    second.until_shown("worker running");
    let id = house.journal().parent().unwrap().file_name().unwrap().display().to_string();
    // Who opens it from the list of sessions finds it as it is, and not as it was.
    let mut listed = house.start(&["replay", "--recalled", &id]);
    listed.until_shown("worker running");
    listed.press_for("q", "Detach");
    listed.press("d");
    assert!(listed.until_ended().success());
    let said = house.say(&["sessions", "rm", "last", "--yes"]);
    assert!(said.contains("is running") && said.contains("sessions stop"), "{said}");
    let said = house.say(&["serve", "--resume", "last"]);
    assert!(said.contains("at work already: auteur attach"), "{said}");
    // One that is stopped can't be spoken to, and is not taken for a dead one.
    let server = server_of(&house).unwrap();
    kill_process(server, Signal::STOP).unwrap();
    let mut third = house.start_in((200, 30), &["attach", &id]);
    assert!(!third.until_ended().success());
    assert!(third.screen.has("does not answer; it may be stopped"), "{third:?}");
    kill_process(server, Signal::CONT).unwrap();
    terminal.press_for("q", "Quit?");
    terminal.press(RIGHT);
    terminal.press(ENTER);
    terminal.until_ended();
    second.until_shown("the session was closed");
    second.press("q");
    second.until_ended();
    assert_nobody_is_left(&house);
}

#[test]
fn f24_a_session_that_is_one_with_its_screen_is_neither_shared_nor_taken() {
    let house = House::open(ROUNDS);
    house.configure(&house.settings().replace("detach = true", "detach = false"));
    let mut terminal = house.start(&["run", "worker", "go round"]);
    terminal.wait("the first round", |_| house.marks("rounds") == 1);
    for line in [["resume", "last"], ["attach", "last"]] {
        let mut second = house.start_in((200, 30), &line);
        assert!(!second.until_ended().success());
        assert!(second.screen.has("is open in another terminal"), "{second:?}");
        assert!(second.screen.has("quit it there"), "{second:?}");
    }
    let mut replay = house.start(&["replay", "--recalled", "last"]);
    replay.until_shown("it is at work: this is what it was until now");
    replay.press("q");
    replay.until_ended();
    terminal.until_shown("worker running");
    terminal.press_for("q", "No detaching here");
    terminal.press_for("d", "can't detach: session.detach is off");
    assert!(terminal.screen.has("Quit?"), "{terminal:?}");
    terminal.press(RIGHT);
    terminal.press(ENTER);
    terminal.until_ended();
    assert_nobody_is_left(&house);
}

#[test]
fn a_served_session_is_listed_so_and_stopped_from_outside() {
    let (house, mut terminal) = at_work();
    terminal.press_for("q", "Detach");
    terminal.press("d");
    terminal.until_ended();
    let listed = house.say(&["sessions"]);
    assert!(listed.contains("SERVED, 1 running"), "{listed}");
    assert!(house.say(&["sessions", "--json"]).contains("\"served\": true"));
    let said = house.say(&["sessions", "stop", "last"]);
    assert!(said.contains("1 agent is held: auteur resume"), "{said}");
    assert_nobody_is_left(&house);
    let said = house.say(&["sessions", "stop", "last"]);
    assert!(said.contains("is not running"), "{said}");
    let said = house.say(&["sessions"]);
    assert!(said.contains("1 paused") && !said.contains("SERVED"), "{said}");
}

#[test]
fn a_session_goes_when_its_agents_are_done_and_nobody_looks_any_more() {
    let house = House::apart(&talk(3));
    let settings = fs::read_to_string(house.at("config/auteur/config.toml")).unwrap();
    house.configure(&settings.replace("linger_s = 600", "linger_s = 0"));
    let mut terminal = house.start(&["run", "worker", "talk"]);
    terminal.until_shown("worker done");
    terminal.crash();
    assert_nobody_is_left(&house);
    let tape = fs::read_to_string(house.journal()).unwrap();
    assert!(tape.contains("all agents were done"), "{tape}");
}

#[test]
fn a_screen_that_asks_for_nothing_begins_nothing() {
    let house = House::apart(ROUNDS);
    let mut terminal = house.start(&[]);
    terminal.until_shown("Nobody is on stage yet");
    assert_eq!(processes_of(&house.project()).len(), 1);
    terminal.press("q");
    assert!(terminal.until_ended().success());
    assert!(!house.at("state/sessions").exists());
}

#[test]
fn an_agent_is_cast_from_the_first_screen_of_a_session_that_is_not_there_yet() {
    let house = House::apart(ROUNDS);
    let mut terminal = house.start(&[]);
    terminal.until_shown("Nobody is on stage yet");
    terminal.press_for("n", "Brief");
    terminal.press("w");
    terminal.press(TAB);
    terminal.press_for("go round", "go round");
    terminal.press(SAVE);
    terminal.until_shown("running");
    wait("the first round", || house.marks("rounds") == 1);
    pause_and_quit(&house, &mut terminal);
}

#[test]
fn what_can_not_be_begun_is_said_and_the_terminal_is_given_back() {
    let house = House::apart(ROUNDS);
    fs::write(house.at("state/sessions"), "no folder").unwrap();
    let mut terminal = house.start_in((200, 30), &["run", "worker", "go round"]);
    assert!(!terminal.until_ended().success());
    assert!(terminal.screen.has("state/sessions"), "{terminal:?}");
    assert_eq!(terminal.left_over(), Vec::<String>::new());
    assert_nobody_is_left(&house);
}

#[test]
fn keys_for_a_terminal_go_over_the_link_and_to_no_disk() {
    let house = House::apart("[[part]]\nname = \"any\"\n[[part.turn]]\nsay = \"Done.\"\n");
    let programs = "[programs.bare]\nengine = \"pty\"\n\
                    command = [\"bash\", \"--norc\", \"--noprofile\", \"-i\"]\n\
                    env = { PS1 = \"$ \" }\n";
    fs::write(house.at("config/auteur/programs.toml"), programs).unwrap();
    let cast = "[cast.bare]\npurpose = \"A shell\"\nprogram = \"bare\"\n";
    fs::write(house.at("config/auteur/cast.toml"), cast).unwrap();
    let settings = fs::read_to_string(house.at("config/auteur/config.toml")).unwrap();
    house.configure(&format!("{settings}\n[log]\nlevel = \"trace\"\n"));
    let mut terminal = house.start(&[
        "run",
        "bare",
        "stty -echo; echo rea''dy; read -r word; stty echo; echo got ${#word}",
    ]);
    terminal.until_shown("ready");
    terminal.press_for(ENTER, "Terminal");
    terminal.press_for(ENTER, "TYPING");
    terminal.press("canary-swordfish\r");
    terminal.until("its answer", |it| it.has("got 16"));
    terminal.press_for("\x1d", "COMMAND");
    pause_or_stop(&mut terminal);
    assert_nobody_is_left(&house);
    assert_is_nowhere("canary-swordfish", &house.at("state"));
}

/// Quits; a command in a terminal is ended with the session.
fn pause_or_stop(terminal: &mut Terminal) {
    terminal.press_for("q", "Quit?");
    terminal.press(RIGHT);
    terminal.press(ENTER);
    terminal.until_ended();
}

#[track_caller]
fn assert_is_nowhere(secret: &str, folder: &std::path::Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            assert_is_nowhere(secret, &path);
        } else if path.is_file() {
            let bytes = fs::read(&path).unwrap();
            let is_there = bytes.windows(secret.len()).any(|it| it == secret.as_bytes());
            assert!(!is_there, "{}", path.display());
        }
    }
}

#[test]
fn a_server_of_another_version_is_told_from_ours_in_a_sentence() {
    let (house, mut terminal) = at_work();
    let folder = house.journal().parent().unwrap().to_owned();
    terminal.press_for("q", "Detach");
    terminal.press("d");
    terminal.until_ended();
    let server = server_of(&house).unwrap();
    // Somebody else's words at the same socket.
    fs::rename(folder.join("link.sock"), folder.join("aside.sock")).unwrap();
    let listener = std::os::unix::net::UnixListener::bind(folder.join("link.sock")).unwrap();
    let answer = std::thread::spawn(move || {
        // Some only ask whether somebody is there.
        for stream in listener.incoming().take(8) {
            let said = b"{\"refused\":\"this session is served by auteur 9.9.9 (link 9)\"}\n";
            drop(stream.unwrap().write_all(said));
        }
    });
    let mut terminal = house.start_in((200, 30), &["attach"]);
    assert!(!terminal.until_ended().success());
    assert!(terminal.screen.has("served by auteur 9.9.9 (link 9)"), "{terminal:?}");
    drop(answer);
    kill_process(server, Signal::TERM).unwrap();
    assert_nobody_is_left(&house);
}
