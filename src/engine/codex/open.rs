//! A session of Codex's: begun, or taken up again, and prompted.

use super::{
    PROGRAM, gate,
    said::text,
    tokens::Tally,
    worker::{Asked, Cut, Stand, Worker},
};
use crate::{
    engine::Gone,
    model::{Going, Level, Outcome, RedirectId, Report},
    text::{one_line, sanitise},
    tools::policy::Mode,
};
use serde_json::{Map, Value, json};

/// What is said to a model that is to go on where nobody has anything to say.
const GO_ON: &str = "Go on with your work.";
/// How wide an error is shown, in cells.
const ERROR: usize = 400;
/// What comes before the numbers of messages of ours.
const OURS: &str = "auteur:";

impl Worker {
    /// Gives Codex what it is to work on, in the turn that was granted. The first
    /// time, its session is opened before that.
    pub(super) async fn prompt(&mut self) -> Result<(), Gone> {
        self.stand = Stand::Working;
        self.cut = None;
        let Some(session) = self.session.clone() else {
            let folder = &self.agent.casting.workspace;
            let listed = json!({ "cwds": [folder] });
            self.request("hooks/list", listed, Asked::Hooks).await;
            return Ok(());
        };
        self.bring_instructions().await;
        let casting = &self.agent.casting;
        let mut parameters = json!({
            "threadId": session,
            "input": [{ "type": "text", "text": self.words() }],
            "clientUserMessageId": names(&self.messages),
        });
        if !casting.model.is_empty() {
            parameters["model"] = json!(casting.model);
            self.called.clone_from(&casting.model);
        }
        if !casting.effort.is_empty() {
            parameters["effort"] = json!(casting.effort);
        }
        self.sent.append(&mut self.messages);
        (self.was_prompted, self.is_stale) = (true, false);
        self.request("turn/start", parameters, Asked::Prompt).await;
        Ok(())
    }

    /// The prompt: the brief, if Codex has not seen it, and what was said since.
    fn words(&self) -> String {
        let is_new = !self.was_prompted && (self.agent.link.is_none() || !self.agent.has_begun());
        let brief = is_new.then_some(self.agent.casting.brief.as_str());
        let said = self.messages.iter().map(|(_, text)| text.as_str());
        let all: Vec<&str> = brief.into_iter().chain(said).collect();
        if all.is_empty() { GO_ON.to_owned() } else { all.join("\n\n") }
    }

    /// Puts instructions that Codex has not heard behind its conversation.
    pub(super) async fn bring_instructions(&mut self) {
        let Some(session) = &self.session else { return };
        if self.heard_instructions.as_ref() == Some(&self.instructions) {
            return;
        }
        let words = format!(
            "Your instructions have changed. These hold from now on, in place of those that you \
             were given before:\n\n{}",
            self.instructions
        );
        let item = json!({
            "type": "message",
            "role": "developer",
            "content": [{ "type": "input_text", "text": words }],
        });
        let parameters = json!({ "threadId": session, "items": [item] });
        self.heard_instructions = Some(self.instructions.clone());
        self.request("thread/inject_items", parameters, Asked::Other("new instructions")).await;
    }

    /// Takes in the answer to a request of ours.
    pub(super) async fn take_answer(
        &mut self,
        number: u64,
        result: Result<Value, Value>,
    ) -> Result<(), Gone> {
        let Some(about) = self.asked.remove(&number) else { return Ok(()) };
        match (about, result) {
            (Asked::Hooks, listed) => {
                let trust = listed.ok().as_ref().and_then(gate::trust);
                self.open_session(trust).await;
                Ok(())
            }
            (Asked::Begin | Asked::Resume | Asked::Fork, Ok(opened)) => {
                self.opened(about, &opened).await
            }
            (Asked::Begin, Err(error)) => self.fail("begin a session", &error).await,
            (Asked::Fork, Err(error)) => self.begin_anew(&error).await,
            (Asked::Resume, Err(error)) => self.fail("take up its session again", &error).await,
            (Asked::Prompt, Ok(begun)) => self.prompted(&text(&begun, "/turn/id")).await,
            (Asked::Prompt, Err(error)) => self.fail("take the prompt", &error).await,
            (Asked::Steer(id), Err(_)) => {
                // Its turn was over first; it is said with the next prompt.
                if let Some(place) = self.sent.iter().position(|it| it.0 == id) {
                    self.messages.push(self.sent.remove(place));
                }
                Ok(())
            }
            (Asked::Other(what), Err(error)) => {
                let words = format!("Codex did not take {what}: {}", said(&error));
                self.seat.say(Report::Noticed(Level::Warning, words)).await
            }
            (Asked::Steer(_) | Asked::Other(_), Ok(_)) => Ok(()),
        }
    }

