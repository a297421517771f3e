//! The tools that servers lend an agent: the servers come up before it does, and
//! what each lends waits for the director before the model is told of it.

use super::{
    services::tool_specs,
    tool::Heard,
    worker::{Worker, stopped},
};
use crate::{
    engine::Gone,
    model::{Answer, Ask, Level, Order, Outcome, Report},
    text::{reason_with_hidden, reveal, sanitise},
    tools::mcp::{Lasting, Pending},
};

impl Worker {
    /// Starts the servers that lend it tools. One that does not come up is told of,
    /// and the agent goes on without it. Gives the end, if it is stopped meanwhile.
    pub(super) async fn start_servers(&mut self) -> Result<Option<Outcome>, Gone> {
        let servers = self.toolbox.servers().clone();
        let names: Vec<&str> = servers.names().collect();
        if names.is_empty() {
            return Ok(None);
        }
        self.seat.say(Report::Preparing(format!("MCP: {}", names.join(", ")))).await?;
        let start = servers.start();
        tokio::pin!(start);
        let lost = loop {
            tokio::select! {
                lost = &mut start => break lost,
                order = self.seat.hear() => match order? {
                    Order::Stop => return Ok(Some(stopped())),
                    order => self.heed(order),
                },
            }
        };
        for (name, why) in lost {
            let who = &self.casting.name;
            let text = format!("{who}: the MCP server {name} is not there: {}", sanitise(&why));
            self.seat.say(Report::Noticed(Level::Warning, text)).await?;
        }
        Ok(None)
    }

    /// Asks about what servers lend and nobody has approved; what was approved is
    /// what the model is told of. Gives the end, if it is stopped meanwhile.
    pub(super) async fn review_servers(&mut self) -> Result<Option<Outcome>, Gone> {
        let servers = self.toolbox.servers().clone();
        if servers.names().next().is_none() {
            return Ok(None);
        }
        for pending in servers.pending().await {
            let offer = &pending.offer;
            let lasting = match self.await_yes(&pending).await? {
                Some(Answer::Always) => Lasting::Always,
                Some(Answer::Approved) => Lasting::Run,
                Some(Answer::Denied { .. } | Answer::Said { .. }) => {
                    servers.refuse(offer);
                    continue;
                }
                Some(Answer::Withdrawn) | None => return Ok(Some(stopped())),
            };
            if let Err(why) = servers.approve(offer, lasting).await {
                let text = format!("the approval of {}'s tools can't be kept: {why}", offer.server);
                self.seat.say(Report::Noticed(Level::Warning, text)).await?;
            }
        }
        self.specs = tool_specs(&self.casting, &servers);
        Ok(None)
    }

    /// What the director says to it; nothing where the agent is stopped.
    async fn await_yes(&mut self, pending: &Pending) -> Result<Option<Answer>, Gone> {
        loop {
            match self.await_answer(ask(pending)).await? {
                Heard::Answer(answer) => return Ok(Some(answer)),
                Heard::Stop => return Ok(None),
                // Nothing was under way that could be cut, and the question stays.
                Heard::Cut => self.seat.say(Report::Withdrawn(self.last_request)).await?,
            }
        }
    }
}

/// The question whether a model may have these tools.
fn ask(pending: &Pending) -> Ask {
    let Pending { offer, address, before } = pending;
    let (server, sha256) = (&offer.server, offer.fingerprint);
    let text = offer.text();
    let (shown, why) = match before {
        None => (text, "is new".to_owned()),
        Some(before) => {
            let change = offer.change_from(before);
            (change, "lends other tools than were approved".to_owned())
        }
    };
    let address = reveal(address);
    let shown = format!("{}\n\n{}\nsha256 {sha256}", address, shown.trim_end());
    let reason = format!("the MCP server {server} {why}; to the model its words are instructions");
    let reason = reason_with_hidden(&reason, &address);
    Ask::Approval { call: None, tool: format!("{server} (MCP server)"), shown, reason }
}
