//! Reads what an agent changed from its repository. Blocks, so it runs on a
//! thread that may.

use crate::{
    text::Grammars,
    ui::desk::{DiffWish, Diffed},
    workspace::{difference, git::Git},
};
use std::{error::Error, fmt, path::Path, sync::OnceLock};

/// What it takes to read differences.
#[derive(Default)]
pub struct DiffReader {
    git: Option<Git>,
    /// Loaded by the first who needs them, on the thread that does: they take
    /// longer than a frame may.
    grammars: OnceLock<Grammars>,
}

impl fmt::Debug for DiffReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DiffReader").field("git", &self.git).finish_non_exhaustive()
    }
}

impl DiffReader {
    /// A reader that asks this git.
    pub fn new(git: Option<Git>) -> Self {
        Self { git, grammars: OnceLock::new() }
    }

    /// Reads what is wished for, and tells it twice: as it is, and in colours.
    pub fn read(&self, wish: DiffWish, mut tell: impl FnMut(Diffed)) {
        let outcome = match &self.git {
            None => {
                Err("there is no git on this machine, so what changed can't be told".to_owned())
            }
            Some(git) => {
                let ends = (wish.from.as_str(), wish.to.as_str());
                difference(git, Path::new(&wish.store), ends).map_err(|it| words(&it))
            }
        };
        let Ok(mut patch) = outcome.clone() else {
            return tell(Diffed { wish, outcome, is_last: true });
        };
        tell(Diffed { wish: wish.clone(), outcome, is_last: false });
        self.grammars.get_or_init(Grammars::load).colour(&mut patch);
        tell(Diffed { wish, outcome: Ok(patch), is_last: true });
    }
}

/// An error with what led to it.
fn words(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        words = format!("{words}: {error}");
        source = error.source();
    }
    words
}
