//! How an agent comes up: its program is greeted, let in if it asks for that,
//! and a session is opened, or a former one taken up again.

use super::{
    record::Record,
    said::one_name,
    tell,
    worker::{Steering, Worker},
};
use crate::{
    engine::{
        Gone,
        program::{Launch, Told, lent},
    },
    model::{Author, Level, Order, Outcome, Report},
    text::{one_line, sanitise},
};
use serde_json::{Value, json};
use std::{path::Path, time::Duration};
use tokio::time::{Instant, sleep, sleep_until};

/// How long a program may take to answer while it comes up: one took a minute
/// on a busy machine.
const PATIENCE: Duration = Duration::from_mins(5);
/// Who has been silent for so long has told all of a session's past.
const SILENCE: Duration = Duration::from_millis(300);
/// The protocol's code for "you have to sign in first".
const AUTH_REQUIRED: i64 = -32000;

/// What became of a request.
enum Answered {
    Yes(Value),
    No(Value),
    /// The agent is over.
    Over(Outcome),
}

/// How the agent lets one choose its model.
#[derive(Debug, Default)]
pub(super) struct Models {
    /// Its own option for it, where it has one.
    option: Option<String>,
    offered: Vec<String>,
    current: String,
}

impl Models {
    fn read(opened: &Value) -> Self {
        let text = |it: &Value, name: &str| it.get(name).and_then(Value::as_str).map(str::to_owned);
        let options = opened.get("configOptions").and_then(Value::as_array);
        let is_model = |it: &&Value| text(it, "category").as_deref() == Some("model");
        if let Some(option) = options.and_then(|it| it.iter().find(is_model)) {
            let values = option.get("options").and_then(Value::as_array);
            return Self {
                option: text(option, "id"),
                offered: values.into_iter().flatten().filter_map(|it| text(it, "value")).collect(),
                current: text(option, "currentValue").unwrap_or_default(),
            };
        }
        let models = opened.pointer("/models/availableModels").and_then(Value::as_array);
        let current = opened.pointer("/models/currentModelId").and_then(Value::as_str);
        Self {
            option: None,
            offered: models.into_iter().flatten().filter_map(|it| text(it, "modelId")).collect(),
            current: current.unwrap_or_default().to_owned(),
        }
    }

    /// The offered model that is meant: by its whole name, or by its end.
    fn find(&self, wanted: &str) -> Option<&String> {
        let by_end = || self.offered.iter().find(|it| it.rsplit('/').next() == Some(wanted));
        self.offered.iter().find(|it| *it == wanted).or_else(by_end)
    }
}

impl Worker {
    /// Brings it up; gives its outcome where that ends it.
    pub(super) async fn open(&mut self) -> Result<Option<Outcome>, Gone> {
        let greeting = match self.hear_answer(None).await? {
            Answered::Yes(greeting) => greeting,
            Answered::No(error) => return Ok(Some(self.refused("its greeting", &error))),
            Answered::Over(outcome) => return Ok(Some(outcome)),
        };
        self.meet(&greeting);
        if let Some(outcome) = self.sign_in(&greeting).await? {
            return Ok(Some(outcome));
        }
        let opened = match self.open_session(&greeting).await? {
            Answered::Yes(opened) => opened,
            Answered::No(error) => return Ok(Some(self.refused("a session", &error))),
            Answered::Over(outcome) => return Ok(Some(outcome)),
        };
        if greeting.pointer("/agentCapabilities/sessionCapabilities/close").is_some() {
            self.line.on_parting(vec![("session/close", tell::close(&self.session))]).await;
        }
        if let Some(record) = &mut self.record {
            record.is_of(&self.session);
            self.pass_over_record().await;
        }
        self.seat.say(Report::Started).await?;
        let (program, session) = (self.program.clone(), one_line(&self.session, 200));
        self.models = Models::read(&opened);
        let model = one_line(&self.models.current, 200);
        self.seat.say(Report::Linked { program, session, model }).await?;
        if let Some(outcome) = self.set_asking_mode(&opened).await? {
            return Ok(Some(outcome));
        }
        let wanted = self.casting.model.clone();
        self.choose_model(&wanted).await?;
        Ok(None)
    }

