//! One call of a server's tool, from the asking to the answer.

use super::{
    absence::Absence,
    answer,
    connection::Connection,
    ear::{Listening, Question},
    seat::{Seat, Up},
    wish::{Asking, Reply},
};
use crate::{
    text::{one_line, sanitise},
    tools::{
        Ended, Limits, Progress,
        clock::{Clock, maybe_at},
    },
};
use futures::future::BoxFuture;
use rmcp::{
    RoleClient,
    model::{
        CallToolRequest, CallToolRequestParams, ClientRequest, GetPromptRequest,
        GetPromptRequestParams, ProgressToken, ReadResourceRequest, ReadResourceRequestParams,
        ServerResult,
    },
    service::{PeerRequestOptions, RequestHandle, ServiceError},
};
use serde_json::{Map, Value};
use std::sync::Arc;
use tokio::sync::{broadcast, mpsc, oneshot};

/// So many words about its progress may wait to be shown.
const WORDS: usize = 16;
/// How wide what a server says of its troubles is, in columns.
const TROUBLE: usize = 400;
/// What is said of a call whose tools have changed under it.
const CHANGED: &str = "not called: the server's tools are not those that were approved any more";

/// What is asked of a server.
#[derive(Debug)]
pub(super) enum Asked {
    /// To call a tool, by the server's own name.
    Tool { tool: String, arguments: Map<String, Value> },
    /// To give a resource.
    Resource { uri: String },
    /// To give a prompt.
    Prompt { name: String, arguments: Map<String, Value> },
    /// To say what there is to be read.
    List,
}

impl Asked {
    /// It as the protocol says it; none for what takes more than one request.
    fn request(&self) -> Option<ClientRequest> {
        Some(match self {
            Self::Tool { tool, arguments } => {
                let params = CallToolRequestParams::new(tool.clone());
                let params = params.with_arguments(arguments.clone());
                ClientRequest::CallToolRequest(CallToolRequest::new(params))
            }
            Self::Resource { uri } => {
                let params = ReadResourceRequestParams::new(uri.clone());
                ClientRequest::ReadResourceRequest(ReadResourceRequest::new(params))
            }
            Self::Prompt { name, arguments } => {
                let params = GetPromptRequestParams::new(name.clone());
                let params = params.with_arguments(arguments.clone());
                ClientRequest::GetPromptRequest(GetPromptRequest::new(params))
            }
            Self::List => return None,
        })
    }

    /// The end of a call of it that was answered so; none where it is no answer to it.
    fn ended(&self, server: &str, answer: &ServerResult, ends: (usize, usize)) -> Option<Ended> {
        Some(match (self, answer) {
            (Self::Tool { .. }, ServerResult::CallToolResult(it)) => answer::ended(it, ends),
            (Self::Resource { uri }, ServerResult::ReadResourceResult(it)) => {
                answer::resource_read(server, uri, it, ends)
            }
            (Self::Prompt { name, .. }, ServerResult::GetPromptResult(it)) => {
                answer::prompt(server, name, it, ends)
            }
            _ => return None,
        })
    }
}

/// A call that runs. Dropping it lets go of it: end it first, and the server hears of that.
pub(in crate::tools) struct Calling {
    work: BoxFuture<'static, Ended>,
    orders: mpsc::Sender<Order>,
    progress: mpsc::Receiver<Progress>,
    /// Its end, while something that came before it is not told yet.
    ended: Option<Ended>,
}

#[derive(Debug, Clone, Copy)]
enum Order {
    Freeze,
    Thaw,
    Cancel,
}

impl Calling {
    /// Begins a call. Nothing happens before it is listened to.
    pub(super) fn begin(seat: Arc<Seat>, asked: Asked, limits: &Limits) -> Self {
        let (orders, ordered) = mpsc::channel(8);
        let (tell, progress) = mpsc::channel(WORDS);
        let ends = (limits.head, limits.tail);
        let work = async move {
            let call = Call { seat, ordered, tell, ends };
            call.run(asked).await.unwrap_or_else(Ended::failed)
        };
        Self { work: Box::pin(work), orders, progress, ended: None }
    }

