//! What a guard and its program say to each other while a command runs.

/// Stop everything of the command where it stands.
pub(super) const FREEZE: u8 = b'f';
/// Let it go on.
pub(super) const THAW: u8 = b't';
/// End everything of the command. The end of the control socket says the same.
pub(super) const KILL: u8 = b'k';

/// What a guard says of its command, one line each on the control socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// The program could not be started.
    Failed(String),
    /// So many processes stand still.
    Frozen(usize),
    /// Something to know about how it goes.
    Noted(String),
    /// All is over.
    Over {
        /// The command's exit code, unless a signal ended it.
        code: Option<i32>,
        /// The signal that ended it.
        signal: Option<i32>,
        /// Background processes that had to be ended.
        ended: usize,
        /// Processes that even SIGKILL did not end in time.
        left: usize,
    },
}

impl Word {
    /// The word as a line of the control socket.
    pub(super) fn line(&self) -> String {
        let number = |n: &Option<i32>| n.map_or("-".to_owned(), |n| n.to_string());
        match self {
            Self::Failed(why) => format!("failed {}\n", why.replace('\n', " ")),
            Self::Noted(what) => format!("noted {}\n", what.replace('\n', " ")),
            Self::Frozen(count) => format!("frozen {count}\n"),
            Self::Over { code, signal, ended, left } => {
                format!("over {} {} {ended} {left}\n", number(code), number(signal))
            }
        }
    }

    /// Reads such a line; anything else is no word.
    pub(super) fn read(line: &str) -> Option<Self> {
        let (word, rest) = line.trim_end().split_once(' ')?;
        match word {
            "failed" => Some(Self::Failed(rest.to_owned())),
            "noted" => Some(Self::Noted(rest.to_owned())),
            "frozen" => rest.parse().ok().map(Self::Frozen),
            "over" => {
                let mut parts = rest.split(' ');
                let (code, signal) = (parts.next()?.parse().ok(), parts.next()?.parse().ok());
                let (ended, left) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
                Some(Self::Over { code, signal, ended, left })
            }
            _ => None,
        }
    }

    /// Whether the command is over and nothing of it is left.
    pub(super) fn is_clean_end(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::Over { left: 0, .. })
    }
}