    fn meet(&mut self, greeting: &Value) {
        let said = |name: &str| greeting.pointer(name).and_then(Value::as_str).unwrap_or_default();
        let (name, version) = (said("/agentInfo/name"), said("/agentInfo/version"));
        let file = || self.launch.argv.first().map(|it| it.display().to_string());
        let name = if name.is_empty() { file().unwrap_or_default() } else { name.to_owned() };
        self.program = one_line(format!("{name} {version}").trim(), 80);
        let name = name.rsplit('/').next().unwrap_or_default();
        self.record = (name == "gemini-cli").then(|| Record::beside(&self.launch));
        self.steering = match name {
            "claude-agent-acp" | "codex-acp" => Steering::Request,
            "OpenCode" => Steering::Prompt,
            "qwen-code" => Steering::Asked,
            _ => Steering::None,
        };
    }

    async fn sign_in(&mut self, greeting: &Value) -> Result<Option<Outcome>, Gone> {
        let ways = greeting.get("authMethods").and_then(Value::as_array);
        let has = |way: &str| {
            ways.into_iter().flatten().any(|it| it.get("id").and_then(Value::as_str) == Some(way))
        };
        let Some(way) = self.launch.sign_in.clone().filter(|way| has(way)) else {
            return Ok(None);
        };
        Ok(match self.ask("authenticate", tell::authenticate(&way)).await? {
            Answered::Yes(_) => None,
            Answered::No(error) => Some(self.refused("to let us in", &error)),
            Answered::Over(outcome) => Some(outcome),
        })
    }

    /// Takes its former session up again, or opens a new one.
    async fn open_session(&mut self, greeting: &Value) -> Result<Answered, Gone> {
        let can = |what: &str| greeting.pointer(&format!("/agentCapabilities/{what}"));
        let can_resume = can("sessionCapabilities/resume").is_some_and(|it| !it.is_null());
        let can_load = can("loadSession").and_then(Value::as_bool).unwrap_or_default();
        let (folder, servers) = (self.folder().to_owned(), self.servers());
        if let Some(link) = self.start.link.clone() {
            let session = link.session;
            let ways = [
                (can_resume, "session/resume", tell::resume(&session, &folder, &servers)),
                (can_load, "session/load", tell::load(&session, &folder, &servers)),
            ];
            self.line.claim(&session).await;
            for (_, method, request) in ways.into_iter().filter(|(can, ..)| *can) {
                match self.ask(method, request).await? {
                    Answered::Yes(opened) => {
                        self.session = session;
                        let over = self.let_the_past_be_told().await?;
                        return Ok(over.map_or(Answered::Yes(opened), Answered::Over));
                    }
                    Answered::No(_) => {}
                    over @ Answered::Over(_) => return Ok(over),
                }
            }
        }
        let is_fork = self.start.link.is_none() && !self.casting.fork.is_empty();
        if is_fork {
            let can_fork = can("sessionCapabilities/fork").is_some_and(|it| !it.is_null());
            match self.open_copy(can_fork, &folder).await? {
                Answered::No(_) => {}
                copied => return Ok(copied),
            }
        }
        let answered = self.ask("session/new", tell::new_session(&folder, &servers)).await?;
        if let Answered::Yes(opened) = &answered {
            self.enter(opened);
            self.bill.begin();
            self.begin_anew().await?;
        }
        Ok(answered)
    }

    /// The MCP servers that it is given. That it can be told of them was seen before it
    /// was started.
    fn servers(&self) -> Value {
        let Launch { servers, environment, .. } = &self.launch;
        lent::for_acp(servers, environment).unwrap_or_else(|_| json!([]))
    }

