//! Terminals that we lend to a program: commands that it has us run in the agent's
//! folder, under our guard. Nothing is typed into them and nobody sees a screen: the
//! protocol asks for what they put out and how they ended.

use super::{gates::Gate, sign::Sign, worker::Worker};
use crate::{
    engine::Gone,
    model::{CallId, Report},
    tools::{Call, Ended, Progress, Running},
};
use agent_client_protocol::v1::schema::CreateTerminalRequest;
use futures::{StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tokio::sync::watch;

/// So much of an output is kept where the program does not say, in bytes.
const KEPT: usize = 1 << 20;
/// A command may run for so long, in seconds: its program ends it when it wants.
const LONGEST: u64 = 3600;

/// The terminals that are lent.
#[derive(Default)]
pub(super) struct Terminals {
    last: u64,
    all: BTreeMap<String, Lent>,
    running: FuturesUnordered<BoxFuture<'static, Step>>,
}

/// One terminal.
struct Lent {
    call: CallId,
    /// The call is ours: it stands for the terminal alone.
    is_call: bool,
    output: String,
    most: usize,
    is_cut: bool,
    ended: Option<Ended>,
    /// Requests to be told of its end.
    waiting: Vec<Value>,
    wish: watch::Sender<Wish>,
}

#[derive(Debug, Clone, Copy)]
enum Wish {
    GoOn,
    Stand,
    End,
}

/// A command, and what has come of it.
pub(super) struct Step {
    name: String,
    running: Running,
    wish: watch::Receiver<Wish>,
    progress: Progress,
}

/// What a program asks of a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    Output,
    End,
    Kill,
    Release,
}

impl Terminals {
    /// What comes next of any of them; for ever nothing while none runs.
    pub(super) async fn next(&mut self) -> Step {
        match self.running.next().await {
            Some(step) => step,
            None => std::future::pending().await,
        }
    }

    fn wish_all(&self, wish: Wish) {
        for lent in self.all.values() {
            lent.wish.send_replace(wish);
        }
    }

    /// All commands stand where they are.
    pub(super) fn freeze(&self) {
        self.wish_all(Wish::Stand);
    }

    /// They go on.
    pub(super) fn thaw(&self) {
        self.wish_all(Wish::GoOn);
    }
}

impl Lent {
    fn take(&mut self, text: &str) {
        self.output.push_str(text);
        if self.output.len() > self.most {
            let from = self.output.len() - self.most;
            self.output.drain(..self.output.ceil_char_boundary(from));
            self.is_cut = true;
        }
    }

    fn status(&self) -> Value {
        let code = |it: &Ended| it.code.and_then(|it| u32::try_from(it).ok());
        self.ended.as_ref().map_or(Value::Null, |it| json!({ "exitCode": code(it) }))
    }
}

