//! What the pictures promise.

use super::{
    Scene, draw,
    specimen::{Story, six},
};
use crate::model::AgentId;
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer};

fn picture(story: &Story, (width, height): (u16, u16)) -> Buffer {
    let scene = Scene {
        stage: &story.stage,
        focus: Some(AgentId(1)),
        now: story.now(),
        trouble: None,
        welcome: None,
    };
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| drop(draw(frame, &scene))).unwrap();
    terminal.backend().buffer().clone()
}

fn words(buffer: &Buffer) -> String {
    let area = buffer.area;
    let line = |y| (area.left()..area.right()).map(|x| buffer[(x, y)].symbol()).collect::<String>();
    (area.top()..area.bottom()).map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn an_agent_that_needs_the_director_has_a_thick_frame() {
    let picture = words(&picture(&six(), (80, 24)));
    assert!(picture.contains("┏ 2 ◆ smith waiting"), "{picture}");
    assert!(picture.contains("╭ 1 ● scout running"), "{picture}");
}
