//! A replay, looked at.

use super::*;

#[test]
fn a_replay_commands_nobody_whatever_is_pressed() {
    let mut story = Story::of(3);
    story.approval(ONE).calling(TWO).over(AgentId(3));
    story.desk.playhead = Some(Playhead::default());
    for act in Act::all() {
        for (screen, focus) in [(Screen::Stage, ONE), (Screen::Zoom, AgentId(3))] {
            story.desk.dialog = None;
            story.desk.editor = None;
            story.desk.screen = screen;
            story.desk.focus = Some(focus);
            let done = story.desk.act(act, &story.stage, story.now);
            assert!(!matches!(done, Done::Send(_)), "{act:?}");
            assert!(story.desk.editor.is_none(), "{act:?}");
        }
    }
    story.press("p");
    assert_eq!(story.sent(), []);
}

#[test]
fn the_keys_of_a_replay_move_its_head() {
    let mut story = Story::of(1);
    story.desk.playhead = Some(Playhead::default());
    let plays = [
        ("space", Play::Toggle),
        ("left", Play::Events(-1)),
        ("right", Play::Events(1)),
        ("[", Play::Turns(-1, None)),
        ("shift+right", Play::Turns(1, None)),
        ("g", Play::Start),
        ("G", Play::End),
        ("7", Play::Tenth(7)),
        ("+", Play::Faster),
        ("-", Play::Slower),
        ("*", Play::Pace(Pace::Full)),
        ("n", Play::Marker(Towards::End)),
    ];
    for (key, play) in plays {
        story.press(key);
        assert_eq!(story.done, Done::Play(play), "{key}");
    }
    story.press("q");
    assert_eq!(story.done, Done::Leave);
}
