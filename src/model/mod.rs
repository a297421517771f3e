//! The nouns, and what they add up to.
//!
//! Pure: no clock, no disk, no task, no screen. Facts come in through
//! [`Stage::apply`], the one method that changes a stage; wishes and reports are
//! judged by [`decide()`]; [`follow_up`] says which facts a fact brings with it;
//! [`Event::effect`] says what the world must do about it, and only a live
//! supervisor asks that.

mod account;
mod agent;
mod ahead;
mod alike;
mod answering;
mod apply;
mod assisting;
mod attention;
mod budget;
mod capability;
mod casting;
mod command;
mod cost;
mod decide;
mod delegating;
mod delegation;
mod drift;
mod effect;
mod end;
mod entry;
mod event;
mod excerpt;
mod family;
mod fingerprint;
mod follow;
pub mod form;
mod hold;
mod ids;
mod keys;
mod label;
#[cfg(test)]
mod laws;
mod linked;
mod log;
mod messages;
mod plan;
pub mod play;
mod printed;
mod proof;
mod quota;
mod redirect;
mod report;
mod request;
mod retake;
mod rewind;
mod sandbox;
pub mod script;
mod stage;
mod status;
mod taking;
mod trail;
mod tree;
mod typing;
mod usage;
mod voice;
mod watching;
mod words;

pub use account::{asks_for, letter};
pub use agent::{Agent, FileTally, Instructions, Life, Lines, OpenTool, Outcome, ToolTally};
pub use ahead::AHEAD;
pub use attention::{AttendWish, AttentionEvent, Item, ItemKey, Reason, Settled, Urgency, Whom};
pub use budget::{BudgetEvent, Draw, Drawn, Drew, Nearing, Purse, Whose, is_near};
pub use capability::{Capabilities, EngineKind, PauseGrain};
pub use casting::{Casting, Limits, cast_agent};
pub use command::{Command, DeskId, Input, QuitMode, Refusal};
pub use cost::{Cost, Money, NotMoney};
pub use decide::{decide, decide_into};
pub use delegating::{among_agents, successor};
pub use delegation::{Awaits, Bid, Bond, Delegation, HandOff, HandedOff, Kin, Origin, Spawn};
pub use drift::{Action, Drift, DriftEvent, Evidence, Heed, HeedWish, Rule, Sign};
pub use effect::{Effect, Order};
pub use end::{LOG_ENDS, loose_ends};
pub use entry::{Entry, EntryKind, ToolState};
pub use event::{Event, FORMAT, Header, Level, Record, Stop};
pub use fingerprint::Fingerprint;
pub use follow::follow_up;
pub use hold::{Author, Boundary, Hold, HoldReason};
/// The role that judges where no other is named.
pub const JUDGE: &str = "judge";

pub use ids::{AgentId, CallId, Millis, PlayId, RedirectId, RequestId, Seq, Turn, Version};
pub use keys::Keys;
pub use label::Tint;
pub use linked::Link;
pub use log::{Log, LogBounds};
pub use plan::{PlanState, PlanStep, steps};
pub use printed::{Lead, Printed, Step, TERMINAL};
pub use proof::{Checks, Proof, ProofEvent, ProofWish, Proved, Proving, Standing};
pub use quota::{KnownWindow, NEARLY, Quota, Window, quota_granted, quota_wake};
pub use redirect::{Delivery, Redirect};
pub use report::Report;
pub use request::{Answer, Ask, Request, Scope};
pub use retake::{Changed, Grain, Old, Retake, Take, turns_known};
pub use rewind::{Going, Rewind};
pub use sandbox::{Enclosure, Network, Sandbox};
pub use stage::{Notice, Stage, Totals};
pub use status::{Activity, Refused, Status};
pub use taking::{Conflict, Conflicted, Taking, Task, Way};
pub use trail::{Kept, Move, MoveEnd, PlanLoss, Trail, TurnEnd};
pub use tree::{Checkpoint, FileChange, Ground, Tree};
pub use usage::Usage;
pub use voice::{Spoken, Voice};
pub use watching::Watches;
