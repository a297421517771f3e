//! Auteur: mission control for AI agents, in the terminal.
//!
//! One sentence holds it together: **what happens is an event, what is shown is
//! a fold over events, what the director does is a command.**
//!
//! ```text
//! key ─keymap─▶ Act ─▶ Command ─▶ Supervisor ─▶ mailbox ─▶ Engine ─▶ the world
//!                                    ▲                       │
//! frame ◀─view─ Stage (fold) ◀─Record─ Journal ◀───Report────┘
//! ```
//!
//! The rooms, from the ground up; a room uses only those above it in this list
//! (`tests/floor_plan.rs` reads the sources and fails otherwise).

pub mod model;
pub mod text;

pub mod casting;

pub mod config;

pub mod journal;

pub mod compare;

pub mod history;

pub mod workspace;

pub mod llm;

pub mod tools;

pub mod engine;

pub mod interop;

pub mod script;

pub mod watch;

pub mod supervisor;

pub mod rehearsal;

pub mod link;

pub mod assist;

pub mod ui;

pub mod export;

pub mod cli;

#[cfg(any(test, fuzzing))]
pub mod fuzz;