/// The command line of a terminal, as a shell reads it.
fn line(request: &CreateTerminalRequest) -> String {
    let cwd =
        request.cwd.as_ref().map(|it| format!("cd {} && ", quoted(&it.display().to_string())));
    let variables = request.env.iter().map(|it| format!("{}={} ", it.name, quoted(&it.value)));
    let mut text = cwd.unwrap_or_default() + &variables.collect::<String>();
    // Without arguments some give a whole line.
    if request.args.is_empty() {
        return text + &request.command;
    }
    text.push_str(&quoted(&request.command));
    for argument in &request.args {
        text.push(' ');
        text.push_str(&quoted(argument));
    }
    text
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

async fn step(name: String, mut running: Running, mut wish: watch::Receiver<Wish>) -> Step {
    loop {
        tokio::select! {
            progress = running.next() => return Step { name, running, wish, progress },
            wish = changed(&mut wish) => match wish {
                Wish::GoOn => running.thaw(),
                Wish::Stand => running.freeze(),
                Wish::End => running.kill(),
            },
        }
    }
}

/// The next wish; none comes where the terminal was given back.
async fn changed(wish: &mut watch::Receiver<Wish>) -> Wish {
    match wish.changed().await {
        Ok(()) => *wish.borrow_and_update(),
        Err(_released) => std::future::pending().await,
    }
}

impl Worker {
    /// A command that no call speaks of is a call of its own, for which there must
    /// be leave; one that belongs to a call that runs has it.
    pub(super) async fn ask_for_terminal(
        &mut self,
        id: Value,
        request: CreateTerminalRequest,
    ) -> Result<(), Gone> {
        let line = line(&request);
        let is_it = |sign: &Sign| {
            let command = sign.command();
            command.is_some_and(|it| it == request.command || it == line)
        };
        let running = self.tools.iter().find(|(_, it)| it.is_running && is_it(&it.sign));
        if let Some(call) = running.map(|(call, _)| *call) {
            return self.lend(&id, &request, (call, false)).await;
        }
        let number = id.to_string();
        let sign = Sign::read(&json!({
            "toolCallId": format!("auteur-{number}"), "name": "terminal", "kind": "execute",
            "title": line, "rawInput": { "command": line }, "status": "pending",
        }));
        let call = self.calls.begin(&sign.id);
        self.tools.insert(call, super::worker::Open { sign, ..Default::default() });
        self.ask_leave(Gate::terminal(id, call, request)).await
    }

    /// Runs a command for the program.
    pub(super) async fn lend(
        &mut self,
        id: &Value,
        request: &CreateTerminalRequest,
        (call, is_call): (CallId, bool),
    ) -> Result<(), Gone> {
        let Some(toolbox) = &self.toolbox else {
            self.line.fail(id, "there is no folder to work in").await;
            return Ok(());
        };
        let running = toolbox.start(Call::Shell {
            command: line(request),
            timeout: Some(LONGEST),
            outside: None,
        });
        let terminals = &mut self.terminals;
        terminals.last += 1;
        let name = format!("auteur-{}", terminals.last);
        let (wish, wishes) = watch::channel(Wish::GoOn);
        let most = request.output_byte_limit.and_then(|it| usize::try_from(it).ok());
        let lent = Lent {
            call,
            is_call,
            output: String::new(),
            most: most.unwrap_or(KEPT).min(KEPT),
            is_cut: false,
            ended: None,
            waiting: Vec::new(),
            wish,
        };
        terminals.all.insert(name.clone(), lent);
        terminals.running.push(Box::pin(step(name.clone(), running, wishes)));
        self.line.answer(id, json!({ "terminalId": name })).await;
        Ok(())
    }

    /// Takes in what has come of a command.
    pub(super) async fn take_step(&mut self, it: Step) -> Result<(), Gone> {
        let Step { name, running, wish, progress } = it;
        let Some(lent) = self.terminals.all.get_mut(&name) else {
            // It was given back, and ends with what it has started.
            return Ok(());
        };
        let call = lent.call;
        match progress {
            Progress::Output(text) => {
                lent.take(&text);
                self.terminals.running.push(Box::pin(step(name, running, wish)));
                let is_shown = self.tools.get(&call).is_some_and(|it| it.is_running);
                if is_shown {
                    self.seat.say(Report::ToolPrinted { call, text }).await?;
                }
                Ok(())
            }
            // Commands ask nobody.
            Progress::Asks(_) | Progress::Declined(_) => Ok(()),
            Progress::Frozen { .. } => {
                self.terminals.running.push(Box::pin(step(name, running, wish)));
                Ok(())
            }
            Progress::Ended(ended) => {
                let (ok, text) = (ended.ok, ended.text.clone());
                lent.ended = Some(ended);
                let (status, is_call) = (lent.status(), lent.is_call);
                for id in std::mem::take(&mut lent.waiting) {
                    self.line.answer(&id, status.clone()).await;
                }
                if !is_call {
                    return Ok(());
                }
                if let Some(open) = self.tools.get_mut(&call) {
                    open.sign.tell(text);
                }
                self.end_tool(call, ok, "").await
            }
        }
    }

    /// Answers what a program asks of a terminal that it has.
    pub(super) async fn serve_terminal(&mut self, id: Value, about: About, name: &str) {
        let Some(lent) = self.terminals.all.get_mut(name) else {
            return self.line.fail(&id, "there is no such terminal").await;
        };
        let answer = match about {
            About::Output => json!({
                "output": lent.output, "truncated": lent.is_cut, "exitStatus": lent.status(),
            }),
            About::End if lent.ended.is_none() => {
                lent.waiting.push(id);
                return;
            }
            About::End => lent.status(),
            About::Kill => {
                lent.wish.send_replace(Wish::End);
                json!({})
            }
            About::Release => {
                lent.wish.send_replace(Wish::End);
                if lent.ended.is_some() || !lent.is_call {
                    self.terminals.all.remove(name);
                }
                json!({})
            }
        };
        self.line.answer(&id, answer).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_one_line_of_a_shell() {
        let read = |value: Value| line(&serde_json::from_value(value).unwrap());
        let whole = json!({ "sessionId": "s", "command": "echo $HOME | wc" });
        assert_eq!(read(whole), "echo $HOME | wc");
        let parts = json!({
            "sessionId": "s", "command": "echo", "args": ["it's", "$HOME"], "cwd": "/w x",
            "env": [{ "name": "A", "value": "b c" }],
        });
        assert_eq!(read(parts), "cd '/w x' && A='b c' 'echo' 'it'\\''s' '$HOME'");
    }
}
