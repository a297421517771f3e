//! What can be asked of any fact: whom it is about, how soon the disk must have it.

use super::{AgentId, Event};

impl Event {
    /// The agent it is about.
    #[rustfmt::skip]
    pub const fn agent(&self) -> Option<AgentId> {
        match self {
            Self::SessionOpened { .. } | Self::SessionResumed { .. } | Self::SessionClosed { .. }
            | Self::NoticeRaised { .. } | Self::SessionBudgetChanged { .. } | Self::Budgeted { .. } | Self::Attended { .. } | Self::Play { .. } | Self::Unreadable { .. } => None,
            Self::AgentAdded { agent, .. } | Self::AgentStarting { agent, .. } | Self::AgentStarted { agent }
            | Self::BoundaryReached { agent, .. } | Self::AgentEnded { agent, .. }
            | Self::Preparing { agent, .. } | Self::WorkspaceMade { agent, .. } | Self::Checkpointed { agent, .. }
            | Self::ChangesSeen { agent, .. } | Self::TakeAsked { agent, .. }
            | Self::Rewound { agent, .. } | Self::RewindUndone { agent, .. } | Self::FilesPut { agent, .. }
            | Self::Retaken { agent, .. } | Self::TakeMarked { agent, .. } | Self::PlaceNamed { agent, .. }
            | Self::WorkTaken { agent, .. } | Self::WorkNotTaken { agent, .. }
            | Self::Confined { agent, .. } | Self::Linked { agent, .. } | Self::Strange { agent, .. } | Self::RedirectSent { agent, .. }
            | Self::AgentReopened { agent, .. } | Self::AgentSeen { agent }
            | Self::TurnStarted { agent, .. } | Self::Thought { agent, .. } | Self::Said { agent, .. }
            | Self::Sealed { agent, .. } | Self::Planned { agent, .. } | Self::ToolCalled { agent, .. } | Self::TurnEnded { agent, .. }
            | Self::WindowSeen { agent, .. } | Self::Noted { agent, .. }
            | Self::TurnCut { agent, .. } | Self::RetryScheduled { agent, .. } | Self::Compacted { agent, .. }
            | Self::ToolStarted { agent, .. } | Self::ToolPrinted { agent, .. } | Self::ToolEnded { agent, .. }
            | Self::TerminalPrinted { agent, .. } | Self::TerminalResized { agent, .. } | Self::Typed { agent, .. }
            | Self::Asked { agent, .. } | Self::Answered { agent, .. } | Self::Reported { agent, .. }
            | Self::HandedOff { agent, .. } | Self::Awaits { agent, .. } | Self::Returned { agent, .. }
            | Self::HoldPlaced { agent, .. } | Self::HoldLifted { agent, .. }
            | Self::StepAllowed { agent, .. } | Self::FreezeAsked { agent, .. } | Self::Frozen { agent, .. }
            | Self::Thawed { agent } | Self::InterruptAsked { agent, .. } | Self::Interrupted { agent, .. }
            | Self::StopAsked { agent, .. } | Self::RedirectWritten { agent, .. }
            | Self::RedirectEdited { agent, .. } | Self::RedirectTakenBack { agent, .. }
            | Self::RedirectDelivered { agent, .. } | Self::RedirectFailed { agent, .. }
            | Self::InstructionsEdited { agent, .. } | Self::BriefEdited { agent, .. }
            | Self::AgentRenamed { agent, .. } | Self::AgentTinted { agent, .. }
            | Self::ModelChanged { agent, .. } | Self::BudgetChanged { agent, .. }
            | Self::Drifted { agent, .. } | Self::Proved { agent, .. } | Self::QuotaTold { agent, .. } => Some(*agent),
        }
    }

    /// Whether the disk must have it at once: directions, tool results, money.
    pub const fn is_decisive(&self) -> bool {
        !matches!(
            self,
            Self::Thought { .. }
                | Self::Said { .. }
                | Self::ToolPrinted { .. }
                | Self::Sealed { .. }
                | Self::TerminalPrinted { .. }
                | Self::TerminalResized { .. }
                | Self::Typed { .. }
                | Self::BoundaryReached { .. }
                | Self::Preparing { .. }
                | Self::AgentSeen { .. }
                | Self::ChangesSeen { .. }
                | Self::WindowSeen { .. }
                | Self::PlaceNamed { .. }
                | Self::QuotaTold { .. }
                | Self::Planned { .. }
        )
    }
}
