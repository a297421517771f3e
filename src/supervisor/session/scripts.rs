//! Scripts go on, and what agents have asked of each other: what comes next in them
//! becomes a fact as soon as it may.

use super::{super::clean::clean_fact, Supervisor};
use crate::{
    model::{Author, Command, Input, Refusal, among_agents, quota_granted, quota_wake},
    script,
};
use std::time::Duration;

impl Supervisor {
    /// Takes to mind all that comes next among agents and in the scripts. A session that closes lets
    /// nothing begin any more: a later run of it does.
    pub(super) fn play_on(&mut self) {
        if self.closing.is_some() {
            return;
        }
        loop {
            let mut facts = among_agents(&self.stage);
            if facts.is_empty() {
                facts = script::next(&self.stage, self.now);
            }
            if facts.is_empty() {
                facts = quota_granted(&self.stage, self.now);
            }
            if facts.is_empty() {
                facts = script::prove(&self.stage, |agent| self.keeper.is_busy(agent));
            }
            if facts.is_empty() {
                return;
            }
            for mut event in facts {
                clean_fact(&mut event);
                self.settle(event);
            }
        }
    }

    /// Whether what a command changes in a script that is played still makes sense.
    ///
    /// # Errors
    /// When it does not, with the mend.
    pub(super) fn held_to_script(&self, input: &mut Input) -> Result<(), Refusal> {
        if let Input::Command {
            by: Author::Assistant,
            command: Command::Perform { script, inputs },
        } = input
        {
            return script::must_not_be_run(script, inputs);
        }
        match input {
            Input::Command { command, .. } | Input::Desk { command, .. } => {
                script::held_to_script(&self.stage, command)
            }
            _ => Ok(()),
        }
    }

    /// How long until something comes next by itself: another attempt, the end of the
    /// time that one may take.
    pub(super) fn wake_for_scripts(&self) -> Option<Duration> {
        let wakes = [script::wake(&self.stage), quota_wake(&self.stage)];
        let at = wakes.into_iter().flatten().min().filter(|_| self.closing.is_none())?;
        // A clock that counts in milliseconds may be one behind.
        Some(Duration::from(at.since(self.clock.now())) + Duration::from_millis(1))
    }

    /// Settles what a former run left open: commands that ended with it.
    pub(super) fn take_up_scripts(&mut self) {
        for event in script::cut(&self.stage) {
            self.settle(event);
        }
    }
}

/// Waits so long; for ever, if nothing comes by itself.
pub(super) async fn time(wait: Option<Duration>) {
    match wait {
        Some(wait) => tokio::time::sleep(wait).await,
        None => std::future::pending().await,
    }
}