    async fn open_session(&mut self, trust: Option<Value>) {
        let casting = &self.agent.casting;
        let sandbox = match self.mode {
            Mode::Plan => "read-only",
            Mode::Ask | Mode::Edit => "workspace-write",
            Mode::Auto => "danger-full-access",
        };
        let mut parameters = Map::new();
        let mut set = |name: &str, value: Value| parameters.insert(name.to_owned(), value);
        set("cwd", json!(casting.workspace));
        set("approvalPolicy", json!("untrusted"));
        set("approvalsReviewer", json!("user"));
        set("sandbox", json!(sandbox));
        set("developerInstructions", json!(self.instructions));
        if !casting.model.is_empty() {
            set("model", json!(casting.model));
        }
        if let Some(trust) = trust {
            set("config", trust);
        }
        // A session without a turn was never kept.
        let former = self.agent.link.as_ref().filter(|_| self.agent.has_begun());
        let back = self.agent.goes_back();
        let (method, about) = if let Some((session, place)) = back {
            set("threadId", json!(session));
            set("lastTurnId", json!(place));
            set("excludeTurns", json!(true));
            self.tally = Tally::resumed();
            ("thread/fork", Asked::Fork)
        } else if let Some(session) = former.map(|it| it.session.clone()) {
            set("threadId", json!(session));
            set("excludeTurns", json!(true));
            self.tally = Tally::resumed();
            ("thread/resume", Asked::Resume)
        } else if !casting.fork.is_empty() {
            set("threadId", json!(casting.fork));
            if let Some(take) = casting.take.as_ref().filter(|it| !it.place.is_empty()) {
                set("lastTurnId", json!(take.place));
            }
            set("excludeTurns", json!(true));
            // What the other one has used is counted in the copy.
            self.tally = Tally::resumed();
            ("thread/fork", Asked::Fork)
        } else {
            set("experimentalRawEvents", json!(true));
            ("thread/start", Asked::Begin)
        };
        self.request(method, Value::Object(parameters), about).await;
    }

    /// The session is not there that it was to go on from: it begins with its brief, and is
    /// told in short what was done before.
    async fn begin_anew(&mut self, error: &Value) -> Result<(), Gone> {
        let Some(anew) = self.anew.take() else {
            return self.fail("copy that session", error).await;
        };
        let text = format!(
            "Codex could not copy the session ({}): it begins anew, with its brief and a summary \
             of what was done before",
            said(error)
        );
        self.seat.say(Report::Noted(Level::Warning, text)).await?;
        self.agent.casting.fork.clear();
        self.agent.casting.brief = anew;
        (self.agent.link, self.agent.going) = (None, Going::default());
        self.tally = Tally::default();
        self.prompt().await
    }