    /// What happens next. May be dropped at any await and called again.
    pub(in crate::tools) async fn next(&mut self) -> Progress {
        let ended = if let Some(ended) = self.ended.take() {
            ended
        } else {
            tokio::select! {
                biased;
                Some(progress) = self.progress.recv() => return progress,
                ended = &mut self.work => ended,
            }
        };
        match self.progress.try_recv() {
            Ok(progress) => {
                self.ended = Some(ended);
                progress
            }
            Err(_) => Progress::Ended(ended),
        }
    }

    /// Stops the server where it stands; a call of one that can't be stopped is ended.
    pub(in crate::tools) fn freeze(&self) {
        self.order(Order::Freeze);
    }

    /// Lets it go on.
    pub(in crate::tools) fn thaw(&self) {
        self.order(Order::Thaw);
    }

    /// Ends the call; the end comes through [`Self::next`].
    pub(in crate::tools) fn kill(&self) {
        self.order(Order::Cancel);
    }

    fn order(&self, order: Order) {
        // One that is over hears nothing more.
        let _over = self.orders.try_send(order);
    }
}

struct Call {
    seat: Arc<Seat>,
    ordered: mpsc::Receiver<Order>,
    tell: mpsc::Sender<Progress>,
    /// Bytes kept of the beginning and the end of an answer.
    ends: (usize, usize),
}

/// What can happen while a call waits for its answer.
enum Heard {
    Answer(Box<Result<ServerResult, ServiceError>>),
    Order(Order),
    Progress(String),
    Question(Question),
    Reply(Reply),
    TimeIsUp,
}

/// A question that was passed on: where its answer comes, and where it goes.
struct Passed {
    asking: Asking,
    replied: oneshot::Receiver<Reply>,
}

impl Passed {
    /// The answer; that nobody wants one any more is one, too.
    async fn reply(open: &mut Option<Self>) -> Reply {
        let Some(it) = open else { return std::future::pending().await };
        tokio::select! {
            reply = &mut it.replied => reply.unwrap_or(Reply::Dropped),
            () = it.asking.is_dropped() => Reply::Dropped,
        }
    }
}

impl Call {
    /// Calls the tool; what kept it from being called, or answered, is the error.
    async fn run(mut self, asked: Asked) -> Result<Ended, String> {
        let name = self.seat.server.name.clone();
        let Some(up) = self.unless_ended().await else { return Err("stopped".to_owned()) };
        let (connection, offer) =
            up.map_err(|why| format!("the MCP server `{name}` is not there: {why}"))?;
        if !self.seat.is_approved(&offer) {
            return Err(CHANGED.to_owned());
        }
        let progress = connection.ear().progress();
        let Some(request) = asked.request() else { return self.list(&connection).await };
        let options = PeerRequestOptions::no_options();
        // From before the call on: a quick server asks before it is known to have been sent.
        let listening = connection.ear().listen(self.seat.owner);
        let sent = connection.peer().send_request_with_option(request, options).await;
        let answer = match sent {
            Ok(handle) => self.await_answer(&connection, handle, (listening, progress)).await?,
            Err(error) => Err(error),
        };
        match answer {
            Ok(answer) => {
                self.seat.is_well().await;
                let ended = asked.ended(&name, &answer, self.ends);
                ended.ok_or_else(|| format!("the MCP server `{name}` answered with something else"))
            }
            Err(ServiceError::McpError(error)) => {
                self.seat.is_well().await;
                let said = one_line(&sanitise(&error.message), TROUBLE);
                Err(format!("the MCP server `{name}` did not take the call: {said}"))
            }
            Err(ServiceError::TransportClosed | ServiceError::TransportSend(_)) => {
                let how = connection.end().await;
                Err(format!(
                    "the MCP server `{name}` was lost during the call, which may have done part \
                     of its work; the next call starts it again. {how}"
                ))
            }
            Err(error) => {
                let said = one_line(&sanitise(&error.to_string()), TROUBLE);
                Err(format!("the call of the MCP server `{name}` failed: {said}"))
            }
        }
    }

    /// What the server has to be read.
    async fn list(&mut self, connection: &Connection) -> Result<Ended, String> {
        let listed = tokio::time::timeout(self.seat.server.patience, connection.listed());
        tokio::pin!(listed);
        let listed = loop {
            tokio::select! {
                listed = &mut listed => break listed,
                order = self.ordered.recv() => match order {
                    Some(Order::Cancel) | None => return Err("stopped".to_owned()),
                    // It takes a moment only, and is left to end.
                    Some(Order::Freeze | Order::Thaw) => {}
                },
            }
        };
        let late = |_| format!("timed out after {} s", self.seat.server.patience.as_secs());
        let said = |error: ServiceError| one_line(&sanitise(&error.to_string()), TROUBLE);
        let text = listed.map_err(late)?.map_err(said)?;
        Ok(Ended::succeeded(if text.is_empty() { "nothing".to_owned() } else { text }))
    }

