//! What files of settings say anew is taken up, what is wrong with them stands until it is
//! mended, and every setting is reached by its name.

use super::*;
use crate::config::{Changed, Holds, Settable, StageLayout};
use crate::ui::theme::Theme;

fn fault(line: &str) -> SettingsFault {
    let place = Some(("/home/ann/.config/auteur/config.toml".to_owned(), 2));
    SettingsFault { line: line.into(), whole: format!("{line}\n  2 | them = 1"), place }
}

fn changed(key: &str, holds: Holds) -> Changed {
    Changed { key: key.into(), holds }
}

/// What files say by now, where this is otherwise.
fn fresh(story: &Story, changed: Vec<Changed>) -> Furnishing {
    let mut desk = Desk::new(story.desk.keymap.clone(), story.desk.roles.clone());
    desk.layout = story.desk.layout;
    Furnishing { desk, theme: story.desk.wearing.name.clone(), changed, left_out: None }
}

fn take(story: &mut Story, fresh: Furnishing) {
    let _done = story.desk.take_settings(fresh, &story.stage, story.now);
}

#[test]
fn what_is_otherwise_holds_and_is_told_with_what_waits_for_a_restart() {
    let mut story = Story::of(1);
    let all = vec![changed("ui.layout", Holds::Now), changed("log.level", Holds::NextStart)];
    let mut anew = fresh(&story, all);
    anew.desk.layout = StageLayout::Single;
    anew.desk.is_calm = true;
    take(&mut story, anew);
    assert_eq!((story.desk.layout, story.desk.is_calm), (StageLayout::Single, true));
    let told = "settings read anew: ui.layout; log.level (once auteur is started anew)";
    assert_eq!(story.status(), told);
}

#[test]
fn what_was_set_here_is_no_news_and_what_was_kept_stays() {
    let mut story = Story::of(1);
    story.press("O");
    assert_eq!(story.desk.layout, StageLayout::Columns);
    story.desk.status = None;
    let anew = fresh(&story, vec![changed("ui.layout", Holds::Now)]);
    take(&mut story, anew);
    assert_eq!(story.desk.status, None, "it is so on the screen already");
    // Another setting is read anew: the layout of the files is not taken in its place.
    story.press("O");
    let mut anew = fresh(&story, vec![changed("ui.fps", Holds::Now)]);
    anew.desk.layout = StageLayout::Grid;
    take(&mut story, anew);
    assert_eq!(story.desk.layout, StageLayout::Focus);
}

#[test]
fn what_was_read_before_another_keymap_was_chosen_does_not_bring_the_former_back() {
    let mut story = Story::of(1);
    let files = [crate::config::FileKind::Keys.built_in(), crate::config::keymap("vim").unwrap()];
    let vim = Arc::new(Keymap::from_sources(&files).unwrap());
    let late = fresh(&story, vec![changed("ui.theme", Holds::Now)]);
    story.desk.keymap = vim.clone();
    take(&mut story, late.clone());
    assert_eq!(story.desk.keymap, vim);
    let mut anew = fresh(&story, vec![changed("ui.keymap", Holds::Now)]);
    take(&mut story, anew.clone());
    // Said in the files later on, the former ones hold again.
    anew.desk.keymap = late.desk.keymap.clone();
    take(&mut story, anew);
    assert_eq!(story.desk.keymap, late.desk.keymap);
}

#[test]
fn a_theme_that_was_kept_gives_way_to_another_one_in_the_files() {
    let mut story = Story::of(1);
    let night = ThemeOffer {
        name: "night".into(),
        about: "dark".into(),
        theme: Ok(Box::new(Theme::builtin("night").unwrap())),
    };
    story.press(":").write("theme night").press("enter");
    let listed = ThemeAnswer::Listed(vec![night], "auto".into());
    let _done = story.desk.take_themes(listed, story.now);
    assert!(story.desk.worn().is_some());
    let mut anew = fresh(&story, vec![changed("ui.theme", Holds::Now)]);
    anew.theme = "nord".into();
    take(&mut story, anew);
    assert_eq!((story.desk.worn(), &*story.desk.wearing.name), (None, "nord"));
}

