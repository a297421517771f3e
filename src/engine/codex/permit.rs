//! What Codex asks: judged by our policy, asked of the director, granted by the
//! supervisor, and answered.

use super::{
    ask::{self, Key, Wish, Words},
    worker::Worker,
};
use crate::{
    engine::{
        Gone,
        program::{Decision, Ruling},
    },
    model::{Answer, Boundary, Report, RequestId},
};
use serde_json::{Map, Value, json};

/// The method of questions to the user.
const QUESTIONS: &str = "item/tool/requestUserInput";

impl Worker {
    /// Codex asks for something and waits.
    pub(super) async fn asked(
        &mut self,
        id: Value,
        method: &str,
        parameters: &Value,
    ) -> Result<(), Gone> {
        if method == QUESTIONS {
            return self.put_questions(&id, parameters).await;
        }
        let item = super::said::text(parameters, "/itemId");
        let open = self.calls.find(&item).and_then(|call| self.open.get(&call));
        let (paths, diff) =
            open.map(|it| (it.tool.paths.clone(), it.tool.diff.clone())).unwrap_or_default();
        if let Some(wish) = ask::wish((&id, method), parameters, (&paths, &diff)) {
            return self.judge(wish).await;
        }
        self.line.refuse(&id).await;
        let name = crate::text::one_line(method, 100);
        self.seat.say(Report::Strange { name, message: parameters.clone().into() }).await
    }

    async fn judge(&mut self, wish: Wish) -> Result<(), Gone> {
        let Wish { key, accesses, shown } = wish;
        let call = match self.calls.find(&name_of(&key)) {
            Some(call) => call,
            None => self.stand_in(&key, &accesses).await?,
        };
        let tool = self.open.get(&call).map(|it| it.tool.name.clone()).unwrap_or_default();
        match self.permits.judge(key.clone(), (call, &tool), &accesses, shown) {
            Ruling::Allow => self.allow(key).await,
            Ruling::Deny(why) => self.deny(key, &why).await,
            Ruling::Ask(report) => self.seat.say(report).await,
        }
    }

    /// A call for a request that names none of its own.
    async fn stand_in(
        &mut self,
        key: &Key,
        accesses: &[crate::tools::policy::Access],
    ) -> Result<crate::model::CallId, Gone> {
        let title = accesses.first().map(ToString::to_string).unwrap_or_default();
        let name = name_of(key);
        let call = self.calls.begin(&name);
        let tool = super::item::Tool {
            id: name.clone(),
            name: "request".to_owned(),
            title: crate::text::one_line(&title, 160),
            ..Default::default()
        };
        self.seat
            .say(Report::ToolCalled {
                call,
                id: crate::text::one_line(&name, 100),
                tool: tool.name.clone(),
                title: tool.title.clone(),
                input: json!({}).into(),
                seal: None,
            })
            .await?;
        self.open.insert(call, super::worker::OpenCall { tool, is_running: false });
        Ok(call)
    }

    /// It may; but not before the supervisor grants it, where the call has not
    /// begun. While a model call is not settled, there is no boundary to stand at.
    async fn allow(&mut self, key: Key) -> Result<(), Gone> {
        let Some(call) = self.calls.find(&name_of(&key)) else {
            self.reply(&key, true).await;
            return Ok(());
        };
        let is_running = self.open.get(&call).is_some_and(|it| it.is_running);
        if is_running || self.calling {
            self.runs(call).await?;
            self.reply(&key, true).await;
            return self.close_stand_in(&key, true, "").await;
        }
        self.allowed.push((call, key));
        self.seat.say(Report::Reached(Boundary::Tool { call })).await
    }

    async fn deny(&mut self, key: Key, why: &str) -> Result<(), Gone> {
        self.reply(&key, false).await;
        self.close_stand_in(&key, false, why).await
    }

