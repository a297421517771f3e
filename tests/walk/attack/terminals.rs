//! A program in a terminal of its own asks and orders only that one: S16.

use super::{assert_tame, wants};
use crate::house::House;
use std::fs;

const CAST: &str = r#"
[programs.bare]
engine = "pty"
command = ["bash", "--norc", "--noprofile", "-i"]
env = { PS1 = "$ " }
"#;

/// Copies, names the window, asks what the cursor, the terminal and its title are.
const ORDERS: &str = r"printf '\e]52;c;ZXZpbA==\a\e]1337;File=:AA\a\eP$q\x22p\e\\\e[6n\e[c\e[21t\eP+q544e\e\\\e]0;evil\a'";

#[test]
fn s16_what_a_program_asks_of_its_terminal_is_answered_to_it_alone() {
    let house = House::open(&wants("echo evil >> evil"));
    fs::write(house.at("config/auteur/programs.toml"), CAST).unwrap();
    let cast = "[cast.bare]\npurpose = \"A shell\"\nprogram = \"bare\"\n\
                [cast.asker]\npurpose = \"Asks\"\nmodel = \"rehearsal/any\"\ntools = [\"shell\"]\n\
                permissions = { mode = \"ask\" }\ninstructions = \"Ask.\"\n";
    fs::write(house.at("config/auteur/cast.toml"), cast).unwrap();
    let listen =
        format!("{ORDERS}; read -rs -t 20 -d c said; echo; echo heard ${{#said}} | tr h H");
    let mut terminal = house.start(&["run", "bare", &listen, "asker", "ask me"]);
    terminal.until_shown("1 needs you");
    // The cursor's place and what the terminal is: both come back, to it.
    terminal
        .until("the answer", |it| it.line("Heard ").is_some_and(|row| !row.contains("Heard 0")));
    assert_tame(&terminal);
    // The other agent still waits, and nothing was typed to it or to us.
    assert!(terminal.screen.has("1 needs you") && terminal.screen.has("COMMAND"), "{terminal:?}");
    assert_eq!(house.marks("evil"), 0);
    let asked: Vec<_> = house.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
}
