//! Sessions that share a purse: in a thousand orders, over midnight, and after a crash.

use super::*;
use crate::{
    journal::Journal,
    model::{
        AgentId, Author, Boundary, BudgetEvent, Casting, Cost, Drew, Effect, Event, FORMAT, Header,
        HoldReason, Input, Limits, Millis, Record, Seq, Stage, Stop, Turn, Usage, Version, decide,
        follow_up,
    },
};
use std::{collections::VecDeque, sync::Mutex};

/// So many orders.
const ORDERS: u64 = 1000;
/// So many sessions race, each with as many agents.
const SESSIONS: usize = 3;
const AGENTS: u32 = 3;

/// A session, as far as it races: what it draws comes to it some time later.
struct Racer {
    stage: Stage,
    till: Till,
    draws: VecDeque<Draw>,
    answers: VecDeque<Drew>,
}

impl Racer {
    fn begin(nth: usize, limits: Limits, today: &Today) -> Self {
        let name = format!("s{nth}");
        let till = Till::new(Path::new("/"), today.clone(), (&name, "p"), Path::new("/none"));
        let stage = Stage::default();
        let mut racer = Self { stage, till, draws: VecDeque::new(), answers: VecDeque::new() };
        racer.tell(Event::SessionOpened { title: String::new(), limits });
        for agent in (1..=AGENTS).map(AgentId) {
            let casting = Box::new(Casting { name: format!("a{agent}"), ..Casting::default() });
            racer.tell(Event::AgentAdded { agent, casting, by: Author::Director });
            racer.tell(Event::AgentStarted { agent });
        }
        racer
    }

    fn tell(&mut self, event: Event) {
        let mut pending = vec![event];
        while let Some(event) = pending.pop() {
            let (seq, at) = (Seq(self.stage.last().0 + 1), Millis(0));
            let record = Record { seq, at, event };
            self.stage.apply(&record);
            if let Some(Effect::Draw(purse)) = record.event.effect() {
                self.draws.extend(self.stage.draw(purse));
            }
            pending.extend(follow_up(&self.stage, &record.event).into_iter().rev());
        }
    }

    /// Hears an answer.
    fn hear(&mut self) {
        let Some(drew) = self.answers.pop_front() else { return };
        for event in decide(&self.stage, Input::Drew(Box::new(drew))).unwrap() {
            self.tell(event);
        }
    }

    /// The purse hears what is asked.
    fn ask(&mut self, book: &mut Book) {
        let Some(draw) = self.draws.pop_front() else { return };
        let drawn = book.draw(&self.till, &draw);
        self.answers.push_back(Drew { purse: draw.purse, outcome: Ok(drawn) });
    }

    /// All that is under way is heard.
    fn settle(&mut self, book: &mut Book) {
        while !(self.draws.is_empty() && self.answers.is_empty()) {
            self.ask(book);
            self.hear();
        }
    }

    /// An agent stands before a call, or its call is settled; gives by how much it has cost
    /// more than was set aside.
    fn work(&mut self, dice: &mut fastrand::Rng, over: u64) -> Money {
        let id = AgentId(dice.u32(1..=AGENTS));
        let agent = self.stage.agent(id).unwrap();
        if agent.calling {
            let (reserved, turn) = (agent.reserved, agent.turn);
            let cost = match over {
                0 => Money(dice.u64(0..=reserved.0)),
                over => reserved + Money::cents(dice.u64(0..=over)),
            };
            let (usage, paid) = (Usage::default(), Cost::from(Some(cost)));
            self.tell(Event::TurnEnded { agent: id, turn, stop: Stop::Tools, usage, cost: paid });
            return cost - reserved;
        }
        if agent.boundaries.is_empty() {
            let estimate = Some(Money::cents(dice.u64(1..=5)));
            let boundary = Boundary::Model { estimate, again: false };
            self.tell(Event::BoundaryReached { agent: id, boundary });
        }
        Money(0)
    }

