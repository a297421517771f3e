//! Who is marked on the stage, and how many ask the same.

use super::*;
use crate::model::{CallId, Record};
use serde_json::json;

fn marked(six: &Story, roster: bool) -> Desk {
    with(|it| {
        it.roster = roster;
        it.marked = six.stage.agents().map(|it| it.id).skip(1).step_by(2).collect();
    })
}

#[test]
fn who_is_marked_is_told_by_a_shape_and_counted() {
    let six = six();
    for (roster, name) in [(false, "grid"), (true, "list")] {
        let desk = marked(&six, roster);
        for (width, height) in [(80, 24), (120, 35)] {
            let picture = shot(&scene(&six, &desk), (width, height));
            let words = words(&picture);
            assert!(words.contains("✱ ") && words.contains(" 3 marked "), "{words}");
            keep(&format!("marked-{name}-{width}x{height}"), &picture);
        }
    }
    let mut desk = marked(&six, false);
    desk.is_plain = true;
    desk.filter = "smith".to_owned();
    let words = words(&shot(&scene(&six, &desk), (120, 35)));
    assert!(!words.contains('✱') && words.contains(" 3 marked, "), "{words}");
}

/// Another one that asks for what the first one asks.
fn asks(story: &mut Story, command: &str) -> AgentId {
    let agent = story.stage.next_agent();
    let by = Author::Director;
    let (call, tool, seal) = (CallId(1), "shell".to_owned(), None);
    let casting = Box::new(Casting { name: format!("painter-{agent}"), ..Casting::default() });
    let input = Box::new(json!({ "command": command }));
    let (id, title) = (String::new(), command.to_owned());
    let (shown, reason) = (command.to_owned(), "not allowed".to_owned());
    let ask = Ask::Approval { call: Some(call), tool: tool.clone(), shown, reason };
    for event in [
        Event::AgentAdded { agent, casting, by },
        Event::AgentStarting { agent, run: 1 },
        Event::AgentStarted { agent },
        Event::ToolCalled { agent, call, id, tool, title, input, seal },
        Event::Asked { agent, request: RequestId(1), ask },
    ] {
        let record = Record { seq: story.stage.last().next(), at: story.stage.now(), event };
        story.stage.apply(&record);
    }
    agent
}

#[test]
fn a_card_counts_who_asks_the_same_and_the_picture_says_whom_it_has_counted() {
    let mut six = six();
    let [one, two, _, four] = ["make", "make", "make all", "make"].map(|it| asks(&mut six, it));
    let mut desk = desk();
    (desk.focus, desk.screen) = (Some(one), Screen::Zoom);
    let quiet = words(&shot(&scene(&six, &desk), (80, 24)));
    assert!(quiet.contains("2 others ask the same") && !quiet.contains("approve all"), "{quiet}");
    desk.request = Some((one, RequestId(1)));
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    let mut hits = Hits::default();
    terminal.draw(|frame| hits = draw(frame, &scene(&six, &desk))).unwrap();
    assert_eq!(hits.shown.equal, [(two, RequestId(1)), (four, RequestId(1))]);
    let picture = shot(&scene(&six, &desk), (80, 24));
    assert!(words(&picture).contains("= approve all  # deny all"), "{}", words(&picture));
    keep("equal-80x24", &picture);
    // In a narrow pane the words give way, not the keys.
    (desk.screen, desk.layout) = (Screen::Stage, crate::config::StageLayout::Single);
    desk.page = 6;
    let narrow = words(&shot(&scene(&six, &desk), (42, 24)));
    assert!(narrow.contains("2 same  = approve all  # deny all"), "{narrow}");
}
