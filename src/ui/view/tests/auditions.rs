//! An audition on its screen.

use super::*;

#[test]
fn the_takes_stand_side_by_side_at_every_size() {
    let mut six = six();
    let names = [AgentId(1), AgentId(2), AgentId(4)];
    for id in names {
        if let Some(agent) = six.stage.agent(id) {
            let casting = Casting {
                name: format!("take-{}", id.0),
                audition: "audition-1".into(),
                brief: "Make the parser fast.".into(),
                ..agent.casting.clone()
            };
            let agent = six.stage.next_agent();
            six.tell(Event::AgentAdded { agent, casting: Box::new(casting), by: Author::Director });
            six.start(agent);
        }
    }
    let desk = with(|it| {
        it.screen = Screen::Audition;
        it.focus = Some(AgentId(7));
    });
    for (width, height) in [(80, 24), (120, 35), (200, 60)] {
        let picture = shot(&scene(&six, &desk), (width, height));
        keep(&format!("audition-{width}x{height}"), &picture);
        let picture = words(&picture);
        assert!(picture.contains("Audition: Make the parser fast."), "{picture}");
        assert!(picture.contains("▸ ") && picture.contains("take-4"), "{picture}");
    }
}
