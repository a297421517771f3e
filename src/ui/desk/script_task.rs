//! What is done with scripts where there is a disk, and what comes of it.

use super::{Plot, ScriptOffer};
use crate::{
    config::Source,
    model::{Command, Money, script::Script},
};
use serde_json::{Map, Value};
use std::{path::PathBuf, sync::Arc};

/// A script that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The one of this name, as it is by then.
    Listed(String),
    /// This one, which may be in no file.
    Written {
        /// What it is called.
        name: String,
        /// What it says.
        source: Source,
    },
}

/// What is done with scripts where there is a disk.
#[derive(Debug, Clone, PartialEq)]
pub enum ScriptTask {
    /// Find out which there are.
    List,
    /// Find out what this one comes to.
    Look {
        /// What it is called.
        name: String,
        /// What it says.
        source: Source,
    },
    /// Fill the roles of this one, so that it can be played with what it is given.
    Fill {
        /// Which.
        script: Wanted,
        /// What it is given.
        inputs: Map<String, Value>,
        /// What its agents may spend together, instead of what it says itself.
        budget: Option<Money>,
    },
    /// Fill the roles of this one, which takes the place of one that is played.
    Rewrite {
        /// What it is called.
        name: String,
        /// What it says.
        source: Source,
    },
    /// Make a file of it in the project, where there is none of that name.
    Save {
        /// The name.
        name: String,
        /// What it says.
        text: String,
    },
    /// Write a file anew that says this now.
    Write {
        /// The file.
        file: PathBuf,
        /// What it says now.
        before: String,
        /// What it is to say.
        after: String,
    },
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub enum ScriptAnswer {
    /// These are there, and so many of the project's do not count.
    Listed(Vec<ScriptOffer>, usize),
    /// This is what a text comes to.
    Looked(String, Result<Arc<Plot>, String>),
    /// This plays it.
    Filled(Box<Command>),
    /// It can't be played now.
    Unfilled(String),
    /// This takes the place of one that is played.
    Rewritten(Box<Script>),
    /// It is in this file of the project, under this name.
    Saved(String, String),
    /// The file is written.
    Written,
    /// It could not be kept.
    Unkept(String),
}
