//! Many agents at once: no event is lost, and each is told in its order.

use crate::house::{House, Plan};
use auteur::{
    engine::{Engine, Hire, Seat, Start, Work},
    model::*,
};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

const AGENTS: usize = 200;
const WORDS: u32 = 200;

/// Counts aloud, as quickly as it is let; then says that it is done.
struct Counter(Arc<AtomicUsize>);

impl Engine for Counter {
    fn work(self: Box<Self>, seat: Seat) -> Work {
        Box::pin(async move {
            seat.say(Report::Started).await.unwrap();
            for word in 0..WORDS {
                seat.say(Report::Said(format!("{word} "))).await.unwrap();
            }
            seat.end(Outcome::Succeeded { summary: String::new() }).await.unwrap();
            self.0.fetch_add(1, Ordering::SeqCst);
        })
    }
}

fn counting(done: &Arc<AtomicUsize>) -> House {
    let done = done.clone();
    let hire: Hire =
        Arc::new(move |_: Start| Ok(Box::new(Counter(done.clone())) as Box<dyn Engine>));
    let script = "[[part]]\nname = \"none\"\n[[part.turn]]\nsay = \"nothing\"";
    House::planned(Plan { hire: Some(hire), ..Plan::new(script) })
}

/// Everything in the journal, in order, with nothing missing.
fn assert_whole(house: &House) {
    let records = house.records();
    let places: Vec<u64> = records.iter().map(|it| it.seq.0).collect();
    let last = records.len() as u64;
    assert_eq!(places, (1..=last).collect::<Vec<_>>());
    let mut heard = std::collections::BTreeMap::<AgentId, String>::new();
    for record in &records {
        if let Event::Said { agent, text } = &record.event {
            heard.entry(*agent).or_default().push_str(text);
        }
    }
    let all = (0..WORDS).fold(String::new(), |said, word| said + &format!("{word} "));
    assert_eq!(heard.len(), AGENTS);
    assert!(heard.values().all(|it| *it == all));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_agents_every_word_is_kept_in_its_order() {
    let mut house = counting(&Arc::default());
    for _ in 0..AGENTS {
        let casting = house.casting("counter", "count");
        house.direct(Command::Add(Box::new(casting))).await;
    }
    house.until(|stage| stage.agents().len() == AGENTS && stage.agents().all(Agent::is_over)).await;
    let well = |it: &Agent| it.status() == Status::Succeeded;
    assert!(house.stage.agents().all(well));
    let supervised = house.close(QuitMode::Pause).await;
    assert_eq!(house.stage.clone().without_logs(), supervised);
    assert_whole(&house);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_show_that_looks_away_finds_in_the_journal_what_it_missed() {
    let done = Arc::<AtomicUsize>::default();
    let mut house = counting(&done);
    for _ in 0..AGENTS {
        let casting = house.casting("counter", "count");
        house.direct(Command::Add(Box::new(casting))).await;
    }
    // Nobody looks until it is over: 40,000 words are more than a feed keeps.
    while done.load(Ordering::SeqCst) < AGENTS {
        tokio::task::yield_now().await;
    }
    let supervised = house.close_unseen().await;
    assert!(house.missed);
    assert_whole(&house);
    let mut taped = Stage::new(house.stage.header().clone());
    house.records().iter().for_each(|record| taped.apply(record));
    assert_eq!(taped.without_logs(), supervised);
}
