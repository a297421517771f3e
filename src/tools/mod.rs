//! What a native agent can do, and the permission policy that every engine's requests pass.
//!
//! A model's call is read by [`Call::parse`], judged by the policy, and started
//! by the agent's [`Toolbox`]; what then runs is a [`Running`], which can be
//! frozen, and which ends for good when it is dropped. `report` and `ask` are declared
//! here and carried out by the engine; `spawn`, `await_agents` and `hand_off` by others.

pub mod alerts;
mod answer;
mod arguments;
mod call;
mod changes;
mod clock;
mod environment;
mod files;
pub mod guard;
mod hindrance;
mod hosts;
mod kept;
mod last_words;
pub mod mcp;
mod plain;
pub mod policy;
mod proxy;
mod shell;
pub mod signals;
mod spec;
mod toolbox;
mod walk;

pub use answer::{Answer, Question};
pub use call::{BadCall, Call, Outcome, Parsed};
pub use changes::FileChange;
pub use environment::{PASSED, environment_for_commands, is_secret};
pub use guard::{adopt_orphans, guard_main};
pub use hosts::Host;
pub use last_words::LastWords;
pub use spec::{Spec, readers, specs};
pub use toolbox::{Ended, Limits, Progress, Running, Toolbox};