    async fn opened(&mut self, about: Asked, opened: &Value) -> Result<(), Gone> {
        let session = text(opened, "/thread/id");
        if self.called.is_empty() {
            self.called = text(opened, "/model");
        }
        // What a former run's Codex has heard last is kept in its conversation.
        let former = self.agent.instructions.iter().rev().find(|it| it.effective.is_some());
        self.heard_instructions = match (about, former) {
            (Asked::Resume, Some(former)) => Some(former.text.to_string()),
            // The copy knows those of the other one.
            (Asked::Fork, _) if self.agent.goes_back().is_some() => {
                Some(self.agent.instructions_at(self.agent.stands_at()).to_owned())
            }
            (Asked::Fork, _) => None,
            _ => Some(self.instructions.clone()),
        };
        self.session = Some(session.clone());
        let (program, model) = (PROGRAM.to_owned(), one_line(&self.called, ERROR));
        self.seat
            .say(Report::Linked { program, session: one_line(&session, ERROR), model })
            .await?;
        self.prepare_parting().await;
        self.prompt().await
    }

    /// Codex has taken the prompt; what came meanwhile is brought to it now.
    async fn prompted(&mut self, turn: &str) -> Result<(), Gone> {
        self.own_turn = Some(turn.to_owned());
        self.prepare_parting().await;
        if self.cut.is_some() {
            self.send_interrupt().await;
            return Ok(());
        }
        self.steer().await
    }

    /// Gives Codex the messages that wait, in the turn that is under way.
    pub(super) async fn steer(&mut self) -> Result<(), Gone> {
        let (Some(session), Some(turn)) = (self.session.clone(), self.own_turn.clone()) else {
            return Ok(());
        };
        for (id, text) in std::mem::take(&mut self.messages) {
            let one = [(id, text)];
            let parameters = json!({
                "threadId": session,
                "expectedTurnId": turn,
                "clientUserMessageId": names(&one),
                "input": [{ "type": "text", "text": one[0].1 }],
            });
            self.sent.extend(one);
            self.request("turn/steer", parameters, Asked::Steer(id)).await;
        }
        Ok(())
    }

    /// Codex has taken in a message.
    pub(super) async fn took_in(&mut self, name: Option<&str>) -> Result<(), Gone> {
        let numbers = name.and_then(|it| it.strip_prefix(OURS)).unwrap_or_default();
        for id in numbers.split(',').filter_map(|it| it.parse().ok().map(RedirectId)) {
            self.sent.retain(|it| it.0 != id);
            self.seat.say(Report::Delivered(id)).await?;
        }
        Ok(())
    }

    pub(super) async fn send_interrupt(&mut self) {
        if let (Some(session), Some(turn)) = (&self.session, &self.own_turn) {
            let parameters = json!({ "threadId": session, "turnId": turn });
            self.request("turn/interrupt", parameters, Asked::Other("the interrupt")).await;
        }
    }

    /// What is to be done in a shared program when this agent has gone.
    pub(super) async fn prepare_parting(&self) {
        let Some(session) = &self.session else { return };
        let mut requests = Vec::new();
        if let Some(turn) = &self.own_turn {
            requests.push(("turn/interrupt", json!({ "threadId": session, "turnId": turn })));
        }
        requests.push(("thread/backgroundTerminals/clean", json!({ "threadId": session })));
        requests.push(("thread/unsubscribe", json!({ "threadId": session })));
        self.line.on_parting(requests).await;
    }

    async fn fail(&mut self, what: &str, error: &Value) -> Result<(), Gone> {
        let why = format!("Codex could not {what}: {}", said(error));
        self.settle_cut(&why, crate::model::Cost::default()).await?;
        self.outcome = Some(match self.cut {
            Some(Cut::Stop) => super::worker::stopped(),
            _ => Outcome::Failed { why },
        });
        Ok(())
    }
}

/// An error's words.
fn said(error: &Value) -> String {
    let words = text(error, "/message");
    let words = if words.is_empty() { error.to_string() } else { words };
    one_line(&sanitise(&words), ERROR)
}

/// The name by which messages of ours are known when Codex takes them in.
fn names(messages: &[(RedirectId, String)]) -> Option<String> {
    let numbers: Vec<String> = messages.iter().map(|(id, _)| id.0.to_string()).collect();
    (!numbers.is_empty()).then(|| format!("{OURS}{}", numbers.join(",")))
}
