//! Files of settings that change while a screen is open.

use crate::{directing::ROUNDS, house::House, terminal::*};
use std::fs;

#[test]
fn settings_that_change_hold_at_once_and_what_is_wrong_is_told_where_it_is_seen() {
    let house = House::open(ROUNDS);
    let settings = |ui: &str| format!("{}\n[ui]\n{ui}\n", house.settings());
    house.configure(&settings("fps = 30"));
    let mut terminal = house.start(&["run", "worker", "go round"]);
    terminal.until_shown("Another round.");
    house.configure(&settings("fps = 31\nglyphs = \"ascii\""));
    terminal.until_shown("settings read anew: ui.fps, ui.glyphs");
    terminal.until("signs of ASCII", |it| !it.text().contains('─'));
    // What is wrong stands there whatever is done, and what held before holds.
    house.configure(&settings("them = \"nord\""));
    terminal.until_shown("unknown key `them`: did you mean `theme`?");
    terminal.press_for("o", "worker running");
    terminal.press_for("o", "what held before holds");
    terminal.press_for("\x1bOQ", "What is wrong with the settings");
    terminal.until_shown("them = \"nord\"");
    terminal.press(ESC);
    terminal.until_gone("What is wrong with the settings");
    assert!(!terminal.screen.text().contains('─'), "it is as it was");
    house.configure(&settings("fps = 31"));
    terminal.until_shown("settings read anew: ui.glyphs");
    terminal.until("frames again", |it| it.text().contains('─'));
    // What waits for a restart says so; and roles hold for who is cast next.
    house.configure(&format!("{}\n[log]\nlevel = \"debug\"\n", settings("fps = 31")));
    terminal.until_shown("log.level (once auteur is started anew)");
    let cast = fs::read_to_string(house.at("config/auteur/cast.toml")).unwrap();
    let more =
        "\n[cast.painter]\npurpose = \"Paints\"\nmodel = \"rehearsal/any\"\ntools = [\"read\"]\n";
    fs::write(house.at("config/auteur/cast.toml"), cast + more).unwrap();
    terminal.until_shown("cast.painter.purpose");
    terminal.press_for("C", "painter");
}

#[test]
fn a_served_session_follows_its_settings_and_so_do_its_agents() {
    let house = House::apart(ROUNDS);
    let settings = house.settings().replace("detach = false", "detach = true");
    house.configure(&settings);
    let mut terminal = house.start(&["run", "worker", "go round"]);
    terminal.until_shown("Another round.");
    house.configure(&format!(
        "{settings}\n[watch]\nsilence = {{ action = \"ask\", limit = 777 }}\n"
    ));
    terminal.until_shown("settings read anew: watch.silence.action, watch.silence.limit");
    let journals = house.at("state/sessions");
    terminal.wait("its watches follow", |_| {
        let folders = fs::read_dir(&journals).unwrap().map(|it| it.unwrap().path());
        let mut said = folders.filter_map(|it| fs::read_to_string(it.join("journal.jsonl")).ok());
        said.any(|it| it.contains("\"limit\":777"))
    });
}

#[test]
fn a_setting_is_reached_by_its_name() {
    let house = House::open(ROUNDS);
    let mut terminal = house.start(&["run", "worker", "go round"]);
    terminal.until_shown("Another round.");
    terminal.press_for("\x10", "Find anything");
    terminal.press_for("glyphs", "set ui.glyphs ascii");
    terminal.press_for(ENTER, "ui.glyphs is ascii from now on");
    terminal.until("signs of ASCII", |it| !it.text().contains('─'));
    terminal.press_for(":", "What is to be done?");
    terminal.press_for("set ui.fps 0\r", "expected a number from 1 to 240");
    let said = fs::read_to_string(house.at("config/auteur/config.toml")).unwrap();
    assert!(said.contains("glyphs = \"ascii\"") && !said.contains("fps"), "{said}");
}
