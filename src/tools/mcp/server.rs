//! What is known of a server before anybody speaks to it.

use super::{account::Account, seat::Room};
use crate::{
    model::{Fingerprint, Network},
    tools::{guard::Pool, policy::Confinement},
};
use secrecy::SecretString;
use std::{ffi::OsString, path::PathBuf, time::Duration};

/// A server that an agent may use.
#[derive(Debug, Clone)]
pub struct Server {
    /// What config calls it: letters, digits, `-` and single `_`.
    pub name: String,
    /// How it is reached.
    pub way: Way,
    /// The tools that the agent may have of it, by their real names; all when absent.
    pub wanted: Option<Vec<String>>,
    /// How long it may take to come up, and to answer.
    pub patience: Duration,
    /// The tools that config trusts: the fingerprint of an [`super::Offer`].
    pub trusted: Option<String>,
    /// Where it is that several agents share; none where it is its agent's alone.
    pub room: Option<Room>,
}

/// How a server is reached.
#[derive(Debug, Clone)]
pub enum Way {
    /// It is a process of ours, and speaks on its standard input and output.
    Process(Command),
    /// It runs elsewhere, and speaks streamable HTTP.
    Http(Http),
}

/// Where a server is that runs elsewhere.
#[derive(Debug, Clone)]
pub struct Http {
    /// Its address.
    pub url: String,
    /// What is sent with every request; or what is not there that would have to be.
    pub headers: Result<Vec<(String, SecretString)>, String>,
    /// What may be reached of other machines.
    pub network: Network,
    /// The director's account there, where one signs in.
    pub account: Option<Account>,
}

/// How a server is started.
#[derive(Debug, Clone)]
pub struct Command {
    /// The program and its arguments.
    pub argv: Vec<OsString>,
    /// Where it works.
    pub folder: PathBuf,
    /// All of its environment. Its keys are in it, so it is never journaled.
    pub environment: Vec<(String, String)>,
    /// What holds it, and all that it starts.
    pub guards: Pool,
    /// How the policy is to take what holds it.
    pub confinement: Confinement,
    /// No agent's commands are held to the same: guards that wait for it wait in vain.
    pub is_apart: bool,
}

impl Server {
    /// What tells it from every other server, whatever it is called.
    pub fn identity(&self) -> Fingerprint {
        Fingerprint::of(
            [self.name.as_str()].into_iter().chain(self.words().iter().map(String::as_str)),
        )
    }

    /// How it is reached, in a line; foreign where a project brought it.
    pub fn address(&self) -> String {
        self.words().join(" ")
    }

    fn words(&self) -> Vec<String> {
        match &self.way {
            Way::Process(command) => {
                command.argv.iter().map(|it| it.to_string_lossy().into_owned()).collect()
            }
            Way::Http(http) => vec![http.url.clone()],
        }
    }

    /// What holds it, for the policy. What runs elsewhere nothing here holds.
    pub const fn confinement(&self) -> Confinement {
        match &self.way {
            Way::Process(command) => command.confinement,
            Way::Http(_) => Confinement::Open,
        }
    }
}
