//! What an assistant's calls do.

use super::{
    arguments::Arguments,
    chair::Chair,
    plays,
    project::{Part, Project},
    reading, roster, spec,
};
use crate::model::{
    AgentId, Author, Command, Event, PlayId, Record, Stage, Status,
    play::{PlayEvent, Wish},
};
use rmcp::{
    ErrorData, RoleServer, ServerHandler, ServiceExt as _,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation,
        ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig,
    },
    service::RequestContext,
};
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, io, sync::Arc, time::Duration};
use tokio::{
    sync::{Mutex, MutexGuard},
    task::spawn_blocking,
    time::{Instant, timeout_at},
};

/// Entries of a log that are told where nothing is said, and at most.
const ENTRIES: (u64, u64) = (30, 200);
/// How long is waited where nothing is said, and at most, in seconds: programs give
/// up on a tool after a minute.
const WAIT: (u64, u64) = (25, 50);

/// Serves an assistant on the standard streams until it leaves.
///
/// # Errors
/// When what comes is not the protocol, or the streams fail.
pub async fn serve(project: Arc<dyn Project>) -> io::Result<()> {
    let assistant = Assistant { project, chair: Arc::default() };
    let running = match assistant.serve(rmcp::transport::stdio()).await {
        Ok(running) => running,
        // One that says nothing wants nothing.
        Err(rmcp::service::ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
        Err(error) => return Err(io::Error::other(error.to_string())),
    };
    running.waiting().await.map(drop).map_err(io::Error::other)
}

#[derive(Clone)]
struct Assistant {
    project: Arc<dyn Project>,
    /// A lock, because calls come side by side; a command is carried out before the
    /// next is given.
    chair: Arc<Mutex<Option<Chair>>>,
}

impl ServerHandler for Assistant {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().build();
        ServerConfig::new(capabilities)
            .with_server_info(Implementation::new("auteur", env!("CARGO_PKG_VERSION")))
            .with_instructions(spec::INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(spec::tools()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = Arguments(request.arguments.unwrap_or_default());
        let text = |text: String| vec![ContentBlock::text(text)];
        let result = match self.call(&request.name, &arguments).await {
            Ok(Value::String(told)) => CallToolResult::success(text(told)),
            Ok(told) => CallToolResult::success(text(format!("{told:#}"))),
            Err(why) => CallToolResult::error(text(why)),
        };
        Ok(result.into())
    }
}

impl Assistant {
    async fn call(&self, tool: &str, with: &Arguments) -> Result<Value, String> {
        if let Some(tool) = spec::tools().iter().find(|it| it.name == tool) {
            with.must_be_of(tool)?;
        }
        match tool {
            "list_agents" => self.look(|stage, chair| Ok(roster::told(stage, chair.now()))).await,
            "read_agent" => self.read_agent(with).await,
            "list_roles" => Ok(parts(&self.ask(<dyn Project>::roles).await?)),
            "start_agent" => self.start_agent(with).await,
            "redirect_agent" => {
                let (text, now) = (with.text("message")?.to_owned(), with.flag("now")?);
                self.direct_agent(with, |agent| Command::Redirect { agent, text, now }).await
            }
            "pause_agent" => self.direct_agent(with, Command::Pause).await,
            "resume_agent" => self.direct_agent(with, Command::Resume).await,
            "stop_agent" => self.direct_agent(with, Command::Stop).await,
            "list_scripts" => {
                let scripts = parts(&self.ask(<dyn Project>::scripts).await?);
                self.look(|stage, _| Ok(json!({ "scripts": scripts, "runs": plays::told(stage) })))
                    .await
            }
            "perform_script" => self.perform(with).await,
            "read_script" => {
                let run = with.name("run")?;
                self.look(|stage, chair| Ok(plays::whole(plays::find(stage, &run)?, chair.now())))
                    .await
            }
            "stop_script" => self.stop_script(with).await,
            "wait" => self.wait(with.count("seconds", WAIT.0, WAIT.1)?).await,
            other => Err(format!("there is no tool `{other}`")),
        }
    }

    async fn read_agent(&self, with: &Arguments) -> Result<Value, String> {
        let (name, entries) = (with.name("agent")?, with.count("entries", ENTRIES.0, ENTRIES.1)?);
        let entries = usize::try_from(entries).unwrap_or(usize::MAX);
        let (agent, told, reader) = self
            .look(|stage, chair| {
                let agent = roster::find(stage, &name)?;
                Ok((agent.id, roster::agent(agent, stage, chair.now()), chair.reader().clone()))
            })
            .await?;
        let log = spawn_blocking(move || reading::log(&reader, agent, entries)).await;
        let log = log.map_err(|error| error.to_string())?;
        Ok(Value::String(format!("{told:#}\n\n{log}")))
    }

    async fn start_agent(&self, with: &Arguments) -> Result<Value, String> {
        let (role, brief) = (with.text("role")?.to_owned(), with.text("brief")?.to_owned());
        let command = self.ask(move |it| it.start(&role, &brief)).await?;
        let mut seat = self.seat().await?;
        let chair = taken(&mut seat)?;
        let records = chair.direct(command).await?;
        let now = chair.now();
        let (started, stage) = (records.iter().find_map(started), chair.look());
        let started = started.and_then(|it| stage.agent(it));
        let told = started.map(|it| roster::agent(it, stage, now));
        told.ok_or_else(|| "nobody was started".to_owned())
    }

    async fn direct_agent(
        &self,
        with: &Arguments,
        command: impl FnOnce(AgentId) -> Command,
    ) -> Result<Value, String> {
        let name = with.name("agent")?;
        let mut seat = self.seat().await?;
        let chair = taken(&mut seat)?;
        let agent = roster::find(chair.look(), &name)?.id;
        chair.direct(command(agent)).await?;
        let now = chair.now();
        let stage = chair.look();
        Ok(roster::agent(roster::find(stage, &agent.0.to_string())?, stage, now))
    }

    async fn perform(&self, with: &Arguments) -> Result<Value, String> {
        let (script, inputs) = (with.text("script")?.to_owned(), with.object("inputs")?);
        let command = self.ask(move |it| it.perform(&script, &inputs)).await?;
        let mut seat = self.seat().await?;
        let chair = taken(&mut seat)?;
        let records = chair.direct(command).await?;
        let begun = records.iter().find_map(begun).and_then(|it| chair.look().play(it));
        begun.map(plays::brief).ok_or_else(|| "nothing was begun".to_owned())
    }

    async fn stop_script(&self, with: &Arguments) -> Result<Value, String> {
        let run = with.name("run")?;
        let mut seat = self.seat().await?;
        let chair = taken(&mut seat)?;
        let play = plays::find(chair.look(), &run)?.id;
        chair.direct(Command::DirectPlay(play, Wish::Stop)).await?;
        Ok(plays::brief(plays::find(chair.look(), &play.0.to_string())?))
    }

    /// Waits until something is worth to be told; the session is free meanwhile.
    async fn wait(&self, seconds: u64) -> Result<Value, String> {
        let deadline = Instant::now() + Duration::from_secs(seconds);
        let (before, mut news) =
            self.look(|stage, chair| Ok((Marks::of(stage), chair.news()))).await?;
        loop {
            let heard = timeout_at(deadline, news.changed()).await;
            let (told, changed) = self
                .look(|stage, chair| {
                    let changed = Marks::of(stage).changed_since(&before);
                    Ok((roster::told(stage, chair.now()), changed))
                })
                .await?;
            if !changed.is_empty() || !matches!(heard, Ok(Ok(()))) {
                return Ok(json!({ "changed": changed, "now": told }));
            }
        }
    }

    /// Looks at the session.
    async fn look<T>(
        &self,
        see: impl FnOnce(&Stage, &Chair) -> Result<T, String>,
    ) -> Result<T, String> {
        let mut seat = self.seat().await?;
        let chair = taken(&mut seat)?;
        chair.look();
        see(chair.stage(), chair)
    }

    /// The place at the session: taken anew where there is none any more.
    async fn seat(&self) -> Result<MutexGuard<'_, Option<Chair>>, String> {
        let mut seat = self.chair.lock().await;
        if seat.as_ref().is_none_or(Chair::is_over) {
            *seat = None;
            let folder = self.ask(<dyn Project>::session).await?;
            *seat = Some(Chair::take(&folder).await.map_err(|error| error.to_string())?);
        }
        Ok(seat)
    }

    /// Asks the project, which may read files.
    async fn ask<T: Send + 'static>(
        &self,
        what: impl FnOnce(&dyn Project) -> Result<T, String> + Send + 'static,
    ) -> Result<T, String> {
        let project = self.project.clone();
        let asked = spawn_blocking(move || what(project.as_ref())).await;
        asked.map_err(|error| error.to_string())?
    }
}

