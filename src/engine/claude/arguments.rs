//! How Claude Code is started.

use crate::{
    engine::program::Launch,
    model::{Agent, Casting},
};

/// Nothing of it works on where we can't hold it.
const ENVIRONMENT: [(&str, &str); 1] = [("CLAUDE_CODE_DISABLE_BACKGROUND_TASKS", "1")];
/// Its machine protocol, with what it needs to ask us.
const PROTOCOL: [&str; 10] = [
    "-p",
    "--output-format",
    "stream-json",
    "--input-format",
    "stream-json",
    "--verbose",
    "--include-partial-messages",
    "--permission-prompt-tool",
    "stdio",
    "--permission-mode",
];
/// Everything is judged by us, at its hooks.
const MODE: &str = "default";

/// Which of its own sessions it runs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Session {
    /// A new one of this name.
    New(String),
    /// This one again.
    Again(String),
    /// A new one of the second name, that begins as a copy of the first: of all of it, or
    /// up to the place of this name.
    Fork(String, String, String),
}

impl Session {
    /// That of an agent as it stands.
    pub(super) fn of(agent: &Agent) -> Self {
        match (&agent.link, agent.goes_back()) {
            (Some(_), Some(back)) => Self::back(&back),
            (Some(link), None) if agent.has_begun() => Self::Again(link.session.clone()),
            _ => Self::begun(&agent.casting),
        }
    }

    /// A session of its own: empty, or a copy of another one.
    pub(super) fn begun(casting: &Casting) -> Self {
        let name = uuid::Uuid::now_v7().to_string();
        if casting.fork.is_empty() {
            Self::New(name)
        } else {
            let place = casting.take.as_ref().map(|it| it.place.clone()).unwrap_or_default();
            Self::Fork(casting.fork.clone(), name, place)
        }
    }

    /// A copy of this session, up to the place of this name in it.
    pub(super) fn back((session, place): &(String, String)) -> Self {
        Self::Fork(session.clone(), uuid::Uuid::now_v7().to_string(), place.clone())
    }

    /// Whether something was done and counted in it before this run.
    pub(super) const fn has_past(&self) -> bool {
        !matches!(self, Self::New(_))
    }

    /// What the session is called.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::New(name) | Self::Again(name) | Self::Fork(_, name, _) => name,
        }
    }

    fn arguments(&self) -> Vec<&str> {
        match self {
            Self::New(name) => vec!["--session-id", name],
            Self::Again(name) => vec!["--resume", name],
            Self::Fork(from, name, place) => {
                let fork = ["--resume", from, "--fork-session", "--session-id", name];
                let upto = ["--resume-session-at", place];
                let upto = upto.into_iter().filter(|_| !place.is_empty());
                fork.into_iter().chain(upto).collect()
            }
        }
    }
}

/// The launch of one run in this session, with this model unless it is empty.
pub(super) fn launch(base: &Launch, session: &Session, model: &str) -> Launch {
    let mut launch = base.clone();
    let model = if model.is_empty() { vec![] } else { vec!["--model", model] };
    let own = PROTOCOL.into_iter().chain([MODE]).chain(session.arguments()).chain(model);
    launch.argv.extend(own.map(Into::into));
    for (name, value) in ENVIRONMENT {
        launch.environment.retain(|(it, _)| it != name);
        launch.environment.push((name.to_owned(), value.to_owned()));
    }
    launch
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(session: &Session, model: &str) -> String {
        let base = Launch { argv: vec!["claude".into()], ..Launch::default() };
        let launch = launch(&base, session, model);
        let words: Vec<_> = launch.argv.iter().map(|it| it.to_string_lossy()).collect();
        words.join(" ")
    }

    #[test]
    fn a_session_is_begun_taken_up_or_forked() {
        let begun = arguments(&Session::New("a".into()), "");
        assert!(begun.starts_with("claude -p ") && begun.ends_with("default --session-id a"));
        let again = arguments(&Session::Again("a".into()), "opus");
        assert!(again.ends_with("default --resume a --model opus"), "{again}");
        let fork =
            |place: &str| arguments(&Session::Fork("a".into(), "b".into(), place.into()), "");
        let upto = fork("c");
        assert!(upto.ends_with("--session-id b --resume-session-at c"), "{upto}");
        let fork = fork("");
        assert!(fork.ends_with("--resume a --fork-session --session-id b"), "{fork}");
    }
}
