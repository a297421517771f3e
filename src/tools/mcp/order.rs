//! Hears in the order of a server's own words that its tools have changed: before the
//! answer that comes after it is told to anybody.

use super::ear::Ear;
use rmcp::{
    RoleClient,
    model::{JsonRpcMessage, ServerNotification},
    service::{RxJsonRpcMessage, TxJsonRpcMessage},
    transport::Transport,
};

/// A way to a server, listened to.
pub(super) struct InOrder<T> {
    pub(super) way: T,
    pub(super) ear: Ear,
}

impl<T: Transport<RoleClient>> Transport<RoleClient> for InOrder<T> {
    type Error = T::Error;

    fn send(
        &mut self,
        item: TxJsonRpcMessage<RoleClient>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        self.way.send(item)
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleClient>> {
        let message = self.way.receive().await;
        if let Some(JsonRpcMessage::Notification(said)) = &message
            && matches!(said.notification, ServerNotification::ToolListChangedNotification(_))
        {
            self.ear.has_to_look();
        }
        message
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        self.way.close().await
    }
}
