//! What is drawn of a session is what its records say.

use super::*;
use crate::model::{
    AgentId, Author, Casting, Cost, Event, HoldReason, Money, Outcome, Status, Stop, Turn, Usage,
};
use proptest::prelude::*;

fn record(seq: u64, at: u64, event: Event) -> Record {
    Record { seq: Seq(seq), at: Millis(at), event }
}

fn added(agent: u32) -> Event {
    let casting = Casting { name: format!("a{agent}"), ..Casting::default() };
    Event::AgentAdded { agent: AgentId(agent), casting: casting.into(), by: Author::Director }
}

fn ended(cost: u64) -> Event {
    let usage = Usage { input: cost, ..Usage::default() };
    let (stop, cost) = (Stop::End, Cost::from(Some(Money(cost))));
    Event::TurnEnded { agent: AgentId(1), turn: Turn(1), stop, usage, cost }
}

fn read(records: &[Record]) -> Reckoning {
    let mut all = Reckoning::new(&Header::default());
    for record in records {
        all.take(record);
    }
    all
}

#[test]
fn a_long_session_has_longer_stretches_and_spends_the_same() {
    let mut pace = Pace::default();
    for second in 0..20_000 {
        pace.take(&record(second + 1, second * 1000, ended(1)));
    }
    let end = Millis(20_000_000);
    for count in [1, 7, 80, 200] {
        let parts = pace.parts(end, count);
        let sum: u64 = parts.iter().map(|it| it.spent.0).sum();
        assert_eq!((parts.len(), sum), (count, 20_000));
    }
    let halves: Vec<_> = pace.parts(end, 2).iter().map(|it| it.tokens).collect();
    assert!(halves[0].abs_diff(halves[1]) <= 16, "{halves:?}");
}

#[test]
fn a_lane_shows_what_lasted_longest_and_that_it_ended() {
    let agent = AgentId(1);
    let outcome = Outcome::Succeeded { summary: String::new() };
    let all = read(&[
        record(1, 0, added(1)),
        record(2, 1000, Event::AgentStarting { agent, run: 1 }),
        record(3, 1100, Event::AgentStarted { agent }),
        record(4, 6900, Event::AgentEnded { agent, outcome }),
        record(5, 10_000, added(2)),
    ]);
    let lanes: Vec<_> = all.lanes.all().map(|(_, it)| it.parts(Millis(10_000), 5)).collect();
    let (queued, running, done) = (Status::Queued, Status::Running, Status::Succeeded);
    let first = [Some(queued), Some(running), Some(running), Some(done), None];
    // Of one part half was queued, and nearly half at work: what lasted longest is shown.
    assert_eq!(lanes[0], first);
    assert_eq!(lanes[1], [None, None, None, None, Some(queued)]);
}

fn happening() -> impl Strategy<Value = (u64, Event)> {
    let event = (0_u8..8, 1_u32..4).prop_map(|(kind, agent)| {
        let (id, by) = (AgentId(agent), Author::Director);
        let reason = HoldReason::Director;
        match kind {
            0 => Event::AgentStarting { agent: id, run: 1 },
            1 => Event::AgentStarted { agent: id },
            2 => Event::HoldPlaced { agent: id, reason, by, note: String::new() },
            3 => Event::HoldLifted { agent: id, reason, by },
            4 => Event::AgentEnded { agent: id, outcome: Outcome::Stopped { by } },
            5 => Event::AgentReopened { agent: id, by },
            6 => ended(7),
            _ => Event::Said { agent: id, text: "x".into() },
        }
    });
    (0_u64..50, event)
}

proptest! {
    #[test]
    fn lanes_tell_how_everybody_stood_whenever_it_is_asked(
        happenings in prop::collection::vec(happening(), 0..60),
    ) {
        let (mut stage, mut at) = (Stage::default(), 0);
        let events = (1..4).map(|it| (0, added(it))).chain(happenings);
        let (mut records, mut moments) = (Vec::new(), Vec::new());
        for (seq, (wait, event)) in (1..).zip(events) {
            at += wait;
            let record = record(seq, at, event);
            stage.apply(&record);
            records.push(record);
            let stands: Vec<_> = stage.agents().map(|it| (it.id, it.status())).collect();
            moments.push((Millis(at), stands));
        }
        let all = read(&records);
        for (place, (at, stands)) in moments.iter().enumerate() {
            // Of one moment, what it came to.
            if moments.get(place + 1).is_some_and(|it| it.0 == *at) {
                continue;
            }
            for (id, status) in stands {
                let lane = all.lanes.all().find(|it| it.0 == *id).unwrap().1;
                prop_assert_eq!(lane.at(*at), Some(*status));
            }
        }
    }
}
