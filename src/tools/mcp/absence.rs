//! Why a server is not there, for the director.

use std::fmt;

/// Why a server is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Absence {
    /// Nobody is signed in to it, or nobody any more.
    SignedOut {
        /// What config calls it.
        server: String,
        /// What is the matter.
        why: String,
    },
    /// All else, in words.
    Lost(String),
}

impl Absence {
    /// What the director can do about it, where that is one command.
    pub fn mend(&self) -> Option<String> {
        match self {
            Self::SignedOut { server, .. } => Some(sign_in(server)),
            Self::Lost(_) => None,
        }
    }

    /// What is the matter, without the mend.
    pub fn why(&self) -> &str {
        match self {
            Self::SignedOut { why, .. } | Self::Lost(why) => why,
        }
    }
}

/// The command that signs in to a server.
pub(super) fn sign_in(server: &str) -> String {
    format!("auteur mcp login {server}")
}

/// One line: what is the matter, and the command that mends it.
impl fmt::Display for Absence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.why())?;
        match self.mend() {
            Some(mend) => write!(f, ": {mend}"),
            None => Ok(()),
        }
    }
}

impl From<String> for Absence {
    fn from(why: String) -> Self {
        Self::Lost(why)
    }
}