    /// Opens a session that begins as a copy of another agent's.
    async fn open_copy(&mut self, can_fork: bool, folder: &Path) -> Result<Answered, Gone> {
        let refusal = if can_fork {
            match self
                .ask("session/fork", tell::fork(&self.casting.fork, folder, &self.servers()))
                .await?
            {
                Answered::Yes(opened) => {
                    self.enter(&opened);
                    let over = self.let_the_past_be_told().await?;
                    return Ok(over.map_or(Answered::Yes(opened), Answered::Over));
                }
                Answered::No(refusal) => refusal,
                over @ Answered::Over(_) => return Ok(over),
            }
        } else {
            json!({ "message": "it has no way to" })
        };
        let text = format!(
            "{}: its program does not copy that conversation; it begins a new one ({})",
            self.casting.name,
            words(&refusal)
        );
        self.seat.say(Report::Noticed(Level::Warning, text)).await?;
        Ok(Answered::No(refusal))
    }

    /// What is said from now on is said in the session that was opened.
    fn enter(&mut self, opened: &Value) {
        let session = opened.get("sessionId").and_then(Value::as_str);
        session.unwrap_or_default().clone_into(&mut self.session);
    }

    /// Its brief goes to a session that knows nothing yet.
    async fn begin_anew(&mut self) -> Result<(), Gone> {
        if self.has_brief {
            self.prompt.push(
                "You have been at work on this before, in a session that can't be taken up \
                 again. See what is there already, then go on."
                    .to_owned(),
            );
            let text = format!(
                "{}: its program could not take up its former session; it begins a new one",
                self.casting.name
            );
            self.seat.say(Report::Noticed(Level::Warning, text)).await?;
        }
        (self.has_brief, self.is_instructed_anew) = (false, false);
        Ok(())
    }

    async fn set_asking_mode(&mut self, opened: &Value) -> Result<Option<Outcome>, Gone> {
        let modes = opened.pointer("/modes/availableModes").and_then(Value::as_array);
        let has = |mode: &String| {
            let id = |it: &Value| it.get("id").and_then(Value::as_str) == Some(mode);
            modes.into_iter().flatten().any(id)
        };
        let current = opened.pointer("/modes/currentModeId").and_then(Value::as_str);
        let Some(mode) = self.launch.asking_modes.iter().find(|it| has(it)).cloned() else {
            return Ok(None);
        };
        if current == Some(mode.as_str()) {
            return Ok(None);
        }
        let request = tell::set_mode(&self.session, &mode);
        Ok(match self.ask("session/set_mode", request).await? {
            Answered::Yes(_) => None,
            // In the mode that it has it would act unasked.
            Answered::No(error) => Some(self.refused(&format!("its mode `{mode}`"), &error)),
            Answered::Over(outcome) => Some(outcome),
        })
    }

    /// Has it call this model, if it offers it; its own choice stands where
    /// nothing is wanted.
    pub(super) async fn choose_model(&mut self, wanted: &str) -> Result<(), Gone> {
        let models = &self.models;
        if wanted.is_empty() {
            self.bill.set_model(&models.current);
            return Ok(());
        }
        let Some(found) = models.find(wanted).cloned() else {
            if !models.current.is_empty() {
                let (name, current) = (&self.casting.name, one_name(&models.current));
                let text =
                    format!("{name}: its program offers no model `{wanted}`; it calls {current}");
                self.bill.set_model(&models.current);
                self.seat.say(Report::Noticed(Level::Warning, text)).await?;
            }
            return Ok(());
        };
        self.bill.set_model(wanted);
        if found == models.current {
            return Ok(());
        }
        let (method, request) = match &models.option {
            Some(option) => {
                ("session/set_config_option", tell::set_option(&self.session, option, &found))
            }
            None => ("session/set_model", tell::set_model(&self.session, &found)),
        };
        self.line.request(method, request).await;
        self.models.current = found;
        Ok(())
    }

    async fn ask(&mut self, method: &'static str, request: Value) -> Result<Answered, Gone> {
        let number = self.line.request(method, request).await;
        self.hear_answer(Some(number)).await
    }