    /// The server, once it is up; none where the call is ended first.
    async fn unless_ended(&mut self) -> Option<Result<Up, Absence>> {
        let seat = self.seat.clone();
        let up = seat.up();
        tokio::pin!(up);
        loop {
            tokio::select! {
                up = &mut up => return Some(up),
                order = self.ordered.recv() => match order {
                    Some(Order::Cancel) | None => return None,
                    // What is not up yet can't be stopped; it is not called before that.
                    Some(Order::Freeze | Order::Thaw) => {}
                },
            }
        }
    }

    /// Waits for the answer; one that is not waited for any more is called off.
    async fn await_answer(
        &mut self,
        connection: &Connection,
        mut handle: RequestHandle<RoleClient>,
        (listening, mut progress): (Listening, broadcast::Receiver<(ProgressToken, String)>),
    ) -> Result<Result<ServerResult, ServiceError>, String> {
        let mut clock = Clock::new(self.seat.server.patience);
        let mut open = None;
        let token = handle.progress_token.clone();
        let why = loop {
            let heard = tokio::select! {
                answer = &mut handle.rx => {
                    Heard::Answer(Box::new(answer.unwrap_or(Err(ServiceError::TransportClosed))))
                }
                order = self.ordered.recv() => Heard::Order(order.unwrap_or(Order::Cancel)),
                line = next_of(&token, &mut progress) => Heard::Progress(line),
                reply = Passed::reply(&mut open) => Heard::Reply(reply),
                question = listening.next(), if open.is_none() => Heard::Question(question),
                () = maybe_at(clock.deadline()) => Heard::TimeIsUp,
            };
            match heard {
                Heard::Answer(answer) => {
                    // What was declined before it is told before it.
                    listening.declined().for_each(|why| self.tell_declined(&why));
                    return Ok(*answer);
                }
                // What can't be shown in time is not news any more.
                Heard::Progress(line) => drop(self.tell.try_send(Progress::Output(line))),
                Heard::Question(Ok(asking)) => {
                    clock.hold();
                    open = Some(self.pass_on(asking));
                }
                Heard::Question(Err(why)) => self.tell_declined(&why),
                Heard::Reply(reply) => {
                    if let Some(it) = open.take() {
                        it.asking.reply(reply);
                    }
                    clock.go_on();
                }
                Heard::TimeIsUp => {
                    break format!("timed out after {} s", clock.timeout.as_secs());
                }
                Heard::Order(Order::Cancel) => break "stopped".to_owned(),
                Heard::Order(Order::Freeze) if connection.freeze() => clock.hold(),
                Heard::Order(Order::Freeze) => {
                    break "called off: this server can't be stopped where it stands".to_owned();
                }
                Heard::Order(Order::Thaw) => {
                    connection.thaw();
                    if open.is_none() {
                        clock.go_on();
                    }
                }
            }
        };
        connection.thaw();
        // A server that is gone needs no word.
        let _gone = handle.cancel(Some(why.clone())).await;
        Err(why)
    }
}

impl Call {
    /// Says why a question of the server goes to nobody.
    fn tell_declined(&self, why: &str) {
        let name = &self.seat.server.name;
        let why = format!("the MCP server {name} is not answered: {why}");
        drop(self.tell.try_send(Progress::Declined(why)));
    }

    /// Asks whoever follows the call. A question that can't be passed on is dropped.
    fn pass_on(&self, asking: Asking) -> Passed {
        let (theirs, replied) = Asking::of(asking.wish.clone());
        drop(self.tell.try_send(Progress::Asks(theirs)));
        Passed { asking, replied }
    }
}

/// The next word about the progress of this call; what is about others is dropped.
async fn next_of(
    token: &ProgressToken,
    progress: &mut broadcast::Receiver<(ProgressToken, String)>,
) -> String {
    loop {
        match progress.recv().await {
            Ok((its, line)) if its == *token => return line,
            Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
            // The server is gone: its end is the answer.
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}
