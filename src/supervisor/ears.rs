//! What standing steps listen for, while they stand by.

use crate::model::{
    Input, Stage,
    play::{Signal, Spot},
    script::Trigger,
};
use crate::{supervisor::Clock, tools::signals::Ear};
use futures::StreamExt as _;
use std::{collections::BTreeMap, sync::Arc};
use tokio::{
    sync::mpsc::{Receiver, Sender, channel},
    task::{AbortHandle, JoinSet},
};

/// Signals that wait to be taken in.
const WAITING: usize = 64;

/// Listens for what calls a step of a script.
pub type Listen = Arc<dyn Fn(Wanted<'_>) -> Ear + Send + Sync>;

/// What is to be listened for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The script's name.
    pub script: &'a str,
    /// The step's.
    pub step: &'a str,
    /// What calls it.
    pub trigger: &'a Trigger,
}

/// Everybody who listens.
pub(super) struct Ears {
    listen: Option<Listen>,
    tasks: JoinSet<()>,
    open: BTreeMap<Spot, (Trigger, AbortHandle)>,
    tell: Sender<Signal>,
    heard: Receiver<Signal>,
    clock: Clock,
}

impl Ears {
    /// Nobody listens yet; without a way to listen, nobody ever will.
    pub(super) fn new(listen: Option<Listen>, clock: Clock) -> Self {
        let (tell, heard) = channel(WAITING);
        Self { listen, tasks: JoinSet::new(), open: BTreeMap::new(), tell, heard, clock }
    }

    /// Listens for those who stand by now, and for nobody else.
    pub(super) fn attend(&mut self, stage: &Stage) {
        let wanted = stage.playing().flat_map(|play| {
            play.standing_by().filter_map(move |(step, trigger)| {
                Some((play.spot((step, 0))?, play.script.name.as_str(), trigger))
            })
        });
        let wanted: BTreeMap<_, _> =
            wanted.map(|(spot, script, trigger)| (spot, (script, trigger))).collect();
        self.open.retain(|spot, (trigger, task)| {
            let is_wanted = wanted.get(spot).is_some_and(|(_, it)| *it == trigger);
            if !is_wanted {
                task.abort();
            }
            is_wanted
        });
        let Some(listen) = self.listen.clone() else { return };
        for (spot, (script, trigger)) in wanted {
            if self.open.contains_key(&spot) {
                continue;
            }
            let mut ear = listen(Wanted { script, step: &spot.step, trigger });
            let (tell, clock, at) = (self.tell.clone(), self.clock, spot.clone());
            let task = self.tasks.spawn(async move {
                while let Some(sound) = ear.next().await {
                    let ago = u64::try_from(sound.ago.as_millis()).unwrap_or(u64::MAX);
                    let now = clock.now();
                    let when = crate::model::Millis(now.0.saturating_sub(ago));
                    let signal = Signal { spot: at.clone(), said: sound.heard, at: when };
                    if tell.send(signal).await.is_err() {
                        return;
                    }
                }
            });
            self.open.insert(spot, (trigger.clone(), task));
        }
    }

    /// Waits until something is heard. Cancelling the wait loses nothing.
    pub(super) async fn next(&mut self) -> Input {
        match self.heard.recv().await {
            Some(signal) => Input::Signal(Box::new(signal)),
            // It holds a sender itself.
            None => std::future::pending().await,
        }
    }
}