    fn counted(&self) -> Money {
        self.stage.counted_of(&Whose::Session)
    }

    fn close(self, book: &mut Book) {
        let row = book.open.remove(&self.till.session);
        if let Some(row) = row {
            book.close_with(&row, |purse| self.stage.counted_of_share(purse));
        }
    }
}

fn always(day: &str) -> Today {
    let day = day.to_owned();
    Arc::new(move || day.clone())
}

fn limits(day: Option<u64>, project: Option<u64>) -> Limits {
    let [day, project] = [day, project].map(|it| it.map(Money::cents));
    Limits { day, project, ..Limits::default() }
}

/// Races; gives what was counted at its end, and what the closed book says.
fn race(seed: u64, over: u64) -> (Money, Book) {
    let limits = match seed % 3 {
        0 => limits(Some(40), None),
        1 => limits(None, Some(40)),
        _ => limits(Some(60), Some(40)),
    };
    let mut dice = fastrand::Rng::with_seed(seed);
    let mut book = Book::default();
    book.turn("2026-11-30".into());
    let today = always("2026-11-30");
    let mut racers: Vec<_> =
        (0..SESSIONS).map(|nth| Racer::begin(nth, limits.clone(), &today)).collect();
    let mut errors = Money(0);
    for _ in 0..480 {
        let racer = &mut racers[dice.usize(0..SESSIONS)];
        match dice.u8(0..4) {
            0 => racer.ask(&mut book),
            1 => racer.hear(),
            _ => errors += racer.work(&mut dice, over),
        }
        let counted = racers.iter().fold(Money(0), |sum, it| sum + it.counted());
        let most = Money::cents(40) + errors;
        assert!(counted <= most, "order {seed}: {counted}, and {most} at most");
    }
    for racer in &mut racers {
        racer.settle(&mut book);
    }
    let is_held = |it: &crate::model::Agent| it.is_held_for(HoldReason::Budget);
    let held = racers.iter().flat_map(|it| it.stage.agents()).filter(|it| is_held(it)).count();
    assert!(held > 0, "order {seed}: nobody came to an end of the money");
    let counted = racers.iter().fold(Money(0), |sum, it| sum + it.counted());
    assert!(counted > Money::cents(25), "order {seed}: {counted} is little");
    for racer in racers {
        racer.close(&mut book);
    }
    (counted, book)
}

#[test]
fn f23_sessions_that_race_in_a_thousand_orders_overspend_by_nothing() {
    for seed in 0..ORDERS {
        let (counted, book) = race(seed, 0);
        // What was not spent has gone back.
        let project = book.projects.get("p").copied();
        assert!(book.open.is_empty());
        if seed % 3 != 1 {
            assert_eq!(book.spent_today, counted, "order {seed}");
        }
        if seed % 3 != 0 {
            assert_eq!(project, Some(counted), "order {seed}");
        }
    }
}

#[test]
fn f23_what_sessions_overspend_is_no_more_than_calls_in_flight_were_underestimated() {
    for seed in 0..ORDERS {
        race(seed, 2);
    }
}

/// A day that goes on when it is told to.
fn a_day() -> (Arc<Mutex<String>>, Today) {
    let day = Arc::new(Mutex::new("2026-11-30".to_owned()));
    let its = day.clone();
    (day, Arc::new(move || its.lock().unwrap().clone()))
}

fn stands_before(racer: &mut Racer, agent: u32, cents: u64) {
    let boundary = Boundary::Model { estimate: Some(Money::cents(cents)), again: false };
    racer.tell(Event::BoundaryReached { agent: AgentId(agent), boundary });
}

