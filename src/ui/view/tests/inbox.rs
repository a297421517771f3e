//! What needs the director, as a list and as a line.

use super::*;
use crate::ui::view::scene::Hit;

fn on_inbox(story: &Story) -> Desk {
    with(|it| drop(it.act(Act::ToInbox, &story.stage, story.now())))
}

#[test]
fn what_needs_somebody_at_every_size() {
    let six = six();
    let desk = on_inbox(&six);
    for (width, height) in [(20, 5), (60, 16), (80, 24), (120, 35), (200, 60)] {
        keep(&format!("inbox-{width}x{height}"), &shot(&scene(&six, &desk), (width, height)));
    }
}

#[test]
fn what_is_marked_can_be_answered_there_and_the_picture_says_that_it_was_seen() {
    let six = six();
    let desk = on_inbox(&six);
    let mut terminal = Terminal::new(TestBackend::new(120, 35)).unwrap();
    let mut hits = Hits::default();
    terminal.draw(|frame| hits = draw(frame, &scene(&six, &desk))).unwrap();
    let marked = desk.attended(&six.stage, six.now()).unwrap();
    assert_eq!(hits.shown.item, Some(marked.key));
    let ready = hits.shown.ready.map(|(agent, request, _)| (agent, request));
    assert_eq!(ready, marked.agent().zip(marked.request));
    assert_eq!(hits.at(10, 2).map(|it| it.1), Some(Hit::Item(1)));
}

#[test]
fn nobody_needs_anybody_and_that_is_said() {
    let calm = Story::open("quiet");
    let desk = on_inbox(&calm);
    let picture = shot(&scene(&calm, &desk), (80, 12));
    assert!(words(&picture).contains("Nobody needs you."), "{}", words(&picture));
    keep("inbox-calm-80x12", &picture);
}

#[test]
fn the_strip_is_there_as_long_as_somebody_needs_somebody() {
    let six = six();
    let strip = |picture: &Buffer| {
        let words = words(picture);
        words.lines().rev().nth(1).unwrap_or_default().to_owned()
    };
    let told = strip(&picture(&six, (80, 24)));
    assert!(told.contains("smith asks for approval") && told.contains("I inbox"), "{told}");
    let low = strip(&picture(&six, (80, 19)));
    assert!(!low.contains("I inbox"), "{low}");
    let inbox = shot(&scene(&six, &on_inbox(&six)), (80, 24));
    assert!(!strip(&inbox).contains("I inbox"));
}

#[test]
fn in_a_replay_it_is_told_as_it_stood_and_offers_no_answers() {
    let six = six();
    let mut desk = desk();
    desk.playhead = Some(Playhead::default());
    drop(desk.open_inbox(&six.stage, six.now()));
    assert_eq!(desk.screen, Screen::Inbox);
    let told = words(&shot(&scene(&six, &desk), (120, 35)));
    assert!(told.contains("nobody is answered here"), "{told}");
    assert!(told.contains("asks for approval") && !told.contains("a approve"), "{told}");
}
