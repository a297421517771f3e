//! Servers of the Model Context Protocol: programs of others that lend their tools
//! to a native agent.
//!
//! # Theory of operation
//! ```text
//!  agent ── start, pending ──▶ Servers ──▶ Seat ──▶ Connection ── stdin, stdout ──▶ process
//!  agent ── call ────────────▶ Calling ──────────────▲                             under a guard
//! ```
//! What a server says of itself is foreign text, and its tools are whatever it says
//! they are. So a model is told of none of them before the director, or config, has
//! approved exactly these: an [`Offer`] is bound to the fingerprint of all its names,
//! descriptions and schemas. A server that says that they have changed, or comes up
//! again with others, lends nothing until the new offer is approved.
//!
//! What else a server has, resources and prompts, is read by two tools of ours, which
//! are there where such a server is approved: `mcp_list` and `mcp_read`. What is read
//! is a result of a tool, and marked as the server's words.
//!
//! What a server asks the director in the middle of a call is a [`Wish`]: a form, safe
//! to show, that the agent of the call asks in its own name. While it is asked, the
//! call's time stands still.
//!
//! A server that runs elsewhere may want the director to sign in: [`SignIn`] does that,
//! the [`Account`] keeps what was given, and whoever reaches the server renews it.
//!
//! A server may be shared: all agents that have it are in one [`Room`] with it, and it
//! ends with the last of them. What was approved of it, and what it asks, stays a matter
//! of each agent.
//!
//! A server that is lost is started again by the next call, after a pause that grows,
//! and given up when it is lost again and again.

mod absence;
mod account;
mod answer;
mod approvals;
mod calling;
mod connection;
mod doorstep;
mod ear;
mod http;
mod offer;
mod order;
mod process;
mod seat;
mod server;
mod servers;
mod shelf;
mod signing;
mod wish;

pub use absence::Absence;
pub use account::{Account, Accounts};
pub use approvals::Approvals;
pub(super) use calling::Calling;
pub use doorstep::Visitor;
pub use offer::{Lent, Offer, PREFIX, reading, split};
pub use seat::Room;
pub use server::{Command, Http, Server, Way};
pub(super) use servers::Wanted;
pub use servers::{Approval, Health, Lasting, Lending, Pending, Servers};
pub use shelf::Shelf;
pub use signing::{Came, HUSHED, SignIn, Terms};
pub use wish::{Asking, Reply, Wish};
