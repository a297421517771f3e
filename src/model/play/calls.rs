//! What calls a standing step: kept until a run was done for it.

use super::Part;
use serde_json::Value;
use std::sync::Arc;

/// What has called a standing step, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calls {
    /// The latest of it.
    pub all: Vec<Arc<Value>>,
    /// How many came before, and are forgotten.
    pub forgotten: u32,
}

impl Calls {
    /// So many are kept.
    const MOST: usize = 50;

    pub(super) fn add(&mut self, call: &Value) {
        if self.all.len() >= Self::MOST {
            self.all.remove(0);
            self.forgotten = self.forgotten.saturating_add(1);
        }
        self.all.push(Arc::new(call.clone()));
    }

    /// Adds what has called later.
    pub(super) fn join(&mut self, later: &Self) {
        later.all.iter().for_each(|it| self.add(it));
        self.forgotten = self.forgotten.saturating_add(later.forgotten);
    }

    /// Whether nobody has called.
    pub const fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

impl Part {
    /// Whether something has called it that no run has ended well for.
    pub const fn has_calls(&self) -> bool {
        !self.calls.is_empty() || (self.tried > 0 && !self.called_by.is_empty())
    }

    /// What a run that is begun afresh is called by: what has called it so far, but for
    /// what another run was done for.
    pub(super) fn take_calls(&mut self) -> Calls {
        let mut calls = match self.tried {
            0 => Calls::default(),
            _ => std::mem::take(&mut self.called_by),
        };
        calls.join(&self.calls);
        calls
    }
}
