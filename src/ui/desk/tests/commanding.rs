//! The command line does what the palette does, by its name.

use super::*;
use crate::config::Settable;

/// The lines that fit what is typed.
fn fitting(story: &Story) -> Vec<String> {
    let Some(Dialog::Command(line)) = &story.desk.dialog else { panic!("no command line") };
    line.matches.iter().map(|it| it.command.clone()).collect()
}

fn line(story: &Story) -> String {
    let Some(Dialog::Command(line)) = &story.desk.dialog else { panic!("no command line") };
    line.input.text().to_owned()
}

fn fault(story: &Story) -> String {
    let Some(Dialog::Command(line)) = &story.desk.dialog else { panic!("no command line") };
    line.fault.clone().unwrap_or_default()
}

#[test]
fn an_act_is_done_by_its_name_and_an_agent_looked_at_by_its_own() {
    let mut story = Story::of(2);
    story.press(":").write("pause").press("enter");
    assert_eq!(story.sent, [Command::Pause(ONE)]);
    assert!(story.desk.dialog.is_none());
    story.press(":").write("agent agent-2").press("enter");
    assert_eq!(story.desk.focus, Some(TWO));
    story.press(":").write("cast scout").press("enter");
    assert!(
        matches!(&story.desk.dialog, Some(Dialog::NewAgent(form)) if form.at == FormField::Brief)
    );
}

#[test]
fn everything_that_the_palette_lists_has_a_command_of_its_own() {
    let mut story = Story::of(2);
    story.press("ctrl+p");
    let Some(Dialog::Palette(palette)) = &story.desk.dialog else { panic!("no palette") };
    let listed: Vec<String> = palette.matches.iter().map(|it| it.command.clone()).collect();
    let once: std::collections::BTreeSet<_> = listed.iter().collect();
    assert_eq!((once.len(), once.contains(&String::new())), (listed.len(), false));
    story.press("esc : tab");
    let mut all = fitting(&story);
    all.sort();
    let mut listed = listed;
    listed.sort();
    assert_eq!(all, listed);
}

#[test]
fn what_an_act_would_ask_for_stands_behind_its_name() {
    let mut story = Story::of(1);
    story.press(":").write("redirect look at the parser").press("enter");
    let text = "look at the parser".to_owned();
    assert_eq!(story.sent, [Command::Redirect { agent: ONE, text, now: false }]);
    story.sent.clear();
    story.press(":").write("budget 2.50").press("enter");
    assert_eq!(story.sent.len(), 1, "{:?}", story.sent);
    assert!(story.desk.dialog.is_none());
    // What is wrong is told where it can be mended.
    story.press(":").write("budget much").press("enter");
    let Some(Dialog::Prompt(prompt)) = &story.desk.dialog else { panic!("no prompt") };
    assert!(prompt.fault.is_some() && prompt.field.text() == "much");
}

#[test]
fn a_theme_is_worn_by_its_name_and_one_that_is_not_there_is_told_of() {
    let offer = |name: &str| ThemeOffer {
        name: name.into(),
        about: "a theme".into(),
        theme: Ok(Box::new(crate::ui::theme::Theme::builtin(name).unwrap())),
    };
    let listed = || ThemeAnswer::Listed(["night", "nord"].map(offer).to_vec(), "night".into());
    let mut story = Story::of(1);
    story.press(":").write("theme nord").press("enter");
    assert_eq!(story.desk.take_theme_wish(), Some(ThemeTask::List));
    let _done = story.desk.take_themes(listed(), story.now);
    assert_eq!(story.desk.take_theme_wish(), Some(ThemeTask::Keep("nord".into())));
    assert_eq!(story.desk.worn(), crate::ui::theme::Theme::builtin("nord").as_ref());
    story.press(":").write("theme nrod").press("enter");
    let _wish = story.desk.take_theme_wish();
    let _done = story.desk.take_themes(listed(), story.now);
    assert!(story.status().contains("did you mean `nord`?"), "{}", story.status());
    assert_eq!(story.desk.take_theme_wish(), None);
}

