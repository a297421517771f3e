//! An engine whose agent first gets a place to work: a folder, made or found
//! again, and set up. It shows what it does meanwhile, and nobody waits for it.

use super::{Engine, Gone, Hire, Seat, Start, Work};
use crate::{
    model::{Agent, EngineKind, Ground, Level, Outcome, Report, Take, Tree, Turn},
    text::one_line,
    tools::{Question, guard::Pool},
    workspace::grounds::{Grounds, GroundsError, Settled},
};
use std::{path::Path, sync::Arc};
use tokio::sync::Semaphore;

/// So many places are made at the same time: each reads and writes a whole
/// repository, and more at once are not ready sooner.
const ROOM: usize = 2;
/// How wide a command and what it says may be, in cells.
const WORDS: usize = 120;

/// How the agents of one session get their places; a clone is cheap.
#[derive(Debug, Clone)]
pub struct Housing {
    grounds: Grounds,
    setup: Arc<[String]>,
    environment: Arc<[(String, String)]>,
    guards: Pool,
    room: Arc<Semaphore>,
}

impl Housing {
    /// Places on these grounds. Each new one is set up by these shell commands,
    /// with this environment, under these guards.
    pub fn new(
        grounds: Grounds,
        setup: &[String],
        environment: &[(String, String)],
        guards: Pool,
    ) -> Self {
        let room = Arc::new(Semaphore::new(ROOM));
        Self { grounds, setup: setup.into(), environment: environment.into(), guards, room }
    }
}

/// An engine to come, and the place it needs.
pub struct Housed {
    housing: Housing,
    start: Start,
    hire: Hire,
}

/// Why an agent has no place.
enum Homeless {
    /// Nobody wants it to have one any more.
    Gone,
    Because(String),
}

impl From<Gone> for Homeless {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

impl Housed {
    /// The engine that `hire` finds once there is a place for it.
    pub const fn new(housing: Housing, start: Start, hire: Hire) -> Self {
        Self { housing, start, hire }
    }
}

impl Engine for Housed {
    fn work(self: Box<Self>, seat: Seat) -> Work {
        Box::pin(async move {
            let Self { housing, mut start, hire } = *self;
            let engine = match housing.receive(&start.agent, &seat).await {
                Ok(tree) => {
                    // Whoever drives it works there, and need not know why.
                    start.agent.casting.workspace.clone_from(&tree.path);
                    start.agent.tree = Some(Arc::new(tree));
                    hire(start)
                }
                Err(Homeless::Because(why)) => Err(why),
                Err(Homeless::Gone) => return,
            };
            match engine {
                Ok(engine) => engine.work(seat).await,
                Err(why) => {
                    // A supervisor that has gone needs no explanation.
                    let _gone = seat.end(Outcome::Failed { why }).await;
                }
            }
        })
    }
}

impl Housing {
    /// Makes a place for an agent, or finds the one it had.
    async fn receive(&self, agent: &Agent, seat: &Seat) -> Result<Tree, Homeless> {
        seat.say(Report::Preparing(doing(agent).to_owned())).await?;
        // The semaphore is never closed.
        let _room = self.room.acquire().await.map_err(|_| Homeless::Gone)?;
        let (grounds, known) = (self.grounds.clone(), agent.clone());
        let Settled { tree, is_news, is_fresh } = apart(move || grounds.settle(&known)).await?;
        if is_news {
            seat.say(Report::WorkspaceMade(Box::new(tree.clone()))).await?;
        }
        if is_fresh {
            self.set_up(agent, &tree, seat).await?;
        }
        if let Some(commit) = agent.going.puts.clone() {
            self.put_back(agent, &tree, commit, seat).await?;
        }
        if agent.casting.engine != EngineKind::Native {
            // One that never does is seen to be what is waited for.
            seat.say(Report::Preparing("its program comes up".to_owned())).await?;
        }
        Ok(tree)
    }

    /// Runs what makes a new place ready. What it leaves there is where the
    /// agent's work begins.
    async fn set_up(&self, agent: &Agent, tree: &Tree, seat: &Seat) -> Result<(), Homeless> {
        let take = agent.casting.take.as_deref();
        if take.is_some_and(Take::has_work) {
            return self.begin_take(agent, tree, seat).await;
        }
        if tree.ground == Ground::Worktree {
            for command in self.setup.iter() {
                let words = one_line(command, WORDS);
                seat.say(Report::Preparing(format!("setting up: {words}"))).await?;
                self.run(command, Path::new(&tree.path)).await.map_err(|why| {
                    Homeless::Because(format!("the setup command `{words}` {why}"))
                })?;
            }
        }
        let (grounds, place) = (self.grounds.clone(), tree.clone());
        // Where nothing ran, it holds what was written there a moment ago: in a large
        // repository it takes its time to find that out.
        let is_as_made = tree.ground == Ground::Worktree && self.setup.is_empty();
        let kept = apart(move || {
            let kept = if is_as_made { None } else { grounds.keep(&place, Turn(0), None)? };
            grounds.note_set_up(&place)?;
            Ok(kept)
        });
        if let Some(kept) = kept.await? {
            let (turn, commit, files, more) = (Turn(0), kept.commit, kept.files, kept.more);
            seat.say(Report::Checkpointed { turn, commit, files, more, in_all: None }).await?;
        }
        Ok(())
    }

