//! The guide of a first start: nothing is changed but by saying so.

use super::*;
use crate::ui::theme::Theme;

fn guided() -> Story {
    let mut story = Story::of(0);
    let program = |name: &str, about: Option<&str>| SetupProgram {
        name: name.into(),
        about: about.map(str::to_owned),
        is_ready: about.is_some(),
    };
    story.desk.set_up(Setup {
        programs: vec![program("claude", Some("installed")), program("codex", None)],
        file: "~/.config/auteur/config.toml".into(),
        ..Setup::default()
    });
    story
}

fn list(story: &mut Story) {
    let offer = |name: &str| ThemeOffer {
        name: name.into(),
        about: "a theme".into(),
        theme: Ok(Box::new(Theme::builtin(name).unwrap())),
    };
    let listed = ["night", "nord"].map(offer).to_vec();
    let _done = story.desk.take_themes(ThemeAnswer::Listed(listed, "night".into()), story.now);
}

fn decided(story: &Story) -> (SetupEnd, Option<&str>) {
    let setup = story.desk.setup.as_deref().unwrap();
    (setup.decided, setup.theme.as_deref())
}

#[test]
fn a_theme_is_chosen_and_then_it_is_asked_what_is_written() {
    let mut story = guided();
    let _done = story.desk.note_program("claude", "2.1.34", &story.stage);
    let _done = story.desk.note_program("codex", "0.1", &story.stage);
    let setup = story.desk.setup.as_deref().unwrap();
    let about: Vec<_> = setup.programs.iter().map(|it| it.about.as_deref()).collect();
    assert_eq!(about, [Some("2.1.34"), None], "what is not here says nothing");
    story.press("enter");
    assert_eq!(story.desk.take_theme_wish(), Some(ThemeTask::List));
    list(&mut story);
    story.press("j enter");
    assert_eq!(story.desk.take_theme_wish(), None, "nothing is written before it is asked");
    assert_eq!(story.desk.worn(), Theme::builtin("nord").as_ref());
    let Some(Dialog::Question(question)) = &story.desk.dialog else { panic!("nothing is asked") };
    assert!(question.text.contains("theme = \"nord\"") && question.text.contains("~/.config"));
    assert_eq!(decided(&story), (SetupEnd::Open, Some("nord")));
    let done = story.desk.act(Act::Choose, &story.stage, story.now);
    assert_eq!((done, decided(&story).0), (Done::Leave, SetupEnd::Written));
}

#[test]
fn the_demo_can_be_seen_next() {
    let mut story = guided();
    story.press("enter");
    list(&mut story);
    story.press("enter l enter");
    assert_eq!(decided(&story), (SetupEnd::WrittenThenDemo, Some("night")));
}

#[test]
fn leaving_it_anywhere_leaves_all_as_it_is() {
    for keys in ["esc", "enter esc", "enter enter esc", "enter enter h enter", "ctrl+c"] {
        let mut story = guided();
        for key in keys.split(' ') {
            story.press(key);
            if story.desk.take_theme_wish() == Some(ThemeTask::List) {
                list(&mut story);
            }
        }
        assert_eq!(decided(&story).0, SetupEnd::Left, "{keys}");
        assert_eq!(story.desk.take_theme_wish(), None, "{keys}");
    }
}

#[test]
fn nothing_else_is_done_while_it_is_open() {
    let mut story = guided();
    story.press("? ctrl+p : C n d");
    assert!(matches!(story.desk.dialog, Some(Dialog::Setup)), "{:?}", story.desk.dialog);
    assert_eq!((decided(&story).0, story.sent.len()), (SetupEnd::Open, 0));
}
