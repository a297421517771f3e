//! What calls a standing step: files that change, and requests that come in.
//!
//! An ear is a stream that first says where it listens, for a person to read, and then
//! what it hears. Dropped, it hears no more.

mod files;
mod settings;
mod webhook;

pub use settings::Changes;
pub use webhook::Hooks;

use crate::model::{play::Heard, script::Trigger};
use futures::{Stream, StreamExt as _, stream};
use std::{path::Path, pin::Pin, time::Duration};

/// What is heard, and how long ago it began to happen.
#[derive(Debug)]
pub struct Sound {
    /// What.
    pub heard: Heard,
    /// How long ago.
    pub ago: Duration,
}

/// A stream of sounds.
pub type Ear = Pin<Box<dyn Stream<Item = Sound> + Send>>;

impl Sound {
    fn now(heard: Heard) -> Self {
        Self { heard, ago: Duration::ZERO }
    }
}

/// Listens for what a standing step is called by, in this project; `path` is what its
/// address is called.
pub fn listen(trigger: &Trigger, path: &str, project: &Path, hooks: &Hooks) -> Ear {
    match trigger {
        // The clock is the plan's own.
        Trigger::Every(_) => stream::pending().boxed(),
        Trigger::Files(patterns) => files::listen(patterns, project),
        Trigger::Webhook => hooks.listen(path),
    }
}

/// An ear that hears nothing, and why.
fn deaf(why: String) -> Ear {
    let said = Sound::now(Heard::Listens(Err(why)));
    stream::iter([said]).chain(stream::pending()).boxed()
}