    /// Has a folder hold again what this commit does. What it holds now is kept first, so
    /// that it can be had back.
    async fn put_back(
        &self,
        agent: &Agent,
        tree: &Tree,
        commit: String,
        seat: &Seat,
    ) -> Result<(), Homeless> {
        seat.say(Report::Preparing("putting its files back".to_owned())).await?;
        let began = agent.work_began_at().map(str::to_owned);
        let last = agent.checkpoints.last().map(|it| it.commit.clone());
        let mut was = last.or_else(|| began.clone()).unwrap_or_default();
        let turn = agent.turn;
        for place in [None, Some(commit)] {
            let (grounds, tree, began) = (self.grounds.clone(), tree.clone(), began.clone());
            let is_now = place.is_none();
            let kept = apart(move || {
                if let Some(commit) = place {
                    grounds.put_back(&tree, &commit)?;
                }
                grounds.keep(&tree, turn, began.as_deref())
            });
            let Some(kept) = kept.await? else { continue };
            if is_now {
                was.clone_from(&kept.commit);
            }
            let (commit, files, more, in_all) = (kept.commit, kept.files, kept.more, kept.in_all);
            seat.say(Report::Checkpointed { turn, commit, files, more, in_all }).await?;
        }
        seat.say(Report::FilesPut(was)).await?;
        Ok(())
    }

    /// Notes what another take begins with. What sets a place up runs in no sandbox, and
    /// these files are an agent's: it is not run on them.
    async fn begin_take(&self, agent: &Agent, tree: &Tree, seat: &Seat) -> Result<(), Homeless> {
        let take = agent.casting.take.as_deref().cloned().unwrap_or_default();
        if !self.setup.is_empty() && tree.ground == Ground::Worktree {
            let words = "its folder is not set up: its files are those that an agent has made";
            let text = format!("{}: {words}", agent.casting.name);
            seat.say(Report::Noticed(Level::Note, text)).await?;
        }
        let after = take.after();
        let is_set_up = take.began != tree.base && tree.ground == Ground::Worktree;
        let began = if is_set_up { take.began } else { tree.base.clone() };
        if is_set_up {
            let (turn, commit, files) = (Turn(0), began.clone(), Vec::new());
            seat.say(Report::Checkpointed { turn, commit, files, more: 0, in_all: None }).await?;
        }
        let (grounds, place) = (self.grounds.clone(), tree.clone());
        let kept = apart(move || {
            let kept = grounds.keep(&place, after, Some(&began))?;
            grounds.note_set_up(&place)?;
            Ok(kept)
        });
        if let Some(kept) = kept.await? {
            let (commit, files, more, in_all) = (kept.commit, kept.files, kept.more, kept.in_all);
            seat.say(Report::Checkpointed { turn: after, commit, files, more, in_all }).await?;
        }
        Ok(())
    }

    async fn run(&self, command: &str, folder: &Path) -> Result<(), String> {
        let environment = &self.environment;
        let answer = Question::new(command, folder, environment).ask(&self.guards).await;
        let answer = answer.map_err(|error| format!("could not be run: {error}"))?;
        let said = if answer.errors.is_empty() { &answer.printed } else { &answer.errors };
        let said = String::from_utf8_lossy(said);
        let last = said.lines().rev().find(|it| !it.trim().is_empty()).unwrap_or_default();
        match answer.code {
            Some(0) => Ok(()),
            Some(code) => Err(format!("ended with {code}: {}", one_line(last, WORDS))),
            None => Err("was ended by a signal".to_owned()),
        }
    }
}

/// What is done until an agent has its place.
const fn doing(agent: &Agent) -> &'static str {
    match (agent.casting.ground, agent.tree.is_some()) {
        (Ground::Worktree, false) => "making a worktree",
        (Ground::Worktree, true) => "finding its worktree",
        (Ground::Scratch, _) => "making a folder",
        (Ground::Shared, _) => "looking at the folder",
    }
}

/// Does something that blocks where that holds nobody up.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, GroundsError> + Send + 'static,
) -> Result<T, Homeless> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(|error| Homeless::Because(one_line(&error.to_string(), 400))),
        Err(error) => Err(Homeless::Because(format!("its folder could not be made: {error}"))),
    }
}
