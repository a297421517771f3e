//! What is printed when the screen is left, or was never taken: S13 and S14.

use super::{assert_plain, outlandish, quoted};
use crate::{house::House, terminal::*};
use auteur::ui::terminal::Screen;
use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpListener,
};

const EVIL: &str = "ev\u{1b}]0;x\u{7}\u{1b}[31mil\u{9b}2J\u{202e}";

#[test]
fn s13_what_is_printed_after_the_screen_is_left_is_clean_too() {
    let said = quoted(EVIL);
    let house =
        House::open(&format!("[[part]]\nname = \"any\"\n[[part.turn]]\nsay = \"{said}\"\n"));
    let folder = house.at(EVIL);
    fs::create_dir(&folder).unwrap();
    let mut terminal = house.start(&["-C", &folder.display().to_string(), "run", "worker", EVIL]);
    terminal.until_shown("worker done");
    terminal.press("q");
    assert!(terminal.until_ended().success());
    let raw = String::from_utf8_lossy(&terminal.raw).into_owned();
    let (_, after) = raw.rsplit_once("\u{1b}[?1049l").unwrap();
    assert!(after.contains("auteur replay "), "{after:?}");
    assert_eq!(outlandish(after.as_bytes()), Vec::<String>::new(), "{after:?}");
}

#[test]
fn s13_what_is_told_without_a_screen_is_clean_too() {
    let house = House::open(&super::wants("true"));
    let lines: [&[&str]; 6] = [
        &["run", "worker", EVIL, "--headless"],
        &["run", EVIL, "speak", "--headless"],
        &["run", "worker", "speak", "--headless", "--model", EVIL],
        &["sessions", "show", EVIL],
        &["-C", EVIL, "sessions"],
        &["rehearse", EVIL],
    ];
    for line in lines {
        let said = house.say(line);
        assert!(said.contains("ev"), "{line:?}: {said}");
        assert_plain(&said);
    }
    for line in [["replay", EVIL], ["resume", EVIL]] {
        let mut terminal = house.start(&line);
        terminal.until_ended();
        assert!(terminal.screen.has("ev"), "{terminal:?}");
        assert_eq!(outlandish(&terminal.raw), Vec::<String>::new(), "{terminal:?}");
    }
    // The twin: a plain name is repeated as it was given.
    assert!(house.say(&["sessions", "show", "grüße"]).contains("grüße"));
}

/// Not a test of its own: the program that breaks while it draws.
#[test]
fn the_one_that_panics() {
    if std::env::var_os("AUTEUR_TEST_PANIC").is_none() {
        return;
    }
    let _screen = Screen::take("auteur · breaks", true).unwrap();
    panic!("it broke over {EVIL}");
}

#[test]
fn s14_a_panic_gives_the_terminal_back_before_it_speaks_and_what_it_says_is_clean() {
    let own = std::env::current_exe().unwrap().display().to_string();
    let environment = ["AUTEUR_TEST_PANIC", "TERM"].map(|it| (it.to_owned(), "xterm".to_owned()));
    let line = ["--exact", "attack::leaving::the_one_that_panics"];
    let mut terminal =
        Terminal::start(&own, &line, std::path::Path::new("/"), &environment, (100, 30));
    assert!(!terminal.until_ended().success());
    assert_eq!(terminal.left_over(), Vec::<String>::new());
    let raw = String::from_utf8_lossy(&terminal.raw).into_owned();
    let (_, after) = raw.rsplit_once("\u{1b}[?1049l").unwrap();
    assert!(after.contains("auteur: panicked at") && after.contains("it broke over ev"), "{after}");
    let (_, own_words) = after.split_once("auteur: panicked").unwrap();
    assert_plain(own_words.lines().next().unwrap().trim_end_matches('\r'));
}

/// A service that refuses everything in these words.
fn refusing(body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = vec![0; 1 << 16];
            let _ = stream.read(&mut request).unwrap();
            let head = "HTTP/1.1 400 Bad\r\ncontent-type: application/json\r\nconnection: close";
            let length = body.len();
            // Whoever asked may have gone.
            drop(write!(stream, "{head}\r\ncontent-length: {length}\r\n\r\n{body}"));
        }
    });
    format!("http://{address}")
}

#[test]
fn s14_what_a_service_says_of_an_error_is_clean() {
    let house = House::open(&super::wants("true"));
    let words = serde_json::to_string(EVIL).unwrap();
    for body in [format!("{{\"error\":{{\"message\":{words}}}}}"), format!("<p>{EVIL}</p>")] {
        let url = refusing(body);
        house.configure(&format!(
            "[models]\ndefault = \"odd/any\"\n[providers.odd]\nwire = \"anthropic\"\nbase_url = {url:?}\n"
        ));
        for json in [&[][..], &["--json"]] {
            let line = [&["run", "worker", "speak", "--headless", "--model", "odd/any"], json];
            let said = house.say(&line.concat());
            assert!(said.contains("ev"), "{said}");
            assert_plain(&said);
        }
        let mut terminal = house.start(&["run", "worker", "speak", "--model", "odd/any"]);
        terminal.until_shown("worker failed");
        super::assert_tame(&terminal);
    }
}
