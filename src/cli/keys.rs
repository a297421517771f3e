//! Keys that a command prints: asked for under a guard, so that nothing of the
//! command outlives the one who waits for it.

use crate::{
    config::Environment,
    text::one_line,
    tools::{Answer, Question, guard::Pool},
};
use secrecy::SecretString;
use std::{io, path::Path, time::Duration};

/// How long a command may think about a key: a person may have to unlock a safe.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);

/// Where a command for a key runs. It is the director's own, so it sees all that
/// the director's shell gave us.
#[derive(Debug)]
pub(super) struct Ground<'a> {
    /// Its folder.
    pub(super) folder: &'a Path,
    /// Its environment.
    pub(super) environment: &'a Environment,
}

/// Why there is no key. Holds nothing of what the command printed as a key.
#[derive(Debug, thiserror::Error)]
pub(super) enum KeyError {
    /// The shell is missing, or the like.
    #[error("api_key_cmd of {provider} can't be run: {source}")]
    NotRun {
        /// Whose key.
        provider: String,
        /// Why.
        source: io::Error,
    },
    /// It said that it failed.
    #[error("api_key_cmd of {provider} failed ({end}): run it in a shell to see why")]
    Failed {
        /// Whose key.
        provider: String,
        /// How it ended.
        end: String,
        /// The last line of its complaints.
        said: String,
    },
    /// It waits for something.
    #[error(
        "api_key_cmd of {provider} gave no key within {patience} s: it may be asking for something"
    )]
    Slow {
        /// Whose key.
        provider: String,
        /// How long it was waited for, in seconds.
        patience: u64,
    },
    /// What came is no key.
    #[error("api_key_cmd of {provider} should print one line, the key, and nothing else")]
    NotAKey {
        /// Whose key.
        provider: String,
    },
}

/// Fetches a key from its command. Whoever does not wait any more drops this, and
/// with it ends the command.
///
/// # Errors
/// When the command fails, takes too long, or prints something else.
pub(super) async fn fetch(
    provider: &str,
    command: &str,
    ground: &Ground<'_>,
    guards: &Pool,
    patience: Duration,
) -> Result<SecretString, KeyError> {
    let environment = ground.environment.only(&["*"]);
    let question = Question::new(command, ground.folder, &environment);
    match tokio::time::timeout(patience, question.ask(guards)).await {
        Ok(Ok(answer)) => key(provider, answer),
        Ok(Err(source)) => Err(KeyError::NotRun { provider: provider.to_owned(), source }),
        Err(_late) => {
            Err(KeyError::Slow { provider: provider.to_owned(), patience: patience.as_secs() })
        }
    }
}

/// The key in a command's answer: its one line.
fn key(provider: &str, answer: Answer) -> Result<SecretString, KeyError> {
    let provider = provider.to_owned();
    if answer.code != Some(0) {
        let end = answer.code.map_or("a signal".to_owned(), |code| format!("exit status {code}"));
        let errors = String::from_utf8_lossy(&answer.errors);
        let said = one_line(errors.trim_end().lines().last().unwrap_or_default(), 120);
        return Err(KeyError::Failed { provider, end, said });
    }
    let printed = String::from_utf8(answer.printed).map(SecretString::from);
    let is_key =
        |it: &str| !it.is_empty() && !it.chars().any(|it| it.is_control() || it.is_whitespace());
    match printed {
        Ok(printed) => {
            use secrecy::ExposeSecret as _;
            let key = printed.expose_secret().trim();
            if is_key(key) { Ok(key.into()) } else { Err(KeyError::NotAKey { provider }) }
        }
        Err(_) => Err(KeyError::NotAKey { provider }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    fn answer(code: i32, printed: &[u8]) -> Answer {
        Answer {
            printed: printed.to_vec(),
            errors: b"no\nlocked \x1b[2J\n".to_vec(),
            code: Some(code),
        }
    }

    #[test]
    fn a_commands_key_is_its_one_line() {
        assert_eq!(key("x", answer(0, b" sk-safe \n")).unwrap().expose_secret(), "sk-safe");
        for printed in [&b""[..], b"a\nb\n", b"a b", b"\xff"] {
            let error = key("x", answer(0, printed)).unwrap_err();
            assert!(matches!(error, KeyError::NotAKey { .. }), "{printed:?}: {error}");
        }
    }

    #[test]
    fn a_command_that_fails_is_told_with_its_last_complaint_made_harmless() {
        let error = key("x", answer(3, b"sk-secret")).unwrap_err();
        assert!(error.to_string().contains("exit status 3"), "{error}");
        let KeyError::Failed { said, .. } = error else { panic!("another error") };
        assert!(said.starts_with("locked") && !said.contains('\x1b'), "{said}");
    }
}