fn taken<'a>(seat: &'a mut MutexGuard<'_, Option<Chair>>) -> Result<&'a mut Chair, String> {
    seat.as_mut().ok_or_else(|| "there is no session".to_owned())
}

/// The agent that an assistant has started.
fn started(record: &Record) -> Option<AgentId> {
    match &record.event {
        Event::AgentAdded { agent, by: Author::Assistant, .. } => Some(*agent),
        _ => None,
    }
}

/// The play that an assistant has begun.
fn begun(record: &Record) -> Option<PlayId> {
    let Event::Play { play, event } = &record.event else { return None };
    matches!(**event, PlayEvent::Started { by: Author::Assistant, .. }).then_some(*play)
}

fn parts(parts: &[Part]) -> Value {
    let told = parts.iter().map(|part| {
        let mut told = json!({ "name": part.name, "purpose": part.purpose });
        if let Some(fields) = told.as_object_mut() {
            if !part.inputs.is_empty() {
                let inputs: Map<_, _> =
                    part.inputs.iter().map(|(name, is)| (name.clone(), json!(is))).collect();
                fields.insert("inputs".to_owned(), inputs.into());
            }
            if let Some(why) = &part.hindrance {
                fields.insert("not_now".to_owned(), json!(why));
            }
        }
        told
    });
    told.collect()
}