#[test]
fn what_is_wrong_stands_until_it_is_mended_and_is_read_whole_with_its_file() {
    let mut story = Story::of(1);
    let wrong = "config.toml:2: unknown key `them`: did you mean `theme`?";
    story.desk.take_faults(vec![fault(wrong), fault("cast.toml:1: more")]);
    let shown = format!("{wrong} (1 of 2); what held before holds");
    story.press("o o");
    assert_eq!(story.desk.fault_line(), Some(shown), "a key takes it not away");
    let f2 = KeyEvent::new(KeyCode::F(2), KeyModifiers::NONE);
    let _done = story.desk.key(f2, &story.stage, story.now);
    assert_eq!(story.desk.take_theme_wish(), Some(ThemeTask::Tell));
    let line = SettingsLine { text: "ui.fps = 12".into(), place: None };
    let _done = story.desk.take_themes(ThemeAnswer::Told(vec![line]), story.now);
    let Some(Dialog::Copying(copying)) = &story.desk.dialog else { panic!("nothing is shown") };
    let lines: Vec<&str> = copying.lines.iter().map(|it| it.text.as_str()).collect();
    assert_eq!(lines[..2], [wrong, "  2 | them = 1"]);
    assert_eq!(lines.last(), Some(&"ui.fps = 12"));
    let done = story.desk.act(Act::OpenPlace, &story.stage, story.now);
    let file = "/home/ann/.config/auteur/config.toml".to_owned();
    assert_eq!(done, Done::Visit(file, Some(2)));
    story.press("esc");
    let anew = fresh(&story, Vec::new());
    take(&mut story, anew);
    assert_eq!((story.desk.fault_line(), story.status()), (None, "the settings are right again"));
}

#[test]
fn every_setting_is_in_the_palette_with_what_it_is_and_can_be() {
    let mut story = Story::of(1);
    story.press("ctrl+p");
    assert_eq!(story.desk.take_theme_wish(), Some(ThemeTask::ListSettings));
    let of = |key: &str, value: &str, choices: &[&str]| Settable {
        key: key.into(),
        about: "how it is".into(),
        value: value.into(),
        choices: choices.iter().map(|it| (*it).to_owned()).collect(),
    };
    let all = vec![
        of("budget.session", "25", &[]),
        of("ui.mouse", "true", &["true", "false"]),
        of("ui.theme", "auto", &[]),
    ];
    let _done = story.desk.take_settable(all, &story.stage);
    let Some(Dialog::Palette(palette)) = &story.desk.dialog else { panic!("no palette") };
    let sets = palette.matches.iter().filter(|it| it.command.starts_with("set "));
    let sets: Vec<(&str, &str)> = sets.map(|it| (&*it.command, &*it.note)).collect();
    assert_eq!(sets, [("set budget.session", "25  $"), ("set ui.mouse false", "true")]);
    story.write("ui.mouse").press("enter");
    let wish = ThemeTask::Set("ui.mouse".into(), "false".into());
    assert_eq!(story.desk.take_theme_wish(), Some(wish));
    // What is no choice is asked for, and what is asked for can stand behind the name.
    story.press(":").write("set budget.session").press("enter");
    let Some(Dialog::Prompt(prompt)) = &story.desk.dialog else { panic!("nothing is asked") };
    assert_eq!((&*prompt.title, prompt.field.text()), ("set budget.session", "25"));
    story.write("7").press("enter");
    let wish = ThemeTask::Set("budget.session".into(), "7".into());
    assert_eq!(story.desk.take_theme_wish(), Some(wish));
    story.press(":").write("set budget.session 9").press("enter");
    let wish = ThemeTask::Set("budget.session".into(), "9".into());
    assert_eq!(story.desk.take_theme_wish(), Some(wish));
    // That the files say so then is nothing new.
    let anew = fresh(&story, vec![changed("budget.session", Holds::Now)]);
    story.desk.status = None;
    take(&mut story, anew);
    assert_eq!(story.desk.status, None);
}
