//! Former sessions, and what was found in them.

use super::*;
use crate::{
    history::{Account, Card, Excerpt, Hit as Found, Kind, Label, Who},
    model::{Cost, Status},
    ui::desk::PastAnswer,
};

fn card(session: &str, title: &str, account: Account) -> Card {
    Card {
        session: session.into(),
        journal: format!("/sessions/{session}/journal.jsonl").into(),
        opened: "2026-01-02T03:04:05Z".into(),
        project: "/home/ada/parser".into(),
        by: "ada".into(),
        is_running: false,
        bytes: 1,
        label: Label { tags: vec!["fast".into()], ..Label::default() },
        account: Account { title: title.into(), ..account },
    }
}

fn cards() -> Vec<Card> {
    let all = Account {
        agents: 4,
        outcomes: [(Status::Succeeded, 3), (Status::Failed, 1)].into(),
        checks: (2, 1),
        directions: 3,
        cost: Cost::from(Some(Money::cents(142))),
        closed: Some(String::new()),
        ..Account::default()
    };
    let cut = Account { agents: 1, outcomes: [(Status::Running, 1)].into(), ..Account::default() };
    vec![card("b", "Make the parser twice as fast", all), card("a", "", cut)]
}

fn found(seq: u64, text: &str) -> Found {
    let at = text.find("parser").unwrap();
    let marks = std::iter::once(at..at + 6).collect();
    let excerpt = Excerpt { text: text.into(), marks };
    Found {
        session: "b".into(),
        journal: "/sessions/b/journal.jsonl".into(),
        opened: "2026-01-02T03:04:05Z".into(),
        project: "/home/ada/parser".into(),
        title: "Make the parser twice as fast".into(),
        agent: Some(AgentId(1)),
        who: Some(Who { name: "scout".into(), ..Who::default() }),
        kind: Kind::Said,
        seq: Seq(seq),
        at: Millis(42_000),
        excerpt,
    }
}

fn on_past(change: impl FnOnce(&mut Desk)) -> Desk {
    with(|it| {
        it.past.is_there = true;
        let _redraw = it.go_to_screen(Screen::Past, Millis(0));
        let _redraw = it.take_past(PastAnswer::Cards(1, cards()), Millis(0));
        let _redraw = it.take_past(PastAnswer::Whole(1), Millis(0));
        change(it);
    })
}

#[test]
fn former_sessions_at_every_size() {
    let six = six();
    let desk = on_past(|_| ());
    for (width, height) in [(20, 5), (80, 24), (120, 12), (200, 12)] {
        keep(&format!("past-{width}x{height}"), &shot(&scene(&six, &desk), (width, height)));
    }
}

#[test]
fn what_was_found_is_in_sight_however_narrow_the_screen() {
    let six = six();
    let desk = on_past(|it| {
        it.past.search = "parser".into();
        let far = format!("{} the parser splits lines", "much is said before it,".repeat(9));
        it.past.hits =
            vec![found(7, "Now I will look at the parser: it splits lines"), found(9, &far)];
    });
    for (width, height) in [(80, 24), (120, 12)] {
        let picture = shot(&scene(&six, &desk), (width, height));
        assert_eq!(words(&picture).matches("parser splits").count(), 1, "{}", words(&picture));
        keep(&format!("past-found-{width}x{height}"), &picture);
    }
}

#[test]
fn what_is_found_stays_as_it_is_while_it_is_searched_for() {
    let six = six();
    let mut desk = on_past(|it| {
        it.past.search = "parser".into();
        it.past.hits = vec![found(7, "Now I will look at the parser: it splits lines")];
    });
    let before = shot(&scene(&six, &desk), (80, 24));
    let _redraw = desk.act(Act::Search, &six.stage, six.now());
    let picture = shot(&scene(&six, &desk), (80, 24));
    let first = words(&picture).lines().position(|it| it.contains('╔')).unwrap();
    assert!(first > 14, "it stands at the lower edge: {first}");
    for y in 1..u16::try_from(first).unwrap() {
        for x in 0..80 {
            assert_eq!(picture[(x, y)], before[(x, y)], "line {y}, column {x}");
        }
    }
    keep("past-searching-80x24", &picture);
}