    /// Answers a request.
    pub(super) async fn reply(&self, key: &Key, may: bool) {
        self.line.answer(&key.id, ask::answer(&key.words, may)).await;
    }

    /// Ends a call that stands for a request alone.
    pub(super) async fn close_stand_in(
        &mut self,
        key: &Key,
        ok: bool,
        why: &str,
    ) -> Result<(), Gone> {
        let name = name_of(key);
        let is_stand_in = |it: &super::worker::OpenCall| it.tool.name == "request";
        let call = self.calls.find(&name);
        let Some(call) = call.filter(|it| self.open.get(it).is_some_and(is_stand_in)) else {
            return Ok(());
        };
        self.calls.end(&name);
        self.open.remove(&call);
        let text = if ok { "allowed".to_owned() } else { format!("not allowed. {why}") };
        let (bytes, changes, note) = (0, Vec::new(), String::new());
        self.seat.say(Report::ToolEnded { call, ok, text, bytes, changes, note }).await
    }

    async fn put_questions(&mut self, id: &Value, parameters: &Value) -> Result<(), Gone> {
        let questions = ask::questions(parameters);
        if questions.is_empty() {
            self.line.answer(id, json!({ "answers": {} })).await;
            return Ok(());
        }
        self.inputs.push((id.clone(), questions.len(), Map::new()));
        for question in questions {
            let words = Words::Question(question.id);
            let key = Key { id: id.clone(), words, item: String::new() };
            let report = self.permits.question(key, None, &question.text, &question.options);
            self.seat.say(report).await?;
        }
        Ok(())
    }

    /// The director has answered.
    pub(super) async fn answered(
        &mut self,
        request: RequestId,
        answer: Answer,
    ) -> Result<(), Gone> {
        let Some((key, decision)) = self.permits.hear(request, answer) else { return Ok(()) };
        if let Words::Question(question) = &key.words {
            let words = match decision {
                Decision::Said(text) => text,
                Decision::Allow => "yes".to_owned(),
                Decision::Deny(why) => format!("The director does not answer. {why}"),
                Decision::Withdrawn => return Ok(()),
            };
            let question = question.clone();
            self.answer_question(&key.id, question, words).await;
            return Ok(());
        }
        match decision {
            Decision::Allow => self.allow(key).await,
            Decision::Deny(why) => {
                self.deny(key, &why).await?;
                self.pass_reason(&why).await;
                Ok(())
            }
            // Words are no leave.
            Decision::Said(text) => {
                self.deny(key, &text).await?;
                self.pass_reason(&text).await;
                Ok(())
            }
            Decision::Withdrawn => Ok(()),
        }
    }

    /// Codex tells its model only that a call was declined; the director's
    /// reason comes beside it.
    async fn pass_reason(&mut self, why: &str) {
        let (Some(session), Some(turn)) = (&self.session, &self.own_turn) else { return };
        if why.trim().is_empty() || self.cut.is_some() {
            return;
        }
        let words = format!("The director did not allow that: {why}");
        let parameters = json!({
            "threadId": session,
            "expectedTurnId": turn,
            "input": [{ "type": "text", "text": words }],
        });
        let about = super::worker::Asked::Other("the reason");
        self.request("turn/steer", parameters, about).await;
    }

    async fn answer_question(&mut self, id: &Value, question: String, words: String) {
        let Some(place) = self.inputs.iter().position(|it| it.0 == *id) else { return };
        let (_, missing, answers) = &mut self.inputs[place];
        answers.insert(question, json!({ "answers": [words] }));
        *missing = missing.saturating_sub(1);
        if *missing == 0 {
            let (id, _, answers) = self.inputs.remove(place);
            self.line.answer(&id, json!({ "answers": answers })).await;
        }
    }
}

/// What a call is known by: Codex's name, or that of the request itself.
fn name_of(key: &Key) -> String {
    if key.item.is_empty() { key.id.to_string() } else { key.item.clone() }
}