#[test]
fn tab_completes_and_what_begins_so_comes_first() {
    let mut story = Story::of(1);
    story.press(":").write("pau");
    assert_eq!(fitting(&story)[..2], ["pause", "pause-all"]);
    story.press("tab");
    assert_eq!(line(&story), "pause");
    story.press("tab");
    assert_eq!(line(&story), "pause-all");
    story.press("shift+tab enter");
    assert_eq!(story.sent, [Command::Pause(ONE)]);
    // Without that, what is marked is done: the first of them.
    story.sent.clear();
    story.press(":").write("free").press("enter");
    assert_eq!(story.sent, [Command::Freeze(ONE)]);
}

#[test]
fn former_lines_come_again_and_what_was_being_typed_is_kept() {
    let mut story = Story::of(1);
    story.press(":").write("roster").press("enter");
    story.press(":").write("pause-all").press("enter");
    story.press(":").write("ste").press("up");
    assert_eq!(line(&story), "pause-all");
    story.press("up up");
    assert_eq!(line(&story), "roster");
    story.press("down down");
    assert_eq!(line(&story), "ste");
}

#[test]
fn a_command_that_is_none_is_told_with_the_nearest() {
    let mut story = Story::of(1);
    story.press(":").write("pasue").press("enter");
    assert_eq!(fault(&story), "no command is called `pasue`: did you mean `pause`?");
    story.press("esc :").write("play-pause").press("enter");
    assert_eq!(fault(&story), "`play-pause` does nothing here");
    assert!(story.sent.is_empty());
    story.press("esc :").press("enter");
    assert!(story.desk.dialog.is_none());
}

#[test]
fn another_keymap_holds_from_its_command_on() {
    let mut story = Story::of(1);
    story.press(":").write("keymap vim").press("enter");
    assert_eq!(story.desk.take_theme_wish(), Some(ThemeTask::KeepKeymap("vim".into())));
    let files = [crate::config::FileKind::Keys.built_in(), crate::config::keymap("vim").unwrap()];
    let keymap = Arc::new(Keymap::from_sources(&files).unwrap());
    let _done = story.desk.take_themes(ThemeAnswer::Keys(keymap, "it is vim".into()), story.now);
    assert_eq!(story.status(), "it is vim");
    story.press(", p");
    assert_eq!(story.sent, [Command::Pause(ONE)]);
    // One of the director's own, which no list has.
    story.press(":").write("keymap mine").press("enter");
    assert_eq!(story.desk.take_theme_wish(), Some(ThemeTask::KeepKeymap("mine".into())));
}

fn setting(key: &str, value: &str, choices: &[&str]) -> Settable {
    let choices = choices.iter().map(|it| (*it).to_owned()).collect();
    Settable { key: key.into(), value: value.into(), choices, ..Settable::default() }
}

/// What is to be written.
fn wish(story: &mut Story) -> Option<ThemeTask> {
    story.desk.take_theme_wish().filter(|it| *it != ThemeTask::ListSettings)
}

#[test]
fn what_only_has_the_letters_is_told_of_and_never_done() {
    let mut story = Story::of(1);
    story.desk.settable = vec![
        setting("session.detach", "true", &["true", "false"]),
        setting("ui.motion", "full", &["full", "reduced"]),
    ];
    story.press(":").write("detach");
    assert_eq!(fitting(&story), ["set session.detach false"]);
    story.press("enter");
    assert_eq!(fault(&story), "`detach` does nothing here");
    assert_eq!(wish(&mut story), None);
    // A name without what it takes is no choice, and neither is the beginning of a name.
    for begun in ["layout", "keymap", "set ui.mo", "lay"] {
        story.press("esc :").write(begun).press("enter");
        assert!(!fault(&story).is_empty(), "{begun}");
        assert_eq!(wish(&mut story), None, "{begun}");
    }
    story.press("esc :").write("layout").press("enter");
    assert_eq!(
        fault(&story),
        "`layout` takes one of: grid, columns, focus, single (Tab goes on to them)"
    );
    story.press("esc :").write("set ui.motion").press("enter");
    assert!(matches!(&story.desk.dialog, Some(Dialog::Prompt(it)) if it.title == "set ui.motion"));
    story.press("esc :").write("set ui.motion re").press("enter");
    let set = ThemeTask::Set("ui.motion".into(), "reduced".into());
    assert_eq!(wish(&mut story), Some(set));
}
