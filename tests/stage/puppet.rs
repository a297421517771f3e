//! An engine whose every word the test says, and whose orders the test hears.

use crate::house::{House, Plan};
use auteur::{
    engine::{Engine, Hire, Seat, Start, Work},
    model::{Order, Report},
};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// What the engine of the latest run hears and says.
pub(crate) struct Strings {
    pub(crate) orders: Receiver<Order>,
    words: Sender<Report>,
}

/// A house whose agents are puppets; each run of one hands out its strings.
pub(crate) struct Theatre {
    pub(crate) house: House,
    strings: Arc<Mutex<VecDeque<Strings>>>,
}

struct Puppet {
    orders: Sender<Order>,
    words: Receiver<Report>,
}

impl Theatre {
    pub(crate) fn open() -> Self {
        let strings = Arc::<Mutex<VecDeque<Strings>>>::default();
        let hung = strings.clone();
        let hire: Hire = Arc::new(move |_: Start| {
            let (orders, heard) = channel(4096);
            let (say, words) = channel(4096);
            hung.lock().unwrap().push_back(Strings { orders: heard, words: say });
            Ok(Box::new(Puppet { orders, words }) as Box<dyn Engine>)
        });
        let script = "[[part]]\nname = \"none\"\n[[part.turn]]\nsay = \"nothing\"";
        let house = House::planned(Plan { hire: Some(hire), ..Plan::new(script) });
        Self { house, strings }
    }

    /// The strings of the next run that was started.
    pub(crate) async fn strings(&self) -> Strings {
        loop {
            if let Some(strings) = self.strings.lock().unwrap().pop_front() {
                return strings;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

impl Strings {
    pub(crate) async fn say(&self, report: Report) {
        self.words.send(report).await.unwrap();
    }

    /// The next order.
    pub(crate) async fn hear(&mut self) -> Order {
        let order = tokio::time::timeout(Duration::from_mins(4), self.orders.recv()).await;
        order.expect("an order").expect("an engine")
    }
}

impl Engine for Puppet {
    fn work(mut self: Box<Self>, mut seat: Seat) -> Work {
        Box::pin(async move {
            loop {
                tokio::select! {
                    order = seat.hear() => match order {
                        Ok(order) => self.orders.send(order).await.unwrap(),
                        Err(_gone) => return,
                    },
                    word = self.words.recv() => match word {
                        Some(report) => seat.say(report).await.unwrap(),
                        None => return,
                    },
                }
            }
        })
    }
}