/// What an assistant waits for: how agents and runs stand, in few classes.
#[derive(Debug, PartialEq, Eq)]
struct Marks {
    agents: BTreeMap<AgentId, (String, &'static str, usize)>,
    plays: BTreeMap<PlayId, (String, bool)>,
}

impl Marks {
    fn of(stage: &Stage) -> Self {
        let class = |status| match status {
            Status::Queued | Status::Starting | Status::Running => "is at work",
            Status::Pausing | Status::Paused => "is held",
            Status::Waiting => "waits for the director",
            Status::Succeeded => "is done",
            Status::Failed => "has failed",
            Status::Stopped => "was stopped",
        };
        let agents = stage.agents().map(|it| {
            let class = class(it.status());
            (it.id, (it.casting.name.clone(), class, it.requests.len()))
        });
        let plays = stage.plays().map(|it| (it.id, (it.script.name.clone(), it.is_over())));
        Self { agents: agents.collect(), plays: plays.collect() }
    }

    /// What is otherwise than it was, in words.
    fn changed_since(&self, before: &Self) -> Vec<String> {
        let agents = self.agents.iter().filter_map(|(id, now)| {
            let was = before.agents.get(id);
            let (name, class, asks) = now;
            match was {
                Some(was) if was == now => None,
                Some((_, was, had)) if was == class && asks < had => None,
                Some((_, was, _)) if was == class => Some(format!("{name} asks the director")),
                _ => Some(format!("{name} {class}")),
            }
        });
        let plays = self.plays.iter().filter_map(|(id, now)| {
            let (name, is_over) = now;
            match before.plays.get(id) {
                Some(was) if was == now => None,
                _ if *is_over => Some(format!("the script {name} has ended")),
                _ => Some(format!("the script {name} is played")),
            }
        });
        agents.chain(plays).collect()
    }
}