#[test]
fn at_midnight_a_day_begins_anew_and_who_was_held_goes_on() {
    let mut book = Book::default();
    book.turn("2026-11-30".into());
    let mut racer = Racer::begin(1, limits(Some(4), None), &always("2026-11-30"));
    stands_before(&mut racer, 1, 3);
    racer.settle(&mut book);
    stands_before(&mut racer, 2, 3);
    racer.settle(&mut book);
    let agent = |racer: &Racer, id| racer.stage.agent(AgentId(id)).unwrap().clone();
    assert!(agent(&racer, 1).calling);
    assert_eq!(agent(&racer, 2).budget_asked(), Some(&Whose::Day));
    let look = |racer: &mut Racer, book: &mut Book| {
        racer.draws.extend(racer.stage.draw(Purse::Day));
        racer.settle(book);
    };
    let last = racer.stage.last();
    look(&mut racer, &mut book);
    assert_eq!(racer.stage.last(), last, "nothing has changed: no fact");
    book.turn("2026-12-01".into());
    look(&mut racer, &mut book);
    // The call that is still out counts for the day on which it ends.
    assert!(!agent(&racer, 2).calling, "three and three are more than four");
    let (usage, cost) = (Usage::default(), Cost::from(Some(Money::cents(1))));
    let (agent_id, turn, stop) = (AgentId(1), Turn(1), Stop::Tools);
    racer.tell(Event::TurnEnded { agent: agent_id, turn, stop, usage, cost });
    racer.settle(&mut book);
    assert!(agent(&racer, 2).calling, "{:?}", agent(&racer, 2).holds);
    book.turn("2026-11-30".into());
    assert_eq!(book.day, "2026-12-01", "no day goes back");
}

#[test]
fn what_is_raised_lets_those_go_on_who_were_held() {
    let mut book = Book::default();
    let mut racer = Racer::begin(1, limits(None, Some(2)), &always("x"));
    stands_before(&mut racer, 1, 3);
    racer.settle(&mut book);
    assert_eq!(racer.stage.agent(AgentId(1)).unwrap().budget_asked(), Some(&Whose::Project));
    let (whose, budget, by) = (Whose::Project, Some(Money::cents(3)), Author::Director);
    racer.tell(BudgetEvent::LimitChanged { whose, budget, by }.into());
    racer.settle(&mut book);
    assert!(racer.stage.agent(AgentId(1)).unwrap().calling);
}

/// A journal of a session in which so much was spent, and so much is set aside.
fn journal(sessions: &Path, name: &str, (spent, reserved): (u64, u64)) -> Journal {
    let session = name.to_owned();
    let header = Header { auteur: FORMAT, session, project: "p".into(), ..Header::default() };
    let mut journal = Journal::create(sessions, &header).unwrap();
    let (agent, model) = (AgentId(1), String::new());
    let (turn, version, stop, usage) = (Turn(1), Version(1), Stop::Tools, Usage::default());
    let cost = Cost::from(Some(Money::cents(spent)));
    let started = |cents| Event::TurnStarted {
        agent,
        turn,
        version,
        model: model.clone(),
        reserved: Some(Money::cents(cents)),
        again: false,
    };
    let events = [
        Event::AgentAdded { agent, casting: Box::default(), by: Author::Director },
        started(spent),
        Event::TurnEnded { agent, turn, stop, usage, cost },
        started(reserved),
    ];
    let records = (1..).zip(events).map(|(n, event)| Record { seq: Seq(n), at: Millis(n), event });
    journal.append(&records.collect::<Vec<_>>()).unwrap();
    journal
}

