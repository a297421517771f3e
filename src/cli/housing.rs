//! Where the agents of a session work, as config and the state folder have it.

use super::{House, company::Company, elsewhere};
use crate::{
    config::Settings,
    engine::{
        Engine, Hire, Start,
        housed::{Housed, Housing},
        watched::Watched,
    },
    llm::PriceTable,
    tools::{self, guard::Pool},
    workspace::{
        git::Git,
        grounds::{Brought, Grounds},
    },
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// So much of a session's id names its worktrees and branches: the time, to the
/// millisecond.
const SHORT: usize = 13;

/// Whether another session would name its worktrees and branches as this one does.
pub(super) fn is_shared(sessions: &Path, session: &str) -> bool {
    let short = session.get(..SHORT).unwrap_or(session);
    let others = std::fs::read_dir(sessions).into_iter().flatten().flatten();
    let mut names = others.map(|it| it.file_name().to_string_lossy().into_owned());
    names.any(|it| it != session && it.starts_with(short))
}

impl House {
    /// Where agents have the places that are their own, of all sessions.
    pub(super) fn worktrees(&self) -> PathBuf {
        self.state.join("worktrees")
    }

    /// The grounds of the session of that id.
    pub(super) fn grounds(&self, session: &str) -> Grounds {
        let git = Git::find(&self.environment);
        let short = session.get(..SHORT).unwrap_or(session);
        Grounds::new(git, &self.worktrees(), short, brought(&self.company.config().settings))
    }
}

impl Company {
    /// Engines that `hire` finds, each with a place on these grounds. Who is only
    /// watched works in no place of ours.
    pub(super) fn housed(&self, grounds: &Grounds, guards: Pool, hire: Hire) -> Hire {
        let ours = self.environment.only(tools::PASSED);
        let environment = tools::environment_for_commands(ours, tools::PASSED);
        let setup = &self.config().settings.workspace.setup;
        let housing = Housing::new(grounds.clone(), setup, &environment, guards);
        let own = self.config().settings.prices.clone();
        let open = elsewhere::opener(Arc::new(PriceTable::embedded().with_overrides(own)));
        Arc::new(move |start: Start| {
            if start.agent.is_watched() {
                let engine: Box<dyn Engine> = Box::new(Watched::new(open.clone(), start));
                return Ok(engine);
            }
            let engine: Box<dyn Engine> =
                Box::new(Housed::new(housing.clone(), start, hire.clone()));
            Ok(engine)
        })
    }
}

fn brought(settings: &Settings) -> Brought {
    let workspace = &settings.workspace;
    Brought { copy: workspace.copy.clone(), link: workspace.link.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_sessions_of_one_millisecond_share_a_short_name() {
        let sessions = tempfile::tempdir().unwrap();
        let [one, same, later] = [
            "019aca3f-1b2c-7000-8000-000000000001",
            "019aca3f-1b2c-7000-8000-000000000002",
            "019aca3f-1b2d-7000-8000-000000000001",
        ];
        for it in [one, later] {
            std::fs::create_dir(sessions.path().join(it)).unwrap();
        }
        assert!(!is_shared(sessions.path(), one) && !is_shared(sessions.path(), later));
        assert!(is_shared(sessions.path(), same));
    }
}
