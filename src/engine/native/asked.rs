//! What a tool asks the director while it runs: posed as a question of its agent, and
//! answered to the tool.

use super::{tool::Wanted, worker::Worker};
use crate::{
    engine::Gone,
    model::{Answer, Ask, Report, RequestId, form},
    tools::mcp::{Asking, Reply},
};

/// A question of a tool that waits for its answer.
pub(super) struct Open {
    request: RequestId,
    asking: Asking,
}

impl Open {
    /// Passes an answer on, if it is the answer to this. What is open besides is not.
    pub(super) fn hear(open: &mut Option<Self>, request: RequestId, answer: Answer) {
        let Some(Self { asking, .. }) = open.take_if(|it| it.request == request) else { return };
        let reply = match answer {
            Answer::Said { text } => {
                form::filled(&asking.wish.blanks, &text).map_or(Reply::Dropped, Reply::Filled)
            }
            Answer::Denied { .. } => Reply::Declined,
            Answer::Approved | Answer::Always | Answer::Withdrawn => Reply::Dropped,
        };
        asking.reply(reply);
    }

    /// Waits until the tool does not want an answer any more.
    pub(super) async fn is_dropped(open: &mut Option<Self>) {
        match open {
            Some(open) => open.asking.is_dropped().await,
            None => std::future::pending().await,
        }
    }
}

impl Worker {
    /// Asks the director what a tool wants to know.
    pub(super) async fn pose(&mut self, wanted: &Wanted, asking: Asking) -> Result<Open, Gone> {
        let request = self.last_request.next();
        self.last_request = request;
        let wish = asking.wish.clone();
        let ask = Ask::Question {
            call: Some(wanted.call),
            text: wish.text,
            options: wish.options,
            blanks: wish.blanks,
        };
        self.seat.say(Report::Asked { request, ask }).await?;
        Ok(Open { request, asking })
    }

    /// Takes a question back that needs no answer any more.
    pub(super) async fn withdraw(&mut self, open: &mut Option<Open>) -> Result<(), Gone> {
        match open.take() {
            Some(open) => self.seat.say(Report::Withdrawn(open.request)).await,
            None => Ok(()),
        }
    }
}