#[test]
fn what_a_session_spent_that_crashed_is_put_in_from_its_journal() {
    let folder = tempfile::tempdir().unwrap();
    let (_, today) = a_day();
    let journal = journal(&folder.path().join("sessions"), "s0", (5, 2));
    let till = |name: &str, path: &Path| Till::new(folder.path(), today.clone(), (name, "p"), path);
    let draw = |needed| Draw {
        purse: Purse::Day,
        run: 0,
        day: String::new(),
        base: Money(0),
        spent: Money(0),
        needed: Money::cents(needed),
        wanted: Money::cents(needed),
        budget: Money::cents(100),
    };
    let crashed = till("s0", journal.path());
    assert_eq!(crashed.draw(&draw(40)).unwrap().drawn, Money::cents(40));
    let other = till("s1", Path::new("/none"));
    assert_eq!(other.draw(&draw(1)).unwrap().others, Money::cents(40), "it runs, and holds that");
    drop(journal);
    assert_eq!(other.draw(&draw(1)).unwrap().others, Money::cents(7), "spent, and set aside");
    // One that closes gives back what it has not spent, and is not asked about again.
    other.close(|_| Money::cents(1)).unwrap();
    let third = till("s2", Path::new("/none"));
    assert_eq!(third.draw(&draw(92)).unwrap().drawn, Money::cents(92));
    assert_eq!(third.draw(&draw(93)).unwrap().drawn, Money::cents(92), "one cent too much");
}

#[test]
fn the_book_is_written_anew_only_where_something_has_changed() {
    use std::os::unix::fs::MetadataExt as _;
    let folder = tempfile::tempdir().unwrap();
    let till = Till::new(folder.path(), always("d"), ("s", "p"), Path::new("/none"));
    let draw = |cents| Draw {
        purse: Purse::Project,
        run: 1,
        day: String::new(),
        base: Money(0),
        spent: Money(0),
        needed: Money::cents(cents),
        wanted: Money::cents(cents),
        budget: Money::cents(100),
    };
    // A book that is written is another file.
    let file = || folder.path().join(FOLDER).join(BOOK).metadata().unwrap().ino();
    till.draw(&draw(5)).unwrap();
    let first = file();
    till.draw(&draw(5)).unwrap();
    assert_eq!(file(), first);
    till.draw(&draw(6)).unwrap();
    assert_ne!(file(), first);
}

#[test]
fn a_later_run_of_a_session_that_crashed_counts_what_it_spent_once() {
    let mut book = Book::default();
    book.turn("d".into());
    let till = Till::new(Path::new("/"), always("d"), ("s", "p"), Path::new("/none"));
    let draw = |run, base, needed| Draw {
        purse: Purse::Project,
        run,
        day: String::new(),
        base: Money(base),
        spent: Money(0),
        needed: Money(needed),
        wanted: Money(needed),
        budget: Money(100),
    };
    book.draw(&till, &draw(0, 0, 60));
    // It had spent 45 of that, as its stage says when it is taken up again.
    assert_eq!(book.draw(&till, &draw(1, 45, 10)).others, Money(45));
    assert_eq!(book.draw(&till, &draw(1, 45, 56)).drawn, Money(10), "45 and 56 are too much");
}

#[test]
fn two_at_once_never_draw_the_same_money() {
    let folder = tempfile::tempdir().unwrap();
    let (_, today) = a_day();
    let drawn: Vec<Money> = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..4)
            .map(|nth| {
                let (folder, today) = (folder.path(), today.clone());
                scope.spawn(move || {
                    let name = format!("s{nth}");
                    let journal = journal(&folder.join("sessions"), &name, (0, 0));
                    let till = Till::new(folder, today, (&name, "p"), journal.path());
                    let mut drawn = Money(0);
                    for _ in 0..25 {
                        let needed = drawn + Money(1);
                        let (spent, wanted) = (drawn, needed);
                        let (purse, day) = (Purse::Project, String::new());
                        let (run, base, budget) = (0, Money(0), Money(60));
                        let draw = Draw { purse, run, day, base, spent, needed, wanted, budget };
                        drawn = till.draw(&draw).unwrap().drawn;
                    }
                    (drawn, journal)
                })
            })
            .collect();
        // Nobody's journal is let go of before all have drawn.
        let all: Vec<_> = racers.into_iter().map(|it| it.join().unwrap()).collect();
        all.iter().map(|it| it.0).collect()
    });
    assert_eq!(drawn.iter().fold(Money(0), |sum, it| sum + *it), Money(60), "{drawn:?}");
}
