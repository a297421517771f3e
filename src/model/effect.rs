//! What a fact asks of the world. Only a live supervisor reads this; a replay
//! never does, so a replay can never start, stop or pay for anything.

use super::{
    AgentId, Answer, CallId, Event, HoldReason, Keys, Proving, Purse, RedirectId, RequestId, Task,
    Turn, Version, play::Errand,
};

/// Something for the supervisor to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Start the agent's engine.
    Start(AgentId),
    /// Pass an order on to the agent's engine.
    Tell(AgentId, Order),
    /// Take over what an agent made.
    Take(Task),
    /// Run a command for a script.
    Run(Errand),
    /// Run a command that checks an agent's work.
    Prove(Proving),
    /// Draw from a purse that sessions share.
    Draw(Purse),
    /// The agent is over: let its engine go, and end it if it does not.
    Dismiss(AgentId),
}

/// What the supervisor tells one engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Work under this version of the instructions from the next turn on.
    Instructions(Version, String),
    /// Call this model, of this provider, from the next turn on.
    Model(String, String),
    /// The brief reads like this now.
    Brief(String),
    /// Give the model this message: with the next turn, or as soon as it can be
    /// where the program is under way by itself.
    Message(RedirectId, String),
    /// A reason to hold was placed. For an engine whose program makes its model
    /// calls by itself: bring it to a boundary. Others need not heed it.
    Hold(HoldReason),
    /// That reason was lifted.
    Release(HoldReason),
    /// Make the model call.
    TakeTurn(Turn),
    /// Run the tool call.
    RunTool(CallId),
    /// The director's answer.
    Answer(RequestId, Answer),
    /// What a call has asked of others came to this; whether it went well.
    Return(CallId, bool, String),
    /// Type this into its terminal.
    Type(Keys),
    /// Its terminal is to be so many columns wide and so many rows high.
    Resize(u16, u16),
    /// Stop what is in flight where it is, and say so.
    Freeze,
    /// Let what was stopped go on.
    Thaw,
    /// Cut what is in flight, and say so.
    Interrupt,
    /// End in good order.
    Stop,
}

impl Event {
    /// What this event asks of the world.
    pub fn effect(&self) -> Option<Effect> {
        let (agent, order) = match self {
            Self::AgentStarting { agent, .. } => return Some(Effect::Start(*agent)),
            Self::TakeAsked { agent, way, words, .. } => {
                let (agent, way, words) = (*agent, *way, words.clone());
                return Some(Effect::Take(Task { agent, way, words }));
            }
            Self::Play { event, .. } => return event.errand().map(Effect::Run),
            Self::Proved { agent, event } => return event.errand(*agent).map(Effect::Prove),
            Self::Budgeted { event } => return event.effect(),
            Self::AgentEnded { agent, .. } => return Some(Effect::Dismiss(*agent)),
            Self::InstructionsEdited { agent, version, text, .. } => {
                (agent, Order::Instructions(*version, text.clone()))
            }
            Self::ModelChanged { agent, provider, model, .. } => {
                (agent, Order::Model(provider.clone(), model.clone()))
            }
            Self::BriefEdited { agent, text, .. } => (agent, Order::Brief(text.clone())),
            Self::RedirectSent { agent, redirect, text }
            | Self::RedirectDelivered { agent, redirect, text, .. } => {
                (agent, Order::Message(*redirect, text.clone()))
            }
            Self::HoldPlaced { agent, reason, .. } => (agent, Order::Hold(*reason)),
            Self::HoldLifted { agent, reason, .. } => (agent, Order::Release(*reason)),
            Self::TurnStarted { agent, turn, .. } => (agent, Order::TakeTurn(*turn)),
            Self::ToolStarted { agent, call } => (agent, Order::RunTool(*call)),
            Self::Answered { agent, request, answer, .. } => {
                (agent, Order::Answer(*request, answer.clone()))
            }
            Self::Returned { agent, call, ok, text } => {
                (agent, Order::Return(*call, *ok, text.clone()))
            }
            Self::Typed { agent, keys, .. } => (agent, Order::Type(keys.clone())),
            Self::TerminalResized { agent, columns, rows } => {
                (agent, Order::Resize(*columns, *rows))
            }
            Self::FreezeAsked { agent, .. } => (agent, Order::Freeze),
            Self::Thawed { agent } => (agent, Order::Thaw),
            Self::InterruptAsked { agent, .. } => (agent, Order::Interrupt),
            Self::StopAsked { agent, .. } => (agent, Order::Stop),
            _ => return None,
        };
        Some(Effect::Tell(*agent, order))
    }
}