    /// Waits for the answer to a request, or to the greeting. What a session that
    /// is taken up tells of its past is in the journal already.
    async fn hear_answer(&mut self, wanted: Option<u64>) -> Result<Answered, Gone> {
        let late = Instant::now() + PATIENCE;
        loop {
            tokio::select! {
                biased;
                order = self.seat.hear() => match order? {
                    Order::Stop => {
                        let by = Author::Director;
                        return Ok(Answered::Over(Outcome::Stopped { by }));
                    }
                    order => self.heed(order),
                },
                () = sleep_until(late) => {
                    let why = format!("{} does not answer", self.name());
                    return Ok(Answered::Over(Outcome::Failed { why }));
                }
                told = self.line.hear() => match told {
                    Told::Opened(result) if wanted.is_none() => return Ok(answered(result)),
                    Told::Answer(number, result) if Some(number) == wanted => {
                        return Ok(answered(result));
                    }
                    Told::Message(message) => self.hear_early(&message).await,
                    Told::Over(exit) => {
                        let why = format!("{}: {exit}", self.name());
                        return Ok(Answered::Over(Outcome::Failed { why }));
                    }
                    Told::Noise(line) => self.note_noise(line).await?,
                    Told::Opened(_) | Told::Answer(..) | Told::Frozen(_) | Told::NotAlone => {}
                },
            }
        }
    }

    /// Some tell the past of a session when they have taken it up already, and
    /// don't say where that ends: it ends where they fall silent.
    async fn let_the_past_be_told(&mut self) -> Result<Option<Outcome>, Gone> {
        loop {
            tokio::select! {
                told = self.line.hear() => match told {
                    Told::Message(message) => self.hear_early(&message).await,
                    Told::Over(exit) => {
                        let why = format!("{}: {exit}", self.name());
                        return Ok(Some(Outcome::Failed { why }));
                    }
                    Told::Noise(line) => self.note_noise(line).await?,
                    Told::Answer(..) | Told::Opened(_) | Told::Frozen(_) | Told::NotAlone => {}
                },
                () = sleep(SILENCE) => return Ok(None),
            }
        }
    }

    async fn hear_early(&mut self, message: &Value) {
        if let Some(id) = message.get("id") {
            self.line.refuse(id).await;
        }
        let cost = message.pointer("/params/update/cost/amount").and_then(Value::as_f64);
        if let Some(dollars) = cost {
            self.bill.had_cost(dollars);
        }
    }

    /// The program's file, for a word about it.
    pub(super) fn name(&self) -> String {
        let file = self.launch.argv.first().map(std::path::Path::new);
        let name = file.and_then(|it| it.file_name()).unwrap_or_default();
        one_line(&name.display().to_string(), 80)
    }

    /// Why it ends when its program refuses what it needs.
    pub(super) fn refused(&self, what: &str, error: &Value) -> Outcome {
        let name = self.name();
        let is_login = error.get("code").and_then(Value::as_i64) == Some(AUTH_REQUIRED);
        let said = words(error);
        let why = if is_login {
            format!(
                "{name} asks you to sign in first: run `{name}` in a terminal once, or set its key ({said})"
            )
        } else {
            format!("{name} refused {what}: {said}")
        };
        Outcome::Failed { why }
    }
}

fn answered(result: Result<Value, Value>) -> Answered {
    match result {
        Ok(result) => Answered::Yes(result),
        Err(error) => Answered::No(error),
    }
}

/// What an error says, with its details where it has some.
pub(super) fn words(error: &Value) -> String {
    let message = error.get("message").and_then(Value::as_str);
    let details = ["/data/details", "/data/message", "/data"];
    let details = details.iter().find_map(|it| error.pointer(it)?.as_str());
    let text = match (message, details) {
        (Some(message), Some(details)) if message != details => format!("{message}: {details}"),
        (Some(message), _) => message.to_owned(),
        (None, _) => error.to_string(),
    };
    sanitise(text.trim()).into_owned()
}
