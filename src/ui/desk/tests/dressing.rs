//! A theme is tried on, kept, or let go.

use super::*;
use crate::ui::theme::{Theme, Tone};

fn offer(name: &str) -> ThemeOffer {
    let theme = Theme::builtin(name).map(Box::new).ok_or_else(|| "mine.toml:2: no scope".into());
    ThemeOffer { name: name.into(), about: "a theme".into(), theme }
}

fn offers() -> Vec<ThemeOffer> {
    ["night", "day", "nord", "mine"].map(offer).to_vec()
}

/// A desk on which the themes are listed, while the screen wears the second of them.
fn listed() -> Story {
    let mut story = Story::of(1);
    story.press("Y");
    assert_eq!(story.desk.take_theme_wish(), Some(ThemeTask::List));
    assert_eq!(story.desk.worn(), None, "nothing is known yet");
    let _done = story.desk.take_themes(ThemeAnswer::Listed(offers(), "day".into()), story.now);
    story
}

fn worn(story: &Story) -> Option<&'static str> {
    let worn = story.desk.worn()?;
    ["night", "day", "nord"].into_iter().find(|it| Theme::builtin(it).as_ref() == Some(worn))
}

#[test]
fn what_is_marked_is_worn_and_leaving_goes_back() {
    let mut story = listed();
    assert_eq!(worn(&story), Some("day"), "it begins with what is worn");
    story.press("j");
    assert_eq!(worn(&story), Some("nord"));
    story.press("k k");
    assert_eq!(worn(&story), Some("night"));
    story.press("esc");
    assert_eq!((worn(&story), story.desk.take_theme_wish()), (None, None));
}

#[test]
fn what_is_chosen_is_kept_and_marked_when_they_are_listed_again() {
    let mut story = listed();
    story.press("j enter");
    assert_eq!(story.desk.take_theme_wish(), Some(ThemeTask::Keep("nord".into())));
    assert_eq!(worn(&story), Some("nord"));
    let _done = story.desk.take_themes(ThemeAnswer::Kept("it is written".into()), story.now);
    assert_eq!(story.status(), "it is written");
    story.press("Y");
    assert_eq!(story.desk.take_theme_wish(), Some(ThemeTask::List));
    // What the settings said when the screen opened is old by now.
    let _done = story.desk.take_themes(ThemeAnswer::Listed(offers(), "day".into()), story.now);
    assert_eq!(worn(&story), Some("nord"));
    story.press("k esc");
    assert_eq!(worn(&story), Some("nord"), "what was kept, not what was tried on");
    let why = "config.toml can't be written";
    let _done = story.desk.take_themes(ThemeAnswer::Failed(why.into()), story.now);
    assert!(story.status().contains(why), "{}", story.status());
}

#[test]
fn one_with_a_fault_can_not_be_kept_and_it_is_said_why() {
    let mut story = listed();
    story.press("j j");
    assert_eq!(worn(&story), None, "what was worn before the list was opened");
    story.press("enter");
    assert!(story.status().contains("mine.toml:2"), "{}", story.status());
    assert!(matches!(story.desk.dialog, Some(Dialog::Themes(_))));
    assert_eq!(story.desk.take_theme_wish(), None);
}

#[test]
fn the_choice_of_the_terminal_follows_what_it_tells_of_its_background() {
    let auto = |theme: &str| ThemeOffer { name: AUTO.into(), ..offer(theme) };
    let mut story = Story::of(1);
    story.desk.list_themes_again();
    assert_eq!(story.desk.take_theme_wish(), None, "nobody chooses");
    story.press("Y");
    let _listed = story.desk.take_theme_wish();
    let list = |theme: &str| ThemeAnswer::Listed(vec![offer("nord"), auto(theme)], "nord".into());
    let _done = story.desk.take_themes(list("night"), story.now);
    story.press("j");
    assert_eq!(worn(&story), Some("night"));
    story.desk.list_themes_again();
    assert_eq!(story.desk.take_theme_wish(), Some(ThemeTask::List));
    let _done = story.desk.take_themes(list("day"), story.now);
    assert_eq!(worn(&story), Some("day"), "the same line is marked");
    story.press("enter");
    let _kept = story.desk.take_theme_wish();
    story.desk.list_themes_again();
    assert_eq!(story.desk.take_theme_wish(), Some(ThemeTask::List));
    let _done = story.desk.take_themes(list("night"), story.now);
    assert_eq!(worn(&story), Some("night"));
    assert_eq!(Theme::names().filter(|it| *it == AUTO).count(), 0);
    assert!(Theme::builtin("night").unwrap().style(Tone::Background).bg.is_some());
}
