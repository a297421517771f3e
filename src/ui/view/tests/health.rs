//! How the program itself does.

use super::*;
use crate::ui::desk::Health;
use std::time::Duration;

#[test]
fn how_the_program_does_stands_in_a_corner_of_whatever_is_looked_at() {
    let six = six();
    let health = Health {
        events: 1234,
        frame: (Duration::from_micros(812), Duration::from_micros(3240)),
        frames: 12,
        memory: Some(48_230_400),
        queue: Some((3, 1024)),
        journal: Some(12_400_000),
        log: "/home/ada/.local/state/auteur/log/auteur.2026-11-30.log".into(),
    };
    let mut desk = desk();
    let before = words(&shot(&scene(&six, &desk), (120, 35)));
    let _redraw = desk.act(Act::Health, &six.stage, six.now());
    desk.health = Some(health);
    for (width, height) in [(80, 24), (120, 35)] {
        keep(&format!("health-{width}x{height}"), &shot(&scene(&six, &desk), (width, height)));
    }
    for size in [(1, 1), (9, 3), (20, 5), (38, 10)] {
        drop(shot(&scene(&six, &desk), size));
    }
    let _redraw = desk.act(Act::Health, &six.stage, six.now());
    assert_eq!(words(&shot(&scene(&six, &desk), (120, 35))), before);
}
