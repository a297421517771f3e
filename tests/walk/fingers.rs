//! Keymaps by their names, the command line, and what is copied.

use crate::{directing::ROUNDS, house::House, terminal::*};
use std::fs;

/// A house whose settings say this of the screen.
fn house(ui: &str) -> House {
    let house = House::open(ROUNDS);
    house.configure(&format!("{}\n[ui]\n{ui}\n", house.settings()));
    house
}

#[test]
fn a_keymap_is_chosen_by_its_name_and_the_screen_shows_its_keys() {
    let house = house("keymap = \"vim\"");
    let mut terminal = house.start(&["run", "worker", "go round"]);
    terminal.until_shown("Another round.");
    // What can come after the leader stands where it waits.
    terminal.press_for(",", "r redirect");
    terminal.press_for("p", "worker pausing");
    house.allow("go");
    terminal.until_shown("worker paused");
    let keys = house.say(&["config", "show", "--of", "keys", "--origin"]);
    let line = keys.lines().find(|it| it.contains("scroll.\"g g\"")).unwrap_or(&keys);
    assert!(line.contains("keymaps/vim.toml"), "{line}");
}

#[test]
fn a_fault_of_a_keymap_is_told_with_file_line_and_mend() {
    let house = house("keymap = \"mine\"");
    let folder = house.at("config/auteur/keymaps");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("mine.toml"), "[direct]\n\"g p\" = \"pause\"\nf5 = \"pasue\"\n").unwrap();
    let told = house.say(&["doctor"]);
    assert!(told.contains("mine.toml:2:1: conflicts with `g` in [scroll]"), "{told}");
    assert!(told.contains("mine.toml:3:6: unknown act `pasue`"), "{told}");
    assert!(told.contains("did you mean `pause`?"), "{told}");
    fs::write(folder.join("mine.toml"), "[direct]\nf5 = \"pause\"\n").unwrap();
    assert!(!house.say(&["doctor"]).contains("mine.toml"));
}

#[test]
fn commands_direct_agents_and_change_settings() {
    let house = house("fps = 30");
    let mut terminal = house.start(&["run", "worker", "go round"]);
    terminal.until_shown("Another round.");
    terminal.press_for(":", "What is to be done?");
    terminal.press_for("pasue\r", "did you mean `pause`?");
    terminal.press("\x15");
    terminal.press_for("paus\t", "> pause");
    terminal.press_for(ENTER, "worker pausing");
    house.allow("go");
    terminal.until_shown("worker paused");
    terminal.press_for(":", "What is to be done?");
    terminal.press_for("layout single\r", "laid out as single from now on");
    terminal.press_for(":", "What is to be done?");
    terminal.press_for("theme nord\r", "the theme is nord from now on");
    let settings = fs::read_to_string(house.at("config/auteur/config.toml")).unwrap();
    assert!(settings.ends_with("fps = 30\nlayout = \"single\"\ntheme = \"nord\"\n"), "{settings}");
    // One that is not there changes nothing; one that is holds at once.
    terminal.press_for(":", "What is to be done?");
    terminal.press_for("keymap vmi\r", "no keymap is called `vmi`");
    let after = fs::read_to_string(house.at("config/auteur/config.toml")).unwrap();
    assert_eq!(after, settings, "not even the name of the keymap that held before");
    terminal.press_for(":", "What is to be done?");
    terminal.press_for("keymap vim\r", "the keymap is vim from now on");
    terminal.press_for(",", "r redirect");
    terminal.press_for("t", "How the screen looks");
    terminal.press(ESC);
    terminal.until_gone("How the screen looks");
    // A former line comes again.
    terminal.press_for(":", "What is to be done?");
    terminal.press_for("\x1b[A", "> keymap vim");
    terminal.press_for("\x1b[A\x1b[A", "> theme nord");
    terminal.press_for("\x1b[A", "> layout single");
}

#[test]
fn what_is_copied_reaches_the_terminal_and_the_systems_clipboard() {
    let mut house = house("fps = 30");
    let took = house.at("took");
    house.install("xclip", &format!("exec cat > {}", took.display()));
    house.set("DISPLAY", Some(":9"));
    house.set("WAYLAND_DISPLAY", None);
    let mut terminal = house.start(&["run", "worker", "go round"]);
    terminal.until_shown("Another round.");
    terminal.press_for("\x16", "Copy from the log of worker");
    terminal.press_for("g", "1 of ");
    terminal.press_for("y", "copied 1 line");
    // "go round", in base64.
    terminal.wait("the terminal was told", |it| {
        let raw = String::from_utf8_lossy(&it.raw);
        raw.contains("\x1b]52;c;Z28gcm91bmQ=")
    });
    terminal.wait("the clipboard has it", |_| {
        fs::read_to_string(&took).is_ok_and(|it| it == "go round")
    });
}

/// The column at which the pane with this number begins, and the row.
fn corner(terminal: &Terminal, number: u8) -> Option<(usize, u16)> {
    (0..30).find_map(|row| {
        let line = terminal.screen.row(row);
        let at = line.find(&format!("╭ {number} "))?;
        Some((line[..at].chars().count(), row))
    })
}

/// Takes what is at that place with the mouse, counted from 0, and lets go of it elsewhere.
fn drag(terminal: &mut Terminal, from: (usize, u16), to: (usize, u16)) {
    for (button, (column, row), end) in [(0, from, 'M'), (32, to, 'M'), (0, to, 'm')] {
        terminal.press(&format!("\x1b[<{button};{};{}{end}", column + 1, row + 1));
    }
}

#[test]
fn edges_between_panes_are_dragged_and_moved_by_keys_and_kept_under_a_name() {
    let house = house("fps = 30");
    let who = ["run", "worker", "go round", "worker", "go round", "worker", "go round"];
    let mut terminal = house.start_in((100, 30), &who);
    terminal.wait("three panes", |it| corner(it, 3).is_some());
    let (Some((50, 1)), Some((0, 15))) = (corner(&terminal, 2), corner(&terminal, 3)) else {
        panic!("{terminal:?}")
    };
    drag(&mut terminal, (49, 8), (69, 9));
    terminal.wait("the first is wider", |it| corner(it, 2) == Some((70, 1)));
    drag(&mut terminal, (20, 14), (20, 18));
    terminal.wait("both are taller", |it| corner(it, 3) == Some((0, 19)));
    terminal.press("2>");
    terminal.wait("the second is wider", |it| corner(it, 2) == Some((66, 1)));
    terminal.press("<<");
    terminal.wait("and narrower", |it| corner(it, 2) == Some((74, 1)));
    terminal.press(")");
    terminal.wait("and taller", |it| corner(it, 3) == Some((0, 21)));
    terminal.press("((");
    terminal.wait("and lower", |it| corner(it, 3) == Some((0, 17)));
    terminal.press_for(":", "What is to be done?");
    terminal.press_for("layout save wide\r", "kept as wide");
    let layouts = fs::read_to_string(house.at("config/auteur/layouts.toml")).unwrap();
    assert_eq!(layouts, "[wide]\nlayout = \"grid\"\ncolumns = [[74, 26]]\nrows = [[16, 12]]\n");
    terminal.press_for("3>", "nothing stands beside it");
}
